"""``packet catalogue``: the open-data platform's catalogue against the meeting's lists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.basic.failure import PROBLEMS
from generator.cli.command import Command
from generator.cli.options import MEETING, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@click.option("--sample", is_flag=True, help="由目錄抽出要檢查的資料集，寫成抽查清單.xlsx。")
@as_json
@click.pass_obj
def catalogue(given: Path | None, meeting: MeetingId, sample: bool, as_json: bool) -> None:
    """以 inputs/共用 內的平臺資料集目錄核對預定開放、品質檢測與下載統計。"""
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.dispatch import catalogue as platform

    workspace = workspace_of(given, meeting)
    report = platform.look(workspace, meeting, sample)
    if isinstance(report, list):
        terminal.problems(report)
        terminal.failure("有錯誤，沒有核對。請改正後再執行一次。")
        sys.exit(PROBLEMS)
    counts = {unit: len(entries) for unit, entries in report.by_unit.items()}
    if as_json:
        drawn = [{"id": entry.identifier, "name": entry.name, "unit": entry.unit} for entry in report.drawn]
        about = {"file": report.catalogue.file, "rows": report.catalogue.whole, "units": counts, "sample": drawn}
        print_json({**about, "problems": reporting.problems_json(list(report.problems))})
        terminal.ended(report)

    def details() -> None:
        whole = f"{report.catalogue.file}：{report.catalogue.whole:,} 項，其中本機關 {sum(counts.values()):,} 項"
        terminal.styled([[(whole, "bold")], *([(f"  {unit}　{count:,} 項", "")] for unit, count in counts.items())])
        if report.drawn:
            terminal.styled([[(f"抽查 {len(report.drawn)} 項", "green")]])

    if report.outcomes:
        terminal.result(report, workspace.root, "", details=details)
    else:
        terminal.problems(report.problems)
        details()
    terminal.ended(report)
