"""`packet rename`: every cell that holds the name of a unit or a member, and marked copies. The staff change them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from generator.basic.failure import PROBLEMS, UserError
from generator.basic.problem import Code, Location, Problem, in_order, note, perhaps, problem, warning
from generator.basic.workspace import Workspace
from generator.build import outputs
from generator.build.result import Result
from generator.dispatch import releases
from generator.workbook import books, values
from generator.workbook.marked import copies, copy_name
from generator.workbook.raw import RawSheet

UNIT, MEMBER = "單位", "委員"
FOLDER = "改名檢查"
PAST = "上次會議決定"


class RenameCode(Code):
    """The places where a name stands."""

    RENAME_CELL = warning("這一格是「{old}」", "請改為「{new}」。")
    RENAME_TEXT = warning("文字裡有「{old}」", "請看前後文，需要時改為「{new}」。")
    RENAME_PAST = note("照錄上次會議的文字裡有「{old}」", "這是當時的決定（議），通常維持原文。")


class NameNotFound(UserError):
    """No cell holds the name."""

    exit_code = PROBLEMS


def look(workspace: Workspace, kind: str, old: str, new: str) -> Result:
    """Lists the cells of 機關.xlsx, 共用/ and all meetings without a release that hold ``old``, and marks copies of
    their workbooks in output/改名檢查. ``kind``: UNIT or MEMBER, the sheet that has the names.

    Raises NameNotFound where no cell holds it.
    """
    problems: list[Problem] = []
    remarks: list[str] = []
    groups = [("", [workspace.agency_book]), ("共用/", books.lists(workspace.shared))]
    for meeting in workspace.meetings():
        if not releases.every(workspace, meeting):
            groups.append((f"{meeting}/", books.lists(workspace.inputs(meeting))))
            continue
        remarks.append(f"{meeting} 已凍結版本，維持原名，沒有列出。")
        if workspace.own_agency_book(meeting) is None:
            book = workspace.agency_book.name
            remarks.append(f"改 {book} 之前，請先把它複製一份到 inputs/{meeting}，那場會議才會維持原名。")
    paths = {prefix + path.name: path for prefix, group in groups for path in group if path.is_file()}
    read = {place: _sheets(place, path, problems) for place, path in paths.items()}
    known = _names(read.get(workspace.agency_book.name, ()), kind)
    found = [each for sheets in read.values() for sheet in sheets for each in _cells(sheet, old, new, known)]
    if not found:
        raise NameNotFound(f"沒有任何儲存格有「{old}」。{perhaps(old, known)}")
    problems = in_order([*problems, *found])
    folder = workspace.root / "output" / FOLDER
    marked: dict[str, bytes] = {}
    for prefix, group in groups:
        there = {prefix + path.name: paths[prefix + path.name] for path in group if prefix + path.name in paths}
        contents = copies(there, [each for each in problems if each.at.workbook in there])
        marked |= {prefix.replace("/", " ") + name: content for name, content in contents.items()}
    remarks += [
        f"{place} 沒有標示副本，請依位置在原檔改。"
        for place in dict.fromkeys(each.at.workbook for each in found)
        if _copy(place) not in marked
    ]
    remarks.append(
        "只找活頁簿的儲存格；範本與附件檔案（Word、PDF、簡報）請另外查看。標示副本只供查看，請改 inputs/ 內的原檔。"
    )
    stale = {name: outputs.GONE for name in outputs.read_record(folder) if name not in marked}
    outcomes = outputs.write_all(folder, marked, stale, {}) if marked or stale else []
    return Result(folder=folder, problems=problems, outcomes=outcomes, remarks=remarks)


def _copy(place: str) -> str:
    prefix, _, name = place.rpartition("/")
    return f"{prefix} {copy_name(name)}".strip()


def _sheets(place: str, path: Path, problems: list[Problem]) -> list[RawSheet]:
    """The sheets of a workbook that bears ``place`` as its name in every message."""
    faults: list[Problem] = []
    sheets = books.read_workbook(path, faults)
    problems += [replace(fault, at=replace(fault.at, workbook=place)) for fault in faults]
    return [replace(sheet, workbook=place) for sheet in sheets]


def _names(sheets: Iterable[RawSheet], kind: str) -> list[str]:
    """The texts of the sheet that has the names; more than those do no harm."""
    listed = books.named(sheets, kind)
    return [value.strip() for sheet in listed for row in sheet.cells for value in row if isinstance(value, str)]


def _cells(sheet: RawSheet, old: str, new: str, known: Iterable[str]) -> Iterator[Problem]:
    """The cells that hold ``old``, not as a part of another name."""
    name = values.folded(old)
    longer = sorted({values.folded(each) for each in (*known, new)}, key=len, reverse=True)
    longer = [each for each in longer if name in each and each != name]
    for r, row in enumerate(sheet.cells):
        for c, value in enumerate(row):
            if not isinstance(value, str):
                continue
            text = values.folded(value)
            for each in longer:
                text = text.replace(each, "\0")
            if name not in text:
                continue
            code = RenameCode.RENAME_CELL if text == name else RenameCode.RENAME_TEXT
            if values.folded(sheet.name) == PAST and code is RenameCode.RENAME_TEXT:
                code = RenameCode.RENAME_PAST
            at: Location = sheet.at(r, c)
            yield problem(code, at, old=old, new=new)
