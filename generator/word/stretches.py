"""Stretches of a finished document: the runs that print a recorded part of a passage or a cell of a table.

The document is read anew from its bytes, and its paragraphs are matched with the recorded passages by their texts in
order. A stretch is cut out of its runs, so that something can be done to it alone: a link, or a comment.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from generator.documents.passages import Contents, Passage, Table
from generator.word.ooxml import W, blocks, text_of, write

_TEXTS = (f"{W}t", f"{W}tab", f"{W}br")


class Stretch(Struct, frozen=True):
    """A piece of text with one origin: names of figures and places of cells, the closest first, and its runs.

    ``passage``: the number of the passage, or None in a table; ``table``: number of table, row and column.
    """

    text: str
    figures: tuple[str, ...]
    cells: tuple[str, ...]
    runs: tuple[tuple[Any, ...], ...]
    passage: int | None = None
    table: tuple[int, int, int] | None = None
    start: int = 0


def find(body: Any, contents: Contents) -> Iterator[Stretch]:
    """The stretches of a body (w:body); paragraphs and cells that are not found as recorded are left out.

    Each is cut out as it is handed over, and its runs stand in the tree from then on.
    """
    yield from _of_passages([block for block in blocks(body) if block.tag == f"{W}p"], contents.passages)
    for number, (table, record) in enumerate(
        zip((block for block in blocks(body) if block.tag == f"{W}tbl"), contents.tables, strict=False)
    ):
        yield from _of_table(number, table, record)


def _of_passages(paragraphs: Sequence[Any], passages: Sequence[Passage]) -> Iterator[Stretch]:
    texts = [text_of(paragraph) for paragraph in paragraphs]
    place = 0
    for number, passage in enumerate(passages):
        at = next((at for at in range(place, len(texts)) if _holds(texts[at], passage)), None)
        if at is None:
            continue
        place = at + 1
        offset = texts[at].rfind(passage.text)
        edges = sorted({edge for part in passage.parts for edge in (part.start, part.end)})
        for start, end in itertools.pairwise(edges):
            covering = [part for part in passage.parts if part.start <= start and end <= part.end]
            # The closest first; of equal ones the figure, which says more than the cell that names it.
            covering.sort(key=lambda part: (part.end - part.start, not part.figures))
            text = passage.text[start:end]
            if not covering or not text.strip():
                continue
            runs = _cut(paragraphs[at], offset + start, offset + end)
            if runs:
                figures = tuple(dict.fromkeys(name for part in covering for name in part.figures))
                cells = tuple(dict.fromkeys(cell for part in covering for cell in part.cells))
                yield Stretch(text, figures, cells, (tuple(runs),), passage=number, start=start)


def _holds(text: str, passage: Passage) -> bool:
    """Whether the paragraph is the passage, be it with its label and what layout puts between them."""
    bare = text.strip()
    return bare.endswith(passage.text) and bare.startswith(passage.label)


def _of_table(number: int, table: Any, record: Table) -> Iterator[Stretch]:
    rows = [row for row in table.iterchildren(f"{W}tr")]
    while rows and len(rows) > len(record.rows) and rows[0].find(f"{W}trPr/{W}tblHeader") is not None:
        rows.pop(0)
    for at, (row, texts, sources) in enumerate(zip(rows, record.rows, record.sources, strict=False)):
        column = 0
        for cell in row.iterchildren(f"{W}tc"):
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            covered = merge is not None and merge.get(f"{W}val") != "restart"
            source = sources[column] if column < len(sources) else None
            if source is not None and (source.figures or source.cells) and not covered:
                runs = [_whole(paragraph) for paragraph in cell.iterchildren(f"{W}p")]
                words = "".join(text_of(paragraph) for paragraph in cell.iterchildren(f"{W}p"))
                if words.strip() and "".join(words.split()).endswith("".join(texts[column].split())):
                    kept = tuple(tuple(found) for found in runs if found)
                    yield Stretch(words, source.figures, source.cells, kept, table=(number, at, column))
            column += int(span.get(f"{W}val")) if span is not None else 1


def _whole(paragraph: Any) -> list[Any]:
    return [run for run in paragraph.iterchildren(f"{W}r") if any(True for _ in run.iter(*_TEXTS))]


def _cut(paragraph: Any, start: int, end: int) -> list[Any]:
    """The runs that hold the text from ``start`` to before ``end``, divided where it begins and ends.

    None where a part of it stands in something else than plain runs of the paragraph.
    """
    found, at = [], 0
    for run in list(paragraph.iter(f"{W}r")):
        length = _length(run)
        first, last = max(start - at, 0), min(end - at, length)
        if length and first < last:
            if run.getparent() is not paragraph:
                return []
            if last < length:
                _divide(run, last)
            if first > 0:
                run = _divide(run, first)
            found.append(run)
        at += length
    return found


def _length(run: Any) -> int:
    return sum(len(node.text or "") if node.tag == f"{W}t" else 1 for node in run.iterchildren(*_TEXTS))


def _divide(run: Any, place: int) -> Any:
    """Divides a run after so many characters; returns the second part, which follows it."""
    rest = copy.deepcopy(run)
    _keep(run, 0, place)
    _keep(rest, place, _length(rest))
    run.addnext(rest)
    return rest


def _keep(run: Any, start: int, end: int) -> None:
    at = 0
    for node in list(run):
        if node.tag == f"{W}rPr":
            continue
        length = len(node.text or "") if node.tag == f"{W}t" else 1 if node.tag in _TEXTS else 0
        first, last = max(start - at, 0), min(end - at, length)
        if node.tag == f"{W}t" and first < last:
            write(node, (node.text or "")[first:last])
        elif first >= last and not (length == 0 and start <= at < max(end, start + 1)):
            run.remove(node)
        at += length
