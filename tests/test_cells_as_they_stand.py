"""What a cell says beside its value: struck out, raised, a picture; and files that Excel did not write as usual."""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import CASES, MEETING, Desk
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from PIL import Image as Pillow
from test_number_formats import ATTACHED, DAY, printed
from test_ods import HEAD, cell, number, row, table, write_ods
from test_reading import PLANNED, edited, figure, places, said

from generator.pdf.from_elsewhere import files

STRUCK, UP, DOWN = InlineFont(strike=True), InlineFont(vertAlign="superscript"), InlineFont(vertAlign="subscript")
BOOK = "inputs/113-1/會議.xlsx"


def runs(*pieces: Any) -> CellRichText:
    return CellRichText(*pieces)


def station(desk: Desk, *rows: Any) -> None:
    """A sheet of the users' own with these texts, one below the other."""
    desk.meeting(附件=ATTACHED, 潮位站="| 站名 | 說明 |\n" + "".join(f"| 第{at}站 | |\n" for at in range(len(rows))))
    with edited(desk, "潮位站") as sheet:
        for at, text in enumerate(rows, start=2):
            sheet.cell(at, 2).value = text


# --- Struck out, raised, lowered --------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_struck_out_is_not_printed_and_noted(desk: Desk) -> None:
    station(desk, runs("113年4月", TextBlock(STRUCK, "29日"), "30日"))
    assert "113年4月30日" in printed(desk)
    assert places(desk, "struck-out") == ["會議.xlsx〔潮位站〕B2"]


def test_a_date_is_read_without_what_is_struck_out(desk: Desk) -> None:
    desk.meeting()
    with edited(desk, "會議資訊") as sheet:
        sheet["B2"] = runs(TextBlock(STRUCK, "113-05-21"), "113-05-20")
    assert [one["code"] for one in desk.problems()] == ["struck-out"]
    assert figure(desk, "會議.時間").startswith("113年5月20日")


@pytest.mark.slow
def test_a_cell_struck_out_by_its_style_is_empty(desk: Desk) -> None:
    station(desk, "取消的說明", "留下的說明")
    with edited(desk, "潮位站") as sheet:
        sheet["B2"].font = Font(strike=True)
    lines = printed(desk)
    assert "留下的說明" in lines
    assert "取消的說明" not in lines


