"""Number formats: a table of cells with what Excel shows of them, and the same cells as LibreOffice shows them."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import Desk
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from test_reading import edited

from generator.workbook import number_formats, ods_formats

DAY = 45411  # 113-04-29, a Monday
AFTERNOON = 0.604166666667  # 14:30
# Value, format, what Excel shows. LibreOffice with the settings of Taiwan shows the same, blanks at the ends aside.
ALIKE: list[tuple[Any, str, str]] = [
    # thousands and ten thousands
    (1234567, "#,##0", "1,234,567"),
    (1234567, "#,##0,", "1,235"),
    (1234567, "0\\.0,", "123.5"),
    (1234567, "0.0,,", "1.2"),
    (1234567.891, "#,##0.0,", "1,234.6"),
    (1234567, '#,##0,,"百萬"', "1百萬"),
    (100000, '0.0,"千元"', "100.0千元"),
    (1234567890123, "#,##0", "1,234,567,890,123"),
    (12, "0,000", "0,012"),
    # decimals
    (113.1, "0.00", "113.10"),
    (1.005, "0.00", "1.01"),
    (99.995, "0.00", "100.00"),
    (2.5, "0", "3"),
    (-2.5, "0", "-3"),
    (-0.4, "0", "0"),
    (0, "#,##0", "0"),
    (0, "#", ""),
    (0.5, "#.##", ".5"),
    (0.5, "?.??", ".5"),
    (1e-5, "0.000", "0.000"),
    (1234.5, "#,##0.00", "1,234.50"),
    (1234.5, "0.00E+00", "1.23E+03"),
    (0.00012, "0.00E+00", "1.20E-04"),
    (12345, "##0.0E+0", "12.3E+3"),
    # per cent, and words around the digits
    (0.256, "0%", "26%"),
    (0.2567, "0.0%", "25.7%"),
    (0.1234, "0.00%;-0.00%", "12.34%"),
    (56, '0"%"', "56%"),
    (12345, '#,##0"件"', "12,345件"),
    (5, '"第"0"次"', "第5次"),
    (5, "\\第0\\次", "第5次"),
    (5, "第0次", "第5次"),
    (5, '0 "人"', "5 人"),
    (5, 'General"件"', "5件"),
    (98.6, '0.0"℃"', "98.6℃"),
    # money
    (1500, '"NT$"#,##0', "NT$1,500"),
    (1234.567, "[$NT$-404]#,##0.00", "NT$1,234.57"),
    (1234, "[$€-407] #,##0", "€ 1,234"),
    (-1500, "#,##0;(#,##0)", "(1,500)"),
    (-7, "0_);\\(0\\)", "(7)"),
    (1234, '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "1,234"),
    (0, '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "-"),
    (-1234, '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "-1,234"),
    # ids and telephone numbers
    (824, "00000", "00824"),
    (12345678, "0000-0000", "1234-5678"),
    (912345678, "0000-000-000", "0912-345-678"),
    (223456789, "(00) 0000-0000", "(02) 2345-6789"),
    (11304, '0"年"00"月"', "113年04月"),
    (1130429, '000"/"00"/"00', "113/04/29"),
    # fractions
    (2.75, "# ?/?", "2 3/4"),
    (0.5, "# ?/?", "1/2"),
    (3, "# ?/?", "3"),
    (2.5, "?/?", "5/2"),
    (2.75, "# ?/4", "2 3/4"),
    (0.75, "# ??/100", "75/100"),
    # sections, conditions, colours
    (5, ";;;", ""),
    (0, '0;-0;"無"', "無"),
    (0, "0.0;-0.0;;@", ""),
    (-5, "[Red]0;[Blue]-0", "-5"),
    (-5, "[Red]-0;[Blue]0", "5"),
    (-12.5, "▲0.0;▼0.0", "▼12.5"),
    (12.5, "+0.0;-0.0;0.0", "+12.5"),
    (-1000, "#,##0;[Red]#,##0", "1,000"),
    (1500, '[>=1000]#,##0,"千";0', "2千"),
    (500, '[>=1000]#,##0,"千";0', "500"),
    (50, '[>=60]"及格";"不及格"', "不及格"),
    (7, '[=1]"是";[=0]"否";General', "7"),
    (0, '[=1]"是";[=0]"否";General', "否"),
    (-5, '[<0]"負"0;0', "負5"),
    # texts
    ("甲", "0.00", "甲"),
    ("甲", '@"處"', "甲處"),
    ("甲", '0;-0;0;"案由："@', "案由：甲"),
    (5, "@", "5"),
    # Chinese numerals
    (1234, "[DBNum1]General", "一千二百三十四"),
    (1234, "[DBNum2]General", "壹仟貳佰參拾肆"),
    (12, "[DBNum1][$-404]General", "一十二"),
    (105, "[DBNum1][$-404]General", "一百〇五"),
    (10500, '[DBNum2][$-404]General"元整"', "壹萬零伍佰元整"),
    (20000305, "[DBNum1][$-404]General", "二千萬〇三百〇五"),
    # General
    (123456789, "General", "123456789"),
    (0.1 + 0.2, "General", "0.3"),
    (1e-10, "General", "1E-10"),
    # dates
    (DAY, 'e"年"m"月"', "113年4月"),
    (DAY, "[$-404]e/m/d", "113/4/29"),
    (DAY, '[$-404]e"年"m"月"d"日"', "113年4月29日"),
    (DAY, '[$-404]e"年"m"月"d"日";@', "113年4月29日"),
    (DAY, '[$-404]e"年"m"月"d"日"aaaa', "113年4月29日星期一"),
    (DAY, '[$-404]ggge"年"m"月"d"日"', "中華民國113年4月29日"),
    (DAY, 'ggge"年"', "中華民國113年"),
    (DAY, "[$-404]e.mm.dd", "113.04.29"),
    (DAY, "yyyy/m/d", "2024/4/29"),
    (DAY, "yyyy-mm-dd", "2024-04-29"),
    (DAY, 'yyyy"年"m"月"d"日"', "2024年4月29日"),
    (DAY, "yy/mm/dd", "24/04/29"),
    (DAY, "m/d", "4/29"),
    (DAY, 'm"月"d"日"', "4月29日"),
    (DAY, "aaaa", "星期一"),
    (DAY, "[$-404]dddd", "星期一"),
    (DAY, '"日期："yyyy/mm/dd', "日期：2024/04/29"),
    (DAY, '[DBNum1][$-404]yyyy"年"m"月"d"日"', "二〇二四年四月二十九日"),
    (61, "yyyy/m/d", "1900/3/1"),
    # times
    (DAY + AFTERNOON, "yyyy/m/d h:mm", "2024/4/29 14:30"),
    (AFTERNOON, "hh:mm:ss", "14:30:00"),
    (AFTERNOON, "[$-404]AM/PM h:mm", "下午 2:30"),
    (26.5 / 24, "[h]:mm", "26:30"),
    (26.5 / 24, "[hh]:mm:ss", "26:30:00"),
    (125 / 86400, "mm:ss", "02:05"),
    (125.5 / 86400, "mm:ss.0", "02:05.5"),
    (3725 / 86400, '[m]"分"', "62分"),
    (3725 / 86400, "[ss]", "3725"),
    (0.99999, "h:mm", "23:59"),
]  # fmt: skip
# Where LibreOffice shows something else than Excel; why is said beside each.
EXCEL_ALONE: list[tuple[Any, str, str]] = [
    # General fills a column of standard width; in a file of values LibreOffice writes fifteen digits.
    (1 / 3, "General", "0.333333"),
    (-1 / 3, "General", "-0.333333"),
    (12345.678, "General", "12345.68"),
    (1e12, "General", "1E+12"),
    (1.5e20, "General", "1.5E+20"),
    # The point that stands in the format is shown also without decimals.
    (5, "0.##", "5."),
    # With 0 and # Excel writes numerals digit by digit, LibreOffice always as words; of DBNum3 it writes no units.
    (1234, "[DBNum1]0", "一二三四"),
    (2024, '[DBNum1]0000"年"', "二〇二四年"),
    (1234, "[DBNum3]General", "１千２百３十４"),
    (DAY, '[DBNum1][$-404]e"年"m"月"d"日"', "一百一十三年四月二十九日"),
    # LibreOffice 7.4 does not read these.
    (1234, "[$-zh-TW]#,##0", "1,234"),
    (DAY, "[$-zh-TW]e/m/d", "113/4/29"),
    (DAY, "[$-zh-TW,404]e/m/d", "113/4/29"),
    (AFTERNOON, '上午/下午h"時"mm"分"', "下午2時30分"),
    # The long date and the time of the settings of Windows.
    (DAY, "[$-F800]dddd, mmmm dd, yyyy", "2024年4月29日"),
    (DAY, "[$-x-sysdate]dddd, mmmm dd, yyyy", "2024年4月29日"),
    (AFTERNOON, "[$-F400]h:mm:ss AM/PM", "下午 02:30:00"),
    # An Excel of East Asia takes ! for what LibreOffice and others write as a backslash.
    (12345, '0!.0,"萬"', "1.2萬"),
    # Weekdays and half days without a locale: the machine decides.
    (DAY, "[$-404]aaa", "週一"),
    (DAY, "ddd", "Mon"),
    (AFTERNOON, "h:mm AM/PM", "2:30 PM"),
    (1, "yyyy/m/d", "1900/1/1"),
]  # fmt: skip


def test_the_table_has_enough_rows() -> None:
    assert len(ALIKE) >= 100


@pytest.mark.parametrize(("value", "code", "shown"), ALIKE + EXCEL_ALONE)
def test_a_value_is_shown_as_excel_shows_it(value: Any, code: str, shown: str) -> None:
    assert number_formats.compiled(code).text(value) == shown


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_shows_the_same_of_the_same_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row, (value, code, _) in enumerate(ALIKE, start=1):
        sheet.cell(row, 1).value = value
        sheet.cell(row, 1).number_format = code
    book.save(tmp_path / "格式.xlsx")
    user = tmp_path / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">'
        "<value>zh-TW</value></prop></item></oor:items>",
        "utf-8",
    )
    # The last but one of the options: as shown.
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false"
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
    subprocess.run(
        [*command, options, "--outdir", str(tmp_path), str(tmp_path / "格式.xlsx")],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    with (tmp_path / "格式.csv").open(encoding="utf-8", newline="") as file:
        lines = [line[0].strip() if line else "" for line in csv.reader(file)]
    lines += [""] * (len(ALIKE) - len(lines))
    differ = [
        (value, code, shown, line)
        for (value, code, shown), line in zip(ALIKE, lines, strict=True)
        if "".join(line.split(" ")) != "".join(shown.split(" "))
    ]
    assert differ == []


@given(
    st.text(st.sampled_from('0#?,.%E+-/;"\\\\_* []@yYmdhHsegaGeneral千DBNum1$404<>=AMP上午下午')),
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**18), 10**18),
)
def test_no_format_and_no_number_breaks_it(code: str, value: float) -> None:
    assert isinstance(str(number_formats.Shown(value, number_formats.compiled(code))), str)


# --- Through the command line -----------------------------------------------------------------------------------

ATTACHED = "| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:潮位站 |"


def printed(desk: Desk) -> list[str]:
    """The texts of the attachment, a line each."""
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    return desk.texts()["04 討論事項第一案 附件 測站"].splitlines()


def station(desk: Desk, *given: tuple[Any, str], width: float | None = None, epoch: dt.datetime | None = None) -> None:
    """A sheet of the users' own with these values in these formats, one below the other."""
    desk.meeting(附件=ATTACHED, 潮位站="| 站名 | 值 |\n" + "".join(f"| 第{row}站 | |\n" for row in range(len(given))))
    path = desk.root / "inputs/113-1/會議.xlsx"
    book = openpyxl.load_workbook(path)
    if epoch:
        book.epoch = epoch
    sheet = book["潮位站"]
    for row, (value, code) in enumerate(given, start=2):
        sheet.cell(row, 2).value = value
        sheet.cell(row, 2).number_format = code
    if width:
        sheet.column_dimensions["B"].width = width
    book.save(path)


