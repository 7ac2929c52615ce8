"""Fields of a form: the value that was filled in is what its appearance shows, whatever was saved as appearance."""

from __future__ import annotations

import contextlib
import io
import unicodedata
from collections.abc import Sequence
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, Stream

from generator.basic.patterns import compile_late
from generator.pdf import pdfium
from generator.pdf.from_elsewhere.overlays.letters import DESCENT, LEADING, Letters, plain
from generator.pdf.from_elsewhere.overlays.look import box, colour, draw, entry, has_look, look, numbers, text_of
from generator.pdf.from_elsewhere.remarks import RemarkCode

# Flags of fields (ISO 32000-1, tables 226 to 230).
_MULTILINE, _PASSWORD, _RADIO, _PUSH, _COMBO, _COMB = (1 << bit for bit in (12, 13, 15, 16, 17, 24))
_LARGEST_OF_ITS_OWN, _LARGEST, _READABLE, _SMALLEST, _STEP = 12.0, 144.0, 6.0, 4.0, 0.5
_SIZE = compile_late(r"([-+]?[\d.]+)\s+Tf\b")
_COLOUR = compile_late(r"((?:[-+]?[\d.]+\s+){1,4})(g|rg|k)\b")
_NUMBER = compile_late(r"\d+(?:\.\d+)?")
_MARKS = {"4": "check", "l": "circle", "8": "cross", "u": "diamond", "n": "square", "H": "star"}
_CIRCLE = 0.5523
Remarks = list[tuple[RemarkCode, str]]


class Shown:
    """What the saved appearances of fields show."""

    def __init__(self, pdf: Pdf, widgets: Sequence[Any]) -> None:
        self._texts: dict[Any, str] = {}
        self._places: dict[Any, int] = {}
        self._drawing = b""
        form: Any = pdf.Root.get("/AcroForm", Dictionary())
        shown = [
            note for note in widgets if entry(note, "/FT") in (Name.Tx, Name.Ch) and isinstance(look(note), Stream)
        ]
        if not shown:
            return
        probe = Pdf.new()
        for note in shown:
            _add_page(probe, look(note), form.get("/DR", Dictionary()))
        buffer = io.BytesIO()
        probe.save(buffer)
        self._drawing = buffer.getvalue()
        with contextlib.suppress(pdfium.Unreadable), pdfium.opened(self._drawing) as document:
            for number, note in enumerate(shown):
                page = document[number].get_textpage()
                self._texts[_key(note)] = str(page.get_text_range())
                self._places[_key(note)] = number
                page.close()

    def text(self, note: Any) -> str | None:
        """None where there is no appearance, or one that cannot be read."""
        return self._texts.get(_key(note))

    def is_drawn(self, note: Any) -> bool:
        """Whether anything can be seen of it: the letters of an embedded font may be empty."""
        with contextlib.suppress(pdfium.Unreadable), pdfium.opened(self._drawing) as document:
            picture = document[self._places[_key(note)]].render(scale=1, grayscale=True).to_pil()
            least, most = picture.getextrema()
            return bool(least < most)
        return False


def _key(note: Any) -> Any:
    return note.objgen if note.is_indirect else id(note)


def _add_page(probe: Pdf, shown: Any, fonts_of_form: Any) -> None:
    copy = probe.copy_foreign(shown)
    if "/Resources" not in copy and isinstance(fonts_of_form, Dictionary):
        with_fonts = shown.get("/Resources", fonts_of_form)
        holder = probe.make_indirect(Dictionary())
        for kind, things in with_fonts.items():
            if kind == "/Font" and isinstance(things, Dictionary):
                holder.Font = Dictionary(
                    {name: probe.copy_foreign(font) for name, font in things.items() if font.is_indirect}
                )
        copy.Resources = holder
    edges = numbers(shown.get("/BBox")) or [0.0, 0.0, 100.0, 100.0]
    probe.add_blank_page(page_size=(200, 200))
    page = probe.pages[-1]
    page.obj.MediaBox = Array([edges[0] - 2, edges[1] - 2, edges[2] + 2, edges[3] + 2])
    for key in ("/Matrix", "/OC"):
        if key in copy:
            del copy[key]
    page.obj.Resources = Dictionary(XObject=Dictionary(F=copy))
    page.Contents = probe.make_stream(b"/F Do")


