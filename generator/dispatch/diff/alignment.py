"""What stands where in two versions of a list of rows, sentences or words: only this module knows how to align.

Rows are compared by hash first, and only what lies between equal ones is looked at closely, so that a long sheet does
not take quadratic time (the rows that stand once in both are found first: Bram Cohen's patience diff).
"""

from __future__ import annotations

import bisect
import difflib
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

H = TypeVar("H", bound=Hashable)
Pair = tuple[int | None, int | None]
"""Indices in the old and in the new list; None on one side for what stands only in the other."""

_MOST_COMPARED = 10_000
_MOST_WEIGHED = 400
_ALIKE = 0.4
_WORD = re.compile(r"\d{1,3}(?:,\d{3})+|\d+|[A-Za-z]+|.", re.DOTALL)


def matches(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The places of equal items, in the order of both lists. Nearly linear: of very long lists some may lack."""
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
    """The items that stand once in each span, as far as they come in the same order."""
    once = _once(old, start, end)
    again = _once(new, begin, stop)
    common = [(place, again[item]) for item, place in once.items() if item in again]
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


def _once(items: Sequence[Hashable], start: int, end: int) -> dict[Hashable, int]:
    counts = Counter(items[start:end])
    return {items[place]: place for place in range(start, end) if counts[items[place]] == 1}


def gaps(pairs: Sequence[tuple[int, int]], old: int, new: int) -> Iterator[tuple[int, int, int, int]]:
    """The spans (start, end in the old list; start, end in the new one) between pairs, where there is anything."""
    edges = zip([(-1, -1), *pairs], [*pairs, (old, new)], strict=True)
    for (left, right), (after, then) in edges:
        if after - left > 1 or then - right > 1:
            yield left + 1, after, right + 1, then


def rows(old: Sequence[Sequence[str]], new: Sequence[Sequence[str]]) -> list[Pair]:
    """Which row became which: every row of both lists once, equal ones too, in the order of the new list.

    Rows that differ are one and the same when the column that names them says so, or when they are alike. One that
    stands unchanged elsewhere was moved, and became no other.
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
    """What has no partner in its place on either side, but one elsewhere."""
    gone = set(range(len(old))) - {a for a, _ in sure}
    come = set(range(len(new))) - {b for _, b in sure}
    return {old[place] for place in gone} & {new[place] for place in come}


def _with_alike(
    sure: Sequence[tuple[int, int]], old: Sequence[H], new: Sequence[H], alike: Callable[[H, H], float]
) -> list[Pair]:
    moved = _moved(sure, old, new)

    def partners(one: H, other: H) -> float:
        return 0.0 if one in moved or other in moved else alike(one, other)

    found: list[Pair] = list(sure)
    for start, end, begin, stop in gaps(sure, len(old), len(new)):
        pairs = _weighed(old[start:end], new[begin:stop], partners)
        found += [(start + a, begin + b) for a, b in pairs]
        gone, come = {a for a, _ in pairs}, {b for _, b in pairs}
        found += [(place, None) for place in range(start, end) if place - start not in gone]
        found += [(None, place) for place in range(begin, stop) if place - begin not in come]
    return _in_order(found)


def _in_order(pairs: Sequence[Pair]) -> list[Pair]:
    """By place in the new list; what is gone stands where it stood, before what took its place."""
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
    """Rows paired by the column that most rows have in common and that no two rows of a list share: their name."""
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
    """Pairs in order that are most alike in all; long spans are paired one by one, where they are equally long."""
    if len(old) * len(new) > _MOST_WEIGHED:
        both = enumerate(zip(old, new, strict=True)) if len(old) == len(new) else ()
        return [(place, place) for place, (a, b) in both if alike(a, b) > _ALIKE]
    scores = [[score if (score := alike(a, b)) > _ALIKE else 0.0 for b in new] for a in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old) - 1, -1, -1):
        for b in range(len(new) - 1, -1, -1):
            with_it = scores[a][b] + best[a + 1][b + 1] if scores[a][b] else 0.0
            best[a][b] = max(with_it, best[a + 1][b], best[a][b + 1])
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
    """How much two rows have in common, cells counted by length; one of the same first text is nearly the same."""
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
    """Two texts as pieces (old, new): equal ones, and between them what stands in place of what.

    Numbers and Latin words are whole, of Chinese each character counts. Texts with little in common are one piece.
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
    """Long texts: what they begin and end with in common, and one piece between."""
    most = min(len(old), len(new))
    start = next((place for place in range(most) if old[place] != new[place]), most)
    most -= start
    end = next((place for place in range(most) if old[-1 - place] != new[-1 - place]), most)
    stop = -end or None
    pieces = [(old[:start], new[:start]), (old[start:stop], new[start:stop])]
    return [(a, b) for a, b in [*pieces, (old[len(old) - end :], new[len(new) - end :])] if a or b]
