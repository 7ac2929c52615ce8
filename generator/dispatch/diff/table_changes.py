"""What changed in the tables of a document: columns and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from generator.dispatch.diff import alignment
from generator.dispatch.diff.causes import Causes, Change, Origin, Piece
from generator.dispatch.diff.cells import ADDED, CHANGED, MOVED, REMOVED
from generator.documents.passages import Contents, RowSources, Table
from generator.workbook import values


def changes(old: Contents, new: Contents, causes: Causes) -> list[Change]:
    """The changes of all tables with their causes."""
    pairs = _table_pairs(old.tables, new.tables)
    return [change for left, right in pairs for change in _table_changes(left, right, causes)]


def _table_pairs(old: Sequence[Table], new: Sequence[Table]) -> list[tuple[Table, Table]]:
    if len(old) == len(new):
        return list(zip(old, new, strict=True))
    pairs = alignment.matches([table.headings for table in old], [table.headings for table in new])
    kept = {b: a for a, b in pairs}
    removed = set(range(len(old))) - {a for a, _ in pairs}
    nothing = Table((), (), RowSources(), frozenset())
    found = [(old[kept[b]] if b in kept else nothing, table) for b, table in enumerate(new)]
    return found + [(old[a], nothing) for a in sorted(removed)]


def _table_changes(old: Table, new: Table, causes: Causes) -> list[Change]:
    """The changed columns and rows; a column of running numbers is not compared."""
    found = []
    before, after = old.headings, new.headings
    same = alignment.matches(before, after)
    short = min(len(before), len(after))
    if before and after and len(before) != len(after) and len(same) == short:
        columns = same
        added, removed = set(range(len(after))) - {b for _, b in same}, set(range(len(before))) - {a for a, _ in same}
        found += [Change(ADDED, "表頭欄位", after[b], (Piece("", "", after[b]),)) for b in sorted(added)]
        found += [Change(REMOVED, "表頭欄位", before[a], (Piece("", before[a], ""),)) for a in sorted(removed)]
    else:
        wide = max((len(row) for row in (*old.rows, *new.rows, before, after)), default=0)
        columns = [(column, column) for column in range(wide)]
        heads = [(_cell(before, column), _cell(after, column)) for column in range(wide)]
        if before and after and before != after:
            found.append(Change(CHANGED, "表頭", "", tuple(Piece("", a, b) for a, b in heads if a != b)))
    sides = []
    for table, side in ((old, 0), (new, 1)):
        counted = [pair[side] for pair in columns if _is_running_number(pair, old, new)]
        chosen = [pair[side] for pair in columns if not _is_running_number(pair, old, new)]
        sides.append(
            _Side(
                rows=[tuple(_cell(row, column) for column in chosen) for row in table.rows],
                numbers=[next((_cell(row, column) for column in counted), "") for row in table.rows],
                names=[_cell(table.headings, column) for column in chosen],
                sources=table.sources,
                columns=chosen,
            )
        )
    return found + _row_changes(sides[0], sides[1], causes)


class _Side(Struct, frozen=True):
    """The rows of a table without running numbers; ``columns`` are the places of the remaining columns."""

    rows: list[tuple[str, ...]]
    numbers: list[str]
    names: list[str]
    sources: RowSources
    columns: list[int]

    def origin(self, row: int, places: Iterable[int]) -> Origin:
        """Where the cells in these places of a row came from."""
        sources = self.sources[row]
        chosen = [sources[at] for place in places if (at := self.columns[place]) < len(sources)]
        names = dict.fromkeys(name for source in chosen for name in source.figures)
        return Origin(tuple(names), tuple(dict.fromkeys(cell for source in chosen for cell in source.cells)))


def _row_changes(old: _Side, new: _Side, causes: Causes) -> list[Change]:
    before, after = old.rows, new.rows
    names = [name or (old.names[place] if place < len(old.names) else "") for place, name in enumerate(new.names)]
    found = []
    pairs = alignment.rows(before, after)
    removed = Counter(before[a] for a, b in pairs if a is not None and b is None)
    added = Counter(after[b] for a, b in pairs if a is None and b is not None)
    moved = removed & added
    moved_away = Counter(moved)
    for a, b in pairs:
        row = after[b] if b is not None else before[a or 0]
        number = new.numbers[b] if b is not None else old.numbers[a or 0]
        where = f"第{number or (b if b is not None else a or 0) + 1}列"
        title = next((cell for cell in row if values.folded(cell) not in ("", "★")), "")
        if a is not None and b is not None:
            differ = [place for place, (was, now) in enumerate(zip(before[a], after[b], strict=True)) if was != now]
            pieces = tuple(Piece(names[place], before[a][place], after[b][place]) for place in differ)
            behind = causes.behind(old.origin(a, differ), new.origin(b, differ)) if differ else ((), ())
            found += [Change(CHANGED, where, title, pieces, *behind)] if pieces else []
        elif b is not None:
            how = MOVED if moved[row] else ADDED
            moved[row] -= how == MOVED
            pieces = tuple(Piece(name, "", cell) for name, cell in zip(names, row, strict=True) if cell)
            behind = causes.behind(Origin(), Origin((), new.origin(b, range(len(row))).cells))
            found.append(Change(how, where, title, pieces, *behind))
        elif moved_away[row]:
            moved_away[row] -= 1
        elif a is not None:
            pieces = tuple(Piece(name, cell, "") for name, cell in zip(old.names, row, strict=True) if cell)
            behind = causes.behind(Origin((), old.origin(a, range(len(row))).cells), Origin())
            found.append(Change(REMOVED, where, title, pieces, *behind))
    return found


def _is_running_number(pair: tuple[int, int], old: Table, new: Table) -> bool:
    """Whether a pair of columns only counts the rows."""
    return (pair[0] in old.running or not old.rows) and (pair[1] in new.running or not new.rows)


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""
