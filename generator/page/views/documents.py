"""The documents as pages, with what can be clicked on them; search; downloads; pictures of pages."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from generator.build.figure_map import Spot
from generator.page.live import PageOf, Paper
from generator.page.views.files import chosen, download
from generator.page.views.frame import (
    base,
    cell_link,
    context,
    figure_link,
    meeting_of,
    missing,
    paper_of,
    render,
    state_of,
)
from generator.pdf import drawn, pdfium
from generator.pdf.drawn import Box, Reader

_MOST_KEPT = 16_000_000
_MOST_READERS = 30
_LONGEST_QUERY = 100


class Hot(Struct, frozen=True):
    """What can be clicked on a page: its rectangles, where it leads, and how it is called."""

    boxes: tuple[Box, ...]
    link: str
    name: str
    figure: bool


class Sheet(Struct, frozen=True):
    """A page as it is shown: its picture, what can be clicked on it, and what was searched for."""

    number: int
    page: PageOf
    hot: tuple[Hot, ...]
    found: tuple[Box, ...]


class Hit(Struct, frozen=True):
    """A place where a text was found: its document, page and number on it."""

    paper: Paper
    page: int
    before: str
    text: str
    after: str


def documents(request: Request) -> Response:
    """One document as pages (the first where none is named), the others at the side."""
    state = state_of(request)
    paper = None
    if "paper" in request.path_params:
        paper = paper_of(request, state)
    elif state and state.papers:
        paper = state.papers[0]
    query = request.query_params.get("q", "").strip()[:_LONGEST_QUERY]
    place = base(meeting_of(request))
    shown = []
    if paper is not None:
        marks = _find(paper, query) if query else []
        for number, page in enumerate(paper.pages):
            # Figures lie on top of the text around them.
            hot = tuple(sorted(_hot(paper.spots, number, place), key=lambda each: each.figure))
            found = tuple(box for boxes in marks for box in boxes if box.page == number)
            shown.append(Sheet(number, page, hot, found))
    hits = list(_hits(state.papers, query)) if query and state else []
    return render(request, "documents.html", paper=paper, shown=shown, query=query, hits=hits)


def _hot(spots: Sequence[Spot], page: int, place: str) -> Iterator[Hot]:
    for spot in spots:
        boxes = tuple(box for box in spot.boxes if box.page == page)
        if not boxes:
            continue
        if spot.figures:
            yield Hot(boxes, figure_link(place, spot.figures[0]), f"{spot.text.strip()}：{spot.figures[0]}", True)
        elif link := next(filter(None, (cell_link(place, cell) for cell in spot.cells)), ""):
            yield Hot(boxes, link, f"{spot.text.strip()[:40]}：{spot.cells[0]}", False)


def _hits(papers: Sequence[Paper], query: str) -> Iterator[Hit]:
    wanted = "".join(query.split())
    for paper in papers:
        reader = reader_of(paper.pdf)
        for page in range(len(reader.pages) if reader else 0):
            assert reader is not None
            text, at = reader.text(page), 0
            while wanted and (at := text.find(wanted, at)) >= 0:
                end = at + len(wanted)
                yield Hit(paper, page, text[max(at - 20, 0) : at], text[at:end], text[end : end + 20])
                at = end


def _find(paper: Paper, query: str) -> list[list[Box]]:
    reader = reader_of(paper.pdf)
    return reader.find(query) if reader else []


# --- pictures and files -----------------------------------------------------------------------------------------


_lock = threading.Lock()
_pictures: OrderedDict[tuple[str, int, int], tuple[str, bytes]] = OrderedDict()
_readers: OrderedDict[tuple[str, int], Reader] = OrderedDict()


def picture_of(path: Path, page: int, width: int) -> Response:
    """A page of a PDF as a picture; drawn once while the file stays as it is."""
    try:
        return _drawn((str(path), page, width), str(path.stat().st_mtime_ns), path)
    except OSError:
        raise missing("這一頁現在畫不出來，請重新整理。") from None


def _drawn(key: tuple[str, int, int], version: str, source: Path | bytes) -> Response:
    """The picture of that version, from the cache or drawn now; of each page only one version is kept."""
    with _lock:
        kept = _pictures.get(key)
    if kept is None or kept[0] != version:
        try:
            content = source if isinstance(source, bytes) else source.read_bytes()
            kept = (version, drawn.picture(content, key[1], key[2]))
        except (OSError, IndexError, pdfium.Unreadable):
            raise missing("這一頁現在畫不出來，請重新整理。") from None
        with _lock:
            _pictures.pop(key, None)
            _pictures[key] = kept
            while sum(len(picture) for _, picture in _pictures.values()) > _MOST_KEPT:
                _pictures.popitem(last=False)
    return Response(kept[1], media_type="image/png")


def reader_of(path: Path | None) -> Reader | None:
    """The characters of a PDF with their places; None where it cannot be read."""
    if path is None:
        return None
    try:
        key = (str(path), path.stat().st_mtime_ns)
        with _lock:
            found = _readers.get(key)
        if found is None:
            found = Reader(path.read_bytes())
            with _lock:
                for old in [kept for kept in _readers if kept[0] == str(path)]:
                    del _readers[old]
                _readers[key] = found
                while len(_readers) > _MOST_READERS:
                    _readers.popitem(last=False)
        return found
    except (OSError, pdfium.Unreadable):
        return None


def picture(request: Request) -> Response:
    """A page of a document as it lies in output/."""
    return _picture(request, drawn.WIDTH)


def thumbnail(request: Request) -> Response:
    """The same in small."""
    return _picture(request, drawn.THUMBNAIL)


def _picture(request: Request, width: int) -> Response:
    paper, number = paper_of(request, state_of(request)), request.path_params["number"]
    source = paper.fresh or paper.pdf
    if source is None or not 0 <= number < len(paper.pages):
        raise missing("沒有這一頁。")
    place = f"{context(request).workspace.root} {meeting_of(request)} {paper.id}"
    return _drawn((place, number, width), paper.pages[number].version, source)


def file(request: Request) -> Response:
    """A document to keep: by its id and its ending."""
    paper = paper_of(request, state_of(request))
    path = paper.files.get(request.path_params["ending"])
    if path is None:
        raise missing("沒有這種檔案。")
    return download(context(request).workspace.root, path)


def packet(request: Request) -> Response:
    """會議資料.pdf, of one of its editions."""
    state = state_of(request)
    found = chosen(request, state.packets if state else (), "還沒有會議資料.pdf。")
    return download(context(request).workspace.root, found)
