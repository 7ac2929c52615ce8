"""A meeting: everything its workbooks say, put together from the records of their sheets. loading reads it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import cast

from msgspec import Struct, field

from generator.basic import roc
from generator.basic.problem import Location
from generator.basic.workspace import MeetingId
from generator.meeting import people
from generator.meeting.body import Body
from generator.meeting.files import Enclosure
from generator.meeting.minutes import SOMEONE, Minutes
from generator.meeting.sheets import CHAIR, MINUTES_DRAFT, MINUTES_FINAL, PAPERS
from generator.meeting.sheets.agency import Agency, Member
from generator.meeting.sheets.agenda import USUAL, Section
from generator.meeting.sheets.lists import COUNTED, PastDecision
from generator.meeting.sheets.meeting import Case, MeetingInfo, Slide
from generator.meeting.sheets.minutes import ClearedWording, Observer
from generator.meeting.sheets.replies import Proposal, Reply
from generator.meeting.sheets.shared import Regulation
from generator.meeting.workdays import Calendar
from generator.workbook import books
from generator.workbook.plain_tables import PlainTable
from generator.workbook.record import R, Record
from generator.workbook.values import folded


def units_of(text: str) -> list[str]:
    """The units named in a cell 主辦單位 or 單位, which 、 may join."""
    return [unit.strip() for unit in text.split("、") if unit.strip()]


LIST_NAMES = frozenset(record.sheet.name for record in COUNTED)


class Meeting(Struct, frozen=True):
    """Everything the workbooks say of one meeting. ``others`` are the other meetings that have a folder.

    ``previous`` is the one of them that came before this one. ``lists`` are the lists of data by their record class.
    ``files`` are those that are joined as attachments, by the cell that names them. ``cleared`` are wordings in which
    what looks like a name or personal data is none. ``observers`` are those who are
    invited. ``members`` are those in office on its date, ``away`` the others of
    the roster; ``shared_roster`` are the members of the shared 機關.xlsx on that day, for a meeting that keeps its own.
    ``unread`` are names of figures that are missing because their
    cells could not be read (預定開放. for all of a sheet). ``unread_books`` are workbooks of a format that is not read.
    ``titles`` are the names of other meetings by their ids, of those that have one and are spoken of here.
    ``proposals`` and ``replies`` are what members sent back on the draft minutes.
    """

    id: MeetingId
    others: tuple[MeetingId, ...]
    agency: Agency
    body: Body
    units: tuple[str, ...]
    members: tuple[Member, ...]
    info: MeetingInfo
    observers: tuple[Observer, ...]
    cases: tuple[Case, ...]
    lists: Mapping[type[Record], tuple[Record, ...]]
    tables: Mapping[str, PlainTable]
    regulations: Mapping[str, Regulation]
    minutes: Minutes | None
    calendar: Calendar
    present: frozenset[str]
    sections: tuple[Section, ...] = USUAL
    previous: MeetingId | None = None
    slides: tuple[Slide, ...] = ()
    files: Mapping[Location, Enclosure] = field(default_factory=dict)
    cleared: tuple[ClearedWording, ...] = ()
    away: tuple[Member, ...] = ()
    shared_roster: tuple[Member, ...] = ()
    unread: frozenset[str] = frozenset()
    unread_books: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()
    replies: tuple[Reply, ...] = ()

    def waits_for(self, name: str) -> bool:
        """Whether a figure is missing, or shows too little, only because of cells that could not be read."""
        return name in self.unread or f"{name.partition('.')[0]}." in self.unread

    def likely_in(self, sheet: str) -> str:
        """What to do where a sheet is missing and a workbook lies there that is not read; else an empty text."""
        if sheet in self.present or sheet not in LIST_NAMES:
            return ""
        return books.likely_in(sheet, self.unread_books)

    @property
    def date(self) -> dt.date:
        return self.info.date

    def list_of(self, record: type[R]) -> tuple[R, ...]:
        """The records of one of the lists in sheets/lists.py, in the order of their rows."""
        return cast(tuple[R, ...], self.lists.get(record, ()))

    @property
    def past_decisions(self) -> tuple[PastDecision, ...]:
        return self.list_of(PastDecision)

    @property
    def year(self) -> int:
        """The ROC year: that of the id, or of the date where the meeting has a name of its own."""
        return roc.roc_year(self.date) if self.info.title or self.id.year is None else self.id.year

    @property
    def came(self) -> tuple[Observer, ...]:
        """Who sat in: by the workbook of the minutes where it says so, else those who were invited."""
        return self.observers if self.minutes is None or self.minutes.observers is None else self.minutes.observers

    @property
    def session(self) -> str:
        """第1次, or 第1次臨時 for an extraordinary meeting; of a meeting with a name of its own what that says."""
        if not self.info.title and not self.id.name:
            return self.id.session
        found = re.search(r"第\s*[0-9０-９〇零一二三四五六七八九十百千]+\s*次(臨時)?", self.info.title)
        return found[0] if found else ""

    @property
    def name(self) -> str:
        """「政府資料開放諮詢小組」113年第1次會議, or 會議名稱 where that is given."""
        if self.info.title or self.id.name:
            return self.info.title or f"{self.agency.group}{self.id}"
        return f"「{self.agency.group}」{self.id.year}年{self.session}會議"

    @property
    def when(self) -> str:
        """113年4月29日（星期一）下午2時30分, with the time at which it is to end and the days on which it goes on."""
        info = self.info
        end = f"至{roc.clock(info.end)}" if info.end else ""
        return f"{roc.long_date(info.date)}（{roc.weekday(info.date)}）{roc.clock(info.start)}{end}{self.went_on}"

    @property
    def went_on(self) -> str:
        """；續會：113年5月6日（星期一） for a meeting that goes on on other days; else nothing."""
        days = [f"{roc.long_date(day)}（{roc.weekday(day)}）" for day in self.info.more_days or ()]
        return f"；續會：{'、'.join(days)}" if days else ""

    @property
    def stage(self) -> str:
        """How far its papers are, one of columns.STAGES, by the status of the minutes."""
        if self.minutes is None:
            return PAPERS
        return MINUTES_DRAFT if self.minutes.draft else MINUTES_FINAL

    @property
    def deck_case(self) -> Case | None:
        """The case to which the deck is attached: from there 附件() counts. None where no attachment is made of it."""
        return next((case for case in self.cases if any(item.is_deck for item in case.attachments)), None)

    def member(self, name: str) -> Member | None:
        """The member of that name who is in office on the day; None for anybody else."""
        return next((member for member in self.members if folded(member.name) == folded(name)), None)

    def called(self, name: str) -> str:
        """How running text names a member: 王委員小明, or 王小明委員."""
        member = self.member(name)
        address = member.address if member is not None else SOMEONE
        return people.addressed(name, address, self.body.official_names)

    @property
    def member_word(self) -> str:
        """What members are called together: 委員, 代表; empty where their 稱謂 have no word in common."""
        addresses = {member.address for member in self.members if member.group != CHAIR} or {SOMEONE}
        if any(SOMEONE in address for address in addresses):
            return SOMEONE
        return addresses.pop() if len(addresses) == 1 else ""

    def titled(self, name: str, title: str) -> str:
        """A name with a title of office: 林次長大年, or 林大年次長; without a title the bare name."""
        return people.addressed(name, title, self.body.official_names)

    def of_kind(self, kind: str) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.kind == kind)
