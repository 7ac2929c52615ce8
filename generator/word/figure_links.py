"""A copy of a document in which each recorded stretch is a link, for the map of figures; it never leaves the house.

LibreOffice writes an exact rectangle for a run inside w:hyperlink if its character style is named Hyperlink and exists
in the document. The style has no looks of its own, so that nothing moves.
"""

from __future__ import annotations

import copy
from typing import Any

from lxml import etree

from generator.basic.package import Package, rewritten
from generator.documents.passages import Contents
from generator.word import stretches
from generator.word.ooxml import Styles, W, properties_of, style_of, text_of, write
from generator.word.stretches import Stretch

# A name that no host can have (RFC 2606).
ADDRESS = "https://figure.invalid/"
_STYLE = "Hyperlink"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_LINK_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_DOCUMENT, _STYLES, _RELS = "word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"


def linked(package: bytes, contents: Contents) -> tuple[bytes, list[Stretch]]:
    """The copy, and its stretches: the link to ADDRESS + number is of the stretch of that number.

    A document without styles or relations of its own, of a damaged template, is left as it is.
    """
    with Package(package) as archive:
        if not {_STYLES, _RELS} <= {*archive.namelist()}:
            return package, []
        document = etree.fromstring(archive.read(_DOCUMENT), etree.XMLParser(huge_tree=True, resolve_entities=False))
        styles = etree.fromstring(archive.read(_STYLES))
        relations = etree.fromstring(archive.read(_RELS))
    style_id = _style(styles)
    known = Styles(styles)
    looks: dict[Any, Any] = {style.get(f"{W}styleId"): style.find(f"{W}rPr") for style in styles.iter(f"{W}style")}
    found: list[Stretch] = []
    for number, stretch in enumerate(stretches.find(document.find(f"{W}body"), contents)):
        found.append(stretch)
        relation = etree.SubElement(relations, f"{_RELATIONS}Relationship")
        relation.attrib.update(
            {"Id": f"figure{number}", "Type": _LINK_TYPE, "Target": f"{ADDRESS}{number}", "TargetMode": "External"}
        )
        for runs in stretch.runs:
            link = etree.Element(f"{W}hyperlink")
            link.set(f"{_R}id", f"figure{number}")
            runs[0].addprevious(link)
            for run in runs:
                _dress(run, style_id, looks)
                link.append(run)
            _widen(link, known)
    parts = {_DOCUMENT: document, _STYLES: styles, _RELS: relations}

    def part(name: str, content: bytes) -> bytes:
        if name not in parts:
            return content
        return etree.tostring(parts[name], xml_declaration=True, encoding="UTF-8", standalone=True)

    return rewritten(package, part), found


def _widen(link: Any, styles: Styles) -> None:
    """A blank before a single sign alone at the right edge, for which LibreOffice 25.2 writes no rectangle else."""
    paragraph = link.getparent()
    own = paragraph.find(f"{W}pPr/{W}jc")
    side = own.get(f"{W}val") if own is not None else styles.of(style_of(paragraph), "jc", "val")
    if side in ("right", "end") and len(text_of(paragraph)) == 1:
        text = next(link.iter(f"{W}t"))
        write(text, f" {text.text}")


def _style(root: Any) -> str:
    """The id of the character style, made without looks where there is none."""
    known = Styles(root).id_of(_STYLE)
    style = next((style for style in root.iter(f"{W}style") if style.get(f"{W}styleId") == known), None)
    if style is None:
        known = _STYLE
        style = etree.SubElement(root, f"{W}style")
        style.set(f"{W}type", "character")
        style.set(f"{W}styleId", _STYLE)
        etree.SubElement(style, f"{W}name").set(f"{W}val", _STYLE)
    for looks in style.findall(f"{W}rPr"):
        style.remove(looks)
    return str(known)


def _dress(run: Any, style_id: str, looks: dict[Any, Any]) -> None:
    """Gives the run the style; what a style that it had looks like becomes its own."""
    properties = properties_of(run, "rPr")
    style = properties.find(f"{W}rStyle")
    if style is None:
        style = etree.Element(f"{W}rStyle")
        properties.insert(0, style)
    else:
        had = looks.get(style.get(f"{W}val"))
        for look in had if had is not None else ():
            if properties.find(look.tag) is None:
                properties.append(copy.deepcopy(look))
    style.set(f"{W}val", style_id)
