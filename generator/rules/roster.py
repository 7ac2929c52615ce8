"""The rules of the roster: how many members, who they are, and their terms, by the numbers of the body."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from generator.basic import roc
from generator.basic.mailbox import mailbox
from generator.basic.problem import Code, Problem, error, note, perhaps, problem, warning
from generator.meeting.body import Rule
from generator.meeting.model import Meeting
from generator.meeting.sheets import CHAIR, CIVIL_MEMBER
from generator.meeting.sheets import rules as names
from generator.meeting.sheets.agency import Agency, Member
from generator.meeting.sheets.minutes import Observer
from generator.workbook.values import folded


class RosterCode(Code):
    """The problems that this module finds."""

    ROSTER_SMALL = error("委員 {count} 人，少於 {least} 人", "請核對名冊。")
    ROSTER_CIVIL = error("{group} {civil} 人，{lacking}", "請核對名冊。")
    ROSTER_SEX = warning("{sex}性委員 {number} 人，{lacking}", "請核對名冊。")
    SEX_MISSING = error("「{name}」的性別空白", "請填男或女。")
    ROSTER_CHAIR = error("{convener}有 {count} 人，應為 {right} 人", "請核對身分。")
    CHAIR_NOT_MEMBER = error("主席「{name}」不在委員名冊內", "主席由{convener}或其指定的委員擔任。{perhaps}")
    TERM_BACKWARDS = error("「{name}」的任期迄日在起日之前", "請核對任期。")
    TERM_LONG = error("{role}「{name}」的任期超過 {years} 年", "請核對任期。")
    TERM_AGAIN = error("{role}「{name}」第 {times} 次聘任，期滿只得續聘{most}次", "請核對聘任次數。")
    TERM_AGAIN_NONE = error("{role}「{name}」第 {times} 次聘任，期滿不得續聘", "請核對聘任次數。")
    ADDRESS_BAD = warning(
        "「{value}」不是電子郵件信箱", "請改正，一格只填一個信箱，只用半形，例如 name@example.gov.tw；否則無法寄信。"
    )
    ROSTER_CHANGED = warning(
        "這次會議的委員取自 inputs/{meeting}/機關.xlsx，與 inputs/機關.xlsx 現在的〔委員〕不同：{names}",
        "會前委員有異動時，請改 inputs/{meeting}/機關.xlsx；這次會議維持原樣時不必改。",
    )
    TERM_OVER = warning("「{name}」的任期在會議日期前已屆滿，不列為本次委員", "續聘時請更新任期。")
    TERM_TO_COME = note("「{name}」的任期在會議日期之後才開始，不列為本次委員", "不是時請改正任期。")


def roster_is_lawful(meeting: Meeting) -> list[Problem]:
    """As many members, of each sort and sex, as the body's rules want (of either sex as a principle)."""
    members, body = meeting.members, meeting.body
    if not members:
        return []
    count, at = len(members), members[0].at("role")
    whole = f"委員 {count} 人"
    problems = []
    rule = body.rule(names.LEAST_MEMBERS)
    if rule and count < rule.number:
        problems.append(problem(RosterCode.ROSTER_SMALL, at, count=count, least=rule.number, source=rule.source))
    rule = body.rule(names.CIVIL_SHARE)
    civil = sum(member.group == CIVIL_MEMBER for member in members)
    if rule and not rule.value.is_reached(civil, count):
        called, lacking = body.called(CIVIL_MEMBER), rule.value.lacking(whole)
        problems.append(
            problem(RosterCode.ROSTER_CIVIL, at, group=called, civil=civil, lacking=lacking, source=rule.source)
        )
    rule = body.rule(names.CONVENERS)
    chairs = sum(member.group == CHAIR for member in members)
    if rule and chairs != rule.number:
        convener, right = body.called(CHAIR), rule.number
        problems.append(
            problem(RosterCode.ROSTER_CHAIR, at, convener=convener, count=chairs, right=right, source=rule.source)
        )
    rule = body.rule(names.SEX_SHARE)
    if rule and not (problems_of_sex := _without_sex(members, rule)):
        for sex in ("男", "女"):
            number = sum(member.sex == sex for member in members)
            if not rule.value.is_reached(number, count):
                place, lacking = members[0].at("sex"), rule.value.lacking(whole)
                problems.append(
                    problem(RosterCode.ROSTER_SEX, place, sex=sex, number=number, lacking=lacking, source=rule.source)
                )
    elif rule:
        problems += problems_of_sex
    known, chair = [member.name for member in members], meeting.info.chair
    rule = body.rule(names.CHAIR_IS_MEMBER)
    if rule and chair and chair not in known:
        place, convener = meeting.info.at("chair"), body.called(CHAIR)
        guess = perhaps(chair, known)
        problems.append(
            problem(
                RosterCode.CHAIR_NOT_MEMBER, place, name=chair, convener=convener, perhaps=guess, source=rule.source
            )
        )
    return problems


