"""Names in a PDF are seen in every character set and in whatever order they are drawn; what cannot be read is said."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import EXPLANATIONS, Desk
from pikepdf import Array, Dictionary, Name, Pdf, String
from test_enclosures import opened, picture, put, saved
from test_publish import NAMELESS, PLACE, told

from generator.pdf import reading

EUC = {"吳": "c9c6", "民": "c6e1", "間": "e2e6"}


def page(drawn: bytes, encoding: str = "UniCNS-UTF16-H", ordering: str = "CNS1", embedded: bool = False) -> bytes:
    """A PDF with this drawing and a font F set with a predefined character set, without a table of Unicode."""
    made = Pdf.new()
    made.add_blank_page(page_size=(595, 842))
    about = Dictionary(Type=Name.FontDescriptor, FontName=Name.Ming, Flags=4, FontBBox=Array([0, -200, 1000, 900]),
                       ItalicAngle=0, Ascent=800, Descent=-200, CapHeight=800, StemV=80)  # fmt: skip
    below = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType0, BaseFont=Name.Ming, DW=1000,
        FontDescriptor=made.make_indirect(about),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String(ordering), Supplement=0),
    )  # fmt: skip
    font = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Ming, Encoding=Name(f"/{encoding}"),
                      DescendantFonts=Array([made.make_indirect(below)]))  # fmt: skip
    made.pages[0].obj.Resources = Dictionary(Font=Dictionary(F=made.make_indirect(font)))
    made.pages[0].Contents = made.make_stream(drawn)
    return saved(made)


def shown(data: bytes) -> bytes:
    return b"BT /F 20 Tf 50 700 Td <" + data.hex().encode() + b"> Tj ET"


def euc(text: str) -> bytes:
    return bytes.fromhex("".join(EUC[character] for character in text))


SETS: dict[str, Callable[[str], bytes]] = {
    "B5pc-H": lambda text: text.encode("big5"),
    "ETen-B5-H": lambda text: text.encode("big5"),
    "HKscs-B5-H": lambda text: text.encode("big5hkscs"),
    "UniCNS-UTF8-H": lambda text: text.encode("utf-8"),
    "UniCNS-UTF16-H": lambda text: text.encode("utf-16-be"),
    "UniCNS-UTF32-H": lambda text: text.encode("utf-32-be"),
    "CNS-EUC-H": euc,
    "CNS1-H": lambda text: bytes(byte & 0x7F for byte in euc(text)),
}


def at(x: int, y: int, character: str) -> bytes:
    return f"BT /F 20 Tf {x} {y} Td <{character.encode('utf-16-be').hex()}> Tj ET ".encode()


ORDERS = {
    "from the right": b"".join(at(50 + 20 * number, 700, NAMELESS[number]) for number in (2, 1, 0)),
    "mixed": b"".join(at(50 + 20 * number, 700, NAMELESS[number]) for number in (1, 2, 0)),
    "set wide": b"".join(at(50 + 60 * number, 700, NAMELESS[number]) for number in (1, 2, 0)),
    "downwards": b"".join(at(50, 700 - 24 * number, NAMELESS[number]) for number in (1, 2, 0)),
    "beside other text": at(300, 700, "甲") + at(70, 700, NAMELESS[1]) + at(30, 600, "乙")
    + at(90, 700, NAMELESS[2]) + at(50, 700, NAMELESS[0]),
}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_text_is_read_in_each_character_set(name: str) -> None:
    assert NAMELESS in reading.all_text(page(shown(SETS[name](NAMELESS)), name))
    assert reading.unread(page(shown(SETS[name](NAMELESS)), name)) == []


def test_text_in_a_form_is_read_in_each_character_set() -> None:
    source = opened(page(b"/X Do", "CNS-EUC-H"))
    form = source.make_stream(shown(euc(NAMELESS)))
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 595, 842])
    form.Resources = Dictionary(Font=source.pages[0].obj.Resources.Font)
    source.pages[0].obj.Resources.XObject = Dictionary(X=form)
    assert NAMELESS in reading.all_text(saved(source))


@pytest.mark.parametrize("how", ORDERS)
def test_text_is_read_as_it_stands_whatever_the_order_in_which_it_is_drawn(how: str) -> None:
    assert NAMELESS in reading.all_text(page(ORDERS[how])).replace(" ", "")


def test_what_is_drawn_as_it_reads_is_said_once() -> None:
    lines = b"".join(shown(f"第{number}行{NAMELESS}".encode("utf-16-be")).replace(b"700", b"%d" % (700 - 30 * number))
                     for number in range(5))  # fmt: skip
    assert reading.all_text(page(lines)).count(NAMELESS) == 5


def scanned(drawing: bytes = b"q 500 0 0 700 40 60 cm /I Do Q") -> bytes:
    source, buffer = Pdf.new(), io.BytesIO()
    source.add_blank_page(page_size=(595, 842))
    stream = source.make_stream(picture("JPEG"))
    for key, value in {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 600, "/Height": 400,
                       "/ColorSpace": Name.DeviceRGB, "/BitsPerComponent": 8,
                       "/Filter": Name.DCTDecode}.items():  # fmt: skip
        stream[key] = value
    source.pages[0].obj.Resources = Dictionary(XObject=Dictionary(I=stream))
    source.pages[0].Contents = source.make_stream(drawing)
    source.save(buffer)
    return buffer.getvalue()


OUTLINES = b"".join(b"%d 10 m %d 50 l %d 90 l f " % (x, x + 3, x + 5) for x in range(0, 500, 5))
UNREAD = {
    "a scan": scanned,
    "a scan in strips": lambda: scanned(
        b"".join(b"q 500 0 0 7 40 %d cm /I Do Q " % (60 + 8 * row) for row in range(80))
    ),
    "a card": lambda: scanned(b"q 241 0 0 153 40 60 cm /I Do Q"),
    "a font without meanings": lambda: page(shown(b"\1\2\1\3"), "Identity-H", "Identity"),
    "text as lines": lambda: page(OUTLINES),
}


@pytest.mark.parametrize("how", UNREAD)
def test_a_page_that_cannot_be_read_is_known_as_such(how: str) -> None:
    assert reading.unread(UNREAD[how]()) == [1]


def test_a_sign_at_the_head_of_a_page_holds_no_text() -> None:
    assert reading.unread(scanned(b"q 90 0 0 60 40 760 cm /I Do Q")) == []


@pytest.mark.slow
def test_several_threads_may_read_at_once() -> None:
    content = page(shown(NAMELESS.encode("utf-16-be")) * 50)
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(reading.all_text, [content] * 40))
    assert len(set(texts)) == 1


# --- at the command line ----------------------------------------------------------------------------------------


def staged(desk: Desk, content: bytes) -> Path:
    told(desk)
    (desk.root / "inputs" / "113-1" / "資料集.xlsx").unlink()
    mentions = EXPLANATIONS.replace("依本部規定辦理。", '如{{ 附件("圖") }}。')
    desk.meeting(會議資訊=PLACE, 說明=mentions, 附件="| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | 檔案:圖.pdf |")
    return put(desk.root / "inputs/113-1/附件", "圖.pdf", content)


@pytest.mark.office
@pytest.mark.parametrize("how", ["UniCNS-UTF8-H", "CNS-EUC-H", "from the right"])
def test_a_protected_name_in_an_attachment_stops_the_publication(desk: Desk, how: str) -> None:
    content = page(ORDERS[how]) if how in ORDERS else page(shown(SETS[how](NAMELESS)), how)
    staged(desk, content)
    result = desk.run("publish", "113-1")
    assert result.exit_code == 1
    assert "沒有公開任何檔案" in result.output
    assert "附件 圖.pdf" in result.output
    assert NAMELESS not in result.output


@pytest.mark.office
def test_what_nobody_could_check_is_said_when_it_is_published(desk: Desk) -> None:
    staged(desk, scanned())
    result = desk.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    output = "".join(result.output.split())
    assert "會議.xlsx〔附件〕C2：這個附件有程式讀不出文字的頁（第1頁" in output
