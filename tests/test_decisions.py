"""The life of decisions over several meetings, and the dates that were promised: each reads right."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import openpyxl
import pytest
from conftest import AGENCY, CASES, EXPLANATIONS, MEETING, UNITS, Desk, docx_text
from test_minutes import ATTENDANCE, INFO, ROSTER

from generator.cli import options

TODAY = dt.date(2025, 6, 1)
DECISIONS = """
| 案號 | 項次 | 內容                 | 主辦單位 | 期限      | 列管     |
| 報1  | 1    | 洽悉。               |          |           |          |
| 討1  | 1    | 請資訊處建立介面。   | 資訊處   | 113-09-30 | 持續列管 |
| 討1  | 2    | 請企劃處彙整需求。   | 企劃處   | 113-08-31 | 持續列管 |
| 討2  | 1    | 請秘書處編列經費。   | 秘書處   | 113-12-31 | 持續列管 |
"""
CASES_1 = CASES + "| 討2  | 討論事項 | 秘書處 | 經費編列一案，提請討論。 |\n"
POINTS_1 = EXPLANATIONS + "| 討2 | 1 | | 依本部規定辦理。 |\n| 討2 | 1 | | 以上所擬是否妥適，提請討論。 |\n"
PLANNED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 潮位表         | 11306    | 資訊處       | {}     |
| 海象報告       | {}    | 企劃處       |        |
| 漁港名錄       | 11306    | 秘書處       |        |
"""


def meeting_info(date: str, cutoff: str) -> str:
    return MEETING.replace("113-05-20", date).replace("113-05-01", cutoff) + "| 主席 | 林召集 |\n"


def past(*rows: str) -> str:
    return "| 類別 | 案由 | 決定（議） | 辦理情形 | 列管 | 會議 |\n" + "\n".join(rows) + "\n"


@pytest.fixture
def three(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """113-1 decides on four matters; 113-2 reports on them and forgets one; at 114-1 one is still open."""
    monkeypatch.setattr(options, "today", lambda: TODAY)
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER)
    first = {"案由": CASES_1, "說明": POINTS_1, "會議資訊": meeting_info("113-05-20", "113-05-01")}
    desk.meeting("113-1", **first, 預定開放=PLANNED.format("", "11306"))
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=INFO, 出席=ATTENDANCE, 決議=DECISIONS)
    desk.meeting("113-2", 會議資訊=meeting_info("113-11-20", "113-11-01"), 預定開放=PLANNED.format("★", "11312"))
    both = "1. 請資訊處建立介面。\\n2. 請企劃處彙整需求。"
    desk.book(
        "113-2/上次決定.xlsx",
        上次會議決定=past(
            "| 報告事項 | 本部辦理情形，報請鑒察。 | 洽悉。 | 已辦理。 | | 113-1 |",
            f"| 討論事項 | 本部資料集開放一案，提請討論。 | {both} | 介面已完成設計。 | 持續列管 | 113-1 |",
        ),
    )
    decided = """
| 案號 | 項次 | 內容           | 主辦單位 | 期限      | 列管     |
| 報1  | 1    | 洽悉。         |          |           |          |
| 討1  | 1    | 請企劃處公告。 | 企劃處   | 114-01-31 | 持續列管 |
"""
    desk.book("113-2/會議紀錄.xlsx", 紀錄資訊=INFO, 出席=ATTENDANCE, 決議=decided)
    desk.meeting("114-1", 會議資訊=meeting_info("114-05-20", "114-05-01"))
    desk.book(
        "114-1/上次決定.xlsx",
        上次會議決定=past(
            "| 報告事項 | 本部辦理情形，報請鑒察。 | 洽悉。 | 已辦理。 | | 113-2 |",
            "| 討論事項 | 本部資料集開放一案，提請討論。 | 請企劃處公告。 | 已於113年12月公告。 | 解除列管 | 113-2 |",
            f"| 討論事項 | 本部資料集開放一案，提請討論。 | {both} | 介面測試中。 | 持續列管 | 113-1 |",
        ),
    )
    return desk


