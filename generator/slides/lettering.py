"""How much room lettering takes: widths, line breaks and heights, the same on every machine whatever fonts it has.

A Chinese character is as wide as its size. Latin ones are taken from a table of Times New Roman, of regular and bold
the wider. What comes out is rather too much than too little.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from msgspec import Struct

# Thousandths of the size, for the characters from the space to the tilde.
_TABLE = """
    250 333 555 500 500 1000 833 278 333 333 500 570 250 333 278 278 500 500 500 500 500 500 500 500 500 500 333 333
    570 570 570 500 930 722 667 722 722 667 611 778 778 389 500 778 667 944 722 778 611 778 722 556 667 722 722 1000
    722 722 667 333 278 333 581 500 333 500 556 444 556 444 333 500 556 278 333 556 278 833 556 500 556 556 444 389
    333 556 500 722 500 500 444 480 220 480 570
"""
_LATIN = tuple(int(width) for width in _TABLE.split())
# Of the height of a line that is set solid, in sizes: Times New Roman has 1.15, 標楷體 less.
_SOLID = 1.2
# What must not begin a line, and what must not end one (避頭尾).
_NO_START = set("，。、；：？！）」』〉》】〕…—％·,.;:?!)]}%")
_NO_END = set("（「『〈《【〔([{")


class Paragraph(Struct, frozen=True):
    """A paragraph to set: sizes and distances in points. ``first`` and ``left`` are where its lines begin.

    ``spacing`` is that of the lines, in parts of a line set solid. A line break in the text is one.
    """

    text: str
    size: float
    first: float = 0
    left: float = 0
    spacing: float = 1
    before: float = 0
    after: float = 0


def width(text: str, size: float) -> float:
    """The width of a text on one line, in points."""
    return sum(_thousandths(character) for character in text) * size / 1000


def _thousandths(character: str) -> int:
    if " " <= character <= "~":
        return _LATIN[ord(character) - 32]
    return 0 if unicodedata.category(character) in ("Mn", "Cf", "Cc") else 1000


def line_count(paragraph: Paragraph, room: float) -> int:
    """The number of lines that a paragraph takes in a box so wide."""
    count = 0
    for number, piece in enumerate(paragraph.text.split("\n")):
        start = paragraph.first if number == 0 else paragraph.left
        count += _broken(piece, paragraph, room - start, room - paragraph.left)
    return count


def _broken(text: str, paragraph: Paragraph, first: float, room: float) -> int:
    count, left = 1, first
    for word in _words(text):
        needed = width(word.rstrip(" "), paragraph.size)
        if needed > left and left < (first if count == 1 else room):
            count, left = count + 1, room
        while needed > left and room > 0:
            # A word wider than the line breaks anywhere.
            count, needed, left = count + 1, needed - left, room
        left -= needed + width(word, paragraph.size) - width(word.rstrip(" "), paragraph.size)
    return count


def _words(text: str) -> list[str]:
    """The text in pieces that do not break: Chinese characters with the marks that cling to them, Latin words."""
    words: list[str] = []
    for character in text:
        before = words[-1][-1] if words else ""
        latin = character.isascii() and before.isascii() and before != " "
        if words and (latin or character == " " or character in _NO_START or before in _NO_END):
            words[-1] += character
        else:
            words.append(character)
    return words


def height(paragraphs: Sequence[Paragraph], room: float) -> float:
    """The height of paragraphs below one another in a box so wide, in points."""
    return sum(
        paragraph.before + paragraph.after + line_count(paragraph, room) * paragraph.size * _SOLID * paragraph.spacing
        for paragraph in paragraphs
    )
