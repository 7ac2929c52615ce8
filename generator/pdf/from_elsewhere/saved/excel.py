"""Workbooks (.xlsx): cells keep the values that were saved, heads and feet show the name and the day of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from generator.basic.patterns import compile_late
from generator.pdf.from_elsewhere.saved.about import PATH, About

SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_HEADS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
# A code of a head or foot (ECMA-376 part 1, 18.3.1.46): a font, a colour, a size, or one letter.
_CODE = compile_late(r'&(?:"[^"]*"|K(?:[0-9A-Fa-f]{6}|\d{2}[+-]\d{3})|\d+|.)', re.DOTALL)
_TODAY = compile_late(r"\b(TODAY|NOW)\s*\(\s*\)", re.IGNORECASE)
_OF_THE_FILE = compile_late(r"\bCELL\s*\(\s*\"filename\"|\bINFO\s*\(\s*\"directory\"", re.IGNORECASE)
_CELL_NAME = compile_late(r"\bCELL\s*\(\s*\"filename\"\s*(?:,[^()]*)?\)", re.IGNORECASE)
_INFO = compile_late(r"\bINFO\s*\(\s*\"directory\"\s*\)", re.IGNORECASE)


def freeze(root: Any, about: About) -> bool:
    """Takes the formulas of a part away where a value was saved; returns whether anything changed."""
    changed = _freeze_cells(root, about)
    for head in root.iter(*(f"{{{space}}}{name}" for space in SPACES for name in _HEADS)):
        after = head_text(head.text or "", about)
        changed, head.text = changed or after != (head.text or ""), after
    for formula in root.iter("{*}f", "{*}formula", "{*}formula1", "{*}formula2", "{*}definedName"):
        changed = _settle(formula, about) or changed
    return changed


def _freeze_cells(root: Any, about: About) -> bool:
    changed = False
    # Formulas that are written once for several cells: they stay where one of these has no value.
    without: set[str] = set()
    cells = [formula.getparent() for formula in root.iter(*(f"{{{space}}}f" for space in SPACES))]
    cells = [cell for cell in cells if cell is not None and etree.QName(cell).localname == "c"]
    for cell in cells:
        formula = cell.find("{*}f")
        if formula.get("t") == "shared" and _value(cell) is None:
            without.add(formula.get("si", ""))
    for cell in cells:
        formula, value = cell.find("{*}f"), _value(cell)
        if value is None or (formula.get("t") == "shared" and formula.get("si", "") in without):
            continue
        if cell.get("t") == "str":
            if _OF_THE_FILE.search("".join(formula.itertext())):
                value.text = of_the_file(value.text or "", about)
            _as_text(cell, value)
        cell.remove(formula)
        changed = True
    return changed


def _value(cell: Any) -> Any | None:
    value = cell.find("{*}v")
    return value if value is not None and (value.text or cell.get("t") == "str") else None


def _as_text(cell: Any, value: Any) -> None:
    """The text that a formula gave, as a cell of text has it."""
    space = etree.QName(cell).namespace
    text = value.text or ""
    cell.remove(value)
    cell.set("t", "inlineStr")
    inside = etree.SubElement(etree.SubElement(cell, f"{{{space}}}is"), f"{{{space}}}t")
    inside.text = text
    inside.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def of_the_file(text: str, about: About) -> str:
    """What a formula said of its file, without the folder and with the name it has now.

    Excel writes C:\\…\\[old.xlsx]Sheet1, LibreOffice 'file:///…/old.xlsx'#$Sheet1.
    """
    text = re.sub(r"'[^'#]*'(?=#)", lambda _: f"'{about.name}'", PATH.sub("", text), count=1)
    return re.sub(r"\[[^\[\]]*\]", lambda _: f"[{about.name}]", text, count=1)


def _settle(formula: Any, about: About) -> bool:
    """A formula for which no value was saved, of a cell, a name or a condition: today is the day of the file."""
    before = "".join(formula.itertext())
    after = _INFO.sub('""', _CELL_NAME.sub(lambda _: '"[{}]"'.format(about.name.replace('"', '""')), before))
    if about.saved is not None:
        after = _TODAY.sub(lambda match: about.formula(match[1].upper() == "NOW"), after)
    if after == before:
        return False
    for below in list(formula):
        formula.remove(below)
    formula.text = after
    return True


def head_text(text: str, about: About) -> str:
    """A head or foot with the name and the day of the file written out, and without its folder."""
    pieces: list[str] = []
    place = 0
    for match in _CODE.finditer(text):
        pieces.append(text[place : match.start()])
        place = match.end()
        pieces.append(_shown(match[0], pieces, about))
    return "".join([*pieces, text[place:]])


def _shown(code: str, before: list[str], about: About) -> str:
    instead = {"&F": about.name, "&Z": "", "&D": about.date, "&T": about.time}.get(code.upper())
    if instead is None:
        return code
    instead = instead.replace("&", "&&")
    # After a size a figure would belong to it.
    follows_size = bool(before) and re.search(r"&\d+$", "".join(before)) is not None
    return f" {instead}" if follows_size and instead[:1].isdigit() else instead


def unsaved(root: Any) -> Iterator[str]:
    """The cells of a sheet whose formula has no saved value."""
    for formula in root.iter(*(f"{{{space}}}f" for space in SPACES)):
        cell = formula.getparent()
        if cell is not None and etree.QName(cell).localname == "c" and _value(cell) is None:
            yield cell.get("r", "")
