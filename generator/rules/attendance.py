"""The rules of attendance in the minutes: who came, the quorum, deputies, the chair, by the rules of the body.

{name} of a message is 「…」, or nothing where the name is protected.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.basic.problem import Code, Problem, error, problem, warning
from generator.meeting.minutes import Minutes
from generator.meeting.model import Meeting
from generator.meeting.sheets import ABSENT, BY_DEPUTY, CHAIR, CIVIL_MEMBER, PRESENT
from generator.meeting.sheets import rules as names
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
    NOBODY_MARKED = error("〔出席〕{count} 位委員的出席情形都空白，不能定稿", "請逐一填出席、請假或代理。")
    NOBODY_MARKED_YET = warning("〔出席〕{count} 位委員的出席情形都空白", "開完會請逐一填出席、請假或代理。")
    MEMBER_UNLISTED = error("委員{name}不在〔出席〕內，不能定稿", "請在〔出席〕增列；已非委員時請更新名冊。")
    MEMBER_UNLISTED_YET = warning("委員{name}不在〔出席〕內", "定稿前請在〔出席〕增列；已非委員時請更新名冊。")
    ATTENDEE_UNKNOWN = error("委員{name}不在 機關.xlsx〔委員〕內", "請改正姓名；不是委員的人請改列〔列席〕。{perhaps}")
    ATTENDEE_ROLE = error("委員{name}的身分填「{role}」，名冊為「{listed}」", "請改成與名冊相同。")
    ATTENDEE_TWICE = error("委員{name}重複，{first} 已有一列", "請只留一列。")
    QUORUM_HALF = error("出席{count}人，{lacking}，不得開會", "請核對出席情形與委員名冊。")
    QUORUM_EXACTLY_HALF = warning(
        "出席{count}人，恰為委員 {members} 人的{share}：合於{rule}，但{stricter}稱{reading}",
        "請確認本次會議依何者認定。",
    )
    QUORUM_STRICTER = warning(
        "出席{count}人，合於{rule}，但{lacking}，{stricter}稱{reading}", "請確認本次會議依何者認定。"
    )
    QUORUM_CIVIL = error("親自出席的{group}{count}人，{lacking}，不得開會", "請核對{group}的出席情形。")
    DEPUTY_NOT_ALLOWED = error("{role}{name}不得由他人代理，只有{allowed}得派代表出席", "請改為出席或請假。")
    DEPUTY_NEVER = error("{role}{name}不得由他人代理", "請改為出席或請假。")
    DEPUTY_MISSING = error("委員{name}由他人代理，卻沒有代理人", "請填代理人的姓名。")
    DEPUTY_UNUSED = warning(
        "委員{name}填「{how}」，卻有代理人{deputy}", "由他人代理時請改填「代理」，否則請刪除代理人。"
    )
    NO_CHAIR = error("沒有主席，不能定稿", "請填擔任主席的{convener}或委員。")
    NO_CHAIR_YET = warning("沒有主席", "定稿前請填擔任主席的{convener}或委員。")
    CHAIR_NOT_LISTED = error("主席{name}不在〔出席〕內", "主席由{convener}或其指定的委員擔任。{perhaps}")
    CHAIR_ABSENT = error("主席{name}沒有親自出席，{other} 填「{how}」", "請核對主席與出席情形。")
    CONVENER_NOT_CHAIR = warning(
        "{role}{convener}親自出席（{other}），主席卻是{name}", "{role}因故不能出席時才指定委員代理主席，請核對。"
    )


def attendance_is_noted(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """出席 says for every member whether they came (official-format: 出席委員, 請假委員)."""
    if not minutes.attendance and is_complete(minutes, Attendance):
        return [unfinished(minutes, AttendanceCode.NO_ATTENDANCE, AttendanceCode.NO_ATTENDANCE_YET, minutes.info.at())]
    unmarked = [attendee for attendee in minutes.attendance if not attendee.how]
    if len(unmarked) == len(minutes.attendance) > 1:
        # Nobody has begun to fill it in.
        codes = AttendanceCode.NOBODY_MARKED, AttendanceCode.NOBODY_MARKED_YET
        return [unfinished(minutes, *codes, unmarked[0].at("how"), count=len(unmarked))]
    return [
        unfinished(
            minutes,
            AttendanceCode.ATTENDANCE_UNMARKED,
            AttendanceCode.ATTENDANCE_UNMARKED_YET,
            attendee.at("how"),
            name=quoted(minutes, attendee.name),
        )
        for attendee in unmarked
    ]


def attendance_follows_the_roster(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """出席 lists the members of the roster, each once, with the same 身分."""
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
    """Enough members attend, in person or by deputy, and enough 民間代表 in person, by the rules of the body.

    Where a second reading of the quorum is stricter, what only the first lets pass is a warning. A member of whom
    nothing is noted yet counts as present.
    """
    if not minutes.attendance or not is_complete(minutes, Attendance):
        return []
    people, attendance = _people(meeting, minutes), _attendance_by_name(minutes)
    presences = {name: attendance[name].how if name in attendance else "" for name in people}
    members, at = len(people), minutes.attendance[0].at("how")
    attending = sum(presence != ABSENT for presence in presences.values())
    open_yet = "" in presences.values()
    most = "至多 " if open_yet else " "
    problems = []
    rule, civil_rule = meeting.body.rule(names.QUORUM), meeting.body.rule(names.CIVIL_QUORUM)
    if rule is not None:
        count, whole = f"{most}{attending} ", f"委員 {members} 人"
        stricter = rule.stricter
        if not rule.value.is_reached(attending, members):
            lacking = rule.value.lacking(whole)
            problems.append(problem(AttendanceCode.QUORUM_HALF, at, count=count, lacking=lacking, source=rule.source))
        elif stricter and not open_yet and not stricter.value.is_reached(attending, members):
            readings = {"rule": rule.source, "stricter": stricter.source, "reading": stricter.value}
            if stricter.value.number == rule.value.number:
                share = rule.value.share
                code = AttendanceCode.QUORUM_EXACTLY_HALF
                problems.append(problem(code, at, count=count, members=members, share=share, **readings))
            else:
                lacking = stricter.value.lacking(whole)
                problems.append(problem(AttendanceCode.QUORUM_STRICTER, at, count=count, lacking=lacking, **readings))
    if civil_rule is not None:
        civil = [name for name, person in people.items() if person.group == CIVIL_MEMBER]
        came = sum(presences[name] in (PRESENT, "") for name in civil)
        if not civil_rule.value.is_reached(came, len(civil)):
            group = meeting.body.called(CIVIL_MEMBER)
            measured = civil_rule.value
            lacking = measured.lacking(f"{group} {len(civil)} 人") if measured.part else f"不足 {measured.number} 人"
            count, source = f"{most}{came} ", civil_rule.source
            problems.append(
                problem(AttendanceCode.QUORUM_CIVIL, at, group=group, count=count, lacking=lacking, source=source)
            )
    return problems


def deputies_are_lawful(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Only members whom the body lets do so may send a deputy, who is then named."""
    people, body = _people(meeting, minutes), meeting.body
    rule, source = body.rule(names.DEPUTIES), body.source(names.DEPUTIES)
    problems = []
    for attendee in minutes.attendance:
        person, name = people.get(folded(attendee.name), attendee), quoted(minutes, attendee.name)
        if rule is not None and attendee.how == BY_DEPUTY and person.role and not body.may_send_deputy(person.role):
            allowed = "、".join(rule.roles)
            code = AttendanceCode.DEPUTY_NOT_ALLOWED if allowed else AttendanceCode.DEPUTY_NEVER
            at, role = attendee.at("how"), person.role
            problems.append(problem(code, at, role=role, name=name, allowed=allowed, source=source))
        if attendee.how == BY_DEPUTY and not attendee.deputy and attendee.at("deputy") not in minutes.faults:
            problems.append(problem(AttendanceCode.DEPUTY_MISSING, attendee.at("deputy"), name=name, source=source))
        if attendee.how in (PRESENT, ABSENT) and attendee.deputy:
            at, deputy = attendee.at("deputy"), quoted(minutes, attendee.deputy)
            how = attendee.how
            problems.append(problem(AttendanceCode.DEPUTY_UNUSED, at, name=name, how=how, deputy=deputy, source=source))
    return problems


