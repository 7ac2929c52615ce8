"""`packet diff`: what changed since a release, where, and from which cells."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import test_minutes
from conftest import CASES, EXPLANATIONS, MEETING, UNITS, Desk
from docx.document import Document
from effort import effort
from hypothesis import given
from hypothesis import strategies as st

from generator.cli import options
from generator.dispatch.diff import alignment
from generator.dispatch.diff import cells as revision_cells

DATASETS = "inputs/113-1/資料集.xlsx"
TABLE = """
| 案號 | 名稱     | 來源            | 標題             |
| 討1  | 測站一覽 | 工作表:潮位站   | 各潮位站資料筆數 |
"""
STATIONS = """
| 序號 | 站名 | 說明           | 筆數 |
| 1    | 北港 | 每小時觀測一次 | 1200 |
| 2    | 南港 | 每日觀測       | 87   |
| 3    | 東港 | 每月觀測       | 9    |
"""
MENTIONED = """
| 案號 | 層級 | 標題 | 內容                                                                      |
| 討1  | 1    |      | 共{{ 潮位站.總數 }}站、{{ 潮位站.筆數 }}筆（如{{ 附件("測站一覽") }}）。 |
| 討1  | 1    |      | 以上所擬是否妥適，提請討論。                                              |
"""
PRESIDED = MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |"


@pytest.fixture(autouse=True)
def _before_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day is well before the meeting, and there is no LibreOffice."""
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 4, 2))
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")


def release(desk: Desk) -> None:
    result = desk.run("release", "113-1")
    assert result.exit_code == 0, result.output


def edit(desk: Desk, book: str, sheet: str, change: Callable[[Any], Any]) -> None:
    """Changes a sheet as someone does in Excel."""
    path = desk.root / book
    opened = openpyxl.load_workbook(path)
    change(opened[sheet])
    opened.save(path)


def diff(desk: Desk, *more: str) -> list[str]:
    """The lines of the answer below the one that says what is compared."""
    result = desk.run("diff", "113-1", *more)
    assert result.exit_code == 0, result.output
    first, *lines = result.output.splitlines()
    assert re.fullmatch(r"第\d版（.+，\d+年\d+月\d+日 \d\d:\d\d） → .+", first)
    return lines


