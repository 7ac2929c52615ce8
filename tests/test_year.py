"""A year for the chief: meetings against the rule, who came, whose term ends, which deadlines were kept."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import openpyxl
import pytest
from conftest import AGENCY, MEETING, UNITS, Desk, docx_text
from test_minutes import ATTENDANCE, INFO, ROSTER

from generator.cli import options

TERMS = (
    ROSTER.replace("| 性別 |", "| 性別 | 任期起 | 任期迄 | 聘任次數 |")
    .replace(
        "| 周民間 | 教授 | 甲大學   | 民間代表 | 男 |",
        "| 周民間 | 教授 | 甲大學 | 民間代表 | 男 | 112-01-01 | 113-12-31 | 2 |",
    )
    .replace(
        "| 吳民間 | 教授 | 乙大學   | 民間代表 | 女 |",
        "| 吳民間 | 教授 | 乙大學 | 民間代表 | 女 | 113-01-01 | 114-12-31 | 1 |",
    )
)


@pytest.fixture
def held(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 12, 1))
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=TERMS)
    chair = "| 主席 | 林召集 |\n"
    desk.meeting(會議資訊=MEETING + chair)
    decided = "| 案號 | 項次 | 內容 |\n| 報1 | 1 | 洽悉。 |\n| 討1 | 1 | 照案通過。 |\n"
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=INFO, 出席=ATTENDANCE, 決議=decided)
    desk.meeting("113-2", 會議資訊=MEETING.replace("113-05-20", "113-11-20").replace("113-05-01", "113-11-01") + chair)
    absent = ATTENDANCE.replace("| 周民間 | 民間代表 | 出席 |", "| 周民間 | 民間代表 | 請假 |")
    desk.book("113-2/會議紀錄.xlsx", 紀錄資訊=INFO, 出席=absent)
    desk.meeting("114-1", 會議資訊=MEETING.replace("113-05-20", "114-05-20").replace("113-05-01", "114-05-01"))
    return desk


def year(desk: Desk, *more: str) -> dict[str, Any]:
    result = desk.run("year", "113", "--json", *more)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_meetings_are_counted_against_the_rule_and_the_roster_by_its_shares(held: Desk) -> None:
    found = year(held)
    assert found["lines"][0] == "已召開2次；每年以2次為原則（設置要點四(一)），已達。"
    assert found["lines"][1].startswith("委員11人：女性6人、男性5人，民間代表5人；任一性別三分之一以上")
    assert [row["日期"] for row in found["tables"]["會議"]] == ["113-05-20", "113-11-20"]


def test_attendance_is_counted_by_member_without_percentages_unless_asked(held: Desk) -> None:
    rows = {row["委員"]: row for row in year(held)["tables"]["委員出席"]}
    assert rows["周民間"] == {
        "委員": "周民間",
        "身分": "民間代表",
        "應出席": "2",
        "親自出席": "1",
        "代理": "0",
        "請假": "1",
    }
    assert (rows["李代表"]["親自出席"], rows["李代表"]["代理"]) == ("0", "2")
    assert not any("%" in value for row in rows.values() for value in row.values())
    asked = {row["委員"]: row for row in year(held, "--percent")["tables"]["委員出席"]}
    assert asked["周民間"]["親自出席率"] == "50%"


def test_terms_that_end_say_whether_they_can_be_renewed(held: Desk) -> None:
    rows = {row["委員"]: row["期滿"] for row in year(held)["tables"]["任期"]}
    assert rows["周民間"].startswith("不得再續聘")
    assert rows["吳民間"] == "還可續聘1次"


@pytest.mark.slow
def test_deadlines_are_kept_or_not_by_the_first_release(held: Desk) -> None:
    rows = {(row["會議"][-6:], row["事項"][:2]): row["結果"] for row in year(held)["tables"]["期限"]}
    assert set(rows.values()) <= {"沒有版本可查", "尚未到期"}
    result = held.run("release", "113-1", "--reason", "測試")
    assert result.exit_code == 0, result.output
    outcomes = [row["結果"] for row in year(held)["tables"]["期限"]]
    assert "逾期" in outcomes


def test_the_year_is_a_document_and_a_workbook(held: Desk) -> None:
    text = held.run("year", "113").output
    assert "已召開2次" in text
    folder = held.root / "output/年度統計"
    document = docx_text(folder / "113年年度統計.docx")
    assert "委員出席" in document
    assert "周民間" in document
    book = openpyxl.load_workbook(folder / "113年年度統計.xlsx")
    assert book.sheetnames[:4] == ["會議", "委員出席", "任期", "期限"]


def test_a_year_without_meetings_is_a_wrong_usage(held: Desk) -> None:
    result = held.run("year", "110")
    assert (result.exit_code, "民國 110 年沒有會議" in result.output) == (2, True)
