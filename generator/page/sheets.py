"""The sheets of a meeting as they stand, and pieces of them with cells marked."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.basic.workspace import MeetingId, Workspace
from generator.workbook import books, raw, values
from generator.workbook.raw import RawSheet

_PLACE = compile_late(r"(.+)〔(.+)〕([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?", re.DOTALL)
# Rows of a piece that are shown, columns that are, and characters of a cell.
_MOST_ROWS, _MOST_COLUMNS, _LONGEST = 12, 12, 160
PAGE_ROWS = 100


class Span(Struct, frozen=True):
    """A cell or a range of cells: rows and columns from 0, both ends in it."""

    workbook: str
    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def cell(self) -> str:
        first, last = f"{raw.letter(self.left)}{self.top + 1}", f"{raw.letter(self.right)}{self.bottom + 1}"
        return first if first == last else f"{first}:{last}"

    @property
    def rows(self) -> int:
        return self.bottom - self.top + 1

    @property
    def columns(self) -> int:
        return self.right - self.left + 1

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def meets(self, other: Span) -> bool:
        return (
            (self.workbook, self.sheet) == (other.workbook, other.sheet)
            and self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def __str__(self) -> str:
        return f"{self.workbook}〔{self.sheet}〕{self.cell}"


def span(place: str) -> Span | None:
    """The cells that a place names (資料集.xlsx〔預定開放〕A2:A27); None for a file, a folder or a rule."""
    match = _PLACE.fullmatch(place)
    if not match:
        return None
    workbook, sheet, left, top, right, bottom = match.groups()
    first = (int(top) - 1, raw.number(left))
    last = (int(bottom) - 1, raw.number(right)) if right else first
    return Span(workbook, sheet, first[0], first[1], max(last[0], first[0]), max(last[1], first[1]))


class Cell(Struct, frozen=True):
    """A cell as it is shown; ``marked`` where it is one of those that are asked for."""

    name: str
    text: str
    marked: bool = False


class Line(Struct, frozen=True):
    """A row of a piece: its number, and its cells. ``left_out`` rows were left out before it."""

    number: int
    cells: tuple[Cell, ...]
    left_out: int = 0
    heading: bool = False


class Piece(Struct, frozen=True):
    """A piece of a sheet: the letters of its columns and its rows."""

    workbook: str
    sheet: str
    letters: tuple[str, ...]
    lines: tuple[Line, ...]
    below: int = 0


class Sheets:
    """The sheets of one meeting, the agency's and the shared ones, read anew where a file changed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._kept: dict[Path, tuple[tuple[int, int], list[RawSheet]]] = {}
        self._lock = threading.Lock()

    def paths(self, meeting: MeetingId) -> dict[str, Path]:
        """The workbooks by file name; of two of one name that of the meeting."""
        found = [self._workspace.agency_book, *books.books(self._workspace.shared)]
        found += books.lists(self._workspace.inputs(meeting))
        return {books.printable(path.name): path for path in found if path.is_file() and not path.is_symlink()}

    def all(self, meeting: MeetingId) -> list[RawSheet]:
        """Every sheet that can be read, by workbook."""
        return [sheet for path in self.paths(meeting).values() for sheet in self._read(path)]

    def get(self, meeting: MeetingId, workbook: str, name: str) -> RawSheet | None:
        """The sheet of that name in the workbook of that name."""
        path = self.paths(meeting).get(workbook)
        return next((sheet for sheet in self._read(path) if sheet.name == name), None) if path else None

    def _read(self, path: Path) -> list[RawSheet]:
        try:
            about = path.stat()
        except OSError:
            return []
        stamp = (about.st_mtime_ns, about.st_size)
        with self._lock:
            known, kept = self._kept.get(path, ((), []))
            if known != stamp:
                # One that is being saved cannot be read for a moment, and is shown as it was.
                if not (found := books.read_workbook(path, [])) and kept:
                    return kept
                self._kept[path] = (stamp, found)
            return self._kept[path][1]

    def piece(self, meeting: MeetingId, places: Iterable[str]) -> list[Piece]:
        """For each sheet among the places the rows in which cells are marked, below its headings."""
        spans: dict[tuple[str, str], list[Span]] = {}
        for place in places:
            if found := span(place):
                spans.setdefault((found.workbook, found.sheet), []).append(found)
        pieces = []
        for (workbook, name), marked in spans.items():
            if sheet := self.get(meeting, workbook, name):
                pieces.append(_piece(sheet, marked))
        return pieces


def shown(sheet: RawSheet, row: int, column: int) -> str:
    """A cell's text; one whose value cannot be used is shown by what is wrong with it."""
    if fault := sheet.fault(row, column):
        return f"（{fault.text}）"
    try:
        return sheet.shown(row, column)
    except values.BadValue:
        return "（有控制字元）"


def heading_row(sheet: RawSheet) -> int:
    """The row that looks like the headings: the first with two texts, else the first that is not empty."""
    filled = [row for row, line in enumerate(sheet.cells) if any(value is not None for value in line)]
    two = [row for row in filled if sum(isinstance(value, str) for value in sheet.cells[row]) >= 2]
    return next(iter([*two, *filled]), 0)


def _piece(sheet: RawSheet, marked: Sequence[Span]) -> Piece:
    top = heading_row(sheet)
    wanted = sorted({row for found in marked for row in range(found.top, min(found.bottom, found.top + 5000) + 1)})
    chosen = wanted if len(wanted) <= _MOST_ROWS else [*wanted[: _MOST_ROWS - 2], *wanted[-2:]]
    width = max((len(line) for line in sheet.cells), default=1)
    right = max(found.right for found in marked)
    columns = list(range(min(width, _MOST_COLUMNS)))
    if right >= _MOST_COLUMNS:
        columns = [*columns[: _MOST_COLUMNS // 2], *range(max(right - 3, _MOST_COLUMNS // 2), right + 1)]
    lines = []
    before = None
    for row in [*([top] if top not in chosen else []), *chosen]:
        cells = tuple(
            Cell(
                f"{raw.letter(column)}{row + 1}",
                _short(shown(sheet, row, column)),
                any(found.holds(row, column) for found in marked),
            )
            for column in columns
        )
        left_out = sum(before < other < row for other in wanted) if before is not None else 0
        lines.append(Line(row + 1, cells, left_out, row == top))
        before = row
    return Piece(sheet.workbook, sheet.name, tuple(raw.letter(column) for column in columns), tuple(lines))


def whole(sheet: RawSheet, page: int) -> Piece:
    """PAGE_ROWS rows of a sheet; ``below``: how many follow."""
    first = page * PAGE_ROWS
    width = min(max((len(line) for line in sheet.cells), default=1), 60)
    rows = range(first, min(first + PAGE_ROWS, len(sheet.cells)))
    top = heading_row(sheet)
    lines = tuple(
        Line(
            row + 1,
            tuple(Cell(f"{raw.letter(column)}{row + 1}", _short(shown(sheet, row, column))) for column in range(width)),
            heading=row == top,
        )
        for row in rows
    )
    letters = tuple(raw.letter(column) for column in range(width))
    return Piece(sheet.workbook, sheet.name, letters, lines, max(len(sheet.cells) - first - PAGE_ROWS, 0))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def numbers(sheet: RawSheet, found: Span) -> list[object]:
    """The values of the cells of a span, row by row."""
    return [
        sheet.value(row, column)
        for row in range(found.top, found.bottom + 1)
        for column in range(found.left, found.right + 1)
    ]
