"""Parts of an Office file by what they are to it: comments, the people who wrote them, the record of changes."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

from lxml import etree

from generator.basic.package import Package, in_order, written
from generator.basic.patterns import compile_late

_TYPES = "[Content_Types].xml"
# The last word of the type of a relationship. Word, Excel and PowerPoint each have older and newer ones.
_PEOPLES = compile_late(
    r"/(?:comments\w*|commentAuthors|threadedComments?|authors|people|persons?|usernames|revisionHeaders|revisionLog)$",
    re.IGNORECASE,
)


def without_comments(content: bytes) -> bytes:
    """The Office file without the parts that hold comments, their authors, and the record of changes of a workbook.

    What refers to a comment in a text is not touched (see word.revisions). Raises what Package and lxml raise.
    """
    return without(content, _PEOPLES)


def without(content: bytes, kinds: re.Pattern[str]) -> bytes:
    """The Office file without relationships of these types and the parts that they lead to; the same bytes without any.

    Raises what Package and lxml raise.
    """
    with Package(content) as archive:
        names = archive.namelist()
        parts: dict[str, bytes] = {}
        unwanted: set[str] = set()
        for name in names:
            if name.endswith(".rels"):
                parts[name], targets = _sorted_out(name, archive.read(name), kinds)
                unwanted |= targets
        if not unwanted:
            return content
        unwanted |= {posixpath.join(posixpath.dirname(name), "_rels", f"{posixpath.basename(name)}.rels")
                     for name in unwanted}  # fmt: skip
        for name in names:
            if name not in parts:
                parts[name] = archive.read(name)
    left_out = {name.casefold() for name in unwanted}
    kept = {name: part for name, part in parts.items() if name.casefold() not in left_out}
    if _TYPES in kept:
        kept[_TYPES] = _listed(kept[_TYPES], kept)
    return written((name, kept[name]) for name in in_order(kept))


def _parsed(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def _written(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _sorted_out(name: str, part: bytes, kinds: re.Pattern[str]) -> tuple[bytes, set[str]]:
    """The relationships of a part without those to what is unwanted, and the names of the parts these lead to."""
    root = _parsed(part)
    folder = posixpath.dirname(posixpath.dirname(name))
    found = [element for element in root.iter("{*}Relationship") if kinds.search(element.get("Type", ""))]
    targets = set()
    for relationship in found:
        target = unquote(relationship.get("Target", ""))
        path = target if target.startswith("/") else f"/{folder}/{target}"
        targets.add(posixpath.normpath(path).lstrip("/"))
        relationship.getparent().remove(relationship)
    return (_written(root) if found else part), targets


def _listed(part: bytes, kept: dict[str, bytes]) -> bytes:
    root = _parsed(part)
    present = {name.casefold() for name in kept}
    for entry in list(root.iter("{*}Override")):
        if unquote(entry.get("PartName", "")).lstrip("/").casefold() not in present:
            entry.getparent().remove(entry)
    return _written(root)
