"""`packet mail` sends what was frozen: the files of the release, or nothing where the workbooks have moved on."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from conftest import CASES, EXPLANATIONS, MEETING, UNITS, Desk, docx_text
from test_mail import (
    ATTENDANCE,
    DECISIONS,
    PLAIN,
    REMARKS,
    ROSTER,
    SENDER,
    attached,
    drafts,
    mail,
    minutes,
    office,
    read,
    refused,
    template,
    template_path,
    text,
)
from test_releases import contents, home, release

from generator.basic.formats import media_type
from generator.cli import options

OTHER = "application/octet-stream"
MOVED = CASES.replace("開放一案", "開放及應用一案")


@pytest.fixture(autouse=True)
def _before_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day is well before the meeting, and there is no LibreOffice."""
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 2))
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")


def draft_folder(desk: Desk) -> Path:
    return desk.root / "output" / "113-1 信件"


@pytest.mark.slow
def test_what_is_attached_is_what_the_release_holds(desk: Desk) -> None:
    office(desk)
    assert any("還沒有凍結的版本" in remark for remark in mail(desk)["remarks"])
    release(desk)
    found = mail(desk)
    assert (found["release"], found["correction"]) == (1, False)
    assert not any("還沒有凍結的版本" in remark for remark in found["remarks"])
    (content,) = drafts(desk).values()
    assert attached(content)["01 議程.docx"][1] == (home(desk) / "文件" / "01 議程.docx").read_bytes()


@pytest.mark.slow
def test_where_the_workbooks_moved_on_nothing_is_sent_and_the_remedy_is_named(desk: Desk) -> None:
    office(desk)
    release(desk)
    mail(desk)
    # The text of a case that is not even attached: what was frozen is no longer what would go out.
    office(desk, 說明=EXPLANATIONS.replace("依本部規定", "依法"))
    assert refused(desk) == [("mail-moved-on", "output/113-1 版本/第1版")]
    said = desk.run("mail", "113-1").output
    assert "第1版凍結之後，文件又有變動，不能寄出。請先執行 packet diff 113-1" in said
    assert "packet release 113-1" in said


@pytest.mark.slow
def test_a_new_mailbox_in_the_roster_is_no_change_of_the_documents(desk: Desk) -> None:
    office(desk)
    release(desk)
    assert not any("收件者則依現在的" in remark for remark in mail(desk)["remarks"])
    desk.book("機關.xlsx", 機關=SENDER, 單位=UNITS, 委員=ROSTER.replace("wu@example.com", "new@example.com"))
    found = mail(desk)
    assert found["release"] == 1
    # It goes to the mailbox of today, and says so.
    assert "new@example.com" in str(found["mails"])
    assert "wu@example.com" not in str(found["mails"])
    [said] = [remark for remark in found["remarks"] if "收件者則依現在的" in remark]
    assert "改過信箱：吳民間" in said
    assert "新有信箱" not in said


@pytest.mark.slow
def test_who_joined_and_who_left_is_a_change_of_the_documents(desk: Desk) -> None:
    office(desk)
    release(desk)
    desk.book("113-1/機關.xlsx", 機關=SENDER, 單位=UNITS, 委員=ROSTER.replace("吳民間", "新民間"))
    assert refused(desk) == [("mail-moved-on", "output/113-1 版本/第1版")]


@pytest.mark.slow
def test_a_second_release_of_the_stage_gives_a_correction_with_what_changed(desk: Desk) -> None:
    office(desk)
    release(desk)
    mail(desk)
    office(desk, 案由=MOVED)
    release(desk)
    found = mail(desk)
    assert (found["release"], found["correction"]) == (2, True)
    (content,) = drafts(desk).values()
    assert str(read(content)["Subject"]).startswith("（更正）")
    assert text(content).startswith(
        "更正：前次寄送的會議資料另有修正，請以本次附件為準。修正之處請見「修正對照表（第1版至第2版）.docx」。"
    )
    files = attached(content)
    assert list(files) == ["01 議程.docx", "修正對照表（第1版至第2版）.docx"]
    path = desk.root / "表.docx"
    path.write_bytes(files["修正對照表（第1版至第2版）.docx"][1])
    table = docx_text(path)
    assert "開放及應用一案" in table
    # Neither cells nor workbooks nor the agency's own documents.
    assert not re.search(r"\.xlsx|〔|[A-Z]\d|依據|機關內部|開會通知單", table)


