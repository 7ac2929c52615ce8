"""``packet init``: a new workspace."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.cli.command import Command
from generator.meeting.sheets import ANY_BODY, DATA_GROUP

KINDS = (DATA_GROUP, ANY_BODY)


@click.command(cls=Command)
@click.argument("folder", metavar="資料夾", type=click.Path(path_type=Path, file_okay=False))
@click.option("--kind", type=click.Choice(KINDS), help="哪一種會議；沒有寫時會詢問。")
def init(folder: Path, kind: str | None) -> None:
    """建立新的工作區：空白的機關資料、規則、標準範本與資料夾。"""
    from generator.cli import terminal
    from generator.setup import start

    if kind is None and sys.stdin.isatty():
        kind = KINDS[terminal.chosen("哪一種會議？", KINDS)]
    kind = kind or KINDS[0]
    started = start.init(folder, kind)
    sheets = "〔機關〕〔單位〕〔委員〕" if kind == KINDS[0] else "〔機關〕〔單位〕〔規則〕〔身分〕〔委員〕"
    steps = [
        (f"用 Excel 填寫 inputs/機關.xlsx 的{sheets}；滑鼠移到標題上會顯示說明。", ""),
        ("會議可能檢附的法規放進 inputs/共用。", ""),
        (f"在「{folder}」內建立會議的活頁簿，例如：", "packet new 114-1"),
    ]
    terminal.started(f"已建立工作區「{folder}」：", started.files, started.remarks, steps)
