"""Stated totals against the sums of their rows: 合計, 小計, 總計, and rows of a hierarchy above their parts."""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from generator.basic.patterns import compile_late
from generator.workbook.layout import (
    SUBTOTAL_WORDS,
    TOTAL_WORDS,
    WHOLE_WORDS,
    ZERO_SIGNS,
    RowKind,
    compares,
    is_period,
    total_word,
)

# Columns whose numbers are not added up.
_NOT_ADDED = compile_late(
    r"率|比例|比重|占比|百分比|[%％]|平均|密度|指數|名次|排名|排序|序號|編號|代[碼號]|項次|^[款項目節]$|(?:^|\.)年(?:齡|別|度|份)?$"
)
_BY_CHANCE = 50
_LOOKED_AT = 30
_MOST_COMPARED = 10_000_000
_WRITTEN = compile_late(r"-?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.\d+)?")
_LONGEST = 30
_DECIMALS = compile_late(r"\.(\d+)")
_TAKEN_OFF = compile_late(r"\s*[（(]?(?:減|扣除)[：:]")
_PART_OF = compile_late(r"\s*[（(]?其中")


# A number that is no whole one is a Decimal.
Number = int | Decimal


class Line(Struct, frozen=True):
    """A row as far as adding up goes: ``labels`` are its texts before the numbers, ``depth`` how far it is indented.

    ``numbers``: by column the number there, 0 for －, None where neither stands; one with decimals is a Decimal.
    """

    kind: RowKind
    labels: tuple[str, ...]
    depth: int
    numbers: tuple[Number | None, ...]


class Wrong(Struct, frozen=True):
    """A total that is not the sum of its rows: the number of the line, the column, what is stated, what it ought be."""

    line: int
    column: int
    stated: Number
    computed: Number


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
    if not isinstance(value, str):
        return None
    if value.strip() in ZERO_SIGNS:
        return 0
    written = _written(value)
    return written if isinstance(written, int) else None


def _written(text: str) -> Number | None:
    """The number that stands in a cell as a text, as platforms export it; none that is rather a code (00824)."""
    plain = unicodedata.normalize("NFKC", text).strip() if len(text) <= _LONGEST else ""
    if not _WRITTEN.fullmatch(plain):
        return None
    plain = plain.replace(",", "")
    return Decimal(plain) if "." in plain else int(plain)


def number(value: object, shown: str) -> Number | None:
    """The number in a cell that shows so, 0 for －; None for anything else, and for percentages, not added up."""
    found = whole(value)
    if isinstance(value, str) and found is None:
        return _written(value)
    if found is not None or not isinstance(value, float) or shown.rstrip().endswith(("%", "％", "‰")):
        return found
    return Decimal(repr(value))


def places(shown: Iterable[str]) -> int:
    """To how many decimals the numbers of a column are shown."""
    return max((len(match[1]) for text in shown if (match := _DECIMALS.search(text))), default=0)


def is_part(label: str) -> bool:
    """Whether a row begins with 其中: it is part of the one above."""
    return _PART_OF.match(label) is not None


def ranked(lines: Sequence[Line], shown_places: Sequence[int]) -> list[Line]:
    """The lines with those that state sums marked as TOTAL: by their word, or by the deeper rows below them.

    ``shown_places``: of each column, to how many decimals it is shown.

    A row above deeper ones is a total where its numbers are their sums; rows that begin with 其中 are parts of it, and
    not counted beside it.
    """
    marked: list[Line] = []
    after_total = False
    # How far the row 其中 is indented whose parts may go on: 　其中：男, 　　　　女.
    part_of: int | None = None
    for line in lines:
        if line.kind is RowKind.DATA:
            if part_of is not None and line.depth <= part_of:
                part_of = None
            if line.labels and is_part(line.labels[0]):
                part_of = line.depth
            if (
                total_word(line.labels)
                or (after_total and line.labels and compares(line.labels[0]))
                or part_of is not None
            ):
                line = replace(line, kind=RowKind.TOTAL)
        after_total = line.kind is RowKind.TOTAL
        marked.append(line)
    if not any(line.kind is RowKind.DATA for line in marked):
        # Rows that are all totals of something are the data: 111年合計, 112年合計.
        marked = list(lines)
    for place in (*_wholes(marked, shown_places), *_periods(marked, shown_places)):
        marked[place] = replace(marked[place], kind=RowKind.TOTAL)
    heads = [(place, below) for place, below in _heads(marked)]
    agreed = [_agrees(marked[place], [marked[part] for part in below], shown_places) for place, below in heads]
    if heads and 2 * sum(agreed) >= len(agreed):
        for place, _ in heads:
            marked[place] = replace(marked[place], kind=RowKind.TOTAL)
    return marked


