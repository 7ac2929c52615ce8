"""Every meeting of a workspace, built by any executor: processes of this machine, or another's (dask, ray)."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct

from generator.basic import garbage, parent
from generator.basic.failure import UserError
from generator.basic.formats import USUAL
from generator.basic.problem import one_line
from generator.basic.workspace import MeetingId, Workspace
from generator.build.report import Report

# Seconds for which a worker goes by what it saw of the files that all meetings share.
_LOOK_LASTS = 1.0


class Outcome(Struct, frozen=True):
    """What became of one meeting: its report, or why there is none (a text for the user)."""

    meeting: MeetingId
    report: Report | None
    failure: str = ""


def build_all(
    workspace: Workspace, formats: Sequence[str] = USUAL, executor: Executor | None = None
) -> Generator[Outcome, None, None]:
    """Builds every meeting under inputs/ and yields what became of each, in their order, as soon as it is known.

    ``executor`` is anything with ``submit`` as in concurrent.futures. What goes in and comes out can be pickled; the
    workspace must lie under the same path for all workers. It is left open. Without one, processes of this machine
    are used, which end as soon as this is closed. A meeting that fails stops none of the others; one whose worker was
    killed is built again, by itself.
    """
    given = [(meeting, (str(workspace.root), str(meeting), tuple(formats))) for meeting in workspace.meetings()]
    with ExitStack() as closing:
        if executor is None:
            count = min(len(given), os.cpu_count() or 1)
            executor = closing.enter_context(_processes(max(count, 1)))
        waiting = [(meeting, what, executor.submit(build_one, *what)) for meeting, what in given]
        for meeting, what, future in waiting:
            yield _outcome(meeting, what, future)


def build_one(root: str, meeting: str, formats: Sequence[str]) -> Report:
    """Builds one meeting; only plain texts go in: any worker can be sent them.

    With one LibreOffice: the other cores have other workers.
    """
    from generator.build import story

    garbage.as_usual()
    return story.build(Workspace(Path(root)), MeetingId.parse(meeting), (), formats, processes=1)


def _outcome(meeting: MeetingId, what: tuple[str, str, tuple[str, ...]], future: Future[Report]) -> Outcome:
    try:
        return Outcome(meeting, future.result())
    except BrokenExecutor:
        # A worker was killed, and all that waited with it. Each in a process of its own: one of them may be the cause.
        return _alone(meeting, what)
    except Exception as error:
        return _failed(meeting, error)


def _alone(meeting: MeetingId, what: tuple[str, str, tuple[str, ...]]) -> Outcome:
    """Builds a meeting in a process of its own."""
    with _processes(1) as executor:
        try:
            return Outcome(meeting, executor.submit(build_one, *what).result())
        except BrokenExecutor:
            text = "製作這場會議的程式兩次被系統終止（可能是記憶體不足）。請以 packet build 單獨產生這場會議。"
            return Outcome(meeting, None, text)
        except Exception as error:
            return _failed(meeting, error)


@contextmanager
def _processes(count: int) -> Iterator[Executor]:
    """Workers of this machine, none of which goes on when the program is interrupted or killed."""
    before = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(count, initializer=_begin_worker, initargs=(os.getpid(),))
    try:
        yield executor
    except BaseException:
        # Nobody waits for what is not done. The pool notices that its workers are gone and ends.
        for worker in set(multiprocessing.active_children()) - before:
            worker.kill()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _begin_worker(program: int) -> None:
    """A worker ends at once when it is told to, and soon after the program that began it; LibreOffice ends with it."""
    from generator.build import unchanged

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    parent.end_with(program)
    unchanged.look_once_in(_LOOK_LASTS)


def _failed(meeting: MeetingId, error: Exception) -> Outcome:
    from generator.build import outputs

    if isinstance(error, UserError):
        return Outcome(meeting, None, str(error))
    if isinstance(error, OSError):
        return Outcome(meeting, None, outputs.unusable(error))
    return Outcome(meeting, None, one_line(f"發生沒有預料到的錯誤（{type(error).__name__}：{error}）。"))
