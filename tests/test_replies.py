"""What members send back on the draft minutes: read from the files they use, at its case and sentence, once each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from compound import compound, properties
from conftest import AGENCY, UNITS, Desk, write_book
from lxml import etree
from test_minutes import ATTENDANCE, ROSTER

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
INFO = """
| 欄位     | 內容   |
| 紀錄狀態 | 草稿   |
| 實際開始 | 14:35  |
| 散會     | 16:10  |
"""
REMARKS = """
| 案號 | 順序 | 發言者 | 類型     | 記名方式 | 內容                                             |
| 報1  | 1    | 周民間 | 委員意見 | 記名     | 報告宜附圖表。數字宜註明出處。                   |
| 討1  | 1    | 吳民間 | 委員意見 | 記名     | 建議縮短更新頻率。並請說明期程。                 |
| 討1  | 2    | 資訊處 | 機關回應 | 記名     | 將研議期程與經費。                               |
"""
DECISIONS = """
| 案號 | 項次 | 內容                             | 主辦單位 | 期限      | 列管     |
| 報1  | 1    | 洽悉。                           |          |           |          |
| 討1  | 1    | 照案通過；請資訊處儘速辦理。     | 資訊處   | 113-06-30 | 持續列管 |
"""


def met(desk: Desk, remarks: str = REMARKS, info: str = INFO, decisions: str = DECISIONS) -> Desk:
    """A meeting with draft minutes, built."""
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER)
    desk.meeting()
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=info, 出席=ATTENDANCE, 發言=remarks, 決議=decisions)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    return desk


def returned(desk: Desk, name: str, change: Callable[[Any], dict[str, str] | None]) -> Path:
    """The draft as a member sends it back: ``change`` works on the tree of its body, and may add parts."""
    path = desk.root / "回復" / name
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(desk.output("會議紀錄（會議版）.docx")) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    root = etree.fromstring(parts["word/document.xml"])
    more = change(root) or {}
    parts["word/document.xml"] = etree.tostring(root)
    parts |= {entry: text.encode() for entry, text in more.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for entry, content in parts.items():
            archive.writestr(entry, content)
    return path


def paragraph(root: Any, words: str) -> Any:
    """The paragraph that has these words."""
    found = [p for p in root.iter(f"{W}p") if words in "".join(t.text or "" for t in p.iter(f"{W}t"))]
    assert found, words
    return found[0]


def marked(tag: str, author: str, text: str = "", number: int = 1) -> str:
    """A tracked change as Word writes it."""
    word = "delText" if tag in ("del", "moveFrom") else "t"
    if tag == "moveFrom":
        word = "t"
    run = f'<w:r><w:{word} xml:space="preserve">{text}</w:{word}></w:r>' if text else ""
    return f'<w:{tag} w:id="{number}" w:author="{author}" w:date="2024-05-25T09:00:00Z">{run}</w:{tag}>'


def rewrite(p: Any, *pieces: str) -> None:
    """The runs of a paragraph anew: a plain text, or XML that begins with <."""
    properties = p.find(f"{W}pPr")
    for child in [child for child in p if child is not properties]:
        p.remove(child)
    for piece in pieces:
        xml = piece if piece.startswith("<") else f'<w:r><w:t xml:space="preserve">{piece}</w:t></w:r>'
        for child in etree.fromstring(f'<x xmlns:w="{WORD}">{xml}</x>'):
            p.append(child)


def came(desk: Desk, *more: str) -> dict[str, Any]:
    result = desk.run("replies", "113-1", str(desk.root / "回復"), "--json", *more)
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def short(found: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [(row["member"], row["case"], row["old"], row["new"]) for row in found["rows"]]


def mail(desk: Desk, name: str, sender: str, text: str, *files: tuple[str, bytes], html: str = "") -> Path:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "group@example.gov.tw", "回復：紀錄草稿"
    message["Date"] = "Sat, 25 May 2024 09:30:00 +0800"
    message.set_content(html or text, subtype="html" if html else "plain")
    for file, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=file)
    path = desk.root / "回復" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(message.as_bytes())
    return path


@pytest.mark.slow
def test_two_members_in_one_paragraph_are_two_rows_each_with_its_own_text(desk: Desk) -> None:
    met(desk)

    def change(root: Any) -> None:
        rewrite(
            paragraph(root, "報告宜附圖表"),
            "周民間委員：報告宜附",
            marked("del", "周民間", "圖表"),
            marked("ins", "周民間", "統計圖表"),
            "。數字宜註明",
            marked("ins", "吳民間教授", "資料"),
            "出處。",
        )

    returned(desk, "彙整.docx", change)
    found = came(desk)
    assert short(found) == [
        ("周民間", "報1", "周民間委員：報告宜附圖表。", "周民間委員：報告宜附統計圖表。"),
        ("吳民間", "報1", "數字宜註明出處。", "數字宜註明資料出處。"),
    ]
    assert [row["place"][-3:] for row in found["rows"]] == ["第1句", "第2句"]
    assert all(row["place"].startswith("貳一") for row in found["rows"])
    assert found["rows"][1]["cell"] == "會議紀錄.xlsx〔發言〕F2"
    assert [(reply["member"], reply["count"]) for reply in found["replies"]] == [("周民間", 1), ("吳民間", 1)]
    assert not {"周民間", "吳民間"} & set(found["absent"])


@pytest.mark.slow
def test_who_deletes_in_anothers_insertion_proposes_against_that_proposal(desk: Desk) -> None:
    met(desk)

    def change(root: Any) -> None:
        inner = marked("del", "吳民間", "及附表").replace("<w:del ", f'<w:del xmlns:w="{WORD}" ')
        rewrite(
            paragraph(root, "將研議期程"),
            "資訊處：將研議期程與經費",
            marked("ins", "周民間", "說明"),
            f'<w:ins w:id="7" w:author="周民間" w:date="2024-05-25T09:00:00Z">{inner}</w:ins>',
            "。",
        )

    returned(desk, "兩人.docx", change)
    assert short(came(desk)) == [
        ("周民間", "討1", "資訊處：將研議期程與經費。", "資訊處：將研議期程與經費說明及附表。"),
        ("吳民間", "討1", "資訊處：將研議期程與經費說明及附表。", "資訊處：將研議期程與經費說明。"),
    ]


@pytest.mark.slow
def test_comments_stand_at_the_sentence_that_they_are_on(desk: Desk) -> None:
    met(desk)
    comments = f"""<?xml version="1.0"?><w:comments xmlns:w="{WORD}">
    <w:comment w:id="0" w:author="鄭民間">
    <w:p><w:r><w:t>請寫明期程。</w:t></w:r></w:p></w:comment>
    <w:comment w:id="1" w:author="高民間">
    <w:p><w:r><w:t>同意，</w:t></w:r></w:p><w:p><w:r><w:t>並附經費。</w:t></w:r></w:p>
    </w:comment></w:comments>"""

    def change(root: Any) -> dict[str, str]:
        rewrite(
            paragraph(root, "建議縮短更新頻率"),
            "吳民間委員：建議縮短更新頻率。並請",
            '<w:commentRangeStart w:id="0"/><w:commentRangeStart w:id="1"/>',
            "說明期程",
            '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>',
            '<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>',
            "。",
        )
        return {"word/comments.xml": comments}

    returned(desk, "意見.docx", change)
    assert short(came(desk)) == [
        ("鄭民間", "討1", "並請說明期程。", "（「說明期程」）請寫明期程。"),
        ("高民間", "討1", "並請說明期程。", "（「說明期程」）同意，\n並附經費。"),
    ]


@pytest.mark.slow
def test_a_moved_paragraph_is_one_row_and_its_edit_is_not_lost(desk: Desk) -> None:
    met(desk)

    def change(root: Any) -> None:
        source, target = paragraph(root, "建議縮短更新頻率"), paragraph(root, "將研議期程")
        text = "吳民間委員：建議縮短更新頻率。並請說明期程。"
        mark = '<w:%s w:id="9" w:name="move1" w:author="吳民間" w:date="2024-05-25T09:00:00Z"/>'
        moved = etree.SubElement(target.getparent(), f"{W}p")
        target.addnext(moved)
        rewrite(
            source,
            mark % "moveFromRangeStart",
            marked("moveFrom", "吳民間", text),
            '<w:moveFromRangeEnd w:id="9"/>',
        )
        rewrite(
            moved,
            mark % "moveToRangeStart",
            marked("moveTo", "吳民間", text),
            marked("ins", "吳民間", "謝謝。"),
            '<w:moveToRangeEnd w:id="9"/>',
        )
        properties = etree.Element(f"{W}pPr")
        etree.SubElement(etree.SubElement(properties, f"{W}rPr"), f"{W}moveTo").set(f"{W}author", "吳民間")
        moved.insert(0, properties)

    returned(desk, "吳民間.docx", change)
    found = came(desk)
    assert [row["kind"] for row in found["rows"]].count("移動") == 1
    move = next(row for row in found["rows"] if row["kind"] == "移動")
    assert (move["member"], move["case"], move["old"]) == (
        "吳民間",
        "討1",
        "吳民間委員：建議縮短更新頻率。並請說明期程。",
    )
    assert "移到「資訊處：將研議期程與經費。」之後" in move["new"]
    assert any("謝謝。" in row["new"] for row in found["rows"])


@pytest.mark.slow
def test_what_was_changed_without_tracking_is_found_by_comparing(desk: Desk) -> None:
    met(desk)

    def change(root: Any) -> None:
        rewrite(paragraph(root, "照案通過"), "決議：照案通過；請資訊處於6月底前辦理。")
        new = etree.Element(f"{W}p")
        paragraph(root, "將研議期程").addnext(new)
        rewrite(new, "周民間委員：請一併提供英文版。")
        gone = paragraph(root, "數字宜註明出處")
        gone.getparent().remove(gone)

    returned(desk, "周民間委員意見.docx", change)
    assert short(came(desk)) == [
        (
            "周民間",
            "討1",
            "資訊處：將研議期程與經費。",
            "資訊處：將研議期程與經費。\n周民間委員：請一併提供英文版。",
        ),
        ("周民間", "討1", "請資訊處儘速辦理。", "請資訊處於6月底前辦理。"),
        ("周民間", "報1", "周民間委員：報告宜附圖表。數字宜註明出處。", ""),
    ]


@pytest.mark.slow
def test_a_deleted_end_of_a_paragraph_and_a_new_paragraph_keep_every_word(desk: Desk) -> None:
    met(desk)

    def change(root: Any) -> None:
        first = paragraph(root, "將研議期程")
        rewrite(first, "資訊處：將研議期程與經費。")
        for tag, p in (("ins", first),):
            properties = p.find(f"{W}pPr")
            of_end = etree.SubElement(properties, f"{W}rPr")
            etree.SubElement(of_end, f"{W}{tag}").set(f"{W}author", "鄭民間")
        new = etree.Element(f"{W}p")
        first.addnext(new)
        rewrite(new, marked("ins", "鄭民間", "預計年底完成。"))

    returned(desk, "鄭.docx", change)
    assert short(came(desk)) == [
        ("鄭民間", "討1", "資訊處：將研議期程與經費。", "資訊處：將研議期程與經費。\n預計年底完成。")
    ]


@pytest.mark.slow
def test_a_mail_with_quoted_text_lands_at_the_quoted_sentence(desk: Desk) -> None:
    met(desk)
    text = """承辦人您好：

