"""The rules on minutes, each where it fires, at which cell, and where it does not; by `packet check`."""

from __future__ import annotations

import json
import random
import zipfile

import pytest
from conftest import AGENCY, CASES, MEETING, UNITS, Desk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CHAIR, AGENCY_MEMBER, CIVIL = "召集人", "機關代表", "民間代表"
# Twelve members, by 身分 and name; women and men in turn.
ROSTER = {
    "王召集": CHAIR,
    "李機一": AGENCY_MEMBER,
    "李機二": AGENCY_MEMBER,
    "李機三": AGENCY_MEMBER,
    "李機四": AGENCY_MEMBER,
    "李機五": AGENCY_MEMBER,
    "李機六": AGENCY_MEMBER,
    "李機七": AGENCY_MEMBER,
    "陳民一": CIVIL,
    "陳民二": CIVIL,
    "陳民三": CIVIL,
    "陳民四": CIVIL,
}
EVERYONE = dict.fromkeys(ROSTER, "出席")
CHAIRED = MEETING + "| 主席 | 王召集 |\n"
INFO = """
| 欄位     | 內容  |
| 紀錄狀態 | 定稿  |
| 實際開始 | 14:35 |
| 散會     | 16:10 |
"""
DRAFT = INFO.replace("定稿", "草稿")
SAID = "| 案號 | 順序 | 發言者 | 類型 | 記名方式 | 內容 |\n"
REMARKS = (
    SAID
    + """| 討1 | 1 | 陳民一 | 委員意見 | 記名   | 請說明期程。 |
| 討1 | 2 | 資訊處 | 機關回應 | 記名   | 年底完成。   |
| 討1 | 3 | 陳民二 | 委員意見 | 不記名 | 沒有意見。   |
| 報1 | 1 | 陳民三 | 委員意見 | 不公開 | 請補充數字。 |
"""
)
DECIDED = "| 案號 | 項次 | 內容 | 主辦單位 | 期限 | 列管 |\n"
DECISIONS = (
    DECIDED
    + """| 報1 | 1 | 洽悉。           |        |           |          |
| 討1 | 1 | 照案通過。       |        |           |          |
| 討1 | 2 | 請於年底前完成。 | 企劃處 | 113-12-31 | 持續列管 |
"""
)


def roster(members: dict[str, str]) -> str:
    lines = [
        f"| {name} | 處長 | 海風部 | {role} | {'女' if number % 2 else '男'} |"
        for number, (name, role) in enumerate(members.items())
    ]
    return "\n".join(["| 姓名 | 職稱 | 服務機關 | 身分 | 性別 |", *lines])


def attendance(how: dict[str, str], roles: dict[str, str] = ROSTER) -> str:
    """A sheet 出席: 「出席」, 「請假」, 「代理 林代理」 or nothing by name."""
    lines = []
    for name, noted in how.items():
        came, _, deputy = noted.partition(" ")
        lines.append(f"| {name} | {roles.get(name, CIVIL)} | {came} | {deputy} | {'科長' if deputy else ''} |")
    return "\n".join(["| 姓名 | 身分 | 出席 | 代理人 | 代理人職稱 |", *lines])


def held(
    desk: Desk,
    info: str = INFO,
    who: str = attendance(EVERYONE),
    remarks: str = REMARKS,
    decisions: str = DECISIONS,
    meeting: str = CHAIRED,
    members: str | None = roster(ROSTER),
    cases: str = CASES,
) -> None:
    """A meeting with minutes; in order as it stands, so that a test changes only what it is about."""
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, **({"委員": members} if members else {}))
    desk.meeting(會議資訊=meeting, 案由=cases)
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=info, 出席=who, 發言=remarks, 決議=decisions)


def found(desk: Desk) -> list[tuple[str, str, str]]:
    """What the check says: code, severity, place."""
    return [(one["code"], one["severity"], f"{one['sheet']}{one['cell']}") for one in desk.problems()]


def said(desk: Desk, code: str) -> list[str]:
    return [one["text"] for one in desk.problems() if one["code"] == code]


