"""What all views share: what is behind them, how a meeting is named in an address, how a template is filled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from generator.basic import roc
from generator.basic.problem import ERROR, NOTE, SEVERITY_NAMES, WARNING, Problem
from generator.basic.workspace import MeetingId, Workspace
from generator.documents.document import INTERNAL, PARTICIPANTS, PUBLIC
from generator.page import ids
from generator.page.archive import Archive
from generator.page.facts import Reckoner
from generator.page.hub import Hub
from generator.page.jobs import Jobs
from generator.page.live import Desk, Paper, State
from generator.page.sheets import Sheets, Span, span

FRAGMENT = "x-fragment"
# Seconds that a page waits for a meeting that is read for the first time, before it says so instead.
_PATIENCE = 2.0


class Context(Struct, frozen=True, dict=True):
    """What the views look at. ``public``: only the public edition is shown. ``today`` and ``show`` are given by tests.

    ``show`` opens a file or folder in the office program, at a cell (sheet, name of the cell) where it can.
    """

    workspace: Workspace
    desk: Desk
    reckoner: Reckoner
    sheets: Sheets
    archive: Archive
    jobs: Jobs
    hub: Hub
    today: Callable[[], dt.date]
    show: Callable[[Path, str, str], bool]
    public: bool = False


def context(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


def missing(text: str = "沒有這一頁。") -> HTTPException:
    return HTTPException(404, text)


def meeting_of(request: Request) -> MeetingId:
    """The meeting in the address, if the workspace has it; nothing else becomes part of a path."""
    given = request.path_params["meeting"]
    found = next((meeting for meeting in context(request).workspace.meetings() if str(meeting) == given), None)
    if found is None:
        raise missing("沒有這場會議。")
    return found


def state_of(request: Request) -> State | None:
    """The state of the meeting in the address, watched from now on; None where it takes long to be read first."""
    return context(request).desk.live(meeting_of(request)).wait(_PATIENCE)


def paper_of(request: Request, state: State | None) -> Paper:
    """The document whose id is in the address."""
    found = state.paper(request.path_params["paper"]) if state else None
    if found is None:
        raise missing("沒有這份文件。")
    return found


def base(meeting: MeetingId) -> str:
    """What all addresses of a meeting begin with."""
    return f"/m/{quote(str(meeting), safe='')}"


def bases(request: Request) -> dict[str, str]:
    """What the addresses of each meeting begin with, by its id."""
    return {str(meeting): base(meeting) for meeting in context(request).workspace.meetings()}


def render(request: Request, template: str, **names: Any) -> Response:
    """The page; only its main part where a script of ours asks for that."""
    about = context(request)
    bare = request.headers.get(FRAGMENT) == "1"
    frame: dict[str, Any] = {
        "layout": "bare.html" if bare else "base.html",
        "path": request.url.path,
        "public": about.public,
        "job": about.jobs.current,
        "meeting": None,
        "base": "",
        "state": None,
        "counts": {},
    }
    known = [str(meeting) for meeting in about.workspace.meetings()]
    # Not so where the page says that there is no such meeting.
    if request.path_params.get("meeting") in known:
        meeting = meeting_of(request)
        state = None if about.public else about.desk.live(meeting).state
        frame |= {"meeting": meeting, "base": base(meeting), "state": state}
        frame["counts"] = counts(state.problems) if state else {}
    return HTMLResponse(_environment().get_template(template).render({**frame, **names}))


def counts(problems: tuple[Problem, ...]) -> dict[str, int]:
    """How many problems there are of each kind."""
    return {kind: sum(found.severity == kind for found in problems) for kind in (ERROR, WARNING, NOTE)}


def cell_link(meeting_base: str, place: str) -> str:
    """The address of the view of a cell or range; empty for a place that is none."""
    found = span(place)
    return f"{meeting_base}/cells/{sheet_id(found)}/{found.cell}" if found else ""


def sheet_id(found: Span) -> str:
    return ids.of(f"{found.workbook}〔{found.sheet}〕")


_AUDIENCES = {PUBLIC: "public", PARTICIPANTS: "participants", INTERNAL: "internal"}
_environments: list[jinja2.Environment] = []


def _environment() -> jinja2.Environment:
    if not _environments:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parents[1] / "templates", encoding="utf-8"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {
            "size": size,
            "severity": lambda kind: SEVERITY_NAMES[kind],
            "audience": lambda text: _AUDIENCES.get(text, "internal"),
            "id": ids.of,
            "short_date": roc.short_date,
            "long_date": roc.long_date,
            "outcome": lambda how: _OUTCOMES.get(how, how),
        }
        environment.globals |= {"cell_link": cell_link, "figure_link": figure_link}
        _environments.append(environment)
    return _environments[0]


def figure_link(meeting_base: str, name: str) -> str:
    return f"{meeting_base}/figures/{ids.of(name)}"


def size(count: int) -> str:
    """How large a file is, for people."""
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{max(count / 1000, 0.1):.1f} KB"


_OUTCOMES: Mapping[str, str] = {
    "new": "新增",
    "changed": "更新",
    "same": "不變",
    "restored": "補回",
    "kept": "更新，手改的舊檔已另存",
    "locked": "未更新，檔案正在使用中",
    "occupied": "未更新，有同名的資料夾",
    "left": "已不需要，因為手改過而改名保留",
    "gone": "移除（已不需要）",
    "outdated": "移除（內容已過時）",
}
