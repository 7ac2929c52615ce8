"""Tables as people keep them: lines above, headings of several rows, totals, notes, and what makes them doubtful."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from typing import Any

import docx
import openpyxl
import pytest
from conftest import Desk, cells
from openpyxl.styles import Alignment

from generator.basic.workspace import MeetingId, Workspace
from generator.dispatch.publish import data_files
from generator.meeting import load

BOOK = "inputs/113-1/會議.xlsx"
EXAMS = """
| 公務人員考試到考人數 |          |          |          |          |
| 中華民國113年6月30日 |          |          |          | 單位：人 |
| 類科                 | 男性     |          | 女性     |          |
|                      | 報考人數 | 到考人數 | 報考人數 | 到考人數 |
| 一般行政             | 10       | 5        | 20       | 18       |
| 會計                 | 20       | 15       | 20       | 17       |
| 合計                 | 30       | 20       | 40       | 35       |
| 註：到考人數以第一節為準。 | | | | |
| 資料來源：考選部。 | | | | |
"""
MERGED = ("A1:E1", "A3:A4", "B3:C3", "D3:E3")
BUDGET = """
| 截止日：113年6月30日 |        |        | 單位：千元 |
| 科目                 | 預算數 | 決算數 | 備註       |
| 歲入合計             | 100    | 90     |            |
| 　稅課收入           | 60     | 60     |            |
| 　　所得稅           | 40     | 45     | 內含       |
| 　　營業稅           | 20     | 15     |            |
| 　其他收入           | 40     | 30     |            |
"""
STATIONS = "| 站名 | 筆數 |\n| 北港 | 12 |\n| 南港 | 3 |\n"
PLANNED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 北港潮位       | 11304    | 企劃處       | ★      |
| 南港潮位       | 11311    | 資訊處       |        |
"""


def attach(
    desk: Desk,
    table: str,
    merged: Sequence[str] = (),
    indents: dict[str, int] | None = None,
    name: str = "表",
    **more: str,
) -> None:
    """A meeting with a sheet of one's own as an attachment."""
    mention = f'| 討1 | 1 | 如{{{{ 附件("{name}") }}}}。 |'
    desk.meeting(
        附件=f"| 案號 | 名稱 | 來源 |\n| 討1 | {name} | 工作表:{name} |",
        說明=f"| 案號 | 層級 | 內容 |\n{mention}\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |",
        **more,
    )
    book = openpyxl.load_workbook(desk.root / BOOK)
    sheet = book.create_sheet(name)
    for row in cells(table.replace("　", "＿")):
        sheet.append([value.replace("＿", "　") if isinstance(value, str) else value for value in row])
    for span in merged:
        sheet.merge_cells(span)
    for cell, indent in (indents or {}).items():
        sheet[cell].alignment = Alignment(indent=indent)
    book.save(desk.root / BOOK)


def printed(desk: Desk) -> tuple[list[str], list[list[str]]]:
    """The paragraphs of the attachment and the cells of its table."""
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    [path] = desk.output().glob("* 附件 *.docx")
    document = docx.Document(str(path))
    texts = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    return texts, [[cell.text for cell in row.cells] for row in document.tables[0].rows]


def figures(desk: Desk, space: str = "表") -> dict[str, Any]:
    import json

    found = json.loads(desk.run("figures", "113-1", "--json").stdout)
    rows = found["figures"] if isinstance(found, dict) else found
    return {row["name"]: row["value"] for row in rows if row["name"].startswith(f"{space}.")}


def places(desk: Desk, code: str) -> list[str]:
    return [f"{one['sheet']}{one['cell']}" for one in desk.problems() if one["code"] == code]


def said(desk: Desk, code: str) -> str:
    return next(one["text"] for one in desk.problems() if one["code"] == code)


def data_file(desk: Desk, name: str = "表") -> list[list[str]]:
    meeting, _ = load.load(Workspace(desk.root), MeetingId(113, 1))
    assert meeting is not None
    [item] = [item for case in meeting.cases for item in case.attachments if item.name == name]
    table = data_files.table_of(meeting, item)
    assert table is not None
    return list(csv.reader(io.StringIO(data_files.as_csv(table).decode("utf-8-sig"))))