@pytest.mark.slow
def test_a_correction_names_nobody_who_is_protected(desk: Desk) -> None:
    minutes(desk)
    release(desk, "--reason", "測試")
    remarks = "| 案號 | 順序 | 發言者 | 類型 | 記名方式 | 內容 |\n| 討1 | 1 | 吳民間 | 委員意見 | 不記名 | 建議延長。 |"
    minutes(desk, 發言=remarks)
    release(desk, "--reason", "測試")
    found = mail(desk)
    assert found["correction"]
    (content,) = drafts(desk).values()
    (table,) = [file for name, (_, file) in attached(content).items() if name.startswith("修正對照表")]
    path = desk.root / "表.docx"
    path.write_bytes(table)
    assert "延長" in docx_text(path)
    assert "吳民間" not in docx_text(path)


@pytest.mark.slow
def test_a_speaker_who_turned_nameless_stands_in_no_correction(desk: Desk) -> None:
    named = "| 案號 | 順序 | 發言者 | 類型 | 記名方式 | 內容 |\n| 討1 | 1 | 吳民間 | 委員意見 | {} | 建議延長。 |"
    minutes(desk, 發言=named.format("記名"))
    release(desk, "--reason", "測試")
    minutes(desk, 發言=named.format("不記名"))
    release(desk, "--reason", "測試")
    found = mail(desk)
    assert found["correction"]
    assert [remark for remark in found["remarks"] if remark.startswith("沒有附上「修正對照表")]
    (content,) = drafts(desk).values()
    assert not any(name.startswith("修正對照表") for name in attached(content))


@pytest.mark.slow
def test_papers_are_sent_as_frozen_when_the_minutes_have_begun(desk: Desk) -> None:
    office(desk, 會議資訊=f"{MEETING}| 主席 | 林召集 |")
    release(desk)
    info = "| 欄位 | 內容 |\n| 紀錄狀態 | 草稿 |\n| 散會 | 16:10 |"
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=info, 出席=ATTENDANCE, 發言=REMARKS, 決議=DECISIONS)
    assert mail(desk, "--kind", "會議資料")["release"] == 1
    (content,) = drafts(desk).values()
    assert attached(content)["01 議程.docx"][1] == (home(desk) / "文件" / "01 議程.docx").read_bytes()


@pytest.mark.slow
def test_an_altered_release_is_not_sent(desk: Desk) -> None:
    office(desk)
    release(desk)
    path = home(desk) / "文件" / "01 議程.docx"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")
    assert refused(desk) == [("mail-release-damaged", "output/113-1 版本/第1版")]


@pytest.mark.slow
def test_a_refused_mail_leaves_no_older_draft_that_could_be_sent(desk: Desk) -> None:
    office(desk)
    mail(desk)
    assert list(drafts(desk)) == ["會議資料.eml"]
    template(desk, PLAIN.replace("議程.docx、", "無此檔.docx、"))
    assert refused(desk) == [("mail-attachment-unknown", "信件 會議資料.txt 第 5 行")]
    assert drafts(desk) == {}
    template(desk, PLAIN)
    mail(desk)
    desk.meeting(會議資訊="")
    assert desk.run("mail", "113-1").exit_code == 1
    assert drafts(desk) == {}


def test_a_draft_that_someone_edited_is_kept_under_another_name(desk: Desk) -> None:
    office(desk)
    mail(desk)
    edited = draft_folder(desk) / "會議資料.eml"
    edited.write_bytes(edited.read_bytes() + b"\r\n")
    kept = edited.read_bytes()
    template_path(desk).unlink()
    assert mail(desk, exit_code=1)["mails"] == []
    assert not edited.exists()
    (other,) = draft_folder(desk).glob("*.eml")
    assert "手改" in other.name
    assert other.read_bytes() == kept


@pytest.mark.slow
def test_a_release_is_never_altered_by_a_mail(desk: Desk) -> None:
    office(desk)
    release(desk)
    before = contents(home(desk))
    mail(desk)
    assert contents(home(desk)) == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("圖.png", "image/png"),
        ("圖.JPG", "image/jpeg"),
        ("表.xls", "application/vnd.ms-excel"),
        ("無", "application/octet-stream"),
    ],
)
def test_a_file_from_elsewhere_goes_by_its_own_media_type(name: str, kind: str) -> None:
    assert media_type(name) == kind
