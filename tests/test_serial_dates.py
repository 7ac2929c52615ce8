"""Dates and times of an .xlsx: openpyxl's own functions say what is right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel, from_ISO8601, to_excel

from generator.workbook import serial_dates

EPOCHS = st.sampled_from((serial_dates.SINCE_1900, serial_dates.SINCE_1904))
MOMENTS = st.dates() | st.times() | st.datetimes() | st.timedeltas()
SHORT = st.text("0123456789-:.TZPHMS ", max_size=24)


def outcome(call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What a call gives, or the kind of error that it raises."""
    try:
        return call(*arguments, **named)
    except (ValueError, OverflowError) as error:
        return type(error)


@given(st.integers(-800_000, 3_000_000) | st.floats(-800_000, 3_000_000) | st.floats(-2, 70), EPOCHS)
@example(59.5, serial_dates.SINCE_1900)
@example(60, serial_dates.SINCE_1900)
@example(0.9999999999, serial_dates.SINCE_1900)
@example(-0.25, serial_dates.SINCE_1904)
@example(1e300, serial_dates.SINCE_1900)
def test_a_number_is_the_moment_that_openpyxl_makes_of_it(days: float, epoch: dt.datetime) -> None:
    assert outcome(serial_dates.moment, days, epoch) == outcome(from_excel, days, epoch)


@given(st.integers(-20_000, 20_000) | st.floats(-20_000, 20_000))
@example(1e300)
def test_a_number_is_the_duration_that_openpyxl_makes_of_it(days: float) -> None:
    assert outcome(serial_dates.length, days) == outcome(from_excel, days, timedelta=True)


@given(MOMENTS, EPOCHS)
@example(dt.date(1900, 2, 28), serial_dates.SINCE_1900)
@example(dt.datetime(1900, 3, 1, 12), serial_dates.SINCE_1900)
def test_a_moment_is_the_number_that_openpyxl_makes_of_it(moment: Any, epoch: dt.datetime) -> None:
    assert serial_dates.serial(moment, epoch) == to_excel(moment, epoch)  # type: ignore[no-untyped-call]


@given(MOMENTS.map(lambda moment: moment.isoformat() if not isinstance(moment, dt.timedelta) else str(moment)) | SHORT)
@example("2024-05-20")
@example("2024-05-20T14:30:05.057Z")
@example("2024-05-20 14:30")
@example("2024-02-30")
@example("14:30")
@example("T25:00")
@example("PT36H5M1.5S")
@example("PT")
@example("二月")
def test_a_text_of_iso_8601_is_read_as_openpyxl_reads_it(text: str) -> None:
    # openpyxl takes an empty text for no date; here nobody asks for one.
    assert not text or outcome(serial_dates.from_iso, text) == outcome(from_ISO8601, text)


def test_an_empty_text_is_no_date() -> None:
    with pytest.raises(ValueError, match=r"^$"):
        serial_dates.from_iso("")