# --- The lines above, and the headings ---------------------------------------------------------------------------


def test_a_date_and_a_unit_above_the_headings_are_no_headings(desk: Desk) -> None:
    attach(desk, BUDGET)
    texts, table = printed(desk)
    assert texts == ["附件", "表", "截止日：113年6月30日　　單位：千元"]
    assert table[0] == ["科目", "預算數", "決算數", "備註"]
    found = figures(desk)
    assert (found["表.單位"], found["表.副標題"]) == ("千元", "截止日：113年6月30日")


def test_headings_of_two_rows_are_printed_merged_and_named_by_group_and_column(desk: Desk) -> None:
    attach(desk, EXAMS, MERGED)
    assert desk.problems() == []
    texts, table = printed(desk)
    assert texts == [
        *("附件", "公務人員考試到考人數", "中華民國113年6月30日　　單位：人"),
        *("註：到考人數以第一節為準。", "資料來源：考選部。"),
    ]
    assert table[:2] == [
        ["類科", "男性", "男性", "女性", "女性"],
        ["類科", "報考人數", "到考人數", "報考人數", "到考人數"],
    ]
    assert table[-1] == ["合計", "30", "20", "40", "35"]
    found = figures(desk)
    assert found["表.標題"] == "公務人員考試到考人數"
    assert (found["表.總數"], found["表.男性.到考人數"], found["表.女性.報考人數"]) == (2, 20, 40)
    assert data_file(desk) == [
        ["類科", "男性.報考人數", "男性.到考人數", "女性.報考人數", "女性.到考人數"],
        ["一般行政", "10", "5", "20", "18"],
        ["會計", "20", "15", "20", "17"],
    ]


def test_every_heading_row_repeats_on_each_page_and_the_manifest_has_flat_names(desk: Desk) -> None:
    attach(desk, EXAMS, MERGED)
    printed(desk)
    [path] = desk.output().glob("* 附件 *.docx")
    rows = docx.Document(str(path)).tables[0].rows
    assert [row._tr.find(".//{*}tblHeader") is not None for row in rows] == [True, True, False, False, False]
    text = desk.output("packet.json").read_text("utf-8")
    assert '"男性.到考人數"' in text
    assert "\ufdd7" not in text


def test_a_figure_of_a_column_below_a_group_stands_in_prose(desk: Desk) -> None:
    attach(desk, EXAMS, MERGED)
    book = openpyxl.load_workbook(desk.root / BOOK)
    book["說明"]["C2"] = '男性到考{{ 表.男性.到考人數 }}人（{{ 表["女性.到考人數"] }}、如{{ 附件("表") }}）。'
    book.save(desk.root / BOOK)
    assert desk.problems() == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert "男性到考20人（35、如附件）。" in desk.texts()["03 討論事項第一案"]


@pytest.mark.slow
def test_groups_that_are_not_merged_are_taken_for_headings_and_check_says_so(desk: Desk) -> None:
    attach(desk, EXAMS)
    assert [(one["code"], one["severity"]) for one in desk.problems()] == [("headings-taken", "note")]
    assert "以第 3 至 4 列為欄位標題，欄位是：類科（A）、男性.報考人數（B）" in said(desk, "headings-taken")
    assert printed(desk)[1][0] == ["類科", "男性", "男性", "女性", "女性"]


def test_headings_of_three_rows(desk: Desk) -> None:
    table = """
    | 區域 | 人口數 |      |      |      | 戶數 |
    |      | 男     |      | 女   |      |      |
    |      | 幼年   | 老年 | 幼年 | 老年 |      |
    | 北部 | 1      | 2    | 3    | 4    | 5    |
    | 南部 | 6      | 7    | 8    | 9    | 10   |
    """
    attach(desk, table, ("A1:A3", "B1:E1", "F1:F3", "B2:C2", "D2:E2"))
    assert desk.problems() == []
    assert printed(desk)[1][:3] == [
        ["區域", "人口數", "人口數", "人口數", "人口數", "戶數"],
        ["區域", "男", "男", "女", "女", "戶數"],
        ["區域", "幼年", "老年", "幼年", "老年", "戶數"],
    ]
    assert figures(desk)["表.人口數.女.老年"] == 13


