"""Attached workbooks: their sheets are made to fit their pages, and the pages are looked at.

The child process does the work (sheets/); here is what the user is told of it, at the row of 〔附件〕.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from generator.basic.problem import Code, Problem, note, problem, warning
from generator.meeting.files import Enclosure
from generator.pdf.from_elsewhere import confined
from generator.pdf.from_elsewhere.problems import FileCode, Unfit


class WorkbookCode(Code):
    """The problems that this module finds."""

    FILE_CUT_ACROSS = warning(
        "「{name}」〔{sheet}〕有 {columns} 欄，縮成一頁寬時字只有 {points} 點，因此左右分成幾頁印出",
        "請減少欄位、把表格拆成幾張，或在 Excel 設定每頁重複的標題欄（版面設定→列印標題）。",
    )
    FILE_SPILLS = warning(
        "「{name}」〔{sheet}〕{cell} 的文字超出頁面的寬度，被分到幾頁或切掉", "請在 Excel 將該格設為自動換列後存檔。"
    )
    FILE_ALL_BLANK = warning("「{name}」印出來是空白的", "請確認放對檔案，並檢查列印範圍與字的顏色。")
    FILE_TINY = warning(
        "「{name}」〔{sheet}〕的版面設定把整張表縮成一頁，字只有 {points} 點，看不清楚",
        "請在 Excel 的版面設定改為橫向，或減少欄、列後再縮放。",
    )
    FILE_OUTSIDE = warning(
        "「{name}」〔{sheet}〕的列印範圍是 {ranges}，之外還有 {count} 格有內容（{cell} 起），沒有印出",
        "要印時請在 Excel 調整列印範圍後存檔；不必印時可不理會。",
    )
    FILE_BLANK_PAGES = note("「{name}」有 {count} 頁是空白的{where}，沒有併入", "請確認沒有遺漏；無誤時可不理會。")
    FILE_SPARSE = warning(
        "「{name}」〔{sheet}〕只有 {cells} 格有內容，卻印成 {count} 頁（用到 {used}）",
        "請刪去遠處零星的儲存格與公式，或在 Excel 設定列印範圍後存檔。",
    )


# Pages of a sheet that hold fewer cells than this on average are hardly what someone meant to print.
_FEW_CELLS, _MANY_PAGES = 8, 6
_MOST_NAMED = 8


class Sheets(Struct, frozen=True):
    """What an attached workbook is: its sheets as the child found them, and the .ods that fits, where it did not."""

    found: Sequence[dict[str, Any]] = ()
    fitted: bytes | None = None


def is_workbook(enclosure: Enclosure) -> bool:
    """Whether it has sheets."""
    return bool({".xlsx", ".xls", ".ods"} & set(enclosure.kind.endings))


def is_old(enclosure: Enclosure) -> bool:
    """Whether it is of the format before 2007."""
    return ".xls" in enclosure.kind.endings


def fit(content: bytes) -> Sheets:
    """The sheets of an .ods that LibreOffice wrote; none where they cannot be read."""
    try:
        answer, fitted = confined.run("fit sheets", content=content)
    except (Unfit, OSError):
        return Sheets()
    result = json.loads(answer)
    return Sheets(result["sheets"], fitted if result["changed"] else None)


def looked_at(content: bytes, sheets: Sheets, enclosure: Enclosure) -> tuple[bytes, list[Problem], Unfit | None]:
    """The PDF of the workbook without blank pages, what is to be said of it, and why it cannot be joined, if it cannot.

    ``sheets`` are what ``fit`` found.
    """
    try:
        answer, after = confined.run("look at sheets", content=content)
    except (Unfit, OSError):
        return content, [], None
    pages = json.loads(answer)
    problems: list[Problem] = []

    def say(code: WorkbookCode, **values: object) -> None:
        problems.append(problem(code, enclosure.at, name=enclosure.path.name, **values))

    counted = {page["name"]: page for page in pages}
    narrow = []
    for sheet in sheets.found:
        name = sheet["name"]
        page = counted.get(name, {"pages": 0, "hashes": 0})
        if hidden := _cells(sheet, page["hashes"] - sheet["hashes"]):
            narrow.append(f"〔{name}〕{hidden}")
        if sheet["points"]:
            code = WorkbookCode.FILE_CUT_ACROSS if sheet["cut"] else WorkbookCode.FILE_TINY
            say(code, sheet=name, columns=sheet["columns"], points=sheet["points"])
        if sheet["spill"]:
            say(WorkbookCode.FILE_SPILLS, sheet=name, cell=sheet["spill"])
        if sheet["outside"]:
            count, cell = sheet["outside_count"], sheet["outside"][0]
            say(WorkbookCode.FILE_OUTSIDE, sheet=name, ranges=sheet["ranges"], count=count, cell=cell)
        count = page["pages"]
        known_cause = sheet["spill"] or sheet["points"]
        if count >= _MANY_PAGES and sheet["telling"] < _FEW_CELLS * count and not known_cause:
            say(WorkbookCode.FILE_SPARSE, sheet=name, cells=sheet["telling"], count=count, used=sheet["used"])
    if all(page["empty"] for page in pages):
        say(WorkbookCode.FILE_ALL_BLANK)
    # A text that spills is said above; whether its further pages show it depends on the version of LibreOffice.
    spilling = {sheet["name"] for sheet in sheets.found if sheet["spill"]}
    if blank := [page for page in pages if page["blank"] and page["name"] not in spilling]:
        names = "、".join(f"〔{page['name']}〕{page['blank']} 頁" for page in blank if page["name"])
        where = f"（{names}）" if names else ""
        say(WorkbookCode.FILE_BLANK_PAGES, count=sum(page["blank"] for page in blank), where=where)
    return after, problems, Unfit(FileCode.FILE_HASHES, where="、".join(narrow)) if narrow else None


def _cells(sheet: dict[str, Any], count: int) -> str:
    """The cells of which ``count`` show as ###: those whose numbers are widest for their columns."""
    if count <= 0:
        return ""
    cells = "、".join(cell for *_, cell in sorted(sheet["narrow"][:count])[:_MOST_NAMED])
    return f"{cells} 等 {count} 格" if count > _MOST_NAMED or not cells else cells
