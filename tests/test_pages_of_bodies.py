"""What a proof-reader sees on pages of other bodies: indents, titles, who is called what, the order of decisions."""

from __future__ import annotations

import docx
import pytest
from conftest import AGENCY, UNITS, Desk
from docx.text.paragraph import Paragraph

TITLE = "海風部港灣與航道整體規劃及水域安全管理推動委員會第28次會議"
RULES = "| 規則 | 數值 | 依據 |\n| 出席門檻 | 過半數 | 要點 |"
ROLES = "| 身分 | 屬於 |\n| 主任委員 | 召集人 |\n| 教師代表 | 其他 |"
MEMBERS = """
| 姓名   | 職稱 | 服務機關 | 身分     | 稱謂     |
| 林大年 | 次長 | 海風部   | 主任委員 | 主任委員 |
| 周明   | 教授 | 海風大學 | 教師代表 | 代表     |
| 何小雨 | 教授 | 海風大學 | 教師代表 | 代表     |
"""
INFO = """
| 欄位     | 內容      |
| 會議名稱 | {}        |
| 會議日期 | 113-05-20 |
| 開始時間 | 14:30     |
| 地點     | 第1會議室 |
| 主席     | 林大年    |
"""
CASES = """
| 案號 | 類別     | 單位           | 案由                 | 連署人     |
| 討1  | 討論事項 | 企劃處、資訊處 | 港區一案，提請討論。 | 周明、何小雨 |
"""
POINTS = """
| 案號 | 層級 | 部分 | 內容                         |
| 討1  | 1    |      | 甲。                         |
| 討1  | 2    |      | 乙。                         |
| 討1  | 3    |      | 丙。                         |
| 討1  | 4    |      | 丁。                         |
| 討1  | 4    |      | 戊。                         |
| 討1  | 1    |      | 以上所擬是否妥適，提請討論。 |
| 討1  | 1    | 擬辦 | 依說明辦理。                 |
"""
HELD = {
    "紀錄資訊": "| 欄位 | 內容 |\n| 紀錄狀態 | 草稿 |\n| 散會 | 16:30 |",
    "出席": """
| 姓名   | 身分     | 出席 |
| 林大年 | 主任委員 | 出席 |
| 周明   | 教師代表 | 出席 |
| 何小雨 | 教師代表 | 請假 |
""",
    "決議": """
| 案號 | 項次 | 內容           | 類別     | 主辦單位 | 期限      |
| 討1  | 1    | 請辦理說明會。 | 附帶決議 | 資訊處   | 113-08-01 |
| 討1  | 1    | 修正通過。     |          | 企劃處   | 113-08-01 |
| 討1  | 2    | 分年辦理。     |          | 企劃處   | 113-08-01 |
""",
}


@pytest.fixture
def built(desk: Desk) -> Desk:
    put(desk, TITLE)
    return desk


def put(desk: Desk, title: str) -> None:
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    desk.meeting("28", 會議資訊=INFO.format(title), 案由=CASES, 說明=POINTS)
    desk.book("28/會議紀錄.xlsx", **HELD)
    assert [fault for fault in desk.problems("28") if fault["severity"] != "note"] == []
    assert desk.run("build", "28", "--format", "docx").exit_code == 0


def paragraphs(desk: Desk, name: str) -> list[Paragraph]:
    return list(docx.Document(str(desk.output(f"{name}.docx", "28"))).paragraphs)


def indent(paragraph: Paragraph) -> tuple[float, float]:
    """Left and hanging indent in points: its own, or that of its style."""
    assert paragraph.style is not None
    own, style = paragraph.paragraph_format, paragraph.style.paragraph_format  # type: ignore[attr-defined]
    left = own.left_indent if own.left_indent is not None else style.left_indent
    first = own.first_line_indent if own.first_line_indent is not None else style.first_line_indent
    return left.pt, -first.pt


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "printed"),
    [
        (
            "海風部港灣與航道整體規劃及水域安全會報第28次會議",
            "海風部港灣與航道整體規劃及水域安全會報第28次會議紀錄（草稿）",
        ),
        ("海風部港灣與航道規劃會報第28次會議", "海風部港灣與航道規劃會報第28次會議紀錄\n（草稿）"),
        ("海風部港灣規劃會報第28次會議", "海風部港灣規劃會報第28次會議紀錄（草稿）"),
    ],
    ids=["whole on the second line", "cut by the margin", "on one line"],
)
def test_the_end_of_a_title_is_not_cut_in_two(desk: Desk, title: str, printed: str) -> None:
    put(desk, title)
    assert paragraphs(desk, "會議紀錄（會議版）")[0].text == printed


