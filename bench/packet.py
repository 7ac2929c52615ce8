"""One packet: cold, after one changed cell, unchanged; against a bare LibreOffice and the script one would write."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.measuring import (
    BENCH,
    HEAD,
    MEETING,
    ORPHANS,
    PACKET,
    Run,
    Table,
    build,
    change_one_cell,
    environment,
    run,
    verdict,
    workspace,
)
from generator.pdf import office as pdf
from generator.pdf import process, sharing

# Measured each round however slow: what ratios are made of.
NEVER = float("inf")
TIMES_OF_COLD = 3
WARM = """
import sys
from pathlib import Path
from generator.pdf.office import Office
with Office() as office, office.lent(Path(sys.argv[1])):
    office.convert([Path(sys.argv[2])], "pdf", Path(sys.argv[3]), timeout=60)
    print("ready", flush=True)
    sys.stdin.readline()
"""


def measure(place: Path, table: Table) -> None:
    steady = workspace(place / "steady")
    build(steady)
    sources = sorted(path for path in (steady / "output" / MEETING).iterdir() if path.suffix in (".docx", ".pptx"))
    table.documents = len(sources)
    packet = [*PACKET, "--workspace", steady]
    for turn in range(table.rounds + 1):
        # One uses both cores and the other one of them: a busy neighbour of this machine shows most in their ratio.
        for _ in range(TIMES_OF_COLD):
            cold = workspace(place / "cold")
            table.measure("cold", lambda cold=cold: build(cold), turn, slow=NEVER)
            table.measure("floor", lambda: floor(sources, place / "floor"), turn, slow=NEVER)
        change_one_cell(steady, turn)
        table.measure("changed", lambda: build(steady), turn, slow=NEVER)
        table.measure("beside", lambda turn=turn: beside(steady, turn, place), turn, slow=NEVER)
        hand = [sys.executable, BENCH / "script.py", workspace(place / "script"), MEETING, place / "by-hand"]
        table.measure("script", lambda hand=hand: run(hand), turn)
        table.measure("floor of one", lambda: floor(sources[:1], place / "floor"), turn)
        table.measure("one", lambda: as_packet_does(sources[:1], place / "floor"), turn)
        table.measure("watch", lambda turn=turn: watched(steady, turn), turn)
        change_one_cell(steady, 2000 + turn)
        table.measure("changed docx", lambda: build(steady, "--format", "docx"), turn)
        build(steady)
        table.measure("same", lambda: build(steady), turn)
        plain = workspace(place / "plain")
        table.measure("docx", lambda plain=plain: build(plain, "--format", "docx"), turn)
        table.measure("check", lambda: run([*packet, "check", MEETING]), turn)
        table.measure("figures", lambda: run([*packet, "figures", MEETING]), turn)
        table.measure("help", lambda: run([*PACKET, "--help"]), turn)
        table.measure("pass", lambda: run([sys.executable, "-c", "pass"]), turn)


def floor(sources: Sequence[Path], into: Path) -> Run:
    """One plain call of LibreOffice for all documents, with a profile of its own as every first call has."""
    office = pdf.find_office()
    assert office is not None
    with tempfile.TemporaryDirectory() as profile:
        options = [f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", "pdf"]
        command = [office, *options, "--outdir", into, *sources]
        return run(command, FONTCONFIG_FILE=str(pdf.FONT_MAP))


def as_packet_does(sources: Sequence[Path], into: Path) -> Run:
    """The same with the profile and the environment that packet gives LibreOffice."""
    office = pdf.find_office()
    assert office is not None
    with contextlib.closing(process.Session(office)) as session:
        command = [*session.command, *process.OPTIONS, "--convert-to", "pdf", "--outdir", into, *sources]
        return run(command, **process.environment(session.work))


def watched(root: Path, number: int) -> Run:
    """From the save of one changed cell to the line that says what was built, while ``packet watch`` is at work."""
    command = [*PACKET, "--workspace", str(root), "watch", MEETING]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment())
    ORPHANS.leave(running.pid)
    assert running.stdout is not None
    try:
        while "→" not in running.stdout.readline():
            pass
        # LibreOffice is ready by the time that a person has changed a cell.
        time.sleep(3)
        change_one_cell(root, 500 + number)
        started = time.perf_counter()
        line = running.stdout.readline()
        seconds = time.perf_counter() - started
        if "更新" not in line:
            raise RuntimeError(line)
    finally:
        running.terminate()
        running.wait()
    return Run(seconds, float("nan"), line)


def beside(root: Path, number: int, place: Path) -> Run:
    """A build after one changed cell, while another program in the workspace keeps a LibreOffice warm."""
    any_document = next((root / "output" / MEETING).glob("*.docx"))
    command = [sys.executable, "-c", WARM, str(root / "output" / ".packet"), str(any_document), str(place / "warm")]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment())
    ORPHANS.leave(running.pid)
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        if "ready" not in running.stdout.readline():
            raise RuntimeError("no LibreOffice could be kept")
        change_one_cell(root, 1000 + number)
        return build(root)
    finally:
        running.stdin.close()
        running.wait()


def written(table: Table) -> list[str]:
    nothing, helped = table.seconds("pass"), table.seconds("help")
    cold = verdict(table.ratio("cold", "floor"), 1.0, " × c")
    targets = f"{cold}; {verdict(table.ratio('cold', 'script'), 0.25, ' × b')}"
    changed = verdict(table.ratio("changed", "cold"), 0.5, " × a")
    warm = verdict(table.ratio("beside", "cold"), 0.25, " × a")
    own = verdict(table.cpu("changed docx"), 0.6, " s of processor time")
    same = verdict(table.seconds("same") - nothing, 0.5, " s more")
    quick = verdict(helped - nothing, 0.15, " s more")
    lines = [
        "## A packet",
        "",
        *HEAD,
        table.row("a", "cold build of 113-1 with PDFs", "cold", "≤ 1.0 × c, ≤ 0.25 × b", targets),
        table.row("b", "the script one would write instead", "script"),
        table.row("c", "the floor: one soffice call on the same documents", "floor"),
        table.row("", "… on one of them, the floor of d", "floor of one"),
        table.row("", "… the same as packet starts LibreOffice", "one"),
        table.row("d", "rebuild after one changed cell", "changed", "≤ 0.5 × a", changed),
        table.row("", "… beside a program that keeps LibreOffice warm", "beside", "≤ 0.25 × a", warm),
        table.row("", "… while `packet watch` runs, from the save to the report", "watch"),
        table.row("", "… .docx only: the program's own work", "changed docx", "≤ 0.6 s of processor time", own),
        table.row("e", "rebuild with nothing changed", "same", "≤ 0.5 s more than `python -c pass`", same),
        table.row("f", "cold build, .docx only", "docx"),
    ]
    for name in ("check", "figures"):
        met = verdict(table.cpu(name), 0.45, " s of processor time")
        lines.append(table.row("", f"`packet {name} 113-1` after a build", name, "≤ 0.45 s of processor time", met))
    return [
        *lines,
        table.row("g", "`packet --help`", "help", "≤ 0.15 s more than `python -c pass`", quick),
        table.row("", "`python -c pass`", "pass"),
        "",
        "Ratios are medians of those in each round, in which a, c, d and its second row follow each other. The time",
        "of `packet watch` includes 0.3 s in which it waits for a save to be complete. The processor time of the build",
        "beside a warm LibreOffice has only the build's own.",
        "",
        *_model(table),
    ]


def _model(table: Table) -> list[str]:
    """What the model of decision 0609 says with the times of this run, for numbers of cores."""
    each = (table.cpu("floor") - table.cpu("floor of one")) / (table.documents - 1)
    start = table.cpu("one") - each
    whole = table.cpu("docx")
    own = whole * sharing.OWN / (sharing.OWN + sharing.OWN_EACH * table.documents)

    def converted(cores: int) -> tuple[int, float]:
        """The most LibreOffices, and when the last document is converted, in seconds from the start."""
        while_rendering = sharing.best(table.documents, cores)
        capacity = (whole - own) * min(while_rendering, max(cores - 1, 0)) - (while_rendering - 1) * start
        done = min(max(capacity, 0) / each, table.documents - 1)
        left = table.documents - done
        after = sharing.best(left, cores, while_rendering, rendered=True)
        starts = (after - while_rendering) * start
        return after, whole + (left * each + starts) / min(after, cores)

    here = sharing.usable_cores()
    pages = max(table.seconds("cold") - converted(here)[1], 0)
    lines = [
        "By the model of decision 0609, with the processor times of this run: the start of a LibreOffice "
        f"{start:.2f} s, a document",
        f"{each:.3f} s, the program's own work before the first document is rendered {own:.2f} s, and before the last "
        f"{whole:.2f} s;",
        f"what the measurement on {here} cores takes besides, above all the pages after LibreOffice, {pages:.2f} s.",
        "",
        "| cores | LibreOffices | cold build by the model | target | |",
        "| ---: | ---: | ---: | --- | --- |",
    ]
    for cores, target in ((2, 1.0), (4, 0.7), (8, 0.0)):
        count, seconds = converted(cores)
        ratio = (seconds + pages) / table.seconds("floor")
        met = verdict(ratio, target, " × c") if target else f"{ratio:.2f} × c"
        lines.append(f"| {cores} | {count} | {seconds + pages:.2f} s | {f'≤ {target} × c' if target else ''} | {met} |")
    return lines
