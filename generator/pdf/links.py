"""Cuts what a document would fetch when it is opened: pictures, sections, tables and objects that lie elsewhere.

The settings of the private profile (see process) stop LibreOffice at most of these. They do not stop at pictures
behind pages and paragraphs in ODF, at pictures inside SVG, nor at INDIRECT() in .xlsx; those are cut here, and the
rest with them. What is seen without the link stays: pictures in the file, the saved values of cells, links to click.

RTF and the formats before 2007 have modules of their own (rtf, compound). A workbook of those with INDIRECT() is
refused: it would read a file of this machine whose path it names.
"""

from __future__ import annotations

import base64
import gzip
import re
import struct
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

import lxml.html
from lxml import etree

from generator.basic.package import DAMAGED, Budget, Package, TooMuch, gunzipped, written
from generator.basic.patterns import compile_late
from generator.pdf import compound, rtf
from generator.pdf.compound import ReachesOut

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEETS = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_FLAT = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_OPEN_DOCUMENT = compile_late(r"urn:oasis:names:tc:opendocument:|http://openoffice\.org/2000/")
_SVG = "http://www.w3.org/2000/svg"
_ADDRESSES = ("href", "src", "resource", "image-data")
_ELSEWHERE = compile_late(r"[A-Za-z][A-Za-z0-9+.\-]*:|[/\\]|(?:.*[/\\])?\.\.(?:[/\\]|$)", re.DOTALL)
# Functions and references that reach out of the workbook: [1]Sheet1!A1 is how .xlsx names another one.
_REACHES_OUT = compile_late(r"INDIRECT|WEBSERVICE|\bRTD\b|\bDDE\b|\[\d+\]", re.IGNORECASE)
# What must be read closely: an address, a function, or a way of writing either so that it is not found at once.
_SUSPECT = compile_late(
    rb"href|src|resource|image-data|binary-data|Relationship"
    rb"|instr|INDIRECT|WEBSERVICE|\bRTD\b|\bDDE\b|\[\d+\]|&#|<!|\?>\s*.+<\?|\0",
    re.IGNORECASE,
)
# LibreOffice reads as HTML what begins so, which need not be well-formed.
_HTML = compile_late(
    rb"\s*(?:<!--.*?-->\s*|<\?.*?>\s*|<!\w[^>]*>\s*)*<(?:html|head|body|title|meta|style|script|table|div|p|font)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_HTML_FETCHING = (
    *("link", "script", "style", "iframe", "frame", "object", "embed"),
    *("applet", "base", "meta", "img", "video", "audio", "source"),
)
_HTML_KEPT = ("colspan", "rowspan", "align", "valign")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Instructions of fields, also where their letters are spread over several runs; the others fetch nothing.
_FETCHING_FIELD = compile_late(r"INCLUDE|IMPORT|DATABASE|FILENAME|\bDDE|\bLINK\b|\bRD\b|\bAUTOTEXT\b", re.IGNORECASE)
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_DEEPEST = 3
# Each part is read twice.
_MOST_UNPACKED = 1_000_000_000
# What is packed by gzip is a drawing, and each byte of it costs LibreOffice many.
_LARGEST_DRAWING = 20_000_000
# What must be parsed is held as a tree, which takes some ten times as much memory.
_LARGEST_TREE = 40_000_000


class Unreadable(Exception):
    """A document in which links cannot be looked for, because it is damaged or made to be misread.

    ``reaches_out`` says with what it would fetch something, where that is known and cannot be cut; ``large`` whether
    too much comes out of it.
    """

    def __init__(self, text: str, reaches_out: str = "", large: bool = False) -> None:
        super().__init__(text)
        self.reaches_out, self.large = reaches_out, large


def cut(content: bytes) -> bytes:
    """The document without links that are followed on opening; the same bytes where there are none.

    Knows OOXML, ODF (packed and flat), SVG, RTF and the formats before 2007; anything else is given back as it is.
    Raises Unreadable.
    """
    try:
        return _cut(content, Budget(_MOST_UNPACKED, _DEEPEST))
    except ReachesOut as error:
        raise Unreadable(str(error), reaches_out=str(error)) from error
    except (TooMuch, MemoryError) as error:
        raise Unreadable(str(error), large=True) from error
    except (*DAMAGED, OSError, etree.XMLSyntaxError, ValueError, LookupError, struct.error) as error:
        raise Unreadable(str(error)) from error


