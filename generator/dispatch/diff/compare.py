"""What changed between two versions of a meeting's documents, and behind each change the figures and cells.

A version is a release, or what a build would make now. Nothing is read from output/ but releases.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.dispatch.diff import alignment, causes
from generator.dispatch.diff import cells as revision_cells
from generator.dispatch.diff.causes import Causes, Change, FigureChange, Origin, Piece
from generator.dispatch.diff.cells import ADDED, CHANGED, MOVED, REMOVED, InputChange
from generator.dispatch.diff.versions import Version
from generator.documents.passages import Contents, Part, Passage, Source, Table
from generator.meeting import figures
from generator.workbook import values

FORMAT, PROPERTIES, RENAMED, REPLACED = "format", "properties", "renamed", "replaced"
_SENTENCE_END = re.compile(r"(?<=[。；！？])(?![」』）])|\n")
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """What changed in one document: ``how`` is one of the words above, ``was`` the name of its file before.

    ``renumbered`` are labels that alone changed (三、 → 四、). ``template`` is the changed template, if it changed.
    """

    name: str
    how: str
    audience: str
    was: str = ""
    changes: tuple[Change, ...] = ()
    renumbered: tuple[tuple[str, str], ...] = ()
    template: str = ""


@dataclass(slots=True)
class Revisions:
    """Everything that changed from one version to the other."""

    old: str
    new: str
    documents: list[DocumentChange] = field(default_factory=list)
    figures: list[FigureChange] = field(default_factory=list)
    inputs: list[InputChange] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def none(self) -> bool:
        return not (self.documents or self.figures or self.inputs)


def compare(old: Version, new: Version) -> Revisions:
    """The changes from the old version to the new one, each change of a document with what is behind it."""
    found = Revisions(old.title, new.title)
    found.inputs = revision_cells.compare(old.books, new.books)
    found.figures = _figures(old.figures, new.figures, found.inputs)
    templates = {name for name, digest in new.templates.items() if old.templates.get(name, digest) != digest}
    if templates:
        found.remarks.append(f"範本有變動：{'、'.join(sorted(templates))}。")
    same_program = old.manifest["packet"] == new.manifest["packet"]
    if not same_program:
        found.remarks.append(f"程式版本不同：{old.manifest['packet']} → {new.manifest['packet']}。")
    known = Causes(found.figures, found.inputs)
    for before, after in _documents(old, new):
        file = after or before
        about = (new if after else old).about(file)
        template = f"{about.get('template', '')}.{file.rpartition('.')[2]}"
        audience = str(about.get("audience", ""))
        if not before or not after:
            found.documents.append(DocumentChange(file, REMOVED if before else ADDED, audience))
            continue
        if old.digest(before) == new.digest(after):
            if before != after:
                found.documents.append(DocumentChange(file, RENAMED, audience, before))
            continue
        changes, renumbered = _changes(old.contents[before], new.contents[after], known)
        how = CHANGED if changes or renumbered else RENAMED if before != after else FORMAT
        if how == FORMAT and template not in templates and same_program:
            how = PROPERTIES
        was, of = before if before != after else "", template if template in templates else ""
        found.documents.append(DocumentChange(file, how, audience, was, tuple(changes), tuple(renumbered), of))
    found.documents += _attached(old, new)
    return found


def _attached(old: Version, new: Version) -> list[DocumentChange]:
    """Attachments that are files from elsewhere: what is in them is not compared."""
    sides = [{_bare(name): (name, digest) for name, digest in side.attached.items()} for side in (old, new)]
    found = []
    for key in dict.fromkeys([*sides[1], *sides[0]]):
        (was, before), (name, after) = (side.get(key, ("", "")) for side in sides)
        if before != after:
            how = ADDED if not was else REMOVED if not name else REPLACED
            version = new if name else old
            about = next(one for one in version.manifest["documents"] if one["name"] == (name or was))
            found.append(DocumentChange(name or was, how, str(about["audience"])))
    return found


def _figures(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]], inputs: Sequence[InputChange]
) -> list[FigureChange]:
    found = []
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name), new.get(name)
        was, now = (figures.shown(one["value"]) if one else None for one in (before, after))
        if was == now:
            continue
        cells = tuple((after or before or {})["cells"])
        behind = [one for one in inputs if _feeds(one, before, after)]
        found.append(FigureChange(name, was, now, cells, tuple(dict.fromkeys(map(revision_cells.place, behind)))))
    return found


def _feeds(one: InputChange, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    """Whether a change is among a figure's cells: what is gone among the old ones, a changed cell among either.

    A changed cell may have gone out of the figure by its change: a unit that stands there no more.
    """
    places = [] if one.how == REMOVED else [(one, after)]
    if one.how in (REMOVED, CHANGED):
        places.append((replace(one, at=one.was_at or one.at), before))
    return any(revision_cells.inside(at, cell) for at, figure in places if figure for cell in figure["cells"])


def _documents(old: Version, new: Version) -> list[tuple[str, str]]:
    """Which file became which, by name and by what is in it; an empty name where there is none.

    The number before a name changes with what stands before, 第一案 with what is put in: names alone do not tell.
    """
    left, right = old.contents, new.contents
    pairs = {name: name for name in left if name in right and old.digest(name) == new.digest(name)}

    def rest(side: Mapping[str, Contents], taken: Iterable[str]) -> list[str]:
        found = set(taken)
        return [name for name in side if name not in found]

    weights = {
        side: {name: _weights(content[name]) for name in rest(content, taken)}
        for side, content, taken in (("old", left, pairs.keys()), ("new", right, pairs.values()))
    }
    for same_name in (True, False):
        scores = [
            (_shared(weights["old"][a], weights["new"][b]), a, b)
            for a in rest(left, pairs.keys())
            for b in rest(right, pairs.values())
            if not same_name or _bare(a) == _bare(b)
        ]
        for score, a, b in sorted(scores, key=lambda one: -one[0]):
            if score > _ALIKE and a not in pairs and b not in pairs.values():
                pairs[a] = b
    for a in rest(left, pairs.keys()):
        pairs.update([(a, b) for b in rest(right, pairs.values()) if _bare(a) == _bare(b)][:1])
    backwards = {b: a for a, b in pairs.items()}
    return [(backwards.get(name, ""), name) for name in right] + [(name, "") for name in rest(left, pairs.keys())]


def _bare(name: str) -> str:
    number, _, rest = name.partition(" ")
    return rest if number.isdecimal() else name


def _weights(contents: Contents) -> Counter[str]:
    """The texts of a document, each counted as often as it is long: what all cases have in common is short."""
    texts = [sentence.text for sentence in _sentences(contents.passages)]
    texts += [cell for table in contents.tables for row in table.rows for cell in row]
    found: Counter[str] = Counter()
    for text in texts:
        found[text] += len(text)
    return found


def _shared(old: Counter[str], new: Counter[str]) -> float:
    whole = max(old.total(), new.total())
    return (old & new).total() / whole if whole else 1.0


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a passage; ``label`` is the passage's number where the sentence begins it."""

    text: str
    where: str
    label: str
    parts: tuple[Part, ...]

    @property
    def typed(self) -> str:
        """The sentence with the names of its figures in their place."""
        found, done = [], 0
        for part in sorted((part for part in self.parts if part.figures), key=lambda part: part.start):
            if part.start >= done:
                found += [self.text[done : part.start], f"\ufdd4{part.figures}\ufdd4"]
                done = part.end
        return "".join([*found, self.text[done:]])

    @property
    def origin(self) -> Origin:
        names = dict.fromkeys(name for part in self.parts for name in part.figures)
        cells = dict.fromkeys(cell for part in self.parts if not part.figures for cell in part.cells)
        return Origin(tuple(names), tuple(cells))


