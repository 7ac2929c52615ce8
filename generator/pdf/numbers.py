"""Page numbers and labels, written on the pages of a PDF. Import it late: pikepdf takes a while to load."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf
from msgspec import Struct
from pikepdf import Dictionary, Name, Pdf

from generator.pdf import glyphs
from generator.pdf.properties import UnusablePdf, opened

NUMBER_SIZE = 12.0
NUMBER_BASELINE = 1.4 / 2.54 * 72  # from the lower edge of the page
LABEL_SIZE = 14.0
LABEL_BASELINE = 1.4 / 2.54 * 72  # from the upper edge
LABEL_MARGIN = 2.5 / 2.54 * 72  # from the right edge, as in the templates
MARK_MARGIN = 2.5 / 2.54 * 72  # from the left edge


def page_number(number: int, total: int) -> str:
    """「第 1 頁，共 2 頁」"""
    return f"第 {number} 頁，共 {total} 頁"


class Typeface(Struct, frozen=True):
    """An embedded font with one byte for a sign: its name among a page's resources, codes and widths (in 1/1000)."""

    name: str
    font: pikepdf.Object
    codes: Mapping[str, int]
    widths: Mapping[str, float]


class Stamp(Struct, frozen=True):
    """Writes page numbers and labels with typefaces taken from a PDF, so that no font file is needed."""

    source: Pdf  # kept open: the fonts are copied out of it when a target is saved
    of_sign: Mapping[str, Typeface]

    @classmethod
    def from_pdf(cls, source: bytes | Path, more: str = "") -> Stamp:
        """The stamp from the PDF of glyph_document with the same signs. Raises UnusablePdf when it lacks one."""
        pdf = opened(source)
        faces = [face for page in pdf.pages for face in typefaces(pdf, page)]
        # Both typefaces have a space: that of the digits is wanted.
        faces.sort(key=lambda face: "0" not in face.codes)
        of_sign: dict[str, Typeface] = {}
        for sign in glyphs.LATIN + glyphs.signs(more):
            face = next((face for face in faces if sign in face.codes), None)
            if face is None:
                raise UnusablePdf(f"頁碼用的字型缺少「{sign}」，無法加上頁碼。請確認已安裝標楷體或全字庫正楷體。")
            of_sign[sign] = face
        return cls(pdf, of_sign)

    def width(self, text: str, size: float = NUMBER_SIZE) -> float:
        """How wide the text is, in points."""
        return sum(self.of_sign[sign].widths[sign] for sign in text) * size / 1000

    def operators(self, text: str, x: float, y: float, size: float = NUMBER_SIZE) -> str:
        """The text object that shows the text from there on."""
        shown = []
        for face, signs in _runs(text, self.of_sign):
            codes = "".join(f"{face.codes[sign]:02X}" for sign in signs)
            shown.append(f"{face.name} {size:g} Tf <{codes}> Tj")
        return f"BT 0 g {x:.3f} {y:.3f} Td {' '.join(shown)} ET"

    def applier(self, target: Pdf) -> Callable[[pikepdf.Page, str, str, str], None]:
        """A function that writes a text at the foot of a page of ``target``, a label (or none) at its top right, and a
        mark (or none) at its top left.

        The fonts are copied once.
        """
        faces = {face.name: face.font for face in self.of_sign.values()}
        fonts = {name: target.copy_foreign(font) for name, font in faces.items()}

        def apply(page: pikepdf.Page, text: str, label: str, mark: str) -> None:
            if "/Font" not in page.resources:
                page.resources["/Font"] = Dictionary()
            page.resources["/Font"].update(fonts)
            matrix, width, height = _as_seen(page)
            written = ""
            if text:
                drawn = self.operators(text, (width - self.width(text)) / 2, NUMBER_BASELINE)
                written = _artifact("Footer", matrix, drawn)
            if label:
                x = width - LABEL_MARGIN - self.width(label, LABEL_SIZE)
                drawn = self.operators(label, x, height - LABEL_BASELINE, LABEL_SIZE)
                written = _artifact("Header", matrix, drawn) + written
            if mark:
                drawn = self.operators(mark, MARK_MARGIN, height - LABEL_BASELINE)
                written = _artifact("Header", matrix, drawn) + written
            # What the page does to the coordinates must not move the number: put its content between q and Q.
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(f"\nQ\n{written}".encode("ascii"))

        return apply


