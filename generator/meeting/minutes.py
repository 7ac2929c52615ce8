"""What a meeting came to: attendance, remarks, decisions, and how they are read from the sheets of 會議紀錄.xlsx.

There are minutes once 紀錄資訊 is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.basic.problem import ERROR, Code, Location, Problem, problem, warning
from generator.meeting.body import Body
from generator.meeting.sheets import ABSENT, DRAFT
from generator.meeting.sheets.minutes import Attendance, Decision, MinutesInfo, Observer, Remark
from generator.workbook import typed_rows
from generator.workbook.raw import RawSheet
from generator.workbook.record import Record
from generator.workbook.typed_rows import RowCode
from generator.workbook.values import folded


class MinutesSheetCode(Code):
    """The problems that this module finds."""

    MINUTES_WITHOUT_STATUS = warning(
        "沒有〔紀錄資訊〕，不產生會議紀錄", "請增加〔紀錄資訊〕並填紀錄狀態（草稿或定稿）。"
    )


# How a speaker is named who is not to be named.
SOMEONE = "委員"


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes (會議紀錄) of a meeting; lists in the order in which they are printed.

    ``faults``: where these sheets could not be read; a row with a fault may be left out of the lists.
    """

    info: MinutesInfo
    attendance: tuple[Attendance, ...]
    remarks: tuple[Remark, ...]
    decisions: tuple[Decision, ...]
    faults: frozenset[Location] = frozenset()

    @property
    def draft(self) -> bool:
        return self.info.status == DRAFT

    @property
    def attending(self) -> tuple[Attendance, ...]:
        return tuple(entry for entry in self.attendance if entry.counts)

    def decisions_of(self, case: str) -> list[Decision]:
        """The decisions of the case with that 案號, in their order; those without a text are left out."""
        return [decision for decision in self.decisions if folded(decision.case) == folded(case) and decision.text]

    @property
    def absent(self) -> tuple[Attendance, ...]:
        return tuple(entry for entry in self.attendance if entry.how == ABSENT)


def read(raw: Sequence[RawSheet], body: Body, problems: list[Problem]) -> tuple[Minutes | None, tuple[Observer, ...]]:
    """The minutes, None while there is no sheet 紀錄資訊 or its status cannot be read; and who sits in.

    The sheet 列席 serves before the meeting too, when there are no minutes.
    """
    before = len(problems)
    row = typed_rows.field_row(MinutesInfo, raw, problems)
    roles = {Attendance.heading_of("role"): body.roles}
    attendance = tuple(
        replace(entry, group=body.group(entry.role)) for entry in typed_rows.records(Attendance, raw, problems, roles)
    )
    if body.has_roles:
        attendance = tuple(sorted(attendance, key=lambda entry: body.place(entry.role)))
    observers = typed_rows.records(Observer, raw, problems)
    remarks = typed_rows.records(Remark, raw, problems)
    decisions = [row for row in typed_rows.records(Decision, raw, problems) if _is_there(row, problems)]
    if row is None:
        filled: list[Record] = [records[0] for records in (attendance, remarks, decisions) if records]
        problems += [problem(MinutesSheetCode.MINUTES_WITHOUT_STATUS, record.at()) for record in filled[:1]]
    info = typed_rows.field_record(MinutesInfo, row)
    if info is None:
        return None, observers
    minutes = Minutes(
        info=info,
        attendance=attendance,
        remarks=tuple(sorted(remarks, key=lambda entry: entry.number)),
        decisions=tuple(sorted(decisions, key=lambda entry: entry.number)),
        faults=frozenset(fault.at for fault in problems[before:] if fault.severity == ERROR),
    )
    return minutes, observers


def _is_there(decision: Decision, problems: list[Problem]) -> bool:
    """Whether a row of 決議 holds a decision: the form lists every case beforehand. Who and when need a what."""
    if decision.text:
        return True
    if decision.unit or decision.due or decision.tracking:
        problems.append(problem(RowCode.EMPTY_CELL, decision.at("text"), name=decision.heading_of("text")))
    return False
