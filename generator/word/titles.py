"""Titles that are wider than their line: what ends them, （草稿） or 　議程, is not cut in two."""

from __future__ import annotations

from typing import Any

from lxml import etree

from generator.basic.patterns import compile_late
from generator.basic.text_width import ems
from generator.word.ooxml import Styles, W, style_of, text_of

TITLE_STYLE = "heading 1"
# The end of a title: the text before it, what parts them, and what must stay together.
_END = compile_late(r"(.+?)(?:　([^　\s]{1,8})|(（[^（）]{1,10}）))$")
# Of the room between the margins, what a title may need more than is counted here, in em.
_DOUBT = 0.3


def keep_ends_whole(body: Any, styles: Styles, width: int) -> None:
    """Breaks the line before the end of a title that the margin would cut. ``width``: between the margins, in twips."""
    for paragraph in body.iter(f"{W}p"):
        style_id = style_of(paragraph)
        if styles.name(style_id) != TITLE_STYLE:
            continue
        text = text_of(paragraph)
        found = _END.match(text)
        if found and _is_cut(text, found.end(1), width / styles.size(style_id) - _DOUBT):
            _break_at(paragraph, found.end(1), found.start(2) if found[2] else found.start(3))


def _is_cut(text: str, start: int, room: float) -> bool:
    """Whether a line of so many em ends within the text from ``start``."""
    used = 0.0
    for place, character in enumerate(text):
        used += ems(character)
        if used > room:
            if place > start:
                return True
            used = ems(character)
    return False


def _break_at(paragraph: Any, end: int, start: int) -> None:
    """Puts a line break in the place of the text from ``end`` to ``start``, where one run holds both."""
    passed = 0
    for node in paragraph.iter(f"{W}t"):
        text = node.text or ""
        if passed <= end and start < passed + len(text):
            node.text = text[: end - passed]
            line = etree.Element(f"{W}br")
            node.addnext(line)
            rest = etree.Element(f"{W}t")
            rest.text = text[start - passed :]
            line.addnext(rest)
            return
        passed += len(text)