def with_attendance(**changed: str) -> str:
    return attendance(EVERYONE | changed)


def test_minutes_in_order_have_no_problem(desk: Desk) -> None:
    held(desk)
    assert found(desk) == []


def test_a_draft_in_order_has_no_problem(desk: Desk) -> None:
    held(desk, info=DRAFT)
    assert found(desk) == []


def test_without_minutes_no_rule_speaks(desk: Desk) -> None:
    desk.meeting()
    assert found(desk) == []


def test_every_message_on_attendance_and_the_chair_cites_its_source(desk: Desk) -> None:
    who = attendance(dict.fromkeys(ROSTER, "請假") | {"陳民一": "代理 林代理"})
    held(desk, who=who, remarks=SAID, meeting=CHAIRED)
    texts = [one["text"] for one in desk.problems()]
    assert texts
    assert [text for text in texts if "設置要點" not in text] == []


in_both_states = pytest.mark.parametrize(
    ("info", "code", "severity"), [(INFO, "", "error"), (DRAFT, "-yet", "warning")], ids=["final", "draft"]
)

# --- Quorum (設置要點四(三), 運作指引肆一(二)) ------------------------------------------------------------------------


def leave(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "請假")


AGENCIES = ("李機一", "李機二", "李機三", "李機四", "李機五", "李機六", "李機七")


def test_fewer_than_half_are_no_quorum(desk: Desk) -> None:
    held(desk, who=with_attendance(**leave(*AGENCIES)))
    assert found(desk) == [("quorum-half", "error", "出席C2")]
    assert said(desk, "quorum-half") == ["出席 5 人，不足委員 12 人的二分之一，不得開會（設置要點四(三)）"]


def test_exactly_half_pass_with_a_warning_that_names_both_sources(desk: Desk) -> None:
    held(desk, who=with_attendance(**leave(*AGENCIES[1:])))
    assert found(desk) == [("quorum-exactly-half", "warning", "出席C2")]
    [text] = said(desk, "quorum-exactly-half")
    assert "設置要點四(三)" in text
    assert "運作指引肆一(二)" in text


def test_one_more_than_half_is_a_quorum(desk: Desk) -> None:
    held(desk, who=with_attendance(**leave(*AGENCIES[2:])))
    assert found(desk) == []


def test_of_an_odd_number_half_is_rounded_up(desk: Desk) -> None:
    eleven = {name: role for name, role in ROSTER.items() if name != "李機七"}
    for absent, codes in ((AGENCIES[:6], ["quorum-half"]), (AGENCIES[:5], [])):
        held(desk, members=roster(eleven), who=attendance(dict.fromkeys(eleven, "出席") | leave(*absent)))
        assert [code for code, _, _ in found(desk)] == codes


def test_a_deputy_counts_for_the_half(desk: Desk) -> None:
    held(desk, who=with_attendance(**leave(*AGENCIES[2:]), 李機一="代理 林代理"))
    assert found(desk) == []


def test_three_civil_members_must_be_there_themselves(desk: Desk) -> None:
    held(desk, who=with_attendance(**leave("陳民三", "陳民四")), remarks=SAID)
    assert found(desk) == [("quorum-civil", "error", "出席C2")]
    assert said(desk, "quorum-civil") == ["親自出席的民間代表 2 人，不足 3 人，不得開會（設置要點四(三)）"]
    held(desk, who=with_attendance(**leave("陳民四")))
    assert found(desk) == []


def test_a_deputy_of_a_civil_member_does_not_count_among_the_three(desk: Desk) -> None:
    held(desk, who=with_attendance(陳民三="代理 林代理", 陳民四="請假"))
    assert ("quorum-civil", "error", "出席C2") in found(desk)


def test_without_a_roster_the_list_of_attendance_is_that_of_the_members(desk: Desk) -> None:
    held(desk, members=None)
    assert found(desk) == []
    held(desk, members=None, who=with_attendance(**leave(*AGENCIES)))
    assert found(desk) == [("quorum-half", "error", "出席C2")]


