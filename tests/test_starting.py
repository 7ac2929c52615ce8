"""`packet init` and `packet new`: what lies there afterwards, and a packet built from forms that were just made."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import CASES, EXPLANATIONS, MEETING, REPO, UNITS, Desk, docx_text
from openpyxl.worksheet.worksheet import Worksheet

from generator.cli import app
from generator.meeting.sheets.index import MEETING_SHEETS, MINUTES_SHEETS
from generator.meeting.sheets.minutes import Observer
from generator.setup import start as starting
from generator.workbook import forms

FACTS = {"會議日期": "113年5月20日（星期一）", "開始時間": "14:30", "地點": "第1會議室", "資料基準日": "113-05-01"}
ONE_CASE = {"案號": "報1", "類別": "報告事項", "單位": "資訊處", "案由": "{{ 機關.自稱 }}辦理情形，報請鑒察。"}
AGENCY = {
    "機關全銜": "海風部",
    "機關簡稱": "海風部",
    "自稱": "本部",
    "小組名稱": "潮汐資料諮詢小組",
    "幕僚單位": "資訊處",
}
LEVELS = ("檢測範圍外", "無標章", "銅標章", "銀標章", "金標章", "白金標章")
OLD = {
    "會議資訊": f"{MEETING.rstrip()}\n| 報告期間 | 113年1至3月 |\n| 主席 | 王小明 |\n| 會議連結 | https://a.example |",
    "案由": CASES.replace("資料集開放一案", "{{ 會議.報告期間 }}推動情形"),
    "附件": """
| 案號 | 名稱     | 來源            | 標題                       |
| 討1  | 開放清單 | 工作表:預定開放 | {{ 會議.年度 }}年開放清單 |
| 討1  | 測站一覽 | 工作表:潮位站   |                            |
""",
    "附註": "| 附件 | 內容 |\n| 開放清單 | 統計至{{ 會議.資料基準日 }}。 |",
    "預定開放": "| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |\n| 潮位 | 11304 | 企劃處 | ★ |",
    "統計數字": "| 名稱 | 數值 | 出處 |\n| 總瀏覽次數 | 1200 | 平臺統計頁 |",
    "潮位站": "| 站名 | 說明 | 筆數 |\n| 北港 | 每小時 | 1200 |",
}


def fill(path: Path, sheet: str, facts: dict[str, Any]) -> None:
    """Types the facts into a form as staff do: beside the names of fields, or into the first free row of a list."""
    book = openpyxl.load_workbook(path)
    worksheet = book[sheet]
    headings = [cell.value for cell in worksheet[1]]
    free = next(row for row in range(2, 1000) if worksheet.cell(row, 1).value is None)
    for name, value in facts.items():
        if headings[:2] == ["欄位", "內容"]:
            row = next(cell.row for cell in worksheet["A"] if cell.value == name)
            worksheet.cell(row, 2, value)
        else:
            worksheet.cell(free, headings.index(name) + 1, value)
    book.save(path)


def rows(path: Path, sheet: str) -> list[list[Any]]:
    """What stands in the sheet below its headings."""
    found = [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(min_row=2, values_only=True)]
    return [row for row in found if any(value is not None for value in row)]


def fields(path: Path) -> dict[str, Any]:
    return {row[0]: row[1] for row in rows(path, "會議資訊") if row[1] is not None}


def menu(worksheet: Worksheet, cell: str) -> str:
    """The source of the drop-down of that cell."""
    found = [one.formula1 for one in worksheet.data_validations.dataValidation if cell in one]
    return str(found[0]) if found else ""


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder: files with their bytes, folders with None."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def ends(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of the program as it is started from a terminal."""
    monkeypatch.setattr(sys, "argv", ["packet", *arguments])
    with pytest.raises(SystemExit) as end:
        app.main()
    return int(end.value.code or 0)


def book(desk: Desk, name: str, meeting: str = "113-1") -> Path:
    return desk.root / "inputs" / meeting / f"{name}.xlsx"


