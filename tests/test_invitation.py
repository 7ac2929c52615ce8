"""The meeting for calendars, and the attachments for document systems."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

import pytest
from conftest import MEETING, Desk
from icalendar import Calendar
from test_mail import OBSERVERS, PLAIN, attached, drafts, mail, office, template

from generator.cli import options
from generator.dispatch.mail import attachments

INVITING = re.sub("附件：", "附件：會議邀請.ics、", PLAIN)


@pytest.fixture(autouse=True)
def in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 2))


def invited(desk: Desk) -> tuple[Calendar, Any]:
    mail(desk)
    (content,) = drafts(desk).values()
    kind, ics = attached(content)["會議邀請.ics"]
    assert kind == "text/calendar"
    calendar = Calendar.from_ical(ics)
    return calendar, calendar.walk("VEVENT")[0]


def test_the_mail_of_the_papers_carries_the_meeting_with_alarms_and_nobodys_mailbox(desk: Desk) -> None:
    office(desk)
    template(desk, INVITING)
    calendar, event = invited(desk)
    assert (calendar["METHOD"], event["SEQUENCE"], event["STATUS"]) == ("PUBLISH", 0, "CONFIRMED")
    assert event.decoded("dtstart") == dt.datetime(2024, 5, 20, 6, 30, tzinfo=dt.UTC)
    assert event.decoded("dtend") == dt.datetime(2024, 5, 20, 8, 30, tzinfo=dt.UTC)
    assert event["LOCATION"] == "第1會議室"
    assert [alarm.decoded("trigger") for alarm in event.walk("VALARM")] == [
        -dt.timedelta(days=1),
        -dt.timedelta(hours=1),
    ]
    assert "ATTENDEE" not in event
    assert str(event["ORGANIZER"]) == "mailto:tide@example.gov.tw"


@pytest.mark.slow
def test_a_change_is_counted_once_and_keeps_the_event(desk: Desk) -> None:
    office(desk)
    template(desk, INVITING)
    _, first = invited(desk)
    _, again = invited(desk)
    desk.meeting(列席=OBSERVERS, 會議資訊=MEETING.replace("14:30", "09:30"))
    _, moved = invited(desk)
    _, same = invited(desk)
    desk.meeting(列席=OBSERVERS, 會議資訊=MEETING.replace("第1會議室", "第2會議室"))
    _, third = invited(desk)
    events = (first, again, moved, same, third)
    assert [event["SEQUENCE"] for event in events] == [0, 0, 1, 1, 2]
    assert len({str(event["UID"]) for event in events}) == 1


def test_a_meeting_that_is_called_off_cancels_the_event(desk: Desk) -> None:
    office(desk)
    template(desk, INVITING)
    _, first = invited(desk)
    desk.meeting(列席=OBSERVERS, 會議資訊=MEETING + "| 會議取消 | ★ |\n")
    calendar, event = invited(desk)
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert event["UID"] == first["UID"]
    assert event.walk("VALARM") == []


def test_days_on_which_a_meeting_goes_on_are_events_of_their_own(desk: Desk) -> None:
    office(desk)
    template(desk, INVITING)
    desk.meeting(列席=OBSERVERS, 會議資訊=MEETING + "| 結束時間 | 17:00 |\n| 續會日期 | 113-05-21 |\n")
    calendar, _ = invited(desk)
    days = [(event.decoded("dtstart").day, event.decoded("dtend").hour) for event in calendar.walk("VEVENT")]
    assert days == [(20, 9), (21, 9)]
    assert len({str(event["UID"]) for event in calendar.walk("VEVENT")}) == 2


def width(name: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in name)


def test_names_for_document_systems_are_short_plain_and_no_two_alike() -> None:
    names = [f"0{number} 討論事項第一案 附件{number} 預定開放資料集清單（ＸＭＬ）.pdf" for number in range(1, 4)]
    names += ["會議紀錄（會議版）.odt", "會議紀錄（公開版）.odt", "Ａ　Ｂ.pdf", "（）.pdf"]
    found = attachments.folder(dict.fromkeys(names, b"x"), {names[0]: "預定開放資料集清單"}, 25, 5)
    assert len(found.files) == len(names)
    for name in found.files:
        assert width(name) <= 25
        assert name.rpartition(".")[2] in ("pdf", "odt")
        assert not any(sign.isspace() or unicodedata.east_asian_width(sign) == "F" for sign in name)
        assert re.fullmatch(r"[0-9A-Za-z_\-\u3400-\u9fff]+\.[a-z]+", name), name
    assert found.listed[0][1] == "預定開放資料集清單"
    assert {"會議紀錄-會議版.odt", "會議紀錄-公開版.odt", "A-B.pdf", "附件.pdf"} <= set(found.files)


def test_what_is_no_pdf_or_odf_or_too_large_is_left_out_and_said() -> None:
    files = {"一.pdf": b"x" * 3_000_000, "二.xlsx": b"x", "三.pdf": b"x" * 2_500_000, "四.ods": b"x" * 1_000_000}
    found = attachments.folder(files, {}, 25, 5)
    assert list(found.files) == ["一.pdf", "四.ods"]
    assert "「二.xlsx」不是 PDF 或 ODF" in found.left_out
    assert any("「三.pdf」（2.5 MB）放入後合計超過 5 MB" in text for text in found.left_out)
    text = attachments.list_of(found).decode("utf-8-sig")
    assert text.splitlines()[1] == "一.pdf\t一\t3.0 MB"
    assert "未放入：「二.xlsx」" in text


@pytest.mark.office
def test_the_folder_for_a_document_system_lies_beside_the_mail(desk: Desk) -> None:
    office(desk)
    template(desk, INVITING.replace("議程.docx", "會議資料.pdf、開會通知單.docx"))
    result = desk.run("mail", "113-1", "--attachments")
    assert result.exit_code == 0, result.output
    folder = desk.root / "output/113-1 公文附件"
    names = {path.name for path in folder.iterdir()}
    assert {"會議資料.pdf", "開會通知單.pdf"} <= names
    assert all(name.endswith((".pdf", ".odt", ".ods", ".odp")) for name in names)
    listed = (desk.root / "output/113-1 信件/附件清單.txt").read_text("utf-8-sig")
    assert "會議資料.pdf\t「潮汐資料諮詢小組」113年第1次會議會議資料" in listed
    fields = dict(
        line.split("\t", 1)
        for line in (desk.root / "output/113-1 信件/開會通知單.txt").read_text("utf-8-sig").splitlines()
    )
    assert fields["開會事由"] == "召開「潮汐資料諮詢小組」113年第1次會議"
    assert "113年5月20日" in fields["開會時間"]
    assert fields["開會地點"] == "第1會議室"
    assert "陳代表" in fields["出席者"] or "陳處長代表" in fields["出席者"]
    assert "傳真" not in fields