def test_members_of_whom_nothing_is_noted_yet_may_have_come(desk: Desk) -> None:
    held(desk, info=DRAFT, who=attendance(dict.fromkeys(ROSTER, "")), remarks=SAID)
    assert [code for code, _, _ in found(desk)] == ["nobody-marked-yet"]
    held(desk, who=attendance(dict.fromkeys(ROSTER, "")), remarks=SAID)
    assert ("nobody-marked", "error", "出席C2") in found(desk)
    held(desk, info=DRAFT, who=with_attendance(**leave(*AGENCIES), 陳民四=""))
    assert ("quorum-half", "error", "出席C2") in found(desk)
    assert said(desk, "quorum-half") == ["出席至多 5 人，不足委員 12 人的二分之一，不得開會（設置要點四(三)）"]


def test_a_row_that_cannot_be_read_leaves_the_quorum_open(desk: Desk) -> None:
    held(desk, who=with_attendance(**leave(*AGENCIES[1:]), 李機一="來了"))
    assert found(desk) == [("bad-choice", "error", "出席C3")]


WAYS = ("出席", "請假", "代理 林代理", "")


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    people=st.lists(st.tuples(st.sampled_from([AGENCY_MEMBER, CIVIL]), st.sampled_from(WAYS)), max_size=15),
    convener=st.sampled_from(WAYS[:2]),
    listed=st.booleans(),
    seed=st.integers(0, 99),
)
def test_the_quorum_agrees_with_plain_arithmetic(
    desk: Desk, people: list[tuple[str, str]], convener: str, listed: bool, seed: int
) -> None:
    everyone = [("召集人", CHAIR, convener), *((f"委員{n}", role, how) for n, (role, how) in enumerate(people))]
    members = {name: role for name, role, _ in everyone}
    rows = random.Random(seed).sample(everyone, len(everyone))
    how = {name: came for name, _, came in rows}
    who = attendance(how, members)
    held(desk, members=roster(members) if listed else None, who=who, remarks=SAID, info=DRAFT)
    codes = {code for code, _, _ in found(desk)}

    attend = sum(1 for _, _, came in everyone if came != "請假")
    civil = sum(1 for _, role, came in everyone if role == CIVIL and came in ("出席", ""))
    open_rows = any(came == "" for _, _, came in everyone)
    assert ("quorum-half" in codes) == (attend < len(everyone) / 2)
    assert ("quorum-civil" in codes) == (civil < 3)
    assert ("quorum-exactly-half" in codes) == (attend == len(everyone) / 2 and not open_rows)
    assert ("attendance-unmarked-yet" in codes) == open_rows
    assert ("deputy-not-allowed" in codes) == any(r == CIVIL and c.startswith("代理") for _, r, c in everyone)


# --- Deputies (設置要點七) ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("name", "place", "role"), [("王召集", "出席C2", CHAIR), ("陳民一", "出席C10", CIVIL)])
def test_only_a_member_for_an_agency_may_send_a_deputy(desk: Desk, name: str, place: str, role: str) -> None:
    chair = "李機一" if name == "王召集" else "王召集"
    held(desk, who=with_attendance(**{name: "代理 林代理"}), meeting=CHAIRED.replace("王召集", chair))
    assert found(desk) == [("deputy-not-allowed", "error", place)]
    assert said(desk, "deputy-not-allowed")[0].startswith(f"{role}「{name}」不得由他人代理")


def test_the_role_is_that_of_the_roster(desk: Desk) -> None:
    who = with_attendance(陳民四="代理 林代理").replace("| 陳民四 | 民間代表", "| 陳民四 | 機關代表")
    held(desk, who=who)
    assert ("deputy-not-allowed", "error", "出席C13") in found(desk)
    assert ("attendee-role", "error", "出席B13") in found(desk)


def test_a_deputy_is_named(desk: Desk) -> None:
    held(desk, who=with_attendance(李機一="代理"))
    assert found(desk) == [("deputy-missing", "error", "出席D3")]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["出席", "請假"])
