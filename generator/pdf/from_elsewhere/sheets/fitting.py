"""Sheets that are wider than their page are made to fit it.

A table that would be cut over several pages across gets a page of its own shape, as large as can be printed on A4, and
is made smaller until it fits, down to LEAST_POINTS.
"""

from __future__ import annotations

import copy
import html
import itertools
import json
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree
from msgspec import Struct

from generator.basic import package
from generator.basic.patterns import compile_late
from generator.pdf.from_elsewhere.paper import FREE, FREE_DOWN, scale_on_paper
from generator.pdf.from_elsewhere.sheets.reading import STYLE, Sheet, centimetres, letters, qualified, read

# Smaller type is not read on paper. Own tables have their own limit (text_width.LEAST_POINTS).
LEAST_POINTS = 6.0
# A sheet stays upright if its letters are no smaller than this then.
_GOOD_POINTS = 8.0
_TABLE_TAG = compile_late(r'<table:table table:name="([^"]*)" table:style-name="([^"]*)"')
_AUTOMATIC_END = "</office:automatic-styles>"
# By our measure a table is this much wider than the page before anything is done: columns have no exact width.
_TOLERANCE = 1.005
_MOST_NARROW = 300


class Layout(Struct, frozen=True):
    """A page of a sheet: its size and the room between its margins, in cm, and how much it is made smaller."""

    wide: float
    tall: float
    room: float
    room_down: float
    percent: float
    across: int  # 0: not made to fit
    down: int


def fitted(content: bytes) -> tuple[bytes, str]:
    """The .ods with every sheet as wide as its page where that can be read, and what was found of its sheets, as JSON.

    The same bytes where nothing was done. Raises what Package and lxml raise, and ValueError.
    """
    with package.Package(content) as archive:
        styles = etree.fromstring(archive.read("styles.xml"), package.parser())
        found = list(read(archive, styles))
        layouts = {sheet.name: _layout(styles, _master(archive, sheet.style)) for sheet in found}
        facts: list[dict[str, Any]] = []
        changes: dict[str, tuple[bool, float]] = {}
        for sheet in found:
            fact, change = _judged(sheet, layouts[sheet.name])
            facts.append(fact)
            if change:
                changes[sheet.name] = change
        if not changes:
            return content, json.dumps(facts)
        text = archive.read("content.xml").decode("utf-8")
    parts = {"content.xml": _with_pages(text, styles, changes), "styles.xml": etree.tostring(styles)}
    return package.rewritten(content, lambda name, part: parts.get(name, part)), json.dumps(facts)


def _master(archive: package.Package, style: str) -> str:
    """The name of the page of the sheets with this style."""
    with archive.open("content.xml") as part:
        for event, element in package.elements(part, qualified("office:document-content"), (STYLE,)):
            if event == "end" and element.get(qualified("style:name")) == style:
                return element.get(qualified("style:master-page-name")) or "Default"
    return "Default"


def _page(styles: Any, master: str) -> tuple[Any, Any]:
    """The master page of that name and its page layout."""
    pages = {page.get(qualified("style:name")): page for page in styles.iter(qualified("style:master-page"))}
    page = pages[master] if master in pages else next(iter(pages.values()))
    wanted = page.get(qualified("style:page-layout-name"))
    layout = next(
        page for page in styles.iter(qualified("style:page-layout")) if page.get(qualified("style:name")) == wanted
    )
    return page, layout


def _layout(styles: Any, master: str) -> Layout:
    _, found = _page(styles, master)
    given = found.find(qualified("style:page-layout-properties"))

    def length(name: str, usual: str) -> float:
        return centimetres(given.get(qualified(f"fo:{name}")) or given.get(qualified("fo:margin")) or usual)

    wide, tall = length("page-width", "21cm"), length("page-height", "29.7cm")
    across, down = (int(given.get(qualified(f"style:scale-to-{axis}")) or 0) for axis in "XY")
    return Layout(
        wide,
        tall,
        wide - length("margin-left", "2cm") - length("margin-right", "2cm"),
        tall - length("margin-top", "2cm") - length("margin-bottom", "2cm"),
        float((given.get(qualified("style:scale-to")) or "100%").rstrip("%")) / 100,
        across,
        down or int(given.get(qualified("style:scale-to-pages")) == "1"),
    )


def _judged(sheet: Sheet, layout: Layout) -> tuple[dict[str, Any], tuple[bool, float] | None]:
    """What is to be said of a sheet, and how it is to be fitted: whether on its side, and how large in percent (0: as
    large as fits)."""
    row, column = sheet.last
    narrow = sorted(sheet.narrow, key=lambda item: -item[0])[:_MOST_NARROW]
    fact: dict[str, Any] = {
        "name": sheet.name,
        "telling": sheet.telling,
        "used": f"A1:{letters(max(column, 0))}{max(row, 0) + 1}",
        "columns": column + 1,
        "hashes": sheet.hashes,
        "narrow": [(row, column, f"{letters(column)}{row + 1}") for _, row, column in narrow],
        "outside": [f"{letters(column)}{row + 1}" for row, column in sheet.outside],
        "outside_count": sheet.outside_count,
        "ranges": "、".join(f"{letters(c1)}{r1 + 1}:{letters(c2)}{r2 + 1}" for r1, c1, r2, c2 in sheet.ranges),
        "points": 0.0,
        "cut": False,
        "spill": "",
    }
    width, (spill_row, spill_column) = sheet.spill
    if width > sheet.width and not sheet.ranges:
        change = _fit(sheet, layout, max(sheet.width, width), fact)
        if not fact["points"]:
            return fact, change
        # Cells that fit are not made too small to be read for the sake of one text.
        fact["points"], fact["cut"], fact["spill"] = 0.0, False, f"{letters(spill_column)}{spill_row + 1}"
    change = _fit(sheet, layout, sheet.width, fact)
    if change and fact["spill"] and not change[1]:
        change = change[0], float(int(100 * min(1.0, FREE[change[0]] / max(sheet.width, 0.01))))
    return fact, change