def _wholes(lines: Sequence[Line], shown_places: Sequence[int]) -> Iterator[int]:
    """The first or last row of data where it is called 全國, 總數 or nothing at all, and is the sum of all others."""
    data = [place for place, line in enumerate(lines) if line.kind is RowKind.DATA]
    for place in data[:1] + data[1:][-1:]:
        line = lines[place]
        if line.labels and not WHOLE_WORDS.fullmatch("".join(line.labels[0].split())):
            continue
        others = [lines[other] for other in data if other != place and lines[other].depth == line.depth]
        if not line.labels and not all(other.labels for other in others):
            continue
        if len(others) > 1 and _agrees(line, others, shown_places):
            yield place


def _periods(lines: Sequence[Line], shown_places: Sequence[int]) -> list[int]:
    """The rows of data like 第1季, 上半年 and 全年 that are the sums of the rows before, or after them."""
    found: list[int] = []
    data = [place for place, line in enumerate(lines) if line.kind is RowKind.DATA]
    named = [place for place in data if lines[place].labels and is_period(lines[place].labels[0])]
    # Of very many there are no parts of a year.
    for place in named[:_LOOKED_AT]:
        known = {*found, place}
        last = max((other for other in found if other < place), default=-1)
        following = min((other for other in named if other > place), default=len(lines))
        blocks = (
            [other for other in data if last < other < place],
            [other for other in data if other < place],
            [other for other in data if place < other < following],
        )
        parts = [[lines[other] for other in block if other not in known] for block in blocks]
        if any(len(block) > 1 and _agrees(lines[place], block, shown_places) for block in parts):
            found.append(place)
    return found


def unnamed(lines: Sequence[Line], shown_places: Sequence[int]) -> int | None:
    """The first or last row of data where each of its numbers is the sum of all others, though nothing calls it so."""
    data = [place for place, line in enumerate(lines) if line.kind is RowKind.DATA]
    for place in data[:1] + data[1:][-1:]:
        few = [lines[other].numbers for other in data[:_LOOKED_AT] if other != place]
        given = [(number, at) for at, number in enumerate(lines[place].numbers) if number]
        # Nothing is less than the sum of the first of the others, where these are no less than nothing.
        if any(all((other[at] or 0) >= 0 for other in few) and sum(other[at] or 0 for other in few) > number
               for number, at in given):  # fmt: skip
            continue
        others = [lines[other] for other in data if other != place]
        if len(others) < 2 or len({line.depth for line in (lines[place], *others)}) > 1:
            continue
        sums = _sums(others, len(lines[place].numbers))
        pairs = [pair for pair in zip(lines[place].numbers, sums, shown_places, strict=True) if pair[0] and pair[1]]
        equal = [total for number, total, digits in pairs if number and total and total.equals(number, digits)]
        # One column of few small numbers may well be so by chance.
        if len(equal) == len(pairs) and (len(equal) > 1 or any(total.value >= _BY_CHANCE for total in equal)):
            return place
    return None


def _heads(lines: Sequence[Line]) -> Iterator[tuple[int, list[int]]]:
    """The rows of data with deeper ones right below them, and their parts."""
    for place, line in enumerate(lines):
        if line.kind is RowKind.DATA and any(line.numbers) and (parts := _parts(lines, place)):
            yield place, parts


def _parts(lines: Sequence[Line], place: int) -> list[int]:
    """The rows on the next depth below a row, up to the next one that is no deeper; without those of 其中."""
    if place + 1 >= len(lines) or lines[place + 1].depth <= lines[place].depth:
        return []
    if total_word(lines[place + 1].labels):
        # 小計 moved in below its rows is no part of the last of them.
        return []
    deeper = lines[place + 1].depth
    parts: list[int] = []
    for other in range(place + 1, len(lines)):
        line = lines[other]
        if line.depth <= lines[place].depth:
            break
        part_of = line.labels and is_part(line.labels[0])
        if line.depth == deeper and line.kind is not RowKind.NOTE and not part_of:
            parts.append(other)
    return parts


def _agrees(head: Line, parts: Sequence[Line], shown_places: Sequence[int]) -> bool:
    sums = _sums(parts, len(head.numbers))
    return any(
        number and total is not None and total.equals(number, digits) and total.is_large(digits)
        for number, total, digits in zip(head.numbers, sums, shown_places, strict=True)
    )


