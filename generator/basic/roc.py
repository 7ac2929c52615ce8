"""The Republic of China calendar and official numerals: how dates, periods and counts are written.

Rules: 公文書橫式書寫數字使用原則. Dates inside the program are ``datetime.date``; only this module counts ROC years.
"""

from __future__ import annotations

import datetime as dt
import functools

from msgspec import Struct

_NUMERALS = "〇一二三四五六七八九"
_FORMAL = "〇壹貳參肆伍陸柒捌玖"
NUMERAL_SIGNS = "〇零一二三四五六七八九十百壹貳參肆伍陸柒捌玖拾佰"
# Other signs of the same numbers.
_ALIKE = str.maketrans(
    dict(zip("零○壹貳參叁肆伍陸柒捌玖拾佰兩", "〇〇一二三三四五六七八九十百二", strict=True))
    | {"廿": "二十", "卅": "三十"}
)
WEEKDAYS = "一二三四五六日"


def roc_year(day: dt.date) -> int:
    """The ROC year of a day: 113 for 2024."""
    return day.year - 1911


class YearMonth(Struct, frozen=True, order=True):
    """A month of an ROC year; prints as official lists write it, ``11304``."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}{self.month:02d}"

    @classmethod
    def of(cls, day: dt.date) -> YearMonth:
        return cls(roc_year(day), day.month)

    def next(self) -> YearMonth:
        """The month after."""
        return YearMonth(self.year + 1, 1) if self.month == 12 else YearMonth(self.year, self.month + 1)

    def __sub__(self, other: YearMonth) -> int:
        """How many months ``other`` lies before this month."""
        return (self.year - other.year) * 12 + self.month - other.month


class Period(Struct, frozen=True):
    """From one month to another, both included; prints ``113年1至3月``."""

    start: YearMonth
    end: YearMonth

    def __str__(self) -> str:
        if self.start == self.end:
            return f"{self.start.year}年{self.start.month}月"
        if self.start.year == self.end.year:
            return f"{self.start.year}年{self.start.month}至{self.end.month}月"
        return f"{self.start.year}年{self.start.month}月至{self.end.year}年{self.end.month}月"


def short_date(day: dt.date) -> str:
    """``113-04-29``."""
    return f"{roc_year(day)}-{day.month:02d}-{day.day:02d}"


def long_date(day: dt.date) -> str:
    """``113年4月29日``."""
    return f"{roc_year(day)}年{day.month}月{day.day}日"


def padded_date(day: dt.date) -> str:
    """``113年04月29日``, as dates stand under statistical tables."""
    return f"{roc_year(day)}年{day.month:02d}月{day.day:02d}日"


def month_day(day: dt.date) -> str:
    """``4月29日``."""
    return f"{day.month}月{day.day}日"


def weekday(day: dt.date) -> str:
    """``星期一`` … ``星期日``."""
    return f"星期{WEEKDAYS[day.weekday()]}"


def clock(time: dt.time) -> str:
    """``下午2時30分``; full hours leave the minutes out. Noon is 中午12時, 00:00 to 11:59 上午."""
    if time.hour == 12:
        half, hour = ("中午", 12) if time.minute == 0 else ("下午", 12)
    else:
        half, hour = ("上午", time.hour) if time.hour < 12 else ("下午", time.hour - 12)
    minutes = f"{time.minute}分" if time.minute else ""
    return f"{half}{hour}時{minutes}"


def numeral(number: int) -> str:
    """A Chinese numeral for labels: 一, 十, 十二, 二十, 一百零五. Raises ValueError outside 1–999."""
    return _numeral(number, _NUMERALS, "十百")


@functools.cache
def _numbers() -> dict[str, int]:
    """The numbers from 0 to 999 by their numerals, 一百一十三 also as 一百十三."""
    found = {"〇": 0}
    for number in range(1, 1000):
        usual = numeral(number).translate(_ALIKE)
        found |= {usual: number, usual.replace("百一十", "百十"): number}
    return found


def number_of(text: str) -> int:
    """The number that a Chinese numeral says, up to 999: 一百一十三 or 一百十三, 二十 or 廿, 壹, 零.

    Raises ValueError.
    """
    number = _numbers().get(text.translate(_ALIKE))
    if number is None:
        raise ValueError(f"{text} is no numeral")
    return number


def in_digits(text: str) -> str:
    """A Chinese numeral in digits, also a year that is read sign by sign: 一一三, 二〇二四. What is none stays."""
    plain = text.translate(_ALIKE)
    if len(plain) > 1 and set(plain) <= set(_NUMERALS):
        return "".join(str(_NUMERALS.index(sign)) for sign in plain)
    return str(_numbers().get(plain, text))


def formal_numeral(number: int) -> str:
    """A formal numeral for first-level labels: 壹, 拾, 拾貳. Raises ValueError outside 1–999."""
    return _numeral(number, _FORMAL, "拾佰")


def _numeral(number: int, digits: str, units: str) -> str:
    if not 1 <= number <= 999:
        raise ValueError(f"no label for {number}")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}{units[1]}" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + units[0]
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


def ten_thousands(count: int) -> str:
    """``238萬`` for 2,389,999: rounded down, as 「逾」 demands (official-format practice)."""
    return f"{grouped(count // 10_000)}萬"


def grouped(count: int | float) -> str:
    """``1,896``: thousands separators as Taiwan writes them."""
    if isinstance(count, int) or abs(count) >= 10**15:
        # Whole numbers do without Babel: it takes fifty times as long, and fails beyond 28 digits.
        return f"{count:,}"
    from babel.numbers import format_decimal

    return format_decimal(count, locale="zh_Hant_TW")
