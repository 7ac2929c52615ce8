"""``packet diff``: what changed since a release."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.basic.failure import DONE, FAILED, PROBLEMS
from generator.cli.command import Command
from generator.cli.options import MEETING, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.problem import Problem
    from generator.basic.workspace import MeetingId


@click.command(cls=Command)
@click.argument("meeting", type=MEETING)
@click.option("--from", "old", type=int, metavar="版次", help="由這一版比較；不寫則為最近一版。")
@click.option("--to", "new", type=int, metavar="版次", help="比到這一版；不寫則為目前的資料。")
@click.option("--docx", is_flag=True, help="另存成 Word 檔的修正對照表。")
@as_json
@click.pass_obj
def diff(given: Path | None, meeting: MeetingId, old: int | None, new: int | None, docx: bool, as_json: bool) -> None:
    """列出某一版之後的變動：文字、數字與表列，及其儲存格。"""
    from generator.build import examine, making, outputs
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.dispatch import releases
    from generator.dispatch.diff import compare, lines, table, versions

    workspace = workspace_of(given, meeting)
    found = None
    before = releases.chosen(workspace, meeting, old)
    after = releases.chosen(workspace, meeting, new) if new is not None else None
    with terminal.Progress() as progress:
        build = None if after else making.make(workspace, meeting, formats=("docx",), step=progress.step)
        examined = build.examined if build else examine.examine_all(workspace, meeting)
        stopped = build.stopped if build else docx and examined.meeting is None
        if not stopped:
            later = versions.present(workspace, build) if build else versions.of(after or before)
            found = compare.compare(versions.of(before), later)
    problems, outcomes = list(examined.problems), list[outputs.Outcome]()
    if found is not None and docx and not found.none and examined.meeting is not None:
        faults: list[Problem] = []
        content = table.render(workspace, examined.meeting, examined.figures, found, faults)
        if content is None:
            problems, found = faults, None
        else:
            name = table.file_name(before.number, new)
            outcomes = table.write(releases.home(workspace, meeting), name, content)
    if found is None:
        if as_json:
            print_json({"problems": reporting.problems_json(problems)})
        else:
            terminal.problems(problems)
        terminal.failure("有錯誤，無法比較。請改正後再執行一次。")
        sys.exit(PROBLEMS)
    if as_json:
        print_json({**compare.as_json(found), "outcomes": [reporting.outcome_json(outcome) for outcome in outcomes]})
    else:
        terminal.styled(lines.of(found))
        if outcomes:
            terminal.summary(releases.home(workspace, meeting).relative_to(workspace.root).as_posix(), outcomes, [])
    sys.exit(FAILED if outputs.unwritten(outcomes) else DONE)
