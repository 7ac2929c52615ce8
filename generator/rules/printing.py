"""What keeps a paper from being printed: a list too long, a slide without a title, a notice with blank fields."""

from __future__ import annotations

from generator.basic.leftover import leftover
from generator.basic.problem import Code, Location, Problem, error, note, problem, warning
from generator.basic.text_width import LANDSCAPE, LEAST_POINTS, least_width
from generator.meeting.model import Meeting
from generator.meeting.sheets import TABS
from generator.meeting.sheets.lists import BY_SHEET
from generator.meeting.sheets.meeting import Attachment
from generator.meeting.sources import SHEET
from generator.workbook import values
from generator.workbook.plain_tables import NEXT_ROW
from generator.workbook.record import Record


class PrintingCode(Code):
    """The problems that this module finds."""

    NOT_PRINTABLE = error("〔{sheet}〕不能當附件列印", "請改用清單類的工作表。")
    TOO_LONG_TO_PRINT = error("有 {count:,} 列，附件最多印 {most:,} 列", "請改為「另附」，或只留下要印的列。")
    TOO_LONG_FOR_PDF = warning(
        "有 {count:,} 列，超過 {most:,} 列的表不轉成 PDF，也就沒有會議資料.pdf",
        "請改為「另附」、只留下要印的列，或只產生 Word 檔（--format docx）。",
    )
    TAG_IN_SHEET = error("〔{sheet}〕的內容不會套用標籤，會照印「{tag}」", "請直接寫出內容。")
    TOO_WIDE_TO_PRINT = error(
        "有 {count} 欄，橫印、縮到 {points} 點仍排不下而不折斷數字",
        "請分成兩個工作表、刪去不必印的欄、改用較大的單位（千元、萬元），或改為「另附」。",
    )
    # The deck (sheet 簡報, and templates/簡報.pptx with its sample slides)
    SLIDE_WITHOUT_TITLE = error("這張投影片沒有標題", "每張投影片都要有標題，請填入。")
    SLIDE_WITHOUT_TAB = error("版面是「頁籤」，卻沒有填頁籤", "請填這一張屬於哪個頁籤，或改用別的版面。")
    # What goes out before the meeting
    NOTICE_BLANK = note("開會通知單有空白的欄位：{fields}", "請補填，或留待公文系統填入。")


# Rows of a table: in Word; in a PDF; converted in one piece, which takes LibreOffice about a minute, and four times as
# long for twice as many.
MOST_PRINTED, MOST_CONVERTED, MOST_IN_ONE_PIECE = 100_000, 50_000, 5_000
# So many columns fit on a page on its side, whatever numbers stand in them.
_SURELY_FIT = 8


def rows(meeting: Meeting, attachment: Attachment) -> int:
    """How many rows an attachment prints; 0 where it is no list."""
    if attachment.source != SHEET or attachment.is_deck:
        return 0
    if attachment.target in BY_SHEET:
        return len(BY_SHEET[attachment.target].printed(meeting))
    return len(meeting.tables[attachment.target].rows) if attachment.target in meeting.tables else 0


def attachments_can_be_printed(meeting: Meeting) -> list[Problem]:
    """A sheet that is no list cannot be an attachment, and Word cannot be asked to show a list of any length."""
    problems = []
    for attachment in (attachment for case in meeting.cases for attachment in case.attachments):
        at, count = attachment.at("origin"), rows(meeting, attachment)
        if count > MOST_PRINTED:
            problems.append(problem(PrintingCode.TOO_LONG_TO_PRINT, at, count=count, most=MOST_PRINTED))
        elif count > MOST_CONVERTED:
            problems.append(problem(PrintingCode.TOO_LONG_FOR_PDF, at, count=count, most=MOST_CONVERTED))
        printable = attachment.target in BY_SHEET or attachment.target in meeting.tables or attachment.is_deck
        if attachment.source == SHEET and not printable and values.folded(attachment.target) in meeting.present:
            problems.append(problem(PrintingCode.NOT_PRINTABLE, at, sheet=attachment.target))
    return problems


def own_sheets_have_no_tags(meeting: Meeting) -> list[Problem]:
    """A sheet of the staff's own is printed as it is: nothing in it is filled in."""
    items = [item for case in meeting.cases for item in case.attachments if item.source == SHEET]
    problems = []
    for name, item in {item.target: item for item in items if item.target in meeting.tables}.items():
        table = meeting.tables[name]
        first = next(iter(table.places), None)
        for column, heading in enumerate(table.headings):
            if tag := leftover(heading):
                # Which row the headings stand in is no longer known; their column is.
                at = Location(first.workbook, first.sheet, first.letters[column]) if first else item.at("origin")
                problems.append(problem(PrintingCode.TAG_IN_SHEET, at, sheet=name, tag=tag))
        for caption in filter(None, (table.title, *table.captions, *table.notes)):
            if tag := leftover(caption.text):
                problems.append(problem(PrintingCode.TAG_IN_SHEET, caption.at, sheet=name, tag=tag))
        for row, place in zip(table.rows, table.places, strict=True):
            # Seldom is there a brace in a row; then the cell is looked for.
            if leftover(" ".join(row)):
                problems += [
                    problem(PrintingCode.TAG_IN_SHEET, place.cell(column), sheet=name, tag=tag)
                    for column, text in enumerate(row)
                    if (tag := leftover(text))
                ]
    return problems


def tables_fit_the_page(meeting: Meeting) -> list[Problem]:
    """No number of a table is broken, however many columns it has: else there must be fewer."""
    problems = []
    for attachment in (attachment for case in meeting.cases for attachment in case.attachments):
        table = meeting.tables.get(attachment.target) if attachment.source == SHEET else None
        if table is None or len(table.headings) <= _SURELY_FIT or len(table.rows) > MOST_PRINTED:
            continue
        columns = [{row[place] for row in table.rows} for place in range(len(table.headings))]
        for place, heading in enumerate(table.printed_headings):
            columns[place].update(heading.split(NEXT_ROW)[-1:])
        if least_width(columns) > LANDSCAPE:
            at = attachment.at("origin")
            count = len(table.headings)
            problems.append(problem(PrintingCode.TOO_WIDE_TO_PRINT, at, count=count, points=LEAST_POINTS))
    return problems


def slides_are_complete(meeting: Meeting) -> list[Problem]:
    """Each slide has a title, and one with tabs says which is its own. Only where the deck is attached."""
    if meeting.deck_case is None:
        return []
    problems = [
        problem(PrintingCode.SLIDE_WITHOUT_TITLE, slide.at("title")) for slide in meeting.slides if not slide.title
    ]
    tabbed = (slide for slide in meeting.slides if slide.layout == TABS)
    return problems + [problem(PrintingCode.SLIDE_WITHOUT_TAB, slide.at("tab")) for slide in tabbed if not slide.tab]


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
    return [problem(PrintingCode.NOTICE_BLANK, first.at(name), fields="、".join(places).replace("（）", ""))]


RULES = (
    attachments_can_be_printed,
    own_sheets_have_no_tags,
    tables_fit_the_page,
    slides_are_complete,
    notice_is_filled_in,
)
