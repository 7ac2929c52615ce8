"""A table of many rows: made by packet and by others, built, and converted to PDF."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl

from bench.measuring import BENCH, MEETING, Run, Table, build, run, shown, verdict, workspace

COUNTS = (200, 2_000, 20_000, 100_000)
# The others take minutes for more.
MOST_OF_OTHERS = 20_000
IN_PYTHON = ("docxtpl", "python-docx")
IN_NODE = ("docxtemplater", "easy-template-x")
PANDOC = "pandoc"
# The PDF of a long table is made once; it takes a while.
PDF_COUNTS = (2_000, 20_000)


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


def measure(place: Path, table: Table, most: int) -> None:
    large = {count: meeting_with(count, place / f"rows-{count}") for count in COUNTS if count <= most}
    node, into = _node(place), place / "rows.docx"
    for turn in range(table.rounds + 1):
        for count, root in large.items():
            shutil.rmtree(root / "output", ignore_errors=True)
            table.measure(f"build {count}", lambda root=root: build(root, "--format", "docx"), turn)
            ways = [("packet", [sys.executable, BENCH / "rows.py", "packet", str(count), into])]
            if count <= MOST_OF_OTHERS:
                ways += [(way, [sys.executable, BENCH / "rows.py", way, str(count), into]) for way in IN_PYTHON]
                ways += [(way, ["node", node, way, str(count), into]) for way in IN_NODE if node]
            for way, command in ways:
                table.measure(f"{way} {count}", lambda command=command: run(command), turn)
            if shutil.which(PANDOC) and count <= MOST_OF_OTHERS:
                table.measure(f"{PANDOC} {count}", lambda count=count: _pandoc(count, place), turn)


def measure_pdf(place: Path, table: Table, most: int) -> None:
    for count in PDF_COUNTS:
        if count <= most:
            root = meeting_with(count, place / f"pdf-{count}")
            table.measure(f"pdf {count}", lambda root=root: build(root))


def _node(place: Path) -> Path | None:
    """Where the libraries of Node.js can be run, installed for that; None without Node.js and npm."""
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    folder = place / "node"
    folder.mkdir()
    for name in ("package.json", "templaters.js"):
        shutil.copy(BENCH / name, folder)
    npm = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(npm, cwd=folder, capture_output=True, check=False)
    return folder / "templaters.js" if done.returncode == 0 else None


def _pandoc(count: int, place: Path) -> Run:
    """pandoc from CSV, with packet's template as its reference.docx. It is measured as a whole."""
    from bench import rows

    source = place / f"rows-{count}.csv"
    if not source.is_file():
        lines = [rows.HEADINGS, *(rows.row(number) for number in range(1, count + 1))]
        source.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
    return run([PANDOC, "-f", "csv", "-t", "docx", f"--reference-doc={rows.TEMPLATE}", "-o", place / "p.docx", source])


def written(table: Table, most: int) -> list[str]:
    counts = [count for count in COUNTS if count <= most]
    others = [*IN_PYTHON, *IN_NODE, PANDOC]
    headings = ["rows", "build (s)", "peak (MB)", "packet (s)", "memory (MB)", "unpacked (MB)"]
    headings += [f"{way} (s)" for way in others]
    lines = [
        "## A long table",
        "",
        "One attachment of five columns. *Build* is a whole `packet build --format docx` of 113-1 with it. The others",
        "make the table alone, imports left out: packet's template layer, docxtpl on the same template, python-docx",
        "adding rows, docxtemplater and easy-template-x on a plainer template of their own. pandoc makes it from CSV,",
        "with packet's template as its reference.docx, and is measured from its start. *Memory* is the peak of the",
        "process of packet, less what it takes for 200 rows; *unpacked* is the size of the document's parts.",
        "",
        f"| {' | '.join(headings)} |",
        f"| {' | '.join(['---:'] * len(headings))} |",
    ]
    base = table.memory(f"packet {counts[0]}")
    for count in counts:
        own, size = table.inner(f"packet {count}")
        times = [_time(table, way, count) for way in others]
        memory = table.memory(f"packet {count}") - base
        peak = table.memory(f"build {count}")
        cells = [f"{count:,}", shown(table.seconds(f"build {count}")), f"{peak:.0f}", f"{own:.3f}", f"{memory:.0f}"]
        lines.append(f"| {' | '.join([*cells, f'{size:.1f}', *times])} |")
    lacking = [way for way in others if f"{way} {counts[0]}" not in table.runs]
    if lacking:
        lines += ["", f"Not to be had on this machine: {', '.join(lacking)}."]
    return [*lines, "", "| target | |", "| --- | --- |", *_targets(table, counts, base)]


def _time(table: Table, way: str, count: int) -> str:
    name = f"{way} {count}"
    if name not in table.runs:
        return "—"
    return shown(table.seconds(name) if way == PANDOC else table.inner(name)[0])


def _targets(table: Table, counts: list[int], base: float) -> list[str]:
    lines = []
    if 100_000 in counts:
        growth = (table.inner("packet 100000")[0] / 100_000) / (table.inner("packet 2000")[0] / 2_000)
        whole = (table.cpu("build 100000") / 100_000) / (table.cpu("build 2000") / 2_000)
        lines.append(f"| time per row at 100,000 ≤ 1.3 × that at 2,000: making | {verdict(growth, 1.3, ' ×')} |")
        lines.append(f"| … the whole build, processor time | {verdict(whole, 1.3, ' ×')} |")
        size = table.inner("packet 100000")[1]
        memory = (table.memory("packet 100000") - base) / size
        lines.append(f"| memory ≤ 3 × the unpacked document, at 100,000 rows: making | {verdict(memory, 3, ' ×')} |")
        memory = (table.memory("build 100000") - table.memory(f"build {counts[0]}")) / size
        lines.append(f"| … the whole build, which holds the workbook's cells too | {verdict(memory, 3, ' ×')} |")
    if 20_000 in counts:
        faster = table.inner("docxtpl 20000")[0] / table.inner("packet 20000")[0]
        met = "met" if faster >= 5 else "**not met**"
        lines.append(f"| ≥ 5 × faster than docxtpl at 20,000 | {met}: {faster:.1f} × |")
    return lines


def pdf_written(table: Table) -> list[str]:
    if any(f"pdf {count}" not in table.runs for count in PDF_COUNTS):
        return []
    lines = [
        "## The PDF of a long table",
        "",
        "A cold build of 113-1 with PDFs and the table of above, once each. *Peak* is that of the largest process.",
        "",
        "| rows | seconds | processor (s) | per row (ms) | peak (MB) |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    each = []
    for count in PDF_COUNTS:
        name = f"pdf {count}"
        each.append(table.cpu(name) / count)
        cells = [f"{count:,}", shown(table.seconds(name)), f"{table.cpu(name):.1f}", f"{each[-1] * 1000:.2f}"]
        lines.append(f"| {' | '.join(cells)} | {table.memory(name):.0f} |")
    growth, peak = each[1] / each[0], table.memory(f"pdf {PDF_COUNTS[1]}")
    return [
        *lines,
        "",
        "| target | |",
        "| --- | --- |",
        f"| processor time per row at 20,000 ≤ 1.3 × that at 2,000 | {verdict(growth, 1.3, ' ×')} |",
        f"| peak memory ≤ 1,000 MB | {verdict(peak, 1000, ' MB')} |",
    ]
