"""How a sheet is declared, once: a record class whose fields carry their columns.

    @sheet("停班日", about="…", book="機關")
    class Closure(Record, frozen=True):
        day: dt.date = column("日期", Kind.DATE, hint="…", example="113-07-24")

From the declaration come the reader, the forms with their hints and drop-downs, the printed rows and the data files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any, ClassVar, Self, TypeVar, cast

from msgspec import Struct, field
from msgspec.structs import replace

from generator.basic.problem import Location

STAR = "★"
# The sheet, and its column, from which every column of the kind UNIT takes its drop-down.
UNITS = ("單位", "單位")
# The hidden sheet of a form that holds its long drop-down lists.
MENU_SHEET = "選單"
_NOTHING: Mapping[str, tuple[Location, ...]] = MappingProxyType({})


class Kind(Enum):
    """What a cell holds once read."""

    TEXT = "文字"
    PROSE = "文字，可用 {{ }} 帶入數字"
    DATE = "日期"
    DATES = "日期，有幾個時以、分開"
    YEAR_MONTH = "民國年月"
    PERIOD = "起訖年月"
    TIME = "時間"
    COUNT = "整數"
    FLAG = "★ 或空白"
    UNIT = "單位"
    CHOICE = "選項"


class Column(Struct, frozen=True):
    """A column of a list sheet, or a row (欄位) of a field sheet. Beside name and kind all is optional:

    ``required``: the column must be there and no row may leave it empty. ``filled``: where the column is required to
    be there but its cells may be empty, this is False. ``if_empty``: what an empty cell stands for. ``choices`` are
    the allowed texts of a CHOICE. ``one_line``: a TEXT that may have no line end, since calendars, heads of mails and
    properties of files hold one line. ``convert`` makes the record's value of the one that was read.

    For the forms: ``hint``, ``example``, ``width``; ``refers`` is the sheet and column of the same workbook that is
    offered as a drop-down, ``suggests`` are texts to choose from where any other may be typed as well.
    ``rare``: a form has the column only where it is asked for, or where a row to write fills it.
    ``lists_units``: `packet new` writes each unit into this column, a row each.

    For what is made of it: ``figure`` is the name of the figure that the field is, ``words`` are what data files
    say for ★ and for an empty FLAG.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = True
    filled: bool = True
    choices: tuple[str, ...] = ()
    hint: str = ""
    example: str = ""
    width: int = 14
    if_empty: str = ""
    one_line: bool = False
    convert: Callable[[Any], Any] | None = None
    refers: tuple[str, str] | None = None
    suggests: tuple[str, ...] = ()
    rare: bool = False
    lists_units: bool = False
    figure: str = ""
    words: tuple[str, str] = ("是", "否")

    @property
    def note(self) -> str:
        """What a reader of the form needs to know of the column, a line each."""
        lines = [
            self.hint + (f"（未填時為 {self.if_empty}）" if self.if_empty else ""),
            f"例：{self.example}" if self.example else "",
            f"格式：{self.kind.value}" + (f"（{'、'.join(self.choices)}）" if self.choices else ""),
            "" if self.required and self.filled else "可空白",
        ]
        return "\n".join(line for line in lines if line)


class Sheet(Struct, frozen=True):
    """A sheet known by name. A field sheet has the two columns 欄位 and 內容, and ``columns`` are its rows.

    ``book``: the workbook in which `packet init` or `packet new` puts it; none where it is empty. ``most``: the rows
    that are read of it at most; what is numbered 一、二、三 has no label for more than 999. ``template`` prints it as
    an attachment, with running numbers under the heading ``number`` where that is given. ``own_totals``: a row of
    totals is one of its records. ``by_field``: the columns by the record's fields.
    """

    name: str
    columns: tuple[Column, ...]
    fields: bool = False
    required: bool = False
    about: str = ""
    most: int = 999
    book: str = ""
    template: str = ""
    number: str = ""
    own_totals: bool = False
    by_field: Mapping[str, Column] = field(default_factory=dict)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def without(self, names: Collection[str]) -> Sheet:
        """The sheet as a form that lacks the columns of these names."""
        kept = tuple(column for column in self.columns if column.name not in names)
        return replace(self, columns=kept)

    def needing(self, name: str) -> Sheet:
        """The sheet as a form that does not let that column stay empty."""
        columns = (replace(each, required=True) if each.name == name else each for each in self.columns)
        return replace(self, columns=tuple(columns))

    def with_choices(self, choices: Mapping[str, Sequence[str]]) -> Sheet:
        """The sheet where columns of the kind CHOICE, by name, allow other texts: a body's own words."""
        return replace(
            self,
            columns=tuple(
                replace(column, choices=tuple(choices[column.name])) if column.name in choices else column
                for column in self.columns
            ),
        )

    def with_hints(self, hints: Mapping[str, tuple[str, str]]) -> Sheet:
        """The sheet as a form whose columns, by name, have another hint and example: a body's own words."""
        return replace(
            self,
            columns=tuple(
                replace(column, hint=hints[column.name][0], example=hints[column.name][1])
                if column.name in hints
                else column
                for column in self.columns
            ),
        )

    @property
    def required_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


