"""會議.xlsx and 簡報.xlsx: time and place, the cases with their 說明 and 附件, the deck."""

from __future__ import annotations

import datetime as dt

from generator.basic import roc
from generator.basic.roc import Period
from generator.meeting import sources
from generator.meeting.sheets import ACCESS, LAYOUTS, OPEN, POINTS, RESTRICTED
from generator.meeting.sheets.agenda import MOTIONS, UNPLACED, USUAL_KINDS, Section
from generator.meeting.sheets.lists import LISTS
from generator.meeting.sources import SEPARATELY, SHEET
from generator.workbook.record import Kind, Record, column, sheet

BOOK = "會議"
# The part of a case to which a point belongs that names none.
EXPLAINED = "說明"


@sheet("會議資訊", about="會議的時間、地點與資料日期", book=BOOK, fields=True, required=True)
class MeetingInfo(Record, frozen=True):
    """Time and place of the meeting, the dates of its figures, and what stands on its notice."""

    title: str = column(
        "會議名稱",
        required=False,
        rare=True,
        one_line=True,
        hint="各文件所印的會議名稱；空白則為「小組名稱」民國年第幾次會議",
        example="○○委員會第28次會議",
    )
    date: dt.date = column(
        "會議日期", Kind.DATE, hint="民國年月日；括號內可寫星期，程式會核對", example="113年4月29日（星期一）"
    )
    start: dt.time = column("開始時間", Kind.TIME, hint="24 小時制或上午／下午", example="14:30")
    end: dt.time | None = column(
        "結束時間",
        Kind.TIME,
        required=False,
        rare=True,
        hint="預定結束的時間",
        example="16:30",
        figure="會議.結束時間",
    )
    more_days: tuple[dt.date, ...] | None = column(
        "續會日期",
        Kind.DATES,
        required=False,
        rare=True,
        hint="會議分幾天開時，第一天以後的各日",
        example="113年5月6日（星期一）",
        figure="會議.續會日期",
    )
    place: str = column(
        "地點", hint="會議室全名；線上會議填「線上會議」", example="行政院第9會議室", figure="會議.地點"
    )
    chair: str = column("主席", required=False, hint="召集人或其指定的委員", example="王小明", figure="會議.主席")
    recorder: str = column("紀錄", required=False, hint="紀錄人員", example="陳小華", figure="會議.紀錄")
    cutoff: dt.date = column(
        "資料基準日",
        Kind.DATE,
        required=False,
        hint="各統計數字截至哪一日",
        example="113-04-02",
        figure="會議.資料基準日",
    )
    period: Period | None = column(
        "報告期間",
        Kind.PERIOD,
        required=False,
        hint="推動情形報告涵蓋的年月",
        example="113年1至3月",
        figure="會議.報告期間",
    )
    link: str = column("會議連結", required=False, hint="線上會議網址", example="https://…", figure="會議.會議連結")
    cancelled: bool = column(
        "會議取消",
        Kind.FLAG,
        required=False,
        filled=False,
        rare=True,
        hint="會議取消時填 ★，寄出的行事曆邀請改為取消",
        example="★",
    )
    sent: dt.date | None = column(
        "發文日期", Kind.DATE, required=False, hint="開會通知單的發文日期；空白留待公文系統填", example="113-04-15"
    )
    dispatch_number: str = column(
        "發文字號", required=False, hint="開會通知單的字號；空白留待公文系統填", example="主資字第1130000000號"
    )
    urgency: str = column("速別", required=False, if_empty="普通件", hint="普通件、速件或最速件", example="速件")
    notice_remarks: str = column(
        "通知備註", required=False, hint="開會通知單的備註；一行一項", example="請攜帶本通知單與會。"
    )

    @property
    def last_day(self) -> dt.date:
        """The day on which the meeting ends."""
        return max((self.date, *(self.more_days or ())))


@sheet("說明", about="各案的說明，一列一點，編號由程式產生", book=BOOK)
class Explanation(Record, frozen=True):
    """One numbered point of a case's 說明, or of another part (擬辦, 辦法). ``level`` is 1 to 4.

    Lead and text are prose (Jinja).
    """

    case: str = column("案號", hint="對應〔案由〕的案號", example="討1", width=8, refers=("案由", "案號"))
    level: int = column(
        "層級",
        Kind.CHOICE,
        choices=("1", "2", "3", "4"),
        convert=int,
        hint="1 為一、，2 為（一），3 為 1.，4 為（1）",
        example="1",
        width=8,
    )
    part: str = column(
        "部分",
        required=False,
        rare=True,
        one_line=True,
        hint="說明、擬辦、辦法、現況 …，各自編號；空白為說明",
        suggests=(EXPLAINED, "擬辦", "辦法", "現況"),
        example="擬辦",
        width=10,
    )
    lead: str = column("標題", Kind.PROSE, required=False, hint="粗體引言，可空白", example="資料集品質優化", width=22)
    text: str = column(
        "內容",
        Kind.PROSE,
        hint="一列一點，不寫編號；數字用 {{ }} 帶入，可用名稱見 packet figures",
        example='迄{{ 會議.資料基準日|月日 }}計有{{ 預定開放.已上架數 }}項已上架（如{{ 附件("預定開放清單") }}）。',
        width=90,
    )


