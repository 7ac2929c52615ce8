"""Fields on slides, and in the text boxes of a workbook: all but the number of the slide become their saved text."""

from __future__ import annotations

from typing import Any

from lxml import etree

from generator.pdf.from_elsewhere.saved.about import About

SPACES = (
    "http://schemas.openxmlformats.org/presentationml/2006/main",
    "http://purl.oclc.org/ooxml/presentationml/main",
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "http://schemas.microsoft.com/office/drawing/2008/diagram",
)
_LIVE = ("slidenum",)


def freeze(root: Any, about: About) -> bool:
    """Makes plain runs of the fields of a part; returns whether there were any."""
    found = [element for element in root.iter("{*}fld") if element.get("type", "") not in _LIVE]
    for element in found:
        space = etree.QName(element).namespace
        element.tag = f"{{{space}}}r"
        element.attrib.clear()
        for child in list(element):
            if etree.QName(child).localname == "pPr":
                element.remove(child)
        text = element.find(f"{{{space}}}t")
        if text is None:
            etree.SubElement(element, f"{{{space}}}t").text = ""
    return bool(found)