def test_a_deputy_of_one_who_came_or_stayed_away_is_a_slip(desk: Desk, how: str) -> None:
    held(desk, who=with_attendance(李機一=f"{how} 林代理"))
    assert found(desk) == [("deputy-unused", "warning", "出席D3")]
    [text] = said(desk, "deputy-unused")
    assert text.startswith(f"委員「李機一」填「{how}」，卻有代理人「林代理」")


# --- Names and roles ------------------------------------------------------------------------------------------------


def test_a_name_that_is_not_in_the_roster_has_the_nearest_one_beside_it(desk: Desk) -> None:
    held(desk, info=DRAFT, who=attendance(EVERYONE).replace("李機七", "李機器七"))
    assert found(desk) == [("attendee-unknown", "error", "出席A9"), ("member-unlisted-yet", "warning", "委員A9")]
    [problem] = [one for one in desk.problems() if one["code"] == "attendee-unknown"]
    assert "是否為「李機七」？" in problem["remedy"]


def test_names_are_compared_without_spaces(desk: Desk) -> None:
    held(desk, who=attendance(EVERYONE).replace("王召集", "王　召集"), meeting=CHAIRED.replace("王召集", "王召集"))
    assert found(desk) == []


def test_the_role_must_be_the_rosters(desk: Desk) -> None:
    held(desk, who=attendance(EVERYONE).replace("| 李機七 | 機關代表", "| 李機七 | 民間代表"))
    assert found(desk) == [("attendee-role", "error", "出席B9")]
    assert said(desk, "attendee-role") == ["委員「李機七」的身分填「民間代表」，名冊為「機關代表」"]


def test_no_name_stands_twice(desk: Desk) -> None:
    held(desk, who=attendance(EVERYONE) + "\n| 李機一 | 機關代表 | 出席 | | |")
    assert found(desk) == [("attendee-twice", "error", "出席A14")]
    assert said(desk, "attendee-twice") == ["委員「李機一」重複，A3 已有一列"]


def test_a_name_twice_counts_once(desk: Desk) -> None:
    who = with_attendance(**leave(*AGENCIES)) + "\n| 陳民一 | 民間代表 | 出席 | | |"
    held(desk, who=who)
    assert [code for code, _, _ in found(desk)] == ["quorum-half", "attendee-twice"]


@in_both_states
def test_every_member_stands_in_the_list(desk: Desk, info: str, code: str, severity: str) -> None:
    held(desk, info=info, who=attendance({name: how for name, how in EVERYONE.items() if name != "李機三"}))
    assert found(desk) == [(f"member-unlisted{code}", severity, "委員A5")]


@in_both_states
def test_what_is_not_noted_yet_stops_only_what_is_final(desk: Desk, info: str, code: str, severity: str) -> None:
    held(desk, info=info, who=with_attendance(李機三="", 李機四=""))
    assert found(desk) == [
        (f"attendance-unmarked{code}", severity, "出席C5"),
        (f"attendance-unmarked{code}", severity, "出席C6"),
    ]


@in_both_states
def test_a_list_without_anyone_is_said_once(desk: Desk, info: str, code: str, severity: str) -> None:
    held(desk, info=info, who="| 姓名 | 身分 | 出席 |")
    assert found(desk) == [(f"no-attendance{code}", severity, "紀錄資訊")]


def test_a_list_without_its_headings_is_said_once(desk: Desk) -> None:
    held(desk, who=attendance(EVERYONE).replace("| 身分 |", "| 類別 |"))
    assert [code for code, _, _ in found(desk)] == ["missing-column"]


# --- The chair (設置要點四(二)) -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("how", ["請假", "代理 林代理"])
def test_the_chair_is_there_in_person(desk: Desk, how: str) -> None:
    held(desk, who=with_attendance(李機一=how), meeting=CHAIRED.replace("王召集", "李機一"))
    assert ("chair-absent", "error", "會議資訊B6") in found(desk)
    [text] = said(desk, "chair-absent")
    assert text.startswith("主席「李機一」沒有親自出席，會議紀錄.xlsx〔出席〕C3 填「")


