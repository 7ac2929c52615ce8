"""The papers of the packet in their order: 議程, each case, and after each case its attachments."""

from __future__ import annotations

from dataclasses import replace

from generator.basic import file_names
from generator.documents import agenda, attachment, case, minutes, notice
from generator.documents.document import Document
from generator.meeting.model import Meeting
from generator.meeting.sheets.meeting import Case
from generator.prose.vocabulary import Vocabulary

# What else lies in the folder of a meeting, without ending: the packet, the manifest, the calendar.
OTHER_FILES = ("會議資料", "packet", "期限")


def compose(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """The documents of the packet, each name with its number before it."""
    documents = [agenda.compose(meeting, vocabulary)]
    for put in put_before(meeting):
        documents.append(case.compose(meeting, put, vocabulary))
        documents += [attachment.compose(meeting, put, item, vocabulary) for item in put.attachments]
    return [replace(document, name=f"{number:02d} {document.name}") for number, document in enumerate(documents, 1)]


def compose_all(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """Every document of a meeting: the packet, what calls it together, and what comes after it."""
    after = minutes.compose(meeting, vocabulary)
    documents = [*compose(meeting, vocabulary), *notice.compose(meeting, vocabulary), *after]
    # Whatever a composer made of a cell's text: here each becomes the name of a file, and of one file only.
    names = file_names.distinct([document.name for document in documents], OTHER_FILES)
    return [replace(document, name=name) for document, name in zip(documents, names, strict=True)]


def put_before(meeting: Meeting) -> list[Case]:
    """The cases that have papers: not what is raised at the meeting."""
    return [put for put in meeting.cases if not put.raised_at_meeting]


def template_files(meeting: Meeting) -> list[str]:
    """The files of the templates that the documents of the meeting need, without composing any."""
    files = [f"{agenda.AGENDA}.docx"]
    for put in put_before(meeting):
        files.append(f"{put.template}.docx")
        for item in put.attachments:
            files.append(f"{attachment.template_of(meeting, item)}.{'pptx' if item.is_deck else 'docx'}")
    files += [f"{name}.docx" for name in (*notice.templates(meeting), *minutes.templates(meeting))]
    return list(dict.fromkeys(files))