def test_a_row_struck_out_is_no_row_of_a_list(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    with edited(desk, "預定開放") as sheet:
        for cells in sheet["A3:D3"]:
            for one in cells:
                one.font = Font(strike=True)
    assert figure(desk, "預定開放.總數") == 1
    assert places(desk, "struck-out") == ["會議.xlsx〔預定開放〕A3"]


@pytest.mark.slow
def test_raised_and_lowered_characters_are_printed_as_such(desk: Desk) -> None:
    station(desk, runs("10", TextBlock(UP, "6"), "筆"), runs("NO", TextBlock(DOWN, "3"), TextBlock(UP, "-"), "濃度"))
    lines = printed(desk)
    assert "10⁶筆" in lines
    assert "NO₃⁻濃度" in lines


@pytest.mark.slow
def test_raised_characters_of_an_inline_text_are_read_too(desk: Desk) -> None:
    from test_reading import patched

    station(desk, "甲")
    run = '<is><r><t>10</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>6</t></r></is>'
    patched(
        desk.root / BOOK, "xl/worksheets/sheet5.xml", r'<c r="B2"[^>]*>.*?</c>', f'<c r="B2" t="inlineStr">{run}</c>'
    )
    assert "10⁶" in printed(desk)


def test_a_count_with_a_raised_mark_is_no_larger_count(desk: Desk) -> None:
    """1,234 with a note ² is not 12,342."""
    desk.meeting(統計數字="| 名稱 | 數值 | 出處 |\n| 瀏覽 | | 平臺 |")
    with edited(desk, "統計數字") as sheet:
        sheet["B2"] = runs("1,234", TextBlock(UP, "2"))
    assert places(desk, "raised-character") == ["會議.xlsx〔統計數字〕B2"]
    assert "1,234²" in said(desk, "raised-character")[0]


SPANS = (
    '<style:style style:name="T1" style:family="text"><style:text-properties'
    ' style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="T2" style:family="text"><style:text-properties'
    ' style:text-position="super 58%"/></style:style>'
    '<style:style style:name="T3" style:family="text"><style:text-properties'
    ' style:text-position="-33% 58%"/></style:style>'
    '<style:style style:name="ce1" style:family="table-cell"><style:text-properties'
    ' style:text-line-through-type="single"/></style:style>'
    '<style:style style:name="ce8" style:family="table-cell" style:parent-style-name="Struck"/>'
    '<style:style style:name="ce9" style:family="table-cell" style:parent-style-name="Struck"><style:text-properties'
    ' style:text-line-through-type="none"/></style:style>'
)


def own_ods(desk: Desk, *rows: str, columns: str = "") -> None:
    desk.meeting(附件=ATTACHED)
    body = table("潮位站", columns, row("站名", "說明"), *rows)
    write_ods(desk.root / "inputs/113-1/潮位站.ods", body, styles=SPANS)


def span(style: str, text: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


@pytest.mark.slow
def test_an_ods_has_struck_out_and_raised_runs_too(desk: Desk) -> None:
    own_ods(
        desk,
        row("甲站", cell(f"113年4月{span('T1', '29日')}30日")),
        row("乙站", cell(f"NO{span('T3', '3')}{span('T2', '-')}")),
        row("丙站", cell("整格劃掉", style_name="ce1")),
    )
    lines = printed(desk)
    assert "113年4月30日" in lines
    assert "NO₃⁻" in lines
    assert "整格劃掉" not in lines
    assert places(desk, "struck-out") == ["潮位站.ods〔潮位站〕B2"]


def test_a_style_of_an_ods_has_what_the_common_one_above_it_has(desk: Desk) -> None:
    own_ods(
        desk,
        row("甲站", cell("直接用共用樣式", style_name="Struck")),
        row("乙站", cell("由共用樣式而來", style_name="ce8")),
        row("丙站", cell("另外說明不劃", style_name="ce9")),
        row("丁站", cell("照常", style_name="Plain")),
    )
    path = desk.root / "inputs/113-1/潮位站.ods"
    with zipfile.ZipFile(path, "a") as archive:
        line, cells = "style:text-line-through", 'style:family="table-cell"'
        archive.writestr(
            "styles.xml",
            f'<office:document-styles {HEAD}><office:styles><style:style style:name="Struck" {cells}>'
            f'<style:text-properties {line}-type="single"/></style:style>'
            f'<style:style style:name="Plain" {cells}/></office:styles></office:document-styles>',
        )
    lines = printed(desk)
    assert "直接用共用樣式" not in lines
    assert "由共用樣式而來" not in lines
    assert "另外說明不劃" in lines
    assert "照常" in lines


@pytest.mark.slow
def test_a_column_of_an_ods_may_be_struck_out(desk: Desk) -> None:
    columns = '<table:table-column/><table:table-column table:default-cell-style-name="ce1"/>'
    own_ods(desk, row("甲站", "劃掉"), columns=columns)
    assert "劃掉" not in printed(desk)
    assert places(desk, "struck-out") == ["潮位站.ods〔潮位站〕B1"]


def test_an_ods_date_is_shown_as_it_is_formatted(desk: Desk) -> None:
    own_ods(desk, row("甲站", cell("113年4月", "date", "2024-04-29")), row("乙站", number(5, " ", style_name="x")))
    lines = printed(desk)
    assert "113年4月" in lines
    assert "5" not in lines


# --- Pictures ---------------------------------------------------------------------------------------------------


def png() -> io.BytesIO:
    content = io.BytesIO()
    Pillow.new("RGB", (8, 8), "red").save(content, "png")
    content.seek(0)
    return content


def formula(desk: Desk, text: str) -> None:
    """A calculated formula in B2 of the users' own sheet."""
    from test_reading import patched

    station(desk, "甲")
    new = f'<c r="B2" t="str"><f>{text}</f><v>={text}</v></c>'
    patched(desk.root / BOOK, "xl/worksheets/sheet5.xml", r'<c r="B2"[^>]*>.*?</c>', new)


@pytest.mark.parametrize(
    "text", ['_xlfn.DISPIMG("ID_0A1B",1)', 'DISPIMG("ID_0A1B",1)', '_xlfn.IMAGE("https://x/y.png")']
)
def test_a_picture_in_a_cell_is_an_error_at_its_cell(desk: Desk, text: str) -> None:
    formula(desk, text.replace('"', "&quot;"))
    assert places(desk, "picture-in-cell") == ["會議.xlsx〔潮位站〕B2"]
    assert "檔案:" in said(desk, "picture-in-cell")[0]


def test_a_formula_of_a_picture_that_came_along_as_text_is_an_error_too(desk: Desk) -> None:
    station(desk, "甲")
    with edited(desk, "潮位站") as sheet:
        sheet["B2"].value = '=DISPIMG("ID_0A1B",1)'
        sheet["B2"].data_type = "s"
    assert places(desk, "picture-in-cell") == ["會議.xlsx〔潮位站〕B2"]


def test_a_picture_on_a_sheet_that_is_printed_is_an_error(desk: Desk) -> None:
    station(desk, "甲")
    with edited(desk, "潮位站") as sheet:
        sheet.add_image(Image(png()), "D5")
    assert places(desk, "picture-on-sheet") == ["會議.xlsx〔潮位站〕D5"]
    assert "圖片" in said(desk, "picture-on-sheet")[0]


@pytest.mark.slow
def test_a_chart_on_a_sheet_that_is_printed_is_an_error(desk: Desk) -> None:
    station(desk, 3, 4)
    with edited(desk, "潮位站") as sheet:
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
        sheet.add_chart(chart, "F2")
    assert places(desk, "picture-on-sheet") == ["會議.xlsx〔潮位站〕F2"]
    assert "圖表" in said(desk, "picture-on-sheet")[0]


@pytest.mark.slow
def test_a_text_box_is_an_error_and_a_line_a_note(desk: Desk) -> None:
    from test_reading import patched

    station(desk, "甲")
    with edited(desk, "潮位站") as sheet:
        sheet.add_image(Image(png()), "D5")
    path, part = desk.root / BOOK, "xl/drawings/drawing1.xml"
    body = '<sp><txBody><a:p xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{}</a:p></txBody></sp>'
    patched(path, part, r"(?s)<(\w+:)?pic[ >].*</(\w+:)?pic>", body.format("<a:r><a:t>單位：千元</a:t></a:r>"))
    patched(path, part, r"<(/?)sp>", r"<\1xdr:sp>" if "xdr:" in part_of(path, part) else r"<\1sp>")
    assert places(desk, "picture-on-sheet") == ["會議.xlsx〔潮位站〕D5"]
    patched(path, part, "單位：千元", "")
    assert places(desk, "picture-on-sheet") == []
    assert places(desk, "picture-not-read") == ["會議.xlsx〔潮位站〕D5"]


def part_of(path: Path, part: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(part).decode("utf-8")


def test_a_picture_on_a_list_is_noted(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    with edited(desk, "預定開放") as sheet:
        sheet.add_image(Image(png()), "H2")
    assert places(desk, "picture-not-read") == ["會議.xlsx〔預定開放〕H2"]
    assert desk.run("check", "113-1").exit_code == 0


def test_a_picture_in_an_ods_is_an_error(desk: Desk) -> None:
    frame = "<draw:frame><draw:image/></draw:frame>"
    own_ods(desk, row("甲站", f"<table:table-cell>{frame}</table:table-cell>"))
    assert places(desk, "picture-on-sheet") == ["潮位站.ods〔潮位站〕B2"]


# --- Other files ------------------------------------------------------------------------------------------------

STRICT = (
    ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main"),
)


@pytest.mark.slow
def test_strict_open_xml_is_read_as_any_other(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    with edited(desk, "會議資訊") as sheet:
        sheet["B2"], sheet["B2"].number_format = DAY + 21, "yyyy/m/d"
    expected = desk.problems(), figure(desk, "會議.時間"), figure(desk, "預定開放.總數")
    path = desk.root / BOOK
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            # The relations of the package itself keep their names; those of documents change.
            for common, strict in STRICT:
                text = text.replace(common, strict)
            if name == "xl/worksheets/sheet1.xml":
                day = r'<c r="B2"([^>]*?)( t="n")?><v>\d+</v>'
                text = re.sub(day, r'<c r="B2"\1 t="d"><v>2024-05-20</v>', text)
            archive.writestr(name, text)
    assert (desk.problems(), figure(desk, "會議.時間"), figure(desk, "預定開放.總數")) == expected
    assert expected[1].startswith("113年5月20日")


PLATFORM = '資料集項目名稱,開放年月,資料開放單位,已上架\r\n北港潮位,11304,企劃處,★\r\n"南港,潮位",11311,資訊處,\r\n'


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp950", "utf-16"])
def test_a_list_as_platforms_export_it_is_read(desk: Desk, encoding: str) -> None:
    desk.meeting()
    (desk.root / "inputs/113-1/預定開放.csv").write_bytes(PLATFORM.encode(encoding))
    assert desk.problems() == []
    assert (figure(desk, "預定開放.總數"), figure(desk, "預定開放.已上架數")) == (2, 1)


@pytest.mark.parametrize(("sign", "lead"), [(";", ""), ("\t", ""), ("|", "sep=|\r\n"), (",", "sep=,\r\n")])
def test_what_parts_the_cells_of_a_csv_may_be_another_sign(desk: Desk, sign: str, lead: str) -> None:
    desk.meeting()
    cells = [["資料集項目名稱", "開放年月", "資料開放單位", "已上架"], ["北港;潮,位", "11304", "企劃處", "★"]]
    lines = (sign.join(f'"{cell}"' if sign in cell else cell for cell in line) for line in cells)
    text = lead + "\r\n".join(lines)
    (desk.root / "inputs/113-1/預定開放.csv").write_bytes(text.encode("utf-16" if sign == "\t" else "utf-8"))
    assert desk.problems() == []
    assert (figure(desk, "預定開放.總數"), figure(desk, "預定開放.已上架數")) == (1, 1)


def test_a_fault_in_a_csv_is_named_by_its_cell(desk: Desk) -> None:
    desk.meeting()
    (desk.root / "inputs/113-1/預定開放.csv").write_text(PLATFORM.replace("11311", "11313"), "utf-8")
    assert places(desk, "bad-year-month") == ["預定開放.csv〔預定開放〕B3"]


@pytest.mark.slow
def test_a_csv_may_be_a_sheet_of_the_users_own(desk: Desk) -> None:
    desk.meeting(附件=ATTACHED)
    (desk.root / "inputs/113-1/潮位站.csv").write_text('站名,代號,筆數\n北港,00824,"1,234"\n南港,00825,66\n', "utf-8")
    assert [one for one in desk.problems() if one["code"] != "attachment-unmentioned"] == []
    lines = printed(desk)
    assert "00824" in lines
    assert "1,234" in lines
    assert figure(desk, "潮位站.筆數") == 1300


def test_a_csv_that_is_no_text_is_an_error(desk: Desk) -> None:
    desk.meeting()
    (desk.root / "inputs/113-1/預定開放.csv").write_bytes(b"\x81\xff\x00\xfe")
    assert places(desk, "csv-unreadable") == ["預定開放.csv"]
    assert "Big5" in said(desk, "csv-unreadable")[0]


def test_a_csv_with_a_name_like_a_list_is_named(desk: Desk) -> None:
    desk.meeting()
    (desk.root / "inputs/113-1/預定開放清冊.csv").write_text(PLATFORM, "utf-8")
    assert places(desk, "other-format") == ["預定開放清冊.csv"]
    assert "是否為「預定開放」？" in said(desk, "other-format")[0]


def locked_xls(path: Path, password: str) -> None:
    """An .xls of an old Excel that is protected: the stream Workbook with BOF and FILEPASS, enough to be asked."""
    from hashlib import md5

    import msoffcrypto.method.rc4 as rc4
    from cryptography.hazmat.primitives.ciphers import Cipher

    salt, verifier = bytes(range(16)), bytes(range(16, 32))
    key = rc4._makekey(password, salt, 0)
    try:
        from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
    except ImportError:
        from cryptography.hazmat.primitives.ciphers.algorithms import ARC4
    encryptor = Cipher(ARC4(key), mode=None).encryptor()
    secret = encryptor.update(verifier) + encryptor.update(md5(verifier).digest())
    bof = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0)
    body = struct.pack("<HHH", 1, 1, 1) + salt + secret
    stream = bof + struct.pack("<HH", 0x2F, len(body)) + body + struct.pack("<HH", 0x0A, 0)
    path.write_bytes(compound("Workbook", stream.ljust(4096, b"\0")))


def compound(name: str, stream: bytes) -> bytes:
    """A compound file with one stream of whole sectors."""
    sectors = len(stream) // 512
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    header += struct.pack("<108I", *[free] * 108)
    fat = [0xFFFFFFFD, end, *range(3, 2 + sectors), end]
    table = struct.pack("<128I", *fat, *[free] * (128 - len(fat)))

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = (title + "\0").encode("utf-16-le")
        head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, free, free, child)
        return head + bytes(16) + struct.pack("<I8x8xIQ", 0, start, size)

    blank = bytes(64) + struct.pack("<HBBIII", 0, 0, 1, free, free, free) + bytes(48)
    folder = entry("Root Entry", 5, 1, end, 0) + entry(name, 2, free, 2, len(stream)) + blank * 2
    return header + table + folder + stream


@pytest.mark.parametrize(("password", "locked"), [("VelvetSweatshop", False), ("秘密", True)])
def test_an_xls_with_the_password_that_excel_knows_by_itself_is_not_locked(
    tmp_path: Path, password: str, locked: bool
) -> None:
    locked_xls(tmp_path / "舊.xls", password)
    found = files._compound(tmp_path / "舊.xls")
    assert isinstance(found, files.Fault) is locked


# --- Texts and dates as people and programs write them ----------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "2024-05-20T00:00:00",
        "2024-05-20T09:30:00.000Z",
        "2024-05-20T09:30:00+08:00",
        "2024-05-20 14:30",
        "113/05/20 00:00",
        "113/05/20　00:00:00",
        "2024/5/20 上午 12:00:00",
        "2024/5/20 下午 02:30",
    ],
)
def test_a_time_beside_a_date_is_left_out(desk: Desk, written: str) -> None:
    desk.meeting(會議資訊=MEETING.replace("113-05-20", written))
    assert desk.problems() == []
    assert figure(desk, "會議.時間").startswith("113年5月20日")


def test_zero_width_characters_are_left_out_and_noted(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED.replace("企劃處", "企\u061c\U000e0041劃\u200b處\ufff9").replace("北港", "\ufeff北港"))
    assert [(one["code"], one["severity"], one["cell"]) for one in desk.problems()] == [
        ("unseen-characters", "note", "A2")
    ]
    assert figure(desk, "預定開放.企劃處") == 1


LISTED = "| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:預定開放 |"


def points(*texts: str) -> str:
    lines = "".join(f"| 討1 | 1 | {text} |\n" for text in (*texts, "以上所擬是否妥適，提請討論。"))
    return "| 案號 | 層級 | 內容 |\n" + lines


@pytest.mark.slow
@pytest.mark.parametrize("quoted", ["“清單”", "「清單」", "『清單』", "‘清單’", "＂清單＂", "”清單”"])
def test_quotation_marks_of_an_input_method_are_understood_in_a_tag(desk: Desk, quoted: str) -> None:
    desk.meeting(預定開放=PLANNED, 附件=LISTED, 說明=points(f"「甲」詳如{{{{ 附件({quoted}) }}}}。"))
    assert desk.problems() == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert "「甲」詳如附件。" in "".join(desk.texts().values())


@pytest.mark.parametrize("written", ["114－1", "１１４-1", "114–1", "114—臨1"])
def test_a_full_width_id_of_a_meeting_is_named(desk: Desk, written: str) -> None:
    result = desk.run("check", written)
    assert result.exit_code == 2
    assert "全形" in result.output
    assert "請改為半形：114-" in result.output


def codes(desk: Desk) -> list[tuple[str, str]]:
    return [(one["code"], one["cell"]) for one in desk.problems()]


def test_a_line_break_in_a_subject_is_a_warning(desk: Desk) -> None:
    desk.meeting(案由=CASES.replace("辦理情形，", "辦理情形，\\n"))
    assert codes(desk) == [("subject-lines", "D2")]


@pytest.mark.parametrize(
    "number", ["一、", "（一）", "(1)", "1.", "十二、", "壹、", "1、", "一、一、", "①", "㈠", "1)", "a.", "第一、"]
)
def test_a_number_that_is_typed_before_a_point_is_a_warning(desk: Desk, number: str) -> None:
    desk.meeting(說明=points(f"{number}依本部規定辦理。"))
    assert ("own-number", "C2") in codes(desk)
    assert number.removesuffix("一、") in said(desk, "own-number")[0]


@pytest.mark.parametrize(
    "text",
    ["一、二級單位均已辦理。", "{{ 1.5 }}倍以上。", "一般資料集。", "十項以上均已上架。", "A.I.應用。", "甲級。"],
)
def test_what_begins_like_a_number_and_is_none_is_left_alone(desk: Desk, text: str) -> None:
    desk.meeting(說明=points(text))
    assert "own-number" not in dict(codes(desk))


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("依「作業要點辦理。", "「"),
        ("依作業要點」辦理。", "」"),
        ("依要點（附則辦理。", "（"),
        ("『甲「乙』丙」。", "』"),
        ("依《作業要點辦理。", "《"),
        ("如附件】。", "】"),
    ],
)
def test_a_bracket_without_its_other_half_is_a_warning(desk: Desk, text: str, mark: str) -> None:
    desk.meeting(說明=points(text))
    assert codes(desk) == [("unpaired", "C2")]
    assert f"「 {mark} 」" in said(desk, "unpaired")[0]


