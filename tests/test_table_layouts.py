"""Tables as other offices keep them: reports of statistics, forms of budgets, printed pages that were typed off."""

from __future__ import annotations

from collections.abc import Sequence

import openpyxl
import pytest
from conftest import Desk, cells
from test_tables import BOOK, attach, figures, places, printed, said

REPORT = """
| 公開類       |                |      | 編製機關 | 海風部主計處    |
| 月　報       | 次月15日前編報 |      | 表　　號 | 1112-01-01-2    |
| 各站潮位     |                |      |          |                 |
| 中華民國113年4月 |            |      |          | 單位：公分      |
| 站           | 最高           | 最低 | 上月     | 備註            |
| 北           | 10             | 2    | 5        |                 |
| 南           | 20             | 4    | 7        | 停測一日        |
| 填表         | 審核           | 業務主管人員 | 機關首長 |         |
"""


def attach_each(desk: Desk, tables: Sequence[str]) -> list[str]:
    """A meeting with a sheet of one's own for each table, 表1 and so on; their names."""
    names = [f"表{number}" for number in range(1, len(tables) + 1)]
    mentions = "".join(f'如{{{{ 附件("{name}") }}}}。' for name in names)
    desk.meeting(
        附件="| 案號 | 名稱 | 來源 |\n" + "\n".join(f"| 討1 | {name} | 工作表:{name} |" for name in names),
        說明=f"| 案號 | 層級 | 內容 |\n| 討1 | 1 | {mentions} |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |",
    )
    book = openpyxl.load_workbook(desk.root / BOOK)
    for name, table in zip(names, tables, strict=True):
        sheet = book.create_sheet(name)
        for row in cells(table):
            sheet.append(row)
    book.save(desk.root / BOOK)
    return names


def counted(desk: Desk, names: Sequence[str], column: str = "數") -> list[tuple[int, int | None]]:
    """How many rows each table has, and what that column of it adds up to."""
    return [((found := figures(desk, name))[f"{name}.總數"], found.get(f"{name}.{column}")) for name in names]


@pytest.mark.slow
@pytest.mark.parametrize("merged", [(), ("A3:E3", "A4:D4")])
def test_the_frame_of_a_statistical_report_is_no_heading(desk: Desk, merged: tuple[str, ...]) -> None:
    attach(desk, REPORT, merged)
    assert desk.problems() == []
    found = figures(desk)
    assert (found["表.標題"], found["表.單位"], found["表.總數"], found["表.最高"]) == ("各站潮位", "公分", 2, 30)
    assert "編製機關：海風部主計處" in found["表.副標題"]
    assert printed(desk)[1][0] == ["站", "最高", "最低", "上月", "備註"]


def test_a_unit_without_its_word_or_its_colon_is_the_unit(desk: Desk) -> None:
    units = ["（新臺幣：千元）", "單位　新臺幣千元", "新臺幣千元", "（單位：新臺幣千元）"]
    table = "| 經費 | | |\n| | | {} |\n| 單位 | 預算 | 執行 |\n| 甲 | 10 | 2 |\n| 乙 | 20 | 4 |"
    names = attach_each(desk, [table.format(unit) for unit in units])
    found = [figures(desk, name)[f"{name}.單位"] for name in names]
    assert found == ["新臺幣：千元", "新臺幣千元", "新臺幣千元", "新臺幣千元"]


def test_a_unit_within_a_group_of_headings_leaves_it_a_heading(desk: Desk) -> None:
    table = "| 機關 | 預算（單位：千元） | | 率 |\n| | 經常 | 資本 | |\n| 甲 | 10 | 2 | 50.5 |\n| 乙 | 20 | 4 | 60 |"
    attach(desk, table, ("A1:A2", "B1:C1", "D1:D2"))
    assert figures(desk)["表.預算（單位：千元）.經常"] == 30
    assert printed(desk)[1][0] == ["機關", "預算（單位：千元）", "預算（單位：千元）", "率"]


@pytest.mark.slow
def test_a_row_that_states_something_of_the_others_is_not_counted(desk: Desk) -> None:
    rows = ["月平均 | 5", "全年平均 | 5", "平均每月 | 5", "累計 | 10", "1至2月累計 | 10", "本年累計 | 99", "以下空白 |"]
    rows += [f"合計 | 10 |\n| {name} | 6" for name in ("上年同期", "最高", "最大值", "中位數")]
    names = attach_each(desk, [f"| 站 | 數 |\n| 甲 | 4 |\n| 乙 | 6 |\n| {row} |" for row in rows])
    assert desk.problems() == []
    assert counted(desk, names) == [(2, 10)] * len(rows)


