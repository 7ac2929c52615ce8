"""Killed at any moment, a command leaves every file old or new; the next run is right, and nothing is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import AGENCY, CASES, EXPLANATIONS, REPO, UNITS, Desk
from test_damaged import MEETING_INFO
from test_minutes import ROSTER, met, minutes
from test_pdf import eventually

__all__ = ["met"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.office,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc"),
]

# Ends itself at its nth operation on files of the workspace or of its temporary folder. Where the workbooks have been
# read and a build begins, the counting begins: what comes before changes nothing.
DRIVER = """
import os, signal, sys
moment, number, mine = int(os.environ["MOMENT"]), int(os.environ["SIGNAL"]), os.environ["MINE"]
WATCHED = {"open", "os.rename", "os.remove", "os.chmod", "os.mkdir", "os.rmdir", "os.link", "shutil.rmtree",
           "subprocess.Popen", "os.killpg"}
seen = 0
def hook(event, arguments):
    global seen
    if event not in WATCHED:
        return
    if event == "open":
        path, mode, flags = arguments
        if not isinstance(path, str) or not path.startswith(mine) or not flags & (os.O_WRONLY | os.O_RDWR):
            return
    elif event not in ("subprocess.Popen", "os.killpg") and mine not in str(arguments[0]):
        return
    seen += 1
    if seen == moment:
        os.kill(os.getpid(), number)
sys.addaudithook(hook)
from generator.cli.app import main
try:
    main()
finally:
    with open(os.environ["COUNT"], "w") as file:
        file.write(str(seen))
"""


@dataclass
class Bench:
    """A workspace before a command, and what it is to be after it."""

    desk: Desk
    arguments: tuple[str, ...]
    temporary: Path
    old: dict[str, bytes] = field(default_factory=dict)

    def start(self, moment: int, number: int) -> subprocess.Popen[bytes]:
        places = {"TMPDIR": str(self.temporary), "COUNT": str(self.desk.root.parent / "count")}
        given = {"MOMENT": str(moment), "SIGNAL": str(int(number)), "MINE": str(self.desk.root.parent)}
        return subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", DRIVER, "--workspace", str(self.desk.root), *self.arguments],
            env={**os.environ, **places, **given},
            cwd=REPO,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, moment: int = 0, number: int = signal.SIGKILL) -> tuple[int, str]:
        process = self.start(moment, number)
        output, _ = process.communicate(timeout=300)
        return process.returncode, output.decode()


def files(root: Path) -> dict[str, bytes]:
    """What is delivered: all below output/ but the program's own notes."""
    found = {}
    for path in (root / "output").rglob("*"):
        name = path.relative_to(root / "output").as_posix()
        if path.is_file() and not name.startswith(".packet/"):
            found[name] = path.read_bytes()
    return found


def offices(folder: Path) -> list[str]:
    """The command lines of the processes that work in a folder."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if str(folder) in line and "-c" not in line.split()[:4]:
                found.append(line)
    return found


def left(bench: Bench) -> list[str]:
    """What is left behind: temporary files anywhere, and processes of LibreOffice (given a moment to end)."""
    limit = time.monotonic() + 30
    while offices(bench.temporary) and time.monotonic() < limit:
        time.sleep(0.05)
    below = bench.desk.root.rglob(".packet-*")
    return [*offices(bench.temporary), *map(str, bench.temporary.iterdir()), *map(str, below)]


def waited(bench: Bench) -> None:
    """Until what the killed command started has ended: LibreOffice ends itself within a moment."""
    assert eventually(lambda: not offices(bench.temporary)), offices(bench.temporary)


def same(name: str, content: bytes, good: dict[str, bytes]) -> bool:
    """Whether a file is that of a finished run. Manifests and PDFs hold times; whole is what they must be."""
    if name not in good:
        return False
    if name.endswith(".pdf"):
        return content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]
    if name.endswith(".eml"):
        return content.rstrip().endswith(b"--")
    if name.endswith(".zip"):
        return b"PK\5\6" in content[-100:]
    if name.endswith((".json", "SHA256SUMS.txt", ".odt", ".odp", ".ods", ".ics")):
        return len(content) > 10
    return content == good[name]


@pytest.fixture
def bench(met: Desk, tmp_path: Path) -> Bench:
    """A meeting that was built, mailed, released and published, and whose workbook was then changed."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    for name in met.root.glob("templates/信件 *.txt"):
        text = name.read_text("utf-8-sig")
        heads = "收件者：召集人\n" + text[text.index("主旨") :]
        name.write_text(heads, "utf-8")
    heading, *lines = ROSTER.strip().splitlines()
    roster = [f"{heading} 電子郵件 |", *(f"{line} a@example.gov.tw |" for line in lines)]
    agency = AGENCY + "| 電子郵件 | group@example.gov.tw |\n"
    met.book("機關.xlsx", 機關=agency, 單位=UNITS, 委員="\n".join(roster))
    small(met)
    return Bench(met, (), temporary)


