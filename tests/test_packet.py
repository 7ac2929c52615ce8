"""The joined PDF: page numbers, bookmarks, tags, properties. Most PDFs here are made by hand, a few by LibreOffice."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from generator.pdf import glyphs, join, numbers, office
from generator.pdf.from_elsewhere import pages as foreign_pdf
from generator.pdf.join import Part
from generator.pdf.numbers import Stamp
from generator.pdf.properties import UnusablePdf

DAY = date(2024, 4, 29)
AGENCY = "海風部"


# --- PDFs made by hand ------------------------------------------------------------------------------------------


def saved(made: Pdf) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer, fix_metadata_version=False)
    return buffer.getvalue()


def opened(content: bytes) -> Pdf:
    return Pdf.open(io.BytesIO(content))


def glyph_pdf(latin: str = "0123456789 ", chinese: str = "第頁，共附件 ") -> bytes:
    """What LibreOffice makes of glyph_document, but for the outlines: digits are 500 wide, Chinese 1000."""
    made = Pdf.new()
    made.add_blank_page()
    fonts = {}
    for name, signs, width in (("F1", chinese, 1000), ("F2", latin, 500)):
        pairs = "".join(f"<{code:02X}> <{ord(sign):04X}>\n" for code, sign in enumerate(signs, 1))
        cmap = f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{len(signs)} beginbfchar\n{pairs}endbfchar\n"
        fonts[f"/{name}"] = made.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.TrueType,
                BaseFont=Name(f"/AAAAAA+{name}"),
                FirstChar=0,
                LastChar=len(signs),
                Widths=Array([0] + [width] * len(signs)),
                ToUnicode=made.make_stream(cmap.encode()),
            )
        )
    made.pages[0].obj.Resources = Dictionary(Font=Dictionary(fonts))
    return saved(made)


@pytest.fixture(scope="module")
def stamp() -> Stamp:
    return Stamp.from_pdf(glyph_pdf())


def tagged(pages: int = 1, role: str = "P", claim: bool = True, top: str = "Document") -> bytes:
    """A tagged PDF of A4 pages, with one paragraph and one link to the last page on each."""
    made = Pdf.new()
    root = made.make_indirect(Dictionary(Type=Name.StructTreeRoot, RoleMap=Dictionary({"/Label": Name(f"/{role}")})))
    document = made.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{top}"), P=root, K=Array()))
    numbers: list[Any] = []
    links: list[Any] = []
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    for number, page in enumerate(made.pages):
        page.Contents = made.make_stream(b"/Label <</MCID 0>> BDC 0 0 1 rg 0 0 10 10 re f EMC")
        element = made.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Label, P=document, Pg=page.obj, K=Array([0]))
        )
        note = made.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9])))
        note.Dest = Array([made.pages[-1].obj, Name.Fit])
        note.StructParent = pages + number
        link = made.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Link, P=document))
        link.K = Array([Dictionary(Type=Name.OBJR, Obj=note, Pg=page.obj)])
        page.Annots = Array([note])
        page.StructParents = number
        document.K.extend([element, link])
        numbers += [number, Array([element])]
        links += [pages + number, link]
    root.K = document
    root.ParentTree = Dictionary(Nums=Array(numbers + links))
    made.Root.StructTreeRoot = root
    made.Root.MarkInfo = Dictionary(Marked=True)
    if claim:
        metadata = made.make_stream(b"<pdfuaid:part>1</pdfuaid:part>")
        made.Root.Metadata = metadata
    return saved(made)


def untagged(pages: int = 1) -> bytes:
    made = Pdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    return saved(made)


def parts(folder: Path, *contents: bytes) -> list[Part]:
    found = []
    for number, content in enumerate(contents, 1):
        path = folder / f"{number:02} 文件.pdf"
        path.write_bytes(content)
        found.append(Part(path, f"文件{number}"))
    return found


# --- and read back ----------------------------------------------------------------------------------------------


def content_of(page: pikepdf.Page) -> str:
    contents: Any = page.obj.Contents
    streams = contents if isinstance(contents, Array) else [contents]
    return "\n".join(stream.read_bytes().decode("latin-1") for stream in streams)


def footer(page: pikepdf.Page) -> str:
    """The text stamped on a page, as a reader with the fonts' own maps sees it."""
    return stamped(page, "Footer", 12)


