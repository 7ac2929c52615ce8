"""What keeps a paper from being printed: a list too long, a slide without a title, a notice with blank fields."""

from __future__ import annotations

from generator.basic.problem import Problem, problem
from generator.meeting.model import Meeting
from generator.meeting.sheets import SHEET, TABS
from generator.meeting.sheets.lists import BY_SHEET
from generator.meeting.sheets.meeting import Attachment
from generator.workbook import values
from generator.workbook.record import Record

# Rows of a table. The PDF of the second number takes LibreOffice about a minute, of twice as many four times as long.
MOST_PRINTED, MOST_CONVERTED = 100_000, 5_000


def rows(meeting: Meeting, attachment: Attachment) -> int:
    """How many rows an attachment prints; 0 where it is no list."""
    if attachment.source != SHEET or attachment.is_deck:
        return 0
    if attachment.target in BY_SHEET:
        return len(BY_SHEET[attachment.target].printed(meeting))
    return len(meeting.tables[attachment.target].rows) if attachment.target in meeting.tables else 0


def attachments_can_be_printed(meeting: Meeting) -> list[Problem]:
    """A sheet that is no list cannot be an attachment, and Word cannot be asked to show a list of any length."""
    found = []
    for attachment in (attachment for case in meeting.cases for attachment in case.attachments):
        at, count = attachment.at("origin"), rows(meeting, attachment)
        if count > MOST_PRINTED:
            found.append(problem("too-long-to-print", at, count=count, most=MOST_PRINTED))
        elif count > MOST_CONVERTED:
            found.append(problem("too-long-for-pdf", at, count=count, most=MOST_CONVERTED))
        printable = attachment.target in BY_SHEET or attachment.target in meeting.tables or attachment.is_deck
        if attachment.source == SHEET and not printable and values.folded(attachment.target) in meeting.present:
            found.append(problem("not-printable", at, sheet=attachment.target))
    return found


def slides_are_complete(meeting: Meeting) -> list[Problem]:
    """Each slide has a title, and one with tabs says which is its own. Only where the deck is attached."""
    if meeting.deck_case is None:
        return []
    found = [problem("slide-without-title", slide.at("title")) for slide in meeting.slides if not slide.title]
    tabbed = (slide for slide in meeting.slides if slide.layout == TABS)
    return found + [problem("slide-without-tab", slide.at("tab")) for slide in tabbed if not slide.tab]


def notice_is_filled_in(meeting: Meeting) -> list[Problem]:
    """One note that names what the notice leaves blank; 發文日期 and 發文字號 are the document system's to fill in.

    None after the meeting, and none without a roster: there is no notice then.
    """
    if meeting.minutes is not None or not meeting.members:
        return []
    agency, info = meeting.agency, meeting.info
    given: list[tuple[Record, str]] = [(agency, name) for name in ("contact", "phone", "email", "address")]
    given.append((info, "chair"))
    blank = [(record, name) for record, name in given if not getattr(record, name)]
    if not blank:
        return []
    first, name = blank[0]
    # A field that its sheet has no row for has no cell.
    places = [f"{record.heading_of(field)}（{first.beside(record, field)}）" for record, field in blank]
    return [problem("notice-blank", first.at(name), fields="、".join(places).replace("（）", ""))]
