"""Which columns of a sheet are the table: those with a heading, and those with data beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from generator.basic.problem import Problem, problem
from generator.workbook.layout import RowKind
from generator.workbook.plain_tables.body import Body
from generator.workbook.plain_tables.problems import PlainTableCode
from generator.workbook.raw import letter


class Columns(Struct, frozen=True):
    """The columns of a table; ``unheaded`` are those without a heading, each with its first row of data.

    Rows and columns are numbers from 0.
    """

    numbers: tuple[int, ...]
    unheaded: Mapping[int, int]


def find_columns(body: Body, kinds: Mapping[int, RowKind], problems: list[Problem]) -> Columns:
    """The columns of the table, and a problem where other data or another table stand beside it."""
    sheet = body.sheet
    data: dict[int, int] = {}
    for row, filled in body.rows.items():
        if kinds[row] is RowKind.DATA:
            for column in filled:
                data.setdefault(column, row)
    own = {column for column in body.headed if column in data or _named_itself(body, column)}
    blocks = _blocks(sorted(own | set(data)))
    headed = [number for number, block in enumerate(blocks) if own & set(block)]
    main = headed[0]
    columns = [column for block in blocks[: main + 1] for column in block]
    for number, block in enumerate(blocks[main + 1 :], start=main + 1):
        gap = range(blocks[number - 1][-1] + 1, block[0])
        if body.headed.issuperset(gap):
            # A heading is merged across the blank columns between two others.
            columns += block
        elif number in headed:
            at = sheet.at(body.headings.bottom, block[0])
            sides = {"left": _letters(columns), "right": _letters(block), "gap": _letters(gap)}
            problems.append(problem(PlainTableCode.TABLES_SIDE_BY_SIDE, at, **sides))
            break
        else:
            at = sheet.at(data[block[0]], block[0])
            problems.append(problem(PlainTableCode.BESIDE_TABLE, at, cell=at.cell))
    unheaded = {column: data[column] for column in columns if column in data and column not in body.headed}
    return Columns(tuple(columns), unheaded)


def _blocks(columns: Sequence[int]) -> list[list[int]]:
    """Columns in runs without a gap."""
    blocks: list[list[int]] = []
    for column in columns:
        if blocks and column == blocks[-1][-1] + 1:
            blocks[-1].append(column)
        else:
            blocks.append([column])
    return blocks


def _named_itself(body: Body, column: int) -> bool:
    """Whether a column has a heading of its own and not only a share in one that is merged across."""
    sheet, headings = body.sheet, body.headings
    return headings.top == headings.bottom or any(
        sheet.heading(row, column) is not None and sheet.merged.get((row, column), (row, column))[1] == column
        for row in range(headings.top, headings.bottom + 1)
    )


def _letters(columns: Sequence[int]) -> str:
    first, last = letter(columns[0]), letter(columns[-1])
    return first if first == last else f"{first} 至 {last}"
