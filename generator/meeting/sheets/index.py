"""All sheets: those of 機關.xlsx, and those of a meeting in the order in which forms and messages name them.

``python -m generator.meeting.sheets.index`` prints docs/工作表.md.
"""

from __future__ import annotations

from generator.meeting.sheets.agency import Agency, Closure, Member, Unit
from generator.meeting.sheets.agenda import Section
from generator.meeting.sheets.duties import Duty
from generator.meeting.sheets.lists import LISTS, PastDecision, Sampled, Total
from generator.meeting.sheets.meeting import Attachment, Case, Explanation, MeetingInfo, Note, Slide
from generator.meeting.sheets.minutes import (
    Attendance,
    ClearedWording,
    Decision,
    MinutesAttachment,
    MinutesInfo,
    Observer,
    Remark,
)
from generator.meeting.sheets.replies import Proposal, Reply
from generator.meeting.sheets.rules import Role, RuleRow
from generator.meeting.sheets.shared import Article
from generator.workbook.record import Record

AGENCY_SHEETS: tuple[type[Record], ...] = (Agency, Unit, RuleRow, Role, Member, Closure, Section)
MINUTES_SHEETS: tuple[type[Record], ...] = (
    MinutesInfo,
    Attendance,
    Observer,
    Remark,
    Decision,
    MinutesAttachment,
    ClearedWording,
)
# What came back on the draft minutes; `packet replies` writes their workbook.
REPLY_SHEETS: tuple[type[Record], ...] = (Proposal, Reply)
# What no form has: what units deliver, and the sample that `packet catalogue` writes.
OTHER_SHEETS: tuple[type[Record], ...] = (Duty, Sampled)
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
    if _record.sheet.book and _record not in MINUTES_SHEETS:
        BOOKS.setdefault(_record.sheet.book, []).append(_record)
# Who is invited is entered before the meeting.
BOOKS[MeetingInfo.sheet.book].append(Observer)
# Sheets of 機關.xlsx that a meeting's folder may have too.
OF_BOTH: tuple[type[Record], ...] = (Section,)
ALL_SHEETS: tuple[type[Record], ...] = (*AGENCY_SHEETS, *MEETING_SHEETS, *REPLY_SHEETS, *OTHER_SHEETS, Article)
NAMES = [record.sheet.name for record in (*MEETING_SHEETS, *REPLY_SHEETS, *OTHER_SHEETS, *OF_BOTH)]


def manual() -> str:
    """The page of the manual that lists every column of every sheet."""
    lines = ["# 工作表與欄位", "", "依程式的宣告產生，與空白表單裡的說明相同。"]
    for record in ALL_SHEETS:
        sheet = record.sheet
        book = f"（{sheet.book}.xlsx）" if sheet.book else ""
        lines += ["", f"## {sheet.name}{book}", "", f"{sheet.about}。", ""]
        lines += ["| 欄位 | 說明 |", "| --- | --- |"]
        for column in sheet.columns:
            note = "；".join(column.note.splitlines()).replace("|", "\\|")
            lines.append(f"| {column.name} | {note} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(manual(), end="")