def test_brackets_in_pairs_are_no_matter(desk: Desk) -> None:
    desk.meeting(說明=points("依「甲（乙『丙』）要點」(一)辦理，a) 並公開（含附則)。"))
    assert desk.problems() == []


def test_what_a_list_says_after_the_cut_off_is_a_warning(desk: Desk) -> None:
    head = "| 資料集識別碼 | 上架時間 | 更新頻率 | 資料更新時間 | 資料集名稱 | 累計瀏覽次數 | 累計下載次數 |\n"
    desk.meeting(下載統計=head + "| 824 | 103-06-19 | 每月 | 113-05-07 | 潮位 | 9 | 5 |")
    assert codes(desk) == [("list-late", "D2")]
    assert "113-05-01" in said(desk, "list-late")[0]


def test_a_text_that_speaks_as_of_a_day_after_the_cut_off_is_a_warning(desk: Desk) -> None:
    desk.meeting(
        說明=points(
            "截至113年5月20日已辦理，並於113年5月20日公開。",
            "迄113年5月1日已辦理。",
            "至113/5/20止已辦理。",
            "以2024-05-20為準。",
            "截至113.5.20已辦理。",
            "自113年1月至113年5月20日公開。",
        )
    )
    assert [cell for code, cell in codes(desk) if code == "as-of-late"] == ["C2", "C4", "C5", "C6"]


