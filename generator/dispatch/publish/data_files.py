"""The tables of a meeting as data: .ods and CSV for the platform, with words in place of the signs of the print.

Dates are ISO 8601 (2014-06-19, 2024-04), as in the platform's own export: a program reads them everywhere, while 11304
is taken for a number. Numbers have no separators; totals and notes are left out: they are no records.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from generator.basic.formats import FILE_TYPES
from generator.basic.package import written
from generator.basic.patterns import compile_late
from generator.basic.roc import YearMonth
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import BY_SHEET, ListRecord
from generator.meeting.sheets.meeting import Attachment
from generator.meeting.sources import SHEET
from generator.pdf.clean.open_documents import MANIFEST, odf
from generator.workbook import values
from generator.workbook.record import Column

_XMLNS = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in (
        ("office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
        ("table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
        ("text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
        ("style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"),
        ("fo", "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"),
        ("number", "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"),
        ("meta", "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"),
        ("dc", "http://purl.org/dc/elements/1.1/"),
    )
)
_KIND = FILE_TYPES["ods"].media_type
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{_KIND}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="text/xml"/>'
        for name in ("content.xml", "meta.xml", "styles.xml")
    )
    + "</manifest:manifest>"
)
_STYLES = (
    f'<office:document-styles {_XMLNS} office:version="1.3"><office:styles>'
    '<style:default-style style:family="table-column"/>'
    '<style:default-style style:family="table-cell"><style:text-properties fo:language="en" fo:country="US"'
    ' style:language-asian="zh" style:country-asian="TW"/></style:default-style>'
    "</office:styles></office:document-styles>"
)
_LOOKS = (
    '<number:date-style style:name="iso"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/>'
    "</number:date-style>"
    '<style:style style:name="heading" style:family="table-cell"><style:table-cell-properties'
    ' fo:background-color="#dddddd" fo:wrap-option="wrap"/><style:text-properties fo:font-weight="bold"'
    ' style:font-weight-asian="bold"/></style:style>'
    '<style:style style:name="date" style:family="table-cell" style:data-style-name="iso"/>'
    '<style:style style:name="text" style:family="table-cell"><style:table-cell-properties fo:wrap-option="wrap"/>'
    "</style:style>"
)
_WIDEST = 40
# How a formula begins, in any width; the sign alone, as in a cell that says 「-」, is none. A negative number is one.
_UNSEEN = r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*"
_FORMULA = compile_late(rf"[\t\r\n]|{_UNSEEN}[=+\-@＝＋－＠﹦﹢﹣﹫]\s*\S")
_NEGATIVE = compile_late(r"-\d+(?:\.\d+)?", re.ASCII)
# Excel has room for 255 characters in one text of a formula.
_MOST_QUOTED = 250
# Texts that are numbers, and days of either calendar.
_GROUPED = compile_late(r"-?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2})(?:\.\d+)?")
_NO_VALUE = ("-", "－", "—", "–", "─", "…", "...", "x", "X")
_DAY = compile_late(r"(?:民國)?\s*\d{2,4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?")

Value = str | int | float | dt.date | None


class Table(Struct, frozen=True):
    """A table of records: a value is a text, a number, a date, or None where the cell is empty."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def table_of(meeting: Meeting, item: Attachment) -> Table | None:
    """The table of an attachment as it is printed; None where the attachment has no sheet."""
    if item.source != SHEET:
        return None
    if item.target in BY_SHEET:
        return _list(meeting, item.name, BY_SHEET[item.target])
    table = meeting.tables.get(item.target)
    if table is None:
        return None
    printed = zip(*table.records, strict=True)
    data = zip(*table.record_data, strict=True)
    columns = [_column(cells, shown) for cells, shown in zip(data, printed, strict=True)]
    return Table(item.name, table.headings, tuple(zip(*columns, strict=True)))


def _list(meeting: Meeting, name: str, record: type[ListRecord]) -> Table:
    """A list with the columns that it prints, the running numbers first."""
    number, columns = record.sheet.number, record.sheet.columns
    rows = []
    for place, row in enumerate(record.printed(meeting), start=1):
        given = row.by_heading()
        cells = [_value(column, given[column.name]) for column in columns]
        rows.append((place, *cells) if number else tuple(cells))
    headings = tuple(column.name for column in columns)
    return Table(name, (number, *headings) if number else headings, tuple(rows))


def _value(column: Column, value: Any) -> Value:
    if isinstance(value, bool):
        return column.words[0 if value else 1]
    if isinstance(value, YearMonth):
        return f"{value.year + 1911:04d}-{value.month:02d}"
    if isinstance(value, str | int | dt.date):
        return value if value != "" else None
    return None if value is None else str(value)


