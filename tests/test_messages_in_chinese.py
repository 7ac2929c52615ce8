"""What click itself says is Chinese, on any machine; and its translations are complete and compiled."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner
from conftest import REPO, Desk

from generator.cli.app import packet
from generator.cli.chinese import LANGUAGE, LOCALE, Command

FOLDER = LOCALE / LANGUAGE / "LC_MESSAGES"
COMMANDS = sorted(packet.commands)
WITH_MEETING = [name for name in COMMANDS if any(one.name == "meeting" for one in packet.commands[name].params)]
NEEDING_MEETING = [
    name for name in COMMANDS if any(one.name == "meeting" and one.required for one in packet.commands[name].params)
]
MACHINES = {
    "no locale": {},
    "C": {"LC_ALL": "C", "LANG": "C", "LANGUAGE": "C"},
    "English": {"LANG": "en_US.UTF-8", "LANGUAGE": "en_US:en"},
}


def catalogue() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as source:
        return read_po(source)


def translations(of: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """What each text becomes; those with a plural are two."""

    def texts(of: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
        return (of,) if isinstance(of, str) else tuple(of)

    return {texts(message.id): texts(message.string) for message in of if message.id}


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def assert_chinese(text: str) -> None:
    """No two English words stand next to each other, and every line that says something says it in Chinese."""
    assert re.search(r"[\u4e00-\u9fff]", text)
    # What the user types: in quotation marks of either kind, after the usage's colon, or an option.
    bare = re.sub(r"「[^」]*」|'[^']*'|packet( [a-z]+)?|--?[a-z]+", "", text)
    assert not re.search(r"[A-Za-z]{2,}[ .:]+[A-Za-z]{2,}", bare), text
    assert not re.search(r"(?i)usage|options?\b|commands?\b|error|missing|invalid|default|directory|args", bare), text


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help(name: str) -> None:
    result = CliRunner().invoke(packet, [*name.split(), "--help"], prog_name="packet")
    assert result.exit_code == 0
    assert_chinese(result.output)
    assert result.output.startswith(f"用法：packet {name} [選項]".replace("  ", " "))
    assert re.search(r"^  -h, --help +顯示這份說明。$", result.output, re.MULTILINE)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_stands_in_columns(name: str) -> None:
    """The second column begins at the same place of the terminal in each row, and no line is too long for it."""
    output = CliRunner().invoke(packet, [*name.split(), "--help"], terminal_width=78).output
    rows = [re.match(r"  -.*? {2,}(?=\S)", line) for line in output.split("選項：\n")[1].split("\n\n")[0].splitlines()]
    starts = {columns(row.group()) for row in rows if row}
    assert len(starts) == 1, output
    assert max(columns(line) for line in output.splitlines()) <= 80


def test_long_help_is_wrapped_by_columns() -> None:
    """Forty wide characters fill a terminal of eighty columns."""
    option = click.Option(["--long"], metavar="寬", help="長" * 80)
    settings = {"terminal_width": 78}  # what click makes of a terminal of 80
    command = Command("long", params=[option], help="文" * 80, context_settings=settings)
    output = CliRunner().invoke(command, ["--help"]).output
    assert output.count("長") == output.count("文") == 80
    assert "\0" not in output
    assert 70 < max(columns(line) for line in output.splitlines()) <= 80


def test_no_arguments() -> None:
    result = CliRunner().invoke(packet, [], prog_name="packet")
    assert result.exit_code == 2
    assert_chinese(result.stderr)
    assert "指令：" in result.stderr


WRONG = {
    ("figure",): "沒有 'figure' 這個指令。",
    ("--workspac", "x"): "沒有 '--workspac' 這個選項。",
    ("--workspace",): "選項 '--workspace' 之後要寫 1 個值。",
    ("--workspace", str(REPO / "LICENSE"), "check", "113-1"): "是檔案，這裡要寫資料夾。",
    ("build", "113-1", "--fromat", "pdf"): "是不是要寫 '--format'？",
    ("build", "113-1", "--format", "txt"): "--format 的值不正確：「txt」",
    ("check", "113-1", "113-2"): "有多餘的參數：113-2。",
    ("check", "113-1", "--json=x"): "選項 '--json' 之後不寫值。",
    **{(name,): "缺少參數 '會議'" for name in NEEDING_MEETING},
    ("build",): "請寫一場會議的編號，或以 --all 產生全部會議",
    **{(name, "../x"): "的值不正確：「../x」不是會議編號。" for name in WITH_MEETING},
}


@pytest.mark.slow
@pytest.mark.parametrize("arguments", WRONG, ids=lambda arguments: " ".join(arguments[-3:]))
def test_wrong_command_line(desk: Desk, arguments: tuple[str, ...]) -> None:
    result = desk.run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "錯誤：" in result.stderr
    assert WRONG[arguments] in result.stderr
    assert_chinese(result.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("arguments", [("--help",), ("check",)], ids=" ".join)
def test_whatever_the_machine_speaks(machine: str, arguments: tuple[str, ...], tmp_path: Path) -> None:
    """In a process of its own: also what click says while the options are declared."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    env |= MACHINES[machine] | {"PYTHONPATH": str(REPO)}
    done = subprocess.run(
        [sys.executable, "-m", "generator.cli.app", *arguments], env=env, cwd=tmp_path, capture_output=True, timeout=300
    )
    output = (done.stdout + done.stderr).decode("utf-8")
    assert done.returncode == (0 if "--help" in arguments else 2), output
    assert_chinese(output)
    assert ("顯示版本。" if "--help" in arguments else "錯誤：缺少參數 '會議'") in output


def test_start_does_not_import_babel() -> None:
    code = "import sys, generator.cli.app; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPO, timeout=300).returncode == 0


@pytest.mark.slow
def test_every_text_of_click_is_translated() -> None:
    """With a newer click this names the texts that messages.po has not yet."""
    source = Path(click.__file__).parent
    said = [message for _, _, message, _, _ in extract_from_dir(str(source), method_map=[("**.py", "python")])]
    known = translations(catalogue())
    assert said, "nothing was found in click"
    missing = [text for text in said if not any(known.get((text,) if isinstance(text, str) else text, ()))]
    assert missing == []


def test_translations_keep_the_placeholders() -> None:
    """A placeholder that click does not fill would be a KeyError in front of the user."""
    for given, translated in translations(catalogue()).items():
        field = re.compile(r"\{\w+|%\(\w+\)s")
        assert set(field.findall(" ".join(translated))) <= set(field.findall(" ".join(given))), given


def test_compiled_messages_are_up_to_date() -> None:
    """After a change: pybabel compile --directory generator/cli/locale"""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    with (FOLDER / "messages.mo").open("rb") as present:
        assert translations(read_mo(present)) == translations(read_mo(compiled))
