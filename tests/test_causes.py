"""A cause is reported once, and what only follows from it is not."""

from __future__ import annotations

import pytest
from conftest import CASES, EXPLANATIONS, Desk

ATTACHED = "| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:預定開放 |"
LISTED = "| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |\n| 潮位 | 11304 | 企劃處 | ★ |"


def codes(desk: Desk) -> list[str]:
    return [found["code"] for found in desk.problems()]


def saying(text: str) -> str:
    return EXPLANATIONS.replace("依本部規定辦理。", text)


def test_without_the_cases_nothing_is_said_of_what_belongs_to_them(desk: Desk) -> None:
    desk.book("113-1/會議.xlsx", 會議資訊="| 欄位 | 內容 |", 說明=EXPLANATIONS, 附件=ATTACHED)
    assert codes(desk).count("missing-sheet") == 1
    assert "unknown-case" not in codes(desk)
    assert "no-cases" not in codes(desk)


@pytest.mark.parametrize(
    ("sheet", "changed"),
    [
        ("案由", CASES.replace("案號", "編號")),
        ("說明", EXPLANATIONS.replace("層級", "級別")),
        ("附件", ATTACHED.replace("名稱", "附件名")),
    ],
)
def test_a_heading_that_is_gone_is_the_only_error(desk: Desk, sheet: str, changed: str) -> None:
    desk.meeting(**{"附件": ATTACHED, "附註": "| 附件 | 內容 |\n| 清單 | 附註 |", "預定開放": LISTED, sheet: changed})
    errors = [(found["code"], found["sheet"]) for found in desk.problems() if found["severity"] == "error"]
    assert errors == [("missing-column", sheet)]


def test_a_missing_list_that_is_attached_is_named_at_the_attachment_only(desk: Desk) -> None:
    desk.meeting(附件=ATTACHED, 說明=saying("{{ 預定開放.總數 }}項，上架{{ 預定開放.已上架數 }}項{{ 附件('清單') }}。"))
    assert codes(desk) == ["no-such-sheet"]


def test_a_missing_list_that_only_a_text_uses_is_named_at_the_text_once(desk: Desk) -> None:
    desk.meeting(說明=saying("{{ 預定開放.總數 }}項，上架{{ 預定開放.已上架數 }}項。"))
    (found,) = desk.problems()
    assert found["code"] == "no-sheet-of-name"
    assert "這裡用到工作表〔預定開放〕的資料" in found["text"]


def test_a_case_without_explanation_is_named_once_however_many_attachments_it_has(desk: Desk) -> None:
    attached = "| 案號 | 名稱 | 來源 |\n" + "\n".join(f"| 報1 | 附件{name} | 另附 |" for name in "甲乙丙")
    desk.meeting(附件=attached)
    (found,) = desk.problems()
    assert (found["code"], found["cell"]) == ("no-explanation", "B2")


def test_a_template_that_is_gone_is_named_once_and_where_to_get_it(desk: Desk) -> None:
    desk.meeting()
    (desk.root / "templates" / "案.docx").unlink()
    (found,) = desk.problems()
    assert (found["code"], found["workbook"]) == ("template-gone", "案.docx")
    assert "packet init" in found["remedy"]
