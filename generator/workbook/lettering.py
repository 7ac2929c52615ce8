"""Characters of a cell that are more than their text: raised, lowered, underlined, struck out, or not to be seen."""

from __future__ import annotations

from collections.abc import Iterable

from generator.basic.patterns import compile_late
from generator.basic.problem import Code
from generator.workbook.raw import RawSheetCode

_UP = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
# Typefaces of documents have no lowered letters.
_DOWN = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_ZERO_WIDTH = compile_late(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


# The underlined parts of a text, each from and to.
Spans = tuple[tuple[int, int], ...]


class Marked(str):
    """A text of which something is to be said, once it turns out to stand in a cell; or that is underlined in part."""

    __slots__ = ("marks", "underlined")
    marks: tuple[Code, ...]
    underlined: Spans

    def __new__(cls, text: str, marks: Iterable[Code], underlined: Spans = ()) -> Marked:
        marked = super().__new__(cls, text)
        marked.marks = tuple(sorted(marks, key=lambda code: code.code))
        marked.underlined = underlined
        return marked


def whole(text: str) -> Spans:
    """The parts of a cell that is underlined as a whole; none of an address, which Excel underlines by itself."""
    return ((0, len(text)),) if text and "://" not in text and "@" not in text else ()


def raised(text: str, position: str) -> str:
    """A run set as ``superscript`` or ``subscript``: 10⁶, NO₃⁻. What has no such character stays as it is."""
    if position == "superscript":
        return text.translate(_UP)
    return text.translate(_DOWN) if position == "subscript" else text


def visible(text: str, marks: set[Code]) -> str:
    """The text without characters that take no room, which come along from web pages; ``marks`` says so."""
    if text.isascii() or not _ZERO_WIDTH.search(text):
        return text
    marks.add(RawSheetCode.UNSEEN_CHARACTERS)
    return _ZERO_WIDTH.sub("", text)
