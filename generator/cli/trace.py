"""The trace of an unexpected error, kept in a file that only the user can read."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

FOLDER = "packet"


def keep(error: BaseException) -> Path:
    """Writes the trace into a new file of the user's own; returns its place.

    It holds names and values out of the workbooks. So the file is always new, never a link or an
    existing file, and nobody else may read it. Without a folder of the user a private temporary folder is used.
    Raises OSError if that fails too.
    """
    text = "".join(traceback.format_exception(error))
    for folder in _folders():
        with contextlib.suppress(OSError):
            return _write(folder, text)
    return _write(Path(tempfile.mkdtemp(prefix=f"{FOLDER}-")), text)


def _folders() -> Iterator[Path]:
    """The user's folder for such files on this system; none without a home folder, or if it is a link."""
    if sys.platform == "win32":
        given = os.environ.get("LOCALAPPDATA", "")
        below = Path("AppData", "Local")
    else:
        given = os.environ.get("XDG_STATE_HOME", "")
        below = Path(".local", "state")
    with contextlib.suppress(RuntimeError):
        folder = (Path(given) if Path(given).is_absolute() else Path.home() / below) / FOLDER
        if not folder.is_symlink():
            yield folder


def _write(folder: Path, text: str) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = f"{dt.datetime.now():%Y-%m-%d %H%M%S}"
    for number in range(1, 100):
        path = folder / f"錯誤紀錄 {now}{f'-{number}' if number > 1 else ''}.txt"
        with contextlib.suppress(FileExistsError):
            # With O_EXCL a link of that name is refused as well.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(text)
            return path
    raise FileExistsError(17, "已有同名的檔案", str(path))