def test_a_member_may_chair_when_the_convener_is_away(desk: Desk) -> None:
    held(desk, who=with_attendance(王召集="請假"), meeting=CHAIRED.replace("王召集", "李機一"))
    assert found(desk) == []


def test_a_member_who_chairs_beside_the_convener_is_worth_a_look(desk: Desk) -> None:
    held(desk, meeting=CHAIRED.replace("王召集", "李機一"))
    assert found(desk) == [("convener-not-chair", "warning", "會議資訊B6")]
    [text] = said(desk, "convener-not-chair")
    assert text.startswith("召集人「王召集」親自出席（會議紀錄.xlsx〔出席〕C2），主席卻是「李機一」")


def test_a_chair_who_is_no_member_is_said_once(desk: Desk) -> None:
    held(desk, meeting=CHAIRED.replace("王召集", "高明明"))
    assert found(desk) == [("chair-not-member", "error", "會議資訊B6")]


def test_without_a_roster_the_chair_is_one_of_the_list(desk: Desk) -> None:
    held(desk, members=None, meeting=CHAIRED.replace("王召集", "王召喚"))
    assert found(desk) == [("chair-not-listed", "error", "會議資訊B6")]
    [problem] = desk.problems()
    assert "是否為「王召集」？" in problem["remedy"]


@in_both_states
def test_minutes_without_a_chair(desk: Desk, info: str, code: str, severity: str) -> None:
    held(desk, info=info, meeting=MEETING)
    assert found(desk) == [(f"no-chair{code}", severity, "會議資訊")]


# --- 發言 -----------------------------------------------------------------------------------------------------------


def test_remarks_and_decisions_belong_to_a_case(desk: Desk) -> None:
    held(
        desk,
        remarks=REMARKS + "| 討9 | 1 | 陳民一 | 委員意見 | 記名 | 好。 |",
        decisions=DECISIONS + "| 討8 | 1 | 照案通過。 | | | |",
    )
    assert found(desk) == [("unknown-case", "error", "決議A5"), ("unknown-case", "error", "發言A6")]


def test_what_belongs_to_a_faulty_case_is_not_told_again(desk: Desk) -> None:
    held(desk, cases=CASES.replace("| 討1  | 討論事項", "| 討1  | 討論"))
    assert [code for code, _, _ in found(desk)] == ["bad-choice"]


def test_an_opinion_is_of_one_who_attends(desk: Desk) -> None:
    held(desk, remarks=SAID + "| 討1 | 1 | 陳民乙 | 委員意見 | 記名 | 好。 |")
    assert found(desk) == [("speaker-unknown", "warning", "發言C2")]
    [problem] = desk.problems()
    assert problem["text"] == "委員意見的發言者「陳民乙」不是出席的委員或其代理人（設置要點七）"
    assert "是否為「陳民" in problem["remedy"]


def test_a_member_on_leave_did_not_speak(desk: Desk) -> None:
    held(desk, who=with_attendance(陳民一="請假"))
    assert found(desk) == [("speaker-unknown", "warning", "發言C2")]


@pytest.mark.parametrize("speaker", ["李機一", "林代理", "林 代理", "李機二"])
def test_members_and_deputies_may_speak(desk: Desk, speaker: str) -> None:
    who = with_attendance(李機一="代理 林代理", 李機二="")
    held(desk, info=DRAFT, who=who, remarks=SAID + f"| 討1 | 1 | {speaker} | 委員意見 | 記名 | 好。 |")
    assert [code for code, _, _ in found(desk)] == ["attendance-unmarked-yet"]


def test_anyone_may_answer_for_an_agency(desk: Desk) -> None:
    held(desk, remarks=SAID + "| 討1 | 1 | 外部機關 | 機關回應 | 記名 | 好。 |")
    assert found(desk) == []


