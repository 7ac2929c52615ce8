"""A corpus of workbooks laid out as statistical tables of agencies are: what is printed is what the sheet shows."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from conftest import Desk
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from generator.basic.workspace import MeetingId, Workspace
from generator.dispatch.publish import data_files
from generator.meeting import load

BOOKS, OF_A_MEETING = 160, 10
PLACES = ["臺北市", "新北市", "桃園市", "臺中市", "臺南市", "高雄市", "宜蘭縣", "新竹縣", "苗栗縣", "彰化縣", "南投縣"]
AGES = ["0-14歲", "15-24歲", "25-44歲", "45-64歲", "65歲以上"]
EXAMS = ["一般行政", "人事行政", "會計", "統計", "財稅行政", "資訊處理", "土木工程", "法制", "戶政"]
TAXES = ["所得稅", "營業稅", "貨物稅", "證券交易稅", "關稅", "菸酒稅", "遺產及贈與稅", "土地增值稅"]
TITLES = [
    "歲入來源別預算表",
    "公務人員考試報考及到考人數",
    "人口按性別及年齡分",
    "各縣市補助經費一覽表",
    "資料集盤點結果",
]
DAYS = [
    "中華民國113年6月底",
    "民國113年度",
    "113年1月至6月",
    "截止日：113年6月30日",
    "資料時間：113年第2季",
    "113學年度",
]
UNITS = ["單位：千元", "單位：人；%", "(單位：新臺幣元)", "單位:件", "單 位：人"]
NOTES = [
    "註：本表數字係初步統計。",
    "資料來源：本部統計處。",
    "說明：細數與合計可能因四捨五入而不符。",
    "備註：不含外島。",
    "※ 修正數。",
]


@dataclass
class Layout:
    """A sheet, and what it shows: headings (each row whole), rows with their kind, what stands above and below."""

    cells: dict[tuple[int, int], Any] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    indents: dict[tuple[int, int], int] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    title: str = ""
    above: list[str] = field(default_factory=list)
    headings: list[list[str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)

    def save(self, path: Path, name: str) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = name
        for (row, column), value in self.cells.items():
            cell = sheet.cell(row, column, value)
            cell.number_format = self.formats.get((row, column), "General")
            if (row, column) in self.indents:
                cell.alignment = Alignment(indent=self.indents[row, column])
        for top, left, bottom, right in self.merges:
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for column in self.hidden:
            sheet.column_dimensions[get_column_letter(column)].hidden = True
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)


class Writer:
    """Lays a table out; ``chosen`` decides everything that may differ from sheet to sheet."""

    def __init__(self, chosen: random.Random) -> None:
        self.chosen = chosen
        self.layout = Layout()
        self.left = chosen.choice([1, 1, 1, 2])
        self.row = chosen.choice([1, 1, 2])
        self.wide = 0

    def above(self, wide: int) -> None:
        """Title, date and unit, each in a line of its own or together, merged or not."""
        chosen, layout = self.chosen, self.layout
        self.wide = wide
        last = self.left + wide - 1
        titles = chosen.choice([[], ["海風部"], []]) + chosen.choice([[chosen.choice(TITLES)], []])
        for title in titles:
            layout.cells[self.row, self.left] = title
            if chosen.random() < 0.6:
                layout.merges.append((self.row, self.left, self.row, last))
            self.row += 1
        layout.title = "　".join(titles)
        day, unit = chosen.choice([*DAYS, ""]), chosen.choice([*UNITS, ""])
        if day and unit and wide > 2 and chosen.random() < 0.6:
            layout.cells[self.row, self.left] = day
            layout.cells[self.row, last] = unit
            layout.above = [f"{day}　　{unit}"]
            self.row += 1
        else:
            for text, column in ((day, self.left), (unit, last)):
                if text:
                    layout.cells[self.row, column] = text
                    layout.above.append(text)
                    self.row += 1
        if chosen.random() < 0.2:
            self.row += 1

    def headings(self, columns: list[tuple[str, ...]]) -> None:
        """The headings of the columns, each from the top down; equal neighbours are one cell over its columns."""
        layout, deep = self.layout, max(map(len, columns))
        whole = [parts + ("",) * (deep - len(parts)) for parts in columns]
        merged = self.chosen.random() < 0.75
        for number in range(deep):
            start = 0
            for place in range(1, len(columns) + 1):
                if place < len(columns) and deep > 1 and whole[place][: number + 1] == whole[start][: number + 1]:
                    continue
                text = whole[start][number]
                if text:
                    bottom = number
                    while bottom + 1 < deep and not whole[start][bottom + 1]:
                        bottom += 1
                    layout.cells[self.row + number, self.left + start] = text
                    if (merged or bottom - number > 0) and (bottom > number or place - start > 1):
                        spans = (self.row + number, self.left + start, self.row + bottom, self.left + place - 1)
                        layout.merges.append(spans)
                start = place
        for number in range(deep):
            layout.headings.append([next(text for text in reversed(parts[: number + 1]) if text) for parts in whole])
        layout.names = [".".join(text.replace("\n", "") for text in parts if text) for parts in whole]
        self.row += deep

    def line(self, kind: str, values: list[Any], form: str = "", indent: int = 0, spaces: int = 0) -> None:
        """A row of the table; ``indent`` and ``spaces`` move its first text in."""
        layout = self.layout
        shown = []
        for place, value in enumerate(values):
            at = (self.row, self.left + place)
            if isinstance(value, str) and not place and spaces:
                value = "　" * spaces + value
            if value is not None:
                layout.cells[at] = value
            if isinstance(value, str) and not place and indent:
                layout.indents[at] = indent
            text = "" if value is None else str(value)
            if isinstance(value, int) and form:
                layout.formats[at] = form
                text = f"{value:,}"
            if isinstance(value, float):
                layout.formats[at] = "0.0%"
                text = f"{value * 100:.1f}%"
            shown.append("　" * (indent if not place else 0) + text)
        layout.rows.append((kind, shown))
        if kind == "total" and isinstance(values[1], int):
            layout.totals.append(self.row)
        self.row += 1

    def blank(self) -> None:
        self.row += int(self.chosen.random() < 0.15)

    def below(self) -> None:
        chosen, layout = self.chosen, self.layout
        self.row += chosen.choice([0, 0, 1])
        for text in chosen.sample(NOTES, chosen.choice([0, 1, 1, 2, 3])):
            layout.cells[self.row, self.left] = text
            if chosen.random() < 0.3 and self.wide > 1:
                layout.merges.append((self.row, self.left, self.row, self.left + self.wide - 1))
            layout.notes.append(text)
            self.row += 1
        if chosen.random() < 0.25 and self.wide > 3:
            signed = ["製表", "審核", "機關首長"]
            for place, text in enumerate(signed):
                layout.cells[self.row, self.left + place] = text
            layout.notes.append("　　".join(signed))
        if chosen.random() < 0.3:
            layout.hidden.append(self.left + self.wide - 1)


def amount(chosen: random.Random) -> int:
    return chosen.choice([0, chosen.randrange(1, 99), chosen.randrange(100, 9999), chosen.randrange(10**4, 10**8)])


def budget(chosen: random.Random) -> Layout:
    """歲入來源別: a hierarchy below its total, by indent or by full-width spaces, in two or three columns of money."""
    writer = Writer(chosen)
    years = chosen.choice(
        [[("預算數",), ("決算數",), ("比較增減",)], [("本年度", "預算數"), ("本年度", "決算數"), ("上年度決算數",)]]
    )
    writer.above(len(years) + 2)
    writer.headings([(chosen.choice(["科目", "科　目", "來源別"]),), *years, ("備註",)])
    taxes = {tax: [amount(chosen) for _ in years] for tax in chosen.sample(TAXES, chosen.randrange(2, 7))}
    other = [amount(chosen) for _ in years]
    sums = [sum(numbers) for numbers in zip(*taxes.values(), strict=True)]
    form, by_spaces = chosen.choice(["#,##0", ""]), chosen.random() < 0.5

    def put(kind: str, depth: int, name: str, numbers: list[int]) -> None:
        remark = chosen.choice([None, None, "另案辦理"])
        moved = {"spaces": depth} if by_spaces else {"indent": depth}
        writer.line(kind, [name, *numbers, remark], form, **moved)

    put("total", 0, "歲入合計", [tax + rest for tax, rest in zip(sums, other, strict=True)])
    put("total", 1, "稅課收入", sums)
    for name, numbers in taxes.items():
        put("data", 2, name, numbers)
    put("data", 1, "規費收入", other)
    writer.below()
    return writer.layout


def exams(chosen: random.Random) -> Layout:
    """報考及到考人數: two heading rows, men and women, a rate, the total first or last, － for none."""
    writer = Writer(chosen)
    sexes = chosen.choice([["男性", "女性"], ["計", "男", "女"]])
    rate = chosen.random() < 0.5
    parts = ["報考人數", "到考\n人數", *(["到考率"] if rate else [])]
    columns = [("類科",), *((sex, part) for sex in sexes for part in parts)]
    writer.above(len(columns))
    writer.headings(columns)
    names = chosen.sample(EXAMS, chosen.randrange(3, 9))
    rows = [[(amount(chosen), amount(chosen)) for _ in sexes] for _ in names]
    form, on_top = chosen.choice(["#,##0", ""]), chosen.random() < 0.5
    sums = [tuple(sum(row[at][part] for row in rows) for part in (0, 1)) for at in range(len(sexes))]

    def put(kind: str, name: str, pairs: list[Any]) -> None:
        values: list[Any] = [name]
        for came, sat in pairs:
            values += [came or "－", sat or "－", *([chosen.randrange(1, 1000) / 1000] if rate else [])]
        writer.line(kind, values, form)

    if on_top:
        put("total", chosen.choice(["總計", "總　計", "合計"]), sums)
    for name, pairs in zip(names, rows, strict=True):
        put("data", name, pairs)
        writer.blank()
    if not on_top and chosen.random() < 0.8:
        put("total", chosen.choice(["總計", "合　計"]), sums)
    writer.below()
    return writer.layout


def people(chosen: random.Random) -> Layout:
    """人口按性別及年齡: three heading rows, blocks of places with 小計, and 總計 below."""
    writer = Writer(chosen)
    ages = AGES[: chosen.randrange(2, 5)]
    columns = [("區域別",), *(("人口數", sex, age) for sex in ("男", "女") for age in ages), ("戶數",)]
    writer.above(len(columns))
    writer.headings(columns)
    names = chosen.sample(PLACES, 8)
    form = chosen.choice(["#,##0", ""])
    whole = [0] * (len(columns) - 1)
    grouped = chosen.random() < 0.4
    for block in ("北部", "中部"):
        if grouped:
            writer.line("group", [block, *[None] * (len(columns) - 1)])
        sums = [0] * (len(columns) - 1)
        for _ in range(chosen.randrange(2, 5)):
            numbers = [amount(chosen) for _ in columns[1:]]
            sums = [total + number for total, number in zip(sums, numbers, strict=True)]
            writer.line("data", [names.pop(), *numbers], form)
        writer.line("total", [chosen.choice(["小計", f"{block}小計"]), *sums], form)
        whole = [total + number for total, number in zip(whole, sums, strict=True)]
        writer.blank()
    writer.line("total", ["總計", *whole], form)
    writer.below()
    return writer.layout


def years(chosen: random.Random) -> Layout:
    """各年: the columns are years, as numbers or texts, and a row that compares stands below the total."""
    writer = Writer(chosen)
    first = chosen.randrange(105, 110)
    numbers = [first + step for step in range(chosen.randrange(3, 6))]
    as_text = chosen.random() < 0.5
    writer.above(len(numbers) + 1)
    writer.headings([("項目",), *((f"{year}年" if as_text else str(year),) for year in numbers)])
    if not as_text:
        for place, year in enumerate(numbers, start=1):
            writer.layout.cells[writer.row - 1, writer.left + place] = year
    rows = [[amount(chosen) for _ in numbers] for _ in range(chosen.randrange(3, 7))]
    form = chosen.choice(["#,##0", ""])
    for name, row in zip(chosen.sample(PLACES, len(rows)), rows, strict=True):
        writer.line("data", [name, *row], form)
    if chosen.random() < 0.6:
        writer.line("total", ["合計", *(sum(column) for column in zip(*rows, strict=True))], form)
        writer.line("total", ["較上年增減率", *(chosen.randrange(1, 500) / 1000 for _ in numbers)])
    writer.below()
    return writer.layout


def inventory(chosen: random.Random) -> Layout:
    """清冊: texts only but for the running number, no totals."""
    writer = Writer(chosen)
    columns = [("序號",), ("資料集名稱",), ("提供單位",), ("更新頻率",), *chosen.choice([[], [("備註",)]])]
    writer.above(len(columns))
    writer.headings(columns)
    for number in range(1, chosen.randrange(4, 40)):
        name = f"{chosen.choice(PLACES)}{chosen.choice(EXAMS)}統計{number}"
        remark = [chosen.choice([None, "第二階段開放\n另行公告"])] if len(columns) > 4 else []
        writer.line(
            "data", [number, name, chosen.choice(["企劃處", "資訊處"]), chosen.choice(["每月", "每年"]), *remark]
        )
    writer.below()
    return writer.layout


KINDS: list[Callable[[random.Random], Layout]] = [budget, exams, people, years, inventory]


def layout_of(seed: int) -> Layout:
    return KINDS[seed % len(KINDS)](random.Random(seed))


def desk_with(desk: Desk, seeds: range) -> dict[str, Layout]:
    """A meeting with a workbook for each seed, all attached to one case; the layouts by the name of their sheet."""
    layouts = {f"表{seed}": layout_of(seed) for seed in seeds}
    attached = "".join(f"| 討1 | {name} | 工作表:{name} |\n" for name in layouts)
    mentions = "、".join(f'{{{{ 附件("{name}") }}}}' for name in layouts)
    desk.meeting(
        附件=f"| 案號 | 名稱 | 來源 |\n{attached}",
        說明=f"| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{mentions}。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |",
    )
    for name, layout in layouts.items():
        layout.save(desk.root / "inputs" / "113-1" / f"{name}.xlsx", name)
    return layouts


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, BOOKS, OF_A_MEETING))
def test_what_is_printed_is_what_the_sheet_shows(desk: Desk, first: int) -> None:
    layouts = desk_with(desk, range(first, first + OF_A_MEETING))
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    meeting, _ = load.load(Workspace(desk.root), MeetingId(113, 1))
    assert meeting is not None
    items = {item.name: item for case in meeting.cases for item in case.attachments}
    for name, layout in layouts.items():
        [path] = desk.output().glob(f"* {name}.docx")
        document = docx.Document(str(path))
        printed = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
        rows = [[texts[0]] * len(texts) if kind == "group" else texts for kind, texts in layout.rows]
        assert printed == layout.headings + rows, name
        texts = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
        around = [layout.title or name, *layout.above, *layout.notes]
        assert texts[1:] == around, name
        table = data_files.table_of(meeting, items[name])
        assert table is not None
        [headings, *records] = csv.reader(io.StringIO(data_files.as_csv(table).decode("utf-8-sig")))
        assert headings == layout.names, name
        data = [texts for kind, texts in layout.rows if kind == "data"]
        assert [[plain(text) for text in record] for record in records] == [
            [plain(text) for text in texts] for texts in data
        ], name
        assert meeting.tables[name].count == len(data), name


def plain(text: str) -> str:
    """A number as data files have it: without separators, a share as a fraction of one."""
    if text.endswith("%"):
        return f"{round(float(text[:-1]) / 100, 9):g}"
    return text.replace(",", "") if text.replace(",", "").isdecimal() else text


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(0, 20))
def test_a_total_that_is_wrong_is_an_error_at_its_cell(desk: Desk, seed: int) -> None:
    layouts = desk_with(desk, range(seed, seed + 1))
    [(name, layout)] = layouts.items()
    stated = [at for at, value in layout.cells.items() if at[0] in layout.totals and isinstance(value, int)]
    if not stated:
        pytest.skip("no total in this layout")
    at = random.Random(seed).choice(stated)
    layout.cells[at] += 7
    layout.save(desk.root / "inputs" / "113-1" / f"{name}.xlsx", name)
    wrong = [one["cell"] for one in desk.problems() if one["code"] == "wrong-total"]
    assert f"{get_column_letter(at[1])}{at[0]}" in wrong
