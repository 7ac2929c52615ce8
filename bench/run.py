"""The measurements behind docs/benchmarks.md: run.py [--only packet,tables,pdf,meetings] [--rounds 7] [--write]

Everything is measured as a whole process, from its start to its end, in turn (a b c … a b c …), after one round that
counts only where it is slow; what stands in the table are medians.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from bench import meetings, packet, tables
from bench.measuring import REPO, ROUNDS_OF_SLOW, SLOW, Table, machine

PARTS = ("packet", "tables", "pdf", "meetings")


# What stands below the tables: why a target can be missed, and what the floor is.
WHY = """## What is missed, and why

- **d beside a warm LibreOffice** is measured against a cold build that takes less than one bare call of LibreOffice: a
  quarter of it is little more than the program's own work for one changed cell (`.docx only`), of which a third is the
  loading of modules, python-docx, docxtpl and pikepdf among them. What comes on top is one document by LibreOffice,
  and the packet joined anew; both together are the difference. The floor is `.docx only`.
- **four cores**, by the model: documents are rendered one after the other, and LibreOffice keeps up with that on three
  cores. The floor is the program's own work until the last document is rendered, one document, and the pages joined."""


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rounds", type=int, default=7)
    given.add_argument("--most", type=int, default=tables.COUNTS[-1], help="rows of the longest table")
    given.add_argument("--only", default=",".join(PARTS), help=f"parts to measure: {', '.join(PARTS)}")
    given.add_argument("--write", action="store_true", help="write docs/benchmarks.md, if all parts are measured")
    chosen = given.parse_args()
    parts = [part for part in PARTS if part in chosen.only.split(",")]
    started, load = time.monotonic(), os.getloadavg()[0]
    table = Table(chosen.rounds)
    sections: list[list[str]] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        place = Path(name)
        if "packet" in parts:
            packet.measure(place, table)
            sections.append(packet.written(table))
        if "tables" in parts:
            tables.measure(place, table, chosen.most)
            sections.append(tables.written(table, chosen.most))
        if "pdf" in parts:
            tables.measure_pdf(place, table, chosen.most)
            sections.append(tables.pdf_written(table))
        if "meetings" in parts:
            meetings.measure(place, table)
            sections.append(meetings.written(table))
    minutes = (time.monotonic() - started) / 60
    fewer = min(ROUNDS_OF_SLOW, chosen.rounds + 1)
    lines = [
        "# Benchmarks",
        "",
        f"Made by `make bench` in {minutes:.1f} minutes, with a load of {load:.1f} at its start; bench/README.md says",
        f"what is measured. Medians of {chosen.rounds} runs, of most of what takes more than {SLOW:.0f} s of {fewer},",
        "in turn after one that counts only where it is slow, each a whole process. *Processor* is user and system",
        "time of all processes, LibreOffice's too.",
        "",
        machine(),
    ]
    for section in sections:
        lines += ["", *section]
    if parts == [*PARTS]:
        lines += ["", WHY]
    text = "\n".join(lines) + "\n"
    print(text)
    if chosen.write and parts == [*PARTS]:
        (REPO / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
