"""Temporary folders that a killed program does not leave for ever: the next run removes what no process holds.

Beside each folder (packet-4f2a) lies a file packet-4f2a.lock, locked by the process that works in the folder. The
system takes the lock away when the process ends, in whatever way. A number of a process would not tell: it may be
given again, or be that of another container.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

PREFIX = "packet-"
_LOCK = ".lock"
# The system's temporary folder while that of libraries is another one.
_system: Path | None = None


class Folder:
    """A folder of this process. ``within`` is where it lies: the system's temporary folder, closed to others, if not
    given. ``close`` removes it. Raises OSError where there can be none."""

    def __init__(self, within: Path | None = None) -> None:
        self.path, self._lock, self._handle = _locked(within)
        try:
            # Not mkdtemp: on Windows what is moved out of a private folder stays private.
            self.path.mkdir(0o700 if within is None else 0o777)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Removes the folder with all that is in it. May be called again."""
        handle, self._handle = self._handle, -1
        if handle < 0:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        if not self.path.exists():
            _unlink(self._lock)
        os.close(handle)
        # Windows removes no file that is open.
        if not self.path.exists():
            _unlink(self._lock)


@contextlib.contextmanager
def folder(within: Path | None = None) -> Iterator[Path]:
    """A temporary folder, removed at the end. Raises OSError where there can be none."""
    temporary = Folder(within)
    try:
        yield temporary.path
    finally:
        temporary.close()


@contextlib.contextmanager
def of_libraries() -> Iterator[None]:
    """Meanwhile what libraries put into the temporary folder lies in one of this process (openpyxl: each sheet)."""
    global _system
    before, clean = (_system, tempfile.tempdir), contextlib.ExitStack()
    with contextlib.suppress(OSError):
        # Where there can be none, most commands need none.
        clear()
        place = clean.enter_context(folder())
        _system = Path(tempfile.gettempdir())
        tempfile.tempdir = str(place)
    try:
        with clean:
            yield
    finally:
        _system, tempfile.tempdir = before


def clear(within: Path | None = None, before: Callable[[Path], None] = lambda path: None) -> None:
    """Removes the folders of processes that are no more; ``before`` is called with each. Raises nothing."""
    with contextlib.suppress(OSError):
        parent = _parent(within)
        for name in sorted(os.listdir(parent)):
            if name.startswith(_start(within)) and name.endswith(_LOCK):
                with contextlib.suppress(OSError):
                    _clear(parent / name, before)


def _clear(lock: Path, before: Callable[[Path], None]) -> None:
    handle = os.open(lock, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        if sys.platform != "win32" and os.fstat(handle).st_uid != os.getuid():
            return
        if not hold(handle):
            return
        place = lock.with_name(lock.name.removesuffix(_LOCK))
        if place.is_symlink():
            return
        before(place)
        shutil.rmtree(place, ignore_errors=True)
        if not place.exists():
            _unlink(lock)
    finally:
        os.close(handle)
    if sys.platform == "win32" and not place.exists():
        _unlink(lock)


def _parent(within: Path | None) -> Path:
    return within or _system or Path(tempfile.gettempdir())


def _start(within: Path | None) -> str:
    """How their names begin; with a dot in a folder of the users' own, so that the readers pass over them."""
    return PREFIX if within is None else f".{PREFIX}"


def _locked(within: Path | None) -> tuple[Path, Path, int]:
    """A free name of a folder, its lock, and the handle that holds the lock."""
    for _ in range(100):
        place = _parent(within) / f"{_start(within)}{os.urandom(6).hex()}"
        lock = place.with_name(f"{place.name}{_LOCK}")
        try:
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        free = True
        # A disk that knows no locks: then nothing on it is ever found abandoned.
        with contextlib.suppress(OSError):
            free = hold(handle)
        # Someone who clears may have come between: then the lock's file is gone.
        if free and lock.exists():
            return place, lock, handle
        os.close(handle)
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(_parent(within)))


def hold(handle: int) -> bool:
    """Locks the file; False where another process has. Raises OSError where the disk knows no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            raise
        return False
    return True


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