# packet init


def test_init_makes_a_workspace_with_blank_facts_and_the_standard_templates(desk: Desk, tmp_path: Path) -> None:
    root = tmp_path / "別的機關" / "開放 資料"
    result = desk.run("init", str(root))
    assert result.exit_code == 0
    assert {path.name for path in root.iterdir()} == {"inputs", "templates", "output", "讀我.txt"}
    assert {path.name for path in (root / "inputs").iterdir()} == {"機關.xlsx", "共用"}
    assert {path.name for path in (root / "inputs" / "共用").iterdir()} == {
        "設置要點.xlsx",
        "運作指引.xlsx",
        "空白條文.xlsx",
    }
    assert tree(root / "templates") == tree(REPO / "templates")
    agency = openpyxl.load_workbook(root / "inputs" / "機關.xlsx")
    assert agency.sheetnames == ["機關", "單位", "規則", "委員", "停班日"]
    given = {row[0]: row[1] for row in rows(root / "inputs" / "機關.xlsx", "機關")}
    assert {name for name, value in given.items() if value is None} >= set(AGENCY)
    assert (given["抽查基數"], given["品質檢測起日"], given["下載排名數"]) == (50, "104-02-01", 10)
    assert "接下來" in result.output
    assert "packet new 114-1" in result.output


@pytest.mark.parametrize("there", ["inputs/機關.xlsx", "templates/案.docx", "output/113-1/01 議程.docx", "inputs"])
def test_init_touches_nothing_where_a_workspace_is(desk: Desk, tmp_path: Path, there: str) -> None:
    path = tmp_path / "舊的" / there
    path.parent.mkdir(parents=True)
    path.write_text("由承辦人填寫", encoding="utf-8")
    before = tree(tmp_path)
    result = desk.run("init", str(tmp_path / "舊的"))
    assert result.exit_code == 2
    assert f"已經有 {there.split('/')[0]}" in result.output
    assert tree(tmp_path) == before


def test_init_takes_an_empty_folder_and_leaves_other_files_alone(desk: Desk, tmp_path: Path) -> None:
    root = tmp_path / "空的"
    (root / "output").mkdir(parents=True)
    (root / "備忘.txt").write_text("甲", encoding="utf-8")
    assert desk.run("init", str(root)).exit_code == 0
    assert (root / "備忘.txt").read_text(encoding="utf-8") == "甲"
    assert {path.name for path in root.iterdir()} == {"inputs", "templates", "output", "備忘.txt", "讀我.txt"}


def test_a_new_workspace_says_in_notepads_own_way_what_is_where(desk: Desk, tmp_path: Path) -> None:
    root = tmp_path / "新"
    assert desk.run("init", str(root)).exit_code == 0
    content = (root / "讀我.txt").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\n" not in content.replace(b"\r\n", b"")
    text = content.decode("utf-8-sig")
    for place in ("inputs\\機關.xlsx", "inputs\\共用", "templates", "output", "空白條文.xlsx"):
        assert place in text
    for named in re.findall(r"packet [a-z]+", text):
        assert named.split()[1] in app.packet.commands
    assert "{" not in text


def test_a_text_to_read_first_that_is_there_already_stays(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "讀我.txt").write_text("甲", encoding="utf-8")
    result = desk.run("init", str(tmp_path))
    assert result.exit_code == 0
    assert (tmp_path / "讀我.txt").read_text(encoding="utf-8") == "甲"
    assert "讀我.txt" not in result.output


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "meeting"), [("政府資料開放諮詢小組", "113-1"), ("一般會議", "28")])
def test_an_example_has_a_meeting_that_builds_with_its_minutes(
    desk: Desk, tmp_path: Path, kind: str, meeting: str
) -> None:
    example = Desk(tmp_path / "範例")
    result = desk.run("init", str(example.root), "--kind", kind, "--example")
    assert result.exit_code == 0
    assert f"packet open {meeting}" in result.output
    assert f"packet open {meeting}" in (example.root / "讀我.txt").read_text(encoding="utf-8-sig")
    built = example.run("build", meeting, "--format", "docx")
    assert built.exit_code == 0, built.output
    assert any("會議紀錄" in name for name in example.texts(meeting))


