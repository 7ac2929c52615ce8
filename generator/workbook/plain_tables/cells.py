"""What the cells of a table that no one declared say: their texts with the indents, and what of these is underlined."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.basic.patterns import compile_late
from generator.basic.problem import Problem, problem
from generator.workbook import characters, layout, values
from generator.workbook.raw import RawSheet

_LEAD = compile_late(r"[ \t\u3000\u00a0]*")


def shown(sheet: RawSheet, row: int, column: int, problems: list[Problem]) -> str:
    """A cell as it is shown. What is wrong with it goes to ``problems``; a cell that cannot be read is blank."""
    holder = sheet.holder(row, column)
    if fault := sheet.faults.get(holder):
        problems.append(fault)
    try:
        text = sheet.shown(row, column)
    except values.BadValue as bad:
        problems.append(problem(bad.code, sheet.at(*holder), name=sheet.name, **bad.values))
        return ""
    if not text.isascii():
        problems += characters.faults(text, sheet, *holder)
    return text


def indented(sheet: RawSheet, row: int, column: int, problems: list[Problem]) -> str:
    """A cell below the headings as it is shown, with what it is indented by as full-width spaces."""
    text = shown(sheet, row, column, problems)
    if text:
        holder = sheet.holder(row, column)
        value = sheet.cells[holder[0]][holder[1]]
        if isinstance(value, str) and (value[:1].isspace() or holder in sheet.indents):
            text = "\u3000" * (_lead(value) + sheet.indents.get(holder, 0)) + text
    return text


def own_value(sheet: RawSheet, row: int, column: int) -> object:
    """What a cell itself holds, so that a merged number counts once."""
    cells = sheet.cells[row]
    return cells[column] if column < len(cells) and (row, column) not in sheet.merged else None


def own_texts(sheet: RawSheet, row: int) -> dict[int, str]:
    """What stands in the cells of a row, by column, as texts to compare."""
    return {
        column: values.folded(value)
        for column, value in enumerate(sheet.cells[row])
        if not values.is_blank(value) and (row, column) not in sheet.merged
    }


def is_text(sheet: RawSheet, row: int, column: int) -> bool:
    """Whether a text stands in a cell, be it one that is a number."""
    cells = sheet.cells[row]
    return column < len(cells) and isinstance(cells[column], str)


def labels(sheet: RawSheet, row: int, columns: Sequence[int], texts: Sequence[str]) -> tuple[str, ...]:
    """The texts of a row before its first number; ``texts`` are what its columns show."""
    found = []
    for column, text in zip(columns, texts, strict=True):
        value = sheet.value(row, column)
        if not isinstance(value, str) or layout.is_number(value):
            if text:
                break
            continue
        if text:
            found.append(text.strip())
    return tuple(found)


def underlined(
    sheet: RawSheet, row: int, columns: Sequence[int], texts: Sequence[str]
) -> dict[int, tuple[tuple[int, int], ...]]:
    """The underlined parts of the texts of a row, by the place of their column."""
    found = {}
    for place, (column, text) in enumerate(zip(columns, texts, strict=True)):
        holder = sheet.holder(row, column)
        parts = sheet.underlined.get(holder)
        if parts and text:
            # The text is shown without blanks around it, and with what it is indented by.
            value = str(sheet.cells[holder[0]][holder[1]])
            shift = text.find(value.strip()) - value.find(value.strip())
            moved = ((max(begin + shift, 0), min(end + shift, len(text))) for begin, end in parts)
            if value.strip() in text:
                found[place] = tuple((begin, end) for begin, end in moved if begin < end)
    return found


def in_one_line(text: str) -> str:
    """A heading as a name: line ends gone, or blanks between words of Latin letters."""
    return re.sub(r"(?<=[!-~])\s*\n\s*(?=[!-~])", " ", text).replace("\n", "").strip()


def _lead(text: str) -> int:
    """The white space at the head of a text, in full-width spaces."""
    if not text[:1].isspace():
        return 0
    lead = _LEAD.match(text)
    spaces = lead[0] if lead else ""
    wide = spaces.count("\u3000") + spaces.count("\t")
    return wide + (len(spaces) - wide) // 2
