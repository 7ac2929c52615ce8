"""Rows below the last content of a sheet that hold formats alone: borders set for a whole column are a million of them.

LibreOffice would read them all, and print none.
"""

from __future__ import annotations

import re

from generator.basic import package
from generator.basic.patterns import compile_late

# So many stay, that a ruled page stays ruled to its end.
_KEPT = 60
_SHEET = compile_late(r"xl/worksheets/[^/]+\.xml")
_ROW = compile_late(rb"<row\b[^>]*?(?:/>|>.*?</row>)", re.DOTALL)


def trimmed(content: bytes) -> bytes:
    """The .xlsx without such rows; the same bytes where there are none. Raises what Package raises."""
    with package.Package(content) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if _SHEET.fullmatch(name)}
    changed = {name: after for name, part in parts.items() if (after := _trimmed(part)) is not part}
    return package.rewritten(content, lambda name, part: changed.get(name, part)) if changed else content


def _trimmed(part: bytes) -> bytes:
    stop = part.find(b"</sheetData>")
    last = max(part.rfind(sign, 0, stop) for sign in (b"<v>", b"<v ", b"<is>", b"<f>", b"<f "))
    end = part.find(b"</row>", last, stop) + len(b"</row>")
    if stop < 0 or last < 0 or end < last or part.count(b"<row", end, stop) <= _KEPT:
        return part
    place = end
    for _, row in zip(range(_KEPT), _ROW.finditer(part, end, stop), strict=False):
        place = row.end()
    return part[:place] + part[stop:]
