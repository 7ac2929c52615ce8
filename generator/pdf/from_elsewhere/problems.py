"""Problems that several modules of from_elsewhere/ find, or those of rooms above it."""

from __future__ import annotations

from generator.basic.problem import Code, error


class FileCode(Code):
    """Problems that several modules here find."""

    # Files that are attached (檔案:…, 共用:…). Where 可另附 is set file-separate says the same as a warning.
    FILE_LOCKED = error("「{name}」設有密碼，不能併入會議資料", "請改放沒有密碼的檔案，或在可另附填 ★。")
    FILE_DAMAGED = error("「{name}」已損壞或不完整，不能併入會議資料", "請重新取得檔案，或在可另附填 ★。")
    FILE_TOO_LARGE = error("「{name}」過大（{what}），不能併入會議資料", "請縮小或分成幾個檔案，或在可另附填 ★。")
    FILE_TOO_MANY_PAGES = error(
        "「{name}」有 {count:,} 頁，最多可併入 {most:,} 頁", "請只留下要附的部分，或在可另附填 ★。"
    )
    FILE_NOT_PAGES = error(
        "「{name}」是{what}，看到的內容不在頁面上，不能併入會議資料",
        "請開啟後列印成一般的 PDF，改放該檔，或在可另附填 ★。",
    )
    FILE_UNKNOWN = error(
        "「{name}」不是可併入會議資料的格式", "請改放 PDF、Word、Excel、PowerPoint、ODF 或圖片檔，或在可另附填 ★。"
    )
    FILE_REVIEW_COPY = error("「{name}」是審閱本，只供內部核對，不能當附件", "請改放要送出的文件。")
    FILE_NOT_TAKEN = error("「{name}」是{what}，不能併入會議資料", "請{how}，或在可另附填 ★。")
    FILE_REACHES_OUT = error(
        "「{name}」開啟時會讀取別的檔案或網路（{what}），不能併入會議資料",
        "請開啟後另存成 PDF，改放該檔，或在可另附填 ★。",
    )
    FILE_HASHES = error(
        "「{name}」{where}的欄太窄，數字印成 ###，不能併入會議資料", "請在 Excel 將欄加寬後存檔，或在可另附填 ★。"
    )


class Unfit(Exception):
    """A file that cannot be joined. ``code`` is that of the problem, ``values`` are what its text needs."""

    def __init__(self, code: FileCode, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
