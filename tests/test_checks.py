"""`packet check`: each rule where it fires, at which cell, and where it does not; the arithmetic of the figures."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import AGENCY, CASES, EXPLANATIONS, MEETING, UNITS, Desk

ASK = "以上所擬是否妥適，提請討論。"


def places(desk: Desk, code: str) -> list[str]:
    """Where the problems of a code are: 案由C2."""
    return [f"{one['sheet']}{one['cell']}" for one in desk.problems() if one["code"] == code]


def said(desk: Desk, code: str) -> list[str]:
    """The texts of the problems of a code."""
    return [one["text"] for one in desk.problems() if one["code"] == code]


def severities(desk: Desk) -> dict[str, str]:
    return {one["code"]: one["severity"] for one in desk.problems()}


def figures(desk: Desk) -> dict[str, Any]:
    """The values of the figures by name."""
    found = json.loads(desk.run("figures", "113-1", "--json").stdout)["figures"]
    return {one["name"]: one["value"] for one in found}


def points(*texts: str, case: str = "討1", ask: bool = True) -> str:
    """A sheet 說明 with these points of level 1, and the closing request."""
    rows = [*texts, ASK] if ask else list(texts)
    return "\n".join(["| 案號 | 層級 | 標題 | 內容 |", *(f"| {case} | 1 | | {text} |" for text in rows)])


def cases(*rows: tuple[str, str, str]) -> str:
    """A sheet 案由: 案號, 類別, 案由; all of 資訊處."""
    lines = [f"| {key} | {kind} | 資訊處 | {subject} |" for key, kind, subject in rows]
    return "\n".join(["| 案號 | 類別 | 單位 | 案由 |", *lines])


# --- Cases ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "kind", "subject"),
    [
        ("報1", "報告事項", "某案，提請討論。"),
        ("報1", "報告事項", "某案，報請鑒察"),
        ("報1", "報告事項", "某案,報請鑒察。"),
        ("討1", "討論事項", "某案，報請鑒察。"),
        ("討1", "討論事項", "某案"),
    ],
)
def test_a_subject_must_end_as_its_kind_does(desk: Desk, key: str, kind: str, subject: str) -> None:
    desk.meeting(案由=cases((key, kind, subject)), 說明=points(case=key))
    assert places(desk, "subject-ending") == ["案由D2"]
    assert severities(desk) == {"subject-ending": "error"}
    ending = "，報請鑒察。" if kind == "報告事項" else "，提請討論。"
    assert said(desk, "subject-ending") == [f"{kind}的案由應以「{ending}」結尾"]


def test_subjects_that_end_properly_and_motions_are_left_alone(desk: Desk) -> None:
    desk.meeting(
        案由=cases(
            ("報1", "報告事項", "某案，報請鑒察。"),
            ("討1", "討論事項", "某案，提請討論。"),
            ("臨1", "臨時動議", "某案"),
        )
    )
    assert desk.problems() == []


def test_a_discussion_must_close_with_the_request(desk: Desk) -> None:
    desk.meeting(說明=points("某事。", "再議。", ask=False))
    assert places(desk, "no-request") == ["說明D3"]
    assert severities(desk) == {"no-request": "warning"}


def test_a_discussion_without_any_point_lacks_the_request_too(desk: Desk) -> None:
    desk.meeting(說明=points("某事。", case="報1", ask=False))
    assert places(desk, "no-request") == ["案由A3"]


def test_the_request_must_be_the_last_point(desk: Desk) -> None:
    desk.meeting(說明=points(ASK, "某事。", ask=False))
    assert places(desk, "no-request") == ["說明D3"]


def test_a_report_need_not_ask(desk: Desk) -> None:
    desk.meeting(案由=cases(("報1", "報告事項", "某案，報請鑒察。")), 說明=points("某事。", case="報1", ask=False))
    assert desk.problems() == []


def levels(*given: int) -> str:
    rows = [f"| 討1 | {level} | | 某事。 |" for level in given]
    return "\n".join(["| 案號 | 層級 | 標題 | 內容 |", *rows, f"| 討1 | 1 | | {ASK} |"])


@pytest.mark.parametrize(
    ("given", "cells", "text"),
    [
        ((1, 3), ["說明B3"], "層級由1跳到3"),
        ((2,), ["說明B2"], "層級由無跳到2"),
        ((1, 2, 3, 1, 3), ["說明B6"], "層級由1跳到3"),
    ],
)
def test_no_level_may_be_skipped(desk: Desk, given: tuple[int, ...], cells: list[str], text: str) -> None:
    desk.meeting(說明=levels(*given))
    assert places(desk, "level-skipped") == cells
    assert said(desk, "level-skipped") == [text]
    assert severities(desk) == {"level-skipped": "error"}


def test_levels_may_go_down_by_one_and_up_by_any(desk: Desk) -> None:
    desk.meeting(說明=levels(1, 2, 3, 3, 2, 1, 2, 3))
    assert desk.problems() == []


def test_levels_are_counted_within_each_case(desk: Desk) -> None:
    desk.meeting(說明=levels(1, 2) + "\n| 報1 | 3 | | 某事。 |")
    assert places(desk, "level-skipped") == ["說明B5"]


# --- Units ------------------------------------------------------------------------------------------------------

PLANNED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 北港潮位       | 11304    | 企劃處       | ★      |
| 南港潮位       | 11311    | 資訊處       |        |
"""
QUALITY = """
| 單位   | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 | 總計 |
| 企劃處 | 1          | 2      | 3      | 4      | 40     | 40       | 50   |
| 資訊處 | 0          | 0      | 0      | 0      | 100    | 7        |      |
| 秘書處 | 0          | 0      | 0      | 0      | 0      | 0        | 0    |
"""
GONE = """
| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |
| 西港潮位       | 資訊處   | 停測     |      |
| 東港潮位       | 資訊處   | 停測     |      |
"""


