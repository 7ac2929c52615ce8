"""The command ``packet``: its commands, each in a file of its own, and where every failure ends.

Help must be instant: a command's module imports what is heavy inside the command's body.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from generator import __version__
from generator.basic import garbage
from generator.basic.failure import FAILED, UserError
from generator.cli import chinese, streams
from generator.cli.build_cmd import build
from generator.cli.catalogue_cmd import catalogue
from generator.cli.check_cmd import check
from generator.cli.command import Group, report
from generator.cli.decisions_cmd import decisions
from generator.cli.diff_cmd import diff
from generator.cli.doctor_cmd import doctor
from generator.cli.figures_cmd import figures
from generator.cli.init_cmd import init
from generator.cli.mail_cmd import mail
from generator.cli.new_cmd import new
from generator.cli.open_cmd import open_page
from generator.cli.publish_cmd import publish
from generator.cli.release_cmd import release
from generator.cli.rename_cmd import rename
from generator.cli.replies_cmd import replies
from generator.cli.schedule_cmd import schedule
from generator.cli.status_cmd import status
from generator.cli.supplement_cmd import supplement
from generator.cli.template_cmd import template
from generator.cli.watch_cmd import watch
from generator.cli.year_cmd import year

chinese.in_chinese()


@click.group(
    cls=Group,
    commands=(
        init,
        new,
        check,
        build,
        watch,
        open_page,
        figures,
        schedule,
        template,
        doctor,
        mail,
        release,
        diff,
        publish,
        replies,
        decisions,
        supplement,
        catalogue,
        status,
        year,
        rename,
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    help="工作區資料夾；不寫則由目前位置往上找。",
)
@click.option("--verbose", is_flag=True, help="顯示每一步。")
@click.version_option(__version__, message="packet %(version)s")
@click.pass_context
def packet(ctx: click.Context, workspace: Path | None, verbose: bool) -> None:
    """把 Excel 裡的會議資料，變成一場會議的全部文件。"""
    ctx.obj = workspace
    if verbose:
        from generator.cli import terminal

        ctx.call_on_close(terminal.show_steps())


def main() -> None:
    """Runs the command; no mistake of a user ends in a traceback."""
    streams.make_utf8()
    # When terminated, it cleans up as after Ctrl-C: no process that it started may go on.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.unraisablehook = _end_again
    garbage.seldom()
    try:
        packet(prog_name="packet")
    except Exception as error:
        sys.exit(_failed(error))
    finally:
        streams.show_unseen()
        garbage.never_again()


def _end_again(ignored: sys.UnraisableHookArgs) -> None:
    """An end that is asked for while Python removes an object would be forgotten there: it is asked for once more."""
    if not isinstance(ignored.exc_value, SystemExit | KeyboardInterrupt):
        sys.__unraisablehook__(ignored)
        return
    import threading

    number = signal.SIGTERM if isinstance(ignored.exc_value, SystemExit) else signal.SIGINT
    if sys.platform == "win32":
        again = threading.Timer(0.05, signal.raise_signal, (number,))
    else:
        # To the main thread, which may be waiting: only that wakes it.
        again = threading.Timer(0.05, signal.pthread_kill, (threading.main_thread().ident, number))
    again.daemon = True
    again.start()


def _failed(error: Exception) -> int:
    """Prints what ended the program; returns the exit code. The trace of an unexpected error is kept in a file."""
    from generator.build import outputs

    code = FAILED
    if isinstance(error, UserError):
        text, code = str(error), error.exit_code
    elif isinstance(error, OSError):
        text = outputs.unusable(error)
    else:
        from generator.cli import trace

        text = f"程式發生沒有預料到的錯誤，沒有動到 inputs。請將「{trace.keep(error)}」交給維護人員。"
    report(text, code, "--json" in sys.argv[1:])
    return code


if __name__ == "__main__":
    main()
