"""The story of a build: read → check → compose → render → convert → join → write."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import (
    __version__,
    after_meeting,
    carry,
    checks,
    documents,
    figures,
    ics,
    leaks,
    loading,
    minutes_checks,
    ooxml,
    outputs,
    pdf,
    schedule,
    templates,
    workbooks,
    workdays,
)
from generator.documents import Document
from generator.figures import Figure
from generator.model import Meeting
from generator.problems import Location, Problem, has_errors, in_order
from generator.prose import Vocabulary
from generator.schedule import Schedule
from generator.workspace import MeetingId, Workspace

PACKET = "會議資料.pdf"
MANIFEST = "packet.json"
FORMATS = ("docx", "pdf", "odt")
CONVERSION_SECONDS = 300.0

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Examined:
    """A meeting read and checked: what there is to build, and every problem in order."""

    meeting: Meeting | None
    figures: Mapping[str, Figure]
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Report:
    """What a build did. ``failures`` are faults outside the inputs (exit 3); ``remarks`` are worth saying."""

    examined: Examined
    folder: Path
    outcomes: list[outputs.Outcome] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)


class UnknownDocument(Exception):
    """``--only`` names no document; the text lists those there are."""


def examine(workspace: Workspace, meeting_id: MeetingId) -> Examined:
    """Reads and checks everything, builds nothing."""
    meeting, problems = loading.load(workspace, meeting_id)
    if meeting is None:
        return Examined(None, {}, (), tuple(in_order(problems)))
    known = figures.compute(meeting)
    problems += checks.check(meeting, known)
    problems += minutes_checks.check(meeting)
    made = documents.compose(meeting, known, problems)
    made += after_meeting.compose(meeting, Vocabulary(meeting, known), problems)
    problems += leaks.check(meeting)
    problems += carry.examine(workspace, meeting)
    for case in meeting.cases:
        places = [(case.template, case.row.at("範本"))] + [
            (item.template, item.row.at("範本")) for item in case.attachments if item.template
        ]
        problems += [fault for name, at in places if (fault := templates.missing(name, workspace.templates, at))]
    for name in {one.template for one in made}:
        if fault := templates.missing(name, workspace.templates, Location(f"{name}.docx")):
            problems.append(fault)
    return Examined(meeting, known, tuple(made), tuple(in_order(problems)))


def build(
    workspace: Workspace,
    meeting_id: MeetingId,
    only: Sequence[str] = (),
    formats: Sequence[str] = ("docx", "pdf"),
    step: Step = lambda text: None,
) -> Report:
    """Builds the packet; with errors in the inputs nothing is built and nothing that lies in output/ is touched.

    ``only`` keeps the documents whose name holds one of the texts; the joined packet is left out then.
    Raises UnknownDocument, leaks.Leak when a finished file holds a protected name (nothing is written then),
    outputs.BadFolder, and OSError when output/ cannot be written.
    """
    step("讀取與檢查活頁簿")
    examined = examine(workspace, meeting_id)
    report = Report(examined, workspace.output(meeting_id))
    meeting = examined.meeting
    if meeting is None or has_errors(examined.problems):
        return report
    chosen = _chosen(examined.documents, only)
    outputs.refuse_bad(report.folder)
    step("產生 Word 文件")
    problems: list[Problem] = []
    rendered: dict[str, bytes] = {}
    for document in chosen:
        properties = templates.Properties(document.title, meeting.agency.full_name, meeting.date)
        template = workspace.templates / f"{document.template}.docx"
        content = templates.render(template, document.context, properties, problems)
        if content is not None:
            rendered[document.name] = content
    if problems:
        merged = tuple(in_order([*examined.problems, *problems]))
        report.examined = Examined(meeting, examined.figures, examined.documents, merged)
        return report
    for document in chosen:
        # Before anything is made of it: no PDF of a document that tells a name may lie in the cache.
        leaks.inspect(meeting, document, {f"{document.name}.docx": rendered[document.name]})
    files: dict[str, bytes] = {}
    if "docx" in formats:
        files |= {f"{name}.docx": content for name, content in rendered.items()}
        files |= {
            f"{one.name}.xlsx": after_meeting.task_book(one) for one in chosen if one.template == after_meeting.TASKS
        }
    step("轉換為 PDF")
    _convert(report, meeting, chosen, rendered, formats, files, joined=not only)
    for document in chosen:
        made = {f"{document.name}.{ending}" for ending in ("pdf", "odt")} & set(files)
        leaks.inspect(meeting, document, {name: files[name] for name in made})
    sources = {name: outputs.digest(content) for name, content in rendered.items()}
    joined = {document.name: sources[document.name] for document in chosen if document.joined}
    record = outputs.read_record(report.folder)
    files |= _deadlines(meeting) if ics.FILE in record else {}
    stale = _stale(record, examined.documents, sources, joined, files, whole=not only)
    left = {name: written.hashes[-1] for name, written in record.items() if name not in stale}
    hashes = left | {name: outputs.digest(content) for name, content in files.items()}
    report.manifest = manifest(workspace, examined, hashes)
    files[MANIFEST] = _json(report.manifest)
    made_of = {name: sources.get(name.rpartition(".")[0], "") for name in files}
    made_of[PACKET] = _packet_source(joined)
    step("寫入檔案")
    report.outcomes = outputs.write_all(report.folder, files, stale, made_of)
    return report


def _chosen(made: Sequence[Document], only: Sequence[str]) -> list[Document]:
    if not only:
        return list(made)
    for text in only:
        if not any(text in document.name for document in made):
            names = "、".join(document.name for document in made)
            raise UnknownDocument(f"沒有名稱含「{text}」的文件。可用的有：{names}。")
    return [document for document in made if any(text in document.name for text in only)]


def _convert(
    report: Report,
    meeting: Meeting,
    chosen: Sequence[Document],
    rendered: Mapping[str, bytes],
    formats: Sequence[str],
    files: dict[str, bytes],
    joined: bool,
) -> None:
    """Adds the PDFs (and .odt) to ``files``; what LibreOffice cannot do is said in the report."""
    if "pdf" not in formats and "odt" not in formats:
        return
    office = pdf.find_office()
    if office is None:
        wanted = "、".join(one for one in formats if one != "docx").upper()
        text = f"未產生 {wanted}：找不到 LibreOffice。{pdf.HOW_TO_GET}。"
        (report.remarks if "docx" in formats else report.failures).append(text)
        return
    from generator import packet

    cache = outputs.state(report.folder) / "pdf"
    cache.mkdir(parents=True, exist_ok=True)
    if "pdf" in formats:
        sources = {document.name: ooxml.without_page_numbers(rendered[document.name]) for document in chosen}
        sources[""] = packet.glyph_document()
        raw = _pdfs(sources, cache, office, report)
        author = meeting.agency.full_name
        bound = [one for one in chosen if one.joined]
        parts = [packet.Part(raw[one.name], one.bookmark, one.level) for one in bound if one.name in raw]
        try:
            stamp = packet.Stamp.from_pdf(raw[""]) if "" in raw else None
            for document in chosen:
                if document.name in raw:
                    path = raw[document.name]
                    files[f"{document.name}.pdf"] = packet.stamp_single(
                        path, stamp, document.title, author, meeting.date
                    )
            if joined and len(parts) == len(bound):
                files[PACKET] = packet.join(parts, stamp, f"{meeting.name}會議資料", author, meeting.date)
        except packet.UnusablePdf as unusable:
            report.failures.append(str(unusable))
    if "odt" in formats:
        with tempfile.TemporaryDirectory(prefix="packet-") as folder:
            paths = []
            for name, content in rendered.items():
                path = Path(folder) / f"{name}.docx"
                path.write_bytes(content)
                paths.append(path)
            try:
                done = pdf.convert(paths, "odt", Path(folder) / "odt", timeout=CONVERSION_SECONDS, office=office)
            except pdf.ConversionFailed as failed:
                report.failures.append(str(failed))
                done = failed.done
            files |= {f"{path.stem}.odt": made.read_bytes() for path, made in done.items()}


def _pdfs(sources: Mapping[str, bytes], cache: Path, office: Path, report: Report) -> dict[str, Path]:
    """The PDF of each .docx, from the cache where the same document was converted before; one call for the rest."""
    identity = pdf.office_fingerprint(office)
    keys = {name: outputs.digest(content + identity.encode()) for name, content in sources.items()}
    found = {name: cache / f"{key}.pdf" for name, key in keys.items()}
    wanted = {name: path for name, path in found.items() if not path.is_file()}
    if wanted:
        with tempfile.TemporaryDirectory(prefix="packet-") as folder:
            paths = {}
            for name in wanted:
                path = Path(folder) / f"{keys[name]}.docx"
                path.write_bytes(sources[name])
                paths[path] = name
            try:
                pdf.convert(list(paths), "pdf", cache, timeout=CONVERSION_SECONDS, office=office)
            except pdf.ConversionFailed as failed:
                text = str(failed)
                for path, name in paths.items():
                    text = text.replace(path.name, f"{name}.docx" if name else "頁碼")
                report.failures.append(text)
    for old in sorted(cache.glob("*.pdf"), key=lambda path: path.stat().st_mtime)[:-200]:
        if old not in found.values():
            old.unlink(missing_ok=True)
    return {name: path for name, path in found.items() if path.is_file()}


def _stale(
    record: Mapping[str, outputs.Written],
    made: Sequence[Document],
    sources: Mapping[str, str],
    joined: Mapping[str, str],
    files: Mapping[str, bytes],
    whole: bool,
) -> dict[str, str]:
    """What earlier builds left that is no longer true: files of documents that are gone, or that changed since."""
    names = {document.name for document in made}
    found = {}
    for name, written in record.items():
        stem = name.rpartition(".")[0]
        if name in files or name == MANIFEST:
            continue
        if name == PACKET:
            parts = [one for one in record if one.rpartition(".")[0] in joined]
            changed = any(record[one].source != joined[one.rpartition(".")[0]] for one in parts)
            outdated = written.source != _packet_source(joined) if whole else changed
        else:
            outdated = stem in sources and written.source != sources[stem]
        if outdated:
            found[name] = outputs.OUTDATED
        elif whole and name != PACKET and stem not in names:
            found[name] = outputs.GONE
    return found


def _deadlines(meeting: Meeting) -> dict[str, bytes]:
    """The calendar file that ``packet schedule`` wrote, as it is now; none where a deadline cannot be known."""
    found = schedule.of(meeting)
    return {} if found.problems else {ics.FILE: ics.calendar(meeting, found.deadlines)}


def write_deadlines(folder: Path, meeting: Meeting, found: Schedule) -> list[outputs.Outcome]:
    """Writes the calendar file into the meeting's output folder; returns what became of it."""
    return outputs.write_all(folder, {ics.FILE: ics.calendar(meeting, found.deadlines)}, {}, {})


