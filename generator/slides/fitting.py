"""Whether lines fit into a box of a slide, and by how much they must shrink to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.documents.deck import Line
from generator.slides import lettering
from generator.slides.drawingml import POINT, Inherited, Look
from generator.slides.lettering import Paragraph

# Sizes in points below which text is not shrunk: on a slide, and at its foot.
LEAST, LEAST_FOOT = 18.0, 9.0
_STEP = 2.0
# What is left free of the width, for programs that set a little wider.
_SPARE = 0.98

Given = Sequence[tuple[Line, Look]]


class Fitted(NamedTuple):
    """By how many points every line shrinks (at most to the least size), and the line that does not fit even so."""

    shrunk: float
    over: Line | None


def fit(given: Given, box: Inherited, width: int, height: int, least: float = LEAST, single: bool = False) -> Fitted:
    """``width`` and ``height`` are those of the box in EMU; ``single``: on one line."""
    insets = box.insets()
    room = (width / POINT - insets["lIns"] - insets["rIns"]) * _SPARE
    high = height / POINT - insets["tIns"] - insets["bIns"]
    shrunk = 0.0
    while True:
        paragraphs = _set(given, shrunk, least)
        if not _over(paragraphs, room, high, single):
            return Fitted(shrunk, None)
        if all(paragraph.size <= least for paragraph in paragraphs):
            break
        shrunk += _STEP
    full = next(n for n in range(1, len(given) + 1) if _over(paragraphs[:n], room, high, single))
    return Fitted(shrunk, given[full - 1][0])


def _set(given: Given, shrunk: float, least: float) -> list[Paragraph]:
    lines = [line for line, _ in given]
    paragraphs = []
    for line, look in given:
        size = sized(look.size, shrunk, least)
        left, first = margins(line, look, size, lines)
        paragraphs.append(Paragraph(line.whole, size, first, left, look.spacing, look.before, look.after))
    return paragraphs


def _over(paragraphs: Sequence[Paragraph], room: float, high: float, single: bool) -> bool:
    broken = single and any(lettering.line_count(paragraph, room) > 1 for paragraph in paragraphs)
    return broken or lettering.height(paragraphs, room) > high


def sized(size: float, shrunk: float, least: float = LEAST) -> float:
    """A size made smaller, but not below the least; one that is smaller anyway stays."""
    return max(min(least, size), size - shrunk)


def changed(size: float, shrunk: float, least: float = LEAST) -> float | None:
    """The size to write where it is no longer that of the template."""
    new_size = sized(size, shrunk, least)
    return new_size if new_size != size else None


def margins(line: Line, look: Look, size: float, lines: Sequence[Line]) -> tuple[float, float]:
    """Where the lines of a paragraph and its first one begin, in points: text lines up with text (文書處理手冊)."""
    if line.label.endswith("\t"):
        return look.left, look.left + look.indent
    if line.level == 2:
        above = max((lettering.width(other.label, size) for other in lines), default=0.0)
        return above - look.indent, above
    return lettering.width(line.label, size), 0.0
