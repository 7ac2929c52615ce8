"""What changed in the workbooks between two versions: cells, rows added and removed, sheets, whole files."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from generator.basic.problem import Location
from generator.build import outputs
from generator.dispatch.diff import alignment
from generator.documents.passages import running
from generator.meeting.sheets.agency import BOOK
from generator.workbook import books, values
from generator.workbook.raw import RawSheet, number
from generator.workbook.record import MENU_SHEET

CHANGED, ADDED, REMOVED, MOVED = "changed", "added", "removed", "moved"
CELL, ROW, COLUMN, SHEET, FILE = "cell", "row", "column", "sheet", "file"
_HEADING_ROWS = 15
_READ = (".xlsx", ".ods", ".csv")

Texts = tuple[str, ...]


class InputChange(Struct, frozen=True):
    """One change of the inputs: ``what`` is a cell, row, column, sheet or file, ``how`` it changed.

    ``at`` is its place now (its old place if it was removed); ``was_at`` is the old place if it differs.
    ``row`` are the texts of the whole row.
    """

    what: str
    how: str
    at: Location
    old: str = ""
    new: str = ""
    row: Texts = ()
    was_at: Location | None = None


def compare(old: Mapping[str, Path], new: Mapping[str, Path]) -> list[InputChange]:
    """The changes from the files of one version to those of another, both by their path in the workspace."""
    found = []
    old = _at_its_place(old, new)
    for path in dict.fromkeys([*old, *new]):
        before, after = old.get(path), new.get(path)
        place = Location(books.printable(Path(path).name))
        if before is None or after is None:
            found.append(InputChange(FILE, ADDED if before is None else REMOVED, place))
        elif outputs.digest(before.read_bytes()) == outputs.digest(after.read_bytes()):
            continue
        elif before.suffix.lower() in _READ and after.suffix.lower() in _READ:
            found += _books(_sheets(before), _sheets(after))
        else:
            found.append(InputChange(FILE, CHANGED, place))
    return found


def _at_its_place(old: Mapping[str, Path], new: Mapping[str, Path]) -> dict[str, Path]:
    """The old files, 機關.xlsx by the path that it has now: the shared one is kept in the meeting's folder since."""
    names = (f"{BOOK}.xlsx", f"{BOOK}.ods")
    before, after = ([path for path in side if Path(path).name in names] for side in (old, new))
    if len(before) != 1 or len(after) != 1:
        return dict(old)
    return {after[0] if path == before[0] else path: file for path, file in old.items()}


def _sheets(path: Path) -> dict[str, RawSheet]:
    sheets = books.read_workbook(path, [])
    return {name: sheet for sheet in sheets if (name := values.folded(sheet.name)) != MENU_SHEET}


def _books(old: Mapping[str, RawSheet], new: Mapping[str, RawSheet]) -> list[InputChange]:
    found: list[InputChange] = []
    for name in dict.fromkeys([*new, *old]):
        if name not in old or name not in new:
            sheet = new.get(name) or old[name]
            found.append(InputChange(SHEET, ADDED if name in new else REMOVED, sheet.place))
        else:
            found += _sheet(old[name], new[name])
    return found


def _sheet(old: RawSheet, new: RawSheet) -> list[InputChange]:
    before, after = _texts(old), _texts(new)
    if before == after:
        return []
    found, pairs = _columns(old, new, before, after)
    left, right = (list(side) for side in zip(*pairs, strict=True)) if pairs else ([], [])
    grids = [_cut(before, left), _cut(after, right)]
    # A column of running numbers is ignored: it changes with every inserted row.
    counting = running(grids[0][1:]) & running(grids[1][1:])
    keys = [[_without(row, counting) for row in grid] for grid in grids]
    rows = alignment.rows(*keys)
    gone = {keys[0][a]: a for a, b in rows if a is not None and b is None and any(keys[0][a])}
    moved = {gone[keys[1][b]] for a, b in rows if a is None and b is not None and keys[1][b] in gone}
    for a, b in rows:
        if a is not None and b is not None:
            found += _cells(old, new, a, b, left, right, grids, keys)
        elif b is not None and any(keys[1][b]):
            row, source = grids[1][b], gone.get(keys[1][b])
            how, was_at = (ADDED, None) if source is None else (MOVED, old.at(source, 0))
            found.append(InputChange(ROW, how, new.at(b, 0), "", _line(row), row, was_at))
        elif a is not None and any(keys[0][a]) and a not in moved:
            found.append(InputChange(ROW, REMOVED, old.at(a, 0), _line(grids[0][a]), "", grids[0][a]))
    return list(dict.fromkeys(found))


