"""The only module that prints: problems, figures, progress and summaries, in colour where the terminal has any."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from generator.basic.problem import ERROR, NOTE, SEVERITY_NAMES, WARNING, Problem
from generator.build import outputs

if TYPE_CHECKING:
    from rich.console import Console

    from generator.build.report import Report
    from generator.build.result import Result
    from generator.dispatch.mail.story import Mail
    from generator.meeting.figures import Figure
    from generator.meeting.schedule import Deadline
    from generator.setup.doctor import Finding

_COLOURS = {ERROR: "bold red", WARNING: "yellow", NOTE: "dim"}
_OUTCOMES = {
    outputs.NEW: "新增",
    outputs.CHANGED: "更新",
    outputs.RESTORED: "補回（上次產生後被刪除）",
    outputs.KEPT: "更新，手改的舊檔已另存",
    outputs.LOCKED: "未更新，檔案正在使用中",
    outputs.OCCUPIED: "未更新，有同名的資料夾，請改名",
    outputs.LEFT: "已不需要，因為手改過而改名保留",
    outputs.GONE: "移除（已不需要）",
    outputs.OUTDATED: "移除（內容已過時，這次沒有重新產生）",
}

# Those by which rich takes a terminal for a file, and a file for a terminal.
_SAY_TERMINAL = {"FORCE_COLOR", "TTY_COMPATIBLE"}
# Of what rich leaves out: the bell, backspace, and what moves the line.
_CONTROLS = dict.fromkeys((7, 8, 11, 12, 13))
# So many of the same words in a sheet are printed once.
_ALIKE = 4


class _Plain:
    """Prints as rich does where the output goes to a file or a program. Loading rich takes a while."""

    def __init__(self, stderr: bool) -> None:
        self._stderr = stderr

    def print(self, text: str, style: str = "", end: str = "\n") -> None:
        """The text without its style."""
        print(text.translate(_CONTROLS), end=end, file=sys.stderr if self._stderr else sys.stdout, flush=True)


def console(stderr: bool = False) -> Console | _Plain:
    """A console that never folds or highlights text, so that the output can be searched and piped.

    That of rich for a terminal, or what the variables of the environment say is one.
    """
    stream = sys.stderr if stderr else sys.stdout
    if not stream.isatty() and not _SAY_TERMINAL & os.environ.keys():
        return _Plain(stderr)
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True, emoji=False, markup=False)


def _of_terminal(stderr: bool = False) -> Console | None:
    """The console of a terminal; None where the output goes to a file or a program."""
    out = console(stderr)
    return None if isinstance(out, _Plain) or not out.is_terminal else out


def problems(found: Sequence[Problem]) -> None:
    """Each problem on a line of its own, then how many there are of each kind.

    Of one that stands in many cells of a sheet with the same words, the first, how many more, and their cells.
    """
    out = console()
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in found:
        words = (problem.severity, problem.at.workbook, problem.at.sheet, problem.text, problem.remedy)
        alike.setdefault(words, []).append(problem)
    for group in alike.values():
        grouped = len(group) >= _ALIKE and all(problem.at.cell for problem in group)
        for problem in group[:1] if grouped else group:
            out.print(f"{SEVERITY_NAMES[problem.severity]}", style=_COLOURS[problem.severity], end=" ")
            out.print(str(problem))
        if grouped:
            cells = "、".join(problem.at.cell for problem in group[1:])
            out.print(f"  與此相同的還有 {len(group) - 1} 處：{cells}", style="dim")
    counts = [
        f"{SEVERITY_NAMES[kind]} {number} 項"
        for kind in (ERROR, WARNING, NOTE)
        if (number := sum(problem.severity == kind for problem in found))
    ]
    out.print("、".join(counts) if counts else "沒有發現問題。", style="bold")


def figures(known: Iterable[Figure], text: Mapping[str, str]) -> None:
    """The vocabulary: name, present value, cells; as lines with tabs where the output goes to a file or program."""
    out = _of_terminal()
    if out is None:
        for figure in known:
            print("\t".join([figure.name, text[figure.name], "、".join(str(cell) for cell in figure.cells)]))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("名稱", no_wrap=True)
    table.add_column("現值", overflow="fold", max_width=44)
    table.add_column("來源", overflow="fold")
    for figure in known:
        table.add_row(figure.name, text[figure.name], "、".join(str(cell) for cell in figure.cells))
    out.print(table, soft_wrap=False)


def chosen(question: str, choices: Sequence[str]) -> int:
    """The place of the choice that the user types by its number; asks until it is one of them."""
    import click

    for number, choice in enumerate(choices, start=1):
        click.echo(f"  {number}　{choice}")
    return int(click.prompt(question, type=click.IntRange(1, len(choices)), default=1, prompt_suffix=" ")) - 1


def names(used: Mapping[str, Sequence[str]]) -> None:
    """The names that each template uses, a line for each template."""
    out = console()
    for template, listed in used.items():
        out.print(f"{template}：", style="bold", end="")
        out.print("、".join(listed))


def findings(found: Sequence[Finding], verdict: str) -> None:
    """The checks of `packet doctor`, those with a fault with cost and remedy; then the verdict."""
    out = console()
    for finding in found:
        out.print(finding.state, style={"正常": "green", "注意": "yellow"}.get(finding.state, "bold red"), end="　")
        out.print(f"{finding.name}：{finding.found}")
        for title, text in (("影響", finding.cost), ("補救", finding.remedy)):
            if text:
                out.print(f"　　　{title}：{text}", style="yellow")
    out.print(verdict, style="bold")


def deadlines(meeting: str, known: Iterable[Deadline]) -> None:
    """Each deadline with its weekday, how it is counted and by which rule; lines with tabs where it is no terminal."""
    console().print(f"{meeting}的期限", style="bold")
    rows = [(deadline.day, deadline.name, deadline.what, deadline.counted, deadline.source) for deadline in known]
    out = _of_terminal()
    if out is None:
        for row in rows:
            print("\t".join(row))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("期限", "名稱", "事項", "工作日", "依據"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("期限", "名稱"))
    for row in rows:
        table.add_row(*row)
    out.print(table, soft_wrap=False)


def watching(name: str) -> None:
    """Printed when a watch starts, before its first build."""
    console().print(f"正在看著 {name} 的活頁簿與範本，存檔後隨即重新產生。按 Ctrl-C 停止。", style="bold")
    sys.stdout.flush()


def serving(link: str) -> None:
    """Printed when the page can be opened. The link works once."""
    out = console()
    out.print("工作頁已開啟，網址（只能用一次，請勿轉給別人）：", style="bold")
    out.print(f"  {link}")
    out.print("按 Ctrl-C 結束；一小時沒有人看時也會自行結束。")
    sys.stdout.flush()


def turn(line: str, report: Report) -> None:
    """A build of the watch in one line; then its errors with their cells, and its failures."""
    out = console()
    out.print(line, style="red" if report.stopped else "green")
    for problem in report.problems:
        if problem.severity == ERROR:
            out.print(f"  {problem}", style=_COLOURS[ERROR])
    kept = [f"手改的檔案：{outcome.kept_as}" for outcome in report.outcomes if outcome.kept_as]
    for text in [*kept, *report.failures]:
        out.print(f"  {text}", style="yellow")
    sys.stdout.flush()


def stopped() -> None:
    console().print("已停止。")


def result(
    found: Result,
    root: Path,
    stopped: str,
    remarks: Sequence[str] | None = None,
    details: Callable[[], None] = lambda: None,
) -> None:
    """Prints the problems; then ``stopped`` if nothing was written, else the outcome of each file below ``root``.

    ``remarks`` replace those of the result; ``details`` is called before the outcomes. ``ended`` prints the failures.
    """
    problems(found.problems)
    if found.stopped:
        failure(stopped)
    elif found.outcomes or not found.failures:
        details()
        shown = found.folder.relative_to(root).as_posix()
        summary(shown, found.outcomes, found.remarks if remarks is None else remarks)


def ended(found: Result, after_failures: str = "") -> NoReturn:
    """Prints the failures, then ``after_failures`` if there are any; ends the program with the result's exit code."""
    for text in [*found.failures, *([after_failures] if found.failures and after_failures else [])]:
        failure(text)
    sys.exit(found.exit_code)


