"""Small workspaces made in the test: sheets are written as Markdown tables, the program is run as a user runs it."""

from __future__ import annotations

import functools
import io
import json
import re
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from generator.basic import garbage
from generator.cli.app import packet

REPO = Path(__file__).resolve().parents[1]

# Hypothesis would fail an example that takes 200 ms, which any example may on a busy machine.
settings.register_profile("packet", deadline=None)
settings.load_profile("packet")
# As the program does for itself; pytest keeps many objects that are no garbage.
garbage.seldom()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-goldens", action="store_true", help="write the golden files anew from the present output")


def cells(table: str) -> list[list[Any]]:
    """A Markdown table as rows: bare digits become numbers, an empty cell None, ``\\n`` a line break, ``\\|`` a bar."""
    rows = []
    for line in table.strip().splitlines():
        parts = [part.strip().replace("\\|", "|") for part in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if all(re.fullmatch(r":?-+:?", part) for part in parts):
            continue
        rows.append([int(part) if part.isdigit() else part.replace("\\n", "\n") or None for part in parts])
    return rows


def write_book(path: Path, **sheets: str) -> Path:
    """A workbook with a sheet for each Markdown table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_book(tuple(sheets.items())))
    return path


@functools.cache
def _book(sheets: tuple[tuple[str, str], ...]) -> bytes:
    """The bytes of such a workbook. Hundreds of tests write the same ones."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, table in sheets:
        sheet = book.create_sheet(name)
        for row in cells(table):
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


AGENCY = """
| 欄位     | 內容             |
| 機關全銜 | 海風部           |
| 機關簡稱 | 海風部           |
| 自稱     | 本部             |
| 小組名稱 | 潮汐資料諮詢小組 |
| 幕僚單位 | 資訊處           |
"""
UNITS = """
| 單位   |
| 企劃處 |
| 資訊處 |
| 秘書處 |
"""
MEETING = """
| 欄位       | 內容      |
| 會議日期   | 113-05-20 |
| 開始時間   | 14:30     |
| 地點       | 第1會議室 |
| 資料基準日 | 113-05-01 |
"""
CASES = """
| 案號 | 類別     | 單位   | 案由                                       |
| 報1  | 報告事項 | 資訊處 | {{ 機關.自稱 }}辦理情形，報請鑒察。        |
| 討1  | 討論事項 | 企劃處 | {{ 機關.自稱 }}資料集開放一案，提請討論。  |
"""
EXPLANATIONS = """
| 案號 | 層級 | 標題 | 內容                             |
| 討1  | 1    |      | 依本部規定辦理。                 |
| 討1  | 1    |      | 以上所擬是否妥適，提請討論。     |
"""


@dataclass
class Desk:
    """A workspace in a temporary folder and the command run in it."""

    root: Path

    def book(self, name: str, **sheets: str) -> Path:
        """Writes inputs/<name>; the folder of the meeting is part of the name."""
        return write_book(self.root / "inputs" / name, **sheets)

    def meeting(self, meeting: str = "113-1", **changed: str) -> None:
        """The smallest meeting that is in order; sheets given by name replace its own or are added."""
        given = {"會議資訊": MEETING, "案由": CASES, "說明": EXPLANATIONS} | changed
        self.book(f"{meeting}/會議.xlsx", **given)

    def run(self, *arguments: str) -> Result:
        """Runs ``packet`` in the workspace; a traceback is a failure of the test."""
        result = CliRunner().invoke(packet, ["--workspace", str(self.root), *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def output(self, name: str = "", meeting: str = "113-1") -> Path:
        return self.root / "output" / meeting / name

    def manifest(self, meeting: str = "113-1") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.output("packet.json", meeting).read_text("utf-8"))
        return found

    def problems(self, meeting: str = "113-1") -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.run("check", meeting, "--json").stdout)["problems"]
        return found

    def texts(self, meeting: str = "113-1") -> dict[str, str]:
        """The text of every .docx of a meeting, by file name without ending."""
        return {path.stem: docx_text(path) for path in sorted(self.output("", meeting).glob("*.docx"))}


def docx_text(path: Path) -> str:
    """The text of a .docx, a line for each paragraph."""
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("word/document.xml").decode("utf-8")
    lines = []
    for paragraph in re.findall(r"<w:p[ >].*?</w:p>", xml, flags=re.DOTALL):
        text = re.sub(r"<w:(?:tab|br)/>", " ", paragraph)
        lines.append(re.sub(r"<[^>]+>", "", text))
    import html

    return html.unescape("\n".join(lines))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty workspace of another agency than the repo's, with the standard templates."""
    root = tmp_path / "工作區"
    (root / "inputs").mkdir(parents=True)
    shutil.copytree(REPO / "templates", root / "templates")
    made = Desk(root)
    made.book("機關.xlsx", 機關=AGENCY, 單位=UNITS)
    return made


@pytest.fixture
def own_desk(tmp_path: Path) -> Desk:
    """A copy of the repo's own workspace: the first meeting of 113."""
    root = tmp_path / "工作區"
    root.mkdir()
    for part in ("inputs", "templates"):
        shutil.copytree(REPO / part, root / part)
    return Desk(root)