@pytest.mark.slow
def test_the_agency_is_not_named_twice_above_a_document(built: Desk) -> None:
    assert paragraphs(built, "01 議程")[0].text == f"{TITLE}　議程"
    put(built, "港區計畫委員會第28次會議")
    assert [each.text for each in paragraphs(built, "01 議程")[:2]] == ["海風部", "港區計畫委員會第28次會議　議程"]


@pytest.mark.slow
def test_points_of_the_fourth_level_hang_as_wide_as_their_number(built: Desk) -> None:
    (point,) = [each for each in paragraphs(built, "02 討論事項第一案") if each.text.startswith("（1）")]
    assert point.text == "（1）丁。"
    assert indent(point)[1] == 40


@pytest.mark.slow
def test_fields_hang_as_wide_as_their_names(built: Desk) -> None:
    names = ("連署人：", "附帶決議：")
    lines = [each for each in paragraphs(built, "會議紀錄（會議版）") if each.text.startswith(names)]
    found = {each.text.partition("：")[0]: indent(each) for each in lines}
    assert found["連署人"] == (48 + 64, 64)
    assert found["附帶決議"] == (48 + 80, 80)


@pytest.mark.slow
def test_members_are_called_by_the_word_that_they_share(built: Desk) -> None:
    lines = [each.text for each in paragraphs(built, "會議紀錄（會議版）")]
    assert "出席代表：林主任委員大年、周代表明" in lines
    assert "請假代表：何代表小雨" in lines


@pytest.mark.slow
def test_a_remark_without_a_name_is_of_the_word_that_members_share(built: Desk) -> None:
    remarks = "| 案號 | 順序 | 發言者 | 類型 | 記名方式 | 內容 |\n| 討1 | 1 | 周明 | 委員意見 | 不記名 | 宜分年辦理。 |"
    built.book("28/會議紀錄.xlsx", **HELD, 發言=remarks)
    assert built.run("build", "28", "--format", "docx").exit_code == 0
    assert "代表：宜分年辦理。" in [each.text for each in paragraphs(built, "會議紀錄（會議版）")]


@pytest.mark.slow
def test_tasks_have_the_decisions_before_what_was_attached_to_them(built: Desk) -> None:
    table = docx.Document(str(built.output("決議分辦表.docx", "28"))).tables[0]
    assert [row.cells[2].text for row in table.rows[1:]] == ["修正通過。", "分年辦理。", "附帶決議：請辦理說明會。"]


@pytest.mark.slow
def test_a_notice_without_anyone_to_ask_does_not_print_an_empty_line(built: Desk) -> None:
    assert "聯絡人" not in built.texts("28")["開會通知單"]


@pytest.mark.slow
def test_the_request_may_end_the_explanation_or_what_follows_it(built: Desk) -> None:
    moved = POINTS.replace("| 以上所擬是否妥適，提請討論。 |", "| 略。 |")
    built.meeting("28", 會議資訊=INFO.format(TITLE), 案由=CASES, 說明=moved)
    assert [fault["code"] for fault in built.problems("28") if fault["severity"] == "warning"] == ["no-request"]
    last = moved.replace("| 依說明辦理。                 |", "| 以上所擬是否妥適，提請討論。 |")
    built.meeting("28", 會議資訊=INFO.format(TITLE), 案由=CASES, 說明=last)
    assert [fault["code"] for fault in built.problems("28") if fault["severity"] == "warning"] == []
