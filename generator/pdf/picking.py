"""Some pages of a PDF as a PDF of their own, with the tags and bookmarks that are theirs.

Import it late: pikepdf takes a while to load.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

import pikepdf
from msgspec import Struct
from pikepdf import Array, Dictionary, Name, Pdf

from generator.pdf.join import add_bookmarks, join_layers
from generator.pdf.properties import describe, is_universal, opened, producer, saved
from generator.pdf.tags import Tags, all_kids, children


class Excerpt(Struct, frozen=True):
    """Pages of a PDF: their places from 0, in order, and the bookmark of each; several in a row may have one."""

    pdf: bytes
    title: str
    pages: Sequence[tuple[int, str]]


def whole(pdf_in: bytes, title: str) -> Excerpt:
    """All pages of a PDF, with one bookmark. Raises UnusablePdf."""
    with opened(pdf_in) as pdf:
        return Excerpt(pdf_in, title, [(place, title) for place in range(len(pdf.pages))])


def picked(excerpts: Sequence[Excerpt], title: str, author: str, day: date) -> bytes:
    """The pages one after another, tagged. Raises UnusablePdf.

    It claims to be PDF/UA where its sources do and no table was left without the header cells of its first page.
    """
    result = Pdf.new()
    tags = Tags(result)
    universal = bool(excerpts)
    bookmarks: list[tuple[str, int]] = []
    with contextlib.ExitStack() as stack:
        # Open until saved: streams are copied then.
        sources = [stack.enter_context(opened(excerpt.pdf)) for excerpt in excerpts]
        for excerpt, source in zip(excerpts, sources, strict=True):
            taken = {place for place, _ in excerpt.pages}
            for place in reversed(range(len(source.pages))):
                if place not in taken:
                    del source.pages[place]
            universal &= keep_tags(source)
            universal &= is_universal(source)
            for number, (_, name) in enumerate(excerpt.pages, start=len(result.pages)):
                if not bookmarks or bookmarks[-1][0] != name:
                    bookmarks.append((name, number))
            tags.renumber(source)
            result.pages.extend(source.pages)
            universal &= tags.take(source, excerpt.title)
        tags.finish()
        join_layers(result, sources)
        add_bookmarks(result, [(name, 1, number) for name, number in bookmarks])
        describe(result, title, author, day, producer(sources[0]) if sources else "", universal)
        return saved(result)


def keep_tags(pdf: Pdf) -> bool:
    """Take the tags of what stood on pages that are gone out of the tree. False where a table lost its header cells."""
    root = pdf.Root.get("/StructTreeRoot")
    if root is None:
        return True
    there = {page.obj.objgen for page in pdf.pages}
    _left(root, there)
    if "/IDTree" in root:
        del root.IDTree
    if "/ParentTree" in root:
        wanted = set(_numbers(pdf))
        kept = [(number, owner) for number, owner in pikepdf.NumberTree(root.ParentTree).items() if number in wanted]
        root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array([part for pair in kept for part in pair])))
    return all(_has_header(table) for table in _elements(root) if table.get("/S") == Name.Table)


def _left(element: Any, there: Collection[tuple[int, int]]) -> bool | None:
    """Whether an element has content on a page that is left, after all else was taken out of it.

    None where it never had any, as an empty cell of a table: that stays beside what stays.
    """
    kids = all_kids(element)
    states = [_is_left(kid, element, there) for kid in kids]
    if "/Pg" in element and element.Pg.objgen not in there:
        # Else the page would be taken along.
        del element.Pg
    if True in states:
        if False in states:
            element.K = Array([kid for kid, state in zip(kids, states, strict=True) if state is not False])
        return True
    return False if False in states else None


def _is_left(kid: Any, element: Any, there: Collection[tuple[int, int]]) -> bool | None:
    if isinstance(kid, Dictionary) and "/S" in kid:
        return _left(kid, there)
    page = kid.get("/Pg") if isinstance(kid, Dictionary) else None
    page = element.get("/Pg") if page is None else page
    return page is not None and page.objgen in there


def _numbers(pdf: Pdf) -> Iterator[int]:
    """The numbers by which pages, annotations and drawings refer to their tags."""
    for page in pdf.pages:
        things = [page.obj, *page.get("/Annots", Array())]
        things += list(_drawings(page.obj.get("/Resources", Dictionary()), set()))
        for thing in things:
            for key in ("/StructParents", "/StructParent"):
                if key in thing:
                    yield int(thing[key])


def _drawings(resources: Any, seen: set[tuple[int, int]]) -> Iterator[Any]:
    for drawing in resources.get("/XObject", Dictionary()).values():
        if drawing.objgen not in seen:
            seen.add(drawing.objgen)
            yield drawing
            yield from _drawings(drawing.get("/Resources", Dictionary()), seen)


def _elements(element: Any) -> Iterator[Any]:
    for kid in children(element):
        if "/S" in kid:
            yield kid
            yield from _elements(kid)


def _has_header(table: Any) -> bool:
    return any(element.get("/S") == Name.TH for element in _elements(table))
