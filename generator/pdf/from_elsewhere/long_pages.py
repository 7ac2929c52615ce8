"""Pages of a PDF that are as long as a whole web page: in pieces that fill a page each, as long pictures are.

Import it late: pikepdf takes a while to load.
"""

from __future__ import annotations

from typing import Any

from pikepdf import Array, Dictionary, Page, Pdf

from generator.pdf import pdfium
from generator.pdf.from_elsewhere import cutting
from generator.pdf.from_elsewhere.paper import MOST_ENLARGED
from generator.pdf.numbers import inherited

# Pixels across of the drawing in which blank lines are looked for, and the most of it all.
_ACROSS, _MOST = 500, 40_000_000


def split(pdf: Pdf, content: bytes) -> dict[Any, bool]:
    """Puts several pages in the place of each long one, each showing a piece of it. ``content`` is the PDF as it came.

    Returns for each piece, by its objgen, whether its paper lies on its side: the last one may be shorter than wide.
    The tags of such a PDF go: a screen reader would read each piece as the whole. Raises pikepdf's errors.
    """
    found = {number: crops for number, page in enumerate(pdf.pages) if (crops := _crops(page, number, content))}
    on_side: dict[Any, bool] = {}
    for number in sorted(found, reverse=True):
        page = pdf.pages[number]
        if "/StructTreeRoot" in pdf.Root:
            del pdf.Root.StructTreeRoot
        copies = []
        for crop in found[number]:
            copy: Any = pdf.make_indirect(Dictionary(dict(page.obj.items())))
            copy.CropBox = Array(crop)
            if "/StructParents" in copy:
                del copy.StructParents
            copies.append(copy)
        # The first keeps its place, so that links still lead to it.
        page.obj.CropBox = copies[0].CropBox
        for copy in reversed(copies[1:]):
            if "/Annots" in copy:
                del copy.Annots
            pdf.pages.insert(number + 1, Page(copy))
        is_wide = len({(crop[1], crop[3]) for crop in found[number]}) == 1
        pieces = [page.obj, *(pdf.pages[number + place].obj for place in range(1, len(copies)))]
        on_side |= {piece.objgen: is_wide for piece in pieces}
    return on_side


def _crops(page: Page, number: int, content: bytes) -> list[list[float]]:
    """What each piece of a page shows of it; none for a page that is not long."""
    boxes = [[float(edge) for edge in box.as_list()] for box in (page.mediabox, page.cropbox)]
    left, low, right, high = (
        max(min(box[0], box[2]) for box in boxes),
        max(min(box[1], box[3]) for box in boxes),
        min(max(box[0], box[2]) for box in boxes),
        min(max(box[1], box[3]) for box in boxes),
    )
    wide, tall = right - left, high - low
    turned = int(inherited(page.obj, "/Rotate", 0)) % 360 or float(page.obj.get("/UserUnit", 1)) != 1
    if turned or wide <= 0 or tall <= 0 or not cutting.is_long(wide, tall):
        return []
    scale = _ACROSS / min(wide, tall)
    if wide * tall * scale * scale > _MOST:
        return []
    try:
        with pdfium.opened(content) as document:
            image = document[number].render(scale=scale, grayscale=True).to_pil()
    except pdfium.Unreadable:
        return []
    across, down = image.width / wide, image.height / tall
    return [
        [left + x1 / across, high - y2 / down, left + x2 / across, high - y1 / down]
        for x1, y1, x2, y2 in cutting.boxes(image, 72 * scale / MOST_ENLARGED)
    ]