def _artifact(kind: str, matrix: str, drawn: str) -> str:
    return f"/Artifact <</Type /Pagination /Subtype /{kind}>> BDC\nq {matrix} cm {drawn} Q\nEMC\n"


def _runs(text: str, of_sign: Mapping[str, Typeface]) -> Iterator[tuple[Typeface, str]]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or of_sign[text[end]] is not of_sign[text[start]]:
            yield of_sign[text[start]], text[start:end]
            start = end


def _as_seen(page: pikepdf.Page) -> tuple[str, float, float]:
    """The matrix from the page as the reader sees it (origin at its lower left) to its own space; width and height."""
    left, low, right, high = (float(edge) for edge in page.cropbox.as_list())
    left, right, low, high = min(left, right), max(left, right), min(low, high), max(low, high)
    turn = int(inherited(page.obj, "/Rotate", 0)) % 360
    linear, x, y = {
        90: ("0 1 -1 0", right, low),
        180: ("-1 0 0 -1", right, high),
        270: ("0 -1 1 0", left, high),
    }.get(turn, ("1 0 0 1", left, low))
    width, height = (high - low, right - left) if turn in (90, 270) else (right - left, high - low)
    return f"{linear} {x:.3f} {y:.3f}", width, height


def inherited(page: Any, key: str, default: Any) -> Any:
    """The entry of a page, or of the nearest node above it in the tree of pages."""
    while page is not None:
        if key in page:
            return page[key]
        page = page.get("/Parent")
    return default


def typefaces(pdf: Pdf, page: pikepdf.Page) -> Iterator[Typeface]:
    """The typefaces that a page of LibreOffice's has."""
    for _, font in sorted(page.resources.get("/Font", Dictionary()).items()):
        if "/ToUnicode" not in font or "/Widths" not in font or font.get("/Subtype") == Name.Type3:
            continue
        first, widths = int(font.FirstChar), [float(width) for width in font.Widths.as_list()]
        codes = {
            sign: code
            for code, sign in _to_unicode(font.ToUnicode.read_bytes().decode("ascii", "replace"))
            if 0 <= code - first < len(widths)
        }
        known = hashlib.sha256(font.ToUnicode.read_bytes() + str(font.get("/BaseFont", "")).encode()).hexdigest()[:8]
        yield Typeface(
            f"/PageNumber-{known}",
            font if font.is_indirect else pdf.make_indirect(font),
            codes,
            {sign: widths[code - first] for sign, code in codes.items()},
        )


def _to_unicode(cmap: str) -> Iterator[tuple[int, str]]:
    """The (code, sign) pairs of a ToUnicode map."""

    def signs(digits: str) -> str:
        return bytes.fromhex(digits).decode("utf-16-be", "replace")

    code_pattern = r"<\s*([0-9A-Fa-f]+)\s*>\s*"
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, sign in re.findall(code_pattern + code_pattern, block):
            yield int(code, 16), signs(sign)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, sign in re.findall(code_pattern * 3, block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                yield int(first, 16) + step, chr(int(sign, 16) + step) if len(sign) == 4 else signs(sign)


def number_pages(
    pdf: Pdf,
    stamp: Stamp,
    labels: Mapping[int, str],
    numbered: bool = True,
    feet: Mapping[int, str] | None = None,
    changes: Mapping[int, str] | None = None,
) -> None:
    """``labels`` are those of the pages that get one, by page number; without ``numbered`` they are all there is.

    ``feet`` stand at the foot instead of running numbers, ``changes`` (抽換 …) at the top left.
    """
    apply = stamp.applier(pdf)
    total = len(pdf.pages)
    for number, page in enumerate(pdf.pages, 1):
        foot = (feet or {}).get(number, page_number(number, total)) if numbered else ""
        apply(page, foot, labels.get(number, ""), (changes or {}).get(number, ""))