> 吳民間委員：建議縮短更新頻率。並請說明期程。

這一句請補充每季更新的可行性。

另外決議「請資訊處儘速辦理」請修正為「請資訊處於年底前辦理」。

謝謝

周民間敬上

-----原始郵件-----
寄件者: 承辦人
主旨: 檢送紀錄草稿
決議：照案通過；請資訊處儘速辦理。
"""
    mail(desk, "回信.eml", "周民間 <chou@example.org>", text)
    found = came(desk)
    assert short(found) == [
        ("周民間", "討1", "吳民間委員：建議縮短更新頻率。並請說明期程。", "這一句請補充每季更新的可行性。"),
        ("周民間", "討1", "請資訊處儘速辦理。", "請資訊處於年底前辦理。"),
    ]
    assert found["rows"][0]["received"] == "2024-05-25T09:30+08:00"


@pytest.mark.slow
def test_an_html_mail_is_read_without_what_it_quotes(desk: Desk) -> None:
    met(desk)
    html = """<html><body><p>各位好：</p><p>討論事項第一案的決議請寫明經費來源。</p>
    <blockquote type="cite"><p>決議：照案通過；請資訊處儘速辦理。</p><p>散會</p></blockquote></body></html>"""
    mail(desk, "回信.eml", "高民間 <kao@example.org>", "", html=html)
    assert short(came(desk)) == [("高民間", "討1", "", "討論事項第一案的決議請寫明經費來源。")]


@pytest.mark.slow
def test_no_opinion_counts_as_a_reply_and_is_no_row(desk: Desk) -> None:
    met(desk)
    mail(desk, "回信.eml", "高民間 <kao@example.org>", "敬悉，本人無修正意見，謝謝。\n\n高民間 敬上\n")
    found = came(desk)
    assert found["rows"] == []
    assert [(reply["member"], reply["remark"]) for reply in found["replies"]] == [("高民間", "無修正意見")]
    assert "高民間" not in found["absent"]
    assert "周民間" in found["absent"]


@pytest.mark.slow
def test_the_same_reply_loose_and_in_a_mail_and_again_later_is_one_row(desk: Desk) -> None:
    met(desk)
    path = returned(desk, "周民間.docx", lambda root: rewrite(paragraph(root, "洽悉"), "決定：准予備查。"))
    mail(desk, "信.eml", "周民間 <chou@example.org>", "如附件\n", ("周民間.docx", path.read_bytes()))
    first = came(desk)
    assert len(first["rows"]) == 1
    assert first["known"] == 1
    book = desk.root / "inputs/113-1/修正意見.xlsx"
    before = book.read_bytes()
    again = came(desk)
    assert (again["rows"], again["file"]) == ([], "")
    mail(desk, "再信.eml", "鄭民間 <cheng@example.org>", "報告事項第一案請附圖表出處。\n")
    later = came(desk)
    assert [row["member"] for row in later["rows"]] == ["鄭民間"]
    assert later["file"] == "修正意見 第2批.xlsx"
    assert book.read_bytes() == before


@pytest.mark.slow
def test_a_pdf_with_notes_is_read_at_the_text_that_they_are_on(desk: Desk) -> None:
    met(desk)
    noted(desk, "鄭民間.pdf")
    found = came(desk)
    assert [(row["member"], row["kind"], row["case"]) for row in found["rows"]] == [
        ("鄭民間", "意見", "報1"),
        ("鄭民間", "修訂", "討1"),
    ]
    assert found["rows"][0]["old"] == "數字宜註明出處。"
    assert found["rows"][0]["new"] == "（「註明出處」）哪一年的資料？"
    assert found["rows"][1]["old"] == "資訊處：將研議期程與經費。"
    assert found["rows"][1]["new"] == "資訊處：將研議預定期程與經費。"
    assert "第 1 頁註記" in found["rows"][0]["source"]


def noted(desk: Desk, name: str) -> None:
    """A PDF of the draft's sentences with a highlight, and a strike-out with a caret, as viewers write them."""
    import pikepdf

    lines = ["周民間委員：報告宜附圖表。數字宜註明出處。", "資訊處：將研議期程與經費。"]
    source = drawn(lines)
    with pikepdf.open(source) as pdf:
        page = pdf.pages[0]

        def quads(row: int, start: int, count: int) -> pikepdf.Array:
            left, low = 72 + 12 * start, 700 - 40 * row - 3
            right, high = left + 12 * count, low + 14
            return pikepdf.Array([left, high, right, high, left, low, right, low])

        def note(kind: str, quad: pikepdf.Array | None, text: str, **more: Any) -> Any:
            box = [quad[0], quad[5], quad[2], quad[1]] if quad is not None else [100, 600, 110, 610]
            values = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name(f"/{kind}"), "Rect": pikepdf.Array(box)}
            found = pikepdf.Dictionary(**values, T=pikepdf.String("鄭民間"), Contents=pikepdf.String(text), **more)
            if quad is not None:
                found.QuadPoints = quad
            return pdf.make_indirect(found)

        caret = note("Caret", None, "預定期程")
        struck = note("StrikeOut", quads(1, 7, 2), "", IRT=caret, RT=pikepdf.Name.Group)
        page.Annots = pdf.make_indirect(
            pikepdf.Array([note("Highlight", quads(0, 16, 4), "哪一年的資料？"), caret, struck])
        )
        path = desk.root / "回復" / name
        path.parent.mkdir(exist_ok=True)
        pdf.save(path)


