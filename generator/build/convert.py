"""From what was rendered to PDF and ODF: one call of LibreOffice for what the cache lacks, then joined and numbered."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from generator.basic.formats import Format
from generator.basic.problem import Problem
from generator.build import long_documents
from generator.build.converter import FILE, HEADING, LETTERS, PAGE_NUMBER, Converter, for_office
from generator.documents.document import FOR_MEETING, FOR_PUBLIC, Document
from generator.documents.front import COVER
from generator.meeting.files import Enclosure
from generator.meeting.model import Meeting
from generator.pdf import office as pdf
from generator.pdf.from_elsewhere import files as enclosures
from generator.pdf.from_elsewhere import workbooks
from generator.pdf.glyphs import glyph_document
from generator.rules.printing import MOST_CONVERTED, MOST_IN_ONE_PIECE
from generator.slides import render
from generator.word import ooxml

if TYPE_CHECKING:
    from generator.pdf.numbers import Stamp
    from generator.pdf.slide_tags import Drawing

PACKET, PUBLIC_PACKET = "會議資料.pdf", f"會議資料（{FOR_PUBLIC}）.pdf"
# The joined file of each edition.
PACKETS = {FOR_MEETING: PACKET, FOR_PUBLIC: PUBLIC_PACKET}


class Converted(Struct):
    """Finished files by name; what could not be done, as texts for the user; problems of files from elsewhere."""

    files: dict[str, bytes] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    parts: list[PacketPart] = field(default_factory=list)


class PacketPart(Struct, frozen=True):
    """A document of the packet with its pages as they are joined: without numbers, and without ``label`` and ``mark``
    where those are given."""

    document: Document
    pages: Path | bytes
    label: str
    mark: str


class Sources(Struct, frozen=True):
    """What there is to convert: documents, and by their names the bytes of those that were rendered.

    ``whole``: they are the whole packet, which is to be joined.
    """

    meeting: Meeting
    documents: Sequence[Document]
    rendered: Mapping[str, bytes]
    whole: bool

    def short(self, most: int) -> list[Document]:
        """The rendered documents whose table has at most so many rows."""
        return [document for document in self.documents if document.name in self.rendered and document.rows <= most]


class _Pages(Struct, frozen=True):
    """The PDF of a document as it came: what is still to be written on it, and its form among the packet's A4 pages."""

    single: Path | bytes
    joined: Path | bytes
    label: str
    numbered: bool


class _Looked(Struct):
    """What was found of the files from elsewhere before their conversion, by the names of their documents."""

    unfit: dict[str, Problem] = field(default_factory=dict)
    sheets: dict[str, workbooks.Sheets] = field(default_factory=dict)


def to_pdf(sources: Sources, output_format: Format, converter: Converter) -> Converted:
    """The PDF of each document, numbered where its template is, and, of a whole packet, all of it as one.

    A document without a PDF leaves the packet out as well.
    """
    from generator.pdf.properties import UnusablePdf

    converted = Converted()
    early = _early_pages(sources, converter)
    pages, stamp_file = _all_pages(sources, output_format, converter, converted, early)
    try:
        stamp, stamped = _stamp(sources, stamp_file)
        converted.files |= _numbered(sources, pages, stamp, stamped, converter)
        converter.keep()
        converter.ready(converted.files)
        if sources.whole:
            converted.parts = _parts(sources, pages, FOR_MEETING)
            converted.files |= _joined(sources, pages, stamp)
    except UnusablePdf as unusable:
        converted.failures.append(str(unusable))
    return converted


def begin(documents: Sequence[Document], filled: Sequence[Document], converter: Converter) -> None:
    """Starts LibreOffice, with what is known before any of the documents that are ``filled`` is rendered."""
    converter.begin(filled)
    converter.begin_with(PAGE_NUMBER, "docx", glyph_document(_signs_of_stamps(documents)))


def page_counts(sources: Sources, output_format: Format, converter: Converter) -> dict[str, int]:
    """How many pages each document of the packet has; those that cannot be converted are left out."""
    from generator.pdf import looks

    pages, _ = _all_pages(sources, output_format, converter, Converted(), {})
    found = {}
    for document in sources.documents:
        if document.joined and document.name in pages:
            content = pages[document.name].joined
            found[document.name] = len(looks.pages(content if isinstance(content, bytes) else content.read_bytes()))
    return found


