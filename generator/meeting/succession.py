"""The order of meetings: by id within ids of one kind, and by date between kinds (臨時會, ids that are names)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from generator.basic.workspace import MeetingId, Workspace
from generator.meeting.sheets.meeting import BOOK, MeetingInfo
from generator.workbook import books, typed_rows, values
from generator.workbook.record import Row


def before(workspace: Workspace, meeting: MeetingId, date: dt.date | None = None) -> MeetingId | None:
    """The last meeting with a folder of its own before this one; None where there is none.

    ``date`` is the meeting's own; one that has none yet comes after all of its year that are counted otherwise.
    """
    by_shape: dict[str, list[MeetingId]] = {}
    for other in workspace.meetings():
        if other != meeting:
            by_shape.setdefault(other.shape, []).append(other)
    # Of each kind the last one before this.
    found = []
    for shape, others in by_shape.items():
        last = next((other for other in reversed(others) if _is_earlier(workspace, other, meeting, date, shape)), None)
        if last is not None:
            found.append(last)
    years = [other.year for other in found if other.year is not None]
    if len(years) == len(found):
        found = [other for other in found if other.year == max(years)]
    if len(found) > 1:
        found.sort(key=lambda other: _date(workspace, other) or dt.date.max)
    return found[-1] if found else None


def _is_earlier(workspace: Workspace, other: MeetingId, meeting: MeetingId, date: dt.date | None, shape: str) -> bool:
    if other.name and not title(workspace, other):
        # A folder of something else.
        return False
    if shape == meeting.shape:
        return other.key < meeting.key
    if other.year is not None and meeting.year is not None and other.year != meeting.year:
        return other.year < meeting.year
    other_date = _date(workspace, other) if date is not None else None
    return date is None or (other_date is not None and other_date < date)


def titles(workspace: Workspace, meetings: Iterable[MeetingId | None]) -> dict[str, str]:
    """What each of these meetings is called by its workbooks, by id; those without 會議名稱 are left out."""
    found = {str(meeting): title(workspace, meeting) for meeting in dict.fromkeys(meetings) if meeting is not None}
    return {meeting: name for meeting, name in found.items() if name}


def title(workspace: Workspace, meeting: MeetingId) -> str:
    """會議名稱 of a meeting; empty where its workbooks have none, or cannot be read."""
    row = _info(workspace, meeting)
    return str(row.values[MeetingInfo.heading_of("title")] or "") if row is not None else ""


def _date(workspace: Workspace, meeting: MeetingId) -> dt.date | None:
    """The date in the meeting's workbooks; None while it is not to be had."""
    row = _info(workspace, meeting)
    date = row.values[MeetingInfo.heading_of("date")] if row is not None else None
    return date if isinstance(date, dt.date) else None


def _info(workspace: Workspace, meeting: MeetingId) -> Row | None:
    """〔會議資訊〕 of a meeting: in the workbook of that name, else wherever in its folder."""
    folder = workspace.inputs(meeting)
    book = books.find(folder, BOOK)
    raw = books.read_workbook(book, []) if book is not None else []
    if not any(values.folded(sheet.name) == MeetingInfo.sheet.name for sheet in raw):
        raw = books.read_folder(folder, [])
    return typed_rows.field_row(MeetingInfo, raw, [])
