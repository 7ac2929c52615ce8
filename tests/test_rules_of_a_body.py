"""〔規則〕 and 〔身分〕 of 機關.xlsx: a body's own numbers, sources and words, and nothing said of rules it has not."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.conftest import AGENCY, UNITS, Desk

RULES = """
| 規則               | 數值       | 依據               |
| 委員最少人數       | 5人        | 本會設置要點二     |
| 民間代表最低比例   | 三分之一   | 本會設置要點二     |
| 出席門檻           | 2/3 以上   | 本會設置要點五     |
| 民間代表最少出席   | 1          | 本會設置要點五     |
| 得代理身分         | 當然委員   | 本會設置要點六     |
| 會議資料會前工作日 | 3          | 本會作業規定       |
"""
ROLES = """
| 身分       | 屬於     | 得代理 |
| 主任委員   | 召集人   |        |
| 當然委員   | 機關代表 | ★      |
| 外聘委員   | 民間代表 |        |
"""
MEMBERS = """
| 姓名   | 職稱 | 服務機關 | 身分     |
| 沈青山 | 教授 | 海風大學 | 外聘委員 |
| 林大年 | 次長 | 海風部   | 主任委員 |
| 何小雨 | 處長 | 企劃處   | 當然委員 |
| 周明   | 處長 | 秘書處   | 當然委員 |
| 江海   | 教授 | 潮汐大學 | 外聘委員 |
"""
INFO = """
| 欄位     | 內容      |
| 會議日期 | 113-05-20 |
| 開始時間 | 14:30     |
| 地點     | 第1會議室 |
| 主席     | 林大年    |
"""
MINUTES = """
| 欄位     | 內容  |
| 紀錄狀態 | 定稿  |
| 散會     | 16:10 |
"""
ATTENDANCE = """
| 姓名   | 身分     | 出席 | 代理人 | 代理人職稱 |
| 沈青山 | 外聘委員 | 出席 |        |            |
| 林大年 | 主任委員 | 出席 |        |            |
| 何小雨 | 當然委員 | 代理 | 趙一   | 科長       |
| 周明   | 當然委員 | 出席 |        |            |
| 江海   | 外聘委員 | 請假 |        |            |
"""
DECISIONS = """
| 案號 | 項次 | 內容       |
| 報1  | 1    | 洽悉。     |
| 討1  | 1    | 照案通過。 |
"""


@pytest.fixture
def committee(desk: Desk) -> Desk:
    """A committee with its own words and rules, before its meeting."""
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    desk.meeting(會議資訊=INFO)
    return desk


def change(desk: Desk, **sheets: str) -> None:
    given = {"機關": AGENCY, "單位": UNITS, "規則": RULES, "身分": ROLES, "委員": MEMBERS} | sheets
    desk.book("機關.xlsx", **given)


def hold(desk: Desk, attendance: str = ATTENDANCE, status: str = "定稿") -> None:
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=MINUTES.replace("定稿", status), 出席=attendance, 決議=DECISIONS)


def found(desk: Desk) -> list[tuple[str, str]]:
    return [
        (item["code"], item["text"] + "。" + item["remedy"]) for item in desk.problems() if item["severity"] != "note"
    ]


def test_a_committee_with_its_own_words_and_rules_has_nothing_to_mend(committee: Desk) -> None:
    hold(committee)
    assert found(committee) == []


def test_messages_cite_the_sources_of_the_sheet(committee: Desk) -> None:
    hold(
        committee,
        ATTENDANCE.replace("| 沈青山 | 外聘委員 | 出席 |", "| 沈青山 | 外聘委員 | 代理 | 王五")
        .replace("王五 |        |            |", "王五 | |")
        .replace("| 周明   | 當然委員 | 出席 |", "| 周明   | 當然委員 | 請假 |"),
    )
    change(committee, 規則=RULES.replace("5人", "六人以上"))
    messages = dict(found(committee))
    assert messages["roster-small"].endswith("委員 5 人，少於 6 人（本會設置要點二）。請核對名冊。")
    assert "出席 3 人，不足委員 5 人的三分之二，不得開會（本會設置要點五）" in messages["quorum-half"]
    assert "親自出席的外聘委員 0 人，不足 1 人，不得開會（本會設置要點五）" in messages["quorum-civil"]
    assert (
        "外聘委員「沈青山」不得由他人代理，只有當然委員得派代表出席（本會設置要點六）" in messages["deputy-not-allowed"]
    )
    assert not any("運作指引" in text or "設置要點四" in text for text in messages.values())


def test_the_second_reading_of_the_quorum_is_a_warning(committee: Desk) -> None:
    hold(committee, ATTENDANCE.replace("| 周明   | 當然委員 | 出席 |", "| 周明   | 當然委員 | 請假 |"))
    change(committee, 規則=RULES.replace("2/3 以上", "3") + "| 出席門檻 | 三分之二以上 | 本會議事規則三 |")
    assert [code for code, _ in found(committee)] == ["quorum-stricter"]
    change(committee, 規則=RULES.replace("2/3 以上", "過半數") + "| 出席門檻 | 過半數 | 本會議事規則三 |")
    assert found(committee) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "enough"),
    [
        ("1/2 以上", 3),
        ("過半數", 3),
        ("全體委員三分之二以上", 4),
        ("２／３以上", 4),
        ("逾3/5", 4),
        ("3/5", 3),
        ("40%", 2),
        ("半數以上", 3),
        ("四人", 4),
        ("4", 4),
    ],
)
def test_a_quorum_may_be_written_in_any_usual_way(committee: Desk, written: str, enough: int) -> None:
    change(committee, 規則=f"| 規則 | 數值 | 依據 |\n| 出席門檻 | {written} | 本會規定 |", 身分=ROLES.replace("★", ""))
    for came in range(1, 6):
        names = ("沈青山", "林大年", "何小雨", "周明", "江海")
        roles = ("外聘委員", "主任委員", "當然委員", "當然委員", "外聘委員")
        # The chair is always there.
        order = sorted(range(5), key=lambda number: number != 1)
        rows = [f"| {names[n]} | {roles[n]} | {'出席' if place < came else '請假'} |" for place, n in enumerate(order)]
        hold(committee, "| 姓名 | 身分 | 出席 |\n" + "\n".join(rows))
        codes = [code for code, _ in found(committee)]
        assert ("quorum-half" in codes) == (came < enough), (written, came)


@pytest.mark.parametrize(
    ("rule", "written", "wanted"),
    [
        ("出席門檻", "大多數", "1/2 以上"),
        ("出席門檻", "5/4", "1/2 以上"),
        ("委員最少人數", "許多", "整數"),
        ("公開工作日", "0", "1 以上的整數"),
        ("主席須為委員", "召集人", "「是」"),
    ],
)
def test_a_value_that_is_none_is_a_problem_at_its_cell(committee: Desk, rule: str, written: str, wanted: str) -> None:
    change(committee, 規則=f"| 規則 | 數值 | 依據 |\n| {rule} | {written} | 本會規定 |")
    bad = [item for item in committee.problems() if item["code"] == "rule-value"]
    assert [item["cell"] for item in bad] == ["B2"]
    assert wanted in bad[0]["remedy"]


def test_rules_and_roles_stand_once_and_name_each_other(committee: Desk) -> None:
    change(
        committee,
        規則=RULES.replace("當然委員", "當然代表") + "| 委員最少人數 | 7 | |\n",
        身分=ROLES + "| 外聘委員 | 其他 | |\n",
    )
    codes = [code for code, _ in found(committee)]
    assert {"rule-twice", "rule-role", "role-twice"} <= set(codes)
    change(committee, 規則=RULES.replace("委員最少人數", "委員最少人"))
    assert "bad-choice" in [code for code, _ in found(committee)]


@pytest.mark.slow
def test_a_rule_that_is_not_there_is_not_checked_and_not_spoken_of(committee: Desk) -> None:
    change(committee, 規則="| 規則 | 數值 | 依據 |\n| 出席門檻 |  | |", 身分=ROLES.replace("★", ""))
    hold(
        committee,
        ATTENDANCE.replace("出席 |        |", "請假 |        |").replace(
            "林大年 | 主任委員 | 請假", "林大年 | 主任委員 | 出席"
        ),
    )
    assert found(committee) == []
    committee.run("build", "113-1", "--format", "docx")
    texts = committee.texts()
    for name, text in texts.items():
        for word in ("民間代表", "外聘委員1人", "設置要點", "指派代表", "修正意見"):
            assert word not in text, (name, word)
    assert "應出席5人，出席2人" in texts["會議紀錄（會議版）"]
    assert "沒有填任何期限" in committee.run("schedule", "113-1").output
    assert "期限." not in committee.run("figures", "113-1").output


def test_deadlines_follow_the_sheet(committee: Desk) -> None:
    lines = committee.run("schedule", "113-1").output
    assert "會前 3 個工作日" in lines
    assert "本會作業規定" in lines
    assert "資料盤點表" not in lines
    assert "紀錄草稿" not in lines
    figures = committee.run("figures", "113-1").output
    assert "規則.出席門檻\t三分之二以上\t機關.xlsx〔規則〕B4" in figures
    assert "規則.會議資料會前工作日\t3\t機關.xlsx〔規則〕B7" in figures


def test_settings_of_the_agency_count_where_the_sheet_says_nothing(committee: Desk) -> None:
    change(committee, 機關=AGENCY + "| 紀錄草稿工作日 | 6 |\n")
    assert "會後 6 個工作日" in committee.run("schedule", "113-1").output
    change(committee, 機關=AGENCY + "| 紀錄草稿工作日 | 6 |\n", 規則=RULES + "| 紀錄草稿工作日 | 4 | 本會作業規定 |")
    assert [code for code, _ in found(committee)] == ["setting-twice"]
    assert "會後 4 個工作日" in committee.run("schedule", "113-1").output
    change(committee, 機關=AGENCY + "| 紀錄草稿工作日 | 0 |\n")
    assert [code for code, _ in found(committee)] == ["draft-days-none"]


@pytest.mark.slow
def test_documents_use_the_words_of_the_body_in_its_order(committee: Desk) -> None:
    hold(committee)
    committee.run("build", "113-1", "--format", "docx")
    texts = committee.texts()
    signed = [line for line in texts["簽到單"].splitlines() if line in ("主任委員", "當然委員", "外聘委員")]
    assert signed == ["主任委員", "當然委員", "外聘委員"]
    assert "只有當然委員因故未能親自出席時，得指派代表出席（本會設置要點六）" in texts["簽到單"]
    assert "委員應親自出席；當然委員因故未能親自出席時，得指派代表出席（本會設置要點六）。" in texts["開會通知單"]
    assert "林次長大年（主任委員）" in texts["開會通知單"]
    minutes = texts["會議紀錄（會議版）"]
    assert "應出席5人，出席4人，其中外聘委員1人" in minutes
    names = next(line for line in minutes.splitlines() if line.startswith("出席委員"))
    assert names.index("林") < names.index("何") < names.index("周") < names.index("沈")


def test_no_member_may_send_a_deputy_where_the_rule_says_none(committee: Desk) -> None:
    change(committee, 規則=RULES.replace("| 當然委員   |", "| 無 |"), 身分=ROLES.replace("★", ""))
    hold(committee)
    assert [code for code, _ in found(committee)] == ["deputy-never"]


def test_sex_and_renewals_are_counted_only_by_a_rule(committee: Desk) -> None:
    members = MEMBERS.replace("| 身分     |", "| 身分 | 聘任次數 |", 1).replace("外聘委員 |", "外聘委員 | 2 |")
    change(
        committee,
        委員=members,
        規則=RULES + "| 單一性別最低比例 | 1/3 | 性平規定 |\n| 續聘次數上限 | 0 | 本會設置要點三 |",
    )
    codes = [code for code, _ in found(committee)]
    assert codes.count("sex-missing") == 5
    assert codes.count("term-again-none") == 2


@pytest.mark.slow
def test_only_members_in_office_on_the_day_are_invited_and_counted(committee: Desk) -> None:
    members = """
    | 姓名   | 職稱 | 服務機關 | 身分     | 任期起    | 任期迄    |
    | 林大年 | 次長 | 海風部   | 主任委員 |           |           |
    | 何小雨 | 處長 | 企劃處   | 當然委員 | 112-01-01 | 113-04-30 |
    | 周明   | 處長 | 企劃處   | 當然委員 | 113-05-01 |           |
    | 江海   | 教授 | 潮汐大學 | 外聘委員 | 113-06-01 | 115-05-31 |
    """
    change(committee, 委員=members, 規則="| 規則 | 數值 | 依據 |\n| 委員最少人數 | 2 | 本會規定 |")
    assert {"term-over", "term-to-come"} <= {item["code"] for item in committee.problems()}
    committee.run("build", "113-1", "--format", "docx")
    notice = committee.texts()["開會通知單"]
    assert "周處長明" in notice
    assert "何小雨" not in notice
    assert "江海" not in notice
    committee.run("new", "113-1", "--minutes")
    sheet = openpyxl.load_workbook(committee.root / "inputs" / "113-1" / "會議紀錄.xlsx")["出席"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, max_row=4, values_only=True)] == ["林大年", "周明", None]


@pytest.mark.slow
def test_mail_goes_to_members_of_every_sort(committee: Desk) -> None:
    addresses = MEMBERS.replace("| 身分     |", "| 身分 | 電子郵件 |", 1)
    for number, name in enumerate(("外聘委員", "主任委員", "當然委員", "當然委員", "外聘委員")):
        addresses = addresses.replace(f"{name} |\n", f"{name} | m{number}@example.org |\n", 1)
    agency = AGENCY + "| 電子郵件 | group@example.org |\n"
    change(committee, 機關=agency, 委員=addresses)
    output = committee.run("mail", "113-1", "--kind", "會議資料").output
    assert "m4@example.org" in (committee.root / "output" / "113-1 信件" / "會議資料.eml").read_text("utf-8"), output
    change(committee, 機關=agency, 委員=addresses, 身分=ROLES.replace("機關代表", "其他"))
    template = committee.root / "templates" / "信件 會議資料.txt"
    template.write_text(template.read_text("utf-8").replace("、其他", ""), "utf-8")
    assert "不在信件範本的收件者內" in committee.run("mail", "113-1", "--kind", "會議資料").output


@pytest.mark.slow
def test_the_standard_templates_are_in_order_for_a_body_without_rules(committee: Desk) -> None:
    change(committee, 規則="| 規則 | 數值 | 依據 |\n| 出席門檻 |  | |")
    assert "錯誤" not in committee.run("template", "check").output


# packet init


@pytest.mark.parametrize("kind", ["政府資料開放諮詢小組", "一般會議"])
def test_init_writes_the_rules_of_the_kind(desk: Desk, tmp_path: Path, kind: str) -> None:
    root = tmp_path / "新的"
    assert desk.run("init", str(root), "--kind", kind).exit_code == 0
    book = openpyxl.load_workbook(root / "inputs" / "機關.xlsx")
    rules = {row[0]: row[1:3] for row in book["規則"].iter_rows(min_row=2, values_only=True) if row[0]}
    shared = {path.name for path in (root / "inputs" / "共用").iterdir()}
    if kind == "一般會議":
        assert book.sheetnames == ["機關", "單位", "規則", "身分", "委員", "停班日", "議程"]
        assert rules["出席門檻"] == (None, None)
        assert shared == {"空白條文.xlsx"}
    else:
        assert book.sheetnames == ["機關", "單位", "規則", "委員", "停班日"]
        assert rules["民間代表最少出席"] == ("3", "設置要點四(三)")
        assert shared == {"設置要點.xlsx", "運作指引.xlsx", "空白條文.xlsx"}


@pytest.mark.slow
def test_a_sheet_as_init_writes_it_changes_nothing_for_a_data_group(own_desk: Desk, tmp_path: Path) -> None:
    before = (
        own_desk.run("check", "113-1").output,
        own_desk.run("schedule", "113-1")
        .output.replace("（設定：紀錄草稿工作日）", "")
        .replace("（設定：修正意見工作日）", ""),
    )
    own_desk.run("init", str(tmp_path / "新的"), "--kind", "政府資料開放諮詢小組")
    book = openpyxl.load_workbook(own_desk.root / "inputs" / "機關.xlsx")
    written = openpyxl.load_workbook(tmp_path / "新的" / "inputs" / "機關.xlsx")["規則"]
    sheet = book.create_sheet("規則")
    for row in written.iter_rows(values_only=True):
        sheet.append(row)
    book["機關"].append(["會議類型", "政府資料開放諮詢小組"])
    book.save(own_desk.root / "inputs" / "機關.xlsx")
    after = own_desk.run("check", "113-1").output, own_desk.run("schedule", "113-1").output
    assert after[0] == before[0]
    assert [line for line in after[1].splitlines() if "期限.ics" not in line] == [
        line for line in before[1].splitlines() if "期限.ics" not in line
    ]


@pytest.mark.slow
def test_the_forms_of_another_body_have_no_lists_of_data_sets(desk: Desk, tmp_path: Path) -> None:
    root = tmp_path / "新的"
    desk.run("init", str(root), "--kind", "一般會議")
    other = Desk(root)
    other.book("機關.xlsx", 機關=AGENCY + "| 會議類型 | 一般會議 |", 單位=UNITS)
    assert other.run("new", "114-1").exit_code == 0
    folder = root / "inputs" / "114-1"
    assert {path.name for path in folder.iterdir()} == {"會議.xlsx", "上次決定.xlsx", "附件"}
    fields = [row[0] for row in openpyxl.load_workbook(folder / "會議.xlsx")["會議資訊"].iter_rows(values_only=True)]
    assert "資料基準日" not in fields
    assert other.run("new", "114-2", "--with", "統計數字").exit_code == 0
    assert (root / "inputs" / "114-2" / "資料集.xlsx").is_file()
    refused = other.run("new", "114-3", "--with", "統計數")
    assert refused.exit_code == 2
    assert "統計數字" in refused.output


def test_the_date_of_the_data_is_asked_of_data_groups_only(committee: Desk) -> None:
    assert found(committee) == []
    committee.book("機關.xlsx", 機關=AGENCY, 單位=UNITS)
    assert "missing-field" in [code for code, _ in found(committee)]


def test_years_of_terms_are_the_bodys(committee: Desk) -> None:
    members = MEMBERS.replace("| 身分     |", "| 身分 | 任期起 | 任期迄 |", 1).replace(
        "外聘委員 |", "外聘委員 | 113-01-01 | 115-12-31 |"
    )
    change(committee, 委員=members, 規則=RULES + "| 任期上限年 | 3 | 本會設置要點三 |")
    assert found(committee) == []
    change(committee, 委員=members, 規則=RULES + "| 任期上限年 | 2年 | 本會設置要點三 |")
    assert next(text for code, text in found(committee) if code == "term-long").endswith(
        "外聘委員「沈青山」的任期超過 2 年（本會設置要點三）。請核對任期。"
    )
