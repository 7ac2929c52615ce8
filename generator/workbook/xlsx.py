"""The only module that reads .xlsx: openpyxl for the workbook and its styles, the cells straight from the XML.

One pass over a sheet gives values, formulas without a value, merged ranges, and what is hidden. openpyxl gives all of
these only when it holds the whole sheet in memory, and takes several times as long.
"""

from __future__ import annotations

import contextlib
import functools
import io
import re
import warnings
from collections.abc import Iterator
from typing import IO, Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.xml.constants import SHARED_STRINGS

from generator.basic import package
from generator.workbook.raw import MOST_CELLS, MOST_COLUMNS, Maker, RawSheet, number

ERROR_VALUES = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _VALUE, _FORMULA = f"{_MAIN}row", f"{_MAIN}c", f"{_MAIN}v", f"{_MAIN}f"
_INLINE, _ITEM, _TEXT, _PHONETIC, _MERGE = f"{_MAIN}is", f"{_MAIN}si", f"{_MAIN}t", f"{_MAIN}rPh", f"{_MAIN}mergeCell"
_COLUMN, _FORMAT = f"{_MAIN}col", f"{_MAIN}sheetFormatPr"
# What is narrower (in characters) or lower (in points) nobody sees.
_NARROW, _LOW = 0.3, 1.5
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_ESCAPED = re.compile(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true")
# What is read row by row, here and not by openpyxl.
_READ_APART = ("xl/worksheets/", "xl/sharedStrings")


def sheets(workbook: str, archive: package.Package) -> Iterator[RawSheet]:
    """The sheets of a workbook. Raises whatever openpyxl and lxml raise on a file that is damaged."""
    reader, targets = _opened(archive)
    table = reader.package.find(SHARED_STRINGS)
    strings = _strings(archive, table.PartName[1:]) if table is not None else []
    for sheet, target in targets:
        maker = Maker(workbook, sheet.name, sheet.state != "visible" or _has_no_window(reader.wb))
        with archive.open(target) as part:
            _read(part, _Styles(reader.wb), strings, maker)
        yield maker.build()


def spread(archive: package.Package) -> int:
    """How many cells the merged ranges and the links of a workbook cover: openpyxl makes each of them."""
    cells = 0
    for _, target in _opened(archive)[1]:
        with archive.open(target) as part:
            for event, element in package.elements(part, f"{_MAIN}worksheet", (_ROW, _MERGE, f"{_MAIN}hyperlink")):
                match = _RANGE.fullmatch(element.get("ref") or "") if event == "end" else None
                if match:
                    high = int(match[4]) - int(match[2]) + 1
                    cells += max(high, 0) * max(number(match[3]) - number(match[1]) + 1, 0)
    return cells


def _opened(archive: package.Package) -> tuple[Any, list[tuple[Any, str]]]:
    """openpyxl's reader of everything but the cells, and each sheet with the name of its part."""
    # openpyxl prints what it thinks of odd styles, where the answer of the command goes.
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        reader: Any = ExcelReader(
            package.small_parts(archive, _READ_APART), read_only=True, data_only=True, keep_links=False
        )
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        targets = [(sheet, rel.target) for sheet, rel in reader.parser.find_sheets() if "chartsheet" not in rel.Type]
    present = set(archive.namelist())
    targets = [(sheet, target) for sheet, target in targets if target in present]
    if not targets:
        raise ValueError("no targets")
    return reader, targets


def _strings(archive: package.Package, name: str) -> list[str]:
    strings = []
    with archive.open(name) as part:
        for event, item in package.elements(part, f"{_MAIN}sst", (_ITEM,)):
            if event == "end":
                strings.append(_string(item))
                if len(strings) > MOST_CELLS:
                    raise package.TooMuch(archive.budget.taken // 1_000_000)
    return strings


def _string(item: Any) -> str:
    """The text of a cell or of an item of the table of texts, in runs or not, without what tells its pronunciation."""
    text = "".join(element.text or "" for element in item.iter(_TEXT) if element.getparent().tag != _PHONETIC)
    # Excel stores a control character as _x000B_, and the underscore of such a text as _x005F_.
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _read(part: IO[bytes], styles: _Styles, strings: list[str], maker: Maker) -> None:
    index = -1
    taken = True
    shown: set[int] = set()
    narrow = False
    for event, element in package.elements(part, f"{_MAIN}worksheet", (_ROW, _MERGE, _COLUMN, _FORMAT)):
        if event == "start":
            continue
        if element.tag == _FORMAT:
            narrow = _is_below(element.get("defaultColWidth"), _NARROW)
        elif element.tag == _COLUMN:
            first, last = int(element.get("min") or 1) - 1, int(element.get("max") or element.get("min") or 1) - 1
            width = element.get("width")
            if element.get("hidden") in _TRUE or (_is_below(width, _NARROW) if width is not None else narrow):
                maker.hide_columns(first, last)
            elif narrow:
                shown.update(range(first, min(last, MOST_COLUMNS) + 1))
        elif element.tag == _MERGE:
            match = _RANGE.fullmatch(element.get("ref") or "")
            if match:
                maker.spans.append((int(match[2]) - 1, number(match[1]), int(match[4]) - 1, number(match[3])))
        elif taken:
            index = int(element.get("r") or index + 2) - 1
            taken = _row(element, index, styles, strings, maker)
    if narrow:
        for column in set(range(MOST_COLUMNS)) - shown:
            maker.hide_columns(column, column)


def _has_no_window(book: Any) -> bool:
    """Whether every window of the workbook is hidden, so that Excel shows none of its sheets."""
    views = list(book.views or ())
    return bool(views) and all(view.visibility in ("hidden", "veryHidden") for view in views)


def _is_below(text: str | None, least: float) -> bool:
    """Whether a measure is given and less than can be seen."""
    try:
        return text is not None and float(text) < least
    except ValueError:
        return False


def _row(element: Any, index: int, styles: _Styles, strings: list[str], maker: Maker) -> bool:
    line: list[object] = []
    faults: dict[int, str] = {}
    texts: dict[int, str] = {}
    column = -1
    for cell in element.iterchildren(_CELL):
        reference = cell.get("r")
        column = _column(reference.rstrip("0123456789")) if reference else column + 1
        value, fault = _value(cell, styles, strings)
        if fault is not None:
            faults[column] = fault
        elif value is None:
            continue
        elif isinstance(value, int | float) and (text := styles.text(value, cell.get("s"))):
            texts[column] = text
        elif isinstance(value, str) and (style := cell.get("s")) and (indent := styles.indent(style)):
            maker.indents[index, column] = indent
        if column >= len(line):
            line.extend([None] * (column + 1 - len(line)))
        line[column] = value
    hidden = element.get("hidden") in _TRUE or _is_below(element.get("ht"), _LOW)
    return maker.row(index, line, faults, texts, hidden)


@functools.cache
def _column(letters: str) -> int:
    if not re.fullmatch("[A-Z]{1,3}", letters):
        raise ValueError(letters)
    return number(letters)


def _value(cell: Any, styles: _Styles, strings: list[str]) -> tuple[object, str | None]:
    """(value, None), or (None, the error value; an empty text for a formula that was never calculated)."""
    given, formula = None, False
    for part in cell:
        if part.tag == _VALUE:
            given = part.text
        elif part.tag == _FORMULA:
            formula = True
        elif part.tag == _INLINE:
            given = _string(part)
    kind = cell.get("t") or "n"
    if given is None or (given == "" and kind == "n"):
        return None, "" if formula and kind != "str" else None
    if kind in ("s", "str", "inlineStr"):
        text = strings[int(given)] if kind == "s" else given
        return (None, text) if text in ERROR_VALUES else (text or None, None)
    if kind == "n":
        value = float(given) if not given.lstrip("-").isdecimal() else int(given)
        return styles.moment(value, cell.get("s"))
    if kind == "b":
        return given in _TRUE, None
    if kind == "d":
        return from_ISO8601(given), None  # type: ignore[no-untyped-call]
    return None, given or "#VALUE!"


class _Styles:
    """What a cell's style makes of a number: a date, or the text that its format shows."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[str, str] = {}
        self._indents: dict[str, int] = {}

    def moment(self, value: float, style: str | None) -> tuple[object, str | None]:
        """The number, or the date, time or duration that it is by its style; one that is none is an error value."""
        index = int(style or 0)
        length = index in self._book._timedelta_formats
        if not length and index not in self._book._date_formats:
            return value, None
        try:
            return from_excel(value, self._book.epoch, timedelta=length), None
        except (OverflowError, ValueError):
            return None, "#VALUE!"

    def indent(self, style: str) -> int:
        """How many characters a cell of that style is moved in from the left."""
        indent = self._indents.get(style)
        if indent is None:
            styles, alignments = self._book._cell_styles, self._book._alignments
            number = styles[int(style)].alignmentId if int(style) < len(styles) else 0
            alignment = alignments[number] if number < len(alignments) else None
            indent = 0
            if alignment is not None and alignment.horizontal in (None, "general", "left", "distributed"):
                indent = min(int(alignment.indent or 0), 15)
            self._indents[style] = indent
        return indent

    def text(self, value: float, style: str | None) -> str:
        """The number as its format shows it; an empty text where that is no other than the plain number."""
        if isinstance(value, bool) or not style or style == "0":
            return ""
        form = self._formats.get(style)
        if form is None:
            form = self._formats[style] = self._form(int(style))
        text = formatted(value, form) if form else ""
        return "" if text == str(value) else text

    def _form(self, style: int) -> str:
        styles, formats = self._book._cell_styles, self._book._number_formats
        number_format = styles[style].numFmtId if style < len(styles) else 0
        custom = number_format - 164
        form = formats[custom] if 0 <= custom < len(formats) else BUILTIN_FORMATS.get(number_format, "General")
        return "" if form == "General" else str(form)


def formatted(value: float, form: str) -> str:
    """A number as its format shows it, for the formats that tables use: thousands, decimals, per cent."""
    form = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", form.split(";")[0])
    decimals = len(match[1]) if (match := re.search(r"\.([0#?]+)", form)) else 0
    if "%" in form:
        return f"{value * 100:.{decimals}f}%"
    if "#,##0" in form or "#,###" in form:
        return f"{value:,.{decimals}f}"
    if (digits := re.match(r"\s*(0+)(\.0+)?", form)) and "E" not in form.upper():
        width = len(digits[1]) if isinstance(value, int) else 0
        return f"{value:.{decimals}f}" if decimals or not width else f"{value:0{width}d}"
    return ""