@pytest.mark.slow
@pytest.mark.parametrize(
    "second",
    ["| Area | Persons | Houses |", "| | （人） | （戶） |", "| | (1) | (2) |", "| A | B | C=A+B |"],
)
def test_a_row_that_translates_numbers_or_measures_the_columns_does_not_name_them(desk: Desk, second: str) -> None:
    attach(desk, f"| 區域 | 人數 | 戶數 |\n{second}\n| 北部 | 1 | 2 |\n| 南部 | 3 | 4 |")
    found = figures(desk)
    assert (found["表.總數"], found["表.人數"], found["表.戶數"]) == (2, 4, 6)
    assert len(printed(desk)[1]) == 4


def test_years_are_headings(desk: Desk) -> None:
    attach(desk, "| 項目 | 111 | 112 | 113 |\n| 甲 | 5 | 6 | 7 |\n| 乙 | 8 | 9 | 10 |")
    found = figures(desk)
    assert (found["表.總數"], found["表.113"]) == (2, 17)


def test_a_line_above_that_could_be_headings_is_a_note_of_check(desk: Desk) -> None:
    rows = "| 編號 | 名稱 | 單位 | 頻率 |\n| A1 | 甲 | 企劃處 | 每月 |\n| A2 | 乙 | 資訊處 | 每年 |"
    attach(desk, f"| 盤點結果 | | | 企劃處製 |\n{rows}")
    assert said(desk, "headings-taken").startswith("以第 2 列為欄位標題，欄位是：編號（A）、名稱（B）")
    assert printed(desk)[1][0] == ["編號", "名稱", "單位", "頻率"]


# --- Columns ----------------------------------------------------------------------------------------------------


def test_a_column_without_a_heading_is_kept_and_named(desk: Desk) -> None:
    attach(desk, "| 站名 | 筆數 | |\n| 北港 | 1 | 待核 |\n| 南港 | 2 | |")
    assert places(desk, "column-without-heading") == ["表C1"]
    assert "自 C2 起有資料，照印並稱為「C欄」" in said(desk, "column-without-heading")
    assert printed(desk)[1][:2] == [["站名", "筆數", ""], ["北港", "1", "待核"]]
    assert data_file(desk)[0] == ["站名", "筆數", "C欄"]


def test_two_tables_side_by_side_are_an_error_that_says_so(desk: Desk) -> None:
    attach(desk, "| 站名 | 筆數 | | 港名 | 班次 |\n| 北港 | 1 | | 東港 | 5 |\n| 南港 | 2 | | 西港 | 6 |")
    assert places(desk, "tables-side-by-side") == ["表D1"]
    assert "左右並列兩個表格：A 至 B 欄與 D 至 E 欄，中間的 C 欄空白" in said(desk, "tables-side-by-side")


def test_data_beside_the_table_and_a_table_below_it_are_errors(desk: Desk) -> None:
    attach(desk, "| 站名 | 筆數 | | |\n| 北港 | 1 | | |\n| 南港 | 2 | | 請核對 |")
    assert places(desk, "beside-table") == ["表D3"]
    attach(desk, f"{STATIONS}| | |\n| 港名 | 班次 |\n| 東港 | 5 |")
    assert places(desk, "table-below") == ["表A5"]


def test_a_hidden_column_is_printed_and_mentioned(desk: Desk) -> None:
    attach(desk, STATIONS)
    book = openpyxl.load_workbook(desk.root / BOOK)
    book["表"].column_dimensions["B"].hidden = True
    book.save(desk.root / BOOK)
    assert places(desk, "hidden-columns") == ["表B1"]
    assert printed(desk)[1][1] == ["北港", "12"]


# --- Totals, notes, hierarchy -------------------------------------------------------------------------------------


