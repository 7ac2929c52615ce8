"""〔議程〕: a body's own sections of agenda and minutes, their endings, closing words and numbers."""

from __future__ import annotations

import openpyxl
import pytest
from conftest import AGENCY, MEETING, UNITS, Desk
from test_starting import menu, rows

SECTIONS = """
| 段名             | 內容 | 案由結尾                   | 末項           | 結語 | 單位稱謂 | 結語用語 |
| 主席報告         | 文字 |                            |                |      |          |          |
| 確認上次會議紀錄 | 文字 |                            |                | 決定 |          |          |
| 專題報告         | 案   | 報請公鑒／，報請備查。     |                | 空白 | 報告單位 |          |
| 審議案           | 案   | ，提請審議。               | 以上提請審議。 | 決議 | 送審單位 | 通過     |
| 臨時動議         | 動議 |                            |                | 決議 | 提案人   |          |
"""
CASES = """
| 案號 | 類別     | 單位   | 案由                   |
| 審1  | 審議案   | 企劃處 | 港區計畫一案，提請審議。 |
| 專1  | 專題報告 | 資訊處 | 潮汐觀測報請公鑒。     |
"""
POINTS = """
| 案號 | 層級 | 內容           |
| 專1  | 1    | 略。           |
| 審1  | 1    | 以上提請審議。 |
"""
HELD = {
    "紀錄資訊": "| 欄位 | 內容 |\n| 紀錄狀態 | 草稿 |\n| 主席致詞 | 歡迎各位委員。 |",
    "發言": """
| 案號             | 順序 | 發言者 | 類型     | 記名方式 | 內容     |
| 確認上次會議紀錄 | 1    | 資訊處 | 機關回應 | 記名     | 無修正。 |
""",
    "決議": """
| 案號             | 項次 | 內容       | 主辦單位 | 期限      | 列管     |
| 確認上次會議紀錄 | 1    | 紀錄確定。 |          |           |          |
| 專1              | 1    | 謝謝報告。 | 資訊處   | 113-08-01 | 持續列管 |
| 審1              | 1    | 照案通過。 |          |           |          |
""",
}


def sections(desk: Desk, table: str = SECTIONS) -> None:
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 議程=table)


def test_a_wrong_ending_says_where_the_body_lists_its_own(desk: Desk) -> None:
    sections(desk)
    desk.meeting(案由=CASES.replace("，提請審議。", "，請公決。"), 說明=POINTS)
    (found,) = [each for each in desk.problems() if each["code"] == "subject-ending"]
    assert found["remedy"] == "請改正案由，或把本會的結尾加在 機關.xlsx〔議程〕C5。"


def test_agenda_and_papers_have_the_sections_of_the_body(desk: Desk) -> None:
    sections(desk)
    desk.meeting(案由=CASES, 說明=POINTS)
    assert [found for found in desk.problems() if found["severity"] != "note"] == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    texts = desk.texts()
    agenda = texts["01 議程"].splitlines()
    expected = ["壹、主席報告", "貳、確認上次會議紀錄", "參、專題報告", "一、潮汐觀測報請公鑒。"]
    expected += ["肆、審議案", "一、港區計畫一案，提請審議。", "伍、臨時動議"]
    assert agenda[-len(expected) :] == expected
    assert "報告單位：資訊處" in texts["02 專題報告第一案"]
    assert "：\n" not in texts["02 專題報告第一案"].partition("略。")[2]
    assert "送審單位：企劃處" in texts["03 審議案第一案"]
    assert "決議：" in texts["03 審議案第一案"]