@pytest.mark.slow
def test_a_sheet_is_printed_as_it_shows(desk: Desk) -> None:
    shown = [entry for entry in ALIKE if entry[2]]
    station(desk, *((value, code) for value, code, _ in shown))
    lines = printed(desk)
    values = [lines[lines.index(f"第{row}站") + 1] for row in range(len(shown))]
    assert [value.strip() for value in values] == [text for _, _, text in shown]


def test_general_shows_more_digits_in_a_wide_column(desk: Desk) -> None:
    station(desk, (1 / 3, "General"), (1234567.25, "General"), width=20)
    lines = printed(desk)
    assert "0.333333333" in lines
    assert "1234567.25" in lines


def test_dates_counted_from_1904_are_shown_as_days(desk: Desk) -> None:
    station(desk, (DAY - 1462, '[$-404]e"年"m"月"d"日"'), epoch=CALENDAR_MAC_1904)
    assert "113年4月29日" in printed(desk)


def test_a_format_known_by_its_number_alone_is_that_of_taiwan(desk: Desk) -> None:
    from test_reading import patched

    station(desk, (DAY, "yyyy/mm/dd"))
    patched(desk.root / "inputs/113-1/會議.xlsx", "xl/styles.xml", r"<numFmts.*?</numFmts>", "")
    patched(desk.root / "inputs/113-1/會議.xlsx", "xl/styles.xml", r'numFmtId="164"', 'numFmtId="28"')
    assert "113年4月29日" in printed(desk)


