"""What cannot be joined says what it is, by its content also where the ending lies, and how to save it otherwise."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from conftest import Desk


def package(parts: dict[str, bytes], main: str = "") -> bytes:
    """A zip of these parts; ``main`` is the type of the main part of an Office file."""
    if main:
        parts = {
            "[Content_Types].xml": f'<Types><Override PartName="/x" ContentType="{main}"/></Types>'.encode()
        } | parts
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def compound(stream: str) -> bytes:
    """A file of the formats before 2007 with one stream of 4,096 bytes."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack("<128I", fat, end, *range(3, 10), end, *[free] * 118)

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = (name + "\0").encode("utf-16-le")
        about = struct.pack("<HBBIII", len(text), kind, 1, free, free, child)
        return text.ljust(64, b"\0") + about + bytes(36) + struct.pack("<IQ", start, size)

    folder = entry("Root Entry", 5, 1, end, 0) + entry(stream, 2, free, 2, 4096) + bytes(256)
    return header + table + folder + bytes(4096)


BINARY = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
VISIO = "application/vnd.ms-visio.drawing.main+xml"
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?B?5pyD6K2w?=\r\n\r\ntext"
PARTED = b"MIME-Version: 1.0\r\nX-A: b\r\nContent-Type: multipart/related; boundary=x"
PAGES = package({"Index/Document.iwa": b"", "preview.jpg": b""})
DRAWING = package({"mimetype": b"application/vnd.oasis.opendocument.graphics", "META-INF/manifest.xml": b"<m/>"})
FILES = {
    "表.xlsb": (package({"xl/workbook.bin": b""}, BINARY), "Excel 二進位活頁簿", "另存成 .xlsx"),
    "表.xlsx": (package({"xl/workbook.bin": b""}, BINARY), "Excel 二進位活頁簿", "另存成 .xlsx"),
    "相片.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC 相片", "另存成 JPEG"),
    "相片.jpg": (b"\0\0\0\x24ftypmif1\0\0\0\0", "HEIC 相片", "另存成 JPEG"),
    "圖.png": (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF 圖片", "另存成 PNG"),
    "圖.jxl": (b"\xff\x0a\x10\x20", "JPEG XL 或 JPEG 2000 圖片", "另存成 PNG"),
    "信.msg": (compound("__properties_version1.0"), "電子郵件", "列印成 PDF"),
    "信.doc": (compound("__properties_version1.0"), "電子郵件", "列印成 PDF"),
    "信.eml": (MAIL, "電子郵件", "列印成 PDF"),
    "信.pdf": (MAIL, "電子郵件", "列印成 PDF"),
    "流程.vsdx": (package({"visio/document.xml": b""}, VISIO), "Visio 圖檔", "列印成 PDF"),
    "流程.vsd": (compound("VisioDocument"), "Visio 圖檔", "列印成 PDF"),
    "文.pages": (PAGES, "Apple 的文件", "輸出"),
    "文.docx": (PAGES, "Apple 的文件", "輸出"),
    "圖.ai": (b"%!PS-Adobe-3.0", "PostScript 或 Illustrator 圖檔", "列印成 PDF"),
    "圖.psd": (b"8BPS\0\1", "Photoshop 圖檔", "另存成 PNG"),
    "圖.dwg": (b"AC1032\0\0", "AutoCAD 圖檔", "列印成 PDF"),
    "全部.7z": (b"7z\xbc\xaf\x27\x1c\0\4", "壓縮檔", "解壓縮"),
    "全部.rar": (b"Rar!\x1a\x07\1\0", "壓縮檔", "解壓縮"),
    "全部.zip": (package({"a.pdf": b"%PDF-1.7"}), "壓縮檔", "解壓縮"),
    "全部.docx": (package({"a.pdf": b"%PDF-1.7"}), "壓縮檔", "解壓縮"),
    "頁.mht": (b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n", "單一檔案網頁", "瀏覽器"),
    "頁.doc": (PARTED, "單一檔案網頁", "瀏覽器"),
    "頁.xls": (b"<html><table><tr><td>1</td></tr></table></html>", "網頁", "瀏覽器"),
    "圖.svg": (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG 向量圖", "PNG"),
    "文.wps": (compound("MatOST"), "Works 或 WPS 文件", "另存成 .docx"),
    "筆記.one": (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1", "OneNote 筆記", "列印成 PDF"),
    "圖.odg": (DRAWING, "ODF 繪圖或算式", "列印成 PDF"),
    "影.mp4": (b"\0\0\0\x20ftypisom", "影片", "另附"),
    "捷徑.lnk": (b"L\0\0\0\x01\x14\x02\0", "捷徑", "檔案本身"),
    "雲.gdoc": (b'{"doc_id": "1"}', "Google 雲端硬碟的捷徑", "下載"),
    "表.csv": ("年,月\n113,4".encode(), "CSV 文字檔", "另存成 .xlsx"),
    "文.txt": ("內容".encode("big5"), "純文字檔", ".docx"),
    "文.pdf": ("內容".encode(), "純文字檔", ".docx"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_taken_says_what_it_is_and_what_to_do(desk: Desk, name: str) -> None:
    content, what, remedy = FILES[name]
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 |\n| 討1 | 附 | 檔案:{name} |")
    path = desk.root / "inputs/113-1/附件" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    found = [problem for problem in desk.problems() if problem["severity"] == "error"]
    assert [(problem["code"], problem["cell"]) for problem in found] == [("file-not-taken", "C2")]
    assert f"「{name}」是{what}" in found[0]["text"]
    assert remedy in found[0]["remedy"]
    assert "可另附填 ★" in found[0]["remedy"]


def test_what_nobody_knows_keeps_its_message(desk: Desk) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 附 | 檔案:不明.xyz |")
    path = desk.root / "inputs/113-1/附件/不明.xyz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\1\2\3\0\4")
    assert [problem["code"] for problem in desk.problems() if problem["severity"] == "error"] == ["file-unknown"]
