"""Attached workbooks: their tables fit the page, blank pages go, and what cannot be seen on paper is said."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from conftest import Desk
from openpyxl.styles import Border, Font, Side
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

pytestmark = [pytest.mark.office, pytest.mark.slow]

Change = Callable[[openpyxl.Workbook, Any], None]


def book(columns: int = 5, rows: int = 20, change: Change = lambda book, sheet: None) -> bytes:
    """A workbook with one sheet 〔表〕: headings 欄1 …, and numbers row × 1000 + column."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "表"
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            sheet.cell(row, column, f"欄{column}" if row == 1 else row * 1000 + column)
    change(made, sheet)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def attach(desk: Desk, content: bytes, name: str = "表.xlsx", separate: str = "") -> None:
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 | 可另附 |\n| 討1 | 表 | 檔案:{name} | {separate} |")
    path = desk.root / "inputs/113-1/附件" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def built(desk: Desk, content: bytes, name: str = "表.xlsx") -> tuple[str, list[str]]:
    """What the build says, on one line, and the texts of the pages of the attachment."""
    attach(desk, content, name)
    result = desk.run("build", "113-1")
    path = desk.output("04 討論事項第一案 附件 表.pdf")
    return result.output.replace("\n", ""), texts(path) if path.exists() else []


def texts(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return found


def sizes(path: Path) -> list[float]:
    """The heights of the letters on the first page, in points."""
    document = pypdfium2.PdfDocument(path)
    page = document[0].get_textpage()
    boxes = [page.get_charbox(index) for index in range(page.count_chars())]
    document.close()
    return [top - low for _, low, _, top in boxes]


def test_a_table_wider_than_its_page_is_fitted_to_the_width(desk: Desk) -> None:
    said, pages = built(desk, book(16, 40))
    assert "〔附件〕C2" not in said
    assert all("2001" in page or "欄1" in page or "第" in page for page in pages)
    [page] = [page for page in pages if "2001" in page]
    assert "2016" in page
    document = pypdfium2.PdfDocument(desk.output("04 討論事項第一案 附件 表.pdf"))
    wide, tall = document[0].get_size()
    assert wide > tall


def test_one_column_too_many_leaves_the_page_upright(desk: Desk) -> None:
    _, pages = built(desk, book(10, 40))
    [page] = pages
    assert "2010" in page
    document = pypdfium2.PdfDocument(desk.output("04 討論事項第一案 附件 表.pdf"))
    wide, tall = document[0].get_size()
    assert wide < tall


def test_a_table_too_wide_to_be_read_on_one_page_is_reported(desk: Desk) -> None:
    said, pages = built(desk, book(60, 20))
    assert "〔附件〕C2：「表.xlsx」〔表〕有 60 欄，縮成一頁寬時字只有" in said
    assert len(pages) > 1
    assert "20060" in "".join(pages)


def test_breaks_between_columns_that_someone_set_stay(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet.col_breaks.append(Break(4))

    said, pages = built(desk, book(8, 10, change))
    assert "〔附件〕C2" not in said
    assert ["2004" in page for page in pages] == [True, False]
    assert ["2005" in page for page in pages] == [False, True]


def test_a_long_note_beside_the_table_does_not_spill_onto_a_page_of_its_own(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet["A22"] = "註：本表所列各項資料係依各機關填報結果彙整，統計至一百一十三年四月底為止，尾端。" * 2

    said, pages = built(desk, book(5, 20, change))
    assert "〔附件〕C2" not in said
    assert len(pages) == 1
    assert "尾端" in pages[0]


@pytest.mark.parametrize("what", [" ", '=IF(A1="","","")'])
def test_blank_pages_are_left_out_with_a_note(desk: Desk, what: str) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        for row in range(21, 400):
            sheet.cell(row, 1, what)
        sheet.oddFooter.center.text = "第 &P 頁"
        book.create_sheet("二")["A1"] = "second"

    said, pages = built(desk, book(5, 20, change))
    assert len(pages) == 2
    assert "second" in pages[1]
    assert "說明 會議.xlsx〔附件〕C2：「表.xlsx」有 " in said
    assert "頁是空白的（〔表〕" in said


def test_a_page_with_a_drawing_alone_is_not_blank(desk: Desk) -> None:
    from openpyxl.drawing.image import Image as Drawing
    from PIL import Image

    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (200, 100), (200, 30, 30)).save(picture, "PNG")
        sheet.add_image(Drawing(picture), "B120")

    said, pages = built(desk, book(5, 20, change))
    assert len(pages) == 2
    assert "空白" not in said


def test_numbers_that_show_as_hashes_are_an_error_that_names_sheet_and_cells(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet["C5"], sheet["C6"] = 123456789012, "###字"
        sheet["C5"].number_format = "#,##0"
        sheet.column_dimensions["C"].width = 6
        sheet["B8"], sheet["B8"].number_format = 12345, "0.0000000000000000"
        other = book.create_sheet("二")
        other["B2"] = "###"

    said, pages = built(desk, book(5, 20, change))
    assert "錯誤 會議.xlsx〔附件〕C2：「表.xlsx」〔表〕C5、B8的欄太窄，數字印成 ###" in said
    assert "〔二〕" not in said
    assert pages == []
    assert not desk.output("會議資料.pdf").exists()
    attach(desk, book(5, 20, change), separate="★")
    result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    assert "本附件另行提供，檔名：表.xlsx。" in texts(desk.output("會議資料.pdf"))[-1]


def test_what_stands_outside_the_print_area_is_named(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet.print_area = "A1:D20"

    said, pages = built(desk, book(6, 20, change))
    assert (
        "警告 會議.xlsx〔附件〕C2：「表.xlsx」〔表〕的列印範圍是 A1:D20，之外還有 40 格有內容（E1 起），沒有印出"
        in said
    )
    assert "2005" not in "".join(pages)


def test_a_sheet_of_a_few_cells_far_apart_is_named_with_the_pages_it_takes(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        for row in range(60, 900, 60):
            sheet.cell(row, 1, "x")

    said, pages = built(desk, book(2, 3, change))
    assert len(pages) > 10
    assert "警告 會議.xlsx〔附件〕C2：「表.xlsx」〔表〕只有 20 格有內容，卻印成" in said
    assert "file-sparse" in {found["code"] for found in desk.manifest()["problems"]}
    assert "用到 A1:B840" in said


def test_rows_of_borders_alone_are_not_counted_and_not_printed(desk: Desk) -> None:
    """More than a workbook may have rows; Excel writes them when borders are set for a whole column."""

    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        line = Side(style="thin")
        for row in range(21, 40_000):
            sheet.cell(row, 1).border = Border(line, line, line, line)

    said, pages = built(desk, book(5, 20, change))
    assert "過大" not in said
    assert len(pages) == 1
    assert "20005" in pages[0]


def test_a_sheet_shrunk_by_its_author_until_nobody_can_read_it_is_fitted_to_the_width_alone(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1

    said, pages = built(desk, book(6, 400, change))
    assert "〔附件〕C2" not in said
    assert len(pages) > 4
    assert max(sizes(desk.output("04 討論事項第一案 附件 表.pdf"))) > 5


def test_hidden_sheets_and_columns_stay_away_and_headers_and_titles_stay(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[3].hidden = True
        sheet.print_title_rows = "1:1"
        sheet.oddHeader.center.text = "季報"
        sheet.page_setup.paperSize = 1
        hidden = book.create_sheet("密")
        hidden["A1"], hidden.sheet_state = "secret", "hidden"

    _, pages = built(desk, book(14, 90, change))
    said = "\n".join(pages)
    assert "secret" not in said
    assert "2002" not in said
    assert " 3003 " not in said
    assert len(pages) > 1
    assert all("季報" in page and "欄14" in page for page in pages)


def test_formats_before_2007_and_ods_are_looked_at_in_the_same_way(desk: Desk) -> None:
    from generator.pdf import office

    source = desk.root / "寬.xlsx"
    source.write_bytes(book(16, 20))
    # Excel 97 as LibreOffice writes it.
    converted = office.convert([source], "ods", desk.root / "out", timeout=120)
    _, pages = built(desk, converted[source].read_bytes(), "表.ods")
    assert len(pages) == 1
    assert "2016" in pages[0]


def test_the_letters_that_most_cells_have_decide_what_can_be_read(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                cell.font = Font(size=16)

    said, pages = built(desk, book(30, 10, change))
    assert "〔附件〕C2" not in said
    assert len(pages) == 1


def test_a_sheet_shrunk_by_its_author_that_no_paper_makes_readable_is_named(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0

    said, pages = built(desk, book(60, 20, change))
    assert "警告 會議.xlsx〔附件〕C2：「表.xlsx」〔表〕的版面設定把整張表縮成一頁，字只有" in said
    assert len(pages) == 1


def test_a_text_too_long_for_any_page_is_named_and_the_table_stays_readable(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet["A22"] = "長備註" * 120

    said, pages = built(desk, book(12, 20, change))
    assert "警告 會議.xlsx〔附件〕C2：「表.xlsx」〔表〕A22 的文字超出頁面的寬度" in said
    assert "空白" not in said
    assert "2012" in pages[0]
    assert max(sizes(desk.output("04 討論事項第一案 附件 表.pdf"))) > 6


def test_a_workbook_without_content_is_a_warning(desk: Desk) -> None:
    said, pages = built(desk, book(0, 0))
    assert "警告 會議.xlsx〔附件〕C2：「表.xlsx」印出來是空白的" in said
    assert len(pages) == 1


def test_pages_that_are_all_alike_are_not_blank(desk: Desk) -> None:
    """A form in two copies."""

    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        for row in (1, 11):
            sheet.cell(row, 1, "領據")
            sheet.cell(row + 1, 1, "金額")
        sheet.row_breaks.append(Break(10))

    said, pages = built(desk, book(0, 0, change))
    assert "空白" not in said
    assert len(pages) == 2


def test_a_title_merged_over_the_table_and_a_name_of_a_sheet_with_signs_are_fine(desk: Desk) -> None:
    def change(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet.title = "a<b>&'c\" d"
        sheet.insert_rows(1)
        sheet.merge_cells("A1:P1")
        sheet["A1"] = "合併的標題"
        sheet.print_title_rows = "1:2"

    said, pages = built(desk, book(16, 60, change))
    assert "〔附件〕C2" not in said
    assert all("合併的標題" in page and "欄16" in page for page in pages)
