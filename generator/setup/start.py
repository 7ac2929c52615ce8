"""Where work begins: a workspace for an agency (``packet init``) and the workbooks of a meeting (``packet new``).

``packet new --minutes`` adds the workbook of the minutes. Everything is written into a temporary folder and then
moved: it is complete or absent, and existing files are never changed.
"""

from __future__ import annotations

import contextlib
import errno
import filecmp
import os
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import generator
from generator.basic.failure import WRONG_USAGE, UserError
from generator.basic.problem import Location, Problem, has_errors, problem
from generator.basic.workspace import MeetingId, Workspace
from generator.build import outputs
from generator.build.result import Result
from generator.meeting import agenda, body, load, succession
from generator.meeting import minutes as minute_sheets
from generator.meeting.body import Body
from generator.meeting.load import MeetingCode
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import DATA_GROUP, DRAFT
from generator.meeting.sheets.agency import Agency, Member, Unit
from generator.meeting.sheets.agenda import MOTIONS
from generator.meeting.sheets.index import BOOKS, MEETING_SHEETS, MINUTES_SHEETS, NAMES
from generator.meeting.sheets.lists import PastDecision, PlannedDataset, Total
from generator.meeting.sheets.meeting import Attachment, Case, Explanation, MeetingInfo, Note, Slide
from generator.meeting.sheets.minutes import Attendance, ClearedWording, Decision, MinutesInfo, Observer, Remark
from generator.meeting.sources import FILE, SHEET, SOURCES, parts_of
from generator.rules import carried
from generator.setup import kinds
from generator.setup.kinds import form
from generator.workbook import books, plain_tables, typed_rows, values
from generator.workbook.forms import FilledSheet, plain_sheet, write_workbook
from generator.workbook.raw import RawSheet
from generator.workbook.record import Record, Row
from generator.workbook.typed_rows import RowCode

PARTS = ("templates", "output", "inputs")
OTHER_BOOK, MINUTES_BOOK = "其他表格", MinutesInfo.sheet.book
# What is copied from one meeting to the next; dates and figures are not.
_STANDING_FIELDS = ("start", "place", "chair", "recorder")
_STANDING_LISTS: tuple[type[Record], ...] = (Case, Explanation, Attachment, Note, Slide)


class Taken(UserError):
    """Files exist there already; the text names them."""

    exit_code = WRONG_USAGE


@dataclass(slots=True)
class Started(Result):
    """The new files and folders, each with its purpose, as shown to the user. None if there are errors."""

    problems: list[Problem] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Brought:
    """What is copied from an earlier meeting: rows by sheet, other tables as blank sheets, files that recur."""

    rows: dict[type[Record], list[dict[str, Any]]] = field(default_factory=dict)
    others: list[FilledSheet] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def init(root: Path, kind: str = DATA_GROUP) -> Started:
    """A workspace in ``root``, which may hold other things, for a body of that kind. Raises Taken, OSError."""
    for part in PARTS:
        if (root / part).exists() and not _is_empty(root / part):
            raise Taken(f"「{root}」已經有 {part}，沒有更動任何檔案。請改用別的資料夾。")
    with _aside(root) as aside:
        (aside / "inputs" / "共用").mkdir(parents=True)
        (aside / "output").mkdir()
        (aside / "templates").mkdir()
        for template in standard_templates():
            shutil.copyfile(template, aside / "templates" / template.name)
        for regulation in kinds.regulations(kind):
            shutil.copyfile(regulation, aside / "inputs" / "共用" / regulation.name)
        write_workbook(aside / "inputs" / "機關.xlsx", kinds.agency_forms(kind), title="機關")
        _move([(aside / part, root / part) for part in PARTS])
    return Started(
        root,
        files=[
            ("inputs/機關.xlsx", "機關的名稱、單位與委員，各次會議共用"),
            ("inputs/共用/", "各次會議都可能檢附的法規"),
            ("templates/", "Word 範本，可用 Word 修改"),
            ("output/", "產生的文件放在這裡"),
        ],
    )


def standard_templates() -> list[Path]:
    """The templates that come with the program: beside the package in a checkout, inside it when installed."""
    package = Path(generator.__file__).parent
    installed = package / "standard" / "templates"
    folder = installed if installed.is_dir() else package.parent / "templates"
    return sorted(path for path in folder.glob("[!~.]*") if path.suffix in (".docx", ".pptx", ".txt"))


