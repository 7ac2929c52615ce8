"""What the commands share: how a meeting is named, where the workspace is, JSON."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId, Workspace


class MeetingParameter(click.ParamType[Any]):
    """民國年-次, 民國年-臨N or a safe name; anything else is refused, so that no path is made of it."""

    name = "會議"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return self.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> MeetingId:
        from generator.basic.workspace import WAYS, MeetingId

        try:
            return MeetingId.parse(value)
        except ValueError:
            plain = re.sub("[‐-―−﹣－ー]", "-", unicodedata.normalize("NFKC", str(value))).strip()
            with contextlib.suppress(ValueError):
                meeting = MeetingId.parse(plain)
                self.fail(f"「{value}」用了全形的字或連字號。請改為半形：{meeting}。", param, ctx)
            self.fail(f"「{value}」不是會議編號。請寫成 {WAYS}。", param, ctx)


MEETING = MeetingParameter()
as_json = click.option("--json", "as_json", is_flag=True, help="以 JSON 輸出，供其他程式讀取。")


def workspace_of(given: Path | None, meeting: MeetingId | None) -> Workspace:
    """The workspace. Raises NotFound, or a usage error if it does not have ``meeting``."""
    from generator.basic import workspace

    found = workspace.find(Path.cwd(), given)
    if meeting is not None and not found.inputs(meeting).is_dir():
        have = "、".join(str(meeting_id) for meeting_id in found.meetings()) or "（無）"
        known = f"「{meeting}」不是會議編號，也" if meeting.name else ""
        guess = f"是否為 {meeting.meant}？" if meeting.meant else ""
        raise click.UsageError(f"{known}沒有 inputs/{meeting} 這個資料夾。{guess}現有的會議：{have}。")
    return found


def today() -> dt.date:
    """The day on which the command is given; tests choose it."""
    return dt.date.today()


def print_json(value: object) -> None:
    """Standard output for a program: UTF-8 JSON, indented."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
