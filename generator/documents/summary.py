"""Documents that are a title, a few lines and tables under headings: one template, 彙整表.docx, prints them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

TEMPLATE = "彙整表"
NONE = "（無）"


class Group(Struct, frozen=True):
    """A table with a heading above it and notes below; without rows it says that there are none."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    notes: Sequence[str] = ()


def context(title: str, subtitle: str, lines: Sequence[Any], groups: Sequence[Group]) -> dict[str, Any]:
    """What the template prints, under 彙整."""
    return {
        "彙整": {
            "標題": title,
            "副標題": subtitle,
            "說明": list(lines),
            "組": [
                {
                    "名稱": group.name,
                    "欄位": list(group.headings),
                    "列": [list(row) for row in group.rows] or [[NONE, *[""] * (len(group.headings) - 1)]],
                    "註": list(group.notes),
                }
                for group in groups
            ],
        }
    }
