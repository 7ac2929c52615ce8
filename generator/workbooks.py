"""The only module that opens workbooks: .xlsx (openpyxl) and .ods → sheets as they stand. Read-only, always.

Everything odd about a file is a Problem; a cell without a usable value is a fault that counts once someone wants it.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import values
from generator.columns import MENU_SHEET
from generator.problems import Location, Problem, problem

LARGEST_UNPACKED = 300 * 1024 * 1024
LARGEST_RATIO = 200
MOST_ROWS = 200_000
MOST_COLUMNS = 400
_ERROR_VALUES = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
_NOT_READ = (".xls", ".csv", ".xlsm", ".xlsb", ".xltx", ".numbers", ".tsv")
UNREAD = {"workbook-is-folder", "workbook-too-large", "workbook-unreadable", "workbook-locked", "workbook-gone"}
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RawSheet:
    """A sheet as it stands: ``cells[r][c]`` from row 1 and column A, rows of unequal length.

    ``merged`` leads from a covered cell to the one that holds its value. ``faults`` are cells that have no value to use
    (None there). ``texts`` are cells as the office program shows them, where the value alone would print otherwise.
    """

    workbook: str
    name: str
    cells: Sequence[Sequence[object]]
    merged: Mapping[Place, Place] = field(default_factory=dict)
    faults: Mapping[Place, Problem] = field(default_factory=dict)
    texts: Mapping[Place, str] = field(default_factory=dict)

    @property
    def place(self) -> Location:
        return Location(self.workbook, self.name)

    @property
    def empty(self) -> bool:
        return not any(value is not None for row in self.cells for value in row)

    def at(self, row: int, column: int) -> Location:
        """The place of ``cells[row][column]``."""
        return Location(self.workbook, self.name, f"{letter(column)}{row + 1}")

    def value(self, row: int, column: int) -> object:
        """A cell's value; that of its merged range where it is covered; None beyond the end."""
        row, column = self.merged.get((row, column), (row, column))
        cells = self.cells[row] if row < len(self.cells) else ()
        return cells[column] if column < len(cells) else None

    def shown(self, row: int, column: int) -> str:
        """A cell's text as the office program shows it. Raises values.BadValue for control characters."""
        row, column = self.merged.get((row, column), (row, column))
        value = self.value(row, column)
        return "" if value is None else self.texts.get((row, column)) or values.text(value)


def letter(column: int) -> str:
    """0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def named(sheets: Iterable[RawSheet], name: str) -> Iterator[RawSheet]:
    """The sheets of that name, white space and width folded."""
    return (sheet for sheet in sheets if values.folded(sheet.name) == values.folded(name))


def books(folder: Path) -> list[Path]:
    """The workbooks that lie in the folder itself, in file-name order; lock files of office programs are passed over."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if path.suffix.lower() in (".xlsx", ".ods"))
    return sorted((path for path in found if not path.name.startswith(("~$", "."))), key=lambda path: path.name)


def find(folder: Path, name: str) -> Path | None:
    """The workbook of that name without ending (設置要點 → 設置要點.xlsx or .ods), in the folder itself."""
    return next((path for path in books(folder) if path.stem == name), None)


def read_folder(folder: Path, problems: list[Problem]) -> list[RawSheet]:
    """The sheets of every workbook in the folder; other tables lying there are named with what to do."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name) if folder.is_dir() else ():
        if path.suffix.lower() in _NOT_READ and not path.name.startswith(("~$", ".")):
            problems.append(problem("other-format", Location(path.name), suffix=path.suffix))
    return [sheet for path in books(folder) for sheet in read_workbook(path, problems)]


def read_workbook(path: Path, problems: list[Problem]) -> list[RawSheet]:
    """The sheets of one workbook; one that cannot be opened is a problem and gives none."""
    where = Location(path.name)
    try:
        if path.is_dir():
            problems.append(problem("workbook-is-folder", where))
            return []
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            packed = sum(entry.compress_size for entry in entries)
            if unpacked > LARGEST_UNPACKED or unpacked > 1_000_000 + packed * LARGEST_RATIO:
                problems.append(problem("workbook-too-large", where, size=unpacked // 1_000_000))
                return []
            if any(_declares_entities(archive, entry) for entry in entries):
                problems.append(problem("workbook-unreadable", where))
                return []
            read = _ods if path.suffix.lower() == ".ods" else _xlsx
            return list(read(path, archive, problems))
    except PermissionError:
        problems.append(problem("workbook-locked", where))
    except FileNotFoundError:
        problems.append(problem("workbook-gone", where))
    except Exception:
        # openpyxl and lxml raise a dozen kinds of errors on damaged files; each means the same to the user.
        problems.append(problem("workbook-unreadable", where))
    return []


def _declares_entities(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether a part has a DOCTYPE: no office program writes one, only someone who wants entities resolved."""
    if not entry.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(entry) as part:
        return b"<!DOCTYPE" in part.read(2048)


