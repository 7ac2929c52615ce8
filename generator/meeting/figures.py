"""Every figure of a meeting, computed once, each with the cells it came from: the vocabulary of prose and templates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.basic import roc, rule_numbers
from generator.basic.problem import Location
from generator.meeting import schedule
from generator.meeting.model import Attachment, Case, Meeting
from generator.meeting.sheets import QUALITY_LEVELS
from generator.workbook.typed_rows import Row

DEADLINES, RULES = "期限", "規則"


@dataclass(frozen=True, slots=True)
class Figure:
    """A named value: ``name`` as prose writes it (預定開放.總數), and the cells (or ranges of cells) behind it."""

    name: str
    value: Any
    cells: tuple[Location, ...]


def attachment_name(name: str) -> str:
    """The name under which an attachment's label stands in the vocabulary."""
    return f'附件("{name}")'


def compute(meeting: Meeting) -> dict[str, Figure]:
    """The figures by name, in the order in which ``packet figures`` lists them; only sheets that are there give any."""
    found: dict[str, Figure] = {}

    def add(name: str, value: Any, *cells: Location) -> None:
        # The first stays: a sheet of the users' own that is called 會議 must not change what 會議.日期 means.
        found.setdefault(name, Figure(name, value, cells))

    agency, row = meeting.agency, meeting.agency.row
    for name, field, value in (
        ("全銜", "機關全銜", agency.full_name),
        ("簡稱", "機關簡稱", agency.short_name),
        ("自稱", "自稱", agency.self_name),
        ("小組名稱", "小組名稱", agency.group),
        ("幕僚單位", "幕僚單位", agency.secretariat),
        ("聯絡人", "聯絡人", agency.contact),
        ("聯絡電話", "聯絡電話", agency.phone),
        ("電子郵件", "電子郵件", agency.email),
        ("英文名稱", "英文名稱", agency.english_name),
        ("標語", "標語", agency.motto),
        ("抽查基數", "抽查基數", agency.sample_base),
        ("品質檢測起日", "品質檢測起日", agency.quality_since),
        ("紀錄草稿工作日", "紀錄草稿工作日", agency.draft_days),
        ("修正意見工作日", "修正意見工作日", agency.correction_days),
    ):
        add(f"機關.{name}", value, row.at(field))
    info = meeting.row
    date, folder = info.at("會議日期"), Location(f"inputs/{meeting.id}")
    add("會議.年度", meeting.id.year, folder)
    add("會議.次別", meeting.session, folder)
    add("會議.名稱", meeting.name, row.at("小組名稱"), folder)
    add("會議.日期", meeting.date, date)
    add("會議.星期", roc.weekday(meeting.date), date)
    time = f"{roc.long_date(meeting.date)}（{roc.weekday(meeting.date)}）{roc.clock(meeting.start)}"
    add("會議.時間", time, date, info.at("開始時間"))
    add("會議.地點", meeting.place, info.at("地點"))
    add("會議.主席", meeting.chair, info.at("主席"))
    add("會議.紀錄", meeting.recorder, info.at("紀錄"))
    add("會議.資料基準日", meeting.cutoff, info.at("資料基準日"))
    add("會議.報告期間", meeting.period, info.at("報告期間"))
    add("會議.會議連結", meeting.link, info.at("會議連結"))
    for deadline in schedule.of(meeting).deadlines:
        add(f"{DEADLINES}.{deadline.name}", deadline.date, *deadline.cells)
    for name, rule in rule_numbers.BY_NAME.items():
        add(f"{RULES}.{name}", rule.number, Location(rule.source))
    _datasets(meeting, add)
    for total in meeting.totals:
        add(f"統計數字.{total.name}", total.value, total.row.at("數值"))
    for table in meeting.tables.values():
        add(f"{table.name}.總數", table.count, *table.spans.get(table.headings[0], ()))
        for heading, value in table.sums.items():
            add(f"{table.name}.{heading}", value, *table.spans[heading])
    for case in meeting.cases:
        for attachment in case.attachments:
            add(attachment_name(attachment.name), attachment.label, attachment.row.at("名稱"))
    return found


