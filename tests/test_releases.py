"""`packet release`: what goes out is frozen with the workbooks it was made of, and never altered."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import test_minutes
import test_publish
from click.testing import CliRunner
from conftest import CASES, MEETING, UNITS, Desk

from generator.basic.workspace import MeetingId, Workspace
from generator.build import outputs, story
from generator.cli import app, options
from generator.dispatch import releases

OTHER_CASES = CASES.replace("開放一案", "開放及應用一案")


@pytest.fixture(autouse=True)
def _before_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day is well before the meeting, and there is no LibreOffice."""
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 2))
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")


def home(desk: Desk, number: int = 1) -> Path:
    return desk.root / "output" / "113-1 版本" / f"第{number}版"


def contents(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def manifest(desk: Desk, number: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home(desk, number) / "版本.json").read_text("utf-8"))
    return found


def release(desk: Desk, *more: str) -> str:
    result = desk.run("release", "113-1", *more)
    assert result.exit_code == 0, result.output
    return result.output


def reminder(desk: Desk, *only: str) -> str:
    """What the summary of a build says of the last release."""
    workspace, meeting = Workspace(desk.root), MeetingId(113, 1)
    return releases.reminder(workspace, meeting, story.build(workspace, meeting, only, ("docx",)))


def test_it_keeps_the_documents_of_a_build_and_every_workbook_they_are_made_of(desk: Desk) -> None:
    desk.meeting()
    inputs = contents(desk.root / "inputs")
    text = release(desk)
    assert "已凍結第1版（會議資料，" in text
    assert "完成：output/113-1 版本/第1版" in text
    frozen = contents(home(desk))
    assert {name: frozen[f"活頁簿/{name}"] for name in inputs} == inputs
    desk.run("build", "113-1", "--format", "docx")
    built = {f"文件/{path.name}": path.read_bytes() for path in desk.output().glob("*.docx")}
    assert len(built) == 3
    assert {name: content for name, content in frozen.items() if name.startswith("文件/")} == built
    # The one new file is the book of the agency that the meeting keeps.
    assert contents(desk.root / "inputs") == {**inputs, "113-1/機關.xlsx": inputs["機關.xlsx"]}


def test_the_manifest_says_what_when_for_whom_and_from_which_cells(desk: Desk) -> None:
    desk.meeting(會議資訊=MEETING.replace("資料基準日 | 113-05-01", "資料基準日 | 113-05-21"))
    release(desk)
    found = manifest(desk)
    assert (found["number"], found["stage"], found["late"], found["reason"]) == (1, "會議資料", False, "")
    assert found["meeting"]["id"] == "113-1"
    assert dt.datetime.fromisoformat(found["when"]).utcoffset() is not None
    assert found["deadline"]["date"] == "2024-05-13"
    first = found["files"][0]
    content = (home(desk) / first["path"]).read_bytes()
    assert (first["name"], first["audience"]) == ("01 議程.docx", "公開")
    assert (first["size"], first["sha256"]) == (len(content), outputs.digest(content))
    assert {"name": "會議.日期", "value": "113-05-20", "cells": ["會議.xlsx〔會議資訊〕B2"]} in found["figures"]
    assert [one["code"] for one in found["problems"]] == ["cutoff-late"]


