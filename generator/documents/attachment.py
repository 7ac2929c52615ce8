"""An attachment (附件) of a case: a table, a regulation, the deck, or a file from elsewhere."""

from __future__ import annotations

from typing import Any

from generator.basic import file_names
from generator.documents import deck
from generator.documents.document import Document
from generator.documents.numbering import numbered
from generator.documents.rows import text_rows
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import BY_SHEET
from generator.meeting.sheets.meeting import Attachment, Case
from generator.meeting.sheets.shared import Regulation
from generator.meeting.sources import SEPARATELY, SHARED, SHEET, joins_file
from generator.prose.text import field, join, typed
from generator.prose.vocabulary import Vocabulary
from generator.rules import printing

PLAIN, REGULATION, DECK = "一般表格", "條文", "簡報"
SEPARATE_NOTE = "本附件另行提供{}。"


def compose(meeting: Meeting, case: Case, item: Attachment, vocabulary: Vocabulary) -> Document:
    """The document of an attachment; where nothing can be joined it is a page that says so."""
    heading: str = vocabulary.written(item, item.heading_field, case)
    notes = [vocabulary.written(note, "text", case) for note in item.notes]
    marks = ["註："] if len(notes) == 1 else numbered(len(notes))
    slides = deck.compose(meeting, case, vocabulary) if item.is_deck else None
    content = {"簡報": slides} if slides else _content(meeting, item)
    convention = _convention(meeting, item)
    if convention == REGULATION and not item.given_heading:
        heading = meeting.regulations[item.target].name
    subheading: str = vocabulary.written(item, "subheading", case)
    table = meeting.tables.get(item.target) if convention == PLAIN else None
    if table is not None:
        if table.title is not None and not item.given_heading:
            heading = typed(table.title.text, table.title.at)
        if not subheading:
            subheading = join("\n", [typed(caption.text, caption.at) for caption in table.captions])
    enclosure = meeting.files.get(item.at("origin"))
    is_file = convention == SEPARATELY and joins_file(item.source)
    context = {
        "標號": item.label,
        "名稱": item.name,
        "標題": heading,
        "副標題": subheading,
        "說明": "" if content else SEPARATE_NOTE.format(f"，檔名：{item.target}" if item.target else ""),
        "附註標題": "註：" if len(notes) > 1 else "",
        "附註": [
            *({"標號": mark, "內容": text} for mark, text in zip(marks, notes, strict=True)),
            *(
                {"標號": "", "內容": typed(caption.text, caption.at)}
                for caption in (table.notes if table is not None else ())
            ),
        ],
    }
    return Document(
        name=f"{case.title} {item.label} {file_names.part(item.name, '附件')}",
        template=template_of(meeting, item),
        context={**vocabulary.context(case), **content, "本附件": context},
        title=f"{meeting.name}{case.title}{item.label} {heading}",
        bookmark=f"{item.label} {heading}",
        level=2,
        enclosure=enclosure,
        label=item.label if enclosure or slides else "",
        unfit=is_file and enclosure is None and not item.may_be_separate,
        separate=convention == SEPARATELY and enclosure is None,
        ending="pptx" if slides else "docx",
        case=case,
        attachment=item,
        deck=slides,
    )


def of_minutes(meeting: Meeting, item: Attachment, vocabulary: Vocabulary, audience: str) -> Document:
    """The document of an attachment of the minutes: it is of no case and no part of the packet."""
    convention = _convention(meeting, item)
    enclosure = meeting.files.get(item.at("origin"))
    heading = meeting.regulations[item.target].name if convention == REGULATION else field(item, "name")
    content = _content(meeting, item)
    context = {
        "標號": item.label,
        "名稱": item.name,
        "標題": heading,
        "副標題": "",
        "說明": "" if content else SEPARATE_NOTE.format(f"，檔名：{item.target}" if item.target else ""),
        "附註標題": "",
        "附註": [],
    }
    label = f"會議紀錄{item.label}"
    return Document(
        name=f"{label} {file_names.part(item.name, '附件')}",
        template=template_of(meeting, item),
        context={**vocabulary.context(None), **content, "本附件": context},
        title=f"{meeting.name}{label} {heading}",
        bookmark=f"{label} {heading}",
        level=1,
        joined=False,
        of_minutes=True,
        audience=audience,
        enclosure=enclosure,
        label=label if enclosure else "",
        unfit=convention == SEPARATELY and joins_file(item.source) and enclosure is None,
        separate=convention == SEPARATELY and enclosure is None,
    )


def template_of(meeting: Meeting, item: Attachment) -> str:
    """The template that is named in the row, else that of the sheet or of the kind of attachment."""
    return item.template or _convention(meeting, item)


def _convention(meeting: Meeting, item: Attachment) -> str:
    if item.is_deck:
        return DECK
    if item.source == SHARED and item.target in meeting.regulations:
        return REGULATION
    if item.source == SHEET and printing.rows(meeting, item) <= printing.MOST_PRINTED:
        if item.target in BY_SHEET:
            return BY_SHEET[item.target].sheet.template
        if item.target in meeting.tables:
            return PLAIN
    return SEPARATELY


def _content(meeting: Meeting, item: Attachment) -> dict[str, Any]:
    """What the attachment prints; nothing where it is supplied separately, or where a rule refuses it."""
    convention = _convention(meeting, item)
    if convention == SEPARATELY:
        return {}
    if convention == REGULATION:
        return {"條文": _regulation(meeting.regulations[item.target])}
    if item.target in BY_SHEET:
        return {"表": {"列": BY_SHEET[item.target].table(meeting)}}
    table = meeting.tables[item.target]
    return {
        "表": {
            "欄位": list(table.printed_headings or table.headings),
            "列": text_rows(table),
            **{
                name: typed(caption.text, caption.at) if caption else ""
                for name, caption in (("標題", table.title), ("副標題", table.subtitle), ("單位", table.unit))
            },
        }
    }


def _regulation(regulation: Regulation) -> dict[str, Any]:
    """A regulation as a tree by level, its own labels kept; a label narrower than its indent ends with a tab."""
    root: list[dict[str, Any]] = []
    path: list[list[dict[str, Any]]] = [root]
    for article in regulation.articles:
        del path[min(article.level, len(path)) :]
        mark = article.label
        if mark and any(character.isascii() for character in mark):
            mark += "\t"
        below: list[dict[str, Any]] = []
        path[-1].append({"標號": mark, "標題": "", "內容": field(article, "text"), "下層": below})
        path.append(below)
    return {"名稱": regulation.name, "沿革": list(regulation.history), "條": root}
