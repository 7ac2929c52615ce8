"""The rules of attendance in the minutes: who came, the quorum, deputies, the chair (設置要點四、七).

{name} of a message is 「…」, or nothing where the name is protected.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.basic.problem import Code, Problem, error, problem, warning
from generator.basic.rule_numbers import CIVIL_QUORUM, QUORUM
from generator.meeting.minutes import Minutes
from generator.meeting.model import Meeting
from generator.meeting.sheets import ABSENT, AGENCY_MEMBER, BY_DEPUTY, CHAIR, CIVIL_MEMBER, PRESENT
from generator.meeting.sheets.agency import Member
from generator.meeting.sheets.minutes import Attendance
from generator.rules.drafts import is_complete, unfinished
from generator.rules.protected_names import nearest_name, quoted
from generator.workbook.values import folded


class AttendanceCode(Code):
    """The problems that this module finds."""

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
        "出席{count}人，不足委員 {members} 人的{share}，不得開會",
        "請核對出席情形與委員名冊。",
        source=QUORUM.source,
    )
    QUORUM_EXACTLY_HALF = warning(
        "出席{count}人，恰為委員 {members} 人的{share}：合於{rule}，但運作指引肆一(二)稱過半數",
        "請確認本次會議依何者認定。",
    )
    QUORUM_CIVIL = error(
        "親自出席的民間代表{count}人，不足 {least} 人，不得開會",
        "請核對民間代表的出席情形。",
        source=CIVIL_QUORUM.source,
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


def attendance_is_noted(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """出席 says for every member whether they came (official-format: 出席委員, 請假委員)."""
    if not minutes.attendance and is_complete(minutes, Attendance):
        return [unfinished(minutes, AttendanceCode.NO_ATTENDANCE, AttendanceCode.NO_ATTENDANCE_YET, minutes.info.at())]
    return [
        unfinished(
            minutes,
            AttendanceCode.ATTENDANCE_UNMARKED,
            AttendanceCode.ATTENDANCE_UNMARKED_YET,
            attendee.at("how"),
            name=quoted(minutes, attendee.name),
        )
        for attendee in minutes.attendance
        if not attendee.how
    ]


def attendance_follows_the_roster(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """出席 lists the members of the roster, each once, with the same 身分 (設置要點三、四(三))."""
    listed = {folded(member.name): member for member in meeting.members}
    first: dict[str, Attendance] = {}
    problems = []
    for attendee in minutes.attendance:
        key, name = folded(attendee.name), quoted(minutes, attendee.name)
        if not key:
            continue
        if key in first:
            other = attendee.beside(first[key], "name")
            problems.append(problem(AttendanceCode.ATTENDEE_TWICE, attendee.at("name"), name=name, first=other))
        first.setdefault(key, attendee)
        if listed and key not in listed:
            near = nearest_name(minutes, attendee.name, [member.name for member in meeting.members])
            problems.append(problem(AttendanceCode.ATTENDEE_UNKNOWN, attendee.at("name"), name=name, perhaps=near))
        elif listed and attendee.role and listed[key].role not in ("", attendee.role):
            role = listed[key].role
            problems.append(
                problem(AttendanceCode.ATTENDEE_ROLE, attendee.at("role"), name=name, role=attendee.role, listed=role)
            )
    if minutes.attendance and is_complete(minutes, Attendance):
        problems += [
            unfinished(
                minutes,
                AttendanceCode.MEMBER_UNLISTED,
                AttendanceCode.MEMBER_UNLISTED_YET,
                member.at("name"),
                name=quoted(minutes, member.name),
            )
            for key, member in listed.items()
            if key and key not in first
        ]
    return problems


def there_is_a_quorum(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Half of the members attend, in person or by deputy, and enough 民間代表 in person (設置要點四(三)).

    運作指引肆一(二) says 過半數 instead: they differ at exactly half, which passes with a warning. A member of whom
    nothing is noted yet counts as present.
    """
    if not minutes.attendance or not is_complete(minutes, Attendance):
        return []
    roles, attendance = _roles_by_name(meeting, minutes), _attendance_by_name(minutes)
    presences = {name: attendance[name].how if name in attendance else "" for name in roles}
    members, at = len(roles), minutes.attendance[0].at("how")
    attending = sum(presence != ABSENT for presence in presences.values())
    civil = sum(role == CIVIL_MEMBER and presences[name] in (PRESENT, "") for name, role in roles.items())
    most = "至多 " if "" in presences.values() else " "
    problems = []
    quorum = {"count": f"{most}{attending} ", "members": members, "share": QUORUM}
    if not QUORUM.is_reached(attending, members):
        problems.append(problem(AttendanceCode.QUORUM_HALF, at, **quorum))
    elif QUORUM.is_exact(attending, members) and "" not in presences.values():
        problems.append(problem(AttendanceCode.QUORUM_EXACTLY_HALF, at, **quorum, rule=QUORUM.source))
    if civil < CIVIL_QUORUM.number:
        problems.append(problem(AttendanceCode.QUORUM_CIVIL, at, count=f"{most}{civil} ", least=CIVIL_QUORUM.number))
    return problems


