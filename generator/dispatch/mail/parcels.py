"""Which files go into which mail: unchanged, in one archive if they are too large, or over several mails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from generator.basic import package

# A limit in MB can mean 1,000,000 or 1,048,576 bytes; the smaller fits both.
MEGABYTE = 1_000_000

Files = Mapping[str, bytes]


def parted(files: Files, fits: Callable[[Files, int], bool]) -> tuple[list[Files], list[str]]:
    """The files in as few mails as their order allows, and the names of those that do not fit into one alone."""
    if fits(files, 1):
        return [files], []
    most = max(len(files), 2)
    too_large = [name for name, content in files.items() if not fits({name: content}, most)]
    parts: list[Files] = []
    for name, content in files.items():
        if name in too_large:
            continue
        if parts and fits({**parts[-1], name: content}, most):
            parts[-1] = {**parts[-1], name: content}
        else:
            parts.append({name: content})
    return parts, too_large


def names(attached: Files) -> list[str]:
    """The names for the text of a mail; of an archive, what is in it too."""
    listed = []
    for name, content in attached.items():
        if name.endswith(".zip"):
            with package.Package(content) as opened:
                listed.append(f"{name}（內含{'、'.join(opened.namelist())}）")
        else:
            listed.append(name)
    return listed


def archive(files: Files, day: dt.date) -> bytes:
    """A .zip of the files, the same bytes for the same files; their names are marked as UTF-8."""
    return package.written(files.items(), day=day, level=9)


def in_megabytes(size: int) -> str:
    """1.2 MB, rounded up; at least 0.1 MB."""
    return f"{max(-(-size * 10 // MEGABYTE), 1) / 10:,.1f} MB"
