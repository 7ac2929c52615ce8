"""``packet build --all`` and its executor: in order, one failure stops none of the others, the same bytes."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from generator.basic.workspace import Workspace
from generator.build import many
from tests.conftest import MEETING, REPO, Desk

WRONG_DATE = """
| 欄位       | 內容      |
| 會議日期   | 113-13-20 |
| 開始時間   | 14:30     |
| 地點       | 第1會議室 |
| 資料基準日 | 113-05-01 |
"""


@pytest.fixture
def meetings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Three meetings, the second with a fault; without LibreOffice."""
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    desk.meeting("112-2", 會議資訊=MEETING.replace("113-", "112-"))
    desk.meeting("113-1", 會議資訊=WRONG_DATE)
    desk.meeting("113-臨1")
    return desk


def files(folder: Path) -> dict[str, bytes]:
    """Every document below a folder; not the program's own notes, which say where the program lies."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".packet" not in path.parts
    }


class Elsewhere(Executor):
    """A stand-in for an executor of others: all it has is submit, and what it is given travels as bytes."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        function, given = pickle.loads(pickle.dumps((fn, args)))
        future: Future[Any] = Future()
        try:
            future.set_result(pickle.loads(pickle.dumps(function(*given))))
        except BaseException as error:
            future.set_exception(error)
        self.done.append(given[1])
        return future


@pytest.mark.slow
def test_every_meeting_is_built_in_order_and_the_fault_names_its_meeting(meetings: Desk) -> None:
    result = meetings.run("build", "--all")
    assert result.exit_code == 1
    places = [result.output.index(f"── {name} ──") for name in ("112-2", "113-1", "113-臨1")]
    assert places == sorted(places)
    assert "113-13-20" in result.output[places[1] : places[2]]
    assert meetings.output("01 議程.docx", "112-2").is_file()
    assert meetings.output("01 議程.docx", "113-臨1").is_file()
    assert not meetings.output("", "113-1").exists()


@pytest.mark.slow
def test_a_meeting_that_cannot_be_written_stops_none_of_the_others(meetings: Desk) -> None:
    (meetings.root / "output").mkdir()
    meetings.output("", "112-2").write_text("這裡是檔案")
    result = meetings.run("build", "--all")
    assert result.exit_code == 3
    assert "112-2：「112-2」不是一般的資料夾" in result.output
    assert meetings.output("01 議程.docx", "113-臨1").is_file()


@pytest.mark.slow
def test_a_program_reads_what_became_of_each(meetings: Desk) -> None:
    listed = json.loads(meetings.run("build", "--all", "--json").stdout)
    assert [one["id"] for one in listed] == ["112-2", "113-1", "113-臨1"]
    assert [len(one["documents"]) for one in listed] == [3, 0, 3]


@pytest.mark.parametrize("arguments", [(), ("113-1", "--all"), ("--all", "--only", "議程")])
def test_one_meeting_or_all_but_not_both(meetings: Desk, arguments: tuple[str, ...]) -> None:
    result = meetings.run("build", *arguments)
    assert result.exit_code == 2
    assert "--all" in result.output


@pytest.mark.slow
def test_an_executor_of_others_does_the_same(meetings: Desk) -> None:
    executor = Elsewhere()
    found = list(many.build_all(Workspace(meetings.root), ("docx",), executor))
    assert executor.done == ["112-2", "113-1", "113-臨1"]
    assert [(str(one.meeting), one.report is not None and one.report.stopped) for one in found] == [
        ("112-2", False),
        ("113-1", True),
        ("113-臨1", False),
    ]


def test_an_unexpected_error_is_told_with_its_meeting(meetings: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Elsewhere):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(RuntimeError("連線中斷"))
            return future

    found = list(many.build_all(Workspace(meetings.root), ("docx",), Broken()))
    assert ["連線中斷" in one.failure for one in found] == [True, True, True]


