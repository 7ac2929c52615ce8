"""What an error that nobody foresaw leaves behind: one line for the user, and a file of the user's own."""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPO

from generator.build import examine
from generator.cli import app, trace

NAME = r"錯誤紀錄 \d{4}-\d\d-\d\d \d{6}(-\d+)?\.txt"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the user's own, and a program that fails at each check."""

    def fail(*arguments: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(examine, "examine", fail)
    monkeypatch.setattr(sys, "argv", ["packet", "--workspace", str(REPO), "check", "113-1"])
    for variable in ("XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "state"))
    return tmp_path / "state" / "packet"


def told(capsys: pytest.CaptureFixture[str]) -> tuple[str, Path]:
    """Runs the failing program: what it says, and the file that it names."""
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == 3
    text = capsys.readouterr().err
    return text, Path(text.partition("請將「")[2].partition("」")[0])


def test_an_error_nobody_foresaw_is_one_line_and_a_file_for_the_maintainer(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, path = told(capsys)
    assert "沒有預料到的錯誤" in text
    assert "Traceback" not in text
    assert "boom" in path.read_text("utf-8")
    assert path.parent == home
    assert re.fullmatch(NAME, path.name)


def test_the_file_is_dated_and_the_next_error_does_not_overwrite_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Stopped:
            return cls(2026, 11, 27, 10, 30)

    monkeypatch.setattr(dt, "datetime", Stopped)
    names = [told(capsys)[1].name for _ in range(2)]
    assert names == ["錯誤紀錄 2026-11-27 103000.txt", "錯誤紀錄 2026-11-27 103000-2.txt"]
    assert sorted(path.name for path in home.iterdir()) == sorted(names)


@pytest.mark.skipif(sys.platform == "win32", reason="there the rights are inherited from the user's own folder")
def test_only_the_user_may_read_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = os.umask(0)
    try:
        path = told(capsys)[1]
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_no_link_is_followed(home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    home.parent.mkdir()
    (tmp_path / "elsewhere").mkdir()
    home.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    path = told(capsys)[1]
    assert "boom" in path.read_text("utf-8")
    assert not list((tmp_path / "elsewhere").iterdir())
    assert home not in path.parents


def test_a_link_in_place_of_the_file_is_not_written_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "packet"
    folder.mkdir()
    target = tmp_path / "of somebody else.txt"
    target.write_text("as it was", "utf-8")

    class Stopped(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Stopped:
            return cls(2026, 11, 27, 10, 30)

    monkeypatch.setattr(dt, "datetime", Stopped)
    (folder / "錯誤紀錄 2026-11-27 103000.txt").symlink_to(target)
    monkeypatch.setattr(trace, "_folders", lambda: [folder])
    path = trace.keep(RuntimeError("boom"))
    assert path.name == "錯誤紀錄 2026-11-27 103000-2.txt"
    assert target.read_text("utf-8") == "as it was"


@pytest.mark.parametrize("how", ["without a home", "with a home that is a file"])
def test_without_a_folder_of_the_user_a_private_one_is_made(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    if how == "without a home":

        def no_home() -> Path:
            raise RuntimeError("Could not determine home directory.")

        monkeypatch.setattr(Path, "home", no_home)
        for variable in ("XDG_STATE_HOME", "LOCALAPPDATA"):
            monkeypatch.delenv(variable)
    else:
        home.parent.write_text("", "utf-8")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = told(capsys)[1]
    assert path.parent.parent == tmp_path
    assert "boom" in path.read_text("utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="HOME is of other systems")
def test_a_process_without_home_in_its_environment_keeps_its_trace(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, tempfile\n"
        "os.path.expanduser = lambda path: path\n"
        f"tempfile.tempdir = {str(tmp_path)!r}\n"
        "from generator.cli import trace\n"
        "print(trace.keep(RuntimeError('boom')))\n"
    )
    env = {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=REPO, capture_output=True, timeout=60, check=True)
    path = Path(done.stdout.decode("utf-8").strip())
    assert path.parent.parent == tmp_path
    assert "boom" in path.read_text("utf-8")
