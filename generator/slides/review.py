"""The review copy of a deck: a comment at every figure of a slide, as PowerPoint and Impress show them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from generator.basic.package import UNIX, rewritten
from generator.documents.deck import slide_number
from generator.documents.passages import Contents, Passage
from generator.documents.review_copy import AUTHOR, INITIALS, MARK

_SPACE = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.presentationml"
# English metric units in a unit of a comment's place, which is 1/576 inch; how far one stands below the one before.
_UNIT, _STEP = 914400 / 576, 60


def commented(package: bytes, contents: Contents, day: dt.date, about: Callable[[str], str]) -> bytes:
    """The deck with a comment at each figure: what ``about`` says of its name. The same inputs give the same bytes.

    ``day``: the date of the comments. A comment stands at the shape that has the text, with the figure as printed.
    """
    from pptx import Presentation
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    presentation: Any = Presentation(io.BytesIO(package))
    known = presentation.part.package
    count = 0
    for number, slide in enumerate(presentation.slides, start=1):
        comments = []
        for passage in contents.passages:
            if slide_number(passage) != number:
                continue
            left, top = _place(slide, passage)
            for step, text in enumerate(_texts(passage, about)):
                count += 1
                comments.append(
                    f'<p:cm authorId="0" dt="{day.isoformat()}T00:00:00.000" idx="{count}">'
                    f'<p:pos x="{left}" y="{top + step * _STEP}"/><p:text>{escape(text, quote=False)}</p:text></p:cm>'
                )
        if comments:
            listed = f"{_DECLARED}<p:cmLst {_SPACE}>{''.join(comments)}</p:cmLst>".encode()
            name = PackURI(f"/ppt/comments/comment{number}.xml")
            slide.part.relate_to(Part(name, f"{_KIND}.comments+xml", known, listed), RELATIONSHIP_TYPE.COMMENTS)
    if count:
        author = (
            f"{_DECLARED}<p:cmAuthorLst {_SPACE}>"
            f'<p:cmAuthor id="0" name="{AUTHOR}" initials="{INITIALS}" lastIdx="{count}" clrIdx="0"/></p:cmAuthorLst>'
        ).encode()
        part = Part(PackURI("/ppt/commentAuthors.xml"), f"{_KIND}.commentAuthors+xml", known, author)
        presentation.part.relate_to(part, RELATIONSHIP_TYPE.COMMENT_AUTHORS)
    presentation.core_properties.category = MARK
    result = io.BytesIO()
    presentation.save(result)
    return rewritten(result.getvalue(), system=UNIX)


def _texts(passage: Passage, about: Callable[[str], str]) -> Iterator[str]:
    for part in passage.parts:
        for name in part.figures:
            yield f"「{passage.text[part.start : part.end]}」\n{about(name)}"


def _place(slide: Any, passage: Passage) -> tuple[int, int]:
    """Where the shape begins that has the text; the corner of the slide where none has."""
    wanted = "".join(passage.text.split())
    for shape in slide.shapes:
        if shape.has_text_frame and wanted in "".join(shape.text_frame.text.split()):
            return round((shape.left or 0) / _UNIT), round((shape.top or 0) / _UNIT)
    return 0, 0
