"""Word, Excel and ODF from elsewhere: fields and formulas print what was saved, and never a place of this machine."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import docx
import openpyxl
import pypdfium2
import pytest
from conftest import Desk
from docx.oxml import parse_xml
from lxml import etree
from test_enclosures import attached, odt, put, slides
from test_tracked_changes import BY, GONE, NOTED, RUN, TRACKED, WAYS, commented, open_text, word_file

from generator.pdf.clean.open_documents import NAMESPACES
from generator.pdf.from_elsewhere import saved

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ERROR = "錯誤! 找不到參照來源。"


def complex_field(instruction: str, result: str | None) -> str:
    """A field of a .docx in parts, as Word writes it; with no result where none was saved."""

    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    shown = "" if result is None else mark("separate") + RUN.format(result)
    half = len(instruction) // 2
    pieces = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>'
                     for piece in (instruction[:half], instruction[half:]))  # fmt: skip
    return mark("begin") + pieces + shown + mark("end")


def simple_field(instruction: str, result: str) -> str:
    return f'<w:fldSimple w:instr="{instruction}">{RUN.format(result)}</w:fldSimple>'


def with_header(content: bytes, xml: str) -> bytes:
    made, buffer = docx.Document(io.BytesIO(content)), io.BytesIO()
    header = made.sections[0].header
    header.is_linked_to_previous = False
    header._element.append(parse_xml(f"<w:p {SPACE}>{xml}</w:p>"))
    made.save(buffer)
    return buffer.getvalue()


def edited(content: bytes, changes: Mapping[str, list[tuple[str, str]]]) -> bytes:
    """A package whose parts have other texts; each must be there."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            for before, after in changes.get(name, []):
                assert before in part.decode("utf-8"), (name, before)
                part = part.decode("utf-8").replace(before, after).encode()
            target.writestr(name, part)
    return made.getvalue()


