"""Where things lie: the workspace folder, and the ids of meetings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from generator.basic.failure import WRONG_USAGE, UserError


class NotFound(UserError):
    """No such workspace or meeting; the text says what was looked for and what to do, in the users' language."""

    exit_code = WRONG_USAGE


@dataclass(frozen=True, slots=True)
class MeetingId:
    """民國年-次: ``113-1`` or, for an extraordinary meeting, ``113-臨1``."""

    year: int
    number: int
    extraordinary: bool = False

    def __str__(self) -> str:
        return f"{self.year}-{'臨' if self.extraordinary else ''}{self.number}"

    @property
    def session(self) -> str:
        """第1次, or 第1次臨時 for an extraordinary meeting."""
        return f"第{self.number}次{'臨時' if self.extraordinary else ''}"

    @classmethod
    def parse(cls, text: str) -> MeetingId:
        """Raises ValueError for anything but 民國年-次 or 民國年-臨N, before any path is made of it."""
        match = re.fullmatch(r"([1-9]\d{1,2})-(臨?)([1-9]\d?)", text, re.ASCII)
        if not match:
            raise ValueError(text)
        return cls(int(match[1]), int(match[3]), bool(match[2]))


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with inputs/, templates/ and output/."""

    root: Path

    @property
    def agency_book(self) -> Path:
        """機關.xlsx, or 機關.ods where there is only that."""
        books = [self.root / "inputs" / f"機關{ending}" for ending in (".xlsx", ".ods")]
        return next((book for book in books if book.exists()), books[0])

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def shared(self) -> Path:
        return self.root / "inputs" / "共用"

    def inputs(self, meeting: MeetingId) -> Path:
        return self.root / "inputs" / str(meeting)

    def attachments(self, meeting: MeetingId) -> Path:
        """Where files that go along as attachments lie (來源 檔案:…)."""
        return self.inputs(meeting) / "附件"

    def output(self, meeting: MeetingId) -> Path:
        return self.root / "output" / str(meeting)

    def meetings(self) -> list[MeetingId]:
        """The meetings that have a folder under inputs/, by year and number."""
        meeting_ids = []
        for path in (self.root / "inputs").iterdir() if (self.root / "inputs").is_dir() else ():
            try:
                meeting_ids.append(MeetingId.parse(path.name))
            except ValueError:
                continue
        return sorted(meeting_ids, key=lambda meeting: (meeting.year, meeting.extraordinary, meeting.number))


def home() -> Path | None:
    """The user's home folder; None for a user who has none (a service account, a container)."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def find(start: Path, given: Path | None = None) -> Workspace:
    """The workspace given, or the nearest one from ``start`` upwards. Raises NotFound."""
    for folder in [given] if given else [start, *start.parents]:
        if (folder / "inputs").is_dir() and (folder / "templates").is_dir():
            return Workspace(folder.resolve())
    where = given or start
    raise NotFound(
        f"「{where}」不是工作區（要有 inputs 與 templates 資料夾）。請換到工作區內執行，或以 --workspace 指定。"
    )
