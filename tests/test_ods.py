"""Workbooks in the open document format: what LibreOffice writes, and what the format allows besides."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Desk
from effort import effort
from openpyxl.comments import Comment
from test_reading import PLANNED, figure, places, said

HEAD = "".join(f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" ' for prefix, name in (
    ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("draw", "drawing"),
))  # fmt: skip
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
LAST_ROW = 1_048_576


def write_ods(path: Path, body: str, styles: str = "", manifest: str = MANIFEST, before: str = "") -> Path:
    """An .ods of these <table:table> elements."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {HEAD}{CALC}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def table(name: str, *rows: str, **attributes: str) -> str:
    given = "".join(f' table:{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f'<table:table table:name="{name}"{given}>{"".join(rows)}</table:table>'


def row(*cells: str, **attributes: str) -> str:
    """A row; a bare text is a cell with that text, an empty one an empty cell."""
    given = "".join(f' table:{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f"<table:table-row{given}>{''.join(c if c.startswith('<') else cell(c) for c in cells)}</table:table-row>"


def cell(text: str = "", kind: str = "string", value: str = "", **attributes: str) -> str:
    given = "".join(f' table:{key.replace("_", "-")}="{one}"' for key, one in attributes.items())
    if kind and (text or value):
        names = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}
        given += f' office:value-type="{kind}"' + (f' office:{names.get(kind, "value")}="{value}"' if value else "")
    return f"<table:table-cell{given}>{f'<text:p>{text}</text:p>' if text else ''}</table:table-cell>"


def number(value: float, shown: str = "", **attributes: str) -> str:
    return cell(shown or str(value), "float", str(value), **attributes)


PLANNED_HEAD = row("資料集項目名稱", "開放年月", "資料開放單位", "已上架")


def planned(name: str = "甲集", month: str = "11311", unit: str = "企劃處", **attributes: str) -> str:
    return row(name, month, unit, "", **attributes)


def ods(desk: Desk, *tables: str, **options: str) -> None:
    """A meeting in order, and 單位.ods beside its workbook."""
    desk.meeting()
    write_ods(desk.root / "inputs/113-1/單位.ods", "".join(tables), **options)


# --- What LibreOffice writes ------------------------------------------------------------------------------------


def as_ods(books: list[Path], folder: Path, profile: Path) -> None:
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "ods"]
    done = subprocess.run(
        [*command, "--outdir", str(folder), *map(str, books)], capture_output=True, timeout=120, check=False
    )
    for book in books:
        assert (folder / f"{book.stem}.ods").is_file(), done.stderr


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_the_whole_meeting_as_ods_is_the_same_meeting(own_desk: Desk, tmp_path: Path) -> None:
    inputs = own_desk.root / "inputs"

    def everything() -> tuple[Any, Any, dict[str, str]]:
        assert own_desk.run("build", "113-1", "--format", "docx").exit_code == 0
        known = own_desk.run("figures", "113-1", "--json").stdout.replace(".ods", ".xlsx")
        found = json.dumps(own_desk.problems(), ensure_ascii=False).replace(".ods", ".xlsx")
        texts = own_desk.texts()
        shutil.rmtree(own_desk.output())
        return json.loads(known), json.loads(found), texts

    expected = everything()
    books = sorted(inputs.rglob("*.xlsx"))
    assert len({book.stem for book in books}) == len(books)
    as_ods(books, tmp_path / "ods", tmp_path / "profile")
    for book in books:
        book.unlink()
        shutil.copy(tmp_path / "ods" / f"{book.stem}.ods", book.with_suffix(".ods"))
    assert everything() == expected
    assert len(expected[2]) > 10
    assert len(expected[0]["figures"]) > 50


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_what_excel_and_libreoffice_hold_of_a_sheet_is_the_same(desk: Desk, tmp_path: Path) -> None:
    """Dates, times, formulas, errors, hidden and merged cells, line breaks, blanks: by way of LibreOffice."""
    lists = {
        "預定開放": PLANNED + "| 東港潮位 | 11312 | | |\n" * 2,
        "下架清單": "| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |",
    }
    desk.meeting(**lists, 潮位站="| 站名 | 比率 | 筆數 | 日期 |\n| 北  港\\n二 | | | |")
    path = desk.root / "inputs/113-1/會議.xlsx"
    book = openpyxl.load_workbook(path)
    info, listed, plain = book["會議資訊"], book["預定開放"], book["潮位站"]
    info["B2"], info["B3"] = dt.datetime(2024, 5, 20), dt.time(14, 30)
    info["B2"].number_format, info["B3"].number_format = "yyyy/m/d", "h:mm"
    info["B4"].comment = Comment("這是註解", "某人")
    listed.merge_cells("C3:C5")
    listed.row_dimensions[4].hidden = True
    listed["D2"] = True
    book["下架清單"]["A2"], book["下架清單"]["B2"], book["下架清單"]["C2"] = "=1/0", "企劃處", '=CONCATENATE("停","辦")'
    book["案由"].sheet_state = "hidden"
    plain["B2"], plain["C2"], plain["D2"] = 0.256, 1234567, dt.datetime(2024, 4, 2)
    plain["B2"].number_format, plain["C2"].number_format, plain["D2"].number_format = "0.0%", "#,##0", "yyyy-mm-dd"
    attached = book.create_sheet("附件")
    attached.append(["案號", "名稱", "來源"])
    attached.append(["討1", "測站", "工作表:潮位站"])
    book.save(path)

    def everything() -> tuple[list[dict[str, str]], list[Any]]:
        found = [one | {"workbook": ""} for one in desk.problems()]
        names = ("會議.時間", "會議.地點", "預定開放.總數", "預定開放.已上架數", "下架清單.總數")
        return found, [figure(desk, name) for name in names]

    # LibreOffice calculates; Excel's own file has the values already.
    for step in ("ods", "xlsx"):
        target = tmp_path / step
        source = path if step == "ods" else tmp_path / "ods" / "會議.ods"
        command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
        subprocess.run(
            [*command, "--convert-to", step, "--outdir", str(target), str(source)],
            capture_output=True, timeout=120, check=True,
        )  # fmt: skip
    path.unlink()
    shutil.copy(tmp_path / "xlsx" / "會議.xlsx", path)
    as_xlsx = everything()
    path.unlink()
    shutil.copy(tmp_path / "ods" / "會議.ods", path.with_suffix(".ods"))
    assert everything() == as_xlsx
    codes = {one["code"]: (one["sheet"], one["cell"]) for one in as_xlsx[0]}
    assert codes["error-value"] == ("下架清單", "A2")
    assert codes["hidden-sheet"] == ("案由", "")
    assert codes["hidden-rows"] == ("預定開放", "A4")
    assert codes["merged-cells"] == ("預定開放", "C3")
    assert as_xlsx[1] == ["113年5月20日（星期一）下午2時30分", "第1會議室", 4, 1, 0]


