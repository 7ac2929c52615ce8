"""One parser per kind of cell: what people really type → one typed value.

Each parser takes what the workbook held (text, int, float, datetime …) and raises BadValue with a code of the
message catalogue when it cannot be read. Empty cells never come here.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from generator.basic import roc
from generator.basic.roc import Period, YearMonth
from generator.workbook.record import Column, Kind

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_WEEKDAY = re.compile(r"\(\s*(?:星期|週|禮拜)?\s*([一二三四五六日天])\s*\)|(?:星期|週|禮拜)\s*([一二三四五六日天])")
_CODES = re.compile(r"(?<!\d)(\d{2,3})(\d{2})[-~至到](\d{2,3})(\d{2})(?!\d)")
_MONTHS = re.compile(r"(\d{2,3})年(\d{1,2})月?(?:[-~至到](?:(\d{2,3})年)?(\d{1,2}))?月(?!\d)")
_TRUE = {"★", "☆", "*", "是", "已上架", "v", "y", "yes", "true", "1", "✓", "✔", "○", "o"}
_FALSE = {"", "否", "未上架", "n", "no", "false", "0", "x", "✗", "-", "—"}


class BadValue(ValueError):
    """A cell that cannot be read as its column wants: a code of the catalogue and the values that fill it."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def folded(text: object) -> str:
    """Text for comparing: compatibility forms folded (full-width → half-width), every white space gone."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text)))


def same_name(text: str) -> str:
    """A data-set name for comparing: folded, and all dashes alike (prose writes —, tables write -)."""
    return re.sub(r"[-‐-―─－]", "-", folded(text))


def text(value: object) -> str:
    """A cell as text: outer white space gone, line breaks kept as \\n, whole floats without ``.0``.

    Raises BadValue for control characters, which no document may hold.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return roc.short_date(value.date()) if value.time() == dt.time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return roc.short_date(value)
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    result = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "").replace("\u2028", "\n")
    if found := _CONTROL.search(result):
        raise BadValue("control-character", character=f"U+{ord(found[0]):04X}")
    return result.strip()


