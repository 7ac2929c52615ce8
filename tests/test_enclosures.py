"""Files from elsewhere as attachments: what they are found to be, how they come onto A4, and what the packet does."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import msoffcrypto.format.ooxml
import openpyxl
import pikepdf
import pptx
import pytest
from conftest import Desk, write_book
from msgspec.structs import replace
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image
from pptx.util import Cm

from generator.basic.problem import ERROR, WARNING, Location, Problem
from generator.basic.workspace import MeetingId, Workspace
from generator.documents import papers
from generator.documents.document import Document
from generator.meeting import figures, load
from generator.meeting.files import Enclosure, Kind
from generator.pdf.from_elsewhere import files as enclosures
from generator.pdf.from_elsewhere import pages, pictures
from generator.pdf.from_elsewhere import paper as sizes
from generator.pdf.from_elsewhere.files import Fault
from generator.pdf.from_elsewhere.problems import FileCode
from generator.prose.vocabulary import Vocabulary

PLACE = Location("會議.xlsx", "附件", "C2")
FREE = (sizes.A4[0] - 2 * sizes.BESIDE, sizes.A4[1] - sizes.ABOVE - sizes.BELOW)

KEPT: list[Pdf] = []  # a page is nothing once its file is closed


# --- files made by hand -----------------------------------------------------------------------------------------


def saved(made: Pdf, **options: Any) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer, **options)
    return buffer.getvalue()


def opened(content: bytes) -> Pdf:
    KEPT.append(Pdf.open(io.BytesIO(content)))
    return KEPT[-1]


def pdf_of(*sizes: tuple[float, float], turn: int = 0, text: str = "page") -> bytes:
    """A PDF with a page of each size: a frame 1 pt inside its edge, and a line of text."""
    made = Pdf.new()
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for number, (wide, tall) in enumerate(sizes, 1):
        made.add_blank_page(page_size=(wide, tall))
        page = made.pages[-1]
        page.obj.Resources = Dictionary(Font=Dictionary(F=font))
        drawn = f"1 1 {wide - 2} {tall - 2} re S BT /F 20 Tf 20 {tall - 40} Td ({text} {number}) Tj ET"
        page.Contents = made.make_stream(drawn.encode())
        if turn:
            page.obj.Rotate = turn
    return saved(made)


def word(text: str = "內文") -> bytes:
    made, buffer = docx.Document(), io.BytesIO()
    made.add_paragraph(text)
    made.save(buffer)
    return buffer.getvalue()


def with_macros(content: bytes) -> bytes:
    """A .docx as a .docm, with something that stands where a program of Visual Basic would."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(
                    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                    b"application/vnd.ms-word.document.macroEnabled.main+xml",
                ).replace(
                    b"<Override", b'<Default Extension="bin" ContentType="application/octet-stream"/><Override', 1
                )
            target.writestr(name, part)
        target.writestr("word/vbaProject.bin", b"Sub AutoOpen()")
    return made.getvalue()


def excel(*sheets: str, hidden: str = "") -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name in sheets:
        book.create_sheet(name).append([f"sheet {name}"])
        if name == hidden:
            book[name].sheet_state = "hidden"
    book.save(buffer)
    return buffer.getvalue()


def slides(wide: float, tall: float, *texts: str) -> bytes:
    made, buffer = pptx.Presentation(), io.BytesIO()
    made.slide_width, made.slide_height = Cm(wide), Cm(tall)
    for text in texts:
        slide = made.slides.add_slide(made.slide_layouts[6])
        slide.shapes.add_textbox(Cm(1), Cm(1), Cm(10), Cm(2)).text_frame.text = text
    made.save(buffer)
    return buffer.getvalue()


def odt(header: str, text: str, manifest: str = "") -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(
        f' xmlns:{name}="{office}:{space}:1.0"'
        for name, space in (("office", "office"), ("text", "text"), ("style", "style"), ("fo", "xsl-fo-compatible"))
    )
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f'<office:document-content{spaces} office:version="1.2"><office:body><office:text>'
        f"<text:p>{text}</text:p></office:text></office:body></office:document-content>",
        "styles.xml": f'<office:document-styles{spaces} office:version="1.2"><office:automatic-styles>'
        '<style:page-layout style:name="P"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"/>'
        "<style:header-style/></style:page-layout></office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="Standard" style:page-layout-name="P">'
        f"<style:header><text:p>{header}</text:p></style:header></style:master-page></office:master-styles>"
        "</office:document-styles>",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{office}:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        f'<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml">{manifest}'
        "</manifest:file-entry></manifest:manifest>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def picture(form: str, mode: str = "RGB", size: tuple[int, int] = (600, 400), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, form, **options)
    return buffer.getvalue()


def several(form: str, count: int) -> bytes:
    buffer = io.BytesIO()
    first, *others = (Image.new("L", (300, 200), number) for number in range(count))
    first.save(buffer, form, save_all=True, append_images=others)
    return buffer.getvalue()


def locked_pdf(user: str) -> bytes:
    return saved(opened(pdf_of((595, 842))), encryption=pikepdf.Encryption(owner="owner", user=user))


def locked_office(content: bytes, password: str) -> bytes:
    buffer = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(content)).encrypt(password, buffer)
    return buffer.getvalue()


