"""Fields and formulas of ODF: each becomes the text or the value that was saved (OpenDocument 1.3, 7 and 19)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from lxml import etree

from generator.basic.patterns import compile_late
from generator.pdf.clean.open_documents import NAMESPACES
from generator.pdf.from_elsewhere.saved.about import About
from generator.pdf.from_elsewhere.saved.excel import of_the_file

_TEXT, _TABLE, _OFFICE = NAMESPACES["text"], NAMESPACES["table"], NAMESPACES["office"]
_PRESENTATION, _CALC = (
    NAMESPACES["presentation"],
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
)
_FILE_NAME = "file-name"
# Fields that LibreOffice works out anew. Those that count pages, name the chapter of a page or hide stay.
_FIELDS_WORDS = """
date time file-name template-name print-date print-time modification-date modification-time creation-date
creation-time editing-duration editing-cycles author-name author-initials creator initial-creator printed-by
title subject keywords description user-defined sender-firstname sender-lastname sender-initials sender-title
sender-position sender-email sender-phone-private sender-fax sender-company sender-phone-work sender-street
sender-city sender-postal-code sender-country sender-state-or-province reference-ref bookmark-ref note-ref
sequence-ref sequence expression variable-get variable-set variable-input user-field-get user-field-input
text-input placeholder conditional-text database-display database-name database-row-number execute-macro drop-
down dde-connection table-formula measure word-count character-count paragraph-count table-count image-count
object-count
"""
_FIELDS = frozenset(_FIELDS_WORDS.split())
_HIDDEN = "none"
# What LibreOffice writes in the heads of a workbook, where the field was never worked out.
_NOT_WORKED_OUT = compile_late(r"[?0.:/\-\s]*")
_TODAY = compile_late(r"\b(TODAY|NOW)\s*\(\s*\)", re.IGNORECASE)
_OF_THE_FILE = compile_late(r"\bCELL\s*\(\s*\"(?:filename|FILENAME)\"|\bINFO\s*\(", re.IGNORECASE)


def freeze(root: Any, about: About) -> bool:
    """Takes fields and formulas of a part away where something was saved; returns whether there were any."""
    changed = False
    for element in list(root.iter(f"{{{_TEXT}}}*")):
        name = etree.QName(element).localname
        if name in _FIELDS and element.getparent() is not None:
            _replace(element, _shown(element, name, about))
            changed = True
    changed = _freeze_dates_of_slides(root, about, keeps=True) or changed
    for cell in root.iter(f"{{{_TABLE}}}table-cell", f"{{{_TABLE}}}covered-table-cell"):
        changed = _freeze_cell(cell, about) or changed
    return changed


def freeze_names(root: Any, about: About) -> bool:
    """The same of a file that was just converted: fields that show its name, or when that was, and cells with an error,
    which LibreOffice would take for a name that it does not know."""
    found = [element for name in (_FILE_NAME, "date", "time") for element in root.iter(f"{{{_TEXT}}}{name}")]
    for element in found:
        name = etree.QName(element).localname
        saved = {"date": about.date, "time": about.time}.get(name)
        _replace(element, _shown(element, name, about) if saved is None else saved)
    errors = [cell for cell in root.iter(f"{{{_TABLE}}}table-cell") if cell.get(f"{{{_CALC}}}value-type") == "error"]
    frozen = [cell for cell in errors if _freeze_cell(cell, about)]
    return _freeze_dates_of_slides(root, about, keeps=False) or bool(found or frozen)


def _freeze_dates_of_slides(root: Any, about: About, keeps: bool) -> bool:
    """Slides share the date of their feet; ``keeps``: the one that was saved, where one was."""
    source = f"{{{_PRESENTATION}}}source"
    found = [
        declaration
        for declaration in root.iter(f"{{{_PRESENTATION}}}date-time-decl")
        if declaration.get(source) == "current-date"
    ]
    for declared in found:
        declared.set(source, "fixed")
        declared.text = ((declared.text or "").strip() if keeps else "") or about.date
    return bool(found)


def _shown(element: Any, name: str, about: About) -> str:
    saved = "".join(element.itertext())
    if name == _FILE_NAME:
        return about.stem if element.get(f"{{{_TEXT}}}display") == "name" else about.name
    if element.get(f"{{{_TEXT}}}display") == _HIDDEN:
        return ""
    if name in ("date", "time") and _NOT_WORKED_OUT.fullmatch(saved):
        return _written_out(element, name) or (about.date if name == "date" else about.time)
    return saved


def _written_out(element: Any, name: str) -> str:
    value = element.get(f"{{{_TEXT}}}{name}-value", "")
    if name == "time":
        match = re.search(r"(?:T|^|PT)(\d\d)[:H](\d\d)", value)
        return f"{match[1]}:{match[2]}" if match else ""
    try:
        day = datetime.fromisoformat(value[:10])
    except ValueError:
        return ""
    return f"{day.year}/{day.month}/{day.day}"


def _replace(element: Any, text: str) -> None:
    """Puts a plain text where a field stands; what comes after it stays."""
    span = etree.Element(f"{{{_TEXT}}}span", nsmap=element.nsmap)
    span.tail = element.tail
    if "  " not in text and text == text.strip() and "\n" not in text:
        span.text = text
    else:
        # White space is written as elements.
        for element_below in _spaced(text):
            if isinstance(element_below, str):
                if len(span):
                    span[-1].tail = (span[-1].tail or "") + element_below
                else:
                    span.text = (span.text or "") + element_below
            else:
                span.append(element_below)
    element.getparent().replace(element, span)


def _spaced(text: str) -> list[Any]:
    pieces: list[Any] = []
    for piece in re.split(r"(\n|\s+)", text):
        if piece == "\n":
            pieces.append(etree.Element(f"{{{_TEXT}}}line-break"))
        elif piece.isspace() and piece != "\u3000" * len(piece):
            space = etree.Element(f"{{{_TEXT}}}s")
            space.set(f"{{{_TEXT}}}c", str(len(piece)))
            pieces.append(space)
        elif piece:
            pieces.append(piece)
    return pieces


def _freeze_cell(cell: Any, about: About) -> bool:
    formula = cell.get(f"{{{_TABLE}}}formula")
    if formula is None:
        return False
    kind = cell.get(f"{{{_OFFICE}}}value-type")
    if kind is None:
        if about.saved is None or not _TODAY.search(formula):
            return False
        cell.set(
            f"{{{_TABLE}}}formula", _TODAY.sub(lambda match: about.odf_formula(match[1].upper() == "NOW"), formula)
        )
        return True
    del cell.attrib[f"{{{_TABLE}}}formula"]
    for key in ("number-matrix-columns-spanned", "number-matrix-rows-spanned"):
        cell.attrib.pop(f"{{{_TABLE}}}{key}", None)
    if cell.get(f"{{{_CALC}}}value-type") == "error":
        # The text of the cell is what it showed.
        cell.attrib.pop(f"{{{_OFFICE}}}string-value", None)
        cell.attrib.pop(f"{{{_CALC}}}value-type", None)
    if kind == "string" and _OF_THE_FILE.search(formula):
        cell.attrib.pop(f"{{{_OFFICE}}}string-value", None)
        for text in cell.iter(f"{{{_TEXT}}}p"):
            text.text = of_the_file(text.text or "", about)
    return True
