"""The language of 說明: strict, sandboxed, every fault at its cell; and data that are never taken for it."""

from __future__ import annotations

import docx
import pytest
from conftest import EXPLANATIONS, MEETING, Desk

ASK = "以上所擬是否妥適，提請討論。"
GONE = "| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |\n| 甲 | 資訊處 | 停辦 | |\n| 乙 | 秘書處 | 停辦 | |"


def points(*texts: str) -> str:
    """A sheet 說明 of 討1 with these points, and the closing request. Bars in the texts are meant as such."""
    rows = [f"| 討1 | 1 | | {text.replace('|', chr(92) + '|')} |" for text in (*texts, ASK)]
    return "\n".join(["| 案號 | 層級 | 標題 | 內容 |", *rows])


def faults(desk: Desk, *texts: str, **sheets: str) -> list[tuple[str, str]]:
    """Code and cell of every problem of a meeting with these points, warnings about numbers aside."""
    desk.meeting(說明=points(*texts), **sheets)
    return [(one["code"], one["sheet"] + one["cell"]) for one in desk.problems() if one["code"] != "loose-number"]


def printed(desk: Desk, *texts: str, **sheets: str) -> list[str]:
    """The paragraphs of the built case with these points."""
    desk.meeting(說明=points(*texts), **sheets)
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    return next(text for name, text in desk.texts().items() if name.endswith("討論事項第一案")).splitlines()


# --- Names ------------------------------------------------------------------------------------------------------


def test_figures_take_the_place_of_their_names(desk: Desk) -> None:
    lines = printed(desk, "{{ 機關.自稱 }}{{ 會議.年度 }}年於{{ 會議.地點 }}開會，{{　會議.時間　}}。")
    assert "一、本部113年於第1會議室開會，113年5月20日（星期一）下午2時30分。" in lines


def test_an_unknown_name_is_an_error_at_its_cell_with_the_nearest_known(desk: Desk) -> None:
    assert faults(desk, "某事。", "{{ 會議.年份 }}年。") == [("unknown-name", "說明D3")]
    [problem] = desk.problems()
    assert problem["severity"] == "error"
    assert problem["text"] == "沒有「會議.年份」這個名稱"
    assert problem["remedy"].startswith("是否為「會議.年度」？")


def test_unknown_names_are_reported_all_at_once(desk: Desk) -> None:
    texts = ("{{ 會議.年份 }}{{ 會議.場所 }}", "{% if 機關.別名 %}某{% endif %}", "{{ 會議.日期|年月日 }}{{ 無此名 }}")
    assert faults(desk, *texts) == [
        ("unknown-name", "說明D2"),
        ("unknown-name", "說明D2"),
        ("unknown-name", "說明D3"),
        ("unknown-name", "說明D4"),
    ]
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert all(name in result.output for name in ("會議.年份", "會議.場所", "機關.別名", "無此名"))
    assert not desk.output().exists()


@pytest.mark.parametrize(
    ("sheets", "place"),
    [
        ({"案由": "| 案號 | 類別 | 單位 | 案由 |\n| 討1 | 討論事項 | 資訊處 | {{ 無此名 }}案，提請討論。 |"}, "案由D2"),
        ({"附件": "| 案號 | 名稱 | 來源 | 標題 |\n| 討1 | 圖 | 另附 | {{ 無此名 }} |"}, "附件D2"),
        ({"附件": "| 案號 | 名稱 | 來源 | 副標題 |\n| 討1 | 圖 | 另附 | {{ 無此名 }} |"}, "附件D2"),
        (
            {"附件": "| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | 另附 |", "附註": "| 附件 | 內容 |\n| 圖 | {{ 無此名 }} |"},
            "附註B2",
        ),
    ],
)
def test_names_are_looked_at_wherever_prose_stands(desk: Desk, sheets: dict[str, str], place: str) -> None:
    assert ("unknown-name", place) in faults(desk, "某事。", **sheets)


def test_names_in_a_bold_lead_are_looked_at(desk: Desk) -> None:
    desk.meeting(說明=EXPLANATIONS.replace("| 1    |      | 依", "| 1    | {{ 無此名 }} | 依"))
    assert [(one["code"], one["sheet"] + one["cell"]) for one in desk.problems()] == [("unknown-name", "說明C2")]


def test_a_group_of_names_must_be_followed_by_one_of_them(desk: Desk) -> None:
    assert faults(desk, "{{ 會議 }}") == [("name-incomplete", "說明D2")]
    assert "會議.年度" in desk.problems()[0]["remedy"]


