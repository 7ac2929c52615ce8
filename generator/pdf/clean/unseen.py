"""What nobody sees in a PDF and what tells of its makers: programs' own entries, data in pictures, hidden layers.

For files from elsewhere, before they are joined, and for everything that is published. pikepdf takes a while to load:
it is imported where it is needed.
"""

from __future__ import annotations

import re
import struct
from typing import Any

from generator.basic.patterns import compile_late
from generator.pdf.clean import layers, other_pictures
from generator.pdf.clean.pictures import image

_OF_PROGRAMS = ("/PieceInfo", "/LastModified", "/AA", "/Thumb", "/AF", "/Alternates", "/OPI", "/Measure", "/PtData")
# Entries of programs bear their makers' mark (ISO 32000-1, annex E): /PTEX.FileName, /AAPL:Keywords, /ADBE_….
_OF_MAKERS = compile_late(r"/(?:[A-Z][A-Za-z0-9]{1,7}[.:]|(?:ADBE|AAPL|GTS|EPDF|PTEX)_).*", re.DOTALL)
_OF_STREAM = ("/Type", "/Subtype", "/StructParent", "/OC", "/Length", "/Filter", "/DecodeParms")
_OF_PICTURE = (
    *("/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask", "/Decode"),
    *("/Interpolate", "/SMask", "/SMaskInData", "/Matte", *_OF_STREAM),
)
_OF_FORM = ("/FormType", "/BBox", "/Matrix", "/Resources", "/Group", "/StructParents", *_OF_STREAM)
_INLINE_ENCODED = ("/DCTDecode", "/JPXDecode")
_ENCODED = (*_INLINE_ENCODED, "/JBIG2Decode")
_SHORT = {"/DCT": "/DCTDecode", "/Fl": "/FlateDecode", "/LZW": "/LZWDecode", "/A85": "/ASCII85Decode"}
_SHORT |= {"/AHx": "/ASCIIHexDecode", "/RL": "/RunLengthDecode"}
_INLINE = compile_late(rb"\bBI\s.*?\sID\s", re.DOTALL)


def take_out(document: Any, unused: bool = False) -> None:
    """Takes it out of an open PDF; ``unused``: also fonts and pictures that a page names and never draws.

    Raises what pikepdf raises for damaged ones.
    """
    import pikepdf

    layers.take_out(document)
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
            _strip(thing)
            if isinstance(thing, pikepdf.Stream):
                _clean_stream(document, thing)
            elif isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == pikepdf.Name.Type3:
                _clean_glyphs(document, thing)
    for page in document.pages:
        content = _drawing(page)
        if _INLINE.search(content):
            after = _with_clean_pictures(document, page)
            if after is not None:
                page.obj.Contents = document.make_stream(after)
    if unused:
        document.remove_unreferenced_resources()


def _strip(thing: Any) -> None:
    """Takes programs' entries out of an object and of those written inside it; others are done by themselves."""
    import pikepdf

    entries: list[Any]
    if isinstance(thing, pikepdf.Array):
        entries = list(thing.as_list())
    else:
        # The names in a list of resources are the page's own.
        typed = isinstance(thing, pikepdf.Stream) or "/Type" in thing or "/S" in thing
        for key in list(thing.keys()):
            if key in _OF_PROGRAMS or (typed and _OF_MAKERS.fullmatch(key)):
                del thing[key]
        if "/Metadata" in thing and thing.get("/Type") != pikepdf.Name.Catalog:
            del thing["/Metadata"]
        entries = [entry for _, entry in thing.items()]
    for entry in entries:
        if isinstance(entry, pikepdf.Dictionary | pikepdf.Array) and not entry.is_indirect:
            _strip(entry)


def _clean_stream(document: Any, stream: Any) -> None:
    from pikepdf import Name

    kind = stream.get("/Subtype")
    allowed = {Name.Image: _OF_PICTURE, Name.Form: _OF_FORM}.get(kind)
    if allowed is not None:
        for key in [key for key in list(stream.keys()) if key not in allowed]:
            del stream[key]
    if kind == Name.Image:
        _clean_picture(document, stream)
    elif kind == Name.Form or stream.get("/PatternType") == 1:
        _clean_drawing(document, stream)


def _clean_glyphs(document: Any, font: Any) -> None:
    """The glyphs of a font that are drawn as pages are."""
    from pikepdf import Dictionary, Stream

    glyphs = font.get("/CharProcs")
    for _, glyph in list(glyphs.items()) if isinstance(glyphs, Dictionary) else ():
        if isinstance(glyph, Stream):
            _clean_drawing(document, glyph)


