"""How a command ends: Ctrl-C, wrong usage for a program; and what a shell completes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import REPO, Desk

from generator.build import examine
from generator.cli import app, terminal
from generator.cli.app import packet
from generator.setup import start


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["check", "--json"], "會議"),
        (["check", "114－1", "--json"], "請改為半形：114-1"),
        (["check", "999-1", "--json"], "沒有 inputs/999-1"),
        (["check", "--json", "113-1", "--nothing"], "--nothing"),
        (["status", "--json", "113-1", "113-2"], "113-2"),
    ],
)
def test_with_json_a_wrong_usage_is_json_too(desk: Desk, arguments: list[str], text: str) -> None:
    desk.meeting()
    result = desk.run(*arguments)
    answer = json.loads(result.stdout)
    assert result.exit_code == answer["exit_code"] == 2
    assert text in answer["error"]
    assert not result.stderr


def test_a_workspace_that_is_not_there_is_json_too(tmp_path: Path) -> None:
    result = CliRunner().invoke(packet, ["--workspace", str(tmp_path), "check", "113-1", "--json"])
    assert json.loads(result.stdout)["exit_code"] == result.exit_code == 2


def test_without_json_it_stays_a_sentence_on_standard_error(desk: Desk) -> None:
    result = desk.run("check")
    assert result.exit_code == 2
    assert "用法：packet check" in result.stderr
    assert not result.stdout


def test_help_and_version_end_with_0(desk: Desk) -> None:
    assert desk.run("--help").exit_code == desk.run("--version").exit_code == desk.run("check", "-h").exit_code == 0


def test_ctrl_c_ends_with_130(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    desk.meeting()
    monkeypatch.setattr(examine, "examine", interrupted)
    result = desk.run("check", "113-1")
    assert result.exit_code == 130
    assert result.stderr.strip() == "已中止。"


@pytest.mark.slow
def test_ctrl_c_while_the_program_is_loaded_leaves_no_trace() -> None:
    """The finder raises it where the program imports click, as the signal would."""
    program = (
        "import sys\n"
        "class Finder:\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Finder)\n"
        "from generator.cli import start\n"
        "start.main()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=REPO, capture_output=True, text=True)
    assert (done.returncode, done.stderr, done.stdout) == (130, "", "")


@pytest.mark.parametrize(
    ("line", "word", "wanted"),
    [("packet te", 1, "template"), ("packet template ", 2, "style"), ("packet check --m", 2, "--mark")],
)
def test_a_shell_completes_commands_and_options(
    monkeypatch: pytest.MonkeyPatch, line: str, word: int, wanted: str
) -> None:
    """The protocol of bash, which the lines for PowerShell in the manual use as well."""
    variables = {"_PACKET_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(word)}
    result = CliRunner().invoke(packet, [], prog_name="packet", env={**os.environ, **variables})
    assert f"plain,{wanted}" in result.output.splitlines()


@pytest.mark.parametrize(("rows", "grouped"), [(3, False), (5, True)])
def test_the_same_words_in_many_cells_of_a_sheet_are_printed_once_with_all_cells(
    desk: Desk, rows: int, grouped: bool
) -> None:
    cases = "\n".join(f"| 報{number} | 報告事項 | 資訊室 | 第{number}件，報請鑒察。 |" for number in range(1, rows + 1))
    desk.meeting(案由=f"| 案號 | 類別 | 單位 | 案由 |\n{cases}", 說明="| 案號 | 層級 | 標題 | 內容 |")
    output = desk.run("check", "113-1").output
    assert output.count("「資訊室」不在") == (1 if grouped else rows)
    assert ("與此相同的還有 4 處：C3、C4、C5、C6" in output) == grouped
    assert (
        len(
            [
                each
                for each in json.loads(desk.run("check", "113-1", "--json").stdout)["problems"]
                if "資訊室" in each["text"]
            ]
        )
        == rows
    )


def test_a_folder_that_is_read_only_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied", str(desk.root / "inputs" / "114-1"))

    desk.meeting()
    monkeypatch.setattr(start, "new", refuse)
    monkeypatch.setattr(sys, "argv", ["packet", "--workspace", str(desk.root), "new", "114-1"])
    with pytest.raises(SystemExit) as ended:
        app.main()
    assert ended.value.code == 3
    assert (
        f"無法讀寫「114-1」（Permission denied）：資料夾「{desk.root.name}/inputs」可能是唯讀的"
        in capsys.readouterr().err
    )


def test_what_goes_to_a_file_is_what_a_terminal_shows_without_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def shown() -> str:
        terminal.failure("寫不出 [紅]:smile: 附件\r1　\n" + "長" * 200)
        terminal.styled([[("合計", "bold"), ("　3 項", "")], [("", "")]])
        terminal.problems([])
        return "".join(capsys.readouterr())

    plain = shown()
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = shown()
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
