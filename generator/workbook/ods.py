"""The only module that reads .ods: its content.xml, row by row."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from generator.basic import package
from generator.workbook.raw import MOST_COLUMNS, MOST_ROWS, Maker, RawSheet
from generator.workbook.xlsx import ERROR_VALUES

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_SHEET, _ROW, _NAMED = f"{_TABLE}table", f"{_TABLE}table-row", f"{_STYLE}style"
_COLUMN = f"{_TABLE}table-column"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_ASIDE = {f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}ruby-text"}
_MARKED = {1: " ", 2: "\t", 3: "\n"}
_SIZE = re.compile(r"(\d*\.?\d+)(cm|mm|in|pt|pc|px)")
# What is smaller than half a millimetre nobody sees.
_SMALL = {"cm": 0.05, "mm": 0.5, "in": 0.02, "pt": 1.5, "pc": 0.12, "px": 2.0}
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(cm|mm|in|pt)")
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72}
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_ERROR = re.compile(r"Err:\d+|#\w+[!?]?")


def sheets(workbook: str, archive: package.Package) -> Iterator[RawSheet]:
    """The sheets of a workbook. Raises whatever lxml raises on a damaged file, ValueError on an encrypted one."""
    if b"encryption-data" in package.small(archive, "META-INF/manifest.xml"):
        raise ValueError("encrypted")
    # Of sheets that are not displayed, and of rows and columns without height or width: kind of style, and its name.
    hidden: set[tuple[str, str]] = set()
    indents: dict[str | None, int] = {}
    maker: Maker | None = None
    current: Any = None
    row, column, more = 0, 0, True
    with archive.open("content.xml") as part:
        for event, element in package.elements(
            part, f"{_OFFICE}document-content", (_ROW, _COLUMN, _NAMED), around=_SHEET
        ):
            if element.tag == _NAMED:
                if event == "end":
                    style = element.get(f"{_STYLE}name") or ""
                    hidden.update((child.tag, style) for child in element if _hides(child))
                    if indent := _indent(element):
                        indents[style] = indent
            elif element.tag == _SHEET:
                # Tables stand in links to other documents too, and in cells.
                if event == "start" and current is None and element.getparent().tag == f"{_OFFICE}spreadsheet":
                    name, style = element.get(f"{_TABLE}name") or "", element.get(f"{_TABLE}style-name") or ""
                    unseen = (f"{_STYLE}table-properties", style) in hidden
                    current, maker = element, Maker(workbook, name, unseen)
                    row, column, more = 0, 0, True
                elif event == "end" and element is current and maker is not None:
                    yield maker.build()
                    current = maker = None
            elif event == "end" and maker is not None and more and _is_of(element, current):
                unseen = _is_unseen(element, hidden)
                if element.tag == _COLUMN:
                    after = column + _times(element, "columns-repeated")
                    if unseen:
                        maker.hide_columns(column, after - 1)
                    column = after
                else:
                    row, more = _row(element, row, maker, unseen, indents)


def _is_of(row: Any, sheet: Any) -> bool:
    """Whether it is a row of the sheet itself, in groups or not, and not of a table in one of its cells."""
    for above in row.iterancestors():
        if above is sheet:
            return True
        if above.tag in _CELLS:
            return False
    return False


def _hides(properties: Any) -> bool:
    """Whether what has a style with these properties is not seen."""
    if properties.get(f"{_TABLE}display") == "false":
        return True
    sizes = (properties.get(f"{_STYLE}column-width"), properties.get(f"{_STYLE}row-height"))
    return any(size and (found := _SIZE.fullmatch(size)) and float(found[1]) < _SMALL[found[2]] for size in sizes)


def _is_unseen(element: Any, hidden: Set[tuple[str, str]]) -> bool:
    """Whether a row or column is hidden: by itself, by a filter, by its style, or in a group that is folded."""
    style = element.get(f"{_TABLE}style-name") or ""
    kind = f"{_STYLE}table-{'column' if element.tag == _COLUMN else 'row'}-properties"
    if element.get(f"{_TABLE}visibility") in ("collapse", "filter") or (kind, style) in hidden:
        return True
    groups = element.iterancestors(f"{_TABLE}table-row-group", f"{_TABLE}table-column-group")
    return any(group.get(f"{_TABLE}display") == "false" for group in groups)


def _row(element: Any, index: int, maker: Maker, hidden: bool, styles: Mapping[str | None, int]) -> tuple[int, bool]:
    """Takes a row as often as it is repeated; returns the number of the next one, and whether there is more to take."""
    line: list[object] = []
    faults: dict[int, str] = {}
    texts: dict[int, str] = {}
    indents: dict[int, int] = {}
    column = 0
    for cell in element.iterchildren(*_CELLS):
        times = _times(cell, "columns-repeated")
        value, text, fault = _value(cell)
        down, right = _times(cell, "rows-spanned"), _times(cell, "columns-spanned")
        if down > 1 or right > 1:
            maker.spans.append((index, column, index + down - 1, column + right - 1))
        if value is not None or fault is not None:
            # One beyond the bound, so that it is said.
            last = min(column + times, max(column, MOST_COLUMNS) + 1)
            line.extend([None] * (min(column, MOST_COLUMNS) - len(line)))
            line.extend([value] * (last - column))
            if fault is not None:
                faults.update(dict.fromkeys(range(column, last), fault))
            elif text and text != str(value):
                texts.update(dict.fromkeys(range(column, last), text))
            if styles and isinstance(value, str) and (indent := styles.get(cell.get(f"{_TABLE}style-name"))):
                indents.update(dict.fromkeys(range(column, last), indent))
        column += times
    times = _times(element, "rows-repeated")
    if any(value is not None for value in line) or faults:
        for number in range(index, min(index + times, max(index, MOST_ROWS) + 1)):
            maker.indents.update(((number, column), indent) for column, indent in indents.items())
            if not maker.row(number, list(line), faults, texts, hidden):
                return number, False
    return index + times, True


def _indent(style: Any) -> int:
    """How many characters a style of cells moves its text in: LibreOffice writes 0.353 cm for each."""
    for child in style:
        margin = _LENGTH.fullmatch(child.get(f"{_FO}margin-left") or "")
        if margin and style.get(f"{_STYLE}family") == "table-cell":
            return min(round(float(margin[1]) * _CENTIMETRES[margin[2]] / 0.353), 15)
    return 0


def _times(element: Any, name: str) -> int:
    return max(1, int(element.get(f"{_TABLE}number-{name}") or 1))


def _value(cell: Any) -> tuple[object, str, str | None]:
    """(value, text as shown where that is another, None), or (None, "", what it is that has no value)."""
    kind = cell.get(f"{_OFFICE}value-type")
    formula = cell.get(f"{_TABLE}formula") is not None
    if kind is None and not formula and not len(cell):
        return None, "", None
    text = "\n".join(_text(paragraph) for paragraph in cell.iterchildren(f"{_TEXT}p"))
    wrong = cell.get(f"{_CALC}value-type") == "error"
    if text in ERROR_VALUES or wrong or (formula and _ERROR.fullmatch(text)):
        return None, "", text or "#VALUE!"
    if kind is None:
        return None, "", "" if formula else None
    if kind in ("float", "percentage", "currency"):
        number = float(cell.get(f"{_OFFICE}value") or "nan")
        if not math.isfinite(number):
            return text or None, "", None
        return (int(number) if number.is_integer() else number), text, None
    try:
        if kind == "date":
            return dt.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value") or ""), "", None
        if kind == "time":
            match = _TIME.fullmatch(cell.get(f"{_OFFICE}time-value") or "")
            return (dt.time(int(match[1]), int(match[2]), int(match[3])) if match else text or None), "", None
    except ValueError:
        # A date that no calendar has, or a length of time: as it is shown.
        return text or None, "", None
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true", "", None
    return text or cell.get(f"{_OFFICE}string-value") or None, "", None


def _text(paragraph: Any) -> str:
    """The text of a paragraph: white space folded as the format has it, its own marks for blanks, tabs and breaks."""
    pieces: list[str] = []
    _gather(paragraph, pieces)
    return re.sub(r"[ \t\r\n]+", " ", "".join(pieces)).strip(" ").translate(_MARKED)


def _gather(element: Any, pieces: list[str]) -> None:
    """Texts as they stand, and control characters, which XML cannot have, for what must not be folded."""
    pieces.append(element.text or "")
    for child in element:
        if child.tag == f"{_TEXT}s":
            pieces.append("\1" * min(int(child.get(f"{_TEXT}c") or 1), 1000))
        elif child.tag == f"{_TEXT}tab":
            pieces.append("\2")
        elif child.tag == f"{_TEXT}line-break":
            pieces.append("\3")
        elif isinstance(child.tag, str) and child.tag not in _ASIDE:
            _gather(child, pieces)
        pieces.append(child.tail or "")
