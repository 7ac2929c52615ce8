"""`packet catalogue`: the platform's catalogue against the meeting's lists, and the sample that is drawn from it."""

from __future__ import annotations

import io
from collections.abc import Sequence

from generator.basic.failure import UserError
from generator.basic.problem import Problem, in_order
from generator.basic.workspace import MeetingId, Workspace
from generator.build import outputs
from generator.build.result import Result
from generator.meeting import load
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import Sampled
from generator.rules import catalogue as rules
from generator.rules.catalogue import Catalogue, Entry


class NoCatalogue(UserError):
    """There is no catalogue in 共用, or a sample was drawn already; the text says what to do."""

    exit_code = 2


class Report(Result, kw_only=True):
    """The agency's data sets by unit, and where asked for the sample that was written."""

    catalogue: Catalogue
    by_unit: dict[str, list[Entry]]
    drawn: Sequence[Entry] = ()


def look(workspace: Workspace, meeting_id: MeetingId, with_sample: bool) -> Report | list[Problem]:
    """Reads and compares; the problems of the workbooks instead where they give no meeting.

    Raises NoCatalogue and OSError.
    """
    meeting, problems = load.load(workspace, meeting_id)
    if meeting is None:
        return in_order(problems)
    faults: list[Problem] = []
    found = rules.read(workspace.shared, meeting, faults)
    if found is None:
        raise NoCatalogue(
            "inputs/共用 內沒有平臺的資料集目錄。請由政府資料開放平臺下載資料集清單"
            "（.csv，有資料集識別碼、資料集名稱、提供機關等欄）放進去。"
        )
    faults += rules.compare(meeting, found)
    report = Report(
        workspace.inputs(meeting_id), tuple(in_order(faults)), catalogue=found, by_unit=found.by_unit(meeting.units)
    )
    if with_sample:
        report.drawn = rules.sample(meeting, found)
        _write(workspace, meeting, report)
    return report


def _write(workspace: Workspace, meeting: Meeting, report: Report) -> None:
    """The list to work through, as a workbook of the meeting; one that is there is somebody's work."""
    from generator.workbook.forms import FilledSheet, write_workbook

    name = f"{Sampled.sheet.name}.xlsx"
    folder = workspace.inputs(meeting.id)
    if (folder / name).exists() or Sampled.sheet.name in meeting.present:
        raise NoCatalogue(f"inputs/{meeting.id} 已經有〔{Sampled.sheet.name}〕，沒有更動。要重抽時請先移走它。")
    rows = [Sampled.filled(identifier=entry.identifier, name=entry.name, unit=entry.unit) for entry in report.drawn]
    content = io.BytesIO()
    write_workbook(content, [FilledSheet(Sampled.sheet, rows, rules.method(meeting))], units=meeting.units, title=name)
    with outputs.aside(workspace.output(meeting.id)) as place:
        outputs.write_new(place / "sample", content.getvalue())
        (place / "sample").rename(folder / name)
    report.outcomes = [outputs.Outcome(name, outputs.NEW)]
