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
@click.option("--example", is_flag=True, help="建立範例：一場填好的會議，可以產生文件、試著修改。")
def init(folder: Path, kind: str | None, example: bool) -> None:
    """建立新的工作區：空白的機關資料、規則、標準範本與說明。"""
    from generator.cli import terminal
    from generator.setup import new_workspace

    if kind is None and sys.stdin.isatty():
        kind = KINDS[terminal.chosen("哪一種會議？", KINDS)]
    kind = kind or KINDS[0]
    started = new_workspace.init(folder, kind, example)
    if example:
        meeting = new_workspace.EXAMPLE_MEETINGS[kind]
        steps = [
            (f"到「{folder}」內，在瀏覽器看這場會議：", f"packet open {meeting}"),
            ("產生它的文件：", f"packet build {meeting}"),
        ]
        title = f"已建立範例「{folder}」，姓名、發言與決定都是範例資料："
    else:
        sheets = "〔機關〕〔單位〕〔委員〕" if kind == KINDS[0] else "〔機關〕〔單位〕〔規則〕〔身分〕〔委員〕"
        steps = [
            (f"用 Excel 填寫 inputs/機關.xlsx 的{sheets}；滑鼠移到標題上會顯示說明。", ""),
            (f"到「{folder}」內建立會議的活頁簿，例如：", "packet new 114-1"),
        ]
        title = f"已建立工作區「{folder}」："
    terminal.started(title, started.files, started.remarks, steps)
