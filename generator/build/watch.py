"""``packet watch``: builds again whenever a workbook or template is saved. The only module that uses watchfiles.

A build follows when the content of a file changed on which it depends, and not for a temporary file, a lock file or a
file that was saved unchanged. Excel and LibreOffice write aside and rename, so a save is several events; one that is
under way shows as a workbook that is locked or cannot be read, and is waited for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from generator.basic.workspace import MeetingId, Workspace
from generator.build import unchanged
from generator.build.report import Report
from generator.workbook import books

# Milliseconds: how long events are gathered, and how often what is there is looked at without any (network disks may
# send no events).
_DEBOUNCE, _LOOK_AGAIN = 300, 2000
# Seconds that a workbook may be half-saved or locked before that is reported, and between two looks at it.
_PATIENCE, _PAUSE = 8.0, 0.25


class Turn(Struct, frozen=True):
    """One build of the watch: the names of the files that were saved (none for the first), what it did, its seconds."""

    saved: tuple[str, ...]
    report: Report
    seconds: float


Build = Callable[[], Report]


def watch(
    workspace: Workspace, meeting: MeetingId, build: Build, stop: threading.Event, patience: float = _PATIENCE
) -> Iterator[Turn]:
    """Builds once, then after every save that changes something; ends when ``stop`` is set, or with Ctrl-C.

    A workbook that cannot be read is tried again for ``patience`` seconds before its problem is reported.
    """
    folders = [workspace.root / "inputs", workspace.templates]
    seen = unchanged.contents(workspace, meeting)
    yield (turn := _turn((), build, patience, stop))
    # Events begin to be gathered only when they are first asked for: what was saved meanwhile shows by its content.
    for _ in _moments(folders, stop):
        now = _settled(workspace, meeting, stop)
        while (saved := _changed(seen, now)) and not stop.is_set():
            seen = now
            # What was saved after the last look and before the build has been built already.
            if unchanged.digest(now) != turn.report.inputs:
                yield (turn := _turn(saved, build, patience, stop))
                now = _settled(workspace, meeting, stop)


def _moments(folders: Sequence[Path], stop: threading.Event) -> Iterator[None]:
    """A moment to look whenever something was saved, and every two seconds; ends when ``stop`` is set.

    Where the system refuses to watch or ceases to (a network disk, a limit of watched folders), by the clock alone.
    """
    import watchfiles

    try:
        for _ in watchfiles.watch(
            *folders,
            debounce=_DEBOUNCE,
            step=50,
            stop_event=stop,
            rust_timeout=_LOOK_AGAIN,
            yield_on_timeout=True,
            raise_interrupt=True,
            ignore_permission_denied=True,
        ):
            yield
    except (OSError, RuntimeError):
        while not stop.wait(_LOOK_AGAIN / 1000):
            yield


def _turn(saved: tuple[str, ...], build: Build, patience: float, stop: threading.Event) -> Turn:
    started = time.monotonic()
    report = build()
    while _half_saved(report) and time.monotonic() - started < patience and not stop.wait(_PAUSE):
        report = build()
    return Turn(saved, report, time.monotonic() - started)


def _half_saved(report: Report) -> bool:
    """Whether a workbook could not be read, as while it is being saved."""
    return any(found.code in books.UNREAD for found in report.problems)


def _settled(workspace: Workspace, meeting: MeetingId, stop: threading.Event) -> dict[str, bytes]:
    """The contents of the files once they no longer change between two looks."""
    now = unchanged.contents(workspace, meeting)
    for _ in range(40):
        if stop.wait(0.05):
            return now
        again = unchanged.contents(workspace, meeting)
        if again == now:
            return now
        now = again
    return now


def _changed(before: Mapping[str, bytes], now: Mapping[str, bytes]) -> tuple[str, ...]:
    """The names of the files that are not what they were."""
    names = {path for path in {*before, *now} if before.get(path) != now.get(path)}
    return tuple(sorted({Path(name).name for name in names}))


def turn_line(turn: Turn, clock: str) -> str:
    """The line for one turn: 14:03:22 資料集.xlsx → 更新 09 討論事項第一案.docx、會議資料.pdf（0.9 秒）"""
    from generator.build import outputs

    because = "、".join(turn.saved) or "開始"
    seconds = f"（{turn.seconds:.1f} 秒）"
    if turn.report.stopped:
        return f"{clock} {because} → 有錯誤，沒有產生文件{seconds}"
    changed = [
        outcome.name
        for outcome in turn.report.outcomes
        if outcome.how != outputs.SAME and outcome.name != outputs.MANIFEST
    ]
    return f"{clock} {because} → {'更新 ' + _listed(changed) if changed else '文件不變'}{seconds}"


def _listed(names: Sequence[str]) -> str:
    """The names in short: the endings of one document together, of many documents the first few."""
    endings: dict[str, list[str]] = {}
    for name in names:
        stem, _, ending = name.rpartition(".")
        endings.setdefault(stem, []).append(ending)
    shown = [f"{stem}.{'/'.join(found)}" for stem, found in endings.items()]
    return "、".join(shown) if len(shown) <= 4 else f"{'、'.join(shown[:3])} 等 {len(shown)} 份"