def test_mailboxes_are_looked_at_by_check(desk: Desk) -> None:
    from conftest import AGENCY

    desk.book(
        "機關.xlsx", 機關=AGENCY + "| 電子郵件 | 小組＠example.gov.tw |\n", 單位="| 單位 |\n| 企劃處 |\n| 資訊處 |"
    )
    desk.meeting()
    assert codes(desk) == [("address-bad", "B7")]
    assert "小組＠example.gov.tw" in said(desk, "address-bad")[0]


def test_a_decimal_in_prose_is_one_number(desk: Desk) -> None:
    desk.meeting(說明=points("較去年成長12.5%，達1,234.5萬次。"))
    found = sorted(said(desk, "loose-number"))
    assert [text.partition("。")[0] for text in found] == ["未對應數字：1,234.5", "未對應數字：12.5"]
    assert '{{ "12.5" }}' in found[1]


# --- Causes before consequences ---------------------------------------------------------------------------------


def test_a_deleted_column_is_reported_and_not_that_its_list_is_empty(desk: Desk) -> None:
    desk.meeting(
        預定開放="| 資料集項目名稱 | 資料開放單位 | 已上架 |\n| 北港潮位 | 企劃處 | |",
        附件=LISTED,
        說明=points('計{{ 預定開放.總數 }}項，企劃處{{ 預定開放.企劃處 }}項（如{{ 附件("清單") }}）。'),
    )
    assert codes(desk) == [("missing-column", "A1")]


