"""Cells → model: the meeting read from its workbooks, with every problem met on the way."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from generator.basic.problem import Code, Location, Problem, error, note, perhaps, problem
from generator.basic.workspace import MeetingId, Workspace
from generator.meeting import agenda, body, minutes, sources, succession, workdays
from generator.meeting.files import NamedFile
from generator.meeting.model import Meeting
from generator.meeting.sheets import ACCESS, DATA_GROUP, OPEN
from generator.meeting.sheets.agency import Agency, Member, Unit
from generator.meeting.sheets.agenda import USUAL, Section
from generator.meeting.sheets.index import AGENCY_SHEETS, MEETING_SHEETS, NAMES
from generator.meeting.sheets.lists import COUNTED, PastDecision
from generator.meeting.sheets.meeting import Attachment, Case, Explanation, MeetingInfo, Note, Slide
from generator.meeting.sheets.minutes import ClearedWording, Decision, MinutesAttachment, Remark
from generator.meeting.sheets.replies import Proposal, Reply
from generator.meeting.sources import SHEET, Inputs, SourceCode
from generator.workbook import books, typed_rows, values
from generator.workbook.books import BookCode
from generator.workbook.plain_tables import PlainTable
from generator.workbook.raw import RawSheet
from generator.workbook.record import MENU_SHEET, Record, Row
from generator.workbook.typed_rows import RowCode


class MeetingCode(Code):
    """The problems that this module finds."""

    # Workbooks and sheets
    NO_AGENCY_BOOK = error("inputs 資料夾內沒有 機關.xlsx", "請放入機關的基本資料活頁簿。")
    MISSING_SHEET = error("找不到工作表〔{sheet}〕", "請增加此工作表。{perhaps}")
    UNKNOWN_SHEET = note("不認得這個工作表，未使用", "{perhaps}若要當附件，請在〔附件〕的來源寫「工作表:」加上名稱。")
    # What refers to what
    UNKNOWN_CASE = error("〔案由〕內沒有案號「{value}」", "請改為已有的案號。{perhaps}")
    CASE_TWICE = error("案號「{value}」重複，{first} 已經用過", "請改用不同的案號。")
    NOTE_WITHOUT_ATTACHMENT = error("〔附件〕內沒有「{value}」", "請改為附件的名稱。{perhaps}")
    # The deck (sheet 簡報, and templates/簡報.pptx with its sample slides)
    SLIDE_WITHOUT_LAYOUT = error("第一張投影片之前就有內容", "請在第一列填「版面」（例如：封面）。")


# The template of a case that names none.
CASE_TEMPLATE = "案"
_DEPENDENT = {
    MeetingCode.MISSING_SHEET,
    SourceCode.NO_SUCH_SHEET,
    SourceCode.EMPTY_SHEET,
    MeetingCode.UNKNOWN_CASE,
    MeetingCode.NOTE_WITHOUT_ATTACHMENT,
}

_REFERRING = {MeetingCode.UNKNOWN_CASE, MeetingCode.NOTE_WITHOUT_ATTACHMENT}


class Loaded(Struct, frozen=True):
    """What the workbooks of a meeting say. ``meeting`` is None where an error leaves no meeting to speak of.

    ``files`` are those that rows of 〔附件〕 name. Nobody has looked into them: that is no work for who reads tables.
    """

    meeting: Meeting | None
    problems: list[Problem]
    files: tuple[NamedFile, ...]


def load(workspace: Workspace, meeting_id: MeetingId) -> tuple[Meeting | None, list[Problem]]:
    """The meeting without its files, and every problem met on reading the workbooks."""
    loaded = read(workspace, meeting_id)
    return loaded.meeting, loaded.problems


def read(workspace: Workspace, meeting_id: MeetingId) -> Loaded:
    """The meeting, every problem met on reading, and the files that its rows name."""
    problems: list[Problem] = []
    agency_sheets = agency_of(workspace, meeting_id, problems)
    kept = workspace.own_agency_book(meeting_id)
    raw = books.read_folder(workspace.inputs(meeting_id), problems)
    if kept is not None:
        raw = [sheet for sheet in raw if sheet.workbook != books.printable(kept.name)]
    agency = typed_rows.field_row(Agency, agency_sheets, problems)
    for record in AGENCY_SHEETS:
        if record.sheet.required and agency_sheets and not any(books.named(agency_sheets, record.sheet.name)):
            problems.append(
                problem(MeetingCode.MISSING_SHEET, Location("機關.xlsx"), sheet=record.sheet.name, perhaps="")
            )
    unread_books = books.unread(workspace.inputs(meeting_id))
    _mention_sheets(meeting_id, raw, unread_books, problems)
    units = typed_rows.records(Unit, agency_sheets, problems)
    about = typed_rows.field_record(Agency, agency)
    own = body.read(agency_sheets, about, problems)
    roster = [
        replace(member, group=own.group(member.role))
        for member in typed_rows.records(Member, agency_sheets, problems, {Member.heading_of("role"): own.roles})
    ]
    shared_roster = _shared_roster(workspace) if kept is not None else ()
    roster = _with_present_mailboxes(roster, shared_roster)
    calendar = workdays.read(workspace.shared, agency_sheets, problems)
    info = typed_rows.field_row(MeetingInfo, raw, problems)
    attachments = typed_rows.records(Attachment, raw, problems)
    noted, observers = minutes.read(raw, own, problems)
    sections = agenda.read(raw, agency_sheets, problems)
    put = cases(raw, attachments, (*noted.remarks, *noted.decisions) if noted else (), problems, sections)
    present = frozenset(values.folded(sheet.name) for sheet in raw)
    inputs = Inputs(workspace, meeting_id, raw, present, NAMES, unread_books, problems)
    # What a row of 〔附件〕 says of a missing sheet is said of no text that uses it.
    unread = {f"{item.target}." for item in attachments if values.folded(item.target) not in present}
    files = _attached(
        [*(item for case in put for item in case.attachments), *(noted.attachments if noted else ())], inputs
    )
    lists: dict[type[Record], tuple[Record, ...]] = {}
    unread |= _unread_columns(inputs.tables, raw)
    for record in COUNTED:
        begun, before = _begun(record, raw), len(problems)
        # An earlier meeting may have had other sections.
        kinds = {PastDecision.heading_of("kind"): ()} if record is PastDecision and sections is not USUAL else None
        rows = typed_rows.rows(record, begun, problems, kinds)
        lists[record] = typed_rows.complete(record, rows)
        unread |= _unread(record, rows, lists[record], problems[before:])
    slides = _slides(typed_rows.records(Slide, raw, problems), problems)
    if any(problem.code in books.UNREAD for problem in problems):
        # What is missing now may stand in the workbook that could not be read.
        return Loaded(None, [problem for problem in problems if problem.code not in _DEPENDENT], files)
    if any(_is_unread(record, present, problems) for record in (Case, Explanation, Attachment)):
        # What refers to their rows is in order, as far as anyone can tell.
        return Loaded(None, [problem for problem in problems if problem.code not in _REFERRING], files)
    facts = typed_rows.field_record(MeetingInfo, info)
    lacks_cutoff = info is not None and info.values[MeetingInfo.heading_of("cutoff")] is None
    if info is not None and lacks_cutoff and own.kind == DATA_GROUP and sections is USUAL:
        problems += _no_cutoff(info, problems)
        facts = None
    if facts is None or about is None:
        return Loaded(None, problems, files)
    if lacks_cutoff:
        # A meeting without figures has no day up to which they are counted.
        facts = replace(facts, cutoff=facts.date)
    previous = succession.before(workspace, meeting_id, facts.date)
    origins = {MeetingId.named(item.meeting) for item in cast(Sequence[PastDecision], lists[PastDecision])}
    meeting = Meeting(
        id=meeting_id,
        others=tuple(other for other in workspace.meetings() if other != meeting_id),
        previous=previous,
        titles=succession.titles(workspace, sorted((*origins, previous), key=str)),
        agency=about,
        body=own,
        units=tuple(dict.fromkeys(unit.name for unit in units)),
        members=tuple(member for member in roster if _serves(member, facts.date)),
        info=facts,
        observers=observers,
        cases=put,
        lists=lists,
        tables=inputs.tables,
        regulations=inputs.regulations,
        minutes=noted,
        calendar=calendar,
        present=present,
        sections=sections,
        slides=slides,
        away=tuple(member for member in roster if not _serves(member, facts.date)),
        shared_roster=tuple(member for member in shared_roster if _serves(member, facts.date)),
        cleared=typed_rows.records(ClearedWording, raw, problems),
        unread=frozenset(unread),
        unread_books=unread_books,
        proposals=typed_rows.records(Proposal, raw, problems),
        replies=typed_rows.records(Reply, raw, problems),
    )
    return Loaded(meeting, problems, files)


def _no_cutoff(info: Row, problems: Sequence[Problem]) -> list[Problem]:
    """資料基準日 is missing, or its cell is empty; none where the cell has a problem already."""
    name = MeetingInfo.heading_of("cutoff")
    example, at = MeetingInfo.sheet.column(name).example, info.at(name)
    if name not in info.cells:
        return [problem(RowCode.MISSING_FIELD, info.at(), name=name, example=example)]
    return [] if any(found.at == at for found in problems) else [problem(RowCode.EMPTY_CELL, at, name=name, choices="")]


def agency_of(workspace: Workspace, meeting_id: MeetingId, problems: list[Problem]) -> list[RawSheet]:
    """The sheets of 機關.xlsx for a meeting: of the one in its folder, which counts alone where it has 〔機關〕.

    Where it has only some of the sheets, the shared one gives the others.
    """
    kept, shared = workspace.own_agency_book(meeting_id), workspace.agency_book
    own = books.read_workbook(kept, problems) if kept is not None else []
    if any(books.named(own, Agency.sheet.name)):
        return own
    if not os.path.lexists(shared):
        problems.append(problem(MeetingCode.NO_AGENCY_BOOK, Location("機關.xlsx")))
        books.mention_others(shared.parent, problems, shared.stem)
    books.mention_twins(shared.parent, shared.stem, problems)
    given = {values.folded(sheet.name) for sheet in own}
    rest = books.read_workbook(shared, problems) if os.path.lexists(shared) else []
    return [*own, *(sheet for sheet in rest if values.folded(sheet.name) not in given)]


def agency_books(workspace: Workspace, meeting_id: MeetingId) -> list[Path]:
    """The workbooks that ``agency_of`` reads: that of the meeting's folder, and the shared one unless it is whole."""
    kept = workspace.own_agency_book(meeting_id)
    if kept is None:
        return [workspace.agency_book]
    whole = any(books.named(books.read_workbook(kept, []), Agency.sheet.name))
    return [kept] if whole else [kept, workspace.agency_book]