@pytest.mark.parametrize(
    ("sheet", "table", "place"),
    [
        ("預定開放", PLANNED.replace("| 資訊處", "| 資迅處"), "預定開放C3"),
        ("品質檢測", QUALITY.replace("資訊處", "資迅處"), "品質檢測A3"),
        ("下架清單", GONE.replace("資訊處", "資迅處", 1), "下架清單B2"),
        ("案由", CASES.replace("資訊處", "資迅處"), "案由C2"),
    ],
)
def test_every_unit_named_must_be_one_of_the_agency(desk: Desk, sheet: str, table: str, place: str) -> None:
    desk.meeting(**{sheet: table})
    assert places(desk, "unknown-unit") == [place]
    [problem] = [one for one in desk.problems() if one["code"] == "unknown-unit"]
    assert "「資迅處」不在" in problem["text"]
    assert "是否為「資訊處」？" in problem["remedy"]


def test_the_secretariat_must_be_one_of_the_units(desk: Desk) -> None:
    desk.meeting()
    desk.book("機關.xlsx", 機關=AGENCY.replace("資訊處", "研考處"), 單位=UNITS)
    assert places(desk, "unknown-unit") == ["機關B6"]


def test_units_of_the_agency_are_known_everywhere(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED, 品質檢測=QUALITY, 下架清單=GONE)
    assert desk.problems() == []


# --- 品質檢測 ---------------------------------------------------------------------------------------------------


def test_platinum_is_part_of_gold_and_not_added(desk: Desk) -> None:
    desk.meeting(品質檢測=QUALITY)
    assert desk.problems() == []
    found = figures(desk)
    assert found["品質檢測.總計"] == 150
    assert found["品質檢測.檢測範圍內"] == 149
    assert found["品質檢測.白金標章"] == 47
    manifest = json.loads(desk.run("figures", "113-1", "--json").stdout)["figures"]
    [total] = [one for one in manifest if one["name"] == "品質檢測.總計"]
    assert total["cells"] == [f"會議.xlsx〔品質檢測〕{column}2:{column}4" for column in "BCDEF"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("total", "sampled"), [(0, 0), (1, 1), (49, 1), (50, 1), (51, 2), (100, 2), (101, 3), (991, 20)]
)
def test_of_every_fifty_data_sets_one_is_sampled_unit_by_unit(desk: Desk, total: int, sampled: int) -> None:
    row = "| {} | 0 | 0 | 0 | 0 | {} | 0 |\n"
    head = "| 單位 | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 |\n"
    desk.meeting(品質檢測=head + row.format("企劃處", total) + row.format("資訊處", 1) + row.format("秘書處", 0))
    assert figures(desk)["品質檢測.抽查數"] == sampled + 1


def test_the_base_of_sampling_is_a_setting(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY + "| 抽查基數 | 20 |", 單位=UNITS)
    desk.meeting(品質檢測=QUALITY)
    assert figures(desk)["品質檢測.抽查數"] == 3 + 5 + 0


def test_more_platinum_than_gold_is_an_error(desk: Desk) -> None:
    desk.meeting(品質檢測=QUALITY.replace("| 7 ", "| 101 "))
    assert places(desk, "platinum-above-gold") == ["品質檢測G3"]
    assert said(desk, "platinum-above-gold") == ["白金標章 101 大於金標章 100"]
    assert severities(desk) == {"platinum-above-gold": "error"}


def test_a_stated_total_must_be_the_sum_of_its_row(desk: Desk) -> None:
    desk.meeting(品質檢測=QUALITY.replace("| 50   |", "| 90 |"))
    assert places(desk, "wrong-total") == ["品質檢測H2"]
    assert said(desk, "wrong-total") == ["填的是 90，加總為 50"]
    assert severities(desk) == {"wrong-total": "error"}


@pytest.mark.parametrize("name", ["總計", "總　計"])
def test_a_stated_row_of_totals_must_be_the_sums_of_the_columns(desk: Desk, name: str) -> None:
    desk.meeting(品質檢測=QUALITY + f"| {name} | 1 | 2 | 3 | 4 | 141 | 47 | 151 |")
    assert places(desk, "wrong-total") == ["品質檢測F5", "品質檢測H5"]
    assert said(desk, "wrong-total") == ["填的是 141，加總為 140", "填的是 151，加總為 150"]
    assert figures(desk)["品質檢測.總計"] == 150
    desk.meeting(品質檢測=QUALITY + f"| {name} | 1 | 2 | 3 | 4 | 140 | 47 | 150 |")
    assert desk.problems() == []


