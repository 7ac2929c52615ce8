"""`packet build`: what lies in output/ afterwards."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import docx.table
import pytest
from conftest import AGENCY, CASES, MEETING, UNITS, Desk, docx_text
from msgspec.structs import replace

from generator.basic.formats import Format
from generator.documents.document import Document

TABLE = """
| 案號 | 名稱     | 來源            | 標題             |
| 討1  | 測站一覽 | 工作表:潮位站   | 各潮位站資料筆數 |
"""
STATIONS = """
| 站名 | 說明           | 筆數 |
| 北港 | 每小時觀測一次 | 1200 |
| 南港 | 每日觀測       | 87   |
"""
MENTIONED = """
| 案號 | 層級 | 標題 | 內容                                                                      |
| 討1  | 1    |      | 共 {{ 潮位站.總數 }} 站、{{ 潮位站.筆數 }} 筆（如{{ 附件("測站一覽") }}）。 |
| 討1  | 1    |      | 以上所擬是否妥適，提請討論。                                              |
"""


def files(desk: Desk) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(desk.output().iterdir()) if path.is_file()}


def build(desk: Desk, *more: str) -> None:
    result = desk.run("build", "113-1", "--format", "docx", *more)
    assert result.exit_code == 0, result.output


@pytest.mark.slow
def test_it_makes_one_word_file_for_the_agenda_and_each_case(desk: Desk) -> None:
    desk.meeting()
    build(desk)
    assert list(files(desk)) == ["01 議程.docx", "02 報告事項第一案.docx", "03 討論事項第一案.docx", "packet.json"]
    assert "一、本部資料集開放一案，提請討論。" in desk.texts()["01 議程"]


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes(desk: Desk, tmp_path: Path) -> None:
    desk.meeting(附件=TABLE, 潮位站=STATIONS, 說明=MENTIONED)
    build(desk)
    first = files(desk)
    for path in desk.output().iterdir():
        path.unlink()
    build(desk)
    assert files(desk) == first


@pytest.mark.slow
def test_an_unknown_sheet_named_as_attachment_prints_through_the_plain_table(desk: Desk) -> None:
    desk.meeting(附件=TABLE, 潮位站=STATIONS, 說明=MENTIONED)
    build(desk)
    texts = desk.texts()
    assert "共 2 站、1,287 筆（如附件）。" in texts["03 討論事項第一案"]
    table = docx.Document(str(desk.output("04 討論事項第一案 附件 測站一覽.docx"))).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["站名", "說明", "筆數"],
        ["北港", "每小時觀測一次", "1200"],
        ["南港", "每日觀測", "87"],
    ]
    widths = [column.width for column in table.columns]
    assert sum(width or 0 for width in widths) == pytest.approx(9071 * 635, abs=2000)
    assert (widths[1] or 0) > (widths[0] or 0)
    assert table.rows[1].cells[2].paragraphs[0].style.name == "表格數字"
    assert table.rows[1].cells[0].paragraphs[0].style.name != "表格數字"


def test_properties_come_from_the_meeting_and_not_from_the_template(desk: Desk) -> None:
    desk.meeting()
    build(desk)
    properties = docx.Document(str(desk.output("02 報告事項第一案.docx"))).core_properties
    assert properties.title == "「潮汐資料諮詢小組」113年第1次會議報告事項第一案"
    assert properties.author == properties.last_modified_by == "海風部"
    assert f"{properties.created:%Y-%m-%d}" == "2024-05-20"


@pytest.mark.slow
def test_an_error_in_the_inputs_builds_nothing_and_leaves_the_last_build(desk: Desk) -> None:
    desk.meeting()
    build(desk)
    before = files(desk)
    desk.meeting(案由="| 案號 | 類別 | 單位 | 案由 |\n| 報1 | 報告事項 | 無此處 | 某案，報請鑒察。 |")
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "會議.xlsx〔案由〕C2：「無此處」不在 機關.xlsx〔單位〕內" in result.output
    assert files(desk) == before


@pytest.mark.slow
def test_a_hand_edited_document_is_kept_beside_the_new_one(desk: Desk) -> None:
    desk.meeting()
    build(desk)
    path = desk.output("02 報告事項第一案.docx")
    path.write_bytes(b"an hour of work")
    result = desk.run("build", "113-1", "--format", "docx")
    kept = [one for one in desk.output().iterdir() if "手改" in one.name]
    assert [one.read_bytes() for one in kept] == [b"an hour of work"]
    assert kept[0].name in result.output
    assert "報請鑒察" in docx_text(path)


@pytest.mark.slow
def test_a_document_that_someone_deleted_comes_back_and_the_summary_says_so(desk: Desk) -> None:
    desk.meeting()
    build(desk)
    desk.output("01 議程.docx").unlink()
    result = desk.run("build", "113-1", "--format", "docx")
    assert "補回（上次產生後被刪除）　01 議程.docx" in result.output


@pytest.mark.slow
def test_documents_of_a_case_that_is_gone_are_removed_unless_edited_by_hand(desk: Desk) -> None:
    desk.meeting()
    build(desk)
    desk.meeting(案由="| 案號 | 類別 | 單位 | 案由 |\n| 討1 | 討論事項 | 企劃處 | 某案，提請討論。 |")
    result = desk.run("build", "113-1", "--format", "docx")
    assert "移除（已不需要）　03 討論事項第一案.docx" in result.output
    assert "02 報告事項第一案.docx" not in files(desk)
    desk.output("02 討論事項第一案.docx").write_bytes(b"mine")
    desk.meeting()
    build(desk)
    kept = [path for path in desk.output().iterdir() if path.read_bytes() == b"mine"]
    assert len(kept) == 1
    assert "（手改" in kept[0].name


def test_only_builds_the_named_documents(desk: Desk) -> None:
    desk.meeting()
    build(desk, "--only", "議程")
    assert list(files(desk)) == ["01 議程.docx", "packet.json"]


def test_only_with_an_unknown_name_lists_the_names_there_are(desk: Desk) -> None:
    desk.meeting()
    result = desk.run("build", "113-1", "--only", "決算")
    assert result.exit_code == 2
    assert "沒有名稱含「決算」的文件。可用的有：01 議程、02 報告事項第一案、03 討論事項第一案。" in result.output


def test_an_unknown_format_is_wrong_usage(desk: Desk) -> None:
    desk.meeting()
    result = desk.run("build", "113-1", "--format", "rtf")
    assert result.exit_code == 2
    assert "docx、pdf、odt" in result.output


@pytest.mark.parametrize("name", ["../x", "113", "113-0", "113-1/..", "x", "113-臨", "0113-1", ""])
def test_a_meeting_id_that_is_none_is_refused(desk: Desk, name: str) -> None:
    desk.meeting()
    assert desk.run("build", name).exit_code == 2
    assert not (desk.root / "output").exists()


def test_a_meeting_without_a_folder_is_refused_with_those_there_are(desk: Desk) -> None:
    desk.meeting()
    result = desk.run("build", "114-1")
    assert result.exit_code == 2
    assert "現有的會議：113-1" in result.output


def test_an_extraordinary_meeting_is_named_so(desk: Desk) -> None:
    desk.meeting("113-臨1")
    assert desk.run("build", "113-臨1", "--format", "docx").exit_code == 0
    assert "「潮汐資料諮詢小組」113年第1次臨時會議" in desk.texts("113-臨1")["01 議程"]


@pytest.mark.slow
def test_without_libreoffice_the_word_files_are_built_and_the_summary_says_what_is_missing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    desk.meeting()
    result = desk.run("build", "113-1")
    assert result.exit_code == 0
    assert "未產生 PDF：找不到 LibreOffice" in result.output
    assert "01 議程.docx" in files(desk)
    assert desk.run("build", "113-1", "--format", "pdf").exit_code == 3
    assert not [name for name in files(desk) if name.endswith(".pdf")]


@pytest.mark.slow
def test_only_keeps_the_hashes_of_the_other_documents_in_the_manifest(desk: Desk) -> None:
    desk.meeting()
    build(desk)
    before = desk.manifest()
    build(desk, "--only", "議程")
    assert desk.manifest() == before


@pytest.mark.office
def test_word_files_of_an_older_text_do_not_stay_beside_a_new_pdf(desk: Desk) -> None:
    desk.meeting()
    build(desk)
    desk.meeting(案由=CASES.replace("資料集開放一案", "新案"))
    result = desk.run("build", "113-1", "--format", "pdf")
    assert "移除（內容已過時，這次沒有重新產生）　03 討論事項第一案.docx" in result.output
    assert "03 討論事項第一案.docx" not in files(desk)
    assert "02 報告事項第一案.docx" in files(desk)
    result = desk.run("build", "113-1", "--format", "odt")
    assert {"03 討論事項第一案.pdf", "03 討論事項第一案.odt", "會議資料.pdf"} <= set(files(desk))


@pytest.mark.office
def test_pdfs_of_an_older_text_do_not_stay_beside_a_new_document(desk: Desk) -> None:
    desk.meeting()
    assert desk.run("build", "113-1").exit_code == 0
    assert {"01 議程.pdf", "會議資料.pdf"} <= set(files(desk))
    text = "| 案號 | 類別 | 單位 | 案由 |\n| 報1 | 報告事項 | 資訊處 | 新案，報請鑒察。 |"
    desk.meeting(案由=text, 說明="| 案號 | 層級 | 內容 |\n| 報1 | 1 | 如案由。 |")
    build(desk)
    left = set(files(desk))
    assert "01 議程.docx" in left
    assert not {"01 議程.pdf", "02 報告事項第一案.pdf", "會議資料.pdf"} & left


@pytest.mark.slow
def test_the_manifest_tells_documents_inputs_figures_and_problems(desk: Desk) -> None:
    desk.meeting(附件=TABLE, 潮位站=STATIONS, 說明=MENTIONED)
    build(desk)
    manifest = desk.manifest()
    assert [document["name"] for document in manifest["documents"]][-1] == "04 討論事項第一案 附件 測站一覽"
    assert {"path": "inputs/113-1/會議.xlsx"}.items() <= next(
        one for one in manifest["inputs"] if one["path"].endswith("會議.xlsx")
    ).items()
    figure = next(one for one in manifest["figures"] if one["name"] == "潮位站.筆數")
    assert figure == {"name": "潮位站.筆數", "value": 1287, "cells": ["會議.xlsx〔潮位站〕C2:C3"]}
    assert manifest["problems"] == []


@pytest.mark.slow
def test_the_same_manifest_is_printed_for_programs(desk: Desk) -> None:
    import json

    desk.meeting()
    result = desk.run("build", "113-1", "--format", "docx", "--json")
    printed = json.loads(result.stdout)
    assert {name: printed[name] for name in desk.manifest()} == desk.manifest()
    assert {"name": "01 議程.docx", "outcome": "new", "kept_as": ""} in printed["outcomes"]


OTHER_AGENCY_CASES = """
| 案號 | 類別     | 單位   | 案由                       |
| 報1  | 報告事項 | 資訊處 | 甲案辦理情形，報請鑒察。   |
| 報2  | 報告事項 | 企劃處 | 乙案辦理情形，報請鑒察。   |
| 報3  | 報告事項 | 秘書處 | 丙案辦理情形，報請鑒察。   |
| 討1  | 討論事項 | 資訊處 | 丁案，提請討論。           |
| 討2  | 討論事項 | 企劃處 | 戊案，提請討論。           |
| 討3  | 討論事項 | 秘書處 | 己案，提請討論。           |
| 討4  | 討論事項 | 資訊處 | 庚案，提請討論。           |
"""
OTHER_AGENCY_ATTACHMENTS = """
| 案號 | 名稱     | 來源          |
| 報2  | 測站一覽 | 工作表:潮位站 |
| 討4  | 船班表   | 工作表:船班   |
| 討4  | 位置圖   | 另附          |
"""


@pytest.mark.slow
def test_a_meeting_of_another_agency_holds_nothing_of_the_first_users(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY, 單位="| 單位 |\n| 企劃處 |\n| 資訊處 |\n| 秘書處 |")
    desk.meeting(
        案由=OTHER_AGENCY_CASES,
        說明='| 案號 | 層級 | 內容 |\n| 報2 | 1 | 如{{ 附件("測站一覽") }}。 |\n'
        '| 討4 | 1 | 如{{ 附件("船班表", "位置圖") }}。 |\n| 討4 | 1 | 以上所擬是否妥適，提請討論。 |',
        附件=OTHER_AGENCY_ATTACHMENTS,
        潮位站=STATIONS,
        船班="| 航線 | 班次 |\n| 東線 | 12 |",
    )
    build(desk)
    assert len(list(desk.output().glob("*.docx"))) == 1 + 7 + 3
    assert "如附件1至2。" in desk.texts()["09 討論事項第四案"]
    for path in desk.output().glob("*.docx"):
        with zipfile.ZipFile(path) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist()) + path.name.encode()
        for word in ("主計", "DGBAS", "統計推展", "綜合規劃處"):
            assert word.encode() not in everything, (path.name, word)
    assert "主計" not in desk.output("packet.json").read_text("utf-8")


def table_of(desk: Desk, name: str) -> docx.table.Table:
    return docx.Document(str(desk.output(name))).tables[0]


@pytest.mark.slow
def test_a_table_too_wide_for_an_upright_page_is_printed_across_it(desk: Desk) -> None:
    months = " | ".join(f"{month}月" for month in range(1, 13))
    figures = " | ".join(str(123456 * month) for month in range(1, 13))
    attachments = "| 案號 | 名稱 | 來源 |\n| 討1 | 月報 | 工作表:月報 |\n| 討1 | 簡表 | 工作表:簡表 |"
    short = "| 站名 | 筆數 |\n| 北港 | 3 |"
    desk.meeting(附件=attachments, 月報=f"| 單位 | {months} |\n| 北區管理處 | {figures} |", 簡表=short)
    build(desk)
    wide = docx.Document(str(desk.output("04 討論事項第一案 附件1 月報.docx")))
    assert wide.sections[0].page_width > wide.sections[0].page_height
    assert all(column.width > 7 * 0.5 * 12 * 12700 for column in wide.tables[0].columns)
    upright = docx.Document(str(desk.output("05 討論事項第一案 附件2 簡表.docx")))
    assert upright.sections[0].page_width < upright.sections[0].page_height


LIST = "| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |\n"


@pytest.mark.slow
def test_equal_neighbours_of_a_list_of_one_page_become_one_cell(desk: Desk) -> None:
    rows = "".join(f"| 資料集{number} | 企劃處 | 已不再公告 | {'移由他機關辦理。' * 9} |\n" for number in range(24))
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:下架清單 |", 下架清單=LIST + rows)
    build(desk)
    table = table_of(desk, "04 討論事項第一案 附件 清單.docx")
    for column in (2, 3):
        merges = [row._tr.tc_lst[column].vMerge for row in table.rows][1:]
        assert merges == ["restart", *["continue"] * 23]


@pytest.mark.slow
def test_a_list_over_several_pages_repeats_its_texts_and_loses_none(desk: Desk) -> None:
    long = "移由他機關辦理。" * 12
    rows = "".join(f"| 資料集{number} | 企劃處 | 已不再公告 | {long} |\n" for number in range(60))
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:下架清單 |", 下架清單=LIST + rows)
    build(desk)
    table = table_of(desk, "04 討論事項第一案 附件 清單.docx")
    remarks = [row._tr.tc_lst[3].findall(".//{*}t")[0].text for row in table.rows][1:]
    assert remarks == ([long] + ["同上"] * 11) * 5
    reasons = [row._tr.tc_lst[2].vMerge for row in table.rows][1:]
    assert reasons == (["restart"] + ["continue"] * 11) * 5


@pytest.mark.slow
def test_a_long_heading_does_not_stop_a_build(desk: Desk) -> None:
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 | 標題 |\n| 討1 | 圖 | 另附 | {'長' * 400} |")
    build(desk)
    title = docx.Document(str(desk.output("04 討論事項第一案 附件 圖.docx"))).core_properties.title
    assert len(title) == 255


@pytest.mark.slow
def test_a_folder_in_the_place_of_a_file_stops_only_that_file(desk: Desk) -> None:
    desk.meeting()
    desk.output("01 議程.docx").mkdir(parents=True)
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 3
    assert "未更新，有同名的資料夾，請改名　01 議程.docx" in result.output
    assert desk.output("02 報告事項第一案.docx").is_file()


def test_an_output_folder_that_leads_elsewhere_is_not_written_to(desk: Desk, tmp_path: Path) -> None:
    desk.meeting()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    desk.output().parent.mkdir()
    desk.output().symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(AssertionError, match="不是一般的資料夾"):
        desk.run("build", "113-1")
    assert not list(elsewhere.iterdir())
    assert not (desk.root / "output" / ".packet").exists()


def test_a_format_that_names_no_ending_for_slides_is_made_of_no_deck() -> None:
    plain = Format("txt", {"docx": "txt"})
    deck = Document("簡報", "簡報", {}, "簡報", "簡報", 1, ending="pptx")
    assert deck.file_names([plain]) == []
    assert replace(deck, ending="docx").file_names([plain]) == ["簡報.txt"]


@pytest.mark.slow
def test_a_draft_that_was_left_when_something_else_was_built_is_named(desk: Desk) -> None:
    from test_minutes import ATTENDANCE, DECISIONS, INFO, OBSERVERS, REMARKS, ROSTER

    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER)
    desk.meeting(會議資訊=MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |")
    sheets = {"出席": ATTENDANCE, "列席": OBSERVERS, "發言": REMARKS, "決議": DECISIONS}
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=INFO.replace("定稿", "草稿"), **sheets)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    desk.book("113-1/會議紀錄.xlsx", 紀錄資訊=INFO, **sheets)
    result = desk.run("build", "113-1", "--format", "docx", "--only", "議程")
    assert "「會議紀錄（會議版）」、「會議紀錄（公開版）」的標題已經改了" in result.output
    assert "請執行 packet build 113-1。" in result.output
    result = desk.run("build", "113-1", "--format", "docx")
    assert "標題已經改了" not in result.output
    assert "（草稿）" not in "".join(desk.texts().values())
