"""The texts of a rendered document and the sources of each, recorded before its looks are changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from lxml import etree
from msgspec import Struct

from generator.basic import roc
from generator.basic.patterns import compile_late
from generator.documents.passages import Contents, Passage, RowSources, Source, Table, parts_of, running
from generator.meeting.figures import Figure
from generator.prose.recording import Recording
from generator.prose.text import Text
from generator.word import tables
from generator.word.ooxml import Styles, W, blocks, text_of
from generator.workbook.plain_tables import JOINED_LEFT, JOINED_UP, NEXT_ROW, UNDERLINED, UNDERLINED_END

# By level: 壹、 一、 （一） 1. （1） (文書處理手冊).
_LABELS = (
    "[壹貳參肆伍陸柒捌玖拾佰]+、",
    f"[{roc.NUMERAL_SIGNS}]+、",
    rf"[（(][{roc.NUMERAL_SIGNS}]+[）)]",
    r"\d+\.(?!\d)",
    r"[（(]\d+[）)]",
)
_LABEL = compile_late("|".join(f"({form})" for form in _LABELS))
_FIELDS = ("欄位", "欄位標題", "決定欄")
_MINUTE_FIELD = "紀錄欄位"
# 委員意見： stands under the case 一、 and above its remarks 1.
_MINUTE_LEVEL = 2.5
_OTHER_PARTS = compile_late(r"/word/(header|footer|footnotes|endnotes)\d*\.xml")
_OTHER_NAMES = {"header": "頁首", "footer": "頁尾", "footnotes": "註腳", "endnotes": "章節附註"}
_LOOK_MARKS = compile_late(f"[{tables.MERGE_MARK}{tables.FIT_MARK}{UNDERLINED}{UNDERLINED_END}]")
_JOINED = compile_late(f"[{JOINED_LEFT}{JOINED_UP}]")


class LongRows(Protocol):
    """The rows of a loop that stand for a hollow row of the tree (long_tables.Rows)."""

    @property
    def count(self) -> int: ...

    def texts(self, place: int) -> list[str]:
        """What the cell in that place of the row says in each of the rows."""

    def sources(self, place: int) -> Iterator[Source]:
        """The sources of the cell in that place, in each of the rows."""


class RenderedPart(Struct, frozen=True):
    """A part of the package as Jinja printed it, with its marks, and what the marks mean."""

    name: str
    marked: str
    printed: Recording


def contents(
    parts: Iterable[RenderedPart], styles: Styles, known: Mapping[str, Figure], long: Sequence[LongRows], place: str
) -> Contents:
    """The passages and tables of a document. ``long``: the rows that are not in the body, by the number in the
    processing instruction ``place`` before their hollow row."""
    found = Contents()
    for part in parts:
        root = etree.fromstring(part.marked.encode("utf-8"), etree.XMLParser(resolve_entities=False, huge_tree=True))

        def text(element: Any, part: RenderedPart = part) -> Text:
            return part.printed.read(_LOOK_MARKS.sub("", text_of(element)), known)

        if other := _OTHER_PARTS.fullmatch(part.name):
            for paragraph in root.iter(f"{W}p"):
                if (words := text(paragraph)).strip():
                    found.passages.append(_passage(words, _OTHER_NAMES[other[1]], ""))
            continue
        outline = _Outline(styles)
        marks: list[Any] = list(root.iter(etree.ProcessingInstruction))
        hollow = {mark.getnext(): long[int(mark.text)] for mark in marks if mark.target == place}
        # docxtpl hands over the body alone.
        for block in blocks(root):
            if block.tag == f"{W}tbl":
                found.tables.append(_table(block, text, hollow))
            elif passage := outline.passage(block, text(block)):
                found.passages.append(passage)
    return found


class _Outline:
    """Follows the headings and numbers of a document, so that each passage has its place."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._path: list[tuple[float, str]] = []

    def passage(self, paragraph: Any, text: Text) -> Passage | None:
        if not text.strip():
            return None
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = self._styles.name(style.get(f"{W}val")) if style is not None else ""
        label = label_of(text.strip())
        title = text.strip().partition("：")[0]
        heading = name.startswith("heading")
        if label:
            found = _LABEL.match(label)
            assert found is not None
            # 壹 is of the whole document and never under a field (地點：) before it; 一 may be under 說明：.
            level = found.lastindex or 0
            self._enter(level if level > 1 else 0, label.rstrip("、."))
        elif name == _MINUTE_FIELD:
            self._enter(_MINUTE_LEVEL, title)
        elif name in _FIELDS or heading:
            self._enter(0, title if name in _FIELDS else "")
        where = "".join(step for _, step in self._path) or ("標題" if heading else "")
        return _passage(text, where, label)

    def _enter(self, level: float, step: str) -> None:
        self._path = [*(known for known in self._path if known[0] < level), (level, step)]


