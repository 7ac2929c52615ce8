"""The rules of the lists: 預定開放, 下載統計, 品質檢測, 擬下架, 總計."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from generator.basic.problem import Code, Problem, error, problem, warning
from generator.basic.roc import YearMonth
from generator.meeting import figures
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import BADGES, Download, PlannedDataset, Quality, Total, Withdrawal
from generator.workbook import values
from generator.workbook.typed_rows import RowCode


class ListsCode(Code):
    """The problems that this module finds."""

    PLATINUM_ABOVE_GOLD = error("白金標章 {platinum} 大於金標章 {gold}", "白金含於金標章內，請核對兩數。")
    UNIT_TWICE = error("單位「{unit}」重複，{first} 已有一列", "請併為一列。")
    UNIT_MISSING = warning("品質檢測沒有「{unit}」這一列", "請補上；沒有資料集時填 0。")
    RANKING_RISES = error("下載次數 {value:,} 大於前一列的 {above:,}", "請依下載次數由多到少排列。")
    SAME_COUNT = warning("{value:,} 與 {other} 的數字相同", "請核對是否誤植。")
    NAME_TWICE = warning("「{value}」重複，{first} 已有一列", "請核對是否重複列入。")
    WITHDRAWN_TOO_MANY = error("「{unit}」擬下架 {going} 項，多於其資料集 {have} 項", "請核對下架清單與品質檢測。")
    OVERDUE = warning("「{name}」預定 {due} 開放，尚未標示已上架", "請確認；已上架請填 ★。")
    TOTAL_TOO_SMALL = error("{name}比排名各項的合計 {least:,} 還小", "請核對總數與出處。")


def quality_adds_up(meeting: Meeting) -> list[Problem]:
    """Stated totals equal the sums; 白金 is part of 金; each unit stands once, none is left out."""
    problems = []
    rows, stated = Quality.rows(meeting), Quality.sums(meeting)
    seen: dict[str, Quality] = {}
    for item in rows:
        if item.platinum > item.gold:
            at = item.at("platinum")
            problems.append(problem(ListsCode.PLATINUM_ABOVE_GOLD, at, platinum=item.platinum, gold=item.gold))
        if item.stated_total is not None and item.stated_total != item.total:
            problems.append(
                problem(RowCode.WRONG_TOTAL, item.at("stated_total"), stated=item.stated_total, computed=item.total)
            )
        if item.unit in seen:
            first = item.beside(seen[item.unit], "unit")
            problems.append(problem(ListsCode.UNIT_TWICE, item.at("unit"), unit=item.unit, first=first))
        seen.setdefault(item.unit, item)
    if rows:
        for unit in meeting.units:
            if unit not in seen:
                problems.append(problem(ListsCode.UNIT_MISSING, rows[0].at("unit"), unit=unit))
    if stated is not None:
        for name in BADGES:
            number, computed = getattr(stated, name), sum(getattr(item, name) for item in rows)
            if number != computed:
                problems.append(problem(RowCode.WRONG_TOTAL, stated.at(name), stated=number, computed=computed))
        whole = sum(item.total for item in rows)
        if stated.stated_total is not None and stated.stated_total != whole:
            problems.append(
                problem(RowCode.WRONG_TOTAL, stated.at("stated_total"), stated=stated.stated_total, computed=whole)
            )
    return problems


def ranking_falls(meeting: Meeting) -> list[Problem]:
    """Downloads fall from row to row (the table prints ranks); equal ones are worth a look."""
    problems = []
    for above, below in pairwise(Download.rows(meeting)):
        at = below.at("downloads")
        if below.downloads > above.downloads:
            problems.append(problem(ListsCode.RANKING_RISES, at, value=below.downloads, above=above.downloads))
        elif below.downloads == above.downloads:
            other = below.beside(above, "downloads")
            problems.append(problem(ListsCode.SAME_COUNT, at, value=below.downloads, other=other))
    return problems


def views_stand_once(meeting: Meeting) -> list[Problem]:
    """The same count of views twice is usually a slip of copying."""
    first: dict[int, Download] = {}
    problems = []
    for item in Download.rows(meeting):
        if item.views in first and item.views:
            other = item.beside(first[item.views], "views")
            problems.append(problem(ListsCode.SAME_COUNT, item.at("views"), value=item.views, other=other))
        first.setdefault(item.views, item)
    return problems


def names_stand_once(meeting: Meeting) -> list[Problem]:
    """No data set stands twice in one list; names are compared with width and dashes folded."""
    problems = []
    lists: Sequence[Sequence[PlannedDataset | Download | Withdrawal | Total]] = (
        PlannedDataset.rows(meeting),
        Download.rows(meeting),
        Withdrawal.rows(meeting),
        Total.rows(meeting),
    )
    for rows in lists:
        first: dict[str, PlannedDataset | Download | Withdrawal | Total] = {}
        for item in rows:
            key = values.same_name(item.name)
            if key in first:
                other = item.beside(first[key], "name")
                problems.append(problem(ListsCode.NAME_TWICE, item.at("name"), value=item.name, first=other))
            first.setdefault(key, item)
    return problems


def withdrawals_are_there(meeting: Meeting) -> list[Problem]:
    """No unit withdraws more data sets than it has."""
    have = {item.unit: item.total for item in Quality.rows(meeting)}
    problems = []
    for unit, going in figures.grouped(Withdrawal.rows(meeting), lambda item: item.unit).items():
        if unit in have and len(going) > have[unit]:
            at = going[0].at("unit")
            problems.append(problem(ListsCode.WITHDRAWN_TOO_MANY, at, unit=unit, going=len(going), have=have[unit]))
    return problems


def planned_items_are_on_time(meeting: Meeting) -> list[Problem]:
    """An item whose 開放年月 has passed on the cut-off date without ★ is overdue."""
    now = YearMonth.of(meeting.info.cutoff)
    return [
        problem(ListsCode.OVERDUE, item.at("published"), name=item.name, due=item.due)
        for item in PlannedDataset.rows(meeting)
        if item.due < now and not item.published
    ]


def totals_cover_the_top(meeting: Meeting) -> list[Problem]:
    """The totals over all data sets are no smaller than the sums of the ranking."""
    problems = []
    sums = {
        "總瀏覽次數": sum(item.views for item in Download.rows(meeting)),
        "總下載次數": sum(item.downloads for item in Download.rows(meeting)),
    }
    for total in Total.rows(meeting):
        if total.value < sums.get(total.name, 0):
            problems.append(
                problem(ListsCode.TOTAL_TOO_SMALL, total.at("value"), name=total.name, least=sums[total.name])
            )
    return problems


RULES = (
    quality_adds_up,
    ranking_falls,
    views_stand_once,
    names_stand_once,
    withdrawals_are_there,
    planned_items_are_on_time,
    totals_cover_the_top,
)
