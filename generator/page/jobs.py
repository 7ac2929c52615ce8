"""What the buttons do: the same commands as in a terminal, each in a process of its own that can be stopped."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from generator.basic.workspace import Workspace

# How a step begins that --verbose prints: the room's name, then a wide space.
_STEP = ("generator.", "　")
_MOST_KEPT = 20


class Job(Struct, dict=True):
    """A command that runs or has run. ``name`` is on its button; ``result`` what it printed as JSON, if anything."""

    id: str
    name: str
    command: str
    meeting: str
    steps: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    printed: str = ""
    exit_code: int | None = None
    stopped: bool = False

    @property
    def running(self) -> bool:
        return self.exit_code is None

    @property
    def result(self) -> Any:
        try:
            return json.loads(self.printed)
        except ValueError:
            return None


class Busy(Exception):
    """Another job runs."""


class Jobs:
    """The jobs of this server, one at a time. ``program`` is how the command ``packet`` is started."""

    def __init__(self, workspace: Workspace, program: Sequence[str], changed: Callable[[Job], None]) -> None:
        self._workspace, self._program, self._changed = workspace, list(program), changed
        self._jobs: dict[str, Job] = {}
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()

    def get(self, given: str) -> Job | None:
        return self._jobs.get(given)

    @property
    def current(self) -> Job | None:
        return next((job for job in self._jobs.values() if job.running), None)

    def start(self, name: str, meeting: str, arguments: Sequence[str]) -> Job:
        """Starts a command; its arguments are ours, and what the user typed stands behind ``=`` or ``--``.

        Raises Busy, and OSError where no process can be started.
        """
        with self._lock:
            if self.current is not None:
                raise Busy
            job = Job(secrets.token_hex(6), name, arguments[0], meeting)
            self._process = subprocess.Popen(
                [*self._program, "--workspace", str(self._workspace.root), "--verbose", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                cwd=self._workspace.root,
                env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "500"},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            for old in list(self._jobs)[: -(_MOST_KEPT - 1)]:
                del self._jobs[old]
            self._jobs[job.id] = job
        threading.Thread(target=self._follow, args=(job, self._process), daemon=True).start()
        return job

    def stop(self, job: Job) -> None:
        """Ends the process of a running job; what it was writing is whole or absent."""
        with self._lock:
            process = self._process
            if job.running and process is not None and process.poll() is None:
                job.stopped = True
                process.terminate()

    def end(self) -> None:
        """Ends whatever runs."""
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(0.3)
            except subprocess.TimeoutExpired:
                process.kill()

    def _follow(self, job: Job, process: subprocess.Popen[str]) -> None:
        out, steps = process.stdout, process.stderr
        assert out is not None
        assert steps is not None
        printed: list[str] = []
        reader = threading.Thread(target=lambda: printed.append(out.read()), daemon=True)
        reader.start()
        for line in steps:
            text = line.rstrip("\n")
            if text.startswith(_STEP[0]) and _STEP[1] in text:
                job.steps.append(text.partition(_STEP[1])[2])
                self._changed(job)
            elif text.strip():
                job.failures.append(text)
        process.wait()
        reader.join()
        job.printed = "".join(printed)
        job.exit_code = process.returncode
        self._changed(job)


def program() -> list[str]:
    """How this program is started again; -P: no module is taken from the workspace, where anybody may put one."""
    return [sys.executable, "-P", "-m", "generator.cli.app"]
