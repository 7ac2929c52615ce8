"""The notes that a reader put on a PDF: highlights, strike-outs, insertions, sticky notes, with the text they stand on.

The work is done in the child process of ``confined``: the file may come from anyone.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from generator.pdf import pdfium
from generator.pdf.from_elsewhere import confined

# ISO 32000-1, 12.5.6: what marks a text, what deletes or replaces it, and what stands for itself.
_MARKS, _STRUCK = ("/Highlight", "/Underline", "/Squiggly"), ("/StrikeOut",)
_ALONE = ("/Text", "/FreeText", "/Caret", "/Stamp", "/Square", "/Circle", "/Line", "/Polygon", "/PolyLine", "/Ink")
MOST_NOTES = 5000
_MOST_DEEP = 30


class Note(Struct, frozen=True):
    """A note. ``text`` is what it says, ``quote`` the text on which it stands, ``line`` the line of it.

    ``struck``: the text is to go; with a text it is to be replaced by that. ``document`` is the bookmark of its page.
    """

    page: int
    document: str
    author: str
    text: str
    quote: str
    line: str
    struck: bool


class Noted(Struct, frozen=True):
    """The notes of a PDF in their order; ``words``: how many signs its pages have; ``filled``: fields of a form."""

    notes: tuple[Note, ...]
    words: int
    filled: tuple[tuple[str, str], ...]


def read(path: Path) -> Noted:
    """The notes of a PDF. Raises problems.Unfit and OSError."""
    _, answer = confined.run("read notes", content=os.fsencode(path))
    found = json.loads(answer)
    return Noted(tuple(Note(**note) for note in found["notes"]), found["words"], tuple(map(tuple, found["filled"])))


def as_bytes(content: bytes) -> bytes:
    """The notes as the child process hands them over. Raises pdfium.Unreadable and pikepdf's errors."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf, pdfium.opened(content) as drawn:
        titles = _titles(pdf)
        notes: list[Note] = []
        words = 0
        for number, page in enumerate(pdf.pages, start=1):
            reader = drawn[number - 1].get_textpage()
            try:
                words += max(reader.count_chars(), 0)
                notes += _of_page(page, number, titles.get(number, ""), reader, MOST_NOTES - len(notes))
            finally:
                reader.close()
        filled = list(_fields(pdf))
    return json.dumps(
        {"notes": [asdict(note) for note in notes], "words": words, "filled": filled}, ensure_ascii=False
    ).encode("utf-8", "replace")


def _of_page(page: Any, number: int, title: str, reader: Any, most: int) -> Iterator[Note]:
    listed = page.obj.get("/Annots", [])
    annotations = [note for note in listed if hasattr(note, "get")][: max(most, 0)]
    parts: dict[Any, list[Any]] = {}
    for note in annotations:
        if _is_grouped(note):
            parts.setdefault(note.get("/IRT").objgen, []).append(note)
    for note in annotations:
        kind = str(note.get("/Subtype", ""))
        if kind not in (*_MARKS, *_STRUCK, *_ALONE) or _is_grouped(note) or note.get("/StateModel") is not None:
            continue
        whole = [note, *parts.get(note.objgen, [])]
        kinds = [str(part.get("/Subtype", "")) for part in whole]
        text = "\n".join(dict.fromkeys(filter(None, (_text(part, "/Contents") for part in whole))))
        marked = (part for part, kind in zip(whole, kinds, strict=True) if kind in (*_MARKS, *_STRUCK))
        quote = next(filter(None, (_quoted(part, reader) for part in marked)), "")
        line = _beside(next((part for part in whole if part.get("/QuadPoints") is not None), note), reader)
        if text or quote:
            yield Note(number, title, _text(note, "/T"), text, quote, line, any(kind in _STRUCK for kind in kinds))


def _is_grouped(note: Any) -> bool:
    """Whether it is a part of another note: a strike-out with a caret is one replacement."""
    return str(note.get("/RT", "")) == "/Group" and note.get("/IRT") is not None


def _text(note: Any, name: str) -> str:
    value = note.get(name)
    text = "" if value is None else str(value)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def _numbers(value: Any) -> list[float]:
    try:
        return [float(number) for number in value]
    except (TypeError, ValueError):
        return []


def _quoted(note: Any, reader: Any) -> str:
    """The text below the quadrilaterals of a mark."""
    points = _numbers(note.get("/QuadPoints", []))
    lines = []
    for start in range(0, len(points) - 7, 8):
        across, down = points[start : start + 8 : 2], points[start + 1 : start + 8 : 2]
        # A little less than its height: the lines above and below touch it.
        margin = (max(down) - min(down)) * 0.2
        lines.append(_bounded(reader, min(across), min(down) + margin, max(across), max(down) - margin))
    return "".join(lines).strip()


def _beside(note: Any, reader: Any) -> str:
    """The line of text at whose height a note stands."""
    box = _numbers(note.get("/Rect", []))
    if len(box) != 4:
        return ""
    middle, half = (box[1] + box[3]) / 2, max(6.0, min(abs(box[3] - box[1]) / 2, 14.0))
    return _bounded(reader, 0, middle - half, 10_000, middle + half)


def _bounded(reader: Any, left: float, low: float, right: float, high: float) -> str:
    text = str(reader.get_text_bounded(left, low, right, high))
    return "".join(line.strip() for line in text.splitlines())


def _titles(pdf: Any) -> dict[int, str]:
    """The bookmark under which each page stands, the innermost; without bookmarks empty."""
    numbers = {page.objgen: number for number, page in enumerate(pdf.pages, start=1)}
    begins: dict[int, str] = {}

    def walk(item: Any, depth: int) -> None:
        seen = 0
        while item is not None and depth < _MOST_DEEP and seen < 2000:
            seen += 1
            place = item.get("/Dest")
            action = item.get("/A")
            if place is None and action is not None:
                place = action.get("/D")
            try:
                number = numbers.get(place[0].objgen)
            except (TypeError, AttributeError, IndexError, ValueError, KeyError):
                number = None
            if number is not None:
                begins[number] = str(item.get("/Title", ""))
            if item.get("/First") is not None:
                walk(item.get("/First"), depth + 1)
            item = item.get("/Next")

    outlines = pdf.Root.get("/Outlines")
    if outlines is not None:
        walk(outlines.get("/First"), 0)
    titles, title = {}, ""
    for number in range(1, len(pdf.pages) + 1):
        title = begins.get(number, title)
        titles[number] = title
    return titles


def _fields(pdf: Any) -> Iterator[tuple[str, str]]:
    """The filled text fields of a form."""
    form = pdf.Root.get("/AcroForm")
    for field in list(form.get("/Fields", []))[:MOST_NOTES] if form is not None else ():
        value = field.get("/V") if hasattr(field, "get") else None
        if value is not None and str(field.get("/FT", "")) == "/Tx" and str(value).strip():
            yield str(field.get("/T", "")), str(value).strip()