def test_a_release_equal_to_the_last_one_is_not_made(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    text = release(desk)
    assert "與第1版（會議資料，" in text
    assert "沒有變動，不凍結新的版本" in text
    assert not home(desk, 2).exists()


def test_a_changed_cell_makes_a_second_release_and_leaves_the_first_as_it_was(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    first = contents(home(desk))
    desk.meeting(案由=OTHER_CASES)
    assert "已凍結第2版" in release(desk)
    assert contents(home(desk)) == first
    assert manifest(desk, 2)["number"] == 2


def test_errors_in_the_inputs_refuse_it_and_are_all_listed(desk: Desk) -> None:
    desk.meeting(案由=CASES.replace("資訊處", "資訊室").replace("提請討論", "請討論"))
    result = desk.run("release", "113-1")
    assert result.exit_code == 1
    assert "會議.xlsx〔案由〕C2：「資訊室」不在 機關.xlsx〔單位〕內" in result.output
    assert "會議.xlsx〔案由〕D3" in result.output
    assert "有錯誤，沒有凍結版本" in result.output
    assert not home(desk).parent.exists()
    assert json.loads(desk.run("release", "113-1", "--json").stdout)["problems"][0]["severity"] == "error"


def test_a_document_edited_by_hand_refuses_it(desk: Desk) -> None:
    desk.meeting()
    desk.run("build", "113-1", "--format", "docx")
    desk.output("01 議程.docx").write_bytes(b"an hour of work")
    result = desk.run("release", "113-1")
    assert result.exit_code == 1
    assert "手改過的檔案：「01 議程.docx」" in result.output
    assert "packet build 113-1" in result.output
    assert not home(desk).exists()
    assert desk.output("01 議程.docx").read_bytes() == b"an hour of work"


def test_after_the_deadline_it_wants_a_reason_and_records_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 13))
    release(desk)
    assert not manifest(desk)["late"]
    desk.meeting(案由=OTHER_CASES)
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 14))
    result = desk.run("release", "113-1")
    assert result.exit_code == 2
    assert "會議資料的期限是113年5月13日（星期一）（會前 5 個工作日，依據：運作指引肆二），已經過了" in result.output
    assert "--reason" in result.output
    assert not home(desk, 2).exists()
    assert "已記下原因：補充附件" in release(desk, "--reason", "補充附件")
    found = manifest(desk, 2)
    assert (found["late"], found["reason"]) == (True, "補充附件")


def test_who_sits_at_the_terminal_is_asked_for_the_reason(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 14))
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True)
    arguments = ["--workspace", str(desk.root), "release", "113-1", "--json"]
    result = CliRunner().invoke(app.packet, arguments, input="主席出國，延後送出\n")
    assert result.exit_code == 0, result.output
    assert "已經過了" in result.stderr
    assert json.loads(result.stdout)["reason"] == manifest(desk)["reason"] == "主席出國，延後送出"


def test_no_reason_is_asked_where_nothing_would_go_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    release(desk)
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 14))
    assert "沒有變動" in release(desk)


@pytest.mark.slow
@pytest.mark.parametrize(("status", "deadline"), [("草稿", "2024-05-30"), ("定稿", "2024-06-07")])
def test_minutes_make_it_a_release_of_another_stage(desk: Desk, status: str, deadline: str) -> None:
    desk.book("機關.xlsx", 機關=test_minutes.AGENCY, 單位=UNITS, 委員=test_minutes.ROSTER)
    desk.meeting(會議資訊=MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |")
    test_minutes.minutes(desk, 紀錄資訊=test_minutes.INFO.replace("定稿", status))
    release(desk)
    found = manifest(desk)
    assert (found["stage"], found["deadline"]["date"]) == (f"會議紀錄{status}", deadline)
    audiences = {one["name"]: one["audience"] for one in found["files"]}
    assert audiences["01 議程.docx"] == audiences["會議紀錄（公開版）.docx"] == "公開"
    assert audiences["會議紀錄（會議版）.docx"] == "委員及列席人員"
    assert audiences["決議分辦表.docx"] == audiences["決議分辦表.xlsx"] == "機關內部"


def test_an_interrupted_release_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AssertionError, match="No space left"):
        desk.run("release", "113-1")
    monkeypatch.undo()
    assert not home(desk).exists()
    assert not list((desk.root / "output" / ".packet").glob("release-*"))


def test_what_a_killed_release_left_goes_after_an_hour(desk: Desk) -> None:
    desk.meeting()
    left = desk.root / "output" / ".packet" / "release-x"
    young = left.with_name("release-y")
    for folder in (left, young):
        (folder / "文件").mkdir(parents=True)
    os.utime(left, (0, 0))
    release(desk)
    assert not left.exists()
    assert young.exists()


