"""What a meeting came to: attendance, remarks, decisions. Records, and how they are read from the sheets.

Sheets of 會議紀錄.xlsx: 紀錄資訊, 出席, 列席, 發言, 決議. There are minutes once 紀錄資訊 is there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from generator.basic.problem import ERROR, Location, Problem, problem
from generator.meeting import sheets
from generator.meeting.sheets import ABSENT, BY_DEPUTY, CLOSED, DRAFT, NAMELESS, PRESENT, SheetSpec
from generator.workbook import books, typed_rows
from generator.workbook.raw import RawSheet
from generator.workbook.typed_rows import Row
from generator.workbook.values import folded

# How a speaker is named who is not to be named.
SOMEONE = "委員"


@dataclass(frozen=True, slots=True)
class Attendance:
    """Whether a member came, stayed away or sent a deputy; ``how`` is empty while no one has noted it."""

    row: Row
    name: str
    role: str
    how: str
    deputy: str
    deputy_title: str

    @property
    def counts(self) -> bool:
        """Whether the member counts as attending: in person or by a deputy (設置要點七)."""
        return self.how in (PRESENT, BY_DEPUTY)

    @property
    def in_person(self) -> bool:
        return self.how == PRESENT


@dataclass(frozen=True, slots=True)
class Observer:
    """Someone who sits in (列席) and does not vote."""

    row: Row
    unit: str
    name: str
    title: str
    email: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What someone said on a case, and how openly: 記名, 不記名 or 不公開 (運作指引肆三)."""

    row: Row
    case: str
    number: int
    speaker: str
    kind: str
    openness: str
    text: str

    @property
    def nameless(self) -> bool:
        return self.openness == NAMELESS

    @property
    def closed(self) -> bool:
        return self.openness == CLOSED


@dataclass(frozen=True, slots=True)
class Decision:
    """One 決定 or 決議 of a case, with who does it by when."""

    row: Row
    case: str
    number: int
    text: str
    unit: str
    due: dt.date | None
    tracking: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes (會議紀錄) of a meeting; lists in the order in which they are printed.

    ``faults``: where these sheets could not be read; a row with a fault may be left out of the lists.
    """

    row: Row
    status: str
    started: dt.time | None
    adjourned: dt.time | None
    opening: str
    attendance: tuple[Attendance, ...]
    remarks: tuple[Remark, ...]
    decisions: tuple[Decision, ...]
    faults: frozenset[Location] = frozenset()

    @property
    def draft(self) -> bool:
        return self.status == DRAFT

    @property
    def attending(self) -> tuple[Attendance, ...]:
        return tuple(one for one in self.attendance if one.counts)

    def decisions_of(self, case: str) -> list[Decision]:
        """The decisions of the case with that 案號, in their order; those without a text are left out."""
        return [decision for decision in self.decisions if folded(decision.case) == folded(case) and decision.text]

    @property
    def absent(self) -> tuple[Attendance, ...]:
        return tuple(one for one in self.attendance if one.how == ABSENT)


def read(raw: Sequence[RawSheet], problems: list[Problem]) -> tuple[Minutes | None, tuple[Observer, ...]]:
    """The minutes, None while there is no sheet 紀錄資訊 or its status cannot be read; and who sits in.

    The sheet 列席 serves before the meeting too, when there are no minutes.
    """
    before = len(problems)
    info = typed_rows.read_fields(sheets.MINUTES, list(books.named(raw, sheets.MINUTES.name)), problems)

    def rows(spec: SheetSpec) -> list[Row]:
        return typed_rows.complete(spec, typed_rows.read_table(spec, list(books.named(raw, spec.name)), problems))

    lists = {spec.name: rows(spec) for spec in (sheets.ATTENDANCE, sheets.OBSERVERS, sheets.REMARKS, sheets.DECISIONS)}
    decided = [row for row in lists["決議"] if _is_there(row, problems)]
    if info is None:
        filled = [found[0] for found in (lists["出席"], lists["發言"], decided) if found]
        problems += [problem("minutes-without-status", row.at()) for row in filled[:1]]
    observers = tuple(Observer(row, row["單位"], row["姓名"], row["職稱"], row["電子郵件"]) for row in lists["列席"])
    if info is None or not info["紀錄狀態"]:
        return None, observers
    found = Minutes(
        row=info,
        status=info["紀錄狀態"],
        started=info["實際開始"],
        adjourned=info["散會"],
        opening=info["主席致詞"],
        attendance=tuple(
            Attendance(row, row["姓名"], row["身分"], row["出席"], row["代理人"], row["代理人職稱"])
            for row in lists["出席"]
        ),
        remarks=tuple(
            sorted(
                (
                    Remark(row, row["案號"], row["順序"], row["發言者"], row["類型"], row["記名方式"], row["內容"])
                    for row in lists["發言"]
                ),
                key=lambda one: one.number,
            )
        ),
        decisions=tuple(
            sorted(
                (
                    Decision(row, row["案號"], row["項次"], row["內容"], row["主辦單位"], row["期限"], row["列管"])
                    for row in decided
                ),
                key=lambda one: one.number,
            )
        ),
        faults=frozenset(one.at for one in problems[before:] if one.severity == ERROR),
    )
    return found, observers


def _is_there(row: Row, problems: list[Problem]) -> bool:
    """Whether a row of 決議 holds a decision: the form lists every case beforehand. Who and when need a what."""
    if row["內容"]:
        return True
    if row["主辦單位"] or row["期限"] or row["列管"]:
        problems.append(problem("empty-cell", row.at("內容"), name="內容"))
    return False
