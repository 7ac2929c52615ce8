"""Incomplete minutes: a blank is a warning in a draft (草稿) and an error in final minutes (定稿)."""

from __future__ import annotations

from collections.abc import Sequence

from generator.basic.problem import Code, Location, Problem, problem
from generator.meeting.minutes import Minutes
from generator.meeting.sheets.minutes import Attendance
from generator.workbook.record import Record


def unfinished(
    minutes: Minutes, code: Code, code_yet: Code, at: Location, *, source: object = "", **values: object
) -> Problem:
    """The problem of a blank: ``code_yet`` (a warning) in a draft, ``code`` (an error) otherwise."""
    return problem(code_yet if minutes.draft else code, at, source=source, **values)


def is_complete(minutes: Minutes, record: type[Record]) -> bool:
    """Whether every row of a sheet was read; a row that could not be read may hold what seems to be missing."""
    entries: Sequence[Record] = minutes.attendance if record is Attendance else minutes.decisions
    cells = {entry.at(name) for entry in entries for name in entry.sheet.by_field}
    return not any(at.sheet == record.sheet.name for at in minutes.faults - cells)
