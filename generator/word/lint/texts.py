"""The texts, styles and typefaces of a Word template, place by place, for the check of templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from msgspec import Struct

from generator.basic import package
from generator.word import revisions
from generator.word.ooxml import Styles, W, faces

_PARTS = {"document": "", "header": "頁首", "footer": "頁尾", "footnotes": "註腳"}
_MOST_UNPACKED = 200_000_000
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


class NotADocument(Exception):
    """The file is no .docx that can be read."""


class Fragment(Struct, frozen=True):
    """A text of a template that may hold tags: a paragraph, or an attribute (the description of a table or picture).

    ``number`` counts the paragraphs of the part from 1; an attribute has that of the next paragraph. ``text`` is that
    of the runs without tabs and breaks, as docxtpl reads it. ``node`` is None for an attribute.
    """

    number: int
    text: str
    node: Any

    def around(self, name: str) -> Any:
        """The row (tr) or cell (tc) in which the paragraph stands, itself for p; None where there is none."""
        if self.node is None or name == "p":
            return self.node
        return next(self.node.iterancestors(f"{W}{name}"), None)

    def runs(self) -> list[str]:
        return [node.text or "" for node in _own_texts(self.node)] if self.node is not None else [self.text]

    @property
    def goes_with_it(self) -> bool:
        """Whether the paragraph holds more than text: a picture, a page break or the end of a section."""
        if self.node is None:
            return False
        kinds = ("drawing", "pict", "object", "sectPr")
        breaks = self.node.iter(f"{W}br")
        return any(next(self.node.iter(f"{W}{kind}"), None) is not None for kind in kinds) or any(
            line_break.get(f"{W}type") in ("page", "column") for line_break in breaks
        )


class Package:
    """The XML of a .docx, to look at, as it is filled: with its changes accepted and without comments.

    ``revised`` are the paragraphs of the file as it stands in which there are changes or comments: part, number (0
    where it is in none) and text. Raises NotADocument, and OSError where the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.revised: list[tuple[str, int, str]] = []
        wanted = re.compile(rf"word/(?:({'|'.join(_PARTS)})\d*|styles|theme/theme1)\.xml")
        try:
            with package.Package(path, package.Budget(_MOST_UNPACKED)) as archive:
                read = {
                    name: etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False))
                    for name in sorted(archive.namelist())
                    if wanted.fullmatch(name)
                }
        except OSError:
            raise
        except Exception as error:
            # zipfile, zlib and lxml raise a dozen kinds of errors on damaged files; each means the same to the user.
            raise NotADocument(path.name) from error
        if "word/document.xml" not in read:
            raise NotADocument(path.name)
        for name, root in read.items():
            if (found := wanted.fullmatch(name)) and found[1]:
                self.revised += _revised(_PARTS[found[1]], root)
            revisions.accept(root)
        self.parts = [
            (_PARTS[found[1]], root) for name, root in read.items() if (found := wanted.fullmatch(name)) and found[1]
        ]
        self.styles = Styles(read.get("word/styles.xml", etree.Element(f"{W}styles")))
        self.theme = _theme(read.get("word/theme/theme1.xml"))

    def styles_used(self) -> Iterator[tuple[str, int, str, str]]:
        """(part, paragraph, its text, style id) for each style that a paragraph, run or table names."""
        for part, root in self.parts:
            for fragment, element in _within_paragraphs(root, "pStyle", "rStyle", "tblStyle"):
                yield part, fragment.number, fragment.text, element.get(f"{W}val") or ""

    def fonts_used(self) -> Iterator[tuple[str, int, str, str]]:
        """(part, paragraph, its text, typeface) for each typeface that a run with text names itself."""
        for part, root in self.parts:
            for fragment, run in _within_paragraphs(root, "r"):
                if any((node.text or "").strip() for node in run.iterchildren(f"{W}t")):
                    for face in faces(run, self.theme):
                        yield part, fragment.number, fragment.text, face


def _revised(part: str, root: Any) -> Iterator[tuple[str, int, str]]:
    numbers = {fragment.node: fragment.number for fragment in fragments(root) if fragment.node is not None}
    for paragraph, text in revisions.revised(root):
        yield part, numbers[paragraph] if paragraph is not None else 0, text


def fragments(root: Any) -> list[Fragment]:
    """The paragraphs of a part in their order, and before each the attributes with braces that stand before it."""
    found: list[Fragment] = []
    number = 0
    for element in root.iter(etree.Element):
        if element.tag == f"{W}p":
            number += 1
            text = "".join(node.text or "" for node in _own_texts(element))
            found.append(Fragment(number, text.replace("\n", " "), element))
        for value in element.attrib.values():
            if "{{" in value or "{%" in value:
                # A tag that stands in an attribute is rendered as the file spells it.
                inside = next(element.iterancestors(f"{W}p"), None) is not None
                found.append(Fragment(number if inside else number + 1, value.replace('"', "&quot;"), None))
    return found


def _own_texts(paragraph: Any) -> list[Any]:
    """The text nodes of a paragraph without those of the text boxes in it."""
    return [node for node in paragraph.iter(f"{W}t") if next(node.iterancestors(f"{W}p"), None) is paragraph]


def _within_paragraphs(root: Any, *names: str) -> Iterator[tuple[Fragment, Any]]:
    """The elements of these names, each with its paragraph; the style of a table with the table's first."""
    with_node = [fragment for fragment in fragments(root) if fragment.node is not None]
    by_node = {fragment.node: fragment for fragment in with_node}
    for element in root.iter(*(f"{W}{name}" for name in names)):
        holder = next(element.iterancestors(f"{W}p"), None)
        if holder is None and (table := next(element.iterancestors(f"{W}tbl"), None)) is not None:
            holder = next(table.iter(f"{W}p"), None)
        if holder is not None:
            yield by_node[holder], element


def _theme(root: Any) -> dict[str, str]:
    """The typefaces behind minorHAnsi, majorEastAsia …."""
    faces: dict[str, str] = {}
    if root is None:
        return faces
    for size in ("major", "minor"):
        fonts = root.find(f".//{_A}{size}Font")
        if fonts is None:
            continue
        latin, east = fonts.find(f"{_A}latin"), fonts.find(f"{_A}ea")
        hant = next((font.get("typeface") for font in fonts.iter(f"{_A}font") if font.get("script") == "Hant"), "")
        faces[f"{size}Ascii"] = faces[f"{size}HAnsi"] = latin.get("typeface") if latin is not None else ""
        faces[f"{size}EastAsia"] = (east.get("typeface") if east is not None else "") or hant or ""
    return faces
