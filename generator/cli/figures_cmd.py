"""``packet figures``: the names that prose and templates can use."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.basic.failure import DONE, PROBLEMS
from generator.cli.command import Command
from generator.cli.options import MEETING, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId, Workspace


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@click.argument("name", required=False, default="", metavar="[名稱]")
@click.option("--history", is_flag=True, help="列出這個名稱在各次會議、各版的值與儲存格。")
@as_json
@click.pass_obj
def figures(given: Path | None, meeting: MeetingId, name: str, history: bool, as_json: bool) -> None:
    """列出說明與範本可用的名稱、現值與來源儲存格。"""
    if history:
        if not name:
            raise click.UsageError(f"請寫出名稱，例如：packet figures {meeting} 預定開放.已上架數 --history。")
        _history(workspace_of(given, meeting), name, as_json)
        return
    from generator.basic.problem import has_errors, nearest
    from generator.build import examine
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.meeting.figures import shown

    examined = examine.examine_all(workspace_of(given, meeting), meeting)
    known, problems = examined.figures, examined.problems
    if as_json:
        listed = [reporting.figure_json(figure) for figure in known.values() if name in ("", figure.name)]
        print_json({"figures": listed, "problems": reporting.problems_json(problems)})
    elif examined.meeting is None:
        terminal.problems(problems)
    else:
        if name:
            near = nearest(name, known)
            if name not in known:
                raise click.UsageError(f"沒有「{name}」這個名稱。{f'是否為「{near}」？' if near else ''}")
            known = {name: known[name]}
        terminal.figures(known.values(), {name: shown(figure.value) for name, figure in known.items()})
    sys.exit(PROBLEMS if has_errors(problems) else DONE)


def _history(workspace: Workspace, name: str, as_json: bool) -> None:
    """Prints the value of a figure in each release and meeting."""
    from generator.cli import terminal
    from generator.dispatch import biography

    found, remarks = biography.of(workspace, name)
    if as_json:
        values = [
            {
                "meeting": entry.meeting,
                "version": entry.version,
                "day": entry.day,
                "value": entry.value,
                "cells": entry.cells,
            }
            for entry in found
        ]
        print_json({"name": name, "values": values, "remarks": remarks})
        return
    last = ""
    for entry in found:
        changed = "green" if last and entry.value != last else ""
        last = entry.value
        place = f"　{'、'.join(entry.cells)}" if entry.cells else ""
        terminal.styled([[(f"{entry.meeting} {entry.version}", "bold"), (f"　{entry.value}", changed), (place, "dim")]])
    terminal.styled([[(text, "yellow")] for text in remarks])
