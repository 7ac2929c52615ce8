"""What is wrong, where, and what to do: every message about the inputs stands in this file.

A problem is a value, never an exception: reading and checking go on and return all of them at once.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard

ERROR = "error"
WARNING = "warning"
NOTE = "note"
MOST_ALIKE = 200
_ORDER = {ERROR: 0, WARNING: 1, NOTE: 2}
SEVERITY_NAMES = {ERROR: "錯誤", WARNING: "警告", NOTE: "說明"}


@dataclass(frozen=True, slots=True)
class Location:
    """Where a value stands: workbook file name, sheet, cell (``C7``); the last two may be absent.

    In a Word template: file name, 頁首 and the like (empty for the body), paragraph (``第 5 段``), and its text.
    """

    workbook: str
    sheet: str = ""
    cell: str = ""
    quote: str = ""

    def __str__(self) -> str:
        sheet = f"〔{self.sheet}〕" if self.sheet else " " if self.cell else ""
        short = self.quote if len(self.quote) <= 40 else f"{self.quote[:39]}…"
        return f"{self.workbook}{sheet}{self.cell}{f'「{short}」' if short else ''}"

    @property
    def sort_key(self) -> tuple[str, str, int, str]:
        """Orders C9 before C10, and row before column; 第 9 段 before 第 10 段."""
        found = re.match(r"([A-Z]*)\D*(\d*)", self.cell)
        letters, digits = found.groups() if found else ("", "")
        return (self.workbook, self.sheet, int(digits or 0), letters.rjust(3))


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
    # What stands in a cell may have line ends; a message is one line.
    said = {name: " ".join(value.split()) if _has_line_end(value) else value for name, value in values.items()}
    return Problem(code, message.severity, at, message.text.format(**said), message.remedy.format(**said))


def _has_line_end(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value.splitlines()) > 1


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Errors before warnings before notes, whole files before cells, then by place; nothing is said twice.

    Of what is said of a column again and again the first are enough; a note tells how many more there are.
    """
    listed = []
    alike: dict[tuple[str, str, str, str], list[Problem]] = {}
    for found in sorted(dict.fromkeys(problems), key=_order):
        column = found.at.sort_key[3]
        same = alike.setdefault((found.code, found.at.workbook, found.at.sheet, column), [])
        same.append(found)
        if len(same) <= MOST_ALIKE or not column.strip():
            listed.append(found)
    more = [
        problem("more-alike", same[MOST_ALIKE].at, count=len(same) - MOST_ALIKE)
        for (*_, column), same in alike.items()
        if column.strip() and len(same) > MOST_ALIKE
    ]
    return sorted([*listed, *more], key=_order) if more else listed


