"""Characters that would not print: what no typeface of the documents covers, 造字, and marks that no cell may hold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import CASES, MEETING, REPO, UNITS, Desk, write_book
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from test_reading import PLANNED, edited, places, said

from generator.workbook import characters


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What is known of the machine's typefaces is forgotten before and after."""
    characters._codes.cache_clear()
    yield
    characters._codes.cache_clear()


@pytest.fixture
def typeface(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose only typeface has these characters."""
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "x"])
    builder.setupCharacterMap({ord(one): "x" for one in "虅處堃犇𠮷éⅧ㊣"} | {0x8655: "x"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "x": TTGlyphPen(None).glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "x": (1000, 0)})
    builder.setupHorizontalHeader()
    builder.setupPost()
    path = tmp_path / "face.ttf"
    builder.save(path)
    monkeypatch.setattr(characters, "_files", lambda: [path])


@pytest.mark.usefixtures("typeface")
@pytest.mark.parametrize("text", ["堃", "犇", "𠮷", "é", "Ⅷ", "㊣", "一、（甲）—…「」『』％＋", "e\u0301"])
def test_a_character_that_a_typeface_has_is_no_matter(desk: Desk, text: str) -> None:
    desk.meeting(預定開放=PLANNED.replace("北港", text))
    assert desk.problems() == []


@pytest.mark.slow
@pytest.mark.usefixtures("typeface")
@pytest.mark.parametrize(("text", "name"), [("😀", "😀（U+1F600）"), ("㐀", "㐀（U+3400）"), ("ก", "ก（U+0E01）")])
def test_a_character_that_no_typeface_has_is_an_error_at_its_cell(desk: Desk, text: str, name: str) -> None:
    desk.meeting(預定開放=PLANNED.replace("北港", f"北{text}港"))
    [problem] = desk.problems()
    assert (problem["code"], problem["severity"], problem["cell"]) == ("no-glyph", "error", "A2")
    assert name in problem["text"]
    assert desk.run("build", "113-1").exit_code == 1


@pytest.mark.slow
def test_the_typefaces_of_this_machine_have_rare_names_and_no_emoji(desk: Desk) -> None:
    if not characters._codes():
        pytest.skip("the typefaces of the documents are not installed")
    desk.meeting(預定開放=PLANNED.replace("北港", "𠮷堃").replace("南港", "😀"))
    assert places(desk, "no-glyph") == ["會議.xlsx〔預定開放〕A3"]


@pytest.mark.slow
@pytest.mark.usefixtures("typeface")
@pytest.mark.parametrize("text", ["\ue000", "\uf8f1", "\U000f0001"])
def test_a_private_character_is_a_warning_at_its_cell(desk: Desk, text: str) -> None:
    desk.meeting(預定開放=PLANNED.replace("北港", f"{text}港"))
    [problem] = desk.problems()
    assert (problem["code"], problem["severity"], problem["cell"]) == ("private-character", "warning", "A2")
    assert f"U+{ord(text):04X}" in problem["text"]
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0


@pytest.mark.parametrize("mark", ["\ufdd0", "\ufdd1", "\ufdef", "\uffff"])
def test_a_mark_that_the_program_uses_itself_is_refused(desk: Desk, mark: str) -> None:
    desk.meeting(預定開放=PLANNED)
    with edited(desk, "預定開放") as sheet:
        sheet["A2"] = "北_xFFFF_港" if mark == "\uffff" else f"北{mark}港"
    assert [(one["code"], one["cell"]) for one in desk.problems()] == [("control-character", "A2")]
    assert f"U+{ord(mark):04X}" in said(desk, "control-character")[0]


@pytest.mark.usefixtures("typeface")
def test_every_cell_that_is_printed_is_looked_at_and_no_other(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關="| 欄位 | 內容 |", 單位=UNITS.replace("企劃處", "企😀處"))
    desk.book("共用/要點.xlsx", 條文="| 層級 | 條號 | 內容 |\n| 1 | 一、 | 某😀事。 |", 備忘="| 😀 |")
    desk.meeting(
        會議資訊=MEETING.replace("第1會議室", "第😀會議室"),
        案由=CASES.replace("辦理情形", "辦理😀情形"),
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 要點 | 共用:要點 |\n| 討1 | 測站 | 工作表:潮位站 |",
        潮位站="| 站😀名 | 筆數 |\n| 北😀港 | 3 |",
        預定開放=PLANNED.replace("已上架 |", "已上架 | 承辦人 |").replace("★      |", "★ | 😀 |"),
        備忘="| 😀 |\n| 😀 |",
    )
    assert places(desk, "no-glyph") == [
        "會議.xlsx〔會議資訊〕B4",
        "會議.xlsx〔案由〕D2",
        "會議.xlsx〔潮位站〕A1",
        "會議.xlsx〔潮位站〕A2",
        "機關.xlsx〔單位〕A2",
        "要點.xlsx〔條文〕C2",
    ]


def test_a_machine_without_the_typefaces_says_nothing_of_covering(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(characters, "_files", list)
    desk.meeting(預定開放=PLANNED.replace("北港", "😀\ue000"))
    assert [one["code"] for one in desk.problems()] == ["private-character"]


@pytest.mark.parametrize("failure", [OSError, subprocess.TimeoutExpired("fc-list", 20)])
def test_without_fontconfig_nothing_is_known(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(characters.subprocess, "run", fail)
    monkeypatch.setattr(sys, "platform", "linux")
    assert characters._files() == []
    assert characters.covered("😀")


def test_a_typeface_that_cannot_be_read_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "face.ttf"
    broken.write_bytes(b"no typeface")
    monkeypatch.setattr(characters, "_files", lambda: [broken, tmp_path / "gone.ttc"])
    assert characters.covered("😀")


@pytest.mark.slow
def test_common_characters_cost_nothing(tmp_path: Path) -> None:
    """No typeface is opened, nor any program started, while everything is of the common set."""
    for part in ("inputs/機關.xlsx", "inputs/113-1/會議.xlsx"):
        write_book(tmp_path / part, 單位=UNITS, 會議資訊=MEETING, 案由=CASES)
    (tmp_path / "templates").mkdir()
    code = (
        "import atexit, sys, subprocess\n"
        "subprocess.run = subprocess.Popen = None\n"
        "atexit.register(lambda: print('fontTools' in sys.modules))\n"
        "from generator.cli.app import packet\n"
        f"packet(['--workspace', {str(tmp_path)!r}, 'check', '113-1'])\n"
    )
    command = [sys.executable, "-X", "utf8", "-c", code]
    done = subprocess.run(command, capture_output=True, cwd=REPO, timeout=300, check=False)
    assert done.stdout.decode().splitlines()[-1] == "False", done.stderr.decode()
