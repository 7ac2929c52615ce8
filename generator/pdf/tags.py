"""The tags of PDFs, by which a screen reader knows headings, tables and figures.

Import it late: pikepdf takes a while to load.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String


class Tags:
    """The tag trees of several PDFs as one: a Document with a Part for each.

    Pages, annotations and drawings refer to the tree by number; the numbers of each PDF are moved past those before.
    """

    def __init__(self, joined: Pdf) -> None:
        self.joined = joined
        self.root = joined.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self.document = joined.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=self.root))
        self.parts: list[pikepdf.Object] = []
        self.parents: list[Any] = []
        self.roles: dict[str, pikepdf.Object] = {}
        self.classes: dict[str, pikepdf.Object] = {}
        self.offset = 0
        self.next = 0

    def renumber(self, source: Pdf) -> None:
        """Move the numbers by which things of ``source`` refer to its tags; drop them when it has none."""
        tagged = "/StructTreeRoot" in source.Root
        self.offset = self.next

        def move(thing: pikepdf.Object) -> None:
            for key in ("/StructParents", "/StructParent"):
                if key in thing:
                    number = int(thing[key]) + self.offset
                    del thing[key]
                    if tagged:
                        thing[key] = number
                        self.next = max(self.next, number + 1)

        for thing in source.objects:
            if isinstance(thing, (Dictionary, Stream)):
                move(thing)
        for page in source.pages:
            for note in page.get("/Annots", Array()):
                if not note.is_indirect:
                    move(note)

    def take(self, source: Pdf, title: str) -> bool:
        """Take over the tags of ``source``, whose pages are copied already. False when it has none."""
        if "/StructTreeRoot" not in source.Root:
            return False
        if not source.Root.StructTreeRoot.is_indirect:
            source.Root.StructTreeRoot = source.make_indirect(source.Root.StructTreeRoot)
        copied = self.joined.copy_foreign(source.Root.StructTreeRoot)
        kids = children(copied)
        self._take_roles(dict(copied.get("/RoleMap", Dictionary()).items()), kids)
        for name, attributes in copied.get("/ClassMap", Dictionary()).items():
            self.classes.setdefault(name, attributes)
        if "/ParentTree" in copied:
            for number, elements in pikepdf.NumberTree(copied.ParentTree).items():
                self.parents += [number + self.offset, elements]
                self.next = max(self.next, number + self.offset + 1)
        if len(kids) == 1 and kids[0].get("/S") == Name.Document:
            part = kids[0]
            part.S = Name.Part
        else:
            part = self.joined.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Part, K=Array(kids)))
            for kid in kids:
                kid.P = part
        part.P = self.document
        part.T = String(title)
        self.parts.append(part)
        return True

    def _take_roles(self, roles: Mapping[str, pikepdf.Object], kids: Sequence[pikepdf.Object]) -> None:
        """Add what the part's own tag names stand for; a name that others use in another sense gets a new one."""
        renamed: dict[str, str] = {}
        for name, standard in sorted(roles.items()):
            free, count = name, 1
            while self.roles.get(free, standard) != standard:
                count += 1
                free = f"{name}-{count}"
            self.roles[free] = standard
            if free != name:
                renamed[name] = free
        below = list(kids) if renamed else []
        while below:
            element = below.pop()
            if (name := str(element.get("/S", ""))) in renamed:
                element.S = Name(renamed[name])
            below += children(element)

    def finish(self) -> None:
        """Give the joined PDF the tree, unless there is nothing in it."""
        if not self.parts:
            return
        self.document.K = Array(self.parts)
        self.root.K = Array([self.document])
        self.root.ParentTree = self.joined.make_indirect(Dictionary(Nums=Array(self.parents)))
        self.root.ParentTreeNextKey = self.next
        if self.roles:
            self.root.RoleMap = Dictionary(self.roles)
        if self.classes:
            self.root.ClassMap = Dictionary(self.classes)
        self.joined.Root.StructTreeRoot = self.root
        self.joined.Root.MarkInfo = Dictionary(Marked=True)


def all_kids(element: pikepdf.Object) -> list[Any]:
    """What an element holds: elements, and content by its number or with its page."""
    found: Any = element.get("/K", Array())
    return list(found) if isinstance(found, Array) else [found]


def children(element: pikepdf.Object) -> list[pikepdf.Object]:
    """The child elements of an element; marked content is left out."""
    return [kid for kid in all_kids(element) if isinstance(kid, Dictionary)]
