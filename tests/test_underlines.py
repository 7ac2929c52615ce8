"""Underlined text in a cell, as in a 條文對照表, is underlined in the document, and plain text everywhere else."""

from __future__ import annotations

import docx
import openpyxl
import pytest
from conftest import CASES, EXPLANATIONS, Desk
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont


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