def test_a_unit_stands_in_the_quality_table_once(desk: Desk) -> None:
    desk.meeting(品質檢測=QUALITY + "| 資訊處 | 0 | 0 | 0 | 0 | 1 | 0 | |")
    assert places(desk, "unit-twice") == ["品質檢測A5"]
    assert said(desk, "unit-twice") == ["單位「資訊處」重複，A3 已有一列"]
    assert severities(desk) == {"unit-twice": "error"}


@pytest.mark.slow
def test_a_unit_that_is_left_out_of_the_quality_table_is_mentioned(desk: Desk) -> None:
    desk.meeting(品質檢測="\n".join(line for line in QUALITY.splitlines() if "秘書處" not in line))
    assert places(desk, "unit-missing") == ["品質檢測A2"]
    assert said(desk, "unit-missing") == ["品質檢測沒有「秘書處」這一列"]
    assert severities(desk) == {"unit-missing": "warning"}


# --- 下載統計 and 統計數字 --------------------------------------------------------------------------------------


def downloads(*counts: tuple[int, int], names: str = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳") -> str:
    """A sheet 下載統計 with these views and downloads."""
    rows = [
        f"| {number} | 103-06-19 | 每月 | 113-03-07 | {name} | {views} | {loads} |"
        for number, (name, (views, loads)) in enumerate(zip(names, counts, strict=False), start=1)
    ]
    head = "| 資料集識別碼 | 上架時間 | 更新頻率 | 資料更新時間 | 資料集名稱 | 累計瀏覽次數 | 累計下載次數 |"
    return "\n".join([head, *rows])


def test_downloads_may_not_rise_from_rank_to_rank(desk: Desk) -> None:
    desk.meeting(下載統計=downloads((9, 300), (8, 100), (7, 101)))
    assert places(desk, "ranking-rises") == ["下載統計G4"]
    assert said(desk, "ranking-rises") == ["下載次數 101 大於前一列的 100"]
    assert severities(desk) == {"ranking-rises": "error"}


def test_equal_downloads_are_worth_a_look(desk: Desk) -> None:
    desk.meeting(下載統計=downloads((9, 300), (8, 100), (7, 100)))
    assert places(desk, "same-count") == ["下載統計G4"]
    assert said(desk, "same-count") == ["100 與 G3 的數字相同"]
    assert severities(desk) == {"same-count": "warning"}


def test_views_that_stand_twice_are_worth_a_look_even_ranks_apart(desk: Desk) -> None:
    desk.meeting(下載統計=downloads((21852, 300), (8, 200), (21852, 100)))
    assert places(desk, "same-count") == ["下載統計F4"]
    assert said(desk, "same-count") == ["21,852 與 F2 的數字相同"]


def test_views_of_zero_may_stand_twice_and_views_may_rise(desk: Desk) -> None:
    desk.meeting(下載統計=downloads((0, 300), (0, 200), (5, 100)))
    assert desk.problems() == []


def test_a_row_below_the_printed_ranks_may_not_rise_above_them(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY + "| 下載排名數 | 2 |", 單位=UNITS)
    desk.meeting(下載統計=downloads((9, 300), (8, 100), (7, 200)))
    assert places(desk, "ranking-rises") == ["下載統計G4"]


def test_only_the_printed_ranks_are_summed(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY + "| 下載排名數 | 2 |", 單位=UNITS)
    desk.meeting(下載統計=downloads((9, 300), (8, 100), (7, 50)))
    assert desk.problems() == []
    found = figures(desk)
    assert (found["下載統計.名次數"], found["下載統計.下載次數"], found["下載統計.瀏覽次數"]) == (2, 400, 17)


def totals(views: int, loads: int) -> str:
    return f"| 名稱 | 數值 | 出處 |\n| 總瀏覽次數 | {views} | 平臺 |\n| 總下載次數 | {loads} | 平臺 |"


def test_totals_may_not_be_smaller_than_the_ranking(desk: Desk) -> None:
    desk.meeting(下載統計=downloads((2000, 300), (8, 200)), 統計數字=totals(2007, 499))
    assert places(desk, "total-too-small") == ["統計數字B2", "統計數字B3"]
    assert said(desk, "total-too-small")[0] == "總瀏覽次數比排名各項的合計 2,008 還小"
    assert severities(desk) == {"total-too-small": "error"}


def test_totals_may_equal_the_ranking_and_other_totals_are_free(desk: Desk) -> None:
    desk.meeting(下載統計=downloads((9, 300), (8, 200)), 統計數字=totals(17, 500) + "\n| 會員數 | 1 | 平臺 |")
    assert desk.problems() == []
    assert figures(desk)["統計數字.會員數"] == 1


# --- Names ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sheet", "table", "place", "first"),
    [
        ("預定開放", PLANNED + "| 北港潮位 | 11312 | 秘書處 | |", "預定開放A4", "A2"),
        ("下架清單", GONE + "| 東港潮位 | 秘書處 | 停測 | |", "下架清單A4", "A3"),
        ("下載統計", downloads((9, 3), (8, 2), names="甲甲"), "下載統計E3", "E2"),
        ("統計數字", "| 名稱 | 數值 | 出處 |\n| 會員數 | 3 | 甲 |\n| 會員數 | 4 | 乙 |", "統計數字A3", "A2"),
    ],
)
def test_a_name_that_stands_twice_in_a_list_is_mentioned(
    desk: Desk, sheet: str, table: str, place: str, first: str
) -> None:
    desk.meeting(**{sheet: table})
    assert places(desk, "name-twice") == [place]
    assert f"重複，{first} 已有一列" in said(desk, "name-twice")[0]
    assert severities(desk) == {"name-twice": "warning"}


