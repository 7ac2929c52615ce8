"""The slide deck: the sheet 簡報 through templates/簡報.pptx. What is on the slides, and what must not be."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from conftest import AGENCY, REPO, Desk
from lxml import etree
from pptx import Presentation

from generator.meeting.sheets import LAYOUTS
from generator.pdf import office as pdf
from generator.slides import lettering, render
from generator.slides.lettering import Paragraph

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
DECK = "03 報告事項第一案 附件1 簡報.pptx"
MOTTO = "熱誠 · 公正 · 效率 · 精確"
ENGLISH = "Directorate-General of Budget, Accounting and Statistics, Executive Yuan, R.O.C. (Taiwan)"
TABS = ("召開會議", "議事重點", "會議資料開放")

# The slides that were shown, line by line. Marks of lists are not part of a line; nothing is told of the chart.
SHOWN = [
    ("行政院主計總處", "政府資料開放諮詢小組運作機制", "113年4月29日", MOTTO, "行政院主計總處", ENGLISH),
    ("大綱", "01 運作依據", "02 運作架構", "03 議事規則", MOTTO, "行政院主計總處", ENGLISH, "1"),
    (
        "運作依據",
        "法規依據",
        "政府資料開放諮詢小組設置要點",
        "行政院所屬二級機關政府資料開放諮詢小組運作指引",
    ),
    ("運作架構",),
    (
        "議事規則（一）",
        *TABS,
        "開會頻率：每年以召開2次為原則，並得視需要召開臨時會議。",
        "開會人數：應有委員總數二分之一以上出席，出席委員中之民間代表應至少3人，始得開會。",
        "會議資料：於會議召開前5個工作日，將會議議程、會議資料草案，提供委員及與會人員參閱。",
        "會議紀錄：應載明各方意見，以記名、公開為原則（委員不記名或不公開者於發言前事先聲明）。",
    ),
    (
        "議事規則（二）",
        *TABS,
        "一、檢視資料開放推動成果並提供相關意見。",
        "二、檢視民間需求之回應說明並確認回應說明之適切性。",
        "三、檢視或審議資料盤點結果。",
        "四、每年檢核年度資料開放績效指標及執行成效，並滾動修正本總處「資料開放行動方案」。",
        "五、詳請參閱附件3「議事重點」。",
    ),
    (
        "議事規則（三）",
        *TABS,
        "一、8個工作日內：",
        "本總處將會議紀錄草稿以電子郵件提供委員及與會相關人員參閱。",
        "若有修正意見，請委員於通知時限內回復；若未回復，視同無意見。",
        "二、14個工作日內：",
        "本總處將會議資料及紀錄開放於政府資料開放平臺，供外界檢視。",
    ),
    ("簡報完畢", "敬請指導"),
]

SMALL = """
| 版面   | 標題     | 層級 | 內容                       |
| 封面   | 本組簡介 |      | {{ 會議.日期 }}            |
| 條列   | 依據     | 1    | 要點                       |
|        |          | 2    | 第一點                     |
"""
ATTACHED = """
| 案號 | 名稱 | 來源        |
| 討1  | 簡報 | 工作表:簡報 |
"""
POINTING = """
| 案號 | 層級 | 標題 | 內容                                 |
| 討1  | 1    |      | 簡介如{{ 附件("簡報") }}。           |
| 討1  | 1    |      | 以上所擬是否妥適，提請討論。         |
"""
SMALL_DECK = "04 討論事項第一案 附件 簡報.pptx"


def folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def texts(slide: Any) -> list[str]:
    """The paragraphs of a slide in the order in which it is read."""
    root = slide._element
    found = []
    for paragraph in root.iter(f"{A}p"):
        parts = ["\n" if one.tag == f"{A}br" else one.text or "" for one in paragraph.iter(f"{A}t", f"{A}br")]
        found.append("".join(parts))
    return found


def opened(desk: Desk, name: str = DECK) -> Any:
    return Presentation(str(desk.output(name)))


def built(desk: Desk, name: str = DECK) -> Any:
    """The deck after a build without PDF."""
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    return opened(desk, name)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The first meeting of 113, built once for the tests that only look at its deck."""
    desk = Desk(tmp_path_factory.mktemp("shown") / "工作區")
    desk.root.mkdir()
    for part in ("inputs", "templates"):
        shutil.copytree(REPO / part, desk.root / part)
    built(desk)
    return desk


def with_deck(desk: Desk, table: str = SMALL, attached: str = ATTACHED, **changed: str) -> Desk:
    desk.meeting(簡報=table, 附件=attached, 說明=POINTING, **changed)
    return desk


def sheet(desk: Desk) -> Any:
    """The deck's workbook of 113-1, to be changed and saved."""
    return openpyxl.load_workbook(desk.root / "inputs" / "113-1" / "簡報.xlsx")


