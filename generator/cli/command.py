"""The class of every command: a failure that the user can mend ends it with a text, never with a traceback."""

from __future__ import annotations

import gettext
import sys
from collections.abc import Sequence
from typing import Any

import click

from generator.basic import temporary
from generator.basic.failure import FAILED, INTERRUPTED, WRONG_USAGE, UserError
from generator.cli import chinese


class Command(chinese.Command):
    """A command that handles every UserError of its body. Those from outside (FAILED) go on to ``app.main``, which
    handles OSError as well."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with temporary.of_libraries():
                return super().invoke(ctx)
        except UserError as error:
            if error.exit_code == FAILED:
                raise
            if error.exit_code == WRONG_USAGE:
                raise _wrong_usage(error, ctx) from None
            report(str(error), error.exit_code, bool(ctx.params.get("as_json")))
            ctx.exit(error.exit_code)


class Group(chinese.Group):
    """A group of such commands."""

    command_class = Command

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """As click's; with --json a wrong usage is JSON too, and after Ctrl-C the exit code is INTERRUPTED."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        given = sys.argv[1:] if args is None else list(args)
        try:
            code = super().main(args, prog_name, complete_var, False, **extra)
        except click.ClickException as error:
            if "--json" in given:
                report(error.format_message(), error.exit_code, as_json=True)
            else:
                error.show()
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo(gettext.gettext("Aborted!"), err=True)
            sys.exit(INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)


def report(text: str, code: int, as_json: bool) -> None:
    """Prints what ended a command: in red on standard error, or as JSON on standard output for a program."""
    if as_json:
        from generator.cli.options import print_json

        print_json({"error": text, "exit_code": code})
        return
    from generator.cli import terminal

    terminal.failure(text)


def _wrong_usage(error: UserError, ctx: click.Context) -> click.UsageError:
    """The same error as click reports it, with the usage line of the command."""
    if error.option:
        return click.BadParameter(str(error), ctx, param_hint=error.option)
    return click.UsageError(str(error), ctx)
