"""From what was rendered to PDF and ODF: one call of LibreOffice for what the cache lacks, then joined and numbered."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator import ooxml, outputs, pdf
from generator.documents import Document
from generator.model import Meeting

PACKET = "會議資料.pdf"
CONVERSION_SECONDS = 300.0
_KEPT = 200
_PAGE_NUMBER = ""


@dataclass(slots=True)
class Converted:
    """Finished files by name, and what could not be done, as texts for the user."""

    files: dict[str, bytes] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def to_pdf(
    meeting: Meeting, chosen: Sequence[Document], rendered: Mapping[str, bytes], cache: Path, office: Path, joined: bool
) -> Converted:
    """The PDF of each document with its page numbers and, if ``joined``, all of the packet as one.

    ``rendered`` has the documents' bytes by name. A document without a PDF leaves the packet out as well.
    """
    from generator import packet

    made = Converted()
    sources = {
        one.name: (
            one.ending,
            ooxml.without_page_numbers(rendered[one.name]) if one.ending == "docx" else rendered[one.name],
        )
        for one in chosen
    }
    raw = cached({**sources, _PAGE_NUMBER: ("docx", packet.glyph_document())}, "pdf", cache, office, made.failures)
    author = meeting.agency.full_name
    bound = [one for one in chosen if one.joined]
    parts = [packet.Part(raw[one.name], one.bookmark, one.level) for one in bound if one.name in raw]
    try:
        stamp = packet.Stamp.from_pdf(raw[_PAGE_NUMBER]) if _PAGE_NUMBER in raw else None
        for document in chosen:
            if document.name in raw:
                single = packet.stamp_single(raw[document.name], stamp, document.title, author, meeting.date)
                made.files[f"{document.name}.pdf"] = single
        if joined and len(parts) == len(bound):
            made.files[PACKET] = packet.join(parts, stamp, f"{meeting.name}會議資料", author, meeting.date)
    except packet.UnusablePdf as unusable:
        made.failures.append(str(unusable))
    return made


def to_odf(chosen: Sequence[Document], rendered: Mapping[str, bytes], cache: Path, office: Path) -> Converted:
    """The .odt of each document."""
    made = Converted()
    sources = {one.name: (one.ending, rendered[one.name]) for one in chosen}
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
                failures.append(text)
    for old in sorted(cache.iterdir(), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        if old not in found.values():
            old.unlink(missing_ok=True)
    return {name: path for name, path in found.items() if path.is_file()}
