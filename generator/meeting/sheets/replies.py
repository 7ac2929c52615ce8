"""修正意見.xlsx: what members sent back on the draft minutes, and what became of it."""

from __future__ import annotations

import datetime as dt

from generator.workbook.record import Kind, Record, column, sheet

BOOK = "修正意見"
# What a proposal asks for: another text, another place, or something to think about.
REVISION, MOVE, OPINION_ON = KINDS = ("修訂", "移動", "意見")
ADOPTED, PARTLY, REFUSED, ASIDE = OUTCOMES = ("採納", "部分採納", "不採納", "不列入")


@sheet(
    "修正意見", about="委員對紀錄草稿的修正意見，由 packet replies 匯入，一列一項；請填採納與理由", book=BOOK, most=5000
)
class Proposal(Record, frozen=True):
    """What a member wants changed in the draft minutes. ``outcome`` is empty while nobody has decided on it."""

    identifier: str = column("編號", hint="程式用來辨認同一項意見，請勿更改", example="a1b2c3d4", width=11)
    member: str = column("委員", hint="認不出是誰時，請改為委員姓名", example="王小明", width=14)
    case: str = column("案號", required=False, filled=False, hint="認不出是哪一案時空白", example="討1", width=8)
    place: str = column("處所", required=False, filled=False, hint="在紀錄的哪裡", example="參一決議", width=18)
    kind: str = column(
        "種類",
        Kind.CHOICE,
        choices=KINDS,
        hint="修訂：以建議文字取代原文；移動：移到別處；意見：沒有寫明要改成什麼",
        example=REVISION,
        width=8,
    )
    old: str = column("原文", required=False, filled=False, hint="紀錄草稿的文字", example="請於年底前辦理。", width=44)
    new: str = column(
        "建議文字",
        required=False,
        filled=False,
        hint="委員要改成的文字，或其意見；空白是刪除原文",
        example="請於12月31日前辦理。",
        width=44,
    )
    received: dt.date = column("收件時間", Kind.DATE, hint="收到的日期與時間", example="113-05-10 14:20", width=16)
    source: str = column("來源", required=False, filled=False, hint="哪一個檔案的哪裡", example="王委員.docx", width=28)
    cell: str = column(
        "儲存格", required=False, filled=False, hint="原文所在的儲存格", example="會議紀錄.xlsx〔決議〕C3", width=26
    )
    outcome: str = column(
        "採納",
        Kind.CHOICE,
        required=False,
        filled=False,
        choices=OUTCOMES,
        hint="不列入：重複或不是修正意見，不印在回應表",
        example=ADOPTED,
        width=10,
    )
    adopted: str = column(
        "採用文字",
        required=False,
        filled=False,
        hint="部分採納時，或意見沒有寫明文字時，寫進紀錄的文字；空白則為建議文字",
        example="請於113年12月31日前辦理。",
        width=44,
    )
    reason: str = column(
        "理由", required=False, filled=False, hint="不採納或部分採納的理由", example="與會中決議不符。", width=34
    )

    @property
    def counts(self) -> bool:
        """Whether it is one of the members' proposals, and not laid aside."""
        return self.outcome != ASIDE

    @property
    def wanted(self) -> str | None:
        """The text that is to stand in the minutes where the proposal was adopted; None where that is not known."""
        if self.adopted:
            return self.adopted
        return self.new if self.kind == REVISION and self.outcome == ADOPTED else None


@sheet("回復情形", about="收到的回復，由 packet replies 匯入，一列一件", book=BOOK, most=5000)
class Reply(Record, frozen=True):
    """A reply that came in: a mail or a file, with how many proposals were found in it."""

    identifier: str = column("編號", hint="程式用來辨認同一件，請勿更改", example="a1b2c3d4", width=11)
    member: str = column("委員", hint="認不出是誰時，請改為委員姓名", example="王小明", width=14)
    received: dt.date = column("收件時間", Kind.DATE, hint="收到的日期與時間", example="113-05-10 14:20", width=16)
    source: str = column("來源", required=False, filled=False, hint="檔案", example="王委員.docx", width=44)
    count: int = column("件數", Kind.COUNT, hint="找到幾項意見", example="2", width=8)
    remark: str = column("備註", required=False, filled=False, hint="讀不到意見等情形", example="無修正意見", width=44)