@sheet("附註", about="附件表格下方的註，一列一則", book=BOOK)
class Note(Record, frozen=True):
    attachment: str = column("附件", hint="對應〔附件〕的名稱", example="品質統計表", width=24, refers=("附件", "名稱"))
    text: str = column(
        "內容", Kind.PROSE, hint="不寫「註：」與編號", example="統計至{{ 會議.資料基準日|年月日 }}。", width=90
    )


@sheet("簡報", about="簡報的投影片，由上而下；附件的來源寫「工作表:簡報」", book="簡報")
class Slide(Record, frozen=True):
    """A slide (投影片) of the deck, or a point on it: a row with a layout begins a slide, what follows is on it.

    Title and text are prose (Jinja). ``points`` of a slide are rows too, the first its own where that has a text;
    ``tab`` is the one of the bar that it belongs to. ``level`` is 1 or 2, 0 for none.
    """

    layout: str = column(
        "版面",
        Kind.CHOICE,
        filled=False,
        choices=LAYOUTS,
        hint="有版面的列是一張新的投影片，其下的列是它的內容",
        example=POINTS,
        width=10,
    )
    title: str = column(
        "標題",
        Kind.PROSE,
        filled=False,
        hint="投影片的標題；內容的列則是粗體引言，可空白",
        example="運作依據",
        width=34,
    )
    level: int = column(
        "層級",
        Kind.CHOICE,
        required=False,
        choices=("1", "2"),
        convert=lambda text: int(text or 0),
        hint="1 為一、（只有一項時不編號），2 為項目符號，空白為不加符號的一段；架構圖則是由上而下第幾排",
        example="1",
        width=8,
    )
    text: str = column(
        "內容",
        Kind.PROSE,
        filled=False,
        hint="一列一點，不寫編號；大綱空白時列出其後各張的標題，架構圖空白時依委員名冊畫出",
        example="{{ 規則.公開工作日 }}個工作日內公開會議資料。",
        width=80,
    )
    tab: str = column("頁籤", required=False, hint="版面為「頁籤」時，這一張屬於哪個頁籤", example="召開會議", width=16)
    points: tuple[Slide, ...] = ()

    @property
    def lead(self) -> str:
        """The bold text before a point; the title of a slide is none."""
        return "" if self.layout else self.title


@sheet("附件", about="各案的附件，附件編號由程式依本表順序產生", book=BOOK)
class Attachment(Record, frozen=True):
    """An attachment (附件) of a case. ``number`` is 0 where the case has only this one.

    ``may_be_separate``: what cannot be joined is supplied separately (可另附) and is no error. ``shows_hidden``: hidden
    rows, columns and sheets of its list belong to what is published (含隱藏). ``keeps_original``: the file itself goes
    along beside its PDF (附原檔). ``access``: who may read it, one of ACCESS; nobody who may not read its case.
    """

    case: str = column("案號", hint="對應〔案由〕的案號", example="討1", width=8, refers=("案由", "案號"))
    name: str = column("名稱", hint='說明內以 {{ 附件("名稱") }} 引用', example="預定開放清單", width=24)
    origin: str = column(
        "來源",
        hint=sources.HINT,
        example="工作表:預定開放",
        width=24,
        suggests=(*(f"{SHEET}:{record.sheet.name}" for record in LISTS), SEPARATELY),
    )
    template: str = column("範本", required=False, hint="空白則依來源", example="預定開放清單", width=18)
    given_heading: str = column(
        "標題",
        Kind.PROSE,
        required=False,
        hint="附件首頁的標題；空白則用名稱",
        example="下架資料集項目清單",
        width=44,
    )
    subheading: str = column(
        "副標題",
        Kind.PROSE,
        required=False,
        hint="標題下的一行，如資料日期",
        example="{{ 會議.資料基準日 }}",
        width=34,
    )
    may_be_separate: bool = column(
        "可另附",
        Kind.FLAG,
        required=False,
        filled=False,
        hint="檔案無法併入會議資料時：填 ★ 則印一頁說明另行提供，空白則為錯誤",
        example="★",
        width=8,
    )
    shows_hidden: bool = column(
        "含隱藏",
        Kind.FLAG,
        required=False,
        filled=False,
        hint="清單有隱藏的欄、列或工作表，而內容確實要公開時填 ★；空白則不公開",
        example="★",
        width=8,
    )
    keeps_original: bool = column(
        "附原檔",
        Kind.FLAG,
        required=False,
        filled=False,
        hint="要保留並寄送檔案的原檔時填 ★（原檔可能含有作者、註解等個人資料）；空白則只用 PDF",
        example="★",
        width=8,
    )
    openness: str = column(
        "公開",
        Kind.CHOICE,
        required=False,
        rare=True,
        choices=ACCESS,
        hint="限閱或不公開；空白則與本案相同",
        example=RESTRICTED,
        width=8,
    )
    number: int = 0
    notes: tuple[Note, ...] = ()
    access: str = OPEN

    @property
    def source(self) -> str:
        """What stands before the colon of 來源: 工作表, 共用, 檔案, 另附, or what was typed instead."""
        return sources.parts_of(self.origin)[0]

    @property
    def target(self) -> str:
        """What stands after the colon of 來源."""
        return sources.parts_of(self.origin)[1]

    @property
    def heading_field(self) -> str:
        """The field that gives the heading: 標題, or 名稱 where that is empty."""
        return "given_heading" if self.given_heading else "name"

    @property
    def heading(self) -> str:
        """The heading above the attachment (Jinja)."""
        return self.given_heading or self.name

    @property
    def label(self) -> str:
        """附件, or 附件1, 附件2 … where the case has several."""
        return f"附件{self.number or ''}"

    @property
    def is_deck(self) -> bool:
        """Whether it is the deck that is made of the sheet 簡報."""
        return (self.source, self.target) == (SHEET, Slide.sheet.name)


