"""What keeps the pages of a rendered document whole, in Word as in LibreOffice.

A body does not end in a table, a point stays with what belongs to it, a row that is taller than it can be moved is
split, a picture is not cut by the height of its line, and nothing is numbered twice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from lxml import etree

from generator.basic.patterns import compile_late
from generator.basic.text_width import ems
from generator.word.ooxml import Styles, W, put, style_of, text_of
from generator.word.tables import COVERS, EMPTIED, Repeated

DECISION_STYLE, LEVEL_STYLES = "決定欄", "層次"
_NUMBERED = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_INLINE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}inline"
_SHAPE = "{urn:schemas-microsoft-com:vml}shape"
# A paragraph of more lines is not moved as a whole to the next page, nor is a row that is higher than this share of it.
_MOST_LINES, _MOST_OF_PAGE = 12, 0.3
# The last point goes with the decision, and the one before it too where the last is no longer than this.
_SHORT_LINES = 2
# Twips: an A4 page between margins of 2.5 cm, and the room in a cell beside its text.
_WIDTH, _HEIGHT, _CELL_MARGINS = 9071, 14004, 160
_LINE = 520
_BEFORE_TABLE = "200"
_WHOLE_ROW = f"{W}trPr/{W}cantSplit"
# A text that is not high in any column.
_SHORT_TEXT = 24
# Signs between which a line may be broken stand on their own; the others make words, formulas and addresses.
_WORD = compile_late(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff、。「」『』《》〈〉…—]+")
_LONG_WORD = 5.0


def renumber(root: Any) -> None:
    """Takes out what Word numbers through the document and a loop repeats: ids of paragraphs, bookmarks."""
    names: set[str] = set()
    opened: set[str] = set()
    for element in list(root.iter(etree.Element)):
        for name in [name for name in element.attrib if name in (f"{_NUMBERED}paraId", f"{_NUMBERED}textId")]:
            del element.attrib[name]
        if element.tag == f"{W}bookmarkStart":
            name, number = element.get(f"{W}name") or "", element.get(f"{W}id") or ""
            if name in names:
                _remove(element)
            else:
                names.add(name)
                opened.add(number)
        elif element.tag == f"{W}bookmarkEnd":
            number = element.get(f"{W}id") or ""
            if number in opened:
                opened.remove(number)
            else:
                _remove(element)


def _remove(element: Any) -> None:
    element.getparent().remove(element)


def uncut_pictures(root: Any, styles: Styles) -> None:
    """A picture in the line stands in a paragraph whose lines are as high as what is in them."""
    for paragraph in root.iter(f"{W}p"):
        shapes = [shape for shape in paragraph.iter(_SHAPE) if "position:absolute" not in (shape.get("style") or "")]
        if not shapes and next(paragraph.iter(_INLINE), None) is None:
            continue
        direct = paragraph.find(f"{W}pPr/{W}spacing")
        rule = direct.get(f"{W}lineRule") if direct is not None else None
        if (rule or styles.of(style_of(paragraph), "spacing", "lineRule")) == "exact":
            spacing = put(paragraph, "spacing")
            spacing.set(f"{W}line", "240")
            spacing.set(f"{W}lineRule", "auto")


def keep_whole(body: Any, styles: Styles) -> None:
    """What is done to a finished body, after its tables are arranged."""
    page = _Page(body, styles)
    _keep_together(body, page)
    _spread_no_words(body, styles)
    _part_from_tables(body, styles)
    _end_after_table(body)


def split_tall_rows(body: Any, styles: Styles, repeated: Sequence[Repeated] = ()) -> None:
    """Rows that are kept whole although they are high may be split: Word leaves the rest of the page empty for them."""
    page = _Page(body, styles)
    many = {rows.row: rows for rows in repeated}
    for row in body.iter(f"{W}tr"):
        whole = row.find(f"{W}trPr/{W}cantSplit")
        if whole is None:
            continue
        if row in many:
            many[row].split = _tall_rows(row, page, many[row])
        elif any(
            sum(page.height_of(paragraph, text_of(paragraph), width) for paragraph in cell.findall(f"{W}p")) > page.most
            for cell, width in _cells(row, page)
        ):
            _remove(whole.getparent() if len(whole.getparent()) == 1 else whole)


def _tall_rows(row: Any, page: _Page, repeated: Repeated) -> set[int]:
    """The numbers of those of the rows that are high."""
    found: set[int] = set()
    for place, (cell, width) in enumerate(_cells(row, page)):
        paragraph, fates = cell.find(f"{W}p"), repeated.fates.get(place, {})
        for number, text in enumerate(repeated.texts(place, breaks=True)):
            fate = fates.get(number, "")
            # The most are so short that nothing is to be measured.
            if len(text) <= _SHORT_TEXT or fate in EMPTIED:
                continue
            room = int(fate.split()[-1]) - _CELL_MARGINS if fate.startswith(COVERS) else width
            if page.height_of(paragraph, text, room) > page.most:
                found.add(number)
    return found


def _cells(row: Any, page: _Page) -> Iterator[tuple[Any, int]]:
    """The cells of a row with the room for their text."""
    for cell in row.iterchildren(f"{W}tc"):
        measure = cell.find(f"{W}tcPr/{W}tcW")
        yield cell, (_number(measure, "w") if measure is not None else page.width) - _CELL_MARGINS


def width_of(body: Any) -> int:
    """The room between the margins of a document's page, in twips."""
    size, margins = body.find(f"{W}sectPr/{W}pgSz"), body.find(f"{W}sectPr/{W}pgMar")
    if size is None or margins is None:
        return _WIDTH
    return _number(size, "w") - _number(margins, "left") - _number(margins, "right") or _WIDTH