def _shared_roster(workspace: Workspace) -> tuple[Member, ...]:
    """The members of the shared 機關.xlsx, for a meeting that keeps its own."""
    shared = books.read_workbook(workspace.agency_book, []) if workspace.agency_book.is_file() else []
    return typed_rows.records(Member, shared, [], body.role_choices(shared))


def _with_present_mailboxes(roster: Sequence[Member], shared: Sequence[Member]) -> list[Member]:
    """The roster that a meeting keeps, with the mailboxes that its members have now: mails go to those."""
    now = {values.folded(member.name): member.email for member in shared if member.email}
    return [replace(member, email=now.get(values.folded(member.name), member.email)) for member in roster]


def _serves(member: Member, day: dt.date) -> bool:
    """Whether a member counts on the day of the meeting; with a term that ends before it begins no one can tell."""
    start, end = member.term_start, member.term_end
    return member.serves_on(day) or bool(start and end and end < start)


def _is_unread(record: type[Record], present: Collection[str], problems: Sequence[Problem]) -> bool:
    """Whether a sheet is missing although it must be there, or lacks a column that it must have."""
    name = record.sheet.name
    return (record.sheet.required and name not in present) or any(
        found.code == RowCode.MISSING_COLUMN and values.folded(found.at.sheet) == name for found in problems
    )


