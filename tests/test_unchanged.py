"""A build of what was built already does nothing again, and only then."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from generator.basic.problem import Location, problem
from generator.basic.workspace import Workspace
from generator.build import examine as examination
from generator.build import making, outputs, unchanged
from generator.pdf.from_elsewhere.files import EnclosureCode
from tests.conftest import Desk, docx_text


@pytest.fixture(autouse=True)
def _without_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each time that the workbooks are read for a build."""
    read: list[str] = []
    examine = examination.examine

    def counted(*given: object) -> examination.Examined:
        read.append("read")
        return examine(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(examination, "examine", counted)
    return read


def test_nothing_is_read_again_where_nothing_changed(desk: Desk, readings: list[str]) -> None:
    desk.meeting()
    first = desk.run("build", "113-1")
    assert first.exit_code == 0
    second = desk.run("build", "113-1")
    assert (second.exit_code, len(readings)) == (0, 1)
    count = len(list(desk.output().iterdir()))
    assert f"內容不變 {count} 個檔案" in second.output


def test_the_second_build_says_the_same_problems_and_the_same_manifest(desk: Desk, readings: list[str]) -> None:
    desk.meeting(說明="| 案號 | 層級 | 內容 |\n| 討1 | 1 | 計有 7 項。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |")
    first, second = desk.run("build", "113-1", "--json"), desk.run("build", "113-1", "--json")
    assert len(readings) == 1
    assert "未對應數字" in first.stdout
    assert second.stdout.replace('"same"', '"new"') == first.stdout


def test_a_changed_cell_is_built(desk: Desk, readings: list[str]) -> None:
    desk.meeting()
    desk.run("build", "113-1")
    desk.book("機關.xlsx", 機關="| 欄位 | 內容 |\n| 機關全銜 | 山林部 |\n| 機關簡稱 | 山林部 |\n| 自稱 | 本部 |\n"
              "| 小組名稱 | 山林小組 |\n| 幕僚單位 | 資訊處 |", 單位="| 單位 |\n| 企劃處 |\n| 資訊處 |")  # fmt: skip
    desk.run("build", "113-1")
    assert len(readings) == 2
    assert "山林部" in desk.texts()["01 議程"]


@pytest.mark.slow
@pytest.mark.parametrize("what", ["content", "time"])
def test_a_template_counts_by_its_content_and_not_by_its_date(desk: Desk, readings: list[str], what: str) -> None:
    desk.meeting()
    desk.run("build", "113-1")
    template = desk.root / "templates" / "議程.docx"
    if what == "content":
        template.write_bytes((desk.root / "templates" / "案.docx").read_bytes())
    else:
        os.utime(template, (1, 1))
    desk.run("build", "113-1")
    assert len(readings) == (2 if what == "content" else 1)


def test_another_meeting_counts_since_this_one_is_checked_against_it(desk: Desk, readings: list[str]) -> None:
    desk.meeting()
    desk.run("build", "113-1")
    desk.meeting("112-2")
    desk.run("build", "113-1")
    assert len(readings) == 2


@pytest.mark.slow
@pytest.mark.parametrize("left", ["", "手改"])
def test_a_file_that_is_gone_or_changed_by_hand_is_built(desk: Desk, readings: list[str], left: str) -> None:
    desk.meeting()
    desk.run("build", "113-1")
    file = desk.output("01 議程.docx")
    file.write_text(left) if left else file.unlink()
    result = desk.run("build", "113-1")
    assert len(readings) == 2
    assert ("手改的舊檔已另存" if left else "補回") in result.output
    assert "潮汐資料諮詢小組" in docx_text(file)


def test_what_could_not_be_written_is_tried_again(
    desk: Desk, readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.meeting()
    replace = outputs.replace

    def in_use(path: Path, content: bytes, aside_in: Path) -> None:
        if path.name == "01 議程.docx":
            raise PermissionError(path)
        replace(path, content, aside_in)

    with monkeypatch.context() as patched:
        patched.setattr(outputs, "replace", in_use)
        assert desk.run("build", "113-1").exit_code == 3
    assert desk.run("build", "113-1").exit_code == 0
    assert len(readings) == 2
    assert desk.output("01 議程.docx").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["共用", "113-1"])
def test_a_change_behind_a_linked_folder_is_seen(desk: Desk, readings: list[str], tmp_path: Path, folder: str) -> None:
    desk.meeting()
    inputs = desk.root / "inputs"
    (inputs / "共用").mkdir(exist_ok=True)
    (inputs / folder).rename(tmp_path / "elsewhere")
    (inputs / folder).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "elsewhere" / "loop").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    desk.run("build", "113-1")
    desk.run("build", "113-1")
    assert len(readings) == 1
    desk.book(f"{folder}/新.xlsx", 附記="| 內容 |\n| 新 |")
    desk.run("build", "113-1")
    assert len(readings) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["圖", "圖.tmp", ".圖.pdf"])
def test_an_attachment_counts_whatever_its_name(desk: Desk, readings: list[str], name: str) -> None:
    desk.meeting()
    path = desk.root / "inputs" / "113-1" / "附件" / name
    path.parent.mkdir()
    path.write_bytes(b"one")
    desk.run("build", "113-1")
    path.write_bytes(b"two")
    desk.run("build", "113-1")
    assert len(readings) == 2


