"""決議分辦表: what was decided by responsible unit, whole and an excerpt for each unit. It stays inside the agency."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from generator.basic import file_names
from generator.documents import access
from generator.documents.document import INTERNAL, Companion, Document, DocumentType
from generator.meeting import agenda
from generator.meeting.minutes import Minutes
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import OPEN
from generator.meeting.sheets.minutes import Decision
from generator.prose.text import Text, field, fill, typed
from generator.prose.vocabulary import Vocabulary

TASKS = "決議分辦表"
TASK_COLUMNS = ("項次", "案由", "決議", "主辦單位", "期限", "列管")
# Beside what is printed of a task: who may read its case.
_ACCESS = "公開"


def compose(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """The table of tasks, and an excerpt of it for each unit; none where nothing is to be done."""
    rows = _rows(meeting, meeting.minutes, vocabulary) if meeting.minutes else []
    documents = [_document(meeting, "", rows, vocabulary)] if rows else []
    for unit in dict.fromkeys(unit for row in rows for unit in units_of(row["主辦單位"])):
        unit_rows = [
            row
            for row in rows
            if unit in units_of(row["主辦單位"]) and access.goes_to(unit, meeting.units, row[_ACCESS])
        ]
        if unit_rows:
            documents.append(_document(meeting, unit, unit_rows, vocabulary))
    return documents


def _rows(meeting: Meeting, minutes: Minutes, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """The rows of 決議分辦表: every decision that a unit is to carry out, in the order of the agenda."""
    rows: list[dict[str, Any]] = []
    for subject, decisions, narrow in _decided_on(meeting, minutes, vocabulary):
        for decision in decisions:
            if _is_task(decision):
                cells = [field(decision, name) for name in ("text", "unit", "due", "tracking")]
                if decision.is_rider:
                    cells[0] = fill("{}：{}", field(decision, "sort"), cells[0])
                row = dict(zip(TASK_COLUMNS, [len(rows) + 1, subject, *cells], strict=True))
                rows.append({**row, _ACCESS: narrow})
    return rows


def _decided_on(
    meeting: Meeting, minutes: Minutes, vocabulary: Vocabulary
) -> Iterator[tuple[Text, Sequence[Decision], str]]:
    """What was decided on each case, and in each section without cases, by the agenda; and who may read it."""
    for section in meeting.sections:
        if not section.has_cases:
            yield typed(section.name, section.at("name")), minutes.decisions_of(section.name), OPEN
        for case in meeting.of_kind(section.name):
            subject = vocabulary.written(case, "subject", case)
            title = typed(case.title, case.at("kind"))
            if case.access != OPEN:
                title += typed(f"（{case.access}）", case.at("openness"))
            yield fill("{}：{}", title, subject), minutes.decisions_of(case.key), case.access


def _is_task(decision: Decision) -> bool:
    """Whether something is to be done after the meeting."""
    return bool(decision.unit or decision.due or decision.tracking)


def _has_tasks(meeting: Meeting) -> bool:
    noted = meeting.minutes
    if noted is None:
        return False
    keys = [*agenda.texts(meeting.sections), *(case.key for case in meeting.cases)]
    return any(_is_task(item) for key in keys for item in noted.decisions_of(key))


def _document(meeting: Meeting, unit: str, rows: Sequence[dict[str, Any]], vocabulary: Vocabulary) -> Document:
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
        mark=access.mark(access.narrowest_of(row[_ACCESS] for row in rows)),
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


DOCUMENT_TYPES = (DocumentType(lambda meeting: [f"{TASKS}.docx"] if _has_tasks(meeting) else [], compose),)