# --- Cells ------------------------------------------------------------------------------------------------------


def place_of(desk: Desk, paragraphs: str) -> Any:
    """What is read of a cell with this content: as the place of the meeting."""
    desk.meeting()
    (desk.root / "inputs/113-1/會議.xlsx").rename(desk.root / "案由.xlsx")
    fields = [("會議日期", "113-05-20"), ("開始時間", "14:30"), ("資料基準日", "113-05-01")]
    content = f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'
    rows = [row("欄位", "內容"), *(row(name, value) for name, value in fields), row("地點", content)]
    write_ods(desk.root / "inputs/113-1/會議.ods", table("會議資訊", *rows))
    book = openpyxl.load_workbook(desk.root / "案由.xlsx")
    del book["會議資訊"]
    book.save(desk.root / "inputs/113-1/案由.xlsx")
    assert [one for one in desk.problems() if one["severity"] == "error"] == []
    return figure(desk, "會議.地點")


@pytest.mark.parametrize(
    ("content", "read"),
    [
        ("<text:p>第1會議室</text:p>", "第1會議室"),
        ("<text:p>甲</text:p><text:p>乙</text:p><text:p/><text:p>丙</text:p>", "甲\n乙\n\n丙"),
        ("<text:p>甲<text:s/>乙<text:s text:c='3'/>丙</text:p>", "甲 乙   丙"),
        ("<text:p>甲<text:tab/>乙<text:line-break/>丙</text:p>", "甲\t乙\n丙"),
        ("<text:p>\n   甲 \n  乙\t\t丙  \n</text:p>", "甲 乙 丙"),
        ("<text:p>甲<text:span>乙<text:span>丙</text:span></text:span>丁<text:a>戊</text:a></text:p>", "甲乙丙丁戊"),
        (
            "<office:annotation><text:p>請洽秘書處</text:p></office:annotation><text:p>甲</text:p>",
            "甲",
        ),
        ("<text:p>甲<office:annotation><text:p>註</text:p></office:annotation>乙</text:p>", "甲乙"),
        (
            "<text:p><text:ruby><text:ruby-base>蕈</text:ruby-base><text:ruby-text>ㄒㄩㄣˋ</text:ruby-text></text:ruby></text:p>",
            "蕈",
        ),
        ("<draw:frame><draw:text-box><text:p>圖說</text:p></draw:text-box></draw:frame><text:p>甲</text:p>", "甲"),
        ("<text:p><!-- 不是內容 -->甲<?x 不是?>乙</text:p>", "甲乙"),
        ("<text:p>甲<text:s text:c='99999999999'/>乙</text:p>", "甲" + " " * 1000 + "乙"),
    ],
)
def test_the_text_of_a_cell_is_what_calc_shows(desk: Desk, content: str, read: str) -> None:
    assert place_of(desk, content) == read


