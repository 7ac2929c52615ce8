"""Where things lie: the workspace folder, and the ids of meetings."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from msgspec import Struct

from generator.basic import file_names
from generator.basic.failure import WRONG_USAGE, UserError
from generator.basic.patterns import compile_late


class NotFound(UserError):
    """No such workspace or meeting; the text says what was looked for and what to do, in the users' language."""

    exit_code = WRONG_USAGE


# Words with a number in them, joined by hyphens: 974, 114學年-1-2; an ideograph stands in it as X (see _is_name).
_NAME = compile_late(r"(?=.*\d)[0-9A-Za-z]+(?:[-_][0-9A-Za-z]+)*", re.ASCII)
_MOST_CHARACTERS = 40
# A year of the present time and no more than the words that stand around the number of a meeting.
_UNFINISHED = compile_late(r"(1[0-4]\d)[-_年度第臨時]*([1-9]\d?)?[-_次臨時會議]*", re.ASCII)
# How an id is written, for messages.
WAYS = "民國年-次（例：113-1）或 民國年-臨N（例：113-臨1）"


class MeetingId(Struct, frozen=True):
    """民國年-次: ``113-1`` or, for an extraordinary meeting, ``113-臨1``.

    Or a ``name``, as 974 or 114學年-1-2, where the workbooks say what the meeting is called; it has no year then.
    """

    year: int | None
    number: int
    extraordinary: bool = False
    name: str = ""

    def __str__(self) -> str:
        return self.name or f"{self.year}-{'臨' if self.extraordinary else ''}{self.number}"

    @property
    def key(self) -> tuple[tuple[int, int, str], ...]:
        """Sorts ids as people count: 974 before 1002, 113-2 before 113-臨1 and 114-1."""
        parts = re.findall(r"[0-9]+|[^0-9]+", str(self))
        return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts)

    @property
    def shape(self) -> str:
        """The id with its numbers left out: ids of one shape are counted in one row."""
        return re.sub("[0-9]+", "#", str(self))

    @property
    def meant(self) -> str:
        """The id of which a name looks like a slip: 113-1 for 113, 113年第1次 or 113-臨; else an empty text."""
        match = _UNFINISHED.fullmatch(self.name)
        return f"{match[1]}-{'臨' if '臨' in self.name else ''}{match[2] or 1}" if match else ""

    @property
    def session(self) -> str:
        """第1次, or 第1次臨時 for an extraordinary meeting."""
        return f"第{self.number}次{'臨時' if self.extraordinary else ''}"

    @classmethod
    def parse(cls, text: str) -> MeetingId:
        """Raises ValueError for what is neither 民國年-次, 民國年-臨N nor a safe name with a number in it.

        Before any path is made of it. What only looks like 民國年-次 (113-01) is none.
        """
        match = re.fullmatch(r"([1-9]\d{1,2})-(臨?)([1-9]\d{0,2})", text, re.ASCII)
        if match:
            return cls(int(match[1]), int(match[3]), bool(match[2]))
        looks_counted = re.fullmatch(r"\d+-臨?\d+", text, re.ASCII)
        safe = _is_name(text) and len(text) <= _MOST_CHARACTERS and unicodedata.is_normalized("NFC", text)
        if looks_counted or not safe or file_names.distinct([text]) != [text]:
            raise ValueError(text)
        return cls(None, 0, name=text)

    @classmethod
    def named(cls, text: str) -> MeetingId | None:
        """The id in a text that someone typed, in any width of its characters; None where it is none."""
        try:
            return cls.parse(unicodedata.normalize("NFKC", text).strip())
        except ValueError:
            return None


def _is_name(text: str) -> bool:
    # All ideographs in a set take longer to compile than everything else about an id.
    return _NAME.fullmatch("".join("X" if "\u3400" <= sign <= "\u9fff" else sign for sign in text)) is not None


def _agency_in(folder: Path) -> Path:
    """機關.xlsx of a folder, 機關.ods where there is only that."""
    books = [folder / f"機關{ending}" for ending in (".xlsx", ".ods")]
    return next((book for book in books if book.exists()), books[0])


# What lies beside the folder of a meeting in output/: 113-1 信件.
MAILS, PUBLIC_EDITION, RELEASES, MARKED, EXCHANGED, RETURNED = "信件", "公開", "版本", "檢查", "抽換", "回復"


class Workspace(Struct, frozen=True):
    """A folder with inputs/, templates/ and output/."""

    root: Path

    @property
    def agency_book(self) -> Path:
        """機關.xlsx, or 機關.ods where there is only that."""
        return _agency_in(self.root / "inputs")

    def own_agency_book(self, meeting: MeetingId) -> Path | None:
        """機關.xlsx (.ods) in the folder of a meeting, which counts before the shared one; None where there is none."""
        book = _agency_in(self.inputs(meeting))
        return book if book.exists() else None

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

    def beside(self, meeting: MeetingId, kind: str) -> Path:
        """A folder beside that of a meeting in output/: ``kind`` is one of the names below, or a command's own."""
        return self.root / "output" / f"{meeting} {kind}"

    def meetings(self) -> list[MeetingId]:
        """The meetings that have a folder under inputs/, as people count; a folder with a name has 會議.xlsx in it."""
        meeting_ids = []
        for path in (self.root / "inputs").iterdir() if (self.root / "inputs").is_dir() else ():
            try:
                meeting = MeetingId.parse(path.name)
            except ValueError:
                continue
            if not meeting.name or any((path / f"會議{ending}").is_file() for ending in (".xlsx", ".ods")):
                meeting_ids.append(meeting)
        return sorted(meeting_ids, key=lambda meeting: meeting.key)


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
        f"「{where}」不是工作區（要有 inputs 與 templates 資料夾）。請換到工作區內執行，或以 --workspace 指定；"
        "還沒有工作區時，以 packet init 建立。"
    )


def standard_files() -> Path:
    """The folder of what `packet init` copies: the checkout, or inside the package where it is installed."""
    package = Path(__file__).parents[1]
    installed = package / "standard"
    return installed if installed.is_dir() else package.parent
