"""The last look before `release` and `publish`: what nobody may find on a page that went out."""

from __future__ import annotations

import datetime as dt
import io
import json

import docx
import pytest
from conftest import EXPLANATIONS, Desk
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.shared import Mm
from PIL import Image, ImageDraw
from test_mail import DECISIONS, minutes
from test_publish import folder

from generator.cli import options
from generator.pdf import looks, pdfium

NO_OFFICE = "no-such-program"


@pytest.fixture(autouse=True)
def _before_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 2))


def released(desk: Desk) -> tuple[int, str]:
    result = desk.run("release", "113-1")
    return result.exit_code, result.output


def refusals(desk: Desk) -> list[tuple[str, str, str]]:
    """Code and place of what stands in the way of publishing."""
    result = desk.run("publish", "113-1", "--json")
    assert result.exit_code == 1, result.output
    assert not folder(desk).exists()
    found = json.loads(result.stdout)["problems"]
    return [(fault["code"], fault["workbook"], fault["cell"]) for fault in found if fault["severity"] == "error"]


def template(desk: Desk, name: str, change: object) -> None:
    path = desk.root / "templates" / f"{name}.docx"
    document = docx.Document(str(path))
    change(document)  # type: ignore[operator]
    document.save(str(path))


# --- What the texts say; no PDF is needed for that --------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("如 C:\\Users\\lin\\會議.docx 所示", "印出了電腦裡的路徑「C:\\Users\\lin\\會議.docx」"),
        ("如 /home/lin/會議.docx 所示", "印出了電腦裡的路徑「/home/lin/會議.docx」"),
        ("如 file:///D:/會議.docx 所示", "印出了電腦裡的路徑「file:///D:/會議.docx」"),
        ("計#####項", "印出了錯誤的字樣「#####」"),
        ("計#REF!項", "印出了錯誤的字樣「#REF!」"),
        ("計#N/A項", "印出了錯誤的字樣「#N/A」"),
        ("計 Err:502 項", "印出了錯誤的字樣「Err:502」"),
        ("Error: no such figure", "印出了錯誤的字樣「Error:」"),
        ("如錯誤! 找不到參照來源。", "印出了錯誤的字樣「錯誤! 找不到」"),
        ("計Err:508項", "印出了錯誤的字樣「Err:508」"),
        ("計＃REF！項", "印出了錯誤的字樣「＃REF！」"),
        ("於1899-12-30辦理", "印出了錯誤的字樣「1899-12-30」"),
        ("於1900/1/0辦理", "印出了錯誤的字樣「1900/1/0」"),
        ("Lorem ipsum dolor", "印出了錯誤的字樣「Lorem ipsum」"),
        ("按一下或點選這裡以輸入文字", "印出了錯誤的字樣「按一下或點選這裡」"),
        ("甲�乙", "印出了錯誤的字樣「�」"),
        ("見 %USERPROFILE%\\甲", "印出了電腦裡的路徑「%USERPROFILE%」"),
        ("見 ~/甲.docx 檔", "印出了電腦裡的路徑「~/甲.docx」"),
    ],
)
def test_what_no_page_should_say_is_named_at_its_cell(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", NO_OFFICE)
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理", text))
    code, said = released(desk)
    assert code == 1
    assert "沒有凍結版本，最後檢視發現：" in said
    assert f"會議.xlsx〔說明〕D2：「03 討論事項第一案.docx」{message}" in said
    assert not list((desk.root / "output").glob("*版本/第*"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "見 https://example.gov.tw/home/lin",
        "計 3# 與 A/home 項",
        "及/或",
        "C: 甲",
        "Errors 甲",
        "二〇〇八年",
        "XX",
        "Nancy 甲",
    ],
)
def test_ordinary_words_pass(desk: Desk, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", NO_OFFICE)
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理", text))
    code, said = released(desk)
    assert code == 0
    assert "忘了填" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["nan", "None", "xxx", "○○處", "？？？", "（待補）", "{年度}", "&nbsp;", "<br/>", "TBD"]
)
def test_what_looks_forgotten_is_a_warning(desk: Desk, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", NO_OFFICE)
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理", f"依{text}辦理"))
    code, said = released(desk)
    assert code == 0
    assert "會議.xlsx〔說明〕D2：「03 討論事項第一案.docx」有像是忘了填的字樣" in said


WATERMARK = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:v="urn:schemas-microsoft-com:vml">'
    '<w:pict><v:shape id="m" style="width:200pt;height:100pt"><v:textpath string="草稿"/></v:shape></w:pict></w:r>'
)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["typed", "drawn"])
def test_a_draft_mark_that_stayed_in_the_template_is_found_once_the_minutes_are_final(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", NO_OFFICE)

    def change(document: docx.document.Document) -> None:
        paragraph = document.sections[0].header.paragraphs[0]
        if how == "typed":
            paragraph.add_run("（草稿）")
        else:
            paragraph._p.append(parse_xml(WATERMARK))

    template(desk, "會議紀錄", change)
    minutes(desk, "草稿")
    assert released(desk)[0] == 0
    minutes(desk, "定稿")
    code, said = released(desk)
    assert code == 1
    assert "會議紀錄.docx" in said
    assert "紀錄已經定稿，「" in said
    assert "還印著「草稿」" in said


@pytest.mark.slow
def test_a_decision_may_speak_of_a_draft(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", NO_OFFICE)
    minutes(desk, "定稿", 決議=DECISIONS.replace("照案通過。", "要點草稿照案通過。"))
    assert released(desk)[0] == 0


# --- What the pages look like -----------------------------------------------------------------------------------


@pytest.mark.office
def test_a_page_that_is_blank_or_of_other_paper_stops_a_publication(desk: Desk) -> None:
    desk.meeting()

    def change(document: docx.document.Document) -> None:
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        document.add_paragraph("。")

    template(desk, "議程", change)

    def smaller(document: docx.document.Document) -> None:
        document.sections[0].page_width, document.sections[0].page_height = Mm(176), Mm(250)

    template(desk, "案", smaller)
    found = refusals(desk)
    assert ("look-blank", "01 議程.pdf", "第 2 頁") in found
    assert ("look-paper", "02 報告事項第一案.pdf", "第 1 頁") in found
    assert len([code for code, *_ in found if code == "look-blank"]) == 1
    code, said = released(desk)
    assert code == 1
    assert "「01 議程.pdf」這一頁是空白的" in said
    assert "「02 報告事項第一案.pdf」這一頁不是 A4" in said


@pytest.mark.office
def test_a_tag_that_only_a_page_shows_and_a_page_that_cannot_be_read_are_errors(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.meeting()
    shown = looks.Page("於{{ 會議.地點 }}", is_a4=True, is_blank=False)
    monkeypatch.setattr(looks, "pages", lambda content: [shown])
    assert {code for code, *_ in refusals(desk)} == {"look-leftover"}

    def unreadable(content: bytes) -> list[looks.Page]:
        raise pdfium.Unreadable

    monkeypatch.setattr(looks, "pages", unreadable)
    assert {code for code, *_ in refusals(desk)} == {"look-unreadable"}


@pytest.mark.office
def test_a_blank_page_of_an_attachment_is_only_a_warning(desk: Desk) -> None:
    blank = Image.new("L", (1240, 1754), 255)
    drawn = blank.copy()
    ImageDraw.Draw(drawn).ellipse((300, 300, 900, 900), outline=0, width=4)
    stream = io.BytesIO()
    drawn.save(stream, "PDF", save_all=True, append_images=[blank])
    path = desk.root / "inputs" / "113-1" / "附件" / "圖.pdf"
    path.parent.mkdir(parents=True)
    path.write_bytes(stream.getvalue())
    desk.meeting(
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | 檔案:圖.pdf |",
        說明='| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("圖") }}。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |',
    )
    code, said = released(desk)
    assert code == 0, said
    assert "附件「04 討論事項第一案 附件 圖.pdf」這一頁是空白的" in said
    assert said.count("這一頁是空白的") == 1
    result = desk.run("publish", "113-1", "--json")
    assert result.exit_code == 0, result.output
    found = [fault["code"] for fault in json.loads(result.stdout)["problems"]]
    assert found.count("look-blank-enclosed") == 1


@pytest.mark.office
def test_what_the_pages_of_an_attachment_say_is_a_warning(desk: Desk) -> None:
    document = docx.Document()
    for text in ("{{ 甲 }}", "#REF!", "C:\\Users\\lin\\a.docx"):
        document.add_paragraph(text)
    path = desk.root / "inputs" / "113-1" / "附件" / "文.docx"
    path.parent.mkdir(parents=True)
    document.save(str(path))
    desk.meeting(
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 文 | 檔案:文.docx |",
        說明='| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("文") }}。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |',
    )
    result = desk.run("publish", "113-1", "--json")
    assert result.exit_code == 0, result.output
    found = {fault["code"] for fault in json.loads(result.stdout)["problems"]}
    assert found >= {"look-leftover-enclosed", "look-error-text-enclosed", "look-path-enclosed"}
