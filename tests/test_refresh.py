"""`packet new --refresh`: copies of the staff's workbooks in which only the drop-down lists are new."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from conftest import AGENCY, UNITS, Desk
from lxml import etree
from openpyxl.chart import BarChart, Reference
from test_starting import FACTS, ONE_CASE, book, fill, menu, rows, tree

from generator.workbook import books

FOLDER = "113-1 更新選單"
MEMBERS = """
| 姓名   | 職稱 | 服務機關 | 身分   | 性別 |
| 王小明 | 次長 | 海風部   | 召集人 | 男   |
"""


def copy(desk: Desk, name: str = "會議") -> Path:
    return desk.root / "output" / FOLDER / f"{name}.xlsx"


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def many_units(desk: Desk, names: list[str]) -> None:
    units = "| 單位 |\n" + "\n".join(f"| {name} |" for name in names)
    desk.book("機關.xlsx", 機關=AGENCY, 單位=units, 委員=MEMBERS)


def without_menus(part: bytes) -> bytes:
    root = etree.fromstring(part)
    for element in root.findall("{*}dataValidations"):
        root.remove(element)
    return etree.tostring(root, method="c14n")


def begun_too_early(desk: Desk) -> None:
    """The forms were made before 機關.xlsx was filled in, and have been filled in since."""
    desk.book("機關.xlsx", 機關=AGENCY, 單位="| 單位 |")
    assert desk.run("new", "113-1").exit_code == 0
    fill(book(desk, "會議"), "會議資訊", FACTS)
    fill(book(desk, "會議"), "案由", ONE_CASE)
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=MEMBERS)


@pytest.mark.slow
def test_forms_made_before_the_units_get_their_drop_downs_in_copies(desk: Desk) -> None:
    begun_too_early(desk)
    assert menu(openpyxl.load_workbook(book(desk, "會議"))["案由"], "C2") == ""
    before = tree(desk.root / "inputs")
    result = desk.run("new", "113-1", "--refresh")
    assert result.exit_code == 0, result.output
    assert "原檔沒有更動" in result.output
    assert tree(desk.root / "inputs") == before
    new = openpyxl.load_workbook(copy(desk))
    assert menu(new["案由"], "C2") == menu(new["案由"], "C300") == '"企劃處,資訊處,秘書處"'
    assert menu(new["列席"], "A2") == '"企劃處,資訊處,秘書處"'
    assert menu(new["會議資訊"], "B5") == '"王小明"'
    assert menu(openpyxl.load_workbook(copy(desk, "資料集"))["預定開放"], "C2") == '"企劃處,資訊處,秘書處"'


@pytest.mark.slow
def test_the_copy_differs_in_its_drop_downs_only(desk: Desk) -> None:
    begun_too_early(desk)
    path = book(desk, "會議")
    made = openpyxl.load_workbook(path)
    sheet = made.create_sheet("圖表")
    sheet.append(["甲", 1])
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=1))
    sheet.add_chart(chart, "D2")
    made.save(path)
    assert desk.run("new", "113-1", "--refresh").exit_code == 0
    old, new = parts(path), parts(copy(desk))
    assert set(old) == set(new)
    assert any(name.startswith("xl/charts/") for name in old)
    for name in old:
        if old[name] != new[name]:
            assert name.startswith("xl/worksheets/sheet")
            assert without_menus(old[name]) == without_menus(new[name])
    assert rows(copy(desk), "案由") == rows(path, "案由")


@pytest.mark.slow
def test_once_the_copies_stand_in_their_place_nothing_is_left_to_do(desk: Desk) -> None:
    begun_too_early(desk)
    assert desk.run("new", "113-1", "--refresh").exit_code == 0
    for path in (desk.root / "output" / FOLDER).glob("*.xlsx"):
        shutil.move(path, desk.root / "inputs" / "113-1" / path.name)
    assert [found for found in desk.problems() if found["workbook"] != "機關.xlsx"] == []
    again = desk.run("new", "113-1", "--refresh")
    assert again.exit_code == 0
    assert again.output == "各活頁簿的下拉清單都是最新的，不必更新。\n"
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS + "| 法務處 |\n", 委員=MEMBERS)
    assert desk.run("new", "113-1", "--refresh").exit_code == 0
    assert menu(openpyxl.load_workbook(copy(desk))["案由"], "C2") == '"企劃處,資訊處,秘書處,法務處"'


@pytest.mark.slow
def test_a_list_of_many_units_comes_on_a_hidden_sheet(desk: Desk) -> None:
    begun_too_early(desk)
    names = [f"第{number}統計調查及資料管理處" for number in range(40)]
    many_units(desk, names)
    for _ in range(2):
        assert desk.run("new", "113-1", "--refresh").exit_code == 0
        new = openpyxl.load_workbook(copy(desk))
        source = menu(new["案由"], "C2")
        assert re.fullmatch(r"'選單'!\$A\$1:\$A\$40", source)
        assert [cell.value for cell in new["選單"]["A"]] == names
        assert new["選單"].sheet_state == "hidden"
        # One more unit, where the hidden sheet is there already.
        shutil.copyfile(copy(desk), book(desk, "會議"))
        assert "新增　會議.xlsx" not in desk.run("new", "113-1", "--refresh").output
        assert not copy(desk).exists()
        names[0] = "新設單位"
        desk.book(
            "機關.xlsx", 機關=AGENCY, 單位="| 單位 |\n" + "\n".join(f"| {name} |" for name in names), 委員=MEMBERS
        )
    assert not [found for found in desk.problems() if found["code"] == "unknown-sheet"]


@pytest.mark.slow
def test_a_drop_down_that_excel_keeps_in_its_later_form_is_replaced(desk: Desk) -> None:
    begun_too_early(desk)
    path = book(desk, "會議")
    later = (
        b'<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        b'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations '
        b'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" count="1"><x14:dataValidation type="list">'
        b"<x14:formula1><xm:f>'Sheet9'!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>C2:C501 H2:H9</xm:sqref>"
        b"</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
    )
    content = parts(path)
    part = "xl/worksheets/sheet2.xml"
    content[part] = content[part].replace(b"</worksheet>", later)
    with zipfile.ZipFile(path, "w") as archive:
        for name, written in content.items():
            archive.writestr(name, written)
    assert desk.run("new", "113-1", "--refresh").exit_code == 0
    xml = parts(copy(desk))[part].decode()
    assert "<xm:sqref>H2:H9</xm:sqref>" in xml
    assert "企劃處,資訊處,秘書處" in xml


@pytest.mark.parametrize("option", ["--minutes", "--from=113-1", "--with=公開"])
def test_refresh_stands_alone(desk: Desk, option: str) -> None:
    desk.meeting()
    result = desk.run("new", "113-1", "--refresh", option)
    assert result.exit_code == 2
    assert "--refresh 不能與其他選項同時使用" in result.output


def test_refresh_before_the_agency_is_filled_in_says_what_to_fill_in(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY, 單位="| 單位 |")
    assert desk.run("new", "113-1").exit_code == 0
    result = desk.run("new", "113-1", "--refresh")
    assert result.exit_code == 1
    assert "〔單位〕〔委員〕都還沒有填" in result.output


@pytest.mark.slow
def test_a_workbook_that_cannot_be_copied_is_named_and_the_others_are_copied(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun_too_early(desk)
    monkeypatch.setattr(books, "small_enough_to_copy", lambda path: path.name != "資料集.xlsx")
    result = desk.run("new", "113-1", "--refresh")
    assert result.exit_code == 0
    assert "資料集.xlsx 不能更新下拉清單" in result.output
    assert copy(desk).is_file()
    assert not copy(desk, "資料集").exists()
