"""The class of every command: a failure that the user can mend ends it with a text, never with a traceback."""

from __future__ import annotations

from typing import Any

import click

from generator.basic import temporary
from generator.basic.failure import FAILED, WRONG_USAGE, UserError
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
            from generator.cli import terminal

            terminal.failure(str(error))
            ctx.exit(error.exit_code)


class Group(chinese.Group):
    """A group of such commands."""

    command_class = Command


def _wrong_usage(error: UserError, ctx: click.Context) -> click.UsageError:
    """The same error as click reports it, with the usage line of the command."""
    if error.option:
        return click.BadParameter(str(error), ctx, param_hint=error.option)
    return click.UsageError(str(error), ctx)
