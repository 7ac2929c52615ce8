"""Cells → model: the meeting read from its workbooks, with every problem met on the way."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from generator.basic.problem import Location, Problem, perhaps, problem
from generator.basic.workspace import MeetingId, Workspace
from generator.meeting import minutes, sheets, succession, workdays
from generator.meeting.files import NamedFile
from generator.meeting.minutes import Decision, Remark
from generator.meeting.model import (
    FILE,
    SEPARATELY,
    SHARED,
    SHEET,
    Agency,
    Article,
    Attachment,
    Case,
    Download,
    Explanation,
    Meeting,
    Member,
    PastDecision,
    PlannedDataset,
    Quality,
    Regulation,
    Slide,
    SlidePoint,
    Total,
    Withdrawal,
)
from generator.meeting.sheets import CASE_KINDS, DISCUSSION, MOTION, REPORT, SheetSpec
from generator.workbook import books, typed_rows, values
from generator.workbook.raw import RawSheet
from generator.workbook.typed_rows import PlainTable, Row

T = TypeVar("T")

_DEPENDENT = {"missing-sheet", "no-such-sheet", "empty-sheet", "unknown-case", "note-without-attachment"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the workbooks of a meeting say. ``meeting`` is None where an error leaves no meeting to speak of.

    ``files`` are those that rows of 〔附件〕 name. Nobody has looked into them: that is no work for who reads tables.
    """

    meeting: Meeting | None
    problems: list[Problem]
    files: tuple[NamedFile, ...]


def load(workspace: Workspace, meeting_id: MeetingId) -> tuple[Meeting | None, list[Problem]]:
    """The meeting without its files, and every problem met on reading the workbooks."""
    loaded = read(workspace, meeting_id)
    return loaded.meeting, loaded.problems


def read(workspace: Workspace, meeting_id: MeetingId) -> Loaded:
    """The meeting, every problem met on reading, and the files that its rows name."""
    problems: list[Problem] = []
    book = workspace.agency_book
    agency_sheets = books.read_workbook(book, problems) if os.path.lexists(book) else []
    if not os.path.lexists(book):
        problems.append(problem("no-agency-book", Location("機關.xlsx")))
        books.mention_others(book.parent, problems, book.stem)
    books.mention_twins(book.parent, book.stem, problems)
    raw = books.read_folder(workspace.inputs(meeting_id), problems)
    agency_row = typed_rows.read_fields(sheets.AGENCY, list(books.named(agency_sheets, "機關")), problems)
    for spec in sheets.AGENCY_SHEETS:
        if spec.required and agency_sheets and not any(books.named(agency_sheets, spec.name)):
            problems.append(problem("missing-sheet", Location("機關.xlsx"), sheet=spec.name, perhaps=""))
    _mention_sheets(meeting_id, raw, problems)

    def records(spec: SheetSpec, make: Callable[[Row], T], source: Sequence[RawSheet] = raw) -> tuple[T, ...]:
        rows = typed_rows.read_table(spec, list(books.named(source, spec.name)), problems)
        return tuple(make(row) for row in typed_rows.complete(spec, rows))

    units = tuple(dict.fromkeys(records(sheets.UNITS, lambda row: str(row["單位"]), agency_sheets)))
    members = records(sheets.MEMBERS, _member, agency_sheets)
    calendar = workdays.read(workspace.shared, agency_sheets, problems)
    info = typed_rows.read_fields(sheets.MEETING, list(books.named(raw, "會議資訊")), problems)
    attachments = records(sheets.ATTACHMENTS, lambda row: row)
    noted, observers = minutes.read(raw, problems)
    minuted: tuple[Remark | Decision, ...] = (*noted.remarks, *noted.decisions) if noted else ()
    cases = _cases(
        typed_rows.read_table(sheets.CASES, list(books.named(raw, sheets.CASES.name)), problems),
        records(sheets.EXPLANATIONS, lambda row: row),
        attachments,
        records(sheets.NOTES, lambda row: row),
        [one.row for one in minuted if one.case],
        problems,
    )
    quality = records(sheets.QUALITY, _quality, [sheet for sheet in raw if not _only_listed(sheet)])
    tables, regulations, files = _attached(workspace, meeting_id, raw, cases, problems)
    meeting_parts: dict[str, Any] = {
        "past_decisions": records(sheets.PAST_DECISIONS, _past_decision),
        "planned": records(sheets.PLANNED, _planned),
        "downloads": records(sheets.DOWNLOADS, _download),
        "quality": tuple(row for row in quality if values.folded(row.unit) not in typed_rows.TOTAL_WORDS),
        "quality_stated": next((row for row in quality if values.folded(row.unit) in typed_rows.TOTAL_WORDS), None),
        "withdrawals": records(sheets.WITHDRAWALS, _withdrawal),
        "totals": records(sheets.TOTALS, _total),
        "slides": _slides(records(sheets.SLIDES, lambda row: row), problems),
    }
    if any(found.code in books.UNREAD for found in problems):
        # What is missing now may stand in the workbook that could not be read.
        return Loaded(None, [found for found in problems if found.code not in _DEPENDENT], files)
    if info is None or agency_row is None or _lacks(info, sheets.MEETING) or _lacks(agency_row, sheets.AGENCY):
        return Loaded(None, problems, files)
    meeting = Meeting(
        id=meeting_id,
        others=tuple(other for other in workspace.meetings() if other != meeting_id),
        previous=succession.before(workspace, meeting_id, info["會議日期"]),
        agency=_agency(agency_row),
        units=units,
        members=members,
        row=info,
        date=info["會議日期"],
        start=info["開始時間"],
        place=info["地點"],
        chair=info["主席"],
        recorder=info["紀錄"],
        cutoff=info["資料基準日"],
        period=info["報告期間"],
        link=info["會議連結"],
        sent=info["發文日期"],
        dispatch_number=info["發文字號"],
        urgency=info["速別"],
        notice_remarks=info["通知備註"],
        observers=observers,
        cases=cases,
        tables=tables,
        regulations=regulations,
        minutes=noted,
        calendar=calendar,
        present=frozenset(values.folded(sheet.name) for sheet in raw),
        **meeting_parts,
    )
    return Loaded(meeting, problems, files)