def test_names_are_compared_in_any_width_and_with_any_dash(desk: Desk) -> None:
    table = "| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |\n"
    desk.meeting(下架清單=table + "| 潮位—季（XML） | 資訊處 | 停測 | |\n| 潮位-季(XML) | 資訊處 | 停測 | |")
    assert places(desk, "name-twice") == ["下架清單A3"]


def test_the_same_name_in_two_lists_is_no_repetition(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED, 下架清單=GONE.replace("西港潮位", "北港潮位"))
    assert desk.problems() == []


def test_two_attachments_may_not_have_one_name(desk: Desk) -> None:
    head = "| 案號 | 名稱 | 來源 |\n"
    text = points('如{{ 附件("圖") }}。')
    desk.meeting(附件=head + "| 討1 | 圖 | 另附 |\n| 討1 | 圖 | 另附 |", 說明=text)
    assert len(places(desk, "attachment-twice")) == 1
    assert severities(desk)["attachment-twice"] == "error"
    desk.meeting(附件=head + "| 討1 | 圖 | 另附 |\n| 討1 | 表 | 另附 |", 說明=points('如{{ 附件("圖", "表") }}。'))
    assert desk.problems() == []


# --- Dates and periods ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "star", "late"), [(11304, "", True), (11304, "★", False), (11305, "", False), (11306, "", False)]
)
def test_an_item_past_its_month_without_a_star_is_overdue(desk: Desk, due: int, star: str, late: bool) -> None:
    table = f"| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |\n| 北港潮位 | {due} | 企劃處 | {star} |"
    desk.meeting(預定開放=table)
    assert places(desk, "overdue") == (["預定開放D2"] if late else [])
    if late:
        assert said(desk, "overdue") == ["「北港潮位」預定 11304 開放，尚未標示已上架"]
        assert severities(desk) == {"overdue": "warning"}


def past(*subjects: str) -> str:
    return "| 類別 | 案由 | 決定（議） | 辦理情形 |\n" + "\n".join(
        f"| 討論事項 | {one} | 照案通過。 | |" for one in subjects
    )


# No case of these meetings prints what was decided before.
UNPRINTED = {"decisions-unprinted": "warning"}


@pytest.mark.parametrize(
    ("before", "now", "code", "text"),
    [
        ("112年1至9月", "113年1至3月", "period-gap", "上次報告到 112年1至9月，本次之前缺 112年10至12月"),
        ("112年1至11月", "113年1至3月", "period-gap", "上次報告到 112年1至11月，本次之前缺 112年12月"),
        ("112年1至11月", "113年2至3月", "period-gap", "上次報告到 112年1至11月，本次之前缺 112年12月至113年1月"),
        ("112年1至12月", "112年12月至113年3月", "period-overlap", "與上次報告的 112年1至12月 重疊"),
        ("112年10月至113年1月", "113年1至3月", "period-overlap", "與上次報告的 112年10月至113年1月 重疊"),
        ("112年10至12月", "113年1至3月", "", ""),
        ("112年10月至113年1月", "113年2至3月", "", ""),
    ],
)
def test_the_period_follows_the_one_reported_last_time(desk: Desk, before: str, now: str, code: str, text: str) -> None:
    subjects = ("某規劃案，提請討論。", f"本部{before}資料開放推動情形，提請討論。")
    desk.meeting(會議資訊=MEETING + f"| 報告期間 | {now} |", 上次會議決定=past(*subjects))
    if not code:
        assert severities(desk) == UNPRINTED
        return
    assert places(desk, code) == ["會議資訊B6"]
    assert said(desk, code) == [f"{text}（見 會議.xlsx〔上次會議決定〕B3）"]
    assert severities(desk) == {code: "warning"} | UNPRINTED


@pytest.mark.parametrize("order", [1, -1])
def test_the_latest_of_several_periods_counts(desk: Desk, order: int) -> None:
    subjects = ("112年10至12月推動情形，提請討論。", "112年1至9月推動情形，提請討論。")[::order]
    desk.meeting(會議資訊=MEETING + "| 報告期間 | 113年1至3月 |", 上次會議決定=past(*subjects))
    assert severities(desk) == UNPRINTED


def test_without_a_period_last_time_there_is_nothing_to_follow(desk: Desk) -> None:
    desk.meeting(
        會議資訊=MEETING + "| 報告期間 | 113年1至3月 |", 上次會議決定=past("依112年1月19日會議辦理，提請討論。")
    )
    assert severities(desk) == UNPRINTED


def test_the_date_must_lie_in_the_year_of_the_meeting(desk: Desk) -> None:
    desk.meeting(會議資訊=MEETING.replace("113-05-20", "114-05-20"))
    assert places(desk, "wrong-year") == ["會議資訊B2"]
    assert said(desk, "wrong-year") == ["會議日期不在 113 年，與會議編號 113-1 不符"]
    assert severities(desk) == {"wrong-year": "error"}


