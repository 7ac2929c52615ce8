"""Sheets → records, each value with its place, by their declaration.

Everything odd is a Problem; reading goes on.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from generator.basic.leftover import leftover
from generator.basic.patterns import compile_late
from generator.basic.problem import ERROR, Code, Problem, error, nearest, note, perhaps, problem, warning
from generator.workbook import books, characters, layout, totals, values
from generator.workbook.raw import RawSheet, RawSheetCode, letter
from generator.workbook.record import Column, Kind, R, Record, Row, Sheet
from generator.workbook.repeats import RepeatCode, repeated, row_range


class RowCode(Code):
    """The problems that this module finds."""

    # Workbooks and sheets
    TAG_IN_CELL = error(
        "「{name}」不會套用標籤，會照印「{tag}」", "請直接寫出內容；只有格式註明可用 {{{{ }}}} 的欄位可以寫標籤。"
    )
    MERGED_CELLS = note("有合併儲存格，所跨的每一列都視為同一內容", "內容若不是每列相同，請取消合併後逐列填寫。")
    MERGED_COUNT = error("「{name}」的數字是合併儲存格", "請取消合併，逐列填數字，以免重複計算。")
    TOO_MANY_FAULTS = error("錯誤太多，第 {row} 列以後沒有檢查", "請先改正前面各列，再執行一次。")
    SHEET_TWICE = error("工作表〔{sheet}〕在 {other} 已經有了", "請只留一份。")
    MISSING_COLUMN = error("找不到欄位標題「{name}」", "請在標題列補上此欄。{perhaps}")
    UNKNOWN_COLUMN = note("不認得欄位「{name}」，未使用", "{perhaps}不需要時可不理會。")
    COLUMN_TWICE = warning("欄位「{name}」重複，只讀 {first} 的那一欄", "請刪除或改名其中一欄。")
    MISSING_FIELD = error("缺少欄位「{name}」", "請增加一列，內容例如：{example}。")
    UNKNOWN_FIELD = note("不認得欄位「{name}」，未使用", "{perhaps}不需要時可不理會。")
    FIELD_TWICE = error("欄位「{name}」重複，{first} 已經填過", "請只留一列。")
    # Cells
    EMPTY_CELL = error("「{name}」空白", "請填入內容{choices}。")
    # Lists
    ROWS_ASIDE = note("第 {rows} 列是附註、合計或重複的標題，不當作資料", "若是資料，請補填其他各欄。")
    WRONG_TOTAL = error("填的是 {stated}，加總為 {computed}", "請核對各數，或刪除總計由程式計算。")


_HEADING_ROWS, _MOST_DEEP = 15, 3
_TWO_DECIMALS = compile_late(r"\d{2,3}\.\d{2}")
_MOST_FAULTS = 5000


def read_table(spec: Sheet, sheets: Iterable[RawSheet], problems: list[Problem]) -> list[Row]:
    """The typed rows of every sheet of that name, stacked; a cell that cannot be read is a problem and is None.

    Notes and totals are no rows; rows that were pasted twice are one problem, and count once.
    """
    rows: list[Row] = []
    seen = _Seen()
    for sheet in sheets:
        problems += [*sheet.remarks, *sheet.pictures(RawSheetCode.PICTURE_NOT_READ)]
        before = len(problems)
        heading = heading_row(spec, sheet, problems)
        if heading is None:
            continue
        number, columns = heading
        mention_merged(sheet, number, columns.values(), problems)
        problems += sheet.hidden(number, columns.values())
        letters = {name: letter(position) for name, position in columns.items()}
        aside = _aside(spec, sheet, number, columns, problems)
        aside |= seen.pasted_twice(sheet, number, aside, columns, problems)
        for index in range(number + 1, len(sheet.cells)):
            if index in aside:
                continue
            row = _typed_row(spec, sheet, index, columns, letters, problems)
            if row is None:
                continue
            if len(rows) >= spec.most:
                problems.append(problem(RawSheetCode.TOO_MANY_ROWS, sheet.at(index, 0), most=spec.most))
                return rows
            rows.append(row)
            if too_many(sheet, index, before, problems):
                break
    return rows


def _aside(spec: Sheet, sheet: RawSheet, heading: int, columns: Mapping[str, int], problems: list[Problem]) -> set[int]:
    """The rows below the headings that are no data: notes, the headings again, and totals, which are checked."""
    notes: list[int] = []
    stated: list[int] = []
    needed = [columns[name] for name in spec.required_names if spec.column(name).filled]
    positions = set(columns.values())
    last_needed = max(needed, default=len(columns))
    numbered = [position for name, position in columns.items() if spec.column(name).kind is Kind.COUNT]
    data: list[int] = []
    headings = [sheet.cells[heading][position] for position in columns.values() if position < len(sheet.cells[heading])]
    for index in range(heading + 1, len(sheet.cells)):
        cells = sheet.cells[index]
        if [cells[position] for position in columns.values() if position < len(cells)] == headings:
            # As people copy them to the top of each page.
            notes.append(index)
            continue
        if len(cells) > last_needed and None not in cells:
            data.append(index)
            continue
        given = [position for position, value in enumerate(cells) if not values.is_blank(value)]
        text = cells[given[0]] if given else None
        if not isinstance(text, str):
            if given:
                data.append(index)
            continue
        absent = [place for place in needed if place not in given and (index, place) not in sheet.merged]
        blank_above = not sheet.cells[index - 1] and index - 1 > heading
        if len(given) == 1 and len(absent) >= min(2, len(needed) - 1) and needed and len(needed) > 1:
            at_left = given[0] <= min(positions)
            above = sheet.cells[index - 1]
            goes_on = notes[-1:] == [index - 1] and len(above) - sum(map(values.is_blank, above)) == 1
            if at_left and (layout.is_note(text) or goes_on or (data and _ends_list(sheet, index, text, blank_above))):
                notes.append(index)
                continue
        if (
            not spec.own_totals
            and absent
            and layout.total_word([text])
            and all(position in numbered or position not in positions for position in given[1:])
        ):
            stated.append(index)
            continue
        data.append(index)
    for index in stated:
        _check_stated(spec, sheet, index, [row for row in data if row < index], columns, problems)
    if notes or stated:
        first = min(notes + stated)
        shown = "、".join(str(index + 1) for index in sorted(notes + stated)[:8])
        problems.append(problem(RowCode.ROWS_ASIDE, sheet.at(first, min(positions)), rows=shown))
    return {*notes, *stated}


def _ends_list(sheet: RawSheet, index: int, text: str, blank_above: bool) -> bool:
    """Whether a text alone at the end of a list is a remark on it: a sentence, or apart from the rows."""
    last = all(sum(not values.is_blank(value) for value in row) <= 1 for row in sheet.cells[index:])
    return last and (blank_above or text.strip().endswith(("。", "；")) or "：" in text)


def _check_stated(
    spec: Sheet, sheet: RawSheet, index: int, rows: Sequence[int], columns: Mapping[str, int], problems: list[Problem]
) -> None:
    for name, position in columns.items():
        number = totals.whole(sheet.value(index, position))
        numbers = [totals.whole(sheet.value(row, position)) for row in rows]
        if spec.column(name).kind is not Kind.COUNT or number is None or None in numbers or not rows:
            continue
        computed = sum(value for value in numbers if value is not None)
        if number != computed and totals.added(name):
            problems.append(problem(RowCode.WRONG_TOTAL, sheet.at(index, position), stated=number, computed=computed))


class _Seen(Struct):
    """The rows of a list so far, over the sheets of several workbooks, to find those that were pasted twice."""

    keys: list[tuple[object, ...] | None] = field(default_factory=list)
    # For each sheet where its keys begin, and the row of the first.
    sheets: list[tuple[int, RawSheet, int]] = field(default_factory=list)

    def pasted_twice(
        self, sheet: RawSheet, heading: int, aside: set[int], columns: Mapping[str, int], problems: list[Problem]
    ) -> set[int]:
        """The rows of the sheet that are a block which stands already further up, or in another workbook."""
        begun = len(self.keys)
        self.sheets.append((begun, sheet, heading + 1))
        positions = [columns[name] for name in sorted(columns)]
        last = max(positions)
        taken = operator.itemgetter(*positions) if len(positions) > 1 else None
        for index in range(heading + 1, len(sheet.cells)):
            cells = sheet.cells[index]
            key: tuple[object, ...] | None = None
            if taken is None or index in aside:
                pass
            elif sheet.merged:
                key = tuple(sheet.value(index, position) for position in positions)
            else:
                key = taken(cells) if len(cells) > last else taken([*cells, *[None] * (last + 1 - len(cells))])
            self.keys.append(key if key is not None and key.count(None) < len(key) - 1 else None)
        self.keys.append(None)
        found: set[int] = set()
        for first, again, count in repeated(self.keys):
            if again < begun:
                continue
            other, at = self._owner(first)
            _, index = self._owner(again)
            before = row_range(at + 1, count)
            problems.append(
                problem(
                    RepeatCode.ROWS_PASTED_TWICE,
                    sheet.at(index, min(columns.values())),
                    rows=row_range(index + 1, count),
                    first=before if other is sheet else f" {other.workbook}〔{other.name}〕{before}",
                )
            )
            found.update(range(index, index + count))
            self.keys[again : again + count] = [None] * count
        return found | self._sorted_anew(begun, sheet, columns, problems)

    def _sorted_anew(
        self, begun: int, sheet: RawSheet, columns: Mapping[str, int], problems: list[Problem]
    ) -> set[int]:
        """The rows of the sheet that stand in another one too, in any order, where these are half of it or more."""
        earlier = {key: number for number, key in enumerate(self.keys[:begun]) if key is not None}
        own = {number: key for number, key in enumerate(self.keys[begun:], start=begun) if key is not None}
        again = [number for number, key in own.items() if key in earlier]
        if len(again) < 2 or 2 * len(again) < len(own):
            return set()
        other, _ = self._owner(earlier[self.keys[again[0]] or ()])
        rows = [self._owner(number)[1] for number in again]
        shown = "、".join(str(row + 1) for row in rows[:8]) + (" …" if len(rows) > 8 else "")
        at = sheet.at(rows[0], min(columns.values()))
        place = f"{other.workbook}〔{other.name}〕"
        problems.append(problem(RepeatCode.ROWS_IN_ANOTHER, at, rows=shown, count=len(rows), other=place))
        for number in again:
            self.keys[number] = None
        return set(rows)

    def _owner(self, number: int) -> tuple[RawSheet, int]:
        """The sheet of a key, and its row."""
        begun, sheet, row = max((entry for entry in self.sheets if entry[0] <= number), key=lambda entry: entry[0])
        return sheet, row + number - begun


def rows(
    record: type[Record],
    raw: Iterable[RawSheet],
    problems: list[Problem],
    choices: Mapping[str, Sequence[str]] | None = None,
) -> list[Row]:
    """Every row of the record's sheet among ``raw``, also where something required is missing.

    ``choices``: the texts that columns allow, by heading, where the body's workbooks say them.
    """
    spec = record.sheet.with_choices(choices) if choices else record.sheet
    return read_table(spec, books.named(raw, record.sheet.name), problems)


def complete(record: type[R], rows: Iterable[Row]) -> tuple[R, ...]:
    """The records of the rows in which nothing required is missing or unreadable; the others are problems already."""
    needed = record.sheet.required_names
    return tuple(record.of(row) for row in rows if all(row.values[name] is not None for name in needed))


def records(
    record: type[R],
    raw: Iterable[RawSheet],
    problems: list[Problem],
    choices: Mapping[str, Sequence[str]] | None = None,
) -> tuple[R, ...]:
    """The records of the sheet that declares them, of every sheet of that name among ``raw``; ``choices`` as above."""
    return complete(record, rows(record, raw, problems, choices))


def field_row(record: type[Record], raw: Iterable[RawSheet], problems: list[Problem]) -> Row | None:
    """The field sheet among ``raw`` as one row, None where it is not there."""
    return read_fields(record.sheet, list(books.named(raw, record.sheet.name)), problems)


def field_record(record: type[R], row: Row | None) -> R | None:
    """The record of a field sheet's row; None where it lacks something required, which is a problem already."""
    if row is None or any(row.values[name] in (None, "") for name in record.sheet.required_names):
        return None
    return record.of(row)


