"""The parts of an office file (a zip of XML), unpacked and parsed in bounded memory, whatever the file claims."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from lxml import etree

LARGEST_SMALL_PART = 20_000_000
_CHUNK = 1 << 16
_LARGEST_ELEMENT = 8_000_000


@dataclass(frozen=True, slots=True)
class Properties:
    """The properties of a document's file, all from the model; nothing of the template's author remains."""

    title: str
    author: str
    created: dt.date


def small(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part that is read whole. Raises ValueError when it is no small one or declares entities, KeyError without it.

    Read piece by piece: asked for the whole of a part, zipfile unpacks all there is, however little the file says.
    """
    with archive.open(name) as part:
        pieces = list(iter(lambda: part.read(_CHUNK), b""))
    content = b"".join(pieces)
    # No office program writes one, only someone who wants entities resolved. NUL: it may be in UTF-16.
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        raise ValueError("DOCTYPE")
    return content


def small_parts(archive: zipfile.ZipFile) -> io.BytesIO:
    """An archive of the small XML parts only, each as long as it says, for a library that reads them whole."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for entry in archive.infolist():
            if entry.filename.endswith((".xml", ".rels")) and entry.file_size <= LARGEST_SMALL_PART:
                target.writestr(entry.filename, small(archive, entry.filename))
    made.seek(0)
    return made


def elements(part: IO[bytes], root: str, wanted: Sequence[str], around: str = "") -> Iterator[tuple[str, Any]]:
    """("start" or "end", element) of the ``wanted`` elements, each emptied once the caller has done with it, and of
    those ``around`` them.

    All else is thrown away while parsing goes on, so that a part of any length takes little memory.
    Raises ValueError for another root, a DOCTYPE, or a wanted element that is too large; lxml's errors for broken XML.
    """
    tags = (root, around, *wanted) if around else (root, *wanted)
    parser: Any = etree.XMLPullParser(("start", "end"), tag=tags, resolve_entities=False, no_network=True)
    top: Any = None
    pending: Any = None
    size = 0
    while chunk := part.read(_CHUNK):
        parser.feed(chunk)
        for event, element in parser.read_events():
            if top is None:
                if element.getparent() is not None or element.tag != root or element.getroottree().docinfo.doctype:
                    raise ValueError("not the part that was expected")
                top = element
            elif element is not top:
                yield event, element
                if event == "end" and element.tag in wanted:
                    element.clear()
        before, pending = pending, _forget(top, wanted)
        size = size + len(chunk) if pending is before and (pending is not None or top is None) else 0
        if size > _LARGEST_ELEMENT:
            raise ValueError("an element too large")
    parser.close()


def _forget(top: Any, wanted: Sequence[str]) -> Any:
    """Drops what has been read, on the way down to where the parser is; returns the wanted element met there, whole."""
    while top is not None and len(top):
        del top[:-1]
        top = top[-1]
        if top.tag in wanted:
            return top
    return None