def change_deck(desk: Desk, cell: str, value: object) -> None:
    book = sheet(desk)
    book["簡報"][cell] = value
    book.save(desk.root / "inputs" / "113-1" / "簡報.xlsx")


def set_agency(desk: Desk, field: str, value: object) -> None:
    path = desk.root / "inputs" / "機關.xlsx"
    book = openpyxl.load_workbook(path)
    row = next((row for row in book["機關"].iter_rows() if row[0].value == field), None)
    if row is None:
        book["機關"].append([field, value])
    else:
        row[1].value = value
    book.save(path)


def reported(desk: Desk, *codes: str) -> list[tuple[str, str, str]]:
    """(code, sheet, cell) of the problems of these kinds."""
    return [(one["code"], one["sheet"], one["cell"]) for one in desk.problems() if one["code"] in codes]


# --- what is on the slides --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_line_of_the_slides_that_were_shown_is_on_the_slides_in_order(shown: Desk) -> None:
    deck = opened(shown)
    assert len(deck.slides) == len(SHOWN)
    for slide, lines in zip(deck.slides, SHOWN, strict=True):
        text, place = folded("".join(texts(slide))), 0
        for line in lines:
            found = text.find(folded(line), place)
            assert found >= 0, (line, text[place:])
            place = found + len(folded(line))


@pytest.mark.slow
def test_a_slide_says_nothing_more_than_it_should(shown: Desk) -> None:
    deck = opened(shown)
    foot = folded(f"{MOTTO}行政院主計總處{ENGLISH}")
    chart = folded("召集人機關代表7人民間代表5人幕僚單位主計資訊處")
    for number, (slide, lines) in enumerate(zip(deck.slides, SHOWN, strict=True)):
        expected = folded("".join(lines))
        if number > 1:
            expected += chart if number == 3 else ""
            expected += f"{foot}{number}"
        assert folded("".join(texts(slide))) == expected


def test_every_slide_but_the_cover_has_its_number_and_the_cover_does_not_count(shown: Desk) -> None:
    deck = opened(shown)
    numbers = [
        [field.find(f"{A}t").text for field in slide._element.iter(f"{A}fld") if field.get("type") == "slidenum"]
        for slide in deck.slides
    ]
    assert numbers == [[], ["1"], ["2"], ["3"], ["4"], ["5"], ["6"], ["7"]]
    assert deck.part._element.get("firstSlideNum") == "0"


def test_each_slide_has_a_real_title_that_is_read_first(shown: Desk) -> None:
    deck = opened(shown)
    titles = [slide.shapes.title.text_frame.text.replace("\v", "\n") for slide in deck.slides]
    assert titles == [
        "行政院主計總處\n政府資料開放諮詢小組運作機制",
        *(lines[0] for lines in SHOWN[1:-1]),
        "簡報完畢\n敬請指導",
    ]
    for slide in deck.slides:
        assert slide.shapes[0].shape_id == slide.shapes.title.shape_id


@pytest.mark.slow
def test_no_placeholder_is_left_empty_and_no_sample_text_remains(own_desk: Desk) -> None:
    set_agency(own_desk, "標語", None)
    set_agency(own_desk, "英文名稱", None)
    deck = built(own_desk)
    for slide in deck.slides:
        for shape in slide.placeholders:
            assert shape.text_frame.text.strip(), shape.name
        assert not {"內容", "內容第二層", "標語", "頁尾", "架構圖", "頁籤", "目前頁籤"} & set(texts(slide))
        assert "行政院主計總處" in texts(slide)
    assert len(list(deck.part.package.iter_parts())) == len({part.partname for part in deck.part.package.iter_parts()})


def shows_through(deck: Any) -> list[str]:
    """What LibreOffice 25.2 prints behind a slide, text and frame: placeholders of its layout that the slide lacks."""
    return [
        shape.name
        for slide in deck.slides
        for shape in slide.slide_layout.placeholders
        if shape.placeholder_format.idx not in {own.placeholder_format.idx for own in slide.placeholders}
    ]


def test_no_text_of_a_layout_shows_behind_a_chart_or_a_bar_of_tabs(shown: Desk) -> None:
    deck = opened(shown)
    assert shows_through(deck) == []
    chart, tabs = (deck.slides[number].slide_layout for number in (3, 4))
    assert [shape.name for shape in chart.placeholders] == ["標題", "標語", "頁尾", "頁碼"]
    assert [shape.name for shape in tabs.placeholders] == ["標題", "內容", "標語", "頁尾", "頁碼"]


def test_a_slide_without_points_shows_no_text_of_its_layout_and_the_others_keep_their_looks(desk: Desk) -> None:
    deck = built(with_deck(desk, SMALL + "| 條列 | 只有標題 | | |\n"), SMALL_DECK)
    assert shows_through(deck) == []
    (content,) = (shape for shape in deck.slides[1].placeholders if shape.name == "內容")
    assert content.width == Presentation(REPO / "templates" / "簡報.pptx").slide_layouts[2].placeholders[1].width
    layouts = [slide.slide_layout for slide in deck.slides]
    assert len({layout.part.partname for layout in layouts}) == len({layout.name for layout in layouts}) + 1
    assert all(layout in deck.slide_master.slide_layouts for layout in layouts)


