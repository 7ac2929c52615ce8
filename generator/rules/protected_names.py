"""Messages go into packet.json, so none of them says the name of anyone who spoke 不記名 or 不公開."""

from __future__ import annotations

from generator.basic.problem import perhaps
from generator.meeting.minutes import Minutes
from generator.meeting.sheets import NAMED
from generator.workbook.values import folded


def is_protected(minutes: Minutes, name: str) -> bool:
    """Whether someone of that name spoke otherwise than 記名."""
    key = folded(name)
    return any(folded(one.speaker) == key and one.openness != NAMED for one in minutes.remarks)


def quoted(minutes: Minutes, name: str) -> str:
    """A name as messages print it: 「王小明」, or nothing where it is protected."""
    return f"「{name}」" if name and not is_protected(minutes, name) else ""


def nearest_name(minutes: Minutes, name: str, known: list[str]) -> str:
    """The nearest known name; nothing where either is protected, since it would tell who spoke."""
    if is_protected(minutes, name):
        return ""
    return perhaps(name, [one for one in known if not is_protected(minutes, one)])
