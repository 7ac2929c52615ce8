"""A sheet as it stands in its file, whatever the format; and what is read of one at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from generator.basic.problem import Code, Location, Problem, error, note, problem, warning
from generator.workbook import number_formats, values
from generator.workbook.number_formats import Shown


class RawSheetCode(Code):
    """The problems that this module finds."""

    # Workbooks and sheets
    HIDDEN_SHEET = note("這是隱藏的工作表，內容照樣讀取", "不要讀取時請刪除這個工作表。")
    HIDDEN_ROWS = note("有隱藏的列（第 {rows} 列），內容照樣讀取", "不要讀取時請刪除這些列。")
    HIDDEN_COLUMNS = warning("有隱藏的欄（{headings}），內容照樣讀取", "不要讀取時請刪除這些欄；要讀取時請取消隱藏。")
    HIDDEN_CELLS = warning(
        "有看不見的儲存格（字與底色相同、字極小或格式為「;;;」），內容照樣讀取",
        "不要讀取時請刪除內容；要讀取時請改成看得見。",
    )
    TOO_MANY_ROWS = error("超過 {most:,} 列，其後不予讀取", "請刪除多餘的列，或將清單分成幾個檔案。")
    TOO_MANY_COLUMNS = error("超過 {most:,} 欄，其後不予讀取", "請刪除多餘的欄。")
    TOO_MANY_CELLS = error("超過 {most:,} 個儲存格，其後不予讀取", "請刪除多餘的列與欄，或將清單分成幾個檔案。")
    # Cells
    ERROR_VALUE = error("儲存格是錯誤值 {value}", "請修正公式或改填數值。")
    FORMULA_WITHOUT_VALUE = error("公式還沒有計算結果", "請用 Excel 開啟這個活頁簿，存檔後再執行。")
    PICTURE_IN_CELL = error(
        "儲存格是圖片（{value}），不是文字，無法讀取", "請改填文字；要附圖時另存成圖片檔，在〔附件〕以「檔案:」附上。"
    )
    PICTURE_ON_SHEET = error(
        "工作表上有{what}，印成表格時會不見", "請另存成圖片檔，在〔附件〕以「檔案:」附上，再從工作表刪除。"
    )
    PICTURE_NOT_READ = note(
        "工作表上有{what}，只讀儲存格，不會印出", "要附上時請另存成圖片檔，在〔附件〕以「檔案:」附上。"
    )
    STRUCK_OUT = note("有劃掉的文字（刪除線），沒有讀取", "劃掉的若仍要印，請取消刪除線。")
    UNSEEN_CHARACTERS = note("有看不見的零寬字元，已略去", "不必處理；要清除時請重新輸入該儲存格。")


MOST_ROWS = 200_000
MOST_COLUMNS = 400
MOST_CELLS = 2_000_000
_BEGINNING = 1000
PICTURE, CHART, TEXT_BOX, SHAPE = "圖片", "圖表", "文字方塊", "圖形"
# What a reader says of a cell whose value is a picture.
PICTURES = ("DISPIMG", "IMAGE")

Place = tuple[int, int]


class RawSheet(Struct, frozen=True):
    """A sheet as it stands: ``cells[r][c]`` from row 1 and column A, rows of unequal length.

    ``merged`` leads from a covered cell to the one that holds its value. ``faults`` are cells that have no value to
    use (None there), ``remarks`` what is to be said of the sheet; both count only once someone wants it. ``texts`` are
    cells as the office program shows them, where the value alone would print otherwise. ``indents``: how many
    characters the text of a cell is moved in. ``hidden_columns`` are those that the office program does not show;
    which of them are read is for the reader of the sheet to say. ``drawings``: what lies on the sheet and in no cell,
    each with the cell at its corner. ``underlined``: the parts of a text that are, each from and to.
    """

    workbook: str
    name: str
    cells: Sequence[Sequence[object]]
    merged: Mapping[Place, Place] = field(default_factory=dict)
    faults: Mapping[Place, Problem] = field(default_factory=dict)
    texts: Mapping[Place, str | Shown] = field(default_factory=dict)
    indents: Mapping[Place, int] = field(default_factory=dict)
    remarks: Sequence[Problem] = ()
    hidden_columns: Set[int] = frozenset()
    drawings: Sequence[tuple[Location, str]] = ()
    underlined: Mapping[Place, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @property
    def place(self) -> Location:
        return Location(self.workbook, self.name)

    @property
    def empty(self) -> bool:
        return not any(value is not None for row in self.cells for value in row)

    def at(self, row: int, column: int) -> Location:
        """The place of ``cells[row][column]``."""
        return Location(self.workbook, self.name, f"{letter(column)}{row + 1}")

    def holder(self, row: int, column: int) -> Place:
        """The cell whose value counts here: the top of a merged range for the rows it covers, else the cell itself."""
        top = self.merged.get((row, column))
        return top if top and top[1] == column else (row, column)

    def supposing(self, row: int, column: int, value: object) -> RawSheet:
        """The sheet as it would be with another value in that cell; what was wrong with the cell is gone."""
        cells = [list(line) for line in self.cells]
        row, column = self.holder(row, column)
        cells += [[] for _ in range(row + 1 - len(cells))]
        cells[row] += [None] * (column + 1 - len(cells[row]))
        cells[row][column] = value
        faults = {place: kept for place, kept in self.faults.items() if place != (row, column)}
        texts = {place: kept for place, kept in self.texts.items() if place != (row, column)}
        return replace(self, cells=cells, faults=faults, texts=texts)

    def value(self, row: int, column: int) -> object:
        """A cell's value; where it is covered, that of the cell above it in the merged range, or None beside that."""
        top = self.merged.get((row, column))
        if top and top[1] != column:
            return None
        row, column = top or (row, column)
        cells = self.cells[row] if row < len(self.cells) else ()
        return cells[column] if column < len(cells) else None

    def fault(self, row: int, column: int) -> Problem | None:
        return self.faults.get(self.holder(row, column))

    def heading(self, row: int, column: int) -> object:
        """A cell's value in a row of headings, where a merged range counts for every column it covers."""
        return self.value(*self.merged.get((row, column), (row, column)))

    def hidden(self, row: int, columns: Iterable[int]) -> list[Problem]:
        """A warning for those of the columns that are hidden, with their headings in that row; none where none is."""
        found = [column for column in columns if column in self.hidden_columns]
        if not found:
            return []
        headings = [f"「{str(self.heading(row, column) or letter(column)).strip()}」" for column in found[:8]]
        more = " …" if len(found) > 8 else ""
        return [problem(RawSheetCode.HIDDEN_COLUMNS, self.at(row, found[0]), headings="、".join(headings) + more)]

    def shown(self, row: int, column: int) -> str:
        """A cell's text as the office program shows it. Raises values.BadValue for control characters."""
        row, column = self.holder(row, column)
        value = self.value(row, column)
        if value is None:
            return ""
        text = self.texts.get((row, column))
        return values.text(value) if text is None else values.text(str(text))

    def format(self, row: int, column: int) -> Shown | None:
        """The number in a cell with its format, where one was read."""
        shown = self.texts.get(self.holder(row, column))
        return shown if isinstance(shown, Shown) else None

    def data(self, row: int, column: int, shown: str) -> object:
        """What a program reads of a cell that shows that text: a number or a date where it shows one, else the text.

        A number scaled by its format (千元) counts as shown; one that reads as a code (00824, 0912-345-678) is a text.
        A date that shows no day, or a time beside it, is a text of ISO 8601. None for a cell that shows nothing.
        """
        return number_formats.data(self.value(row, column), shown) if shown else None

    def pictures(self, code: Code) -> list[Problem]:
        """A problem for each thing that lies on the sheet and in no cell; a note for lines and the like."""
        return [
            problem(RawSheetCode.PICTURE_NOT_READ if what == SHAPE else code, at, what=what)
            for at, what in self.drawings
        ]


