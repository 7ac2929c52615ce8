"""Freezing the documents that go out, with their workbooks, as a release.

A release is written aside as a whole and then renamed; its manifest has the hash of every file, and of itself.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from generator.basic import formats
from generator.basic.steps import step as logged
from generator.basic.workspace import MeetingId, Workspace
from generator.build import convert, last_look, making, outputs, unchanged
from generator.build import report as reporting
from generator.build.making import Built, Step
from generator.dispatch import releases
from generator.dispatch.releases import Refused, Release
from generator.documents.document import FOR_PUBLIC, INTERNAL, PARTICIPANTS, PUBLIC
from generator.meeting import load, schedule
from generator.meeting.model import Meeting
from generator.meeting.schedule import Deadline
from generator.meeting.sheets import MINUTES_DRAFT, MINUTES_FINAL, PAPERS
from generator.pdf import office

_DEADLINES = {PAPERS: schedule.PAPERS, MINUTES_DRAFT: schedule.DRAFT, MINUTES_FINAL: schedule.PUBLICATION}
WARNING = "請勿刪除.txt"
_WARNING_TEXT = (
    "這個資料夾保存已送出的各版文件與當時的活頁簿，是唯一的一份，不能由活頁簿重新產生。\r\n"
    "請勿刪除、改名或修改其中的檔案，並請一併備份。\r\n"
    "output 內其他的資料夾（信件、公開、檢查）都可以重新產生。\r\n"
)


class Ready(Struct):
    """What a new release would be: ``late`` if its deadline has passed, ``same`` the last release if equal."""

    workspace: Workspace
    build: Built
    stage: str
    number: int
    deadline: Deadline | None
    late: bool
    today: dt.date
    same: Release | None = None
    remarks: list[str] = field(default_factory=list)


def prepare(workspace: Workspace, meeting_id: MeetingId, today: dt.date, step: Step = lambda text: None) -> Ready:
    """Builds the Word files and checks whether a release is possible, and whether it would equal the last one.

    Where the inputs have errors the result has no files (``build.stopped``). Raises Refused for documents edited by
    hand, and what making.make raises.
    """
    outputs.refuse_bad(releases.home(workspace, meeting_id))
    build = making.make(workspace, meeting_id, formats=("docx",), step=step)
    have = releases.every(workspace, meeting_id)
    last = have[-1] if have else None
    ready = Ready(workspace, build, PAPERS, last.number + 1 if last else 1, None, False, today)
    meeting = build.examined.meeting
    if meeting is None or build.stopped:
        return ready
    if edited := outputs.edited(workspace.output(meeting_id)):
        names = "、".join(f"「{name}」" for name in sorted(edited))
        raise Refused(
            f"output/{meeting_id} 內有手改過的檔案：{names}。版本只收由活頁簿產生的文件。"
            f"請將修改寫回活頁簿或範本，再執行 packet build {meeting_id}（手改的檔案會另存保留），然後重試。"
        )
    ready.stage = meeting.stage
    known = schedule.of(meeting).deadlines
    ready.deadline = next((deadline for deadline in known if deadline.name == _DEADLINES[ready.stage]), None)
    ready.late = ready.deadline is not None and ready.deadline.date < today
    if last is None:
        return ready
    if faults := last.faults():
        ready.remarks.append(f"{last.name}與凍結時不同：{'；'.join(faults)}。請由備份還原。")
    if last.manifest and not releases.moved_on(workspace, build, last) and not _formats_lacking(last):
        ready.same = last
    return ready


def _formats_lacking(release: Release) -> bool:
    """Whether the release has no PDF and ODF although they can be made now."""
    have = any(formats.is_converted(file["name"]) for file in release.manifest["files"])
    return not have and office.find_office() is not None


@logged("dispatch", "凍結版本")
def freeze(ready: Ready, reason: str, step: Step = lambda text: None) -> Release:
    """Writes the release. Raises Refused where a file cannot be made or the inputs changed meanwhile, and OSError."""
    workspace, meeting = ready.workspace, ready.build.examined.meeting
    assert meeting is not None
    from generator.dispatch.mail import invitation
    from generator.dispatch.supplement import story as supplement

    build = making.make(workspace, meeting.id, formats=formats.NAMES, step=step)
    if build.failures:
        raise Refused("；".join(build.failures))
    if build.stopped or build.sources != ready.build.sources:
        raise Refused("製作時活頁簿或範本有變動，沒有凍結。請再執行一次。")
    ready.build = build
    supplemented = supplement.of_release(workspace, build, ready.today, ready.number)
    _refuse_leaks(build)
    ready.remarks += supplemented.remarks
    ready.remarks += [*build.remarks, *last_look.refuse(last_look.look(build), "凍結版本")]
    step("凍結版本")
    manifest = releases.contents(workspace, build)
    content: dict[str, bytes] = {}
    listed = []
    for name, file in {**build.files, **supplemented.files}.items():
        path = f"{releases.FILES}/{name}"
        content[path] = file
        owner = build.owners.get(name)
        audience = owner.audience if owner else _of_packet(build, convert.PACKET if name in supplement.FILES else name)
        about = {"name": name, "path": path, "document": owner.name if owner else "", "audience": audience}
        listed.append({**about, "size": len(file), "sha256": outputs.digest(file)})
    if unchanged.stamps(workspace) != build.examined.stamps:
        raise Refused("製作時活頁簿有變動，沒有凍結。請再執行一次。")
    unwanted = _originals(workspace, build, kept=False) - _originals(workspace, build, kept=True)
    # 機關.xlsx lies in every release where the first one has it, though the meeting then keeps one of its own.
    paths = {entry["path"] for entry in manifest["inputs"]}
    shared, own = (f"inputs/{folder}{workspace.agency_book.name}" for folder in ("", f"{meeting.id}/"))
    for entry in manifest["inputs"]:
        # Of other attachments the hash alone is kept: the file may tell of its authors.
        if entry["path"].startswith("inputs/") and entry["path"] not in unwanted:
            place = shared if entry["path"] == own and shared not in paths else entry["path"]
            entry["copy"] = f"{releases.BOOKS}/{place.removeprefix('inputs/')}"
            content[entry["copy"]] = (workspace.root / entry["path"]).read_bytes()
            entry["size"] = len(content[entry["copy"]])
            if outputs.digest(content[entry["copy"]]) != entry["sha256"]:
                raise Refused("製作時活頁簿有變動，沒有凍結。請再執行一次。")
    deadline = schedule.as_json(ready.deadline) if ready.deadline else None
    whole = {
        "number": ready.number,
        "stage": ready.stage,
        "when": dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        "deadline": deadline,
        "late": ready.late,
        "reason": reason,
        **manifest,
        **({"pages": supplemented.pages} if supplemented.pages else {}),
        invitation.RECORD: invitation.of(workspace, meeting).record,
        "files": listed,
    }
    whole[releases.SEAL] = releases.seal(whole)
    content[releases.MANIFEST] = reporting.as_bytes(whole)
    folder = releases.home(workspace, meeting.id)
    release = Release(ready.number, folder / f"第{ready.number}版", whole)
    kept = _keep_agency(workspace, meeting, ready)
    try:
        _write(release.folder, content)
    except BaseException:
        if kept is not None:
            kept.unlink(missing_ok=True)
        raise
    return release


def _keep_agency(workspace: Workspace, meeting: Meeting, ready: Ready) -> Path | None:
    """A released meeting keeps 機關.xlsx as it is now, in its folder, so that later changes do not touch it.

    The path of the copy that was made; None where the meeting has one already. Raises OSError.
    """
    book, own = workspace.agency_book, f"inputs/{meeting.id}/{workspace.agency_book.name}"
    read = load.agency_books(workspace, meeting.id)
    if len(read) > 1:
        ready.remarks.append(
            f"inputs/{meeting.id}/{read[0].name} 沒有〔機關〕，其餘的表仍取自 inputs/{book.name}，會跟著它變動；"
            "要維持現況，請把那些工作表也複製到這一份。"
        )
    if read != [book] or not book.is_file():
        return None
    path = workspace.inputs(meeting.id) / book.name
    # Aside first: a copy that was cut short would be read as the book of the meeting.
    aside = path.with_name(f".{book.name}.new")
    aside.unlink(missing_ok=True)
    outputs.write_new(aside, book.read_bytes())
    os.rename(aside, path)
    more = "會前委員有異動，或要更正這次會議的機關資料" if ready.stage == PAPERS else "要更正這次會議的機關資料"
    ready.remarks.append(
        f"已將 inputs/{book.name} 存一份在 {own}：往後單位改名、委員異動不影響這次會議；{more}，請改 {own}。"
    )
    return path


def _of_packet(build: Built, name: str) -> str:
    """Who may see a file that is of no document: the narrowest of those whose documents are joined in it."""
    edition = next((edition for edition, packet in convert.PACKETS.items() if packet == name), "")
    audiences = {document.audience for document in build.examined.documents if edition and document.is_in(edition)}
    if not edition or INTERNAL in audiences:
        return INTERNAL
    return PARTICIPANTS if PARTICIPANTS in audiences else PUBLIC


def _originals(workspace: Workspace, build: Built, kept: bool) -> set[str]:
    """The files of attachments whose rows ask for them (附原檔), or whose rows do not."""
    return {
        document.enclosure.path.relative_to(workspace.root).as_posix()
        for document in build.examined.documents
        if document.enclosure and document.enclosure.keeps_original is kept
    }


def _refuse_leaks(build: Built) -> None:
    """Raises Refused where a file marked 公開 has something that publish would refuse.

    Checked are the files that publish would write, and the Word files. The Word files of the minutes were checked
    when they were built; original files of attachments are never published.
    """
    from generator.dispatch.publish import story as publish
    from generator.leaks import search

    meeting = build.examined.meeting
    assert meeting is not None
    if meeting.minutes is None:
        # Without minutes there are no protected names.
        return
    public = [document for document in build.examined.documents if document.audience == PUBLIC]
    plain = [
        f"{document.name}.{document.ending}"
        for document in public
        if not document.edition and document.enclosure is None
    ]
    files = {name: build.files[name] for name in plain if name in build.files} | publish.cleaned(build)
    try:
        search.inspect_folder(
            meeting, files, next((document for document in public if document.edition == FOR_PUBLIC), None)
        )
    except search.Leak as leak:
        raise Refused(f"沒有凍結版本，標為公開的檔案含有不能公開的內容。\n{leak}") from leak


def _write(folder: Path, content: Mapping[str, bytes]) -> None:
    """Writes a release into a temporary folder, then renames the folder: it is complete or absent."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with outputs.aside(folder.parent) as place:
        if not (folder.parent / WARNING).exists():
            outputs.replace(folder.parent / WARNING, _WARNING_TEXT.encode("utf-8-sig"), place)
        frozen = place / folder.name
        frozen.mkdir()
        for name, file in content.items():
            path = frozen / name
            path.parent.mkdir(parents=True, exist_ok=True)
            outputs.write_new(path, file)
        outputs.sync_tree(frozen)
        try:
            if folder.exists():
                raise FileExistsError(errno.EEXIST, "", str(folder))
            frozen.rename(folder)
        except OSError as error:
            if not folder.exists():
                raise
            raise Refused(f"{folder.name}剛才已經由別的程式凍結，沒有更動任何檔案。請再執行一次。") from error
        outputs.sync_folder(folder.parent)
    for name in content:
        # Read-only, so that an office program asks before it saves; the hashes show any change.
        with contextlib.suppress(OSError):
            (folder / name).chmod((folder / name).stat().st_mode & 0o444)


