"""``packet replies``: what members send back on the draft minutes."""

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
@click.argument("folder", type=click.Path(path_type=Path), required=False, metavar="[資料夾]")
@click.option("--form", is_flag=True, help="另存一份給委員填的修正意見表，與信件放在一起。")
@as_json
@click.pass_obj
def replies(given: Path | None, meeting: MeetingId, folder: Path | None, form: bool, as_json: bool) -> None:
    """將委員對紀錄草稿的回復（Word、PDF、信件、表格）匯入修正意見.xlsx。

    不寫資料夾時，讀 output 內「會議 回復」（例如 113-1 回復）裡的檔案。
    """
    from generator.build import outputs
    from generator.cli import terminal
    from generator.dispatch.replies import story

    workspace = workspace_of(given, meeting)
    if form:
        outcomes = story.form(workspace, meeting)
        terminal.summary(f"output/{meeting} 信件", outcomes, [])
        if folder is None:
            sys.exit(FAILED if outputs.unwritten(outcomes) else DONE)
    folder = folder or story.home(workspace, meeting)
    with terminal.Progress() as progress:
        report = story.take_in(workspace, meeting, folder, progress.step)
    if as_json:
        print_json(story.as_json(report))
    elif report.stopped:
        terminal.problems(report.problems)
        terminal.failure("有錯誤，沒有匯入任何意見。請改正後再執行一次。")
    else:
        terminal.styled(story.lines(report, meeting))
    sys.exit(PROBLEMS if report.stopped else DONE)
