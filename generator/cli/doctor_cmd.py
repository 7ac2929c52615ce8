"""``packet doctor``: what this machine lacks."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from generator.basic.failure import DONE, FAILED
from generator.cli import streams
from generator.cli.command import Command
from generator.cli.options import as_json, print_json


@click.command(cls=Command)
@as_json
@click.pass_obj
def doctor(given: Path | None, as_json: bool) -> None:
    """檢查這台電腦：缺少什麼、有什麼影響、如何補救。"""
    from msgspec import to_builtins

    from generator.cli import terminal
    from generator.setup import doctor as machine

    findings = machine.examine(Path.cwd(), given, streams.encoding())
    ready = machine.ready(findings)
    if as_json:
        print_json({"ready": ready, "findings": to_builtins(findings)})
    else:
        verdict = "可以產生會議資料。" if ready else "缺少產生會議資料所需的項目，請依「補救」處理。"
        terminal.findings(findings, verdict)
    sys.exit(DONE if ready else FAILED)
