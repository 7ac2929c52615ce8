"""``packet watch``: one build for each save that changes something, and none for anything else."""

from __future__ import annotations

import gc
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
import watchfiles

from generator.basic import garbage
from generator.basic.workspace import MeetingId, Workspace
from generator.build import examine as examination
from generator.build import story
from generator.build import watch as watching
from generator.build.watch import Turn
from tests.conftest import Desk, docx_text

LONGEST = 120.0


class Watch:
    """The watch at work in a thread of its own; its turns come out one by one."""

    def __init__(self, root: Path, patience: float = 8.0) -> None:
        workspace, meeting = Workspace(root), MeetingId(113, 1)
        self.turns: queue.Queue[Turn] = queue.Queue()
        self.stop = threading.Event()

        def work() -> None:
            def one() -> story.Report:
                return story.build(workspace, meeting, (), ("docx",))

            for turn in watching.watch(workspace, meeting, one, self.stop, patience):
                self.turns.put(turn)

        self.thread = threading.Thread(target=work)
        self.thread.start()

    def next(self) -> Turn:
        """The next turn; the test fails where none comes."""
        return self.turns.get(timeout=LONGEST)

    def nothing_for(self, seconds: float) -> bool:
        """Whether no turn comes for so long."""
        try:
            self.turns.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def end(self) -> None:
        self.stop.set()
        self.thread.join(LONGEST)
        assert not self.thread.is_alive()


@pytest.fixture(autouse=True)
def _without_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")


@pytest.fixture
def start(desk: Desk) -> Iterator[Callable[..., Watch]]:
    begun: list[Watch] = []

    def begin(**given: float) -> Watch:
        begun.append(Watch(desk.root, **given))
        return begun[-1]

    yield begin
    for one in begun:
        one.end()


def save(desk: Desk, place: str) -> None:
    """Saves the meeting's workbook with another place, as a program that keeps it open does."""
    path = desk.root / "inputs" / "113-1" / "會議.xlsx"
    book = openpyxl.load_workbook(path)
    book["會議資訊"]["B4"] = place
    book.save(path)


def save_as_excel_does(desk: Desk, place: str) -> None:
    """Writes aside under a name without ending, removes the old file, renames; the lock file comes and goes."""
    path = desk.root / "inputs" / "113-1" / "會議.xlsx"
    lock, aside, old = (path.with_name(name) for name in ("~$會議.xlsx", "A7C31F00", "B2D4E610.tmp"))
    lock.write_bytes(b"lock")
    book = openpyxl.load_workbook(path)
    book["會議資訊"]["B4"] = place
    book.save(aside)
    os.rename(path, old)
    os.rename(aside, path)
    old.unlink()
    lock.unlink()


def agenda(desk: Desk) -> str:
    return docx_text(desk.output("01 議程.docx"))


@pytest.mark.slow
def test_twenty_saves_are_twenty_builds_and_each_is_of_what_was_saved(desk: Desk, start: Callable[..., Watch]) -> None:
    desk.meeting()
    watch = start()
    assert watch.next().saved == ()
    for number in range(20):
        (save if number % 2 else save_as_excel_does)(desk, f"第{number}號會議室")
        turn = watch.next()
        assert turn.saved == ("會議.xlsx",)
        assert f"第{number}號會議室" in agenda(desk)
    assert watch.nothing_for(2.5)


@pytest.mark.slow
def test_saves_in_quick_succession_end_with_the_last(desk: Desk, start: Callable[..., Watch]) -> None:
    desk.meeting()
    watch = start()
    watch.next()
    for number in range(20):
        save(desk, f"第{number}號會議室")
    until = time.monotonic() + LONGEST
    while ("第19號會議室" not in agenda(desk) or not watch.turns.empty()) and time.monotonic() < until:
        watch.next()
    assert "第19號會議室" in agenda(desk)
    # The last turn may be on its way to the queue.
    watch.nothing_for(1.0)
    assert watch.nothing_for(2.5)


@pytest.mark.slow
def test_what_is_saved_while_the_first_build_runs_is_not_missed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, start: Callable[..., Watch]
) -> None:
    desk.meeting()
    examine, first = examination.examine, threading.Event()

    def slow(*given: object) -> examination.Examined:
        found = examine(*given)  # type: ignore[arg-type]
        if not first.is_set():
            first.set()
            save(desk, "後來改的會議室")
        return found

    monkeypatch.setattr(examination, "examine", slow)
    watch = start()
    watch.next()
    assert watch.next().saved == ("會議.xlsx",)
    assert "後來改的會議室" in agenda(desk)


@pytest.mark.slow
def test_lock_files_temporary_files_and_dates_build_nothing(desk: Desk, start: Callable[..., Watch]) -> None:
    desk.meeting()
    watch = start()
    watch.next()
    folder = desk.root / "inputs" / "113-1"
    for name in ("~$會議.xlsx", ".~lock.會議.xlsx#", "4F2A9900", "會議.xlsx.tmp", "lu8812.tmp"):
        (folder / name).write_bytes(b"x")
        (folder / name).unlink()
    content = (folder / "會議.xlsx").read_bytes()
    (folder / "會議.xlsx").write_bytes(content)
    os.utime(folder / "會議.xlsx")
    assert watch.nothing_for(3.0)


def refusing(*folders: Path, **given: object) -> Iterator[set[object]]:
    """As the system where it watches no more folders, or none on that disk."""
    raise OSError(28, "OS file watch limit reached.")
    yield set()


def breaking_off(*folders: Path, **given: object) -> Iterator[set[object]]:
    """As a network disk that is away for a moment."""
    yield set()
    raise RuntimeError("error in underlying watcher")


