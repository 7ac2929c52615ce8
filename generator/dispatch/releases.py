"""Releases: what went out, frozen as 第1版, 第2版 …, with the workbooks it was made of. Never altered afterwards.

A release is written aside as a whole and then renamed; its manifest has the hash of every file, and of itself.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from generator.basic import formats, roc
from generator.basic.failure import PROBLEMS, WRONG_USAGE, UserError
from generator.basic.steps import step as logged
from generator.basic.workspace import MeetingId, Workspace
from generator.build import convert, outputs, story
from generator.build import report as reporting
from generator.build.report import Report
from generator.build.story import Built, Step
from generator.documents.document import INTERNAL, PUBLIC
from generator.documents.minutes import FOR_PUBLIC
from generator.meeting import schedule
from generator.meeting.schedule import Deadline
from generator.meeting.sheets import MINUTES_DRAFT, MINUTES_FINAL, PAPERS
from generator.pdf import office

MANIFEST, FILES, BOOKS = "版本.json", "文件", "活頁簿"
_DEADLINES = {PAPERS: schedule.PAPERS, MINUTES_DRAFT: schedule.DRAFT, MINUTES_FINAL: schedule.PUBLICATION}
_NOT_OURS = re.compile(r"~\$.*|\..*|Thumbs\.db|desktop\.ini", re.IGNORECASE)
_ABANDONED_SECONDS = 3600
_SEAL = "sha256"


class Refused(UserError):
    """There can be no release now; the text says why and what to do."""

    exit_code = PROBLEMS


class NoRelease(UserError):
    """There is no release, or not of that number; the text says which there are."""

    exit_code = WRONG_USAGE


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it lies in its folder; ``manifest`` is empty where it cannot be read."""

    number: int
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"第{self.number}版"

    @property
    def title(self) -> str:
        """第1版（會議資料，113年4月19日 10:20）."""
        when = dt.datetime.fromisoformat(self.manifest["when"])
        return f"{self.name}（{self.manifest['stage']}，{roc.long_date(when)} {when:%H:%M}）"

    def faults(self) -> list[str]:
        """What is not as it was when the release was made, a text for each file; empty when all is."""
        if not self.manifest:
            return [f"{MANIFEST} 不見了、讀不懂，或被改過"]
        hashes = {one["path"]: one["sha256"] for one in self.manifest["files"]}
        hashes |= {one["copy"]: one["sha256"] for one in self.manifest["inputs"] if "copy" in one}
        found = []
        for path, digest in hashes.items():
            try:
                if outputs.digest((self.folder / path).read_bytes()) != digest:
                    found.append(f"{path} 被改過")
            except OSError:
                found.append(f"{path} 不見了或無法讀取")
        there = (one for one in sorted(self.folder.rglob("*")) if one.is_file() and not _NOT_OURS.fullmatch(one.name))
        names = [one.relative_to(self.folder).as_posix() for one in there]
        return found + [f"{name} 是多出來的" for name in names if name not in hashes and name != MANIFEST]


@dataclass(slots=True)
class Ready:
    """A release that can be made: ``late`` is its deadline where that has passed, ``same`` the last one if equal."""

    workspace: Workspace
    made: Built
    stage: str
    number: int
    deadline: Deadline | None
    late: bool
    same: Release | None = None
    remarks: list[str] = field(default_factory=list)


def home(workspace: Workspace, meeting: MeetingId) -> Path:
    """Where the releases of a meeting lie."""
    return workspace.output(meeting).with_name(f"{meeting} 版本")


def every(workspace: Workspace, meeting: MeetingId) -> list[Release]:
    """The releases of a meeting by number."""
    folder = home(workspace, meeting)
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and (number := re.fullmatch(r"第([1-9]\d{0,5})版", path.name, re.ASCII)):
            found.append(Release(int(number[1]), path, _read(path / MANIFEST)))
    return sorted(found, key=lambda one: one.number)


def chosen(workspace: Workspace, meeting: MeetingId, number: int | None) -> Release:
    """The release of that number, the last one for None. Raises NoRelease."""
    have = every(workspace, meeting)
    found = have[-1:] if number is None else [one for one in have if one.number == number]
    if found:
        return found[0]
    if not have:
        raise NoRelease(f"{meeting} 還沒有版本。文件送出前請執行 packet release {meeting}。")
    raise NoRelease(f"沒有第{number}版。現有：{'、'.join(one.name for one in have)}。")


def _read(path: Path) -> Mapping[str, Any]:
    """The manifest; empty where it cannot be read or is not as it was sealed."""
    try:
        found = json.loads(path.read_text("utf-8"))
        paths = [PurePosixPath(one["path"]) for one in found["files"]]
        paths += [PurePosixPath(one["copy"]) for one in found["inputs"] if "copy" in one]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
    if found.get(_SEAL) != _seal(found) or any(one.is_absolute() or ".." in one.parts for one in paths):
        return {}
    return dict(found)


