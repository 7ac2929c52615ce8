"""The value of a figure in every release, and in every meeting as it is now: `packet figures --history`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from generator.basic.failure import UserError
from generator.basic.problem import nearest
from generator.basic.workspace import Workspace
from generator.dispatch import releases
from generator.documents.document import FOR_PUBLIC
from generator.leaks import names as protected_names
from generator.leaks.names import Sought, key
from generator.meeting import figures, load
from generator.meeting.model import Meeting

NOW = "目前"


class NoSuchFigure(UserError):
    """No meeting and no release has a figure of that name; the text says the nearest one."""

    exit_code = 2


class Value(Struct, frozen=True):
    """What a figure was: in which meeting, in which version of it, of which day; ``cells`` as places."""

    meeting: str
    version: str
    day: str
    value: str
    cells: tuple[str, ...]


def of(workspace: Workspace, name: str) -> tuple[list[Value], list[str]]:
    """The values of a figure by meeting and version, and what could not be read. Raises NoSuchFigure."""
    found: list[Value] = []
    remarks: list[str] = []
    known: dict[str, None] = {}
    meetings = []
    for meeting_id in workspace.meetings():
        meeting, _ = load.load(workspace, meeting_id)
        if meeting is None:
            remarks.append(f"{meeting_id} 的資料有錯誤，沒有列入目前的值。請執行 packet check {meeting_id}。")
        meetings.append((meeting.date.isoformat() if meeting else "", meeting_id, meeting))
    for _, meeting_id, meeting in sorted(meetings, key=lambda entry: (entry[0], entry[1].key)):
        for release in releases.every(workspace, meeting_id):
            listed = release.manifest.get("figures", ())
            known.update(dict.fromkeys(str(entry["name"]) for entry in listed))
            found += list(
                _frozen(str(meeting_id), release.name, str(release.manifest.get("when", ""))[:10], listed, name)
            )
            if not release.manifest:
                remarks.append(f"{meeting_id} 的{release.name}讀不懂，沒有列入。請由備份還原。")
        if meeting is not None:
            present = figures.compute(meeting)
            known.update(dict.fromkeys(present))
            if name in present:
                figure = present[name]
                cells = tuple(str(cell) for cell in figure.cells)
                found.append(Value(str(meeting_id), NOW, meeting.date.isoformat(), figures.shown(figure.value), cells))
    if not found:
        near = nearest(name, known)
        raise NoSuchFigure(f"沒有「{name}」這個名稱。{f'是否為「{near}」？' if near else '名稱請見 packet figures。'}")
    return _withheld(found, [meeting for _, _, meeting in meetings if meeting is not None]), remarks


def _frozen(meeting: str, version: str, day: str, listed: Sequence[dict[str, Any]], name: str) -> Iterator[Value]:
    for entry in listed:
        if entry["name"] == name:
            value = figures.shown(entry["value"]) if isinstance(entry["value"], int) else str(entry["value"])
            yield Value(meeting, version, day, value, tuple(map(str, entry["cells"])))


def _withheld(found: list[Value], meetings: Sequence[Meeting]) -> list[Value]:
    """A value that has a name which minutes protect is not shown."""
    protected = [name for meeting in meetings for name in protected_names.protected(meeting, FOR_PUBLIC)]
    hidden = Sought.of(protected)
    return [
        Value(entry.meeting, entry.version, entry.day, "（涉及須保護的姓名）", entry.cells)
        if hidden.places(key(entry.value))
        else entry
        for entry in found
    ]
