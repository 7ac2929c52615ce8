"""A copy of a workbook of staff in which only the drop-down lists are new. The cells and all else stay as they are.

openpyxl would drop what it does not know, so the validations are changed in the XML itself.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree
from msgspec import Struct
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.datavalidation import DataValidation

from generator.basic.package import Budget, Package, in_order, parser, small, written
from generator.workbook import books, typed_rows, xlsx
from generator.workbook.forms import SPARE_ROWS
from generator.workbook.menus import Menus
from generator.workbook.raw import RawSheet
from generator.workbook.record import MENU_SHEET, Column, Sheet

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_LATER = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_LATER_CELLS = "{http://schemas.microsoft.com/office/excel/2006/main}sqref"
# What stands before dataValidations in a worksheet; all else stands after it.
_BEFORE = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells"),
    *("phoneticPr", "conditionalFormatting"),
)
_LAST_ROW = 1_048_576

# The first column, the first row, the last column and the last row of a range, counted from 1.
Range = tuple[int, int, int, int]


class Choosable(Struct, frozen=True):
    """The cells of a column of a sheet; ``filled`` are those that hold something or lie between such cells."""

    sheet: str
    column: Column
    cells: Range
    filled: Range


def choosable(spec: Sheet, sheet: RawSheet) -> list[Choosable]:
    """The columns of a sheet, where they stand in this workbook; none where they cannot be found."""
    if spec.fields:
        row = typed_rows.read_fields(spec, [sheet], [])
        cells = {name: _ranges(cell)[0] for name, cell in row.cells.items()} if row else {}
        return [Choosable(sheet.name, spec.column(name), cell, cell) for name, cell in cells.items()]
    found = typed_rows.heading_row(spec, sheet, [])
    if found is None:
        return []
    heading, columns = found
    first, last = heading + 2, max(len(sheet.cells), heading + 2)
    return [
        Choosable(
            sheet.name,
            spec.column(name),
            (place + 1, first, place + 1, min(last + SPARE_ROWS, _LAST_ROW)),
            (place + 1, first, place + 1, last),
        )
        for name, place in columns.items()
    ]


def renewed(
    path: Path,
    present: Sequence[RawSheet],
    wanted: Sequence[Choosable],
    units: Sequence[str],
    suggestions: Mapping[tuple[str, str], Sequence[str]],
) -> bytes | None:
    """The workbook with the drop-downs that these columns have today; None where it has them already.

    ``present`` are its sheets as they were read, ``units`` and ``suggestions`` as write_workbook takes them. Raises the
    errors of a damaged workbook, and ValueError for one in the strict form of Open XML.
    """
    menus, scratch = Menus({}, units, suggestions), Workbook()
    changed: dict[str, bytes] = {}
    with Package(path, Budget(books.LARGEST_UNPACKED)) as archive:
        targets = xlsx.targets(archive)
        for name in dict.fromkeys(each.sheet for each in wanted):
            worksheet = scratch.create_sheet(name)
            needed = {_text(each.cells): each for each in wanted if each.sheet == name}
            for cells, each in needed.items():
                menus.attach(worksheet, each.column, cells)
            root = etree.fromstring(small(archive, targets[name]), parser())
            if root.tag != f"{{{_MAIN}}}worksheet":
                raise ValueError("strict")
            fresh = list(worksheet.data_validations.dataValidation)
            if not all(_has(root, str(menu.formula1), needed[str(menu.sqref)].filled) for menu in fresh):
                _replace(root, fresh)
                changed[targets[name]] = _serialised(root)
        if menus.long and not _has_lists(present, list(menus.long)):
            changed |= _with_lists(archive, targets, menus.long)
        if not changed:
            return None
        names = in_order(dict.fromkeys([*archive.namelist(), *changed]))
        return written((name, changed[name] if name in changed else archive.read(name)) for name in names)


def _serialised(root: Any) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def _has_lists(present: Sequence[RawSheet], lists: Sequence[Sequence[str]]) -> bool:
    """Whether the hidden sheet holds these lists, a column each."""
    sheet = next(books.named(present, MENU_SHEET), None)
    if sheet is None:
        return False
    high = max(map(len, lists))
    wanted = [[items[row] if row < len(items) else None for items in lists] for row in range(high)]
    return [[sheet.value(row, column) for column in range(len(lists))] for row in range(high)] == wanted


def _text(cells: Range) -> str:
    left, top, right, bottom = cells
    first, last = f"{get_column_letter(left)}{top}", f"{get_column_letter(right)}{bottom}"
    return first if first == last else f"{first}:{last}"


def _ranges(text: str | None) -> list[Range]:
    found = []
    for part in (text or "").split():
        left, top, right, bottom = range_boundaries(part)
        found.append((left or 1, top or 1, right or 16_384, bottom or _LAST_ROW))
    return found


def _existing(root: Any) -> Iterator[tuple[Any, str, list[Range]]]:
    """Each validation of a worksheet, also those of Excel's later form, with its formula and its ranges."""
    for element in list(root.iter(f"{{{_MAIN}}}dataValidation")):
        yield element, element.findtext(f"{{{_MAIN}}}formula1") or "", _ranges(element.get("sqref"))
    for element in list(root.iter(f"{{{_LATER}}}dataValidation")):
        formula = "".join(element.find(f"{{{_LATER}}}formula1").itertext()) if len(element) else ""
        yield element, formula, _ranges(element.findtext(_LATER_CELLS))


