"""Which meeting comes before which. Ids tell, but for an extraordinary meeting (臨時會): there the dates do."""

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
    for one in workspace.meetings():
        if one.year > meeting.year or one == meeting:
            continue
        if one.year == meeting.year and one.extraordinary == meeting.extraordinary and one.number > meeting.number:
            continue
        if one.year == meeting.year and one.extraordinary != meeting.extraordinary and date is not None:
            other = _date(workspace, one)
            if other is None or other >= date:
                continue
        earlier.append(one)
    last = [one for one in earlier if one.year == earlier[-1].year]
    if len({one.extraordinary for one in last}) > 1:
        last.sort(key=lambda one: _date(workspace, one) or dt.date.max)
    return last[-1] if last else None


def _date(workspace: Workspace, meeting: MeetingId) -> dt.date | None:
    """The date in the meeting's workbooks; None while it is not to be had."""
    raw = books.read_folder(workspace.inputs(meeting), [])
    row = typed_rows.field_row(MeetingInfo, raw, [])
    date = row.values[MeetingInfo.heading_of("date")] if row is not None else None
    return date if isinstance(date, dt.date) else None