def _early_pages(sources: Sources, converter: Converter) -> dict[str, _Pages]:
    """The pages of documents that LibreOffice has done while it is at others, by name. They are numbered here, which
    the converter keeps."""
    from generator.pdf.properties import UnusablePdf

    pages: dict[str, _Pages] = {}
    raw: dict[str, Path] = {}
    stamp: tuple[Stamp | None, str] | None = None
    # What is unusable shows again when all are numbered.
    with contextlib.suppress(UnusablePdf):
        for found in converter.begun():
            raw |= found
            if stamp is None and PAGE_NUMBER in raw:
                stamp = _stamp(sources, raw[PAGE_NUMBER])
            if stamp is not None:
                new = {
                    document.name: its_pages
                    for document in sources.documents
                    if document.name in raw and document.name not in pages and not document.enclosure
                    if (its_pages := _pages(document, sources.rendered, raw, _Looked(), [], converter))
                }
                _numbered(sources, new, *stamp, converter)
                pages |= new
    return pages


def _stamp(sources: Sources, file: Path | None) -> tuple[Stamp | None, str]:
    """What is written on pages, and what it is made of. Raises UnusablePdf."""
    from generator.pdf.numbers import Stamp

    signs = _signs_of_stamps(sources.documents)
    return Stamp.from_pdf(file, signs) if file else None, f"{file.name if file else ''} {signs}"


def _all_pages(
    sources: Sources, output_format: Format, converter: Converter, converted: Converted, early: Mapping[str, _Pages]
) -> tuple[dict[str, _Pages], Path | None]:
    """The pages of each document by name, ``early`` ones as they are; the PDF that the stamp is made of."""
    from generator.pdf.from_elsewhere import headings

    office_files = {
        document.name: (document.ending, converter.copy(document, sources.rendered[document.name]))
        for document in sources.short(MOST_CONVERTED)
    }
    long = _long(sources, office_files, converter, converted.failures)
    office_files[PAGE_NUMBER] = ("docx", glyph_document(_signs_of_stamps(sources.documents)))
    if wanted := {sign for document in sources.documents if document.enclosure
                  for sign in enclosures.letters(document.enclosure)}:  # fmt: skip
        from generator.pdf.from_elsewhere import overlays

        office_files[LETTERS] = ("docx", overlays.document(wanted))
    office_files |= {
        f"{document.name}{HEADING}": ("docx", headings.document(_heading(document)))
        for document in sources.documents
        if document.enclosure and enclosures.has_heading(document.enclosure)
    }
    looked = _Looked()
    # After the program's documents: what comes from elsewhere may keep LibreOffice from going on.
    office_files |= _from_elsewhere(sources, converter, looked)
    pdf_files = long | converter.convert(office_files, output_format.name, converted.failures)
    pages = {
        document.name: found
        for document in sources.documents
        if (
            found := early.get(document.name)
            or _pages(document, sources.rendered, pdf_files, looked, converted.problems, converter)
        )
    }
    return pages, pdf_files.get(PAGE_NUMBER)


def _signs_of_stamps(documents: Sequence[Document]) -> str:
    """The Chinese signs that are written on pages besides their numbers."""
    marks = "".join(document.mark for document in documents if _is_stamped(document))
    # Labels may have words of their own: 會議紀錄附件1.
    return marks + "".join(sign for document in documents for sign in document.label if not sign.isascii())


def _heading(document: Document) -> str:
    """The title of an attachment, and its second line, as 〔附件〕 has them."""
    about = document.context["本附件"]
    return "\n".join(str(about[name]) for name in ("標題", "副標題") if str(about[name]).strip())


def _long(
    sources: Sources, office_files: dict[str, tuple[str, bytes]], converter: Converter, failures: list[str]
) -> dict[str, Path]:
    """The PDFs of the documents with long tables, by name.

    They are taken out of ``office_files``, and so is what nothing can be made of. One that cannot be parted stays there
    if it is not too long to be converted in one piece.
    """
    found = {}
    for document in sources.short(MOST_CONVERTED):
        if document.rows <= long_documents.LONG or document.ending != "docx":
            continue
        try:
            path = converter.convert_long(document, office_files[document.name][1])
        except pdf.ConversionFailed as failed:
            failures.append(f"「{document.name}」沒有轉成 PDF。{failed}")
            del office_files[document.name]
            continue
        if path is not None:
            found[document.name] = path
            del office_files[document.name]
        elif document.rows > MOST_IN_ONE_PIECE:
            failures.append(_too_long(document))
            del office_files[document.name]
    return found


