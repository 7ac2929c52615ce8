"""`packet mail`: drafts of the mails that go out with a meeting's documents, as .eml files. Nothing is ever sent.

Before the meeting 會議資料, with draft minutes 會議紀錄草稿, with final ones 會議紀錄定稿. Where a release of that
stage has been frozen, its files are attached; otherwise what is attached is made anew from the workbooks (0221).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from generator.basic import roc
from generator.basic.failure import UserError
from generator.basic.formats import FORMATS, of_file
from generator.basic.problem import Code, Location, Problem, error, has_errors, in_order, perhaps, problem
from generator.basic.steps import step as logged
from generator.basic.workspace import MAILS, MeetingId, Workspace
from generator.build import examine, making, outputs, story, unchanged
from generator.build import report as reporting
from generator.build.convert import PACKET
from generator.build.examine import Examined
from generator.build.making import Built, Step
from generator.build.result import Result
from generator.dispatch import releases
from generator.dispatch.mail import eml, invitation, parcels, recipients, since_release
from generator.dispatch.mail import template as mail_template
from generator.dispatch.mail.eml import Address
from generator.dispatch.mail.parcels import MEGABYTE, Files
from generator.dispatch.mail.template import BCC, CC, TO, MailTemplate, Wanted
from generator.dispatch.releases import Release
from generator.documents.document import FOR_MEETING, INTERNAL, PARTICIPANTS, Document
from generator.leaks import restricted
from generator.meeting.model import Meeting
from generator.meeting.sheets import PAPERS, STAGES
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
    MAIL_RELEASE_DAMAGED = error("{name}與凍結時不同（{faults}），不能寄出", "請由備份還原這個版本，再產生信件。")
    MAIL_MOVED_ON = error(
        "{name}凍結之後，文件又有變動，不能寄出",
        "請先執行 packet diff {meeting} 看差異，再執行 packet release {meeting} 凍結新的版本，然後重試。",
    )


# In a template this means: the attachments that came as files and whose row asks for it, in their original format.
ORIGINALS = "附件原檔"
# And this: what is attached to the minutes, and to motions raised at the meeting.
OF_MINUTES = "會議紀錄附件"


class Mail(Struct, frozen=True):
    """A draft: its file name, what is in it (files by name as attached), and its bytes."""

    name: str
    draft: eml.Draft
    content: bytes


class Report(Result, kw_only=True):
    """What became of the mails of a kind. With errors among the problems there are none.

    ``release``: the one whose files are attached. ``correction``: what the mail says where it corrects an earlier one.
    """

    kind: str
    limit: int = 0
    mails: list[Mail] = field(default_factory=list)
    release: Release | None = None
    correction: str = ""
    files: Files = field(default_factory=dict)
    invitation: invitation.Invitation | None = None
    examined: Examined | None = None


class _Plan(Struct, frozen=True):
    """Who gets a mail, and the names of its files with the document of each (None: 會議資料.pdf)."""

    template: MailTemplate
    sender: Address
    people: Mapping[str, Sequence[Address]]
    files: Mapping[str, Document | None]
    invites: bool = False


def write(
    workspace: Workspace, meeting_id: MeetingId, kind: str, today: dt.date, step: Step = lambda text: None
) -> Report:
    """Writes the drafts of a kind, or where that is empty of the kind that fits the state of the minutes.

    Where there can be none, drafts of an earlier run are taken away, so that nobody sends them.
    Raises what making.make raises, and OSError where the folder cannot be written.
    """
    step("讀取與檢查活頁簿")
    folder = workspace.beside(meeting_id, MAILS)
    report = Report(folder, (), kind=kind)
    try:
        files = _prepared(workspace, meeting_id, report, today, step)
    except UserError:
        _withdraw(report)
        raise
    if files is None:
        report.outcomes = _withdraw(report)
        return report
    if report.invitation is not None and report.examined is not None and report.examined.meeting is not None:
        invitation.keep(workspace, report.examined.meeting, report.invitation)
    stale = {name: outputs.GONE for name in _drafts(report) if name not in files}
    report.outcomes = outputs.write_all(folder, files, stale, {})
    return report


def _drafts(report: Report) -> list[str]:
    """The drafts of earlier runs of this kind; of every kind where it cannot be known."""
    kinds = "|".join(map(re.escape, [report.kind] if report.kind else STAGES))
    ours = re.compile(rf"(?:{kinds})( \d+-\d+)?\.eml")
    return [name for name in outputs.read_record(report.folder) if ours.fullmatch(name)]


def _withdraw(report: Report) -> list[outputs.Outcome]:
    """Takes away what is no longer to be sent; a draft that someone edited is kept under another name."""
    if report.folder.is_symlink() or not report.folder.is_dir():
        return []
    return outputs.write_all(report.folder, {}, dict.fromkeys(_drafts(report), outputs.OUTDATED), {})


def _prepared(
    workspace: Workspace, meeting_id: MeetingId, report: Report, today: dt.date, step: Step
) -> dict[str, bytes] | None:
    """The drafts by file name; None where there can be none, for reasons in the report."""
    examined = examine.examine_all(workspace, meeting_id)
    report.problems, report.examined = examined.problems, examined
    if examined.meeting is None or report.stopped:
        return None
    report.kind = report.kind or examined.meeting.stage
    plan = _plan(workspace, examined, report)
    if plan is None or report.stopped:
        return None
    files: Files | None = {}
    frozen = releases.of_stage(workspace, meeting_id, report.kind)
    if plan.files and frozen:
        files = _frozen(workspace, examined, plan, frozen, report, step)
    elif plan.files:
        files = _made_anew(workspace, examined, plan, report, step)
    if files is None:
        return None
    if plan.invites:
        report.invitation = invitation.of(workspace, examined.meeting)
        files = {**files, invitation.FILE: report.invitation.content}
    report.files = files
    step("寫信件草稿")
    report.limit = examined.meeting.agency.most_mail * MEGABYTE
    report.mails = _mails(examined, plan, report, files)
    if has_errors(report.problems):
        return None
    report.remarks += _remarks(examined, plan, today)
    return {mail.name: mail.content for mail in report.mails}


def _made_anew(workspace: Workspace, examined: Examined, plan: _Plan, report: Report, step: Step) -> Files | None:
    """The files to attach as the workbooks are now; None where they cannot be made."""
    build = _build(workspace, examined, plan, step)
    report.remarks, report.failures = list(build.remarks), list(build.failures)
    if build.stopped or build.failures:
        report.problems = build.examined.problems
        return None
    report.problems = tuple(in_order([*report.problems, *build.examined.problems]))
    if unchanged.stamps(workspace) != examined.stamps:
        report.failures.append(f"{story.SAVED_MEANWHILE}信件草稿沒有寫出。")
        return None
    absent = [name for name in plan.files if name not in build.files]
    report.failures += [f"沒有產生「{name}」，信件草稿也沒有寫出。請執行 packet doctor。" for name in absent]
    if absent:
        return None
    assert examined.meeting is not None
    report.remarks.append(
        f"{report.kind}還沒有凍結的版本，附件是依現在的活頁簿產生的。"
        f"請先執行 packet release {examined.meeting.id}，再產生信件，寄出的就是留存的版本。"
    )
    return {name: build.files[name] for name in plan.files}


def _frozen(
    workspace: Workspace, examined: Examined, plan: _Plan, frozen: Sequence[Release], report: Report, step: Step
) -> Files | None:
    """The files of the last release of the stage; None where it is not what the workbooks give now, or was altered."""
    meeting, last = examined.meeting, frozen[-1]
    assert meeting is not None
    if faults := last.faults():
        at = Location(f"output/{last.folder.parent.name}/{last.name}")
        damaged = problem(MailCode.MAIL_RELEASE_DAMAGED, at, name=last.name, faults="；".join(faults[:3]))
        report.problems = tuple(in_order([*report.problems, damaged]))
        return None
    build = making.make(workspace, meeting.id, formats=("docx",), step=step, examined=examined)
    report.problems, report.failures = build.examined.problems, list(build.failures)
    if build.stopped or build.failures:
        return None
    # After the meeting there are other documents than before it; only those count then that are sent.
    only = None if report.kind == meeting.stage else _names(examined, plan)
    if releases.moved_on(workspace, build, last, only):
        at = Location(f"output/{last.folder.parent.name}/{last.name}")
        moved = problem(MailCode.MAIL_MOVED_ON, at, name=last.name, meeting=meeting.id)
        report.problems = tuple(in_order([*report.problems, moved]))
        return None
    paths = {file["name"]: last.folder / file["path"] for file in last.manifest["files"]}
    absent = [name for name in plan.files if name not in paths]
    report.failures += [
        f"{last.name}內沒有「{name}」，信件草稿也沒有寫出。請執行 packet doctor，再執行 packet release {meeting.id}。"
        for name in absent
    ]
    if absent:
        return None
    files = {name: paths[name].read_bytes() for name in plan.files}
    report.release = last
    report.remarks += filter(None, [since_release.remark(last, meeting)])
    if len(frozen) > 1:
        files |= _correction(workspace, examined, frozen[-2], last, report)
    return None if has_errors(report.problems) else files


def _names(examined: Examined, plan: _Plan) -> list[str]:
    """The names of the documents that are attached; with 會議資料.pdf of all that are in it."""
    names = [document.name for document in plan.files.values() if document is not None]
    joined = (
        [document.name for document in examined.documents if document.is_in(FOR_MEETING)]
        if PACKET in plan.files
        else []
    )
    return [*names, *joined]


def _correction(
    workspace: Workspace, examined: Examined, before: Release, last: Release, report: Report
) -> dict[str, bytes]:
    """What a mail says and attaches that corrects an earlier one: 修正對照表 as members may read it, and the pages."""
    from generator.dispatch.diff import compare, table, versions
    from generator.dispatch.supplement import story as supplement

    meeting = examined.meeting
    assert meeting is not None
    name = table.file_name(before.number, last.number)
    files = _supplement(last, report)
    exchanged = f"請以其中的「{'」「'.join(files)}」抽換及補充，其餘各頁不變。" if files else ""
    what = "更正／補充" if supplement.ADDITIONS in files else "更正"
    report.correction = f"{what}：前次寄送的{report.kind}另有修正，請以本次附件為準。"
    changes = table.for_members(meeting, compare.compare(versions.of(before), versions.of(last)))
    if changes is None:
        report.remarks.append(f"沒有附上「{name}」：修正前或修正後的文字有應保密的姓名。請自行向委員說明修正之處。")
        return files
    problems: list[Problem] = []
    content = table.render(workspace, meeting, examined.figures, changes, problems)
    report.problems = tuple(in_order([*report.problems, *problems]))
    if content is None:
        return files
    report.correction += f"修正之處請見「{name}」。{exchanged}"
    return {**files, name: content}


def _supplement(last: Release, report: Report) -> dict[str, bytes]:
    """抽換頁 and 補充資料 of a release of the papers; what the mail says of them."""
    from generator.dispatch.supplement import story as supplement

    if report.kind != PAPERS:
        return {}
    listed = {str(file["name"]): last.folder / file["path"] for file in last.manifest["files"]}
    return {name: listed[name].read_bytes() for name in supplement.FILES if name in listed}


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
    template = (
        None
        if found
        else mail_template.read(workspace.templates / mail_template.file_name(report.kind), meeting.body, found)
    )
    if template is not None:
        sender = recipients.sender(meeting, found)
        # Papers go to those who are invited, minutes to those who came.
        observers = meeting.observers if report.kind == PAPERS else meeting.came
        people = recipients.people(meeting, template, observers, found)
        files = _files(examined, template.wanted, found)
        words = mail_template.vocabulary(meeting, examined.figures, list(files), 1, 1)
        wrong = mail_template.faults(template, words)
        found += wrong
        if not wrong and template.subject:
            mail_template.render(template, words, found)
        found += _edited(workspace.output(meeting.id), examined, files, meeting.id)
        if meeting.agency.most_mail < 1:
            found.append(problem(MailCode.MAIL_LIMIT, meeting.agency.at("most_mail")))
        invites = any(folded(wanted.name) == folded(invitation.FILE) for wanted in template.wanted)
        plan = _Plan(template, sender, people, files, invites)
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
        if document.enclosure and document.enclosure.keeps_original and document.audience != INTERNAL
    }
    of_minutes = [document for document in examined.documents if document.of_minutes and document.audience != INTERNAL]
    for attachment in wanted:
        if folded(attachment.name) == ORIGINALS:
            found |= originals
            continue
        if folded(attachment.name) == OF_MINUTES:
            found |= {f"{document.name}.pdf": document for document in of_minutes}
            continue
        if folded(attachment.name) == folded(invitation.FILE):
            # Made of the workbooks when the mail is.
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
        bound = (
            [candidate for candidate in examined.documents if candidate.is_in(FOR_MEETING)]
            if document is None
            else [document]
        )
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
    return making.make(workspace, examined.meeting.id, chosen, formats, step, examined=examined)


@logged("dispatch", "組成信件草稿")
def _mails(examined: Examined, plan: _Plan, report: Report, files: Files) -> list[Mail]:
    """The drafts, each below the limit; a file that no mail can hold is a problem."""
    meeting, found = examined.meeting, list[Problem]()
    assert meeting is not None

    def compose(attached: Files, number: int, total: int) -> tuple[eml.Draft, bytes]:
        words = mail_template.vocabulary(meeting, examined.figures, parcels.names(attached), number, total)
        subject, body = mail_template.render(plan.template, words, found)
        if report.correction:
            subject, body = f"（{report.correction.partition('：')[0]}）{subject}", f"{report.correction}\n\n{body}"
        to, cc, bcc = (plan.people.get(head, ()) for head in (TO, CC, BCC))
        restricted.inspect(meeting, PARTICIPANTS, {"信件.txt": f"{subject}\n{body}".encode()})
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
        deadline = examined.figures.get(name)
        if deadline is not None and (day := deadline.value) < today:
            found.append(f"信中寫的期限「{name.partition('.')[2]}」（{roc.long_date(day)}）已經過了，請確認。")
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
        "release": report.release.number if report.release else None,
        "correction": bool(report.correction),
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
