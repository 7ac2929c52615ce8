"""The story of a build: examine → render → convert → join → write."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.basic.failure import WRONG_USAGE, UserError
from generator.basic.problem import Problem, in_order
from generator.basic.steps import step as logged
from generator.basic.workspace import MeetingId, Workspace
from generator.build import calendar, convert, examine, outputs, unchanged
from generator.build import report as reporting
from generator.build.convert import CONVERTED, PACKET
from generator.build.examine import Examined
from generator.build.report import Report
from generator.documents.deck import contents_of
from generator.documents.document import Document
from generator.documents.passages import Contents
from generator.leaks import search
from generator.meeting import schedule
from generator.meeting.model import Meeting
from generator.meeting.schedule import Schedule
from generator.pdf import office as pdf
from generator.pdf.from_elsewhere import files as enclosures
from generator.word import render

Step = Callable[[str], None]


@dataclass(slots=True)
class Made:
    """What a build comes to before anything is written: every file by its name.

    A file from elsewhere that cannot be joined is an error that stops nothing but the packet.

    ``owners`` has the document that a file is of; 會議資料.pdf is of none. ``sources`` are the hashes of what was
    rendered, ``contents`` what it says, by document. ``failures`` are faults outside the inputs (exit 3); ``remarks``
    are worth saying. ``late``:
    problems showed while the documents were made, which another try may not have.
    """

    examined: Examined
    files: dict[str, bytes] = field(default_factory=dict)
    owners: dict[str, Document] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    contents: dict[str, Contents] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    late: bool = False

    @property
    def stopped(self) -> bool:
        """Whether errors in the inputs stand in the way: there are no files then."""
        return self.examined.meeting is None or enclosures.stops(self.examined.problems)


class UnknownDocument(UserError):
    """``--only`` names no document; the text lists those there are."""

    exit_code, option = WRONG_USAGE, "--only"


def make(
    workspace: Workspace,
    meeting_id: MeetingId,
    only: Sequence[str] = (),
    formats: Sequence[str] = ("docx", "pdf"),
    step: Step = lambda text: None,
    office: pdf.Office | None = None,
    examined: Examined | None = None,
) -> Made:
    """Everything that a build makes, in memory; only the cache of conversions is written. No files if there are errors.

    ``only`` keeps the documents whose name holds one of the texts; the joined packet is left out then. ``office`` is a
    LibreOffice to use and to leave running; without one, one is started if anything needs it. ``examined`` is the
    meeting where it has been examined already.
    Raises UnknownDocument, leaks.Leak when a finished file holds a protected name, and outputs.BadFolder.
    """
    if examined is None:
        step("讀取與檢查活頁簿")
        examined = examine.examine(workspace, meeting_id)
    made = Made(examined)
    meeting = made.examined.meeting
    if meeting is None or made.stopped:
        return made
    chosen = [one for one in _chosen(made.examined.documents, only) if not one.unfit]
    whole = not only and not any(one.unfit for one in made.examined.documents)
    outputs.refuse_bad(workspace.output(meeting_id))
    if unfit := [one.name for one in made.examined.documents if one.unfit]:
        made.remarks.append(
            f"沒有產生{'、'.join(f'「{name}」' for name in unfit)}，因此也沒有 {PACKET}：請見所列的錯誤。"
        )
    with ExitStack() as closing:
        converter = None
        if set(formats) - {"docx"}:
            office = office or closing.enter_context(contextlib.closing(pdf.Office()))
            converter = _converter(made, office, formats, outputs.cache(workspace.output(meeting_id)))
        step("產生 Word 文件")
        rendered = _rendered(workspace, meeting, chosen, converter, made)
        if rendered is None:
            return made
        _take(made, meeting, chosen, rendered, formats)
        if converter is not None:
            step("轉換為 PDF")
            _convert(made, meeting, chosen, rendered, formats, converter, joined=whole)
            if whole and "pdf" in formats and PACKET not in made.files:
                made.remarks.append(f"沒有產生 {PACKET}：請見所列的錯誤。")
    for name, document in made.owners.items():
        if name.endswith(CONVERTED):
            search.inspect(meeting, document, {name: made.files[name]})
    return made


def _converter(made: Made, office: pdf.Office, formats: Sequence[str], cache: Path) -> convert.Converter | None:
    """What converts, or None without LibreOffice, which is said then."""
    if office.program is not None:
        return convert.Converter(cache, office)
    wanted = "、".join(one for one in formats if one != "docx").upper()
    text = f"未產生 {wanted}：找不到 LibreOffice。{pdf.HOW_TO_GET}。"
    (made.remarks if "docx" in formats else made.failures).append(text)
    return None


def _take(
    made: Made, meeting: Meeting, chosen: Sequence[Document], rendered: Mapping[str, bytes], formats: Sequence[str]
) -> None:
    """What was rendered and the files from elsewhere, with their hashes, once they are found to tell no name."""
    made.sources = {name: outputs.digest(content) for name, content in rendered.items()}
    for document in chosen:
        if document.enclosure:
            original = document.enclosure.path.read_bytes()
            name = enclosures.original_name(document.name, document.enclosure)
            made.files[name], made.owners[name] = original, document
            made.sources[document.name] = outputs.digest(original)
            continue
        # Before anything is made of it: no PDF of a document that tells a name may lie in the cache.
        name = f"{document.name}.{document.ending}"
        search.inspect(meeting, document, {name: rendered[document.name]})
        if "docx" in formats:
            made.files[name], made.owners[name] = rendered[document.name], document
            for companion in document.companions:
                beside = f"{document.name}.{companion.ending}"
                made.files[beside], made.owners[beside] = companion.make(), document


def build(
    workspace: Workspace,
    meeting_id: MeetingId,
    only: Sequence[str] = (),
    formats: Sequence[str] = ("docx", "pdf"),
    step: Step = lambda text: None,
    office: pdf.Office | None = None,
) -> Report:
    """Builds the packet; with errors in the inputs nothing is built and nothing that lies in output/ is touched.

    Where the last build was of the same inputs and its files are all there, nothing is done again.

    Raises what ``make`` raises, and OSError when output/ cannot be written.
    """
    outputs.refuse_bad(workspace.output(meeting_id))
    inputs = unchanged.digest(unchanged.contents(workspace))
    known = unchanged.key(inputs, meeting_id, only, formats)
    with logged("build", "核對上次產生之後有無變動"):
        before = unchanged.recall(workspace, meeting_id, known)
    if before:
        return before
    made = make(workspace, meeting_id, only, formats, step, office)
    examined, meeting, files = made.examined, made.examined.meeting, dict(made.files)
    folder = workspace.output(meeting_id)
    if meeting is None or made.stopped:
        return Report(folder, examined.problems, stopped=True, failures=made.failures, inputs=inputs)
    # The packet is of all that can be joined, whatever was chosen now.
    bound = [document.name for document in examined.documents if document.joined]
    joined = {name: made.sources.get(name, "") for name in bound if not only or name in made.sources}
    record = outputs.read_record(folder)
    files |= _deadlines(meeting) if calendar.FILE in record else {}
    stale = _stale(record, examined.documents, made.sources, joined, files, whole=not only)
    left = {name: written.hashes[-1] for name, written in record.items() if name not in stale}
    hashes = left | {name: outputs.digest(content) for name, content in files.items()}
    manifest = reporting.manifest(workspace, examined, hashes, made.contents)
    if only:
        reporting.with_contents_of(manifest, folder)
    files[outputs.MANIFEST] = reporting.as_bytes(manifest)
    made_of = {name: made.sources.get(name.rpartition(".")[0], "") for name in files}
    made_of[PACKET] = _packet_source(joined)
    step("寫入檔案")
    report = Report(
        folder=folder,
        problems=examined.problems,
        deadlines=tuple(schedule.of(meeting).deadlines),
        outcomes=outputs.write_all(folder, files, stale, made_of),
        remarks=made.remarks,
        failures=made.failures,
        manifest=manifest,
        sources=made.sources,
        inputs=inputs,
    )
    if not made.late:
        unchanged.remember(known, report)
    return report


@logged("word", "套用 Word 範本")
def _rendered(
    workspace: Workspace,
    meeting: Meeting,
    chosen: Sequence[Document],
    converter: convert.Converter | None,
    made: Made,
) -> dict[str, bytes] | None:
    """The documents' bytes by name; None where a template cannot be filled, which becomes a problem of ``made``."""
    problems: list[Problem] = []
    rendered: dict[str, bytes] = {}
    for document in chosen:
        if document.enclosure and not document.enclosure.may_be_separate:
            continue
        deck = document.attachment.at("origin") if document.attachment and document.deck else None
        content = made.examined.decks.get(deck) if deck else None
        if content is None:
            template = workspace.templates / document.template_file
            about, figures = examine.about(meeting, document), made.examined.figures
            finished = render.render_recorded(template, document.context, about, figures, problems)
            if finished is not None:
                content, made.contents[document.name] = finished.content, finished.contents
        elif document.deck is not None:
            made.contents[document.name] = contents_of(document.deck)
        if content is not None:
            rendered[document.name] = content
            if converter is not None:
                converter.expect(convert.for_office(document, content), "pdf")
    if problems:
        _add(made, problems)
        return None
    return rendered


