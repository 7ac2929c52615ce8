"""`packet check --mark`: the marked copies of workbooks and 問題清單.xlsx, beside a meeting's documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from generator.basic.problem import Problem
from generator.basic.workspace import MARKED, MeetingId, Workspace
from generator.build import outputs
from generator.workbook import books as workbooks
from generator.workbook.marked import copies, copy_name
from generator.workbook.problem_list import NAME, problem_list


def write(workspace: Workspace, meeting: MeetingId, found: Sequence[Problem]) -> tuple[Path, list[outputs.Outcome]]:
    """Writes the marked copies and the list of problems beside the meeting's output folder.

    Returns their folder and what became of each file. Copies of an earlier check go when their workbook is in order
    now, unless someone worked in them.
    """
    folder = workspace.beside(meeting, MARKED)
    books = [workspace.agency_book, *workbooks.books(workspace.shared), *workbooks.lists(workspace.inputs(meeting))]
    # Of two of one name that of the meeting counts.
    paths = {path.name: path for path in books}
    marked = copies(paths, found)
    if found:
        marked[NAME] = problem_list(found, paths, folder)
    stale = {name: outputs.GONE for name in outputs.read_record(folder) if name not in marked}
    return folder, outputs.write_all(folder, marked, stale, {}) if marked or stale else []


def unmarked(found: Sequence[Problem], outcomes: Sequence[outputs.Outcome]) -> list[str]:
    """A sentence for each workbook with problems in its cells of which there is no copy (.ods, or too large)."""
    there = {outcome.name for outcome in outcomes}
    names = dict.fromkeys(problem.at.workbook for problem in found if problem.at.cell)
    return [f"{name} 沒有標示副本，請依訊息的位置在原檔改正。" for name in names if copy_name(name) not in there]