def holds_value(note: Any) -> bool:
    """Whether something was filled in."""
    kind, value = entry(note, "/FT"), entry(note, "/V")
    if kind == Name.Btn:
        return not _flags(note) & _PUSH and text_of(value) not in ("", "Off")
    return (kind == Name.Sig and isinstance(value, Dictionary)) or any(map(str.strip, _values(value)))


def name(note: Any) -> str:
    """What people call the field: its hint, or its name."""
    return text_of(entry(note, "/TU")) or text_of(entry(note, "/T")) or "沒有名稱"


def prepare(pdf: Pdf, note: Any, letters: Letters, shown: Shown) -> Remarks:
    """The appearance of one field as it is filled in; returns what is to be said of it: codes, with its name."""
    kind = entry(note, "/FT")
    if kind == Name.Sig:
        return _signature(note)
    if kind == Name.Btn:
        return [] if _flags(note) & _PUSH else _tick(pdf, note)
    if kind in (Name.Tx, Name.Ch):
        return _text(pdf, note, letters, shown)
    return []


def _flags(note: Any) -> int:
    return int(entry(note, "/Ff") or 0)


def _values(value: Any) -> list[str]:
    if isinstance(value, Array):
        return [plain(text_of(part)) for part in value]
    text = plain(text_of(value))
    return [text] if text else []


def _signature(note: Any) -> Remarks:
    if not isinstance(entry(note, "/V"), Dictionary):
        return []
    return [(RemarkCode.PDF_SIGNED, name(note) if has_look(note) else f"{name(note)}，頁面上看不到")]


# --- boxes to tick ----------------------------------------------------------------------------------------------


def _tick(pdf: Pdf, note: Any) -> Remarks:
    """Its state follows the value of the field; where nothing is drawn for that state, it is drawn."""
    value, before = entry(note, "/V"), text_of(note.get("/AS")) or "Off"
    state = before if value is None else _state(note, text_of(value) or "Off")
    if state is None:
        note.AS = Name.Off
        return [(RemarkCode.PDF_UNDRAWN, f"表單欄位（{name(note)}）")]
    note.AS = Name(f"/{state}")
    changed = [(RemarkCode.PDF_FILLED, name(note))] if before != state else []
    if has_look(note):
        return changed
    area = box(note)
    marked = entry(note, "/MK")
    marked = marked if isinstance(marked, Dictionary) else Dictionary()
    if state == "Off":
        draw(pdf, note, _frame(note, marked, area.wide, area.tall), (0, 0, area.wide, area.tall), {})
        return changed
    sign = _MARKS.get(text_of(marked.get("/CA")), "circle" if _flags(note) & _RADIO else "check")
    drawn = _frame(note, marked, area.wide, area.tall) + _mark(sign, area.wide, area.tall)
    draw(pdf, note, drawn, (0, 0, area.wide, area.tall), {})
    return [(RemarkCode.PDF_FILLED, name(note))]


def _state(note: Any, filled: str) -> str | None:
    """The state of a box whose field has that value; None where the value fits none of the field's boxes."""
    boxes = [note] if "/T" in note else list(note.get("/Parent", Dictionary()).get("/Kids", [note]))
    names = [_names(other) for other in boxes]
    (own,) = [number for number, other in enumerate(boxes) if other == note][:1] or [0]
    if filled == "Off" or filled in names[own]:
        return filled
    if any(filled in others for others in names):
        return "Off"
    if len(boxes) == 1 and len(names[0]) < 2:
        return names[0][0] if names[0] else filled
    # By its number among them, or by what that is called.
    called = [text_of(option) for option in entry(note, "/Opt") or ()]
    chosen = called.index(filled) if filled in called else int(filled) if filled.isdecimal() else -1
    if not 0 <= chosen < len(boxes):
        return None if own == 0 else "Off"
    return (names[own] or [filled])[0] if own == chosen else "Off"


def _names(note: Any) -> list[str]:
    """The states of a box for which something is drawn, or the one that it says it is in."""
    states: Any = note.get("/AP", Dictionary()).get("/N", Dictionary())
    drawn = [] if isinstance(states, Stream) else [key[1:] for key in list(states.keys()) if key != "/Off"]
    state = text_of(note.get("/AS"))
    return drawn or ([state] if state not in ("", "Off") else [])