@pytest.mark.parametrize(("cutoff", "late"), [("113-05-20", False), ("113-05-21", True)])
def test_figures_may_not_be_later_than_the_meeting(desk: Desk, cutoff: str, late: bool) -> None:
    desk.meeting(會議資訊=MEETING.replace("113-05-01", cutoff))
    assert places(desk, "cutoff-late") == (["會議資訊B5"] if late else [])
    assert severities(desk) == ({"cutoff-late": "warning"} if late else {})


@pytest.mark.parametrize(("period", "late"), [("113年4至5月", False), ("113年4至6月", True)])
def test_the_period_may_not_run_past_the_figures(desk: Desk, period: str, late: bool) -> None:
    desk.meeting(會議資訊=MEETING + f"| 報告期間 | {period} |")
    assert places(desk, "period-late") == (["會議資訊B6"] if late else [])
    assert severities(desk) == ({"period-late": "warning"} if late else {})


# --- Attachments ------------------------------------------------------------------------------------------------


def test_an_attachment_that_its_case_does_not_mention_is_reported(desk: Desk) -> None:
    attachments = "| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | 另附 |\n| 討1 | 位置圖 | 另附 |"
    desk.meeting(附件=attachments, 說明=points('如{{ 附件("位置圖") }}。'))
    assert places(desk, "attachment-unmentioned") == ["附件B2"]
    assert said(desk, "attachment-unmentioned") == ["討論事項第一案的說明沒有提到附件「圖」"]
    assert severities(desk) == {"attachment-unmentioned": "warning"}
    [problem] = desk.problems()
    assert '如{{ 附件("圖") }}' in problem["remedy"]


def test_to_be_mentioned_by_another_case_is_not_enough(desk: Desk) -> None:
    text = points('如{{ 附件("圖") }}。') + "\n| 報1 | 1 | | 某事。 |"
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 報1 | 圖 | 另附 |", 說明=text)
    assert places(desk, "attachment-unmentioned") == ["附件B2"]


@pytest.mark.slow
@pytest.mark.parametrize("sheet", ["預定開放", "下載統計", "品質檢測", "下架清單"])
def test_a_list_that_an_attachment_prints_must_have_rows(desk: Desk, sheet: str) -> None:
    table = {"預定開放": PLANNED, "下載統計": downloads((9, 3)), "品質檢測": QUALITY, "下架清單": GONE}[sheet]
    given = {
        "附件": f"| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:{sheet} |",
        "說明": points('如{{ 附件("清單") }}。'),
    }
    desk.meeting(**given, **{sheet: table.strip().splitlines()[0]})
    assert places(desk, "empty-sheet") == ["附件C2"]
    assert severities(desk) == {"empty-sheet": "error"}
    desk.meeting(**given, **{sheet: table})
    assert desk.problems() == []


def test_a_plain_sheet_that_an_attachment_prints_must_have_rows(desk: Desk) -> None:
    desk.meeting(
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:潮位站 |",
        說明=points('如{{ 附件("測站") }}。'),
        潮位站="| 站名 | 說明 |",
    )
    assert places(desk, "empty-sheet") == ["附件C2"]


# --- The roster -------------------------------------------------------------------------------------------------

# 召集人 and 機關代表, then 民間代表: eleven in all, four of them 民間, five women.
LAWFUL = [("召集人", "男"), *[("機關代表", "男")] * 3, *[("機關代表", "女")] * 3]
LAWFUL += [*[("民間代表", "男")] * 2, *[("民間代表", "女")] * 2]


# What a notice prints, so that nothing is left to mention.
CONTACT = """\
| 聯絡人   | 陳小華               |
| 聯絡電話 | 02-0000-0000         |
| 電子郵件 | group@example.gov.tw |
| 機關地址 | 海風市1號            |
"""


def roster(desk: Desk, members: list[tuple[str, str]], chair: str = "") -> None:
    """A meeting of a group with these members, called 委員A, 委員B …; ``chair`` presides."""
    rows = [f"| 委員{chr(65 + number)} | 處長 | 某部 | {role} | {sex} |" for number, (role, sex) in enumerate(members)]
    table = "\n".join(["| 姓名 | 職稱 | 服務機關 | 身分 | 性別 |", *rows])
    desk.book("機關.xlsx", 機關=AGENCY + CONTACT, 單位=UNITS, 委員=table)
    desk.meeting(會議資訊=MEETING + f"| 主席 | {chair or '委員A'} |")


def test_a_lawful_roster_has_no_problem(desk: Desk) -> None:
    roster(desk, LAWFUL)
    assert desk.problems() == []


def test_fewer_than_eleven_members_are_too_few(desk: Desk) -> None:
    roster(desk, LAWFUL[:1] + LAWFUL[2:])
    assert [(one["code"], one["sheet"], one["cell"]) for one in desk.problems()] == [("roster-small", "委員", "D2")]
    assert said(desk, "roster-small") == ["委員 10 人，少於 11 人（設置要點三）"]
    assert severities(desk) == {"roster-small": "error"}


