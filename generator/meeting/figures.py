"""Every figure of a meeting, computed once, each with the cells it came from: the vocabulary of prose and templates."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from generator.basic import roc
from generator.basic.problem import Location
from generator.meeting import schedule
from generator.meeting.body import SETTINGS
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import COUNTED
from generator.meeting.sheets.meeting import Attachment, Case
from generator.workbook import totals
from generator.workbook.record import Record

DEADLINES, RULES = "期限", "規則"


class Figure(Struct, frozen=True):
    """A named value: ``name`` as prose writes it (預定開放.總數), and the cells (or ranges of cells) behind it.

    ``sheet``: the name of the staff's own sheet that it is of, empty for a figure of ours.
    """

    name: str
    value: Any
    cells: tuple[Location, ...]
    sheet: str = ""


def attachment_name(name: str) -> str:
    """The name under which an attachment's label stands in the vocabulary."""
    return f'附件("{name}")'


def compute(meeting: Meeting) -> dict[str, Figure]:
    """The figures by name, in the order in which ``packet figures`` lists them; only sheets that are there give any."""
    figures_by_name: dict[str, Figure] = {}

    def add(name: str, value: Any, *cells: Location, sheet: str = "") -> None:
        # The first stays: a sheet of the users' own that is called 會議 must not change what 會議.日期 means.
        figures_by_name.setdefault(name, Figure(name, value, cells, sheet))

    agency, info = meeting.agency, meeting.info

    def add_fields(record: Record, without: Container[str] = ()) -> None:
        for name, column in record.sheet.by_field.items():
            # A day on which figures were counted that nobody gave is no figure.
            given = record.row.values[column.name] is not None or getattr(record, name) is None
            if column.figure and given and name not in without:
                add(column.figure, getattr(record, name), record.at(name))

    add_fields(agency, without=SETTINGS.values())
    for name, setting in SETTINGS.items():
        if (rule := meeting.body.rule(name)) is not None:
            add(agency.sheet.by_field[setting].figure, rule.number, *rule.cells)
    date, folder = info.at("date"), Location(f"inputs/{meeting.id}")
    named = (info.at("title"),) if info.title else ()
    add("會議.年度", meeting.year, *((date,) if named else (folder,)))
    add("會議.次別", meeting.session, *(named or (folder,)))
    add("會議.名稱", meeting.name, *(named or (agency.at("group"), folder)))
    add("會議.日期", info.date, date)
    add("會議.星期", roc.weekday(info.date), date)
    more = [info.at(name) for name in ("end", "more_days") if getattr(info, name)]
    add("會議.時間", meeting.when, date, info.at("start"), *more)
    add_fields(info)
    for deadline in schedule.of(meeting).deadlines:
        add(f"{DEADLINES}.{deadline.name}", deadline.date, *deadline.cells)
    for name, value, places in meeting.body.figures():
        add(f"{RULES}.{name}", value, *places)
    for record in COUNTED:
        if record.sheet.name in meeting.present:
            for name, value, cells in record.figures(meeting):
                add(f"{record.sheet.name}.{name}", value, *cells)
    for table in meeting.tables.values():
        add(f"{table.name}.總數", table.count, *table.spans.get(table.headings[0], ()), sheet=table.name)
        for heading, value in table.sums.items():
            # Rates, ranks and years are no numbers to add up.
            if not totals.added(heading):
                continue
            add(f"{table.name}.{heading}", value, *table.spans[heading], sheet=table.name)
        for name, caption in (("標題", table.title), ("副標題", table.subtitle), ("單位", table.unit)):
            if caption is not None:
                add(f"{table.name}.{name}", caption.text, caption.at, sheet=table.name)
    for case in meeting.cases:
        for attachment in case.attachments:
            add(attachment_name(attachment.name), attachment.label, attachment.at("name"))
    return figures_by_name


def grouped(items: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    """The items by key, both in the order in which they come."""
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def numbers_in(figures: Mapping[str, Figure]) -> set[float]:
    """Every number that some figure is or shows (dates and periods give year, month and day).

    Not deadlines, their settings and the rules: they would make most small numbers known.
    """
    known: set[float] = set()
    for figure in figures.values():
        value = figure.value
        if figure.name.startswith((f"{DEADLINES}.", f"{RULES}.")) or figure.name.endswith("工作日"):
            continue
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, int):
            known |= {value, value // 10_000}
        else:
            known |= set(digits(shown(value)))
    return known


# Python turns no more than 4,300 digits into a number, and a figure has never so many.
_MOST_DIGITS = 300


def digits(text: str) -> list[float]:
    """The numbers written in a text, thousands separators understood; one of more digits than any figure is NaN."""
    plain = [number.replace(",", "") for number in written_numbers(text)]
    return [
        math.nan if len(number) > _MOST_DIGITS else float(number) if "." in number else int(number) for number in plain
    ]


def written_numbers(text: str) -> list[str]:
    """The numbers in a text as they are written: 1,896, 09, 12.5. In 113.4.29 there are three."""
    return re.findall(r"(?<!\d\.)(?:\d{1,3}(?:,\d{3})+|\d+)\.\d+(?!\.?\d)|\d{1,3}(?:,\d{3})+|\d+", text)


def shown(value: Any) -> str:
    """A value as documents print it: 1,896; 113-04-29; 11304; lists joined by 、; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "★" if value else ""
    if isinstance(value, int):
        return roc.grouped(value)
    if isinstance(value, dt.date):
        return roc.short_date(value)
    if isinstance(value, dt.time):
        return roc.clock(value)
    if isinstance(value, list | tuple) and all(isinstance(item, dt.date) for item in value):
        return "、".join(roc.long_date(item) for item in value)
    if isinstance(value, list | tuple):
        return "、".join(shown(item) for item in value)
    return str(value)


def label_in(case: Case, attachments: Sequence[Attachment], everywhere: Sequence[Case]) -> str:
    """How the text of ``case`` names attachments: 附件1, 附件2至3, 附件1、3; another case's with its title before."""
    owners = {id(item): next(owner for owner in everywhere if item in owner.attachments) for item in attachments}
    labels = []
    for key, items in grouped(attachments, lambda item: owners[id(item)].title).items():
        labels.append(("" if key == case.title else key) + _numbers([item.number for item in items]))
    return "、".join(labels)


def _numbers(numbers: Sequence[int]) -> str:
    """附件, 附件1, 附件2至3, 附件1、3 for the attachments of one case; 0 is its only one."""
    if 0 in numbers:
        return "附件"
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "附件" + "、".join(f"{run[0]}至{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
