"""``packet init``: a new workspace."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.command import Command


@click.command(cls=Command)
@click.argument("folder", metavar="資料夾", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """建立新的工作區：空白的機關資料、標準範本與資料夾。"""
    from generator.cli import terminal
    from generator.setup import start

    started = start.init(folder)
    steps = [
        ("用 Excel 填寫 inputs/機關.xlsx 的〔機關〕〔單位〕〔委員〕；滑鼠移到標題上會顯示說明。", ""),
        ("會議可能檢附的法規放進 inputs/共用。", ""),
        (f"在「{folder}」內建立會議的活頁簿，例如：", "packet new 114-1"),
    ]
    terminal.started(f"已建立工作區「{folder}」：", started.files, started.remarks, steps)
