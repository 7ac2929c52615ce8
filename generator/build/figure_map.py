"""Where on the pages each recorded figure stands: the map by which a figure on the page leads to its cells.

It is made in a conversion of its own (word/figure_links); what goes out is read only to prove it, and never changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from generator.build.converter import Converter
from generator.documents.passages import Contents
from generator.pdf import drawn
from generator.pdf.drawn import Box, Reader
from generator.word import figure_links
from generator.word.for_office import copy_for_office


class Spot(Struct, frozen=True):
    """A piece of text on the pages with its origin: figures by name and cells by place, the closest first.

    ``where``: the place in the document, in words. ``passage`` and ``table`` are those of word.stretches.Stretch.
    """

    text: str
    figures: tuple[str, ...]
    cells: tuple[str, ...]
    boxes: tuple[Box, ...]
    where: str
    passage: int | None = None
    table: tuple[int, int, int] | None = None


class Source(Struct, frozen=True):
    """A finished document: its Word file or deck, the PDF that goes out, and its recorded texts."""

    ending: str
    rendered: bytes
    pdf: bytes
    contents: Contents


def spots(sources: Mapping[str, Source], converter: Converter) -> dict[str, list[Spot]]:
    """The spots of each document. One whose text on the page that goes out is another is left out.

    For the slides, whose recorded lines name their page, the texts of the pages themselves are searched.
    """
    copies, stretches = {}, {}
    for name, source in sources.items():
        if source.ending == "docx":
            linked, stretches[name] = figure_links.linked(source.rendered, source.contents)
            copies[name] = ("docx", copy_for_office(linked))
    maps = converter.convert(copies, "pdf", []) if copies else {}
    found: dict[str, list[Spot]] = {}
    for name, source in sources.items():
        reader = Reader(source.pdf)
        if name not in stretches:
            found[name] = list(_of_slides(source.contents, reader))
            continue
        boxes = drawn.links(maps[name].read_bytes(), figure_links.ADDRESS) if name in maps else {}
        found[name] = []
        for number, stretch in enumerate(stretches[name]):
            # LibreOffice lets a link over a line break begin where the paragraph does: only where text stands counts.
            under, places = reader.under(boxes.get(number, ()))
            if not places or not same_text(under, stretch.text):
                continue
            where = _where(source.contents, stretch.passage, stretch.table)
            found[name].append(
                Spot(stretch.text, stretch.figures, stretch.cells, tuple(places), where, stretch.passage, stretch.table)
            )
    return found


def same_text(under: str, text: str) -> bool:
    """Whether the text under a rectangle is the recorded one; white space does not count."""
    return "".join(under.split()) == "".join(text.split())


def _where(contents: Contents, passage: int | None, table: tuple[int, int, int] | None) -> str:
    if passage is not None:
        return contents.passages[passage].where
    assert table is not None
    number, row, column = table
    headings = contents.tables[number].headings
    heading = headings[column] if column < len(headings) else ""
    return f"表第 {row + 1} 列{f'「{heading}」' if heading else ''}"


def _of_slides(contents: Contents, reader: Reader) -> Iterator[Spot]:
    done: dict[int, int] = {}
    for number, passage in enumerate(contents.passages):
        page = int("0" + passage.where.removeprefix("第").removesuffix("頁")) - 1
        if not 0 <= page < len(reader.pages):
            continue
        wanted, text = "".join(passage.text.split()), reader.text(page)
        begin = text.find(wanted, done.get(page, 0))
        begin = text.find(wanted) if begin < 0 else begin
        if begin < 0:
            # Name and detail of a box of the chart stand apart.
            for part in passage.parts:
                piece = passage.text[part.start : part.end]
                places = reader.find(piece, [page])
                if len(places) == 1:
                    yield Spot(piece, part.figures, part.cells, tuple(places[0]), passage.where, number)
            continue
        done[page] = begin + len(wanted)
        # The narrowest come last, and so lie on top.
        for part in sorted(passage.parts, key=lambda part: part.start - part.end):
            start, end = (begin + len("".join(passage.text[:edge].split())) for edge in (part.start, part.end))
            boxes = tuple(reader.boxes(page, start, end))
            yield Spot(passage.text[part.start : part.end], part.figures, part.cells, boxes, passage.where, number)