def compound(name: str, stream: bytes) -> bytes:
    """The least of a file of the time before 2007 (MS-CFB): one stream of 4096 bytes."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0)
    header += struct.pack("<108I", *[free] * 108)

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = title.encode("utf-16-le")
        named = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1)
        return named + struct.pack("<III", free, free, child) + bytes(36) + struct.pack("<IQ", start, size)

    sectors = [struct.pack("<128I", table, end, *range(3, 10), end, *[free] * 118)]
    sectors.append((entry("Root Entry", 5, 1, end, 0) + entry(name, 2, free, 2, 4096)).ljust(512, b"\0"))
    return header + b"".join(sectors) + stream.ljust(4096, b"\0")


def put(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def fault_of(path: Path) -> str:
    found = enclosures.examine(path)
    assert isinstance(found, Fault), found
    return found.code


def kind_of(path: Path) -> Kind:
    found = enclosures.examine(path)
    assert isinstance(found, Kind), found
    return found


# --- what a file is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "called"),
    [
        ("a.pdf", pdf_of((595, 842)), "PDF"),
        ("a.docx", word(), "Word"),
        ("a.docm", with_macros(word()), "Word"),
        ("a.rtf", rb"{\rtf1 text}", "RTF"),
        ("a.doc", compound("WordDocument", b"\xec\xa5\xc1\0"), "Word 97"),
        ("a.odt", odt("頁首", "內文"), "ODF 文字"),
        ("a.xlsx", excel("甲"), "Excel"),
        ("a.xls", compound("Workbook", struct.pack("<HHHHHHH", 0x809, 4, 0x600, 5, 0x0A, 0, 0)), "Excel 97"),
        ("a.pptx", slides(25.4, 19.05, "甲"), "PowerPoint"),
        ("a.jpg", picture("JPEG"), "JPEG 圖片"),
        ("a.png", picture("PNG"), "PNG 圖片"),
        ("a.tif", picture("TIFF"), "TIFF 圖片"),
        ("a.bmp", picture("BMP"), "BMP 圖片"),
        ("a.gif", picture("GIF"), "GIF 圖片"),
        ("a.webp", picture("WEBP"), "WebP 圖片"),
    ],
)
def test_a_file_is_known_by_its_content(tmp_path: Path, name: str, content: bytes, called: str) -> None:
    kind = kind_of(put(tmp_path, name, content))
    assert kind.name == called
    assert not enclosures.contradicts(Path(name), kind)
    disguised = put(tmp_path, "a.dat", content)
    assert kind_of(disguised) == kind
    assert enclosures.contradicts(disguised, kind)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "file-empty"),
        ("locked.pdf", locked_pdf("user"), "file-locked"),
        ("locked.docx", locked_office(word(), "secret"), "file-locked"),
        ("locked.doc", compound("WordDocument", b"\xec\xa5\xc1\0" + bytes(6) + b"\0\1"), "file-locked"),
        ("locked.xls", compound("Workbook", struct.pack("<8H", 0x809, 4, 0x600, 5, 0x2F, 2, 0, 0)), "file-locked"),
        ("locked.odt", odt("頁首", "內文", "<manifest:encryption-data/>"), "file-locked"),
        ("half.pdf", pdf_of((595, 842))[:400], "file-damaged"),
        ("no pages.pdf", saved(Pdf.new()), "file-damaged"),
        ("half.docx", word()[:9000], "file-damaged"),
        ("half.jpg", picture("JPEG")[:700], "file-damaged"),
        ("half.png", picture("PNG", size=(2000, 2000))[:200], "file-damaged"),
        ("half.rtf", rb"{\rtf1 text", "file-damaged"),
        ("half.doc", compound("WordDocument", b"\xec\xa5\xc1\0")[:900], "file-damaged"),
        ("page.xls", b"<html><table><tr><td>1</td></tr></table></html>", "file-not-taken"),
        ("film.mp4", b"\0\0\0\x20ftypisom", "file-not-taken"),
        ("program.pdf", b"MZ\x90\0", "file-not-taken"),
    ],
)
def test_what_cannot_be_joined_is_told_apart(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert fault_of(put(tmp_path, name, content)) == code


def test_a_damaged_part_inside_is_found(tmp_path: Path) -> None:
    content = bytearray(word())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        entry = archive.getinfo("word/styles.xml")
    content[entry.header_offset + 200] ^= 0xFF
    assert fault_of(put(tmp_path, "a.docx", bytes(content))) == "file-damaged"


def test_a_zip_that_is_no_document_is_not_taken(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("readme.txt", "text")
    assert fault_of(tmp_path / "a.docx") == "file-not-taken"


@pytest.mark.slow
def test_a_password_that_only_keeps_others_from_changing_it_is_none(tmp_path: Path) -> None:
    assert kind_of(put(tmp_path, "a.pdf", locked_pdf(""))).name == "PDF"
    assert kind_of(put(tmp_path, "a.xlsx", locked_office(excel("甲"), "VelvetSweatshop"))).name == "Excel"


@pytest.mark.slow
def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = put(tmp_path, "a.docx", word())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/more.xml", bytes(enclosures.LARGEST_XML + 1))
    assert path.stat().st_size < 1_000_000
    assert fault_of(path) == "file-too-large"


@pytest.mark.slow
def test_a_pixel_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = put(tmp_path, "a.png", picture("PNG", "1", (50_000, 10_000)))
    assert path.stat().st_size < 1_000_000
    assert fault_of(path) == "file-too-large"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.pdf").open("wb") as file:
        file.truncate(enclosures.LARGEST_FILE + 1)
    assert fault_of(tmp_path / "a.pdf") == "file-too-large"


def test_a_pdf_with_too_many_pages_says_how_many(tmp_path: Path) -> None:
    found = enclosures.examine(put(tmp_path, "a.pdf", pdf_of(*[(300, 300)] * (pages.MOST_PAGES + 1))))
    assert found == Fault(FileCode.FILE_TOO_MANY_PAGES, {"count": 1001, "most": 1000})


def test_a_pdf_whose_content_is_not_on_its_pages(tmp_path: Path) -> None:
    made = opened(pdf_of((595, 842)))
    made.Root.Collection = Dictionary(Type=Name.Collection)
    assert fault_of(put(tmp_path, "a.pdf", saved(made))) == "file-not-pages"
    made = opened(pdf_of((595, 842)))
    made.Root.AcroForm = Dictionary(Fields=Array(), XFA=String("<xdp/>"))
    made.Root.NeedsRendering = True
    assert fault_of(put(tmp_path, "b.pdf", saved(made))) == "file-not-pages"


def test_a_fault_is_a_warning_only_where_the_row_allows_it() -> None:
    fault = Fault(FileCode.FILE_LOCKED)
    found = enclosures.fault_problem(fault, "圖.pdf", PLACE, may_be_separate=False)
    assert (found.code, found.severity, found.at) == ("file-locked", ERROR, PLACE)
    assert "「圖.pdf」設有密碼" in found.text
    allowed = enclosures.fault_problem(fault, "圖.pdf", PLACE, may_be_separate=True)
    assert (allowed.code, allowed.severity, allowed.at, allowed.text) == ("file-separate", WARNING, PLACE, found.text)
    assert not enclosures.stops([found, allowed])


def test_every_fault_has_its_message() -> None:
    values = {"what": "圖", "count": 1, "most": 1, "where": "〔表〕C5", "how": "另存"}
    for code in enclosures.CODES:
        found = enclosures.fault_problem(Fault(code, values), "圖.pdf", PLACE, may_be_separate=False)
        assert (found.severity, "可另附" in found.remedy) == (ERROR, True)


# --- onto A4 ----------------------------------------------------------------------------------------------------


def placed(page: pikepdf.Page) -> tuple[float, ...]:
    """Where the old page came to lie: the box of what its content is clipped to, in the new coordinates."""
    contents: Any = page.obj.Contents
    text = b"".join(part.read_bytes() for part in contents).decode("latin-1")
    found = re.match(r"q (.*?) cm (.*?) re W n", text)
    assert found, text
    way = pikepdf.Matrix(*(float(number) for number in found[1].split()))
    x, y, wide, tall = (float(number) for number in found[2].split())
    corners = [way.transform(corner) for corner in ((x, y), (x + wide, y + tall))]
    left, right = sorted(corner[0] for corner in corners)
    low, high = sorted(corner[1] for corner in corners)
    return left, low, right, high


@pytest.mark.parametrize("turn", [0, 90, 180, 270, -90])
@pytest.mark.parametrize(
    "size",
    [(595, 842), (842, 1191), (1191, 842), (612, 792), (720, 540), (960, 540), (420, 595), (200, 300), (3000, 600)],
)
def test_a_page_comes_onto_a4_evenly_and_within_the_free_area(size: tuple[float, float], turn: int) -> None:
    page = opened(pages.fitted(pdf_of(size, turn=turn))).pages[0]
    seen = size if turn % 180 == 0 else size[::-1]
    paper = sizes.A4 if seen[0] <= seen[1] else sizes.A4[::-1]
    assert [float(edge) for edge in page.mediabox.as_list()] == pytest.approx([0, 0, *paper])
    assert page.cropbox == page.mediabox
    assert int(page.obj.get("/Rotate", 0)) == 0
    left, low, right, high = placed(page)
    scale = (right - left) / seen[0]
    assert (high - low) / seen[1] == pytest.approx(scale, rel=1e-4)
    assert scale <= sizes.MOST_ENLARGED + 1e-6
    assert left >= sizes.BESIDE - 0.01
    assert right <= paper[0] - sizes.BESIDE + 0.01
    assert low >= sizes.BELOW - 0.01
    assert high <= paper[1] - sizes.ABOVE + 0.01
    assert (left + right) / 2 == pytest.approx(paper[0] / 2, abs=0.01)
    if scale < sizes.MOST_ENLARGED - 0.01:
        fills = (
            (right - left) / (paper[0] - 2 * sizes.BESIDE),
            (high - low) / (paper[1] - sizes.ABOVE - sizes.BELOW),
        )
        assert max(fills) == pytest.approx(1, abs=1e-3)


def test_only_what_the_crop_box_shows_is_brought_along() -> None:
    source = opened(pdf_of((1000, 1000)))
    source.Root.Pages.Rotate = 90
    source.pages[0].obj.CropBox = Array([100, 200, 500, 900])
    source.pages[0].obj.UserUnit = 2.0
    page = opened(pages.fitted(saved(source))).pages[0]
    left, low, right, high = placed(page)
    assert (right - left) / (high - low) == pytest.approx(700 / 400, rel=1e-4)
    assert float(page.mediabox[2]) == pytest.approx(sizes.A4[1])
    assert "/UserUnit" not in page.obj


def test_a_pattern_moves_with_its_page() -> None:
    source = opened(pdf_of((595, 842)))
    shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=Array([0, 0, 595, 0]))
    pattern = Dictionary(Type=Name.Pattern, PatternType=2, Shading=shading, Matrix=Array([1, 0, 0, 1, 10, 0]))
    tile = source.make_stream(b"0 0 5 5 re f", PatternType=1, PaintType=1, TilingType=1, BBox=Array([0, 0, 9, 9]))
    source.pages[0].obj.Resources.Pattern = Dictionary(P=pattern, T=tile)
    page = opened(pages.fitted(saved(source))).pages[0]
    left, low, right, _ = placed(page)
    scale = (right - left) / 595
    patterns = page.resources.Pattern
    assert [float(number) for number in patterns.P.Matrix] == pytest.approx(
        [scale, 0, 0, scale, left + 10 * scale, low], abs=1e-3
    )
    assert [float(number) for number in patterns.T.Matrix] == pytest.approx([scale, 0, 0, scale, left, low], abs=1e-3)
    assert patterns.T.read_bytes() == b"0 0 5 5 re f"


@pytest.mark.parametrize("drawn", [b"Q 0 0 9 9 re f", b"q q 0 0 9 9 re f", b"Q q Q Q q 0 0 9 9 re f"])
def test_what_a_page_leaves_open_or_closes_once_too_often_does_no_harm(drawn: bytes) -> None:
    source = opened(pdf_of((595, 842)))
    source.pages[0].Contents = source.make_stream(drawn)
    page = opened(pages.fitted(saved(source))).pages[0]
    depth = 0
    instructions = list(pikepdf.parse_content_stream(page))
    for place, instruction in enumerate(instructions, 1):
        depth += {"q": 1, "Q": -1}.get(str(instruction.operator), 0)
        assert depth > 0 or place == len(instructions)
    assert depth == 0


def with_everything() -> Pdf:
    """A PDF with all that may not come along, a link to the web and one by name to its second page."""
    made = opened(pdf_of((842, 1191), (842, 1191)))
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    made.Root.OpenAction = script
    made.Root.AA = Dictionary(WC=script)
    held = made.make_stream(b"secret", Type=Name.EmbeddedFile)
    spec = made.make_indirect(Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=held)))
    there = Array([made.pages[1].obj, Name.XYZ, 100, 1191, 0])
    made.Root.Names = Dictionary(
        EmbeddedFiles=Dictionary(Names=Array([String("a.exe"), spec])),
        JavaScript=Dictionary(Names=Array([String("a"), script])),
        Dests=Dictionary(Names=Array([String("there"), there])),
    )
    made.Root.AF = Array([spec])
    look = made.make_stream(
        b"1 0 0 rg 0 0 50 20 re f", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 50, 20])
    )
    look.AF = Array([spec])

    def note(subtype: Name, **more: Any) -> pikepdf.Object:
        return made.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=subtype, Rect=Array([100, 100, 150, 120]), **more)
        )

    field = note(
        Name.Widget, FT=Name.Sig, T=String("a"), V=Dictionary(), F=4, AP=Dictionary(N=look), AA=Dictionary(K=script)
    )
    made.Root.AcroForm = Dictionary(Fields=Array([field]), XFA=String("<xdp/>"), NeedAppearances=True)
    made.pages[0].obj.AA = Dictionary(O=script)
    made.pages[0].obj.PieceInfo = Dictionary()
    made.pages[0].obj.Annots = Array(
        [
            field,
            note(Name.FileAttachment, FS=spec),
            note(Name.Link, A=script),
            note(Name.Link, A=Dictionary(S=Name.Launch, F=String("a.exe"))),
            note(Name.Link, A=Dictionary(S=Name.GoToR, F=String("a.pdf"), D=Array([0, Name.Fit]))),
            note(Name.Link, A=Dictionary(S=Name.URI, URI=String("file:///etc/passwd"))),
            note(
                Name.Link, A=Dictionary(S=Name.URI, URI=String("https://example.gov.tw"), Next=script), AA=Dictionary()
            ),
            note(Name.Link, Dest=String("there"), QuadPoints=Array([100, 100, 150, 100, 150, 120, 100, 120])),
        ]
    )
    return made


def test_nothing_comes_along_that_could_start_or_carry_something() -> None:
    made = pages.fitted(saved(with_everything()))
    plain = saved(opened(made), object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    found = re.findall(
        rb"JavaScript|app\.alert|EmbeddedFile|Filespec|secret|a\.exe|Launch|AcroForm|XFA|/AA|OpenAction|PieceInfo"
        rb"|file:|GoToR|/Widget|/AF",
        plain,
    )
    assert found == []


def test_what_was_filled_in_stays_to_be_seen() -> None:
    page = opened(pages.fitted(saved(with_everything()))).pages[0]
    drawn = [one.read_bytes() for _, one in page.resources.XObject.items()]
    assert drawn == [b"1 0 0 rg 0 0 50 20 re f"]


def test_links_move_with_what_they_stand_on() -> None:
    made = opened(pages.fitted(saved(with_everything())))
    page = made.pages[0]
    web, inside = page.obj.Annots
    left, low, right, _ = placed(page)
    scale = (right - left) / 842
    box = [left + 100 * scale, low + 100 * scale, left + 150 * scale, low + 120 * scale]
    assert str(web.A.URI) == "https://example.gov.tw"
    assert [float(edge) for edge in web.Rect] == pytest.approx(box, abs=0.01)
    assert [float(number) for number in inside.QuadPoints] == pytest.approx(
        [box[0], box[1], box[2], box[1], box[2], box[3], box[0], box[3]], abs=0.01
    )
    assert inside.Dest[0].objgen == made.pages[1].obj.objgen
    assert float(inside.Dest[2]) == pytest.approx(left + 100 * scale, abs=0.01)
    assert float(inside.Dest[3]) == pytest.approx(sizes.A4[1] - sizes.ABOVE, abs=0.01)


def test_a_layer_that_is_off_stays_off() -> None:
    source = opened(pdf_of((595, 842)))
    shown, hidden = (source.make_indirect(Dictionary(Type=Name.OCG, Name=String(name))) for name in ("shown", "hidden"))
    source.Root.OCProperties = Dictionary(OCGs=Array([shown, hidden]), D=Dictionary(OFF=Array([hidden])))
    source.pages[0].obj.Resources.Properties = Dictionary(A=shown, B=hidden)
    layers = opened(pages.fitted(saved(source))).Root.OCProperties
    assert [str(layer["/Name"]) for layer in layers.D.OFF] == ["hidden"]
    source.Root.OCProperties.D = Dictionary(BaseState=Name.OFF, ON=Array([shown]))
    layers = opened(pages.fitted(saved(source))).Root.OCProperties
    assert [str(layer["/Name"]) for layer in layers.D.OFF] == ["hidden"]


def test_tags_that_lead_in_a_circle_are_left_out() -> None:
    source = opened(pdf_of((595, 842)))
    root = source.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    element = source.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, P=root))
    element.K = element
    root.K = element
    source.Root.StructTreeRoot = root
    source.pages[0].obj.StructParents = 0
    made = opened(pages.fitted(saved(source)))
    assert "/StructTreeRoot" not in made.Root
    assert "/StructParents" not in made.pages[0].obj


def test_the_same_file_gives_the_same_pages() -> None:
    content = pdf_of((842, 1191), turn=90)
    assert pages.fitted(content) == pages.fitted(content)


@pytest.mark.slow
def test_a_page_that_is_a_bomb_is_refused() -> None:
    source = opened(pdf_of((595, 842)))
    source.pages[0].Contents = source.make_stream(b" " * (pages.MOST_CONTENT + 1))
    with pytest.raises(pages.Unfit, match="file-too-large"):
        pages.fitted(saved(source, compress_streams=True))


# --- pictures ---------------------------------------------------------------------------------------------------


def test_a_jpeg_for_printing_keeps_its_colours_and_its_bytes() -> None:
    content = picture("JPEG", "CMYK")
    [page] = opened(pictures.to_pdf(content)).pages
    [image] = page.get_images().values()
    assert image.ColorSpace == Name.DeviceCMYK
    assert image.read_raw_bytes() == content


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (several("TIFF", 3), 3),
        (several("GIF", 3), 1),
        (picture("PNG", "RGBA"), 1),
        (picture("PNG", "LA"), 1),
        (picture("PNG", "P", transparency=0), 1),
        (picture("PNG", "I;16"), 1),
        (picture("TIFF", "I;16"), 1),
        (picture("TIFF", "CMYK"), 1),
        (picture("WEBP", "RGBA"), 1),
        (picture("BMP"), 1),
    ],
)
def test_a_picture_has_a_page_for_each_page_of_its_own(content: bytes, count: int) -> None:
    assert len(opened(pictures.to_pdf(content)).pages) == count


@pytest.mark.slow
@pytest.mark.parametrize("turned", [1, 2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
def test_a_photograph_stands_upright(form: str, turned: int) -> None:
    """Left is black as the camera held it; where that comes to lie on the page says what was done with it."""
    image = Image.new("L", (1600, 800), 255)
    image.paste(0, (0, 0, 800, 800))
    about = Image.Exif()
    about[0x0112] = turned
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, form, exif=about)
    page = opened(pages.fitted(pictures.to_pdf(buffer.getvalue()))).pages[0]
    wide = float(page.mediabox[2]) > float(page.mediabox[3])
    assert wide is (turned < 5)
    shown = subprocess.run(
        ["pdftoppm", "-r", "20", "-gray", "-"], input=saved(one_page(page)),
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    with Image.open(io.BytesIO(shown)) as seen:
        across, down = seen.size
        at = {"left": (0.3, 0.5), "right": (0.7, 0.5), "above": (0.5, 0.3), "below": (0.5, 0.7)}
        dark = {side for side, (x, y) in at.items() if int(seen.getpixel((int(across * x), int(down * y)))) < 90}
    side = {1: "left", 2: "right", 3: "right", 4: "left", 5: "above", 6: "above", 7: "below", 8: "below"}[turned]
    assert side in dark
    assert {"left": "right", "right": "left", "above": "below", "below": "above"}[side] not in dark


def one_page(page: pikepdf.Page) -> Pdf:
    made = Pdf.new()
    made.pages.append(page)
    return made


def test_a_fax_keeps_its_proportions() -> None:
    content = picture("TIFF", "1", (1728, 1100), dpi=(204, 98))
    left, low, right, high = placed(opened(pages.fitted(pictures.to_pdf(content))).pages[0])
    assert (right - left) / (high - low) == pytest.approx(1728 / 204 / (1100 / 98), rel=1e-2)


def test_a_picture_is_a_figure_that_has_a_name(tmp_path: Path) -> None:
    path = put(tmp_path, "a.jpg", picture("JPEG"))
    made = enclosures.pages(Enclosure(path, kind_of(path), PLACE), "附件1 位置圖")
    assert isinstance(made, bytes)
    [figure] = opened(made).Root.StructTreeRoot.K.K
    assert (figure.S, str(figure.Alt)) == (Name.Figure, "附件1 位置圖")


# --- what the workbook says -------------------------------------------------------------------------------------

HEAD = "| 案號 | 名稱 | 來源 | 可另附 | 附原檔 |\n"


def composed(desk: Desk) -> tuple[list[Document], list[Problem]]:
    loaded = load.read(Workspace(desk.root), MeetingId(113, 1))
    problems = loaded.problems
    assert loaded.meeting is not None
    meeting = replace(loaded.meeting, files=enclosures.identified(loaded.files, problems))
    return papers.compose(meeting, Vocabulary(meeting, figures.compute(meeting))), problems


def attached(desk: Desk, rows: str, **files: bytes) -> None:
    """A meeting with these rows in 附件 (``\\n`` between them) and these files, ``a_pdf`` for a.pdf."""
    desk.meeting(附件=HEAD + rows)
    for name, content in files.items():
        put(desk.root / "inputs/113-1/附件", name.replace("_", "."), content)


def test_a_file_stands_in_the_place_of_its_document(desk: Desk) -> None:
    attached(
        desk,
        "| 討1 | 位置圖 | 檔案:圖.pdf | |\n| 討1 | 照片 | 檔案:照.jpg | |",
        圖_pdf=pdf_of((9, 9)),
        照_jpg=picture("JPEG"),
    )
    made, problems = composed(desk)
    first, second = made[-2:]
    assert [one.name for one in (first, second)] == ["04 討論事項第一案 附件1 位置圖", "05 討論事項第一案 附件2 照片"]
    assert (first.label, first.bookmark, first.unfit) == ("附件1", "附件1 位置圖", False)
    assert first.enclosure is not None
    assert second.enclosure is not None
    assert enclosures.original_name(first.name, first.enclosure) == "04 討論事項第一案 附件1 位置圖（原檔）.pdf"
    assert enclosures.original_name(second.name, second.enclosure) == "05 討論事項第一案 附件2 照片.jpg"
    assert [one.code for one in problems] == []


def test_a_file_that_cannot_be_joined_is_an_error_at_its_row_and_has_no_document(desk: Desk) -> None:
    attached(desk, "| 討1 | 圖 | 檔案:圖.pdf | |", 圖_pdf=b"")
    [*_, last], problems = composed(desk)
    assert (last.unfit, last.enclosure) == (True, None)
    assert [(one.code, str(one.at)) for one in problems] == [("file-empty", "會議.xlsx〔附件〕C2")]
    assert not enclosures.stops(problems)


def test_where_the_row_allows_it_a_page_says_that_it_is_supplied_separately(desk: Desk) -> None:
    attached(desk, "| 討1 | 圖 | 檔案:圖.pdf | ★ |", 圖_pdf=locked_pdf("user"))
    [*_, last], problems = composed(desk)
    assert (last.unfit, last.enclosure, last.template) == (False, None, "另附")
    assert last.context["本附件"]["說明"] == "本附件另行提供，檔名：圖.pdf。"
    assert [(one.code, one.severity) for one in problems] == [("file-separate", WARNING)]


def test_a_wrong_ending_is_mentioned_and_put_right_on_the_way_out(desk: Desk) -> None:
    attached(desk, "| 討1 | 圖 | 檔案:圖.docx | |", 圖_docx=picture("PNG"))
    [*_, last], problems = composed(desk)
    assert [(one.code, one.severity) for one in problems] == [("file-ending", WARNING)]
    assert "PNG 圖片" in problems[0].text
    assert last.enclosure is not None
    assert enclosures.original_name(last.name, last.enclosure).endswith("圖.png")


def test_a_shared_file_is_named_with_its_ending_or_without(desk: Desk) -> None:
    shared = desk.root / "inputs/共用"
    put(shared, "作業手冊.pdf", pdf_of((595, 842)))
    attached(desk, "| 討1 | 甲 | 共用:作業手冊 | |\n| 討1 | 乙 | 共用:作業手冊.pdf | |")
    made, problems = composed(desk)
    assert [one.enclosure.path.name for one in made if one.enclosure] == ["作業手冊.pdf"] * 2
    assert problems == []
    put(shared, "作業手冊.docx", word())
    made, problems = composed(desk)
    assert [one.enclosure.path.name for one in made if one.enclosure] == ["作業手冊.pdf"]
    assert [one.code for one in problems] == ["file-twice"]
    assert "「作業手冊.docx」、「作業手冊.pdf」" in problems[0].text


def test_a_shared_workbook_with_articles_stays_a_regulation(desk: Desk) -> None:
    shared = desk.root / "inputs/共用"
    write_book(shared / "要點.xlsx", 條文="| 層級 | 條號 | 內容 |\n| 名稱 | | 某要點 |\n| 1 | 一、 | 某事。 |")
    put(shared, "要點.pdf", pdf_of((595, 842)))
    write_book(shared / "統計.xlsx", 表="| 站 |\n| 甲 |")
    rows = ("要點", "要點.xlsx", "要點.pdf", "統計.xlsx")
    attached(desk, "\n".join(f"| 討1 | {name} | 共用:{name} | |" for name in rows))
    made, problems = composed(desk)
    assert [one.template for one in made[-4:]] == ["條文", "條文", "另附", "另附"]
    assert [one.enclosure.path.name if one.enclosure else "" for one in made[-4:]] == ["", "", "要點.pdf", "統計.xlsx"]
    assert problems == []


@pytest.mark.parametrize("name", ["../機關.xlsx", "子/圖.pdf", "/etc/hostname", "..", "連結.pdf", "連結"])
def test_a_shared_file_must_lie_in_the_folder_itself(desk: Desk, tmp_path: Path, name: str) -> None:
    shared = desk.root / "inputs/共用"
    put(shared / "子", "圖.pdf", pdf_of((595, 842)))
    (shared / "連結.pdf").symlink_to(put(tmp_path, "密.pdf", pdf_of((595, 842))))
    attached(desk, f"| 討1 | 圖 | 共用:{name} | |")
    made, problems = composed(desk)
    assert [one.code for one in problems] == ["no-such-shared"]
    assert made[-1].enclosure is None


def test_another_order_of_the_rows_renumbers_label_bookmark_file_name_and_prose(desk: Desk) -> None:
    said = '| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("甲") }}及{{ 附件("乙") }}。 |'
    rows = ["| 討1 | 甲 | 檔案:甲.pdf | |", "| 討1 | 乙 | 檔案:乙.jpg | |"]
    for order, labels in ((rows, ("附件1", "附件2")), (rows[::-1], ("附件2", "附件1"))):
        attached(desk, "\n".join(order), 甲_pdf=pdf_of((9, 9)), 乙_jpg=picture("JPEG"))
        desk.meeting(附件=HEAD + "\n".join(order), 說明=said)
        made, _ = composed(desk)
        by_name = {one.context["本附件"]["名稱"]: one for one in made if one.enclosure}
        for name, label in zip("甲乙", labels, strict=True):
            one = by_name[name]
            assert (one.label, one.bookmark, f" {label} {name}" in one.name) == (label, f"{label} {name}", True)
            assert one.context["本附件"]["標號"] == label
        case = next(one for one in made if one.template == "案" and one.context["本案"]["說明"])
        assert case.context["本案"]["說明"][0]["內容"] == f"如{labels[0]}及{labels[1]}。"


# --- the whole way ----------------------------------------------------------------------------------------------

MIXED: dict[str, tuple[bytes, int]] = {
    "轉向.pdf": (pdf_of((595, 842), (595, 842), turn=90, text="rotated"), 2),
    "大圖.pdf": (pdf_of((842, 1191), text="large"), 1),
    "四比三.pptx": (slides(25.4, 19.05, "slide A", "slide B"), 2),
    "寬螢幕.pptx": (slides(33.867, 19.05, "wide A"), 1),
    "頁首.odt": (odt("header text", "body text"), 1),
    "三表.xlsx": (excel("one", "two", "secret", "three", hidden="secret"), 3),
    "照片.jpg": (picture("JPEG", "CMYK"), 1),
    "加密.pdf": (locked_pdf("user"), 0),
    "空白.pdf": (b"", 0),
    "巨集.docm": (with_macros(word("macro text")), 1),
}


def mixed(desk: Desk, separately: str) -> None:
    rows = "\n".join(f"| 討1 | {Path(name).stem} | 檔案:{name} | {separately} | ★ |" for name in MIXED)
    attached(desk, rows)
    for name, (content, _) in MIXED.items():
        put(desk.root / "inputs/113-1/附件", name, content)


def page_texts(path: Path) -> list[str]:
    raw = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    return raw.split("\f")[:-1]


@pytest.mark.office
def test_a_mixed_set_becomes_one_packet(desk: Desk) -> None:
    mixed(desk, "★")
    result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    texts = page_texts(desk.output("會議資料.pdf"))
    with Pdf.open(desk.output("會議資料.pdf")) as made, made.open_outline() as outline:
        marks = {item.title: item.destination[0].objgen for case in outline.root for item in case.children}
        numbers = {page.obj.objgen: number for number, page in enumerate(made.pages)}
        sizes = [tuple(round(float(edge)) for edge in page.mediabox.as_list()[2:]) for page in made.pages]
    assert list(marks) == [f"附件{number} {Path(name).stem}" for number, name in enumerate(MIXED, 1)]
    starts = [numbers[place] for place in marks.values()]
    ends = [*starts[1:], len(texts)]
    counts = [end - start for start, end in zip(starts, ends, strict=True)]
    assert counts == [count or 1 for _, count in MIXED.values()]
    assert set(sizes) == {(595, 842), (842, 595)}
    for number, start in enumerate(starts, 1):
        assert "".join(texts[start].split()).startswith(f"附件{number}")
    for number, text in enumerate(texts, 1):
        assert f"第 {number} 頁，共 {len(texts)} 頁" in text
    for stem, words in {
        "轉向": ["rotated 1", "rotated 2"],
        "大圖": ["large 1"],
        "四比三": ["slide A", "slide B"],
        "寬螢幕": ["wide A"],
        "頁首": ["header text"],
        "三表": ["sheet one", "sheet two", "sheet three"],
        "加密": ["本附件另行提供，檔名：加密.pdf。"],
        "空白": ["本附件另行提供，檔名：空白.pdf。"],
        "巨集": ["macro text"],
    }.items():
        start = starts[[Path(name).stem for name in MIXED].index(stem)]
        for offset, text in enumerate(words):
            assert text in texts[start + offset], (stem, texts[start + offset])
    assert not any("secret" in text for text in texts)
    for number, (name, (content, count)) in enumerate(MIXED.items(), 4):
        stem = f"{number:02d} 討論事項第一案 附件{number - 3} {Path(name).stem}"
        assert desk.output(f"{stem}.pdf").is_file()
        if count:
            original = f"{stem}（原檔）.pdf" if name.endswith(".pdf") else stem + Path(name).suffix
            assert desk.output(original).read_bytes() == content


@pytest.mark.office
def test_what_cannot_be_joined_keeps_the_packet_from_being_made_and_nothing_else(desk: Desk) -> None:
    mixed(desk, "")
    result = desk.run("build", "113-1")
    assert result.exit_code == 1
    for cell, text in (("C9", "「加密.pdf」設有密碼"), ("C10", "「空白.pdf」是空的檔案")):
        assert f"會議.xlsx〔附件〕{cell}：{text}" in result.output.replace("\n", "")
    for said in (result.output, desk.run("build", "113-1").output):
        assert re.search(
            "沒有產生「[0-9]+ 討論事項第一案 附件[0-9]+ 加密」.*，因此也沒有 會議資料.pdf：請見所列的錯誤。", said
        )
    assert not desk.output("會議資料.pdf").exists()
    made = {path.stem for path in desk.output().glob("*.pdf")}
    for number, (name, (_, count)) in enumerate(MIXED.items(), 4):
        assert (f"{number:02d} 討論事項第一案 附件{number - 3} {Path(name).stem}" in made) is (count > 0)
    assert {"01 議程", "03 討論事項第一案"} <= made


@pytest.mark.office
def test_a_packet_of_before_does_not_stay_where_there_can_be_none(desk: Desk) -> None:
    attached(desk, "| 討1 | 圖 | 檔案:圖.pdf | |", 圖_pdf=pdf_of((595, 842)))
    assert desk.run("build", "113-1").exit_code == 0
    assert desk.output("會議資料.pdf").is_file()
    attached(desk, "| 討1 | 圖 | 檔案:圖.pdf | |", 圖_pdf=b"")
    assert desk.run("build", "113-1").exit_code == 1
    assert not desk.output("會議資料.pdf").exists()
    assert desk.output("01 議程.pdf").is_file()


@pytest.mark.office
def test_a_file_that_changes_is_built_anew(desk: Desk) -> None:
    for text in ("before", "after"):
        attached(desk, "| 討1 | 圖 | 檔案:圖.pdf | |", 圖_pdf=pdf_of((595, 842), text=text))
        assert desk.run("build", "113-1").exit_code == 0
        assert f"{text} 1" in page_texts(desk.output("會議資料.pdf"))[-1]


@pytest.mark.office
def test_what_libreoffice_cannot_convert_is_an_error_at_its_row(desk: Desk) -> None:
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word())) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            target.writestr(name, b"<w:document" if name == "word/document.xml" else source.read(name))
    attached(desk, "| 討1 | 圖 | 檔案:圖.docx | |", 圖_docx=broken.getvalue())
    result = desk.run("build", "113-1")
    assert result.exit_code == 1
    assert "會議.xlsx〔附件〕C2：「圖.docx」無法轉換成 PDF" in result.output.replace("\n", "")
    assert desk.output("01 議程.pdf").is_file()
    assert not desk.output("會議資料.pdf").exists()
    attached(desk, "| 討1 | 圖 | 檔案:圖.docx | ★ |")
    assert desk.run("build", "113-1").exit_code == 0
    assert "本附件另行提供，檔名：圖.docx。" in page_texts(desk.output("會議資料.pdf"))[-1]