def test_what_is_hidden_by_its_format_is_not_printed_but_summed(desk: Desk) -> None:
    from test_reading import figure

    station(desk, (5, ";;;"), (1234567, "#,##0,"))
    assert "1,235" in printed(desk)
    assert "5" not in printed(desk)
    assert figure(desk, "潮位站.值") == 1234572


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_the_same_cells_as_ods_are_printed_alike(desk: Desk, tmp_path: Path) -> None:
    from test_ods import as_ods

    # Without a locale the formats mean what the machine of the conversion takes them for.
    shown = [
        entry for entry in ALIKE
        if entry[2] and "DBNum" not in entry[1] and not entry[1].startswith(("e", "ggg", "aaaa"))
    ]  # fmt: skip
    shown.append((1 / 3, "General", "0.333333"))
    station(desk, *((value, code) for value, code, _ in shown))
    path = desk.root / "inputs/113-1/會議.xlsx"
    as_ods([path], path.parent, tmp_path / "profile")
    path.unlink()
    lines = printed(desk)
    values = [lines[lines.index(f"第{row}站") + 1] for row in range(len(shown))]
    differ = [
        (entry, value)
        for entry, value in zip(shown, values, strict=True)
        if "".join(value.split()) != "".join(entry[2].split())
    ]
    assert differ == []


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
@pytest.mark.parametrize("left", ["", "the number itself"])
def test_an_ods_that_leaves_showing_to_others_is_printed_as_libreoffice_shows_it(
    desk: Desk, tmp_path: Path, left: str
) -> None:
    """LibreOffice writes the styles and what it shows; the shown texts are then taken out of the file."""
    from test_ods import as_ods

    # Without a locale the formats mean what the machine of the conversion takes them for.
    entries = [
        entry
        for entry in ALIKE
        if isinstance(entry[0], int | float)
        and "DBNum" not in entry[1]
        and not entry[1].startswith(("e", "ggg", "aaaa"))
    ]
    station(desk, *((value, code) for value, code, _ in entries))
    path = desk.root / "inputs/113-1/會議.xlsx"
    as_ods([path], path.parent, tmp_path / "profile")
    path.unlink()
    book = path.with_suffix(".ods")
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["content.xml"].decode()
    number = re.compile(
        r'(<table:table-cell(?=[^>]* office:(?:value|date-value|time-value)="([^"]*)")[^>]*>)'
        r"<text:p(?:/>|>(.*?)</text:p>)"
    )
    sheet = text.index('table:name="潮位站"')
    shown = [match[3] or "" for match in number.finditer(text, sheet)]
    assert len(shown) == len(entries)
    emptied = number.sub(lambda match: match[1] + (f"<text:p>{match[2]}</text:p>" if left else ""), text[sheet:])
    parts["content.xml"] = (text[:sheet] + emptied).encode()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    lines = printed(desk)
    differ = []
    for row, (entry, before) in enumerate(zip(entries, shown, strict=True)):
        at = lines.index(f"第{row}站") + 1
        value = lines[at] if (at < len(lines) and not lines[at].startswith("第")) or before.startswith("第") else ""
        if "".join(value.split()) != "".join(re.sub(r"<[^>]*>", "", before).split()):
            differ.append((entry, before, value))
    assert differ == []