def test_a_hierarchy_by_full_width_spaces_is_printed_and_only_its_leaves_are_summed(desk: Desk) -> None:
    attach(desk, BUDGET)
    assert [row[0] for row in printed(desk)[1]] == [
        *("科目", "歲入合計", "　稅課收入", "　　所得稅", "　　營業稅", "　其他收入"),
    ]
    found = figures(desk)
    assert (found["表.總數"], found["表.預算數"]) == (3, 100)


def test_a_hierarchy_by_the_indent_of_the_cells_is_printed(desk: Desk) -> None:
    attach(desk, BUDGET.replace("　", ""), indents={"A4": 1, "A5": 2, "A6": 2, "A7": 1})
    assert [row[0] for row in printed(desk)[1]][2:5] == ["　稅課收入", "　　所得稅", "　　營業稅"]
    assert figures(desk)["表.決算數"] == 90


def test_a_head_of_a_hierarchy_that_is_not_the_sum_of_its_parts_is_an_error(desk: Desk) -> None:
    attach(desk, BUDGET.replace("| 　　營業稅           | 20 ", "| 　　營業稅           | 21 "))
    assert places(desk, "wrong-total") == ["表B4"]


@pytest.mark.slow
@pytest.mark.parametrize(("stated", "wrong"), [(13, []), (14, ["表B4"])])
def test_a_subtotal_is_checked_against_its_block(desk: Desk, stated: int, wrong: list[str]) -> None:
    table = (
        f"| 區 | 數 |\n| 甲 | 6 |\n| 乙 | 7 |\n| 小計 | {stated} |\n| 丙 | 1 |\n| 丁 | 2 |\n| 小計 | 3 |\n| 總計 | 16 |"
    )
    attach(desk, table)
    assert places(desk, "wrong-total") == wrong
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (4, 16)


def decimal_table(desk: Desk, numbers: Sequence[float | str], form: str = "0.0", heading: str = "面積") -> None:
    """A table 區, 面積 of these numbers, the last one stated as 合計."""
    attach(desk, "| 區 | 數 |\n| 甲 | 1 |")
    path = desk.root / "inputs/113-1/會議.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["表"]
    sheet["B1"] = heading
    for row, number in enumerate(numbers, start=2):
        sheet.cell(row, 1, "合計" if row == len(numbers) + 1 else "甲乙丙丁戊己庚辛壬癸"[row - 2])
        sheet.cell(row, 2, number).number_format = form
    book.save(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("numbers", "form", "stated", "computed"),
    [
        ([10.5, 20.25, 30.75], "0.00", "", ""),
        ([10.5, 20.25, 40.75], "0.00", "40.75", "30.75"),
        ([12.34, 45.61, 57.95], "General", "", ""),
        ([12.34, 45.61, 58.95], "General", "58.95", "57.95"),
        # Rounded for their cells: 3.3 + 3.3 + 3.3 are shown beside 10.0.
        ([3.33, 3.33, 3.34, 10], "0.0", "", ""),
        ([3.3, 3.3, 3.3, 10.0], "0.0", "", ""),
        ([3.3, 3.3, 3.3, 10.2], "0.0", "10.2", "9.9"),
        ([100.4, 200.4, 300], "#,##0", "", ""),
        ([100.4, 200.4, 310], "#,##0", "310", "301"),
        ([12, 0.5, 12.5], "General", "", ""),
        ([12, 0.5, 13.5], "General", "13.5", "12.5"),
        ([-1.5, 4.0, 2.5], "0.0", "", ""),
        ([0.1, 0.2, 0.3], "0.0", "", ""),
        ([1234567.8, 2345678.9, 3580246.7], "#,##0.0", "", ""),
        ([1234567.8, 2345678.9, 3680246.7], "#,##0.0", "3680246.7", "3580246.7"),
        # Percentages are not added up, whatever stands above them.
        ([0.25, 0.5, 0.9], "0.0%", "", ""),
        (["－", 2.5, 2.5], "0.0", "", ""),
        ([2.5, "未報", 9.5], "0.0", "", ""),
    ],
)
def test_a_total_with_decimals_is_checked_as_closely_as_its_digits_allow(
    desk: Desk, numbers: list[float | str], form: str, stated: str, computed: str
) -> None:
    decimal_table(desk, numbers, form)
    found = [problem for problem in desk.problems() if problem["code"] == "wrong-total"]
    assert [problem["cell"] for problem in found] == ([f"B{len(numbers) + 1}"] if stated else [])
    assert [problem["text"] for problem in found] == ([f"填的是 {stated}，加總為 {computed}"] if stated else [])


