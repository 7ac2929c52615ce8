"""The working days of government agencies, from three sources: the package ``holidays``, the official 辦公日曆表 as
CSV files in inputs/共用, and 〔停班日〕 in 機關.xlsx. A later one overrides an earlier; what none knows is an error.

The only module that asks ``holidays``.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from generator.basic import roc
from generator.basic.problem import Code, Location, Problem, error, problem
from generator.meeting.sheets import WORKING
from generator.meeting.sheets.agency import Closure
from generator.workbook import typed_rows, values
from generator.workbook.books import BookCode
from generator.workbook.raw import RawSheet
from generator.workbook.values import ValueCode


class WorkdayCode(Code):
    """The problems that this module finds."""

    CALENDAR_HEADINGS = error(
        "不是辦公日曆表的內容，找不到「西元日期」與「是否放假」兩欄",
        "請改放人事行政總處的辦公日曆表 CSV 檔（不是「Google行事曆專用」）。",
    )
    CALENDAR_DATE = error("西元日期「{value}」不是八碼的日期（例：20240429）", "請改正，或重新下載此檔。")
    CALENDAR_FLAG = error("是否放假「{value}」不是 0（上班）或 2（放假）", "請改正，或重新下載此檔。")
    CALENDAR_TWICE = error("{date}是否放假，與 {other} 不同", "請只留最新的辦公日曆表。")
    CLOSURE_TWICE = error("{date}是停班或上班，與 {first} 不同", "請只留一列。")


OFFICIAL_NAME = "辦公日曆表"
_DATE, _WEEKDAY, _OFF = "西元日期", "星期", "是否放假"
_LARGEST_FILE = 2_000_000
_FIRST_YEAR = 1998
# The package was compared with the announced calendars day by day up to this year; it names an earlier one itself.
_COMPARED_YEAR = 2027
_SATURDAY = 5


class NotCovered(Exception):
    """No source knows whether ``day`` is a working day."""

    def __init__(self, day: dt.date) -> None:
        super().__init__(day.isoformat())
        self.day = day


class Entry(Struct, frozen=True):
    """What a file or a sheet says of a day, and where. A ``revised`` calendar (修正版) replaces the one before."""

    works: bool
    at: Location
    revised: bool = False


class Calendar(Struct, frozen=True):
    """The working days: the package's, and what the inputs say otherwise."""

    entries: Mapping[dt.date, Entry] = field(default_factory=dict)

    def works(self, day: dt.date) -> bool:
        """Whether agencies work on that day. Raises NotCovered."""
        if day in self.entries:
            return self.entries[day].works
        if day.year in _written_down():
            return (day.weekday() < _SATURDAY) != (day in _written_down()[day.year])
        if not _FIRST_YEAR <= day.year <= last_year():
            raise NotCovered(day)
        return bool(_announced(day.year).is_working_day(day))

    def after(self, day: dt.date, number: int) -> dt.date:
        """The ``number``-th working day after a day, which does not count itself. Raises NotCovered."""
        return self._counted(day, number, dt.timedelta(days=1))

    def before(self, day: dt.date, number: int) -> dt.date:
        """The ``number``-th working day before a day, which does not count itself. Raises NotCovered."""
        return self._counted(day, number, -dt.timedelta(days=1))

    def _counted(self, day: dt.date, number: int, step: dt.timedelta) -> dt.date:
        while number > 0:
            try:
                day += step
            except OverflowError:
                raise NotCovered(day) from None
            number -= self.works(day)
        return day

    def places(self, start: dt.date, end: dt.date) -> tuple[Location, ...]:
        """Where the inputs speak of the days from one to the other: cells of 〔停班日〕, and files as a whole."""
        first, last = sorted((start, end))
        locations = [self.entries[day].at for day in sorted(self.entries) if first <= day <= last]
        return tuple(dict.fromkeys(at if at.sheet else Location(at.workbook) for at in locations))


def last_year() -> int:
    """The last year (AD) for which the calendar is the one announced, and not worked out from the rules.

    The package computes holidays for any year; which announced calendars it was checked with, and so which shifted
    days off and make-up working days it knows, it says in its description only. Raises ImportError without the package.
    """
    from holidays.countries import taiwan

    # python -OO drops descriptions; they stand in the source as well.
    about = taiwan.Taiwan.__doc__ or Path(taiwan.__file__).read_text("utf-8")
    compared_years = re.findall(r"DGPA Work Calendar \(\d{4}-(\d{4})", about)
    return max([_COMPARED_YEAR, *(int(year) for year in compared_years)])


@cache
def _written_down() -> Mapping[int, frozenset[dt.date]]:
    """The days of each year that differ from their weekday, as the package knows them (workdays.txt).

    Written down, since to import the package takes longer than to read and check a whole meeting.
    """
    lines = Path(__file__).with_name("workdays.txt").read_text("ascii").splitlines()
    years = (line.split() for line in lines)
    return {
        int(year): frozenset(dt.date(int(year), int(day[:2]), int(day[2:])) for day in days) for year, *days in years
    }


