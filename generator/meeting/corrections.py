"""Who replied to the draft minutes, by the deadline for 修正意見 or after it, and who has not replied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec import Struct

from generator.meeting import schedule
from generator.meeting.model import Meeting
from generator.meeting.schedule import Deadline
from generator.workbook.values import folded


class Corrections(Struct, frozen=True):
    """``late``: whose first reply came after the deadline; ``absent``: the members of whom there is none."""

    deadline: Deadline | None
    late: tuple[str, ...]
    absent: tuple[str, ...]


def of(meeting: Meeting, more: Iterable[tuple[str, dt.date]] = ()) -> Corrections:
    """By 〔回復情形〕, and by ``more``: who replied and when, where that is in no workbook yet."""
    deadline = schedule.of(meeting).deadline(schedule.CORRECTIONS)
    names: dict[str, str] = {}
    first: dict[str, dt.date] = {}
    for member, day in [*((reply.member, reply.received) for reply in meeting.replies), *more]:
        key = folded(member)
        names.setdefault(key, member)
        first[key] = min(day, first.get(key, day))
    late = tuple(names[key] for key, day in first.items() if deadline is not None and day > deadline.date)
    absent = tuple(member.name for member in meeting.members if folded(member.name) not in first)
    return Corrections(deadline, late, absent)