def label(page: pikepdf.Page) -> str:
    return stamped(page, "Header", 14)


def stamped(page: pikepdf.Page, kind: str, size: int) -> str:
    artifact = "".join(re.findall(rf"/Subtype /{kind}>> BDC(.*?)EMC", content_of(page), re.DOTALL))
    text = ""
    for font, codes in re.findall(rf"(/PageNumber-\w+) {size} Tf <(\w+)> Tj", artifact):
        cmap = page.obj.Resources.Font[font].ToUnicode.read_bytes().decode()
        signs = {code: chr(int(sign, 16)) for code, sign in re.findall(r"<(\w\w)> <(\w{4})>", cmap)}
        text += "".join(signs[code] for code in re.findall("..", codes))
    return text


def elements(made: Pdf) -> Iterator[pikepdf.Object]:
    """Every element of the tag tree; asserts that each knows the one above it."""

    def below(parent: pikepdf.Object) -> Iterator[pikepdf.Object]:
        kids: Any = parent.get("/K", Array())
        for kid in kids if isinstance(kids, Array) else [kids]:
            if isinstance(kid, Dictionary) and "/S" in kid:
                assert kid.P.objgen == parent.objgen
                yield kid
                yield from below(kid)

    return below(made.Root.StructTreeRoot)


# --- page numbers -----------------------------------------------------------------------------------------------


def test_the_glyph_document_is_the_same_each_time() -> None:
    assert glyphs.glyph_document() == glyphs.glyph_document()


def test_a_stamp_needs_every_sign() -> None:
    with pytest.raises(UnusablePdf, match="缺少「共」"):
        Stamp.from_pdf(glyph_pdf(chinese="第頁，"))


def test_the_space_is_of_the_typeface_of_the_digits(stamp: Stamp) -> None:
    assert stamp.width("第 1 頁") == pytest.approx((1000 + 500 * 3 + 1000) * 12 / 1000)


def test_a_single_document_is_numbered(stamp: Stamp) -> None:
    made = opened(join.stamp_single(tagged(2), stamp, "議程", AGENCY, DAY))
    assert [footer(page) for page in made.pages] == ["第 1 頁，共 2 頁", "第 2 頁，共 2 頁"]


def test_without_a_stamp_nothing_is_written() -> None:
    made = opened(join.stamp_single(tagged(), None, "議程", AGENCY, DAY))
    assert "Footer" not in content_of(made.pages[0])


@pytest.mark.parametrize(
    ("turn", "matrix", "wide"),
    [
        (0, "1 0 0 1 10.000 20.000", 600),
        (90, "0 1 -1 0 610.000 20.000", 800),
        (180, "-1 0 0 -1 610.000 820.000", 600),
        (-90, "0 -1 1 0 10.000 820.000", 800),
    ],
)
def test_the_number_stands_at_the_foot_as_the_reader_sees_it(stamp: Stamp, turn: int, matrix: str, wide: int) -> None:
    source = Pdf.new()
    source.add_blank_page()
    # Turned by the tree of pages, cropped, and with an origin elsewhere.
    source.Root.Pages.Rotate = turn
    source.pages[0].mediabox = Array([-100, -100, 900, 900])
    source.pages[0].cropbox = Array([10, 20, 610, 820])
    made = opened(join.stamp_single(saved(source), stamp, "簡報", AGENCY, DAY))
    left = (wide - stamp.width("第 1 頁，共 1 頁")) / 2
    assert f"q {matrix} cm BT 0 g {left:.3f} {numbers.NUMBER_BASELINE:.3f} Td" in content_of(made.pages[0])


def test_what_a_page_does_to_coordinates_does_not_move_the_number(stamp: Stamp) -> None:
    source = opened(untagged())
    source.pages[0].Contents = source.make_stream(b"0.1 0 0 0.1 500 500 cm")
    made = opened(join.stamp_single(saved(source), stamp, "簡報", AGENCY, DAY))
    assert re.match(r"q\s+0\.1 0 0 0\.1 500 500 cm\s+Q\s+/Artifact", content_of(made.pages[0]))


