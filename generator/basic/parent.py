"""A process of ours ends with the program that began it, also where that was killed."""

from __future__ import annotations

import os
import threading
import time


def end_with(parent: int) -> None:
    """From now on ends this process, soon after the one of that number is gone. Nothing is cleaned up."""
    threading.Thread(target=_wait, args=(parent,), daemon=True).start()


def _wait(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
