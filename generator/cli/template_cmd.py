"""``packet template``: every problem of every template, and one style sheet for all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.command import Group
from generator.cli.options import MEETING, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId


@click.group(cls=Group)
def template() -> None:
    """檢查 Word 範本，統一樣式。"""


@template.command()
@click.argument("meeting", type=MEETING, required=False)
@click.option("--names", is_flag=True, help="另列出每個範本用到的名稱。")
@as_json
@click.pass_obj
def check(given: Path | None, meeting: MeetingId | None, names: bool, as_json: bool) -> None:
    """列出全部範本的全部問題，並以會議（不寫則為最近一場）與範例資料試印。"""
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.setup import template_check as templates

    workspace = workspace_of(given, meeting)
    meetings = workspace.meetings()
    found = templates.check(workspace, meeting or (meetings[-1] if meetings else None))
    if as_json:
        listed = [{**reporting.problem_json(problem), "paragraph": problem.at.quote} for problem in found.problems]
        print_json({"meeting": str(found.meeting or ""), "problems": listed, "names": found.names})
    else:
        terminal.problems(found.problems)
        if names:
            terminal.names(found.names)
    terminal.ended(found)


@template.command()
@click.argument("source", metavar="範本")
@click.pass_obj
def style(given: Path | None, source: str) -> None:
    """以一個範本的樣式（字型、大小、行距）統一其他 Word 範本。"""
    import datetime as dt

    from generator.cli import terminal
    from generator.setup import template_style

    workspace = workspace_of(given, None)
    found = template_style.take_over(workspace, source, dt.datetime.now())
    terminal.result(found, workspace.root, "")
    terminal.ended(found)