def wrong(lines: Sequence[Line], headings: Sequence[str], shown_places: Sequence[int]) -> list[Wrong]:
    """The stated totals that are not the sum of the rows that they stand for.

    Numbers with decimals were rounded for their cells, each by half of the last digit at most: so much may sums differ.
    """
    stated = [place for place, line in enumerate(lines) if line.kind is RowKind.TOTAL]
    if not stated:
        return []
    found: list[Wrong] = []
    blocks = _Blocks(lines)
    deepest = list(accumulate((line.depth if line.kind is RowKind.DATA else -1 for line in lines), max))
    # Of very many totals only the block of each is looked at.
    thorough = len(stated) * len(lines) < _MOST_COMPARED
    for place in stated:
        line = lines[place]
        word = total_word(line.labels)
        if line.labels and is_part(line.labels[0]):
            continue
        # A row 合計 that is no higher than the data above it ends a block and begins none.
        parts = [] if word and deepest[place] >= line.depth else _parts(lines, place)
        if len(line.labels) > 1 and word and not total_word(line.labels[-1:]):
            # 總計, 男: the rows 男 of every block.
            choices = [blocks.last_label.get(line.labels[-1], [])]
            choices = [choice for choice in choices if choice]
        elif parts:
            choices = [parts]
        elif word in TOTAL_WORDS or word in SUBTOTAL_WORDS:
            choices = [choice for choice in blocks.choices(place, word, thorough) if choice]
        else:
            continue
        if not choices:
            continue
        sums = [_sums([lines[part] for part in choices[0]], len(headings))]
        for column, heading in enumerate(headings):
            number, computed, digits = line.numbers[column], sums[0][column], shown_places[column]
            if number is None or computed is None or computed.equals(number, digits) or not added(heading):
                continue
            if len(sums) < len(choices):
                sums = [_sums([lines[part] for part in choice], len(headings)) for choice in choices]
            others = [total for choice in sums if (total := choice[column]) is not None]
            if not any(total.equals(number, digits) for total in others):
                found.append(Wrong(place, column, _as_shown(number, digits), _as_shown(computed.value, digits)))
    return found


def wrong_across(lines: Sequence[Line], headings: Sequence[str], shown_places: Sequence[int]) -> list[Wrong]:
    """The numbers under 合計 that are not the sum of columns beside them, where those of most rows are."""
    found: list[Wrong] = []
    for column in (at for at, heading in enumerate(headings) if _sums_columns(heading)):
        stated = [line for line in enumerate(lines) if line[1].numbers[column] is not None]
        # The first rows show which columns it sums, if any.
        likely = [
            (agreeing, parts)
            for parts in _columns_of(column, headings)
            if (agreeing := _across(stated[:_LOOKED_AT], column, parts, shown_places)[0]) > 1
        ]
        if likely:
            parts = max(likely, key=lambda choice: choice[0])[1]
            agreeing, differing = _across(stated, column, parts, shown_places)
            found += differing if agreeing >= 2 * len(differing) else []
    return found


def _across(
    stated: Sequence[tuple[int, Line]], column: int, parts: Sequence[int], shown_places: Sequence[int]
) -> tuple[int, list[Wrong]]:
    """In how many rows the number of a column is the sum of these others, and the rows in which it is not."""
    digits = max(shown_places[at] for at in (column, *parts))
    agreeing = 0
    differing: list[Wrong] = []
    for place, line in stated:
        number = line.numbers[column]
        given = [part for at in parts if (part := line.numbers[at]) is not None]
        if len(given) < len(parts) or number is None:
            continue
        total = _Sum(sum(given), len(given))
        if total.equals(number, digits):
            agreeing += 1
        else:
            differing.append(Wrong(place, column, _as_shown(number, digits), _as_shown(total.value, digits)))
    return agreeing, differing


def _sums_columns(heading: str) -> bool:
    return total_word([heading.rpartition(".")[2]]) in (*TOTAL_WORDS, *SUBTOTAL_WORDS)