@pytest.mark.slow
def test_minutes_have_the_sections_of_the_body(desk: Desk) -> None:
    sections(desk)
    desk.meeting(案由=CASES, 說明=POINTS, **HELD)
    found = [(fault["code"], fault["text"].partition("，")[0]) for fault in desk.problems()]
    assert ("decision-phrase", "審議案第一案的決議不是以「通過」開頭（實務用語）") in found
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    texts = desk.texts()
    minutes = texts["會議紀錄（會議版）"]
    begun = minutes.index("壹、主席報告")
    assert minutes[begun:].split("\n") == [
        "壹、主席報告",
        "歡迎各位委員。",
        "貳、確認上次會議紀錄",
        "機關回應：",
        "資訊處：無修正。",
        "決定：紀錄確定。",
        "參、專題報告",
        "一、案由：潮汐觀測報請公鑒。",
        "報告單位：資訊處",
        "謝謝報告。",
        "肆、審議案",
        "一、案由：港區計畫一案，提請審議。",
        "送審單位：企劃處",
        "決議：照案通過。",
        "伍、臨時動議",
        "無。",
        "陸、散會",
    ]
    assert "專題報告第一案：潮汐觀測報請公鑒。" in texts["決議分辦表"]


def test_the_folder_of_a_meeting_has_an_agenda_of_its_own(desk: Desk) -> None:
    sections(desk)
    desk.meeting(
        案由="| 案號 | 類別 | 單位 | 案由 |\n| 核1 | 核定案 | 企劃處 | 預算一案。 |",
        說明="| 案號 | 層級 | 內容 |\n| 核1 | 1 | 略。 |",
        議程="| 段名 | 結語 |\n| 核定案 | 結論 |",
    )
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert "結論：" in desk.texts()["02 核定案第一案"]


def test_what_does_not_fit_the_sections_is_a_problem_at_its_cell(desk: Desk) -> None:
    sections(desk, f"{SECTIONS.rstrip()}\n| 專題報告 | 案 | | | | | |")
    desk.meeting(案由=CASES.replace("公鑒", "查照").replace("| 審議案 ", "| 討論事項 "), 說明=POINTS)
    found = {(fault["code"], fault["cell"]) for fault in desk.problems()}
    assert found >= {("section-twice", "A7"), ("bad-choice", "B2"), ("subject-ending", "D3")}


@pytest.mark.slow
def test_forms_offer_the_sections_of_the_body_and_the_next_meeting_carries_its_tasks(desk: Desk) -> None:
    sections(desk)
    desk.meeting(案由=CASES, 說明=POINTS)
    assert desk.run("new", "113-1", "--minutes").exit_code == 0
    path = desk.root / "inputs" / "113-1" / "會議紀錄.xlsx"
    assert [row[0] for row in rows(path, "決議")] == ["確認上次會議紀錄", "專1", "審1"]
    assert "臨1" in menu(openpyxl.load_workbook(path)["決議"], "A2")
    path.unlink()
    desk.book("113-1/會議紀錄.xlsx", **HELD)
    assert desk.run("new", "113-2", "--from", "113-1").exit_code == 0
    folder = desk.root / "inputs" / "113-2"
    assert menu(openpyxl.load_workbook(folder / "會議.xlsx")["案由"], "B2") == '"專題報告,審議案,臨時動議"'
    assert [row[0] for row in rows(folder / "上次決定.xlsx", "上次會議決定")] == ["專題報告", "審議案"]
    meeting = MEETING.replace("113-05-20", "113-10-20").replace("113-05-01", "113-10-01")
    (folder / "會議.xlsx").unlink()
    desk.meeting("113-2", 會議資訊=meeting, 案由=CASES, 說明=POINTS)
    assert not [fault for fault in desk.problems("113-2") if fault["severity"] == "error"]


