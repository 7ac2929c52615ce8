"""What an .xlsx says beside its sheets: the list of them, and the styles."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Desk, write_book
from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.styles.numbers import BUILTIN_FORMATS
from test_reading import patched

from generator.basic.problem import Problem
from generator.workbook import books, number_formats, xlsx_parts
from generator.workbook.xlsx_styles import Style, styles

_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = f"""<Types>
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>
<Override PartName="/xl/texts.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>"""
_BOOK = """<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr/>
<bookViews><workbookView/><workbookView visibility="hidden"/></bookViews><sheets>
<sheet name="甲" sheetId="1" r:id="a"/><!-- between --><sheet name="乙" sheetId="2" state="hidden" r:id="b"/>
<sheet name="圖" sheetId="3" r:id="c"/><sheet name="無" sheetId="4" r:id="d"/><sheet name="空" sheetId="5" r:id=""/>
</sheets></workbook>"""
_LINKS = """<Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="b" Type="x/worksheet" Target="/xl/second.xml"/>
<Relationship Id="c" Type="x/chartsheet" Target="chart.xml"/>
<Relationship Id="d" Type="x/worksheet" Target="../gone.xml"/></Relationships>"""
_PRESENT = {"xl/worksheets/sheet1.xml", "xl/second.xml", "xl/chart.xml"}
_SHEETS = (
    xlsx_parts.ListedSheet("甲", True, "xl/worksheets/sheet1.xml"),
    xlsx_parts.ListedSheet("乙", False, "xl/second.xml"),
)
_ONE_STYLE = "<s><fonts><font>{}</font></fonts><fills><fill>{}</fill></fills><cellXfs><xf>{}</xf></cellXfs></s>"
_SOLID = '<patternFill patternType="solid">{}</patternFill>'


def opened(types: str = _TYPES, book: str = _BOOK, links: str = _LINKS) -> xlsx_parts.Book:
    parts = {"[Content_Types].xml": types, "xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": links}
    return xlsx_parts.book({name: part.encode() for name, part in parts.items()}, _PRESENT)


def style(font: str = "", fill: str = "", form: str = "") -> Style:
    """The style of a cell with that font, fill and the like."""
    return styles(_ONE_STYLE.format(font, fill, form).encode())[0]


def shown(number: int, form: str = "") -> str:
    """The code of the format that has that number, perhaps among those that the file itself has."""
    return styles(f'<s><numFmts>{form}</numFmts><cellXfs><xf numFmtId="{number}"/></cellXfs></s>'.encode())[0].code


# --- The workbook ------------------------------------------------------------------------------------------------


def test_sheets_are_those_with_cells_whose_part_is_there() -> None:
    assert opened() == xlsx_parts.Book("xl/workbook.xml", "xl/texts.xml", _SHEETS, [Style()], False, False)


def test_the_workbook_may_be_of_the_type_of_all_parts() -> None:
    found = opened(types=f'<Types><Default Extension="xml" ContentType="{_KIND}.sheet.main+xml"/></Types>')
    assert (found.part, found.strings, found.sheets) == ("xl/workbook.xml", "", _SHEETS)


@pytest.mark.parametrize(("given", "from_1904"), [("1", True), ("true", True), ("0", False), ("false", False)])
def test_dates_count_from_1904_where_the_workbook_says_so(given: str, from_1904: bool) -> None:
    assert opened(book=_BOOK.replace("<workbookPr", f'<workbookPr date1904="{given}"')).from_1904 is from_1904


