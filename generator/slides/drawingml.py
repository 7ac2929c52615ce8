"""Raw DrawingML: what a shape of a slide inherits from layout and master, and paragraphs set as those of a sample.

Lengths in the XML are EMU, 12,700 to a point.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
POINT = 12_700
_FILLS = "noFill solidFill gradFill blipFill pattFill grpFill"
# The order in which children must stand; of those in one text there is only one.
_SHAPE_ORDER = ("xfrm", "custGeom prstGeom", _FILLS, "ln", "effectLst effectDag", "scene3d", "sp3d")
_RUN_ORDER = (
    "ln",
    _FILLS,
    "effectLst effectDag",
    "highlight",
    "uLnTx uLn",
    "uFillTx uFill",
    "latin",
    "ea",
    "cs",
    "sym",
)
_LEVEL_ORDER = (
    "lnSpc",
    "spcBef",
    "spcAft",
    "buClrTx buClr",
    "buSzTx buSzPct buSzPts",
    "buFontTx buFont",
    "buNone buAutoNum buChar buBlip",
    "tabLst",
    "defRPr",
)
_INSETS = {"lIns": 91_440, "tIns": 45_720, "rIns": 91_440, "bIns": 45_720}
_AUTOFIT = ("noAutofit", "normAutofit", "spAutoFit")


class Look(Struct, frozen=True):
    """How a level of a shape's text is set, in points; ``spacing`` in parts of a line set solid."""

    size: float
    left: float
    indent: float
    spacing: float
    before: float
    after: float


class Run(Struct, frozen=True):
    """A piece of text; ``label``: set as the first run of the sample, all other as its last one."""

    text: str
    bold: bool = False
    label: bool = False


class Setting(Struct, frozen=True):
    """A paragraph to write: ``level`` 0 or 1 is the paragraph of the sample it is like.

    ``left`` and ``indent`` (points) and ``size`` stand in it only where they are not None.
    """

    runs: Sequence[Run]
    level: int = 0
    left: float | None = None
    indent: float | None = None
    size: float | None = None


