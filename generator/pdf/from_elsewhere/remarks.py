"""What is said at the row of 〔附件〕 of a file that is joined: what of it is not printed, or otherwise than saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from generator.basic.problem import Code, Location, Problem, note, problem, warning

_MOST_NAMED = 5


class RemarkCode(Code):
    """What is worth a look in a file that can be joined."""

    PDF_FILLED = note(
        "「{name}」{where}的表單欄位（{what}）存下的樣子不是填寫的值，依填寫的值印出", "請核對印出的樣子。"
    )
    PDF_TIGHT = warning(
        "「{name}」{where}的表單欄位（{what}）放不下填寫的內容，印得很小或不完整",
        "請縮短內容，或另存成一般的 PDF，改放該檔。",
    )
    PDF_LETTERS = warning(
        "「{name}」{where}填寫的內容有自造字（{what}），印出的可能是別的字或空白",
        "請改用通用的字，或另存成一般的 PDF，改放該檔。",
    )
    PDF_REMARKS = warning(
        "「{name}」{where}的註解（{what}）另有文字，不會印出", "要給委員看的請寫在頁面上，不要的請刪除註解。"
    )
    PDF_HIDDEN = warning(
        "「{name}」{where}有隱藏或不列印的內容（{what}），不會印出", "要印的請取消隱藏或設為列印，不要的請刪除。"
    )
    PDF_UNDRAWN = warning(
        "「{name}」{where}有沒有樣子可印的內容（{what}），不會印出", "請開啟後列印成一般的 PDF，改放該檔。"
    )
    PDF_REDACTION = warning(
        "「{name}」{where}標記了要遮蔽的範圍（{what}），還沒有套用，底下的內容仍會印出",
        "請在 PDF 軟體套用遮蔽後另存，改放該檔。",
    )
    PDF_SIGNED = note(
        "「{name}」{where}有電子簽章（{what}），會議資料只印出看得到的樣子，不能驗章", "需要驗章時請在附原檔填 ★。"
    )
    PDF_XFA = warning(
        "「{name}」是 XFA 表單，印出的是 PDF 頁面上的樣子，可能與表單軟體顯示的不同",
        "請以表單軟體開啟後列印成一般的 PDF，改放該檔。",
    )
    PDF_CARRIES = warning(
        "「{name}」{where}夾帶檔案（{what}），不會併入會議資料", "要併入時請另存該檔，在〔附件〕增加一列。"
    )
    PICTURE_MOVES = warning("「{name}」是動畫，只印第一格", "要印其他各格時，請各另存成 PNG，在〔附件〕各列一列。")
    FILE_CHANGES = warning(
        "「{name}」有追蹤修訂（{what}），印出全部接受後的樣子", "請確認接受後的內容正確，或處理修訂後另存，改放該檔。"
    )
    FILE_COMMENTS = warning("「{name}」有註解（{what}），不會印出", "要給委員看的請寫在內文，不要的請刪除註解。")
    FILE_BROKEN = warning(
        "「{name}」有找不到參照的內容（{what}），照存下的樣子印出", "請在檔案中改正參照並更新，存檔後再執行。"
    )
    FILE_UNSAVED = warning(
        "「{name}」有公式沒有存下結果（{what}），印出的可能與 Excel 不同", "請以 Excel 開啟、存檔後再執行。"
    )


class Remark(Struct, frozen=True):
    """Something of a file: on which page (0: nowhere in particular), and what it is, in the words of the message."""

    code: RemarkCode
    page: int = 0
    what: str = ""


def problems(remarks: Iterable[Remark], name: str, at: Location) -> list[Problem]:
    """A problem for each code, at the row's cell: with the pages, and what there is of it."""
    by_code: dict[RemarkCode, list[Remark]] = {}
    for remark in remarks:
        by_code.setdefault(remark.code, []).append(remark)
    return [problem(code, at, name=name, where=_where(same), what=_what(same)) for code, same in by_code.items()]


def _where(remarks: Iterable[Remark]) -> str:
    pages = sorted({remark.page for remark in remarks if remark.page})
    more = f"等 {len(pages)} 頁" if len(pages) > _MOST_NAMED else "頁" if pages else ""
    return f"第 {'、'.join(map(str, pages[:_MOST_NAMED]))} {more}" if pages else ""


def _what(remarks: Iterable[Remark]) -> str:
    counts = Counter(remark.what for remark in remarks)
    named = [f"{what} {count} 個" if count > 1 else what for what, count in counts.items()]
    return "、".join(named[:_MOST_NAMED]) + (f" 等 {len(named)} 種" if len(named) > _MOST_NAMED else "")
