"""New files and folders come whole or not at all, and never in the place of others."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import field

from generator.basic.failure import WRONG_USAGE, UserError
from generator.basic.problem import Problem
from generator.build import outputs
from generator.build.result import Result


class Taken(UserError):
    """Files exist there already; the text names them."""

    exit_code = WRONG_USAGE


class Started(Result):
    """The new files and folders, each with its purpose, as shown to the user. None if there are errors."""

    problems: list[Problem] = field(default_factory=list)
    files: list[tuple[str, str]] = field(default_factory=list)


def is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


@contextlib.contextmanager
def aside(parent: Path) -> Iterator[Path]:
    """A temporary folder in ``parent``; removed at the end with the folders created for it, if they are empty."""
    created = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    try:
        with outputs.aside_in(parent) as folder:
            yield folder
    finally:
        for folder in created:
            with contextlib.suppress(OSError):
                folder.rmdir()


def move(moves: Sequence[tuple[Path, Path]]) -> None:
    """Moves each to its place, where at most an empty folder is; if one move fails, all are undone."""
    done: list[tuple[Path, Path, bool]] = []
    name = ""
    try:
        for source, target in moves:
            empty, name = target.is_dir(), target.name
            if empty:
                target.rmdir()
            done.append((source, target, empty))
            outputs.sync_tree(source)
            _rename_new(source, target)
            outputs.sync_folder(target.parent)
    except BaseException as error:
        for source, target, empty in reversed(done):
            if not source.exists():
                os.rename(target, source)
            if empty:
                target.mkdir(exist_ok=True)
        if isinstance(error, OSError) and error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            # Another run of this command, or another program, was there first.
            raise Taken(f"「{name}」剛才已經由別的程式建立，沒有更動任何檔案。") from error
        raise


def _rename_new(source: Path, target: Path) -> None:
    """Renames a file or folder to a name that nothing has. Raises FileExistsError, and what os.rename raises."""
    if source.is_dir() or sys.platform == "win32":
        # A folder replaces none but an empty one; Windows replaces nothing.
        os.rename(source, target)
        return
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # A disk without hard links: the name is taken first.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o666))
        try:
            os.replace(source, target)
        except OSError:
            target.unlink()
            raise
    else:
        source.unlink()
