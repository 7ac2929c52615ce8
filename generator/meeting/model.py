"""The records of a meeting. Frozen; each knows the row it came from. loading reads them from the workbooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.basic import roc
from generator.basic.problem import Location
from generator.basic.roc import Period, YearMonth
from generator.basic.workspace import MeetingId
from generator.meeting.files import Enclosure
from generator.meeting.minutes import Minutes, Observer
from generator.meeting.sheets import MINUTES_DRAFT, MINUTES_FINAL, MOTION, PAPERS, SLIDES
from generator.meeting.workdays import Calendar
from generator.workbook.typed_rows import PlainTable, Row

SEPARATELY = "另附"
SHEET, SHARED, FILE = "工作表", "共用", "檔案"


def units_of(text: str) -> list[str]:
    """The units named in a cell 主辦單位 or 單位, which 、 may join."""
    return [unit.strip() for unit in text.split("、") if unit.strip()]


@dataclass(frozen=True, slots=True)
class Agency:
    """The agency whose group meets, and the settings of its rules."""

    row: Row
    full_name: str
    short_name: str
    self_name: str
    group: str
    secretariat: str
    contact: str
    phone: str
    email: str
    sample_base: int
    quality_since: dt.date
    top_downloads: int
    draft_days: int
    correction_days: int
    address: str
    english_name: str
    motto: str
    most_mail: int


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the group (委員)."""

    row: Row
    name: str
    title: str
    organisation: str
    role: str
    sex: str
    term_start: dt.date | None
    term_end: dt.date | None
    appointments: int | None
    email: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One numbered point of a case's 說明. ``level`` is 1 to 3; lead and text are prose (Jinja)."""

    row: Row
    level: int
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment (附件) of a case. ``number`` is 0 where the case has only this one.

    ``may_be_separate``: what cannot be joined is supplied separately (可另附) and is no error.
    """

    row: Row
    name: str
    source: str
    target: str
    template: str
    heading: str
    subheading: str
    notes: tuple[Row, ...]
    number: int
    may_be_separate: bool = False

    @property
    def label(self) -> str:
        """附件, or 附件1, 附件2 … where the case has several."""
        return f"附件{self.number or ''}"

    @property
    def is_deck(self) -> bool:
        """Whether it is the deck that is made of the sheet 簡報."""
        return self.source == SHEET and self.target == SLIDES.name


@dataclass(frozen=True, slots=True)
class Case:
    """A case (案) put to the meeting. ``number`` counts within its kind; ``subject`` is prose (Jinja)."""

    row: Row
    key: str
    kind: str
    number: int
    unit: str
    subject: str
    template: str
    explanations: tuple[Explanation, ...]
    attachments: tuple[Attachment, ...]

    @property
    def title(self) -> str:
        """報告事項第一案."""
        return f"{self.kind}{self.ordinal}"

    @property
    def ordinal(self) -> str:
        return f"第{roc.numeral(self.number)}案"

    @property
    def raised_at_meeting(self) -> bool:
        """Whether it is a motion raised at the meeting: it has no papers, and the agenda that went out lacks it."""
        return self.kind == MOTION and not self.explanations and not self.attachments


@dataclass(frozen=True, slots=True)
class PastDecision:
    """What an earlier meeting decided on a case, and what was done; ``meeting`` is its id, empty for the last one."""

    row: Row
    kind: str
    subject: str
    decision: str
    progress: str
    tracking: str
    meeting: str = ""


@dataclass(frozen=True, slots=True)
class PlannedDataset:
    row: Row
    name: str
    due: YearMonth
    unit: str
    published: bool


@dataclass(frozen=True, slots=True)
class Download:
    row: Row
    identifier: str
    published: dt.date
    frequency: str
    updated: dt.date
    name: str
    views: int
    downloads: int


@dataclass(frozen=True, slots=True)
class Quality:
    """The badges of one unit's data sets. 白金 is part of 金 (official-format), so it is not in the total."""

    row: Row
    unit: str
    counts: Mapping[str, int]
    stated_total: int | None

    @property
    def total(self) -> int:
        """檢測範圍外 + 無 + 銅 + 銀 + 金."""
        return sum(count for level, count in self.counts.items() if level != "白金標章")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    row: Row
    name: str
    unit: str
    reason: str
    remark: str


@dataclass(frozen=True, slots=True)
class Total:
    """A figure that no sheet can yield, with its source."""

    row: Row
    name: str
    value: int
    source: str


@dataclass(frozen=True, slots=True)
class Article:
    """A paragraph of a regulation. ``level`` 1–4; ``label`` as printed, empty for a continuation."""

    row: Row
    level: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Regulation:
    name: str
    history: tuple[str, ...]
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class SlidePoint:
    """What a row of 簡報 puts on its slide. ``level`` 1 or 2, 0 for none; lead and text are prose (Jinja)."""

    row: Row
    level: int
    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class Slide:
    """A slide (投影片) of the deck: title and points are prose; ``tab`` is the one of the bar that it belongs to."""

    row: Row
    layout: str
    title: str
    tab: str
    points: tuple[SlidePoint, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Everything the workbooks say of one meeting. ``others`` are the other meetings that have a folder.

    ``previous`` is the one of them that came before this one. ``files`` are those that are joined as attachments, by
    the cell that names them. ``sent``, ``dispatch_number``, ``urgency`` and
    ``notice_remarks`` stand on the notice (發文日期, 發文字號, 速別, 備註).
    """

    id: MeetingId
    others: tuple[MeetingId, ...]
    agency: Agency
    units: tuple[str, ...]
    members: tuple[Member, ...]
    row: Row
    date: dt.date
    start: dt.time
    place: str
    chair: str
    recorder: str
    cutoff: dt.date
    period: Period | None
    link: str
    sent: dt.date | None
    dispatch_number: str
    urgency: str
    notice_remarks: str
    observers: tuple[Observer, ...]
    cases: tuple[Case, ...]
    past_decisions: tuple[PastDecision, ...]
    planned: tuple[PlannedDataset, ...]
    downloads: tuple[Download, ...]
    quality: tuple[Quality, ...]
    quality_stated: Quality | None
    withdrawals: tuple[Withdrawal, ...]
    totals: tuple[Total, ...]
    tables: Mapping[str, PlainTable]
    regulations: Mapping[str, Regulation]
    minutes: Minutes | None
    calendar: Calendar
    present: frozenset[str]
    previous: MeetingId | None = None
    slides: tuple[Slide, ...] = ()
    files: Mapping[Location, Enclosure] = field(default_factory=dict)

    @property
    def session(self) -> str:
        """第1次, or 第1次臨時 for an extraordinary meeting."""
        return self.id.session

    @property
    def name(self) -> str:
        """「政府資料開放諮詢小組」113年第1次會議."""
        return f"「{self.agency.group}」{self.id.year}年{self.session}會議"

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

    def of_kind(self, kind: str) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.kind == kind)
