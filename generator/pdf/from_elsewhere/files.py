"""Files from elsewhere that go along as attachments: what each is, whether it can be joined, and its A4 pages.

The kind of a file is found by its content, not by its name. Nothing in it is run, and no link is fetched.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field

from generator.basic.package import DAMAGED, Budget, Package, TooManyParts, TooMuch
from generator.basic.patterns import compile_late
from generator.basic.problem import ERROR, Code, Location, Problem, error, problem, warning
from generator.documents import review_copy
from generator.meeting.files import OFFICE, PDF, PICTURE, Enclosure, Kind, NamedFile
from generator.pdf.from_elsewhere import confined, not_taken, remarks
from generator.pdf.from_elsewhere.problems import FileCode, Unfit
from generator.pdf.from_elsewhere.remarks import Remark, RemarkCode
from generator.workbook.books import printable


class EnclosureCode(Code):
    """The problems that this module finds."""

    # Files that are attached (檔案:…, 共用:…). Where 可另附 is set file-separate says the same as a warning.
    FILE_EMPTY = error("「{name}」是空的檔案，不能併入會議資料", "請放入完整的檔案，或在可另附填 ★。")
    FILE_UNREADABLE = error("「{name}」無法讀取，可能正在使用中或沒有權限", "請關閉檔案後重試，或在可另附填 ★。")
    FILE_UNCONVERTED = error(
        "「{name}」無法轉換成 PDF，不能併入會議資料", "請開啟後另存成 PDF，改放該檔，或在可另附填 ★。"
    )
    FILE_SEPARATE = warning("{text}", "會議資料在該處印「本附件另行提供」；要併入時請改放可用的檔案。")
    FILE_ENDING = warning(
        "「{name}」的內容是 {kind}，與副檔名不符，依內容處理", "請確認檔案無誤，並將副檔名改為 {ending}。"
    )


LARGEST_FILE = 100_000_000
# Of all files that one meeting joins, each counted once.
LARGEST_FOLDER = 1_000_000_000
LARGEST_UNPACKED = 500_000_000
# LibreOffice takes about a second for 20,000 cells, and prints some 50 rows on a page.
MOST_CELLS, MOST_ROWS = 200_000, 30_000
LARGEST_XML = 100_000_000
ORIGINAL = "（原檔）"
# Errors that leave the other documents to be built.
CODES = frozenset(
    {
        EnclosureCode.FILE_EMPTY,
        FileCode.FILE_LOCKED,
        FileCode.FILE_DAMAGED,
        FileCode.FILE_UNKNOWN,
        FileCode.FILE_NOT_TAKEN,
        EnclosureCode.FILE_UNREADABLE,
        FileCode.FILE_TOO_LARGE,
        FileCode.FILE_TOO_MANY_PAGES,
        FileCode.FILE_NOT_PAGES,
        FileCode.FILE_REACHES_OUT,
        FileCode.FILE_HASHES,
        EnclosureCode.FILE_UNCONVERTED,
    }
)


class Fault(Struct, frozen=True):
    """Why a file cannot be joined: the code of the problem and what its text needs."""

    code: Code
    values: Mapping[str, object] = field(default_factory=dict)


_PDF = Kind("PDF", (".pdf",), PDF)
_RTF = Kind("RTF", (".rtf", ".doc"))
_OLD_WORD = Kind("Word 97", (".doc", ".dot"))
_OLD_EXCEL = Kind("Excel 97", (".xls", ".xlt"))
_OLD_SLIDES = Kind("PowerPoint 97", (".ppt", ".pps", ".pot"))
_PACKAGES = {
    "wordprocessingml": (_WORD := Kind("Word", (".docx", ".docm", ".dotx", ".dotm"))),
    "spreadsheetml": (_EXCEL := Kind("Excel", (".xlsx", ".xlsm", ".xltx", ".xltm"))),
    "presentationml": (_SLIDES := Kind("PowerPoint", (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"))),
    "word": _WORD,
    "excel": _EXCEL,
    "powerpoint": _SLIDES,
}
_OPEN_DOCUMENTS = {
    "text": Kind("ODF 文字", (".odt", ".ott")),
    "spreadsheet": Kind("ODF 試算表", (".ods", ".ots")),
    "presentation": Kind("ODF 簡報", (".odp", ".otp")),
}
_PICTURES = {
    "JPEG": Kind("JPEG 圖片", (".jpg", ".jpeg", ".jpe", ".jfif"), PICTURE),
    "PNG": Kind("PNG 圖片", (".png",), PICTURE),
    "TIFF": Kind("TIFF 圖片", (".tif", ".tiff"), PICTURE),
    "BMP": Kind("BMP 圖片", (".bmp", ".dib"), PICTURE),
    "GIF": Kind("GIF 圖片", (".gif",), PICTURE),
    "WEBP": Kind("WebP 圖片", (".webp",), PICTURE),
}
_COMPOUNDS = {
    "EncryptedPackage": _EXCEL,
    "WordDocument": _OLD_WORD,
    "Workbook": _OLD_EXCEL,
    "Book": _OLD_EXCEL,
    "PowerPoint Document": _OLD_SLIDES,
}
# All that can be joined.
KINDS = tuple(
    dict.fromkeys(
        (_PDF, _RTF, *_COMPOUNDS.values(), *_PACKAGES.values(), *_OPEN_DOCUMENTS.values(), *_PICTURES.values())
    )
)
_PICTURE_SIGNS = (rb"\xff\xd8\xff", rb"\x89PNG\r\n\x1a\n", rb"II\*\0", rb"MM\0\*", rb"BM", rb"GIF8", rb"RIFF....WEBP")
_IS_PICTURE = compile_late(b"|".join(_PICTURE_SIGNS), re.DOTALL)
_MAIN_PART = compile_late(
    rb"application/vnd\.(?:openxmlformats-officedocument\.(\w+)|ms-(word|excel|powerpoint))\.[\w.]+\.main\+xml"
)
_LOOKS_LIKE_XML = compile_late(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\0\s]*<")
# A row or cell of a sheet, in .xlsx and in ODF; there a cell may also be one that is blank.
_CELL = compile_late(
    rb"<(?:[\w-]+:)?(?:(?P<row>row|table-row)|(?P<plain>c)|table-cell|covered-table-cell)(?P<attributes>[\s/>][^>]*)"
    rb"(?P<empty>></(?:[\w-]+:)?c>)?"
)
_FILLED = compile_late(rb"value-type|formula")
MOST_UNREPEATED = 2_000_000
_CHUNK = 1 << 16


# --- what it is -------------------------------------------------------------------------------------------------


def identified(named: Iterable[NamedFile], problems: list[Problem]) -> dict[Location, Enclosure]:
    """The files that can be joined, by the cell that names them. Each that cannot be joined is a problem."""
    found = {}
    kinds: dict[Path, Kind | Fault] = {}
    noticed: dict[Path, list[Remark]] = {}
    taken = 0
    confined.begin()
    for file in named:
        name = printable(file.path.name)
        if file.path not in kinds:
            with contextlib.suppress(OSError):
                taken += file.path.stat().st_size
            whole = f"附件合計超過 {LARGEST_FOLDER // 1_000_000:,} MB"
            kinds[file.path] = _too_large(whole) if taken > LARGEST_FOLDER else examine(file.path)
        kind = kinds[file.path]
        if isinstance(kind, Fault):
            problems.append(fault_problem(kind, name, file.at, file.may_be_separate))
            continue
        if _is_review_copy(file.path, kind):
            problems.append(problem(FileCode.FILE_REVIEW_COPY, file.at, name=name))
            continue
        if contradicts(file.path, kind):
            problems.append(
                problem(EnclosureCode.FILE_ENDING, file.at, name=name, kind=kind.name, ending=kind.endings[0])
            )
        found[file.at] = Enclosure(file.path, kind, file.at, file.may_be_separate, file.keeps_original)
        if file.path not in noticed:
            noticed[file.path] = _noticed(file.path, kind)
        problems += remarks.problems(noticed[file.path], name, file.at)
    return found


def _is_review_copy(path: Path, kind: Kind) -> bool:
    """Whether it is one of our own review copies, whose comments are for nobody outside."""
    if not {".docx", ".pptx"} & set(kind.endings):
        return False
    try:
        return review_copy.is_review_copy(path.read_bytes())
    except (*DAMAGED, OSError):
        # It says so itself when its pages are wanted.
        return False


def _noticed(path: Path, kind: Kind) -> list[Remark]:
    """What is to be said of a file that can be joined."""
    try:
        task = {PDF: "remark pdf", OFFICE: "remark office", PICTURE: "remark picture"}.get(kind.way)
        said, _ = confined.run(task, content=os.fsencode(path)) if task else ("[]", b"")
    except (Unfit, OSError):
        # It says so itself when its pages are wanted.
        return []
    return [Remark(RemarkCode[code], page, what) for code, page, what in json.loads(said)]


def letters(enclosure: Enclosure) -> str:
    """The letters that are wanted to print what was filled in; none for a file that is no PDF, or cannot be read."""
    if enclosure.kind.way != PDF:
        return ""
    try:
        return confined.run("remark pdf", content=os.fsencode(enclosure.path))[1].decode()
    except (Unfit, OSError):
        return ""


def examine(path: Path) -> Kind | Fault:
    """What kind of file it is, or why it cannot be joined. Reads it, changes nothing, raises nothing."""
    try:
        size = path.stat().st_size
        if size == 0:
            return Fault(EnclosureCode.FILE_EMPTY)
        if size > LARGEST_FILE:
            return _too_large(f"{size // 1_000_000:,} MB")
        with path.open("rb") as file:
            head = file.read(1024)
        # A PDF may come after what does not belong to it, but for a zip that holds one.
        if head.startswith(b"PK\3\4"):
            return _package(path)
        if b"%PDF-" in head:
            return _pdf(path)
        if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            return _compound(path)
        if head.startswith(rb"{\rtf"):
            return _RTF if b"}" in _end_of(path, 1024) else Fault(FileCode.FILE_DAMAGED)
        if _IS_PICTURE.match(head):
            return _picture(path)
        return _not_taken(head, path)
    except OSError:
        return Fault(EnclosureCode.FILE_UNREADABLE)


def contradicts(path: Path, kind: Kind) -> bool:
    """Whether the name says that the file is of another kind than it is."""
    return path.suffix.lower() not in kind.endings


def fault_problem(fault: Fault, name: str, at: Location, may_be_separate: bool) -> Problem:
    """The problem at the row's cell: a warning where the row allows that the file is supplied separately."""
    values = {"name": name, **fault.values}
    if not may_be_separate:
        return problem(fault.code, at, **values)
    text = fault.code.message.text.format(**values)
    return problem(EnclosureCode.FILE_SEPARATE, at, text=text)