def new(
    workspace: Workspace, meeting: MeetingId, source: MeetingId | None = None, wanted: Collection[str] = ()
) -> Started:
    """The workbooks of a meeting as forms, with the standing prose of ``source``. Raises Taken, OSError.

    ``wanted``: sheets and rare columns that the forms shall have beside those that ``source`` had filled.

    Where the workbooks to read have errors that would lose a text, these are the result and nothing is made.
    """
    folder = workspace.inputs(meeting)
    started = Started(folder)
    if folder.exists() and not _is_empty(folder):
        raise Taken(f"inputs/{meeting} 已經有檔案，沒有更動任何檔案。請用 Excel 修改原有的活頁簿，或改用別的會議編號。")
    agency = _agency(workspace, started.problems)
    units, members = _names(agency)
    own, choices = _body(agency), agenda.kinds(agenda.read((), agency, []))
    if source:
        wanted = {*wanted, *kinds.columns_filled(books.read_folder(workspace.inputs(source), []))}
    brought = _bring_over(workspace, meeting, source, agency, started.problems) if source else _Brought()
    if has_errors(started.problems):
        return started
    started.problems = []
    if source:
        _fill_past_decisions(workspace, meeting, source, brought, started, wanted)
    if has_errors(started.problems):
        return started
    if not units:
        started.remarks.append("機關.xlsx〔單位〕還沒有填，這些活頁簿沒有單位的下拉清單。")
    for record in MEETING_SHEETS:
        for column in record.sheet.columns:
            if column.lists_units and kinds.has_form(record, own.kind, wanted, ()):
                brought.rows.setdefault(record, [{column.name: unit} for unit in units])
    named = source is not None and bool(succession.title(workspace, source))
    if meeting.name or named:
        started.remarks.append("會議名稱印在各文件上，請在〔會議資訊〕填寫。")
    menus = {
        _column(MeetingInfo, "chair"): members,
        _column(Observer, "unit"): units,
        _column(Attachment, "origin"): [
            f"{source.word}:{name}" for source in SOURCES for name in source.names(workspace)
        ],
    }
    with _aside(folder.parent) as aside:
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
            filled = [form(record, given[record], columns, own.kind, choices) for record in records]
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
        _move([(new_folder, folder)])
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
    units, members = _names(agency)
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
    own = _body(agency)
    listed = [
        (_value(row, Member, "name"), _value(row, Member, "role")) for row in _members(agency) if _serves(row, raw)
    ]
    roster = [Attendance.filled(name=name, role=role) for name, role in listed if name]
    about = typed_rows.field_row(Agency, agency, [])
    secretariat = [_value(about, Agency, "secretariat")] if about is not None else []
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
    minuted = [key for key in dict.fromkeys([*agenda.texts(sections), *keys, agenda.first_motion(sections)]) if key]
    menus = {
        _column(Remark, "case"): minuted,
        _column(Remark, "speaker"): [*members, *units],
        _column(Observer, "unit"): units,
        _column(Decision, "case"): minuted,
    }
    new_sheets = [record for record in new_sheets if kinds.has_form(record, own.kind, wanted, ())]
    sheets: tuple[type[Record], ...] = (*new_sheets, Case)
    with _aside(folder) as aside:
        choices = {Attendance.heading_of("role"): own.roles, **agenda.kinds(sections)}
        columns = {*wanted, Observer.heading_of("how")}
        written = [form(record, filled.get(record, ()), columns, own.kind, choices) for record in sheets]
        title = f"{meeting} {MINUTES_BOOK}"
        write_workbook(aside / target.name, written, units=units, title=title, suggestions=menus)
        _move([(aside / target.name, target)])
    started.files += [(target.name, "、".join(record.sheet.name for record in new_sheets))]
    started.files += [("　〔案由〕", "會中提出的臨時動議，沒有時留空")]
    return started


def _agency(workspace: Workspace, problems: list[Problem]) -> list[RawSheet]:
    if not workspace.agency_book.is_file():
        problems.append(problem(MeetingCode.NO_AGENCY_BOOK, Location(workspace.agency_book.name)))
        return []
    return books.read_workbook(workspace.agency_book, problems)


def _body(agency: Sequence[RawSheet]) -> Body:
    """What 機關.xlsx says of the body; its faults are `packet check`'s to report."""
    return body.read(agency, typed_rows.field_record(Agency, typed_rows.field_row(Agency, agency, [])), [])


def _serves(row: Row, raw: Sequence[RawSheet]) -> bool:
    """Whether a row of the roster is of someone in office on the day of the meeting; yes where the day is not known."""
    info = typed_rows.field_row(MeetingInfo, raw, [])
    day = _value(info, MeetingInfo, "date") if info is not None else None
    start, end = (_value(row, Member, name) for name in ("term_start", "term_end"))
    return day is None or not ((start and day < start) or (end and end < day))


def _members(agency: Sequence[RawSheet]) -> list[Row]:
    return typed_rows.rows(Member, agency, [], {Member.heading_of("role"): _body(agency).roles})


