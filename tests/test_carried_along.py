"""What a template carries along and nobody sees does not reach the documents: paths, makers, printers, hidden text."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pptx
import pytest
from conftest import CASES, EXPLANATIONS, Desk
from PIL import Image
from test_package import zipped

from generator.basic import package
from generator.pdf import clean

SECRET = "SECRET"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def photo() -> bytes:
    buffer, exif = io.BytesIO(), Image.Exif()
    exif[0x013B] = SECRET
    Image.new("RGB", (9, 9)).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


class Parts(dict[str, str | bytes]):
    """The parts of a package, with what is added to them."""

    def relation(self, of: str, kind: str, target: str, external: bool = False) -> str:
        folder, _, name = of.rpartition("/")
        path = f"{folder}/_rels/{name}.rels".lstrip("/")
        there = self.text(path) if path in self else f'{HEAD}<Relationships xmlns="{PACKAGE}"></Relationships>'
        number = f"rIdS{there.count('<Relationship ')}"
        mode = ' TargetMode="External"' if external else ""
        entry = f'<Relationship Id="{number}" Type="{kind}" Target="{target}"{mode}/></Relationships>'
        self[path] = there.replace("</Relationships>", entry)
        return number

    def text(self, path: str) -> str:
        part = self[path]
        return part if isinstance(part, str) else part.decode()


def carrying(template: Path, main: str) -> None:
    """Puts into a template whatever may lie in one unseen."""
    with zipfile.ZipFile(template) as package:
        parts = Parts({name: package.read(name) for name in package.namelist()})
    parts["docProps/thumbnail.jpeg"] = photo()
    parts.relation("", f"{PACKAGE}/metadata/thumbnail", "docProps/thumbnail.jpeg")
    parts["docProps/custom.xml"] = (
        f'{HEAD}<Properties xmlns="{PROPERTIES}/custom-properties" xmlns:vt="{PROPERTIES}/docPropsVTypes"><property '
        f'fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="x"><vt:lpwstr>{SECRET}</vt:lpwstr></property>'
        "</Properties>"
    )
    parts.relation("", f"{OFFICE}/custom-properties", "docProps/custom.xml")
    parts["docProps/app.xml"] = (
        f'{HEAD}<Properties xmlns="{PROPERTIES}/extended-properties"><Template>{SECRET}.dotx</Template><Pages>1</Pages>'
        f"<Manager>{SECRET}</Manager><Company>{SECRET}</Company><HyperlinkBase>\\\\{SECRET}\\a</HyperlinkBase></Properties>"
    )
    folder = main.rpartition("/")[0]
    parts["customXml/item1.xml"] = f"<x>{SECRET}</x>"
    parts.relation(main, f"{OFFICE}/customXml", "../customXml/item1.xml")
    parts[f"{folder}/printerSettings/printerSettings1.bin"] = SECRET
    parts.relation(main, f"{OFFICE}/printerSettings", "printerSettings/printerSettings1.bin")
    parts[f"{folder}/media/image9.jpeg"] = photo()
    parts.relation(main, f"{OFFICE}/image", "media/image9.jpeg")
    paths = (
        f"file:///C:/Users/{SECRET}/a.docx",
        rf"\\server\{SECRET}\a.docx",
        rf"C:\{SECRET}\a.docx",
        f"../{SECRET}.docx",
    )
    links = [parts.relation(main, f"{OFFICE}/hyperlink", path, external=True) for path in paths]
    kept = parts.relation(main, f"{OFFICE}/hyperlink", "https://example.org/a", external=True)
    parts.relation(main, f"{OFFICE}/image", "http://tracker.example.org/a.png", external=True)
    body = parts.text(main)
    if folder == "word":
        hidden = f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{SECRET}</w:t></w:r><w:r><w:t>SEEN</w:t></w:r>"
        linked = "".join(
            f'<w:hyperlink xmlns:r="{OFFICE}" r:id="{number}"><w:r><w:t>LINK</w:t></w:r></w:hyperlink>'
            for number in (*links, kept)
        )
        field = "".join(
            f"<w:r>{piece}</w:r>"
            for piece in (
                '<w:fldChar w:fldCharType="begin"/>',
                f'<w:instrText xml:space="preserve"> INCLUDETEXT "/srv/{SECRET}.docx" </w:instrText>',
                '<w:fldChar w:fldCharType="separate"/>',
                "<w:t>TAKEN</w:t>",
                '<w:fldChar w:fldCharType="end"/>',
            )
        )
        body = re.sub("(<w:sectPr)", rf"<w:p>{hidden}{linked}{field}</w:p>\1", body, count=1)
        settings = parts.text("word/settings.xml")
        normal = rf"file:///C:\Users\{SECRET}\Normal.dotm"
        number = parts.relation("word/settings.xml", f"{OFFICE}/attachedTemplate", normal, external=True)
        source = parts.relation(
            "word/settings.xml", f"{OFFICE}/mailMergeSource", f"file:///{SECRET}.xlsx", external=True
        )
        more = (
            f'<w:attachedTemplate xmlns:r="{OFFICE}" r:id="{number}"/><w:mailMerge>'
            f'<w:mainDocumentType w:val="formLetters"/><w:dataType w:val="native"/><w:query w:val="{SECRET}"/>'
            f'<w:dataSource xmlns:r="{OFFICE}" r:id="{source}"/>'
            f'</w:mailMerge><w:docVars><w:docVar w:name="a" w:val="{SECRET}"/></w:docVars>'
        )
        parts["word/settings.xml"] = re.sub("(<w:settings[^>]*>)", lambda found: found[1] + more, settings, count=1)
    parts[main] = body.replace("</w:body>", f"<!--{SECRET}--></w:body>").replace(
        "</p:cSld>", f"<!--{SECRET}--></p:cSld>"
    )
    types = '<Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="bin" ContentType="application/x"/>'
    types += (
        '<Override PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'custom-properties+xml"/></Types>'
    )
    listed = parts.text("[Content_Types].xml")
    for known in re.findall(r'<Default Extension="(?:jpeg|bin)"[^>]*>', listed):
        listed = listed.replace(known, "")
    parts["[Content_Types].xml"] = listed.replace("</Types>", types)
    template.write_bytes(
        zipped({name: part if isinstance(part, bytes) else part.encode() for name, part in parts.items()})
    )


def left(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        return [name for name in package.namelist() if SECRET.encode() in package.read(name) + name.encode()]


def test_a_word_file_carries_nothing_of_its_templates_maker(desk: Desk) -> None:
    desk.meeting()
    carrying(desk.root / "templates/議程.docx", "word/document.xml")
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    made = desk.output("01 議程.docx")
    assert left(made) == []
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(made)).paragraphs)
    assert "SEENLINKLINKLINKLINKLINKTAKEN" in text
    with zipfile.ZipFile(made) as package:
        relations = package.read("word/_rels/document.xml.rels").decode()
        assert re.findall(r'Target="(http[^"]*)"', relations) == ["https://example.org/a"]
        assert package.read("docProps/app.xml").count(b"<Pages>") == 1
    # A second build takes it from what is kept.
    desk.meeting(案由=CASES.replace("開放一案", "開放又一案"))
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert left(made) == []


@pytest.mark.slow
def test_a_deck_carries_nothing_of_its_templates_maker(desk: Desk) -> None:
    slides = "| 版面 | 標題 | 層級 | 內容 |\n| 封面 | 潮汐資料 | | |\n| 條列 | 依據 | 1 | 依規定辦理。 |"
    said = EXPLANATIONS.replace("依本部規定辦理。", '如{{ 附件("簡報") }}。')
    desk.meeting(說明=said, 附件="| 案號 | 名稱 | 來源 |\n| 討1 | 簡報 | 工作表:簡報 |", 簡報=slides)
    for layout in ("ppt/slideMasters/slideMaster1.xml", "ppt/presentation.xml"):
        carrying(desk.root / "templates/簡報.pptx", layout)
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    [made] = desk.output().glob("*.pptx")
    assert left(made) == []
    assert len(pptx.Presentation(str(made)).slides) == 2


def test_a_template_without_any_of_it_gives_the_same_bytes(desk: Desk) -> None:
    desk.meeting()
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    for path in desk.output().glob("*.docx"):
        assert clean.office(path.read_bytes()) == path.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("inside", range(0, 14, 2))
def test_what_is_hidden_goes_wherever_it_stands_in_a_long_part(inside: int) -> None:
    """Parts are looked through piece by piece: a mark may lie across two."""
    document, content = docx.Document(), io.BytesIO()
    paragraph = document.add_paragraph("看得見")
    paragraph.add_run("看不見").font.hidden = True
    document.save(content)
    with zipfile.ZipFile(content) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = parts["word/document.xml"]
    blanks = b" " * ((1 << 16) - xml.index(b"<w:vanish") - inside)
    parts["word/document.xml"] = xml.replace(b"<w:p>", b"<w:p>" + blanks, 1)
    assert parts["word/document.xml"].index(b"<w:vanish") == (1 << 16) - inside
    with zipfile.ZipFile(io.BytesIO(clean.office(package.written(parts.items())))) as archive:
        text = archive.read("word/document.xml").decode()
    assert ("看得見" in text, "看不見" in text) == (True, False)
