"""Attached pictures and PDFs: which pictures of a file are pages, long ones in pieces, the title on the first page."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from conftest import Desk
from pikepdf import Pdf
from PIL import Image, ImageDraw, TiffImagePlugin
from test_enclosures import attached

from generator.pdf.from_elsewhere import pages, pictures

LINE, TEXT = 30, 18  # pixels from line to line of a screenshot, and of those filled with text


def tiff(*frames: tuple[tuple[int, int], dict[int, Any]]) -> bytes:
    """A TIFF with a picture of each size and these tags; the first one is black, each next one lighter."""
    buffer = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(buffer, new=True) as writer:
        for number, (size, tags) in enumerate(frames):
            about = TiffImagePlugin.ImageFileDirectory_v2()
            for tag, value in tags.items():
                about[tag] = value
            Image.new("L", size, number * 60).save(writer, "TIFF", tiffinfo=about)
            writer.newFrame()
    return buffer.getvalue()


def shades(content: bytes) -> list[int]:
    """The shade in the middle of each page."""
    document = pypdfium2.PdfDocument(pages.fitted(pictures.to_pdf(content)))
    found = []
    for page in document:
        drawn = page.render(scale=0.3, grayscale=True).to_pil()
        found.append(drawn.getpixel((drawn.width // 2, drawn.height // 2)))
    document.close()
    return found


A4 = (1240, 1754)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frames", "shown"),
    [
        ([(A4, {}), (A4, {}), (A4, {})], [0, 60, 120]),
        ([(A4, {254: 0}), ((155, 219), {254: 1})], [0]),
        ([((155, 219), {254: 1}), (A4, {254: 0}), (A4, {254: 2})], [60, 120]),
        ([(A4, {255: 1}), ((620, 877), {255: 2})], [0]),
        ([(A4, {}), ((620, 877), {254: 1}), ((310, 438), {254: 1})], [0]),
        ([(A4, {}), (A4, {254: 4})], [0]),
        ([(A4, {}), ((124, 175), {})], [0]),
        # A page of another shape, or of half as many dots, is a page.
        ([(A4, {}), ((200, 60), {})], [0, 60]),
        ([(A4, {}), ((620, 877), {})], [0, 60]),
        ([((155, 219), {254: 1})], [0]),
        ([(A4, {297: (2, 3)}), (A4, {297: (0, 3)}), (A4, {297: (1, 3)})], [60, 120, 0]),
        ([(A4, {297: (0, 0)}), (A4, {297: (0, 0)})], [0, 60]),
    ],
)
def test_of_a_tiff_thumbnails_and_masks_are_no_pages(
    frames: list[tuple[tuple[int, int], dict[int, Any]]], shown: list[int]
) -> None:
    assert shades(tiff(*frames)) == pytest.approx(shown, abs=3)


def test_the_thumbnail_inside_a_photograph_is_no_page() -> None:
    small = io.BytesIO()
    Image.new("RGB", (160, 120), (255, 0, 0)).save(small, "JPEG")
    about = Image.Exif()
    about[0x0112] = 1
    thumbnail = about.get_ifd(1)
    thumbnail[0x0103], thumbnail[0x0201], thumbnail[0x0202] = 6, 0, len(small.getvalue())
    buffer = io.BytesIO()
    Image.new("RGB", (1600, 1200), (0, 0, 0)).save(buffer, "JPEG", exif=about)
    assert shades(buffer.getvalue()) == pytest.approx([0], abs=3)


@pytest.mark.slow
@pytest.mark.parametrize("stored", ["tiff_lzw", "group4"])
@pytest.mark.parametrize(("orientation", "black"), [(1, "12"), (3, "34"), (6, "24"), (8, "13"), (4, "34")])
def test_a_scan_is_turned_once_as_its_tag_says(orientation: int, black: str, stored: str) -> None:
    image = Image.new("L", (1240, 877), 255)
    image.paste(0, (0, 0, 1240, 438))
    content = io.BytesIO()
    image.convert("1").save(content, "TIFF", compression=stored, tiffinfo={274: orientation})
    with pypdfium2.PdfDocument(pages.fitted(pictures.to_pdf(content.getvalue()))) as document:
        drawn = document[0].render(scale=0.3, grayscale=True).to_pil()
    wide, tall = drawn.size
    # Its quarters: 1 and 2 above, 3 and 4 below.
    quarters = {"1": (0.3, 0.3), "2": (0.7, 0.3), "3": (0.3, 0.7), "4": (0.7, 0.7)}
    found = [key for key, (x, y) in quarters.items() if drawn.getpixel((int(wide * x), int(tall * y))) < 60]
    assert "".join(found) == black
    assert (tall > wide) == (orientation in (6, 8))


@pytest.mark.slow
@pytest.mark.parametrize(("form", "ending"), [("GIF", "gif"), ("WEBP", "webp"), ("PNG", "png")])
def test_of_an_animation_the_row_says_that_one_picture_is_printed(desk: Desk, form: str, ending: str) -> None:
    frames = [Image.new("RGB", (400, 300), (shade, 0, 0)) for shade in (0, 120, 240)]
    moving, still = io.BytesIO(), io.BytesIO()
    frames[0].save(moving, form, save_all=True, append_images=frames[1:])
    frames[0].save(still, form)
    row = f"| 討1 | 圖 | 檔案:圖.{ending} | |"
    attached(desk, row, **{f"圖_{ending}": moving.getvalue()})
    assert [one["cell"] for one in desk.problems() if one["code"] == "picture-moves"] == ["C2"]
    attached(desk, row, **{f"圖_{ending}": still.getvalue()})
    assert not [one for one in desk.problems() if one["code"] == "picture-moves"]


def screenshot(size: tuple[int, int], frame: bool = False, dark: bool = False) -> Image.Image:
    """Lines of text with blank lines between paragraphs, in a frame or not."""
    wide, tall = size
    back, ink = (20, 230) if dark else (255, 0)
    image = Image.new("L", size, back)
    draw = ImageDraw.Draw(image)
    for number in range(tall // LINE):
        if number % 7 == 6:
            continue
        for x in range(20, wide - 40, 12):
            draw.rectangle((x, number * LINE + 6, x + 5, number * LINE + 6 + TEXT), fill=ink)
    if frame:
        draw.rectangle((4, 0, wide - 5, tall), outline=ink, width=2)
        draw.line((wide // 2, 0, wide // 2, tall), fill=ink, width=2)
    return image


def saved(image: Image.Image, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, quality=95)
    return buffer.getvalue()


def parts(content: bytes) -> list[Image.Image]:
    """The pictures on the pages of the PDF, as they are drawn there."""
    with Pdf.open(io.BytesIO(pictures.to_pdf(content))) as pdf:
        from pikepdf import PdfImage

        return [
            PdfImage(image).as_pil_image().convert("L") for page in pdf.pages for image in page.get_images().values()
        ]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize(("frame", "dark"), [(False, False), (True, False), (False, True)])
def test_a_long_screenshot_is_cut_where_no_line_of_text_stands(form: str, frame: bool, dark: bool) -> None:
    image = screenshot((400, 9000), frame, dark)
    cut = parts(saved(image, form))
    assert 6 <= len(cut) <= 14
    assert {part.width for part in cut} == {400}
    # The last one is made as long as it must be for the same paper.
    assert cut[-1].height >= 400
    assert sum(part.height for part in cut) - 400 <= 9000 <= sum(part.height for part in cut)
    place = 0
    for part in cut[:-1]:
        place += part.height
        assert not 6 <= place % LINE <= 6 + TEXT or place // LINE % 7 == 6, place


def test_each_piece_is_as_wide_as_can_be_read_on_paper() -> None:
    with Pdf.open(io.BytesIO(pages.fitted(pictures.to_pdf(saved(screenshot((400, 9000))))))) as pdf:
        for page in pdf.pages:
            assert [round(float(edge)) for edge in page.mediabox.as_list()] == [0, 0, 595, 842]
    document = pypdfium2.PdfDocument(pages.fitted(pictures.to_pdf(saved(screenshot((400, 9000))))))
    [drawn] = document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)
    left, _, right, _ = drawn.get_bounds()
    assert (right - left) / 72 * 2.54 > 9.5
    document.close()


@pytest.mark.slow
def test_a_picture_without_a_blank_line_repeats_a_little_of_itself() -> None:
    import random

    seeded = random.Random(1)
    noise = Image.frombytes("L", (400, 6000), seeded.randbytes(400 * 6000))
    cut = parts(saved(noise))
    assert sum(part.height for part in cut) > 6000
    lower, upper = cut[0].crop((0, cut[0].height - 30, 400, cut[0].height)), cut[1]
    assert any(upper.crop((0, y, 400, y + 30)).tobytes() == lower.tobytes() for y in range(100))


def test_a_wide_screenshot_is_cut_from_left_to_right() -> None:
    turned = screenshot((300, 7000)).transpose(Image.Transpose.TRANSPOSE)
    cut = parts(saved(turned))
    assert len(cut) > 3
    assert {part.height for part in cut} == {300}
    assert 7000 <= sum(part.width for part in cut) <= 7300


@pytest.mark.parametrize("size", [(1080, 2400), (1240, 1754), (3000, 700), (400, 1500)])
def test_a_picture_that_fits_a_page_stays_whole(size: tuple[int, int]) -> None:
    assert [part.size for part in parts(saved(screenshot(size)))] == [size]


def test_a_photograph_held_on_its_side_is_cut_as_it_is_seen() -> None:
    """Five times as long as wide: upright it is cut, lying it is not."""
    about = Image.Exif()
    about[0x0112] = 6
    buffer = io.BytesIO()
    screenshot((400, 2000)).transpose(Image.Transpose.ROTATE_90).save(buffer, "JPEG", exif=about)
    assert len(parts(buffer.getvalue())) > 1


def long_pdf(wide: float, tall: float) -> bytes:
    """A PDF of one page with a line of text every 30 pt, the number of the line in it."""
    from pikepdf import Array, Dictionary, Name

    made = Pdf.new()
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    page = made.add_blank_page(page_size=(200, 200))
    page.obj.MediaBox = Array([0, 0, wide, tall])
    page.obj.Resources = Dictionary(Font=Dictionary(F=font))
    places = ((number, tall - 30 * number) for number in range(1, int(tall // 30)))
    lines = " ".join(f"1 0 0 1 20 {place:.0f} Tm (line {number} of it) Tj" for number, place in places)
    page.obj.Contents = made.make_stream(f"BT /F 16 Tf {lines} ET".encode())
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def test_a_web_page_saved_as_one_long_page_of_pdf_is_cut_between_its_lines() -> None:
    document = pypdfium2.PdfDocument(pages.fitted(long_pdf(600, 9000)))
    assert 8 <= len(document) <= 16
    count = 0
    for page in document:
        assert [round(size) for size in page.get_size()] == [595, 842]
        drawn = page.render(scale=2, grayscale=True).to_pil()
        dark = [drawn.crop((0, row, drawn.width, row + 1)).getextrema()[0] < 128 for row in range(drawn.height)]
        heights = [len(list(run)) for is_dark, run in itertools.groupby(dark) if is_dark]
        count += len(heights)
        # A line that was cut would be lower than the others.
        assert min(heights) > 0.8 * max(heights)
    assert count == 299
    document.close()


@pytest.mark.parametrize("size", [(595, 842), (842, 595), (600, 2300), (2400, 600)])
def test_a_page_of_pdf_that_can_be_read_on_one_page_stays_whole(size: tuple[float, float]) -> None:
    assert len(pypdfium2.PdfDocument(pages.fitted(long_pdf(*size)))) == 1


# --- the title --------------------------------------------------------------------------------------------------


def plain_pdf(text: str, count: int = 2) -> bytes:
    """Pages of A4 with a line of text at the very top."""
    from pikepdf import Array, Dictionary, Name

    made = Pdf.new()
    font = made.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for number in range(count):
        page = made.add_blank_page(page_size=(595, 842))
        page.obj.Resources = Dictionary(Font=Dictionary(F=font))
        page.obj.Contents = made.make_stream(f"BT /F 24 Tf 40 815 Td ({text} {number + 1}) Tj ET".encode())
        page.obj.MediaBox = Array([0, 0, 595, 842])
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def built(desk: Desk, name: str, content: bytes, title: str = "", second: str = "") -> list[str]:
    desk.meeting(
        附件=f"| 案號 | 名稱 | 來源 | 標題 | 副標題 |\n| 討1 | 位置圖 | 檔案:{name} | {title} | {second} |",
        說明='| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("位置圖") }}。 |',
    )
    path = desk.root / "inputs/113-1/附件" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    return page_texts(desk.output("04 討論事項第一案 附件 位置圖.pdf"))


def page_texts(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    found = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return found


@pytest.mark.office
@pytest.mark.parametrize(("name", "content"), [("圖.png", saved(screenshot((800, 600)))), ("圖.pdf", plain_pdf("map"))])
def test_the_title_of_the_row_stands_on_the_first_page(desk: Desk, name: str, content: bytes) -> None:
    texts = built(desk, name, content)
    assert "位置圖" in texts[0]
    assert not any("位置圖" in text for text in texts[1:])
    texts = built(desk, name, content, "{{ 機關.自稱 }}轄區潮位站位置圖", "資料日期：113年5月")
    assert "本部轄區潮位站位置圖" in texts[0]
    assert "資料日期：113年5月" in texts[0].replace(" ", "")
    packet = page_texts(desk.output("會議資料.pdf"))
    assert sum("潮位站位置圖" in text for text in packet) == 1


@pytest.mark.office
def test_a_title_that_the_pdf_has_itself_is_not_printed_twice(desk: Desk) -> None:
    texts = built(desk, "圖.pdf", plain_pdf("Station map"), "Station map")
    assert texts[0].count("Station map") == 1


@pytest.mark.office
@pytest.mark.parametrize("title", ["位置圖", "本部所轄潮位站位置及最近一年品質檢測結果對照圖（含已停用之測站）" * 2])
def test_the_title_covers_nothing_of_the_page(desk: Desk, title: str) -> None:
    built(desk, "圖.pdf", plain_pdf("map"), title)
    document = pypdfium2.PdfDocument(desk.output("04 討論事項第一案 附件 位置圖.pdf"))
    page = document[0]
    reader = page.get_textpage()
    text = reader.get_text_range()
    assert title in text.replace("\r\n", "")
    begin = text.index("map")
    boxes = {sign: reader.get_charbox(index) for index, sign in enumerate(text) if sign.strip()}
    top_of_page = reader.get_charbox(begin)[3]
    lowest_of_title = min(reader.get_charbox(index)[1] for index, sign in enumerate(text) if sign in title)
    assert top_of_page < lowest_of_title
    left, right = min(box[0] for box in boxes.values()), max(box[2] for box in boxes.values())
    assert left > 28
    assert right < 595 - 28
    document.close()
