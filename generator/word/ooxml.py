"""Raw WordprocessingML: names, styles, texts and the package of a .docx. labels, tables and lint build on it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lxml import etree

from generator.basic.package import DAMAGED, UNIX, Package, rewritten, small
from generator.basic.patterns import compile_late

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# What lxml has written from a tree is well-formed. Of other parts most are the same in each document.
_FROM_TREES = ("word/document.xml", "word/styles.xml")
_SOUND: dict[bytes, None] = {}
_MOST_SOUND = 200
_FOOTER = compile_late(r"word/footer\d*\.xml")
# The name of what holds where no style says otherwise.
DEFAULTS = "（預設格式）"
# Word's own styles, which LibreOffice writes with a capital.
_BUILT_IN = compile_late(
    r"heading \d|header|footer|caption|title|subtitle|footnote text|endnote text|index|toc \d", re.I
)


def canonical(name: str) -> str:
    """The name of a style as Word writes it."""
    return name.lower() if _BUILT_IN.fullmatch(name) else name


class Styles:
    """The paragraph styles of a document, as far as indents and size go; basedOn is followed."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self._by_id = {style.get(f"{W}styleId"): style for style in root.iter(f"{W}style")}
        self._default = root.find(f"{W}docDefaults")

    def name(self, style_id: str | None) -> str:
        """The name of a style; Word gives styles new ids when staff save a template, names stay."""
        name = self._by_id[style_id].find(f"{W}name") if style_id in self._by_id else None
        return canonical(name.get(f"{W}val") or "") if name is not None else ""

    def id_of(self, name: str) -> str | None:
        """The id of the style of that name."""
        return next((key for key in self._by_id if self.name(key) == name), None)

    def fonts(self, style_id: str | None, theme: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """(style name, typeface) for each typeface that a style or one it is based on names; None: the defaults."""
        for style in self._chain(style_id) if style_id else [self._default] if self._default is not None else []:
            for face in faces(style, theme):
                yield self.name(style.get(f"{W}styleId")) or DEFAULTS, face

    def _chain(self, style_id: str | None) -> Iterator[Any]:
        seen: set[str] = set()
        while style_id and style_id in self._by_id and style_id not in seen:
            seen.add(style_id)
            style = self._by_id[style_id]
            yield style
            base = style.find(f"{W}basedOn")
            style_id = base.get(f"{W}val") if base is not None else None

    def indent(self, style_id: str | None) -> tuple[int, int]:
        """(left, hanging) in twips."""
        for style in self._chain(style_id):
            ind = style.find(f"{W}pPr/{W}ind")
            if ind is not None:
                return int(ind.get(f"{W}left") or ind.get(f"{W}start") or 0), int(ind.get(f"{W}hanging") or 0)
        return 0, 0

    def of(self, style_id: str | None, element: str, attribute: str) -> str | None:
        """An attribute of a paragraph property (spacing, line), of the style or the nearest one it is based on."""
        default = next((key for key, style in self._by_id.items() if style.get(f"{W}default") == "1"), None)
        for style in self._chain(style_id or default):
            found = style.find(f"{W}pPr/{W}{element}")
            if found is not None and found.get(f"{W}{attribute}") is not None:
                return str(found.get(f"{W}{attribute}"))
        return None

    def size(self, style_id: str | None) -> int:
        """The type size in twips (a full-width character is as wide)."""
        for style in self._chain(style_id):
            size = style.find(f"{W}rPr/{W}sz")
            if size is not None:
                return int(size.get(f"{W}val")) * 10
        size = self._default.find(f"{W}rPrDefault/{W}rPr/{W}sz") if self._default is not None else None
        return int(size.get(f"{W}val")) * 10 if size is not None else 240


def faces(element: Any, theme: Mapping[str, str]) -> list[str]:
    """The typefaces that the properties of a run or style name, for Latin and Chinese text."""
    found = element.find(f"{W}rPr/{W}rFonts")
    if found is None:
        found = element.find(f"{W}rPrDefault/{W}rPr/{W}rFonts")
    if found is None:
        return []
    faces = []
    for name in ("ascii", "hAnsi", "eastAsia"):
        by_theme = found.get(f"{W}{name}Theme")
        # Where both are given, Word goes by the theme.
        faces.append(theme.get(by_theme, "") if by_theme else found.get(f"{W}{name}") or "")
    return list(dict.fromkeys(face for face in faces if face))


def style_of(paragraph: Any) -> str | None:
    """The id of the paragraph's style."""
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return style.get(f"{W}val") if style is not None else None


# The properties of a paragraph, and of a run, in the order in which they stand.
_OF_PARAGRAPHS = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs"
    " suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd"
    " snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment"
    " textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
)
_OF_RUNS = (
    "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish"
    " webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang"
    " eastAsianLayout specVanish oMath"
)


def properties_of(element: Any, name: str) -> Any:
    """The properties (pPr, rPr, tcPr) of a paragraph, run or cell, put before all else in it if they are not there."""
    properties = element.find(f"{W}{name}")
    if properties is None:
        properties = etree.Element(f"{W}{name}")
        element.insert(0, properties)
    return properties


def insert_before(properties: Any, element: Any, later: Collection[str]) -> None:
    """Puts an element among properties, whose order the schema gives: before the first that has a tag of ``later``."""
    follower = next((child for child in properties if child.tag in later), None)
    if follower is not None:
        follower.addprevious(element)
    else:
        properties.append(element)


