"""Documents shared out over several processes of LibreOffice, where cores, memory and the work are worth it, and begun
while others are still being rendered.

Starting LibreOffice takes as long as converting several documents. So how many there are follows from how much there is
to do: see ``best`` and docs/decisions/0609-documents-are-converted-as-they-come.md.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from generator.pdf.office import ConversionFailed, Office

# In times of what a document of a few pages takes, 0.09 s: the start of LibreOffice; the program's own work before the
# first document is rendered, and for each. bench/packet.py measures them.
START, OWN, OWN_EACH = 4.0, 4.5, 0.4
_TO_SAVE = 0.25
_MOST = 8
_MEMORY_OF_ONE = 400_000_000
# So many documents are converted at once while others are still being rendered, so that some are left for others.
_MOST_EARLY = 4
# So many seconds are waited for what was begun and nobody wants any more.
_PATIENCE = 0.5

Converted = Mapping[Path, Path]


def time_of(count: int, documents: float, cores: int, running: int = 1, rendered: bool = False) -> float:
    """When so many documents are converted, in times of one document.

    ``count`` processes convert them, of which ``running`` need not be started: the first is while the program loads.
    Counted from the start of the program, which renders the documents on a core of its own; or from when all are
    ``rendered``.
    """
    work = documents + max(count - running, 0) * START
    if rendered:
        return work / min(count, cores)
    rendering = OWN_EACH * documents
    done = min(rendering * min(count, cores - 1), work - min(documents, count))
    return OWN + rendering + (work - done) / min(count, cores)


def best(documents: float, cores: int, running: int = 1, rendered: bool = False) -> int:
    """How many processes are worth it on so many cores: another one has to save a part of what its start costs.

    While the program renders it needs a core itself.
    """
    most = min(cores if rendered else max(cores - 1, 1), _MOST)
    return min(
        range(running, max(most, running) + 1),
        key=lambda count: time_of(count, documents, cores, running, rendered) + _TO_SAVE * START * (count - 1),
    )


def usable_cores() -> int:
    """How many cores this program may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    else:
        return os.cpu_count() or 1


