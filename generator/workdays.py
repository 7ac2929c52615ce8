"""The only module that asks the calendar of holidays (行政院人事行政總處's, as the package `holidays` has it)."""

from __future__ import annotations

import re


def last_year() -> int:
    """The last year (AD) for which the calendar is the one announced, and not worked out from the rules.

    The package computes holidays for any year; which announced calendars it was checked with, and so which shifted
    days off and make-up working days it knows, it says in its description only. Where that is not to be had, it is the
    last year with a shifted day. Raises ImportError when the package is missing.
    """
    from holidays.countries import taiwan

    found = re.findall(r"DGPA Work Calendar \(\d{4}-(\d{4})", taiwan.Taiwan.__doc__ or "")
    shifted = taiwan.TaiwanStaticHolidays.special_public_holidays
    return max([int(year) for year in found] or shifted)
