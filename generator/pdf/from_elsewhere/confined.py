"""Work on files from elsewhere in a child process, which may take only so much memory and time.

The libraries that read PDFs, pictures and the formats before 2007 unpack what they meet; a file of a few KB can be made
to fill any memory. One child serves all files of a run. It is started with the first of them, and started anew after
one that was too much.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from generator.pdf.from_elsewhere.problems import FileCode, Unfit

MOST_MEMORY = 2**30
# Seconds of processor time for one file, and in all; on the clock it may be a busy machine.
MOST_SECONDS, MOST_SECONDS_OF_ALL, LONGEST_WAIT = 20, 120, 180.0
_START = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from generator.pdf.from_elsewhere import child; "
_TOO_MUCH_MEMORY = "處理時需要太多記憶體"
_TOO_LONG = f"處理超過 {MOST_SECONDS} 秒"
_ROOT = str(Path(__file__).parents[3])
_lock = threading.Lock()
_running: _Child | None = None
_used = 0.0


class _Child:
    """The process, with a pipe to it and one back."""

    def __init__(self) -> None:
        # Without what a Python of its own would look for: all is where this one found it.
        command = [sys.executable, "-S", "-c", f"{_START}child.serve({MOST_MEMORY}, {MOST_SECONDS})"]
        self.process = subprocess.Popen(
            [*command, json.dumps([_ROOT, *sys.path])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.too_long = self.works = False

    def ask(self, task: str, arguments: Sequence[str], content: bytes) -> tuple[dict[str, object], bytes]:
        """The answer and what comes with it. Raises EOFError or OSError when the child ended before."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        timer = threading.Timer(LONGEST_WAIT, self._stop)
        timer.start()
        try:
            head = {"task": task, "arguments": list(arguments), "size": len(content)}
            self.process.stdin.write(json.dumps(head).encode() + b"\n")
            self.process.stdin.write(content)
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline() or b"null")
            if answer is None:
                raise EOFError
            more = self.process.stdout.read(answer["size"])
            if len(more) < answer["size"]:
                raise EOFError
            self.works = True
            return answer, more
        finally:
            timer.cancel()

    def _stop(self) -> None:
        self.too_long = True
        self.process.kill()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def why_ended(self) -> str:
        """Raises RuntimeError where it did not even begin."""
        code = self.process.wait()
        if code == 1 and not self.works:
            raise RuntimeError("the child process did not start")
        by_time = hasattr(signal, "SIGXCPU") and code in (-signal.SIGXCPU, -signal.SIGKILL)
        return _TOO_LONG if self.too_long or by_time else _TOO_MUCH_MEMORY


def run(task: str, *arguments: str, content: bytes = b"") -> tuple[str, bytes]:
    """What the task of that name (see child) gives. Raises Unfit for a file that is unfit or takes too much, OSError.

    File names are given as os.fsencode has them, as ``content``.
    """
    global _used, _running
    with _lock:
        if _used > MOST_SECONDS_OF_ALL:
            raise Unfit(FileCode.FILE_TOO_LARGE, what=f"附件合計處理超過 {MOST_SECONDS_OF_ALL} 秒")
        child = _running = _running or _Child()
        try:
            answer, more = child.ask(task, arguments, content)
        except (EOFError, BrokenPipeError, ValueError) as error:
            why = child.why_ended() if not isinstance(error, ValueError) else _TOO_MUCH_MEMORY
            _used += MOST_SECONDS if why == _TOO_LONG else 0
            _end()
            raise Unfit(FileCode.FILE_TOO_LARGE, what=why) from error
        except BaseException:
            # After Ctrl-C an answer may still come.
            _end()
            raise
        _used += float(str(answer["seconds"]))
    if "error" in answer:
        raise OSError(answer["error"], os.strerror(int(str(answer["error"]))))
    if "code" in answer:
        values = answer["values"]
        assert isinstance(values, dict)
        if answer["code"] is None:
            raise Unfit(FileCode.FILE_TOO_LARGE, what=_TOO_MUCH_MEMORY)
        raise Unfit(FileCode[str(answer["code"])], **values)
    return str(answer["result"]), more


def begin() -> None:
    """Another run of the program's work begins: the time of all files counts anew."""
    global _used
    _used = 0.0


def _end() -> None:
    global _running
    child, _running = _running, None
    if child is not None:
        child.end()


atexit.register(_end)
