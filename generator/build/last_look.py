"""The last look before documents go out: what nobody may find on a page that was released or published.

It looks at what was made and not at what it was made of: at the texts with their cells, and at every page of the PDFs.
What stands in a file from elsewhere is its own author's: there it is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.basic.failure import PROBLEMS, UserError
from generator.basic.leftover import leftover
from generator.basic.patterns import compile_late
from generator.basic.problem import ERROR, Code, Location, Problem, error, in_order, problem, warning
from generator.basic.steps import step
from generator.build.leftovers import location
from generator.build.making import Built
from generator.documents.document import Document
from generator.documents.passages import Contents


class LastLookCode(Code):
    """The problems that this module finds."""

    LOOK_LEFTOVER = error("「{name}」有沒有套用的標籤「{found}」", "請改正這一格或範本的標籤。")
    LOOK_ERROR_TEXT = error("「{name}」印出了錯誤的字樣「{found}」", "請改正來源：公式、太窄的欄或失效的參照。")
    LOOK_PATH = error("「{name}」印出了電腦裡的路徑「{found}」", "請刪去路徑，或改寫成公開的網址。")
    LOOK_PLACEHOLDER = warning("「{name}」有像是忘了填的字樣「{found}」", "請填寫或刪去；確實要這樣印時可不理會。")
    LOOK_DRAFT = error("紀錄已經定稿，「{name}」還印著「草稿」", "請刪去範本裡的草稿字樣；草稿時的註記由程式印出。")
    LOOK_BLANK = error("「{name}」這一頁是空白的", "請刪去範本裡多餘的段落或分頁。")
    LOOK_PAPER = error("「{name}」這一頁不是 A4", "請在範本的版面設定改為 A4。")
    LOOK_UNREADABLE = error("「{name}」無法讀取，不能檢查", "請再產生一次。")
    LOOK_LEFTOVER_ENCLOSED = warning("附件「{name}」有像是沒有套用的標籤「{found}」", "請確認原檔；無誤時可不理會。")
    LOOK_ERROR_TEXT_ENCLOSED = warning("附件「{name}」有像是錯誤的字樣「{found}」", "請確認原檔；無誤時可不理會。")
    LOOK_PATH_ENCLOSED = warning("附件「{name}」有電腦裡的路徑「{found}」", "請確認原檔；無誤時可不理會。")
    LOOK_BLANK_ENCLOSED = warning("附件「{name}」這一頁是空白的", "請確認原檔；無誤時可不理會。")


_ERROR_TEXT = compile_late(
    r"[#＃]{3,}|[#＃]\s?(?:REF|VALUE|NAME|DIV/0|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|CONNECT|UNKNOWN)[!?！？]|[#＃]N/A"
    r"|[#＃]GETTING_DATA|(?<![A-Za-z])(?:Err:5\d\d(?!\d)|Error[:!])|錯誤\s?[!！]\s*(?:找不到|尚未|書籤|參照)"
    r"|\[object Object\]|Traceback \(most"
    # The day 0 of a spreadsheet; 30 December 1899 for some.
    r"|(?<!\d)(?:1899[-/.年]12[-/.月]3[01]|1900[-/.年]0?1[-/.月]0{1,2}(?!\d)|0{4}[-/.年]0{1,2}[-/.月]0{1,2})"
    r"|�|(?i:lorem ipsum)|(?i:(?:click|tap) (?:or tap )?here to)|按一下(?:或點選)?(?:這裡|此處|以新增|以輸入|以編輯)"
)
# What people and programs leave where something was to be filled in. 二〇〇八 is a year.
_PLACEHOLDER = compile_late(
    r"(?<![A-Za-z0-9_])(?:nan|NaN|NaT|None|null|NULL|undefined|TODO|TBD|FIXME)(?![A-Za-z0-9_])|(?<![A-Za-z])[xXｘＸ]{3,}(?![A-Za-z])|[○◯]{2,}|[?？]{3,}"
    r"|[（(【〔\[]\s*(?:待補|待填|待確認|待定|請填|請輸入|請補)[^）)】〕\]]{0,20}[）)】〕\]]|(?:待補|待填|待確認)(?=[。，；、]|$)"
    r"|(?<!\{)\{\s?[\u4e00-\u9fff]\w{0,20}\s?\}(?!\})|%[\u4e00-\u9fff]\w{0,20}%|&(?:nbsp|lt|gt|amp|quot|#\d{1,6});"
    r"|</?(?:br|b|p|div|span|w:t)\s?/?>|\\u[0-9a-f]{4}",
)
_PATH = compile_late(
    r"(?<![A-Za-z])[A-Za-z]:\\(?:Users|Documents|Windows|Temp|[^\s\\/:*?\"<>|]{1,60}\\)[^\s\"<>|]*"
    r"|(?<![\w./])/(?:home|Users|root|tmp|mnt|media|var/(?:tmp|folders)|Volumes)/[^\s\"<>|]+|file:///?[^\s\"<>|]*|\\\\[\w.-]{2,}\\[^\s\"<>|]+"
    r"|%(?:USERPROFILE|APPDATA|TEMP|HOMEPATH)%|(?<![\w.])~/[^\s\"<>|]+"
)
_DRAFT = "草稿"
_ENCLOSED = {
    LastLookCode.LOOK_LEFTOVER: LastLookCode.LOOK_LEFTOVER_ENCLOSED,
    LastLookCode.LOOK_ERROR_TEXT: LastLookCode.LOOK_ERROR_TEXT_ENCLOSED,
    LastLookCode.LOOK_PATH: LastLookCode.LOOK_PATH_ENCLOSED,
    LastLookCode.LOOK_BLANK: LastLookCode.LOOK_BLANK_ENCLOSED,
}


class LooksWrong(UserError):
    """Something that nobody may find on a page; the text names each place."""

    exit_code = PROBLEMS


@step("build", "最後檢視")
def look(built: Built) -> list[Problem]:
    """What is wrong with the documents of a build, and with the pages of those that are there as PDF, in order."""
    found: list[Problem] = []
    final = built.examined.meeting is not None and (minutes := built.examined.meeting.minutes) and not minutes.draft
    for document in built.examined.documents:
        contents = built.contents.get(document.name, Contents())
        found += _texts(document, contents)
        if final and document.edition:
            found += _draft(document, contents, built.files.get(document.file))
        pdf = f"{document.name}.pdf"
        if pdf in built.files:
            seen = {fault.code for fault in found if document.file in fault.text}
            found += [fault for fault in _pages(document, pdf, built.files[pdf]) if fault.code not in seen]
    return in_order(found)


def refuse(problems: list[Problem], what: str) -> list[str]:
    """The warnings as texts. Raises LooksWrong where there are errors. ``what`` was not done: 凍結版本."""
    errors = [str(fault) for fault in problems if fault.severity == ERROR]
    if errors:
        raise LooksWrong("\n".join([f"沒有{what}，最後檢視發現：", *errors]))
    return [str(fault) for fault in problems]


def faults_of(text: str) -> Iterator[tuple[LastLookCode, str]]:
    """What nobody should find in a text, each with the words."""
    if tag := leftover(text):
        yield LastLookCode.LOOK_LEFTOVER, tag
    if found := _ERROR_TEXT.search(text):
        yield LastLookCode.LOOK_ERROR_TEXT, found[0]
    if found := _PATH.search(text):
        yield LastLookCode.LOOK_PATH, found[0]
    if found := _PLACEHOLDER.search(text):
        yield LastLookCode.LOOK_PLACEHOLDER, found[0]


def _texts(document: Document, contents: Contents) -> Iterator[Problem]:
    """The faults of what was printed by the program, at the cells that they came from."""
    for text, cells in _lines(contents):
        for code, found in faults_of(text):
            at = location(cells[0]) if cells else Location(document.template_file, quote=text.strip())
            yield problem(code, at, name=document.file, found=found)


def _lines(contents: Contents) -> Iterator[tuple[str, tuple[str, ...]]]:
    for passage in contents.passages:
        yield passage.text, tuple(cell for part in passage.parts for cell in part.cells)
    for table in contents.tables:
        for texts, sources in zip(table.rows, table.sources, strict=True):
            yield from zip(texts, (source.cells for source in sources), strict=False)


def _draft(document: Document, contents: Contents, content: bytes | None) -> Iterator[Problem]:
    """草稿 that no cell says: typed into the template, or drawn across its pages."""
    for passage in contents.passages:
        for place in re.finditer(_DRAFT, passage.text):
            if not any(part.start < place.end() and part.end > place.start() for part in passage.parts):
                at = Location(document.template_file, quote=passage.text.strip())
                yield problem(LastLookCode.LOOK_DRAFT, at, name=document.file)
    if content is not None and document.ending == "docx":
        from generator.word.ooxml import drawn_texts

        if any(_DRAFT in text for text in drawn_texts(content)):
            yield problem(LastLookCode.LOOK_DRAFT, Location(document.template_file), name=document.file)


def _pages(document: Document, name: str, content: bytes) -> Iterator[Problem]:
    from generator.pdf import looks, pdfium

    enclosed = document.enclosure is not None
    try:
        pages = looks.pages(content)
    except pdfium.Unreadable:
        yield problem(LastLookCode.LOOK_UNREADABLE, Location(name), name=name)
        return
    for number, page in enumerate(pages, start=1):
        at = Location(name, cell=f"第 {number} 頁")
        faults = [fault for fault in faults_of(page.text) if fault[0] != LastLookCode.LOOK_PLACEHOLDER or not enclosed]
        if page.is_blank:
            faults.append((LastLookCode.LOOK_BLANK, ""))
        # A deck has the shape of a screen.
        if not page.is_a4 and document.deck is None:
            faults.append((LastLookCode.LOOK_PAPER, ""))
        for code, found in faults:
            yield problem(_ENCLOSED.get(code, code) if enclosed else code, at, name=name, found=found)
