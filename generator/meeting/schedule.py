"""The deadlines of a meeting (``packet schedule``): what is due when, counted in working days, and by which rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from generator.basic import roc
from generator.basic.problem import ERROR, WARNING, Code, Location, Problem, error, problem, warning
from generator.meeting.body import SETTINGS, Rule
from generator.meeting.model import Meeting
from generator.meeting.sheets import DATA_GROUP
from generator.meeting.sheets import rules as names
from generator.meeting.sheets.agency import Closure
from generator.meeting.sheets.rules import RuleRow
from generator.meeting.workdays import NotCovered


class ScheduleCode(Code):
    """The problems that this module finds."""

    CALENDAR_MISSING = error(
        "沒有民國 {year} 年的辦公日曆，無法計算期限：{names}",
        "請將人事行政總處「{year}年中華民國政府行政機關辦公日曆表」的 CSV 檔放進 inputs/共用。",
    )
    DRAFT_DAYS = error("紀錄草稿工作日 {value} 不在 1 至 {most} 之間", "請改正。")
    DRAFT_DAYS_NONE = error("紀錄草稿工作日不可為 0", "請填 1 以上的整數。")
    CORRECTION_DAYS = error("修正意見工作日不可為 0", "請填 1 以上的整數。")
    CORRECTION_LATE = warning("修正意見期限在會後第 {days} 個工作日，晚於公開期限的 {most} 個工作日", "請縮短天數。")


_PLATFORM, _WEBSITE = "政府資料開放平臺", "機關網站"
PAPERS, DRAFT, DRAFT_LIMIT, CORRECTIONS, PUBLICATION = "會議資料", "紀錄草稿", "紀錄草稿上限", "修正意見", "公開"


class Deadline(Struct, frozen=True):
    """The last day for something. ``days`` working days lie between ``start`` and it, fewer than none if before.

    ``counted`` says that in words, ``source`` names the rule, ``cells`` are those that the day follows from.
    """

    name: str
    date: dt.date
    start: dt.date
    days: int
    counted: str
    what: str
    source: str
    cells: tuple[Location, ...]

    @property
    def day(self) -> str:
        """113年4月22日（星期一）."""
        return f"{roc.long_date(self.date)}（{roc.weekday(self.date)}）"


class Schedule(Struct):
    """The deadlines by date, and an error for each year of which no calendar is known."""

    deadlines: list[Deadline] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def deadline(self, name: str) -> Deadline | None:
        """The deadline of that name; None where the body has no such rule or no calendar reaches so far."""
        return next((deadline for deadline in self.deadlines if deadline.name == name), None)


def of(meeting: Meeting) -> Schedule:
    """The deadlines of a meeting by the rules of the body; those for which the calendar does not reach are left out."""
    schedule, lacking = Schedule(), dict[int, list[str]]()
    cell, body, ended = meeting.info.at("date"), meeting.body, meeting.info.last_day

    def add(
        name: str, start: dt.date | None, rule: Rule | None, counted: str, what: str, *cells: Location
    ) -> dt.date | None:
        if start is None or rule is None:
            return None
        before, calendar = rule.name == names.PAPERS_DAYS, meeting.calendar
        days = -rule.number if before else rule.number
        try:
            date = calendar.before(start, rule.number) if before else calendar.after(start, days)
        except NotCovered as unknown:
            lacking.setdefault(unknown.day.year, []).append(name)
            return None
        places = tuple(dict.fromkeys((cell, *cells, *rule.cells, *calendar.places(start, date))))
        text = counted.format(days=rule.number)
        schedule.deadlines.append(Deadline(name, date, start, days, text, what, _source(meeting, rule), places))
        return date

    before, after = "會前 {days} 個工作日", "會後 {days} 個工作日"
    data_group = body.kind == DATA_GROUP
    text = "送達議程、會議資料草案及資料盤點表" if data_group else "送達議程及會議資料"
    add(PAPERS, meeting.date, body.rule(names.PAPERS_DAYS), before, text)
    draft_rule = body.rule(names.DRAFT_DAYS)
    draft = add(DRAFT, ended, draft_rule, after, "送出會議紀錄草稿")
    text = "提供會議資料與紀錄草稿的最後一日"
    add(DRAFT_LIMIT, ended, body.rule(names.DRAFT_LIMIT_DAYS), after, text)
    counted, start = "紀錄草稿期限後 {days} 個工作日", draft
    if draft_rule is None:
        counted, start = after, ended
    cells = draft_rule.cells if draft_rule else ()
    add(CORRECTIONS, start, body.rule(names.CORRECTION_DAYS), counted, "委員回復修正意見", *cells)
    text = f"於{published_at(meeting)}公開會議資料與紀錄"
    add(PUBLICATION, ended, body.rule(names.PUBLICATION_DAYS), after, text)
    schedule.deadlines.sort(key=lambda deadline: deadline.date)
    schedule.problems += [
        problem(ScheduleCode.CALENDAR_MISSING, cell, year=year - 1911, names="、".join(names))
        for year, names in lacking.items()
    ]
    return schedule


def check(meeting: Meeting) -> list[Problem]:
    """What is wrong with the settings. That a calendar does not reach is a warning: no document need wait for it."""
    problems = [replace(missing, severity=WARNING) for missing in of(meeting).problems]
    body = meeting.body
    draft, limit = body.rule(names.DRAFT_DAYS), body.rule(names.DRAFT_LIMIT_DAYS)
    corrections, publication = body.rule(names.CORRECTION_DAYS), body.rule(names.PUBLICATION_DAYS)
    if draft and draft.at and not draft.number:
        code = ScheduleCode.DRAFT_DAYS if limit else ScheduleCode.DRAFT_DAYS_NONE
        most, source = (limit.number, limit.source) if limit else (0, "")
        problems.append(problem(code, draft.at, value=draft.number, most=most, source=source))
    elif draft and draft.at and limit and draft.number > limit.number:
        value, most = draft.number, limit.number
        problems.append(problem(ScheduleCode.DRAFT_DAYS, draft.at, value=value, most=most, source=limit.source))
    elif corrections and corrections.at and not corrections.number:
        problems.append(problem(ScheduleCode.CORRECTION_DAYS, corrections.at))
    elif corrections and corrections.at and publication:
        whole, most = (draft.number if draft else 0) + corrections.number, publication.number
        if whole > most:
            code, source = ScheduleCode.CORRECTION_LATE, publication.source
            problems.append(problem(code, corrections.at, days=whole, most=most, source=source))
    return problems


def published_at(meeting: Meeting) -> str:
    """Where papers and minutes are published; empty where no rule of the body says that they are."""
    if meeting.body.rule(names.PUBLICATION_DAYS) is None:
        return ""
    return meeting.agency.publishes_at or (_PLATFORM if meeting.body.kind == DATA_GROUP else _WEBSITE)


def _source(meeting: Meeting, rule: Rule) -> str:
    """The rule that a deadline follows from; of one that 〔機關〕 sets, also that it does."""
    setting = SETTINGS.get(rule.name)
    if setting and rule.at == meeting.agency.at(setting):
        return f"{rule.source}（設定：{rule.name}）" if rule.source else f"設定：{rule.name}"
    return rule.source


def concerning(meeting: Meeting, problems: Iterable[Problem]) -> list[Problem]:
    """The errors among the problems on which the deadlines depend: date, settings, calendar."""
    agency = meeting.agency
    places = {meeting.info.at("date"), *(agency.at(setting) for setting in SETTINGS.values())}
    places |= {rule.at for name in names.DAYS if (rule := meeting.body.rule(name)) and rule.at}
    return [
        problem
        for problem in problems
        if problem.severity == ERROR
        and (
            problem.at in places
            or problem.at.sheet in (Closure.sheet.name, RuleRow.sheet.name)
            or problem.at.workbook.lower().endswith(".csv")
        )
    ]


def as_json(deadline: Deadline) -> dict[str, Any]:
    """A deadline for a program: days before the start are negative."""
    return {
        "name": deadline.name,
        "date": deadline.date.isoformat(),
        "shown": deadline.day,
        "working_days": deadline.days,
        "from": deadline.start.isoformat(),
        "what": deadline.what,
        "source": deadline.source,
        "cells": [str(cell) for cell in deadline.cells],
    }


def coming(deadlines: Sequence[Deadline], today: dt.date) -> Deadline | None:
    """The first deadline that has not passed; None when all have."""
    return next((deadline for deadline in deadlines if deadline.date >= today), None)