def _cut(content: bytes, budget: Budget, depth: int = 0, names: Collection[str] = ()) -> bytes:
    """``depth``: how many packages it lies in. ``names``: the names of the workbook that refer to another file."""
    if content.startswith(b"PK\3\4"):
        return _package(content, budget, depth) if depth <= budget.deepest else b""
    if content.startswith(b"\x1f\x8b"):
        # .svgz; nothing else that documents hold is packed so.
        plain = gunzipped(content, Budget(_LARGEST_DRAWING)) if depth <= budget.deepest else b""
        budget.take(len(plain))
        cleaned = _cut(plain, budget, depth + 1)
        return content if cleaned and cleaned == plain else gzip.compress(cleaned, mtime=0)
    if content.startswith(compound.SIGN):
        return compound.cut(content, budget, lambda inside: _cut(inside, budget, depth + 1))
    if content.lstrip(b"\xef\xbb\xbf\0 \t\r\n").startswith(rb"{\rt"):
        return rtf.cut(content, lambda picture: _is_plain_picture(picture, budget))
    if depth and _HTML.match(content):
        return _html(content)
    return _xml(content, budget, names) if _is_xml(content) else content


def _is_plain_picture(content: bytes, budget: Budget) -> bool:
    """Whether a picture of an RTF file is of a format that fetches nothing: an SVG may, in any wrapping."""
    wrapped = content.startswith((b"\x1f\x8b", b"PK", compound.SIGN)) or _is_xml(content)
    return not wrapped and b"svg" not in content[:4096].replace(b"\0", b"").lower()


def _html(content: bytes) -> bytes:
    """A page inside of a document, without what it would fetch: only what can be read stays."""
    root = lxml.html.document_fromstring(content)
    etree.strip_elements(root, *_HTML_FETCHING, with_tail=False)
    for element in root.iter(etree.Element):
        for name in list(element.attrib):
            if name not in _HTML_KEPT:
                del element.attrib[name]
    return etree.tostring(root, encoding="utf-8", method="html")


def _package(content: bytes, budget: Budget, depth: int) -> bytes:
    with Package(content, budget) as old:
        names = {name for part in old.infolist() for name in _names(old.read(part))}
        changed = {}
        for number, part in enumerate(old.infolist()):
            before = old.read(part)
            after = _inside(before, budget, depth + 1, names)
            if after != before:
                changed[number] = after
    if not changed:
        return content
    # All of it came out once within the budget.
    with Package(content) as old:
        return written(
            (part.filename, changed[number] if number in changed else old.read(part))
            for number, part in enumerate(old.infolist())
        )


def _inside(content: bytes, budget: Budget, depth: int, names: Collection[str]) -> bytes:
    """A part of a package; nothing of an object that reaches out: its picture, which is another part, is seen."""
    try:
        return _cut(content, budget, depth, names)
    except ReachesOut:
        return b""


def _is_xml(content: bytes) -> bool:
    return content[:4].startswith(_MARKS) or content[:200].lstrip(b"\0 \t\r\n").startswith(b"<")


def _names(content: bytes) -> list[str]:
    """The names that a workbook defines by what reaches out of it."""
    if b"definedName" not in content or not _is_xml(content):
        return []
    return [
        name.get("name", "")
        for name in etree.fromstring(content, _parser()).iter("{*}definedName")
        if name.get("name") and _REACHES_OUT.search("".join(name.itertext()))
    ]


def _mentions(text: str, names: Collection[str]) -> bool:
    return bool(names) and any(name.casefold() in text.casefold() for name in names)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities="internal", no_network=True, load_dtd=False)


def _xml(content: bytes, budget: Budget, names: Collection[str]) -> bytes:
    declared = re.match(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)", content.removeprefix(_MARKS[0]))
    usual = declared is None or declared[1].lower() in (b"utf-8", b"us-ascii")
    if usual and not _SUSPECT.search(content) and not _mentions(content.decode("utf-8", "replace"), names):
        return content
    if len(content) > _LARGEST_TREE:
        raise TooMuch(len(content) // 1_000_000)
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError:
        if _HTML.match(content):
            return content
        raise
    if not _without_links(root, budget, names):
        return content
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True)