def listed(desk: Desk, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(desk.run("decisions", "--json", *arguments).stdout)["decisions"]
    return found


def by_number(desk: Desk) -> dict[str, dict[str, Any]]:
    return {life["number"]: life for life in listed(desk)}


def test_each_decision_has_one_number_and_what_each_meeting_said_of_it(three: Desk) -> None:
    lives = by_number(three)
    assert set(lives) == {
        *("113-1-報1-1", "113-1-討1-1", "113-1-討1-2", "113-1-討2-1"),
        *("113-2-報1-1", "113-2-討1-1"),
    }
    life = lives["113-1-討1-1"]
    assert [(step["meeting"], step["progress"], step["tracking"]) for step in life["steps"]] == [
        ("113-2", "介面已完成設計。", "持續列管"),
        ("114-1", "介面測試中。", "持續列管"),
    ]
    assert life["steps"][1]["cell"] == "上次決定.xlsx〔上次會議決定〕A4"
    assert (life["unit"], life["state"], life["overdue"]) == ("資訊處", "持續列管", True)


def test_a_decision_that_was_done_is_closed_at_the_meeting_that_released_it(three: Desk) -> None:
    life = by_number(three)["113-2-討1-1"]
    assert (life["state"], life["closed"], life["overdue"]) == ("解除列管", "2025-05-20", False)


def test_a_decision_that_no_later_meeting_reports_on_is_forgotten_and_says_since_when(three: Desk) -> None:
    life = by_number(three)["113-1-討2-1"]
    assert (life["state"], life["steps"], life["overdue"]) == ("未再提報", [], True)
    result = three.run("decisions", "經費")
    assert "113-2 的〔上次會議決定〕沒有這一項，也沒有解除列管。" in result.output
    assert "共 1 項" in result.output


def test_a_decision_found_again_after_it_was_forgotten_goes_on_under_its_number(three: Desk) -> None:
    path = three.root / "inputs/114-1/上次決定.xlsx"
    book = openpyxl.load_workbook(path)
    book.worksheets[0].append(
        ["討論事項", "經費編列一案，提請討論。", "請秘書處編列經費。", "已編列。", "解除列管", "113-1"]
    )
    book.save(path)
    life = by_number(three)["113-1-討2-1"]
    assert (life["state"], [step["meeting"] for step in life["steps"]]) == ("解除列管", ["114-1"])


@pytest.mark.slow
def test_decisions_are_searched_by_word_unit_and_state_with_overdue_ones_first(three: Desk) -> None:
    assert [life["number"] for life in listed(three)][:3] == ["113-1-討1-2", "113-1-討1-1", "113-1-討2-1"]
    assert [life["number"] for life in listed(three, "介面", "測試")] == ["113-1-討1-2", "113-1-討1-1"]
    assert [life["number"] for life in listed(three, "--unit", "企劃處")] == ["113-1-討1-2", "113-2-討1-1"]
    assert [life["number"] for life in listed(three, "--state", "解除列管")] == ["113-2-討1-1"]
    assert len(listed(three, "--overdue")) == 3


def test_an_older_decision_without_a_folder_is_numbered_as_it_stands(desk: Desk) -> None:
    desk.meeting("113-1")
    desk.book(
        "113-1/上次決定.xlsx",
        上次會議決定=past("| 討論事項 | 舊案一案，提請討論。 | 請辦理。 | 辦理中。 | 持續列管 | 112-2 |"),
    )
    assert [(life["number"], life["title"]) for life in listed(desk)] == [("112-2-列1", "112年第2次會議")]


@pytest.mark.slow
def test_each_unit_gets_its_own_document_and_workbook(three: Desk) -> None:
    result = three.run("decisions", "--write")
    assert result.exit_code == 0, result.output
    folder = three.root / "output/決議追蹤"
    names = {path.name for path in folder.iterdir()}
    for unit in ("", "（資訊處）", "（企劃處）", "（秘書處）"):
        assert {f"決議追蹤{unit}.docx", f"決議追蹤{unit}.xlsx"} <= names
    text = docx_text(folder / "決議追蹤（資訊處）.docx")
    assert "113-1-討1-1" in text
    assert "持續列管（逾期）" in text
    assert "請企劃處公告" not in text
    sheet = openpyxl.load_workbook(folder / "決議追蹤（秘書處）.xlsx").worksheets[0]
    assert [row[0].value for row in sheet.iter_rows()][1:2] == ["113-1-討2-1"]
    again = three.run("decisions", "--write")
    assert "內容不變" in again.output


def promises(desk: Desk) -> dict[str, dict[str, Any]]:
    found = json.loads(desk.run("decisions", "--promises", "--json").stdout)["promises"]
    return {promise["what"].split()[0]: promise for promise in found}


def test_promised_dates_are_kept_late_changed_or_dropped(three: Desk) -> None:
    path = three.root / "inputs/113-2/會議.xlsx"
    book = openpyxl.load_workbook(path)
    book["預定開放"].delete_rows(4)
    book.save(path)
    found = promises(three)
    outcomes = {what: (promise["outcome"], promise["months"]) for what, promise in found.items()}
    assert outcomes == {
        "潮位表": ("如期", 0),
        "海象報告": ("逾期未完成", 12),
        "漁港名錄": ("未再列出", 12),
        "113-1-討1-1": ("逾期未完成", 9),
        "113-1-討1-2": ("逾期未完成", 10),
        "113-1-討2-1": ("未再列出", 6),
        "113-2-討1-1": ("逾期完成", 4),
    }
    assert found["海象報告"]["changed"] == ["11306", "11312"]
    assert [mention["cell"] for mention in found["海象報告"]["mentions"]] == [
        "會議.xlsx〔預定開放〕B3",
        "會議.xlsx〔預定開放〕B3",
    ]
    text = three.run("decisions", "--promises").output
    assert "逾期未完成 12 個月（日期改過：11306→11312）" in text


@pytest.mark.office
def test_what_a_release_promised_counts_after_the_workbook_was_changed(three: Desk) -> None:
    path = three.root / "inputs/113-1/會議紀錄.xlsx"
    result = three.run("release", "113-1", "--reason", "測試")
    assert result.exit_code == 0, result.output
    book = openpyxl.load_workbook(path)
    book["決議"]["E3"] = "114-12-31"
    book.save(path)
    found = promises(three)["113-1-討1-1"]
    assert found["changed"] == ["113-09-30", "114-12-31"]
    assert (found["outcome"], found["months"]) == ("逾期未完成", 9)


def test_a_meeting_that_cannot_be_read_is_said_and_the_others_are_listed(three: Desk) -> None:
    (three.root / "inputs/114-1/會議.xlsx").write_bytes(b"broken")
    result = three.run("decisions")
    assert "114-1 的資料有錯誤，沒有列入" in result.output
    assert "113-1-討1-1" in result.output


def test_no_protected_name_gets_into_the_documents(three: Desk) -> None:
    remarks = "| 案號 | 順序 | 發言者 | 類型 | 記名方式 | 內容 |\n| 討1 | 1 | 周民間 | 委員意見 | 不記名 | 宜速辦。 |\n"
    desk = three
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=INFO, 出席=ATTENDANCE, 決議=DECISIONS, 發言=remarks)
    path = desk.root / "inputs/113-2/上次決定.xlsx"
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D3"] = "依周民間委員意見辦理。"
    book.save(path)
    result = desk.run("decisions", "--write")
    assert result.exit_code == 1
    assert "須保護的姓名" in result.output
    assert not (desk.root / "output/決議追蹤").exists()
