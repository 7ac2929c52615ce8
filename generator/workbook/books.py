"""Finding and opening workbooks (.xlsx, .ods) and lists (.csv): files → sheets as they stand. Nothing is ever written.

Everything odd about a file is a Problem. Only files in the folder itself are read: a link may lead anywhere.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType

from generator.basic.package import LARGEST_SMALL_PART, Budget, Package, TooMuch
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, problem, warning
from generator.workbook import values
from generator.workbook.raw import MOST_CELLS, RawSheet


class BookCode(Code):
    """The problems that this module finds."""

    OTHER_FORMAT = warning("不讀取 {suffix} 檔", "{perhaps}請在 Excel 另存為 .xlsx 後放回此資料夾。")
    WORKBOOK_LOCKED = error("無法讀取，檔案可能正在使用中或沒有權限", "請關閉檔案後重試。")
    WORKBOOK_UNREADABLE = error(
        "不是可讀的 .xlsx 活頁簿（可能已損壞或設有密碼）", "請用 Excel 開啟，另存成沒有密碼的 .xlsx。"
    )
    CSV_UNREADABLE = error(
        "不是可讀的 .csv（不是 UTF-8 也不是 Big5 的文字，或格式有誤）", "請用 Excel 開啟，另存成 .xlsx。"
    )
    WORKBOOK_TOO_LARGE = error("內容過大（{size:,} MB），不予讀取", "請刪除多餘的工作表與圖片後另存。")
    WORKBOOK_IS_FOLDER = error("是資料夾，不是活頁簿", "請改放 Excel 檔案，或將資料夾改名。")
    WORKBOOK_IS_LINK = error("是連到別處的連結，不是檔案本身，不予讀取", "請將檔案本身複製到這個資料夾。")
    WORKBOOK_TWICE = error("與 {other} 同名，不知道該讀哪一份", "請只留一份。")
    WORKBOOK_COPY = error("看起來是 {other} 的複本，沒有讀取", "請移走；若要用的是這一份，請移走另一份，再改回原名。")
    WORKBOOK_GONE = error("讀取時檔案不見了", "請確認檔案還在，再執行一次。")


LARGEST_FILE = 100_000_000
LARGEST_CSV = 50_000_000
LARGEST_UNPACKED = 300_000_000
LARGEST_RATIO = 200
LARGEST_COPIED = 60_000_000
_READ = (".xlsx", ".ods")
_NOT_READ = (".xls", ".csv", ".xlsm", ".xlsb", ".xlt", ".xltx", ".xltm", ".fods", ".ots", ".et", ".numbers", ".tsv")
# What Windows, Office, browsers and clouds add to the name of a copy, and people to that of another version:
# 會議 - 複製 (2), 資料集 (1), 複本 會議, Copy of 會議, 會議-DESKTOP-A1B2, 會議_最終版, 會議(已修正), 會議1130415.
_COPY_WORDS = r"複製品?|複本|副本|備份|備分|拷貝|copy|back\s?up|bak"
_VERSION_WORDS = (
    r"(?:最終|最後|最新|確定|定稿|完稿|初稿|草稿)(?:確定)?[版稿檔]?|(?:已|再|業)?(?:修正|修訂|更新|更正|補正)(?:[版後稿檔]|完成)?"
    r"|第[\d一二三四五]版|舊[版檔]?|新版|final|old|new|v(?:er)?\.?\s?\d+(?:\.\d+)?"
)
_COPY = compile_late(
    rf"(?:\s*[-－_–—.]\s*|\s+|的)*(?:(?:{_COPY_WORDS}|{_VERSION_WORDS})(?:\s*[（(]\d+[）)]|\s*\d+)?|[（(]\d+[）)])\s*$"
    rf"|\s*[（(]\s*(?:{_COPY_WORDS}|{_VERSION_WORDS})\s*[）)]\s*$|\s*[（(][^（）()]*(?:衝突|conflict)[^（）()]*[）)]\s*$"
    r"|[-_](?:DESKTOP|LAPTOP|PC)-\w+$|[-_\s]*(?:1[01]\d|20\d\d)[01]\d[0-3]\d$|[-_\s]+[01]\d[0-3]\d$"
    rf"|^(?:(?:{_COPY_WORDS}|舊版?|新版)(?:\s*[-－_]?\s*)|Copy of )",
    re.IGNORECASE,
)
UNREAD = {
    BookCode.WORKBOOK_IS_FOLDER,
    BookCode.WORKBOOK_IS_LINK,
    BookCode.WORKBOOK_TOO_LARGE,
    BookCode.WORKBOOK_UNREADABLE,
    BookCode.CSV_UNREADABLE,
    BookCode.WORKBOOK_LOCKED,
    BookCode.WORKBOOK_GONE,
}

_supposed: ContextVar[Mapping[tuple[str, str, int, int], object]] = ContextVar("supposed", default=MappingProxyType({}))


def named(sheets: Iterable[RawSheet], name: str) -> Iterator[RawSheet]:
    """The sheets of that name, white space and width folded."""
    return (sheet for sheet in sheets if values.folded(sheet.name) == values.folded(name))


def books(folder: Path) -> list[Path]:
    """The workbooks that lie in the folder itself, in file-name order, without the lock files of office programs."""
    return [path for path in _entries(folder) if path.suffix.lower() in _READ]


def lists(folder: Path) -> list[Path]:
    """What is read of a meeting's folder: its workbooks, and lists as platforms export them (.csv)."""
    return [path for path in _entries(folder) if path.suffix.lower() in _READ or _is_list(path)]


