"""What a meeting came to: attendance, remarks, decisions, and how they are read from the sheets of 會議紀錄.xlsx.

There are minutes once 紀錄資訊 is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from msgspec import Struct
from msgspec.structs import replace

from generator.basic.problem import ERROR, Code, Location, Problem, error, problem, warning
from generator.meeting.body import Body
from generator.meeting.sheets import ABSENT, DRAFT
from generator.meeting.sheets.meeting import Attachment, MeetingInfo
from generator.meeting.sheets.minutes import Attendance, Decision, MinutesAttachment, MinutesInfo, Observer, Remark
from generator.workbook import books, typed_rows, values
from generator.workbook.raw import RawSheet
from generator.workbook.record import Record, Row
from generator.workbook.typed_rows import RowCode
from generator.workbook.values import folded


class MinutesSheetCode(Code):
    """The problems that this module finds."""

    MINUTES_WITHOUT_STATUS = warning(
        "沒有〔紀錄資訊〕，不產生會議紀錄", "請增加〔紀錄資訊〕並填紀錄狀態（草稿或定稿）。"
    )
    POINT_OF_NOTHING = error("分點之前沒有發言", "請在上面補上發言，或刪去層級。")


# How a speaker is named who is not to be named.
SOMEONE = "委員"


class Minutes(Struct, frozen=True):
    """The minutes (會議紀錄) of a meeting; lists in the order in which they are printed.

    ``observers`` are those who sat in; None where the workbook of the minutes has no such sheet.
    ``faults``: where these sheets could not be read; a row with a fault may be left out of the lists.
    """

    info: MinutesInfo
    attendance: tuple[Attendance, ...]
    remarks: tuple[Remark, ...]
    decisions: tuple[Decision, ...]
    faults: frozenset[Location] = frozenset()
    observers: tuple[Observer, ...] | None = None
    attachments: tuple[Attachment, ...] = ()
    public_attachments: frozenset[str] = frozenset()

    @property
    def draft(self) -> bool:
        return self.info.status == DRAFT

    @property
    def attending(self) -> tuple[Attendance, ...]:
        return tuple(entry for entry in self.attendance if entry.counts)

    def decisions_of(self, case: str) -> list[Decision]:
        """The decisions of the case with that 案號, in their order; those without a text are left out."""
        return [decision for decision in self.decisions if folded(decision.case) == folded(case) and decision.text]

    def resolutions_of(self, case: str) -> list[Decision]:
        """The decisions of the case without its 附帶決議."""
        return [decision for decision in self.decisions_of(case) if not decision.is_rider]

    @property
    def absent(self) -> tuple[Attendance, ...]:
        return tuple(entry for entry in self.attendance if entry.how == ABSENT)


def read(raw: Sequence[RawSheet], body: Body, problems: list[Problem]) -> tuple[Minutes | None, tuple[Observer, ...]]:
    """The minutes, None while there is no sheet 紀錄資訊 or its status cannot be read; and who is invited to sit in."""
    before = len(problems)
    row = typed_rows.field_row(MinutesInfo, raw, problems)
    roles = {Attendance.heading_of("role"): body.roles}
    attendance = tuple(
        replace(entry, group=body.group(entry.role)) for entry in typed_rows.records(Attendance, raw, problems, roles)
    )
    if body.has_roles:
        attendance = tuple(sorted(attendance, key=lambda entry: body.place(entry.role)))
    asked, came = _observers(raw, problems)
    remarks = remarks_in(raw, problems)
    decisions = [row for row in typed_rows.records(Decision, raw, problems) if _is_there(row, problems)]
    attached = typed_rows.records(MinutesAttachment, raw, problems)
    if row is None:
        filled: list[Record] = [records[0] for records in (attendance, remarks, decisions) if records]
        problems += [problem(MinutesSheetCode.MINUTES_WITHOUT_STATUS, record.at()) for record in filled[:1]]
    info = typed_rows.field_record(MinutesInfo, row)
    if info is None:
        return None, asked
    minutes = Minutes(
        info=info,
        attendance=attendance,
        remarks=tuple(sorted(remarks, key=lambda entry: entry.number)),
        observers=came,
        attachments=_attachments(attached),
        public_attachments=frozenset(item.name for item in attached if item.is_public),
        decisions=tuple(sorted(decisions, key=lambda entry: (entry.is_rider, entry.number))),
        faults=frozenset(fault.at for fault in problems[before:] if fault.severity == ERROR),
    )
    return minutes, asked


def remarks_in(raw: Sequence[RawSheet], problems: list[Problem]) -> list[Remark]:
    """The remarks; a row with a 層級 is a point of the one above, whose 案號, 順序 and speaker it may leave out."""
    found: list[Problem] = []
    rows = typed_rows.rows(Remark, raw, found)
    level, text = Remark.heading_of("level"), Remark.heading_of("text")
    whole: list[Row] = []
    inherited: set[Location] = set()
    for row in rows:
        if row.values[level] and whole:
            empty = [name for name, given in row.values.items() if given in (None, "") and name != text]
            inherited |= {row.at(name) for name in empty}
            row = replace(row, values={**row.values, **{name: whole[-1].values[name] for name in empty}})
        whole.append(row)
    problems += [fault for fault in found if fault.code != RowCode.EMPTY_CELL or fault.at not in inherited]
    remarks: list[tuple[Remark, list[Remark]]] = []
    for remark in typed_rows.complete(Remark, whole):
        if remark.level and remarks:
            remarks[-1][1].append(remark)
            continue
        if remark.level:
            problems.append(problem(MinutesSheetCode.POINT_OF_NOTHING, remark.at("level")))
        remarks.append((remark, []))
    return [replace(remark, points=tuple(points)) for remark, points in remarks]


def _attachments(rows: Sequence[MinutesAttachment]) -> tuple[Attachment, ...]:
    """The attachments of the minutes as those of a case are: numbered where there are several."""
    empty = {column.name: values.empty(column) for column in Attachment.sheet.columns}
    found = []
    for number, row in enumerate(rows, start=1):
        given = {**empty, **Attachment.filled(case="", name=row.name, origin=row.origin)}
        attachment = Attachment.of(replace(row.row, values=given))
        found.append(replace(attachment, number=number if len(rows) > 1 else 0))
    return tuple(found)


def is_of_minutes(workbook: str, raw: Iterable[RawSheet]) -> bool:
    """Whether a workbook is that of the minutes: by its name, or by 〔紀錄資訊〕 without 〔會議資訊〕."""
    sheets = list(raw)

    def has(name: str) -> bool:
        return any(sheet.workbook == workbook for sheet in books.named(sheets, name))

    by_name = PurePath(workbook).stem == MinutesInfo.sheet.book
    return by_name or (has(MinutesInfo.sheet.name) and not has(MeetingInfo.sheet.name))


def invited(raw: Sequence[RawSheet]) -> list[RawSheet]:
    """The sheets 〔列席〕 that say who is invited: those outside the workbook of the minutes."""
    return [sheet for sheet in books.named(raw, Observer.sheet.name) if not is_of_minutes(sheet.workbook, raw)]


def _observers(
    raw: Sequence[RawSheet], problems: list[Problem]
) -> tuple[tuple[Observer, ...], tuple[Observer, ...] | None]:
    """Who is invited to sit in, and who came, by the workbook in which 〔列席〕 stands; None where it is not there."""
    before = invited(raw)
    after = [sheet for sheet in books.named(raw, Observer.sheet.name) if sheet not in before]
    came = typed_rows.records(Observer, after, problems) if after else None
    return typed_rows.records(Observer, before, problems), came


def _is_there(decision: Decision, problems: list[Problem]) -> bool:
    """Whether a row of 決議 holds a decision: the form lists every case beforehand. Who and when need a what."""
    if decision.text:
        return True
    if decision.unit or decision.due or decision.tracking:
        problems.append(problem(RowCode.EMPTY_CELL, decision.at("text"), name=decision.heading_of("text"), choices=""))
    return False
