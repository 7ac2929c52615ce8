"""A mark at the top right of each page of a finished .docx: 限閱."""

from __future__ import annotations

from typing import Any

from lxml import etree

from generator.basic.package import UNIX, Package, written
from generator.word.ooxml import W

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_HEADER = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
_PART, _ID = "header90.xml", "rIdPageMark"
_KINDS = ("default", "first", "even")


def marked(package: bytes, text: str) -> bytes:
    """The document with the mark in every header; a header that is there keeps what it says, below the mark."""
    with Package(package) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    document = etree.fromstring(parts["word/document.xml"])
    lacking = False
    headers = {reference.get(f"{_R}id") for reference in document.iter(f"{W}headerReference")}
    for section in document.iter(f"{W}sectPr"):
        there = {reference.get(f"{W}type") for reference in section.findall(f"{W}headerReference")}
        for kind in (kind for kind in _KINDS if kind not in there):
            reference = etree.Element(f"{W}headerReference")
            reference.set(f"{W}type", kind)
            reference.set(f"{_R}id", _ID)
            section.insert(0, reference)
            lacking = True
    relationships = etree.fromstring(parts["word/_rels/document.xml.rels"])
    for relationship in relationships:
        if relationship.get("Id") in headers:
            name = f"word/{relationship.get('Target')}"
            header = etree.fromstring(parts[name])
            header.insert(0, _paragraph(text))
            parts[name] = _xml(header)
    if lacking:
        header = etree.Element(f"{W}hdr", nsmap={"w": W[1:-1]})
        header.append(_paragraph(text))
        parts[f"word/{_PART}"] = _xml(header)
        added = etree.SubElement(relationships, f"{{{_RELATIONSHIPS}}}Relationship")
        added.attrib.update({"Id": _ID, "Type": _HEADER, "Target": _PART})
        types = etree.fromstring(parts["[Content_Types].xml"])
        override = etree.SubElement(types, f"{{{_TYPES}}}Override")
        override.attrib.update({"PartName": f"/word/{_PART}", "ContentType": _CONTENT})
        parts["[Content_Types].xml"] = _xml(types)
    parts["word/_rels/document.xml.rels"] = _xml(relationships)
    parts["word/document.xml"] = _xml(document)
    return written(parts.items(), system=UNIX)


def _paragraph(text: str) -> Any:
    paragraph = etree.Element(f"{W}p")
    properties = etree.SubElement(paragraph, f"{W}pPr")
    etree.SubElement(properties, f"{W}jc").set(f"{W}val", "right")
    run = etree.SubElement(paragraph, f"{W}r")
    look = etree.SubElement(run, f"{W}rPr")
    fonts = etree.SubElement(look, f"{W}rFonts")
    for name, face in (("ascii", "Times New Roman"), ("hAnsi", "Times New Roman"), ("eastAsia", "標楷體")):
        fonts.set(f"{W}{name}", face)
    etree.SubElement(look, f"{W}b")
    etree.SubElement(look, f"{W}sz").set(f"{W}val", "28")
    etree.SubElement(run, f"{W}t").text = text
    return paragraph


def _xml(root: Any) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content