@pytest.mark.slow
def test_a_copy_of_the_blank_regulation_is_attached_once_it_is_filled_in(desk: Desk, tmp_path: Path) -> None:
    new = Desk(tmp_path / "新")
    assert desk.run("init", str(new.root)).exit_code == 0
    shared = new.root / "inputs" / "共用"
    fill(new.root / "inputs" / "機關.xlsx", "機關", AGENCY)
    fill(new.root / "inputs" / "機關.xlsx", "單位", {"單位": "資訊處"})
    shutil.copyfile(shared / "空白條文.xlsx", shared / "潮汐要點.xlsx")
    fill(shared / "潮汐要點.xlsx", "條文", {"層級": "1", "條號": "一、", "內容": "為公開潮汐資料，訂定本要點。"})
    assert new.run("new", "113-1").exit_code == 0
    offered = menu(openpyxl.load_workbook(book(new, "會議"))["附件"], "C2")
    assert "共用:潮汐要點" in offered
    assert "空白條文" not in offered
    fill(book(new, "會議"), "會議資訊", FACTS)
    fill(book(new, "會議"), "案由", ONE_CASE)
    fill(book(new, "會議"), "附件", {"案號": "報1", "名稱": "潮汐要點", "來源": "共用:潮汐要點"})
    fill(book(new, "會議"), "說明", {"案號": "報1", "層級": 1, "內容": "如{{ 附件('潮汐要點') }}。"})
    assert new.run("build", "113-1", "--format", "docx").exit_code == 0
    assert any("為公開潮汐資料，訂定本要點。" in text for text in new.texts().values())


@pytest.mark.slow
def test_forms_made_before_the_agency_is_filled_in_are_those_of_its_kind(desk: Desk, tmp_path: Path) -> None:
    for kind, more in (("政府資料開放諮詢小組", True), ("一般會議", False)):
        new = Desk(tmp_path / kind)
        assert desk.run("init", str(new.root), "--kind", kind).exit_code == 0
        assert new.run("new", "113-1").exit_code == 0
        assert book(new, "資料集").is_file() is more


@pytest.mark.slow
@pytest.mark.parametrize("moment", [1, 2, 3])
@pytest.mark.parametrize("there", [False, True], ids=["new folder", "empty folder"])
def test_init_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int, there: bool
) -> None:
    root = tmp_path / "甲" / "乙"
    if there:
        (root / "output").mkdir(parents=True)
    before, rename, moves = tree(tmp_path), os.rename, 0

    def failing(source: Path, target: Path) -> None:
        nonlocal moves
        moves += 1
        if moves == moment:
            raise PermissionError(13, "denied", str(target))
        rename(source, target)

    monkeypatch.setattr(starting.os, "rename", failing)
    assert ends(monkeypatch, "init", str(root)) == 3
    assert tree(tmp_path) == before


# packet new


def test_new_makes_every_sheet_that_the_reader_knows(desk: Desk) -> None:
    result = desk.run("new", "114-1")
    assert result.exit_code == 0
    made = desk.root / "inputs" / "114-1"
    assert {path.name for path in made.iterdir()} == {
        "會議.xlsx",
        "上次決定.xlsx",
        "資料集.xlsx",
        "下架清單.xlsx",
        "簡報.xlsx",
        "附件",
    }
    sheets = [sheet for path in made.glob("*.xlsx") for sheet in openpyxl.load_workbook(path)]
    after = [record for record in MINUTES_SHEETS if record is not Observer]
    listed = [record for record in MEETING_SHEETS if record not in after and record.sheet.book]
    before_the_meeting = [record.sheet.name for record in listed]
    assert sorted(sheet.title for sheet in sheets) == sorted(before_the_meeting)
    for sheet in sheets:
        assert sheet.freeze_panes == "A2"
        assert all(cell.comment and cell.comment.text for cell in sheet[1])
    for name in ("會議.xlsx", "資料集.xlsx", "packet check 114-1", "packet build 114-1"):
        assert name in result.output


