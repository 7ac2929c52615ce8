"""A Word document with one long table, cut into shorter ones that look like its pages.

LibreOffice takes time by the square of a table's rows; the parts it lays out in a straight line.
"""

from __future__ import annotations

import re

from msgspec import Struct

from generator.basic.package import Package, rewritten
from generator.basic.patterns import compile_late

_BODY = "word/document.xml"
_ROW = compile_late(rb"<w:tr[ >].*?</w:tr>", re.DOTALL)
_TABLE = compile_late(rb"<w:tbl>.*?</w:tbl>", re.DOTALL)
_HEADING = compile_late(rb"<w:tblHeader(?:/>| (?!w:val=\"(?:0|false)\"))")
_SECTION = compile_late(rb"<w:sectPr[ />]")
_GOES_ON = compile_late(rb'<w:vMerge(?:/>| w:val="continue"/>)')
# A table is followed by a paragraph; this one is a point high.
_LAST = (
    b'<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    b'<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
)


class NotCuttable(ValueError):
    """The document has no table that could be cut, or too much around it."""


class LongTable(Struct, frozen=True):
    """The rows of the longest table of a document, without its ``headings`` (their number), and all around them."""

    content: bytes
    before: bytes
    table: bytes
    headings: int
    rows: tuple[bytes, ...]
    after: bytes
    start: bytes
    section: bytes

    @classmethod
    def of(cls, content: bytes) -> LongTable:
        """Raises NotCuttable."""
        with Package(content) as archive:
            xml = archive.read(_BODY)
        found = max(_TABLE.finditer(xml), key=lambda table: len(table[0]), default=None)
        begin = xml.find(b"<w:body>") + len(b"<w:body>")
        section = xml.rfind(b"<w:sectPr")
        if found is None or found[0].count(b"<w:tbl>") > 1 or begin < len(b"<w:body>"):
            raise NotCuttable
        if section < found.end() or len(_SECTION.findall(xml)) > 1:
            raise NotCuttable
        rows = list(_ROW.finditer(found[0]))
        if not rows or b"".join(row[0] for row in rows) != found[0][rows[0].start() : rows[-1].end()]:
            raise NotCuttable
        headings = next((at for at, row in enumerate(rows) if not _HEADING.search(row[0])), len(rows))
        body = rows[headings:]
        if not body:
            raise NotCuttable
        table = found[0][: body[0].start()]
        return cls(
            content,
            xml[: found.start()],
            table,
            headings,
            tuple(row[0] for row in body),
            xml[found.end() :],
            xml[:begin],
            xml[section:],
        )

    def part(self, first: int, last: int) -> bytes:
        """A document of the rows from ``first`` to before ``last``, with the headings; what stands around the table is
        only before its first row and after its last."""
        begin = self.before if first == 0 else self.start
        rows = [_GOES_ON.sub(b'<w:vMerge w:val="restart"/>', self.rows[first]), *self.rows[first + 1 : last]]
        end = b"</w:tbl>" + (self.after if last >= len(self.rows) else _LAST + self.section)
        xml = b"".join([begin, self.table, *rows, end])
        return rewritten(self.content, lambda name, content: xml if name == _BODY else content)
