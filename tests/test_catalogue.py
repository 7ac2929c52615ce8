"""The platform's catalogue: read as it is exported, compared with both cells, and sampled."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import REPO, Desk

COLUMNS = [
    "資料集識別碼",
    "資料集名稱",
    "資料提供屬性",
    "服務分類",
    "品質檢測",
    "檔案格式",
    "資料下載網址",
    "編碼格式",
    "資資料集上架方式",
    "資料集描述",
    "主要欄位說明",
    "提供機關",
    "更新頻率",
    "授權方式",
    "相關網址",
    "計費方式",
    "提供機關聯絡人姓名",
    "提供機關聯絡人電話",
    "上架日期",
    "詮釋資料更新時間",
    "備註",
    "資料量",
]
PLANNED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 潮位表—XML     | 11304    | 資訊處       |        |
| 海象年報       | 11303    | 企劃處       | ★      |
| 漁港名錄       | 11304    | 秘書處       | ★      |
| 燈塔一覽       | 11304    | 秘書處       |        |
"""
QUALITY = """
| 單位   | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 |
| 企劃處 | 0 | 0 | 0 | 0 | 1 | 0 |
| 資訊處 | 0 | 0 | 0 | 0 | 3 | 0 |
"""
DOWNLOADS = """
| 資料集識別碼 | 上架時間  | 更新頻率 | 資料更新時間 | 資料集名稱 | 累計瀏覽次數 | 累計下載次數 |
| 8001         | 113-04-29 | 每月     | 113-04-29    | 潮位表－XML | 900          | 77           |
"""
OWN = [
    ("8001", "潮位表－XML", "海風部資訊處", "2024-04-29"),
    ("8002", "海象年報", "海風部企劃處", "2024-05-02"),
    ("8003", "燈塔一覽表", "海風部秘書處", "2024-04-01"),
    ("8004", "資訊公開\n目錄", "海風部資訊處", "2023-01-05"),
]


def row(identifier: str, name: str, provider: str, day: str) -> list[str]:
    cells = dict.fromkeys(COLUMNS, "略")
    cells |= {"資料集識別碼": identifier, "資料集名稱": name, "提供機關": provider, "上架日期": day}
    return [*({**cells, "資料集描述": "第一行\n第二行，有逗號"}).values()]


def export(desk: Desk, rows: list[tuple[str, str, str, str]], name: str = "平臺目錄.csv") -> Path:
    path = desk.root / "inputs/共用" / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(row(*entry) for entry in rows)
    return path


def looked(desk: Desk, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.run("catalogue", "113-1", "--json", *more).stdout)
    return found


def test_the_agencys_data_sets_are_told_by_unit_with_lines_in_cells(desk: Desk) -> None:
    desk.meeting()
    export(desk, [("1", "別部的", "山林部", "2024-01-01"), *OWN])
    found = looked(desk)
    assert (found["rows"], found["units"]) == (5, {"企劃處": 1, "資訊處": 2, "秘書處": 1})
    text = desk.run("catalogue", "113-1").output
    assert "平臺目錄.csv：5 項，其中本機關 4 項" in text


def test_differences_are_problems_with_both_cells(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED, 品質檢測=QUALITY, 下載統計=DOWNLOADS)
    export(desk, OWN)
    path = desk.root / "inputs/共用/次數.csv"
    path.write_text("資料集識別碼,瀏覽次數,下載次數\n8001,900,78\n9,1,1\n", encoding="utf-8-sig")
    found = {(entry["code"], entry["cell"]): entry["text"] for entry in looked(desk)["problems"]}
    assert set(found) == {
        ("catalogue-published", "D2"),
        ("catalogue-late", "B3"),
        ("catalogue-absent", "D4"),
        ("catalogue-near", "A5"),
        ("catalogue-count", "A3"),
        ("catalogue-times", "G2"),
    }
    assert found["catalogue-published", "D2"] == (
        "「潮位表—XML」在平臺已上架（平臺目錄.csv B2，識別碼 8001，113-04-29），這裡沒有 ★"
    )
    assert "113-05-02 上架（平臺目錄.csv S3），晚於預定的 11303" in found["catalogue-late", "B3"]
    assert "名稱相近的有「燈塔一覽表」（平臺目錄.csv B4）" in found["catalogue-near", "A5"]
    assert "「資訊處」總計 3 項，平臺目錄為 2 項（平臺目錄.csv L2）" in found["catalogue-count", "A3"]
    assert "累計下載次數為 77，次數.csv 為 78" in found["catalogue-times", "G2"]


