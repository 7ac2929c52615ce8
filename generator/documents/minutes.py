"""The documents after a meeting: the minutes in two editions, and the tasks by responsible unit.

不記名 prints 「委員」 in both editions; 不公開 is left out of the public one (運作指引肆三).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any

from generator.basic import file_names, roc
from generator.basic.problem import Location
from generator.documents.document import INTERNAL, PARTICIPANTS, PUBLIC, Companion, Document, DocumentType
from generator.documents.numbering import label, numbered
from generator.meeting.minutes import SOMEONE, Minutes
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import BY_DEPUTY, CIVIL_MEMBER, DISCUSSION, MOTION, OPINION, REPORT
from generator.meeting.sheets.meeting import Case
from generator.meeting.sheets.minutes import Attendance, Decision, Remark
from generator.prose.text import Span, Text, field, fill, join, typed
from generator.prose.vocabulary import Vocabulary
from generator.workbook.record import spans
from generator.workbook.values import folded

FOR_MEETING, FOR_PUBLIC = "會議版", "公開版"
EDITIONS = (FOR_MEETING, FOR_PUBLIC)
MINUTES, TASKS = "會議紀錄", "決議分辦表"
TASK_COLUMNS = ("項次", "案由", "決議", "主辦單位", "期限", "列管")


def _is_task(decision: Decision) -> bool:
    """Whether something is to be done after the meeting."""
    return bool(decision.unit or decision.due or decision.tracking)


def is_printed(remark: Remark, edition: str) -> bool:
    """Whether a remark stands in an edition at all."""
    return not (remark.closed and edition == FOR_PUBLIC)


def speaker(remark: Remark, meeting: Meeting) -> str:
    """How the minutes name who spoke: 王小明委員, 主席, a unit; 委員 where the name is protected.

    A member who sent a deputy did not speak, the deputy did: 王小明（陳小華代）, as in the head (設置要點七).
    """
    if remark.nameless:
        return SOMEONE
    if remark.kind == OPINION:
        name = folded(remark.speaker)
        for entry in meeting.minutes.attendance if meeting.minutes else ():
            if entry.how == BY_DEPUTY and entry.deputy and name in (folded(entry.name), folded(entry.deputy)):
                return f"{entry.name}（{entry.deputy}代）"
        return "主席" if remark.speaker == meeting.info.chair else f"{remark.speaker}{SOMEONE}"
    return remark.speaker


def _minutes(meeting: Meeting, minutes: Minutes, edition: str, vocabulary: Vocabulary) -> Document:
    entries: list[dict[str, Any]] = [
        {
            "名稱": "主席致詞" if minutes.info.opening else "主席致詞（略）",
            "內文": field(minutes.info, "opening"),
            "案": [],
        }
    ]
    for kind in (REPORT, DISCUSSION, MOTION):
        cases = meeting.of_kind(kind)
        marks = numbered(len(cases), always=True)
        entries.append(
            {
                "名稱": kind,
                "內文": "" if cases else "無。",
                "案": [
                    _case(meeting, minutes, case, mark, edition, vocabulary)
                    for case, mark in zip(cases, marks, strict=True)
                ],
            }
        )
    ended = fill("散會（{}）", field(minutes.info, "adjourned")) if minutes.info.adjourned else "散會"
    entries.append({"名稱": ended, "內文": "", "案": []})
    for number, entry in enumerate(entries, start=1):
        entry["標號"] = f"{roc.formal_numeral(number)}、"
    context = {**vocabulary.context(None), "紀錄": {**header(meeting, minutes, vocabulary), "項目": entries}}
    draft = "（草稿）" if minutes.draft else ""
    title = f"{meeting.name}紀錄{draft}（{edition}）"
    audience = PUBLIC if edition == FOR_PUBLIC else PARTICIPANTS
    name = f"{MINUTES}（{edition}）"
    return Document(name, MINUTES, context, title, MINUTES, 1, joined=False, edition=edition, audience=audience)


def header(meeting: Meeting, minutes: Minutes, vocabulary: Vocabulary) -> dict[str, str]:
    """The head of the minutes: times, names and the count of those who attended."""
    total = len(meeting.members) or len(minutes.attendance)
    attending = minutes.attending
    civil = sum(member.role == CIVIL_MEMBER for member in attending)
    status = minutes.info.at("status")
    day = typed(f"{roc.long_date(meeting.date)}（{roc.weekday(meeting.date)}）", meeting.info.at("date"))
    start = field(minutes.info, "started") if minutes.info.started else field(meeting.info, "start")
    roster = spans(meeting.members, "name") or spans(minutes.attendance, "name")
    came = spans(minutes.attendance, "how")
    return {
        "狀態標示": typed("（草稿）" if minutes.draft else "", status),
        "草稿註": _draft_note(vocabulary, status) if minutes.draft else "",
        "時間": day + start,
        "主席": field(meeting.info, "chair"),
        "出席": join("、", map(_attendance, attending)),
        "請假": join("、", map(_attendance, minutes.absent)) or "無",
        "列席": _observers(meeting),
        "人數": fill(
            "應出席{}人，出席{}人，其中民間代表{}人",
            typed(total, *roster),
            typed(len(attending), *came),
            typed(civil, *came, *spans(minutes.attendance, "role")),
        ),
    }


def _draft_note(vocabulary: Vocabulary, status: Location) -> Text:
    """Until when to answer; without a deadline that can be known, soon."""
    until = vocabulary.figures.get("期限.修正意見")
    by = typed("儘速", status)
    if until is not None:
        by = fill("於{}前", Text(roc.month_day(until.value), [Span(0, 99, (until.name,), until.cells)]))
    return typed("如有修正意見，請", status) + by + typed("回復；未回復者，視同無意見。", status)


def _attendance(member: Attendance) -> Text:
    name = typed(member.name, member.at("name"), member.at("how"))
    return fill("{}（{}代）", name, field(member, "deputy")) if member.how == BY_DEPUTY else name


def _observers(meeting: Meeting) -> str:
    groups = []
    for unit, people in groupby(meeting.observers, key=lambda person: person.unit):
        listed = list(people)
        names = [field(person, "name") + field(person, "title") for person in listed if person.name]
        groups.append(typed(unit, *spans(listed, "unit")) + join("、", names))
    return join("；", groups) or "無"


def _case(
    meeting: Meeting,
    minutes: Minutes,
    case: Case,
    mark: str,
    edition: str,
    vocabulary: Vocabulary,
) -> dict[str, Any]:
    remarks = [
        remark for remark in minutes.remarks if folded(remark.case) == folded(case.key) and is_printed(remark, edition)
    ]
    decided = minutes.decisions_of(case.key)
    return {
        "標號": mark,
        "案由": vocabulary.written(case, "subject", case),
        "單位稱謂": "報告單位" if case.kind == REPORT else "提案單位",
        "單位": field(case, "unit"),
        "發言": _remarks(meeting, case, remarks),
        "結語": "決定" if case.kind == REPORT else "決議",
        "決議文": field(decided[0], "text") if len(decided) == 1 else "",
        "決議列": [
            {"標號": label(1, number), "內容": field(decision, "text")}
            for number, decision in enumerate(decided, start=1)
            if len(decided) > 1
        ],
    }


def _speaker(remark: Remark, meeting: Meeting) -> Text:
    closed = "（不公開）" if remark.closed else ""
    return typed(speaker(remark, meeting) + closed, remark.at("speaker"), remark.at("openness"))


def _remarks(meeting: Meeting, case: Case, remarks: Sequence[Remark]) -> list[dict[str, Any]]:
    """The remarks in their order; of a report as one 發言紀要, of other cases by 委員意見 and 機關回應 in turn."""
    groups = groupby(remarks, key=lambda remark: "發言紀要" if case.kind == REPORT else remark.kind)
    sections = []
    for title, group in groups:
        group_remarks = list(group)
        marks = [label(3, number) for number in range(1, len(group_remarks) + 1)] if len(group_remarks) > 1 else [""]
        rows = [
            {"標號": mark, "發言者": _speaker(remark, meeting), "內容": field(remark, "text")}
            for mark, remark in zip(marks, group_remarks, strict=True)
        ]
        sections.append({"標題": title, "列": rows})
    return sections


def tasks(meeting: Meeting, minutes: Minutes, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """The rows of 決議分辦表: every decision that a unit is to carry out, in the order of the agenda."""
    rows: list[dict[str, Any]] = []
    for case in meeting.cases:
        subject = vocabulary.written(case, "subject", case)
        for decision in minutes.decisions_of(case.key):
            if _is_task(decision):
                cells = [field(decision, name) for name in ("text", "unit", "due", "tracking")]
                row = [len(rows) + 1, fill("{}：{}", typed(case.title, case.at("kind")), subject), *cells]
                rows.append(dict(zip(TASK_COLUMNS, row, strict=True)))
    return rows


def _compose_minutes(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """The minutes for the meeting and for the public."""
    noted = meeting.minutes
    return [_minutes(meeting, noted, edition, vocabulary) for edition in EDITIONS] if noted else []


def _compose_tasks(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """The table of tasks, and an excerpt of it for each unit; none where nothing is to be done."""
    rows = tasks(meeting, meeting.minutes, vocabulary) if meeting.minutes else []
    documents = [_tasks(meeting, "", rows, vocabulary)] if rows else []
    for unit in dict.fromkeys(unit for row in rows for unit in units_of(row["主辦單位"])):
        unit_rows = [row for row in rows if unit in units_of(row["主辦單位"])]
        documents.append(_tasks(meeting, unit, unit_rows, vocabulary))
    return documents


def _has_tasks(meeting: Meeting) -> bool:
    noted = meeting.minutes
    return noted is not None and any(_is_task(item) for case in meeting.cases for item in noted.decisions_of(case.key))


def _tasks(meeting: Meeting, unit: str, rows: Sequence[dict[str, Any]], vocabulary: Vocabulary) -> Document:
    shown_unit = f"（{unit}）" if unit else ""
    context = {**vocabulary.context(None), "分辦": {"單位標示": shown_unit}, "表": {"列": list(rows)}}
    title = f"{meeting.name}{TASKS}{shown_unit}"
    name = f"（{file_names.part(unit, '單位')}）" if unit else ""
    return Document(
        f"{TASKS}{name}",
        TASKS,
        context,
        title,
        TASKS,
        1,
        joined=False,
        audience=INTERNAL,
        companions=(Companion("xlsx", partial(_task_book, title, rows)),),
    )


def _task_book(title: str, rows: Sequence[dict[str, Any]]) -> bytes:
    """The table of tasks as a workbook to send round, the same rows as the document's."""
    from generator.workbook import forms

    result = io.BytesIO()
    headings = ["決定（議）" if name == "決議" else name for name in TASK_COLUMNS]
    cells = [[row[name] for name in TASK_COLUMNS] for row in rows]
    forms.write_workbook(result, [forms.plain_sheet(TASKS, headings, cells)], title=title)
    return result.getvalue()


DOCUMENT_TYPES = (
    DocumentType(lambda meeting: [f"{MINUTES}.docx"] if meeting.minutes else [], _compose_minutes),
    DocumentType(lambda meeting: [f"{TASKS}.docx"] if _has_tasks(meeting) else [], _compose_tasks),
)
