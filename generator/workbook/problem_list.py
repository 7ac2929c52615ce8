"""問題清單.xlsx: each problem a row, with a link that opens its cell in Excel."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from generator.basic.problem import ERROR, NOTE, SEVERITY_NAMES, Problem
from generator.workbook import values
from generator.workbook.forms import FIXED_TIME, repacked

NAME = "問題清單.xlsx"
_HEADINGS = (("嚴重程度", 10), ("活頁簿", 22), ("工作表", 20), ("儲存格", 10), ("問題", 60), ("怎麼改", 60))
_FILLS = {ERROR: "FFC7CE", NOTE: "D9D9D9"}
_WARNING_FILL = "FFEB9C"


def problem_list(problems: Sequence[Problem], paths: Mapping[str, Path], folder: Path) -> bytes:
    """The workbook as it is to lie in ``folder``. ``paths``: the workbooks by name; links lead there from the folder.

    The same problems give the same bytes.
    """
    import openpyxl
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.hyperlink import Hyperlink
    from openpyxl.worksheet.properties import PageSetupProperties

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "問題清單"
    book.properties.title, book.properties.creator, book.properties.created = "問題清單", "packet", FIXED_TIME
    for column, (heading, width) in enumerate(_HEADINGS, 1):
        cell = sheet.cell(1, column, heading)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6E9")
        sheet.column_dimensions[cell.column_letter].width = width
    for row, problem in enumerate(problems, 2):
        at = problem.at
        texts = (SEVERITY_NAMES[problem.severity], at.workbook, at.sheet, at.cell, problem.text, problem.remedy)
        for column, text in enumerate(texts, 1):
            entry = sheet.cell(row, column, values.plain(text) or None)
            # Never a formula, whatever a cell of the staff begins with.
            entry.data_type = "s"
            entry.alignment = Alignment(wrap_text=True, vertical="top")
        colour = _FILLS.get(problem.severity, _WARNING_FILL)
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=colour)
        path = paths.get(at.workbook)
        if path is not None:
            place = sheet.cell(row, 4 if at.cell else 2)
            target = quote(Path(os.path.relpath(path, folder)).as_posix(), safe="/")
            name = at.sheet.replace("'", "''")
            location = f"'{name}'!{at.cell or 'A1'}" if at.sheet else None
            place.hyperlink = Hyperlink(ref=place.coordinate, target=target, location=location)
            place.font = Font(color="0563C1", underline="single")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:F{len(problems) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    result = io.BytesIO()
    book.save(result)
    return repacked(result.getvalue())
