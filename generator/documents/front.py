"""What stands before the papers where 〔機關〕 asks for it: a cover (封面), and a table of contents (目次)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from generator.documents.document import FOR_MEETING, FOR_PUBLIC, PARTICIPANTS, PUBLIC, Document
from generator.meeting.model import Meeting
from generator.prose.text import Text, typed
from generator.prose.vocabulary import Vocabulary

COVER, CONTENTS = "封面", "目次"


def template_files(meeting: Meeting) -> list[str]:
    """The templates of the pages that the agency wants."""
    wanted = ((COVER, meeting.agency.has_cover), (CONTENTS, meeting.agency.has_contents))
    return [f"{name}.docx" for name, is_wanted in wanted if is_wanted]


def compose(meeting: Meeting, vocabulary: Vocabulary, papers: Sequence[Document]) -> list[Document]:
    """Cover and table of contents of these papers; pages are not counted yet. A table for each edition that differs."""
    found = []
    if meeting.agency.has_cover:
        title = f"{meeting.name}{COVER}"
        found.append(Document(f"00 {COVER}", COVER, vocabulary.context(None), title, COVER, 1))
    if meeting.agency.has_contents:
        differ = any(paper.packet in (FOR_MEETING, FOR_PUBLIC) for paper in papers)
        for edition in (FOR_MEETING, FOR_PUBLIC) if differ else ("",):
            name = f"00 {CONTENTS}（{edition}）" if edition == FOR_PUBLIC else f"00 {CONTENTS}"
            listed = [paper for paper in papers if paper.is_in(edition or FOR_MEETING)]
            narrow = any(paper.audience != PUBLIC for paper in listed)
            contents = Document(
                name,
                CONTENTS,
                {**vocabulary.context(None), CONTENTS: _entries(meeting, listed, {})},
                f"{meeting.name}{CONTENTS}",
                CONTENTS,
                1,
                packet=edition,
                audience=PARTICIPANTS if narrow else PUBLIC,
                mark=next((paper.mark for paper in listed if paper.mark), ""),
            )
            found.append(contents)
    return found


def is_contents(document: Document) -> bool:
    return document.template == CONTENTS and document.case is None and document.joined


def numbered(meeting: Meeting, contents: Document, papers: Sequence[Document], counts: Mapping[str, int]) -> Document:
    """The table of contents with the pages on which its papers begin. ``counts``: how many each document has."""
    edition = contents.packet or FOR_MEETING
    first, pages = 1, dict[str, int]()
    for paper in papers:
        if paper.is_in(edition):
            pages[paper.name] = first
            first += counts.get(paper.name, 0)
    listed = [paper for paper in papers if paper.is_in(edition) and paper.template not in (COVER, CONTENTS)]
    return replace(contents, context={**contents.context, CONTENTS: _entries(meeting, listed, pages)})


def _entries(meeting: Meeting, papers: Sequence[Document], pages: Mapping[str, int]) -> list[dict[str, Any]]:
    """A row for each paper, those of attachments below that of their case."""
    rows: list[dict[str, Any]] = []
    for paper in papers:
        row = {"標題": _title(meeting, paper), "頁": str(pages.get(paper.name, "")), "附件": []}
        if paper.level > 1 and rows:
            rows[-1]["附件"].append(row)
        else:
            rows.append(row)
    return rows


def _title(meeting: Meeting, paper: Document) -> str:
    subject = paper.context.get("本案", {}).get("案由", "") if paper.level == 1 else ""
    title = f"{paper.bookmark}　{subject}" if subject else paper.bookmark
    at = paper.case.at("subject") if paper.case is not None else meeting.info.at()
    return title if isinstance(title, Text) else typed(title, at)
