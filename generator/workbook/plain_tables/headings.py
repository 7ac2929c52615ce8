"""What the columns are called, and what is printed above each, from heading rows with merged and blank cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from generator.basic.problem import Problem, problem
from generator.workbook import layout, raw
from generator.workbook.plain_tables.body import Body
from generator.workbook.plain_tables.cells import in_one_line, shown
from generator.workbook.plain_tables.columns import Columns
from generator.workbook.plain_tables.problems import PlainTableCode
from generator.workbook.plain_tables.table import JOINED_LEFT, JOINED_UP, NEXT_ROW
from generator.workbook.raw import RawSheet, letter

# For each heading row the cells whose texts stand above the columns, in their order; None where no text does.
Holders = Mapping[int, Sequence[raw.Place | None]]


class Names(Struct, frozen=True):
    """What the columns are called (男性.到考人數), and what is ``printed`` above each (PlainTable.printed_headings)."""

    names: tuple[str, ...]
    printed: tuple[str, ...]


def read_names(body: Body, columns: Columns, problems: list[Problem]) -> Names:
    """The names of the columns; a problem where one has data and no heading, or the headings stand several times."""
    sheet, top, bottom = body.sheet, body.headings.top, body.headings.bottom
    holders = _holders(sheet, top, bottom, columns.numbers)
    naming = _naming_rows(sheet, holders, problems)
    names: list[str] = []
    printed: list[str] = []
    for place, column in enumerate(columns.numbers):
        texts: list[str] = []
        signs: list[str] = []
        for row in range(top, bottom + 1):
            holder = holders[row][place]
            if top < bottom and place and holder == holders[row][place - 1] and holder is not None:
                signs.append(JOINED_LEFT)
                texts += [shown(sheet, *holder, problems)] if row in naming else []
            elif row > top and holder == holders[row - 1][place]:
                signs.append(JOINED_UP)
            else:
                text = shown(sheet, *holder, problems) if holder else ""
                signs.append(text)
                texts += [text] if row in naming or (holder is not None and holder[0] in naming) else []
        name = ".".join(dict.fromkeys(in_one_line(text) for text in texts if text))
        if not name:
            name = f"{letter(column)}欄"
            if column in columns.unheaded:
                problems.append(_without_heading(body, column, columns.unheaded[column], name))
        names.append(name)
        printed.append(NEXT_ROW.join(signs))
    if columns.numbers[0] not in body.numeric and (count := _sets_of(names)):
        headings = "、".join(names[: len(names) // count])
        at = sheet.at(bottom, columns.numbers[len(names) // count])
        problems.append(problem(PlainTableCode.SETS_OF_COLUMNS, at, count=count, headings=headings))
    return Names(tuple(names), tuple(printed))


def doubtful_headings(body: Body, columns: Columns, names: Names) -> list[Problem]:
    """A note that says which rows and columns were taken, where there is doubt."""
    if not body.headings.doubtful:
        return []
    top, bottom = body.headings.top + 1, body.headings.bottom + 1
    rows = f"{top}" if top == bottom else f"{top} 至 {bottom}"
    at = body.sheet.at(body.headings.top, columns.numbers[0])
    shares = zip(names.names, columns.numbers, strict=True)
    given = "、".join(f"{name}（{letter(column)}）" for name, column in shares)
    return [problem(PlainTableCode.HEADINGS_TAKEN, at, rows=rows, columns=given)]


def _holders(sheet: RawSheet, top: int, bottom: int, columns: Sequence[int]) -> Holders:
    """For each heading row and column the cell whose text stands there; a blank one goes with its neighbours."""
    holders: dict[int, list[raw.Place | None]] = {}
    for row in range(top, bottom + 1):
        tops = [sheet.merged.get((row, column), (row, column)) for column in columns]
        holders[row] = [cell if sheet.value(*cell) is not None or cell in sheet.faults else None for cell in tops]
    for row in range(top, bottom):
        for place in range(1, len(columns)):
            left = holders[row][place - 1]
            if holders[row][place] is None and left is not None and left[0] == row:
                below = [holders[other] for other in range(row + 1, bottom + 1)]
                if all(
                    any(line[at] not in (None, left) for line in below) for at in (place - 1, place)
                ) and not _is_merged_across(sheet, left):
                    # A group that was written over its first column only.
                    holders[row][place] = left
    for place in range(len(columns)):
        for row in range(top + 1, bottom + 1):
            if holders[row][place] is None:
                holders[row][place] = holders[row - 1][place]
        for row in range(bottom - 1, top - 1, -1):
            if holders[row][place] is None:
                holders[row][place] = holders[row + 1][place]
    return holders


def _is_merged_across(sheet: RawSheet, cell: raw.Place) -> bool:
    return sheet.merged.get((cell[0], cell[1] + 1)) == cell


def _naming_rows(sheet: RawSheet, holders: Holders, problems: list[Problem]) -> set[int]:
    """The heading rows that name columns: not those that only number them, or give their units."""
    aside = set()
    for row in list(holders)[1:]:
        own = [holder for holder in holders[row] if holder is not None and holder[0] == row]
        if layout.is_aside([shown(sheet, *holder, problems) for holder in own]):
            aside.add(row)
    return {row for row in holders if row not in aside or _distinguishes(sheet, holders, row, aside, problems)}


def _distinguishes(sheet: RawSheet, holders: Holders, row: int, aside: set[int], problems: list[Problem]) -> bool:
    """Whether columns that are called the same in the rows above differ in this one: years below 件數."""
    above = list(zip(*(line for at, line in holders.items() if at not in aside), strict=True))
    texts = [shown(sheet, *holder, problems) if holder else "" for holder in holders[row]]
    return any(above[place] == above[place - 1] and texts[place] != texts[place - 1] for place in range(1, len(texts)))


def _without_heading(body: Body, column: int, first: int, name: str) -> Problem:
    at = body.sheet.at(body.headings.bottom, column)
    cell = body.sheet.at(first, column).cell
    return problem(PlainTableCode.COLUMN_WITHOUT_HEADING, at, heading=at.cell, cell=cell, name=name)


def _sets_of(names: list[str]) -> int:
    """How often the same headings stand side by side; 0 for once."""
    count = len(names)
    return next((times for times in range(count // 2, 1, -1) if names[: count // times] * times == names), 0)