def _order(found: Problem) -> tuple[object, ...]:
    return (_ORDER[found.severity], bool(found.at.sheet), found.at.sort_key, found.code, found.text)


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
    "workbook-too-large": _error("內容過大（{size:,} MB），不予讀取", "請刪除多餘的工作表與圖片後另存。"),
    "workbook-is-folder": _error("是資料夾，不是活頁簿", "請改放 Excel 檔案，或將資料夾改名。"),
    "workbook-is-link": _error("是連到別處的連結，不是檔案本身，不予讀取", "請將檔案本身複製到這個資料夾。"),
    "workbook-twice": _error("與 {other} 同名，不知道該讀哪一份", "請只留一份。"),
    "workbook-gone": _error("讀取時檔案不見了", "請確認檔案還在，再執行一次。"),
    "hidden-sheet": _note("這是隱藏的工作表，內容照樣讀取", "不要讀取時請刪除這個工作表。"),
    "hidden-rows": _note("有隱藏的列（第 {rows} 列），內容照樣讀取", "不要讀取時請刪除這些列。"),
    "merged-cells": _note("有合併儲存格，所跨的每一列都視為同一內容", "內容若不是每列相同，請取消合併後逐列填寫。"),
    "merged-count": _error("「{name}」的數字是合併儲存格", "請取消合併，逐列填數字，以免重複計算。"),
    "too-many-rows": _error("超過 {most:,} 列，其後不予讀取", "請刪除多餘的列，或將清單分成幾個檔案。"),
    "too-many-columns": _error("超過 {most:,} 欄，其後不予讀取", "請刪除多餘的欄。"),
    "too-many-cells": _error("超過 {most:,} 個儲存格，其後不予讀取", "請刪除多餘的列與欄，或將清單分成幾個檔案。"),
    "too-many-faults": _error("錯誤太多，第 {row} 列以後沒有檢查", "請先改正前面各列，再執行一次。"),
    "more-alike": _note("此欄自這一格起，另有 {count:,} 處同樣的問題，沒有一一列出", "請先改正列出的，再執行一次。"),
    "headings-differ": _error("欄位標題與 {other} 的同名工作表不同", "請改成相同的標題，或將工作表改名。"),
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
    "private-character": _warning(
        "含有造字（{characters}），別的電腦可能印不出來", "請改用正式字元，或確認收件人有同一套造字。"
    ),
    "no-glyph": _error("沒有字型可印 {characters}", "請改用其他字元，或安裝含有此字的字型（見 packet doctor）。"),
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
    "file-elsewhere": _error(
        "「{name}」不是檔名", "請把檔案放進會議的「附件」資料夾，來源只寫「檔案:」加檔名。{perhaps}"
    ),
    "no-such-file": _error("會議的「附件」資料夾內沒有「{name}」", "請改正來源，或放入該檔（不可用連結）。{perhaps}"),
    "file-twice": _error(
        "inputs/共用 內名稱是「{name}」的檔案有 {files}", "請在來源寫上副檔名，例如「共用:{example}」。"
    ),
    # Files that are attached (檔案:…, 共用:…). Where 可另附 is set file-separate says the same as a warning.
    "file-empty": _error("「{name}」是空的檔案，不能併入會議資料", "請放入完整的檔案，或在可另附填 ★。"),
    "file-locked": _error("「{name}」設有密碼，不能併入會議資料", "請改放沒有密碼的檔案，或在可另附填 ★。"),
    "file-damaged": _error("「{name}」已損壞或不完整，不能併入會議資料", "請重新取得檔案，或在可另附填 ★。"),
    "file-unknown": _error(
        "「{name}」不是可併入會議資料的格式", "請改放 PDF、Word、Excel、PowerPoint、ODF 或圖片檔，或在可另附填 ★。"
    ),
    "file-unreadable": _error("「{name}」無法讀取，可能正在使用中或沒有權限", "請關閉檔案後重試，或在可另附填 ★。"),
    "file-too-large": _error("「{name}」過大（{what}），不能併入會議資料", "請縮小或分成幾個檔案，或在可另附填 ★。"),
    "file-too-many-pages": _error(
        "「{name}」有 {count:,} 頁，最多可併入 {most:,} 頁", "請只留下要附的部分，或在可另附填 ★。"
    ),
    "file-not-pages": _error(
        "「{name}」是{what}，看到的內容不在頁面上，不能併入會議資料",
        "請開啟後列印成一般的 PDF，改放該檔，或在可另附填 ★。",
    ),
    "file-unconverted": _error(
        "「{name}」無法轉換成 PDF，不能併入會議資料", "請開啟後另存成 PDF，改放該檔，或在可另附填 ★。"
    ),
    "file-separate": _warning("{text}", "會議資料在該處印「本附件另行提供」；要併入時請改放可用的檔案。"),
    "file-ending": _warning(
        "「{name}」的內容是 {kind}，與副檔名不符，依內容處理", "請確認檔案無誤，並將副檔名改為 {ending}。"
    ),
    "no-articles": _error("共用「{name}」沒有〔條文〕工作表或條文", "請依層級、條號、內容填入條文。"),
    "note-without-attachment": _error("〔附件〕內沒有「{value}」", "請改為附件的名稱。{perhaps}"),
    "attachment-twice": _error("附件名稱「{value}」重複", "請改用不同的名稱，說明才能引用。"),
    "attachment-unmentioned": _warning(
        "{case}的說明沒有提到附件「{name}」", '請在說明加上「如{{{{ 附件("{name}") }}}}」。'
    ),
    "not-printable": _error("〔{sheet}〕不能當附件列印", "請改用清單類的工作表。"),
    "too-long-to-print": _error("有 {count:,} 列，附件最多印 {most:,} 列", "請改為「另附」，或只留下要印的列。"),
    "too-long-for-pdf": _warning(
        "有 {count:,} 列，超過 {most:,} 列的表不轉成 PDF，也就沒有會議資料.pdf",
        "請改為「另附」、只留下要印的列，或只產生 Word 檔（--format docx）。",
    ),
    "no-such-template": _error("templates 內沒有範本「{name}」", "請改正範本名稱。{perhaps}"),
    # Templates (packet template check); the place holds paragraph and text
    "template-failed": _error("範本無法套用：{detail}", "請在 Word 修正這個範本的標籤。"),
    "no-templates": _error("templates 內沒有 .docx 範本", "請放回標準範本（packet init 會產生一份）。"),
    "template-unreadable": _error(
        "不是可讀的 .docx（可能已損壞、設有密碼，或是改了副檔名的別種檔案）", "請用 Word 開啟，另存成沒有密碼的 .docx。"
    ),
    "template-other-format": _warning("{suffix} 檔不能當範本，未使用", "請在 Word 另存成 .docx。"),
    "trial-without-meeting": _note("活頁簿有錯誤，範本只以範例資料試印", "請先執行 packet check {meeting}。"),
    "tag-open": _error("標籤沒有寫完整：{tag}", "標籤要成對，且在同一段內：{{{{ 名稱 }}}} 或 {{% … %}}。"),
    "tag-syntax": _error("標籤 {tag} 寫法有誤：{detail}", "請改正後重新輸入整個標籤。"),
    "tag-split": _error(
        "標籤 {tag} 被 Word 的追蹤修訂、超連結或方塊切開", "請接受修訂或移除超連結，再重新輸入整個標籤。"
    ),
    "tag-unknown": _error("範本不能用標籤 {tag}", "{perhaps}可用：for、if、elif、else、set 及其結尾。"),
    "tag-merges": _error("不可使用 {tag}，內容不同時會遺失資料", "請刪除，改在標題列該欄寫 {{{{ 合併相同 }}}}。"),
    "tag-of-subdocument": _error("不可使用 {tag}", "{{{{ 之後請空一格，不加 p、r、tr、tc。"),
    "block-prefix": _error(
        "標籤 {tag} 的 {layer} 寫錯位置", "{layer} 要緊接在 {{% 之後，後面空一個半形空白：{{%{layer} …%}}。"
    ),
    "block-characters": _error("標籤 {tag} 內有 % 或 }}", "區塊標籤內不能有這兩個字元，請改用其他寫法。"),
    "two-block-tags": _error("同一{where}有兩個以上的區塊標籤，只有一個有效", "請一{where}只放一個標籤。"),
    "text-beside-tag": _error("{tag} 所在的{where}還有其他內容，套用後會消失", "請把標籤獨自放在一{where}。"),
    "outside-table": _error(
        "{tag} 不在它要重複的列、格或段落內", "{{%tr、{{%tc 只能用在表格的列與儲存格，{{%p 只能用在段落。"
    ),
    "block-unclosed": _error("{tag} 沒有對應的 {end}", "請補上結尾標籤。"),
    "block-unopened": _error("{tag} 之前沒有對應的開始標籤", "請補上開始標籤，或刪除這個標籤。"),
    "block-crossed": _error(
        "{tag} 與第 {number} 段的 {other} 不在同一層",
        "開始與結束要同為 {{%p、{{%tr 或 {{%tc，並在同一個表格或儲存格內。",
    ),
    "not-a-list": _error("「{name}」不是清單，不能用 for 逐項列出", "請改用清單的名稱，或刪除 for。"),
    "cell-emptied": _error(
        "清單沒有資料時，有儲存格會連段落都不剩，Word 會認為檔案損壞", "請在該儲存格多留一個空白段落。"
    ),
    "style-missing": _error("樣式「{style}」在這個範本裡沒有定義", "請由其他範本複製樣式，或改用共用樣式。{perhaps}"),
    "style-not-shared": _error("樣式「{style}」不是各範本共用的樣式", "請改用共用樣式。{perhaps}"),
    "style-differs": _error("樣式「{style}」與其他範本（如 {other}）不同", "請在 Word 由該範本重新匯入此樣式。"),
    "style-absent": _error("缺少共用樣式：{styles}", "請在 Word 由其他範本（如 {other}）匯入樣式。"),
    "font-in-text": _error("文字用了「{face}」", "請選取文字，改用標楷體與 Times New Roman（或清除字型格式）。"),
    "font-in-style": _error("樣式「{style}」用了「{face}」", "請將樣式的字型改為標楷體與 Times New Roman。"),
    # The deck (sheet 簡報, and templates/簡報.pptx with its sample slides)
    "slide-without-layout": _error("第一張投影片之前就有內容", "請在第一列填「版面」（例如：封面）。"),
    "slide-without-title": _error("這張投影片沒有標題", "每張投影片都要有標題，請填入。"),
    "slide-without-tab": _error("版面是「頁籤」，卻沒有填頁籤", "請填這一張屬於哪個頁籤，或改用別的版面。"),
    "slides-unused": _warning(
        "有投影片，〔附件〕卻沒有用到", "請在〔附件〕增加一列，來源寫「工作表:簡報」；不做簡報時請刪除這個工作表。"
    ),
    "slides-attached-twice": _error(
        "簡報只能附在一案，{first} 已經用過", "請刪除其中一個附件；說明可引用另一案的附件。"
    ),
    "slides-overflow": _error(
        "內容太多，字縮到 {size} 點仍放不下一張投影片", "請精簡文字，或由此列起分成兩張（增加一列，填版面與標題）。"
    ),
    "slides-title-long": _error("標題太長，字縮到 {size} 點仍放不下", "請精簡標題。"),
    "slides-box-long": _error("文字太長，字縮到 {size} 點仍放不進方塊或頁籤", "請精簡文字。"),
    "slides-foot-long": _error("文字太長，字縮到 {size} 點仍放不進投影片的頁尾", "請精簡文字，或在範本加寬頁尾。"),
    "slides-no-room-for-it": _error(
        "版面「{layout}」沒有放內容的地方", "請刪除內容、改用別的版面，或在 {template} 的樣張加上「內容」的文字方塊。"
    ),
    "slides-no-sample": _error(
        "沒有「{layout}」的樣張", "請由標準範本複製這張投影片；樣張的標題要是「{layout}」。{perhaps}"
    ),
    "slides-no-place": _error("樣張上沒有寫著「{name}」的文字方塊", "請由標準範本複製；位置與樣子可改，文字不可改。"),
    "slides-unreadable": _error(
        "不是可讀的 .pptx（可能已損壞、設有密碼，或是改了副檔名的別種檔案）",
        "請用 PowerPoint 開啟，另存成沒有密碼的 .pptx。",
    ),
    "slides-failed": _error("簡報範本無法套用（{detail}）", "請改用標準範本的樣張，再逐步更改樣子。"),
    "slides-font": _error("範本用了「{face}」", "請改用標楷體與 Times New Roman（佈景主題字型）。"),
    # Prose
    "prose-syntax": _error("標籤寫法有誤（{detail}）", "標籤要成對：{{{{ 名稱 }}}}。"),
    "full-width-braces": _error("標籤用了全形大括號", "請改為半形：{{{{ 名稱 }}}}。"),
    "unknown-name": _error("沒有「{name}」這個名稱", "{perhaps}可用的名稱請見 packet figures。"),
    "name-incomplete": _error("「{name}」之後要接名稱", "例如：{examples}。"),
    "unknown-filter": _error("沒有「|{name}」這種寫法", "{perhaps}可用：年月日、月日、星期、萬、國字、正文、前一日。"),
    "prose-failed": _error("標籤無法套用：{detail}", "請核對名稱與寫法。"),
    "loose-number": _warning("未對應數字：{number}", "請改用 {{{{ }}}} 帶入；確為固定數字時寫成 {{{{ {tag} }}}}。"),
    "no-rows": _warning("〔{sheet}〕還沒有資料列，「{name}」印成「{value}」", "請填入資料；確實沒有時可不理會。"),
    "typed-label": _warning("「{label}」是手打的附件編號", '請改為 {{{{ 附件("名稱") }}}}，順序變動時編號才會跟著改。'),
    "wrong-word": _warning("「{word}」應作「{right}」", "請改正用字。"),
    # What goes out before the meeting
    "notice-blank": _note("開會通知單有空白的欄位：{fields}", "請補填，或留待公文系統填入。"),
    # Cases (practice of official packets; 文書處理手冊)
    "no-cases": _error("〔案由〕還沒有任何案", "請填入報告案或討論案。"),
    "subject-ending": _error("{kind}的案由應以「{ending}」結尾", "請改正案由。"),
    "no-request": _warning("{case}的說明最後一點不是「{request}」", "請補上。"),
    "level-skipped": _error("層級由{before}跳到{level}", "層級須逐級往下，請改正層級或補上中間一級。"),
    # Minutes (運作指引肆三)
    "minutes-without-status": _warning(
        "沒有〔紀錄資訊〕，不產生會議紀錄", "請增加〔紀錄資訊〕並填紀錄狀態（草稿或定稿）。"
    ),
    "protected-name": _error("內容出現須保護的姓名（該委員聲明不記名或不公開）", "請改為「委員」或其他不指名的寫法。"),
    # What the last meeting left to this one
    "carried-altered": _error("「{name}」與 {meeting} 所載不同，原為「{was}」", "請改回原文；補充的話請寫在辦理情形。"),
    "carried-missing": _error(
        "缺少 {meeting} 的決定（議）：「{subject}」「{decision}」", "請補上這一列，一字不改，並填辦理情形。"
    ),
    "carried-dropped": _error(
        "缺少持續列管的事項：「{subject}」「{decision}」（{meeting}）",
        "請補上這一列；已經辦完的請改為解除列管並填辦理情形。",
    ),
    "carried-twice": _error("這項決定（議）重複，{meeting} 只有一項", "請刪除重複的一列。"),
    "carried-extra": _warning("{meeting} 沒有這一項決定（議）或持續列管事項", "請確認；不是時請刪除這一列。"),
    "carried-origin": _warning(
        "這是 {meeting} 之前就持續列管的事項，不知是哪一次會議的決定（議）", "請填會議編號，例如 112-2。"
    ),
    "carried-unchecked": _warning(
        "{meeting} 的資料有錯誤，沒有核對〔上次會議決定〕", "請執行 packet check {meeting}。"
    ),
    "bad-meeting": _error("「{value}」不是會議編號", "請寫成 民國年-次（例：113-1）或 民國年-臨N（例：113-臨1）。"),
    "no-progress": _warning("持續列管的事項還沒有辦理情形", "請填至本次會議前做了什麼。"),
    "closed-without-reason": _error("解除列管而沒有辦理情形", "請填辦理情形，說明為何可以解除列管。"),
    "closed-silently": _error("原為持續列管，列管卻空白", "請填持續列管，或填解除列管與辦理情形。"),
    # Who attended (設置要點四、七); {name} is 「…」, or nothing where the name is protected
    "no-attendance": _error("〔出席〕還沒有委員，不能定稿", "請逐一填入委員及其出席情形。"),
    "no-attendance-yet": _warning("〔出席〕還沒有委員", "定稿前請逐一填入委員及其出席情形。"),
    "attendance-unmarked": _error("委員{name}的出席情形空白，不能定稿", "請填出席、請假或代理。"),
    "attendance-unmarked-yet": _warning("委員{name}的出席情形空白", "定稿前請填出席、請假或代理。"),
    "member-unlisted": _error("委員{name}不在〔出席〕內，不能定稿", "請在〔出席〕增列；已非委員時請更新名冊。"),
    "member-unlisted-yet": _warning("委員{name}不在〔出席〕內", "定稿前請在〔出席〕增列；已非委員時請更新名冊。"),
    "attendee-unknown": _error(
        "委員{name}不在 機關.xlsx〔委員〕內", "請改正姓名；不是委員的人請改列〔列席〕。{perhaps}"
    ),
    "attendee-role": _error("委員{name}的身分填「{role}」，名冊為「{listed}」", "請改成與名冊相同。"),
    "attendee-twice": _error("委員{name}重複，{first} 已有一列", "請只留一列。"),
    "quorum-half": _error(
        "出席{count}人，不足委員 {members} 人的二分之一，不得開會（設置要點四(三)）", "請核對出席情形與委員名冊。"
    ),
    "quorum-exactly-half": _warning(
        "出席{count}人，恰為委員 {members} 人的二分之一：合於設置要點四(三)，但運作指引肆一(二)稱過半數",
        "請確認本次會議依何者認定。",
    ),
    "quorum-civil": _error(
        "親自出席的民間代表{count}人，不足 {least} 人，不得開會（設置要點四(三)）", "請核對民間代表的出席情形。"
    ),
    "deputy-not-allowed": _error(
        "{role}{name}不得由他人代理，只有機關代表得派代表出席（設置要點七）", "請改為出席或請假。"
    ),
    "deputy-missing": _error("委員{name}由他人代理，卻沒有代理人（設置要點七）", "請填代理人的姓名。"),
    "deputy-unused": _warning(
        "委員{name}填「{how}」，卻有代理人{deputy}（設置要點七）", "由他人代理時請改填「代理」，否則請刪除代理人。"
    ),
    "no-chair": _error("沒有主席，不能定稿（設置要點四(二)）", "請填擔任主席的召集人或委員。"),
    "no-chair-yet": _warning("沒有主席（設置要點四(二)）", "定稿前請填擔任主席的召集人或委員。"),
    "chair-not-listed": _error(
        "主席{name}不在〔出席〕內（設置要點四(二)）", "主席由召集人或其指定的委員擔任。{perhaps}"
    ),
    "chair-absent": _error("主席{name}沒有親自出席，{other} 填「{how}」（設置要點四(二)）", "請核對主席與出席情形。"),
    "convener-not-chair": _warning(
        "召集人{convener}親自出席（{other}），主席卻是{name}（設置要點四(二)）",
        "召集人因故不能出席時才指定委員代理主席，請核對。",
    ),
    "meetings-few": _warning(
        "{year} 年只有 {count} 次常會的資料夾，每年以召開二次為原則（設置要點四(一)）", "請確認前一年的開會次數。"
    ),
    # Remarks and decisions (運作指引肆三、文書處理手冊 and practice)
    "speaker-unknown": _warning(
        "委員意見的發言者{name}不是出席的委員或其代理人（設置要點七）", "請核對發言者、類型與〔出席〕。{perhaps}"
    ),
    "remark-twice": _warning("{case}的順序 {number} 重複，{first} 已經用過", "請依發言先後重編順序。"),
    "openness-unfit": _warning(
        "「{openness}」只適用於委員意見，這一列是{kind}（運作指引肆三）", "請改為「記名」，或改正類型。"
    ),
    "decision-twice": _error("{case}的項次 {number} 重複，{first} 已經用過", "請改編項次。"),
    "decision-phrase": _warning("{case}的{closing}不是以{phrases}開頭（實務用語）", "請確認用語。"),
    "no-decision": _error("{case}還沒有{closing}，不能定稿（設置要點十二）", "請在〔決議〕填入。"),
    "no-decision-yet": _warning("{case}還沒有{closing}（設置要點十二）", "定稿前請在〔決議〕填入。"),
    "task-lacks": _error("{case}第 {number} 項是後續辦理事項，卻沒有{what}，不能定稿", "請填{what}。"),
    "task-lacks-yet": _warning("{case}第 {number} 項是後續辦理事項，卻沒有{what}", "定稿前請填{what}。"),
    "task-unit-unknown": _warning(
        "主辦單位「{value}」不在 機關.xlsx〔單位〕內", "是其他機關時可不理會，否則請改正。{perhaps}"
    ),
    "due-early": _error("期限{due}在會議日期{date}之前", "請核對期限。"),
    "not-adjourned": _error("沒有散會時間，不能定稿", "請填散會時間。"),
    "not-adjourned-yet": _warning("沒有散會時間", "定稿前請填散會時間。"),
    "adjourned-early": _error("散會時間{end}早於開始時間{start}", "請核對兩個時間。"),
    # Lists
    "platinum-above-gold": _error("白金標章 {platinum} 大於金標章 {gold}", "白金含於金標章內，請核對兩數。"),
    "wrong-total": _error("填的是 {stated}，加總為 {computed}", "請核對各數，或刪除總計由程式計算。"),
    "unit-twice": _error("單位「{unit}」重複，{first} 已有一列", "請併為一列。"),
    "unit-missing": _warning("品質檢測沒有「{unit}」這一列", "請補上；沒有資料集時填 0。"),
    "ranking-rises": _error("下載次數 {value:,} 大於前一列的 {above:,}", "請依下載次數由多到少排列。"),
    "same-count": _warning("{value:,} 與 {other} 的數字相同", "請核對是否誤植。"),
    "name-twice": _warning("「{value}」重複，{first} 已有一列", "請核對是否重複列入。"),
    "withdrawn-too-many": _error("「{unit}」擬下架 {going} 項，多於其資料集 {have} 項", "請核對下架清單與品質檢測。"),
    "overdue": _warning("「{name}」預定 {due} 開放，尚未標示已上架", "請確認；已上架請填 ★。"),
    "total-too-small": _error("{name}比排名各項的合計 {least:,} 還小", "請核對總數與出處。"),
    # Dates and periods
    "wrong-year": _error("會議日期不在 {year} 年，與會議編號 {id} 不符", "請改正日期，或改資料夾名稱。"),
    "cutoff-late": _warning("資料基準日在會議日期之後", "請核對兩個日期。"),
    "period-late": _warning("報告期間 {period} 超過資料基準日", "請核對期間與基準日。"),
    "period-gap": _warning("上次報告到 {last}，本次之前缺 {missing}（見 {other}）", "請確認是否要補報這段期間。"),
    "period-overlap": _warning("與上次報告的 {last} 重疊（見 {other}）", "請核對期間。"),
    # Working days and deadlines
    "calendar-headings": _error(
        "不是辦公日曆表的內容，找不到「西元日期」與「是否放假」兩欄",
        "請改放人事行政總處的辦公日曆表 CSV 檔（不是「Google行事曆專用」）。",
    ),
    "calendar-date": _error("西元日期「{value}」不是八碼的日期（例：20240429）", "請改正，或重新下載此檔。"),
    "calendar-flag": _error("是否放假「{value}」不是 0（上班）或 2（放假）", "請改正，或重新下載此檔。"),
    "calendar-twice": _error("{date}是否放假，與 {other} 不同", "請只留最新的辦公日曆表。"),
    "calendar-missing": _error(
        "沒有民國 {year} 年的辦公日曆，無法計算期限：{names}",
        "請將人事行政總處「{year}年中華民國政府行政機關辦公日曆表」的 CSV 檔放進 inputs/共用。",
    ),
    "closure-twice": _error("{date}是停班或上班，與 {first} 不同", "請只留一列。"),
    "draft-days": _error("紀錄草稿工作日 {value} 不在 1 至 {most} 之間（運作指引陸一）", "請改正。"),
    "correction-days": _error("修正意見工作日不可為 0", "請填 1 以上的整數。"),
    "correction-late": _warning(
        "修正意見期限在會後第 {days} 個工作日，晚於公開期限的 {most} 個工作日（運作指引陸一）", "請縮短天數。"
    ),
    # Mails (packet mail); the place of what is wrong in a template is its line
    "mail-no-minutes": _error(
        "還沒有會議紀錄，不能寄「{kind}」", "請先執行 packet new {meeting} --minutes 並填會議紀錄。"
    ),
    "mail-other-status": _error(
        "紀錄狀態是「{status}」，不能寄「{kind}」", "請改用 --kind {other}（或不寫 --kind），或改正紀錄狀態。"
    ),
    "mail-template-missing": _error("templates 內沒有這個信件範本", "請放回標準範本（packet init 會產生一份）。"),
    "mail-template-encoding": _error("不是可讀的文字檔", "請用記事本開啟，另存新檔，編碼選 UTF-8。"),
    "mail-template-lacks": _error("信件範本缺少{name}", "請補上；開頭各行寫「收件者：」「主旨：」等，空一行後是內文。"),
    "mail-template-head": _error(
        "不認得這一行", "{perhaps}開頭可寫：收件者、副本、密件副本、主旨、附件，其後接「：」；空一行後才是內文。"
    ),
    "mail-template-twice": _error("「{name}」重複，第 {first} 行已經寫過", "請併成一行。"),
    "mail-template-role": _error(
        "「{value}」不是收件的身分", "{perhaps}可寫：召集人、機關代表、民間代表、列席，以「、」隔開。"
    ),
    "mail-subject-lines": _error("主旨帶入內容後不只一行", "請改用只有一行的內容。"),
    "mail-sender-missing": _error("沒有電子郵件，信件沒有寄件者", "請填小組的信箱。"),
    "mail-address-missing": _error(
        "「{name}」沒有電子郵件，無法寄給{role}", "請填入信箱；不寄給{role}時，請在 {template}刪去「{role}」。"
    ),
    "mail-unit-without-address": _warning("「{name}」沒有電子郵件，信件不寄給這個單位", "請另行通知，或填入信箱。"),
    "mail-address-bad": _error(
        "「{value}」不是電子郵件信箱", "請改正，一格只填一個信箱，只用半形，例如 name@example.gov.tw。"
    ),
    "mail-address-twice": _warning(
        "「{name}」與「{other}」（{first}）的電子郵件相同，只寄一封", "請確認不是誤植；共用信箱時可不理會。"
    ),
    "mail-name-lines": _error("「{name}」有換行或控制字元，不能寫在信件的收件者或寄件者", "請改成一行。"),
    "mail-no-recipients": _error("收件的身分都沒有人", "請填 機關.xlsx〔委員〕與會議的〔列席〕，或改正身分。"),
    "mail-attachment-unknown": _error(
        "沒有這個檔案可以附加", "{perhaps}請改正檔名與副檔名；不一定有的附件請在檔名後寫「（如有）」。"
    ),
    "mail-attachment-internal": _error("這是{audience}文件，不能附在寄給委員及列席人員的信", "請刪去這個附件。"),
    "mail-edited": _error(
        "要附加的文件有人手改過，信件附的是依活頁簿重新產生的，不含手改的內容",
        "請把修改寫回 Excel 或範本，執行 packet build {meeting}，再產生信件；要寄手改的檔案時，請自行附加。",
    ),
    "mail-limit": _error("郵件大小上限不可為 0", "請填 1 以上的整數（MB）。"),
    "mail-too-large": _error(
        "「{name}」（{size}）壓縮後仍超過一封信的上限 {most} MB",
        "請在信件範本刪去這個附件、改寄下載連結，或調高郵件大小上限。",
    ),
    # The public edition (packet publish)
    "publish-draft": _error("會議紀錄還是草稿，只公開定稿", "確定內容後請將紀錄狀態改為「定稿」，再執行一次。"),
    "publish-edited": _error(
        "這份文件產生後有人手改過，公開的檔案由活頁簿重新產生，不含手改的內容",
        "請把修改寫回活頁簿或範本，執行 packet build {meeting}，再執行一次；手改的檔案會另存。",
    ),
    # The roster (設置要點三、四(二))
    "roster-small": _error("委員 {count} 人，少於 11 人（設置要點三）", "請核對名冊。"),
    "roster-civil": _error("民間代表 {civil} 人，不足委員 {count} 人的三分之一（設置要點三）", "請核對名冊。"),
    "roster-sex": _warning("{sex}性委員 {number} 人，不足委員 {count} 人的三分之一（設置要點三）", "請核對名冊。"),
    "term-backwards": _error("「{name}」的任期迄日在起日之前", "請核對任期。"),
    "term-long": _error("民間代表「{name}」的任期超過 2 年（設置要點六）", "請核對任期。"),
    "term-again": _error("民間代表「{name}」第 {times} 次聘任，期滿只得續聘一次（設置要點六）", "請核對聘任次數。"),
    "term-over": _warning("「{name}」的任期在會議日期前已屆滿", "請核對任期，或更新名冊。"),
    "roster-chair": _error("召集人有 {count} 人，應為 1 人（設置要點三）", "請核對身分。"),
    "chair-not-member": _error(
        "主席「{name}」不在委員名冊內（設置要點四(二)）", "主席由召集人或其指定的委員擔任。{perhaps}"
    ),
}