class Inherited:
    """A shape with those of layout and master that it takes after, nearest first, and the text styles of the master."""

    def __init__(self, chain: Sequence[Any], styles: Any) -> None:
        self.chain = list(chain)
        self._styles = styles

    def level(self, number: int) -> Any:
        """The properties of level 0 or 1 as one a:lvl1pPr or a:lvl2pPr, sample paragraph and all."""
        tag = f"{A}lvl{number + 1}pPr"
        merged = self.chain[0].makeelement(tag, {})
        sources = [self._styles] if self._styles is not None else []
        sources += [found for sp in reversed(self.chain) if (found := sp.find(f"{P}txBody/{A}lstStyle")) is not None]
        for source in sources:
            if (properties := source.find(tag)) is not None:
                _overlay(merged, properties, _LEVEL_ORDER)
        sample = sample_of(self.chain[0], number)
        if sample is not None:
            if (properties := sample.find(f"{A}pPr")) is not None:
                _overlay(merged, properties, _LEVEL_ORDER)
            run = last_run(sample)
            if run is not None:
                holder = merged.makeelement(tag, {})
                holder.append(_renamed(run, f"{A}defRPr"))
                _overlay(merged, holder, _LEVEL_ORDER)
        merged.attrib.pop("lvl", None)
        return merged

    def look(self, number: int) -> Look:
        """The same in numbers."""
        level = self.level(number)
        run = level.find(f"{A}defRPr")
        size = int(run.get("sz") or 1800) / 100 if run is not None else 18.0
        solid = size * 1.2
        return Look(
            size=size,
            left=int(level.get("marL") or 0) / POINT,
            indent=int(level.get("indent") or 0) / POINT,
            spacing=_distance(level.find(f"{A}lnSpc"), solid, solid) / solid,
            before=_distance(level.find(f"{A}spcBef"), solid, 0),
            after=_distance(level.find(f"{A}spcAft"), solid, 0),
        )

    def insets(self) -> dict[str, float]:
        """lIns, tIns, rIns, bIns in points."""
        found = dict(_INSETS)
        for body in self._bodies():
            found |= {name: int(value) for name in _INSETS if (value := body.get(name)) is not None}
        return {name: value / POINT for name, value in found.items()}

    def _bodies(self) -> list[Any]:
        return [found for sp in reversed(self.chain) if (found := sp.find(f"{P}txBody/{A}bodyPr")) is not None]

    def free(self, target: Any) -> None:
        """Makes a free-standing shape look as this one: outline, filling and text; place and text stay its own."""
        look = target.find(f"{P}spPr")
        place = look.find(f"{A}xfrm")
        merged = look.makeelement(look.tag, {})
        for sp in reversed(self.chain):
            _overlay(merged, sp.find(f"{P}spPr"), _SHAPE_ORDER)
        for old in [*look, *merged.findall(f"{A}xfrm")]:
            old.getparent().remove(old)
        look.append(place)
        if merged.find(f"{A}prstGeom") is None and merged.find(f"{A}custGeom") is None:
            look.append(look.makeelement(f"{A}prstGeom", {"prst": "rect"}))
        look.extend(list(merged))
        if (style := target.find(f"{P}style")) is not None:
            target.remove(style)
        body = target.find(f"{P}txBody")
        frame = body.makeelement(f"{A}bodyPr", {})
        for body_properties in self._bodies():
            frame.attrib.update(body_properties.attrib)
        frame.append(frame.makeelement(f"{A}noAutofit", {}))
        levels = body.makeelement(f"{A}lstStyle", {})
        levels.extend([self.level(0), self.level(1)])
        for child in list(body):
            body.remove(child)
        body.extend([frame, levels])

    def faces(self) -> list[str]:
        """The typefaces of its text, those of the theme as +mn-lt and the like."""
        found = []
        for number in (0, 1):
            if sample_of(self.chain[0], number) is not None:
                run = self.level(number).find(f"{A}defRPr")
                named = {_name(face): face.get("typeface") or "" for face in run} if run is not None else {}
                found += [named.get("latin") or "+mn-lt", named.get("ea") or "+mn-ea"]
        return found

    def line(self) -> Any | None:
        """The outline of the shape, None where it says nothing of one."""
        merged = self.chain[0].makeelement(f"{P}spPr", {})
        for sp in reversed(self.chain):
            _overlay(merged, sp.find(f"{P}spPr"), _SHAPE_ORDER)
        return merged.find(f"{A}ln")


def _overlay(base: Any, over: Any, order: Sequence[str]) -> None:
    """Puts the properties of ``over`` in the place of the same ones of ``base``."""
    base.attrib.update(over.attrib)
    places = {name: number for number, names in enumerate(order) for name in names.split()}
    for child in over:
        place = places.get(_name(child))
        if place is None:
            continue
        same = [element for element in base if places[_name(element)] == place]
        if _name(child) == "defRPr" and same:
            _overlay(same[0], child, _RUN_ORDER)
            continue
        for element in same:
            base.remove(element)
        fresh = copy.deepcopy(child)
        if _name(child) == "defRPr":
            fresh = child.makeelement(child.tag, {})
            _overlay(fresh, child, _RUN_ORDER)
        base.insert(sum(places[_name(element)] < place for element in base), fresh)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def _renamed(element: Any, tag: str) -> Any:
    renamed = element.makeelement(tag, dict(element.attrib))
    renamed.extend([copy.deepcopy(child) for child in element])
    for name in ("lang", "altLang", "dirty", "err"):
        renamed.attrib.pop(name, None)
    return renamed


def _distance(element: Any, solid: float, default: float) -> float:
    """An a:spcPct or a:spcPts in points."""
    if element is None or not len(element):
        return default
    value = str(element[0].get("val") or 0)
    if _name(element[0]) == "spcPts":
        return int(value) / 100
    # Some programs write 90%, the standard means 90000.
    return solid * (float(value[:-1]) / 100 if value.endswith("%") else int(value) / 100_000)


