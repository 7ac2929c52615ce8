"""What the pages of a finished PDF look like, for the last look before they go out. Only here pages are drawn."""

from __future__ import annotations

import hashlib
from collections import Counter

from msgspec import Struct

from generator.pdf import pdfium

# Millimetres to points; a page may be this much off.
_POINTS, _TOLERANCE = 72 / 25.4, 2.0
_A4 = (210.0, 297.0)
# A page with so much text of its own is not drawn to see whether it is blank.
_ENOUGH = 12
# Drawn at this scale; the strips above and below hold page numbers and running heads.
_SCALE, _MARGIN, _INK = 0.4, 0.09, 0.0002
_WHITE = 235
# At this scale a changed digit shows.
_TELLING = 1.5


class Page(Struct, frozen=True):
    """A page: its text, its links, whether it is A4 and whether there is (next to) nothing on it."""

    text: str
    is_a4: bool
    is_blank: bool


def pages(content: bytes) -> list[Page]:
    """The pages of a PDF. Raises pdfium.Unreadable."""
    with pdfium.opened(content) as document:
        texts = [_text(document[number]) for number in range(len(document))]
        running = _running(texts)
        return [
            Page(
                text,
                _is_a4(*document[number].get_size()),
                len(_own(text, running)) < _ENOUGH and _is_white(document[number]),
            )
            for number, text in enumerate(texts)
        ]


def pictures(content: bytes) -> list[str]:
    """What each page looks like, as a text that is the same for pages that look the same. Raises pdfium.Unreadable."""
    with pdfium.opened(content) as document:
        return [_picture(document[number]) for number in range(len(document))]


def _picture(page: object) -> str:
    picture = page.render(scale=_TELLING, grayscale=True).to_pil()  # type: ignore[attr-defined]
    return hashlib.sha256(f"{picture.size}".encode() + picture.tobytes()).hexdigest()


def _text(page: object) -> str:
    text_page = page.get_textpage()  # type: ignore[attr-defined]
    try:
        return str(text_page.get_text_range())
    finally:
        text_page.close()


def _running(texts: list[str]) -> set[str]:
    """The lines that stand on every page: running heads."""
    if len(texts) < 2:
        return set()
    counts = Counter(line for text in texts for line in set(map(str.strip, text.splitlines())))
    return {line for line, count in counts.items() if count == len(texts)}


def _own(text: str, running: set[str]) -> str:
    """What stands on one page only, without blanks and the digits of a page number."""
    lines = (line.strip() for line in text.splitlines())
    kept = "".join(line for line in lines if line not in running)
    return "".join(sign for sign in kept if not sign.isspace() and not sign.isdigit() and sign not in "-－–第頁共")


def _is_a4(width: float, height: float) -> bool:
    sides = sorted((width / _POINTS, height / _POINTS))
    return all(abs(side - wanted) <= _TOLERANCE for side, wanted in zip(sides, _A4, strict=True))


def _is_white(page: object) -> bool:
    """Whether next to nothing is drawn between the margins above and below."""
    picture = page.render(scale=_SCALE, grayscale=True).to_pil()  # type: ignore[attr-defined]
    wide, tall = picture.size
    inner = picture.crop((0, int(tall * _MARGIN), wide, int(tall * (1 - _MARGIN))))
    dark = sum(inner.histogram()[:_WHITE])
    return bool(dark <= inner.size[0] * inner.size[1] * _INK)
