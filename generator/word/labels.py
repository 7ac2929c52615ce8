"""Changes to a rendered document that docxtpl cannot make.

Labels get hanging indents as wide as they are, and a point stays with what belongs to it. Tables: tables.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from lxml import etree

from generator.word import tables
from generator.word.ooxml import Styles, W, text_of

FIELD_STYLES, DECISION_STYLE, LEVEL_STYLES = ("欄位", "紀錄欄位"), "決定欄", "層次"
_AFTER_IND = (
    "contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId"
    " cnfStyle rPr sectPr pPrChange"
)
_NUMERAL = "〇零一二三四五六七八九十百壹貳參肆伍陸柒捌玖拾佰"
LABEL = re.compile(
    rf"[{_NUMERAL}]+、|（[{_NUMERAL}]+）|（\d+）(?![=＝])|\([{_NUMERAL}]+\)\t?|\(\d+\)(?![=＝])\t?|\d+\.(?!\d)\t?|註："
)


def finish(body: Any, styles: Styles, repeated: Sequence[tables.Repeated] = ()) -> None:
    """Everything done to a rendered document: labels, merged neighbours, fitted columns. Changes ``body`` in place."""
    tables.arrange(body, styles, repeated)
    hang_labels(body, styles)
    _keep_together(body, styles)


def hang_labels(body: Any, styles: Styles) -> None:
    """Text lines up with text: a paragraph of a hanging style hangs by its own label; without label it does not."""
    cells = {paragraph for cell in body.iter(f"{W}tc") for paragraph in cell.iter(f"{W}p")}
    edges: dict[str | None, int] = {}
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        style_id = style.get(f"{W}val") if style is not None else None
        left, hanging = styles.indent(style_id)
        in_cell = paragraph in cells
        if not hanging and not in_cell:
            continue
        text = text_of(paragraph)
        found = LABEL.match(text)
        if in_cell and not hanging:
            alone = len(paragraph.getparent().findall(f"{W}p")) == 1
            if not found or (alone and (found[0][0].isdigit() or found[0].rstrip("\t") == text.strip())):
                continue
            width = label_width(found[0], styles.size(style_id))
            _set_indent(paragraph, left + width, width)
        elif not found:
            if styles.name(style_id) not in FIELD_STYLES:
                _set_indent(paragraph, edges.get(style_id, left), 0)
        else:
            width = label_width(found[0], styles.size(style_id))
            edges[style_id] = left - hanging + width
            if width != hanging:
                _set_indent(paragraph, left - hanging + width, width)
        if found and found[0][-1] != "\t" and any(character.isascii() for character in found[0]):
            _tab_after(paragraph, len(found[0]))


def _keep_together(body: Any, styles: Styles) -> None:
    """A point stays with the first point below it, and the last one with the room for the decision."""
    for above, below in pairwise(body.iterchildren(f"{W}p", f"{W}tbl")):
        if above.tag != f"{W}p" or below.tag != f"{W}p":
            continue
        ids = [
            style.get(f"{W}val") if (style := paragraph.find(f"{W}pPr/{W}pStyle")) is not None else None
            for paragraph in (above, below)
        ]
        names = [styles.name(style_id) for style_id in ids]
        deeper = all(name.startswith(LEVEL_STYLES) for name in names) and styles.indent(ids[1]) > styles.indent(ids[0])
        if deeper or names[1] == DECISION_STYLE:
            keep = etree.Element(f"{W}keepNext")
            style = above.find(f"{W}pPr/{W}pStyle")
            if style is not None and above.find(f"{W}pPr/{W}keepNext") is None:
                style.addnext(keep)


def label_width(label: str, size: int) -> int:
    """How wide a label hangs, in twips: full-width characters count whole; half-width labels up to the next half."""
    plain = label.rstrip("\t")
    if not any(character.isascii() for character in plain):
        return len(plain) * size
    halves = sum(1 if character.isascii() else 2 for character in plain)
    return max(halves + (1 if plain.endswith(".") and halves < 4 else 0), 3) * size // 2


def _tab_after(paragraph: Any, length: int) -> None:
    """Puts a tab between a label in half-width characters and its text, where the text ran on."""
    for node in paragraph.iter(f"{W}t"):
        text = node.text or ""
        if len(text) < length:
            return
        run = node.getparent()
        rest = text[length:].lstrip(" ")
        node.text = text[:length]
        tab = etree.Element(f"{W}tab")
        node.addnext(tab)
        tail = etree.Element(f"{W}t")
        tail.text = rest
        tail.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        tab.addnext(tail)
        assert run is not None
        return


def _set_indent(paragraph: Any, left: int, hanging: int) -> None:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    ind = properties.find(f"{W}ind")
    if ind is None:
        ind = etree.Element(f"{W}ind")
        after = {f"{W}{name}" for name in _AFTER_IND.split()}
        later = next((child for child in properties if child.tag in after), None)
        if later is not None:
            later.addprevious(ind)
        else:
            properties.append(ind)
    ind.attrib.clear()
    ind.set(f"{W}left", str(left))
    if hanging:
        ind.set(f"{W}hanging", str(hanging))
    else:
        ind.set(f"{W}firstLine", "0")