def _fitting() -> int:
    """How many LibreOffices the free memory has room for."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 2
    return max(1, free // _MEMORY_OF_ONE)


class Offices:
    """The LibreOffice of a build and, where they are worth it, more of them, which end with ``close``.

    ``first`` is left open. ``most``: how many there may be, as many as cores if not given.
    """

    def __init__(self, first: Office, most: int | None = None) -> None:
        self.first = first
        self._most = min(most or usable_cores(), _MOST)
        self._more: list[Office] = []
        self._early: _Line | None = None

    def start(self, documents: float) -> None:
        """Starts in the background what is worth it for so many documents that are to be rendered, and does not run."""
        if not self._more and self._early is None:
            self.first.start()
        self._start_more(documents, rendered=False)

    def _start_more(self, documents: float, rendered: bool) -> None:
        if not self.first.borrows:
            for office in self.several(best(documents, self._most, 1 + len(self._more), rendered))[1:]:
                office.start()

    def several(self, count: int) -> list[Office]:
        """So many of them, or as many as cores and memory allow. None is started for that."""
        lacking = min(count, self._most) - 1 - len(self._more)
        if lacking > 0 and self.first.program is not None:
            self._more += [Office(self.first.program) for _ in range(min(lacking, _fitting()))]
        return [self.first, *self._more][: max(count, 1)]

    @property
    def may_hand_over(self) -> bool:
        """Whether to hand over: LibreOffice runs, so that no call starts one, and has a core to itself."""
        return self._most > 1 and self.first.is_there

    def hand_over(self, source: Path, target_format: str, into: Path, *, timeout: float) -> None:
        """Has a document converted in the background, while others are still being rendered; see ``settle``."""
        self._early = self._early or _Line(target_format, into, timeout)
        self._early.add([source])
        self._early.work([self.first, *self._more])

    def settle(self) -> Iterator[Converted]:
        """All that was handed over, as it gets done. What could not be converted is left out: ``convert`` says why."""
        line, self._early = self._early, None
        if line is None:
            return
        # The program's own core is free now.
        self._start_more(line.waiting, rendered=True)
        line.work([self.first, *self._more])
        try:
            yield from line.arrivals()
        finally:
            self._give_up(line)

    def close(self) -> None:
        """Ends those beside the first, whatever they are at, and gives up what was handed over."""
        line, self._early = self._early, None
        for office in self._more:
            office.end()
        self._more = []
        if line is not None:
            self._give_up(line)

    def _give_up(self, line: _Line) -> None:
        if not line.gives_up(_PATIENCE):
            self.first.end()
            line.gives_up(_PATIENCE)

    def convert(
        self,
        sources: Sequence[Path],
        target_format: str,
        into: Path,
        *,
        timeout: float,
        from_elsewhere: Collection[Path] = (),
    ) -> Converted:
        """As Office.convert. What is ``from_elsewhere`` comes last: it may keep a LibreOffice from going on."""
        foreign = [source for source in sources if source in from_elsewhere]
        ours = [source for source in sources if source not in from_elsewhere]
        self.first.start()
        self._start_more(len(ours), rendered=True)
        offices = [self.first, *self._more]
        if len(offices) == 1 or len(ours) < 2:
            return self.first.convert(sources, target_format, into, timeout=timeout, from_elsewhere=from_elsewhere)
        line = _Line(target_format, into, timeout)
        line.add(ours)
        line.work(offices)
        try:
            for _ in line.arrivals():
                pass
        finally:
            self._give_up(line)
        if foreign:
            line.convert(self.first, foreign, foreign)
        return line.result()


class _Line:
    """Documents that wait for one of several LibreOffices, and what became of the others.

    Each LibreOffice has a thread, which takes what waits until ``arrivals`` says that no more will come.
    """

    def __init__(self, target_format: str, into: Path, timeout: float) -> None:
        self._target_format, self._into, self._timeout = target_format, into, timeout
        self._waiting: list[Path] = []
        self._added = 0
        self._more_come = True
        self._changed = threading.Condition()
        self._threads: dict[Office, threading.Thread] = {}
        self._at_work = 0
        self._done: dict[Path, Path] = {}
        self._errors: list[Exception] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def add(self, sources: Sequence[Path]) -> None:
        with self._changed:
            self._waiting += sources
            self._added += len(sources)
            self._changed.notify_all()

    def work(self, offices: Sequence[Office]) -> None:
        """Sets those to work that are not yet."""
        for office in offices:
            if office not in self._threads:
                self._threads[office] = threading.Thread(target=self._work, args=(office,), daemon=True)
                with self._changed:
                    self._at_work += 1
                self._threads[office].start()

    def arrivals(self) -> Iterator[Converted]:
        """What was converted, as it comes, until all is done; no more will be added."""
        with self._changed:
            self._more_come = False
            self._changed.notify_all()
        seen = 0
        while True:
            with self._changed:
                # With a limit, since Windows lets nobody interrupt one who waits without.
                while len(self._done) == seen and self._at_work:
                    self._changed.wait(0.2)
                ended, new = not self._at_work, dict(list(self._done.items())[seen:])
            seen += len(new)
            if new:
                yield new
            if ended:
                return

    def gives_up(self, patience: float) -> bool:
        """Takes nothing more; whether what was begun ended within so many seconds."""
        with self._changed:
            self._waiting, self._more_come = [], False
            self._changed.notify_all()
        until = time.monotonic() + patience
        for thread in self._threads.values():
            thread.join(max(until - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads.values())

    def convert(self, office: Office, sources: Sequence[Path], from_elsewhere: Collection[Path] = ()) -> None:
        """Has some converted, and keeps what became of them."""
        done: Converted = {}
        try:
            done = office.convert(
                sources, self._target_format, self._into, timeout=self._timeout, from_elsewhere=from_elsewhere
            )
        except Exception as error:
            self._errors.append(error)
            done = error.done if isinstance(error, ConversionFailed) else {}
        with self._changed:
            self._done |= done
            self._changed.notify_all()

    def _work(self, office: Office) -> None:
        try:
            while share := self._take():
                self.convert(office, share)
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    def _take(self) -> list[Path]:
        """The next share, the largest first; empty when there is none.

        While more come all that waits, to all alike. Then small ones, so that all end at the same time: a call of a
        running LibreOffice costs little. On Windows each call starts one, so that there is one for each.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._more_come)
            workers = len(self._threads)
            if workers > 1:
                self._waiting.sort(key=lambda source: -source.stat().st_size)
            if sys.platform == "win32":
                size = -(-self._added // workers)
            else:
                size = -(-len(self._waiting) // (workers * 2 if workers > 1 else 1))
            if self._more_come:
                size = min(size, _MOST_EARLY)
            share, self._waiting = self._waiting[:size], self._waiting[size:]
            return share

    def result(self) -> Converted:
        """What was converted. Raises ConversionFailed for the rest, and whatever else was raised."""
        failures = [error for error in self._errors if isinstance(error, ConversionFailed)]
        for error in self._errors:
            if not isinstance(error, ConversionFailed):
                raise error
        if failures:
            raise ConversionFailed(
                "".join(dict.fromkeys(map(str, failures))),
                [source for failure in failures for source in failure.failed],
                self._done,
                next((failure.detail for failure in failures if failure.detail), ""),
                [source for failure in failures for source in failure.culprits],
            )
        return self._done
