"""One parser per kind of cell: everything that people are known to type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from generator.basic.roc import Period, YearMonth
from generator.workbook import values
from generator.workbook.record import Column, Kind
from generator.workbook.values import BadValue

DAY = dt.date(2024, 4, 29)


def refusal(parser: Callable[[object], object], value: object) -> str:
    """The code with which a parser refuses a value."""
    with pytest.raises(BadValue) as caught:
        parser(value)
    return caught.value.code


@pytest.mark.parametrize(
    "written",
    [
        "113/04/29",
        "113/4/29",
        "113-04-29",
        "113.4.29",
        "113年4月29日",
        "113 年 4 月 29 日",
        "民國113年4月29日",
        "中華民國113年4月29日",
        "１１３／４／２９",
        "１１３年４月２９日",
        "113年4月29日（星期一）",
        "113年4月29日(週一)",
        "113年4月29日 星期一",
        "113年4月29日　禮拜一",
        "113/4/29(一)",
        "113/4/29 （一）",
        "一一三年四月二十九日",
        "一一三年四月廿九日（星期一）",
        "中華民國一百一十三年四月二十九日",
        "一百十三年四月二十九日",
        "壹佰壹拾參年肆月貳拾玖日",
        "二〇二四年四月二十九日",
        "1130429",
        1130429,
        1130429.0,
        "2024-04-29",
        "2024/4/29",
        "20240429",
        20240429,
        dt.date(2024, 4, 29),
        dt.datetime(2024, 4, 29),
        dt.datetime(2024, 4, 29, 14, 30),
    ],
)
def test_a_date_is_read_as_people_write_it(written: object) -> None:
    assert values.date(written) == DAY


@pytest.mark.parametrize(
    ("written", "day"),
    [("99/1/5", dt.date(2010, 1, 5)), ("990105", dt.date(2010, 1, 5)), ("113-2-29", dt.date(2024, 2, 29))],
)
def test_a_date_of_a_year_with_two_digits_or_of_a_leap_year_is_read(written: str, day: dt.date) -> None:
    assert values.date(written) == day


@pytest.mark.parametrize(
    "written",
    [
        "四月二十九日",
        "一百五年四月九日",
        "一一三年十四月二十九日起",
        "113/4",
        "11304",
        45411,
        "4/29",
        "113-04-29 起",
        "113年4月29日至30日",
        "1130-04-29",
        "00-1-1",
        True,
    ],
)
def test_what_is_no_date_is_refused(written: object) -> None:
    assert refusal(values.date, written) == "bad-date"


@pytest.mark.parametrize("written", ["112/2/29", "113-13-01", "113年4月31日", 1130431, "113-4-0"])
def test_a_day_that_no_calendar_has_is_refused(written: object) -> None:
    assert refusal(values.date, written) == "no-such-day"


@pytest.mark.parametrize("written", ["113年4月29日（星期二）", "113/4/29(日)", "113/4/29 週六"])
def test_a_weekday_of_another_day_is_refused_with_the_right_one(written: str) -> None:
    with pytest.raises(BadValue) as caught:
        values.date(written)
    assert caught.value.code == "wrong-weekday"
    assert caught.value.values["weekday"] == "星期一"
    assert caught.value.values["date"] == "113年4月29日"


@pytest.mark.parametrize("written", ["113/4/28(日)", "113/4/28（星期天）", "113/4/28 週日"])
def test_sunday_has_two_names(written: str) -> None:
    assert values.date(written) == dt.date(2024, 4, 28)


@pytest.mark.parametrize(
    ("written", "month"),
    [
        (11304, YearMonth(113, 4)),
        ("11304", YearMonth(113, 4)),
        ("１１３０４", YearMonth(113, 4)),
        (11304.0, YearMonth(113, 4)),
        (" 11304 ", YearMonth(113, 4)),
        (9912, YearMonth(99, 12)),
        ("113年4月", YearMonth(113, 4)),
        ("一一三年四月", YearMonth(113, 4)),
        ("113 年 04 月", YearMonth(113, 4)),
        ("113/4", YearMonth(113, 4)),
        ("113-04", YearMonth(113, 4)),
        ("113.4", YearMonth(113, 4)),
        (dt.datetime(2024, 4, 1), YearMonth(113, 4)),
        (dt.date(2024, 4, 1), YearMonth(113, 4)),
    ],
)
def test_a_year_month_is_read_as_people_write_it(written: object, month: YearMonth) -> None:
    assert values.year_month(written) == month


@pytest.mark.parametrize("written", [11313, "11300", "113", "202404", "113/04/29", "113年13月", "四月", 1.5, True])
def test_what_is_no_year_month_is_refused(written: object) -> None:
    assert refusal(values.year_month, written) == "bad-year-month"


FIRST_QUARTER = Period(YearMonth(113, 1), YearMonth(113, 3))


@pytest.mark.parametrize(
    "written",
    [
        "113年1至3月",
        "113 年 1 至 3 月",
        "一一三年一至三月",
        "一百一十三年一月至三月",
        "113年1月至3月",
        "113年1-3月",
        "113年1～3月",
        "113年1~3月",
        "113年1–3月",
        "113年1月到113年3月",
        "１１３年１至３月",
        "民國113年1至3月",
        "11301-11303",
        "11301至11303",
        "11301－11303",
    ],
)
def test_a_period_is_read_as_people_write_it(written: str) -> None:
    assert values.period(written) == FIRST_QUARTER


def test_a_period_may_be_one_month_or_run_over_the_new_year() -> None:
    assert values.period("113年4月") == Period(YearMonth(113, 4), YearMonth(113, 4))
    assert values.period("112年10月至113年1月") == Period(YearMonth(112, 10), YearMonth(113, 1))
    assert values.period("11210-11301") == Period(YearMonth(112, 10), YearMonth(113, 1))


@pytest.mark.parametrize(
    "written",
    [
        "113年3至1月",
        "113年2月至112年12月",
        "11303-11301",
        "113年1至13月",
        "113年0至3月",
        "113年第1季",
        "113年",
        "1至3月",
        "113年1月1日至3月31日",
        "113年1至3月、5月",
        11303,
    ],
)
def test_what_is_no_period_or_runs_backwards_is_refused(written: object) -> None:
    assert refusal(values.period, written) == "bad-period"


def test_a_period_is_found_in_a_sentence_and_a_day_is_none() -> None:
    assert values.find_period("本部112年1至9月資料開放推動情形，提請討論。") == Period(
        YearMonth(112, 1), YearMonth(112, 9)
    )
    assert values.find_period("依112年1月19日會議辦理") is None
    assert values.find_period("上次會議決定（議）事項辦理情形") is None


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("14:30", (14, 30)),
        ("１４：３０", (14, 30)),
        ("14:30:00", (14, 30)),
        ("9:05", (9, 5)),
        ("下午2時30分", (14, 30)),
        ("下午 2 時 30 分", (14, 30)),
        ("下午2點半", (14, 30)),
        ("下午二時三十分", (14, 30)),
        ("中午十二時", (12, 0)),
        ("下午2:30", (14, 30)),
        ("下午2時", (14, 0)),
        ("上午10時", (10, 0)),
        ("中午12時", (12, 0)),
        ("下午12時30分", (12, 30)),
        ("晚上7時", (19, 0)),
        ("14時30分", (14, 30)),
        ("1430", (14, 30)),
        (1430, (14, 30)),
        ("0930", (9, 30)),
        (0.6041666666666666, (14, 30)),
        (dt.time(14, 30), (14, 30)),
        (dt.datetime(2024, 4, 29, 14, 30), (14, 30)),
        (dt.timedelta(hours=14, minutes=30), (14, 30)),
    ],
)
def test_a_time_is_read_as_people_write_it(written: object, clock: tuple[int, int]) -> None:
    assert values.time(written) == dt.time(*clock)


@pytest.mark.parametrize(
    "written", ["25:00", "14:60", 2460, "下午", "兩點半", "14:30-16:30", "930", 14.5, "晚上12時", "上午12時"]
)
def test_what_is_no_time_is_refused(written: object) -> None:
    assert refusal(values.time, written) == "bad-time"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (1896, 1896),
        (1896.0, 1896),
        ("1896", 1896),
        ("1,896", 1896),
        ("１，８９６", 1896),
        ("１８９６", 1896),
        (" 1896 ", 1896),
        ("2,385,000", 2385000),
        (0, 0),
        ("0", 0),
    ],
)
def test_a_count_is_read_as_people_write_it(written: object, number: int) -> None:
    read = values.count(written)
    assert read == number
    assert isinstance(read, int)


@pytest.mark.parametrize(
    "written",
    [
        -1,
        "-1",
        3.5,
        "3.5",
        "26項",
        "約26",
        "1,89",
        "1,8960",
        True,
        float("nan"),
        float("inf"),
        "二六",
        dt.date(2024, 4, 29),
    ],
)
def test_what_is_no_count_is_refused(written: object) -> None:
    assert refusal(values.count, written) == "bad-count"


@pytest.mark.parametrize(
    "written", ["★", "☆", "*", "＊", "是", "已上架", "v", "V", "Ｖ", "Yes", "TRUE", True, 1, 1.0, "✓", "○"]
)
def test_a_star_and_its_like_mean_yes(written: object) -> None:
    assert values.flag(written) is True


@pytest.mark.parametrize("written", ["否", "未上架", "n", "No", "FALSE", False, 0, "x", "✗", "-", "—"])
def test_no_and_its_like_mean_no(written: object) -> None:
    assert values.flag(written) is False


@pytest.mark.parametrize("written", ["★★", "預計", 2, "?"])
def test_what_is_neither_yes_nor_no_is_refused(written: object) -> None:
    assert refusal(values.flag, written) == "bad-flag"


@pytest.mark.parametrize(
    ("held", "read"),
    [
        ("  甲案 \n", "甲案"),
        ("甲\r\n乙\r丙", "甲\n乙\n丙"),
        ("甲_x000D_\n乙", "甲\n乙"),
        (8246.0, "8246"),
        (8246, "8246"),
        (0.5, "0.5"),
        (True, "TRUE"),
        (dt.datetime(2024, 4, 2), "113-04-02"),
        (dt.date(2024, 4, 2), "113-04-02"),
        (dt.datetime(2024, 4, 2, 9, 5), "2024-04-02 09:05"),
        (dt.time(9, 5), "09:05"),
        ("〈甲〉　乙", "〈甲〉　乙"),
    ],
)
def test_any_cell_can_be_a_text(held: object, read: str) -> None:
    assert values.text(held) == read


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x0b", "\x1f", "\x7f", "\uffff", "\ud800"])
def test_a_control_character_is_refused_by_its_number(sign: str) -> None:
    with pytest.raises(BadValue) as caught:
        values.text(f"甲{sign}乙")
    assert caught.value.code == "control-character"
    assert caught.value.values["character"] == f"U+{ord(sign):04X}"


def test_a_tab_and_a_line_break_are_no_control_characters() -> None:
    assert values.text("甲\t乙\n丙") == "甲\t乙\n丙"


CHOICE = Column("類別", Kind.CHOICE, choices=("報告事項", "討論事項"))


@pytest.mark.parametrize("written", ["報告事項", " 報告 事項 ", "報告\n事項"])
def test_a_choice_is_compared_without_white_space(written: str) -> None:
    assert values.parse(CHOICE, written) == "報告事項"


def test_a_choice_may_be_a_number_of_any_width() -> None:
    levels = Column("層級", Kind.CHOICE, choices=("1", "2"))
    assert [values.parse(levels, written) for written in (1, 2.0, "１")] == ["1", "2", "1"]


def test_a_choice_that_is_not_offered_is_refused_with_those_that_are() -> None:
    with pytest.raises(BadValue) as caught:
        values.parse(CHOICE, "報告")
    assert caught.value.code == "bad-choice"
    assert caught.value.values["choices"] == "報告事項、討論事項"


def test_an_empty_cell_stands_for_its_default_or_for_nothing() -> None:
    assert values.empty(Column("已上架", Kind.FLAG)) is False
    assert values.empty(Column("抽查基數", Kind.COUNT, if_empty="50")) == 50
    assert values.empty(Column("總計", Kind.COUNT)) is None
    assert values.empty(Column("備註")) == ""


def test_names_are_the_same_in_either_width_and_with_any_dash() -> None:
    table, prose = "家庭收支調查-季 (XML)", "家庭收支調查—季（XML）"
    assert values.same_name(table) == values.same_name(prose)
    assert values.same_name("甲-乙") != values.same_name("甲乙")