def test_a_chart_on_the_layout_of_another_slide_has_no_frame_behind_it(desk: Desk) -> None:
    def share(deck: Any) -> None:
        for shape in sample(deck, "架構圖").placeholders:
            shape.left, shape.top, shape.width, shape.height = shape.left, shape.top, shape.width, shape.height
        (relation,) = (
            found for found in sample(deck, "架構圖").part.rels.values() if found.reltype.endswith("/slideLayout")
        )
        relation._target = sample(deck, "條列").slide_layout.part

    restyle(desk, share)
    deck = built(with_deck(desk, SMALL + "| 架構圖 | 架構 | 1 | 處長 |\n"), SMALL_DECK)
    assert shows_through(deck) == []


def test_every_run_is_marked_as_the_chinese_of_taiwan(shown: Desk) -> None:
    for slide in opened(shown).slides:
        runs = list(slide._element.iter(f"{A}rPr"))
        assert runs
        assert {run.get("lang") for run in runs} == {"zh-TW"}


@pytest.mark.slow
def test_properties_come_from_the_meeting_and_the_same_inputs_give_the_same_bytes(own_desk: Desk) -> None:
    core = built(own_desk).core_properties
    assert core.title == "「政府資料開放諮詢小組」113年第1次會議報告事項第一案附件1 簡報"
    assert (core.author, core.last_modified_by, core.language) == ("行政院主計總處", "行政院主計總處", "zh-TW")
    assert f"{core.created:%Y-%m-%d} {core.modified:%Y-%m-%d}" == "2024-04-29 2024-04-29"
    content = own_desk.output(DECK).read_bytes()
    shutil.rmtree(own_desk.root / "output")
    built(own_desk)
    assert own_desk.output(DECK).read_bytes() == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.slow