@pytest.mark.slow
def test_a_name_with_such_a_word_is_one_of_the_data(desk: Desk) -> None:
    items = ["平均氣溫", "累計下載次數", "最高法院", "同期學員", "瀏覽累計", "第1期平均"]
    names = attach_each(desk, [f"| 項 | 數 |\n| 甲 | 4 |\n| {item} | 6 |\n| 合計 | 10 |" for item in items])
    assert desk.problems() == []
    assert counted(desk, names) == [(2, 10)] * len(items)


def test_a_total_may_have_a_colon(desk: Desk) -> None:
    names = attach_each(
        desk, [f"| 站 | 數 |\n| 甲 | 4 |\n| 乙 | 6 |\n| {word} | 11 |" for word in ("合計：", "合　計:", "共計：")]
    )
    assert places(desk, "wrong-total") == [f"{name}B4" for name in names]
    assert counted(desk, names) == [(2, 10)] * 3


@pytest.mark.slow
def test_a_total_may_stand_in_two_languages_or_under_another_word(desk: Desk) -> None:
    words = ["總計 Total", "總計\\nGrand Total", "合計數", "加總", "全國", "總數", "總人數", "本部"]
    names = attach_each(desk, [f"| 站 | 數 |\n| {word} | 10 |\n| 甲 | 4 |\n| 乙 | 6 |" for word in words])
    assert desk.problems() == []
    assert counted(desk, names) == [(2, 10)] * len(words)
    # What is called so and is no sum is one of the data.
    [name] = attach_each(desk, ["| 項 | 數 |\n| 總數 | 100 |\n| 已上架 | 40 |\n| 本月上架 | 5 |"])
    assert (desk.problems(), counted(desk, [name])) == ([], [(3, 145)])


def test_the_unit_may_stand_in_the_title(desk: Desk) -> None:
    attach(desk, "| 各站筆數（單位：千元） | |\n| 站 | 數 |\n| 甲 | 4 |\n| 乙 | 6 |")
    found = figures(desk)
    assert (found["表.標題"], found["表.單位"]) == ("各站筆數（單位：千元）", "千元")


def test_sums_carried_from_page_to_page_are_not_counted(desk: Desk) -> None:
    attach(desk, "| 站 | 數 |\n| 甲 | 4 |\n| 乙 | 6 |\n| 過次頁 | 10 |\n| 承前頁 | 10 |\n| 丙 | 1 |\n| 總計 | 11 |")
    assert (figures(desk)["表.總數"], figures(desk)["表.數"], desk.problems()) == (3, 11, [])


def test_headings_of_several_rows_that_stand_again_with_their_title_are_no_data(desk: Desk) -> None:
    head = "| 站 | 件數 | |\n| | 男 | 女 |\n"
    table = f"| 表一 | | |\n{head}| 甲 | 4 | 3 |\n| 乙 | 6 | 5 |\n| 表一（續） | | |\n"
    table += f"{head}| 丙 | 6 | 5 |\n| 合計 | 16 | 13 |"
    attach(desk, table, ("A2:A3", "B2:C2", "A7:A8", "B7:C7"))
    assert [row[0] for row in printed(desk)[1]] == ["站", "站", "甲", "乙", "丙", "合計"]
    found = figures(desk)
    assert (found["表.總數"], found["表.件數.男"], found["表.件數.女"]) == (3, 16, 13)


def test_a_table_below_that_has_a_title_is_an_error(desk: Desk) -> None:
    attach(desk, "| 站 | 數 |\n| 甲 | 4 |\n| 乙 | 3 |\n| | |\n| 表二 | |\n| 區 | 人 |\n| 一 | 4 |\n| 二 | 3 |")
    assert places(desk, "table-below") == ["表A5"]


def test_the_same_headings_side_by_side_are_a_warning(desk: Desk) -> None:
    attach(desk, "| 站 | 件數 | 站 | 件數 |\n| 甲 | 4 | 丙 | 5 |\n| 乙 | 6 | 丁 | 6 |\n| 戊 | 6 | | |")
    assert places(desk, "sets-of-columns") == ["表C1"]
    assert "排了 2 次（站、件數）" in said(desk, "sets-of-columns")


