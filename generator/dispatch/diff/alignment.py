"""Which rows, sentences or words of an old list became which of a new list.

Equal rows are paired first, by hash; only the rows between them are compared by their text, so that a long sheet does
not take quadratic time. Rows that occur once in both lists are paired first (Bram Cohen's patience diff).
"""

from __future__ import annotations

import bisect
import difflib
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from generator.basic.patterns import compile_late

H = TypeVar("H", bound=Hashable)
Pair = tuple[int | None, int | None]
"""Indices in the old and in the new list; None for an item that is only in the other list."""

_MOST_COMPARED = 10_000
_MOST_WEIGHED = 400
_ALIKE = 0.4
_WORD = compile_late(r"\d{1,3}(?:,\d{3})+|\d+|[A-Za-z]+|.", re.DOTALL)


def matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The places of equal items, in the order of both lists. Nearly linear: in very long lists some may be missed."""
    found: list[tuple[int, int]] = []
    spans = [(0, len(old), 0, len(new))]
    while spans:
        start, end, begin, stop = spans.pop()
        while start < end and begin < stop and old[start] == new[begin]:
            found.append((start, begin))
            start, begin = start + 1, begin + 1
        while start < end and begin < stop and old[end - 1] == new[stop - 1]:
            end, stop = end - 1, stop - 1
            found.append((end, stop))
        if start == end or begin == stop:
            continue
        if (end - start) * (stop - begin) <= _MOST_COMPARED:
            matcher = difflib.SequenceMatcher(None, old[start:end], new[begin:stop], autojunk=False)
            for block in matcher.get_matching_blocks():
                found += [(start + block.a + number, begin + block.b + number) for number in range(block.size)]
            continue
        anchors = _anchors(old, new, start, end, begin, stop)
        for (left, right), (after, then) in zip(
            [(start - 1, begin - 1), *anchors], [*anchors, (end, stop)], strict=True
        ):
            if anchors:
                spans.append((left + 1, after, right + 1, then))
        found += anchors
    return sorted(found)


def _anchors(
    old: Sequence[Hashable], new: Sequence[Hashable], start: int, end: int, begin: int, stop: int
) -> list[tuple[int, int]]:
    """The places of items that occur once in each span, those in the same order in both."""
    old_places = _unique_items(old, start, end)
    new_places = _unique_items(new, begin, stop)
    common = [(place, new_places[item]) for item, place in old_places.items() if item in new_places]
    # The longest rising sequence of places in the new list.
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(common):
        at = bisect.bisect_left(tails, place)
        before.append(last[at - 1] if at else -1)
        if at == len(tails):
            tails.append(place)
            last.append(index)
        else:
            tails[at], last[at] = place, index
    found = []
    index = last[-1] if last else -1
    while index >= 0:
        found.append(common[index])
        index = before[index]
    return found[::-1]


def _unique_items(items: Sequence[Hashable], start: int, end: int) -> dict[Hashable, int]:
    counts = Counter(items[start:end])
    return {items[place]: place for place in range(start, end) if counts[items[place]] == 1}


def gaps(pairs: Sequence[tuple[int, int]], old: int, new: int) -> Iterator[tuple[int, int, int, int]]:
    """The spans (start, end in the old list; start, end in the new one) between pairs, if not empty."""
    edges = zip([(-1, -1), *pairs], [*pairs, (old, new)], strict=True)
    for (left, right), (after, then) in edges:
        if after - left > 1 or then - right > 1:
            yield left + 1, after, right + 1, then


def rows(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[Pair]:
    """Which row became which: every row of both lists once, equal rows too, in the order of the new list.

    Two different rows are a pair when they have the same name in the column that names rows, or a similar text. A row
    that is unchanged at another place was moved, and is paired with no other row.
    """
    left, right = [tuple(row) for row in old], [tuple(row) for row in new]
    sure = matches(left, right)
    moved = _moved(sure, left, right)
    for start, end, begin, stop in list(gaps(sure, len(left), len(right))):
        if start < end and begin < stop:
            for a, b in _by_key(left[start:end], right[begin:stop]):
                row, other = left[start + a], right[begin + b]
                if row not in moved and other not in moved and row_likeness(row, other) > _ALIKE:
                    sure.append((start + a, begin + b))
    return _with_alike(sorted(sure), left, right, row_likeness)


def texts(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Which text became which, as ``rows``."""
    return _with_alike(matches(old, new), old, new, likeness)


def _moved(sure: Sequence[tuple[int, int]], old: Sequence[H], new: Sequence[H]) -> set[H]:
    """The items that are in both lists but at different places."""
    gone = set(range(len(old))) - {a for a, _ in sure}
    come = set(range(len(new))) - {b for _, b in sure}
    return {old[place] for place in gone} & {new[place] for place in come}


