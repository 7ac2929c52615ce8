"""From one meeting to the next: the form of the minutes, what is carried over, what becomes of it, how it prints."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from conftest import AGENCY, CASES, MEETING, REPO, UNITS, Desk
from test_starting import ends, fill, menu, rows, tree

from generator.setup import start
from generator.workbook import forms

SAMPLE = REPO / "docs" / "sample" / "113-1" / "會議紀錄.xlsx"
FACTS = {
    "會議日期": "113年10月28日（星期一）",
    "資料基準日": "113-10-01",
    "報告期間": "113年4至9月",
}
MEMBERS = """
| 姓名   | 職稱 | 服務機關 | 身分     | 性別 |
| 王小明 | 次長 | 海風部   | 召集人   | 男   |
| 李大華 | 處長 | 海風部   | 機關代表 | 女   |
| 張三   | 教授 | 某大學   | 民間代表 | 女   |
"""
THREE_CASES = f"""{CASES.rstrip()}
| 討2  | 討論事項 | 秘書處 | 潮位站增設一案，提請討論。 |
"""
DRAFT = "| 欄位 | 內容 |\n| 紀錄狀態 | 草稿 |"
FINAL = DRAFT.replace("草稿", "定稿")
DECISIONS = """
| 案號 | 項次 | 內容                           | 主辦單位 | 期限      | 列管     |
| 討2  | 1    | 不予通過。                     |          |           |          |
| 討1  | 2    | 請資訊處訂定潮位資料開放時程。 | 資訊處   | 113-08-30 | 持續列管 |
| 討1  | 1    | 照案通過。                     |          |           |          |
| 報1  | 1    | 洽悉。                         |          |           |          |
"""
PAST = """
| 類別     | 案由                       | 決定（議）                         | 辦理情形 | 列管     | 會議  |
| 報告事項 | 海象浮標報告，報請鑒察。   | 洽悉。                             |          |          |       |
| 討論事項 | 海象浮標資料一案，提請討論。 | 請企劃處訂定海象浮標資料開放作業。 | 研擬中。 | 持續列管 |       |
| 討論事項 | 海嘯資料一案，提請討論。   | 請秘書處辦理海嘯資料之盤點作業。   | 盤點中。 | 持續列管 | 111-2 |
| 討論事項 | 波浪資料一案，提請討論。   | 照案通過。                         | 已完成。 | 解除列管 |       |
"""
CARRIED = [
    ["報告事項", "本部辦理情形，報請鑒察。", "洽悉。", None, None, "113-1"],
    [
        "討論事項",
        "本部資料集開放一案，提請討論。",
        "1. 照案通過。\n2. 請資訊處訂定潮位資料開放時程。",
        None,
        "持續列管",
        "113-1",
    ],
    ["討論事項", "潮位站增設一案，提請討論。", "不予通過。", None, None, "113-1"],
    [
        "討論事項",
        "海象浮標資料一案，提請討論。",
        "請企劃處訂定海象浮標資料開放作業。",
        None,
        "持續列管",
        "112-2",
    ],
    ["討論事項", "海嘯資料一案，提請討論。", "請秘書處辦理海嘯資料之盤點作業。", None, "持續列管", "111-2"],
]
RULES = {
    "carried-altered",
    "carried-missing",
    "carried-dropped",
    "carried-extra",
    "carried-twice",
    "carried-origin",
    "carried-unchecked",
    "bad-meeting",
    "no-progress",
    "closed-without-reason",
    "closed-silently",
}


def past(desk: Desk, meeting: str = "113-2") -> Path:
    return desk.root / "inputs" / meeting / "上次決定.xlsx"


def minutes_of(desk: Desk, meeting: str = "113-1") -> Path:
    return desk.root / "inputs" / meeting / "會議紀錄.xlsx"


def decided(desk: Desk, status: str = FINAL, decisions: str = DECISIONS, **changed: str) -> None:
    """113-1 with three cases, minutes, and items of its own from earlier meetings; 112-2 lies before it."""
    desk.meeting("112-2", 會議資訊=MEETING.replace("113-", "112-"))
    desk.meeting(**{"案由": THREE_CASES, "上次會議決定": PAST, **changed})
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=status, 決議=decisions)


def next_meeting(desk: Desk, **cells: Any) -> None:
    """113-2 from 113-1, its date and 辦理情形 filled in; then single cells of 上次會議決定, None to empty them."""
    result = desk.run("new", "113-2", "--from", "113-1")
    assert result.exit_code == 0, result.output
    facts = {"會議日期": "113-10-28", "資料基準日": "113-10-01"}
    fill(desk.root / "inputs" / "113-2" / "會議.xlsx", "會議資訊", facts)
    book = openpyxl.load_workbook(past(desk))
    sheet = book["上次會議決定"]
    for row in range(2, 2 + len(rows(past(desk), "上次會議決定"))):
        sheet.cell(row, 4, f"第{row}列已照決議辦理。")
    for cell, value in cells.items():
        sheet[cell].value = value
    book.save(past(desk))


def drop(desk: Desk, row: int) -> None:
    book = openpyxl.load_workbook(past(desk))
    book["上次會議決定"].delete_rows(row)
    book.save(past(desk))


def found(desk: Desk, meeting: str = "113-2") -> list[tuple[str, str, str]]:
    return [(one["code"], one["severity"], one["cell"]) for one in desk.problems(meeting) if one["code"] in RULES]


def text_of(desk: Desk, code: str) -> str:
    return next(one["text"] for one in desk.problems("113-2") if one["code"] == code)


def printed(desk: Desk, meeting: str = "113-2") -> list[list[str]]:
    """The rows of the printed table below its headings; that of a group is one text.

    The next meeting has a column for what is 持續列管.
    """
    path = next(path for path in desk.output("", meeting).glob("* 報告事項*.docx") if docx.Document(str(path)).tables)
    # The label of a point is set off by a tab.
    table = [[cell.text.replace("\t", " ") for cell in row.cells] for row in docx.Document(str(path)).tables[0].rows]
    assert table[0] == ["案由", "決定（議）", "辦理情形", *(["列管建議"] if meeting == "113-2" else [])]
    return [row[:1] if len(set(row)) == 1 else row for row in table[1:]]


# packet new --minutes


@pytest.mark.slow
def test_the_form_of_the_minutes_knows_members_units_and_cases(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=MEMBERS)
    desk.meeting(案由=THREE_CASES)
    result = desk.run("new", "113-1", "--minutes")
    assert result.exit_code == 0, result.output
    form = minutes_of(desk)
    book = openpyxl.load_workbook(form)
    assert book.sheetnames == ["紀錄資訊", "出席", "列席", "發言", "決議", "非姓名", "案由"]
    assert rows(form, "紀錄資訊")[0][:2] == ["紀錄狀態", "草稿"]
    assert rows(form, "出席") == [
        ["王小明", "召集人", None, None, None],
        ["李大華", "機關代表", None, None, None],
        ["張三", "民間代表", None, None, None],
    ]
    assert [row[0] for row in rows(form, "列席")] == ["資訊處", "企劃處", "秘書處"]
    assert [row[:3] for row in rows(form, "決議")] == [["報1", 1, None], ["討1", 1, None], ["討2", 1, None]]
    assert rows(form, "發言") == rows(form, "案由") == []
    assert menu(book["發言"], "A2") == menu(book["決議"], "A2") == '"報1,討1,討2,臨1"'
    assert menu(book["發言"], "C2") == '"王小明,李大華,張三,企劃處,資訊處,秘書處"'
    assert menu(book["發言"], "D2") == '"委員意見,機關回應"'
    assert menu(book["發言"], "E2") == '"記名,不記名,不公開,併同不公開"'
    assert menu(book["決議"], "D2") == '"企劃處,資訊處,秘書處"'
    assert "packet check 113-1" in result.output


@pytest.mark.slow
def test_the_fresh_form_stops_nothing(desk: Desk) -> None:
    desk.meeting()
    before = desk.problems()
    assert desk.run("new", "113-1", "--minutes").exit_code == 0
    now = desk.problems()
    assert [one for one in now if one["severity"] == "error"] == []
    assert [one for one in before if one not in now] == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0


def test_who_and_when_without_what_is_an_error(desk: Desk) -> None:
    desk.meeting()
    decisions = "| 案號 | 項次 | 內容 | 主辦單位 |\n| 報1 | 1 | 洽悉。 | |\n| 討1 | 1 | | 資訊處 |"
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=DRAFT, 決議=decisions)
    errors = [(one["code"], one["sheet"], one["cell"]) for one in desk.problems() if one["severity"] == "error"]
    assert errors == [("empty-cell", "決議", "C3")]


@pytest.mark.slow
def test_a_motion_raised_at_the_meeting_joins_the_cases(desk: Desk) -> None:
    desk.meeting()
    assert desk.run("new", "113-1", "--minutes").exit_code == 0
    fill(minutes_of(desk), "案由", {"案號": "臨1", "類別": "臨時動議", "單位": "秘書處", "案由": "增開會議一案。"})
    fill(minutes_of(desk), "決議", {"案號": "臨1", "項次": 1, "內容": "照案通過。"})
    assert [one for one in desk.problems() if one["severity"] == "error"] == []
    assert desk.run("new", "113-2", "--from", "113-1").exit_code == 0
    assert rows(past(desk), "上次會議決定")[2] == ["臨時動議", "增開會議一案。", "照案通過。", None, None, "113-1"]
    brought = rows(desk.root / "inputs" / "113-2" / "會議.xlsx", "案由")
    assert [row[0] for row in brought] == ["報1", "討1"]


@pytest.mark.parametrize("name", ["會議紀錄.xlsx", "我的紀錄.xlsx"])
def test_minutes_that_are_there_are_not_touched(desk: Desk, name: str) -> None:
    desk.meeting()
    desk.book(f"113-1/{name}", 紀錄資訊=FINAL)
    before = tree(desk.root)
    result = desk.run("new", "113-1", "--minutes")
    assert result.exit_code == 2
    assert name in result.output
    assert "沒有更動任何檔案" in result.output
    assert tree(desk.root) == before


def test_minutes_need_a_meeting_and_no_source(desk: Desk) -> None:
    desk.meeting()
    before = tree(desk.root)
    missing = desk.run("new", "113-2", "--minutes")
    assert missing.exit_code == 2
    assert "現有的會議：113-1" in missing.output
    both = desk.run("new", "113-1", "--minutes", "--from", "113-1")
    assert both.exit_code == 2
    assert "不能同時使用" in both.output
    assert tree(desk.root) == before


def test_minutes_of_unreadable_cases_are_not_made(desk: Desk) -> None:
    desk.meeting(案由=CASES.replace("討論事項", "討論"))
    before = tree(desk.root)
    result = desk.run("new", "113-1", "--minutes")
    assert result.exit_code == 1
    assert "會議.xlsx〔案由〕B3" in result.output
    assert "沒有建立 inputs/113-1/會議紀錄.xlsx" in result.output
    assert tree(desk.root) == before


@pytest.mark.parametrize("moment", ["write", "rename"])
def test_minutes_that_fail_leave_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    desk.meeting()
    before, write = tree(desk.root), forms.write_workbook

    def full(target: Path, *arguments: Any, **settings: Any) -> None:
        write(target, *arguments, **settings)
        raise OSError(28, "No space left on device", str(target))

    def denied(source: Path, target: Path) -> None:
        raise PermissionError(13, "denied", str(target))

    if moment == "write":
        monkeypatch.setattr(start, "write_workbook", full)
    else:
        for way in ("rename", "link", "replace"):
            monkeypatch.setattr(start.os, way, denied)
    assert ends(monkeypatch, "--workspace", str(desk.root), "new", "113-1", "--minutes") == 3
    assert tree(desk.root) == before


# packet new --from


def test_every_decision_is_carried_once_and_every_item_still_open(desk: Desk) -> None:
    decided(desk)
    result = desk.run("new", "113-2", "--from", "113-1")
    assert result.exit_code == 0, result.output
    assert rows(past(desk), "上次會議決定") == CARRIED
    assert "已帶入 113-1 各案的決定（議）3 列與歷次持續列管事項 2 項" in result.output
    assert "草稿" not in result.output


def test_a_draft_is_carried_with_a_remark(desk: Desk) -> None:
    decided(desk, status=DRAFT, decisions=DECISIONS.replace("不予通過。", ""))
    result = desk.run("new", "113-2", "--from", "113-1")
    assert result.exit_code == 0, result.output
    carried = rows(past(desk), "上次會議決定")
    assert [row[2] for row in carried[:3]] == ["洽悉。", CARRIED[1][2], None]
    assert "還是草稿" in result.output
    assert "還沒有這些案的決定（議），請補填：討2。" in result.output


@pytest.mark.slow
def test_without_minutes_the_cases_and_the_open_items_are_listed(desk: Desk) -> None:
    decided(desk)
    minutes_of(desk).unlink()
    result = desk.run("new", "113-2", "--from", "113-1")
    assert "113-1 沒有會議紀錄的活頁簿" in result.output
    listed = [[*row[:2], None, None, None, "113-1"] for row in CARRIED[:3]]
    assert rows(past(desk), "上次會議決定") == listed + CARRIED[3:]
    fill(desk.root / "inputs" / "113-2" / "會議.xlsx", "會議資訊", {"會議日期": "113-10-28", "資料基準日": "113-10-01"})
    assert [code for code, _, _ in found(desk)] == ["no-progress", "no-progress"]


def test_minutes_that_would_lose_a_decision_are_not_carried(desk: Desk) -> None:
    decided(desk, decisions=DECISIONS.replace("| 討1  | 2 ", "| 討1  | 二 "))
    before = tree(desk.root)
    result = desk.run("new", "113-2", "--from", "113-1")
    assert result.exit_code == 1
    assert "會議紀錄.xlsx〔決議〕B3" in result.output
    assert tree(desk.root) == before


@pytest.mark.slow
def test_an_item_whose_meeting_no_one_knows_says_so(desk: Desk) -> None:
    decided(desk)
    shutil.rmtree(desk.root / "inputs" / "112-2")
    result = desk.run("new", "113-2", "--from", "113-1")
    assert "不知是哪一次會議" in result.output
    assert [row[5] for row in rows(past(desk), "上次會議決定")] == ["113-1", "113-1", "113-1", None, "111-2"]
    shutil.rmtree(desk.root / "inputs" / "113-2")
    next_meeting(desk)
    assert found(desk) == [("carried-origin", "warning", "F5")]
    shutil.rmtree(desk.root / "inputs" / "113-2")
    next_meeting(desk, F5="112-2")
    assert found(desk) == []


@pytest.mark.slow
def test_an_extraordinary_meeting_hands_on_by_its_date(desk: Desk) -> None:
    decided(desk)
    desk.meeting("113-臨1", 會議資訊=MEETING.replace("113-05-20", "113-07-01"))
    assert "之後還有別的會議" in desk.run("new", "113-2", "--from", "113-1").output
    shutil.rmtree(desk.root / "inputs" / "113-2")
    shutil.rmtree(desk.root / "inputs" / "113-臨1")
    next_meeting(desk)
    desk.meeting("113-臨1", 會議資訊=MEETING.replace("113-05-20", "113-12-02"))
    assert found(desk) == []
    drop(desk, 2)
    assert found(desk) == [("carried-missing", "error", "")]


# packet check


@pytest.mark.slow
def test_what_was_carried_and_reported_on_is_in_order(desk: Desk) -> None:
    decided(desk)
    next_meeting(desk)
    assert found(desk) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "cells",
    [
        {"B2": " 本部辦理情形，報請鑒察。\n"},
        {"F2": None},
        {"F2": "１１３-1"},
        {"D2": None, "D4": None},
        {"E3": "解除列管"},
    ],
    ids=["blanks at the ends", "last meeting unsaid", "wide id", "nothing to report", "closed with a reason"],
)
def test_what_is_no_alteration_is_not_reported(desk: Desk, cells: dict[str, Any]) -> None:
    decided(desk)
    next_meeting(desk, **cells)
    assert found(desk) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "expected", "was"),
    [
        ({"B4": "潮位站增設二站一案，提請討論。"}, ("carried-altered", "error", "B4"), "潮位站增設一案，提請討論。"),
        ({"B3": "另一件事，提請討論。"}, ("carried-altered", "error", "B3"), "本部資料集開放一案，提請討論。"),
        ({"B2": "本部辦理情形, 報請鑒察。"}, ("carried-altered", "error", "B2"), "本部辦理情形，報請鑒察。"),
        ({"C4": "通過。"}, ("carried-altered", "error", "C4"), "不予通過。"),
        (
            {"C3": "1. 照案通過。"},
            ("carried-altered", "error", "C3"),
            "1. 照案通過。 2. 請資訊處訂定潮位資料開放時程。",
        ),
        ({"A4": "報告事項"}, ("carried-altered", "error", "A4"), "討論事項"),
        ({"F3": "112-1"}, ("carried-altered", "error", "F3"), "113-1"),
        ({"F6": "112-2"}, ("carried-altered", "error", "F6"), "111-2"),
        ({"C6": "已盤點。"}, ("carried-altered", "error", "C6"), "請秘書處辦理海嘯資料之盤點作業。"),
        ({"D3": None}, ("no-progress", "warning", "D3"), ""),
        ({"D6": None}, ("no-progress", "warning", "D6"), ""),
        ({"D3": None, "E3": "解除列管"}, ("closed-without-reason", "error", "D3"), ""),
        ({"D5": " ", "E5": "解除列管"}, ("closed-without-reason", "error", "D5"), ""),
        ({"E3": None}, ("closed-silently", "error", "E3"), ""),
        ({"F3": "第1次"}, ("bad-meeting", "error", "F3"), ""),
    ],
)
def test_each_rule_names_its_cell(desk: Desk, cells: dict[str, Any], expected: tuple[str, str, str], was: str) -> None:
    decided(desk)
    next_meeting(desk, **cells)
    assert expected in found(desk)
    assert [one for one in found(desk) if one != expected] == (
        [("carried-altered", "error", "F3")] if expected[0] == "bad-meeting" else []
    )
    if was:
        assert f"原為「{was}」" in text_of(desk, expected[0])


@pytest.mark.slow
def test_a_decision_that_is_missing_is_named(desk: Desk) -> None:
    decided(desk)
    next_meeting(desk)
    drop(desk, 4)
    assert found(desk) == [("carried-missing", "error", "")]
    assert text_of(desk, "carried-missing") == "缺少 113-1 的決定（議）：「潮位站增設一案，提請討論。」「不予通過。」"
    assert "上次決定.xlsx〔上次會議決定〕：缺少 113-1" in desk.run("check", "113-2").output


@pytest.mark.slow
def test_an_open_item_that_is_dropped_is_named_with_its_meeting(desk: Desk) -> None:
    decided(desk)
    next_meeting(desk)
    drop(desk, 6)
    assert found(desk) == [("carried-dropped", "error", "")]
    assert text_of(desk, "carried-dropped").endswith("（111-2）")


@pytest.mark.slow
def test_without_any_row_everything_is_missing(desk: Desk) -> None:
    decided(desk)
    next_meeting(desk)
    past(desk).unlink()
    assert [code for code, _, _ in found(desk)] == ["carried-dropped"] * 2 + ["carried-missing"] * 3
    assert "inputs/113-2〔上次會議決定〕" in desk.run("check", "113-2").output


@pytest.mark.slow
def test_a_row_that_the_minutes_do_not_know_is_a_warning(desk: Desk) -> None:
    decided(desk)
    more = {"A7": "討論事項", "B7": "颱風警報發布作業檢討案，提請討論。", "C7": "照案通過。", "D7": "已辦。"}
    next_meeting(desk, **more)
    assert found(desk) == [("carried-extra", "warning", "B7")]


@pytest.mark.slow
def test_the_same_decision_twice_is_one_too_many(desk: Desk) -> None:
    decided(desk)
    next_meeting(desk, A7="報告事項", B7="本部辦理情形，報請鑒察。", C7="洽悉。", F7="113-1")
    assert found(desk) == [("carried-twice", "error", "B7")]


@pytest.mark.slow
def test_the_same_subject_at_two_meetings_is_told_apart(desk: Desk) -> None:
    same = PAST.replace("海嘯資料一案", "潮位站增設一案")
    decided(desk, 上次會議決定=same)
    next_meeting(desk)
    assert found(desk) == []
    drop(desk, 4)
    assert found(desk) == [("carried-missing", "error", "")]


@pytest.mark.slow
def test_what_the_minutes_closed_needs_no_further_reason(desk: Desk) -> None:
    closed = "| 報1  | 1    | 洽悉。                         |          |           | 解除列管 |"
    decided(desk, decisions="\n".join([*DECISIONS.strip().splitlines()[:-1], closed]))
    next_meeting(desk, D2=None)
    assert rows(past(desk), "上次會議決定")[0][4] == "解除列管"
    assert found(desk) == []


@pytest.mark.slow
def test_a_case_without_a_decision_is_neither_missing_nor_extra(desk: Desk) -> None:
    decided(desk, status=DRAFT, decisions=DECISIONS.replace("不予通過。", ""))
    next_meeting(desk, C4="已由電話得知，不予通過。")
    assert found(desk) == []
    drop(desk, 4)
    assert found(desk) == []


@pytest.mark.slow
def test_minutes_that_cannot_be_read_are_said_not_to_be_compared(desk: Desk) -> None:
    decided(desk)
    next_meeting(desk, C4="通過。")
    minutes_of(desk).write_bytes(b"not a workbook")
    assert found(desk) == [("carried-unchecked", "warning", "")]


def test_an_older_meeting_with_faults_but_no_minutes_is_no_concern(desk: Desk) -> None:
    desk.meeting("112-2", 會議資訊=MEETING.replace("113-", "112-"), 案由=CASES.replace("討論事項", "討論"))
    desk.meeting()
    assert found(desk, "113-1") == []


# Printing


@pytest.mark.slow
def test_open_items_of_earlier_meetings_stand_apart_with_their_meeting(desk: Desk) -> None:
    decided(desk)
    next_meeting(desk)
    book = openpyxl.load_workbook(desk.root / "inputs" / "113-2" / "會議.xlsx")
    book["案由"]["E2"].value = "上次會議決定辦理情形"
    book.save(desk.root / "inputs" / "113-2" / "會議.xlsx")
    result = desk.run("build", "113-2", "--format", "docx")
    assert result.exit_code == 0, result.output
    reported = [f"第{row}列已照決議辦理。" for row in range(2, 7)]
    assert printed(desk) == [
        ["壹、報告事項："],
        [f"一、{CARRIED[0][1]}", CARRIED[0][2], reported[0], ""],
        ["貳、討論事項："],
        [f"一、{CARRIED[1][1]}", CARRIED[1][2], reported[1], "持續列管"],
        [f"二、{CARRIED[2][1]}", CARRIED[2][2], reported[2], ""],
        ["參、歷次會議持續列管事項："],
        [f"一、112年第2次會議：{CARRIED[3][1]}", CARRIED[3][2], reported[3], "持續列管"],
        [f"二、111年第2次會議：{CARRIED[4][1]}", CARRIED[4][2], reported[4], "持續列管"],
    ]


# The sample minutes of the repo


@pytest.fixture
def sample(own_desk: Desk) -> Desk:
    shutil.copyfile(SAMPLE, minutes_of(own_desk))
    return own_desk


@pytest.mark.slow
def test_the_sample_is_marked_on_every_sheet_and_in_order(sample: Desk) -> None:
    for sheet in openpyxl.load_workbook(SAMPLE):
        assert sheet["A1"].value == "範例資料，非真實紀錄", sheet.title
    assert "範例資料，非真實紀錄" in (SAMPLE.parents[1] / "README.md").read_text("utf-8")
    assert [one for one in sample.problems() if one["severity"] == "error"] == []
    assert sample.run("build", "113-1", "--format", "docx").exit_code == 0


@pytest.mark.slow
def test_the_table_of_the_next_meeting_equals_the_minutes_word_by_word(sample: Desk) -> None:
    assert sample.run("new", "113-2", "--from", "113-1").exit_code == 0
    folder = sample.root / "inputs"
    fill(folder / "113-2" / "會議.xlsx", "會議資訊", FACTS)
    for name in ("資料集.xlsx", "下架清單.xlsx"):
        shutil.copyfile(folder / "113-1" / name, folder / "113-2" / name)
    result = sample.run("build", "113-2", "--format", "docx")
    assert result.exit_code == 0, result.output
    assert [cell for code, _, cell in found(sample) if code == "no-progress"] == ["D4", "D5"]

    decisions: dict[str, list[str]] = {}
    tracked: dict[str, str] = {}
    for key, _, text, _, _, tracking, *_ in rows(SAMPLE, "決議")[1:]:
        decisions.setdefault(key, []).append(text)
        tracked[key] = tracking or tracked.get(key, "")
    assert sample.run("build", "113-1", "--format", "docx").exit_code == 0
    agenda = sample.texts()["01 議程"]
    expected: list[list[str]] = []
    keys = iter(decisions)
    for kind, label, count in (("報告事項", "壹", 2), ("討論事項", "貳", 2)):
        expected.append([f"{label}、{kind}："])
        part = agenda[agenda.index(f"、{kind}") :].splitlines()[1:]
        for line in part[:count]:
            key = next(keys)
            texts = decisions[key]
            several = "\n".join(f"{number}. {text}" for number, text in enumerate(texts, start=1))
            expected.append([line, several if len(texts) > 1 else texts[0], "", tracked[key]])
    assert printed(sample) == expected
    assert next(keys, None) is None


@pytest.mark.slow
def test_the_own_table_of_the_first_meeting_is_as_it_was(own_desk: Desk) -> None:
    assert own_desk.run("build", "113-1", "--format", "docx").exit_code == 0
    table = printed(own_desk, "113-1")
    assert [row for row in table if len(row) == 1] == [["壹、報告事項："], ["貳、討論事項："]]
    source = rows(past(own_desk, "113-1"), "上次會議決定")
    assert [row for row in table if len(row) > 1] == [
        [f"{label}、{row[1]}", row[2], row[3] or ""] for label, row in zip("一二一二", source, strict=True)
    ]
