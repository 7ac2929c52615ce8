"""Standard output and error as Chinese needs them. Loaded at every start, so it imports next to nothing."""

from __future__ import annotations

import sys

_given_encoding = ""


def make_utf8() -> None:
    """Chinese on a console whose code page has no room for it must not end the program."""
    global _given_encoding
    _given_encoding = encoding()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            if (getattr(stream, "encoding", "") or "").lower().replace("-", "") != "utf8":
                reconfigure(encoding="utf-8")
            reconfigure(errors="replace")


def encoding() -> str:
    """The encoding that standard output had before make_utf8."""
    return _given_encoding or getattr(sys.stdout, "encoding", "") or ""