def test_a_folder_of_that_name_is_never_written_over(desk: Desk) -> None:
    desk.meeting()
    home(desk).mkdir(parents=True)
    (home(desk) / "自己的檔案.txt").write_bytes(b"mine")
    release(desk)
    assert contents(home(desk)) == {"自己的檔案.txt": b"mine"}
    assert manifest(desk, 2)["number"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["文件/01 議程.docx", "活頁簿/113-1/會議.xlsx", "版本.json"])
def test_a_release_that_someone_altered_is_reported(desk: Desk, name: str) -> None:
    desk.meeting()
    release(desk)
    path = home(desk) / name
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b'"late": false', b'"late": true ') + b" ")
    result = desk.run("diff", "113-1")
    assert result.exit_code == 1
    assert "第1版與凍結時不同" in result.output
    assert name in result.output
    assert name in release(desk)


def test_files_that_went_or_came_are_reported(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    (home(desk) / "文件" / "01 議程.docx").unlink()
    (home(desk) / "文件" / "另一份.docx").write_bytes(b"")
    (home(desk) / "文件" / "~$另一份.docx").write_bytes(b"")
    result = desk.run("diff", "113-1")
    assert "文件/01 議程.docx 不見了" in result.output
    assert "文件/另一份.docx 是多出來的" in result.output
    assert "~$" not in result.output


def test_a_manifest_that_points_elsewhere_is_not_followed(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    found = manifest(desk)
    found["files"][0]["path"] = "../../../inputs/機關.xlsx"
    found["sha256"] = releases.seal(found)
    path = home(desk) / "版本.json"
    path.chmod(0o644)
    path.write_text(json.dumps(found), "utf-8")
    assert "版本.json" in desk.run("diff", "113-1").output


@pytest.mark.slow
def test_the_reminder_tells_that_the_inputs_moved_on(desk: Desk) -> None:
    desk.meeting()
    assert reminder(desk) == ""
    release(desk)
    assert reminder(desk) == ""
    desk.meeting(附註="| 案號 | 附件 | 內容 |")
    assert reminder(desk) == "第1版之後活頁簿或範本存過檔，文件沒有變動。"
    desk.meeting(案由=OTHER_CASES)
    assert reminder(desk, "議程").startswith("第1版之後文件又有變動：packet diff 113-1 可看差異")
    assert reminder(desk).startswith("第1版之後文件又有變動")
    release(desk)
    assert reminder(desk) == ""
    desk.meeting(案由=OTHER_CASES + "| 討2 | 討論事項 | 企劃處 | 經費一案，提請討論。 |")
    assert reminder(desk, "報告事項").startswith("第2版之後文件又有變動")


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["edited", "gone", "no text"])
def test_the_reminder_tells_that_nothing_can_be_compared(desk: Desk, damage: str) -> None:
    desk.meeting()
    release(desk)
    path = home(desk) / "版本.json"
    path.chmod(0o644)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"\xff" if damage == "no text" else path.read_bytes().replace(b"false", b"true"))
    assert reminder(desk) == "第1版的 版本.json 不見了或被改過，請由備份還原。"
    assert "第1版的 版本.json 不見了或被改過" in desk.run("build", "113-1", "--format", "docx").output


CLOSED_NAME = "鄭 民間"
LISTED = """
| 下架資料集名稱 | 提供單位 | 下架原因       | 備註 |
| 舊潮位         | 企劃處   | 依{}委員之意見 |      |
"""


def with_closed_remark(desk: Desk, reason: str) -> None:
    """Final minutes with a remark 不公開, and a sheet 下架清單 that gives a reason."""
    test_publish.told(desk)
    desk.meeting(
        會議資訊=test_publish.PLACE,
        附件="| 案號 | 名稱 | 來源 |\n| 討1 | 下架 | 工作表:下架清單 |",
        說明=test_publish.EXPLANATIONS.replace("依本部規定辦理。", '如{{ 附件("下架") }}。'),
    )
    desk.book("113-1/資料集.xlsx", 下架清單=LISTED.format(reason))