def _only_listed(sheet: RawSheet) -> bool:
    """Whether nothing stands below the headings but names, one to a row: a form that no one has begun to fill in."""
    return not sheet.faults and sum(sum(cell is not None for cell in row) > 1 for row in sheet.cells) == 1


def _mention_sheets(folder: MeetingId, raw: Sequence[RawSheet], problems: list[Problem]) -> None:
    """Missing required sheets, and sheets that no one asked for."""
    present = {values.folded(sheet.name) for sheet in raw}
    known = [spec.name for spec in sheets.MEETING_SHEETS]
    absent = [name for name in known if name not in present]
    wanted = {
        values.folded(text.partition(":")[2])
        for sheet in books.named(raw, "附件")
        for row in sheet.cells
        for value in row
        if (text := values.folded(value)).startswith(f"{SHEET}:")
    }
    for spec in sheets.MEETING_SHEETS:
        if spec.required and spec.name not in present:
            slip = perhaps(spec.name, [sheet.name for sheet in raw if values.folded(sheet.name) not in known])
            problems.append(problem("missing-sheet", Location(f"inputs/{folder}"), sheet=spec.name, perhaps=slip))
    for sheet in raw:
        name = values.folded(sheet.name)
        if name not in known and name not in wanted and not sheet.empty and name != sheets.MENU_SHEET:
            problems.append(problem("unknown-sheet", sheet.place, perhaps=perhaps(sheet.name, absent)))


def _cases(
    case_rows: Sequence[Row],
    explanation_rows: Sequence[Row],
    attachment_rows: Sequence[Row],
    note_rows: Sequence[Row],
    minute_rows: Sequence[Row],
    problems: list[Problem],
) -> tuple[Case, ...]:
    # A row that lacks something is reported once, as such; what refers to it is in order.
    keys = {values.folded(row["案號"]): row for row in reversed(case_rows) if row["案號"]}
    whole = typed_rows.complete(sheets.CASES, case_rows)
    # Numbers and agenda go by kind, wherever in the sheet someone added a row.
    whole.sort(key=lambda row: CASE_KINDS.index(row["類別"]))
    for rows in (explanation_rows, attachment_rows, minute_rows):
        for row in rows:
            if values.folded(row["案號"]) not in keys:
                guess = perhaps(row["案號"], keys)
                problems.append(problem("unknown-case", row.at("案號"), value=row["案號"], perhaps=guess))
    names = {values.folded(row["名稱"]) for row in attachment_rows}
    for row in note_rows:
        if values.folded(row["附件"]) not in names:
            guess = perhaps(row["附件"], names)
            problems.append(problem("note-without-attachment", row.at("附件"), value=row["附件"], perhaps=guess))
    numbers = dict.fromkeys((REPORT, DISCUSSION, MOTION), 0)
    cases = []
    for row in whole:
        key = values.folded(row["案號"])
        if keys.get(key, row) is not row:
            problems.append(
                problem("case-twice", row.at("案號"), value=row["案號"], first=row.beside(keys[key], "案號"))
            )
            continue
        numbers[row["類別"]] += 1
        own = [other for other in attachment_rows if values.folded(other["案號"]) == key]
        cases.append(
            Case(
                row=row,
                key=row["案號"],
                kind=row["類別"],
                number=numbers[row["類別"]],
                unit=row["單位"],
                subject=row["案由"],
                template=row["範本"] or "案",
                explanations=tuple(
                    Explanation(other, int(other["層級"]), other["標題"], other["內容"])
                    for other in explanation_rows
                    if values.folded(other["案號"]) == key
                ),
                attachments=tuple(
                    _attachment(other, index if len(own) > 1 else 0, note_rows, problems)
                    for index, other in enumerate(own, start=1)
                ),
            )
        )
    return tuple(cases)


