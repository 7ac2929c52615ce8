"""The texts of a PDF as a reader sees them.

PDFium reads text set with the character sets of Taiwan
(B5pc-H, ETen-B5-H, HKscs-B5-H, UniCNS-UCS2-H …) without a table of Unicode in the file; what is set with those that it
does not know (UniCNS-UTF8-H, CNS-EUC-H) is spelt anew first (see charsets).
"""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.pdf import pdfium

# A picture that takes so much of its page may hold text; a page with so little text and so many lines may be drawn.
_LARGE, _FEW, _MANY = 0.05, 60, 60
_BLANK = compile_late(r"\s+")
# How thick a ruled line may be, in points, and how dark a colour is that is seen.
_RULE, _WHITE = 3.0, 250
# What PDFium writes for a hyphen at the end of a line, and for what has no meaning.
_NOTHING = dict.fromkeys((0, 2, 0xFFFE, 0xFFFF, 0x00AD))
# What a PDF gives to screen readers in place of what is drawn.
_SPOKEN = compile_late(rb"/ActualText\s*(?:<([0-9A-Fa-f\s]*)>|\(((?:\\.|[^\\)])*)\))", re.DOTALL)


class Page(Struct, frozen=True):
    """A page: ``text`` as it is drawn, ``by_place`` what else reads so by where the characters stand.

    ``unread``: how many characters are drawn that cannot be told; ``pictures``: whether large pictures or drawings
    stand on it, in which there may be text.
    """

    text: str
    by_place: tuple[str, ...]
    unread: int
    pictures: bool


def pages(content: bytes) -> list[Page]:
    """The pages of a PDF. Raises pdfium.Unreadable."""
    from generator.pdf import charsets

    with pdfium.opened(charsets.known(content)) as document:
        return [_page(document[number]) for number in range(len(document))]


class _Character(Struct, frozen=True):
    text: str
    left: float
    right: float
    low: float
    high: float

    @property
    def size(self) -> float:
        return max(self.high - self.low, 1.0)


def _page(page: Any) -> Page:
    from pypdfium2 import raw

    reader = page.get_textpage()
    try:
        count = reader.count_chars()
        text = reader.get_text_range().translate(_NOTHING) if count > 0 else ""
        unread = 0
        characters: list[_Character] = []
        box = raw.FS_RECTF()
        for index in range(max(count, 0)):
            code = raw.FPDFText_GetUnicode(reader.raw, index)
            if raw.FPDFText_HasUnicodeMapError(reader.raw, index) == 1 or code == 0xFFFD or 0xE000 <= code <= 0xF8FF:
                unread += 1
            character = chr(code) if 0x20 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
            if not character or character.isspace() or raw.FPDFText_IsGenerated(reader.raw, index) == 1:
                continue
            if raw.FPDFText_GetLooseCharBox(reader.raw, index, ctypes.byref(box)):
                characters.append(_Character(character, box.left, box.right, box.bottom, box.top))
    finally:
        reader.close()
    known = _BLANK.sub("", text)
    by_place = tuple(line for line in dict.fromkeys(_lines(characters)) if line not in known)
    return Page(text, by_place, unread, _has_pictures(page, len(known)))


def _lines(characters: Sequence[_Character]) -> Iterable[str]:
    """The texts that stand side by side, whatever the order in which they were drawn."""
    alone: list[_Character] = []
    for row in _rows(characters):
        segments = _segments(row, lambda character: (character.left, character.right))
        alone += [segment[0] for segment in segments if len(segment) == 1]
        yield from _joined(["".join(character.text for character in segment) for segment in segments])
    # One below the other: signs, and text that is turned.
    for column in _rows([_turned(character) for character in alone]):
        for segment in _segments(column, lambda character: (character.left, character.right)):
            if len(segment) > 1:
                line = "".join(character.text for character in segment)
                yield line
                yield line[::-1]


def _rows(characters: Sequence[_Character]) -> list[list[_Character]]:
    """The characters of each line from left to right, the lines from the top."""
    rows: list[list[_Character]] = []
    middle = 0.0
    for character in sorted(characters, key=lambda glyph: -(glyph.low + glyph.high)):
        height = (character.low + character.high) / 2
        if not rows or middle - height > character.size / 2:
            rows.append([])
            middle = height
        rows[-1].append(character)
    return [sorted(row, key=lambda glyph: glyph.left) for row in rows]


def _segments(row: Sequence[_Character], edges: Any) -> list[list[_Character]]:
    """The characters of a line, parted where there is room for another one."""
    segments: list[list[_Character]] = []
    end = 0.0
    for character in row:
        start, stop = edges(character)
        if not segments or start - end > character.size:
            segments.append([])
            end = stop
        segments[-1].append(character)
        end = max(end, stop)
    return segments


