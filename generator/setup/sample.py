"""A made-up meeting, on which templates are tried: every list in it has as many entries as is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from generator.basic import roc
from generator.basic.workspace import MeetingId
from generator.documents.attachment import CONVENTION
from generator.meeting import sheets
from generator.meeting.minutes import Attendance, Decision, Minutes, Observer, Remark
from generator.meeting.model import (
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
    Withdrawal,
)
from generator.meeting.sheets import (
    ABSENT,
    AGENCY_MEMBER,
    BY_DEPUTY,
    CASE_KINDS,
    CHAIR,
    CIVIL_MEMBER,
    CLOSED,
    CONTINUED,
    DISCUSSION,
    DRAFT,
    FINAL,
    NAMED,
    NAMELESS,
    OPINION,
    PRESENT,
    QUALITY_LEVELS,
    REPORT,
    RESPONSE,
    SheetSpec,
)
from generator.meeting.workdays import Calendar
from generator.workbook.typed_rows import Place, PlainTable, Row

_PLAIN, _REGULATION = "範例表格", "範例要點"
_LABELS = ("一、", "（一）", "1.", "（1）")
_DAY = dt.date(2024, 5, 20)


def meeting(count: int, below: int) -> Meeting:
    """A meeting with ``count`` reports, points, rows, past decisions of each kind and articles.

    ``below`` is how many points or articles each has below it, on every level, and how many notes a table has.
    Two discussion cases are always there: one with an attachment of every sort, one on the past decisions. There are
    a roster and minutes, a draft where ``below`` is none, with ``count`` members of each sort, remarks of each kind and
    decisions.
    """
    agency = Agency(
        row=_row(sheets.AGENCY),
        full_name="範例部",
        short_name="範例部",
        self_name="本部",
        group="範例諮詢小組",
        secretariat="範例處",
        contact="範例人員",
        phone="02-0000-0000",
        email="group@example.gov.tw",
        sample_base=50,
        quality_since=dt.date(2015, 2, 1),
        top_downloads=10,
        draft_days=8,
        correction_days=5,
        address="範例市範例路1號",
        english_name="Ministry of Samples",
        motto="範例 · 標語",
        most_mail=10,
    )
    reports = [_case(REPORT, number, "案", count, below, ()) for number in range(1, count + 1)]
    cases = (
        *reports,
        _case(DISCUSSION, 1, "案", count, below, _attachments(below)),
        _case(DISCUSSION, 2, "上次會議決定辦理情形", count, below, ()),
    )
    return Meeting(
        id=MeetingId(113, 1),
        others=(),
        agency=agency,
        units=("範例處",),
        members=_members(count),
        row=_row(sheets.MEETING),
        date=_DAY,
        start=dt.time(14, 30),
        place="範例會議室",
        chair="範例主席",
        recorder="範例紀錄",
        cutoff=_DAY,
        period=roc.Period(roc.YearMonth(113, 1), roc.YearMonth(113, 3)),
        link="https://example.gov.tw/",
        sent=_DAY if count else None,
        dispatch_number="範例字第1130000000號" if count else "",
        urgency="普通件",
        notice_remarks="\n".join(["範例備註。"] * below),
        observers=tuple(
            Observer(_row(sheets.OBSERVERS), "範例處", "範例人員", "專員", "name@example.gov.tw") for _ in range(count)
        ),
        cases=cases,
        past_decisions=tuple(
            PastDecision(_row(sheets.PAST_DECISIONS), kind, "範例案由", "洽悉。", "已辦理完成。", "")
            for kind in CASE_KINDS
            for _ in range(count)
        ),
        planned=tuple(_planned(number) for number in range(count)),
        downloads=tuple(_download(number) for number in range(count)),
        quality=tuple(_quality(number) for number in range(count)),
        quality_stated=None,
        withdrawals=tuple(_withdrawal(number) for number in range(count)),
        totals=(),
        tables={_PLAIN: _table(count)},
        regulations={_REGULATION: _regulation(count, below)},
        minutes=_minutes(cases, count, below),
        calendar=Calendar(),
        present=frozenset(spec.name for spec in sheets.MEETING_SHEETS),
    )


def _row(spec: SheetSpec, **values: Any) -> Row:
    return Row({column.name: values.get(column.name, "") for column in spec.columns}, "範例資料", spec.name, {}, None)


def _members(count: int) -> tuple[Member, ...]:
    """A chair and ``count`` members of each other sort; none where there are no entries."""
    given = [(CHAIR, "範例主席")] if count else []
    given += [(AGENCY_MEMBER, "範例代表"), (CIVIL_MEMBER, "範例委員")] * count
    return tuple(
        Member(_row(sheets.MEMBERS), name, "範例職稱", "範例部", role, "女", None, None, None, "name@example.gov.tw")
        for role, name in given
    )


def _case(kind: str, number: int, template: str, count: int, below: int, attachments: tuple[Attachment, ...]) -> Case:
    points = []
    for _ in range(count):
        points.append(_point(1, "範例標題"))
        for _ in range(below):
            points.append(_point(2, ""))
            points += [_point(3, "")] * below
    return Case(
        row=_row(sheets.CASES),
        key=f"{kind[0]}{number}",
        kind=kind,
        number=number,
        unit="範例處",
        subject="範例案由。",
        template=template,
        explanations=tuple(points),
        attachments=attachments,
    )


def _point(level: int, lead: str) -> Explanation:
    return Explanation(_row(sheets.EXPLANATIONS), level, lead, "範例說明。")


def _attachments(notes: int) -> tuple[Attachment, ...]:
    sources = [(SHEET, sheet) for sheet in CONVENTION]
    sources += [(SHEET, _PLAIN), (SHARED, _REGULATION), (SEPARATELY, "")]
    return tuple(
        Attachment(
            row=_row(sheets.ATTACHMENTS),
            name=target or "另附的附件",
            source=source,
            target=target,
            template="",
            heading=target or "另附的附件",
            # With a line below the heading and without.
            subheading="範例副標題" if notes else "",
            notes=tuple(_row(sheets.NOTES, 內容="範例附註。") for _ in range(notes)),
            number=number,
        )
        for number, (source, target) in enumerate(sources, start=1)
    )


def _planned(number: int) -> PlannedDataset:
    name, due = f"範例資料集{number}", roc.YearMonth(113, 4)
    row = _row(sheets.PLANNED, 資料集項目名稱=name, 開放年月=due, 資料開放單位="範例處")
    return PlannedDataset(row, name, due, "範例處", number == 0)


def _download(number: int) -> Download:
    name = f"範例資料集{number}"
    row = _row(
        sheets.DOWNLOADS,
        資料集識別碼="1234",
        上架時間=_DAY,
        更新頻率="每月",
        資料更新時間=_DAY,
        資料集名稱=name,
        累計瀏覽次數=4321,
        累計下載次數=1234,
    )
    return Download(row, "1234", _DAY, "每月", _DAY, name, 4321, 1234)


def _quality(number: int) -> Quality:
    return Quality(_row(sheets.QUALITY), f"範例{number}處", dict.fromkeys(QUALITY_LEVELS, 1234), None)


def _withdrawal(number: int) -> Withdrawal:
    name = f"範例資料集{number}"
    row = _row(sheets.WITHDRAWALS, 下架資料集名稱=name, 提供單位="範例處", 下架原因="已不再公告", 備註="無")
    return Withdrawal(row, name, "範例處", "已不再公告", "無")


def _table(count: int) -> PlainTable:
    headings = tuple(f"範例欄{number}" for number in range(1, max(count, 1) + 1))
    rows = tuple(tuple("範例" for _ in headings) for _ in range(count))
    places = tuple(Place("範例.xlsx", _PLAIN, 1, ("A",) * len(headings)) for _ in rows)
    return PlainTable(_PLAIN, headings, rows, places, count, {}, {})


def _regulation(count: int, below: int) -> Regulation:
    articles: list[Article] = []

    def add(level: int, number: int) -> None:
        for _ in range(number):
            articles.append(Article(_row(sheets.ARTICLES), level, _LABELS[level - 1], "範例條文。"))
            if level < len(_LABELS):
                add(level + 1, below)

    add(1, count)
    return Regulation(_REGULATION, ("範例沿革",) * count, tuple(articles))


def _minutes(cases: tuple[Case, ...], count: int, below: int) -> Minutes:
    remarks, decisions = [], []
    for case in cases:
        said = [(OPINION, NAMED), (OPINION, NAMELESS), (OPINION, CLOSED), (RESPONSE, NAMED)] * count
        for number, (kind, openness) in enumerate(said, start=1):
            speaker = "範例處" if kind == RESPONSE else "範例委員"
            remarks.append(Remark(_row(sheets.REMARKS), case.key, number, speaker, kind, openness, "範例發言。"))
        decisions += [_decision(case.key, number) for number in range(1, count + 1)]
    return Minutes(
        row=_row(sheets.MINUTES),
        status=FINAL if below else DRAFT,
        started=dt.time(14, 35) if count else None,
        adjourned=dt.time(16, 10) if count else None,
        opening="範例致詞。" if below else "",
        attendance=tuple(
            Attendance(_row(sheets.ATTENDANCE), "範例委員", role, how, deputy, "範例職稱" if deputy else "")
            for role, how, deputy in (
                (AGENCY_MEMBER, BY_DEPUTY, "範例代理人"),
                (CIVIL_MEMBER, PRESENT, ""),
                (CIVIL_MEMBER, ABSENT, ""),
            )
            for _ in range(count)
        ),
        remarks=tuple(remarks),
        decisions=tuple(decisions),
    )


def _decision(case: str, number: int) -> Decision:
    """Decisions with a task; of several the last has none."""
    task = number < 3
    unit, due, tracking = ("範例處", _DAY, CONTINUED) if task else ("", None, "")
    return Decision(_row(sheets.DECISIONS), case, number, "照案通過。", unit, due, tracking)
