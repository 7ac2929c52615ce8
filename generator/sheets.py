"""The only module that reads workbooks: files → sheets → typed rows, each value with its place.

Staff workbooks are opened for reading only. Everything odd is a Problem; reading goes on.
"""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import values
from generator.columns import SheetSpec
from generator.problems import Location, Problem, nearest, perhaps, problem

LARGEST_UNPACKED = 400 * 1024 * 1024
_HEADING_ROWS = 15
_ERROR_VALUES = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet as it stands: ``cells[r][c]`` from row 1 and column A, merged cells filled with their value."""

    workbook: str
    name: str
    cells: Sequence[Sequence[object]]
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def at(self, row: int, column: int) -> Location:
        """The place of ``cells[row][column]``."""
        return Location(self.workbook, self.name, f"{letter(column)}{row + 1}")

    @property
    def place(self) -> Location:
        return Location(self.workbook, self.name)

    def shown(self, row: int, column: int) -> str:
        """The cell as Excel shows it, for sheets without a column table: thousands and per cent kept."""
        value = self.cells[row][column]
        form = self.formats.get((row, column), "")
        if value is None:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            decimals = len(form.split(".")[1].split(";")[0].rstrip("%_-) ")) if "." in form else 0
            if "%" in form:
                return f"{value * 100:.{decimals}f}%"
            if "#,##0" in form:
                return f"{value:,.{decimals}f}"
            if form.startswith("0"):
                return f"{value:.{decimals}f}"
        return values.text(value)


@dataclass(frozen=True, slots=True)
class Row:
    """One typed row. ``cells`` gives each column's letters; in a field sheet's row (number None) whole cells (B3)."""

    values: Mapping[str, Any]
    workbook: str
    sheet: str
    cells: Mapping[str, str]
    number: int | None

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str) -> Any:
        """The value of a column that may be absent; None then."""
        return self.values.get(name)

    def at(self, name: str = "") -> Location:
        """The place of a column of this row; its first cell (of a field sheet: the sheet) when the column is absent."""
        cell = self.cells.get(name) or (next(iter(self.cells.values()), "A") if self.number else "")
        return Location(self.workbook, self.sheet, f"{cell}{self.number or ''}")


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A sheet that has no column table: headings and texts as shown, blank rows left out."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    sums: Mapping[str, int]
    place: Location


def letter(column: int) -> str:
    """0 → A, 26 → AA."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(column + 1)


def read_folder(folder: Path, problems: list[Problem]) -> list[RawSheet]:
    """The sheets of every workbook that lies in the folder itself, in file-name order."""
    sheets: list[RawSheet] = []
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        suffix = path.suffix.lower()
        if path.name.startswith(("~$", ".")) or path.is_dir():
            continue
        if suffix == ".xlsx":
            sheets.extend(read_workbook(path, problems))
        elif suffix in (".xls", ".csv", ".xlsm", ".xlsb", ".ods"):
            problems.append(problem("other-format", Location(path.name), suffix=suffix))
    return sheets


