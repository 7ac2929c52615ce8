"""Lines and pages break in the PDF as they do in Word."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from conftest import EXPLANATIONS, REPO, Desk

from generator.pdf import hanging

# A little less than the width of a page; a point has room for 25 of them.
FULL_LINE = "一二三四五六七八九十" * 2 + "一二三四五六"


def lines(pdf: Path) -> list[str]:
    read = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    return [line.strip() for line in read.stdout.decode("utf-8").splitlines() if line.strip()]


def xml(path: Path, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(part).decode("utf-8")


@pytest.mark.parametrize("template", sorted(path.name for path in (REPO / "templates").glob("*.docx")))
def test_punctuation_does_not_hang_and_what_keeps_with_the_next_keeps_its_lines(template: str) -> None:
    styles, text = xml(REPO / "templates" / template, "word/styles.xml"), xml(REPO / "templates" / template)
    assert re.findall(r"<w:overflowPunct[^>]*>", styles) == ['<w:overflowPunct w:val="0"/>']
    assert not re.findall(r"<w:keepNext/>(?!<w:keepLines/>)", styles + text)


@pytest.mark.office
def test_a_comma_that_has_no_room_takes_the_sign_before_it_to_the_next_line(desk: Desk) -> None:
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理。", f"{FULL_LINE[:25]}，七八九十。"))
    assert desk.run("build", "113-1", "--format", "docx,pdf").exit_code == 0
    assert "五，七八九十。" in lines(desk.output("03 討論事項第一案.pdf"))


@pytest.mark.office
def test_so_it_does_in_a_document_from_elsewhere_that_says_so(desk: Desk, tmp_path: Path) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 報1 | 說明書 | 檔案:說明書.docx |")
    attached = desk.root / "inputs" / "113-1" / "附件" / "說明書.docx"
    attached.parent.mkdir(parents=True)
    for flag, last in (('<w:overflowPunct w:val="0"/>', "八，七八九十。"), ("<w:overflowPunct/>", "七八九十。")):
        paragraph = f"<w:p><w:pPr>{flag}</w:pPr><w:r><w:t>{FULL_LINE}七八，七八九十。</w:t></w:r></w:p>"
        with zipfile.ZipFile(REPO / "templates" / "另附.docx") as model, zipfile.ZipFile(attached, "w") as made:
            for name in model.namelist():
                part = model.read(name).decode("utf-8")
                if name == "word/document.xml":
                    part = re.sub(r"(<w:body>).*?(<w:sectPr)", rf"\1{paragraph}\2", part, flags=re.DOTALL)
                made.writestr(name, part)
        assert desk.run("build", "113-1", "--format", "docx,pdf").exit_code == 0
        assert last in lines(desk.output("03 報告事項第一案 附件 說明書.pdf"))


def change(path: Path, old: str, new: str, part: str = "word/document.xml") -> None:
    """Replaces a piece of a template's XML."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part].decode("utf-8")
    parts[part] = parts[part].decode("utf-8").replace(old, new).encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def built(desk: Desk, name: str) -> str:
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    return xml(desk.output(f"{name}.docx"))


LIST = "| 標題 | 內容 |\n| 甲 | 一 |\n| 乙 | 二 |"
LIST_ROW = "| 案號 | 名稱 | 來源 |\n| 報1 | 清單 | 工作表:清單 |"
LIST_NAME = "03 報告事項第一案 附件 清單"


@pytest.mark.slow
def test_a_body_that_ends_in_a_table_has_a_paragraph_of_one_point_after_it(desk: Desk) -> None:
    desk.meeting(附件=LIST_ROW, 清單=LIST)
    body = built(desk, LIST_NAME)
    last = body[body.rindex("</w:tbl>") : body.rindex("<w:sectPr")]
    assert 'w:line="20" w:lineRule="exact"' in last
    assert '<w:sz w:val="2"/>' in last
    assert last.count("<w:p>") == 1


@pytest.mark.slow
def test_a_row_that_is_high_may_be_split_and_a_low_one_may_not(desk: Desk) -> None:
    for rows, whole in ((2, [False, True]), (40, [False] + [True] * 39)):
        table = "| 標題 | 內容 |\n" + f"| 甲 | {'很長的辦理情形，' * 90} |\n" + "| 乙 | 二 |\n" * (rows - 1)
        desk.meeting(附件=LIST_ROW, 清單=table)
        found = re.findall(r"<w:tr>.*?</w:tr>", built(desk, LIST_NAME), re.DOTALL)
        assert ["<w:cantSplit/>" in row for row in found if "<w:tblHeader/>" not in row] == whole


@pytest.mark.slow
def test_ids_and_bookmarks_that_a_loop_would_repeat_are_left_out(desk: Desk) -> None:
    template = desk.root / "templates" / "案.docx"
    point = '<w:p><w:pPr><w:pStyle w:val="LevelTwo"/></w:pPr>'
    begin = '<w:bookmarkStart w:id="7" w:name="點"/><w:bookmarkEnd w:id="7"/>'
    numbered = point.replace("<w:p>", '<w:p w14:paraId="0A">')
    change(template, point, numbered + begin)
    change(template, "<w:document ", '<w:document xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" ')
    desk.meeting()
    text = built(desk, "03 討論事項第一案")
    assert text.count("依本部規定辦理。") == 1
    assert text.count("w:bookmarkStart") == text.count("w:bookmarkEnd") == 1
    assert "paraId" not in text


