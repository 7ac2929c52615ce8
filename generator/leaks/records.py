"""What documents say, as packet.json records it: without protected names and closed remarks.

The record is no edition, but it lies beside the documents, and people send folders.
"""

from __future__ import annotations

from msgspec.structs import replace

from generator.documents.document import FOR_PUBLIC
from generator.documents.passages import Contents, Passage, RowSources, Source, Table
from generator.documents.remarks import pieces
from generator.leaks.names import Sought, key, protected
from generator.meeting.model import Meeting

# Shorter texts are in any remark.
_TELLING = 5
WITHHELD = "（涉及須保護的姓名或不公開的發言，不記錄）"


def without_protected(meeting: Meeting, contents: Contents) -> Contents:
    """A copy in which passages and rows with a protected name or a closed remark say that they are withheld."""
    sought = Sought.of(protected(meeting, FOR_PUBLIC))
    remarks = meeting.minutes.remarks if meeting.minutes else ()
    hidden = [remark for remark in remarks if remark.hidden]
    closed = [key(text) for remark in hidden for text in remark.texts if text]
    paragraphs = {key(piece) for remark in hidden if len(pieces(remark)) > 1 for piece in pieces(remark)} - {""}
    if not sought.patterns and not closed:
        return contents

    def tells(text: str) -> bool:
        plain = key(text)
        quoted = (len(plain) > _TELLING and (plain in remark or remark in plain) for remark in closed)
        return bool(sought.places(plain)) or plain in paragraphs or any(quoted)

    passages = [
        Passage(WITHHELD, passage.where, passage.label) if tells(passage.text) else passage
        for passage in contents.passages
    ]
    return Contents(
        passages, [_table(table, [any(map(tells, row)) for row in table.rows]) for table in contents.tables]
    )


def _table(table: Table, withheld: list[bool]) -> Table:
    rows = tuple((WITHHELD,) if hide else row for row, hide in zip(table.rows, withheld, strict=True))
    sources = RowSources()
    sources.extend((Source(),) if hide else row for row, hide in zip(table.sources, withheld, strict=True))
    return replace(table, rows=rows, sources=sources)
