"""What was saved with a document from elsewhere is what is printed: fields and formulas become what they showed.

LibreOffice would work them out anew: today's date, the path of a temporary folder, an error for what it does not find.
"""

from __future__ import annotations

import contextlib
import re
import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from generator.basic.package import DAMAGED, Package, in_order, written
from generator.basic.patterns import compile_late
from generator.pdf import compound
from generator.pdf.clean import open_documents
from generator.pdf.from_elsewhere.saved import excel, odf, old_excel, slides, word
from generator.pdf.from_elsewhere.saved.about import About

__all__ = ["Unreadable", "frozen", "parsed", "with_name"]

# What freezes a part of a package, by the namespace of its root: it changes the tree, and says whether it did.
_FREEZERS: Mapping[str, Callable[[Any, About], bool]] = {
    **dict.fromkeys(word.SPACES, word.freeze),
    **dict.fromkeys(excel.SPACES, excel.freeze),
    **dict.fromkeys(slides.SPACES, slides.freeze),
}
_PROPERTIES = "docProps/core.xml"
# What must be parsed to be looked into: a field, a formula, a head; or what may be written otherwise than in UTF-8.
_SUSPECT = compile_late(
    rb"fld|dataBinding|Header[ />]|Footer[ />]|[<:](?:f|formula\d?|definedName)[\s>]|\0|encoding=[\"'](?!utf-8)",
    re.IGNORECASE,
)


class Unreadable(Exception):
    """A document in which fields cannot be looked for, because it is damaged or made to be misread."""


def frozen(content: bytes, name: str) -> bytes:
    """The document with what was saved in place of what would be worked out; the same bytes where nothing would be.

    ``name`` is that of its file, which fields for it show. Knows OOXML, packed ODF and .xls; anything else is given
    back as it is. Raises Unreadable.
    """
    return _frozen(content, name, odf.freeze)


def with_name(content: bytes, name: str) -> bytes:
    """Of an ODF that LibreOffice has just made: only what shows the name or the path of the file, or today."""
    return _frozen(content, name, odf.freeze_names)


def _frozen(content: bytes, name: str, freeze_odf: Callable[[Any, About], bool]) -> bytes:
    try:
        if content.startswith(compound.SIGN):
            return old_excel.freeze(content, About(name, None))
        if not content.startswith(b"PK\3\4"):
            return content
        with Package(content) as archive:
            parts = {entry: archive.read(entry) for entry in archive.namelist()}
        is_odf = open_documents.MANIFEST in parts
        about = About(name, _saved_at(parts, is_odf))
        changed = False
        for entry, part in parts.items():
            if is_odf and not entry.endswith(("content.xml", "styles.xml")):
                continue
            root = parsed(part) if is_odf or _SUSPECT.search(part) else None
            if root is None:
                continue
            freeze = freeze_odf if is_odf else _FREEZERS.get(etree.QName(root).namespace or "")
            if freeze is not None and freeze(root, about):
                tree = root.getroottree()
                parts[entry] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
                changed = True
        return written((entry, parts[entry]) for entry in in_order(parts)) if changed else content
    except (*DAMAGED, OSError, etree.XMLSyntaxError, ValueError, LookupError, struct.error) as error:
        raise Unreadable(str(error)) from error


def parsed(part: bytes) -> Any | None:
    """The tree of a part of XML; None for any other part."""
    if part.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] != b"<":
        return None
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _saved_at(parts: Mapping[str, bytes], is_odf: bool) -> datetime | None:
    """When the document was saved, as its properties say."""
    root = None
    with contextlib.suppress(etree.XMLSyntaxError):
        root = parsed(parts.get("meta.xml" if is_odf else _PROPERTIES, b""))
    if root is None:
        return None
    for tag in ("{http://purl.org/dc/terms/}modified", "{http://purl.org/dc/elements/1.1/}date"):
        for found in root.iter(tag):
            try:
                return datetime.fromisoformat((found.text or "").strip().replace("Z", "+00:00"))
            except ValueError:
                continue
    return None
