"""How wide texts are in print, in em: what decides the columns of a table, and whether a table fits at all."""

from __future__ import annotations

from generator.basic.patterns import compile_late

# The smallest type of a table, in points; and the room beside a text of that size, in twips.
LEAST_POINTS, NARROW_MARGINS = 7, 72
# The width between the margins of an A4 page on its side (2.5 cm each), in twips.
LANDSCAPE = 14004
_SHORT_NAME, _SHORT_WORD = 5, 10
_WORD = compile_late(r"[!-~]+")
_NUMBER = compile_late(r"[-+($]*\d[\d,./:-]*[)%]*")


def ems(text: str) -> float:
    """How many em the longest line is wide: a character of ASCII is half as wide as any other."""
    if "\n" in text:
        return max(map(ems, text.split("\n")))
    return len(text) / 2 if text.isascii() else len(text) - len(text.encode("ascii", "ignore")) / 2


def unbroken(text: str) -> float:
    """How many em the longest piece is wide that should not be broken: a number or word, or a short Chinese name."""
    wide = ems(text)
    return max([*(len(piece) / 2 for piece in _WORD.findall(text)), wide if wide <= _SHORT_NAME else 2])


def longest_number(text: str) -> float:
    """How many em the longest piece is wide that must not be broken: a number, or a short word."""
    words = [len(piece) for piece in _WORD.findall(text)]
    numbers = [len(piece) for piece in _NUMBER.findall(text)]
    return max([*numbers, *(length for length in words if length <= _SHORT_WORD)], default=0) / 2


def least_width(texts_by_column: list[set[str]]) -> float:
    """The least width of a table of these columns, in twips: the smallest type, no number broken."""
    numbers = [max(map(longest_number, texts), default=0) for texts in texts_by_column]
    return sum(max(number, 1.0) * LEAST_POINTS * 20 + NARROW_MARGINS for number in numbers)
