"""Names in messages. Messages go into packet.json, so none has the name of a member who spoke 不記名 or 不公開."""

from __future__ import annotations

from generator.basic.problem import perhaps
from generator.meeting.minutes import Minutes
from generator.meeting.sheets import NAMED
from generator.workbook.values import folded


def is_protected(minutes: Minutes, name: str) -> bool:
    """Whether someone of that name spoke 不記名 or 不公開."""
    key = folded(name)
    return any(folded(remark.speaker) == key and remark.openness != NAMED for remark in minutes.remarks)


def quoted(minutes: Minutes, name: str) -> str:
    """A name as messages print it: 「王小明」, or nothing where it is protected."""
    return f"「{name}」" if name and not is_protected(minutes, name) else ""


def nearest_name(minutes: Minutes, name: str, known: list[str]) -> str:
    """「是否為「…」？」 for the nearest known name; protected names are neither looked up nor suggested."""
    if is_protected(minutes, name):
        return ""
    return perhaps(name, [other for other in known if not is_protected(minutes, other)])