def the_chair_attends(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """There is a chair; by the rule of the body the convener or, where they cannot come, a member whom they name."""
    info, body = meeting.info, meeting.body
    at, name = info.at("chair"), quoted(minutes, info.chair)
    convener, source = body.called(CHAIR), body.source(names.CHAIR_IS_MEMBER)
    if not info.chair:
        codes = AttendanceCode.NO_CHAIR, AttendanceCode.NO_CHAIR_YET
        return [unfinished(minutes, *codes, at, convener=convener, source=source)]
    people, attendance = _people(meeting, minutes), _attendance_by_name(minutes)
    chair = attendance.get(folded(info.chair))
    if body.rule(names.CHAIR_IS_MEMBER) is None and chair is None:
        return []
    if chair is None:
        # With a roster, other rules report who is missing from it or from 出席.
        if meeting.members or not minutes.attendance or not is_complete(minutes, Attendance):
            return []
        near = nearest_name(minutes, info.chair, [attendee.name for attendee in minutes.attendance])
        code = AttendanceCode.CHAIR_NOT_LISTED
        return [problem(code, at, name=name, convener=convener, perhaps=near, source=source)]
    if chair.how in (ABSENT, BY_DEPUTY):
        other = info.beside(chair, "how")
        return [problem(AttendanceCode.CHAIR_ABSENT, at, name=name, other=other, how=chair.how, source=source)]
    person = people.get(folded(info.chair))
    if body.rule(names.CHAIR_IS_MEMBER) is None or (person is not None and person.group == CHAIR):
        return []
    return [
        problem(
            AttendanceCode.CONVENER_NOT_CHAIR,
            at,
            role=people[key].role,
            convener=quoted(minutes, attendee.name),
            other=info.beside(attendee, "how"),
            name=name or "他人",
            source=source,
        )
        for key, attendee in attendance.items()
        if key in people and people[key].group == CHAIR and attendee.in_person
    ]


def _attendance_by_name(minutes: Minutes) -> dict[str, Attendance]:
    """The rows of 出席 by name; the first row where a name stands twice."""
    return {folded(attendee.name): attendee for attendee in reversed(minutes.attendance) if attendee.name}


def _people(meeting: Meeting, minutes: Minutes) -> dict[str, Member | Attendance]:
    """Each member by name, from the roster, or from 出席 where there is no roster."""
    people: Sequence[Member | Attendance] = meeting.members or minutes.attendance
    return {folded(person.name): person for person in reversed(people) if person.name}


RULES = (
    attendance_is_noted,
    attendance_follows_the_roster,
    there_is_a_quorum,
    deputies_are_lawful,
    the_chair_attends,
)