def _sentences(passages: Iterable[Passage]) -> list[_Sentence]:
    found = []
    for passage in passages:
        edges = [0, *(mark.end() for mark in _SENTENCE_END.finditer(passage.text)), len(passage.text)]
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
            found.append(_Sentence(text, passage.where, label, parts))
            label = ""
    return found


def _changes(old: Contents, new: Contents, known: Causes) -> tuple[list[Change], list[tuple[str, str]]]:
    before, after = _sentences(old.passages), _sentences(new.passages)
    found: list[Change] = []
    renumbered = []
    pairs = alignment.texts([sentence.text for sentence in before], [sentence.text for sentence in after])
    gone = Counter(before[a].text for a, b in pairs if a is not None and b is None)
    come = Counter(after[b].text for a, b in pairs if a is None and b is not None)
    moved = gone & come
    silent = Counter(moved)

    def change(how: str, was: _Sentence | None, now: _Sentence | None) -> Change:
        origins = [sentence.origin if sentence else Origin() for sentence in (was, now)]
        if was and now and was.typed == now.typed:
            # What was typed is the same: nothing but the figures can be behind it.
            origins = [Origin(origin.figures) for origin in origins]
        elif not was or not now:
            origins = [Origin((), origin.cells) for origin in origins]
        figures, cells = known.behind(*origins)
        piece = Piece("", was.text if was else "", now.text if now else "")
        where = (now or was or _Sentence("", "", "", ())).where
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
        elif was and silent[was.text]:
            silent[was.text] -= 1
        elif was:
            found.append(change(REMOVED, was, None))
    for left, right in _tables(old.tables, new.tables):
        found += _table(left, right, known)
    return found, renumbered


