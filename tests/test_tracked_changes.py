"""Tracked changes and comments, in templates and in attachments: what was deleted, and by whom, never goes out."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from conftest import Desk, docx_text
from lxml import etree
from pptx import Presentation
from test_enclosures import attached, odt, put
from test_template_check import added, case, change, found, text

from generator.pdf import office
from generator.word import revisions

DELETED, REVIEWER, REMARK = "刪去的字句", "審閱人甲", "這句要再斟酌"
BY = f'w:id="901" w:author="{REVIEWER}" w:date="2024-01-01T00:00:00Z"'
RUN = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
GONE = f"<w:del {BY}><w:r><w:delText>{DELETED}</w:delText></w:r></w:del>"
MOVED = (
    f'<w:moveFromRangeStart w:id="902" w:name="m" w:author="{REVIEWER}"/><w:moveFrom {BY}>{RUN.format(DELETED)}'
    '</w:moveFrom><w:moveFromRangeEnd w:id="902"/>'
)
CHANGED_LOOKS = f"<w:rPr><w:b/><w:rPrChange {BY}><w:rPr/></w:rPrChange></w:rPr>"
NOTED = '<w:commentRangeStart w:id="1"/>{}<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>'
MARKED = f"<w:pPr><w:rPr><w:del {BY}/></w:rPr></w:pPr>"
CELL = "<w:tc><w:tcPr/><w:p>{}</w:p></w:tc>"
ROWS = (
    f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{CELL.format(RUN.format('留下'))}</w:tr>"
    f"<w:tr><w:trPr><w:del {BY}/></w:trPr>{CELL.format(GONE)}</w:tr></w:tbl>"
)
WAYS = {
    "deleted": RUN.format("前") + GONE + RUN.format("後"),
    "inserted": RUN.format("前") + f"<w:ins {BY}>{RUN.format('中')}</w:ins>" + RUN.format("後"),
    "moved away": RUN.format("前") + MOVED + RUN.format("後"),
    "moved here": f"<w:moveTo {BY}>{RUN.format('前後')}</w:moveTo>",
    "other looks": f"<w:r>{CHANGED_LOOKS}<w:t>前後</w:t></w:r>",
    "paragraphs": f"<w:pPr><w:pPrChange {BY}><w:pPr/></w:pPrChange></w:pPr>{RUN.format('前後')}",
    "a tag half inserted": RUN.format("{{ 本案.") + f"<w:ins {BY}>{RUN.format('案由 }}')}</w:ins>",
    "a tag in another": f"<w:ins {BY}>{RUN.format('{{ 本案.案由 }}')}{GONE}</w:ins>",
}


def commented(content: bytes) -> bytes:
    """A .docx with a comment on its first run, as Word writes it: four parts tell of comments and of who made them."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kinds = {
        "comments": "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments",
        "people": "http://schemas.microsoft.com/office/2011/relationships/people",
    }
    parts = {
        "word/comments.xml": f'<w:comments xmlns:w="{space}"><w:comment w:id="1" w:author="{REVIEWER}" w:initials="甲">'
        f"<w:p>{RUN.format(REMARK)}</w:p></w:comment></w:comments>",
        "word/people.xml": '<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
        f'<w15:person w15:author="{REVIEWER}"/></w15:people>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            part = source.read(name).decode("utf-8") if name.endswith((".xml", ".rels")) else source.read(name)
            if isinstance(part, str) and name == "word/_rels/document.xml.rels":
                links = (f'<Relationship Id="c{kind}" Type="{kinds[kind]}" Target="{kind}.xml"/>' for kind in kinds)
                part = part.replace("</Relationships>", f"{''.join(links)}</Relationships>")
            if isinstance(part, str) and name == "[Content_Types].xml":
                listed = "".join(
                    f'<Override PartName="/word/{kind}.xml" ContentType="application/vnd.openxmlformats-officedocument'
                    f'.wordprocessingml.{kind}+xml"/>'
                    for kind in kinds
                )
                part = part.replace("</Types>", f"{listed}</Types>")
            target.writestr(name, part)
        for name, text_of_part in parts.items():
            target.writestr(name, text_of_part)
    return made.getvalue()


def everything(path: Path) -> str:
    """All of an Office file, its parts' names too."""
    with zipfile.ZipFile(path) as archive:
        return "\n".join(name + archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def word_file(*paragraphs: str) -> bytes:
    made, buffer = docx.Document(), io.BytesIO()
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = made.element.body
    for xml in paragraphs:
        whole = xml if xml.startswith("<w:tbl") else f"<w:p>{xml}</w:p>"
        holder = etree.fromstring(f'<w:body xmlns:w="{space}">{whole}</w:body>')
        body.insert(len(body) - 1, holder[0])
    made.save(buffer)
    return buffer.getvalue()


def lines(content: bytes, tmp_path: Path) -> list[str]:
    path = put(tmp_path, "x.docx", content)
    return docx_text(path).split("\n")


# --- templates --------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_template_is_filled_as_if_its_changes_were_accepted(desk: Desk, way: str) -> None:
    desk.meeting()
    change(case(desk), added(f"<w:r/>{WAYS[way]}" if not WAYS[way].startswith("<w:pPr") else WAYS[way]))
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    made = everything(desk.output("03 討論事項第一案.docx"))
    assert DELETED not in made
    assert REVIEWER not in made
    assert "w:ins " not in made
    first = docx_text(desk.output("03 討論事項第一案.docx")).split("\n")[0]
    assert first == ("本部資料集開放一案，提請討論。" if "tag" in way else "前中後" if way == "inserted" else "前後")


def test_comments_of_a_template_are_dropped_with_their_authors(desk: Desk) -> None:
    desk.meeting()
    change(case(desk), added(NOTED.format(RUN.format("前後"))))
    case(desk).write_bytes(commented(case(desk).read_bytes()))
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    path = desk.output("03 討論事項第一案.docx")
    made = everything(path)
    for hidden in (REMARK, REVIEWER, "comment", "people"):
        assert hidden not in made
    assert docx.Document(str(path)).paragraphs[0].text == "前後"


@pytest.mark.slow
def test_the_check_of_templates_names_each_paragraph_with_changes_or_comments(desk: Desk) -> None:
    change(case(desk), added(WAYS["deleted"], "沒有修訂", WAYS["a tag half inserted"], NOTED.format(RUN.format("註"))))
    change(case(desk), text("第 ", f"</w:t></w:r>{GONE}<w:r><w:t>第 "), "word/footer1.xml")
    problems = [one for one in found(desk) if one["code"] == "template-revised"]
    assert [(one["severity"], one["sheet"], one["cell"]) for one in problems] == [
        ("warning", "", "第 1 段"),
        ("warning", "", "第 3 段"),
        ("warning", "", "第 4 段"),
        ("warning", "頁尾", "第 1 段"),
    ]
    said = desk.run("template", "check").output
    assert DELETED not in said
    assert REVIEWER not in said


@pytest.mark.slow
def test_comments_of_the_deck_are_named_and_dropped(desk: Desk) -> None:
    path = desk.root / "templates" / "簡報.pptx"
    authors = (
        '<p:cmAuthorLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
        f'<p:cmAuthor id="0" name="{REVIEWER}" initials="甲" lastIdx="1" clrIdx="0"/></p:cmAuthorLst>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/commentAuthors"
    link = f'<Relationship Id="rIdC" Type="{kind}" Target="commentAuthors.xml"/></Relationships>'
    listed = (
        '<Override PartName="/ppt/commentAuthors.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.presentationml.commentAuthors+xml"/></Types>'
    )
    change(path, text("</Relationships>", link), "ppt/_rels/presentation.xml.rels")
    change(path, text("</Types>", listed), "[Content_Types].xml")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("ppt/commentAuthors.xml", authors)
    assert [(one["code"], one["workbook"]) for one in found(desk)] == [("template-revised", "簡報.pptx")]
    desk.meeting(
        附件="| 案號 | 名稱 | 來源 |\n| 報1 | 簡報 | 工作表:簡報 |",
        簡報="| 版面 | 標題 | 層級 | 內容 |\n| 封面 | 潮汐 | | |",
    )
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    [deck] = desk.output().glob("*.pptx")
    assert REVIEWER not in everything(deck)
    assert len(Presentation(str(deck)).slides) == 1


# --- what accepting means ---------------------------------------------------------------------------------------


def test_a_deleted_paragraph_mark_joins_it_to_the_next(tmp_path: Path) -> None:
    content = word_file(MARKED + RUN.format("前"), RUN.format("後"), MARKED + GONE, RUN.format("末"))
    assert lines(revisions.accepted(content), tmp_path) == ["前後", "末"]


def test_deleted_rows_go_and_a_table_without_rows_goes_with_them(tmp_path: Path) -> None:
    accepted = revisions.accepted(word_file(ROWS, RUN.format("末")))
    assert DELETED not in "".join(lines(accepted, tmp_path))
    [table] = docx.Document(io.BytesIO(accepted)).tables
    assert [cell.text for row in table.rows for cell in row.cells] == ["留下"]
    kept = f"<w:tr>{CELL.format(RUN.format('留下'))}</w:tr>"
    accepted = revisions.accepted(word_file(ROWS.replace(kept, ""), RUN.format("末")))
    assert docx.Document(io.BytesIO(accepted)).tables == []


def test_changes_are_found_whatever_the_prefix_and_the_encoding(tmp_path: Path) -> None:
    content = word_file(WAYS["deleted"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    body = parts["word/document.xml"].decode("utf-8").replace("w:", "x:").replace("xmlns:w=", "xmlns:x=")
    body = body.replace("UTF-8", "UTF-16")
    parts["word/document.xml"] = body.encode("utf-16")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    path = put(tmp_path, "x.docx", revisions.accepted(made.getvalue()))
    assert "前後" in "".join(docx.Document(str(path)).element.body.itertext())
    assert DELETED not in everything(path)


@pytest.mark.slow
def test_a_file_without_changes_keeps_its_bytes() -> None:
    content = word_file(RUN.format("前後"))
    assert revisions.accepted(content) is content


# --- attachments ------------------------------------------------------------------------------------------------

TRACKED = (
    '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>'
    f'<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">{REVIEWER}</dc:creator></office:change-info>'
    f"<text:p>{DELETED}</text:p></text:deletion></text:changed-region></text:tracked-changes>"
)


def open_text() -> bytes:
    """An .odt whose deleted words LibreOffice shows."""
    content = odt("頁首", '前<text:change text:change-id="c1"/>後')
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            part = source.read(name).decode("utf-8")
            target.writestr(name, part.replace("<office:text>", f"<office:text>{TRACKED}"))
    return made.getvalue()


@pytest.mark.office
def test_what_was_deleted_in_an_attachment_is_not_printed(desk: Desk, tmp_path: Path) -> None:
    changed = put(tmp_path, "changed.docx", word_file(WAYS["deleted"], WAYS["moved away"], ROWS))
    old = office.convert([changed], "odt", tmp_path / "odt", timeout=120)[changed]
    for ending, name in (("doc", "MS Word 97"), ("rtf", "Rich Text Format")):
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
             f"{ending}:{name}", "--outdir", str(tmp_path), str(old)], check=True, capture_output=True,
        )  # fmt: skip
    files = {
        "新.docx": changed.read_bytes(),
        "開.odt": open_text(),
        "舊.doc": (tmp_path / "changed.doc").read_bytes(),
        "豐.rtf": (tmp_path / "changed.rtf").read_bytes(),
    }
    rows = [f"| 討1 | {name[0]}檔 | 檔案:{name} | |" for name in files]
    attached(desk, "\n".join(rows))
    for name, content in files.items():
        put(desk.root / "inputs/113-1/附件", name, content)
    result = desk.run("build", "113-1", "--format", "pdf")
    assert result.exit_code == 0, result.output
    for path in desk.output().glob("*附件*.pdf"):
        said = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()
        assert "前後" in "".join(said.split()), path
        assert DELETED not in "".join(said.split()), path
    assert len(list(desk.output().glob("*附件*.pdf"))) == len(files)