def test_a_workbook_without_a_visible_window_shows_no_sheet() -> None:
    assert opened(book=_BOOK.replace("<workbookView/>", '<workbookView visibility="veryHidden"/>')).windowless
    assert not opened(book=re.sub("<bookViews>.*</bookViews>", "", _BOOK)).windowless


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("[Content_Types].xml", "<Types", "<Types <"),
        ("[Content_Types].xml", " PartName=", " Name="),
        ("[Content_Types].xml", "spreadsheetml.sheet.main", "spreadsheetml.other"),
        ("[Content_Types].xml", "/xl/workbook.xml", "/xl/elsewhere.xml"),
        ("[Content_Types].xml", "<Types", "<!DOCTYPE a><Types"),
        ("xl/workbook.xml", "</sheets>", ""),
        ("xl/workbook.xml", "<sheet ", "<!-- <sheet "),
        ("xl/workbook.xml", ' sheetId="1"', ""),
        ("xl/workbook.xml", ' sheetId="1"', ' sheetId="一"'),
        ("xl/workbook.xml", 'name="甲"', ""),
        ("xl/workbook.xml", 'state="visible"', 'state="?"'),
        ("xl/workbook.xml", 'visibility="visible"', 'visibility="?"'),
        ("xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet9.xml"),
        ("xl/_rels/workbook.xml.rels", " Id=", " Number="),
        ("xl/_rels/workbook.xml.rels", " Target=", " Goal="),
        ("xl/_rels/workbook.xml.rels", " Type=", " Kind="),
        ("xl/styles.xml", "</styleSheet>", ""),
        ("xl/styles.xml", 'fontId="0"', 'fontId="零"'),
        ("xl/styles.xml", 'numFmtId="0"', 'numFmtId=""'),
        ("xl/styles.xml", '<sz val="11"', '<sz val="大"'),
        ("xl/styles.xml", 'theme="1"', 'theme="x"'),
        ("docProps/app.xml", "<Properties", "<!DOCTYPE a><Properties"),
    ],
)
def test_a_damaged_part_is_a_problem_of_its_workbook(tmp_path: Path, part: str, old: str, new: str) -> None:
    path = write_book(tmp_path / "資料.xlsx", 甲="| 名稱 |\n| 潮位 |")
    patched(path, part, re.escape(old), new)
    problems: list[Problem] = []
    assert books.read_workbook(path, problems) == []
    assert [(found.code, found.at.workbook) for found in problems] == [("workbook-unreadable", "資料.xlsx")]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/styles.xml", "<cellStyleXfs.*</cellStyleXfs>", ""),
        ("xl/styles.xml", 'family val="2"', 'family val="99"'),
        ("xl/styles.xml", "<fill><patternFill */></fill>", "<fill/>"),
        ("xl/styles.xml", 'fontId="0"', 'fontId="77"'),
        ("xl/workbook.xml", 'tabRatio="600"', 'tabRatio="much"'),
    ],
)
def test_what_nobody_asks_for_may_be_wrong(tmp_path: Path, part: str, old: str, new: str) -> None:
    path = write_book(tmp_path / "資料.xlsx", 甲="| 名稱 |\n| 潮位 |")
    patched(path, part, old, new)
    problems: list[Problem] = []
    (sheet,) = books.read_workbook(path, problems)
    assert (sheet.cells, problems) == ([["名稱"], ["潮位"]], [])


# --- Styles ------------------------------------------------------------------------------------------------------


def test_a_format_known_by_its_number_is_that_of_openpyxl_but_for_those_of_taiwan() -> None:
    expected = {number: BUILTIN_FORMATS.get(number, number_formats.GENERAL) for number in range(-1, 200)}
    expected |= number_formats.LOCAL
    # openpyxl has it without the signs between its sections, and shows it as one.
    expected[44] = expected[44].replace(')_("$"', ');_("$"').replace(")_(@", ");_(@")
    assert {number: shown(number) for number in expected} == expected


def test_the_style_of_currency_is_shown_as_one_amount() -> None:
    assert number_formats.compiled(shown(44)).text(-1234.5) == "$(1,234.50)"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("0.000", "0.000"), ("mm-dd-yy", "yyyy/m/d"), ("m/d/yy h:mm", "yyyy/m/d hh:mm"), ("#,##0", "#,##0"), ("", "")],
)
@pytest.mark.parametrize("number", [14, 37, 164, 999])
def test_a_format_of_the_file_counts_before_that_of_its_number(number: int, code: str, expected: str) -> None:
    assert shown(number, f'<numFmt numFmtId="{number}" formatCode="{code}"/>') == expected
    assert shown(165, f'<numFmt numFmtId="{number}" formatCode="{code}"/>') == number_formats.GENERAL


