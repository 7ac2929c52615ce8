"""Changes to the tables of a rendered document: equal neighbours are merged, columns get widths by their texts.

A row of the tree may stand for many that are not in it (long_tables.py): it is measured and merged as if they were.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice, pairwise
from typing import Any, Protocol

from lxml import etree

from generator.basic.patterns import compile_late
from generator.basic.text_width import LEAST_POINTS, NARROW_MARGINS, ems, longest_number, unbroken
from generator.word.ooxml import Styles, W, insert_before, properties_of, text_of, write
from generator.workbook.plain_tables import JOINED_LEFT, JOINED_UP, NEXT_ROW

# Noncharacters, which no cell may hold (values.text) and no typeface has.
MERGE_MARK = "\ufdd0"
FIT_MARK = "\ufdd1"
DITTO = "同上"
# What becomes of a cell below a heading with 合併相同: a merged cell begins or goes on, or 同上 takes the text's place.
BEGINS, GOES_ON, SAYS_DITTO = "begins", "goes on", "says ditto"
# And of one that covers those on its right (covers 3 2100: their number and width), or that is covered.
COVERS, COVERED = "covers", "covered"
# Cells that lose their text so.
EMPTIED = (GOES_ON, SAYS_DITTO, COVERED)
TEXT_STYLE, NUMBER_STYLE, SMALL_STYLE, SMALL_NUMBER_STYLE = "表格文字", "表格數字", "表格小字", "表格小字數字"
FITTED_STYLES = (NUMBER_STYLE, SMALL_STYLE, SMALL_NUMBER_STYLE)
_ROWS_OF_A_PAGE, _ROWS_OF_A_RUN = 28, 12
_CELL_MARGINS = 180
_NUMBER_TEXT = compile_late(r"[-+]?[\d,]+(?:\.\d+)?%?|\([\d,]+(?:\.\d+)?\)|[-－–—─…]+")
_AFTER_MARGINS = {f"{W}{name}" for name in ("tblLook", "tblCaption", "tblDescription", "tblPrChange")}


class Repeated(Protocol):
    """A row of the tree that stands for ``count`` rows which are not in it (long_tables.py)."""

    row: Any
    # What becomes of the cells: by their place in the row, by the number of the row.
    fates: dict[int, dict[int, str]]
    # The numbers of the rows that may be split though the others are kept whole.
    split: set[int]

    @property
    def count(self) -> int: ...

    def texts(self, place: int, *, breaks: bool = False) -> list[str]:
        """What the cell in that place of the row says in each of the rows; ``breaks``: with its line breaks."""

    def take_out(self) -> None:
        """Called when all is settled: takes the row out of the tree."""


def arrange(body: Any, styles: Styles, repeated: Sequence[Repeated] = ()) -> None:
    """Fits the columns and merges the neighbours of every table of a document. Changes ``body`` in place.

    The rows that stand for others are still in the tree.
    """
    by_row = {loop.row: loop for loop in repeated}
    for table in body.iter(f"{W}tbl"):
        _part_headings(table)
        _fit_columns(table, styles, by_row)
        _close_up(table)
        _merge_equal(table, styles, by_row)
        _join_cells(table, by_row)


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
    elif fate == COVERED:
        cell.getparent().remove(cell)
    elif fate.startswith(COVERS):
        _, count, width = fate.split()
        _span(cell, int(count), int(width))
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
    return ems(text) * size <= room and "\n" not in text


def _set_merge(cell: Any, restart: bool) -> None:
    properties = properties_of(cell, "tcPr")
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


def _part_headings(table: Any) -> None:
    """A row of headings whose texts are for several rows (NEXT_ROW) becomes these rows, with their cells merged."""
    for row in [row for row in table.iterchildren(f"{W}tr") if _is_header(row)]:
        cells = list(row.iterchildren(f"{W}tc"))
        texts = ["\n".join(map(text_of, cell.findall(f"{W}p"))) for cell in cells]
        if not any(NEXT_ROW in text for text in texts):
            continue
        parts = [text.replace(FIT_MARK, "").split(NEXT_ROW) for text in texts]
        fitted = any(FIT_MARK in text for text in texts)
        description = table.find(f"{W}tblPr/{W}tblDescription")
        if description is not None:
            # For who has the page read out: 首列為欄位名稱.
            text = description.get(f"{W}val") or ""
            description.set(f"{W}val", text.replace("首列為", f"前 {max(map(len, parts))} 列為"))
        rows = [row, *(copy.deepcopy(row) for _ in range(max(map(len, parts)) - 1))]
        for above, below in pairwise(rows):
            above.addnext(below)
        for number, heading_row in enumerate(rows):
            for place, cell in enumerate(heading_row.findall(f"{W}tc")):
                levels = parts[place]
                text = levels[number] if number < len(levels) else JOINED_UP
                below = levels[number + 1] if number + 1 < len(levels) else ""
                _set_text(cell, text + (FIT_MARK if fitted else ""))
                if text == JOINED_UP:
                    _set_merge(cell, restart=False)
                    _set_text(cell, FIT_MARK if fitted else "")
                elif below == JOINED_UP and text != JOINED_LEFT:
                    _set_merge(cell, restart=True)


def _set_text(cell: Any, text: str) -> None:
    """Puts a text in place of a cell's; each of its lines becomes a paragraph."""
    first, *rest = cell.findall(f"{W}p")
    for paragraph in rest:
        cell.remove(paragraph)
    lines = text.split("\n")
    after = first
    for line in lines[1:]:
        further = copy.deepcopy(first)
        after.addnext(further)
        after = further
        _set_line(further, line)
    _set_line(first, lines[0])


