"""What `packet new --from` takes along from an earlier meeting."""

from __future__ import annotations

import filecmp
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from generator.basic.problem import Problem
from generator.basic.workspace import MeetingId, Workspace
from generator.meeting import agenda, load, succession
from generator.meeting import minutes as minute_sheets
from generator.meeting.model import Meeting
from generator.meeting.sheets.agenda import MOTIONS
from generator.meeting.sheets.index import NAMES
from generator.meeting.sheets.lists import PastDecision, PlannedDataset, Total
from generator.meeting.sheets.meeting import Attachment, Case, Explanation, MeetingInfo, Note, Slide
from generator.meeting.sheets.minutes import Observer
from generator.meeting.sources import FILE, SHEET, parts_of
from generator.rules import carried
from generator.setup.placing import Started
from generator.workbook import books, plain_tables, typed_rows, values
from generator.workbook.forms import FilledSheet, plain_sheet
from generator.workbook.raw import RawSheet
from generator.workbook.record import Record, Row
from generator.workbook.typed_rows import RowCode

# What is copied from one meeting to the next; dates and figures are not.
_STANDING_FIELDS = ("start", "place", "chair", "recorder")
_STANDING_LISTS: tuple[type[Record], ...] = (Case, Explanation, Attachment, Note, Slide)


class Brought(Struct):
    """What is copied from an earlier meeting: rows by sheet, other tables as blank sheets, files that recur."""

    rows: dict[type[Record], list[dict[str, Any]]] = field(default_factory=dict)
    others: list[FilledSheet] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def value_of(row: Row, record: type[Record], name: str) -> Any:
    """The value of a field; the row may be incomplete."""
    return row.values[record.heading_of(name)]


def bring_over(
    workspace: Workspace, meeting: MeetingId, source: MeetingId, agency: Sequence[RawSheet], problems: list[Problem]
) -> Brought:
    """The texts of an earlier meeting as typed in the cells, with placeholders, without figures.

    Of the lists only that of the year, where both meetings are of one year.
    """
    brought = Brought()
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
        standing = {name: value_of(info, MeetingInfo, name) for name in _STANDING_FIELDS}
        texts = {name: values.text(value) for name, value in standing.items() if value is not None}
        brought.rows[MeetingInfo] = [MeetingInfo.filled(**texts)]
    brought.rows[Total] = [
        Total.filled(**{name: value_of(row, Total, name) for name in ("name", "source")})
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


def _leave_motions(brought: Brought, sections: Collection[str]) -> None:
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


def fill_past_decisions(
    workspace: Workspace,
    meeting: MeetingId,
    source: MeetingId,
    brought: Brought,
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