def drawn(lines: list[str]) -> Any:
    """A page with lines of 12 pt at x 72, y 700, 660 … set with a character set that PDFium knows."""
    import io

    import pikepdf

    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    about = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType0,
        BaseFont=pikepdf.Name("/MSung-Light"),
        CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="CNS1", Supplement=0),
        DW=1000,
        FontDescriptor=pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.FontDescriptor,
                FontName=pikepdf.Name("/MSung-Light"),
                Flags=4,
                FontBBox=[0, -200, 1000, 900],
                ItalicAngle=0,
                Ascent=800,
                Descent=-200,
                CapHeight=800,
                StemV=80,
            )
        ),
    )
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name("/MSung-Light-UniCNS-UCS2-H"),
        Encoding=pikepdf.Name("/UniCNS-UCS2-H"),
        DescendantFonts=[pdf.make_indirect(about)],
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    shown = "".join(
        f"1 0 0 1 72 {700 - 40 * row} Tm <{line.encode('utf-16-be').hex()}> Tj " for row, line in enumerate(lines)
    )
    page.Contents = pdf.make_stream(f"BT /F1 12 Tf {shown} ET".encode())
    result = io.BytesIO()
    pdf.save(result)
    result.seek(0)
    return result


@pytest.mark.slow
def test_a_filled_form_is_read_row_by_row(desk: Desk) -> None:
    met(desk)
    write_book(
        desk.root / "回復/吳民間.xlsx",
        修正意見表="""
| 案號 | 原文 | 建議文字 |
| 報1 | 報告宜附圖表。 | 報告宜附統計圖表。 |
| 討1 | | 請補列經費。 |
""",
    )
    assert short(came(desk)) == [
        ("吳民間", "報1", "周民間委員：報告宜附圖表。", "周民間委員：報告宜附統計圖表。"),
        ("吳民間", "討1", "", "請補列經費。"),
    ]


