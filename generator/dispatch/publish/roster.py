"""The roster of members to publish (設置要點九: 委員名單應公開於政府資料開放平臺), without addresses.

What was published before is kept beside it; equal rosters are one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from msgspec import field

from generator.basic import roc
from generator.basic.problem import Problem, in_order
from generator.basic.workspace import MeetingId, Workspace
from generator.build import outputs
from generator.build.converter import Converter
from generator.build.result import Result
from generator.dispatch import summaries
from generator.dispatch.publish import data_files
from generator.dispatch.publish.data_files import Table
from generator.documents.summary import Group
from generator.leaks import search
from generator.meeting import load
from generator.meeting.model import Meeting
from generator.meeting.sheets.agency import Member
from generator.pdf import office
from generator.workbook.values import folded

NAME = "委員名單"
FILES = search.ROSTER
HISTORY = "歷次.json"
_FIELDS = ("name", "title", "organisation", "role", "term_start", "term_end")
_HEADINGS = tuple(Member.heading_of(name) for name in _FIELDS)


class Report(Result):
    """What was written. ``changes`` since ``before``, the day on which another roster was published."""

    changes: list[str] = field(default_factory=list)
    before: str = ""


def rows(meeting: Meeting) -> list[tuple[str | dt.date | None, ...]]:
    """The members as they are published: no address, no sex, nothing else."""
    return [tuple(getattr(member, name) or None for name in _FIELDS) for member in meeting.members]


def data(meeting: Meeting) -> dict[str, bytes]:
    """The roster as CSV and ODS; nothing where there is none."""
    if not meeting.members:
        return {}
    table = Table(NAME, _HEADINGS, tuple(rows(meeting)))
    title = f"{meeting.agency.full_name}{meeting.agency.group}{NAME}"
    ods = data_files.as_ods(table, title, meeting.agency.full_name, meeting.date)
    return {f"{NAME}.csv": data_files.as_csv(table), f"{NAME}.ods": ods}


def publish(
    workspace: Workspace, meeting_id: MeetingId, today: dt.date, step: Callable[[str], None] = lambda text: None
) -> Report:
    """Writes the roster alone, as document and as data, with what changed since it was published last.

    Raises search.Leak where a cell has personal data, and OSError.
    """
    report = Report(workspace.root / "output" / NAME)
    meeting, problems = load.load(workspace, meeting_id)
    if meeting is None or not meeting.members:
        report.problems = tuple(in_order(problems))
        report.failures = [] if report.stopped else ["機關.xlsx 沒有〔委員〕，沒有名單可以公開。"]
        return report
    shown = [[_shown(value) for value in row] for row in rows(meeting)]
    history = _history(workspace)
    if not history or history[-1]["rows"] != shown:
        history = [*history, {"date": today.isoformat(), "rows": shown}]
    if len(history) > 1:
        report.before = roc.long_date(dt.date.fromisoformat(history[-2]["date"]))
        report.changes = _changes(history[-2]["rows"], shown)
    agency = meeting.agency
    title = f"{agency.full_name}{agency.group}{NAME}"
    day = f"公布日期：{roc.long_date(dt.date.fromisoformat(history[-1]['date']))}"
    notes = [f"註：較{report.before}公布者異動：{'；'.join(report.changes)}。"] if report.changes else []
    # Who is a member by office has no term of his own: that is not left out by mistake.
    numbered = [[str(number), *(text or "—" for text in row)] for number, row in enumerate(shown, start=1)]
    faults: list[Problem] = []
    group = Group("", ("序號", *_HEADINGS), numbered, notes)
    # Names of members are what is published here; the search is for personal data.
    content = summaries.document(
        workspace, [], NAME, title, [], [group], faults, edition=None, author=agency.full_name, subtitle=day
    )
    report.problems = tuple(faults)
    if content is None:
        return report
    files = data(meeting)
    step("轉換為 PDF 與 ODF")
    for ending in ("pdf", "odt"):
        if made := _converted(workspace, meeting, content, ending, title, report):
            files[f"{NAME}.{ending}"] = made
    step("檢查公開的檔案")
    search.inspect_folder(meeting, files)
    if report.failures:
        return report
    files[HISTORY] = json.dumps(history, ensure_ascii=False, indent=1).encode()
    report.outcomes = outputs.write_all(report.folder, files, {}, {})
    return report


def _converted(
    workspace: Workspace, meeting: Meeting, content: bytes, ending: str, title: str, report: Report
) -> bytes | None:
    """The document in a format that is published, without what its makers note of themselves."""
    import contextlib

    from generator.pdf import join
    from generator.pdf.clean import BY_ENDING

    with contextlib.closing(office.Office()) as program:
        if program.program is None:
            report.remarks.append(f"未產生 {ending.upper()}：找不到 LibreOffice。{office.HOW_TO_GET}。")
            return None
        converter = Converter(outputs.cache(workspace.output(meeting.id)), program)
        converted = converter.convert({NAME: ("docx", content)}, ending, report.failures)
    if NAME not in converted:
        return None
    found = converted[NAME].read_bytes()
    author = meeting.agency.full_name
    if clean := BY_ENDING.get(ending):
        return clean(found, title, author, meeting.date)
    return join.normalise(found, title, author, meeting.date)


def _history(workspace: Workspace) -> list[dict[str, Any]]:
    try:
        found = json.loads((workspace.root / "output" / NAME / HISTORY).read_text("utf-8"))
        return [{"date": str(entry["date"]), "rows": [list(map(str, row)) for row in entry["rows"]]} for entry in found]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def _shown(value: str | dt.date | None) -> str:
    return roc.short_date(value) if isinstance(value, dt.date) else value or ""


def _changes(old: list[list[str]], new: list[list[str]]) -> list[str]:
    """新任王小明, 卸任李大華, 王小明職稱由處長改為司長."""
    before, after = ({folded(row[0]): row for row in listed} for listed in (old, new))
    found = [f"新任{row[0]}（{row[3]}）" for name, row in after.items() if name not in before]
    found += [f"卸任{row[0]}（{row[3]}）" for name, row in before.items() if name not in after]
    for name, row in after.items():
        for heading, was, now in zip(_HEADINGS[1:], before.get(name, row)[1:], row[1:], strict=True):
            if was != now:
                found.append(f"{row[0]}{heading}由{was or '（無）'}改為{now or '（無）'}")
    return found
