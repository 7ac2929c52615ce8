"""The story of `packet supplement`: the packet that went out and the one that follows → 抽換頁.pdf and 補充資料.pdf.

A release makes them too and keeps them, so that what is mailed is what is kept; the command shows what they would be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from generator.basic import formats, roc
from generator.basic.failure import UserError
from generator.basic.problem import Problem
from generator.basic.workspace import EXCHANGED, MeetingId, Workspace
from generator.build import making, outputs
from generator.build import report as reporting
from generator.build.convert import PACKET
from generator.build.making import Built, Step
from generator.build.result import Result
from generator.dispatch import releases, summaries
from generator.dispatch.diff import compare, document_pairs, table, versions
from generator.dispatch.releases import Refused, Release
from generator.dispatch.supplement import paging
from generator.dispatch.supplement.paging import ADDED, REMOVED, REPLACED, After, Changed, NoPages
from generator.documents.document import PARTICIPANTS
from generator.documents.summary import Group
from generator.leaks import restricted, search
from generator.meeting.model import Meeting
from generator.pdf.pdfium import Unreadable

REPLACEMENTS, ADDITIONS = "抽換頁.pdf", "補充資料.pdf"
FILES = (REPLACEMENTS, ADDITIONS)
_HEADINGS = ("頁次", "文件", "說明")


class NothingToReplace(UserError):
    """No packet went out yet, or nothing changed since; the text says what to do."""

    exit_code = 2


class Supplement(Struct):
    """What a release has besides its documents: the record of its pages, and the files for those who have the old."""

    pages: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)
    after: After | None = None
    remarks: list[str] = field(default_factory=list)


class Report(Result):
    """What the command made: ``changed`` page by page, from the release ``old`` to the version ``number``."""

    changed: list[Changed] = field(default_factory=list)
    old: str = ""
    number: int = 0


def home(workspace: Workspace, meeting: MeetingId) -> Path:
    """Where the pages to replace and to add lie, beside the meeting's output."""
    return workspace.beside(meeting, EXCHANGED)


def of_release(workspace: Workspace, build: Built, day: dt.date, number: int) -> Supplement:
    """The pages of the packet of a new release; where a packet went out before, they follow its pages.

    ``build.files`` gets the packet with those pages. Raises search.Leak for a protected name in what is added.
    """
    last = _last(workspace, build)
    if PACKET not in build.files:
        return Supplement({})
    if last is None:
        return Supplement(_plain(build))
    try:
        before = _before(last)
        after = paging.arrange(build, workspace.output(_id(build)), _present(workspace, build), before, day, number)
    except (NoPages, Refused, Unreadable) as why:
        return Supplement(
            _plain(build),
            remarks=[
                str(why) if not isinstance(why, Unreadable) else f"{last.name}的 {PACKET} 無法讀取，頁碼已重新編碼。"
            ],
        )
    build.files[PACKET] = after.content
    found = Supplement(_record(after), after=after)
    if after.changed:
        found.files, found.remarks = _files(workspace, build, after, last, day, number)
        assert build.examined.meeting is not None
        restricted.inspect(build.examined.meeting, PARTICIPANTS, found.files)
    return found


