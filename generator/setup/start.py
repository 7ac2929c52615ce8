"""The workbooks of a meeting as forms (``packet new``).

``packet new --minutes`` adds the workbook of the minutes. Everything is written into a temporary folder and then
moved: it is complete or absent, and existing files are never changed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Mapping, Sequence

from msgspec.structs import replace

from generator.basic.problem import Location, Problem, has_errors, problem
from generator.basic.workspace import MeetingId, Workspace
from generator.meeting import agenda, body, load, succession
from generator.meeting.body import Body
from generator.meeting.load import MeetingCode
from generator.meeting.model import units_of
from generator.meeting.sheets import DRAFT
from generator.meeting.sheets.agency import Agency, Member, Unit
from generator.meeting.sheets.agenda import MOTIONS, Section
from generator.meeting.sheets.index import BOOKS, MEETING_SHEETS, MINUTES_SHEETS
from generator.meeting.sheets.lists import PastDecision
from generator.meeting.sheets.meeting import Attachment, Case, MeetingInfo
from generator.meeting.sheets.minutes import Attendance, ClearedWording, Decision, MinutesInfo, Observer, Remark
from generator.meeting.sources import SOURCES
from generator.setup import kinds, placing
from generator.setup.brought import Brought, bring_over, fill_past_decisions, value_of
from generator.setup.kinds import form
from generator.setup.placing import Started, Taken
from generator.workbook import books, typed_rows
from generator.workbook.forms import write_workbook
from generator.workbook.raw import RawSheet
from generator.workbook.record import Record, Row

OTHER_BOOK, MINUTES_BOOK = "其他表格", MinutesInfo.sheet.book


def new(
    workspace: Workspace, meeting: MeetingId, source: MeetingId | None = None, wanted: Collection[str] = ()
) -> Started:
    """The workbooks of a meeting as forms, with the standing prose of ``source``. Raises Taken, OSError.

    ``wanted``: sheets and rare columns that the forms shall have beside those that ``source`` had filled.

    Where the workbooks to read have errors that would lose a text, these are the result and nothing is made.
    """
    folder = workspace.inputs(meeting)
    started = Started(folder)
    if folder.exists() and not placing.is_empty(folder):
        raise Taken(f"inputs/{meeting} 已經有檔案，沒有更動任何檔案。請用 Excel 修改原有的活頁簿，或改用別的會議編號。")
    agency = _agency(workspace, started.problems)
    units, members = names_of(agency)
    own, sections = body_of(agency), agenda.read((), agency, [])
    if source:
        wanted = {*wanted, *kinds.columns_filled(books.read_folder(workspace.inputs(source), []))}
    brought = bring_over(workspace, meeting, source, agency, started.problems) if source else Brought()
    if has_errors(started.problems):
        return started
    started.problems = []
    if source:
        fill_past_decisions(workspace, meeting, source, brought, started, wanted)
    if has_errors(started.problems):
        return started
    if not units:
        started.remarks.append(
            f"機關.xlsx〔單位〕還沒有填，這些活頁簿沒有單位的下拉清單；填好之後執行 packet new {meeting} --refresh。"
        )
    for record in MEETING_SHEETS:
        for column in record.sheet.columns:
            if column.lists_units and kinds.has_form(record, own.kind, wanted, ()):
                brought.rows.setdefault(record, [{column.name: unit} for unit in units])
    named = source is not None and bool(succession.title(workspace, source))
    counted_alike = any(other.shape == meeting.shape for other in workspace.meetings() if other != meeting)
    if meeting.meant and not counted_alike:
        started.remarks.append(
            f"「{meeting}」當作會議的名稱。是否為 {meeting.meant}？是的話，請刪除 inputs/{meeting}，"
            f"再執行 packet new {meeting.meant}。"
        )
    if meeting.name or named:
        started.remarks.append("會議名稱印在各文件上，請在〔會議資訊〕填寫。")
    menus = suggested(workspace, units, members)
    with placing.aside(folder.parent) as aside:
        new_folder = aside / folder.name
        (new_folder / "附件").mkdir(parents=True)
        for name, records in BOOKS.items():
            # A meeting whose id is no number of the year says what it is called.
            named_columns = [MeetingInfo.heading_of("title")] if meeting.name or named else []
            given = {record: brought.rows.get(record, ()) for record in records}
            records = [record for record in records if kinds.has_form(record, own.kind, wanted, given[record])]
            if not records:
                continue
            columns = {*wanted, *named_columns}
            # Before the meeting nobody has come yet.
            came = {Observer.heading_of("how")}
            filled = [
                form(
                    record,
                    given[record],
                    columns - came if record is Observer else columns,
                    own.kind,
                    choices_of(record, sections, own.roles),
                    agenda.hints(record, sections),
                )
                for record in records
            ]
            write_workbook(
                new_folder / f"{name}.xlsx", filled, units=units, title=f"{meeting} {name}", suggestions=menus
            )
            started.files.append((f"{name}.xlsx", "、".join(record.sheet.name for record in records)))
        if brought.others:
            write_workbook(new_folder / f"{OTHER_BOOK}.xlsx", brought.others, title=f"{meeting} {OTHER_BOOK}")
            started.files.append((f"{OTHER_BOOK}.xlsx", "、".join(sheet.spec.name for sheet in brought.others)))
        for path in brought.files:
            shutil.copyfile(path, new_folder / "附件" / path.name)
        more = f"；已放入歷次都檢附的{'、'.join(f'「{path.name}」' for path in brought.files)}" if brought.files else ""
        started.files.append(("附件/", f"以「檔案:」為來源的附件放在這裡{more}"))
        placing.move([(new_folder, folder)])
    return started


def minutes(workspace: Workspace, meeting: MeetingId, wanted: Collection[str] = ()) -> Started:
    """會議紀錄.xlsx of a meeting, with its members, units and cases filled in. Raises Taken, OSError.

    Where the workbooks to read have errors that would lose a name or a case, these are the result and nothing is made.
    """
    folder = workspace.inputs(meeting)
    started = Started(folder)
    target = folder / f"{MINUTES_BOOK}.xlsx"
    if os.path.lexists(target):
        raise Taken(f"inputs/{meeting}/{target.name} 已經有了，沒有更動任何檔案。請用 Excel 修改原有的活頁簿。")
    agency = load.agency_of(workspace, meeting, started.problems)
    units, members = names_of(agency)
    raw = books.read_folder(folder, started.problems)
    if kept := workspace.own_agency_book(meeting):
        raw = [sheet for sheet in raw if sheet.workbook != books.printable(kept.name)]
    # 〔非姓名〕 serves before the meeting too.
    cleared = any(books.named(raw, ClearedWording.sheet.name))
    new_sheets = [record for record in MINUTES_SHEETS if record is not ClearedWording or not cleared]
    # Who is invited to sit in stands in the workbook of the meeting.
    invited = typed_rows.records(Observer, raw, [])
    there = [sheet for record in new_sheets if record is not Observer for sheet in books.named(raw, record.sheet.name)]
    if there:
        raise Taken(f"{there[0].workbook} 已經有〔{there[0].name}〕，沒有更動任何檔案。請在該活頁簿填寫會議紀錄。")
    sections = agenda.read(raw, agency, started.problems)
    rows = typed_rows.rows(Case, raw, started.problems, agenda.kinds(sections))
    if has_errors(started.problems):
        return started
    started.problems = []
    cases = agenda.placed(typed_rows.complete(Case, rows), sections)
    keys = list(dict.fromkeys(case.key for case in cases))
    own = body_of(agency)
    listed = [
        (value_of(row, Member, "name"), value_of(row, Member, "role")) for row in _members(agency) if _serves(row, raw)
    ]
    roster = [Attendance.filled(name=name, role=role) for name, role in listed if name]
    about = typed_rows.field_row(Agency, agency, [])
    secretariat = [value_of(about, Agency, "secretariat")] if about is not None else []
    of_cases = (unit for case in cases for unit in units_of(case.unit))
    present = [unit for unit in dict.fromkeys([*secretariat, *of_cases]) if unit]
    before = succession.before(workspace, meeting)
    wanted = {
        *wanted,
        *kinds.columns_filled([*raw, *(books.read_folder(workspace.inputs(before), []) if before else [])]),
    }
    if not roster:
        started.remarks.append("機關.xlsx〔委員〕還沒有填，〔出席〕留空。")
    if not keys:
        started.remarks.append("〔案由〕還沒有任何案，〔決議〕留空。")
    filled: dict[type[Record], list[dict[str, object]]] = {
        MinutesInfo: [MinutesInfo.filled(status=DRAFT)],
        Attendance: roster,
        Observer: [
            Observer.filled(unit=person.unit, name=person.name, title=person.title, email=person.email)
            for person in invited
        ]
        or [Observer.filled(unit=unit) for unit in present],
        Decision: [Decision.filled(case=key, number="1") for key in [*agenda.decided(sections), *keys]],
    }
    minuted = minuted_keys(sections, keys)
    menus = suggested(workspace, units, members, minuted)
    new_sheets = [record for record in new_sheets if kinds.has_form(record, own.kind, wanted, ())]
    motions = next((section.name for section in sections if section.content == MOTIONS), "")
    sheets: tuple[type[Record], ...] = (*new_sheets, Case) if motions else tuple(new_sheets)
    with placing.aside(folder) as aside:
        columns = {*wanted, Observer.heading_of("how")}
        written = [
            form(
                record,
                filled.get(record, ()),
                columns,
                own.kind,
                choices_of(record, sections, own.roles),
                agenda.hints(record, sections),
            )
            for record in sheets
        ]
        title = f"{meeting} {MINUTES_BOOK}"
        write_workbook(aside / target.name, written, units=units, title=title, suggestions=menus)
        placing.move([(aside / target.name, target)])
    started.files += [(target.name, "、".join(record.sheet.name for record in new_sheets))]
    started.files += [("　〔案由〕", f"會中提出的{motions}，沒有時留空")] if motions else []
    return started


def to_fill_in(workspace: Workspace) -> list[str]:
    """What 機關.xlsx still lacks: 〔機關〕 with its empty fields, and the lists that have no row."""
    agency = _agency(workspace, [])
    row = typed_rows.field_row(Agency, agency, [])
    empty = [name for name in Agency.sheet.required_names if row is None or row.values[name] in (None, "")]
    units, members = names_of(agency)
    lists = [record.sheet.name for record, names in ((Unit, units), (Member, members)) if not names]
    return [f"〔{Agency.sheet.name}〕的{'、'.join(empty)}"] * bool(empty) + [f"〔{name}〕" for name in lists]


def choices_of(record: type[Record], sections: Sequence[Section], roles: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The body's own words for the columns of a sheet that allow no others, by heading."""
    if record is Attendance:
        return {Attendance.heading_of("role"): roles}
    return agenda.kinds(sections) if record in (Case, PastDecision) else {}


