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
    from generator.basic.workspace import MeetingId


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@as_json
@click.pass_obj
def figures(given: Path | None, meeting: MeetingId, as_json: bool) -> None:
    """列出說明與範本可用的名稱、現值與來源儲存格。"""
    from generator.basic.problem import has_errors
    from generator.build import examine
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.meeting.figures import shown

    examined = examine.examine(workspace_of(given, meeting), meeting)
    known, problems = examined.figures, examined.problems
    if as_json:
        listed = [reporting.figure_json(figure) for figure in known.values()]
        print_json({"figures": listed, "problems": reporting.problems_json(problems)})
    elif examined.meeting is None:
        terminal.problems(problems)
    else:
        terminal.figures(known.values(), {name: shown(figure.value) for name, figure in known.items()})
    sys.exit(PROBLEMS if has_errors(problems) else DONE)
