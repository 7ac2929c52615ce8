"""Marked copies of workbooks: each faulty cell coloured, the problem as its comment. The originals stay as they are."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.basic import file_names
from generator.basic.package import Budget, proved
from generator.basic.problem import ERROR, NOTE, SEVERITY_NAMES, Problem
from generator.workbook import books as workbooks
from generator.workbook.quiet import quiet

_FILLS = {ERROR: "FFC7CE", NOTE: "D9D9D9"}
_WARNING_FILL = "FFEB9C"


def copy_name(workbook: str) -> str:
    """會議.xlsx → 會議（標示問題）.xlsx."""
    return f"{file_names.distinct([Path(workbook).stem])[0]}（標示問題）.xlsx"


def marked(path: Path, problems: Sequence[Problem]) -> bytes:
    """A copy of the workbook with its problems in it, for looking at: Excel features that openpyxl drops are lost.

    A problem of a whole sheet stands at A1, one of a sheet that is not there in a sheet of its own in front.
    """
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    with quiet():
        book = openpyxl.load_workbook(proved(path, Budget(workbooks.LARGEST_UNPACKED)))
    texts: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        cell = problem.at.cell.partition(":")[0] or "A1"
        texts.setdefault((problem.at.sheet if problem.at.sheet in book.sheetnames else "", cell), []).append(problem)
    for (sheet, coordinate), cell_problems in texts.items():
        if not sheet:
            continue
        worksheet = book[sheet]
        for merged in worksheet.merged_cells.ranges:
            if coordinate in merged:
                coordinate = merged.start_cell.coordinate
        cell = worksheet[coordinate]
        worst = cell_problems[0].severity
        cell.fill = PatternFill("solid", fgColor=_FILLS.get(worst, _WARNING_FILL))
        lines = [f"{SEVERITY_NAMES[problem.severity]}：{problem.text}。{problem.remedy}" for problem in cell_problems]
        before = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment(before + "\n".join(lines), "packet", height=40 + 40 * len(lines), width=360)
    rest = [problem for (sheet, _), cell_problems in texts.items() if not sheet for problem in cell_problems]
    if rest:
        front = book.create_sheet("問題", 0)
        front.column_dimensions["A"].width = 100
        for problem in rest:
            front.append([f"{SEVERITY_NAMES[problem.severity]} {problem}"])
    result = io.BytesIO()
    book.save(result)
    return result.getvalue()


def copies(paths: Mapping[str, Path], problems: Sequence[Problem]) -> dict[str, bytes]:
    """The marked copies by file name, for the workbooks among ``paths`` that have problems and can be opened."""
    contents: dict[str, bytes] = {}
    unread = {problem.at.workbook for problem in problems if problem.code in workbooks.UNREAD}
    for name in dict.fromkeys(problem.at.workbook for problem in problems):
        path = paths.get(name)
        if path is None or name in unread:
            continue
        try:
            if workbooks.small_enough_to_copy(path):
                contents[copy_name(name)] = marked(
                    path, [problem for problem in problems if problem.at.workbook == name]
                )
        except Exception:
            # Its problem is in the list already, or openpyxl does not open what can be read.
            continue
    return contents
