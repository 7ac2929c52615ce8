"""`packet doctor`: with programs that pretend to be LibreOffice and fontconfig, and places that cannot be written."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import Desk

from generator.cli import streams
from generator.cli.app import packet
from generator.meeting import workdays
from generator.setup import doctor

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a first line")


def program(folder: Path, name: str, body: str) -> Path:
    """A program of a few lines of Python."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport sys, time\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk on a machine where all is there: LibreOffice and fontconfig are stand-ins."""
    tools = tmp_path / "tools"
    monkeypatch.setenv("PACKET_SOFFICE", str(program(tools, "soffice", "print('LibreOffice 24.2.7.2 420(Build:2)')")))
    fonts(tools, "TW-Kai")
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    return desk


def fonts(tools: Path, kai: str, others: str = "TW\\-Kai\\-Ext\\-B,全字庫正楷體 Ext\\-B\\nTW\\-Kai\\-Plus") -> None:
    program(tools, "fc-match", f"print('Liberation Serif' if 'Times' in sys.argv[-1] else {kai!r}, end='')")
    program(tools, "fc-list", f"print('''{others}'''.replace('\\\\n', chr(10)))")


def findings(desk: Desk, code: int) -> dict[str, dict[str, Any]]:
    result = desk.run("doctor", "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == code, answer
    assert answer["ready"] == (code == 0)
    return {one["name"]: one for one in answer["findings"]}


@pytest.mark.slow
@posix_only
def test_where_everything_is_there_it_says_so(machine: Desk) -> None:
    machine.meeting()
    found = findings(machine, 0)
    machine_wide = "Python、Python 套件、LibreOffice、標楷體、罕用字字型、Times New Roman、行事曆、輸出編碼"
    assert list(found) == [*machine_wide.split("、"), "工作區", "範本", "寫入權限"]
    assert found["LibreOffice"]["found"].startswith("24.2.7.2（")
    assert found["標楷體"]["found"] == "由 TW-Kai 代替"
    assert "docxtpl 0." in found["Python 套件"]["found"]
    assert "（113-1）" in found["工作區"]["found"]
    output = machine.run("doctor").output
    assert output.startswith("正常　Python：3.")
    assert output.endswith("可以產生會議資料。\n")


@pytest.mark.slow
def test_a_missing_libreoffice_is_named_with_its_cost_and_how_to_get_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", str(tmp_path / "nothing"))
    found = findings(desk, 3)["LibreOffice"]
    assert (found["state"], found["found"]) == ("缺少", f"PACKET_SOFFICE 指定的「{tmp_path / 'nothing'}」不能執行")
    result = desk.run("doctor")
    assert result.exit_code == 3
    assert "　　　影響：只能產生 Word 檔（.docx），沒有 PDF" in result.output
    assert "　　　補救：請安裝 LibreOffice（https://zh-tw.libreoffice.org/）" in result.output
    assert result.output.endswith("缺少產生會議資料所需的項目，請依「補救」處理。\n")


@pytest.mark.slow
@posix_only
@pytest.mark.parametrize(
    ("body", "seconds", "said"),
    [
        ("time.sleep(3600)", 0.2, "超過 0.6 秒仍未完成，已停止"),
        ("sys.exit(77)", 20, "異常結束（代碼 77）"),
        ("print('hello')", 20, "沒有說明版本"),
    ],
)
def test_a_libreoffice_that_does_not_work_is_no_libreoffice(
    machine: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, seconds: float, said: str
) -> None:
    monkeypatch.setattr(doctor, "_SECONDS", seconds)
    program(tmp_path / "tools", "soffice", body)
    found = findings(machine, 3)["LibreOffice"]
    assert found["state"] == "缺少"
    assert said in found["found"]


@posix_only
def test_an_old_libreoffice_is_a_caution(machine: Desk, tmp_path: Path) -> None:
    program(tmp_path / "tools", "soffice", "print('LibreOffice 6.4.7.2')")
    assert findings(machine, 0)["LibreOffice"]["state"] == "注意"


@pytest.mark.slow
@posix_only
@pytest.mark.parametrize(("version", "noted"), [("7.4.7.2", False), ("25.2.3.2", False), ("24.8.1.1", True)])
def test_another_libreoffice_than_those_that_were_tried_is_in_order_and_noted(
    machine: Desk, tmp_path: Path, version: str, noted: bool
) -> None:
    program(tmp_path / "tools", "soffice", f"print('LibreOffice {version}')")
    found = findings(machine, 0)["LibreOffice"]
    assert found["state"] == "正常"
    assert ("；逐頁看過的是 7.4、25.2 版" in found["found"]) == noted


@pytest.mark.slow
@posix_only
@pytest.mark.parametrize(
    ("face", "state", "code"),
    [("標楷體", "正常", 0), ("AR PL UKai TW", "注意", 0), ("Noto Serif CJK TC", "注意", 0), ("DejaVu Sans", "缺少", 3)],
)
def test_the_typeface_of_the_documents(machine: Desk, tmp_path: Path, face: str, state: str, code: int) -> None:
    fonts(tmp_path / "tools", face, others="")
    found = findings(machine, code)
    assert found["標楷體"]["state"] == state
    assert found["罕用字字型"]["state"] == "注意"


def test_an_output_that_cannot_be_written_is_missing(desk: Desk) -> None:
    (desk.root / "output").write_text("no folder", encoding="utf-8")
    assert findings(desk, 3)["寫入權限"]["state"] == "缺少"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the rights of the superuser have no bounds")
def test_a_read_only_output_is_missing(desk: Desk) -> None:
    folder = desk.root / "output"
    folder.mkdir()
    folder.chmod(0o555)
    assert findings(desk, 3)["寫入權限"]["state"] == "缺少"


def test_it_changes_nothing(desk: Desk) -> None:
    before = sorted(desk.root.rglob("*"))
    desk.run("doctor")
    assert sorted(desk.root.rglob("*")) == before


def test_missing_templates_and_a_missing_agency_book_are_named(desk: Desk) -> None:
    (desk.root / "templates" / "議程.docx").unlink()
    (desk.root / "inputs" / "機關.xlsx").unlink()
    found = findings(desk, 3)
    assert found["範本"]["cost"] == "缺少議程；用到的文件無法產生。"
    assert found["工作區"]["state"] == "缺少"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["簡報.pptx", "開會通知單.docx", "信件 會議資料.txt"])
