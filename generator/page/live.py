"""A meeting that is kept built while someone looks at it: after every save a new state, and nothing is ever edited.

The state is made of files alone; whatever is kept in memory can be thrown away at any time.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from generator.basic.failure import UserError
from generator.basic.problem import Problem
from generator.basic.workspace import MeetingId, Workspace
from generator.build import figure_map, outputs, story, watch
from generator.build.convert import PACKETS
from generator.build.converter import Converter
from generator.build.figure_map import Spot
from generator.build.report import Report
from generator.documents.passages import Contents, from_json
from generator.meeting.schedule import Deadline
from generator.page import ids
from generator.pdf import drawn, pdfium
from generator.pdf import office as pdf

# A document of more pages is drawn anew as a whole when it changes.
_MOST_COMPARED = 80


class PageOf(Struct, frozen=True):
    """A page of a PDF: its size in points, and a text that changes with its looks."""

    width: float
    height: float
    version: str


class Paper(Struct, frozen=True):
    """A document as it lies in output/: its files by ending, its pages, its texts, and where its figures stand."""

    id: str
    name: str
    title: str
    audience: str
    template: str
    files: Mapping[str, Path]
    pages: tuple[PageOf, ...] = ()
    contents: Contents | None = None
    spots: tuple[Spot, ...] = ()
    # The PDF where it is made and not written yet.
    fresh: bytes | None = None

    @property
    def pdf(self) -> Path | None:
        return self.files.get("pdf")


class State(Struct, frozen=True):
    """What the last build found and made. ``stopped``: the papers are those of the last build without errors."""

    turn: int
    when: dt.datetime
    seconds: float
    saved: tuple[str, ...]
    problems: tuple[Problem, ...]
    stopped: bool
    failures: tuple[str, ...]
    remarks: tuple[str, ...]
    papers: tuple[Paper, ...]
    figures: tuple[Mapping[str, Any], ...]
    deadlines: tuple[Deadline, ...]
    inputs: str
    mapped: bool = False

    def paper(self, given: str) -> Paper | None:
        return next((paper for paper in self.papers if paper.id == given), None)

    @property
    def packets(self) -> tuple[Path, ...]:
        """The joined files that were made: 會議資料.pdf, and its public edition where that is another."""
        folder = next((path.parent for paper in self.papers for path in paper.files.values()), None)
        found = (folder / name for name in PACKETS.values()) if folder is not None else ()
        return tuple(path for path in found if path.is_file())


_EMPTY = State(0, dt.datetime.min, 0.0, (), (), True, (), (), (), (), (), "")


class Live:
    """One meeting, watched in a thread of its own with a LibreOffice of its own; ``changed`` is called from there."""

    def __init__(
        self,
        workspace: Workspace,
        meeting: MeetingId,
        changed: Callable[[State], None],
        unexpected: Callable[[Exception], str] = str,
    ) -> None:
        self.workspace, self.meeting = workspace, meeting
        self.state: State | None = None
        self.used = time.monotonic()
        self._changed, self._unexpected = changed, unexpected
        self._stop, self._told = threading.Event(), threading.Event()
        self._office: pdf.Office | None = None
        self._versions: dict[tuple[str, str], tuple[PageOf, ...]] = {}
        self._maps: dict[tuple[str, str, str], tuple[Spot, ...]] = {}
        self._digests: dict[str, Mapping[str, str]] = {}
        self._written: tuple[Paper, ...] = ()
        self._thread = threading.Thread(target=self._run, name=f"packet {meeting}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Asks the thread to end, and LibreOffice with it; returns at once."""
        self._stop.set()

    def end(self, seconds: float) -> None:
        """Waits so long for the thread; a LibreOffice that still works then is ended all the same."""
        self._thread.join(seconds)
        if self._thread.is_alive() and self._office is not None:
            self._office.close()

    def _run(self) -> None:
        notes = outputs.state(self.workspace.output(self.meeting))
        with pdf.Office() as self._office, self._office.lent(notes):
            for turn in watch.watch(self.workspace, self.meeting, self._build, self._stop):
                try:
                    self._take(turn)
                except (pdfium.Unreadable, OSError):
                    # Replaced by another build meanwhile: the next look takes what is there then.
                    continue
                except Exception as failed:
                    # The page stays as it was, and says so.
                    before = self.state or _EMPTY
                    failures = (*before.failures, self._unexpected(failed))
                    self._tell(replace(before, turn=before.turn + 1, failures=failures, mapped=True))

    def _build(self) -> Report:
        folder = self.workspace.output(self.meeting)
        try:
            return story.build(self.workspace, self.meeting, office=self._office, ready=self._ready)
        except UserError as failed:
            text = str(failed)
        except OSError as failed:
            text = outputs.unusable(failed)
        except Exception as failed:
            # Whatever it is, the page stays and says so.
            text = self._unexpected(failed)
        return Report(folder, stopped=True, failures=[text])

    def _ready(self, files: Mapping[str, bytes]) -> None:
        """Shows the pages that are made already, while they are joined, checked and written: what one waits for."""
        before = self.state
        if before is None or self._stop.is_set():
            return
        papers, changed = [], False
        for paper in before.papers:
            content = files.get(f"{paper.name}.pdf")
            digest = outputs.digest(content) if content is not None else ""
            if content is not None and digest != self._digests.get(paper.name, {}).get("pdf"):
                pages = self._pages(paper.name, content, digest)
                # Where the figures stand on them is not known yet.
                paper = replace(paper, pages=pages, spots=(), fresh=content)
                changed = True
            papers.append(paper)
        if changed:
            early = replace(before, turn=before.turn + 1, papers=tuple(papers), mapped=False)
            self._tell(early)

    def _take(self, turn: watch.Turn) -> None:
        report, before = turn.report, self.state
        manifest = report.manifest or _kept(report.folder)
        if report.manifest or before is None:
            self._written = self._papers(manifest, report.folder)
        # With errors the pages are those that were written last, and none that were only made.
        papers = self._written
        state = State(
            turn=before.turn + 1 if before else 1,
            when=dt.datetime.now(),
            seconds=turn.seconds,
            saved=turn.saved,
            problems=tuple(report.problems),
            stopped=report.stopped,
            failures=tuple(report.failures),
            remarks=tuple(report.remarks),
            papers=papers,
            figures=tuple(each for each in manifest.get("figures", ()) if {"name", "value", "cells"} <= each.keys()),
            deadlines=report.deadlines,
            inputs=report.inputs,
        )
        self._tell(state)
        if not self._stop.is_set():
            self._written = self._mapped(state.papers)
            self._tell(replace(state, papers=self._written, mapped=True))

    def wait(self, seconds: float) -> State | None:
        """The state, waited for so long where there is none yet."""
        self._told.wait(seconds)
        return self.state

    def _tell(self, state: State) -> None:
        self.state = state
        self._told.set()
        self._changed(state)

    def _papers(self, manifest: Mapping[str, Any], folder: Path) -> tuple[Paper, ...]:
        found = []
        for entry in manifest.get("documents", ()):
            name = str(entry["name"])
            if Path(name).name != name:
                # No manifest of ours.
                continue
            there = {ending: folder / f"{name}.{ending}" for ending in entry["files"]}
            files = {ending: path for ending, path in there.items() if path.is_file() and not path.is_symlink()}
            contents = from_json(entry["contents"]) if "contents" in entry else None
            digests = entry["files"]
            pages = self._pages(name, files["pdf"], digests["pdf"]) if "pdf" in files else ()
            spots = self._maps.get(_key(name, digests), ())
            about = (ids.of(name), name, str(entry["title"]), str(entry["audience"]), str(entry["template"]))
            found.append(Paper(*about, files, pages, contents, spots))
        self._digests = {str(entry["name"]): entry["files"] for entry in manifest.get("documents", ())}
        return tuple(found)

    def _pages(self, name: str, source: Path | bytes, digest: str) -> tuple[PageOf, ...]:
        if (name, digest) not in self._versions:
            content = source if isinstance(source, bytes) else source.read_bytes()
            sizes = drawn.sizes(content)
            few = len(sizes) <= _MOST_COMPARED
            versions = drawn.versions(content) if few else [digest[:12]] * len(sizes)
            self._versions = {key: kept for key, kept in self._versions.items() if key[0] != name}
            self._versions[name, digest] = tuple(
                PageOf(size.width, size.height, version) for size, version in zip(sizes, versions, strict=True)
            )
        return self._versions[name, digest]

    def _mapped(self, papers: tuple[Paper, ...]) -> tuple[Paper, ...]:
        """The papers with their spots; what changed since the last time is converted once more for it."""
        sources, keys = {}, {}
        for paper in papers:
            keys[paper.name] = _key(paper.name, self._digests.get(paper.name, {}))
            ending = next((ending for ending in paper.files if ending != "pdf"), "")
            if paper.contents is None or paper.pdf is None or not ending or keys[paper.name] in self._maps:
                continue
            rendered, content = paper.files[ending].read_bytes(), paper.pdf.read_bytes()
            digests = self._digests[paper.name]
            if (outputs.digest(rendered), outputs.digest(content)) == (digests[ending], digests["pdf"]):
                sources[paper.name] = figure_map.Source(ending, rendered, content, paper.contents)
        assert self._office is not None
        if sources and self._office.program is not None:
            cache = outputs.cache(self.workspace.output(self.meeting))
            found = figure_map.spots(sources, Converter(cache, self._office))
            names = set(found)
            self._maps = {key: kept for key, kept in self._maps.items() if key[0] not in names}
            self._maps |= {keys[name]: tuple(spots) for name, spots in found.items()}
        return tuple(replace(paper, spots=self._maps.get(keys[paper.name], ())) for paper in papers)