def _column(cells: Sequence[object], shown: Sequence[str]) -> list[Value]:
    """The cells of a column of an undeclared sheet. Typed numbers with separators, and typed days, become such where
    the column holds nothing else; numbers among words (K007, 12) are ids and stay as shown."""
    texts = [cell for cell in cells if isinstance(cell, str) and cell and cell not in _NO_VALUE]
    if texts and all(_GROUPED.fullmatch(text) for text in texts) and any("," in text for text in texts):
        return [_number(cell) if cell in texts else _cell_value(cell) for cell in cells]
    if texts and all(_DAY.fullmatch(text) for text in texts):
        try:
            return [values.date(cell) if cell in texts else _cell_value(cell) for cell in cells]
        except values.BadValue:
            pass
    if texts:
        ids = [text if isinstance(cell, int | float) else cell for cell, text in zip(cells, shown, strict=True)]
        return [_cell_value(cell) for cell in ids]
    return [_cell_value(cell) for cell in cells]


def _number(text: object) -> Value:
    plain = str(text).replace(",", "")
    return float(plain) if "." in plain else int(plain)


def _cell_value(cell: object) -> Value:
    return cell if isinstance(cell, str | int | float | dt.date) and cell != "" else None


def as_csv(table: Table) -> bytes:
    """RFC 4180, in UTF-8 with the byte order mark that Excel on Windows needs.

    A text that Excel or LibreOffice would take for a formula is written as a formula that is this text and nothing else
    (0220).
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_inert(heading) for heading in table.headings])
    writer.writerows(
        [[_inert(value) if isinstance(value, str) else _shown(value) for value in row] for row in table.rows]
    )
    return stream.getvalue().encode("utf-8-sig")


def _inert(text: str) -> str:
    """The text, or ="text" where it begins as a formula does; quotation marks are doubled and long texts joined."""
    if not _FORMULA.match(text) or _NEGATIVE.fullmatch(text):
        return text
    lines = []
    for line in text.split("\n"):
        parts = [line[start : start + _MOST_QUOTED] for start in range(0, len(line), _MOST_QUOTED)] or [""]
        lines.append("&".join(_quoted(part) for part in parts))
    # LibreOffice takes no cell of several lines for a formula.
    return "=" + "&CHAR(10)&".join(lines)


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _shown(value: Value) -> str:
    return value.isoformat() if isinstance(value, dt.date) else "" if value is None else str(value)


def as_ods(table: Table, title: str, author: str, created: dt.date) -> bytes:
    """The table as a workbook: headings that repeat on each page, numbers and dates as such.

    Written here and not by a library: odfdo takes 13 seconds for 5,000 rows.
    """
    meta = "<office:meta><meta:generator>packet</meta:generator></office:meta></office:document-meta>"
    parts = {
        "content.xml": _content(table),
        "meta.xml": f'<office:document-meta {_XMLNS} office:version="1.3">{meta}',
        "styles.xml": _STYLES,
        MANIFEST: _MANIFEST,
    }
    table_file = written({"mimetype": _KIND.encode(), **{name: text.encode() for name, text in parts.items()}}.items())
    return odf(table_file, title, author, created)


def _content(table: Table) -> str:
    widths = [
        f'<style:style style:name="co{number}" style:family="table-column"><style:table-column-properties'
        f' style:column-width="{width:.1f}cm"/></style:style>'
        for number, width in enumerate(_widths(table), start=1)
    ]
    columns = [f'<table:table-column table:style-name="co{number + 1}"/>' for number in range(len(widths))]
    heading = "".join(_cell(name, "heading") for name in table.headings)
    rows = [f"<table:table-row>{''.join(_cell(value) for value in row)}</table:table-row>" for row in table.rows]
    # Excel does not allow these characters in the name of a sheet.
    name = re.sub(r"[\[\]*?:/\\']", "", table.name)[:31] or "資料"
    return (
        f'<office:document-content {_XMLNS} office:version="1.3">'
        f"<office:automatic-styles>{_LOOKS}{''.join(widths)}</office:automatic-styles>"
        f"<office:body><office:spreadsheet><table:table table:name={quoteattr(name)}>{''.join(columns)}"
        f"<table:table-header-rows><table:table-row>{heading}</table:table-row></table:table-header-rows>"
        f"{''.join(rows)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )


def _cell(value: Value, style: str = "text") -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, dt.date):
        kind = f'table:style-name="date" office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = f'table:style-name="{style}" office:value-type="string"'
    lines = "".join(f"<text:p>{_line(line)}</text:p>" for line in _shown(value).split("\n"))
    return f"<table:table-cell {kind}>{lines}</table:table-cell>"


def _line(text: str) -> str:
    """A line of text; the format folds white space that is not written as a mark."""
    marked = escape(text).replace("\t", "<text:tab/>")
    return re.sub(r"^ | $|(?<= ) ", "<text:s/>", marked)


def _widths(table: Table) -> list[float]:
    """The width of each column in cm, by what stands in it; a full-width character is 0.4 cm."""
    longest = [_length(name) for name in table.headings]
    for row in table.rows:
        for number, value in enumerate(row):
            longest[number] = max(longest[number], *(_length(line) for line in _shown(value).split("\n")))
    return [0.5 + 0.2 * min(length, 2 * _WIDEST) for length in longest]


def _length(text: str) -> int:
    return len(text.encode("big5", "replace"))
