"""The rules that the minutes of a meeting must keep. Each is a plain function that returns problems.

What is only not finished yet is a warning in a draft (草稿) and an error in what is to be final (定稿). Messages go
into packet.json, so none of them says the name of anyone who spoke 不記名 or 不公開.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from generator.basic import roc
from generator.basic.problem import Code, Location, Problem, error, perhaps, problem, warning
from generator.basic.rule_numbers import CIVIL_QUORUM, MEETINGS_A_YEAR
from generator.meeting.minutes import SOMEONE, Minutes
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import (
    ABSENT,
    AGENCY_MEMBER,
    BY_DEPUTY,
    CHAIR,
    CIVIL_MEMBER,
    CONTINUED,
    DISCUSSION,
    NAMED,
    OPINION,
    PRESENT,
    REPORT,
)
from generator.meeting.sheets.agency import Member
from generator.meeting.sheets.meeting import Case
from generator.meeting.sheets.minutes import Attendance, Decision, Remark
from generator.workbook.record import Record
from generator.workbook.values import folded


class MinutesCode(Code):
    """The problems that this module finds."""

    # Who attended (設置要點四、七); {name} is 「…」, or nothing where the name is protected
    NO_ATTENDANCE = error("〔出席〕還沒有委員，不能定稿", "請逐一填入委員及其出席情形。")
    NO_ATTENDANCE_YET = warning("〔出席〕還沒有委員", "定稿前請逐一填入委員及其出席情形。")
    ATTENDANCE_UNMARKED = error("委員{name}的出席情形空白，不能定稿", "請填出席、請假或代理。")
    ATTENDANCE_UNMARKED_YET = warning("委員{name}的出席情形空白", "定稿前請填出席、請假或代理。")
    MEMBER_UNLISTED = error("委員{name}不在〔出席〕內，不能定稿", "請在〔出席〕增列；已非委員時請更新名冊。")
    MEMBER_UNLISTED_YET = warning("委員{name}不在〔出席〕內", "定稿前請在〔出席〕增列；已非委員時請更新名冊。")
    ATTENDEE_UNKNOWN = error("委員{name}不在 機關.xlsx〔委員〕內", "請改正姓名；不是委員的人請改列〔列席〕。{perhaps}")
    ATTENDEE_ROLE = error("委員{name}的身分填「{role}」，名冊為「{listed}」", "請改成與名冊相同。")
    ATTENDEE_TWICE = error("委員{name}重複，{first} 已有一列", "請只留一列。")
    QUORUM_HALF = error(
        "出席{count}人，不足委員 {members} 人的二分之一，不得開會",
        "請核對出席情形與委員名冊。",
        source="設置要點四(三)",
    )
    QUORUM_EXACTLY_HALF = warning(
        "出席{count}人，恰為委員 {members} 人的二分之一：合於設置要點四(三)，但運作指引肆一(二)稱過半數",
        "請確認本次會議依何者認定。",
    )
    QUORUM_CIVIL = error(
        "親自出席的民間代表{count}人，不足 {least} 人，不得開會", "請核對民間代表的出席情形。", source="設置要點四(三)"
    )
    DEPUTY_NOT_ALLOWED = error(
        "{role}{name}不得由他人代理，只有機關代表得派代表出席", "請改為出席或請假。", source="設置要點七"
    )
    DEPUTY_MISSING = error("委員{name}由他人代理，卻沒有代理人", "請填代理人的姓名。", source="設置要點七")
    DEPUTY_UNUSED = warning(
        "委員{name}填「{how}」，卻有代理人{deputy}",
        "由他人代理時請改填「代理」，否則請刪除代理人。",
        source="設置要點七",
    )
    NO_CHAIR = error("沒有主席，不能定稿", "請填擔任主席的召集人或委員。", source="設置要點四(二)")
    NO_CHAIR_YET = warning("沒有主席", "定稿前請填擔任主席的召集人或委員。", source="設置要點四(二)")
    CHAIR_NOT_LISTED = error(
        "主席{name}不在〔出席〕內", "主席由召集人或其指定的委員擔任。{perhaps}", source="設置要點四(二)"
    )
    CHAIR_ABSENT = error(
        "主席{name}沒有親自出席，{other} 填「{how}」", "請核對主席與出席情形。", source="設置要點四(二)"
    )
    CONVENER_NOT_CHAIR = warning(
        "召集人{convener}親自出席（{other}），主席卻是{name}",
        "召集人因故不能出席時才指定委員代理主席，請核對。",
        source="設置要點四(二)",
    )
    MEETINGS_FEW = warning(
        "{year} 年只有 {count} 次常會的資料夾，每年以召開二次為原則",
        "請確認前一年的開會次數。",
        source="設置要點四(一)",
    )
    # Remarks and decisions (運作指引肆三、文書處理手冊 and practice)
    SPEAKER_UNKNOWN = warning(
        "委員意見的發言者{name}不是出席的委員或其代理人", "請核對發言者、類型與〔出席〕。{perhaps}", source="設置要點七"
    )
    REMARK_TWICE = warning("{case}的順序 {number} 重複，{first} 已經用過", "請依發言先後重編順序。")
    OPENNESS_UNFIT = warning(
        "「{openness}」只適用於委員意見，這一列是{kind}", "請改為「記名」，或改正類型。", source="運作指引肆三"
    )
    DECISION_TWICE = error("{case}的項次 {number} 重複，{first} 已經用過", "請改編項次。")
    DECISION_PHRASE = warning("{case}的{closing}不是以{phrases}開頭", "請確認用語。", source="實務用語")
    NO_DECISION = error("{case}還沒有{closing}，不能定稿", "請在〔決議〕填入。", source="設置要點十二")
    NO_DECISION_YET = warning("{case}還沒有{closing}", "定稿前請在〔決議〕填入。", source="設置要點十二")
    TASK_LACKS = error("{case}第 {number} 項是後續辦理事項，卻沒有{what}，不能定稿", "請填{what}。")
    TASK_LACKS_YET = warning("{case}第 {number} 項是後續辦理事項，卻沒有{what}", "定稿前請填{what}。")
    TASK_UNIT_UNKNOWN = warning(
        "主辦單位「{value}」不在 機關.xlsx〔單位〕內", "是其他機關時可不理會，否則請改正。{perhaps}"
    )
    DUE_EARLY = error("期限{due}在會議日期{date}之前", "請核對期限。")
    NOT_ADJOURNED = error("沒有散會時間，不能定稿", "請填散會時間。")
    NOT_ADJOURNED_YET = warning("沒有散會時間", "定稿前請填散會時間。")
    ADJOURNED_EARLY = error("散會時間{end}早於開始時間{start}", "請核對兩個時間。")


PHRASES = {
    REPORT: ("洽悉", "准予備查"),
    DISCUSSION: ("照案通過", "修正通過", "保留", "不予通過", "另案討論"),
}


def check(meeting: Meeting) -> list[Problem]:
    """Everything that the rules find in the minutes, in no particular order; nothing where there are no minutes."""
    if meeting.minutes is None:
        return []
    return [fault for rule in RULES for fault in rule(meeting, meeting.minutes)]


def attendance_is_noted(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """The minutes say of every member whether they came (official-format: 出席委員, 請假委員)."""
    if not minutes.attendance and _whole(minutes, Attendance):
        return [_unfinished(minutes, MinutesCode.NO_ATTENDANCE, MinutesCode.NO_ATTENDANCE_YET, minutes.info.at())]
    return [
        _unfinished(
            minutes,
            MinutesCode.ATTENDANCE_UNMARKED,
            MinutesCode.ATTENDANCE_UNMARKED_YET,
            one.at("how"),
            name=_quoted(minutes, one.name),
        )
        for one in minutes.attendance
        if not one.how
    ]


def attendance_follows_the_roster(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Members stand in 出席 as in the roster, each once: who counts for the quorum is a member (設置要點三、四(三))."""
    listed = {folded(member.name): member for member in meeting.members}
    first: dict[str, Attendance] = {}
    found = []
    for one in minutes.attendance:
        key, name = folded(one.name), _quoted(minutes, one.name)
        if not key:
            continue
        if key in first:
            other = one.beside(first[key], "name")
            found.append(problem(MinutesCode.ATTENDEE_TWICE, one.at("name"), name=name, first=other))
        first.setdefault(key, one)
        if listed and key not in listed:
            near = _perhaps(minutes, one.name, [member.name for member in meeting.members])
            found.append(problem(MinutesCode.ATTENDEE_UNKNOWN, one.at("name"), name=name, perhaps=near))
        elif listed and one.role and listed[key].role not in ("", one.role):
            role = listed[key].role
            found.append(problem(MinutesCode.ATTENDEE_ROLE, one.at("role"), name=name, role=one.role, listed=role))
    if minutes.attendance and _whole(minutes, Attendance):
        found += [
            _unfinished(
                minutes,
                MinutesCode.MEMBER_UNLISTED,
                MinutesCode.MEMBER_UNLISTED_YET,
                member.at("name"),
                name=_quoted(minutes, member.name),
            )
            for key, member in listed.items()
            if key and key not in first
        ]
    return found