PARTS = """
| 案號 | 層級 | 部分 | 內容                         |
| 討1  | 1    |      | 港區水深不足。               |
| 討1  | 1    | 擬辦 | 通過後辦理下列各項。         |
| 討1  | 2    | 擬辦 | 測量。                       |
| 討1  | 3    | 擬辦 | 外港。                       |
| 討1  | 4    | 擬辦 | 東側。                       |
| 討1  | 4    | 擬辦 | 西側。                       |
| 討1  | 1    |      | 去年曾疏浚。                 |
| 討1  | 1    | 擬辦 | 以上所擬是否妥適，提請討論。 |
"""
SIGNED = """
| 案號 | 類別     | 單位           | 案由                   | 提案人 | 連署人       | 附議人 |
| 討1  | 討論事項 | 企劃處、資訊處 | 港區一案，提請討論。   | 王小明 | 李大華、張三 |        |
| 討2  | 討論事項 |                | 航道一案，提請討論。   | 張三   |              | 王小明 |
"""


def test_parts_of_a_case_are_numbered_by_themselves_down_to_the_fourth_level(desk: Desk) -> None:
    desk.meeting(案由=SIGNED, 說明=PARTS)
    found = desk.problems()
    assert [fault["cell"] for fault in found if fault["code"] == "no-request"] == ["A3"]
    assert [fault for fault in found if fault["severity"] == "error"] == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert desk.texts()["02 討論事項第一案"].splitlines() == [
        "討論事項　第一案",
        "提案單位：企劃處、資訊處",
        "提案人：王小明",
        "連署人：李大華、張三",
        "案由：港區一案，提請討論。",
        "說明：",
        "一、港區水深不足。",
        "二、去年曾疏浚。",
        "擬辦：",
        "一、通過後辦理下列各項。",
        "（一）測量。",
        "1. 外港。",
        "（1）東側。",
        "（2）西側。",
        "二、以上所擬是否妥適，提請討論。",
        "決議：     ",
    ]
    assert desk.texts()["03 討論事項第二案"].splitlines()[1:4] == [
        "提案人：張三",
        "附議人：王小明",
        "案由：航道一案，提請討論。",
    ]


def test_a_unit_among_several_must_be_known_and_somebody_must_propose(desk: Desk) -> None:
    desk.meeting(案由=SIGNED.replace("企劃處、資訊處", "企劃處、資迅處").replace("| 張三   |", "| |"), 說明=PARTS)
    found = {(fault["code"], fault["cell"]) for fault in desk.problems()}
    assert found >= {("unknown-unit", "C2"), ("nobody-proposes", "C3")}


@pytest.mark.slow
def test_forms_explain_themselves_in_the_words_of_the_body(desk: Desk) -> None:
    sections(desk, SECTIONS.replace("| 臨時動議         | 動議 |", "| 其他事項 | 動議 |"))
    assert desk.run("new", "113-1").exit_code == 0
    folder = desk.root / "inputs" / "113-1"
    headings = openpyxl.load_workbook(folder / "會議.xlsx")["案由"][1]
    notes = {cell.value: cell.comment.text for cell in headings if cell.comment}
    assert "專題報告以「報請公鑒」或「，報請備查。」結尾；審議案以「，提請審議。」結尾" in notes["案由"]
    assert "專1、審1、其1" in notes["案號"]
    assert not any(word in note for note in notes.values() for word in ("報請鑒察", "提請討論", "報1"))
    (folder / "會議.xlsx").unlink()
    desk.meeting(案由=CASES, 說明=POINTS)
    result = desk.run("new", "113-1", "--minutes")
    assert "會中提出的其他事項，沒有時留空" in result.output
    headings = openpyxl.load_workbook(folder / "會議紀錄.xlsx")["決議"][1]
    assert "審議案：通過" in next(cell.comment.text for cell in headings if cell.value == "內容")


def test_an_agenda_without_motions_has_no_form_for_them(desk: Desk) -> None:
    sections(desk, "\n".join(line for line in SECTIONS.splitlines() if "動議" not in line))
    desk.meeting(案由=CASES, 說明=POINTS)
    result = desk.run("new", "113-1", "--minutes")
    assert "臨時動議" not in result.output
    assert "案由" not in openpyxl.load_workbook(desk.root / "inputs" / "113-1" / "會議紀錄.xlsx").sheetnames
