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
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, error
from generator.basic.roc import Period, YearMonth
from generator.workbook.record import Column, Kind


class ValueCode(Code):
    """The problems that this module finds."""

    CONTROL_CHARACTER = error("「{name}」內有看不見的控制字元（{character}）", "請刪除該儲存格後重新輸入。")
    BAD_DATE = error("「{value}」不是日期（例：{example}）", "請改為民國年月日，例如 113-04-02。")
    NO_SUCH_DAY = error("「{value}」不是存在的日期", "請核對年月日。")
    WRONG_WEEKDAY = error("「{value}」的星期不符，{date}是{weekday}", "請改正日期或星期。")
    BAD_YEAR_MONTH = error("「{value}」不是民國年月（例：{example}）", "請改為四或五碼年月。")
    UNCLEAR_MONTH = error(
        "「{value}」是數字，看不出是 1 月還是 10 月（Excel 省略小數末尾的 0）",
        "請改為四或五碼年月，例如 11301 或 11310。",
    )
    NUMBER_AS_DATE = error(
        "儲存格是日期格式，數字 {serial} 成了西元 {year} 年的日期",
        "請將儲存格格式改為「通用格式」或「文字」，再重新輸入。",
    )
    RAISED_CHARACTER = error("「{value}」有上標或下標，看不出數值", "請只留數值，註記改寫在別的欄位或〔附註〕。")
    BAD_PERIOD = error("「{value}」不是起訖年月（例：{example}）", "請改為例如 113年1至3月。")
    BAD_TIME = error("「{value}」不是時間（例：{example}）", "請改為例如 14:30 或 下午2時30分。")
    BAD_COUNT = error("「{value}」不是整數（例：{example}）", "請只填 0 或正整數，不加單位。")
    BAD_FLAG = error("「{value}」看不出是或否", "請填 ★，或留空白。")
    LINE_END = error("「{name}」內有換行", "請在儲存格內刪除換行；這個名稱要寫成一行。")
    BAD_CHOICE = error("「{value}」不在可填的選項內", "請改為：{choices}。")


