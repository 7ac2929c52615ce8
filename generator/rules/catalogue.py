"""The open-data platform's catalogue in inputs/共用, against the meeting's lists.

The export of data.gov.tw has 22 columns (資料集識別碼, 資料集名稱, 提供機關, 上架日期 …). Views and downloads are not
in it; they are taken from whatever file of 共用 has them by 資料集識別碼.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from generator.basic import roc
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, note, problem, warning
from generator.basic.roc import YearMonth
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import Download, PlannedDataset, Quality
from generator.workbook import catalogue as file
from generator.workbook import values
from generator.workbook.catalogue import Unreadable
from generator.workbook.values import folded, same_name


class CatalogueCode(Code):
    """The problems that this module finds."""

    CATALOGUE_UNREADABLE = warning("不是可讀的 .csv，或檔案過大", "請由平臺重新下載。")
    CATALOGUE_PUBLISHED = note(
        "「{name}」在平臺已上架（{place}，識別碼 {identifier}，{day}），這裡沒有 ★", "請核對後填 ★。"
    )
    CATALOGUE_NEAR = note(
        "「{name}」在平臺沒有同名的資料集，名稱相近的有「{near}」（{place}）", "是同一項時，請統一名稱並填 ★。"
    )
    CATALOGUE_ABSENT = warning("「{name}」標為已上架，平臺目錄沒有同名的資料集{near}", "請核對名稱或 ★。")
    CATALOGUE_LATE = warning(
        "「{name}」於 {day} 上架（{place}），晚於預定的 {due}", "請核對上架日期；延後的原因請寫在說明。"
    )
    CATALOGUE_COUNT = warning("「{unit}」總計 {ours} 項，平臺目錄為 {theirs} 項（{place}）", "請核對兩邊的日期與範圍。")
    CATALOGUE_TIMES = warning("「{name}」的{heading}為 {ours:,}，{place} 為 {theirs:,}", "請核對兩邊的日期。")


IDENTIFIER, NAME, PROVIDER, PUBLISHED = "資料集識別碼", "資料集名稱", "提供機關", "上架日期"
_VIEWS, _DOWNLOADS = ("累計瀏覽次數", "瀏覽次數", "資料集瀏覽次數"), ("累計下載次數", "下載次數", "資料集下載次數")
NO_UNIT = "（未標示單位）"
_ALIKE = 0.93
_BRACKETS = compile_late(r"[(\[（【][^)\]）】]*[)\]）】]")


class Entry(Struct, frozen=True):
    """A data set of the agency in the catalogue; ``row`` as Excel counts."""

    identifier: str
    name: str
    unit: str
    published: dt.date | None
    row: int


class Catalogue(Struct):
    """The agency's own data sets. ``whole``: how many rows the file has; ``times`` are views and downloads by id."""

    file: str = ""
    entries: list[Entry] = field(default_factory=list)
    whole: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    times: dict[str, tuple[int | None, int | None, str]] = field(default_factory=dict)

    def at(self, entry: Entry, heading: str) -> Location:
        return Location(self.file, cell=f"{self.columns.get(heading, 'A')}{entry.row}")

    def by_unit(self, units: Iterable[str]) -> dict[str, list[Entry]]:
        """The data sets of each unit, in the official order; units without any are left out."""
        found: dict[str, list[Entry]] = {unit: [] for unit in units}
        for entry in self.entries:
            found.setdefault(entry.unit, []).append(entry)
        return {unit: entries for unit, entries in found.items() if entries}


def read(shared: Path, meeting: Meeting, problems: list[Problem]) -> Catalogue | None:
    """The newest catalogue in 共用 with the agency's rows; None where there is none. Raises OSError."""
    paths = [path for path in sorted(shared.glob("*.csv")) if path.is_file() and not path.is_symlink()]
    heads = {path: file.headings(path) for path in paths}
    having = [path for path, names in heads.items() if {IDENTIFIER, NAME, PROVIDER} <= set(names)]
    if not having:
        return None
    path = max(having, key=lambda path: (path.stat().st_mtime, path.name))
    found = Catalogue(
        path.name, columns={name: file.column(path, name) for name in (IDENTIFIER, NAME, PROVIDER, PUBLISHED)}
    )
    agency = [folded(name) for name in (meeting.agency.full_name, meeting.agency.short_name) if name]
    units = sorted(((folded(unit), unit) for unit in meeting.units), key=lambda pair: -len(pair[0]))
    try:
        for number, cells in file.rows(path):
            found.whole += 1
            provider = cells.get(PROVIDER, "")
            if not any(name in provider for name in agency) and not any(name in folded(provider) for name in agency):
                continue
            found.entries.append(_entry(number, cells, provider, units))
            _take_times(found, cells, path.name)
        for other, names in heads.items():
            if other != path and IDENTIFIER in names and set(names) & {*_VIEWS, *_DOWNLOADS}:
                own = {entry.identifier for entry in found.entries}
                for _, cells in file.rows(other):
                    if cells.get(IDENTIFIER, "").strip() in own:
                        _take_times(found, cells, other.name)
    except Unreadable as unreadable:
        problems.append(problem(CatalogueCode.CATALOGUE_UNREADABLE, Location(str(unreadable))))
    return found


def _entry(number: int, cells: dict[str, str], provider: str, units: Sequence[tuple[str, str]]) -> Entry:
    # A unit stands behind the agency's name, or in a column of its own.
    places = folded(f"{cells.get('單位', '')}{cells.get('提供單位', '')}{provider}")
    unit = next((unit for key, unit in units if key and key in places), NO_UNIT)
    try:
        published = values.date(cells.get(PUBLISHED, ""))
    except values.BadValue:
        published = None
    return Entry(cells.get(IDENTIFIER, "").strip(), " ".join(cells.get(NAME, "").split()), unit, published, number)


