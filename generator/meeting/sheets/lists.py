"""資料集.xlsx, 下架清單.xlsx, 上次決定.xlsx: the lists of a meeting, what is counted in each and how it is printed.

A new list that an attachment can print needs a class here, its place in LISTS, and a template.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

from generator.basic.problem import Location
from generator.basic.roc import YearMonth
from generator.meeting.sheets import CONTINUED, RELEASED
from generator.meeting.sheets.agenda import USUAL_KINDS
from generator.workbook.layout import TOTAL_WORDS
from generator.workbook.record import STAR, Kind, PrintedRow, Record, column, sheet, spans
from generator.workbook.values import folded

if TYPE_CHECKING:
    from generator.meeting.model import Meeting

BOOK = "資料集"
CORRECT, INCORRECT = "符合", "不符合"
# Rows of a list of data sets at most.
LONG_LIST = 200_000

# A figure without the sheet's name before it: 總數, its value, the cells behind it.
Count = tuple[str, Any, Iterable[Location]]


class ListRecord(Record, frozen=True):
    """A row of a list of the meeting."""

    @classmethod
    def rows(cls, meeting: Meeting) -> Sequence[Self]:
        """The rows of the list that count."""
        return meeting.list_of(cls)

    @classmethod
    def printed(cls, meeting: Meeting) -> Sequence[Self]:
        """The rows that an attachment prints, in their order."""
        return cls.rows(meeting)

    @classmethod
    def table(cls, meeting: Meeting) -> list[PrintedRow]:
        """The rows as a template prints them, by the users' headings, numbered where the list is."""
        number = cls.sheet.number
        rows = []
        for place, record in enumerate(cls.printed(meeting), start=1):
            row: dict[str, Any] = {number: place} if number else {}
            for name, value in record.by_heading().items():
                row[name] = (STAR if value else "") if isinstance(value, bool) else value
            rows.append(PrintedRow(row, record.row, record.computed()))
        return rows

    def computed(self) -> dict[str, tuple[Location, ...]]:
        """The cells of what is printed under a heading and stands in no cell."""
        return {}

    @classmethod
    def figures(cls, meeting: Meeting) -> Iterator[Count]:
        """What is counted in the list; asked only where the sheet is there."""
        return iter(())


@sheet(
    "預定開放",
    about="年度預定開放的資料集",
    book=BOOK,
    most=LONG_LIST,
    template="預定開放清單",
    number="序號",
)
class PlannedDataset(ListRecord, frozen=True):
    """A data set that is to be published this year."""

    name: str = column("資料集項目名稱", hint="照年度預定開放項目的名稱", example="○○統計年報", width=60)
    due: YearMonth = column("開放年月", Kind.YEAR_MONTH, hint="四或五碼民國年月", example="11304", width=10)
    unit: str = column("資料開放單位", Kind.UNIT, hint="負責開放的單位", example="公務預算處", width=20)
    published: bool = column(
        "已上架",
        Kind.FLAG,
        filled=False,
        words=("已上架", "未上架"),
        hint="已上架者填 ★，未上架者空白",
        example="★",
        width=8,
    )

    @classmethod
    def figures(cls, meeting: Meeting) -> Iterator[Count]:
        rows = cls.rows(meeting)
        published = sum(row.published for row in rows)
        yield "總數", len(rows), spans(rows, "name")
        yield "已上架數", published, spans(rows, "published")
        yield "未上架數", len(rows) - published, spans(rows, "published")
        units: dict[str, list[PlannedDataset]] = {}
        for row in rows:
            units.setdefault(row.unit, []).append(row)
        for unit, unit_rows in units.items():
            yield unit, len(unit_rows), spans(unit_rows, "unit")


@sheet(
    "下載統計",
    about="下載次數由多到少",
    book=BOOK,
    most=LONG_LIST,
    template="下載排名",
    number="下載排名",
)
class Download(ListRecord, frozen=True):
    """A data set with how often it was looked at and downloaded."""

    identifier: str = column("資料集識別碼", hint="政府資料開放平臺的編號", example="8246", width=14)
    published: dt.date = column("上架時間", Kind.DATE, hint="在平臺上架的日期", example="103-06-19")
    frequency: str = column("更新頻率", hint="照平臺所載", example="每月", width=10)
    updated: dt.date = column("資料更新時間", Kind.DATE, hint="最近一次更新的日期", example="113-03-07")
    name: str = column("資料集名稱", hint="照平臺所載", example="○○統計年報", width=50)
    views: int = column("累計瀏覽次數", Kind.COUNT, hint="自上架至資料基準日", example="40,661")
    downloads: int = column("累計下載次數", Kind.COUNT, hint="自上架至資料基準日，由多到少排列", example="9,231")

    @classmethod
    def printed(cls, meeting: Meeting) -> Sequence[Download]:
        """The first of the ranking, as many as the agency sets (下載排名數)."""
        return cls.rows(meeting)[: meeting.agency.top_downloads]

    @classmethod
    def figures(cls, meeting: Meeting) -> Iterator[Count]:
        top = cls.printed(meeting)
        yield "名次數", len(top), spans(top, "name")
        yield "名稱", [row.name for row in top], spans(top, "name")
        yield "瀏覽次數", sum(row.views for row in top), spans(top, "views")
        yield "下載次數", sum(row.downloads for row in top), spans(top, "downloads")


