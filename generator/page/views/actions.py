"""The buttons: commands as jobs, with progress and stop; files opened in Word and Excel; what if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from generator.basic.workspace import MAILS, MARKED, PUBLIC_EDITION
from generator.build import outputs
from generator.dispatch import review
from generator.dispatch.decisions import story as decisions
from generator.dispatch.replies import story as replies
from generator.dispatch.supplement import story as supplement
from generator.page import ids
from generator.page.hub import MOST_STREAMS
from generator.page.jobs import Busy, Job
from generator.page.views import figures
from generator.page.views.frame import Context, context, meeting_of, missing, render, state_of
from generator.setup.refresh import FOLDER

_LONGEST = 300
# What stands on the button, and the command; {reason} and {new} are what the page asked for.
_COMMANDS: Mapping[str, tuple[str, Sequence[str]]] = {
    "build": ("產生文件", ("build", "{meeting}", "--json")),
    "check": ("檢查並標示", ("check", "{meeting}", "--mark", "--json")),
    "release": ("凍結版本", ("release", "{meeting}", "--reason={reason}", "--json")),
    "mail": ("產生信件草稿", ("mail", "{meeting}", "--json")),
    "publish": ("產生公開的檔案", ("publish", "{meeting}", "--json")),
    "schedule": ("產生行事曆檔", ("schedule", "{meeting}", "--json")),
    "review": ("產生審閱本", ("build", "{meeting}", "--review", "--json")),
    "revisions": ("產生修正對照表", ("diff", "{meeting}", "--docx", "--json")),
    "supplement": ("產生抽換頁與補充資料", ("supplement", "{meeting}", "--json")),
    "replies": ("匯入修正意見", ("replies", "{meeting}", "--json")),
    "form": ("產生修正意見表", ("replies", "{meeting}", "--form")),
    "remind": ("產生催辦信", ("status", "{meeting}", "--remind", "--json")),
    "minutes": ("建立會後表單", ("new", "{meeting}", "--minutes")),
    "refresh": ("更新下拉清單", ("new", "{meeting}", "--refresh")),
    "new": ("建立會議", ("new", "--from={meeting}", "--", "{new}")),
}


async def _fields(request: Request) -> dict[str, str]:
    """What the page sent: short texts by name."""
    try:
        found = await request.json()
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(value)[:2000] for name, value in found.items() if isinstance(value, str | int)}


async def start(request: Request) -> Response:
    """Starts the command of a button."""
    meeting = meeting_of(request)
    if request.path_params["command"] not in _COMMANDS:
        raise missing("沒有這個動作。")
    name, command = _COMMANDS[request.path_params["command"]]
    return await _started(request, name, str(meeting), command)


async def first(request: Request) -> Response:
    """Makes a meeting that takes nothing over from another one."""
    return await _started(request, "建立會議", "", ("new", "--", "{new}"))


async def write_decisions(request: Request) -> Response:
    """Writes the decisions and promises of all meetings as documents and workbooks, whole and by unit."""
    return await _started(request, "產生決議追蹤", "", ("decisions", "--write", "--json"))


async def _started(request: Request, name: str, meeting: str, command: Sequence[str]) -> Response:
    fields = await _fields(request)
    given = {"meeting": meeting, "reason": "", "new": ""} | {
        key: " ".join(value.split())[:_LONGEST] for key, value in fields.items() if key in ("reason", "new")
    }
    jobs = context(request).jobs
    try:
        job = await run_in_threadpool(jobs.start, name, meeting, [part.format_map(given) for part in command])
    except Busy:
        return JSONResponse({"message": "另一件工作還在進行，請等它完成或先停止它。"}, 409)
    except OSError as failed:
        return JSONResponse({"message": outputs.unusable(failed)}, 500)
    return JSONResponse({"job": job.id})


def _job(request: Request) -> Job:
    found = context(request).jobs.get(request.path_params["job"])
    if found is None:
        raise missing("沒有這件工作。")
    return found


def job(request: Request) -> Response:
    """How far a job is, or what it did."""
    found = _job(request)
    result: Any = found.result
    return render(request, "job.html", shown=found, result=result if isinstance(result, dict) else {})


async def stop(request: Request) -> Response:
    """Stops a job."""
    context(request).jobs.stop(_job(request))
    return JSONResponse({})


async def suppose(request: Request) -> Response:
    """What would change if a cell held what was typed."""
    fields = await _fields(request)
    return await run_in_threadpool(figures.suppose, request, fields.get("typed", ""))


async def show(request: Request) -> Response:
    """Opens a folder, a workbook at a cell, or a document in its own program."""
    return await run_in_threadpool(_show, request)


def show_decisions(request: Request) -> Response:
    """Opens the folder of the decisions of all meetings."""
    about = context(request)
    return _opened(about, decisions.home(about.workspace))


def _show(request: Request) -> Response:
    about, meeting = context(request), meeting_of(request)
    kind, given, cell = (request.path_params[name] for name in ("kind", "id", "cell"))
    sheet = ""
    if kind == "folder":
        folders = {
            "inputs": about.workspace.inputs(meeting),
            "output": about.workspace.output(meeting),
            "review": review.folder(about.workspace, meeting),
            "mails": about.workspace.beside(meeting, MAILS),
            "public": about.workspace.beside(meeting, PUBLIC_EDITION),
            "refresh": about.workspace.beside(meeting, FOLDER),
            "check": about.workspace.beside(meeting, MARKED),
            "supplement": supplement.home(about.workspace, meeting),
            "replies": replies.home(about.workspace, meeting),
            "templates": about.workspace.templates,
        }
        path = folders.get(given)
        if given == "replies" and path is not None:
            # It is there for people to put files into.
            path.mkdir(parents=True, exist_ok=True)
    elif kind == "cell":
        found = next(
            (each for each in about.sheets.all(meeting) if ids.of(f"{each.workbook}〔{each.name}〕") == given), None
        )
        path = about.sheets.paths(meeting).get(found.workbook) if found else None
        sheet = found.name if found else ""
    elif kind == "book":
        paths = about.sheets.paths(meeting)
        path = next((paths[name] for name in paths if ids.of(name) == given), None)
    else:
        state = state_of(request)
        paper = state.paper(given) if state else None
        path = paper.files.get(kind) if paper else None
    return _opened(about, path, sheet, cell)


async def show_shared(request: Request) -> Response:
    """Opens what all meetings have: 機關.xlsx, or the folder 共用."""
    about = context(request)
    path = {"agency": about.workspace.agency_book, "shared": about.workspace.shared}.get(request.path_params["place"])
    return await run_in_threadpool(_opened, about, path)


def _opened(about: Context, path: Path | None, sheet: str = "", cell: str = "") -> Response:
    """The answer once a file or folder was opened, in Excel at a cell where there is one."""
    if path is None or not path.exists():
        return JSONResponse({"message": "還沒有這個檔案或資料夾。"}, 404)
    try:
        at_cell = about.show(path, sheet, cell if sheet else "")
    except OSError as failed:
        return JSONResponse({"message": f"無法開啟「{path.name}」（{failed.strerror}）。"}, 500)
    copied = f"'{sheet}'!{cell}" if sheet and not at_cell else ""
    message = f"已開啟 {path.name}"
    if copied:
        message += f"，儲存格 {copied} 已複製：在 Excel 按 F5 貼上即可跳到那一格"
    return JSONResponse({"message": f"{message}。", "copy": copied})


def events(request: Request) -> Response:
    """The stream of what happens."""
    hub = context(request).hub
    if hub.streams >= MOST_STREAMS:
        return JSONResponse({"message": "開啟的視窗太多。"}, 503)
    return StreamingResponse(hub.stream(), media_type="text/event-stream")
