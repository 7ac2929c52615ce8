"""``packet check``: every problem of the workbooks."""

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

MARKED = ["這是標示用的副本，請改正 inputs/ 內的原檔。"]


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@click.option("--mark", is_flag=True, help="另存一份標示問題的活頁簿到 output/，原檔不動。")
@as_json
@click.pass_obj
def check(given: Path | None, meeting: MeetingId, mark: bool, as_json: bool) -> None:
    """檢查活頁簿，列出全部問題，不產生文件。"""
    from generator.basic.problem import has_errors
    from generator.build import examine
    from generator.build import report as reporting
    from generator.cli import terminal

    workspace = workspace_of(given, meeting)
    problems = examine.examine_all(workspace, meeting).problems
    if mark:
        from generator.build import marked_copies

        folder, outcomes = marked_copies.write(workspace, meeting, problems)
    if as_json:
        print_json({"problems": reporting.problems_json(problems)})
    else:
        terminal.problems(problems)
        if mark and (outcomes or problems):
            remarks = [*(MARKED if outcomes else ()), *marked_copies.unmarked(problems, outcomes)]
            terminal.summary(folder.relative_to(workspace.root).as_posix(), outcomes, remarks)
    sys.exit(PROBLEMS if has_errors(problems) else DONE)