def meeting(name: str) -> None:
    """The heading above the results of a meeting, where several are built."""
    console().print(f"── {name} ──", style="bold")


def next_deadline(deadline: Deadline | None, any_known: bool) -> None:
    """Prints the next deadline, or that all have passed; nothing if no deadline is known."""
    if deadline is None:
        if any_known:
            console().print("各期限都已過，日期請見 packet schedule。", style="dim")
    else:
        console().print(f"下一個期限：{deadline.day}{deadline.what}（{deadline.counted}，依據：{deadline.source}）。")


def summary(folder: str, outcomes: Sequence[outputs.Outcome], remarks: Sequence[str]) -> None:
    """What happened to each changed file, then the remarks, then the folder."""
    out = console()
    same = sum(outcome.how == outputs.SAME for outcome in outcomes)
    for outcome in outcomes:
        if outcome.how == outputs.SAME:
            continue
        style = "yellow" if outcome.how in (outputs.KEPT, outputs.LEFT, *outputs.UNWRITTEN) else "green"
        out.print(f"  {_OUTCOMES[outcome.how]}", style=style, end="　")
        out.print(outcome.name)
        if outcome.kept_as:
            out.print(f"    手改的檔案：{outcome.kept_as}", style="yellow")
        if outcome.how == outputs.LOCKED:
            out.print("    請關閉開啟它的程式，再執行一次。", style="yellow")
    if same:
        out.print(f"  內容不變 {same} 個檔案", style="dim")
    for remark in remarks:
        out.print(remark, style="yellow")
    if outputs.unwritten(outcomes):
        out.print(f"沒有全部寫出：{folder}", style="bold yellow")
    else:
        out.print(f"完成：{folder}", style="bold")


