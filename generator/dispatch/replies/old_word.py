"""A .doc or .rtf that came back → the same as .odt, by LibreOffice: tracked changes and comments stay in it."""

from __future__ import annotations

from pathlib import Path

from generator.pdf import office
from generator.pdf.from_elsewhere import confined

ENDINGS = (".doc", ".rtf")
_SECONDS = 120.0


def as_odt(ending: str, content: bytes, place: Path) -> bytes:
    """The text as .odt. ``place`` is a temporary folder.

    What it would fetch is cut before LibreOffice opens it. Raises problems.Unfit, office.ConversionFailed and OSError.
    """
    name = f"reply{ending}"
    how, ready = confined.run("make ready", name, content=content)
    source = place / name
    source.write_bytes(content if how == "same" else ready)
    found = office.convert([source], "odt", place / "open", timeout=_SECONDS, from_elsewhere={source})
    return found[source].read_bytes()