def _mark(sign: str, wide: float, tall: float) -> str:
    side = min(wide, tall) * 0.7
    x, y = (wide - side) / 2, (tall - side) / 2

    def at(across: float, up: float) -> str:
        return f"{x + across * side:.3f} {y + up * side:.3f}"

    if sign == "check":
        return f"q 0 G {side * 0.14:.3f} w 1 J {at(0.05, 0.5)} m {at(0.38, 0.12)} l {at(0.95, 0.9)} l S Q"
    if sign == "cross":
        return f"q 0 G {side * 0.12:.3f} w {at(0, 0)} m {at(1, 1)} l S {at(0, 1)} m {at(1, 0)} l S Q"
    if sign == "circle":
        return f"q 0 g {ellipse(x + side / 2, y + side / 2, side * 0.4, side * 0.4)} f Q"
    corners = {
        "diamond": [(0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)],
        "square": [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)],
        "star": [(0.5, 1), (0.38, 0.62), (0, 0.62), (0.31, 0.38), (0.19, 0), (0.5, 0.23), (0.81, 0), (0.69, 0.38),
                 (1, 0.62), (0.62, 0.62)],
    }[sign]  # fmt: skip
    path = " l ".join(at(*corner) for corner in corners).replace(" l ", " m ", 1)
    return f"q 0 g {path} l f Q"


def ellipse(x: float, y: float, across: float, up: float) -> str:
    """The path of an ellipse around a point."""
    a, b = across * _CIRCLE, up * _CIRCLE
    points = [
        (x + across, y + b, x + a, y + up, x, y + up),
        (x - a, y + up, x - across, y + b, x - across, y),
        (x - across, y - b, x - a, y - up, x, y - up),
        (x + a, y - up, x + across, y - b, x + across, y),
    ]
    curves = " ".join(" ".join(f"{number:.3f}" for number in curve) + " c" for curve in points)
    return f"{x + across:.3f} {y:.3f} m {curves} h"


# --- texts and lists --------------------------------------------------------------------------------------------


def _text(pdf: Pdf, note: Any, letters: Letters, shown: Shown) -> Remarks:
    value = entry(note, "/V")
    form: Any = pdf.Root.get("/AcroForm", Dictionary())
    flags, is_list = _flags(note), entry(note, "/FT") == Name.Ch and not _flags(note) & _COMBO
    chosen = _values(value)
    if entry(note, "/FT") == Name.Ch:
        chosen = [_called(note, text) for text in chosen]
    filled = "\n".join(chosen)
    saved = shown.text(note) if has_look(note) else None
    if value is None and not form.get("/NeedAppearances", False) and has_look(note):
        return []
    if flags & _PASSWORD and entry(note, "/FT") == Name.Tx:
        if saved is not None and saved.strip():
            return []
        filled = "*" * len(filled)
    if saved is None and not filled.strip():
        _draw_text(pdf, note, letters, "", is_list)
        return []
    if saved is not None and not is_list and _is_current(note, filled, saved, shown):
        return []
    fits = _draw_text(pdf, note, letters, filled, is_list)
    # Which line of a list is marked cannot be read from its appearance: it is drawn anew in any case.
    was_right = is_list and saved is not None and _same(saved, "\n".join(_options(note)))
    return ([] if was_right else [(RemarkCode.PDF_FILLED, name(note))]) + (
        [] if fits else [(RemarkCode.PDF_TIGHT, name(note))]
    )


def _is_current(note: Any, filled: str, saved: str, shown: Shown) -> bool:
    """Whether the appearance shows the value: as it is, or as the form's own script writes it (1,234.00 for 1234)."""
    if _same(filled, saved):
        return filled.isascii() or (_fonts_are_embedded(look(note)) and shown.is_drawn(note))
    has_script = isinstance(entry(note, "/AA"), Dictionary) and "/F" in entry(note, "/AA")
    if not has_script or not saved.strip() or not filled.strip():
        return False
    return _digits(filled) == _digits(saved) != "" or _near(filled, saved)


