"""Where Windows has LibreOffice, or a program made of it: OxOffice, ODF文件應用工具 of 國發會 and 數發部.

Each of them enters its folder in the registry, under its own name and as soffice.exe; soffice.com stands in its folder
program. Nothing here knows these names.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# soffice.com waits for the end, soffice.exe does not always.
_PROGRAMS = ("soffice.com", "soffice.exe")
_APP_PATH = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\soffice.exe"
_FOLDERS = ("PROGRAMFILES", "PROGRAMW6432", "PROGRAMFILES(X86)")
_FIRST = "LibreOffice"


def on_windows(registry: Any, environment: Mapping[str, str]) -> Iterator[Path]:
    """The places to look at, the likeliest first. ``registry`` is the module winreg."""
    given = [environment.get(name, "") for name in _FOLDERS]
    bases = [Path(folder) for folder in given if folder]
    folders = [
        *(base / _FIRST / "program" for base in bases),
        *_registered(registry),
        *(found for base in bases for found in sorted(base.glob("*/program"))),
    ]
    for folder in dict.fromkeys(folders):
        yield from (folder / program for program in _PROGRAMS)


def _registered(registry: Any) -> Iterator[Path]:
    """The folders of programs that the registry knows, that of LibreOffice itself first."""
    for root in (registry.HKEY_LOCAL_MACHINE, registry.HKEY_CURRENT_USER):
        for view in (registry.KEY_WOW64_64KEY, registry.KEY_WOW64_32KEY):
            vendors = list(_names(registry, root, "SOFTWARE", view))
            for vendor in sorted(vendors, key=lambda name: name != _FIRST):
                if folder := _value(registry, root, rf"SOFTWARE\{vendor}\UNO\InstallPath", view):
                    yield Path(folder)
            if program := _value(registry, root, _APP_PATH, view):
                yield Path(program.strip('"')).parent


def _names(registry: Any, root: Any, path: str, view: int) -> Iterator[str]:
    with contextlib.suppress(OSError), registry.OpenKey(root, path, 0, registry.KEY_READ | view) as key:
        number = 0
        while True:
            # Ends with an OSError after the last one.
            yield registry.EnumKey(key, number)
            number += 1


def _value(registry: Any, root: Any, path: str, view: int) -> str:
    with contextlib.suppress(OSError), registry.OpenKey(root, path, 0, registry.KEY_READ | view) as key:
        return str(registry.QueryValueEx(key, "")[0] or "")
    return ""
