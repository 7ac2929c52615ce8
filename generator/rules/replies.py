"""What members sent back on the draft minutes: decided on, with a reason, and in the minutes where adopted."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from generator.basic.problem import Code, Location, Problem, error, perhaps, problem, warning
from generator.meeting.minutes import Minutes
from generator.meeting.model import Meeting
from generator.meeting.sheets.replies import ADOPTED, MOVE, PARTLY, REFUSED, Proposal, Reply
from generator.rules.drafts import unfinished
from generator.workbook.record import Kind, Record
from generator.workbook.values import folded


class ReplyCode(Code):
    """The problems that this module finds."""

    REPLY_UNDECIDED = error("定稿前還沒有決定是否採納「{member}」的意見", "請填採納、部分採納、不採納或不列入。")
    REPLY_UNDECIDED_YET = warning("還沒有決定是否採納「{member}」的意見", "請填採納、部分採納、不採納或不列入。")
    REPLY_UNREASONED = error("{outcome}而沒有理由", "請填理由，會印在委員意見及回應表。")
    REPLY_UNREASONED_YET = warning("{outcome}而沒有理由", "請填理由，會印在委員意見及回應表。")
    REPLY_NOT_IN = error("採納的意見還沒有寫進會議紀錄", "請把 {cell}改為：{text}")
    REPLY_NOT_IN_YET = warning("採納的意見還沒有寫進會議紀錄", "請把 {cell}改為：{text}")
    REPLY_WORDS_MISSING = warning(
        "採納的意見沒有寫明文字，程式無法核對紀錄是否已改", "請在「採用文字」填寫進紀錄的文字；不改紀錄時請填不列入。"
    )
    REPLY_UNKNOWN_CASE = error("〔案由〕內沒有案號「{value}」", "請改為已有的案號，認不出時空白。{perhaps}")
    REPLY_UNKNOWN_MEMBER = warning("「{value}」不是〔委員〕的姓名", "請改為委員姓名。{perhaps}")


class _Cell(Struct, frozen=True):
    """A text that the minutes print, and its cell."""

    text: str
    at: Location


def not_in(proposal: Proposal, meeting: Meeting) -> tuple[str, str] | None:
    """The cell and the text to paste, where an adopted proposal is not in the minutes' workbooks yet; else None.

    The cell is empty where it cannot be told.
    """
    wanted = proposal.wanted
    if proposal.outcome not in (ADOPTED, PARTLY) or wanted is None:
        return None
    cells = list(_cells(meeting))
    # 王小明委員： stands in another cell than what was said.
    for skip in _skips(proposal.old, wanted):
        old, new = proposal.old[skip:].strip(), wanted[skip:].strip()
        if new and any(folded(new) in folded(cell.text) for cell in cells):
            return None
        found = next((cell for cell in cells if old and old in cell.text), None)
        if found is not None:
            return str(found.at), found.text.replace(old, new, 1)
    if not wanted.strip():
        return None
    there = next((cell for cell in cells if str(cell.at) == proposal.cell), None)
    return (str(there.at) if there else proposal.cell), wanted


def _skips(old: str, new: str) -> list[int]:
    colon = old.find("：") + 1
    return [0, colon] if colon and old[:colon] == new[:colon] else [0]


def _cells(meeting: Meeting) -> Iterator[_Cell]:
    minutes = meeting.minutes
    records: list[Record] = [meeting.info, *meeting.cases, *meeting.observers]
    if minutes is not None:
        records = [*minutes.remarks, *minutes.decisions, minutes.info, *minutes.attendance, *records]
    for record in records:
        for name, column in record.sheet.by_field.items():
            value = getattr(record, name)
            if column.kind in (Kind.TEXT, Kind.PROSE, Kind.UNIT) and isinstance(value, str) and value:
                yield _Cell(value, record.at(name))


def decided(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Each proposal is decided on; 不採納 and 部分採納 have a reason (practice: 委員意見及回應表)."""
    found = []
    for proposal in meeting.proposals:
        if not proposal.outcome:
            codes = (ReplyCode.REPLY_UNDECIDED, ReplyCode.REPLY_UNDECIDED_YET)
            found.append(unfinished(minutes, *codes, proposal.at("outcome"), member=proposal.member))
        elif proposal.outcome in (REFUSED, PARTLY) and not proposal.reason:
            codes = (ReplyCode.REPLY_UNREASONED, ReplyCode.REPLY_UNREASONED_YET)
            found.append(unfinished(minutes, *codes, proposal.at("reason"), outcome=proposal.outcome))
    return found


def written_in(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """What was adopted stands in the minutes."""
    found = []
    for proposal in meeting.proposals:
        if proposal.outcome not in (ADOPTED, PARTLY) or proposal.kind == MOVE:
            continue
        if proposal.wanted is None:
            found.append(problem(ReplyCode.REPLY_WORDS_MISSING, proposal.at("adopted")))
        elif missing := not_in(proposal, meeting):
            codes = (ReplyCode.REPLY_NOT_IN, ReplyCode.REPLY_NOT_IN_YET)
            cell = f"{missing[0]} " if missing[0] else "紀錄"
            found.append(unfinished(minutes, *codes, proposal.at("outcome"), cell=cell, text=missing[1]))
    return found


def known(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """The cases and members of proposals are those of the meeting."""
    keys = {folded(case.key): case.key for case in meeting.cases}
    names = {folded(member.name): member.name for member in meeting.members}
    found = []
    for proposal in meeting.proposals:
        if proposal.case and folded(proposal.case) not in keys:
            near = perhaps(proposal.case, keys.values())
            code, at = ReplyCode.REPLY_UNKNOWN_CASE, proposal.at("case")
            found.append(problem(code, at, value=proposal.case, perhaps=near))
    records: list[Proposal | Reply] = [*meeting.proposals, *meeting.replies]
    for record in records:
        if names and folded(record.member) not in names:
            near = perhaps(record.member, names.values())
            found.append(
                problem(ReplyCode.REPLY_UNKNOWN_MEMBER, record.at("member"), value=record.member, perhaps=near)
            )
    return found


RULES = (decided, written_in, known)