def _tables(old: Sequence[Table], new: Sequence[Table]) -> list[tuple[Table, Table]]:
    if len(old) == len(new):
        return list(zip(old, new, strict=True))
    pairs = alignment.matches([one.headings for one in old], [one.headings for one in new])
    kept = {b: a for a, b in pairs}
    gone = set(range(len(old))) - {a for a, _ in pairs}
    nothing = Table((), (), (), frozenset())
    found = [(old[kept[b]] if b in kept else nothing, table) for b, table in enumerate(new)]
    return found + [(old[a], nothing) for a in sorted(gone)]


def _table(old: Table, new: Table, known: Causes) -> list[Change]:
    """The rows that differ; numbers that only count the rows do not."""
    found = []
    before, after = old.headings, new.headings
    same = alignment.matches(before, after)
    short = min(len(before), len(after))
    if before and after and len(before) != len(after) and len(same) == short:
        columns = same
        added, removed = set(range(len(after))) - {b for _, b in same}, set(range(len(before))) - {a for a, _ in same}
        found += [Change(ADDED, "表頭欄位", after[b], (Piece("", "", after[b]),)) for b in sorted(added)]
        found += [Change(REMOVED, "表頭欄位", before[a], (Piece("", before[a], ""),)) for a in sorted(removed)]
    else:
        wide = max((len(row) for row in (*old.rows, *new.rows, before, after)), default=0)
        columns = [(column, column) for column in range(wide)]
        heads = [(_cell(before, column), _cell(after, column)) for column in range(wide)]
        if before and after and before != after:
            found.append(Change(CHANGED, "表頭", "", tuple(Piece("", a, b) for a, b in heads if a != b)))
    sides = []
    for table, side in ((old, 0), (new, 1)):
        counted = [pair[side] for pair in columns if _counts(pair, old, new)]
        chosen = [pair[side] for pair in columns if not _counts(pair, old, new)]
        sides.append(
            _Side(
                rows=[tuple(_cell(row, column) for column in chosen) for row in table.rows],
                numbers=[next((_cell(row, column) for column in counted), "") for row in table.rows],
                names=[_cell(table.headings, column) for column in chosen],
                sources=table.sources,
                columns=chosen,
            )
        )
    return found + _rows(sides[0], sides[1], known)


