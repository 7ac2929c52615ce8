"""One packet: cold, after one changed cell, unchanged; against a bare LibreOffice and the script one would write."""

from __future__ import annotations

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
from generator.pdf import sharing

ALONE = """
import sys
from generator.pdf import sharing
sharing.usable_cores = lambda: 1
from generator.cli.app import main
sys.argv = ["packet", "--workspace", sys.argv[1], "build", sys.argv[2]]
main()
"""
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
        cold = workspace(place / "cold")
        table.measure("cold", lambda cold=cold: build(cold), turn)
        alone = [sys.executable, "-c", ALONE, workspace(place / "alone"), MEETING]
        table.measure("cold alone", lambda alone=alone: run(alone), turn)
        hand = [sys.executable, BENCH / "script.py", workspace(place / "script"), MEETING, place / "by-hand"]
        table.measure("script", lambda hand=hand: run(hand), turn)
        table.measure("floor", lambda: floor(sources, place / "floor"), turn)
        table.measure("floor of one", lambda: floor(sources[:1], place / "floor"), turn)
        change_one_cell(steady, turn)
        table.measure("changed", lambda: build(steady), turn)
        table.measure("beside", lambda turn=turn: beside(steady, turn, place), turn)
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


def watched(root: Path, number: int) -> Run:
    """From the save of one changed cell to the line that says what was built, while ``packet watch`` is at work."""
    command = [*PACKET, "--workspace", str(root), "watch", MEETING]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment())
    ORPHANS.leave(process.pid)
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


def beside(root: Path, number: int, place: Path) -> Run:
    """A build after one changed cell, while another program in the workspace keeps a LibreOffice warm."""
    any_document = next((root / "output" / MEETING).glob("*.docx"))
    command = [sys.executable, "-c", WARM, str(root / "output" / ".packet"), str(any_document), str(place / "warm")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment())
    ORPHANS.leave(process.pid)
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


def written(table: Table) -> list[str]:
    cold, script, lowest = (table.seconds(name) for name in ("cold", "script", "floor"))
    nothing, helped = table.seconds("pass"), table.seconds("help")
    targets = f"{verdict(cold / lowest, 1.0, ' × c')}; {verdict(cold / script, 0.25, ' × b')}"
    changed = verdict(table.seconds("changed") / cold, 0.5, " × a")
    warm = verdict(table.seconds("beside") / cold, 0.25, " × a")
    own = verdict(table.cpu("changed docx"), 0.6, " s of processor time")
    same = verdict(table.seconds("same") - nothing, 0.5, " s more")
    quick = verdict(helped - nothing, 0.15, " s more")
    lines = [
        "## A packet",
        "",
        *HEAD,
        table.row("a", "cold build of 113-1 with PDFs", "cold", "≤ 1.0 × c, ≤ 0.25 × b", targets),
        table.row("", "… with one LibreOffice", "cold alone", "", f"{table.seconds('cold alone') / lowest:.2f} × c"),
        table.row("b", "the script one would write instead", "script"),
        table.row("c", "the floor: one soffice call on the same documents", "floor"),
        table.row("", "… on one of them, the floor of d", "floor of one"),
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
        f"Of d, {table.seconds('floor of one'):.2f} s are LibreOffice's start and one document, "
        f"{table.seconds('changed') - table.seconds('floor of one'):.2f} s all else",
        "that is not done while it starts. Only one that runs already saves more. The time of `packet watch` includes",
        "0.3 s in which it waits for a save to be complete. Of `beside`, the processor time has only the build's own.",
        "",
        *_model(table),
    ]


def _model(table: Table) -> list[str]:
    """What the model of decision 0124 says with the times of this run, for numbers of cores."""
    each = (table.cpu("floor") - table.cpu("floor of one")) / (table.documents - 1)
    start = table.cpu("floor of one") - each
    before = table.cpu("docx")
    joining = max(table.cpu("cold alone") - before - start - table.documents * each, 0)
    lines = [
        "By the model of decision 0124, with the processor times of this run: a start of LibreOffice "
        f"{start:.2f} s, a document {each:.3f} s,",
        f"the program's own work before the last document is rendered {before:.2f} s, for the pages {joining:.2f} s.",
        "",
        "| cores | LibreOffices | cold build by the model | target | |",
        "| ---: | ---: | ---: | --- | --- |",
    ]
    for cores, target in ((1, 0.0), (2, 1.0), (4, 0.7)):
        count = sharing.best(table.documents, cores)
        ready = max(before, start, (before + count * start) / cores)
        whole = (ready + table.documents * each / min(count, cores) + joining) / table.cpu("floor")
        met = verdict(whole, target, " × c") if target else ""
        lines.append(f"| {cores} | {count} | {whole:.2f} × c | {f'≤ {target} × c' if target else ''} | {met} |")
    least = (max(before, start) + each + joining) / table.cpu("floor")
    lines += [
        "",
        f"With cores without end the model gives {least:.2f} × c: rendering is done one document after the other.",
    ]
    return lines