@pytest.mark.office
def test_the_bytes_are_the_same_with_a_cold_and_a_warm_cache(desk: Desk) -> None:
    desk.meeting()
    made = []
    for kept in ("nothing", "cache", "nothing"):
        output = desk.root / "output"
        if kept == "nothing":
            shutil.rmtree(output, ignore_errors=True)
        else:
            shutil.rmtree(output / "113-1")
            (output / ".packet" / "113-1.json").unlink()
            assert list((output / ".packet" / "pdf").iterdir())
        assert desk.run("build", "113-1", "--format", "docx,pdf,odt").exit_code == 0
        made.append(files(output))
    assert {"113-1/會議資料.pdf", "113-1/01 議程.odt"} <= set(made[0])
    assert made[0] == made[1] == made[2]


@contextlib.contextmanager
def dask_workers(count: int) -> Iterator[Executor]:
    """The executor of a dask cluster on this machine, each worker a process of its own."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(count, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):
        yield executor


EXECUTORS: dict[str, Callable[[], contextlib.AbstractContextManager[Executor]]] = {
    "one process": lambda: ProcessPoolExecutor(1),
    "two processes": lambda: ProcessPoolExecutor(2),
    "two threads": lambda: ThreadPoolExecutor(2),
    "two workers of dask": lambda: dask_workers(2),
}


@pytest.mark.office
@pytest.mark.slow
def test_every_executor_makes_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    desk.meeting("112-2", 會議資訊=MEETING.replace("113-", "112-"))
    desk.meeting("113-1")
    made = {}
    for name, executor_of in EXECUTORS.items():
        with executor_of() as executor:
            found = list(many.build_all(Workspace(desk.root), ("docx", "pdf"), executor))
        assert all(one.report is not None and one.report.complete for one in found), (name, found)
        made[name] = files(desk.root / "output")
        (desk.root / "output").rename(tmp_path / name)
    assert "112-2/會議資料.pdf" in made["one process"]
    assert all(found == made["one process"] for found in made.values())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a patched function reaches workers that are forked only")
@pytest.mark.parametrize("times", [1, 99])
def test_a_meeting_whose_worker_is_killed_is_built_again(
    meetings: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    build, kills = many.build_one, tmp_path / "kills"
    kills.mkdir()

    def killed(root: str, meeting: str, formats: Sequence[str]) -> Any:
        if meeting == "113-臨1" and len(list(kills.iterdir())) < times:
            (kills / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return build(root, meeting, formats)

    killed.__module__, killed.__qualname__ = build.__module__, build.__qualname__
    monkeypatch.setattr(many, "build_one", killed)
    first, _, last = many.build_all(Workspace(meetings.root), ("docx",))
    assert first.report is not None
    assert first.report.complete
    if times == 1:
        assert last.report is not None
        assert last.report.complete
    else:
        assert (last.report, len(list(kills.iterdir()))) == (None, 2)
        assert "兩次被系統終止" in last.failure


def at_work(folder: Path) -> list[int]:
    """The processes that were begun for a workspace."""
    found = []
    for place in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if place.name.isdigit() and str(folder).encode() in (place / "cmdline").read_bytes():
                found.append(int(place.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes of Linux")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_goes_on_when_the_program_is_ended(meetings: Desk, number: signal.Signals) -> None:
    for place in range(1, 13):
        meetings.meeting(f"111-臨{place}")
    command = [sys.executable, "-m", "generator.cli.app", "--workspace", str(meetings.root), "build", "--all"]
    with subprocess.Popen([*command, "--format", "docx"], stdout=subprocess.PIPE, cwd=REPO) as running:
        assert running.stdout is not None
        # The first meeting is done, so the workers are at the next ones.
        running.stdout.readline()
        running.send_signal(number)
        running.wait(60)
    assert running.returncode != 0
    limit = time.monotonic() + 60
    while at_work(meetings.root) and time.monotonic() < limit:
        time.sleep(0.05)
    assert at_work(meetings.root) == []