def _joined(segments: Sequence[str]) -> Iterable[str]:
    """Each segment; short ones beside each other as one as well: a name may be set wide."""
    short = ""
    for segment in [*segments, "   "]:
        if len(segment) <= 2:
            short += segment
            continue
        if short:
            yield short
        short = ""
        if segment.strip():
            yield segment


def _turned(character: _Character) -> _Character:
    return _Character(character.text, -character.high, -character.low, character.left, character.right)


def _has_pictures(page: Any, length: int) -> bool:
    from pypdfium2 import raw

    width, height = page.get_size()
    area = max(width * height, 1.0)
    drawn, pictures = 0, 0.0
    for thing in page.get_objects(max_depth=8):
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, low, right, high = thing.get_bounds()
            pictures += (right - left) * (high - low)
            # All together: a scan may be cut into strips.
            if pictures >= _LARGE * area:
                return True
        drawn += thing.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING)
    return length < _FEW and drawn >= _MANY


def all_text(content: bytes) -> str:
    """All that the pages say, in the order in which it is drawn, and what reads otherwise by its place."""
    return "\n".join("\n".join((page.text, *page.by_place)) for page in pages(content))


def unread(content: bytes) -> list[int]:
    """The numbers of the pages on which there is, or may be, text that cannot be read."""
    return [number for number, page in enumerate(pages(content), start=1) if page.unread or page.pictures]


def actual_texts(stream: bytes) -> Iterator[str]:
    """The texts for screen readers in the drawing instructions of a page."""
    for digits, literal in _SPOKEN.findall(stream):
        raw = bytes.fromhex(digits.decode("ascii")) if digits else re.sub(rb"\\(.)", rb"\1", literal)
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        yield raw.decode(encoding, "replace")


def spoken(content: bytes) -> str:
    """All that the pages give to screen readers. Unpacks every page: only within limits. Raises pikepdf's errors."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [stream for stream in pdf.objects if isinstance(stream, pikepdf.Stream)]
        drawn = (stream for stream in streams if stream.get("/Subtype") != pikepdf.Name.Image)
        return "\n".join(text for stream in drawn for text in actual_texts(stream.read_bytes()))


def first_text(content: bytes) -> str:
    """The text of the first page. Raises pdfium.Unreadable."""
    from generator.pdf import charsets

    with pdfium.opened(charsets.known(content)) as document:
        return _page(document[0]).text


class Line(Struct, frozen=True):
    """A line of text, and where it begins on its page, in points from the lower left."""

    text: str
    left: float
    low: float


class Drawn(Struct, frozen=True):
    """The lines of a page, and whether more than ruled lines is drawn there besides."""

    lines: tuple[Line, ...]
    is_drawn_on: bool


def drawn(content: bytes) -> list[Drawn]:
    """What is drawn on each page. Raises pdfium.Unreadable."""
    found = []
    with pdfium.opened(content) as document:
        for number in range(len(document)):
            page = document[number]
            reader = page.get_textpage()
            try:
                lines = tuple(_placed_lines(reader))
            finally:
                reader.close()
            found.append(Drawn(lines, any(map(_is_drawing, page.get_objects(max_depth=8)))))
    return found


def _placed_lines(reader: Any) -> Iterator[Line]:
    text = reader.get_text_range() if reader.count_chars() > 0 else ""
    for match in re.finditer(r"[^\r\n]+", text):
        words = match[0].translate(_NOTHING).strip()
        if words:
            first = match.start() + len(match[0]) - len(match[0].lstrip())
            left, low, _, _ = reader.get_charbox(min(first, reader.count_chars() - 1))
            yield Line(words, left, low)


def _is_drawing(thing: Any) -> bool:
    """Whether it is more than a line, the edge of a cell, and white."""
    from pypdfium2 import raw

    if thing.type in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING):
        return True
    if thing.type != raw.FPDF_PAGEOBJ_PATH:
        return False
    left, low, right, high = thing.get_bounds()
    if min(right - left, high - low) <= _RULE:
        return False
    mode, has_stroke = ctypes.c_int(), ctypes.c_int()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPath_GetDrawMode(thing.raw, ctypes.byref(mode), ctypes.byref(has_stroke)):
        return True
    if has_stroke.value:
        return True
    if mode.value == raw.FPDF_FILLMODE_NONE:
        return False
    colour = [ctypes.byref(part) for part in (red, green, blue, alpha)]
    raw.FPDFPageObj_GetFillColor(thing.raw, *colour)
    return alpha.value > 0 and min(red.value, green.value, blue.value) < _WHITE