def test_dates_times_and_truth_are_values_whatever_calc_shows(desk: Desk) -> None:
    desk.meeting()
    fields = table(
        "會議資訊",
        row("欄位", "內容"),
        row("會議日期", cell("05/20/24", "date", "2024-05-20")),
        row("開始時間", cell("02:30 PM", "time", "PT14H30M00.000000S")),
        row("地點", "第1會議室"),
        row("資料基準日", cell("X", "date", "2024-05-01T00:00:00.000000000")),
    )
    listed = table("預定開放", PLANNED_HEAD, row("甲集", number(11311), "企劃處", cell("WAHR", "boolean", "true")))
    book = openpyxl.load_workbook(desk.root / "inputs/113-1/會議.xlsx")
    del book["會議資訊"]
    book.save(desk.root / "inputs/113-1/會議.xlsx")
    write_ods(desk.root / "inputs/113-1/單位.ods", fields + listed)
    assert desk.problems() == []
    assert figure(desk, "會議.時間") == "113年5月20日（星期一）下午2時30分"
    assert figure(desk, "會議.資料基準日") == "113-05-01"
    assert figure(desk, "預定開放.已上架數") == 1


def test_a_plain_sheet_prints_numbers_as_calc_shows_them(desk: Desk) -> None:
    desk.meeting(
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:潮位站 |",
        說明='| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("測站") }}。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |',
    )
    body = table(
        "潮位站",
        row("站名", "比率", "筆數", "金額", "時長", "年代"),
        row(
            "北港",
            cell("25.6%", "percentage", "0.256"),
            number(1234567, "1,234,567"),
            cell("NT$1,200", "currency", "1200"),
            cell("36:00", "time", "PT36H00M00S"),
            cell("史前", "date", "-0500-01-01"),
        ),
    )
    write_ods(desk.root / "inputs/113-1/單位.ods", body)
    assert desk.problems() == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    text = desk.texts()["04 討論事項第一案 附件 測站"]
    for shown in ("25.6%", "1,234,567", "NT$1,200", "36:00", "史前"):
        assert shown in text.splitlines()


@pytest.mark.parametrize(
    ("content", "code", "value"),
    [
        (cell("", "", formula="of:=[.A1]"), "formula-without-value", ""),
        (cell("#REF!", formula="of:=[.A1]"), "error-value", "#REF!"),
        (cell("Err:502", formula="of:=SUM("), "error-value", "Err:502"),
        (cell("#NAME?", "string", formula="of:=X()"), "error-value", "#NAME?"),
        ("<table:table-cell office:value-type='string' calcext:value-type='error'><text:p>#WERT!</text:p>"
         "</table:table-cell>", "error-value", "#WERT!"),
        (cell("#N/A"), "error-value", "#N/A"),
    ],
)  # fmt: skip
def test_a_cell_without_a_value_is_an_error_at_its_cell(desk: Desk, content: str, code: str, value: str) -> None:
    ods(desk, table("預定開放", PLANNED_HEAD, planned(), row("乙集", content, "資訊處")))
    assert [(one["code"], one["sheet"], one["cell"]) for one in desk.problems()] == [(code, "預定開放", "B3")]
    assert value in said(desk, code)[0]


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell(desk: Desk) -> None:
    empty = '<table:table-cell table:formula="of:=&quot;&quot;" office:value-type="string" office:string-value=""/>'
    ods(desk, table("預定開放", PLANNED_HEAD, row("甲集", "11311", "企劃處", empty)))
    assert desk.problems() == []


