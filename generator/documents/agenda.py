"""議程: the sections and the cases put to the meeting."""

from __future__ import annotations

from msgspec.structs import replace

from generator.basic import roc
from generator.documents import access
from generator.documents.document import FOR_AGENCY, FOR_MEETING, FOR_PUBLIC, INTERNAL, PARTICIPANTS, Document
from generator.documents.numbering import numbered
from generator.meeting.model import Meeting
from generator.meeting.sheets import RESTRICTED, WITHHELD
from generator.meeting.sheets.meeting import Case
from generator.prose.vocabulary import Vocabulary

AGENDA = "議程"


def compose(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """The agenda; in the editions that differ by the cases that may not be read."""
    return [_agenda(meeting, edition, vocabulary) for edition in access.editions(meeting)]


def _agenda(meeting: Meeting, edition: str, vocabulary: Vocabulary) -> Document:
    others = [other for other in access.editions(meeting) if other != FOR_MEETING]
    parts: list[tuple[str, list[Case]]] = [
        (section.name, [case for case in meeting.of_kind(section.name) if not case.raised_at_meeting])
        for section in meeting.sections
    ]
    entries = []
    for number, (name, cases) in enumerate(parts, start=1):
        texts = [
            vocabulary.written(case, "subject", case) if access.sees(edition, case.access) else access.NO_CASE
            for case in cases
        ]
        labels = numbered(len(texts), always=True)
        entries.append(
            {
                "標號": f"{roc.formal_numeral(number)}、",
                "名稱": name,
                "案": [{"標號": label, "案由": text} for label, text in zip(labels, texts, strict=True)],
            }
        )
    context = {**vocabulary.context(None), "議程": entries}
    agenda = Document(AGENDA, AGENDA, context, f"{meeting.name}{AGENDA}", AGENDA, 1)
    if edition == FOR_AGENCY:
        name = f"{AGENDA}（{edition}）"
        return replace(agenda, name=name, audience=INTERNAL, packet=edition, mark=access.mark(WITHHELD))
    if edition == FOR_PUBLIC:
        return replace(agenda, name=f"{AGENDA}（{edition}）", packet=edition)
    if FOR_PUBLIC in others:
        return replace(agenda, audience=PARTICIPANTS, packet=edition, mark=access.mark(RESTRICTED))
    return agenda
