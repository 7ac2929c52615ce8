"""The checks of this computer and of the templates."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from generator.page.views.frame import context, render
from generator.setup import doctor as machine
from generator.setup import template_check


def doctor(request: Request) -> Response:
    """What this computer lacks, with what it costs and how to mend it."""
    root = context(request).workspace.root
    findings = machine.examine(root, root, "utf-8")
    return render(request, "doctor.html", findings=findings, ready=machine.ready(findings))


def templates(request: Request) -> Response:
    """Every problem of every template, with the last meeting and with made-up data."""
    about = context(request)
    meetings = about.workspace.meetings()
    found = template_check.check(about.workspace, meetings[-1] if meetings else None)
    return render(request, "template_check.html", found=found)
