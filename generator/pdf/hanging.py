"""Hanging punctuation of a .docx turned round for LibreOffice, which reads w:overflowPunct the other way.

Word lets 、，。 stand in the margin where a paragraph or its style says nothing, or "on"; LibreOffice does so where
nothing is said, or "off" (seen in 7.4 and 25.2). Lines, and then pages, would break otherwise than in Word.
"""

from __future__ import annotations

import re

from generator.basic.package import DAMAGED, LARGEST_SMALL_PART, UNIX, Package, rewritten

ENDINGS = (".docx", ".docm", ".dotx", ".dotm")
_PARTS = re.compile(r"word/(?:document|styles|numbering|footnotes|endnotes|header\d*|footer\d*)\.xml")
_FLAG = re.compile(rb'<(\w+:)?overflowPunct(?:\s+\w+:val="(\w+)")?\s*/>')
_OFF = (b"0", b"false", b"off")


def turned(content: bytes) -> bytes:
    """The document with each such flag the other way; the same bytes where there is none, or no document."""
    try:
        with Package(content) as archive:
            given = {
                entry.filename: _turned(archive.read(entry))
                for entry in archive.infolist()
                if _PARTS.fullmatch(entry.filename) and entry.file_size <= LARGEST_SMALL_PART
            }
            parts = {name: part for name, (part, count) in given.items() if count}
        return rewritten(content, lambda name, part: parts.get(name, part), UNIX) if parts else content
    except (*DAMAGED, OSError, ValueError):
        return content


def _turned(part: bytes) -> tuple[bytes, int]:
    return _FLAG.subn(lambda flag: b'<%boverflowPunct w:val="%d"/>' % (flag[1] or b"", flag[2] in _OFF), part)
