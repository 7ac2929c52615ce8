"""`packet check --mark`: copies of the workbooks with the faulty cells coloured."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from conftest import AGENCY, CASES, MEETING, Desk
from test_reading import patched

FAULTY = CASES.replace("資訊處", "資訊室")


def marked_copies(desk: Desk) -> dict[str, Path]:
    return {path.name: path for path in (desk.root / "output" / "113-1 檢查").glob("*.xlsx")}


def test_the_copy_colours_the_faulty_cell_and_tells_the_problem_in_a_comment(desk: Desk) -> None:
    desk.meeting(案由=FAULTY)
    original = (desk.root / "inputs/113-1/會議.xlsx").read_bytes()
    result = desk.run("check", "113-1", "--mark")
    assert result.exit_code == 1
    assert "會議（標示問題）.xlsx" in result.output
    cell = openpyxl.load_workbook(marked_copies(desk)["會議（標示問題）.xlsx"])["案由"]["C2"]
    assert cell.value == "資訊室"
    assert cell.fill.fgColor.rgb.endswith("FFC7CE")
    assert cell.comment is not None
    assert "「資訊室」不在 機關.xlsx〔單位〕內" in cell.comment.text
    assert "資訊處" in cell.comment.text
    assert (desk.root / "inputs/113-1/會議.xlsx").read_bytes() == original


def test_a_workbook_in_order_gets_no_copy_and_an_old_copy_goes(desk: Desk) -> None:
    desk.meeting(案由=FAULTY)
    desk.run("check", "113-1", "--mark")
    desk.meeting()
    result = desk.run("check", "113-1", "--mark")
    assert result.exit_code == 0
    assert not marked_copies(desk)


def test_a_copy_that_someone_worked_in_is_kept(desk: Desk) -> None:
    desk.meeting(案由=FAULTY)
    desk.run("check", "113-1", "--mark")
    copy = marked_copies(desk)["會議（標示問題）.xlsx"]
    copy.write_bytes(b"an hour of work")
    desk.run("check", "113-1", "--mark")
    assert b"an hour of work" in [path.read_bytes() for path in marked_copies(desk).values()]


def test_a_problem_of_a_whole_sheet_stands_in_its_first_cell(desk: Desk) -> None:
    desk.meeting(會議資訊=MEETING.replace("地點", "地 方"))
    desk.run("check", "113-1", "--mark")
    comment = openpyxl.load_workbook(marked_copies(desk)["會議（標示問題）.xlsx"])["會議資訊"]["A1"].comment
    assert comment is not None
    assert "缺少欄位「地點」" in comment.text


def test_a_sheet_that_is_not_there_is_told_in_a_sheet_in_front(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY)
    desk.meeting()
    desk.run("check", "113-1", "--mark")
    book = openpyxl.load_workbook(marked_copies(desk)["機關（標示問題）.xlsx"])
    assert book.sheetnames[0] == "問題"
    assert "找不到工作表〔單位〕" in book["問題"]["A1"].value


def test_a_workbook_that_cannot_be_copied_is_mentioned(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.workbook import books

    monkeypatch.setattr(books, "small_enough_to_copy", lambda path: False)
    desk.meeting(案由=FAULTY)
    result = desk.run("check", "113-1", "--mark")
    assert result.exit_code == 1
    assert "會議.xlsx 沒有標示副本，請依訊息的位置在原檔改正。" in result.output


def test_a_workbook_that_openpyxl_does_not_open_is_read_and_mentioned(desk: Desk) -> None:
    desk.meeting(案由=FAULTY)
    path = desk.root / "inputs/113-1/會議.xlsx"
    patched(path, "xl/styles.xml", '<family val="2"', '<family val="99"')
    with pytest.raises(ValueError, match="stylesheet"):
        openpyxl.load_workbook(path)
    result = desk.run("check", "113-1", "--mark")
    assert "「資訊室」不在 機關.xlsx〔單位〕內" in result.output
    assert "會議.xlsx 沒有標示副本，請依訊息的位置在原檔改正。" in result.output
