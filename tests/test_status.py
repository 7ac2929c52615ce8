"""What each unit delivered for a meeting, since when, and a reminder for what is missing."""

from __future__ import annotations

import datetime as dt
import json
import os
from email import message_from_bytes, policy
from typing import Any

import pytest
from conftest import AGENCY, EXPLANATIONS, MEETING, UNITS, Desk
from msgspec.structs import replace

from generator.cli import options
from generator.dispatch import status

ATTACHED = """
| 案號 | 名稱     | 來源              |
| 討1  | 清單     | 工作表:預定開放   |
| 討1  | 品質     | 工作表:品質檢測   |
| 報1  | 簡報     | 檔案:簡報.pdf     |
"""
PLANNED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 潮位表         | 11304    | 企劃處       |        |
"""
QUALITY = """
| 單位   | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 |
| 企劃處 | 0 | 0 | 0 | 0 | 1 | 0 |
| 資訊處 |   |   |   |   |   |   |
"""


@pytest.fixture
def waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 2))
    desk.book("機關.xlsx", 機關=f"{AGENCY}| 電子郵件 | tide@example.gov.tw |\n", 單位=UNITS)
    desk.meeting(附件=ATTACHED, 說明=EXPLANATIONS)
    path = desk.book("113-1/資料集_企劃處.xlsx", 預定開放=PLANNED, 品質檢測=QUALITY)
    os.utime(path, (1713500000, 1713500000))
    return desk


def told(desk: Desk) -> dict[tuple[str, str], bool]:
    found: dict[str, Any] = json.loads(desk.run("status", "113-1", "--json").stdout)
    return {(entry["unit"], entry["what"]): entry["there"] for entry in found["deliveries"]}


def test_what_is_owed_follows_from_the_other_sheets(waiting: Desk) -> None:
    assert told(waiting) == {
        ("企劃處", "工作表:預定開放"): True,
        ("企劃處", "工作表:品質檢測"): True,
        ("資訊處", "工作表:品質檢測"): False,
        ("秘書處", "工作表:品質檢測"): False,
        ("資訊處", "檔案:簡報.pdf"): False,
    }
    text = waiting.run("status", "113-1").output
    assert "資料集_企劃處.xlsx〔品質檢測〕　1 列" in text
    assert "已交　113-04-19" in text
    assert "共 5 項，未交 3 項。" in text
    (waiting.root / "inputs/113-1/附件").mkdir()
    (waiting.root / "inputs/113-1/附件/簡報.pdf").write_bytes(b"%PDF")
    assert told(waiting)["資訊處", "檔案:簡報.pdf"]


def test_nobody_owes_a_list_that_the_program_computes(waiting: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As CONTRIBUTING declares one: among the lists, and in no workbook."""
    records = tuple(
        type(record.__name__, (record,), {"sheet": replace(record.sheet, book="")})
        if record.sheet.name == "品質檢測"
        else record
        for record in status.MEETING_SHEETS
    )
    monkeypatch.setattr(status, "MEETING_SHEETS", records)
    assert not any(what == "工作表:品質檢測" for _, what in told(waiting))


def test_the_sheet_of_duties_says_it_all_with_its_own_deadlines(waiting: Desk) -> None:
    duties = """
| 單位   | 項目                    | 期限      | 電子郵件            |
| 資訊處 | 工作表:下載統計         | 113-04-20 | it@example.gov.tw   |
| 企劃處 | 活頁簿:資料集_企劃處    |           |                     |
"""
    waiting.book("113-1/分工.xlsx", 分工=duties)
    assert told(waiting) == {("資訊處", "工作表:下載統計"): False, ("企劃處", "活頁簿:資料集_企劃處"): True}
    assert "未交（期限 113-04-20）" in waiting.run("status", "113-1").output


def test_progress_on_decisions_is_owed_by_their_units(waiting: Desk) -> None:
    info = "| 欄位 | 內容 |\n| 紀錄狀態 | 定稿 |\n| 散會 | 16:10 |\n"
    decided = "| 案號 | 項次 | 內容 | 主辦單位 | 期限 | 列管 |\n| 討1 | 1 | 請辦理。 | 秘書處 | | 持續列管 |\n"
    earlier = MEETING.replace("113-05-20", "112-11-20").replace("113-05-01", "112-11-01")
    waiting.meeting("112-2", 會議資訊=earlier)
    waiting.book("112-2/會議紀錄.xlsx", 紀錄資訊=info, 決議=decided)
    past = """
| 類別     | 案由                           | 決定（議） | 辦理情形 | 列管     | 會議  |
| 討論事項 | 本部資料集開放一案，提請討論。 | 請辦理。   | {}       | 持續列管 | 112-2 |
"""
    waiting.book("113-1/上次決定.xlsx", 上次會議決定=past.format(""))
    assert told(waiting)["秘書處", "辦理情形:112-2-討1-1"] is False
    waiting.book("113-1/上次決定.xlsx", 上次會議決定=past.format("已辦理。"))
    assert told(waiting)["秘書處", "辦理情形:112-2-討1-1"] is True


def test_each_unit_that_lacks_something_gets_one_draft_and_no_other(waiting: Desk) -> None:
    seated = "| 單位 | 姓名 | 電子郵件 |\n| 資訊處 | 趙列席 | chao@example.gov.tw |\n"
    waiting.meeting(附件=ATTACHED, 說明=EXPLANATIONS, 列席=seated)
    result = waiting.run("status", "113-1", "--remind")
    assert result.exit_code == 0, result.output
    folder = waiting.root / "output/113-1 信件"
    assert sorted(path.name for path in folder.glob("催辦*.eml")) == ["催辦 秘書處.eml", "催辦 資訊處.eml"]
    draft = message_from_bytes((folder / "催辦 資訊處.eml").read_bytes(), policy=policy.default)
    assert draft["To"].addresses[0].addr_spec == "chao@example.gov.tw"
    assert draft["Subject"] == "請提供「潮汐資料諮詢小組」113年第1次會議資料（資訊處）"
    body = draft.get_body()
    assert body is not None
    assert "檔案:簡報.pdf、工作表:品質檢測" in body.get_content()
    assert "「秘書處」沒有電子郵件" in result.output
    quality = QUALITY.replace(
        "| 資訊處 |   |   |   |   |   |   |", "| 資訊處 | 0 | 0 | 0 | 0 | 1 | 0 |\n| 秘書處 | 0 | 0 | 0 | 0 | 1 | 0 |"
    )
    waiting.book("113-1/資料集_企劃處.xlsx", 預定開放=PLANNED, 品質檢測=quality)
    assert waiting.run("status", "113-1", "--remind").exit_code == 0
    assert [path.name for path in folder.glob("催辦*.eml")] == ["催辦 資訊處.eml"]
