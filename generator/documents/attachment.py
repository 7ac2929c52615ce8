"""An attachment (附件) of a case: a table, a regulation, the deck, or a file from elsewhere."""

from __future__ import annotations

from typing import Any

from generator.basic.problem import Problem, problem
from generator.documents import deck
from generator.documents.document import MOST_CONVERTED, MOST_PRINTED, Document, safe_name
from generator.documents.numbering import numbered
from generator.meeting.model import Meeting, Regulation
from generator.meeting.sheets import FILE, SEPARATELY, SHARED, SHEET
from generator.meeting.sheets.lists import BY_SHEET
from generator.meeting.sheets.meeting import Attachment, Case
from generator.prose.language import Vocabulary
from generator.workbook import values

PLAIN, REGULATION, DECK = "一般表格", "條文", "簡報"
SEPARATE_NOTE = "本附件另行提供{}。"


def compose(
    meeting: Meeting, case: Case, item: Attachment, vocabulary: Vocabulary, problems: list[Problem]
) -> Document:
    heading = vocabulary.render(item.heading, case, item.at(item.heading_field), problems)
    notes = [vocabulary.render(note.text, case, note.at("text"), problems) for note in item.notes]
    marks = ["註："] if len(notes) == 1 else numbered(len(notes))
    template, context = DECK, dict[str, Any]()
    if item.is_deck:
        context["簡報"] = deck.compose(meeting, case, vocabulary, problems)
    else:
        template, context = _content(meeting, item, problems)
    own = {
        "標號": item.label,
        "名稱": item.name,
        "標題": heading,
        "副標題": vocabulary.render(item.subheading, case, item.at("subheading"), problems),
        "說明": SEPARATE_NOTE.format(f"，檔名：{item.target}" if item.target else "") if template == SEPARATELY else "",
        "附註標題": "註：" if len(notes) > 1 else "",
        "附註": [{"標號": mark, "內容": text} for mark, text in zip(marks, notes, strict=True)],
    }
    if template == REGULATION and not item.given_heading:
        own["標題"] = heading = context["條文"]["名稱"]
    enclosure = meeting.files.get(item.at("origin"))
    joins_file = item.source == FILE or (item.source == SHARED and template == SEPARATELY)
    return Document(
        name=f"{case.title} {item.label} {safe_name(item.name)}",
        template=item.template or template,
        context={**vocabulary.context(case), **context, "本附件": own},
        title=f"{meeting.name}{case.title}{item.label} {heading}",
        bookmark=f"{item.label} {heading}",
        level=2,
        enclosure=enclosure,
        label=item.label if enclosure or item.is_deck else "",
        unfit=joins_file and enclosure is None and not item.may_be_separate,
        ending="pptx" if item.is_deck else "docx",
    )


def _content(meeting: Meeting, item: Attachment, problems: list[Problem]) -> tuple[str, dict[str, Any]]:
    """The template by convention and what it prints."""
    if item.source == SHARED and item.target in meeting.regulations:
        return REGULATION, {"條文": _regulation(meeting.regulations[item.target])}
    if item.source == SHEET and item.target in BY_SHEET:
        printed = BY_SHEET[item.target]
        return _printed(item, printed.sheet.template, {"列": printed.table(meeting)}, problems)
    if item.source == SHEET and item.target in meeting.tables:
        table = meeting.tables[item.target]
        columns = {"欄位": list(table.headings), "列": [list(row) for row in table.rows]}
        return _printed(item, PLAIN, columns, problems)
    if item.source == SHEET and values.folded(item.target) in meeting.present:
        problems.append(problem("not-printable", item.at("origin"), sheet=item.target))
    return SEPARATELY, {}


def _printed(
    item: Attachment, template: str, table: dict[str, Any], problems: list[Problem]
) -> tuple[str, dict[str, Any]]:
    """A table with its template; one that Word cannot be asked to show is an error."""
    count = len(table["列"])
    if count > MOST_PRINTED:
        problems.append(problem("too-long-to-print", item.at("origin"), count=count, most=MOST_PRINTED))
        return SEPARATELY, {}
    if count > MOST_CONVERTED:
        problems.append(problem("too-long-for-pdf", item.at("origin"), count=count, most=MOST_CONVERTED))
    return template, {"表": table}


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
        path[-1].append({"標號": mark, "標題": "", "內容": article.text, "下層": below})
        path.append(below)
    return {"名稱": regulation.name, "沿革": list(regulation.history), "條": root}
