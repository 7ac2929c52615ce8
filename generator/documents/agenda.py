"""議程: the sections and the cases put to the meeting."""

from __future__ import annotations

from generator.basic import roc
from generator.documents.document import Document
from generator.documents.numbering import numbered
from generator.meeting.model import Meeting
from generator.meeting.sheets.meeting import Case
from generator.prose.vocabulary import Vocabulary

AGENDA = "議程"


def compose(meeting: Meeting, vocabulary: Vocabulary) -> Document:
    parts: list[tuple[str, list[Case]]] = [
        (section.name, [case for case in meeting.of_kind(section.name) if not case.raised_at_meeting])
        for section in meeting.sections
    ]
    entries = []
    for number, (name, cases) in enumerate(parts, start=1):
        texts = [vocabulary.written(case, "subject", case) for case in cases]
        labels = numbered(len(texts), always=True)
        entries.append(
            {
                "標號": f"{roc.formal_numeral(number)}、",
                "名稱": name,
                "案": [{"標號": label, "案由": text} for label, text in zip(labels, texts, strict=True)],
            }
        )
    context = {**vocabulary.context(None), "議程": entries}
    return Document(AGENDA, AGENDA, context, f"{meeting.name}{AGENDA}", AGENDA, 1)
