"""Hidden rows, columns and sheets of staff workbooks: said by check, and published only where a row asks for it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from conftest import EXPLANATIONS, Desk
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from test_ods import cell, row, table, write_ods

PLANNED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 潮位           | 11301    | 企劃處       | ★      |
| 波高           | 11304    | 資訊處       |        |
"""
STATIONS = "| 測站 | 代碼 | 管理人 |\n| 北港 | K007 | 甲君 |\n| 南港 | K008 | 乙君 |"
ATTACHED = "| 案號 | 名稱 | 來源 | 含隱藏 |\n| 討1 | 清單 | 工作表:{sheet} | {mark} |"
MENTIONS = EXPLANATIONS.replace("依本部規定辦理。", '如{{ 附件("清單") }}。')
HEAD = row("測站", "代碼", "管理人")
ROWS = (HEAD, row("北港", "K007", "甲君"), row("南港", "K008", "乙君"))
COLUMN = "<table:table-column/>"


def staged(desk: Desk, sheet: str = "測站", mark: str = "") -> None:
    desk.meeting(說明=MENTIONS, 附件=ATTACHED.format(sheet=sheet, mark=mark))


def hide(desk: Desk, change: Callable[[Worksheet], None], sheet: str = "測站", content: str = STATIONS) -> None:
    """Writes the sheet and hides something in it."""
    path = desk.book("113-1/資料.xlsx", **{"其他": "| 甲 |\n| 乙 |", sheet: content})
    book = openpyxl.load_workbook(path)
    change(book[sheet])
    book.save(path)


def column(**values: Any) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for name, value in values.items():
            setattr(sheet.column_dimensions["C"], name, value)

    return change


def narrow_by_default(sheet: Worksheet) -> None:
    sheet.sheet_format.defaultColWidth = 0
    for letter in "AB":
        sheet.column_dimensions[letter].width = 10


def filtered(sheet: Worksheet) -> None:
    sheet.auto_filter.ref = "A1:C3"
    sheet.row_dimensions[3].hidden = True


def flat(sheet: Worksheet) -> None:
    sheet.row_dimensions[3].height = 0.5


def very_hidden(sheet: Worksheet) -> None:
    sheet.sheet_state = "veryHidden"


