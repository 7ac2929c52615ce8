"""Every meeting of a workspace, built by any executor: processes of this machine, or another's (dask, ray)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from generator.basic.failure import UserError
from generator.basic.formats import USUAL
from generator.basic.problem import one_line
from generator.basic.workspace import MeetingId, Workspace
from generator.build.report import Report


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one meeting: its report, or why there is none (a text for the user)."""

    meeting: MeetingId
    report: Report | None
    failure: str = ""


def build_all(
    workspace: Workspace, formats: Sequence[str] = USUAL, executor: Executor | None = None
) -> Iterator[Outcome]:
    """Builds every meeting under inputs/ and yields what became of each, in their order, as soon as it is known.

    ``executor`` is anything with ``submit`` as in concurrent.futures. What goes in and comes out can be pickled; the
    workspace must lie under the same path for all workers. It is left open. Without one, processes of this machine
    are used. A meeting that fails stops none of the others.
    """
    with ExitStack() as closing:
        if executor is None:
            count = min(len(workspace.meetings()), os.cpu_count() or 1)
            executor = closing.enter_context(ProcessPoolExecutor(max(count, 1)))
        waiting: list[tuple[MeetingId, Future[Report]]] = [
            (meeting, executor.submit(build_one, str(workspace.root), str(meeting), tuple(formats)))
            for meeting in workspace.meetings()
        ]
        for meeting, future in waiting:
            yield _outcome(meeting, future)


def build_one(root: str, meeting: str, formats: Sequence[str]) -> Report:
    """Builds one meeting; only plain texts go in: any worker can be sent them."""
    from generator.build import story

    return story.build(Workspace(Path(root)), MeetingId.parse(meeting), (), formats)


def _outcome(meeting: MeetingId, future: Future[Report]) -> Outcome:
    from generator.build import outputs

    try:
        return Outcome(meeting, future.result())
    except UserError as known:
        return Outcome(meeting, None, str(known))
    except OSError as error:
        return Outcome(meeting, None, outputs.unusable(error))
    except Exception as error:
        return Outcome(meeting, None, one_line(f"發生沒有預料到的錯誤（{type(error).__name__}：{error}）。"))