def _same(first: str, other: str) -> bool:
    def bare(text: str) -> str:
        folded = unicodedata.normalize("NFKC", plain(text))
        return "".join(folded.replace("\ufffe", "").split())

    return bare(first) == bare(other)


def _digits(text: str) -> str:
    return "".join(sorted(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdigit()))


def _near(filled: str, saved: str) -> bool:
    one, other = (_NUMBER.findall(text.replace(",", "")) for text in (filled, saved))
    if len(one) != 1 or len(other) != 1:
        return False
    value, seen = float(one[0]), float(other[0])
    return any(abs(value * factor - seen) <= 0.005 * max(abs(seen), 1) for factor in (1, 100))


def _fonts_are_embedded(shown: Any) -> bool:
    fonts: Any = shown.get("/Resources", Dictionary()).get("/Font", Dictionary()) if shown is not None else {}
    found = [font for _, font in fonts.items()]
    return bool(found) and all(_is_embedded(font) for font in found)


def _is_embedded(font: Any) -> bool:
    if font.get("/Subtype") == Name.Type3:
        return True
    if font.get("/Subtype") == Name.Type0:
        font = font.DescendantFonts[0]
    described = font.get("/FontDescriptor", Dictionary())
    return any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def _options(note: Any) -> list[str]:
    return [plain(text_of(option[-1] if isinstance(option, Array) else option)) for option in entry(note, "/Opt") or ()]


def _called(note: Any, value: str) -> str:
    """What a list calls the value that was saved."""
    for option in entry(note, "/Opt") or ():
        if isinstance(option, Array) and len(option) == 2 and plain(text_of(option[0])) == value:
            return plain(text_of(option[1]))
    return value


def _draw_text(pdf: Pdf, note: Any, letters: Letters, filled: str, is_list: bool) -> bool:
    """Draws the value as the field says how; returns whether it all fits."""
    area = box(note)
    marked = entry(note, "/MK")
    marked = marked if isinstance(marked, Dictionary) else Dictionary()
    turn = int(marked.get("/R", 0)) % 360
    wide, tall = (area.tall, area.wide) if turn in (90, 270) else (area.wide, area.tall)
    drawn, fits = _frame(note, marked, wide, tall), True
    if filled.strip():
        edge = 2 * _border(note, marked) + 1
        room = (max(wide - 2 * edge, 1), max(tall - 2 * min(edge, tall / 8), 1))
        by_default = text_of(entry(note, "/DA")) or text_of(pdf.Root.get("/AcroForm", Dictionary()).get("/DA"))
        flags, cells = _flags(note), int(entry(note, "/MaxLen") or 0)
        if is_list:
            text, fits = _listed(note, letters, filled.split("\n"), room, by_default)
        elif flags & _COMB and cells and not flags & (_MULTILINE | _PASSWORD):
            text, fits = _combed(letters, filled.replace("\n", ""), cells, (wide, tall), by_default)
            edge, room = 0, (wide, tall)
        else:
            aligned = int(entry(note, "/Q") or pdf.Root.get("/AcroForm", Dictionary()).get("/Q", 0))
            text, fits = written(letters, filled, room, by_default, aligned, bool(flags & _MULTILINE))
        low = (tall - room[1]) / 2
        clip = f"{edge:.3f} {low:.3f} {room[0]:.3f} {room[1]:.3f} re W n"
        drawn += f"/Tx BMC q {clip} 1 0 0 1 {edge:.3f} {low:.3f} cm {ink(by_default)} {text} Q EMC"
    turned = {90: [0, 1, -1, 0, 0, 0], 180: [-1, 0, 0, -1, 0, 0], 270: [0, -1, 1, 0, 0, 0]}
    more = {"Matrix": Array(turned[turn])} if turn in turned else {}
    draw(pdf, note, drawn, (0, 0, wide, tall), {"/Font": letters.resources(pdf)}, **more)
    return fits


def ink(by_default: str) -> str:
    """The colour of the text that a default appearance names; black where it names none."""
    found = _COLOUR.findall(by_default)
    return f"{found[-1][0]}{found[-1][1]}" if found else "0 g"


def size_of(by_default: str) -> float:
    """The size of the text that a default appearance names; 0 where the program chooses."""
    found = _SIZE.findall(by_default)
    return min(abs(float(found[-1])), _LARGEST) if found else 0


