"""What members sent back on the draft minutes: the files, the proposals in them, and what was decided on each."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from generator.dispatch.replies import reading, story
from generator.meeting import corrections
from generator.meeting.sheets.replies import Proposal, Reply
from generator.page.views.frame import context, meeting_of, render


class ReturnedFile(Struct, frozen=True):
    """A file that was put into the folder, and the rows of 〔回復情形〕 that came of it."""

    name: str
    replies: tuple[Reply, ...]


def replies(request: Request) -> Response:
    """The proposals, those on which nobody decided first; the files that came, and who has not replied."""
    about, meeting_id = context(request), meeting_of(request)
    meeting = about.reckoner.meeting(meeting_id)
    folder = story.home(about.workspace, meeting_id)
    known: tuple[Reply, ...] = meeting.replies if meeting else ()
    names = [file.relative_to(folder).as_posix() for file in reading.files(folder)]
    proposals: list[Proposal] = sorted(meeting.proposals, key=lambda each: bool(each.outcome)) if meeting else []
    return render(
        request,
        "replies.html",
        has_minutes=meeting is not None and meeting.minutes is not None,
        corrections=corrections.of(meeting) if meeting else None,
        files=[ReturnedFile(name, tuple(reply for reply in known if _is_of(reply, name))) for name in names],
        others=[reply for reply in known if not any(_is_of(reply, name) for name in names)],
        proposals=proposals,
        undecided=sum(not proposal.outcome for proposal in proposals),
        titles={case.key: case.title for case in meeting.cases} if meeting else {},
    )


def _is_of(reply: Reply, name: str) -> bool:
    """Whether a reply came of the file, or of what is attached to it."""
    return reply.source == name or reply.source.startswith(f"{name} ")
