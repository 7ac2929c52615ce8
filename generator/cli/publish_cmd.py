"""``packet publish``: the public edition."""

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
def publish(given: Path | None, meeting: MeetingId, as_json: bool) -> None:
    """產生可上架公開的資料夾與 zip，並檢查有無個人資料。"""
    from generator.cli import terminal
    from generator.dispatch.publish import story

    workspace = workspace_of(given, meeting)
    with terminal.Progress() as progress:
        done = story.publish(workspace, meeting, progress.step)
    if as_json:
        print_json(story.as_json(done))
    else:
        remarks = [*(f"未公開：{text}" for text in done.left_out), *done.remarks]
        terminal.result(done, workspace.root, "有錯誤，沒有公開任何檔案。請改正後再執行一次。", remarks)
    terminal.ended(done, after_failures="沒有公開任何檔案。")
