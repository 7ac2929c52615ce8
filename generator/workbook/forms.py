"""Writes workbooks that are pleasant to fill in, by the declaration of their sheets: blank forms and filled ones.

New files only: no workbook is ever opened for saving, and an existing file is never written over. The same sheets give
the same bytes. This module imports openpyxl at once, so a command that may not need it imports this module late.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import os
import re
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from msgspec import Struct
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet

from generator.basic.package import rewritten
from generator.workbook.menus import Menus
from generator.workbook.record import STAR, Column, Kind, Sheet

File = str | os.PathLike[str] | BinaryIO
SPARE_ROWS = 500
_WIDEST_UPRIGHT = 96
_FIELD_WIDTHS = (16, 44, 66)
_FACE, _PRINT_FACE = "微軟正黑體", "標楷體"
FIXED_TIME = dt.datetime(2000, 1, 1)
_LINE = Side(style="thin", color="B7B7B7")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEADING_FILL, _FIXED_FILL = PatternFill("solid", fgColor="DDEBF7"), PatternFill("solid", fgColor="EDEDED")
_ANY = Column("")


class FilledSheet(Struct, frozen=True):
    """A sheet to write. A field sheet has one row, 欄位 → 內容; in a list ``title`` stands above the headings.

    Values: True is ★; False, None and "" are empty; digits for a COUNT become a number; all else is written as given.
    """

    spec: Sheet
    rows: Sequence[Mapping[str, object]] = ()
    title: str = ""

    @property
    def heading_row(self) -> int:
        return 2 if self.title else 1

    def cells(self, name: str) -> tuple[str, str]:
        """The first and the last cell ($A$2, $A$501) of that column of a list that are ready to be filled in."""
        letter = get_column_letter(self.spec.columns.index(self.spec.column(name)) + 1)
        return f"${letter}${self.heading_row + 1}", f"${letter}${self.heading_row + len(self.rows) + SPARE_ROWS}"


def plain_sheet(
    name: str, headings: Sequence[str], rows: Sequence[Sequence[object]], *, title: str = ""
) -> FilledSheet:
    """A sheet that is not declared: headings and rows as given, widths by content.

    Raises ValueError where a heading stands twice or a row is not as long as the headings.
    """
    if len(set(headings)) != len(headings):
        raise ValueError(f"a heading of {name} stands twice")
    records = [dict(zip(headings, row, strict=True)) for row in rows]
    columns = []
    for heading in headings:
        cells = [record[heading] for record in records]
        kind = Kind.COUNT if cells and all(type(cell) is int for cell in cells) else Kind.TEXT
        width = min(60, 4 + max(_width(str(text)) for text in (heading, *cells)))
        columns.append(Column(heading, kind, required=False, width=width))
    return FilledSheet(Sheet(name, tuple(columns)), records, title)


def write_workbook(
    target: File,
    sheets: Sequence[FilledSheet],
    *,
    units: Sequence[str] = (),
    title: str = "",
    suggestions: Mapping[tuple[str, str], Sequence[str]] | None = None,
) -> None:
    """Write a new workbook of these sheets. ``units`` fills the drop-downs where the sheet 單位 is not among them.

    ``suggestions`` gives other columns, by sheet and name, a drop-down that does not bind.

    Raises FileExistsError where the path is taken, ValueError for a value whose column the sheet does not have,
    openpyxl's IllegalCharacterError for control characters.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = title or None, "packet"
    book.properties.created = FIXED_TIME
    lists = [sheet for sheet in sheets if not sheet.spec.fields]
    menus = Menus(
        {(sheet.spec.name, col.name): sheet.cells(col.name) for sheet in lists for col in sheet.spec.columns},
        units,
        suggestions or {},
    )
    for sheet in sheets:
        for row in sheet.rows:
            if unknown := row.keys() - {column.name for column in sheet.spec.columns}:
                raise ValueError(f"{sheet.spec.name} has no column {'、'.join(sorted(unknown))}")
        worksheet = book.create_sheet(sheet.spec.name)
        (_draw_fields if sheet.spec.fields else _draw_list)(worksheet, sheet, menus)
        _fit_rows(worksheet)
        _set_up_print(worksheet, sheet)
    menus.write_long(book)
    saved = io.BytesIO()
    book.save(saved)
    content = repacked(saved.getvalue())
    if not isinstance(target, str | os.PathLike):
        target.write(content)
        return
    with open(target, "xb") as file:
        file.write(content)


def _draw_list(worksheet: Worksheet, sheet: FilledSheet, menus: Menus) -> None:
    """Headings in a row, one record to a row below; blank rows are ready to be filled in."""
    spec, top = sheet.spec, sheet.heading_row
    if sheet.title:
        above = _put(worksheet, 1, 1, sheet.title)
        above.font, above.alignment = Font(name=_FACE, size=14, bold=True), Alignment(vertical="center")
    for position, column in enumerate(spec.columns, start=1):
        letter = get_column_letter(position)
        worksheet.column_dimensions[letter].width = column.width
        _style(worksheet.column_dimensions[letter], column)
        _heading(_put(worksheet, top, position, column.name), column.note if spec.about else "")
        menus.attach(worksheet, column, ":".join(sheet.cells(column.name)).replace("$", ""))
        for number, row in enumerate(sheet.rows, start=top + 1):
            _put(worksheet, number, position, row.get(column.name), column)
    first, last = sheet.cells(spec.columns[0].name)[0], sheet.cells(spec.columns[-1].name)[1]
    end = get_column_letter(len(spec.columns))
    worksheet.auto_filter.ref = f"A{top}:{end}{top + max(1, len(sheet.rows))}"
    # Lines come with the content, so that rows typed later have them too.
    filled = f"COUNTA($A{top + 1}:${end}{top + 1})>0"
    lines = FormulaRule(formula=[filled], border=_BOX)  # type: ignore[no-untyped-call]
    worksheet.conditional_formatting.add(f"{first}:{last}".replace("$", ""), lines)