class Maker:
    """Takes the rows of a sheet as a reader meets them, within bounds, and makes the RawSheet of them."""

    def __init__(self, workbook: str, name: str, hidden: bool = False) -> None:
        self.place = Location(workbook, name)
        self.faults: dict[Place, Problem] = {}
        self.texts: dict[Place, str | Shown] = {}
        self.indents: dict[Place, int] = {}
        self.underlined: dict[Place, tuple[tuple[int, int], ...]] = {}
        self.drawings: list[tuple[Location, str]] = []
        self.spans: list[tuple[int, int, int, int]] = []
        self._hidden_columns: set[int] = set()
        self._cells: list[Sequence[object]] = []
        self._hidden = hidden
        self._hidden_rows: list[int] = []
        self._limits: dict[Code, Problem] = {}
        self._seen: dict[Code, Problem] = {}
        self._room = MOST_CELLS

    def row(
        self,
        index: int,
        line: list[object],
        faults: Mapping[int, str] = MappingProxyType({}),
        texts: Mapping[int, str | Shown] = MappingProxyType({}),
        hidden: bool = False,
    ) -> bool:
        """Takes the cells of a row, from column A; False where nothing more will be taken.

        Rows come from the top; those left out are blank. ``faults`` are its cells with an error value, or with a
        formula that has none (an empty text) or is a picture, by column; ``texts`` those of RawSheet.
        """
        while line and line[-1] is None:
            line.pop()
        wide = max(len(line), max(faults, default=-1) + 1)
        if not wide:
            return True
        if index >= MOST_ROWS:
            return self._stop(RawSheetCode.TOO_MANY_ROWS, index, MOST_ROWS)
        if wide > MOST_COLUMNS:
            self._stop(RawSheetCode.TOO_MANY_COLUMNS, index, MOST_COLUMNS)
            del line[MOST_COLUMNS:]
        self._room -= min(wide, MOST_COLUMNS)
        if self._room < 0:
            return self._stop(RawSheetCode.TOO_MANY_CELLS, index, MOST_CELLS)
        if index < len(self._cells):
            raise ValueError("rows out of order")
        self._reach(index)
        self._cells.append(line)
        for column, value in faults.items():
            at = Location(self.place.workbook, self.place.sheet, f"{letter(column)}{index + 1}")
            code = RawSheetCode.ERROR_VALUE if value else RawSheetCode.FORMULA_WITHOUT_VALUE
            self.faults[index, column] = problem(
                RawSheetCode.PICTURE_IN_CELL if value in PICTURES else code, at, value=value
            )
        for column, text in texts.items():
            self.texts[index, column] = text
        if hidden:
            self._hidden_rows.append(index)
        return True

    def hide_columns(self, first: int, last: int) -> None:
        """Notes that the columns from ``first`` to ``last`` are not shown."""
        self._hidden_columns.update(range(first, min(last, MOST_COLUMNS) + 1))

    def mention(self, code: Code, index: int, column: int) -> None:
        """Notes something of a cell; of each code the first cell of the sheet is named."""
        if code not in self._seen:
            at = Location(self.place.workbook, self.place.sheet, f"{letter(column)}{index + 1}")
            self._seen[code] = problem(code, at)

    def draw(self, index: int, column: int, what: str) -> None:
        """Notes a picture, a chart or a shape whose corner is in that cell."""
        at = Location(self.place.workbook, self.place.sheet, f"{letter(column)}{index + 1}")
        if (at, what) not in self.drawings:
            self.drawings.append((at, what))

    def build(self) -> RawSheet:
        place = self.place
        if RawSheetCode.TOO_MANY_ROWS in self._limits or RawSheetCode.TOO_MANY_CELLS in self._limits:
            self._shorten()
        merged = self._merged()
        remarks = [*self._limits.values(), *self._seen.values()]
        if self._hidden:
            remarks.append(problem(RawSheetCode.HIDDEN_SHEET, place))
        if self._hidden_rows:
            shown = "、".join(str(row + 1) for row in self._hidden_rows[:8])
            more = " …" if len(self._hidden_rows) > 8 else ""
            first = Location(place.workbook, place.sheet, f"A{self._hidden_rows[0] + 1}")
            remarks.append(problem(RawSheetCode.HIDDEN_ROWS, first, rows=shown + more))
        return RawSheet(
            place.workbook,
            place.sheet,
            self._cells,
            merged,
            self.faults,
            self.texts,
            self.indents,
            remarks,
            frozenset(self._hidden_columns),
            tuple(self.drawings),
            self.underlined,
        )

    def _shorten(self) -> None:
        """Of a sheet that is too long only the beginning is checked further."""
        del self._cells[_BEGINNING:]
        self.faults = {place: fault for place, fault in self.faults.items() if place[0] < _BEGINNING}
        self.texts = {place: text for place, text in self.texts.items() if place[0] < _BEGINNING}
        self.indents = {place: indent for place, indent in self.indents.items() if place[0] < _BEGINNING}
        self._hidden_rows = [row for row in self._hidden_rows if row < _BEGINNING]

    def _reach(self, count: int) -> None:
        self._cells.extend([()] * (count - len(self._cells)))

    def _stop(self, code: Code, index: int, most: int) -> bool:
        at = Location(self.place.workbook, self.place.sheet, f"A{index + 1}")
        self._limits.setdefault(code, problem(code, at, most=most))
        return False

    def _merged(self) -> dict[Place, Place]:
        """The covered cells of the merged ranges that hold something, as far down as the sheet does."""
        covered: dict[Place, Place] = {}
        for top, left, bottom, right in self.spans:
            filled = top < len(self._cells) and left < len(self._cells[top]) and self._cells[top][left] is not None
            if not filled and (top, left) not in self.faults:
                continue
            rows = range(top, min(bottom + 1, len(self._cells)))
            columns = range(left, min(right + 1, MOST_COLUMNS))
            self._room -= len(rows) * len(columns)
            if self._room < 0:
                self._stop(RawSheetCode.TOO_MANY_CELLS, top, MOST_CELLS)
                break
            covered.update(((row, column), (top, left)) for row in rows for column in columns)
            del covered[top, left]
        return covered


def letter(column: int) -> str:
    """0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number(letters: str) -> int:
    """A → 0, AA → 26."""
    column = 0
    for character in letters:
        column = column * 26 + ord(character) - 64
    return column - 1
