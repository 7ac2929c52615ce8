"""``packet build``: the documents of one meeting, or of all."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from generator.basic.failure import DONE, FAILED
from generator.basic.formats import NAMES, USUAL
from generator.cli import options
from generator.cli.command import Command
from generator.cli.options import MEETING, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId, Workspace
    from generator.build.report import Report


@click.command(cls=Command)
@click.argument("meeting", type=MEETING, required=False)
@click.option("--all", "everything", is_flag=True, help="產生 inputs/ 內的每一場會議。")
@click.option("--only", multiple=True, metavar="名稱", help="只產生名稱含此文字的文件，可重複。")
@click.option(
    "--format",
    "formats",
    default=",".join(USUAL),
    show_default=True,
    metavar="格式",
    help=f"{'、'.join(NAMES)}，以逗號分隔。",
)
@click.option("--review", is_flag=True, help="只產生審閱本：每個數字都有註解的 Word 檔與簡報，只供內部核對。")
@as_json
@click.pass_obj
def build(
    given: Path | None,
    meeting: MeetingId | None,
    everything: bool,
    only: tuple[str, ...],
    formats: str,
    review: bool,
    as_json: bool,
) -> None:
    """產生一場會議的全部文件。"""
    from generator.build import unchanged

    if review and (everything or only or formats != ",".join(USUAL)):
        raise click.UsageError("--review 是一場會議的全部 Word 檔與簡報，不與 --all、--only、--format 同時使用。")
    if everything == (meeting is not None) or (everything and only):
        raise click.UsageError("請寫一場會議的編號，或以 --all 產生全部會議；--all 不與 --only 同時使用。")
    chosen = tuple(dict.fromkeys(part.strip().lower() for part in formats.split(",") if part.strip()))
    if not chosen or not set(chosen) <= set(NAMES):
        raise click.BadParameter(f"「{formats}」不是可用的格式。可用：{'、'.join(NAMES)}。", param_hint="--format")
    workspace = workspace_of(given, meeting)
    if meeting is None:
        _build_all(workspace, chosen, as_json)
    if review:
        _review(workspace, meeting, as_json)
    with closing(unchanged.ahead(workspace, meeting, only, chosen)) as office:
        # LibreOffice starts while this loads.
        from generator.build import report as reporting
        from generator.build import story
        from generator.cli import terminal

        with terminal.Progress() as progress:
            report = story.build(workspace, meeting, only, chosen, progress.step, office)
    if as_json:
        print_json(reporting.report_json(report))
    else:
        _print_report(workspace, meeting, report)
    terminal.ended(report)


def _review(workspace: Workspace, meeting: MeetingId, as_json: bool) -> NoReturn:
    """Writes the review copies and ends the program."""
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.dispatch import review

    with terminal.Progress() as progress:
        result = review.write(workspace, meeting, progress.step)
    if as_json:
        print_json(reporting.result_json(result))
    else:
        terminal.result(result, workspace.root, "有錯誤，沒有產生審閱本。請改正後再執行一次。")
    terminal.ended(result)


def _build_all(workspace: Workspace, formats: tuple[str, ...], as_json: bool) -> NoReturn:
    """Builds every meeting, prints the result of each, and ends the program."""
    from generator.build import many
    from generator.build import report as reporting
    from generator.cli import terminal

    codes, listed = {DONE}, []
    # Left by Ctrl-C as well: no worker goes on.
    with closing(many.build_all(workspace, formats)) as outcomes:
        for outcome in outcomes:
            report, name = outcome.report, str(outcome.meeting)
            if as_json:
                listed.append(
                    {"id": name, **(reporting.report_json(report) if report else {"failures": [outcome.failure]})}
                )
            else:
                terminal.meeting(name)
                if report is not None:
                    _print_report(workspace, outcome.meeting, report)
            for text in report.failures if report else [outcome.failure]:
                terminal.failure(f"{name}：{text}")
            codes.add(report.exit_code if report else FAILED)
    if as_json:
        print_json(listed)
    sys.exit(max(codes))


def _print_report(workspace: Workspace, meeting: MeetingId, report: Report) -> None:
    from generator.cli import terminal
    from generator.dispatch import releases
    from generator.meeting import schedule as deadlines

    reminder = "" if report.stopped else releases.reminder(workspace, meeting, report)
    remarks = [*report.remarks, *([reminder] if reminder else [])]
    terminal.result(report, workspace.root, "有錯誤，沒有產生任何文件。請改正後再執行一次。", remarks)
    if not report.stopped:
        terminal.next_deadline(deadlines.coming(report.deadlines, options.today()), bool(report.deadlines))
