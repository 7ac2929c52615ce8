"""A change of a document, and what is behind it: figures that changed their value, cells that changed their text.

Where several cells changed at once this goes by what they hold, so that a cause may be left unsaid, never guessed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from generator.basic import roc
from generator.dispatch.diff import alignment
from generator.dispatch.diff import cells as revision_cells
from generator.dispatch.diff.cells import ADDED, CHANGED, REMOVED, InputChange
from generator.meeting.figures import written_numbers
from generator.workbook import values

_SHORT_DATE = re.compile(r"(\d{2,3})-(\d{2})-(\d{2})")
_MOST_NUMERAL = 100
# Between the tags and the sentences of a cell of prose.
_BETWEEN_TAGS = re.compile(r"\{\{.*?\}\}|[。；！？\n]")
_TAG = re.compile(r"\{\{.*?\}\}")
_CELL_SENTENCE = re.compile(r"(?:\{\{.*?\}\}|[^。；！？\n])+")
_TELLING = 4


@dataclass(frozen=True)
class Piece:
    """What one sentence, or one cell of a table, was and is; ``name`` is the heading of the cell's column."""

    name: str
    old: str
    new: str

    @cached_property
    def words(self) -> list[tuple[str, str]]:
        """The text in pieces (old, new), equal ones among them."""
        return alignment.words(self.old, self.new)

    @property
    def replaced(self) -> list[tuple[str, str]]:
        return [(old, new) for old, new in self.words if old != new]


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence or row that was changed, added, removed or moved; ``title`` is a row's first text, else empty.

    ``figures`` are those behind it, as text with both values; ``cells`` the changed cells behind it.
    """

    how: str
    where: str
    title: str
    pieces: tuple[Piece, ...]
    figures: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that changed, as shown (None where there is none); ``behind`` are the changed cells among its own."""

    name: str
    old: str | None
    new: str | None
    cells: tuple[str, ...]
    behind: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} {shown(self.old)} → {shown(self.new)}"


def shown(text: str | None) -> str:
    """A value for a reader: blank ones are said to be blank."""
    return "（無）" if text is None else text or "（空白）"


class Causes:
    """The changed figures and cells, to be found behind changes of documents.

    ``certain``: nothing else changed, so that a lone changed cell is behind everything.
    """

    def __init__(self, figures: Sequence[FigureChange], inputs: Sequence[InputChange], certain: bool) -> None:
        self._figures = [one for one in figures if one.old and one.new]
        self._inputs = inputs
        self._certain = certain

    def explained(self, change: Change) -> Change:
        """The change with its figures and cells."""
        behind = [one for one in self._figures if any(_tells(one, piece) for piece in change.pieces)]
        behind = [one for one in behind if not any(_within(one, other) for other in behind)]
        cells = [place for one in behind for place in one.behind]
        own = [one for one in self._inputs if _is_behind(one, change, behind)] or self._reworded(change)
        cells += map(revision_cells.place, own)
        if not cells and self._certain and len(self._inputs) == 1:
            cells = [revision_cells.place(self._inputs[0])]
        return dataclasses.replace(change, figures=tuple(map(str, behind)), cells=tuple(dict.fromkeys(cells)))

    def _reworded(self, change: Change) -> list[InputChange]:
        """The cell whose tags were reworded: the one that says the most of the text; none where two say as much."""
        if change.how != CHANGED:
            return []
        said = [(max(_reworded(one, piece) for piece in change.pieces), one) for one in self._inputs]
        most = max((length for length, _ in said), default=0)
        best = [one for length, one in said if length == most]
        return best if most and len(best) == 1 else []


def _within(figure: FigureChange, other: FigureChange) -> bool:
    """Whether the other figure says all that this one does: 會議.時間 has 會議.日期 in it."""
    old, new = other.old or "", other.new or ""
    return figure is not other and any(
        len(was) < len(old) and was in old and now in new and not was.replace(",", "").isdecimal()
        for was, now in _pairs(figure)
    )


def _tells(figure: FigureChange, piece: Piece) -> bool:
    """Whether a figure's old value gave way to its new one in a text, in any of the ways in which prose writes it."""
    gone = [number for old, _ in piece.replaced for number in written_numbers(old)]
    come = [number for _, new in piece.replaced for number in written_numbers(new)]
    for old, new in _pairs(figure):
        if old == new:
            continue
        if old.replace(",", "").isdecimal() and new.replace(",", "").isdecimal():
            if old in gone and new in come:
                return True
        elif old in piece.old and new in piece.new and not (old in piece.new and new in piece.old):
            return True
    return False


