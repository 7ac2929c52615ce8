"""The public edition of a meeting: a folder and a zip for the platform, always built from the workbooks.

Every public document as PDF and ODF, the tables as .ods and CSV, the meeting as JSON, and checksums (運作指引陸一).
Nothing internal or for participants only, and nothing that tells who worked on a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import field
from msgspec.structs import replace

from generator.basic import formats, package
from generator.basic.problem import Code, Location, Problem, error, in_order, problem, warning
from generator.basic.steps import step as logged
from generator.basic.workspace import PUBLIC_EDITION, MeetingId, Workspace
from generator.build import examine, last_look, making, outputs, report, story, unchanged
from generator.build.convert import PACKET, PUBLIC_PACKET, editions
from generator.build.examine import Examined
from generator.build.result import Result
from generator.dispatch.publish import data_files, meeting_json, roster
from generator.documents.document import FOR_PUBLIC, PUBLIC, Document
from generator.leaks import inputs, restricted, search
from generator.meeting.model import Meeting
from generator.meeting.sheets.shared import Article
from generator.meeting.sources import SHEET
from generator.workbook import books
from generator.workbook.raw import RawSheetCode
from generator.workbook.values import folded


class PublishCode(Code):
    """The problems that this module finds."""

    PUBLISH_DRAFT = error("會議紀錄還是草稿，只公開定稿", "確定內容後請將紀錄狀態改為「定稿」，再執行一次。")
    PUBLISH_EDITED = error(
        "這份文件產生後有人手改過，公開的檔案由活頁簿重新產生，不含手改的內容",
        "請把修改寫回活頁簿或範本，執行 packet build {meeting}，再執行一次；手改的檔案會另存。",
    )
    PUBLISH_HIDDEN = error(
        "這個附件的清單有隱藏的內容（{places}），會一併公開",
        "請刪除或取消隱藏這些內容；確實要公開時，請在〔附件〕這一列的「含隱藏」填 ★。",
    )
    PUBLISH_UNREADABLE = warning(
        "這個附件有程式讀不出文字的頁（第 {pages} 頁：圖片，或字型沒有文字資料），沒有檢查其中的姓名與個人資料",
        "請開啟公開的 PDF，逐頁確認沒有應保密的內容。",
    )


SUMS = "SHA256SUMS.txt"
# What tells of hidden content in a workbook.
_HIDDEN = (RawSheetCode.HIDDEN_SHEET, RawSheetCode.HIDDEN_ROWS, RawSheetCode.HIDDEN_COLUMNS, RawSheetCode.HIDDEN_CELLS)


class Published(Result, kw_only=True):
    """The result of a publication; with errors or failures nothing was written. ``left_out``: what is not public."""

    archive: Path
    left_out: list[str] = field(default_factory=list)


def publish(workspace: Workspace, meeting_id: MeetingId, step: Callable[[str], None] = lambda text: None) -> Published:
    """Builds and writes the public edition, all of it or nothing; only files open in another program are left out.

    Drafts of minutes and documents changed by hand are not published: the files are built from the workbooks.
    Raises search.Leak when a finished file has a protected name or personal data, UnusablePdf, outputs.BadFolder, and
    OSError when output/ cannot be written.
    """
    folder = workspace.beside(meeting_id, PUBLIC_EDITION)
    done = Published(folder, archive=folder.with_name(f"{folder.name}.zip"))
    outputs.refuse_bad(folder)
    outputs.refuse_bad_file(done.archive)
    # Checked before LibreOffice is started: what may not be published need not be built.
    examined = examine.examine_all(workspace, meeting_id)
    done.problems = examined.problems
    if examined.meeting is not None:
        edited = outputs.edited(workspace.output(meeting_id))
        found = [
            *examined.problems,
            *_hindrances(examined.meeting, examined.documents, edited),
            *_hidden(workspace, examined),
        ]
        done.problems = tuple(in_order(found))
    if examined.meeting is None or done.stopped:
        return done
    build = making.make(workspace, meeting_id, formats=formats.PUBLIC, step=step, examined=examined)
    meeting, documents = build.examined.meeting, build.examined.documents
    done.problems, done.failures = build.examined.problems, list(build.failures)
    if meeting is not None and not done.stopped and not done.failures:
        done.problems = tuple(in_order([*done.problems, *last_look.look(build)]))
    if meeting is None or done.stopped or done.failures:
        return done
    if unchanged.stamps(workspace) != examined.stamps:
        done.failures.append(f"{story.SAVED_MEANWHILE}沒有公開任何檔案。")
        return done
    step("整理公開的檔案")
    public = {document.name: document for document in documents if _is_public(document)}
    files = cleaned(build) | _tables(meeting, public) | roster.data(meeting)
    of_document = {name: [file for file in files if file.rpartition(".")[0] == name] for name in public}
    of_document[""] = [PACKET] if PACKET in files else []
    about = meeting_json.compose(meeting, tuple(public.values()), of_document)
    files[search.MEETING_JSON] = report.as_bytes(about)
    files = {name: files[name] for name in sorted(files)}
    files[SUMS] = "".join(f"{outputs.digest(content)}  {name}\n" for name, content in files.items()).encode()
    # Dated by the meeting: equal files give an equal zip.
    archive = package.written(files.items(), day=meeting.date, system=package.UNIX, mode=0o644)
    step("檢查公開的檔案")
    minutes = next((document for document in public.values() if document.edition == FOR_PUBLIC), None)
    try:
        restricted.inspect(meeting, PUBLIC, {**files, done.archive.name: archive})
        search.inspect_folder(meeting, {**files, done.archive.name: archive}, minutes)
    except search.Leak as leak:
        # The check knows the cells of what the finished files have.
        cells = [str(entry) for entry in done.problems if entry.code in inputs.REFUSED_BY_PUBLISH]
        raise search.Leak("\n".join([str(leak), *cells])) from None
    done.problems = tuple(in_order([*done.problems, *_unreadable(public, files)]))
    done.left_out, done.remarks = _left_out(documents), _remarks(meeting, documents, files)
    for name in files:
        outputs.refuse_bad_file(folder / name)
    step("寫入檔案")
    # The zip lies beside the folder, and stands in the same record.
    beside = f"../{done.archive.name}"
    stale = {name: outputs.GONE for name in outputs.read_record(folder) if name not in files and name != beside}
    outcomes = outputs.write_all(folder, {**files, beside: archive}, stale, {})
    done.outcomes = [replace(outcome, name=outcome.name.removeprefix("../")) for outcome in outcomes]
    known = outputs.read_record(folder)
    strange = [path.name for path in sorted(folder.iterdir()) if path.name not in known]
    if strange:
        done.remarks.append(f"資料夾內有不是程式產生的檔案，沒有檢查，也不在 zip 內：{'、'.join(strange)}。")
    return done


def as_json(done: Published) -> dict[str, Any]:
    """The result as JSON, for a program."""
    return {
        "folder": done.folder.name,
        "archive": done.archive.name,
        "problems": report.problems_json(done.problems),
        "outcomes": [report.outcome_json(outcome) for outcome in done.outcomes],
        "left_out": done.left_out,
        "remarks": done.remarks,
        "failures": done.failures,
        "complete": done.complete,
    }


@logged("dispatch", "清理要公開的文件")
def cleaned(build: making.Built) -> dict[str, bytes]:
    """The public documents of a build by file name, as PDF and ODF, without hidden data (authors, comments …)."""
    meeting, documents = build.examined.meeting, build.examined.documents
    assert meeting is not None
    files = {
        name: _cleaned(name, build.files[name], meeting, document)
        for document in documents
        if _is_public(document)
        for name in document.file_names(formats.chosen(formats.PUBLIC, formats.CONVERTED))
        if name in build.files
    }
    packet = PUBLIC_PACKET if FOR_PUBLIC in editions(documents) else PACKET
    if packet in build.files and all(_is_public(document) for document in documents if document.is_in(FOR_PUBLIC)):
        files[PACKET] = _cleaned(PACKET, build.files[packet], meeting, None)
    return files


def _hindrances(meeting: Meeting, documents: tuple[Document, ...], edited: list[str]) -> list[Problem]:
    """What must be corrected before publication, besides the errors of a build."""
    found = []
    if meeting.minutes is not None and meeting.minutes.draft:
        found.append(problem(PublishCode.PUBLISH_DRAFT, meeting.minutes.info.at("status")))
    names = {document.name for document in documents if _is_public(document)}
    for name in edited:
        if name == PACKET or name.rpartition(".")[0] in names:
            found.append(
                problem(PublishCode.PUBLISH_EDITED, Location(f"output/{meeting.id}/{name}"), meeting=meeting.id)
            )
    return found


def _hidden(workspace: Workspace, examined: Examined) -> list[Problem]:
    """An error for each published attachment whose sheet has hidden content, unless its row says that this belongs."""
    meeting = examined.meeting
    assert meeting is not None
    hidden_parts = [found for found in examined.problems if found.code in _HIDDEN]
    found = []
    for document in examined.documents:
        item = document.attachment
        if item is None or item.shows_hidden or not _is_public(document) or document.separate:
            continue
        if item.source == SHEET:
            hidden = [fault for fault in hidden_parts if folded(fault.at.sheet) == folded(item.target)]
        elif item.target in meeting.regulations:
            book = books.find(workspace.shared, item.target)
            about = (book.name if book else "", Article.sheet.name)
            hidden = [fault for fault in hidden_parts if (fault.at.workbook, folded(fault.at.sheet)) == about]
        else:
            continue
        if hidden:
            places = "；".join(dict.fromkeys(f"{fault.at}：{fault.text.partition('，')[0]}" for fault in hidden))
            found.append(problem(PublishCode.PUBLISH_HIDDEN, item.at("origin"), places=places))
    return found


def _unreadable(public: Mapping[str, Document], files: Mapping[str, bytes]) -> list[Problem]:
    """A warning for each attachment from elsewhere with pages whose text nobody could check."""
    from generator.pdf import reading

    found = []
    for name, document in public.items():
        content = files.get(f"{name}.pdf")
        if document.enclosure is None or content is None:
            continue
        if numbers := reading.unread(content):
            pages = "、".join(str(number) for number in numbers[:8]) + (" …" if len(numbers) > 8 else "")
            found.append(problem(PublishCode.PUBLISH_UNREADABLE, document.enclosure.at, pages=pages))
    return found


def _is_public(document: Document) -> bool:
    return document.audience == PUBLIC and document.edition in ("", FOR_PUBLIC) and document.packet in ("", FOR_PUBLIC)


def _cleaned(name: str, content: bytes, meeting: Meeting, document: Document | None) -> bytes:
    from generator.pdf.clean import BY_ENDING

    title = document.title if document else f"{meeting.name}會議資料"
    return BY_ENDING[name.rpartition(".")[2]](content, title, meeting.agency.full_name, meeting.date)


def _tables(meeting: Meeting, public: Mapping[str, Document]) -> dict[str, bytes]:
    """The attachments that come from a sheet, under the names of their documents."""
    found = {}
    for name, document in public.items():
        table = data_files.table_of(meeting, document.attachment) if document.attachment else None
        if table is not None:
            found[f"{name}.ods"] = data_files.as_ods(table, document.title, meeting.agency.full_name, meeting.date)
            found[f"{name}.csv"] = data_files.as_csv(table)
    return found


def _left_out(documents: tuple[Document, ...]) -> list[str]:
    """The documents and files that are not published, each with the reason."""
    found = [f"{document.name}（只供{document.audience}）" for document in documents if not _is_public(document)]
    enclosed = [document for document in documents if _is_public(document) and document.enclosure is not None]
    return found + [f"{document.name} 的原檔（可能含有看不見的個人資料，只公開 PDF）" for document in enclosed]


def _remarks(meeting: Meeting, documents: tuple[Document, ...], files: Mapping[str, bytes]) -> list[str]:
    found = []
    if meeting.minutes is None:
        found.append("還沒有會議紀錄，只公開會議資料；會議紀錄定稿後請再執行一次。")
    apart = [document.name for document in documents if document.separate]
    if apart:
        found.append(f"另行提供的附件不在內，只有說明的一頁：{'、'.join(apart)}。")
    if PACKET not in files:
        found.append(f"沒有 {PACKET}：其中有不公開的文件，或沒有合併。")
    return found
