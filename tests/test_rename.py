"""`packet rename`: every cell with the name of a unit or a member, with marked copies."""

from __future__ import annotations

import json

import openpyxl
import pytest
from conftest import AGENCY, CASES, UNITS, Desk

PAST = """
| 類別     | 案由       | 決定（議） | 辦理情形             | 列管     |
| 討論事項 | 資料集一案 | 照案通過。 | 企劃處已於五月辦畢。 | 解除列管 |
"""


def lines(output: str) -> list[str]:
    return [line for line in output.splitlines() if "企劃處" in line and "：" in line]


def test_every_cell_is_listed_with_what_to_do_and_marked_in_a_copy(desk: Desk) -> None:
    desk.meeting(
        說明="""
        | 案號 | 層級 | 標題 | 內容                         |
        | 討1  | 1    |      | 由企劃處辦理，企劃處第二科協助。 |
        """,
        上次會議決定=PAST,
    )
    original = (desk.root / "inputs/113-1/會議.xlsx").read_bytes()
    result = desk.run("rename", "單位", "企劃處", "綜合規劃處")
    assert result.exit_code == 0
    assert "機關.xlsx〔單位〕A2：這一格是「企劃處」。請改為「綜合規劃處」。" in result.output
    assert "113-1/會議.xlsx〔案由〕C3：這一格是「企劃處」。" in result.output
    assert "113-1/會議.xlsx〔說明〕D2：文字裡有「企劃處」。請看前後文" in result.output
    assert "〔上次會議決定〕D2：照錄上次會議的文字裡有「企劃處」" in result.output
    assert len(lines(result.output)) == 4
    copy = desk.root / "output/改名檢查/113-1 會議（標示問題）.xlsx"
    cell = openpyxl.load_workbook(copy)["案由"]["C3"]
    assert cell.value == "企劃處"
    assert cell.comment is not None
    assert "綜合規劃處" in cell.comment.text
    assert (desk.root / "output/改名檢查/機關（標示問題）.xlsx").is_file()
    assert (desk.root / "inputs/113-1/會議.xlsx").read_bytes() == original


def test_a_name_within_a_longer_name_is_another_name(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY, 單位=f"{UNITS.rstrip()}\n| 新聞企劃處 |\n")
    desk.meeting(案由=CASES.replace("| 企劃處 |", "| 新聞企劃處 |"))
    result = desk.run("rename", "單位", "企劃處", "大企劃處")
    assert [line.partition("：")[0] for line in lines(result.output)] == ["警告 機關.xlsx〔單位〕A2"]


def test_a_released_meeting_keeps_its_names_and_its_own_agency_book_is_asked_for(desk: Desk) -> None:
    desk.meeting()
    desk.meeting("113-2")
    (desk.root / "output/113-1 版本/第1版").mkdir(parents=True)
    result = desk.run("rename", "單位", "企劃處", "綜合規劃處")
    assert "113-1/" not in "".join(lines(result.output))
    assert "113-2/會議.xlsx〔案由〕C3" in result.output
    assert "113-1 已凍結版本，維持原名" in result.output
    assert "請先把它複製一份到 inputs/113-1" in result.output
    (desk.root / "inputs/113-1/機關.xlsx").write_bytes((desk.root / "inputs/機關.xlsx").read_bytes())
    assert "複製一份" not in desk.run("rename", "單位", "企劃處", "綜合規劃處").output


def test_copies_of_an_earlier_look_go(desk: Desk) -> None:
    desk.meeting()
    desk.run("rename", "單位", "企劃處", "綜合規劃處")
    desk.run("rename", "單位", "秘書處", "總務處")
    assert [path.name for path in (desk.root / "output/改名檢查").glob("*.xlsx")] == ["機關（標示問題）.xlsx"]


def test_a_name_that_stands_nowhere_ends_with_the_nearest(desk: Desk) -> None:
    desk.meeting()
    result = desk.run("rename", "單位", "企畫處", "綜合規劃處")
    assert result.exit_code == 1
    assert "沒有任何儲存格有「企畫處」。是否為「企劃處」？" in result.output


@pytest.mark.parametrize(("kind", "code"), [("單位", 0), ("人", 2)])
def test_it_answers_a_program_too(desk: Desk, kind: str, code: int) -> None:
    desk.meeting()
    result = desk.run("rename", kind, "企劃處", "綜合規劃處", "--json")
    assert result.exit_code == code
    if code == 0:
        assert {each["cell"] for each in json.loads(result.stdout)["problems"]} == {"A2", "C3"}