def minuted_keys(sections: Sequence[Section], keys: Sequence[str]) -> list[str]:
    """What minutes may speak of: the sections that are a text, the cases, and the first motion."""
    return [key for key in dict.fromkeys([*agenda.texts(sections), *keys, agenda.first_motion(sections)]) if key]


def suggested(
    workspace: Workspace, units: Sequence[str], members: Sequence[str], minuted: Sequence[str] = ()
) -> dict[tuple[str, str], Sequence[str]]:
    """What the drop-downs of a meeting's workbooks offer beside the columns' own texts, by sheet and heading."""
    return {
        _column(MeetingInfo, "chair"): members,
        _column(Attachment, "origin"): [
            f"{source.word}:{name}" for source in SOURCES for name in source.names(workspace)
        ],
        _column(Observer, "unit"): units,
        _column(Remark, "case"): minuted,
        _column(Remark, "speaker"): [*members, *units],
        _column(Decision, "case"): minuted,
    }


def _agency(workspace: Workspace, problems: list[Problem]) -> list[RawSheet]:
    if not workspace.agency_book.is_file():
        problems.append(problem(MeetingCode.NO_AGENCY_BOOK, Location(workspace.agency_book.name)))
        return []
    return books.read_workbook(workspace.agency_book, problems)


def body_of(agency: Sequence[RawSheet]) -> Body:
    """What 機關.xlsx says of the body; its faults are `packet check`'s to report."""
    row = typed_rows.field_row(Agency, agency, [])
    own = body.read(agency, typed_rows.field_record(Agency, row), [])
    # Its kind counts before the rest of 〔機關〕 is filled in.
    kind = value_of(row, Agency, "kind") if row is not None else ""
    return replace(own, kind=kind) if kind else own