# --- Typed columns keep their parsing ---------------------------------------------------------------------------

PLANNED = "| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |\n| 北港潮位 | | 企劃處 | |"


@pytest.mark.parametrize(("code", "month"), [("0.00", "11310"), ("General", None), ("0.0", None)])
def test_a_month_that_lost_its_zero_is_october_or_an_error(desk: Desk, code: str, month: str | None) -> None:
    desk.meeting(預定開放=PLANNED, 附件="| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:預定開放 |")
    with edited(desk, "預定開放") as sheet:
        sheet["B2"], sheet["B2"].number_format = 113.1, code
    found = [one for one in desk.problems() if one["severity"] == "error"]
    if month:
        assert found == []
        assert month in printed(desk)
    else:
        assert [(one["code"], one["cell"]) for one in found][:1] == [("unclear-month", "B2")]
        assert "10 月" in found[0]["text"]


def test_a_month_with_one_digit_that_is_clear_is_read(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED, 附件="| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:預定開放 |")
    with edited(desk, "預定開放") as sheet:
        sheet["B2"] = 113.4
    assert "11304" in printed(desk)


def test_an_id_keeps_the_zeros_that_its_format_shows(desk: Desk) -> None:
    head = "| 資料集識別碼 | 上架時間 | 更新頻率 | 資料更新時間 | 資料集名稱 | 累計瀏覽次數 | 累計下載次數 |\n"
    desk.meeting(
        下載統計=head + "| 824 | 103-06-19 | 每月 | 113-03-07 | 潮位 | 9 | 5 |",
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:下載統計 |",
    )
    with edited(desk, "下載統計") as sheet:
        sheet["A2"].number_format = "00000"
    assert "00824" in printed(desk)


@pytest.mark.parametrize(
    ("attributes", "value", "shown"),
    [
        ('number:decimal-places="2" number:min-decimal-places="0" number:decimal-replacement=" "', 0.5, ".5"),
        ('number:decimal-places="2" number:min-decimal-places="0" number:decimal-replacement=" "', 12.25, "12.25"),
        ('number:decimal-places="0"', 0, ""),
        ('number:decimal-places="1"', 7, "7.0"),
    ],
)
def test_blanks_for_digits_are_read_as_newer_versions_of_libreoffice_write_them(
    attributes: str, value: float, shown: str
) -> None:
    namespaces = 'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    namespaces += 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    namespaces += 'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"'
    blanks = 'number:min-integer-digits="1" loext:max-blank-integer-digits="1"'
    style = f'<number:number-style {namespaces} style:name="N1"><number:number {attributes} {blanks}/>'
    formats = ods_formats.Formats()
    formats.take(etree.fromstring(f"{style}</number:number-style>"))
    form = formats.named("N1")
    assert form is not None
    assert form.text(value).strip() == shown
