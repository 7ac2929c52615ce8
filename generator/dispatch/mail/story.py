"""`packet mail`: drafts of the mails that go out with a meeting's documents, as .eml files. Nothing is ever sent.

Before the meeting 會議資料, with draft minutes 會議紀錄草稿, with final ones 會議紀錄定稿. What is attached is
made anew, so that it fits the workbooks as they are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.basic import roc
from generator.basic.formats import FORMATS, of_file
from generator.basic.problem import Code, Location, Problem, error, has_errors, in_order, perhaps, problem
from generator.basic.steps import step as logged
from generator.basic.workspace import MeetingId, Workspace
from generator.build import examine, outputs, story
from generator.build import report as reporting
from generator.build.convert import PACKET
from generator.build.examine import Examined
from generator.build.result import Result
from generator.build.story import Built, Step
from generator.dispatch.mail import eml, parcels, recipients
from generator.dispatch.mail import template as mail_template
from generator.dispatch.mail.eml import Address
from generator.dispatch.mail.parcels import MEGABYTE, Files
from generator.dispatch.mail.template import BCC, CC, TO, MailTemplate, Wanted
from generator.documents.document import INTERNAL, Document
from generator.documents.minutes import FOR_MEETING
from generator.meeting.model import Meeting
from generator.meeting.sheets import PAPERS
from generator.pdf.from_elsewhere import files as enclosures
from generator.workbook.values import folded


class MailCode(Code):
    """The problems that this module finds."""

    MAIL_NO_MINUTES = error(
        "還沒有會議紀錄，不能寄「{kind}」", "請先執行 packet new {meeting} --minutes 並填會議紀錄。"
    )
    MAIL_OTHER_STATUS = error(
        "紀錄狀態是「{status}」，不能寄「{kind}」", "請改用 --kind {other}（或不寫 --kind），或改正紀錄狀態。"
    )
    MAIL_ATTACHMENT_UNKNOWN = error(
        "沒有這個檔案可以附加", "{perhaps}請改正檔名與副檔名；不一定有的附件請在檔名後寫「（如有）」。"
    )
    MAIL_ATTACHMENT_INTERNAL = error("這是{audience}文件，不能附在寄給委員及列席人員的信", "請刪去這個附件。")
    MAIL_EDITED = error(
        "要附加的文件有人手改過，信件附的是依活頁簿重新產生的，不含手改的內容",
        "請把修改寫回 Excel 或範本，執行 packet build {meeting}，再產生信件；要寄手改的檔案時，請自行附加。",
    )
    MAIL_LIMIT = error("郵件大小上限不可為 0", "請填 1 以上的整數（MB）。")
    MAIL_TOO_LARGE = error(
        "「{name}」（{size}）壓縮後仍超過一封信的上限 {most} MB",
        "請在信件範本刪去這個附件、改寄下載連結，或調高郵件大小上限。",
    )


# In a template this means: the attachments that came as files and whose row asks for it, in their original format.
ORIGINALS = "附件原檔"


@dataclass(frozen=True, slots=True)
class Mail:
    """A draft: its file name, what is in it (files by name as attached), and its bytes."""

    name: str
    draft: eml.Draft
    content: bytes


@dataclass(slots=True, kw_only=True)
class Report(Result):
    """What became of the mails of a kind. With errors among the problems there are none."""

    kind: str
    limit: int = 0
    mails: list[Mail] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Who gets a mail, and the names of its files with the document of each (None: 會議資料.pdf)."""

    template: MailTemplate
    sender: Address
    people: Mapping[str, Sequence[Address]]
    files: Mapping[str, Document | None]


def write(
    workspace: Workspace, meeting_id: MeetingId, kind: str, today: dt.date, step: Step = lambda text: None
) -> Report:
    """Writes the drafts of a kind, or where that is empty of the kind that fits the state of the minutes.

    Raises what build.make raises, and OSError where the folder cannot be written.
    """
    step("讀取與檢查活頁簿")
    folder = workspace.output(meeting_id).with_name(f"{meeting_id} 信件")
    examined = examine.examine(workspace, meeting_id)
    report = Report(folder, examined.problems, kind=kind)
    if examined.meeting is None or report.stopped:
        return report
    report.kind = kind or examined.meeting.stage
    plan = _plan(workspace, examined, report)
    if plan is None or report.stopped:
        return report
    files: Files = {}
    if plan.files:
        build = _build(workspace, examined, plan, step)
        report.remarks, report.failures = list(build.remarks), list(build.failures)
        if build.stopped or build.failures:
            report.problems = build.examined.problems
            return report
        report.problems = tuple(in_order([*report.problems, *build.examined.problems]))
        absent = [name for name in plan.files if name not in build.files]
        report.failures += [f"沒有產生「{name}」，信件草稿也沒有寫出。請執行 packet doctor。" for name in absent]
        if absent:
            return report
        files = {name: build.files[name] for name in plan.files}
    assert examined.meeting is not None
    step("寫信件草稿")
    report.limit = examined.meeting.agency.most_mail * MEGABYTE
    report.mails = _mails(examined, plan, report, files)
    if has_errors(report.problems):
        return report
    report.remarks += _remarks(examined, plan, today)
    written = {mail.name: mail.content for mail in report.mails}
    ours = re.compile(rf"{re.escape(report.kind)}( \d+-\d+)?\.eml")
    stale = {name: outputs.GONE for name in outputs.read_record(folder) if ours.fullmatch(name) and name not in written}
    report.outcomes = outputs.write_all(folder, written, stale, {})
    return report


