"""What an .xlsx says of itself beside its sheets: which part is the workbook, and what that lists.

Elements are known by their names alone, whatever their namespace. What is not asked for here may be wrong.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from lxml import etree

from generator.basic import package
from generator.workbook.xlsx_styles import Style, is_set, last, styles

_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_MACRO = "application/vnd.ms-excel."
_WORKBOOKS = (
    f"{_MACRO}template.macroEnabled.main+xml",
    f"{_KIND}template.main+xml",
    f"{_MACRO}sheet.macroEnabled.main+xml",
    f"{_KIND}sheet.main+xml",
)
_STRINGS = f"{_KIND}sharedStrings+xml"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STATES = ("visible", "hidden", "veryHidden", "none")


class ListedSheet(NamedTuple):
    """A sheet as the workbook lists it, with the name of its part."""

    name: str
    shown: bool
    part: str


class Book(NamedTuple):
    """A workbook: the names of its part and of that of its texts ("" without), its sheets, and its styles.

    ``windowless``: every window of it is hidden, so that Excel shows none of its sheets.
    """

    part: str
    strings: str
    sheets: tuple[ListedSheet, ...]
    styles: list[Style]
    from_1904: bool
    windowless: bool


def book(parts: Mapping[str, bytes], present: Collection[str]) -> Book:
    """The workbook of these small parts; ``present``: the names of all parts. Sheets of charts are left out.

    Raises KeyError, ValueError and lxml's errors for one that is damaged, or has no sheet.
    """
    types = _parsed(parts, "[Content_Types].xml")
    names = {entry.attrib["ContentType"]: entry.attrib["PartName"][1:]
             for entry in types.iterchildren("{*}Override", reversed=True)}  # fmt: skip
    part = next((names[kind] for kind in _WORKBOOKS if kind in names), "")
    if not part and any(entry.get("ContentType") in _WORKBOOKS for entry in types.iterchildren("{*}Default")):
        # Some programs give the type to every part that ends in .xml.
        part = "xl/workbook.xml"
    root = _parsed(parts, part)
    properties, views = last(root, "workbookPr"), last(root, "bookViews")
    sheets = tuple(sheet for sheet in _sheets(root, parts, part) if sheet.part in present)
    if not sheets:
        raise ValueError("no sheets")
    shown = [_is_shown(view, "visibility") for view in views.iterchildren("*")] if views is not None else []
    return Book(
        part,
        names.get(_STRINGS, ""),
        sheets,
        styles(parts.get("xl/styles.xml")),
        properties is not None and is_set(properties.get("date1904")),
        bool(shown) and not any(shown),
    )


def _parsed(parts: Mapping[str, bytes], name: str) -> Any:
    return etree.fromstring(parts[name], package.parser())


def _sheets(root: Any, parts: Mapping[str, bytes], part: str) -> list[ListedSheet]:
    folder, name = posixpath.split(part)
    relations = _parsed(parts, posixpath.join(folder, "_rels", f"{name}.rels"))
    links = {link.get("Id"): link.attrib for link in relations.iterchildren("*")}
    found = []
    listed = last(root, "sheets")
    for sheet in listed.iterchildren("*") if listed is not None else ():
        # What has no number is no sheet: Excel cannot open it either.
        int(sheet.attrib["sheetId"])
        title, shown = sheet.attrib["name"], _is_shown(sheet, "state")
        # Old .xlsm have entries that lead nowhere.
        if not (number := sheet.get(_LINK, sheet.get("id"))):
            continue
        link = links[number]
        if "chartsheet" in link["Type"]:
            continue
        found.append(ListedSheet(title, shown, _target(folder, link["Target"], link.get("TargetMode"))))
    return found


def _target(folder: str, target: str, mode: str | None) -> str:
    if mode == "External":
        return target
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _is_shown(element: Any, attribute: str) -> bool:
    state = element.get(attribute, "visible")
    if state not in _STATES:
        raise ValueError(state)
    return bool(state == "visible")
