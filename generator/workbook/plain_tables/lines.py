"""The lines above a table (its title, date and unit) and the notes below it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from generator.basic.problem import Problem, problem
from generator.workbook import layout, values
from generator.workbook.layout import RowKind
from generator.workbook.plain_tables.body import Body
from generator.workbook.plain_tables.cells import in_one_line, indented, shown
from generator.workbook.plain_tables.kinds import doubtful_notes, rows_at_end
from generator.workbook.plain_tables.problems import PlainTableCode
from generator.workbook.plain_tables.table import Caption
from generator.workbook.raw import RawSheet


class LinesAbove(Struct, frozen=True):
    """What stands above a table, as PlainTable has it."""

    title: Caption | None
    subtitle: Caption | None
    unit: Caption | None
    captions: tuple[Caption, ...]


def lines_above(sheet: RawSheet, rows: Sequence[int], problems: list[Problem]) -> LinesAbove:
    """What the rows above the headings say."""
    titles: list[Caption] = []
    days: list[Caption] = []
    captions: list[Caption] = []
    unit: Caption | None = None
    for row in rows:
        parts = _parts(sheet, row, problems)
        besides = []
        for part in parts:
            if layout.is_unit(part.text):
                unit = unit or Caption(_unit(part.text), part.at)
                besides.append(part)
            elif layout.is_day(part.text) or layout.is_frame(part.text) or (titles and len(parts) > 1):
                days.append(part)
                besides.append(part)
            else:
                titles.append(part)
                if not unit and (named := layout.unit_of_title(part.text)):
                    unit = Caption(named, part.at)
        if besides:
            captions.append(Caption("　　".join(part.text for part in besides), besides[0].at))
    return LinesAbove(_joined(titles), _joined(days), unit, tuple(captions))


def notes_below(body: Body, kinds: Mapping[int, RowKind], problems: list[Problem]) -> list[Caption]:
    """The notes below the last row of data; those that could be data are mentioned."""
    sheet = body.sheet
    rows = rows_at_end(body, kinds)
    found = []
    for row in rows:
        texts = [indented(sheet, row, column, problems) for column in body.rows[row]]
        if any(texts):
            found.append(Caption("　　".join(filter(None, texts)), sheet.at(row, body.first(row))))
    for row in doubtful_notes(body, kinds):
        if row in rows:
            first = body.first(row)
            text = indented(sheet, row, first, problems)[:30]
            problems.append(problem(PlainTableCode.ROWS_AS_NOTES, sheet.at(row, first), text=text))
    return found


def _parts(sheet: RawSheet, row: int, problems: list[Problem]) -> list[Caption]:
    """What a row above the headings says, piece by piece, a label being one with what stands beside it."""
    parts: list[Caption] = []
    for column, value in enumerate(sheet.cells[row]):
        if values.is_blank(value) or (row, column) in sheet.merged:
            continue
        text = shown(sheet, row, column, problems)
        if parts and (
            layout.is_label(parts[-1].text)
            or (isinstance(value, dt.date) and re.search(r"日期?$|截止|基準", parts[-1].text))
        ):
            # 年度： and 113 in two cells, 編製機關 and who it is.
            label = parts[-1].text.rstrip("：:")
            parts[-1] = Caption(f"{label}：{text}", parts[-1].at)
        elif text:
            parts += [Caption(piece, sheet.at(row, column)) for piece in _pieces(text)]
    return parts


def _pieces(text: str) -> list[str]:
    """What was written into one cell with blanks between it: 中華民國113年4月　　　　單位：公尺."""
    pieces = re.split(r"[ \t\u3000\u00a0]{2,}", text)
    return pieces if len(pieces) > 1 and any(map(layout.is_unit, pieces)) else [text]


def _unit(text: str) -> str:
    """The unit that a line names: 千元 of （單位：千元）."""
    text = re.sub(r"^[（(]|^.*?單\s*位\s*[：:]\s*|[）)]$", "", text)
    return re.sub(r"^.*?單\s*位(?:\s*[：:]\s*|\s+)", "", text)


def _joined(parts: Sequence[Caption]) -> Caption | None:
    return Caption("　".join(in_one_line(part.text) for part in parts), parts[0].at) if parts else None