def _take_times(found: Catalogue, cells: dict[str, str], name: str) -> None:
    def count(headings: Sequence[str]) -> int | None:
        text = next((cells[heading] for heading in headings if cells.get(heading)), "").replace(",", "").strip()
        return int(text) if text.isdecimal() and len(text) < 16 else None

    views, downloads = count(_VIEWS), count(_DOWNLOADS)
    if views is not None or downloads is not None:
        found.times[cells[IDENTIFIER].strip()] = (views, downloads, name)


def compare(meeting: Meeting, catalogue: Catalogue) -> list[Problem]:
    """The differences to 〔預定開放〕, 〔品質檢測〕 and 〔下載統計〕, each with both cells."""
    return [*_planned(meeting, catalogue), *_counts(meeting, catalogue), *_times(meeting, catalogue)]


def _planned(meeting: Meeting, catalogue: Catalogue) -> Iterator[Problem]:
    known = {same_name(entry.name): entry for entry in catalogue.entries}
    taken = {same_name(row.name) for row in meeting.list_of(PlannedDataset)}
    free = {name: entry for name, entry in known.items() if name not in taken}
    for row in meeting.list_of(PlannedDataset):
        entry = known.get(same_name(row.name))
        if entry is not None:
            day = roc.short_date(entry.published) if entry.published else "日期不明"
            if not row.published:
                place = catalogue.at(entry, NAME)
                code, about = CatalogueCode.CATALOGUE_PUBLISHED, {"identifier": entry.identifier, "day": day}
                yield problem(code, row.at("published"), name=row.name, place=place, **about)
            if entry.published and YearMonth.of(entry.published) - row.due > 0:
                place = catalogue.at(entry, PUBLISHED)
                yield problem(
                    CatalogueCode.CATALOGUE_LATE, row.at("due"), name=row.name, day=day, place=place, due=row.due
                )
            continue
        alike = _alike(same_name(row.name), free)
        if row.published:
            near = f"，相近的有「{alike.name}」（{catalogue.at(alike, NAME)}）" if alike else ""
            yield problem(CatalogueCode.CATALOGUE_ABSENT, row.at("published"), name=row.name, near=near)
        elif alike:
            place = catalogue.at(alike, NAME)
            yield problem(CatalogueCode.CATALOGUE_NEAR, row.at("name"), name=row.name, near=alike.name, place=place)


def _alike(name: str, known: Mapping[str, Entry]) -> Entry | None:
    """The data set whose name is nearly that one: without what stands in brackets, a part of it, or a slip away.

    Names of a series (…人工表, …分析表) differ in as much as a slip in a short name, so only little may differ.
    """
    plain = _BRACKETS.sub("", name)
    for other, entry in known.items():
        bare = _BRACKETS.sub("", other)
        if min(len(plain), len(bare)) > 3 and (plain in bare or bare in plain):
            return entry
    near = difflib.get_close_matches(plain, known, n=1, cutoff=_ALIKE)
    return known[near[0]] if near else None


def _counts(meeting: Meeting, catalogue: Catalogue) -> Iterator[Problem]:
    by_unit = catalogue.by_unit(meeting.units)
    if set(by_unit) <= {NO_UNIT}:
        # The catalogue names no units: only the sum can be compared.
        rows = Quality.rows(meeting)
        if rows and (total := sum(row.total for row in rows)) != len(catalogue.entries):
            at, about = rows[0].at("unit"), {"ours": total, "theirs": len(catalogue.entries)}
            yield problem(
                CatalogueCode.CATALOGUE_COUNT, at, unit=meeting.agency.full_name, place=catalogue.file, **about
            )
        return
    for row in Quality.rows(meeting):
        entries = by_unit.get(row.unit, [])
        if row.total != len(entries):
            place = catalogue.at(entries[0], PROVIDER) if entries else catalogue.file
            about = {"ours": row.total, "theirs": len(entries)}
            yield problem(CatalogueCode.CATALOGUE_COUNT, row.at("unit"), unit=row.unit, place=place, **about)


def _times(meeting: Meeting, catalogue: Catalogue) -> Iterator[Problem]:
    for row in meeting.list_of(Download):
        views, downloads, name = catalogue.times.get(row.identifier.strip(), (None, None, ""))
        for field_name, theirs in (("views", views), ("downloads", downloads)):
            ours = getattr(row, field_name)
            if theirs is not None and theirs != ours:
                about = {"heading": row.heading_of(field_name), "ours": ours, "theirs": theirs, "place": name}
                yield problem(CatalogueCode.CATALOGUE_TIMES, row.at(field_name), name=row.name, **about)


def sample(meeting: Meeting, catalogue: Catalogue) -> list[Entry]:
    """One in so many (抽查基數) of each unit's data sets, at least one: the same for everyone who counts again.

    They are put in the order of the SHA-256 of 「meeting:identifier」, and the first ones are taken.
    """
    base = meeting.agency.sample_base
    found: list[Entry] = []
    for entries in catalogue.by_unit(meeting.units).values():
        drawn = sorted(entries, key=lambda entry: hashlib.sha256(f"{meeting.id}:{entry.identifier}".encode()).digest())
        found += drawn[: -(-len(entries) // base)] if base else []
    return found


def method(meeting: Meeting) -> str:
    """How the sample was drawn, for the list."""
    base = meeting.agency.sample_base
    return (
        f"抽查方法：各單位每{base}項抽1項，不足{base}項抽1項；以「{meeting.id}:資料集識別碼」的SHA-256值由小到大，"
        "取前幾項，任何人可重算。"
    )