def _xlsx(path: Path, archive: zipfile.ZipFile, problems: list[Problem]) -> Iterator[RawSheet]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Read-only: a single formatted cell in the last row must not make a million rows.
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        source = None
        worksheets: list[Any] = book.worksheets
        for worksheet in worksheets:
            xml = archive.read(worksheet._worksheet_path)
            formulas = None
            if re.search(rb"<f[ >/]", xml):
                source = source or openpyxl.load_workbook(path, read_only=True)
                formulas = source[worksheet.title]
            yield _xlsx_sheet(path.name, worksheet, formulas, xml, problems)
        book.close()
        if source is not None:
            source.close()


def _xlsx_sheet(workbook: str, worksheet: Any, formulas: Any, xml: bytes, problems: list[Problem]) -> RawSheet:
    from openpyxl.utils.escape import unescape

    name = worksheet.title
    cells: list[list[object]] = []
    faults: dict[Place, Problem] = {}
    texts: dict[Place, str] = {}
    worksheet.reset_dimensions()
    for index, row in enumerate(worksheet.iter_rows()):
        if _too_far(workbook, name, index, row, problems):
            break
        line: list[object] = []
        for column, cell in enumerate(row[:MOST_COLUMNS]):
            value = cell.value
            if isinstance(value, str):
                # Excel stores a control character as _x000B_, which openpyxl leaves as it is.
                value = unescape(value) if "_x" in value else value
                if value in _ERROR_VALUES:
                    place = Location(workbook, name, f"{letter(column)}{index + 1}")
                    faults[index, column] = problem("error-value", place, value=value)
                    value = None
            elif isinstance(value, int | float) and not isinstance(value, bool):
                form = cell.number_format
                if form and form != "General" and (text := _formatted(value, form)):
                    texts[index, column] = text
            line.append(value)
        cells.append(line)
    _trim(cells)
    for index, row in enumerate(formulas.iter_rows()) if formulas is not None else ():
        if index >= len(cells) + MOST_COLUMNS:
            break
        for column, cell in enumerate(row[:MOST_COLUMNS]):
            if cell.data_type != "f" or (index, column) in faults:
                continue
            has = index < len(cells) and column < len(cells[index]) and cells[index][column] is not None
            if not has and not _is_empty_text(xml, cell.coordinate):
                faults[index, column] = problem("formula-without-value", Location(workbook, name, cell.coordinate))
    for index, column in faults:
        while len(cells) <= index:
            cells.append([])
    merged = {}
    for found in re.finditer(rb'<mergeCell [^>]*ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"', xml):
        left, top, right, bottom = (part.decode() for part in found.groups())
        merged.update(_covered(int(top) - 1, _number(left), int(bottom) - 1, _number(right), len(cells)))
    hidden = [int(number) for number in re.findall(rb'<row (?=[^>]*hidden="(?:1|true)")[^>]*\br="(\d+)"', xml)]
    sheet = RawSheet(workbook, name, cells, merged, faults, texts)
    _mention_hidden(sheet, worksheet.sheet_state != "visible", [one for one in hidden if one <= len(cells)], problems)
    return sheet


def _is_empty_text(xml: bytes, coordinate: str) -> bool:
    """Whether a formula's stored result is an empty text, which is a result."""
    return re.search(rb'<c (?=[^>]*\br="%s")[^>]*\bt="str"' % coordinate.encode(), xml) is not None


def _formatted(value: float, form: str) -> str:
    """A number as its format shows it, for the formats that tables use: thousands, decimals, per cent."""
    form = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", form.split(";")[0])
    decimals = len(found[1]) if (found := re.search(r"\.([0#?]+)", form)) else 0
    if "%" in form:
        return f"{value * 100:.{decimals}f}%"
    if "#,##0" in form or "#,###" in form:
        return f"{value:,.{decimals}f}"
    if re.match(r"\s*0+(\.0+)?", form) and "E" not in form.upper():
        width = len(re.match(r"\s*(0+)", form)[1]) if isinstance(value, int) else 0  # type: ignore[index]
        return f"{value:.{decimals}f}" if decimals or not width else f"{value:0{width}d}"
    return ""


def _ods(path: Path, archive: zipfile.ZipFile, problems: list[Problem]) -> Iterator[RawSheet]:
    from lxml import etree

    manifest = archive.read("META-INF/manifest.xml")
    if b"encryption-data" in manifest:
        raise ValueError("encrypted")
    root = etree.fromstring(archive.read("content.xml"), etree.XMLParser(resolve_entities=False, huge_tree=False))
    hidden_styles = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        if any(child.get(f"{_TABLE}display") == "false" for child in style)
    }
    for table in root.iter(f"{_TABLE}table"):
        yield _ods_sheet(path.name, table, table.get(f"{_TABLE}style-name") in hidden_styles, problems)


