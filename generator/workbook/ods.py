"""The only module that reads .ods: its content.xml, row by row."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from typing import Any

from generator.basic import package
from generator.basic.patterns import compile_late
from generator.basic.problem import Code
from generator.workbook import lettering, number_formats, ods_formats
from generator.workbook.raw import (
    CHART,
    MOST_COLUMNS,
    MOST_ROWS,
    PICTURE,
    SHAPE,
    TEXT_BOX,
    Maker,
    RawSheet,
    RawSheetCode,
)
from generator.workbook.xlsx import ERROR_VALUES

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_SHEET, _ROW, _NAMED = f"{_TABLE}table", f"{_TABLE}table-row", f"{_STYLE}style"
_COLUMN, _SHAPES, _LETTERS = f"{_TABLE}table-column", f"{_TABLE}shapes", f"{_STYLE}text-properties"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_ASIDE = {f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}ruby-text"}
_MARKED = {1: " ", 2: "\t", 3: "\n"}
# Around what is underlined, until the parts can be counted.
_LINE, _LINE_END = "\4", "\5"
_SIZE = compile_late(r"(\d*\.?\d+)(cm|mm|in|pt|pc|px)")
# What is smaller than half a millimetre nobody sees.
_SMALL = {"cm": 0.05, "mm": 0.5, "in": 0.02, "pt": 1.5, "pc": 0.12, "px": 2.0}
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_LENGTH = compile_late(r"(\d+(?:\.\d+)?)(cm|mm|in|pt)")
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72}
# What a style is called that has no name: the one of all cells.
_DEFAULT, _DEEPEST = "Default", 20
_FIRST_DAY = dt.datetime(1899, 12, 30)
_NUMBER = compile_late(r"-?\d+(?:\.\d+)?(?:[Ee][+-]?\d+)?")
_TIME = compile_late(r"PT(\d+)H(\d+)M(\d+)([.,]\d+)?S")
_ERROR = compile_late(r"Err:\d+|#\w+[!?]?")
_PICTURE_FORMULA = compile_late(r"(?:of:)?=(?:COM\.MICROSOFT\.)?(DISPIMG|IMAGE)\(", re.IGNORECASE)
# In points: nobody reads smaller letters.
_LEAST_POINTS = 3
# General as LibreOffice writes it: more digits than a column shows.
_LONG_NUMBER = compile_late(r"-?\d*[.,]\d{7,}|-?\d{12,}|-?\d(?:[.,]\d+)?E[+-]?\d{3,}")


class _Looks:
    """What the styles of a workbook say of cells and of runs: struck out, raised, lowered, how numbers show; and of
    whole columns. A style has what the one above it has, where it does not say otherwise.
    """

    def __init__(self) -> None:
        # Of sheets that are not displayed, and of rows and columns without height or width: the kind of a style, and
        # its name.
        self.hidden: set[tuple[str, str]] = set()
        self.columns: list[tuple[int, str]] = []
        self.formats = ods_formats.Formats()
        self._own: dict[str, dict[str, Any]] = {}
        self._above: dict[str, str] = {}
        self._known: dict[str, dict[str, Any]] = {}
        self.strikes_any = self.indents_any = self.hides_any = False

    def take(self, style: Any) -> None:
        if style.tag in ods_formats.KINDS:
            self.formats.take(style)
            return
        name = style.get(f"{_STYLE}name") or _DEFAULT
        self.hidden.update((child.tag, name) for child in style if _hides(child))
        own: dict[str, Any] = {}
        indent = _indent(style)
        if indent is not None:
            own["indent"] = indent
            self.indents_any |= indent > 0
        if data_style := style.get(f"{_STYLE}data-style-name"):
            own["format"] = data_style
        paper = style.find(f"{_STYLE}table-cell-properties")
        if paper is not None and (colour := paper.get(f"{_FO}background-color")):
            own["paper"] = colour.lower()
        letters = style.find(_LETTERS)
        if letters is not None:
            own |= _ink(letters)
            lines = [letters.get(f"{_STYLE}text-line-through-{part}") for part in ("style", "type")]
            if lines != [None, None]:
                own["struck"] = any(line not in (None, "none") for line in lines)
                self.strikes_any |= own["struck"]
            lines = [letters.get(f"{_STYLE}text-underline-{part}") for part in ("style", "type")]
            if lines != [None, None]:
                own["underlined"] = any(line not in (None, "none") for line in lines)
            if position := letters.get(f"{_STYLE}text-position"):
                place = position.split()[0]
                lowered = place == "sub" or place.startswith("-")
                own["raised"] = None if place == "0%" else "subscript" if lowered else "superscript"
        self.hides_any |= not own.keys().isdisjoint(("ink", "size", "unseen"))
        if own:
            self._own[name] = own
        if above := style.get(f"{_STYLE}parent-style-name"):
            self._above[name] = above

    def of(self, name: str | None) -> dict[str, Any]:
        """What a style says, with what it has from those above it."""
        found = self._known.get(name or _DEFAULT)
        if found is None:
            found, following = {}, name or _DEFAULT
            for _ in range(_DEEPEST):
                found = self._own.get(following, {}) | found
                if following not in self._above:
                    break
                following = self._above[following]
            self._known[name or _DEFAULT] = found
        return found

    def shows_nothing(self, cell: Any, column: int) -> bool:
        """Whether a cell has ink of the colour of its paper, next to no size, or text that is not displayed."""
        look = self.of_cell(cell, column)
        paper = look.get("paper", "transparent").replace("transparent", "#ffffff")
        return look.get("ink") == paper or look.get("size", 10.0) < _LEAST_POINTS or bool(look.get("unseen"))

    def column(self, element: Any) -> tuple[int, int]:
        """Takes the next columns; returns the first of them, and the one after them."""
        first = self.columns[-1][0] if self.columns else 0
        after = first + _times(element, "columns-repeated")
        self.columns.append((after, element.get(f"{_TABLE}default-cell-style-name")))
        return first, after

    def hides(self, element: Any) -> bool:
        """Whether a row or column is hidden: by itself, by a filter, by its style, or in a group that is folded."""
        style = element.get(f"{_TABLE}style-name") or ""
        kind = f"{_STYLE}table-{'column' if element.tag == _COLUMN else 'row'}-properties"
        if element.get(f"{_TABLE}visibility") in ("collapse", "filter") or (kind, style) in self.hidden:
            return True
        groups = element.iterancestors(f"{_TABLE}table-row-group", f"{_TABLE}table-column-group")
        return any(group.get(f"{_TABLE}display") == "false" for group in groups)

    def of_cell(self, cell: Any, column: int) -> dict[str, Any]:
        """What the style of a cell says, or that of its column where it has none."""
        style = cell.get(f"{_TABLE}style-name")
        if style is None:
            style = next((style for end, style in self.columns if column < end), None)
        return self.of(style)


def sheets(workbook: str, archive: package.Package) -> Iterator[RawSheet]:
    """The sheets of a workbook. Raises whatever lxml raises on a damaged file, ValueError on an encrypted one."""
    if b"encryption-data" in package.small(archive, "META-INF/manifest.xml"):
        raise ValueError("encrypted")
    looks = _Looks()
    if "styles.xml" in archive.namelist():
        with archive.open("styles.xml") as part:
            for event, style in package.elements(part, f"{_OFFICE}document-styles", (_NAMED, *ods_formats.KINDS)):
                if event == "end":
                    looks.take(style)
    maker: Maker | None = None
    current: Any = None
    row, more = 0, True
    with archive.open("content.xml") as part:
        wanted = (_ROW, _NAMED, _COLUMN, _SHAPES, *ods_formats.KINDS)
        for event, element in package.elements(part, f"{_OFFICE}document-content", wanted, around=_SHEET):
            if element.tag == _NAMED or element.tag in ods_formats.KINDS:
                if event == "end":
                    looks.take(element)
            elif element.tag == _SHEET:
                # Tables stand in links to other documents too, and in cells.
                if event == "start" and current is None and element.getparent().tag == f"{_OFFICE}spreadsheet":
                    name, style = element.get(f"{_TABLE}name") or "", element.get(f"{_TABLE}style-name") or ""
                    unseen = (f"{_STYLE}table-properties", style) in looks.hidden
                    current, maker = element, Maker(workbook, name, unseen)
                    row, more = 0, True
                    looks.columns = []
                elif event == "end" and element is current and maker is not None:
                    yield maker.build()
                    current = maker = None
            elif event == "end" and maker is not None and more and _is_of(element, current):
                if element.tag == _ROW:
                    row, more = _row(element, row, maker, looks)
                elif element.tag == _COLUMN:
                    first, after = looks.column(element)
                    if looks.hides(element):
                        maker.hide_columns(first, after - 1)
                else:
                    _draw(element, 0, 0, maker)


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


def _draw(element: Any, row: int, column: int, maker: Maker) -> None:
    """Notes the pictures, charts and shapes in a cell, or in the list of those that belong to none."""
    for child in element:
        if isinstance(child.tag, str) and child.tag.startswith(_DRAW):
            inside = {below.tag for below in child.iter()}
            if f"{_DRAW}object" in inside or f"{_DRAW}image" in inside:
                what = CHART if f"{_DRAW}object" in inside else PICTURE
            else:
                what = TEXT_BOX if "".join(child.itertext()).strip() else SHAPE
            maker.draw(row, column, what)


def _row(element: Any, index: int, maker: Maker, looks: _Looks) -> tuple[int, bool]:
    """Takes a row as often as it is repeated; returns the number of the next one, and whether there is more to take."""
    line: list[object] = []
    faults: dict[int, str] = {}
    texts: dict[int, str | number_formats.Shown] = {}
    indents: dict[int, int] = {}
    underlined: dict[int, lettering.Spans] = {}
    column = 0
    for cell in element.iterchildren(*_CELLS):
        times = _times(cell, "columns-repeated")
        marks: set[Code] = set()
        value, text, fault = _value(cell, looks, marks, column)
        if len(cell):
            _draw(cell, index, column, maker)
        if value is not None and looks.strikes_any and looks.of_cell(cell, column).get("struck"):
            marks.add(RawSheetCode.STRUCK_OUT)
            value = fault = None
        if value is not None and looks.hides_any and looks.shows_nothing(cell, column):
            marks.add(RawSheetCode.HIDDEN_CELLS)
        for code in marks:
            maker.mention(code, index, column)
        if isinstance(value, lettering.Marked):
            underlined.update(dict.fromkeys(range(column, min(column + times, MOST_COLUMNS)), value.underlined))
            value = str(value)
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
            elif text is not None and (text != str(value) or isinstance(value, dt.datetime | dt.time)):
                texts.update(dict.fromkeys(range(column, last), text))
            if isinstance(value, str) and looks.indents_any and (indent := looks.of_cell(cell, column).get("indent")):
                indents.update(dict.fromkeys(range(column, last), indent))
        column += times
    times = _times(element, "rows-repeated")
    if any(value is not None for value in line) or faults:
        hidden = looks.hides(element)
        for number in range(index, min(index + times, max(index, MOST_ROWS) + 1)):
            maker.indents.update(((number, column), indent) for column, indent in indents.items())
            maker.underlined.update(((number, column), parts) for column, parts in underlined.items())
            if not maker.row(number, list(line), faults, texts, hidden):
                return number, False
    return index + times, True


def _ink(letters: Any) -> dict[str, Any]:
    """Colour and size of letters in points, and whether they are displayed at all, as far as a style says so."""
    own: dict[str, Any] = {}
    if colour := letters.get(f"{_FO}color"):
        own["ink"] = colour.lower()
    if size := re.fullmatch(r"(\d+(?:\.\d+)?)pt", letters.get(f"{_FO}font-size") or ""):
        own["size"] = float(size[1])
    if (display := letters.get(f"{_TEXT}display")) is not None:
        own["unseen"] = display == "none"
    return own


def _indent(style: Any) -> int | None:
    """How many characters a style of cells moves its text in (LibreOffice: 0.353 cm for each); None if it is silent."""
    for child in style:
        margin = _LENGTH.fullmatch(child.get(f"{_FO}margin-left") or "")
        if margin and style.get(f"{_STYLE}family") == "table-cell":
            return min(round(float(margin[1]) * _CENTIMETRES[margin[2]] / 0.353), 15)
    return None


def _times(element: Any, name: str) -> int:
    return max(1, int(element.get(f"{_TABLE}number-{name}") or 1))


def _value(
    cell: Any, looks: _Looks, marks: set[Code], column: int
) -> tuple[object, str | number_formats.Shown | None, str | None]:
    """(value, what is shown where that is another, None), or (None, None, what it is that has no value)."""
    kind = cell.get(f"{_OFFICE}value-type")
    given = cell.get(f"{_TABLE}formula")
    formula = given is not None
    if kind is None and not formula and not len(cell):
        return None, None, None
    if given and (picture := _PICTURE_FORMULA.match(given)):
        return None, None, picture[1].upper()
    lines = [_text(paragraph, looks, marks) for paragraph in cell.iterchildren(f"{_TEXT}p")]
    text, underlined = _parts(lettering.visible("\n".join(lines), marks))
    if text[:1] == "=" and (picture := _PICTURE_FORMULA.match(text)):
        return None, None, picture[1].upper()
    # A cell without a paragraph was written by a program that left the showing to others.
    shown = text if lines else None
    wrong = cell.get(f"{_CALC}value-type") == "error"
    if text in ERROR_VALUES or wrong or (formula and _ERROR.fullmatch(text)):
        return None, None, text or "#VALUE!"
    if kind is None:
        return None, None, "" if formula else None
    if kind in ("float", "percentage", "currency"):
        number = float(cell.get(f"{_OFFICE}value") or "nan")
        if not math.isfinite(number):
            return text or None, None, None
        value = int(number) if number.is_integer() else number
        if _is_bare(text, value) and (styled := _styled(cell, looks, column, number)):
            return value, styled, None
        if shown is None:
            return value, number_formats.general(value), None
        if (
            shown
            and _LONG_NUMBER.fullmatch(shown)
            and abs(float(shown.replace(",", ".")) - number) <= abs(number) / 1e9
        ):
            shown = number_formats.general(value)
        return value, shown, None
    try:
        if kind == "date":
            given = cell.get(f"{_OFFICE}date-value") or ""
            day = dt.datetime.fromisoformat(given)
            if text in ("", given, given[:10]) and (
                styled := _styled(cell, looks, column, (day - _FIRST_DAY) / dt.timedelta(days=1))
            ):
                return day, styled, None
            return day, shown, None
        if kind == "time":
            given = cell.get(f"{_OFFICE}time-value") or ""
            match = _TIME.fullmatch(given)
            if match and text in ("", given):
                fraction = float((match[4] or ".0").replace(",", "."))
                seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]) + fraction
                if styled := _styled(cell, looks, column, seconds / 86400):
                    return (_clock(match) if int(match[1]) < 24 else str(styled)), styled, None
            return (_clock(match) if match else text or None), shown, None
    except ValueError:
        # A date that no calendar has, or a length of time: as it is shown.
        return text or None, None, None
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true", None, None
    if not underlined and looks.of_cell(cell, column).get("underlined"):
        underlined = lettering.whole(text)
    if text and underlined:
        return lettering.Marked(text, (), underlined), None, None
    return text or ("" if lines else cell.get(f"{_OFFICE}string-value")) or None, None, None


def _parts(marked: str) -> tuple[str, lettering.Spans]:
    """A text without the marks around what is underlined, and those parts, each from and to."""
    if _LINE not in marked:
        return marked, ()
    text, parts, depth = "", list[tuple[int, int]](), 0
    for piece in re.split(f"([{_LINE}{_LINE_END}])", marked):
        if piece in (_LINE, _LINE_END):
            depth += 1 if piece == _LINE else -1
            continue
        if piece and depth:
            parts.append((len(text), len(text) + len(piece)))
        text += piece
    return text, tuple(parts)


def _clock(match: re.Match[str]) -> dt.time:
    return dt.time(int(match[1]), int(match[2]), int(match[3]))


def _is_bare(text: str, value: float) -> bool:
    """Whether the file has no text for a number, or the number itself: what a program writes that leaves the rest."""
    if not text:
        return True
    try:
        return bool(_NUMBER.fullmatch(text)) and float(text) == value
    except ValueError:
        return False


def _styled(cell: Any, looks: _Looks, column: int, number: float) -> number_formats.Shown | None:
    """What the style of a cell makes of a number; None where it has none that says anything."""
    form = looks.formats.named(looks.of_cell(cell, column).get("format"))
    return None if form is None else number_formats.Shown(number, form)


def _text(paragraph: Any, looks: _Looks, marks: set[Code]) -> str:
    """The text of a paragraph: white space folded as the format has it, its own marks for blanks, tabs and breaks."""
    pieces: list[str] = []
    _gather(paragraph, pieces, looks, marks)
    return re.sub(r"[ \t\r\n]+", " ", "".join(pieces)).strip(" ").translate(_MARKED)


def _gather(element: Any, pieces: list[str], looks: _Looks, marks: set[Code]) -> None:
    """Texts as they stand, and control characters, which XML cannot have, for what must not be folded.

    What is struck out is left out, what is raised or lowered gets the characters for it, what is underlined gets marks.
    """
    pieces.append(element.text or "")
    for child in element:
        if child.tag == f"{_TEXT}s":
            pieces.append("\1" * min(int(child.get(f"{_TEXT}c") or 1), 1000))
        elif child.tag == f"{_TEXT}tab":
            pieces.append("\2")
        elif child.tag == f"{_TEXT}line-break":
            pieces.append("\3")
        elif isinstance(child.tag, str) and child.tag not in _ASIDE:
            style = child.get(f"{_TEXT}style-name")
            inside: list[str] = []
            _gather(child, inside, looks, marks)
            look = looks.of(style) if style else {}
            if look.get("struck"):
                if "".join(inside).strip():
                    marks.add(RawSheetCode.STRUCK_OUT)
                inside = []
            if raised := look.get("raised"):
                inside = [lettering.raised("".join(inside), raised)]
            pieces += [_LINE, *inside, _LINE_END] if look.get("underlined") else inside
        pieces.append(child.tail or "")