@sheet("案由", about="本次會議的各案，依議程順序", book=BOOK, required=True)
class Case(Record, frozen=True):
    """A case (案) put to the meeting. ``number`` counts within its section; ``subject`` is prose (Jinja)."""

    key: str = column("案號", hint="報1、報2、討1、臨1 …", example="報1", width=8)
    kind: str = column("類別", Kind.CHOICE, choices=USUAL_KINDS, example=USUAL_KINDS[0], width=12)
    unit: str = column(
        "單位",
        Kind.UNIT,
        filled=False,
        hint="報告單位或提案單位；有幾個時以、分開，由個人提案時可空白",
        example="主計資訊處",
        width=22,
    )
    proposers: str = column(
        "提案人", required=False, rare=True, hint="印在單位之下；有幾人時以、分開", example="王小明", width=18
    )
    cosigners: str = column("連署人", required=False, rare=True, hint="有幾人時以、分開", example="李大華", width=18)
    seconders: str = column("附議人", required=False, rare=True, hint="有幾人時以、分開", example="陳小華", width=18)
    subject: str = column(
        "案由",
        Kind.PROSE,
        hint="報告案以「，報請鑒察。」結尾；討論案以「，提請討論。」結尾",
        example="上次會議決定（議）事項辦理情形，報請鑒察。",
        width=60,
    )
    template: str = column(
        "範本",
        required=False,
        hint="templates/ 內的範本名稱；空白為「案」",
        example="上次會議決定辦理情形",
        width=24,
    )
    openness: str = column(
        "公開",
        Kind.CHOICE,
        required=False,
        rare=True,
        choices=ACCESS,
        hint="限閱：只在會議版，每頁標示；不公開：只留在機關；空白為公開",
        example=RESTRICTED,
        width=8,
    )
    secrecy: str = column(
        "密等",
        required=False,
        rare=True,
        hint="印在本案首頁；有密等的案不得公開",
        suggests=("密", "機密", "極機密", "絕對機密"),
        example="密",
        width=8,
    )
    number: int = 0
    is_minuted: bool = False
    explanations: tuple[Explanation, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    section: Section = UNPLACED

    @property
    def title(self) -> str:
        """報告事項第一案."""
        return f"{self.kind}{self.ordinal}"

    @property
    def access(self) -> str:
        """Who may read it: one of ACCESS."""
        return self.openness or OPEN

    @property
    def signed(self) -> list[tuple[str, str]]:
        """Who proposed, signed and seconded it, where that is filled in: the heading and the field of each."""
        return [(self.heading_of(name), name) for name in SIGNED if getattr(self, name)]

    @property
    def parts(self) -> dict[str, list[Explanation]]:
        """The points by their parts (說明, 擬辦 …), both in the order of their rows."""
        parts: dict[str, list[Explanation]] = {}
        for point in self.explanations:
            parts.setdefault(point.part or EXPLAINED, []).append(point)
        return parts

    @property
    def ordinal(self) -> str:
        return f"第{roc.numeral(self.number)}案"

    @property
    def raised_at_meeting(self) -> bool:
        """Whether it was raised at the meeting: it has no papers, and the agenda that went out lacks it."""
        bare = self.section.content == MOTIONS and not self.explanations and not self.attachments
        return self.is_minuted or bare


SIGNED = ("proposers", "cosigners", "seconders")
