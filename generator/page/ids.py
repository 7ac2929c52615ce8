"""Ids for the browser: it never names a file, and nothing that it sends becomes a path."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def of(name: str) -> str:
    """The id of a name: always the same, and of letters and digits only."""
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def name_of(given: str, names: Iterable[str]) -> str | None:
    """The name among those that are there whose id was given; None for any other text."""
    return next((name for name in names if of(name) == given), None)