def test_a_number_that_is_none_is_read_as_it_is_shown(desk: Desk) -> None:
    ods(desk, table("統計數字", row("名稱", "數值", "出處"), row("總瀏覽次數", cell("無限", "float", "INF"), "平臺")))
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("bad-count", "B2")]


# --- Rows and columns -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_repeated_rows_and_columns_count_as_often_as_they_are_repeated(desk: Desk) -> None:
    blank = cell(number_columns_repeated="16377")
    ods(
        desk,
        table(
            "預定開放",
            row(cell(number_columns_repeated="3"), "資料集項目名稱", "開放年月", "資料開放單位", "已上架"),
            row(number_rows_repeated="5"),
            row(cell(number_columns_repeated="3"), "甲集", number(11311), "企劃處", number_rows_repeated="3"),
            row(cell(number_columns_repeated="3"), "乙集", number(11313), "資訊處", blank),
        ),
    )
    assert places(desk, "bad-year-month") == ["單位.ods〔預定開放〕E10"]
    assert figure(desk, "預定開放.總數") == 3


def test_repeated_cells_without_a_value_are_errors_each(desk: Desk) -> None:
    wrong = cell("#REF!", formula="of:=[.Z1]", number_columns_repeated="2")
    ods(desk, table("下架清單", row("下架資料集名稱", "提供單位", "下架原因", "備註"),
                    row(wrong, "停辦", "", number_rows_repeated="2")))  # fmt: skip
    assert places(desk, "error-value") == [f"單位.ods〔下架清單〕{one}" for one in ("A2", "B2", "A3", "B3")]


def test_merged_cells_hold_their_value_in_every_row(desk: Desk) -> None:
    covered = "<table:covered-table-cell/>"
    hidden_beneath = (
        '<table:covered-table-cell office:value-type="string"><text:p>無此處</text:p></table:covered-table-cell>'
    )
    ods(
        desk,
        table(
            "預定開放",
            row(cell("清單", number_columns_spanned="4"), *[covered] * 3),
            PLANNED_HEAD,
            row("甲集", "11311", cell("企劃處", number_rows_spanned="3"), ""),
            row("乙集", "11311", covered, ""),
            row("丙集", "11311", hidden_beneath, ""),
            row(cell(number_columns_spanned="4", number_rows_spanned="9"), *[covered] * 3),
        ),
    )
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("merged-cells", "C3")]
    assert figure(desk, "預定開放.企劃處") == 3


def test_rows_in_groups_and_header_rows_are_rows(desk: Desk) -> None:
    ods(
        desk,
        table(
            "預定開放",
            "<table:table-column table:number-columns-repeated='4'/>",
            f"<table:table-header-rows>{PLANNED_HEAD}</table:table-header-rows>",
            "<table:table-row-group><table:table-row-group>", planned(), "</table:table-row-group>",
            "<table:table-rows>", planned("乙集"), "</table:table-rows>",
            planned("丙集"), "</table:table-row-group>",
            planned("丁集", "11313"),
        ),
    )  # fmt: skip
    assert places(desk, "bad-year-month") == ["單位.ods〔預定開放〕B5"]
    assert figure(desk, "預定開放.總數") == 3


def test_a_table_in_a_cell_or_of_another_document_is_no_sheet(desk: Desk) -> None:
    inner = table("預定開放", PLANNED_HEAD, planned("假"))
    within = f'<table:table-cell office:value-type="string"><text:p>甲集</text:p>{inner}</table:table-cell>'
    body = table("預定開放", PLANNED_HEAD, row(within, "11311", "企劃處"), planned("乙集"))
    link = f"<table:dde-links><table:dde-link>{inner}</table:dde-link></table:dde-links>"
    ods(desk, body, link)
    assert desk.problems() == []
    assert figure(desk, "預定開放.總數") == 2


def test_the_empty_end_of_a_sheet_is_not_read(desk: Desk) -> None:
    filler = row(cell(number_columns_repeated="16384"), number_rows_repeated=str(LAST_ROW - 2), style_name="ro1")
    ods(desk, table("預定開放", PLANNED_HEAD, planned(), filler))
    assert desk.problems() == []


