"""Releases, and what changed since one: the differences in words, and the pages side by side with marks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from generator.basic.failure import UserError
from generator.basic.workspace import MeetingId, Workspace
from generator.build import making, unchanged
from generator.build.convert import PACKET
from generator.dispatch import releases
from generator.dispatch.diff import compare, versions
from generator.dispatch.diff.cells import ADDED, REMOVED
from generator.dispatch.diff.compare import DocumentChange, Revisions
from generator.dispatch.releases import Release
from generator.dispatch.supplement import story as supplements
from generator.page import ids
from generator.page.views.documents import picture_of, reader_of
from generator.page.views.files import chosen, download, written
from generator.page.views.frame import context, meeting_of, missing, render, state_of
from generator.pdf import drawn, pdfium
from generator.pdf.drawn import Box, Size

_lock = threading.Lock()
_kept: dict[tuple[str, int], tuple[str, Revisions]] = {}


class Side(Struct, frozen=True):
    """A page of one side: its number, its size, where its picture is, and what changed on it."""

    number: int
    size: Size
    picture: str
    marks: tuple[Box, ...]


def all_versions(request: Request) -> Response:
    """The releases, the last first."""
    about, meeting = context(request), meeting_of(request)
    listed = list(reversed(releases.every(about.workspace, meeting)))
    changed = {release.number: supplements.changed_rows(release) for release in listed if release.manifest}
    files = [(ids.of(path.name), path.name, path.stat().st_size) for path in _supplement(request)]
    return render(request, "versions.html", listed=listed, changed=changed, files=files)


def _supplement(request: Request) -> list[Path]:
    """The pages to replace and to add, as they lie in their folder."""
    return list(written(supplements.home(context(request).workspace, meeting_of(request))))


def supplement(request: Request) -> Response:
    """One of these files to keep."""
    return download(context(request).workspace.root, chosen(request, _supplement(request), "沒有這個檔案。"))


def _release(request: Request) -> Release:
    given = request.path_params["number"]
    found = releases.every(context(request).workspace, meeting_of(request))
    release = next((each for each in found if each.number == given), None)
    if release is None or not release.manifest:
        raise missing("沒有這個版本，或是讀不懂。")
    return release


def changes(request: Request) -> Response:
    """What changed since a release, document by document."""
    about, meeting = context(request), meeting_of(request)
    release = _release(request)
    found, failure = None, ""
    try:
        found = _since(about.workspace, meeting, release)
        failure = "" if found else "活頁簿有錯誤，無法比較。請先改正。"
    except UserError as failed:
        failure = str(failed)
    return render(request, "changes.html", release=release, found=found, failure=failure)


def _since(workspace: Workspace, meeting: MeetingId, release: Release) -> Revisions | None:
    """The comparison with what a build would make now, kept while no file changes; None with errors in the inputs."""
    stamps = unchanged.stamps(workspace)
    with _lock:
        kept = _kept.get((str(release.folder), release.number))
    if kept and kept[0] == stamps:
        return kept[1]
    before = versions.of(release)
    build = making.make(workspace, meeting, formats=("docx",))
    if build.stopped:
        return None
    found = compare.compare(before, versions.present(workspace, build))
    with _lock:
        _kept.clear()
        _kept[str(release.folder), release.number] = (stamps, found)
    return found


def side_by_side(request: Request) -> Response:
    """A changed document as pages: as it was in the release, and as it is now."""
    about, meeting = context(request), meeting_of(request)
    release, state = _release(request), state_of(request)
    try:
        found = _since(about.workspace, meeting, release)
    except UserError as failed:
        raise missing(str(failed)) from None
    change = _change(request, found)
    if change is None:
        # It may have been changed back while somebody looks at it.
        return render(request, "message.html", title="沒有變動", text="這份文件與凍結的版本相同，沒有變動。")
    old_name = (change.was or change.name).rpartition(".")[0]
    new_name = change.name.rpartition(".")[0]
    was, now = _file(release, f"{old_name}.pdf"), None
    paper = next((each for each in (state.papers if state else ()) if each.name == new_name), None)
    now = paper.pdf if paper else None
    place = request.url.path
    sides = (
        list(_pages(was, change, 0, f"{place}/old")) if was and change.how != ADDED else [],
        list(_pages(now, change, 1, f"{place}/new")) if now and change.how != REMOVED else [],
    )
    return render(request, "side_by_side.html", release=release, change=change, sides=sides)


def _change(request: Request, found: Revisions | None) -> DocumentChange | None:
    """The changed document whose id is in the address."""
    given = request.path_params["paper"]
    return next((each for each in (found.documents if found else ()) if ids.of(each.name) == given), None)


def _file(release: Release, name: str) -> Path | None:
    """A file of the release by its name, as its manifest has it."""
    entry = next((each for each in release.manifest["files"] if each["name"] == name), None)
    path = release.folder / entry["path"] if entry else None
    return path if path and path.is_file() and not path.is_symlink() else None


def _pages(path: Path, change: DocumentChange, side: int, place: str) -> Iterator[Side]:
    try:
        sizes = drawn.sizes(path.read_bytes())
    except (OSError, pdfium.Unreadable):
        return
    marks = _marks(path, change, side)
    for number, size in enumerate(sizes):
        on_page = tuple(box for box in marks if box.page == number)
        yield Side(number, size, f"{place}/{number}.png", on_page)


def _marks(path: Path, change: DocumentChange, side: int) -> Sequence[Box]:
    """Where the changed words stand: each with what stands around it, so that it is the right one."""
    reader = reader_of(path)
    found: list[Box] = []
    for each in change.changes if reader else ():
        assert reader is not None
        row = next(iter(reader.find(each.title, most=1)), []) if each.title else []
        for piece in each.pieces:
            text = (piece.old, piece.new)[side]
            if piece.old == piece.new:
                continue
            words = piece.words or [(piece.old, piece.new)]
            places = reader.parts([pair[side] for pair in words], [pair[0] != pair[1] for pair in words])
            if row:
                # A cell of a table: ★ stands on the page many times, and in its row once.
                places = [box for box in places if _beside(box, row)]
            found += places or (row if not text else [])
    return found


def _beside(box: Box, row: Sequence[Box]) -> bool:
    """Whether a box stands in the row of a table of which ``row`` is a cell."""
    return box.page == row[0].page and box.top < row[-1].bottom + 4 and box.bottom > row[0].top - 4


def picture(request: Request) -> Response:
    """A page of a document, as it was in a release or as it is now."""
    release, number = _release(request), request.path_params["page"]
    if request.path_params["side"] == "new":
        state = state_of(request)
        wanted = request.path_params["paper"]
        paper = next((each for each in (state.papers if state else ()) if _is(each.name, wanted)), None)
        if paper is None or paper.pdf is None:
            raise missing()
        return picture_of(paper.pdf, number, drawn.WIDTH)
    found = _since(context(request).workspace, meeting_of(request), release)
    change = _change(request, found)
    # What was changed back meanwhile has its name from the release.
    names = [change.was or change.name] if change else [document["file"] for document in release.manifest["documents"]]
    given = request.path_params["paper"]
    name = next((each for each in names if change or ids.of(each) == given), "")
    path = _file(release, f"{name.rpartition('.')[0]}.pdf")
    if path is None:
        raise missing()
    return picture_of(path, number, drawn.WIDTH)


def _is(name: str, given: str) -> bool:
    return given in {ids.of(f"{name}.{ending}") for ending in ("docx", "pptx")} or given == ids.of(name)


def packet(request: Request) -> Response:
    """會議資料.pdf of a release."""
    path = _file(_release(request), PACKET)
    if path is None:
        raise missing("這個版本沒有會議資料.pdf。")
    return download(context(request).workspace.root, path)