class Row(Struct, frozen=True):
    """A typed row: values by heading, and their cells. A record is made of it where nothing required is missing.

    ``cells`` gives each column's letters; in a field sheet's row (number None) whole cells (B3).
    """

    values: Mapping[str, Any]
    workbook: str
    sheet: str
    cells: Mapping[str, str]
    number: int | None

    def at(self, name: str = "") -> Location:
        """The place of a column of this row; its first cell (of a field sheet: the sheet) when the column is absent."""
        cell = self.cells.get(name) or (next(iter(self.cells.values()), "A") if self.number else "")
        return Location(self.workbook, self.sheet, f"{cell}{self.number or ''}")

    def beside(self, other: Row, name: str) -> str:
        """The cell of another row as a message about this one names it: without sheet where it is the same sheet's."""
        place = other.at(name)
        return place.cell if (other.workbook, other.sheet) == (self.workbook, self.sheet) else str(place)


def column(heading: str, kind: Kind = Kind.TEXT, **more: Any) -> Any:
    """Declares a field of a record as a column; ``more`` is what Column takes. Raises TypeError for anything else."""
    return Column(heading, kind, **more)


class Record(Struct, frozen=True):
    """A row of a declared sheet (of a field sheet: all of it), each value under the name of its field.

    Fields that are no columns come after them and have a default; whoever puts records together fills them in.
    """

    row: Row
    sheet: ClassVar[Sheet]

    @classmethod
    def of(cls, row: Row) -> Self:
        """The record of a row in which nothing required is missing."""
        values = row.values
        given = {
            name: column.convert(values[column.name]) if column.convert else values[column.name]
            for name, column in cls.sheet.by_field.items()
        }
        record: Self = cast(Any, cls)(row, **given)
        return record

    @classmethod
    def heading_of(cls, name: str) -> str:
        """The heading of the field's column. Raises KeyError where the field is no column."""
        return cls.sheet.by_field[name].name

    @classmethod
    def filled(cls, **values: object) -> dict[str, object]:
        """A row to write into a form: the given fields by heading. Raises KeyError where one is no column."""
        return {cls.heading_of(name): value for name, value in values.items()}

    def at(self, name: str = "") -> Location:
        """The cell of a field; without a name the row's first cell (of a field sheet: the sheet)."""
        return self.row.at(self.heading_of(name) if name else "")

    def beside(self, other: Record, name: str) -> str:
        """The cell of another record's field as a message about this one names it: the sheet only where it differs."""
        return self.row.beside(other.row, other.heading_of(name))

    def by_heading(self) -> dict[str, Any]:
        """The values as they are printed, by heading."""
        return {column.name: getattr(self, name) for name, column in self.sheet.by_field.items()}


class PrintedRow(dict[str, Any]):
    """What a row prints by heading; it knows the cells behind each value. ``computed``: those of what no cell says."""

    def __init__(
        self, values: Mapping[str, Any], row: Row, computed: Mapping[str, tuple[Location, ...]] = _NOTHING
    ) -> None:
        super().__init__(values)
        self._row, self._computed = row, computed

    def cells_of(self, key: Any) -> tuple[Location, ...]:
        """The cells behind the value under that heading; none where they are not known."""
        return self._computed.get(key) or ((self._row.at(key),) if key in self._row.cells else ())


R = TypeVar("R", bound=Record)


def sheet(name: str, **more: Any) -> Callable[[type[R]], type[R]]:
    """Declares a record class as that sheet; ``more`` is what Sheet takes. A field is a column by its default."""

    def declare(record: type[R]) -> type[R]:
        defaults = record.__struct_defaults__
        named = zip(record.__struct_fields__[-len(defaults) :], defaults, strict=True)
        columns = {name: default for name, default in named if isinstance(default, Column)}
        record.sheet = Sheet(name, tuple(columns.values()), by_field=columns, **more)
        return record

    return declare


def spans(records: Iterable[Record], name: str) -> tuple[Location, ...]:
    """The cells of a field over records as ranges (C5:C30), a range for each run of rows in one sheet."""
    runs: list[list[Record]] = []
    for record in records:
        row, last = record.row, runs[-1][-1].row if runs else None
        if record.heading_of(name) not in row.cells:
            continue
        if (
            last is not None
            and (row.workbook, row.sheet) == (last.workbook, last.sheet)
            and row.number == (last.number or 0) + 1
        ):
            runs[-1].append(record)
        else:
            runs.append([record])
    return tuple(_span(run[0].at(name), run[-1].at(name)) for run in runs)


def _span(first: Location, last: Location) -> Location:
    cell = first.cell if first == last else f"{first.cell}:{last.cell}"
    return Location(first.workbook, first.sheet, cell)
