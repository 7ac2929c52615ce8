"""The measurements behind docs/benchmarks.md: run.py [--rounds 5] [--most 100000] [--write]

Everything is measured as a whole process, from its start to its end, in turn (a b c … a b c …), after one round that
does not count; what stands in the table are medians. Peak memory is that of the largest single process.
"""

from __future__ import annotations

import argparse
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
COUNTS = (200, 2_000, 20_000, 100_000)
# The others take minutes for more.
MOST_OF_OTHERS = 20_000
# The PDF of a long table is made once; it takes a while.
PDF_COUNTS = (2_000, 20_000)
# No single run may take longer; what does is shown as such.
LONGEST = 300.0


@dataclass(frozen=True)
class Run:
    """One process: its seconds (infinite where it took too long), the peak memory in MB, what it printed.

    ``cpu``: the seconds of processor time that it and the processes took that it waited for.
    """

    seconds: float
    memory: float
    said: str = ""
    cpu: float = float("nan")


def run(command: Sequence[str | Path], **environment: str) -> Run:
    """Runs a command to its end. Raises RuntimeError where it fails."""
    # What the preparation wrote must not be written out while this is measured.
    os.sync()
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(REPO), **environment},
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
    return Run(seconds, ended[2].ru_maxrss / 1024, text, ended[2].ru_utime + ended[2].ru_stime)


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
    sheet = book["統計數字"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "總瀏覽次數":
            row[1].value = 2_390_000 + 10_000 * number
    book.save(path)


def floor(sources: Sequence[Path], into: Path) -> Run:
    """One plain call of LibreOffice for all documents, with a profile of its own as every first call has."""
    office = pdf.find_office()
    assert office is not None
    with tempfile.TemporaryDirectory() as profile:
        options = [f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", "pdf"]
        command = [office, *options, "--outdir", into, *sources]
        return run(command, FONTCONFIG_FILE=str(pdf.FONT_MAP))


def watched(root: Path, number: int) -> Run:
    """From the save of one changed cell to the line that says what was built, while ``packet watch`` is at work."""
    command = [*PACKET, "--workspace", str(root), "watch", MEETING]
    env = {**os.environ, "PYTHONPATH": str(REPO), "PYTHONUTF8": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env)
    assert process.stdout is not None
    try:
        while "→" not in process.stdout.readline():
            pass
        # LibreOffice is ready by the time that a person has changed a cell.
        time.sleep(3)
        change_one_cell(root, 500 + number)
        started = time.perf_counter()
        line = process.stdout.readline()
        seconds = time.perf_counter() - started
        if "更新" not in line:
            raise RuntimeError(line)
    finally:
        process.terminate()
        process.wait()
    return Run(seconds, float("nan"), line)


WARM = """
import sys
from pathlib import Path
from generator.pdf.office import Office
with Office() as office, office.lent(Path(sys.argv[1])):
    office.convert([Path(sys.argv[2])], "pdf", Path(sys.argv[3]), timeout=60)
    print("ready", flush=True)
    sys.stdin.readline()
"""


def beside(root: Path, number: int, place: Path) -> Run:
    """A build after one changed cell, while another program in the workspace keeps a LibreOffice warm."""
    any_document = next((root / "output" / MEETING).glob("*.docx"))
    command = [sys.executable, "-c", WARM, str(root / "output" / ".packet"), str(any_document), str(place / "warm")]
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if "ready" not in process.stdout.readline():
            raise RuntimeError("no LibreOffice could be kept")
        change_one_cell(root, 1000 + number)
        return build(root)
    finally:
        process.stdin.close()
        process.wait()


def meeting_with(rows: int, root: Path) -> Path:
    """The workspace, with one sheet of so many rows attached to the first report."""
    workspace(root)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("目錄")
    sheet.append(["資料集識別碼", "資料集名稱", "提供機關", "更新頻率", "備註"])
    for number in range(1, rows + 1):
        remark = None if number % 3 else "已更新"
        sheet.append([6000 + number, f"{number}年度決算統計表（第{number % 7}表）", "主計資訊處", "每月", remark])
    attached = book.create_sheet("附件")
    attached.append(["案號", "名稱", "來源"])
    attached.append(["報1", "目錄", "工作表:目錄"])
    book.save(root / "inputs" / MEETING / "目錄.xlsx")
    return root


class Table:
    """Runs by name, in the order in which they were first seen."""

    def __init__(self) -> None:
        self.runs: dict[str, list[Run]] = {}

    def measure(self, name: str, made: Callable[[], Run], counts: bool) -> None:
        found = self.runs.setdefault(name, [])
        if found and found[-1].seconds == float("inf"):
            return
        done = made()
        if counts or done.seconds == float("inf"):
            found.append(done)
        print(f"{name}: {done.seconds:.2f} s, {done.memory:.0f} MB", file=sys.stderr, flush=True)

    def seconds(self, name: str) -> float:
        return statistics.median(one.seconds for one in self.runs[name])

    def cpu(self, name: str) -> float:
        return statistics.median(one.cpu for one in self.runs[name])

    def memory(self, name: str) -> float:
        return statistics.median(one.memory for one in self.runs[name])

    def spread(self, name: str) -> str:
        times = [one.seconds for one in self.runs[name]]
        return f"{shown(min(times))}–{shown(max(times))}"

    def inner(self, name: str) -> tuple[float, float]:
        """What rows.py printed of itself: the seconds of the making, and the megabytes that it made, unpacked."""
        said = [one.said.split() for one in self.runs[name] if one.said]
        if not said:
            return float("inf"), float("nan")
        return statistics.median(float(one[0]) for one in said), float(said[0][1]) / 2**20


def measure(rounds: int, most: int) -> Table:
    table = Table()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        place = Path(name)
        steady = workspace(place / "steady")
        build(steady)
        sources = sorted(path for path in (steady / "output" / MEETING).iterdir() if path.suffix in (".docx", ".pptx"))
        counts = [count for count in COUNTS if count <= most]
        large = {count: meeting_with(count, place / f"rows-{count}") for count in counts}
        node = docxtemplater(place)
        for turn in range(rounds + 1):
            counted = turn > 0
            cold, plain, by_hand = (workspace(place / one) for one in ("cold", "plain", "script"))
            table.measure("cold", lambda cold=cold: build(cold), counted)
            hand = [sys.executable, BENCH / "script.py", by_hand, MEETING, place / "by-hand"]
            table.measure("script", lambda hand=hand: run(hand), counted)
            table.measure("floor", lambda: floor(sources, place / "floor"), counted)
            table.measure("floor of one", lambda: floor(sources[:1], place / "floor"), counted)
            change_one_cell(steady, turn)
            table.measure("changed", lambda: build(steady), counted)
            table.measure("beside", lambda turn=turn: beside(steady, turn, place), counted)
            table.measure("watch", lambda turn=turn: watched(steady, turn), counted)
            change_one_cell(steady, 2000 + turn)
            table.measure("changed docx", lambda: build(steady, "--format", "docx"), counted)
            build(steady)
            table.measure("same", lambda: build(steady), counted)
            table.measure("docx", lambda plain=plain: build(plain, "--format", "docx"), counted)
            table.measure("check", lambda: run([*PACKET, "--workspace", steady, "check", MEETING]), counted)
            table.measure("figures", lambda: run([*PACKET, "--workspace", steady, "figures", MEETING]), counted)
            table.measure("help", lambda: run([*PACKET, "--help"]), counted)
            table.measure("pass", lambda: run([sys.executable, "-c", "pass"]), counted)
            for count, root in large.items():
                shutil.rmtree(root / "output", ignore_errors=True)
                table.measure(f"build {count}", lambda root=root: build(root, "--format", "docx"), counted)
                if counted and turn == 1 and count in PDF_COUNTS:
                    table.measure(f"pdf {count}", lambda root=root: build(root), True)
                for way in ("packet", "docxtpl", "python-docx"):
                    if way != "packet" and count > MOST_OF_OTHERS:
                        continue
                    command = [sys.executable, BENCH / "rows.py", way, str(count), place / "rows.docx"]
                    table.measure(f"{way} {count}", lambda command=command: run(command), counted)
                if node and count <= MOST_OF_OTHERS:
                    command = ["node", node, str(count), place / "rows.docx"]
                    table.measure(f"docxtemplater {count}", lambda command=command: run(command), counted)
    return table


def docxtemplater(place: Path) -> Path | None:
    """Where docxtemplater can be run, installed for that; None without Node.js and npm."""
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    folder = place / "node"
    folder.mkdir()
    for name in ("package.json", "docxtemplater.js"):
        shutil.copy(BENCH / name, folder)
    npm = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(npm, cwd=folder, capture_output=True, check=False)
    return folder / "docxtemplater.js" if done.returncode == 0 else None


# --- the table --------------------------------------------------------------------------------------------------


def shown(seconds: float) -> str:
    return f"> {LONGEST:.0f}" if seconds == float("inf") else f"{seconds:.2f}"


def verdict(value: float, most: float, unit: str = "") -> str:
    return f"{'met' if value <= most else '**not met**'}: {value:.2f}{unit}"


def written(table: Table, rounds: int, most: int) -> str:
    cold, script, lowest = (table.seconds(one) for one in ("cold", "script", "floor"))
    nothing, helped = table.seconds("pass"), table.seconds("help")
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench`; see bench/README.md for what is measured. Medians of "
        f"{rounds} runs, taken in turn after one that does not count, each a whole process. {machine()}",
        "",
        "## A packet",
        "",
        "| | what | median (s) | range (s) | processor (s) | target | |",
        "| --- | --- | ---: | ---: | ---: | --- | --- |",
    ]

    def row(mark: str, what: str, name: str, target: str = "", met: str = "") -> None:
        cpu = table.cpu(name)
        cells = [mark, what, shown(table.seconds(name)), table.spread(name), "" if cpu != cpu else f"{cpu:.2f}", target]
        lines.append(f"| {' | '.join(cells)} | {met} |")

    targets = f"{verdict(cold / lowest, 1.0, ' × c')}; {verdict(cold / script, 0.25, ' × b')}"
    row("a", "cold build of 113-1 with PDFs", "cold", "≤ 1.0 × c, ≤ 0.25 × b", targets)
    row("b", "the script one would write instead", "script")
    row("c", "the floor: one soffice call on the same documents", "floor")
    row("", "… on one of them, the floor of d", "floor of one")
    changed = verdict(table.seconds("changed") / cold, 0.5, " × a")
    row("d", "rebuild after one changed cell", "changed", "≤ 0.5 × a", changed)
    warm = verdict(table.seconds("beside") / cold, 0.25, " × a")
    row("", "… beside a program that keeps LibreOffice warm", "beside", "≤ 0.25 × a", warm)
    row("", "… while `packet watch` runs, from the save to the report", "watch")
    own = verdict(table.cpu("changed docx"), 0.6, " s of processor time")
    row("", "… .docx only: the program's own work", "changed docx", "≤ 0.6 s of processor time", own)
    same = verdict(table.seconds("same") - nothing, 0.5, " s more")
    row("e", "rebuild with nothing changed", "same", "≤ 0.5 s more than `python -c pass`", same)
    row("f", "cold build, .docx only", "docx")
    for name in ("check", "figures"):
        met = verdict(table.cpu(name), 0.45, " s of processor time")
        row("", f"`packet {name} 113-1` after a build", name, "≤ 0.45 s of processor time", met)
    row(
        "g",
        "`packet --help`",
        "help",
        "≤ 0.15 s more than `python -c pass`",
        verdict(helped - nothing, 0.15, " s more"),
    )
    row("", "`python -c pass`", "pass")
    rest = table.seconds("changed") - table.seconds("floor of one")
    lines += [
        "",
        f"Of d, {table.seconds('floor of one'):.2f} s are LibreOffice's start and one document, {rest:.2f} s are all",
        "else that is not done while it starts. Only one that runs already saves more, which is what `packet watch` is",
        "for; its time includes 0.3 s in which it waits for a save to be complete.",
    ]
    lines += ["", "## A long table", "", *long_table(table, most)]
    return "\n".join(lines) + "\n"


def long_table(table: Table, most: int) -> list[str]:
    """Rows of (h) and (i)."""
    counts = [count for count in COUNTS if count <= most]
    headings = ["rows", "build (s)", "peak (MB)", "packet (s)", "memory (MB)", "unpacked (MB)"]
    headings += ["docxtpl (s)", "python-docx (s)", "docxtemplater (s)"]
    lines = [
        "One attachment of five columns. *Build* is a whole `packet build --format docx` of 113-1 with it. The others",
        "make the table alone, imports left out: packet's template layer, docxtpl on the same template, python-docx",
        "adding rows, docxtemplater on a plainer template of its own. *Memory* is the peak of packet's process, less",
        "what it takes for 200 rows; *unpacked* is the size of the document's parts.",
        "",
        f"| {' | '.join(headings)} |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    base = table.memory(f"packet {counts[0]}")
    for count in counts:
        own, size = table.inner(f"packet {count}")
        others = [f"{way} {count}" for way in ("docxtpl", "python-docx", "docxtemplater")]
        times = [shown(table.inner(name)[0]) if name in table.runs else "—" for name in others]
        build, peak = table.seconds(f"build {count}"), table.memory(f"build {count}")
        memory = table.memory(f"packet {count}") - base
        cells = [f"{count:,}", shown(build), f"{peak:.0f}", f"{own:.3f}", f"{memory:.0f}", f"{size:.1f}", *times]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| target | |", "| --- | --- |"]
    if 100_000 in counts:
        growth = (table.inner("packet 100000")[0] / 100_000) / (table.inner("packet 2000")[0] / 2_000)
        whole = (table.seconds("build 100000") / 100_000) / (table.seconds("build 2000") / 2_000)
        lines.append(f"| time per row at 100,000 ≤ 1.3 × that at 2,000: making | {verdict(growth, 1.3, ' ×')} |")
        lines.append(f"| … the whole build | {verdict(whole, 1.3, ' ×')} |")
        size = table.inner("packet 100000")[1]
        memory = (table.memory("packet 100000") - base) / size
        lines.append(f"| memory ≤ 3 × the unpacked document, at 100,000 rows: making | {verdict(memory, 3, ' ×')} |")
        memory = (table.memory("build 100000") - table.memory(f"build {counts[0]}")) / size
        lines.append(f"| … the whole build, which holds the workbook's cells too | {verdict(memory, 3, ' ×')} |")
    if all(f"pdf {count}" in table.runs for count in PDF_COUNTS):
        small, large = ((table.seconds(f"pdf {count}"), table.memory(f"pdf {count}")) for count in PDF_COUNTS)
        growth = (large[0] / PDF_COUNTS[1]) / (small[0] / PDF_COUNTS[0])
        what = f"{small[0]:.1f} s for 2,000 rows, {large[0]:.1f} s for 20,000"
        lines.append(f"| PDF: time per row at 20,000 ≤ 1.3 × that at 2,000 ({what}) | {verdict(growth, 1.3, ' ×')} |")
        lines.append(f"| … memory of packet's process ≤ 1,000 MB | {verdict(large[1], 1000, ' MB')} |")
    if 20_000 in counts:
        faster = table.inner("docxtpl 20000")[0] / table.inner("packet 20000")[0]
        lines.append(
            f"| ≥ 5 × faster than docxtpl at 20,000 | {'met' if faster >= 5 else '**not met**'}: {faster:.1f} × |"
        )
    return lines


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


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rounds", type=int, default=5)
    given.add_argument("--most", type=int, default=COUNTS[-1], help="rows of the longest table")
    given.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    chosen = given.parse_args()
    text = written(measure(chosen.rounds, chosen.most), chosen.rounds, chosen.most)
    print(text)
    if chosen.write:
        (REPO / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
