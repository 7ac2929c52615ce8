"""Files under output/: written whole or not at all, and never over what someone edited by hand.

A record of hashes beside the files tells what the program itself wrote there. It is written before the files (old and
new hashes) and after them (new ones only), so that an interrupted build never mistakes its own file for a hand edit.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from generator.basic import roc, temporary
from generator.basic.failure import UserError
from generator.basic.problem import one_line
from generator.basic.steps import step

STATE = ".packet"
_ABANDONED_SECONDS = 3600
# Held by who writes into a folder beside it, and how many seconds others wait for it.
_LOCK, _MOST_WAITED = "lock", 20.0
# For programs, and never edited: it is written over whatever it holds.
MANIFEST = "packet.json"

NEW, CHANGED, SAME, RESTORED, KEPT, LOCKED = "new", "changed", "same", "restored", "kept", "locked"
GONE, OUTDATED, LEFT, OCCUPIED = "gone", "outdated", "left", "occupied"
UNWRITTEN = (LOCKED, OCCUPIED)


class Outcome(Struct, frozen=True):
    """What became of one file: ``how`` is one of the words above; ``kept_as`` names the hand-edited copy."""

    name: str
    how: str
    kept_as: str = ""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Written(Struct):
    """What the program wrote under a name: the hashes it may have, and the digest of what it was made of."""

    hashes: list[str]
    source: str = ""


class BadFolder(UserError):
    """The output folder is a file or a link, or a folder stands where a file is to be; the text is for the user."""


def unusable(error: OSError) -> str:
    """What to tell the user of a file that cannot be read or written; of a folder that is read-only, its name."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and isinstance(error.filename, str):
        place = Path(error.filename)
        folder = f"{one_line(place.parent.parent.name)}/{one_line(place.parent.name)}"
        return (
            f"無法讀寫「{one_line(place.name)}」（{error.strerror}）：資料夾「{folder}」可能是唯讀的，或檔案正在使用中。"
            "請關閉檔案，或請管理者開放這個資料夾的寫入權限。"
        )
    what = f"「{one_line(Path(error.filename).name)}」" if isinstance(error.filename, str) else "檔案"
    return f"無法讀寫{what}（{error.strerror}）。請確認檔案沒有開啟、磁碟有空間與權限。"


@step("build", "寫入檔案")
def write_all(
    folder: Path, files: Mapping[str, bytes], stale: Mapping[str, str], sources: Mapping[str, str]
) -> list[Outcome]:
    """Writes the files into the folder, each aside and then renamed; removes ``stale`` ones that nobody touched.

    ``stale`` maps a name to GONE or OUTDATED, the outcome to report. ``sources``: of what each file was made, a digest.

    A file that is not as the program left it is first renamed to a name with its time. A file that cannot be replaced
    (open in Word) is reported as LOCKED and the others are still written. Raises BadFolder where the folder is a file
    or a link, which could lead anywhere, and OSError when there can be no folder.
    """
    refuse_bad(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder), aside(folder) as place:
        return _write_all(folder, files, stale, sources, place)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Meanwhile no other program of ours writes beside the folder: it could take what this one writes for a hand edit.

    Where the disk knows no locks, or another holds it for long, it goes on all the same.
    """
    state(folder).mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + _MOST_WAITED
    with contextlib.ExitStack() as closing:
        with contextlib.suppress(OSError):
            handle = os.open(state(folder) / _LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
            closing.callback(os.close, handle)
            while not temporary.hold(handle) and time.monotonic() < until:
                time.sleep(0.02)
        yield


def _write_all(
    folder: Path, files: Mapping[str, bytes], stale: Mapping[str, str], sources: Mapping[str, str], place: Path
) -> list[Outcome]:
    record = read_record(folder)
    before = _as_json(record)
    hashes = {name: digest(content) for name, content in files.items()}
    old = {name: record[name].hashes if name in record else [] for name in hashes}
    if any(old[name] != [new] for name, new in hashes.items()):
        both = {name: Written([*old[name], new]) for name, new in hashes.items()}
        _write_record(folder, _as_json({**record, **both}), place)
    outcomes = []
    for name, content in files.items():
        outcome = _write(folder, name, content, hashes[name], old[name], place)
        outcomes.append(outcome)
        if outcome.how not in UNWRITTEN:
            record[name] = Written([hashes[name]], sources.get(name, ""))
    for name, why in stale.items():
        path = folder / name
        ours = record[name].hashes if name in record else []
        try:
            if path.is_file() and digest(path.read_bytes()) in ours:
                path.unlink()
                outcomes.append(Outcome(name, why))
            elif path.is_file():
                outcomes.append(Outcome(name, LEFT, _keep(path)))
        except PermissionError:
            outcomes.append(Outcome(name, LOCKED))
            continue
        record.pop(name, None)
    if _as_json(record) != before:
        sync_folder(folder)
        _write_record(folder, _as_json(record), place)
    return outcomes


def unwritten(outcomes: Iterable[Outcome]) -> bool:
    """Whether any of the files could not be written."""
    return any(outcome.how in UNWRITTEN for outcome in outcomes)


def refuse_bad(folder: Path) -> None:
    """Raises BadFolder where the folder, the one it lies in, or one of the program's notes is a file or a link."""
    for path in (folder, folder.parent, state(folder), cache(folder)):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            raise BadFolder(f"「{path.name}」不是一般的資料夾（是檔案或連結），不寫入。請改名後再執行一次。")


