"""Sheets → records, each value with its place, by their declaration; and the sheets that no one declared.

Everything odd is a Problem; reading goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.basic.problem import ERROR, Code, Location, Problem, error, nearest, note, perhaps, problem, warning
from generator.workbook import books, characters, values
from generator.workbook.raw import RawSheet, RawSheetCode, letter
from generator.workbook.record import Column, Kind, R, Record, Row, Sheet


class RowCode(Code):
    """The problems that this module finds."""

    # Workbooks and sheets
    MERGED_CELLS = note("有合併儲存格，所跨的每一列都視為同一內容", "內容若不是每列相同，請取消合併後逐列填寫。")
    MERGED_COUNT = error("「{name}」的數字是合併儲存格", "請取消合併，逐列填數字，以免重複計算。")
    TOO_MANY_FAULTS = error("錯誤太多，第 {row} 列以後沒有檢查", "請先改正前面各列，再執行一次。")
    HEADINGS_DIFFER = error("欄位標題與 {other} 的同名工作表不同", "請改成相同的標題，或將工作表改名。")
    SHEET_TWICE = error("工作表〔{sheet}〕在 {other} 已經有了", "請只留一份。")
    MISSING_COLUMN = error("找不到欄位標題「{name}」", "請在標題列補上此欄。{perhaps}")
    UNKNOWN_COLUMN = note("不認得欄位「{name}」，未使用", "{perhaps}不需要時可不理會。")
    COLUMN_TWICE = warning("欄位「{name}」重複，只讀 {first} 的那一欄", "請刪除或改名其中一欄。")
    MISSING_FIELD = error("缺少欄位「{name}」", "請增加一列，內容例如：{example}。")
    UNKNOWN_FIELD = note("不認得欄位「{name}」，未使用", "{perhaps}不需要時可不理會。")
    FIELD_TWICE = error("欄位「{name}」重複，{first} 已經填過", "請只留一列。")
    # Cells
    EMPTY_CELL = error("「{name}」空白", "請填入內容。")
    # Lists
    WRONG_TOTAL = error("填的是 {stated}，加總為 {computed}", "請核對各數，或刪除總計由程式計算。")


TOTAL_WORDS = ("總計", "合計", "總和")
SUBTOTAL_WORDS = ("小計",)
_HEADING_ROWS = 15
_TWO_DECIMALS = re.compile(r"\d{2,3}\.\d{2}")
_MOST_FAULTS = 5000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row of a plain table stands; ``letters`` are those of its columns."""

    workbook: str
    sheet: str
    number: int
    letters: tuple[str, ...]

    def cell(self, column: int) -> Location:
        return Location(self.workbook, self.sheet, f"{self.letters[column]}{self.number}")


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A sheet that is not declared: headings and texts as shown, blank rows left out.

    ``count`` and ``sums`` (of columns that hold whole numbers) leave rows of totals out; ``spans`` are their cells.
    ``data``: what a program reads of each cell (RawSheet.data).
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    places: tuple[Place, ...]
    count: int
    sums: Mapping[str, int]
    spans: Mapping[str, tuple[Location, ...]]
    data: tuple[tuple[object, ...], ...] = ()


def read_table(spec: Sheet, sheets: Iterable[RawSheet], problems: list[Problem]) -> list[Row]:
    """The typed rows of every sheet of that name, stacked; a cell that cannot be read is a problem and is None."""
    rows: list[Row] = []
    for sheet in sheets:
        problems += [*sheet.remarks, *sheet.pictures(RawSheetCode.PICTURE_NOT_READ)]
        before = len(problems)
        heading = _heading_row(spec, sheet, problems)
        if heading is None:
            continue
        number, columns = heading
        _mention_merged(sheet, number, columns.values(), problems)
        letters = {name: letter(position) for name, position in columns.items()}
        for index in range(number + 1, len(sheet.cells)):
            row = _typed_row(spec, sheet, index, columns, letters, problems)
            if row is None:
                continue
            if len(rows) >= spec.most:
                problems.append(problem(RawSheetCode.TOO_MANY_ROWS, sheet.at(index, 0), most=spec.most))
                return rows
            rows.append(row)
            if _too_many(sheet, index, before, problems):
                break
    return rows


def rows(record: type[Record], raw: Iterable[RawSheet], problems: list[Problem]) -> list[Row]:
    """Every row of the record's sheet among ``raw``, also where something required is missing."""
    return read_table(record.sheet, books.named(raw, record.sheet.name), problems)


