"""A LibreOffice that `packet watch` or `packet open` keeps warm works for a `packet build` beside it."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.pdf import lending, office
from generator.pdf.office import Office
from tests.conftest import Desk

pytestmark = [pytest.mark.office, pytest.mark.slow]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each LibreOffice that is started."""
    found: list[str] = []
    start = office.Session.start

    def counted(session: office.Session) -> None:
        found.append("started")
        start(session)

    monkeypatch.setattr(office.Session, "start", counted)
    return found


def notes(desk: Desk) -> Path:
    return desk.root / "output" / ".packet"


def test_a_build_borrows_the_libreoffice_that_is_warm(desk: Desk, started: list[str]) -> None:
    desk.meeting()
    with Office() as warm, warm.lent(notes(desk)):
        result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    assert desk.output("會議資料.pdf").is_file()
    assert started == ["started"]
    assert list(notes(desk).glob("libreoffice-*")) == []


def test_whether_one_is_lent_is_asked_once_in_a_build(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    is_lent = lending.is_lent

    def counted(*given: Any) -> bool:
        asked.append("asked")
        return is_lent(*given)

    monkeypatch.setattr(lending, "is_lent", counted)
    desk.meeting()
    with Office() as warm, warm.lent(notes(desk)):
        assert desk.run("build", "113-1").exit_code == 0
    assert asked == ["asked"]


def test_the_bytes_are_those_of_a_libreoffice_of_its_own(desk: Desk, started: list[str]) -> None:
    desk.meeting()
    with Office() as warm, warm.lent(notes(desk)):
        desk.run("build", "113-1")
    lent = {path.name: path.read_bytes() for path in desk.output().iterdir()}
    for path in (*desk.output().iterdir(), *(notes(desk) / "pdf").iterdir()):
        path.unlink()
    desk.run("build", "113-1")
    assert {path.name: path.read_bytes() for path in desk.output().iterdir()} == lent
    assert len(started) == 2


@pytest.mark.parametrize("broken", ["nobody there", "wrong token", "not ours", "damaged", "another LibreOffice"])
def test_a_note_that_leads_nowhere_costs_nothing(desk: Desk, started: list[str], broken: str) -> None:
    desk.meeting()
    with Office() as warm, warm.lent(notes(desk)):
        (note,) = notes(desk).glob("libreoffice-*.json")
        about = json.loads(note.read_text())
        if broken == "nobody there":
            with socket.create_server(("127.0.0.1", 0)) as free:
                about["port"] = free.getsockname()[1]
        elif broken == "wrong token":
            about["token"] = "x"
        elif broken == "another LibreOffice":
            about["identity"] = "x"
        note.write_text("[" if broken == "damaged" else json.dumps(about))
        if broken == "not ours":
            note.chmod(0o644)
        assert desk.run("build", "113-1").exit_code == 0
        assert desk.output("會議資料.pdf").is_file()
    assert started == ["started"] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
def test_only_its_user_can_read_the_note(desk: Desk) -> None:
    with Office() as warm, warm.lent(notes(desk)):
        (note,) = notes(desk).glob("libreoffice-*.json")
        assert (note.stat().st_mode & 0o777, note.stat().st_uid) == (0o600, os.getuid())


def test_nothing_is_converted_without_the_token(desk: Desk) -> None:
    asked = []

    def convert(*given: object) -> dict[str, object]:
        asked.append(given)
        return {"done": {}}

    with lending.Lender(notes(desk), "this one", convert):
        (note,) = notes(desk).glob("libreoffice-*.json")
        port = json.loads(note.read_text())["port"]
        for line in (b"{}\n", b"[]\n", b"no json\n", b'{"token": "x", "sources": []}\n', b"\xff\n"):
            with socket.create_connection(("127.0.0.1", port), 5) as connection:
                connection.sendall(line)
                answer = connection.makefile("rb").readline()
                assert answer in (b"", b'{"refused": "token"}\n')
    assert asked == []
