"""Underlined text in a cell, as in a 條文對照表, is underlined in the document, and plain text everywhere else."""

from __future__ import annotations

import docx
import openpyxl
import pytest
from conftest import CASES, EXPLANATIONS, Desk
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from test_ods import cell, row, table, write_ods


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 40], ids=["short", "long"])
def test_underlined_text_of_a_cell_keeps_its_underline(desk: Desk, count: int) -> None:
    points = EXPLANATIONS.replace("依本部規定辦理。", '修正條文如{{ 附件("條文對照") }}。')
    attached = "| 案號 | 名稱 | 來源 |\n| 討1 | 條文對照 | 工作表:對照 |"
    desk.meeting(案由=CASES, 說明=points, 附件=attached)
    path = desk.root / "inputs" / "113-1" / "對照.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "對照"
    book.active.append(["修正條文", "現行條文"])
    for number in range(1, count + 1):
        line = TextBlock(InlineFont(u="single"), "每月一次，\n必要時")
        new = CellRichText(f"  第{number}條　本會", line, "得加開。")
        old = CellRichText("本會", TextBlock(InlineFont(b=True), "每季"), f"開會{number}。")
        book.active.append([new, old])
    book.save(path)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    document = docx.Document(str(next(desk.output().glob("*條文對照.docx"))))
    cell = document.tables[0].rows[1].cells[0]
    assert cell.text.strip() == "第1條　本會每月一次，\n必要時得加開。"
    underlined = "".join(run.text for paragraph in cell.paragraphs for run in paragraph.runs if run.underline)
    assert underlined == "每月一次，必要時"
    assert not any(
        run.underline for paragraph in document.tables[0].rows[1].cells[1].paragraphs for run in paragraph.runs
    )
    last = document.tables[0].rows[count].cells[0]
    assert "每月一次" in "".join(run.text for paragraph in last.paragraphs for run in paragraph.runs if run.underline)
    assert not any(
        sign in (desk.output("packet.json").read_text("utf-8") + document.element.xml) for sign in "\ufdd2\ufdd3"
    )


def underlined(desk: Desk) -> list[list[str]]:
    """What is underlined in each cell of the table, row by row below the headings."""
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    rows = docx.Document(str(next(desk.output().glob("*條文對照.docx")))).tables[0].rows[1:]
    return [
        ["".join(run.text for each in cell.paragraphs for run in each.runs if run.underline) for cell in row.cells]
        for row in rows
    ]


def compared(desk: Desk) -> None:
    points = EXPLANATIONS.replace("依本部規定辦理。", '修正條文如{{ 附件("條文對照") }}。')
    desk.meeting(案由=CASES, 說明=points, 附件="| 案號 | 名稱 | 來源 |\n| 討1 | 條文對照 | 工作表:對照 |")


def test_underlined_text_of_an_ods_keeps_its_underline(desk: Desk) -> None:
    compared(desk)
    line = '<style:text-properties style:text-underline-style="solid"/>'
    looks = f'<style:style style:name="U" style:family="text">{line}</style:style>'
    looks += f'<style:style style:name="W" style:family="table-cell">{line}</style:style>'
    part = '第1條　本會<text:span text:style-name="U">每月一次，<text:line-break/>必要時</text:span>得加開。'
    rows = [row("修正條文", "現行條文"), row(part, "本會每季開會。"), row(cell("第2條　新增。", style_name="W"), "—")]
    write_ods(desk.root / "inputs" / "113-1" / "對照.ods", table("對照", *rows), looks)
    assert underlined(desk) == [["每月一次，必要時", ""], ["第2條　新增。", ""]]


def test_a_cell_that_is_underlined_as_a_whole_is_unless_it_is_an_address(desk: Desk) -> None:
    compared(desk)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "對照"
    for line in (("修正條文", "現行條文"), ("第2條　新增。", "無。"), ("https://example.gov.tw", "有。")):
        book.active.append(line)
    for place in ("A2", "A3"):
        book.active[place].font = Font(u="single")
    book.save(desk.root / "inputs" / "113-1" / "對照.xlsx")
    assert underlined(desk) == [["第2條　新增。", ""], ["", ""]]