def _draw_fields(worksheet: Worksheet, sheet: FilledSheet, menus: Menus) -> None:
    """欄位, 內容, 說明: one field to a row. Raises ValueError for a title, or more than one row of values."""
    if sheet.title or len(sheet.rows) > 1:
        raise ValueError(f"the field sheet {sheet.spec.name} has no title row and one row of values")
    given = sheet.rows[0] if sheet.rows else {}
    notes = ("程式依欄位名稱讀取，請勿更改。", "請填寫此欄；不適用的欄位可空白。", "供填寫時參考，程式不讀取此欄。")
    for position, (heading, note) in enumerate(zip(("欄位", "內容", "說明"), notes, strict=True), start=1):
        worksheet.column_dimensions[get_column_letter(position)].width = _FIELD_WIDTHS[position - 1]
        _heading(_put(worksheet, 1, position, heading), note)
    for number, column in enumerate(sheet.spec.columns, start=2):
        name = _put(worksheet, number, 1, column.name)
        content = _put(worksheet, number, 2, given.get(column.name), column)
        about = _put(worksheet, number, 3, "；".join(column.note.splitlines()))
        name.border = content.border = about.border = _BOX
        name.fill = about.fill = _FIXED_FILL
        name.font, about.font = Font(name=_FACE, size=11, bold=True), Font(name=_FACE, size=10, color="595959")
        content.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
        menus.attach(worksheet, column, f"B{number}")


def _fit_rows(worksheet: Worksheet) -> None:
    """Rows as high as their wrapped text. repacked() leaves them free to grow, as Excel's own rows are."""
    for number, row in enumerate(worksheet.iter_rows(), start=1):
        lines = 1
        for cell in row:
            if cell.alignment.wrap_text and cell.value is not None:
                room = worksheet.column_dimensions[get_column_letter(cell.column)].width / 1.08
                lines = max(lines, sum(max(1, math.ceil(_width(part) / room)) for part in str(cell.value).split("\n")))
        worksheet.row_dimensions[number].height = min(400, 2 + 16 * lines)


def _set_up_print(worksheet: Worksheet, sheet: FilledSheet) -> None:
    """Headings stay in sight and on every page; A4, on its side when wide, one page wide, the page number below."""
    worksheet.freeze_panes = f"A{sheet.heading_row + 1}"
    worksheet.print_title_rows = f"1:{sheet.heading_row}"
    width = sum(_FIELD_WIDTHS if sheet.spec.fields else (column.width for column in sheet.spec.columns))
    worksheet.page_setup.paperSize = 9
    worksheet.page_setup.orientation = "landscape" if width > _WIDEST_UPRIGHT else "portrait"
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    worksheet.print_options.horizontalCentered = True
    for edge, text in ((worksheet.oddHeader, "&A"), (worksheet.oddFooter, "第 &P 頁，共 &N 頁")):
        assert edge is not None
        edge.center.text, edge.center.font, edge.center.size = text, f"{_PRINT_FACE},Regular", 11


def _heading(cell: Cell, note: str) -> None:
    cell.font, cell.fill, cell.border = Font(name=_FACE, size=11, bold=True), _HEADING_FILL, _BOX
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    if note:
        lines = sum(1 + _width(line) // 36 for line in note.splitlines())
        cell.comment = Comment(note, "packet", height=24 + 20 * lines, width=260)


def _style(target: Cell | ColumnDimension, column: Column) -> None:
    """The look of a data cell, or of a whole column: what is typed below the last row looks the same."""
    side = {Kind.COUNT: "right", Kind.FLAG: "center"}.get(column.kind, "left")
    target.font = Font(name=_FACE, size=11)
    target.alignment = Alignment(horizontal=side, vertical="top", wrap_text=True)
    # Text (@) wherever Excel would make its own date or number of what is typed (11304, 113-04-02, 1-3).
    digits = any(choice.isdecimal() for choice in column.choices)
    target.number_format = "#,##0" if column.kind is Kind.COUNT else "General" if digits else "@"


def _put(worksheet: Worksheet, row: int, position: int, value: object, column: Column = _ANY) -> Cell:
    """The cell, styled as its column, with its value."""
    cell = worksheet.cell(row, position)
    assert isinstance(cell, Cell)
    _style(cell, column)
    digits = str(value).replace(",", "")
    if value is None or value is False or value == "":
        return cell
    if value is True:
        value = STAR
    elif digits.isdecimal() and cell.number_format != "@":
        value = int(digits)
    cell.value = value if isinstance(value, int | float) else str(value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with = is no formula
    return cell


def _width(text: str) -> int:
    """The width in half-width characters: Big5 has two bytes for a full-width one."""
    return len(text.encode("big5", "replace"))


def repacked(saved: bytes) -> bytes:
    """The package with fixed times, rows free to grow, and no green corners on numbers that are kept as text."""
    fixed = f"{FIXED_TIME:%Y-%m-%dT%H:%M:%SZ}".encode()
    quiet = b'<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1"/></ignoredErrors>'

    def change(name: str, content: bytes) -> bytes:
        if name == "docProps/core.xml":
            return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + fixed, content)
        if name.startswith("xl/worksheets/sheet"):
            after = rb"(?=<(?:drawing|legacyDrawing|tableParts)\b|</worksheet>)"
            return re.sub(after, quiet, content, count=1).replace(b' customHeight="1"', b"")
        return content

    return rewritten(saved, change)