def too_many(sheet: RawSheet, index: int, before: int, problems: list[Problem]) -> bool:
    """Whether a sheet has so many faults that no one wants to hear of more; says so."""
    if len(problems) - before < _MOST_FAULTS or problems[-1].severity != ERROR:
        return False
    problems.append(problem(RowCode.TOO_MANY_FAULTS, sheet.at(index + 1, 0), row=index + 2))
    return True


def mention_merged(sheet: RawSheet, heading: int, columns: Iterable[int], problems: list[Problem]) -> None:
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
    problems += sheet.hidden(max(start - 1, 0), (names, contents))
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


def heading_row(spec: Sheet, sheet: RawSheet, problems: list[Problem]) -> tuple[int, dict[str, int]] | None:
    """The number of the (last) heading row and where each known column stands; None (and a problem) when not found.

    Headings of two or three rows are looked for where no single row has all that are required.
    """
    known = {values.folded(column.name): column.name for column in spec.columns}
    best: dict[str, int] = {}
    best_row = -1
    for deep in range(1, _MOST_DEEP + 1):
        for index in range(min(_HEADING_ROWS, len(sheet.cells) - deep + 1)):
            columns = _known_columns(sheet, index, deep, known)
            if len(columns) > len(best):
                best, best_row = columns, index
            if all(name in columns for name in spec.required_names):
                last = _last_heading_row(sheet, index, deep, columns)
                _mention_columns(spec, sheet, index, last, columns, known, problems)
                return last, columns
    if sheet.empty:
        return None
    at_row = max(best_row, 0)
    if best_row < 0 and (found := layout.find_headings(sheet)):
        at_row = found.bottom
    headings = [
        (column, str(value).strip())
        for column, value in enumerate(sheet.cells[at_row])
        if value is not None and (at_row, column) not in sheet.merged
    ]
    for name in spec.required_names:
        if name not in best:
            others = [text for _, text in headings if values.folded(text) not in known]
            slip = nearest(name, others)
            stands = next((sheet.at(at_row, column).cell for column, text in headings if text == slip), "")
            place = headings[0][0] if headings else 0
            slip = f"{stands} 的「{slip}」是否即為此欄？" if slip else ""
            problems.append(problem(RowCode.MISSING_COLUMN, sheet.at(at_row, place), name=name, perhaps=slip))
    return None


