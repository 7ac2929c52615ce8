"""Pictures as PDF. The only module that touches Pillow and img2pdf; both are imported where they are needed."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "GIF", "WEBP")
MOST_PIXELS = 170_000_000  # of one picture; an A3 sheet scanned at 800 dpi has 124 million
MOST_PIXELS_OF_ALL = 500_000_000
DPI = 150


class Damaged(Exception):
    """No picture, or only a part of one."""


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


def to_pdf(content: bytes) -> bytes:
    """A PDF with the picture, a page for each page of a TIFF; a JPEG is taken over as it is, colours and all.

    Raises Damaged.
    """
    import img2pdf

    logging.getLogger("img2pdf").setLevel(logging.ERROR)  # it tells everyone of transparent pictures
    options: dict[str, Any] = {"layout_fun": _layout, "rotation": img2pdf.Rotation.ifvalid, "nodate": True}
    try:
        with _opened(io.BytesIO(content)) as image:
            mirrored = image.getexif().get(0x0112, 1) in (2, 4, 5, 7)
            options["first_frame_only"] = image.format != "TIFF"
        try:
            return bytes(img2pdf.convert(*(_plain(content) if mirrored else [content]), **options))
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
    """The pages of a TIFF; of a picture that moves only the first one."""
    for number in range(getattr(image, "n_frames", 1) if image.format == "TIFF" else 1):
        image.seek(number)
        yield image


def _layout(width: int, height: int, dpi: tuple[float, float]) -> tuple[float, float, float, float]:
    """The page is as large as the picture; pages.fitted makes it smaller where necessary.

    A picture of a fax has more dots to the inch across than down; any other resolution is
    rarely more than a guess of the camera.
    """
    across, down = width, height * dpi[0] / dpi[1]
    scale = min(72 / DPI, 2000 / across, 2000 / down)
    return across * scale, down * scale, across * scale, down * scale


def _plain(content: bytes) -> list[bytes]:
    """Each frame as a PNG in plain colours, upright."""
    from PIL import ImageOps

    frames = []
    with _opened(io.BytesIO(content)) as image:
        for frame in _frames(image):
            upright = ImageOps.exif_transpose(frame) or frame
            if upright.mode.startswith("I"):
                upright = upright.convert("I").point(lambda value: value / 256).convert("L")
            buffer = io.BytesIO()
            upright.convert("L" if upright.mode == "L" else "RGBA").save(buffer, "PNG")
            frames.append(buffer.getvalue())
    return frames
