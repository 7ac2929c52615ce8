"""The title of an attachment on the first page of a picture or PDF that stands in its place.

LibreOffice sets it, so that it has the typeface of the other documents; then it is put onto the page. Import it late:
pikepdf takes a while to load.
"""

from __future__ import annotations

import io
import itertools
import re
from html import escape
from math import ceil
from typing import Any

import pikepdf
from pikepdf import Name, Pdf

from generator.basic.patterns import compile_late
from generator.basic.text_width import ems
from generator.pdf import glyphs, pdfium, reading
from generator.pdf.from_elsewhere.paper import ABOVE

# Points: of the letters, from line to line, of a line across; and what stays free below the title.
_SIZE, _LINE, _WIDE, _BELOW = 16.0, 22.0, 480.0, 6.0
_MOST_LINES = 6
_BLANK = compile_late(r"\s+")


def room(title: str) -> float:
    """How much of the page the title takes, in points; a line break in it begins a new line."""
    lines = sum(max(1, ceil(ems(line) * _SIZE / _WIDE)) for line in title.split("\n"))
    return min(lines, _MOST_LINES) * _LINE + _BELOW


def document(title: str) -> bytes:
    """A .docx whose only page is the title, at its very top."""
    fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="標楷體"/>'
    look = f'<w:rPr>{fonts}<w:b/><w:sz w:val="{_SIZE * 2:.0f}"/></w:rPr>'
    spacing = f'<w:spacing w:before="0" w:after="0" w:line="{_LINE * 20:.0f}" w:lineRule="exact"/>'
    lines = "".join(
        f'<w:p><w:pPr>{spacing}<w:jc w:val="center"/></w:pPr><w:r>{look}<w:t xml:space="preserve">{escape(line)}</w:t>'
        "</w:r></w:p>"
        for line in title.split("\n")
    )
    size = f'<w:pgSz w:w="{_WIDE * 20:.0f}" w:h="{(_MOST_LINES + 6) * _LINE * 20:.0f}"/>'
    margins = " ".join(f'w:{side}="0"' for side in ("top", "right", "bottom", "left", "header", "footer", "gutter"))
    return glyphs.document(f"{lines}<w:sectPr>{size}<w:pgMar {margins}/></w:sectPr>")


def stands_already(content: bytes, title: str) -> bool:
    """Whether the first page of a PDF says the title itself."""
    try:
        text = _BLANK.sub("", reading.first_text(content))
    except pdfium.Unreadable:
        return False
    return all(_BLANK.sub("", line) in text for line in title.split("\n"))


def _free_name(page: pikepdf.Page) -> Name:
    """One that no picture of the page has, and the same each time."""
    taken = page.resources.get("/XObject", pikepdf.Dictionary())
    return Name(next(name for number in itertools.count() if (name := f"/Title{number or ''}") not in taken))


def put(content: bytes, title: str, page_with_title: bytes) -> bytes:
    """The PDF with the title on its first page, in the room that was left for it there. Raises pikepdf's errors."""
    with Pdf.open(io.BytesIO(content)) as pdf, Pdf.open(io.BytesIO(page_with_title)) as source:
        drawn: Any = pdf.copy_foreign(source.pages[0].as_form_xobject())
        for key in ("/StructParents", "/StructParent"):
            if key in drawn:
                del drawn[key]
        data = re.sub(rb"/\w+\s*<<[^>]*/MCID[^>]*>>\s*BDC|/\w+\s+BMC|\bBDC\b|\bEMC\b", b"", drawn.read_bytes())
        drawn.write(data)
        page = pdf.pages[0]
        _, _, wide, tall = (float(edge) for edge in page.mediabox.as_list())
        left, _, right, high = (float(edge) for edge in drawn.BBox.as_list())
        drawn.BBox = pikepdf.Array([left, high - room(title), right, high])
        name = page.add_resource(drawn, Name.XObject, _free_name(page))
        x, y = (wide - (right - left)) / 2 - left, tall - ABOVE - high
        shown = f"q 1 0 0 1 {x:.3f} {y:.3f} cm {name} Do Q"
        page.contents_add(b"q\n", prepend=True)
        marked = f"\nQ\n/Artifact <</Type /Pagination /Subtype /Header>> BDC\n{shown}\nEMC\n"
        page.contents_add(marked.encode("ascii"))
        stream = io.BytesIO()
        mode = pikepdf.ObjectStreamMode.generate
        pdf.save(stream, deterministic_id=True, object_stream_mode=mode, fix_metadata_version=False)
        return stream.getvalue()