def test_the_deck_and_its_template_pass_the_open_xml_audit(own_desk: Desk) -> None:
    built(own_desk)
    for path in (own_desk.output(DECK), REPO / "templates" / "簡報.pptx"):
        command = [sys.executable, "-m", "openxml_audit", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


# --- chart and tabs ---------------------------------------------------------------------------------------------


def group(slide: Any) -> Any:
    found = [shape for shape in slide.shapes if shape.shape_type is not None and shape.shape_type.name == "GROUP"]
    assert len(found) == 1
    return found[0]


@pytest.mark.slow
def test_the_chart_is_drawn_from_the_roster_with_boxes_joined_by_connectors(own_desk: Desk) -> None:
    path = own_desk.root / "inputs" / "機關.xlsx"
    book = openpyxl.load_workbook(path)
    last = max(row[0].row for row in book["委員"].iter_rows() if row[0].value)
    assert book["委員"].cell(last, 4).value == "民間代表"
    book["委員"].delete_rows(last)
    book.save(path)
    chart = group(built(own_desk).slides[3])
    boxes = {shape.shape_id: shape for shape in chart.shapes if shape.has_text_frame}
    names = {key: shape.text_frame.paragraphs[0].text for key, shape in boxes.items()}
    assert [shape.text_frame.text for shape in boxes.values()] == [
        "召集人",
        "機關代表\n7人",
        "民間代表\n4人",
        "幕僚單位\n主計資訊處",
    ]
    ends = set()
    for connector in chart._element.iter(f"{P}cxnSp"):
        begin, end = connector.find(f".//{A}stCxn"), connector.find(f".//{A}endCxn")
        ends.add((names[int(begin.get("id"))], names[int(end.get("id"))]))
        assert connector.find(f"{P}nvCxnSpPr/{P}cNvPr").get("descr")
    assert ends == {
        ("召集人", "機關代表"),
        ("召集人", "民間代表"),
        ("機關代表", "幕僚單位"),
        ("民間代表", "幕僚單位"),
    }
    said = chart._element.find(f"{P}nvGrpSpPr/{P}cNvPr").get("descr")
    assert said == "組織圖，由上而下：召集人；機關代表7人、民間代表4人；幕僚單位主計資訊處。"


def test_the_boxes_stand_in_their_room_and_do_not_touch(shown: Desk) -> None:
    deck = opened(shown)
    boxes = [shape for shape in group(deck.slides[3]).shapes if shape.has_text_frame]
    for box in boxes:
        assert box.left > 0
        assert box.left + box.width < deck.slide_width
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart = one.left + one.width < other.left or other.left + other.width < one.left
            assert apart or one.top + one.height < other.top or other.top + other.height < one.top
    middle = {box.left + box.width // 2 for box in (boxes[0], boxes[3])}
    assert max(middle) - min(middle) <= 1


def test_without_a_roster_the_chart_gives_no_numbers(desk: Desk) -> None:
    table = "| 版面 | 標題 | 層級 | 內容 |\n| 架構圖 | 架構 | | |"
    chart = group(built(with_deck(desk, table), SMALL_DECK).slides[0])
    assert [one.text_frame.text for one in chart.shapes if one.has_text_frame] == [
        "召集人",
        "機關代表",
        "民間代表",
        "幕僚單位\n資訊處",
    ]


def test_rows_below_a_chart_are_its_boxes(desk: Desk) -> None:
    table = """
    | 版面   | 標題   | 層級 | 內容                    |
    | 架構圖 | 架構   | 1    | 部長                    |
    |        | 甲處   | 2    | {{ 會議.年度 }}年       |
    |        |        | 2    | 乙處                    |
    """
    chart = group(built(with_deck(desk, table), SMALL_DECK).slides[0])
    assert [one.text_frame.text for one in chart.shapes if one.has_text_frame] == ["部長", "甲處\n113年", "乙處"]


def test_the_present_tab_is_marked_by_more_than_its_colour(shown: Desk) -> None:
    deck = opened(shown)
    for number, present in enumerate(TABS, start=4):
        bar = group(deck.slides[number])
        marked = {}
        for shape in bar.shapes:
            level = shape._element.find(f"{P}txBody/{A}lstStyle/{A}lvl1pPr/{A}defRPr")
            marked[shape.text_frame.text] = (level.get("b"), level.get("u"))
        assert marked == {tab: ("1", "sng") if tab == present else ("0", None) for tab in TABS}
        said = bar._element.find(f"{P}nvGrpSpPr/{P}cNvPr").get("descr")
        assert said == "頁籤：" + "、".join(f"{tab}（目前）" if tab == present else tab for tab in TABS)


def test_slides_of_another_topic_have_a_bar_of_their_own(desk: Desk) -> None:
    table = """
    | 版面 | 標題     | 層級 | 內容 | 頁籤 |
    | 頁籤 | 甲（一） | 1    | 一   | 天   |
    | 頁籤 | 甲（二） | 1    | 二   | 地   |
    | 頁籤 | 甲（三） | 1    | 三   | 地   |
    | 頁籤 | 乙       | 1    | 四   | 人   |
    """
    deck = built(with_deck(desk, table), SMALL_DECK)
    bars = [[shape.text_frame.text for shape in group(slide).shapes] for slide in deck.slides]
    assert bars == [["天", "地"], ["天", "地"], ["天", "地"], ["人"]]


# --- where it comes from ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_deadlines_and_numbers_on_the_slides_follow_the_settings_and_the_attachments(own_desk: Desk) -> None:
    set_agency(own_desk, "紀錄草稿工作日", 9)
    path = own_desk.root / "inputs" / "113-1" / "會議.xlsx"
    book = openpyxl.load_workbook(path)
    rows = book["附件"]
    for column in range(1, 7):
        rows.cell(3, column).value, rows.cell(4, column).value = (
            rows.cell(4, column).value,
            rows.cell(3, column).value,
        )
    book.save(path)
    deck = built(own_desk)
    assert "一、9個工作日內：" in texts(deck.slides[6])
    assert "五、詳請參閱附件2「議事重點」。" in texts(deck.slides[5])


def test_an_outline_lists_what_it_is_given(desk: Desk) -> None:
    table = """
    | 版面 | 標題 | 層級 | 內容   |
    | 大綱 | 大綱 |      | 先說   |
    |      |      |      | 後說   |
    | 條列 | 依據 | 1    | 要點   |
    """
    assert texts(built(with_deck(desk, table), SMALL_DECK).slides[0])[:3] == ["大綱", "01\t先說", "02\t後說"]


@pytest.mark.slow
def test_a_number_typed_on_a_slide_is_reported_at_its_cell(own_desk: Desk) -> None:
    assert reported(own_desk, "loose-number") == []
    change_deck(own_desk, "D8", "每年以召開27次為原則。")
    assert reported(own_desk, "loose-number") == [("loose-number", "簡報", "D8")]


@pytest.mark.slow
def test_an_unknown_name_on_a_slide_is_an_error_at_its_cell(own_desk: Desk) -> None:
    change_deck(own_desk, "B2", "{{ 機關.全名 }}簡介")
    assert reported(own_desk, "unknown-name") == [("unknown-name", "簡報", "B2")]


def test_what_stands_in_cells_is_text_and_no_markup(desk: Desk) -> None:
    table = SMALL.replace("第一點", "甲<b>&乙\\n{{ 機關.簡稱 }}")
    desk.book(
        "機關.xlsx", 機關=AGENCY.replace("| 海風部           |\n| 自稱", "| <海風> { x }     |\n| 自稱"), 單位=UNITS
    )
    assert texts(built(with_deck(desk, table), SMALL_DECK).slides[1])[2] == "甲<b>&乙\n<海風> { x }"


UNITS = "| 單位 |\n| 企劃處 |\n| 資訊處 |"


@pytest.mark.parametrize(
    ("table", "code", "cell"),
    [
        ("| 版面 | 標題 | 內容 |\n| | | 早了 |\n| 條列 | 依據 | 一 |", "slide-without-layout", "A2"),
        ("| 版面 | 標題 | 內容 |\n| 條列 | | 一 |", "slide-without-title", "B2"),
        ("| 版面 | 標題 | 內容 | 頁籤 |\n| 頁籤 | 甲 | 一 | |", "slide-without-tab", "D2"),
        ("| 版面 | 標題 | 內容 |\n| 條例 | 依據 | 一 |", "bad-choice", "A2"),
    ],
)
def test_a_row_that_makes_no_slide_is_an_error_at_its_cell(desk: Desk, table: str, code: str, cell: str) -> None:
    assert reported(with_deck(desk, table), code) == [(code, "簡報", cell)]


def test_slides_that_nothing_attaches_are_a_warning(desk: Desk) -> None:
    desk.meeting(簡報=SMALL)
    assert reported(desk, "slides-unused") == [("slides-unused", "簡報", "A2")]
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0


def test_the_deck_is_attached_once(desk: Desk) -> None:
    attached = ATTACHED + "| 報1 | 又一份 | 工作表:簡報 |\n"
    assert reported(with_deck(desk, attached=attached), "slides-attached-twice") == [
        ("slides-attached-twice", "附件", "C2")
    ]


def test_an_attached_deck_without_slides_is_an_error(desk: Desk) -> None:
    with_deck(desk, "| 版面 | 標題 | 內容 |")
    assert reported(desk, "empty-sheet") == [("empty-sheet", "附件", "C2")]


@pytest.mark.slow
def test_the_next_meeting_takes_over_the_slides_with_their_placeholders(own_desk: Desk) -> None:
    assert own_desk.run("new", "113-2", "--from", "113-1").exit_code == 0
    old, new = (
        [[cell or None for cell in row] for row in openpyxl.load_workbook(path)["簡報"].iter_rows(values_only=True)]
        for path in (own_desk.root / "inputs" / meeting / "簡報.xlsx" for meeting in ("113-1", "113-2"))
    )
    assert [[str(cell or "") for cell in row] for row in new if any(row)] == [
        [str(cell or "") for cell in row] for row in old if any(row)
    ]


def test_a_new_meeting_has_a_form_for_slides_that_asks_for_nothing(desk: Desk) -> None:
    assert desk.run("new", "113-2").exit_code == 0
    path = desk.root / "inputs" / "113-2" / "簡報.xlsx"
    heading = [cell.value for cell in openpyxl.load_workbook(path)["簡報"][1]]
    assert heading == ["版面", "標題", "層級", "內容", "頁籤"]
    assert not {one["code"] for one in desk.problems("113-2")} & {"slides-unused", "slide-without-layout", "bad-choice"}


# --- room -------------------------------------------------------------------------------------------------------


LONG = "本點說明資料開放之推動情形與後續辦理事項，並請各單位依限填報，以利彙整後提報諮詢小組會議討論。"


def points(count: int, text: str = LONG) -> str:
    rows = "".join(f"| | | 1 | {text} |\n" for _ in range(count))
    return f"| 版面 | 標題 | 層級 | 內容 |\n| 條列 | 依據 | | |\n{rows}"


def sizes(slide: Any) -> set[float]:
    return {int(run.get("sz")) / 100 for run in slide._element.iter(f"{A}rPr") if run.get("sz")}


@pytest.mark.slow
def test_text_shrinks_in_steps_to_stay_in_its_box_and_no_further_than_eighteen_points(desk: Desk) -> None:
    seen = []
    for count in range(1, 30):
        result = with_deck(desk, points(count)).run("build", "113-1", "--format", "docx")
        if result.exit_code:
            break
        seen.append(min(sizes(opened(desk, SMALL_DECK).slides[0]), default=28.0))
    assert seen[0] == 28
    assert seen[-1] == 18
    assert seen == sorted(seen, reverse=True)
    assert f"簡報〕D{count + 1}" in result.output or f"簡報〕D{count + 2}" in result.output
    assert "內容太多，字縮到 18 點仍放不下一張投影片" in result.output


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "build"])
def test_what_does_not_fit_is_told_before_anything_is_built_and_names_the_first_cell(desk: Desk, command: str) -> None:
    result = with_deck(desk, points(40)).run(command, "113-1")
    assert result.exit_code == 1
    found = re.search(r"會議\.xlsx〔簡報〕D(\d+)：內容太多", result.output)
    assert found
    assert 5 < int(found[1]) < 30
    assert not desk.output(SMALL_DECK).exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "place"),
    [
        (f"| 版面 | 標題 | 內容 |\n| 條列 | {'很長的標題' * 40} | 一 |", "簡報〕B2：標題太長"),
        (f"| 版面 | 標題 | 內容 | 頁籤 |\n| 頁籤 | 甲 | 一 | {'很長的頁籤' * 12} |", "簡報〕D2：文字太長"),
        (f"| 版面 | 標題 | 層級 | 內容 |\n| 架構圖 | 甲 | 1 | {'很長的方塊' * 12} |", "簡報〕D2：文字太長"),
    ],
)
def test_what_is_too_long_for_its_place_is_an_error_at_its_cell(desk: Desk, table: str, place: str) -> None:
    result = with_deck(desk, table).run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert place in result.output