def test_a_place_is_taken_once_within_a_case(desk: Desk) -> None:
    held(desk, remarks=REMARKS.replace("| 討1 | 3", "| 討1 | 2"))
    assert found(desk) == [("remark-twice", "warning", "發言B4")]
    assert said(desk, "remark-twice") == ["討1的順序 2 重複，B3 已經用過"]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["不記名", "不公開"])
def test_only_opinions_are_protected(desk: Desk, how: str) -> None:
    held(desk, remarks=REMARKS.replace("機關回應 | 記名 ", f"機關回應 | {how} "))
    assert ("openness-unfit", "warning", "發言E3") in found(desk)
    assert "運作指引肆三" in said(desk, "openness-unfit")[0]


@pytest.mark.slow
@pytest.mark.parametrize("how", ["不記名", "不公開"])
def test_no_message_says_a_protected_name(desk: Desk, how: str) -> None:
    """One protected speaker after the other, each with every fault that their name can be in."""
    names = ("王召集", "李機七", "陳民四", "陳民丙", "林代理")
    remarks = SAID + "".join(f"| 討1 | {n} | {name} | 委員意見 | {how} | 好。 |\n" for n, name in enumerate(names, 1))
    who = attendance(EVERYONE | {"王召集": "請假 林代理", "陳民四": "代理", "陳民丙": "代理 林代理", "李機七": ""})
    who = who.replace("| 李機七 | 機關", "| 李機七 | 民間") + "\n| 陳民四 | 機關代表 | 出席 | 林代理 | |"
    for info in (INFO, DRAFT):
        held(desk, info=info, who=who, remarks=remarks)
        codes = {code.removesuffix("-yet") for code, _, _ in found(desk)}
        assert codes >= {
            "attendee-twice",
            "attendee-unknown",
            "attendee-role",
            "attendance-unmarked",
            "chair-absent",
            "deputy-not-allowed",
            "deputy-missing",
            "deputy-unused",
        }
        printed = desk.run("check", "113-1").output + json.dumps(desk.problems(), ensure_ascii=False)
        assert [name for name in names if name in printed] == []


@pytest.mark.slow
@pytest.mark.parametrize("how", ["不記名", "不公開"])
def test_no_message_guesses_at_a_protected_name(desk: Desk, how: str) -> None:
    speakers = [("陳民五五", how), ("陳民四", how), ("民四", "記名")]
    lines = [f"| 討1 | {n} | {name} | 委員意見 | {way} | 好。 |" for n, (name, way) in enumerate(speakers, 1)]
    remarks = SAID + "\n".join(lines)
    who = attendance({name: how for name, how in EVERYONE.items() if name != "陳民四"})
    held(desk, info=DRAFT, who=who + "\n| 陳民四四 | 民間代表 | 出席 | | |", remarks=remarks)
    codes = [code for code, _, _ in found(desk)]
    assert codes.count("speaker-unknown") == 3
    assert "member-unlisted-yet" in codes
    printed = desk.run("check", "113-1").output + json.dumps(desk.problems(), ensure_ascii=False)
    assert "陳民五五" not in printed
    assert "陳民四" not in printed.replace("陳民四四", "")


def test_a_convener_whose_remark_is_protected_is_not_named(desk: Desk) -> None:
    remarks = SAID + "| 討1 | 1 | 王召集 | 委員意見 | 不記名 | 好。 |\n"
    remarks += "| 討1 | 2 | 李機一 | 委員意見 | 不公開 | 好。 |\n"
    held(desk, meeting=CHAIRED.replace("王召集", "李機一"), remarks=remarks)
    [text] = said(desk, "convener-not-chair")
    assert text.startswith("召集人親自出席（會議紀錄.xlsx〔出席〕C2），主席卻是他人")


def test_who_keeps_a_name_out_of_the_workbook_writes_member(desk: Desk) -> None:
    remark = "| 討1 | 1 | 委員 | 委員意見 | {} | 好。 |"
    held(desk, remarks=SAID + remark.format("不記名"))
    assert "speaker-unknown" not in [code for code, _, _ in found(desk)]
    held(desk, remarks=SAID + remark.format("記名"))
    assert found(desk) == [("speaker-unknown", "warning", "發言C2")]