@pytest.mark.slow
def test_what_publish_refuses_as_a_leak_is_not_frozen_as_public(desk: Desk) -> None:
    with_closed_remark(desk, CLOSED_NAME)
    result = desk.run("release", "113-1")
    assert result.exit_code == 1
    assert "沒有凍結版本，標為公開的檔案含有不能公開的內容" in result.output
    assert "下架.docx」的內文含有須保護的姓名" in result.output
    assert "鄭" not in result.output
    assert not home(desk).parent.exists()
    with_closed_remark(desk, "審查")
    assert "公開：" in release(desk)


@pytest.mark.office
def test_publish_and_release_refuse_the_same_files(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PACKET_SOFFICE")
    with_closed_remark(desk, CLOSED_NAME)
    for ending in ("pdf", "odt"):
        for command in ("publish", "release"):
            assert f"下架.{ending}」的內文含有須保護的姓名" in desk.run(command, "113-1").output
    assert not home(desk).parent.exists()
    with_closed_remark(desk, "審查")
    # The notice has the telephone of the contact, the meeting's own minutes the names: neither is 公開.
    assert "公開：" in release(desk)


@pytest.mark.slow
def test_before_the_minutes_there_is_nobody_to_protect(desk: Desk) -> None:
    with_closed_remark(desk, CLOSED_NAME)
    (desk.root / "inputs" / "113-1" / "會議紀錄.xlsx").unlink()
    assert "已凍結第1版（會議資料，" in release(desk)


@pytest.mark.slow
def test_an_attachment_from_elsewhere_is_kept_and_its_exchange_is_a_change(desk: Desk) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 | 附原檔 |\n| 討1 | 位置圖 | 檔案:位置圖.pdf | ★ |")
    attached = desk.root / "inputs" / "113-1" / "附件" / "位置圖.pdf"
    attached.parent.mkdir()
    attached.write_bytes(blank_pdf(1))
    release(desk)
    assert contents(home(desk))["活頁簿/113-1/附件/位置圖.pdf"] == blank_pdf(1)
    assert "沒有變動" in release(desk)
    attached.write_bytes(blank_pdf(2))
    assert reminder(desk).startswith("第1版之後文件又有變動")
    lines = desk.run("diff", "113-1").output.splitlines()
    assert lines[1:] == [
        "■ 04 討論事項第一案 附件 位置圖　換了檔案",
        "■ 活頁簿",
        "  位置圖.pdf　修正檔案",
    ]
    assert "  新增　修正對照表（第1版至今）.docx" in desk.run("diff", "113-1", "--docx").output
    assert "已凍結第2版" in release(desk)


def blank_pdf(pages: int) -> bytes:
    from pikepdf import Pdf

    made, content = Pdf.new(), io.BytesIO()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    made.save(content, deterministic_id=True)
    return content.getvalue()


def test_a_linked_folder_is_not_written_to(desk: Desk, tmp_path: Path) -> None:
    desk.meeting()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    home(desk).parent.parent.mkdir()
    home(desk).parent.symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(AssertionError, match="不是一般的資料夾"):
        desk.run("release", "113-1")
    assert not list(elsewhere.iterdir())


@pytest.mark.office
def test_with_libreoffice_it_holds_pdf_and_odf_and_equal_documents_are_equal_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.meeting()
    release(desk)
    monkeypatch.delenv("PACKET_SOFFICE")
    # The first went without PDF: with LibreOffice there is more to send.
    assert "已凍結第2版" in release(desk)
    names = {one["name"]: one["audience"] for one in manifest(desk, 2)["files"]}
    assert {"01 議程.docx", "01 議程.pdf", "01 議程.odt"} <= set(names)
    assert names["會議資料.pdf"] == "公開"
    shutil.rmtree(desk.root / "output" / ".packet")
    assert "沒有變動" in release(desk)
