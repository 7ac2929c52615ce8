"""Cuts what a file of the formats before 2007 (.doc, .xls, .ppt) would fetch when it is opened, or refuses it.

These files are streams of records at fixed places: what leads out is overwritten where it stands. Field types, ids of
records and flags of pictures are those of [MS-DOC], [MS-XLS], [MS-PPT] and [MS-ODRAW].
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator

from generator.basic.package import Budget
from generator.basic.patterns import compile_late

SIGN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Excel locks a workbook with it where only the order of its sheets is protected; every program knows it.
NO_PASSWORD = "VelvetSweatshop"

# Fields that count pages, links to click, forms, and what has no result of its own. Every other one becomes QUOTE,
# which shows the text that was saved with it; of a field that it does not know LibreOffice drops that. The name of the
# file (29) is put in by from_elsewhere/saved.
_LIVE_FIELDS = frozenset((1, 4, 10, 26, 29, 33, *range(49, 55), 57, 58, 65, 66, 70, 71, 83, 84, 87, 88, 90, 91, 92, 95))
_QUOTE = 35
# IMPORT and INCLUDEPICTURE: a picture from elsewhere is dropped with its field.
_OF_PICTURES, _UNKNOWN_FIELD = frozenset((55, 67)), 1
# Where the FIB says where the fields of the text, headers, footnotes, remarks, endnotes and text boxes are listed.
_LISTS_OF_FIELDS = (0x11A, 0x122, 0x12A, 0x132, 0x13A, 0x21A, 0x262, 0x272)
_WORD_97 = 0xC1

_FORMULAS = frozenset((0x06, 0x206, 0x406, 0x21, 0x221, 0xBC, 0x4BC, 0x18, 0x218, 0x1B1, 0x23, 0x223))
_CELLS = frozenset((0x06, 0x206, 0x406, 0x201, 0x203, 0x204, 0x205, 0xD6, 0xFD, 0x27E))
# INDIRECT and RTD, as a function with any number of arguments.
_REACHING_CALL = compile_late(rb"[\x22\x42\x62].(?:\x94\x00|\x7b\x01)", re.DOTALL)
_REACHING_NAME = compile_late(rb"W\0?E\0?B\0?S\0?E\0?R\0?V\0?I\0?C\0?E", re.IGNORECASE)
_SUPBOOK, _EXTERNSHEET, _FILEPASS, _NO_RECORD = 0x1AE, 0x17, 0x2F, 0x0FFF
_BOOKS = ("Workbook", "Book")
_QUERIES = frozenset((0x1AD, 0xCD, 0xDC, 0x51, 0x52, 0x802, 0x803, 0x876))

_CONTAINER, _TEXT_RECORD = 0xF, 0x0FBA
_MEDIA = frozenset((0x0FCE, 0x1005, 0x1006, 0x1007, 0x100D, 0x100E, 0x1010))
_PICTURE_FLAGS = 0x0106
_DRAWING_PROPERTIES = compile_late(rb"(?=(..)\x0b\xf0(....))", re.DOTALL)
_PACKED = compile_late(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_SVG = compile_late(rb"<\0?(?:[a-z]\0?)*:?\0?s\0?v\0?g[\s\0>]", re.IGNORECASE)
_BEGINNING = 4096
_MOST_PACKED = 100_000


class ReachesOut(ValueError):
    """A document that fetches what lies elsewhere, in a way that cannot be cut; the text says with what."""


def cut(content: bytes, budget: Budget, cut_inside: Callable[[bytes], bytes]) -> bytes:
    """The file without what it would fetch; the same bytes where there is nothing.

    ``cut_inside`` does the same to what is packed inside. Raises ReachesOut, and what olefile raises for a damaged one.
    """
    import olefile

    plain = deciphered(content)
    if plain is None:
        return content
    if not plain.startswith(SIGN):
        return cut_inside(plain)
    file = io.BytesIO(content := plain)
    with olefile.OleFileIO(file, write_mode=True, raise_defects=olefile.DEFECT_INCORRECT) as parts:
        for path in parts.listdir():
            before = parts.openstream(path).read()
            budget.take(len(before))
            stream = bytearray(before)
            name = path[-1]
            if name == "WordDocument":
                table = [*path[:-1], "1Table" if before[11:12] and before[11] & 2 else "0Table"]
                _cut_fields(parts, before, table)
            elif name in ("Workbook", "Book"):
                _cut_records(stream)
            elif name == "PowerPoint Document":
                _cut_media(stream, 0, len(stream))
            _cut_linked_pictures(stream)
            _refuse_hidden(before, cut_inside)
            # The fields of a text are cut in its table, which may have been rewritten by now.
            if name not in ("0Table", "1Table"):
                _rewrite(parts, path, before, bytes(stream))
            elif bytes(stream) != before:
                _cut_table_pictures(parts, path)
        return file.getvalue()


def deciphered(content: bytes) -> bytes | None:
    """The file without the password that Excel itself puts on one; the same bytes where there is none.

    None for one of 2007 and later that is locked with another. Raises ValueError for an older one, which LibreOffice
    may open all the same, with what it fetches; and what olefile raises.
    """
    import olefile

    # Some writers of locked files are careless with the rest of the file.
    with olefile.OleFileIO(io.BytesIO(content)) as parts:
        locked = parts.exists("EncryptedPackage")
        enciphered = any(parts.exists(name) and _is_enciphered(parts.openstream(name).read()) for name in _BOOKS)
    if not locked and not enciphered:
        return content
    plain = _without_password(content)
    if plain is None and enciphered:
        raise ValueError("enciphered")
    return plain


def _rewrite(parts: object, path: list[str], before: bytes, after: bytes) -> None:
    if after != before:
        parts.write_stream(path, after)  # type: ignore[attr-defined]


def _cut_table_pictures(parts: object, path: list[str]) -> None:
    before = parts.openstream(path).read()  # type: ignore[attr-defined]
    stream = bytearray(before)
    _cut_linked_pictures(stream)
    _rewrite(parts, path, before, bytes(stream))


def _is_enciphered(workbook: bytes) -> bool:
    """Whether the stream is that of a workbook whose records nobody reads without a password."""
    return any(kind == _FILEPASS for _, kind, _ in records(bytearray(workbook)))


def _without_password(content: bytes) -> bytes | None:
    """The workbook that everybody can open; None where a password is wanted, which LibreOffice has not either."""
    import msoffcrypto

    plain = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(content))
        # For a workbook of before 2007 it checks the password in any case, and takes no argument that says so.
        office.load_key(password=NO_PASSWORD, **({} if office.format == "xls97" else {"verify_password": True}))
        office.decrypt(plain)
    except MemoryError:
        raise
    except Exception:
        # It has errors of its own for each step, and raises any kind for a damaged file.
        return None
    return plain.getvalue()


# --- .doc -------------------------------------------------------------------------------------------------------


def _cut_fields(parts: object, document: bytes, table: list[str]) -> None:
    version = int.from_bytes(document[2:4], "little")
    if version < _WORD_97:
        raise ReachesOut("Word 95 以前的格式")
    before = parts.openstream(table).read()  # type: ignore[attr-defined]
    stream = bytearray(before)
    for place in _LISTS_OF_FIELDS:
        begin, length = struct.unpack_from("<II", document, place)
        if length < 4:
            continue
        if begin + length > len(stream):
            raise ValueError("fields outside of their stream")
        count = (length - 4) // 6
        for at in range(begin + 4 * (count + 1), begin + 4 * (count + 1) + 2 * count, 2):
            if stream[at] & 0x1F == 0x13 and stream[at + 1] not in _LIVE_FIELDS:
                stream[at + 1] = _UNKNOWN_FIELD if stream[at + 1] in _OF_PICTURES else _QUOTE
    _rewrite(parts, table, before, bytes(stream))


# --- .xls -------------------------------------------------------------------------------------------------------


def records(stream: bytearray) -> Iterator[tuple[int, int, int]]:
    """The place, kind and length of each record."""
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield place, kind, length
        place += 4 + length


def cells(workbook: bytes) -> int:
    """How many cells the stream of a workbook holds."""
    count = 0
    for _, kind, length in records(bytearray(workbook)):
        if kind in (0xBD, 0xBE):
            count += max(length - 6, 0) // (6 if kind == 0xBD else 2)
        else:
            count += kind in _CELLS
    return count


def reaching(formula: bytes) -> str:
    """The function in the record of a formula that reaches out of the workbook; empty for none."""
    if _REACHING_CALL.search(formula):
        return "INDIRECT 或 RTD"
    return "WEBSERVICE" if _REACHING_NAME.search(formula) else ""


def _cut_records(stream: bytearray) -> None:
    for place, kind, length in list(records(stream)):
        inside = slice(place + 4, min(place + 4 + length, len(stream)))
        if kind in _FORMULAS:
            if function := reaching(bytes(stream[inside])):
                raise ReachesOut(f"{function} 函數")
        elif kind in _QUERIES:
            struct.pack_into("<H", stream, place, _NO_RECORD)
        elif kind == _SUPBOOK and length > 4:
            # The number of sheets, then the address: its length, whether it has two bytes each, its characters.
            first = inside.start + 5
            wide = length > 5 and stream[inside.start + 4] & 1
            count = int.from_bytes(stream[inside.start + 2 : inside.start + 4], "little") * (2 if wide else 1)
            for at in range(first, min(first + count, inside.stop)):
                stream[at] = 0 if wide and (at - first) % 2 else ord("x")
        elif kind == _EXTERNSHEET and length > 2 and length % 6 != 2 and stream[inside.start + 1] < 2:
            # Excel 95 has the address here; 3 says that it is a sheet of this workbook.
            for at in range(inside.start + 2, inside.stop):
                stream[at] = ord("x")


# --- .ppt -------------------------------------------------------------------------------------------------------


def _cut_media(stream: bytearray, place: int, end: int, within: bool = False, depth: int = 0) -> None:
    """Takes the addresses of films, sounds and linked objects away."""
    if depth > 50:
        raise ValueError("records too deep")
    while place + 8 <= end:
        head, kind, length = struct.unpack_from("<HHI", stream, place)
        place += 8
        last = min(place + length, end)
        if head & 0xF == _CONTAINER:
            _cut_media(stream, place, last, within or kind in _MEDIA, depth + 1)
        elif within and kind == _TEXT_RECORD:
            for at in range(place, last):
                stream[at] = 0 if (at - place) % 2 else ord("x")
        place = last


# --- all of them ------------------------------------------------------------------------------------------------


def _cut_linked_pictures(stream: bytearray) -> None:
    """A picture of a drawing is the one in the file, whatever it says of where it came from."""
    for match in _DRAWING_PROPERTIES.finditer(bytes(stream)):
        head, length = int.from_bytes(match[1], "little"), int.from_bytes(match[2], "little")
        count = head >> 4
        if head & 0xF != 3 or count * 6 > length:
            continue
        for at in range(match.start() + 8, min(match.start() + 8 + count * 6, len(stream) - 5), 6):
            if int.from_bytes(stream[at : at + 2], "little") & 0x3FFF == _PICTURE_FLAGS:
                stream[at + 2 : at + 6] = bytes(4)


def _refuse_hidden(stream: bytes, cut_inside: Callable[[bytes], bytes]) -> None:
    """Raises ReachesOut for pictures and objects that are packed, or of another format than pictures here have."""
    if _SVG.search(stream):
        raise ReachesOut("SVG 圖片")
    for count, match in enumerate(_PACKED.finditer(stream)):
        if count > _MOST_PACKED:
            raise ValueError("too much that is packed")
        try:
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
            beginning = unpacker.decompress(stream[match.start() : match.start() + _BEGINNING], _BEGINNING)
        except zlib.error:
            continue
        if _SVG.search(beginning):
            raise ReachesOut("SVG 圖片")
        if beginning.startswith((SIGN, b"PK\3\4")):
            whole = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(stream[match.start() :], 100_000_000)
            if cut_inside(whole) != whole:
                raise ReachesOut("內嵌的物件")
    for sign in (SIGN, b"PK\3\4"):
        if stream.startswith(sign) and cut_inside(stream) != stream:
            raise ReachesOut("內嵌的物件")