@pytest.mark.parametrize("word", ["未報", "尚未統計", "無資料", "待查", "停辦"])
def test_a_first_row_that_reports_nothing_is_no_row_of_headings(desk: Desk, word: str) -> None:
    attach(desk, f"| 區 | 數 | 率 |\n| 甲 | {word} | － |\n| 乙 | 2 | 3 |\n| 丙 | 3 | 4 |")
    assert figures(desk)["表.總數"] == 3
    assert places(desk, "headings-taken") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second", "stated", "wrong"),
    [
        ("1,234", "2,000", "3,234", []),
        ("1,234", "2,000", "3,235", ["表B4"]),
        ("１２", "３", "１６", ["表B4"]),
        ("12.5", "3.25", "16.75", ["表B4"]),
        ("00824", "00825", "01650", []),
        ("(5)", "6", "1", []),
    ],
)
def test_numbers_typed_as_texts_are_checked_against_their_total(
    desk: Desk, first: str, second: str, stated: str, wrong: list[str]
) -> None:
    attach(desk, "| 區 | 數 |\n| 甲 | x |")
    book = openpyxl.load_workbook(desk.root / BOOK)
    for row, (name, text) in enumerate((("甲", first), ("乙", second), ("合計", stated)), start=2):
        book["表"].cell(row, 1, name)
        book["表"].cell(row, 2, text).data_type = "s"
    book.save(desk.root / BOOK)
    assert places(desk, "wrong-total") == wrong
    assert figures(desk)["表.總數"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["112年小計", "112年度合計", "1月小計", "1至3月合計", "第1季小計", "第一類小計"])
def test_a_total_of_a_year_or_a_month_is_no_row_of_data(desk: Desk, name: str) -> None:
    attach(desk, f"| 月 | 數 |\n| 甲 | 1 |\n| 乙 | 2 |\n| {name} | 3 |\n| 丙 | 4 |\n| 小計 | 4 |\n| 總計 | 7 |")
    assert places(desk, "wrong-total") == []
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (3, 7)
    attach(desk, f"| 月 | 數 |\n| 甲 | 1 |\n| 乙 | 2 |\n| {name} | 9 |\n| 丙 | 4 |\n| 小計 | 4 |\n| 總計 | 7 |")
    assert places(desk, "wrong-total") == ["表B4"]


def test_rows_that_are_all_totals_are_the_data(desk: Desk) -> None:
    attach(desk, "| 年 | 數 |\n| 111年合計 | 1 |\n| 112年合計 | 2 |\n| 113年合計 | 3 |")
    assert places(desk, "wrong-total") == []
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (3, 6)


def test_a_hierarchy_by_its_numbers_counts_its_leaves(desk: Desk) -> None:
    table = "| 科目 | 數 |\n| 一、歲入 | 10 |\n| (一)稅課 | 6 |\n| (二)其他 | 4 |\n| 二、歲出 | {} |\n| (一)人事 | 8 |"
    attach(desk, table.format(8))
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (3, 18)
    assert places(desk, "wrong-total") == []
    attach(desk, table.format(9))
    assert places(desk, "wrong-total") == ["表B5"]


def test_numbers_before_texts_alone_make_no_hierarchy(desk: Desk) -> None:
    attach(desk, "| 事項 | 數 |\n| 一、甲 | 10 |\n| (一)乙 | 3 |\n| (二)丙 | 4 |\n| 二、丁 | 5 |")
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (4, 22)


