"""``packet schedule``: the deadlines of a meeting, and its calendar file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

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
    from generator.basic.problem import in_order
    from generator.build import examine, writing
    from generator.build import report as reporting
    from generator.build.result import Result
    from generator.cli import terminal
    from generator.meeting import schedule as deadlines

    workspace = workspace_of(given, meeting)
    examined = examine.examine_all(workspace, meeting)
    found, result = deadlines.Schedule(), Result(workspace.output(meeting), examined.problems)
    if examined.meeting is not None:
        result.problems = deadlines.concerning(examined.meeting, examined.problems)
        if not result.problems:
            found = deadlines.of(examined.meeting)
            result.problems = in_order(found.problems)
        if not result.stopped:
            result.outcomes = writing.write_deadlines(result.folder, examined.meeting, found)
    if as_json:
        listed = [deadlines.as_json(deadline) for deadline in found.deadlines]
        written = [reporting.outcome_json(outcome) for outcome in result.outcomes]
        problems = reporting.problems_json(result.problems)
        print_json({"deadlines": listed, "problems": problems, "outcomes": written})
    else:
        if examined.meeting is not None and found.deadlines:
            terminal.deadlines(examined.meeting.name, found.deadlines)
        if result.stopped:
            terminal.problems(result.problems)
            terminal.failure("有錯誤，沒有產生行事曆檔。請改正後再執行一次。")
        else:
            none = "機關.xlsx〔規則〕沒有填任何期限（會議資料會前工作日、紀錄草稿工作日……），沒有期限可列。"
            remarks = [] if found.deadlines else [none]
            terminal.summary(result.folder.relative_to(workspace.root).as_posix(), result.outcomes, remarks)
    terminal.ended(result)