def many(count: int) -> list[tuple[str, str, str, str]]:
    units = [("資訊處", 101), ("企劃處", 50), ("秘書處", 3)]
    own = [(unit, number) for unit, most in units for number in range(most)]
    return [
        (str(7000 + place), f"{unit}資料{number}", f"海風部{unit}", "2024-01-01")
        for place, (unit, number) in enumerate(own)
    ][:count]


def test_one_in_fifty_of_each_unit_is_drawn_the_same_each_time_and_for_each_meeting_others(desk: Desk) -> None:
    desk.meeting()
    desk.meeting("113-2")
    export(desk, many(999))
    first = looked(desk, "--sample")["sample"]
    units = [entry["unit"] for entry in first]
    assert {unit: units.count(unit) for unit in units} == {"資訊處": 3, "企劃處": 1, "秘書處": 1}
    other = json.loads(desk.run("catalogue", "113-2", "--json", "--sample").stdout)["sample"]
    assert other != first
    again = desk.run("catalogue", "113-1", "--sample")
    assert (again.exit_code, "已經有〔抽查清單〕，沒有更動" in again.output) == (2, True)
    (desk.root / "inputs/113-1/抽查清單.xlsx").unlink()
    export(desk, many(999)[::-1])
    assert sorted(entry["id"] for entry in looked(desk, "--sample")["sample"]) == sorted(entry["id"] for entry in first)


def test_the_list_says_how_it_was_drawn_and_its_results_are_figures(desk: Desk) -> None:
    desk.meeting()
    export(desk, many(999))
    assert desk.run("catalogue", "113-1", "--sample").exit_code == 0
    path = desk.root / "inputs/113-1/抽查清單.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["抽查清單"]
    assert str(sheet["A1"].value).startswith("抽查方法：各單位每50項抽1項")
    result = next(cell.column for cell in sheet[2] if cell.value == "抽查結果")
    for number, value in enumerate(["符合", "符合", "不符合"], start=3):
        sheet.cell(number, result, value)
    book.save(path)
    figures = {
        entry["name"]: entry["value"] for entry in json.loads(desk.run("figures", "113-1", "--json").stdout)["figures"]
    }
    told = [figures[f"抽查清單.{name}"] for name in ("總數", "符合數", "不符合數", "未檢查數")]
    assert told == [5, 2, 1, 2]


def test_without_a_catalogue_it_says_what_to_put_where(desk: Desk) -> None:
    desk.meeting()
    result = desk.run("catalogue", "113-1")
    assert (result.exit_code, "inputs/共用 內沒有平臺的資料集目錄" in result.output) == (2, True)


def test_a_broken_catalogue_is_said_and_what_came_before_counts(desk: Desk) -> None:
    desk.meeting()
    path = export(desk, OWN)
    path.write_bytes(path.read_bytes() + b'8005,"' + b"x" * 2_000_000 + b'"\n')
    found = looked(desk)
    assert [entry["code"] for entry in found["problems"]] == ["catalogue-unreadable"]
    assert sum(found["units"].values()) == 4


def test_a_catalogue_without_units_is_compared_as_a_whole(desk: Desk) -> None:
    desk.meeting(品質檢測=QUALITY)
    export(desk, [(identifier, name, "海風部", day) for identifier, name, _, day in OWN[:3]])
    (found,) = looked(desk)["problems"]
    assert (found["code"], found["cell"]) == ("catalogue-count", "A2")
    assert "「海風部」總計 4 項，平臺目錄為 3 項" in found["text"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured on Linux")
def test_fifty_three_thousand_rows_take_little_time_and_memory(desk: Desk) -> None:
    """Processor time and memory of the whole command in a process of its own."""
    desk.meeting(預定開放=PLANNED, 品質檢測=QUALITY)
    others = [
        (str(number), f"別部的資料集{number}", f"山林部第{number % 40}處", "2024-01-01") for number in range(53_000)
    ]
    export(desk, [*others[:30_000], *many(999), *others[30_000:]])
    script = (
        "import json, re, sys\nfrom pathlib import Path\n"
        "from click.testing import CliRunner\nfrom generator.cli.app import packet\n"
        "sys.path.append('tests')\nfrom effort import effort\ndone = []\n"
        f"command = ['--workspace', {str(desk.root)!r}, 'catalogue', '113-1', '--json']\n"
        "used = effort(lambda: done.append(CliRunner().invoke(packet, command)))\n"
        "found = json.loads(done[0].stdout)\n"
        # What getrusage says of memory begins with what the parent had.
        "peak = int(re.search(r'VmHWM:\\s*([0-9]+)', Path('/proc/self/status').read_text())[1])\n"
        "print(json.dumps([found['rows'], used, peak]))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPO), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True, cwd=REPO
    )
    rows, used, kilobytes = json.loads(done.stdout)
    assert rows == 53_154
    assert used < 150
    assert kilobytes < 300_000
