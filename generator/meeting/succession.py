"""The order of meetings: by id, and by date where an extraordinary meeting (臨時會) is concerned."""

from __future__ import annotations

import datetime as dt

from generator.basic.workspace import MeetingId, Workspace
from generator.meeting.sheets.meeting import MeetingInfo
from generator.workbook import books, typed_rows


def before(workspace: Workspace, meeting: MeetingId, date: dt.date | None = None) -> MeetingId | None:
    """The last meeting with a folder of its own before this one; None where there is none.

    ``date`` is the meeting's own; one that has none yet comes after every extraordinary meeting of its year.
    """
    earlier = []
    for other in workspace.meetings():
        if other.year > meeting.year or other == meeting:
            continue
        if (
            other.year == meeting.year
            and other.extraordinary == meeting.extraordinary
            and other.number > meeting.number
        ):
            continue
        if other.year == meeting.year and other.extraordinary != meeting.extraordinary and date is not None:
            other_date = _date(workspace, other)
            if other_date is None or other_date >= date:
                continue
        earlier.append(other)
    last = [other for other in earlier if other.year == earlier[-1].year]
    if len({other.extraordinary for other in last}) > 1:
        last.sort(key=lambda other: _date(workspace, other) or dt.date.max)
    return last[-1] if last else None


def _date(workspace: Workspace, meeting: MeetingId) -> dt.date | None:
    """The date in the meeting's workbooks; None while it is not to be had."""
    raw = books.read_folder(workspace.inputs(meeting), [])
    row = typed_rows.field_row(MeetingInfo, raw, [])
    date = row.values[MeetingInfo.heading_of("date")] if row is not None else None
    return date if isinstance(date, dt.date) else None