def test_a_name_that_is_no_identifier_is_written_in_brackets(desk: Desk) -> None:
    totals = "| 名稱 | 數值 | 出處 |\n| 3月瀏覽次數 | 1896 | 平臺 |"
    assert "一、計1,896次。" in printed(desk, '計{{ 統計數字["3月瀏覽次數"] }}次。', 統計數字=totals)
    assert faults(desk, '{{ 統計數字["4月瀏覽次數"] }}', 統計數字=totals) == [("unknown-name", "說明D2")]


def test_a_cell_has_no_loops_and_makes_no_names_of_its_own(desk: Desk) -> None:
    text = "{% set 數 = 下架清單.總數 %}計{{ 數 }}項。"
    assert faults(desk, text, 下架清單=GONE) == [("prose-failed", "說明D2")]
    text = "{% for 位 in 下架清單.單位 %}{{ 位 }}：{% endfor %}"
    assert faults(desk, text, 下架清單=GONE) == [("prose-failed", "說明D2")]


# --- Filters and syntax -----------------------------------------------------------------------------------------


def test_values_are_written_as_the_sentence_wants_them(desk: Desk) -> None:
    text = (
        "{{ 會議.資料基準日 }}、{{ 會議.資料基準日|年月日 }}、{{ 會議.資料基準日|月日 }}、{{ 會議.資料基準日|年月日0 }}"
    )
    assert "一、113-05-01、113年5月1日、5月1日、113年05月01日" in printed(desk, text)
    text = "{{ 會議.日期|星期 }}、{{ 會議.日期|前一日|月日 }}"
    assert "一、星期一、5月19日" in printed(desk, text)
    text = "{{ 統計數字.甲|萬 }}、{{ 統計數字.乙|國字 }}、{{ 統計數字.甲 }}"
    totals = "| 名稱 | 數值 | 出處 |\n| 甲 | 2389999 | 平臺 |\n| 乙 | 12 | 平臺 |"
    assert "一、238萬、十二、2,389,999" in printed(desk, text, 統計數字=totals)


def test_a_name_of_a_table_is_spelt_as_prose_spells_it(desk: Desk) -> None:
    assert "一、資訊處、秘書處" in printed(desk, "{{ 下架清單.單位 }}", 下架清單=GONE)
    lines = printed(desk, "{{ 會議.地點|正文 }}", 會議資訊=MEETING.replace("第1會議室", "甲-乙(XML)"))
    assert "一、甲—乙（XML）" in lines


def test_an_unknown_filter_is_an_error_with_the_nearest_known(desk: Desk) -> None:
    assert faults(desk, "{{ 會議.日期|年月 }}") == [("unknown-filter", "說明D2")]
    [problem] = desk.problems()
    assert problem["text"] == "沒有「|年月」這種寫法"
    assert "是否為「年月日」？" in problem["remedy"] or "是否為「月日」？" in problem["remedy"]


@pytest.mark.parametrize("name", ["upper", "safe", "attr", "map", "format", "tojson", "xmlattr"])
def test_the_filters_of_jinja_are_not_there(desk: Desk, name: str) -> None:
    assert faults(desk, f"{{{{ 會議.地點|{name} }}}}") == [("unknown-filter", "說明D2")]


def test_unknown_filters_and_names_of_one_text_are_reported_together(desk: Desk) -> None:
    assert sorted(faults(desk, "{{ 會議.年份|年月 }}{{ 會議.日期|月月日 }}")) == [
        ("unknown-filter", "說明D2"),
        ("unknown-filter", "說明D2"),
        ("unknown-name", "說明D2"),
    ]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("於{{ 會議.地點 }召開", "{{ 會議.地點 }召開"),
        ("於{{ 會議.地點", "{{ 會議.地點"),
        ("於{{ 會議.年度 }}年{{ 會議 地點 }}召開", "{{ 會議 地點 }}"),
        ("於{{ }}召開", "{{ }}"),
        ("{% 會議.地點 %}", "{% 會議.地點 %}"),
        ("{% if 會議.地點 %}某事", "{% if 會議.地點 %}"),
        ("於{{ 會議，地點 }}召開", "{{ 會議，地點 }}"),
    ],
)
def test_a_tag_that_cannot_be_read_is_shown(desk: Desk, text: str, tag: str) -> None:
    assert faults(desk, text) == [("prose-syntax", "說明D2")]
    [problem] = [one for one in desk.problems() if one["severity"] == "error"]
    assert problem["text"] == f"標籤寫法有誤（{tag}）"


