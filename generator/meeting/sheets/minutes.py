"""會議紀錄.xlsx: what a meeting came to. 〔列席〕 serves before the meeting too."""

from __future__ import annotations

import datetime as dt

from generator.meeting import sources
from generator.meeting.sheets import (
    ABSENT,
    AGENCY_MEMBER,
    BY_DEPUTY,
    BY_VIDEO,
    CHAIR,
    CIVIL_MEMBER,
    CLOSED,
    CLOSED_TOO,
    CONTINUED,
    DRAFT,
    FINAL,
    NAMED,
    NAMELESS,
    ON_SITE,
    OPINION,
    PRESENT,
    RELEASED,
    RESOLUTION,
    RESPONSE,
    RIDER,
    SPOKEN,
    WRITTEN,
)
from generator.workbook.record import Kind, Record, column, sheet

BOOK = "會議紀錄"


@sheet("紀錄資訊", about="會議紀錄的狀態與時間", book=BOOK, fields=True)
class MinutesInfo(Record, frozen=True):
    """The state of the minutes, and when the meeting was held."""

    status: str = column(
        "紀錄狀態", Kind.CHOICE, choices=(DRAFT, FINAL), hint="草稿會標示「草稿」與修正意見期限", example=DRAFT
    )
    started: dt.time | None = column(
        "實際開始", Kind.TIME, required=False, hint="空白則用〔會議資訊〕的開始時間", example="14:30"
    )
    adjourned: dt.time | None = column("散會", Kind.TIME, required=False, hint="散會時間；定稿前須填", example="16:10")
    opening: str = column("主席致詞", required=False, hint="致詞要旨；空白印「（略）」", example="略")


@sheet("出席", about="委員出席情形，一列一人", book=BOOK)
class Attendance(Record, frozen=True):
    """Whether a member came, stayed away or sent a deputy; ``how`` is empty while no one has noted it."""

    name: str = column("姓名", hint="委員姓名，與名冊相同", example="王小明")
    role: str = column("身分", Kind.CHOICE, choices=(CHAIR, AGENCY_MEMBER, CIVIL_MEMBER), example=AGENCY_MEMBER)
    how: str = column(
        "出席", Kind.CHOICE, filled=False, choices=(PRESENT, ABSENT, BY_DEPUTY), example=PRESENT, width=10
    )
    deputy: str = column("代理人", required=False, hint="由他人代理出席時填代理人的姓名", example="陳小華")
    deputy_title: str = column("代理人職稱", required=False, example="科長")
    way: str = column(
        "出席方式",
        Kind.CHOICE,
        required=False,
        choices=(ON_SITE, BY_VIDEO),
        rare=True,
        hint="視訊出席者填「視訊」，印在姓名之後；空白為現場",
        example=BY_VIDEO,
    )
    group: str = ""

    @property
    def counts(self) -> bool:
        """Whether the member counts as attending: in person or by a deputy."""
        return self.how in (PRESENT, BY_DEPUTY)

    @property
    def in_person(self) -> bool:
        return self.how == PRESENT


@sheet("列席", about="列席單位及人員，不計入出席人數；會議活頁簿的是會前邀請的，會議紀錄活頁簿的是到場的", book=BOOK)
class Observer(Record, frozen=True):
    """Someone who sits in (列席) and does not vote."""

    unit: str = column("單位", hint="列席的機關或單位", example="主計資訊處", width=24)
    name: str = column("姓名", required=False, example="林小美")
    title: str = column("職稱", required=False, example="專員")
    how: str = column(
        "出席",
        Kind.CHOICE,
        required=False,
        choices=(PRESENT, ABSENT),
        rare=True,
        hint="會後填；沒有到場的填「請假」，空白為出席",
        example=PRESENT,
        width=10,
    )
    email: str = column("電子郵件", required=False, hint="寄送會議資料的信箱", example="name@example.gov.tw", width=28)