@pytest.mark.slow
def test_a_motto_too_long_for_the_foot_is_said_once_at_the_agencys_cell(own_desk: Desk) -> None:
    set_agency(own_desk, "標語", "標語" * 40)
    result = own_desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert result.output.count("仍放不進投影片的頁尾") == 1
    assert "機關.xlsx〔機關〕B14" in result.output


def test_widths_are_not_below_those_of_the_real_typefaces() -> None:
    found = subprocess.run(["fc-list", ":family=Liberation Serif", "file"], capture_output=True, text=True, check=False)
    files = [line.split(":")[0] for line in found.stdout.splitlines() if re.search(r"Serif-(Regular|Bold)\.ttf", line)]
    if not files:
        pytest.skip("no Liberation Serif on this machine")
    from fontTools.ttLib import TTFont

    for path in files:
        font = TTFont(path)
        codes, unit = font.getBestCmap(), font["head"].unitsPerEm
        for code in range(32, 127):
            real = font["hmtx"][codes[code]][0] / unit
            assert lettering.width(chr(code), 1000) >= real * 1000 - 1.1, chr(code)


def test_lines_break_between_chinese_characters_but_not_before_a_comma_or_within_a_word() -> None:
    def lines(text: str, room: float, size: float = 10) -> int:
        return lettering.line_count(Paragraph(text, size), room)

    assert lines("一二三四五", 50) == 1
    assert lines("一二三四五六", 50) == 2
    assert lines("一二三四五，", 50) == 2
    assert lines("一二三四五，六七八", 50) == 2
    assert lines("一二三四五，六七八九", 50) == 3
    assert lines("一二三四（五）", 50) == 2
    assert lines("一二 abcdefghij", 50) == 2
    assert lines("a" * 40, 50) >= 4
    assert lines("一\n二", 50) == 2
    assert lettering.line_count(Paragraph("一二三四五", 10, first=20, left=20), 50) == 2


