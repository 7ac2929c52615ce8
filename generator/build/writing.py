"""Writing what a build made into output/, with its manifest; what earlier builds left that is no longer true goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from generator.basic.workspace import Workspace
from generator.build import calendar, convert, outputs
from generator.build import report as reporting
from generator.build.convert import PACKET, PUBLIC_PACKET
from generator.build.making import Built, Step
from generator.build.report import Report
from generator.documents.document import Document
from generator.leaks import records
from generator.meeting import schedule
from generator.meeting.model import Meeting
from generator.meeting.schedule import Schedule
from generator.pdf.from_elsewhere import files as enclosures
from generator.word import ooxml


def write(workspace: Workspace, meeting: Meeting, built: Built, only: Sequence[str], step: Step, inputs: str) -> Report:
    """Writes the files and the manifest, and removes what earlier builds left that is no longer true."""
    examined, files = built.examined, dict(built.files)
    folder = workspace.output(meeting.id)
    # The packet is of all that can be joined, whatever was chosen now.
    bound = [document.name for document in examined.documents if document.joined]
    joined = {name: built.sources.get(name, "") for name in bound if not only or name in built.sources}
    record = outputs.read_record(folder)
    files |= _deadlines(meeting) if calendar.FILE in record else {}
    stale = _stale(record, examined.documents, built.sources, joined, files, whole=not only)
    left = {name: written.hashes[-1] for name, written in record.items() if name not in stale}
    hashes = left | {name: outputs.digest(content) for name, content in files.items()}
    contents = {name: records.without_protected(meeting, found) for name, found in built.contents.items()}
    manifest = reporting.manifest(workspace, examined, hashes, contents)
    if only:
        reporting.with_contents_of(manifest, folder)
    files[outputs.MANIFEST] = reporting.as_bytes(manifest)
    sources = {name: built.sources.get(name.rpartition(".")[0], "") for name in files}
    sources |= dict.fromkeys(convert.PACKETS.values(), _packet_source(joined))
    step("寫入檔案")
    built.remarks += _left_behind(folder, meeting, examined.documents, files)
    return Report(
        folder=folder,
        problems=examined.problems,
        deadlines=tuple(schedule.of(meeting).deadlines),
        outcomes=outputs.write_all(folder, files, stale, sources),
        remarks=built.remarks,
        failures=built.failures,
        manifest=manifest,
        sources=built.sources,
        inputs=inputs,
    )


def _left_behind(folder: Path, meeting: Meeting, documents: Sequence[Document], files: Collection[str]) -> list[str]:
    """A remark on documents that this build left as they were though they bear another title now, as drafts do."""
    named = [
        document.name
        for document in documents
        if document.file not in files and ooxml.title(folder / document.file) not in ("", document.title[:255])
    ]
    if not named:
        return []
    shown = "、".join(f"「{name}」" for name in named)
    return [f"{shown}的標題已經改了（例如由草稿改為定稿），output 內仍是先前的。請執行 packet build {meeting.id}。"]


def _stale(
    record: Mapping[str, outputs.Written],
    documents: Sequence[Document],
    sources: Mapping[str, str],
    joined: Mapping[str, str],
    files: Mapping[str, bytes],
    whole: bool,
) -> dict[str, str]:
    """Outdated files of earlier builds: of documents that are gone, or that changed since."""
    names = {document.name for document in documents}
    unwanted = {
        enclosures.original_name(document.name, document.enclosure)
        for document in documents
        if document.enclosure and not document.enclosure.keeps_original
    }
    found = {}
    for name, written in record.items():
        stem = name.rpartition(".")[0]
        if name in files or name == outputs.MANIFEST:
            continue
        if name in convert.PACKETS.values():
            stems = {part: part.rpartition(".")[0] for part in record}
            changed = any(record[part].source != joined[stem] for part, stem in stems.items() if stem in joined)
            outdated = written.source != _packet_source(joined) if whole else changed
        else:
            outdated = stem in sources and written.source != sources[stem]
        if name in unwanted:
            found[name] = outputs.GONE
        elif outdated:
            found[name] = outputs.OUTDATED
        elif whole and (name == PUBLIC_PACKET or (name != PACKET and stem not in names)):
            found[name] = outputs.GONE
    return found


def _deadlines(meeting: Meeting) -> dict[str, bytes]:
    """The calendar file that ``packet schedule`` wrote, as it is now; none where a deadline cannot be known."""
    found = schedule.of(meeting)
    return {} if found.problems else {calendar.FILE: calendar.calendar(meeting, found.deadlines)}


def write_deadlines(folder: Path, meeting: Meeting, found: Schedule) -> list[outputs.Outcome]:
    """Writes the calendar file into the meeting's output folder; returns what became of it."""
    return outputs.write_all(folder, {calendar.FILE: calendar.calendar(meeting, found.deadlines)}, {}, {})


def _packet_source(sources: Mapping[str, str]) -> str:
    return outputs.digest("".join(sources.values()).encode())
