"""Rows of data that were pasted twice: within a sheet, or from another workbook into this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.basic.problem import Problem, problem
from generator.workbook import layout
from generator.workbook.layout import RowKind
from generator.workbook.plain_tables.table import Row
from generator.workbook.raw import RawSheet
from generator.workbook.repeats import RepeatCode, repeated, row_range


def pasted_twice(sheet: RawSheet, column: int, rows: Sequence[Row]) -> list[Problem]:
    """An error for each block of rows that stands again further down the sheet, at its first column."""
    keys = [row.texts if _compares(row) else None for row in rows]
    found = []
    for first, again, count in repeated(keys):
        at = sheet.at(rows[again].number, column)
        ranges = [row_range(rows[place].number + 1, count) for place in (again, first)]
        found.append(problem(RepeatCode.ROWS_PASTED_TWICE, at, rows=ranges[0], first=ranges[1]))
    return found


def pasted_from_another(
    sheet: RawSheet, column: int, rows: Sequence[Row], above: Iterable[Row], other: str
) -> list[Problem]:
    """An error where half of the rows of data or more stand in those read before, named as ``other``."""
    known = {row.texts for row in above if _compares(row)}
    data = [row for row in rows if row.kind is RowKind.DATA]
    again = [row for row in data if row.texts in known]
    if len(again) < 2 or 2 * len(again) < len(data):
        return []
    shown = "、".join(str(row.number + 1) for row in again[:8]) + (" …" if len(again) > 8 else "")
    at = sheet.at(again[0].number, column)
    return [problem(RepeatCode.ROWS_IN_ANOTHER, at, rows=shown, count=len(again), other=other)]


def _compares(row: Row) -> bool:
    """Whether a row is of data and holds more than a name and zeros, which may well be the same twice."""
    if row.kind is not RowKind.DATA:
        return False
    given = [text for text in row.texts if text and text not in {"0", *layout.NOTHING_SIGNS}]
    return len(given) > 1
