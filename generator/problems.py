"""What is wrong, where, and what to do: every message about the inputs stands in this file.

A problem is a value, never an exception: reading and checking go on and return all of them at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

ERROR = "error"
WARNING = "warning"
NOTE = "note"
_ORDER = {ERROR: 0, WARNING: 1, NOTE: 2}
SEVERITY_NAMES = {ERROR: "錯誤", WARNING: "警告", NOTE: "說明"}


@dataclass(frozen=True, slots=True)
class Location:
    """Where a value stands: workbook file name, sheet, cell (``C7``); the last two may be absent."""

    workbook: str
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        sheet = f"〔{self.sheet}〕" if self.sheet else ""
        return f"{self.workbook}{sheet}{self.cell}"

    @property
    def sort_key(self) -> tuple[str, str, int, str]:
        """Orders C9 before C10, and row before column."""
        found = re.fullmatch(r"([A-Z]*)(\d*)", self.cell)
        letters, digits = found.groups() if found else ("", "")
        return (self.workbook, self.sheet, int(digits or 0), letters.rjust(3))


NOWHERE = Location("")


class Message(NamedTuple):
    """One kind of problem: how grave, what it says and what to do about it, with ``{names}`` to fill."""

    severity: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or worth a look) in the inputs, at its place."""

    code: str
    severity: str
    at: Location
    text: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.at}：" if self.at.workbook else ""
        return f"{place}{self.text}。{self.remedy}"


def problem(code: str, at: Location, **values: object) -> Problem:
    """The problem ``code`` of the catalogue at a place, its text and remedy filled with ``values``.

    Raises KeyError for a code or a value name that the catalogue does not have.
    """
    message = CATALOGUE[code]
    return Problem(code, message.severity, at, message.text.format(**values), message.remedy.format(**values))


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings before notes, then by place; the same message twice is said once."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda found: (_ORDER[found.severity], found.at.sort_key, found.code, found.text))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them must be mended before a document may be built."""
    return any(found.severity == ERROR for found in problems)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that ``word`` is most likely a slip of; an empty text when none is near."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return found[0] if found else ""


def perhaps(word: str, known: Iterable[str]) -> str:
    """「是否為「…」？」 for the nearest known word, or an empty text."""
    near = nearest(word, known)
    return f"是否為「{near}」？" if near else ""


def _error(text: str, remedy: str) -> Message:
    return Message(ERROR, text, remedy)


def _warning(text: str, remedy: str) -> Message:
    return Message(WARNING, text, remedy)


def _note(text: str, remedy: str) -> Message:
    return Message(NOTE, text, remedy)


