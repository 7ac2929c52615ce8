"""The same for GIF, TIFF, WebP, EMF and SVG, which stand in packages, and for JBIG2, which stands in PDFs.

Raises struct.error or IndexError where the content is not of the kind that it claims to be.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

GIF, WEBP, SVG = b"GIF8", b"WEBP", b"<svg"
TIFF = (b"II*\0", b"MM\0*")
_GIF_SEEN = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_WEBP_SEEN = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP")
_OF_MAKERS_IN_WEBP = 0x08 | 0x04  # EXIF, XMP
# What tells of makers: names, descriptions, programs, times, XMP, IPTC, Photoshop's own; then EXIF, GPS and the like,
# which are lists themselves.
_TEXTS_OF_TIFF = frozenset(
    (269, 270, 271, 272, 285, 305, 306, 315, 316, 337, 700, 33432, 33723, 34377, 37724, 42112, *range(40091, 40096))
)
_LISTS_OF_TIFF = frozenset((34665, 34853, 40965))
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_MOST_LISTS = 1000
_REMARK = 62
_SVG_UNSEEN = ("metadata", "title", "desc")
_SVG_ATTRIBUTES = (None, "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace")
_EMF_HEADER, _EMF_SIGN = 1, b" EMF"


def gif(content: bytes) -> bytes:
    """Without comments and programs' own blocks; how often it is shown again stays."""
    place = 13 + _colours(content[10])
    pieces = [content[:place]]
    while place < len(content) and content[place] != 0x3B:
        start = place
        if content[place] == 0x21:
            kind, place = content[place + 1], place + 2
            own = kind == 0xFF and content[place + 1 : place + 12] not in _GIF_SEEN
            place = _end_of_blocks(content, place)
            if kind == 0xFE or own:
                continue
        elif content[place] == 0x2C:
            place = _end_of_blocks(content, place + 11 + _colours(content[place + 9]))
        else:
            raise IndexError
        pieces.append(content[start:place])
    return b"".join(pieces) + b"\x3b"


def _colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _end_of_blocks(content: bytes, place: int) -> int:
    while content[place]:
        place += 1 + content[place]
    return place + 1


def webp(content: bytes) -> bytes:
    """Without EXIF, XMP and what is unknown."""
    pieces = []
    place = 12
    while place + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, place)
        chunk = content[place + 8 : place + 8 + length]
        if kind == b"VP8X":
            chunk = bytes([chunk[0] & ~_OF_MAKERS_IN_WEBP]) + chunk[1:]
        if kind in _WEBP_SEEN:
            pieces.append(struct.pack("<4sI", kind, len(chunk)) + chunk + b"\0" * (len(chunk) % 2))
        place += 8 + length + length % 2
    inside = b"WEBP" + b"".join(pieces)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def tiff(content: bytes) -> bytes:
    """Without the entries that tell of its makers; what they lead to is blanked, for places in the file must stay."""
    order = "<" if content[:2] == b"II" else ">"
    blank = bytearray(content)
    seen: set[int] = set()
    (place,) = struct.unpack_from(order + "I", content, 4)
    while place and place not in seen and len(seen) < _MOST_LISTS:
        seen.add(place)
        place = _clean_list(blank, content, place, order, wholly=False)
    return bytes(blank)


def _clean_list(blank: bytearray, content: bytes, place: int, order: str, wholly: bool) -> int:
    """Takes entries out of a list (all of them: ``wholly``); returns where the next list begins."""
    (count,) = struct.unpack_from(order + "H", content, place)
    kept = []
    for number in range(count):
        at = place + 2 + 12 * number
        tag, kind, times = struct.unpack_from(order + "HHI", content, at)
        size = _SIZES.get(kind, 1) * times
        (value,) = struct.unpack_from(order + "I", content, at + 8)
        if tag in _LISTS_OF_TIFF:
            _clean_list(blank, content, value, order, wholly=True)
        elif not wholly and tag not in _TEXTS_OF_TIFF:
            kept.append(content[at : at + 12])
        elif size > 4:
            end = min(value + size, len(blank))
            blank[value:end] = bytes(max(end - value, 0))
    end = place + 2 + 12 * count
    (following,) = struct.unpack_from(order + "I", content, end)
    new = struct.pack(order + "H", len(kept)) + b"".join(kept) + struct.pack(order + "I", 0 if wholly else following)
    blank[place : end + 4] = new.ljust(end + 4 - place, b"\0")
    return 0 if wholly else int(following)


def is_emf(content: bytes) -> bool:
    return len(content) > 88 and content[40:44] == _EMF_SIGN and content[:4] == struct.pack("<I", _EMF_HEADER)


def emf(content: bytes) -> bytes:
    """With the name of the program and of the picture in its head blanked."""
    count, place = struct.unpack_from("<II", content, 60)
    blank = bytearray(content)
    end = min(place + 2 * count, len(blank))
    blank[place:end] = bytes(max(end - place, 0))
    return bytes(blank)


def svg(content: bytes) -> bytes:
    """Without remarks, metadata, titles and what drawing programs note (paths of files)."""
    from lxml import etree

    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise IndexError from error
    space = etree.QName(root).namespace
    for element in list(root.iter()):
        name = etree.QName(element) if isinstance(element.tag, str) else None
        if name is None or name.namespace != space or name.localname in _SVG_UNSEEN:
            _drop(element)
    for element in root.iter(etree.Element):
        for attribute in list(element.attrib):
            if etree.QName(attribute).namespace not in _SVG_ATTRIBUTES:
                del element.attrib[attribute]
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _drop(element: Any) -> None:
    """Takes an element away; the text after it stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")
    parent.remove(element)


def jbig2(content: bytes) -> bytes:
    """Segments as they stand in a PDF (ITU-T T.88, 7.2), without those that are remarks."""
    return b"".join(segment for kind, segment in _segments(content) if kind != _REMARK)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(content):
        start = place
        number, flags = struct.unpack_from(">IB", content, place)
        place += 5
        count = content[place] >> 5
        if count == 7:
            (count,) = struct.unpack_from(">I", content, place)
            count &= 0x1FFFFFFF
            place += 4 + (count + 8) // 8
        else:
            place += 1
        place += count * (1 if number <= 256 else 2 if number <= 65536 else 4) + (4 if flags & 0x40 else 1)
        (length,) = struct.unpack_from(">I", content, place)
        place = len(content) if length == 0xFFFFFFFF else place + 4 + length
        yield flags & 0x3F, content[start:place]
