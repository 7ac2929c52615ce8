"""The life of each decision: at which meeting it was made, what was reported on it at each later one, how it ended.

A life has one number for ever: 113-1-討1-2 is the second decision of the case 討1 of the meeting 113-1. A decision
that an older meeting made, which has no folder here, is numbered in the order in which it stands in the first one that
reports on it: 112-2-列1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from generator.basic.problem import Location
from generator.basic.workspace import Workspace
from generator.documents import access
from generator.meeting import figures, load
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import CONTINUED, OPEN, RELEASED
from generator.meeting.sheets.lists import PastDecision
from generator.prose.vocabulary import Vocabulary
from generator.rules import carried
from generator.rules.carried import Item
from generator.workbook.values import folded

UNTRACKED, FORGOTTEN = "不列管", "未再提報"
STATES = (CONTINUED, RELEASED, UNTRACKED, FORGOTTEN)


class Step(Struct, frozen=True):
    """What a later meeting says of a decision: what was done until then, and whether it goes on. ``at``: its row."""

    meeting: str
    date: dt.date
    progress: str
    tracking: str
    at: Location | None


class Life(Struct):
    """A decision and what became of it. ``state`` is one of STATES; ``closed``: when it was released.

    ``mark`` is that of its case: 限閱, 密 不公開, or nothing where anyone may read it.
    """

    number: str
    meeting: str
    title: str
    date: dt.date | None
    subject: str
    text: str
    unit: str
    due: dt.date | None
    state: str
    at: Location | None
    steps: list[Step] = field(default_factory=list)
    closed: dt.date | None = None
    forgotten_at: str = ""
    mark: str = ""
    access: str = OPEN

    @property
    def open(self) -> bool:
        """Whether someone still has to do something."""
        return self.state in (CONTINUED, FORGOTTEN)

    def is_overdue(self, today: dt.date) -> bool:
        return self.open and self.due is not None and self.due < today

    def is_of(self, unit: str) -> bool:
        return any(folded(unit) == folded(name) for name in units_of(self.unit))


class Lives(Struct):
    """All lives, the meetings they were read from by date, and what could not be read."""

    lives: list[Life] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read(workspace: Workspace) -> Lives:
    """The lives of all decisions of all meetings that have a folder."""
    found = Lives()
    for meeting_id in workspace.meetings():
        meeting, problems = load.load(workspace, meeting_id)
        if meeting is None:
            found.remarks.append(f"{meeting_id} 的資料有錯誤，沒有列入。請執行 packet check {meeting_id}。")
        else:
            found.meetings.append(meeting)
            if carried.lost(problems):
                found.remarks.append(f"{meeting_id} 有些列讀不到，可能少列。請執行 packet check {meeting_id}。")
    found.meetings.sort(key=lambda meeting: (meeting.date, meeting.id.key))
    by_id = {str(meeting.id): meeting for meeting in found.meetings}
    # The lives that a meeting leaves to the next one, by what stands for them there.
    left: dict[str, dict[Any, list[Life]]] = {}
    for meeting in found.meetings:
        before = by_id.get(str(meeting.previous)) if meeting.previous else None
        rows = _reported(meeting, before, left, found.lives)
        own = _made(meeting)
        found.lives += [life for lives in own.values() for life in lives]
        left[str(meeting.id)] = {**own, **rows}
    return found


def _made(meeting: Meeting) -> dict[Any, list[Life]]:
    """The decisions of a meeting itself, by 案號."""
    minutes = meeting.minutes
    if minutes is None:
        return {}
    vocabulary = Vocabulary(meeting, figures.compute(meeting))
    subjects = {
        folded(case.key): vocabulary.render(case.subject, case, case.at("subject"), []) for case in meeting.cases
    }
    cases = {folded(case.key): case for case in meeting.cases}
    marks = {key: access.mark(case.access, case.secrecy) for key, case in cases.items()}
    found: dict[Any, list[Life]] = {}
    for decision in minutes.decisions:
        if not decision.text:
            continue
        key = folded(decision.case)
        lives = found.setdefault(key, [])
        lives.append(
            Life(
                number=f"{meeting.id}-{key}-{len(lives) + 1}",
                meeting=str(meeting.id),
                title=meeting.name,
                date=meeting.date,
                subject=subjects.get(key, decision.case),
                text=decision.text,
                unit=decision.unit,
                due=decision.due,
                state=decision.tracking or UNTRACKED,
                at=decision.at("text"),
                access=cases[key].access if key in cases else OPEN,
                closed=meeting.date if decision.tracking == RELEASED else None,
                mark=marks.get(key, ""),
            )
        )
    return found


def _reported(
    meeting: Meeting, before: Meeting | None, left: dict[str, dict[Any, list[Life]]], lives: list[Life]
) -> dict[Any, list[Life]]:
    """Adds what the rows of 〔上次會議決定〕 say to the lives; the lives by row, for the next meeting."""
    rows = meeting.past_decisions
    known = left.get(str(before.id), {}) if before is not None else {}
    items = carried.carried(before, []) if before is not None else []
    found: dict[Any, list[Life]] = {}
    matched: set[int] = set()
    for item, row in carried.matched(items, rows):
        owners = known.get(folded(item.key) if item.key else id(item.row), [])
        if owners:
            matched.add(id(row))
            found[id(row)] = [_go_on(life, meeting, row) for life in owners]
    for item in items:
        owners = known.get(folded(item.key) if item.key else id(item.row), [])
        if folded(PastDecision.sheet.name) in map(folded, meeting.present) and not _is_in(owners, found):
            _forget(item, owners, meeting)
    for row in rows:
        if id(row) not in matched:
            life = _again(row, lives) or _older(row, meeting, before, lives)
            found[id(row)] = [_go_on(life, meeting, row)]
    return found


def _is_in(owners: Sequence[Life], found: dict[Any, list[Life]]) -> bool:
    return any(life is other for lives in found.values() for other in lives for life in owners)


def _go_on(life: Life, meeting: Meeting, row: PastDecision) -> Life:
    """The life with what this meeting says of it. A decision that was not under control may become so, never less."""
    life.steps.append(Step(str(meeting.id), meeting.date, row.progress, row.tracking, row.at()))
    if row.tracking:
        life.state = row.tracking
    elif life.state == FORGOTTEN:
        life.state = CONTINUED
    life.closed = meeting.date if row.tracking == RELEASED else life.closed if life.state == RELEASED else None
    life.forgotten_at = ""
    return life


def _forget(item: Item, owners: Sequence[Life], meeting: Meeting) -> None:
    for life in owners:
        if life.state == CONTINUED:
            life.state, life.forgotten_at = FORGOTTEN, str(meeting.id)


def _again(row: PastDecision, lives: Sequence[Life]) -> Life | None:
    """A decision that was forgotten for a while."""
    for life in lives:
        same = folded(life.subject) == folded(row.subject) and folded(life.text) in folded(row.decision)
        if life.state == FORGOTTEN and same:
            return life
    return None


def _older(row: PastDecision, meeting: Meeting, before: Meeting | None, lives: list[Life]) -> Life:
    """A decision of a meeting that has no folder here, or no minutes."""
    origin = row.meeting or (str(meeting.previous) if meeting.previous else "")
    parsed = carried.parsed(origin) if origin else None
    origin = str(parsed or origin) or "先前"
    count = sum(life.meeting == origin and "-列" in life.number for life in lives) + 1
    life = Life(
        number=f"{origin}-列{count}",
        meeting=origin,
        title=carried.called(meeting, origin),
        date=None,
        subject=row.subject,
        text=row.decision,
        unit="",
        due=None,
        state=row.tracking or UNTRACKED,
        at=row.at("decision"),
    )
    lives.append(life)
    return life


def searched(
    lives: Sequence[Life],
    today: dt.date,
    words: Sequence[str] = (),
    unit: str = "",
    state: str = "",
    overdue: bool = False,
) -> list[Life]:
    """The lives that have all the words, are of the unit and in the state: overdue ones first, then open ones."""

    def has(life: Life, word: str) -> bool:
        texts = [life.number, life.title, life.subject, life.text, life.unit, *(step.progress for step in life.steps)]
        return folded(word).casefold() in folded("\n".join(texts)).casefold()

    found = [
        life
        for life in lives
        if all(has(life, word) for word in words)
        and (not unit or life.is_of(unit))
        and (not state or life.state == state)
        and (not overdue or life.is_overdue(today))
    ]
    far = dt.date.max
    order = {life.number: place for place, life in enumerate(lives)}
    return sorted(
        found,
        key=lambda life: (not life.is_overdue(today), not life.open, life.due or far, order[life.number]),
    )


def as_json(life: Life, today: dt.date) -> dict[str, Any]:
    """The life for a program, and for a page."""
    return {
        "number": life.number,
        "meeting": life.meeting,
        "title": life.title,
        "subject": life.subject,
        "text": life.text,
        "unit": life.unit,
        "due": life.due.isoformat() if life.due else None,
        "state": life.state,
        "overdue": life.is_overdue(today),
        "closed": life.closed.isoformat() if life.closed else None,
        "cell": str(life.at or ""),
        "mark": life.mark,
        "steps": [
            {
                "meeting": step.meeting,
                "date": step.date.isoformat(),
                "progress": step.progress,
                "tracking": step.tracking,
                "cell": str(step.at or ""),
            }
            for step in life.steps
        ],
    }
