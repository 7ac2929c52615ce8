"""Workbooks as staff hand them in: what is found, what is left alone, and what is said about the rest."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from conftest import CASES, EXPLANATIONS, MEETING, Desk
from openpyxl.worksheet.worksheet import Worksheet

from generator.workbook import books

BOOK = "113-1/會議.xlsx"
PLANNED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 北港潮位       | 11304    | 企劃處       | ★      |
| 南港潮位       | 11311    | 資訊處       |        |
"""


def places(desk: Desk, code: str) -> list[str]:
    """Where the problems of a code are: 會議.xlsx〔案由〕C2."""
    return [
        f"{one['workbook']}〔{one['sheet']}〕{one['cell']}" if one["sheet"] else one["workbook"]
        for one in desk.problems()
        if one["code"] == code
    ]


def said(desk: Desk, code: str) -> list[str]:
    """Text and remedy of the problems of a code."""
    return [one["text"] + "。" + one["remedy"] for one in desk.problems() if one["code"] == code]


def figure(desk: Desk, name: str) -> Any:
    """The value of a figure; None where there is no such figure."""
    import json

    found = json.loads(desk.run("figures", "113-1", "--json").stdout)["figures"]
    return next((one["value"] for one in found if one["name"] == name), None)


@contextmanager
def edited(desk: Desk, sheet: str, book: str = BOOK) -> Iterator[Worksheet]:
    """A sheet of an input workbook, to be changed as Excel would; saved afterwards."""
    path = desk.root / "inputs" / book
    opened = openpyxl.load_workbook(path)
    yield opened[sheet]
    opened.save(path)