@dataclass(frozen=True, slots=True)
class _Side:
    """The rows of a table without the columns that count them; ``columns`` are the places that the others had."""

    rows: list[tuple[str, ...]]
    numbers: list[str]
    names: list[str]
    sources: Sequence[Sequence[Source]]
    columns: list[int]

    def origin(self, row: int, places: Iterable[int]) -> Origin:
        """Where the cells in these places of a row came from."""
        sources = self.sources[row]
        chosen = [sources[at] for place in places if (at := self.columns[place]) < len(sources)]
        names = dict.fromkeys(name for source in chosen for name in source.figures)
        return Origin(tuple(names), tuple(dict.fromkeys(cell for source in chosen for cell in source.cells)))


def _rows(old: _Side, new: _Side, known: Causes) -> list[Change]:
    before, after = old.rows, new.rows
    names = [name or (old.names[place] if place < len(old.names) else "") for place, name in enumerate(new.names)]
    found = []
    pairs = alignment.rows(before, after)
    gone = Counter(before[a] for a, b in pairs if a is not None and b is None)
    come = Counter(after[b] for a, b in pairs if a is None and b is not None)
    moved = gone & come
    silent = Counter(moved)
    for a, b in pairs:
        row = after[b] if b is not None else before[a or 0]
        number = new.numbers[b] if b is not None else old.numbers[a or 0]
        where = f"第{number or (b if b is not None else a or 0) + 1}列"
        title = next((cell for cell in row if values.folded(cell) not in ("", "★")), "")
        if a is not None and b is not None:
            differ = [place for place, (was, now) in enumerate(zip(before[a], after[b], strict=True)) if was != now]
            pieces = tuple(Piece(names[place], before[a][place], after[b][place]) for place in differ)
            behind = known.behind(old.origin(a, differ), new.origin(b, differ)) if differ else ((), ())
            found += [Change(CHANGED, where, title, pieces, *behind)] if pieces else []
        elif b is not None:
            how = MOVED if moved[row] else ADDED
            moved[row] -= how == MOVED
            pieces = tuple(Piece(name, "", cell) for name, cell in zip(names, row, strict=True) if cell)
            behind = known.behind(Origin(), Origin((), new.origin(b, range(len(row))).cells))
            found.append(Change(how, where, title, pieces, *behind))
        elif silent[row]:
            silent[row] -= 1
        elif a is not None:
            pieces = tuple(Piece(name, cell, "") for name, cell in zip(old.names, row, strict=True) if cell)
            behind = known.behind(Origin((), old.origin(a, range(len(row))).cells), Origin())
            found.append(Change(REMOVED, where, title, pieces, *behind))
    return found


def _counts(pair: tuple[int, int], old: Table, new: Table) -> bool:
    return (pair[0] in old.running or not old.rows) and (pair[1] in new.running or not new.rows)


def _cell(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def as_json(found: Revisions) -> dict[str, Any]:
    """The changes for a program."""
    return {
        "from": found.old,
        "to": found.new,
        "same": found.none,
        "documents": [
            {
                "name": one.name,
                "how": one.how,
                "was": one.was,
                "audience": one.audience,
                "template": one.template,
                "changes": [causes.as_json(change) for change in one.changes],
                "renumbered": [{"old": old, "new": new} for old, new in one.renumbered],
            }
            for one in found.documents
        ],
        "figures": [
            {"name": one.name, "old": one.old, "new": one.new, "cells": one.cells, "changed_cells": one.behind}
            for one in found.figures
        ],
        "inputs": [
            {
                "what": one.what,
                "how": one.how,
                "place": revision_cells.place(one),
                "was": str(one.was_at or ""),
                "old": one.old,
                "new": one.new,
            }
            for one in found.inputs
        ],
        "remarks": found.remarks,
    }
