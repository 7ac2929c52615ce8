"""What is wrong, where, and what to do: the shape of every message about the inputs.

A problem is a value, never an exception: reading and checking go on and return all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

ERROR = "error"
WARNING = "warning"
NOTE = "note"
MOST_ALIKE = 200
_ORDER = {ERROR: 0, WARNING: 1, NOTE: 2}
SEVERITY_NAMES = {ERROR: "錯誤", WARNING: "警告", NOTE: "說明"}


class Location(Struct, frozen=True):
    """Where a value stands: workbook file name, sheet, cell (``C7``); the last two may be absent.

    In a Word template: file name, 頁首 and the like (empty for the body), paragraph (``第 5 段``), and its text.
    """

    workbook: str
    sheet: str = ""
    cell: str = ""
    quote: str = ""

    def __str__(self) -> str:
        sheet = f"〔{self.sheet}〕" if self.sheet else " " if self.cell else ""
        short = self.quote if len(self.quote) <= 40 else f"{self.quote[:39]}…"
        # A file or a sheet may have line ends in its name; a message is one line.
        return one_line(f"{self.workbook}{sheet}{self.cell}{f'「{short}」' if short else ''}")

    @property
    def sort_key(self) -> tuple[str, str, int, str]:
        """Orders C9 before C10, and row before column; 第 9 段 before 第 10 段."""
        match = re.match(r"([A-Z]*)\D*(\d*)", self.cell)
        letters, digits = match.groups() if match else ("", "")
        return (self.workbook, self.sheet, int(digits or 0), letters.rjust(3))


class Message(Struct, frozen=True, eq=False):
    """One kind of problem: how grave, what it says and what to do, with ``{names}`` to fill, and by which rule.

    Compared by identity, because an Enum merges members with equal values.
    """

    severity: str
    text: str
    remedy: str
    source: str = ""


class Code(Enum):
    """Base of the codes of problems. A module that finds problems has a subclass beside its rules: the member's name is
    the code, its value the message.

    A code equals its text (``QUORUM_HALF == "quorum-half"``), which is all that JSON and a kept report have of it.
    """

    @property
    def code(self) -> str:
        """As --json and packet.json have it."""
        return self.name.lower().replace("_", "-")

    @property
    def message(self) -> Message:
        message: Message = self.value
        return message

    def __str__(self) -> str:
        return self.code

    def __eq__(self, other: object) -> bool:
        return self.code == other if isinstance(other, str) else self is other

    def __hash__(self) -> int:
        return hash(self.code)


class Problem(Struct, frozen=True):
    """One thing wrong (or worth a look) in the inputs, at its place."""

    code: str
    severity: str
    at: Location
    text: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.at}：" if self.at.workbook else ""
        return f"{place}{self.text}。{self.remedy}"


def problem(code: Code, at: Location, *, source: object = "", **values: object) -> Problem:
    """The problem ``code`` at a place, its text and remedy filled with ``values``.

    ``source``: the words by which the body cites the rule; in brackets they, or the message's own, end the text.
    Raises KeyError for a value that the message needs and was not given.
    """
    message = code.message
    # What stands in a cell may have line ends; a message is one line.
    one_line_values = {name: one_line(value) if isinstance(value, str) else value for name, value in values.items()}
    cited = one_line(str(source or message.source))
    return Problem(
        code.code,
        message.severity,
        at,
        message.text.format(**one_line_values) + (f"（{cited}）" if cited else ""),
        message.remedy.format(**one_line_values),
    )


def one_line(text: str) -> str:
    """A text for a message: line ends become spaces."""
    return " ".join(text.split()) if len(text.splitlines()) > 1 else text


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings before notes, whole files before cells, then by place; equal problems once.

    Of one code only the first MOST_ALIKE problems of a column are listed; a note counts the others.
    """
    listed = []
    alike: dict[tuple[str, str, str, str], list[Problem]] = {}
    for entry in sorted(dict.fromkeys(problems), key=_order):
        column = entry.at.sort_key[3]
        same = alike.setdefault((entry.code, entry.at.workbook, entry.at.sheet, column), [])
        same.append(entry)
        if len(same) <= MOST_ALIKE or not column.strip():
            listed.append(entry)
    more = [
        problem(ListCode.MORE_ALIKE, same[MOST_ALIKE].at, count=len(same) - MOST_ALIKE)
        for (*_, column), same in alike.items()
        if column.strip() and len(same) > MOST_ALIKE
    ]
    return sorted([*listed, *more], key=_order) if more else listed


def _order(problem: Problem) -> tuple[object, ...]:
    return (_ORDER[problem.severity], bool(problem.at.sheet), problem.at.sort_key, problem.code, problem.text)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them must be mended before a document may be built."""
    return any(problem.severity == ERROR for problem in problems)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that ``word`` is most likely a slip of; an empty text when none is near."""
    # Only where a word is unknown: it takes a while to load.
    import difflib

    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return matches[0] if matches else ""


def perhaps(word: str, known: Iterable[str]) -> str:
    """「是否為「…」？」 for the nearest known word, or an empty text."""
    near = nearest(word, known)
    return f"是否為「{near}」？" if near else ""


def error(text: str, remedy: str, source: str = "") -> Message:
    return Message(ERROR, text, remedy, source)


def warning(text: str, remedy: str, source: str = "") -> Message:
    return Message(WARNING, text, remedy, source)


def note(text: str, remedy: str, source: str = "") -> Message:
    return Message(NOTE, text, remedy, source)


class ListCode(Code):
    """The problems that this module finds."""

    MORE_ALIKE = note("此欄自這一格起，另有 {count:,} 處同樣的問題，沒有一一列出", "請先改正列出的，再執行一次。")
