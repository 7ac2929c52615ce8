"""Hanging punctuation of a .docx turned round for LibreOffice, which reads w:overflowPunct the other way.

Word lets 、，。 stand in the margin where a paragraph or its style says nothing, or "on"; LibreOffice does so where
nothing is said, or "off" (seen in 7.4 and 25.2). Lines, and then pages, would break otherwise than in Word.
"""

from __future__ import annotations

from generator.basic.package import DAMAGED, LARGEST_SMALL_PART, UNIX, Budget, Package, rewritten
from generator.basic.patterns import compile_late

ENDINGS = (".docx", ".docm", ".dotx", ".dotm")
_PARTS = compile_late(r"word/(?:document|styles|numbering|footnotes|endnotes|header\d*|footer\d*)\.xml")
_FLAG = compile_late(rb'<(\w+:)?overflowPunct(?:\s+\w+:val="(\w+)")?\s*/>')
# Bytes that a document may unpack to; a larger one is given as it is.
_MOST = 100_000_000
_OFF = (b"0", b"false", b"off")


def turned(content: bytes) -> bytes:
    """The document with each such flag the other way; the same bytes where there is none, or no document."""
    try:
        with Package(content, Budget(_MOST)) as archive:
            entries = archive.infolist()
            # A document from elsewhere may be made to unpack to more than there is memory.
            if sum(entry.file_size for entry in entries) > _MOST:
                return content
            given = {
                entry.filename: _turned(archive.read(entry))
                for entry in entries
                if _PARTS.fullmatch(entry.filename) and entry.file_size <= LARGEST_SMALL_PART
            }
        parts = {name: part for name, (part, count) in given.items() if count}
        return rewritten(content, lambda name, part: parts.get(name, part), UNIX) if parts else content
    except (*DAMAGED, OSError, ValueError):
        return content


def _turned(part: bytes) -> tuple[bytes, int]:
    return _FLAG.subn(lambda flag: b'<%boverflowPunct w:val="%d"/>' % (flag[1] or b"", flag[2] in _OFF), part)