def _names(agency: Sequence[RawSheet]) -> tuple[list[str], list[str]]:
    """The units in their order and the members' names, for the drop-downs."""
    names: list[list[str]] = []
    records: tuple[type[Record], ...] = (Unit, Member)
    for record in records:
        # Errors in a row are ignored here; `packet check` reports them.
        given = (_value(row, record, "name") for row in typed_rows.rows(record, agency, []))
        names.append(list(dict.fromkeys(name for name in given if name)))
    return names[0], names[1]


def _column(record: type[Record], name: str) -> tuple[str, str]:
    """The sheet and the heading of a field, as drop-downs name it."""
    return record.sheet.name, record.heading_of(name)


def _value(row: Row, record: type[Record], name: str) -> Any:
    """The value of a field; the row may be incomplete."""
    return row.values[record.heading_of(name)]


def _bring_over(
    workspace: Workspace, meeting: MeetingId, source: MeetingId, agency: Sequence[RawSheet], problems: list[Problem]
) -> _Brought:
    """The texts of an earlier meeting as typed in the cells, with placeholders, without figures.

    Of the lists only that of the year, where both meetings are of one year.
    """
    brought = _Brought()
    found: list[Problem] = []
    raw = books.read_folder(workspace.inputs(source), found)
    sections = agenda.read(raw, agency, [])
    # What came up at the meeting belongs to that meeting.
    before = [sheet for sheet in raw if not minute_sheets.is_of_minutes(sheet.workbook, raw)]
    for record in _STANDING_LISTS:
        kinds = agenda.kinds(sections) if record is Case else None
        brought.rows[record] = [dict(row.values) for row in typed_rows.rows(record, before, found, kinds)]
    asked = minute_sheets.invited(raw) or list(books.named(raw, Observer.sheet.name))
    left = {Observer.heading_of("how"): ""}
    brought.rows[Observer] = [{**row.values, **left} for row in typed_rows.rows(Observer, asked, [])]
    if meeting.year is not None and meeting.year == source.year:
        # The list of the year, with what was published so far.
        brought.rows[PlannedDataset] = [dict(row.values) for row in typed_rows.rows(PlannedDataset, raw, [])]
    brought.files = _recurring(workspace, source, brought.rows[Attachment])
    _leave_motions(brought, [section.name for section in sections if section.content == MOTIONS])
    # An empty cell may stay empty; with any other error a text would be lost.
    problems += [fault for fault in found if fault.code != RowCode.EMPTY_CELL]
    info = typed_rows.field_row(MeetingInfo, raw, [])
    if info is not None:
        standing = {name: _value(info, MeetingInfo, name) for name in _STANDING_FIELDS}
        texts = {name: values.text(value) for name, value in standing.items() if value is not None}
        brought.rows[MeetingInfo] = [MeetingInfo.filled(**texts)]
    brought.rows[Total] = [
        Total.filled(**{name: _value(row, Total, name) for name in ("name", "source")})
        for row in typed_rows.rows(Total, raw, [])
    ]
    known = set(NAMES)
    for given in brought.rows[Attachment]:
        kind, target = parts_of(given[Attachment.heading_of("origin")] or "")
        sheets = list(books.named(raw, target)) if kind == SHEET else []
        if sheets and values.folded(sheets[0].name) not in known:
            known.add(values.folded(sheets[0].name))
            table = plain_tables.read_plain(sheets[0].name, sheets, [])
            if table is not None:
                headings = [heading for heading in dict.fromkeys(table.headings) if heading]
                brought.others.append(plain_sheet(sheets[0].name, headings, []))
    return brought


def _recurring(workspace: Workspace, source: MeetingId, rows: Sequence[Mapping[str, Any]]) -> list[Path]:
    """The attached files of a meeting that the one before had too, unchanged: they go with every meeting."""
    before = succession.before(workspace, source)
    if before is None:
        return []
    found = []
    for row in rows:
        word, name = parts_of(row[Attachment.heading_of("origin")] or "")
        path, other = (workspace.attachments(meeting) / name for meeting in (source, before))
        if word != FILE or not name or path in found:
            continue
        there = all(file.is_file() and not file.is_symlink() for file in (path, other))
        if there and filecmp.cmp(path, other, shallow=False):
            found.append(path)
    return found


