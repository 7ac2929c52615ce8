"""What is to be said of RTF and the formats before 2007: whether there are tracked changes and comments.

Places of tables and ids of records are those of [MS-DOC], [MS-XLS] and [MS-PPT].
"""

from __future__ import annotations

import io
import re
import struct
from collections import Counter
from collections.abc import Iterator

from generator.basic.patterns import compile_late
from generator.pdf import compound
from generator.pdf.from_elsewhere.remarks import Remark, RemarkCode

# In the FIB: where comments and the pages of character properties are listed, each as a place and a length.
_COMMENTS, _PROPERTIES = 0xBA, 0xFA
_COMMENT_SIZE, _PAGE = 30, 512
# What a property says: that its text was deleted, or inserted.
_DELETED, _INSERTED = 0x0800, 0x0801
_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_NOTE, _SLIDE_COMMENT, _CONTAINER = 0x001C, 12000, 0xF
_RTF_CHANGES = ((rb"\\revised(?![a-z0-9])", "插入"), (rb"\\deleted(?![a-z0-9])", "刪除"))
_RTF_COMMENT = compile_late(rb"\{\s*\\\*\s*\\annotation(?![a-z])")


def examine(content: bytes) -> list[Remark]:
    """The remarks of such a file; none of one that cannot be read, or of any other."""
    changes: Counter[str] = Counter()
    comments = 0
    if content.startswith(rb"{\rtf"):
        for pattern, what in _RTF_CHANGES:
            changes[what] += len(re.findall(pattern, content))
        comments = len(_RTF_COMMENT.findall(content))
    elif content.startswith(compound.SIGN):
        try:
            comments = _of_compound(content, changes)
        except (OSError, ValueError, LookupError, struct.error, RecursionError):
            return []
    changes = +changes
    remarks = []
    if changes:
        what = "、".join(f"{what} {number} 處" for what, number in changes.items())
        remarks.append(Remark(RemarkCode.FILE_CHANGES, what=what))
    if comments:
        remarks.append(Remark(RemarkCode.FILE_COMMENTS, what=f"{comments} 則"))
    return remarks


def _of_compound(content: bytes, changes: Counter[str]) -> int:
    """The number of comments; changes are added."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as parts:
        if parts.exists("WordDocument"):
            document = parts.openstream("WordDocument").read()
            table = parts.openstream("1Table" if document[11] & 2 else "0Table").read()
            changes.update(_changes_of_word(document, table))
            length = int.from_bytes(document[_COMMENTS + 4 : _COMMENTS + 8], "little")
            return max(length - 4, 0) // (_COMMENT_SIZE + 4)
        if parts.exists("Workbook"):
            if parts.exists("Revision Log"):
                changes["共用活頁簿的變更記錄"] += 1
            book = bytearray(parts.openstream("Workbook").read())
            return sum(1 for _, kind, _ in compound.records(book) if kind == _NOTE)
        if parts.exists("PowerPoint Document"):
            return _comments_of_slides(parts.openstream("PowerPoint Document").read())
    return 0


def _changes_of_word(document: bytes, table: bytes) -> Iterator[str]:
    """One for each run of text that is marked as inserted or deleted."""
    begin, length = struct.unpack_from("<II", document, _PROPERTIES)
    count = max(length - 4, 0) // 8
    pages = struct.unpack_from(f"<{count}I", table, begin + 4 * (count + 1))
    for page in pages:
        piece = document[(page & 0x3FFFFF) * _PAGE : (page & 0x3FFFFF) * _PAGE + _PAGE]
        if len(piece) < _PAGE:
            continue
        runs = piece[_PAGE - 1]
        for place in piece[4 * (runs + 1) : 4 * (runs + 1) + runs]:
            if place:
                yield from _marks(piece[place * 2 + 1 : place * 2 + 1 + piece[place * 2]])


def _marks(properties: bytes) -> Iterator[str]:
    place = 0
    while place + 3 <= len(properties):
        (kind,) = struct.unpack_from("<H", properties, place)
        if kind in (_DELETED, _INSERTED) and properties[place + 2]:
            yield "刪除" if kind == _DELETED else "插入"
        size = _SIZES.get(kind >> 13)
        place += 2 + (properties[place + 2] + 1 if size is None else size)


def _comments_of_slides(stream: bytes) -> int:
    count, places = 0, [(0, len(stream))]
    while places:
        place, end = places.pop()
        while place + 8 <= end:
            head, kind, length = struct.unpack_from("<HHI", stream, place)
            last = min(place + 8 + length, end)
            count += kind == _SLIDE_COMMENT
            if head & 0xF == _CONTAINER and kind != _SLIDE_COMMENT:
                places.append((place + 8, last))
            place = last
    return count
