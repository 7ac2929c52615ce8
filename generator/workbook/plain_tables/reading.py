"""The tables that no one declared: a sheet as it is kept, with its title, headings, data, totals and notes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from generator.basic.problem import Location, Problem, problem
from generator.workbook import characters, layout, totals, values
from generator.workbook.layout import RowKind
from generator.workbook.plain_tables.depths import by_number, depths
from generator.workbook.plain_tables.problems import PlainTableCode
from generator.workbook.plain_tables.table import JOINED_LEFT, JOINED_UP, NEXT_ROW, Caption, Place, PlainTable, Row
from generator.workbook.raw import RawSheet, RawSheetCode, letter
from generator.workbook.repeats import RepeatCode, repeated, row_range
from generator.workbook.typed_rows import RowCode, mention_merged, too_many

# What is written beside a title that stands again: 表一（續）, 表一（續1）, 表一（第2頁）.
_CONTINUED = re.compile(r"[（(]?(?:續完?|接?續)\d*[）)]?$|[（(]?第\d+頁[）)]?$")
_LEAD = re.compile(r"[ \t\u3000\u00a0]*")


def read_plain(name: str, sheets: Sequence[RawSheet], problems: list[Problem]) -> PlainTable | None:
    """The sheets of one name as a table, stacked where their headings agree; None where nothing stands in them."""
    first: _Reader | None = None
    rows: list[Row] = []
    places: list[Place] = []
    notes: list[Caption] = []
    numbers: list[list[object]] = []
    cells: list[list[Location]] = []
    for sheet in sheets:
        problems += [*sheet.remarks, *sheet.pictures(RawSheetCode.PICTURE_ON_SHEET)]
        reader = _Reader(sheet, problems)
        if not reader.columns:
            continue
        if first is None:
            first = reader
            numbers, cells = [[] for _ in reader.columns], [[] for _ in reader.columns]
        elif list(map(values.folded, reader.names)) != list(map(values.folded, first.names)):
            at = sheet.at(reader.found.bottom, reader.columns[0])
            problems.append(problem(PlainTableCode.HEADINGS_DIFFER, at, other=first.sheet.workbook))
            continue
        if first is reader:
            reader.mention()
        else:
            problems += _differences(first, reader)
        read = reader.rows()
        if first is not reader and (again := _rows_again(rows, read)):
            shown = "、".join(str(row.number + 1) for row in again[:8]) + (" …" if len(again) > 8 else "")
            at = sheet.at(again[0].number, reader.columns[0])
            known = f"{first.sheet.workbook}〔{name}〕"
            problems.append(problem(RepeatCode.ROWS_IN_ANOTHER, at, rows=shown, count=len(again), other=known))
        letters = tuple(map(letter, reader.columns))
        rows += read
        places += [Place(sheet.workbook, sheet.name, row.number + 1, letters) for row in read]
        notes += [caption for caption in reader.notes() if caption.text not in {known.text for known in notes}]
        counted = [row.number for row in read if row.kind is RowKind.DATA]
        runs = _runs(read)
        for place, column in enumerate(reader.columns):
            numbers[place] += [reader.own_value(row, column) for row in counted]
            for begin, end in runs:
                span = f"{letter(column)}{begin + 1}:{letter(column)}{end + 1}"
                cells[place].append(Location(sheet.workbook, sheet.name, span))
    if first is None:
        return None
    once = [heading for heading in first.names if first.names.count(heading) == 1]
    whole = {heading: _whole_numbers(given) for heading, given in zip(first.names, numbers, strict=True)}
    return PlainTable(
        name,
        first.names,
        tuple(row.texts for row in rows),
        tuple(places),
        sum(row.kind is RowKind.DATA for row in rows),
        {heading: sum(whole[heading]) for heading in once if whole[heading]},
        {heading: tuple(spans) for heading, spans in zip(first.names, cells, strict=True)},
        first.printed_headings,
        tuple(row.kind for row in rows),
        {number: row.joined for number, row in enumerate(rows) if row.joined},
        first.title,
        first.subtitle,
        first.unit,
        first.captions,
        tuple(notes),
        tuple(row.data for row in rows),
        {(number, column): parts for number, row in enumerate(rows) for column, parts in row.underlined.items()},
    )


def _differences(first: _Reader, other: _Reader) -> list[Problem]:
    """What stands above a table otherwise than above the one that it is put below."""
    book = first.sheet.workbook
    found = []
    if first.unit and other.unit and values.folded(first.unit.text) != values.folded(other.unit.text):
        given = {"unit": other.unit.text, "first": first.unit.text, "other": book}
        found.append(problem(PlainTableCode.UNITS_DIFFER, other.unit.at, **given))
    for own, theirs in ((other.title, first.title), (other.subtitle, first.subtitle)):
        if own and values.folded(own.text) != values.folded(theirs.text if theirs else ""):
            given = {"text": own.text, "first": theirs.text if theirs else "", "other": book}
            found.append(problem(PlainTableCode.TITLES_DIFFER, own.at, **given))
    return found


def _rows_again(rows: Sequence[Row], read: Sequence[Row]) -> list[Row]:
    """The rows of data that stand in another workbook too, where these are half of the sheet or more."""
    known = {row.texts for row in rows if row.kind is RowKind.DATA and _says_something(row.texts)}
    data = [row for row in read if row.kind is RowKind.DATA]
    again = [row for row in data if row.texts in known]
    return again if len(again) > 1 and 2 * len(again) >= len(data) else []


class _Reader:
    """Reads one sheet; ``columns`` is empty where nothing stands on it."""

    def __init__(self, sheet: RawSheet, problems: list[Problem]) -> None:
        self.sheet, self.problems = sheet, problems
        self.columns: list[int] = []
        self.names: tuple[str, ...] = ()
        self.printed_headings: tuple[str, ...] = ()
        self.title: Caption | None = None
        self.subtitle: Caption | None = None
        self.unit: Caption | None = None
        self.captions: tuple[Caption, ...] = ()
        found = layout.find_headings(sheet)
        if found is None:
            return
        self.found = found
        self._depths_found: set[int] | None = None
        self._body = self._filled_rows()
        for row in self._repeated_headings():
            del self._body[row]
        self._numeric = self._numeric_columns(self._body)
        self._kinds = self._row_kinds()
        self._place_columns()
        self._read_headings()
        self._read_lines()

    def mention(self) -> None:
        """Says which rows and columns were taken, where there is doubt."""
        if self.found.doubtful:
            top, bottom = self.found.top + 1, self.found.bottom + 1
            rows = f"{top}" if top == bottom else f"{top} 至 {bottom}"
            at = self.sheet.at(self.found.top, self.columns[0])
            names = "、".join(
                f"{name}（{letter(column)}）" for name, column in zip(self.names, self.columns, strict=True)
            )
            self.problems.append(problem(PlainTableCode.HEADINGS_TAKEN, at, rows=rows, columns=names))

    # --- which rows and columns are the table -------------------------------------------------------------------

    def _filled_rows(self) -> dict[int, list[int]]:
        faults: dict[int, list[int]] = {}
        for row, column in self.sheet.faults:
            faults.setdefault(row, []).append(column)
        covered = self.sheet.merged
        body = {}
        for row in range(self.found.bottom + 1, len(self.sheet.cells)):
            filled = [
                column
                for column, value in enumerate(self.sheet.cells[row])
                if not values.is_blank(value) and (not covered or (row, column) not in covered)
            ]
            filled += [column for column in faults.get(row, ()) if column not in filled]
            if filled or self._covered_above(row):
                body[row] = filled
        return body

    def _repeated_headings(self) -> set[int]:
        """The rows below that are the headings again, as printed pages have them, with the lines above these."""
        top, bottom = self.found.top, self.found.bottom
        heads = [self._own_texts(row) for row in range(top, bottom + 1)]
        heads = [texts for texts in heads if len(texts) > 1 or len(heads) == 1]
        begins = {next(iter(head.items())) for head in heads if head}
        again = {
            row
            for row, filled in self._body.items()
            if filled and self._begins_with(row, filled[0], begins) and any(self._is_again(row, head) for head in heads)
        }
        lines = {text for row in self.found.lines for text in self._own_texts(row).values()}
        rows = list(self._body)
        for place in range(len(rows) - 1, 0, -1):
            row = rows[place - 1]
            if rows[place] in again and row not in again:
                texts = self._own_texts(row).values()
                if all(
                    _CONTINUED.sub("", text) in lines or self._describes(text) or layout.is_frame(text)
                    for text in texts
                ):
                    again.add(row)
        return again

    def _begins_with(self, row: int, column: int, begins: set[tuple[int, str]]) -> bool:
        """Whether the first text of a row is that of headings: what is cheap to tell of every row."""
        return self._is_text(row, column) and (column, values.folded(self.sheet.cells[row][column])) in begins

    def _is_again(self, row: int, head: Mapping[int, str]) -> bool:
        """Whether a row is these headings, or has most of them and no number: 率(%) for 率."""
        texts = self._own_texts(row)
        same = sum(head.get(column) == text for column, text in texts.items())
        return texts == head or (
            len(texts) == len(head) > 2 and 3 * same >= 2 * len(head) and not any(map(layout.is_number, texts.values()))
        )

    def _own_texts(self, row: int) -> dict[int, str]:
        """What stands in the cells of a row, by column."""
        return {
            column: values.folded(value)
            for column, value in enumerate(self.sheet.cells[row])
            if not values.is_blank(value) and (row, column) not in self.sheet.merged
        }

    def _covered_above(self, row: int) -> bool:
        """Whether a merged cell that began above, below the headings, covers something of a row without its own."""
        if not self.sheet.merged:
            return False
        wide = max(len(cells) for cells in self.sheet.cells)
        tops = (self.sheet.merged.get((row, column)) for column in range(wide))
        return any(top is not None and self.found.bottom < top[0] < row for top in tops)

    def _numeric_columns(self, rows: Mapping[int, Sequence[int]]) -> set[int]:
        balance: dict[int, int] = {}
        for row, filled in rows.items():
            cells = self.sheet.cells[row]
            for column in filled:
                value = cells[column] if column < len(cells) else None
                if isinstance(value, str) and not layout.is_number(value):
                    if value.strip() not in layout.NOTHING_SIGNS:
                        balance[column] = balance.get(column, 0) - 1
                elif layout.is_number(value):
                    balance[column] = balance.get(column, 0) + 1
        return {column for column, count in balance.items() if count > 0}

    def _texts(self, row: int) -> list[str]:
        return [str(self.sheet.cells[row][column]).strip() for column in self._body[row] if self._is_text(row, column)]

    def _is_text(self, row: int, column: int) -> bool:
        cells = self.sheet.cells[row]
        return column < len(cells) and isinstance(cells[column], str)

    def _has_numbers(self, row: int) -> bool:
        cells = self.sheet.cells[row]
        return any(
            column >= len(cells) or not isinstance(cells[column], str) or layout.is_number(cells[column])
            for column in self._body[row]
        )

    def _row_kinds(self) -> dict[int, RowKind]:
        """What each row is, as far as it can be told without adding up."""
        kinds = dict.fromkeys(self._body, RowKind.DATA)
        headed = {
            column
            for row in range(self.found.top, self.found.bottom + 1)
            for column in range(max(map(len, self.sheet.cells)))
            if self.sheet.heading(row, column) is not None
        }
        self._headed = headed
        wide = max((len(filled) for filled in self._body.values()), default=0)
        first = min(headed)
        for row, filled in self._body.items():
            texts = self._texts(row)
            if not texts or len(filled) > 3 or self._has_numbers(row):
                continue
            if layout.is_note(texts[0]) and len(filled) <= 2 and not (len(filled) == wide and layout.is_bare(texts[0])):
                kinds[row] = RowKind.NOTE
            elif wide > 1 and len(filled) == 1 and self._stands_alone(row, filled[0], first):
                kinds[row] = RowKind.GROUP
        # What stands alone below the last row of data is a note, and so is what goes on with one.
        rows = list(self._body)
        self._doubtful: list[int] = []
        for place in range(len(rows) - 1, -1, -1):
            row = rows[place]
            if kinds[row] is RowKind.NOTE:
                continue
            texts = self._texts(row)
            no_data = bool(texts) and not self._has_numbers(row)
            alone = len(self._body[row]) == 1
            if (
                kinds[row] is RowKind.GROUP
                or (no_data and layout.is_signature(texts))
                or (no_data and alone and wide > 1 and self._reads_as_note(row, texts[0], rows, place))
                or (no_data and len(texts) <= 3 and wide > 3 and all(map(self._describes, texts)))
            ):
                kinds[row] = RowKind.NOTE
            else:
                break
        noted = False
        for row in rows:
            if kinds[row] is not RowKind.NOTE:
                noted = False
                continue
            texts = self._texts(row)
            certain = layout.is_note(texts[0]) or layout.is_signature(texts) or self._describes(texts[0])
            if not certain and not noted:
                self._doubtful.append(row)
            noted = True
        return kinds

    @staticmethod
    def _describes(text: str) -> bool:
        return layout.is_unit(text) or layout.is_day(text) or layout.is_signature([text])

    def _stands_alone(self, row: int, column: int, first: int) -> bool:
        """Whether a row's only text is no row of data: beside it numbers are missing, or it covers the columns."""
        covered = {at for (line, at), top in self.sheet.merged.items() if line == row and top == (row, column)}
        if len(covered) >= max(1, len(self._headed) - 1):
            return True
        if column <= first and (depth := by_number(str(self.sheet.cells[row][column]))):
            # 壹、行政 above rows that are counted otherwise, in a table of texts too.
            return depth not in self._depths_of_rows()
        return bool(self._numeric - {column}) and column <= first and column not in self._numeric

    def _depths_of_rows(self) -> set[int]:
        """How deep the numbers are before the first texts of the rows that fill several columns."""
        if self._depths_found is None:
            self._depths_found = {
                by_number(self._texts(row)[0])
                for row, filled in self._body.items()
                if len(filled) > 1 and self._texts(row)
            }
        return self._depths_found

    def _reads_as_note(self, row: int, text: str, rows: Sequence[int], place: int) -> bool:
        """Whether the last text of a table of texts is a note: a sentence, or apart from the rows of data."""
        apart = place > 0 and rows[place - 1] < row - 1
        return apart or text.endswith(("。", "；", "：", "）")) or "：" in text or len(text) > 24

    def _place_columns(self) -> None:
        """Which columns are the table: those with a heading, and those with data beside them."""
        data: dict[int, int] = {}
        for row, filled in self._body.items():
            if self._kinds[row] in (RowKind.DATA, RowKind.TOTAL):
                for column in filled:
                    data.setdefault(column, row)
        own = {column for column in self._headed if column in data or self._named_itself(column)}
        together = sorted(own | set(data))
        blocks: list[list[int]] = []
        for column in together:
            if blocks and column == blocks[-1][-1] + 1:
                blocks[-1].append(column)
            else:
                blocks.append([column])
        headed = [number for number, block in enumerate(blocks) if own & set(block)]
        main = headed[0]
        columns = [column for block in blocks[: main + 1] for column in block]
        bottom = self.found.bottom
        for number, block in enumerate(blocks[main + 1 :], start=main + 1):
            if self._bridged(blocks[number - 1][-1], block[0]):
                columns += block
            elif number in headed:
                at = self.sheet.at(bottom, block[0])
                gap = range(blocks[number - 1][-1] + 1, block[0])
                self.problems.append(
                    problem(
                        PlainTableCode.TABLES_SIDE_BY_SIDE,
                        at,
                        left=_letters(columns),
                        right=_letters(block),
                        gap=_letters(list(gap)),
                    )
                )
                break
            else:
                at = self.sheet.at(data[block[0]], block[0])
                self.problems.append(problem(PlainTableCode.BESIDE_TABLE, at, cell=at.cell))
        self._begins = {column: data[column] for column in columns if column in data and column not in self._headed}
        self.columns = columns

    def _named_itself(self, column: int) -> bool:
        """Whether a column has a heading of its own and not only a share in one that is merged across."""
        return (
            any(
                self.sheet.heading(row, column) is not None
                and self.sheet.merged.get((row, column), (row, column))[1] == column
                for row in range(self.found.top, self.found.bottom + 1)
            )
            or self.found.top == self.found.bottom
        )

    def _bridged(self, left: int, right: int) -> bool:
        """Whether a heading is merged across the blank columns between two others."""
        return all(column in self._headed for column in range(left + 1, right))

    # --- headings ---------------------------------------------------------------------------------------------------

    def _read_headings(self) -> None:
        top, bottom = self.found.top, self.found.bottom
        holders = self._heading_holders()
        named = self._naming_rows(holders)
        names: list[str] = []
        printed: list[str] = []
        for place, column in enumerate(self.columns):
            texts: list[str] = []
            signs: list[str] = []
            for row in range(top, bottom + 1):
                holder = holders[row][place]
                if top < bottom and place and holder == holders[row][place - 1] and holder is not None:
                    signs.append(JOINED_LEFT)
                    texts += [self._text(*holder)] if row in named else []
                elif row > top and holder == holders[row - 1][place]:
                    signs.append(JOINED_UP)
                else:
                    text = self._text(*holder) if holder else ""
                    signs.append(text)
                    texts += [text] if row in named or (holder is not None and holder[0] in named) else []
            name = ".".join(dict.fromkeys(_in_one_line(text) for text in texts if text))
            if not name:
                name = f"{letter(column)}欄"
                if column in self._begins:
                    self._mention_unheaded(column, name)
            names.append(name)
            printed.append(NEXT_ROW.join(signs))
        self.names, self.printed_headings = tuple(names), tuple(printed)
        if count := self._sets_of_columns():
            headings = "、".join(names[: len(names) // count])
            at = self.sheet.at(bottom, self.columns[len(names) // count])
            self.problems.append(problem(PlainTableCode.SETS_OF_COLUMNS, at, count=count, headings=headings))

    def _sets_of_columns(self) -> int:
        """How often the same headings stand side by side, the first of each being that of names; 0 for once."""
        names, count = self.names, len(self.names)
        if not count or self.columns[0] in self._numeric:
            return 0
        return next((times for times in range(count // 2, 1, -1) if names[: count // times] * times == names), 0)

    def _naming_rows(self, holders: Mapping[int, Sequence[tuple[int, int] | None]]) -> set[int]:
        """The heading rows that name columns: not those that only number them, or give their units."""
        top, bottom = self.found.top, self.found.bottom
        aside = {
            row
            for row in range(top + 1, bottom + 1)
            if layout.is_aside(
                [self._text(*holder) for holder in holders[row] if holder is not None and holder[0] == row]
            )
        }
        return {row for row in range(top, bottom + 1) if row not in aside or self._distinguishes(holders, row, aside)}

    def _distinguishes(
        self, holders: Mapping[int, Sequence[tuple[int, int] | None]], row: int, aside: set[int]
    ) -> bool:
        """Whether columns that are called the same in the rows above differ in this one: years below 件數."""
        above = [
            tuple(line[place] for at, line in holders.items() if at not in aside) for place in range(len(self.columns))
        ]
        own = [holders[row][place] for place in range(len(self.columns))]
        texts = [self._text(*holder) if holder else "" for holder in own]
        return any(
            above[place] == above[place - 1] and texts[place] != texts[place - 1]
            for place in range(1, len(self.columns))
        )

    def _mention_unheaded(self, column: int, name: str) -> None:
        at = self.sheet.at(self.found.bottom, column)
        cell = self.sheet.at(self._begins[column], column).cell
        code = PlainTableCode.COLUMN_WITHOUT_HEADING
        self.problems.append(problem(code, at, heading=at.cell, cell=cell, name=name))

    def _heading_holders(self) -> dict[int, list[tuple[int, int] | None]]:
        """For each heading row and column the cell whose text stands there; a blank one goes with its neighbours."""
        sheet, top, bottom = self.sheet, self.found.top, self.found.bottom
        holders: dict[int, list[tuple[int, int] | None]] = {}
        for row in range(top, bottom + 1):
            line: list[tuple[int, int] | None] = []
            for column in self.columns:
                holder = sheet.merged.get((row, column), (row, column))
                line.append(holder if sheet.value(*holder) is not None or holder in sheet.faults else None)
            holders[row] = line
        for row in range(top, bottom):
            for place in range(1, len(self.columns)):
                left = holders[row][place - 1]
                if holders[row][place] is None and left is not None and left[0] == row:
                    below = [holders[other] for other in range(row + 1, bottom + 1)]
                    if all(
                        any(line[at] not in (None, left) for line in below) for at in (place - 1, place)
                    ) and not self._merged_here(left):
                        # A group that was written over its first column only.
                        holders[row][place] = left
        for place in range(len(self.columns)):
            for row in range(top + 1, bottom + 1):
                if holders[row][place] is None:
                    holders[row][place] = holders[row - 1][place]
            for row in range(bottom - 1, top - 1, -1):
                if holders[row][place] is None:
                    holders[row][place] = holders[row + 1][place]
        return holders

    def _merged_here(self, place: tuple[int, int]) -> bool:
        return (place[0], place[1] + 1) in self.sheet.merged and self.sheet.merged[place[0], place[1] + 1] == place

    # --- lines above and below --------------------------------------------------------------------------------------

    def _read_lines(self) -> None:
        titles: list[Caption] = []
        days: list[Caption] = []
        captions: list[Caption] = []
        for row in self.found.lines:
            parts: list[Caption] = []
            filled = [column for column, value in enumerate(self.sheet.cells[row]) if not values.is_blank(value)]
            for column in filled:
                if (row, column) in self.sheet.merged:
                    continue
                text = self._text(row, column)
                if parts and (
                    layout.is_label(parts[-1].text)
                    or (
                        isinstance(self.sheet.cells[row][column], dt.date)
                        and re.search(r"日期?$|截止|基準", parts[-1].text)
                    )
                ):
                    # 年度： and 113 in two cells, 編製機關 and who it is.
                    label = parts[-1].text.rstrip("：:")
                    parts[-1] = Caption(f"{label}：{text}", parts[-1].at)
                elif text:
                    parts += [Caption(piece, self.sheet.at(row, column)) for piece in _pieces(text)]
            besides = []
            for part in parts:
                if layout.is_unit(part.text):
                    unit = re.sub(r"^[（(]|^.*?單\s*位\s*[：:]\s*|[）)]$", "", part.text)
                    unit = re.sub(r"^.*?單\s*位(?:\s*[：:]\s*|\s+)", "", unit)
                    self.unit = self.unit or Caption(unit, part.at)
                    besides.append(part)
                elif layout.is_day(part.text) or layout.is_frame(part.text) or (titles and len(parts) > 1):
                    days.append(part)
                    besides.append(part)
                else:
                    titles.append(part)
                    if not self.unit and (unit := layout.unit_of_title(part.text)):
                        self.unit = Caption(unit, part.at)
            if besides:
                captions.append(Caption("　　".join(part.text for part in besides), besides[0].at))
        if titles:
            self.title = Caption("　".join(_in_one_line(part.text) for part in titles), titles[0].at)
        if days:
            self.subtitle = Caption("　".join(_in_one_line(part.text) for part in days), days[0].at)
        self.captions = tuple(captions)

    def notes(self) -> list[Caption]:
        """The notes below the last row of data."""
        rows = list(self._body)
        last = max((place for place, row in enumerate(rows) if self._kinds[row] is not RowKind.NOTE), default=-1)
        found = []
        for row in rows[last + 1 :]:
            texts = [self._text(row, column) for column in self._body[row]]
            if any(texts):
                found.append(Caption("　　".join(filter(None, texts)), self.sheet.at(row, self._body[row][0])))
        for row in self._doubtful:
            if row in rows[last + 1 :]:
                at = self.sheet.at(row, self._body[row][0])
                code = PlainTableCode.ROWS_AS_NOTES
                self.problems.append(problem(code, at, text=self._text(row, self._body[row][0])[:30]))
        return found

    # --- rows -------------------------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """The rows of the table with their kinds; problems of totals, of a second table, of rows pasted twice."""
        sheet, problems = self.sheet, self.problems
        mention_merged(sheet, self.found.bottom, self.columns, problems)
        problems += sheet.hidden(self.found.bottom, self.columns)
        self._mention_groups()
        before = len(problems)
        body = list(self._body)
        last = max((place for place, row in enumerate(body) if self._kinds[row] is not RowKind.NOTE), default=-1)
        rows: list[Row] = []
        previous = self.found.bottom
        for row in body[: last + 1]:
            if row > previous + 1 and self._begins_table(self._below_titles(row)):
                problems.append(problem(PlainTableCode.TABLE_BELOW, sheet.at(row, self._body[row][0])))
                break
            previous = row
            texts = tuple(self._text(row, column) for column in self.columns)
            kind = self._kinds[row]
            data = tuple(sheet.data(row, column, text) for column, text in zip(self.columns, texts, strict=True))
            rows.append(Row(row, kind, texts, self._joined(row, kind), data, self._underlined(row, texts)))
            if too_many(sheet, row, before, problems):
                break
        self._rank(rows)
        keys = [row.texts if row.kind is RowKind.DATA and _says_something(row.texts) else None for row in rows]
        for first, again, count in repeated(keys):
            problems.append(
                problem(
                    RepeatCode.ROWS_PASTED_TWICE,
                    sheet.at(rows[again].number, self.columns[0]),
                    rows=row_range(rows[again].number + 1, count),
                    first=row_range(rows[first].number + 1, count),
                )
            )
        return rows

    def _below_titles(self, row: int) -> int:
        """The row itself, or the first below it that is no single text, where a few such stand there: 表二."""
        later = [other for other in self._body if other >= row][:4]
        return next((other for other in later if len(self._body[other]) > 1), row)

    def _mention_groups(self) -> None:
        """Names the rows that were taken for headings of groups and could be data without numbers."""
        unsure = [
            row
            for row, kind in self._kinds.items()
            if kind is RowKind.GROUP
            and (row, self._body[row][0] + 1) not in self.sheet.merged
            and not _heads_group(self._texts(row)[0])
        ]
        if unsure:
            texts = "".join(f"「{self._texts(row)[0][:20]}」" for row in unsure[:8]) + (" …" if len(unsure) > 8 else "")
            at = self.sheet.at(unsure[0], self._body[unsure[0]][0])
            self.problems.append(problem(PlainTableCode.ROWS_AS_GROUPS, at, texts=texts))

    def _begins_table(self, row: int) -> bool:
        """Whether headings of another table stand in a row: texts in the columns of numbers, and numbers below them."""
        if not self._numeric or self._has_numbers(row):
            return False
        cells = self.sheet.cells[row]
        over = [
            column
            for column in self._body[row]
            if column in self._numeric and str(cells[column]).strip() not in layout.NOTHING_SIGNS
        ]
        later = [other for other in self._body if other > row][:3]
        return (
            not all(layout.reports_nothing(str(cells[column])) for column in over)
            and 2 * len(over) >= len(self._numeric)
            and len(self._body[row]) > 1
            and any(set(self._body[other]) & set(over) and self._has_numbers(other) for other in later)
        )

    def _joined(self, row: int, kind: RowKind) -> frozenset[int]:
        """The columns whose cell is one with that on its left."""
        if (
            kind in (RowKind.GROUP, RowKind.NOTE)
            and self._body[row][0] == self.columns[0]
            and len(self._body[row]) == 1
        ):
            return frozenset(range(1, len(self.columns)))
        if not self.sheet.merged:
            return frozenset()
        return frozenset(
            place
            for place, column in enumerate(self.columns)
            if place
            and (top := self.sheet.merged.get((row, column))) is not None
            and top[0] == row
            and top[1] in self.columns
            and top[1] < column
        )

    def _rank(self, rows: list[Row]) -> None:
        """Finds the rows that state sums, and the sums that are wrong."""
        labels = list(map(self._labels, rows))
        lines = [
            totals.Line(
                row.kind,
                before,
                depth,
                tuple(
                    totals.number(self.own_value(row.number, column), text)
                    for column, text in zip(self.columns, row.texts, strict=True)
                ),
            )
            for row, before, depth in zip(rows, labels, depths(rows, labels), strict=True)
        ]
        places = [
            totals.places(row.texts[at] for row, line in zip(rows, lines, strict=True) if line.numbers[at] is not None)
            for at in range(len(self.columns))
        ]
        lines = totals.ranked(lines, places)
        for place, line in enumerate(lines):
            rows[place] = replace(rows[place], kind=line.kind)
        if (
            not any(line.kind is RowKind.TOTAL for line in lines)
            and (at_row := totals.unnamed(lines, places)) is not None
        ):
            text = next((text.strip() for text in rows[at_row].texts if text.strip()), "")
            at = self.sheet.at(rows[at_row].number, self.columns[0])
            self.problems.append(problem(PlainTableCode.SUM_OF_OTHERS, at, text=text[:20]))
        last = next((at for at in range(len(lines) - 1, 0, -1) if lines[at].kind is RowKind.DATA), 0)
        others = [line for line in lines[:last] if line.kind is RowKind.DATA]
        if len(others) > 1 and not lines[last].labels and all(line.labels for line in others):
            at = self.sheet.at(rows[last].number, self._body[rows[last].number][0])
            self.problems.append(problem(PlainTableCode.ROW_WITHOUT_NAME, at))
        across = totals.wrong_across(lines, self.names, places)
        for wrong in across:
            at = self.sheet.at(rows[wrong.line].number, self.columns[wrong.column])
            values_of = {"stated": wrong.stated, "computed": wrong.computed}
            self.problems.append(problem(PlainTableCode.WRONG_TOTAL_ACROSS, at, **values_of))
        for wrong in totals.wrong(lines, self.names, places):
            at = self.sheet.at(rows[wrong.line].number, self.columns[wrong.column])
            self.problems.append(problem(RowCode.WRONG_TOTAL, at, stated=wrong.stated, computed=wrong.computed))

    def _labels(self, row: Row) -> tuple[str, ...]:
        """The texts of a row before its first number."""
        labels = []
        for column, text in zip(self.columns, row.texts, strict=True):
            if not self._says_text(row.number, column):
                if text:
                    break
                continue
            if text:
                labels.append(text.strip())
        return tuple(labels)

    def _says_text(self, row: int, column: int) -> bool:
        value = self.sheet.value(row, column)
        return isinstance(value, str) and not layout.is_number(value)

    def own_value(self, row: int, column: int) -> object:
        """What a cell itself holds, so that a merged number counts once."""
        cells = self.sheet.cells[row]
        return cells[column] if column < len(cells) and (row, column) not in self.sheet.merged else None

    def _underlined(self, row: int, texts: Sequence[str]) -> dict[int, tuple[tuple[int, int], ...]]:
        """The underlined parts of the texts of a row, by the place of their column."""
        found = {}
        for place, (column, text) in enumerate(zip(self.columns, texts, strict=True)):
            holder = self.sheet.holder(row, column)
            parts = self.sheet.underlined.get(holder)
            if parts and text:
                # The text is shown without blanks around it, and with what it is indented by.
                value = str(self.sheet.cells[holder[0]][holder[1]])
                shift = text.find(value.strip()) - value.find(value.strip())
                moved = ((max(begin + shift, 0), min(end + shift, len(text))) for begin, end in parts)
                if value.strip() in text:
                    found[place] = tuple((begin, end) for begin, end in moved if begin < end)
        return found

    def _text(self, row: int, column: int) -> str:
        """A cell as it is shown, with what it is indented by as full-width spaces."""
        sheet = self.sheet
        if fault := sheet.fault(row, column):
            self.problems.append(fault)
        holder = sheet.holder(row, column)
        try:
            text = sheet.shown(row, column)
        except values.BadValue as bad:
            self.problems.append(problem(bad.code, sheet.at(*holder), name=sheet.name, **bad.values))
            return ""
        if not text.isascii():
            self.problems += characters.faults(text, sheet, *holder)
        if text and row > self.found.bottom:
            value = sheet.cells[holder[0]][holder[1]]
            if isinstance(value, str) and (value[0].isspace() or holder in sheet.indents):
                text = "\u3000" * (_lead(value) + sheet.indents.get(holder, 0)) + text
        return text


def _heads_group(text: str) -> bool:
    """Whether a text says of itself that it heads a group: 一、北部, 北部：, 【北部】."""
    return bool(by_number(text) or re.search(r"[：:】〕〉＞]$|^[【〔〈＜（(]", text))


def _lead(text: str) -> int:
    """The white space at the head of a text, in full-width spaces."""
    if not text[:1].isspace():
        return 0
    lead = _LEAD.match(text)
    spaces = lead[0] if lead else ""
    wide = spaces.count("\u3000") + spaces.count("\t")
    return wide + (len(spaces) - wide) // 2


def _pieces(text: str) -> list[str]:
    """What was written into one cell with blanks between it: 中華民國113年4月　　　　單位：公尺."""
    pieces = re.split(r"[ \t\u3000\u00a0]{2,}", text)
    return pieces if len(pieces) > 1 and any(map(layout.is_unit, pieces)) else [text]


def _in_one_line(text: str) -> str:
    """A heading as a name: line ends gone, or blanks between words of Latin letters."""
    return re.sub(r"(?<=[!-~])\s*\n\s*(?=[!-~])", " ", text).replace("\n", "").strip()


def _letters(columns: Sequence[int]) -> str:
    first, last = letter(columns[0]), letter(columns[-1])
    return first if first == last else f"{first} 至 {last}"


def _runs(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """The first and last number of each run of rows of data, without totals and the like between them."""
    runs: list[tuple[int, int]] = []
    before = None
    for row in rows:
        if row.kind is RowKind.DATA:
            runs = (
                [*runs[:-1], (runs[-1][0], row.number)] if before is RowKind.DATA else [*runs, (row.number, row.number)]
            )
        before = row.kind
    return runs


def _says_something(texts: Iterable[str]) -> bool:
    """Whether a row holds more than a name and zeros, which may well be the same twice."""
    given = [text for text in texts if text and text not in {"0", *layout.NOTHING_SIGNS}]
    return len(given) > 1


def _whole_numbers(cells: Sequence[object]) -> list[int]:
    """The values of a column of whole numbers, － as 0; none where any other value stands among them."""
    present = [value for value in cells if value is not None]
    numbers = [number for value in present if (number := totals.whole(value)) is not None]
    has_number = any(not isinstance(value, str) for value in present)
    return numbers if len(numbers) == len(present) and has_number else []
