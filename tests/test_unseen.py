"""What nobody sees of an attached PDF or picture: hidden layers, data of cameras and programs, what is never drawn."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pikepdf
import pytest
from conftest import EXPLANATIONS, Desk
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, PngImagePlugin
from test_enclosures import opened, pdf_of, put, saved
from test_publish import everything

from generator.pdf import clean
from generator.pdf.clean.pictures import image
from generator.pdf.from_elsewhere import pages

SECRET = "SECRET-NAME"


NOISE = Image.effect_noise((48, 32), 60)


def camera(form: str, **options: Any) -> bytes:
    """A picture that tells who took it, wherever its format has room for that."""
    made, buffer = NOISE, io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = SECRET
    if form in ("TIFF", "WEBP"):
        options |= {"exif": exif}
        if form == "TIFF":
            options |= {"software": SECRET, "description": SECRET, "artist": SECRET}
        else:
            options |= {"xmp": f"<x>{SECRET}</x>".encode()}
    elif form == "JPEG":
        options |= {"exif": exif.tobytes(), "comment": SECRET, "xmp": f"<x>{SECRET}</x>".encode()}
    else:
        options |= {"comment": SECRET}
    made.save(buffer, form, **options)
    content = buffer.getvalue()
    if form == "JPEG2000":
        box = SECRET.encode()
        content += (len(box) + 24).to_bytes(4, "big") + b"uuid" + b"0" * 16 + box
    assert SECRET.encode() in content
    return content


def drawn(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.tobytes()


PICTURES = {
    "JPEG": lambda: camera("JPEG"),
    "progressive JPEG": lambda: camera("JPEG", progressive=True),
    "JPEG with another behind it": lambda: camera("JPEG") + camera("JPEG"),
    "JPEG 2000": lambda: camera("JPEG2000"),
    "JPEG 2000 in tiles": lambda: camera("JPEG2000", tile_size=(16, 16)),
    "bare JPEG 2000": lambda: camera("JPEG2000", no_jp2=True)[: -24 - len(SECRET)],
    "GIF": lambda: camera("GIF"),
    "GIF with XMP": lambda: xmp_in_gif(camera("GIF")),
    "TIFF": lambda: camera("TIFF"),
    "TIFF of the other order": lambda: swapped_tiff(),
    "WebP": lambda: camera("WEBP", lossless=True),
    "WebP of several pictures": lambda: camera("WEBP", save_all=True, append_images=[NOISE.rotate(180)], lossless=True),
}


def xmp_in_gif(content: bytes) -> bytes:
    """XMP as Adobe puts it: a block of an application, whose text is no row of small blocks but ends in them."""
    trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    block = b"\x21\xff\x0bXMP DataXMP" + f"<x>{SECRET}</x>".encode() + trailer
    at = content.index(b"\x21\xfe")
    return content[:at] + block + content[at:]


def swapped_tiff() -> bytes:
    """A TIFF of one strip with the bytes of its numbers the other way round, EXIF in a list of its own, and XMP."""
    pixels = NOISE.tobytes()
    name = SECRET.encode() + b"\0"
    exif_at, name_at, pixels_at = 200, 300, 400
    entries = [(256, 3, 1, 48 << 16), (257, 3, 1, 32 << 16), (258, 3, 1, 8 << 16), (259, 3, 1, 1 << 16),
               (262, 3, 1, 1 << 16), (273, 4, 1, pixels_at), (277, 3, 1, 1 << 16), (278, 3, 1, 32 << 16),
               (279, 4, 1, len(pixels)), (315, 2, len(name), name_at), (34665, 4, 1, exif_at)]  # fmt: skip
    made = bytearray(pixels_at) + pixels
    head = b"MM\0*" + struct.pack(">IH", 8, len(entries)) + b"".join(struct.pack(">HHII", *one) for one in entries)
    made[: len(head)] = head
    made[exif_at : exif_at + 18] = struct.pack(">HHHIII", 1, 37510, 7, len(name), name_at + 40, 0)
    made[name_at : name_at + len(name)] = made[name_at + 40 : name_at + 40 + len(name)] = name
    return bytes(made)


def test_a_drawing_in_a_package_tells_nothing_of_its_program() -> None:
    plain = (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="urn:tool" i:file="C:\\SECRET-NAME\\a.svg"><!--SECRET-NAME-->'
    )
    plain += b"<metadata>SECRET-NAME</metadata><title>SECRET-NAME</title><i:x>SECRET-NAME</i:x>"
    plain += b'<text x="1">a<!--SECRET-NAME-->b</text></svg>'
    cleaned = image(plain)
    assert SECRET.encode() not in cleaned
    assert b'<text x="1">ab</text>' in cleaned
    words = "SECRET-NAME".encode("utf-16-le")
    head = struct.pack("<II", 1, 108 + len(words)) + bytes(32) + b" EMF" + bytes(16) + struct.pack("<II", 11, 108)
    assert image(head + bytes(108 - len(head)) + words) == head + bytes(108 - len(head) + len(words))


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_seen_as_before_and_tells_nothing(kind: str) -> None:
    content = PICTURES[kind]()
    cleaned = image(content)
    assert SECRET.encode() not in cleaned
    assert drawn(cleaned) == drawn(content)
    assert image(cleaned) == cleaned


def test_a_comment_between_the_scans_of_a_jpeg_goes() -> None:
    content = camera("JPEG", progressive=True)
    place = content.index(b"\xff\xda", content.index(b"\xff\xda") + 2)
    mark = b"\xff\xfe" + (2 + len(SECRET)).to_bytes(2, "big") + SECRET.encode()
    planted = content[:place] + mark + content[place:]
    assert SECRET.encode() not in image(planted)
    assert drawn(image(planted)) == drawn(content)


# --- pictures in a PDF ------------------------------------------------------------------------------------------


def with_picture(content: bytes, filters: list[Name], parameters: Any = None) -> Pdf:
    source = opened(pdf_of((595, 842)))
    stream = source.make_stream(content)
    for key, value in {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 48, "/Height": 32,
                       "/ColorSpace": Name.DeviceGray, "/BitsPerComponent": 8}.items():  # fmt: skip
        stream[key] = value
    stream.write(content, filter=Array(filters) if len(filters) > 1 else filters[0], decode_parms=parameters)
    source.pages[0].obj.Resources.XObject = Dictionary(I=stream)
    source.pages[0].contents_add(b"q 99 0 0 99 9 9 cm /I Do Q")
    return source


def inline(data: bytes, filters: str) -> Pdf:
    source = opened(pdf_of((595, 842)))
    content = f"q 9 0 0 9 9 9 cm BI /W 48 /H 32 /CS /G /BPC 8 /F {filters} ID ".encode() + data + b"\nEI Q"
    source.pages[0].contents_add(source.make_stream(content))
    return source


def within_a_form(data: bytes) -> Pdf:
    source = opened(pdf_of((595, 842)))
    form = source.make_stream(b"q 9 0 0 9 9 9 cm BI /W 48 /H 32 /CS /G /BPC 8 /F /DCT ID " + data + b"\nEI Q")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 99, 99])
    source.pages[0].obj.Resources.XObject = Dictionary(I=form)
    source.pages[0].contents_add(b"/I Do")
    return source


def within_a_glyph(data: bytes) -> Pdf:
    source = opened(pdf_of((595, 842)))
    glyph = source.make_stream(
        b"9 0 0 0 9 9 d1 q 9 0 0 9 0 0 cm BI /W 48 /H 32 /CS /G /BPC 8 /F /DCT ID " + data + b"\nEI Q"
    )
    font = Dictionary(
        Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 9, 9]), FontMatrix=Array([0.1, 0, 0, 0.1, 0, 0]),
        CharProcs=Dictionary(a=glyph), Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name("/a")])),
        FirstChar=97, LastChar=97, Widths=Array([9]),
    )  # fmt: skip
    source.pages[0].obj.Resources.Font = Dictionary(T=source.make_indirect(font))
    source.pages[0].contents_add(b"BT /T 20 Tf 99 99 Td (a) Tj ET")
    return source


JPEG = camera("JPEG")
PACKED = {
    "as it is": lambda: with_picture(JPEG, [Name.DCTDecode]),
    "packed once more": lambda: with_picture(zlib.compress(JPEG), [Name.FlateDecode, Name.DCTDecode]),
    "with parameters": lambda: with_picture(
        zlib.compress(JPEG), [Name.FlateDecode, Name.DCTDecode], Array([None, Dictionary(ColorTransform=0)])
    ),
    "packed twice more": lambda: with_picture(
        zlib.compress(JPEG).hex().encode() + b">", [Name.ASCIIHexDecode, Name.FlateDecode, Name.DCTDecode]
    ),
    "JPEG 2000": lambda: with_picture(camera("JPEG2000"), [Name.JPXDecode]),
    "in the drawing": lambda: inline(JPEG, "/DCT"),
    "in the drawing, packed": lambda: inline(zlib.compress(JPEG).hex().encode() + b">", "[/AHx /Fl /DCT]"),
    "in the drawing of a form": lambda: within_a_form(JPEG),
    "in the glyph of a font": lambda: within_a_glyph(JPEG),
}


def pictures(document: Pdf) -> list[bytes]:
    """Every JPEG of a PDF, whatever it is packed in."""
    found = []
    for thing in document.objects:
        if isinstance(thing, pikepdf.Stream):
            content = thing.read_raw_bytes() if thing.get("/Subtype") == Name.Image else thing.read_bytes()
            found += [
                content[place:] for kind in (b"\xff\xd8\xff", b"\0\0\0\x0cjP  ") if (place := content.find(kind)) >= 0
            ]
    return found


@pytest.mark.parametrize("how", PACKED)
@pytest.mark.parametrize("way", ["in the packet", "in public"])
def test_a_picture_in_a_pdf_tells_nothing(how: str, way: str) -> None:
    content = saved(PACKED[how](), stream_decode_level=pikepdf.StreamDecodeLevel.none)
    if way == "in the packet":
        made = opened(pages.fitted(content))
    else:
        made = opened(clean.pdf(content, "題", "機關", date(2024, 1, 1)))
    [found] = pictures(made)
    assert SECRET.encode() not in found
    assert drawn(found) == drawn(camera("JPEG2000") if how == "JPEG 2000" else JPEG)


def test_remarks_in_a_jbig2_picture_go() -> None:
    def segment(number: int, kind: int, data: bytes, referred: bytes = b"\0") -> bytes:
        return struct.pack(">IB", number, kind) + referred + b"\1" + struct.pack(">I", len(data)) + data

    said = b"\x20\0\0\0" + SECRET.encode() + b"\0"
    many = bytes([0xE0, 0, 0, 9, 0, 0, *range(9)])
    whole = [segment(0, 48, bytes(19)), segment(1, 38, b"pixels", many), segment(2, 49, b"")]
    shared = segment(0, 0, b"symbols")
    source = with_picture(b"".join([whole[0], segment(9, 62, said), *whole[1:]]), [Name.JBIG2Decode])
    picture = source.pages[0].obj.Resources.XObject.I
    picture.DecodeParms = Dictionary(JBIG2Globals=source.make_stream(segment(3, 62, said) + shared))
    made = opened(pages.fitted(saved(source, stream_decode_level=pikepdf.StreamDecodeLevel.none)))
    [found] = [one for one in made.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == Name.Image]
    assert found.read_raw_bytes() == b"".join(whole)
    assert found.DecodeParms.JBIG2Globals.read_bytes() == shared


# --- what is not drawn ------------------------------------------------------------------------------------------


def layered(draw: Callable[[Pdf, Any, Any], None], **setting: Any) -> bytes:
    """A PDF with a layer that is off; ``draw`` gets it and one that is on."""
    source = opened(pdf_of((595, 842)))
    off, on = (source.make_indirect(Dictionary(Type=Name.OCG, Name=String(name))) for name in ("off", "on"))
    source.Root.OCProperties = Dictionary(OCGs=Array([off, on]), D=Dictionary(OFF=Array([off])))
    source.pages[0].obj.Resources.Properties = Dictionary(A=off, B=on)
    draw(source, off, on)
    return saved(source)


def show(text: str, how: str = "Tj") -> bytes:
    return f"BT /F 9 Tf 50 50 Td {'1 2 ' if how == chr(34) else ''}({text}) {how} ET".encode()


def contents(source: Pdf, *pieces: bytes) -> None:
    for piece in pieces:
        source.pages[0].contents_add(source.make_stream(piece))


def form_of(source: Pdf, content: bytes, layer: Any = None) -> Any:
    form = source.make_stream(content)
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 99, 99])
    form.Resources = source.pages[0].obj.Resources
    if layer is not None:
        form.OC = layer
    return form


def rule(source: Pdf, off: Any, on: Any, **entries: Any) -> None:
    source.pages[0].obj.Resources.Properties["/A"] = source.make_indirect(Dictionary(Type=Name.OCMD, **entries))
    contents(source, b"/OC /A BDC " + show(SECRET) + b" EMC " + show("seen"))


def within(source: Pdf, off: Any, on: Any) -> None:
    contents(source, b"/OC /A BDC /Span BMC /OC /B BDC " + show(SECRET) + b" EMC EMC EMC " + show("seen"))


def a_form(source: Pdf, off: Any, on: Any) -> None:
    source.pages[0].obj.Resources.XObject = Dictionary(X=form_of(source, show(SECRET), off))
    contents(source, b"/X Do " + show("seen"))


def in_a_form(source: Pdf, off: Any, on: Any) -> None:
    form = form_of(source, b"/OC /A BDC " + show(SECRET) + b" EMC " + show("seen"))
    source.pages[0].obj.Resources.XObject = Dictionary(X=form)
    contents(source, b"/X Do")


def a_note(source: Pdf, off: Any, on: Any) -> None:
    stamp = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([1, 1, 9, 9]), F=4, OC=off)
    stamp.AP = Dictionary(N=form_of(source, show(SECRET)))
    source.pages[0].obj.Annots = Array([source.make_indirect(stamp)])
    contents(source, show("seen"))


def spoken(source: Pdf, off: Any, on: Any) -> None:
    marked = f"/OC /A BDC /Span <</ActualText ({SECRET}) /MCID 3>> BDC EMC EMC ".encode()
    contents(source, marked + show("seen"))


LAYERS: dict[str, Callable[[Pdf, Any, Any], None]] = {
    "text": lambda source, off, on: contents(source, b"/OC /A BDC " + show(SECRET) + b" EMC " + show("seen")),
    "next line": lambda source, off, on: contents(source, b"/OC /A BDC " + show(SECRET, "'") + b" EMC " + show("seen")),
    "spaced": lambda source, off, on: contents(source, b"/OC /A BDC " + show(SECRET, '"') + b" EMC " + show("seen")),
    "one in another": within,
    "a form": a_form,
    "in a form": in_a_form,
    "a stamp": a_note,
    "what is spoken": spoken,
    "all of": lambda source, off, on: rule(source, off, on, OCGs=Array([off, on]), P=Name.AllOn),
    "expression": lambda source, off, on: rule(source, off, on, VE=Array([Name.And, on, Array([Name.Not, on])])),
}


@pytest.mark.parametrize("how", LAYERS)
def test_what_is_drawn_on_a_layer_that_is_off_is_gone(how: str) -> None:
    content = layered(LAYERS[how])
    assert any(SECRET in text for text in everything("", content))
    made = pages.fitted(content)
    texts = "\n".join(everything("", made))
    assert SECRET not in texts
    assert "seen" in texts


def test_what_is_drawn_on_a_layer_that_is_on_stays() -> None:
    def draw(source: Pdf, off: Any, on: Any) -> None:
        either = source.make_indirect(Dictionary(Type=Name.OCMD, OCGs=Array([off, on])))
        source.pages[0].obj.Resources.Properties["/C"] = either
        contents(source, b"/OC /B BDC " + show("first") + b" EMC /OC /C BDC " + show("second") + b" EMC")

    texts = "\n".join(everything("", pages.fitted(layered(draw))))
    assert "first" in texts
    assert "second" in texts


@pytest.mark.parametrize(("state", "is_seen"), [("OFF", False), ("ON", True)])
def test_a_layer_that_only_a_screen_or_only_a_printer_shows_is_as_on_the_screen(state: str, is_seen: bool) -> None:
    source = opened(pdf_of((595, 842)))
    paper = "OFF" if state == "ON" else "ON"
    layer = source.make_indirect(Dictionary(Type=Name.OCG, Name=String("x")))
    layer.Usage = Dictionary(
        View=Dictionary(ViewState=Name(f"/{state}")), Print=Dictionary(PrintState=Name(f"/{paper}"))
    )
    rules = [Dictionary(Event=Name(f"/{event}"), OCGs=Array([layer]), Category=Array([Name(f"/{event}")]))
             for event in ("View", "Print")]  # fmt: skip
    source.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(AS=Array(rules)))
    source.pages[0].obj.Resources.Properties = Dictionary(A=layer)
    contents(source, b"/OC /A BDC " + show(SECRET) + b" EMC " + show("seen"))
    texts = "\n".join(everything("", pages.fitted(saved(source))))
    assert (SECRET in texts) is is_seen
    assert "seen" in texts


def a_tool(source: Pdf) -> None:
    page = source.pages[0].obj
    page.PieceInfo = Dictionary(Tool=Dictionary(Private=Dictionary(Who=String(SECRET))))
    form = form_of(source, show("seen"))
    form.PieceInfo = Dictionary(Tool=Dictionary(Private=String(SECRET)))
    form[Name("/PTEX.FileName")] = String(f"/home/{SECRET}/x.pdf")
    form.Metadata = source.make_stream(f"<x>{SECRET}</x>".encode())
    page.Resources.XObject = Dictionary(X=form)
    contents(source, b"/X Do")


def never_drawn(source: Pdf) -> None:
    source.pages[0].obj.Resources.XObject = Dictionary(X=form_of(source, show(SECRET)))


def old_values(source: Pdf) -> None:
    field = source.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("f"), V=String("seen"), DV=String(SECRET),
                   Rect=Array([1, 1, 9, 9]), F=4, AP=Dictionary(N=form_of(source, show("seen"))))
    )  # fmt: skip
    source.pages[0].obj.Annots = Array([field])
    source.Root.AcroForm = Dictionary(Fields=Array([field]), XFA=String(SECRET))


def a_comment(source: Pdf) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Contents=String(SECRET), T=String(SECRET),
                      Rect=Array([1, 1, 9, 9]))  # fmt: skip
    source.pages[0].obj.Annots = Array([source.make_indirect(note)])


@pytest.mark.parametrize("plant", [a_tool, never_drawn, old_values, a_comment])
def test_what_programs_keep_in_a_pdf_is_gone(plant: Callable[[Pdf], None]) -> None:
    source = opened(pdf_of((595, 842)))
    plant(source)
    content = saved(source)
    assert any(SECRET in text for text in everything("", content))
    assert not any(SECRET in text for text in everything("", pages.fitted(content)))


ADDRESSES = {
    "https://example.org/a": True,
    "http://example.org": True,
    "file:///C:/Users/a/b.docx": False,
    "FILE://server/share/b": False,
    r"\\\\server\\share\\b.docx": False,
    r"C:\\Users\\a\\b.docx": False,
    r"http:\\\\server\\share": False,
    "https:/etc/passwd": False,
    "https:///etc/passwd": False,
    "../b.docx": False,
    "javascript:alert(1)": False,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_link_to_click_leads_to_the_web_and_to_no_machine(address: str) -> None:
    source = opened(pdf_of((595, 842)))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([1, 1, 9, 9]),
                      A=Dictionary(S=Name.URI, URI=String(address)))  # fmt: skip
    launch = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([1, 1, 9, 9]),
                        A=Dictionary(S=Name.GoToR, F=String(address), D=Array([0, Name.Fit])))  # fmt: skip
    source.pages[0].obj.Annots = Array([source.make_indirect(link), source.make_indirect(launch)])
    content = saved(source)
    for made in (pages.fitted(content), clean.pdf(content, "題", "機關", date(2024, 1, 1))):
        texts = [text for text in everything("", made) if address in text]
        assert bool(texts) is ADDRESSES[address]


@pytest.mark.office
def test_neither_the_packet_nor_the_public_edition_holds_what_nobody_sees(desk: Desk) -> None:
    rows = "| 討1 | 圖 | 檔案:a.pdf |\n| 討1 | 層 | 檔案:b.pdf |\n| 討1 | 照 | 檔案:c.jpg |\n| 討1 | 畫 | 檔案:d.png |"
    mentions = EXPLANATIONS.replace("依本部規定辦理。", '如{{ 附件("圖", "層", "照", "畫") }}。')
    desk.meeting(說明=mentions, 附件="| 案號 | 名稱 | 來源 |\n" + rows)
    drawing = io.BytesIO()
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", SECRET)
    Image.new("RGB", (9, 9)).save(drawing, "PNG", pnginfo=told)
    for name, content in {
        "a.pdf": saved(PACKED["packed once more"](), stream_decode_level=pikepdf.StreamDecodeLevel.none),
        "b.pdf": layered(LAYERS["text"]),
        "c.jpg": JPEG,
        "d.png": drawing.getvalue(),
    }.items():
        put(desk.root / "inputs/113-1/附件", name, content)
    for command, folder in (("build", "113-1"), ("publish", "113-1 公開")):
        result = desk.run(command, "113-1")
        assert result.exit_code == 0, result.output
        for path in (desk.root / "output" / folder).glob("*"):
            if path.is_file():
                assert not any(SECRET in text for text in everything(path.name, path.read_bytes())), path
