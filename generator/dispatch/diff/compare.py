"""What changed between two versions of a meeting's documents, and behind each change the figures and cells.

A version is a release, or what a build would make now. Nothing is read from output/ but releases.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.dispatch.diff import alignment, causes
from generator.dispatch.diff import cells as revision_cells
from generator.dispatch.diff import texts as document_texts
from generator.dispatch.diff.causes import Change, FigureChange, Piece
from generator.dispatch.diff.cells import ADDED, CHANGED, MOVED, REMOVED, InputChange
from generator.dispatch.diff.texts import Table
from generator.dispatch.diff.versions import Version
from generator.meeting import figures
from generator.workbook import values

FORMAT, PROPERTIES, RENAMED, REPLACED = "format", "properties", "renamed", "replaced"
_COMPARED = (".docx", ".pptx")
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
    if old.manifest["packet"] != new.manifest["packet"]:
        found.remarks.append(f"程式版本不同：{old.manifest['packet']} → {new.manifest['packet']}。")
    known = causes.Causes(found.figures, found.inputs, certain=not found.remarks)
    for before, after in _documents(_compared(old), _compared(new)):
        file = after or before
        about = (new if after else old).about(file)
        template = f"{about.get('template', '')}.{file.rpartition('.')[2]}"
        audience = str(about.get("audience", ""))
        if not before or not after:
            found.documents.append(DocumentChange(file, REMOVED if before else ADDED, audience))
            continue
        if old.documents[before] == new.documents[after]:
            if before != after:
                found.documents.append(DocumentChange(file, RENAMED, audience, before))
            continue
        changes, renumbered = _changes(old.documents[before], new.documents[after])
        how = CHANGED if changes or renumbered else RENAMED if before != after else FORMAT
        if how == FORMAT and document_texts.same_but_properties(old.documents[before], new.documents[after]):
            how = PROPERTIES
        changes = [known.explained(one) for one in changes]
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


def _compared(version: Version) -> dict[str, bytes]:
    """The documents that were made here and that are not made of another."""
    own = {name: content for name, content in version.documents.items() if name.endswith(_COMPARED)}
    return {name: content for name, content in own.items() if not version.about(name).get("enclosure")}


def _documents(left: Mapping[str, bytes], right: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Which file became which, by name and by what is in it; an empty name where there is none.

    The number before a name changes with what stands before, 第一案 with what is put in: names alone do not tell.
    """
    pairs: dict[str, str] = {}

    def rest(side: Mapping[str, bytes], taken: Iterable[str]) -> list[str]:
        found = set(taken)
        return [name for name in side if name not in found]

    for name in left:
        if right.get(name) == left[name]:
            pairs[name] = name
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


def _weights(content: bytes) -> Counter[str]:
    """The texts of a document, each counted as often as it is long: what all cases have in common is short."""
    read = document_texts.read(content)
    texts = [one.text for one in read.sentences] + [cell for one in read.tables for row in one.rows for cell in row]
    found: Counter[str] = Counter()
    for text in texts:
        found[text] += len(text)
    return found


def _shared(old: Counter[str], new: Counter[str]) -> float:
    whole = max(old.total(), new.total())
    return (old & new).total() / whole if whole else 1.0


def _changes(old: bytes, new: bytes) -> tuple[list[Change], list[tuple[str, str]]]:
    before, after = document_texts.read(old), document_texts.read(new)
    found: list[Change] = []
    renumbered = []
    texts = [[one.text for one in side.sentences] for side in (before, after)]
    pairs = alignment.texts(*texts)
    gone = Counter(texts[0][a] for a, b in pairs if a is not None and b is None)
    come = Counter(texts[1][b] for a, b in pairs if a is None and b is not None)
    moved = gone & come
    silent = Counter(moved)
    for a, b in pairs:
        was, now = before.sentences[a] if a is not None else None, after.sentences[b] if b is not None else None
        if was and now:
            if was.text != now.text:
                found.append(Change(CHANGED, now.where, "", (Piece("", was.text, now.text),)))
            if was.label != now.label:
                renumbered.append((was.label, now.label))
        elif now:
            how = MOVED if moved[now.text] else ADDED
            moved[now.text] -= how == MOVED
            found.append(Change(how, now.where, "", (Piece("", "", now.text),)))
        elif was and silent[was.text]:
            silent[was.text] -= 1
        elif was:
            found.append(Change(REMOVED, was.where, "", (Piece("", was.text, ""),)))
    for left, right in _tables(before.tables, after.tables):
        found += _table(left, right)
    return found, renumbered


def _tables(old: Sequence[Table], new: Sequence[Table]) -> list[tuple[Table, Table]]:
    if len(old) == len(new):
        return list(zip(old, new, strict=True))
    pairs = alignment.matches([one.headings for one in old], [one.headings for one in new])
    kept = {b: a for a, b in pairs}
    gone = set(range(len(old))) - {a for a, _ in pairs}
    nothing = Table((), (), frozenset())
    found = [(old[kept[b]] if b in kept else nothing, table) for b, table in enumerate(new)]
    return found + [(old[a], nothing) for a in sorted(gone)]


def _table(old: Table, new: Table) -> list[Change]:
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
        rows = [tuple(_cell(row, column) for column in chosen) for row in table.rows]
        numbers = [next((_cell(row, column) for column in counted), "") for row in table.rows]
        sides.append((rows, numbers, [_cell(table.headings, column) for column in chosen]))
    return found + _rows(*sides)


Side = tuple[list[tuple[str, ...]], list[str], list[str]]


def _rows(old: Side, new: Side) -> list[Change]:
    (before, old_numbers, old_names), (after, new_numbers, new_names) = old, new
    names = [name or (old_names[place] if place < len(old_names) else "") for place, name in enumerate(new_names)]
    found = []
    pairs = alignment.rows(before, after)
    gone = Counter(before[a] for a, b in pairs if a is not None and b is None)
    come = Counter(after[b] for a, b in pairs if a is None and b is not None)
    moved = gone & come
    silent = Counter(moved)
    for a, b in pairs:
        row = after[b] if b is not None else before[a or 0]
        number = new_numbers[b] if b is not None else old_numbers[a or 0]
        where = f"第{number or (b if b is not None else a or 0) + 1}列"
        title = next((cell for cell in row if values.folded(cell) not in ("", "★")), "")
        if a is not None and b is not None:
            cells = zip(names, before[a], after[b], strict=True)
            pieces = tuple(Piece(name, was, now) for name, was, now in cells if was != now)
            found += [Change(CHANGED, where, title, pieces)] if pieces else []
        elif b is not None:
            how = MOVED if moved[row] else ADDED
            moved[row] -= how == MOVED
            pieces = tuple(Piece(name, "", cell) for name, cell in zip(names, row, strict=True) if cell)
            found.append(Change(how, where, title, pieces))
        elif silent[row]:
            silent[row] -= 1
        else:
            pieces = tuple(Piece(name, cell, "") for name, cell in zip(old_names, row, strict=True) if cell)
            found.append(Change(REMOVED, where, title, pieces))
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
