"""Figures with value, cells and every place where they are printed; sheets and cells, and what if."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from generator.basic.failure import UserError
from generator.basic.workspace import MeetingId
from generator.dispatch import biography
from generator.page import ids, origins, what_if
from generator.page.sheets import PAGE_ROWS, Span, shown, span, whole
from generator.page.views.frame import bases, context, meeting_of, missing, render, state_of
from generator.workbook.raw import RawSheet


def figures(request: Request) -> Response:
    """Every figure by name with its present value and its cells."""
    state = state_of(request)
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for figure in state.figures if state else ():
        name = str(figure["name"])
        group = "附件" if name.startswith("附件(") else name.partition(".")[0]
        groups.setdefault(group, []).append(figure)
    return render(request, "figures.html", groups=groups, value_of=origins.value_of)


def figure(request: Request) -> Response:
    """One figure: its value, how it comes from its cells, those cells, and where it is printed."""
    about, meeting, state = context(request), meeting_of(request), state_of(request)
    found = _chosen(request)
    cells = [str(cell) for cell in found["cells"]]
    return render(
        request,
        "figure.html",
        figure=found,
        value=origins.value_of(found),
        formula=origins.formula(found, about.sheets, meeting),
        pieces=about.sheets.piece(meeting, cells),
        prints=list(origins.prints(state, figure=str(found["name"]))) if state else [],
    )


def _chosen(request: Request) -> Mapping[str, Any]:
    """The figure whose id is in the address."""
    state, given = state_of(request), request.path_params["figure"]
    found = next((each for each in (state.figures if state else ()) if ids.of(str(each["name"])) == given), None)
    if found is None:
        raise missing("沒有這個數字。")
    return found


def history(request: Request) -> Response:
    """The value of a figure in every meeting and release, with its cells."""
    name = str(_chosen(request)["name"])
    values, remarks = biography.of(context(request).workspace, name)
    about = {"values": values, "remarks": remarks, "meetings": bases(request), "now": biography.NOW}
    return render(request, "history.html", name=name, **about)


def sheets(request: Request) -> Response:
    """The workbooks of the meeting and their sheets."""
    about, meeting = context(request), meeting_of(request)
    books: dict[str, list[RawSheet]] = {}
    for sheet in about.sheets.all(meeting):
        books.setdefault(sheet.workbook, []).append(sheet)
    return render(request, "sheets.html", books=books)


def _sheet(request: Request) -> tuple[MeetingId, RawSheet]:
    meeting, given = meeting_of(request), request.path_params["sheet"]
    for sheet in context(request).sheets.all(meeting):
        if ids.of(f"{sheet.workbook}〔{sheet.name}〕") == given:
            return meeting, sheet
    raise missing("沒有這個工作表。")


def sheet(request: Request) -> Response:
    """A sheet as it stands; each cell leads to where it is printed."""
    _, found = _sheet(request)
    text = request.query_params.get("page", "0")
    page = min(int(text), len(found.cells) // PAGE_ROWS) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else 0
    return render(request, "sheet.html", sheet=found, piece=whole(found, page), page=page, rows=PAGE_ROWS)


def _cell(request: Request) -> tuple[MeetingId, RawSheet, Span]:
    meeting, found = _sheet(request)
    cell = span(f"{found.workbook}〔{found.name}〕{request.path_params['cell']}")
    if cell is None:
        raise missing("沒有這個儲存格。")
    return meeting, found, cell


def cell(request: Request) -> Response:
    """A cell (or range): what it holds, the figures and every sentence, table and slide that come from it, what if."""
    about, state = context(request), state_of(request)
    meeting, found, place = _cell(request)
    feeds = [
        figure
        for figure in (state.figures if state else ())
        if any((at := span(str(each))) is not None and at.meets(place) for each in figure["cells"])
    ]
    return render(
        request,
        "cell.html",
        sheet=found,
        cell=place,
        text=shown(found, place.top, place.left),
        single=place.rows == place.columns == 1,
        pieces=about.sheets.piece(meeting, [str(place)]),
        feeds=feeds,
        value_of=origins.value_of,
        prints=list(origins.prints(state, cell=place)) if state else [],
    )


def suppose(request: Request, typed: str) -> Response:
    """What would change if the cell held what was typed."""
    meeting, found, place = _cell(request)
    about = context(request)
    failure, supposed = "", None
    try:
        supposed = what_if.suppose(
            about.workspace, meeting, found.workbook, found.name, place.top, place.left, typed[: what_if.MOST_TYPED]
        )
    except UserError as failed:
        failure = str(failed)
    return render(
        request,
        "what_if.html",
        supposed=supposed,
        failure=failure,
        typed=typed,
        cell=place,
        before=shown(found, place.top, place.left),
    )
