"""The catalogue of a platform (.csv) row by row: it has tens of thousands of rows, and nobody keeps them all in memory.

Cells may hold line ends. A row is numbered as Excel numbers it: the headings are row 1.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from generator.workbook.raw import letter
from generator.workbook.values import folded

LARGEST_FILE = 500_000_000
_LARGEST_FIELD, _MOST_ROWS, _HEAD = 1_000_000, 1_000_000, 64_000


class Unreadable(Exception):
    """It is no text, no table, or too large."""


def headings(path: Path) -> list[str]:
    """The cells of the first row, folded; none where the file is no such table. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    try:
        lines = head.decode(_encoding(head), "ignore").splitlines()
        return [folded(cell) for cell in next(csv.reader(lines[:1]))] if lines else []
    except (StopIteration, csv.Error, Unreadable):
        return []


def rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row below the headings: its number, and its cells by folded heading. Raises Unreadable and OSError."""
    if path.stat().st_size > LARGEST_FILE:
        raise Unreadable(path.name)
    with path.open("rb") as file:
        encoding = _encoding(file.read(_HEAD))
    before = csv.field_size_limit(_LARGEST_FIELD)
    try:
        with path.open(encoding=encoding, newline="") as text:
            reader = csv.reader(text)
            names = [folded(cell) for cell in next(reader, [])]
            for number, cells in enumerate(reader, start=2):
                if number > _MOST_ROWS:
                    raise Unreadable(path.name)
                if any(cells):
                    yield number, dict(zip(names, cells, strict=False))
    except (csv.Error, UnicodeDecodeError) as error:
        raise Unreadable(path.name) from error
    finally:
        csv.field_size_limit(before)


def column(path: Path, heading: str) -> str:
    """The letter of a column; A where it is not there."""
    names = headings(path)
    return letter(names.index(heading)) if heading in names else "A"


def _encoding(head: bytes) -> str:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if b"\0" in head:
        raise Unreadable("no text")
    # The last character may be cut.
    for cut in range(4):
        try:
            head[: len(head) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        return "utf-8-sig"
    return "cp950"