def complete(record: type[R], rows: Iterable[Row]) -> tuple[R, ...]:
    """The records of the rows in which nothing required is missing or unreadable; the others are problems already."""
    needed = record.sheet.required_names
    return tuple(record.of(row) for row in rows if all(row.values[name] is not None for name in needed))


def records(record: type[R], raw: Iterable[RawSheet], problems: list[Problem]) -> tuple[R, ...]:
    """The records of the sheet that declares them, of every sheet of that name among ``raw``."""
    return complete(record, rows(record, raw, problems))


def field_row(record: type[Record], raw: Iterable[RawSheet], problems: list[Problem]) -> Row | None:
    """The field sheet among ``raw`` as one row, None where it is not there."""
    return read_fields(record.sheet, list(books.named(raw, record.sheet.name)), problems)


def field_record(record: type[R], row: Row | None) -> R | None:
    """The record of a field sheet's row; None where it lacks something required, which is a problem already."""
    if row is None or any(row.values[name] in (None, "") for name in record.sheet.required_names):
        return None
    return record.of(row)


def _too_many(sheet: RawSheet, index: int, before: int, problems: list[Problem]) -> bool:
    """Whether a sheet has so many faults that no one wants to hear of more; says so."""
    if len(problems) - before < _MOST_FAULTS or problems[-1].severity != ERROR:
        return False
    problems.append(problem(RowCode.TOO_MANY_FAULTS, sheet.at(index + 1, 0), row=index + 2))
    return True


def _mention_merged(sheet: RawSheet, heading: int, columns: Iterable[int], problems: list[Problem]) -> None:
    """One note where a cell below the headings counts for several rows."""
    wanted = set(columns)
    holders = [
        top for (row, column), top in sheet.merged.items() if row > heading and column in wanted and column == top[1]
    ]
    if holders:
        problems.append(problem(RowCode.MERGED_CELLS, sheet.at(*min(holders))))


def read_fields(spec: Sheet, sheets: Sequence[RawSheet], problems: list[Problem]) -> Row | None:
    """A field sheet (欄位, 內容) as one row, its fields being the columns; None where there is no such sheet."""
    if not sheets:
        return None
    for extra in sheets[1:]:
        problems.append(problem(RowCode.SHEET_TWICE, extra.place, sheet=spec.name, other=sheets[0].workbook))
    sheet = sheets[0]
    problems += sheet.remarks
    typed_values: dict[str, object] = {}
    cells: dict[str, str] = {}
    known = {values.folded(column.name): column for column in spec.columns}
    start, names, contents = _field_columns(sheet)
    for index, row in list(enumerate(sheet.cells))[start:]:
        name = values.folded(row[names]) if len(row) > names and row[names] is not None else ""
        if not name:
            continue
        column = known.get(name)
        value = sheet.value(index, contents)
        if column is None:
            if value is not None:
                guess = perhaps(name, known)
                title = str(row[names]).strip()
                problems.append(problem(RowCode.UNKNOWN_FIELD, sheet.at(index, names), name=title, perhaps=guess))
        elif column.name in cells:
            problems.append(
                problem(RowCode.FIELD_TWICE, sheet.at(index, names), name=column.name, first=cells[column.name])
            )
        else:
            cells[column.name] = f"{letter(contents)}{index + 1}"
            typed_values[column.name] = _typed(column.name, spec, sheet, index, contents, problems)
    for column in spec.columns:
        if column.name in cells:
            continue
        if column.required:
            problems.append(problem(RowCode.MISSING_FIELD, sheet.place, name=column.name, example=column.example))
            typed_values[column.name] = None
        else:
            typed_values[column.name] = values.empty(column)
    return Row(typed_values, sheet.workbook, sheet.name, cells, None)


def _field_columns(sheet: RawSheet) -> tuple[int, int, int]:
    """The row after the headings 欄位 and 內容, and the columns of these two; A and B from the top without them."""
    for index, row in enumerate(sheet.cells[:_HEADING_ROWS]):
        headings = [values.folded(value) if value is not None else "" for value in row]
        if "欄位" in headings and "內容" in headings:
            return index + 1, headings.index("欄位"), headings.index("內容")
    return 0, 0, 1


def _heading_row(spec: Sheet, sheet: RawSheet, problems: list[Problem]) -> tuple[int, dict[str, int]] | None:
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
    if sheet.empty:
        return None
    headings = [str(value).strip() for value in sheet.cells[best_row] if value is not None] if best_row >= 0 else []
    for name in spec.required_names:
        if name not in best:
            slip = nearest(name, headings)
            slip = f"「{slip}」是否即為此欄？" if slip and values.folded(slip) not in known else ""
            place = Location(sheet.workbook, sheet.name, f"A{best_row + 1}" if best_row >= 0 else "A1")
            problems.append(problem(RowCode.MISSING_COLUMN, place, name=name, perhaps=slip))
    return None