def _attachment(row: Row, number: int, note_rows: Sequence[Row], problems: list[Problem]) -> Attachment:
    source, _, target = row["來源"].replace("：", ":").partition(":")
    source, target = source.strip(), target.strip()
    if source not in (SHEET, SHARED, FILE, SEPARATELY) or (not target and source != SEPARATELY):
        problems.append(problem("bad-source", row.at("來源"), value=row["來源"]))
    notes = tuple(note for note in note_rows if values.folded(note["附件"]) == values.folded(row["名稱"]))
    return Attachment(
        row=row,
        name=row["名稱"],
        source=source,
        target=target,
        template=row["範本"],
        heading=row["標題"] or row["名稱"],
        subheading=row["副標題"],
        notes=notes,
        number=number,
        may_be_separate=bool(row["可另附"]),
    )


def _attached(
    workspace: Workspace,
    meeting_id: MeetingId,
    raw: Sequence[RawSheet],
    cases: Sequence[Case],
    problems: list[Problem],
) -> tuple[dict[str, PlainTable], dict[str, Regulation], tuple[NamedFile, ...]]:
    """What the attachments name: sheets without a column table, regulations, files. What is missing is a problem."""
    known = [spec.name for spec in sheets.MEETING_SHEETS]
    tables: dict[str, PlainTable] = {}
    regulations: dict[str, Regulation] = {}
    files: list[NamedFile] = []

    for attachment in (attachment for case in cases for attachment in case.attachments):
        place = attachment.row.at("來源")
        if not attachment.target:
            continue
        if attachment.source == SHEET:
            found = list(books.named(raw, attachment.target))
            if not found:
                guess = perhaps(attachment.target, [other.name for other in raw])
                problems.append(problem("no-such-sheet", place, sheet=attachment.target, perhaps=guess))
            elif found[0].name not in known and attachment.target not in tables:
                table = typed_rows.read_plain(attachment.target, found, problems)
                if table is None or not table.rows:
                    problems.append(problem("empty-sheet", place, sheet=attachment.target))
                else:
                    tables[attachment.target] = table
        elif attachment.source == SHARED and attachment.target not in regulations:
            path, regulation = _shared(workspace.shared, attachment.target, place, problems)
            if path is not None:
                files.append(NamedFile(path, place, attachment.may_be_separate))
            if regulation is not None:
                regulations[attachment.target] = regulation
        elif attachment.source == FILE:
            have = attached_files(workspace.attachments(meeting_id))
            path = have.get(unicodedata.normalize("NFC", attachment.target))
            if path is not None:
                files.append(NamedFile(path, place, attachment.may_be_separate))
            else:
                guess = perhaps(attachment.target, have)
                aside = any(sign in attachment.target for sign in "/\\:")
                code = "file-elsewhere" if aside else "no-such-file"
                problems.append(problem(code, place, name=attachment.target, perhaps=guess))
    return tables, regulations, tuple(files)


def attached_files(folder: Path) -> dict[str, Path]:
    """The files that lie in the folder itself, by name; no links. A name from a cell is looked up here, and never
    made a path of."""
    if folder.is_symlink() or not folder.is_dir():
        return {}
    found = sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    return {unicodedata.normalize("NFC", books.printable(path.name)): path for path in found}


def _shared(shared: Path, name: str, place: Location, problems: list[Problem]) -> tuple[Path | None, Regulation | None]:
    """What a name (with its ending or without) means in 共用: a file to join, else a regulation, else a problem."""
    wanted = unicodedata.normalize("NFC", name)
    have = {known: path for known, path in attached_files(shared).items() if not known.startswith(("~$", "."))}
    path, book = have.get(wanted), books.find(shared, name)
    if path is not None and (path != book or not _has_articles(path)):
        return path, None
    if book is None:
        alike = [known for known in have if Path(known).stem == wanted and not books.is_table(Path(known))]
        if len(alike) == 1:
            return have[alike[0]], None
        if alike:
            files = "、".join(f"「{known}」" for known in alike)
            problems.append(problem("file-twice", place, name=name, files=files, example=alike[0]))
            return None, None
    return None, _regulation(shared, name, place, problems)