def date(value: object) -> dt.date:
    """113/04/29, 113-4-29, 1130429, 113年4月29日（星期一）, 113/4/29(一), 2024-04-29, an Excel date → date.

    Raises BadValue also where a weekday stands beside the date and is another day's.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    plain = unicodedata.normalize("NFKC", text(value))
    named = _WEEKDAY.search(plain)
    plain = re.sub(r"\s+|民國|中華", "", _WEEKDAY.sub("", plain))
    found = re.fullmatch(r"(\d{2,4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain) or re.fullmatch(
        r"(\d{2,3}|\d{4}(?=\d{4}))(\d{2})(\d{2})", plain
    )
    if not found:
        raise BadValue("bad-date", value=text(value))
    year, month, number = (int(part) for part in found.groups())
    if not year or 999 < year <= 1911:
        raise BadValue("bad-date", value=text(value))
    try:
        day = dt.date(year if year > 1911 else year + 1911, month, number)
    except ValueError:
        raise BadValue("no-such-day", value=text(value)) from None
    if named and (named[1] or named[2]).replace("天", "日") != roc.WEEKDAYS[day.weekday()]:
        raise BadValue("wrong-weekday", value=text(value), date=roc.long_date(day), weekday=roc.weekday(day))
    return day


def year_month(value: object) -> YearMonth:
    """11304, 9912, 113年4月, 113/4, an Excel date → YearMonth of the ROC calendar."""
    if isinstance(value, dt.date):
        return YearMonth.of(value)
    plain = folded(text(value))
    found = re.fullmatch(r"(\d{2,3})[-/.年](\d{1,2})月?", plain) or re.fullmatch(r"(\d{2,3})(\d{2})", plain)
    if not found or not 1 <= int(found[2]) <= 12:
        raise BadValue("bad-year-month", value=text(value))
    return YearMonth(int(found[1]), int(found[2]))


def period(value: object) -> Period:
    """113年1至3月, 112年10月至113年1月, 11301-11303, 113年4月 → Period.

    Raises BadValue when it runs backwards or anything else stands beside it.
    """
    plain = same_name(text(value)).removeprefix("民國")
    found = find_period(plain)
    if found is None or found.end < found.start or not (_CODES.fullmatch(plain) or _MONTHS.fullmatch(plain)):
        raise BadValue("bad-period", value=text(value))
    return found


def find_period(prose: str) -> Period | None:
    """The first 起訖年月 in a text (113年1至3月, 112年10月至113年1月, 11301-11303); None when there is none.

    A day (112年1月19日) is no period.
    """
    plain = same_name(prose)
    if found := _CODES.search(plain):
        parts = [int(part) for part in found.groups()]
    elif found := _MONTHS.search(plain):
        year, first, end_year, last = found.groups()
        parts = [int(year), int(first), int(end_year or year), int(last or first)]
    else:
        return None
    if not (1 <= parts[1] <= 12 and 1 <= parts[3] <= 12):
        return None
    return Period(YearMonth(parts[0], parts[1]), YearMonth(parts[2], parts[3]))


def time(value: object) -> dt.time:
    """14:30, 下午2時30分, 下午2點半, 1430, an Excel time or day fraction → time of day."""
    if isinstance(value, dt.datetime):
        return value.time()
    if isinstance(value, dt.time):
        return value
    if isinstance(value, float) and 0 <= value < 1:
        return (dt.datetime.min + dt.timedelta(minutes=round(value * 1440))).time()
    plain = re.sub(r"整$", "", folded(text(value)).lower())
    plain = re.sub(r"^(.*?)(am|pm)$", r"\2\1", plain)
    found = re.fullmatch(r"(上午|下午|中午|晚上|am|pm)?(\d{1,2})(?:[:時點](\d{1,2}|半)?分?)?(?::00)?", plain)
    found = found or re.fullmatch(r"()(\d{2})(\d{2})", plain)
    if not found:
        raise BadValue("bad-time", value=text(value))
    half, hour, minute = found[1], int(found[2]), 30 if found[3] == "半" else int(found[3] or 0)
    late = half in ("下午", "晚上", "pm") or (half == "中午" and hour < 3)
    hour += 12 if late and hour < 12 else 0
    # 上午12時 and 晚上12時 are said of both noon and midnight.
    unclear = (half in ("上午", "晚上", "am") and hour == 12) or (half in ("上午", "am") and hour > 12)
    if hour > 23 or minute > 59 or unclear:
        raise BadValue("bad-time", value=text(value))
    return dt.time(hour, minute)


def count(value: object) -> int:
    """1896, 1,896, '１，８９６', 1896.0 → 1896. Raises BadValue for fractions, negatives and words."""
    if isinstance(value, bool):
        raise BadValue("bad-count", value=text(value))
    if isinstance(value, int | float):
        if value < 0 or value != value or value in (float("inf"),) or int(value) != value:
            raise BadValue("bad-count", value=text(value))
        return int(value)
    plain = folded(text(value))
    if not re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{1,15}", plain, re.ASCII):
        raise BadValue("bad-count", value=text(value))
    return int(plain.replace(",", ""))


def flag(value: object) -> bool:
    """★, 是, v, TRUE → True; 否, 0 → False."""
    plain = folded(text(value)).lower() if not isinstance(value, bool) else str(value).lower()
    if plain in _TRUE:
        return True
    if plain in _FALSE:
        return False
    raise BadValue("bad-flag", value=text(value))


_PARSERS: dict[Kind, Callable[[object], Any]] = {
    Kind.TEXT: text,
    Kind.PROSE: text,
    Kind.UNIT: text,
    Kind.CHOICE: text,
    Kind.DATE: date,
    Kind.YEAR_MONTH: year_month,
    Kind.PERIOD: period,
    Kind.TIME: time,
    Kind.COUNT: count,
    Kind.FLAG: flag,
}


def parse(column: Column, value: object) -> Any:
    """The typed value of a cell of that column. Raises BadValue when it cannot be read or is no allowed choice."""
    parsed = _PARSERS[column.kind](value)
    if column.kind is Kind.CHOICE:
        for choice in column.choices:
            if folded(choice) == folded(parsed):
                return choice
        raise BadValue("bad-choice", value=parsed, choices="、".join(column.choices))
    return parsed


def empty(column: Column) -> Any:
    """What an empty cell of that column stands for."""
    if column.kind is Kind.FLAG:
        return False
    if column.if_empty:
        return parse(column, column.if_empty)
    return "" if column.kind in (Kind.TEXT, Kind.PROSE, Kind.UNIT, Kind.CHOICE) else None
