"""What differs by the kind of body: which sheets and columns its forms have, and the rules that `packet init` writes.

A form is short: a rare column is in it where `--with` names it, or where the last meeting had filled it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from generator.basic.failure import WRONG_USAGE, UserError
from generator.basic.problem import perhaps
from generator.meeting.body import DATA_GROUP_RULES
from generator.meeting.sheets import ANY_BODY, CHAIR, DATA_GROUP, OTHER_MEMBER
from generator.meeting.sheets import rules as names
from generator.meeting.sheets.agency import Agency, Member
from generator.meeting.sheets.agenda import USUAL, Section
from generator.meeting.sheets.index import AGENCY_SHEETS, MEETING_SHEETS
from generator.meeting.sheets.lists import LISTS, Total
from generator.meeting.sheets.meeting import MeetingInfo, Slide
from generator.meeting.sheets.minutes import MinutesAttachment
from generator.meeting.sheets.rules import Role, RuleRow
from generator.workbook import books, typed_rows
from generator.workbook.forms import FilledSheet
from generator.workbook.raw import RawSheet
from generator.workbook.record import Record

KINDS = (DATA_GROUP, ANY_BODY)
# What only a group on open data fills in.
_OF_DATA_GROUPS: tuple[type[Record], ...] = (*LISTS, Total, Slide)
_FIELDS_OF_DATA_GROUPS: Mapping[type[Record], tuple[str, ...]] = {
    Agency: ("sample_base", "quality_since", "top_downloads", "english_name", "motto"),
    MeetingInfo: ("cutoff", "period"),
    Member: ("appointments",),
}


# What a data group gets only where it asks for it, or where the last meeting had it.
_RARE: tuple[type[Record], ...] = (MinutesAttachment,)


class NoSuchColumn(UserError):
    """`--with` names neither a sheet nor a column."""

    exit_code = WRONG_USAGE


def form(
    record: type[Record],
    rows: Sequence[Mapping[str, object]] = (),
    wanted: Collection[str] = (),
    kind: str = DATA_GROUP,
    choices: Mapping[str, Sequence[str]] | None = None,
    hints: Mapping[str, tuple[str, str]] | None = None,
) -> FilledSheet:
    """The form of a sheet; a rare column is in it where ``wanted`` names it or a row fills it.

    ``choices``: the body's own words for columns, by heading; ``hints``: hint and example of columns in its words.
    """
    filled = {name for row in rows for name, value in row.items() if value not in (None, "", False)}
    left = {column.name for column in record.sheet.columns if column.rare}
    if kind == ANY_BODY:
        left |= {record.heading_of(name) for name in _FIELDS_OF_DATA_GROUPS.get(record, ())}
    left -= filled | set(wanted)
    kept = [{name: value for name, value in row.items() if name not in left} for row in rows]
    sheet = record.sheet.with_choices(choices or {}).with_hints(hints or {})
    if record is MeetingInfo and kind == DATA_GROUP:
        sheet = sheet.needing(MeetingInfo.heading_of("cutoff"))
    return FilledSheet(sheet.without(left), kept)


def has_form(record: type[Record], kind: str, wanted: Collection[str], rows: Sequence[object]) -> bool:
    """Whether a new meeting of that kind of body gets the sheet."""
    if record in _RARE and kind == DATA_GROUP:
        return record.sheet.name in wanted or bool(rows)
    return kind != ANY_BODY or record not in _OF_DATA_GROUPS or record.sheet.name in wanted or bool(rows)


def columns_named(given: str) -> set[str]:
    """The sheets and columns of `--with 提案人,公開`. Raises NoSuchColumn for a name that is neither."""
    known = {record.sheet.name for record in MEETING_SHEETS}
    known |= {column.name for record in (*AGENCY_SHEETS, *MEETING_SHEETS) for column in record.sheet.columns}
    wanted = {part.strip() for part in given.replace("、", ",").replace("，", ",").split(",") if part.strip()}
    for name in sorted(wanted - known):
        raise NoSuchColumn(f"--with 的「{name}」不是工作表，也不是欄位。{perhaps(name, known)}")
    return wanted


def columns_filled(raw: Iterable[RawSheet]) -> set[str]:
    """The rare columns and sheets in which these workbooks have something."""
    sheets, filled = list(raw), set[str]()
    filled |= {record.sheet.name for record in _RARE if typed_rows.rows(record, sheets, [])}
    for record in MEETING_SHEETS:
        rare = [column.name for column in record.sheet.columns if column.rare]
        if not rare or not any(books.named(sheets, record.sheet.name)):
            continue
        if record.sheet.fields:
            row = typed_rows.field_row(record, sheets, [])
            rows = [row] if row is not None else []
        else:
            rows = typed_rows.rows(record, sheets, [])
        filled |= {name for row in rows for name in rare if row.values[name] not in (None, "", False)}
    return filled


def agency_forms(kind: str) -> list[FilledSheet]:
    """The sheets of 機關.xlsx for a new workspace, with the rules of the kind of body."""
    rules = [(name, value, source) for name, value, source in DATA_GROUP_RULES]
    if kind == ANY_BODY:
        rules = [(name, "是" if name == names.DECIDED else "", "") for name in names.NAMES]
    given: dict[type[Record], list[dict[str, object]]] = {
        Agency: [{column.name: column.if_empty for column in Agency.sheet.columns} | Agency.filled(kind=kind)],
        RuleRow: [RuleRow.filled(name=name, value=value, source=source) for name, value, source in rules],
        Role: [Role.filled(name=CHAIR, group=CHAIR), Role.filled(name="委員", group=OTHER_MEMBER)],
    }
    if kind == ANY_BODY:
        unfit = [Agency.heading_of(name) for name in _FIELDS_OF_DATA_GROUPS[Agency]]
        given[Agency] = [{name: value for name, value in given[Agency][0].items() if name not in unfit}]
    records = [record for record in AGENCY_SHEETS if record.sheet.book and (record is not Role or kind == ANY_BODY)]
    if kind == ANY_BODY:
        # To be changed into the body's own.
        records.append(Section)
        given[Section] = [dict(section.row.values) for section in USUAL]
    roles = [str(row[Role.heading_of("name")]) for row in given[Role]]
    choices = {Member.heading_of("role"): roles} if kind == ANY_BODY else None
    return [
        form(record, given.get(record, ()), kind=kind, choices=choices if record is Member else None)
        for record in records
    ]
