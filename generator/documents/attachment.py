"""An attachment (附件) of a case: a table, a regulation, the deck, or a file from elsewhere."""

from __future__ import annotations

from typing import Any

from generator.basic.problem import Problem, problem
from generator.documents import deck
from generator.documents.document import MOST_CONVERTED, MOST_PRINTED, Document, safe_name
from generator.documents.numbering import numbered
from generator.documents.rows import ListRow, text_rows
from generator.meeting.model import FILE, SEPARATELY, SHARED, SHEET, Attachment, Case, Meeting, Regulation
from generator.meeting.sheets import QUALITY_LEVELS
from generator.prose.text import typed
from generator.prose.vocabulary import Vocabulary
from generator.workbook import values

CONVENTION = {
    "預定開放": "預定開放清單",
    "下載統計": "下載排名",
    "品質檢測": "品質統計表",
    "下架清單": "下架清單",
}
PLAIN, REGULATION, DECK = "一般表格", "條文", "簡報"
SEPARATE_NOTE = "本附件另行提供{}。"


def compose(
    meeting: Meeting, case: Case, item: Attachment, vocabulary: Vocabulary, problems: list[Problem]
) -> Document:
    heading_cell = item.row.at("標題" if item.row["標題"] else "名稱")
    heading = vocabulary.render(item.heading, case, heading_cell, problems)
    notes = [vocabulary.render(note["內容"], case, note.at("內容"), problems) for note in item.notes]
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
        "副標題": vocabulary.render(item.subheading, case, item.row.at("副標題"), problems),
        "說明": SEPARATE_NOTE.format(f"，檔名：{item.target}" if item.target else "") if template == SEPARATELY else "",
        "附註標題": "註：" if len(notes) > 1 else "",
        "附註": [{"標號": mark, "內容": text} for mark, text in zip(marks, notes, strict=True)],
    }
    if template == REGULATION and not item.row["標題"]:
        own["標題"] = heading = context["條文"]["名稱"]
    enclosure = meeting.files.get(item.row.at("來源"))
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
    if item.source == SHEET and item.target in CONVENTION:
        return _printed(item, CONVENTION[item.target], {"列": table_rows(meeting, item.target)}, problems)
    if item.source == SHEET and item.target in meeting.tables:
        table = meeting.tables[item.target]
        columns = {"欄位": list(table.headings), "列": text_rows(table.rows, table.places)}
        return _printed(item, PLAIN, columns, problems)
    if item.source == SHEET and values.folded(item.target) in meeting.present:
        problems.append(problem("not-printable", item.row.at("來源"), sheet=item.target))
    return SEPARATELY, {}


def _printed(
    item: Attachment, template: str, table: dict[str, Any], problems: list[Problem]
) -> tuple[str, dict[str, Any]]:
    """A table with its template; one that Word cannot be asked to show is an error."""
    count = len(table["列"])
    if count > MOST_PRINTED:
        problems.append(problem("too-long-to-print", item.row.at("來源"), count=count, most=MOST_PRINTED))
        return SEPARATELY, {}
    if count > MOST_CONVERTED:
        problems.append(problem("too-long-for-pdf", item.row.at("來源"), count=count, most=MOST_CONVERTED))
    return template, {"表": table}


def table_rows(meeting: Meeting, sheet: str) -> list[ListRow]:
    """The rows of a list with a column table, as its template prints them; units in their official order."""
    if sheet == "預定開放":
        return [
            ListRow({"序號": number, **item.row.values, "已上架": "★" if item.published else ""}, item.row)
            for number, item in enumerate(meeting.planned, start=1)
        ]
    if sheet == "下載統計":
        top = meeting.downloads[: meeting.agency.top_downloads]
        return [ListRow({"下載排名": number, **item.row.values}, item.row) for number, item in enumerate(top, start=1)]
    if sheet == "品質檢測":
        order = {unit: number for number, unit in enumerate(meeting.units)}
        rated = sorted(meeting.quality, key=lambda item: order.get(item.unit, len(order)))
        return [
            ListRow(
                {
                    "單位": item.unit,
                    **{level: item.counts[level] for level in QUALITY_LEVELS},
                    "總計": item.total,
                },
                item.row,
                {"總計": tuple(item.row.at(level) for level in QUALITY_LEVELS[:-1])},
            )
            for item in rated
        ]
    return [
        ListRow({"項次": number, **item.row.values}, item.row) for number, item in enumerate(meeting.withdrawals, 1)
    ]


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
        text = typed(article.text, article.row.at("內容"))
        path[-1].append({"標號": mark, "標題": "", "內容": text, "下層": below})
        path.append(below)
    return {"名稱": regulation.name, "沿革": list(regulation.history), "條": root}
