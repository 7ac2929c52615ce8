"""What a finished document says, for comparing: the sentences and the tables of a .docx, the texts of a .pptx."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from generator.word import tables
from generator.word.ooxml import Styles, W, text_of

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_NUMERALS = "〇零一二三四五六七八九十百壹貳參肆伍陸柒捌玖拾佰"
# By level: 壹、 一、 （一） 1. （1） (文書處理手冊).
_LABELS = (
    "[壹貳參肆伍陸柒捌玖拾佰]+、",
    f"[{_NUMERALS}]+、",
    rf"[（(][{_NUMERALS}]+[）)]",
    r"\d+\.(?!\d)",
    r"[（(]\d+[）)]",
)
_LABEL = re.compile("|".join(f"({one})" for one in _LABELS))
_FIELDS = ("欄位", "欄位標題", "決定欄")
_MINUTE_FIELD = "紀錄欄位"
# 委員意見： stands under the case 一、 and above its remarks 1.
_MINUTE_LEVEL = 2.5
_END = re.compile(r"(?<=[。；！？])(?![」』）])|\n")
_OTHER_PARTS = re.compile(r"word/(header|footer|footnotes|endnotes)\d*\.xml")
_OTHER_NAMES = {"header": "頁首", "footer": "頁尾", "footnotes": "註腳", "endnotes": "章節附註"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it stands (說明一（一）); ``label`` is the number of the paragraph that it begins."""

    text: str
    where: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the headings; merged cells have their text in each row. ``running`` columns only count rows."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    running: frozenset[int]


@dataclass(slots=True)
class Contents:
    """The sentences outside tables in their order, and the tables."""

    sentences: list[Sentence] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def read(content: bytes) -> Contents:
    """The contents of a .docx or .pptx. Raises zipfile.BadZipFile, KeyError and lxml's errors for anything else."""
    found = Contents()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "word/document.xml" not in names:
            _slides(archive, found)
            return found
        styles = Styles(
            _parsed(archive.read("word/styles.xml")) if "word/styles.xml" in names else etree.Element("none")
        )
        outline = _Outline(styles)
        for block in _blocks(_parsed(archive.read("word/document.xml"))[0]):
            if block.tag == f"{W}tbl":
                found.tables.append(_table(block))
            else:
                found.sentences += outline.sentences(block)
        for name in sorted(names):
            if part := _OTHER_PARTS.fullmatch(name):
                texts = [text_of(one) for one in _parsed(archive.read(name)).iter(f"{W}p")]
                found.sentences += [Sentence(text, _OTHER_NAMES[part[1]]) for text in texts if text.strip()]
    return found


def same_but_properties(old: bytes, new: bytes) -> bool:
    """Whether two files differ in nothing but their properties: title, date and the like."""
    parts = []
    for content in (old, new):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.startswith("docProps/")]
            parts.append({name: archive.read(name) for name in names})
    return parts[0] == parts[1]


def _parsed(xml: bytes) -> Any:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, huge_tree=True))


def _blocks(parent: Any) -> Iterator[Any]:
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent"):
            yield from _blocks(child)


class _Outline:
    """Follows the headings and numbers of a document, so that each sentence can be told by its place."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._path: list[tuple[float, str]] = []

    def sentences(self, paragraph: Any) -> list[Sentence]:
        text = text_of(paragraph).strip()
        if not text:
            return []
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = self._styles.name(style.get(f"{W}val")) if style is not None else ""
        label, rest = labelled(text)
        title = text.partition("：")[0]
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
        parts = [part.strip() for part in _END.split(rest) if part.strip()]
        return [Sentence(part, where, "" if number else label) for number, part in enumerate(parts)]

    def _enter(self, level: float, step: str) -> None:
        self._path = [*(one for one in self._path if one[0] < level), (level, step)]


def labelled(text: str) -> tuple[str, str]:
    """A paragraph's number (一、) and the rest; an empty number where there is none or nothing after it."""
    found = _LABEL.match(text)
    rest = text[found.end() :].strip() if found else ""
    return (found[0], rest) if found and rest else ("", text)


def _table(table: Any) -> Table:
    rows: list[list[str]] = []
    headings: list[str] = []
    for row in table.iterchildren(f"{W}tr"):
        above = rows[-1] if rows else headings
        cells: list[str] = []
        for cell in row.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tr"), None) is not row:
                continue
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            text = " ".join(part for one in cell.iter(f"{W}p") if (part := text_of(one).strip()))
            goes_on = merge is not None and merge.get(f"{W}val") != "restart"
            if (goes_on or text == tables.DITTO) and len(cells) < len(above):
                text = above[len(cells)]
            cells += [text, *[""] * (int(span.get(f"{W}val")) - 1 if span is not None else 0)]
        if row.find(f"{W}trPr/{W}tblHeader") is not None and not rows:
            headings = [cell or above[place] if place < len(above) else cell for place, cell in enumerate(cells)]
        else:
            rows.append(cells)
    own = [tuple(labelled(cell)[1] for cell in row) for row in rows]
    return Table(tuple(headings), tuple(own), running(own))


def running(rows: list[tuple[str, ...]]) -> frozenset[int]:
    """The columns that count 1, 2, 3 … down the rows; a last row may be of totals."""
    found = []
    for column in range(max(map(len, rows), default=0)):
        given = [row[column] for row in rows if column < len(row) and row[column].isdecimal()]
        if given and given == [str(number) for number in range(1, len(given) + 1)] and len(given) >= len(rows) - 1:
            found.append(column)
    return frozenset(found)


def _slides(archive: zipfile.ZipFile, found: Contents) -> None:
    names = [name for name in archive.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
    if not names:
        raise KeyError("ppt/slides")
    # In the order of their file names, which is that of the slides of a deck that was made in one go.
    for number, name in enumerate(sorted(names, key=lambda one: int(re.sub(r"\D", "", one))), start=1):
        for paragraph in _parsed(archive.read(name)).iter(f"{_A}p"):
            text = "".join(node.text or "" for node in paragraph.iter(f"{_A}t")).strip()
            label, rest = labelled(text)
            parts = [part.strip() for part in _END.split(rest) if part.strip()]
            where = f"第{number}頁"
            found.sentences += [Sentence(part, where, "" if place else label) for place, part in enumerate(parts)]