def outlook(sender: str, mailbox: str, text: str, **more: bytes) -> dict[str, bytes]:
    """The streams of a mail as Outlook keeps them, in the code page of Taiwan."""
    texts = {0x0037: "回復：紀錄草稿", 0x0C1A: sender, 0x5D01: mailbox, 0x1000: text}
    streams = {f"__substg1.0_{number:04X}001E": value.encode("cp950") for number, value in texts.items()}
    # 113-05-25 09:30 in Taipei, in tenths of a microsecond since 1601; the code page.
    fixed = properties(32, p0E060040=133610742000000000, p3FFD0003=950)
    return streams | more | {"__properties_version1.0": fixed}


@pytest.mark.slow
def test_a_mail_saved_by_outlook_is_read_with_what_is_attached_and_forwarded(desk: Desk) -> None:
    met(desk)
    forwarded = outlook("吳民間", "wu@example.org", "建議刪除「並請說明期程。」。")
    attached = "__attach_version1.0_#00000000/"
    within = "__attach_version1.0_#00000001/"
    streams = outlook(
        "周民間", "chou@example.org", "各位好：\r\n\r\n「報告宜附圖表」修正為「報告宜附圖」。\r\n\r\n謝謝"
    )
    streams |= {
        f"{attached}__properties_version1.0": properties(8),
        f"{attached}__substg1.0_3707001F": "另附.txt".encode("utf-16-le"),
        f"{attached}__substg1.0_37010102": "「數字宜註明出處」修正為「數字應註明出處」。".encode(),
        f"{within}__properties_version1.0": properties(8),
        f"{within}__substg1.0_3001001F": "轉寄的信".encode("utf-16-le"),
    }
    head = {"__properties_version1.0": properties(24, p3FFD0003=950)}
    streams |= {f"{within}__substg1.0_3701000D/{name}": content for name, content in (forwarded | head).items()}
    path = desk.root / "回復" / "周民間.msg"
    path.parent.mkdir()
    path.write_bytes(compound(streams))
    found = came(desk)
    assert short(found) == [
        ("周民間", "報1", "周民間委員：報告宜附圖表。", "周民間委員：報告宜附圖。"),
        ("周民間", "報1", "數字宜註明出處。", "數字應註明出處。"),
        ("吳民間", "討1", "並請說明期程。", ""),
    ]
    assert [row["received"] for row in found["rows"][:2]] == ["2024-05-25T09:30+08:00"] * 2
    assert found["unread"] == []


