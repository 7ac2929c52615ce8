"""The copy of a document that LibreOffice makes a PDF of: without page numbers, and with lines broken as Word does.

The packet stamps running page numbers itself. The templates tell Word which signs do not end a line besides those of
the language (noLineBreaksAfter: digits, 第, 件, 至), so that 「附件3」, 「第3點」 and a number and its unit are not
parted. LibreOffice does not read that: in its copy a word joiner follows such a sign, which it puts into no PDF.
LibreOffice 7.4 heeds it only before text of other languages than Chinese, so that the Chinese sign that follows is said
to be of one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from lxml import etree

from generator.basic.package import UNIX, Package, rewritten
from generator.basic.patterns import compile_late
from generator.word.ooxml import Styles, W, properties_of, put_look, style_of, without_page_number, write

_FOOTER = compile_late(r"word/footer\d*\.xml")
_JOINER = "\u2060"
# What begins no line anyway.
_CLOSING = "、，。；：？！）」』》〉〕】"
# Why a text stands in a run of its own, as an attribute that is taken off again.
_APART, _SPACED, _FOREIGN = "apart", "spaced ", "foreign"
_OTHER_LANGUAGE = "en-US"


def copy_for_office(package: bytes) -> bytes:
    """The bytes of that copy."""
    with Package(package) as archive:
        settings, styles = (_part(archive, name) for name in ("settings", "styles"))
    unending = _unending(settings)

    def changed(name: str, part: bytes) -> bytes:
        if _FOOTER.fullmatch(name):
            return without_page_number(part)
        return _joined(part, unending, Styles(styles)) if unending and name == "word/document.xml" else part

    # It is read once.
    return rewritten(package, changed, UNIX, level=1)


def _part(archive: Package, name: str) -> Any:
    """A part of the document; an empty one where it has none, which Word opens too."""
    path = f"word/{name}.xml"
    return etree.fromstring(archive.read(path)) if path in archive.namelist() else etree.Element(f"{W}{name}")


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
        for node, before, after in reversed(list(_texts(paragraph))):
            _join(node, before, after, unending, gap)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _texts(paragraph: Any) -> Iterator[tuple[Any, str, str]]:
    """The texts of a paragraph, each with the signs before and after it on the line, "" for none."""
    nodes = list(paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"))
    texts = [(node.text or "") if node.tag == f"{W}t" else "" for node in nodes]
    for node, before, after in zip(nodes, ["", *texts], [*texts[1:], ""], strict=False):
        if node.tag == f"{W}t":
            yield node, before[-1:], after[:1]


def _join(node: Any, before: str, after: str, unending: frozenset[str], gap: int) -> None:
    """Puts a joiner after each sign of the text that does not end a line; in runs of their own the signs that are
    followed by a gap, and the Chinese ones that do not begin a line."""
    text, run = node.text, node.getparent()
    if not text:
        return

    def is_joined(sign: str, following: str) -> bool:
        together = sign.isascii() and following.isascii()
        return sign in unending and bool(following.strip()) and following not in _CLOSING and not together

    pieces: list[tuple[str, str]] = []
    held = is_joined(before, text[0])
    for sign, following in zip(text, [*text[1:], after], strict=True):
        apart, was_held, held = "", held, is_joined(sign, following)
        if held and gap and sign.isascii() != following.isascii() and following.isalnum():
            apart = _SPACED
        if was_held and not sign.isascii():
            apart += _FOREIGN
        piece = f"{sign}{_JOINER}" if held else sign
        if not apart and pieces and not pieces[-1][1]:
            piece = pieces.pop()[0] + piece
        pieces.append((piece, apart))
    if run.tag != f"{W}r" or pieces == [(pieces[0][0], "")]:
        node.text = "".join(piece for piece, _ in pieces)
        return
    for piece, apart in pieces:
        node.addprevious(_text(piece, apart))
    run.remove(node)
    _split(run, gap)


def _text(piece: str, apart: str) -> Any:
    node = etree.Element(f"{W}t", {_APART: apart} if apart else {})
    write(node, piece)
    return node


def _split(run: Any, gap: int) -> None:
    """Makes a run of its own of each text that is to be set apart."""
    properties = run.find(f"{W}rPr")
    for node in [child for child in run if child.get(_APART)]:
        before, own = etree.Element(f"{W}r"), etree.Element(f"{W}r")
        for part in (before, own):
            if properties is not None:
                part.append(copy.deepcopy(properties))
        for child in list(run)[: run.index(node)]:
            if child is not properties:
                before.append(child)
        apart = node.attrib.pop(_APART)
        own.append(node)
        if _FOREIGN in apart:
            put_look(properties_of(own, "rPr"), "lang").set(f"{W}eastAsia", _OTHER_LANGUAGE)
        if _SPACED in apart and own.find(f"{W}rPr/{W}spacing") is None:
            put_look(properties_of(own, "rPr"), "spacing").set(f"{W}val", str(gap))
        for part in (before, own):
            if len(part) > (properties is not None) or part is own:
                run.addprevious(part)
    if all(child is properties for child in run):
        run.getparent().remove(run)
