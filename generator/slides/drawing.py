"""Draws what a slide has no placeholder for: a bar of tabs, and a chart of boxes and connectors, each as a group.

Raw DrawingML; the looks are those of the template's samples (drawingml.Inherited). Lengths are EMU.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from lxml import etree

from generator.slides.drawingml import POINT, A, Inherited, P

_ABOUT = (
    '<p:{tag} xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{inside}</p:{tag}>'
)
_GROUP = (
    '<p:nvGrpSpPr><p:cNvPr id="0" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)
_BOX = (
    '<p:nvSpPr><p:cNvPr id="0" name=""/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="0" cy="0"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/></p:txBody>'
)
_CONNECTOR = (
    '<p:nvCxnSpPr><p:cNvPr id="0" name=""/><p:cNvCxnSpPr><a:stCxn id="0" idx="2"/><a:endCxn id="0" idx="0"/>'
    '</p:cNvCxnSpPr><p:nvPr/></p:nvCxnSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></a:xfrm>'
    '<a:prstGeom prst="line"><a:avLst/></a:prstGeom></p:spPr>'
)
# Between two tiers there is three fifths of a box, between two boxes of a tier a quarter of one or more.
_FALL, _GAP = 0.6, 0.25
_WIDEST, _HIGHEST = 0.36, 1 / 3


class Place(NamedTuple):
    """A rectangle on the slide."""

    left: int
    top: int
    width: int
    height: int


class Group:
    """A group of shapes, put where another shape stands in the order of a slide."""

    def __init__(self, before: Any, name: str) -> None:
        self._tree = before.getparent()
        self.element = self._element("grpSp", _GROUP, name)
        before.addprevious(self.element)
        self._places: list[Place] = []
        self._behind = 2

    def _element(self, tag: str, inside: str, name: str) -> Any:
        element = self._tree.makeelement(f"{P}{tag}", {})
        element.extend(list(etree.fromstring(_ABOUT.format(tag=tag, inside=inside))))
        about = element[0].find(f"{P}cNvPr")
        about.set("id", str(1 + max(int(shape.get("id")) for shape in self._tree.iter(f"{P}cNvPr"))))
        about.set("name", name)
        return element

    def box(self, place: Place, look: Inherited, name: str) -> Any:
        """A box without text that looks like a sample."""
        element = self._element("sp", _BOX, name)
        self.element.append(element)
        _put(element.find(f"{P}spPr/{A}xfrm"), place)
        look.free(element)
        self._places.append(place)
        return element

    def join(self, upper: Any, lower: Any, line: Any | None, name: str) -> None:
        """A connector behind the boxes, from the foot of one to the head of another: straight, or with two corners."""
        above, below = _place(upper), _place(lower)
        x1, y1 = above.left + above.width // 2, above.top + above.height
        x2, y2 = below.left + below.width // 2, below.top
        element = self._element("cxnSp", _CONNECTOR, name)
        # LibreOffice makes a figure of its own of each connector, also within a group.
        element[0].find(f"{P}cNvPr").set("descr", name)
        for tag, box in (("stCxn", upper), ("endCxn", lower)):
            element.find(f"{P}nvCxnSpPr/{P}cNvCxnSpPr/{A}{tag}").set("id", box[0].find(f"{P}cNvPr").get("id"))
        look = element.find(f"{P}spPr")
        frame = look.find(f"{A}xfrm")
        if abs(x1 - x2) < POINT:
            _put(frame, Place(x1, y1, 0, y2 - y1))
        else:
            # The preset leaves sideways; it is turned by a quarter, and its frame is given as before the turn.
            wide, high = abs(x2 - x1), y2 - y1
            look.find(f"{A}prstGeom").set("prst", "bentConnector3")
            frame.set("rot", "16200000" if x2 > x1 else "5400000")
            if x2 > x1:
                frame.set("flipH", "1")
            _put(frame, Place(min(x1, x2) + (wide - high) // 2, y1 + (high - wide) // 2, high, wide))
        if line is not None:
            look.append(copy.deepcopy(line))
        self.element.insert(self._behind, element)
        self._behind += 1

    def close(self, described: str) -> None:
        """Sets the frame around the boxes, and the alternative text for those who hear the slide."""
        left, top = min(place.left for place in self._places), min(place.top for place in self._places)
        right = max(place.left + place.width for place in self._places)
        foot = max(place.top + place.height for place in self._places)
        frame = self.element.find(f"{P}grpSpPr/{A}xfrm")
        _put(frame, Place(left, top, right - left, foot - top))
        _put(frame, Place(left, top, right - left, foot - top), "chOff", "chExt")
        self.element[0].find(f"{P}cNvPr").set("descr", described)


def _put(frame: Any, place: Place, corner: str = "off", extent: str = "ext") -> None:
    frame.find(f"{A}{corner}").set("x", str(place.left))
    frame.find(f"{A}{corner}").set("y", str(place.top))
    frame.find(f"{A}{extent}").set("cx", str(place.width))
    frame.find(f"{A}{extent}").set("cy", str(place.height))


def _place(element: Any) -> Place:
    frame = element.find(f"{P}spPr/{A}xfrm")
    corner, extent = frame.find(f"{A}off"), frame.find(f"{A}ext")
    return Place(int(corner.get("x")), int(corner.get("y")), int(extent.get("cx")), int(extent.get("cy")))


def side_by_side(first: Place, other: Place, count: int) -> list[Place]:
    """Places for so many tabs over the room of two samples that stand side by side, at their distance."""
    left, top = min(first.left, other.left), min(first.top, other.top)
    room = max(first.left + first.width, other.left + other.width) - left
    gap = max(other.left - first.left - first.width, 0)
    width = (room - gap * (count - 1)) // count
    return [Place(left + at * (width + gap), top, width, max(first.height, other.height)) for at in range(count)]


def tiers(room: Place, counts: Sequence[int]) -> list[list[Place]]:
    """Places for tiers of so many boxes, one tier below the other and each in the middle."""
    rows, most = len(counts), max(counts)
    height = min(int(room.height / (rows + _FALL * (rows - 1))), int(room.height * _HIGHEST))
    width = min(int(room.width / (most + _GAP * (most - 1))), int(room.width * _WIDEST))
    fall = (room.height - height * rows) // (rows - 1) if rows > 1 else 0
    gap = min((room.width - width * most) // (most - 1), width // 2) if most > 1 else 0
    found = []
    for row, count in enumerate(counts):
        start = room.left + (room.width - width * count - gap * (count - 1)) // 2
        found.append(
            [Place(start + at * (width + gap), room.top + row * (height + fall), width, height) for at in range(count)]
        )
    return found


def join_tiers(group: Group, drawn: Sequence[Sequence[tuple[str, Any]]], line: Any | None) -> None:
    """Joins each named box to all of the tier below."""
    for above, below in pairwise(drawn):
        for upper, first in above:
            for lower, second in below:
                group.join(first, second, line, f"連線：{upper}至{lower}")