def write(workspace: Workspace, meeting_id: MeetingId, today: dt.date, step: Step = lambda text: None) -> Report:
    """Writes what has to be sent to those who have the last packet, beside the meeting's output.

    Raises NothingToReplace, what making.make raises, and OSError.
    """
    folder = home(workspace, meeting_id)
    report = Report(folder)
    have = releases.every(workspace, meeting_id)
    build = making.make(workspace, meeting_id, formats=formats.USUAL, step=step)
    report.problems, report.failures, report.remarks = (
        build.examined.problems,
        list(build.failures),
        list(build.remarks),
    )
    if build.stopped or build.failures:
        return report
    last = _last(workspace, build)
    if last is None:
        raise NothingToReplace(
            f"{meeting_id} 還沒有含 {PACKET} 的版本，不必抽換。送出前請執行 packet release {meeting_id}。"
        )
    step("比對各頁")
    if not releases.moved_on(workspace, build, last):
        report.old, report.number = last.name, last.number
        files = {
            name: (last.folder / entry["path"]).read_bytes() for name, entry in _listed(last).items() if name in FILES
        }
        if not files:
            raise NothingToReplace(f"{last.name}之後會議資料沒有變動，沒有要抽換的頁。")
        report.changed = _changed(last)
        report.remarks.append(f"{last.name}凍結時的抽換頁。寄送請執行 packet mail {meeting_id}。")
    else:
        report.old, report.number = last.name, have[-1].number + 1
        found = of_release(workspace, build, today, report.number)
        files = {**found.files, **({PACKET: build.files[PACKET]} if found.after and found.files else {})}
        report.remarks += found.remarks
        report.changed = found.after.changed if found.after else []
        if not files:
            raise NothingToReplace(f"{last.name}之後會議資料的各頁沒有變動，沒有要抽換的頁。")
        files |= _revisions(workspace, build, last, report)
        report.remarks.append(
            f"這是預覽。送出前請執行 packet release {meeting_id} 凍結，再執行 packet mail {meeting_id}。"
        )
    stale = {name: outputs.GONE for name in outputs.read_record(folder) if name not in files}
    report.outcomes = outputs.write_all(folder, files, stale, {})
    return report


def _id(build: Built) -> MeetingId:
    return _meeting(build).id


def _meeting(build: Built) -> Meeting:
    assert build.examined.meeting is not None
    return build.examined.meeting


def _listed(release: Release) -> Mapping[str, Mapping[str, Any]]:
    return {str(entry["name"]): entry for entry in release.manifest.get("files", ())}


def _last(workspace: Workspace, build: Built) -> Release | None:
    """The last release that has a packet."""
    have = releases.every(workspace, _id(build))
    return next((release for release in reversed(have) if PACKET in _listed(release)), None)


def _before(last: Release) -> paging.Before:
    listed = _listed(last)
    version = versions.of(last)
    singles = {}
    if "pages" not in last.manifest:
        names = [name for name in listed if name.endswith(".pdf") and name not in (PACKET, *FILES)]
        singles = {name.removesuffix(".pdf"): (last.folder / listed[name]["path"]).read_bytes() for name in names}
    return paging.before(version, last.manifest, (last.folder / listed[PACKET]["path"]).read_bytes(), singles)


def _present(workspace: Workspace, build: Built) -> versions.Version:
    return versions.present(workspace, build)


def _plain(build: Built) -> dict[str, Any]:
    """The pages of a packet that follows none, numbered from 1."""
    pages = paging.counted(build)
    return {"total": len(pages), "listed": pages}


def _record(after: After) -> dict[str, Any]:
    return {
        "total": after.total,
        "listed": [[page.document, page.number, page.foot, page.mark] for page in after.pages],
        "changed": [[entry.how, entry.document, entry.number, entry.replaces, entry.place] for entry in after.changed],
    }


