"""A table as it was read from a sheet that no one declared, and the signs within its texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct, field

from generator.basic.problem import Location
from generator.workbook.layout import RowKind

# Signs in the texts of a table for what its layout does with a cell; noncharacters, which no cell may hold.
# The cell is one with that on its left, or with that above; what follows stands in the next heading row.
JOINED_LEFT, JOINED_UP, NEXT_ROW = "\ufdd7", "\ufdd8", "\ufdd9"
# Stand around what is underlined, where a document prints it.
UNDERLINED, UNDERLINED_END = "\ufdd2", "\ufdd3"
T = TypeVar("T")


class Place(Struct, frozen=True):
    """Where a row of a plain table stands; ``letters`` are those of its columns."""

    workbook: str
    sheet: str
    number: int
    letters: tuple[str, ...]

    def cell(self, column: int) -> Location:
        return Location(self.workbook, self.sheet, f"{self.letters[column]}{self.number}")


class Caption(Struct, frozen=True):
    """A text above or below a table, and its cell."""

    text: str
    at: Location


class PlainTable(Struct, frozen=True):
    """A sheet that is not declared, texts as shown and blank rows left out.

    ``headings`` are the names of the columns (男性.到考人數), ``printed_headings`` what stands above each: a text for
    each heading row, joined by NEXT_ROW. ``kinds`` says what each row is; ``joined`` are the columns of a row (by its
    number) whose cell is one with that on its left. ``title``, ``subtitle`` and ``unit`` stand above the table;
    ``captions`` are the lines to print there besides the title, ``notes`` those below.

    ``count`` and ``sums`` (of columns that hold whole numbers, by name) take data only; ``spans`` are their cells.
    ``data``: what a program reads of each cell (RawSheet.data). ``underlined``: by row and column the parts of its text
    that are, each from and to.
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    places: tuple[Place, ...]
    count: int
    sums: Mapping[str, int]
    spans: Mapping[str, tuple[Location, ...]]
    printed_headings: tuple[str, ...] = ()
    kinds: tuple[RowKind, ...] = ()
    joined: Mapping[int, frozenset[int]] = field(default_factory=dict)
    title: Caption | None = None
    subtitle: Caption | None = None
    unit: Caption | None = None
    captions: tuple[Caption, ...] = ()
    notes: tuple[Caption, ...] = ()
    data: tuple[tuple[object, ...], ...] = ()
    underlined: Mapping[tuple[int, int], tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @property
    def records(self) -> list[tuple[str, ...]]:
        """The rows of data, without totals, groups and notes."""
        return self._of_data(self.rows)

    @property
    def record_data(self) -> list[tuple[object, ...]]:
        """What a program reads of the rows of data."""
        return self._of_data(self.data)

    def _of_data(self, rows: tuple[tuple[T, ...], ...]) -> list[tuple[T, ...]]:
        kinds = self.kinds or (RowKind.DATA,) * len(rows)
        return [row for row, kind in zip(rows, kinds, strict=True) if kind is RowKind.DATA]


class Row(Struct, frozen=True):
    """A row of a sheet below its headings, on its way into the table; ``number`` counts from 0."""

    number: int
    kind: RowKind
    texts: tuple[str, ...] = ()
    joined: frozenset[int] = frozenset()
    data: tuple[object, ...] = ()
    underlined: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