def deputies_are_lawful(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Only members who represent an agency may send a deputy (設置要點七), who is then named."""
    roles = _roles_by_name(meeting, minutes)
    problems = []
    for attendee in minutes.attendance:
        role, name = roles.get(folded(attendee.name), attendee.role), quoted(minutes, attendee.name)
        if attendee.how == BY_DEPUTY and role not in ("", AGENCY_MEMBER):
            problems.append(problem(AttendanceCode.DEPUTY_NOT_ALLOWED, attendee.at("how"), role=role, name=name))
        if attendee.how == BY_DEPUTY and not attendee.deputy and attendee.at("deputy") not in minutes.faults:
            problems.append(problem(AttendanceCode.DEPUTY_MISSING, attendee.at("deputy"), name=name))
        if attendee.how in (PRESENT, ABSENT) and attendee.deputy:
            deputy = quoted(minutes, attendee.deputy)
            problems.append(
                problem(AttendanceCode.DEPUTY_UNUSED, attendee.at("deputy"), name=name, how=attendee.how, deputy=deputy)
            )
    return problems


def the_chair_attends(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """The chair is the 召集人 or, where they cannot come, a member whom they name (設置要點四(二))."""
    info = meeting.info
    at, name = info.at("chair"), quoted(minutes, info.chair)
    if not info.chair:
        return [unfinished(minutes, AttendanceCode.NO_CHAIR, AttendanceCode.NO_CHAIR_YET, at)]
    roles, attendance = _roles_by_name(meeting, minutes), _attendance_by_name(minutes)
    chair = attendance.get(folded(info.chair))
    if chair is None:
        # With a roster, other rules report who is missing from it or from 出席.
        if meeting.members or not minutes.attendance or not is_complete(minutes, Attendance):
            return []
        near = nearest_name(minutes, info.chair, [attendee.name for attendee in minutes.attendance])
        return [problem(AttendanceCode.CHAIR_NOT_LISTED, at, name=name, perhaps=near)]
    if chair.how in (ABSENT, BY_DEPUTY):
        other = info.beside(chair, "how")
        return [problem(AttendanceCode.CHAIR_ABSENT, at, name=name, other=other, how=chair.how)]
    if roles.get(folded(info.chair)) == CHAIR:
        return []
    return [
        problem(
            AttendanceCode.CONVENER_NOT_CHAIR,
            at,
            convener=quoted(minutes, attendee.name),
            other=info.beside(attendee, "how"),
            name=name or "他人",
        )
        for key, attendee in attendance.items()
        if roles.get(key) == CHAIR and attendee.in_person
    ]


def _attendance_by_name(minutes: Minutes) -> dict[str, Attendance]:
    """The rows of 出席 by name; the first row where a name stands twice."""
    return {folded(attendee.name): attendee for attendee in reversed(minutes.attendance) if attendee.name}


def _roles_by_name(meeting: Meeting, minutes: Minutes) -> dict[str, str]:
    """The 身分 of each member by name, from the roster, or from 出席 where there is no roster."""
    people: Sequence[Member | Attendance] = meeting.members or minutes.attendance
    return {folded(person.name): person.role for person in reversed(people) if person.name}


RULES = (
    attendance_is_noted,
    attendance_follows_the_roster,
    there_is_a_quorum,
    deputies_are_lawful,
    the_chair_attends,
)
