"""The sheets of an attached workbook as LibreOffice writes them (.ods): how wide they are, and what of them is printed.

What LibreOffice wrote itself is read here, nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from generator.basic import package
from generator.basic.patterns import compile_late
from generator.basic.text_width import ems

_NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
}


def qualified(tag: str) -> str:
    prefix, _, local = tag.partition(":")
    return f"{{{_NAMES[prefix]}}}{local}"


_SHEET, _ROW, _COLUMN, _SHAPES = (qualified(f"table:{tag}") for tag in ("table", "table-row", "table-column", "shapes"))
STYLE = qualified("style:style")
_CELL, _COVERED = qualified("table:table-cell"), qualified("table:covered-table-cell")
_NUMBERS = ("float", "percentage", "currency", "date", "time")
_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72}
_LENGTH = compile_late(r"(-?[\d.]+)(cm|mm|in|pt)")
_ADDRESS = compile_late(r"\$?([A-Z]+)\$?(\d+)$")
_RANGE = compile_late(r"\.\$?([A-Z]+)\$?(\d+)(?::[^ ]*?\.\$?([A-Z]+)\$?(\d+))?(?= |$)")
_POINTS = 2.54 / 72
# A number this much narrower than its column by our measure may still show as ###: fonts differ.
_NARROW, _MOST_NARROW = 0.7, 100_000
_MOST_COLUMNS = 16_384
_EMPTY = compile_late(r"[\s\-－–—0.,%$]*")


class Sheet(Struct):
    """A sheet that is printed. Lengths are in cm, cells as (row, column) from 0."""

    name: str
    style: str
    ranges: list[tuple[int, int, int, int]]
    columns: list[tuple[int, float, str, bool]] = field(
        default_factory=list
    )  # end, width, style of cells, break before
    filled: int = 0
    telling: int = 0  # cells that say more than 0 or －
    last: tuple[int, int] = (-1, -1)
    width: float = 0.0
    # How far the longest text reaches that runs on into the empty cells beside it, and where it stands.
    spill: tuple[float, tuple[int, int]] = (0.0, (0, 0))
    height: float = 0.0
    sizes: Counter[float] = field(default_factory=Counter)
    outside: list[tuple[int, int]] = field(default_factory=list)
    outside_count: int = 0
    hashes: int = 0  # ### that stand in texts
    narrow: list[tuple[float, int, int]] = field(default_factory=list)

    def edges(self, count: int) -> list[float]:
        """Where each of the first columns begins, and where the last one ends."""
        edges = [0.0]
        for end, width, _, _ in self.columns:
            while len(edges) - 1 < min(end, count):
                edges.append(edges[-1] + width)
        edges += [edges[-1]] * (count + 1 - len(edges))
        return edges

    def size(self) -> float:
        """The size of most of its letters, in points."""
        return self.sizes.most_common(1)[0][0] if self.sizes else 10.0


class _Look(Struct, frozen=True):
    parent: str | None
    size: float | None
    wraps: bool | None
    aligned: bool | None


# --- what is read -----------------------------------------------------------------------------------------------


def read(archive: package.Package, styles: Any) -> Iterator[Sheet]:
    looks: dict[str, _Look] = {}
    lengths: dict[str, float] = {}
    breaks: set[str] = set()
    hidden: set[str] = set()

    def take(style: Any) -> None:
        name = style.get(qualified("style:name")) or ""
        kind = style.get(qualified("style:family"))
        if kind == "table-cell":
            looks[name] = _look(style)
            return
        for child in style:
            length = child.get(qualified("style:column-width")) or child.get(qualified("style:row-height"))
            if length is not None:
                lengths[name] = centimetres(length)
            if child.get(qualified("fo:break-before")) == "page":
                breaks.add(name)
            if child.get(qualified("table:display")) == "false":
                hidden.add(name)

    for style in styles.iter(STYLE, qualified("style:default-style")):
        take(style)
    sheet: Sheet | None = None
    current: Any = None
    row = 0
    with archive.open("content.xml") as part:
        wanted = (_ROW, STYLE, _COLUMN, _SHAPES)
        for event, element in package.elements(part, qualified("office:document-content"), wanted, around=_SHEET):
            if element.tag == STYLE:
                if event == "end":
                    take(element)
            elif element.tag == _SHEET:
                if event == "start" and current is None and element.getparent().tag == qualified("office:spreadsheet"):
                    current, row = element, 0
                    style = element.get(qualified("table:style-name")) or ""
                    is_printed = element.get(qualified("table:print")) != "false" and style not in hidden
                    ranges = _ranges(element.get(qualified("table:print-ranges")) or "")
                    sheet = Sheet(element.get(qualified("table:name")) or "", style, ranges) if is_printed else None
                elif event == "end" and element is current:
                    if sheet is not None and sheet.filled:
                        yield sheet
                    sheet = current = None
            elif event == "end" and sheet is not None and _is_of(element, current):
                if element.tag == _COLUMN:
                    _take_column(element, sheet, lengths, breaks)
                elif element.tag == _ROW:
                    row = _take_row(element, row, sheet, looks, lengths)
                else:
                    _take_shapes(element, sheet)


def _is_of(element: Any, sheet: Any) -> bool:
    for above in element.iterancestors():
        if above is sheet:
            return True
        if above.tag in (_CELL, _COVERED):
            return False
    return False


def _look(style: Any) -> _Look:
    letters = style.find(qualified("style:text-properties"))
    cell = style.find(qualified("style:table-cell-properties"))
    paragraph = style.find(qualified("style:paragraph-properties"))
    size = letters.get(qualified("fo:font-size")) if letters is not None else None
    wrap = cell.get(qualified("fo:wrap-option")) if cell is not None else None
    align = paragraph.get(qualified("fo:text-align")) if paragraph is not None else None
    return _Look(
        style.get(qualified("style:parent-style-name")),
        float(size[:-2]) if size and size.endswith("pt") else None,
        wrap == "wrap" if wrap else None,
        align in ("center", "end") if align else None,
    )


def _of_cell(name: str, looks: Mapping[str, _Look]) -> tuple[float, bool, bool]:
    """The size of its letters, whether it wraps, and whether it is aligned elsewhere than left."""
    size: float | None = None
    wraps: bool | None = None
    aligned: bool | None = None
    following: str | None = name
    for _ in range(20):
        look = looks.get(following or "")
        if look is None:
            break
        size = size if size is not None else look.size
        wraps = wraps if wraps is not None else look.wraps
        aligned = aligned if aligned is not None else look.aligned
        following = look.parent
    return size or 10.0, bool(wraps), bool(aligned)


def _take_column(element: Any, sheet: Sheet, lengths: Mapping[str, float], breaks: set[str]) -> None:
    first = sheet.columns[-1][0] if sheet.columns else 0
    style = element.get(qualified("table:style-name")) or ""
    times = int(element.get(qualified("table:number-columns-repeated")) or 1)
    width = 0.0 if _is_unseen(element) else lengths.get(style, 2.258)
    cells = element.get(qualified("table:default-cell-style-name")) or "Default"
    sheet.columns.append((min(first + times, _MOST_COLUMNS), width, cells, style in breaks))


def _take_row(element: Any, row: int, sheet: Sheet, looks: Mapping[str, _Look], lengths: Mapping[str, float]) -> int:
    """Takes a row; returns the number of the next one."""
    after = row + int(element.get(qualified("table:number-rows-repeated")) or 1)
    cells = []
    column = 0
    for cell in element.iterchildren(_CELL, _COVERED):
        times = int(cell.get(qualified("table:number-columns-repeated")) or 1)
        if len(cell):
            text = "\n".join("".join(line.itertext()) for line in cell.iterchildren(qualified("text:p")))
            for shape in cell:
                if str(shape.tag).startswith(f"{{{_NAMES['draw']}}}"):
                    _take_shape(shape, sheet)
            if text.strip():
                cells.append((column, min(times, _MOST_COLUMNS - column), cell, text))
        column += times
    if not cells or _is_unseen(element):
        return after
    times = after - row
    last_column = cells[-1][0] + cells[-1][1] - 1
    edges = sheet.edges(last_column + 2)
    sheet.height = max(sheet.height, 0.0) + times * lengths.get(element.get(qualified("table:style-name")) or "", 0.45)
    for number, (column, repeated, cell, text) in enumerate(cells):
        if edges[column + repeated] == edges[column]:
            continue
        sheet.filled += repeated * times
        sheet.telling += 0 if _EMPTY.fullmatch(text) else repeated * times
        if sheet.ranges and not any(r1 <= row <= r2 and c1 <= column <= c2 for r1, c1, r2, c2 in sheet.ranges):
            sheet.outside_count += repeated * times
            sheet.outside = sheet.outside or [(row, column)]
            continue
        sheet.last = max(sheet.last[0], after - 1), max(sheet.last[1], column + repeated - 1)
        style = cell.get(qualified("table:style-name")) or _default(sheet, column)
        size, wraps, aligned = _of_cell(style, looks)
        sheet.sizes[size] += repeated * times
        span = int(cell.get(qualified("table:number-columns-spanned")) or 1)
        end = sheet.edges(column + span)[column + span] if span > 1 else edges[column + repeated]
        sheet.width = max(sheet.width, end if span == 1 else edges[column + 1])
        wide = max(map(ems, text.split("\n"))) * size * _POINTS
        if cell.get(qualified("office:value-type")) in _NUMBERS:
            ratio = wide / max(end - edges[column], 0.01)
            if ratio > _NARROW and len(sheet.narrow) < _MOST_NARROW:
                sheet.narrow.append((ratio, row, column))
        else:
            sheet.hashes += text.count("###")
            if number == len(cells) - 1 and not wraps and not aligned:
                sheet.spill = max(sheet.spill, (edges[column] + wide, (row, column)))
    return after


def _default(sheet: Sheet, column: int) -> str:
    return next((style for end, _, style, _ in sheet.columns if column < end), "Default")


def _take_shapes(element: Any, sheet: Sheet) -> None:
    for shape in element:
        _take_shape(shape, sheet)


def _take_shape(shape: Any, sheet: Sheet) -> None:
    """Drawings and charts are printed with their sheet, and may reach beyond its cells."""
    sheet.filled += 1
    sheet.telling += 1_000
    if end := _ADDRESS.search(shape.get(qualified("table:end-cell-address")) or ""):
        column = number_of(end[1])
        end_x = centimetres(shape.get(qualified("table:end-x")) or "0cm")
        sheet.width = max(sheet.width, sheet.edges(column + 1)[column] + end_x)
        sheet.last = max(sheet.last[0], int(end[2]) - 1), max(sheet.last[1], column)
    else:
        x, wide = (centimetres(shape.get(qualified(f"svg:{name}")) or "0cm") for name in ("x", "width"))
        sheet.width = max(sheet.width, x + wide)


def _is_unseen(element: Any) -> bool:
    if element.get(qualified("table:visibility")) in ("collapse", "filter"):
        return True
    groups = element.iterancestors(qualified("table:table-row-group"), qualified("table:table-column-group"))
    return any(group.get(qualified("table:display")) == "false" for group in groups)


def _ranges(text: str) -> list[tuple[int, int, int, int]]:
    found = []
    for match in _RANGE.finditer(text):
        column, row = number_of(match[1]), int(match[2]) - 1
        found.append((row, column, int(match[4] or match[2]) - 1, number_of(match[3] or match[1])))
    return found


def letters(column: int) -> str:
    """The letters of a column, counted from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def number_of(column: str) -> int:
    """The number of a column, counted from 0, by its letters."""
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return number - 1


def centimetres(length: str) -> float:
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _UNITS[match[2]] if match else 0.0
