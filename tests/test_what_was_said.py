"""What the minutes say: points of remarks, 附帶決議, attachments, motions raised at the meeting and their 說明."""

from __future__ import annotations

import email
import email.policy
import json
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from tests.conftest import AGENCY, CASES, EXPLANATIONS, UNITS, Desk
from tests.test_rules_of_a_body import ATTENDANCE, DECISIONS, INFO, MEMBERS, MINUTES, ROLES, RULES

ADVICE = r"建議如下：\n1. 先訂期程。\n2. 再編預算：\n（一）人事費。\n（二）業務費。"
REMARKS = f"""
| 案號 | 順序 | 發言者 | 類型     | 記名方式 | 內容 | 形式 | 層級 |
| 討1  | 1    | 沈青山 | 委員意見 | 記名     | {ADVICE} | | |
| 討1  | 2    | 周明   | 委員意見 | 記名     | 意見有二： | | |
|      |      |        |          |          | 期程過短。 | | 1 |
|      |      |        |          |          | 每季檢討。 | | 2 |
|      |      |        |          |          | 經費不足。 | | 1 |
| 討1  | 3    | 江海   | 委員意見 | 記名     | 贊成。     | 書面意見 | |
"""


@pytest.fixture
def held(desk: Desk) -> Desk:
    """A committee after its meeting."""
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    desk.meeting(會議資訊=INFO)
    hold(desk)
    return desk


def hold(desk: Desk, **sheets: str) -> None:
    given = {"紀錄資訊": MINUTES, "出席": ATTENDANCE, "發言": REMARKS, "決議": DECISIONS} | sheets
    desk.book("113-1/會議紀錄.xlsx", **given)


def minutes(desk: Desk, edition: str = "會議版") -> list[str]:
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    return desk.texts()[f"會議紀錄（{edition}）"].splitlines()


@pytest.mark.slow
def test_points_of_a_remark_stand_below_it_with_numbers_that_no_remark_has(held: Desk) -> None:
    lines = minutes(held)
    first = lines.index("（一）沈委員青山：建議如下：")
    assert lines[first : first + 10] == [
        "（一）沈委員青山：建議如下：",
        "1. 先訂期程。",
        "2. 再編預算：",
        "（1）人事費。",
        "（2）業務費。",
        "（二）周委員明：意見有二：",
        "1. 期程過短。",
        "（1）每季檢討。",
        "2. 經費不足。",
        "（三）江委員海（書面意見）：贊成。",
    ]
    assert held.problems() == [] or all(item["severity"] == "note" for item in held.problems())


@pytest.mark.slow
def test_a_lone_remark_keeps_its_own_numbers(held: Desk) -> None:
    hold(held, 發言="\n".join(REMARKS.strip().splitlines()[:2]))
    lines = minutes(held)
    first = lines.index("沈委員青山：建議如下：")
    assert lines[first + 1 : first + 4] == ["1. 先訂期程。", "2. 再編預算：", "（一）人事費。"]


@pytest.mark.slow
def test_one_number_in_a_text_is_no_list(held: Desk) -> None:
    hold(
        held,
        發言="| 案號 | 順序 | 發言者 | 類型 | 記名方式 | 內容 |\n| 討1 | 1 | 周明 | 委員意見 | 記名 | 一、贊成。 |",
    )
    assert "周委員明：一、贊成。" in minutes(held)


def test_a_point_without_a_remark_is_a_problem(held: Desk) -> None:
    rows = REMARKS.strip().splitlines()
    hold(held, 發言="\n".join([rows[0], "| 討1 | 1 | 周明 | 委員意見 | 記名 | 期程過短。 | | 1 |"]))
    assert [item["code"] for item in held.problems() if item["severity"] == "error"] == ["point-of-nothing"]


@pytest.mark.slow
def test_points_of_a_closed_remark_stay_out_of_the_public_edition(held: Desk) -> None:
    hold(held, 發言=REMARKS.replace("| 周明   | 委員意見 | 記名  ", "| 周明   | 委員意見 | 不公開"))
    assert "1. 期程過短。" in minutes(held)
    assert not any("期程過短" in line or "每季檢討" in line for line in minutes(held, "公開版"))
    manifest = held.output("packet.json").read_text("utf-8")
    assert "期程過短" not in manifest


@pytest.mark.slow
def test_riders_stand_apart_from_the_decision(held: Desk) -> None:
    decisions = """
    | 案號 | 項次 | 內容           | 類別     | 主辦單位 | 期限      | 列管     |
    | 報1  | 1    | 洽悉。         |          |          |           |          |
    | 討1  | 1    | 照案通過。     | 決議     |          |           |          |
    | 討1  | 1    | 請每季報告。   | 附帶決議 | 企劃處   | 113-09-30 | 持續列管 |
    | 討1  | 2    | 請編列預算。   | 附帶決議 |          |           |          |
    """
    hold(held, 決議=decisions)
    assert [item for item in held.problems() if item["severity"] != "note"] == []
    lines = minutes(held)
    first = lines.index("決議：照案通過。")
    assert lines[first + 1 : first + 4] == ["附帶決議：", "（一）請每季報告。", "（二）請編列預算。"]
    assert held.run("new", "113-2", "--from", "113-1").exit_code == 0
    carried = openpyxl.load_workbook(held.root / "inputs" / "113-2" / "上次決定.xlsx")["上次會議決定"]
    texts = [row[2] for row in carried.iter_rows(min_row=2, values_only=True)]
    assert "照案通過。\n附帶決議：請每季報告。\n附帶決議：請編列預算。" in texts
    hold(
        held,
        決議=decisions.replace("| 討1  | 1    | 照案通過。     | 決議     |          |           |          |\n", ""),
    )
    assert "no-decision" in [item["code"] for item in held.problems()]


