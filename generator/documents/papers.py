"""The papers of the packet in their order: 議程, each case, and after each case its attachments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from generator.basic.problem import Problem
from generator.documents import agenda, attachment, case
from generator.documents.document import Document
from generator.meeting.figures import Figure
from generator.meeting.model import Meeting
from generator.prose.vocabulary import Vocabulary


def compose(meeting: Meeting, known: Mapping[str, Figure], problems: list[Problem]) -> list[Document]:
    """The documents of the packet, each name with its number before it."""
    vocabulary = Vocabulary(meeting, known)
    documents = [agenda.compose(meeting, vocabulary, problems)]
    for put in meeting.cases:
        if put.raised_at_meeting:
            continue
        documents.append(case.compose(meeting, put, vocabulary, problems))
        documents += [attachment.compose(meeting, put, item, vocabulary, problems) for item in put.attachments]
    return [replace(document, name=f"{number:02d} {document.name}") for number, document in enumerate(documents, 1)]