@pytest.mark.parametrize(
    "text",
    [
        "｛｛ 會議.年度 ｝｝年",
        "{{ 會議.年度 ｝｝年",
        "｛{ 會議.年度 }}年",
        "{{ 會議.年度 }｝年",
        "｛% if 會議.年度 %｝年",
    ],
)
def test_full_width_braces_are_an_error(desk: Desk, text: str) -> None:
    assert faults(desk, text) == [("full-width-braces", "說明D2")]
    assert "半形：{{ 名稱 }}" in desk.problems()[0]["remedy"]


def test_a_single_brace_is_text(desk: Desk) -> None:
    assert "一、集合｛甲、乙｝與 {丙}。" in printed(desk, "集合｛甲、乙｝與 {丙}。")


@pytest.mark.parametrize(
    "text", ["{{ 會議.日期|萬 }}", "{{ 會議.年度|年月日 }}", "{{ 會議.地點|月日 }}", "{{ 統計數字.零|國字 }}"]
)
def test_a_value_that_a_filter_cannot_take_is_an_error_in_the_users_language(desk: Desk, text: str) -> None:
    totals = "| 名稱 | 數值 | 出處 |\n| 零 | 0 | 平臺 |"
    assert faults(desk, text, 統計數字=totals) == [("prose-failed", "說明D2")]
    [problem] = desk.problems()
    assert problem["text"] == "標籤無法套用：這個值不能這樣用"


# --- The sandbox ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['__class__'] }}",
        "{{ ().__class__ }}",
        "{{ 附件.__globals__ }}",
        "{{ 會議.__class__ }}",
        "{{ 會議.地點.__class__ }}",
        "{{ self.__init__ }}",
        "{{ 會議.日期.today() }}",
        "{{ 會議.地點.upper() }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ range(999999999) }}",
        "{{ cycler('a') }}",
        "{{ lipsum(9) }}",
        "{{ namespace() }}",
        "{% include '會議' %}",
        "{% import '會議' as 會 %}",
    ],
)
def test_nothing_but_the_vocabulary_can_be_reached(desk: Desk, text: str) -> None:
    found = faults(desk, text)
    assert found
    assert {place for _, place in found} == {"說明D2"}
    assert {code for code, _ in found} <= {"unknown-name", "name-incomplete", "prose-failed", "prose-syntax"}


# --- 附件() -----------------------------------------------------------------------------------------------------

