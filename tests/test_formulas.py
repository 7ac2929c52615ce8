"""A cell that begins as a formula does opens as text in Excel and LibreOffice, and says what it said."""

from __future__ import annotations

import csv
import datetime as dt
import io
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from conftest import Desk
from lxml import etree
from test_publish import folder

from generator.basic.workspace import MeetingId, Workspace
from generator.dispatch.publish import data_files
from generator.dispatch.publish.data_files import Table
from generator.meeting import load
from generator.pdf import office
from generator.workbook import forms

TEXTS = [
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    '=HYPERLINK("http://example.org","按此")',
    "＝1+1",
    "＋886",
    "－甲",
    "＠甲",
    " =1+1",
    "﹦1+1",
    "﹢1+1",
    "=甲\n=乙",
    "=" + "長" * 700 + '"',
    "-甲",
    "--1",
    "==",
    "=@",
]
PLAIN = ["-", "－", "-5", "-0.25", "A=1", "潮位（-）", "1-2"]
TABLE = Table("表", ("=題", "乙"), tuple((text, number) for number, text in enumerate([*TEXTS, *PLAIN])))
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELL = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}table-cell"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def opened(path: Path) -> list[list[tuple[str, str]]]:
    """Type and text of each cell as LibreOffice opens the file."""
    program = office.find_office()
    assert program is not None
    settings = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    csv_as_utf8 = ["--infilter=CSV:44,34,76,1"] if path.suffix == ".csv" else []
    command = [str(program), settings, "--headless", *csv_as_utf8, "--convert-to", "fods", "--outdir"]
    subprocess.run([*command, str(path.parent), str(path)], check=True, capture_output=True, timeout=120)
    rows = []
    for row in etree.parse(path.with_suffix(".fods")).iter("{*}table-row"):
        cells = [cell for cell in row.iter(_CELL) if cell.get(f"{_OFFICE}value-type")]
        texts = ["\n".join("".join(line.itertext()) for line in cell.iter(f"{_TEXT}p")) for cell in cells]
        rows.append([(cell.get(f"{_OFFICE}value-type") or "", text) for cell, text in zip(cells, texts, strict=True)])
    return [row for row in rows if row]


@pytest.mark.office
@pytest.mark.parametrize("ending", ["csv", "ods"])
def test_libreoffice_opens_each_as_the_text_that_it_was(tmp_path: Path, ending: str) -> None:
    content = (
        data_files.as_csv(TABLE) if ending == "csv" else data_files.as_ods(TABLE, "表", "機關", dt.date(2024, 5, 20))
    )
    path = tmp_path / f"表.{ending}"
    path.write_bytes(content)
    heading, *rows = opened(path)
    assert heading[0] == ("string", "=題")
    # Blanks are marks of their own in this format; one at the head is compared without.
    assert [(kind, text.strip()) for (kind, text), _ in rows[: len(TEXTS)]] == [
        ("string", text.strip()) for text in TEXTS
    ]


def test_nothing_in_a_csv_is_a_formula_but_a_text_by_itself() -> None:
    rows = list(csv.reader(io.StringIO(data_files.as_csv(TABLE).decode("utf-8-sig"), newline="")))[1:]
    for text, (cell, _) in zip(TEXTS, rows, strict=False):
        assert cell.startswith('="')
        assert cell.endswith('"')
        assert cell[2:-1].replace('"&"', "").replace('"&CHAR(10)&"', "\n").replace('""', '"') == text
    assert [cell for cell, _ in rows[len(TEXTS) :]] == PLAIN


@pytest.mark.office
def test_what_is_published_of_a_list_holds_no_formula(desk: Desk) -> None:
    # The tests' workbooks are written by a library that makes a formula of what begins with =.
    name = '+HYPERLINK("http://example.org","甲")'
    planned = f"| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |\n| {name} | 11304 | 資訊處 | ★ |"
    points = '| 案號 | 層級 | 內容 |\n| 討1 | 1 | 如{{ 附件("開放清單") }}。 |'
    attached = "| 案號 | 名稱 | 來源 |\n| 討1 | 開放清單 | 工作表:預定開放 |"
    desk.meeting(說明=f"{points}\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |", 附件=attached, 預定開放=planned)
    result = desk.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    (path,) = folder(desk).glob("*.csv")
    assert list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))[1][1] == (
        '="+HYPERLINK(""http://example.org"",""甲"")"'
    )
    (path,) = folder(desk).glob("*.ods")
    with zipfile.ZipFile(path) as package:
        content = package.read("content.xml").decode()
    assert "formula" not in content
    assert "+HYPERLINK(" in content


def test_a_published_csv_given_as_a_sheet_says_the_same(desk: Desk) -> None:
    (desk.root / "inputs/113-1").mkdir(parents=True)
    (desk.root / "inputs/113-1/觀測.csv").write_bytes(data_files.as_csv(TABLE))
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 觀測 | 工作表:觀測 |")
    meeting, _ = load.load(Workspace(desk.root), MeetingId(113, 1))
    assert meeting is not None
    rows = meeting.tables["觀測"].rows
    assert [row[0] for row in rows[: len(TEXTS)]] == [text.strip() for text in TEXTS]


def test_a_form_holds_texts_as_texts(tmp_path: Path) -> None:
    sheet = forms.plain_sheet("表", ["=題"], [[text] for text in TEXTS], title="=1+1")
    forms.write_workbook(tmp_path / "表.xlsx", [sheet])
    worksheet = openpyxl.load_workbook(tmp_path / "表.xlsx").worksheets[0]
    cells = [cell for row in worksheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == ["=1+1", "=題", *TEXTS]