def _pairs(figure: FigureChange) -> list[tuple[str, str]]:
    """The figure's values in each way of writing them that both have."""
    return list(zip(_forms(figure.old or ""), _forms(figure.new or ""), strict=False))


def _forms(text: str) -> Iterator[str]:
    """A figure's value as documents write it: 113-04-29 also as 113年4月29日 and 4月29日, 2,380,000 also as 238萬.

    The date under a table is written 113年04月29日.
    """
    yield text
    plain = text.replace(",", "")
    if date := _SHORT_DATE.fullmatch(text):
        year, month, day = map(int, date.groups())
        yield f"{year}年{month}月{day}日"
        yield f"{year}年{month:02d}月{day:02d}日"
        yield f"{month}月{day}日"
    elif plain.isdecimal():
        yield plain
        yield f"{int(plain) // 10_000}萬" if int(plain) >= 10_000 else plain
        yield roc.numeral(int(plain)) if 0 < int(plain) < _MOST_NUMERAL else plain


def _is_behind(one: InputChange, change: Change, figures: Sequence[FigureChange]) -> bool:
    """Whether a changed cell or row says what a changed sentence or row of a document says."""
    return _is_behind_row(one, change) if change.title else _is_behind_text(one, change, figures)


def _is_behind_row(one: InputChange, change: Change) -> bool:
    """By the name of the row, which stands in the workbook's row as well, and by what changed in it."""
    title, row = _plain(change.title), [_plain(cell) for cell in one.row if cell]
    if title not in row:
        return False
    if one.what == revision_cells.ROW:
        return one.how == change.how
    same = ((_plain(one.old), _plain(one.new)) == (_plain(piece.old), _plain(piece.new)) for piece in change.pieces)
    return row[0] == title or any(same)


def _is_behind_text(one: InputChange, change: Change, figures: Sequence[FigureChange]) -> bool:
    """By what was put in place of what, as far as no figure accounts for it."""
    piece, old, new = change.pieces[0], _plain(one.old), _plain(one.new)
    if change.how in (ADDED, REMOVED):
        text, cell, other = (piece.new, one.new, old) if change.how == ADDED else (piece.old, one.old, new)
        between = [_plain(part) for part in _BETWEEN_TAGS.split(cell)]
        return any(len(part) >= _TELLING and part in _plain(text) and part not in other for part in between)
    counted = {pair for figure in figures for pair in _pairs(figure)}
    parts = [(_plain(was), _plain(now)) for was, now in piece.replaced if (was, now) not in counted]
    return any(
        was in old and now in new and ((was and was not in new) or (now and now not in old)) for was, now in parts
    )


def _reworded(one: InputChange, piece: Piece) -> int:
    """How many characters of a text are those of a cell with tags whose sentence gave way to another; 0 if not so.

    The values of the tags are not known here: what stands between the tags must all be in the text, old and new.
    """
    if one.what != revision_cells.CELL or not _TAG.search(one.old + one.new):
        return 0
    old, new = _CELL_SENTENCE.findall(one.old), _CELL_SENTENCE.findall(one.new)
    gone = [_untagged(sentence) for sentence in old if sentence not in new]
    come = [_untagged(sentence) for sentence in new if sentence not in old]
    gone, come = (
        [parts for parts in side if all(part in _plain(text) for part in parts)]
        for side, text in ((gone, piece.old), (come, piece.new))
    )
    pairs = [(*was, *now) for was in gone for now in come]
    return max((sum(map(len, parts)) for parts in pairs if any(len(one) >= _TELLING for one in parts)), default=0)


def _untagged(sentence: str) -> list[str]:
    return [_plain(part) for part in _TAG.split(sentence)]


def _plain(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", values.same_name(text))


def as_json(change: Change) -> dict[str, Any]:
    """A change for a program."""
    return {
        "how": change.how,
        "where": change.where,
        "title": change.title,
        "pieces": [
            {"name": one.name, "old": one.old, "new": one.new, "replaced": one.replaced} for one in change.pieces
        ],
        "figures": change.figures,
        "cells": change.cells,
    }