def _has(root: Any, formula: str, cells: Range) -> bool:
    """Whether one validation with that formula covers the cells."""
    plain = formula.replace("'", "")
    return any(
        known.replace("'", "") == plain and any(not _outside(cells, each) for each in ranges)
        for _, known, ranges in _existing(root)
    )


def _outside(cells: Range, hole: Range) -> list[Range]:
    """What is left of a range without the cells of another one."""
    left, top, right, bottom = cells
    if hole[0] > right or hole[2] < left or hole[1] > bottom or hole[3] < top:
        return [cells]
    rest = [
        (left, top, right, hole[1] - 1),
        (left, hole[3] + 1, right, bottom),
        (left, max(top, hole[1]), hole[0] - 1, min(bottom, hole[3])),
        (hole[2] + 1, max(top, hole[1]), right, min(bottom, hole[3])),
    ]
    return [each for each in rest if each[0] <= each[2] and each[1] <= each[3]]


def _replace(root: Any, fresh: Sequence[DataValidation]) -> None:
    """The fresh validations in the place of those that their cells had."""
    holes = [each for menu in fresh for each in _ranges(str(menu.sqref))]
    for element, _, ranges in _existing(root):
        left = ranges
        for hole in holes:
            left = [rest for each in left for rest in _outside(each, hole)]
        if left == ranges:
            continue
        if not left:
            element.getparent().remove(element)
        elif element.get("sqref") is not None:
            element.set("sqref", " ".join(map(_text, left)))
        else:
            element.find(_LATER_CELLS).text = " ".join(map(_text, left))
    _tidy(root, _LATER)
    group = root.find(f"{{{_MAIN}}}dataValidations")
    if group is None:
        group = etree.Element(f"{{{_MAIN}}}dataValidations")
        names = {f"{{{_MAIN}}}{name}" for name in _BEFORE}
        place = next((number for number, child in enumerate(root) if child.tag not in names), len(root))
        root.insert(place, group)
    for menu in fresh:
        element = etree.SubElement(group, f"{{{_MAIN}}}dataValidation", type="list", allowBlank="1")
        if menu.showErrorMessage:
            element.set("showErrorMessage", "1")
            element.set("errorStyle", str(menu.errorStyle))
            element.set("errorTitle", str(menu.errorTitle))
            element.set("error", str(menu.error))
        element.set("sqref", str(menu.sqref))
        etree.SubElement(element, f"{{{_MAIN}}}formula1").text = str(menu.formula1)
    group.set("count", str(len(group)))


def _tidy(root: Any, namespace: str) -> None:
    """Counts of the later form, and nothing of it where none is left."""
    for group in list(root.iter(f"{{{namespace}}}dataValidations")):
        if len(group):
            group.set("count", str(len(group)))
            continue
        extension = group.getparent()
        extensions = extension.getparent()
        extensions.remove(extension)
        if not len(extensions):
            extensions.getparent().remove(extensions)


def _with_lists(archive: Package, targets: Mapping[str, str], lists: Mapping[tuple[str, ...], str]) -> dict[str, bytes]:
    """The parts that are new or changed so that the hidden sheet holds the long lists."""
    part = targets.get(MENU_SHEET)
    if part is not None:
        return {part: _sheet_of(lists)}
    part = "xl/worksheets/packetmenu.xml"
    book_name = xlsx.book_part(archive)
    folder, name = posixpath.split(book_name)
    links_name = f"{folder}/_rels/{name}.rels"
    book: Any = etree.fromstring(small(archive, book_name), parser())
    links: Any = etree.fromstring(small(archive, links_name), parser())
    types: Any = etree.fromstring(small(archive, "[Content_Types].xml"), parser())
    link = "rIdPacketMenu"
    sheets = book.find(f"{{{_MAIN}}}sheets")
    number = 1 + max(int(sheet.get("sheetId") or 0) for sheet in sheets)
    attributes = {"name": MENU_SHEET, "sheetId": str(number), "state": "hidden", f"{{{_LINKS}}}id": link}
    etree.SubElement(sheets, f"{{{_MAIN}}}sheet", attributes)
    etree.SubElement(links, f"{{{_PACKAGE_LINKS}}}Relationship", Id=link, Type=f"{_LINKS}/worksheet", Target=f"/{part}")
    etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=_SHEET_TYPE)
    changed = {book_name: book, links_name: links, "[Content_Types].xml": types}
    return {part: _sheet_of(lists)} | {name: _serialised(root) for name, root in changed.items()}


def _sheet_of(lists: Mapping[tuple[str, ...], str]) -> bytes:
    """A worksheet with a list in each column."""
    root = etree.Element(f"{{{_MAIN}}}worksheet", nsmap={None: _MAIN})
    data = etree.SubElement(root, f"{{{_MAIN}}}sheetData")
    columns = list(lists)
    for number in range(1, max(map(len, columns)) + 1):
        row = etree.SubElement(data, f"{{{_MAIN}}}row", r=str(number))
        for place, items in enumerate(columns, start=1):
            if number <= len(items):
                cell = etree.SubElement(row, f"{{{_MAIN}}}c", r=f"{get_column_letter(place)}{number}", t="inlineStr")
                etree.SubElement(etree.SubElement(cell, f"{{{_MAIN}}}is"), f"{{{_MAIN}}}t").text = items[number - 1]
    return _serialised(root)