def workbook(head: str = "", **cells: tuple[str, str | None]) -> bytes:
    """A workbook with these formulas and the values that were saved with them (None: none)."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = "統計"
    sheet["A1"] = "開頭"
    sheet.column_dimensions["A"].width = 24
    for place, (formula, _) in cells.items():
        sheet[place] = formula
        sheet[place].number_format = "yyyy/m/d" if "TODAY" in formula else "General"
    sheet.oddHeader.center.text = head
    book.save(buffer)
    changes = []
    with zipfile.ZipFile(buffer) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode("utf-8")
    for place, (_, value) in cells.items():
        [(before, formula)] = re.findall(rf'(<c r="{place}"[^>]*>(<f.*?</f>)<v ?/?>(?:</v>)?</c>)', xml)
        style = re.search(r's="\d+"', before)
        kind = "" if value is None or re.fullmatch(r"[\d.]+", value) else "e" if value.startswith("#") else "str"
        after = f'<c r="{place}" {style[0] if style else ""} {f"t={chr(34)}{kind}{chr(34)}" if kind else ""}>{formula}'
        changes.append((before, after + ("" if value is None else f"<v>{value}</v>") + "</c>"))
    modified = [(re.search(r"(?<=W3CDTF\">)[^<]*(?=</dcterms:modified>)", _part(buffer, "docProps/core.xml")).group(),  # type: ignore[union-attr]
                 '2024-03-04T17:30:00Z')]  # fmt: skip
    return edited(buffer.getvalue(), {"xl/worksheets/sheet1.xml": changes, "docProps/core.xml": modified})


def _part(buffer: io.BytesIO, name: str) -> str:
    with zipfile.ZipFile(buffer) as archive:
        return archive.read(name).decode("utf-8")


def printed(desk: Desk, name: str, content: bytes) -> str:
    """The text of the finished attachment, without spaces."""
    attached(desk, f"| 討1 | 檔 | 檔案:{name} | |")
    put(desk.root / "inputs/113-1/附件", name, content)
    result = desk.run("build", "113-1", "--format", "pdf")
    assert result.exit_code == 0, result.output
    [path] = desk.output().glob("*附件 檔.pdf")
    return text_of(path)


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return "".join("".join(texts).split())


def said(desk: Desk, name: str, content: bytes) -> dict[str, str]:
    """What check says at the row, by code."""
    attached(desk, f"| 討1 | 檔 | 檔案:{name} | |")
    put(desk.root / "inputs/113-1/附件", name, content)
    found = [one for one in desk.problems() if one["code"].startswith("file-")]
    assert {(one["sheet"], one["cell"]) for one in found} <= {("附件", "C2")}
    return {one["code"]: one["text"] for one in found}


# --- Word -------------------------------------------------------------------------------------------------------


@pytest.mark.office
def test_fields_of_a_word_file_print_what_was_saved(desk: Desk) -> None:
    body = [
        simple_field("DATE \\@ yyyy/M/d", "2001/2/3"),
        complex_field(" TIME ", "04:05"),
        complex_field(" SAVEDATE ", "甲存檔日"),
        complex_field(" PRINTDATE ", "乙列印日"),
        complex_field(" CREATEDATE ", "丙建立日"),
        complex_field(" REF _Ref404 \\h ", "表三"),
        complex_field(" PAGEREF _Toc404 \\h ", "三十四"),
        complex_field(" SEQ 表 \\* ARABIC ", "77"),
        complex_field(" DOCPROPERTY 案號 ", "案號九"),
        complex_field(" AUTHOR ", "王作者"),
        simple_field("USERNAME", "李使用者"),
        complex_field(" MERGEFIELD 姓名 ", "陳合併"),
        complex_field(' LINK Excel.Sheet.12 "C:\\\\x.xlsx" ', "連結值"),
        complex_field(" REF 沒有 ", ERROR),
        complex_field(" = 1 + 1 ", "丁公式"),
        complex_field(" IF x = 1 ", "條件果").replace(RUN.format("x"), "").replace(
            "</w:instrText>", f"</w:instrText></w:r>{complex_field(' MERGEFIELD 性別 ', '不見')}<w:r>", 1
        ),
        complex_field(" FILENAME \\p ", "C:\\Users\\wang\\舊名.docx"),
        complex_field(" FILENAME ", "舊名.docx"),
        complex_field(" FILENAME ", None),
        complex_field(" DATE ", None),
        "<w:del " + BY + ">" + complex_field(" DATE ", "刪去日") + "</w:del>",
        complex_field(" TOC \\o ", "目錄一")
    ]  # fmt: skip
    content = with_header(word_file(*body), complex_field(" FILENAME \\p ", "D:\\機密\\舊名.docx"))
    text = printed(desk, "新名.docx", content)
    for shown in ("2001/2/3", "04:05", "甲存檔日", "乙列印日", "丙建立日", "表三", "三十四", "77", "案號九", "王作者",
                  "李使用者", "陳合併", "連結值", "錯誤!找不到參照來源。", "丁公式", "條件果", "目錄一"):  # fmt: skip
        assert shown in text, shown
    for hidden in ("不見", "舊名", "Users", "機密", "tmp", "/", "刪去日"):
        assert hidden not in text.replace("2001/2/3", ""), hidden
    assert text.count("新名.docx") == 4


@pytest.mark.office
def test_pages_are_counted_and_links_stay_in_a_word_file(desk: Desk) -> None:
    body = [complex_field(" PAGE ", "99"), complex_field(" NUMPAGES ", "98")]
    body.append(complex_field(' HYPERLINK "https://example.gov.tw/" ', "網站"))
    text = printed(desk, "頁.docx", word_file(*body))
    assert "9" not in text
    assert "網站" in text


def test_a_word_file_without_fields_keeps_its_bytes() -> None:
    content = word_file(RUN.format("前後"), complex_field(" PAGE ", "1"))
    assert saved.frozen(content, "x.docx") is content


@pytest.mark.slow
def test_changes_comments_and_broken_references_are_said_at_the_row(desk: Desk) -> None:
    row = f"<w:trPr><w:del {BY}/></w:trPr>"
    table = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{row}<w:tc><w:tcPr/><w:p>{GONE}</w:p></w:tc></w:tr></w:tbl>"
    body = [WAYS["inserted"], WAYS["moved here"], WAYS["other looks"], table, NOTED.format(RUN.format("註"))]
    content = commented(with_header(word_file(*body, complex_field(" REF 無 ", ERROR)), GONE))
    found = said(desk, "甲.docx", content)
    assert set(found) == {"file-changes", "file-comments", "file-broken"}
    assert "插入 1 處、移動 1 處、格式 1 處、刪除 3 處" in found["file-changes"]
    assert "（1 則）" in found["file-comments"]
    assert "REF 欄位" in found["file-broken"]
    assert said(desk, "甲.docx", word_file(RUN.format("乾淨"))) == {}


# --- Excel ------------------------------------------------------------------------------------------------------


@pytest.mark.office
def test_cells_of_a_workbook_print_the_values_that_were_saved(desk: Desk) -> None:
    content = workbook(
        head="&12&F 與 &Z&F &D &T &A",
        A2=("=TODAY()", "36925"),
        A3=("=1+1", "777"),
        A4=('=CELL("filename",A1)', "C:\\Users\\wang\\[舊名.xlsx]統計"),
        A5=("=SUM(#REF!)", "#REF!"),
        A6=('=A2&"x"', "存下的字"),
        A7=('=CELL("filename",A1)', None),
        A8=("=TODAY()", None),
        A9=("='[1]外部'!A1", "外部值"),
    )
    text = printed(desk, "113年報表.xlsx", content)
    for shown in ("2001/2/3", "777", "[113年報表.xlsx]統計", "#REF!", "存下的字", "外部值", "2024/3/5", "01:30"):
        assert shown in text, shown
    for hidden in ("舊名", "Users", "tmp", "file:", "???"):
        assert hidden not in text, hidden
    assert text.count("113年報表.xlsx") == 4
    assert text.count("2024/3/5") == 2


def test_a_workbook_says_its_comments_missing_references_and_unsaved_formulas(desk: Desk) -> None:
    content = workbook(A2=("=SUM(#REF!)", "#REF!"), A3=("=1+1", None))
    book, buffer = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
    book["統計"]["A1"].comment = openpyxl.comments.Comment("這裡要改", "審閱人")
    book.save(buffer)
    assert said(desk, "甲.xlsx", buffer.getvalue())["file-comments"] == "「甲.xlsx」有註解（1 則），不會印出"
    found = said(desk, "甲.xlsx", content)
    assert found["file-broken"] == "「甲.xlsx」有找不到參照的內容（〔統計〕A2 #REF!），照存下的樣子印出"
    assert found["file-unsaved"] == "「甲.xlsx」有公式沒有存下結果（〔統計〕A3），印出的可能與 Excel 不同"


# --- PowerPoint -------------------------------------------------------------------------------------------------


@pytest.mark.office
def test_a_date_on_a_slide_stays_as_it_was_saved(desk: Desk) -> None:
    field = '<a:fld id="{5BCAD085-E8A6-8845-BD4E-CB4CCA059FC4}" type="datetime1"><a:rPr/><a:t>2001/2/3</a:t></a:fld>'
    content = slides(25.4, 19.05, "內文")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        run = re.search(r"<a:r>.*?</a:r>", archive.read("ppt/slides/slide1.xml").decode("utf-8"), re.DOTALL)
    assert run is not None
    text = printed(desk, "甲.pptx", edited(content, {"ppt/slides/slide1.xml": [(run[0], field)]}))
    assert "2001/2/3" in text


# --- ODF --------------------------------------------------------------------------------------------------------


@pytest.mark.office
def test_fields_of_an_open_document_print_what_was_saved(desk: Desk) -> None:
    text = printed(
        desk,
        "新名.odt",
        odt(
            '<text:file-name text:display="full">/home/wang/舊名.odt</text:file-name>',
            '<text:date text:date-value="2001-02-03">甲日</text:date>'
            "<text:time>乙時</text:time><text:print-date>丙日</text:print-date>"
            "<text:author-name>王作者</text:author-name>"
            '<text:bookmark-ref text:ref-name="無">錯誤：找不到</text:bookmark-ref>'
            '<text:user-defined text:name="案號">案號九</text:user-defined>'
            '<text:file-name text:display="name">舊名</text:file-name>後文<text:page-number>99</text:page-number>',
        ),
    )
    for shown in ("甲日乙時丙日王作者錯誤：找不到案號九新名後文1", "新名.odt"):
        assert shown in text, (shown, text)
    for hidden in ("舊名", "home", "wang", "99"):
        assert hidden not in text


def test_changes_and_comments_of_an_open_document_are_said_at_the_row(desk: Desk) -> None:
    noted = odt("頁首", "前<office:annotation><text:p>再斟酌</text:p></office:annotation>後")
    assert said(desk, "甲.odt", noted) == {"file-comments": "「甲.odt」有註解（1 則），不會印出"}
    assert TRACKED
    assert said(desk, "甲.odt", open_text()) == {
        "file-changes": "「甲.odt」有追蹤修訂（刪除 1 處），印出全部接受後的樣子"
    }


def test_what_a_formula_says_of_its_file_loses_the_folder() -> None:
    from generator.pdf.from_elsewhere.saved.about import About
    from generator.pdf.from_elsewhere.saved.excel import head_text, of_the_file

    about = About("113年.xlsx", None)
    for path in (
        "C:\\a b\\[x.xlsx]甲",
        "\\\\server\\share\\[x.xlsx]甲",
        "/home/w/[x.xlsx]甲",
        "file:///home/w/[x.xlsx]甲",
    ):
        assert of_the_file(path, about) == "[113年.xlsx]甲"
    assert head_text('&L&"標楷體,粗體"&14&F&R&P/&N', about) == '&L&"標楷體,粗體"&14 113年.xlsx&R&P/&N'
    assert head_text("&&F &Z&F &D", about) == "&&F 113年.xlsx "
    assert etree.fromstring("<a/>").tag == "a"


# --- the formats before 2007, and RTF ---------------------------------------------------------------------------


def converted(tmp_path: Path, ending: str, way: str, content: bytes) -> bytes:
    """The file in an older format, as LibreOffice writes it."""
    source = put(tmp_path / "source", f"x.{ {'xls': 'xlsx', 'ppt': 'pptx'}.get(ending, 'docx') }", content)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         f"{ending}:{way}", "--outdir", str(tmp_path), str(source)], check=True, capture_output=True,
    )  # fmt: skip
    return (tmp_path / f"x.{ending}").read_bytes()


@pytest.mark.office
@pytest.mark.parametrize(("ending", "way"), [("doc", "MS Word 97"), ("rtf", "Rich Text Format")])
def test_fields_of_an_old_text_print_what_was_saved(desk: Desk, tmp_path: Path, ending: str, way: str) -> None:
    body = word_file(
        complex_field(" FILENAME \\p ", "舊"), complex_field(" SEQ 表 ", "3"), complex_field(" DATE ", "日")
    )
    content = converted(tmp_path, ending, way, with_header(body, complex_field(" FILENAME ", "舊.docx")))
    # LibreOffice saved today in it, as it does each day.
    today = datetime.now().strftime("%m/%d/%y")
    encodings = [code for code in ("ascii", "utf-16-le") if today.encode(code) in content]
    assert encodings
    for code in encodings:
        content = content.replace(today.encode(code), "02/03/01".encode(code))
    text = printed(desk, f"新名.{ending}", content)
    assert "02/03/01" in text
    assert today not in text
    assert text.count(f"新名.{ending}") == 2
    assert "tmp" not in text


@pytest.mark.office
def test_cells_of_an_old_workbook_print_the_values_that_were_saved(desk: Desk, tmp_path: Path) -> None:
    content = workbook(
        head="&F 與 &Z&F &D &T",
        A2=("=TODAY()", "36925"),
        A3=('=CELL("filename",A1)', "x"),
        A4=("=1+1", "2"),
        A5=('="甲"&"乙"', "甲乙"),
        A6=("=1/0", "#DIV/0!"),
        A7=("=1=1", "1"),
    )
    old = converted(tmp_path, "xls", "MS Excel 97", content)
    day = struct.pack("<d", (date.today() - date(1899, 12, 30)).days)
    assert day in old
    text = printed(desk, "新名.xls", old.replace(day, struct.pack("<d", 36925)))
    for shown in ("2001/2/3", "甲乙", "#DIV/0!", "2024/3/4", "17:30", "新名.xls與新名.xls"):
        assert shown in text, (shown, text)
    for hidden in ("tmp", "file:", "x.xls", "???"):
        assert hidden not in text.replace("x.xlsx", ""), (hidden, text)


@pytest.mark.office
@pytest.mark.parametrize(("ending", "way"), [("doc", "MS Word 97"), ("rtf", "Rich Text Format")])
def test_changes_and_comments_of_an_old_text_are_said_at_the_row(
    desk: Desk, tmp_path: Path, ending: str, way: str
) -> None:
    content = commented(word_file(WAYS["deleted"], WAYS["inserted"], NOTED.format(RUN.format("註"))))
    found = said(desk, f"甲.{ending}", converted(tmp_path, ending, way, content))
    assert set(found) == {"file-changes", "file-comments"}
    assert "刪除 1 處" in found["file-changes"]
    assert "插入 1 處" in found["file-changes"]
    assert "（1 則）" in found["file-comments"]


@pytest.mark.office
def test_comments_of_an_old_workbook_are_said_at_the_row(desk: Desk, tmp_path: Path) -> None:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for cell in ("A1", "B2"):
        book["Sheet"][cell].comment = openpyxl.comments.Comment("這裡要改", "審閱人")
    book.save(buffer)
    found = said(desk, "甲.xls", converted(tmp_path, "xls", "MS Excel 97", buffer.getvalue()))
    assert found == {"file-comments": "「甲.xls」有註解（2 則），不會印出"}


def test_what_is_missing_in_an_open_document_is_said_at_the_row(desk: Desk) -> None:
    lost = odt("頁首", '<text:bookmark-ref text:ref-name="無">錯誤：找不到參照來源</text:bookmark-ref>')
    assert said(desk, "甲.odt", lost) == {
        "file-broken": "「甲.odt」有找不到參照的內容（參照欄位「錯誤：找不到參照來源」），照存下的樣子印出"
    }
    cell = '<table:table-cell table:formula="of:=[.#REF!]"><text:p>#REF!</text:p></table:table-cell>'
    table = f'<table:table xmlns:table="{NAMESPACES["table"]}" table:name="統計"><table:table-row>{cell}'
    content = odt("頁首", f"</text:p>{table}</table:table-row></table:table><text:p>")
    assert "（〔統計〕#REF!）" in said(desk, "甲.odt", content)["file-broken"]


@pytest.mark.office
def test_a_date_on_an_old_slide_is_that_of_its_file(desk: Desk, tmp_path: Path) -> None:
    foot = (
        '<p:sp><p:nvSpPr><p:cNvPr id="9" name="Date"/><p:cNvSpPr/><p:nvPr><p:ph type="dt" sz="half" idx="10"/></p:nvPr>'
        '</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:fld id="{5BCAD085-E8A6-8845-BD4E-CB4CCA059FC4}"'
        ' type="datetime1"><a:t>2001/2/3</a:t></a:fld></a:p></p:txBody></p:sp></p:spTree>'
    )
    content = slides(25.4, 19.05, "內文")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        modified = re.search(r"<dcterms:modified[^>]*>([^<]*)", archive.read("docProps/core.xml").decode("utf-8"))
    assert modified is not None
    changes = {"ppt/slides/slide1.xml": [("</p:spTree>", foot)]}
    changes["docProps/core.xml"] = [(modified[1], "2024-03-04T17:30:00Z")]
    text = printed(desk, "甲.ppt", converted(tmp_path, "ppt", "MS PowerPoint 97", edited(content, changes)))
    assert text.startswith("2024/3/4內文附件"), text


COMMENT_ON_A_SLIDE = (
    '<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cm authorId="0" idx="1">'
    "<p:text>審閱意見</p:text></p:cm></p:cmLst>"
)
THREAD = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="A1" id="1"><text>請改</text></threadedComment>'
    '<threadedComment ref="A1" id="2" parentId="1"><text>好</text></threadedComment></ThreadedComments>'
)


def with_part(content: bytes, name: str, text: str) -> bytes:
    made = io.BytesIO(content)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(name, text)
    return made.getvalue()


def test_comments_on_slides_and_threads_in_workbooks_are_counted(desk: Desk) -> None:
    deck = with_part(slides(25.4, 19.05, "內文"), "ppt/comments/comment1.xml", COMMENT_ON_A_SLIDE)
    assert said(desk, "甲.pptx", deck) == {"file-comments": "「甲.pptx」有註解（1 則），不會印出"}
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book["Sheet"]["A1"].comment = openpyxl.comments.Comment("[Threaded comment] 請改", "tc")
    book.save(buffer)
    threaded = with_part(buffer.getvalue(), "xl/threadedComments/threadedComment1.xml", THREAD)
    assert said(desk, "甲.xlsx", threaded) == {"file-comments": "「甲.xlsx」有註解（2 則），不會印出"}
