"""From what was rendered to PDF and ODF: one call of LibreOffice for what the cache lacks, then joined and numbered."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.basic.problem import Problem
from generator.build import outputs
from generator.documents.document import Document
from generator.meeting.model import Meeting
from generator.pdf import office as pdf
from generator.pdf.from_elsewhere import files as enclosures
from generator.rules.printing import MOST_CONVERTED
from generator.slides import render
from generator.word import ooxml

PACKET = "會議資料.pdf"
CONVERSION_SECONDS = 300.0
_KEPT = 200
OPEN_DOCUMENT = {"docx": "odt", "pptx": "odp"}
# What the names of converted files end with.
CONVERTED = (".pdf", ".odt", ".odp")
# Names that no document has: the signs of page numbers, and after a document's name the file in its place.
_PAGE_NUMBER, _FILE = "", "（檔案）"


@dataclass(slots=True)
class Converted:
    """Finished files by name; what could not be done, as texts for the user; problems of files from elsewhere."""

    files: dict[str, bytes] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Converter:
    """LibreOffice and the cache of what it converted before. It is started when something turns out not to be there.

    The cache is bounded and can be thrown away at any time.
    """

    def __init__(self, cache: Path, office: pdf.Office) -> None:
        self._cache, self._office = cache, office
        self._identity = pdf.office_fingerprint(office.program) if office.program else ""
        cache.mkdir(parents=True, exist_ok=True)

    def expect(self, content: bytes, target: str) -> None:
        """Starts LibreOffice in the background if this is not in the cache, while others are still being rendered."""
        if not self._place(content, target).is_file():
            self._office.start()

    def convert(self, sources: Mapping[str, tuple[str, bytes]], target: str, failures: list[str]) -> dict[str, Path]:
        """The converted file of each source (ending, content): in one call for all that the cache lacks."""
        found = {name: self._place(content, target) for name, (_, content) in sources.items()}
        wanted = [name for name, path in found.items() if not path.is_file()]
        if wanted:
            with tempfile.TemporaryDirectory(prefix="packet-") as folder:
                paths = {}
                for name in wanted:
                    ending, content = sources[name]
                    path = Path(folder) / f"{found[name].stem}.{ending}"
                    path.write_bytes(content)
                    paths[path] = name
                try:
                    pdf.convert(list(paths), target, self._cache, timeout=CONVERSION_SECONDS, office=self._office)
                except pdf.ConversionFailed as failed:
                    text = str(failed)
                    for path, name in paths.items():
                        text = text.replace(path.name, f"{name}{path.suffix}" if name else "頁碼")
                    # Of a file from elsewhere its row in the workbook is told.
                    if any(not paths[path].endswith(_FILE) for path in failed.failed):
                        failures.append(text)
        for old in sorted(self._cache.iterdir(), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            if old not in found.values():
                old.unlink(missing_ok=True)
        return {name: path for name, path in found.items() if path.is_file()}

    def _place(self, content: bytes, target: str) -> Path:
        return self._cache / f"{outputs.digest(content + self._identity.encode())}.{target}"


@dataclass(frozen=True, slots=True)
class _Pages:
    """The PDF of a document as it came: what is still to be written on it, and its form among the packet's A4 pages."""

    single: Path | bytes
    joined: Path | bytes
    label: str
    numbered: bool