def test_forms_offer_what_the_workspace_has(desk: Desk) -> None:
    desk.book(
        "機關.xlsx", 機關="| 欄位 | 內容 |", 單位=UNITS, 委員="| 姓名 | 職稱 | 服務機關 | 身分 | 性別 |\n| 王小明 |"
    )
    desk.book("共用/設置要點.xlsx", 條文="| 層級 | 條號 | 內容 |")
    assert desk.run("new", "113-臨1").exit_code == 0
    meeting = openpyxl.load_workbook(book(desk, "會議", "113-臨1"))
    assert menu(meeting["案由"], "B2") == '"報告事項,討論事項,臨時動議"'
    assert menu(meeting["案由"], "C2") == '"企劃處,資訊處,秘書處"'
    assert menu(meeting["說明"], "A2").startswith("OFFSET('案由'!$A$2")
    assert menu(meeting["說明"], "B2") == '"1,2,3,4"'
    assert menu(meeting["附註"], "A2").startswith("OFFSET('附件'!$B$2")
    assert menu(meeting["會議資訊"], "B5") == '"王小明"'
    for source in ("工作表:預定開放", "工作表:品質檢測", "另附", "共用:設置要點"):
        assert source in menu(meeting["附件"], "C2")
    data = openpyxl.load_workbook(book(desk, "資料集", "113-臨1"))
    assert menu(data["預定開放"], "D2") == '"★"'
    past = openpyxl.load_workbook(book(desk, "上次決定", "113-臨1"))
    assert menu(past["上次會議決定"], "E2") == '"持續列管,解除列管"'


@pytest.mark.slow
def test_long_lists_of_units_bring_no_note_about_the_sheet_that_holds_them(desk: Desk) -> None:
    desk.book("機關.xlsx", 單位="| 單位 |\n" + "\n".join(f"| 第{number}統計調查及資料管理處 |" for number in range(40)))
    assert desk.run("new", "113-1").exit_code == 0
    assert "選單" in openpyxl.load_workbook(book(desk, "會議")).sheetnames
    assert not [one for one in desk.problems() if one["code"] == "unknown-sheet"]


@pytest.mark.slow
def test_a_packet_from_fresh_forms_with_one_case_filled_in_comes_out_right(desk: Desk) -> None:
    assert desk.run("new", "113-1").exit_code == 0
    fill(book(desk, "會議"), "會議資訊", FACTS)
    fill(book(desk, "會議"), "案由", ONE_CASE)
    assert desk.problems() == []
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    texts = desk.texts()
    assert list(texts) == ["01 議程", "02 報告事項第一案"]
    assert "113年5月20日（星期一）下午2時30分" in texts["01 議程"]
    assert "本部辦理情形，報請鑒察。" in texts["01 議程"]
    assert "資訊處" in texts["02 報告事項第一案"]


@pytest.mark.slow
def test_units_listed_beforehand_count_only_once_the_sheet_is_begun(desk: Desk) -> None:
    assert desk.run("new", "113-1").exit_code == 0
    fill(book(desk, "會議"), "會議資訊", FACTS)
    fill(book(desk, "會議"), "案由", ONE_CASE)
    assert [row[0] for row in rows(book(desk, "資料集"), "品質檢測")] == ["企劃處", "資訊處", "秘書處"]
    data = openpyxl.load_workbook(book(desk, "資料集"))
    for column in range(2, 8):
        data["品質檢測"].cell(2, column, 0)
    data.save(book(desk, "資料集"))
    errors = [problem for problem in desk.problems() if problem["severity"] == "error"]
    assert {problem["code"] for problem in errors} == {"empty-cell"}
    assert [problem["cell"] for problem in errors] == [f"{letter}{row}" for row in (3, 4) for letter in "BCDEFG"]


