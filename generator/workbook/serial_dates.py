"""Dates and times as an .xlsx keeps them: as days since an epoch, or in ISO 8601 (ECMA-376 part 1, 18.17.4)."""

from __future__ import annotations

import datetime as dt
import re

SINCE_1900, SINCE_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
_DAY = 86_400
# Not compiled at once: hardly a workbook has any.
_MOMENT = r"(?:(\d{4})-(\d{2})-(\d{2}))?T?(?:(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,3})?)?)?Z?"
_LENGTH = r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,3})?)S)?"


def moment(days: float, epoch: dt.datetime) -> dt.datetime | dt.time:
    """The date and time, to a millisecond; less than a day is a time. Raises OverflowError beyond the year 9999."""
    day, fraction = divmod(days, 1)
    rest = dt.timedelta(milliseconds=round(fraction * _DAY * 1000))
    if 0 <= days < 1 and not rest.days:
        return (dt.datetime.min + rest).time()
    # For Excel 1900 was a leap year: what it counts before that 29 February is a day short.
    if 0 < days < 60 and epoch == SINCE_1900:
        day += 1
    return epoch + dt.timedelta(days=day) + rest


def length(days: float) -> dt.timedelta:
    """The duration, to a millisecond. Raises OverflowError for one that is too long."""
    exact = dt.timedelta(days=days)
    return dt.timedelta(exact.days, exact.seconds, round(exact.microseconds, -3))


def serial(value: dt.date | dt.time | dt.timedelta, epoch: dt.datetime) -> float:
    """The days that Excel counts for a date, a time or a duration."""
    if isinstance(value, dt.timedelta):
        return value.total_seconds() / _DAY
    if isinstance(value, dt.time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 10**6
        return seconds / _DAY
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    days = (value - epoch).days
    if 0 < days <= 60 and epoch == SINCE_1900:
        days -= 1
    return days + serial(value.time(), epoch)


def from_iso(text: str) -> dt.date | dt.time | dt.timedelta:
    """A date, a date and time, a time or a duration; what follows it is passed over. Raises ValueError for another."""
    match = re.match(_MOMENT, text)
    if match and any(match.groups()):
        year, month, day, hour, minute, second = (int(digits or 0) for digits in match.groups()[:6])
        if match[4] is None:
            return dt.date(year, month, day)
        time = dt.time(hour, minute, second, int(float(match[7] or 0) * 1_000_000))
        return time if match[1] is None else dt.datetime.combine(dt.date(year, month, day), time)
    match = re.match(_LENGTH, text)
    if match and any(match.groups()):
        hours, minutes, seconds = (float(digits or 0) for digits in match.groups())
        return dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    raise ValueError(text)
