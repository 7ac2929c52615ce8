"""How far each meeting is: its stage, the steps of its way with their dates, and what is due next."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from generator.basic import roc
from generator.basic.workspace import PUBLIC_EDITION, MeetingId, Workspace
from generator.build import outputs, unchanged
from generator.dispatch import releases
from generator.meeting import load, schedule
from generator.meeting.model import Meeting
from generator.meeting.sheets import MINUTES_DRAFT, MINUTES_FINAL, PAPERS
from generator.meeting.workdays import Calendar, NotCovered

DONE, NEXT, COMING = "done", "next", "coming"
# Working days: so many are amber, fewer than two red.
_SOON, _URGENT = 5, 1
CALM, SOON, URGENT = "calm", "soon", "urgent"


class Step(Struct, frozen=True):
    """A step of a meeting's way: ``state`` is DONE, NEXT or COMING, ``note`` what became of it or is to be done."""

    name: str
    date: dt.date | None
    state: str
    note: str
    how: str = ""

    @property
    def day(self) -> str:
        return f"{roc.short_date(self.date)}（{roc.weekday(self.date)[-1]}）" if self.date else ""


class Facts(Struct, frozen=True):
    """A meeting in a line of the list. ``next``: the step that is next, with its urgency and how long there is."""

    id: MeetingId
    name: str
    date: dt.date | None
    stage: str
    steps: tuple[Step, ...] = ()
    urgency: str = CALM
    left: str = ""
    late: str = ""

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if step.state == NEXT), None)


class Reckoner:
    """The facts of meetings, read anew where a file changed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._read: dict[MeetingId, tuple[str, Meeting | None]] = {}

    def meeting(self, meeting: MeetingId) -> Meeting | None:
        """What the workbooks say; None where they say too little."""
        stamps = unchanged.stamps(self._workspace)
        read = self._read.get(meeting)
        if read is None or read[0] != stamps:
            read = self._read[meeting] = (stamps, load.load(self._workspace, meeting)[0])
        return read[1]

    def facts(self, meeting_id: MeetingId, today: dt.date) -> Facts:
        meeting = self.meeting(meeting_id)
        if meeting is None:
            return Facts(meeting_id, f"{meeting_id}", None, "資料不完整", left="請先改正活頁簿的錯誤")
        steps = _steps(self._workspace, meeting, today)
        found = Facts(meeting_id, meeting.name, meeting.date, meeting.stage, steps)
        step = found.next
        urgency, left = (CALM, "全部完成") if step is None else _left(meeting.calendar, step.date, today)
        return Facts(meeting_id, meeting.name, meeting.date, meeting.stage, steps, urgency, left, _late(meeting, today))


def _steps(workspace: Workspace, meeting: Meeting, today: dt.date) -> tuple[Step, ...]:
    known = {deadline.name: deadline.date for deadline in schedule.of(meeting).deadlines}
    frozen = {
        stage: releases.of_stage(workspace, meeting.id, stage) for stage in (PAPERS, MINUTES_DRAFT, MINUTES_FINAL)
    }
    public = workspace.beside(meeting.id, PUBLIC_EDITION)
    published = bool(outputs.read_record(public)) and meeting.stage == MINUTES_FINAL
    held = meeting.date < today or meeting.minutes is not None
    final = meeting.stage == MINUTES_FINAL

    def kept(stage: str) -> str:
        return f"已凍結{frozen[stage][-1].name}" if frozen[stage] else ""

    ways = [
        ("資料", known.get(schedule.PAPERS), bool(frozen[PAPERS]) or held, kept(PAPERS), "凍結會議資料並寄出"),
        ("會議", meeting.date, held, "已開會" if held else "", "開會"),
        (
            "草稿",
            known.get(schedule.DRAFT),
            bool(frozen[MINUTES_DRAFT]) or final,
            kept(MINUTES_DRAFT),
            "填會議紀錄，寄出草稿" if meeting.minutes else "建立會後表單，填會議紀錄",
        ),
        ("修正意見", known.get(schedule.CORRECTIONS), final, "", "等委員回復，改入會議紀錄"),
        ("定稿", known.get(schedule.PUBLICATION), bool(frozen[MINUTES_FINAL]), kept(MINUTES_FINAL), "凍結定稿並寄出"),
        ("公開", known.get(schedule.PUBLICATION), published, "已產生公開的檔案", "產生公開的檔案，上架到平臺"),
    ]
    steps, found = [], False
    for name, date, done, result, task in ways:
        state = DONE if done else COMING if found else NEXT
        found = found or not done
        steps.append(Step(name, date, state, (result or "完成") if done else task))
    return tuple(steps)


def working_days(calendar: Calendar, start: dt.date, end: dt.date) -> int | None:
    """The working days after ``start`` up to ``end``; None where the calendar does not reach, or they are many."""
    count, day = 0, start
    try:
        while day < end and count < 250:
            day += dt.timedelta(days=1)
            count += calendar.works(day)
    except NotCovered:
        return None
    return count


def _left(calendar: Calendar, date: dt.date | None, today: dt.date) -> tuple[str, str]:
    """The urgency, and in words how long there is."""
    if date is None:
        return SOON, "期限不明（缺辦公日曆）"
    if date < today:
        days = working_days(calendar, date, today)
        much = f"{days} 個工作日" if days is not None and days < 250 else f"{(today - date).days} 天"
        return URGENT, f"已逾期 {much}"
    if date == today:
        return URGENT, "今天到期"
    days = working_days(calendar, today, date)
    if days is None:
        return CALM, f"還有 {(date - today).days} 天"
    urgency = URGENT if days <= _URGENT else SOON if days <= _SOON else CALM
    return urgency, f"還有 {days} 個工作日"


_DEADLINES = {PAPERS: schedule.PAPERS, MINUTES_DRAFT: schedule.DRAFT, MINUTES_FINAL: schedule.PUBLICATION}


def _late(meeting: Meeting, today: dt.date) -> str:
    """What the page says when it asks why something goes out after its deadline; empty where it is not late."""
    deadline = next(
        (found for found in schedule.of(meeting).deadlines if found.name == _DEADLINES[meeting.stage]), None
    )
    if deadline is None or deadline.date >= today:
        return ""
    return f"{meeting.stage}的期限是{deadline.day}（{deadline.counted}），已經過了。"
