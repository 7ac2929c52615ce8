"""``packet supplement``: the pages to replace and to add after the papers went out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import options
from generator.cli.command import Command
from generator.cli.options import MEETING, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@as_json
@click.pass_obj
def supplement(given: Path | None, meeting: MeetingId, as_json: bool) -> None:
    """產生送出之後要抽換的頁與補充資料，其餘各頁的頁碼不變。"""
    from generator.cli import terminal
    from generator.dispatch.supplement import story

    workspace = workspace_of(given, meeting)
    with terminal.Progress() as progress:
        report = story.write(workspace, meeting, options.today(), progress.step)
    if as_json:
        print_json(story.as_json(report))
    else:

        def pages() -> None:
            terminal.styled([[(f"{report.old}之後", "bold")]])
            for numbers, document, told in story.rows(report.changed):
                terminal.styled([[(f"  第 {numbers} 頁", "green"), (f"　{told}　{document}", "")]])

        stopped = "有錯誤，沒有產生抽換頁。請改正後再執行一次。"
        terminal.result(report, workspace.root, stopped, details=pages)
    terminal.ended(report)
