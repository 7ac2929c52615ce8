"""How much work something is: its processor time against that of a fixed piece of work on the same machine, just now.

Seconds would judge the machine: a slow or busy processor takes twice as many for the same.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from xml.parsers import expat

CELLS = 30_000


def fixed_work() -> float:
    """Reads 30,000 cells out of XML as any program would; returns the seconds of processor time that it took."""
    begun = time.process_time()
    texts: list[str] = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = texts.append
    parser.StartElementHandler = lambda name, attributes: texts.append(attributes.get("r", ""))
    parser.Parse("<rows>" + '<c r="B12"><v>11304</v></c>' * CELLS + "</rows>", True)
    number = re.compile("[0-9]+")
    read = [(text, {"text": text.strip()}) for text in texts if number.fullmatch(text)]
    assert len(read) == CELLS
    return time.process_time() - begun


def effort(work: Callable[[], object], seconds: Callable[[], float] = time.process_time) -> float:
    """How many times the fixed work this is. ``seconds``: the processor time so far, if not only of this process."""
    before = fixed_work()
    begun = seconds()
    work()
    used = seconds() - begun
    return 2 * used / (before + fixed_work())
