"""Regular expressions that are compiled when they are first used.

There are hundreds; to compile one takes longer than all that a command does with it, and no command uses half of them.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import AnyStr, cast


def compile_late(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As re.compile, for what stands in a module. Only its own methods take it: ``_WORD.sub``, not ``re.sub(_WORD``."""
    return cast("re.Pattern[AnyStr]", _Late(source, flags))


class _Late:
    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source, self._flags = source, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str] | re.Pattern[bytes]:
        return re.compile(self._source, self._flags)

    def __getattr__(self, name: str) -> object:
        """Called once for each method that is used: from then on it is an attribute, as quick as that of re.compile."""
        found: object = getattr(self._compiled, name)
        setattr(self, name, found)
        return found