@pytest.mark.parametrize(
    ("font", "struck", "underlined"),
    [
        ("", False, False),
        ("<strike/><u/>", True, True),
        ('<strike val="0"/><u val="none"/>', False, False),
        ('<strike val="true"/><u val="doubleAccounting"/>', True, True),
        ('<strike val="false"/><u val="single"/>', False, True),
    ],
)
def test_a_font_strikes_out_and_underlines(font: str, struck: bool, underlined: bool) -> None:
    assert style(font) == Style(struck=struck, underlined=underlined)


@pytest.mark.parametrize(
    ("font", "fill", "unseen"),
    [
        ('<color rgb="FFFFFFFF"/>', "", True),
        ('<color rgb="ffffff"/>', "<patternFill/>", True),
        ('<color theme="0"/>', '<patternFill patternType="none"/>', True),
        ('<color theme="0" tint="-0.25"/>', "", False),
        ('<color theme="0" tint="-0.25"/>', _SOLID.format('<fgColor theme="0" tint="-0.25"/>'), True),
        ('<color theme="1"/>', _SOLID.format(""), True),
        ('<color indexed="64"/>', _SOLID.format('<fgColor indexed="64"/>'), False),
        ('<color auto="1"/>', _SOLID.format('<fgColor auto="1"/>'), False),
        ('<color rgb="FFFFFFFF"/>', _SOLID.format('<fgColor rgb="FF000000"/>'), False),
        ('<color rgb="FFFFFFFF"/>', '<patternFill patternType="gray125"/>', False),
        ('<color rgb="FFFFFFFF"/>', "<gradientFill/>", False),
        ('<sz val="2.5"/>', "", True),
        ('<sz val="3"/>', "", False),
        ('<sz val="0"/>', "", False),
        ("<sz/>", "", False),
        ("", "", False),
    ],
)
def test_ink_of_the_colour_of_its_paper_and_tiny_letters_are_unseen(font: str, fill: str, unseen: bool) -> None:
    assert style(font, fill) == Style(unseen=unseen)


def test_a_format_without_anything_is_unseen() -> None:
    code = '<s><numFmts><numFmt numFmtId="170" formatCode=" ;;;"/></numFmts><cellXfs><xf numFmtId="170"/></cellXfs></s>'
    assert styles(code.encode()) == [Style(" ;;;", unseen=True)]


def test_colours_known_by_number_are_those_of_openpyxl() -> None:
    for number, colour in enumerate(COLOR_INDEX):
        fill = _SOLID.format(f'<fgColor rgb="{colour}"/>')
        assert style(f'<color indexed="{number}"/>', fill).unseen, number
    assert not style(f'<color indexed="{len(COLOR_INDEX)}"/>', _SOLID.format("")).unseen


@pytest.mark.parametrize(
    ("alignment", "indent"),
    [
        ("", 0),
        ('<alignment indent="2"/>', 2),
        ('<alignment horizontal="distributed" indent="1.5"/>', 1),
        ('<alignment horizontal="general" indent="40"/>', 15),
        ('<alignment horizontal="left" indent="-3"/>', 0),
        ('<alignment indent="nan"/>', 0),
        ('<alignment horizontal="right" indent="2"/>', 0),
    ],
)
def test_a_text_at_the_left_is_moved_in(alignment: str, indent: int) -> None:
    assert style(form=alignment) == Style(indent=indent)


def test_styles_that_point_beyond_their_lists_are_like_none() -> None:
    part = '<s><cellXfs><xf fontId="7" fillId="-1" numFmtId="5000"/><!-- x --><xf/></cellXfs></s>'
    assert styles(part.encode()) == [Style(), Style()]


@pytest.mark.parametrize("part", [None, b"<s/>", b"<s><cellXfs/></s>"])
def test_without_styles_a_cell_is_plain(part: bytes | None) -> None:
    assert styles(part) == [Style()]


# --- Loading -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_check_does_not_load_openpyxl(desk: Desk) -> None:
    desk.meeting()
    program = [sys.executable, "-X", "importtime", "-c", "from generator.cli.start import main; main()"]
    command = [*program, "--workspace", str(desk.root), "check", "113-1"]
    loaded = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stderr
    assert "generator.workbook.xlsx_styles" in loaded
    assert "openpyxl" not in loaded