def _set_line(paragraph: Any, text: str) -> None:
    run, *rest = paragraph.findall(f"{W}r") or [etree.SubElement(paragraph, f"{W}r")]
    for further in rest:
        paragraph.remove(further)
    for child in run.findall(f"{W}t") + run.findall(f"{W}br") + run.findall(f"{W}tab"):
        run.remove(child)
    node = etree.SubElement(run, f"{W}t")
    write(node, text)


def _join_cells(table: Any, repeated: Mapping[Any, Repeated]) -> None:
    """Cells that hold JOINED_LEFT become one with that on their left."""
    for row in list(table.iterchildren(f"{W}tr")):
        cells = list(row.iterchildren(f"{W}tc"))
        widths = [int(width.get(f"{W}w") or 0) if (width := _width_of(cell)) is not None else 0 for cell in cells]
        many = repeated.get(row)
        if many is None:
            for place, fate in _joins([text_of(cell) for cell in cells], widths).items():
                become(cells[place], fate)
            continue
        columns = [many.texts(place) for place in range(len(cells))]
        if not any(JOINED_LEFT in set(texts) for texts in columns):
            continue
        for number, texts in enumerate(zip(*columns, strict=True)):
            for place, fate in _joins(texts, widths).items():
                many.fates.setdefault(place, {})[number] = fate


def _joins(texts: Sequence[str], widths: Sequence[int]) -> dict[int, str]:
    """What becomes of the cells of a row with these texts, of those that do not stay as they are."""
    fates: dict[int, str] = {}
    start = 0
    for place, text in enumerate(texts):
        if text == JOINED_LEFT and place:
            fates[place] = COVERED
            fates[start] = f"{COVERS} {place - start + 1} {sum(widths[start : place + 1])}"
        else:
            start = place
    return fates


def _span(cell: Any, count: int, width: int) -> None:
    measure = _width_of(cell)
    if measure is None:
        return
    measure.set(f"{W}w", str(width))
    span = etree.Element(f"{W}gridSpan")
    span.set(f"{W}val", str(count))
    measure.addnext(span)


def _width_of(cell: Any) -> Any:
    return cell.find(f"{W}tcPr/{W}tcW")