def _without_sex(members: Sequence[Member], rule: Rule) -> list[Problem]:
    """Members whose 性別 is empty: their share cannot be counted."""
    return [
        problem(RosterCode.SEX_MISSING, member.at("sex"), name=member.name, source=rule.source)
        for member in members
        if not member.sex
    ]


def terms_are_lawful(meeting: Meeting) -> list[Problem]:
    """The term of a 民間代表 is not too long and not renewed too often; who is not in office is said."""
    problems = []
    years, renewals = meeting.body.rule(names.TERM_YEARS), meeting.body.rule(names.MOST_RENEWALS)
    for member in (*meeting.members, *meeting.away):
        start, end = member.term_start, member.term_end
        civil = member.group == CIVIL_MEMBER
        person = {"role": member.role, "name": member.name}
        if start and end and end < start:
            problems.append(problem(RosterCode.TERM_BACKWARDS, member.at("term_end"), name=member.name))
        elif years and civil and start and end and end > _years_after(start, years.number):
            at = member.at("term_end")
            problems.append(problem(RosterCode.TERM_LONG, at, **person, years=years.number, source=years.source))
        if renewals and civil and (member.appointments or 0) > 1 + renewals.number:
            code = RosterCode.TERM_AGAIN if renewals.number else RosterCode.TERM_AGAIN_NONE
            most = roc.numeral(renewals.number) if renewals.number else ""
            at, times = member.at("appointments"), member.appointments
            problems.append(problem(code, at, **person, times=times, most=most, source=renewals.source))
    for member in meeting.away:
        if member.term_end and member.term_end < meeting.date:
            problems.append(problem(RosterCode.TERM_OVER, member.at("term_end"), name=member.name))
        else:
            problems.append(problem(RosterCode.TERM_TO_COME, member.at("term_start"), name=member.name))
    return problems


def addresses_are_mailboxes(meeting: Meeting) -> list[Problem]:
    """Every 電子郵件 is a mailbox, long before mails are written."""
    problems = []
    people: list[Agency | Member | Observer] = [meeting.agency, *meeting.members, *meeting.observers]
    people += [person for person in meeting.came if person not in meeting.observers]
    for person in people:
        if not person.email:
            continue
        try:
            mailbox(person.email)
        except ValueError:
            value = " ".join(person.email.split())
            problems.append(problem(RosterCode.ADDRESS_BAD, person.at("email"), value=value))
    return problems


def kept_roster_is_as_now(meeting: Meeting) -> list[Problem]:
    """Before the meeting, members who joined or left in the shared 機關.xlsx belong into the one that it keeps too."""
    if meeting.minutes is not None or not meeting.shared_roster or not meeting.members:
        return []
    kept, now = (
        {folded(member.name): (member.title, member.organisation, member.role) for member in roster}
        for roster in (meeting.members, meeting.shared_roster)
    )
    listed = {folded(member.name): member.name for member in (*meeting.members, *meeting.shared_roster)}
    changed = [name for key, name in listed.items() if kept.get(key) != now.get(key)]
    if not changed:
        return []
    at = meeting.members[0].at()
    return [problem(RosterCode.ROSTER_CHANGED, at, meeting=meeting.id, names="、".join(changed))]


def _years_after(day: dt.date, years: int) -> dt.date:
    """The last day of a term of so many years that begins on a day."""
    try:
        same = day.replace(year=day.year + years)
    except ValueError:
        same = dt.date(day.year + years, 3, 1)
    return same - dt.timedelta(days=1)


RULES = (
    roster_is_lawful,
    terms_are_lawful,
    addresses_are_mailboxes,
    kept_roster_is_as_now,
)