def _ods_sheet(workbook: str, table: Any, hidden_sheet: bool, problems: list[Problem]) -> RawSheet:
    name = table.get(f"{_TABLE}name") or ""
    cells: list[list[object]] = []
    faults: dict[Place, Problem] = {}
    texts: dict[Place, str] = {}
    merged: dict[Place, Place] = {}
    hidden: list[int] = []
    spans: list[tuple[int, int, int, int]] = []
    for row in table.iter(f"{_TABLE}table-row"):
        line: list[object] = []
        for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            value, text, fault = _ods_cell(cell)
            times = int(cell.get(f"{_TABLE}number-columns-repeated") or 1)
            place = (len(cells), len(line))
            if fault:
                where = Location(workbook, name, f"{letter(place[1])}{place[0] + 1}")
                faults[place] = problem(fault, where, **({"value": text} if fault == "error-value" else {}))
            elif text and value is not None and not isinstance(value, str):
                texts[place] = text
            down = int(cell.get(f"{_TABLE}number-rows-spanned") or 1)
            right = int(cell.get(f"{_TABLE}number-columns-spanned") or 1)
            if down > 1 or right > 1:
                spans.append((*place, place[0] + down - 1, place[1] + right - 1))
            line.extend([value] * min(times, MOST_COLUMNS if value is not None or fault else 1 + MOST_COLUMNS))
        while line and line[-1] is None:
            line.pop()
        times = int(row.get(f"{_TABLE}number-rows-repeated") or 1)
        if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            hidden.append(len(cells) + 1)
        # A long run of equal rows is the empty end of the sheet, or a mistake.
        if _too_far(workbook, name, len(cells) + (times if line else 0), line, problems):
            break
        cells.extend([list(line) for _ in range(min(times, MOST_ROWS if line else 1000))])
        if len(cells) > MOST_ROWS + 1000:
            break
    _trim(cells)
    for top, left, bottom, end in spans:
        merged.update(_covered(top, left, bottom, end, len(cells)))
    sheet = RawSheet(workbook, name, cells, merged, faults, texts)
    _mention_hidden(sheet, hidden_sheet, [one for one in hidden if one <= len(cells)], problems)
    return sheet


def _ods_cell(cell: Any) -> tuple[object, str, str]:
    """(value, text as shown, code of a fault) of a cell of an .ods."""
    paragraphs = ["".join(one.itertext()) for one in cell.iterchildren(f"{_TEXT}p")]
    text = "\n".join(paragraphs)
    kind = cell.get(f"{_OFFICE}value-type")
    formula = cell.get(f"{_TABLE}formula") is not None
    if text in _ERROR_VALUES or (formula and re.fullmatch(r"(Err:\d+|#\w+[!?]?)", text)):
        return None, text, "error-value"
    if kind is None:
        return None, "", "formula-without-value" if formula else ""
    if kind in ("float", "percentage", "currency"):
        number = float(cell.get(f"{_OFFICE}value") or "nan")
        return (int(number) if number.is_integer() else number), text, ""
    if kind == "date":
        moment = dt.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value") or "")
        return moment, "", ""
    if kind == "time":
        found = re.fullmatch(r"PT(\d+)H(\d+)M([\d.]+)S", cell.get(f"{_OFFICE}time-value") or "")
        if found and int(found[1]) < 24:
            return dt.time(int(found[1]), int(found[2])), "", ""
        return text, "", ""
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true", "", ""
    return (text or None), "", ""


def _too_far(workbook: str, name: str, index: int, row: Sequence[Any], problems: list[Problem]) -> bool:
    """Whether the row lies beyond what is read; said once, where something stands there."""
    if index < MOST_ROWS:
        return False
    if any(getattr(cell, "value", cell) is not None for cell in row):
        problems.append(problem("too-many-rows", Location(workbook, name, f"A{index + 1}"), most=MOST_ROWS))
        return True
    return index > MOST_ROWS * 10


def _trim(cells: list[list[object]]) -> None:
    while cells and not any(value is not None for value in cells[-1]):
        cells.pop()


def _covered(top: int, left: int, bottom: int, right: int, rows: int) -> dict[Place, Place]:
    """The covered cells of a merged range, as far as the sheet holds anything below or beside."""
    last = min(bottom, max(rows - 1, top))
    span = range(left, min(right, MOST_COLUMNS) + 1)
    return {
        (row, column): (top, left) for row in range(top, last + 1) for column in span if (row, column) != (top, left)
    }


def _number(letters: str) -> int:
    number = 0
    for character in letters:
        number = number * 26 + ord(character) - 64
    return number - 1


def _mention_hidden(sheet: RawSheet, whole: bool, rows: Sequence[int], problems: list[Problem]) -> None:
    if sheet.name == MENU_SHEET or sheet.empty:
        return
    if whole:
        problems.append(problem("hidden-sheet", sheet.place))
    if rows:
        shown = "、".join(str(one) for one in rows[:8]) + (" …" if len(rows) > 8 else "")
        problems.append(problem("hidden-rows", Location(sheet.workbook, sheet.name, f"A{rows[0]}"), rows=shown))