def no_window(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    sheet.parent.views[0].visibility = "hidden"


def folded(sheet: Worksheet) -> None:
    sheet.column_dimensions.group("C", "C", hidden=True)


COLUMNS = {
    "hidden": column(hidden=True),
    "of next to no width": column(width=0.1),
    "folded": folded,
    "narrow as all are": narrow_by_default,
}
OTHERS = {
    "hidden-rows": (filtered, flat),
    "hidden-sheet": (very_hidden, no_window),
}


def styled(**values: Any) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for name, value in values.items():
            setattr(sheet["C2"], name, value)

    return change


UNSEEN = {
    "white on white": styled(font=Font(color="FFFFFFFF")),
    "white of the theme": styled(font=Font(color=Color(theme=0))),
    "grey on the same grey": styled(font=Font(color="00DDDDDD"), fill=PatternFill("solid", fgColor="FFDDDDDD")),
    "of one point": styled(font=Font(size=1)),
    "the format of nothing": styled(number_format=";;;"),
}
SEEN = {
    "white on blue": styled(font=Font(color="FFFFFFFF"), fill=PatternFill("solid", fgColor="FF0000FF")),
    "small": styled(font=Font(size=8)),
}


def found(desk: Desk, code: str) -> list[dict[str, str]]:
    return [one for one in desk.problems() if one["code"] == code]


def refused(desk: Desk) -> str:
    """What publish says of the attachment; nothing is written."""
    result = desk.run("publish", "113-1")
    output = "".join(result.output.split())
    assert result.exit_code == 1
    assert "會一併公開" in output
    assert "會議.xlsx〔附件〕C2：" in output
    assert "「含隱藏」填★" in output
    assert not (desk.root / "output" / "113-1 公開").exists()
    return output


@pytest.mark.parametrize("way", COLUMNS)
def test_a_hidden_column_is_a_warning_with_its_heading_and_is_not_published(desk: Desk, way: str) -> None:
    staged(desk)
    hide(desk, COLUMNS[way])
    [problem] = found(desk, "hidden-columns")
    assert (problem["severity"], problem["sheet"], problem["cell"]) == ("warning", "測站", "C1")
    assert "（「管理人」）" in problem["text"]
    assert "測站〕C1：有隱藏的欄（「管理人」）" in refused(desk)


@pytest.mark.parametrize(("code", "change"), [(code, change) for code, ways in OTHERS.items() for change in ways])
def test_hidden_rows_and_sheets_are_not_published(desk: Desk, code: str, change: Callable[[Worksheet], None]) -> None:
    staged(desk)
    hide(desk, change)
    assert [problem["sheet"] for problem in found(desk, code)] == ["測站"]
    refused(desk)


@pytest.mark.parametrize("way", [*UNSEEN, *SEEN])
def test_cells_that_nobody_sees_are_not_published(desk: Desk, way: str) -> None:
    staged(desk)
    hide(desk, (UNSEEN | SEEN)[way])
    listed = [(problem["severity"], problem["sheet"], problem["cell"]) for problem in found(desk, "hidden-cells")]
    assert listed == ([("warning", "測站", "C2")] if way in UNSEEN else [])
    if way in UNSEEN:
        assert "測站〕C2：有看不見的儲存格" in refused(desk)


@pytest.mark.parametrize(
    "look",
    [
        '<style:text-properties fo:color="#FFFFFF"/>',
        '<style:table-cell-properties fo:background-color="#dddddd"/><style:text-properties fo:color="#dddddd"/>',
        '<style:text-properties fo:font-size="1pt"/>',
        '<style:text-properties text:display="none"/>',
    ],
)
def test_cells_of_an_ods_that_nobody_sees_are_said(desk: Desk, look: str) -> None:
    staged(desk)
    fo = 'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    unseen = f'<style:style {fo} style:name="u" style:family="table-cell">{look}</style:style>'
    line = row("北港", "K007", cell("甲君", style_name="u"))
    write_ods(desk.root / "inputs/113-1/資料.ods", table("測站", HEAD, line), styles=unseen)
    assert [problem["cell"] for problem in found(desk, "hidden-cells")] == ["C2"]


def test_a_column_of_a_declared_list_counts_and_one_that_is_not_read_does_not(desk: Desk) -> None:
    staged(desk, "預定開放")
    hide(desk, column(hidden=True), "預定開放", PLANNED)
    assert "（「資料開放單位」）" in found(desk, "hidden-columns")[0]["text"]
    refused(desk)
    hide(desk, column(hidden=True), "預定開放", PLANNED.replace("| 資料開放單位", "| 承辦人 | 資料開放單位", 1))
    assert "hidden-columns" not in [one["code"] for one in desk.problems()]


def test_hidden_articles_of_a_regulation_are_not_published(desk: Desk) -> None:
    desk.meeting(說明=MENTIONS, 附件="| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 共用:要點 |")
    path = desk.book("共用/要點.xlsx", 條文="| 層級 | 條號 | 內容 |\n| 1 | 一、 | 甲 |\n| 1 | 二、 | 乙 |")
    book = openpyxl.load_workbook(path)
    book["條文"].row_dimensions[3].hidden = True
    book.save(path)
    refused(desk)


SMALL = (
    '<style:style style:name="x" style:family="table-column"><style:table-column-properties '
    'style:column-width="0.001cm"/></style:style><style:style style:name="y" style:family="table-row">'
    '<style:table-row-properties style:row-height="0in"/></style:style>'
)
HIDDEN_ODS = {
    "collapsed column": ("hidden-columns", (f'{COLUMN}{COLUMN}<table:table-column table:visibility="collapse"/>',)),
    "repeated": ("hidden-columns", ('<table:table-column table:number-columns-repeated="2"/>'
                                    '<table:table-column table:style-name="x"/>',)),
    "folded columns": ("hidden-columns", (f'{COLUMN}{COLUMN}<table:table-column-group table:display="false">'
                                          f"{COLUMN}</table:table-column-group>",)),
    "filtered row": ("hidden-rows", (row("東港", "K009", "丙君", visibility="filter"),)),
    "row of no height": ("hidden-rows", (row("東港", "K009", "丙君", style_name="y"),)),
    "folded rows": ("hidden-rows", ('<table:table-row-group table:display="false">'
                                    f'{row("東港", "K009", "丙君")}</table:table-row-group>',)),
}  # fmt: skip


@pytest.mark.parametrize("way", HIDDEN_ODS)
def test_in_open_documents_the_same_is_hidden(desk: Desk, way: str) -> None:
    staged(desk)
    code, parts = HIDDEN_ODS[way]
    rows = (*parts, *ROWS) if code == "hidden-columns" else (*ROWS, *parts)
    write_ods(desk.root / "inputs" / "113-1" / "資料.ods", table("測站", *rows), SMALL)
    [problem] = found(desk, code)
    assert problem["cell"] == ("C1" if code == "hidden-columns" else "A4")
    if code == "hidden-columns":
        assert "（「管理人」）" in problem["text"]
    refused(desk)


@pytest.mark.office
def test_what_the_row_says_belongs_there_is_published(desk: Desk) -> None:
    staged(desk, mark="★")
    hide(desk, column(hidden=True))
    result = desk.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    [path] = (desk.root / "output" / "113-1 公開").glob("*清單.csv")
    assert next(csv.reader(io.StringIO(path.read_text("utf-8-sig")))) == ["測站", "代碼", "管理人"]