@pytest.mark.office
@pytest.mark.slow
def test_changes_tracked_in_a_document_of_before_2007_are_read(desk: Desk, tmp_path: Path) -> None:
    met(desk)

    def change(root: Any) -> None:
        p = paragraph(root, "報告宜附圖表")
        rewrite(
            p,
            "周民間委員：報告宜附",
            marked("del", "周民間", "圖表"),
            marked("ins", "周民間", "統計圖表"),
            "。數字宜註明出處。",
        )

    newer = returned(desk, "周民間.docx", change)
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "doc",
    ]
    subprocess.run([*command, "--outdir", str(newer.parent), str(newer)], check=True, capture_output=True, timeout=120)
    newer.unlink()
    assert short(came(desk)) == [("周民間", "報1", "周民間委員：報告宜附圖表。", "周民間委員：報告宜附統計圖表。")]


@pytest.mark.slow
def test_what_cannot_be_read_is_listed_and_hurts_nothing(desk: Desk) -> None:
    met(desk)
    folder = desk.root / "回復"
    folder.mkdir()
    (folder / "周民間.docx").write_bytes(b"PK\x03\x04 broken")
    (folder / "吳民間.msg").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "鄭民間.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "高民間.jpg").write_bytes(b"\xff\xd8")
    found = came(desk)
    assert found["rows"] == []
    assert {reply["member"] for reply in found["replies"]} == {"周民間", "吳民間", "鄭民間", "高民間"}
    assert all(reply["unread"] for reply in found["replies"])
    assert any("請人工閱讀" in text for text in found["unread"])


