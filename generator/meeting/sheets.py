"""The sheets, their columns and what may stand in them: the contract between staff and the program.

One table serves the reader, the forms that ``packet new`` writes, and the messages. Names are the users' own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a cell holds once read."""

    TEXT = "文字"
    PROSE = "文字，可用 {{ }} 帶入數字"
    DATE = "日期"
    YEAR_MONTH = "民國年月"
    PERIOD = "起訖年月"
    TIME = "時間"
    COUNT = "整數"
    FLAG = "★ 或空白"
    UNIT = "單位"
    CHOICE = "選項"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list sheet, or a row (欄位) of a field sheet.

    ``required``: the column must be there and no row may leave it empty. ``filled``: where the column is required to
    be there but its cells may be empty, this is False. ``choices`` are the allowed texts of a CHOICE.
    """

    name: str
    kind: Kind = Kind.TEXT
    required: bool = True
    filled: bool = True
    choices: tuple[str, ...] = ()
    hint: str = ""
    example: str = ""
    width: int = 14
    default: str = ""


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """A sheet known by name. A field sheet has the two columns 欄位 and 內容, and ``columns`` are its rows.

    ``most``: the rows that are read of it at most; what is numbered 一、二、三 has no label for more than 999.
    """

    name: str
    columns: tuple[Column, ...]
    fields: bool = False
    required: bool = False
    about: str = ""
    most: int = 999

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def required_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


REPORT, DISCUSSION, MOTION = "報告事項", "討論事項", "臨時動議"
CASE_KINDS = (REPORT, DISCUSSION, MOTION)
CHAIR, AGENCY_MEMBER, CIVIL_MEMBER = "召集人", "機關代表", "民間代表"
CONTINUED, RELEASED = "持續列管", "解除列管"
CLOSED_DAY, WORKING = "停班", "上班"
DRAFT, FINAL = "草稿", "定稿"
# How far a meeting's papers are: what is mailed and released then.
PAPERS, MINUTES_DRAFT, MINUTES_FINAL = STAGES = ("會議資料", "會議紀錄草稿", "會議紀錄定稿")
PRESENT, ABSENT, BY_DEPUTY = "出席", "請假", "代理"
OPINION, RESPONSE = "委員意見", "機關回應"
NAMED, NAMELESS, CLOSED = "記名", "不記名", "不公開"
COVER, OUTLINE, POINTS, CHART, TABS, CLOSING = "封面", "大綱", "條列", "架構圖", "頁籤", "結尾"
LAYOUTS = (COVER, OUTLINE, POINTS, CHART, TABS, CLOSING)
# The hidden sheet of a form that holds its long drop-down lists.
MENU_SHEET = "選單"

# Lists of data sets.
LONG_LIST = 200_000

AGENCY = SheetSpec(
    "機關",
    (
        Column("機關全銜", hint="公文用的完整機關名稱", example="行政院主計總處"),
        Column("機關簡稱", hint="附件標題用的簡稱", example="主計總處"),
        Column("自稱", hint="本文中機關的自稱", example="本總處"),
        Column("小組名稱", hint="小組名稱，不加引號", example="政府資料開放諮詢小組"),
        Column("幕僚單位", Kind.UNIT, hint="承辦小組幕僚作業的單位", example="主計資訊處"),
        Column("聯絡人", required=False, hint="開會通知單的聯絡人", example="陳小華"),
        Column("聯絡電話", required=False, hint="含區碼", example="02-2380-0000"),
        Column("電子郵件", required=False, hint="小組的收信信箱，也是信件草稿的寄件者", example="group@example.gov.tw"),
        Column("機關地址", required=False, hint="印在開會通知單", example="臺北市中正區○○路1號"),
        Column("英文名稱", required=False, hint="機關的英文名稱，印在簡報頁尾", example="Ministry of ○○"),
        Column("標語", required=False, hint="印在簡報頁尾", example="熱誠 · 公正 · 效率 · 精確"),
        Column(
            "郵件大小上限",
            Kind.COUNT,
            required=False,
            default="10",
            hint="一封信連同附件至多幾 MB；超過時壓縮、分成幾封",
            example="10",
        ),
        Column("抽查基數", Kind.COUNT, required=False, default="50", hint="每幾筆資料集抽查 1 筆", example="50"),
        Column(
            "品質檢測起日",
            Kind.DATE,
            required=False,
            default="104-02-01",
            hint="此日（含）以後上架的資料集才納入品質檢測",
            example="104-02-01",
        ),
        Column("下載排名數", Kind.COUNT, required=False, default="10", hint="下載統計列前幾名", example="10"),
        Column(
            "紀錄草稿工作日",
            Kind.COUNT,
            required=False,
            default="8",
            hint="會後幾個工作日內送出紀錄草稿，至多 10（運作指引陸一）",
            example="8",
        ),
        Column(
            "修正意見工作日",
            Kind.COUNT,
            required=False,
            default="5",
            hint="紀錄草稿期限後幾個工作日內回復修正意見（實務慣例，法規未定）",
            example="5",
        ),
    ),
    fields=True,
    required=True,
    about="機關的名稱與規則設定，各次會議共用",
)

UNITS = SheetSpec(
    "單位",
    (Column("單位", hint="依官方順序，各統計表都照此順序", example="綜合規劃處", width=24),),
    required=True,
    about="機關內的單位，依官方順序",
)

MEMBERS = SheetSpec(
    "委員",
    (
        Column("姓名", hint="全名，不加稱謂", example="王小明"),
        Column("職稱", filled=False, hint="在服務機關的職稱", example="處長", width=18),
        Column("服務機關", filled=False, hint="機關、學校或團體的全名", example="○○部", width=26),
        Column(
            "身分",
            Kind.CHOICE,
            choices=(CHAIR, AGENCY_MEMBER, CIVIL_MEMBER),
            hint="召集人 1 人，民間代表不少於三分之一",
            example=AGENCY_MEMBER,
        ),
        Column("性別", Kind.CHOICE, choices=("男", "女"), hint="任一性別以不少於三分之一為原則", example="女", width=8),
        Column("任期起", Kind.DATE, required=False, hint="聘任的第一天", example="113-01-01"),
        Column("任期迄", Kind.DATE, required=False, hint="聘任的最後一天", example="114-12-31"),
        Column("聘任次數", Kind.COUNT, required=False, hint="民間代表：初聘 1，續聘 2", example="1", width=10),
        Column("電子郵件", required=False, hint="寄送會議資料的信箱", example="name@example.gov.tw", width=28),
    ),
    about="委員名冊",
)

CLOSURES = SheetSpec(
    "停班日",
    (
        Column("日期", Kind.DATE, hint="辦公日曆表以外的停班或上班日", example="113-07-24"),
        Column(
            "停班",
            Kind.CHOICE,
            choices=(CLOSED_DAY, WORKING),
            hint="全日停班填「停班」；放假日須上班填「上班」；只停半日不必填",
            example=CLOSED_DAY,
            width=8,
        ),
        Column("說明", required=False, hint="停班或上班的原因", example="颱風", width=40),
    ),
    about="颱風等停班日，計算期限的工作日時使用",
)

MEETING = SheetSpec(
    "會議資訊",
    (
        Column("會議日期", Kind.DATE, hint="民國年月日；括號內可寫星期，程式會核對", example="113年4月29日（星期一）"),
        Column("開始時間", Kind.TIME, hint="24 小時制或上午／下午", example="14:30"),
        Column("地點", hint="會議室全名；線上會議填「線上會議」", example="行政院第9會議室"),
        Column("主席", required=False, hint="召集人或其指定的委員", example="王小明"),
        Column("紀錄", required=False, hint="紀錄人員", example="陳小華"),
        Column("資料基準日", Kind.DATE, hint="各統計數字截至哪一日", example="113-04-02"),
        Column("報告期間", Kind.PERIOD, required=False, hint="推動情形報告涵蓋的年月", example="113年1至3月"),
        Column("會議連結", required=False, hint="線上會議網址", example="https://…"),
        Column(
            "發文日期", Kind.DATE, required=False, hint="開會通知單的發文日期；空白留待公文系統填", example="113-04-15"
        ),
        Column("發文字號", required=False, hint="開會通知單的字號；空白留待公文系統填", example="主資字第1130000000號"),
        Column("速別", required=False, default="普通件", hint="普通件、速件或最速件", example="速件"),
        Column("通知備註", required=False, hint="開會通知單的備註；一行一項", example="請攜帶本通知單與會。"),
    ),
    fields=True,
    required=True,
    about="會議的時間、地點與資料日期",
)

CASES = SheetSpec(
    "案由",
    (
        Column("案號", hint="報1、報2、討1、臨1 …", example="報1", width=8),
        Column("類別", Kind.CHOICE, choices=CASE_KINDS, example=REPORT, width=12),
        Column("單位", Kind.UNIT, hint="報告單位或提案單位", example="主計資訊處", width=22),
        Column(
            "案由",
            Kind.PROSE,
            hint="報告案以「，報請鑒察。」結尾；討論案以「，提請討論。」結尾",
            example="上次會議決定（議）事項辦理情形，報請鑒察。",
            width=60,
        ),
        Column(
            "範本",
            required=False,
            hint="templates/ 內的範本名稱；空白為「案」",
            example="上次會議決定辦理情形",
            width=24,
        ),
    ),
    required=True,
    about="本次會議的報告案與討論案，依議程順序",
)

EXPLANATIONS = SheetSpec(
    "說明",
    (
        Column("案號", hint="對應〔案由〕的案號", example="討1", width=8),
        Column(
            "層級", Kind.CHOICE, choices=("1", "2", "3"), hint="1 為一、，2 為（一），3 為 1.", example="1", width=8
        ),
        Column("標題", Kind.PROSE, required=False, hint="粗體引言，可空白", example="資料集品質優化", width=22),
        Column(
            "內容",
            Kind.PROSE,
            hint="一列一點，不寫編號；數字用 {{ }} 帶入，可用名稱見 packet figures",
            example='迄{{ 會議.資料基準日|月日 }}計有{{ 預定開放.已上架數 }}項已上架（如{{ 附件("預定開放清單") }}）。',
            width=90,
        ),
    ),
    about="各案的說明，一列一點，編號由程式產生",
)

ATTACHMENTS = SheetSpec(
    "附件",
    (
        Column("案號", hint="對應〔案由〕的案號", example="討1", width=8),
        Column("名稱", hint='說明內以 {{ 附件("名稱") }} 引用', example="預定開放清單", width=24),
        Column("來源", hint="工作表:名稱、共用:名稱、檔案:檔名，或「另附」", example="工作表:預定開放", width=24),
        Column("範本", required=False, hint="空白則依來源", example="預定開放清單", width=18),
        Column(
            "標題",
            Kind.PROSE,
            required=False,
            hint="附件首頁的標題；空白則用名稱",
            example="下架資料集項目清單",
            width=44,
        ),
        Column(
            "副標題",
            Kind.PROSE,
            required=False,
            hint="標題下的一行，如資料日期",
            example="{{ 會議.資料基準日 }}",
            width=34,
        ),
        Column(
            "可另附",
            Kind.FLAG,
            required=False,
            filled=False,
            hint="檔案無法併入會議資料時：填 ★ 則印一頁說明另行提供，空白則為錯誤",
            example="★",
            width=8,
        ),
    ),
    about="各案的附件，附件編號由程式依本表順序產生",
)

NOTES = SheetSpec(
    "附註",
    (
        Column("附件", hint="對應〔附件〕的名稱", example="品質統計表", width=24),
        Column("內容", Kind.PROSE, hint="不寫「註：」與編號", example="統計至{{ 會議.資料基準日|年月日 }}。", width=90),
    ),
    about="附件表格下方的註，一列一則",
)

PAST_DECISIONS = SheetSpec(
    "上次會議決定",
    (
        Column("類別", Kind.CHOICE, choices=CASE_KINDS, example=REPORT, width=12),
        Column("案由", hint="照上次會議紀錄", example="本部112年資料開放推動情形，提請討論。", width=50),
        Column("決定（議）", hint="照上次會議紀錄，一字不改", example="照案通過。", width=50),
        Column(
            "辦理情形", filled=False, hint="至本次會議前做了什麼", example="已於113年3月1日函送各單位辦理。", width=60
        ),
        Column(
            "列管",
            Kind.CHOICE,
            required=False,
            filled=False,
            choices=(CONTINUED, RELEASED),
            hint="不列管者空白",
            example=RELEASED,
        ),
        Column("會議", required=False, hint="哪一次會議的決定（議）；空白為上次會議", example="112-2", width=10),
    ),
    about="上次會議的決定（議）與辦理情形",
)

PLANNED = SheetSpec(
    "預定開放",
    (
        Column("資料集項目名稱", hint="照年度預定開放項目的名稱", example="○○統計年報", width=60),
        Column("開放年月", Kind.YEAR_MONTH, hint="四或五碼民國年月", example="11304", width=10),
        Column("資料開放單位", Kind.UNIT, hint="負責開放的單位", example="公務預算處", width=20),
        Column("已上架", Kind.FLAG, filled=False, hint="已上架者填 ★，未上架者空白", example="★", width=8),
    ),
    about="年度預定開放的資料集",
    most=LONG_LIST,
)

DOWNLOADS = SheetSpec(
    "下載統計",
    (
        Column("資料集識別碼", hint="政府資料開放平臺的編號", example="8246", width=14),
        Column("上架時間", Kind.DATE, hint="在平臺上架的日期", example="103-06-19"),
        Column("更新頻率", hint="照平臺所載", example="每月", width=10),
        Column("資料更新時間", Kind.DATE, hint="最近一次更新的日期", example="113-03-07"),
        Column("資料集名稱", hint="照平臺所載", example="○○統計年報", width=50),
        Column("累計瀏覽次數", Kind.COUNT, hint="自上架至資料基準日", example="40,661"),
        Column("累計下載次數", Kind.COUNT, hint="自上架至資料基準日，由多到少排列", example="9,231"),
    ),
    about="下載次數由多到少",
    most=LONG_LIST,
)

QUALITY_LEVELS = ("檢測範圍外", "無標章", "銅標章", "銀標章", "金標章", "白金標章")
QUALITY = SheetSpec(
    "品質檢測",
    (
        Column("單位", Kind.UNIT, hint="每個單位一列", example="綜合規劃處", width=22),
        *(
            Column(
                name,
                Kind.COUNT,
                hint=f"資料集項數{'，含於金標章內，不另加計' if name == '白金標章' else ''}；沒有填 0",
                example="0",
            )
            for name in QUALITY_LEVELS
        ),
        Column("總計", Kind.COUNT, required=False, filled=False, hint="可不填；有填則與程式加總核對"),
    ),
    about="各單位資料集的品質檢測結果",
    most=LONG_LIST,
)

WITHDRAWALS = SheetSpec(
    "下架清單",
    (
        Column("下架資料集名稱", hint="照平臺所載", example="○○統計年報", width=44),
        Column("提供單位", Kind.UNIT, hint="提供資料集的單位", example="地方統計推展中心", width=22),
        Column("下架原因", hint="簡短寫明", example="已不再公告", width=24),
        Column("備註", filled=False, hint="需要補充時填寫", example="業務已移由○○部辦理。", width=50),
    ),
    about="擬下架的資料集",
    most=LONG_LIST,
)

TOTALS = SheetSpec(
    "統計數字",
    (
        Column("名稱", hint="說明內以 {{ 統計數字.名稱 }} 帶入", example="總瀏覽次數", width=20),
        Column("數值", Kind.COUNT, hint="完整的數字，不加單位", example="2,385,000", width=16),
        Column("出處", hint="數字從哪裡來，何時取得", example="政府資料開放平臺統計頁，113-04-02 取得", width=60),
    ),
    about="無法由其他工作表算出的總數",
)

ARTICLES = SheetSpec(
    "條文",
    (
        Column("層級", Kind.CHOICE, choices=("名稱", "沿革", "1", "2", "3", "4"), example="1", width=8),
        Column("條號", filled=False, hint="照原文，程式不重編；續行留空白", example="一、", width=10),
        Column("內容", hint="一列一項，照原文", width=100),
    ),
    about="法規條文，照原文編號印出",
)

SLIDES = SheetSpec(
    "簡報",
    (
        Column(
            "版面",
            Kind.CHOICE,
            filled=False,
            choices=LAYOUTS,
            hint="有版面的列是一張新的投影片，其下的列是它的內容",
            example=POINTS,
            width=10,
        ),
        Column(
            "標題",
            Kind.PROSE,
            filled=False,
            hint="投影片的標題；內容的列則是粗體引言，可空白",
            example="運作依據",
            width=34,
        ),
        Column(
            "層級",
            Kind.CHOICE,
            required=False,
            choices=("1", "2"),
            hint="1 為一、（只有一項時不編號），2 為項目符號，空白為不加符號的一段；架構圖則是由上而下第幾排",
            example="1",
            width=8,
        ),
        Column(
            "內容",
            Kind.PROSE,
            filled=False,
            hint="一列一點，不寫編號；大綱空白時列出其後各張的標題，架構圖空白時依委員名冊畫出",
            example="{{ 規則.公開工作日 }}個工作日內公開會議資料。",
            width=80,
        ),
        Column("頁籤", required=False, hint="版面為「頁籤」時，這一張屬於哪個頁籤", example="召開會議", width=16),
    ),
    about="簡報的投影片，由上而下；附件的來源寫「工作表:簡報」",
)

MINUTES = SheetSpec(
    "紀錄資訊",
    (
        Column("紀錄狀態", Kind.CHOICE, choices=(DRAFT, FINAL), hint="草稿會標示「草稿」與修正意見期限", example=DRAFT),
        Column("實際開始", Kind.TIME, required=False, hint="空白則用〔會議資訊〕的開始時間", example="14:30"),
        Column("散會", Kind.TIME, required=False, hint="散會時間；定稿前須填", example="16:10"),
        Column("主席致詞", required=False, hint="致詞要旨；空白印「（略）」", example="略"),
    ),
    fields=True,
    about="會議紀錄的狀態與時間",
)

ATTENDANCE = SheetSpec(
    "出席",
    (
        Column("姓名", hint="委員姓名，與名冊相同", example="王小明"),
        Column("身分", Kind.CHOICE, choices=(CHAIR, AGENCY_MEMBER, CIVIL_MEMBER), example=AGENCY_MEMBER),
        Column("出席", Kind.CHOICE, filled=False, choices=(PRESENT, ABSENT, BY_DEPUTY), example=PRESENT, width=10),
        Column("代理人", required=False, hint="只有機關代表得派代表出席（設置要點七）", example="陳小華"),
        Column("代理人職稱", required=False, example="科長"),
    ),
    about="委員出席情形，一列一人",
)

OBSERVERS = SheetSpec(
    "列席",
    (
        Column("單位", hint="列席的機關或單位", example="主計資訊處", width=24),
        Column("姓名", required=False, example="林小美"),
        Column("職稱", required=False, example="專員"),
        Column("電子郵件", required=False, hint="寄送會議資料的信箱", example="name@example.gov.tw", width=28),
    ),
    about="列席單位及人員，不計入出席人數；會前填好，通知單、簽到單與信件也用它",
)

REMARKS = SheetSpec(
    "發言",
    (
        Column("案號", hint="對應〔案由〕的案號", example="討1", width=8),
        Column("順序", Kind.COUNT, hint="該案內的發言順序", example="1", width=8),
        Column("發言者", hint="委員姓名，或回應的單位", example="王小明", width=18),
        Column("類型", Kind.CHOICE, choices=(OPINION, RESPONSE), example=OPINION, width=12),
        Column(
            "記名方式",
            Kind.CHOICE,
            choices=(NAMED, NAMELESS, CLOSED),
            hint="不記名：只印「委員」；不公開：公開版不印。須於發言前事先聲明",
            example=NAMED,
            width=12,
        ),
        Column("內容", hint="發言要旨；受保護的姓名不要寫進內容", width=80),
    ),
    about="發言要旨，一列一次發言",
)

DECISIONS = SheetSpec(
    "決議",
    (
        Column("案號", hint="對應〔案由〕的案號", example="討1", width=8),
        Column("項次", Kind.COUNT, hint="同一案有幾項時依序編號", example="1", width=8),
        Column(
            "內容",
            filled=False,
            hint="決定：洽悉。／准予備查。決議：照案通過。／修正通過。…；還沒有內容的列視同沒有這一列",
            example="照案通過。",
            width=70,
        ),
        Column("主辦單位", Kind.UNIT, required=False, hint="有後續辦理事項時填寫", example="主計資訊處", width=22),
        Column("期限", Kind.DATE, required=False, example="113-06-30"),
        Column("列管", Kind.CHOICE, required=False, choices=(CONTINUED, RELEASED), example=CONTINUED),
    ),
    about="各案的決定或決議，一列一項",
)

MINUTES_SHEETS = (MINUTES, ATTENDANCE, OBSERVERS, REMARKS, DECISIONS)

AGENCY_SHEETS = (AGENCY, UNITS, MEMBERS, CLOSURES)
MEETING_SHEETS = (
    MEETING,
    CASES,
    EXPLANATIONS,
    ATTACHMENTS,
    NOTES,
    PAST_DECISIONS,
    PLANNED,
    DOWNLOADS,
    QUALITY,
    WITHDRAWALS,
    TOTALS,
    SLIDES,
    *MINUTES_SHEETS,
)