def test_a_formula_that_was_never_calculated_proposes_no_other_figure(desk: Desk) -> None:
    desk.meeting(
        統計數字="| 名稱 | 數值 | 出處 |\n| 瀏覽次數 | 5 | 平臺 |\n| 下載次數 | | 平臺 |",
        說明=points("下載{{ 統計數字.下載次數 }}次。"),
    )
    with edited(desk, "統計數字") as sheet:
        sheet["B3"] = "=2+3"
    assert codes(desk) == [("formula-without-value", "B3")]


def test_a_misspelt_figure_is_still_reported_beside_a_formula_without_value(desk: Desk) -> None:
    desk.meeting(
        統計數字="| 名稱 | 數值 | 出處 |\n| 瀏覽次數 | 5 | 平臺 |\n| 下載次數 | | 平臺 |",
        說明=points("瀏覽{{ 統計數字.瀏覽次 }}次。"),
    )
    with edited(desk, "統計數字") as sheet:
        sheet["B3"] = "=2+3"
    assert {code for code, _ in codes(desk)} == {"formula-without-value", "unknown-name"}


def test_an_xls_is_named_as_the_likely_place_of_a_missing_list(desk: Desk) -> None:
    likely = "〔預定開放〕可能在 資料集.xls 內，請先用 Excel 另存為 .xlsx。"
    desk.meeting(附件=LISTED, 說明=points('計{{ 預定開放.總數 }}項（如{{ 附件("清單") }}）。'))
    (desk.root / "inputs/113-1/資料集.xls").write_bytes(b"old")
    assert likely in said(desk, "no-such-sheet")[0]
    desk.meeting(說明=points("計{{ 預定開放.總數 }}項。"))
    assert likely in said(desk, "no-sheet-of-name")[0]


