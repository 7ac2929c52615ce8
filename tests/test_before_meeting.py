"""What goes out before a meeting: the notice, the sign-in sheet and the name cards."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from conftest import AGENCY, CASES, MEETING, REPO, UNITS, Desk, docx_text
from docx.shared import Length

from generator.basic.problem import Problem
from generator.basic.workspace import MeetingId, Workspace
from generator.documents import notice
from generator.documents.document import INTERNAL, PARTICIPANTS, Document
from generator.meeting import figures, load
from generator.prose.vocabulary import Vocabulary
from generator.rules.printing import notice_is_filled_in
from generator.word import render

NAMES = ("開會通知單", "簽到單", "桌牌")
OWN_AGENCY = (
    AGENCY
    + """
| 機關地址 | 海風市潮汐路1號     |
| 聯絡人   | 孟承辦              |
| 聯絡電話 | 02-2380-0000        |
| 電子郵件 | tide@example.gov.tw |
"""
)
ROSTER = """
| 姓名         | 職稱   | 服務機關 | 身分     | 性別 |
| 陳代表       | 處長   | 潮汐署   | 機關代表 | 女   |
| 林召集       | 副首長 | 海風部   | 召集人   | 男   |
| 李代         |        | 海岸署   | 機關代表 | 男   |
| 瓦歷斯・諾幹 | 教授   | 甲大學   | 民間代表 | 男   |
| 周民間       | 理事   | 乙協會   | 民間代表 | 女   |
"""
SENT = (
    MEETING
    + """