def there_is_a_quorum(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Half of the members attend, in person or by deputy, and three 民間代表 in person (設置要點四(三)).

    運作指引肆一(二) says 過半數 instead: they differ at exactly half, which passes with a warning. A member of whom
    nothing is noted yet may have come: only what is certain is said.
    """
    if not minutes.attendance or not _whole(minutes, Attendance):
        return []
    roles, noted = _roles(meeting, minutes), _noted(minutes)
    how = {name: noted[name].how if name in noted else "" for name in roles}
    members, at = len(roles), minutes.attendance[0].at("how")
    attending = sum(one != ABSENT for one in how.values())
    civil = sum(role == CIVIL_MEMBER and how[name] in (PRESENT, "") for name, role in roles.items())
    most = "至多 " if "" in how.values() else " "
    found = []
    if attending * 2 < members:
        found.append(problem(MinutesCode.QUORUM_HALF, at, count=f"{most}{attending} ", members=members))
    elif attending * 2 == members and "" not in how.values():
        found.append(problem(MinutesCode.QUORUM_EXACTLY_HALF, at, count=f"{most}{attending} ", members=members))
    if civil < CIVIL_QUORUM.number:
        found.append(problem(MinutesCode.QUORUM_CIVIL, at, count=f"{most}{civil} ", least=CIVIL_QUORUM.number))
    return found


def deputies_are_lawful(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Only members who represent an agency may send a deputy (設置要點七), who is then named."""
    roles = _roles(meeting, minutes)
    found = []
    for one in minutes.attendance:
        role, name = roles.get(folded(one.name), one.role), _quoted(minutes, one.name)
        if one.how == BY_DEPUTY and role not in ("", AGENCY_MEMBER):
            found.append(problem(MinutesCode.DEPUTY_NOT_ALLOWED, one.at("how"), role=role, name=name))
        if one.how == BY_DEPUTY and not one.deputy and one.at("deputy") not in minutes.faults:
            found.append(problem(MinutesCode.DEPUTY_MISSING, one.at("deputy"), name=name))
        if one.how in (PRESENT, ABSENT) and one.deputy:
            deputy = _quoted(minutes, one.deputy)
            found.append(problem(MinutesCode.DEPUTY_UNUSED, one.at("deputy"), name=name, how=one.how, deputy=deputy))
    return found


def the_chair_attends(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """The chair is the 召集人 or, where they cannot come, a member whom they name (設置要點四(二))."""
    info = meeting.info
    at, name = info.at("chair"), _quoted(minutes, info.chair)
    if not info.chair:
        return [_unfinished(minutes, MinutesCode.NO_CHAIR, MinutesCode.NO_CHAIR_YET, at)]
    roles, noted = _roles(meeting, minutes), _noted(minutes)
    own = noted.get(folded(info.chair))
    if own is None:
        # With a roster, who is missing from it or from 出席 is told by the rules on these.
        if meeting.members or not minutes.attendance or not _whole(minutes, Attendance):
            return []
        near = _perhaps(minutes, info.chair, [one.name for one in minutes.attendance])
        return [problem(MinutesCode.CHAIR_NOT_LISTED, at, name=name, perhaps=near)]
    if own.how in (ABSENT, BY_DEPUTY):
        other = info.beside(own, "how")
        return [problem(MinutesCode.CHAIR_ABSENT, at, name=name, other=other, how=own.how)]
    if roles.get(folded(info.chair)) == CHAIR:
        return []
    return [
        problem(
            MinutesCode.CONVENER_NOT_CHAIR,
            at,
            convener=_quoted(minutes, one.name),
            other=info.beside(one, "how"),
            name=name or "他人",
        )
        for key, one in noted.items()
        if roles.get(key) == CHAIR and one.in_person
    ]


def members_speak_who_attend(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """委員意見 is of a member who attends, or of the deputy, who may speak in their place (設置要點七).

    Who keeps a name that is not to be told out of the workbook writes 「委員」.
    """
    if not minutes.attendance or not _whole(minutes, Attendance):
        return []
    may = [name for one in minutes.attendance if one.how != ABSENT for name in (one.name, one.deputy) if name]
    known = {folded(name) for name in may}
    return [
        problem(
            MinutesCode.SPEAKER_UNKNOWN,
            one.at("speaker"),
            name=_quoted(minutes, one.speaker),
            perhaps=_perhaps(minutes, one.speaker, may),
        )
        for one in minutes.remarks
        if one.kind == OPINION and one.speaker and folded(one.speaker) not in known
        if one.openness == NAMED or folded(one.speaker) != SOMEONE
    ]


def remarks_are_in_order(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Within a case each remark has its own place (practice)."""
    return _numbered_twice(MinutesCode.REMARK_TWICE, minutes.remarks)


def members_alone_are_protected(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """It is members who may declare that they speak 不記名 or 不公開 (運作指引肆三)."""
    return [
        problem(MinutesCode.OPENNESS_UNFIT, one.at("openness"), openness=one.openness, kind=one.kind)
        for one in minutes.remarks
        if one.kind and one.kind != OPINION and (one.nameless or one.closed)
    ]


def decisions_stand_once(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Within a case each decision has its own number, by which it is carried over (practice)."""
    return _numbered_twice(MinutesCode.DECISION_TWICE, minutes.decisions)


def decisions_use_the_phrases(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """決定 begins with 洽悉 or 准予備查, 決議 with 照案通過, 修正通過 and the like (practice of official minutes)."""
    found = []
    for case in meeting.cases:
        decided, phrases = minutes.decisions_of(case.key), PHRASES.get(case.kind)
        if decided and phrases and not folded(decided[0].text).startswith(phrases):
            known, at = "、".join(f"「{phrase}」" for phrase in phrases), decided[0].at("text")
            found.append(
                problem(MinutesCode.DECISION_PHRASE, at, case=case.title, closing=_closing(case), phrases=known)
            )
    return found


def every_case_is_decided(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """What is final says how each case closed: a report with a 決定, any other with a 決議 (設置要點十二; practice)."""
    if not _whole(minutes, Decision):
        return []
    return [
        _unfinished(
            minutes,
            MinutesCode.NO_DECISION,
            MinutesCode.NO_DECISION_YET,
            case.at("key"),
            case=case.title,
            closing=_closing(case),
        )
        for case in meeting.cases
        if not minutes.decisions_of(case.key)
    ]


def tasks_are_whole(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """A task says who does it by when: a decision 持續列管, or one that says either (practice)."""
    found = []
    for one in minutes.decisions:
        if one.tracking != CONTINUED and not one.unit and not one.due:
            continue
        for name in ("unit", "due"):
            at, what = one.at(name), one.heading_of(name)
            if not getattr(one, name) and at not in minutes.faults:
                found.append(
                    _unfinished(
                        minutes,
                        MinutesCode.TASK_LACKS,
                        MinutesCode.TASK_LACKS_YET,
                        at,
                        case=one.case,
                        number=one.number,
                        what=what,
                    )
                )
    return found


def task_units_are_known(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Units that carry out a decision stand in 〔單位〕 (practice); other agencies happen."""
    return [
        problem(MinutesCode.TASK_UNIT_UNKNOWN, one.at("unit"), value=unit, perhaps=perhaps(unit, meeting.units))
        for one in minutes.decisions
        for unit in units_of(one.unit)
        if meeting.units and unit not in meeting.units
    ]


def times_run_forward(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """A meeting ends after it began, and what it decided is due after it; what is final says when it ended."""
    found = []
    info = minutes.info
    at, start = info.at("adjourned"), info.started or meeting.info.start
    if info.adjourned is None and at not in minutes.faults:
        found.append(_unfinished(minutes, MinutesCode.NOT_ADJOURNED, MinutesCode.NOT_ADJOURNED_YET, at))
    elif info.adjourned is not None and info.adjourned < start:
        found.append(problem(MinutesCode.ADJOURNED_EARLY, at, end=roc.clock(info.adjourned), start=roc.clock(start)))
    for one in minutes.decisions:
        if one.due and one.due < meeting.date:
            due, date = roc.long_date(one.due), roc.long_date(meeting.date)
            found.append(problem(MinutesCode.DUE_EARLY, one.at("due"), due=due, date=date))
    return found


def the_group_met_twice_a_year(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Two regular meetings a year, as a principle (設置要點四(一)): looked at when the next year's meeting is held."""
    year = meeting.id.year - 1
    before = [other for other in meeting.others if other.year == year]
    count = sum(not other.extraordinary for other in before)
    if not before or count >= MEETINGS_A_YEAR.number:
        return []
    return [problem(MinutesCode.MEETINGS_FEW, meeting.info.at("date"), year=year, count=count)]


def _numbered_twice(code: Code, entries: Sequence[Remark | Decision]) -> list[Problem]:
    """A problem for each entry with the same case and number as one above it."""
    first: dict[tuple[str, int], Remark | Decision] = {}
    found = []
    for one in entries:
        key = (folded(one.case), one.number)
        if key in first:
            other = one.beside(first[key], "number")
            found.append(problem(code, one.at("number"), case=one.case, number=one.number, first=other))
        first.setdefault(key, one)
    return found


def _unfinished(minutes: Minutes, code: Code, code_yet: Code, at: Location, **values: object) -> Problem:
    """What must still be filled in: a warning (its code ends with -yet) in a draft, an error otherwise."""
    return problem(code_yet if minutes.draft else code, at, **values)


def _whole(minutes: Minutes, record: type[Record]) -> bool:
    """Whether every row of a sheet is there; one that could not be read may hold what seems to be missing."""
    entries: Sequence[Record] = minutes.attendance if record is Attendance else minutes.decisions
    there = {one.at(name) for one in entries for name in one.sheet.by_field}
    return not any(at.sheet == record.sheet.name for at in minutes.faults - there)


def _noted(minutes: Minutes) -> dict[str, Attendance]:
    """The rows of 出席 by name, of a name that stands twice the first."""
    return {folded(one.name): one for one in reversed(minutes.attendance) if one.name}


def _roles(meeting: Meeting, minutes: Minutes) -> dict[str, str]:
    """The members and their 身分 by name: those of the roster, those of 出席 where there is none."""
    listed: Sequence[Member | Attendance] = meeting.members or minutes.attendance
    return {folded(one.name): one.role for one in reversed(listed) if one.name}


def _closing(case: Case) -> str:
    return "決定" if case.kind == REPORT else "決議"


def _protected(minutes: Minutes, name: str) -> bool:
    """Whether someone of that name spoke otherwise than 記名."""
    key = folded(name)
    return any(folded(one.speaker) == key and one.openness != NAMED for one in minutes.remarks)


def _quoted(minutes: Minutes, name: str) -> str:
    """A name as messages print it: 「王小明」, or nothing where it is protected."""
    return f"「{name}」" if name and not _protected(minutes, name) else ""


def _perhaps(minutes: Minutes, name: str, known: list[str]) -> str:
    """The nearest known name; nothing where either is protected, since it would tell who spoke."""
    if _protected(minutes, name):
        return ""
    return perhaps(name, [one for one in known if not _protected(minutes, one)])


RULES: tuple[Callable[[Meeting, Minutes], list[Problem]], ...] = (
    attendance_is_noted,
    attendance_follows_the_roster,
    there_is_a_quorum,
    deputies_are_lawful,
    the_chair_attends,
    members_speak_who_attend,
    remarks_are_in_order,
    members_alone_are_protected,
    decisions_stand_once,
    decisions_use_the_phrases,
    every_case_is_decided,
    tasks_are_whole,
    task_units_are_known,
    times_run_forward,
    the_group_met_twice_a_year,
)