def _unread(
    record: type[Record], rows: Sequence[Row], whole: Sequence[Record], problems: Sequence[Problem]
) -> set[str]:
    """The names of figures that are missing because rows of a list could not be read; of none of them: of all."""
    name = record.sheet.name
    if any(problem.code == RowCode.MISSING_COLUMN for problem in problems) or (rows and not whole):
        return {f"{name}."}
    kept = {id(item.row) for item in whole}
    texts = (value for row in rows if id(row) not in kept for value in row.values.values() if isinstance(value, str))
    return {f"{name}.{text}" for text in texts if text}


def _unread_columns(tables: Mapping[str, PlainTable], raw: Sequence[RawSheet]) -> set[str]:
    """The names of sums that sheets of the users' own lack because a cell has no value."""
    return {
        f"{name}.{heading}"
        for name, table in tables.items()
        if any(sheet.faults for sheet in books.named(raw, name))
        for heading in table.headings
        if heading not in table.sums
    }


def _begun(record: type[Record], raw: Sequence[RawSheet]) -> list[RawSheet]:
    """The sheets of that name, without a form that lists the units and that no one has begun to fill in."""
    listing = any(column.lists_units for column in record.sheet.columns)
    return [sheet for sheet in books.named(raw, record.sheet.name) if not (listing and _only_listed(sheet))]


