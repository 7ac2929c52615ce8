"""What a figure was in each release and meeting; the roster that is published, and what changed in it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import AGENCY, MEETING, UNITS, Desk
from test_minutes import ROSTER

from generator.cli import options

PLANNED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 潮位表         | 11304    | 資訊處       | ★      |
| 海象年報       | 11312    | 企劃處       | {}     |
"""


@pytest.fixture(autouse=True)
def in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 5, 2))


def history(desk: Desk, name: str) -> list[tuple[str, str, str]]:
    found: dict[str, Any] = json.loads(desk.run("figures", "113-1", name, "--history", "--json").stdout)
    return [(entry["meeting"], entry["version"], entry["value"]) for entry in found["values"]]


def test_a_figure_is_told_through_releases_and_meetings_with_its_cells(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    desk.meeting(預定開放=PLANNED.format(""))
    assert desk.run("release", "113-1").exit_code == 0
    desk.meeting(預定開放=PLANNED.format("★"))
    desk.meeting("113-2", 會議資訊=MEETING.replace("113-05-20", "113-11-20"), 預定開放=PLANNED.format(""))
    assert history(desk, "預定開放.已上架數") == [
        ("113-1", "第1版", "1"),
        ("113-1", "目前", "2"),
        ("113-2", "目前", "1"),
    ]
    text = desk.run("figures", "113-1", "預定開放.已上架數", "--history").output
    assert "113-1 第1版　1　會議.xlsx〔預定開放〕D2:D3" in text


def test_a_name_that_never_was_is_refused_with_the_nearest(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED.format(""))
    result = desk.run("figures", "113-1", "預定開放.已上架", "--history")
    assert (result.exit_code, "是否為「預定開放.已上架數」？" in result.output) == (2, True)
    assert desk.run("figures", "113-1", "--history").exit_code == 2


def test_one_figure_alone_is_shown_by_its_name(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED.format(""))
    assert desk.run("figures", "113-1", "預定開放.總數").output.count("\n") == 1
    assert desk.run("figures", "113-1", "預定開放.總和").exit_code == 2


def roster(desk: Desk) -> dict[str, Any]:
    result = desk.run("publish", "113-1", "--roster", "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.fixture
def bearing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    with_mail = ROSTER.replace("| 男 |", "| 男 | a@example.gov.tw |").replace("| 性別 |", "| 性別 | 電子郵件 |")
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=with_mail)
    desk.meeting()
    return desk


def test_the_roster_has_no_address_and_no_sex(bearing: Desk) -> None:
    roster(bearing)
    text = (bearing.root / "output/委員名單/委員名單.csv").read_text("utf-8-sig")
    assert text.splitlines()[0] == "姓名,職稱,服務機關,身分,任期起,任期迄"
    assert "林召集,副首長,海風部,召集人,," in text
    assert "@" not in text
    assert "男" not in text.replace("性", "")


def test_what_changed_since_it_was_published_is_said_and_stays_until_the_next_change(bearing: Desk) -> None:
    assert roster(bearing)["changes"] == []
    path = bearing.root / "inputs/機關.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["委員"]
    sheet["B3"] = "司長"
    sheet.delete_rows(12)
    sheet.append(["新民間", "教授", "己大學", "民間代表", "女"])
    book.save(path)
    expected = ["新任新民間（民間代表）", "卸任高民間（民間代表）", "陳代表職稱由處長改為司長"]
    found = roster(bearing)
    assert (found["before"], found["changes"]) == ("113年5月2日", expected)
    assert roster(bearing)["changes"] == expected
    text = bearing.run("publish", "113-1", "--roster").output
    assert "較113年5月2日公布者異動：新任新民間（民間代表）" in text


def test_an_address_typed_into_a_title_is_not_published(bearing: Desk) -> None:
    path = bearing.root / "inputs/機關.xlsx"
    book = openpyxl.load_workbook(path)
    book["委員"]["B3"] = "處長 chen@example.gov.tw"
    book.save(path)
    result = bearing.run("publish", "113-1", "--roster")
    assert result.exit_code == 1
    assert "電子郵件" in result.output
    assert not (bearing.root / "output/委員名單").exists()


@pytest.mark.office
def test_the_roster_is_a_document_and_data_and_stands_in_the_public_edition(
    bearing: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PACKET_SOFFICE")
    roster(bearing)
    names = {path.name for path in (bearing.root / "output/委員名單").iterdir()}
    assert {f"委員名單.{ending}" for ending in ("pdf", "odt", "ods", "csv")} <= names
    result = bearing.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    public: Path = bearing.root / "output/113-1 公開"
    assert {"委員名單.csv", "委員名單.ods"} <= {path.name for path in public.iterdir()}