def test_a_subtotal_moved_in_below_its_rows_is_the_sum_of_them(desk: Desk) -> None:
    table = "| 科目 | 數 |\n| 甲 | 1 |\n| 乙 | 2 |\n| 　小計 | {} |\n| 丙 | 4 |\n| 　小計 | 4 |\n| 合　　計 | 7 |"
    attach(desk, table.format(3))
    assert places(desk, "wrong-total") == []
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (3, 7)
    attach(desk, table.format(5))
    assert places(desk, "wrong-total") == ["表B4"]


@pytest.mark.parametrize("lead", ["", "　"])
def test_what_goes_on_below_a_row_of_which_is_part_of_it_too(desk: Desk, lead: str) -> None:
    attach(desk, f"| 項 | 數 |\n| 甲 | 10 |\n| {lead}其中：男 | 6 |\n| {lead}　　　女 | 4 |\n| 乙 | 5 |\n| 合計 | 15 |")
    assert places(desk, "wrong-total") == []
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (2, 15)


def test_a_row_of_which_among_numbered_ones_takes_no_other_with_it(desk: Desk) -> None:
    attach(desk, "| 項 | 數 |\n| 一、甲 | 10 |\n| 其中：男 | 6 |\n| 二、乙 | 5 |\n| 合計 | 15 |")
    assert places(desk, "wrong-total") == []
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (2, 15)


def test_rates_with_decimals_are_not_added_up(desk: Desk) -> None:
    decimal_table(desk, [10.5, 20.5, 15.4], heading="平均面積")
    assert places(desk, "wrong-total") == []


def test_a_hierarchy_of_numbers_with_decimals_counts_its_leaves(desk: Desk) -> None:
    decimal_table(desk, [60.5, 40.25, 20.25, 60.5])
    path = desk.root / "inputs/113-1/會議.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["表"]
    for row, name in enumerate(("稅課收入", "　所得稅", "　營業稅", "合計"), start=2):
        sheet.cell(row, 1, name)
    book.save(path)
    assert places(desk, "wrong-total") == []
    assert figures(desk)["表.總數"] == 2


def test_a_total_on_top_is_checked_against_what_is_below(desk: Desk) -> None:
    attach(desk, "| 區 | 數 |\n| 總　計 | 14 |\n| 甲 | 6 |\n| 乙 | 7 |")
    assert places(desk, "wrong-total") == ["表B2"]


def test_rows_that_compare_with_the_total_are_not_counted(desk: Desk) -> None:
    attach(desk, "| 區 | 數 |\n| 甲 | 6 |\n| 乙 | 7 |\n| 合計 | 13 |\n| 較上年增減 | 2 |")
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (2, 13)


BY_SEX = """
| 區域   | 性別 | 人口 | 名次 |
| 總計   | 計   | 30   |      |
|        | 男   | {}   |      |
|        | 女   | 18   |      |
| 臺北市 | 計   | 20   | 1    |
|        | 男   | 8    |      |
|        | 女   | 12   |      |
| 高雄市 | 計   | 10   | 2    |
|        | 男   | 4    |      |
|        | 女   | 6    |      |
"""


@pytest.mark.parametrize(("stated", "wrong"), [(12, []), (13, ["表C3"])])
def test_totals_by_two_criteria_are_checked_by_each(desk: Desk, stated: int, wrong: list[str]) -> None:
    attach(desk, BY_SEX.format(stated), ("A2:A4", "A5:A7", "A8:A10"))
    assert places(desk, "wrong-total") == wrong
    found = figures(desk)
    assert (found["表.總數"], found["表.人口"], found.get("表.名次")) == (4, 30, None)


def test_a_sign_for_nil_is_nought_in_a_sum(desk: Desk) -> None:
    attach(desk, "| 區 | 數 |\n| 甲 | 6 |\n| 乙 | － |\n| 合計 | 7 |")
    assert places(desk, "wrong-total") == ["表B4"]
    assert figures(desk)["表.數"] == 6


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["註：不含外島。", "備註 不含外島", "說明：不含外島", "資料來源：本部", "※不含外島", "不含外島"]
)
def test_a_note_below_the_data_is_printed_as_a_note_and_not_counted(desk: Desk, text: str) -> None:
    attach(desk, f"{STATIONS}| {text} | |")
    texts, table = printed(desk)
    assert (texts[-1], len(table)) == (text, 3)
    assert figures(desk)["表.總數"] == 2
    # What does not say that it is one is named.
    assert places(desk, "rows-as-notes") == (["表A4"] if text == "不含外島" else [])