def _only_listed(sheet: RawSheet) -> bool:
    """Whether nothing stands below the headings but names, one to a row: a form that no one has begun to fill in."""
    return not sheet.faults and sum(sum(cell is not None for cell in row) > 1 for row in sheet.cells) == 1


def _mention_sheets(
    folder: MeetingId, raw: Sequence[RawSheet], unread_books: Sequence[str], problems: list[Problem]
) -> None:
    """Missing required sheets, and sheets that no one asked for."""
    present = {values.folded(sheet.name) for sheet in raw}
    absent = [name for name in NAMES if name not in present]
    wanted = {
        values.folded(text.partition(":")[2])
        for name in (Attachment.sheet.name, MinutesAttachment.sheet.name)
        for sheet in books.named(raw, name)
        for row in sheet.cells
        for value in row
        if (text := values.folded(value)).startswith(f"{SHEET}:")
    }
    for name in (record.sheet.name for record in MEETING_SHEETS if record.sheet.required):
        if name not in present:
            slip = perhaps(name, [sheet.name for sheet in raw if values.folded(sheet.name) not in NAMES])
            slip = slip or books.likely_in(name, unread_books)
            problems.append(problem(MeetingCode.MISSING_SHEET, Location(f"inputs/{folder}"), sheet=name, perhaps=slip))
    for sheet in raw:
        name = values.folded(sheet.name)
        if name not in NAMES and name not in wanted and not sheet.empty and name != MENU_SHEET:
            guess = perhaps(sheet.name, absent)
            if sheet.workbook.lower().endswith(".csv"):
                # Platforms export many files that are no list of this meeting.
                problems.append(problem(BookCode.OTHER_FORMAT, Location(sheet.workbook), suffix=".csv", perhaps=guess))
            else:
                problems.append(problem(MeetingCode.UNKNOWN_SHEET, sheet.place, perhaps=guess))


