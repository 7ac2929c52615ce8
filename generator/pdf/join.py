"""PDFs joined to one file, or a single one finished. Import it late: pikepdf takes a while to load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pikepdf
from msgspec import Struct
from pikepdf import Array, Dictionary, Name, Pdf, String

from generator.pdf.numbers import Stamp, number_pages
from generator.pdf.properties import describe, is_universal, opened, producer, saved
from generator.pdf.tags import Tags


class Part(Struct, frozen=True):
    """One PDF of the packet and its bookmark; level 1 is a document, 2 an attachment of the one before.

    ``label`` (附件1) is written at the top right of its first page, where the PDF does not carry it itself, ``mark``
    (限閱) there on each page. ``feet`` stand at the foot of its pages instead of running numbers, ``changes`` (抽換) at
    their top left.
    """

    pages: Path | bytes
    title: str
    level: int = 1
    label: str = ""
    mark: str = ""
    feet: Sequence[str] = ()
    changes: Sequence[str] = ()


def normalise(pdf: bytes, title: str, author: str, created: date) -> bytes:
    """The same PDF with these properties, dated ``created``, and nothing in it that differs from run to run.

    Raises UnusablePdf when it cannot be read.
    """
    return stamp_single(pdf, None, title, author, created)


def stamp_single(
    pdf_in: bytes | Path,
    stamp: Stamp | None,
    title: str,
    author: str,
    created: date,
    label: str = "",
    mark: str = "",
    numbered: bool = True,
) -> bytes:
    """What normalise does, and page numbers of its own, a label on the first page and a mark on each.

    None of these without a stamp, no numbers where they are not wanted.
    """
    with opened(pdf_in) as pdf:
        if stamp is not None:
            number_pages(pdf, stamp, _at_top(0, len(pdf.pages), label, mark), numbered)
        describe(pdf, title, author, created, producer(pdf), is_universal(pdf))
        return saved(pdf)


def join(parts: Sequence[Part], stamp: Stamp | None, title: str, author: str, created: date) -> bytes:
    """All parts as one tagged PDF with running page numbers and a bookmark for each part.

    The parts are PDFs without page numbers of their own. Raises UnusablePdf, naming the part, when one cannot be read.
    """
    joined = Pdf.new()
    tags = Tags(joined)
    sources = [opened(part.pages) for part in parts]  # open until saved: streams are copied then
    first_pages: list[int] = []
    universal = True
    for part, source in zip(parts, sources, strict=True):
        first_pages.append(len(joined.pages))
        universal &= is_universal(source)
        tags.renumber(source)
        joined.pages.extend(source.pages)
        # After the pages, so that references from the tags lead to the copied pages.
        universal &= tags.take(source, part.title)
    tags.finish()
    join_layers(joined, sources)
    if stamp is not None:
        ends = [*first_pages[1:], len(joined.pages)]
        labels: dict[int, str] = {}
        feet: dict[int, str] = {}
        changes: dict[int, str] = {}
        for first, end, part in zip(first_pages, ends, parts, strict=True):
            labels |= _at_top(first, end, part.label, part.mark)
            feet |= {first + number: text for number, text in enumerate(part.feet, start=1)}
            changes |= {first + number: text for number, text in enumerate(part.changes, start=1)}
        number_pages(joined, stamp, labels, feet=feet, changes=changes)
    add_bookmarks(joined, [(part.title, part.level, first) for part, first in zip(parts, first_pages, strict=True)])
    describe(joined, title, author, created, producer(sources[0]) if sources else "", universal and bool(parts))
    return saved(joined)


def _at_top(first: int, end: int, label: str, mark: str) -> dict[int, str]:
    """What stands at the top of the pages by their numbers, of those from ``first`` to before ``end`` (from 0)."""
    pages = dict.fromkeys(range(first + 1, end + 1), mark) if mark else {}
    return pages | {first + 1: " ".join(filter(None, (mark, label)))}


def add_bookmarks(pdf: Pdf, bookmarks: Iterable[tuple[str, int, int]]) -> None:
    """``bookmarks``: title, level (2 stands below the last one of 1) and page, from 0."""
    with pdf.open_outline() as outline:
        case: pikepdf.OutlineItem | None = None
        for title, level, first in bookmarks:
            top = float(pdf.pages[first].cropbox.as_list()[3])
            item = pikepdf.OutlineItem(title, first, pikepdf.PageLocation.XYZ, left=0, top=top, zoom=0)
            if level > 1 and case is not None:
                case.children.append(item)
            else:
                outline.root.append(item)
                case = item
    pdf.Root.PageMode = Name.UseOutlines


def join_layers(joined: Pdf, sources: Sequence[Pdf]) -> None:
    """Layers that are hidden in a part stay hidden; files from elsewhere have no other layers."""
    hidden = [
        layer for source in sources for layer in source.Root.get("/OCProperties", Dictionary()).get("/OCGs", Array())
    ]
    if hidden:
        # pikepdf gives the same copy of a layer that a page brought along already.
        layers = Array([joined.copy_foreign(layer) for layer in hidden])
        joined.Root.OCProperties = Dictionary(OCGs=layers, D=Dictionary(Name=String("Layers"), OFF=layers))
