"""The meeting itself for the members' calendars (.ics, RFC 5545 and 5546), with its change and its cancellation.

A calendar takes a later version by its SEQUENCE. It grows with each change of what the invitation says, counted over
the releases, which keep it, and over the mails that were drafted since, which a note in the state folder keeps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from generator.basic.workspace import Workspace
from generator.build import calendar, outputs
from generator.dispatch import releases
from generator.meeting.model import Meeting

FILE = "會議邀請.ics"
RECORD = "invitation"


class Invitation(Struct, frozen=True):
    """What a calendar gets: which version, what it says, and the file."""

    sequence: int
    essence: str
    content: bytes

    @property
    def record(self) -> dict[str, Any]:
        return {"sequence": self.sequence, "essence": self.essence}


def of(workspace: Workspace, meeting: Meeting) -> Invitation:
    """The invitation as the workbooks are now."""
    essence = outputs.digest(json.dumps(calendar.essence(meeting), ensure_ascii=False).encode())
    known = [release.manifest.get(RECORD, {}) for release in releases.every(workspace, meeting.id)]
    known = [entry for entry in [*known, _kept(workspace, meeting)] if entry]
    last = max(known, key=lambda entry: int(entry["sequence"]), default=None)
    sequence = 0 if last is None else int(last["sequence"]) + (last["essence"] != essence)
    return Invitation(sequence, essence, calendar.invitation(meeting, sequence))


def keep(workspace: Workspace, meeting: Meeting, invitation: Invitation) -> None:
    """Notes what was put into a mail. Raises OSError."""
    folder = outputs.state(workspace.output(meeting.id))
    with outputs.aside_in(folder) as place:
        outputs.replace(_note(workspace, meeting), json.dumps(invitation.record).encode(), place)


def _note(workspace: Workspace, meeting: Meeting) -> Any:
    return outputs.state(workspace.output(meeting.id)) / f"{meeting.id} 邀請.json"


def _kept(workspace: Workspace, meeting: Meeting) -> Mapping[str, Any]:
    try:
        found = json.loads(_note(workspace, meeting).read_text("utf-8"))
        return {"sequence": int(found["sequence"]), "essence": str(found["essence"])}
    except (OSError, ValueError, TypeError, KeyError):
        return {}