def test_a_group_right_below_the_headings_is_no_heading(desk: Desk) -> None:
    attach(desk, "| 項次 | 站 | 數 |\n| 一、北部 | | |\n| 1 | 甲 | 4 |\n| 二、南部 | | |\n| 2 | 乙 | 3 |")
    assert desk.problems() == []
    assert printed(desk)[1][:2] == [["項次", "站", "數"], ["一、北部"] * 3]
    assert figures(desk)["表.總數"] == 2


def test_a_row_without_numbers_that_could_be_data_is_named(desk: Desk) -> None:
    attach(desk, "| 站 | 數 |\n| 甲 | 4 |\n| 乙 | － |\n| 丙 | 6 |")
    assert (figures(desk)["表.總數"], desk.problems()) == (3, [])
    attach(desk, "| 站 | 數 |\n| 甲 | 4 |\n| 乙 |  |\n| 丙 | 6 |")
    assert places(desk, "rows-as-groups") == ["表A3"]
    assert "「乙」" in said(desk, "rows-as-groups")


def test_a_triangle_is_the_sign_of_a_number(desk: Desk) -> None:
    attach(desk, "| 站 | 增減 |\n| 甲 | △4 |\n| 乙 | 6 |\n| 丙 | ▲1,200 |")
    assert (figures(desk)["表.總數"], desk.problems()) == (3, [])


def test_a_hierarchy_by_decimals_columns_or_stems_counts_its_leaves(desk: Desk) -> None:
    tables = [
        "| 科目 | 數 |\n| 1 歲入 | {} |\n| 1.1 稅課 | 6 |\n| 1.2 其他 | 4 |\n| 2 歲出 | 8 |\n| 2.1 人事 | 8 |",
        "| 款 | 項 | 科目 | 數 |\n| 1 | | 歲入 | {} |\n| | 1 | 稅課 | 6 |\n| | 2 | 其他 | 4 |\n| 2 | | 歲出 | 8 |\n"
        "| | 1 | 人事 | 8 |",
        "| 科目 | 數 |\n| 甲、歲入 | {} |\n| 一、稅課 | 6 |\n| 二、其他 | 4 |\n| 乙、歲出 | 8 |\n| 一、人事 | 8 |",
    ]
    names = attach_each(desk, [table.format(10) for table in tables])
    assert counted(desk, names) == [(3, 18)] * 3
    attach_each(desk, [table.format(9) for table in tables])
    assert places(desk, "wrong-total") == ["表1B2", "表2D2", "表3B2"]


def test_what_only_looks_like_a_hierarchy_is_none(desk: Desk) -> None:
    tables = [
        "| 月 | 數 |\n| 1月 | 3 |\n| 2月 | 4 |\n| 1-2月 | 4 |",
        "| 齡 | 數 |\n| 0-14歲 | 3 |\n| 15-64歲 | 4 |\n| 65歲以上 | 4 |",
        "| 區 | 站 | 數 |\n| 北 | 甲 | 3 |\n| | 乙 | 3 |\n| 南 | 丙 | 5 |",
    ]
    assert counted(desk, attach_each(desk, tables)) == [(3, 11)] * 3


def test_what_is_taken_off_is_subtracted_in_a_sum(desk: Desk) -> None:
    table = "| 科目 | 數 |\n| 收入 | {} |\n| 　業務 | 12 |\n| 　減：折讓 | 2 |\n| 支出 | 3 |\n| 　人事 | 3 |"
    attach(desk, table.format(10))
    assert places(desk, "wrong-total") == []
    attach(desk, table.format(14))
    assert places(desk, "wrong-total") == ["表B2"]
    attach(desk, table.format(10).replace("減：折讓 | 2", "減：折讓 | -2").replace("| -2", "| (2)"))
    assert places(desk, "wrong-total") == []


def test_a_part_among_decimals_takes_no_other_with_it(desk: Desk) -> None:
    attach(
        desk, "| 科目 | 數 |\n| 1 歲入 | 10 |\n| 1.1 稅課 | 6 |\n| 其中：所得 | 2 |\n| 1.2 其他 | 4 |\n| 2 歲出 | 8 |"
    )
    assert (figures(desk)["表.總數"], figures(desk)["表.數"]) == (3, 18)