def stops(problems: Iterable[Problem]) -> bool:
    """Whether any of them must be mended before any document may be built."""
    return any(found.severity == ERROR and found.code not in CODES for found in problems)


def _not_taken(head: bytes, path: Path, parts: Collection[str] = ()) -> Fault:
    """What a file is that is none of the kinds, as far as that can be told."""
    unfit = not_taken.unfit(head, path.suffix, parts)
    return Fault(unfit.code, unfit.values)


def _too_large(what: str) -> Fault:
    return Fault(FileCode.FILE_TOO_LARGE, {"what": what})


def _end_of(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - count))
        return file.read()


def _confined(task: str, path: Path) -> str | Fault:
    """What the child process finds of the file."""
    try:
        return confined.run(task, content=os.fsencode(path))[0]
    except Unfit as unfit:
        return Fault(unfit.code, unfit.values)


def _pdf(path: Path) -> Kind | Fault:
    found = _confined("examine pdf", path)
    return found if isinstance(found, Fault) else _PDF


def _package(path: Path) -> Kind | Fault:
    """OOXML or ODF."""
    try:
        with Package(path, Budget(LARGEST_UNPACKED)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                return Fault(FileCode.FILE_LOCKED)
            size = sum(entry.file_size for entry in entries)
            if size > LARGEST_UNPACKED:
                return _too_large(f"解壓縮後 {size // 1_000_000:,} MB")
            found = _kind_of_package(archive, path)
            if isinstance(found, Kind):
                _unpack_all(archive)
            if found in (_EXCEL, _OPEN_DOCUMENTS["spreadsheet"]):
                cells, rows = _cells(archive)
                if cells > MOST_CELLS or rows > MOST_ROWS:
                    return _too_large(f"{cells:,} 個儲存格，{rows:,} 列")
            return found
    except TooManyParts:
        return _too_large("其中的檔案太多")
    except TooMuch as much:
        # Rows with nothing but borders, down to the last one that Excel has, are the usual reason in a workbook.
        hint = "，可能是資料以下還有大量只有格式的空白列，請刪去" if _EXCEL.endings[0] == path.suffix.lower() else ""
        return _too_large(f"解壓縮後 {much.megabytes:,} MB{hint}")
    except OSError:
        raise
    except Exception:
        # zipfile and zlib raise a dozen kinds of errors on damaged files; each means the same to the user.
        return Fault(FileCode.FILE_DAMAGED)


def _unpack_all(archive: Package) -> None:
    """Looks whether every part is sound. Raises TooMuch where the XML alone, whatever its name, is too much to read."""
    xml = Budget(LARGEST_XML)
    for entry in archive.infolist():
        with archive.open(entry) as part:
            piece = part.read(_CHUNK)
            is_xml = entry.filename.endswith((".xml", ".rels")) or _LOOKS_LIKE_XML.match(piece)
            while piece:
                xml.take(len(piece) if is_xml else 0)
                piece = part.read(_CHUNK)


def _cells(archive: Package) -> tuple[int, int]:
    """How many cells of a workbook hold something, and rows with such cells, repeated ones as often as they are."""
    cells = rows = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            if not _LOOKS_LIKE_XML.match(piece := part.read(_CHUNK)):
                continue
            repeated = filled = 0
            rest = b""
            while piece:
                text = rest + piece.replace(b"\0", b"")
                cut = text.rfind(b"<")
                # A tag may go on in the next piece.
                text, rest = (text, b"") if cut < 0 or len(text) - cut > _CHUNK else (text[:cut], text[cut:])
                for match in _CELL.finditer(text):
                    if match["row"]:
                        cells, rows = cells + filled * repeated, rows + (repeated if filled else 0)
                        filled, repeated = 0, min(int(_times(match["attributes"], b"rows")), MOST_UNREPEATED)
                    elif _is_filled(match):
                        filled += min(int(_times(match["attributes"], b"columns")), MOST_UNREPEATED)
                piece = part.read(_CHUNK)
            cells, rows = cells + filled * repeated, rows + (repeated if filled else 0)
    return cells, rows


def _is_filled(cell: re.Match[bytes]) -> bool:
    if cell["plain"]:
        return not cell["empty"] and not cell["attributes"].endswith(b"/")
    return _FILLED.search(cell["attributes"]) is not None


def _times(attributes: bytes, what: bytes) -> bytes:
    match = re.search(b"number-" + what + rb"-repeated\s*=\s*[\"'](\d{1,9})", attributes)
    return match[1] if match else b"1"


def _kind_of_package(archive: Package, path: Path) -> Kind | Fault:
    names = set(archive.namelist())
    other = _not_taken(b"", path, names)
    if "[Content_Types].xml" in names:
        main = _MAIN_PART.search(archive.read("[Content_Types].xml"))
        return _PACKAGES.get((main[1] or main[2]).decode(), other) if main else other
    if "mimetype" in names:
        mark = archive.read("mimetype")[:100].decode("ascii", "replace").strip()
        kind = mark.removeprefix("application/vnd.oasis.opendocument.").removesuffix("-template")
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            return Fault(FileCode.FILE_LOCKED)
        return _OPEN_DOCUMENTS.get(kind, other)
    return other


def _compound(path: Path) -> Kind | Fault:
    """The formats before 2007, and newer ones that are locked."""
    found = _confined("examine compound", path)
    return found if isinstance(found, Fault) else _COMPOUNDS[found]


def _picture(path: Path) -> Kind | Fault:
    found = _confined("examine picture", path)
    return found if isinstance(found, Fault) else _PICTURES[found]


# --- its pages --------------------------------------------------------------------------------------------------


def needs_office(enclosure: Enclosure) -> bool:
    """Whether only LibreOffice can make a PDF of it."""
    return enclosure.kind.way == OFFICE


def original_name(document: str, enclosure: Enclosure) -> str:
    """The name under which the file itself lies beside the PDF of the document of that name."""
    # A PDF of that name is there already: the one with label and page numbers.
    return f"{document}{ORIGINAL if enclosure.ending == '.pdf' else ''}{enclosure.ending}"


class Heading(Struct, frozen=True):
    """The title put onto the first page, and the PDF of headings.document with it; empty where there is none."""

    text: str = ""
    page: bytes = b""


NO_HEADING = Heading()


def has_heading(enclosure: Enclosure) -> bool:
    """Whether the title of the row stands on its first page: a picture has none, a PDF may have another."""
    return enclosure.kind.way in (PICTURE, PDF)


def pages(
    enclosure: Enclosure,
    title: str,
    converted: bytes | None = None,
    letters: bytes = b"",
    heading: Heading = NO_HEADING,
) -> bytes | Problem:
    """The PDF on A4 to join, without label and page numbers; or why there is none.

    ``converted`` is what LibreOffice made of a file that needs it, None where it made nothing. ``title`` is what a
    picture is called to those who cannot see it, ``letters`` the PDF of overlays.document. Raises OSError when the
    file cannot be read any more.
    """
    try:
        if needs_office(enclosure):
            content = converted
        elif enclosure.kind.way == PICTURE:
            picture = enclosure.path.read_bytes()
            task = ("fit picture", title, str(len(picture)), heading.text)
            return confined.run(*task, content=picture + heading.page)[1]
        else:
            content = enclosure.path.read_bytes()
        if content is None:
            fault = Fault(EnclosureCode.FILE_UNCONVERTED, {"kind": enclosure.kind.name})
        else:
            heading_from = len(content) + len(letters)
            task = ("fit pdf", str(len(content)), str(heading_from), heading.text)
            return confined.run(*task, content=content + letters + heading.page)[1]
    except Unfit as unfit:
        return unfit_problem(unfit, enclosure)
    return fault_problem(fault, enclosure.path.name, enclosure.at, enclosure.may_be_separate)


def unfit_problem(unfit: Unfit, enclosure: Enclosure) -> Problem:
    """The problem of a file that turned out to be unfit, at its row."""
    fault = Fault(unfit.code, unfit.values)
    return fault_problem(fault, enclosure.path.name, enclosure.at, enclosure.may_be_separate)


def for_office(enclosure: Enclosure) -> bytes | Problem:
    """The file as LibreOffice may open it; or why there is none. Raises OSError.

    Its changes are accepted, its fields and formulas have become what was saved, and it fetches nothing.
    """
    content = enclosure.path.read_bytes()
    try:
        how, after = confined.run("make ready", enclosure.path.name, content=content)
    except Unfit as unfit:
        return unfit_problem(unfit, enclosure)
    return content if how == "same" else after