def _from_elsewhere(sources: Sources, converter: Converter, looked: _Looked) -> dict[str, tuple[str, bytes]]:
    """The files that LibreOffice converts, without what they would fetch, tracked changes accepted, sheets that fit.

    One that may not be opened goes into ``looked``; one in which changes cannot be accepted is left out.
    """
    from generator.pdf.from_elsewhere import revisions, saved

    found: dict[str, tuple[str, bytes]] = {}
    closed: dict[str, str] = {}
    enclosed: dict[str, Enclosure] = {}
    for document in sources.documents:
        if document.enclosure and enclosures.needs_office(document.enclosure):
            name, content = f"{document.name}{FILE}", enclosures.for_office(document.enclosure)
            if not isinstance(content, bytes):
                looked.unfit[document.name] = content
                continue
            found[name] = (document.enclosure.ending[1:], content)
            enclosed[name] = document.enclosure
            if open_format := revisions.open_format(document.enclosure):
                closed[name] = open_format
    opened: dict[str, Path] = {}
    for open_format in dict.fromkeys(closed.values()):
        some = {name: found[name] for name in closed if closed[name] == open_format}
        opened |= converter.convert(some, open_format, [])
    for name, open_format in closed.items():
        # Converted as it is where there is nothing of the kind: each conversion may alter how it looks.
        text = found.pop(name)
        with contextlib.suppress(revisions.Unreadable, saved.Unreadable, KeyError):
            content = opened[name].read_bytes()
            plain = saved.with_name(revisions.accepted(content), enclosed[name].path.name)
            found[name] = text if plain == content else (open_format, plain)
    _fit_sheets(sources, converter, looked, found)
    return found


def _fit_sheets(sources: Sources, converter: Converter, looked: _Looked, files: dict[str, tuple[str, bytes]]) -> None:
    """Puts workbooks that fit their pages in the place of those that do not; LibreOffice tells how wide a sheet is."""
    from generator.pdf.from_elsewhere import saved

    books = {
        name: document
        for document in sources.documents
        if document.enclosure
        and workbooks.is_workbook(document.enclosure)
        and (name := f"{document.name}{FILE}") in files
    }
    if not books:
        return
    opened = converter.convert({name: files[name] for name in books}, "ods", [])
    for name, document in books.items():
        if name in opened and document.enclosure:
            content = opened[name].read_bytes()
            with contextlib.suppress(saved.Unreadable):
                plain = saved.with_name(content, document.enclosure.path.name)
                if plain != content and workbooks.is_old(document.enclosure):
                    # What its heads show of the file can be put in here only.
                    files[name] = ("ods", plain)
                content = plain
            sheets = workbooks.fit(content)
            looked.sheets[document.name] = sheets
            if sheets.fitted is not None:
                files[name] = ("ods", sheets.fitted)


def _numbered(
    sources: Sources, pages: Mapping[str, _Pages], stamp: Stamp | None, stamped: str, converter: Converter
) -> dict[str, bytes]:
    """The PDF of each document by itself, with its page numbers and, of a file from elsewhere, its label.

    ``stamped``: what the stamp is made of.
    """
    from generator.pdf import join

    author, date = sources.meeting.agency.full_name, sources.meeting.date
    files = {}
    for document in sources.documents:
        if found := pages.get(document.name):
            label = found.label if document.enclosure else ""
            mark = document.mark if _is_stamped(document) else ""
            # Slides have numbers of their own.
            shows = found.numbered
            numbers = stamp if shows or mark else None
            own = found.single if isinstance(found.single, bytes) else found.single.read_bytes()
            about = (document.title, author, date, label, mark, shows)
            files[f"{document.name}.pdf"] = converter.kept(
                "numbered",
                *(own, stamped if numbers else "", repr(about)),
                make=functools.partial(join.stamp_single, found.single, numbers, *about),
            )
    return files


def _parts(sources: Sources, pages: Mapping[str, _Pages], edition: str) -> list[PacketPart]:
    """What is joined; nothing where a document that belongs into it has no pages."""
    documents = [document for document in sources.documents if document.is_in(edition)]
    if not all(document.name in pages for document in documents):
        return []
    return [
        PacketPart(
            document,
            pages[document.name].joined,
            pages[document.name].label,
            document.mark if _is_stamped(document) else "",
        )
        for document in documents
    ]


def _joined(sources: Sources, pages: Mapping[str, _Pages], stamp: Stamp | None) -> dict[str, bytes]:
    """會議資料.pdf, and the public edition of it where that differs.

    Nothing where a document that belongs into it has no pages.
    """
    from generator.pdf import join

    meeting = sources.meeting
    files = {}
    for edition in editions(sources.documents):
        joined = _parts(sources, pages, edition)
        if not joined:
            continue
        parts = [
            join.Part(
                part.pages,
                part.document.bookmark,
                part.document.level,
                part.label,
                part.mark,
                # A cover has no page number.
                feet=("",) if part.document.template == COVER else (),
            )
            for part in joined
        ]
        title = f"{meeting.name}會議資料"
        files[PACKETS[edition]] = join.join(parts, stamp, title, meeting.agency.full_name, meeting.date)
    return files