def read_workbook(path: Path, problems: list[Problem]) -> list[RawSheet]:
    """The sheets of one .xlsx; one that cannot be opened is a problem and gives none."""
    import openpyxl

    where = Location(path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                problems.append(problem("workbook-too-large", where))
                return []
            formulas = any(
                b"<f>" in archive.read(entry) or b"<f " in archive.read(entry)
                for entry in archive.infolist()
                if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, data_only=True)
            source = openpyxl.load_workbook(path) if formulas else None
    except PermissionError:
        problems.append(problem("workbook-locked", where))
        return []
    except Exception:
        problems.append(problem("workbook-unreadable", where))
        return []
    sheets = []
    for worksheet in book.worksheets:
        sheets.append(_raw(path.name, worksheet, source[worksheet.title] if source else None, problems))
    return sheets


def _raw(workbook: str, worksheet: Any, source: Any, problems: list[Problem]) -> RawSheet:
    cells: list[list[object]] = []
    formats: dict[tuple[int, int], str] = {}
    for number, row in enumerate(worksheet.iter_rows()):
        cells.append([cell.value for cell in row])
        for column, cell in enumerate(row):
            value = cell.value
            if value is None:
                continue
            if isinstance(value, int | float) and cell.number_format != "General":
                formats[number, column] = cell.number_format
            elif isinstance(value, str) and value in _ERROR_VALUES:
                place = Location(workbook, worksheet.title, cell.coordinate)
                problems.append(problem("error-value", place, value=value))
                cells[-1][column] = None
    if source is not None:
        for row in source.iter_rows():
            for cell in row:
                empty = cells[cell.row - 1][cell.column - 1] is None
                if empty and isinstance(cell.value, str) and cell.value.startswith("="):
                    place = Location(workbook, worksheet.title, cell.coordinate)
                    if worksheet[cell.coordinate].value is None:
                        problems.append(problem("formula-without-value", place))
    for merged in worksheet.merged_cells.ranges:
        top = cells[merged.min_row - 1][merged.min_col - 1]
        for filled in range(merged.min_row - 1, min(merged.max_row, len(cells))):
            for column in range(merged.min_col - 1, min(merged.max_col, len(cells[filled]))):
                cells[filled][column] = top
    return RawSheet(workbook, worksheet.title, cells, formats)


def read_table(spec: SheetSpec, sheets: Iterable[RawSheet], problems: list[Problem]) -> list[Row]:
    """The typed rows of every sheet of that name, stacked; a cell that cannot be read is a problem and is None."""
    rows: list[Row] = []
    for sheet in sheets:
        heading = _heading_row(spec, sheet, problems)
        if heading is None:
            continue
        number, columns = heading
        for index in range(number + 1, len(sheet.cells)):
            row = _typed_row(spec, sheet, index, columns, problems)
            if row is not None:
                rows.append(row)
    return rows


def read_fields(spec: SheetSpec, sheets: Sequence[RawSheet], problems: list[Problem]) -> Row | None:
    """A field sheet (欄位, 內容) as one row, its fields being the columns; None where there is no such sheet."""
    if not sheets:
        return None
    for extra in sheets[1:]:
        problems.append(problem("sheet-twice", extra.place, sheet=spec.name, other=sheets[0].workbook))
    sheet = sheets[0]
    found: dict[str, object] = {}
    cells: dict[str, str] = {}
    known = {values.folded(column.name): column for column in spec.columns}
    for index, row in enumerate(sheet.cells):
        name = values.folded(row[0]) if row and row[0] is not None else ""
        if name in ("", "欄位"):
            continue
        column = known.get(name)
        if column is None:
            if len(row) > 1 and row[1] is not None:
                guess = perhaps(name, known)
                problems.append(problem("unknown-field", sheet.at(index, 0), name=str(row[0]).strip(), perhaps=guess))
        elif column.name in cells:
            problems.append(problem("field-twice", sheet.at(index, 0), name=column.name, first=cells[column.name]))
        else:
            value = row[1] if len(row) > 1 else None
            cells[column.name] = f"B{index + 1}"
            found[column.name] = _typed(column.name, spec, value, sheet.at(index, 1), problems)
    for column in spec.columns:
        if column.name in cells:
            continue
        if column.required:
            problems.append(problem("missing-field", sheet.place, name=column.name, example=column.example))
            found[column.name] = None
        else:
            found[column.name] = values.empty(column)
    return Row(found, sheet.workbook, sheet.name, cells, None)


def _heading_row(spec: SheetSpec, sheet: RawSheet, problems: list[Problem]) -> tuple[int, dict[str, int]] | None:
    """The number of the heading row and where each known column stands; None (and a problem) when not found."""
    known = {values.folded(column.name): column.name for column in spec.columns}
    best: dict[str, int] = {}
    best_row = -1
    for index, row in enumerate(sheet.cells[:_HEADING_ROWS]):
        columns: dict[str, int] = {}
        for position, value in enumerate(row):
            name = known.get(values.folded(value)) if value is not None else None
            if name and name not in columns:
                columns[name] = position
        if len(columns) > len(best):
            best, best_row = columns, index
        if all(name in columns for name in spec.required_names):
            _mention_columns(spec, sheet, index, known, problems)
            return index, columns
    if not any(value is not None for row in sheet.cells for value in row):
        return None
    headings = [str(value).strip() for value in sheet.cells[best_row] if value is not None] if best_row >= 0 else []
    for name in spec.required_names:
        if name not in best:
            slip = nearest(name, headings)
            slip = f"「{slip}」是否即為此欄？" if slip and values.folded(slip) not in known else ""
            place = Location(sheet.workbook, sheet.name, f"A{best_row + 1}" if best_row >= 0 else "A1")
            problems.append(problem("missing-column", place, name=name, perhaps=slip))
    return None


def _mention_columns(
    spec: SheetSpec, sheet: RawSheet, index: int, known: Mapping[str, str], problems: list[Problem]
) -> None:
    seen: dict[str, int] = {}
    present = {values.folded(value) for value in sheet.cells[index] if value is not None}
    for position, value in enumerate(sheet.cells[index]):
        if value is None:
            continue
        name = values.folded(value)
        if name in known and name in seen:
            first = f"{letter(seen[name])}{index + 1}"
            problems.append(problem("column-twice", sheet.at(index, position), name=known[name], first=first))
        elif name and name not in known:
            absent = [column for folded, column in known.items() if folded not in present]
            guess = perhaps(name, absent)
            problems.append(
                problem("unknown-column", sheet.at(index, position), name=str(value).strip(), perhaps=guess)
            )
        seen.setdefault(name, position)


def _typed_row(
    spec: SheetSpec, sheet: RawSheet, index: int, columns: Mapping[str, int], problems: list[Problem]
) -> Row | None:
    raw = sheet.cells[index]
    given = {name: raw[position] if position < len(raw) else None for name, position in columns.items()}
    if all(value is None or (isinstance(value, str) and not value.strip()) for value in given.values()):
        return None
    typed = {name: _typed(name, spec, value, sheet.at(index, columns[name]), problems) for name, value in given.items()}
    letters = {name: letter(position) for name, position in columns.items()}
    for column in spec.columns:
        if column.name not in typed:
            typed[column.name] = values.empty(column)
    return Row(typed, sheet.workbook, sheet.name, letters, index + 1)


def _typed(name: str, spec: SheetSpec, value: object, at: Location, problems: list[Problem]) -> Any:
    column = spec.column(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        if column.required and column.filled:
            problems.append(problem("empty-cell", at, name=name))
        return values.empty(column)
    try:
        return values.parse(column, value)
    except values.BadValue as bad:
        problems.append(problem(bad.code, at, name=name, example=column.example, **bad.values))
        return None


def read_plain(sheet: RawSheet) -> PlainTable | None:
    """A sheet without a column table: its headings are the first row with at least two texts and nothing numeric."""
    start = next(
        (
            index
            for index, row in enumerate(sheet.cells)
            if sum(value is not None for value in row) >= min(2, len(row))
            and not any(isinstance(value, int | float | dt.date) for value in row)
            and any(value is not None for value in row)
        ),
        None,
    )
    if start is None:
        return None
    columns = [index for index, value in enumerate(sheet.cells[start]) if value is not None]
    headings = tuple(sheet.shown(start, column) for column in columns)
    numbers = [
        index
        for index in range(start + 1, len(sheet.cells))
        if any(sheet.cells[index][column] is not None for column in columns)
    ]
    rows = tuple(tuple(sheet.shown(index, column) for column in columns) for index in numbers)
    numeric, sums = [], {}
    for column, heading in zip(columns, headings, strict=True):
        given = [sheet.cells[index][column] for index in numbers if sheet.cells[index][column] is not None]
        numbered = bool(given) and all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in given
        )
        numeric.append(numbered)
        if numbered and all(isinstance(value, int) for value in given):
            sums[heading] = sum(value for value in given if isinstance(value, int))
    return PlainTable(sheet.name, headings, rows, tuple(numeric), sums, sheet.place)


def named(sheets: Iterable[RawSheet], name: str) -> Iterator[RawSheet]:
    """The sheets of that name, white space and width folded."""
    return (sheet for sheet in sheets if values.folded(sheet.name) == values.folded(name))
