"""How the styles of a document look, whoever saved it: Word and LibreOffice write the same looks in different words.

What a style takes from the one it is based on and from the defaults is counted in, what makes no difference on paper is
left out.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from generator.basic.package import UNIX, Package, rewritten
from generator.word.ooxml import DEFAULTS, W, canonical

# What counts of a paragraph and of its text; for the rest attributes are compared as they stand.
_SIDES = {"start": "left", "end": "right"}
_OFF = ("0", "false", "off", "none")
_TOGGLES = ("keepNext", "keepLines", "pageBreakBefore", "b", "i", "strike", "u", "outlineLvl")
_PARAGRAPH = ("keepNext", "keepLines", "pageBreakBefore", "spacing", "ind", "jc", "outlineLvl")
_TEXT = ("rFonts", "b", "i", "strike", "color", "spacing", "sz", "u")
_MEASURES = {
    "outlineLvl": "9",
    "before": "0",
    "after": "0",
    "line": "240",
    "lineRule": "auto",
    "left": "0",
    "firstLine": "0",
}
_FACES = ("ascii", "hAnsi", "eastAsia", "asciiTheme", "hAnsiTheme", "eastAsiaTheme")


def definitions(styles: Any) -> dict[str, str]:
    """How each style of a styles part looks, by its name, spelt so that what makes no difference makes none here."""
    by_id = {style.get(f"{W}styleId"): style for style in styles.iter(f"{W}style")}
    default = styles.find(f"{W}docDefaults")
    found = {DEFAULTS: _spelt(_looks(default, {}))} if default is not None else {}
    for style in by_id.values():
        if style.get(f"{W}type") in ("paragraph", "character"):
            base = _looks(default, {}) if default is not None and style.get(f"{W}type") == "paragraph" else {}
            for step in reversed(list(_chain(style, by_id))):
                base = _looks(step, base)
            found[_name(style)] = _spelt(base)
        elif style.get(f"{W}default") != "1":
            found[_name(style)] = ""
    return found


def _chain(style: Any, by_id: Mapping[str | None, Any]) -> Iterator[Any]:
    seen: list[Any] = []
    while style is not None and style not in seen:
        seen.append(style)
        yield style
        based = style.find(f"{W}basedOn")
        style = by_id.get(based.get(f"{W}val")) if based is not None else None


def _name(style: Any) -> str:
    name = style.find(f"{W}name")
    return canonical(name.get(f"{W}val") or "") if name is not None else ""


def _looks(element: Any, base: Mapping[str, str]) -> dict[str, str]:
    """The looks of ``base`` with what a style or the defaults say."""
    found = dict(base)
    for kind, wanted in (("pPr", _PARAGRAPH), ("rPr", _TEXT)):
        properties = element.find(f"{W}{kind}")
        if properties is None:
            properties = element.find(f"{W}{kind}Default/{W}{kind}")
        for child in properties if properties is not None else ():
            name = str(child.tag).removeprefix(W)
            if name in wanted:
                found |= _attributes(f"{kind} {name}", name, child)
    return found


def _attributes(key: str, name: str, child: Any) -> dict[str, str]:
    given = {str(attribute).removeprefix(W): value for attribute, value in child.attrib.items()}
    if name in _TOGGLES:
        value = given.get("val", "1")
        if value in _OFF and name != "outlineLvl":
            return {key: ""}
        return {key: value if name in ("u", "outlineLvl") else "1"}
    if name == "rFonts":
        return {f"{key} {face}": given[face] for face in _FACES if face in given}
    if name == "ind":
        # One of the two holds for the first line.
        first = given.get("firstLine") or (f"-{given['hanging']}" if given.get("hanging", "0") != "0" else "")
        sides = {_SIDES.get(side, side): value for side, value in given.items() if side in ("left", "start")}
        if first or {"hanging", "firstLine"} & set(given):
            sides["firstLine"] = first or "0"
        return {f"{key} {side}": value for side, value in sides.items()}
    if name == "spacing" and key.startswith("pPr"):
        return {f"{key} {side}": value for side, value in given.items() if side in _MEASURES}
    value = given.get("val", "")
    return {key: "" if name == "color" and value == "auto" else _SIDES.get(value, value)}


def _spelt(looks: Mapping[str, str]) -> str:
    kept = {key: value for key, value in looks.items() if value and value != _MEASURES.get(key.split()[-1])}
    return "；".join(f"{key}={value}" for key, value in sorted(kept.items()) if key != "rPr spacing" or value != "0")


def with_styles_of(source: bytes, target: bytes) -> bytes:
    """The document with each style looking as the one of that name in ``source`` does, and those that it lacks.

    Styles of its own stay. Ids stay as well: texts refer to styles by them. Raises what reading a damaged one raises.
    """
    with Package(source) as archive:
        given = etree.fromstring(archive.read("word/styles.xml"))
    return rewritten(target, lambda name, part: _merged(given, part) if name == "word/styles.xml" else part, UNIX)


def same_styles(first: bytes, other: bytes) -> bool:
    """Whether the styles of two documents are the same, word by word."""
    parts = []
    for content in (first, other):
        with Package(content) as archive:
            parts.append(etree.tostring(etree.fromstring(archive.read("word/styles.xml")), method="c14n"))
    return parts[0] == parts[1]


def _merged(given: Any, part: bytes) -> bytes:
    styles = etree.fromstring(part)
    own = {_name(style): style for style in styles.findall(f"{W}style")}
    ids = {str(style.get(f"{W}styleId")) for style in own.values()}
    names = {str(style.get(f"{W}styleId")): _name(style) for style in given.findall(f"{W}style")}
    taken: dict[str, str] = {}
    for identity, name in names.items():
        taken[identity] = str(own[name].get(f"{W}styleId")) if name in own else _free(identity, ids)
        ids.add(taken[identity])
    for style in given.findall(f"{W}style"):
        _take(style, own.get(_name(style)), styles, taken)
    default = given.find(f"{W}docDefaults")
    if default is not None:
        for old in styles.findall(f"{W}docDefaults"):
            styles.remove(old)
        styles.insert(0, copy.deepcopy(default))
    return etree.tostring(styles, xml_declaration=True, encoding="UTF-8", standalone=True)


def _free(identity: str, ids: set[str]) -> str:
    free, count = identity, 1
    while free in ids:
        count += 1
        free = f"{identity}{count}"
    return free


def _take(style: Any, old: Any, styles: Any, taken: Mapping[str, str]) -> None:
    """Puts a style in the place of the one of that name, under its id, or at the end."""
    fresh = copy.deepcopy(style)
    fresh.set(f"{W}styleId", taken[str(style.get(f"{W}styleId"))])
    for name in ("basedOn", "next", "link"):
        for reference in fresh.findall(f"{W}{name}"):
            reference.set(f"{W}val", taken.get(reference.get(f"{W}val"), reference.get(f"{W}val")))
    if old is None:
        styles.append(fresh)
    else:
        styles.replace(old, fresh)
