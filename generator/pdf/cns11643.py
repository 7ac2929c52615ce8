"""CNS 11643, the national standard of characters, planes 1 and 2: what the codes of a few old fonts of Taiwan mean."""

from __future__ import annotations

from functools import cache
from pathlib import Path

NONE = "　"


@cache
def planes() -> tuple[str, str]:
    """The characters of each plane, 94 rows of 94 cells; NONE where a cell holds none. The source is in the file."""
    rows = {"1": [NONE * 94] * 94, "2": [NONE * 94] * 94}
    for line in Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            plane, row, characters = line.split(" ", 2)
            rows[plane][int(row, 16) - 0x21] = characters.ljust(94, NONE)
    return "".join(rows["1"]), "".join(rows["2"])
