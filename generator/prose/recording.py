"""Where each printed value came from, noted while Jinja prints it: marks around the value, taken out again at once.

The marks are noncharacters, which no cell holds and no template has (values.text, long_tables).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.basic.problem import Location
from generator.meeting.figures import Figure
from generator.prose.text import Span, Text

_BEGIN, _NUMBER_END, _END = "\ufdd4", "\ufdd5", "\ufdd6"
_DIGITS = str.maketrans("0123456789", "".join(chr(0xFDE0 + digit) for digit in range(10)))
_NUMBERS = {
    ord(sign): str(digit) for digit, sign in enumerate("\ufde0\ufde1\ufde2\ufde3\ufde4\ufde5\ufde6\ufde7\ufde8\ufde9")
}
_MARKED = compile_late("\ufdd4([\ufde0-\ufde9]+)\ufdd5([^\ufdd4-\ufdd6]*)\ufdd6")
_MARKS = compile_late("\ufdd4[\ufde0-\ufde9]+\ufdd5|\ufdd6")


@runtime_checkable
class Placed(Protocol):
    """What holds printed values by name or number, and knows the cells behind each."""

    def cells_of(self, key: Any) -> tuple[Location, ...]:
        """The cells behind a value; none where they are not known."""


class Printed(Struct, frozen=True):
    """A value on its way to the page, with the names of the expression that gave it.

    ``holders``: object and key of each object.key in it.
    """

    value: Any
    names: tuple[str, ...] = ()
    holders: tuple[tuple[Any, Any], ...] = ()

    @property
    def cells(self) -> tuple[Location, ...]:
        """The cells behind the value, where its holder knows them."""
        places = (holder.cells_of(key) for holder, key in self.holders if isinstance(holder, Placed))
        return tuple(dict.fromkeys(cell for cells in places for cell in cells))


class Recording(list[tuple[Printed, int]]):
    """What was printed, by the number in its marks, and how many characters of the same value came before."""

    def marked(self, text: str, printed: Printed, before: int = 0) -> str:
        """The shown text of a value with marks around it; nothing is marked where nothing is shown."""
        if not text:
            return text
        self.append((printed, before))
        return f"{_BEGIN}{str(len(self) - 1).translate(_DIGITS)}{_NUMBER_END}{text}{_END}"

    def read(self, marked: str, known: Mapping[str, Figure]) -> Text:
        """The text without marks, and its spans. ``known`` are the figures: other names have no value of their own."""
        pieces: list[str] = []
        spans: list[Span] = []
        done = length = 0
        for match in _MARKED.finditer(marked):
            printed, before = self[int(match[1].translate(_NUMBERS))]
            pieces += [marked[done : match.start()], match[2]]
            start = length + match.start() - done
            length = start + len(match[2])
            done = match.end()
            spans += _spans(printed, known, before, start, length)
        return Text("".join([*pieces, marked[done:]]), spans)


def _spans(printed: Printed, known: Mapping[str, Figure], before: int, start: int, end: int) -> Iterator[Span]:
    if isinstance(printed.value, Text):
        inner = (span.within(before, before + end - start, start - before) for span in printed.value.spans)
        yield from (span for span in inner if span)
    elif cells := printed.cells:
        yield Span(start, end, (), cells)
    names = tuple(name for name in printed.names if name in known)
    if names:
        yield Span(start, end, names, tuple(dict.fromkeys(cell for name in names for cell in known[name].cells)))


_present: ContextVar[Recording | None] = ContextVar("recording", default=None)


@contextlib.contextmanager
def recording() -> Iterator[Recording]:
    """Within, every value that Jinja prints is noted."""
    new_recording = Recording()
    token = _present.set(new_recording)
    try:
        yield new_recording
    finally:
        _present.reset(token)


def present() -> Recording | None:
    """The recording that goes on, if any."""
    return _present.get()


def noted(value: Any, about: tuple[tuple[str, ...], tuple[Any, ...]], *holders: Any) -> Any:
    """What a tag prints, with what is known of where it came from.

    ``about``: the names in the tag, and the key under which each of ``holders`` gave a value.
    """
    if _present.get() is None:
        return value
    names, keys = about
    return Printed(value, names, tuple(zip(holders, keys, strict=True)))


def unmarked(text: str) -> str:
    """A text without marks."""
    return _MARKS.sub("", text)
