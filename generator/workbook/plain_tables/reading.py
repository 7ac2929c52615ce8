"""The sheets of one name as a table: each is read by itself, and those with the same headings are stacked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from generator.basic.problem import Location, Problem, problem
from generator.workbook import layout, values
from generator.workbook.layout import Headings, RowKind
from generator.workbook.plain_tables.body import Body, read_body
from generator.workbook.plain_tables.cells import own_value
from generator.workbook.plain_tables.columns import Columns, find_columns
from generator.workbook.plain_tables.headings import Names, doubtful_headings, read_names
from generator.workbook.plain_tables.kinds import doubtful_groups, row_kinds
from generator.workbook.plain_tables.lines import LinesAbove, lines_above, notes_below
from generator.workbook.plain_tables.pasted import pasted_from_another, pasted_twice
from generator.workbook.plain_tables.problems import PlainTableCode
from generator.workbook.plain_tables.rows import read_rows
from generator.workbook.plain_tables.sums import whole_numbers, with_totals
from generator.workbook.plain_tables.table import Caption, Place, PlainTable, Row
from generator.workbook.raw import RawSheet, RawSheetCode, letter
from generator.workbook.typed_rows import mention_merged


class _Outline(Struct, frozen=True):
    """How the table of a sheet is laid out: what is known of it before its rows are read."""

    body: Body
    kinds: Mapping[int, RowKind]
    columns: Columns
    names: Names
    above: LinesAbove

    @property
    def sheet(self) -> RawSheet:
        return self.body.sheet


class _Part(Struct, frozen=True):
    """What a sheet brings to the table."""

    outline: _Outline
    rows: Sequence[Row]
    notes: Sequence[Caption]


def read_plain(name: str, sheets: Sequence[RawSheet], problems: list[Problem]) -> PlainTable | None:
    """The sheets of one name as a table, stacked where their headings agree; None where nothing stands in them."""
    parts: list[_Part] = []
    for sheet in sheets:
        problems += [*sheet.remarks, *sheet.pictures(RawSheetCode.PICTURE_ON_SHEET)]
        headings = layout.find_headings(sheet)
        if headings is None:
            continue
        outline = _read_outline(sheet, headings, problems)
        first = parts[0].outline if parts else outline
        if first is outline:
            problems += doubtful_headings(outline.body, outline.columns, outline.names)
        elif list(map(values.folded, outline.names.names)) != list(map(values.folded, first.names.names)):
            at = sheet.at(headings.bottom, outline.columns.numbers[0])
            problems.append(problem(PlainTableCode.HEADINGS_DIFFER, at, other=first.sheet.workbook))
            continue
        else:
            problems += _differences(first, outline)
        rows = _read_rows(outline, problems)
        if parts:
            above = [row for part in parts for row in part.rows]
            other = f"{first.sheet.workbook}〔{name}〕"
            problems += pasted_from_another(sheet, outline.columns.numbers[0], rows, above, other)
        parts.append(_Part(outline, rows, notes_below(outline.body, outline.kinds, problems)))
    return _stacked(name, parts) if parts else None


def _read_outline(sheet: RawSheet, headings: Headings, problems: list[Problem]) -> _Outline:
    body = read_body(sheet, headings)
    kinds = row_kinds(body)
    columns = find_columns(body, kinds, problems)
    names = read_names(body, columns, problems)
    return _Outline(body, kinds, columns, names, lines_above(sheet, headings.lines, problems))


def _read_rows(outline: _Outline, problems: list[Problem]) -> list[Row]:
    """The rows of a sheet with their kinds; problems of totals, of a second table, of rows pasted twice."""
    sheet, body, kinds, columns = outline.sheet, outline.body, outline.kinds, outline.columns.numbers
    mention_merged(sheet, body.headings.bottom, columns, problems)
    problems += sheet.hidden(body.headings.bottom, columns)
    problems += doubtful_groups(body, kinds)
    rows = with_totals(body, columns, outline.names.names, read_rows(body, kinds, columns, problems), problems)
    problems += pasted_twice(sheet, columns[0], rows)
    return rows


def _differences(first: _Outline, other: _Outline) -> list[Problem]:
    """What stands above a table otherwise than above the one that it is put below."""
    book = first.sheet.workbook
    found = []
    unit, known = other.above.unit, first.above.unit
    if known and unit and values.folded(known.text) != values.folded(unit.text):
        given = {"unit": unit.text, "first": known.text, "other": book}
        found.append(problem(PlainTableCode.UNITS_DIFFER, unit.at, **given))
    for own, theirs in ((other.above.title, first.above.title), (other.above.subtitle, first.above.subtitle)):
        if own and values.folded(own.text) != values.folded(theirs.text if theirs else ""):
            given = {"text": own.text, "first": theirs.text if theirs else "", "other": book}
            found.append(problem(PlainTableCode.TITLES_DIFFER, own.at, **given))
    return found


def _stacked(name: str, parts: Sequence[_Part]) -> PlainTable:
    """The parts as one table, with the headings of the first and what stands above it."""
    first = parts[0].outline
    names, above = first.names.names, first.above
    rows = [row for part in parts for row in part.rows]
    return PlainTable(
        name=name,
        headings=names,
        rows=tuple(row.texts for row in rows),
        places=tuple(place for part in parts for place in _places(part)),
        count=sum(row.kind is RowKind.DATA for row in rows),
        sums=_sums(names, parts),
        spans=_spans(names, parts),
        printed_headings=first.names.printed,
        kinds=tuple(row.kind for row in rows),
        joined={number: row.joined for number, row in enumerate(rows) if row.joined},
        title=above.title,
        subtitle=above.subtitle,
        unit=above.unit,
        captions=above.captions,
        notes=_notes(parts),
        data=tuple(row.data for row in rows),
        underlined={
            (number, column): texts for number, row in enumerate(rows) for column, texts in row.underlined.items()
        },
    )


def _places(part: _Part) -> Iterator[Place]:
    sheet = part.outline.sheet
    letters = tuple(map(letter, part.outline.columns.numbers))
    return (Place(sheet.workbook, sheet.name, row.number + 1, letters) for row in part.rows)


def _notes(parts: Sequence[_Part]) -> tuple[Caption, ...]:
    """The notes of all parts, those that stand below several of them once."""
    notes: list[Caption] = []
    for part in parts:
        known = {note.text for note in notes}
        notes += [note for note in part.notes if note.text not in known]
    return tuple(notes)


def _sums(names: Sequence[str], parts: Sequence[_Part]) -> dict[str, int]:
    """The sums of the columns of whole numbers whose name no other has."""
    sums = {}
    for place, name in enumerate(names):
        if names.count(name) == 1:
            cells = [
                own_value(part.outline.sheet, row.number, part.outline.columns.numbers[place])
                for part in parts
                for row in part.rows
                if row.kind is RowKind.DATA
            ]
            if numbers := whole_numbers(cells):
                sums[name] = sum(numbers)
    return sums


def _spans(names: Sequence[str], parts: Sequence[_Part]) -> dict[str, tuple[Location, ...]]:
    """The cells of each column that hold data."""
    runs = [(part.outline.sheet, part.outline.columns.numbers, _runs(part.rows)) for part in parts]
    spans = {}
    for place, name in enumerate(names):
        spans[name] = tuple(
            Location(
                sheet.workbook, sheet.name, f"{letter(columns[place])}{begin + 1}:{letter(columns[place])}{end + 1}"
            )
            for sheet, columns, found in runs
            for begin, end in found
        )
    return spans


def _runs(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """The first and last number of each run of rows of data, without totals and the like between them."""
    runs: list[tuple[int, int]] = []
    before = None
    for row in rows:
        if row.kind is RowKind.DATA:
            runs = (
                [*runs[:-1], (runs[-1][0], row.number)] if before is RowKind.DATA else [*runs, (row.number, row.number)]
            )
        before = row.kind
    return runs