@pytest.mark.slow
def test_units_that_hand_in_their_own_row_need_not_empty_the_form(desk: Desk) -> None:
    assert desk.run("new", "113-1").exit_code == 0
    fill(book(desk, "會議"), "會議資訊", FACTS)
    fill(book(desk, "會議"), "案由", ONE_CASE)
    heading = "| 單位 | " + " | ".join(LEVELS) + " |\n"
    for unit in ("企劃處", "資訊處", "秘書處"):
        desk.book(f"113-1/{unit}.xlsx", 品質檢測=f"{heading}| {unit} | 0 | 0 | 0 | 0 | 2 | 1 |")
    assert desk.problems() == []


@pytest.mark.slow
@pytest.mark.parametrize("attached", [True, False])
def test_an_empty_list_is_found_before_it_prints_as_zero(desk: Desk, attached: bool) -> None:
    assert desk.run("new", "113-1").exit_code == 0
    fill(book(desk, "會議"), "會議資訊", FACTS)
    fill(book(desk, "會議"), "案由", ONE_CASE)
    fill(book(desk, "會議"), "說明", {"案號": "報1", "層級": 1, "內容": "共{{ 品質檢測.總計 }}項{{ 附件('統計') }}。"})
    if attached:
        fill(book(desk, "會議"), "附件", {"案號": "報1", "名稱": "統計", "來源": "工作表:品質檢測"})
    else:
        fill(book(desk, "會議"), "附件", {"案號": "報1", "名稱": "統計", "來源": "另附"})
    found = [(problem["code"], problem["severity"]) for problem in desk.problems()]
    assert found == ([("empty-sheet", "error")] if attached else []) + [("no-rows", "warning")]


def test_new_refuses_a_meeting_that_is_there(desk: Desk) -> None:
    desk.meeting()
    before = tree(desk.root)
    result = desk.run("new", "113-1")
    assert result.exit_code == 2
    assert "inputs/113-1 已經有檔案" in result.output
    assert tree(desk.root) == before


@pytest.mark.slow
def test_new_takes_an_empty_folder(desk: Desk) -> None:
    (desk.root / "inputs" / "113-1").mkdir()
    assert desk.run("new", "113-1").exit_code == 0
    assert book(desk, "會議").is_file()


@pytest.mark.parametrize("meeting", ["../113-1", "113-01", "113-1/x", "下一次"])
def test_new_refuses_what_is_no_meeting(desk: Desk, meeting: str) -> None:
    before = tree(desk.root)
    assert desk.run("new", meeting).exit_code == 2
    assert desk.run("new", "114-1", "--from", meeting).exit_code == 2
    assert tree(desk.root) == before


@pytest.mark.parametrize("moment", [1, 3])
@pytest.mark.parametrize("there", [False, True], ids=["no folder", "empty folder"])
def test_new_that_fails_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: int, there: bool) -> None:
    if there:
        (desk.root / "inputs" / "113-1").mkdir()
    before, write, written = tree(desk.root), forms.write_workbook, 0

    def failing(target: Path, *arguments: Any, **settings: Any) -> None:
        nonlocal written
        written += 1
        if written == moment:
            target.write_bytes(b"half")
            raise OSError(28, "No space left on device", str(target))
        write(target, *arguments, **settings)

    monkeypatch.setattr(starting, "write_workbook", failing)
    assert ends(monkeypatch, "--workspace", str(desk.root), "new", "113-1") == 3
    assert tree(desk.root) == before


def test_new_without_the_agency_says_so_and_makes_nothing(desk: Desk) -> None:
    (desk.root / "inputs" / "機關.xlsx").unlink()
    result = desk.run("new", "113-1")
    assert result.exit_code == 1
    assert "沒有 機關.xlsx" in result.output
    assert tree(desk.root / "inputs") == {}