@pytest.mark.slow
def test_a_bomb_among_the_replies_is_not_unpacked(desk: Desk) -> None:
    met(desk)
    path = desk.root / "回復/周民間.docx"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * 60_000_000 + b"</a>")
    assert [reply["unread"] for reply in came(desk)["replies"]] == [True]


@pytest.mark.slow
def test_late_and_absent_members_are_named_with_the_date(desk: Desk) -> None:
    met(desk)
    early, late = (
        returned(desk, f"{name}.docx", lambda root: rewrite(paragraph(root, "洽悉"), "決定：准予備查。"))
        for name in ("周民間", "吳民間")
    )
    os.utime(early, (1716600000, 1716600000))
    os.utime(late, (1726600000, 1726600000))
    result = desk.run("replies", "113-1", str(desk.root / "回復"))
    assert re.search(r"逾期回復（期限 113年\d+月\d+日）：吳民間\n", result.output)
    assert "未回復，視同無意見" in result.output
    assert "陳代表" in result.output
    assert "inputs/113-1/修正意見.xlsx" in result.output


def decide(desk: Desk, *outcomes: tuple[str, str, str]) -> None:
    """Fills 採納, 採用文字 and 理由 as staff would."""
    path = desk.root / "inputs/113-1/修正意見.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["修正意見"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for number, values in enumerate(outcomes, start=2):
        for name, value in zip(("採納", "採用文字", "理由"), values, strict=True):
            sheet.cell(number, columns[name], value or None)
    book.save(path)


