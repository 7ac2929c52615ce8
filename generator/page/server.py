"""The server of the page: on 127.0.0.1 only, on a free port, until nobody looks at it any more or Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import mimetypes
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import uvicorn
from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from generator.basic.failure import UserError
from generator.basic.workspace import MeetingId, Workspace
from generator.page import opening
from generator.page.archive import Archive
from generator.page.facts import Reckoner
from generator.page.guard import Guard
from generator.page.hub import Hub
from generator.page.jobs import Jobs, program
from generator.page.live import Desk
from generator.page.sheets import Sheets
from generator.page.views import (
    actions,
    decisions,
    documents,
    figures,
    frame,
    meetings,
    outgoing,
    replies,
    tools,
    versions,
)
from generator.page.views.frame import Context, render

# Seconds without a request and without an open window, after which the server ends.
IDLE = 3600.0
_LOOK = 0.05
_MOST_AT_ONCE = 64
# The registry of Windows may call a script something that no browser runs.
for _ending, _type in ((".js", "text/javascript"), (".css", "text/css"), (".svg", "image/svg+xml")):
    mimetypes.add_type(_type, _ending)


class PortTaken(UserError):
    """The port that was asked for cannot be had; the text says so."""


class Running(Struct, dict=True):
    """A server that is ready to run: its address with the one-time link, and the program behind it."""

    server: uvicorn.Server
    listener: socket.socket
    link: str
    context: Context

    def run(self) -> None:
        """Serves until it is asked to end; raises KeyboardInterrupt after Ctrl-C."""
        self.server.run([self.listener])


def prepare(
    workspace: Workspace,
    *,
    port: int = 0,
    public: bool = False,
    today: Callable[[], dt.date] = dt.date.today,
    show: Callable[[Path, str, str], bool] = opening.show,
    command: Sequence[str] | None = None,
    unexpected: Callable[[Exception], str] = str,
    idle: float = IDLE,
    first: MeetingId | None = None,
) -> Running:
    """A server for a workspace. ``port`` 0 takes any that is free. ``command`` is how ``packet`` is started.

    ``first`` is the meeting at which the link leads; without one it is the list.

    ``unexpected`` keeps the trace of an error that nobody foresaw and says where. Raises PortTaken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind(("127.0.0.1", port))
        # From now on a browser waits for its answer; without this one that is quick would be turned away.
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortTaken(f"埠號 {port} 不能使用（{error.strerror}）。請改用別的埠號，或不寫 --port。") from None
    port = listener.getsockname()[1]
    hub = Hub()
    desk = Desk(workspace, lambda state, meeting: hub.tell("turn", meeting=str(meeting), turn=state.turn), unexpected)
    jobs = Jobs(
        workspace,
        command or program(),
        lambda job: hub.tell("job", id=job.id, running=job.running, meeting=job.meeting),
    )
    kept = (Reckoner(workspace), Sheets(workspace), Archive(workspace))
    context = Context(workspace, desk, *kept, jobs, hub, today, show, public)
    seen = [time.monotonic()]

    def looked_at() -> None:
        seen[0] = time.monotonic()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        hub.begin()
        watching = asyncio.create_task(_watch(server, hub, jobs, seen, idle))
        yield
        watching.cancel()
        await asyncio.to_thread(desk.end)
        await asyncio.to_thread(jobs.end)

    app = Starlette(
        routes=_public_routes() if public else _routes(),
        lifespan=lifespan,
        exception_handlers={HTTPException: _refused, Exception: _failed(unexpected)},
    )
    app.state.context = context
    # What goes wrong is told on the page, and never as a trace on the terminal.
    logging.getLogger("uvicorn").propagate = False
    logging.getLogger("uvicorn").addHandler(logging.NullHandler())
    guard = Guard(app, port, looked_at, frame.base(first) if first and not public else "/")
    config = uvicorn.Config(
        _with_lifespan(app, guard),
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        ws="none",
        limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=32_000,
    )
    server = uvicorn.Server(config)
    return Running(server, listener, f"http://127.0.0.1:{port}{guard.link}", context)


def _with_lifespan(app: Starlette, guard: Guard) -> Any:
    """Requests go through the guard, begin and end of the server straight to the application."""

    async def outermost(scope: Any, receive: Any, send: Any) -> None:
        await (app if scope["type"] == "lifespan" else guard)(scope, receive, send)

    return outermost


