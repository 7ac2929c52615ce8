"""The decisions of all meetings and the dates that were promised, read anew where a file changed."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from typing import Any

from generator.basic.workspace import Workspace
from generator.build import unchanged
from generator.dispatch import releases
from generator.dispatch.decisions import lives, promises
from generator.dispatch.decisions.lives import Lives
from generator.dispatch.decisions.promises import Promise


class Archive:
    """What `packet decisions` reads, kept while no workbook is saved and no release is added."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._lives: tuple[object, Lives] | None = None
        self._promises: tuple[object, list[Promise]] | None = None

    def lives(self) -> Lives:
        """The life of every decision."""
        with self._lock:
            return self._read_lives(self._stamps())

    def promises(self, today: dt.date) -> list[Promise]:
        """Every date that was promised, as it stands today."""
        with self._lock:
            stamps = self._stamps()
            found = self._read_lives(stamps)
            if self._promises is None or self._promises[0] != (stamps, today):
                self._promises = ((stamps, today), promises.read(self._workspace, found, today))
            return self._promises[1]

    def _read_lives(self, stamps: object) -> Lives:
        if self._lives is None or self._lives[0] != stamps:
            self._lives = (stamps, lives.read(self._workspace))
        return self._lives[1]

    def _stamps(self) -> Any:
        """What changes with a saved workbook, and with a release."""
        found = []
        for meeting in self._workspace.meetings():
            with contextlib.suppress(OSError):
                found.append((str(meeting), releases.home(self._workspace, meeting).stat().st_mtime_ns))
        return unchanged.stamps(self._workspace), tuple(found)
