"""What changed in the running text of a document, sentence by sentence."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.dispatch.diff import alignment
from generator.dispatch.diff.causes import Causes, Change, Origin, Piece
from generator.dispatch.diff.cells import ADDED, CHANGED, MOVED, REMOVED
from generator.documents.passages import Contents, Part, Passage

SENTENCE_END = compile_late(r"(?<=[。；！？])(?![」』）])|\n")


class Sentence(Struct, frozen=True):
    """A sentence of a passage; ``label`` is the passage's number where the sentence begins it."""

    text: str
    where: str
    label: str
    parts: tuple[Part, ...]

    @property
    def typed(self) -> str:
        """The sentence as typed in its cell: with the names of figures instead of their values."""
        found, done = [], 0
        for part in sorted((part for part in self.parts if part.figures), key=lambda part: part.start):
            if part.start >= done:
                found += [self.text[done : part.start], f"\ufdd4{part.figures}\ufdd4"]
                done = part.end
        return "".join([*found, self.text[done:]])

    @property
    def origin(self) -> Origin:
        """The figures in the sentence, and the cells of its text."""
        names = dict.fromkeys(name for part in self.parts for name in part.figures)
        cells = dict.fromkeys(cell for part in self.parts if not part.figures for cell in part.cells)
        return Origin(tuple(names), tuple(cells))


def sentences(passages: Iterable[Passage]) -> list[Sentence]:
    """The sentences of all passages, in order."""
    found = []
    for passage in passages:
        edges = [0, *(mark.end() for mark in SENTENCE_END.finditer(passage.text)), len(passage.text)]
        label = passage.label
        for start, end in itertools.pairwise(edges):
            text = passage.text[start:end]
            first = start + len(text) - len(text.lstrip())
            text = text.strip()
            if not text:
                continue
            last = first + len(text)
            parts = tuple(
                Part(max(part.start, first) - first, min(part.end, last) - first, part.figures, part.cells)
                for part in passage.parts
                if part.start < last and part.end > first
            )
            found.append(Sentence(text, passage.where, label, parts))
            label = ""
    return found


def changes(old: Contents, new: Contents, causes: Causes) -> tuple[list[Change], list[tuple[str, str]]]:
    """The changed sentences with their causes, and the labels (old, new) of passages that were renumbered."""
    before, after = sentences(old.passages), sentences(new.passages)
    found: list[Change] = []
    renumbered = []
    pairs = alignment.texts([sentence.text for sentence in before], [sentence.text for sentence in after])
    removed = Counter(before[a].text for a, b in pairs if a is not None and b is None)
    added = Counter(after[b].text for a, b in pairs if a is None and b is not None)
    moved = removed & added
    moved_away = Counter(moved)

    def change(how: str, was: Sentence | None, now: Sentence | None) -> Change:
        origins = [sentence.origin if sentence else Origin() for sentence in (was, now)]
        if was and now and was.typed == now.typed:
            # The typed text is the same, so only figures can be the cause.
            origins = [Origin(origin.figures) for origin in origins]
        elif not was or not now:
            origins = [Origin((), origin.cells) for origin in origins]
        figures, cells = causes.behind(*origins)
        piece = Piece("", was.text if was else "", now.text if now else "")
        where = (now or was or Sentence("", "", "", ())).where
        return Change(how, where, "", (piece,), figures, cells)

    for a, b in pairs:
        was, now = before[a] if a is not None else None, after[b] if b is not None else None
        if was and now:
            if was.text != now.text:
                found.append(change(CHANGED, was, now))
            if was.label != now.label:
                renumbered.append((was.label, now.label))
        elif now:
            how = MOVED if moved[now.text] else ADDED
            moved[now.text] -= how == MOVED
            found.append(change(how, None, now))
        elif was and moved_away[was.text]:
            moved_away[was.text] -= 1
        elif was:
            found.append(change(REMOVED, was, None))
    return found, renumbered
