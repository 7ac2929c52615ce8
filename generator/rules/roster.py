"""The rules of the roster: how many members, who they are, and their terms (設置要點三、六)."""

from __future__ import annotations

import datetime as dt

from generator.basic import roc
from generator.basic.mailbox import mailbox
from generator.basic.problem import Code, Problem, error, perhaps, problem, warning
from generator.basic.rule_numbers import CIVIL_SHARE, CONVENERS, LEAST_MEMBERS, MOST_RENEWALS, SEX_SHARE, TERM_YEARS
from generator.meeting.model import Meeting
from generator.meeting.sheets import CHAIR, CIVIL_MEMBER
from generator.meeting.sheets.agency import Agency, Member
from generator.meeting.sheets.minutes import Observer


class RosterCode(Code):
    """The problems that this module finds."""

    ROSTER_SMALL = error("委員 {count} 人，少於 {least} 人", "請核對名冊。", source=LEAST_MEMBERS.source)
    ROSTER_CIVIL = error("民間代表 {civil} 人，不足委員 {count} 人的{share}", "請核對名冊。", source=CIVIL_SHARE.source)
    ROSTER_SEX = warning(
        "{sex}性委員 {number} 人，不足委員 {count} 人的{share}", "請核對名冊。", source=SEX_SHARE.source
    )
    ROSTER_CHAIR = error("召集人有 {count} 人，應為 {right} 人", "請核對身分。", source=CONVENERS.source)
    CHAIR_NOT_MEMBER = error(
        "主席「{name}」不在委員名冊內", "主席由召集人或其指定的委員擔任。{perhaps}", source="設置要點四(二)"
    )
    TERM_BACKWARDS = error("「{name}」的任期迄日在起日之前", "請核對任期。")
    TERM_LONG = error("民間代表「{name}」的任期超過 {years} 年", "請核對任期。", source=TERM_YEARS.source)
    TERM_AGAIN = error(
        "民間代表「{name}」第 {times} 次聘任，期滿只得續聘{most}次", "請核對聘任次數。", source=MOST_RENEWALS.source
    )
    ADDRESS_BAD = warning(
        "「{value}」不是電子郵件信箱", "請改正，一格只填一個信箱，只用半形，例如 name@example.gov.tw；否則無法寄信。"
    )
    TERM_OVER = warning("「{name}」的任期在會議日期前已屆滿", "請核對任期，或更新名冊。")


def roster_is_lawful(meeting: Meeting) -> list[Problem]:
    """Enough members, enough 民間代表 and (as a principle) of either sex, and one 召集人 (設置要點三)."""
    if not meeting.members:
        return []
    count = len(meeting.members)
    at = meeting.members[0].at("role")
    civil = sum(member.role == CIVIL_MEMBER for member in meeting.members)
    chairs = sum(member.role == CHAIR for member in meeting.members)
    problems = []
    if count < LEAST_MEMBERS.number:
        problems.append(problem(RosterCode.ROSTER_SMALL, at, count=count, least=LEAST_MEMBERS.number))
    if not CIVIL_SHARE.is_reached(civil, count):
        problems.append(problem(RosterCode.ROSTER_CIVIL, at, civil=civil, count=count, share=CIVIL_SHARE))
    if chairs != CONVENERS.number:
        problems.append(problem(RosterCode.ROSTER_CHAIR, at, count=chairs, right=CONVENERS.number))
    for sex in ("男", "女"):
        number = sum(member.sex == sex for member in meeting.members)
        if not SEX_SHARE.is_reached(number, count):
            problems.append(
                problem(
                    RosterCode.ROSTER_SEX,
                    meeting.members[0].at("sex"),
                    sex=sex,
                    number=number,
                    count=count,
                    share=SEX_SHARE,
                )
            )
    names = [member.name for member in meeting.members]
    chair = meeting.info.chair
    if chair and chair not in names:
        guess = perhaps(chair, names)
        problems.append(problem(RosterCode.CHAIR_NOT_MEMBER, meeting.info.at("chair"), name=chair, perhaps=guess))
    return problems


def terms_are_lawful(meeting: Meeting) -> list[Problem]:
    """The term of a 民間代表 is not too long and not renewed too often; a replacement serves less (設置要點六)."""
    problems = []
    for member in meeting.members:
        start, end = member.term_start, member.term_end
        if start and end and end < start:
            problems.append(problem(RosterCode.TERM_BACKWARDS, member.at("term_end"), name=member.name))
        elif member.role == CIVIL_MEMBER and start and end and end > _years_after(start, TERM_YEARS.number):
            problems.append(
                problem(RosterCode.TERM_LONG, member.at("term_end"), name=member.name, years=TERM_YEARS.number)
            )
        if member.role == CIVIL_MEMBER and (member.appointments or 0) > 1 + MOST_RENEWALS.number:
            at = member.at("appointments")
            most = roc.numeral(MOST_RENEWALS.number)
            problems.append(problem(RosterCode.TERM_AGAIN, at, name=member.name, times=member.appointments, most=most))
        if end and end < meeting.date:
            problems.append(problem(RosterCode.TERM_OVER, member.at("term_end"), name=member.name))
    return problems


def addresses_are_mailboxes(meeting: Meeting) -> list[Problem]:
    """Every 電子郵件 is a mailbox, long before mails are written."""
    problems = []
    people: list[Agency | Member | Observer] = [meeting.agency, *meeting.members, *meeting.observers]
    for person in people:
        if not person.email:
            continue
        try:
            mailbox(person.email)
        except ValueError:
            value = " ".join(person.email.split())
            problems.append(problem(RosterCode.ADDRESS_BAD, person.at("email"), value=value))
    return problems


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
)