def _key(name: str, digests: Mapping[str, str]) -> tuple[str, str, str]:
    return name, next((digest for ending, digest in digests.items() if ending != "pdf"), ""), digests.get("pdf", "")


def _kept(folder: Path) -> dict[str, Any]:
    """The manifest of the last build that made anything; empty where there is none."""
    try:
        found = json.loads((folder / outputs.MANIFEST).read_text("utf-8"))
        return found if isinstance(found, dict) and isinstance(found["documents"], list) else {}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


class Desk:
    """The meetings that are looked at now. At most two: each has a LibreOffice."""

    MOST = 2

    def __init__(
        self, workspace: Workspace, changed: Callable[[State, MeetingId], None], unexpected: Callable[[Exception], str]
    ) -> None:
        self.workspace, self._changed, self._unexpected = workspace, changed, unexpected
        self._lives: dict[MeetingId, Live] = {}
        self._lock = threading.Lock()

    def live(self, meeting: MeetingId) -> Live:
        """The meeting, watched from now on; the one not looked at for longest is let go where there are too many."""
        with self._lock:
            if meeting not in self._lives:
                for old in sorted(self._lives.values(), key=lambda live: live.used)[: -(self.MOST - 1) or None]:
                    self._lives.pop(old.meeting).stop()
                self._lives[meeting] = Live(
                    self.workspace, meeting, lambda state: self._changed(state, meeting), self._unexpected
                )
                self._lives[meeting].start()
            found = self._lives[meeting]
            found.used = time.monotonic()
            return found

    def end(self) -> None:
        """Ends all of it, within half a second."""
        with self._lock:
            lives, self._lives = list(self._lives.values()), {}
        for live in lives:
            live.stop()
        for live in lives:
            live.end(0.4 / len(lives))