@pytest.mark.slow
def test_a_total_across_is_checked_where_most_rows_show_what_it_sums(desk: Desk) -> None:
    tables = [
        "| 區 | 男 | 女 | 合計 |\n| 甲 | 4 | 8 | 12 |\n| 乙 | 6 | 12 | 18 |\n| 丙 | 1 | 1 | 3 |",
        "| 區 | 合計 | 男 | 女 |\n| 甲 | 12 | 4 | 8 |\n| 乙 | 18 | 6 | 12 |\n| 丙 | 3 | 1 | 1 |",
        "| 區 | 人 | 次 | 合計 | 男 | 女 | 小計 |\n| 甲 | 1 | 2 | 3 | 4 | 5 | 9 |\n| 乙 | 1 | 2 | 3 | 4 | 5 | 9 |\n"
        "| 丙 | 1 | 2 | 3 | 4 | 5 | 8 |",
        "| 區 | 年度 | 男 | 女 | 計 |\n| 甲 | 111 | 4 | 8 | 12 |\n| 乙 | 112 | 6 | 12 | 18 |",
        # Numbers of other kinds that are no sums in most rows.
        "| 區 | 件數 | 金額 | 合計 |\n| 甲 | 4 | 8 | 90 |\n| 乙 | 6 | 12 | 70 |\n| 丙 | 1 | 1 | 2 |",
    ]
    attach_each(desk, tables)
    assert places(desk, "wrong-total-across") == ["表1D4", "表2B4", "表3G4"]


def test_parts_of_a_year_that_others_make_up_are_totals(desk: Desk) -> None:
    quarters = (
        "| 第1季 | 3 |\n| 第2季 | 4 |\n| 上半年 | 7 |\n| 第3季 | 1 |\n| 第4季 | 1 |\n| 下半年 | 2 |\n| 全年 | 9 |"
    )
    tables = [
        f"| 季 | 數 |\n{quarters}",
        "| 期 | 數 |\n| 第1季 | 7 |\n| 1月 | 3 |\n| 2月 | 4 |\n| 第2季 | 2 |\n| 4月 | 1 |\n| 5月 | 1 |",
        # What is no sum is one of the data.
        "| 季 | 數 |\n| 第1季 | 3 |\n| 第2季 | 4 |\n| 第3季 | 2 |\n| 全年 | 30 |",
    ]
    assert counted(desk, attach_each(desk, tables)) == [(4, 9), (4, 9), (4, 39)]


def test_a_row_that_is_the_sum_of_all_others_under_a_name_is_a_warning(desk: Desk) -> None:
    units = "| 企劃處 | 4 | 3 |\n| 資訊處 | 6 | 4 |"
    tables = [
        f"| 機關 | 應辦 | 已辦 |\n| 海風部 | 10 | 7 |\n{units}",
        f"| 機關 | 應辦 | 已辦 |\n| 海風部 | 10 | 8 |\n{units}",
        # One column of small numbers may be so by chance.
        "| 年 | 數 |\n| 甲 | 1 |\n| 乙 | 2 |\n| 丙 | 3 |",
    ]
    attach_each(desk, tables)
    assert places(desk, "sum-of-others") == ["表1A2"]


def test_marks_words_and_names_in_the_place_of_others_are_data(desk: Desk) -> None:
    tables = [
        "| 項 | 完成 | 未完成 |\n| 甲 | V | |\n| 乙 | | V |\n| 合計 | 1 | 1 |",
        "| 項目 | 內容 |\n| 說明 | 甲 |\n| 備註 | 乙 |",
        "| 站 | 數 | 率 |\n| (1)甲 | 3 | 1 |\n| (2)乙 | 4 | 2 |\n| 總計=(1)+(2) | 7 | |\n"
        "| 承辦人：王 | 科長：李 | 處長：張 |",
    ]
    names = attach_each(desk, tables)
    assert [figures(desk, name)[f"{name}.總數"] for name in names] == [2, 2, 2]
    assert places(desk, "headings-taken") == []


def test_a_last_row_without_a_name_is_a_total_or_is_named(desk: Desk) -> None:
    names = attach_each(desk, [f"| 站 | 數 |\n| 甲 | 1 |\n| 乙 | 2 |\n| | |\n| | {number} |" for number in (3, 99)])
    assert counted(desk, names) == [(2, 3), (3, 102)]
    assert places(desk, "row-without-name") == ["表2B5"]