def _cells(
    old: RawSheet,
    new: RawSheet,
    a: int,
    b: int,
    left: Sequence[int],
    right: Sequence[int],
    grids: Sequence[Sequence[Texts]],
    keys: Sequence[Sequence[Texts]],
) -> Iterable[InputChange]:
    """The cells that differ between an old row and the new row that it became."""
    if keys[0][a] == keys[1][b]:
        return
    row = grids[1][b]
    for place, (was, now) in enumerate(itertools.zip_longest(keys[0][a], keys[1][b], fillvalue="")):
        if was != now:
            before, after = old.at(*old.holder(a, left[place])), new.at(*new.holder(b, right[place]))
            yield InputChange(CELL, CHANGED, after, was, now, row, before if before != after else None)


def _texts(sheet: RawSheet) -> list[Texts]:
    """The texts of a sheet as Excel shows them, without blank cells at the end of a row."""
    wide: dict[int, int] = {}
    for row, column in sheet.merged:
        wide[row] = max(wide.get(row, 0), column + 1)
    found = []
    for row, cells in enumerate(sheet.cells):
        line = [_shown(sheet, row, column) for column in range(max(len(cells), wide.get(row, 0)))]
        while line and not line[-1]:
            line.pop()
        found.append(tuple(line))
    while found and not found[-1]:
        found.pop()
    return found


def _shown(sheet: RawSheet, row: int, column: int) -> str:
    try:
        return sheet.shown(row, column)
    except values.BadValue:
        return repr(sheet.value(row, column))


def _columns(
    old: RawSheet, new: RawSheet, before: Sequence[Texts], after: Sequence[Texts]
) -> tuple[list[InputChange], list[tuple[int, int]]]:
    """The columns added and removed, and which column became which, by the rows of headings."""
    width = max(map(len, [*before, *after]), default=0)
    tops = [_heading(before), _heading(after)]
    headings = [grid[top] if grid else () for grid, top in zip((before, after), tops, strict=True)]
    pairs = alignment.matches(*headings)
    short = min(map(len, headings))
    # Only if one side has all headings of the other and more: a renamed heading does not move a column.
    if len(headings[0]) == len(headings[1]) or len(pairs) < short or headings[0][:short] == headings[1][:short]:
        return [], [(column, column) for column in range(width)]
    found = []
    for column in sorted(set(range(len(headings[1]))) - {b for _, b in pairs}):
        at = new.at(tops[1], column)
        found.append(InputChange(COLUMN, ADDED, at, "", headings[1][column]))
    for column in sorted(set(range(len(headings[0]))) - {a for a, _ in pairs}):
        at = old.at(tops[0], column)
        found.append(InputChange(COLUMN, REMOVED, at, headings[0][column], ""))
    return found, pairs


def _heading(rows: Sequence[Texts]) -> int:
    """The row of headings: of the first rows the one with most filled cells."""
    top = range(min(len(rows), _HEADING_ROWS))
    return max(top, key=lambda row: (sum(map(bool, rows[row])), -row), default=0)


def _cut(rows: Sequence[Texts], chosen: Sequence[int]) -> list[Texts]:
    found = []
    for row in rows:
        line = [row[column] if column < len(row) else "" for column in chosen]
        while line and not line[-1]:
            line.pop()
        found.append(tuple(line))
    return found


def _without(row: Texts, counting: Iterable[int]) -> Texts:
    return tuple("" if column in counting else cell for column, cell in enumerate(row))


def _line(row: Texts) -> str:
    return "、".join(cell for cell in row if cell)


def place(change: InputChange) -> str:
    """Where a change is: 資料集.xlsx〔預定開放〕D6, for a row 第7列, for a column D欄."""
    at = change.at
    if change.what == ROW:
        return f"{at.workbook}〔{at.sheet}〕第{at.cell.lstrip('A')}列"
    if change.what == COLUMN:
        return f"{at.workbook}〔{at.sheet}〕{at.cell.rstrip('0123456789')}欄"
    return str(at)


def inside(change: InputChange, cells: str) -> bool:
    """Whether a change touches the cells of a figure: 資料集.xlsx〔預定開放〕D2:D27."""
    at = change.at
    if change.what == FILE:
        return cells.startswith(f"{at.workbook}〔")
    name, _, span = cells.partition("〕")
    if name != f"{at.workbook}〔{at.sheet}" or change.what == SHEET:
        return name == f"{at.workbook}〔{at.sheet}"
    start, _, end = span.partition(":")
    column, row = split(at.cell)
    (left, top), (right, bottom) = split(start), split(end or start)
    across = change.what == ROW or left <= column <= right
    down = change.what == COLUMN or top <= row <= bottom
    return bool(start) and across and down


def split(cell: str) -> tuple[int, int]:
    """The column and the row of a cell as numbers; 0 for a missing part."""
    letters = cell.rstrip("0123456789")
    return number(letters), int(cell[len(letters) :] or 0)
