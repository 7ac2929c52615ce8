"""Who gets a mail: the agency as sender, members and observers by role, every mailbox looked at before it is used."""

from __future__ import annotations

from collections.abc import Sequence

from generator.basic.problem import Location, Problem, problem
from generator.dispatch.mail import eml
from generator.dispatch.mail.eml import Address
from generator.dispatch.mail.template import BCC, CC, OBSERVER, TO, MailTemplate
from generator.meeting.model import Meeting
from generator.meeting.sheets.agency import Member
from generator.meeting.sheets.minutes import Observer
from generator.workbook.record import Record


def sender(meeting: Meeting, problems: list[Problem]) -> Address:
    """The agency's group with the mailbox in 機關.xlsx."""
    agency = meeting.agency
    at, name = agency.at("email"), f"{agency.full_name}{agency.group}"
    if not agency.email:
        problems.append(problem("mail-sender-missing", at))
    _one_line(agency, ("full_name", "group"), problems)
    return Address(name, _mailbox(agency.email, at, problems) if agency.email else "")


def people(meeting: Meeting, template: MailTemplate, problems: list[Problem]) -> dict[str, list[Address]]:
    """The recipients by head; who stands in two heads, or whose mailbox another has, gets one mail."""
    listed: list[tuple[str, str, Member | Observer]] = [
        (member.role, f"{member.name} {member.title or ''}".strip(), member) for member in meeting.members
    ]
    listed += [(OBSERVER, " ".join(filter(None, (one.unit, one.name, one.title))), one) for one in meeting.observers]
    found: dict[str, list[Address]] = {}
    seen: dict[str, tuple[str, Member | Observer]] = {}
    for head in (TO, CC, BCC):
        for role, name, person in listed:
            if role not in template.roles.get(head, ()):
                continue
            at = person.at("email")
            _one_line(person, ("unit", "name", "title"), problems)
            if not person.email:
                if role == OBSERVER and not person.name:
                    # A unit of the agency is told in its own ways.
                    problems.append(problem("mail-unit-without-address", at, name=name))
                    continue
                line = template.at(template.lines[head])
                problems.append(problem("mail-address-missing", at, name=name, role=role, template=line))
                continue
            mailbox = _mailbox(person.email, at, problems)
            if mailbox.casefold() not in seen:
                found.setdefault(head, []).append(Address(name, mailbox))
                seen[mailbox.casefold()] = (name, person)
            elif seen[mailbox.casefold()][1] is not person:
                other, first = seen[mailbox.casefold()]
                where = person.beside(first, "email")
                problems.append(problem("mail-address-twice", at, name=name, other=other, first=where))
    wanted = {role for roles in template.roles.values() for role in roles}
    if wanted and not wanted & {role for role, _, _ in listed}:
        heads = [template.lines[head] for head in (TO, CC, BCC) if head in template.lines]
        problems.append(problem("mail-no-recipients", template.at(heads[0])))
    return found


def _one_line(record: Record, fields: Sequence[str], problems: list[Problem]) -> None:
    """What becomes part of a name in a head line must be one line, or it could add a line to the head."""
    problems += [
        problem("mail-name-lines", record.at(name), name=record.heading_of(name))
        for name in fields
        if not eml.is_one_line(getattr(record, name, ""))
    ]


def _mailbox(text: str, at: Location, problems: list[Problem]) -> str:
    """The mailbox in a cell as head lines can have it (ASCII); one that is none is a problem."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        problems.append(problem("mail-address-bad", at, value=" ".join(text.split())))
        return text
    return found.ascii_email or found.normalized