def _unfit(meeting: Meeting, kind: str) -> list[Problem]:
    """Why a mail of the kind cannot go out now: there are no minutes, or they are not of that status."""
    if kind in (PAPERS, meeting.stage):
        return []
    if meeting.minutes is None:
        return [problem(MailCode.MAIL_NO_MINUTES, Location(f"inputs/{meeting.id}"), kind=kind, meeting=meeting.id)]
    at, other = meeting.minutes.info.at("status"), meeting.stage
    return [problem(MailCode.MAIL_OTHER_STATUS, at, status=meeting.minutes.info.status, kind=kind, other=other)]


def _plan(workspace: Workspace, examined: Examined, report: Report) -> _Plan | None:
    """Who gets which files; None where there is no template. Adds the problems to the report."""
    meeting, found = examined.meeting, list[Problem]()
    assert meeting is not None
    plan = None
    found += _unfit(meeting, report.kind)
    template = None if found else mail_template.read(workspace.templates / mail_template.file_name(report.kind), found)
    if template is not None:
        sender = recipients.sender(meeting, found)
        people = recipients.people(meeting, template, found)
        files = _files(examined, template.wanted, found)
        words = mail_template.vocabulary(meeting, examined.figures, list(files), 1, 1)
        wrong = mail_template.faults(template, words)
        found += wrong
        if not wrong and template.subject:
            mail_template.render(template, words, found)
        found += _edited(workspace.output(meeting.id), examined, files, meeting.id)
        if meeting.agency.most_mail < 1:
            found.append(problem(MailCode.MAIL_LIMIT, meeting.agency.at("most_mail")))
        plan = _Plan(template, sender, people, files)
    report.problems = tuple(in_order([*examined.problems, *found]))
    return plan


def _files(examined: Examined, wanted: Sequence[Wanted], problems: list[Problem]) -> dict[str, Document | None]:
    """The files to attach with the document of each; an unknown or internal file is a problem."""
    there = {name: document for document in examined.documents for name in _file_names(document)}
    offered: dict[str, Document | None] = {**there}
    if any(document.joined for document in examined.documents):
        offered[PACKET] = None
    found: dict[str, Document | None] = {}
    originals = {
        enclosures.original_name(document.name, document.enclosure): document
        for document in examined.documents
        if document.enclosure and document.enclosure.keeps_original
    }
    for attachment in wanted:
        if folded(attachment.name) == ORIGINALS:
            found |= originals
            continue
        name = next((name for name, document in offered.items() if _is_called(name, document, attachment.name)), "")
        document = offered.get(name)
        if not name and not attachment.optional:
            near = perhaps(attachment.name, [_bare(name) for name in offered])
            problems.append(problem(MailCode.MAIL_ATTACHMENT_UNKNOWN, attachment.at, perhaps=near))
        elif document is not None and document.audience == INTERNAL:
            problems.append(problem(MailCode.MAIL_ATTACHMENT_INTERNAL, attachment.at, audience=INTERNAL))
        elif name:
            found[name] = document
    return found


def _file_names(document: Document) -> list[str]:
    """The files of a document in every format, and its companions."""
    return document.file_names(FORMATS) + [f"{document.name}.{companion.ending}" for companion in document.companions]


def _is_original(name: str, document: Document) -> bool:
    """Whether it is the file itself from which an attachment was made."""
    return document.enclosure is not None and name == enclosures.original_name(document.name, document.enclosure)


def _bare(name: str) -> str:
    """A file's name without the number of its document."""
    return re.sub(r"^\d+ ", "", name)


def _is_called(name: str, document: Document | None, wanted: str) -> bool:
    """Whether a template means this file; the template may leave out the number, and 會議版 of the minutes."""
    names = {name, _bare(name)}
    if document is not None and document.edition == FOR_MEETING:
        names |= {name.replace(f"（{FOR_MEETING}）", "") for name in names}
    return folded(wanted) in map(folded, names)


def _edited(
    folder: Path, examined: Examined, files: Mapping[str, Document | None], meeting_id: MeetingId
) -> list[Problem]:
    """A problem for each file changed by hand, if its document is attached."""
    parts = set(files)
    for document in files.values():
        bound = [candidate for candidate in examined.documents if candidate.joined] if document is None else [document]
        parts |= {name for bound_document in bound for name in _file_names(bound_document)}
    places = [Location(f"output/{meeting_id}/{name}") for name in outputs.edited(folder) if name in parts]
    return [problem(MailCode.MAIL_EDITED, place, meeting=meeting_id) for place in places]