# --- Data files of the public edition ---------------------------------------------------------------------------


def test_ids_and_words_in_one_column_stay_texts_and_a_dash_is_no_word() -> None:
    from generator.dispatch.publish import data_files

    assert data_files._column(["K007", 12], ["K007", "12"]) == ["K007", "12"]
    assert data_files._column([1234, "－", 5.5], ["1,234", "－", "5.5"]) == [1234, "－", 5.5]
    assert data_files._column(["1,234", "56", "-"], ["1,234", "56", "-"]) == [1234, 56, "-"]


def test_a_sheet_of_the_users_own_is_published_as_data(desk: Desk) -> None:
    desk.meeting(
        附件=ATTACHED, 潮位站="| 站名 | 代號 | 啟用 | 筆數 | 千元 | 月份 | 檢查日 |\n| 北港 | | | | | | 113/4/2 |"
    )
    with edited(desk, "潮位站") as sheet:
        given = [
            (824, "00000"),
            (DAY, "[$-404]e/m/d"),
            (12345.5, '#,##0.0"件"'),
            (1234567, "#,##0,"),
            (DAY, 'e"年"m"月"'),
        ]
        for column, (value, code) in enumerate(given, start=2):
            sheet.cell(2, column).value = value
            sheet.cell(2, column).number_format = code
    from generator.basic.workspace import MeetingId, Workspace
    from generator.build import examine
    from generator.dispatch.publish import data_files

    meeting = examine.examine(Workspace(desk.root), MeetingId(113, 1)).meeting
    assert meeting is not None
    made = data_files.table_of(meeting, meeting.cases[1].attachments[0])
    assert made is not None
    content = data_files.as_csv(made).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[1] == ["北港", "00824", "2024-04-29", "12345.5", "1235", "2024-04", "2024-04-02"]
    ods = data_files.as_ods(made, "潮位站", "海風部", meeting.date)
    with zipfile.ZipFile(io.BytesIO(ods)) as archive:
        xml = archive.read("content.xml").decode("utf-8")
    assert 'office:value="12345.5"' in xml
    assert 'office:date-value="2024-04-29"' in xml
