"""Pictures without who made them, where and with what."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from generator.pdf.clean import other_pictures

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_SEEN = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD")
_JPEG = b"\xff\xd8\xff"
# JPEG 2000: the signature box of a file, and the beginning of a bare code stream.
_JP2, _CODE_STREAM = b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"
_JP2_SEEN = (b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jp2c", b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"res ")
_REMARK, _TILE, _DATA, _END = 0x64, 0x90, 0x93, 0xD9


def image(content: bytes) -> bytes:
    """A picture without who made it, where and with what; content of another kind as it is.

    Knows PNG, JPEG, JPEG 2000, GIF, TIFF, WebP, EMF and SVG.
    """
    try:
        if content.startswith(_PNG):
            return _PNG + b"".join(chunk for kind, chunk in _chunks(content) if kind in _PNG_SEEN)
        if content.startswith(_JPEG):
            return b"".join(_segments(content))
        if content.startswith(_JP2):
            return b"".join(_boxes(content))
        if content.startswith(_CODE_STREAM):
            return _without_remarks(content)
        if content.startswith(other_pictures.GIF):
            return other_pictures.gif(content)
        if content.startswith(other_pictures.TIFF):
            return other_pictures.tiff(content)
        if content[8:12] == other_pictures.WEBP:
            return other_pictures.webp(content)
        if other_pictures.is_emf(content):
            return other_pictures.emf(content)
        if other_pictures.SVG in content[:1024]:
            return other_pictures.svg(content)
    except (struct.error, IndexError):
        # The content is not of the kind it claims; the leak check reads all of it.
        return content
    return content


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        yield kind, content[place : place + 12 + length]
        if kind == b"IEND":
            return
        place += 12 + length


def _segments(content: bytes) -> Iterator[bytes]:
    """The parts of a JPEG but its comments and applications' own: kept are JFIF, ICC profile and Adobe's colours.

    A JPEG may have several scans, with comments between them; what stands after its end is another picture.
    """
    yield content[:2]
    place = 2
    while True:
        # Decoders pass over anything up to the next mark, and over a mark that is filled up.
        place = content.find(b"\xff", place)
        while place >= 0 and content[place + 1] == 0xFF:
            place += 1
        if place < 0:
            return
        marker = content[place + 1]
        if marker == 0xD9:
            yield b"\xff\xd9"
            return
        if marker in (0, 1) or 0xD0 <= marker <= 0xD7:
            place += 2
            continue
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        segment = content[place : place + 2 + length]
        place += 2 + length
        colours = (marker == 0xE2 and segment[4:15] == b"ICC_PROFILE") or marker == 0xEE
        if marker == 0xE0:
            if segment[4:9] == b"JFIF\0":
                # Without the small picture that may follow: it may show what was cut off the large one.
                yield segment if length == 16 else segment[:2] + b"\0\x10" + segment[4:16] + b"\0\0"
        elif not (0xE1 <= marker <= 0xEF or marker == 0xFE) or colours:
            yield segment
        if marker == 0xDA:
            end = _end_of_scan(content, place)
            yield content[place:end]
            place = end


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the drawing data end: at the next mark that is not part of them."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            return len(content)
        if content[place + 1] not in (0, 0xFF) and not 0xD0 <= content[place + 1] <= 0xD7:
            return place
        place += 1 if content[place + 1] == 0xFF else 2


def _boxes(content: bytes) -> Iterator[bytes]:
    """The boxes of a JPEG 2000 that are needed to show it, each without remarks."""
    place = 0
    while place + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", content[place + 8 : place + 16])
            head = 16
        length = length or len(content) - place
        if length < head:
            raise IndexError
        inside = content[place + head : place + length]
        if kind in _JP2_SEEN:
            if kind == b"jp2h":
                inside = b"".join(_boxes(inside))
            elif kind == b"jp2c":
                inside = _without_remarks(inside)
            yield struct.pack(">I4s", 8 + len(inside), kind) + inside
        place += length


def _without_remarks(stream: bytes) -> bytes:
    """A code stream of JPEG 2000 with its remarks blanked: their length counts in the lengths of its tiles."""
    blank = bytearray(stream)
    place = 2
    tile = 0
    while place + 4 <= len(stream) and stream[place] == 0xFF and stream[place + 1] != _END:
        marker = stream[place + 1]
        if marker == _DATA:
            # The data of a tile: the next one begins where this one, as long as it says, has ended.
            (length,) = struct.unpack(">I", stream[tile + 6 : tile + 10])
            if not length:
                break
            place = tile + length
            continue
        if marker == _TILE:
            tile = place
        (length,) = struct.unpack(">H", stream[place + 2 : place + 4])
        if marker == _REMARK:
            blank[place + 6 : place + 2 + length] = b" " * max(length - 4, 0)
        place += 2 + length
    return bytes(blank)
