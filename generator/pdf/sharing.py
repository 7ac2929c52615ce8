"""Documents shared out over several processes of LibreOffice, where cores, memory and the work are worth it.

Starting LibreOffice takes as long as converting several documents. So how many there are follows from how much there is
to do: see ``best`` and docs/decisions/0124-documents-are-shared-out.md.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from generator.pdf.office import ConversionFailed, Office

# In times of what a document of a few pages takes, 0.1 s: the start of LibreOffice, and the program's own work before
# the last document is rendered, in all and for each document. bench/run.py measures them.
START, OWN, OWN_EACH = 8.5, 8.5, 0.5
_TO_SAVE = 0.25
_MOST = 8
_MEMORY_OF_ONE = 400_000_000

Converted = Mapping[Path, Path]


def time_of(count: int, documents: float, cores: int, running: int = 0) -> float:
    """When so many documents are converted, counted from the start of the program, in times of one document.

    ``count`` processes convert them, of which ``running`` need not be started.
    """
    own = OWN + OWN_EACH * documents
    starts = max(count - running, 0)
    ready = max(own, START if starts else 0.0, (own + starts * START) / cores)
    return ready + documents / min(count, cores)


def best(documents: float, cores: int, running: int = 0) -> int:
    """How many processes are worth it on so many cores: another one has to save a part of what its start costs.

    One that takes the last core, which the program works on itself, has to save a whole start besides.
    """

    def price(count: int) -> float:
        return _TO_SAVE * START * (count - 1) + (START if count == cores else 0)

    return min(
        range(1, min(cores, _MOST) + 1),
        key=lambda count: time_of(count, documents, cores, running) + price(count),
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

    def start(self, documents: float) -> None:
        """Starts in the background what is worth it for so many documents, and does not run."""
        if not self._more:
            self.first.start()
        if not self.first.borrows:
            for office in self.several(best(documents, self._most, int(self.first.is_warm)))[1:]:
                office.start()

    def several(self, count: int) -> list[Office]:
        """So many of them, or as many as cores and memory allow. None is started for that."""
        lacking = min(count, self._most) - 1 - len(self._more)
        if lacking > 0 and self.first.program is not None:
            self._more += [Office(self.first.program) for _ in range(min(lacking, _fitting()))]
        return [self.first, *self._more][: max(count, 1)]

    def close(self) -> None:
        """Ends those beside the first, whatever they are at."""
        for office in self._more:
            office.end()
        self._more = []

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
        self.start(len(ours))
        offices = [self.first, *self._more]
        if len(offices) == 1 or len(ours) < 2:
            return self.first.convert(sources, target_format, into, timeout=timeout, from_elsewhere=from_elsewhere)
        shares = _Shares(sorted(ours, key=lambda source: -source.stat().st_size), len(offices))

        def work(office: Office) -> None:
            while share := shares.take():
                try:
                    shares.done |= office.convert(share, target_format, into, timeout=timeout)
                except Exception as error:
                    shares.errors.append(error)

        threads = [threading.Thread(target=work, args=(office,), daemon=True) for office in offices[1:]]
        try:
            for thread in threads:
                thread.start()
            work(self.first)
            for thread in threads:
                thread.join()
            if foreign:
                try:
                    shares.done |= self.first.convert(
                        foreign, target_format, into, timeout=timeout, from_elsewhere=foreign
                    )
                except ConversionFailed as error:
                    shares.errors.append(error)
        finally:
            shares.end()
        return shares.result()


class _Shares:
    """Documents that are still to be converted, the largest first, and what became of the others."""

    def __init__(self, sources: Sequence[Path], count: int) -> None:
        self._waiting, self._count = list(sources), count
        self._lock = threading.Lock()
        self.done: dict[Path, Path] = {}
        self.errors: list[Exception] = []

    def take(self) -> list[Path]:
        """The next share; empty when there is none. Small ones, so that all end at the same time: a call of a running
        LibreOffice costs little. On Windows each call starts one, so that there is one for each."""
        with self._lock:
            parts = self._count * (1 if sys.platform == "win32" else 3)
            if sys.platform == "win32":
                self._count = max(self._count - 1, 1)
            size = -(-len(self._waiting) // parts)
            share, self._waiting = self._waiting[:size], self._waiting[size:]
            return share

    def end(self) -> None:
        """There is nothing more to take."""
        with self._lock:
            self._waiting = []

    def result(self) -> Converted:
        """What was converted. Raises ConversionFailed for the rest, and whatever else was raised."""
        failures = [error for error in self.errors if isinstance(error, ConversionFailed)]
        for error in self.errors:
            if not isinstance(error, ConversionFailed):
                raise error
        if failures:
            raise ConversionFailed(
                "".join(dict.fromkeys(map(str, failures))),
                [source for failure in failures for source in failure.failed],
                self.done | {source: result for failure in failures for source, result in failure.done.items()},
                next((failure.detail for failure in failures if failure.detail), ""),
                [source for failure in failures for source in failure.culprits],
            )
        return self.done
