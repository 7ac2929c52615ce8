"""A text that knows where its parts came from: the cells that were typed, and the figures that were put in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, SupportsIndex

from msgspec import Struct
from msgspec.structs import replace

from generator.basic.problem import Location
from generator.meeting import figures
from generator.workbook.record import Record


class Span(Struct, frozen=True):
    """A part of a text, from ``start`` to before ``end``: a figure by its name, or (name empty) what a cell says."""

    start: int
    end: int
    figures: tuple[str, ...]
    cells: tuple[Location, ...]

    def within(self, start: int, end: int, shift: int) -> Span | None:
        """The part that lies between ``start`` and ``end``, moved by ``shift``; None where nothing does."""
        first, last = max(self.start, start), min(self.end, end)
        return replace(self, start=first + shift, end=last + shift) if first < last else None


class Text(str):
    """A str with its spans. What is not spelt out here (replace, format, slices …) gives a plain str without them."""

    spans: tuple[Span, ...]

    def __new__(cls, value: Any, spans: Sequence[Span] = ()) -> Text:
        text = super().__new__(cls, figures.shown(value))
        text.spans = tuple(spans)
        return text

    def __add__(self, other: str) -> Text:
        return join("", (self, other))

    def __radd__(self, other: str) -> Text:
        return join("", (other, self))

    def part(self, start: int, end: int) -> Text:
        """The text from ``start`` to before ``end``, with the spans that lie in it."""
        spans = (span.within(start, end, -start) for span in self.spans)
        return Text(str(self)[start:end], [span for span in spans if span])

    def lstrip(self, characters: str | None = None, /) -> Text:
        return self.part(len(self) - len(str(self).lstrip(characters)), len(self))

    def split(self, separator: str | None = None, most: SupportsIndex = -1, /) -> list[str]:
        if separator is None:
            return super().split(separator, most)
        parts: list[str] = []
        start = 0
        for piece in super().split(separator, most):
            parts.append(self.part(start, start + len(piece)))
            start += len(piece) + len(separator)
        return parts


def typed(value: Any, *cells: Location) -> Text:
    """What cells say, as documents print it: a date, a count or a text."""
    text = Text(value)
    text.spans = (Span(0, len(text), (), cells),) if text and cells else ()
    return text


def field(record: Record, name: str) -> Text:
    """What the cell of a record's field says."""
    return typed(getattr(record, name), record.at(name))


def figure(source: figures.Figure) -> Text:
    """The value of a figure as documents print it."""
    text = Text(source.value)
    text.spans = (Span(0, len(text), (source.name,), source.cells),) if text else ()
    return text


def spans_of(text: str) -> tuple[Span, ...]:
    """The spans of a text; a plain str has none."""
    return text.spans if isinstance(text, Text) else ()


def join(separator: str, parts: Iterable[str]) -> Text:
    """``separator.join(parts)`` with the spans of the parts."""
    pieces: list[str] = []
    spans: list[Span] = []
    length = 0
    for number, part in enumerate(parts):
        if number:
            pieces.append(separator)
            length += len(separator)
        spans += [replace(span, start=span.start + length, end=span.end + length) for span in spans_of(part)]
        pieces.append(str(part))
        length += len(part)
    return Text("".join(pieces), spans)


def fill(pattern: str, *parts: str) -> Text:
    """``pattern.format(*parts)`` for a pattern with a plain {} for each part, with the spans of the parts."""
    around = pattern.split("{}")
    pieces = [around[0]]
    for part, after in zip(parts, around[1:], strict=True):
        pieces += [part, after]
    return join("", pieces)