def silent(*folders: Path, stop_event: threading.Event, **given: object) -> Iterator[set[object]]:
    """As a network disk that tells nothing of what others save."""
    while not stop_event.wait(0.2):
        yield set()


@pytest.mark.slow
@pytest.mark.parametrize("events", [refusing, breaking_off, silent])
def test_a_save_on_a_disk_without_events_is_seen_by_looking(
    desk: Desk, start: Callable[..., Watch], monkeypatch: pytest.MonkeyPatch, events: Callable[..., object]
) -> None:
    desk.meeting()
    monkeypatch.setattr(watchfiles, "watch", events)
    watch = start()
    assert watch.next().saved == ()
    for place in ("第一會議室", "第二會議室"):
        save(desk, place)
        assert watch.next().saved == ("會議.xlsx",)
        assert place in agenda(desk)


@pytest.mark.slow
def test_a_half_saved_workbook_is_waited_for(desk: Desk, start: Callable[..., Watch]) -> None:
    desk.meeting()
    watch = start()
    watch.next()
    path = desk.root / "inputs" / "113-1" / "會議.xlsx"
    save(desk, "新會議室")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    time.sleep(1.0)
    path.write_bytes(whole)
    until = time.monotonic() + LONGEST
    turns = [watch.next()]
    while "新會議室" not in agenda(desk) and time.monotonic() < until:
        turns.append(watch.next())
    assert "新會議室" in agenda(desk)
    assert not any(turn.report.stopped for turn in turns)


@pytest.mark.slow
def test_a_workbook_that_stays_damaged_is_told_and_mended_by_the_next_save(
    desk: Desk, start: Callable[..., Watch]
) -> None:
    desk.meeting()
    watch = start(patience=0.5)
    watch.next()
    path = desk.root / "inputs" / "113-1" / "會議.xlsx"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    turn = watch.next()
    assert turn.report.stopped
    assert turn.report.problems[0].at.workbook == "會議.xlsx"
    path.write_bytes(whole)
    assert not watch.next().report.stopped


@pytest.mark.slow
def test_a_fault_is_told_with_its_cell_and_the_documents_stay(desk: Desk, start: Callable[..., Watch]) -> None:
    desk.meeting()
    watch = start()
    watch.next()
    before = agenda(desk)
    path = desk.root / "inputs" / "113-1" / "會議.xlsx"
    book = openpyxl.load_workbook(path)
    book["會議資訊"]["B2"] = "113-13-01"
    book.save(path)
    turn = watch.next()
    assert "會議.xlsx〔會議資訊〕B2" in str(turn.report.problems[0])
    assert watching.turn_line(turn, "14:03:22").startswith("14:03:22 會議.xlsx → 有錯誤")
    assert agenda(desk) == before


@pytest.mark.slow
def test_a_template_counts_too(desk: Desk, start: Callable[..., Watch]) -> None:
    desk.meeting()
    watch = start()
    watch.next()
    shutil.copyfile(desk.root / "templates" / "案.docx", desk.root / "templates" / "議程.docx")
    assert watch.next().saved == ("議程.docx",)


@pytest.mark.office
def test_a_save_by_libreoffice_is_one_build(
    desk: Desk, start: Callable[..., Watch], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk.meeting()
    folder = desk.root / "inputs" / "113-1"
    monkeypatch.delenv("PACKET_SOFFICE")
    from generator.pdf import office as pdf

    office = pdf.find_office()
    assert office is not None

    def as_ods(into: Path) -> None:
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [str(office), profile, "--headless", "--convert-to", "ods", "--outdir", str(into)]
        subprocess.run([*command, str(tmp_path / "會議.xlsx")], check=True, capture_output=True, timeout=120)

    shutil.move(folder / "會議.xlsx", tmp_path / "會議.xlsx")
    as_ods(folder)
    watch = start()
    watch.next()
    for place in ("甲會議室", "乙會議室"):
        book = openpyxl.load_workbook(tmp_path / "會議.xlsx")
        book["會議資訊"]["B4"] = place
        book.save(tmp_path / "會議.xlsx")
        as_ods(folder)
        assert watch.next().saved == ("會議.ods",)
        assert place in agenda(desk)
    assert watch.nothing_for(2.5)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends Ctrl-C as POSIX does")
def test_the_command_tells_each_turn_in_a_line_and_ends_with_ctrl_c(desk: Desk) -> None:
    desk.meeting()
    command = [sys.executable, "-m", "generator.cli.app", "--workspace", str(desk.root), "watch", "113-1"]
    # Where the tests run in the background, Ctrl-C is ignored, and by all that they start.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    finally:
        signal.signal(signal.SIGINT, before)
    assert process.stdout is not None
    try:
        said = [process.stdout.readline()]
        while "→" not in said[-1]:
            said.append(process.stdout.readline())
            assert said[-1]
        save(desk, "新會議室")
        said.append(process.stdout.readline())
        assert "會議.xlsx → 更新 01 議程.docx（" in said[-1]
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=LONGEST)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "已停止" in rest


def test_a_command_that_goes_on_lets_nothing_pile_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def at_once(*given: object) -> list[Turn]:
        seen.append(gc.get_threshold()[0])
        return []

    monkeypatch.setattr(watching, "watch", at_once)
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    desk.meeting()
    garbage.seldom()
    seldom = gc.get_threshold()[0]
    result = desk.run("watch", "113-1")
    garbage.seldom()
    assert result.exit_code == 0, result.output
    assert [often * 100 < seldom for often in seen] == [True]
