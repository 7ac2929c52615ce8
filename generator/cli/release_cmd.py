"""``packet release``: freezes the documents that go out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.basic.failure import PROBLEMS
from generator.cli import options
from generator.cli.command import Command
from generator.cli.options import MEETING, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@click.option("--reason", default="", metavar="原因", help="期限已過而送出的原因，記在版本內。")
@as_json
@click.pass_obj
def release(given: Path | None, meeting: MeetingId, reason: str, as_json: bool) -> None:
    """凍結將要送出的文件為第1版、第2版……，連同活頁簿存放，不再更動。"""
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.dispatch import freezing

    workspace = workspace_of(given, meeting)
    with terminal.Progress() as progress:
        ready = freezing.prepare(workspace, meeting, options.today(), progress.step)
    problems = ready.build.examined.problems
    if not as_json:
        terminal.problems(problems)
    if ready.build.stopped:
        if as_json:
            print_json({"problems": reporting.problems_json(problems)})
        terminal.failure("有錯誤，沒有凍結版本。請改正後再執行一次。")
        sys.exit(PROBLEMS)
    if ready.same is None and ready.late and not reason.strip():
        reason = _reason(freezing.lateness(ready))
    with terminal.Progress() as progress:
        frozen = ready.same or freezing.freeze(ready, reason.strip(), progress.step)
    if as_json:
        print_json({"new": ready.same is None, "remarks": ready.remarks, **frozen.manifest})
    else:
        terminal.styled(freezing.summary_lines(frozen, ready))


def _reason(lateness: str) -> str:
    """Asks the user why something goes out after its deadline; a usage error where nobody can answer."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"{lateness}請以 --reason 說明原因，例如：--reason 補充附件。")
    click.echo(lateness, err=True)
    return str(click.prompt("原因", err=True)).strip()
