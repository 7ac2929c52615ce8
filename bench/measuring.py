"""Processes and what they take: seconds on the clock, processor time of all that they start, memory."""

from __future__ import annotations

import ctypes
import datetime as dt
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from generator.pdf import office as pdf

REPO = Path(__file__).resolve().parents[1]
BENCH = REPO / "bench"
PACKET = [sys.executable, "-m", "generator.cli.app"]
MEETING = "113-1"
# No single run may take longer; what does is shown as such.
LONGEST = 300.0
# What takes longer than so many seconds is measured fewer times, the first time included.
SLOW, ROUNDS_OF_SLOW = 4.0, 2
_SUBREAPER = 36


@dataclass(frozen=True)
class Run:
    """One process: its seconds (infinite where it took too long), the peak memory in MB of the largest process, what it
    printed.

    ``cpu``: the seconds of processor time, user and system, of the process and of all that it started.
    """

    seconds: float
    memory: float
    said: str = ""
    cpu: float = float("nan")


def environment(**more: str) -> dict[str, str]:
    """That of a user: modules are compiled once, and these here are used."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**env, "PYTHONPATH": str(REPO), "PYTHONUTF8": "1", **more}


class Orphans:
    """LibreOffice is ended by a signal, so that nobody waits for it. Here its processes become children of this
    program, which can ask what they took; only on Linux, elsewhere they are not counted."""

    def __init__(self) -> None:
        self._known: set[int] = set()
        self.counted = sys.platform == "linux" and ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0) == 0

    def leave(self, pid: int) -> None:
        """A program that runs beside what is measured: not waited for here."""
        self._known.add(pid)

    def take(self) -> tuple[float, float]:
        """Waits for those that are ending; their processor time and the memory of the largest, in MB."""
        cpu = memory = 0.0
        limit = time.monotonic() + 5
        while self.counted and time.monotonic() < limit and (left := self._children() - self._known):
            for pid in left:
                ended, _, used = os.wait4(pid, os.WNOHANG)
                if ended:
                    cpu += used.ru_utime + used.ru_stime
                    memory = max(memory, used.ru_maxrss / 1024)
            time.sleep(0.002)
        return cpu, memory

    def _children(self) -> set[int]:
        found = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
        return {int(pid) for pid in found.split()}


ORPHANS = Orphans()


def run(command: Sequence[str | Path], **more: str) -> Run:
    """Runs a command to its end. Raises RuntimeError where it fails."""
    # What the preparation wrote must not be written out while this is measured.
    os.sync()
    ORPHANS.take()
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment(**more),
        )
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            if time.perf_counter() - started > LONGEST:
                process.kill()
                os.wait4(process.pid, 0)
                return Run(float("inf"), float("nan"))
            time.sleep(0.002)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if process.returncode:
        raise RuntimeError(f"{command}: {text}")
    cpu, memory = ORPHANS.take()
    used = ended[2]
    return Run(seconds, max(memory, used.ru_maxrss / 1024), text, used.ru_utime + used.ru_stime + cpu)


class Table:
    """Runs by name, in the order in which they were first seen."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        # How many documents the packet has.
        self.documents = 0
        self.runs: dict[str, list[Run]] = {}

    def measure(self, name: str, call: Callable[[], Run], turn: int = 1, slow: float = SLOW) -> None:
        """Calls and keeps what is found; that of turn 0 counts only where it is slow, which is called less often."""
        found = self.runs.setdefault(name, [])
        if found and found[-1].seconds == float("inf"):
            return
        if found and turn >= ROUNDS_OF_SLOW and statistics.median(each.seconds for each in found) > slow:
            return
        done = call()
        if turn or done.seconds > slow:
            found.append(done)
        cpu = f", {done.cpu:.2f} s of processor time" if done.cpu == done.cpu else ""
        print(f"{name}: {done.seconds:.2f} s{cpu}, {done.memory:.0f} MB", file=sys.stderr, flush=True)

    def seconds(self, name: str) -> float:
        return statistics.median(each.seconds for each in self.runs[name])

    def ratio(self, name: str, other: str) -> float:
        """How long one takes in times of the other: the median over the rounds, in which they follow each other, so
        that a machine that is slow for a while counts for both."""
        counts = len(self.runs[name]), len(self.runs[other])
        # Of two that are measured as often as each other every pair counts.
        rounds = counts[0] if counts[0] == counts[1] else min(counts)
        if len(self.runs[name]) % rounds or len(self.runs[other]) % rounds:
            return self.seconds(name) / self.seconds(other)
        pairs = zip(self._by_round(name, rounds), self._by_round(other, rounds), strict=True)
        return statistics.median(run / beside for run, beside in pairs)

    def _by_round(self, name: str, rounds: int) -> list[float]:
        """The seconds of each round; some are measured several times in one."""
        runs, times = self.runs[name], len(self.runs[name]) // rounds
        return [statistics.median(run.seconds for run in runs[at : at + times]) for at in range(0, len(runs), times)]

    def cpu(self, name: str) -> float:
        return statistics.median(each.cpu for each in self.runs[name])

    def memory(self, name: str) -> float:
        return statistics.median(each.memory for each in self.runs[name])

    def spread(self, name: str) -> str:
        times = [each.seconds for each in self.runs[name]]
        return f"{shown(min(times))}–{shown(max(times))}"

    def inner(self, name: str) -> tuple[float, float]:
        """What a table printed of itself: the seconds of the making, and the megabytes that it has, unpacked."""
        said = [each.said.split() for each in self.runs[name] if each.said]
        if not said:
            return float("inf"), float("nan")
        return statistics.median(float(each[0]) for each in said), float(said[0][1]) / 2**20

    def row(self, mark: str, what: str, name: str, target: str = "", met: str = "") -> str:
        cpu = self.cpu(name)
        cells = [mark, what, shown(self.seconds(name)), self.spread(name), "" if cpu != cpu else f"{cpu:.2f}", target]
        return f"| {' | '.join(cells)} | {met} |"


