"""Every decision of all meetings with what became of it, and every date that was promised: over the years."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from generator.dispatch.decisions import lives, story
from generator.dispatch.decisions import promises as promised
from generator.dispatch.decisions.lives import FORGOTTEN, STATES, Life
from generator.dispatch.decisions.promises import (
    DROPPED,
    LATE,
    OUTCOMES,
    OVERDUE,
    PENDING,
    WORST_FIRST,
    Mention,
    Promise,
)
from generator.meeting.model import units_of
from generator.meeting.sheets import RELEASED
from generator.page.views.frame import bases, context, render

_LONGEST_QUERY = 100
# A page of more is no list that anybody reads.
MOST = 200
_LOOKS = {OVERDUE: "urgent", DROPPED: "urgent", LATE: "soon", PENDING: "note"}


class Tracked(Struct, frozen=True):
    """A decision as it is shown: its state in words, and how urgent that is."""

    life: Life
    state: str
    urgency: str


class Promised(Struct, frozen=True):
    """A promise as it is shown: the versions in which its date was another than before."""

    promise: Promise
    urgency: str
    mentions: tuple[Mention, ...]


def decisions(request: Request) -> Response:
    """The decisions by word, unit and state: overdue ones first."""
    about = context(request)
    found, today, asked = about.archive.lives(), about.today(), _asked(request)
    asked["state"] = asked["state"] if asked["state"] in STATES else ""
    late = request.query_params.get("overdue") == "1"
    shown = lives.searched(found.lives, today, asked["q"].split(), asked["unit"], asked["state"], late)
    return render(
        request,
        "decisions.html",
        asked=asked,
        late=late,
        listed=[Tracked(life, story.state(life, today), _urgency(life, life.is_overdue(today))) for life in shown],
        counts={
            "逾期": sum(life.is_overdue(today) for life in found.lives),
            **{state: sum(life.state == state for life in found.lives) for state in STATES},
        },
        units=_units([life.unit for life in found.lives]),
        states=STATES,
        remarks=found.remarks,
        meetings=bases(request),
        most=MOST,
    )


def promises(request: Request) -> Response:
    """The promised dates by word, unit and outcome: those not kept first."""
    about, asked = context(request), _asked(request)
    asked["state"] = asked["state"] if asked["state"] in OUTCOMES else ""
    found = about.archive.promises(about.today())
    shown = promised.searched(found, asked["q"].split(), asked["unit"], asked["state"])
    return render(
        request,
        "promises.html",
        asked=asked,
        listed=[Promised(entry, _LOOKS.get(entry.outcome, "calm"), _turns(entry)) for entry in shown[:MOST]],
        count=len(shown),
        counts={outcome: sum(entry.outcome == outcome for entry in found) for outcome in WORST_FIRST},
        units=_units([entry.unit for entry in found]),
        states=OUTCOMES,
        remarks=about.archive.lives().remarks,
        meetings=bases(request),
        now=promised.NOW,
    )


def _asked(request: Request) -> dict[str, str]:
    """What was typed or chosen; short, and of the units only one that there is."""
    return {name: request.query_params.get(name, "").strip()[:_LONGEST_QUERY] for name in ("q", "unit", "state")}


def _units(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(unit for text in texts for unit in units_of(text)))


def _urgency(life: Life, late: bool) -> str:
    if late or life.state == FORGOTTEN:
        return "urgent"
    return "soon" if life.open else "calm" if life.state == RELEASED else "note"


def _turns(promise: Promise) -> tuple[Mention, ...]:
    found: list[Any] = []
    for mention in promise.mentions:
        if not found or found[-1].date != mention.date:
            found.append(mention)
    return tuple(found)