def _columns_of(column: int, headings: Sequence[str]) -> Iterator[list[int]]:
    """The columns that one of 合計 may be the sum of: those of its group, those beside it, the 合計 of the groups."""
    group = headings[column].rpartition(".")[0]
    inside = [
        at
        for at, heading in enumerate(headings)
        if at != column and added(heading) and (not group or heading.startswith(f"{group}."))
    ]
    plain = [at for at in inside if not _sums_columns(headings[at])]
    ends = [at for at in range(len(headings)) if _sums_columns(headings[at]) and at != column]
    before = max((end for end in ends if end < column), default=-1)
    after = min((end for end in ends if end > column), default=len(headings))
    # Numbers of rows, years and the like stand first, and are no parts: with and without the first columns.
    for parts in (
        plain,
        [at for at in plain if before < at < column],
        [at for at in plain if column < at < after],
        [at for at in inside if at in ends],
    ):
        for first in range(max(1, len(parts) - 1)):
            if len(parts[first:]) > 1:
                yield parts[first:]


class _Blocks:
    """The rows that a total may stand for: those above it, of its block, below it."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.data = [at for at, line in enumerate(lines) if line.kind is RowKind.DATA]
        self.words = {at: total_word(line.labels) for at, line in enumerate(lines) if line.kind is RowKind.TOTAL}
        self.ends = [at for at, line in enumerate(lines) if line.kind is RowKind.GROUP or self.words.get(at)]
        self.by_label: dict[str, list[int]] = {}
        self.last_label: dict[str, list[int]] = {}
        for at in self.data:
            for label in lines[at].labels[:1]:
                self.by_label.setdefault(label, []).append(at)
            for label in lines[at].labels[1:][-1:]:
                self.last_label.setdefault(label, []).append(at)

    def choices(self, place: int, word: str, thorough: bool) -> list[list[int]]:
        """The rows whose sum a total may be, the likeliest first."""
        split = bisect.bisect(self.data, place)
        at = bisect.bisect_left(self.ends, place)
        begun = self.ends[at - 1] if at else -1
        ended = next((end for end in self.ends[at : at + 2] if end > place), len(self.lines))
        block = self.data[bisect.bisect(self.data, begun) : split]
        block_below = self.data[split : bisect.bisect_left(self.data, ended)]
        if not thorough:
            return [block or block_below]
        above, below = self.data[:split], self.data[split:]
        if word in SUBTOTAL_WORDS:
            labels = self.lines[place].labels
            same = self.by_label.get(labels[0], []) if len(labels) > 1 else []
            first = same or block or block_below
            return [first, block, block_below, above, below]
        sums = [
            other for other, name in self.words.items() if name in (*SUBTOTAL_WORDS, *TOTAL_WORDS) and other != place
        ]
        if not above:
            return [below, block_below, [other for other in sums if other > place]]
        since = max((other for other in sums if other < place and self.words[other] in TOTAL_WORDS), default=-1)
        later = self.data[bisect.bisect(self.data, since) : split]
        return [above, block, later, below, [other for other in sums if other < place]]


class _Sum(Struct, frozen=True):
    """A sum, and of how many numbers it is."""

    value: Number
    count: int

    def tolerance(self, digits: int) -> Decimal:
        """How much rounding may move the sum and a total of it, where these are shown to so many decimals."""
        return Decimal(self.count + 1) / 2 * Decimal(1).scaleb(-digits)

    def is_large(self, digits: int) -> bool:
        """Whether it is so large, or exact, that what equals it hardly does so by chance."""
        return self._is_exact(digits) or abs(Decimal(self.value)) > 5 * self.tolerance(digits)

    def equals(self, stated: Number, digits: int) -> bool:
        if self._is_exact(digits) and isinstance(stated, int):
            return self.value == stated
        return abs(Decimal(self.value) - stated) <= self.tolerance(digits)

    def _is_exact(self, digits: int) -> bool:
        return isinstance(self.value, int) and not digits


def _as_shown(value: Number, digits: int) -> Number:
    return value if isinstance(value, int) and not digits else round(Decimal(value), digits)


def _sums(lines: Sequence[Line], wide: int) -> list[_Sum | None]:
    """The sum of each column; None where anything but numbers stands in it."""
    sums: list[_Sum | None] = []
    for column in range(wide):
        numbers = [_signed(line, column) for line in lines]
        present = [number for number in numbers if number is not None]
        sums.append(_Sum(sum(present), len(present)) if len(present) == len(numbers) and present else None)
    return sums


def _signed(line: Line, column: int) -> Number | None:
    """The number as it is added: of 減：折讓 that is stated without a sign, less than nothing."""
    number = line.numbers[column]
    taken_off = number is not None and number > 0 and line.labels and _TAKEN_OFF.match(line.labels[0])
    return -number if taken_off and number is not None else number
