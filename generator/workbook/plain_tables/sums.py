"""Which rows of a table state sums, and which of these are wrong."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from generator.basic.problem import Problem, problem
from generator.workbook import totals
from generator.workbook.layout import RowKind
from generator.workbook.plain_tables.body import Body
from generator.workbook.plain_tables.cells import labels, own_value
from generator.workbook.plain_tables.depths import depths
from generator.workbook.plain_tables.problems import PlainTableCode
from generator.workbook.plain_tables.table import Row
from generator.workbook.raw import RawSheet
from generator.workbook.typed_rows import RowCode


def with_totals(
    body: Body, columns: Sequence[int], names: Sequence[str], rows: Sequence[Row], problems: list[Problem]
) -> list[Row]:
    """The rows with those that state sums as totals; problems where a sum is wrong, or a row could be one."""
    sheet = body.sheet
    lines = _lines(sheet, columns, rows)
    places = [
        totals.places(row.texts[at] for row, line in zip(rows, lines, strict=True) if line.numbers[at] is not None)
        for at in range(len(columns))
    ]
    lines = totals.ranked(lines, places)
    ranked = [
        row if row.kind is line.kind else replace(row, kind=line.kind) for row, line in zip(rows, lines, strict=True)
    ]
    problems += _without_word(body, columns, ranked, lines, places)
    for wrong in totals.wrong_across(lines, names, places):
        at = sheet.at(rows[wrong.line].number, columns[wrong.column])
        stated = {"stated": wrong.stated, "computed": wrong.computed}
        problems.append(problem(PlainTableCode.WRONG_TOTAL_ACROSS, at, **stated))
    for wrong in totals.wrong(lines, names, places):
        at = sheet.at(rows[wrong.line].number, columns[wrong.column])
        problems.append(problem(RowCode.WRONG_TOTAL, at, stated=wrong.stated, computed=wrong.computed))
    return ranked


def whole_numbers(cells: Sequence[object]) -> list[int]:
    """The values of a column of whole numbers, － as 0; none where any other value stands among them."""
    present = [value for value in cells if value is not None]
    numbers = [number for value in present if (number := totals.whole(value)) is not None]
    has_number = any(not isinstance(value, str) for value in present)
    return numbers if len(numbers) == len(present) and has_number else []


def _lines(sheet: RawSheet, columns: Sequence[int], rows: Sequence[Row]) -> list[totals.Line]:
    """The rows as far as adding up goes."""
    before = [labels(sheet, row.number, columns, row.texts) for row in rows]
    return [
        totals.Line(
            row.kind,
            row_labels,
            depth,
            tuple(
                totals.number(own_value(sheet, row.number, column), text)
                for column, text in zip(columns, row.texts, strict=True)
            ),
        )
        for row, row_labels, depth in zip(rows, before, depths(rows, before), strict=True)
    ]


def _without_word(
    body: Body,
    columns: Sequence[int],
    rows: Sequence[Row],
    lines: Sequence[totals.Line],
    places: Sequence[int],
) -> list[Problem]:
    """Problems of rows that no word makes a total and that could be one: the sum of all others, numbers alone."""
    found = []
    if not any(line.kind is RowKind.TOTAL for line in lines) and (number := totals.unnamed(lines, places)) is not None:
        text = next((text.strip() for text in rows[number].texts if text.strip()), "")
        at = body.sheet.at(rows[number].number, columns[0])
        found.append(problem(PlainTableCode.SUM_OF_OTHERS, at, text=text[:20]))
    last = next((at for at in range(len(lines) - 1, 0, -1) if lines[at].kind is RowKind.DATA), 0)
    others = [line for line in lines[:last] if line.kind is RowKind.DATA]
    if len(others) > 1 and not lines[last].labels and all(line.labels for line in others):
        number = rows[last].number
        found.append(problem(PlainTableCode.ROW_WITHOUT_NAME, body.sheet.at(number, body.first(number))))
    return found