CATALOGUE: dict[str, Message] = {
    # Workbooks and sheets
    "no-agency-book": _error("inputs 資料夾內沒有 機關.xlsx", "請放入機關的基本資料活頁簿。"),
    "other-format": _warning("不讀取 {suffix} 檔", "請在 Excel 另存為 .xlsx 後放回此資料夾。"),
    "workbook-locked": _error("無法讀取，檔案可能正在使用中或沒有權限", "請關閉檔案後重試。"),
    "workbook-unreadable": _error(
        "不是可讀的 .xlsx 活頁簿（可能已損壞或設有密碼）", "請用 Excel 開啟，另存成沒有密碼的 .xlsx。"
    ),
    "workbook-too-large": _error("解壓縮後過大，不予讀取", "請刪除多餘的工作表與圖片後另存。"),
    "missing-sheet": _error("找不到工作表〔{sheet}〕", "請增加此工作表。{perhaps}"),
    "unknown-sheet": _note(
        "不認得這個工作表，未使用", "{perhaps}若要當附件，請在〔附件〕的來源寫「工作表:」加上名稱。"
    ),
    "sheet-twice": _error("工作表〔{sheet}〕在 {other} 已經有了", "請只留一份。"),
    "empty-sheet": _error("工作表〔{sheet}〕沒有資料列", "請填入資料，或刪除這個附件。"),
    "missing-column": _error("找不到欄位標題「{name}」", "請在標題列補上此欄。{perhaps}"),
    "unknown-column": _note("不認得欄位「{name}」，未使用", "{perhaps}不需要時可不理會。"),
    "column-twice": _warning("欄位「{name}」重複，只讀 {first} 的那一欄", "請刪除或改名其中一欄。"),
    "missing-field": _error("缺少欄位「{name}」", "請增加一列，內容例如：{example}。"),
    "unknown-field": _note("不認得欄位「{name}」，未使用", "{perhaps}不需要時可不理會。"),
    "field-twice": _error("欄位「{name}」重複，{first} 已經填過", "請只留一列。"),
    # Cells
    "empty-cell": _error("「{name}」空白", "請填入內容。"),
    "error-value": _error("儲存格是錯誤值 {value}", "請修正公式或改填數值。"),
    "formula-without-value": _error("公式還沒有計算結果", "請用 Excel 開啟這個活頁簿，存檔後再執行。"),
    "control-character": _error("「{name}」內有看不見的控制字元（{character}）", "請刪除該儲存格後重新輸入。"),
    "bad-date": _error("「{value}」不是日期（例：{example}）", "請改為民國年月日，例如 113-04-02。"),
    "no-such-day": _error("「{value}」不是存在的日期", "請核對年月日。"),
    "wrong-weekday": _error("「{value}」的星期不符，{date}是{weekday}", "請改正日期或星期。"),
    "bad-year-month": _error("「{value}」不是民國年月（例：{example}）", "請改為四或五碼年月。"),
    "bad-period": _error("「{value}」不是起訖年月（例：{example}）", "請改為例如 113年1至3月。"),
    "bad-time": _error("「{value}」不是時間（例：{example}）", "請改為例如 14:30 或 下午2時30分。"),
    "bad-count": _error("「{value}」不是整數（例：{example}）", "請只填 0 或正整數，不加單位。"),
    "bad-flag": _error("「{value}」看不出是或否", "請填 ★，或留空白。"),
    "bad-choice": _error("「{value}」不在可填的選項內", "請改為：{choices}。"),
    # What refers to what
    "unknown-case": _error("〔案由〕內沒有案號「{value}」", "請改為已有的案號。{perhaps}"),
    "case-twice": _error("案號「{value}」重複，{first} 已經用過", "請改用不同的案號。"),
    "unknown-unit": _error("「{value}」不在 機關.xlsx〔單位〕內", "請改正，或在〔單位〕增列。{perhaps}"),
    "bad-source": _error("「{value}」不是附件來源", "請寫成「工作表:名稱」「共用:名稱」「檔案:檔名」或「另附」。"),
    "no-such-sheet": _error("找不到工作表〔{sheet}〕", "請改正來源，或增加此工作表。{perhaps}"),
    "no-such-shared": _error("inputs/共用 內沒有「{name}.xlsx」", "請改正來源，或放入該檔。{perhaps}"),
    "no-such-file": _error("會議的「附件」資料夾內沒有「{name}」", "請改正來源，或放入該檔。{perhaps}"),
    "no-articles": _error("共用「{name}」沒有〔條文〕工作表或條文", "請依層級、條號、內容填入條文。"),
    "note-without-attachment": _error("〔附件〕內沒有「{value}」", "請改為附件的名稱。{perhaps}"),
    "attachment-twice": _error("附件名稱「{value}」重複", "請改用不同的名稱，說明才能引用。"),
    "attachment-unmentioned": _warning(
        "{case}的說明沒有提到附件「{name}」", '請在說明加上「如{{{{ 附件("{name}") }}}}」。'
    ),
    "not-printable": _error("〔{sheet}〕不能當附件列印", "請改用清單類的工作表。"),
    "no-such-template": _error("templates 內沒有範本「{name}.docx」", "請改正範本名稱。{perhaps}"),
    "template-failed": _error("範本無法套用：{detail} {place}", "請在 Word 修正這個範本的標籤。"),
    # Prose
    "prose-syntax": _error("標籤寫法有誤（{detail}）", "標籤要成對：{{{{ 名稱 }}}}。"),
    "full-width-braces": _error("標籤用了全形大括號", "請改為半形：{{{{ 名稱 }}}}。"),
    "unknown-name": _error("沒有「{name}」這個名稱", "{perhaps}可用的名稱請見 packet figures。"),
    "name-incomplete": _error("「{name}」之後要接名稱", "例如：{examples}。"),
    "unknown-filter": _error("沒有「|{name}」這種寫法", "{perhaps}可用：年月日、月日、星期、萬、國字、正文、前一日。"),
    "prose-failed": _error("標籤無法套用：{detail}", "請核對名稱與寫法。"),
    "loose-number": _warning("未對應數字：{number}", "請改用 {{{{ }}}} 帶入；確為固定數字時寫成 {{{{ {tag} }}}}。"),
    "typed-label": _warning("「{label}」是手打的附件編號", '請改為 {{{{ 附件("名稱") }}}}，順序變動時編號才會跟著改。'),
    "wrong-word": _warning("「{word}」應作「{right}」", "請改正用字。"),
    # Cases (practice of official packets; 文書處理手冊)
    "subject-ending": _error("{kind}的案由應以「{ending}」結尾", "請改正案由。"),
    "no-request": _warning("{case}的說明最後一點不是「{request}」", "請補上。"),
    "level-skipped": _error("層級由{before}跳到{level}", "層級須逐級往下，請改正層級或補上中間一級。"),
    # Lists
    "platinum-above-gold": _error("白金標章 {platinum} 大於金標章 {gold}", "白金含於金標章內，請核對兩數。"),
    "wrong-total": _error("填的是 {stated}，加總為 {computed}", "請核對各數，或刪除總計由程式計算。"),
    "unit-twice": _error("單位「{unit}」重複，{first} 已有一列", "請併為一列。"),
    "unit-missing": _warning("品質檢測沒有「{unit}」這一列", "請補上；沒有資料集時填 0。"),
    "ranking-rises": _error("下載次數 {value} 大於前一名的 {above}", "請依下載次數由多到少排列。"),
    "same-count": _warning("{value} 與 {other} 的數字相同", "請核對是否誤植。"),
    "name-twice": _warning("「{value}」重複，{first} 已有一列", "請核對是否重複列入。"),
    "overdue": _warning("「{name}」預定 {due} 開放，尚未標示已上架", "請確認；已上架請填 ★。"),
    "total-too-small": _error("{name}比排名各項的合計 {least:,} 還小", "請核對總數與出處。"),
    # Dates and periods
    "wrong-year": _error("會議日期不在 {year} 年，與會議編號 {id} 不符", "請改正日期，或改資料夾名稱。"),
    "cutoff-late": _warning("資料基準日在會議日期之後", "請核對兩個日期。"),
    "period-late": _warning("報告期間 {period} 超過資料基準日", "請核對期間與基準日。"),
    "period-gap": _warning("上次報告到 {last}，本次之前缺 {missing}（見 {other}）", "請確認是否要補報這段期間。"),
    "period-overlap": _warning("與上次報告的 {last} 重疊（見 {other}）", "請核對期間。"),
    # The roster (設置要點三、四(二))
    "roster-small": _error("委員 {count} 人，少於 11 人（設置要點三）", "請核對名冊。"),
    "roster-civil": _error("民間代表 {civil} 人，不足委員 {count} 人的三分之一（設置要點三）", "請核對名冊。"),
    "roster-sex": _warning("{sex}性委員 {number} 人，不足委員 {count} 人的三分之一（設置要點三）", "請核對名冊。"),
    "roster-chair": _error("召集人有 {count} 人，應為 1 人（設置要點三）", "請核對身分。"),
    "chair-not-member": _error(
        "主席「{name}」不在委員名冊內（設置要點四(二)）", "主席由召集人或其指定的委員擔任。{perhaps}"
    ),
}