def _has_articles(book: Path) -> bool:
    return any(books.named(books.read_workbook(book, []), "條文"))


def _regulation(shared: Path, name: str, place: Location, problems: list[Problem]) -> Regulation | None:
    path = books.find(shared, name)
    if path is None:
        have = [book.stem for book in books.books(shared)]
        problems.append(problem("no-such-shared", place, name=name, perhaps=perhaps(name, have)))
        books.mention_others(shared, problems, name)
        return None
    books.mention_twins(shared, name, problems)
    raw = books.read_workbook(path, problems)
    rows = typed_rows.read_table(sheets.ARTICLES, list(books.named(raw, "條文")), problems)
    if not rows:
        problems.append(problem("no-articles", place, name=name))
        return None
    rows = [row for row in rows if row["層級"] is not None]
    return Regulation(
        name=next((str(row["內容"]) for row in rows if row["層級"] == "名稱"), name),
        history=tuple(str(row["內容"]) for row in rows if row["層級"] == "沿革"),
        articles=tuple(
            Article(row, int(row["層級"]), row["條號"], row["內容"]) for row in rows if row["層級"].isdigit()
        ),
    )


def _lacks(row: Row, spec: SheetSpec) -> bool:
    return any(row[name] is None or row[name] == "" for name in spec.required_names)


def _agency(row: Row) -> Agency:
    return Agency(
        row=row,
        full_name=row["機關全銜"],
        short_name=row["機關簡稱"],
        self_name=row["自稱"],
        group=row["小組名稱"],
        secretariat=row["幕僚單位"],
        contact=row["聯絡人"],
        phone=row["聯絡電話"],
        email=row["電子郵件"],
        sample_base=row["抽查基數"],
        quality_since=row["品質檢測起日"],
        top_downloads=row["下載排名數"],
        draft_days=row["紀錄草稿工作日"],
        correction_days=row["修正意見工作日"],
        address=row["機關地址"],
        english_name=row["英文名稱"],
        motto=row["標語"],
        most_mail=row["郵件大小上限"],
    )


def _member(row: Row) -> Member:
    return Member(
        row,
        row["姓名"],
        row["職稱"],
        row["服務機關"],
        row["身分"],
        row["性別"],
        row["任期起"],
        row["任期迄"],
        row["聘任次數"],
        row["電子郵件"],
    )


def _past_decision(row: Row) -> PastDecision:
    return PastDecision(row, row["類別"], row["案由"], row["決定（議）"], row["辦理情形"], row["列管"], row["會議"])


def _planned(row: Row) -> PlannedDataset:
    return PlannedDataset(row, row["資料集項目名稱"], row["開放年月"], row["資料開放單位"], row["已上架"])


def _download(row: Row) -> Download:
    return Download(
        row=row,
        identifier=row["資料集識別碼"],
        published=row["上架時間"],
        frequency=row["更新頻率"],
        updated=row["資料更新時間"],
        name=row["資料集名稱"],
        views=row["累計瀏覽次數"],
        downloads=row["累計下載次數"],
    )


def _quality(row: Row) -> Quality:
    counts = {level: row[level] for level in sheets.QUALITY_LEVELS}
    return Quality(row, row["單位"], counts, row["總計"])


def _withdrawal(row: Row) -> Withdrawal:
    return Withdrawal(row, row["下架資料集名稱"], row["提供單位"], row["下架原因"], row["備註"])


def _slides(rows: Sequence[Row], problems: list[Problem]) -> tuple[Slide, ...]:
    """The deck: a row with a 版面 begins a slide, and what follows is on it."""
    slides: list[tuple[Row, list[SlidePoint]]] = []
    for row in rows:
        if row["版面"]:
            slides.append((row, []))
        elif not slides:
            problems.append(problem("slide-without-layout", row.at("版面")))
            continue
        lead = "" if row["版面"] else row["標題"]
        if lead or row["內容"]:
            slides[-1][1].append(SlidePoint(row, int(row["層級"] or 0), lead, row["內容"]))
    return tuple(Slide(row, row["版面"], row["標題"], row["頁籤"], tuple(points)) for row, points in slides)


def _total(row: Row) -> Total:
    return Total(row, row["名稱"], row["數值"], row["出處"])