def _clean_drawing(document: Any, stream: Any) -> None:
    if _INLINE.search(stream.read_bytes()):
        after = _with_clean_pictures(document, stream)
        if after is not None:
            stream.write(after)


def _clean_picture(document: Any, stream: Any) -> None:
    """A JPEG is in a PDF as it was in its file, possibly packed once more."""
    from pikepdf import Dictionary, Name, Stream

    filters = _list(stream.get("/Filter"))
    if not filters or str(filters[-1]) not in _ENCODED:
        return
    parameters = _list(stream.get("/DecodeParms"))
    before = _unpacked(document, stream.read_raw_bytes(), filters[:-1], parameters[: len(filters) - 1])
    if str(filters[-1]) == "/JBIG2Decode":
        after = _clean_jbig2(before)
        shared = next(
            (parameter.get("/JBIG2Globals") for parameter in parameters if isinstance(parameter, Dictionary)), None
        )
        if isinstance(shared, Stream) and (clean := _clean_jbig2(whole := shared.read_bytes())) != whole:
            shared.write(clean)
    else:
        after = image(before)
    if len(filters) > 1 or after != before:
        last = parameters[len(filters) - 1] if len(parameters) >= len(filters) else None
        stream.write(after, filter=Name(str(filters[-1])), decode_parms=last if isinstance(last, Dictionary) else None)


def _clean_jbig2(content: bytes) -> bytes:
    try:
        return other_pictures.jbig2(content)
    except (struct.error, IndexError):
        return content


def _list(value: Any) -> list[Any]:
    from pikepdf import Array

    return [] if value is None else list(value) if isinstance(value, Array) else [value]


def _unpacked(document: Any, raw: bytes, filters: list[Any], parameters: list[Any]) -> bytes:
    """What comes out of the filters around a picture."""
    from pikepdf import Array, Dictionary, Stream

    if not filters:
        return raw
    packed = Stream(document, raw, Filter=Array(filters))
    if any(isinstance(parameter, Dictionary) for parameter in parameters):
        packed.DecodeParms = Array(
            [parameter if isinstance(parameter, Dictionary) else Dictionary() for parameter in parameters]
        )
    return bytes(packed.read_bytes())


def _drawing(page: Any) -> bytes:
    """What a page draws, as one."""
    found = page.obj.get("/Contents")
    return b"\n".join(part.read_bytes() for part in _list(found) if hasattr(part, "read_bytes"))


def _with_clean_pictures(document: Any, source: Any) -> bytes | None:
    """The drawing with the pictures that stand in it cleaned; None where nothing changes."""
    import pikepdf

    pieces: list[bytes] = []
    changed = False
    for instruction in pikepdf.parse_content_stream(source):
        written = pikepdf.unparse_content_stream([instruction])
        if str(instruction.operator) == "INLINE IMAGE":
            cleaned = _clean_inline(document, instruction, written)
            changed, written = changed or cleaned != written, cleaned
        pieces.append(written)
    return b"\n".join(pieces) if changed else None


def _clean_inline(document: Any, instruction: Any, written: bytes) -> bytes:
    from pikepdf import Name

    entries = list(instruction.operands[0]._image_object) if instruction.operands else []
    named = dict(zip((str(key) for key in entries[::2]), entries[1::2], strict=False))
    filters = [Name(_SHORT.get(str(name), str(name))) for name in _list(named.get("/F", named.get("/Filter")))]
    if not filters or str(filters[-1]) not in _INLINE_ENCODED:
        return written
    start = _INLINE.search(written)
    if start is None:
        return written
    data = written[start.end() : written.rstrip().rfind(b"EI")]
    parameters = _list(named.get("/DP", named.get("/DecodeParms")))
    before = _unpacked(document, data, filters[:-1], parameters[: len(filters) - 1])
    after = image(before)
    if len(filters) == 1 and after.rstrip() == before.rstrip():
        return written
    kept = {key: value for key, value in named.items() if key not in ("/F", "/Filter", "/DP", "/DecodeParms", "/L")}
    head = b" ".join(f"{key} ".encode() + _spelt(value) for key, value in kept.items())
    return b"BI " + head + b" /F /DCT ID " + after + b"\nEI"


def _spelt(value: Any) -> bytes:
    import pikepdf

    if isinstance(value, bool):
        return b"true" if value else b"false"
    return value.unparse() if isinstance(value, pikepdf.Object) else str(value).encode()
