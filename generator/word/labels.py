"""Labels get hanging indents as wide as they are. Tables: tables.py; what stays together on a page: pages.py."""

from __future__ import annotations

from typing import Any

from lxml import etree

from generator.basic import roc
from generator.basic.patterns import compile_late
from generator.word.ooxml import Styles, W, put, style_of, text_of, write

FIELD_STYLES = ("欄位", "紀錄欄位")
LABEL = compile_late(
    rf"[{roc.NUMERAL_SIGNS}]+、|（[{roc.NUMERAL_SIGNS}]+）|（\d+）(?![=＝])|\([{roc.NUMERAL_SIGNS}]+\)\t?|\(\d+\)(?![=＝])\t?|\d+\.(?!\d)\t?|註："
)

# What stands before the text of a field: 提案單位： 附帶決議：, as far as a word of the users' own is one.
FIELD_LABEL = compile_late(r"[\u3400-\u9fff]{1,9}：(?=.)")


def hang_labels(body: Any, styles: Styles) -> None:
    """Text lines up with text: a paragraph of a hanging style hangs by its own label; without label it does not.

    A field hangs by its name, which may be a body's own word: 送審單位： is wider than 提案人：.
    """
    cells = {paragraph for cell in body.iter(f"{W}tc") for paragraph in cell.iter(f"{W}p")}
    edges: dict[str | None, int] = {}
    for paragraph in body.iter(f"{W}p"):
        style_id = style_of(paragraph)
        left, hanging = styles.indent(style_id)
        in_cell = paragraph in cells
        is_point = hanging and not in_cell and styles.name(style_id) not in FIELD_STYLES
        own = _own_indent(paragraph) if is_point else None
        if not hanging and not in_cell:
            continue
        text = text_of(paragraph)
        found = LABEL.match(text)
        if not in_cell and styles.name(style_id) in FIELD_STYLES and (field := FIELD_LABEL.match(text)):
            left, hanging = _own_indent(paragraph) or (left, hanging)
            if (width := len(field[0]) * styles.size(style_id)) != hanging:
                _set_indent(paragraph, left - hanging + width, width)
            continue
        if own is not None:
            # A point below another, of the same style: its own indent says where its label stands.
            width = label_width(found[0], styles.size(style_id)) if found else 0
            _set_indent(paragraph, own[0] - own[1] + width, width)
        elif in_cell and not hanging:
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
        # （1） is as wide as it hangs; of 1. and (1) that depends on the typeface.
        if found and found[0][-1] != "\t" and found[0][-1].isascii():
            _tab_after(paragraph, len(found[0]))


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
        write(tail, rest)
        tab.addnext(tail)
        assert run is not None
        return


def _own_indent(paragraph: Any) -> tuple[int, int] | None:
    """The left and hanging indent that a paragraph of a template has besides its style; None where it has none."""
    ind = paragraph.find(f"{W}pPr/{W}ind")
    if ind is None or ind.get(f"{W}left") is None or ind.get(f"{W}hanging") is None:
        return None
    return int(ind.get(f"{W}left")), int(ind.get(f"{W}hanging"))


def _set_indent(paragraph: Any, left: int, hanging: int) -> None:
    ind = put(paragraph, "ind")
    ind.attrib.clear()
    ind.set(f"{W}left", str(left))
    if hanging:
        ind.set(f"{W}hanging", str(hanging))
    else:
        ind.set(f"{W}firstLine", "0")