_CONTROL = compile_late(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_WEEKDAY = compile_late(r"\(\s*(?:星期|週|禮拜)?\s*([一二三四五六日天])\s*\)|(?:星期|週|禮拜)\s*([一二三四五六日天])")
# A number of a date or time in Chinese: 一百一十三年, 一一三年, 四月, 廿九日, 二時.
_NUMERAL = compile_late(f"[{roc.NUMERAL_SIGNS}○叁廿卅]+(?=[年月日時點分至到])")
# A time beside a date, as programs and platforms write it.
_CLOCK = compile_late(
    r"(?:T|\s+)\s*(?:上午|下午|AM|PM)?\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:AM|PM|Z|[+-]\d{2}:?\d{2})?\s*$",
    re.IGNORECASE,
)
# Dates of meetings and lists are of these years.
_FIRST_YEAR, _LAST_YEAR = 1950, 2150
_RAISED = compile_late("[⁰¹²³⁴-⁾ⁿⁱ₀-₎]")
_CODES = compile_late(r"(?<!\d)(\d{2,3})(\d{2})[-~至到](\d{2,3})(\d{2})(?!\d)")
_MONTHS = compile_late(r"(\d{2,3})年(\d{1,2})月?(?:[-~至到](?:(\d{2,3})年)?(\d{1,2}))?月(?!\d)")
_TRUE = {"★", "☆", "*", "是", "已上架", "v", "y", "yes", "true", "1", "✓", "✔", "○", "o"}
_FALSE = {"", "否", "未上架", "n", "no", "false", "0", "x", "✗", "-", "—"}


class BadValue(ValueError):
    """A cell that cannot be read as its column wants: a code of the catalogue and the values that fill it."""

    def __init__(self, code: Code, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


def folded(text: object) -> str:
    """Text for comparing: compatibility forms folded (full-width → half-width), every white space gone."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text)))


def is_blank(value: object) -> bool:
    """Whether a cell shows nothing: empty, or white space only."""
    return value is None or (isinstance(value, str) and not value.strip())


def same_name(text: str) -> str:
    """A data-set name for comparing: folded, and all dashes alike (prose writes —, tables write -)."""
    return re.sub(r"[-‐-―─－]", "-", folded(text))


def plain(text: str) -> str:
    """A text without what no XML and no cell can hold."""
    return _CONTROL.sub("", text)


def text(value: object) -> str:
    """A cell as text: outer white space gone, line breaks kept as \\n, whole floats without ``.0``.

    Raises BadValue for control characters, which no document may hold.
    """
    if isinstance(value, str) and value.isprintable() and "_x000D_" not in value:
        # Nearly all of the texts that there are.
        return value.strip()
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
    if match := _CONTROL.search(result):
        raise BadValue(ValueCode.CONTROL_CHARACTER, character=f"U+{ord(match[0]):04X}")
    return result.strip()


def date(value: object) -> dt.date:
    """113/04/29, 113-4-29, 1130429, 113年4月29日（星期一）, 113/4/29(一), 2024-04-29, an Excel date → date.

    Also in Chinese numerals, 一一三年四月二十九日, as what else is read here has them (二時三十分).
    A time after it (2024-04-29T14:30:00, 113/04/29 00:00) is left out.
    Raises BadValue also where a weekday stands beside the date and is another day's.
    """
    if isinstance(value, dt.date):
        return _typed_as_date(value)
    plain = _CLOCK.sub("", unicodedata.normalize("NFKC", text(value)))
    named = _WEEKDAY.search(plain)
    plain = _in_digits(re.sub(r"\s+|民國|中華", "", _WEEKDAY.sub("", plain)))
    match = re.fullmatch(r"(\d{2,4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain) or re.fullmatch(
        r"(\d{2,3}|\d{4}(?=\d{4}))(\d{2})(\d{2})", plain
    )
    if not match:
        raise BadValue(ValueCode.BAD_DATE, value=text(value))
    year, month, number = (int(part) for part in match.groups())
    if not year or 999 < year <= 1911:
        raise BadValue(ValueCode.BAD_DATE, value=text(value))
    try:
        day = dt.date(year if year > 1911 else year + 1911, month, number)
    except ValueError:
        raise BadValue(ValueCode.NO_SUCH_DAY, value=text(value)) from None
    if named and (named[1] or named[2]).replace("天", "日") != roc.WEEKDAYS[day.weekday()]:
        raise BadValue(ValueCode.WRONG_WEEKDAY, value=text(value), date=roc.long_date(day), weekday=roc.weekday(day))
    return day


def _in_digits(plain: str) -> str:
    """The text with the Chinese numerals of dates and times in digits; what is no number stays as it is."""
    return plain if plain.isascii() else _NUMERAL.sub(lambda found: roc.in_digits(found[0]), plain)


def _typed_as_date(value: dt.date) -> dt.date:
    """A date that Excel holds. Raises BadValue for one so far off that 11304 was typed into a cell for dates."""
    day = value.date() if isinstance(value, dt.datetime) else value
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        serial = (day - dt.date(1899, 12, 30)).days
        raise BadValue(ValueCode.NUMBER_AS_DATE, serial=serial, year=day.year)
    return day


def dates(value: object) -> tuple[dt.date, ...]:
    """Several dates in a cell, joined by 、 or line ends; each as ``date`` reads it. Raises BadValue."""
    if isinstance(value, dt.date):
        return (date(value),)
    return tuple(date(part) for part in re.split(r"[、；;\n]", text(value)) if part.strip())


def year_month(value: object) -> YearMonth:
    """11304, 9912, 113年4月, 113/4, an Excel date → YearMonth of the ROC calendar.

    The number 113.1 may have been typed as 113.10, and is refused.
    """
    if isinstance(value, dt.date):
        return YearMonth.of(_typed_as_date(value))
    if isinstance(value, float) and re.fullmatch(r"\d{2,3}\.1", text(value)):
        raise BadValue(ValueCode.UNCLEAR_MONTH, value=text(value))
    plain = _in_digits(folded(text(value)))
    match = re.fullmatch(r"(\d{2,3})[-/.年](\d{1,2})月?", plain) or re.fullmatch(r"(\d{2,3})(\d{2})", plain)
    if not match or not 1 <= int(match[2]) <= 12:
        raise BadValue(ValueCode.BAD_YEAR_MONTH, value=text(value))
    return YearMonth(int(match[1]), int(match[2]))


def period(value: object) -> Period:
    """113年1至3月, 112年10月至113年1月, 11301-11303, 113年4月 → Period.

    Raises BadValue when it runs backwards or anything else stands beside it.
    """
    plain = _in_digits(same_name(text(value)).removeprefix("民國"))
    period = find_period(plain)
    if period is None or period.end < period.start or not (_CODES.fullmatch(plain) or _MONTHS.fullmatch(plain)):
        raise BadValue(ValueCode.BAD_PERIOD, value=text(value))
    return period


def find_period(prose: str) -> Period | None:
    """The first 起訖年月 in a text (113年1至3月, 112年10月至113年1月, 11301-11303); None when there is none.

    A day (112年1月19日) is no period.
    """
    plain = same_name(prose)
    if match := _CODES.search(plain):
        parts = [int(part) for part in match.groups()]
    elif match := _MONTHS.search(plain):
        year, first, end_year, last = match.groups()
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
    plain = _in_digits(re.sub(r"整$", "", folded(text(value)).lower()))
    plain = re.sub(r"^(.*?)(am|pm)$", r"\2\1", plain)
    match = re.fullmatch(r"(上午|下午|中午|晚上|am|pm)?(\d{1,2})(?:[:時點](\d{1,2}|半)?分?)?(?::00)?", plain)
    match = match or re.fullmatch(r"()(\d{2})(\d{2})", plain)
    if not match:
        raise BadValue(ValueCode.BAD_TIME, value=text(value))
    half, hour, minute = match[1], int(match[2]), 30 if match[3] == "半" else int(match[3] or 0)
    late = half in ("下午", "晚上", "pm") or (half == "中午" and hour < 3)
    hour += 12 if late and hour < 12 else 0
    # 上午12時 and 晚上12時 are said of both noon and midnight.
    unclear = (half in ("上午", "晚上", "am") and hour == 12) or (half in ("上午", "am") and hour > 12)
    if hour > 23 or minute > 59 or unclear:
        raise BadValue(ValueCode.BAD_TIME, value=text(value))
    return dt.time(hour, minute)


def count(value: object) -> int:
    """1896, 1,896, '１，８９６', 1896.0 → 1896. Raises BadValue for fractions, negatives and words."""
    if isinstance(value, bool):
        raise BadValue(ValueCode.BAD_COUNT, value=text(value))
    if isinstance(value, int | float):
        if value < 0 or value != value or value in (float("inf"),) or int(value) != value:
            raise BadValue(ValueCode.BAD_COUNT, value=text(value))
        return int(value)
    plain = folded(text(value))
    if not re.fullmatch(r"\d{1,3}(?:,\d{3}){1,4}|\d{1,15}", plain, re.ASCII):
        raise BadValue(ValueCode.BAD_COUNT, value=text(value))
    return int(plain.replace(",", ""))


def flag(value: object) -> bool:
    """★, 是, v, TRUE → True; 否, 0 → False."""
    plain = folded(text(value)).lower() if not isinstance(value, bool) else str(value).lower()
    if plain in _TRUE:
        return True
    if plain in _FALSE:
        return False
    raise BadValue(ValueCode.BAD_FLAG, value=text(value))


# The kinds that take a cell as it is shown.
TEXTS = (Kind.TEXT, Kind.PROSE, Kind.UNIT)
_PARSERS: dict[Kind, Callable[[object], Any]] = {
    Kind.TEXT: text,
    Kind.PROSE: text,
    Kind.UNIT: text,
    Kind.CHOICE: text,
    Kind.DATE: date,
    Kind.DATES: dates,
    Kind.YEAR_MONTH: year_month,
    Kind.PERIOD: period,
    Kind.TIME: time,
    Kind.COUNT: count,
    Kind.FLAG: flag,
}


def parse(column: Column, value: object) -> Any:
    """The typed value of a cell of that column. Raises BadValue when it cannot be read or is no allowed choice."""
    if (
        column.kind not in (*TEXTS, Kind.CHOICE)
        and isinstance(value, str)
        and not value.isascii()
        and _RAISED.search(value)
    ):
        raise BadValue(ValueCode.RAISED_CHARACTER, value=text(value))
    parsed = _PARSERS[column.kind](value)
    if column.one_line and len(str(parsed).splitlines()) > 1:
        raise BadValue(ValueCode.LINE_END)
    if column.kind is Kind.CHOICE and column.choices:
        for choice in column.choices:
            if folded(choice) == folded(parsed):
                return choice
        raise BadValue(ValueCode.BAD_CHOICE, value=parsed, choices="、".join(column.choices))
    return parsed


def empty(column: Column) -> Any:
    """What an empty cell of that column stands for."""
    if column.kind is Kind.FLAG:
        return False
    if column.if_empty:
        return parse(column, column.if_empty)
    return "" if column.kind in (Kind.TEXT, Kind.PROSE, Kind.UNIT, Kind.CHOICE) else None