def test_new_goes_before_the_units_are_filled_in_but_says_so(desk: Desk) -> None:
    desk.book("機關.xlsx", 單位="| 單位 |")
    result = desk.run("new", "113-1")
    assert result.exit_code == 0
    assert "〔單位〕還沒有填" in result.output
    assert rows(book(desk, "資料集"), "品質檢測") == []


def test_a_data_groups_form_does_not_say_that_the_day_of_its_figures_may_be_empty(desk: Desk) -> None:
    assert desk.run("new", "113-1").exit_code == 0
    notes = {row[0]: row[2] for row in rows(book(desk, "會議"), "會議資訊")}
    assert "可空白" not in notes["資料基準日"]
    assert "可空白" in notes["報告期間"]


def test_an_empty_cell_of_choices_names_them(desk: Desk) -> None:
    desk.meeting(案由=CASES.replace("討論事項", "", 1))
    (found,) = desk.problems()
    assert (found["code"], found["remedy"]) == ("empty-cell", "請填入內容：報告事項、討論事項、臨時動議。")


# packet new --from


@pytest.mark.slow
def test_from_brings_the_standing_prose_and_leaves_dates_and_figures(desk: Desk) -> None:
    desk.meeting(**OLD)
    result = desk.run("new", "113-2", "--from", "113-1")
    assert result.exit_code == 0, result.output
    assert "沿用 113-1" in result.output
    new = book(desk, "會議", "113-2")
    assert fields(new) == {"開始時間": "14:30", "地點": "第1會議室", "主席": "王小明"}
    assert rows(new, "案由")[1][:4] == [
        "討1",
        "討論事項",
        "企劃處",
        "{{ 機關.自稱 }}{{ 會議.報告期間 }}推動情形，提請討論。",
    ]
    assert [row[3] for row in rows(new, "說明")] == ["依本部規定辦理。", "以上所擬是否妥適，提請討論。"]
    assert rows(new, "附件")[0] == [
        "討1",
        "開放清單",
        "工作表:預定開放",
        None,
        "{{ 會議.年度 }}年開放清單",
        *[None] * 4,
    ]
    assert rows(new, "附註") == [["開放清單", "統計至{{ 會議.資料基準日 }}。"]]
    data = book(desk, "資料集", "113-2")
    assert rows(data, "統計數字") == [["總瀏覽次數", None, "平臺統計頁"]]
    # Both meetings are of one year.
    assert rows(data, "預定開放") == [["潮位", "11304", "企劃處", "★"]]
    other = openpyxl.load_workbook(book(desk, "其他表格", "113-2"))["潮位站"]
    assert [[cell.value for cell in row] for row in other] == [["站名", "說明", "筆數"]]


