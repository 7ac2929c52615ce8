"""A hundred and twenty meetings in one run: what one costs, and what more workers save."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from bench.measuring import HEAD, MEETING, PACKET, Table, run, verdict, workspace

AGENCIES, EACH = 30, 4
# With PDFs all would take more than ten minutes.
SAMPLE = 8
WORKERS = (1, 2)
WITH_WORKERS = """
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from generator.basic.workspace import Workspace
from generator.build import many
if __name__ == "__main__":
    with ProcessPoolExecutor(int(sys.argv[2])) as executor:
        for outcome in many.build_all(Workspace(Path(sys.argv[1])), executor=executor):
            assert outcome.report is not None and outcome.report.exit_code == 0, outcome
"""


def meetings(root: Path, count: int) -> Path:
    """A workspace with so many meetings."""
    workspace(root)
    for number in range(count):
        name = f"113-{number + 1}"
        if name != MEETING:
            shutil.copytree(root / "inputs" / MEETING, root / "inputs" / name)
    return root


def measure(place: Path, table: Table) -> None:
    root = meetings(place / "many", AGENCIES * EACH)
    every = [*PACKET, "--workspace", root, "build", "--all", "--format", "docx"]
    table.measure("many docx", lambda: run(every))
    for _ in range(3):
        table.measure("many same", lambda: run(every))
    sample = meetings(place / "sample", SAMPLE)
    (place / "workers.py").write_text(WITH_WORKERS, encoding="utf-8")
    for workers in WORKERS:
        shutil.rmtree(sample / "output", ignore_errors=True)
        command = [sys.executable, place / "workers.py", sample, str(workers)]
        table.measure(f"sample {workers}", lambda command=command: run(command))


def written(table: Table) -> list[str]:
    count = AGENCIES * EACH
    same = verdict(table.cpu("many same") / count * 1000, 20, " ms of processor time a meeting")
    lines = [
        "## Many meetings",
        "",
        f"{count} meetings ({AGENCIES} agencies, {EACH} each) in one workspace, each as large as 113-1, by one "
        "`packet build --all`; with PDFs",
        f"{SAMPLE} of them.",
        "",
        *HEAD,
        table.row("", f"{count} meetings, .docx only", "many docx", "", _each(table, "many docx", count)),
        table.row("", "… again, with nothing changed", "many same", "≤ 20 ms a meeting", same),
    ]
    for workers in WORKERS:
        name = f"sample {workers}"
        what = f"{SAMPLE} meetings with PDFs, {workers} {'worker' if workers == 1 else 'workers'}"
        lines.append(table.row("", what, name, "", _each(table, name, SAMPLE)))
    fewer, more = (table.seconds(f"sample {workers}") for workers in WORKERS)
    met = "met" if more < fewer else "**not met**"
    target = f"| time per meeting falls as workers are added | {met}: {more / fewer:.2f} × with two |"
    return [*lines, "", "| target | |", "| --- | --- |", target]


def _each(table: Table, name: str, count: int) -> str:
    return f"{table.seconds(name) / count:.2f} s, {table.cpu(name) / count:.2f} s of processor time a meeting"