def test_every_standard_template_counts(desk: Desk, name: str) -> None:
    (desk.root / "templates" / name).unlink()
    assert findings(desk, 3)["範本"]["cost"] == f"缺少{name.rpartition('.')[0]}；用到的文件無法產生。"


@pytest.mark.slow
def test_it_runs_outside_of_any_workspace(tmp_path: Path) -> None:
    result = CliRunner().invoke(packet, ["--workspace", str(tmp_path), "doctor"])
    assert result.exit_code == 3
    assert "缺少　工作區：" in result.output
    assert "packet init" in result.output


def test_a_calendar_that_ends_is_a_caution(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workdays, "last_year", lambda: 2019)
    result = desk.run("doctor")
    assert "注意　行事曆：至民國 108 年\n" in result.output
    assert "pip install --upgrade holidays" in result.output


def test_the_calendar_ends_with_a_year_that_was_announced() -> None:
    assert 2025 <= workdays.last_year() <= 2100


def test_another_encoding_of_the_console_is_a_caution(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "encoding", lambda: "cp950")
    result = desk.run("doctor")
    assert "注意　輸出編碼：cp950\n" in result.output
    assert "PYTHONUTF8=1" in result.output


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [
        ("3.1.5", ">=3.1.5,<3.2", True),
        ("3.2", "<3.2,>=3.1.5", False),
        ("3.1", ">=3.1.5", False),
        ("", ">=1", False),
        ("1", "", True),
    ],
)
def test_versions(version: str, wanted: str, fits: bool) -> None:
    assert doctor._meets(version, wanted) is fits
