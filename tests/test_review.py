"""`packet build --review`: a Word comment at every figure, in copies that never leave the house."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from lxml import etree
from pptx import Presentation

from tests.conftest import AGENCY, EXPLANATIONS, Desk

ATTACHED = """
| 案號 | 名稱 | 來源 | 附原檔 |
| 討1  | 核對 | {} | ★ |
"""
PLANNED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 潮位           | 11304    | 企劃處       | ★      |
| 浪高           | 11305    | 企劃處       |        |
"""
WITH_FIGURE = EXPLANATIONS + "| 討1 | 1 | | 預定開放資料集{{ 預定開放.總數 }}項，計有{{ 預定開放.已上架數 }}項。 |\n"


def copies(desk: Desk) -> dict[str, Path]:
    return {path.name: path for path in sorted((desk.root / "output" / "113-1 審閱本").glob("*.docx"))}


def comments(path: Path) -> list[str]:
    return [comment.text for comment in docx.Document(str(path)).comments]


def meeting(desk: Desk) -> None:
    desk.meeting(說明=WITH_FIGURE, 預定開放=PLANNED)


def test_each_figure_has_a_comment_with_its_name_value_and_cells(desk: Desk) -> None:
    meeting(desk)
    result = desk.run("build", "113-1", "--review")
    assert result.exit_code == 0, result.output
    assert "審閱本只供機關內部核對，不寄出、不公開，也不凍結為版本。" in result.output
    path = copies(desk)["03 討論事項第一案（審閱本）.docx"]
    said = comments(path)
    assert "預定開放.總數\n現值：2\n儲存格：會議.xlsx〔預定開放〕A2:A3\n還沒有凍結的版本" in said
    assert any(text.startswith("預定開放.已上架數\n現值：1\n") for text in said)
    # The text itself is as in the document that goes out.
    desk.run("build", "113-1", "--format", "docx")
    plain, reviewed = docx.Document(str(desk.output("03 討論事項第一案.docx"))), docx.Document(str(path))
    assert [each.text for each in plain.paragraphs] == [each.text for each in reviewed.paragraphs]
    assert not list(desk.output().glob("*審閱本*"))


@pytest.mark.office
@pytest.mark.slow
def test_a_comment_says_what_the_figure_was_in_the_last_release(desk: Desk) -> None:
    meeting(desk)
    assert desk.run("release", "113-1", "--reason", "補送").exit_code == 0
    desk.meeting(說明=WITH_FIGURE, 預定開放=PLANNED + "| 風速 | 11306 | 企劃處 | |\n")
    desk.run("build", "113-1", "--review")
    said = "\n".join(comments(copies(desk)["03 討論事項第一案（審閱本）.docx"]))
    assert "現值：3\n儲存格：會議.xlsx〔預定開放〕A2:A4\n第1版是 2，已變動" in said
    assert "自第1版以來沒有變動" in said


@pytest.mark.slow
def test_equal_inputs_give_equal_copies_which_word_opens_cleanly(desk: Desk) -> None:
    meeting(desk)
    desk.run("build", "113-1", "--review")
    before = {name: path.read_bytes() for name, path in copies(desk).items()}
    assert len(before) >= 3
    for path in copies(desk).values():
        path.unlink()
    desk.run("build", "113-1", "--review")
    assert {name: path.read_bytes() for name, path in copies(desk).items()} == before
    for path in copies(desk).values():
        audit = subprocess.run(
            [sys.executable, "-m", "openxml_audit", str(path)], capture_output=True, text=True, check=False
        )
        assert audit.returncode == 0, audit.stdout


