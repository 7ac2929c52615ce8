"""機關.xlsx in the folder of a meeting counts before the shared one; `release` puts it there."""

from __future__ import annotations

import json

import openpyxl
import pytest

from generator.dispatch import releases
from tests.conftest import AGENCY, UNITS, Desk
from tests.test_rules_of_a_body import ATTENDANCE, DECISIONS, INFO, MEMBERS, MINUTES, ROLES, RULES


@pytest.fixture
def committee(desk: Desk) -> Desk:
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    desk.meeting(會議資訊=INFO)
    return desk


def errors(desk: Desk) -> list[str]:
    return [item["code"] for item in desk.problems() if item["severity"] == "error"]


def reorganise(desk: Desk) -> None:
    """A unit is renamed, and the members are others."""
    desk.book(
        "機關.xlsx",
        機關=AGENCY.replace("資訊處", "數位處"),
        單位=UNITS.replace("資訊處", "數位處"),
        規則=RULES,
        身分=ROLES,
        委員=MEMBERS.replace("沈青山", "沈遠").replace("何小雨", "何大雨"),
    )


@pytest.mark.slow
def test_a_book_in_the_folder_counts_before_the_shared_one(committee: Desk) -> None:
    reorganise(committee)
    assert "unknown-unit" in errors(committee)
    committee.book("113-1/機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    assert errors(committee) == []
    assert [item["code"] for item in committee.problems() if item["code"] == "unknown-sheet"] == []
    committee.run("build", "113-1", "--format", "docx")
    assert "何處長小雨" in committee.texts()["開會通知單"]
    paths = [entry["path"] for entry in committee.manifest()["inputs"]]
    assert "inputs/113-1/機關.xlsx" in paths
    assert "inputs/機關.xlsx" not in paths


def test_a_book_with_some_sheets_leaves_the_others_to_the_shared_one(committee: Desk) -> None:
    committee.book("113-1/機關.xlsx", 委員=MEMBERS.replace("周明", "周大明"))
    assert errors(committee) == []
    committee.run("build", "113-1", "--format", "docx")
    text = committee.texts()["開會通知單"]
    assert "周處長大明" in text
    assert "海風部" in text


def test_the_form_of_the_minutes_has_the_members_of_that_meeting(committee: Desk) -> None:
    committee.book("113-1/機關.xlsx", 委員=MEMBERS.replace("周明", "周大明"))
    assert committee.run("new", "113-1", "--minutes").exit_code == 0
    sheet = openpyxl.load_workbook(committee.root / "inputs" / "113-1" / "會議紀錄.xlsx")["出席"]
    assert "周大明" in [row[0] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.office
@pytest.mark.slow
def test_a_release_of_minutes_keeps_the_book_of_that_day(committee: Desk) -> None:
    committee.book("113-1/會議紀錄.xlsx", 紀錄資訊=MINUTES, 出席=ATTENDANCE, 決議=DECISIONS)
    kept = committee.root / "inputs" / "113-1" / "機關.xlsx"
    result = committee.run("release", "113-1", "--reason", "補凍結")
    assert result.exit_code == 0, result.output
    assert "已將 inputs/機關.xlsx 存一份在 inputs/113-1/機關.xlsx" in result.output
    assert kept.read_bytes() == (committee.root / "inputs" / "機關.xlsx").read_bytes()
    committee.run("build", "113-1", "--format", "docx")
    before = committee.texts()
    reorganise(committee)
    assert errors(committee) == []
    committee.run("build", "113-1", "--format", "docx")
    assert committee.texts() == before
    assert "沒有變動" in committee.run("diff", "113-1").output or committee.run("diff", "113-1").exit_code == 0
    content = kept.read_bytes()
    committee.run("release", "113-1", "--reason", "再凍結")
    assert kept.read_bytes() == content


@pytest.mark.slow
def test_papers_that_went_out_are_not_rewritten_by_a_new_name_of_a_unit(
    committee: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    result = committee.run("release", "113-1", "--reason", "補凍結")
    assert result.exit_code == 0, result.output
    assert "會前委員有異動" in result.output
    found = json.loads(committee.run("diff", "113-1", "--json").stdout)
    assert (found["inputs"], [document for document in found["documents"] if document["changes"]]) == ([], [])
    reorganise(committee)
    assert errors(committee) == []
    found = json.loads(committee.run("diff", "113-1", "--json").stdout)
    assert (found["inputs"], [document for document in found["documents"] if document["changes"]]) == ([], [])


@pytest.mark.slow
def test_a_change_of_members_before_the_meeting_names_both_books(
    committee: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    assert committee.run("release", "113-1", "--reason", "補凍結").exit_code == 0
    joined = MEMBERS.replace("周明", "周大明")
    committee.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=joined)
    [found] = [item for item in committee.problems() if item["code"] == "roster-changed"]
    assert "取自 inputs/113-1/機關.xlsx，與 inputs/機關.xlsx 現在的〔委員〕不同：周明、周大明" in found["text"]
    committee.book("113-1/機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=joined)
    assert "roster-changed" not in [item["code"] for item in committee.problems()]
    committee.run("build", "113-1", "--format", "docx")
    assert "周處長大明" in committee.texts()["開會通知單"]
    assert "委員〕" in committee.run("diff", "113-1").output


@pytest.mark.slow
def test_a_book_with_some_sheets_is_not_taken_for_the_whole(committee: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    path = committee.book("113-1/機關.xlsx", 委員=MEMBERS)
    content = path.read_bytes()
    result = committee.run("release", "113-1", "--reason", "補凍結")
    assert "inputs/113-1/機關.xlsx 沒有〔機關〕，其餘的表仍取自 inputs/機關.xlsx" in result.output
    assert path.read_bytes() == content
    committee.run("build", "113-1", "--format", "docx")
    read = [entry["path"] for entry in committee.manifest()["inputs"]]
    assert {"inputs/機關.xlsx", "inputs/113-1/機關.xlsx"} <= set(read)


@pytest.mark.office
@pytest.mark.slow
def test_an_old_meeting_that_is_in_error_stops_no_other(committee: Desk) -> None:
    committee.meeting("113-2", 會議資訊=INFO.replace("113-05-20", "113-11-20"))
    reorganise(committee)
    committee.meeting(
        "113-2",
        會議資訊=INFO.replace("113-05-20", "113-11-20"),
        案由="| 案號 | 類別 | 單位 | 案由 |\n| 報1 | 報告事項 | 數位處 | 辦理情形，報請鑒察。 |",
        說明="| 案號 | 層級 | 內容 |\n| 報1 | 1 | 依規定辦理。 |",
    )
    committee.run("build", "--all", "--format", "docx")
    assert not committee.output("packet.json", "113-1").exists()
    assert committee.output("packet.json", "113-2").exists()


def test_mailboxes_are_those_of_today(committee: Desk) -> None:
    addresses = MEMBERS.replace("| 身分     |", "| 身分 | 電子郵件 |", 1).replace("當然委員 |", "當然委員 | {} |")
    kept, now = (addresses.replace("{}", f"{word}@example.org") for word in ("old", "new"))
    committee.book("113-1/機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=kept)
    committee.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=now)
    from generator.basic.workspace import MeetingId, Workspace
    from generator.meeting.load import load

    meeting, _ = load(Workspace(committee.root), MeetingId(113, 1))
    assert meeting is not None
    assert {member.email for member in meeting.members} == {"", "new@example.org"}


@pytest.mark.slow
def test_a_release_that_cannot_be_written_leaves_no_book_behind(
    committee: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    folder = committee.root / "inputs" / "113-1"
    before = sorted(path.name for path in folder.iterdir())

    def refuse(*_: object) -> None:
        raise releases.Refused("磁碟已滿。")

    monkeypatch.setattr("generator.dispatch.freezing._write", refuse)
    assert committee.run("release", "113-1", "--reason", "補凍結").exit_code == 1
    assert sorted(path.name for path in folder.iterdir()) == before
