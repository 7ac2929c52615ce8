"""A build that is stopped dead leaves every file old or new, keeps hand edits, and the next build puts all right."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import CASES, REPO, Desk

MOMENTS = 100
# Everything that a build does to files, as the interpreter reports it to audit hooks.
WATCHED = {"open", "os.rename", "os.remove", "os.chmod", "os.mkdir", "os.truncate"}


def stopped_at(desk: Desk, moment: int) -> bool:
    """Builds in a process of its own killed at its nth file operation under output/; False if it ended before."""
    child = os.fork()
    if child == 0:
        seen = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal seen
            if event in WATCHED and "output" in str(arguments[0]):
                seen += 1
                if seen == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        try:
            desk.run("build", "113-1", "--format", "docx")
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_a_build_killed_at_a_hundred_moments_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    more = "\n".join(f"| 報{number} | 報告事項 | 資訊處 | 第{number}件，報請鑒察。 |" for number in range(2, 18))
    desk.meeting(案由=f"{CASES}{more}")
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    edited = desk.output("03 報告事項第二案.docx")
    edited.write_bytes(b"an hour of work")
    desk.meeting(案由=f"{CASES}{more.replace('件，', '件修正，')}")
    old = contents(desk.output())

    finished = Desk(tmp_path / "finished")
    shutil.copytree(desk.root, finished.root)
    assert finished.run("build", "113-1", "--format", "docx").exit_code == 0
    new = contents(finished.output())

    stopped = 0
    for moment in range(1, 400):
        trial = Desk(tmp_path / "trial")
        shutil.copytree(desk.root, trial.root)
        if not stopped_at(trial, moment):
            break
        stopped += 1
        for name, content in contents(trial.output()).items():
            assert content in (old.get(name), new.get(name)), (moment, name)
        assert b"an hour of work" in contents(trial.output()).values(), moment
        assert trial.run("build", "113-1", "--format", "docx").exit_code == 0
        assert contents(trial.output()) == new, moment
        shutil.rmtree(trial.root)
    assert stopped >= MOMENTS, stopped


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="nothing can be sent a signal there")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGINT, 130)])
def test_an_end_that_is_asked_for_while_an_object_is_removed_is_not_forgotten(
    number: signal.Signals, code: int
) -> None:
    """Python ignores what is raised in __del__, a signal's end too."""
    program = f"""
import os, time
from generator.cli import app, start
class Last:
    def __del__(self):
        os.kill(os.getpid(), {int(number)})
        sum(range(1000))
def command(**given):
    last = Last()
    del last
    time.sleep(100)
app.packet = command
start.main()
"""
    command = [sys.executable, "-X", "utf8", "-c", program]
    done = subprocess.run(command, cwd=REPO, capture_output=True, timeout=90, check=False)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
