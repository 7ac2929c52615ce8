"""Zips, and office files, which are zips of XML: the one writer and the one reader of the program.

What is written is the same bytes for the same parts. What is read is unpacked piece by piece within a budget that
counts what comes out: a file may say of itself whatever it likes.
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Literal, cast

from lxml import etree
from msgspec import Struct

LARGEST_SMALL_PART = 20_000_000
MOST_UNPACKED = 1_000_000_000
MOST_PARTS = 50_000
DEEPEST = 4
# The systems that a zip may say it was made on: under UNIX its entries have permissions.
DOS, UNIX = 0, 3
_CHUNK = 1 << 16
_LARGEST_ELEMENT = 8_000_000
_LARGEST_DIRECTORY = 5_000_000
_TAIL = 70_000
# What the date of an entry can hold.
_EARLIEST, _LATEST_YEAR = dt.date(1980, 1, 1), 2107
_FIRST = ("mimetype", "[Content_Types].xml")


class Properties(Struct, frozen=True):
    """The properties of a document's file, all from the model; nothing of the template's author remains."""

    title: str
    author: str
    created: dt.date


# --- writing ----------------------------------------------------------------------------------------------------


def written(
    parts: Iterable[tuple[str, bytes | Iterable[bytes]]],
    *,
    day: dt.date = _EARLIEST,
    system: int = DOS,
    mode: int = 0o600,
    level: int | None = None,
) -> bytes:
    """A zip of the parts in their order, all dated ``day``; the content of a part may come in pieces.

    ``mimetype`` is stored as it is, as ODF wants it. ``mode`` are the permissions under UNIX.
    """
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        for name, content in parts:
            entry = zipfile.ZipInfo(
                name, (min(max(day.year, _EARLIEST.year), _LATEST_YEAR), day.month, day.day, 0, 0, 0)
            )
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = system, mode << 16
            if isinstance(content, bytes):
                archive.writestr(entry, content, compresslevel=level)
                continue
            with archive.open(entry, "w") as part:
                for piece in content:
                    part.write(piece)
    return result.getvalue()


def in_order(names: Iterable[str]) -> list[str]:
    """The names of an office file's parts in the order in which they are written: first what tells its kind."""
    return sorted(names, key=lambda name: (name not in _FIRST, name))


def rewritten(
    content: bytes,
    change: Callable[[str, bytes], bytes | Iterable[bytes]] = lambda name, part: part,
    system: int = DOS,
    level: int | None = None,
) -> bytes:
    """The office file with each part as ``change`` makes it of its name and content, in order and with fixed times."""
    with Package(content) as source:
        parts = ((name, change(name, source.read(name))) for name in in_order(source.namelist()))
        return written(parts, system=system, level=level)


# --- reading ----------------------------------------------------------------------------------------------------


class TooMuch(ValueError):
    """More comes out of a file than its budget allows; ``megabytes`` is how much had come by then."""

    def __init__(self, megabytes: int) -> None:
        super().__init__(f"more than {megabytes} MB")
        self.megabytes = megabytes


class TooManyParts(ValueError):
    """A zip whose directory alone is too long to be read."""


# What reading a zip raises that is damaged, locked, or made to be misread; OSError besides where it is no file at all.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, TooMuch, TooManyParts)


