"""A change of a document, and its causes: changed figures and changed cells.

Causes are read from what was recorded when the documents were made, never inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct

from generator.basic.problem import Location
from generator.dispatch.diff import alignment
from generator.dispatch.diff import cells as revision_cells
from generator.dispatch.diff.cells import CHANGED, MOVED, REMOVED, InputChange


class Piece(Struct, frozen=True, dict=True):
    """The old and the new text of a sentence or of a table cell; ``name`` is the heading of the cell's column."""

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


class Change(Struct, frozen=True):
    """A sentence or row that was changed, added, removed or moved; ``title`` is a row's first text, else empty.

    ``figures`` are the changed figures that caused it, as text with both values; ``cells`` the changed cells.
    """

    how: str
    where: str
    title: str
    pieces: tuple[Piece, ...]
    figures: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


class FigureChange(Struct, frozen=True):
    """A figure that changed, as text (None: no such figure); ``behind`` are the changed ones of its ``cells``."""

    name: str
    old: str | None
    new: str | None
    cells: tuple[str, ...]
    behind: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} {shown(self.old)} → {shown(self.new)}"


def shown(text: str | None) -> str:
    """A value for a reader: （無） for none, （空白） for an empty text."""
    return "（無）" if text is None else text or "（空白）"


class Origin(Struct, frozen=True):
    """Where one side of a change came from: names of figures, and places of cells whose text is printed as it is."""

    figures: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


class Causes:
    """The changed figures and cells, by which the cause of a change in a document is found."""

    def __init__(self, figures: Sequence[FigureChange], inputs: Sequence[InputChange]) -> None:
        self._figures = {figure.name: figure for figure in figures}
        self._old = _Places((change.was_at or change.at, change) for change in inputs if change.how in _WAS_THERE)
        self._new = _Places((change.at, change) for change in inputs if change.how != REMOVED)

    def behind(self, old: Origin, new: Origin) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The changed figures, as text with both values, and the places of the changed cells."""
        names = dict.fromkeys([*old.figures, *new.figures])
        figures = [self._figures[name] for name in names if name in self._figures]
        cells = [place for figure in figures for place in figure.behind]
        changes = [change for cell in old.cells for change in self._old.at(cell)]
        changes += [change for cell in new.cells for change in self._new.at(cell)]
        cells += map(revision_cells.place, dict.fromkeys(changes))
        return tuple(map(str, figures)), tuple(dict.fromkeys(cells))


_WAS_THERE = (REMOVED, CHANGED, MOVED)


class _Places:
    """Changes of the inputs by sheet and row, so that thousands are found quickly."""

    def __init__(self, changes: Iterable[tuple[Location, InputChange]]) -> None:
        self._rows: dict[tuple[str, int], list[tuple[int, InputChange]]] = {}
        self._wide: dict[str, list[tuple[str, int, InputChange]]] = {}
        for at, change in changes:
            column, row = revision_cells.split(at.cell)
            if change.what in (revision_cells.CELL, revision_cells.ROW):
                whole = 0 if change.what == revision_cells.ROW else column
                self._rows.setdefault((f"{at.workbook}〔{at.sheet}", row), []).append((whole, change))
            else:
                self._wide.setdefault(at.workbook, []).append((at.sheet, column, change))

    def at(self, cell: str) -> list[InputChange]:
        """The changes that touch one cell, written 資料集.xlsx〔預定開放〕D5; or the cells D5:D9."""
        sheet, _, span = cell.partition("〕")
        workbook, _, name = sheet.partition("〔")
        found = []
        start, _, end = span.partition(":")
        (left, top), (right, bottom) = revision_cells.split(start), revision_cells.split(end or start)
        for row in range(top, bottom + 1) if start else ():
            found += [
                change for column, change in self._rows.get((sheet, row), ()) if not column or left <= column <= right
            ]
        for where, column, change in self._wide.get(workbook, ()):
            if not where or (where == name and (not column or left <= column <= right)):
                found.append(change)
        return found


def as_json(change: Change) -> dict[str, Any]:
    """A change for a program."""
    return {
        "how": change.how,
        "where": change.where,
        "title": change.title,
        "pieces": [
            {"name": piece.name, "old": piece.old, "new": piece.new, "replaced": piece.replaced}
            for piece in change.pieces
        ],
        "figures": change.figures,
        "cells": change.cells,
    }
