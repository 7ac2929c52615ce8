"""The rules of attachments and of the deck: each name once, mentioned in the text, and with something to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.basic.problem import Code, Problem, error, problem, warning
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import BY_SHEET
from generator.meeting.sheets.meeting import Attachment, Slide
from generator.meeting.sources import SHEET, SourceCode
from generator.prose.quotes import straight
from generator.workbook.record import Record


class AttachmentCode(Code):
    """The problems that this module finds."""

    ATTACHMENT_TWICE = error("附件名稱「{value}」重複", "請改用不同的名稱，說明才能引用。")
    ATTACHMENT_UNMENTIONED = warning(
        "{case}的說明沒有提到附件「{name}」", '請在說明加上「如{{{{ 附件("{name}") }}}}」。'
    )
    NO_EXPLANATION = warning(
        "{case}有 {count} 個附件，〔說明〕卻沒有這一案",
        '請在〔說明〕寫出案情，提到附件時寫「如{{{{ 附件("{name}") }}}}」。',
    )
    SLIDES_UNUSED = warning(
        "有投影片，〔附件〕卻沒有用到", "請在〔附件〕增加一列，來源寫「工作表:簡報」；不做簡報時請刪除這個工作表。"
    )
    SLIDES_ATTACHED_TWICE = error("簡報只能附在一案，{first} 已經用過", "請刪除其中一個附件；說明可引用另一案的附件。")


def attachment_names_stand_once(meeting: Meeting) -> list[Problem]:
    """No two attachments have the same name: the text refers to them by it."""
    attachments = [attachment for case in meeting.cases for attachment in case.attachments]
    first: dict[str, Attachment] = {}
    for attachment in attachments:
        first.setdefault(attachment.name, attachment)
    return [
        problem(AttachmentCode.ATTACHMENT_TWICE, first[name].at("name"), value=name)
        for name, count in Counter(attachment.name for attachment in attachments).items()
        if count > 1
    ]


def attachments_are_mentioned(meeting: Meeting) -> list[Problem]:
    """Every attachment is named in the text of its case."""
    problems = []
    for case in meeting.cases:
        if len(case.attachments) > 1 and not case.explanations:
            first = case.attachments[0]
            count = len(case.attachments)
            values = {"case": case.title, "count": count, "name": first.name}
            problems.append(problem(AttachmentCode.NO_EXPLANATION, first.at("name"), **values))
            continue
        text = " ".join(straight(point.text) for point in case.explanations)
        for item in case.attachments:
            if f'"{item.name}"' not in text and f"'{item.name}'" not in text:
                problems.append(
                    problem(AttachmentCode.ATTACHMENT_UNMENTIONED, item.at("name"), name=item.name, case=case.title)
                )
    return problems


def attachment_sheets_are_there(meeting: Meeting) -> list[Problem]:
    """A list that an attachment prints has rows."""
    lists: dict[str, Sequence[Record]] = {name: record.rows(meeting) for name, record in BY_SHEET.items()}
    lists[Slide.sheet.name] = meeting.slides
    return [
        problem(SourceCode.EMPTY_SHEET, attachment.at("origin"), sheet=attachment.target)
        for case in meeting.cases
        for attachment in case.attachments
        if attachment.source == SHEET
        and attachment.target in meeting.present
        and attachment.target in lists
        and not lists[attachment.target]
        and not meeting.waits_for(f"{attachment.target}.")
    ]


def the_deck_is_attached(meeting: Meeting) -> list[Problem]:
    """Slides are of use only as an attachment, and there is one deck."""
    decks = [item for case in meeting.cases for item in case.attachments if item.is_deck]
    if not decks:
        return [problem(AttachmentCode.SLIDES_UNUSED, meeting.slides[0].at("layout"))] if meeting.slides else []
    return [
        problem(AttachmentCode.SLIDES_ATTACHED_TWICE, deck.at("origin"), first=deck.beside(decks[0], "origin"))
        for deck in decks[1:]
    ]


RULES = (
    attachment_names_stand_once,
    attachments_are_mentioned,
    attachment_sheets_are_there,
    the_deck_is_attached,
)
