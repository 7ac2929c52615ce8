"""機關.xlsx: the agency and the settings of its rules, its units, the members, days on which offices are closed."""

from __future__ import annotations

import datetime as dt

from generator.meeting.sheets import (
    ABRIDGED,
    AGENCY_MEMBER,
    ANY_BODY,
    CHAIR,
    CIVIL_MEMBER,
    CLOSED_DAY,
    DATA_GROUP,
    IN_FULL,
    NOT_PRINTED,
    OFFICIAL_NAMES,
    PLAIN_NAMES,
    WORKING,
)
from generator.workbook.record import Kind, Record, column, sheet

BOOK = "機關"


@sheet("機關", about="機關的名稱與規則設定，各次會議共用", book=BOOK, fields=True, required=True)
class Agency(Record, frozen=True):
    """The agency whose group meets, and the settings of its rules."""

    full_name: str = column(
        "機關全銜", one_line=True, hint="公文用的完整機關名稱", example="行政院主計總處", figure="機關.全銜"
    )
    short_name: str = column("機關簡稱", one_line=True, hint="附件標題用的簡稱", example="主計總處", figure="機關.簡稱")
    self_name: str = column("自稱", one_line=True, hint="本文中機關的自稱", example="本總處", figure="機關.自稱")
    group: str = column(
        "小組名稱", one_line=True, hint="小組名稱，不加引號", example="政府資料開放諮詢小組", figure="機關.小組名稱"
    )
    secretariat: str = column(
        "幕僚單位", Kind.UNIT, hint="承辦小組幕僚作業的單位", example="主計資訊處", figure="機關.幕僚單位"
    )
    contact: str = column("聯絡人", required=False, hint="開會通知單的聯絡人", example="陳小華", figure="機關.聯絡人")
    phone: str = column("聯絡電話", required=False, hint="含區碼", example="02-2380-0000", figure="機關.聯絡電話")
    fax: str = column("傳真", required=False, hint="印在開會通知單；空白則不印", example="02-2380-0001")
    email: str = column(
        "電子郵件",
        required=False,
        hint="小組的收信信箱，也是信件草稿的寄件者",
        example="group@example.gov.tw",
        figure="機關.電子郵件",
    )
    address: str = column("機關地址", required=False, hint="印在開會通知單", example="臺北市中正區○○路1號")
    english_name: str = column(
        "英文名稱",
        required=False,
        hint="機關的英文名稱，印在簡報頁尾",
        example="Ministry of ○○",
        figure="機關.英文名稱",
    )
    motto: str = column(
        "標語", required=False, hint="印在簡報頁尾", example="熱誠 · 公正 · 效率 · 精確", figure="機關.標語"
    )
    most_mail: int = column(
        "郵件大小上限",
        Kind.COUNT,
        required=False,
        if_empty="10",
        hint="一封信連同附件至多幾 MB；超過時壓縮、分成幾封",
        example="10",
    )
    attachment_columns: int = column(
        "公文附件檔名欄數",
        Kind.COUNT,
        required=False,
        rare=True,
        if_empty="25",
        hint="公文系統的附件檔名至多幾欄，一個中文字算 2 欄，含副檔名",
        example="25",
    )
    most_attachments: int = column(
        "公文附件大小上限",
        Kind.COUNT,
        required=False,
        rare=True,
        if_empty="5",
        hint="公文系統的附件合計至多幾 MB",
        example="5",
    )
    sample_base: int = column(
        "抽查基數",
        Kind.COUNT,
        required=False,
        if_empty="50",
        hint="每幾筆資料集抽查 1 筆",
        example="50",
        figure="機關.抽查基數",
    )
    quality_since: dt.date = column(
        "品質檢測起日",
        Kind.DATE,
        required=False,
        if_empty="104-02-01",
        hint="此日（含）以後上架的資料集才納入品質檢測",
        example="104-02-01",
        figure="機關.品質檢測起日",
    )
    top_downloads: int = column(
        "下載排名數", Kind.COUNT, required=False, if_empty="10", hint="下載統計列前幾名", example="10"
    )
    draft_days: int | None = column(
        "紀錄草稿工作日",
        Kind.COUNT,
        required=False,
        rare=True,
        hint="會後幾個工作日內送出紀錄草稿；有〔規則〕時填在該表",
        example="8",
        figure="機關.紀錄草稿工作日",
    )
    correction_days: int | None = column(
        "修正意見工作日",
        Kind.COUNT,
        required=False,
        rare=True,
        hint="紀錄草稿期限後幾個工作日內回復修正意見；有〔規則〕時填在該表",
        example="5",
        figure="機關.修正意見工作日",
    )
    kind: str = column(
        "會議類型",
        Kind.CHOICE,
        required=False,
        choices=(DATA_GROUP, ANY_BODY),
        rare=True,
        hint="決定空白表單有哪些工作表；空白時有〔規則〕為一般會議，沒有則為政府資料開放諮詢小組",
        example=ANY_BODY,
    )
    name_form: str = column(
        "姓名格式",
        Kind.CHOICE,
        required=False,
        choices=(OFFICIAL_NAMES, PLAIN_NAMES),
        rare=True,
        hint="王委員小明或王小明委員；空白時一般會議為前者，政府資料開放諮詢小組為後者",
        example=OFFICIAL_NAMES,
    )
    minuted_points: str = column(
        "紀錄說明",
        Kind.CHOICE,
        required=False,
        choices=(NOT_PRINTED, ABRIDGED, IN_FULL),
        if_empty=NOT_PRINTED,
        rare=True,
        hint="會議紀錄印各案說明的方式；會中提出的案一律印全文",
        example=ABRIDGED,
    )
    publishes_at: str = column(
        "公開處所",
        required=False,
        rare=True,
        hint="會議資料與紀錄公開在哪裡，印在期限與信件",
        example="本部網站",
    )

    has_cover: bool = column(
        "封面", Kind.FLAG, required=False, filled=False, rare=True, hint="會議資料前加封面時填 ★", example="★"
    )
    has_contents: bool = column(
        "目次", Kind.FLAG, required=False, filled=False, rare=True, hint="會議資料前加目次與頁碼時填 ★", example="★"
    )


