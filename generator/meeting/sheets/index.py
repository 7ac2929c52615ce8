"""All sheets: those of 機關.xlsx, and those of a meeting in the order in which forms and messages name them."""

from __future__ import annotations

from generator.meeting.sheets.agency import Agency, Closure, Member, Unit
from generator.meeting.sheets.lists import LISTS, PastDecision, Total
from generator.meeting.sheets.meeting import Attachment, Case, Explanation, MeetingInfo, Note, Slide
from generator.meeting.sheets.minutes import Attendance, Decision, MinutesInfo, Observer, Remark
from generator.workbook.record import Record

AGENCY_SHEETS: tuple[type[Record], ...] = (Agency, Unit, Member, Closure)
MINUTES_SHEETS: tuple[type[Record], ...] = (MinutesInfo, Attendance, Observer, Remark, Decision)
MEETING_SHEETS: tuple[type[Record], ...] = (
    MeetingInfo,
    Case,
    Explanation,
    Attachment,
    Note,
    PastDecision,
    *LISTS,
    Total,
    Slide,
    *MINUTES_SHEETS,
)
# The workbooks that `packet new` makes, and what stands in each.
BOOKS: dict[str, list[type[Record]]] = {}
for _record in MEETING_SHEETS:
    if _record not in MINUTES_SHEETS:
        BOOKS.setdefault(_record.sheet.book, []).append(_record)
NAMES = [record.sheet.name for record in MEETING_SHEETS]