def test_a_first_row_whose_numbers_bear_a_mark_is_no_heading(desk: Desk) -> None:
    numbers = ["約50", "50*", "50(r)", "50（註1）", "50＊"]
    names = attach_each(desk, [f"| 站 | 數 |\n| 甲 | {number} |\n| 乙 | 30 |\n| 合計 | 80 |" for number in numbers])
    assert desk.problems() == []
    assert [count for count, _ in counted(desk, names)] == [2] * len(numbers)


def test_headings_that_stand_again_a_little_otherwise_are_no_data(desk: Desk) -> None:
    attach(desk, "| 站 | 數 | 率 |\n| 甲 | 1 | 2 |\n| 第1頁，共2頁 | | |\n| 站 | 數 | 率(%) |\n| 乙 | 2 | 3 |")
    assert (desk.problems(), figures(desk)["表.總數"], figures(desk)["表.數"]) == ([], 2, 3)


def test_a_unit_may_be_merged_over_columns_or_stand_in_the_cell_of_the_date(desk: Desk) -> None:
    attach(
        desk, "| 各站 | | |\n| | 單位：公尺 | |\n| 站 | 高 | 低 |\n| 甲 | 3 | 1 |\n| 乙 | 4 | 2 |", ("A1:C1", "B2:C2")
    )
    found = figures(desk)
    assert (found["表.單位"], found["表.低"]) == ("公尺", 3)
    attach(desk, "| 各站 | |\n| 中華民國113年4月　　　　單位：公尺 | |\n| 站 | 高 |\n| 甲 | 3 |\n| 乙 | 4 |")
    found = figures(desk)
    assert (found["表.標題"], found["表.副標題"], found["表.單位"]) == ("各站", "中華民國113年4月", "公尺")


def test_groups_in_a_table_of_words_are_not_counted(desk: Desk) -> None:
    tables = [
        "| 項次 | 事項 | 期限 |\n| 壹、行政 | | |\n| 1 | 甲 | 4月 |\n| 2 | 乙 | 5月 |\n"
        "| 貳、技術 | | |\n| 1 | 丙 | 6月 |",
        # A row among others of its kind that lacks something is one of the data.
        "| 事項 | 期限 | 單位 |\n| 一、甲 | 4月 | x |\n| 二、乙 | | |\n| 三、丙 | 6月 | y |",
    ]
    assert [count for count, _ in counted(desk, attach_each(desk, tables))] == [3, 3]


def test_numbers_as_headings_are_said(desk: Desk) -> None:
    tables = ["| 甲 | 10 | 20 |\n| 乙 | 3 | 4 |\n| 丙 | 5 | 6 |", "| 站 | 111 | 112 |\n| 甲 | 1 | 2 |\n| 乙 | 3 | 4 |"]
    attach_each(desk, tables)
    assert places(desk, "headings-taken") == ["表1A1"]


def test_years_below_a_group_name_its_columns(desk: Desk) -> None:
    attach(desk, "| 站 | 件數 | | |\n| | 111 | 112 | 113 |\n| 甲 | 1 | 2 | 3 |\n| 乙 | 1 | 2 | 3 |", ("A1:A2", "B1:D1"))
    found = figures(desk)
    assert [found[f"表.件數.{year}"] for year in (111, 112, 113)] == [2, 4, 6]


def test_tables_of_two_workbooks_that_are_no_one_table_are_said(desk: Desk) -> None:
    table = "| {} | |\n| 單位：{} | |\n| 站 | 數 |\n{}"
    attach(desk, table.format("北區", "元", "| 甲 | 1 |\n| 乙 | 2 |"))
    desk.book("113-1/二.xlsx", 表=table.format("南區", "千元", "| 乙 | 2 |\n| 甲 | 1 |\n| 丙 | 3 |"))
    found = {
        problem["code"]: (problem["severity"], problem["workbook"], problem["cell"]) for problem in desk.problems()
    }
    assert found == {
        "units-differ": ("error", "會議.xlsx", "A2"),
        "titles-differ": ("warning", "會議.xlsx", "A1"),
        "rows-in-another": ("error", "會議.xlsx", "A4"),
    }
    desk.book("113-1/二.xlsx", 表=table.format("北區", "元", "| 丙 | 3 |\n| 丁 | 1 |"))
    assert (desk.problems(), figures(desk)["表.數"]) == ([], 7)


