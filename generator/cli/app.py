"""The command ``packet``. Heavy modules are imported where they are used, so that help is instant."""

from __future__ import annotations

import datetime as dt
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from generator import __version__
from generator.cli import chinese, options, sending
from generator.cli.options import DONE, FAILED, MEETING, PROBLEMS, as_json, print_json, workspace_of

if TYPE_CHECKING:
    from generator.basic.workspace import MeetingId, Workspace
    from generator.build.report import Report

FORMATS = ("docx", "pdf", "odt")
MARKED = ["這是標示用的副本，請改正 inputs/ 內的原檔。"]
chinese.in_chinese()


@click.group(cls=chinese.Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    help="工作區資料夾；不寫則由目前位置往上找。",
)
@click.version_option(__version__, message="packet %(version)s")
@click.pass_context
def packet(ctx: click.Context, workspace: Path | None) -> None:
    """把 Excel 裡的會議資料，變成一場會議的全部文件。"""
    ctx.obj = workspace


@packet.command()
@click.argument("folder", metavar="資料夾", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """建立新的工作區：空白的機關資料、標準範本與資料夾。"""
    from generator.cli import terminal
    from generator.setup import start

    try:
        made = start.init(folder)
    except start.Taken as taken:
        raise click.UsageError(str(taken)) from None
    steps = [
        ("用 Excel 填寫 inputs/機關.xlsx 的〔機關〕〔單位〕〔委員〕；滑鼠移到標題上會顯示說明。", ""),
        ("會議可能檢附的法規放進 inputs/共用。", ""),
        (f"在「{folder}」內建立會議的活頁簿，例如：", "packet new 114-1"),
    ]
    terminal.started(f"已建立工作區「{folder}」：", made.files, made.remarks, steps)


@packet.command()
@click.argument("meeting", type=MEETING)
@click.option("--from", "source", type=MEETING, help="沿用這次會議的文字，帶入其決定（議）與持續列管事項。")
@click.option("--minutes", is_flag=True, help="會後：在已有的會議加上 會議紀錄.xlsx。")
@click.pass_obj
def new(given: Path | None, meeting: MeetingId, source: MeetingId | None, minutes: bool) -> None:
    """建立一場會議的空白活頁簿，供填寫。"""
    from generator.cli import terminal
    from generator.setup import start

    if minutes and source:
        raise click.UsageError("--minutes 與 --from 不能同時使用。")
    workspace = workspace_of(given, meeting if minutes else source)
    try:
        made = start.minutes(workspace, meeting) if minutes else start.new(workspace, meeting, source)
    except start.Taken as taken:
        raise click.UsageError(str(taken)) from None
    if made.problems and minutes:
        terminal.problems(made.problems)
        terminal.failure(f"沒有建立 inputs/{meeting}/{start.MINUTES_BOOK}.xlsx。請改正後再執行一次。")
        sys.exit(PROBLEMS)
    if made.problems:
        terminal.problems(made.problems)
        terminal.failure(f"沒有建立 inputs/{meeting}。請改正後再執行一次。")
        sys.exit(PROBLEMS)
    if minutes:
        steps = [
            ("用 Excel 填〔出席〕〔發言〕〔決議〕；〔紀錄資訊〕填散會時間，定稿時將紀錄狀態改為「定稿」。", ""),
            ("填好後檢查：", f"packet check {meeting}"),
            ("沒有錯誤時產生會議紀錄：", f"packet build {meeting}"),
        ]
        terminal.started(f"已在 inputs/{meeting} 加上會議紀錄：", made.files, made.remarks, steps)
        return
    first = "更新〔會議資訊〕的日期，逐列檢視沿用的文字" if source else "填寫〔會議資訊〕與〔案由〕"
    steps = [
        (f"用 Excel {first}，再填各清單；用不到的工作表留空即可。", ""),
        ("填好後檢查：", f"packet check {meeting}"),
        ("沒有錯誤時產生文件：", f"packet build {meeting}"),
    ]
    taken_from = f"，沿用 {source} 的文字" if source else ""
    terminal.started(f"已建立 inputs/{meeting}{taken_from}：", made.files, made.remarks, steps)


@packet.command()
@click.argument("meeting", type=MEETING, required=False)
@click.option("--all", "everything", is_flag=True, help="產生 inputs/ 內的每一場會議。")
@click.option("--only", multiple=True, metavar="名稱", help="只產生名稱含此文字的文件，可重複。")
@click.option(
    "--format", "formats", default="docx,pdf", show_default=True, metavar="格式", help="docx、pdf、odt，以逗號分隔。"
)
@as_json
@click.pass_obj
def build(
    given: Path | None, meeting: MeetingId | None, everything: bool, only: tuple[str, ...], formats: str, as_json: bool
) -> None:
    """產生一場會議的全部文件。"""
    from generator.build import unchanged

    if everything == (meeting is not None) or (everything and only):
        raise click.UsageError("請寫一場會議的編號，或以 --all 產生全部會議；--all 不與 --only 同時使用。")
    chosen = tuple(dict.fromkeys(part.strip().lower() for part in formats.split(",") if part.strip()))
    if not chosen or not set(chosen) <= set(FORMATS):
        raise click.BadParameter(f"「{formats}」不是可用的格式。可用：{'、'.join(FORMATS)}。", param_hint="--format")
    workspace = workspace_of(given, meeting)
    if meeting is None:
        _build_all(workspace, chosen, as_json)
    with closing(unchanged.ahead(workspace, meeting, only, chosen)) as office:
        # Only now: what follows takes a while to load.
        from generator.build import report as reporting
        from generator.build import story
        from generator.cli import terminal
        from generator.leaks import search

        try:
            with terminal.Progress() as progress:
                report = story.build(workspace, meeting, only, chosen, progress.step, office)
        except search.Leak as leak:
            terminal.failure(str(leak))
            sys.exit(PROBLEMS)
        except story.UnknownDocument as unknown:
            raise click.BadParameter(str(unknown), param_hint="--only") from None
    if as_json:
        print_json(reporting.report_json(report))
    else:
        _print_report(workspace, meeting, report)
    for text in report.failures:
        terminal.failure(text)
    sys.exit(_exit_code(report))


@packet.command()
@click.argument("meeting", type=MEETING)
@click.pass_obj
def watch(given: Path | None, meeting: MeetingId) -> None:
    """存檔後隨即重新產生，直到按 Ctrl-C。"""
    import threading
    from functools import partial

    from generator.build import story
    from generator.build import watch as watching
    from generator.cli import terminal
    from generator.leaks import search
    from generator.pdf import office as pdf

    workspace = workspace_of(given, meeting)

    terminal.watching(str(meeting))
    try:
        with pdf.Office() as office:
            # Warm from the first save on.
            build = partial(story.build, workspace, meeting, office=office)
            for turn in watching.watch(workspace, meeting, build, threading.Event()):
                terminal.turn(watching.told(turn, f"{dt.datetime.now():%H:%M:%S}"), turn.report)
    except search.Leak as leak:
        terminal.failure(str(leak))
        sys.exit(PROBLEMS)
    except KeyboardInterrupt:
        pass
    terminal.stopped()


def _build_all(workspace: Workspace, formats: tuple[str, ...], as_json: bool) -> NoReturn:
    """Builds every meeting, says what became of each, and ends the program."""
    from generator.build import many
    from generator.build import report as reporting
    from generator.cli import terminal

    codes, listed = {DONE}, []
    for one in many.build_all(workspace, formats):
        if as_json:
            said = reporting.report_json(one.report) if one.report else {"failures": [one.failure]}
            listed.append({"id": str(one.meeting), **said})
        else:
            terminal.meeting(str(one.meeting))
            if one.report is not None:
                _print_report(workspace, one.meeting, one.report)
        for text in one.report.failures if one.report else [one.failure]:
            terminal.failure(f"{one.meeting}：{text}")
        codes.add(_exit_code(one.report) if one.report else FAILED)
    if as_json:
        print_json(listed)
    sys.exit(max(codes))


def _print_report(workspace: Workspace, meeting: MeetingId, report: Report) -> None:
    from generator.cli import terminal
    from generator.dispatch import releases
    from generator.meeting import schedule as deadlines

    terminal.problems(report.problems)
    if report.stopped:
        terminal.failure("有錯誤，沒有產生任何文件。請改正後再執行一次。")
        return
    reminder = releases.reminder(workspace, meeting, report)
    remarks = [*report.remarks, reminder] if reminder else report.remarks
    terminal.summary(report.folder.relative_to(workspace.root).as_posix(), report.outcomes, remarks)
    terminal.next_deadline(deadlines.coming(report.deadlines, options.today()), bool(report.deadlines))


def _exit_code(report: Report) -> int:
    return PROBLEMS if not report.in_order else DONE if report.complete else FAILED


@packet.command()
@click.argument("meeting", type=MEETING)
@click.option("--mark", is_flag=True, help="另存一份標示問題的活頁簿到 output/，原檔不動。")
@as_json
@click.pass_obj
def check(given: Path | None, meeting: MeetingId, mark: bool, as_json: bool) -> None:
    """檢查活頁簿，列出全部問題，不產生文件。"""
    from generator.basic.problem import has_errors
    from generator.build import examine
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.workbook import marked

    workspace = workspace_of(given, meeting)
    examined = examine.examine(workspace, meeting)
    folder, outcomes = marked.write(workspace, meeting, examined.problems) if mark else (None, [])
    if as_json:
        print_json({"problems": [reporting.problem_json(found) for found in examined.problems]})
    else:
        terminal.problems(examined.problems)
        if folder is not None and (outcomes or examined.problems):
            remarks = [*(MARKED if outcomes else ()), *marked.unmarked(examined.problems, outcomes)]
            terminal.summary(folder.relative_to(workspace.root).as_posix(), outcomes, remarks)
    sys.exit(PROBLEMS if has_errors(examined.problems) else DONE)


@packet.command()
@click.argument("meeting", type=MEETING)
@as_json
@click.pass_obj
def figures(given: Path | None, meeting: MeetingId, as_json: bool) -> None:
    """列出說明與範本可用的名稱、現值與來源儲存格。"""
    from generator.basic.problem import has_errors
    from generator.build import examine
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.meeting.figures import shown

    examined = examine.examine(workspace_of(given, meeting), meeting)
    known = examined.figures
    if as_json:
        shown_problems = [reporting.problem_json(found) for found in examined.problems]
        print_json(
            {"figures": [reporting.figure_json(figure) for figure in known.values()], "problems": shown_problems}
        )
    elif examined.meeting is None:
        terminal.problems(examined.problems)
    else:
        terminal.figures(known.values(), {name: shown(figure.value) for name, figure in known.items()})
    sys.exit(PROBLEMS if has_errors(examined.problems) else DONE)


@packet.command()
@click.argument("meeting", type=MEETING)
@as_json
@click.pass_obj
def schedule(given: Path | None, meeting: MeetingId, as_json: bool) -> None:
    """列出會前會後各期限與依據，並寫成行事曆檔 期限.ics。"""
    from generator.basic.problem import has_errors, in_order
    from generator.build import examine, outputs, story
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.meeting import schedule as deadlines

    workspace = workspace_of(given, meeting)
    examined = examine.examine(workspace, meeting)
    found, problems, outcomes = deadlines.Schedule(), list(examined.problems), list[outputs.Outcome]()
    if examined.meeting is not None:
        problems = deadlines.concerning(examined.meeting, problems)
        if not problems:
            found = deadlines.of(examined.meeting)
            problems = in_order(found.problems)
    stopped = has_errors(problems)
    folder = workspace.output(meeting)
    if examined.meeting is not None and not stopped:
        outcomes = story.write_deadlines(folder, examined.meeting, found)
    if as_json:
        listed = [deadlines.as_json(one) for one in found.deadlines]
        shown_problems = [reporting.problem_json(one) for one in problems]
        written = [reporting.outcome_json(one) for one in outcomes]
        print_json({"deadlines": listed, "problems": shown_problems, "outcomes": written})
    else:
        if examined.meeting is not None and found.deadlines:
            terminal.deadlines(examined.meeting.name, found.deadlines)
        if stopped:
            terminal.problems(problems)
            terminal.failure("有錯誤，沒有產生行事曆檔。請改正後再執行一次。")
        else:
            terminal.summary(folder.relative_to(workspace.root).as_posix(), outcomes, [])
    locked = any(one.how == outputs.LOCKED for one in outcomes)
    sys.exit(PROBLEMS if stopped else FAILED if locked else DONE)


@packet.group(cls=chinese.Group)
def template() -> None:
    """檢查 Word 範本。"""


@template.command("check")
@click.argument("meeting", type=MEETING, required=False)
@as_json
@click.pass_obj
def template_check(given: Path | None, meeting: MeetingId | None, as_json: bool) -> None:
    """列出全部範本的全部問題，並以會議（不寫則為最近一場）與範例資料試印。"""
    from generator.basic.problem import has_errors
    from generator.build import report as reporting
    from generator.cli import terminal
    from generator.setup import template_check as templates

    workspace = workspace_of(given, meeting)
    meetings = workspace.meetings()
    found = templates.check(workspace, meeting or (meetings[-1] if meetings else None))
    if as_json:
        listed = [{**reporting.problem_json(one), "paragraph": one.at.quote} for one in found.problems]
        print_json({"meeting": str(found.meeting or ""), "problems": listed, "names": found.names})
    else:
        terminal.problems(found.problems)
        terminal.names(found.names)
    sys.exit(PROBLEMS if has_errors(found.problems) else DONE)


@packet.command()
@as_json
@click.pass_obj
def doctor(given: Path | None, as_json: bool) -> None:
    """檢查這台電腦：缺少什麼、有什麼影響、如何補救。"""
    import dataclasses

    from generator.cli import terminal
    from generator.setup import doctor as machine

    found = machine.examine(Path.cwd(), given, terminal.encoding())
    ready = machine.ready(found)
    if as_json:
        print_json({"ready": ready, "findings": [dataclasses.asdict(one) for one in found]})
    else:
        terminal.findings(found, "可以產生會議資料。" if ready else "缺少產生會議資料所需的項目，請依「補救」處理。")
    sys.exit(DONE if ready else FAILED)


for command in (sending.mail, sending.release, sending.diff, sending.publish):
    packet.add_command(command)


def main() -> None:
    """Runs the command; nothing that a user can cause ends in a traceback."""
    from generator.build import outputs
    from generator.cli import terminal

    terminal.make_utf8()
    # Ended from outside, it clears up as after Ctrl-C: nothing that it started may stay behind.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        packet(prog_name="packet", standalone_mode=True)
    except outputs.BadFolder as bad:
        terminal.failure(str(bad))
        sys.exit(FAILED)
    except OSError as error:
        terminal.failure(outputs.unusable(error))
        sys.exit(FAILED)
    except Exception:
        terminal.failure(f"程式發生沒有預料到的錯誤，沒有動到 inputs。請將「{terminal.keep_trace()}」交給維護人員。")
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