def small(desk: Desk, subject: str = "開放一案") -> None:
    """Few documents: LibreOffice is what takes the time."""
    desk.meeting(會議資訊=MEETING_INFO, 案由=CASES.replace("開放一案", subject), 說明=EXPLANATIONS)
    minutes(desk)


def tried(bench: Bench, tmp_path: Path, signals: Callable[[int], int], most: int) -> int:
    """Kills the command at up to ``most`` moments spread over the whole of it; returns at how many it was."""
    start = tmp_path / "start"
    shutil.copytree(bench.desk.root, start, symlinks=True)
    old = files(start)
    code, output = bench.run()
    assert code == 0, output
    assert left(bench) == []
    new = files(bench.desk.root)
    count = int((bench.desk.root.parent / "count").read_text())
    step, killed = max(1, count // most), 0
    for moment in range(1, count + 1, step):
        shutil.rmtree(bench.desk.root)
        shutil.copytree(start, bench.desk.root, symlinks=True)
        number = signals(moment)
        code, output = bench.run(moment, number)
        killed += code != 0
        where = (bench.arguments, moment, number, output)
        for name, content in files(bench.desk.root).items():
            assert content == old.get(name) or same(name, content, new), (name, where)
        waited(bench)
        code, output = bench.run()
        assert code == 0, (where, output)
        now = files(bench.desk.root)
        assert now.keys() == new.keys(), where
        assert all(same(name, content, new) for name, content in now.items()), where
        assert left(bench) == [], where
    return killed


COMMANDS = {
    "build": ("build", "113-1", "--format", "docx,pdf"),
    "mail": ("mail", "113-1"),
    "release": ("release", "113-1", "--reason", "測試"),
    "publish": ("publish", "113-1"),
}
# For each command, of both signals. ``make kills`` takes 28, together more than a hundred.
MOMENTS = int(os.environ.get("PACKET_KILL_MOMENTS", "7"))
TURNS = 12 if MOMENTS > 7 else 4


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_killed_at_any_moment_loses_nothing_and_leaves_nothing(
    bench: Bench, tmp_path: Path, command: str
) -> None:
    bench.arguments = COMMANDS[command]
    if command != "release":
        # Something old is there: a release is never replaced.
        code, output = bench.run()
        assert code == 0, output
        small(bench.desk, "停放一案")
    killed = tried(bench, tmp_path, lambda moment: (signal.SIGTERM, signal.SIGKILL)[moment % 2], MOMENTS)
    assert killed >= MOMENTS * 0.8, killed


def test_a_watch_that_is_killed_while_it_builds_leaves_nothing(bench: Bench) -> None:
    bench.arguments = ("watch", "113-1")
    for turn in range(TURNS):
        small(bench.desk, f"第{turn}次一案")
        process = bench.start(0, signal.SIGKILL)
        # Later each time: while it loads, renders, converts, writes, waits.
        time.sleep(0.5 + turn * 8.4 / TURNS)
        process.send_signal((signal.SIGTERM, signal.SIGKILL)[turn % 2])
        process.communicate(timeout=60)
        waited(bench)
        good = bench.desk.root / "output" / "113-1"
        assert all(path.stat().st_size > 10 for path in good.glob("*")) if good.exists() else True
    bench.arguments = COMMANDS["build"]
    code, output = bench.run()
    assert code == 0, output
    assert f"第{TURNS - 1}次一案" in bench.desk.texts()["03 討論事項第一案"]
    assert left(bench) == []