@pytest.mark.slow
def test_the_check_names_cell_and_text_of_what_was_adopted_and_is_not_in_the_minutes(desk: Desk) -> None:
    met(desk)
    returned(
        desk,
        "周民間.docx",
        lambda root: rewrite(paragraph(root, "報告宜附"), "周民間委員：報告宜附表。數字宜註明出處。"),
    )
    came(desk)
    problems = [found for found in desk.problems() if found["code"].startswith("reply-")]
    assert [found["code"] for found in problems] == ["reply-undecided-yet"]
    decide(desk, ("採納", "", ""))
    problems = [found for found in desk.problems() if found["code"].startswith("reply-")]
    assert [found["code"] for found in problems] == ["reply-not-in-yet"]
    assert problems[0]["remedy"] == "請把 會議紀錄.xlsx〔發言〕F2 改為：報告宜附表。數字宜註明出處。"
    mended = REMARKS.replace("報告宜附圖表。", "報告宜附表。")
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=INFO, 出席=ATTENDANCE, 發言=mended, 決議=DECISIONS)
    assert [found for found in desk.problems() if found["code"].startswith("reply-")] == []


@pytest.mark.slow
def test_final_minutes_need_every_proposal_decided_and_refusals_with_a_reason(desk: Desk) -> None:
    met(desk)
    mail(desk, "一.eml", "周民間 <a@example.org>", "報告事項第一案請補圖。\n\n討論事項第一案請補表。\n")
    came(desk)
    decide(desk, ("不採納", "", ""))
    final = INFO.replace("草稿", "定稿")
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=final, 出席=ATTENDANCE, 發言=REMARKS, 決議=DECISIONS)
    codes = {found["code"] for found in desk.problems() if found["code"].startswith("reply-")}
    assert codes == {"reply-unreasoned", "reply-undecided"}


@pytest.mark.slow
def test_the_build_makes_the_table_with_outcomes_and_who_did_not_reply(desk: Desk) -> None:
    met(desk)
    mail(desk, "一.eml", "周民間 <a@example.org>", "報告事項第一案請補圖。\n\n討論事項第一案請補表。\n\n第三點無關。\n")
    came(desk)
    decide(desk, ("不採納", "", "會中未討論。"), ("部分採納", "請補附表。", "已有圖。"), ("不列入", "", ""))
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    text = desk.texts()["委員意見及回應表"]
    assert "報告事項第一案" in text
    assert "不採納：會中未討論。" in text
    assert "部分採納：請補附表。：已有圖。" in text
    assert "第三點無關" not in text
    assert "修正意見共2項" in text
    assert re.search(r"未回復者，視同無意見：.*陳代表", text)


@pytest.mark.slow
def test_a_nameless_member_is_nameless_in_the_table_too(desk: Desk) -> None:
    met(desk, remarks=REMARKS.replace("| 吳民間 | 委員意見 | 記名  ", "| 吳民間 | 委員意見 | 不記名"))
    mail(desk, "一.eml", "吳民間 <a@example.org>", "討論事項第一案，吳民間的發言請補表。\n")
    mail(
        desk,
        "二.eml",
        "周民間 <b@example.org>",
        "「建議縮短更新頻率。」請修正為「建議每季更新。」\n\n報告事項第一案請補圖。\n",
    )
    came(desk)
    built = desk.run("build", "113-1", "--format", "docx")
    assert built.exit_code == 0, built.output
    text = desk.texts()["委員意見及回應表"]
    assert "吳民間" not in text
    assert "（涉及不記名發言，不列）" in text
    # 周民間 speaks by name elsewhere; on the nameless remark he is 委員 as well.
    assert text.count("周民間") == text.count("周民間委員：") + 1
    assert re.search(r"未回復者，視同無意見：\d+人", text)


@pytest.mark.slow
def test_a_folder_that_is_not_there_is_a_wrong_usage(desk: Desk) -> None:
    met(desk)
    result = desk.run("replies", "113-1", str(desk.root / "沒有"))
    assert result.exit_code == 2
    assert "找不到資料夾「沒有」" in result.output


