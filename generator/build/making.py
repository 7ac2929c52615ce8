"""What a build makes, before anything is written: examine → render → convert → join."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from generator.basic.failure import WRONG_USAGE, UserError
from generator.basic.formats import CONVERTED, FORMATS, RENDERED, USUAL, Format, is_converted
from generator.basic.formats import chosen as formats_chosen
from generator.basic.problem import Problem, in_order
from generator.basic.steps import step as logged
from generator.basic.workspace import MeetingId, Workspace
from generator.build import convert, examine, leftovers, outputs
from generator.build.convert import PACKET
from generator.build.converter import Converter, Ready
from generator.build.examine import Examined
from generator.documents import front
from generator.documents.deck import contents_of
from generator.documents.document import FOR_PUBLIC, PARTICIPANTS, PUBLIC, Document
from generator.documents.passages import Contents
from generator.leaks import restricted, search
from generator.meeting.model import Meeting
from generator.pdf import clean
from generator.pdf import office as pdf
from generator.pdf.from_elsewhere import files as enclosures
from generator.pdf.sharing import Offices
from generator.word import page_marks, render

Step = Callable[[str], None]
# A document with more rows is rendered each time: to compare them would take as long.
_MOST_COMPARED = 2000


class Built(Struct):
    """The result of a build before anything is written: every file by its name.

    A file from elsewhere that cannot be joined is an error that stops nothing but the packet.

    ``owners`` has the document that a file is of; 會議資料.pdf is of none. ``sources`` are the hashes of what was
    rendered, ``contents`` its texts with their cells, by document. ``failures`` are faults outside the inputs (exit 3),
    ``remarks`` tell the user of anything else. ``late``: problems showed while the documents were made, which another
    build may not have.
    """

    examined: Examined
    files: dict[str, bytes] = field(default_factory=dict)
    owners: dict[str, Document] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    contents: dict[str, Contents] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    late: bool = False
    # What 會議資料.pdf was joined of.
    parts: list[convert.PacketPart] = field(default_factory=list)

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
    formats: Sequence[str] = USUAL,
    step: Step = lambda text: None,
    office: pdf.Office | None = None,
    examined: Examined | None = None,
    ready: Ready = lambda files: None,
    processes: int | None = None,
) -> Built:
    """Everything that a build makes, in memory; written is only what the next build can use. No files with errors.

    ``only`` keeps the documents whose name holds one of the texts; the joined packet is left out then. ``office`` is a
    LibreOffice to use and to leave running; without one, one is started if anything needs it. ``examined`` is the
    meeting where it has been examined already. ``ready`` gets the pages for who looks at them at this desk.
    ``processes``: how many LibreOffices there may be, as many as cores if not given.
    Raises UnknownDocument, leaks.Leak when a finished file holds a protected name, and outputs.BadFolder.
    """
    if examined is None:
        step("讀取與檢查活頁簿")
        examined = examine.examine(workspace, meeting_id)
    built = Built(examined)
    meeting = examined.meeting
    if meeting is None or built.stopped:
        return built
    chosen = [document for document in _chosen(examined.documents, only) if not document.unfit]
    unfit = [document.name for document in examined.documents if document.unfit]
    whole = not only and not unfit
    outputs.refuse_bad(workspace.output(meeting_id))
    if unfit:
        built.remarks.append(
            f"沒有產生{'、'.join(f'「{name}」' for name in unfit)}，因此也沒有 {PACKET}：請見所列的錯誤。"
        )
    with ExitStack() as closing:
        converter = None
        if to_convert := formats_chosen(formats, CONVERTED):
            notes = outputs.state(workspace.output(meeting_id))
            office = office or closing.enter_context(contextlib.closing(pdf.Office(notes=notes)))
            offices = Offices(office, processes)
            converter = _converter(built, offices, formats, outputs.cache(workspace.output(meeting_id)), step, ready)
            if converter is not None:
                closing.enter_context(contextlib.closing(converter))
        step("產生 Word 文件")
        early = converter if "pdf" in formats else None
        rendered = _render(workspace, meeting, chosen, early, built)
        if rendered is None:
            return built
        if converter is not None and whole and "pdf" in formats:
            _count_pages(workspace, built, convert.Sources(meeting, chosen, rendered, whole), rendered, converter)
        _take(built, meeting, chosen, rendered, formats)
        # Only now: no document with a protected name may be kept.
        if examined.renderings is not None:
            examined.renderings.keep()
        if converter is not None:
            step("轉換為 PDF")
            _convert_and_join(built, convert.Sources(meeting, chosen, rendered, whole), to_convert, converter)
            if whole and "pdf" in formats and PACKET not in built.files:
                built.remarks.append(f"沒有產生 {PACKET}：請見所列的錯誤。")
    for name, document in built.owners.items():
        if is_converted(name):
            search.inspect(meeting, document, {name: built.files[name]})
            restricted.inspect(meeting, document.audience, {name: built.files[name]})
    for edition, name in convert.PACKETS.items():
        if name in built.files:
            audience = PUBLIC if edition == FOR_PUBLIC else PARTICIPANTS
            restricted.inspect(meeting, audience, {name: built.files[name]})
    return built


def _converter(
    built: Built, offices: Offices, formats: Sequence[str], cache: Path, step: Step, ready: Ready
) -> Converter | None:
    """What converts; without LibreOffice None, and a remark or failure says so."""
    if offices.first.program is not None:
        return Converter(cache, offices, step, ready)
    rendered = [output_format.name for output_format in formats_chosen(formats, RENDERED)]
    wanted = "、".join(name for name in formats if name not in rendered).upper()
    text = f"未產生 {wanted}：找不到 LibreOffice。{pdf.HOW_TO_GET}。"
    (built.remarks if rendered else built.failures).append(text)
    return None


def _take(
    built: Built, meeting: Meeting, chosen: Sequence[Document], rendered: Mapping[str, bytes], formats: Sequence[str]
) -> None:
    """Takes what was rendered and the files from elsewhere, with their hashes."""
    built.sources = {name: outputs.digest(content) for name, content in rendered.items()}
    for document in chosen:
        if document.enclosure:
            original = document.enclosure.path.read_bytes()
            if document.enclosure.keeps_original:
                name = enclosures.original_name(document.name, document.enclosure)
                built.files[name], built.owners[name] = original, document
            built.sources[document.name] = outputs.digest(original)
            continue
        name = document.file
        if formats_chosen(formats, RENDERED):
            built.files[name], built.owners[name] = rendered[document.name], document
            for companion in document.companions:
                beside = f"{document.name}.{companion.ending}"
                built.files[beside], built.owners[beside] = companion.make(), document


@logged("word", "套用 Word 範本")
def _render(
    workspace: Workspace,
    meeting: Meeting,
    chosen: Sequence[Document],
    converter: Converter | None,
    built: Built,
) -> dict[str, bytes] | None:
    """The documents' bytes by name; None where a template cannot be filled, which becomes a problem of ``built``.

    Raises Leak for a protected name.
    """
    filled = [document for document in chosen if document.enclosure is None or document.enclosure.may_be_separate]
    used = [workspace.templates / document.template_file for document in filled if document.ending == "docx"]
    problems = leftovers.broken(workspace.output(meeting.id), used)
    rendered: dict[str, bytes] = {}
    if converter is not None and not problems:
        convert.begin(chosen, filled, converter)
    for document in filled if not problems else ():
        finished = _slides if document.deck is not None else _paper
        content = finished(workspace, meeting, document, built, problems)
        if content is None or problems:
            continue
        if document.enclosure is None:
            # Before it is converted: no PDF of a document with a protected name may lie in the cache.
            search.inspect(meeting, document, {document.file: content})
            restricted.inspect(meeting, document.audience, {document.file: content})
        rendered[document.name] = content
        if converter is not None:
            converter.expect(document, content)
    built.examined = examine.with_decks(workspace, built.examined)
    if problems:
        _add(built, problems)
    return None if problems or built.stopped else rendered


def _paper(
    workspace: Workspace, meeting: Meeting, document: Document, built: Built, problems: list[Problem]
) -> bytes | None:
    """The .docx of a document; None where its template cannot be filled, which is added to the problems."""
    vocabulary, renderings = built.examined.vocabulary, built.examined.renderings
    assert vocabulary is not None
    assert renderings is not None
    template = workspace.templates / document.template_file
    names, figures = vocabulary.for_template(document.context)
    about = examine.about(meeting, document)
    key = renderings.key(template, names, about, figures) if document.rows <= _MOST_COMPARED else ""
    finished = renderings.document(key)
    if finished is None:
        finished = render.render_recorded(template, names, about, figures, problems)
        if finished is None:
            return None
        finished = replace(finished, content=clean.office(finished.content))
        left = leftovers.search(document, finished.content, finished.contents)
        problems += left
        if not left:
            renderings.add_document(key, finished)
    built.contents[document.name] = finished.contents
    return page_marks.marked(finished.content, document.mark) if document.mark else finished.content


def _slides(
    workspace: Workspace, meeting: Meeting, document: Document, built: Built, problems: list[Problem]
) -> bytes | None:
    """The .pptx of the deck; None where none could be made, as a problem of ``built`` says."""
    built.examined = examine.with_decks(workspace, built.examined)
    assert document.deck is not None
    assert document.attachment is not None
    content = (built.examined.decks or {}).get(document.attachment.at("origin"))
    if content is None:
        return None
    content = clean.office(content)
    if document.mark:
        from generator.slides import marks as slide_marks

        content = slide_marks.marked(content, document.mark)
    built.contents[document.name] = contents_of(document.deck)
    problems += leftovers.search(document, content, built.contents[document.name])
    return content


def _count_pages(
    workspace: Workspace,
    built: Built,
    sources: convert.Sources,
    rendered: dict[str, bytes],
    converter: Converter,
) -> None:
    """Puts the page numbers into a table of contents: its papers are converted first, so that their pages count."""
    tables = [document for document in sources.documents if front.is_contents(document)]
    if not tables:
        return
    (pdf_format,) = formats_chosen(("pdf",), CONVERTED)
    counts = convert.page_counts(sources, pdf_format, converter)
    numbered = [front.numbered(sources.meeting, table, sources.documents, counts) for table in tables]
    for name, content in (_render(workspace, sources.meeting, numbered, converter, built) or {}).items():
        rendered[name] = content


def _add(built: Built, problems: Sequence[Problem]) -> None:
    """Adds problems that showed only while the documents were built."""
    known = built.examined
    merged = tuple(in_order([*known.problems, *problems]))
    built.examined, built.late = replace(known, problems=merged), True


@logged("pdf", "轉換與合併")
def _convert_and_join(built: Built, sources: convert.Sources, formats: Sequence[Format], converter: Converter) -> None:
    """Adds the converted files and the packet; what LibreOffice cannot do becomes a failure."""
    built.failures += convert.too_long(sources.documents)
    for output_format in formats:
        converted = convert.convert(sources, output_format, converter)
        built.files |= converted.files
        built.failures += converted.failures
        built.parts = built.parts or converted.parts
        if converted.problems:
            _add(built, converted.problems)
    names = {name: document for document in sources.documents for name in document.file_names(FORMATS)}
    built.owners |= {name: names[name] for name in names if is_converted(name) and name in built.files}


def _chosen(documents: Sequence[Document], only: Sequence[str]) -> list[Document]:
    if not only:
        return list(documents)
    for text in only:
        if not any(text in document.name for document in documents):
            names = "、".join(document.name for document in documents)
            raise UnknownDocument(f"沒有名稱含「{text}」的文件。可用的有：{names}。")
    return [document for document in documents if any(text in document.name for text in only)]
