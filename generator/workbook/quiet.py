"""openpyxl prints what it thinks of odd styles, where the answer of the command goes: not so in here."""

from __future__ import annotations

import contextlib
import io
import threading
import warnings
from collections.abc import Iterator

# Output and warnings are of the whole program: two threads at once would put back what the other had put there.
_LOCK = threading.Lock()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Meanwhile nothing that is printed or warned of comes out; one thread at a time."""
    with _LOCK, warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
