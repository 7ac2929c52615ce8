"""The sheets of an .xlsx, straight from the XML; what its other parts say is read by xlsx_parts and xlsx_styles.

One pass over a sheet gives values, formulas without a value, merged ranges, and what is hidden. openpyxl gives all of
these only when it holds the whole sheet in memory, takes several times as long, and a while to be loaded.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from lxml import etree

from generator.basic import package
from generator.basic.patterns import compile_late
from generator.basic.problem import Code
from generator.workbook import lettering, number_formats, serial_dates, xlsx_parts
from generator.workbook.number_formats import Format, Shown
from generator.workbook.raw import (
    CHART,
    MOST_CELLS,
    MOST_COLUMNS,
    PICTURE,
    SHAPE,
    TEXT_BOX,
    Maker,
    RawSheet,
    RawSheetCode,
    number,
)
from generator.workbook.xlsx_styles import Style

ERROR_VALUES = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _VALUE, _FORMULA = f"{_MAIN}row", f"{_MAIN}c", f"{_MAIN}v", f"{_MAIN}f"
_INLINE, _ITEM, _TEXT, _PHONETIC, _MERGE = f"{_MAIN}is", f"{_MAIN}si", f"{_MAIN}t", f"{_MAIN}rPh", f"{_MAIN}mergeCell"
_RUN, _LOOKS, _STRIKE, _RAISED = f"{_MAIN}r", f"{_MAIN}rPr", f"{_MAIN}strike", f"{_MAIN}vertAlign"
_UNDERLINE = f"{_MAIN}u"
_COLUMN, _FORMAT, _DRAWING = f"{_MAIN}col", f"{_MAIN}sheetFormatPr", f"{_MAIN}drawing"
# What is narrower (in characters) or lower (in points) nobody sees.
_NARROW, _LOW = 0.3, 1.5
_ANCHORED = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_DRAWN_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PICTURE_FORMULA = compile_late(r"(?:_xlfn\.)?(?:_xlws\.)?(DISPIMG|IMAGE)\(", re.IGNORECASE)
# Strict Open XML differs in the addresses that name its vocabularies, and in nothing else that is read here.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
        b"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/chart", b"http://schemas.openxmlformats.org/drawingml/2006/chart"),
)
# The pixels beside the digits in the width of a column, in digits.
_PADDING = 0.71
_LARGEST = 1e308
_NAMES = 8192
_RANGE = compile_late(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_ESCAPED = compile_late(r"_x(?![Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true")
# What is read row by row.
_READ_APART = ("xl/worksheets/", "xl/sharedStrings")


def sheets(workbook: str, archive: package.Package) -> Iterator[RawSheet]:
    """The sheets of a workbook. Raises KeyError, ValueError, and what zipfile and lxml raise on a damaged file."""
    book = _opened(archive)
    strings = _strings(archive, book.strings) if book.strings else []
    for sheet in book.sheets:
        maker = Maker(workbook, sheet.name, not sheet.shown or book.windowless)
        with _part(archive, sheet.part) as part:
            drawing = _read(part, _Styles(book), strings, maker)
        if drawing:
            _draw(archive, sheet.part, drawing, maker)
        yield maker.build()


def spread(archive: package.Package) -> int:
    """How many cells the merged ranges and the links of a workbook cover: openpyxl makes each of them in a copy."""
    cells = 0
    for sheet in _opened(archive).sheets:
        with _part(archive, sheet.part) as part:
            for event, element in package.elements(part, f"{_MAIN}worksheet", (_ROW, _MERGE, f"{_MAIN}hyperlink")):
                match = _RANGE.fullmatch(element.get("ref") or "") if event == "end" else None
                if match:
                    high = int(match[4]) - int(match[2]) + 1
                    cells += max(high, 0) * max(number(match[3]) - number(match[1]) + 1, 0)
    return cells


def targets(archive: package.Package) -> dict[str, str]:
    """The name of the part of each sheet. Raises what ``sheets`` raises."""
    return {sheet.name: sheet.part for sheet in _opened(archive).sheets}


def book_part(archive: package.Package) -> str:
    """The name of the part that lists the sheets."""
    return _opened(archive).part


def _opened(archive: package.Package) -> xlsx_parts.Book:
    return xlsx_parts.book(package.small_parts(archive, _READ_APART, _transitional), set(archive.namelist()))


def _transitional(content: bytes) -> bytes:
    """A part, or the beginning of one, with the names of the common form of Open XML."""
    if b"http://purl.oclc.org/" in content:
        for strict, common in _STRICT:
            content = content.replace(strict, common)
    return content


@contextmanager
def _part(archive: package.Package, name: str) -> Iterator[IO[bytes]]:
    """A part to be read through. The names of its vocabularies stand at its beginning."""
    with archive.open(name) as part:
        yield cast(IO[bytes], _Chained(_transitional(part.read(_NAMES)), part))


class _Chained:
    """A stream, and what has been read of it already before it."""

    def __init__(self, beginning: bytes, rest: IO[bytes]) -> None:
        self._beginning, self._rest = beginning, rest

    def read(self, size: int = -1) -> bytes:
        beginning, self._beginning = self._beginning, b""
        return beginning or self._rest.read(size)


def _strings(archive: package.Package, name: str) -> list[str]:
    strings = []
    with _part(archive, name) as part:
        for event, item in package.elements(part, f"{_MAIN}sst", (_ITEM,)):
            if event == "end":
                strings.append(_string(item))
                if len(strings) > MOST_CELLS:
                    raise package.TooMuch(archive.budget.taken // 1_000_000)
    return strings


def _string(item: Any) -> str:
    """The text of a cell or of an item of the table of texts, in runs or not, without what tells its pronunciation.

    What is struck out is left out, what is raised or lowered gets the characters for it, what is underlined is noted.
    """
    marks: set[Code] = set()
    pieces: list[str] = []
    underlined: list[tuple[int, int]] = []
    for element in item.iter(_TEXT):
        above = element.getparent()
        if above.tag == _PHONETIC:
            continue
        piece = element.text or ""
        if above.tag == _RUN and (looks := above.find(_LOOKS)) is not None:
            if _is_on(looks.find(_STRIKE)):
                if piece.strip():
                    marks.add(RawSheetCode.STRUCK_OUT)
                continue
            raised = looks.find(_RAISED)
            if raised is not None:
                piece = lettering.raised(piece, raised.get("val") or "")
            line = looks.find(_UNDERLINE)
            if line is not None and line.get("val") != "none":
                begun = sum(len(before) for before in pieces)
                underlined.append((begun, begun + len(piece)))
        pieces.append(piece)
    whole = "".join(pieces)
    text = lettering.visible(whole, marks)
    # Excel stores a control character as _x000B_, and the underscore of such a text as _x005F_.
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
    # Where characters went the parts can no longer be told.
    parts = tuple(underlined) if text == whole else ()
    return lettering.Marked(text, marks, parts) if marks or parts else text


def _is_on(flag: Any) -> bool:
    """Whether a property of a run or a font is set: <strike/>, <strike val="1"/>."""
    return flag is not None and flag.get("val", "1") in _TRUE


def _read(part: IO[bytes], styles: _Styles, strings: list[str], maker: Maker) -> str:
    """Takes the rows of a sheet; returns the id of its drawing, or an empty text."""
    index = -1
    taken = True
    drawing = ""
    shown: set[int] = set()
    narrow = False
    for event, element in package.elements(part, f"{_MAIN}worksheet", (_ROW, _MERGE, _COLUMN, _FORMAT, _DRAWING)):
        if event == "start":
            continue
        if element.tag == _FORMAT:
            narrow = _is_below(element.get("defaultColWidth"), _NARROW)
        elif element.tag == _DRAWING:
            drawing = element.get(_LINK) or ""
        elif element.tag == _COLUMN:
            styles.widen(element)
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
    return drawing


def _draw(archive: package.Package, sheet: str, link: str, maker: Maker) -> None:
    """Notes what the drawing of a sheet holds. What cannot be found or read there is taken for a picture."""
    folder, name = posixpath.split(sheet)
    try:
        target = _linked(archive, f"{folder}/_rels/{name}.rels", folder)[link]
        found = list(_anchored(archive, target))
    except (KeyError, ValueError, etree.LxmlError):
        found = [(0, 0, PICTURE)]
    for row, column, what in found:
        maker.draw(row, column, what)


def _linked(archive: package.Package, name: str, folder: str) -> dict[str, str]:
    """The parts that a part is linked to, by the ids of the links."""
    relations = etree.fromstring(package.small(archive, name), package.parser())
    return {
        relation.get("Id") or "": posixpath.normpath(posixpath.join(folder, relation.get("Target") or "")).lstrip("/")
        for relation in relations
        if isinstance(relation.tag, str)
    }


def _anchored(archive: package.Package, name: str) -> Iterator[tuple[int, int, str]]:
    """What a drawing holds: row and column of its corner, and what it is."""
    drawing = etree.fromstring(_transitional(package.small(archive, name)), package.parser())
    for anchor in drawing.iter(*(f"{_ANCHORED}{kind}Anchor" for kind in ("oneCell", "twoCell", "absolute"))):
        tags = {element.tag for element in anchor.iter() if isinstance(element.tag, str)}
        corner = anchor.find(f"{_ANCHORED}from")
        place = (
            [int(corner.findtext(f"{_ANCHORED}{axis}") or 0) for axis in ("row", "col")] if corner is not None else []
        )
        if f"{_ANCHORED}pic" in tags:
            what = PICTURE
        elif f"{_ANCHORED}graphicFrame" in tags:
            what = CHART
        elif f"{_ANCHORED}sp" in tags or f"{_ANCHORED}cxnSp" in tags:
            what = TEXT_BOX if any(text.text for text in anchor.iter(_DRAWN_TEXT)) else SHAPE
        else:
            continue
        yield (place[0], place[1], what) if place else (0, 0, what)


def _is_below(text: str | None, least: float) -> bool:
    """Whether a measure is given and less than can be seen."""
    try:
        return text is not None and float(text) < least
    except ValueError:
        return False


def _row(element: Any, index: int, styles: _Styles, strings: list[str], maker: Maker) -> bool:
    line: list[object] = []
    faults: dict[int, str] = {}
    texts: dict[int, str | Shown] = {}
    column = -1
    for cell in element.iterchildren(_CELL):
        reference = cell.get("r")
        column = _column(reference.rstrip("0123456789")) if reference else column + 1
        value, fault = _value(cell, styles, strings, column, texts)
        if styles.struck and cell.get("s") in styles.struck and (value is not None or fault is not None):
            maker.mention(RawSheetCode.STRUCK_OUT, index, column)
            texts.pop(column, None)
            continue
        if styles.unseen and value is not None and cell.get("s") in styles.unseen:
            maker.mention(RawSheetCode.HIDDEN_CELLS, index, column)
        if isinstance(value, lettering.Marked):
            for code in value.marks:
                maker.mention(code, index, column)
            if value.underlined:
                maker.underlined[index, column] = value.underlined
            value = str(value) or None
        if isinstance(value, str) and cell.get("s") in styles.underlined and (parts := lettering.whole(value)):
            maker.underlined.setdefault((index, column), parts)
        if fault is not None:
            faults[column] = fault
        elif value is None:
            continue
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


def _value(
    cell: Any, styles: _Styles, strings: list[str], column: int, texts: dict[int, str | Shown]
) -> tuple[object, str | None]:
    """(value, None), or (None, the error value; an empty text for a formula that was never calculated).

    Where the cell shows something else than its value, that is added to ``texts`` under its column.
    """
    given: str | None = None
    formula = False
    for part in cell:
        if part.tag == _VALUE:
            given = part.text
        elif part.tag == _FORMULA:
            formula = True
            if part.text and (picture := _PICTURE_FORMULA.search(part.text)):
                return None, picture[1].upper()
        elif part.tag == _INLINE:
            given = _string(part)
    kind = cell.get("t") or "n"
    if given is None or (given == "" and kind in ("n", "d")):
        return None, "" if formula and kind != "str" else None
    if kind in ("s", "str", "inlineStr"):
        marks: set[Code] = set()
        text = strings[int(given)] if kind == "s" else lettering.visible(given, marks)
        if marks:
            text = lettering.Marked(text, marks)
        if text[:1] == "=" and (picture := _PICTURE_FORMULA.match(text[1:])):
            return None, picture[1].upper()
        form = styles.of(cell.get("s"))
        if form is not None and form.for_text is not None:
            texts[column] = form.text(text)
        return (None, text) if text in ERROR_VALUES else (text or None, None)
    if kind == "n":
        value = float(given) if not given.lstrip("-").isdecimal() else int(given)
        if not -_LARGEST < value < _LARGEST:
            return None, "#NUM!"
        return styles.read(value, cell.get("s"), column, texts)
    if kind == "b":
        return given in _TRUE, None
    if kind == "d":
        moment = serial_dates.from_iso(given)
        styles.show(moment, cell.get("s"), column, texts)
        return moment, None
    # Excel keeps a picture in a cell as an error value that newer versions know better.
    return None, "IMAGE" if cell.get("vm") else given or "#VALUE!"


class _Styles:
    """What a cell's style makes of its value: a date, another text, or nothing where it is struck out."""

    def __init__(self, book: xlsx_parts.Book) -> None:
        self._styles = book.styles
        self._1904 = book.from_1904
        self._epoch = serial_dates.SINCE_1904 if book.from_1904 else serial_dates.SINCE_1900
        self._forms: dict[str | None, Format | None] = {}
        self._widths: list[tuple[int, int, int]] = []
        numbered = [(str(number), style) for number, style in enumerate(book.styles)]
        self.struck = {number for number, style in numbered if style.struck}
        self.underlined = {number for number, style in numbered if style.underlined}
        self.unseen = {number for number, style in numbered if style.unseen}
        # The style of a cell that none is given is the first.
        if "0" in self.struck:
            self.struck.add(cast(str, None))

    def widen(self, column: Any) -> None:
        """Takes the width of columns: General shows more digits in a wide one."""
        try:
            shown = int(float(column.get("width") or 0) - _PADDING)
            if shown > number_formats.STANDARD_WIDTH:
                self._widths.append((int(column.get("min")) - 1, int(column.get("max")) - 1, shown))
        except (TypeError, ValueError, OverflowError):
            return

    def of(self, style: str | None) -> Format | None:
        """The format of a style; None for General."""
        if style not in self._forms:
            form = number_formats.compiled(self._style(style).code)
            self._forms[style] = None if form.general and form.for_text is None else form
        return self._forms[style]

    def read(
        self, value: float, style: str | None, column: int, texts: dict[int, str | Shown]
    ) -> tuple[object, str | None]:
        """The number, or the date, time or duration that it is by its style; one that is none is an error value."""
        form = self.of(style)
        if form is None:
            if value != int(value) or abs(value) >= 10**number_formats.WIDEST:
                texts[column] = Shown(value, _GENERAL, self._width(column), self._1904)
            return value, None
        texts[column] = Shown(value, form, self._width(column), self._1904)
        if form.kind not in ("date", "time", "length"):
            return value, None
        try:
            if form.kind == "length":
                return serial_dates.length(value), None
            return serial_dates.moment(value, self._epoch), None
        except (OverflowError, ValueError):
            return None, "#VALUE!"

    def indent(self, style: str) -> int:
        """How many characters a cell of that style is moved in from the left."""
        return self._style(style).indent

    def show(
        self, moment: dt.date | dt.time | dt.timedelta, style: str | None, column: int, texts: dict[int, str | Shown]
    ) -> None:
        """Adds how a date or time is shown that stands in the file as such, and not as a number."""
        form = self.of(style)
        if form is not None and form.kind in ("date", "time", "length"):
            with contextlib.suppress(ValueError, TypeError, OverflowError):
                texts[column] = Shown(serial_dates.serial(moment, self._epoch), form, 0, self._1904)

    def _width(self, column: int) -> int:
        return next((shown for first, last, shown in self._widths if first <= column <= last), 0)

    def _style(self, style: str | None) -> Style:
        number = int(style or 0)
        return self._styles[number] if number < len(self._styles) else Style()


_GENERAL = number_formats.compiled(number_formats.GENERAL)
