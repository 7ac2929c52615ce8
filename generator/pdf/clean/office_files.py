"""Finished Word files and decks without what their template carries along and nobody sees.

Who made it, with what and on which machine: paths, printers, variables, custom properties, thumbnails, data of
pictures; and hidden text. Nothing is left that is fetched on opening: linked pictures, fields that take in a file.
What a reader sees stays.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from typing import Any

from lxml import etree

from generator.basic import package, relationships
from generator.basic.patterns import compile_late
from generator.pdf import links
from generator.pdf.clean.pictures import image

# Of the web or a mailbox, or within the file; all else is a path of some machine.
HARMLESS_LINK = compile_late(r"https?://[^\\/\s]|mailto:|#", re.IGNORECASE)
_UNWANTED = compile_late(
    r"/(?:thumbnail|custom-properties|customXml|printerSettings|attachedToolbars|keyMapCustomizations|vbaProject"
    r"|recipientData)$",
    re.IGNORECASE,
)
_XML = compile_late(r"(?:word|ppt)/(?!_rels/|theme/|fontTable)[^.]+\.xml|docProps/app\.xml")
_GONE = {"attachedTemplate", "docVars", "rsids", "mailMerge", "Manager", "Company", "HyperlinkBase", "Template"}
_ELEMENTS = [name.encode() for name in sorted({*_GONE, "vanish", "hidden"})]
_SUSPECT = compile_late(rb"<!--|<\?(?!xml )|instrText|[Ii]nstr=|[<:](?:%s)[\s/>]" % b"|".join(_ELEMENTS))
# One of these stands in every suspect part; looked for first, since a part may be of many megabytes.
_SIGNS = (b"<!--", b"<?", b"instrText", b"nstr=", *_ELEMENTS)
# None of it has more bytes.
_LONGEST_SIGN = 64
_RELATION = "officeDocument/2006/relationships", "officeDocument/relationships"


def office(content: bytes) -> bytes:
    """A .docx or .pptx without it; the same bytes where there is nothing. Raises what Package and lxml raise."""
    content = relationships.without(content, _UNWANTED)
    with package.Package(content) as archive:
        names = archive.namelist()
        changed: dict[str, bytes] = {}
        cut: dict[str, set[str]] = {}
        for name in names:
            if name.endswith(".rels") and b"External" in (part := archive.read(name)):
                cleaned, cut[_source(name)] = _without_paths(part)
                if cleaned != part:
                    changed[name] = cleaned
        for name in names:
            if not name.endswith((".xml", ".rels")):
                part = archive.read(name)
                cleaned = image(part)
            elif _XML.fullmatch(name) and (cut.get(name) or _is_suspect(archive, name)):
                part = archive.read(name)
                cleaned = _cleaned(part, cut.get(name, ()))
            else:
                continue
            if cleaned != part:
                changed[name] = cleaned
        if not changed:
            return content
        return package.written(
            (name, changed[name] if name in changed else archive.read(name)) for name in package.in_order(names)
        )


def _is_suspect(archive: package.Package, name: str) -> bool:
    """Whether a part may hold what must go."""
    with archive.open(name) as part:
        return any(
            any(sign in piece for sign in _SIGNS) and _SUSPECT.search(piece)
            for piece in package.pieces(part, _LONGEST_SIGN)
        )


def _source(relations: str) -> str:
    """The part whose relationships these are."""
    folder, name = posixpath.split(relations)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def _without_paths(part: bytes) -> tuple[bytes, set[str]]:
    """The relationships without those that are followed on opening or lead to a machine, and the ids of these."""
    root = _parsed(part)
    found = [
        element
        for element in root.iter("{*}Relationship")
        if element.get("TargetMode", "").lower() == "external"
        and not (
            element.get("Type", "").endswith("/hyperlink") and HARMLESS_LINK.match(element.get("Target", "").strip())
        )
    ]
    for element in found:
        root.remove(element)
    return (_written(root) if found else part), {element.get("Id", "") for element in found}


def _cleaned(part: bytes, cut: Collection[str]) -> bytes:
    root = _parsed(part)
    changed = links.cut_fields(root)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or _word(element) in _GONE or _is_hidden(element):
            changed = _remove(element) or changed
    for element in list(root.iter(etree.Element)):
        for name, value in list(element.attrib.items()):
            if value in cut and str(etree.QName(name).namespace).endswith(_RELATION):
                _unlink(element, name)
                changed = True
    return _written(root) if changed else part


def _is_hidden(element: Any) -> bool:
    """Whether it is a run of text, or a row of a table, that is marked as hidden."""
    mark = {"r": "{*}rPr/{*}vanish", "tr": "{*}trPr/{*}hidden"}.get(_word(element))
    for found in element.iterfind(mark) if mark else ():
        value = next((value for name, value in found.attrib.items() if etree.QName(name).localname == "val"), "1")
        if value.lower() not in ("0", "false", "off"):
            return True
    return False


def _unlink(element: Any, name: str) -> None:
    """Takes a link away that led to what is gone; what it stands around stays."""
    word, parent = _word(element), element.getparent()
    if word == "blip":
        del element.attrib[name]
    elif word == "hyperlink" and parent is not None:
        place = parent.index(element)
        for offset, child in enumerate(list(element)):
            parent.insert(place + offset, child)
        _remove(element)
    else:
        _remove(element)


def _word(element: Any) -> str:
    return str(etree.QName(element).localname)


def _remove(element: Any) -> bool:
    """Takes an element away; text after it stays, where there is any."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return False
    if element.tail and element.tail.strip():
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
    return True


def _parsed(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _written(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