# --- 決議 -----------------------------------------------------------------------------------------------------------


def test_a_number_stands_once_within_a_case(desk: Desk) -> None:
    held(desk, decisions=DECISIONS.replace("| 討1 | 2", "| 討1 | 1"))
    assert found(desk) == [("decision-twice", "error", "決議B4")]
    assert said(desk, "decision-twice") == ["討1的項次 1 重複，B3 已經用過"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "text", "ok"),
    [
        ("報1", "洽悉。", True),
        ("報1", "准予備查。", True),
        ("報1", "洽悉，請持續辦理。", True),
        ("報1", "照案通過。", False),
        ("討1", "照案通過。", True),
        ("討1", "修正通過。", True),
        ("討1", "保留。", True),
        ("討1", "不予通過。", True),
        ("討1", "另案討論。", True),
        ("討1", "洽悉。", False),
        ("討1", "同意。", False),
    ],
)
def test_the_first_decision_begins_with_a_phrase_of_its_kind(desk: Desk, case: str, text: str, ok: bool) -> None:
    other = "| 討1 | 1 | 照案通過。 | | | |" if case == "報1" else "| 報1 | 1 | 洽悉。 | | | |"
    held(desk, decisions=DECIDED + f"| {case} | 2 | 其餘照辦。 | | | |\n| {case} | 1 | {text} | | | |\n{other}")
    assert found(desk) == ([] if ok else [("decision-phrase", "warning", "決議C3")])


def test_a_motion_is_decided_in_any_words(desk: Desk) -> None:
    cases = CASES + "| 臨1 | 臨時動議 | 資訊處 | 某案 |"
    held(desk, cases=cases, decisions=DECISIONS + "| 臨1 | 1 | 同意。 | | | |")
    assert found(desk) == []


@pytest.mark.slow
@in_both_states
def test_what_is_final_decides_every_case(desk: Desk, info: str, code: str, severity: str) -> None:
    cases = CASES + "| 臨1 | 臨時動議 | 資訊處 | 某案 |"
    held(desk, info=info, cases=cases, decisions=DECIDED + "| 討1 | 1 | 照案通過。 | | | |")
    assert found(desk) == [(f"no-decision{code}", severity, "案由A2"), (f"no-decision{code}", severity, "案由A4")]
    texts = said(desk, f"no-decision{code}")
    assert [text[:12] for text in texts] == ["報告事項第一案還沒有決定", "臨時動議第一案還沒有決議"]


@pytest.mark.slow
@in_both_states
@pytest.mark.parametrize(
    ("task", "cells"),
    [
        ("| 企劃處 | 113-12-31 | 持續列管 |", []),
        ("| 企劃處 | 113-12-31 |  |", []),
        ("|  |  |  |", []),
        ("|  |  | 解除列管 |", []),
        ("|  |  | 持續列管 |", ["D4", "E4"]),
        ("| 企劃處 |  | 持續列管 |", ["E4"]),
        ("|  | 113-12-31 | 持續列管 |", ["D4"]),
        ("| 企劃處 |  |  |", ["E4"]),
        ("|  | 113-12-31 | 解除列管 |", ["D4"]),
    ],
)
def test_a_task_has_a_unit_and_a_date(
    desk: Desk, task: str, cells: list[str], info: str, code: str, severity: str
) -> None:
    held(desk, info=info, decisions=DECISIONS.replace("| 企劃處 | 113-12-31 | 持續列管 |", task))
    assert found(desk) == [(f"task-lacks{code}", severity, f"決議{cell}") for cell in cells]


def test_a_date_that_cannot_be_read_is_not_missing_as_well(desk: Desk) -> None:
    held(desk, decisions=DECISIONS.replace("113-12-31", "年底"))
    assert found(desk) == [("bad-date", "error", "決議E4")]


def test_nor_does_it_hide_a_case_without_a_decision(desk: Desk) -> None:
    held(desk, decisions=DECIDED + "| 討1 | 1 | 照案通過。 | 企劃處 | 年底 | |")
    assert found(desk) == [("no-decision", "error", "案由A2"), ("bad-date", "error", "決議E2")]


