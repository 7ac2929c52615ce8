"""Numbers, units and proposals of past decisions, and what `packet new --from` carries to the next meeting."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import AGENCY, CASES, UNITS, Desk
from tests.test_rules_of_a_body import ATTENDANCE, INFO, MEMBERS, MINUTES, ROLES, RULES

REPORT = "| 報2 | 報告事項 | 資訊處 | 上次會議決定辦理情形，報請鑒察。 | {template} |\n"
PAST = """
| 編號  | 類別     | 案由     | 決定（議） | 主辦機關       | 辦理情形   | 列管     | 會議  |
| 112-1 | 討論事項 | 訂定期程 | 照案通過。 | 企劃處、秘書處 | 辦理中。   | 持續列管 | 112-1 |
| 112-2 | 討論事項 | 編列預算 | 照案通過。 | 秘書處         | 已經編列。 | 解除列管 | 112-1 |
"""


def prepare(desk: Desk, past: str = PAST, template: str = "上次會議決定辦理情形") -> None:
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則=RULES, 身分=ROLES, 委員=MEMBERS)
    cases = "\n".join(
        line.rstrip() + (" 範本 |" if not number else " |") for number, line in enumerate(CASES.strip().splitlines())
    )
    desk.meeting(會議資訊=INFO, 案由=cases + "\n" + REPORT.format(template=template))
    desk.book("113-1/上次決定.xlsx", 上次會議決定=past)


def table(desk: Desk) -> list[list[str]]:
    """The cells of the table of past decisions, row by row."""
    desk.run("build", "113-1", "--format", "docx")
    path = next(desk.output().glob("*報告事項第二案.docx"))
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("word/document.xml").decode("utf-8")
    rows = re.findall(r"<w:tr[ >].*?</w:tr>", xml, flags=re.DOTALL)
    grid = re.findall(r'<w:gridCol w:w="(\d+)"', xml)
    widths = [re.findall(r'<w:tcW w:w="(\d+)"', row) for row in rows]
    assert sum(map(int, grid)) == 9071
    assert all(width in (grid, ["9071"]) for width in widths)
    return [
        ["".join(re.findall(r"<w:t[^>]*>([^<]*)", cell)) for cell in re.findall(r"<w:tc>.*?</w:tc>", row, re.DOTALL)]
        for row in rows
    ]


@pytest.mark.slow
def test_filled_columns_are_added_to_the_table(desk: Desk) -> None:
    prepare(desk)
    rows = table(desk)
    assert rows[0] == ["編號", "案由", "決定（議）", "主辦機關", "辦理情形", "列管建議"]
    assert rows[2] == [
        *("112-1", "一、訂定期程", "照案通過。", "企劃處、秘書處", "辦理中。", "持續列管"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kept", "headings"),
    [
        ((), ["案由", "決定（議）", "辦理情形"]),
        (("編號",), ["編號", "案由", "決定（議）", "辦理情形"]),
        (("主辦機關", "列管"), ["案由", "決定（議）", "主辦機關", "辦理情形", "列管建議"]),
    ],
)
def test_only_filled_columns_are_in_the_table(desk: Desk, kept: tuple[str, ...], headings: list[str]) -> None:
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in PAST.strip().splitlines()]
    empty = [place for place, name in enumerate(lines[0]) if name in ("編號", "主辦機關", "列管") and name not in kept]
    for line in lines[1:]:
        for place in empty:
            line[place] = ""
    prepare(desk, "\n".join(f"| {' | '.join(line)} |" for line in lines))
    assert table(desk)[0] == headings


def test_past_decisions_that_no_case_prints_are_reported(desk: Desk) -> None:
    prepare(desk, template="")
    assert "decisions-unprinted" in [item["code"] for item in desk.problems()]
    prepare(desk)
    assert "decisions-unprinted" not in [item["code"] for item in desk.problems()]


def hold(desk: Desk) -> None:
    decisions = """
    | 案號 | 項次 | 內容       | 主辦單位 | 期限      | 列管     |
    | 報1  | 1    | 洽悉。     |          |           |          |
    | 報2  | 1    | 洽悉。     |          |           |          |
    | 討1  | 1    | 照案通過。 | 企劃處   | 113-09-30 | 持續列管 |
    """
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=MINUTES, 出席=ATTENDANCE, 決議=decisions)


def rows_of(path: Path, sheet: str) -> list[dict[str, object]]:
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:] if any(row)]


def test_an_item_keeps_its_number_for_life(desk: Desk) -> None:
    prepare(desk)
    hold(desk)
    assert desk.run("new", "113-2", "--from", "113-1").exit_code == 0
    path = desk.root / "inputs" / "113-2" / "上次決定.xlsx"
    rows = rows_of(path, "上次會議決定")
    open_item = next(row for row in rows if row["案由"] == "訂定期程")
    assert (open_item["編號"], open_item["主辦機關"], open_item["會議"]) == ("112-1", "企劃處、秘書處", "112-1")
    new_item = next(row for row in rows if row["列管"] == "持續列管" and row["編號"] is None)
    assert new_item["主辦機關"] == "企劃處"
    book = openpyxl.load_workbook(path)
    sheet = book["上次會議決定"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "112-1":
            row[0].value = "112-9"
    book.save(path)
    desk.book("113-2/會議.xlsx", 會議資訊=INFO.replace("113-05-20", "113-11-20"), 案由=CASES)
    altered = [item for item in desk.problems("113-2") if item["code"] == "carried-altered"]
    assert ["「編號」與 113-1 所載不同，原為「112-1」" in item["text"] for item in altered] == [True]


@pytest.mark.slow
def test_units_come_along_only_where_the_body_has_them(desk: Desk) -> None:
    prepare(desk, "| 類別 | 案由 | 決定（議） | 辦理情形 |\n| 討論事項 | 編列預算 | 照案通過。 | 已經編列。 |")
    hold(desk)
    desk.run("new", "113-2", "--from", "113-1")
    path = desk.root / "inputs" / "113-2" / "上次決定.xlsx"
    assert "主辦機關" not in rows_of(path, "上次會議決定")[0]
    assert desk.run("new", "113-3", "--from", "113-1", "--with", "編號,主辦機關").exit_code == 0


@pytest.mark.slow
def test_the_list_of_the_year_comes_along_with_its_stars(own_desk: Desk) -> None:
    assert own_desk.run("new", "113-2", "--from", "113-1").exit_code == 0
    planned = rows_of(own_desk.root / "inputs" / "113-2" / "資料集.xlsx", "預定開放")
    assert (len(planned), sum(row["已上架"] == "★" for row in planned)) == (26, 4)
    assert own_desk.run("new", "114-1", "--from", "113-1").exit_code == 0
    assert rows_of(own_desk.root / "inputs" / "114-1" / "資料集.xlsx", "預定開放") == []


def test_files_that_every_meeting_attaches_come_along(desk: Desk) -> None:
    attached = "| 案號 | 名稱 | 來源 |\n| 報1 | 須知 | 檔案:須知.txt |\n| 報1 | 簡報 | 檔案:簡報.txt |"
    for meeting, month, news in (("113-1", "05", "甲"), ("113-2", "08", "乙")):
        desk.meeting(meeting, 會議資訊=INFO.replace("-05-", f"-{month}-"), 附件=attached)
        folder = desk.root / "inputs" / meeting / "附件"
        folder.mkdir()
        (folder / "須知.txt").write_text("每次都附", "utf-8")
        (folder / "簡報.txt").write_text(news, "utf-8")
    output = desk.run("new", "113-3", "--from", "113-2").output
    assert {path.name for path in (desk.root / "inputs" / "113-3" / "附件").iterdir()} == {"須知.txt"}
    assert "「須知.txt」" in output
