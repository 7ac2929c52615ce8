"""What stands on a sheet below its headings, without the headings that printed pages repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import cached_property

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.workbook import layout, values
from generator.workbook.layout import Headings
from generator.workbook.plain_tables.cells import is_text, own_texts
from generator.workbook.plain_tables.depths import by_number
from generator.workbook.raw import RawSheet

# What is written beside a title that stands again: 表一（續）, 表一（續1）, 表一（第2頁）.
_CONTINUED = compile_late(r"[（(]?(?:續完?|接?續)\d*[）)]?$|[（(]?第\d+頁[）)]?$")


class Body(Struct, frozen=True, dict=True):
    """A sheet with its headings, and the rows below these that hold something, each with its filled columns.

    Rows and columns are numbers from 0. ``numeric`` are the columns that hold more numbers than texts.
    """

    sheet: RawSheet
    headings: Headings
    rows: Mapping[int, Sequence[int]]
    numeric: Set[int]

    @cached_property
    def headed(self) -> frozenset[int]:
        """The columns with a heading, be it a share in one that is merged."""
        wide = max(map(len, self.sheet.cells))
        return frozenset(
            column
            for row in range(self.headings.top, self.headings.bottom + 1)
            for column in range(wide)
            if self.sheet.heading(row, column) is not None
        )

    @cached_property
    def depths(self) -> frozenset[int]:
        """How deep the numbers are before the first texts of the rows that fill several columns."""
        texts = (self.texts(row) for row, filled in self.rows.items() if len(filled) > 1)
        return frozenset(by_number(found[0]) for found in texts if found)

    @cached_property
    def leftmost(self) -> int:
        """The first column with a heading."""
        return min(self.headed, default=0)

    def first(self, row: int) -> int:
        """The first column of a row that holds something; the first of the table where only the rest of a merged cell
        stands in it."""
        return next(iter(self.rows[row]), self.leftmost)

    def texts(self, row: int) -> list[str]:
        """The texts of a row, without its numbers."""
        cells = self.sheet.cells[row]
        return [str(cells[column]).strip() for column in self.rows[row] if is_text(self.sheet, row, column)]

    def has_numbers(self, row: int) -> bool:
        """Whether anything but words stands in a row; an error value is no word."""
        cells = self.sheet.cells[row]
        return any(
            column >= len(cells) or not isinstance(cells[column], str) or layout.is_number(cells[column])
            for column in self.rows[row]
        )


def read_body(sheet: RawSheet, headings: Headings) -> Body:
    """What stands below the headings of a sheet."""
    rows = _filled_rows(sheet, headings)
    for row in _repeated_headings(sheet, headings, rows):
        del rows[row]
    return Body(sheet, headings, rows, _numeric_columns(sheet, rows))


def describes(text: str) -> bool:
    """Whether a text tells of the table as a whole: its unit, its date, who signs."""
    return layout.is_unit(text) or layout.is_day(text) or layout.is_signature([text])


def _filled_rows(sheet: RawSheet, headings: Headings) -> dict[int, list[int]]:
    """The rows below the headings that hold something, with the columns that do."""
    faults: dict[int, list[int]] = {}
    for row, column in sheet.faults:
        faults.setdefault(row, []).append(column)
    covered = sheet.merged
    wide = max(map(len, sheet.cells))
    rows = {}
    for row in range(headings.bottom + 1, len(sheet.cells)):
        filled = [
            column
            for column, value in enumerate(sheet.cells[row])
            if not values.is_blank(value) and (not covered or (row, column) not in covered)
        ]
        filled += [column for column in faults.get(row, ()) if column not in filled]
        if filled or _covered_above(sheet, headings, row, wide):
            rows[row] = filled
    return rows


def _covered_above(sheet: RawSheet, headings: Headings, row: int, wide: int) -> bool:
    """Whether a merged cell that began above, below the headings, covers something of a row without its own."""
    if not sheet.merged:
        return False
    tops = (sheet.merged.get((row, column)) for column in range(wide))
    return any(top is not None and headings.bottom < top[0] < row for top in tops)


def _repeated_headings(sheet: RawSheet, headings: Headings, filled: Mapping[int, Sequence[int]]) -> set[int]:
    """The rows below that are the headings again, as printed pages have them, with the lines above these."""
    heads = [own_texts(sheet, row) for row in range(headings.top, headings.bottom + 1)]
    heads = [texts for texts in heads if len(texts) > 1 or len(heads) == 1]
    begins = {next(iter(head.items())) for head in heads if head}
    again = {
        row
        for row, columns in filled.items()
        if columns and _begins_with(sheet, row, columns[0], begins) and _is_again(own_texts(sheet, row), heads)
    }
    lines = {text for row in headings.lines for text in own_texts(sheet, row).values()}
    rows = list(filled)
    for place in range(len(rows) - 1, 0, -1):
        row = rows[place - 1]
        if rows[place] in again and row not in again:
            texts = own_texts(sheet, row).values()
            if all(_CONTINUED.sub("", text) in lines or describes(text) or layout.is_frame(text) for text in texts):
                again.add(row)
    return again


def _begins_with(sheet: RawSheet, row: int, column: int, begins: set[tuple[int, str]]) -> bool:
    """Whether the first text of a row is that of headings: what is cheap to tell of every row."""
    return is_text(sheet, row, column) and (column, values.folded(sheet.cells[row][column])) in begins


def _is_again(texts: Mapping[int, str], heads: Sequence[Mapping[int, str]]) -> bool:
    """Whether a row is one of these headings, or has most of one and no number: 率(%) for 率."""
    return any(
        texts == head
        or (
            len(texts) == len(head) > 2
            and 3 * sum(head.get(column) == text for column, text in texts.items()) >= 2 * len(head)
            and not any(map(layout.is_number, texts.values()))
        )
        for head in heads
    )


def _numeric_columns(sheet: RawSheet, rows: Mapping[int, Sequence[int]]) -> set[int]:
    """The columns that hold more numbers than texts; signs for no number count as neither."""
    balance: dict[int, int] = {}
    for row, filled in rows.items():
        cells = sheet.cells[row]
        for column in filled:
            value = cells[column] if column < len(cells) else None
            if isinstance(value, str) and not layout.is_number(value):
                if value.strip() not in layout.NOTHING_SIGNS:
                    balance[column] = balance.get(column, 0) - 1
            elif layout.is_number(value):
                balance[column] = balance.get(column, 0) + 1
    return {column for column, count in balance.items() if count > 0}
