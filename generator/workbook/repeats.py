"""Rows that were pasted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

from generator.basic.problem import Code, error


class RepeatCode(Code):
    """The problems that this module finds."""

    ROWS_PASTED_TWICE = error("{rows}與{first}完全相同，可能貼了兩次", "請刪除多貼的那幾列。")
    ROWS_IN_ANOTHER = error(
        "第 {rows} 列（共 {count} 列）在 {other}都有完全相同的列，可能貼了兩次", "請刪除多貼的那幾列。"
    )


def repeated(rows: Sequence[Hashable | None]) -> list[tuple[int, int, int]]:
    """The blocks of two rows or more that stand again further down: start of the first, start of the copy, length.

    None in ``rows`` is a row that is not compared, and ends a block. A row that stands anywhere else
    besides recurs anyway, and was not pasted.
    """
    given = [row for row in rows if row is not None]
    if len(set(given)) > len(given) - 2:
        return []
    counts = Counter(given)
    first: dict[Hashable, int] = {}
    blocks: list[tuple[int, int, int]] = []
    start = copied = length = 0
    for place, row in enumerate([*rows, None]):
        before = first.setdefault(row, place) if row is not None else place
        if length and row is not None and before == start + length < copied:
            length += 1
            continue
        if length > 1:
            blocks.append((start, copied, length))
        start, copied, length = before, place, int(before < place)
    copies = Counter((start, length) for start, _, length in blocks)
    return [
        (start, copied, length)
        for start, copied, length in blocks
        if all(counts[row] == copies[start, length] + 1 for row in rows[start : start + length] if row is not None)
    ]


def row_range(first: int, count: int) -> str:
    """How a message names rows: 第 12 至 21 列."""
    return f"第 {first} 至 {first + count - 1} 列"
