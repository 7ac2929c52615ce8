"""How a command ends: its exit codes, and the failures that are reported to the user in a sentence."""

from __future__ import annotations

from typing import ClassVar

DONE, PROBLEMS, WRONG_USAGE, FAILED = range(4)
# After Ctrl-C, as shells have it: 128 and the number of the signal.
INTERRUPTED = 130


class UserError(Exception):
    """A failure that ends a command, with a text for the user: what is wrong, where, and what to do.

    Every such failure derives from it. ``exit_code``: PROBLEMS where the inputs are wrong, WRONG_USAGE where the
    command line is (``cli/command.py`` handles both), FAILED where something outside went wrong (``cli/app.py``).
    ``option`` is the option whose value is wrong, if it is one.
    """

    exit_code: ClassVar[int] = FAILED
    option: ClassVar[str] = ""
