"""What is done to a rendered document that docxtpl cannot do.

Labels get hanging indents as wide as they are, equal neighbours of marked columns are merged, and tables of unknown
columns get widths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from lxml import etree

from generator.ooxml import Styles, W, text_of

# Noncharacters, which no cell may hold (values.text) and no typeface has.
MERGE_MARK = "\ufdd0"
FIT_MARK = "\ufdd1"
FIELD_STYLES, DECISION_STYLE, LEVEL_STYLES = ("欄位", "紀錄欄位"), "決定欄", "層次"
DITTO = "同上"
TEXT_STYLE, NUMBER_STYLE, SMALL_STYLE, SMALL_NUMBER_STYLE = "表格文字", "表格數字", "表格小字", "表格小字數字"
_ROWS_OF_A_PAGE, _ROWS_OF_A_RUN = 28, 12
_CELL_MARGINS, _SHORT_NAME = 180, 5
_AFTER_IND = (
    "contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId"
    " cnfStyle rPr sectPr pPrChange"
)
_NUMERAL = "〇零一二三四五六七八九十百壹貳參肆伍陸柒捌玖拾佰"
_LABEL = re.compile(rf"[{_NUMERAL}]+、|（[{_NUMERAL}]+）|（\d+）|\([{_NUMERAL}]+\)\t?|\(\d+\)\t?|\d+\.(?!\d)\t?|註：")
_NUMBER_TEXT = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?")


def finish(body: Any, styles: Any) -> None:
    """Everything done to a rendered document: labels, merged neighbours, fitted columns. Changes ``body`` in place."""
    known = Styles(styles)
    for table in body.iter(f"{W}tbl"):
        _fit_columns(table, known)
        _merge_equal(table, known)
    _hang_labels(body, known)
    _keep_together(body, known)


def _hang_labels(body: Any, styles: Styles) -> None:
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
        found = _LABEL.match(text)
        if in_cell and not hanging:
            alone = len(paragraph.getparent().findall(f"{W}p")) == 1
            if not found or (alone and found[0][0].isdigit()):
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
            style.get(f"{W}val") if (style := one.find(f"{W}pPr/{W}pStyle")) is not None else None
            for one in (above, below)
        ]
        names = [styles.name(one) for one in ids]
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


def _strip_mark(cell: Any, mark: str) -> bool:
    found = False
    for node in cell.iter(f"{W}t"):
        if node.text and mark in node.text:
            node.text = node.text.replace(mark, "")
            found = True
    return found


def _cells(row: Any) -> Iterator[tuple[int, Any]]:
    """The cells of a row with their grid column; spans are counted."""
    column = 0
    for cell in row.iterchildren(f"{W}tc"):
        yield column, cell
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        column += int(span.get(f"{W}val")) if span is not None else 1


def _is_header(row: Any) -> bool:
    return row.find(f"{W}trPr/{W}tblHeader") is not None


def _merge_equal(table: Any, styles: Styles) -> None:
    """Equal neighbours below a heading with 合併相同 become one cell.

    A list too long for a page repeats its texts every few rows, and says 同上 for those of several lines instead of
    merging: a merged cell that crosses a page loses the lines that do not fit on the first one.
    """
    rows = list(table.iterchildren(f"{W}tr"))
    marked = {column for row in rows for column, cell in _cells(row) if _strip_mark(cell, MERGE_MARK)}
    body = [row for row in rows if not _is_header(row)]
    paged = len(body) > _ROWS_OF_A_PAGE
    for column in sorted(marked):
        above: Any = None
        run = 0
        for row in body:
            cell = next((found for at, found in _cells(row) if at == column), None)
            text = text_of(cell) if cell is not None else ""
            if above is not None and text and text == text_of(above) and (not paged or run < _ROWS_OF_A_RUN):
                if paged and not _is_one_line(cell, styles):
                    _say_ditto(cell)
                else:
                    if run == 1:
                        _set_merge(above, restart=True)
                    _set_merge(cell, restart=False)
                run += 1
            else:
                above, run = (cell, 1) if text else (None, 0)


def _say_ditto(cell: Any) -> None:
    first, *rest = list(cell.iter(f"{W}t"))
    first.text = DITTO
    for node in rest:
        node.text = ""


def _is_one_line(cell: Any, styles: Styles) -> bool:
    width = cell.find(f"{W}tcPr/{W}tcW")
    style = next(cell.iter(f"{W}pStyle"), None)
    size = styles.size(style.get(f"{W}val") if style is not None else None)
    room = int(width.get(f"{W}w") or 0) - 160 if width is not None else 0
    return _ems(text_of(cell)) * size <= room and "\n" not in text_of(cell)


def _set_merge(cell: Any, restart: bool) -> None:
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        properties = etree.Element(f"{W}tcPr")
        cell.insert(0, properties)
    merge = etree.Element(f"{W}vMerge")
    if restart:
        merge.set(f"{W}val", "restart")
    early = [f"{W}{name}" for name in ("cnfStyle", "tcW", "gridSpan", "hMerge")]
    before = [child for child in properties if child.tag in early]
    properties.insert(len(before), merge)
    if not restart:
        paragraphs = cell.findall(f"{W}p")
        for extra in paragraphs[1:]:
            cell.remove(extra)
        for child in list(paragraphs[0]):
            if child.tag != f"{W}pPr":
                paragraphs[0].remove(child)


def _fit_columns(table: Any, styles: Styles) -> None:
    """A table marked 欄寬依內容 gets a grid by its longest texts, and its columns of numbers stand to the right.

    Columns that would break a number or a short name on an upright page turn the page; the type gets smaller last.
    """
    rows = list(table.iterchildren(f"{W}tr"))
    if not any([_strip_mark(cell, FIT_MARK) for row in rows for _, cell in _cells(row)]):
        return
    grid = table.find(f"{W}tblGrid")
    whole = sum(int(column.get(f"{W}w") or 0) for column in grid)
    texts = [[text_of(cell) for _, cell in _cells(row)] for row in rows]
    body = [found for row, found in zip(rows, texts, strict=True) if not _is_header(row)]
    count = max(len(row) for row in texts)
    columns = [[row[index] for row in texts if index < len(row)] for index in range(count)]
    size = float(styles.size(styles.id_of(TEXT_STYLE)))
    least = [max(_unbroken(text) for text in column) * size + _CELL_MARGINS for column in columns]
    ideal = [max(min(max(_ems(text) for text in column), 22) * size + _CELL_MARGINS, low)
             for column, low in zip(columns, least, strict=True)]  # fmt: skip
    if sum(least) > whole or sum(ideal) > whole * 1.5:
        whole = _turn_page(table, whole)
    spare = whole - sum(least)
    small = spare < 0
    wish = [best - low for best, low in zip(ideal, least, strict=True)]
    if spare >= 0 and sum(wish) > 0:
        widths = [int(low + spare * want / sum(wish)) for low, want in zip(least, wish, strict=True)]
    else:
        widths = [int(whole * low / sum(least)) for low in least]
    widths[-1] += whole - sum(widths)
    for child in list(grid):
        grid.remove(child)
    for width in widths:
        etree.SubElement(grid, f"{W}gridCol").set(f"{W}w", str(width))
    for row in rows:
        for index, (_, cell) in enumerate(_cells(row)):
            measure = cell.find(f"{W}tcPr/{W}tcW")
            if measure is not None:
                measure.set(f"{W}w", str(widths[index]))
                measure.set(f"{W}type", "dxa")
            if _is_header(row):
                continue
            name = (SMALL_NUMBER_STYLE if small else NUMBER_STYLE) if _is_numeric(body, index) else SMALL_STYLE
            wanted = styles.id_of(name) if name != SMALL_STYLE or small else None
            for style in cell.iter(f"{W}pStyle") if wanted else ():
                style.set(f"{W}val", wanted)


def _is_numeric(body: list[list[str]], index: int) -> bool:
    given = [row[index] for row in body if index < len(row) and row[index]]
    return bool(given) and all(_NUMBER_TEXT.fullmatch(text) for text in given)


def _unbroken(text: str) -> float:
    """How many em the longest piece is wide that should not be broken: a number or word, or a short Chinese name."""
    pieces = [_ems(piece) for piece in re.findall(r"[!-~]+", text)]
    short = _ems(text) if _ems(text) <= _SHORT_NAME else 2
    return max([*pieces, short])


def _turn_page(table: Any, whole: int) -> int:
    """Turns the page of the table's section on its side; returns the new width between the margins."""
    body = next(table.iterancestors(f"{W}body"), None)
    size = body.find(f"{W}sectPr/{W}pgSz") if body is not None else None
    if size is None or size.get(f"{W}orient") == "landscape":
        return whole
    width, height = size.get(f"{W}w"), size.get(f"{W}h")
    size.set(f"{W}w", height)
    size.set(f"{W}h", width)
    size.set(f"{W}orient", "landscape")
    wide = whole + int(height) - int(width)
    measure = table.find(f"{W}tblPr/{W}tblW")
    if measure is not None and measure.get(f"{W}type") == "dxa":
        measure.set(f"{W}w", str(wide))
    return wide


def _ems(text: str) -> float:
    return max((sum(0.5 if character.isascii() else 1 for character in line) for line in text.split("\n")), default=0)