def refuse_bad_file(path: Path) -> None:
    """Raises BadFolder where a file is to be and a folder or a link is."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise BadFolder(f"「{path.name}」不是一般的檔案（是資料夾或連結），不寫入。請改名後再執行一次。")


def state(folder: Path) -> Path:
    """Where the program keeps its own notes on a meeting's output folder, beside it: nothing for staff to attach."""
    return folder.parent / STATE


def cache(folder: Path) -> Path:
    """Where converted files are kept for the next build; it can be thrown away at any time."""
    return state(folder) / "pdf"


def edited(folder: Path) -> list[str]:
    """The names of the files in the folder that are not as the program left them: someone changed them by hand."""
    return [
        name
        for name, written in read_record(folder).items()
        if (folder / name).is_file() and digest((folder / name).read_bytes()) not in written.hashes
    ]


def read_record(folder: Path) -> dict[str, Written]:
    """What the program wrote into the folder, by file name; empty where there is no record that can be read."""
    try:
        found = json.loads((state(folder) / f"{folder.name}.json").read_text("utf-8"))
        return {name: Written(list(entry["sha256"]), str(entry["source"])) for name, entry in found.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _as_json(record: Mapping[str, Written]) -> str:
    entries = {name: {"sha256": record[name].hashes, "source": record[name].source} for name in sorted(record)}
    return json.dumps(entries, ensure_ascii=False, indent=1)


def _write_record(folder: Path, text: str, place: Path) -> None:
    replace(state(folder) / f"{folder.name}.json", text.encode("utf-8"), place)
    sync_folder(state(folder))


def _write(folder: Path, name: str, content: bytes, new: str, ours: Sequence[str], place: Path) -> Outcome:
    path = folder / name
    how, kept_as = (RESTORED if ours else NEW), ""
    if path.is_dir():
        return Outcome(name, OCCUPIED)
    try:
        if path.exists():
            there = digest(path.read_bytes())
            if there == new:
                return Outcome(name, SAME)
            how = CHANGED
            if there not in ours and name != MANIFEST:
                how, kept_as = KEPT, _keep(path)
        replace(path, content, place)
    except PermissionError:
        return Outcome(name, LOCKED, kept_as)
    return Outcome(name, how, kept_as)


def _keep(path: Path) -> str:
    """Renames a hand-edited file to a free name with the time of its edit; returns that name."""
    stamp = _stamp(path.stat().st_mtime)
    for number in range(1, 1000):
        again = f"-{number}" if number > 1 else ""
        kept = path.with_name(f"{path.stem}（手改{stamp}{again}）{path.suffix}")
        if not kept.exists():
            path.rename(kept)
            return kept.name
    raise PermissionError(path)


def _stamp(seconds: float) -> str:
    """A file's time for its name; now, where its date is beyond what a calendar has."""
    try:
        edited = dt.datetime.fromtimestamp(seconds)
    except (ValueError, OverflowError, OSError):
        edited = dt.datetime.now()
    return f"{roc.roc_year(edited)}{edited:%m%d-%H%M%S}"


@contextlib.contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A temporary folder on the disk of a meeting's output folder. What killed programs left there is removed."""
    for left in (*state(folder).glob("aside-*"), *state(folder).glob("release-*")):
        # What earlier versions of this program left when they were killed.
        if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
    with aside_in(state(folder)) as place:
        yield place


@contextlib.contextmanager
def aside_in(folder: Path) -> Iterator[Path]:
    """A temporary folder within ``folder``, as from ``aside``."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary.clear(folder)
    with temporary.folder(folder) as place:
        yield place


def replace(path: Path, content: bytes, place: Path) -> None:
    """Puts content at path in one step: the file is old or new, never half. ``place`` is a folder from ``aside``."""
    new = place / "new"
    new.unlink(missing_ok=True)
    write_new(new, content)
    os.replace(new, path)


def write_new(path: Path, content: bytes) -> None:
    """A new file, on the disk when this returns, for those to read whom the user's umask allows. Raises OSError."""
    with open(path, "xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def sync_folder(path: Path) -> None:
    """Brings the names in a folder to the disk: without that, a rename may be lost with the power."""
    # Windows opens no folder, and needs no such thing.
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_tree(path: Path) -> None:
    """Brings a file, or a folder with all that is in it, to the disk."""
    for below in (*path.rglob("*"), path):
        sync_folder(below)
