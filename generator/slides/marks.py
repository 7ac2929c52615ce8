"""A mark at the top right of each slide of a finished .pptx: 限閱."""

from __future__ import annotations

import io

from pptx import Presentation
from pptx.enum.text import PP_ALIGN
from pptx.util import Emu, Pt

from generator.basic.package import UNIX, rewritten

_FACE, _POINTS = "標楷體", 16
# The room of the mark, and how far it stays from the edges, in points.
_WIDE, _HIGH, _FROM_EDGE = 180, 28, 8


def marked(content: bytes, text: str) -> bytes:
    """The deck with the mark on every slide."""
    presentation = Presentation(io.BytesIO(content))
    right = (presentation.slide_width or Emu(0)) - Pt(_WIDE + _FROM_EDGE)
    for slide in presentation.slides:
        box = slide.shapes.add_textbox(Emu(right), Pt(_FROM_EDGE), Pt(_WIDE), Pt(_HIGH))
        box.name = text
        paragraph = box.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(_POINTS), True
        properties = run._r.get_or_add_rPr()
        for face in ("latin", "ea"):
            element = properties.makeelement(f"{{http://schemas.openxmlformats.org/drawingml/2006/main}}{face}", {})
            element.set("typeface", _FACE)
            properties.append(element)
        properties.set("lang", "zh-TW")
    result = io.BytesIO()
    presentation.save(result)
    return rewritten(result.getvalue(), system=UNIX)
