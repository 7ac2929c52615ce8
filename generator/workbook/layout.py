"""How a table stands on a sheet: the lines above it, its heading rows, and what each row below them is.

Found by what follows: a heading stands above a run of rows that fill its columns. Words decide only where the place of
a cell says nothing (單位：千元 beside a date, 註： below the data).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import pairwise

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.workbook import values
from generator.workbook.raw import RawSheet


class RowKind(Enum):
    """What a row below the headings is. Only data are counted and summed."""

    DATA = "資料"
    TOTAL = "合計"
    GROUP = "分組"
    NOTE = "附註"


TOTAL_WORDS = ("總計", "合計", "總和", "加總", "合計數", "總計數", "total", "grandtotal")
# What stands above the whole as often as above a part of it: a total only where the numbers are the sums.
WHOLE_WORDS = compile_late(
    r"全[國體部市縣校府院省區臺台]|總[數額量]|總(?:人|件|戶|次|筆|項|校|班)數|本[部會院府局署校處市縣](?:合計)?"
)
SUBTOTAL_WORDS = ("小計", "計", "共計", "subtotal", "sub-total")
# What a row states of others without being the sum of its block: 月平均, 1至3月累計, 過次頁.
_STATED = compile_late(
    r"(?:每|全|各|總|本|國|市|縣|校|區|站|班|人|次|項|件|機關|單位|[年月日季週旬期])*平均(?:數|值|每.{1,3})?|平均每.{1,3}"
    r"|(?:自|至|迄|到|截|今|本|上|全|總|民國|[年月日季期度份初底末止起\d])*累計(?:數|值|至今)?"
    r"|(?:承|接)(?:上|前)頁|(?:過|轉|接)(?:次|下)頁"
)
_PERIOD = compile_late(r"(?:\d{2,4}年度?)?(?:第?[1-4一二三四]季|Q[1-4]|[上下]半年度?|全年度?)", re.IGNORECASE)
# Rows below a total that compare: 占比, 較上年增減, 上年同期.
_COMPARED = compile_late(
    r"[%％]|百分率|占比|百分比|比率|比例|構成比|結構比|增減|成長率|達成率|較上|較去年|累計|平均|同期|同月"
    r"|^(?:最[高低大小]值?|中位數|標準差|差異數?|比較數?)$"
)
# A total may be one of a year, a month, a quarter, or of several: 112年小計, 1至3月合計, 第2季小計.
_TOTAL_ENDS = compile_late(
    r"(?:(?:中華民國|民國)?\d{2,4}\s*(?:學年|會計年|年)度?|\d{1,2}\s*(?:月份?)?[至到~～\-－]?\d{0,2}\s*月份?|第?\d季|第\d{1,2}[類組區梯期次項])?"
    r"[^0-9\s、，。：:]{0,8}(?:總計|合計|小計|總和)(?:[（(][^（）()]*[）)])?"
)
# What stands in a column of numbers where there is none to report.
_UNREPORTED = compile_late(
    r"(?:尚|暫)?未[\w]{1,4}|(?:暫)?無(?:資料|統計|此項)?|不(?:詳|適用|明|提供|列入)|免(?:辦理|填|報)?|待(?:查|補|確認|統計|定)"
    r"|停(?:辦|用|止)|缺(?:漏|值|資料)?|從?略|保密|取消|同上|詳(?:如|見)?(?:附件|備註)|(?:辦理|規劃|審查|籌備|統計|整理)中"
)
# A number with a sign for a note or a word that it is no exact one: 50*, 50(r), 約50.
_MARKED_NUMBER = compile_late(
    r"(?:約|近|逾|達)?\s*[-－△▲]?\d[\d,.]*\s*(?:[*＊※#+†‡]{1,2}|[（(](?:[a-z]|註?\d{0,2})[)）])?", re.I
)
# Marks in a column that someone counts below: V, ✓, ○.
_MARK = compile_late(r"[VvXxOo✓✔☑✗✘☒○●◎★☆△▲■□※]{1,2}")
_NOTE = compile_late(
    r"(?:附?註\s*\d*\s*[：:.、]|附?註$|備\s*[註考](?:\s*[：:]|\s|$)|(?:填表|編製|使用)?說\s*明(?:\s*[：:]|\s|$)|資料來源|資料出處"
    r"|(?:來源|出處)[：:]|[（(]?(?:本[頁表])?以下(?:空白|略)|[（(]附?註\s*\d*\s*[）)]|※|＊|\*|N\.?B\.?|Notes?[：:]|Source[：:])",
    re.IGNORECASE,
)
_SIGNED = compile_late(
    r"(?:製表|填表|複核|覆核|審核|承辦|主辦|業務主管|單位主管|會計主管|主計主管|機關首長|機關長官"
    r"|[^：:]{0,4}(?:[科股組處課局署司室部院校]長|主任|經辦|校核)[^：:]{0,3}[：:])"
)
_UNIT = compile_late(
    r"[（(]?\s*(?:計量|金額|貨幣|幣值)?單\s*位\s*[：:].+|[（(]?(?:(?:計量|金額)?單\s*位\s+)?(?:新[臺台]幣\s*[：:]?\s*)?[十百千萬億]{0,2}元[）)]?$"
)
# What stands in the frame of an official statistical report (公務統計報表) beside its headings.
_FRAME = compile_late(
    r"(?:公開|秘密|機密|限閱)類|(?:[日旬週月季年]|半年|學年|不定期)報|編製機關|表號|頁次|第\d+頁.{0,6}|(?:次|每|翌|隔|於|期間).{1,18}編(?:報|製|送)"
)
_FRAME_LABELS = ("編製機關", "表號", "頁次")
_DAY = compile_late(
    r"[（(]?(?:中華)?(?:民國)?\s*\d{2,4}\s*(?:年|學年|[-/.]\d)[\d年度月日季上下半全底止學期第至到迄截、,.\-~～—─－/\s]*(?:編製|製表|填報|更新|查詢|列印)?[）)]?$"
)
_LABELLED = compile_late(r"[^：:（(]{1,12}[：:]")
# A unit at the end of a title: 各站筆數（單位：千元）.
_UNIT_OF_TITLE = compile_late(r".+[（(]\s*(?:計量|金額)?單\s*位\s*[：:]\s*([^（）()]+)[）)]")
_NUMBER = compile_late(r"[(（]?[-+－△▲▽▼]?\s?(?:NT)?\$?(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:[.．]\d+)?[)）]?[%％]?")
# The numbers of columns below their names: (1), (3)=(2)-(1), A, C=A-B.
_COLUMN_NUMBER = compile_late(r"[（(](?:\d{1,2}|[A-Za-z])[）)](?:\s*[=＝].*)?$|[A-Za-z]\d?(?:\s*[=＝].*)?$")
# What stands for no number: nil, not available, secret.
NOTHING_SIGNS = {"-", "－", "–", "—", "─", "--", "…", "...", "⋯", "x", "X", "＊", "**", "NA", "N/A", "n.a.", "無"}
ZERO_SIGNS = {"-", "－", "–", "—", "─", "--"}
_MOST_LINES, _MOST_HEADINGS, _LOOKED_AT = 15, 4, 30


class Area(Struct, frozen=True):
    """A cell that holds something, with the columns and rows that it covers (one of each where it is not merged)."""

    row: int
    first: int
    last: int
    bottom: int
    value: object

    @property
    def text(self) -> str:
        return str(self.value).strip()


class Headings(Struct, frozen=True):
    """The rows of the headings, from ``top`` to ``bottom``, and those of the lines above.

    ``doubtful``: whether they could also have been taken otherwise.
    """

    lines: tuple[int, ...]
    top: int
    bottom: int
    doubtful: bool


def find_headings(sheet: RawSheet) -> Headings | None:
    """Where the headings of a sheet stand; None where nothing stands on it."""
    return _Finder(sheet).headings()


def is_unit(text: str) -> bool:
    """Whether a line above a table names the unit: 單位：千元."""
    return bool(_UNIT.fullmatch(text))


def unit_of_title(text: str) -> str:
    """The unit that stands in brackets at the end of a title; empty where none does."""
    match = _UNIT_OF_TITLE.fullmatch(text)
    return match[1].strip() if match else ""


def is_day(text: str) -> bool:
    """Whether a line above a table is a date or period: 中華民國113年6月底, 截止日：113年6月30日."""
    return bool(_DAY.fullmatch(text) or (_LABELLED.match(text) and not is_unit(text)))


def is_frame(text: str) -> bool:
    """Whether a text is one of those in the frame of an official statistical report: 公開類, 月報, 編製機關."""
    return bool(_FRAME.fullmatch(values.folded(text)))


def is_label(text: str) -> bool:
    """Whether a cell names what stands in the next: 年度： and 113, 編製機關 and who it is."""
    return text.endswith(("：", ":")) or values.folded(text) in _FRAME_LABELS


def is_note(text: str) -> bool:
    """Whether a text begins as notes below a table do: 註：, 備註, 說明：, 資料來源."""
    return bool(_NOTE.match(text.strip()))


def is_bare(text: str) -> bool:
    """Whether a text is but a word that could begin a note: 說明, 備註. It may name what stands beside it."""
    return values.folded(text) in ("說明", "備註", "備考", "附註")


def is_signature(texts: Iterable[str]) -> bool:
    """Whether a row is that of the signatures below a table: 製表　審核　機關首長."""
    given = list(texts)
    return bool(given) and all(_SIGNED.match(values.folded(text)) for text in given)


def total_word(labels: Sequence[str]) -> str:
    """The word that makes a row one of totals, from the texts before its numbers; empty where there is none."""
    for label in labels:
        plain = values.folded(label).lower().rstrip("：:")
        # 總計 Total, 總計=(1)+(2)
        plain = re.sub(r"(?<=計)(?:[a-z.\-/]+|=.*)$", "", plain)
        for word in (*TOTAL_WORDS, *SUBTOTAL_WORDS):
            if plain == word:
                return word
        if _STATED.fullmatch(plain):
            return plain
        if _TOTAL_ENDS.fullmatch(plain):
            return next(word for word in (*TOTAL_WORDS, "小計") if word in plain)
    return ""


def reports_nothing(text: str) -> bool:
    """Whether a text stands where there is no number to report: －, 未報, 尚未統計."""
    return text.strip() in NOTHING_SIGNS or bool(_UNREPORTED.fullmatch(text.strip()))


def is_period(label: str) -> bool:
    """Whether a row is that of a part of a year that others may make up: 第1季, 上半年, 全年."""
    return bool(_PERIOD.fullmatch(values.folded(label)))


def compares(label: str) -> bool:
    """Whether a row below a total compares it with something: 占比, 較上年增減."""
    return bool(_COMPARED.search(values.folded(label)))


def is_number(value: object) -> bool:
    """Whether a cell holds a number, also one that was typed as a text: 1,234."""
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value.strip()))
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Finder:
    def __init__(self, sheet: RawSheet) -> None:
        self.sheet = sheet
        self.rows = [row for row, cells in enumerate(sheet.cells) if not all(map(values.is_blank, cells))]
        self._covers: dict[tuple[int, int], tuple[int, int]] = {}
        for (row, column), top in sheet.merged.items():
            bottom, last = self._covers.get(top, top)
            self._covers[top] = (max(bottom, row), max(last, column))

    def areas(self, row: int) -> list[Area]:
        """The cells of a row that hold something."""
        found = []
        for column, value in enumerate(self.sheet.cells[row]):
            if not values.is_blank(value) and (row, column) not in self.sheet.merged:
                bottom, last = self._covers.get((row, column), (row, column))
                found.append(Area(row, column, last, bottom, value))
        return found

    def headings(self) -> Headings | None:
        if not self.rows:
            return None
        wide = max(len(self.areas(row)) for row in self.rows[:200])
        if wide == 1:
            return Headings((), self.rows[0], self.rows[0], False)
        doubtful = False
        lines: list[int] = []
        rows = self.rows[:_MOST_LINES]
        for place, row in enumerate(rows):
            below = self.rows[place + 1] if place + 1 < len(self.rows) else None
            line = self._line(row, below)
            if line is None:
                break
            doubtful |= line
            lines.append(row)
        else:
            # Every row has one cell only: the first is the heading, as people write a list.
            lines = []
        top = self.rows[len(lines)]
        if lines and self._has_numbers(top):
            # Data stand right below a single text: it is the heading, whatever else it may be.
            top, doubtful = lines.pop(), True
        # 101, 205 may name columns, or the headings are missing.
        doubtful |= self._has_numbers(top)
        bottom = top
        while bottom - top + 1 < _MOST_HEADINGS:
            goes_on = self._goes_on(top, bottom)
            if goes_on is None:
                break
            doubtful |= goes_on
            bottom += 1
        return Headings(tuple(lines), top, bottom, doubtful)

    def _line(self, row: int, below: int | None) -> bool | None:
        """Whether taking the row for a line above the table is doubtful; None where it is none."""
        areas = self.areas(row)
        if below is None:
            return None
        next_areas = self.areas(below)
        if len(areas) == 1:
            return None if self._is_group(areas[0], next_areas) else False
        if all(_describes(area) or (before and is_label(before.text)) for before, area in _with_before(areas)):
            # 年度： and 113 in two cells.
            return False
        if any(is_number(area.value) and not str(area.value).strip().endswith("年") for area in areas) and not any(
            is_label(area.text) for area in areas
        ):
            return None
        if any(area.bottom > area.row for area in areas):
            # Lines are one row high; headings beside those of several rows are not.
            return None
        described = [_describes(area) for area in areas]
        wide = max((len(self.areas(later)) for later in self.rows[self.rows.index(row) + 1 :][:_LOOKED_AT]), default=0)
        if all(described):
            return False
        if any(area.last > area.first for area in areas) and not any(described):
            return None
        if any(described) and len(areas) <= 3 and len(areas) < wide:
            return False
        texts = [area.text for area in next_areas]
        looks_headed = len(texts) == wide and not self._has_numbers(below) and len(set(texts)) == len(texts)
        starts_left = bool(next_areas) and areas[0].first == next_areas[0].first
        if looks_headed and starts_left and 2 * len(areas) <= len(texts):
            return True
        return None

    def _is_group(self, area: Area, below: Sequence[Area]) -> bool:
        """Whether a single cell is the heading of several columns, the names of which stand below it."""
        if is_unit(area.text):
            return False
        first = min((other.first for other in below), default=0)
        covered = [other for other in below if area.first <= other.first <= area.last]
        return area.first > first and area.last > area.first and len(covered) > 1

    def _has_numbers(self, row: int) -> bool:
        """Whether numbers stand in a row that are no headings."""
        if self._numbered(row):
            return False
        return any(is_number(area.value) for area in self.areas(row))

    def _numbered(self, row: int) -> bool:
        """Whether the numbers of a row are headings: years, or the numbers of the columns."""
        areas = self.areas(row)
        if len(areas) > 1 and all(_COLUMN_NUMBER.match(area.text) for area in areas):
            return True
        numbers = [int(area.text) for area in areas if area.text.isdecimal() and len(area.text) < 5]
        if len(numbers) < 2 or len(numbers) != sum(is_number(area.value) for area in areas):
            return False
        steps = {later - earlier for earlier, later in pairwise(numbers)}
        later = next((other for other in self.rows if other > row), None)
        if steps not in ({1}, {-1}) or later is None:
            return False
        years = all(80 <= number <= 200 or 1980 <= number <= 2100 for number in numbers)
        counted = numbers[0] == 1 and len(numbers) == len(areas)
        below = self.areas(later)
        named = bool(below) and not is_number(below[0].value)
        return named and (counted or (years and (len(numbers) < len(areas) or areas[0].first > below[0].first)))

    def _goes_on(self, top: int, bottom: int) -> bool | None:
        """Whether it is doubtful that the row below ``bottom`` is one of headings too; None where it is none."""
        row = bottom + 1
        if row >= len(self.sheet.cells):
            return None
        areas = self.areas(row)
        if any(top <= self.sheet.merged.get((row, column), (row, 0))[0] <= bottom for column in range(self._wide())):
            return False
        if not areas or self._has_numbers(row) or any(isinstance(area.value, dt.date | bool) for area in areas):
            return None
        later = [other for other in self.rows if other > row][:_LOOKED_AT]
        numeric = self._numeric_columns(later)
        in_numbers = [area.text for area in areas if area.first in numeric and area.text not in NOTHING_SIGNS]
        if in_numbers and all(map(_is_entry, in_numbers)):
            return None
        above = numeric & self._columns_with_text(areas)
        heads = [area for headed in range(top, bottom + 1) for area in self.areas(headed)]
        headed = {column for area in heads for column in range(area.first, area.last + 1)}
        given = {column for area in areas for column in range(area.first, area.last + 1)}
        merged = any(area.last > area.first for area in heads if area.row == bottom)
        if self._numbered(row):
            return not merged
        if len(areas) == 1 and areas[0].first == min(headed) and headed >= numeric and not merged:
            # A group of rows begins right below the headings.
            return None
        if numeric and 2 * len(above) >= len(numeric):
            first = min(headed | given)
            both = first in headed and first in given
            if not both or merged:
                return not merged
            texts = [area.text for area in areas]
            # The headings in English, or the units of the columns, below their names.
            return not all(text.isascii() or text[0] in "（(" for text in texts) if headed >= given else True
        # Without numbers below, a group says so by its merged cell, and the columns beside it by being left blank.
        beneath = any(
            area.last > area.first and sum(area.first <= other.first <= area.last for other in areas) > 1
            for area in heads
            if area.row == bottom
        )
        return True if beneath and headed - given and not numeric else None

    def _wide(self) -> int:
        return max((len(cells) for cells in self.sheet.cells[:200]), default=0)

    def _columns_with_text(self, areas: Sequence[Area]) -> set[int]:
        return {
            column
            for area in areas
            if isinstance(area.value, str) and area.text not in NOTHING_SIGNS and not is_number(area.value)
            for column in range(area.first, area.last + 1)
        }

    def _numeric_columns(self, rows: Sequence[int]) -> set[int]:
        numbers: dict[int, int] = {}
        for row in rows:
            for area in self.areas(row):
                if is_number(area.value):
                    numbers[area.first] = numbers.get(area.first, 0) + 1
                elif area.text not in NOTHING_SIGNS:
                    numbers[area.first] = numbers.get(area.first, 0) - 1
        return {column for column, count in numbers.items() if count > 0}


def _is_entry(text: str) -> bool:
    """Whether a text in a column of numbers is what a row of data has there, and no heading."""
    return any(pattern.fullmatch(text) for pattern in (_UNREPORTED, _MARK, _MARKED_NUMBER))


def _with_before(areas: Sequence[Area]) -> Iterator[tuple[Area | None, Area]]:
    return zip([None, *areas], areas, strict=False)


def is_aside(texts: Sequence[str]) -> bool:
    """Whether a row of headings only repeats in English, numbers the columns or gives their units."""
    given = [text for text in texts if text]
    return bool(given) and all(
        text.isascii() or _COLUMN_NUMBER.match(text) or (text[0] in "（(" and text[-1] in "）)") for text in given
    )


def _describes(area: Area) -> bool:
    """Whether a cell tells of the table as a whole: its unit, its date, who made it."""
    if isinstance(area.value, dt.date):
        return True
    text = area.text
    return bool(is_unit(text) or _DAY.fullmatch(text) or _LABELLED.match(text) or is_frame(text))
