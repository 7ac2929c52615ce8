"""What changed between two versions of a meeting's documents, each change with its figures and cells.

A version is a release, or the documents that a build would make now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from generator.dispatch.diff import causes, document_pairs, sentence_changes, table_changes
from generator.dispatch.diff import cells as revision_cells
from generator.dispatch.diff.causes import Causes, Change, FigureChange
from generator.dispatch.diff.cells import ADDED, CHANGED, REMOVED, InputChange
from generator.dispatch.diff.versions import Version
from generator.dispatch.diff.withheld import withhold
from generator.meeting import figures

FORMAT, PROPERTIES, RENAMED, REPLACED = "format", "properties", "renamed", "replaced"


class DocumentChange(Struct, frozen=True):
    """What changed in one document: ``how`` is added, changed, renamed …, ``was`` its former file name.

    ``renumbered`` are changed labels (三、 → 四、) of unchanged text. ``template`` is its template, if that changed.
    """

    name: str
    how: str
    audience: str
    was: str = ""
    changes: tuple[Change, ...] = ()
    renumbered: tuple[tuple[str, str], ...] = ()
    template: str = ""


class Revisions(Struct):
    """Everything that changed from one version to the other."""

    old: str
    new: str
    documents: list[DocumentChange] = field(default_factory=list)
    figures: list[FigureChange] = field(default_factory=list)
    inputs: list[InputChange] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def none(self) -> bool:
        """Whether nothing changed."""
        return not (self.documents or self.figures or self.inputs)


def compare(old: Version, new: Version) -> Revisions:
    """The changes from the old version to the new one, each change of a document with its causes.

    What one of the versions protects is left out.
    """
    found = Revisions(old.title, new.title)
    # An exchange of these is told with their documents.
    unkept = old.unkept | new.unkept
    found.inputs = revision_cells.compare(*({path: version.books[path] for path in version.books if path not in unkept}
                                            for version in (old, new)))  # fmt: skip
    found.figures = _figures(old.figures, new.figures, found.inputs)
    templates = {name for name, digest in new.templates.items() if old.templates.get(name, digest) != digest}
    if templates:
        found.remarks.append(f"範本有變動：{'、'.join(sorted(templates))}。")
    same_program = old.manifest["packet"] == new.manifest["packet"]
    if not same_program:
        found.remarks.append(f"程式版本不同：{old.manifest['packet']} → {new.manifest['packet']}。")
    known = Causes(found.figures, found.inputs)
    for before, after in document_pairs.pairs(old, new):
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
        contents = old.contents[before], new.contents[after]
        changes, renumbered = sentence_changes.changes(*contents, known)
        changes += table_changes.changes(*contents, known)
        how = CHANGED if changes or renumbered else RENAMED if before != after else FORMAT
        if how == FORMAT and template not in templates and same_program:
            how = PROPERTIES
        was, changed_template = before if before != after else "", template if template in templates else ""
        found.documents.append(
            DocumentChange(file, how, audience, was, tuple(changes), tuple(renumbered), changed_template)
        )
    found.documents += _attached(old, new)
    return withhold(found, old, new)


def _attached(old: Version, new: Version) -> list[DocumentChange]:
    """The changes of attached files; only their hashes are compared, not their text."""
    sides = [
        {document_pairs.without_number(name): (name, digest) for name, digest in side.attached.items()}
        for side in (old, new)
    ]
    found = []
    for key in dict.fromkeys([*sides[1], *sides[0]]):
        (was, before), (name, after) = (side.get(key, ("", "")) for side in sides)
        if before != after:
            how = ADDED if not was else REMOVED if not name else REPLACED
            version = new if name else old
            about = next(document for document in version.manifest["documents"] if document["name"] == (name or was))
            found.append(DocumentChange(name or was, how, str(about["audience"])))
    return found


def _figures(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]], inputs: Sequence[InputChange]
) -> list[FigureChange]:
    found = []
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name), new.get(name)
        was, now = (figures.shown(figure["value"]) if figure else None for figure in (before, after))
        if was == now:
            continue
        cells = tuple((after or before or {})["cells"])
        changed_cells = [change for change in inputs if _feeds(change, before, after)]
        found.append(
            FigureChange(name, was, now, cells, tuple(dict.fromkeys(map(revision_cells.place, changed_cells))))
        )
    return found


def _feeds(change: InputChange, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    """Whether a change touches a figure: a removed cell its old cells, a changed cell its old or new ones.

    By its change a cell may have left the figure: a row whose unit is now another.
    """
    places = [] if change.how == REMOVED else [(change, after)]
    if change.how in (REMOVED, CHANGED):
        places.append((replace(change, at=change.was_at or change.at), before))
    return any(revision_cells.inside(at, cell) for at, figure in places if figure for cell in figure["cells"])


def as_json(found: Revisions) -> dict[str, Any]:
    """The changes for a program."""
    return {
        "from": found.old,
        "to": found.new,
        "same": found.none,
        "documents": [
            {
                "name": document.name,
                "how": document.how,
                "was": document.was,
                "audience": document.audience,
                "template": document.template,
                "changes": [causes.as_json(change) for change in document.changes],
                "renumbered": [{"old": old, "new": new} for old, new in document.renumbered],
            }
            for document in found.documents
        ],
        "figures": [
            {
                "name": figure.name,
                "old": figure.old,
                "new": figure.new,
                "cells": figure.cells,
                "changed_cells": figure.behind,
            }
            for figure in found.figures
        ],
        "inputs": [
            {
                "what": change.what,
                "how": change.how,
                "place": revision_cells.place(change),
                "was": str(change.was_at or ""),
                "old": change.old,
                "new": change.new,
            }
            for change in found.inputs
        ],
        "remarks": found.remarks,
    }
