"""What no colleague would hand in: the answer is a message, in bounded time and memory, and nothing beside output/."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import REPO, Desk, write_book
from effort import effort
from test_ods import PLANNED_HEAD, planned, row, table, write_ods
from test_reading import PLANNED, edited, places, said

from generator.rules import printing

BOOK = "inputs/113-1/資料.xlsx"
SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
MEGABYTE = 1_000_000


@dataclass
class Measured:
    code: int
    output: str
    effort: float
    megabytes: float

    def problems(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.output)["problems"]
        return found


# Most memory of this process only: what getrusage says of a child begins with what its parent had. Processor time
# against that of a fixed piece of work, and not time on the clock: a busy machine makes every command slow.
DRIVER = """
import os, re, sys
sys.path.append("tests")
from effort import effort
ended = []

def command():
    from generator.cli.app import main
    try:
        main()
    except SystemExit as end:
        ended.append(end.code)
    ended.append(re.search(r"VmHWM:\\s*([0-9]+)", open("/proc/self/status").read())[1])

used = effort(command, lambda: sum(os.times()[:4]))
code, peak = ended
open(os.environ["PEAK"], "w").write(f"{peak} {used}")
sys.exit(code)
"""


def measured(desk: Desk, *arguments: str) -> Measured:
    """The command in a process of its own, with its effort and the most memory it had."""
    if sys.platform != "linux":
        pytest.skip("memory is measured on Linux")
    command = [sys.executable, "-X", "utf8", "-c", DRIVER, "--workspace", str(desk.root), *arguments]
    peak = desk.root.parent / "peak"
    done = subprocess.run(
        command, capture_output=True, timeout=600, check=False, cwd=REPO, env={**os.environ, "PEAK": str(peak)}
    )
    output = (done.stdout + done.stderr).decode()
    assert "Traceback" not in output, output
    memory, effort = peak.read_text().split()
    return Measured(done.returncode, output, float(effort), int(memory) / 1000)


def tree(folder: Path) -> dict[str, Any]:
    """Everything in a folder, without the workspace's output/."""
    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith("工作區/output"):
            state = path.lstat()
            found[name] = state.st_mode if path.is_dir() else (state.st_mode, state.st_size, state.st_mtime_ns)
    return found