class Budget:
    """How many bytes may come out of a file, with all that is packed inside it; ``deepest``: packages in packages."""

    def __init__(self, most: int = MOST_UNPACKED, deepest: int = DEEPEST) -> None:
        self.most, self.deepest = most, deepest
        self.taken = 0

    def take(self, count: int) -> None:
        """Counts bytes that came out. Raises TooMuch."""
        self.taken += count
        if self.taken > self.most:
            raise TooMuch(self.taken // 1_000_000)


class Package(zipfile.ZipFile):
    """A zip to read from. A part that is read again counts again: many names may lead to the same bytes.

    Raises what zipfile raises for a damaged one, TooManyParts, and while parts are read TooMuch.
    """

    def __init__(self, source: Path | bytes, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        if isinstance(source, bytes):
            _refuse_long_directory(source[-_TAIL:])
            super().__init__(io.BytesIO(source))
        else:
            with source.open("rb") as file:
                file.seek(max(0, source.stat().st_size - _TAIL))
                _refuse_long_directory(file.read())
            super().__init__(source)
        if len(self.infolist()) > MOST_PARTS:
            self.close()
            raise TooManyParts

    def open(
        self,
        name: str | zipfile.ZipInfo,
        mode: Literal["r", "w"] = "r",
        pwd: bytes | None = None,
        *,
        force_zip64: bool = False,
    ) -> IO[bytes]:
        """A part. Raises NotImplementedError for a compression that no office program uses: others need much memory."""
        entry = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotImplementedError("compression")
        return cast(IO[bytes], _Counted(super().open(entry, mode, pwd, force_zip64=force_zip64), self.budget))


class _Counted(io.RawIOBase):
    """What comes out of a stream, counted piece by piece: zipfile and gzip would unpack all of it at once."""

    def __init__(self, source: IO[bytes], budget: Budget) -> None:
        self._source, self._budget = source, budget

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK), b""))
        data = self._source.read(min(size, _CHUNK))
        self._budget.take(len(data))
        return data

    def close(self) -> None:
        self._source.close()
        super().close()


def _refuse_long_directory(tail: bytes) -> None:
    """zipfile takes in the whole directory, as long as the last record says, or the one before of the kind zip64."""
    end = tail.rfind(b"PK\5\6")
    size = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if end >= 76 and tail[end - 20 : end - 16] == b"PK\6\7":
        size = int.from_bytes(tail[end - 36 : end - 28], "little")
    if size > _LARGEST_DIRECTORY:
        raise TooManyParts


def pieces(part: IO[bytes], longest: int) -> Iterator[bytes]:
    """A part piece by piece, each after the end of the one before: what has ``longest`` bytes at most is whole in one.

    A long table has more text than should be in memory at once.
    """
    end = b""
    while piece := part.read(_CHUNK):
        piece = end + piece
        yield piece
        end = piece[-longest:]


def proved(source: Path | bytes, budget: Budget | None = None) -> io.BytesIO:
    """An office file for a library that unpacks it by itself: its parts are as long as they say, all within the budget.

    Raises what Package raises.
    """
    content = source if isinstance(source, bytes) else source.read_bytes()
    with Package(content, budget) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as part:
                while part.read(_CHUNK):
                    pass
    return io.BytesIO(content)


def gunzipped(content: bytes, budget: Budget) -> bytes:
    """What was packed by gzip. Raises TooMuch, OSError, EOFError and zlib.error."""
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed, _Counted(cast(IO[bytes], packed), budget) as part:
        return part.read()


def is_zip(path: Path) -> bool:
    """Whether the file has the end of a zip. Raises OSError."""
    return zipfile.is_zipfile(path)


def small(archive: Package, name: str) -> bytes:
    """A part that is read whole. Raises ValueError when it declares entities, KeyError without it."""
    content = archive.read(name)
    # No office program writes one, only someone who wants entities resolved. NUL: it may be in UTF-16.
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        raise ValueError("DOCTYPE")
    return content


def small_parts(
    archive: Package, apart: tuple[str, ...] = (), change: Callable[[bytes], bytes] = lambda part: part
) -> dict[str, bytes]:
    """The small XML parts by their names, without those whose names begin with one of ``apart``.

    Each is what ``change`` makes of it. Raises what ``small`` raises for any of them.
    """
    return {
        entry.filename: change(small(archive, entry.filename))
        for entry in archive.infolist()
        if entry.filename.endswith((".xml", ".rels"))
        and entry.file_size <= LARGEST_SMALL_PART
        and not entry.filename.startswith(apart)
    }


def parser() -> etree.XMLParser:
    """Of a small part: no entity is resolved, nothing is fetched."""
    return etree.XMLParser(resolve_entities=False, no_network=True)


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
