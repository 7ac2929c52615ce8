"""The PDF of a document with a long table: parts of it are converted, in as many processes of LibreOffice as there are
cores, and put together again.

Every part has to begin with a page. How many rows a page takes shows only when it is laid out; so parts are begun by
guess, where the pages before all took the same number of rows, and what was guessed wrong is laid out again from the
first page that did not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.basic import temporary
from generator.pdf import office as pdf
from generator.pdf.sharing import Offices
from generator.word.cut import LongTable, NotCuttable

if TYPE_CHECKING:
    from generator.pdf.pieces import Piece

# Tables of more rows are cut. LibreOffice takes as long for 500 rows in one part as in two.
LONG = 600
_ROWS = 400
_MOST_PARTS = 8

Progress = Callable[[int], None]


def to_pdf(content: bytes, offices: Offices, timeout: float, progress: Progress) -> bytes | None:
    """The PDF of a .docx, page by page as LibreOffice makes it in one piece; None where the document cannot be cut.

    ``timeout``: seconds for one part. ``progress`` is told the rows that are done. Raises ConversionFailed.
    """
    from generator.pdf import pieces

    try:
        table = LongTable.of(content)
    except NotCuttable:
        return None
    several = offices.several(1 + len(table.rows) // (2 * _ROWS))
    with temporary.folder() as folder:
        try:
            found = _Layout(table, folder, several, timeout, progress).pieces()
            return pieces.assembled(found, table.headings)
        except pieces.NoTable:
            return None


class _Part(Struct, frozen=True):
    """A part that was laid out: its first row, and for each row in it the first and last page."""

    file: Path
    first: int
    places: Sequence[tuple[int, int]]

    def full_pages(self, is_last: bool) -> tuple[int, int]:
        """How many pages can be taken, and how many rows are on them: all of the last part, else those that end with
        the end of a row and before which another page follows."""
        if is_last:
            return max(last for _, last in self.places) + 1, len(self.places)
        last_page = max(last for _, last in self.places)
        for page in range(last_page, 0, -1):
            rows = sum(1 for first, _ in self.places if first < page)
            if rows and all(not first < page <= last for first, last in self.places):
                return page, rows
        return 0, 0

    def counts(self) -> list[int]:
        """How many rows begin on each page."""
        pages = max(last for _, last in self.places) + 1
        counts = [0] * pages
        for first, _ in self.places:
            counts[first] += 1
        return counts


class _Layout:
    """Lays out a table part by part."""

    def __init__(
        self, table: LongTable, folder: Path, offices: Sequence[pdf.Office], timeout: float, progress: Progress
    ) -> None:
        self._table, self._folder, self._offices = table, folder, offices
        self._timeout, self._progress = timeout, progress
        self._made = 0

    def pieces(self) -> list[Piece]:
        """All pages of the table, in order."""
        from generator.pdf.pieces import Piece

        count = len(self._table.rows)
        found: list[Piece] = []
        start, size, on_page = 0, _ROWS, 0
        while start < count:
            # The first page has a title above the table; the pages after it tell how many rows one takes.
            bounds = self._bounds(start, size, on_page)
            taken = start
            for part in self._laid_out(bounds):
                is_last = part.first + len(part.places) >= count
                ends_full = on_page and part.first and set(part.counts()) == {on_page}
                if ends_full and not is_last:
                    pages, rows = len(part.counts()), len(part.places)
                else:
                    pages, rows = part.full_pages(is_last)
                if not rows:
                    break
                found.append(Piece(part.file, pages, rows))
                taken += rows
                counts = part.counts()[1 if part.first == 0 else 0 : pages]
                on_page = counts[0] if counts and len(set(counts)) == 1 else 0
                self._progress(taken)
                if taken < part.first + len(part.places):
                    break
            # A row that is longer than a whole part needs a larger one.
            size = _ROWS if taken > start else size * 2
            start = taken
        return found

    def _bounds(self, start: int, size: int, on_page: int) -> list[tuple[int, int]]:
        """The rows of the parts to lay out next: one where the pages differ, several where they are alike."""
        count = len(self._table.rows)
        if not on_page or start == 0:
            return [(start, min(start + size, count))]
        step = max(on_page, size // on_page * on_page)
        most = min(len(self._offices) * 2, _MOST_PARTS)
        starts = range(start, min(start + most * step, count), step)
        return [(first, min(first + step, count)) for first in starts]

    def _laid_out(self, bounds: Sequence[tuple[int, int]]) -> list[_Part]:
        files = []
        for first, last in bounds:
            self._made += 1
            file = self._folder / f"{self._made:05}.docx"
            file.write_bytes(self._table.part(first, last))
            files.append(file)
        shares = [files[at :: len(self._offices)] for at in range(len(self._offices))]
        with ThreadPoolExecutor(len(self._offices)) as threads:
            jobs = [
                threads.submit(office.convert, share, "pdf", self._folder / "out", timeout=self._timeout)
                for office, share in zip(self._offices, shares, strict=True)
                if share
            ]
            done = {source: result for job in jobs for source, result in job.result().items()}
        from generator.pdf.pieces import pages_of_rows

        return [
            _Part(done[file], first, pages_of_rows(done[file], self._table.headings)[: last - first])
            for file, (first, last) in zip(files, bounds, strict=True)
        ]