@pytest.mark.parametrize(("count", "civil", "lawful"), [(12, 4, True), (12, 3, False), (11, 4, True), (11, 3, False)])
def test_a_third_of_the_members_must_be_civil(desk: Desk, count: int, civil: int, lawful: bool) -> None:
    roles = ["召集人", *["機關代表"] * (count - civil - 1), *["民間代表"] * civil]
    roster(desk, [(role, "男女"[number % 2]) for number, role in enumerate(roles)])
    assert places(desk, "roster-civil") == ([] if lawful else ["委員D2"])
    assert severities(desk) == ({} if lawful else {"roster-civil": "error"})


@pytest.mark.parametrize(("women", "short"), [(4, ""), (3, "女"), (7, ""), (8, "男")])
def test_a_third_of_the_members_should_be_of_either_sex(desk: Desk, women: int, short: str) -> None:
    members = [(role, "女" if number < women else "男") for number, (role, _) in enumerate(LAWFUL)]
    roster(desk, members)
    assert places(desk, "roster-sex") == (["委員E2"] if short else [])
    assert severities(desk) == ({"roster-sex": "warning"} if short else {})
    if short:
        assert said(desk, "roster-sex") == [f"{short}性委員 3 人，不足委員 11 人的三分之一（設置要點三）"]


@pytest.mark.parametrize("chairs", [0, 2])
def test_there_is_one_convener(desk: Desk, chairs: int) -> None:
    roster(
        desk,
        [
            ("召集人" if number < chairs else role, sex)
            for number, (role, sex) in enumerate([("機關代表", "男"), *LAWFUL[1:]])
        ],
    )
    assert places(desk, "roster-chair") == ["委員D2"]
    assert said(desk, "roster-chair") == [f"召集人有 {chairs} 人，應為 1 人（設置要點三）"]
    assert severities(desk) == {"roster-chair": "error"}


@pytest.mark.parametrize("name", ["委員A", "委員K"])
def test_any_member_may_preside(desk: Desk, name: str) -> None:
    roster(desk, LAWFUL, chair=name)
    assert desk.problems() == []


def test_only_members_may_preside(desk: Desk) -> None:
    roster(desk, LAWFUL, chair="委員Z")
    assert places(desk, "chair-not-member") == ["會議資訊B6"]
    assert severities(desk) == {"chair-not-member": "error"}
    assert "是否為「委員" in desk.problems()[0]["remedy"]


def test_without_a_roster_nothing_is_said_of_it(desk: Desk) -> None:
    desk.meeting(會議資訊=MEETING + "| 主席 | 王小明 |")
    assert desk.problems() == []


# --- 未對應數字 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("目前已有 27 項。", ["27"]),
        ("逾 238 萬次，較前期增加 1,896 次。", ["238", "1,896"]),
        ("目前已有２７項。", ["２７"]),
        ("27 項中的 27 項。", ["27"]),
        ("編號 09 者。", ["09"]),
    ],
)
def test_a_number_that_is_no_figure_is_reported_as_it_is_typed(desk: Desk, text: str, numbers: list[str]) -> None:
    desk.meeting(說明=points(text))
    assert places(desk, "loose-number") == ["說明D2"] * len(numbers)
    assert sorted(said(desk, "loose-number")) == sorted(f"未對應數字：{number}" for number in numbers)
    assert severities(desk) == {"loose-number": "warning"}


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["27", "1,896", "2024", "09", "1041500081"])
def test_the_remedy_prints_the_number_as_it_was_typed(desk: Desk, typed: str) -> None:
    desk.meeting(說明=points(f"編號{typed}者。"))
    [problem] = desk.problems()
    tag = problem["remedy"].partition("寫成 ")[2].removesuffix("。")
    assert tag.startswith("{{")
    desk.meeting(說明=points(f"編號{tag}者。"))
    assert desk.problems() == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert f"編號{typed}者。" in desk.texts()["03 討論事項第一案"]


def test_a_number_that_is_a_figure_is_left_alone(desk: Desk) -> None:
    desk.meeting(
        說明=points("113年預定開放 2 項，已上架 1 項，截至 5 月 1 日止，逾 238 萬次。"),
        預定開放=PLANNED,
        統計數字=totals(2_389_999, 500),
    )
    assert desk.problems() == []


def test_a_figure_rounds_down_to_ten_thousands_and_never_up(desk: Desk) -> None:
    desk.meeting(說明=points("逾{{ 統計數字.總瀏覽次數\\|萬 }}次，逾 239 萬次。"), 統計數字=totals(2_389_999, 500))
    assert said(desk, "loose-number") == ["未對應數字：239"]
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert "逾238萬次，" in desk.texts()["03 討論事項第一案"]


def test_a_number_in_a_tag_is_meant_to_stand(desk: Desk) -> None:
    desk.meeting(說明=points("每 {{ 77 }} 筆抽查 {{ 1 }} 筆。"))
    assert desk.problems() == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert "每 77 筆抽查 1 筆。" in desk.texts()["03 討論事項第一案"]


