"""The rows of a sheet that has no columns of ours, each text with its cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.basic.problem import Location
from generator.prose.text import typed
from generator.workbook.plain_tables import JOINED_LEFT, UNDERLINED, UNDERLINED_END, Place, PlainTable

# A text of its own for each cell of a long list would take too much memory; there the row alone knows the cells.
_MOST_TEXTS = 2_000


class TextRow(list[str]):
    """The texts of a row of a sheet that has no columns of ours."""

    def __init__(self, texts: Sequence[str], place: Place) -> None:
        super().__init__(texts)
        self._place = place

    def cells_of(self, key: Any) -> tuple[Location, ...]:
        return (self._place.cell(key),) if isinstance(key, int) and key < len(self._place.letters) else ()


def _with_lines(text: str, underlined: Sequence[tuple[int, int]]) -> str:
    """The text with signs around what is underlined, on each line: a line may become a paragraph."""
    for begin, end in reversed(underlined):
        part = text[begin:end].replace("\n", f"{UNDERLINED_END}\n{UNDERLINED}")
        text = f"{text[:begin]}{UNDERLINED}{part}{UNDERLINED_END}{text[end:]}"
    return text


def text_rows(table: PlainTable) -> list[TextRow]:
    """The rows of a table of texts; in a short one each text knows its cell, wherever a template takes it from.

    A cell that is one with that on its left holds JOINED_LEFT.
    """
    rows = []
    short = len(table.rows) <= _MOST_TEXTS
    for number, (row, place) in enumerate(zip(table.rows, table.places, strict=True)):
        shown = [_with_lines(text, table.underlined.get((number, column), ())) for column, text in enumerate(row)]
        texts: list[str] = [typed(text, place.cell(column)) for column, text in enumerate(shown)] if short else shown
        for column in table.joined.get(number, ()):
            texts[column] = JOINED_LEFT
        rows.append(TextRow(texts, place))
    return rows