def _add(made: Made, problems: Sequence[Problem]) -> None:
    """Adds problems that showed only while the documents were made."""
    known = made.examined
    merged = tuple(in_order([*known.problems, *problems]))
    made.examined, made.late = replace(known, problems=merged), True


@logged("pdf", "轉換與合併")
def _convert(
    made: Made,
    meeting: Meeting,
    chosen: Sequence[Document],
    rendered: Mapping[str, bytes],
    formats: Sequence[str],
    converter: convert.Converter,
    joined: bool,
) -> None:
    """Adds the PDFs and ODF files; what LibreOffice cannot do is said."""
    made.failures += convert.too_long(chosen)
    parts = [convert.to_pdf(meeting, chosen, rendered, converter, joined)] if "pdf" in formats else []
    parts += [convert.to_odf(meeting, chosen, rendered, converter)] if "odt" in formats else []
    for one in parts:
        made.files |= one.files
        made.failures += one.failures
        if one.problems:
            _add(made, one.problems)
    made.owners |= {
        name: document for document in chosen for ending in CONVERTED if (name := document.name + ending) in made.files
    }


def _chosen(made: Sequence[Document], only: Sequence[str]) -> list[Document]:
    if not only:
        return list(made)
    for text in only:
        if not any(text in document.name for document in made):
            names = "、".join(document.name for document in made)
            raise UnknownDocument(f"沒有名稱含「{text}」的文件。可用的有：{names}。")
    return [document for document in made if any(text in document.name for text in only)]


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
        if name in files or name == outputs.MANIFEST:
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
    return {} if found.problems else {calendar.FILE: calendar.calendar(meeting, found.deadlines)}


def write_deadlines(folder: Path, meeting: Meeting, found: Schedule) -> list[outputs.Outcome]:
    """Writes the calendar file into the meeting's output folder; returns what became of it."""
    return outputs.write_all(folder, {calendar.FILE: calendar.calendar(meeting, found.deadlines)}, {}, {})


def _packet_source(sources: Mapping[str, str]) -> str:
    return outputs.digest("".join(sources.values()).encode())
