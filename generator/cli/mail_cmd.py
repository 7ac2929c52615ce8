"""``packet mail``: drafts of the mails that go out."""

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
@click.option(
    "--kind",
    type=click.Choice(["會議資料", "會議紀錄草稿", "會議紀錄定稿"]),
    metavar="種類",
    help="會議資料、會議紀錄草稿或會議紀錄定稿；不寫則依紀錄狀態。",
)
@click.option("--attachments", is_flag=True, help="另備一個資料夾的公文附件：PDF 與 ODF、短檔名、大小上限，附清單。")
@as_json
@click.pass_obj
def mail(given: Path | None, meeting: MeetingId, kind: str | None, attachments: bool, as_json: bool) -> None:
    """產生信件草稿（.eml），附上文件，供開啟後自行寄出。"""
    from functools import partial

    from generator.cli import terminal
    from generator.dispatch.mail import story as mails

    workspace = workspace_of(given, meeting)
    with terminal.Progress() as progress:
        report = mails.write(workspace, meeting, kind or "", options.today(), progress.step)
        if attachments and report.mails:
            from generator.dispatch.mail import attachments as folders

            folder = folders.write(workspace, report)
            report.outcomes += folder.outcomes
            report.remarks += [f"公文附件未放入：{text}。" for text in folder.left_out]
    if as_json:
        print_json(mails.report_json(report))
    else:
        remarks = [*report.remarks, "程式不會寄出任何信件；請開啟後確認再寄。"]
        drafts = partial(terminal.mails, report.mails, report.limit)
        terminal.result(
            report, workspace.root, "有錯誤，沒有產生信件草稿。請改正後再執行一次。", remarks, details=drafts
        )
    terminal.ended(report)
