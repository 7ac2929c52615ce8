"""The review copy of a document: a Word comment at every figure. It is for the desk, and never leaves the house."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

from generator.documents.passages import Contents
from generator.documents.review_copy import AUTHOR, INITIALS, MARK
from generator.word import ooxml, stretches


def commented(package: bytes, contents: Contents, day: dt.date, about: Callable[[str], str]) -> bytes:
    """The document with a comment at each figure: what ``about`` says of its name. The same inputs give the same bytes.

    ``day``: the date of the comments.
    """
    import docx
    from docx.text.run import Run

    document = docx.Document(io.BytesIO(package))
    body = document.element.body
    for stretch in list(stretches.find(body, contents)):
        runs = [run for part in stretch.runs for run in part]
        if not stretch.figures or not runs:
            continue
        parent: Any = document
        text = "\n\n".join(about(name) for name in stretch.figures)
        comment = document.add_comment([Run(run, parent) for run in runs], text, AUTHOR, INITIALS)
        comment._comment_elm.set(f"{ooxml.W}date", f"{day.isoformat()}T00:00:00Z")
    known = {style.get(f"{ooxml.W}styleId") for style in document.styles.element.iter(f"{ooxml.W}style")}
    for style in list(body.iter(f"{ooxml.W}rStyle")):
        # python-docx names a style that the templates need not have.
        if style.get(f"{ooxml.W}val") not in known:
            style.getparent().remove(style)
    document.core_properties.category = MARK
    result = io.BytesIO()
    document.save(result)
    return ooxml.packed(result.getvalue())
