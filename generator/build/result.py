"""The result of a command: the same record for a build, mails, a public edition and new workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from generator.basic.failure import DONE, FAILED, PROBLEMS
from generator.basic.problem import Problem, has_errors
from generator.build import outputs


class Result(Struct):
    """What was done in ``folder``. ``problems`` are those of the inputs, in order.

    ``outcomes`` say what became of each file, ``remarks`` tell the user of anything else. ``failures`` are faults
    outside the inputs.
    """

    folder: Path
    problems: Sequence[Problem] = ()
    outcomes: list[outputs.Outcome] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether errors in the inputs stood in the way: nothing was written then."""
        return has_errors(self.problems)

    @property
    def complete(self) -> bool:
        """Whether all was done that there was to do: nothing stood in the way, failed, or could not be written."""
        return not self.stopped and not self.failures and not outputs.unwritten(self.outcomes)

    @property
    def exit_code(self) -> int:
        """PROBLEMS where the inputs have errors, even if something could be made; FAILED where anything is lacking."""
        return PROBLEMS if has_errors(self.problems) else DONE if self.complete else FAILED