def test_a_label_stands_at_the_top_right_of_the_first_page_alone(stamp: Stamp) -> None:
    made = opened(join.stamp_single(untagged(2), stamp, "位置圖", AGENCY, DAY, "附件12"))
    assert [label(page) for page in made.pages] == ["附件12", ""]
    assert [footer(page) for page in made.pages] == ["第 1 頁，共 2 頁", "第 2 頁，共 2 頁"]
    left = 595 - numbers.LABEL_MARGIN - (2 * 1000 + 2 * 500) * 14 / 1000
    assert f"BT 0 g {left:.3f} {842 - numbers.LABEL_BASELINE:.3f} Td" in content_of(made.pages[0])


def test_a_page_on_a4_has_room_for_label_and_number() -> None:
    assert numbers.LABEL_BASELINE + numbers.LABEL_SIZE / 4 < foreign_pdf.ABOVE
    assert numbers.NUMBER_BASELINE + numbers.NUMBER_SIZE < foreign_pdf.BELOW


def test_a_pdf_that_was_stamped_before_keeps_its_own_fonts(stamp: Stamp, tmp_path: Path) -> None:
    earlier = Stamp.from_pdf(glyph_pdf(latin=" 9876543210"))
    before = join.stamp_single(tagged(), earlier, "上次", AGENCY, DAY)
    made = opened(join.stamp_single(before, stamp, "這次", AGENCY, DAY))
    assert len([name for name in made.pages[0].obj.Resources.Font if str(name).startswith("/PageNumber-")]) == 3


def test_fonts_are_put_into_a_file_once(stamp: Stamp, tmp_path: Path) -> None:
    made = opened(join.join(parts(tmp_path, untagged(3), untagged(4)), stamp, "會議資料", AGENCY, DAY))
    fonts = {font.objgen for page in made.pages for _, font in page.resources.Font.items()}
    assert len(fonts) == 2


# --- the packet -------------------------------------------------------------------------------------------------


def test_numbers_run_through_the_packet(stamp: Stamp, tmp_path: Path) -> None:
    made = opened(join.join(parts(tmp_path, tagged(2), untagged(), tagged(1)), stamp, "會議資料", AGENCY, DAY))
    assert [footer(page) for page in made.pages] == [f"第 {number} 頁，共 4 頁" for number in (1, 2, 3, 4)]


def test_each_part_has_its_own_label(stamp: Stamp, tmp_path: Path) -> None:
    one, two, three = parts(tmp_path, tagged(), untagged(2), tagged(2))
    listed = [one, Part(two.pages, "附件1 甲", 2, "附件1"), Part(three.pages, "附件2 乙", 2, "附件2")]
    made = opened(join.join(listed, stamp, "會議資料", AGENCY, DAY))
    assert [label(page) for page in made.pages] == ["", "附件1", "", "附件2", ""]


def test_what_is_hidden_in_a_part_stays_hidden(tmp_path: Path) -> None:
    contents = []
    for name in ("甲", "乙"):
        source = opened(untagged())
        layer = source.make_indirect(Dictionary(Type=Name.OCG, Name=String(name)))
        source.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
        source.pages[0].obj.Resources = Dictionary(Properties=Dictionary(L=layer))
        contents.append(saved(source))
    made = opened(join.join(parts(tmp_path, tagged(), *contents), None, "會議資料", AGENCY, DAY))
    used = [page.obj.Resources.Properties.L for page in list(made.pages)[1:]]
    assert [str(layer["/Name"]) for layer in used] == ["甲", "乙"]
    assert [layer.objgen for layer in made.Root.OCProperties.D.OFF] == [layer.objgen for layer in used]


