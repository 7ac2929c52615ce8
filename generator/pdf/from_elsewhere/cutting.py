"""Long screenshots and wide panoramas in pieces that fill a page each, cut where nothing stands."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from generator.pdf.from_elsewhere.paper import FREE, FREE_DOWN, MOST_ENLARGED

if TYPE_CHECKING:
    from PIL.Image import Image

# A picture is cut that would be a strip on its page: less than 6.5 cm wide, or 4.6 cm high on a page on its side.
_LONGEST, _WIDEST = 4.0, 6.0
# Dots to the inch of a picture, and of one that is enlarged on its page; one with more dots fills the width.
DPI = 150
_DPI = DPI / MOST_ENLARGED
# A piece is filled so far at least; where no blank place is found in the rest, the next one repeats some of it.
_FILLED, _REPEATED = 0.65, 0.04
_MEASURED = 800
# How much quieter a blank line is than the text around it.
_QUIET = 0.35


def is_long(wide: float, tall: float) -> bool:
    """Whether a picture of that size is cut, upright or on its side."""
    return tall > _LONGEST * wide or wide > _WIDEST * tall


def pieces(image: Image) -> list[Image]:
    """The pieces of a picture from the top, or from the left; the picture itself where it fits a page."""
    if not is_long(*image.size):
        return [image]
    wide, tall = image.size
    return [_as_long(image.crop(box), tall > wide) for box in boxes(image, _DPI)]


def _as_long(piece: Image, upright: bool) -> Image:
    """A piece with white below it, or beside it, so that the last one is on the same paper as the others."""
    from PIL import Image as images

    size = (
        (piece.width, max(piece.height, piece.width)) if upright else (max(piece.width, piece.height + 1), piece.height)
    )
    if size == piece.size:
        return piece
    longer = images.new(piece.mode, size, "white")
    longer.paste(piece, (0, 0))
    return longer


def boxes(image: Image, dpi: float) -> list[tuple[int, int, int, int]]:
    """Where the pieces of a long picture lie: left, upper, right and lower edge. With ``dpi`` dots to the inch it is
    as large as it may be printed.
    """
    wide, tall = image.size
    if tall > wide:
        length = max(wide * FREE_DOWN[0] / FREE[0], FREE_DOWN[0] / 2.54 * dpi)
        return [(0, start, wide, end) for start, end in _cuts(image, int(length))]
    from PIL.Image import Transpose

    length = max(tall * FREE[1] / FREE_DOWN[1], FREE[1] / 2.54 * dpi)
    turned = image.transpose(Transpose.TRANSPOSE)
    return [(start, 0, end, tall) for start, end in _cuts(turned, int(length))]


def _cuts(image: Image, length: int) -> list[tuple[int, int]]:
    """Where the pieces begin and end, from the top; each is at most ``length`` pixels long."""
    found = []
    start = 0
    while image.height - start > length:
        end, is_blank = _blank_line(image, start + int(length * _FILLED), start + length)
        found.append((start, end))
        start = end if is_blank else end - int(length * _REPEATED)
    return [*found, (start, image.height)]


def _blank_line(image: Image, low: int, high: int) -> tuple[int, bool]:
    """The middle of the widest blank line between two heights, and whether there is one: else as low as possible."""
    from PIL import Image as images
    from PIL import ImageChops

    strip = image.crop((0, low, image.width, high)).convert("L")
    if strip.width > _MEASURED:
        strip = strip.resize((_MEASURED, strip.height), images.Resampling.BOX)
    wide, tall = strip.size
    # How often it turns dark or light along a line: what stands there, and not the colour behind it or a frame around.
    changes = ImageChops.difference(strip.crop((1, 0, wide, tall)), strip.crop((0, 0, wide - 1, tall)))
    busy = array("f", changes.convert("F").resize((1, tall), images.Resampling.BOX).tobytes())
    quietest, usual = min(busy), sorted(busy)[int(tall * 0.8)]
    best, begin = (0, 0), 0
    for row in range(tall + 1):
        if row == tall or busy[row] > quietest + 0.3:
            best = max(best, (row - begin, begin))
            begin = row + 1
    count, first = best
    if quietest > max(usual * _QUIET, 0.5):
        return high, False
    return low + first + count // 2, True
