"""Text on the pages of a PDF from elsewhere, in typefaces that LibreOffice embeds: what is filled in may be Chinese.

The fonts of a form are often those of its maker's machine, or have no Chinese. A small document with every letter that
is needed goes through LibreOffice; its PDF has them, each as a byte of an embedded font (as for page numbers).
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from pikepdf import Dictionary, Pdf

from generator.pdf import glyphs, numbers

# Of the height of a letter: how far it goes below the line it stands on, and from one line to the next.
DESCENT, LEADING = 0.22, 1.2
_ON_A_LINE = 40
_NEVER_FIRST = frozenset("，。、；：？！）」』】〉》〕…—％%,.;:?!)]}")


def document(letters: Iterable[str]) -> bytes:
    """A .docx with each letter, to be converted to the PDF that Letters take."""
    wanted = sorted(set(letters))
    lines = [wanted[start : start + _ON_A_LINE] for start in range(0, len(wanted), _ON_A_LINE)]
    # A letter by itself joins no other to a new one.
    return glyphs.text_document([escape(" ".join(line), quote=False) for line in lines])


class Letters:
    """Writes text. Without a source it has widths that are about right and notes which letters are wanted."""

    def __init__(self, source: bytes | None = None) -> None:
        self.wanted: set[str] = set()
        self.lacking: set[str] = set()
        self.private: set[str] = set()
        self._pdf = Pdf.open(io.BytesIO(source)) if source is not None else None
        self._faces: dict[str, numbers.Typeface] = {}
        self._copied: dict[str, Any] = {}
        if self._pdf is not None:
            for page in self._pdf.pages:
                for face in numbers.typefaces(self._pdf, page):
                    for sign in face.codes:
                        # The space of the first face stands between letters of any.
                        self._faces.setdefault(sign, face)

    @property
    def are_needed(self) -> bool:
        """Whether letters were wanted, and there is no source of any."""
        return self._pdf is None and bool(self.wanted)

    def width(self, text: str, size: float) -> float:
        """In points."""
        return sum(map(self._width, text)) * size / 1000

    def _width(self, sign: str) -> float:
        face = self._faces.get(sign)
        if face is not None:
            return face.widths[sign]
        return 1000 if unicodedata.east_asian_width(sign) in "WFA" else 550

    def shown(self, text: str, size: float) -> str:
        """The operators that show a text. Letters that no typeface has are left out, and noted.

        So are those that everyone may define for himself: each computer shows another one.
        """
        self.wanted |= set(text) - {" "}
        self.private |= {sign for sign in text if unicodedata.category(sign) == "Co"}
        pieces: list[str] = []
        for sign in text:
            face = self._faces.get(sign)
            if face is None:
                if self._pdf is not None and sign != " ":
                    self.lacking.add(sign)
                continue
            pieces.append(f"{face.name} {size:.3f} Tf <{face.codes[sign]:02X}> Tj")
        return " ".join(pieces)

    def resources(self, target: Pdf) -> Dictionary:
        """The fonts, as an entry of a form's resources of ``target``."""
        for face in self._faces.values():
            if face.name not in self._copied:
                self._copied[face.name] = target.copy_foreign(face.font)
        return Dictionary({name: font for name, font in self._copied.items()})

    def lines(self, text: str, wide: float, size: float) -> list[str]:
        """The text in lines that are no wider than ``wide``."""
        return [line for paragraph in text.split("\n") for line in self._broken(paragraph, wide, size)]

    def _broken(self, paragraph: str, wide: float, size: float) -> Iterator[str]:
        line, filled = "", 0.0
        for word in _words(paragraph):
            if line and filled + self.width(word.rstrip(), size) > wide:
                yield line.rstrip()
                line, filled, word = "", 0.0, word.lstrip()
            if self.width(word.rstrip(), size) <= wide:
                line, filled = line + word, filled + self.width(word, size)
                continue
            # One word that is wider than the line.
            for sign in word:
                width = self.width(sign, size)
                if line and filled + width > wide:
                    yield line
                    line, filled = "", 0.0
                line, filled = line + sign, filled + width
        yield line.rstrip()


def plain(text: str) -> str:
    """A value as it is printed: with one kind of line end, without signs that nothing shows."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").replace("\xa0", " ")
    # Also the codes of languages, and what chooses between forms of one character.
    return "".join(
        sign
        for sign in text
        if sign == "\n" or not (unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn") or 0xFE00 <= ord(sign) <= 0xFE0F
                                or 0xE0100 <= ord(sign) <= 0xE01EF)
    )  # fmt: skip


def _words(paragraph: str) -> Iterator[str]:
    """What a line may not be broken within: a word with the space after it, or a Chinese sign with its stop."""
    word = ""
    for sign in paragraph:
        wide = unicodedata.east_asian_width(sign) in "WF"
        if word and sign not in _NEVER_FIRST and (wide or (word[-1] == " " and sign != " ") or
                                                  unicodedata.east_asian_width(word[-1]) in "WF"):  # fmt: skip
            yield word
            word = ""
        word += sign
    if word:
        yield word