def test_an_attachment_has_its_bookmark_under_its_case(tmp_path: Path) -> None:
    one, two, three, four = parts(tmp_path, tagged(2), tagged(), tagged(), tagged())
    listed = [one, Part(two.pages, "附件1", 2), Part(three.pages, "附件2", 2), four]
    made = opened(join.join(listed, None, "會議資料", AGENCY, DAY))
    with made.open_outline() as outline:
        assert [(item.title, [kid.title for kid in item.children]) for item in outline.root] == [
            ("文件1", ["附件1", "附件2"]),
            ("文件4", []),
        ]
        attachment = outline.root[0].children[0].destination
        assert isinstance(attachment, Array)
        assert attachment[0].objgen == made.pages[2].obj.objgen
    assert made.Root.PageMode == Name.UseOutlines


def test_an_attachment_without_a_case_stands_at_the_top(tmp_path: Path) -> None:
    [only] = parts(tmp_path, tagged())
    made = opened(join.join([Part(only.pages, "附件", 2)], None, "會議資料", AGENCY, DAY))
    with made.open_outline() as outline:
        assert [item.title for item in outline.root] == ["附件"]


def test_a_part_that_is_no_pdf_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusablePdf, match=r"「02 文件\.pdf」無法讀取"):
        join.join(parts(tmp_path, tagged(), b"<html>"), None, "會議資料", AGENCY, DAY)


def test_a_part_with_a_password_is_named(tmp_path: Path) -> None:
    locked = io.BytesIO()
    opened(untagged()).save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(UnusablePdf, match=r"「01 文件\.pdf」有密碼保護"):
        join.join(parts(tmp_path, locked.getvalue()), None, "會議資料", AGENCY, DAY)


# --- tags -------------------------------------------------------------------------------------------------------


def test_the_tag_trees_become_one(tmp_path: Path) -> None:
    made = opened(join.join(parts(tmp_path, tagged(2), tagged(1), tagged(3)), None, "會議資料", AGENCY, DAY))
    root = made.Root.StructTreeRoot
    [document] = root.K.as_list()
    assert str(document.S) == "/Document"
    assert [(str(part.S), str(part.T)) for part in document.K.as_list()] == [
        ("/Part", "文件1"),
        ("/Part", "文件2"),
        ("/Part", "文件3"),
    ]
    assert made.Root.MarkInfo.Marked
    assert root.RoleMap == Dictionary({"/Label": Name.P})
    assert root.ParentTreeNextKey == 12


def test_tags_and_pages_refer_to_each_other(tmp_path: Path) -> None:
    made = opened(join.join(parts(tmp_path, tagged(2), untagged(), tagged(3)), None, "會議資料", AGENCY, DAY))
    pages = {page.obj.objgen for page in made.pages}
    above = pikepdf.NumberTree(made.Root.StructTreeRoot.ParentTree)
    assert sorted(above.keys()) == list(range(10))
    for element in elements(made):
        if str(element.S) == "/Label":
            assert element.Pg.objgen in pages
            assert above[int(element.Pg.StructParents)][0].objgen == element.objgen
        elif str(element.S) == "/Link":
            note = element.K[0].Obj
            assert note.objgen == element.K[0].Pg.Annots[0].objgen
            assert above[int(note.StructParent)].objgen == element.objgen
            assert note.Dest[0].objgen in pages
    assert len([element for element in elements(made) if str(element.S) == "/Label"]) == 5


def test_a_tag_name_used_in_two_senses_is_kept_apart(tmp_path: Path) -> None:
    made = opened(join.join(parts(tmp_path, tagged(), tagged(role="H1"), tagged()), None, "資料", AGENCY, DAY))
    roles = made.Root.StructTreeRoot.RoleMap
    names = [str(element.S) for element in elements(made) if str(element.S).startswith("/Label")]
    assert [str(roles[name]) for name in names] == ["/P", "/H1", "/P"]


def test_a_tree_without_a_document_gets_a_part(tmp_path: Path) -> None:
    made = opened(join.join(parts(tmp_path, tagged(top="Sect")), None, "會議資料", AGENCY, DAY))
    assert [str(element.S) for element in elements(made)][:3] == ["/Document", "/Part", "/Sect"]


def test_a_part_without_tags_gets_no_number_of_another(tmp_path: Path) -> None:
    stray = opened(untagged())
    stray.pages[0].StructParents = 0
    made = opened(join.join(parts(tmp_path, tagged(), saved(stray)), None, "會議資料", AGENCY, DAY))
    assert "/StructParents" not in made.pages[1].obj


