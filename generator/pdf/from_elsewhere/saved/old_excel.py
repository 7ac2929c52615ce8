"""Workbooks of the format before 2007: cells keep the values that were saved.

A record of a formula has room enough for one that holds its value; what is left over becomes a record that no program
knows. Ids and fields of records are those of [MS-XLS].
"""

from __future__ import annotations

import io
import struct

from generator.basic.patterns import compile_late
from generator.pdf import compound
from generator.pdf.from_elsewhere.saved.about import PATH, About
from generator.pdf.from_elsewhere.saved.excel import of_the_file

_FORMULA, _STRING, _NO_RECORD = 0x0006, 0x0207, 0x0FFF
_NUMBER, _LABEL, _TRUTH, _BLANK = 0x0203, 0x0204, 0x0205, 0x0201
# What stands between a formula and the text that it gave: that it is one of several, written once.
_SHARED = frozenset((0x04BC, 0x0221, 0x0236))
_POINTS_AT_SHARED = 1
_WIDE = 1
_IS_PLACE = compile_late(rf"(?:{PATH.pattern})\[[^\[\]]+\]|'file:")


def freeze(content: bytes, about: About) -> bytes:
    """The .xls with values in place of its formulas; the same bytes where there are none.

    A formula that gives zero may never have been worked out, as by programs that only write: LibreOffice does it.
    Raises what olefile and struct raise for a damaged one.
    """
    import olefile

    file = io.BytesIO(content)
    with olefile.OleFileIO(file, write_mode=True) as parts:
        if not parts.exists("Workbook"):
            return content
        before = parts.openstream("Workbook").read()
        after = bytes(_frozen(bytearray(before), about))
        if after == before:
            return content
        parts.write_stream("Workbook", after)
        return file.getvalue()


def _frozen(stream: bytearray, about: About) -> bytearray:
    records = list(compound.records(stream))
    for number, (place, kind, length) in enumerate(records):
        # What reaches out of the workbook is refused (see links).
        if kind != _FORMULA or length < 22 or compound.reaching(bytes(stream[place + 4 : place + 4 + length])):
            continue
        follows = [record for record in records[number + 1 : number + 3] if record[1] in (_STRING, *_SHARED)]
        _freeze(stream, place, length, follows, about)
    return stream


def _freeze(stream: bytearray, place: int, length: int, follows: list[tuple[int, int, int]], about: About) -> None:
    inside = place + 4
    cell, value = bytes(stream[inside : inside + 6]), bytes(stream[inside + 6 : inside + 14])
    tokens = bytes(stream[inside + 22 : inside + length])
    end = inside + length
    shared = follows[0] if follows and follows[0][1] in _SHARED else None
    text = next((record for record in follows if record[1] == _STRING), None)
    if shared is not None and (text is None or shared[0] < text[0]):
        end = shared[0] + 4 + shared[2]
    if value[6:] != b"\xff\xff":
        if value == bytes(8) and tokens[:1] != bytes((_POINTS_AT_SHARED,)):
            return
        _put(stream, place, end, _NUMBER, cell + value)
    elif value[0] == 0:
        if text is None or text[0] != end:
            return
        room = stream[text[0] + 4 : text[0] + 4 + text[2]]
        end = text[0] + 4 + text[2]
        _put(stream, place, end, _LABEL, cell + _without_place(bytes(room), about, end - place - 18))
    elif value[0] in (1, 2):
        _put(stream, place, end, _TRUTH, cell + bytes((value[2], value[0] - 1)))
    else:
        _put(stream, place, end, _BLANK, cell)


def _put(stream: bytearray, place: int, end: int, kind: int, content: bytes) -> None:
    """A record in the place of others, and one that fills what they leave."""
    rest = end - place - 4 - len(content) - 4
    filled = struct.pack("<HH", kind, len(content)) + content + struct.pack("<HH", _NO_RECORD, rest) + bytes(rest)
    stream[place:end] = filled


def _without_place(written: bytes, about: About, most: int) -> bytes:
    """A text as records have it; one that names the folder of the file loses that, where there is room its old name."""
    wide = written[2] & _WIDE
    text = written[3:].decode("utf-16-le" if wide else "latin-1")
    if not _IS_PLACE.match(text):
        return written
    for shown in (of_the_file(text, about), PATH.sub("", text)):
        packed = struct.pack("<HB", len(shown), _WIDE) + shown.encode("utf-16-le")
        if len(packed) <= most:
            return packed
    return struct.pack("<HB", 0, 0)
