"""Seeded mutations of the 113-1 workbooks: whatever staff do to them, the program answers with messages.

    make fuzz                                  at least 5,000 variants of check and 500 of build
    python tests/fuzz.py --variants 500 --seed 7

Each variant changes one to four things in the workbooks, and two of three change the inside of a file besides: of a
workbook (as .xlsx or .ods), of a template or of an attachment. It runs `packet check`; every tenth is built whatever
the check says, half of these with PDFs. A finding is a traceback, a wrong exit code, a problem without a place, more
than 1 GB of memory or 20 s of processor time; its seed reproduces it.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import contextlib
import datetime as dt
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fuzz_files
import openpyxl
from click.testing import CliRunner
from openpyxl.utils.exceptions import IllegalCharacterError

from generator.cli.app import packet
from generator.pdf.from_elsewhere import confined

REPO = Path(__file__).resolve().parents[1]
BUILD_EVERY = 10
MOST_MEGABYTES, MOST_SECONDS = 1000, 20

ATTACHMENTS = fuzz_files.attachments()

Table = list[list[Any]]


class Book:
    """A workbook as plain values, quick to copy, change and write."""

    def __init__(self, sheets: dict[str, Table], merges: list[tuple[str, str]] | None = None) -> None:
        self.sheets = sheets
        self.merges = merges or []

    def copy(self) -> Book:
        return Book({name: [list(row) for row in table] for name, table in self.sheets.items()}, list(self.merges))

    def save(self, path: Path) -> None:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.remove(book.active)
        for name, table in self.sheets.items():
            sheet = book.create_sheet(name)
            for number, row in enumerate(table, start=1):
                for column, value in enumerate(row, start=1):
                    try:
                        sheet.cell(number, column).value = value
                    except (IllegalCharacterError, ValueError):
                        sheet.cell(number, column).value = "?"
        for name, cells in self.merges:
            if name in book.sheetnames:
                book[name].merge_cells(cells)
        book.save(path)


def originals() -> dict[str, Book]:
    """The workbooks of the first meeting, by their path below inputs/."""
    found = {}
    for path in sorted((REPO / "inputs").rglob("*.xlsx")):
        book = openpyxl.load_workbook(path)
        sheets = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
        found[path.relative_to(REPO / "inputs").as_posix()] = Book(sheets)
    return found


TAGS = [
    "{{",
    "}}",
    "{{ }}",
    "{% for x in y %}",
    "{% endfor %}",
    "{% raw %}",
    "{#",
    "{{ 附件() }}",
    "{{ 附件 }}",
    "{{ 附件('無') }}",
    "{{ 會議 }}",
    "{{ 會議.年 }}",
    "{{ 品質檢測.總計|月日 }}",
    "{{ 會議.日期|萬 }}",
    "{{ a.b.c }}",
    "{{ 1/0 }}",
    "{{ 9**9**9 }}",
    "{{ '字' * 99999999 }}",
    "{{ 預定開放['總數'] }}",
    "{{ 會議.日期.year }}",
    "{{ ''.__class__ }}",
    "｛｛ 會議.年度 ｝｝",
    "{{ 會議.年度 }",
    "{% set x = 1 %}{{ x }}",
    "{% if 會議.年度 %}{% endif %}",
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{{ lipsum() }}",
    "{{ 下載統計.名稱[99] }}",
    "{{ 附件(1) }}",
    "{{ 附件(會議) }}",
    "{_{ x }_}",
    "{{ [1,2]|正文 }}",
    "{{ 會議.日期 - 會議.日期 }}",
]
TEXTS = [
    "",
    " ",
    "　",
    "\n",
    "★",
    "＊",
    "０",
    "１１３",
    "113",
    "113/13/45",
    "113年4月29日（星期日）",
    "99999999999999999999",
    "-1",
    "1e9",
    "1,2,3",
    "#REF!",
    "#N/A",
    "=A1",
    "=1+1",
    "_x0001_",
    "_x000D_",
    "總計",
    "單位",
    "案號",
    "<w:p/>",
    "&amp;",
    "]]>",
    'A<B & "C"',
    "\u200b",
    "\ufeff",
    "\ue000",
    "\uf8f1",
    "𠮷",
    "😀",
    "é",
    "\u202e反",
    "ﷺ",
    "\u0301" * 40,
    "x" * 32767,
    "\n" * 200,
    "'",
    "檔案:../x",
    "檔案:/etc/passwd",
    "共用:../機關",
    "工作表:",
    "工作表:會議資訊",
    "工作表:案由",
    "工作表:說明",
    "另附",
    "臨時動議",
    "報告事項",
    "１",
    "1.5",
]

SPANS = [(32, 0x2FF), (0x3000, 0x9FFF), (0xE000, 0xFFFD), (0x1F300, 0x2FA1F)]
KINDS = [
    "swap",
    "type",
    "type",
    "type",
    "tag",
    "text",
    "merge",
    "rename",
    "delete-sheet",
    "heading",
    "drop-row",
    "copy-row",
    "blank-row",
    "title",
    "columns",
    "drop-column",
    "move-sheet",
    "new-sheet",
    "drop-book",
    "copy-book",
]


def some_value(rng: random.Random) -> Any:
    """A value of any type that a cell can hold."""
    makers: list[Callable[[], Any]] = [
        lambda: rng.choice(TEXTS),
        lambda: rng.choice(TAGS),
        lambda: None,
        lambda: rng.choice([0, 1, -1, 113, 11304, 2**31, 10**15, -(10**18)]),
        lambda: rng.choice([0.5, 1.0, -2.5, 1e300, 1e-300, 44000.75]),
        lambda: rng.choice([True, False]),
        lambda: dt.datetime(rng.randint(1900, 2100), rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23)),
        lambda: dt.date(2024, 4, 29),
        lambda: dt.time(rng.randint(0, 23), rng.randint(0, 59)),
        lambda: "".join(chr(rng.choice([rng.randint(*span) for span in SPANS])) for _ in range(rng.randint(1, 12))),
    ]
    return rng.choice(makers)()


def mutate(books: dict[str, Book], rng: random.Random) -> str:
    """One change somewhere; says which."""
    name = rng.choice(sorted(books))
    book = books[name]
    sheet = rng.choice(sorted(book.sheets)) if book.sheets else ""
    table = book.sheets.get(sheet, [])
    rows, columns = len(table), max((len(row) for row in table), default=0)
    if not rows or not columns:
        book.sheets.setdefault("空白", [[None]])
        return f"{name}: nothing to change"
    for line in table:
        line.extend([None] * (columns - len(line)))
    row, column = rng.randrange(rows), rng.randrange(columns)
    other_row, other_column = rng.randrange(rows), rng.randrange(columns)
    kind = rng.choice(KINDS)
    if kind == "swap":
        table[row][column], table[other_row][other_column] = table[other_row][other_column], table[row][column]
    elif kind == "type":
        table[row][column] = some_value(rng)
    elif kind == "tag":
        table[row][column] = f"{table[row][column] or ''}{rng.choice(TAGS)}"
    elif kind == "text":
        text = str(table[row][column] or "")
        place = rng.randint(0, len(text))
        table[row][column] = text[:place] + str(rng.choice(TEXTS)) + text[place:]
    elif kind == "merge":
        low, high = sorted((row, other_row))
        left, right = sorted((column, other_column))
        letters = openpyxl.utils.get_column_letter
        book.merges.append((sheet, f"{letters(left + 1)}{low + 1}:{letters(right + 1)}{high + 1}"))
    elif kind == "rename":
        known = [
            "案由",
            "說明",
            "會議資訊",
            "單位",
            "Sheet1",
            f"{sheet} ",
            sheet[:-1] or "x",
            sheet + "表",
            "統計數字",
            "條文",
        ]
        wanted = rng.choice(known)[:31]
        if wanted.strip() and wanted.lower() not in (other.lower() for other in book.sheets):
            book.sheets = {wanted if key == sheet else key: value for key, value in book.sheets.items()}
    elif kind == "delete-sheet" and len(book.sheets) > 1:
        del book.sheets[sheet]
    elif kind == "heading":
        table[0][column] = rng.choice(
            [None, "", f" {table[0][column]}\n", f"{table[0][column]}x", table[0][other_column], 1]
        )
    elif kind == "drop-row":
        del table[row]
    elif kind == "copy-row":
        table.insert(other_row, list(table[row]))
    elif kind == "blank-row":
        table.insert(row, [None] * columns)
    elif kind == "title":
        table.insert(0, [rng.choice(TEXTS)])
    elif kind == "columns":
        order = rng.sample(range(columns), columns)
        book.sheets[sheet] = [[line[place] if place < len(line) else None for place in order] for line in table]
    elif kind == "drop-column":
        book.sheets[sheet] = [line[:column] + line[column + 1 :] for line in table]
    elif kind == "move-sheet":
        other = books[rng.choice(sorted(books))]
        if sheet not in other.sheets and len(book.sheets) > 1:
            other.sheets[sheet] = book.sheets.pop(sheet)
    elif kind == "new-sheet":
        book.sheets[rng.choice(["備忘", "工作表1", "預定開放2", "附件 1", "說名"])] = [
            ["甲", "乙"],
            [some_value(rng), 1],
        ]
    elif kind == "drop-book" and rng.random() < 0.2:
        del books[name]
    elif kind == "copy-book" and "/" in name and rng.random() < 0.3:
        books[name.replace(".xlsx", " (2).xlsx")] = book.copy()
    return f"{kind} {name}〔{sheet}〕{row},{column}"


class TooLong(BaseException):
    """More processor time than a command may take; no handler of errors may take it for one of its own."""


def variant(seed: int, books: dict[str, Book], folder: Path) -> tuple[list[str], collections.Counter[str]]:
    """Runs one variant in a workspace in ``folder``; returns what is wrong, and the codes reported."""
    rng = random.Random(seed)
    is_build = seed % BUILD_EVERY == 0
    changed = {name: book.copy() for name, book in books.items()}
    # A build is of workbooks that are mostly in order, so that it comes to its end.
    told = [mutate(changed, rng) for _ in range(rng.randint(1, 4))] if not is_build or seed % 3 == 0 else []
    inputs = folder / "inputs"
    shutil.rmtree(inputs, ignore_errors=True)
    for name, book in changed.items():
        (inputs / name).parent.mkdir(parents=True, exist_ok=True)
        book.save(inputs / name)
    (inputs / "113-1").mkdir(exist_ok=True, parents=True)
    told += _damage(changed, folder, random.Random(f"{seed} files"), is_build)
    wrong: list[str] = []
    arguments = ["--workspace", str(folder)]
    checked = _run([*arguments, "check", "113-1", "--json"])
    wrong += _judge("check", checked, (0, 1))
    codes: collections.Counter[str] = collections.Counter()
    if not wrong:
        try:
            problems = json.loads(checked.result.stdout)["problems"]
        except ValueError:
            problems = []
            wrong.append(f"check: no JSON: {checked.result.stdout[:300]}")
        for found in problems:
            codes[found["code"]] += 1
            if not found["workbook"]:
                wrong.append(f"no place: {found}")
    if is_build and not wrong:
        formats = "docx,pdf" if seed % (2 * BUILD_EVERY) == 0 else "docx"
        # 3: LibreOffice did not convert a document whose template is damaged.
        wrong += _judge("build", _run([*arguments, "build", "113-1", "--format", formats]), (0, 1, 3))
        shutil.rmtree(folder / "output", ignore_errors=True)
    return [f"seed {seed}: {one}\n  after {told}" for one in wrong], codes


def _damage(books: dict[str, Book], folder: Path, rng: random.Random, is_build: bool) -> list[str]:
    """Damages the inside of files; says what. The templates of ``folder`` are copied for that and put back after."""
    templates = folder / "templates"
    if (folder / "whole").is_dir():
        shutil.rmtree(templates, ignore_errors=True)
        shutil.copytree(folder / "whole", templates)
    else:
        shutil.copytree(templates, folder / "whole")
    told = []
    kind = rng.choice(("nothing", "workbook", "attachment") if not is_build else ("template", "attachment", "template"))
    if kind == "workbook" and books:
        name = rng.choice(sorted(books))
        path = folder / "inputs" / name
        if rng.random() < 0.4:
            path.unlink()
            path = path.with_suffix(".ods")
            path.write_bytes(fuzz_files.as_ods(books[name].sheets))
        content, what = fuzz_files.damaged(path.read_bytes(), rng)
        path.write_bytes(content)
        told.append(f"{path.name}: {what}")
    elif kind == "attachment" and "附件" in books.get("113-1/會議.xlsx", Book({})).sheets:
        book = books["113-1/會議.xlsx"]
        lies = folder / "inputs/113-1/附件"
        lies.mkdir(exist_ok=True)
        for name in rng.sample(sorted(ATTACHMENTS), 2):
            content, what = fuzz_files.damaged(ATTACHMENTS[name], rng)
            (lies / name).write_bytes(content)
            book.sheets["附件"].append(["討1", f"檔案{name[0]}", f"檔案:{name}", None, None, None])
            told.append(f"{name}: {what}")
        book.save(folder / "inputs/113-1/會議.xlsx")
    elif kind == "template":
        path = rng.choice(sorted(path for path in templates.iterdir() if path.suffix in (".docx", ".pptx")))
        content, what = fuzz_files.damaged(path.read_bytes(), rng)
        path.write_bytes(content)
        told.append(f"{path.name}: {what}")
    return told


class Ran:
    """A command that has run, and what it took."""

    def __init__(self, result: Any, seconds: float, megabytes: float) -> None:
        self.result, self.seconds, self.megabytes = result, seconds, megabytes


def _run(arguments: list[str]) -> Ran:
    def stop(number: int, frame: Any) -> None:
        raise TooLong

    for place in Path("/proc/self/clear_refs"), Path(f"/proc/{_child()}/clear_refs"):
        with contextlib.suppress(OSError):
            place.write_text("5")  # the most memory is counted anew
    before = os.times()
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS + 5)
    try:
        result: Any = CliRunner().invoke(packet, arguments)
    except TooLong:
        result = None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    after = os.times()
    return Ran(result, sum(after[:4]) - sum(before[:4]), max(_peak("self"), _peak(_child())))


def _child() -> str:
    return str(confined._running.process.pid) if confined._running else "none"


def _peak(process: str) -> float:
    """The most memory a process had, in MB; 0 where it is not known."""
    try:
        return int(re.findall(r"VmHWM:\s*(\d+)", Path("/proc", process, "status").read_text())[0]) / 1000
    except (OSError, IndexError):
        return 0.0


def _judge(command: str, ran: Ran, allowed: tuple[int, ...]) -> list[str]:
    result = ran.result
    if result is None or ran.seconds > MOST_SECONDS or ran.megabytes > MOST_MEGABYTES:
        return [f"{command}: {ran.seconds:.1f} s, {ran.megabytes:.0f} MB"]
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        lines = traceback.format_exception(*result.exc_info)[-3:]
        return [f"{command}: {''.join(lines)}"]
    return [] if result.exit_code in allowed else [f"{command}: exit {result.exit_code}: {result.output[-300:]}"]


def slice_of(seeds: range) -> tuple[list[str], collections.Counter[str]]:
    """Runs the variants of these seeds, one after another."""
    books = originals()
    wrong: list[str] = []
    codes: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(REPO / "templates", folder / "templates")
        for seed in seeds:
            more, seen = variant(seed, books, folder)
            wrong += more
            codes += seen
    return wrong, codes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=75, help="no new slice is begun after this time")
    given = parser.parse_args()
    start = time.monotonic()
    step = 50
    slices = [
        range(low, min(low + step, given.seed + given.variants))
        for low in range(given.seed, given.seed + given.variants, step)
    ]
    wrong: list[str] = []
    codes: collections.Counter[str] = collections.Counter()
    tried = 0
    with concurrent.futures.ProcessPoolExecutor(given.workers) as pool:
        waiting = collections.deque(slices)
        running: dict[Any, range] = {}
        while waiting or running:
            while waiting and len(running) < given.workers and time.monotonic() - start < given.minutes * 60:
                seeds = waiting.popleft()
                running[pool.submit(slice_of, seeds)] = seeds
            if not running:
                break
            done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                seeds = running.pop(future)
                more, seen = future.result()
                tried += len(seeds)
                if tried % 500 == 0:
                    print(f"{tried} variants, {len(wrong) + len(more)} findings", flush=True)
                wrong += more
                codes += seen
    for finding in wrong[:40]:
        print(finding)
    print("problems reported:", ", ".join(f"{code} {number}" for code, number in codes.most_common()))
    print(f"{tried} variants in {time.monotonic() - start:.0f} s, {len(wrong)} findings")
    sys.exit(1 if wrong or tried < given.variants else 0)


if __name__ == "__main__":
    main()
