"""Which mailboxes changed since a release: a mail goes to those of today, also where its files were frozen before."""

from __future__ import annotations

from collections.abc import Iterable

from generator.dispatch.releases import Release
from generator.meeting import body
from generator.meeting.model import Meeting
from generator.meeting.sheets.agency import Member
from generator.meeting.sheets.minutes import Observer
from generator.workbook import books, typed_rows
from generator.workbook.values import folded


def remark(release: Release, meeting: Meeting) -> str:
    """A sentence on who has another mailbox, who has one now and who has none any more; empty where nothing changed."""
    before = _mailboxes(_frozen(release))
    now = _mailboxes([*meeting.members, *meeting.away, *meeting.observers, *meeting.came])
    changes = {
        "改過信箱": [name for name in now if name in before and now[name].casefold() != before[name].casefold()],
        "新有信箱": [name for name in now if name not in before],
        "已沒有信箱": [name for name in before if name not in now],
    }
    listed = "；".join(f"{what}：{'、'.join(names)}" for what, names in changes.items() if names)
    return (
        f"附件是{release.name}凍結的檔案，收件者則依現在的〔委員〕與〔列席〕。凍結之後，{listed}。請確認。"
        if listed
        else ""
    )


def _mailboxes(people: Iterable[Member | Observer]) -> dict[str, str]:
    def called(person: Member | Observer) -> str:
        return folded(person.name or (person.unit if isinstance(person, Observer) else ""))

    return {called(person): person.email.strip() for person in people if person.email}


def _frozen(release: Release) -> list[Member | Observer]:
    """The members and observers of the frozen workbooks."""
    paths = [release.folder / entry["copy"] for entry in release.manifest["inputs"] if "copy" in entry]
    read = [path for path in paths if path.suffix.lower() in (".xlsx", ".ods")]
    sheets = [sheet for path in read for sheet in books.read_workbook(path, [])]
    members = typed_rows.records(Member, sheets, [], body.role_choices(sheets))
    return [*members, *typed_rows.records(Observer, sheets, [])]
