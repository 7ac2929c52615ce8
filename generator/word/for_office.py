"""The copy of a document that LibreOffice makes a PDF of: without page numbers, and with lines broken as Word does.

The packet stamps running page numbers itself. The templates tell Word which signs do not end a line besides those of
the language (noLineBreaksAfter: digits, 第, 件, 至), so that 「附件3」, 「第3點」 and a number and its unit are not
parted. LibreOffice does not read that: in its copy a word joiner follows such a sign, which it puts into no PDF.
LibreOffice 7.4 heeds it only before digits.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from generator.basic.package import UNIX, Package, rewritten
from generator.word.ooxml import Styles, W, insert_before, properties_of, style_of, without_page_number

_FOOTER = re.compile(r"word/footer\d*\.xml")
_JOINER = "\u2060"
# What begins no line anyway.
_CLOSING = "、，。；：？！）」』》〉〕】"
# The properties of a run that stand after its spacing.
_AFTER_SPACING = (
    "w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish"
)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def copy_for_office(package: bytes) -> bytes:
    """The bytes of that copy."""
    with Package(package) as archive:
        settings, styles = (etree.fromstring(archive.read(f"word/{name}.xml")) for name in ("settings", "styles"))
    unending = _unending(settings)

    def changed(name: str, part: bytes) -> bytes:
        if _FOOTER.fullmatch(name):
            return without_page_number(part)
        return _joined(part, unending, Styles(styles)) if unending and name == "word/document.xml" else part

    return rewritten(package, changed, UNIX)


def _unending(settings: Any) -> frozenset[str]:
    """The letters and digits that do not end a line; LibreOffice knows the brackets itself."""
    found = settings.find(f"{W}noLineBreaksAfter")
    return (
        frozenset(sign for sign in found.get(f"{W}val") or "" if sign.isalnum()) if found is not None else frozenset()
    )


def _joined(document: bytes, unending: frozenset[str], styles: Styles) -> bytes:
    root = etree.fromstring(document)
    for paragraph in root.iter(f"{W}p"):
        style_id = style_of(paragraph)
        # Between Chinese and digits there is a fifth of an em, which the joiner would take away.
        gap = 0 if styles.of(style_id, "autoSpaceDE", "val") == "0" else styles.size(style_id) // 5
        texts = list(_texts(paragraph))
        for node, following in reversed(texts):
            _join(node, following, unending, gap)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _texts(paragraph: Any) -> Iterator[tuple[Any, str]]:
    """The texts of a paragraph, each with the sign that follows it on the line, "" for none."""
    nodes = list(paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"))
    for node, following in zip(nodes, [*nodes[1:], None], strict=False):
        if node.tag == f"{W}t":
            is_text = following is not None and following.tag == f"{W}t"
            yield node, (following.text or "")[:1] if is_text else ""


def _join(node: Any, following: str, unending: frozenset[str], gap: int) -> None:
    """Puts a joiner after each sign of the text that does not end a line; in a run of its own where a gap stays."""
    text, run = node.text, node.getparent()
    if not text:
        return
    pieces: list[tuple[str, bool]] = [("", False)]
    for sign, after in zip(text, [*text[1:], following], strict=True):
        if sign not in unending or not after.strip() or after in _CLOSING or (sign.isascii() and after.isascii()):
            pieces[-1] = (pieces[-1][0] + sign, False)
        elif gap and sign.isascii() != after.isascii() and after.isalnum() and run.tag == f"{W}r":
            pieces += [(f"{sign}{_JOINER}", True), ("", False)]
        else:
            pieces[-1] = (f"{pieces[-1][0]}{sign}{_JOINER}", False)
    if len(pieces) == 1:
        node.text = pieces[0][0]
        return
    for piece, spaced in pieces:
        if piece:
            node.addprevious(_text(piece, spaced))
    run.remove(node)
    _split(run, gap)


def _text(piece: str, spaced: bool) -> Any:
    node = etree.Element(f"{W}t", {"gap": "1"} if spaced else {})
    node.text = piece
    node.set(_SPACE, "preserve")
    return node


def _split(run: Any, gap: int) -> None:
    """Makes a run of its own of each text that is to be spaced."""
    properties = run.find(f"{W}rPr")
    for node in [child for child in run if child.get("gap")]:
        before, apart = etree.Element(f"{W}r"), etree.Element(f"{W}r")
        for part in (before, apart):
            if properties is not None:
                part.append(copy.deepcopy(properties))
        for child in list(run)[: run.index(node)]:
            if child is not properties:
                before.append(child)
        del node.attrib["gap"]
        apart.append(node)
        _space(apart, gap)
        for part in (before, apart):
            if len(part) > (properties is not None) or part is apart:
                run.addprevious(part)


def _space(run: Any, gap: int) -> None:
    properties = properties_of(run, "rPr")
    if properties.find(f"{W}spacing") is None:
        spacing = etree.Element(f"{W}spacing")
        spacing.set(f"{W}val", str(gap))
        after = {f"{W}{name}" for name in _AFTER_SPACING.split()}
        insert_before(properties, spacing, after)
