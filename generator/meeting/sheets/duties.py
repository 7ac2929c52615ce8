"""〔分工〕 in a meeting's folder: what each unit delivers, and by when. Without it the others say what is owed."""

from __future__ import annotations

import datetime as dt

from generator.workbook.record import Kind, Record, column, sheet


@sheet("分工", about="各單位要交的工作表、檔案或活頁簿，packet status 依此列出交件情形")
class Duty(Record, frozen=True):
    """What a unit delivers: 工作表:名稱, 檔案:名稱 or 活頁簿:名稱. ``due`` is empty for the day of 會議資料."""

    unit: str = column("單位", Kind.UNIT, hint="負責的單位", example="資訊處", width=20)
    what: str = column("項目", hint="「工作表:」「檔案:」或「活頁簿:」加上名稱", example="工作表:品質檢測", width=28)
    due: dt.date | None = column(
        "期限", Kind.DATE, required=False, filled=False, hint="空白則為會議資料的期限", example="113-04-15"
    )
    email: str = column(
        "電子郵件", required=False, filled=False, hint="催辦信寄到哪裡", example="name@example.gov.tw", width=28
    )