def _serves(row: Row, raw: Sequence[RawSheet]) -> bool:
    """Whether a row of the roster is of someone in office on the day of the meeting; yes where the day is not known."""
    info = typed_rows.field_row(MeetingInfo, raw, [])
    day = value_of(info, MeetingInfo, "date") if info is not None else None
    start, end = (value_of(row, Member, name) for name in ("term_start", "term_end"))
    return day is None or not ((start and day < start) or (end and end < day))


def _members(agency: Sequence[RawSheet]) -> list[Row]:
    return typed_rows.rows(Member, agency, [], {Member.heading_of("role"): body_of(agency).roles})


def names_of(agency: Sequence[RawSheet]) -> tuple[list[str], list[str]]:
    """The units in their order and the members' names, for the drop-downs."""
    names: list[list[str]] = []
    records: tuple[type[Record], ...] = (Unit, Member)
    for record in records:
        # Errors in a row are ignored here; `packet check` reports them.
        given = (value_of(row, record, "name") for row in typed_rows.rows(record, agency, []))
        names.append(list(dict.fromkeys(name for name in given if name)))
    return names[0], names[1]


def _column(record: type[Record], name: str) -> tuple[str, str]:
    """The sheet and the heading of a field, as drop-downs name it."""
    return record.sheet.name, record.heading_of(name)