def test_the_attachments_of_another_meeting_do_not_count(desk: Desk, readings: list[str]) -> None:
    desk.meeting()
    desk.meeting("112-2")
    desk.run("build", "113-1")
    other = desk.root / "inputs" / "112-2" / "附件" / "圖.pdf"
    other.parent.mkdir()
    other.write_bytes(b"one")
    desk.run("build", "113-1")
    assert len(readings) == 1


def test_a_file_that_lies_there_as_before_is_not_opened_again(
    desk: Desk, readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.meeting()
    attachment = desk.root / "inputs" / "113-1" / "附件" / "圖.pdf"
    attachment.parent.mkdir()
    attachment.write_bytes(b"one")
    monkeypatch.setattr(unchanged, "_SETTLED_SECONDS", -1.0)
    desk.run("build", "113-1")
    opened: list[str] = []
    digest = unchanged.hashlib.file_digest

    def counted(stream: Any, name: str) -> Any:
        opened.append(Path(stream.name).name)
        return digest(stream, name)

    monkeypatch.setattr(unchanged.hashlib, "file_digest", counted)
    # As a program that starts anew: what it knows is in output/.packet.
    unchanged._known_hashes.cache_clear()
    desk.run("build", "113-1")
    assert (opened, len(readings)) == ([], 1)
    attachment.write_bytes(b"two")
    desk.run("build", "113-1")
    assert "圖.pdf" in opened
    assert len(readings) == 2


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["", "[]", '{"a": 1}', '{"a": ["x", "no hash"]}'])
def test_damaged_notes_on_files_cost_a_look_and_no_more(desk: Desk, readings: list[str], damage: str) -> None:
    desk.meeting()
    desk.run("build", "113-1")
    unchanged._known_hashes.cache_clear()
    (desk.root / "output" / ".packet" / "hashes.json").write_text(damage)
    assert desk.run("build", "113-1").exit_code == 0
    assert len(readings) == 1


def test_another_choice_of_documents_or_formats_is_another_build(desk: Desk, readings: list[str]) -> None:
    desk.meeting()
    for arguments in ((), ("--only", "議程"), ("--format", "docx")):
        desk.run("build", "113-1", *arguments)
    assert len(readings) == 3


def test_what_went_wrong_only_while_building_is_tried_again(
    desk: Desk, readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.meeting()
    take = making._take

    def troubled(made: making.Built, *given: Any) -> None:
        take(made, *given)
        making._add(made, [problem(EnclosureCode.FILE_SEPARATE, Location("會議.xlsx"), text="轉檔逾時")])

    with monkeypatch.context() as patched:
        patched.setattr(making, "_take", troubled)
        desk.run("build", "113-1")
    desk.run("build", "113-1")
    desk.run("build", "113-1")
    assert len(readings) == 2


def test_a_large_file_counts_by_its_size_and_date(
    desk: Desk, readings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.meeting()
    large = desk.root / "inputs" / "共用" / "大.pdf"
    large.parent.mkdir(exist_ok=True)
    large.write_bytes(b"1234567890")
    monkeypatch.setattr(unchanged, "_LARGE", 5)
    desk.run("build", "113-1")
    desk.run("build", "113-1")
    assert len(readings) == 1
    os.utime(large, (1, 1))
    desk.run("build", "113-1")
    assert len(readings) == 2


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"key": 5}'])
def test_a_damaged_note_of_the_last_build_costs_a_build_and_no_more(
    desk: Desk, readings: list[str], damage: str
) -> None:
    desk.meeting()
    desk.run("build", "113-1")
    note = desk.root / "output" / ".packet" / "113-1.last.json"
    note.write_text(damage)
    assert desk.run("build", "113-1").exit_code == 0
    assert len(readings) == 2


@pytest.mark.parametrize(("lasts", "looks"), [(0.0, "each time"), (60.0, "once")])
def test_a_process_that_builds_many_meetings_looks_at_what_they_share_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, lasts: float, looks: str
) -> None:
    """Else the looks of a hundred meetings are ten thousand. A single build always looks."""
    for number in range(1, 6):
        desk.meeting(f"113-{number}")
        (desk.root / f"inputs/113-{number}/附件").mkdir()
        (desk.root / f"inputs/113-{number}/附件/圖.pdf").write_bytes(b"%PDF")
    workspace, seen = Workspace(desk.root), list[str]()
    content = unchanged._content

    def counted(path: str, known: Any) -> bytes:
        seen.append(path)
        return content(path, known)

    monkeypatch.setattr(unchanged, "_content", counted)
    monkeypatch.setattr(unchanged, "_looks", {})
    monkeypatch.setattr(unchanged, "_look_lasts", lasts)
    found = [unchanged.contents(workspace, meeting) for meeting in workspace.meetings()]
    assert len(set(seen)) < len(seen) if looks == "each time" else sorted(set(seen)) == sorted(seen)
    for number, files in enumerate(found, 1):
        assert [name for name in files if "/附件/" in name] == [f"inputs/113-{number}/附件/圖.pdf"]
        assert sum(name.endswith("會議.xlsx") for name in files) == 5
    # What is to be built now is looked at now.
    desk.meeting("113-5", 備忘="| 名稱 |\n| 甲 |")
    meeting = workspace.meetings()[0]
    assert unchanged.contents(workspace, meeting, fresh=True) != found[0]
