"""Who gets a mail: the agency as sender, members and observers by role, every mailbox looked at before it is used."""

from __future__ import annotations

from collections.abc import Sequence

from generator.basic.problem import Location, Problem, problem
from generator.dispatch.mail import eml
from generator.dispatch.mail.eml import Address
from generator.dispatch.mail.template import BCC, CC, OBSERVER, TO, MailTemplate
from generator.meeting.model import Meeting
from generator.workbook.typed_rows import Row

EMAIL = "電子郵件"


def sender(meeting: Meeting, problems: list[Problem]) -> Address:
    """The agency's group with the mailbox in 機關.xlsx."""
    agency = meeting.agency
    at, name = agency.row.at(EMAIL), f"{agency.full_name}{agency.group}"
    if not agency.email:
        problems.append(problem("mail-sender-missing", at))
    _one_line(agency.row, ("機關全銜", "小組名稱"), problems)
    return Address(name, _mailbox(agency.email, at, problems) if agency.email else "")


def people(meeting: Meeting, template: MailTemplate, problems: list[Problem]) -> dict[str, list[Address]]:
    """The recipients by head; who stands in two heads, or whose mailbox another has, gets one mail."""
    listed: list[tuple[str, str, Row]] = [
        (member.role, f"{member.name} {member.title or ''}".strip(), member.row) for member in meeting.members
    ]
    listed += [
        (OBSERVER, " ".join(filter(None, (one.unit, one.name, one.title))), one.row) for one in meeting.observers
    ]
    found: dict[str, list[Address]] = {}
    seen: dict[str, tuple[str, Row]] = {}
    for head in (TO, CC, BCC):
        for role, name, row in listed:
            if role not in template.roles.get(head, ()):
                continue
            at = row.at(EMAIL)
            _one_line(row, ("單位", "姓名", "職稱"), problems)
            if not row.get(EMAIL):
                if role == OBSERVER and not row["姓名"]:
                    # A unit of the agency is told in its own ways.
                    problems.append(problem("mail-unit-without-address", at, name=name))
                    continue
                line = template.at(template.lines[head])
                problems.append(problem("mail-address-missing", at, name=name, role=role, template=line))
                continue
            mailbox = _mailbox(row[EMAIL], at, problems)
            if mailbox.casefold() not in seen:
                found.setdefault(head, []).append(Address(name, mailbox))
                seen[mailbox.casefold()] = (name, row)
            elif seen[mailbox.casefold()][1] is not row:
                other, first = seen[mailbox.casefold()]
                where = row.beside(first, EMAIL)
                problems.append(problem("mail-address-twice", at, name=name, other=other, first=where))
    wanted = {role for roles in template.roles.values() for role in roles}
    if wanted and not wanted & {role for role, _, _ in listed}:
        heads = [template.lines[head] for head in (TO, CC, BCC) if head in template.lines]
        problems.append(problem("mail-no-recipients", template.at(heads[0])))
    return found


def _one_line(row: Row, columns: Sequence[str], problems: list[Problem]) -> None:
    """What becomes part of a name in a head line must be one line, or it could add a line to the head."""
    problems += [
        problem("mail-name-lines", row.at(name), name=name)
        for name in columns
        if not eml.is_one_line(row.get(name) or "")
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
