"""Problems that take an unusual cause: each is told with its code, at its place."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest
from conftest import EXPLANATIONS, Desk
from pptx import Presentation

from generator.pdf.from_elsewhere import files
from generator.slides import render
from generator.workbook import books

REFERRING = EXPLANATIONS.replace("依本部規定辦理。", '如{{ 附件("甲") }}。')


def attached(source: str) -> str:
    return f"| 案號 | 名稱 | 來源 |\n| 討1 | 甲 | {source} |"


def told(desk: Desk) -> list[tuple[str, str]]:
    """Code and place of each problem."""
    return [(one["code"], f"{one['workbook']}〔{one['sheet']}〕{one['cell']}") for one in desk.problems()]


def test_a_workbook_that_is_gone_before_it_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    unfit = books._unfit

    def gone(path: Any) -> Any:
        if path.name == "會議.xlsx":
            raise FileNotFoundError(path)
        return unfit(path)

    monkeypatch.setattr(books, "_unfit", gone)
    assert told(desk) == [("workbook-gone", "會議.xlsx〔〕")]


def test_a_sheet_of_the_staffs_own_with_other_headings_in_the_next_workbook(desk: Desk) -> None:
    desk.meeting(說明=REFERRING, 附件=attached("工作表:海堤"))
    desk.book("113-1/一.xlsx", 海堤="| 名稱 | 長度 |\n| 北堤 | 300 |")
    desk.book("113-1/二.xlsx", 海堤="| 名稱 | 高度 |\n| 南堤 | 5 |")
    assert told(desk) == [("headings-differ", "二.xlsx〔海堤〕A1")]


def test_an_attached_file_that_cannot_be_opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting(說明=REFERRING, 附件=attached("檔案:圖.pdf"))
    place = desk.root / "inputs" / "113-1" / "附件" / "圖.pdf"
    place.parent.mkdir()
    place.write_bytes(b"%PDF-1.7")

    def locked(path: Any) -> Any:
        raise PermissionError(path)

    monkeypatch.setattr(files, "_pdf", locked)
    assert told(desk) == [("file-unreadable", "會議.xlsx〔附件〕C2")]


@pytest.mark.slow
def test_a_folder_of_templates_without_any(desk: Desk) -> None:
    shutil.rmtree(desk.root / "templates")
    (desk.root / "templates").mkdir()
    found = json.loads(desk.run("template", "check", "--json").stdout)["problems"]
    assert ("no-templates", "templates") in [(one["code"], one["workbook"]) for one in found]


# --- Slides ---------------------------------------------------------------------------------------------------------

SLIDE = "| 版面 | 標題 | 層級 | 內容 |\n| 條列 | 依據 | 1 | 要點 |"


@pytest.mark.parametrize(
    ("slides", "code", "place"),
    [
        (f"| 版面 | 標題 | 內容 |\n| 條列 | {'很長的標題' * 40} | 一 |", "slides-title-long", "會議.xlsx〔簡報〕B2"),
        (
            f"| 版面 | 標題 | 層級 | 內容 |\n| 架構圖 | 甲 | 1 | {'方塊' * 30} |",
            "slides-box-long",
            "會議.xlsx〔簡報〕D2",
        ),
    ],
)
def test_a_text_too_long_for_its_place_on_a_slide(desk: Desk, slides: str, code: str, place: str) -> None:
    desk.meeting(說明=REFERRING, 附件=attached("工作表:簡報"), 簡報=slides)
    assert told(desk) == [(code, place)]


@pytest.mark.slow
def test_a_motto_too_long_for_the_foot_of_a_slide(own_desk: Desk) -> None:
    import openpyxl

    path = own_desk.root / "inputs" / "機關.xlsx"
    book = openpyxl.load_workbook(path)
    row = next(row for row in book["機關"].iter_rows() if row[0].value == "標語")
    row[1].value = "標語" * 40
    book.save(path)
    assert ("slides-foot-long", f"機關.xlsx〔機關〕{row[1].coordinate}") in told(own_desk)


def test_a_deck_without_the_sample_of_a_layout(desk: Desk) -> None:
    path = desk.root / "templates" / "簡報.pptx"
    deck = Presentation(str(path))
    sample = next(slide for slide in deck.slides if slide.shapes.title.text_frame.text == "條列")
    sample.shapes.title.text_frame.text = "別的"
    deck.save(str(path))
    desk.meeting(說明=REFERRING, 附件=attached("工作表:簡報"), 簡報=SLIDE)
    assert told(desk) == [("slides-no-sample", "簡報.pptx〔〕")]


def test_a_deck_that_cannot_be_filled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting(說明=REFERRING, 附件=attached("工作表:簡報"), 簡報=SLIDE)

    def broken(maker: Any) -> None:
        raise LookupError("no such part")

    monkeypatch.setattr(render._Maker, "make", broken)
    assert told(desk) == [("slides-failed", "簡報.pptx〔〕")]
