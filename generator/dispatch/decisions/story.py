"""The story of `packet decisions`: all lives and promises → lines; where asked, a document and workbook by unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from generator.basic import file_names, roc
from generator.basic.problem import Problem
from generator.basic.workspace import Workspace
from generator.build import outputs
from generator.build.result import Result
from generator.dispatch import summaries
from generator.dispatch.decisions.lives import FORGOTTEN, Life, Lives
from generator.dispatch.decisions.promises import DROPPED, LATE, OVERDUE, Promise
from generator.documents import access
from generator.documents.summary import Group
from generator.meeting.model import units_of
from generator.meeting.sheets import OPEN, WITHHELD

NAME, PROMISES = "決議追蹤", "期程追蹤"
_HEADINGS = ("編號", "決定（議）", "主辦單位", "期限", "辦理情形", "狀態")
_PROMISE_HEADINGS = ("種類", "事項", "單位", "原定", "現定", "結果")
Line = list[tuple[str, str]]
_Entry = TypeVar("_Entry", Life, Promise)


def home(workspace: Workspace) -> Path:
    """Where the documents over all meetings lie."""
    return workspace.root / "output" / NAME


def write(
    workspace: Workspace, found: Lives, shown: Sequence[Life], promises: Sequence[Promise], today: dt.date
) -> Result:
    """Writes the tables as document and workbook, whole and by unit. Raises search.Leak and OSError."""
    problems: list[Problem] = []
    files: dict[str, bytes] = {}
    tables: list[tuple[str, str, Group, Sequence[Life | Promise]]] = []
    for unit, lives in _by_unit(shown, found):
        tables.append((NAME, unit, _table(lives, today), lives))
    for unit, entries in _by_unit(promises, found) if promises else ():
        tables.append((PROMISES, unit, _promised(entries), entries))
    for name, unit, group, listed in tables:
        part = file_names.part(unit, "單位")
        whole = f"{name}（{part}）" if unit else name
        title = f"{found.meetings[-1].agency.group if found.meetings else ''}{name}{f'（{unit}）' if unit else ''}"
        day, lines = f"截至{roc.long_date(today)}，共{len(listed)}項", list[str]()
        narrow = access.narrowest_of(entry.access for entry in listed)
        if narrow != OPEN:
            readers = "本機關" if narrow == WITHHELD else "與會者"
            lines.append(f"註：內有{narrow}的案，請勿轉送{readers}以外的人。")
        content = summaries.document(workspace, found.meetings, whole, title, lines, [group], problems, subtitle=day)
        if content is not None:
            files[f"{whole}.docx"] = content
            files[f"{whole}.xlsx"] = summaries.workbook(name, [group])
            summaries.inspect(found.meetings, f"{whole}.xlsx", files[f"{whole}.xlsx"])
    folder = home(workspace)
    result = Result(folder, tuple(dict.fromkeys(problems)), remarks=list(found.remarks))
    if not result.stopped:
        stale = {name: outputs.GONE for name in outputs.read_record(folder) if name not in files}
        result.outcomes = outputs.write_all(folder, files, stale, {})
    return result


def _by_unit(entries: Sequence[_Entry], found: Lives) -> Iterator[tuple[str, list[_Entry]]]:
    """All entries under an empty name, then for each unit those that may go to it."""
    yield "", list(entries)
    own = {unit for meeting in found.meetings for unit in meeting.units}
    for unit in dict.fromkeys(unit for entry in entries for unit in units_of(entry.unit)):
        readable = [
            entry for entry in entries if unit in units_of(entry.unit) and access.goes_to(unit, own, entry.access)
        ]
        if readable:
            yield unit, readable


def _table(lives: Sequence[Life], today: dt.date) -> Group:
    return Group("", _HEADINGS, [_row(life, today) for life in lives])


def _row(life: Life, today: dt.date) -> list[str]:
    due = roc.short_date(life.due) if life.due else ""
    progress = "\n".join(f"{step.meeting}：{step.progress or '（未填）'}" for step in life.steps)
    number = f"{life.number}\n{life.mark}" if life.mark else life.number
    return [number, f"{life.subject}：{life.text}", life.unit, due, progress, state(life, today)]


def _promised(promises: Sequence[Promise]) -> Group:
    rows = [[entry.kind, entry.what, entry.unit, entry.first, entry.last, entry.verdict] for entry in promises]
    return Group("", _PROMISE_HEADINGS, rows)


def state(life: Life, today: dt.date) -> str:
    """持續列管（逾期）, 解除列管（113-11-20）, 未再提報（113-2 起）."""
    if life.is_overdue(today):
        return f"{life.state}（逾期）"
    if life.closed is not None:
        return f"{life.state}（{roc.short_date(life.closed)}）"
    return f"{life.state}（{life.forgotten_at} 起）" if life.state == FORGOTTEN and life.forgotten_at else life.state


def lines(shown: Sequence[Life], today: dt.date) -> list[Line]:
    """The lives for the terminal: overdue ones first."""
    found: list[Line] = []
    for life in shown:
        style = "red" if life.is_overdue(today) else "yellow" if life.open else ""
        due = f"　期限 {roc.short_date(life.due)}" if life.due else ""
        mark = [(f"　{life.mark}", "red")] if life.mark else []
        found.append([(life.number, "bold"), (f"　{state(life, today)}", style), (f"　{life.unit}{due}", ""), *mark])
        found.append([(f"  {life.subject}", "dim")])
        found += [[(f"  {text}", "")] for text in life.text.split("\n")]
        for step in life.steps:
            tracking = f"〔{step.tracking}〕" if step.tracking else ""
            found.append(
                [(f"    {step.meeting}{tracking} {' '.join((step.progress or '（未填辦理情形）').split())}", "")]
            )
        if life.state == FORGOTTEN:
            found.append([(f"    {life.forgotten_at} 的〔上次會議決定〕沒有這一項，也沒有解除列管。", "yellow")])
    counts = [
        f"{name} {count} 項"
        for name, count in (
            ("逾期", sum(life.is_overdue(today) for life in shown)),
            *(
                (name, sum(life.state == name for life in shown))
                for name in dict.fromkeys(life.state for life in shown)
            ),
        )
        if count
    ]
    return [*found, [(f"共 {len(shown)} 項" + (f"：{'、'.join(counts)}" if counts else "") + "。", "bold")]]


def promise_lines(promises: Sequence[Promise]) -> list[Line]:
    """The promises for the terminal: those not kept first, with the cells of their dates."""
    found: list[Line] = []
    for entry in promises:
        style = {OVERDUE: "red", DROPPED: "red", LATE: "yellow"}.get(entry.outcome, "green")
        found.append([(f"{entry.kind} {entry.first}", "bold"), (f"　{entry.verdict}", style), (f"　{entry.unit}", "")])
        found.append([(f"  {' '.join(entry.what.split())}", "")])
        last = ""
        for mention in entry.mentions:
            if mention.date != last:
                found.append([(f"    {mention.version} {mention.date}（{mention.at}）", "dim")])
            last = mention.date
    kinds = dict.fromkeys(entry.outcome for entry in promises)
    counts = "、".join(f"{kind} {sum(entry.outcome == kind for entry in promises)} 項" for kind in kinds)
    return [*found, [(f"共 {len(promises)} 項" + (f"：{counts}" if counts else "") + "。", "bold")]]
