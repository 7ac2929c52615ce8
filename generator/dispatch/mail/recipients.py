"""From roles to mailboxes: the agency as sender, members and observers by role. Every mailbox is checked.

Which roles get a mail stands in its template (templates/信件 ….txt), not here.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.basic.mailbox import mailbox
from generator.basic.problem import Code, Location, Problem, error, problem, warning
from generator.dispatch.mail import eml
from generator.dispatch.mail.eml import Address
from generator.dispatch.mail.template import BCC, CC, OBSERVER, TO, MailTemplate
from generator.meeting.model import Meeting
from generator.meeting.sheets import OTHER_MEMBER
from generator.meeting.sheets.agency import Member
from generator.meeting.sheets.minutes import Observer
from generator.workbook.record import Record


class RecipientCode(Code):
    """The problems that this module finds."""

    MAIL_SENDER_MISSING = error("沒有電子郵件，信件沒有寄件者", "請填小組的信箱。")
    MAIL_ADDRESS_MISSING = error(
        "「{name}」沒有電子郵件，無法寄給{role}", "請填入信箱；不寄給{role}時，請在 {template}刪去「{role}」。"
    )
    MAIL_UNIT_WITHOUT_ADDRESS = warning("「{name}」沒有電子郵件，信件不寄給這個單位", "請另行通知，或填入信箱。")
    MAIL_OBSERVER_WITHOUT_ADDRESS = warning("「{name}」沒有電子郵件，信件不寄給這位列席者", "請另行通知，或填入信箱。")
    MAIL_ADDRESS_BAD = error(
        "「{value}」不是電子郵件信箱", "請改正，一格只填一個信箱，只用半形，例如 name@example.gov.tw。"
    )
    MAIL_ADDRESS_TWICE = warning(
        "「{name}」與「{other}」（{first}）的電子郵件相同，只寄一封", "請確認不是誤植；共用信箱時可不理會。"
    )
    MAIL_NAME_LINES = error("「{name}」有換行或控制字元，不能寫在信件的收件者或寄件者", "請改成一行。")
    MAIL_NOT_ADDRESSED = warning(
        "「{name}」的身分「{role}」不在信件範本的收件者內，信件不寄給這位委員",
        "請在 {template} 的收件者加上「其他」或「{role}」。",
    )
    MAIL_NO_RECIPIENTS = error("收件的身分都沒有人", "請填 機關.xlsx〔委員〕與會議的〔列席〕，或改正身分。")


def sender(meeting: Meeting, problems: list[Problem]) -> Address:
    """The agency's group with the mailbox in 機關.xlsx."""
    agency = meeting.agency
    at, name = agency.at("email"), f"{agency.full_name}{agency.group}"
    if not agency.email:
        problems.append(problem(RecipientCode.MAIL_SENDER_MISSING, at))
    _one_line(agency, ("full_name", "group"), problems)
    return Address(name, _mailbox(agency.email, at, problems) if agency.email else "")


def people(
    meeting: Meeting, template: MailTemplate, observers: Sequence[Observer], problems: list[Problem]
) -> dict[str, list[Address]]:
    """The recipients by head; each mailbox gets one mail, even if it is listed twice. ``observers`` are who sits in."""
    listed: list[tuple[tuple[str, ...], str, Member | Observer]] = [
        ((member.role, member.group), f"{member.name} {member.title or ''}".strip(), member)
        for member in meeting.members
    ]
    listed += [
        ((OBSERVER,), " ".join(filter(None, (observer.unit, observer.name, observer.title))), observer)
        for observer in observers
    ]
    found: dict[str, list[Address]] = {}
    seen: dict[str, tuple[str, Member | Observer]] = {}
    for head in (TO, CC, BCC):
        for roles, name, person in listed:
            role = next((role for role in roles if role in template.roles.get(head, ())), None)
            if role is None:
                continue
            at = person.at("email")
            _one_line(person, ("unit", "name", "title"), problems)
            if not person.email:
                if role == OBSERVER:
                    # The agency informs its own people in other ways.
                    code = RecipientCode.MAIL_OBSERVER_WITHOUT_ADDRESS
                    unit = RecipientCode.MAIL_UNIT_WITHOUT_ADDRESS
                    problems.append(problem(code if person.name else unit, at, name=name))
                    continue
                line = template.at(template.lines[head])
                problems.append(problem(RecipientCode.MAIL_ADDRESS_MISSING, at, name=name, role=role, template=line))
                continue
            mailbox = _mailbox(person.email, at, problems)
            if mailbox.casefold() not in seen:
                found.setdefault(head, []).append(Address(name, mailbox))
                seen[mailbox.casefold()] = (name, person)
            elif seen[mailbox.casefold()][1] is not person:
                other, first = seen[mailbox.casefold()]
                where = person.beside(first, "email")
                problems.append(problem(RecipientCode.MAIL_ADDRESS_TWICE, at, name=name, other=other, first=where))
    wanted = {role for roles in template.roles.values() for role in roles}
    for roles, name, person in listed:
        if OTHER_MEMBER in roles and not wanted.intersection(roles):
            values = {"name": name, "role": roles[0], "template": template.file}
            problems.append(problem(RecipientCode.MAIL_NOT_ADDRESSED, person.at("email"), **values))
    if wanted and not wanted & {role for roles, _, _ in listed for role in roles}:
        heads = [template.lines[head] for head in (TO, CC, BCC) if head in template.lines]
        problems.append(problem(RecipientCode.MAIL_NO_RECIPIENTS, template.at(heads[0])))
    return found


def _one_line(record: Record, fields: Sequence[str], problems: list[Problem]) -> None:
    """A name in a head line must be one line, or it could add a line to the head."""
    problems += [
        problem(RecipientCode.MAIL_NAME_LINES, record.at(name), name=record.heading_of(name))
        for name in fields
        if not eml.is_one_line(getattr(record, name, ""))
    ]


def _mailbox(text: str, at: Location, problems: list[Problem]) -> str:
    """The mailbox of a cell in ASCII, for a head line; an invalid mailbox is a problem."""
    try:
        return mailbox(text)
    except ValueError:
        problems.append(problem(RecipientCode.MAIL_ADDRESS_BAD, at, value=" ".join(text.split())))
        return text
