"""The commands for what goes out: mail, release, diff, publish. Heavy modules are imported where they are used."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import chinese, options
from generator.cli.options import DONE, FAILED, MEETING, PROBLEMS, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.problem import Problem
    from generator.basic.workspace import MeetingId


@click.command(cls=chinese.Command)
@click.argument("meeting", type=MEETING)
@click.option(
    "--kind",
    type=click.Choice(["會議資料", "會議紀錄草稿", "會議紀錄定稿"]),
    metavar="種類",
    help="會議資料、會議紀錄草稿或會議紀錄定稿；不寫則依紀錄狀態。",
)
@as_json
@click.pass_obj
def mail(given: Path | None, meeting: MeetingId, kind: str | None, as_json: bool) -> None:
    """產生信件草稿（.eml），附上文件，供開啟後自行寄出。"""
    from generator.build import outputs
    from generator.cli import terminal
    from generator.dispatch.mail import story as mails
    from generator.leaks import search

    workspace = workspace_of(given, meeting)
    try:
        with terminal.Progress() as progress:
            report = mails.write(workspace, meeting, kind or "", options.today(), progress.step)
    except search.Leak as leak:
        terminal.failure(str(leak))
        sys.exit(PROBLEMS)
    if as_json:
        print_json(mails.report_json(report))
    else:
        terminal.problems(report.problems)
        if report.stopped:
            terminal.failure("有錯誤，沒有產生信件草稿。請改正後再執行一次。")
        elif not report.failures:
            terminal.mails(report.mails, report.limit)
            remarks = [*report.remarks, "程式不會寄出任何信件；請開啟後確認再寄。"]
            terminal.summary(report.folder.relative_to(workspace.root).as_posix(), report.outcomes, remarks)
    for text in report.failures:
        terminal.failure(text)
    failed = report.failures or outputs.unwritten(report.outcomes)
    sys.exit(PROBLEMS if report.stopped else FAILED if failed else DONE)


@click.command(cls=chinese.Command)
@click.argument("meeting", type=MEETING)
@click.option("--reason", default="", metavar="原因", help="期限已過而送出的原因，記在版本內。")
@as_json
@click.pass_obj
def release(given: Path | None, meeting: MeetingId, reason: str, as_json: bool) -> None:
    """凍結將要送出的文件為第1版、第2版……，連同活頁簿存放，不再更動。"""
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.dispatch import releases
    from generator.leaks import search

    workspace = workspace_of(given, meeting)
    try:
        with terminal.Progress() as progress:
            ready = releases.prepare(workspace, meeting, options.today(), progress.step)
        problems = ready.made.examined.problems
        if not as_json:
            terminal.problems(problems)
        if ready.made.stopped:
            if as_json:
                print_json({"problems": reporting.problems_json(problems)})
            terminal.failure("有錯誤，沒有凍結版本。請改正後再執行一次。")
            sys.exit(PROBLEMS)
        if ready.same is None and ready.late and not reason.strip():
            reason = _reason(releases.lateness(ready))
        with terminal.Progress() as progress:
            frozen = ready.same or releases.freeze(ready, reason.strip(), progress.step)
    except search.Leak as leak:
        terminal.failure(str(leak))
        sys.exit(PROBLEMS)
    except releases.Refused as refused:
        terminal.failure(str(refused))
        sys.exit(PROBLEMS)
    if as_json:
        print_json({"new": ready.same is None, "remarks": ready.remarks, **frozen.manifest})
    else:
        terminal.styled(releases.told(frozen, ready))


def _reason(lateness: str) -> str:
    """Why something goes out after its deadline, asked of whoever sits there."""
    if not sys.stdin.isatty():
        raise click.UsageError(f"{lateness}請以 --reason 說明原因，例如：--reason 補充附件。")
    click.echo(lateness, err=True)
    return str(click.prompt("原因", err=True)).strip()


@click.command(cls=chinese.Command)
@click.argument("meeting", type=MEETING)
@click.option("--from", "old", type=int, metavar="版次", help="由這一版比較；不寫則為最近一版。")
@click.option("--to", "new", type=int, metavar="版次", help="比到這一版；不寫則為目前的資料。")
@click.option("--docx", is_flag=True, help="另存成 Word 檔的修正對照表。")
@as_json
@click.pass_obj
def diff(given: Path | None, meeting: MeetingId, old: int | None, new: int | None, docx: bool, as_json: bool) -> None:
    """列出某一版之後的變動：文字、數字與表列，及其儲存格。"""
    from generator.build import examine, outputs, story
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.dispatch import releases
    from generator.dispatch.diff import compare, lines, table, versions
    from generator.leaks import search

    workspace = workspace_of(given, meeting)
    found = None
    try:
        before = releases.chosen(workspace, meeting, old)
        after = releases.chosen(workspace, meeting, new) if new is not None else None
        with terminal.Progress() as progress:
            made = None if after else story.make(workspace, meeting, formats=("docx",), step=progress.step)
            examined = made.examined if made else examine.examine(workspace, meeting)
            stopped = made.stopped if made else docx and examined.meeting is None
            if not stopped:
                later = versions.present(workspace, made) if made else versions.of(after or before)
                found = compare.compare(versions.of(before), later)
    except releases.NoRelease as none:
        raise click.UsageError(str(none)) from None
    except (releases.Refused, search.Leak) as refused:
        terminal.failure(str(refused))
        sys.exit(PROBLEMS)
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
        print_json({**compare.as_json(found), "outcomes": [reporting.outcome_json(one) for one in outcomes]})
    else:
        terminal.styled(lines.of(found))
        if outcomes:
            terminal.summary(releases.home(workspace, meeting).relative_to(workspace.root).as_posix(), outcomes, [])
    sys.exit(FAILED if outputs.unwritten(outcomes) else DONE)


@click.command(cls=chinese.Command)
@click.argument("meeting", type=MEETING)
@as_json
@click.pass_obj
def publish(given: Path | None, meeting: MeetingId, as_json: bool) -> None:
    """產生可上架公開的資料夾與 zip，並檢查有無個人資料。"""
    from generator.cli import terminal
    from generator.dispatch.publish import story
    from generator.leaks import search

    workspace = workspace_of(given, meeting)
    try:
        with terminal.Progress() as progress:
            done = story.publish(workspace, meeting, progress.step)
    except search.Leak as leak:
        terminal.failure(str(leak))
        sys.exit(PROBLEMS)
    if as_json:
        print_json(story.as_json(done))
    else:
        terminal.problems(done.problems)
        if done.stopped:
            terminal.failure("有錯誤，沒有公開任何檔案。請改正後再執行一次。")
        elif not done.failures:
            listed = [f"未公開：{one}" for one in done.left_out] + done.remarks
            terminal.summary(done.folder.relative_to(workspace.root).as_posix(), done.outcomes, listed)
    for text in done.failures:
        terminal.failure(text)
    if done.failures:
        terminal.failure("沒有公開任何檔案。")
    sys.exit(PROBLEMS if done.stopped else DONE if done.complete else FAILED)
