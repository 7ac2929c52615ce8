"""File names made of data: every one that the program makes of a cell's text comes from here.

What a name may not hold: Windows (Naming Files, Paths, and Namespaces): ``\\ / : * ? " < > |``, control characters,
a space or dot at the end, the names of devices. macOS, SMB: names that differ in case or composition only are one file.
Linux: 255 bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from generator.basic.patterns import compile_late

MOST_CHARACTERS, MOST_BYTES = 60, 150
# Room for the number and case before a part, and for what a hand-edited copy has after it.
_WHOLE_CHARACTERS, _WHOLE_BYTES = 100, 200
# Control characters, marks that turn the writing direction, halves of characters, what has no meaning yet, line ends.
_UNSAFE = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
_DEVICE = compile_late(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|(?:COM|LPT)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE)


def part(text: str, instead: str) -> str:
    """A text of a cell as a part of a file name, or ``instead`` where nothing is left of it."""
    return _short(_cleaned(text), MOST_CHARACTERS, MOST_BYTES) or instead


def distinct(names: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """The names, each one that any file system takes, and no two of them one file; ``taken`` are other files' names.

    A name that is in order stays as it is. They have no ending: devices are devices with any ending.
    """
    known = {_key(name) for name in taken}
    found = []
    for name in names:
        whole = _short(_cleaned(name), _WHOLE_CHARACTERS, _WHOLE_BYTES) or "文件"
        if whole.startswith(("-", "~$", ".")) or _DEVICE.fullmatch(whole):
            whole = f"＿{whole}"
        single, number = whole, 1
        while _key(single) in known:
            number += 1
            single = f"{whole}（{number}）"
        known.add(_key(single))
        found.append(single)
    return found


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _cleaned(text: str) -> str:
    return "".join(
        "＿" if character in '\\/:*?"<>|' or unicodedata.category(character) in _UNSAFE else character
        for character in unicodedata.normalize("NFC", text)
    )


def _short(text: str, characters: int, most: int) -> str:
    short = text.strip(" .")[:characters].encode("utf-8")[:most].decode("utf-8", "ignore")
    return short.rstrip(" .")