def patched(path: Path, part: str, old: str, new: str) -> None:
    """Changes the XML of one part of a workbook, for what openpyxl does not write."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode("utf-8")
    assert re.search(old, text), text
    parts[part] = re.sub(old, new, text).encode("utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_the_smallest_meeting_has_no_problem(desk: Desk) -> None:
    desk.meeting()
    assert desk.problems() == []
    result = desk.run("check", "113-1")
    assert result.exit_code == 0
    assert "沒有發現問題。" in result.output


# --- Where things stand -----------------------------------------------------------------------------------------


def test_headings_are_found_under_a_title_and_a_note(desk: Desk) -> None:
    desk.meeting(預定開放="| 113年度預定開放清單 |\n|  |\n| 資料日期：113-05-01 |" + PLANNED)
    assert desk.problems() == []
    assert figure(desk, "預定開放.總數") == 2


def test_cells_under_a_title_are_named_as_excel_names_them(desk: Desk) -> None:
    desk.meeting(預定開放="| 113年度預定開放清單 |\n|  |" + PLANNED.replace("11311", "11313"))
    assert places(desk, "bad-year-month") == ["會議.xlsx〔預定開放〕B5"]


def test_columns_may_stand_in_any_order(desk: Desk) -> None:
    desk.meeting(
        預定開放="""
        | 已上架 | 資料開放單位 | 資料集項目名稱 | 開放年月 |
        | ★      | 企劃處       | 北港潮位       | 11304    |
        |        | 無此處       | 南港潮位       | 11311    |
        """
    )
    assert places(desk, "unknown-unit") == ["會議.xlsx〔預定開放〕B3"]
    assert figure(desk, "預定開放.已上架數") == 1


def test_headings_are_known_in_any_width_and_with_line_breaks(desk: Desk) -> None:
    desk.meeting(
        上次會議決定="""
        | 類別     | 案 由 | 決定\\n(議) | 辦理情形 | 列管 |
        | 報告事項 | 某案  | 洽悉       |          |      |
        """
    )
    assert [one["code"] for one in desk.problems()] == ["decisions-unprinted"]
    assert figure(desk, "上次會議決定.總數") == 1


def test_a_list_is_stacked_from_two_workbooks_in_the_order_of_their_names(desk: Desk) -> None:
    desk.meeting(
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:預定開放 |",
        說明='| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("清單") }}。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |',
    )
    head = "| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |\n"
    desk.book("113-1/2資訊處.xlsx", 預定開放=head + "| 丙集 | 11311 | 資訊處 |  |")
    desk.book("113-1/1企劃處.xlsx", 預定開放=head + "| 甲集 | 11311 | 企劃處 |  |\n| 乙集 | 11312 | 企劃處 |  |")
    assert desk.problems() == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    text = desk.texts()["04 討論事項第一案 附件 清單"]
    assert text.index("甲集") < text.index("乙集") < text.index("丙集")


def test_a_unit_that_hands_in_its_own_file_is_named_in_its_problems(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    desk.book(
        "113-1/秘書處.xlsx", 預定開放="| 秘書處的清單 |" + PLANNED.replace("港", "溪").replace("11304", "113.4.5.6")
    )
    assert places(desk, "bad-year-month") == ["秘書處.xlsx〔預定開放〕B3"]
    assert figure(desk, "預定開放.總數") == 3  # the row that cannot be read is left out


def test_each_of_two_workbooks_has_its_own_order_of_columns(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    desk.book(
        "113-1/秘書處.xlsx",
        預定開放="| 資料開放單位 | 開放年月 | 已上架 | 資料集項目名稱 |\n| 秘書處 | 11312 | ★ | 東港潮位 |",
    )
    assert desk.problems() == []
    assert (figure(desk, "預定開放.已上架數"), figure(desk, "預定開放.秘書處")) == (2, 1)


def test_a_sheet_is_known_by_name_whatever_the_workbook(desk: Desk) -> None:
    desk.book("113-1/甲.xlsx", 會議資訊=MEETING)
    desk.book("113-1/乙.xlsx", 案由=CASES)
    desk.book("113-1/丙.xlsx", 說明=EXPLANATIONS)
    assert desk.problems() == []


def test_a_sheet_name_may_have_blanks(desk: Desk) -> None:
    desk.meeting(**{"預定開放 ": PLANNED})
    assert desk.problems() == []
    assert figure(desk, "預定開放.總數") == 2


def test_blank_rows_are_passed_over_and_cells_keep_their_numbers(desk: Desk) -> None:
    head, first, second = PLANNED.strip().splitlines()
    desk.meeting(
        預定開放="\n".join([head, "| | | | |", first, "| | | | |", "|  |", second.replace("資訊處", "無此處")])
    )
    assert figure(desk, "預定開放.總數") == 2
    assert places(desk, "unknown-unit") == ["會議.xlsx〔預定開放〕C6"]
    assert places(desk, "empty-cell") == []


def test_a_row_with_nothing_but_blanks_or_an_unknown_column_is_blank(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    with edited(desk, "預定開放") as sheet:
        sheet["A5"] = "  "
        sheet["C6"] = "　"
        sheet["F7"] = "承辦人備忘"
    assert desk.problems() == []
    assert figure(desk, "預定開放.總數") == 2


# --- What nobody knows ------------------------------------------------------------------------------------------


def test_an_unknown_sheet_is_mentioned_once_with_the_nearest_name(desk: Desk) -> None:
    desk.meeting(預定開放清冊=PLANNED)
    assert places(desk, "unknown-sheet") == ["會議.xlsx〔預定開放清冊〕"]
    assert "是否為「預定開放」？" in said(desk, "unknown-sheet")[0]
    assert [one["severity"] for one in desk.problems()] == ["note"]
    assert desk.run("check", "113-1").exit_code == 0


def test_an_unknown_sheet_that_is_like_nothing_gets_no_guess(desk: Desk) -> None:
    desk.meeting(統計備忘錄="| 甲 |\n| 乙 |")
    assert "是否為" not in said(desk, "unknown-sheet")[0]


def test_an_empty_sheet_is_not_mentioned(desk: Desk) -> None:
    desk.meeting()
    with edited(desk, "案由") as sheet:
        assert sheet.parent is not None
        sheet.parent.create_sheet("Sheet1")
    assert desk.problems() == []


def test_a_sheet_that_an_attachment_names_is_not_unknown(desk: Desk) -> None:
    desk.meeting(
        潮位站="| 站名 | 筆數 |\n| 北港 | 3 |",
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表：潮位站 |",
        說明='| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("測站") }}。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |',
    )
    assert desk.problems() == []


@pytest.mark.slow
def test_an_unknown_column_is_mentioned_once_with_the_nearest_name(desk: Desk) -> None:
    table = PLANNED.replace("已上架 |", "已上架 | 承辦人 |").replace("★      |", "★ | 甲君 |")
    desk.meeting(預定開放=table)
    assert places(desk, "unknown-column") == ["會議.xlsx〔預定開放〕E1"]
    assert [one["severity"] for one in desk.problems()] == ["note"]


def test_an_unknown_column_that_is_like_an_absent_one_is_asked_about(desk: Desk) -> None:
    desk.meeting(
        品質檢測="""
        | 單位   | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 | 總計數 |
        | 企劃處 | 0          | 0      | 0      | 0      | 4      | 4        | 4      |
        | 資訊處 | 0          | 0      | 0      | 0      | 4      | 4        | 4      |
        | 秘書處 | 0          | 0      | 0      | 0      | 4      | 4        | 4      |
        """
    )
    assert places(desk, "unknown-column") == ["會議.xlsx〔品質檢測〕H1"]
    assert "是否為「總計」？" in said(desk, "unknown-column")[0]


def test_a_missing_column_is_reported_with_the_heading_that_may_be_it(desk: Desk) -> None:
    desk.meeting(預定開放="| 清單 |" + PLANNED.replace("開放年月", "開放月份"))
    assert places(desk, "missing-column") == ["會議.xlsx〔預定開放〕A2"]
    assert "找不到欄位標題「開放年月」" in said(desk, "missing-column")[0]
    assert "「開放月份」是否即為此欄？" in said(desk, "missing-column")[0]
    assert desk.run("check", "113-1").exit_code == 1


def test_a_missing_column_that_nothing_looks_like_gets_no_guess(desk: Desk) -> None:
    desk.meeting(下架清單="| 下架資料集名稱 | 提供單位 | 備註 |\n| 甲集 | 企劃處 | |")
    assert "是否即為此欄" not in said(desk, "missing-column")[0]


def test_a_sheet_without_any_heading_lacks_all_its_columns(desk: Desk) -> None:
    desk.meeting(下架清單="| 甲集 | 企劃處 | 停辦 |")
    assert places(desk, "missing-column") == ["會議.xlsx〔下架清單〕A1"] * 4


def test_an_optional_column_may_be_left_out(desk: Desk) -> None:
    desk.meeting(案由=CASES, 說明="\n".join(line.replace("| 標題 |", "|") for line in EXPLANATIONS.splitlines()[:2]))
    assert places(desk, "missing-column") == []


def test_of_a_column_that_stands_twice_the_first_is_read(desk: Desk) -> None:
    desk.meeting(
        預定開放="""
        | 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 | 開放年月 |
        | 北港潮位       | 11311    | 資訊處       |        | 無       |
        """
    )
    assert places(desk, "column-twice") == ["會議.xlsx〔預定開放〕E1"]
    assert "只讀 B1 的那一欄" in said(desk, "column-twice")[0]
    assert places(desk, "bad-year-month") == []


@pytest.mark.parametrize(("sheet", "slip"), [("案由", "案由表"), ("會議資訊", "會議資料")])
def test_a_missing_sheet_is_reported_with_the_one_that_may_be_it(desk: Desk, sheet: str, slip: str) -> None:
    given = {"會議資訊": MEETING, "案由": CASES, "說明": EXPLANATIONS}
    given[slip] = given.pop(sheet)
    desk.book(BOOK, **given)
    [problem] = [one for one in desk.problems() if one["code"] == "missing-sheet"]
    assert problem["workbook"] == "inputs/113-1"
    assert f"〔{sheet}〕" in problem["text"]
    assert f"是否為「{slip}」？" in problem["remedy"]


def test_without_the_agency_book_nothing_else_is_asked_of_it(desk: Desk) -> None:
    desk.meeting()
    (desk.root / "inputs" / "機關.xlsx").unlink()
    assert [one["code"] for one in desk.problems()] == ["no-agency-book"]


def test_the_agency_book_must_have_its_sheets(desk: Desk) -> None:
    desk.meeting()
    desk.book("機關.xlsx", 委員="| 姓名 | 職稱 | 服務機關 | 身分 | 性別 |")
    assert [text[:12] for text in said(desk, "missing-sheet")] == [
        "找不到工作表〔單位〕。請",
        "找不到工作表〔機關〕。請",
    ]


# --- Field sheets -----------------------------------------------------------------------------------------------


def test_a_missing_field_is_reported_with_an_example(desk: Desk) -> None:
    desk.meeting(會議資訊="\n".join(line for line in MEETING.splitlines() if "地點" not in line))
    assert places(desk, "missing-field") == ["會議.xlsx〔會議資訊〕"]
    assert said(desk, "missing-field") == ["缺少欄位「地點」。請增加一列，內容例如：行政院第9會議室。"]


def test_an_empty_field_is_reported_at_its_cell(desk: Desk) -> None:
    desk.meeting(會議資訊=MEETING.replace("第1會議室", "         "))
    assert places(desk, "empty-cell") == ["會議.xlsx〔會議資訊〕B4"]


def test_an_unknown_field_is_mentioned_with_the_nearest_name(desk: Desk) -> None:
    desk.meeting(會議資訊=MEETING + "| 會議聯結 | https://… |")
    assert places(desk, "unknown-field") == ["會議.xlsx〔會議資訊〕A6"]
    assert "是否為「會議連結」？" in said(desk, "unknown-field")[0]


def test_a_field_that_stands_twice_is_an_error(desk: Desk) -> None:
    desk.meeting(會議資訊=MEETING + "| 地點 | 第2會議室 |")
    assert places(desk, "field-twice") == ["會議.xlsx〔會議資訊〕A6"]
    assert "B4 已經填過" in said(desk, "field-twice")[0]


def test_fields_stand_in_any_order_under_a_title_and_beside_other_columns(desk: Desk) -> None:
    desk.meeting(
        會議資訊="""
        | 海風部會議資訊 |
        | 項次 | 欄位       | 說明   | 內容      |
        | 1    | 地點       | 會議室 | 第1會議室 |
        | 2    | 資料基準日 |        | 113-05-01 |
        | 3    | 開始時間   |        | 下午2時   |
        | 4    | 會議日期   |        | 113-5-32  |
        """
    )
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("no-such-day", "D6")]


def test_a_field_sheet_may_stand_in_one_workbook_only(desk: Desk) -> None:
    desk.meeting()
    desk.book("113-1/附本.xlsx", 會議資訊=MEETING)
    assert places(desk, "sheet-twice") == ["附本.xlsx〔會議資訊〕"]
    assert "在 會議.xlsx 已經有了" in said(desk, "sheet-twice")[0]


def test_a_field_that_is_left_out_has_its_default(desk: Desk) -> None:
    desk.meeting()
    assert figure(desk, "機關.抽查基數") == 50
    assert figure(desk, "機關.品質檢測起日") == "104-02-01"


# --- Cells ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("會議日期", "五月二十日", "bad-date"),
        ("會議日期", "113年2月30日", "no-such-day"),
        ("會議日期", "113年5月20日（星期二）", "wrong-weekday"),
        ("開始時間", "25:00", "bad-time"),
        ("報告期間", "113年3至1月", "bad-period"),
    ],
)
def test_a_field_that_cannot_be_read_is_an_error_at_its_cell(desk: Desk, field: str, value: str, code: str) -> None:
    lines = [line for line in MEETING.strip().splitlines() if field not in line]
    desk.meeting(會議資訊="\n".join([*lines, f"| {field} | {value} |"]))
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [(code, f"B{len(lines) + 1}")]
    assert f"「{value}」" in said(desk, code)[0]


def test_a_problem_reads_as_place_text_and_remedy(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED.replace("11311", "11313"))
    line = "錯誤 會議.xlsx〔預定開放〕B3：「11313」不是民國年月（例：11304）。請改為四或五碼年月。"
    assert line in desk.run("check", "113-1").output.splitlines()


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("已上架", "預計下月", "bad-flag"),
        ("開放年月", None, "empty-cell"),
        ("資料集項目名稱", None, "empty-cell"),
    ],
)
def test_a_cell_that_cannot_be_read_is_an_error_at_its_cell(
    desk: Desk, column: str, value: str | None, code: str
) -> None:
    desk.meeting(預定開放=PLANNED)
    letters = {"資料集項目名稱": "A", "開放年月": "B", "資料開放單位": "C", "已上架": "D"}
    with edited(desk, "預定開放") as sheet:
        sheet[f"{letters[column]}3"] = value
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [(code, f"{letters[column]}3")]


def test_a_choice_that_is_not_offered_is_refused_with_those_that_are(desk: Desk) -> None:
    desk.meeting(說明=EXPLANATIONS.replace("| 1    |      | 依", "| 5    |      | 依"))
    assert places(desk, "bad-choice") == ["會議.xlsx〔說明〕B2"]
    assert said(desk, "bad-choice") == ["「5」不在可填的選項內。請改為：1、2、3、4。"]


def test_a_count_with_a_unit_is_refused(desk: Desk) -> None:
    desk.meeting(統計數字="| 名稱 | 數值 | 出處 |\n| 總瀏覽次數 | 238萬 | 平臺 |")
    assert places(desk, "bad-count") == ["會議.xlsx〔統計數字〕B2"]


def test_a_formula_that_excel_never_calculated_is_an_error_at_its_cell(desk: Desk) -> None:
    desk.meeting(統計數字="| 名稱 | 數值 | 出處 |\n| 總瀏覽次數 |  | 平臺 |")
    with edited(desk, "統計數字") as sheet:
        sheet["B2"] = "=1+1"
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("formula-without-value", "B2")]


def test_a_formula_with_a_value_counts_as_its_value(desk: Desk) -> None:
    desk.meeting(統計數字="| 名稱 | 數值 | 出處 |\n| 總瀏覽次數 |  | 平臺 |")
    with edited(desk, "統計數字") as sheet:
        sheet["B2"] = "=1000+896"
    patched(desk.root / "inputs" / BOOK, "xl/worksheets/sheet4.xml", r"(</f>)<v ?/>|(</f>)<v></v>", "</f><v>1896</v>")
    assert desk.problems() == []
    assert figure(desk, "統計數字.總瀏覽次數") == 1896


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    with edited(desk, "預定開放") as sheet:
        sheet["D3"] = '=IF(1=2,"★","")'
    path = desk.root / "inputs" / BOOK
    patched(path, "xl/worksheets/sheet4.xml", r'<c r="D3"[^>]*>', '<c r="D3" t="str">')
    assert desk.problems() == []
    assert figure(desk, "預定開放.已上架數") == 1


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"])
def test_an_error_value_is_reported_and_not_called_empty(desk: Desk, value: str) -> None:
    desk.meeting(預定開放=PLANNED.replace("11311", value))
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("error-value", "B3")]
    assert value in said(desk, "error-value")[0]


def test_an_error_value_alone_in_its_row_is_reported(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED + "| #REF! | | | |")
    assert "會議.xlsx〔預定開放〕A4" in places(desk, "error-value")


def test_errors_in_sheets_and_columns_that_nobody_reads_do_not_matter(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED, 試算="| 甲 | 乙 |\n| #REF! | 1 |")
    with edited(desk, "試算") as sheet:
        sheet["B3"] = "=A1"
    with edited(desk, "預定開放") as sheet:
        sheet["H3"] = "#N/A"
        sheet["H4"] = "=A1"
    assert {one["code"] for one in desk.problems()} == {"unknown-sheet"}


def test_an_error_value_in_a_sheet_printed_as_it_is_is_reported(desk: Desk) -> None:
    desk.meeting(
        潮位站="| 站名 | 筆數 |\n| 北港 | #DIV/0! |\n| 南港 | 5 |",
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:潮位站 |",
    )
    assert places(desk, "error-value") == ["會議.xlsx〔潮位站〕B2"]


def test_merged_cells_hold_their_value_in_every_row(desk: Desk) -> None:
    desk.meeting(
        下架清單="""
        | 下架資料集名稱 | 提供單位 | 下架原因 | 備註     |
        | 甲集           | 企劃處   | 已停辦   | 另有新集 |
        | 乙集           |          |          |          |
        | 丙集           |          |          |          |
        """
    )
    assert places(desk, "empty-cell") != []
    with edited(desk, "下架清單") as sheet:
        for cells in ("B2:B4", "C2:C4", "D2:D3"):
            sheet.merge_cells(cells)
    assert [(one["code"], one["severity"], one["cell"]) for one in desk.problems()] == [("merged-cells", "note", "B2")]
    assert figure(desk, "下架清單.單位") == "企劃處"


def test_a_title_merged_over_the_columns_is_no_heading(desk: Desk) -> None:
    desk.meeting(預定開放="| 單位預定開放清單 |" + PLANNED)
    with edited(desk, "預定開放") as sheet:
        sheet.merge_cells("A1:D1")
        sheet.merge_cells("A9:D12")
    assert desk.problems() == []
    assert figure(desk, "預定開放.總數") == 2


def test_a_number_that_is_merged_is_not_counted_twice(desk: Desk) -> None:
    desk.meeting(
        品質檢測="""
        | 單位   | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 |
        | 企劃處 | 0          | 0      | 0      | 0      | 4      | 4        |
        | 資訊處 | 0          | 0      | 0      | 0      |        |          |
        | 秘書處 | 0          | 0      | 0      | 0      | 4      | 4        |
        """
    )
    with edited(desk, "品質檢測") as sheet:
        sheet.merge_cells("F2:F3")
        sheet.merge_cells("G2:G3")
    errors = [(one["code"], one["cell"]) for one in desk.problems() if one["severity"] == "error"]
    assert errors == [("merged-count", "F3"), ("merged-count", "G3")]


def test_cells_merged_across_columns_count_for_the_first(desk: Desk) -> None:
    desk.meeting(
        說明="""
        | 案號 | 層級 | 標題 | 內容                         |
        | 討1  | 1    | 依據 |                              |
        | 討1  | 1    |      | 以上所擬是否妥適，提請討論。 |
        """
    )
    with edited(desk, "說明") as sheet:
        sheet.merge_cells("C2:D2")
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("empty-cell", "D2")]


def test_merged_cells_of_a_sheet_printed_as_it_is(desk: Desk) -> None:
    desk.meeting(
        潮位站="""
        | 潮位站一覽 |      |      |      |
        | 海域       | 站名 | 筆數 |      |
        | 北海       | 北港 | 1    | 2    |
        |            | 東港 | 3    | 4    |
        | 合計       |      | 4    | 6    |
        """,
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:潮位站 |",
        說明='| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("測站") }}。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |',
    )
    with edited(desk, "潮位站") as sheet:
        for merged in ("A1:D1", "C2:D2", "A3:A4", "A5:B5"):
            sheet.merge_cells(merged)
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("merged-cells", "A3")]
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    lines = [line for line in desk.texts()["04 討論事項第一案 附件 測站"].splitlines() if line]
    assert lines[lines.index("海域") :] == [
        *("海域", "站名", "筆數", "筆數"),
        *("北海", "北港", "1", "2"),
        *("北海", "東港", "3", "4"),
        *("合計", "4", "6"),
    ]


def test_an_error_value_counts_for_every_row_that_its_merged_cell_covers(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    with edited(desk, "預定開放") as sheet:
        sheet["B2"] = "#N/A"
        sheet.merge_cells("B2:B3")
    assert [(one["code"], one["cell"]) for one in desk.problems() if one["severity"] == "error"] == [
        ("error-value", "B2")
    ]


def test_hidden_sheets_and_rows_are_read_and_mentioned(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED + "| 東港潮位 | 11312 | 企劃處 | |", 試算="| 甲 |\n| 乙 |")
    with edited(desk, "預定開放") as sheet:
        sheet.sheet_state = "veryHidden"
        for row in (2, 4, 50):
            sheet.row_dimensions[row].hidden = True
    with edited(desk, "試算") as sheet:
        sheet.sheet_state = "hidden"
        sheet.row_dimensions[2].hidden = True
    found = [(one["code"], one["severity"], one["sheet"], one["cell"]) for one in desk.problems()]
    assert found == [
        ("unknown-sheet", "note", "試算", ""),
        ("hidden-sheet", "note", "預定開放", ""),
        ("hidden-rows", "note", "預定開放", "A2"),
    ]
    assert "（第 2、4 列）" in said(desk, "hidden-rows")[0]
    assert figure(desk, "預定開放.總數") == 3
    assert desk.run("check", "113-1").exit_code == 0


def test_numbers_kept_as_text_and_texts_kept_as_numbers_are_read_alike(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED, 統計數字="| 名稱 | 數值 | 出處 |\n| 總瀏覽次數 |  | 平臺 |\n| 總下載次數 | | |")
    with edited(desk, "預定開放") as sheet:
        sheet["B2"], sheet["B3"] = "１１３１１", 11311.0
    with edited(desk, "統計數字") as sheet:
        sheet["B2"], sheet["B3"] = "2,385,000", "'42".strip("'")
        sheet["B3"].data_type = "s"
        sheet["C3"] = 2024
    with edited(desk, "說明") as sheet:
        sheet["B2"] = "１"
    assert desk.problems() == []
    assert [figure(desk, f"統計數字.{name}") for name in ("總瀏覽次數", "總下載次數")] == [2385000, 42]


def test_a_text_in_runs_is_read_whole_and_without_its_reading(desk: Desk) -> None:
    desk.meeting()
    runs = "<is><r><t>第1</t></r><r><rPr><b/></rPr><t>會議室</t></r><rPh sb='0' eb='1'><t>ㄉㄧˋ</t></rPh></is>"
    patched(desk.root / "inputs" / BOOK, "xl/worksheets/sheet1.xml", r'(<c r="B4"[^>]*>)<is>.*?</is>', rf"\1{runs}")
    assert desk.problems() == []
    assert figure(desk, "會議.地點") == "第1會議室"


@pytest.mark.slow
@pytest.mark.parametrize("text", ["北港\x7f潮位", "北港_x000B_潮位", "北港_x0007_潮位"])
def test_a_control_character_is_refused_at_its_cell(desk: Desk, text: str) -> None:
    desk.meeting(預定開放=PLANNED.replace("北港潮位", text))
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("control-character", "A2")]


def test_a_control_character_is_refused_in_optional_cells_and_plain_sheets(desk: Desk) -> None:
    desk.meeting(
        潮位站="| 站名 | 筆數 |\n| 北\x7f港 | 3 |",
        附件="| 案號 | 名稱 | 來源 | 副標題 |\n| 討1 | 測站 | 工作表:潮位站 | 一\x7f二 |",
        說明="| 案號 | 層級 | 標題 | 內容 |\n| 討1 | 1 | 甲\x7f | 某事。 |",
    )
    assert places(desk, "control-character") == ["會議.xlsx〔潮位站〕A2", "會議.xlsx〔說明〕C2", "會議.xlsx〔附件〕D2"]


def test_what_excel_escapes_is_read_as_excel_shows_it(desk: Desk) -> None:
    desk.meeting(會議資訊=MEETING.replace("第1會議室", "甲_x000D_\\n乙_x005F_x0041_丙_xD83D_"))
    assert desk.problems() == []
    assert figure(desk, "會議.地點") == "甲\n乙_x0041_丙_xD83D_"


# --- Files ------------------------------------------------------------------------------------------------------


def test_lock_files_and_hidden_files_are_passed_over(desk: Desk) -> None:
    desk.meeting()
    folder = desk.root / "inputs" / "113-1"
    (folder / "~$會議.xlsx").write_bytes(b"lock")
    (folder / ".~lock.會議.xlsx#").write_bytes(b"lock")
    (folder / ".會議.xlsx").write_bytes(b"hidden")
    (folder / "備忘.txt").write_text("x", "utf-8")
    (folder / "~$會議.ods").write_bytes(b"lock")
    (folder / "~$舊檔.xls").write_bytes(b"lock")
    (folder / "舊檔.xls").mkdir()
    assert desk.problems() == []


@pytest.mark.parametrize("name", ["清單.xls", "清單.csv", "清單.fods", "清單.xlsm", "清單.XLS"])
def test_a_workbook_of_another_format_is_named_with_what_to_do(desk: Desk, name: str) -> None:
    desk.meeting()
    (desk.root / "inputs" / "113-1" / name).write_bytes(b"whatever")
    [problem] = desk.problems()
    assert (problem["code"], problem["severity"], problem["workbook"]) == ("other-format", "warning", name)
    assert name[2:].lower() in problem["text"]
    assert "另存為 .xlsx" in problem["remedy"]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)


@pytest.mark.parametrize("content", [OLE, b"", b"PK\x03\x04 not really"], ids=["encrypted", "empty", "no zip"])
def test_a_workbook_that_cannot_be_opened_is_an_error_and_the_others_are_read(desk: Desk, content: bytes) -> None:
    desk.meeting()
    (desk.root / "inputs" / "113-1" / "資料.xlsx").write_bytes(content)
    [problem] = desk.problems()
    assert (problem["code"], problem["severity"], problem["workbook"]) == ("workbook-unreadable", "error", "資料.xlsx")
    assert "密碼" in problem["text"]


def test_a_truncated_workbook_is_an_error(desk: Desk) -> None:
    desk.meeting()
    path = desk.book("113-1/資料.xlsx", 預定開放=PLANNED)
    path.write_bytes(path.read_bytes()[:-200])
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [("workbook-unreadable", "資料.xlsx")]


def test_a_zip_that_is_no_workbook_is_an_error(desk: Desk) -> None:
    desk.meeting()
    with zipfile.ZipFile(desk.root / "inputs" / "113-1" / "資料.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [("workbook-unreadable", "資料.xlsx")]


def test_a_workbook_that_unpacks_to_too_much_is_not_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    book = desk.book("113-1/資料.xlsx", 預定開放=PLANNED * 40)
    with zipfile.ZipFile(book) as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    monkeypatch.setattr(books, "LARGEST_UNPACKED", size - 1)
    assert [one["workbook"] for one in desk.problems() if one["code"] == "workbook-too-large"] == ["資料.xlsx"]
    monkeypatch.setattr(books, "LARGEST_UNPACKED", size)
    assert places(desk, "workbook-too-large") == []


def test_a_workbook_that_excel_holds_open_is_an_error(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    desk.book("113-1/資料.xlsx", 預定開放=PLANNED)
    opened = Path.open

    def refuse(path: Path, *rest: Any) -> Any:
        if path.name == "資料.xlsx":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *rest)

    monkeypatch.setattr(Path, "open", refuse)
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [("workbook-locked", "資料.xlsx")]


def test_an_agency_book_of_another_format_is_named_with_what_to_do(desk: Desk) -> None:
    desk.meeting()
    (desk.root / "inputs/機關.xlsx").rename(desk.root / "inputs/機關.xls")
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [
        ("no-agency-book", "機關.xlsx"),
        ("other-format", "機關.xls"),
    ]


def test_a_regulation_of_another_format_is_named_with_what_to_do(desk: Desk) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 要點 | 共用:設置要點 |")
    (desk.root / "inputs/共用").mkdir()
    for name in ("設置要點.xls", "別的.csv"):
        (desk.root / "inputs/共用" / name).write_bytes(b"x")
    assert places(desk, "no-such-shared") == ["會議.xlsx〔附件〕C2"]
    assert places(desk, "other-format") == ["設置要點.xls"]


def test_reading_does_not_touch_the_workbooks(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED.replace("11311", "11313"))
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in desk.root.rglob("*.xlsx")}
    desk.run("check", "113-1")
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in desk.root.rglob("*.xlsx")} == before


# --- All at once ------------------------------------------------------------------------------------------------

MANY = {
    "會議資訊": MEETING.replace("113-05-20", "五月"),
    "案由": CASES.replace("資訊處", "無此處").replace("討論事項", "討論案"),
    "說明": EXPLANATIONS.replace("依本部規定辦理", "{{ 預定開放.件數 }}"),
    "附件": "| 案號 | 名稱 | 來源 |\n| 報1 | 圖 | 隨便 |\n| 報9 | 表 | 另附 |",
    "預定開放": PLANNED.replace("11311", "11313").replace("★", "也許"),
    "下載統計": "| 資料集識別碼 | 上架時間 |\n| 1 | 2 |",
}


def test_every_problem_names_workbook_sheet_and_cell(desk: Desk) -> None:
    desk.meeting(**MANY)
    found = desk.problems()
    assert len(found) > 10
    for one in found:
        assert one["workbook"] == "會議.xlsx", one
        assert one["sheet"] in MANY, one
        assert re.fullmatch(r"[A-Z]+[0-9]+", one["cell"]), one


def test_problems_come_all_at_once_errors_first_and_by_place(desk: Desk) -> None:
    desk.meeting(
        會議資訊=MEETING.replace("113-05-01", "113-06-01"),
        預定開放=PLANNED.replace("11311", "11313") + "| 甲 | 113130 | 資訊處 | |\n" * 9,
        承辦備忘="| 甲 |\n| 乙 |",
    )
    found = desk.problems()
    assert [one["severity"] for one in found] == ["error"] * 10 + ["warning", "note"]
    assert [one["cell"] for one in found[:10]] == [f"B{row}" for row in range(3, 13)]
    assert desk.run("check", "113-1").output.splitlines()[-1] == "錯誤 10 項、警告 1 項、說明 1 項"


# --- What refers to what ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", ["說明", "附件"])
def test_a_case_number_that_no_case_has_is_an_error(desk: Desk, sheet: str) -> None:
    desk.meeting(
        **{
            "說明": EXPLANATIONS + "| 討2 | 1 | | 某事。 |",
            "附件": "| 案號 | 名稱 | 來源 |\n| 討3 | 圖 | 另附 |",
        }
    )
    cell = {"說明": "A4", "附件": "A2"}[sheet]
    assert f"會議.xlsx〔{sheet}〕{cell}" in places(desk, "unknown-case")
    assert all("是否為「討1」？" in text for text in said(desk, "unknown-case"))


def test_a_case_number_may_be_written_in_any_width(desk: Desk) -> None:
    desk.meeting(說明=EXPLANATIONS.replace("討1", "討 １"))
    assert desk.problems() == []


def test_a_case_number_stands_once(desk: Desk) -> None:
    desk.meeting(案由=CASES + "| 報1 | 報告事項 | 資訊處 | 另案，報請鑒察。 |")
    assert places(desk, "case-twice") == ["會議.xlsx〔案由〕A4"]
    assert "A2 已經用過" in said(desk, "case-twice")[0]


def test_a_note_without_its_attachment_is_an_error(desk: Desk) -> None:
    desk.meeting(
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 位置圖 | 另附 |",
        附註="| 附件 | 內容 |\n| 位置 | 註。 |\n| 位置圖 | 註。 |",
    )
    assert places(desk, "note-without-attachment") == ["會議.xlsx〔附註〕A2"]
    assert "是否為「位置圖」？" in said(desk, "note-without-attachment")[0]


@pytest.mark.parametrize(
    ("source", "code", "remark"),
    [
        ("簡報.pptx", "bad-source", "「簡報.pptx」不是附件來源"),
        ("工作表:", "bad-source", "「工作表:」不是附件來源"),
        ("工作表:預訂開放", "no-such-sheet", "是否為「預定開放」？"),
        ("共用:設置要點", "no-such-shared", "是否為「設置要點新」？"),
        ("共用:../機關", "no-such-shared", "沒有「../機關.xlsx」"),
        ("共用:空白要點", "no-articles", "沒有〔條文〕工作表或條文"),
        ("檔案:簡報.pdf", "no-such-file", "是否為「簡報1.pdf」？"),
        ("檔案:../會議.xlsx", "file-elsewhere", "「../會議.xlsx」不是檔名"),
        ("工作表:說明", "not-printable", "〔說明〕不能當附件列印"),
    ],
)
def test_a_source_that_is_none_is_an_error_at_its_cell(desk: Desk, source: str, code: str, remark: str) -> None:
    desk.book("共用/設置要點新.xlsx", 條文="| 層級 | 條號 | 內容 |\n| 1 | 一、 | 某事。 |")
    desk.book("共用/空白要點.xlsx", 別的="| 甲 |")
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | {source} |", 預定開放=PLANNED)
    (desk.root / "inputs/113-1/附件").mkdir()
    (desk.root / "inputs/113-1/附件/簡報1.pdf").write_bytes(b"%PDF")
    assert places(desk, code) == ["會議.xlsx〔附件〕C2"]
    assert remark in said(desk, code)[0]
    assert [one["code"] for one in desk.problems() if one["severity"] == "error"] == [code]


@pytest.mark.parametrize(
    "source", ["工作表:預定開放", "工作表：預定開放", "共用:設置要點", "檔案:簡報.pdf", "另附", "另附:簡報"]
)
def test_a_source_that_is_there_is_no_error(desk: Desk, source: str) -> None:
    desk.book("共用/設置要點.xlsx", 條文="| 層級 | 條號 | 內容 |\n| 1 | 一、 | 某事。 |")
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | {source} |", 預定開放=PLANNED)
    (desk.root / "inputs/113-1/附件").mkdir()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(desk.root / "inputs/113-1/附件/簡報.pdf")
    assert [one["code"] for one in desk.problems()] == ["attachment-unmentioned"]


def test_a_cell_of_a_regulation_that_cannot_be_read_is_named_in_its_workbook(desk: Desk) -> None:
    desk.book("共用/設置要點.xlsx", 條文="| 層級 | 條號 | 內容 |\n| 1 | 一、 | 某事。 |\n| 5 | 二、 | 某事。 |")
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 要點 | 共用:設置要點 |")
    assert places(desk, "bad-choice") == ["設置要點.xlsx〔條文〕A3"]


@pytest.mark.parametrize("sheet", ["案由", "附件"])
def test_a_template_that_is_not_there_is_named_with_the_nearest(desk: Desk, sheet: str) -> None:
    desk.meeting(
        案由=CASES.replace("案由      ", "案由 | 範本", 1).replace("報請鑒察。        |", "報請鑒察。 | 案件 |")
        if sheet == "案由"
        else CASES,
        附件="| 案號 | 名稱 | 來源 | 範本 |\n| 討1 | 圖 | 另附 | 一般表單 |" if sheet == "附件" else "",
    )
    cell = {"案由": "E2", "附件": "D2"}[sheet]
    assert f"會議.xlsx〔{sheet}〕{cell}" in places(desk, "no-such-template")


def test_a_source_may_name_its_sheet_in_another_width(desk: Desk) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | 工作表:Ａ 表 |", A表="| 站名 | 說明 |\n| 北港 | 甲 |")
    assert [one["code"] for one in desk.problems()] == ["attachment-unmentioned"]
