"""What if: a value typed for a cell, and every sentence, table, slide and total that would change. Nothing is saved."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.basic.problem import Problem
from generator.basic.workspace import MeetingId, Workspace
from generator.build import examine, making
from generator.dispatch.diff import compare, versions
from generator.dispatch.diff.compare import Revisions
from generator.workbook import books

_NUMBER = compile_late(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?", re.ASCII)
MOST_TYPED = 2000


class Supposed(Struct, frozen=True):
    """What would change, and the problems that would come and go. ``found`` is None where nothing could be built."""

    found: Revisions | None
    new: tuple[Problem, ...]
    gone: tuple[Problem, ...]


def typed(text: str) -> object:
    """What Excel would take the typed text for, as far as it matters: nothing, a number, or the text."""
    text = text.strip()
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def suppose(
    workspace: Workspace, meeting: MeetingId, workbook: str, sheet: str, row: int, column: int, text: str
) -> Supposed:
    """Builds the meeting twice in memory, as it is and with the cell as typed, and compares the two.

    Raises what making.make and compare raise.
    """
    now = _made(workspace, meeting)
    with books.supposing({(workbook, sheet, row, column): typed(text)}):
        then = _made(workspace, meeting)
    before, after = now.examined.problems, then.examined.problems
    new = tuple(found for found in after if found not in before)
    gone = tuple(found for found in before if found not in after)
    if now.stopped or then.stopped:
        return Supposed(None, new, gone)
    return Supposed(compare.compare(versions.present(workspace, now), versions.present(workspace, then)), new, gone)


def _made(workspace: Workspace, meeting: MeetingId) -> Any:
    return making.make(workspace, meeting, formats=("docx",), examined=examine.examine_all(workspace, meeting))
