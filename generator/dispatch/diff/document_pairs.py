"""Which document of the old version is which document of the new one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from generator.dispatch.diff import sentence_changes
from generator.dispatch.diff.versions import Version
from generator.documents.passages import Contents

_ALIKE = 0.5


def pairs(old: Version, new: Version) -> list[tuple[str, str]]:
    """The file names (old, new) of each document, paired by name and by text; an empty name where one is missing.

    Names alone are not enough: 01 and 第一案 change when another document is put before.
    """
    left, right = old.contents, new.contents
    partners = {name: name for name in left if name in right and old.digest(name) == new.digest(name)}

    def rest(side: Mapping[str, Contents], taken: Iterable[str]) -> list[str]:
        found = set(taken)
        return [name for name in side if name not in found]

    weights = {
        side: {name: _weights(content[name]) for name in rest(content, taken)}
        for side, content, taken in (("old", left, partners.keys()), ("new", right, partners.values()))
    }
    for same_name in (True, False):
        scores = [
            (_shared(weights["old"][a], weights["new"][b]), a, b)
            for a in rest(left, partners.keys())
            for b in rest(right, partners.values())
            if not same_name or without_number(a) == without_number(b)
        ]
        for score, a, b in sorted(scores, key=lambda scored: -scored[0]):
            if score > _ALIKE and a not in partners and b not in partners.values():
                partners[a] = b
    for a in rest(left, partners.keys()):
        partners.update([(a, b) for b in rest(right, partners.values()) if without_number(a) == without_number(b)][:1])
    backwards = {b: a for a, b in partners.items()}
    return [(backwards.get(name, ""), name) for name in right] + [(name, "") for name in rest(left, partners.keys())]


def without_number(name: str) -> str:
    """The name of a document without the number that it begins with."""
    number, _, rest = name.partition(" ")
    return rest if number.isdecimal() else name


def _weights(contents: Contents) -> Counter[str]:
    """The texts of a document, weighed by their length: the texts that all cases share are short."""
    texts = [sentence.text for sentence in sentence_changes.sentences(contents.passages)]
    texts += [cell for table in contents.tables for row in table.rows for cell in row]
    found: Counter[str] = Counter()
    for text in texts:
        found[text] += len(text)
    return found


def _shared(old: Counter[str], new: Counter[str]) -> float:
    """The share of text that two documents have in common, 0 to 1."""
    whole = max(old.total(), new.total())
    return (old & new).total() / whole if whole else 1.0
