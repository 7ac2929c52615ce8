"""What a file says of itself, for the fields that show it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from msgspec import Struct

from generator.basic.patterns import compile_late

_TAIPEI = timezone(timedelta(hours=8))
# A folder of someone's disk or of a server, up to the last part of the path.
PATH = compile_late(
    r"(?:file:/+|\b[A-Za-z]:[/\\]|\\\\[^\\/\s]+[\\/]|(?<![\w/.:])/(?:[^/\s\[\]]+/)+)"
    r"(?:[^\\/\[\]\n\"']+[\\/])*"
)


class About(Struct, frozen=True):
    """The name of the file as it lies in the folder, and when it was last saved (None where it does not say so)."""

    name: str
    saved: datetime | None

    @property
    def stem(self) -> str:
        head, dot, _ = self.name.rpartition(".")
        return head if dot and head else self.name

    @property
    def date(self) -> str:
        """The day on which it was saved, as Excel shows it in Taiwan; empty where that is not known."""
        return f"{self._here:%Y/}{self._here.month}/{self._here.day}" if self._here else ""

    @property
    def time(self) -> str:
        return f"{self._here:%H:%M}" if self._here else ""

    @property
    def _here(self) -> datetime | None:
        if self.saved is None or self.saved.tzinfo is None:
            return self.saved
        return self.saved.astimezone(_TAIPEI)

    def formula(self, with_time: bool) -> str:
        """The day (and the time) as a formula of a workbook; empty where it is not known."""
        here = self._here
        if here is None:
            return ""
        day = f"DATE({here.year},{here.month},{here.day})"
        return f"({day}+TIME({here.hour},{here.minute},{here.second}))" if with_time else day

    def odf_formula(self, with_time: bool) -> str:
        """The same as ODF writes it."""
        return self.formula(with_time).replace(",", ";")