def cases(
    raw: Sequence[RawSheet],
    attachments: Sequence[Attachment],
    minuted: Sequence[Remark | Decision],
    problems: list[Problem],
    sections: Sequence[Section] = USUAL,
) -> tuple[Case, ...]:
    """The cases with their numbers, 說明 and 附件, in the order of the agenda.

    ``minuted`` are entries of the minutes: their 案號 is that of a case, or the name of a section without cases.
    """
    rows = typed_rows.rows(Case, raw, problems, agenda.kinds(sections))
    explanations = typed_rows.records(Explanation, raw, problems)
    notes = typed_rows.records(Note, raw, problems)
    # A row that lacks something is reported once, as such; what refers to it is in order.
    column = Case.heading_of("key")
    keys = {values.folded(row.values[column]): row for row in reversed(rows) if row.values[column]}
    whole = agenda.placed(typed_rows.complete(Case, rows), sections)
    # What was raised at the meeting comes after what was put before, in whichever workbook either stands.
    order = {section.name: number for number, section in enumerate(sections)}
    whole.sort(key=lambda case: (order[case.kind], minutes.is_of_minutes(case.row.workbook, raw)))
    texts = {values.folded(section.name) for section in sections if not section.has_cases}
    of_cases = (entry for entry in minuted if entry.case and values.folded(entry.case) not in texts)
    for item in (*explanations, *attachments, *of_cases):
        if values.folded(item.case) not in keys:
            guess = perhaps(item.case, keys)
            problems.append(problem(MeetingCode.UNKNOWN_CASE, item.at("case"), value=item.case, perhaps=guess))
    names = {values.folded(item.name) for item in attachments}
    for footnote in notes:
        if values.folded(footnote.attachment) not in names:
            guess = perhaps(footnote.attachment, names)
            at = footnote.at("attachment")
            problems.append(problem(MeetingCode.NOTE_WITHOUT_ATTACHMENT, at, value=footnote.attachment, perhaps=guess))
    numbers = dict.fromkeys((section.name for section in sections), 0)
    numbered_cases: list[Case] = []
    for case in whole:
        key = values.folded(case.key)
        first = keys.get(key, case.row)
        if first is not case.row:
            other = case.row.beside(first, column)
            problems.append(problem(MeetingCode.CASE_TWICE, case.at("key"), value=case.key, first=other))
            continue
        numbers[case.kind] += 1
        case_attachments = [item for item in attachments if values.folded(item.case) == key]
        numbered_cases.append(
            replace(
                case,
                number=numbers[case.kind],
                is_minuted=minutes.is_of_minutes(case.row.workbook, raw),
                template=case.template or CASE_TEMPLATE,
                explanations=tuple(point for point in explanations if values.folded(point.case) == key),
                attachments=tuple(
                    _attachment(case, item, number if len(case_attachments) > 1 else 0, notes, problems)
                    for number, item in enumerate(case_attachments, start=1)
                ),
            )
        )
    return tuple(numbered_cases)


def _attachment(
    case: Case, item: Attachment, number: int, notes: Sequence[Note], problems: list[Problem]
) -> Attachment:
    sources.check(item.origin, item.at("origin"), problems)
    attachment_notes = tuple(note for note in notes if values.folded(note.attachment) == values.folded(item.name))
    access = max(case.access, item.openness or OPEN, key=ACCESS.index)
    return replace(item, number=number, notes=attachment_notes, access=access)


def _attached(attachments: Sequence[Attachment], inputs: Inputs) -> tuple[NamedFile, ...]:
    """The files that the attachments name; the sheets and regulations that they name go into ``inputs``."""
    files = []
    for item in attachments:
        source, at = sources.BY_WORD.get(item.source), item.at("origin")
        path = source.find(item.target, at, inputs) if source and item.target else None
        if path is not None:
            files.append(NamedFile(path, at, item.may_be_separate, item.keeps_original))
    return tuple(files)


def _slides(rows: Sequence[Slide], problems: list[Problem]) -> tuple[Slide, ...]:
    """The deck: a row with a 版面 begins a slide, and what follows is on it."""
    slides: list[tuple[Slide, list[Slide]]] = []
    for row in rows:
        if row.layout:
            slides.append((row, []))
        elif not slides:
            problems.append(problem(MeetingCode.SLIDE_WITHOUT_LAYOUT, row.at("layout")))
            continue
        if row.lead or row.text:
            slides[-1][1].append(row)
    return tuple(replace(slide, points=tuple(points)) for slide, points in slides)