def test_what_stands_in_the_last_row_is_named_there(desk: Desk) -> None:
    filler = row(cell(number_columns_repeated="16384"), number_rows_repeated=str(LAST_ROW - 3))
    ods(desk, table("預定開放", PLANNED_HEAD, planned(), filler, planned("末集")))
    assert places(desk, "too-many-rows") == [f"單位.ods〔預定開放〕A{LAST_ROW}"]
    assert "200,000 列" in said(desk, "too-many-rows")[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("too-many-rows", [planned(number_rows_repeated=str(LAST_ROW))]),
        ("too-many-rows", [row(cell("#N/A", formula="x"), number_rows_repeated="9" * 30)]),
        ("too-many-cells", [row(cell("x", number_columns_repeated="300"), number_rows_repeated=str(LAST_ROW))]),
        ("too-many-columns", [row("a", "11311", "企劃處", cell("x", number_columns_repeated="9" * 30))]),
        ("too-many-columns", [row(cell(number_columns_repeated="9" * 30), "x")]),
    ],
)
def test_more_than_a_list_ever_has_is_not_read_and_said_so(desk: Desk, code: str, rows: list[str]) -> None:
    ods(desk, table("預定開放", PLANNED_HEAD, planned(), *rows))
    assert effort(lambda: places(desk, code)) < 150
    assert len(places(desk, code)) == 1


def test_hidden_sheets_and_rows_are_read_and_mentioned(desk: Desk) -> None:
    styles = (
        '<style:style style:name="ta1"><style:table-properties table:display="true"/></style:style>'
        '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    )
    ods(
        desk,
        table(
            "預定開放", PLANNED_HEAD, planned(), planned("乙集", visibility="collapse"),
            planned("丙集", visibility="filter"), row("", visibility="collapse"),
            style_name="ta2",
        ),
        table("不相干", row("某表"), style_name="ta2"),
        styles=styles,
    )  # fmt: skip
    notes = [(one["code"], one["severity"], one["sheet"], one["cell"]) for one in desk.problems()]
    assert notes == [
        ("unknown-sheet", "note", "不相干", ""),
        ("hidden-sheet", "note", "預定開放", ""),
        ("hidden-rows", "note", "預定開放", "A3"),
    ]
    assert "第 3、4 列" in said(desk, "hidden-rows")[0]
    assert figure(desk, "預定開放.總數") == 3


# --- Files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"manifest": MANIFEST.replace("/>", "><manifest:encryption-data/></manifest:manifest>")},
        {"before": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'},
        {"styles": "<broken>"},
    ],
    ids=["encrypted", "entity", "broken"],
)
def test_an_ods_that_cannot_be_read_is_an_error(desk: Desk, options: dict[str, str]) -> None:
    ods(desk, table("預定開放", PLANNED_HEAD, planned()), **options)
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [("workbook-unreadable", "單位.ods")]
    assert re.search("密碼", said(desk, "workbook-unreadable")[0])


def test_one_list_stands_in_both_formats(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    write_ods(desk.root / "inputs/113-1/單位.ods", table("預定開放", PLANNED_HEAD, planned()))
    assert desk.problems() == []
    assert figure(desk, "預定開放.總數") == 3


def test_the_agency_and_regulations_may_be_ods_but_not_twice(desk: Desk) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 要點 | 共用:設置要點 |")
    article = table("條文", row("層級", "條號", "內容"), row("1", "一、", "某事。"))
    write_ods(desk.root / "inputs/共用/設置要點.ods", article)
    (desk.root / "inputs/機關.xlsx").unlink()
    fields = {"機關全銜": "海風部", "機關簡稱": "海風部", "自稱": "本部", "小組名稱": "潮汐小組", "幕僚單位": "資訊處"}
    agency = table("機關", row("欄位", "內容"), *(row(*field) for field in fields.items()))
    units = table("單位", row("單位"), *(row(unit) for unit in ("企劃處", "資訊處")))
    write_ods(desk.root / "inputs/機關.ods", agency + units)
    assert [one["code"] for one in desk.problems()] == ["attachment-unmentioned"]
    assert figure(desk, "機關.小組名稱") == "潮汐小組"
    desk.book("共用/設置要點.xlsx", 條文="| 層級 | 條號 | 內容 |\n| 1 | 一、 | 某事。 |")
    assert places(desk, "workbook-twice") == ["設置要點.ods"]
    desk.book("機關.xlsx", 機關="| 欄位 | 內容 |")
    assert places(desk, "workbook-twice") == ["機關.ods", "設置要點.ods"]