@pytest.mark.office
def test_changes_tracked_in_an_open_document_are_read_as_in_word(desk: Desk, tmp_path: Path) -> None:
    from generator.pdf import office

    met(desk)

    def change(root: Any) -> None:
        rewrite(
            paragraph(root, "報告宜附圖表"),
            "周民間委員：報告宜附",
            marked("del", "周民間", "圖表"),
            marked("ins", "周民間", "統計圖表"),
            "。數字宜註明",
            marked("ins", "吳民間", "資料"),
            "出處。",
        )

    path = returned(desk, "彙整.docx", change)
    with_office = office.Office()
    try:
        done = with_office.convert([path], "odt", tmp_path, timeout=60)
    finally:
        with_office.close()
    (desk.root / "回復/彙整.odt").write_bytes(done[path].read_bytes())
    path.unlink()
    assert short(came(desk)) == [
        ("周民間", "報1", "周民間委員：報告宜附圖表。", "周民間委員：報告宜附統計圖表。"),
        ("吳民間", "報1", "數字宜註明出處。", "數字宜註明資料出處。"),
    ]


@pytest.mark.slow
def test_a_form_is_written_and_read_again_when_it_is_filled(desk: Desk) -> None:
    met(desk)
    assert desk.run("replies", "113-1", "--form").exit_code == 0
    path = desk.root / "output/113-1 信件/修正意見表.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heading = next(row[0].row for row in sheet.iter_rows() if row[0].value == "委員")
    for column, value in enumerate(("高民間", "討1", "請資訊處儘速辦理。", "請資訊處於年底前辦理。"), start=1):
        sheet.cell(heading + 1, column, value)
    (desk.root / "回復").mkdir()
    book.save(desk.root / "回復/表.xlsx")
    assert short(came(desk)) == [("高民間", "討1", "請資訊處儘速辦理。", "請資訊處於年底前辦理。")]


PROPOSALS = """
| 編號 | 委員   | 案號 | 處所 | 種類 | 原文             | 建議文字 | 收件時間  | 採納   | 採用文字 | 理由 |
| a1   | 周民間 | 討9  |      | 意見 |                  | 請補表。 | 113-05-25 | 不採納 |          |      |
| a2   | 周民閒 | 討1  |      | 意見 | 請說明期程。     | 請補表。 | 113-05-25 | 採納   |          |      |
| a3   | 周民間 | 討1  |      | 修訂 | 並請說明期程。   | 並請說明時程。 | 113-05-25 | 採納 |      |      |
"""


@pytest.mark.slow
@pytest.mark.parametrize(("status", "yet"), [("草稿", "-yet"), ("定稿", "")])
def test_each_row_of_proposals_is_checked_at_its_cell(desk: Desk, status: str, yet: str) -> None:
    met(desk)
    info = INFO.replace("草稿", status)
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=info, 出席=ATTENDANCE, 發言=REMARKS, 決議=DECISIONS)
    desk.book("113-1/修正意見.xlsx", 修正意見=PROPOSALS)
    found = {(entry["code"], entry["cell"]) for entry in desk.problems() if entry["code"].startswith("reply-")}
    assert found == {
        ("reply-unknown-case", "C2"),
        (f"reply-unreasoned{yet}", "K2"),
        ("reply-unknown-member", "B3"),
        ("reply-words-missing", "J3"),
        (f"reply-not-in{yet}", "I4"),
    }
    assert f"reply-undecided{yet}" not in {code for code, _ in found}


@pytest.mark.slow
def test_without_a_draft_that_can_be_made_nothing_is_taken_in(desk: Desk) -> None:
    met(desk)
    returned(desk, "周民間.docx", lambda root: rewrite(paragraph(root, "洽悉"), "決定：准予備查。"))
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=INFO, 出席=ATTENDANCE, 發言=REMARKS.replace("| 討1  | 2 ", "| 討9  | 2 "))
    result = desk.run("replies", "113-1", str(desk.root / "回復"))
    assert result.exit_code == 1
    assert "沒有匯入任何意見" in result.output
    assert not (desk.root / "inputs/113-1/修正意見.xlsx").exists()
