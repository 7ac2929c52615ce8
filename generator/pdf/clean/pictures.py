"""Pictures without who made them, where and with what."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_SEEN = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD")


def image(content: bytes) -> bytes:
    """A PNG or JPEG without who made it, where and with what; any other content as it is."""
    try:
        if content.startswith(_PNG):
            return _PNG + b"".join(chunk for kind, chunk in _chunks(content) if kind in _PNG_SEEN)
        if content.startswith(b"\xff\xd8\xff"):
            return b"".join(_segments(content))
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
    """The parts of a JPEG but its comments and applications' own: kept are JFIF, ICC profile and Adobe's colours."""
    yield content[:2]
    place = 2
    while content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xDA:
            end = content.rfind(b"\xff\xd9")
            yield content[place : end + 2 if end > place else len(content)]
            return
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        segment = content[place : place + 2 + length]
        colours = (marker == 0xE2 and segment[4:15] == b"ICC_PROFILE") or marker == 0xEE
        if not (0xE1 <= marker <= 0xEF or marker == 0xFE) or colours:
            yield segment
        place += 2 + length
    raise IndexError