FOUR = """
| 案號 | 名稱 | 來源 |
| 報1  | 甲   | 另附 |
| 討1  | 子   | 另附 |
| 討1  | 丑   | 另附 |
| 討1  | 寅   | 另附 |
| 討1  | 卯   | 另附 |
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "label"),
    [
        ('"子"', "附件1"),
        ('"丑", "寅"', "附件2至3"),
        ('"子", "寅"', "附件1、3"),
        ('"寅", "子"', "附件1、3"),
        ('"子", "丑", "卯"', "附件1至2、4"),
        ('"丑", "丑"', "附件2"),
        ('"甲"', "報告事項第一案附件"),
        ('"甲", "子"', "報告事項第一案附件、附件1"),
        ('"子", "甲", "丑"', "附件1至2、報告事項第一案附件"),
    ],
)
def test_attachments_are_named_by_their_numbers(desk: Desk, names: str, label: str) -> None:
    lines = printed(desk, f"資料（如{{{{ 附件({names}) }}}}）。", 附件=FOUR)
    assert f"一、資料（如{label}）。" in lines


def test_a_lone_attachment_has_no_number(desk: Desk) -> None:
    lines = printed(desk, '資料（如{{ 附件("圖") }}）。', 附件="| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | 另附 |")
    assert "一、資料（如附件）。" in lines
    assert "04 討論事項第一案 附件 圖" in desk.texts()


def test_numbers_follow_the_order_of_the_sheet(desk: Desk) -> None:
    head, *rows = FOUR.strip().splitlines()
    lines = printed(desk, '如{{ 附件("子") }}。', 附件="\n".join([head, *reversed(rows)]))
    assert "一、如附件4。" in lines


def test_attachments_of_another_case_have_its_title_and_numbers(desk: Desk) -> None:
    report = '\n| 報1 | 1 | | 如{{ 附件("甲") }}、{{ 附件("丑", "寅") }}。 |'
    desk.meeting(說明=points("某事。") + report, 附件=FOUR)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert "如附件、討論事項第一案附件2至3。" in desk.texts()["02 報告事項第一案"]


def test_an_attachment_that_is_not_there_is_an_error_with_the_nearest(desk: Desk) -> None:
    attachments = "| 案號 | 名稱 | 來源 |\n| 討1 | 預定開放清單 | 另附 |"
    found = faults(desk, '如{{ 附件("預定開放清冊") }}。', 附件=attachments)
    assert ("unknown-name", "說明D2") in found
    [problem] = [one for one in desk.problems() if one["code"] == "unknown-name"]
    assert problem["text"] == '沒有「附件("預定開放清冊")」這個名稱'
    assert '是否為「附件("預定開放清單")」？' in problem["remedy"]


@pytest.mark.parametrize("text", ["如{{ 附件() }}。", "如{{ 附件 }}。", "如{{ 附件(會議.地點) }}。"])
def test_an_attachment_must_be_named(desk: Desk, text: str) -> None:
    [(code, place)] = faults(desk, text)
    assert code in ("prose-failed", "unknown-name")
    assert place == "說明D2"


# --- Data are no template ---------------------------------------------------------------------------------------

DATA = [
    'A<B & "C"',
    "{_{ y }_}",
    "{_% y %_}",
    "'甲' > \"乙\"",
    "&lt;甲&gt; &amp;",
    "<w:t>甲</w:t>",
    "]]>",
]
TAGS = ["{{ x }}", "{{ 會議.年度 }}", "{% raw %}", "{% endraw %}", "{% if %}", "{# 註 #}", "｛｛ 甲 ｝｝"]


@pytest.mark.slow
@pytest.mark.parametrize("text", DATA)
def test_data_print_as_they_are(desk: Desk, text: str) -> None:
    desk.meeting(
        會議資訊=MEETING.replace("第1會議室", text),
        案由="""
        | 案號 | 類別     | 單位   | 案由                 | 範本                   |
        | 報1  | 報告事項 | 資訊處 | 辦理情形，報請鑒察。 | 上次會議決定辦理情形   |
        | 討1  | 討論事項 | 資訊處 | 某案，提請討論。     |                        |
        """,
        說明=points('於{{ 會議.地點 }}（如{{ 附件("下架", "站", "要點") }}）。'),
        上次會議決定=f"| 類別 | 案由 | 決定（議） | 辦理情形 |\n| 報告事項 | 案{text} | 決{text} | 辦{text} |",
        附件="""
        | 案號 | 名稱 | 來源            |
        | 討1  | 下架 | 工作表:下架清單 |
        | 討1  | 站   | 工作表:潮位站   |
        | 討1  | 要點 | 共用:要點       |
        """,
        下架清單=f"| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |\n| 名{text} | 資訊處 | 因{text} | 註{text} |",
        潮位站=f"| 站名 | 頭{text} |\n| 站{text} | 某 |",
    )
    desk.book("共用/要點.xlsx", 條文=f"| 層級 | 條號 | 內容 |\n| 名稱 | | 要點{text} |\n| 1 | 一、 | 文{text} |")
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    texts = desk.texts()
    assert text in texts["01 議程"]
    assert f"於{text}（如附件1至3）。" in texts["03 討論事項第一案"]
    for mark, name in (
        ("案決辦", "02 報告事項第一案"),
        ("名因註", "04 討論事項第一案 附件1 下架"),
        ("頭站", "05 討論事項第一案 附件2 站"),
        ("文", "06 討論事項第一案 附件3 要點"),
    ):
        for sign in mark:
            assert f"{sign}{text}" in texts[name], (name, sign)
    for path in desk.output().glob("*.docx"):
        docx.Document(str(path))


@pytest.mark.parametrize("text", TAGS)
def test_a_tag_in_a_cell_that_takes_none_is_an_error_there_and_fills_in_nothing(desk: Desk, text: str) -> None:
    gone = f"| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |\n| 名{text} | 資訊處 | 原因 | |"
    assert faults(desk, "{{ 下架清單.總數 }}項。", 下架清單=gone) == [("tag-in-cell", "下架清單A2")]


def test_data_are_counted_as_data_by_the_rules_too(desk: Desk) -> None:
    gone = "| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |\n| {_{ 無此名 }_} | 資訊處 | % 壞 | ｛甲｝ 99 |"
    assert faults(desk, "{{ 下架清單.總數 }}項。", 下架清單=gone) == []