def _digest(path: Path) -> str:
    try:
        return outputs.digest(path.read_bytes())
    except OSError:
        return ""


def _seal(manifest: Mapping[str, Any]) -> str:
    return outputs.digest(reporting.as_bytes({name: manifest[name] for name in manifest if name != _SEAL}))


def prepare(workspace: Workspace, meeting_id: MeetingId, today: dt.date, step: Step = lambda text: None) -> Ready:
    """Makes the Word files and finds out what stands in the way of a release, or would make it the last one again.

    Where the inputs have errors the answer has no files (``made.stopped``). Raises Refused for documents edited by
    hand, and what build.make raises.
    """
    outputs.refuse_bad(home(workspace, meeting_id))
    made = story.make(workspace, meeting_id, formats=("docx",), step=step)
    have = every(workspace, meeting_id)
    last = have[-1] if have else None
    ready = Ready(workspace, made, PAPERS, last.number + 1 if last else 1, None, False)
    meeting = made.examined.meeting
    if meeting is None or made.stopped:
        return ready
    if edited := outputs.edited(workspace.output(meeting_id)):
        names = "、".join(f"「{name}」" for name in sorted(edited))
        raise Refused(
            f"output/{meeting_id} 內有手改過的檔案：{names}。版本只收由活頁簿產生的文件。"
            f"請將修改寫回活頁簿或範本，再執行 packet build {meeting_id}（手改的檔案會另存保留），然後重試。"
        )
    ready.stage = meeting.stage
    known = schedule.of(meeting).deadlines
    ready.deadline = next((one for one in known if one.name == _DEADLINES[ready.stage]), None)
    ready.late = ready.deadline is not None and ready.deadline.date < today
    if last is None:
        return ready
    if faults := last.faults():
        ready.remarks.append(f"{last.name}與凍結時不同：{'；'.join(faults)}。請由備份還原。")
    if last.manifest and _essence(contents(workspace, made)) == _essence(last.manifest) and not _formats_lacking(last):
        ready.same = last
    return ready


def contents(workspace: Workspace, made: Built) -> dict[str, Any]:
    """The manifest of what was made, with the hashes of what was rendered, and what file a document is of."""
    meeting = made.examined.meeting
    assert meeting is not None
    found = reporting.manifest(workspace, made.examined, {}, made.contents)
    enclosures = {one.name: one.enclosure.path for one in made.examined.documents if one.enclosure}
    paths = {name: path.relative_to(workspace.root).as_posix() for name, path in enclosures.items()}
    files = {document.name: document.file for document in made.examined.documents}
    for one in found["documents"]:
        one["enclosure"] = paths.get(one["name"], "")
        one["file"] = files[one["name"]]
    found["sources"] = dict(made.sources)
    return found