@pytest.mark.slow
def test_a_logo_is_not_cut_by_the_height_of_its_line(desk: Desk) -> None:
    shape = '<w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:90pt;height:60pt"/></w:pict>'
    template = desk.root / "templates" / "案.docx"
    change(template, "{{ 本案.單位 }}</w:t></w:r>", f"{{{{ 本案.單位 }}}}</w:t></w:r><w:r>{shape}</w:r>")
    desk.meeting()
    paragraph = next(p for p in re.findall(r"<w:p>.*?</w:p>", built(desk, "02 報告事項第一案")) if "w:pict" in p)
    assert '<w:spacing w:line="240" w:lineRule="auto"/>' in paragraph


@pytest.mark.slow
def test_the_last_two_points_go_with_the_decision_and_a_long_address_is_not_stretched(desk: Desk) -> None:
    address = "資料見https://data.example.gov.tw/dataset/6000。"
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理。", address))
    paragraphs = re.findall(r"<w:p>.*?</w:p>", built(desk, "03 討論事項第一案"))
    first, last = (next(p for p in paragraphs if text in p) for text in ("資料見", "以上所擬"))
    assert all("<w:keepNext/><w:keepLines/>" in paragraph for paragraph in (first, last))
    assert '<w:jc w:val="left"/>' in first
    assert "<w:jc" not in last


@pytest.mark.office
def test_a_number_is_not_parted_from_what_it_counts_from(desk: Desk) -> None:
    # Each point ends its first line within 附件3, whatever the label before it takes.
    texts = ["詳見附表（如附件3）。", *(f"{FULL_LINE[:count]}如附件3所列。" for count in (20, 21, 22, 23))]
    desk.meeting(說明="| 案號 | 層級 | 標題 | 內容 |\n" + "".join(f"| 討1 | 1 | | {text} |\n" for text in texts))
    assert desk.run("build", "113-1", "--format", "docx,pdf").exit_code == 0
    found = lines(desk.output("03 討論事項第一案.pdf"))
    assert not [line for line in found if line.endswith("附件") or re.match(r"\d+ ?所列", line)]
    assert [line for line in found if re.match(r"件 ?3", line)]
    assert any("3）。" in line for line in found)
    # The document itself holds no sign that nobody typed, and the PDF is searched as it is read.
    assert "\u2060" not in xml(desk.output("03 討論事項第一案.docx"))
    assert "\u2060" not in "".join(found)
    assert "第件至" in xml(desk.output("03 討論事項第一案.docx"), "word/settings.xml")


@pytest.mark.office
@pytest.mark.parametrize("words", ["計26項資料", "如附件2至3所列", "逾14個工作日", "依第三點辦理", "附件２（含表）"])
def test_what_follows_a_number_or_第_begins_no_line_in_any_version_of_libreoffice(desk: Desk, words: str) -> None:
    texts = [f"{FULL_LINE[:count]}{words}，並持續辦理。" for count in range(17, 25)]
    desk.meeting(說明="| 案號 | 層級 | 標題 | 內容 |\n" + "".join(f"| 討1 | 1 | | {text} |\n" for text in texts))
    assert desk.run("build", "113-1", "--format", "docx,pdf").exit_code == 0
    found = lines(desk.output("03 討論事項第一案.pdf"))
    assert not [line for line in found if line.endswith(("第", "至", "件")) or line[-1].isdigit()]
    assert [line for line in found if line.startswith(tuple(words[1:]))]


@pytest.mark.slow
def test_a_title_right_above_a_table_has_room_below_it(desk: Desk) -> None:
    desk.meeting(附件=LIST_ROW, 清單=LIST)
    body = built(desk, LIST_NAME)
    title = next(p for p in re.findall(r"<w:p>.*?</w:p>", body[: body.index("<w:tbl>")]) if "Heading1" in p)
    assert '<w:spacing w:after="200"/>' in title


def test_no_row_of_a_template_has_a_height_that_word_counts_differently() -> None:
    assert not [path.name for path in (REPO / "templates").glob("*.docx") if "w:trHeight" in xml(path)]


@pytest.mark.office
@pytest.mark.parametrize("count", [10, 12, 13])
def test_the_room_for_the_decision_is_not_alone_on_a_page_after_a_table(desk: Desk, count: int) -> None:
    past = "| 類別 | 案由 | 決定（議） | 辦理情形 | 列管 |\n" + "".join(
        f"| 報告事項 | 案由第{number}案，報請鑒察。 | 洽悉。 | 已辦理完成並持續追蹤。 | |\n"
        for number in range(1, count + 1)
    )
    cases = """
| 案號 | 類別     | 單位   | 案由                                           | 範本                 |
| 報1  | 報告事項 | 資訊處 | 上次會議決定（議）事項辦理情形，報請鑒察。     | 上次會議決定辦理情形 |
| 討1  | 討論事項 | 企劃處 | 資料集開放一案，提請討論。                     |                      |
"""
    desk.meeting(案由=cases, 上次會議決定=past)
    assert desk.run("build", "113-1", "--format", "docx,pdf").exit_code == 0
    done = subprocess.run(["pdftotext", "-layout", str(desk.output("02 報告事項第一案.pdf")), "-"], capture_output=True)
    *_, last = [page for page in done.stdout.decode("utf-8").split("\f") if page.strip()]
    assert f"案由第 {count} 案" in last
    assert "決定：" in last


@pytest.mark.slow
def test_a_document_that_unpacks_to_too_much_is_given_as_it_is(tmp_path: Path) -> None:
    large = tmp_path / "large.docx"
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", '<w:overflowPunct w:val="0"/>')
        made.writestr("word/media/image1.png", bytes(120_000_000))
    content = large.read_bytes()
    assert hanging.turned(content) is content
    small = (REPO / "templates" / "另附.docx").read_bytes()
    assert hanging.turned(small) != small
    once = hanging.turned(small)
    assert hanging.turned(hanging.turned(once)) == once
