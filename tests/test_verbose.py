"""``packet --verbose`` shows each step with its seconds, under the name of the package that takes it."""

from __future__ import annotations

import re

import pytest
from conftest import Desk

STEP = re.compile(r"generator\.(\w+)　.+（\d+\.\d\d 秒）")


def packages(text: str) -> set[str]:
    """The packages whose steps are told; every line must be one."""
    found = set()
    for line in text.splitlines():
        step = STEP.fullmatch(line)
        assert step, line
        found.add(step[1])
    return found


def test_each_step_of_a_build_is_told_on_standard_error(desk: Desk) -> None:
    desk.meeting()
    result = desk.run("--verbose", "build", "113-1", "--format", "docx")
    assert result.exit_code == 0
    assert packages(result.stderr) >= {"meeting", "rules", "documents", "leaks", "word", "build"}
    assert "generator." not in result.stdout


def test_a_check_takes_no_step_of_a_build(desk: Desk) -> None:
    desk.meeting()
    told = packages(desk.run("--verbose", "check", "113-1").stderr)
    assert "rules" in told
    assert not told & {"word", "pdf", "build"}


def test_what_a_program_reads_stays_json(desk: Desk) -> None:
    desk.meeting()
    quiet = desk.run("check", "113-1", "--json")
    assert desk.run("--verbose", "check", "113-1", "--json").stdout == quiet.stdout
    assert quiet.stderr == ""


@pytest.mark.slow
def test_a_release_tells_its_own_step(desk: Desk) -> None:
    desk.meeting()
    result = desk.run("--verbose", "release", "113-1", "--reason", "測試")
    assert "generator.dispatch　凍結版本（" in result.stderr


def test_the_next_command_is_quiet_again(desk: Desk) -> None:
    desk.meeting()
    desk.run("--verbose", "check", "113-1")
    assert desk.run("check", "113-1").stderr == ""
