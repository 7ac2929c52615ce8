"""Standard output and error as Chinese needs them. Loaded at every start, so it imports next to nothing."""

from __future__ import annotations

import io
import sys

_given_encoding = ""
_unseen: io.StringIO | None = None


def make_utf8() -> None:
    """Chinese on a console whose code page has no room for it must not end the program."""
    global _given_encoding
    _open_missing()
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


def _open_missing() -> None:
    """Streams where there are none: pythonw, which the shortcut on the desktop starts, has no console."""
    global _unseen
    if sys.stdin is None:
        sys.stdin = io.StringIO()
    if sys.stdout is None:
        sys.stdout = io.StringIO()
    if sys.stderr is None:
        sys.stderr = _unseen = io.StringIO()


def show_unseen() -> None:
    """What went to standard error without a console, in a window: a failure must not look like nothing at all."""
    if _unseen is not None and (text := _unseen.getvalue().strip()):
        show(text)


def show(text: str) -> None:
    """A window with the text, until it is closed; only on Windows."""
    if sys.platform == "win32":
        import ctypes

        error_icon = 0x10
        ctypes.windll.user32.MessageBoxW(None, text, "packet", error_icon)