# --- the template -----------------------------------------------------------------------------------------------


def template(desk: Desk) -> Path:
    return desk.root / "templates" / "簡報.pptx"


def checked(path: Path) -> list[str]:
    return [str(one) for one in render.check_template(path, ("標楷體", "Times New Roman"))]


def restyle(desk: Desk, edit: Any) -> None:
    deck = Presentation(str(template(desk)))
    edit(deck)
    deck.save(str(template(desk)))


def sample(deck: Any, name: str) -> Any:
    return next(slide for slide in deck.slides if slide.shapes.title.text_frame.text == name)


def test_the_standard_template_is_without_fault_and_has_a_layout_and_a_sample_for_each_kind_of_slide() -> None:
    path = REPO / "templates" / "簡報.pptx"
    assert checked(path) == []
    deck = Presentation(str(path))
    assert [layout.name for layout in deck.slide_layouts] == list(LAYOUTS)
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == list(LAYOUTS)
    assert [slide.slide_layout.name for slide in deck.slides] == list(LAYOUTS)
    assert deck.slide_width * 9 == deck.slide_height * 16


def test_a_deck_looks_as_its_samples_were_made_to_look(desk: Desk) -> None:
    def edit(deck: Any) -> None:
        shape = next(one for one in sample(deck, "條列").placeholders if one.name == "內容")
        shape.left, shape.top, shape.width, shape.height = 1_000_000, 2_000_000, 9_000_000, 3_000_000
        shape.text_frame.paragraphs[0].runs[0].font.italic = True

    restyle(desk, edit)
    shape = next(
        one for one in built(with_deck(desk), SMALL_DECK).slides[1].placeholders if one.text_frame.text[:2] == "要點"
    )
    assert (shape.left, shape.top, shape.width, shape.height) == (1_000_000, 2_000_000, 9_000_000, 3_000_000)
    assert shape.text_frame.paragraphs[0].runs[0].font.italic


def test_a_sample_that_is_gone_is_an_error_that_names_the_template_and_the_sample(desk: Desk) -> None:
    def edit(deck: Any) -> None:
        sample(deck, "條列").shapes.title.text_frame.text = "條例"

    restyle(desk, edit)
    assert checked(template(desk)) == [
        "簡報.pptx：沒有「條列」的樣張。請由標準範本複製這張投影片；樣張的標題要是「條列」。是否為「條例」？"
    ]
    result = with_deck(desk).run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "簡報.pptx：沒有「條列」的樣張" in result.output


