"""What a document says, as it was made: its paragraphs and tables, each part with the figures and cells behind it.

These records stand in packet.json and in each release. What compares or shows documents reads them, and never a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from generator.basic.patterns import compile_late
from generator.prose.text import Span

_ROW = compile_late(r"(.*〔.*〕)(\d+):(.*)", re.DOTALL)
_CELL = compile_late(r"(.*〔.*〕)([A-Z]+)(\d+)", re.DOTALL)
# Stands before the name of a figure among the sources of a cell.
_FIGURE = "="
_Packed = str | list[list[str]]


class Part(Struct, frozen=True):
    """A part of a passage, from ``start`` to before ``end``, with the names of its figures and the places of its cells.

    Without figures it is what the cells say themselves.
    """

    start: int
    end: int
    figures: tuple[str, ...]
    cells: tuple[str, ...]


class Passage(Struct, frozen=True):
    """A paragraph without its number, the ``label``; ``where`` it stands, 說明一（一）; the parts as they overlap."""

    text: str
    where: str
    label: str = ""
    parts: tuple[Part, ...] = ()


class Source(Struct, frozen=True):
    """Where what a cell of a table says came from: figures by name, cells by place."""

    figures: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


class RowSources(Struct):
    """The sources of each row of a table, kept as packet.json has them: those of a long list would fill memory."""

    packed: list[_Packed] = field(default_factory=list)

    def extend(self, rows: Iterable[Sequence[Source]]) -> None:
        self.packed += map(_packed, rows)

    def __iter__(self) -> Iterator[tuple[Source, ...]]:
        return map(_unpacked, self.packed)

    def __getitem__(self, row: int) -> tuple[Source, ...]:
        return _unpacked(self.packed[row])


class Table(Struct, frozen=True):
    """The rows below the headings, with the source of each cell. ``running`` columns only count the rows."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sources: RowSources
    running: frozenset[int]


class Contents(Struct):
    """The passages outside tables in their order, and the tables."""

    passages: list[Passage] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def parts_of(spans: Iterable[Span]) -> tuple[Part, ...]:
    """The spans of a text as they are kept."""
    return tuple(Part(span.start, span.end, span.figures, tuple(map(str, span.cells))) for span in spans)


def running(rows: Sequence[tuple[str, ...]]) -> frozenset[int]:
    """The columns that count 1, 2, 3 … down the rows; a last row may be of totals."""
    columns = []
    for column in range(max(map(len, rows), default=0)):
        numbers = [row[column] for row in rows if column < len(row) and row[column].isdecimal()]
        if (
            numbers
            and numbers == [str(number) for number in range(1, len(numbers) + 1)]
            and len(numbers) >= len(rows) - 1
        ):
            columns.append(column)
    return frozenset(columns)


def as_json(contents: Contents) -> dict[str, Any]:
    """The records as they stand in packet.json."""
    passages = [
        {
            "where": passage.where,
            "label": passage.label,
            "text": passage.text,
            "parts": [[part.start, part.end, list(part.figures), list(part.cells)] for part in passage.parts],
        }
        for passage in contents.passages
    ]
    tables = [
        {
            "headings": list(table.headings),
            "running": sorted(table.running),
            "rows": [["\t".join(row), packed] for row, packed in zip(table.rows, table.sources.packed, strict=True)],
        }
        for table in contents.tables
    ]
    return {"passages": passages, "tables": tables}


def from_json(record: Mapping[str, Any]) -> Contents:
    """The records out of packet.json. Raises KeyError, TypeError or ValueError for anything else."""
    passages = [
        Passage(
            passage["text"],
            passage["where"],
            passage["label"],
            tuple(Part(start, end, tuple(figures), tuple(cells)) for start, end, figures, cells in passage["parts"]),
        )
        for passage in record["passages"]
    ]
    tables = []
    for table in record["tables"]:
        rows = tuple(tuple(str(text).split("\t")) for text, _ in table["rows"])
        sources = RowSources([packed for _, packed in table["rows"]])
        tables.append(Table(tuple(table["headings"]), rows, sources, frozenset(table["running"])))
    return Contents(passages, tables)


def _packed(sources: Sequence[Source]) -> _Packed:
    """The sources of a row: 資料集.xlsx〔預定開放〕5:A,,C where each is one cell of one row, else all there are."""
    sheets: set[tuple[str, str]] = set()
    letters: list[str] = []
    for source in sources:
        cell = _CELL.fullmatch(source.cells[0]) if len(source.cells) == 1 else None
        if source.figures or (source.cells and not cell):
            return [[*(f"{_FIGURE}{name}" for name in other.figures), *other.cells] for other in sources]
        letters.append(cell[2] if cell else "")
        if cell:
            sheets.add((cell[1], cell[3]))
    if len(sheets) > 1:
        return [[*other.cells] for other in sources]
    return "".join(f"{sheet}{row}:{','.join(letters)}" for sheet, row in sheets)


def _unpacked(packed: _Packed) -> tuple[Source, ...]:
    if isinstance(packed, str):
        match = _ROW.fullmatch(packed)
        if not match:
            return ()
        sheet, row, letters = match.groups()
        return tuple(Source((), (f"{sheet}{letter}{row}",) if letter else ()) for letter in letters.split(","))
    return tuple(
        Source(
            tuple(text.removeprefix(_FIGURE) for text in texts if text.startswith(_FIGURE)),
            tuple(text for text in texts if not text.startswith(_FIGURE)),
        )
        for texts in packed
    )
