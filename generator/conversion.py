"""From what was rendered to PDF and ODF: one call of LibreOffice for what the cache lacks, then joined and numbered."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator import enclosures, ooxml, outputs, pdf, slides
from generator.documents import Document
from generator.model import Meeting
from generator.problems import Problem

PACKET = "會議資料.pdf"
CONVERSION_SECONDS = 300.0
_KEPT = 200
# Names that no document has: the signs of page numbers, and after a document's name the file in its place.
_PAGE_NUMBER, _FILE = "", "（檔案）"


@dataclass(slots=True)
class Converted:
    """Finished files by name; what could not be done, as texts for the user; problems of files from elsewhere."""

    files: dict[str, bytes] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pages:
    """The PDF of a document as it came: what is still to be written on it, and its form among the packet's A4 pages."""

    single: Path | bytes
    joined: Path | bytes
    label: str
    numbered: bool


def to_pdf(
    meeting: Meeting, chosen: Sequence[Document], rendered: Mapping[str, bytes], cache: Path, office: Path, joined: bool
) -> Converted:
    """The PDF of each document, numbered where its template is, and, if ``joined``, all of the packet as one.

    ``rendered`` has the documents' bytes by name. A document without a PDF leaves the packet out as well.
    """
    from generator import packet

    made = Converted()
    own = {one.name: (one.ending, _unnumbered(one, rendered[one.name])) for one in chosen if one.name in rendered}
    # After the program's own documents: what comes from elsewhere may keep LibreOffice from going on.
    files = {
        f"{one.name}{_FILE}": (one.enclosure.ending[1:], one.enclosure.path.read_bytes())
        for one in chosen
        if one.enclosure and enclosures.needs_office(one.enclosure)
    }
    sources = {**own, _PAGE_NUMBER: ("docx", packet.glyph_document()), **files}
    raw = cached(sources, "pdf", cache, office, made.failures)
    pages = {one.name: found for one in chosen if (found := _pages(one, rendered, raw, made.problems))}
    author = meeting.agency.full_name
    bound = [one for one in chosen if one.joined]
    try:
        stamp = packet.Stamp.from_pdf(raw[_PAGE_NUMBER]) if _PAGE_NUMBER in raw else None
        for one in chosen:
            if found := pages.get(one.name):
                numbers = stamp if found.numbered else None
                label = found.label if one.enclosure else ""
                single = packet.stamp_single(found.single, numbers, one.title, author, meeting.date, label)
                made.files[f"{one.name}.pdf"] = single
        if joined and all(one.name in pages for one in bound):
            parts = [
                packet.Part(pages[one.name].joined, one.bookmark, one.level, pages[one.name].label) for one in bound
            ]
            made.files[PACKET] = packet.join(parts, stamp, f"{meeting.name}會議資料", author, meeting.date)
    except packet.UnusablePdf as unusable:
        made.failures.append(str(unusable))
    return made


def _unnumbered(document: Document, content: bytes) -> bytes:
    """The document as LibreOffice gets it: page numbers are written on the PDF, those of slides are plain text."""
    return ooxml.without_page_numbers(content) if document.ending == "docx" else slides.for_conversion(content)


def _pages(
    document: Document, rendered: Mapping[str, bytes], raw: Mapping[str, Path], problems: list[Problem]
) -> _Pages | None:
    """The pages of a document; None where there are none, which a file from elsewhere explains by a problem."""
    from generator import foreign, packet

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
        told = packet.describe_figures(path, slides.figure_texts(rendered[document.name]))
        return _Pages(told, foreign.fitted(told), document.label, False)
    return _Pages(path, path, "", ooxml.numbers_pages(rendered[document.name]))


def to_odf(chosen: Sequence[Document], rendered: Mapping[str, bytes], cache: Path, office: Path) -> Converted:
    """The .odt of each document, the .odp of a deck."""
    made = Converted()
    sources = {one.name: (one.ending, rendered[one.name]) for one in chosen if one.name in rendered}
    found = cached(sources, "odt", cache, office, made.failures)
    made.files = {f"{name}{path.suffix}": path.read_bytes() for name, path in found.items()}
    return made


def cached(
    sources: Mapping[str, tuple[str, bytes]], target: str, cache: Path, office: Path, failures: list[str]
) -> dict[str, Path]:
    """The converted file of each source (ending, content), from the cache where the same was converted before.

    The cache is bounded and can be thrown away at any time.
    """
    cache.mkdir(parents=True, exist_ok=True)
    identity = pdf.office_fingerprint(office)
    keys = {name: outputs.digest(content + identity.encode()) for name, (_, content) in sources.items()}
    found = {name: cache / f"{key}.{target}" for name, key in keys.items()}
    wanted = [name for name, path in found.items() if not path.is_file()]
    if wanted:
        with tempfile.TemporaryDirectory(prefix="packet-") as folder:
            paths = {}
            for name in wanted:
                ending, content = sources[name]
                path = Path(folder) / f"{keys[name]}.{ending}"
                path.write_bytes(content)
                paths[path] = name
            try:
                pdf.convert(list(paths), target, cache, timeout=CONVERSION_SECONDS, office=office)
            except pdf.ConversionFailed as failed:
                text = str(failed)
                for path, name in paths.items():
                    text = text.replace(path.name, f"{name}{path.suffix}" if name else "頁碼")
                # Of a file from elsewhere its row in the workbook is told.
                if any(not paths[path].endswith(_FILE) for path in failed.failed):
                    failures.append(text)
    for old in sorted(cache.iterdir(), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        if old not in found.values():
            old.unlink(missing_ok=True)
    return {name: path for name, path in found.items() if path.is_file()}
