"""What the program does, step by step, under the names of its packages: ``packet --verbose`` shows it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(package: str, text: str) -> Iterator[None]:
    """Logs a step of ``generator.<package>`` with its seconds, once it is done. Also a decorator of a function."""
    started = time.perf_counter()
    yield
    logging.getLogger(f"generator.{package}").info("%s（%.2f 秒）", text, time.perf_counter() - started)
