"""``packet open``: the page to work from, in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.basic import garbage
from generator.cli.command import Command
from generator.cli.options import MEETING, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId


@click.command("open", cls=Command)
@click.argument("meeting", type=MEETING, required=False)
@click.option("--no-browser", is_flag=True, help="不開啟瀏覽器，只印出網址。")
@click.option("--port", type=click.IntRange(1024, 65535), metavar="埠號", help="使用這個埠號；不寫則用任一個空的。")
@click.option("--public", is_flag=True, help="只顯示公開的檔案。")
@click.pass_obj
def open_page(given: Path | None, meeting: MeetingId | None, no_browser: bool, port: int | None, public: bool) -> None:
    """在瀏覽器開啟工作頁：頁面、數字、問題與各項動作。"""
    import contextlib

    from generator.cli import options, terminal, trace
    from generator.page import server

    def unexpected(error: Exception) -> str:
        return f"程式發生沒有預料到的錯誤，沒有動到 inputs。請將「{trace.keep(error)}」交給維護人員。"

    garbage.as_usual()
    workspace = workspace_of(given, meeting)
    running = server.prepare(
        workspace,
        port=port or 0,
        public=public,
        today=options.today,
        unexpected=unexpected,
        first=meeting,
    )
    terminal.serving(running.link)
    if not no_browser:
        import webbrowser

        webbrowser.open(running.link)
    with contextlib.suppress(KeyboardInterrupt):
        running.run()
    terminal.stopped()