def lateness(ready: Ready) -> str:
    """Which deadline has passed, with its rule."""
    deadline = ready.deadline
    assert deadline is not None
    return f"{ready.stage}的期限是{deadline.day}（{deadline.counted}，依據：{deadline.source}），已經過了。"


def summary_lines(release: Release, ready: Ready) -> list[list[tuple[str, str]]]:
    """What the terminal shows of a release, new or equal to the last: lines of (text, style)."""
    shown = release.folder.relative_to(ready.workspace.root).as_posix()
    if ready.same is not None:
        lines = [(f"與{release.title}相同，沒有變動，不凍結新的版本。", "bold")]
        return [[line] for line in [*((text, "yellow") for text in ready.remarks), *lines, (f"完成：{shown}", "bold")]]
    by_audience: dict[str, int] = {}
    for file in release.manifest["files"]:
        by_audience[file["audience"]] = by_audience.get(file["audience"], 0) + 1
    lines = [(f"已凍結{release.title}", "green")]
    lines += [(f"  {audience}：{count} 個檔案", "") for audience, count in by_audience.items()]
    lines += [(f"  活頁簿：{sum('copy' in entry for entry in release.manifest['inputs'])} 個檔案", "")]
    if ready.late:
        lines.append((f"{lateness(ready)}已記下原因：{release.manifest['reason']}", "yellow"))
    lines += [(text, "yellow") for text in ready.remarks]
    return [[line] for line in [*lines, (f"完成：{shown}", "bold")]]
