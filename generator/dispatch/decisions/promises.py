"""Every date that was once promised, against all later workbooks and releases: kept, late, changed, dropped.

Promised are the months of 〔預定開放〕 and the deadlines of 〔決議〕. A version is a release of a meeting or its
present workbooks; what a version says is known by its cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.basic import roc
from generator.basic.problem import Location
from generator.basic.roc import YearMonth
from generator.basic.workspace import Workspace
from generator.dispatch import releases
from generator.dispatch.decisions.lives import FORGOTTEN, Life, Lives
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import OPEN, RELEASED
from generator.meeting.sheets.lists import PlannedDataset
from generator.meeting.sheets.meeting import MeetingInfo
from generator.meeting.sheets.minutes import Decision
from generator.workbook import books, typed_rows
from generator.workbook.raw import RawSheet
from generator.workbook.values import folded, same_name

KEPT, LATE, OVERDUE, DROPPED, PENDING = OUTCOMES = ("如期", "逾期完成", "逾期未完成", "未再列出", "尚未到期")
WORST_FIRST = (OVERDUE, DROPPED, LATE, PENDING, KEPT)
PLANNED, DEADLINE = PlannedDataset.sheet.name, "決議期限"
NOW = "目前"


class Mention(Struct, frozen=True):
    """What one version says of a promise: the date as it stands, whether it was done by then, and the cell."""

    version: str
    date: str
    done: bool
    at: Location


class Promise(Struct, frozen=True):
    """A promise from its first version to its last. ``months``: how many it is late; ``changed``: the dates it had."""

    kind: str
    what: str
    unit: str
    first: str
    last: str
    outcome: str
    months: int
    changed: tuple[str, ...]
    mentions: tuple[Mention, ...]
    access: str = OPEN

    @property
    def verdict(self) -> str:
        """逾期完成 2 個月（日期改過：11304→11306）."""
        late = f" {self.months} 個月" if self.months else ""
        changed = f"（日期改過：{'→'.join(self.changed)}）" if len(self.changed) > 1 else ""
        return f"{self.outcome}{late}{changed}"


class _Version(Struct, frozen=True):
    """The sheets of one version. ``until``: the day up to which they count; ``meeting``: its order among all."""

    title: str
    meeting: str
    until: dt.date
    sheets: Sequence[RawSheet]


def read(workspace: Workspace, lives: Lives, today: dt.date) -> list[Promise]:
    """All promises of all meetings, those not kept first."""
    versions = [version for meeting in lives.meetings for version in _versions(workspace, meeting)]
    found = [*_planned(versions, today), *_deadlines(versions, lives.lives, today)]
    order = {outcome: number for number, outcome in enumerate(WORST_FIRST)}
    return sorted(found, key=lambda promise: order[promise.outcome])


def searched(
    promises: Sequence[Promise], words: Sequence[str] = (), unit: str = "", outcome: str = ""
) -> list[Promise]:
    """The promises that have all the words, are of the unit and came out so."""
    return [
        promise
        for promise in promises
        if all(folded(word).casefold() in folded(promise.what).casefold() for word in words)
        and (not unit or folded(unit) in map(folded, units_of(promise.unit)))
        and (not outcome or promise.outcome == outcome)
    ]


def _versions(workspace: Workspace, meeting: Meeting) -> Iterator[_Version]:
    """The releases of a meeting by number, then its present workbooks."""
    for release in releases.every(workspace, meeting.id):
        paths = [release.folder / entry["copy"] for entry in release.manifest.get("inputs", ()) if "copy" in entry]
        sheets = [sheet for path in paths for sheet in _sheets(path)]
        if sheets:
            yield _version(f"{meeting.id} {release.name}", meeting, sheets)
    yield _version(f"{meeting.id} {NOW}", meeting, books.read_folder(workspace.inputs(meeting.id), []))


def _sheets(path: Path) -> list[RawSheet]:
    return books.read_workbook(path, []) if path.suffix.lower() in (".xlsx", ".ods") and path.is_file() else []


def _version(title: str, meeting: Meeting, sheets: Sequence[RawSheet]) -> _Version:
    info = typed_rows.field_record(MeetingInfo, typed_rows.field_row(MeetingInfo, sheets, []))
    return _Version(title, str(meeting.id), info.cutoff if info else meeting.info.cutoff, sheets)


def _planned(versions: Sequence[_Version], today: dt.date) -> Iterator[Promise]:
    """The items of 〔預定開放〕 by name; one that is published counts as done by 資料基準日 of that version."""
    mentions: dict[str, list[tuple[int, PlannedDataset]]] = {}
    having: list[int] = []
    for number, version in enumerate(versions):
        rows = typed_rows.records(PlannedDataset, version.sheets, [])
        if rows:
            having.append(number)
        for row in rows:
            mentions.setdefault(same_name(row.name), []).append((number, row))
    for listed in mentions.values():
        dates = [row.due for _, row in listed]
        promised, last_number = dates[0], listed[-1][0]
        done = next((versions[number].until for number, row in listed if row.published), None)
        # The month counts to its end.
        now = YearMonth.of(today)
        if done is not None:
            # A version may show late what was there in time: it is late where an earlier one, past the month, lacks it.
            lacking = [versions[number].until for number, row in listed if not row.published]
            overdue = any(day < done and YearMonth.of(day) - promised > 0 for day in lacking)
            late = max(YearMonth.of(done) - promised, 0) if overdue else 0
            outcome = LATE if late else KEPT
        elif any(number > last_number for number in having):
            outcome, late = DROPPED, max(now - promised, 0)
        else:
            late = max(now - promised, 0)
            outcome = OVERDUE if late else PENDING
        yield Promise(
            PLANNED,
            listed[-1][1].name,
            listed[-1][1].unit,
            str(promised),
            str(dates[-1]),
            outcome,
            late,
            tuple(dict.fromkeys(map(str, dates))),
            tuple(
                Mention(versions[number].title, str(row.due), row.published, row.at("due")) for number, row in listed
            ),
        )


def _deadlines(versions: Sequence[_Version], lives: Sequence[Life], today: dt.date) -> Iterator[Promise]:
    """The deadlines of decisions, in every version of their meeting; done is what was released (解除列管)."""
    by_meeting: dict[str, list[_Version]] = {}
    for version in versions:
        by_meeting.setdefault(version.meeting, []).append(version)
    for life in lives:
        mentions: list[tuple[dt.date | None, Mention]] = []
        for version in by_meeting.get(life.meeting, ()):
            decision = _decision(version, life)
            if decision is not None:
                date = roc.short_date(decision.due) if decision.due else "（無）"
                mentions.append((decision.due, Mention(version.title, date, False, decision.at("due"))))
        days = [day for day, _ in mentions if day is not None]
        if not days:
            continue
        first, now = YearMonth.of(days[0]), YearMonth.of(today)
        if life.state == RELEASED and life.closed is not None:
            in_time = life.closed <= days[0]
            outcome, late = (KEPT, 0) if in_time else (LATE, max(YearMonth.of(life.closed) - first, 0))
        elif life.state == FORGOTTEN:
            outcome, late = DROPPED, max(now - first, 0)
        else:
            outcome, late = (OVERDUE, max(now - first, 0)) if days[0] < today else (PENDING, 0)
        dates = tuple(dict.fromkeys(entry.date for _, entry in mentions))
        yield Promise(
            DEADLINE,
            f"{life.number}{f'（{life.mark}）' if life.mark else ''} {life.text}",
            life.unit,
            roc.short_date(days[0]),
            mentions[-1][1].date,
            outcome,
            late,
            dates,
            tuple(entry for _, entry in mentions),
            life.access,
        )


def _decision(version: _Version, life: Life) -> Decision | None:
    """The decision of a life as that version has it: by its text, else by its place among those of its case."""
    rows = [row for row in typed_rows.records(Decision, version.sheets, []) if row.text]
    key = life.number.removeprefix(f"{life.meeting}-")
    of_case = [row for row in rows if key.startswith(f"{folded(row.case)}-")]
    same = [row for row in of_case if folded(row.text) == folded(life.text)]
    if same:
        return same[0]
    number = int(key.rpartition("-")[2]) if key.rpartition("-")[2].isdecimal() else 0
    return of_case[number - 1] if 0 < number <= len(of_case) else None


def as_json(promise: Promise) -> dict[str, Any]:
    """The promise for a program, and for a page."""
    return {
        "kind": promise.kind,
        "what": promise.what,
        "unit": promise.unit,
        "first": promise.first,
        "last": promise.last,
        "outcome": promise.outcome,
        "months": promise.months,
        "changed": list(promise.changed),
        "mentions": [
            {"version": mention.version, "date": mention.date, "done": mention.done, "cell": str(mention.at)}
            for mention in promise.mentions
        ],
    }
