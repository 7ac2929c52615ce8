"""Text set with a character set that PDFium does not know is spelt in one that it does, for reading alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

from generator.basic.patterns import compile_late
from generator.pdf.cns11643 import planes

_UNKNOWN = compile_late(r"/(?:Uni\w+-UTF(?P<bits>8|32)|(?P<cns>CNS-EUC|CNS1|CNS2))-(?P<way>[HV])")
_SHOWS = ("Tj", "TJ", "'", '"')
_DEEPEST = 20


def known(content: bytes) -> bytes:
    """A PDF in which each such text is in UTF-16, at its old place; the same bytes where there is none.

    A PDF that is damaged is given back as it is.
    """
    import pikepdf

    if b"/ObjStm" not in content and not re.search(rb"UTF|CNS", content):
        return content
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            fonts = {thing.objgen for thing in document.objects if _is_unknown(thing)}
            if not fonts and not any(_direct(page.resources) for page in document.pages):
                return content
            spellings: dict[Any, Callable[[bytes], str]] = {}
            for page in document.pages:
                _spell(document, page, page.resources, spellings, set(), 0)
            stream = io.BytesIO()
            document.save(stream)
            return stream.getvalue()
    except (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError):
        return content


def _is_unknown(font: Any) -> bool:
    import pikepdf

    if not isinstance(font, pikepdf.Dictionary) or font.get("/Subtype") != pikepdf.Name.Type0:
        return False
    encoding = font.get("/Encoding")
    return isinstance(encoding, pikepdf.Name) and bool(_UNKNOWN.fullmatch(str(encoding)))


def _direct(resources: Any) -> bool:
    """Whether such a font is written in the page itself."""
    return any(_is_unknown(font) for font in _listed(resources, "/Font").values())


def _listed(resources: Any, kind: str) -> dict[str, Any]:
    import pikepdf

    found = resources.get(kind) if isinstance(resources, pikepdf.Dictionary) else None
    return dict(found.items()) if isinstance(found, pikepdf.Dictionary) else {}


def _spell(
    document: Any, source: Any, resources: Any, done: dict[Any, Callable[[bytes], str]], seen: set[Any], depth: int
) -> None:
    """Spells the texts of a page or form anew, and of the forms in it. ``done``: how each font has been spelt."""
    import pikepdf

    if depth > _DEEPEST:
        return
    fonts = {}
    for name, font in _listed(resources, "/Font").items():
        key = font.objgen if font.is_indirect else (id(document), name, depth)
        if _is_unknown(font):
            found = _UNKNOWN.fullmatch(str(font.Encoding))
            assert found is not None
            done[key] = _reader(found.groupdict())
            font.Encoding = pikepdf.Name(f"/UniCNS-UTF16-{found['way']}")
            if "/ToUnicode" in font:
                del font.ToUnicode
        if key in done:
            fonts[name] = done[key]
    if fonts:
        content = pikepdf.unparse_content_stream(_spelt(pikepdf.parse_content_stream(source), fonts))
        if isinstance(source, pikepdf.Page):
            source.obj.Contents = document.make_stream(content)
        else:
            source.write(content)
    for form in _listed(resources, "/XObject").values():
        if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == pikepdf.Name.Form and form.objgen not in seen:
            seen.add(form.objgen)
            _spell(document, form, form.get("/Resources", resources), done, seen, depth + 1)


def _spelt(instructions: Any, fonts: Mapping[str, Callable[[bytes], str]]) -> list[Any]:
    import pikepdf

    kept: list[Any] = []
    current: Callable[[bytes], str] | None = None
    before: list[Callable[[bytes], str] | None] = []
    for instruction in instructions:
        operator = str(instruction.operator)
        if operator == "q":
            before.append(current)
        elif operator == "Q" and before:
            current = before.pop()
        elif operator == "Tf" and len(instruction.operands):
            current = fonts.get(str(instruction.operands[0]))
        elif operator in _SHOWS and current is not None:
            operands = [_anew(operand, current) for operand in instruction.operands]
            instruction = pikepdf.ContentStreamInstruction(operands, instruction.operator)
        kept.append(instruction)
    return kept


def _anew(operand: Any, reader: Callable[[bytes], str]) -> Any:
    from pikepdf import Array, String

    if isinstance(operand, Array):
        return Array([_anew(part, reader) for part in operand.as_list()])
    return String(reader(bytes(operand)).encode("utf-16-be")) if isinstance(operand, String) else operand


def _reader(kind: Mapping[str, str | None]) -> Callable[[bytes], str]:
    """What makes text of the bytes of a character set."""
    if kind["bits"]:
        codec = "utf-8" if kind["bits"] == "8" else "utf-32-be"
        return lambda data: data.decode(codec, "replace")
    if kind["cns"] == "CNS-EUC":
        return _of_euc
    plane = planes()[0 if kind["cns"] == "CNS1" else 1]
    return lambda data: "".join(_cell(plane, *data[at : at + 2]) for at in range(0, len(data) - 1, 2))


def _of_euc(data: bytes) -> str:
    """EUC: two bytes for the first plane; 8E, the number of the plane, and two bytes for any."""
    text, at = "", 0
    while at < len(data):
        plane = 1
        if data[at] == 0x8E and at + 3 < len(data):
            plane = data[at + 1] - 0xA0
            at += 2
        if data[at] < 0x80 or at + 1 >= len(data):
            text += chr(data[at]) if data[at] < 0x80 else "\ufffd"
            at += 1
            continue
        text += _cell(planes()[plane - 1], data[at] & 0x7F, data[at + 1] & 0x7F) if plane in (1, 2) else "\ufffd"
        at += 2
    return text


def _cell(plane: str, row: int, cell: int) -> str:
    place = (row - 0x21) * 94 + cell - 0x21
    return plane[place] if 0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E else "\ufffd"