def test_a_place_that_is_gone_is_an_error_that_names_the_sample(desk: Desk) -> None:
    def edit(deck: Any) -> None:
        for shape in sample(deck, "頁籤").placeholders:
            if shape.text_frame.text == "目前頁籤":
                shape.text_frame.text = "現在"

    restyle(desk, edit)
    assert checked(template(desk)) == [
        "簡報.pptx〔頁籤樣張〕：樣張上沒有寫著「目前頁籤」的文字方塊。請由標準範本複製；位置與樣子可改，文字不可改。"
    ]


def test_another_typeface_in_the_template_is_an_error(desk: Desk) -> None:
    def edit(deck: Any) -> None:
        sample(deck, "結尾").shapes.title.text_frame.paragraphs[0].runs[0].font.name = "Comic Sans MS"

    restyle(desk, edit)
    assert checked(template(desk)) == [
        "簡報.pptx〔結尾樣張〕：範本用了「Comic Sans MS」。請改用標楷體與 Times New Roman（佈景主題字型）。"
    ]


def test_points_on_a_slide_that_has_no_room_for_them_are_an_error_at_their_cell(desk: Desk) -> None:
    table = "| 版面 | 標題 | 內容 |\n| 結尾 | 完 | 多的 |"
    result = with_deck(desk, table).run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "會議.xlsx〔簡報〕C2：版面「結尾」沒有放內容的地方" in result.output


def test_a_template_that_is_no_presentation_is_an_error(desk: Desk) -> None:
    template(desk).write_bytes(b"no zip")
    assert len(checked(template(desk))) == 1
    result = with_deck(desk).run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "不是可讀的 .pptx" in result.output


def test_a_picture_on_a_sample_comes_along_and_what_its_author_left_does_not(desk: Desk) -> None:
    picture = io.BytesIO()
    from PIL import Image

    Image.new("RGB", (8, 8), "navy").save(picture, "PNG")

    def edit(deck: Any) -> None:
        picture.seek(0)
        sample(deck, "封面").shapes.add_picture(picture, 0, 0, 100_000, 100_000)
        deck.core_properties.author = deck.core_properties.comments = "範本作者"
        deck.slides[0].notes_slide.notes_text_frame.text = "範本備忘"

    restyle(desk, edit)
    deck = built(with_deck(desk), SMALL_DECK)
    kinds = [shape.shape_type.name for shape in deck.slides[0].shapes if shape.shape_type]
    assert kinds.count("PICTURE") == 1
    with zipfile.ZipFile(desk.output(SMALL_DECK)) as archive:
        assert len([name for name in archive.namelist() if name.startswith("ppt/media/")]) == 1
        rest = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    assert "範本作者" not in rest
    assert "範本備忘" not in rest
    assert len(deck.slides) == 2


# --- with LibreOffice -------------------------------------------------------------------------------------------


def converted(source: Path, target: str, into: Path) -> Path:
    """Straight through LibreOffice, with the program's fonts."""
    into.mkdir(parents=True, exist_ok=True)
    office = pdf.find_office()
    profile = f"-env:UserInstallation={(into / 'profile').as_uri()}"
    command = [str(office), profile, "--headless", "--convert-to", target, "--outdir", str(into), str(source)]
    subprocess.run(command, capture_output=True, check=True, timeout=180, env=pdf.font_environment())
    return into / f"{source.stem}.{target.partition(':')[0]}"