def editions(documents: Iterable[Document]) -> list[str]:
    """The editions of the joined packet: one where all that is in it is for anyone."""
    differs = any(document.joined and document.packet in PACKETS for document in documents)
    return [FOR_MEETING, FOR_PUBLIC] if differs else [FOR_MEETING]


def _is_stamped(document: Document) -> bool:
    """Whether its mark is written on its PDF: pages and slides of ours have it already."""
    return document.enclosure is not None


def too_long(chosen: Sequence[Document]) -> list[str]:
    """A sentence for each document that is not converted to PDF."""
    return [_too_long(document) for document in chosen if document.rows > MOST_CONVERTED]


def _too_long(document: Document) -> str:
    return (
        f"「{document.name}」有 {document.rows:,} 列，LibreOffice 轉換要很久，只產生 Word 檔；{PACKET} 也沒有產生。"
        "請將〔附件〕的來源改為「另附」，另行提供。"
    )


def _pages(
    document: Document,
    rendered: Mapping[str, bytes],
    raw: Mapping[str, Path],
    looked: _Looked,
    problems: list[Problem],
    converter: Converter,
) -> _Pages | None:
    """The pages of a document; None where there are none, which a file from elsewhere explains by a problem."""
    from generator.pdf import slide_tags
    from generator.pdf.from_elsewhere import pages as foreign_pdf

    if document.enclosure:
        converted = raw.get(f"{document.name}{FILE}")
        content = converted.read_bytes() if converted else None
        letters = raw[LETTERS].read_bytes() if LETTERS in raw else b""
        found: bytes | Problem | None = looked.unfit.get(document.name)
        if content is not None and (sheets := looked.sheets.get(document.name)):
            content, notes, unfit = workbooks.looked_at(content, sheets, document.enclosure)
            problems += notes
            found = enclosures.unfit_problem(unfit, document.enclosure) if unfit else found
        heading = enclosures.NO_HEADING
        if title := raw.get(f"{document.name}{HEADING}"):
            heading = enclosures.Heading(_heading(document), title.read_bytes())
        found = found or enclosures.pages(document.enclosure, document.bookmark, content, letters, heading)
        if isinstance(found, bytes):
            return _Pages(found, found, document.label, True)
        problems.append(found)
    if document.name not in raw:
        return None
    path = raw[document.name]
    if document.ending != "docx":
        # Slides have numbers of their own; among the papers they stand on A4 with the label that papers have.
        deck = rendered[document.name]
        with_texts = converter.kept(
            "slides", path.read_bytes(), deck, make=lambda: slide_tags.finish(path, _drawings(deck))
        )
        fitted = converter.kept("fitted", with_texts, make=lambda: foreign_pdf.fitted(with_texts, ours=True))
        return _Pages(with_texts, fitted, document.label, False)
    return _Pages(path, path, "", ooxml.numbers_pages(rendered[document.name]))


def _drawings(deck: bytes) -> list[list[Drawing]]:
    from generator.pdf.slide_tags import Drawing

    return [[Drawing(text, lines) for text, lines in slide] for slide in render.drawings(deck)]


def by_office(sources: Sources, output_format: Format, converter: Converter) -> Converted:
    """Each document as LibreOffice converts it, without what LibreOffice notes of itself and of its run."""
    from generator.pdf.clean import BY_ENDING

    converted = Converted()
    meeting = sources.meeting
    for ending in dict.fromkeys(output_format.endings.values()):
        documents = [
            document
            for document in sources.short(MOST_IN_ONE_PIECE)
            if output_format.endings.get(document.ending) == ending
        ]
        office_files = {
            document.name: (document.ending, _for_open_document(document, sources)) for document in documents
        }
        found = converter.convert(office_files, ending, converted.failures)
        for document in documents:
            if document.name in found:
                content = found[document.name].read_bytes()
                if clean := BY_ENDING.get(ending):
                    content = clean(content, document.title, meeting.agency.full_name, meeting.date)
                converted.files[f"{document.name}.{ending}"] = content
    return converted


def _for_open_document(document: Document, sources: Sources) -> bytes:
    """Page numbers stay in a text document, where LibreOffice counts as Word does."""
    content = sources.rendered[document.name]
    return content if document.ending == "docx" else for_office(document, content)


# What makes a converted format, by its name; every other one is made by LibreOffice alone.
_MAKERS: Mapping[str, Callable[[Sources, Format, Converter], Converted]] = {"pdf": to_pdf}


def convert(sources: Sources, output_format: Format, converter: Converter) -> Converted:
    """The files of one converted format."""
    return _MAKERS.get(output_format.name, by_office)(sources, output_format, converter)
