"""What each row below the headings is, as far as it can be told without adding up: data, a group or a note."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from generator.basic.problem import Problem, problem
from generator.workbook import layout
from generator.workbook.layout import RowKind
from generator.workbook.plain_tables.body import Body, describes
from generator.workbook.plain_tables.depths import by_number
from generator.workbook.plain_tables.problems import PlainTableCode


def row_kinds(body: Body) -> dict[int, RowKind]:
    """What each row is; totals are still rows of data."""
    kinds = dict.fromkeys(body.rows, RowKind.DATA)
    wide = max((len(filled) for filled in body.rows.values()), default=0)
    for row, filled in body.rows.items():
        texts = body.texts(row)
        if not texts or len(filled) > 3 or body.has_numbers(row):
            continue
        if layout.is_note(texts[0]) and len(filled) <= 2 and not (len(filled) == wide and layout.is_bare(texts[0])):
            kinds[row] = RowKind.NOTE
        elif wide > 1 and len(filled) == 1 and _stands_alone(body, row, filled[0]):
            kinds[row] = RowKind.GROUP
    return kinds | dict.fromkeys(_notes_at_end(body, kinds, wide), RowKind.NOTE)


def rows_at_end(body: Body, kinds: Mapping[int, RowKind]) -> list[int]:
    """The notes below the last row that is none."""
    rows = list(body.rows)
    last = max((place for place, row in enumerate(rows) if kinds[row] is not RowKind.NOTE), default=-1)
    return rows[last + 1 :]


def doubtful_notes(body: Body, kinds: Mapping[int, RowKind]) -> list[int]:
    """The first row of each run of notes that says nothing of a note itself, and so could be data."""
    found = []
    noted = False
    for row in body.rows:
        if kinds[row] is not RowKind.NOTE:
            noted = False
            continue
        texts = body.texts(row)
        certain = layout.is_note(texts[0]) or layout.is_signature(texts) or describes(texts[0])
        if not certain and not noted:
            found.append(row)
        noted = True
    return found


def doubtful_groups(body: Body, kinds: Mapping[int, RowKind]) -> list[Problem]:
    """A note that names the rows taken for headings of groups that could be data without numbers."""
    unsure = [
        row
        for row, kind in kinds.items()
        if kind is RowKind.GROUP
        and (row, body.first(row) + 1) not in body.sheet.merged
        and not _heads_group(body.texts(row)[0])
    ]
    if not unsure:
        return []
    texts = "".join(f"「{body.texts(row)[0][:20]}」" for row in unsure[:8]) + (" …" if len(unsure) > 8 else "")
    at = body.sheet.at(unsure[0], body.first(unsure[0]))
    return [problem(PlainTableCode.ROWS_AS_GROUPS, at, texts=texts)]


def _stands_alone(body: Body, row: int, column: int) -> bool:
    """Whether a row's only text is no row of data: beside it numbers are missing, or it covers the columns."""
    sheet = body.sheet
    covered = {at for (line, at), top in sheet.merged.items() if line == row and top == (row, column)}
    if len(covered) >= max(1, len(body.headed) - 1):
        return True
    if column <= body.leftmost and (depth := by_number(str(sheet.cells[row][column]))):
        # 壹、行政 above rows that are counted otherwise, in a table of texts too.
        return depth not in body.depths
    return bool(body.numeric - {column}) and column <= body.leftmost and column not in body.numeric


def _notes_at_end(body: Body, kinds: Mapping[int, RowKind], wide: int) -> Iterator[int]:
    """The rows that stand alone below the last row of data: they are notes, and so is what goes on with one."""
    rows = list(body.rows)
    for place in range(len(rows) - 1, -1, -1):
        row = rows[place]
        if kinds[row] is RowKind.NOTE:
            continue
        texts = body.texts(row)
        no_data = bool(texts) and not body.has_numbers(row)
        alone = len(body.rows[row]) == 1
        if not (
            kinds[row] is RowKind.GROUP
            or (no_data and layout.is_signature(texts))
            or (no_data and alone and wide > 1 and _reads_as_note(texts[0], rows, place))
            or (no_data and len(texts) <= 3 and wide > 3 and all(map(describes, texts)))
        ):
            return
        yield row


def _reads_as_note(text: str, rows: Sequence[int], place: int) -> bool:
    """Whether the last text of a table of texts is a note: a sentence, or apart from the rows of data."""
    apart = place > 0 and rows[place - 1] < rows[place] - 1
    return apart or text.endswith(("。", "；", "：", "）")) or "：" in text or len(text) > 24


def _heads_group(text: str) -> bool:
    """Whether a text says of itself that it heads a group: 一、北部, 北部：, 【北部】."""
    return bool(by_number(text) or re.search(r"[：:】〕〉＞]$|^[【〔〈＜（(]", text))
