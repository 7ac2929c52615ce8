"""Whether a build would make the files that are there already: then nothing is read, rendered or converted again.

What a build depends on is hashed before it begins; its report is kept with that hash in output/.packet.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import importlib.util
import json
import math
import os
import stat
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from generator import __version__
from generator.basic.formats import CONVERTED
from generator.basic.formats import chosen as formats_chosen
from generator.basic.workspace import MeetingId, Workspace
from generator.build import outputs
from generator.pdf import office as pdf

if TYPE_CHECKING:
    from generator.build.report import Report
    from generator.meeting.schedule import Deadline

_STATE_VERSION = 1
_LARGE = 20_000_000
_HASHES = "hashes.json"
_SETTLED_SECONDS = 3.0

# What all meetings of a workspace share, with when it was looked at; and how many seconds that holds.
_looks: dict[Path, tuple[float, dict[str, bytes]]] = {}
_look_lasts = 0.0


def key(inputs: str, meeting: MeetingId, only: Sequence[str], formats: Sequence[str]) -> str:
    """A hash of all that a build depends on: the files (``inputs``, from ``digest``), the program, LibreOffice, fonts.

    All meetings count, since one is checked against the others.
    """
    office = pdf.find_office()
    parts = [str(_STATE_VERSION), __version__, sys.version, str(meeting), repr(tuple(only)), repr(tuple(formats))]
    parts += [pdf.office_fingerprint(office) if office else "", *program()]
    return hashlib.sha256("\n".join([inputs, *parts]).encode("utf-8", "surrogateescape")).hexdigest()


def digest(files: Mapping[str, bytes]) -> str:
    """One hash of all that ``contents`` found."""
    found = hashlib.sha256()
    for name, content in files.items():
        found.update(name.encode("utf-8", "surrogateescape") + b"\0" + content)
    return found.hexdigest()


def contents(workspace: Workspace, meeting: MeetingId, fresh: bool = False) -> dict[str, bytes]:
    """A hash of each file of inputs/ and templates/ on which a meeting depends, by its path below the workspace.

    All but the attachments of other meetings. A file that has the size and dates of the last look is not opened.
    ``fresh``: as they are now, whatever ``look_once_in`` says.
    """
    known = _known_hashes(outputs.state(workspace.output(meeting)))
    then, shared = _looks.get(workspace.root, (-math.inf, {}))
    if fresh or time.monotonic() - then >= _look_lasts:
        then = time.monotonic()
        attached = {os.fspath(workspace.attachments(other)) for other in workspace.meetings()}
        shared = _hashes_below(workspace, (workspace.root / "inputs", workspace.templates), attached, known)
        _looks[workspace.root] = then, shared
    return shared | _hashes_below(workspace, [workspace.attachments(meeting)], (), known)


def look_once_in(seconds: float) -> None:
    """What all meetings share is looked at once in so many seconds from now on, for a process that builds many.

    Each looks at the workbooks of all the others: a hundred meetings would be ten thousand looks.
    """
    global _look_lasts
    _look_lasts = seconds


def _hashes_below(
    workspace: Workspace, folders: Iterable[Path], without: Collection[str], known: _Hashes
) -> dict[str, bytes]:
    root = os.path.join(workspace.root, "")
    return {
        path.removeprefix(root).replace(os.sep, "/"): _content(path, known)
        for folder in folders
        for path in _files(os.fspath(folder), without)
    }


def stamps(workspace: Workspace) -> str:
    """A text that changes when any of these files is saved, also with its old content. Opens none of them."""
    found = hashlib.sha256()
    for folder in (workspace.root / "inputs", workspace.templates):
        for path in _files(os.fspath(folder)):
            found.update(os.fsencode(path))
            with contextlib.suppress(OSError):
                about = os.stat(path)
                found.update(f"{about.st_ino} {about.st_size} {about.st_mtime_ns} {about.st_ctime_ns}".encode())
    return found.hexdigest()


def ahead(workspace: Workspace, meeting: MeetingId, only: Sequence[str], formats: Sequence[str]) -> pdf.Office:
    """LibreOffice, started in the background if there will be anything to build: it takes longer than all else.

    This module loads little, so that this can be done before the rest of the program is loaded.
    """
    office = pdf.Office(notes=outputs.state(workspace.output(meeting)))
    if office.program is not None and formats_chosen(formats, CONVERTED):
        known = key(digest(contents(workspace, meeting)), meeting, only, formats)
        try:
            kept = json.loads(_place(workspace.output(meeting)).read_text("utf-8"))["key"]
        except (OSError, ValueError, TypeError, KeyError):
            kept = ""
        if known != kept:
            office.start()
    return office


def recall(workspace: Workspace, meeting: MeetingId, known: str) -> Report | None:
    """The report of the last build with this key, if every file is still as that build left it; None otherwise."""
    from generator.basic.problem import Location, Problem
    from generator.build.report import Report

    folder = workspace.output(meeting)
    try:
        kept = json.loads(_place(folder).read_text("utf-8"))
        if kept["key"] != known:
            return None
        report = Report(
            folder=folder,
            problems=tuple(Problem(**{**entry, "at": Location(**entry["at"])}) for entry in kept["problems"]),
            deadlines=tuple(_deadline(entry) for entry in kept["deadlines"]),
            outcomes=[outputs.Outcome(name, outputs.SAME) for name in kept["files"]],
            remarks=[str(remark) for remark in kept["remarks"]],
            manifest=json.loads((folder / outputs.MANIFEST).read_bytes()),
            sources=dict(kept["sources"]),
            inputs=str(kept["inputs"]),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    record = outputs.read_record(folder)
    for outcome in report.outcomes:
        written = record.get(outcome.name)
        path = folder / outcome.name
        if written is None or path.is_symlink() or not path.is_file():
            return None
        if written.hashes != [outputs.digest(path.read_bytes())]:
            return None
    return report


def remember(known: str, report: Report) -> None:
    """Keeps the report of a build that left nothing to be done again."""
    if report.stopped or not report.complete:
        return
    gone = (outputs.GONE, outputs.OUTDATED, outputs.LEFT)
    kept = {
        "key": known,
        "problems": to_builtins(report.problems, enc_hook=str),
        "deadlines": to_builtins(report.deadlines),
        "files": [outcome.name for outcome in report.outcomes if outcome.how not in gone],
        "remarks": report.remarks,
        "sources": report.sources,
        "inputs": report.inputs,
    }
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    with outputs.aside(report.folder) as place:
        outputs.replace(_place(report.folder), text.encode("utf-8"), place)
        _keep_hashes(outputs.state(report.folder), place)


def _place(folder: Path) -> Path:
    return outputs.state(folder) / f"{folder.name}.last.json"


def _deadline(plain: dict[str, Any]) -> Deadline:
    from generator.basic.problem import Location
    from generator.meeting.schedule import Deadline

    days = {name: dt.date.fromisoformat(plain[name]) for name in ("date", "start")}
    return Deadline(**{**plain, **days, "cells": tuple(Location(**cell) for cell in plain["cells"])})


def _files(folder: str, without: Collection[str] = (), been: set[Any] | None = None) -> Iterator[str]:
    """Every file below a folder, in order; a folder that is a link is followed once, as the readers do.

    Not what lies in the folders ``without``.

    Not what Word, Excel and LibreOffice put beside an open file, nor, where workbooks and templates lie, what they
    write before they rename. Attachments may have any name.

    A ministry may have hundreds of meetings: no path is an object, and no link is resolved, where there is no need.
    """
    been = set() if been is None else been
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError:
        return
    below = [entry for entry in entries if _is_folder(entry)]
    below = [entry for entry in below if entry.path not in without and _place_of(entry) not in been]
    been |= set(map(_place_of, below))
    free = os.path.basename(folder) in ("附件", "共用")
    for entry in entries:
        name = entry.name
        passing = name.startswith(".") or os.path.splitext(name)[1].lower() in ("", ".", ".tmp")
        if not name.startswith((".~lock.", "~$")) and (free or not passing) and not _is_folder(entry):
            yield entry.path
    for entry in below:
        yield from _files(entry.path, without, been)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _place_of(entry: os.DirEntry[str]) -> Any:
    """What is the same of one folder by whatever way it is found."""
    if sys.platform == "win32":
        return os.path.realpath(entry.path)
    else:
        about = entry.stat()
        return about.st_dev, about.st_ino


class _Hashes(Struct):
    """What files of a workspace held when they were last looked at: their size and dates, and the hash."""

    by_path: dict[str, tuple[str, str]]
    changed: bool = False


@functools.lru_cache(maxsize=64)
def _known_hashes(state: Path) -> _Hashes:
    try:
        found = json.loads((state / _HASHES).read_text("utf-8"))
        return _Hashes(
            {str(path): (str(about), str(bytes.fromhex(content).hex())) for path, (about, content) in found.items()}
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return _Hashes({})


def _keep_hashes(state: Path, place: Path) -> None:
    """Writes what is known of the files; ``place``: a temporary folder on the same disk."""
    known = _known_hashes(state)
    if known.changed:
        text = json.dumps(known.by_path, ensure_ascii=False, indent=0)
        outputs.replace(state / _HASHES, text.encode("utf-8", "surrogatepass"), place)
        known.changed = False


def _content(path: str, known: _Hashes) -> bytes:
    """A hash of the content of a file; for a link its target, for an unreadable file the error.

    For a large file, which is rarely edited, its size and date.
    """
    try:
        found = os.lstat(path)
        if stat.S_ISLNK(found.st_mode):
            return b"link " + os.fsencode(os.readlink(path))
        if not stat.S_ISREG(found.st_mode):
            # Whoever opens a pipe waits for ever.
            return b"no file"
        if found.st_size > _LARGE:
            return f"large {found.st_size} {found.st_mtime_ns}".encode()
        about = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"
        before = known.by_path.get(path)
        if before is not None and before[0] == about:
            return bytes.fromhex(before[1])
        now = time.time()
        with open(path, "rb") as stream:
            content = hashlib.file_digest(stream, "sha256").digest()
        # What was saved a moment ago may be saved once more within the same tick of the disk's clock.
        if max(found.st_mtime, found.st_ctime) < now - _SETTLED_SECONDS:
            known.by_path[path], known.changed = (about, content.hex()), True
        return content
    except OSError as error:
        return f"unreadable {error.errno}".encode()


@functools.cache
def program() -> tuple[str, ...]:
    """Texts that change when the program or its libraries change; none of them is loaded."""
    package = Path(__file__).parents[1]
    found = [f"{path} {about.st_size} {about.st_mtime_ns}" for path, about in sorted(_own_files(str(package)))]
    spec = importlib.util.find_spec("jinja2")
    if spec is not None and spec.origin:
        # The folder into which packages are put: its date changes whenever one comes or goes.
        found.append(str(Path(spec.origin).parent.parent.stat().st_mtime_ns))
    return tuple(found)


def _own_files(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every file with an ending below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _own_files(entry.path)
            elif "." in entry.name:
                yield entry.path, entry.stat()
