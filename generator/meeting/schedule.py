"""The deadlines of a meeting (``packet schedule``): what is due when, counted in working days, and by which rule."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.basic import roc
from generator.basic.problem import ERROR, WARNING, Code, Location, Problem, error, problem, warning
from generator.basic.rule_numbers import (
    DRAFT_LIMIT_DAYS,
    PAPERS_DAYS,
    PUBLICATION_DAYS,
    USUAL_CORRECTION_DAYS,
    USUAL_DRAFT_DAYS,
)
from generator.meeting.model import Meeting
from generator.meeting.sheets.agency import Agency, Closure
from generator.meeting.workdays import NotCovered


class ScheduleCode(Code):
    """The problems that this module finds."""

    CALENDAR_MISSING = error(
        "沒有民國 {year} 年的辦公日曆，無法計算期限：{names}",
        "請將人事行政總處「{year}年中華民國政府行政機關辦公日曆表」的 CSV 檔放進 inputs/共用。",
    )
    DRAFT_DAYS = error("紀錄草稿工作日 {value} 不在 1 至 {most} 之間", "請改正。", source=DRAFT_LIMIT_DAYS.source)
    CORRECTION_DAYS = error("修正意見工作日不可為 0", "請填 1 以上的整數。")
    CORRECTION_LATE = warning(
        "修正意見期限在會後第 {days} 個工作日，晚於公開期限的 {most} 個工作日",
        "請縮短天數。",
        source=PUBLICATION_DAYS.source,
    )


PAPERS, DRAFT, DRAFT_LIMIT, CORRECTIONS, PUBLICATION = "會議資料", "紀錄草稿", "紀錄草稿上限", "修正意見", "公開"
DRAFT_SETTING, CORRECTION_SETTING = Agency.heading_of("draft_days"), Agency.heading_of("correction_days")


@dataclass(frozen=True, slots=True)
class Deadline:
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


@dataclass(slots=True)
class Schedule:
    """The deadlines by date, and an error for each year of which no calendar is known."""

    deadlines: list[Deadline] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def of(meeting: Meeting) -> Schedule:
    """The deadlines of a meeting; those for which the calendar does not reach are left out."""
    schedule, lacking = Schedule(), dict[int, list[str]]()
    agency, cell = meeting.agency, meeting.info.at("date")

    def add(
        name: str, start: dt.date | None, days: int, counted: str, what: str, source: str, *cells: Location
    ) -> dt.date | None:
        if start is None:
            return None
        calendar = meeting.calendar
        try:
            date = calendar.before(start, -days) if days < 0 else calendar.after(start, days)
        except NotCovered as unknown:
            lacking.setdefault(unknown.day.year, []).append(name)
            return None
        places = (cell, *cells, *calendar.places(start, date))
        text = counted.format(days=abs(days))
        schedule.deadlines.append(Deadline(name, date, start, days, text, what, source, tuple(dict.fromkeys(places))))
        return date

    before, after = "會前 {days} 個工作日", "會後 {days} 個工作日"
    setting, ended = agency.at("draft_days"), meeting.info.last_day
    add(PAPERS, meeting.date, -PAPERS_DAYS.number, before, "送達議程、會議資料草案及資料盤點表", PAPERS_DAYS.source)
    draft_source = f"{USUAL_DRAFT_DAYS.source}（設定：{DRAFT_SETTING}）"
    draft = add(DRAFT, ended, agency.draft_days, after, "送出會議紀錄草稿", draft_source, setting)
    text = "提供會議資料與紀錄草稿的最後一日"
    add(DRAFT_LIMIT, ended, DRAFT_LIMIT_DAYS.number, after, text, DRAFT_LIMIT_DAYS.source)
    text, source = "委員回復修正意見", f"{USUAL_CORRECTION_DAYS.source}（設定：{CORRECTION_SETTING}）"
    counted, cells = "紀錄草稿期限後 {days} 個工作日", (setting, agency.at("correction_days"))
    add(CORRECTIONS, draft, agency.correction_days, counted, text, source, *cells)
    text = "於政府資料開放平臺公開會議資料與紀錄"
    add(PUBLICATION, ended, PUBLICATION_DAYS.number, after, text, PUBLICATION_DAYS.source)
    schedule.deadlines.sort(key=lambda deadline: deadline.date)
    schedule.problems += [
        problem(ScheduleCode.CALENDAR_MISSING, cell, year=year - 1911, names="、".join(names))
        for year, names in lacking.items()
    ]
    return schedule


def check(meeting: Meeting) -> list[Problem]:
    """What is wrong with the settings. That a calendar does not reach is a warning: no document need wait for it."""
    problems = [dataclasses.replace(missing, severity=WARNING) for missing in of(meeting).problems]
    agency = meeting.agency
    draft, corrections = agency.at("draft_days"), agency.at("correction_days")
    if not 1 <= agency.draft_days <= DRAFT_LIMIT_DAYS.number:
        problems.append(problem(ScheduleCode.DRAFT_DAYS, draft, value=agency.draft_days, most=DRAFT_LIMIT_DAYS.number))
    elif not agency.correction_days:
        problems.append(problem(ScheduleCode.CORRECTION_DAYS, corrections))
    elif agency.draft_days + agency.correction_days > PUBLICATION_DAYS.number:
        whole = agency.draft_days + agency.correction_days
        problems.append(problem(ScheduleCode.CORRECTION_LATE, corrections, days=whole, most=PUBLICATION_DAYS.number))
    return problems


def concerning(meeting: Meeting, problems: Iterable[Problem]) -> list[Problem]:
    """The errors among the problems on which the deadlines depend: date, settings, calendar."""
    agency = meeting.agency
    places = {meeting.info.at("date"), agency.at("draft_days"), agency.at("correction_days")}
    return [
        problem
        for problem in problems
        if problem.severity == ERROR
        and (
            problem.at in places
            or problem.at.sheet == Closure.sheet.name
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