def found(desk: Desk, *more: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(desk.run("diff", "113-1", "--json", *more).stdout)
    return answer


def documents(desk: Desk) -> dict[str, str]:
    return {one["name"]: one["how"] for one in found(desk)["documents"]}


def table_of_changes(desk: Desk, name: str = "修正對照表（第1版至今）.docx") -> Document:
    return docx.Document(str(desk.root / "output" / "113-1 版本" / name))


def station_desk(desk: Desk, stations: str = STATIONS, said: str = MENTIONED) -> None:
    desk.meeting(附件=TABLE, 潮位站=stations, 說明=said)


# --- one change, all that it reached, and nothing else -------------------------------------------------------------


@pytest.mark.slow
def test_one_changed_cell_is_told_with_every_sentence_and_table_it_reached(own_desk: Desk) -> None:
    release(own_desk)
    edit(own_desk, DATASETS, "預定開放", lambda sheet: sheet.__setitem__("D5", "★"))
    assert diff(own_desk) == [
        "■ 07 討論事項第一案.docx　修正",
        "  說明一（一）　修正",
        "    －年度預計開放項目：本總處113年預定開放資料集26項，迄4月2日計有【4】項已上架完成（如附件1）；",
        "    ＋年度預計開放項目：本總處113年預定開放資料集26項，迄4月2日計有【5】項已上架完成（如附件1）；",
        "    ← 預定開放.已上架數 4 → 5、資料集.xlsx〔預定開放〕D5",
        "■ 08 討論事項第一案 附件1 預定開放清單.docx　修正",
        "  第4列「113年度中央政府總預算—預算表」　修正",
        "    已上架：（空白） → ★",
        "    ← 資料集.xlsx〔預定開放〕D5",
        "■ 數字",
        "  預定開放.已上架數 4 → 5　資料集.xlsx〔預定開放〕D2:D27",
        "  預定開放.未上架數 22 → 21　資料集.xlsx〔預定開放〕D2:D27",
        "■ 活頁簿",
        "  資料集.xlsx〔預定開放〕D5：（空白） → ★",
    ]


@pytest.mark.slow
def test_no_change_is_said_to_be_none_also_after_excel_saved_the_workbook_anew(own_desk: Desk) -> None:
    release(own_desk)
    edit(own_desk, DATASETS, "預定開放", lambda sheet: None)
    assert diff(own_desk) == ["沒有差異。"]
    assert found(own_desk)["same"] is True


@pytest.mark.slow
def test_an_inserted_row_is_one_row_in_the_workbook_and_in_the_table(own_desk: Desk) -> None:
    def insert(sheet: Any) -> None:
        sheet.insert_rows(3)
        sheet["A3"], sheet["B3"], sheet["C3"] = "歲入歲出簡表", "11306", "公務預算處"

    release(own_desk)
    edit(own_desk, DATASETS, "預定開放", insert)
    answer = found(own_desk)
    assert [(one["what"], one["how"], one["place"]) for one in answer["inputs"]] == [
        ("row", "added", "資料集.xlsx〔預定開放〕第3列")
    ]
    changed = {one["name"]: one["changes"] for one in answer["documents"]}
    assert list(changed) == ["07 討論事項第一案.docx", "08 討論事項第一案 附件1 預定開放清單.docx"]
    (row,) = changed["08 討論事項第一案 附件1 預定開放清單.docx"]
    assert (row["how"], row["where"], row["title"]) == ("added", "第2列", "歲入歲出簡表")
    assert row["cells"] == ["資料集.xlsx〔預定開放〕第3列"]
    assert {"name": "預定開放.公務預算處", "old": "10", "new": "11"}.items() <= answer["figures"][-1].items()


def test_a_deleted_row_is_told_with_its_text(desk: Desk) -> None:
    station_desk(desk)
    release(desk)
    rows = STATIONS.replace("| 2    | 南港 | 每日觀測       | 87   |\n", "").replace("| 3    | 東港", "| 2    | 東港")
    station_desk(desk, rows)
    lines = diff(desk)
    assert "  第2列「南港」　刪除" in lines
    assert "  會議.xlsx〔潮位站〕第3列　刪除列：2、南港、每日觀測、87" in lines
    assert not any("東港" in line for line in lines)
    assert "    ＋共【2】站、【1,209】筆（如附件）。" in lines


def test_a_row_that_moved_is_not_told_twice(desk: Desk) -> None:
    station_desk(desk)
    release(desk)
    lines = STATIONS.strip().splitlines()
    moved = [
        lines[0],
        lines[3].replace("3 ", "1 ", 1),
        lines[1].replace("1 ", "2 ", 1),
        lines[2].replace("2 ", "3 ", 1),
    ]
    station_desk(desk, "\n".join(moved))
    answer = found(desk)
    assert [(one["what"], one["how"], one["was"]) for one in answer["inputs"]] == [
        ("row", "moved", "會議.xlsx〔潮位站〕A4")
    ]
    (document,) = answer["documents"]
    assert [(one["how"], one["title"]) for one in document["changes"]] == [("moved", "東港")]


def test_an_inserted_column_is_one_column(desk: Desk) -> None:
    station_desk(desk)
    release(desk)
    wider = "\n".join(
        re.sub(r"\| (\S+) +\| (\S+)", rf"| \1 | \2 | {'經管單位' if '站名' in line else '港務處'}", line, count=1)
        for line in STATIONS.strip().splitlines()
    )
    station_desk(desk, wider)
    lines = diff(desk)
    assert [line for line in lines if "新增欄" in line] == ["  會議.xlsx〔潮位站〕C欄　新增欄：經管單位"]
    assert [line for line in lines if line.startswith("  ") and "表頭" in line] == ["  表頭欄位「經管單位」　新增"]
    assert not any("港務處" in line for line in lines)


def test_changed_words_of_a_sentence_are_marked_and_lead_to_its_cell(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理", "依本部作業要點辦理"))
    assert diff(desk) == [
        "■ 03 討論事項第一案.docx　修正",
        "  說明一　修正",
        "    －依本部【規定】辦理。",
        "    ＋依本部【作業要點】辦理。",
        "    ← 會議.xlsx〔說明〕D2",
        "■ 活頁簿",
        "  會議.xlsx〔說明〕D2：依本部規定辦理。 → 依本部作業要點辦理。",
    ]


def test_of_several_changed_cells_each_sentence_names_its_own(desk: Desk) -> None:
    station_desk(desk)
    release(desk)
    station_desk(
        desk,
        STATIONS.replace("1200", "1300").replace("每日觀測", "每週觀測"),
        MENTIONED.replace("以上所擬是否妥適", "本案請委員惠示意見。以上所擬是否妥適"),
    )
    answer = found(desk)
    case, table = answer["documents"]
    assert [one["cells"] for one in case["changes"]] == [["會議.xlsx〔潮位站〕D2"], ["會議.xlsx〔說明〕D3"]]
    assert case["changes"][0]["figures"] == ["潮位站.筆數 1,296 → 1,396"]
    assert [(one["title"], one["cells"]) for one in table["changes"]] == [
        ("北港", ["會議.xlsx〔潮位站〕D2"]),
        ("南港", ["會議.xlsx〔潮位站〕C3"]),
    ]


def test_a_date_leads_from_the_sentence_to_its_cell_and_changes_no_other_document(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    desk.meeting(會議資訊=MEETING.replace("113-05-20", "113-05-21"))
    lines = diff(desk)
    assert lines[:4] == [
        "■ 01 議程.docx　修正",
        "  時間　修正",
        "    －時間：113年5月【20】日（星期【一】）下午2時30分",
        "    ＋時間：113年5月【21】日（星期【二】）下午2時30分",
    ]
    assert lines[4].endswith("、會議.xlsx〔會議資訊〕B2")
    assert "■ 只有檔案屬性（標題、日期）變動　02 報告事項第一案.docx、03 討論事項第一案.docx" in lines


@pytest.mark.slow
def test_a_cell_that_its_change_takes_out_of_a_figure_is_behind_that_figure(own_desk: Desk) -> None:
    said = "以上所擬（公務預算處{{ 預定開放.公務預算處 }}項）是否妥適，提請討論。"
    edit(own_desk, "inputs/113-1/會議.xlsx", "說明", lambda sheet: sheet.__setitem__("D10", said))
    release(own_desk)

    def insert_and_rename(sheet: Any) -> None:
        sheet["C4"] = "人事處"
        sheet.insert_rows(2)
        sheet["A2"], sheet["B2"], sheet["C2"] = "歲入歲出簡表", "11306", "人事處"

    edit(own_desk, DATASETS, "預定開放", insert_and_rename)
    answer = found(own_desk)
    cells = ["資料集.xlsx〔預定開放〕C5"]
    figure = next(one for one in answer["figures"] if one["name"] == "預定開放.公務預算處")
    assert (figure["old"], figure["new"], figure["changed_cells"]) == ("10", "9", cells)
    case = next(one for one in answer["documents"] if one["name"] == "11 討論事項第二案.docx")
    assert [(one["where"], one["cells"]) for one in case["changes"]] == [("說明三", cells)]


def with_title(title: str) -> str:
    """〔案由〕 with this as the title of the case to discuss, in D3."""
    return CASES.replace("{{ 機關.自稱 }}資料集開放一案，提請討論。", title)


@pytest.mark.slow
@pytest.mark.parametrize(
    "title",
    [
        "改題，提請討論。",
        "{{ 機關.自稱 }}{{ 會議.報告期間 }}資料開放辦理成果，提請討論。",
        # The words between the tags stay as they are.
        "{{ 機關.自稱 }}資料開放推動情形，提請討論。",
    ],
)
def test_a_title_reworded_around_its_tags_leads_to_its_cell_everywhere(met: Desk, title: str) -> None:
    old = "{{ 機關.自稱 }}{{ 會議.年度 }}年資料開放推動情形，提請討論。"
    place = {"會議資訊": PRESIDED, "案由": with_title(old)}
    met.meeting(**place)
    release(met)
    place["會議資訊"] = place["會議資訊"].replace("第1會議室", "第2會議室")
    met.meeting(**place | {"案由": with_title(title)})
    reached = {
        one["name"]: change["cells"]
        for one in found(met)["documents"]
        for change in one["changes"]
        if any("資料開放推動情形" in piece["old"] for piece in change["pieces"])
    }
    assert {name.partition(" ")[2] or name for name in reached} >= {
        "議程.docx",
        "討論事項第一案.docx",
        "會議紀錄（公開版）.docx",
        "決議分辦表.docx",
    }
    assert set(map(tuple, reached.values())) == {("會議.xlsx〔案由〕D3",)}


def test_of_two_reworded_titles_each_document_names_its_own(desk: Desk) -> None:
    more = "| 討2  | 討論事項 | 企劃處 | {{ 機關.自稱 }}一案，提請討論。 |\n"
    points = EXPLANATIONS + EXPLANATIONS.replace("討1", "討2").partition("\n")[2].partition("\n")[2]
    desk.meeting(案由=CASES + more, 說明=points)
    release(desk)
    changed = (CASES + more).replace("資料集開放一案", "資料集{{ 會議.年度 }}年開放一案")
    desk.meeting(案由=changed.replace("}}一案", "}}{{ 會議.年度 }}年一案"), 說明=points)
    cases = {one["name"]: one["changes"] for one in found(desk)["documents"] if "第" in one["name"]}
    assert {name: [one["cells"] for one in changes] for name, changes in cases.items()} == {
        "03 討論事項第一案.docx": [["會議.xlsx〔案由〕D3"]],
        "04 討論事項第二案.docx": [["會議.xlsx〔案由〕D4"]],
    }


@pytest.mark.slow
def test_a_date_with_zeros_is_the_figure_and_a_text_without_a_number_has_no_empty_place(own_desk: Desk) -> None:
    release(own_desk)

    def postpone(sheet: Any) -> None:
        sheet["B4"], sheet["B7"] = "行政院第8會議室", "113-04-03"

    edit(own_desk, "inputs/113-1/會議.xlsx", "會議資訊", postpone)
    lines = diff(own_desk)
    start = lines.index("■ 09 討論事項第一案 附件2 下載排名.docx　修正")
    assert lines[start + 1 : start + 5] == [
        "  修正",
        "    －自上架時間至113年04月【02】日",
        "    ＋自上架時間至113年04月【03】日",
        "    ← 會議.資料基準日 113-04-02 → 113-04-03、會議.xlsx〔會議資訊〕B7",
    ]


def test_a_changed_heading_is_told_as_the_title(desk: Desk) -> None:
    station_desk(desk)
    release(desk)
    desk.meeting(附件=TABLE.replace("各潮位站資料筆數", "各潮位站資料總筆數"), 潮位站=STATIONS, 說明=MENTIONED)
    assert "  標題　修正" in diff(desk)


def test_points_that_only_got_another_number_are_told_in_one_line(desk: Desk) -> None:
    points = "\n".join(f"| 討1 | 1 | | 第{one}點的內容。 |" for one in "甲乙丙丁")
    desk.meeting(說明=f"| 案號 | 層級 | 標題 | 內容 |\n{points}")
    release(desk)
    desk.meeting(說明=f"| 案號 | 層級 | 標題 | 內容 |\n| 討1 | 1 | | 先說明沿革。 |\n{points}")
    lines = diff(desk)
    assert lines[:5] == [
        "■ 03 討論事項第一案.docx　修正",
        "  說明一　新增",
        "    ＋先說明沿革。",
        "    ← 會議.xlsx〔說明〕第2列",
        "  編號變動：一、→二、等 4 處。",
    ]


# --- documents -----------------------------------------------------------------------------------------------------


def test_a_case_put_in_before_others_is_new_and_the_others_stay_who_they_are(desk: Desk) -> None:
    said = "| 案號 | 層級 | 內容 |\n" + "\n".join(
        f"| {key} | 1 | {text * 4} |\n| {key} | 1 | 以上所擬是否妥適，提請討論。 |"
        for key, text in (("討1", "潮位資料宜每月更新並提供歷史檔案。"), ("討2", "沿岸測站之經管機關應予釐清。"))
    )
    second = "| 討2 | 討論事項 | 企劃處 | 測站經管一案，提請討論。 |\n"
    desk.meeting(說明=said, 案由=CASES + second)
    release(desk)
    new = "| 討0 | 討論事項 | 秘書處 | 經費一案，提請討論。 |\n| 討1 |"
    more = said + "\n| 討0 | 1 | 所需經費由年度預算支應。以上所擬是否妥適，提請討論。 |"
    desk.meeting(說明=more, 案由=(CASES + second).replace("| 討1  |", new))
    answer = {one["name"]: (one["how"], one["was"]) for one in found(desk)["documents"]}
    assert answer["03 討論事項第一案.docx"] == ("added", "")
    assert answer["04 討論事項第二案.docx"] == ("changed", "03 討論事項第一案.docx")
    assert answer["05 討論事項第三案.docx"] == ("changed", "04 討論事項第二案.docx")


def test_a_document_that_is_gone_is_told(desk: Desk) -> None:
    station_desk(desk)
    release(desk)
    desk.meeting()
    assert documents(desk)["04 討論事項第一案 附件 測站一覽.docx"] == "removed"
    assert "■ 04 討論事項第一案 附件 測站一覽.docx　刪除" in diff(desk)


@pytest.mark.slow
def test_minutes_after_the_papers_are_new_documents_and_a_new_workbook(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=test_minutes.AGENCY, 單位=UNITS, 委員=test_minutes.ROSTER)
    desk.meeting(會議資訊=MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |")
    release(desk)
    test_minutes.minutes(desk)
    lines = diff(desk)
    assert "■ 會議紀錄（公開版）.docx　新增" in lines
    assert "  會議紀錄.xlsx　新增檔案" in lines


def test_a_changed_template_is_named(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    path = desk.root / "templates" / "案.docx"
    opened = docx.Document(str(path))
    opened.styles["層次一"].paragraph_format.keep_with_next = True
    opened.save(str(path))
    lines = diff(desk)
    assert lines[0] == "範本有變動：案.docx。"
    assert "■ 03 討論事項第一案.docx　只有格式變動" in lines
    assert "  範本 案.docx 有變動。" in lines


# --- between which versions ----------------------------------------------------------------------------------------


def test_without_a_release_it_is_wrong_usage(desk: Desk) -> None:
    desk.meeting()
    result = desk.run("diff", "113-1")
    assert result.exit_code == 2
    assert "還沒有版本" in result.output


@pytest.mark.slow
def test_it_compares_with_the_last_release_or_with_the_one_named(desk: Desk) -> None:
    for number in ("一", "二", "三"):
        desk.meeting(會議資訊=MEETING.replace("第1會議室", f"第{number}會議室"))
        if number != "三":
            release(desk)
    place = "  會議.xlsx〔會議資訊〕B4："
    assert diff(desk)[-1] == f"{place}第二會議室 → 第三會議室"
    assert diff(desk, "--from", "1")[-1] == f"{place}第一會議室 → 第三會議室"
    assert diff(desk, "--from", "1", "--to", "2")[-1] == f"{place}第一會議室 → 第二會議室"
    result = desk.run("diff", "113-1", "--from", "7")
    assert result.exit_code == 2
    assert "沒有第7版。現有：第1版、第2版。" in result.output


def test_a_release_that_was_altered_is_not_compared_on_either_side(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    desk.meeting(說明=EXPLANATIONS.replace("規定", "要點"))
    release(desk)
    next((desk.root / "output" / "113-1 版本" / "第1版").rglob("*.docx")).write_bytes(b"altered")
    for versions in (("--from", "1"), ("--from", "2", "--to", "1")):
        result = desk.run("diff", "113-1", *versions)
        assert result.exit_code != 0
        assert "第1版與凍結時不同" in result.output
        assert "請由備份還原，或以 --from、--to 另指定版本。" in result.output


def test_errors_in_the_present_inputs_are_listed_instead(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    desk.meeting(案由=CASES.replace("資訊處", "資訊室"))
    result = desk.run("diff", "113-1", "--docx")
    assert result.exit_code == 1
    assert "會議.xlsx〔案由〕C2" in result.output
    assert "無法比較" in result.output


def test_it_writes_nothing_but_the_table_of_changes(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    desk.meeting(說明=EXPLANATIONS.replace("規定", "作業要點"))

    def files() -> dict[Path, bytes]:
        return {
            path: path.read_bytes() for path in desk.root.rglob("*") if path.is_file() and ".packet" not in path.parts
        }

    before = files()
    diff(desk)
    assert files() == before
    diff(desk, "--docx")
    new = files().keys() - before.keys()
    assert [path.name for path in new] == ["修正對照表（第1版至今）.docx"]


# --- 修正對照表 ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_table_of_changes_has_three_columns_and_marks_the_changed_words(own_desk: Desk) -> None:
    release(own_desk)
    edit(own_desk, DATASETS, "預定開放", lambda sheet: sheet.__setitem__("D5", "★"))
    assert "  新增　修正對照表（第1版至今）.docx" in diff(own_desk, "--docx")
    made = table_of_changes(own_desk)
    rows = [[cell.text for cell in row.cells] for row in made.tables[0].rows]
    assert rows[0] == ["修正後", "修正前", "說明"]
    assert rows[1] == ["07 討論事項第一案"] * 3
    assert rows[2][0] == "年度預計開放項目：本總處113年預定開放資料集26項，迄4月2日計有5項已上架完成（如附件1）；"
    assert rows[2][2] == "說明一（一）。\n預定開放.已上架數 4 → 5。\n依據：資料集.xlsx〔預定開放〕D5。"
    assert rows[4] == [
        "113年度中央政府總預算—預算表\n已上架：★",
        "113年度中央政府總預算—預算表\n已上架：（空白）",
        "第4列。\n依據：資料集.xlsx〔預定開放〕D5。",
    ]
    new, old = (made.tables[0].rows[2].cells[side].paragraphs[0].runs for side in (0, 1))
    assert [run.text for run in new if run.font.underline] == ["5"]
    assert [run.text for run in old if run.font.strike] == ["4"]
    section = made.sections[0]
    assert (section.page_width or 0) > (section.page_height or 0)
    assert "tblHeader" in made.tables[0].rows[0]._tr.xml


def test_the_same_changes_give_the_same_table_of_changes(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    desk.meeting(說明=EXPLANATIONS.replace("規定", "作業要點"))
    diff(desk, "--docx")
    assert "  內容不變 1 個檔案" in diff(desk, "--docx")


@pytest.mark.slow
def test_a_table_of_changes_up_to_now_goes_when_there_is_one_for_a_later_release(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    desk.meeting(說明=EXPLANATIONS.replace("規定", "要點"))
    diff(desk, "--docx")
    release(desk)
    desk.meeting(說明=EXPLANATIONS.replace("規定", "辦法"))
    diff(desk, "--docx")
    diff(desk, "--docx", "--from", "1", "--to", "2")
    names = {path.name for path in (desk.root / "output" / "113-1 版本").glob("*.docx")}
    assert names == {"修正對照表（第2版至今）.docx", "修正對照表（第1版至第2版）.docx"}


def test_a_table_of_changes_edited_by_hand_is_kept(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    desk.meeting(說明=EXPLANATIONS.replace("規定", "要點"))
    diff(desk, "--docx")
    folder = desk.root / "output" / "113-1 版本"
    (folder / "修正對照表（第1版至今）.docx").write_bytes(b"an hour of work")
    diff(desk, "--docx")
    assert b"an hour of work" in [path.read_bytes() for path in folder.glob("*.docx")]


@pytest.fixture
def met(desk: Desk) -> Desk:
    """A meeting with minutes, of which a release was made."""
    desk.book("機關.xlsx", 機關=test_minutes.AGENCY, 單位=UNITS, 委員=test_minutes.ROSTER)
    desk.meeting(會議資訊=PRESIDED)
    test_minutes.minutes(desk)
    release(desk)
    return desk


@pytest.mark.slow
def test_a_place_under_a_main_point_has_no_field_before_it(met: Desk) -> None:
    remarks = test_minutes.REMARKS.replace("請資訊處說明作法", "請資訊處說明具體作法")
    test_minutes.minutes(met, 發言=remarks)
    met.meeting(會議資訊=PRESIDED, 案由=CASES.replace("資料集開放一案", "資料集開放範圍一案"))
    lines = diff(met, "--docx")
    assert "  參一　修正" in lines
    assert "  參一委員意見（二）　修正" in lines
    assert not any(re.match(r"  (地點|出席人數)", line) for line in lines)
    notes = [row.cells[2].text for row in table_of_changes(met).tables[0].rows]
    assert any(note.startswith("參一。") for note in notes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "only"),
    [
        ("報告宜附圖表", "報告宜附統計圖表", "委員及列席人員"),
        ("請資訊處提出更新期程", "請資訊處提出更新時程", "機關內部"),
        # Who now wants no name stands by name in the minutes before.
        ("周民間 | 委員意見 | 記名 ", "周民間 | 委員意見 | 不記名", "機關內部"),
    ],
)
def test_the_table_of_changes_says_who_may_see_it(met: Desk, old: str, new: str, only: str) -> None:
    remarks, decisions = (table.replace(old, new) for table in (test_minutes.REMARKS, test_minutes.DECISIONS))
    test_minutes.minutes(met, 發言=remarks, 決議=decisions)
    diff(met, "--docx")
    texts = [paragraph.text for paragraph in table_of_changes(met).paragraphs]
    assert f"本表含非公開內容，僅供{only}參閱。" in texts


def test_without_its_template_the_table_of_changes_is_a_problem(desk: Desk) -> None:
    desk.meeting()
    release(desk)
    desk.meeting(說明=EXPLANATIONS.replace("規定", "要點"))
    (desk.root / "templates" / "修正對照表.docx").unlink()
    result = desk.run("diff", "113-1", "--docx")
    assert result.exit_code == 1
    assert "templates 內沒有範本「修正對照表.docx」" in result.output


# --- aligning ------------------------------------------------------------------------------------------------------

LINES = st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from(["", "1", "2"])), max_size=12)


@pytest.mark.slow
@given(LINES, LINES)
def test_aligning_loses_no_row_and_invents_none(old: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    pairs = alignment.rows(old, new)
    assert sorted(a for a, _ in pairs if a is not None) == list(range(len(old)))
    assert [b for _, b in pairs if b is not None] == list(range(len(new)))
    kept = [a for a, b in pairs if a is not None and b is not None]
    assert kept == sorted(kept)


@given(LINES)
def test_equal_lists_are_paired_row_by_row(lines: list[tuple[str, str]]) -> None:
    assert alignment.rows(lines, lines) == [(place, place) for place in range(len(lines))]


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_pieces_of_two_texts_are_the_texts(old: str, new: str) -> None:
    pieces = alignment.words(old, new)
    assert ("".join(a for a, _ in pieces), "".join(b for _, b in pieces)) == (old, new)


ROWS = [(f"資料集{number}", str(number * 7 % 1000), "每月") for number in range(20_000)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "changed"),
    [
        ([*ROWS[:9000], ("新資料集", "1", "每月"), *ROWS[9000:]], 1),
        ([(name, f"{count}1", every) for name, count, every in ROWS], 20_000),
        (ROWS[::-1], 39_998),
        ([("公告事項", str(number % 3), "") for number in range(20_000)], 40_000),
    ],
    ids=["a row inserted", "a column changed", "turned round", "all other"],
)
def test_long_sheets_do_not_take_quadratic_time(new: list[tuple[str, str, str]], changed: int) -> None:
    # 20,000 × 20,000 comparisons would take minutes.
    assert effort(lambda: alignment.rows(ROWS, new)) < 150
    pairs = alignment.rows(ROWS, new)
    assert sum(a is None or b is None or ROWS[a] != new[b] for a, b in pairs) == changed


def test_a_cell_is_within_the_ranges_of_a_figure() -> None:
    cell = revision_cells.InputChange("cell", "changed", revision_cells.Location("甲.xlsx", "表", "D10"))
    assert revision_cells.inside(cell, "甲.xlsx〔表〕D2:D27")
    assert revision_cells.inside(cell, "甲.xlsx〔表〕D10")
    assert not revision_cells.inside(cell, "甲.xlsx〔表〕C2:C27")
    assert not revision_cells.inside(cell, "甲.xlsx〔表〕D2:D9")
    assert not revision_cells.inside(cell, "乙.xlsx〔表〕D2:D27")


@pytest.mark.office
def test_libreoffice_opens_the_table_of_changes(
    own_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pypdf import PdfReader

    from generator.pdf import office

    release(own_desk)
    edit(own_desk, DATASETS, "預定開放", lambda sheet: sheet.__setitem__("D5", "★"))
    diff(own_desk, "--docx")
    monkeypatch.delenv("PACKET_SOFFICE")
    path = own_desk.root / "output" / "113-1 版本" / "修正對照表（第1版至今）.docx"
    made = office.convert([path], "pdf", tmp_path, timeout=120)
    text = "".join(page.extract_text() for page in PdfReader(made[path]).pages)
    assert "預定開放.已上架數" in text
    assert "第 1 頁，共 1 頁" in text
