"""The tables that no one declared: a sheet as it is kept, with its title, headings, data, totals and notes."""

from generator.workbook.plain_tables.reading import read_plain
from generator.workbook.plain_tables.table import (
    JOINED_LEFT,
    JOINED_UP,
    NEXT_ROW,
    UNDERLINED,
    UNDERLINED_END,
    Caption,
    Place,
    PlainTable,
)

__all__ = [
    "JOINED_LEFT",
    "JOINED_UP",
    "NEXT_ROW",
    "UNDERLINED",
    "UNDERLINED_END",
    "Caption",
    "Place",
    "PlainTable",
    "read_plain",
]