def table() -> str:
    """workdays.txt anew, from the package: a line for each year, with the months and days that differ."""
    lines = []
    for year in range(_FIRST_YEAR, last_year() + 1):
        days = (dt.date(year, 1, 1) + dt.timedelta(days=number) for number in range(366))
        announced = _announced(year)
        differ = [
            day for day in days if day.year == year and announced.is_working_day(day) != (day.weekday() < _SATURDAY)
        ]
        lines.append(" ".join([str(year), *(f"{day:%m%d}" for day in differ)]))
    return "\n".join(lines) + "\n"


@cache
def _announced(year: int) -> Any:
    """The package's calendar of a year; the next one is with it, since it may take its make-up day in this year.

    Only the default category: the others hold days on which agencies work (勞動節 until 114).
    """
    import holidays

    return holidays.country_holidays("TW", years=(year, year + 1))


def files(shared: Path) -> list[Path]:
    """The official calendars that lie in inputs/共用, revised ones last."""
    paths = (path for path in shared.iterdir() if path.suffix.lower() == ".csv") if shared.is_dir() else ()
    named = [path for path in paths if OFFICIAL_NAME in path.name and not path.name.startswith(("~$", "."))]
    return sorted((path for path in named if path.is_file()), key=lambda path: (_is_revised(path), path.name))


def read(shared: Path, agency_sheets: Iterable[RawSheet], problems: list[Problem]) -> Calendar:
    """The calendar of a workspace; what cannot be read of it is a problem and says nothing of its day."""
    entries: dict[dt.date, Entry] = {}
    for path in files(shared):
        _add_official(path, entries, problems)
    closures: dict[dt.date, Entry] = {}
    for closure in typed_rows.records(Closure, agency_sheets, problems):
        day, works = closure.day, closure.how == WORKING
        if day in closures and closures[day].works != works:
            first = closures[day].at.cell
            problems.append(problem(WorkdayCode.CLOSURE_TWICE, closure.at("day"), date=roc.long_date(day), first=first))
        closures.setdefault(day, Entry(works, closure.at("day")))
    return Calendar(entries | closures)


def _is_revised(path: Path) -> bool:
    return "修正" in path.name


def _add_official(path: Path, entries: dict[dt.date, Entry], problems: list[Problem]) -> None:
    where, revised, disputed = Location(path.name), _is_revised(path), False
    try:
        content = path.read_bytes() if path.stat().st_size <= _LARGEST_FILE else b""
    except OSError:
        problems.append(problem(BookCode.WORKBOOK_LOCKED, where))
        return
    for line, cells in _lines(content, where, problems):
        at = Location(path.name, cell=f"第 {line} 行")
        day, works = _day(cells, at, problems), {"0": True, "2": False}.get(cells[_OFF])
        if works is None:
            problems.append(problem(WorkdayCode.CALENDAR_FLAG, at, value=cells[_OFF]))
        if day is None or works is None:
            continue
        before = entries.get(day)
        if before and before.works != works and before.revised == revised:
            if not disputed:
                problems.append(problem(WorkdayCode.CALENDAR_TWICE, at, date=roc.long_date(day), other=before.at))
            disputed = True
            continue
        entries[day] = Entry(works, at, revised)


def _lines(content: bytes, where: Location, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines below the headings by number, with their cells by heading. What 備註 says is of no account."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp950", "replace")
    reader = csv.reader(io.StringIO(text, newline=""))
    headings: list[str] | None = None
    try:
        for row in reader:
            cells = [values.folded(cell) for cell in row]
            if not any(cells):
                continue
            if headings is not None:
                cells += [""] * (len(headings) - len(cells))
                yield reader.line_num, dict(zip(headings, cells, strict=False))
            elif _DATE in cells and _OFF in cells:
                headings = cells
            else:
                break
    except csv.Error:
        headings = None
    if headings is None:
        problems.append(problem(WorkdayCode.CALENDAR_HEADINGS, where))


def _day(cells: Mapping[str, str], at: Location, problems: list[Problem]) -> dt.date | None:
    written, weekday = cells[_DATE], cells.get(_WEEKDAY, "").removeprefix("星期")
    try:
        if not re.fullmatch(r"\d{8}", written, re.ASCII):
            raise ValueError(written)
        day = dt.date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        problems.append(problem(WorkdayCode.CALENDAR_DATE, at, value=written))
        return None
    if weekday and weekday != roc.WEEKDAYS[day.weekday()]:
        problems.append(
            problem(ValueCode.WRONG_WEEKDAY, at, value=f"{written} {weekday}", date=written, weekday=roc.weekday(day))
        )
        return None
    return day
