"""The ROC calendar and official numerals."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.basic import roc
from generator.basic.roc import Period, YearMonth

DAY = dt.date(2024, 4, 2)


def test_a_date_has_the_forms_that_official_documents_use() -> None:
    assert roc.short_date(DAY) == "113-04-02"
    assert roc.long_date(DAY) == "113年4月2日"
    assert roc.padded_date(DAY) == "113年04月02日"
    assert roc.month_day(DAY) == "4月2日"
    assert roc.weekday(DAY) == "星期二"
    assert roc.roc_year(DAY) == 113


def test_the_years_before_100_have_two_digits() -> None:
    assert roc.short_date(dt.date(2010, 12, 31)) == "99-12-31"
    assert str(YearMonth(99, 12)) == "9912"


def test_the_week_begins_on_monday_and_ends_on_sunday() -> None:
    week = [roc.weekday(dt.date(2024, 4, 29) + dt.timedelta(days=number)) for number in range(7)]
    assert "".join(name[-1] for name in week) == "一二三四五六日"


@pytest.mark.parametrize(
    ("hour", "minute", "text"),
    [
        (0, 0, "上午0時"),
        (9, 5, "上午9時5分"),
        (11, 59, "上午11時59分"),
        (12, 0, "中午12時"),
        (12, 30, "下午12時30分"),
        (14, 0, "下午2時"),
        (14, 30, "下午2時30分"),
        (23, 59, "下午11時59分"),
    ],
)
def test_a_time_is_told_by_halves_of_the_day(hour: int, minute: int, text: str) -> None:
    assert roc.clock(dt.time(hour, minute)) == text


@pytest.mark.parametrize(
    ("number", "plain", "formal"),
    [
        (1, "一", "壹"),
        (3, "三", "參"),
        (10, "十", "拾"),
        (11, "十一", "拾壹"),
        (20, "二十", "貳拾"),
        (24, "二十四", "貳拾肆"),
        (100, "一百", "壹佰"),
        (105, "一百零五", "壹佰零伍"),
        (110, "一百一十", "壹佰壹拾"),
        (999, "九百九十九", "玖佰玖拾玖"),
    ],
)
def test_a_label_has_a_chinese_numeral(number: int, plain: str, formal: str) -> None:
    assert roc.numeral(number) == plain
    assert roc.formal_numeral(number) == formal


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_there_is_no_label_outside_1_to_999(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        roc.numeral(number)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (2_389_999, "238萬"),
        (2_380_000, "238萬"),
        (160_001, "16萬"),
        (169_999, "16萬"),
        (9_999, "0萬"),
        (10_000, "1萬"),
        (123_456_789, "12,345萬"),
    ],
)
def test_ten_thousands_are_rounded_down(count: int, text: str) -> None:
    assert roc.ten_thousands(count) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (999, "999"), (1896, "1,896"), (2_385_000, "2,385,000")])
def test_counts_have_thousands_separators(count: int, text: str) -> None:
    assert roc.grouped(count) == text


def test_the_month_after_december_is_january_of_the_next_year() -> None:
    assert YearMonth(112, 12).next() == YearMonth(113, 1)
    assert YearMonth(113, 1).next() == YearMonth(113, 2)


def test_months_are_ordered_and_counted_over_the_new_year() -> None:
    assert YearMonth(112, 12) < YearMonth(113, 1)
    assert YearMonth(113, 1) - YearMonth(112, 9) == 4
    assert YearMonth.of(DAY) == YearMonth(113, 4)


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((113, 4), (113, 4), "113年4月"),
        ((113, 1), (113, 3), "113年1至3月"),
        ((112, 10), (113, 1), "112年10月至113年1月"),
    ],
)
def test_a_period_names_its_year_once(start: tuple[int, int], end: tuple[int, int], text: str) -> None:
    assert str(Period(YearMonth(*start), YearMonth(*end))) == text


@given(st.integers(1, 999))
def test_a_numeral_says_its_number(number: int) -> None:
    assert roc.number_of(roc.numeral(number)) == roc.number_of(roc.formal_numeral(number)) == number


@pytest.mark.parametrize("text", ["", "一百五", "二三", "百", "十十", "一十", "兩三", "甲"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no"):
        roc.number_of(text)
