"""Pages of a PDF as pictures, and where on them a text stands or a link lies."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from generator.pdf import pdfium

# Pixels of a picture's width: an A4 page at 170 dpi, sharp on a screen of 1,920 with the page at half of it.
WIDTH, THUMBNAIL = 1400, 200
# What PDFium writes for a hyphen at the end of a line, and for what has no meaning.
_NOTHING = "\0\2\ufffe\uffff\xad"
# A page may be as large as its maker likes.
_MOST_PIXELS = 6_000_000


class Box(Struct, frozen=True):
    """A rectangle on a page, in points from its upper left corner. ``page`` counts from 0."""

    page: int
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


class Size(Struct, frozen=True):
    """A page in points."""

    width: float
    height: float


def sizes(content: bytes) -> list[Size]:
    """The sizes of the pages. Raises pdfium.Unreadable."""
    with pdfium.opened(content) as document:
        return [Size(*document.get_page_size(number)) for number in range(len(document))]


def versions(content: bytes) -> list[str]:
    """A short text for each page that changes when the page looks otherwise. Raises pdfium.Unreadable."""
    with pdfium.opened(content) as document:
        return [hashlib.sha256(_bitmap(page, 500).tobytes()).hexdigest()[:12] for page in document]


def picture(content: bytes, number: int, width: int = WIDTH) -> bytes:
    """The page as a PNG of that width, without colours where it has none. Raises pdfium.Unreadable, IndexError."""
    from PIL import ImageChops

    with pdfium.opened(content) as document:
        if not 0 <= number < len(document):
            raise IndexError(number)
        image = _bitmap(document[number], width)
    grey = image.convert("L")
    if ImageChops.difference(image, grey.convert("RGB")).getbbox() is None:
        image = grey
    result = io.BytesIO()
    image.save(result, "PNG", compress_level=1)
    return result.getvalue()


def _bitmap(page: Any, width: int) -> Any:
    across, down = page.get_size()
    scale = width / max(across, 1.0)
    scale = min(scale, (_MOST_PIXELS / max(across * down, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, may_draw_forms=False)
    try:
        return bitmap.to_pil().convert("RGB")
    finally:
        bitmap.close()


def links(content: bytes, address: str) -> dict[int, list[Box]]:
    """The rectangles of the links to ``address`` + number, by number. Raises properties.UnusablePdf."""
    import pikepdf
    from pikepdf import Name

    found: dict[int, list[Box]] = {}
    with pikepdf.open(io.BytesIO(content)) as document:
        for at, page in enumerate(document.pages):
            top = float(page.mediabox[3])
            notes: Any = page.obj.get(Name.Annots, [])
            for note in notes:
                target = str(note.get("/A", {}).get("/URI", ""))
                number = target.removeprefix(address)
                if target.startswith(address) and number.isdecimal():
                    left, low, right, high = (float(edge) for edge in note["/Rect"])
                    found.setdefault(int(number), []).append(Box(at, left, top - high, right - left, high - low))
    return found


class Reader:
    """The characters of a PDF with their places, read once; the PDF is closed again."""

    def __init__(self, content: bytes) -> None:
        self.pages: list[list[tuple[str, Box]]] = []
        with pdfium.opened(content) as document:
            for number in range(len(document)):
                self.pages.append(list(_characters(document[number], number)))

    def text(self, page: int) -> str:
        """The text of a page without white space."""
        return "".join(character for character, _ in self.pages[page])

    def under(self, boxes: Iterable[Box]) -> tuple[str, list[Box]]:
        """The text whose characters stand in the boxes with their middle, without white space, and where it stands."""
        by_page: dict[int, list[Box]] = {}
        for box in boxes:
            by_page.setdefault(box.page, []).append(box)
        found = [
            (character, place)
            for page in sorted(by_page)
            if page < len(self.pages)
            for character, place in self.pages[page]
            if any(_holds(box, place) for box in by_page[page])
        ]
        return "".join(character for character, _ in found), self._lines([place for _, place in found])

    def find(self, text: str, pages: Sequence[int] | None = None, most: int = 200) -> list[list[Box]]:
        """Where the text stands, each place as a box for each line; white space does not count."""
        wanted = "".join(text.split())
        found: list[list[Box]] = []
        for page in range(len(self.pages)) if pages is None else pages:
            if not wanted or not 0 <= page < len(self.pages):
                continue
            whole, at = self.text(page), 0
            while (at := whole.find(wanted, at)) >= 0 and len(found) < most:
                found.append(self.boxes(page, at, at + len(wanted)))
                at += len(wanted)
        return found

    def parts(self, words: Sequence[str], wanted: Sequence[bool]) -> list[Box]:
        """The boxes of the wanted ones among words that stand one after the other, wherever they do."""
        plain = ["".join(word.split()) for word in words]
        found: list[Box] = []
        for page in range(len(self.pages)):
            whole, at, text = self.text(page), 0, "".join(plain)
            while text and (at := whole.find(text, at)) >= 0:
                for word, want in zip(plain, wanted, strict=True):
                    if want:
                        found += self.boxes(page, at, at + len(word))
                    at += len(word)
        return found

    def boxes(self, page: int, start: int, end: int) -> list[Box]:
        """A box for each line on which these characters of ``text`` stand."""
        return self._lines([box for _, box in self.pages[page][start:end]])

    def _lines(self, boxes: Sequence[Box]) -> list[Box]:
        """One box for all that stand side by side, as high as their line: digits and characters differ."""
        found = []
        for box in _by_line(boxes):
            middle = box.top + box.height / 2
            line = [
                place
                for _, place in self.pages[box.page]
                if place.top <= middle <= place.bottom and abs(place.top + place.height / 2 - middle) < box.height
            ]
            top, bottom = min(place.top for place in line), max(place.bottom for place in line)
            found.append(Box(box.page, box.left, top, box.width, bottom - top))
        return found


def _characters(page: Any, number: int) -> Iterator[tuple[str, Box]]:
    reader = page.get_textpage()
    try:
        height = page.get_height()
        count = reader.count_chars()
        text = reader.get_text_range() if count > 0 else ""
        if len(text) != count:
            # Characters of two code units: one by one.
            text = "".join((reader.get_text_range(index, 1) or " ")[:1] for index in range(count))
        for index, character in enumerate(text):
            if character.isspace() or character in _NOTHING:
                continue
            left, low, right, high = reader.get_charbox(index, loose=True)
            yield character, Box(number, left, height - high, right - left, high - low)
    finally:
        reader.close()


def _holds(box: Box, place: Box) -> bool:
    """Whether the middle of a character stands in the box."""
    across, down = place.left + place.width / 2, place.top + place.height / 2
    return box.left <= across <= box.right and box.top <= down <= box.bottom


def _by_line(boxes: Sequence[Box]) -> Iterator[Box]:
    """One box for all that stand side by side in one line."""
    line: list[Box] = []
    for box in boxes:
        if line and not (
            box.page == line[-1].page
            and box.left >= line[-1].left - 1
            and abs(box.top - line[-1].top) < box.height / 2 + 1
        ):
            yield _around(line)
            line = []
        line.append(box)
    if line:
        yield _around(line)


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Box(boxes[0].page, left, top, right - left, bottom - top)