def _format_of(name: str) -> str:
    """The format to build for a file: companions and originals are made along with what is rendered."""
    found = of_file(name)
    return found.name if found else "docx"


def _build(workspace: Workspace, examined: Examined, plan: _Plan, step: Step) -> Built:
    """Builds the documents that are attached; all of them only where 會議資料.pdf is attached."""
    formats = tuple(dict.fromkeys(_format_of(name) for name in plan.files))
    only = [document.name for document in plan.files.values() if document is not None]
    assert examined.meeting is not None
    chosen = () if PACKET in plan.files else only
    return story.make(workspace, examined.meeting.id, chosen, formats, step, examined=examined)


@logged("dispatch", "組成信件草稿")
def _mails(examined: Examined, plan: _Plan, report: Report, files: Files) -> list[Mail]:
    """The drafts, each below the limit; a file that no mail can hold is a problem."""
    meeting, found = examined.meeting, list[Problem]()
    assert meeting is not None

    def compose(attached: Files, number: int, total: int) -> tuple[eml.Draft, bytes]:
        words = mail_template.vocabulary(meeting, examined.figures, parcels.names(attached), number, total)
        subject, body = mail_template.render(plan.template, words, found)
        to, cc, bcc = (plan.people.get(head, ()) for head in (TO, CC, BCC))
        draft = eml.Draft(plan.sender, to, cc, bcc, subject, body, attached)
        return draft, eml.compose(draft)

    def packed(chosen: Files, number: int, total: int) -> Files | None:
        """The files unchanged, or in one archive if they are too large; None if the archive is too large too."""
        part = f" {number}-{total}" if total > 1 else ""
        for attached in (chosen, {f"{meeting.id} {report.kind}{part}.zip": parcels.archive(chosen, meeting.date)}):
            if len(compose(attached, number, total)[1]) <= report.limit:
                return attached
        return None

    parts, too_large = parcels.parted(files, lambda chosen, total: packed(chosen, total, total) is not None)
    mails: list[Mail] = []
    for number, chosen in enumerate(parts, start=1):
        attached = packed(chosen, number, len(parts))
        if attached is None:
            too_large = list(chosen)
            continue
        draft, content = compose(attached, number, len(parts))
        part = f" {number}-{len(parts)}" if len(parts) > 1 else ""
        mails.append(Mail(f"{report.kind}{part}.eml", draft, content))
    at, most = meeting.agency.at("most_mail"), meeting.agency.most_mail
    for name in too_large:
        size = parcels.in_megabytes(len(files[name]))
        found.append(problem(MailCode.MAIL_TOO_LARGE, at, name=name, size=size, most=most))
    report.problems = tuple(in_order([*report.problems, *found]))
    return [] if has_errors(found) else mails


def _remarks(examined: Examined, plan: _Plan, today: dt.date) -> list[str]:
    """What to check before sending: passed deadlines, original files, no attachment, blind copies."""
    found = []
    for name in mail_template.deadlines_named(plan.template):
        day = examined.figures[name].value
        if day < today:
            found.append(f"信中的{name}（{roc.long_date(day)}）已經過了，請確認。")
    if any(document and _is_original(name, document) for name, document in plan.files.items()):
        found.append("附件原檔照原樣附上，可能含有看不見的個人資料（作者、註解、隱藏的內容），寄出前請確認。")
    if not plan.files:
        found.append(f"信件沒有附件：{plan.template.file} 沒有寫「附件：」。")
    if hidden := plan.people.get(BCC):
        found.append(f"寄出前請確認「密件副本」欄有 {len(hidden)} 個信箱，其他收件者看不到。")
    return found


def report_json(report: Report) -> dict[str, Any]:
    """The report as JSON, for a program."""

    def people(listed: Sequence[Address]) -> list[dict[str, str]]:
        return [{"name": address.name, "address": address.mailbox} for address in listed]

    return {
        "kind": report.kind,
        "limit": report.limit,
        "mails": [
            {
                "name": mail.name,
                "subject": mail.draft.subject,
                "from": mail.draft.sender.mailbox,
                "to": people(mail.draft.to),
                "cc": people(mail.draft.cc),
                "bcc": people(mail.draft.bcc),
                "attachments": [
                    {"name": name, "size": len(content)} for name, content in mail.draft.attachments.items()
                ],
                "size": len(mail.content),
            }
            for mail in report.mails
        ],
        "problems": [reporting.problem_json(fault) for fault in report.problems],
        "outcomes": [reporting.outcome_json(outcome) for outcome in report.outcomes],
        "remarks": report.remarks,
        "failures": report.failures,
    }
