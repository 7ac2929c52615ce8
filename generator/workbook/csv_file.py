"""The only module that reads .csv as a list: one sheet, called as the file is.

Platforms export it in UTF-8, with the mark that Excel wants or without, and older systems in Big5.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from generator.basic.patterns import compile_late
from generator.basic.problem import Code
from generator.workbook import lettering
from generator.workbook.number_formats import Shown
from generator.workbook.raw import Maker, RawSheet

# Leading zeros are an id, more digits than fifteen are no number that Excel keeps.
_WHOLE = compile_late(r"-?(?:0|[1-9]\d{0,14})|-?[1-9]\d{0,2}(?:,\d{3}){1,4}")
# ="text": how a text is written that would be taken for a formula or a number; Excel shows the text.
_QUOTED = compile_late(r'="(?:[^"]|"")*"(?:&(?:CHAR\(10\)&)?"(?:[^"]|"")*")*')
# Excel writes tabs into its "Unicode text", and semicolons where a comma is the decimal point; sep=; says so.
_DELIMITERS = ",\t;|"
_NAMED_DELIMITER = compile_late(r"sep=(.)\r?\n?", re.IGNORECASE)
_DECIMAL = compile_late(r"-?(?:0|[1-9]\d{0,2}(?:,\d{3}){1,4}|[1-9]\d{0,14})\.\d{1,12}")


def sheets(workbook: str, path: Path) -> Iterator[RawSheet]:
    """The sheet of a file. Raises OSError, and ValueError or csv.Error where it is no text, or no table."""
    maker = Maker(workbook, Path(workbook).stem)
    text = _decoded(path.read_bytes())
    named = _NAMED_DELIMITER.match(text)
    delimiter = named[1] if named else _delimiter(text)
    for index, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
        if named and not index:
            continue
        line: list[object] = []
        texts: dict[int, str | Shown] = {}
        for column, cell in enumerate(cells):
            marks: set[Code] = set()
            shown = lettering.visible(cell, marks).strip()
            for code in marks:
                maker.mention(code, index, column)
            line.append(_value(shown))
            if not isinstance(line[-1], str | None):
                texts[column] = shown
        if not maker.row(index, line, texts=texts):
            break
    yield maker.build()


def _delimiter(text: str) -> str:
    """What parts the cells: the sign that stands most often in the first line that has any, outside of quotes."""
    lines = re.sub(r'"[^"]*"', "", text[:10_000]).splitlines()
    first = next((line for line in lines if any(sign in line for sign in _DELIMITERS)), "")
    return max(_DELIMITERS, key=first.count)


def _value(text: str) -> object:
    if _WHOLE.fullmatch(text):
        return int(text.replace(",", ""))
    if _DECIMAL.fullmatch(text):
        return float(text.replace(",", ""))
    if _QUOTED.fullmatch(text):
        return _unquoted(text) or None
    return text or None


def _unquoted(text: str) -> str:
    parts = re.findall(r'(CHAR\(10\))|"((?:[^"]|"")*)"', text)
    return "".join("\n" if line_end else part.replace('""', '"') for line_end, part in parts)


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    if b"\0" in content:
        raise ValueError("no text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp950")