def replaced(path: Path, **contents: bytes) -> None:
    """Puts other contents into parts of a workbook; a part is named by the last part of its path, without ending."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, contents.get(Path(name).stem, content))


def sheet_of(desk: Desk, rows: str, after: str = "") -> Path:
    """資料.xlsx〔預定開放〕 with its headings and these rows of XML, from row 2."""
    path = desk.book("113-1/資料.xlsx", 預定開放=PLANNED.strip().splitlines()[0])
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(SHEET).decode()
    replaced(path, sheet1=xml.replace("</sheetData>", f"{rows}</sheetData>{after}").encode())
    return path


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


# --- Archives ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_archive_that_unpacks_to_far_more_than_it_weighs(desk: Desk) -> None:
    desk.meeting()
    path = sheet_of(desk, " " * 80 * MEGABYTE)
    assert path.stat().st_size < MEGABYTE / 2
    found = measured(desk, "check", "113-1", "--mark", "--json")
    assert [(one["code"], one["workbook"]) for one in found.problems()] == [("workbook-too-large", "資料.xlsx")]
    assert "80 MB" in found.problems()[0]["text"]
    assert (found.code, found.effort < 40, found.megabytes < 200) == (1, True, True), found


@pytest.mark.slow
@pytest.mark.parametrize("part", ["sheet1", "workbook", "Content_Types", "sharedStrings"])
def test_sizes_that_lie(desk: Desk, part: str) -> None:
    desk.meeting()
    path = desk.book("113-1/資料.xlsx", 預定開放=PLANNED)
    name = {"sheet1": SHEET, "Content_Types": "[Content_Types].xml"}.get(part, f"xl/{part}.xml")
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument'
        b'.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    parts[name] = parts.get(name, f"<sst {MAIN}></sst>".encode()) + b" " * 200 * MEGABYTE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in parts.items():
            archive.writestr(one, content)
        entry = archive.getinfo(name)
    size = struct.pack("<I", entry.file_size)
    raw = path.read_bytes()
    assert raw.count(size) == 2
    path.write_bytes(raw.replace(size, struct.pack("<I", 400_000)))
    found = measured(desk, "check", "113-1", "--json")
    assert [(one["code"], one["workbook"]) for one in found.problems()] == [("workbook-unreadable", "資料.xlsx")]
    assert (found.code, found.effort < 40, found.megabytes < 150) == (1, True, True), found


@pytest.mark.slow
def test_an_archive_with_a_directory_of_a_million_entries(desk: Desk) -> None:
    desk.meeting()
    path = desk.root / BOOK
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * 1_000_000
    path.write_bytes(directory + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0))
    found = measured(desk, "check", "113-1", "--json")
    assert [one["code"] for one in found.problems()] == ["workbook-unreadable"]
    assert (found.effort < 80, found.megabytes < 200) == (True, True), found


def test_a_kind_of_compression_that_no_office_program_uses(desk: Desk) -> None:
    desk.meeting()
    with zipfile.ZipFile(desk.root / BOOK, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("[Content_Types].xml", b" " * MEGABYTE)
    assert places(desk, "workbook-unreadable") == ["資料.xlsx"]


ENTITIES = {
    "external": '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>',
    "laughs": '<!DOCTYPE x [<!ENTITY a "' + "字" * 100 + '"><!ENTITY e "' + "&a;" * 1000 + '">]>',
    "late": "<!-- " + "x" * 5000 + ' --><!DOCTYPE x [<!ENTITY e "密">]>',
    "remote": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY e "密">]>',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("kind", ENTITIES)
@pytest.mark.parametrize("part", ["sheet1", "workbook"])
def test_entities_are_never_resolved(desk: Desk, part: str, kind: str, encoding: str) -> None:
    secret = desk.root / "secret.txt"
    secret.write_text("機密", "utf-8")
    desk.meeting()
    path = desk.book("113-1/資料.xlsx", 備忘="| 名稱 |\n| 內容 |")
    name = SHEET if part == "sheet1" else "xl/workbook.xml"
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(name).decode()
    xml = re.sub(r"^<\?xml[^>]*>", "", xml).replace("內容" if part == "sheet1" else 'name="備忘"', "&e;", 1)
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' + ENTITIES[kind].format(secret=secret) + xml
    replaced(path, **{part: declared.encode(encoding)})
    result = desk.run("check", "113-1")
    assert result.exit_code == 1
    assert "資料.xlsx：不是可讀的 .xlsx 活頁簿" in result.output
    assert "機密" not in result.output


@pytest.mark.parametrize("rest", [0, 100, 500, -400, -40])
@pytest.mark.parametrize("name", ["資料.xlsx", "資料.ods"])
def test_a_truncated_workbook(desk: Desk, name: str, rest: int) -> None:
    desk.meeting()
    path = desk.root / "inputs/113-1" / name
    if path.suffix == ".ods":
        write_ods(path, table("預定開放", PLANNED_HEAD, *(planned(f"集{number}") for number in range(200))))
    else:
        write_book(path, 預定開放=PLANNED)
    path.write_bytes(path.read_bytes()[:rest])
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [("workbook-unreadable", name)]


@pytest.mark.slow
def test_any_byte_may_be_wrong(desk: Desk) -> None:
    desk.meeting()
    path = desk.book("113-1/資料.xlsx", 預定開放=PLANNED)
    good = path.read_bytes()
    for place in range(0, len(good), len(good) // 60):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        assert desk.run("check", "113-1").exit_code in (0, 1)


# --- Sheets -----------------------------------------------------------------------------------------------------

ROWS = {
    "a row beyond all rows": f'<row r="{10**15}">{text_cell("A1", "甲")}</row>',
    "a column beyond all columns": f'<row r="2">{text_cell("ZZZZZZ2", "甲")}</row>',
    "a row above the one before": f'<row r="9">{text_cell("A9", "甲")}</row><row r="3">{text_cell("A3", "甲")}</row>',
    "a row of two million cells": '<row r="2">' + "<c><v>1</v></c>" * 2_000_000 + "</row>",
    "a cell of three million parts": f'<row r="2"><c r="A2" t="inlineStr"><is>{"<r/>" * 3_000_000}</is></c></row>',
    "three million strangers": "<x/>" * 3_000_000,
    "a very deep cell": '<row r="2"><c r="A2">' + "<is>" * 5000 + "</is>" * 5000 + "</c></row>",
    "a number of ten thousand digits": f'<row r="2"><c r="A2"><v>{"9" * 10_000}</v></c></row>',
    "a date that no calendar has": '<row r="2"><c r="A2" t="d"><v>9999-99-99</v></c></row>',
    "a text that is not there": '<row r="2"><c r="A2" t="s"><v>123456</v></c></row>',
    "a style that is not there": '<row r="2"><c r="A2" s="123456"><v>5</v></c></row>',
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in ROWS if "million" not in kind])
def test_sheets_that_no_office_program_writes(desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    desk.meeting()
    sheet_of(desk, ROWS[kind])
    monkeypatch.setattr("generator.workbook.books.LARGEST_RATIO", 10**9)
    assert effort(lambda: desk.run("check", "113-1")) < 100
    assert desk.run("check", "113-1").exit_code in (0, 1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in ROWS if "million" in kind])
def test_sheets_of_one_huge_element_take_little_memory(desk: Desk, kind: str) -> None:
    desk.meeting()
    path = sheet_of(desk, ROWS[kind])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    found = measured(desk, "check", "113-1", "--json")
    assert found.code in (0, 1)
    assert (found.effort < 100, found.megabytes < 350) == (True, True), found


@pytest.mark.slow
def test_merged_ranges_over_the_whole_sheet(desk: Desk) -> None:
    desk.meeting()
    rows = "".join(f'<row r="{number}">{text_cell(f"A{number}", "甲")}</row>' for number in range(2, 3000))
    merged = '<mergeCells count="500">' + '<mergeCell ref="A2:XFD1048576"/>' * 500 + "</mergeCells>"
    links = '<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>'
    sheet_of(desk, rows, merged + links)
    found = measured(desk, "check", "113-1", "--mark", "--json")
    assert found.code == 1
    assert "too-many-cells" in {one["code"] for one in found.problems()}
    assert (found.effort < 100, found.megabytes < 600) == (True, True), found


def test_a_single_formatted_cell_in_the_last_row_costs_nothing(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    with edited(desk, "預定開放") as sheet:
        sheet["H1048576"].font = openpyxl.styles.Font(bold=True)
    assert effort(desk.problems) < 60
    assert desk.problems() == []


def test_a_value_in_the_last_row_is_named_there(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED)
    with edited(desk, "預定開放") as sheet:
        sheet["A1048576"] = "末集"
    assert places(desk, "too-many-rows") == ["會議.xlsx〔預定開放〕A1048576"]
    assert desk.run("check", "113-1", "--mark").exit_code == 1


def long_list(desk: Desk, rows: int, month: str) -> None:
    """資料.xlsx〔預定開放〕 with eight columns, four of them of no use."""
    others = ("某甲", "某乙", "無", "備")
    sheet_of(
        desk,
        "".join(
            f'<row r="{number}">{text_cell(f"A{number}", f"潮位資料第{number}號")}<c r="B{number}"><v>{month}</v></c>'
            + text_cell(f"C{number}", "企劃處")
            + "".join(text_cell(f"{column}{number}", text) for column, text in zip("EFGH", others, strict=True))
            + "</row>"
            for number in range(2, rows + 2)
        ),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "month", "expected"),
    [
        (100_000, "11311", []),
        (100_000, "11304", []),
        (100_000, "11313", ["bad-year-month", "too-many-faults"]),
        (210_000, "11311", ["too-many-rows"]),
    ],
)
def test_a_sheet_of_a_hundred_thousand_rows(desk: Desk, rows: int, month: str, expected: list[str]) -> None:
    desk.meeting()
    long_list(desk, rows, month)
    found = measured(desk, "check", "113-1", "--json")
    errors = {one["code"] for one in found.problems() if one["severity"] == "error"}
    assert errors == set(expected)
    assert len(found.problems()) < 1000
    assert found.code == (1 if errors else 0)
    assert (found.effort < 800, found.megabytes < 700) == (True, True), (found.effort, found.megabytes)


@pytest.mark.slow
def test_a_list_that_no_one_would_print_is_no_attachment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST_PRINTED", 5000)
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:預定開放 |\n| 討1 | 測站 | 工作表:潮位站 |")
    long_list(desk, 5001, "11311")
    desk.book("113-1/測站.xlsx", 潮位站="| 站名 | 筆數 |\n" + "| 北港 | 3 |\n" * 5001)
    assert places(desk, "too-long-to-print") == ["會議.xlsx〔附件〕C2", "會議.xlsx〔附件〕C3"]
    assert "有 5,001 列，附件最多印 5,000 列" in said(desk, "too-long-to-print")[0]
    assert desk.run("build", "113-1").exit_code == 1


@pytest.mark.slow
def test_a_list_that_is_too_long_for_a_pdf_is_a_warning_and_makes_a_document(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MOST_CONVERTED", 5000)
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:預定開放 |")
    long_list(desk, 5001, "11311")
    assert places(desk, "too-long-for-pdf") == ["會議.xlsx〔附件〕C2"]
    assert "--format docx" in said(desk, "too-long-for-pdf")[0]
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    (made,) = (text for name, text in desk.texts().items() if "清單" in name)
    assert made.count("潮位資料第") == 5001


@pytest.mark.slow
@pytest.mark.parametrize("sheet", ["案由", "說明", "附註", "上次會議決定", "統計數字"])
def test_sheets_that_are_written_by_hand_have_no_more_than_999_rows(desk: Desk, sheet: str) -> None:
    head, line = {
        "案由": ("| 案號 | 類別 | 單位 | 案由 |", "| 討{} | 討論事項 | 企劃處 | 資料集開放一案，提請討論。 |"),
        "說明": ("| 案號 | 層級 | 內容 |", "| 討1 | 1 | 某事。 |"),
        "附註": ("| 附件 | 內容 |", "| 圖 | 某事。 |"),
        "上次會議決定": ("| 類別 | 案由 | 決定（議） | 辦理情形 | 列管 |", "| 報告事項 | 某案 | 洽悉 | | |"),
        "統計數字": ("| 名稱 | 數值 | 出處 |", "| 數{} | 1 | 平臺 |"),
    }[sheet]
    desk.meeting(**{sheet: "\n".join([head, *(line.format(number) for number in range(1000))])})
    assert places(desk, "too-many-rows") == [f"會議.xlsx〔{sheet}〕A1001"]


def test_what_is_wrong_with_a_column_again_and_again_is_not_listed_to_the_end(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED + "| 某集 | 11399 | 無此處 | 也許 |\n" * 250)
    found = desk.problems()
    assert [one["code"] for one in found].count("bad-year-month") == 200
    more = {one["cell"]: one["text"] for one in found if one["code"] == "more-alike"}
    assert {cell for cell in more if cell[1:] == "204"} == {"B204", "D204"}
    assert "另有 50 處同樣的問題" in more["B204"]


# --- Files and folders ------------------------------------------------------------------------------------------


def test_a_folder_in_place_of_a_workbook(desk: Desk) -> None:
    desk.meeting()
    (desk.root / BOOK).mkdir()
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [("workbook-is-folder", "資料.xlsx")]
    (desk.root / BOOK).rmdir()
    (desk.root / "inputs/機關.xlsx").unlink()
    (desk.root / "inputs/機關.xlsx").mkdir()
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [("workbook-is-folder", "機關.xlsx")]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
@pytest.mark.parametrize("target", ["elsewhere", "inside", "nowhere", "itself", "folder"])
def test_a_workbook_that_is_a_link_is_not_read(desk: Desk, tmp_path: Path, target: str) -> None:
    desk.meeting()
    secret = write_book(tmp_path / "密.xlsx", 預定開放=PLANNED)
    goal = {"elsewhere": secret, "inside": "會議.xlsx", "nowhere": "無.xlsx", "itself": "資料.xlsx", "folder": tmp_path}
    (desk.root / BOOK).symlink_to(goal[target])
    for command in (["check", "113-1", "--mark"], ["build", "113-1"], ["figures", "113-1"]):
        assert desk.run(*command).exit_code == 1
    assert [(one["code"], one["workbook"]) for one in desk.problems()] == [("workbook-is-link", "資料.xlsx")]
    assert "複製到這個資料夾" in said(desk, "workbook-is-link")[0]


@pytest.mark.skipif(sys.platform == "win32", reason="no such things there")
def test_a_workbook_that_is_no_file_at_all(desk: Desk) -> None:
    desk.meeting()
    os.mkfifo(desk.root / BOOK)
    assert places(desk, "workbook-unreadable") == ["資料.xlsx"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="file names are texts elsewhere")
def test_a_file_name_that_is_no_text(desk: Desk) -> None:
    desk.meeting()
    folder = os.fsencode(desk.root / "inputs/113-1")
    for ending in (b".xlsx", b".csv"):
        with open(folder + b"/\xff\xfe" + ending, "wb") as file:
            file.write(b"x")
    assert {one["code"] for one in desk.problems()} == {"workbook-unreadable", "other-format"}
    found = measured(desk, "check", "113-1")
    assert found.code == 1
    assert "不是可讀的" in found.output


@pytest.mark.slow
def test_files_of_500_megabytes_are_not_taken_into_memory(desk: Desk) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 | 可另附 |\n| 討1 | 影片 | 檔案:影片.mp4 | ★ |")
    (desk.root / "inputs/113-1/附件").mkdir()
    for name in ("113-1/附件/影片.mp4", "113-1/附件/沒有人提到.pdf", "113-1/原始.csv", "共用/大.xlsx"):
        path = desk.root / "inputs" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.truncate(500 * MEGABYTE)
    for command in (["check", "113-1"], ["build", "113-1", "--format", "docx"]):
        found = measured(desk, *command)
        assert (found.code, found.effort < 50, found.megabytes < 250) == (0, True, True), found
    with (desk.root / BOOK).open("wb") as file:
        file.truncate(500 * MEGABYTE)
    found = measured(desk, "check", "113-1", "--mark", "--json")
    assert [one["code"] for one in found.problems() if one["severity"] == "error"] == ["workbook-too-large"]
    assert (found.effort < 40, found.megabytes < 250) == (True, True), found


# --- Names ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    ["../會議.xlsx", "/etc/passwd", "子/圖.pdf", ".", "..", "", "連結.pdf", "C:\\圖.pdf", "圖.pdf:stream",
     "\\\\主機\\圖.pdf", "子\\圖.pdf", "圖" * 300, "圖.PDF/", "子", "CON", "圖.pdf "],
)  # fmt: skip
def test_an_attachment_must_lie_in_the_folder_itself(desk: Desk, tmp_path: Path, target: str) -> None:
    folder = desk.root / "inputs/113-1/附件"
    (folder / "子").mkdir(parents=True)
    for path in (folder / "圖.pdf", folder / "子/圖.pdf", tmp_path / "密.pdf"):
        path.write_bytes(b"%PDF")
    (folder / "連結.pdf").symlink_to(tmp_path / "密.pdf")
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 | 可另附 |\n| 討1 | 圖 | 檔案:{target} | ★ |")
    result = desk.run("build", "113-1", "--format", "docx")
    if target.strip() == "圖.pdf":
        assert result.exit_code == 0
    else:
        aside = any(sign in target for sign in "/\\:")
        code = "file-elsewhere" if aside else "no-such-file" if target else "bad-source"
        assert (result.exit_code, places(desk, code)) == (1, ["會議.xlsx〔附件〕C2"])


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_the_folder_of_attachments_must_be_no_link(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "密.pdf").write_bytes(b"%PDF")
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | 檔案:密.pdf |")
    (desk.root / "inputs/113-1/附件").symlink_to(tmp_path)
    assert places(desk, "no-such-file") == ["會議.xlsx〔附件〕C2"]


@pytest.mark.parametrize(
    "source", ["共用:../機關", "共用:../../密", "共用:/etc/passwd", "共用:子/要點", "工作表:../案由"]
)
def test_a_shared_text_must_lie_in_its_folder(desk: Desk, tmp_path: Path, source: str) -> None:
    for path in (desk.root / "inputs/共用/子/要點.xlsx", desk.root / "密.xlsx"):
        write_book(path, 條文="| 層級 | 條號 | 內容 |\n| 1 | 一、 | 某事。 |")
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 |\n| 討1 | 圖 | {source} |")
    code = "no-such-sheet" if source.startswith("工作表") else "no-such-shared"
    assert places(desk, code) == ["會議.xlsx〔附件〕C2"]


@pytest.mark.parametrize("name", ["../案", "..\\案", "/etc/案", "子/案", "CON", "案" * 300])
def test_a_template_must_lie_in_its_folder(desk: Desk, name: str) -> None:
    (desk.root / "templates/子").mkdir()
    for path in ("案.docx", "templates/子/案.docx"):
        (desk.root / path).write_bytes((desk.root / "templates/案.docx").read_bytes())
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 | 範本 |\n| 討1 | 圖 | 另附 | {name} |")
    assert "會議.xlsx〔附件〕D2" in places(desk, "no-such-template")
    assert desk.run("build", "113-1").exit_code == 1


NAMES = ["CON", "nul.txt", "a/b", "a:b", "a\\b", "../../逃", "...", ". .", "名稱...", "名 稱 ", "名" * 300, "𠮷" * 300,
         "甲\\n乙", 'x"y', "*?<>", "\u202ecod.exe", "~$鎖", "-rf", "會議資料", "packet", "é", "e\u0301"]  # fmt: skip


@pytest.mark.slow
def test_any_name_of_an_attachment_gives_a_file_name_that_is_safe(desk: Desk, tmp_path: Path) -> None:
    listed = "".join(f"| 討1 | {name} | 另附 |\n" for name in NAMES)
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n" + listed)
    before = tree(tmp_path)
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    assert tree(tmp_path) == before
    made = sorted(path.name for path in desk.output().iterdir() if path.suffix == ".docx")
    assert len(made) == 3 + len(NAMES)
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert re.match(r"\d\d [報討議]", name)
        assert not re.search(r'[\\/:*?"<>|\x00-\x1f\u202e]|[ .]\.docx$', name)
        assert len(name.encode()) < 220
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    for path in desk.output().glob("*.docx"):
        path.write_bytes(b"by hand")
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert len(list(desk.output().glob("*手改*.docx"))) == len(made)


def test_names_that_are_equal_once_they_are_safe_are_told_apart(desk: Desk) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 甲/乙 | 另附 |\n| 討1 | 甲:乙 | 另附 |\n| 報1 | 甲?乙 | 另附 |")
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert [name for name in sorted(desk.texts()) if "甲＿乙" in name] == [
        "03 報告事項第一案 附件 甲＿乙",
        "05 討論事項第一案 附件1 甲＿乙",
        "06 討論事項第一案 附件2 甲＿乙",
    ]


# --- Nothing beside output/ -------------------------------------------------------------------------------------


def test_nothing_is_written_beside_output(desk: Desk, tmp_path: Path) -> None:
    outside = "| 案號 | 名稱 | 來源 |\n| 討1 | ../逃 | 檔案:../逃 |"
    desk.meeting(預定開放=PLANNED.replace("11311", "11313"), 附件=outside)
    write_ods(desk.root / "inputs/113-1/單位.ods", table("預定開放", PLANNED_HEAD, row("a", "b", "c")))
    (desk.root / BOOK).write_bytes(b"PK\5\6")
    before = tree(tmp_path)
    for command in ("check", "build", "figures"):
        assert desk.run(command, "113-1").exit_code == 1
    assert desk.run("check", "113-1", "--mark").exit_code == 1
    assert tree(tmp_path) == before
    assert {path.name for path in (desk.root / "output").iterdir()} == {"113-1 檢查", ".packet"}


@pytest.mark.parametrize(
    "meeting", ["../113-1", "113-1/..", "/etc", "113-1\\..", "113-01", "113-1 ", "１１３-1", "113-1\0"]
)
def test_an_id_that_is_none_is_refused_before_a_path_is_made_of_it(desk: Desk, tmp_path: Path, meeting: str) -> None:
    desk.meeting()
    before = tree(tmp_path)
    for command in ("check", "build", "figures", "new"):
        assert desk.run(command, meeting).exit_code == 2
    assert tree(tmp_path) == before
