"""Parts of one long document, put together again: pages and tags, the rows of its table in one table.

Import it late: pikepdf takes a while to load.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pikepdf
from msgspec import Struct
from pikepdf import Array, Dictionary, Name, Operator, Pdf

from generator.pdf.properties import opened, saved
from generator.pdf.tags import Tags, all_kids, children


class Piece(Struct, frozen=True):
    """The PDF of a part, of which the first ``pages`` pages and ``rows`` rows are taken."""

    file: Path
    pages: int
    rows: int


class NoTable(ValueError):
    """The PDF has no tags that tell on which page a row stands."""


def pages_of_rows(file: Path, headings: int) -> list[tuple[int, int]]:
    """For each row of the table (below its ``headings``) its first and its last page, from 0. Raises NoTable."""
    with opened(file) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        found = []
        for row in _rows(_table(pdf))[headings:]:
            places = [pages[page.objgen] for page in _pages_of(row) if page.objgen in pages]
            if not places:
                raise NoTable(file.name)
            found.append((min(places), max(places)))
        return found


def page_count(file: Path) -> int:
    """How many pages a PDF has."""
    with opened(file) as pdf:
        return len(pdf.pages)


def assembled(pieces: Sequence[Piece], headings: int) -> bytes:
    """One PDF of all pieces, with the properties of the first. Raises NoTable."""
    lean = []
    for number, piece in enumerate(pieces):
        # By itself, and written: what is not needed takes more memory than the rest, until its file is closed.
        with opened(piece.file) as source:
            _prune(source, piece, headings, first=number == 0, last=number == len(pieces) - 1)
            lean.append(piece.file.with_suffix(".lean.pdf"))
            lean[-1].write_bytes(saved(source))
    with opened(lean[0]) as joined:
        del joined.pages[:]
        tags = Tags(joined)
        sources = [opened(file) for file in lean]  # open until saved: streams are copied then
        whole: Any = None
        rows: list[pikepdf.Object] = []
        below: list[pikepdf.Object] = []
        for source in sources:
            tags.renumber(source)
            joined.pages.extend(source.pages)
            tags.take(source, "")
            part = tags.parts[-1]
            table = next(element for element in _elements(part) if element.get("/S") == Name.Table)
            if whole is None:
                whole = table
                rows += children(table)
            else:
                rows += children(table)
                beside = [kid for kid in children(part) if kid.objgen != table.objgen]
                for element in beside:
                    element.P = tags.parts[0]
                below += beside
        for row in rows:
            row.P = whole
        whole.K = Array(rows)
        part = tags.parts[0]
        part.K = Array([*children(part), *below])
        part.S = Name.Document
        del part.T
        tags.finish()
        part.P = tags.root
        tags.root.K = Array([part])
        return saved(joined)


def _prune(source: Pdf, piece: Piece, headings: int, *, first: bool, last: bool) -> None:
    """Takes out of a part what is not taken: its last pages, rows on them, headings that stand in a part before, and
    what stands beside the table in a part within."""
    table = _table(source)
    parent = table.P
    beside = children(parent)
    at = next(number for number, element in enumerate(beside) if element.objgen == table.objgen)
    parent.K = Array([*(beside[:at] if first else []), table, *(beside[at + 1 :] if last else [])])
    rows = _rows(table)
    if not first and headings:
        _as_artifacts(source, rows[:headings])
    taken = rows[0 if first else headings : headings + piece.rows]
    table.K = Array(taken)
    tree = pikepdf.NumberTree(source.Root.StructTreeRoot.ParentTree)
    _make_lean(taken[headings if first else 0 :], tree)
    for page in list(source.pages)[piece.pages :]:
        if "/StructParents" in page.obj and int(page.obj.StructParents) in tree:
            del tree[int(page.obj.StructParents)]
    del source.pages[piece.pages :]


def _make_lean(rows: Sequence[pikepdf.Object], tree: pikepdf.NumberTree) -> None:
    """Takes out of the tags of rows what says nothing, most of a long table: sizes, and spans without attributes."""
    for row in rows:
        for element in (row, *_below(row)):
            if element.get("/S") != Name.TH and "/A" in element:
                del element.A
            found = all_kids(element)
            spans = [kid for kid in found if isinstance(kid, Dictionary) and _is_bare_span(kid)]
            # Where a row goes over two pages, each span says on which its content stands.
            if len({span.Pg.objgen for span in spans}) != 1:
                continue
            content: list[Any] = []
            for kid in found:
                if isinstance(kid, Dictionary) and _is_bare_span(kid):
                    content += all_kids(kid)
                    _hand_over(kid, element, tree)
                else:
                    content.append(kid)
            element.K = Array(content)


def _is_bare_span(element: pikepdf.Object) -> bool:
    """Whether an element is a span that holds nothing but content of its page, and is like any other."""
    keys = set(element.keys())
    return (
        element.get("/S") == Name.Span
        and "/Pg" in keys <= {"/S", "/Type", "/P", "/Pg", "/K"}
        and all(isinstance(kid, int) for kid in all_kids(element))
    )


def _hand_over(span: pikepdf.Object, element: pikepdf.Object, tree: pikepdf.NumberTree) -> None:
    """The content of a span becomes that of the element around it."""
    element.Pg = span.Pg
    owners = tree[int(span.Pg.StructParents)]
    for number in all_kids(span):
        owners[int(number)] = element


def _below(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    for kid in children(element):
        yield kid
        yield from _below(kid)


def _as_artifacts(source: Pdf, headings: Sequence[pikepdf.Object]) -> None:
    """Headings that are repeated on a page are no content of the document."""
    page = source.pages[0]
    numbers = {int(number) for row in headings for number in _contents(row)}
    tree = pikepdf.NumberTree(source.Root.StructTreeRoot.ParentTree)
    owners = tree[int(page.obj.StructParents)]
    for number in numbers:
        owners[number] = None
    instructions: list[pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage] = []
    for instruction in pikepdf.parse_content_stream(page):
        begins = str(instruction.operator) == "BDC" and isinstance(instruction.operands[1], Dictionary)
        if begins and int(instruction.operands[1].get("/MCID", -1)) in numbers:
            instructions.append(pikepdf.ContentStreamInstruction([Name.Artifact], Operator("BMC")))
        else:
            instructions.append(instruction)
    page.obj.Contents = source.make_stream(pikepdf.unparse_content_stream(instructions))


def _table(pdf: Pdf) -> pikepdf.Object:
    """The table with the most rows. Raises NoTable."""
    if "/StructTreeRoot" not in pdf.Root:
        raise NoTable("no tags")
    tables = [element for element in _elements(pdf.Root.StructTreeRoot) if element.get("/S") == Name.Table]
    if not tables:
        raise NoTable("no table")
    return max(tables, key=lambda table: len(_rows(table)))


def _rows(table: pikepdf.Object) -> list[pikepdf.Object]:
    return [kid for kid in children(table) if kid.get("/S") == Name.TR]


def _elements(root: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The elements of a tree in their order, but nothing below a table."""
    for kid in children(root):
        yield kid
        if kid.get("/S") != Name.Table:
            yield from _elements(kid)


def _pages_of(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The pages on which the content of an element stands."""
    for kid in all_kids(element):
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield from _pages_of(kid)
        elif isinstance(kid, Dictionary) and "/Pg" in kid:
            yield kid.Pg
        elif "/Pg" in element:
            yield element.Pg


def _contents(element: pikepdf.Object) -> Iterator[int]:
    for kid in all_kids(element):
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield from _contents(kid)
        elif isinstance(kid, Dictionary) and "/MCID" in kid:
            yield int(kid.MCID)
        elif isinstance(kid, int):
            yield kid