@sheet("單位", about="機關內的單位，依官方順序", book=BOOK, required=True)
class Unit(Record, frozen=True):
    name: str = column("單位", one_line=True, hint="依官方順序，各統計表都照此順序", example="綜合規劃處", width=24)


@sheet("委員", about="委員名冊", book=BOOK)
class Member(Record, frozen=True):
    """A member of the body. ``group``: 召集人, 機關代表, 民間代表 or 其他, to which 身分 belongs."""

    name: str = column("姓名", hint="全名，不加稱謂", example="王小明")
    title: str = column("職稱", filled=False, hint="在服務機關的職稱", example="處長", width=18)
    address: str = column(
        "稱謂",
        required=False,
        rare=True,
        one_line=True,
        if_empty="委員",
        hint="會議紀錄如何稱呼：委員、主任委員、代表 …",
        example="委員",
        width=12,
    )
    organisation: str = column("服務機關", filled=False, hint="機關、學校或團體的全名", example="○○部", width=26)
    role: str = column(
        "身分",
        Kind.CHOICE,
        choices=(CHAIR, AGENCY_MEMBER, CIVIL_MEMBER),
        hint="召集人、機關代表、民間代表，或〔身分〕所列的稱呼",
        example=AGENCY_MEMBER,
    )
    sex: str = column(
        "性別",
        Kind.CHOICE,
        required=False,
        choices=("男", "女"),
        hint="計算性別比例時使用；沒有這一條規則時可空白",
        example="女",
        width=8,
    )
    term_start: dt.date | None = column("任期起", Kind.DATE, required=False, hint="聘任的第一天", example="113-01-01")
    term_end: dt.date | None = column("任期迄", Kind.DATE, required=False, hint="聘任的最後一天", example="114-12-31")
    appointments: int | None = column(
        "聘任次數",
        Kind.COUNT,
        required=False,
        hint="民間代表：初聘 1，續聘一次 2",
        example="1",
        width=10,
    )
    email: str = column("電子郵件", required=False, hint="寄送會議資料的信箱", example="name@example.gov.tw", width=28)
    group: str = ""

    def serves_on(self, day: dt.date) -> bool:
        """Whether the term covers a day; a term without a beginning or an end is open there."""
        return (self.term_start is None or self.term_start <= day) and (self.term_end is None or day <= self.term_end)


@sheet("停班日", about="颱風等停班日，計算期限的工作日時使用", book=BOOK)
class Closure(Record, frozen=True):
    """A day on which offices are closed or open against the calendar."""

    day: dt.date = column("日期", Kind.DATE, hint="辦公日曆表以外的停班或上班日", example="113-07-24")
    how: str = column(
        "停班",
        Kind.CHOICE,
        choices=(CLOSED_DAY, WORKING),
        hint="全日停班填「停班」；放假日須上班填「上班」；只停半日不必填",
        example=CLOSED_DAY,
        width=8,
    )
    reason: str = column("說明", required=False, hint="停班或上班的原因", example="颱風", width=40)
