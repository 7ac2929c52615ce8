"""Files that cannot be joined, by their content or, where that says nothing, by their ending: what each is, and how it
becomes one that can."""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.pdf.from_elsewhere.problems import FileCode, Unfit

_TO_PDF = "開啟後另存或列印成 PDF，改放該檔"


class _Type(Struct, frozen=True):
    """What users call it, what they are to do, its endings, and what its content begins with (a pattern)."""

    name: str
    remedy: str
    endings: tuple[str, ...]
    sign: bytes = b""


_PHOTO = "在手機或「相片」程式裡另存成 JPEG，改放該檔（iPhone 可在設定→相機→格式選「最相容」）"
_UNPACK = "解壓縮後，把要附的檔案各列一列"
_EXCEL_BINARY = _Type("Excel 二進位活頁簿", "在 Excel 另存成 .xlsx，改放該檔", (".xlsb",))
_MAIL = _Type("電子郵件", "開啟後列印成 PDF，改放該檔；信裡的附件請另存出來各列一列", (".msg", ".eml", ".oft", ".mbox"))
_VISIO = _Type("Visio 圖檔", f"在 Visio {_TO_PDF}", (".vsdx", ".vsd", ".vsdm", ".vss", ".vst", ".vdx"))
_APPLE = _Type(
    "Apple 的文件（Pages、Numbers、Keynote）",
    "在該程式以「輸出」另存成 PDF 或 Word、Excel、PowerPoint 檔，改放該檔",
    (".pages", ".numbers", ".key"),
)
_TEXT = _Type(
    "純文字檔", "貼到 Word 存成 .docx，改放該檔", (".txt", ".md", ".log", ".ini", ".xml", ".json", ".yaml", ".yml")
)
_TABLE = _Type(
    "CSV 文字檔", "在 Excel 開啟後另存成 .xlsx，改放該檔；要印成表格時，來源改寫「工作表:」加上檔名", (".csv", ".tsv")
)
_HTML = _Type(
    "網頁", "在瀏覽器開啟後列印成 PDF，改放該檔", (".htm", ".html", ".xhtml"), rb"\s*<(?:!doctype html|html)\b"
)
_SVG = _Type("SVG 向量圖", "開啟後另存成 PNG 或 PDF，改放該檔", (".svg", ".svgz"), rb"\s*(?:<\?xml[^>]*>\s*)?<svg\b")
_PLAIN_ZIP = _Type("壓縮檔", _UNPACK, (".zip",))
_DRAWING = _Type("ODF 繪圖或算式", f"在 LibreOffice {_TO_PDF}", (".odg", ".otg", ".odf", ".odb", ".odc", ".odi"))
_BOOK = _Type("電子書", _TO_PDF, (".epub", ".mobi", ".azw3"))
_XPS = _Type("XPS 文件", f"用 XPS 檢視器{_TO_PDF}", (".xps", ".oxps"))
_PUBLISHER = _Type("Publisher 文件", f"在 Publisher {_TO_PDF}", (".pub",))
_PROJECT = _Type("Project 專案", f"在 Project {_TO_PDF}", (".mpp", ".mpt"))
_WORKS = _Type("Works 或 WPS 文件", "在該程式另存成 .docx 或 PDF，改放該檔", (".wps", ".et", ".dps", ".wks", ".wdb"))
# In the order in which they are tried.
_TYPES = (
    _Type("HEIC 相片", _PHOTO, (".heic", ".heif", ".hif"), rb".{4}ftyp(?:hei|hev|mif1|msf1)"),
    _Type("AVIF 圖片", "開啟後另存成 PNG 或 JPEG，改放該檔", (".avif",), rb".{4}ftypavi"),
    _Type("相機的原始檔", "在相片程式另存成 JPEG，改放該檔", (".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf")),
    _Type("影片", "改為另附，或附上畫面的圖片", (".mp4", ".mov", ".avi", ".wmv", ".mkv", ".m4v"), rb".{4}ftyp"),
    _Type(
        "影片或錄音",
        "改為另附",
        (".mp3", ".wav", ".m4a", ".wma", ".aac", ".flac"),
        rb"ID3|RIFF....(?:WAVE|AVI )|\x30\x26\xb2\x75|\x1a\x45\xdf\xa3|OggS|fLaC",
    ),
    _Type(
        "JPEG XL 或 JPEG 2000 圖片",
        "開啟後另存成 PNG 或 JPEG，改放該檔",
        (".jxl", ".jp2", ".j2k", ".jpx"),
        rb"\xff\x0a|\0\0\0\x0c(?:JXL |jP  )|\xff\x4f\xff\x51",
    ),
    _Type("Photoshop 圖檔", "在 Photoshop 另存成 PNG 或 PDF，改放該檔", (".psd", ".psb"), rb"8BPS"),
    _Type("PostScript 或 Illustrator 圖檔", _TO_PDF, (".ai", ".eps", ".ps"), rb"(?:\xc5\xd0\xd3\xc6|%!PS)"),
    _Type("Windows 中繼圖檔", "開啟後另存成 PNG，改放該檔", (".emf", ".wmf"), rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF"),
    _Type("圖示", "開啟後另存成 PNG，改放該檔", (".ico", ".cur"), rb"\0\0[\1\2]\0.\0"),
    _Type("AutoCAD 圖檔", "在 AutoCAD 列印成 PDF，改放該檔", (".dwg", ".dxf", ".dwf"), rb"AC10\d\d|\(DWF V"),
    _Type(
        "壓縮檔",
        _UNPACK,
        (".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".cab", ".iso"),
        rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\x1f\x8b|BZh\d|\xfd7zXZ\0|\x28\xb5\x2f\xfd|MSCF|.{257}ustar",
    ),
    _Type("OneNote 筆記", f"在 OneNote {_TO_PDF}", (".one", ".onepkg"), rb"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"),
    _Type("DjVu 文件", _TO_PDF, (".djvu", ".djv"), rb"AT&TFORM"),
    _Type(
        "捷徑", "改放捷徑所指的檔案本身", (".lnk", ".url", ".webloc"), rb"L\0\0\0\x01\x14\x02\0|\[InternetShortcut\]"
    ),
    _Type(
        "Google 雲端硬碟的捷徑",
        "在瀏覽器開啟後下載成 PDF 或 Office 檔，改放該檔",
        (".gdoc", ".gsheet", ".gslides", ".gdraw"),
    ),
    _Type("程式", "確認檔案是否放錯", (".exe", ".msi", ".dll", ".bat", ".cmd", ".ps1", ".js", ".vbs"), rb"MZ"),
    _Type("公文電子交換檔", "在公文系統列印成 PDF，改放該檔", (".di", ".sw")),
    _Type("鎖住或加密的檔案", "解密後改放原來的檔案", (".p7m", ".p7s", ".pgp", ".gpg", ".asc", ".pfile", ".ppdf")),
    _Type("還沒下載完成的檔案", "下載完成後再放", (".crdownload", ".part", ".download", ".tmp")),
    _Type(
        "單一檔案網頁",
        "在瀏覽器開啟後列印成 PDF，改放該檔",
        (".mht", ".mhtml"),
        rb"(?i:From: <Saved by|MIME-Version: [^\n]*\n(?:[\w-]+:[^\n]*\n)*?Content-Type: multipart/related)",
    ),
    _Type(
        _MAIL.name,
        _MAIL.remedy,
        _MAIL.endings,
        rb"(?i:(?:(?:return-path|received|delivered-to|from|to|date|subject|message-id|mime-version|x-[\w-]+): [^\n]*\n"
        rb"(?:[ \t][^\n]*\n)*){2,})",
    ),
    _SVG,
    _HTML,
    _TABLE,
    _VISIO,
    _APPLE,
    _EXCEL_BINARY,
    _DRAWING,
    _BOOK,
    _XPS,
    _PUBLISHER,
    _PROJECT,
    _WORKS,
    _PLAIN_ZIP,
)
# Of packages, by the names of their parts or by the type of the main one; of the formats before 2007, by a stream.
_PARTS = (
    (compile_late(r".*\.iwa|index\.(?:apxl|xml)(?:\.gz)?|Index\.zip"), _APPLE),
    (compile_late(r"visio/document\.xml"), _VISIO),
    (compile_late(r"xl/workbook\.bin"), _EXCEL_BINARY),
    (compile_late(r"FixedDocSeq\.fdseq|FixedDocumentSequence\.fdseq", re.IGNORECASE), _XPS),
    (compile_late(r"META-INF/container\.xml"), _BOOK),
)
_STREAMS = {
    "__properties_version1.0": _MAIL,
    "VisioDocument": _VISIO,
    "Quill": _PUBLISHER,
    "   114": _PROJECT,
    "MatOST": _WORKS,
}
STREAMS = tuple(_STREAMS)


def unfit(head: bytes, ending: str, parts: Collection[str] = (), stream: str = "") -> Unfit:
    """Why a file cannot be joined that is none of the kinds that can.

    ``head`` is how it begins; ``parts`` are the names in a package, ``stream`` one of STREAMS in a file of before 2007.
    """
    found = _STREAMS.get(stream) or _of_parts(parts) or _of_content(head, ending.lower())
    return Unfit(FileCode.FILE_NOT_TAKEN, what=found.name, how=found.remedy) if found else Unfit(FileCode.FILE_UNKNOWN)


def _of_parts(parts: Collection[str]) -> _Type | None:
    found = next((kind for pattern, kind in _PARTS for name in parts if pattern.fullmatch(name)), None)
    if found or not parts:
        return found
    return _DRAWING if "META-INF/manifest.xml" in parts and "mimetype" in parts else _PLAIN_ZIP


def _of_content(head: bytes, ending: str) -> _Type | None:
    for kind in _TYPES:
        if kind.sign and re.match(kind.sign, head, re.DOTALL):
            return kind
    by_ending = next((kind for kind in _TYPES if ending in kind.endings), None)
    return by_ending or (_TEXT if _is_text(head) else None)


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return bool(head) and not re.search(rb"[\0-\x08\x0e-\x1f]", head)