def blocks(parent: Any) -> Iterator[Any]:
    """The paragraphs and tables of a body in their order, also those in content controls."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent"):
            yield from blocks(child)


def put(paragraph: Any, name: str) -> Any:
    """The property of that name of a paragraph, put in its place if it is not there."""
    return _put(properties_of(paragraph, "pPr"), name, _OF_PARAGRAPHS)


def put_look(properties: Any, name: str) -> Any:
    """The one of that name among the properties of a run (rPr), put in its place if it is not there."""
    return _put(properties, name, _OF_RUNS)


def _put(properties: Any, name: str, in_order: str) -> Any:
    found = properties.find(f"{W}{name}")
    if found is None:
        found = etree.Element(f"{W}{name}")
        order = in_order.split()
        insert_before(properties, found, {f"{W}{later}" for later in order[order.index(name) + 1 :]})
    return found


def write(node: Any, text: str) -> None:
    """Gives a w:t its text, of which also the blanks at the ends count."""
    node.text = text
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def text_of(element: Any) -> str:
    """The text of a paragraph or cell; tabs and breaks as \\t and \\n."""
    parts = []
    for node in element.iter(f"{W}t", f"{W}tab", f"{W}br"):
        if node.tag == f"{W}t":
            parts.append(node.text or "")
        elif node.getparent().tag == f"{W}r":
            parts.append("\t" if node.tag == f"{W}tab" else "\n")
    return "".join(parts)


def xml_of(element: Any) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)


def breaks_xml(text: str) -> bool:
    """Whether a text that ought to be an XML element is not well-formed."""
    return not is_well_formed(text.encode("utf-8"))


def is_well_formed(content: bytes) -> bool:
    """Whether this is an XML document."""
    try:
        etree.fromstring(content, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError:
        return False
    return True


def empty_cell(package: bytes) -> bool:
    """Whether a cell of a document is without a paragraph, which Word takes for a damaged file."""
    with Package(package) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return any(cell.find(f"{W}p") is None and cell.find(f"{W}tbl") is None for cell in root.iter(f"{W}tc"))


def packed(package: bytes, places: Mapping[str, Callable[[], Iterable[bytes]]] = MappingProxyType({})) -> bytes:
    """The same package with sorted entries and a fixed time, so that equal content is equal bytes.

    A processing instruction named in ``places`` is replaced by the XML that stands there, which may come in pieces.
    Raises ValueError for a part that is not well-formed.
    """

    def part(name: str, content: bytes) -> Iterator[bytes]:
        # Looked at here, and not first by Word at the reader's desk.
        if name.endswith((".xml", ".rels")) and name not in _FROM_TREES and content not in _SOUND:
            if not is_well_formed(content):
                raise ValueError(name)
            _SOUND.update({content: None} if len(_SOUND) < _MOST_SOUND else {})
        return _pieces(content, places)

    return rewritten(package, part, UNIX)


def _pieces(content: bytes, places: Mapping[str, Callable[[], Iterable[bytes]]]) -> Iterator[bytes]:
    done = 0
    for found in re.finditer(rb"<\?(\w+ \d+)\?>", content) if places else ():
        if (place := found[1].decode()) in places:
            yield content[done : found.start()]
            yield from places[place]()
            done = found.end()
    yield content[done:]


def title(path: Path) -> str:
    """The title in the properties of a .docx; "" where there is none, or no such file."""
    try:
        with Package(path) as archive:
            found = etree.fromstring(small(archive, "docProps/core.xml")).find(
                "{http://purl.org/dc/elements/1.1/}title"
            )
    except (*DAMAGED, OSError, KeyError, ValueError, etree.XMLSyntaxError):
        return ""
    return (found.text or "") if found is not None else ""


def drawn_texts(package: bytes) -> list[str]:
    """The texts that a document draws across its pages (WordArt, as watermarks are), in body, headers and footers."""
    found = []
    with Package(package) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(?:document|header\d*|footer\d*)\.xml", name):
                xml = archive.read(name)
                if b"textpath" in xml:
                    found += [
                        html.unescape(text) for text in re.findall(r'<v:textpath\b[^>]*?string="([^"]*)"', xml.decode())
                    ]
    return found


def numbers_pages(package: bytes) -> bool:
    """Whether a footer of the document holds the number of the page."""
    with Package(package) as archive:
        footers = [etree.fromstring(archive.read(name)) for name in archive.namelist() if _FOOTER.fullmatch(name)]
    return any("PAGE" in _field_codes(paragraph) for root in footers for paragraph in root.iter(f"{W}p"))


def _field_codes(paragraph: Any) -> str:
    codes = "".join(node.text or "" for node in paragraph.iter(f"{W}instrText"))
    return codes + "".join(node.get(f"{W}instr") or "" for node in paragraph.iter(f"{W}fldSimple"))


def without_page_number(footer: bytes) -> bytes:
    """The footer with the line of the page number empty."""
    root = etree.fromstring(footer)
    for paragraph in root.iter(f"{W}p"):
        if "PAGE" in _field_codes(paragraph):
            for child in list(paragraph):
                if child.tag != f"{W}pPr":
                    paragraph.remove(child)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def mentions(template: Path, name: str) -> bool:
    """Whether the body of a template has that name somewhere; of one that cannot be read nobody knows, so yes."""
    try:
        with Package(template) as package:
            xml = package.read("word/document.xml").decode("utf-8", "replace")
    except (*DAMAGED, OSError, KeyError):
        return True
    return name in re.sub(r"<[^>]+>", "", xml)
