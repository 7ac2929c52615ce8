"""No tag that nobody filled in is ever printed: it is an error at its cell, or in its template."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pptx
import pytest
from conftest import EXPLANATIONS, MEETING, Desk
from hypothesis import given
from hypothesis import strategies as st
from test_mail import ATTENDANCE, DECISIONS, REMARKS, office

from generator.basic.leftover import leftover
from generator.basic.workspace import MeetingId, Workspace, standard_files
from generator.build import leftovers, making
from generator.meeting.sheets.index import ALL_SHEETS
from generator.word.lint import tags
from generator.workbook.record import Kind

TAGS = [
    "{{ 會議.年度 }}",
    "｛｛ 會議.年度 ｝｝",
    "{ { 會議.年度 } }",
    "{% if 甲 %}",
    "{# 註 #}",
    "{{ 會議.年度 }",
    "{ 會議.年度 }}",
    "{會議.年度}",
    "﹛﹛ 會議.年度 ﹜﹜",
    "﹛﹪ if 甲 ﹪﹜",
]
INFO = "| 欄位 | 內容 |\n| 紀錄狀態 | 草稿 |\n| 散會 | 16:10 |\n| 主席致詞 | 致詞 |"


def errors(desk: Desk) -> list[tuple[str, str]]:
    found = [fault for fault in desk.problems() if fault["severity"] == "error"]
    return [(fault["code"], f"{fault['workbook']} {fault['sheet']} {fault['cell']}") for fault in found]


def built(desk: Desk) -> tuple[int, str]:
    result = desk.run("build", "113-1", "--format", "docx")
    return result.exit_code, " ".join(result.output.split())


# --- Cells --------------------------------------------------------------------------------------------------------


OF_OTHERS = [
    "${年度}",
    "＄｛年度｝",
    "«會議日期»",
    "<<會議日期>>",
    "＜＜會議日期＞＞",
    "<%= 年度 %>",
    "[[會議日期]]",
    "［［會議日期］］",
    "〔〔會議日期〕〕",
    "@@年度@@",
    "##年度##",
    "%(年度)s",
    "{ MERGEFIELD 年度 \\* MERGEFORMAT }",
    "{ REF _Ref123 \\h }",
    "❴❴ 年度 ❵❵",
    "{# 註",
    "註 #}",
]


@pytest.mark.parametrize("tag", [*TAGS, *OF_OTHERS])
def test_whatever_is_left_of_a_tag_is_seen(tag: str) -> None:
    assert leftover(f"前{tag}後")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{甲}",
        "集合｛甲、乙｝與 {丙}",
        "{_{ y }_}",
        "{1.5}",
        "{甲、乙.}",
        "達 50% 者",
        "{佔100%}",
        "#1",
        "«",
        "<< 2",
        "甲[乙]丙",
        "A##B",
        "100%(甲)",
        "##",
        "〔〔",
    ],
)
def test_braces_of_a_sentence_are_no_tag(text: str) -> None:
    assert leftover(text) == ""


@given(st.text(alphabet="{}%#｛｝％ 甲a\n", max_size=40))
def test_two_braces_are_never_let_through(text: str) -> None:
    joined = "".join(text.split()).replace("｛", "{").replace("｝", "}")
    assert bool(leftover(text)) or not ("{{" in joined or "}}" in joined)


def minutes(desk: Desk, tag: str, sheet: str) -> None:
    office(desk, 會議資訊=f"{MEETING}| 主席 | 林召集 |")
    sheets = {"紀錄資訊": INFO, "出席": ATTENDANCE, "發言": REMARKS, "決議": DECISIONS}
    old = {"紀錄資訊": "致詞 | 致詞", "發言": "建議縮短更新頻率", "決議": "照案通過"}[sheet]
    sheets[sheet] = sheets[sheet].replace(old, old + tag)
    desk.book("113-1/會議紀錄.xlsx", **sheets)


@pytest.mark.slow
@pytest.mark.parametrize("tag", [*TAGS, "«會議日期»"])
@pytest.mark.parametrize(("sheet", "cell"), [("紀錄資訊", "B4"), ("發言", "F2"), ("決議", "C3")])
def test_a_tag_in_the_minutes_is_an_error_at_its_cell(desk: Desk, tag: str, sheet: str, cell: str) -> None:
    minutes(desk, tag, sheet)
    assert ("tag-in-cell", f"會議紀錄.xlsx {sheet} {cell}") in errors(desk)
    code, said = built(desk)
    assert code == 1
    assert "不會套用標籤，會照印「" in said
    assert not list(desk.output().glob("*.docx"))


PLACES: dict[str, tuple[Callable[[str], dict[str, str]], str, str]] = {
    "辦理情形": (
        lambda tag: {"上次會議決定": f"| 類別 | 案由 | 決定（議） | 辦理情形 |\n| 報告事項 | 案 | 決 | 辦{tag} |"},
        "tag-in-cell",
        "上次會議決定 D2",
    ),
    "通知備註": (lambda tag: {"會議資訊": f"{MEETING}| 通知備註 | 註{tag} |"}, "tag-in-cell", "會議資訊 B6"),
    "下架備註": (
        lambda tag: {"下架清單": f"| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |\n| 名 | 資訊處 | 因 | 註{tag} |"},
        "tag-in-cell",
        "下架清單 D2",
    ),
    "a sheet of one's own": (
        lambda tag: {
            "附件": "| 案號 | 名稱 | 來源 |\n| 討1 | 站 | 工作表:潮位站 |",
            "潮位站": f"| 站名 | 高 |\n| 甲 | 乙{tag} |",
        },
        "tag-in-sheet",
        "潮位站 B2",
    ),
    "a heading of it": (
        lambda tag: {
            "附件": "| 案號 | 名稱 | 來源 |\n| 討1 | 站 | 工作表:潮位站 |",
            "潮位站": f"| 站名 | 高{tag} |\n| 甲 | 乙 |",
        },
        "tag-in-sheet",
        "潮位站 B",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("place", PLACES)
def test_a_tag_in_a_cell_that_takes_none_is_an_error_there(desk: Desk, place: str, tag: str) -> None:
    sheets, code, at = PLACES[place]
    desk.meeting(**sheets(tag))
    assert (code, f"會議.xlsx {at}") in errors(desk)


def test_a_sheet_of_ones_own_that_is_not_printed_may_say_anything(desk: Desk) -> None:
    desk.meeting(草稿紙="| 記 | 事 |\n| {{ 甲 }} | {% 乙 |")
    assert errors(desk) == []


def test_what_a_form_says_of_a_column_agrees_with_what_it_takes() -> None:
    """Which columns are filled in is declared, and said in the hint of each."""
    for record in ALL_SHEETS:
        for column in record.sheet.columns:
            assert ("可用 {{ }}" in column.note) == (column.kind is Kind.PROSE), column


@pytest.mark.parametrize("tag", ["{ { 會議.年度 } }", "會議.年度 }}", "{ 會議.年度 }}"])
def test_prose_with_half_a_tag_is_an_error_at_its_cell(desk: Desk, tag: str) -> None:
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理", f"依{tag}辦理"))
    assert errors(desk) == [("prose-syntax", "會議.xlsx 說明 D2")]


# --- Templates ----------------------------------------------------------------------------------------------------


def edited(desk: Desk, name: str, old: str, new: str) -> None:
    """A template in which a text of one run was changed."""
    path = desk.root / "templates" / f"{name}.docx"
    document = docx.Document(str(path))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    found = [run for run in runs if old in run.text]
    if found:
        found[0].text = found[0].text.replace(old, new)
    else:
        paragraph = next(paragraph for paragraph in document.paragraphs if old in paragraph.text)
        text = paragraph.text.replace(old, new)
        for run in paragraph.runs[1:]:
            run.text = ""
        paragraph.runs[0].text = text
    document.save(str(path))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("{{ 本案.案由 }", "標籤沒有寫完整"),
        ("{ 本案.案由 }}", "標籤沒有寫完整"),
        ("｛｛ 本案.案由 ｝｝", "標籤用了全形大括號"),
        ("{ { 本案.案由 } }", "這個標籤沒有套用"),
    ],
)
def test_a_template_with_a_broken_tag_builds_nothing(desk: Desk, new: str, code: str) -> None:
    desk.meeting()
    edited(desk, "案", "{{ 本案.案由 }}", new)
    for _ in range(2):
        exit_code, said = built(desk)
        assert exit_code == 1, said
        assert "案.docx" in said
        assert code in said
        assert not list(desk.output().glob("*.docx"))
    assert desk.run("release", "113-1", "--reason", "測試").exit_code == 1


def test_a_template_mended_is_taken_again(desk: Desk) -> None:
    desk.meeting()
    path = desk.root / "templates" / "案.docx"
    good = path.read_bytes()
    assert built(desk)[0] == 0
    edited(desk, "案", "{{ 本案.案由 }}", "{{ 本案.案由 }")
    assert built(desk)[0] == 1
    path.write_bytes(good)
    assert built(desk)[0] == 0


def codes_of_a_build(desk: Desk) -> list[tuple[str, str]]:
    made = making.make(Workspace(desk.root), MeetingId(113, 1), formats=("docx",))
    return [(fault.code, str(fault.at)) for fault in made.examined.problems if fault.severity == "error"]


def test_a_finished_document_that_shows_a_tag_names_the_cell_that_wrote_it(desk: Desk) -> None:
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理", '依{{ "{{ 甲 }}" }}辦理'))
    assert codes_of_a_build(desk) == [("leftover-in-cell", "會議.xlsx〔說明〕D2")]


def test_a_finished_document_that_shows_a_tag_of_its_template_names_that(desk: Desk) -> None:
    desk.meeting()
    edited(desk, "案", "{{ 本案.案由 }}", "{ { 本案.案由 } }")
    assert {code for code, _ in codes_of_a_build(desk)} == {"leftover-in-template"}


@pytest.mark.parametrize("part", ["header", "footer"])
def test_a_tag_left_over_in_header_or_footer_is_named(desk: Desk, part: str) -> None:
    desk.meeting()
    path = desk.root / "templates" / "議程.docx"
    document = docx.Document(str(path))
    getattr(document.sections[0], part).paragraphs[0].add_run("{ { 會議.名稱 } }")
    document.save(str(path))
    code, said = built(desk)
    assert code == 1
    assert "議程.docx" in said
    assert "{ { 會議.名稱 } }" in said


def test_a_tag_on_a_sample_slide_is_named(desk: Desk) -> None:
    path = desk.root / "templates" / "簡報.pptx"
    deck = pptx.Presentation(str(path))
    for slide in deck.slides:
        box = slide.shapes.add_textbox(0, 0, 914400, 300000)
        box.text_frame.text = "{{ 會議.名稱 }}"
    deck.save(str(path))
    slides = "| 版面 | 標題 | 層級 | 內容 | 頁籤 |\n| 條列 | 甲 | 1 | 乙 | |"
    desk.meeting(
        簡報=slides,
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 簡報 | 工作表:簡報 |",
        說明='| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("簡報") }}。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |',
    )
    code, said = built(desk)
    assert code == 1, said
    assert "簡報.pptx" in said
    assert "{{ 會議.名稱 }}" in said


def test_what_is_in_order_is_not_read_tag_by_tag_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    assert built(desk)[0] == 0

    def never(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("generator.word.lint.tags.broken", never)
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定", "依法"))
    assert built(desk)[0] == 0


def test_the_documents_of_the_standard_templates_hold_no_brace(desk: Desk) -> None:
    desk.meeting()
    assert built(desk)[0] == 0
    for path in desk.output().glob("*.docx"):
        with zipfile.ZipFile(path) as archive:
            assert "{{" not in archive.read("word/document.xml").decode()


def test_no_template_of_the_program_has_a_broken_tag() -> None:
    """A build does not look at those again."""
    for path in (standard_files() / "templates").glob("*.docx"):
        assert tags.broken(path) == []


def test_a_template_of_the_program_that_was_edited_is_looked_at(desk: Desk) -> None:
    desk.meeting()
    template = desk.root / "templates" / "議程.docx"
    document = docx.Document(str(template))
    document.add_paragraph("{{ 會議.地點 }")
    document.save(str(template))
    code, said = built(desk)
    assert code == 1, said
    assert "議程.docx" in said


@pytest.mark.parametrize("shift", range(65_520, 65_560, 4))
def test_a_tag_is_seen_wherever_it_stands_in_a_long_document(shift: int) -> None:
    """Documents are looked through piece by piece: the braces may lie across two."""
    for tail in ("{{ 名稱 }}", "無標籤"):
        xml = f'<w:document w:rsid="{{{{1}}}}"><w:t>{"x" * (shift - 40)}{tail}</w:t></w:document>'.encode()
        assert leftovers._has_sign(io.BytesIO(xml)) == (tail != "無標籤")
