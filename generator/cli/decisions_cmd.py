"""``packet decisions``: every decision of all meetings, and every date that was promised."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.basic.failure import DONE
from generator.cli import options
from generator.cli.command import Command
from generator.cli.options import as_json, print_json, workspace_of


@click.command(cls=Command)
@click.argument("words", nargs=-1, metavar="[文字]...")
@click.option("--unit", default="", metavar="單位", help="只列這個主辦單位的。")
@click.option(
    "--state",
    type=click.Choice(["持續列管", "解除列管", "不列管", "未再提報"]),
    metavar="狀態",
    help="只列持續列管、解除列管、不列管或未再提報的。",
)
@click.option("--overdue", is_flag=True, help="只列逾期未結的。")
@click.option("--promises", is_flag=True, help="改列每一個訂過的日期：如期、逾期、改期或不再列出。")
@click.option("--write", is_flag=True, help="另存成 Word 與 Excel，全部一份，各單位一份。")
@as_json
@click.pass_obj
def decisions(
    given: Path | None,
    words: tuple[str, ...],
    unit: str,
    state: str | None,
    overdue: bool,
    promises: bool,
    write: bool,
    as_json: bool,
) -> None:
    """列出歷次會議的每一項決定（議）：辦理情形、列管與期限，逾期的在前。"""
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.dispatch.decisions import lives, story
    from generator.dispatch.decisions import promises as promised

    workspace, today = workspace_of(given, None), options.today()
    found = lives.read(workspace)
    shown = lives.searched(found.lives, today, words, unit, state or "", overdue)
    kept = promised.searched(promised.read(workspace, found, today), words, unit) if promises or write else []
    result = story.write(workspace, found, shown, kept, today) if write else None
    if as_json:
        listed = [promised.as_json(entry) for entry in kept] if promises else []
        print_json(
            {
                "decisions": [lives.as_json(life, today) for life in shown],
                "promises": listed,
                "remarks": found.remarks,
                **(reporting.result_json(result) if result is not None else {}),
            }
        )
    else:
        terminal.styled(story.promise_lines(kept) if promises else story.lines(shown, today))
        if result is None:
            terminal.styled([[(text, "yellow")] for text in found.remarks])
        else:
            terminal.result(result, workspace.root, "沒有寫出任何檔案。請改正後再執行一次。")
    if result is not None:
        terminal.ended(result)
    sys.exit(DONE)
