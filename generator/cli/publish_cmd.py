"""``packet publish``: the public edition."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from generator.cli import options
from generator.cli.command import Command
from generator.cli.options import MEETING, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId, Workspace


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@click.option("--roster", is_flag=True, help="只產生要公開的委員名單（不含聯絡方式），並列出與前次公開的異動。")
@as_json
@click.pass_obj
def publish(given: Path | None, meeting: MeetingId, roster: bool, as_json: bool) -> None:
    """產生可上架公開的資料夾與 zip，並檢查有無個人資料。"""
    from generator.cli import terminal
    from generator.dispatch.publish import story

    workspace = workspace_of(given, meeting)
    if roster:
        _roster(workspace, meeting, as_json)
    with terminal.Progress() as progress:
        done = story.publish(workspace, meeting, progress.step)
    if as_json:
        print_json(story.as_json(done))
    else:
        remarks = [*(f"未公開：{text}" for text in done.left_out), *done.remarks]
        terminal.result(done, workspace.root, "有錯誤，沒有公開任何檔案。請改正後再執行一次。", remarks)
    terminal.ended(done, after_failures="沒有公開任何檔案。")


def _roster(workspace: Workspace, meeting: MeetingId, as_json: bool) -> NoReturn:
    """Publishes the roster alone, and ends the program."""
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.dispatch.publish import roster

    with terminal.Progress() as progress:
        done = roster.publish(workspace, meeting, options.today(), progress.step)
    if as_json:
        written = [reporting.outcome_json(outcome) for outcome in done.outcomes]
        about = {"before": done.before, "changes": done.changes, "outcomes": written, "remarks": done.remarks}
        print_json({**about, "problems": reporting.problems_json(list(done.problems))})
    else:
        changes = [f"較{done.before}公布者異動：{text}" for text in done.changes]
        terminal.result(done, workspace.root, "有錯誤，沒有產生名單。請改正後再執行一次。", [*changes, *done.remarks])
    terminal.ended(done)
