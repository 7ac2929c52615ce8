"""Underlined text: what stands between two marks becomes a run of its own that is underlined."""

from __future__ import annotations

import copy
from typing import Any

from lxml import etree

from generator.basic.package import UNIX, Package, pieces, rewritten
from generator.word.ooxml import W, put_look, text_of, write
from generator.workbook.plain_tables import UNDERLINED, UNDERLINED_END

_BODY = "word/document.xml"


def drawn(package: bytes) -> bytes:
    """The document with its marked texts underlined; one without marks is handed back as it is."""
    if not _is_marked(package):
        return package
    with Package(package) as archive:
        body = archive.read(_BODY)
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    for paragraph in root.iter(f"{W}p"):
        if UNDERLINED in text_of(paragraph):
            _draw(paragraph)
    changed = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return rewritten(package, lambda name, content: changed if name == _BODY else content, UNIX)


def _is_marked(package: bytes) -> bool:
    """Whether there is a mark."""
    mark = UNDERLINED.encode()
    with Package(package) as archive, archive.open(_BODY) as part:
        return any(mark in piece for piece in pieces(part, len(mark)))


def _draw(paragraph: Any) -> None:
    """Cuts the runs of a paragraph at the marks; the marks go."""
    on = False
    for run in list(paragraph.iter(f"{W}r")):
        if not on and UNDERLINED not in text_of(run):
            continue
        looks = run.find(f"{W}rPr")
        for child in [child for child in run if child is not looks]:
            for piece, underlined in _pieces(child, on):
                run.addprevious(_run(looks, piece, underlined))
            if child.tag == f"{W}t":
                text = child.text or ""
                marks = [sign for sign in text if sign in (UNDERLINED, UNDERLINED_END)]
                on = marks[-1] == UNDERLINED if marks else on
        run.getparent().remove(run)


def _pieces(child: Any, on: bool) -> list[tuple[Any, bool]]:
    """A part of a run, cut at its marks, each piece with whether it is underlined."""
    if child.tag != f"{W}t":
        return [(copy.deepcopy(child), on)]
    pieces = []
    for place, begun in enumerate((child.text or "").split(UNDERLINED)):
        within, _, beyond = begun.partition(UNDERLINED_END)
        ended = UNDERLINED_END in begun
        # Before the first mark it is as it was; after one it is underlined up to the end mark.
        pieces.append((within, on if place == 0 else True))
        if ended:
            pieces.append((beyond, False))
    return [(_text(piece), underlined) for piece, underlined in pieces if piece]


def _text(text: str) -> Any:
    node = etree.Element(f"{W}t")
    write(node, text)
    return node


def _run(looks: Any, child: Any, underlined: bool) -> Any:
    run = etree.Element(f"{W}r")
    properties = copy.deepcopy(looks) if looks is not None else etree.Element(f"{W}rPr")
    if underlined and properties.find(f"{W}u") is None:
        put_look(properties, "u").set(f"{W}val", "single")
    if len(properties):
        run.append(properties)
    run.append(child)
    return run
