"""Pictures as PDF. With cutting the only module that touches Pillow and img2pdf, which are imported late."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from generator.pdf.from_elsewhere import cutting

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
MOST_PIXELS = 170_000_000  # of one picture; an A3 sheet scanned at 800 dpi has 124 million
MOST_PIXELS_OF_ALL = 500_000_000
DPI = cutting.DPI
# Tags of a TIFF: what a picture is to the others of its file, in the new and the old way, and the number of its page.
_NEW_KIND, _REDUCED, _MASK = 254, 1, 4
_OLD_KIND, _OLD_REDUCED = 255, 2
_PAGE_NUMBER = 297
# The tag of a photograph or a TIFF that says which way up it is.
_ORIENTATION = 274
_THUMBNAIL = 256  # pixels


class Damaged(Exception):
    """No picture, or only a part of one."""


class _Page(Struct, frozen=True):
    """A picture of a TIFF: its place in the file, its size, and which page it says it is."""

    number: int
    size: tuple[int, int]
    shown: int | None


class TooLarge(Exception):
    """A picture that would fill the memory; ``millions`` of pixels at least."""

    def __init__(self, millions: int) -> None:
        super().__init__(millions)
        self.millions = millions


def examine(path: Path) -> str:
    """The format of the picture, one of FORMATS. Raises Damaged or TooLarge."""
    from PIL import Image

    try:
        with _opened(path) as image:
            total = 0
            for frame in _frames(image):
                pixels = frame.width * frame.height
                total += pixels
                if pixels > MOST_PIXELS or total > MOST_PIXELS_OF_ALL:
                    raise TooLarge(total // 1_000_000)
                frame.draft(frame.mode, (256, 256))
                frame.load()
            # Cameras that hide a second picture in a JPEG have a name of their own for it.
            return "JPEG" if image.format == "MPO" else str(image.format)
    except TooLarge:
        raise
    except Image.DecompressionBombError as error:
        raise TooLarge(MOST_PIXELS // 1_000_000) from error
    except Exception as error:
        # Pillow has a kind of error for each format.
        raise Damaged from error


def moves(path: Path) -> bool:
    """Whether it is an animation (GIF, WebP, PNG), of which only the first picture is printed."""
    with _opened(path) as image:
        return image.format in ("GIF", "WEBP", "PNG") and getattr(image, "n_frames", 1) > 1


def to_pdf(content: bytes) -> bytes:
    """A PDF with the picture, a page for each page of a TIFF; a JPEG is taken over as it is, colours and all.

    One that is too long or too wide for a page is cut into several. Raises Damaged.
    """
    import img2pdf

    logging.getLogger("img2pdf").setLevel(logging.ERROR)  # it tells everyone of transparent pictures
    options: dict[str, Any] = {"layout_fun": _layout, "rotation": img2pdf.Rotation.ifvalid, "nodate": True}
    try:
        with _opened(io.BytesIO(content)) as image:
            options["first_frame_only"] = image.format != "TIFF"
            numbers = _numbers(image)
            whole = numbers == list(range(getattr(image, "n_frames", 1))) or options["first_frame_only"]
            turned = any(_is_turned(frame) for frame in _frames(image))
            is_long = any(cutting.is_long(*_upright(frame)) for frame in _frames(image))
        try:
            as_it_is = whole and not turned and not is_long
            return bytes(img2pdf.convert(*([content] if as_it_is else _plain(content)), **options))
        except Exception:
            # What it cannot take over (sixteen bits, odd colours) Pillow makes plain.
            return bytes(img2pdf.convert(*_plain(content), **options))
    except Exception as error:
        raise Damaged from error


def _opened(source: Any) -> Image:
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return Image.open(source, formats=list(FORMATS))


def _frames(image: Image) -> Iterator[Image]:
    """The pages of a TIFF in their order; of a picture that moves only the first one."""
    for number in _numbers(image):
        image.seek(number)
        yield image


def _is_turned(frame: Image) -> bool:
    """Whether a picture is to be turned or mirrored by Pillow: what img2pdf does not do.

    Pillow turns a TIFF while it loads it, and img2pdf would do so once more.
    """
    return frame.getexif().get(_ORIENTATION, 1) in (range(2, 9) if frame.format == "TIFF" else (2, 4, 5, 7))


def _upright(frame: Image) -> tuple[int, int]:
    """The size of a picture as it is seen."""
    wide, tall = frame.size
    on_its_side = frame.format != "TIFF" and frame.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    return (tall, wide) if on_its_side else (wide, tall)


def _numbers(image: Image) -> list[int]:
    """Which pictures of the file are pages: of a TIFF not smaller copies of others, nor masks."""
    if image.format != "TIFF":
        return [0]
    pages: list[_Page] = []
    others: list[_Page] = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        tags: Any = image.tag_v2  # type: ignore[attr-defined]
        shown = tags.get(_PAGE_NUMBER)
        page = _Page(number, image.size, shown[0] if isinstance(shown, tuple) and shown else None)
        is_copy = int(tags.get(_NEW_KIND, 0)) & (_REDUCED | _MASK) or tags.get(_OLD_KIND) == _OLD_REDUCED
        (others if is_copy else pages).append(page)
    pages = pages or others
    pages = [page for page in pages if not any(_is_thumbnail(page.size, other.size) for other in pages)]
    named = [page.shown for page in pages if page.shown is not None]
    if len(set(named)) == len(pages):
        pages.sort(key=lambda page: page.shown or 0)
    return [page.number for page in pages]


def _is_thumbnail(size: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether it is a small copy of the other one, by a program that does not say so: too small for a page."""
    wide, tall = size
    return (
        max(size) <= _THUMBNAIL
        and max(other) >= 3 * max(size)
        and abs(wide * other[1] - tall * other[0]) <= 0.03 * wide * other[1]
    )


def _layout(width: int, height: int, dpi: tuple[float, float]) -> tuple[float, float, float, float]:
    """The page is as large as the picture; pages.fitted makes it smaller where necessary.

    A picture of a fax has more dots to the inch across than down; any other resolution is
    rarely more than a guess of the camera.
    """
    across, down = width, height * dpi[0] / dpi[1]
    scale = min(72 / DPI, 2000 / across, 2000 / down)
    return across * scale, down * scale, across * scale, down * scale


def _plain(content: bytes) -> list[bytes]:
    """Each page, or each piece of one, as a PNG in plain colours, upright."""
    from PIL import ImageOps

    frames = []
    with _opened(io.BytesIO(content)) as image:
        for frame in _frames(image):
            upright = ImageOps.exif_transpose(frame) or frame
            if upright.mode.startswith("I"):
                upright = upright.convert("I").point(lambda value: value / 256).convert("L")
            for piece in cutting.pieces(upright.convert("L" if upright.mode == "L" else "RGBA")):
                buffer = io.BytesIO()
                # As many dots across as down, but for a fax.
                piece.save(buffer, "PNG", **({"dpi": frame.info["dpi"]} if "dpi" in frame.info else {}))
                frames.append(buffer.getvalue())
    return frames