def _essence(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of what alone makes the files differ: the documents as rendered, and what is attached from elsewhere.

    A PDF is made of that, and LibreOffice may make it anew.
    """
    attached = {one["enclosure"] for one in manifest["documents"]}
    files = {one["path"]: one["sha256"] for one in manifest["inputs"] if one["path"] in attached}
    return {**manifest["sources"], **files}


def _formats_lacking(release: Release) -> bool:
    """Whether the release went without PDF and ODF, which can be made now."""
    have = any(formats.is_converted(one["name"]) for one in release.manifest["files"])
    return not have and office.find_office() is not None


@logged("dispatch", "凍結版本")
def freeze(ready: Ready, reason: str, step: Step = lambda text: None) -> Release:
    """Writes the release. Raises Refused where a file cannot be made or the inputs changed meanwhile, and OSError."""
    workspace, meeting = ready.workspace, ready.made.examined.meeting
    assert meeting is not None
    made = story.make(workspace, meeting.id, formats=formats.NAMES, step=step)
    if made.failures:
        raise Refused("；".join(made.failures))
    if made.stopped or made.sources != ready.made.sources:
        raise Refused("製作時活頁簿或範本有變動，沒有凍結。請再執行一次。")
    ready.made = made
    _refuse_leaks(made)
    ready.remarks += made.remarks
    step("凍結版本")
    manifest = contents(workspace, made)
    content: dict[str, bytes] = {}
    listed = []
    for name, file in made.files.items():
        path = f"{FILES}/{name}"
        content[path] = file
        owner = made.owners.get(name)
        audience = owner.audience if owner else PUBLIC if name == convert.PACKET else INTERNAL
        about = {"name": name, "path": path, "document": owner.name if owner else "", "audience": audience}
        listed.append({**about, "size": len(file), "sha256": outputs.digest(file)})
    for one in manifest["inputs"]:
        if one["path"].startswith("inputs/"):
            one["copy"] = f"{BOOKS}/{one['path'].removeprefix('inputs/')}"
            content[one["copy"]] = (workspace.root / one["path"]).read_bytes()
            one["size"] = len(content[one["copy"]])
            if outputs.digest(content[one["copy"]]) != one["sha256"]:
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
        "files": listed,
    }
    whole[_SEAL] = _seal(whole)
    content[MANIFEST] = reporting.as_bytes(whole)
    folder = home(workspace, meeting.id)
    release = Release(ready.number, folder / f"第{ready.number}版", whole)
    _write(release.folder, content)
    return release


def _refuse_leaks(made: Built) -> None:
    """Raises Refused where a file that would be frozen as 公開 tells what publish would refuse.

    Looked into are the files of publish, cleaned as there, and the Word files; those of the minutes were when they were
    made, and the originals of files from elsewhere are never published.
    """
    from generator.dispatch.publish import story as publish
    from generator.leaks import search

    meeting = made.examined.meeting
    assert meeting is not None
    if meeting.minutes is None:
        # There is nobody yet whose name is protected.
        return
    public = [one for one in made.examined.documents if one.audience == PUBLIC]
    plain = [f"{one.name}.{one.ending}" for one in public if not one.edition and one.enclosure is None]
    files = {name: made.files[name] for name in plain if name in made.files} | publish.cleaned(made)
    try:
        search.inspect_folder(meeting, files, next((one for one in public if one.edition == FOR_PUBLIC), None))
    except search.Leak as leak:
        raise Refused(f"沒有凍結版本，標為公開的檔案含有不能公開的內容。\n{leak}") from leak


def _write(folder: Path, content: Mapping[str, bytes]) -> None:
    """All of a release at once: whole files in a folder aside, which then gets its name."""
    aside_in = outputs.state(folder.parent)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside_in.mkdir(exist_ok=True)
    for left in aside_in.glob("release-*"):
        # What an interrupted release left; a younger one may still be at work.
        if time.time() - left.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    aside = Path(tempfile.mkdtemp(prefix="release-", dir=aside_in))
    try:
        aside.chmod(0o755)
        for name, file in content.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(file)
                stream.flush()
                os.fsync(stream.fileno())
        if folder.exists():
            raise FileExistsError(17, "已有同名的資料夾", str(folder))
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    for name in content:
        # So that an office program asks before it writes there; the hashes tell whatever happens.
        with contextlib.suppress(OSError):
            (folder / name).chmod(0o444)


def lateness(ready: Ready) -> str:
    """Which deadline has passed, with its rule."""
    one = ready.deadline
    assert one is not None
    return f"{ready.stage}的期限是{one.day}（{one.counted}，依據：{one.source}），已經過了。"


def told(release: Release, ready: Ready) -> list[list[tuple[str, str]]]:
    """What there is to say of a release that was made or found equal: lines of (text, style)."""
    shown = release.folder.relative_to(ready.workspace.root).as_posix()
    if ready.same is not None:
        lines = [(f"與{release.title}相同，沒有變動，不凍結新的版本。", "bold")]
        return [[one] for one in [*((text, "yellow") for text in ready.remarks), *lines, (f"完成：{shown}", "bold")]]
    by_audience: dict[str, int] = {}
    for one in release.manifest["files"]:
        by_audience[one["audience"]] = by_audience.get(one["audience"], 0) + 1
    lines = [(f"已凍結{release.title}", "green")]
    lines += [(f"  {audience}：{count} 個檔案", "") for audience, count in by_audience.items()]
    lines += [(f"  活頁簿：{sum('copy' in one for one in release.manifest['inputs'])} 個檔案", "")]
    if ready.late:
        lines.append((f"{lateness(ready)}已記下原因：{release.manifest['reason']}", "yellow"))
    lines += [(text, "yellow") for text in ready.remarks]
    return [[one] for one in [*lines, (f"完成：{shown}", "bold")]]


def reminder(workspace: Workspace, meeting: MeetingId, report: Report) -> str:
    """A sentence when a build came to something else than what went out last, or nothing tells; else an empty text.

    Only hashes are compared: of the documents, and of the files they are made of where no document changed.
    """
    have = every(workspace, meeting)
    if not have or not report.manifest:
        return ""
    last = have[-1]
    if not last.manifest:
        return f"{last.name}的 {MANIFEST} 不見了或被改過，請由備份還原。"
    sides = (last.manifest, report.manifest)
    names = [[one["name"] for one in side["documents"]] for side in sides]
    inputs = [{one["path"]: one["sha256"] for one in side["inputs"]} for side in sides]
    attached = {one["enclosure"] for one in last.manifest["documents"] if one["enclosure"]}
    exchanged = any(inputs[0][path] != _digest(workspace.root / path) for path in attached)
    rendered = last.manifest["sources"]
    if (
        names[0] != names[1]
        or exchanged
        or any(rendered.get(name, digest) != digest for name, digest in report.sources.items())
    ):
        return f"{last.name}之後文件又有變動：packet diff {meeting} 可看差異，送出前請執行 packet release {meeting}。"
    same = all(inputs[1].get(path, digest) == digest for path, digest in inputs[0].items())
    return "" if same else f"{last.name}之後活頁簿或範本存過檔，文件沒有變動。"
