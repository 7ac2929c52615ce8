"""What a comparison may not show: names that one of its versions protects, and remarks that are not for the public.

A member who now speaks 不記名 stands by name in the minutes that went out before, and a remark that is now 不公開
stands there in full. The text of such a row is left out, of both sides: one side would tell the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from generator.build import outputs
from generator.dispatch.diff.causes import Change, FigureChange, Piece
from generator.dispatch.diff.cells import InputChange
from generator.dispatch.diff.versions import Version
from generator.documents.document import FOR_MEETING, FOR_PUBLIC, PUBLIC
from generator.leaks import names
from generator.leaks.names import Sought, key
from generator.meeting import body, minutes
from generator.meeting.sheets.agency import Member
from generator.meeting.sheets.minutes import Attendance, ClearedWording
from generator.workbook import books, typed_rows
from generator.workbook.raw import RawSheet

if TYPE_CHECKING:
    from generator.dispatch.diff.compare import DocumentChange, Revisions

NOT_LISTED = "（涉及不記名發言，不列）"


class _Hidden(Struct, frozen=True):
    """The protected names of each edition, and the texts of closed remarks."""

    everywhere: Sought
    in_public: Sought
    closed: tuple[str, ...]

    def is_in(self, texts: Iterable[str | None], public: bool) -> bool:
        folded = [key(text) for text in texts if text]
        sought = self.in_public if public else self.everywhere
        if any(sought.places(text) for text in folded):
            return True
        return public and any(
            remark in text or text in remark for text in folded if len(text) > 5 for remark in self.closed
        )


def withhold(found: Revisions, *versions: Version) -> Revisions:
    """The comparison without the texts that one of the versions protects."""
    hidden = _hidden(versions)
    if not hidden.in_public.patterns and not hidden.closed:
        return found
    return replace(
        found,
        documents=[_document(document, hidden) for document in found.documents],
        figures=[_figure(figure, hidden) for figure in found.figures],
        inputs=[_input(change, hidden) for change in found.inputs],
    )


def _hidden(versions: Iterable[Version]) -> _Hidden:
    in_meeting, in_public, cleared, closed = list[str](), list[str](), list[str](), list[str]()
    read: dict[str, list[RawSheet]] = {}
    for version in versions:
        sheets = [sheet for path in version.books.values() for sheet in _sheets(path, read)]
        remarks = minutes.remarks_in(sheets, [])
        roles = body.role_choices(sheets)
        people = (
            typed_rows.records(Member, sheets, [], roles),
            typed_rows.records(Attendance, sheets, [], roles),
        )
        for listed, edition in ((in_meeting, FOR_MEETING), (in_public, FOR_PUBLIC)):
            found = names.of(remarks, *people, edition)
            listed += [*found, *names.addressed(found, *people)]
        texts = [key(text) for remark in remarks if remark.closed for text in remark.texts]
        closed += [text for text in texts if len(text) > 5]
        cleared += [entry.text for entry in typed_rows.records(ClearedWording, sheets, [])]
    everywhere, public = (Sought.of(list(dict.fromkeys(listed)), cleared) for listed in (in_meeting, in_public))
    return _Hidden(everywhere, public, tuple(dict.fromkeys(closed)))


def _sheets(path: Path, read: dict[str, list[RawSheet]]) -> list[RawSheet]:
    """The sheets of a workbook; the same bytes are read once. Other files have none."""
    if path.suffix.lower() not in (".xlsx", ".ods"):
        return []
    digest = outputs.digest(path.read_bytes())
    if digest not in read:
        read[digest] = books.read_workbook(path, [])
    return read[digest]


def _document(document: DocumentChange, hidden: _Hidden) -> DocumentChange:
    public = document.audience in (PUBLIC, "")
    return replace(document, changes=tuple(_change(change, hidden, public) for change in document.changes))


def _change(change: Change, hidden: _Hidden, public: bool) -> Change:
    texts = [change.title, *change.figures, *(text for piece in change.pieces for text in (piece.old, piece.new))]
    if not hidden.is_in([*texts, "".join(texts)], public):
        return change
    withheld = tuple(
        Piece(piece.name, NOT_LISTED if piece.old else "", NOT_LISTED if piece.new else "") for piece in change.pieces
    )
    return replace(change, title=NOT_LISTED if change.title else "", pieces=withheld, figures=())


def _figure(figure: FigureChange, hidden: _Hidden) -> FigureChange:
    if not hidden.is_in([figure.old, figure.new], public=True):
        return figure
    old, new = (None if value is None else NOT_LISTED for value in (figure.old, figure.new))
    return replace(figure, old=old, new=new)


def _input(change: InputChange, hidden: _Hidden) -> InputChange:
    if not hidden.is_in([change.old, change.new], public=True):
        return change
    old, new = (NOT_LISTED if value else "" for value in (change.old, change.new))
    return replace(change, old=old, new=new, row=())