def to_pdf(
    meeting: Meeting, chosen: Sequence[Document], rendered: Mapping[str, bytes], converter: Converter, joined: bool
) -> Converted:
    """The PDF of each document, numbered where its template is, and, if ``joined``, all of the packet as one.

    ``rendered`` has the documents' bytes by name. A document without a PDF leaves the packet out as well.
    """
    from generator.pdf import join
    from generator.pdf.numbers import Stamp, glyph_document
    from generator.pdf.properties import UnusablePdf

    made = Converted()
    short = _short(chosen)
    own = {one.name: (one.ending, for_office(one, rendered[one.name])) for one in short if one.name in rendered}
    # After the program's own documents: what comes from elsewhere may keep LibreOffice from going on.
    files = {
        f"{one.name}{_FILE}": (one.enclosure.ending[1:], one.enclosure.path.read_bytes())
        for one in chosen
        if one.enclosure and enclosures.needs_office(one.enclosure)
    }
    sources = {**own, _PAGE_NUMBER: ("docx", glyph_document()), **files}
    raw = converter.convert(sources, "pdf", made.failures)
    pages = {one.name: found for one in chosen if (found := _pages(one, rendered, raw, made.problems))}
    author = meeting.agency.full_name
    bound = [one for one in chosen if one.joined]
    try:
        stamp = Stamp.from_pdf(raw[_PAGE_NUMBER]) if _PAGE_NUMBER in raw else None
        for one in chosen:
            if found := pages.get(one.name):
                numbers = stamp if found.numbered else None
                label = found.label if one.enclosure else ""
                single = join.stamp_single(found.single, numbers, one.title, author, meeting.date, label)
                made.files[f"{one.name}.pdf"] = single
        if joined and all(one.name in pages for one in bound):
            parts = [join.Part(pages[one.name].joined, one.bookmark, one.level, pages[one.name].label) for one in bound]
            made.files[PACKET] = join.join(parts, stamp, f"{meeting.name}會議資料", author, meeting.date)
    except UnusablePdf as unusable:
        made.failures.append(str(unusable))
    return made


def too_long(chosen: Sequence[Document]) -> list[str]:
    """What to say of the documents whose table LibreOffice would take many minutes for: they are not converted."""
    return [
        f"「{one.name}」有 {one.rows:,} 列，LibreOffice 轉換要很久，只產生 Word 檔；{PACKET} 也沒有產生。"
        "請將〔附件〕的來源改為「另附」，另行提供。"
        for one in chosen
        if one.rows > MOST_CONVERTED
    ]


def _short(chosen: Sequence[Document]) -> list[Document]:
    return [one for one in chosen if one.rows <= MOST_CONVERTED]


def for_office(document: Document, content: bytes) -> bytes:
    """The document as LibreOffice gets it: page numbers are written on the PDF, those of slides are plain text."""
    return ooxml.without_page_numbers(content) if document.ending == "docx" else render.for_conversion(content)


def _pages(
    document: Document, rendered: Mapping[str, bytes], raw: Mapping[str, Path], problems: list[Problem]
) -> _Pages | None:
    """The pages of a document; None where there are none, which a file from elsewhere explains by a problem."""
    from generator.pdf.from_elsewhere import pages as foreign_pdf
    from generator.pdf.tags import describe_figures

    if document.enclosure:
        converted = raw.get(f"{document.name}{_FILE}")
        found = enclosures.pages(document.enclosure, document.bookmark, converted.read_bytes() if converted else None)
        if isinstance(found, bytes):
            return _Pages(found, found, document.label, True)
        problems.append(found)
    if document.name not in raw:
        return None
    path = raw[document.name]
    if document.ending != "docx":
        # Slides have numbers of their own; among the papers they stand on A4 with the label that papers have.
        told = describe_figures(path, render.figure_texts(rendered[document.name]))
        return _Pages(told, foreign_pdf.fitted(told), document.label, False)
    return _Pages(path, path, "", ooxml.numbers_pages(rendered[document.name]))


def to_odf(
    meeting: Meeting, chosen: Sequence[Document], rendered: Mapping[str, bytes], converter: Converter
) -> Converted:
    """The .odt of each document, the .odp of a deck, without what LibreOffice notes of itself and of its run."""
    from generator.pdf import clean

    made = Converted()
    short = _short(chosen)
    for ending in dict.fromkeys(OPEN_DOCUMENT.values()):
        sources = {
            one.name: (one.ending, rendered[one.name] if one.ending == "docx" else for_office(one, rendered[one.name]))
            for one in short
            if one.name in rendered and OPEN_DOCUMENT[one.ending] == ending
        }
        found = converter.convert(sources, ending, made.failures)
        for one in short:
            if one.name in found:
                raw, author = found[one.name].read_bytes(), meeting.agency.full_name
                made.files[f"{one.name}.{ending}"] = clean.odf(raw, one.title, author, meeting.date)
    return made
