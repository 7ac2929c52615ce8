"""``packet new``: the workbooks of a meeting to fill in, before it or after it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from generator.cli.command import Command
from generator.cli.options import MEETING, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@click.option("--from", "source", type=MEETING, help="沿用這次會議的文字，帶入其決定（議）與持續列管事項。")
@click.option("--minutes", is_flag=True, help="會後：在已有的會議加上 會議紀錄.xlsx。")
@click.option("--refresh", is_flag=True, help="另存更新了下拉清單（單位、委員、附件來源）的活頁簿，原檔不動。")
@click.option("--with", "with_", metavar="欄位", help="表單另外列出這些欄位或工作表，以逗號隔開，例如 提案人,公開。")
@click.pass_obj
def new(
    given: Path | None,
    meeting: MeetingId,
    source: MeetingId | None,
    minutes: bool,
    refresh: bool,
    with_: str | None,
) -> None:
    """建立一場會議的空白活頁簿，供填寫。"""
    from generator.cli import terminal
    from generator.setup import kinds, start

    if minutes and source:
        raise click.UsageError("--minutes 與 --from 不能同時使用。")
    if refresh and (minutes or source or with_):
        raise click.UsageError("--refresh 不能與其他選項同時使用。")
    if refresh:
        _refresh(given, meeting)
    columns = kinds.columns_named(with_ or "")
    workspace = workspace_of(given, meeting if minutes else source)
    started = start.minutes(workspace, meeting, columns) if minutes else start.new(workspace, meeting, source, columns)
    if started.stopped:
        terminal.problems(started.problems)
        wanted = f"inputs/{meeting}/{start.MINUTES_BOOK}.xlsx" if minutes else f"inputs/{meeting}"
        terminal.failure(f"沒有建立 {wanted}。請改正後再執行一次。")
        terminal.ended(started)
    if minutes:
        title = f"已在 inputs/{meeting} 加上會議紀錄："
        first = "用 Excel 填〔出席〕〔發言〕〔決議〕；〔紀錄資訊〕填散會時間，定稿時將紀錄狀態改為「定稿」。"
        last = "沒有錯誤時產生會議紀錄："
    else:
        title = f"已建立 inputs/{meeting}{f'，沿用 {source} 的文字' if source else ''}："
        what = "更新〔會議資訊〕的日期，逐列檢視沿用的文字" if source else "填寫〔會議資訊〕與〔案由〕"
        first = f"用 Excel {what}，再填各清單；用不到的工作表留空即可。"
        last = "沒有錯誤時產生文件："
    steps = [(first, ""), ("填好後檢查：", f"packet check {meeting}"), (last, f"packet build {meeting}")]
    terminal.started(title, started.files, started.remarks, steps)


def _refresh(given: Path | None, meeting: MeetingId) -> NoReturn:
    from generator.cli import terminal
    from generator.setup.refresh import refresh

    workspace = workspace_of(given, meeting)
    found = refresh(workspace, meeting)
    if found.outcomes:
        terminal.summary(found.folder.relative_to(workspace.root).as_posix(), found.outcomes, found.remarks)
    else:
        for remark in found.remarks:
            click.echo(remark)
    terminal.ended(found)
