"""A made-up meeting, on which templates are tried: its sheets are filled with the examples of their columns.

Every list in it has as many entries as is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from generator.basic.problem import Problem
from generator.basic.workspace import MeetingId
from generator.meeting import body, load, minutes
from generator.meeting.model import Meeting
from generator.meeting.sheets import (
    ABRIDGED,
    ABSENT,
    AGENCY_MEMBER,
    BY_DEPUTY,
    CHAIR,
    CIVIL_MEMBER,
    CLOSED,
    DRAFT,
    FINAL,
    IN_FULL,
    NAMED,
    NAMELESS,
    OPINION,
    PRESENT,
    RESOLUTION,
    RESPONSE,
    RIDER,
)
from generator.meeting.sheets.agency import Agency, Member, Unit
from generator.meeting.sheets.agenda import USUAL_KINDS
from generator.meeting.sheets.index import NAMES
from generator.meeting.sheets.lists import COUNTED, LISTS, PastDecision
from generator.meeting.sheets.meeting import Attachment, Case, Explanation, MeetingInfo, Note
from generator.meeting.sheets.minutes import Attendance, Decision, MinutesAttachment, MinutesInfo, Observer, Remark
from generator.meeting.sheets.replies import Proposal, Reply
from generator.meeting.sheets.shared import Article, regulation
from generator.meeting.sources import SEPARATELY, SHARED, SHEET
from generator.meeting.workdays import Calendar
from generator.workbook import typed_rows
from generator.workbook.plain_tables import Place, PlainTable
from generator.workbook.raw import RawSheet
from generator.workbook.record import Kind, Record
from generator.workbook.repeats import RepeatCode

_PLAIN, _REGULATION = "範例表格", "範例要點"
_LABELS = ("一、", "（一）", "1.", "（1）")

# A row: what a field holds instead of its column's example.
Given = dict[str, object]


def meeting(count: int, below: int) -> Meeting:
    """A meeting with ``count`` reports, points, rows, past decisions of each kind and articles.

    ``below`` is how many points or articles each has below it, on every level, and how many notes a table has.
    Two discussion cases are always there: one with an attachment of every sort, one on the past decisions. There are
    a roster and minutes, a draft where ``below`` is none, with ``count`` members of each sort, remarks of each kind and
    decisions.
    """
    rows = _rows(count, below)
    raw = [_sheet(record, given) for record, given in rows.items()]
    problems: list[Problem] = []
    attachments = typed_rows.records(Attachment, raw, problems)
    agency = typed_rows.field_record(Agency, typed_rows.field_row(Agency, raw, problems))
    own = body.read(raw, agency, problems)
    noted, observers = minutes.read(raw, own, problems)
    info = typed_rows.field_record(MeetingInfo, typed_rows.field_row(MeetingInfo, raw, problems))
    cases = load.cases(raw, attachments, (), problems)
    # A required column must have an example in its declaration, or a value in _rows.
    assert agency is not None, problems
    assert info is not None, problems
    # Its rows are alike on purpose.
    assert all(found.code == RepeatCode.ROWS_PASTED_TWICE for found in problems), problems
    headings = tuple(f"範例欄{number}" for number in range(1, max(count, 1) + 1))
    places = (Place("範例資料", _PLAIN, 1, ("A",) * len(headings)),) * count
    table = PlainTable(_PLAIN, headings, (("範例",) * len(headings),) * count, places, count, {}, {})
    return Meeting(
        id=MeetingId(113, 1),
        others=(),
        agency=agency,
        body=own,
        units=tuple(unit.name for unit in typed_rows.records(Unit, raw, problems)),
        members=tuple(
            replace(member, group=own.group(member.role)) for member in typed_rows.records(Member, raw, problems)
        ),
        info=info,
        observers=observers,
        cases=cases,
        lists={record: typed_rows.records(record, raw, problems) for record in COUNTED},
        tables={_PLAIN: table},
        regulations={_REGULATION: regulation(_REGULATION, typed_rows.records(Article, raw, problems))},
        minutes=noted,
        calendar=Calendar(),
        present=frozenset(NAMES),
        proposals=typed_rows.records(Proposal, raw, problems),
        replies=typed_rows.records(Reply, raw, problems),
    )


def _sheet(record: type[Record], rows: Sequence[Given]) -> RawSheet:
    """A sheet with these rows, as read from a workbook; only the first row has ★ in its flag columns."""
    columns = record.sheet.by_field
    filled = [
        [
            given.get(name, "" if column.kind is Kind.FLAG and number else column.example)
            for name, column in columns.items()
        ]
        for number, given in enumerate(rows)
    ]
    headings = [column.name for column in columns.values()]
    if record.sheet.fields:
        return RawSheet("範例資料", record.sheet.name, [("欄位", "內容"), *zip(headings, filled[0], strict=True)])
    return RawSheet("範例資料", record.sheet.name, [headings, *filled])


def _rows(count: int, below: int) -> dict[type[Record], Sequence[Given]]:
    report, discussion = USUAL_KINDS[:2]
    # The last case alone is not for anyone.
    open_case: Given = {"template": "", "openness": "", "secrecy": ""}
    cases: list[Given] = [{"key": f"報{number}", "kind": report, **open_case} for number in range(1, count + 1)]
    cases.append({"key": "討1", "kind": discussion, **open_case})
    cases.append({"key": "討2", "kind": discussion})
    origins = [f"{SHEET}:{record.sheet.name}" for record in LISTS]
    origins += [f"{SHEET}:{_PLAIN}", f"{SHARED}:{_REGULATION}", SEPARATELY]
    # With a line below the heading and without.
    subheading = "範例副標題" if below else ""
    attachment: Given = {
        "template": "",
        "openness": "",
        "given_heading": "",
        "subheading": subheading,
        "may_be_separate": "",
    }
    people: list[tuple[str, Given]] = [(CHAIR, {})] if count else []
    people += [(AGENCY_MEMBER, {"name": "範例代表"}), (CIVIL_MEMBER, {"name": "範例委員"})] * count
    ways = ((AGENCY_MEMBER, BY_DEPUTY, "範例代理人"), (CIVIL_MEMBER, PRESENT, ""), (CIVIL_MEMBER, ABSENT, ""))
    spoken = [(OPINION, NAMED), (OPINION, NAMELESS), (OPINION, CLOSED), (RESPONSE, NAMED)] * count
    history: list[Given] = [{"sort": "沿革", "text": "範例沿革"}] * count
    held: Given = {} if count else {"started": "", "adjourned": ""}
    sent: Given = {} if count else {"sent": "", "dispatch_number": ""}
    return {
        Agency: [{"kind": "", "minuted_points": IN_FULL if below else ABRIDGED}],
        Unit: [{}],
        Member: [{"role": role, **given} for role, given in people],
        MeetingInfo: [{"notice_remarks": "\n".join(["範例備註。"] * below), **sent}],
        Case: cases,
        Explanation: [{"case": case["key"], **point} for case in cases for point in _points(count, below)],
        Attachment: [{"case": "討1", "name": origin, "origin": origin, **attachment} for origin in origins],
        Note: [{"attachment": origin, "text": "範例附註。"} for origin in origins for _ in range(below)],
        **{record: [{}] * count for record in COUNTED},
        PastDecision: [{"kind": kind, "tracking": "", "meeting": ""} for kind in USUAL_KINDS for _ in range(count)],
        Article: [*history, *_articles(1, count, below)],
        MinutesInfo: [{"status": FINAL if below else DRAFT, "opening": "範例致詞。" if below else "", **held}],
        Attendance: [
            {"role": role, "how": how, "deputy": deputy, "deputy_title": "範例職稱" if deputy else ""}
            for role, how, deputy in ways
            for _ in range(count)
        ],
        Observer: [{}] * count,
        Proposal: [{"case": "討1", "identifier": str(number)} for number in range(count)],
        Reply: [{}] * max(count, 1),
        Remark: [
            {
                **{"case": case["key"], "number": number, "kind": kind, "openness": openness, "text": "範例發言。"},
                "level": level,
            }
            for case in cases
            for number, (kind, openness) in enumerate(spoken, start=1)
            # With points below it, as many as there are below anything.
            for level in ("", *["1", "2", "3"][:below])
        ],
        Decision: [
            # Decisions with a task; of several the last has none.
            {
                **{"case": case["key"], "number": number, "sort": sort},
                **({} if number < 3 else {"unit": "", "due": "", "tracking": ""}),
            }
            for case in cases
            for sort, most in ((RESOLUTION, count), (RIDER, below))
            for number in range(1, most + 1)
        ],
        MinutesAttachment: [{"origin": SEPARATELY}] * below,
    }


def _points(count: int, below: int) -> list[Given]:
    point: Given = {"lead": "", "text": "範例說明。", "part": ""}
    deepest = [{"level": "3", **point}, *[{"level": "4", **point}] * below] * below
    lower = [{"level": "2", **point}, *deepest] * below
    return [{"level": "1", **point, "lead": "範例標題"}, *lower] * count


def _articles(level: int, count: int, below: int) -> list[Given]:
    """Articles of a level with those below them; ``text`` has no example."""
    if level > len(_LABELS):
        return []
    article: Given = {"sort": str(level), "label": _LABELS[level - 1], "text": "範例條文。"}
    return [article, *_articles(level + 1, below, below)] * count
