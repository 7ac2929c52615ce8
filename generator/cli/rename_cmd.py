"""``packet rename``: where the name of a unit or a member stands, for whoever changes it."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.command import Command
from generator.cli.options import as_json, print_json, workspace_of


@click.command(cls=Command)
@click.argument("kind", metavar="單位|委員", type=click.Choice(["單位", "委員"]))
@click.argument("old", metavar="舊名")
@click.argument("new", metavar="新名")
@as_json
@click.pass_obj
def rename(given: Path | None, kind: str, old: str, new: str, as_json: bool) -> None:
    """列出有某單位或委員舊名的全部儲存格，另存標示副本；原檔不動，已凍結的會議維持原名。"""
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.setup import rename as renaming

    for name, hint in ((old, "舊名"), (new, "新名")):
        if not name.strip():
            raise click.BadParameter("是空白。", param_hint=hint)
    workspace = workspace_of(given, None)
    found = renaming.look(workspace, kind, old.strip(), new.strip())
    if as_json:
        print_json({"problems": reporting.problems_json(found.problems), "remarks": found.remarks})
    else:
        terminal.problems(found.problems)
        terminal.summary(found.folder.relative_to(workspace.root).as_posix(), found.outcomes, found.remarks)
    terminal.ended(found)