def test_a_group_within_the_data_is_a_row_of_its_own_over_all_columns(desk: Desk) -> None:
    attach(desk, "| 站名 | 筆數 |\n| 一、北海 | |\n| 北港 | 1 |\n| 二、南海 | |\n| 南港 | 2 |")
    assert printed(desk)[1][1:4] == [["一、北海", "一、北海"], ["北港", "1"], ["二、南海", "二、南海"]]
    assert figures(desk)["表.總數"] == 2


# --- Lists with declared columns ----------------------------------------------------------------------------------


def test_a_list_may_have_headings_of_two_rows(desk: Desk) -> None:
    desk.meeting(
        預定開放="""
        | 資料集項目名稱 | 開放規劃 |              | 已上架 |
        |                | 開放年月 | 資料開放單位 |        |
        | 北港潮位       | 11304    | 企劃處       | ★      |
        """
    )
    book = openpyxl.load_workbook(desk.root / BOOK)
    for span in ("A1:A2", "B1:C1", "D1:D2"):
        book["預定開放"].merge_cells(span)
    book.save(desk.root / BOOK)
    assert desk.problems() == []
    assert figures(desk, "預定開放")["預定開放.總數"] == 1


def test_a_missing_heading_is_reported_where_the_headings_really_stand(desk: Desk) -> None:
    desk.meeting(預定開放="| 清冊 | | |\n| | 項目名稱 | 開放年份 |\n| | 北港潮位 | 11304 |")
    assert set(places(desk, "missing-column")) == {"預定開放B2"}
    assert any("C2 的「開放年份」是否即為此欄？" in one["remedy"] for one in desk.problems())


def test_notes_and_totals_below_a_list_are_no_rows_of_it(desk: Desk) -> None:
    desk.meeting(
        預定開放=f"{PLANNED}| 合計 | | | |\n| 註：★為已上架。 | | | |",
        統計數字="| 名稱 | 數值 | 出處 |\n| 甲 | 5 | 平臺 |\n| 乙 | 6 | 平臺 |\n| 合計 | 12 | |",
    )
    assert [(one["code"], one["cell"]) for one in desk.problems() if one["severity"] == "error"] == [
        ("wrong-total", "B4")
    ]
    assert set(places(desk, "rows-aside")) == {"預定開放A4", "統計數字A4"}
    assert figures(desk, "預定開放")["預定開放.總數"] == 2


# --- Wide tables --------------------------------------------------------------------------------------------------


def wide(columns: int, number: int) -> str:
    names = [f"第{place}站" for place in range(1, columns)]
    rows = [
        f"| {hour}時 | " + " | ".join(str(number + place) for place in range(columns - 1)) + " |" for hour in (1, 2)
    ]
    return "\n".join(["| 時間 | " + " | ".join(names) + " |", *rows])


def test_twenty_five_columns_are_printed_on_a_page_on_its_side_in_small_type(desk: Desk) -> None:
    attach(desk, wide(25, 12345))
    assert desk.problems() == []
    printed(desk)
    [path] = desk.output().glob("* 附件 *.docx")
    document = docx.Document(str(path))
    section = document.sections[0]
    assert (section.page_width or 0) > (section.page_height or 0)
    table = document.tables[0]
    sizes = {
        run.font.size.pt for row in table.rows for cell in row.cells for run in cell.paragraphs[0].runs if run.font.size
    }
    [size] = sizes
    assert 7 <= size < 11
    # Five digits, half an em each, within the column.
    assert all((column.width or 0) / 12700 >= 2.5 * size for column in list(table.columns)[1:])


