"""`packet year`: what a year came to: meetings, attendance, terms, shares of the roster, deadlines kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from msgspec import field

from generator.basic import roc
from generator.basic.failure import UserError
from generator.basic.problem import Problem
from generator.basic.workspace import Workspace
from generator.build import outputs
from generator.build.result import Result
from generator.dispatch import releases, summaries
from generator.documents.summary import Group
from generator.meeting import load, schedule
from generator.meeting.model import Meeting
from generator.meeting.sheets import (
    ABSENT,
    BY_DEPUTY,
    CIVIL_MEMBER,
    MINUTES_DRAFT,
    MINUTES_FINAL,
    PAPERS,
    PRESENT,
    rules,
)
from generator.workbook.values import folded

NAME = "年度統計"
IN_TIME, LATE, UNKNOWN, TO_COME = "如期", "逾期", "沒有版本可查", "尚未到期"
_STAGES = {
    schedule.PAPERS: PAPERS,
    schedule.DRAFT: MINUTES_DRAFT,
    schedule.PUBLICATION: MINUTES_FINAL,
}


class NoMeetings(UserError):
    """There is no meeting of that year."""

    exit_code = 2


class Year(Result):
    """The tables of a year, as they are printed and shown; ``lines`` sum them up."""

    number: int = 0
    lines: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)


def of(workspace: Workspace, number: int, today: dt.date, percent: bool = False) -> Year:
    """What the workbooks and releases say of an ROC year. ``percent``: with shares of attendance. Raises NoMeetings."""
    found = Year(workspace.root / "output" / NAME, number=number)
    for meeting_id in workspace.meetings():
        if meeting_id.year not in (None, number):
            continue
        meeting, _ = load.load(workspace, meeting_id)
        if meeting is None:
            found.remarks.append(f"{meeting_id} 的資料有錯誤，沒有列入。請執行 packet check {meeting_id}。")
        elif meeting.year == number:
            found.meetings.append(meeting)
    found.meetings.sort(key=lambda meeting: (meeting.date, meeting.id.key))
    if not found.meetings:
        more = f"（{found.remarks[0]}）" if found.remarks else ""
        raise NoMeetings(f"民國 {number} 年沒有會議{more}。")
    last = found.meetings[-1]
    found.lines = [*_against_the_rule(found.meetings, last, today), *_shares(last)]
    found.groups = [
        Group("會議", ("會議", "日期", "紀錄", "應出席", "出席", "請假"), list(map(_meeting, found.meetings))),
        Group("委員出席", _attendance_headings(percent), list(_attendance(found.meetings, percent))),
        Group("任期", ("委員", "身分", "任期迄", "聘任次數", "期滿"), list(_terms(last, number))),
        Group("期限", ("會議", "事項", "期限", "送出", "結果"), list(_deadlines(workspace, found.meetings, today))),
    ]
    return found


def write(workspace: Workspace, year: Year) -> None:
    """Writes the document and the workbook. Raises OSError."""
    faults: list[Problem] = []
    name = f"{year.number}年{NAME}"
    title = f"{year.meetings[-1].agency.group}{name}"
    lines = [f"{roc.numeral(number)}、{line}" for number, line in enumerate(year.lines, start=1)]
    # Who attended and whose term ends is no secret, and nothing else stands there: every member may be named.
    content = summaries.document(workspace, year.meetings, name, title, lines, year.groups, faults, edition=None)
    year.problems = tuple(faults)
    if content is not None:
        files = {f"{name}.docx": content, f"{name}.xlsx": summaries.workbook(name, year.groups)}
        year.outcomes = outputs.write_all(year.folder, files, {}, {})


def _held(meeting: Meeting, today: dt.date) -> bool:
    return meeting.minutes is not None or meeting.date < today


def _against_the_rule(meetings: Sequence[Meeting], last: Meeting, today: dt.date) -> list[str]:
    held = [meeting for meeting in meetings if _held(meeting, today) and not meeting.info.cancelled]
    ordinary = [meeting for meeting in held if not meeting.id.extraordinary]
    texts = [
        f"已召開{len(held)}次" + (f"，其中臨時會{len(held) - len(ordinary)}次" if len(ordinary) < len(held) else "")
    ]
    rule = last.body.rule(rules.MEETINGS_A_YEAR)
    if rule is not None:
        source = f"（{rule.source}）" if rule.source else ""
        short = rule.number - len(ordinary)
        texts.append(f"每年以{rule.number}次為原則{source}，{'已達' if short <= 0 else f'尚差{short}次'}")
    return ["；".join(texts) + "。"]


def _shares(last: Meeting) -> list[str]:
    members = last.members
    if not members:
        return []
    women, men = (sum(member.sex == sex for member in members) for sex in ("女", "男"))
    civil = sum(member.group == CIVIL_MEMBER for member in members)
    sex, share = last.body.rule(rules.SEX_SHARE), last.body.rule(rules.CIVIL_SHARE)
    # Of what no rule speaks, and no member has, nothing is said.
    counts = [f"女性{women}人、男性{men}人"] if sex is not None or women or men else []
    counts += [f"{last.body.called(CIVIL_MEMBER)}{civil}人"] if share is not None or civil else []
    whole = f"{last.member_word or '成員'}{len(members)}人"
    texts = [f"{whole}：{'，'.join(counts)}" if counts else whole]
    if sex is not None:
        reached = sex.value.is_reached(min(women, men), len(members))
        texts.append(f"任一性別{sex.value}{'' if reached else '，未達'}")
    if share is not None:
        reached = share.value.is_reached(civil, len(members))
        texts.append(f"{last.body.called(CIVIL_MEMBER)}{share.value}{'' if reached else '，未達'}")
    return ["；".join(texts) + "。"]


def _meeting(meeting: Meeting) -> list[str]:
    minutes = meeting.minutes
    state = "取消" if meeting.info.cancelled else minutes.info.status if minutes is not None else "沒有紀錄"
    total = len(meeting.members) or (len(minutes.attendance) if minutes else 0)
    came, absent = (str(len(minutes.attending)), str(len(minutes.absent))) if minutes else ("", "")
    return [meeting.name, roc.short_date(meeting.date), state, str(total), came, absent]


def _attendance_headings(percent: bool) -> tuple[str, ...]:
    return ("委員", "身分", "應出席", "親自出席", "代理", "請假", *(("親自出席率",) if percent else ()))


def _attendance(meetings: Sequence[Meeting], percent: bool) -> Iterator[list[str]]:
    """How each member attended, over the meetings with minutes in which the member was one."""
    people: dict[str, list[str]] = {}
    counts: dict[str, dict[str, int]] = {}
    for meeting in meetings:
        for entry in meeting.minutes.attendance if meeting.minutes else ():
            people[folded(entry.name)] = [entry.name, entry.role]
            known = counts.setdefault(folded(entry.name), {})
            known[entry.how] = known.get(entry.how, 0) + 1
    for name, about in people.items():
        known = counts[name]
        total, came = sum(known.values()), known.get(PRESENT, 0)
        rate = [f"{came * 100 / total:.0f}%"] if percent else []
        yield [*about, str(total), str(came), str(known.get(BY_DEPUTY, 0)), str(known.get(ABSENT, 0)), *rate]


def _terms(last: Meeting, number: int) -> Iterator[list[str]]:
    """The members whose terms end by the end of the next year, and whether they may be appointed again."""
    limit = dt.date(number + 1911 + 1, 12, 31)
    rule = last.body.rule(rules.MOST_RENEWALS)
    ending = [(member.term_end, member) for member in last.members if member.term_end and member.term_end <= limit]
    for end, member in sorted(ending, key=lambda pair: (pair[0], pair[1].name)):
        again = "可續聘"
        if rule is not None and (not rule.roles or member.role in rule.roles) and member.group == CIVIL_MEMBER:
            left = 1 + rule.number - (member.appointments or 1)
            again = f"還可續聘{left}次" if left > 0 else f"不得再續聘{f'（{rule.source}）' if rule.source else ''}"
        yield [member.name, member.role, roc.short_date(end), str(member.appointments or ""), again]


def _deadlines(workspace: Workspace, meetings: Sequence[Meeting], today: dt.date) -> Iterator[list[str]]:
    """The deadlines of what goes out, against the first release of that stage."""
    for meeting in meetings:
        have = releases.every(workspace, meeting.id)
        for deadline in schedule.of(meeting).deadlines:
            stage = _STAGES.get(deadline.name)
            if stage is None:
                continue
            sent = [
                dt.datetime.fromisoformat(release.manifest["when"])
                for release in have
                if release.manifest.get("stage") == stage
            ]
            day = min(sent).date() if sent else None
            if day is not None:
                outcome = IN_TIME if day <= deadline.date else LATE
            else:
                outcome = UNKNOWN if deadline.date < today else TO_COME
            shown = roc.short_date(day) if day else ""
            yield [meeting.name, deadline.what, roc.short_date(deadline.date), shown, outcome]
