"""What a meeting's documents are: one template and one context each. Numbers are computed here, as text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.basic import roc
from generator.basic.problem import Problem, problem
from generator.documents import deck
from generator.meeting.figures import Figure, grouped
from generator.meeting.files import Enclosure
from generator.meeting.model import FILE, SEPARATELY, SHARED, SHEET, Attachment, Case, Meeting, Regulation
from generator.meeting.sheets import DISCUSSION, MOTION, QUALITY_LEVELS, REPORT
from generator.prose.language import Vocabulary
from generator.rules import carried
from generator.workbook import values

CONVENTION = {
    "預定開放": "預定開放清單",
    "下載統計": "下載排名",
    "品質檢測": "品質統計表",
    "下架清單": "下架清單",
}
PLAIN, REGULATION, DECK = "一般表格", "條文", "簡報"
# Control characters, marks that turn the writing direction, line ends, halves of characters.
_UNSAFE = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
EARLIER = "歷次會議持續列管事項"
# Who may see a document: anyone, who takes part in the meeting, the agency alone.
PUBLIC, PARTICIPANTS, INTERNAL = "公開", "委員及列席人員", "機關內部"
# Rows of a table. The PDF of the second number takes LibreOffice about a minute, of twice as many four times as long.
MOST_PRINTED, MOST_CONVERTED = 100_000, 5_000
SEPARATE_NOTE = "本附件另行提供{}。"


@dataclass(frozen=True, slots=True)
class Document:
    """A document to build: ``name`` is the file name without ending; ``bookmark`` and ``level`` are its place.

    ``joined``: part of 會議資料.pdf. ``edition`` is that of the minutes, empty for every other document. ``audience``
    says who may see it: one of PUBLIC, PARTICIPANTS, INTERNAL. ``ending`` is that of its file and of its template.

    ``enclosure`` is a file from elsewhere that stands in the document's place, with the ``label`` written on its first
    page; the template is then that of the page which says that it is supplied separately. ``unfit``: its file cannot be
    joined, and the row does not allow such a page; there is no document then, and no packet.
    """

    name: str
    template: str
    context: Mapping[str, Any]
    title: str
    bookmark: str
    level: int
    joined: bool = True
    edition: str = ""
    audience: str = PUBLIC
    ending: str = "docx"
    enclosure: Enclosure | None = None
    label: str = ""
    unfit: bool = False

    @property
    def template_file(self) -> str:
        return f"{self.template}.{self.ending}"

    @property
    def rows(self) -> int:
        """How many rows its list has; 0 where it has none."""
        table = self.context.get("表")
        return len(table["列"]) if table else 0


def compose(meeting: Meeting, known: Mapping[str, Figure], problems: list[Problem]) -> list[Document]:
    """The documents of the packet in their order: 議程, each case, and after each case its attachments."""
    vocabulary = Vocabulary(meeting, known)
    made = [_agenda(meeting, vocabulary, problems)]
    for case in meeting.cases:
        if is_raised_there(case):
            continue
        made.append(_case(meeting, case, vocabulary, problems))
        made += [_attachment(meeting, case, item, vocabulary, problems) for item in case.attachments]
    return [replace(one, name=f"{number:02d} {one.name}") for number, one in enumerate(made, start=1)]


def is_raised_there(case: Case) -> bool:
    """Whether a motion was raised at the meeting: it has no papers, and the agenda that went out does not know it."""
    return case.kind == MOTION and not case.explanations and not case.attachments


def _agenda(meeting: Meeting, vocabulary: Vocabulary, problems: list[Problem]) -> Document:
    parts: list[tuple[str, list[Case]]] = [("主席致詞", [])]
    for kind in (REPORT, DISCUSSION, MOTION):
        parts.append((kind, [case for case in meeting.of_kind(kind) if not is_raised_there(case)]))
    entries = []
    for number, (name, cases) in enumerate(parts, start=1):
        texts = [vocabulary.render(case.subject, case, case.row.at("案由"), problems) for case in cases]
        labels = numbered(len(texts), always=True)
        entries.append(
            {
                "標號": f"{roc.formal_numeral(number)}、",
                "名稱": name,
                "案": [{"標號": label, "案由": text} for label, text in zip(labels, texts, strict=True)],
            }
        )
    context = {**vocabulary.context(None), "議程": entries}
    return Document("議程", "議程", context, f"{meeting.name}議程", "議程", 1)


def _case(meeting: Meeting, case: Case, vocabulary: Vocabulary, problems: list[Problem]) -> Document:
    context = {
        **vocabulary.context(case),
        "本案": {
            "類別": case.kind,
            "案次": case.ordinal,
            "單位稱謂": "報告單位" if case.kind == REPORT else "提案單位",
            "單位": case.unit,
            "案由": vocabulary.render(case.subject, case, case.row.at("案由"), problems),
            "結語": "決定" if case.kind == REPORT else "決議",
            "說明": _points(case, vocabulary, problems),
        },
        "上次決定": _past_decisions(meeting),
    }
    return Document(case.title, case.template, context, f"{meeting.name}{case.title}", case.title, 1)


def _points(case: Case, vocabulary: Vocabulary, problems: list[Problem]) -> list[dict[str, Any]]:
    """The 說明 as a tree of points, numbered 一、（一） 1. within each parent."""
    levels: list[list[dict[str, Any]]] = [[], [], []]
    for point in case.explanations:
        lead = vocabulary.render(point.lead, case, point.row.at("標題"), problems)
        text = vocabulary.render(point.text, case, point.row.at("內容"), problems)
        node: dict[str, Any] = {
            "標號": "",
            "標題": lead,
            "內容": f"：{text.lstrip('：')}" if lead else text,
            "下層": [],
        }
        level = min(point.level, next((depth for depth in (2, 1) if levels[depth - 1]), 0) + 1)
        siblings = levels[0] if level == 1 else levels[level - 2][-1]["下層"]
        siblings.append(node)
        levels[level - 1] = siblings
        for deeper in range(level, 3):
            levels[deeper] = []
    _label(levels[0], 1)
    return levels[0]


def _label(nodes: Sequence[dict[str, Any]], level: int) -> None:
    if level == 1 and len(nodes) == 1 and not nodes[0]["下層"]:
        return
    for number, node in enumerate(nodes, start=1):
        node["標號"] = label(level, number)
        _label(node["下層"], level + 1)


def label(level: int, number: int) -> str:
    """一、 （一） 1. by level 1 to 3 (文書處理手冊); a label in digits ends with a tab up to the text."""
    if level == 1:
        return f"{roc.numeral(number)}、"
    if level == 2:
        return f"（{roc.numeral(number)}）"
    return f"{number}.\t"


def numbered(count: int, always: bool = False) -> list[str]:
    """一、二、三、 … for a list; a single entry carries no number unless ``always``."""
    if count == 1 and not always:
        return [""]
    return [label(1, number) for number in range(1, count + 1)]


def _past_decisions(meeting: Meeting) -> list[dict[str, Any]]:
    """The decisions of the last meeting by kind; what is still open from earlier ones stands apart, after them."""
    recent, earlier = carried.by_age(meeting)
    groups = [(kind, items, False) for kind, items in grouped(recent, lambda item: item.kind).items()]
    groups += [(EARLIER, earlier, True)] if earlier else []
    return [
        {
            "標號": f"{roc.formal_numeral(number)}、",
            "類別": name,
            "列": [
                {
                    "標號": mark,
                    "案由": f"{carried.called(item.meeting)}：{item.subject}" if named else item.subject,
                    "決定": item.decision,
                    "辦理情形": item.progress,
                }
                for mark, item in zip(numbered(len(items), always=True), items, strict=True)
            ],
        }
        for number, (name, items, named) in enumerate(groups, start=1)
    ]


def _attachment(
    meeting: Meeting, case: Case, item: Attachment, vocabulary: Vocabulary, problems: list[Problem]
) -> Document:
    heading_cell = item.row.at("標題" if item.row["標題"] else "名稱")
    heading = vocabulary.render(item.heading, case, heading_cell, problems)
    notes = [vocabulary.render(note["內容"], case, note.at("內容"), problems) for note in item.notes]
    marks = ["註："] if len(notes) == 1 else numbered(len(notes))
    template, context = DECK, dict[str, Any]()
    if deck.is_made(item):
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
        label=item.label if enclosure or deck.is_made(item) else "",
        unfit=joins_file and enclosure is None and not item.may_be_separate,
        ending="pptx" if deck.is_made(item) else "docx",
    )


def _content(meeting: Meeting, item: Attachment, problems: list[Problem]) -> tuple[str, dict[str, Any]]:
    """The template by convention and what it prints."""
    if item.source == SHARED and item.target in meeting.regulations:
        return REGULATION, {"條文": _regulation(meeting.regulations[item.target])}
    if item.source == SHEET and item.target in CONVENTION:
        rows = table_rows(meeting, item.target)
        return _printed(item, CONVENTION[item.target], {"列": rows}, problems)
    if item.source == SHEET and item.target in meeting.tables:
        table = meeting.tables[item.target]
        columns = {"欄位": list(table.headings), "列": [list(row) for row in table.rows]}
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


def table_rows(meeting: Meeting, sheet: str) -> list[dict[str, Any]]:
    """The rows of a list with a column table, as its template prints them; units in their official order."""
    if sheet == "預定開放":
        return [
            {"序號": number, **item.row.values, "已上架": "★" if item.published else ""}
            for number, item in enumerate(meeting.planned, start=1)
        ]
    if sheet == "下載統計":
        top = meeting.downloads[: meeting.agency.top_downloads]
        return [{"下載排名": number, **item.row.values} for number, item in enumerate(top, start=1)]
    if sheet == "品質檢測":
        order = {unit: number for number, unit in enumerate(meeting.units)}
        items = sorted(meeting.quality, key=lambda item: order.get(item.unit, len(order)))
        return [
            {"單位": item.unit, **{level: item.counts[level] for level in QUALITY_LEVELS}, "總計": item.total}
            for item in items
        ]
    return [{"項次": number, **item.row.values} for number, item in enumerate(meeting.withdrawals, start=1)]


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


def safe_name(name: str) -> str:
    """A name that any file system takes after a number; equal ones are told apart by the documents' numbers."""
    cleaned = "".join(
        "＿" if character in '\\/:*?"<>|' or unicodedata.category(character) in _UNSAFE else character
        for character in name
    )
    # A file system has room for 255 bytes, and a hand-edited copy has its time in the name too.
    short = cleaned.strip(" .")[:60].encode("utf-8")[:150].decode("utf-8", "ignore")
    return short.rstrip(" .") or "附件"