class _Page:
    """The room between the margins of a document's page, in twips, and what its paragraphs take of it."""

    def __init__(self, body: Any, styles: Styles) -> None:
        self._styles = styles
        self.width, height = width_of(body), _HEIGHT
        size, margins = body.find(f"{W}sectPr/{W}pgSz"), body.find(f"{W}sectPr/{W}pgMar")
        if size is not None and margins is not None:
            height = _number(size, "h") - _number(margins, "top") - _number(margins, "bottom") or _HEIGHT
        # A row that is higher is not kept whole.
        self.most = height * _MOST_OF_PAGE

    def name(self, paragraph: Any) -> str:
        return self._styles.name(style_of(paragraph))

    def left(self, paragraph: Any) -> int:
        """The left indent of the paragraph."""
        direct = paragraph.find(f"{W}pPr/{W}ind")
        return _number(direct, "left") if direct is not None else self._styles.indent(style_of(paragraph))[0]

    def lines(self, paragraph: Any, text: str = "", width: int = 0) -> int:
        """About how many lines the paragraph has, or would have with that text in that width."""
        room = max((width or self.width) - self.left(paragraph), 400)
        size = self._styles.size(style_of(paragraph))
        return sum(math.ceil(ems(line) * size / room) or 1 for line in (text or text_of(paragraph)).split("\n"))

    def height_of(self, paragraph: Any, text: str, width: int) -> int:
        line = self._styles.of(style_of(paragraph), "spacing", "line")
        return self.lines(paragraph, text, width) * int(line or _LINE)


def _number(element: Any, name: str) -> int:
    value = element.get(f"{W}{name}") or "0"
    return int(float(value)) if re.fullmatch(r"-?[\d.]+", value) else 0


def _keep_together(body: Any, page: _Page) -> None:
    """A point stays with the first point below it, 委員意見： with the first of them, the last with the decision.

    A last point of a line or two would be alone with it on a page: the one before goes along.
    """
    for first, second, third in _runs(body):
        names = [page.name(paragraph) if paragraph is not None else "" for paragraph in (first, second, third)]
        are_points = all(name.startswith(LEVEL_STYLES) for name in names[:2])
        deeper = are_points and page.left(second) > page.left(first)
        carried = are_points and names[2] == DECISION_STYLE and page.lines(second) <= _SHORT_LINES
        introduces = text_of(first).rstrip().endswith("：")
        if (deeper or carried or introduces or names[1] == DECISION_STYLE) and page.lines(first) <= _MOST_LINES:
            put(first, "keepNext")
    for table, below in pairwise(body.iterchildren(f"{W}p", f"{W}tbl")):
        if table.tag == f"{W}tbl" and below.tag == f"{W}p" and page.name(below) == DECISION_STYLE:
            # The decision would be alone on a page after a table that fills the one before.
            last = table[-1] if len(table) and table[-1].tag == f"{W}tr" else None
            for paragraph in last.iter(f"{W}p") if last is not None and last.find(_WHOLE_ROW) is not None else ():
                put(paragraph, "keepNext")
    for keep in body.iter(f"{W}keepNext"):
        if keep.get(f"{W}val") not in ("0", "false", "off") and keep.getparent().tag == f"{W}pPr":
            put(keep.getparent().getparent(), "keepLines")


def _runs(body: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Each two paragraphs that follow each other, and the one after them or None."""
    blocks = [*body.iterchildren(f"{W}p", f"{W}tbl"), None]
    for (first, second), third in zip(pairwise(blocks), [*blocks[2:], None], strict=False):
        if first is not None and second is not None and first.tag == second.tag == f"{W}p":
            yield first, second, third if third is not None and third.tag == f"{W}p" else None


def _spread_no_words(body: Any, styles: Styles) -> None:
    """A long word, formula or address that goes to the next line leaves a gap: such lines are not stretched."""
    stretched: dict[str | None, bool] = {}
    for paragraph in body.iterchildren(f"{W}p"):
        style_id = style_of(paragraph)
        if style_id not in stretched:
            stretched[style_id] = styles.of(style_id, "jc", "val") == "both"
        if not stretched[style_id] or paragraph.find(f"{W}pPr/{W}jc") is not None:
            continue
        if any(ems(word) > _LONG_WORD for word in _WORD.findall(text_of(paragraph))):
            put(paragraph, "jc").set(f"{W}val", "left")


def _part_from_tables(body: Any, styles: Styles) -> None:
    """A title or heading right above a table has room below it."""
    for heading, table in pairwise(body.iterchildren(f"{W}p", f"{W}tbl")):
        if table.tag == f"{W}tbl" and heading.tag == f"{W}p" and styles.of(style_of(heading), "outlineLvl", "val"):
            put(heading, "spacing").set(f"{W}after", _BEFORE_TABLE)


def _end_after_table(body: Any) -> None:
    """Word puts a paragraph after a last table, of a whole line: one of a point is there already."""
    blocks = [child for child in body if child.tag != f"{W}sectPr"]
    if not blocks or blocks[-1].tag != f"{W}tbl":
        return
    paragraph = etree.Element(f"{W}p")
    blocks[-1].addnext(paragraph)
    spacing = put(paragraph, "spacing")
    for name, value in (("before", "0"), ("after", "0"), ("line", "20"), ("lineRule", "exact")):
        spacing.set(f"{W}{name}", value)
    for name in ("sz", "szCs"):
        etree.SubElement(put(paragraph, "rPr"), f"{W}{name}").set(f"{W}val", "2")