def _files(
    workspace: Workspace, build: Built, after: After, last: Release, day: dt.date, number: int
) -> tuple[dict[str, bytes], list[str]]:
    """抽換頁.pdf and 補充資料.pdf, the first of them with the list of all pages before it."""
    from generator.pdf import picking

    meeting, problems = _meeting(build), list[Problem]()
    title = f"{meeting.name}會議資料抽換頁及補充資料一覽表"
    lines = [f"第{number}版（{paging.mark_of(day, number).split()[1]}），請與{last.name}對照。"]
    lines += ["抽換：請抽出原來的頁，換上同一頁次的頁；新增：請接在最後；抽除：請抽出不用。"]
    lines = [f"{roc.numeral(number)}、{line}" for number, line in enumerate(lines, start=1)]
    group = Group("", _HEADINGS, rows(after.changed))
    content = summaries.document(workspace, [meeting], "抽換頁", title, lines, [group], problems)
    if content is None:
        return {}, [str(fault) for fault in problems]
    pdfs = paging.converted(workspace.output(meeting.id), {"抽換頁一覽": ("docx", content)})
    front = [picking.whole(pdfs["抽換頁一覽"].read_bytes(), "一覽表")]
    found: dict[str, bytes] = {}
    removed = any(entry.how == REMOVED for entry in after.changed)
    author = meeting.agency.full_name
    for name, how in ((REPLACEMENTS, REPLACED), (ADDITIONS, ADDED)):
        pages = _places(after.changed, how)
        if pages or (how == REPLACED and removed):
            excerpts = [*front, *([picking.Excerpt(after.content, how, pages)] if pages else [])]
            found[name] = picking.picked(excerpts, title, author, meeting.date)
            front = []
    if meeting.minutes is not None:
        search.inspect_folder(meeting, found)
    return found, []


def _places(changed: list[Changed], how: str) -> list[tuple[int, str]]:
    """The places of the pages to take, each with its bookmark: 討論事項第一案 第17、19至21頁."""
    found = []
    for document, entries in groupby((entry for entry in changed if entry.how == how), key=lambda each: each.document):
        listed = list(entries)
        name = f"{document_pairs.without_number(document)} 第{_pages([entry.number for entry in listed])}頁"
        found += [(entry.place, name) for entry in listed if entry.place is not None]
    return found


def _revisions(workspace: Workspace, build: Built, last: Release, report: Report) -> dict[str, bytes]:
    """修正對照表 as members may read it, until now."""
    meeting = _meeting(build)
    changes = table.for_members(meeting, compare.compare(versions.of(last), _present(workspace, build)))
    if changes is None:
        report.remarks.append("沒有附上修正對照表：修正前或修正後的文字有應保密的姓名。")
        return {}
    problems: list[Problem] = []
    content = table.render(workspace, meeting, build.examined.figures, changes, problems)
    return {table.file_name(last.number, None): content} if content is not None else {}


def _changed(release: Release) -> list[Changed]:
    return [Changed(*entry) for entry in release.manifest.get("pages", {}).get("changed", ())]


def changed_rows(release: Release) -> list[list[str]]:
    """The list for members of the pages that a release replaced and added; empty where it followed none."""
    return rows(_changed(release))


def rows(changed: list[Changed]) -> list[list[str]]:
    """The list for members: pages that follow one another in a document are one row."""
    found = []
    for (how, document), entries in groupby(changed, key=lambda entry: (entry.how, entry.document)):
        listed = list(entries)
        numbers = _pages([entry.number for entry in listed if entry.number])
        replaced = _pages([entry.replaces for entry in listed if entry.replaces])
        what = {
            REPLACED: f"抽換（原第 {replaced} 頁）"
            if replaced and replaced != numbers
            else "抽換"
            if replaced
            else "插入",
            ADDED: "新增（補充資料）",
            REMOVED: "抽除",
        }[how]
        found.append([numbers or replaced, document_pairs.without_number(document), what])
    return found


def _pages(numbers: list[str]) -> str:
    """17、19至21 of 17, 19, 20, 21."""
    runs: list[list[str]] = []
    for number in dict.fromkeys(numbers):
        last = runs[-1][-1] if runs else ""
        if last.isdecimal() and number.isdecimal() and int(number) == int(last) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(run[0] if len(run) == 1 else f"{run[0]}至{run[-1]}" for run in runs)


def as_json(report: Report) -> dict[str, Any]:
    """The report for a program."""
    return {
        "from": report.old,
        "number": report.number,
        "pages": [
            {"how": entry.how, "document": entry.document, "number": entry.number, "replaces": entry.replaces}
            for entry in report.changed
        ],
        "rows": rows(report.changed),
        **reporting.result_json(report),
    }
