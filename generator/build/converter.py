"""LibreOffice, and the cache of what it converted and of what was made for it, by hashes of what that was made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from generator.basic import temporary
from generator.build import long_documents, outputs, unchanged
from generator.build.kept import Kept
from generator.documents.document import Document
from generator.pdf import office as pdf
from generator.pdf.sharing import Offices
from generator.slides import render
from generator.word.for_office import copy_for_office

CONVERSION_SECONDS = 300.0
# So many rows of a table take LibreOffice as long as a document of a few pages.
_ROWS_AS_A_DOCUMENT = 60
# So many files stay in the cache; larger ones that are quickly made are not kept.
_KEPT, _MOST_KEPT_BYTES = 600, 10_000_000
# The ending of what stands in the cache for a file that cannot be converted.
_GIVEN_UP = ".given-up"
# Names that no document has: the signs of page numbers, the letters of filled forms, and after a document's name the
# file in its place, and the title on that.
PAGE_NUMBER, LETTERS, FILE, HEADING = "", "（字）", "（檔案）", "（標題）"

# Called with the PDF of each document by file name, as soon as these are there, before they are joined and checked.
Ready = Callable[[Mapping[str, bytes]], None]


class Converter:
    """LibreOffice and the cache of what it converted before. LibreOffice is started once something is not in the cache.

    The cache can be thrown away at any time. Of a single Office no other is started beside it.
    """

    def __init__(
        self,
        cache: Path,
        office: pdf.Office | Offices,
        step: Callable[[str], None] = lambda text: None,
        ready: Ready = lambda files: None,
    ) -> None:
        self._offices = office if isinstance(office, Offices) else Offices(office, most=1)
        self._cache, self._step, self.ready = Kept(cache, _KEPT), step, ready
        program = self._offices.first.program
        self._identity = pdf.office_fingerprint(program) if program else ""
        self._program = outputs.digest("\n".join(unchanged.program()).encode())
        self._copies: dict[str, tuple[bytes, bytes]] = {}
        self._new: dict[tuple[str, str], bytes] = {}
        self._expected = 0.0
        # Where files lie that LibreOffice converts while others are being rendered.
        self._early: temporary.Folder | None = None
        # The names of what was begun there, by its hash.
        self._begun: dict[str, str] = {}
        # The PDFs that were in the cache when they were to be begun with, by the names of their documents.
        self._there: dict[str, Path] = {}
        cache.mkdir(parents=True, exist_ok=True)

    def begin(self, documents: Sequence[Document]) -> None:
        """Starts as many LibreOffices as all of these documents are worth, where none of any was converted yet."""
        if self._cache.is_empty:
            self._offices.start(sum(map(_work, documents)))

    def expect(self, document: Document, content: bytes) -> None:
        """Begins with the PDF of a document in the background, if it is not in the cache, while others are being
        rendered. Only of what may be in the cache."""
        if work := _work(document):
            self.begin_with(document.name, document.ending, self.copy(document, content), work)

    def begin_with(self, name: str, ending: str, content: bytes, work: float = 1.0) -> None:
        """Begins with the PDF of a file of this program in the background, if it is not in the cache.

        ``work``: in times of a document of a few pages.
        """
        key = self._key(content)
        if (kept := self._cache.path(key, "pdf")) is not None:
            self._there[name] = kept
            return
        self._expected += work
        self._offices.start(self._expected)
        if self._offices.may_hand_over and key not in self._begun:
            self._begun[key] = name
            self._early = self._early or temporary.Folder()
            path = self._early.path / f"{key}.{ending}"
            path.write_bytes(content)
            self._offices.hand_over(path, "pdf", self._early.path / "out", timeout=CONVERSION_SECONDS)

    def close(self) -> None:
        """Gives up what was begun and nobody asked for."""
        self._offices.close()
        if self._early is not None:
            self._early.close()

    def begun(self) -> Iterator[dict[str, Path]]:
        """The PDFs of all that was to be begun in the background, as they come, by the names of their documents."""
        there, self._there = self._there, {}
        if there:
            yield there
        for done in self._offices.settle():
            self._put(done)
            kept = {self._begun[source.stem]: self._cache.path(source.stem, "pdf") for source in done}
            yield {name: path for name, path in kept.items() if path is not None}

    def _settle(self) -> None:
        """Waits for all of that."""
        for _ in self.begun():
            pass

    def _put(self, done: Mapping[Path, Path]) -> None:
        self._cache.put({(path.stem, path.suffix[1:]): path.read_bytes() for path in done.values()})

    def copy(self, document: Document, content: bytes) -> bytes:
        """The document as LibreOffice gets it (for_office), made once for the same content."""
        known = self._copies.get(document.name)
        if known is None or known[0] is not content:
            copy = self.kept("copy", document.ending, content, make=lambda: for_office(document, content))
            known = self._copies[document.name] = content, copy
        return known[1]

    def kept(self, ending: str, *sources: str | bytes, make: Callable[[], bytes]) -> bytes:
        """What ``make`` gives of these sources, taken from the cache where this program made it of the same before."""
        parts = [source.encode() if isinstance(source, str) else source for source in (self._program, *sources)]
        key = outputs.digest(b"".join(b"%d " % len(part) + part for part in parts))
        content = self._new.get((key, ending)) or self._cache.content(key, ending)
        if content is None:
            content = make()
            if len(content) <= _MOST_KEPT_BYTES:
                self._new[key, ending] = content
        return content

    def keep(self) -> None:
        """Puts what was made into the cache."""
        self._cache.put(self._new)
        self._new = {}

    def convert(self, sources: Mapping[str, tuple[str, bytes]], target: str, failures: list[str]) -> dict[str, Path]:
        """The converted file of each source (ending, content): in one call for all that the cache lacks."""
        self._settle()
        keys = {name: self._key(content) for name, (_, content) in sources.items()}
        # A file from elsewhere at which LibreOffice hung or crashed once is not tried again while it is the same.
        given_up = {name for name, key in keys.items() if self._given_up(key).exists()}
        lacking = [name for name, key in keys.items() if self._cache.path(key, target) is None and name not in given_up]
        # One of those that are the same, be it under another ending.
        wanted = list({keys[name]: name for name in lacking}.values())
        if wanted:
            with temporary.folder() as folder:
                paths = {}
                for name in wanted:
                    ending, content = sources[name]
                    path = folder / f"{keys[name]}.{ending}"
                    path.write_bytes(content)
                    paths[path] = name
                done: Mapping[Path, Path] = {}
                try:
                    done = self._offices.convert(
                        list(paths),
                        target,
                        folder / "out",
                        timeout=CONVERSION_SECONDS,
                        from_elsewhere=[path for path, name in paths.items() if name.endswith(FILE)],
                    )
                except pdf.ConversionFailed as failed:
                    for path in failed.culprits:
                        if paths[path].endswith(FILE):
                            self._given_up(keys[paths[path]]).touch()
                    done, text = failed.done, str(failed)
                    for path, name in paths.items():
                        text = text.replace(
                            path.name, {PAGE_NUMBER: "頁碼", LETTERS: "表單的字"}.get(name, f"{name}{path.suffix}")
                        )
                    # A file from elsewhere gets a problem at its row of the workbook instead.
                    if any(not paths[path].endswith(FILE) for path in failed.failed):
                        failures.append(text)
                self._put(done)
        self.keep()
        found = {name: kept for name, key in keys.items() if (kept := self._cache.path(key, target))}
        self._cache.tidy(found.values())
        return found

    def convert_long(self, document: Document, content: bytes) -> Path | None:
        """The PDF of a document with a long table, which is converted in parts; None where it cannot be parted.

        Raises ConversionFailed.
        """
        key = self._key(content)
        if (kept := self._cache.path(key, "pdf")) is None:
            self._settle()

            def progress(rows: int) -> None:
                self._step(f"轉換「{document.name}」：{rows:,}／{document.rows:,} 列")

            pages = long_documents.to_pdf(content, self._offices, CONVERSION_SECONDS, progress)
            if pages is not None:
                self._cache.put({(key, "pdf"): pages})
                kept = self._cache.path(key, "pdf")
        return kept

    def _key(self, content: bytes) -> str:
        return outputs.digest(content + self._identity.encode())

    def _given_up(self, key: str) -> Path:
        """The mark in the cache that a file is not to be tried again."""
        return self._cache.folder / f"{key}{_GIVEN_UP}"


def for_office(document: Document, content: bytes) -> bytes:
    """The document as LibreOffice gets it: page numbers are written on the PDF, those of slides are plain text."""
    return copy_for_office(content) if document.ending == "docx" else render.for_conversion(content)


def _work(document: Document) -> float:
    """What it costs to convert a document, in times of one of a few pages; a long table is shared out by itself."""
    return 1 + document.rows / _ROWS_AS_A_DOCUMENT if document.rows <= long_documents.LONG else 0
