"""The files that rows of 〔附件〕 name: where each lies, and what it is once someone has looked at it."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from generator.basic.problem import Location

OFFICE, PICTURE, PDF = "office", "picture", "pdf"


class Kind(Struct, frozen=True):
    """A kind of file: what users call it, the endings it may have (the usual one first), and how it becomes a PDF."""

    name: str
    endings: tuple[str, ...]
    way: str = OFFICE


class NamedFile(Struct, frozen=True):
    """A file that a row names and that is there; nobody has looked into it. ``at`` is the cell (〔附件〕來源)."""

    path: Path
    at: Location
    may_be_separate: bool = False
    keeps_original: bool = False


class Enclosure(Struct, frozen=True):
    """A file that is joined as an attachment; ``at`` is the cell that names it (〔附件〕來源).

    ``keeps_original``: the row asks that the file itself goes along (附原檔); it may tell of its authors.
    """

    path: Path
    kind: Kind
    at: Location
    may_be_separate: bool = False
    keeps_original: bool = False

    @property
    def ending(self) -> str:
        """Its own ending where that fits its content."""
        suffix = self.path.suffix.lower()
        return suffix if suffix in self.kind.endings else self.kind.endings[0]
