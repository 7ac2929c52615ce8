"""What fields and notes have in common: entries, flags, colours, and the appearance that is drawn of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

# Flags of an annotation (ISO 32000-1, table 165).
HIDDEN, PRINTED, NO_VIEW = 2, 4, 32
_MOST_ABOVE = 50


class Box(Struct, frozen=True):
    """The rectangle of an annotation on its page, in points."""

    left: float
    low: float
    wide: float
    tall: float


def box(note: Any) -> Box:
    """Raises ValueError for one that has no rectangle."""
    x1, y1, x2, y2 = numbers(note.Rect)
    return Box(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))


def numbers(array: Any) -> list[float]:
    return [float(number) for number in array] if isinstance(array, Array) else []


def entry(note: Any, key: str) -> Any:
    """The entry of a field, or of the nearest one above it; None where no one has it."""
    for _ in range(_MOST_ABOVE):
        if not isinstance(note, Dictionary):
            break
        if key in note:
            return note[key]
        note = note.get("/Parent")
    return None


def text_of(value: Any) -> str:
    """A text, a name, a number or a stream as text; empty for anything else."""
    if isinstance(value, Stream):
        return str(String(value.read_bytes()))
    if isinstance(value, Name):
        return str(value)[1:]
    return str(value) if isinstance(value, (String, str, int, Decimal)) and not isinstance(value, bool) else ""


def look(note: Any) -> Any:
    """The appearance that is shown; None where there is none, or nothing is drawn in it."""
    shown = note.get("/AP", Dictionary()).get("/N") if isinstance(note.get("/AP"), Dictionary) else None
    if isinstance(shown, Dictionary) and not isinstance(shown, Stream):
        state = note.get("/AS")
        shown = shown.get(str(state)) if isinstance(state, Name) else None
    return shown if isinstance(shown, Stream) else None


def has_look(note: Any) -> bool:
    """Whether something would be seen of it: an empty appearance is as good as none."""
    shown = look(note)
    if shown is None or not shown.read_bytes().strip():
        return False
    edges = numbers(shown.get("/BBox"))
    return len(edges) == 4 and edges[0] != edges[2] and edges[1] != edges[3]


def draw(
    pdf: Pdf, note: Any, drawn: str, edges: tuple[float, float, float, float], resources: Mapping[str, Any], **more: Any
) -> None:
    """Gives a note this appearance and no other; ``edges`` is its BBox."""
    shown = pdf.make_stream(
        drawn.encode("ascii"),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([round(edge, 3) for edge in edges]),
        Resources=Dictionary(dict(resources)),
        **more,
    )
    note.AP = Dictionary(N=shown)
    if "/AS" in note:
        del note["/AS"]


def colour(values: Any, stroke: bool) -> str:
    """The operator that sets a colour of one, three or four numbers; empty for none."""
    found = numbers(values)
    operator = {1: "Gg", 3: ("RG", "rg"), 4: "Kk"}.get(len(found))
    return f"{' '.join(f'{part:.4g}' for part in found)} {operator[0 if stroke else 1]} " if operator else ""
