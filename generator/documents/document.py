"""What a document is: one template and one context, its place in the packet, and who may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from generator.basic.formats import Format
from generator.documents.deck import Deck
from generator.meeting.files import Enclosure
from generator.meeting.model import Meeting
from generator.meeting.sheets.meeting import Attachment, Case
from generator.prose.vocabulary import Vocabulary

# The name of a document's list in its context.
LIST = "表"
# Who may see a document: anyone, who takes part in the meeting, the agency alone.
PUBLIC, PARTICIPANTS, INTERNAL = "公開", "委員及列席人員", "機關內部"
# What is made for each of them: editions of the minutes, and of the joined packet.
FOR_MEETING, FOR_PUBLIC, FOR_AGENCY = "會議版", "公開版", "機關版"
# Those of the minutes.
EDITIONS = (FOR_MEETING, FOR_PUBLIC)


class Companion(Struct, frozen=True):
    """A file that goes along with a document under the same name: its ending, and what makes its bytes."""

    ending: str
    make: Callable[[], bytes]


class Document(Struct, frozen=True):
    """A document to build: ``name`` is the file name without ending; ``bookmark`` and ``level`` are its place.

    ``joined``: part of 會議資料.pdf. ``edition`` is that of the minutes, empty for every other document. ``audience``
    says who may see it: one of PUBLIC, PARTICIPANTS, INTERNAL. ``ending`` is that of its file and of its template.

    ``packet``: the only edition of 會議資料.pdf that has it; empty for both, FOR_AGENCY for none. ``mark`` (限閱)
    stands on each page. ``stands_in``: it only says that what belongs there is not for its readers.

    ``of_minutes``: it is an attachment of the minutes, and goes where they go.

    ``protects``: the edition whose protected names it may not have, where it is no edition of the minutes itself.

    ``enclosure`` is a file from elsewhere that stands in the document's place, with the ``label`` written on its first
    page; the template is then that of the page which says that it is supplied separately. ``unfit``: its file cannot be
    joined, and the row does not allow such a page; there is no document then, and no packet.

    ``separate``: it is only the page which says that its attachment is supplied separately.

    ``case`` and ``attachment`` are what it is of, ``deck`` the slides of a .pptx; ``companions`` go along with it.
    """

    name: str
    template: str
    context: Mapping[str, Any]
    title: str
    bookmark: str
    level: int
    joined: bool = True
    edition: str = ""
    protects: str = ""
    packet: str = ""
    mark: str = ""
    stands_in: bool = False
    of_minutes: bool = False
    audience: str = PUBLIC
    ending: str = "docx"
    enclosure: Enclosure | None = None
    label: str = ""
    unfit: bool = False
    separate: bool = False
    case: Case | None = None
    attachment: Attachment | None = None
    deck: Deck | None = None
    companions: tuple[Companion, ...] = ()

    @property
    def template_file(self) -> str:
        return f"{self.template}.{self.ending}"

    def is_in(self, edition: str) -> bool:
        """Whether it is part of that edition of 會議資料.pdf."""
        return self.joined and self.packet in ("", edition)

    @property
    def file(self) -> str:
        """The name of the file as rendered."""
        return f"{self.name}.{self.ending}"

    def file_names(self, formats: Iterable[Format]) -> list[str]:
        """Its files in these formats; of a file from elsewhere only what is made of it, not the original."""
        return [
            f"{self.name}.{output_format.endings[self.ending]}"
            for output_format in formats
            if self.ending in output_format.endings and (self.enclosure is None or output_format.of_enclosures)
        ]

    @property
    def rows(self) -> int:
        """How many rows its list has; 0 where it has none."""
        table = self.context.get(LIST)
        return len(table["列"]) if table else 0


class DocumentType(Struct, frozen=True):
    """A type of document: the templates that a meeting needs for it, by file name, and its documents, if it has any."""

    template_files: Callable[[Meeting], Sequence[str]]
    compose: Callable[[Meeting, Vocabulary], list[Document]]