@sheet("發言", about="發言要旨，一列一次發言", book=BOOK)
class Remark(Record, frozen=True):
    """What someone said on a case, and how openly: 記名, 不記名 or 不公開 (運作指引肆三)."""

    case: str = column("案號", hint="對應〔案由〕的案號", example="討1", width=8)
    number: int = column("順序", Kind.COUNT, hint="該案內的發言順序", example="1", width=8)
    speaker: str = column("發言者", hint="委員姓名，或回應的單位", example="王小明", width=18)
    kind: str = column("類型", Kind.CHOICE, choices=(OPINION, RESPONSE), example=OPINION, width=12)
    openness: str = column(
        "記名方式",
        Kind.CHOICE,
        choices=(NAMED, NAMELESS, CLOSED, CLOSED_TOO),
        hint="不記名：只印「委員」；不公開：公開版不印，須於發言前事先聲明。回應不公開的發言，填「併同不公開」",
        example=NAMED,
        width=12,
    )
    text: str = column("內容", hint="發言要旨；受保護的姓名不要寫進內容", width=80)
    form: str = column(
        "形式",
        Kind.CHOICE,
        required=False,
        choices=(SPOKEN, WRITTEN),
        rare=True,
        hint="會前或會後提出的書面意見填「書面意見」；空白為發言",
        example=WRITTEN,
        width=12,
    )
    level: int = column(
        "層級",
        Kind.CHOICE,
        required=False,
        choices=("1", "2", "3"),
        convert=lambda text: int(text or 0),
        rare=True,
        hint="上一列發言的分點填 1，其下再分填 2、3；其他欄可空白。空白是一則發言",
        example="1",
        width=8,
    )
    points: tuple[Remark, ...] = ()

    @property
    def texts(self) -> list[str]:
        """All that was said: its own text, and those of the rows that are its points."""
        return [self.text, *(point.text for point in self.points)]

    @property
    def nameless(self) -> bool:
        return self.openness == NAMELESS

    @property
    def closed(self) -> bool:
        """Whether the public edition leaves the remark out: it is 不公開, or answers one that is."""
        return self.openness in (CLOSED, CLOSED_TOO)

    @property
    def hidden(self) -> bool:
        """Whether the public edition protects who spoke: of a reply that is left out with a remark it does not."""
        return self.openness == CLOSED or (self.openness == CLOSED_TOO and self.kind == OPINION)


@sheet("決議", about="各案的決定或決議，一列一項", book=BOOK)
class Decision(Record, frozen=True):
    """One 決定 or 決議 of a case, with who does it by when."""

    case: str = column("案號", hint="對應〔案由〕的案號", example="討1", width=8)
    number: int = column("項次", Kind.COUNT, hint="同一案有幾項時依序編號", example="1", width=8)
    text: str = column(
        "內容",
        filled=False,
        hint="決定：洽悉。／准予備查。決議：照案通過。／修正通過。…；還沒有內容的列視同沒有這一列",
        example="照案通過。",
        width=70,
    )
    unit: str = column(
        "主辦單位", Kind.UNIT, required=False, hint="有後續辦理事項時填寫", example="主計資訊處", width=22
    )
    due: dt.date | None = column("期限", Kind.DATE, required=False, example="113-06-30")
    tracking: str = column("列管", Kind.CHOICE, required=False, choices=(CONTINUED, RELEASED), example=CONTINUED)
    sort: str = column(
        "類別",
        Kind.CHOICE,
        required=False,
        choices=(RESOLUTION, RIDER),
        rare=True,
        hint="附帶決議另起一段，自己編號；空白為決議",
        example=RIDER,
        width=12,
    )

    @property
    def is_rider(self) -> bool:
        """Whether it is a 附帶決議, which stands apart from the decision of the case."""
        return self.sort == RIDER


@sheet("紀錄附件", about="會議紀錄的附件，如簽到單、出席名單、照片；列在紀錄之後", book=BOOK)
class MinutesAttachment(Record, frozen=True):
    """An attachment of the minutes: it goes to the members, where ``access`` is 公開 to the public edition too."""

    name: str = column("名稱", hint="印在會議紀錄的附件清單", example="簽到單影本", width=24)
    origin: str = column("來源", hint=sources.HINT, example="檔案:簽到單.pdf", width=30)
    access: str = column(
        "公開",
        Kind.CHOICE,
        required=False,
        choices=("公開", "限閱"),
        if_empty="限閱",
        hint="限閱只給委員及列席人員；簽到單、照片多有個人資料",
        example="限閱",
        width=10,
    )

    @property
    def is_public(self) -> bool:
        return self.access == "公開"


@sheet("非姓名", about="與委員姓名同字但不是姓名的詞，以及可以公開的服務信箱、電話等；只放行所列的文字", book=BOOK)
class ClearedWording(Record, frozen=True):
    """A wording in which what looks like a protected name or personal data is none."""

    text: str = column("文字", hint="照原文填整個詞，要比姓名長", example="提高明確性", width=40)
    reason: str = column("說明", required=False, hint="為什麼可以公開", example="一般用語", width=40)
