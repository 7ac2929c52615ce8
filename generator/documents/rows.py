"""The rows of a sheet that has no columns of ours, each text with its cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.basic.problem import Location
from generator.prose.text import typed
from generator.workbook.typed_rows import Place

# A text of its own for each cell of a long list would take too much memory; there the row alone knows the cells.
_MOST_TEXTS = 2_000


class TextRow(list[str]):
    """The texts of a row of a sheet that has no columns of ours."""

    def __init__(self, texts: Sequence[str], place: Place) -> None:
        super().__init__(texts)
        self._place = place

    def cells_of(self, key: Any) -> tuple[Location, ...]:
        return (self._place.cell(key),) if isinstance(key, int) and key < len(self._place.letters) else ()


def text_rows(rows: Sequence[Sequence[str]], places: Sequence[Place]) -> list[TextRow]:
    """The rows of a table of texts; in a short one each text knows its cell, wherever a template takes it from."""
    pairs = zip(rows, places, strict=True)
    if len(rows) > _MOST_TEXTS:
        return [TextRow(row, place) for row, place in pairs]
    return [
        TextRow([typed(text, place.cell(column)) for column, text in enumerate(row)], place) for row, place in pairs
    ]
