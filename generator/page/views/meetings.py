"""All meetings; one meeting with its way and its tasks; its problems; what its units deliver."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from generator.basic.problem import Problem
from generator.basic.workspace import PUBLIC_EDITION
from generator.build import outputs
from generator.dispatch import releases, review, status
from generator.page.sheets import Piece
from generator.page.views.frame import base, context, meeting_of, render, state_of
from generator.setup import start


def meetings(request: Request) -> Response:
    """Every meeting with its stage and its next deadline."""
    about = context(request)
    listed = [about.reckoner.facts(meeting, about.today()) for meeting in reversed(about.workspace.meetings())]
    lacking = start.to_fill_in(about.workspace)
    return render(request, "meetings.html", listed=listed, lacking=lacking, address=base)


def public_meetings(request: Request) -> Response:
    """The meetings of which there is a public edition."""
    workspace = context(request).workspace
    listed = [
        meeting
        for meeting in reversed(workspace.meetings())
        if outputs.read_record(workspace.beside(meeting, PUBLIC_EDITION))
    ]
    return render(request, "public_meetings.html", listed=listed, address=base)


def overview(request: Request) -> Response:
    """One meeting: its way through the year, what is next, and the buttons."""
    about, meeting = context(request), meeting_of(request)
    state = state_of(request)
    facts = about.reckoner.facts(meeting, about.today())
    frozen = releases.every(about.workspace, meeting)
    known = about.reckoner.meeting(meeting)
    return render(
        request,
        "overview.html",
        facts=facts,
        deadlines=state.deadlines if state else (),
        today=about.today(),
        frozen=frozen,
        has_minutes=known is not None and known.minutes is not None,
        review=len(outputs.read_record(review.folder(about.workspace, meeting))),
    )


class Shown(Struct, frozen=True):
    """A problem, its address and the rows of the sheet in which it stands."""

    problem: Problem
    number: int
    place: str
    piece: Piece | None


def problems(request: Request) -> Response:
    """Every problem at its place, with the row as it stands in the sheet."""
    about, meeting = context(request), meeting_of(request)
    state = state_of(request)
    listed = []
    for number, found in enumerate(state.problems if state else (), 1):
        at = found.at
        place = f"{at.workbook}〔{at.sheet}〕{at.cell}" if at.sheet and at.cell else ""
        # A list of thousands needs no thousand tables.
        pieces = about.sheets.piece(meeting, [place]) if place and number <= 200 else []
        listed.append(Shown(found, number, place, pieces[0] if pieces else None))
    return render(request, "problems.html", listed=listed)


def deliveries(request: Request) -> Response:
    """What each unit is to deliver, what is there since when, and what is missing."""
    about, meeting = context(request), meeting_of(request)
    report = status.of(about.workspace, meeting)
    units: dict[str, list[status.Delivery]] = {}
    for entry in report.deliveries:
        units.setdefault(entry.unit, []).append(entry)
    drafts = [name for name in outputs.read_record(report.folder) if name.startswith(f"{status.REMINDER} ")]
    return render(
        request,
        "deliveries.html",
        units=units,
        count=len(report.deliveries),
        lacking=sum(not entry.there for entry in report.deliveries),
        stopped=report.stopped,
        drafts=len(drafts),
        today=about.today(),
    )
