"""What the program does, step by step, under the names of its packages: ``packet --verbose`` shows it.

Not by logging: that takes a while to load, and only --verbose hears it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_listeners: list[Callable[[str], None]] = []


@contextmanager
def step(package: str, text: str) -> Iterator[None]:
    """Tells of a step of ``generator.<package>`` with its seconds, once it is done. Also a decorator of a function."""
    started = time.perf_counter()
    yield
    for show in _listeners:
        show(f"generator.{package}　{text}（{time.perf_counter() - started:.2f} 秒）")


def listen(show: Callable[[str], None]) -> Callable[[], None]:
    """Lets ``show`` have the line of each step until the returned function is called."""
    _listeners.append(show)
    return lambda: _listeners.remove(show)
