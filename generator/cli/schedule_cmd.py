"""``packet schedule``: the deadlines of a meeting, and its calendar file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.basic.failure import DONE, FAILED, PROBLEMS
from generator.cli.command import Command
from generator.cli.options import MEETING, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@as_json
@click.pass_obj
def schedule(given: Path | None, meeting: MeetingId, as_json: bool) -> None:
    """列出會前會後各期限與依據，並寫成行事曆檔 期限.ics。"""
    from generator.basic.problem import has_errors, in_order
    from generator.build import examine, outputs, story
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.meeting import schedule as deadlines

    workspace = workspace_of(given, meeting)
    examined = examine.examine(workspace, meeting)
    found, problems, outcomes = deadlines.Schedule(), list(examined.problems), list[outputs.Outcome]()
    if examined.meeting is not None:
        problems = deadlines.concerning(examined.meeting, problems)
        if not problems:
            found = deadlines.of(examined.meeting)
            problems = in_order(found.problems)
    stopped = has_errors(problems)
    folder = workspace.output(meeting)
    if examined.meeting is not None and not stopped:
        outcomes = story.write_deadlines(folder, examined.meeting, found)
    if as_json:
        listed = [deadlines.as_json(deadline) for deadline in found.deadlines]
        written = [reporting.outcome_json(outcome) for outcome in outcomes]
        print_json({"deadlines": listed, "problems": reporting.problems_json(problems), "outcomes": written})
    else:
        if examined.meeting is not None and found.deadlines:
            terminal.deadlines(examined.meeting.name, found.deadlines)
        if stopped:
            terminal.problems(problems)
            terminal.failure("有錯誤，沒有產生行事曆檔。請改正後再執行一次。")
        else:
            terminal.summary(folder.relative_to(workspace.root).as_posix(), outcomes, [])
    locked = any(outcome.how == outputs.LOCKED for outcome in outcomes)
    sys.exit(PROBLEMS if stopped else FAILED if locked else DONE)