def _with_alike(
    sure: Sequence[tuple[int, int]], old: Sequence[H], new: Sequence[H], alike: Callable[[H, H], float]
) -> list[Pair]:
    moved = _moved(sure, old, new)

    def pair_likeness(old_item: H, new_item: H) -> float:
        return 0.0 if old_item in moved or new_item in moved else alike(old_item, new_item)

    found: list[Pair] = list(sure)
    for start, end, begin, stop in gaps(sure, len(old), len(new)):
        pairs = _weighed(old[start:end], new[begin:stop], pair_likeness)
        found += [(start + a, begin + b) for a, b in pairs]
        gone, come = {a for a, _ in pairs}, {b for _, b in pairs}
        found += [(place, None) for place in range(start, end) if place - start not in gone]
        found += [(None, place) for place in range(begin, stop) if place - begin not in come]
    return _in_order(found)


def _in_order(pairs: Sequence[Pair]) -> list[Pair]:
    """Sorted by place in the new list; removed items stand at their old place."""
    kept = sorted((a, b) for a, b in pairs if a is not None and b is not None)
    places = [a for a, _ in kept]

    def key(pair: Pair) -> tuple[int, int, int]:
        a, b = pair
        if b is not None:
            return (b, 1, 0)
        at = bisect.bisect_left(places, a or 0)
        return (kept[at - 1][1] + 1 if at else 0, 0, a or 0)

    return sorted(pairs, key=key)


def _by_key(old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Rows paired by the column that most likely names them: its values are unique and equal in most rows."""
    best: list[tuple[int, int]] = []
    weight = 0
    for column in range(min(max(map(len, old)), max(map(len, new)))):
        keys = [[row[column] if column < len(row) else "" for row in side] for side in (old, new)]
        pairs = [(a, b) for a, b in _anchors(keys[0], keys[1], 0, len(old), 0, len(new)) if keys[0][a]]
        heavy = sum(1 + min(len(keys[0][a]), 20) for a, _ in pairs)
        if heavy > weight:
            best, weight = pairs, heavy
    return best


def _weighed(old: Sequence[H], new: Sequence[H], alike: Callable[[H, H], float]) -> list[tuple[int, int]]:
    """The pairs with the highest sum of likeness; long spans of equal length are paired item by item."""
    if len(old) * len(new) > _MOST_WEIGHED:
        both = enumerate(zip(old, new, strict=True)) if len(old) == len(new) else ()
        return [(place, place) for place, (a, b) in both if alike(a, b) > _ALIKE]
    scores = [[score if (score := alike(a, b)) > _ALIKE else 0.0 for b in new] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old) - 1, -1, -1):
        for b in range(len(new) - 1, -1, -1):
            paired = scores[a][b] + best[a + 1][b + 1] if scores[a][b] else 0.0
            best[a][b] = max(paired, best[a + 1][b], best[a][b + 1])
    found: list[tuple[int, int]] = []
    a = b = 0
    while a < len(old) and b < len(new):
        if scores[a][b] and best[a][b] == scores[a][b] + best[a + 1][b + 1]:
            found.append((a, b))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
    return found


def likeness(old: str, new: str) -> float:
    """How much two texts have in common, 0 to 1."""
    if old == new:
        return 1.0
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    quick = matcher.quick_ratio()
    return quick if quick <= _ALIKE or len(old) * len(new) > _MOST_COMPARED * 10 else matcher.ratio()


def row_likeness(old: Sequence[str], new: Sequence[str]) -> float:
    """How much two rows have in common, cells counted by length; rows with the same first text count as alike."""
    whole = common = 0.0
    for place in range(max(len(old), len(new))):
        a, b = old[place] if place < len(old) else "", new[place] if place < len(new) else ""
        length = max(len(a), len(b))
        whole += length
        common += length if a == b else length * likeness(a[:200], b[:200])
    first = next((cell for cell in old if cell), "")
    found = common / whole if whole else 1.0
    named = first and not first.isdigit() and first == next((cell for cell in new if cell), "")
    return max(found, _ALIKE + 0.1) if named else found


def words(old: str, new: str) -> list[tuple[str, str]]:
    """Two texts as pieces (old, new): equal pieces, and between them the replaced ones.

    Numbers and Latin words are not split; Chinese is split by character. Texts with little in common are one piece.
    """
    left, right = _WORD.findall(old), _WORD.findall(new)
    if len(left) * len(right) > _MOST_COMPARED * 100:
        return _ends(old, new)
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    if old and new and matcher.ratio() < _ALIKE:
        return [(old, new)]
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        piece = ("".join(left[a:b]), "".join(right[c:d]))
        found.append((piece[0], piece[0]) if tag == "equal" else piece)
    return found


def _ends(old: str, new: str) -> list[tuple[str, str]]:
    """Long texts: the common beginning, the common end, and one piece between."""
    most = min(len(old), len(new))
    start = next((place for place in range(most) if old[place] != new[place]), most)
    most -= start
    end = next((place for place in range(most) if old[-1 - place] != new[-1 - place]), most)
    stop = -end or None
    pieces = [(old[:start], new[:start]), (old[start:stop], new[start:stop])]
    return [(a, b) for a, b in [*pieces, (old[len(old) - end :], new[len(new) - end :])] if a or b]
