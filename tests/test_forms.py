"""The workbooks that the program writes, read back as Excel would see them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from generator.basic.problem import Problem
from generator.meeting.sheets import index
from generator.meeting.sheets.agency import Agency, Unit
from generator.meeting.sheets.lists import Download, PlannedDataset, Quality, Total
from generator.meeting.sheets.meeting import Attachment, Case, Explanation, MeetingInfo, Note
from generator.meeting.sheets.shared import Article
from generator.workbook import books, typed_rows
from generator.workbook.forms import FilledSheet, plain_sheet, write_workbook
from generator.workbook.record import MENU_SHEET, Column, Kind, Sheet

ALL_SPECS = tuple(record.sheet for record in index.ALL_SHEETS)
UNITS = ("綜合規劃處", "公務預算處")
PLANNED_ROW = {"資料集項目名稱": "113-1", "開放年月": "11304", "資料開放單位": "公務預算處", "已上架": True}


def written(*filled: FilledSheet, units: tuple[str, ...] = (), title: str = "") -> bytes:
    buffer = io.BytesIO()
    write_workbook(buffer, filled, units=units, title=title)
    return buffer.getvalue()


def reread(*filled: FilledSheet, units: tuple[str, ...] = ()) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(written(*filled, units=units)))


def menus(worksheet: Worksheet) -> dict[str, str]:
    """Cells → the source of their drop-down."""
    return {str(menu.sqref): menu.formula1 for menu in worksheet.data_validations.dataValidation}


@pytest.mark.parametrize("spec", [spec for spec in ALL_SPECS if not spec.fields], ids=lambda spec: spec.name)
def test_a_list_sheet_has_its_headings_with_notes(spec: Sheet) -> None:
    sheet = reread(FilledSheet(spec))[spec.name]
    assert [cell.value for cell in sheet[1]] == [column.name for column in spec.columns]
    for cell, column in zip(sheet[1], spec.columns, strict=True):
        assert cell.font.b
        assert cell.border.left.style
        assert cell.comment is not None
        for part in (column.hint, column.example, column.kind.value, *column.choices):
            assert part in cell.comment.text
        assert sheet.column_dimensions[cell.column_letter].width == column.width
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")


@pytest.mark.parametrize("spec", [spec for spec in ALL_SPECS if spec.fields], ids=lambda spec: spec.name)
def test_a_field_sheet_has_a_row_for_each_field(spec: Sheet) -> None:
    sheet = reread(FilledSheet(spec))[spec.name]
    assert [cell.value for cell in sheet[1]] == ["欄位", "內容", "說明"]
    assert [cell.value for cell in sheet["A"][1:]] == [column.name for column in spec.columns]
    assert all(cell.value is None for cell in sheet["B"][1:])
    for cell, column in zip(sheet["C"][1:], spec.columns, strict=True):
        assert column.hint in cell.value
        assert column.example in cell.value
    assert sheet["A2"].fill.fgColor.rgb != sheet["B2"].fill.fgColor.rgb
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("spec", ALL_SPECS, ids=lambda spec: spec.name)
def test_a_blank_form_is_read_without_complaint_about_its_headings(spec: Sheet, tmp_path: Path) -> None:
    write_workbook(tmp_path / "表.xlsx", [FilledSheet(spec)])
    problems: list[Problem] = []
    found = books.read_workbook(tmp_path / "表.xlsx", problems)
    if spec.fields:
        typed_rows.read_fields(spec, found, problems)
    else:
        assert typed_rows.read_table(spec, found, problems) == []
    assert {problem.code for problem in problems} <= {"empty-cell"}


def test_texts_that_excel_would_mangle_are_kept_as_text() -> None:
    sheet = reread(FilledSheet(PlannedDataset.sheet, [PLANNED_ROW]))["預定開放"]
    assert [cell.value for cell in sheet[2]] == ["113-1", "11304", "公務預算處", "★"]
    assert {cell.number_format for cell in sheet[2]} == {"@"}
    assert sheet["A2"].alignment.wrap_text
    assert sheet["A2"].alignment.vertical == "top"


def test_rows_typed_later_have_the_format_of_their_column() -> None:
    sheet = reread(FilledSheet(Download.sheet))["下載統計"]
    formats = [sheet.column_dimensions[letter].number_format for letter in "ABCDEFG"]
    assert formats == ["@", "@", "@", "@", "@", "#,##0", "#,##0"]


def test_counts_and_levels_are_numbers() -> None:
    book = reread(
        FilledSheet(Total.sheet, [{"名稱": "總瀏覽次數", "數值": "2,385,000", "出處": "=1+1"}]),
        FilledSheet(Article.sheet, [{"層級": "名稱", "內容": "要點"}, {"層級": "1", "條號": "一、", "內容": "目的"}]),
    )
    assert (book["統計數字"]["B2"].value, book["統計數字"]["B2"].number_format) == (2385000, "#,##0")
    assert [cell.value for cell in book["條文"]["A"]] == ["層級", "名稱", 1]


def test_a_text_that_begins_with_an_equals_sign_is_no_formula() -> None:
    sheet = reread(FilledSheet(Total.sheet, [{"名稱": "總瀏覽次數", "數值": 1, "出處": "=1+1"}]))["統計數字"]
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=1+1", "s")


def test_units_are_chosen_from_the_sheet_of_units_of_the_same_workbook() -> None:
    book = reread(FilledSheet(Agency.sheet), FilledSheet(Unit.sheet, [{"單位": unit} for unit in UNITS]))
    source = "OFFSET('單位'!$A$2,0,0,MAX(1,COUNTA('單位'!$A$2:$A$503)),1)"
    assert menus(book["機關"])["B6"] == source


def test_units_stand_inline_where_they_fit() -> None:
    sheet = reread(FilledSheet(PlannedDataset.sheet, [PLANNED_ROW]), units=UNITS)["預定開放"]
    assert menus(sheet) == {"C2:C502": '"綜合規劃處,公務預算處"', "D2:D502": '"★"'}


@pytest.mark.parametrize(
    "units", [tuple(f"第{number}統計調查單位" for number in range(40)), ("甲,乙", "丙")], ids=["too long", "comma"]
)
def test_units_that_cannot_stand_inline_come_from_a_hidden_sheet(units: tuple[str, ...]) -> None:
    book = reread(FilledSheet(PlannedDataset.sheet), FilledSheet(Quality.sheet), units=units)
    source = f"'{MENU_SHEET}'!$A$1:$A${len(units)}"
    assert menus(book["預定開放"])["C2:C501"] == source
    assert menus(book["品質檢測"])["A2:A501"] == source
    assert book[MENU_SHEET].sheet_state == "hidden"
    assert tuple(cell.value for cell in book[MENU_SHEET]["A"]) == units


def test_choices_are_binding_and_sources_of_attachments_are_only_suggested() -> None:
    book = reread(FilledSheet(Case.sheet), FilledSheet(Explanation.sheet), FilledSheet(Attachment.sheet))
    kinds = next(menu for menu in book["案由"].data_validations.dataValidation if str(menu.sqref) == "B2:B501")
    assert (kinds.formula1, kinds.errorStyle) == ('"報告事項,討論事項,臨時動議"', "stop")
    assert menus(book["說明"])["B2:B501"] == '"1,2,3,4"'
    assert menus(book["說明"])["A2:A501"].startswith("OFFSET('案由'!$A$2,")
    source = next(menu for menu in book["附件"].data_validations.dataValidation if str(menu.sqref) == "C2:C501")
    assert "工作表:預定開放" in source.formula1
    assert not source.showErrorMessage


def test_a_title_may_stand_above_the_headings(tmp_path: Path) -> None:
    filled = FilledSheet(PlannedDataset.sheet, [PLANNED_ROW], title="113年預定開放")
    sheet = reread(filled)["預定開放"]
    assert sheet["A1"].value == "113年預定開放"
    assert [cell.value for cell in sheet[2]] == [column.name for column in PlannedDataset.sheet.columns]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A3", "$1:$2", "A2:D3")
    write_workbook(tmp_path / "表.xlsx", [filled])
    problems: list[Problem] = []
    rows = typed_rows.read_table(PlannedDataset.sheet, books.read_workbook(tmp_path / "表.xlsx", problems), problems)
    assert not problems
    assert rows[0].values["已上架"] is True


def test_pages_are_a4_one_page_wide_with_repeated_headings_and_page_numbers() -> None:
    book = reread(FilledSheet(Unit.sheet), FilledSheet(Explanation.sheet))
    assert book["單位"].page_setup.orientation == "portrait"
    assert book["說明"].page_setup.orientation == "landscape"
    for sheet in book:
        assert int(sheet.page_setup.paperSize) == 9
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        assert "第 &P 頁，共 &N 頁" in sheet.oddFooter.center.text
        assert sheet.oddFooter.center.font == "標楷體,Regular"


def test_a_sheet_outside_the_column_table_is_written_plainly() -> None:
    book = reread(plain_sheet("經費", ["項目", "金額"], [["出席費", 30000], ["交通費", 1200]], title="113年經費"))
    sheet = book["經費"]
    assert [[cell.value for cell in row] for row in sheet["A2:B4"]] == [
        ["項目", "金額"],
        ["出席費", 30000],
        ["交通費", 1200],
    ]
    assert (sheet["B3"].number_format, sheet["A2"].comment) == ("#,##0", None)
    with pytest.raises(ValueError, match="twice"):
        plain_sheet("經費", ["項目", "項目"], [])


def test_the_same_sheets_give_the_same_bytes() -> None:
    filled = FilledSheet(PlannedDataset.sheet, [PLANNED_ROW])
    first = written(filled, units=UNITS, title="範例")
    assert first == written(filled, units=UNITS, title="範例")
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2000-01-01T00:00:00Z") == 2
    assert "範例" in core


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "資料集.xlsx"
    path.write_text("由承辦人填寫", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_workbook(path, [FilledSheet(PlannedDataset.sheet)])
    assert path.read_text(encoding="utf-8") == "由承辦人填寫"


def test_a_value_without_a_column_is_refused() -> None:
    with pytest.raises(ValueError, match="資料集名稱"):
        written(FilledSheet(PlannedDataset.sheet, [{"資料集名稱": "甲"}]))
    with pytest.raises(ValueError, match="one row"):
        written(FilledSheet(MeetingInfo.sheet, [{}, {}]))


def test_no_number_kept_as_text_is_marked_by_excel() -> None:
    spec = Sheet("表", (Column("年月", Kind.YEAR_MONTH),))
    with zipfile.ZipFile(io.BytesIO(written(FilledSheet(spec, [{"年月": "11304"}])))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.index("<headerFooter") < sheet.index("<ignoredErrors>") < sheet.index("</worksheet>")


def test_rows_are_as_high_as_their_text_and_free_to_grow() -> None:
    content = written(
        FilledSheet(Note.sheet, [{"附件": "品質統計表", "內容": "長" * 200}, {"附件": "甲", "內容": "乙"}])
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content))["附註"]
    assert sheet.row_dimensions[2].height > 4 * 16 > sheet.row_dimensions[3].height
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"customHeight" not in archive.read("xl/worksheets/sheet1.xml")