def _datasets(meeting: Meeting, add: Any) -> None:
    if "預定開放" in meeting.present:
        rows = [item.row for item in meeting.planned]
        published = [item for item in meeting.planned if item.published]
        add("預定開放.總數", len(meeting.planned), *spans(rows, "資料集項目名稱"))
        add("預定開放.已上架數", len(published), *spans(rows, "已上架"))
        add("預定開放.未上架數", len(meeting.planned) - len(published), *spans(rows, "已上架"))
        for unit, items in grouped(meeting.planned, lambda item: item.unit).items():
            add(f"預定開放.{unit}", len(items), *spans([item.row for item in items], "資料開放單位"))
    if "下載統計" in meeting.present:
        top = meeting.downloads[: meeting.agency.top_downloads]
        rows = [item.row for item in top]
        add("下載統計.名次數", len(top), *spans(rows, "資料集名稱"))
        add("下載統計.名稱", [item.name for item in top], *spans(rows, "資料集名稱"))
        add("下載統計.瀏覽次數", sum(item.views for item in top), *spans(rows, "累計瀏覽次數"))
        add("下載統計.下載次數", sum(item.downloads for item in top), *spans(rows, "累計下載次數"))
    if "品質檢測" in meeting.present:
        rows = [item.row for item in meeting.quality]
        for level in QUALITY_LEVELS:
            add(f"品質檢測.{level}", sum(item.counts[level] for item in meeting.quality), *spans(rows, level))
        outside = sum(item.counts["檢測範圍外"] for item in meeting.quality)
        total = sum(item.total for item in meeting.quality)
        counted = _badge_spans(rows)
        add("品質檢測.總計", total, *counted)
        add("品質檢測.檢測範圍內", total - outside, *counted[1:])
        base = meeting.agency.sample_base
        sample = sum(-(-item.total // base) for item in meeting.quality) if base else 0
        add("品質檢測.抽查數", sample, *counted, meeting.agency.row.at("抽查基數"))
    if "下架清單" in meeting.present:
        rows = [item.row for item in meeting.withdrawals]
        units = list(dict.fromkeys(item.unit for item in meeting.withdrawals))
        add("下架清單.總數", len(meeting.withdrawals), *spans(rows, "下架資料集名稱"))
        add("下架清單.單位", units, *spans(rows, "提供單位"))
        if "品質檢測" in meeting.present:
            left = sum(item.total for item in meeting.quality) - len(meeting.withdrawals)
            counted = _badge_spans([item.row for item in meeting.quality])
            add("下架清單.下架後總計", left, *spans(rows, "下架資料集名稱"), *counted)
            for item in meeting.quality:
                going = [other for other in meeting.withdrawals if other.unit == item.unit]
                if going:
                    cells = [*spans([other.row for other in going], "提供單位"), *_badges(item.row)]
                    add(f"下架清單.下架後{item.unit}", item.total - len(going), *cells)
    if "上次會議決定" in meeting.present:
        rows = [item.row for item in meeting.past_decisions]
        add("上次會議決定.總數", len(rows), *spans(rows, "案由"))


def _badge_spans(rows: Sequence[Row]) -> list[Location]:
    """The cells that a total of 品質檢測 adds up; 白金 is part of 金."""
    return [cell for level in QUALITY_LEVELS[:-1] for cell in spans(rows, level)]


def _badges(row: Row) -> tuple[Location, ...]:
    return tuple(row.at(level) for level in QUALITY_LEVELS[:-1])


def grouped(items: Iterable[Any], key: Any) -> dict[Any, list[Any]]:
    """The items by key, both in the order in which they come."""
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def spans(rows: Sequence[Row], column: str) -> tuple[Location, ...]:
    """The cells of a column over rows as ranges (C5:C30), a range for each run of rows in one sheet."""
    ranges: list[Location] = []
    start = end = None
    for row in rows:
        if column not in row.cells:
            continue
        if (
            end is not None
            and (row.workbook, row.sheet) == (end.workbook, end.sheet)
            and row.number == (end.number or 0) + 1
        ):
            end = row
            continue
        if start is not None and end is not None:
            ranges.append(_span(start, end, column))
        start = end = row
    if start is not None and end is not None:
        ranges.append(_span(start, end, column))
    return tuple(ranges)


def _span(start: Row, end: Row, column: str) -> Location:
    first, last = start.at(column), end.at(column)
    cell = first.cell if first == last else f"{first.cell}:{last.cell}"
    return Location(first.workbook, first.sheet, cell)


def numbers_in(figures: Mapping[str, Figure]) -> set[int]:
    """Every whole number that some figure is or shows (dates and periods give year, month and day).

    Not deadlines, their settings and the rules: they would make most small numbers known.
    """
    known: set[int] = set()
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


def digits(text: str) -> list[int]:
    """The whole numbers written in a text, thousands separators understood."""
    return [int(found.replace(",", "")) for found in written_numbers(text)]


def written_numbers(text: str) -> list[str]:
    """The whole numbers in a text as they are written: 1,896, 09."""
    return re.findall(r"\d{1,3}(?:,\d{3})+|\d+", text)


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
