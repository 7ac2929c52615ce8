"""``packet year``: what a year came to."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli import options
from generator.cli.command import Command
from generator.cli.options import as_json, print_json, workspace_of


@click.command(cls=Command)
@click.argument("year", type=click.IntRange(1, 999), metavar="民國年")
@click.option("--percent", is_flag=True, help="委員出席表加列親自出席率。")
@as_json
@click.pass_obj
def year(given: Path | None, year: int, percent: bool, as_json: bool) -> None:
    """彙整一年的會議次數、委員出席、任期、性別與民間代表比例、期限，寫成 Word 與 Excel。"""
    from generator.cli import terminal
    from generator.dispatch import year as years

    workspace = workspace_of(given, None)
    found = years.of(workspace, year, options.today(), percent)
    years.write(workspace, found)
    if as_json:
        tables = {
            group.name: [dict(zip(group.headings, row, strict=True)) for row in group.rows] for group in found.groups
        }
        print_json({"year": year, "lines": found.lines, "tables": tables, "remarks": found.remarks})
    else:
        terminal.styled([[(line, "bold")] for line in found.lines])
        for group in found.groups:
            terminal.styled(
                [
                    [(group.name, "bold"), ("　" + "／".join(group.headings), "dim")],
                    *([("  " + "　".join(row), "")] for row in group.rows),
                ]
            )
        terminal.result(found, workspace.root, "沒有寫出任何檔案。請改正後再執行一次。")
    terminal.ended(found)