def _without_links(root: Any, budget: Budget, names: Collection[str]) -> bool:
    """Takes out the links; returns whether there were any."""
    kind = etree.QName(root).namespace
    if kind == _RELATIONSHIPS:
        return _cut_relationships(root)
    if kind in _SHEETS:
        return _cut_formulas(root, names)
    if kind in _WORD:
        return cut_fields(root)
    if kind == _SVG or etree.QName(root).localname == "svg":
        return _cut_addresses(root, budget, inside=True)
    if _OPEN_DOCUMENT.match(kind or ""):
        changed = _cut_addresses(root, budget)
        for picture in list(root.iter(f"{{{_FLAT}}}binary-data")):
            changed = _cut_picture(picture, budget) or changed
        return changed
    return False


def _cut_relationships(root: Any) -> bool:
    found = [element for element in root if isinstance(element.tag, str) and _leads_out(element)]
    for relationship in found:
        root.remove(relationship)
    return bool(found)


def _leads_out(relationship: Any) -> bool:
    """Whether the program would fetch what a relationship names: an external target that is no plain hyperlink."""
    if relationship.get("Type", "").endswith("/hyperlink"):
        return False
    external = relationship.get("TargetMode", "").strip().lower() == "external"
    return external or _is_address(relationship.get("Target", ""))


def _is_address(target: str) -> bool:
    """Whether the target is an address and no part of the package: parts begin with a slash, addresses with two."""
    return bool(re.match(r"\s*(?:[A-Za-z][A-Za-z0-9+.\-]*:|[/\\]{2})", unquote(target)))


def cut_fields(root: Any) -> bool:
    """Word fields that fetch lose their instruction and keep the result that was saved; whether there were any."""
    changed = False
    pieces: list[Any] = []
    for element in root.iter("{*}fldChar", "{*}instrText", "{*}delInstrText", "{*}fldSimple"):
        kind = etree.QName(element).localname
        if kind == "fldSimple":
            (name,) = [name for name in element.attrib if etree.QName(name).localname == "instr"] or [""]
            if name and _FETCHING_FIELD.search(element.get(name)):
                element.set(name, " QUOTE ")
                changed = True
        elif kind == "fldChar":
            changed = _cut_instruction(pieces) or changed
            pieces = []
        else:
            pieces.append(element)
    return _cut_instruction(pieces) or changed


def _cut_instruction(pieces: list[Any]) -> bool:
    if not _FETCHING_FIELD.search("".join("".join(piece.itertext()) for piece in pieces)):
        return False
    for number, piece in enumerate(pieces):
        for below in list(piece):
            piece.remove(below)
        piece.text = "" if number else " QUOTE "
    return True


def _cut_formulas(root: Any, names: Collection[str]) -> bool:
    """Cells keep the value that was saved with them; names and conditions no longer hold."""
    shared: set[str] = set()
    found = []
    for element in root.iter("{*}f", "{*}formula", "{*}definedName"):
        text = "".join(element.itertext())
        if _REACHES_OUT.search(text) or _mentions(text, names):
            found.append(element)
            if element.get("t") == "shared":
                shared.add(element.get("si", ""))
    found += [formula for formula in root.iter("{*}f") if formula.get("si") in shared and formula not in found]
    for element in found:
        if etree.QName(element.getparent()).localname == "c":
            element.getparent().remove(element)
        else:
            for below in list(element):
                element.remove(below)
            element.text = "#REF!"
    return bool(found)


def _cut_addresses(root: Any, budget: Budget, inside: bool = False) -> bool:
    """Takes out attributes that name something elsewhere; ``inside``: all but what lies in the same file."""
    changed = False
    for element in root.iter("*"):
        # A link to click is not followed by itself.
        if etree.QName(element).localname == "a":
            continue
        for name, value in list(element.attrib.items()):
            address = unquote(value).strip()
            if etree.QName(name).localname not in _ADDRESSES or not address:
                continue
            if inside and address.startswith("data:"):
                fine = _is_harmless(value, budget)
            else:
                fine = address.startswith("#") if inside else not _ELSEWHERE.match(address)
            if not fine:
                del element.attrib[name]
                changed = True
    return changed


def _is_harmless(written_out: str, budget: Budget) -> bool:
    """Whether a picture that is written out in an address (data:…) has no links itself."""
    head, _, data = written_out.partition(",")
    before = base64.b64decode(unquote_to_bytes(data)) if "base64" in head else unquote_to_bytes(data)
    return _cut(before, budget, budget.deepest) == before


def _cut_picture(picture: Any, budget: Budget) -> bool:
    """A picture written out in flat ODF, which may be an SVG."""
    before = base64.b64decode("".join(picture.itertext()))
    after = _cut(before, budget, budget.deepest)
    if after == before:
        return False
    picture.text = base64.b64encode(after).decode()
    return True