def _packet_source(sources: Mapping[str, str]) -> str:
    return outputs.digest("".join(sources.values()).encode())


def manifest(workspace: Workspace, examined: Examined, hashes: Mapping[str, str]) -> dict[str, Any]:
    """What was built from what, for a program to read; ``hashes`` are those of the files that are there."""
    meeting = examined.meeting
    assert meeting is not None
    used = {f"{document.template}.docx" for document in examined.documents}
    read = [workspace.agency_book, *workbooks.books(workspace.inputs(meeting.id))]
    read += [book for name in sorted(meeting.regulations) if (book := workbooks.find(workspace.shared, name))]
    read += workdays.files(workspace.shared)
    read += [workspace.templates / name for name in sorted(used)]
    return {
        "packet": __version__,
        "meeting": {"id": str(meeting.id), "name": meeting.name, "date": meeting.date.isoformat()},
        "documents": [
            {
                "name": document.name,
                "title": document.title,
                "template": document.template,
                "files": {
                    ending: hashes[f"{document.name}.{ending}"]
                    for ending in ("docx", "pdf")
                    if f"{document.name}.{ending}" in hashes
                },
            }
            for document in examined.documents
        ],
        "inputs": [
            {"path": path.relative_to(workspace.root).as_posix(), "sha256": outputs.digest(path.read_bytes())}
            for path in read
            if path.is_file()
        ],
        "figures": [figure_json(figure) for figure in examined.figures.values()],
        "problems": [problem_json(found) for found in examined.problems],
    }


def report_json(report: Report) -> dict[str, Any]:
    """All that a build has to say: the manifest (or the problems that stopped it) and what became of the files."""
    problems = [problem_json(found) for found in report.examined.problems]
    outcomes = [outcome_json(one) for one in report.outcomes]
    rest = {"outcomes": outcomes, "remarks": report.remarks, "failures": report.failures}
    return {**(report.manifest or {"documents": [], "problems": problems}), **rest}


def figure_json(figure: Figure) -> dict[str, Any]:
    """A figure for a program: its value where that is a number, as printed otherwise."""
    value = figure.value if isinstance(figure.value, int) else figures.shown(figure.value)
    return {"name": figure.name, "value": value, "cells": [str(cell) for cell in figure.cells]}


def outcome_json(found: outputs.Outcome) -> dict[str, str]:
    return {"name": found.name, "outcome": found.how, "kept_as": found.kept_as}


def problem_json(found: Problem) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "workbook": found.at.workbook,
        "sheet": found.at.sheet,
        "cell": found.at.cell,
        "text": found.text,
        "remedy": found.remedy,
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
