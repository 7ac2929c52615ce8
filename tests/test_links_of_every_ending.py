"""A file of every accepted ending that leads elsewhere: nothing is asked for on the net, no local file comes along."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path

import pikepdf
import pptx
import pytest
from conftest import Desk
from pikepdf import Array, Dictionary, Name, String
from PIL import Image
from test_links import NAMES, flat, linked_picture, office, picture, slide, visited, words, workbook
from test_package import zipped

from generator.pdf import links
from generator.pdf.from_elsewhere.files import KINDS

__all__ = ["office", "visited"]
# The marked local picture, found again by its size.
SIZE = (311, 203)
KEPT = "<text:p>KEPT</text:p>"


def rich(body: str) -> bytes:
    return rb"{\rtf1\ansi KEPT\par " + body.encode() + rb"\par}"


def field(instruction: str, result: str = "OLD") -> str:
    return rf"{{\field{{\*\fldinst {instruction}}}{{\fldrslt {result}}}}}"


# --- RTF by itself ------------------------------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/a.png"/></svg>'


@pytest.mark.parametrize(
    "instruction",
    [
        r'INCLUDEPICTURE "/etc/a.png" \\d',
        'INCLUDETEXT "/etc/a.txt"',
        "LINK Excel.Sheet.8 /etc/a.xls",
        "DDEAUTO a b c",
        r"\u73?NCLUDEPICTURE /etc/a.png",
        r"\'49NCLUDEPICTURE /etc/a.png",
        "{INCLUDE}{PICTURE /etc/a.png}",
        r"IN{\b CLU}DETEXT /etc/a.txt",
        "HYPERLINK file:///etc/a.txt",
        f"PAGE {field('INCLUDETEXT /etc/a.txt')}",
    ],
)
def test_an_instruction_that_fetches_goes_and_its_result_stays(instruction: str) -> None:
    made = links.cut(rich(field(instruction)))
    assert b"/etc/" not in made
    assert b"INCLUDE" not in made
    assert rb"{\fldrslt OLD}" in made


@pytest.mark.parametrize("instruction", ["PAGE", r"PAGE  \\* MERGEFORMAT", 'HYPERLINK "https://a.example/b?c=1"'])
def test_numbers_of_pages_and_links_to_click_stay(instruction: str) -> None:
    made = links.cut(rich(field(instruction)))
    assert rb"{\*\fldinst " + instruction.split()[0].encode() in made
    assert (b"a.example" in made) == ("a.example" in instruction)


@pytest.mark.parametrize(
    "group",
    [
        r"{\object\objemb{\*\objdata d0cf11e0}{\result KEPT}}",
        r"{\*\template /etc/a.dot}",
        r"{\pict\pngblip " + SVG.hex() + "}",
        r"{\sp{\sn pibName}{\sv file:///etc/a.png}}",
        r"{\*\linkval /etc/a}",
    ],
)
def test_objects_templates_and_drawings_that_fetch_go(group: str) -> None:
    made = links.cut(rich(group))
    assert b"/etc/" not in made
    assert SVG.hex().encode() not in made
    assert b"d0cf" not in made


def test_data_in_binary_are_no_rtf() -> None:
    body = rb"{\pict\pngblip\bin10 }}}{{{\\\\}"
    content = rb"{\rtf1 " + body + rb"KEPT}"
    assert links.cut(content) == content
    with pytest.raises(links.Unreadable):
        links.cut(rb"{\rtf1 {\pict\bin99999 x}}")


@pytest.mark.parametrize(
    "content", [rb"{\rtf1 {", rb"{\rtf1 }{}x", rb"{\rtf1 \fldinst INCLUDETEXT a}", rb"{\rtf1" + b"{" * 5000]
)
def test_an_rtf_made_to_be_misread_is_not_let_through(content: bytes) -> None:
    with pytest.raises(links.Unreadable):
        links.cut(content)


def test_an_rtf_inside_of_a_document_is_cut_too() -> None:
    made = links.cut(zipped({"word/afchunk.rtf": rich(field("INCLUDETEXT /etc/a.txt"))}))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert b"/etc/" not in archive.read("word/afchunk.rtf")


def test_fields_of_word_whose_letters_are_spread_are_cut() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    begin, end = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    spread = "".join(f"<w:r><w:instrText>{text}</w:instrText></w:r>" for text in (" INCL", "UDEPIC", "TURE /etc/a.png"))
    simple = '<w:fldSimple w:instr=" INCLUDETEXT /etc/a.txt"><w:r><w:t>OLD</w:t></w:r></w:fldSimple>'
    page = "<w:r><w:instrText> PAGE </w:instrText></w:r>"
    body = f"<w:p>{begin}{spread}{end}{simple}{begin}{page}{end}</w:p>"
    made = links.cut(zipped({"word/document.xml": f"<w:document {space}>{body}</w:document>".encode()}))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        text = archive.read("word/document.xml").decode()
    assert "/etc/" not in text
    assert "UDEPIC" not in text
    assert " PAGE " in text
    assert "OLD" in text


# --- every ending, through LibreOffice and the command line -------------------------------------------------------


class Maker:
    """Makes files that lead to ``near``, a marked picture and text beside the workspace, and to ``web``."""

    def __init__(self, office: Path, folder: Path, web: str) -> None:
        self.office, self.folder, self.web = office, folder, web
        Image.new("RGB", SIZE, (255, 0, 0)).save(folder / "mark.png")
        (folder / "mark.txt").write_text("SECRET\n", "utf-8")
        text = flat("text", "<text:p>SECRET</text:p>")
        (folder / "mark.fodt").write_bytes(self._declared(text))
        (folder / "mark.rtf").write_bytes(rb"{\rtf1 SECRET}")
        cell = '<table:table-cell office:value-type="string"><text:p>SECRET</text:p></table:table-cell>'
        sheet = f'<table:table table:name="S"><table:table-row>{cell}</table:table-row></table:table>'
        (folder / "mark.fods").write_bytes(self._declared(flat("spreadsheet", sheet)))
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{self.near}/mark.png"/></svg>'
        (folder / "mark.svg").write_text(svg, "utf-8")

    @property
    def near(self) -> str:
        return self.folder.as_uri()

    @staticmethod
    def _declared(content: bytes) -> bytes:
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + content

    def text(self) -> bytes:
        source = 'xlink:type="simple" xlink:href'
        sections = "".join(
            f'<text:section text:name="s{number}"><text:section-source {source}="{address}"/>{KEPT}</text:section>'
            for number, address in enumerate((f"{self.near}/mark.fodt", f"{self.web}/section"))
        )
        shown = picture(f"{self.near}/mark.png") + picture(f"{self.web}/a.png")
        return self._declared(flat("text", f"<text:p>{shown}</text:p>{sections}"))

    def presentation(self) -> bytes:
        shown = picture(f"{self.near}/mark.png") + picture(f"{self.web}/b.png")
        return self._declared(flat("presentation", slide(KEPT).replace("</draw:page>", shown + "</draw:page>")))

    def spreadsheet(self, indirect: bool) -> bytes:
        formulas = [f"of:=['{self.near}/mark.fods'#$S.A1]", f"of:=HYPERLINK(&quot;{self.web}/c&quot;)"]
        if indirect:
            formulas.append(f"of:=INDIRECT(&quot;'{self.near}/mark.fods'#$S.A1&quot;)")
        cells = "".join(f'<table:table-cell table:formula="{formula}"/>' for formula in formulas)
        cells += f'<table:table-cell office:value-type="string">{KEPT}</table:table-cell>'
        row = f"<table:table-row>{cells}</table:table-row>"
        return self._declared(flat("spreadsheet", f'<table:table table:name="T">{row}</table:table>'))

    def rich(self) -> bytes:
        mark = SVG.replace(b"/etc/a.png", str(self.folder / "mark.png").encode())
        return rich(
            field(rf'INCLUDEPICTURE "{self.folder}/mark.png" \\d')
            + field(rf'INCLUDEPICTURE "{self.near}/mark.png" \\d')
            + field(rf'INCLUDEPICTURE "{self.web}/d.png" \\d')
            + field(f'INCLUDETEXT "{self.folder}/mark.rtf"')
            + r"{\pict\picw99\pich99\pngblip "
            + mark.hex()
            + "}"
        )

    def word(self) -> bytes:
        """A linked picture, fields that fetch, and pages in HTML and RTF that are taken in."""
        path = linked_picture(self.folder / "linked.docx", f"{self.web}/e.png")
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        document = parts["word/document.xml"].decode()
        simple = "".join(
            f'<w:p><w:fldSimple w:instr="{instruction}"><w:r><w:t>OLD</w:t></w:r></w:fldSimple></w:p>'
            for instruction in (
                f" INCLUDEPICTURE &quot;{self.folder}/mark.png&quot; \\d",
                f" INCLUDETEXT &quot;{self.folder}/mark.rtf&quot;",
            )
        )
        chunks = '<w:altChunk r:id="rIdA"/><w:altChunk r:id="rIdB"/>'
        before, close, after = document.rpartition("<w:sectPr")
        parts["word/document.xml"] = f"{before}{simple}{chunks}{close}{after}".encode()
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
        relations = parts["word/_rels/document.xml.rels"].decode()
        more = "".join(
            f'<Relationship Id="rId{name}" Type="{kind}" Target="{target}"/>'
            for name, target in (("A", "a.html"), ("B", "b.rtf"))
        )
        parts["word/_rels/document.xml.rels"] = relations.replace(
            "</Relationships>", f"{more}</Relationships>"
        ).encode()
        types = parts["[Content_Types].xml"].decode()
        defaults = (
            '<Default Extension="html" ContentType="text/html"/><Default Extension="rtf" ContentType="text/rtf"/>'
        )
        parts["[Content_Types].xml"] = types.replace("<Default", f"{defaults}<Default", 1).encode()
        page = f'<html><body><p>KEPT</p><img src="{self.near}/mark.png"><img src="{self.web}/f.png"></body></html>'
        parts["word/a.html"], parts["word/b.rtf"] = page.encode(), self.rich()
        return zipped(parts)

    def excel(self) -> bytes:
        formulas = [
            f"_xlfn.WEBSERVICE(&quot;{self.web}/g&quot;)",
            f"INDIRECT(&quot;&apos;{self.near}/mark.fods&apos;#$S.A1&quot;)",
            f"HYPERLINK(&quot;{self.near}/mark.txt&quot;)",
        ]
        return workbook(self.folder / "formulas.xlsx", formulas, ["KEPT"] * 3).read_bytes()

    def slides(self) -> bytes:
        made, buffer = pptx.Presentation(), io.BytesIO()
        shown = made.slides.add_slide(made.slide_layouts[5])
        shown.shapes.title.text = "KEPT"
        found = shown.shapes.add_picture(str(self.folder / "mark.png"), 0, 0)
        (blip,) = found._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip")
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
        for address in (f"{self.web}/h.png", f"{self.near}/mark.png"):
            identity = shown.part.relate_to(address, kind, is_external=True)
            blip.attrib.clear()
            blip.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}link", identity)
        made.save(buffer)
        with zipfile.ZipFile(io.BytesIO(buffer.getvalue())) as archive:
            # The picture itself stays away, only the link to it is left.
            parts = {name: archive.read(name) for name in archive.namelist()}
        return zipped({name: part for name, part in parts.items() if not name.startswith("ppt/media/")})

    def pdf(self) -> bytes:
        document = pikepdf.Pdf.new()
        page = document.add_blank_page(page_size=(300, 300)).obj
        page.Contents = document.make_stream(b"BT /F 20 Tf 20 40 Td (KEPT) Tj ET")
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F=font))
        actions = [
            Dictionary(S=Name.URI, URI=String(f"{self.web}/i")),
            Dictionary(S=Name.GoToR, F=String(str(self.folder / "mark.txt")), D=Array([0, Name.Fit])),
            Dictionary(S=Name.Launch, F=String(str(self.folder / "mark.txt"))),
            Dictionary(S=Name.JavaScript, JS=String(f"app.launchURL('{self.web}/j')")),
        ]
        notes = [
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action) for action in actions[1:]
        ]
        page.Annots, page.AA = Array(notes), Dictionary(O=actions[0])
        document.Root.OpenAction = actions[2]
        away = document.make_stream(b"")
        away.Type, away.Subtype, away.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        away.F = String(str(self.folder / "mark.txt"))
        page.Resources.XObject = Dictionary(X=away)
        buffer = io.BytesIO()
        document.save(buffer)
        return buffer.getvalue()

    def image(self, kind: str) -> bytes:
        buffer = io.BytesIO()
        Image.new("RGB", (40, 30), (0, 0, 255)).save(
            buffer, kind, **({"comment": b"file:///etc/a"} if kind == "JPEG" else {})
        )
        return buffer.getvalue()

    def old(self, ending: str, content: bytes, source: str) -> bytes:
        """What LibreOffice writes of it, with the links: nothing is cut here."""
        (self.folder / f"old.{source}").write_bytes(content)
        profile = (self.folder / "profile").as_uri()
        command = [str(self.office), f"-env:UserInstallation={profile}", "--headless", "--convert-to", ending]
        command += ["--outdir", str(self.folder), str(self.folder / f"old.{source}")]
        subprocess.run(command, capture_output=True, check=True, timeout=120)
        return (self.folder / f"old.{ending}").read_bytes()

    def contents(self, kind: str) -> list[bytes]:
        """The contents of a kind of file."""
        open_documents = {"文字": (self.text(), "text"), "試算表": (self.spreadsheet(True), "spreadsheet")}
        open_documents["簡報"] = (self.presentation(), "presentation")
        if kind.startswith("ODF"):
            return [packed_document(*open_documents[kind.split()[1]])]
        if kind.endswith("圖片"):
            return [self.image({"WebP": "WEBP"}.get(kind.split()[0], kind.split()[0]))]
        if kind == "Excel 97":
            return [self.old("xls", self.spreadsheet(indirect), "ods") for indirect in (False, True)]
        made = {
            "PDF": self.pdf,
            "RTF": self.rich,
            "Word": self.word,
            "Excel": self.excel,
            "PowerPoint": self.slides,
            "Word 97": lambda: self.old("doc", self.text(), "odt"),
            "PowerPoint 97": lambda: self.old("ppt", self.presentation(), "odp"),
        }
        return [made[kind]()]


def packed_document(content: bytes, kind: str) -> bytes:
    """A flat ODF document as a package."""
    text = content.decode().replace("<office:document ", "<office:document-content ")
    text = text.replace("</office:document>", "</office:document-content>")
    manifest = (
        f'<manifest:manifest xmlns:manifest="{NAMES["office"].replace("office", "manifest")}">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": text.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


@pytest.mark.slow
@pytest.mark.office
def test_a_file_of_every_accepted_ending_fetches_nothing(
    desk: Desk, office: Path, visited: tuple[str, list[str]], tmp_path: Path
) -> None:
    web, asked = visited
    home = tmp_path / "home"
    home.mkdir()
    maker = Maker(office, home, web)
    folder = desk.root / "inputs/113-1/附件"
    folder.mkdir(parents=True)
    endings = {(kind.name, ending) for kind in KINDS for ending in kind.endings}
    names = []
    for kind in KINDS:
        for number, content in enumerate(maker.contents(kind.name)):
            for ending in kind.endings:
                names.append(f"{kind.name} {ending[1:]} {number}{ending}")
                (folder / names[-1]).write_bytes(content)
    assert len(names) >= len(endings)
    rows = "".join(f"\n| 討1 | {name.replace('.', ' ')} | 檔案:{name} |" for name in names)
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 |{rows}")
    asked.clear()  # LibreOffice has fetched all of it while it wrote the old formats
    result = desk.run("build", "113-1")
    assert result.exit_code == 1
    refused = [name for name in names if f"「{name}」" in result.output]
    unexpected = [name for name in refused if not name.startswith("Excel 97") or name.split()[-1][0] != "1"]
    assert unexpected == [], result.output
    assert "開啟時會讀取別的檔案或網路（INDIRECT 或 RTD 函數）" in result.output
    assert asked == []
    made = {path.name: path for path in desk.output().glob("*附件*.pdf") if "原檔" not in path.name}
    assert len(made) == len(names) - len(refused)
    for name, path in made.items():
        text = words(path)
        assert "SECRET" not in text, name
        assert "FOREIG" not in text, name
        assert "KEPT" in text or "圖片" in name, name
        with pikepdf.open(path) as document:
            pictures = [
                (int(thing.Width), int(thing.Height))
                for thing in document.objects
                if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == Name.Image
            ]
        assert SIZE not in pictures, name
        assert str(home).encode() not in path.read_bytes(), name