@pytest.mark.parametrize(
    "text",
    [
        "依國家發展委員會104年1月23日發資字第1041500081號函辦理。",
        "依行政院 112 年 3 月 22 日院授數多元字第 1123000289 號函辦理。",
        "依中華民國106年2月13日院授發資字第1061500184號函部分修訂。",
        "依院授發資字第1041500401號令辦理。",
        "依本部組織法第77條第88項第99款之規定。",
        "依設置要點第 77 點及第 77 條之 88 辦理。",
    ],
)
def test_the_numbers_of_a_citation_are_its_own(desk: Desk, text: str) -> None:
    desk.meeting(說明=points(text))
    assert desk.problems() == []


@pytest.mark.parametrize("text", ["104年1月23日起，共 66 項。", "依院授發資字第1041500401號函，共 66 項。"])
def test_numbers_beside_a_citation_are_still_looked_at(desk: Desk, text: str) -> None:
    desk.meeting(說明=points(text))
    assert "未對應數字：66" in said(desk, "loose-number")


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"案由": CASES.replace("辦理情形", "第 66 次辦理情形")}, "案由D2"),
        ({"說明": EXPLANATIONS.replace("| 1    |      | 依", "| 1    | 66 項   | 依")}, "說明C2"),
        ({"附件": "| 案號 | 名稱 | 來源 |\n| 討1 | 前66名 | 另附 |"}, "附件B2"),
        ({"附件": "| 案號 | 名稱 | 來源 | 標題 |\n| 討1 | 圖 | 另附 | 前 66 名 |"}, "附件D2"),
        ({"附件": "| 案號 | 名稱 | 來源 | 副標題 |\n| 討1 | 圖 | 另附 | 前 66 名 |"}, "附件D2"),
        (
            {"附件": "| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | 另附 |", "附註": "| 附件 | 內容 |\n| 圖 | 計 66 站。 |"},
            "附註B2",
        ),
    ],
)
def test_numbers_are_looked_at_wherever_prose_stands(desk: Desk, changed: dict[str, str], place: str) -> None:
    desk.meeting(**changed)
    assert places(desk, "loose-number") == [place]


# --- Words in prose ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("113年5月20日（星期二）", "wrong-weekday"),
        ("113 年 5 月 20 日(星期日)", "wrong-weekday"),
        ("{{ 會議.日期\\|年月日 }}（星期二）", "wrong-weekday"),
        ("113年2月30日（星期五）", "no-such-day"),
        ("113年5月20日（星期一）", ""),
        ("{{ 會議.日期\\|年月日 }}（{{ 會議.星期 }}）", ""),
    ],
)
def test_a_weekday_in_prose_must_be_that_of_its_date(desk: Desk, written: str, code: str) -> None:
    desk.meeting(說明=points(f"訂於{written}召開。"))
    found = [(one["code"], one["sheet"] + one["cell"]) for one in desk.problems() if one["code"] != "loose-number"]
    assert found == ([(code, "說明D2")] if code else [])


@pytest.mark.parametrize(
    ("written", "label"),
    [("附件1", "附件1"), ("附件 2至3", "附件 2至3"), ("附件1、3", "附件1、3"), ("附件１", "附件１")],
)
def test_a_label_of_an_attachment_that_is_typed_is_reported(desk: Desk, written: str, label: str) -> None:
    desk.meeting(說明=points(f"如{written}。"))
    assert places(desk, "typed-label") == ["說明D2"]
    assert said(desk, "typed-label") == [f"「{label}」是手打的附件編號"]
    assert severities(desk)["typed-label"] == "warning"


def test_a_label_that_is_computed_and_the_bare_word_are_left_alone(desk: Desk) -> None:
    attachments = "| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | 另附 |\n| 討1 | 表 | 另附 |"
    desk.meeting(附件=attachments, 說明=points('各附件如{{ 附件("圖", "表") }}。'))
    assert desk.problems() == []


def test_it_is_never_the_wrong_word_for_minutes(desk: Desk) -> None:
    desk.meeting(說明=points("依上次會議記錄辦理。", "依上次會議紀錄辦理，並記錄執行情形。"))
    assert places(desk, "wrong-word") == ["說明D2"]
    assert said(desk, "wrong-word") == ["「會議記錄」應作「會議紀錄」"]
    assert severities(desk) == {"wrong-word": "warning"}


# --- The first packet -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_figures_of_the_first_packet_are_those_that_were_printed(own_desk: Desk) -> None:
    found = figures(own_desk)
    columns = ("檢測範圍外", "無標章", "銅標章", "銀標章", "金標章", "白金標章", "總計")
    assert [found[f"品質檢測.{name}"] for name in columns] == [102, 0, 0, 0, 1794, 1508, 1896]
    assert found["品質檢測.抽查數"] == 47 == 1 + 4 + 3 + 5 + 6 + 20 + 1 + 1 + 1 + 1 + 3 + 1
    units = ("公務預算處", "基金預算處", "會計決算處", "綜合統計處")
    assert [found[f"預定開放.{unit}"] for unit in units] == [10, 6, 6, 4]
    assert (found["預定開放.總數"], found["預定開放.已上架數"], found["預定開放.未上架數"]) == (26, 4, 22)
    assert (found["下架清單.總數"], found["下架清單.下架後總計"], found["下架清單.下架後地方統計推展中心"]) == (
        24,
        1872,
        93,
    )
    assert (found["下載統計.瀏覽次數"], found["下載統計.下載次數"]) == (214_016, 48_455)
    assert found["統計數字.總瀏覽次數"] // 10_000 == 238
    assert found["統計數字.總下載次數"] // 10_000 == 16


