"""How deep each row is in a hierarchy: by its indent, by the number before it, or by the column it begins in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.basic.patterns import compile_late
from generator.workbook import layout, totals
from generator.workbook.layout import RowKind
from generator.workbook.plain_tables.table import Row

# Numbers before texts, from the outermost: only what official documents use.
_NUMBERS = tuple(
    compile_late(pattern)
    for pattern in (
        r"[甲乙丙丁戊己庚辛壬癸]、",
        r"[壹貳參肆伍陸柒捌玖拾]{1,3}[、.．]",
        r"[一二三四五六七八九十]{1,3}[、.．]",
        r"[(（][一二三四五六七八九十]{1,3}[)）]",
        r"\d{1,2}[、.．](?!\d)",
        r"[(（]\d{1,2}[)）]",
    )
)
# 1 歲入, 1.1 稅課, 1.1.2 所得稅: as deep as it has numbers.
_DECIMAL_NUMBER = compile_late(
    r"(\d{1,2}(?:[.．-]\d{1,2})*)(?:[.．]?[\s\u3000]+(?=\D)|[.．](?=\D)|(?=[^\d\s.．,，\-至~～年月日歲時分季週度%％])|$)"
)


def depths(rows: Sequence[Row], labels: Sequence[Sequence[str]]) -> list[int]:
    """How deep each row is; ``labels`` are the texts of each before its first number.

    The first of the ways to tell it that tells anything is the one taken.
    """
    firsts = [next((text for text in row.texts if text.strip()), "") for row in rows]
    return _by_indent(firsts) or _by_numbers(firsts) or _by_columns_of_data(rows, labels)


def _by_indent(firsts: Sequence[str]) -> list[int]:
    """How far the first text of each row is indented, in full-width spaces; none where none is."""
    found = [len(text) - len(text.lstrip("\u3000")) for text in firsts]
    return found if any(found) else []


def _by_numbers(firsts: Sequence[str]) -> list[int]:
    """By 一、歲入, (一)稅課收入, or 1 歲入, 1.1 稅課收入; 其中 is below the row above. None where nothing is deep."""
    found: list[int] = []
    for first, depth in zip(firsts, _by_decimals(firsts) or map(by_number, firsts), strict=True):
        found.append(depth or (found[-1] + 1 if found and totals.is_part(first) else 0))
    return found if any(found) else []


def by_number(text: str) -> int:
    """How deep the number before a text is: 甲、, 壹、, 一、, (一), 1., (1); 0 without one."""
    return next((depth for depth, number in enumerate(_NUMBERS, 1) if number.match(text.strip())), 0)


def _by_decimals(texts: Sequence[str]) -> list[int]:
    """How deep the numbers before texts are where these are counted 1, 1.1, 1.2, 2; none where any text has none."""
    matches = [_DECIMAL_NUMBER.match(text.strip()) for text in texts]
    found = [len(re.split(r"[.．-]", match[1])) if match else 0 for match in matches]
    return found if len(set(found) - {0}) > 1 else []


def _by_columns_of_data(rows: Sequence[Row], labels: Sequence[Sequence[str]]) -> list[int]:
    """How far right each row of data begins; totals, groups and notes between them are 0."""
    own = [row.kind is RowKind.DATA and not layout.total_word(before) for row, before in zip(rows, labels, strict=True)]
    by_column = iter(_by_columns([row.texts for row, counts in zip(rows, own, strict=True) if counts]))
    return [next(by_column, 0) if counts else 0 for counts in own]


def _by_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """How far right each row begins where its place tells what it is part of: 款, 項 and 目 in columns of their own.

    None where any row fills two of these columns, as rows do that go on without repeating what stands above.
    """
    if len(rows) < 3:
        return []
    begins = [next((at for at, text in enumerate(row) if text.strip()), -1) for row in rows]
    last = max(begins)
    if begins[0] or not last:
        return []
    for begin, row in zip(begins, rows, strict=True):
        if begin < 0 or any(text.strip() for text in row[begin + 1 : last + 1]):
            return []
    return begins
