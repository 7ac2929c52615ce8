"""Names in messages. Messages go into packet.json, so none has the name of a member who spoke 不記名 or 不公開."""

from __future__ import annotations

from generator.basic.problem import perhaps
from generator.meeting.minutes import Minutes
from generator.meeting.sheets import CLOSED_TOO, NAMED
from generator.workbook.values import folded

# How workbooks name a speaker who is no person: by office or by group.
_OFFICES = """
主席 代理主席 會議主席 召集人 副召集人 委員 各委員 機關代表 機關委員 民間代表 民間委員 外部委員 專家學者
列席人員 列席單位 幕僚單位 業務單位 工作小組 秘書單位 代表 與會代表 司儀 紀錄
"""


def is_person(speaker: str) -> bool:
    """Whether a speaker is written as a name, not as an office or a group."""
    return bool(speaker) and folded(speaker) not in _OFFICES.split()


def is_protected(minutes: Minutes, name: str) -> bool:
    """Whether someone of that name spoke 不記名 or 不公開."""
    key = folded(name)
    return any(
        folded(remark.speaker) == key and remark.openness not in (NAMED, CLOSED_TOO) for remark in minutes.remarks
    )


def quoted(minutes: Minutes, name: str) -> str:
    """A name as messages print it: 「王小明」, or nothing where it is protected."""
    return f"「{name}」" if name and not is_protected(minutes, name) else ""


def nearest_name(minutes: Minutes, name: str, known: list[str]) -> str:
    """「是否為「…」？」 for the nearest known name; protected names are neither looked up nor suggested."""
    if is_protected(minutes, name):
        return ""
    return perhaps(name, [other for other in known if not is_protected(minutes, other)])
