"""Documents that are of no single meeting's packet: made of 彙整表.docx, with the same tables as a workbook.

Nothing of them may have a name that any of the meetings protects: each is searched as the 會議版 of their minutes.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from generator.basic.package import Properties
from generator.basic.problem import Location, Problem
from generator.basic.workspace import Workspace
from generator.documents import summary
from generator.documents.document import FOR_MEETING
from generator.documents.summary import Group
from generator.leaks import search
from generator.meeting.model import Meeting
from generator.word import render, templates


def document(
    workspace: Workspace,
    meetings: Iterable[Meeting],
    name: str,
    title: str,
    lines: Sequence[str],
    groups: Sequence[Group],
    problems: list[Problem],
    edition: str | None = FOR_MEETING,
    author: str = "",
    subtitle: str = "",
) -> bytes | None:
    """The .docx; None, with a problem, where the template is missing or cannot be filled. Raises search.Leak.

    It is dated by the last of the meetings. ``subtitle`` stands at the right above the tables, as a date does.
    ``edition``: None for what may name every member, as the roster does.
    """
    have = templates.available(workspace.templates)
    if fault := templates.missing(summary.TEMPLATE, have, Location(f"{summary.TEMPLATE}.docx")):
        problems.append(fault)
        return None
    known = list(meetings)
    author = author or (known[-1].agency.full_name if known else "")
    day = max((meeting.date for meeting in known), default=dt.date(2000, 1, 1))
    context = summary.context(title, subtitle, lines, groups)
    template = workspace.templates / f"{summary.TEMPLATE}.docx"
    content = render.render(template, context, Properties(title, author, day), problems)
    if content is not None and edition is not None:
        inspect(known, f"{name}.docx", content, edition)
    return content


def workbook(title: str, groups: Sequence[Group]) -> bytes:
    """The tables as sheets of a workbook."""
    from generator.workbook import forms

    result = io.BytesIO()
    sheets = [
        forms.plain_sheet((group.name or title)[:31], group.headings, [list(map(_cell, row)) for row in group.rows])
        for group in groups
    ]
    forms.write_workbook(result, sheets, title=title)
    return result.getvalue()


def _cell(value: Any) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


def inspect(meetings: Iterable[Meeting], name: str, content: bytes, edition: str = FOR_MEETING) -> None:
    """Searches a file for the names that the minutes of any of the meetings protect. Raises search.Leak."""
    for meeting in meetings:
        if meeting.minutes is not None:
            search.inspect_apart(meeting, name, content, edition)