MOTION = """
| 案號 | 類別     | 單位   | 提案人 | 附議人 | 案由                 |
| 臨1  | 臨時動議 | 秘書處 | 江海   | 周明   | 建議另訂作業規定一案 |
"""
MOTION_POINTS = """
| 案號 | 層級 | 內容             |
| 臨1  | 1    | 現行規定已久。   |
| 臨1  | 1    | 宜另訂作業規定。 |
"""


@pytest.mark.slow
def test_a_motion_raised_at_the_meeting_is_in_the_minutes_and_never_in_the_papers(held: Desk) -> None:
    papers = {name: text for name, text in _built(held).items() if "紀錄" not in name and "分辦" not in name}
    decisions = DECISIONS + "| 臨1 | 1 | 照案通過。 |\n"
    hold(held, 案由=MOTION, 說明=MOTION_POINTS, 決議=decisions)
    lines = minutes(held)
    for line in ("提案人：江海", "附議人：周明", "說明：", "一、現行規定已久。", "二、宜另訂作業規定。"):
        assert line in lines, line
    again = {name: text for name, text in held.texts().items() if "紀錄" not in name and "分辦" not in name}
    assert again == papers


def _built(desk: Desk) -> dict[str, str]:
    desk.run("build", "113-1", "--format", "docx")
    return desk.texts()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["不印", "略", "全文"])