@pytest.mark.slow
def test_the_first_packet_has_only_the_two_oddities_that_were_printed(own_desk: Desk) -> None:
    found = [(one["code"], one["severity"], one["sheet"] + one["cell"]) for one in own_desk.problems()]
    assert found == [("period-gap", "warning", "會議資訊B8"), ("same-count", "warning", "下載統計F8")]
    assert "本次之前缺 112年10至12月" in said(own_desk, "period-gap")[0]
    assert said(own_desk, "same-count") == ["21,852 與 F6 的數字相同"]
    assert own_desk.run("check", "113-1").exit_code == 0


def test_a_unit_may_not_withdraw_more_data_sets_than_it_has(desk: Desk) -> None:
    head = "| 單位 | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 |\n"
    rows = "".join(f"| {unit} | 0 | 0 | 0 | 0 | 1 | 0 |\n" for unit in ("企劃處", "資訊處", "秘書處"))
    going = "| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |\n| 甲 | 企劃處 | 停辦 | |\n"
    desk.meeting(品質檢測=head + rows, 下架清單=going)
    assert desk.problems() == []
    desk.meeting(品質檢測=head + rows, 下架清單=going + "| 乙 | 企劃處 | 停辦 | |")
    assert places(desk, "withdrawn-too-many") == ["下架清單B2"]


def test_a_meeting_without_cases_is_an_error(desk: Desk) -> None:
    desk.meeting(案由="| 案號 | 類別 | 單位 | 案由 |", 說明="| 案號 | 層級 | 內容 |")
    assert "no-cases" in [one["code"] for one in desk.problems()]


def test_terms_of_civil_members_are_two_years_at_most_and_renewed_once(desk: Desk) -> None:
    head = "| 姓名 | 職稱 | 服務機關 | 身分 | 性別 | 任期起 | 任期迄 | 聘任次數 |\n"
    terms = {
        "守法": ("113-01-01", "114-12-31", 2, None),
        "太長": ("113-01-01", "115-01-01", 1, "term-long"),
        "太多": ("113-01-01", "114-12-31", 3, "term-again"),
        "倒置": ("113-06-01", "113-05-31", 1, "term-backwards"),
        "期滿": ("111-01-01", "112-12-31", 1, "term-over"),
    }
    rows = "".join(f"| {name} | | | 民間代表 | 女 | {one[0]} | {one[1]} | {one[2]} |\n" for name, one in terms.items())
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=head + rows)
    desk.meeting()
    found = {one["code"]: one["text"] for one in desk.problems() if one["code"].startswith("term-")}
    assert {code: next(name for name in terms if name in text) for code, text in found.items()} == {
        code: name for name, (_, _, _, code) in terms.items() if code
    }


def test_a_western_date_in_prose_is_checked_against_its_weekday(desk: Desk) -> None:
    desk.meeting(說明="| 案號 | 層級 | 內容 |\n| 報1 | 1 | 於2024年4月29日（星期一）辦理。 |")
    assert places(desk, "wrong-weekday") == []
    desk.meeting(說明="| 案號 | 層級 | 內容 |\n| 報1 | 1 | 於2024年4月29日（星期二）辦理。 |")
    assert places(desk, "wrong-weekday") == ["說明C2"]


def test_cases_are_numbered_in_the_order_of_the_agenda_wherever_their_rows_stand(desk: Desk) -> None:
    desk.meeting(案由=CASES + "| 報2 | 報告事項 | 秘書處 | 後加之案，報請鑒察。 |")
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert list(desk.texts()) == ["01 議程", "02 報告事項第一案", "03 報告事項第二案", "04 討論事項第一案"]


def test_a_total_row_of_a_sheet_of_ones_own_is_no_data_and_is_checked(desk: Desk) -> None:
    text = '| 案號 | 層級 | 內容 |\n| 討1 | 1 | 計{{ 船班.總數 }}線{{ 船班.班次 }}班（如{{ 附件("船班") }}）。 |\n'
    table = "| 航線 | 班次 |\n| 東線 | 12 |\n| 西線 | 3 |\n| 總計 | {} |"
    attachments = "| 案號 | 名稱 | 來源 |\n| 討1 | 船班 | 工作表:船班 |"
    desk.meeting(說明=text, 附件=attachments, 船班=table.format(15))
    assert (figures(desk)["船班.總數"], figures(desk)["船班.班次"]) == (2, 15)
    assert places(desk, "wrong-total") == []
    desk.meeting(說明=text, 附件=attachments, 船班=table.format(16))
    assert places(desk, "wrong-total") == ["船班B4"]


def test_a_sheet_of_ones_own_does_not_change_what_the_vocabulary_means(desk: Desk) -> None:
    attachments = "| 案號 | 名稱 | 來源 |\n| 討1 | 會議 | 工作表:會議 |"
    desk.meeting(附件=attachments, 會議="| 名目 | 日期 |\n| 甲 | 11 |")
    assert figures(desk)["會議.日期"] == "113-05-20"
