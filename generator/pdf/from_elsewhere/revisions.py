"""Files from elsewhere without what was deleted in them: tracked changes are accepted before anything is converted."""

from __future__ import annotations

from lxml import etree

from generator.basic.package import DAMAGED
from generator.basic.relationships import without_comments
from generator.meeting.files import Enclosure
from generator.pdf.clean import open_documents
from generator.word import revisions


class Unreadable(Exception):
    """A document in which changes cannot be looked for, because it is damaged or made to be misread."""


def accepted(content: bytes) -> bytes:
    """The document with its changes accepted and without comments; the same bytes where there are none.

    Knows OOXML and packed ODF; anything else is given back as it is. Raises Unreadable.
    """
    if not content.startswith(b"PK\3\4"):
        return content
    try:
        if open_documents.is_odf(content):
            return open_documents.accepted(content)
        return revisions.accepted(without_comments(content))
    except (*DAMAGED, OSError, etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Unreadable(str(error)) from error


def open_format(enclosure: Enclosure) -> str:
    """The format of ODF in which changes and fields of it can be looked for; empty where it can be looked into itself.

    Those of texts and slides before 2007. Workbooks are converted in any case (see workbooks).
    """
    endings = set(enclosure.kind.endings)
    return "odt" if {".doc", ".rtf"} & endings else "odp" if ".ppt" in endings else ""