def _is_list(path: Path) -> bool:
    """Whether it is a .csv of a length that lists have; platforms offer larger ones."""
    return path.suffix.lower() == ".csv" and (path.is_symlink() or path.stat().st_size <= LARGEST_CSV)


def _entries(folder: Path) -> list[Path]:
    paths = folder.iterdir() if folder.is_dir() else ()
    return sorted((path for path in paths if not path.name.startswith(("~$", "."))), key=lambda path: path.name)


def find(folder: Path, name: str) -> Path | None:
    """The workbook of that name in the folder itself; without its ending (設置要點) the .xlsx, else the .ods."""
    matches = [path for path in books(folder) if name in (path.stem, path.name)]
    return max(matches, key=lambda path: path.suffix.lower() == ".xlsx", default=None)


def is_table(path: Path) -> bool:
    """Whether its ending is that of a table, of a format that is read or not."""
    return path.suffix.lower() in (*_READ, *_NOT_READ)


def mention_others(folder: Path, problems: list[Problem], name: str = "", with_lists: bool = False) -> None:
    """Tables of a format that is not read are named with what to do; with ``name`` only those of that name.

    ``with_lists``: a .csv is read there, and not named.
    """
    for path in _entries(folder):
        unread = path.suffix.lower() in _NOT_READ and not (with_lists and _is_list(path))
        if unread and name in ("", path.stem) and not path.is_dir():
            at = Location(printable(path.name))
            problems.append(problem(BookCode.OTHER_FORMAT, at, suffix=path.suffix.lower(), perhaps=""))


def unread(folder: Path) -> tuple[str, ...]:
    """The workbooks of a format that is not read, where a sheet that is missing may stand."""
    other = [path for path in _entries(folder) if path.suffix.lower() in _NOT_READ and not path.is_dir()]
    return tuple(printable(path.name) for path in other if path.suffix.lower() != ".csv")


def likely_in(sheet: str, unread_books: Sequence[str]) -> str:
    """「〔…〕可能在 清單.xls 內…」 where a sheet is missing and such a workbook lies there; else an empty text."""
    if not unread_books:
        return ""
    return f"〔{sheet}〕可能在 {'、'.join(unread_books[:3])} 內，請先用 Excel 另存為 .xlsx。"


def mention_twins(folder: Path, name: str, problems: list[Problem]) -> None:
    """Two workbooks of one name, where only one can be meant."""
    names = [path.name for path in books(folder) if path.stem == name]
    if len(names) > 1:
        problems.append(problem(BookCode.WORKBOOK_TWICE, Location(names[0]), other=names[1]))


def read_folder(folder: Path, problems: list[Problem]) -> list[RawSheet]:
    """The sheets of every workbook in the folder; other tables lying there are named with what to do."""
    mention_others(folder, problems, with_lists=True)
    copies = _copies(books(folder))
    for path, original in copies.items():
        problems.append(problem(BookCode.WORKBOOK_COPY, Location(printable(path.name)), other=printable(original.name)))
    return [sheet for path in lists(folder) if path not in copies for sheet in read_workbook(path, problems)]


def _copies(paths: Sequence[Path]) -> dict[Path, Path]:
    """The workbooks that look like copies of another one beside them: by their name, or byte for byte."""
    by_name = {unicodedata.normalize("NFC", path.stem): path for path in reversed(paths)}
    copies: dict[Path, Path] = {}
    contents: dict[tuple[int, bytes], Path] = {}
    for path in sorted(paths, key=lambda path: (len(path.name), path.name)):
        name = unicodedata.normalize("NFC", path.stem)
        # What is left of a copy's name is the name of another one: without such a one nothing need be taken off.
        may_be_copy = any(other in name and other != name for other in by_name)
        while may_be_copy and (shorter := _COPY.sub("", name).strip()) and shorter != name:
            name = shorter
            if (original := by_name.get(name)) is not None and original != path:
                copies[path] = original
                break
        if path in copies or (content := _content(path)) is None:
            continue
        if (same := contents.setdefault(content, path)) != path:
            copies[path] = same
    return copies