def test_columns_that_fit_in_no_size_are_an_error_at_the_row_of_the_attachment(desk: Desk) -> None:
    attach(desk, wide(30, 123456789))
    assert [(one["code"], one["sheet"], one["cell"]) for one in desk.problems()] == [
        ("too-wide-to-print", "附件", "C2")
    ]
    [problem] = desk.problems()
    assert problem["text"].startswith("有 30 欄")
    assert "分成兩個工作表" in problem["remedy"]


# --- Pasted twice, and copies ---------------------------------------------------------------------------------------


def test_rows_pasted_twice_are_one_error(desk: Desk) -> None:
    rows = PLANNED.strip().splitlines()
    desk.meeting(預定開放="\n".join([*rows, *rows[1:]]))
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("rows-pasted-twice", "A4")]
    assert said(desk, "rows-pasted-twice") == "第 4 至 5 列與第 2 至 3 列完全相同，可能貼了兩次"
    attach(desk, f"{STATIONS}| 北港 | 12 |\n| 南港 | 3 |\n")
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("rows-pasted-twice", "A4")]


def test_rows_pasted_into_another_workbook_name_the_first(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    desk.book("113-1/資訊處.xlsx", 預定開放=PLANNED)
    assert said(desk, "rows-pasted-twice") == "第 2 至 3 列與 會議.xlsx〔預定開放〕第 2 至 3 列完全相同，可能貼了兩次"


@pytest.mark.parametrize(
    "name",
    [
        "會議 - 複製.xlsx",
        "會議 (1).xlsx",
        "會議 - 複製 (2).xlsx",
        "會議 - Copy.xlsx",
        "複本 會議.xlsx",
        "會議複本.xlsx",
    ],
)
def test_a_copy_of_a_workbook_is_one_message(desk: Desk, name: str) -> None:
    desk.meeting(預定開放=PLANNED)
    desk.book(f"113-1/{name}", 會議資訊="| 欄位 | 內容 |\n| 地點 | 別處 |", 預定開放=PLANNED)
    [problem] = desk.problems()
    assert (problem["code"], problem["workbook"]) == ("workbook-copy", name)
    assert problem["text"] == "看起來是 會議.xlsx 的複本，沒有讀取"
    assert "請移走" in problem["remedy"]


def test_a_workbook_that_is_another_byte_for_byte_is_its_copy_whatever_its_name(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    shutil.copy(desk.root / BOOK, desk.root / "inputs/113-1/會議_0520_舊.xlsx")
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [("workbook-copy", "會議_0520_舊.xlsx")]


def test_a_download_that_only_looks_like_a_copy_is_read(desk: Desk) -> None:
    desk.meeting()
    desk.book("113-1/資料集 (1).xlsx", 預定開放=PLANNED)
    assert desk.problems() == []
    assert figures(desk, "預定開放")["預定開放.總數"] == 2


def test_a_unit_that_has_a_row_in_another_workbook_is_named_with_that_workbook(desk: Desk) -> None:
    quality = "| 單位 | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 |\n"
    desk.meeting(品質檢測=f"{quality}| 企劃處 | 0 | 0 | 0 | 0 | 4 | 4 |\n| 秘書處 | 0 | 0 | 0 | 0 | 1 | 0 |")
    desk.book(
        "113-1/資訊處.xlsx", 品質檢測=f"{quality}| 資訊處 | 0 | 0 | 0 | 0 | 2 | 2 |\n| 企劃處 | 0 | 1 | 0 | 0 | 4 | 4 |"
    )
    assert "會議.xlsx〔品質檢測〕A2 已有一列" in said(desk, "unit-twice")


def test_a_tag_above_or_below_a_table_is_an_error_at_its_cell(desk: Desk) -> None:
    attach(desk, "| {{ 會議.名稱 }}表 | |\n| 站名 | 筆數 |\n| 北港 | 12 |\n| 註：{{ 會議.日期 }} | |\n")
    assert places(desk, "tag-in-sheet") == ["表A1", "表A4"]


def test_personal_data_in_a_note_below_a_table_is_found(desk: Desk) -> None:
    attach(desk, "| 站名 | 筆數 |\n| 北港 | 12 |\n| 註：請電洽 0912-345-678。 | |\n")
    assert places(desk, "personal-data") == ["表A3"]