def _fit_columns(table: Any, styles: Styles, repeated: Mapping[Any, Repeated]) -> None:
    """A table marked 欄寬依內容 gets a grid by its longest texts, and its columns of numbers stand to the right.

    Columns that would break a number or a short name on an upright page turn the page; then the type gets smaller, and
    names may be broken; numbers never are (rules/printing.py refuses what no size fits).
    """
    rows = list(table.iterchildren(f"{W}tr"))
    if not any([_strip_mark(cell, FIT_MARK) for row in rows for _, cell in _cells(row)]):
        return
    grid = table.find(f"{W}tblGrid")
    whole = sum(int(column.get(f"{W}w") or 0) for column in grid)
    count = max(sum(1 for _ in _cells(row)) for row in rows)
    columns = [_texts_in(rows, place, repeated) for place in range(count)]
    numeric = [_is_numeric(texts) for _, texts in columns]
    size = float(styles.size(styles.id_of(TEXT_STYLE)))
    unbroken_ems = [max(map(unbroken, headings | texts), default=0) for headings, texts in columns]
    ideal_ems = [min(max(map(ems, headings | texts), default=0), 22) for headings, texts in columns]
    least = [low * size + _CELL_MARGINS for low in unbroken_ems]
    ideal = [max(best * size + _CELL_MARGINS, low) for best, low in zip(ideal_ems, least, strict=True)]
    if sum(least) > whole or sum(ideal) > whole * 1.5:
        whole = _turn_page(table, whole)
    small = sum(least) > whole
    smaller, margins = 0, _CELL_MARGINS
    if small:
        size = float(styles.size(styles.id_of(SMALL_STYLE)))
        least = [low * size + _CELL_MARGINS for low in unbroken_ems]
        numbers = [max(map(longest_number, headings | texts), default=0) for headings, texts in columns]
        for points in range(int(size) // 20, LEAST_POINTS - 1, -1):
            if sum(least) <= whole:
                break
            smaller = points if points * 20 < size else 0
            size, margins = points * 20.0, NARROW_MARGINS if points * 20 < size else margins
            least = [max(low, 1.0) * size + margins for low in numbers]
        ideal = [max(best * size + margins, low) for best, low in zip(ideal_ems, least, strict=True)]
    spare = whole - sum(least)
    wish = [best - low for best, low in zip(ideal, least, strict=True)]
    if spare >= 0 and sum(wish) > 0:
        widths = [int(low + spare * want / sum(wish)) for low, want in zip(least, wish, strict=True)]
    else:
        widths = [int(whole * low / sum(least)) for low in least]
    widths[-1] += whole - sum(widths)
    _set_grid(grid, widths)
    if margins == NARROW_MARGINS:
        _narrow_margins(table)
    for row in rows:
        for index, (_, cell) in enumerate(_cells(row)):
            measure = _width_of(cell)
            if measure is not None:
                measure.set(f"{W}w", str(widths[index]))
                measure.set(f"{W}type", "dxa")
            if smaller:
                _set_size(cell, smaller)
            if _is_header(row):
                continue
            name = (SMALL_NUMBER_STYLE if small else NUMBER_STYLE) if numeric[index] else SMALL_STYLE
            wanted = styles.id_of(name) if name != SMALL_STYLE or small else None
            for style in cell.iter(f"{W}pStyle") if wanted else ():
                style.set(f"{W}val", wanted)


def _set_grid(grid: Any, widths: Sequence[int]) -> None:
    """The columns of the table, of these widths."""
    for child in list(grid):
        grid.remove(child)
    for width in widths:
        etree.SubElement(grid, f"{W}gridCol").set(f"{W}w", str(width))


def _close_up(table: Any) -> None:
    """Where the template left out columns ({%tc if %}), those that stay share the width of the table.

    Only where every row has a cell for each column, or one for all of them.
    """
    rows = list(table.iterchildren(f"{W}tr"))
    grid, measure = table.find(f"{W}tblGrid"), table.find(f"{W}tblPr/{W}tblW")
    header = next((row for row in rows if _is_header(row)), None)
    if grid is None or measure is None or header is None or measure.get(f"{W}type") != "dxa":
        return
    cells = [[cell for _, cell in _cells(row)] for row in rows]
    headings = [cell for _, cell in _cells(header)]
    count, whole = len(headings), int(measure.get(f"{W}w"))
    if not 1 < count < len(grid) or any(len(row) not in (1, count) for row in cells):
        return
    given = [int(_width_of(cell).get(f"{W}w")) for cell in headings]
    widths = [round(width * whole / sum(given)) for width in given]
    widths[-1] += whole - sum(widths)
    _set_grid(grid, widths)
    for row in cells:
        for cell, width in zip(row, widths if len(row) == count else [whole], strict=True):
            _width_of(cell).set(f"{W}w", str(width))
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            if span is not None:
                span.set(f"{W}val", str(count))


def _narrow_margins(table: Any) -> None:
    """Little room beside the texts of the cells, where the type is smaller than the styles have it."""
    properties = table.find(f"{W}tblPr")
    margins = etree.Element(f"{W}tblCellMar")
    for side in ("left", "right"):
        edge = etree.SubElement(margins, f"{W}{side}")
        edge.set(f"{W}w", str(NARROW_MARGINS // 2 - 8))
        edge.set(f"{W}type", "dxa")
    insert_before(properties, margins, _AFTER_MARGINS)


def _set_size(cell: Any, points: int) -> None:
    for run in cell.iter(f"{W}r"):
        properties = properties_of(run, "rPr")
        for name in ("sz", "szCs"):
            for old in properties.findall(f"{W}{name}"):
                properties.remove(old)
            etree.SubElement(properties, f"{W}{name}").set(f"{W}val", str(points * 2))


def _texts_in(rows: Sequence[Any], place: int, repeated: Mapping[Any, Repeated]) -> tuple[set[str], set[str]]:
    """The different texts of the cells in one place of their rows: those of the heading, and those below."""
    headings: set[str] = set()
    below: set[str] = set()
    for row in rows:
        cell = next(islice(row.iterchildren(f"{W}tc"), place, None), None)
        if cell is not None:
            many = repeated.get(row)
            if many is None and _covers_more(cell):
                continue
            (headings if _is_header(row) else below).update(many.texts(place) if many else [text_of(cell)])
    return headings - _SIGNS, below - _SIGNS


def _covers_more(cell: Any) -> bool:
    """Whether the cell will be one with that on its right, so that its text has more room than its column."""
    later = cell.getnext()
    return later is not None and text_of(later) == JOINED_LEFT


_SIGNS = {JOINED_LEFT, JOINED_UP}
_has_digit = re.compile(r"\d").search


def _is_numeric(column: set[str]) -> bool:
    given = [text for text in column if text]
    return any(map(_has_digit, given)) and all(map(_NUMBER_TEXT.fullmatch, given))


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
