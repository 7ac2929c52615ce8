"""The pages that LibreOffice made of an attached workbook: blank ones are taken out, numbers that show as ### counted.

Import it late: pikepdf takes a while to load.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Pdf

from generator.basic.patterns import compile_late
from generator.pdf import reading

_HASHES = compile_late(r"#{3,}")
_PAGE_NUMBER = compile_late(r"頁|\bpage\b|^\d+ ?/ ?\d+$", re.IGNORECASE)
# A heading of more lines than these is none: the pages are alike.
_MOST_RUNNING = 8


def looked_at(content: bytes) -> tuple[bytes, str]:
    """The PDF without its blank pages, and as JSON for each sheet: its name, how many pages are left, how many were
    blank, and how often ### stands on them.

    Of a sheet whose pages are all blank the first stays. Raises pikepdf's errors and pdfium.Unreadable.
    """
    with Pdf.open(io.BytesIO(content)) as pdf:
        starts = _starts(pdf)
        pages = reading.drawn(content)
        ends = [*(start for _, start in starts[1:]), len(pages)]
        sheets: list[dict[str, Any]] = []
        blank: list[int] = []
        for (name, start), end in zip(starts, ends, strict=True):
            lines = [page.lines for page in pages[start:end]]
            running = _running(lines)
            unwanted = [
                number
                for number, page in enumerate(pages[start:end], start)
                if not page.is_drawn_on and all(_place(line) in running for line in page.lines)
            ]
            is_empty = False
            if len(unwanted) == end - start:
                # Pages that are all alike say what they say.
                is_empty = not any(lines)
                unwanted = [number for number in unwanted if not pages[number].lines and number > start]
            blank += unwanted
            hashes = (found for some in lines for line in some for found in _HASHES.findall(line.text))
            sheets.append(
                {
                    "name": name,
                    "pages": end - start - len(unwanted),
                    "blank": len(unwanted),
                    "hashes": sum(len(found) // 3 for found in hashes),
                    "empty": is_empty,
                }
            )
        if not blank:
            return content, json.dumps(sheets)
        _take_out(pdf, blank)
        stream = io.BytesIO()
        pdf.save(stream, deterministic_id=True)
        return stream.getvalue(), json.dumps(sheets)


def _starts(pdf: Pdf) -> list[tuple[str, int]]:
    """The name of each sheet that has pages, by its bookmark, and its first page, from 0."""
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    found: list[tuple[str, int]] = []
    with pdf.open_outline() as outline:
        for item in outline.root:
            place: Any = item.destination
            if isinstance(place, Array) and len(place) and place[0].objgen in numbers:
                found.append((item.title, numbers[place[0].objgen]))
    found.sort(key=lambda start: start[1])
    return found if found and found[0][1] == 0 else [("", 0)]


def _running(pages: list[tuple[reading.Line, ...]]) -> set[tuple[str, int, int]]:
    """The lines that stand in the same place of every page of a sheet: headers, footers, page numbers, print titles."""
    if len(pages) < 2:
        return set()
    counts = Counter(place for lines in pages for place in {_place(line) for line in lines})
    same = {place for place, count in counts.items() if count == len(pages)}
    return same if len(same) <= _MOST_RUNNING else set()


def _place(line: reading.Line) -> tuple[str, int, int]:
    """What a line says, and where; of a page number without the digits, which move what is centred."""
    if _PAGE_NUMBER.search(line.text):
        return re.sub(r"\d+", "0", line.text), 0, round(line.low)
    return line.text, round(line.left), round(line.low)


def _take_out(pdf: Pdf, numbers: list[int]) -> None:
    """Removes pages, and what the tags say of them."""
    gone = {pdf.pages[number].obj.objgen for number in numbers}
    root: Any = pdf.Root.get("/StructTreeRoot")
    if root is not None and "/K" in root:
        _prune(root, gone, set())
        if "/ParentTree" in root:
            tree = pikepdf.NumberTree(root.ParentTree)
            for number in numbers:
                key = pdf.pages[number].obj.get("/StructParents")
                if key is not None and int(key) in tree:
                    del tree[int(key)]
    if "/Outlines" in pdf.Root:
        del pdf.Root.Outlines
    for number in sorted(numbers, reverse=True):
        del pdf.pages[number]


def _prune(element: Any, gone: set[Any], seen: set[Any]) -> bool:
    """Takes what stands on pages that are gone out of the tags; returns whether anything is left of the element."""
    if element.is_indirect:
        if element.objgen in seen:
            return True
        seen.add(element.objgen)
    page = element.get("/Pg")
    is_gone = page is not None and page.objgen in gone
    kids: Any = element.get("/K")
    if kids is None:
        return not is_gone
    kept: list[Any] = []
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary):
            own = kid.get("/Pg")
            if "/S" in kid:
                if _prune(kid, gone, seen):
                    kept.append(kid)
            elif (own is None and not is_gone) or (own is not None and own.objgen not in gone):
                kept.append(kid)
        elif not is_gone:
            kept.append(kid)
    if not kept:
        return "/S" not in element
    element.K = Array(kept)
    return True
