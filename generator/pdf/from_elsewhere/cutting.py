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


def is_long(wide: int, tall: int) -> bool:
    """Whether a picture of that size is cut, upright or on its side."""
    return tall > _LONGEST * wide or wide > _WIDEST * tall


def pieces(image: Image) -> list[Image]:
    """The pieces of a picture from the top, or from the left; the picture itself where it fits a page."""
    wide, tall = image.size
    if tall > _LONGEST * wide:
        length = max(wide * FREE_DOWN[0] / FREE[0], FREE_DOWN[0] / 2.54 * _DPI)
        return [image.crop((0, start, wide, end)) for start, end in _cuts(image, int(length))]
    if wide > _WIDEST * tall:
        from PIL.Image import Transpose

        length = max(tall * FREE[1] / FREE_DOWN[1], FREE[1] / 2.54 * _DPI)
        turned = image.transpose(Transpose.TRANSPOSE)
        return [image.crop((start, 0, end, tall)) for start, end in _cuts(turned, int(length))]
    return [image]


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
