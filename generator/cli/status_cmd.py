"""``packet status``: what each unit delivered, and what is missing."""

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
@click.option("--remind", is_flag=True, help="為還沒交齊的單位各寫一封催辦信草稿。")
@as_json
@click.pass_obj
def status(given: Path | None, meeting: MeetingId, remind: bool, as_json: bool) -> None:
    """列出各單位的工作表、檔案與辦理情形：交了沒有、何時存檔、還缺什麼。"""
    from generator.basic import roc
    from generator.cli import terminal
    from generator.dispatch import status as deliveries

    workspace = workspace_of(given, meeting)
    report = deliveries.of(workspace, meeting)
    if report.stopped and not as_json:
        terminal.result(report, workspace.root, "有錯誤，無法列出。請改正後再執行一次。")
        terminal.ended(report)
    if remind and not report.stopped:
        deliveries.remind(workspace, meeting, report)
    if as_json:
        print_json(deliveries.as_json(report))
        terminal.ended(report)
    unit = ""
    for entry in report.deliveries:
        if entry.unit != unit:
            unit = entry.unit
            terminal.styled([[(unit, "bold")]])
        due = f"（期限 {roc.short_date(entry.due)}）" if entry.due else ""
        late = "red" if entry.due and entry.due < options.today() else "yellow"
        rows = f"　{entry.count} 列" if entry.there and entry.count is not None else ""
        since = f"{roc.short_date(entry.since.date())} {entry.since:%H:%M} {entry.at}{rows}" if entry.since else ""
        state = (f"已交　{since}", "green") if entry.there else (f"未交{due}", late)
        terminal.styled([[(f"  {entry.what}　", ""), state]])
    lacking = sum(not entry.there for entry in report.deliveries)
    terminal.styled([[(f"共 {len(report.deliveries)} 項，未交 {lacking} 項。", "bold")]])
    if remind:
        remarks = [*report.remarks, "程式不會寄出任何信件；請開啟後確認再寄。"]
        terminal.result(report, workspace.root, "有錯誤，沒有產生催辦信。請改正後再執行一次。", remarks)
    terminal.ended(report)
