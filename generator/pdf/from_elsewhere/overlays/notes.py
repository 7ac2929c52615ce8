"""Notes and marks on a page: those without an appearance are drawn; the text that only a reader shows is remarked."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from lxml import etree
from pikepdf import Array, Dictionary, Name, Pdf

from generator.basic.patterns import compile_late
from generator.pdf.from_elsewhere.overlays import fields
from generator.pdf.from_elsewhere.overlays.letters import Letters, plain
from generator.pdf.from_elsewhere.overlays.look import box, colour, draw, has_look, numbers, text_of
from generator.pdf.from_elsewhere.remarks import RemarkCode

_CALLED = {
    **{"Text": "便利貼", "FreeText": "文字方塊", "Highlight": "螢光標示", "Underline": "底線", "Squiggly": "波浪底線"},
    **{"StrikeOut": "刪除線", "Ink": "手繪", "Line": "線條", "Square": "矩形", "Circle": "橢圓", "Polygon": "多邊形"},
    **{"PolyLine": "折線", "Stamp": "圖章", "Caret": "插入符號", "FileAttachment": "夾帶的檔案", "Sound": "錄音"},
    **{"Movie": "影片", "Screen": "影音", "RichMedia": "影音", "3D": "立體模型", "Redact": "遮蔽標記"},
    **{"Watermark": "浮水印", "Widget": "表單欄位", "PrinterMark": "印刷標記", "TrapNet": "印刷補漏"},
}
# Of these the text is what is drawn, or what the field or the picture is called to those who cannot see it.
_TEXT_IS_SEEN = (Name.FreeText, Name.Widget, Name.Watermark, Name.PrinterMark, Name.TrapNet, Name.FileAttachment)
_YELLOW = "1 1 0 rg "
_WAVE, _CARET = 2.0, 0.5
_FONT_SIZE = compile_late(r"font(?:-size)?\s*:[^;]*?([\d.]+)\s*(?:pt|px)")
_LARGEST_RICH = 1_000_000
_BY_DEFAULT = "0 g /Helv 12 Tf"
Point = tuple[float, float]


def called(note: Any) -> str:
    """What users call its kind; a field by its name as well."""
    kind = _CALLED.get(text_of(note.get("/Subtype")), "其他註解")
    return f"{kind}（{fields.name(note)}）" if note.get("/Subtype") == Name.Widget else kind


def text(note: Any) -> str:
    """The text of a note: the plain one, or that of the rich one."""
    found = plain(text_of(note.get("/Contents"))).strip()
    rich = text_of(note.get("/RC")) if not found else ""
    if not 0 < len(rich) < _LARGEST_RICH:
        return found
    try:
        root = etree.fromstring(rich.encode(), etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
    except etree.XMLSyntaxError:
        return ""
    lines = ["".join(part.itertext()) for part in root.iter("{*}p")] if root is not None else []
    return plain("\n".join(lines or ["".join(root.itertext())] if root is not None else [])).strip()


def prepare(pdf: Pdf, note: Any, letters: Letters) -> list[tuple[RemarkCode, str]]:
    """The appearance of one note; returns what is to be said of it: codes, with its kind."""
    subtype = note.get("/Subtype")
    if subtype == Name.FileAttachment:
        return [(RemarkCode.PDF_CARRIES, _file_name(note))]
    found = [(RemarkCode.PDF_REDACTION, called(note))] if subtype == Name.Redact else []
    if subtype not in _TEXT_IS_SEEN and subtype != Name.Redact and text(note) and "/StateModel" not in note:
        found.append((RemarkCode.PDF_REMARKS, called(note)))
    if has_look(note):
        return found
    if subtype == Name.FreeText:
        return found + _free_text(pdf, note, letters)
    draws = _DRAWN.get(text_of(subtype))
    drawn = draws(note) if draws else ""
    if drawn:
        _draw(pdf, note, drawn, multiply=subtype == Name.Highlight)
    elif subtype not in (Name.Text, Name.Redact) or not found:
        found.append((RemarkCode.PDF_UNDRAWN, called(note)))
    return found


def _file_name(note: Any) -> str:
    spec: Any = note.get("/FS", Dictionary())
    held = spec.get("/UF", spec.get("/F")) if isinstance(spec, Dictionary) else spec
    return text_of(held) or called(note)


def _draw(pdf: Pdf, note: Any, drawn: str, multiply: bool = False) -> None:
    """What was drawn in the coordinates of the page, with the opacity of the note."""
    edges = _extent(note, _thickness(note) * 4 + 4)
    opacity = min(max(float(note.get("/CA", 1)), 0), 1)
    state = Dictionary(Type=Name.ExtGState, ca=opacity, CA=opacity)
    if multiply:
        state.BM = Name.Multiply
    draw(pdf, note, f"q /S gs {drawn} Q", edges, {"/ExtGState": Dictionary(S=state)})
    note.Rect = Array([round(number, 3) for number in edges])


def _extent(note: Any, edge: float) -> tuple[float, float, float, float]:
    """What is drawn of it with an edge around: it may go beyond what the note says is its place."""
    area = box(note)
    lists = [*(note.get(key) for key in ("/QuadPoints", "/L", "/Vertices", "/CL")), *note.get("/InkList", Array())]
    points = [(area.left, area.low), (area.left + area.wide, area.low + area.tall)]
    points += [point for found in lists for point in _pairs(numbers(found))]
    across, up = zip(*points, strict=True)
    return min(across) - edge, min(up) - edge, max(across) + edge, max(up) + edge


# --- marks on text ----------------------------------------------------------------------------------------------


def _quads(note: Any) -> list[tuple[Point, Point, Point, Point]]:
    """The marked lines: lower left, lower right, upper right, upper left, as the text reads."""
    found = numbers(note.get("/QuadPoints"))
    quads = []
    for start in range(0, len(found) - 7, 8):
        a, b, c, d = ((found[start + place], found[start + place + 1]) for place in range(0, 8, 2))
        # Programs name the upper ones first, then the lower ones; the standard goes round from the lower left.
        round_about = _product(a, b, d, c) < 0
        quads.append((a, b, c, d) if round_about else (c, d, b, a))
    if quads:
        return quads
    area = box(note)
    right, high = area.left + area.wide, area.low + area.tall
    return [((area.left, area.low), (right, area.low), (right, high), (area.left, high))]


def _product(a: Point, b: Point, c: Point, d: Point) -> float:
    """Positive where the way from a to b goes along with that from d to c … of which the sign alone counts."""
    return (b[0] - a[0]) * (c[0] - d[0]) + (b[1] - a[1]) * (c[1] - d[1])


def _highlight(note: Any) -> str:
    paths = " ".join(_path([*quad], close=True) + " f" for quad in _quads(note))
    return (colour(note.get("/C"), stroke=False) or _YELLOW) + paths


def _between(a: Point, b: Point, part: float) -> Point:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def _ruled(note: Any, part: float) -> str:
    """A line through each marked line of text, at that part of its height."""
    drawn = [colour(note.get("/C"), stroke=True) or "0 G "]
    for low_left, low_right, high_right, high_left in _quads(note):
        thick = max(math.dist(low_left, high_left) / 16, 0.5)
        ends = [_between(low_left, high_left, part), _between(low_right, high_right, part)]
        drawn.append(f"{thick:.3f} w {_path(ends)} S")
    return " ".join(drawn)


def _squiggly(note: Any) -> str:
    drawn = [colour(note.get("/C"), stroke=True) or "0 G ", "0.7 w"]
    for low_left, low_right, high_right, high_left in _quads(note):
        count = max(round(math.dist(low_left, low_right) / _WAVE), 1)
        tall = max(math.dist(low_left, high_left), 1)
        points = []
        for number in range(count + 1):
            part = (0.3 if number % 2 else 1.8) / tall
            points.append(_between(_between(low_left, high_left, part), _between(low_right, high_right, part),
                                   number / count))  # fmt: skip
        drawn.append(f"{_path(points)} S")
    return " ".join(drawn)


# --- lines and shapes -------------------------------------------------------------------------------------------


def _path(points: list[Point], close: bool = False) -> str:
    written = [f"{x:.3f} {y:.3f} {'l' if number else 'm'}" for number, (x, y) in enumerate(points)]
    return " ".join(written) + (" h" if close else "")


def _pairs(found: list[float]) -> list[Point]:
    return list(zip(found[::2], found[1::2], strict=False))


def _thickness(note: Any) -> float:
    style, border = note.get("/BS"), numbers(note.get("/Border"))
    if isinstance(style, Dictionary):
        return float(style.get("/W", 1))
    return border[2] if len(border) > 2 else 1.0


def _pen(note: Any) -> str:
    style: Any = note.get("/BS", Dictionary())
    dashes = numbers(style.get("/D")) or [3.0] if style.get("/S") == Name.D else []
    dashed = f"[{' '.join(f'{dash:g}' for dash in dashes)}] 0 d " if dashes and any(dashes) else ""
    return f"{colour(note.get('/C'), stroke=True) or '0 G '}{_thickness(note):g} w {dashed}"


def _painted(note: Any, path: str) -> str:
    """A closed shape, with the colour inside that it has."""
    ground = colour(note.get("/IC"), stroke=False)
    operator = "B" if ground and _thickness(note) else "f" if ground else "S" if _thickness(note) else ""
    return f"{_pen(note)}{ground}{path} {operator}" if operator else ""


def _inner(note: Any) -> tuple[float, float, float, float]:
    area, half = box(note), _thickness(note) / 2
    less = numbers(note.get("/RD"))
    less = less if len(less) == 4 else [0.0] * 4
    left, low = area.left + less[0] + half, area.low + less[1] + half
    return left, low, area.left + area.wide - less[2] - half, area.low + area.tall - less[3] - half


def _square(note: Any) -> str:
    left, low, right, high = _inner(note)
    return _painted(note, f"{left:.3f} {low:.3f} {right - left:.3f} {high - low:.3f} re")


def _circle(note: Any) -> str:
    left, low, right, high = _inner(note)
    shape = fields.ellipse((left + right) / 2, (low + high) / 2, (right - left) / 2, (high - low) / 2)
    return _painted(note, shape)


def _ink(note: Any) -> str:
    strokes = [_pairs(numbers(stroke)) for stroke in note.get("/InkList", Array())]
    # A point is a stroke of no length with a round end.
    paths = [f"{_path(stroke if len(stroke) > 1 else stroke * 2)} S" for stroke in strokes if stroke]
    return f"{_pen(note)}1 J 1 j {' '.join(paths)}" if paths else ""


def _line(note: Any) -> str:
    points = _pairs(numbers(note.get("/L")))
    return _with_ends(note, points) if len(points) == 2 else ""


def _polygon(note: Any) -> str:
    points = _pairs(numbers(note.get("/Vertices")))
    return _painted(note, _path(points, close=True)) if len(points) > 1 else ""


def _polyline(note: Any) -> str:
    points = _pairs(numbers(note.get("/Vertices")))
    return _with_ends(note, points) if len(points) > 1 else ""


def _with_ends(note: Any, points: list[Point]) -> str:
    """A line with what its ends are: arrows and the like."""
    ends = note.get("/LE")
    first, last = (
        (text_of(ends[0]), text_of(ends[1])) if isinstance(ends, Array) and len(ends) == 2 else ("", text_of(ends))
    )
    drawn = f"{_pen(note)}{_path(points)} S"
    inside = colour(note.get("/IC"), stroke=False)
    for kind, tip, behind in ((first, points[0], points[1]), (last, points[-1], points[-2])):
        drawn += _end(kind, tip, behind, max(_thickness(note), 1) * 4, inside)
    return drawn


def _end(kind: str, tip: Point, behind: Point, size: float, inside: str) -> str:
    along = math.atan2(behind[1] - tip[1], behind[0] - tip[0])
    if kind.startswith("R") and kind.endswith("Arrow"):
        along, kind = along + math.pi, kind[1:]

    def at(angle: float, far: float = size) -> Point:
        return tip[0] + far * math.cos(along + angle), tip[1] + far * math.sin(along + angle)

    if kind in ("OpenArrow", "ClosedArrow"):
        path = _path([at(math.pi / 6), tip, at(-math.pi / 6)], close=kind == "ClosedArrow")
    elif kind in ("Butt", "Slash"):
        lean = math.pi / 2 if kind == "Butt" else math.pi / 3
        path = _path([at(lean, size / 2), at(lean + math.pi, size / 2)])
    elif kind == "Circle":
        path = fields.ellipse(*tip, size / 2, size / 2)
    elif kind in ("Square", "Diamond"):
        turn = 0 if kind == "Diamond" else math.pi / 4
        path = _path([at(turn + quarter * math.pi / 2, size / 2) for quarter in range(4)], close=True)
    else:
        return ""
    return f" {inside}{path} {'B' if inside and path.endswith('h') else 'S'}"


def _caret(note: Any) -> str:
    area = box(note)
    points = [(area.left, area.low), (area.left + area.wide * _CARET, area.low + area.tall),
              (area.left + area.wide, area.low)]  # fmt: skip
    return f"{_pen(note)}{_path(points)} S"


_DRAWN: dict[str, Callable[[Any], str]] = {
    "Highlight": _highlight,
    "Underline": lambda note: _ruled(note, 0.08),
    "StrikeOut": lambda note: _ruled(note, 0.45),
    "Squiggly": _squiggly,
    "Square": _square,
    "Circle": _circle,
    "Ink": _ink,
    "Line": _line,
    "Polygon": _polygon,
    "PolyLine": _polyline,
    "Caret": _caret,
}


# --- text on the page -------------------------------------------------------------------------------------------


def _free_text(pdf: Pdf, note: Any, letters: Letters) -> list[tuple[RemarkCode, str]]:
    words = text(note)
    by_default = text_of(note.get("/DA")) or _BY_DEFAULT
    if not fields.size_of(by_default) and (size := _FONT_SIZE.search(text_of(note.get("/DS")))):
        by_default = f"{by_default} /Helv {size[1]} Tf"
    thick = _thickness(note)
    left, low, right, high = _inner(note)
    across, up = right - left, high - low
    # Of a text on the page the colour is that of its ground; its border has that of the text.
    ground = colour(note.get("/C"), stroke=False)
    pen = fields.ink(by_default).replace("rg", "RG").replace("g", "G").replace("k", "K")
    drawn = f"q {ground}{left:.3f} {low:.3f} {across:.3f} {up:.3f} re f Q " if ground else ""
    if thick:
        drawn += f"q {pen} {thick:g} w {left:.3f} {low:.3f} {across:.3f} {up:.3f} re S Q "
    line = _pairs(numbers(note.get("/CL")))
    if len(line) > 1:
        drawn += f"q {pen} {thick:g} w {_with_ends_of_callout(note, line)} Q "
    room = (max(across - thick - 4, 1), max(up - thick - 2, 1))
    shown, fits = fields.written(letters, words, room, by_default, int(note.get("/Q", 0)), in_lines=True)
    drawn += f"q {fields.ink(by_default)} 1 0 0 1 {left + thick / 2 + 2:.3f} {low + thick / 2 + 1:.3f} cm {shown} Q"
    edges = _extent(note, 6 if len(line) > 1 else 0)
    draw(pdf, note, drawn, edges, {"/Font": letters.resources(pdf)})
    note.Rect = Array([round(number, 3) for number in edges])
    return [] if fits else [(RemarkCode.PDF_TIGHT, called(note))]


def _with_ends_of_callout(note: Any, line: list[Point]) -> str:
    kind = text_of(note.get("/LE"))
    return f"{_path(line)} S{_end(kind, line[0], line[1], 6, '')}"
