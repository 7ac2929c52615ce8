"""`packet status`: what each unit is to deliver for a meeting, what is there and since when, and what is missing.

What a unit owes stands in 〔分工〕. Without that sheet it follows from the others: lists and files of 〔附件〕 are owed
by the unit of their case, each unit owes its row in a list that has one for every unit, and the unit of a decision owes
辦理情形.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from generator.basic import file_names, roc
from generator.basic.mailbox import mailbox
from generator.basic.problem import Problem, has_errors, in_order
from generator.basic.workspace import MAILS, MeetingId, Workspace
from generator.build import outputs
from generator.build import report as reporting
from generator.build.result import Result
from generator.dispatch.decisions import lives
from generator.dispatch.mail import eml, recipients
from generator.dispatch.mail import template as mail_template
from generator.meeting import figures, load, schedule
from generator.meeting.figures import Figure
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import CONTINUED
from generator.meeting.sheets.duties import Duty
from generator.meeting.sheets.index import MEETING_SHEETS
from generator.meeting.sheets.lists import BY_SHEET
from generator.meeting.sources import FILE, SHEET
from generator.prose.vocabulary import Vocabulary
from generator.workbook import books, typed_rows
from generator.workbook.raw import RawSheet
from generator.workbook.record import Kind
from generator.workbook.values import folded

BOOK, PROGRESS = "活頁簿", "辦理情形"
REMINDER = "催辦"


class Delivery(Struct, frozen=True):
    """What a unit delivers. ``since``: when its file was saved last, None where it is missing; ``at``: where it stands.

    ``count``: the rows of it, where it is a list.
    """

    unit: str
    what: str
    due: dt.date | None
    since: dt.datetime | None
    at: str
    count: int | None = None
    email: str = ""

    @property
    def there(self) -> bool:
        return self.since is not None


class Report(Result):
    """The deliveries by unit in the official order, and the reminders that were written."""

    deliveries: list[Delivery] = field(default_factory=list)


def of(workspace: Workspace, meeting_id: MeetingId) -> Report:
    """What is there and what is missing. Raises OSError."""
    report = Report(workspace.beside(meeting_id, MAILS))
    meeting, problems = load.load(workspace, meeting_id)
    if meeting is None:
        report.problems = tuple(in_order(problems))
        return report
    folder = workspace.inputs(meeting_id)
    sheets = [(path, sheet) for path in books.lists(folder) for sheet in books.read_workbook(path, [])]
    duties = typed_rows.records(Duty, [sheet for _, sheet in sheets], [])
    papers = schedule.of(meeting).deadline(schedule.PAPERS)
    deadline = papers.date if papers else None
    owed = [(duty.unit, duty.what, duty.due or deadline, duty.email, True) for duty in duties]
    if not duties:
        owed = [(unit, what, deadline, "", listing) for unit, what, listing in _following(meeting)]
    found = [_delivery(workspace, meeting, sheets, *owing) for owing in dict.fromkeys(owed)]
    found += _progress(workspace, meeting, sheets, deadline)
    order = {unit: number for number, unit in enumerate(meeting.units)}
    report.deliveries = sorted(found, key=lambda entry: order.get(entry.unit, len(order)))
    return report


def _following(meeting: Meeting) -> Iterator[tuple[str, str, bool]]:
    """What units owe by the other sheets; whether each owes its own rows, or one of them the whole."""
    records = {record.sheet.name: record.sheet for record in MEETING_SHEETS}
    for case in meeting.cases:
        for item in case.attachments:
            declared = records.get(item.target) if item.source == SHEET else None
            if declared is not None and item.target in BY_SHEET and not declared.book:
                continue  # The program computes that list; nobody hands it in.
            listing = declared is not None and any(column.lists_units for column in declared.columns)
            if listing:
                yield from ((unit, f"{SHEET}:{item.target}", True) for unit in meeting.units)
            elif item.source in (SHEET, FILE):
                yield case.unit, f"{item.source}:{item.target}", False


def _delivery(
    workspace: Workspace,
    meeting: Meeting,
    sheets: Sequence[tuple[Path, RawSheet]],
    unit: str,
    what: str,
    due: dt.date | None,
    email: str,
    own_rows: bool,
) -> Delivery:
    sort, _, name = what.replace("：", ":").partition(":")
    sort, name = folded(sort), name.strip()
    if sort == SHEET:
        return _sheet(sheets, unit, name, due, email, own_rows)
    folder = workspace.attachments(meeting.id) if sort == FILE else workspace.inputs(meeting.id)
    plain = folded(name)
    paths = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    path = next((path for path in paths if plain in (folded(path.name), folded(path.stem))), None)
    since, at = (_saved(path), path.name) if path else (None, "")
    return Delivery(unit, what, due, since, at, None, email)


def _sheet(
    sheets: Sequence[tuple[Path, RawSheet]], unit: str, name: str, due: dt.date | None, email: str, own_rows: bool
) -> Delivery:
    """A sheet with rows; ``own_rows``: of this unit, where it has a column of units."""
    declared = next((record.sheet for record in MEETING_SHEETS if folded(record.sheet.name) == folded(name)), None)
    heading = (
        next((column.name for column in declared.columns if column.kind is Kind.UNIT), "")
        if declared and own_rows
        else ""
    )
    count, since, at = 0, None, ""
    for path, sheet in sheets:
        if folded(sheet.name) != folded(name):
            continue
        rows = _rows(sheet, heading, unit)
        if rows:
            count += rows
            since, at = max(_saved(path), since or _saved(path)), f"{path.name}〔{sheet.name}〕"
    return Delivery(unit, f"{SHEET}:{name}", due, since, at, count, email)


def _rows(sheet: RawSheet, heading: str, unit: str) -> int:
    """How many rows say something below the headings: of the unit, where the sheet tells units apart."""
    cells = sheet.cells
    top = next((number for number, row in enumerate(cells) if heading and heading in map(_text, row)), None)
    if top is not None:
        place = [_text(cell) for cell in cells[top]].index(heading)
        rows = [row for row in cells[top + 1 :] if place < len(row) and unit in units_of(_text(row[place]))]
        if rows or any(place < len(row) and _text(row[place]) for row in cells[top + 1 :]):
            # A form that lists the units has a name in each row, and nothing else.
            return sum(sum(cell is not None for cell in row) > 1 for row in rows)
    return sum(any(cell is not None for cell in row) for row in cells[1:])


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _progress(
    workspace: Workspace, meeting: Meeting, sheets: Sequence[tuple[Path, RawSheet]], deadline: dt.date | None
) -> Iterator[Delivery]:
    """辦理情形 of the decisions under control, owed by their units."""
    if not any(row.tracking == CONTINUED or not row.progress for row in meeting.past_decisions):
        return
    by_row = {
        str(step.at): life
        for life in lives.read(workspace).lives
        for step in life.steps
        if step.meeting == str(meeting.id)
    }
    paths = {path.name: path for path, _ in sheets}
    for row in meeting.past_decisions:
        life = by_row.get(str(row.at()))
        for unit in units_of(life.unit) if life is not None else ():
            path = paths.get(row.at().workbook)
            since = _saved(path) if row.progress and path is not None else None
            name = life.number if life is not None else ""
            yield Delivery(unit, f"{PROGRESS}:{name}", deadline, since, str(row.at("progress")))


def _saved(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime).astimezone()


def remind(workspace: Workspace, meeting_id: MeetingId, report: Report) -> None:
    """Writes a draft for each unit of which something is missing. Raises OSError."""
    meeting = load.load(workspace, meeting_id)[0]
    assert meeting is not None
    found: list[Problem] = []
    template = mail_template.read(workspace.templates / mail_template.file_name(REMINDER), meeting.body, found)
    sender = recipients.sender(meeting, found)
    missing: dict[str, list[Delivery]] = {}
    for entry in report.deliveries:
        if not entry.there:
            missing.setdefault(entry.unit, []).append(entry)
    files: dict[str, bytes] = {}
    for unit, entries in missing.items() if template is not None and not has_errors(found) else ():
        assert template is not None
        words = _vocabulary(meeting, unit, entries)
        found += mail_template.faults(template, words)
        if has_errors(found):
            break
        subject, body = mail_template.render(template, words, found)
        to = _mailboxes(meeting, unit, entries)
        if not to:
            report.remarks.append(f"「{unit}」沒有電子郵件，催辦信沒有收件者。請填〔分工〕或〔列席〕的電子郵件。")
        draft = eml.Draft(sender, to, (), (), subject, body)
        files[f"{REMINDER} {file_names.part(unit, '單位')}.eml"] = eml.compose(draft)
    report.problems = tuple(in_order(found))
    if report.stopped:
        return
    record = outputs.read_record(report.folder)
    stale = {name: outputs.GONE for name in record if name.startswith(f"{REMINDER} ") and name not in files}
    report.outcomes = outputs.write_all(report.folder, files, stale, {})


def _vocabulary(meeting: Meeting, unit: str, entries: Sequence[Delivery]) -> Vocabulary:
    dues = [entry.due for entry in entries if entry.due]
    until = roc.long_date(min(dues)) if dues else "儘速"
    values = {
        f"{REMINDER}.單位": unit,
        f"{REMINDER}.項目": [entry.what for entry in entries],
        f"{REMINDER}.期限": until,
    }
    known = mail_template.vocabulary(meeting, figures.compute(meeting), [], 1, 1).figures
    return Vocabulary(meeting, {**known, **{name: Figure(name, value, ()) for name, value in values.items()}})


def _mailboxes(meeting: Meeting, unit: str, entries: Sequence[Delivery]) -> list[eml.Address]:
    """The mailboxes of a unit: those of 〔分工〕, else those of who sits in for it."""
    texts = [entry.email for entry in entries if entry.email]
    texts = texts or [
        person.email for person in meeting.observers if person.email and folded(person.unit) == folded(unit)
    ]
    found = []
    for text in dict.fromkeys(texts):
        try:
            found.append(eml.Address(unit, mailbox(text)))
        except ValueError:
            continue
    return found


def as_json(report: Report) -> dict[str, Any]:
    """The deliveries for a program, and for a page."""
    return {
        "deliveries": [
            {
                "unit": entry.unit,
                "what": entry.what,
                "due": entry.due.isoformat() if entry.due else None,
                "there": entry.there,
                "since": entry.since.isoformat(timespec="minutes") if entry.since else None,
                "at": entry.at,
                "count": entry.count,
            }
            for entry in report.deliveries
        ],
        **reporting.result_json(report),
    }
