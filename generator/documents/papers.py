"""Every document of a meeting, by type; first the papers: 議程, each case, and after each case its attachments.

A new type of document is added to DOCUMENT_TYPES here, or to that of the module in which it stands.
"""

from __future__ import annotations

from msgspec.structs import replace

from generator.basic import file_names
from generator.documents import access, agenda, attachment, case, front, minutes, notice, replies, tasks
from generator.documents.document import Document, DocumentType
from generator.meeting.model import Meeting
from generator.meeting.sheets import OPEN
from generator.meeting.sheets.meeting import Case
from generator.prose.vocabulary import Vocabulary

# What else lies in the folder of a meeting, without ending: the packet, the manifest, the calendar.
OTHER_FILES = ("會議資料", "packet", "期限")


def compose(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """The papers, which make up the packet, each name with its number before it; what stands in for one has its."""
    entries = [agenda.compose(meeting, vocabulary)]
    for put in put_before(meeting):
        entries.append(access.of_case(case.compose(meeting, put, vocabulary), put))
        entries += [
            access.of_attachment(attachment.compose(meeting, put, item, vocabulary), put, item)
            for item in put.attachments
        ]
    found = [
        replace(document, name=f"{number:02d} {document.name}")
        for number, documents in enumerate(entries, 1)
        for document in documents
    ]
    return [*front.compose(meeting, vocabulary, found), *found]


def put_before(meeting: Meeting) -> list[Case]:
    """The cases that have papers: not what is raised at the meeting."""
    return [put for put in meeting.cases if not put.raised_at_meeting]


def _templates_of_papers(meeting: Meeting) -> list[str]:
    files = [*front.template_files(meeting), f"{agenda.AGENDA}.docx"]
    for put in put_before(meeting):
        files.append(f"{put.template}.docx")
        for item in put.attachments:
            files.append(f"{attachment.template_of(meeting, item)}.{'pptx' if item.is_deck else 'docx'}")
    narrow = access.narrowest(meeting)
    files += ["案.docx", "另附.docx"] if narrow != OPEN else []
    return files


# The packet, what calls the meeting together, and what comes after it.
DOCUMENT_TYPES = (
    DocumentType(_templates_of_papers, compose),
    *notice.DOCUMENT_TYPES,
    *minutes.DOCUMENT_TYPES,
    *tasks.DOCUMENT_TYPES,
    *replies.DOCUMENT_TYPES,
)


def compose_all(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """Every document of a meeting."""
    documents = [document for kind in DOCUMENT_TYPES for document in kind.compose(meeting, vocabulary)]
    # Whatever a composer made of a cell's text: here each becomes the name of a file, and of one file only.
    names = file_names.distinct([document.name for document in documents], OTHER_FILES)
    return [replace(document, name=name) for document, name in zip(documents, names, strict=True)]


def template_files(meeting: Meeting) -> list[str]:
    """The files of the templates that the documents of the meeting need, without composing any."""
    return list(dict.fromkeys(file for kind in DOCUMENT_TYPES for file in kind.template_files(meeting)))
