"""``packet watch``: builds after every save."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.basic import garbage
from generator.cli.command import Command
from generator.cli.options import MEETING, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@click.pass_obj
def watch(given: Path | None, meeting: MeetingId) -> None:
    """存檔後隨即重新產生，直到按 Ctrl-C。"""
    import threading
    from functools import partial

    from generator.build import outputs, story
    from generator.build import watch as watching
    from generator.cli import terminal
    from generator.pdf import office as pdf

    garbage.as_usual()
    workspace = workspace_of(given, meeting)
    terminal.watching(str(meeting))
    try:
        with pdf.Office() as office, office.lent(outputs.state(workspace.output(meeting))):
            # Warm from the first save on.
            build = partial(story.build, workspace, meeting, office=office)
            for turn in watching.watch(workspace, meeting, build, threading.Event()):
                terminal.turn(watching.turn_line(turn, f"{dt.datetime.now():%H:%M:%S}"), turn.report)
    except KeyboardInterrupt:
        pass
    terminal.stopped()