def test_from_lists_the_cases_of_the_last_meeting_as_they_went_out(desk: Desk) -> None:
    desk.meeting(**OLD)
    assert desk.run("new", "113-2", "--from", "113-1").exit_code == 0
    assert rows(book(desk, "上次決定", "113-2"), "上次會議決定") == [
        ["報告事項", "本部辦理情形，報請鑒察。", None, None, None, "113-1"],
        ["討論事項", "本部113年1至3月推動情形，提請討論。", None, None, None, "113-1"],
    ]
    missing = {(one["sheet"], one["cell"]) for one in desk.problems("113-2") if one["code"] == "empty-cell"}
    assert missing == {
        ("會議資訊", "B2"),
        ("會議資訊", "B7"),
        ("上次會議決定", "C2"),
        ("上次會議決定", "C3"),
        ("統計數字", "B2"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("between", ["113-2", "113-臨1"])
def test_from_an_older_meeting_lists_no_past_decisions(desk: Desk, between: str) -> None:
    desk.meeting()
    desk.meeting(between)
    result = desk.run("new", "114-1", "--from", "113-1")
    assert result.exit_code == 0
    assert rows(book(desk, "上次決定", "114-1"), "上次會議決定") == []
    assert "請填最近一次會議的決定" in result.output


def test_from_a_meeting_that_is_not_finished_brings_what_there_is(desk: Desk) -> None:
    desk.meeting(會議資訊="| 欄位 | 內容 |\n| 會議日期 | |\n| 地點 | 第1會議室 |")
    result = desk.run("new", "113-2", "--from", "113-1")
    assert result.exit_code == 0
    assert "資料還不完整" in result.output
    assert fields(book(desk, "會議", "113-2")) == {"地點": "第1會議室"}
    assert len(rows(book(desk, "會議", "113-2"), "案由")) == 2


def test_from_workbooks_that_would_lose_a_text_makes_nothing(desk: Desk) -> None:
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理。", "#REF!"))
    before = tree(desk.root)
    result = desk.run("new", "113-2", "--from", "113-1")
    assert result.exit_code == 1
    assert "會議.xlsx〔說明〕D2" in result.output
    assert "沒有建立 inputs/113-2" in result.output
    assert tree(desk.root) == before


def test_from_an_unknown_meeting_lists_those_there_are(desk: Desk) -> None:
    desk.meeting()
    desk.meeting("112-2")
    before = tree(desk.root)
    result = desk.run("new", "114-1", "--from", "113-3")
    assert result.exit_code == 2
    assert "現有的會議：112-2、113-1" in result.output
    assert tree(desk.root) == before


@pytest.mark.slow
def test_the_next_meeting_of_the_repo_starts_from_the_first(own_desk: Desk) -> None:
    assert own_desk.run("new", "113-2", "--from", "113-1").exit_code == 0
    for sheet in ("案由", "說明", "附件", "附註"):
        before = rows(book(own_desk, "會議"), sheet)
        # The form has every column there is, 113-1 only those that it needs.
        assert [row[: len(before[0])] for row in rows(book(own_desk, "會議", "113-2"), sheet)] == before
    past = rows(book(own_desk, "上次決定", "113-2"), "上次會議決定")
    assert past[2][:2] == ["討論事項", "本總處113年1至3月資料開放推動情形，提請討論。"]


# The wheel


@pytest.mark.slow
def test_the_wheel_makes_a_workspace_and_builds_a_packet_there(tmp_path: Path) -> None:
    wheel = pytest.importorskip("hatchling.builders.wheel")
    site = Path(openpyxl.__file__).parents[1]
    made = next(wheel.WheelBuilder(str(REPO)).build(directory=str(tmp_path / "dist"), versions=["standard"]))
    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path / "installed")
        carried = {name.split("/")[3] for name in archive.namelist() if name.startswith("generator/standard/inputs/")}
    assert carried == {"機關.xlsx", "共用", "113-1"}
    root = tmp_path / "別處"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "installed"), str(site)])}

    def packet(*arguments: str) -> str:
        # -S: no .pth file, so that an editable install of this repo cannot stand in for the wheel.
        start = "import generator, sys; print(generator.__file__); from generator.cli.app import main; main()"
        done = subprocess.run(
            [sys.executable, "-S", "-X", "utf8", "-c", start, *arguments],
            cwd=root if root.is_dir() else tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith(str(tmp_path / "installed"))
        return done.stdout

    packet("init", "範例", "--example")
    assert (tmp_path / "範例" / "inputs" / "113-1" / "會議紀錄.xlsx").is_file()
    packet("init", "別處")
    assert tree(root / "templates") == tree(REPO / "templates")
    fill(root / "inputs" / "機關.xlsx", "機關", AGENCY)
    fill(root / "inputs" / "機關.xlsx", "單位", {"單位": "資訊處"})
    packet("new", "113-1")
    fill(root / "inputs" / "113-1" / "會議.xlsx", "會議資訊", FACTS)
    fill(root / "inputs" / "113-1" / "會議.xlsx", "案由", ONE_CASE)
    packet("build", "113-1", "--format", "docx")
    text = docx_text(root / "output" / "113-1" / "02 報告事項第一案.docx")
    assert "本部辦理情形，報請鑒察。" in text