def test_a_review_copy_cannot_be_attached_and_none_is_among_what_goes_out(desk: Desk) -> None:
    meeting(desk)
    desk.run("build", "113-1", "--review")
    copy = next(iter(copies(desk).values()))
    place = desk.root / "inputs" / "113-1" / "附件" / "核對.docx"
    place.parent.mkdir()
    # Also under another name, and saved again by another program.
    saved = docx.Document(str(copy))
    saved.save(str(place))
    desk.meeting(說明=WITH_FIGURE, 預定開放=PLANNED, 附件=ATTACHED.format("檔案:核對.docx"))
    found = [problem for problem in desk.problems() if problem["code"] == "file-review-copy"]
    assert [(problem["severity"], problem["cell"]) for problem in found] == [("error", "C2")]
    assert "「核對.docx」是審閱本，只供內部核對，不能當附件" in found[0]["text"]
    result = desk.run("publish", "113-1", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["outcomes"] == []
    assert not list(desk.root.glob("output/113-1 公開*"))


@pytest.mark.slow
def test_slides_have_comments_too_which_are_for_nobody_outside(own_desk: Desk) -> None:
    result = own_desk.run("build", "113-1", "--review")
    assert result.exit_code == 0, result.output
    path = own_desk.root / "output/113-1 審閱本/03 報告事項第一案 附件1 簡報（審閱本）.pptx"
    deck = Presentation(str(path))
    said = {number: slide_comments(slide) for number, slide in enumerate(deck.slides, start=1)}
    assert "「113年4月29日」\n會議.日期\n現值：113-04-29\n儲存格：會議.xlsx〔會議資訊〕B2\n還沒有凍結的版本" in said[1]
    assert said[2] == []
    own_desk.run("build", "113-1", "--format", "docx")
    plain = Presentation(str(own_desk.output("03 報告事項第一案 附件1 簡報.pptx")))
    assert [list(slide.shapes.element.itertext()) for slide in plain.slides] == [
        list(slide.shapes.element.itertext()) for slide in deck.slides
    ]
    before = path.read_bytes()
    path.unlink()
    own_desk.run("build", "113-1", "--review")
    assert path.read_bytes() == before
    audit = subprocess.run(
        [sys.executable, "-m", "openxml_audit", str(path)], capture_output=True, text=True, check=False
    )
    assert audit.returncode == 0, audit.stdout
    place = own_desk.root / "inputs/113-1/附件/核對.pptx"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(before)
    book = openpyxl.load_workbook(own_desk.root / "inputs/113-1/會議.xlsx")
    book["附件"].append(["討1", "核對", "檔案:核對.pptx"])
    book.save(own_desk.root / "inputs/113-1/會議.xlsx")
    assert "file-review-copy" in {problem["code"] for problem in own_desk.problems()}


def slide_comments(slide: Any) -> list[str]:
    parts = [relation.target_part for relation in slide.part.rels.values() if relation.reltype.endswith("/comments")]
    return ["".join(each.itertext()) for part in parts for each in etree.fromstring(part.blob)]


def test_review_is_of_a_whole_meeting(desk: Desk) -> None:
    meeting(desk)
    for options in (("--only", "議程"), ("--format", "docx")):
        result = desk.run("build", "113-1", "--review", *options)
        assert result.exit_code == 2
        assert "--review 是一場會議的全部 Word 檔" in result.output
    assert desk.run("build", "--all", "--review").exit_code == 2


def test_the_list_of_problems_links_to_the_cells_in_the_workbooks(desk: Desk) -> None:
    desk.meeting(預定開放=PLANNED.replace("11304", "11313").replace("浪高", "=1+1"))
    desk.run("check", "113-1", "--mark")
    path = desk.root / "output" / "113-1 檢查" / "問題清單.xlsx"
    sheet = openpyxl.load_workbook(path)["問題清單"]
    assert [cell.value for cell in sheet[1]] == ["嚴重程度", "活頁簿", "工作表", "儲存格", "問題", "怎麼改"]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[3].value == "B2")
    assert [cell.value for cell in row[:4]] == ["錯誤", "會議.xlsx", "預定開放", "B2"]
    link = row[3].hyperlink
    assert link is not None
    assert link.location == "'預定開放'!B2"
    from urllib.parse import unquote

    assert (path.parent / unquote(str(link.target))).resolve() == desk.root / "inputs" / "113-1" / "會議.xlsx"
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    before = path.read_bytes()
    desk.run("check", "113-1", "--mark")
    assert path.read_bytes() == before
    desk.meeting()
    desk.book("機關.xlsx", 機關=AGENCY, 單位="| 單位 |\n| 企劃處 |\n| 資訊處 |\n| 秘書處 |")
    desk.run("check", "113-1", "--mark")
    assert not path.exists()