def _content(path: Path) -> tuple[int, bytes] | None:
    """What makes a workbook the same as another; None where it cannot be read, or is too large to be looked at."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST_FILE:
            return None
        with path.open("rb") as file:
            return path.stat().st_size, hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None


@contextlib.contextmanager
def supposing(values_by_cell: Mapping[tuple[str, str, int, int], object]) -> Iterator[None]:
    """Meanwhile these cells (workbook, sheet, row and column from 0) are read as if they held these values.

    No file is touched. What formulas in other cells would then give is not known, and is read as it stands.
    """
    token = _supposed.set(values_by_cell)
    try:
        yield
    finally:
        _supposed.reset(token)


def read_workbook(path: Path, problems: list[Problem]) -> list[RawSheet]:
    """The sheets of one workbook; one that cannot be opened is a problem and gives none."""
    sheets = _read_workbook(path, problems)
    for (workbook, name, row, column), value in _supposed.get().items():
        sheets = [
            sheet.supposing(row, column, value) if (sheet.workbook, sheet.name) == (workbook, name) else sheet
            for sheet in sheets
        ]
    return sheets


def _read_workbook(path: Path, problems: list[Problem]) -> list[RawSheet]:
    name = printable(path.name)
    try:
        fault, size = _unfit(path)
        if fault:
            problems.append(problem(fault, Location(name), size=size // 1_000_000))
            return []
        if path.suffix.lower() == ".csv":
            from generator.workbook import csv_file

            return list(csv_file.sheets(name, path))
        # A small part may be looked at before it is read.
        budget = Budget(min(LARGEST_UNPACKED, 1_000_000 + size * LARGEST_RATIO) + LARGEST_SMALL_PART)
        # Heavy, and not wanted where nothing is read.
        from generator.workbook import ods, xlsx

        with Package(path, budget) as archive:
            unpacked = _unpacked(archive)
            if unpacked:
                problems.append(problem(BookCode.WORKBOOK_TOO_LARGE, Location(name), size=unpacked // 1_000_000))
                return []
            return list((ods if path.suffix.lower() == ".ods" else xlsx).sheets(name, archive))
    except TooMuch as much:
        problems.append(problem(BookCode.WORKBOOK_TOO_LARGE, Location(name), size=much.megabytes))
    except PermissionError:
        problems.append(problem(BookCode.WORKBOOK_LOCKED, Location(name)))
    except FileNotFoundError:
        problems.append(problem(BookCode.WORKBOOK_GONE, Location(name)))
    except Exception:
        # Damaged files raise a dozen kinds of errors; each means the same to the user.
        unreadable = BookCode.CSV_UNREADABLE if path.suffix.lower() == ".csv" else BookCode.WORKBOOK_UNREADABLE
        problems.append(problem(unreadable, Location(name)))
    return []


def small_enough_to_copy(path: Path) -> bool:
    """Whether openpyxl may take the whole of a workbook into memory: an .xlsx, with no more cells than any list has.

    Raises the errors of a workbook that is damaged.
    """
    if path.suffix.lower() != ".xlsx":
        return False
    from generator.workbook import xlsx

    with Package(path, Budget(2 * LARGEST_UNPACKED)) as archive:
        large = sum(entry.file_size for entry in archive.infolist()) > LARGEST_COPIED
        return not large and xlsx.spread(archive) <= MOST_CELLS


def printable(name: str) -> str:
    """A file name that can be printed, also where it is not of the file system's encoding."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _unfit(path: Path) -> tuple[Code | None, int]:
    """Why a file cannot be opened at all (a code, or None), and its size. Raises OSError."""
    if path.is_symlink():
        return BookCode.WORKBOOK_IS_LINK, 0
    if path.is_dir():
        return BookCode.WORKBOOK_IS_FOLDER, 0
    size = path.stat().st_size
    if not path.is_file():
        return BookCode.WORKBOOK_UNREADABLE, size
    return (BookCode.WORKBOOK_TOO_LARGE if size > LARGEST_FILE else None), size


def _unpacked(archive: Package) -> int:
    """How large the XML says it is, where that is too much to read; else 0. What comes out is counted besides."""
    entries = [entry for entry in archive.infolist() if entry.filename.endswith((".xml", ".rels"))]
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    return unpacked if unpacked > LARGEST_UNPACKED or unpacked > 1_000_000 + packed * LARGEST_RATIO else 0