async def _watch(server: Any, hub: Hub, jobs: Jobs, seen: list[float], idle: float) -> None:
    """Ends the server once nobody has looked at it for so long, and the streams when it ends: it waits for them."""
    while not server.should_exit:
        await asyncio.sleep(_LOOK)
        if hub.streams or jobs.current is not None:
            seen[0] = time.monotonic()
        elif time.monotonic() - seen[0] > idle:
            server.should_exit = True
    hub.end()


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    found = render(request, "message.html", title="找不到", text=error.detail) if error.status_code == 404 else None
    if found is None:
        return Response(error.detail, error.status_code, media_type="text/plain; charset=utf-8")
    found.status_code = error.status_code
    return found


def _failed(unexpected: Callable[[Exception], str]) -> Callable[[Request, Exception], Response]:
    def failed(request: Request, error: Exception) -> Response:
        text = str(error) if isinstance(error, UserError) else unexpected(error)
        return Response(text, 500, media_type="text/plain; charset=utf-8")

    return failed


def _static() -> Mount:
    return Mount("/static", StaticFiles(directory=Path(__file__).with_name("static")), name="static")


def _routes() -> list[Route | Mount]:
    meeting_address = "/m/{meeting}"
    release = f"{meeting_address}/versions/{{number:int}}"
    return [
        Route("/", meetings.meetings),
        Route("/events", actions.events),
        Route("/tools/doctor", tools.doctor),
        Route("/tools/templates", tools.templates),
        Route("/new", actions.first, methods=["POST"]),
        Route("/decisions", decisions.decisions),
        Route("/decisions/write", actions.write_decisions, methods=["POST"]),
        Route("/decisions/folder", actions.show_decisions, methods=["POST"]),
        Route("/promises", decisions.promises),
        Route("/show/{place}", actions.show_shared, methods=["POST"]),
        Route("/jobs/{job}", actions.job),
        Route("/jobs/{job}/stop", actions.stop, methods=["POST"]),
        Route(meeting_address, meetings.overview),
        Route(f"{meeting_address}/problems", meetings.problems),
        Route(f"{meeting_address}/deliveries", meetings.deliveries),
        Route(f"{meeting_address}/documents", documents.documents),
        Route(f"{meeting_address}/documents/{{paper}}", documents.documents),
        Route(f"{meeting_address}/pages/{{paper}}/{{number:int}}/{{version}}.png", documents.picture),
        Route(f"{meeting_address}/thumbs/{{paper}}/{{number:int}}/{{version}}.png", documents.thumbnail),
        Route(f"{meeting_address}/files/{{paper}}/{{ending}}", documents.file),
        Route(f"{meeting_address}/packets/{{file}}", documents.packet),
        Route(f"{meeting_address}/figures", figures.figures),
        Route(f"{meeting_address}/figures/{{figure}}", figures.figure),
        Route(f"{meeting_address}/figures/{{figure}}/history", figures.history),
        Route(f"{meeting_address}/sheets", figures.sheets),
        Route(f"{meeting_address}/sheets/{{sheet}}", figures.sheet),
        Route(f"{meeting_address}/cells/{{sheet}}/{{cell}}", figures.cell),
        Route(f"{meeting_address}/cells/{{sheet}}/{{cell}}/suppose", actions.suppose, methods=["POST"]),
        Route(f"{meeting_address}/versions", versions.all_versions),
        Route(release, versions.changes),
        Route(f"{release}/packet.pdf", versions.packet),
        Route(f"{release}/{{paper}}", versions.side_by_side),
        Route(f"{release}/{{paper}}/{{side}}/{{page:int}}.png", versions.picture),
        Route(f"{meeting_address}/supplement/{{file}}", versions.supplement),
        Route(f"{meeting_address}/replies", replies.replies),
        Route(f"{meeting_address}/mails", outgoing.mails),
        Route(f"{meeting_address}/mails/{{file}}", outgoing.mail),
        *_public_edition(),
        Route(f"{meeting_address}/do/{{command}}", actions.start, methods=["POST"]),
        Route(f"{meeting_address}/show/{{kind}}/{{id}}/{{cell}}", actions.show, methods=["POST"]),
        _static(),
    ]


def _public_routes() -> list[Route | Mount]:
    """With --public: the public editions, and nothing that could be done."""
    return [Route("/", meetings.public_meetings), Route("/events", actions.events), *_public_edition(), _static()]


def _public_edition() -> list[Route]:
    public_address = "/m/{meeting}/public"
    return [
        Route(public_address, outgoing.public),
        Route(f"{public_address}/{{file}}", outgoing.public_pages),
        Route(f"{public_address}/{{file}}/file", outgoing.public_file),
        Route(f"{public_address}/{{file}}/{{number:int}}.png", outgoing.public_picture),
    ]