# --- Lists and their copies --------------------------------------------------------------------------------------

PLANNED = "| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |\n"
ROWS = "| 北港潮位 | 11304 | 企劃處 | ★ |\n| 南港潮位 | 11311 | 資訊處 | |\n"


def test_a_list_pasted_into_another_workbook_in_another_order_is_one_error(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED + ROWS)
    desk.book(
        "113-1/資訊處.xlsx",
        預定開放="| 資料開放單位 | 開放年月 | 已上架 | 資料集項目名稱 |\n| 資訊處 | 11311 | | 南港潮位 |\n"
        "| 企劃處 | 11304 | ★ | 北港潮位 |\n| 企劃處 | 11312 | | 西港潮位 |",
    )
    assert [problem["code"] for problem in desk.problems()] == ["rows-in-another"]
    assert "第 2、3 列（共 2 列）在 會議.xlsx〔預定開放〕都有" in said(desk, "rows-in-another")
    assert figures(desk, "預定開放")["預定開放.總數"] == 3


def test_headings_that_stand_again_and_notes_that_go_on_are_no_rows_of_a_list(desk: Desk) -> None:
    rows = ROWS.splitlines()
    notes = "| 註： | | | |\n| 1. 依開放年月排序 | | | |\n| 2. 暫定 | | | |"
    desk.meeting(預定開放=f"{PLANNED}{rows[0]}\n{PLANNED}{rows[1]}\n{notes}")
    assert [problem["code"] for problem in desk.problems()] == ["rows-aside"]
    assert said(desk, "rows-aside") == "第 3、5、6、7 列是附註、合計或重複的標題，不當作資料"
    assert figures(desk, "預定開放")["預定開放.總數"] == 2


def test_a_version_of_a_workbook_beside_it_is_one_message_each(desk: Desk) -> None:
    names = [
        "會議_最終版",
        "會議(已修正)",
        "會議（修正版）",
        "會議_v2",
        "會議 Ver.2",
        "會議1130415",
        "會議_0415",
        "會議_old",
    ]
    names += ["會議_備份_0415", "會議.bak", "會議-DESKTOP-A1B2", "舊-會議", "會議 (某人 的衝突副本 2024-04-15)"]
    desk.meeting(預定開放=PLANNED + ROWS)
    for name in names:
        desk.book(f"113-1/{name}.xlsx", 預定開放=PLANNED + ROWS.replace("北港", name))
    found = desk.problems()
    assert {problem["code"] for problem in found} == {"workbook-copy"}
    assert sorted(problem["workbook"] for problem in found) == sorted(f"{name}.xlsx" for name in names)


def test_a_workbook_of_a_unit_or_a_year_is_no_version(desk: Desk) -> None:
    names = ["會議資訊處", "會議113", "會議下半年", "會議2", "資料集_最終版"]
    desk.meeting()
    for name in names:
        desk.book(f"113-1/{name}.xlsx", 預定開放=f"{PLANNED}| {name} | 11312 | 企劃處 | |")
    assert desk.problems() == []
    assert figures(desk, "預定開放")["預定開放.總數"] == 5


def test_a_number_that_became_a_date_by_the_format_of_its_cell_is_an_error(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED + ROWS)
    book = openpyxl.load_workbook(desk.root / BOOK)
    book["預定開放"]["B2"].number_format = "yyyy/m/d"
    book["會議資訊"]["B2"] = 1130520
    book["會議資訊"]["B2"].number_format = '[$-404]e"年"m"月"d"日"'
    book.save(desk.root / BOOK)
    assert places(desk, "number-as-date") == ["會議資訊B2", "預定開放B2"]
    assert "數字 11304 成了西元 1930 年的日期" in {problem["text"].split("，", 1)[1] for problem in desk.problems()}


def test_a_row_that_is_only_the_rest_of_merged_cells_is_named_by_its_first_cell(desk: Desk) -> None:
    attach(desk, "| 名稱 | 件數 |\n| 甲 | 1 |\n| 乙 | 2 |\n| 丙 | 3 |\n| | |\n| 註：另計。 | |", ("B4:B5",))
    assert places(desk, "row-without-name") == ["表A5"]
