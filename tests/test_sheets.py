"""A sheet is declared once: its form, its reader and the place of every value follow from the declaration."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from conftest import Desk, write_book

from generator.basic.problem import Problem
from generator.meeting.sheets import index
from generator.meeting.sheets.lists import LISTS
from generator.setup import sample
from generator.setup.template_check import SAMPLES
from generator.workbook import books, typed_rows
from generator.workbook.forms import FilledSheet, write_workbook
from generator.workbook.record import Kind, Record, column, sheet, spans


@sheet("訓練", about="資料開放的訓練")
class Training(Record, frozen=True):
    topic: str = column("課程", hint="課程名稱", example="資料品質")
    day: dt.date = column("日期", Kind.DATE, example="113-05-20")
    people: int | None = column("人數", Kind.COUNT, required=False, example="30")
    online: bool = column("線上", Kind.FLAG, required=False, filled=False, example="★")
    level: int = column("層級", Kind.CHOICE, required=False, choices=("1", "2"), convert=lambda text: int(text or 0))
    note: str = ""


@sheet("窗口", fields=True)
class Contact(Record, frozen=True):
    name: str = column("姓名", example="陳小華")
    most: int = column("上限", Kind.COUNT, required=False, if_empty="10")


def read(folder: Path, **tables: str) -> tuple[tuple[Training, ...], list[Problem]]:
    write_book(folder / "訓練.xlsx", **tables)
    problems: list[Problem] = []
    return typed_rows.records(Training, books.read_folder(folder, problems), problems), problems


TABLE = """
| 日期 | 課程 | 人數 | 線上 |
| 113-05-20 | 資料品質 | 1,200 | ★ |
| 113-05-21 | 詮釋資料 | | |
"""


def test_a_row_becomes_a_record_with_typed_fields(tmp_path: Path) -> None:
    (first, second), problems = read(tmp_path, 訓練=TABLE)
    assert problems == []
    assert (first.topic, first.day, first.people, first.online) == ("資料品質", dt.date(2024, 5, 20), 1200, True)
    assert (second.people, second.online, second.level, second.note) == (None, False, 0, "")
    assert first.by_heading() == {"課程": "資料品質", "日期": first.day, "人數": 1200, "線上": True, "層級": 0}


def test_a_record_knows_the_cell_of_each_of_its_fields(tmp_path: Path) -> None:
    (first, second), _ = read(tmp_path, 訓練=TABLE)
    assert str(first.at("topic")) == "訓練.xlsx〔訓練〕B2"
    assert first.at().cell == "A2"
    assert first.beside(second, "people") == "C3"
    assert [span.cell for span in spans([first, second], "day")] == ["A2:A3"]
    # The sheet has no such column, so there is no cell of it.
    assert spans([first, second], "level") == ()
    with pytest.raises(KeyError):
        first.at("note")


def test_a_row_that_lacks_something_is_reported_once_and_left_out(tmp_path: Path) -> None:
    records, problems = read(tmp_path, 訓練="| 課程 | 日期 |\n| 資料品質 | 113-13-40 |\n| 詮釋資料 | 113-05-21 |")
    assert [record.topic for record in records] == ["詮釋資料"]
    assert [(fault.code, fault.at.cell) for fault in problems] == [("no-such-day", "B2")]


def test_a_field_sheet_is_one_record_and_what_is_not_there_has_its_default(tmp_path: Path) -> None:
    write_book(tmp_path / "窗口.xlsx", 窗口="| 欄位 | 內容 |\n| 姓名 | 陳小華 |")
    problems: list[Problem] = []
    row = typed_rows.field_row(Contact, books.read_folder(tmp_path, problems), problems)
    contact = typed_rows.field_record(Contact, row)
    assert contact is not None
    assert (contact.name, contact.most, contact.at("name").cell) == ("陳小華", 10, "B2")


def test_what_the_form_holds_is_read_back(tmp_path: Path) -> None:
    given = Training.filled(topic="資料品質", day="113-05-20", people="30", online=True, level="2")
    write_workbook(tmp_path / "訓練.xlsx", [FilledSheet(Training.sheet, [given])])
    problems: list[Problem] = []
    (record,) = typed_rows.records(Training, books.read_folder(tmp_path, problems), problems)
    assert problems == []
    assert (record.topic, record.people, record.online, record.level) == ("資料品質", 30, True, 2)


def test_a_slip_in_a_declaration_is_noticed_at_once() -> None:
    with pytest.raises(TypeError):
        column("課程", exmaple="資料品質")
    with pytest.raises(KeyError):
        Training.filled(note="不是欄位")
    assert "note" in Training.__struct_fields__
    assert "note" not in Training.sheet.by_field


def test_no_sheet_is_declared_twice_and_no_sheet_has_a_heading_twice() -> None:
    records = (*index.AGENCY_SHEETS, *index.MEETING_SHEETS)
    assert len({record.sheet.name for record in records}) == len(records)
    for record in records:
        assert len({column.name for column in record.sheet.columns}) == len(record.sheet.columns)
        assert record.sheet.about


def test_a_column_refers_to_a_column_that_there_is() -> None:
    sheets = {record.sheet.name: record.sheet for record in index.MEETING_SHEETS}
    referring = [declared.refers for sheet in sheets.values() for declared in sheet.columns if declared.refers]
    assert len(referring) == 3
    for refers in referring:
        assert sheets[refers[0]].column(refers[1]).required


@pytest.mark.parametrize(("count", "below"), SAMPLES)
def test_the_made_up_meeting_has_as_many_entries_as_are_asked_for(count: int, below: int) -> None:
    meeting = sample.meeting(count, below)
    assert len(meeting.cases) == count + 2
    assert {len(record.printed(meeting)) for record in LISTS} == {count}
    assert len(meeting.past_decisions) == 3 * count
    assert len(meeting.cases[-1].explanations) == count * (1 + below * (1 + below * (1 + below)))
    assert [len(item.notes) for item in meeting.cases[-2].attachments] == [below] * (len(LISTS) + 3)


def test_a_figure_named_at_its_column_is_listed(desk: Desk) -> None:
    desk.meeting()
    shown = desk.run("figures", "113-1").output
    for record in (index.Agency, index.MeetingInfo):
        for figure in (declared.figure for declared in record.sheet.columns):
            assert figure in shown