def _fit(sheet: Sheet, layout: Layout, width: float, fact: dict[str, Any]) -> tuple[bool, float] | None:
    """How a sheet that is so wide is to be fitted; None where it need not be, or cannot, which goes into ``fact``."""
    parts = _parts(sheet, width)
    widest = max(parts)
    size = sheet.size()
    onto_a4 = scale_on_paper(layout.wide, layout.tall)
    if layout.across or layout.down:
        scale = 1.0
        if layout.across:
            scale = min(scale, layout.across * layout.room / max(widest, 0.01))
        if layout.down:
            scale = min(scale, layout.down * layout.room_down / max(sheet.height, 0.01))
        if layout.across > 1 or size * scale * onto_a4 >= LEAST_POINTS:
            return None
    elif widest * layout.percent <= layout.room * _TOLERANCE:
        return None
    sizes = {}
    for on_side, least in ((layout.wide > layout.tall, _GOOD_POINTS), (True, LEAST_POINTS)):
        room = FREE[on_side]
        sizes[on_side] = size * min(1.0, room / widest)
        if sizes[on_side] >= min(least, size):
            percent = float(int(100 * min(1.0, room / widest))) if len(parts) > 1 else 0.0
            return on_side, percent
    fact["points"], fact["cut"] = round(max(sizes.values()), 1), not (layout.across or layout.down)
    return None


def _parts(sheet: Sheet, width: float) -> list[float]:
    """The widths of what stands between the breaks that someone set between columns."""
    if not sheet.ranges:
        first, last, end = 0, sheet.last[1], width
        edges = sheet.edges(last + 1)
    else:
        last = max(c2 for _, _, _, c2 in sheet.ranges)
        edges = sheet.edges(last + 1)
        _, first, _, last = max(sheet.ranges, key=lambda area: edges[area[3] + 1] - edges[area[1]])
        end = edges[last + 1]
    cuts = [before for before, (_, _, _, breaks) in zip(_starts(sheet), sheet.columns, strict=True) if breaks]
    places = [edges[first], *(edges[cut] for cut in cuts if first < cut <= last), end]
    return [after - before for before, after in itertools.pairwise(places)]


def _starts(sheet: Sheet) -> list[int]:
    return [0, *(end for end, _, _, _ in sheet.columns)][:-1]


def _with_pages(text: str, styles: Any, changes: Mapping[str, tuple[bool, float]]) -> bytes:
    """The content with a style for each sheet that is to be fitted; ``styles`` gets the pages of these."""
    styles_of_sheets: list[str] = []
    masters: dict[str, str] = dict(
        re.findall(r'<style:style style:name="([^"]*)" style:family="table" style:master-page-name="([^"]*)"', text)
    )

    def replaced(match: re.Match[str]) -> str:
        change = changes.get(html.unescape(match[1]))
        if change is None:
            return match[0]
        name = f"packet{len(styles_of_sheets) + 1}"
        _add_page(styles, html.unescape(masters.get(match[2], "Default")), name, *change)
        styles_of_sheets.append(
            f'<style:style style:name="{name}" style:family="table" style:master-page-name="{name}">'
            '<style:table-properties table:display="true" style:writing-mode="lr-tb"/></style:style>'
        )
        return f'<table:table table:name="{match[1]}" table:style-name="{name}"'

    text = _TABLE_TAG.sub(replaced, text)
    return text.replace(_AUTOMATIC_END, "".join(styles_of_sheets) + _AUTOMATIC_END, 1).encode("utf-8")


def _add_page(styles: Any, master: str, name: str, on_side: bool, percent: float) -> None:
    page, layout = _page(styles, master)
    new_page, new_layout = copy.deepcopy(page), copy.deepcopy(layout)
    new_page.set(qualified("style:name"), name)
    new_page.set(qualified("style:display-name"), name)
    new_page.set(qualified("style:page-layout-name"), name)
    new_layout.set(qualified("style:name"), name)
    given = new_layout.find(qualified("style:page-layout-properties"))
    for key in [key for key in given.attrib if key.startswith((qualified("fo:margin"), qualified("style:scale-to")))]:
        del given.attrib[key]
    given.set(qualified("fo:margin"), "0cm")
    given.set(qualified("fo:page-width"), f"{FREE[on_side]:.3f}cm")
    given.set(qualified("fo:page-height"), f"{FREE_DOWN[on_side]:.3f}cm")
    given.set(qualified("style:print-orientation"), "landscape" if on_side else "portrait")
    if percent:
        given.set(qualified("style:scale-to"), f"{percent:.0f}%")
    else:
        given.set(qualified("style:scale-to-X"), "1")
    page.addnext(new_page)
    layout.addnext(new_layout)
