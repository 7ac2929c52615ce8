"""The texts of RTF and of the formats before 2007, as far as they can be read without LibreOffice.

For a check before anything is converted: what is published is read again as PDF. Places of texts and ids of records are
those of [MS-DOC], [MS-XLS], [MS-PPT] and of the RTF specification.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from generator.basic.patterns import compile_late
from generator.pdf import compound, rtf

_CLX = 0x1A2  # in the FIB: where the pieces of a text are listed
_INSTRUCTION = compile_late("\x13[^\x13\x14\x15]*\x14")
_SHARED, _CONTINUED, _LABEL = 0xFC, 0x3C, 0x204
_WIDE, _RICH, _PHONETIC = 1, 8, 4
_IN_UTF16, _IN_BYTES = 0x0FA0, 0x0FA8
_CHARSETS = {b"136": "cp950", b"134": "gb18030", b"128": "cp932", b"129": "cp949"}
# Groups of an RTF file that are not printed; so is every group that begins with \*.
_NOT_PRINTED = frozenset(b"fonttbl colortbl stylesheet info pict fldinst listtable revtbl generator".split())


def read(content: bytes) -> str:
    """The text. Raises ValueError, LookupError, struct.error, and what olefile raises, for a damaged file."""
    return of_rtf(content) if not content.startswith(compound.SIGN) else "\n".join(_of_compound(content))


def _of_compound(content: bytes) -> Iterator[str]:
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as parts:
        if parts.exists("WordDocument"):
            document = parts.openstream("WordDocument").read()
            table = "1Table" if document[11] & 2 else "0Table"
            yield _of_word(document, parts.openstream(table).read())
        for name in ("Workbook", "Book"):
            if parts.exists(name):
                yield from _of_excel(parts.openstream(name).read())
        if parts.exists("PowerPoint Document"):
            yield from _of_slides(parts.openstream("PowerPoint Document").read())


def _of_word(document: bytes, table: bytes) -> str:
    begin, length = struct.unpack_from("<II", document, _CLX)
    place, end = begin, begin + length
    while place < end and table[place] == 1:
        place += 3 + int.from_bytes(table[place + 1 : place + 3], "little")
    if place >= end or table[place] != 2:
        raise ValueError("no list of pieces")
    count = (int.from_bytes(table[place + 1 : place + 5], "little") - 4) // 12
    place += 5
    ends = struct.unpack_from(f"<{count + 1}I", table, place)
    pieces = []
    for number in range(count):
        (at,) = struct.unpack_from("<I", table, place + 4 * (count + 1) + 8 * number + 2)
        characters = ends[number + 1] - ends[number]
        if at & 1 << 30:
            at = (at & ~(1 << 30)) // 2
            pieces.append(document[at : at + characters].decode("cp1252", "replace"))
        else:
            pieces.append(document[at : at + 2 * characters].decode("utf-16-le", "replace"))
    return re.sub("[\r\x07\x0b\x0c]", "\n", _INSTRUCTION.sub("", "".join(pieces)))


def _of_excel(stream: bytes) -> Iterator[str]:
    place, shared = 0, list[bytes]()
    follows = False
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        inside = stream[place + 4 : place + 4 + length]
        if kind == _SHARED or (kind == _CONTINUED and follows):
            shared.append(inside)
        elif kind == _LABEL and length > 8:
            yield inside[8:].decode("cp950", "replace")
        follows = kind in (_SHARED, _CONTINUED) and bool(shared)
        place += 4 + length
    if shared:
        yield from _shared_strings(shared)


def _shared_strings(records: list[bytes]) -> Iterator[str]:
    """The strings of a workbook; one may go on in the next record, whose first byte says anew how it is written."""
    number, place = 0, 8

    def take(count: int) -> bytes:
        nonlocal number, place
        taken = b""
        while len(taken) < count:
            if place >= len(records[number]):
                number, place = number + 1, 0
            more = records[number][place : place + count - len(taken)]
            taken, place = taken + more, place + len(more)
        return taken

    for _ in range(int.from_bytes(records[0][4:8], "little")):
        count, flags = struct.unpack("<HB", take(3))
        rich = int.from_bytes(take(2), "little") * 4 if flags & _RICH else 0
        phonetic = int.from_bytes(take(4), "little") if flags & _PHONETIC else 0
        text = ""
        while len(text) < count:
            if place >= len(records[number]):
                number, place = number + 1, 1
                flags = records[number][0]
            width = 2 if flags & _WIDE else 1
            here = min(count - len(text), (len(records[number]) - place) // width)
            if not here:
                raise ValueError("a string that does not end")
            written = take(here * width)
            text += written.decode("utf-16-le" if width == 2 else "latin-1", "replace").ljust(here)
        yield text
        take(rich + phonetic)


def _of_slides(stream: bytes) -> Iterator[str]:
    """Containers are entered: their records simply follow their head."""
    place = 0
    while place + 8 <= len(stream):
        head, kind, length = struct.unpack_from("<HHI", stream, place)
        place += 8
        if head & 0xF == 0xF:
            continue
        if kind in (_IN_UTF16, _IN_BYTES):
            yield stream[place : place + length].decode("utf-16-le" if kind == _IN_UTF16 else "latin-1", "replace")
        place += length


class _State(Struct, frozen=True):
    """What holds within a group of an RTF file: its character set, how many bytes stand for \\u, whether it prints."""

    charset: str = "cp950"
    instead: int = 1
    printed: bool = True


def of_rtf(content: bytes) -> str:
    """The printed text of an RTF file."""
    states, state = list[_State](), _State()
    fonts: dict[bytes, str] = {}
    pieces: list[str] = []
    waiting = bytearray()
    font, skip, place = b"", 0, 0

    def flush() -> None:
        if waiting and state.printed:
            pieces.append(codecs.decode(bytes(waiting), state.charset, "replace"))
        waiting.clear()

    while match := rtf.TOKEN.match(content, place):
        place = match.end()
        word, number = match["word"], match["number"] or b""
        if match["hex"] is not None or match["text"] is not None:
            raw = bytes([int(match["hex"], 16)]) if match["hex"] else re.sub(rb"[\r\n]", b"", match["text"])
            dropped = min(skip, len(raw))
            skip, raw = skip - dropped, raw[dropped:]
            waiting += raw if state.printed else b""
            continue
        flush()
        if match["brace"] == b"{":
            states.append(state)
        elif match["brace"] == b"}":
            skip, state = 0, states.pop() if states else state
        elif match["sign"] == b"*" or word in _NOT_PRINTED:
            state = replace(state, printed=False)
        elif match["sign"] in (b"\\", b"{", b"}"):
            waiting += match["sign"] or b""
        elif word == b"bin":
            place += max(int(number or 0), 0)
        elif word == b"u" and number:
            pieces += [chr(int(number) % 0x10000)] if state.printed else []
            skip = state.instead
        elif word == b"uc":
            state = replace(state, instead=int(number or 1))
        elif word == b"f":
            font = number
            state = replace(state, charset=fonts.get(number, state.charset))
        elif word == b"fcharset" and number in _CHARSETS:
            fonts[font] = _CHARSETS[number]
        elif word == b"deleted" and number != b"0":
            state = replace(state, printed=False)
        elif word in (b"par", b"line", b"cell", b"row", b"tab", b"page", b"sect") and state.printed:
            pieces.append("\n")
    flush()
    return "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