def _leave_motions(brought: _Brought, sections: Collection[str]) -> None:
    """Removes the cases of these sections with all that belongs to them: motions are of one meeting only."""
    key, kind = Case.heading_of("key"), Case.heading_of("kind")
    rows = brought.rows[Case]
    keys = {values.folded(row[key]) for row in rows if row[kind] in sections and row[key]}
    brought.rows[Case] = [row for row in rows if row[kind] not in sections]
    attachments, case_column = brought.rows[Attachment], Attachment.heading_of("case")
    names = {row[Attachment.heading_of("name")] for row in attachments if values.folded(row[case_column]) in keys}
    brought.rows[Attachment] = [row for row in attachments if values.folded(row[case_column]) not in keys]
    case_column = Explanation.heading_of("case")
    brought.rows[Explanation] = [
        row for row in brought.rows[Explanation] if values.folded(row[case_column]) not in keys
    ]
    noted = Note.heading_of("attachment")
    brought.rows[Note] = [row for row in brought.rows[Note] if not row[noted] or row[noted] not in names]


def _fill_past_decisions(
    workspace: Workspace,
    meeting: MeetingId,
    source: MeetingId,
    brought: _Brought,
    started: Started,
    wanted: Collection[str],
) -> None:
    """Fills 上次會議決定 with the decisions of the last meeting, in the texts of its documents."""
    sheet = PastDecision.sheet.name
    if succession.before(workspace, meeting) != source:
        started.remarks.append(f"〔{sheet}〕留空：{source} 之後還有別的會議，請填最近一次會議的決定（議）。")
        return
    last, found = load.load(workspace, source)
    started.problems = carried.lost(found)
    faults: list[Problem] = []
    items = carried.carried(last, faults) if last is not None else []
    if last is None or faults:
        started.remarks.append(f"〔{sheet}〕留空：{source} 的資料還不完整，無法帶入各案的案由。")
        return
    cases, old = sum(not item.earlier for item in items), sum(item.earlier for item in items)
    more = f"與歷次持續列管事項 {old} 項" if old else ""
    if last.minutes is None:
        text = f"〔{sheet}〕已列出 {source} 的 {cases} 案{more}，請照會議紀錄填決定（議）與辦理情形。"
        started.remarks.append(f"{source} 沒有會議紀錄的活頁簿；{text}")
    else:
        started.remarks.append(f"〔{sheet}〕已帶入 {source} 各案的決定（議）{cases} 列{more}，請填辦理情形。")
        started.remarks += _doubts(last)
    if any(item.earlier and not item.origin for item in items):
        started.remarks.append(f"〔{sheet}〕有持續列管事項不知是哪一次會議的決定（議），請填「會議」。")
    unit = PastDecision.heading_of("unit")
    uses_units = unit in wanted or any(item.unit for item in items if item.earlier)
    brought.rows[PastDecision] = [item.values if uses_units else {**item.values, unit: ""} for item in items]


def _doubts(last: Meeting) -> list[str]:
    """Remarks on decisions that are copied from these minutes: still a draft, or missing for some cases."""
    assert last.minutes is not None
    doubts = []
    if last.minutes.draft:
        doubts.append(f"{last.id} 的會議紀錄還是草稿；定稿後請執行 packet check，核對帶入的文字。")
    if missing := carried.undecided(last):
        doubts.append(f"{last.id} 的會議紀錄還沒有這些案的決定（議），請補填：{'、'.join(missing)}。")
    return doubts


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


@contextlib.contextmanager
def _aside(parent: Path) -> Iterator[Path]:
    """A temporary folder in ``parent``; removed at the end with the folders created for it, if they are empty."""
    created = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    try:
        with outputs.aside_in(parent) as aside:
            yield aside
    finally:
        for folder in created:
            with contextlib.suppress(OSError):
                folder.rmdir()


def _move(moves: Sequence[tuple[Path, Path]]) -> None:
    """Moves each to its place, where at most an empty folder is; if one move fails, all are undone."""
    done: list[tuple[Path, Path, bool]] = []
    name = ""
    try:
        for source, target in moves:
            empty, name = target.is_dir(), target.name
            if empty:
                target.rmdir()
            done.append((source, target, empty))
            outputs.sync_tree(source)
            _rename_new(source, target)
            outputs.sync_folder(target.parent)
    except BaseException as error:
        for source, target, empty in reversed(done):
            if not source.exists():
                os.rename(target, source)
            if empty:
                target.mkdir(exist_ok=True)
        if isinstance(error, OSError) and error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            # Another run of this command, or another program, was there first.
            raise Taken(f"「{name}」剛才已經由別的程式建立，沒有更動任何檔案。") from error
        raise


def _rename_new(source: Path, target: Path) -> None:
    """Renames a file or folder to a name that nothing has. Raises FileExistsError, and what os.rename raises."""
    if source.is_dir() or sys.platform == "win32":
        # A folder replaces none but an empty one; Windows replaces nothing.
        os.rename(source, target)
        return
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # A disk without hard links: the name is taken first.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o666))
        try:
            os.replace(source, target)
        except OSError:
            target.unlink()
            raise
    else:
        source.unlink()
