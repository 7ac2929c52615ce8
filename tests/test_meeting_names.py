"""會議名稱 and ids that are names: what is called by its number (第28次), by school term, or goes on on other days."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import CASES, MEETING, Desk
from test_starting import fields, rows

TITLE = "海風部港區計畫委員會第28次會議"
TITLED = f"""{MEETING.rstrip()}
| 會議名稱   | {TITLE}            |
| 結束時間   | 16:30              |
| 續會日期   | 113年5月27日（星期一）、113-06-03 |
"""


def test_a_meeting_has_the_name_that_it_is_given_everywhere(desk: Desk) -> None:
    desk.meeting("28", 會議資訊=TITLED)
    assert [fault for fault in desk.problems("28") if fault["severity"] != "note"] == []
    assert desk.run("build", "28", "--format", "docx").exit_code == 0
    agenda = desk.texts("28")["01 議程"]
    assert f"{TITLE}　議程" in agenda
    when = "113年5月20日（星期一）下午2時30分至下午4時30分；續會：113年5月27日（星期一）、113年6月3日（星期一）"
    assert f"時間：{when}" in agenda
    figures = {
        item["name"]: item["value"] for item in json.loads(desk.run("figures", "28", "--json").stdout)["figures"]
    }
    assert figures["會議.名稱"] == TITLE
    assert figures["會議.次別"] == "第28次"
    assert figures["會議.年度"] == 113
    deadlines = {
        item["name"]: item["from"] for item in json.loads(desk.run("schedule", "28", "--json").stdout)["deadlines"]
    }
    assert (deadlines["會議資料"], deadlines["公開"]) == ("2024-05-20", "2024-06-03")


def test_an_id_that_is_a_name_needs_a_name_of_the_meeting(desk: Desk) -> None:
    desk.meeting("114學年-1-2")
    assert [fault["code"] for fault in desk.problems("114學年-1-2") if fault["severity"] == "error"] == [
        "title-missing"
    ]


def test_a_name_that_the_meeting_before_had_and_this_one_lacks_is_a_warning(desk: Desk) -> None:
    desk.meeting("113-1", 會議資訊=TITLED)
    desk.meeting("113-2")
    found = [fault for fault in desk.problems("113-2") if fault["code"] == "title-left-out"]
    assert [fault["severity"] for fault in found] == ["warning"]
    assert "前一次會議（113-1）有會議名稱" in found[0]["text"]


def test_the_year_of_a_meeting_with_a_name_is_that_of_its_date(desk: Desk) -> None:
    desk.meeting("114-1", 會議資訊=TITLED)
    assert [fault for fault in desk.problems("114-1") if fault["severity"] == "error"] == []
    assert "113" in desk.run("figures", "114-1").output


@pytest.mark.parametrize("name", ["..", "974/1", "共用", "113-01", "a.1", "COM1", "974 ", "-1", "113-1000"])
def test_what_is_no_safe_name_is_refused(desk: Desk, name: str) -> None:
    result = desk.run("new", "--", name)
    assert result.exit_code == 2
    assert not list((desk.root / "inputs").rglob("會議.xlsx"))


@pytest.mark.slow
def test_meetings_follow_each_other_as_people_count(desk: Desk) -> None:
    for number, day in (("974", "113-04-20"), ("1002", "113-05-20"), ("974備份", "113-05-01")):
        title = "" if "備份" in number else f"| 會議名稱 | 委員會第{number}次會議 |"
        desk.meeting(
            number, 會議資訊=f"{MEETING.replace('113-05-20', day).replace('113-05-01', '113-04-01').rstrip()}\n{title}"
        )
    assert desk.run("new", "1003", "--from", "1002").exit_code == 0
    folder = desk.root / "inputs" / "1003"
    assert {row[5] for row in rows(folder / "上次決定.xlsx", "上次會議決定")} == {"1002"}
    assert "會議名稱" not in fields(folder / "會議.xlsx")
    assert desk.run("new", "1004", "--from", "974").output.count("1002") == 0
    past = "| 類別 | 案由 | 決定（議） | 辦理情形 | 列管 | 會議 |\n"
    past += "| 報告事項 | 甲案。 | 洽悉。 | 已辦。 | 持續列管 | 974 |\n| 報告事項 | 乙案。 | 洽悉。 | 已辦。 | | 1002 |"
    (folder / "會議.xlsx").unlink()
    meeting = f"{TITLED.replace('113-05-20', '113-05-25')}"
    cases = f"{CASES.rstrip()}\n| 報2 | 報告事項 | 資訊處 | 上次會議決定辦理情形，報請鑒察。 | 上次會議決定辦理情形 |"
    desk.meeting(
        "1003",
        會議資訊=meeting,
        案由=cases.replace("| 案由 ", "| 案由 ").replace(
            "案由                                       |", "案由 | 範本 |"
        ),
        上次會議決定=past,
    )
    (folder / "上次決定.xlsx").unlink()
    assert desk.run("build", "1003", "--format", "docx").exit_code == 0
    assert "委員會第974次會議：甲案。" in "\n".join(desk.texts("1003").values())


@pytest.mark.slow
def test_the_form_of_a_named_meeting_asks_for_its_name(desk: Desk) -> None:
    assert desk.run("new", "113-1").exit_code == 0
    assert desk.run("new", "114學年-1-2").exit_code == 0

    def asked(meeting: str) -> list[str]:
        path: Path = desk.root / "inputs" / meeting / "會議.xlsx"
        return [row[0] for row in rows(path, "會議資訊")]

    assert "會議名稱" not in asked("113-1")
    assert "會議名稱" in asked("114學年-1-2")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "meant"),
    [("113", "113-1"), ("113年", "113-1"), ("113年第2次", "113-2"), ("113_2", "113-2"), ("113-臨", "113-臨1")],
)
def test_a_name_that_looks_like_an_unfinished_number_is_asked_about(desk: Desk, typed: str, meant: str) -> None:
    assert f"是否為 {meant}？" in desk.run("check", typed).output
    result = desk.run("new", typed)
    assert result.exit_code == 0
    assert f"「{typed}」當作會議的名稱。是否為 {meant}？是的話，請刪除 inputs/{typed}" in result.output


@pytest.mark.slow
@pytest.mark.parametrize("name", ["114學年-1-2", "974", "28", "113-1"])
def test_a_name_that_is_none_is_not_asked_about(desk: Desk, name: str) -> None:
    assert "是否為" not in desk.run("new", name).output


def test_bodies_that_count_so_are_not_asked(desk: Desk) -> None:
    desk.meeting("112", 會議資訊=TITLED)
    assert "是否為" not in desk.run("new", "113").output