HEAD = [
    "| | what | median (s) | range (s) | processor (s) | target | |",
    "| --- | --- | ---: | ---: | ---: | --- | --- |",
]


def shown(seconds: float) -> str:
    return f"> {LONGEST:.0f}" if seconds == float("inf") else f"{seconds:.2f}"


def verdict(value: float, most: float, unit: str = "") -> str:
    return f"{'met' if value <= most else '**not met**'}: {value:.2f}{unit}"


def workspace(into: Path) -> Path:
    """A copy of this repository's workspace without any output."""
    shutil.rmtree(into, ignore_errors=True)
    for part in ("inputs", "templates"):
        shutil.copytree(REPO / part, into / part)
    return into


def build(root: Path, *arguments: str) -> Run:
    return run([*PACKET, "--workspace", root, "build", MEETING, *arguments])


def change_one_cell(root: Path, number: int) -> None:
    """Another total of views, so that one sentence is another one each time."""
    path = root / "inputs" / MEETING / "資料集.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book["統計數字"].iter_rows(min_row=2):
        if row[0].value == "總瀏覽次數":
            row[1].value = 2_390_000 + 10_000 * number
    book.save(path)


def machine() -> str:
    model = platform.processor() or platform.machine()
    memory = ""
    if Path("/proc/cpuinfo").is_file():
        names = [
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ]
        model = names[0] if names else model
        kilobytes = Path("/proc/meminfo").read_text().split("MemTotal:")[1].split()[0]
        memory = f", {int(kilobytes) / 2**20:.0f} GiB"
    office = pdf.find_office()
    version = pdf.office_version(office) if office else "none"
    system = " ".join(platform.freedesktop_os_release().get(key, "") for key in ("NAME", "VERSION_ID"))
    return (
        f"Machine: {model}, {os.cpu_count()} cores{memory}; {system}; Python {platform.python_version()}, "
        f"LibreOffice {version}. {dt.date.today().isoformat()}."
    )