@sheet(
    "品質檢測",
    about="各單位資料集的品質檢測結果",
    book=BOOK,
    most=LONG_LIST,
    template="品質統計表",
    own_totals=True,
)
class Quality(ListRecord, frozen=True):
    """The badges of one unit's data sets. 白金 is part of 金 (official-format), so it is not in the total."""

    unit: str = column("單位", Kind.UNIT, lists_units=True, hint="每個單位一列", example="綜合規劃處", width=22)
    outside: int = column("檢測範圍外", Kind.COUNT, hint="資料集項數；沒有填 0", example="0")
    unbadged: int = column("無標章", Kind.COUNT, hint="資料集項數；沒有填 0", example="0")
    bronze: int = column("銅標章", Kind.COUNT, hint="資料集項數；沒有填 0", example="0")
    silver: int = column("銀標章", Kind.COUNT, hint="資料集項數；沒有填 0", example="0")
    gold: int = column("金標章", Kind.COUNT, hint="資料集項數；沒有填 0", example="0")
    platinum: int = column("白金標章", Kind.COUNT, hint="資料集項數，含於金標章內，不另加計；沒有填 0", example="0")
    stated_total: int | None = column(
        "總計", Kind.COUNT, required=False, filled=False, hint="可不填；有填則與程式加總核對"
    )

    @property
    def total(self) -> int:
        """檢測範圍外 + 無 + 銅 + 銀 + 金."""
        return sum(getattr(self, name) for name in BADGES_ADDED)

    @property
    def is_sum(self) -> bool:
        """Whether the row is no unit's but states the sums."""
        return folded(self.unit) in TOTAL_WORDS

    def by_heading(self) -> dict[str, Any]:
        """With the computed total, whatever is stated."""
        return {**ListRecord.by_heading(self), self.heading_of("stated_total"): self.total}

    def computed(self) -> dict[str, tuple[Location, ...]]:
        return {self.heading_of("stated_total"): tuple(self.at(name) for name in BADGES_ADDED)}

    @classmethod
    def rows(cls, meeting: Meeting) -> Sequence[Quality]:
        """The rows of the units."""
        return [row for row in meeting.list_of(cls) if not row.is_sum]

    @classmethod
    def sums(cls, meeting: Meeting) -> Quality | None:
        """The row that states the sums, where there is one."""
        return next((row for row in meeting.list_of(cls) if row.is_sum), None)

    @classmethod
    def printed(cls, meeting: Meeting) -> Sequence[Quality]:
        """The units in their official order."""
        order = {unit: number for number, unit in enumerate(meeting.units)}
        return sorted(cls.rows(meeting), key=lambda row: order.get(row.unit, len(order)))

    @classmethod
    def figures(cls, meeting: Meeting) -> Iterator[Count]:
        rows, base = cls.rows(meeting), meeting.agency.sample_base
        for name in BADGES:
            yield cls.heading_of(name), sum(getattr(row, name) for row in rows), spans(rows, name)
        total, outside = sum(row.total for row in rows), sum(row.outside for row in rows)
        cells = cls.added(rows)
        yield "總計", total, cells
        yield "檢測範圍內", total - outside, cells[1:]
        sample = sum(-(-row.total // base) for row in rows) if base else 0
        yield "抽查數", sample, [*cells, meeting.agency.at("sample_base")]

    @classmethod
    def added(cls, rows: Sequence[Quality]) -> list[Location]:
        """The cells that the total of these rows adds up."""
        return [cell for name in BADGES_ADDED for cell in spans(rows, name)]


BADGES = ("outside", "unbadged", "bronze", "silver", "gold", "platinum")
BADGES_ADDED = BADGES[:-1]


@sheet(
    "下架清單",
    about="擬下架的資料集",
    book="下架清單",
    most=LONG_LIST,
    template="下架清單",
    number="項次",
)
class Withdrawal(ListRecord, frozen=True):
    """A data set that is to be withdrawn."""

    name: str = column("下架資料集名稱", hint="照平臺所載", example="○○統計年報", width=44)
    unit: str = column("提供單位", Kind.UNIT, hint="提供資料集的單位", example="地方統計推展中心", width=22)
    reason: str = column("下架原因", hint="簡短寫明", example="已不再公告", width=24)
    remark: str = column("備註", filled=False, hint="需要補充時填寫", example="業務已移由○○部辦理。", width=50)

    @classmethod
    def figures(cls, meeting: Meeting) -> Iterator[Count]:
        rows = cls.rows(meeting)
        yield "總數", len(rows), spans(rows, "name")
        yield "單位", list(dict.fromkeys(row.unit for row in rows)), spans(rows, "unit")
        if Quality.sheet.name not in meeting.present:
            return
        units = Quality.rows(meeting)
        left = sum(unit.total for unit in units) - len(rows)
        yield "下架後總計", left, [*spans(rows, "name"), *Quality.added(units)]
        for unit in units:
            withdrawn = [row for row in rows if row.unit == unit.unit]
            if withdrawn:
                cells = [*spans(withdrawn, "unit"), *(unit.at(name) for name in BADGES_ADDED)]
                yield f"下架後{unit.unit}", unit.total - len(withdrawn), cells


# The lists that an attachment can print.
LISTS: tuple[type[ListRecord], ...] = (PlannedDataset, Download, Quality, Withdrawal)
BY_SHEET = {record.sheet.name: record for record in LISTS}


@sheet("上次會議決定", about="上次會議的決定（議）與辦理情形", book="上次決定")
class PastDecision(ListRecord, frozen=True):
    """What an earlier meeting decided on a case, and what was done; ``meeting`` is its id, empty for the last one."""

    number: str = column(
        "編號",
        required=False,
        rare=True,
        hint="列管事項的編號；填了就印在表內，往後各次會議都用同一個編號",
        example="113-01",
        width=10,
    )
    kind: str = column("類別", Kind.CHOICE, choices=USUAL_KINDS, example=USUAL_KINDS[0], width=12)
    subject: str = column("案由", hint="照上次會議紀錄", example="本部112年資料開放推動情形，提請討論。", width=50)
    decision: str = column("決定（議）", hint="照上次會議紀錄，一字不改", example="照案通過。", width=50)
    unit: str = column(
        "主辦機關",
        required=False,
        rare=True,
        hint="由哪個機關或單位辦理；填了就印在表內，有幾個時以、分開",
        example="主計資訊處",
        width=20,
    )
    progress: str = column(
        "辦理情形",
        filled=False,
        hint="至本次會議前做了什麼",
        example="已於113年3月1日函送各單位辦理。",
        width=60,
    )
    tracking: str = column(
        "列管",
        Kind.CHOICE,
        required=False,
        filled=False,
        choices=(CONTINUED, RELEASED),
        hint="不列管者空白；填了就印成「列管建議」",
        example=RELEASED,
    )
    meeting: str = column(
        "會議", required=False, hint="哪一次會議的決定（議）；空白為上次會議", example="112-2", width=10
    )

    @classmethod
    def figures(cls, meeting: Meeting) -> Iterator[Count]:
        rows = cls.rows(meeting)
        yield "總數", len(rows), spans(rows, "subject")


@sheet("統計數字", about="無法由其他工作表算出的總數", book=BOOK)
class Total(ListRecord, frozen=True):
    """A figure that no sheet can yield, with its source."""

    name: str = column("名稱", hint="說明內以 {{ 統計數字.名稱 }} 帶入", example="總瀏覽次數", width=20)
    value: int = column("數值", Kind.COUNT, hint="完整的數字，不加單位", example="2,385,000", width=16)
    source: str = column(
        "出處", hint="數字從哪裡來，何時取得", example="政府資料開放平臺統計頁，113-04-02 取得", width=60
    )

    @classmethod
    def figures(cls, meeting: Meeting) -> Iterator[Count]:
        for row in cls.rows(meeting):
            yield row.name, row.value, (row.at("value"),)


@sheet("抽查清單", about="由平臺目錄抽出、要逐項檢查的資料集，由 packet catalogue --sample 產生", most=LONG_LIST)
class Sampled(ListRecord, frozen=True):
    """A data set that was drawn to be looked at, and what was found."""

    identifier: str = column("資料集識別碼", hint="政府資料開放平臺的編號", example="8246", width=14)
    name: str = column("資料集名稱", hint="照平臺所載", example="○○統計年報", width=50)
    unit: str = column("單位", required=False, filled=False, hint="資料提供單位", example="企劃處", width=20)
    result: str = column(
        "抽查結果",
        Kind.CHOICE,
        required=False,
        filled=False,
        choices=(CORRECT, INCORRECT),
        hint="還沒有檢查的空白",
        example=CORRECT,
        width=10,
    )
    remark: str = column("說明", required=False, filled=False, hint="不符合的情形", example="連結失效", width=40)

    @classmethod
    def figures(cls, meeting: Meeting) -> Iterator[Count]:
        rows = cls.rows(meeting)
        results = spans(rows, "result") or spans(rows, "name")
        yield "總數", len(rows), spans(rows, "name")
        yield "符合數", sum(row.result == CORRECT for row in rows), results
        yield "不符合數", sum(row.result == INCORRECT for row in rows), results
        yield "未檢查數", sum(not row.result for row in rows), results


# The lists that are counted, in the order of `packet figures`.
COUNTED: tuple[type[ListRecord], ...] = (*LISTS, PastDecision, Total, Sampled)