def mails(drafts: Sequence[Mail], limit: int) -> None:
    """Each draft: subject, number of recipients, attachments and size."""
    from generator.dispatch.mail.parcels import in_megabytes

    out = console()
    for mail in drafts:
        draft = mail.draft
        out.print(mail.name, style="bold", end="　")
        out.print(draft.subject)
        heads = (("收件者", draft.to), ("副本", draft.cc), ("密件副本", draft.bcc))
        out.print("  " + "、".join(f"{head} {len(people)} 人" for head, people in heads if people))
        files = "、".join(f"{name}（{in_megabytes(len(content))}）" for name, content in draft.attachments.items())
        out.print(f"  附件：{files or '無'}")
        out.print(f"  全信 {in_megabytes(len(mail.content))}（上限 {in_megabytes(limit)}）")


def started(
    title: str, files: Sequence[tuple[str, str]], remarks: Sequence[str], steps: Sequence[tuple[str, str]]
) -> None:
    """The new files with their purpose, then the next steps: a text, and the command to type, if any."""
    out = console()
    out.print(title, style="bold")
    for name, purpose in files:
        out.print(f"  {name}", style="green", end="　")
        out.print(purpose)
    for remark in remarks:
        out.print(remark, style="yellow")
    out.print("接下來：", style="bold")
    for number, (text, command) in enumerate(steps, start=1):
        out.print(f"  {number}. {text}", end="" if command else "\n")
        if command:
            out.print(command, style="bold")


def styled(lines: Iterable[Sequence[tuple[str, str]]]) -> None:
    """Lines of pieces of text, each with its style."""
    out = console()
    if isinstance(out, _Plain):
        for line in lines:
            out.print("".join(text for text, _ in line))
        return
    from rich.text import Text

    for line in lines:
        out.print(Text.assemble(*line))


def failure(text: str) -> None:
    """A failure outside the inputs, on standard error."""
    console(stderr=True).print(text, style="bold red")


def show_steps() -> Callable[[], None]:
    """Shows each logged step on standard error until the returned function is called."""
    import logging

    class ToStandardError(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            # Looked up each time: while a progress line is shown, rich stands in for standard error.
            print(f"{record.name}　{record.getMessage()}", file=sys.stderr)

    logger, handler = logging.getLogger("generator"), ToStandardError()
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)

    def end() -> None:
        logger.removeHandler(handler)
        logger.setLevel(before)

    return end


class Progress:
    """A line with the current step; nothing where the output is no terminal."""

    def __init__(self) -> None:
        out = _of_terminal(stderr=True)
        self._status = out.status("", spinner="line") if out is not None else None

    def __enter__(self) -> Progress:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._status is not None:
            self._status.stop()

    def step(self, text: str) -> None:
        if self._status is not None:
            self._status.update(text)
