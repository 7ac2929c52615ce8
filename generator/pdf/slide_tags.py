"""The tags of a deck's PDF, as LibreOffice leaves them, made fit for a screen reader.

A drawing becomes one figure with one text (7.4 makes a figure of each of its lines, 25.2 one of each group, and neither
gives it a text), titles become H1 and H2, and what is drawn behind the slides is marked as decoration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pikepdf
from msgspec import Struct
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, Pdf, String

from generator.pdf.properties import opened, saved

_PATH = ("m", "re", "l", "c", "v", "y", "h", "W", "W*")
_PAINT = ("f", "F", "f*", "S", "s", "B", "B*", "b", "b*")
_DRAW = ("Do", "sh", "INLINE IMAGE")


class Drawing(Struct, frozen=True):
    """A group of shapes on a slide: what it shows, in words, and of how many lines it is drawn besides its boxes."""

    text: str
    lines: int


def finish(pdf_in: bytes | Path, slides: Sequence[Sequence[Drawing]]) -> bytes:
    """The PDF with such tags; ``slides`` has the drawings of each slide, in their order."""
    with opened(pdf_in) as pdf:
        if "/StructTreeRoot" in pdf.Root:
            _Tree(pdf).finish(slides)
        for page in pdf.pages:
            _mark_decoration(pdf, page)
        return saved(pdf)


class _Tree:
    """The tags of a PDF, with the page that each stands on."""

    def __init__(self, pdf: Pdf) -> None:
        self._root = pdf.Root.StructTreeRoot
        self._numbers: dict[Any, int] = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self._parents = pikepdf.NumberTree(self._root.ParentTree) if "/ParentTree" in self._root else {}
        self._pages = list(pdf.pages)

    def finish(self, slides: Sequence[Sequence[Drawing]]) -> None:
        figures: dict[int, list[Any]] = {}
        first = True
        for element in list(_elements(self._root)):
            if element.get("/S") == Name.Figure:
                figures.setdefault(self._page(element), []).append(element)
            elif element.get("/S") == Name.H:
                element.S = Name.H1 if first else Name.H2
                first = False
        for number, drawings in enumerate(slides):
            self._describe(figures.get(number, []), drawings)

    def _describe(self, figures: Sequence[Any], drawings: Sequence[Drawing]) -> None:
        """Gives the figures of a slide the texts of its drawings, and joins those that are lines of one."""
        drawn = [drawing for drawing in drawings if drawing.lines]
        if not figures or not drawings:
            return
        if len(figures) == len(drawings):
            counts, texts = [1] * len(figures), [drawing.text for drawing in drawings]
        elif len(figures) == sum(drawing.lines for drawing in drawn):
            counts, texts = [drawing.lines for drawing in drawn], [drawing.text for drawing in drawn]
        else:
            # Another version may do otherwise: what is drawn is told as a whole.
            counts, texts = [len(figures)], ["".join(drawing.text for drawing in drawings)]
        rest = iter(figures)
        for count, text in zip(counts, texts, strict=True):
            whole = next(rest)
            for _ in range(count - 1):
                self._absorb(whole, next(rest))
            whole.Alt = String(text)

    def _absorb(self, figure: Any, other: Any) -> None:
        """Moves what belongs to a figure into another one, and takes it out of the tree."""
        number = self._page(other)
        for kid in _kids(other):
            if isinstance(kid, Dictionary) and "/S" in kid:
                kid.P = figure
            else:
                marked = int(kid.MCID) if isinstance(kid, Dictionary) and "/MCID" in kid else kid
                if isinstance(marked, int) and number in range(len(self._pages)):
                    self._parents[int(self._pages[number].StructParents)][marked] = figure
        figure.K = Array([*_kids(figure), *_kids(other)])
        above = other.P
        above.K = Array([kid for kid in _kids(above) if not _same(kid, other)])

    def _page(self, element: Any) -> int:
        """The number of the page on which the element, or the first below it that says so, stands; -1 unknown."""
        for found in (element, *_elements(element)):
            if "/Pg" in found:
                return self._numbers.get(found.Pg.objgen, -1)
            for kid in _kids(found):
                if isinstance(kid, Dictionary) and "/Pg" in kid:
                    return self._numbers.get(kid.Pg.objgen, -1)
        return -1


def _kids(element: Any) -> list[Any]:
    kids: Any = element.get("/K", Array())
    return list(kids) if isinstance(kids, Array) else [kids]


def _same(kid: Any, element: Any) -> bool:
    return isinstance(kid, Dictionary) and kid.is_indirect and kid.objgen == element.objgen


def _elements(element: Any) -> Iterator[Any]:
    """All elements below one, in the order in which they are read."""
    for kid in _kids(element):
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid)


def _mark_decoration(pdf: Pdf, page: pikepdf.Page) -> None:
    """Marks what is drawn without a tag as an artifact, which is not read aloud. Text is always tagged."""
    written: list[Any] = []
    path: list[Any] = []
    depth, changed = 0, False
    for instruction in pikepdf.parse_content_stream(page):
        name = str(instruction.operator)
        if name in ("BDC", "BMC"):
            depth += 1
        elif name == "EMC":
            depth -= 1
        if depth or name in ("EMC", "BDC", "BMC"):
            written += [*path, instruction]
            path = []
        elif name in _PATH:
            path.append(instruction)
        elif name in _PAINT or name in _DRAW:
            written += [_BEGIN, *path, instruction, _END]
            path, changed = [], True
        else:
            written += [*path, instruction]
            path = []
    if changed:
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream([*written, *path]))


_BEGIN = ContentStreamInstruction([Name.Artifact], Operator("BMC"))
_END = ContentStreamInstruction([], Operator("EMC"))
