"""The rows of a table as they are printed, down to where another table begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.basic.problem import Problem, problem
from generator.workbook import layout
from generator.workbook.layout import RowKind
from generator.workbook.plain_tables.body import Body
from generator.workbook.plain_tables.cells import indented, underlined
from generator.workbook.plain_tables.kinds import rows_at_end
from generator.workbook.plain_tables.problems import PlainTableCode
from generator.workbook.plain_tables.table import Row
from generator.workbook.typed_rows import too_many


def read_rows(body: Body, kinds: Mapping[int, RowKind], columns: Sequence[int], problems: list[Problem]) -> list[Row]:
    """The rows without the notes below them; a problem where a second table begins."""
    sheet = body.sheet
    before = len(problems)
    rows: list[Row] = []
    previous = body.headings.bottom
    for row in list(body.rows)[: len(body.rows) - len(rows_at_end(body, kinds))]:
        if row > previous + 1 and _begins_table(body, _below_titles(body, row)):
            problems.append(problem(PlainTableCode.TABLE_BELOW, sheet.at(row, body.first(row))))
            break
        previous = row
        texts = tuple(indented(sheet, row, column, problems) for column in columns)
        data = tuple(sheet.data(row, column, text) for column, text in zip(columns, texts, strict=True))
        joined = _joined(body, row, kinds[row], columns)
        rows.append(Row(row, kinds[row], texts, joined, data, underlined(sheet, row, columns, texts)))
        if too_many(sheet, row, before, problems):
            break
    return rows


def _below_titles(body: Body, row: int) -> int:
    """The row itself, or the first below it that is no single text, where a few such stand there: 表二."""
    later = [other for other in body.rows if other >= row][:4]
    return next((other for other in later if len(body.rows[other]) > 1), row)


def _begins_table(body: Body, row: int) -> bool:
    """Whether headings of another table stand in a row: texts in the columns of numbers, and numbers below them."""
    if not body.numeric or body.has_numbers(row):
        return False
    cells = body.sheet.cells[row]
    over = [
        column
        for column in body.rows[row]
        if column in body.numeric and str(cells[column]).strip() not in layout.NOTHING_SIGNS
    ]
    later = [other for other in body.rows if other > row][:3]
    return (
        not all(layout.reports_nothing(str(cells[column])) for column in over)
        and 2 * len(over) >= len(body.numeric)
        and len(body.rows[row]) > 1
        and any(set(body.rows[other]) & set(over) and body.has_numbers(other) for other in later)
    )


def _joined(body: Body, row: int, kind: RowKind, columns: Sequence[int]) -> frozenset[int]:
    """The columns whose cell is one with that on its left, by their places."""
    filled, merged = body.rows[row], body.sheet.merged
    if kind in (RowKind.GROUP, RowKind.NOTE) and len(filled) == 1 and filled[0] == columns[0]:
        return frozenset(range(1, len(columns)))
    if not merged:
        return frozenset()
    return frozenset(
        place
        for place, column in enumerate(columns)
        if place
        and (top := merged.get((row, column))) is not None
        and top[0] == row
        and top[1] in columns
        and top[1] < column
    )