def sample_of(sp: Any, level: int) -> Any | None:
    """The paragraph of the shape that shows the level: the first one, or the first below it.

    Impress may drop the level of a paragraph: then it is the second one.
    """
    found = sp.findall(f"{P}txBody/{A}p")
    if not found or not level:
        return found[0] if found else None
    return next((paragraph for paragraph in found if _level(paragraph) == level), found[1] if len(found) > 1 else None)


def _level(paragraph: Any) -> int:
    properties = paragraph.find(f"{A}pPr")
    return int(properties.get("lvl") or 0) if properties is not None else 0


def last_run(paragraph: Any) -> Any | None:
    """The properties of the paragraph's last run (or field)."""
    found = paragraph.findall(f"{A}r/{A}rPr") or paragraph.findall(f"{A}fld/{A}rPr")
    return found[-1] if found else None


def text_of(sp: Any) -> str:
    """The text of the first paragraph of a shape."""
    first = sample_of(sp, 0)
    return "".join(node.text or "" for node in first.iter(f"{A}t")) if first is not None else ""


def write(sp: Any, settings: Sequence[Setting]) -> None:
    """Puts the paragraphs in place of those of the sample, each set as the sample's of its level."""
    body = sp.find(f"{P}txBody")
    frame = body.find(f"{A}bodyPr")
    for name in _AUTOFIT:
        if (found := frame.find(f"{A}{name}")) is not None:
            # What another program would do to the size of the text has been done.
            frame.replace(found, frame.makeelement(f"{A}noAutofit", {}))
    samples = {level: sample_of(sp, level) for level in (0, 1)}
    written = [_paragraph(body, samples[setting.level], setting) for setting in settings]
    for old in body.findall(f"{A}p"):
        body.remove(old)
    body.extend(written)


def _paragraph(body: Any, sample: Any, setting: Setting) -> Any:
    paragraph = body.makeelement(f"{A}p", {})
    sample_properties = sample.find(f"{A}pPr") if sample is not None else None
    properties = (
        copy.deepcopy(sample_properties) if sample_properties is not None else paragraph.makeelement(f"{A}pPr", {})
    )
    if setting.level:
        properties.set("lvl", str(setting.level))
    for name, value in (("marL", setting.left), ("indent", setting.indent)):
        if value is not None:
            properties.set(name, str(round(value * POINT)))
    if len(properties) or properties.attrib:
        paragraph.append(properties)
    runs = [] if sample is None else sample.findall(f"{A}r/{A}rPr") or sample.findall(f"{A}fld/{A}rPr")
    for run in (run for run in setting.runs if run.text):
        like = (runs[0] if run.label else runs[-1]) if runs else None
        for number, piece in enumerate(run.text.split("\n")):
            if number:
                paragraph.append(_run(paragraph, "br", like, run, setting))
            if piece:
                paragraph.append(_run(paragraph, "r", like, run, setting))
                text = paragraph[-1].makeelement(f"{A}t", {})
                text.text = piece
                paragraph[-1].append(text)
    return paragraph


def _run(parent: Any, tag: str, like: Any, run: Run, setting: Setting) -> Any:
    element = parent.makeelement(f"{A}{tag}", {})
    kept = _renamed(like, f"{A}rPr") if like is not None else element.makeelement(f"{A}rPr", {})
    wanted: Mapping[str, str | None] = {
        "lang": "zh-TW",
        "altLang": "en-US",
        "sz": str(round(setting.size * 100)) if setting.size else None,
        "b": "1" if run.bold else None,
    }
    for name, value in wanted.items():
        if value is not None:
            kept.set(name, value)
    element.append(kept)
    return element


def with_fixed_numbers(root: Any) -> bool:
    """Makes plain text of the fields that count the slides of a slide's XML; whether there were any.

    LibreOffice counts from 1 whatever the presentation says.
    """
    counters = [counter for counter in root.iter(f"{A}fld") if counter.get("type") == "slidenum"]
    for counter in counters:
        plain = counter.makeelement(f"{A}r", {})
        plain.extend([child for child in counter if child.tag in (f"{A}rPr", f"{A}t")])
        counter.getparent().replace(counter, plain)
    return bool(counters)