def _known_columns(sheet: RawSheet, index: int, deep: int, known: Mapping[str, str]) -> dict[str, int]:
    """Where the known columns stand, by the headings in ``deep`` rows from ``index`` on, the lowest first."""
    columns: dict[str, int] = {}
    if deep == 1:
        for position, value in enumerate(sheet.cells[index]):
            name = known.get(values.folded(value)) if value is not None else None
            if name and name not in columns:
                columns[name] = position
        return columns
    rows = range(index, index + deep)
    for position in range(max(len(sheet.cells[row]) for row in rows)):
        texts = [values.folded(value) for row in rows if (value := sheet.heading(row, position)) is not None]
        for text in (*reversed(texts), "".join(dict.fromkeys(texts))):
            if (name := known.get(text)) and name not in columns:
                columns[name] = position
                break
    return columns


def _last_heading_row(sheet: RawSheet, index: int, deep: int, columns: Mapping[str, int]) -> int:
    """The last row that the cells of the headings cover, where they are merged downwards."""
    last = index + deep - 1
    for position in columns.values():
        top = sheet.merged.get((last, position), (last, position))
        row = last
        while sheet.merged.get((row + 1, position)) == top and row + 1 < len(sheet.cells):
            row += 1
        last = max(last, row)
    return last


def _mention_columns(
    spec: Sheet,
    sheet: RawSheet,
    index: int,
    last: int,
    columns: Mapping[str, int],
    known: Mapping[str, str],
    problems: list[Problem],
) -> None:
    """Says which headings are not known, and which stand twice; of several rows the lowest text of a column counts."""
    seen: dict[str, int] = {}
    headings: list[tuple[int, int, str]] = []
    for position in range(max(len(sheet.cells[row]) for row in range(index, last + 1))):
        if last > index and position in columns.values():
            name = next(name for name, place in columns.items() if place == position)
            headings.append((index, position, name))
            continue
        for row in range(last, index - 1, -1):
            value = sheet.cells[row][position] if position < len(sheet.cells[row]) else None
            if value is not None:
                headings.append((row, position, str(value).strip()))
                break
    present = {values.folded(text) for _, _, text in headings}
    for row, position, text in headings:
        name = values.folded(text)
        if name in known and name in seen:
            first = f"{letter(seen[name])}{row + 1}"
            problems.append(problem(RowCode.COLUMN_TWICE, sheet.at(row, position), name=known[name], first=first))
        elif name and name not in known:
            absent = [column for folded, column in known.items() if folded not in present]
            guess = perhaps(name, absent)
            problems.append(problem(RowCode.UNKNOWN_COLUMN, sheet.at(row, position), name=text, perhaps=guess))
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
            choices = f"：{'、'.join(column.choices)}" if column.choices else ""
            problems.append(problem(RowCode.EMPTY_CELL, sheet.at(index, position), name=name, choices=choices))
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
    if isinstance(parsed, str) and column.kind is not Kind.PROSE and (tag := leftover(parsed)):
        at = sheet.at(*sheet.holder(index, position))
        problems.append(problem(RowCode.TAG_IN_CELL, at, name=name, tag=tag))
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
