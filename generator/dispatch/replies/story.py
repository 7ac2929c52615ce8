"""The story of `packet replies`: the draft that went out → the files that came back → rows in a workbook of their own.

The workbook lies in the meeting's folder, because staff decide there on each row and the build reads it. It is written
once: what comes later stands in a further one, so that no workbook in which someone has worked is ever touched.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import field

from generator.basic import roc, temporary
from generator.basic.failure import UserError
from generator.basic.problem import has_errors
from generator.basic.workspace import MAILS, RETURNED, MeetingId, Workspace
from generator.build import making, outputs
from generator.build import report as reporting
from generator.build.examine import Examined
from generator.build.making import Step
from generator.build.result import Result
from generator.dispatch import releases
from generator.dispatch.replies import reading, rows
from generator.dispatch.replies.draft import Draft
from generator.dispatch.replies.rows import Gathered
from generator.documents.minutes import MINUTES
from generator.documents.passages import from_json
from generator.meeting import corrections
from generator.meeting.corrections import Corrections
from generator.meeting.model import Meeting
from generator.meeting.sheets.replies import BOOK, Proposal, Reply
from generator.workbook.values import folded

_SHEETS = (Proposal.sheet.name, Reply.sheet.name)
FORM = "修正意見表"


class NoDraft(UserError):
    """There are no minutes that could have been sent out."""

    exit_code = 1


class Report(Result):
    """What came of the replies, and who replied late or not at all."""

    gathered: Gathered = field(default_factory=Gathered)
    corrections: Corrections = field(default_factory=lambda: Corrections(None, (), ()))
    unread: list[str] = field(default_factory=list)
    file: str = ""


def home(workspace: Workspace, meeting: MeetingId) -> Path:
    """Where the files that members sent back are put, beside the mails."""
    return workspace.beside(meeting, RETURNED)


def take_in(workspace: Workspace, meeting_id: MeetingId, folder: Path, step: Step = lambda text: None) -> Report:
    """Reads a folder of returned files and writes the rows that are not in a workbook yet.

    Raises NoDraft, reading.NoFolder, what making.make raises, and OSError.
    """
    build = making.make(workspace, meeting_id, only=(), formats=("docx",), step=step)
    report = Report(workspace.inputs(meeting_id))
    meeting = build.examined.meeting
    faults = [fault for fault in build.examined.problems if fault.at.sheet in _SHEETS]
    if meeting is None or has_errors(faults):
        # A row that cannot be read would come again.
        report.problems = tuple(build.examined.problems if meeting is None else faults)
        return report
    if meeting.minutes is None:
        raise NoDraft(f"{meeting_id} 還沒有會議紀錄，沒有可以修正的草稿。")
    drafts = _drafts(workspace, meeting, build)
    if not drafts:
        # Errors stand in the way of the draft, and no release has one: nothing could be placed.
        report.problems = tuple(build.examined.problems)
        return report
    step("讀取回復的檔案")
    with temporary.folder() as place:
        came = reading.folder(folder, drafts, place)
    report.gathered = rows.gather(meeting, came, drafts, _titles(meeting))
    report.unread = [f"{reply.source}：{reply.remark}" for reply in came if reply.unread]
    new = [(member, reply.received.date()) for reply, member, _, _ in report.gathered.replies]
    report.corrections = corrections.of(meeting, new)
    if report.gathered.rows or report.gathered.replies:
        step("寫入修正意見")
        _write(workspace, meeting, build.examined, report)
    return report


def _drafts(workspace: Workspace, meeting: Meeting, build: making.Built) -> list[Draft]:
    """The drafts that may have gone out: those of the releases, the newest last, then the present one."""
    vocabulary = build.examined.vocabulary
    assert vocabulary is not None
    subjects = {
        folded(vocabulary.render(case.subject, case, case.at("subject"), [])): case.key for case in meeting.cases
    }
    found = []
    for release in releases.every(workspace, meeting.id):
        documents = release.manifest.get("documents", ())
        contents = [from_json(entry["contents"]) for entry in documents if _is_draft(entry) and "contents" in entry]
        if contents:
            found.append(Draft.of(release.name, contents[:1], subjects))
    names = [document.name for document in build.examined.documents if document.edition]
    present = [build.contents[name] for name in names if name in build.contents][:1]
    # Members have what was released; the workbooks may have moved on since.
    return [*([Draft.of("目前的資料", present, subjects)] if present else []), *found]


def _is_draft(document: dict[str, Any]) -> bool:
    return str(document["name"]).startswith(MINUTES)


def _titles(meeting: Meeting) -> dict[str, str]:
    """What a case may be called in a mail, longest first."""
    found = {}
    for case in meeting.cases:
        for title in (case.title, f"{case.kind}{case.number}", f"{case.kind}案{case.number}", case.key):
            found[folded(title)] = case.key
    return dict(sorted(found.items(), key=lambda entry: -len(entry[0])))


def _write(workspace: Workspace, meeting: Meeting, examined: Examined, report: Report) -> None:
    from generator.workbook.forms import FilledSheet, write_workbook

    folder = workspace.inputs(meeting.id)
    content = io.BytesIO()
    sheets = [
        FilledSheet(Proposal.sheet, [rows.written(row) for row in report.gathered.rows]),
        FilledSheet(Reply.sheet, [rows.written_reply(*reply) for reply in report.gathered.replies]),
    ]
    write_workbook(content, sheets, units=meeting.units, title=f"{meeting.name}{BOOK}")
    with outputs.aside(workspace.output(meeting.id)) as place:
        name = next(
            name for name in _names() if not any((folder / f"{name}{end}").exists() for end in (".xlsx", ".ods"))
        )
        outputs.write_new(place / "replies", content.getvalue())
        (place / "replies").rename(folder / f"{name}.xlsx")
    report.file = f"{name}.xlsx"
    report.outcomes = [outputs.Outcome(report.file, outputs.NEW)]


def _names() -> Iterator[str]:
    """修正意見, 修正意見 第2批 … : 「(2)」 would be the name of a copy."""
    yield BOOK
    for number in range(2, 1000):
        yield f"{BOOK} 第{number}批"


def form(workspace: Workspace, meeting_id: MeetingId) -> list[outputs.Outcome]:
    """Writes the form on which members may reply, beside the mails."""
    from generator.workbook.forms import plain_sheet, write_workbook

    content = io.BytesIO()
    headings = ["委員", "案號", "原文", "建議文字", "說明"]
    write_workbook(
        content, [plain_sheet(FORM, headings, [["", "", "", "", ""]] * 12, title=f"{meeting_id} {FORM}")], title=FORM
    )
    folder = workspace.beside(meeting_id, MAILS)
    return outputs.write_all(folder, {f"{FORM}.xlsx": content.getvalue()}, {}, {})


def lines(report: Report, meeting_id: MeetingId) -> list[list[tuple[str, str]]]:
    """What the terminal shows."""
    found = report.gathered
    shown = [
        (f"新的修正意見 {len(found.rows)} 項" + (f"，另有 {found.known} 項先前已匯入" if found.known else ""), "bold")
    ]
    for reply, member, _, count in found.replies:
        remark = f"　{reply.remark}" if reply.remark else ""
        shown.append(
            (
                f"  {member}　{count} 項　{rows.moment(reply.received)}　{reply.source}{remark}",
                "yellow" if reply.unread else "",
            )
        )
    replied = report.corrections
    until = f"（期限 {roc.long_date(replied.deadline.date)}）" if replied.deadline else ""
    if replied.late:
        shown.append((f"逾期回復{until}：{'、'.join(replied.late)}", "yellow"))
    if replied.absent:
        shown.append((f"未回復，視同無意見{until}：{'、'.join(replied.absent)}", ""))
    if report.file:
        shown.append((f"已寫入：inputs/{meeting_id}/{report.file}", "green"))
        shown.append(("請在其中填「採納」與「理由」，再執行 packet check 與 packet build。", ""))
    return [[line] for line in shown]


def as_json(report: Report) -> dict[str, Any]:
    """The report for a program."""
    replied = report.corrections
    return {
        "file": report.file,
        "deadline": replied.deadline.date.isoformat() if replied.deadline else None,
        "known": report.gathered.known,
        "rows": [
            {
                "id": row.identifier,
                "member": row.member,
                "case": row.case,
                "place": row.place,
                "kind": row.kind,
                "old": row.old,
                "new": row.new,
                "received": row.received.isoformat(timespec="minutes"),
                "source": row.source,
                "cell": row.cell,
            }
            for row in report.gathered.rows
        ],
        "replies": [
            {"member": member, "source": reply.source, "count": count, "remark": reply.remark, "unread": reply.unread}
            for reply, member, _, count in report.gathered.replies
        ],
        "late": list(replied.late),
        "absent": list(replied.absent),
        "unread": report.unread,
        "problems": reporting.problems_json(list(report.problems)),
    }