def test_minutes_print_the_explanations_as_the_body_wants(held: Desk, way: str) -> None:
    agency = AGENCY + f"| 紀錄說明 | {way} |\n"
    held.book("機關.xlsx", 機關=agency, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    lines = minutes(held)
    assert ("說明：略。" in lines) == (way == "略")
    assert ("一、依本部規定辦理。" in lines) == (way == "全文")
    assert ("說明：" in lines) == (way == "全文")


@pytest.mark.slow
def test_attachments_of_the_minutes_are_listed_and_built(held: Desk) -> None:
    folder = held.root / "inputs" / "113-1" / "附件"
    folder.mkdir()
    Image.new("RGB", (800, 600), "white").save(folder / "簽到單.png")
    hold(
        held,
        紀錄附件="| 名稱 | 來源 | 公開 |\n| 簽到單影本 | 檔案:簽到單.png | |\n| 問卷結果 | 工作表:問卷 | 公開 |",
        問卷="| 題目 | 次數 |\n| 滿意 | 12 |\n| 普通 | 3 |",
    )
    lines = minutes(held)
    assert lines[lines.index("會議紀錄附件：") + 1 :] == ["附件1　簽到單影本", "附件2　問卷結果"]
    assert "附件1　簽到單影本（不公開）" in minutes(held, "公開版")
    documents = {entry["name"]: entry for entry in held.manifest()["documents"]}
    assert documents["會議紀錄附件1 簽到單影本"]["audience"] == "委員及列席人員"
    assert documents["會議紀錄附件2 問卷結果"]["audience"] == "公開"
    hold(held, 紀錄附件="| 名稱 | 來源 |\n| 簽到單影本 | 檔案:簽到.png |")
    assert [item["cell"] for item in held.problems() if item["code"] == "no-such-file"] == ["B2"]


@pytest.mark.office
@pytest.mark.slow
def test_the_public_edition_has_points_riders_and_public_attachments(held: Desk, tmp_path: Path) -> None:
    folder = held.root / "inputs" / "113-1" / "附件"
    folder.mkdir()
    Image.new("RGB", (800, 600), "white").save(folder / "簽到單.png")
    hold(
        held,
        決議=DECISIONS.replace("內容       |", "內容 | 類別 |", 1) + "| 討1 | 1 | 請每季報告。 | 附帶決議 |\n",
        紀錄附件="| 名稱 | 來源 |\n| 簽到單影本 | 檔案:簽到單.png |",
    )
    result = held.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    found = next((held.root / "output").rglob("會議.json"))
    case = json.loads(found.read_text("utf-8"))["會議紀錄"]["案"][1]
    assert case["發言"][0]["分點"][0] == {"標號": "1.", "內容": "先訂期程。"}
    assert case["附帶決議"] == ["請每季報告。"]
    assert not any("簽到單影本" in path.name for path in found.parent.iterdir())


def test_forms_of_the_minutes_are_short_and_take_what_is_asked_for(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    desk.meeting(會議資訊=INFO)
    desk.run("new", "113-1", "--minutes")
    path = desk.root / "inputs" / "113-1" / "會議紀錄.xlsx"
    assert "形式" not in [cell.value for cell in openpyxl.load_workbook(path)["發言"][1]]
    path.unlink()
    assert desk.run("new", "113-1", "--minutes", "--with", "形式,層級、類別").exit_code == 0
    book = openpyxl.load_workbook(path)
    assert {"形式", "層級"} <= {cell.value for cell in book["發言"][1]}
    assert "類別" in {cell.value for cell in book["決議"][1]}


@pytest.mark.slow
def test_cases_and_explanations_of_the_papers_are_no_motions(held: Desk) -> None:
    held.meeting(
        會議資訊=INFO,
        案由=CASES + "| 臨1 | 臨時動議 | 秘書處 | 建議另訂作業規定一案。 |\n",
        說明=EXPLANATIONS + "| 臨1 | 1 | | 宜另訂作業規定。 |\n",
    )
    hold(held, 決議=DECISIONS + "| 臨1 | 1 | 照案通過。 |\n")
    assert any("臨時動議第一案" in name for name in _built(held))


def test_the_name_of_an_attachment_of_the_minutes_may_not_have_a_protected_name(held: Desk) -> None:
    hold(
        held,
        發言=REMARKS.replace("| 江海   | 委員意見 | 記名  ", "| 江海   | 委員意見 | 不記名"),
        紀錄附件="| 名稱 | 來源 |\n| 江海書面意見 | 另附 |",
    )
    found = [(item["sheet"], item["cell"]) for item in held.problems() if item["code"] == "protected-name"]
    assert ("紀錄附件", "A2") in found


@pytest.mark.slow
def test_what_is_attached_to_a_motion_goes_with_the_minutes(held: Desk) -> None:
    hold(
        held,
        決議=DECISIONS + "| 臨1 | 1 | 照案通過。 |\n",
        案由="| 案號 | 類別 | 單位 | 案由 |\n| 臨1 | 臨時動議 | 秘書處 | 建議另訂作業規定一案。 |",
        說明='| 案號 | 層級 | 內容 |\n| 臨1 | 1 | 各港班次如{{ 附件("班次表") }}。 |',
        附件="| 案號 | 名稱 | 來源 | 公開 |\n| 臨1 | 班次表 | 工作表:班次 | |\n| 臨1 | 廠商名冊 | 另附 | 不公開 |",
        班次="| 港 | 班次 |\n| 北港 | 12 |\n| 南港 | 3 |",
    )
    lines = minutes(held)
    assert "各港班次如附件1。" in lines
    listed = ["臨時動議第一案附件1　班次表", "臨時動議第一案附件2　本附件不公開"]
    assert lines[lines.index("會議紀錄附件：") + 1 :] == listed
    documents = {entry["name"]: entry for entry in held.manifest()["documents"]}
    assert documents["臨時動議第一案 附件1 班次表"]["audience"] == "公開"
    assert documents["臨時動議第一案 附件2 廠商名冊"]["audience"] == "機關內部"
    assert "北港" in held.texts()["臨時動議第一案 附件1 班次表"]


@pytest.mark.office
@pytest.mark.slow
def test_attachments_of_the_minutes_are_mailed_and_published_with_them(held: Desk) -> None:
    agency = AGENCY + "| 電子郵件 | group@example.org |\n"
    members = "\n".join(
        f"{line} m{number}@example.org |" if number else f"{line} 電子郵件 |"
        for number, line in enumerate(MEMBERS.strip().splitlines())
    )
    held.book("機關.xlsx", 機關=agency, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=members)
    hold(
        held,
        決議=DECISIONS + "| 臨1 | 1 | 照案通過。 |\n",
        案由="| 案號 | 類別 | 單位 | 案由 |\n| 臨1 | 臨時動議 | 秘書處 | 建議另訂作業規定一案。 |",
        說明='| 案號 | 層級 | 內容 |\n| 臨1 | 1 | 各港班次如{{ 附件("班次表") }}。 |',
        附件="| 案號 | 名稱 | 來源 |\n| 臨1 | 班次表 | 工作表:班次 |",
        班次="| 港 | 班次 |\n| 北港 | 12 |\n| 南港 | 3 |",
        紀錄附件="| 名稱 | 來源 |\n| 問卷結果 | 工作表:問卷 |",
        問卷="| 題目 | 次數 |\n| 滿意 | 12 |",
    )
    result = held.run("mail", "113-1")
    assert result.exit_code == 0, result.output
    [draft] = (held.root / "output" / "113-1 信件").glob("*.eml")
    message = email.message_from_bytes(draft.read_bytes(), policy=email.policy.default)
    attached = [part.get_filename() for part in message.iter_attachments()]
    assert {"會議紀錄附件 問卷結果.pdf", "臨時動議第一案 附件 班次表.pdf"} <= set(attached)
    assert held.run("publish", "113-1").exit_code == 0
    public = {path.name for path in (held.root / "output" / "113-1 公開").iterdir()}
    assert "臨時動議第一案 附件 班次表.pdf" in public
    assert "會議紀錄附件 問卷結果.pdf" not in public
