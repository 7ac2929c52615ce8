"""Changes to the tables of a rendered document: equal neighbours are merged, columns get widths by their texts.

A row of the tree may stand for many that are not in it (long_tables.py): it is measured and merged as if they were.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, Protocol

from lxml import etree

from generator.word.ooxml import Styles, W, text_of

# Noncharacters, which no cell may hold (values.text) and no typeface has.
MERGE_MARK = "\ufdd0"
FIT_MARK = "\ufdd1"
DITTO = "同上"
# What becomes of a cell below a heading with 合併相同: a merged cell begins or goes on, or 同上 takes the text's place.
BEGINS, GOES_ON, SAYS_DITTO = "begins", "goes on", "says ditto"
TEXT_STYLE, NUMBER_STYLE, SMALL_STYLE, SMALL_NUMBER_STYLE = "表格文字", "表格數字", "表格小字", "表格小字數字"
FITTED_STYLES = (NUMBER_STYLE, SMALL_STYLE, SMALL_NUMBER_STYLE)
_ROWS_OF_A_PAGE, _ROWS_OF_A_RUN = 28, 12
_CELL_MARGINS, _SHORT_NAME = 180, 5
_NUMBER_TEXT = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?")
_WORD = re.compile(r"[!-~]+")


class Repeated(Protocol):
    """A row of the tree that stands for ``count`` rows which are not in it (long_tables.py)."""

    row: Any
    # What becomes of the cells: by their place in the row, by the number of the row.
    fates: dict[int, dict[int, str]]

    @property
    def count(self) -> int: ...

    def texts(self, place: int) -> list[str]:
        """What the cell in that place of the row says in each of the rows."""

    def take_out(self) -> None:
        """Called when widths and merges are settled: takes the row out of the tree."""


def arrange(body: Any, styles: Styles, repeated: Sequence[Repeated] = ()) -> None:
    """Fits the columns and merges the neighbours of every table of a document. Changes ``body`` in place."""
    by_row = {loop.row: loop for loop in repeated}
    for table in body.iter(f"{W}tbl"):
        _fit_columns(table, styles, by_row)
        _merge_equal(table, styles, by_row)
    for loop in repeated:
        loop.take_out()


def _merge_equal(table: Any, styles: Styles, repeated: Mapping[Any, Repeated]) -> None:
    """Equal neighbours below a heading with 合併相同 become one cell.

    A list too long for a page repeats its texts every few rows, and prints 同上 for those of several lines instead of
    merging: a merged cell that crosses a page loses the lines that do not fit on the first one.
    """
    rows = list(table.iterchildren(f"{W}tr"))
    marked = {column for row in rows for column, cell in _cells(row) if _strip_mark(cell, MERGE_MARK)}
    body = [row for row in rows if not _is_header(row)]
    for column in sorted(marked):
        _merge_column(body, column, styles, repeated)


def _merge_column(body: Sequence[Any], column: int, styles: Styles, repeated: Mapping[Any, Repeated]) -> None:
    texts: list[str] = []
    # For each text its cell, and the number of the first text of its row.
    owners: list[tuple[Any, Repeated | None, int, int]] = []
    for row in body:
        many, first = repeated.get(row), len(texts)
        place, cell = next(((place, cell) for place, (at, cell) in enumerate(_cells(row)) if at == column), (0, None))
        if cell is None:
            texts += [""] * (many.count if many else 1)
        else:
            texts += many.texts(place) if many else [text_of(cell)]
        owners += [(cell, many, place, first)] * (len(texts) - first)
    one_line = cache(lambda cell, text: _is_one_line(cell, text, styles))
    for number, fate in _fates(texts, lambda at: one_line(owners[at][0], texts[at])).items():
        cell, many, place, first = owners[number]
        if many:
            many.fates.setdefault(place, {})[number - first] = fate
        else:
            become(cell, fate)


def _fates(texts: Sequence[str], is_one_line: Callable[[int], bool]) -> dict[int, str]:
    """What becomes of the cells of a column of these texts, of those that do not stay as they are."""
    fates: dict[int, str] = {}
    paged = len(texts) > _ROWS_OF_A_PAGE
    above, run = "", 0
    for number, text in enumerate(texts):
        if text and text == above and (not paged or run < _ROWS_OF_A_RUN):
            if paged and not is_one_line(number):
                fates[number] = SAYS_DITTO
            else:
                if run == 1:
                    fates[number - 1] = BEGINS
                fates[number] = GOES_ON
            run += 1
        else:
            above, run = text, 1
    return fates


def become(cell: Any, fate: str) -> None:
    """Changes a cell as its ``fate`` asks."""
    if fate == SAYS_DITTO:
        _say_ditto(cell)
    else:
        _set_merge(cell, restart=fate == BEGINS)


def _say_ditto(cell: Any) -> None:
    first, *rest = list(cell.iter(f"{W}t"))
    first.text = DITTO
    for node in rest:
        node.text = ""


def _is_one_line(cell: Any, text: str, styles: Styles) -> bool:
    width = cell.find(f"{W}tcPr/{W}tcW")
    style = next(cell.iter(f"{W}pStyle"), None)
    size = styles.size(style.get(f"{W}val") if style is not None else None)
    room = int(width.get(f"{W}w") or 0) - 160 if width is not None else 0
    return _ems(text) * size <= room and "\n" not in text


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


def _fit_columns(table: Any, styles: Styles, repeated: Mapping[Any, Repeated]) -> None:
    """A table marked 欄寬依內容 gets a grid by its longest texts, and its columns of numbers stand to the right.

    Columns that would break a number or a short name on an upright page turn the page; the type gets smaller last.
    """
    rows = list(table.iterchildren(f"{W}tr"))
    if not any([_strip_mark(cell, FIT_MARK) for row in rows for _, cell in _cells(row)]):
        return
    grid = table.find(f"{W}tblGrid")
    whole = sum(int(column.get(f"{W}w") or 0) for column in grid)
    count = max(sum(1 for _ in _cells(row)) for row in rows)
    size = float(styles.size(styles.id_of(TEXT_STYLE)))
    least, ideal, numeric = [], [], []
    for place in range(count):
        headings, texts = _texts_in(rows, place, repeated)
        low = max(map(_unbroken, headings | texts)) * size + _CELL_MARGINS
        least.append(low)
        ideal.append(max(min(max(map(_ems, headings | texts)), 22) * size + _CELL_MARGINS, low))
        numeric.append(_is_numeric(texts))
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
            name = (SMALL_NUMBER_STYLE if small else NUMBER_STYLE) if numeric[index] else SMALL_STYLE
            wanted = styles.id_of(name) if name != SMALL_STYLE or small else None
            for style in cell.iter(f"{W}pStyle") if wanted else ():
                style.set(f"{W}val", wanted)


def _texts_in(rows: Sequence[Any], place: int, repeated: Mapping[Any, Repeated]) -> tuple[set[str], set[str]]:
    """The different texts of the cells in one place of their rows: those of the heading, and those below."""
    headings: set[str] = set()
    below: set[str] = set()
    for row in rows:
        cell = next(islice(row.iterchildren(f"{W}tc"), place, None), None)
        if cell is not None:
            many = repeated.get(row)
            (headings if _is_header(row) else below).update(many.texts(place) if many else [text_of(cell)])
    return headings, below


def _is_numeric(column: set[str]) -> bool:
    given = [text for text in column if text]
    return bool(given) and all(map(_NUMBER_TEXT.fullmatch, given))


def _unbroken(text: str) -> float:
    """How many em the longest piece is wide that should not be broken: a number or word, or a short Chinese name."""
    wide = _ems(text)
    return max([*(len(piece) / 2 for piece in _WORD.findall(text)), wide if wide <= _SHORT_NAME else 2])


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
    """How many em the longest line is wide: a character of ASCII is half as wide as any other."""
    if "\n" in text:
        return max(map(_ems, text.split("\n")))
    return len(text) / 2 if text.isascii() else len(text) - len(text.encode("ascii", "ignore")) / 2


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
