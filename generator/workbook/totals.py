"""Stated totals against the sums of their rows: 合計, 小計, 總計, and rows of a hierarchy above their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from generator.workbook.layout import SUBTOTAL_WORDS, TOTAL_WORDS, ZERO_SIGNS, RowKind, compares, total_word

# Columns whose numbers are not added up.
_NOT_ADDED = re.compile(
    r"率|比例|比重|占比|百分比|[%％]|平均|密度|指數|名次|排名|排序|序號|編號|項次|(?:^|\.)年(?:齡|別|度|份)?$"
)
_PART_OF = re.compile(r"\s*[（(]?其中")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as far as adding up goes: ``labels`` are its texts before the numbers, ``depth`` how far it is indented.

    ``numbers``: by column the whole number there, 0 for －, None where neither stands.
    """

    kind: RowKind
    labels: tuple[str, ...]
    depth: int
    numbers: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A total that is not the sum of its rows: the number of the line, the column, what is stated, what it ought be."""

    line: int
    column: int
    stated: int
    computed: int


def added(heading: str) -> bool:
    """Whether the numbers under a heading can be added up: no rates, ranks and the like."""
    return not _NOT_ADDED.search(heading)


def whole(value: object) -> int | None:
    """The whole number in a cell, 0 for －; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return 0 if isinstance(value, str) and value.strip() in ZERO_SIGNS else None


def ranked(lines: Sequence[Line]) -> list[Line]:
    """The lines with those that state sums marked as TOTAL: by their word, or by the deeper rows below them.

    A row above deeper ones is a total where its numbers are their sums; rows that begin with 其中 are parts of it, and
    not counted beside it.
    """
    marked: list[Line] = []
    after_total = False
    for line in lines:
        if line.kind is RowKind.DATA:
            word = total_word(line.labels)
            if (
                word
                or (after_total and line.labels and compares(line.labels[0]))
                or (line.labels and _PART_OF.match(line.labels[0]))
            ):
                line = replace(line, kind=RowKind.TOTAL)
        after_total = line.kind is RowKind.TOTAL
        marked.append(line)
    heads = [(place, below) for place, below in _heads(marked)]
    agreed = [_agrees(marked[place], [marked[part] for part in below]) for place, below in heads]
    if heads and 2 * sum(agreed) >= len(agreed):
        for place, _ in heads:
            marked[place] = replace(marked[place], kind=RowKind.TOTAL)
    return marked


def _heads(lines: Sequence[Line]) -> Iterator[tuple[int, list[int]]]:
    """The rows with deeper ones right below them, and the rows that stand on the next depth below."""
    for place, line in enumerate(lines[:-1]):
        if line.kind is RowKind.DATA and lines[place + 1].depth > line.depth and any(line.numbers):
            below: list[int] = []
            deeper = lines[place + 1].depth
            for other in range(place + 1, len(lines)):
                if lines[other].depth <= line.depth:
                    break
                if lines[other].depth == deeper and lines[other].kind is not RowKind.NOTE:
                    below.append(other)
            parts = [other for other in below if not (lines[other].labels and _PART_OF.match(lines[other].labels[0]))]
            if parts:
                yield place, parts


def _agrees(head: Line, parts: Sequence[Line]) -> bool:
    sums = _sums(parts, len(head.numbers))
    return any(number and number == total for number, total in zip(head.numbers, sums, strict=True))


def wrong(lines: Sequence[Line], headings: Sequence[str]) -> list[Wrong]:
    """The stated totals that are not the sum of the rows that they stand for."""
    found: list[Wrong] = []
    heads = dict(_totalled_heads(lines))
    for place, line in enumerate(lines):
        if line.kind is not RowKind.TOTAL:
            continue
        word = total_word(line.labels)
        if place in heads and not _is_flat_total(lines, place, word):
            choices = [heads[place]]
        elif word in TOTAL_WORDS or word in SUBTOTAL_WORDS:
            choices = _stands_for(lines, place, word)
        else:
            continue
        choices = [choice for choice in choices if choice]
        if not choices:
            continue
        sums = [_sums([lines[part] for part in choice], len(headings)) for choice in choices]
        for column, heading in enumerate(headings):
            stated = line.numbers[column]
            possible = [total[column] for total in sums]
            if stated is None or not added(heading) or possible[0] is None or stated in possible:
                continue
            found.append(Wrong(place, column, stated, possible[0]))
    return found


def _is_flat_total(lines: Sequence[Line], place: int, word: str) -> bool:
    """Whether a row 合計 has data of its own depth above it, so that it ends a block and begins none."""
    return bool(word) and any(line.kind is RowKind.DATA and line.depth >= lines[place].depth for line in lines[:place])


def _totalled_heads(lines: Sequence[Line]) -> Iterator[tuple[int, list[int]]]:
    for place, line in enumerate(lines[:-1]):
        if line.kind is RowKind.TOTAL and lines[place + 1].depth > line.depth:
            # Of a head that is a total already, what _heads finds for one that is not.
            renamed = [*lines[:place], replace(line, kind=RowKind.DATA), *lines[place + 1 :]]
            yield from ((at, below) for at, below in _heads(renamed) if at == place)


def _stands_for(lines: Sequence[Line], place: int, word: str) -> list[list[int]]:
    """The rows whose sum a total may be, the likeliest first."""
    data = [at for at, line in enumerate(lines) if line.kind is RowKind.DATA]
    above = [at for at in data if at < place]
    below = [at for at in data if at > place]

    def ends(at: int) -> bool:
        return lines[at].kind is RowKind.GROUP or (
            lines[at].kind is RowKind.TOTAL and bool(total_word(lines[at].labels))
        )

    begun = next((at for at in range(place - 1, -1, -1) if ends(at)), -1)
    ended = next((at for at in range(place + 1, len(lines)) if ends(at)), len(lines))
    block, block_below = [at for at in above if at > begun], [at for at in below if at < ended]
    subtotals = [
        at
        for at, line in enumerate(lines)
        if line.kind is RowKind.TOTAL and at != place and total_word(line.labels) in (*SUBTOTAL_WORDS, *TOTAL_WORDS)
    ]
    subtotals_above = [at for at in subtotals if at < place]
    if word in SUBTOTAL_WORDS:
        same_label = [
            at for at in data if lines[at].labels[:1] == lines[place].labels[:1] and len(lines[place].labels) > 1
        ]
        return (
            [same_label, block, block_below, above] if same_label else [block or block_below, block_below, above, below]
        )
    if not above:
        return [below, block_below, [at for at in subtotals if at > place]]
    since = next((at for at in reversed(subtotals_above) if total_word(lines[at].labels) in TOTAL_WORDS), -1)
    if since >= 0:
        return [above, [at for at in above if at > since], subtotals_above]
    return [above, block] if not below else [above, block, below]


def _sums(lines: Sequence[Line], wide: int) -> list[int | None]:
    """The sum of each column; None where anything but whole numbers stands in it."""
    sums: list[int | None] = []
    for column in range(wide):
        numbers = [line.numbers[column] for line in lines]
        present = [number for number in numbers if number is not None]
        sums.append(sum(present) if len(present) == len(numbers) and present else None)
    return sums