def printed(content: bytes, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deck.pptx").write_bytes(render.for_conversion(content))
    options = '{"UseTaggedPDF":{"type":"boolean","value":"true"},"PDFUACompliance":{"type":"boolean","value":"true"}}'
    return converted(folder / "deck.pptx", f"pdf:impress_pdf_Export:{options}", folder / "out")


def pdf_pages(path: Path) -> list[str]:
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8").split("\f")[:-1]


@pytest.mark.office
def test_the_pdf_of_the_deck_has_every_line_and_the_numbers_of_the_slides(own_desk: Desk, tmp_path: Path) -> None:
    built(own_desk)
    pages = pdf_pages(printed(own_desk.output(DECK).read_bytes(), tmp_path / "pdf"))
    assert len(pages) == len(SHOWN)
    for number, (page, lines) in enumerate(zip(pages, SHOWN, strict=True)):
        for line in lines:
            if line not in (MOTTO, ENGLISH):
                assert folded(line) in folded(page), line
        assert folded(page).endswith(folded(f"{ENGLISH}{number or ''}"))


def tags(pdf: Path) -> list[tuple[str, str]]:
    """The headings and figures of a PDF in their order, with the text of a figure."""
    found = []

    def walk(element: Any) -> None:
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                if str(kid.S)[:2] == "/H" or kid.S == "/Figure":
                    found.append((str(kid.S), str(kid.get("/Alt", ""))))
                walk(kid)

    with pikepdf.open(pdf) as opened_pdf:
        walk(opened_pdf.Root.StructTreeRoot)
    return found


def untagged_drawing(pdf: Path) -> int:
    """How many paths and pictures are drawn outside of any tag and any artifact."""
    count = 0
    with pikepdf.open(pdf) as opened_pdf:
        for page in opened_pdf.pages:
            depth = 0
            for instruction in pikepdf.parse_content_stream(page):
                name = str(instruction.operator)
                depth += (name in ("BDC", "BMC")) - (name == "EMC")
                count += not depth and name in ("f", "f*", "S", "s", "B", "B*", "b", "b*", "Do", "sh")
    return count


@pytest.mark.office
def test_a_drawing_is_one_figure_titles_are_headings_and_what_is_behind_is_decoration(own_desk: Desk) -> None:
    assert own_desk.run("build", "113-1").exit_code == 0
    deck = own_desk.output(DECK).with_suffix(".pdf")
    found = tags(deck)
    assert [name for name, _ in found if name != "/Figure"] == ["/H1", *["/H2"] * 7]
    texts = [text for name, text in found if name == "/Figure"]
    assert texts[0] == "組織圖，由上而下：召集人；機關代表7人、民間代表5人；幕僚單位主計資訊處。"
    # LibreOffice 7.4 makes no figures of the bars of tabs.
    assert all(text.startswith("頁籤：") for text in texts[1:])
    assert untagged_drawing(deck) == 0
    packet = own_desk.output("會議資料.pdf")
    assert untagged_drawing(packet) == 0
    assert [text for name, text in tags(packet) if name == "/Figure"] == texts
    assert "/H" not in [name for name, _ in tags(packet)]
    for made in (deck, packet):
        done = subprocess.run(
            [sys.executable, "-m", "pdfua", "check", str(made)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.office
def test_the_fullest_slide_that_is_let_through_stays_above_the_foot(desk: Desk, tmp_path: Path) -> None:
    mixed = (
        "每年（含臨時會議）召開 2 次以上，並以 open data portal 公布「113年度」之資料集清單、品質檢測結果與 API 說明。"
    )
    desk.book("機關.xlsx", 機關=AGENCY + "| 標語 | 熱誠 |\n", 單位=UNITS)
    for text in (LONG, mixed, "短"):
        for count in range(1, 40):
            result = with_deck(desk, points(count, text)).run("build", "113-1", "--format", "docx")
            if result.exit_code:
                break
            content = desk.output(SMALL_DECK).read_bytes()
        made = printed(content, tmp_path / f"pdf{len(text)}")
        boxes = subprocess.run(["pdftotext", "-bbox", str(made), "-"], capture_output=True, check=True).stdout
        root = etree.fromstring(re.sub(rb"<!DOCTYPE[^>]*>", b"", boxes))
        words = [one for one in root.iter("{http://www.w3.org/1999/xhtml}word")]
        # The line above the foot stands at 17.3 cm; what is below it is the foot.
        line = 17.3 / 2.54 * 72
        lowest = max(float(one.get("yMax")) for one in words if float(one.get("yMin")) < line)
        assert lowest < line
        assert sum(float(one.get("yMin")) > line for one in words) >= 3
        page = next(root.iter("{http://www.w3.org/1999/xhtml}page"))
        assert max(float(one.get("xMax")) for one in words) < float(page.get("width")) - 40


@pytest.mark.office
def test_a_template_that_impress_has_saved_is_still_one(own_desk: Desk, tmp_path: Path) -> None:
    saved = converted(template(own_desk), "pptx:Impress MS PowerPoint 2007 XML", tmp_path / "saved")
    shutil.copyfile(saved, template(own_desk))
    assert checked(template(own_desk)) == []
    deck = built(own_desk)
    for slide, lines in zip(deck.slides, SHOWN, strict=True):
        text = folded("".join(texts(slide)))
        assert all(folded(line) in text for line in lines)
    assert len(group(deck.slides[3]).shapes) == 8


def test_a_changed_slide_is_made_anew_by_the_next_build(desk: Desk) -> None:
    built(with_deck(desk), SMALL_DECK)
    changed = built(with_deck(desk, SMALL.replace("第一點", "改過的一點")), SMALL_DECK)
    assert "改過的一點" in "".join(shape.text_frame.text for shape in changed.slides[1].placeholders)


@pytest.mark.slow
def test_every_slide_of_a_restricted_deck_is_marked(desk: Desk) -> None:
    restricted = "| 案號 | 名稱 | 來源 | 公開 |\n| 討1 | 簡報 | 工作表:簡報 | 限閱 |"
    desk.meeting(說明=POINTING, 簡報=SMALL, 附件=restricted)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    slides = list(opened(desk, SMALL_DECK).slides)
    assert [texts(slide).count("限閱") for slide in slides] == [1] * len(slides)
    desk.meeting(說明=POINTING, 簡報=SMALL, 附件=ATTACHED)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert not any("限閱" in texts(slide) for slide in opened(desk, SMALL_DECK).slides)