@pytest.mark.parametrize(
    ("others", "claimed"), [([tagged()], True), ([untagged()], False), ([tagged(claim=False)], False)]
)
def test_the_packet_claims_to_be_universal_when_all_parts_do(
    tmp_path: Path, others: list[bytes], claimed: bool
) -> None:
    made = opened(join.join(parts(tmp_path, tagged(), *others), None, "會議資料", AGENCY, DAY))
    assert (b"<pdfuaid:part>1<" in made.Root.Metadata.read_bytes()) is claimed


def test_a_packet_of_untagged_parts_claims_no_tags(tmp_path: Path) -> None:
    made = opened(join.join(parts(tmp_path, untagged()), None, "會議資料", AGENCY, DAY))
    assert "/StructTreeRoot" not in made.Root
    assert "/MarkInfo" not in made.Root


# --- properties -------------------------------------------------------------------------------------------------


def test_the_properties_are_those_of_the_meeting(tmp_path: Path) -> None:
    made = opened(join.join(parts(tmp_path, tagged()), None, "會議<資料> & 附件", AGENCY, DAY))
    assert str(made.docinfo.Title) == "會議<資料> & 附件"
    assert str(made.docinfo.Author) == AGENCY
    assert str(made.docinfo.CreationDate) == str(made.docinfo.ModDate) == "D:20240429000000+08'00'"
    assert made.Root.Lang == String("zh-TW")
    assert made.Root.ViewerPreferences.DisplayDocTitle
    with made.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        assert metadata["dc:title"] == "會議<資料> & 附件"
        assert metadata["dc:creator"] == [AGENCY]
        assert metadata["xmp:CreateDate"] == "2024-04-29T00:00:00+08:00"


def test_what_differs_from_run_to_run_is_gone() -> None:
    runs = []
    for run in ("1", "2"):
        source = opened(tagged())
        source.trailer["/DocChecksum"] = Name(f"/{run}")
        source.docinfo["/CreationDate"] = f"D:2024010{run}"
        source.docinfo["/Producer"] = "LibreOffice 7.4"
        buffer = io.BytesIO()
        source.save(buffer, static_id=run == "1")
        runs.append(join.normalise(buffer.getvalue(), "議程", AGENCY, DAY))
    assert runs[0] == runs[1]
    assert str(opened(runs[0]).docinfo.Producer) == "LibreOffice 7.4"


def test_the_same_parts_give_the_same_packet(stamp: Stamp, tmp_path: Path) -> None:
    listed = parts(tmp_path, tagged(2), untagged(), tagged())
    first, second = (join.join(listed, stamp, "會議資料", AGENCY, DAY) for _ in range(2))
    assert first == second


# --- with LibreOffice -------------------------------------------------------------------------------------------


@pytest.mark.office
def test_a_packet_from_libreoffice_passes_the_checker(tmp_path: Path) -> None:
    if office.find_office() is None:
        pytest.skip("LibreOffice is not installed")
    pdfua = pytest.importorskip("pdfua")
    sources = [tmp_path / name for name in ("頁碼.docx", "01 議程.docx", "02 附件.docx")]
    for source in sources:
        source.write_bytes(glyphs.glyph_document())
    raw = office.convert(sources, "pdf", tmp_path / "出", timeout=120)
    stamp = Stamp.from_pdf(raw[sources[0]])
    single, joined = tmp_path / "single.pdf", tmp_path / "joined.pdf"
    single.write_bytes(join.stamp_single(raw[sources[1]], stamp, "議程", AGENCY, DAY))
    listed = [Part(raw[sources[1]], "議程"), Part(raw[sources[2]], "附件", 2)]
    joined.write_bytes(join.join(listed, stamp, "會議資料", AGENCY, DAY))
    for path in (single, joined):
        assert [str(finding) for finding in pdfua.validate(str(path)).findings] == []
    assert [footer(page) for page in opened(joined.read_bytes()).pages] == ["第 1 頁，共 2 頁", "第 2 頁，共 2 頁"]