def written(
    letters: Letters, text: str, room: tuple[float, float], by_default: str, aligned: int, in_lines: bool
) -> tuple[str, bool]:
    """The operators for a text within a room of that width and height, and whether it all fits there.

    What does not fit at its size gets a smaller one, to the smallest that can be read.
    """
    wide, tall = room
    size = size_of(by_default) or (_LARGEST_OF_ITS_OWN if in_lines else min(max(tall * 0.75, _SMALLEST), _LARGEST))
    if not in_lines:
        text = text.replace("\n", " ")
    while True:
        lines = letters.lines(text, wide, size) if in_lines else [text]
        broad = max(letters.width(line, size) for line in lines)
        high = len(lines) * size * (LEADING if in_lines else 1)
        fits = broad <= wide + 0.01 and (high <= tall + size * 0.3 or (not in_lines and size <= tall * 1.3))
        if fits or size <= _SMALLEST:
            break
        size = max(size - _STEP, _SMALLEST)
    top = tall - size * (1 - DESCENT) - size * (LEADING - 1) / 2 if in_lines else (tall - size) / 2 + size * DESCENT
    pieces = []
    for number, line in enumerate(lines):
        free = wide - letters.width(line, size)
        x = max(free, 0) * {1: 0.5, 2: 1.0}.get(aligned, 0.0)
        y = top - number * size * LEADING
        pieces.append(f"1 0 0 1 {x:.3f} {y:.3f} Tm {letters.shown(line, size)}")
    return f"BT {' '.join(pieces)} ET", fits and size >= min(_READABLE, size_of(by_default) or _READABLE)


def _combed(letters: Letters, text: str, cells: int, room: tuple[float, float], by_default: str) -> tuple[str, bool]:
    wide, tall = room
    cell = wide / cells
    size = min(size_of(by_default) or tall * 0.75, tall * 0.95, cell * 1.2)
    y = (tall - size) / 2 + size * DESCENT
    pieces = [
        f"1 0 0 1 {(number + 0.5) * cell - letters.width(sign, size) / 2:.3f} {y:.3f} Tm {letters.shown(sign, size)}"
        for number, sign in enumerate(text[:cells])
    ]
    return f"BT {' '.join(pieces)} ET", len(text) <= cells


def _listed(
    note: Any, letters: Letters, chosen: list[str], room: tuple[float, float], by_default: str
) -> tuple[str, bool]:
    """The lines of a list with those that are chosen marked; only these where not all of them have room."""
    wide, tall = room
    size = size_of(by_default) or _LARGEST_OF_ITS_OWN
    lines = _options(note)
    if not set(chosen) <= set(lines) or len(lines) * _READABLE * LEADING > tall:
        lines = chosen
    size = max(min(size, tall / len(lines) / LEADING), _SMALLEST)
    bars, pieces = [], []
    for number, line in enumerate(lines):
        low = tall - (number + 1) * size * LEADING
        if line in chosen:
            bars.append(f"q 0.6 0.757 0.855 rg 0 {low:.3f} {wide:.3f} {size * LEADING:.3f} re f Q")
        pieces.append(f"1 0 0 1 1 {low + size * DESCENT:.3f} Tm {letters.shown(line, size)}")
    fits = len(lines) * size * LEADING <= tall + 1 and all(letters.width(line, size) <= wide for line in chosen)
    return f"{' '.join(bars)} BT {' '.join(pieces)} ET", fits


def _border(note: Any, marked: Any) -> float:
    if not numbers(marked.get("/BC")):
        return 0
    style = note.get("/BS", Dictionary())
    return float(style.get("/W", 1)) if isinstance(style, Dictionary) else 1


def _frame(note: Any, marked: Any, wide: float, tall: float) -> str:
    """The ground and the border that the field has."""
    drawn = ""
    if ground := colour(marked.get("/BG"), stroke=False):
        drawn += f"q {ground}0 0 {wide:.3f} {tall:.3f} re f Q "
    thick = _border(note, marked)
    if thick and (line := colour(marked.get("/BC"), stroke=True)):
        half = thick / 2
        drawn += f"q {line}{thick:g} w {half:g} {half:g} {wide - thick:.3f} {tall - thick:.3f} re S Q "
    return drawn
