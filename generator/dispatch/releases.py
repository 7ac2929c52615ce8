"""Releases: documents that went out, frozen as 第1版, 第2版 … with their workbooks. They are never changed later."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from generator.basic import roc
from generator.basic.failure import PROBLEMS, WRONG_USAGE, UserError
from generator.basic.patterns import compile_late
from generator.basic.workspace import RELEASES, MeetingId, Workspace
from generator.build import outputs
from generator.build import report as reporting
from generator.build.report import Report

if TYPE_CHECKING:
    from generator.build.making import Built

MANIFEST, FILES, BOOKS = "版本.json", "文件", "活頁簿"
_NOT_OURS = compile_late(r"~\$.*|\..*|Thumbs\.db|desktop\.ini", re.IGNORECASE)
SEAL = "sha256"
"""The name of the hash of a manifest in it."""


class Refused(UserError):
    """There can be no release now; the text says why and what to do."""

    exit_code = PROBLEMS


class NoRelease(UserError):
    """There is no release, or not of that number; the text says which there are."""

    exit_code = WRONG_USAGE


class Release(Struct, frozen=True):
    """A release in its folder; ``manifest`` is empty where it cannot be read."""

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
        """A text for each file that changed since the release was frozen; empty when none did."""
        if not self.manifest:
            return [f"{MANIFEST} 不見了、讀不懂，或被改過"]
        hashes = {entry["path"]: entry["sha256"] for entry in self.manifest["files"]}
        hashes |= {entry["copy"]: entry["sha256"] for entry in self.manifest["inputs"] if "copy" in entry}
        found = []
        for path, digest in hashes.items():
            try:
                if outputs.digest((self.folder / path).read_bytes()) != digest:
                    found.append(f"{path} 被改過")
            except OSError:
                found.append(f"{path} 不見了或無法讀取")
        there = (
            path for path in sorted(self.folder.rglob("*")) if path.is_file() and not _NOT_OURS.fullmatch(path.name)
        )
        names = [path.relative_to(self.folder).as_posix() for path in there]
        return found + [f"{name} 是多出來的" for name in names if name not in hashes and name != MANIFEST]


def home(workspace: Workspace, meeting: MeetingId) -> Path:
    """Where the releases of a meeting lie."""
    return workspace.beside(meeting, RELEASES)


def every(workspace: Workspace, meeting: MeetingId) -> list[Release]:
    """The releases of a meeting by number."""
    folder = home(workspace, meeting)
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and (number := re.fullmatch(r"第([1-9]\d{0,5})版", path.name, re.ASCII)):
            found.append(Release(int(number[1]), path, _read(path / MANIFEST)))
    return sorted(found, key=lambda release: release.number)


def of_stage(workspace: Workspace, meeting: MeetingId, stage: str) -> list[Release]:
    """The releases of a stage by number; a release that cannot be read may be of any."""
    return [release for release in every(workspace, meeting) if release.manifest.get("stage", stage) == stage]


def chosen(workspace: Workspace, meeting: MeetingId, number: int | None) -> Release:
    """The release of that number, the last one for None. Raises NoRelease."""
    have = every(workspace, meeting)
    found = have[-1:] if number is None else [release for release in have if release.number == number]
    if found:
        return found[0]
    if not have:
        raise NoRelease(f"{meeting} 還沒有版本。文件送出前請執行 packet release {meeting}。")
    raise NoRelease(f"沒有第{number}版。現有：{'、'.join(release.name for release in have)}。")


def _read(path: Path) -> Mapping[str, Any]:
    """The manifest; empty where it cannot be read or is not as it was sealed."""
    try:
        found = json.loads(path.read_text("utf-8"))
        paths = [PurePosixPath(entry["path"]) for entry in found["files"]]
        paths += [PurePosixPath(entry["copy"]) for entry in found["inputs"] if "copy" in entry]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
    if found.get(SEAL) != seal(found) or any(path.is_absolute() or ".." in path.parts for path in paths):
        return {}
    return dict(found)


def _digest(path: Path) -> str:
    try:
        return outputs.digest(path.read_bytes())
    except OSError:
        return ""


def seal(manifest: Mapping[str, Any]) -> str:
    """The hash of a manifest by which it is known to be as it was frozen."""
    return outputs.digest(reporting.as_bytes({name: manifest[name] for name in manifest if name != SEAL}))


def contents(workspace: Workspace, build: Built) -> dict[str, Any]:
    """The manifest of a build, with the hashes of the rendered documents and the file of each document."""
    meeting = build.examined.meeting
    assert meeting is not None
    found = reporting.manifest(workspace, build.examined, {}, build.contents)
    enclosures = {document.name: document.enclosure.path for document in build.examined.documents if document.enclosure}
    paths = {name: path.relative_to(workspace.root).as_posix() for name, path in enclosures.items()}
    files = {document.name: document.file for document in build.examined.documents}
    for document in found["documents"]:
        document["enclosure"] = paths.get(document["name"], "")
        document["file"] = files[document["name"]]
    found["sources"] = dict(build.sources)
    return found


def _essence(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The hashes by which two releases are equal: of the rendered documents and of the attached original files.

    PDF files do not count: they are made from these, and LibreOffice never makes the same bytes twice.
    """
    attached = {document["enclosure"] for document in manifest["documents"]}
    files = {entry["path"]: entry["sha256"] for entry in manifest["inputs"] if entry["path"] in attached}
    return {**manifest["sources"], **files}


def moved_on(workspace: Workspace, build: Built, release: Release, only: Iterable[str] | None = None) -> bool:
    """Whether the documents of a build are others than those of the release. ``only``: the names that count."""
    now, then = _essence(contents(workspace, build)), _essence(release.manifest)
    names = {*now, *then} if only is None else set(only)
    return any(now.get(name) != then.get(name) for name in names)


def reminder(workspace: Workspace, meeting: MeetingId, report: Report) -> str:
    """A sentence when a build differs from the last release, or that cannot be known; else an empty text.

    Only hashes are compared: of the documents, and of the files they are made of where no document changed.
    """
    have = every(workspace, meeting)
    if not have or not report.manifest:
        return ""
    last = have[-1]
    if not last.manifest:
        return f"{last.name}的 {MANIFEST} 不見了或被改過，請由備份還原。"
    sides = (last.manifest, report.manifest)
    names = [[document["name"] for document in side["documents"]] for side in sides]
    inputs = [{entry["path"]: entry["sha256"] for entry in side["inputs"]} for side in sides]
    attached = {document["enclosure"] for document in last.manifest["documents"] if document["enclosure"]}
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