def _mention_columns(
    spec: Sheet, sheet: RawSheet, index: int, known: Mapping[str, str], problems: list[Problem]
) -> None:
    seen: dict[str, int] = {}
    present = {values.folded(value) for value in sheet.cells[index] if value is not None}
    for position, value in enumerate(sheet.cells[index]):
        if value is None:
            continue
        name = values.folded(value)
        if name in known and name in seen:
            first = f"{letter(seen[name])}{index + 1}"
            problems.append(problem(RowCode.COLUMN_TWICE, sheet.at(index, position), name=known[name], first=first))
        elif name and name not in known:
            absent = [column for folded, column in known.items() if folded not in present]
            guess = perhaps(name, absent)
            problems.append(
                problem(RowCode.UNKNOWN_COLUMN, sheet.at(index, position), name=str(value).strip(), perhaps=guess)
            )
        seen.setdefault(name, position)


def _typed_row(
    spec: Sheet,
    sheet: RawSheet,
    index: int,
    columns: Mapping[str, int],
    letters: Mapping[str, str],
    problems: list[Problem],
) -> Row | None:
    """The row; None where nothing stands in it but what a merged cell above brings along."""
    raw = sheet.cells[index]
    given = [raw[position] for position in columns.values() if position < len(raw)]
    if all(value is None or (isinstance(value, str) and not value.strip()) for value in given) and not (
        sheet.faults and any((index, position) in sheet.faults for position in columns.values())
    ):
        return None
    typed = {name: _typed(name, spec, sheet, index, position, problems) for name, position in columns.items()}
    for column in spec.columns:
        if column.name not in typed:
            typed[column.name] = values.empty(column)
    return Row(typed, sheet.workbook, sheet.name, letters, index + 1)


def _typed(name: str, spec: Sheet, sheet: RawSheet, index: int, position: int, problems: list[Problem]) -> Any:
    """The value of a cell; where it cannot be read, a problem and None (of a column that may be left out: as empty)."""
    column = spec.column(name)
    unusable = None if column.required else values.empty(column)
    if fault := sheet.fault(index, position):
        problems.append(fault)
        return unusable
    value = sheet.value(index, position)
    if value is None or (isinstance(value, str) and not value.strip()):
        if column.required and column.filled:
            problems.append(problem(RowCode.EMPTY_CELL, sheet.at(index, position), name=name))
            return None
        return values.empty(column)
    if column.kind is Kind.COUNT and (index, position) in sheet.merged:
        problems.append(problem(RowCode.MERGED_COUNT, sheet.at(index, position), name=name))
        return unusable
    try:
        parsed = values.parse(column, _as_shown(sheet, index, position, column, value))
    except values.BadValue as bad:
        at = sheet.at(*sheet.holder(index, position))
        problems.append(problem(bad.code, at, name=name, example=column.example, **bad.values))
        return unusable
    if isinstance(parsed, str) and not parsed.isascii():
        problems += characters.faults(parsed, sheet, *sheet.holder(index, position))
    return parsed


def _as_shown(sheet: RawSheet, index: int, position: int, column: Column, value: object) -> object:
    """What a column parses: the text shown where it takes texts (00824), and where a number hides what was typed."""
    if column.kind in values.TEXTS:
        shown = sheet.format(index, position)
        # An id of many digits is no 1.23E+11.
        whole = isinstance(value, int) and shown is not None and shown.form.general
        return value if whole else sheet.shown(index, position) or value
    if column.kind is Kind.YEAR_MONTH and isinstance(value, float):
        text = sheet.shown(index, position)
        # 113.1 that shows as 113.10 is October.
        return text if _TWO_DECIMALS.fullmatch(text) else value
    return value


