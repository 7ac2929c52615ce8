"""How people are named, how they attended, who is invited to sit in and who came."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from generator.meeting.people import addressed
from tests.conftest import AGENCY, UNITS, Desk
from tests.test_rules_of_a_body import DECISIONS, INFO, MINUTES, ROLES, RULES

MEMBERS = """
| 姓名       | 職稱     | 服務機關 | 身分     | 稱謂     |
| 林大年     | 次長     | 海風部   | 主任委員 | 主任委員 |
| 劉庚翔     | 處長     | 企劃處   | 當然委員 |          |
| 歐陽小雨   | 處長     | 秘書處   | 當然委員 |          |
| 周明       | 教授     | 潮汐大學 | 外聘委員 |          |
| 瓦歷斯‧貝林 | 理事長 | 山海協會 | 外聘委員 |          |
"""
ATTENDANCE = """
| 姓名       | 身分     | 出席 | 出席方式 | 代理人 | 代理人職稱 |
| 林大年     | 主任委員 | 出席 |          |        |            |
| 劉庚翔     | 當然委員 | 代理 |          | 李午隆 | 政務次長   |
| 歐陽小雨   | 當然委員 | 代理 | 視訊     | 趙一   |            |
| 周明       | 外聘委員 | 出席 | 視訊     |        |            |
| 瓦歷斯‧貝林 | 外聘委員 | 請假 |         |        |            |
"""
REMARKS = """
| 案號 | 順序 | 發言者   | 類型     | 記名方式 | 內容             |
| 討1  | 1    | 周明     | 委員意見 | 記名     | 請分年辦理。     |
| 討1  | 2    | 劉庚翔   | 委員意見 | 記名     | 同意前述意見。   |
| 討1  | 3    | 歐陽小雨 | 委員意見 | 記名     | 請補充經費來源。 |
| 討1  | 4    | 林大年   | 委員意見 | 記名     | 請業務單位說明。 |
| 討1  | 5    | 企劃處   | 機關回應 | 記名     | 遵照辦理。       |
"""


@pytest.fixture
def held(desk: Desk) -> Desk:
    """A committee after its meeting, with deputies and members on video."""
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    desk.meeting(會議資訊=INFO)
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=MINUTES, 出席=ATTENDANCE, 發言=REMARKS, 決議=DECISIONS)
    return desk


def minutes(desk: Desk) -> str:
    desk.run("build", "113-1", "--format", "docx")
    return desk.texts()["會議紀錄（會議版）"]


@pytest.mark.parametrize(
    ("name", "title", "written"),
    [
        ("王小明", "委員", "王委員小明"),
        ("周明", "委員", "周委員明"),
        ("歐陽修", "委員", "歐陽委員修"),
        ("張簡小明", "代表", "張簡代表小明"),
        ("陳李美玉", "主任委員", "陳李主任委員美玉"),
        ("王　明", "次長", "王次長明"),
        ("瓦歷斯‧貝林", "委員", "瓦歷斯‧貝林委員"),
        ("Pasang Hsiao", "委員", "Pasang Hsiao委員"),
        ("王小明", "", "王小明"),
        ("甲", "委員", "甲委員"),
    ],
)
def test_a_title_stands_between_surname_and_given_name(name: str, title: str, written: str) -> None:
    assert addressed(name, title) == written


def test_minutes_name_people_as_official_texts_do(held: Desk) -> None:
    text = minutes(held)
    assert "主席：林次長大年" in text
    came = next(line for line in text.splitlines() if line.startswith("出席委員"))
    assert (
        came
        == "出席委員：林主任委員大年、劉委員庚翔（李政務次長午隆代）、歐陽委員小雨（趙一代，視訊）、周委員明（視訊）"
    )
    assert "請假委員：瓦歷斯‧貝林委員" in text
    assert "周委員明：請分年辦理。" in text
    assert "李政務次長午隆：同意前述意見。" in text
    assert "歐陽委員小雨（趙一代）：請補充經費來源。" in text
    assert "主席：請業務單位說明。" in text
    notice = held.texts()["開會通知單"]
    assert "林次長大年（主任委員）" in notice
    assert "歐陽處長小雨" in notice


@pytest.mark.slow
def test_names_may_stay_before_their_title(held: Desk) -> None:
    agency = AGENCY + "| 姓名格式 | 姓名＋稱謂 |\n"
    held.book("機關.xlsx", 機關=agency, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    text = minutes(held)
    assert "主席：林大年\n" in text
    assert "劉庚翔（李午隆政務次長代）" in text
    assert "周明委員：請分年辦理。" in text
    assert "李午隆政務次長：同意前述意見。" in text
    assert "歐陽小雨處長" in held.texts()["開會通知單"]


def test_a_protected_member_is_found_by_name_and_title(held: Desk) -> None:
    """Another of the same surname attended, so that 李委員 alone would say nothing."""
    members = MEMBERS.replace("劉庚翔  ", "李庚翔  ") + "| 李小明 | 教授 | 海風大學 | 外聘委員 | |\n"
    attendance = ATTENDANCE.replace("劉庚翔", "李庚翔").replace("代理 |          | 李午隆 | 政務次長", "出席 | | |")
    held.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=members)
    remarks = (
        REMARKS.replace("劉庚翔   | 委員意見 | 記名  ", "李小明 | 委員意見 | 不記名")
        + "| 討1 | 6 | 企劃處 | 機關回應 | 記名 | 李教授小明所提將納入。 |\n"
    )
    present = attendance + "| 李小明 | 外聘委員 | 出席 | | | |\n"
    held.book("113-1/會議紀錄.xlsx", 紀錄資訊=MINUTES, 出席=present, 發言=remarks, 決議=DECISIONS)
    assert "protected-name" in {item["code"] for item in held.problems()}


@pytest.mark.slow
def test_who_came_changes_no_notice(held: Desk) -> None:
    invited = "| 單位 | 姓名 | 職稱 |\n| 資訊處 | 錢小美 | 科長 |\n| 企劃處 | 孫立 | 專員 |"
    came = "| 單位 | 姓名 | 職稱 | 出席 |\n| 資訊處 | 吳大同 | 專員 | |\n| 企劃處 | 孫立 | 專員 | 請假 |"
    sheets = {"紀錄資訊": MINUTES, "出席": ATTENDANCE, "發言": REMARKS, "決議": DECISIONS}
    held.book("113-1/列席.xlsx", 列席=invited)
    text = minutes(held)
    assert "列席單位及人員：資訊處錢科長小美；企劃處孫專員立" in text
    notice = held.texts()["開會通知單"]
    held.book("113-1/會議紀錄.xlsx", **sheets, 列席=came)
    text = minutes(held)
    assert "列席單位及人員：資訊處吳專員大同；企劃處孫專員立（請假）" in text
    assert held.texts()["開會通知單"] == notice
    assert "錢科長小美" in notice


@pytest.mark.slow
def test_forms_have_who_is_invited_before_and_who_came_after(held: Desk, tmp_path: Path) -> None:
    assert held.run("new", "113-2").exit_code == 0
    book = openpyxl.load_workbook(held.root / "inputs" / "113-2" / "會議.xlsx")
    assert [cell.value for cell in book["列席"][1]] == ["單位", "姓名", "職稱", "電子郵件"]
    (held.root / "inputs" / "113-1" / "會議紀錄.xlsx").unlink()
    held.book("113-1/列席.xlsx", 列席="| 單位 | 姓名 | 職稱 | 電子郵件 |\n| 資訊處 | 錢小美 | 科長 | q@example.org |")
    assert held.run("new", "113-1", "--minutes").exit_code == 0
    book = openpyxl.load_workbook(held.root / "inputs" / "113-1" / "會議紀錄.xlsx")
    rows = list(book["列席"].iter_rows(max_row=2, values_only=True))
    assert rows == [
        ("單位", "姓名", "職稱", "出席", "電子郵件"),
        ("資訊處", "錢小美", "科長", None, "q@example.org"),
    ]
    assert held.run("new", "113-3", "--from", "113-1").exit_code == 0
    book = openpyxl.load_workbook(held.root / "inputs" / "113-3" / "會議.xlsx")
    assert book["列席"]["B2"].value == "錢小美"


@pytest.mark.office
@pytest.mark.slow
def test_mails_of_the_minutes_go_to_who_came(held: Desk) -> None:
    agency = AGENCY + "| 電子郵件 | group@example.org |\n"
    members = "\n".join(
        f"{line}{' 電子郵件 |' if not number else f' m{number}@example.org |'}"
        for number, line in enumerate(MEMBERS.strip().splitlines())
    )
    held.book("機關.xlsx", 機關=agency, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=members)
    held.book("113-1/列席.xlsx", 列席="| 單位 | 姓名 | 電子郵件 |\n| 資訊處 | 錢小美 | before@example.org |")
    came = "| 單位 | 姓名 | 電子郵件 |\n| 資訊處 | 吳大同 | after@example.org |"
    held.book("113-1/會議紀錄.xlsx", 紀錄資訊=MINUTES, 出席=ATTENDANCE, 發言=REMARKS, 決議=DECISIONS, 列席=came)
    for kind, address in (("會議資料", "before"), ("會議紀錄定稿", "after")):
        held.run("mail", "113-1", "--kind", kind)
        sent = (held.root / "output" / "113-1 信件" / f"{kind}.eml").read_text("utf-8")
        assert ("before@example.org" in sent, "after@example.org" in sent) == (address == "before", address == "after")


@pytest.mark.office
@pytest.mark.slow
def test_the_public_data_has_deputies_and_how_members_attended(held: Desk) -> None:
    held.run("publish", "113-1")
    found = next((held.root / "output").rglob("會議.json"))
    data = json.loads(found.read_text("utf-8"))
    assert data["出席委員"][1] == {"姓名": "劉庚翔", "身分": "當然委員", "代理人": "李午隆", "代理人職稱": "政務次長"}
    assert data["出席委員"][3]["出席方式"] == "視訊"
