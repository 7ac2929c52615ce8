"""A workbook of before 2007 enciphered with the password that Excel knows by itself: joined, and looked through."""

from __future__ import annotations

import struct
from hashlib import md5
from pathlib import Path

import msoffcrypto.method.rc4 as rc4
import pypdfium2
import pytest
from conftest import Desk
from cryptography.hazmat.primitives.ciphers import Cipher
from test_cells_as_they_stand import compound

try:
    from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
except ImportError:
    from cryptography.hazmat.primitives.ciphers.algorithms import ARC4

INDIRECT = b"\x17\x02\x00A1\x42\x01\x94\x00"  # "A1", and the call of INDIRECT with one argument


def enciphered(password: str, formula: bytes = b"") -> bytes:
    """An .xls of Excel 97 with a sheet, 密件內容 | 1234.5 | a formula, enciphered as Excel does it (MS-XLS 2.2.10)."""
    salt, verifier = bytes(range(16)), bytes(range(16, 32))

    def keystream(block: int, count: int) -> bytes:
        return Cipher(ARC4(rc4._makekey(password, salt, block)), mode=None).encryptor().update(bytes(count))

    asked = bytes(a ^ b for a, b in zip(verifier + md5(verifier).digest(), keystream(0, 32), strict=True))

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def beginning(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0x600))

    name, text = "密表".encode("utf-16-le"), "密件內容".encode("utf-16-le")
    cells = record(0x200, struct.pack("<IIHHH", 0, 1, 0, 3, 0))
    cells += record(0x204, struct.pack("<HHHHB", 0, 0, 0, len(text) // 2, 1) + text)
    cells += record(0x203, struct.pack("<HHHd", 0, 1, 0, 1234.5))
    if formula:
        cells += record(0x06, struct.pack("<HHHdHIH", 0, 2, 0, 5.0, 0, 0, len(formula)) + formula)
    head = beginning(5) + record(0x2F, struct.pack("<HHH", 1, 1, 1) + salt + asked) + record(0x42, b"\xb0\x04")
    place = len(head) + 4 + 8 + len(name) + 4
    head += record(0x85, struct.pack("<IBBBB", place, 0, 0, len(name) // 2, 1) + name) + record(0x0A, b"")
    plain = head + beginning(0x10) + cells
    # Readers take the rest of the stream for records, each of four bytes at least.
    plain += record(0x5D, bytes(-len(plain) % 4)) if len(plain) % 4 else b""
    plain += record(0x0A, b"")
    stream = bytearray(plain.ljust(4096, b"\0"))
    cipher = b"".join(keystream(block, 1024) for block in range(4))
    at = 0
    while at < len(plain):
        kind, size = struct.unpack_from("<HH", stream, at)
        readable = {0x809: size, 0x2F: size, 0x85: 4}.get(kind, 0)
        for index in range(at + 4 + readable, at + 4 + size):
            stream[index] ^= cipher[index]
        at += 4 + size
    return compound("Workbook", bytes(stream))


def attach(desk: Desk, content: bytes) -> Path:
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 表 | 檔案:表.xls |")
    path = desk.root / "inputs/113-1/附件/表.xls"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return desk.output("04 討論事項第一案 附件 表.pdf")


@pytest.mark.office
def test_a_workbook_with_the_password_that_excel_knows_is_joined(desk: Desk) -> None:
    made = attach(desk, enciphered("VelvetSweatshop"))
    result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    document = pypdfium2.PdfDocument(made)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "密件內容" in text
    assert "1234.5" in text


def test_any_other_password_is_an_error_at_its_row(desk: Desk) -> None:
    attach(desk, enciphered("秘密"))
    result = desk.run("check", "113-1")
    assert result.exit_code == 1
    assert "會議.xlsx〔附件〕C2：「表.xls」設有密碼" in result.output.replace("\n", "")


@pytest.mark.office
def test_what_is_enciphered_is_looked_through_for_what_it_would_fetch(desk: Desk) -> None:
    made = attach(desk, enciphered("VelvetSweatshop", INDIRECT))
    result = desk.run("build", "113-1")
    assert result.exit_code == 1
    assert "「表.xls」開啟時會讀取別的檔案或網路（INDIRECT 或 RTD 函數）" in result.output.replace("\n", "")
    assert not made.exists()