def read_plain(name: str, sheets: Sequence[RawSheet], problems: list[Problem]) -> PlainTable | None:
    """The sheets of one name as a table, stacked where their headings agree; None where nothing stands in them.

    The headings are the first row with two texts or more, since people put a title above it.
    """
    headings: tuple[str, ...] | None = None
    rows: list[tuple[str, ...]] = []
    places: list[Place] = []
    data: list[tuple[object, ...]] = []
    numbers: dict[str, list[object]] = {}
    spans: dict[str, list[Location]] = {}
    count = 0
    for sheet in sheets:
        problems += [*sheet.remarks, *sheet.pictures(RawSheetCode.PICTURE_ON_SHEET)]
        before = len(problems)
        start = _plain_heading(sheet)
        if start is None:
            continue
        wide = max(len(row) for row in sheet.cells)
        columns = [column for column in range(wide) if sheet.heading(start, column) is not None]
        sheet_headings = tuple(
            _shown(sheet, *sheet.merged.get((start, column), (start, column)), problems) for column in columns
        )
        if headings is None:
            headings = sheet_headings
        elif [values.folded(heading) for heading in sheet_headings] != [values.folded(heading) for heading in headings]:
            problems.append(problem(RowCode.HEADINGS_DIFFER, sheet.at(start, columns[0]), other=sheets[0].workbook))
            continue
        _mention_merged(sheet, start, columns, problems)
        filled = [row for row in range(start + 1, len(sheet.cells)) if _has_something(sheet, row, columns)]
        counted = []
        letters = tuple(letter(column) for column in columns)
        for row in filled:
            rows.append(tuple(_shown(sheet, row, column, problems) for column in columns))
            shown = zip(columns, rows[-1], strict=True)
            data.append(tuple(sheet.data(row, column, text) for column, text in shown))
            places.append(Place(sheet.workbook, sheet.name, row + 1, letters))
            if _too_many(sheet, row, before, problems):
                break
            if _total_word(rows[-1]):
                continue
            counted.append(row)
            for column, heading in zip(columns, headings, strict=True):
                numbers.setdefault(heading, []).append(sheet.value(row, column))
        count += len(counted)
        for column, heading in zip(columns, headings, strict=True):
            if counted:
                cells = f"{letter(column)}{counted[0] + 1}:{letter(column)}{counted[-1] + 1}"
                spans.setdefault(heading, []).append(Location(sheet.workbook, sheet.name, cells))
        if len(sheets) == 1:
            _check_totals(sheet, filled, columns, problems)
    if headings is None:
        return None
    sums = {heading: sum(whole) for heading, cells in numbers.items() if (whole := _whole_numbers(cells))}
    columns_of = {heading: tuple(cells) for heading, cells in spans.items()}
    return PlainTable(name, headings, tuple(rows), tuple(places), count, sums, columns_of, tuple(data))


def _plain_heading(sheet: RawSheet) -> int | None:
    wide = max((sum(value is not None for value in row) for row in sheet.cells), default=0)
    enough = min(2, wide)
    return next(
        (index for index, row in enumerate(sheet.cells) if 0 < enough <= sum(value is not None for value in row)), None
    )


def _has_something(sheet: RawSheet, row: int, columns: Sequence[int]) -> bool:
    given = sheet.cells[row]
    return any(
        (column < len(given) and given[column] is not None) or (row, column) in sheet.faults for column in columns
    )


def _shown(sheet: RawSheet, row: int, column: int, problems: list[Problem]) -> str:
    if fault := sheet.fault(row, column):
        problems.append(fault)
    holder = sheet.holder(row, column)
    try:
        text = sheet.shown(row, column)
    except values.BadValue as bad:
        problems.append(problem(bad.code, sheet.at(*holder), name=sheet.name, **bad.values))
        return ""
    if not text.isascii():
        problems += characters.faults(text, sheet, *holder)
    return text


def _total_word(texts: Sequence[str]) -> str:
    first = values.folded(next((text for text in texts if text), ""))
    return first if first in TOTAL_WORDS + SUBTOTAL_WORDS else ""


def _whole_numbers(cells: Sequence[object]) -> list[int]:
    """The values of a column of whole numbers; none where any other value stands among them."""
    present = [value for value in cells if value is not None]
    numbers = [value for value in present if isinstance(value, int) and not isinstance(value, bool)]
    return numbers if len(numbers) == len(present) else []


def _check_totals(sheet: RawSheet, filled: Sequence[int], columns: Sequence[int], problems: list[Problem]) -> None:
    """A row 總計 must be the sum of the rows above that are no subtotals."""
    sums: dict[int, int | None] = {}
    for row in filled:
        given = {column: value for column in columns if (value := sheet.value(row, column)) is not None}
        word = _total_word([str(value) for value in given.values()])
        for column, value in given.items():
            number = value if isinstance(value, int) and not isinstance(value, bool) else None
            above = sums.get(column)
            if not word:
                # A column that holds anything else but whole numbers is not added up.
                whole = number is not None and (column not in sums or above is not None)
                sums[column] = (above or 0) + (number or 0) if whole else None
            elif word in TOTAL_WORDS and None not in (number, above) and number != above:
                problems.append(problem(RowCode.WRONG_TOTAL, sheet.at(row, column), stated=number, computed=above))