def _passage(text: Text, where: str, label: str) -> Passage:
    """The passage without its label and the blanks around it."""
    start = len(text) - len(text.lstrip()) + len(label)
    start += len(text[start:]) - len(text[start:].lstrip())
    plain = text.part(start, len(text.rstrip()))
    return Passage(str(plain), where, label, parts_of(plain.spans))


def label_of(text: str) -> str:
    """A paragraph's number (一、); empty where there is none or nothing after it."""
    found = _LABEL.match(text)
    return found[0] if found and text[found.end() :].strip() else ""


def _table(table: Any, text: Callable[[Any], Text], long: Mapping[Any, LongRows]) -> Table:
    rows: list[list[str]] = []
    sources = RowSources()
    headings: list[str] = []
    for row in table.iterchildren(f"{W}tr"):
        above = rows[-1] if rows else headings
        row_texts: list[str] = []
        origins: list[Source] = []
        cells = [cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr"), None) is row]
        for cell in cells:
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            paragraphs = [text(paragraph) for paragraph in cell.iter(f"{W}p")]
            words = " ".join(stripped for paragraph in paragraphs if (stripped := str(paragraph).strip()))
            if merge is not None and merge.get(f"{W}val") != "restart" and len(row_texts) < len(above):
                words = above[len(row_texts)]
            more = int(span.get(f"{W}val")) - 1 if span is not None else 0
            row_texts += [words, *[""] * more]
            origins += [_source(paragraphs), *[Source()] * more]
        if row in long:
            long_rows = long[row]
            columns = [
                [_LOOK_MARKS.sub("", text).strip() for text in long_rows.texts(place)] for place in range(len(cells))
            ]
            rows += [list(texts) for texts in zip(*columns, strict=True)]
            sources.extend(zip(*(long_rows.sources(place) for place in range(len(cells))), strict=True))
        elif row.find(f"{W}trPr/{W}tblHeader") is not None and not rows:
            headings = [cell or above[place] if place < len(above) else cell for place, cell in enumerate(row_texts)]
        else:
            rows.append(row_texts)
            sources.extend([origins])
    plain = [tuple(_JOINED.sub("", cell.removeprefix(label_of(cell))).strip() for cell in row) for row in rows]
    return Table(tuple(_flat(headings)), tuple(plain), sources, running(plain))


def _flat(headings: Sequence[str]) -> list[str]:
    """The names of columns whose headings stand in several rows: 男性.到考人數."""
    levels = [heading.split(NEXT_ROW) for heading in headings]
    for place, parts in enumerate(levels):
        for number, part in enumerate(parts):
            if part == JOINED_LEFT and place and number < len(levels[place - 1]):
                parts[number] = levels[place - 1][number]
    return [".".join(part for part in parts if part and part != JOINED_UP) for parts in levels]


def _source(paragraphs: Sequence[Text]) -> Source:
    spans = [span for paragraph in paragraphs for span in paragraph.spans]
    figures = dict.fromkeys(name for span in spans for name in span.figures)
    cells = dict.fromkeys(str(cell) for span in spans if not span.figures for cell in span.cells)
    return Source(tuple(figures), tuple(cells))