| 主席     | 林召集                |
| 發文日期 | 113-05-06             |
| 發文字號 | 海資字第1130001234號  |
| 速別     | 速件                  |
"""
)
OBSERVERS = """
| 單位   | 姓名   | 職稱 |
| 資訊處 | 趙列席 | 專員 |
| 秘書處 |        |      |
| 資訊處 | 錢列席 | 科長 |
"""
DEPUTIES = (
    "委員應親自出席；代表政府機關出任之委員因故未能親自出席時，得指派代表出席（政府資料開放諮詢小組設置要點第七點）。"
)


@pytest.fixture
def called(desk: Desk) -> Desk:
    """A meeting to which people are called."""
    desk.book("機關.xlsx", 機關=OWN_AGENCY, 單位=UNITS, 委員=ROSTER)
    desk.meeting(會議資訊=SENT)
    desk.book("113-1/列席.xlsx", 列席=OBSERVERS)
    return desk


def composed(desk: Desk) -> tuple[dict[str, Document], list[Problem]]:
    meeting, problems = load.load(Workspace(desk.root), MeetingId(113, 1))
    assert meeting is not None, problems
    found: list[Problem] = []
    vocabulary = Vocabulary(meeting, figures.compute(meeting))
    made = [document for kind in notice.DOCUMENT_TYPES for document in kind.compose(meeting, vocabulary)]
    found += notice_is_filled_in(meeting)
    return {one.name: one for one in made}, found


def rendered(desk: Desk, name: str) -> Path:
    document = composed(desk)[0][name]
    faults: list[Problem] = []
    properties = render.Properties(document.title, "海風部", dt.date(2024, 5, 20))
    content = render.render(desk.root / "templates" / document.template_file, document.context, properties, faults)
    assert content is not None, faults
    path = desk.root / f"{name}.docx"
    path.write_bytes(content)
    return path


def lines(desk: Desk, name: str) -> list[str]:
    return [line for line in docx_text(rendered(desk, name)).splitlines() if line.strip()]


def rows(desk: Desk) -> list[list[str]]:
    """The rows of the sign-in sheet; a group is a row of one cell."""
    table = docx.Document(str(rendered(desk, "簽到單"))).tables[0]
    return [list(dict.fromkeys(cell.text for cell in row.cells)) if len({id(cell._tc) for cell in row.cells}) == 1
            else [cell.text for cell in row.cells] for row in table.rows]  # fmt: skip


# --- the notice -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_notice_has_the_official_fields_in_their_order(called: Desk) -> None:
    assert lines(called, "開會通知單") == [
        "檔　　號：",
        "保存年限：",
        "海風部　開會通知單",
        "地址：海風市潮汐路1號",
        "承辦人：孟承辦",
        "電話：02-2380-0000",
        "電子信箱：tide@example.gov.tw",
        "受文者：如出席者及列席者",
        "發文日期：中華民國113年5月6日",
        "發文字號：海資字第1130001234號",
        "速別：速件",
        "密等及解密條件或保密期限：",
        "附件：議程及會議資料",
        "開會事由：召開「潮汐資料諮詢小組」113年第1次會議",
        "開會時間：113年5月20日（星期一）下午2時30分",
        "開會地點：第1會議室",
        "主持人：林召集副首長（召集人）",
        "聯絡人及電話：孟承辦　02-2380-0000",
        "出席者：陳代表處長、李代委員、瓦歷斯・諾幹教授、周民間理事",
        "列席者：資訊處趙列席專員、錢列席科長；秘書處",
        f"備註：{DEPUTIES}",
    ]


@pytest.mark.slow
def test_fields_without_content_leave_no_line_and_the_date_room_to_fill_in(called: Desk) -> None:
    called.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER)
    called.meeting(會議資訊=MEETING)
    found = lines(called, "開會通知單")
    assert not [line for line in found if line.startswith(("地址", "承辦人", "電話", "電子信箱"))]
    assert "發文日期：中華民國　　年　　月　　日" in found
    assert "發文字號：　　　字第　　　　　　　號" in found
    assert "速別：普通件" in found
    assert "主持人：" in found


def test_the_link_of_an_online_meeting_stands_under_the_place(called: Desk) -> None:
    called.meeting(會議資訊=SENT + "| 會議連結 | https://meet.example.gov.tw/j/1?a=b&c=d |")
    found = lines(called, "開會通知單")
    below = found[found.index("開會地點：第1會議室") + 1]
    assert below.replace("&amp;", "&") == "線上會議連結：https://meet.example.gov.tw/j/1?a=b&c=d"


def test_the_convener_comes_first_where_another_member_presides(called: Desk) -> None:
    called.meeting(會議資訊=SENT.replace("林召集", "陳代表"))
    found = lines(called, "開會通知單")
    assert "主持人：陳代表處長" in found
    assert "出席者：林召集副首長、李代委員、瓦歷斯・諾幹教授、周民間理事" in found


def test_where_no_one_is_entered_the_units_of_the_cases_sit_in_once_each(called: Desk) -> None:
    (called.root / "inputs" / "113-1" / "列席.xlsx").unlink()
    twice = CASES + "| 討2 | 討論事項 | 企劃處 | 另一案，提請討論。 |\n| 臨1 | 臨時動議 | 秘書處 | 增列一案 |"
    called.meeting(會議資訊=SENT, 案由=twice)
    found = lines(called, "開會通知單")
    assert "列席者：本部資訊處、本部企劃處" in found
    assert not [line for line in found if line.startswith("副本")]


def test_the_secretariat_has_a_copy_unless_it_sits_in(called: Desk) -> None:
    called.book("113-1/列席.xlsx", 列席="| 單位 | 姓名 | 職稱 |\n| 秘書處 | | |")
    found = lines(called, "開會通知單")
    assert "副本：本部資訊處" in found
    assert "受文者：如出席者、列席者及副本" in found


def test_only_where_an_agency_is_represented_deputies_are_spoken_of(called: Desk) -> None:
    called.book("機關.xlsx", 機關=OWN_AGENCY, 單位=UNITS, 委員=ROSTER.replace("機關代表", "民間代表"))
    assert not [line for line in lines(called, "開會通知單") if line.startswith("備註")]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("請攜帶本通知單。", ["二、請攜帶本通知單。"]),
        ("請攜帶本通知單。\\n請自備環保杯。", ["二、請攜帶本通知單。", "三、請自備環保杯。"]),
        ("1. 請攜帶本通知單。\\n2. 請自備環保杯。", ["二、請攜帶本通知單。", "三、請自備環保杯。"]),
        ("一、請攜帶本通知單。\\n\\n二、請自備環保杯。", ["二、請攜帶本通知單。", "三、請自備環保杯。"]),
        ("在三樓開會。\\n二、三樓均可報到。", ["二、在三樓開會。", "三、二、三樓均可報到。"]),
    ],
)
def test_several_remarks_are_numbered_whatever_number_was_typed(called: Desk, typed: str, printed: list[str]) -> None:
    called.meeting(會議資訊=SENT + f"| 通知備註 | {typed} |")
    assert lines(called, "開會通知單")[-len(printed) - 2 :] == ["備註：", f"一、{DEPUTIES}", *printed]


# --- the sign-in sheet ------------------------------------------------------------------------------------------


def test_the_sign_in_sheet_goes_by_groups_and_only_agencies_may_send_a_deputy(called: Desk) -> None:
    assert rows(called) == [
        ["服務機關", "職稱", "姓名", "簽名", "代理人簽名"],
        ["召集人"],
        ["海風部", "副首長", "林召集", "", "—"],
        ["機關代表"],
        ["潮汐署", "處長", "陳代表", "", ""],
        ["海岸署", "", "李代", "", ""],
        ["民間代表"],
        ["甲大學", "教授", "瓦歷斯・諾幹", "", "—"],
        ["乙協會", "理事", "周民間", "", "—"],
        ["列席"],
        ["資訊處", "專員", "趙列席", "", "—"],
        ["秘書處", "", "", "", "—"],
        ["資訊處", "科長", "錢列席", "", "—"],
    ]


def test_the_head_of_the_sign_in_sheet_says_which_meeting_it_is(called: Desk) -> None:
    assert lines(called, "簽到單")[:6] == [
        "海風部",
        "「潮汐資料諮詢小組」113年第1次會議",
        "簽到單",
        "時間：113年5月20日（星期一）下午2時30分",
        "地點：第1會議室",
        "主席：林召集副首長（召集人）",
    ]


def test_rows_are_high_enough_to_sign_and_groups_stay_with_their_first_row(called: Desk) -> None:
    table = docx.Document(str(rendered(called, "簽到單"))).tables[0]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    for row in table.rows[1:]:
        group = len({id(cell._tc) for cell in row.cells}) == 1
        style = row.cells[0].paragraphs[0].style
        assert style is not None
        assert bool(style.paragraph_format.keep_with_next) == group
        assert "w:cantSplit" in row._tr.xml
        # Word and LibreOffice count a height of the row differently: the line of the signature is that high.
        line = row.cells[3].paragraphs[0].paragraph_format.line_spacing
        assert group or (isinstance(line, Length) and line.cm >= 1.15)


# --- the name cards ---------------------------------------------------------------------------------------------


def test_there_is_a_card_for_every_member_and_every_name_that_sits_in(called: Desk) -> None:
    assert lines(called, "桌牌") == [
        "海風部　副首長",
        "林召集",
        "潮汐署　處長",
        "陳代表",
        "海岸署　",
        "李　代",
        "甲大學　教授",
        "瓦歷斯・諾幹",
        "乙協會　理事",
        "周民間",
        "資訊處　專員",
        "趙列席",
        "資訊處　科長",
        "錢列席",
    ]


@pytest.mark.parametrize(
    "name", ["王明", "王小明", "歐陽小明", "瓦歷斯・諾幹", "達悟・夏曼・藍波安雅", "Maria Christopherson"]
)
def test_a_name_on_a_card_is_large_and_fits_on_its_line(called: Desk, name: str) -> None:
    called.book("機關.xlsx", 機關=OWN_AGENCY, 單位=UNITS, 委員=ROSTER.replace("陳代表", name))
    document = docx.Document(str(rendered(called, "桌牌")))
    section = document.sections[0]
    assert None not in (section.page_width, section.left_margin, section.right_margin)
    room = section.page_width.pt - section.left_margin.pt - section.right_margin.pt  # type: ignore[union-attr]
    shown = notice.spaced(name)
    card = next(one for one in document.paragraphs if one.text == shown)
    size = card.runs[0].font.size
    assert size is not None
    assert notice.width(shown) * size.pt <= room
    assert size.pt >= 72


# --- what all of them have in common ----------------------------------------------------------------------------


def test_without_a_roster_there_is_none_of_them(desk: Desk) -> None:
    desk.meeting(會議資訊=SENT)
    assert composed(desk) == ({}, [])


def test_who_may_see_them_and_that_they_are_no_part_of_the_packet(called: Desk) -> None:
    made, _ = composed(called)
    assert {name: one.audience for name, one in made.items()} == dict(
        zip(NAMES, (PARTICIPANTS, INTERNAL, INTERNAL), strict=True)
    )
    assert not any(one.joined or one.edition for one in made.values())


def test_all_that_the_notice_leaves_blank_is_one_note(called: Desk) -> None:
    called.book("機關.xlsx", 機關=AGENCY + "| 聯絡人 | |\n| 聯絡電話 | 02-1 |", 單位=UNITS, 委員=ROSTER)
    called.meeting(會議資訊=MEETING + "| 主席 | |")
    (found,) = composed(called)[1]
    assert str(found) == (
        "機關.xlsx〔機關〕B7：開會通知單有空白的欄位：聯絡人（B7）、電子郵件、機關地址、主席（會議.xlsx〔會議資訊〕B6）。"
        "請補填，或留待公文系統填入。"
    )
    assert found.severity == "note"


def test_nothing_is_said_of_a_notice_that_is_complete_or_past(called: Desk) -> None:
    assert composed(called)[1] == []
    called.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER)
    assert len(composed(called)[1]) == 1
    called.book("113-1/會議紀錄.xlsx", 紀錄資訊="| 欄位 | 內容 |\n| 紀錄狀態 | 草稿 |")
    assert composed(called)[1] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_templates_tell_of_no_author_and_have_real_headings(name: str) -> None:
    document = docx.Document(str(REPO / "templates" / f"{name}.docx"))
    assert (document.core_properties.author, document.core_properties.last_modified_by) == ("", "")
    assert "heading 1" in {one.style.name.lower() for one in document.paragraphs if one.style and one.style.name}
    assert all("w:tblCaption" in table._tbl.xml and "w:tblHeader" in table._tbl.xml for table in document.tables)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_is_rendered_passes_the_open_xml_audit(called: Desk, name: str) -> None:
    path = rendered(called, name)
    result = subprocess.run(
        [sys.executable, "-m", "openxml_audit", str(path)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


# --- through the command line -----------------------------------------------------------------------------------


def a_dozen() -> str:
    roles = ["召集人", *["機關代表"] * 7, *["民間代表"] * 5]
    people = [f"| 委員{number} | 處長 | 某機關某某處 | {role} | 女 |" for number, role in enumerate(roles, start=10)]
    return "\n".join(["| 姓名 | 職稱 | 服務機關 | 身分 | 性別 |", *people])


@pytest.mark.slow
def test_a_build_makes_them_beside_the_packet(called: Desk) -> None:
    called.book("機關.xlsx", 機關=OWN_AGENCY, 單位=UNITS, 委員=a_dozen())
    called.meeting(會議資訊=SENT.replace("林召集", "委員10"))
    result = called.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    assert set(NAMES) <= set(called.texts())


def test_check_mentions_what_the_notice_lacks(called: Desk) -> None:
    called.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER)
    assert [one["severity"] for one in called.problems() if one["code"] == "notice-blank"] == ["note"]


@pytest.mark.office
def test_the_sign_in_sheet_of_a_full_group_is_of_two_pages_and_cards_have_no_page_number(called: Desk) -> None:
    import pikepdf

    called.book("機關.xlsx", 機關=OWN_AGENCY, 單位=UNITS, 委員=a_dozen())
    link = "| 會議連結 | https://meet.example.gov.tw/j/123456789?pwd=abcdefghijklmnop |\n"
    remarks = "| 通知備註 | 請攜帶本通知單，以利報到；停車位有限，請儘量搭乘大眾運輸工具前往。\\n請自備環保杯。 |\n"
    called.meeting(會議資訊=SENT.replace("林召集", "委員10") + link + remarks)
    called.book("113-1/列席.xlsx", 列席="\n".join([OBSERVERS, *[f"| 企劃處 | 列席{n} | 科員 |" for n in range(4)]]))
    result = called.run("build", "113-1", "--format", "pdf", *(f"--only={name}" for name in NAMES))
    assert result.exit_code == 0, result.output
    pages = {}
    for name in NAMES:
        with pikepdf.open(called.output(f"{name}.pdf")) as found:
            pages[name] = len(found.pages)
            for page in found.pages:
                page.contents_coalesce()
                assert (b"/Subtype /Footer" in page.Contents.read_bytes()) == (name != "桌牌")
    assert pages == {"開會通知單": 1, "簽到單": 2, "桌牌": 13 + 6}
