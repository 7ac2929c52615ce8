"""Tracked changes of a .docx accepted and its comments dropped: what was deleted must not go out, nor who deleted it.

The only place that knows how Word writes changes (ECMA-376 part 1, 17.13.5). Templates go through it before they are
filled, and files from elsewhere before they are converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lxml import etree

from generator.basic.package import Package, in_order, written
from generator.basic.patterns import compile_late
from generator.basic.relationships import without_comments

_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
# Looked for in the bytes before a part is parsed; whatever is not plain UTF-8 is parsed in any case.
_SUSPECT = compile_late(
    rb"[<:](?:del|ins|move(?:From|To)\w*|\w+Change|cell(?:Ins|Del|Merge)|delText|delInstrText|comment\w*|annotationRef"
    rb"|customXml(?:Ins|Del|Move)\w+)[\s/>]"
)
_ENCODING = compile_late(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8|us-ascii)", re.IGNORECASE)
_GONE = {"del", "moveFrom", "delText", "delInstrText"}
_KEPT = {"ins", "moveTo"}
_MARK = compile_late(
    r"(?:move(?:From|To)|customXml(?:Ins|Del|MoveFrom|MoveTo))Range(?:Start|End)|comment(?:Range(?:Start|End)|Reference)"
    r"|annotationRef|\w+Change|cell(?:Ins|Merge)"
)
_OF_PARAGRAPH = "pPr"


def accepted(content: bytes) -> bytes:
    """The .docx as Word leaves it once all changes are accepted, and without comments; the same bytes without any.

    Raises what Package raises on a damaged file, and lxml's errors where a part cannot be read.
    """
    content = without_comments(content)
    with Package(content) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = {name: done for name, part in parts.items() if (done := _accepted(part)) is not None}
    if not changed:
        return content
    parts |= changed
    return written((name, parts[name]) for name in in_order(parts))


def accept(root: Any) -> bool:
    """Accepts the changes in the XML of a part; returns whether there were any, or a comment."""
    marks = [element for element in root.iter(etree.Element) if _is_mark(element)]
    if not marks:
        return False
    for element in marks:
        if element.getroottree().getroot() is root:
            _settle(element)
    for element in [mark for mark in marks if _word(mark) in _KEPT]:
        _unwrap(element)
    return True


def revised(root: Any) -> Iterator[tuple[Any | None, str]]:
    """Each paragraph in which a change or a comment stands, with the text that it has once they are accepted.

    None where it stands in no paragraph: a change of a section or of the looks of a table.
    """
    seen: set[Any] = set()
    for element in root.iter(etree.Element):
        if not _is_mark(element):
            continue
        paragraph = _paragraph(element)
        if paragraph not in seen:
            seen.add(paragraph)
            yield paragraph, "".join(_texts(paragraph)) if paragraph is not None else ""


def _accepted(part: bytes) -> bytes | None:
    """The part with its changes accepted; None where it is no part of a text, or has none."""
    plain = b"\0" not in part and not part.startswith((b"\xff\xfe", b"\xfe\xff")) and not _ENCODING.match(part)
    if plain and not (b"wordprocessingml" in part and _SUSPECT.search(part)):
        return None
    if not plain and not re.match(rb"[\xff\xfe\xef\xbb\xbf\0\s]*<", part):
        return None
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    if not accept(root):
        return None
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


def _word(element: Any) -> str:
    """The name of an element of a text document, empty for any other."""
    return _name(element.tag) if isinstance(element.tag, str) else ""


# A document has thousands of elements and some dozens of names.
@lru_cache(maxsize=1024)
def _name(tag: str) -> str:
    space, _, name = tag.removeprefix("{").rpartition("}")
    return name if space in _SPACES else ""


@lru_cache(maxsize=1024)
def _marks(word: str) -> bool:
    return word in _GONE or word in _KEPT or word == "cellDel" or bool(word and _MARK.fullmatch(word))


def _is_mark(element: Any) -> bool:
    return _marks(_word(element))


def _settle(element: Any) -> None:
    """One mark of a change, accepted; insertions that hold content stay, to be unwrapped afterwards."""
    word, parent = _word(element), element.getparent()
    if parent is None:
        return
    above = _word(parent)
    if word in ("ins", "moveTo") and above in ("rPr", "trPr"):
        parent.remove(element)
    elif word in ("del", "moveFrom") and above == "trPr":
        _remove_row(parent.getparent())
    elif word == "cellDel":
        _remove_cell(parent.getparent())
    elif word in ("del", "moveFrom") and above == "rPr":
        _drop_mark(element, parent)
    elif word in ("ins", "del") and etree.QName(parent).localname == "ctrlPr":
        parent.remove(element)
    elif word == "commentReference" or word == "annotationRef":
        parent.remove(element)
        if above == "r" and all(_word(child) == "rPr" for child in parent) and parent.getparent() is not None:
            _remove(parent)
    elif word not in _KEPT:
        _remove(element)


def _drop_mark(element: Any, properties: Any) -> None:
    """A deleted paragraph mark: the paragraph and the one after it become one, which is formatted as the latter."""
    properties.remove(element)
    around = properties.getparent()
    paragraph = around.getparent() if _word(around) == _OF_PARAGRAPH else None
    if paragraph is None or any(_word(child) == "sectPr" for child in around):
        return
    following = paragraph.getnext()
    while following is not None and _word(following) in ("bookmarkStart", "bookmarkEnd", "proofErr", ""):
        following = following.getnext()
    if following is None or _word(following) != "p":
        content = [child for child in paragraph if _word(child) not in (_OF_PARAGRAPH, *_GONE)]
        if not content and paragraph.getprevious() is not None and _word(paragraph.getprevious()) == "p":
            _remove(paragraph)
        return
    place = 1 if len(following) and _word(following[0]) == _OF_PARAGRAPH else 0
    for child in [child for child in paragraph if _word(child) != _OF_PARAGRAPH]:
        following.insert(place, child)
        place += 1
    _remove(paragraph)


def _remove_row(row: Any) -> None:
    table = row.getparent()
    if table is None:
        return
    _remove(row)
    while table is not None and _word(table) != "tbl":
        table = table.getparent()
    if table is not None and not any(_word(child) == "tr" for child in table.iter(etree.Element)):
        cell = table.getparent()
        _remove(table)
        if cell is not None and _word(cell) == "tc" and not any(_word(child) == "p" for child in cell):
            # Word takes a cell without a paragraph for damaged.
            etree.SubElement(cell, f"{{{etree.QName(cell).namespace}}}p")


def _remove_cell(cell: Any) -> None:
    row = cell.getparent()
    if row is None:
        return
    _remove(cell)
    if not any(_word(child) == "tc" for child in row.iter(etree.Element)):
        _remove_row(row)


def _remove(element: Any) -> None:
    """Takes an element away; white space after it goes along."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Any) -> None:
    """Puts what is inside an element in its place."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for offset, child in enumerate(list(element)):
        parent.insert(place + offset, child)
    parent.remove(element)


def _paragraph(element: Any) -> Any:
    """The paragraph of a mark; of one around paragraphs, rows or cells the first inside or after it."""
    for above in element.iterancestors():
        if _word(above) == "p":
            return above
        if _word(above) == "tr":
            return next((below for below in above.iter(etree.Element) if _word(below) == "p"), None)
    for later in (*element.iter(etree.Element), *element.itersiblings()):
        if _word(later) == "p":
            return later
    return None


def _texts(paragraph: Any) -> Iterator[str]:
    for node in paragraph.iter(etree.Element):
        if _word(node) == "t" and not any(_word(above) in _GONE for above in node.iterancestors()):
            yield node.text or ""