def test_a_decision_that_could_not_be_read_may_be_the_missing_one(desk: Desk) -> None:
    held(desk, decisions=DECISIONS.replace("| 報1 | 1 |", "| 報1 | 一 |"))
    assert found(desk) == [("bad-count", "error", "決議B2")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("units", "wrong"),
    [
        ("企劃處", []),
        ("企劃處、資訊處", []),
        ("企畫處、資訊處", ["企畫處"]),
        ("外交部、財政部", ["外交部", "財政部"]),
    ],
)
def test_units_of_a_task_are_known(desk: Desk, units: str, wrong: list[str]) -> None:
    held(desk, decisions=DECISIONS.replace("企劃處", units))
    assert found(desk) == [("task-unit-unknown", "warning", "決議D4") for _ in wrong]
    assert said(desk, "task-unit-unknown") == [f"主辦單位「{one}」不在 機關.xlsx〔單位〕內" for one in wrong]


@pytest.mark.slow
@pytest.mark.parametrize(("due", "ok"), [("113-05-19", False), ("113-05-20", True), ("113-05-21", True)])
def test_nothing_is_due_before_the_meeting(desk: Desk, due: str, ok: bool) -> None:
    held(desk, decisions=DECISIONS.replace("113-12-31", due))
    assert found(desk) == ([] if ok else [("due-early", "error", "決議E4")])


# --- Times and years ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begun", "ended", "ok"),
    [("14:35", "14:34", False), ("14:35", "14:36", True), ("", "14:29", False), ("", "14:31", True)],
)
def test_a_meeting_ends_after_it_began(desk: Desk, begun: str, ended: str, ok: bool) -> None:
    held(desk, info=INFO.replace("14:35", begun).replace("16:10", ended))
    assert found(desk) == ([] if ok else [("adjourned-early", "error", "紀錄資訊B4")])


@in_both_states
def test_what_is_final_says_when_it_ended(desk: Desk, info: str, code: str, severity: str) -> None:
    held(desk, info=info.replace("16:10", ""))
    assert found(desk) == [(f"not-adjourned{code}", severity, "紀錄資訊B4")]


def test_a_time_that_cannot_be_read_is_not_missing_as_well(desk: Desk) -> None:
    held(desk, info=INFO.replace("16:10", "傍晚"))
    assert found(desk) == [("bad-time", "error", "紀錄資訊B4")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folders", "fires"),
    [
        ((), False),
        (("111-1",), False),
        (("112-1",), True),
        (("112-臨1",), True),
        (("112-1", "112-臨1"), True),
        (("112-1", "112-2"), False),
        (("112-1", "112-2", "112-3"), False),
        (("113-2", "114-1"), False),
    ],
)
def test_the_year_before_had_two_regular_meetings(desk: Desk, folders: tuple[str, ...], fires: bool) -> None:
    held(desk)
    for folder in folders:
        desk.meeting(folder)
    assert found(desk) == ([("meetings-few", "warning", "會議資訊B2")] if fires else [])


# --- Templates ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_templates_of_the_minutes_are_tried_on_made_up_minutes(desk: Desk) -> None:
    done = json.loads(desk.run("template", "check", "--json").stdout)
    assert [one for one in done["problems"] if one["workbook"] in ("會議紀錄.docx", "決議分辦表.docx")] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "right", "wrong"), [("會議紀錄", "紀錄.人數", "紀錄.人事"), ("決議分辦表", "列.期限", "列.日期")]
)
def test_a_name_that_the_minutes_do_not_have_is_found(desk: Desk, name: str, right: str, wrong: str) -> None:
    path = desk.root / "templates" / f"{name}.docx"
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    text = parts["word/document.xml"].decode()
    assert right in text
    parts["word/document.xml"] = text.replace(right, wrong).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in parts.items():
            archive.writestr(entry, content)
    output = desk.run("template", "check").output
    assert wrong in output
    assert f"{name}.docx" in output
