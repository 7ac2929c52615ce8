"""After the papers went out: only what changed is exchanged, and every other page looks as it did."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from conftest import EXPLANATIONS, Desk

from generator.cli import options
from generator.pdf import looks
from generator.pdf.glyphs import text_document

pytestmark = [pytest.mark.office, pytest.mark.slow]


@pytest.fixture(autouse=True)
def in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 4, 19))


def released(desk: Desk, number: int) -> Path:
    result = desk.run("release", "113-1", "--reason", "測試")
    assert result.exit_code == 0, result.output
    return desk.root / f"output/113-1 版本/第{number}版/文件"


def pages(path: Path) -> list[str]:
    return [page.text for page in looks.pages(path.read_bytes())]


def pictures(path: Path) -> list[str]:
    return looks.pictures(path.read_bytes())


def bookmarks(path: Path) -> list[tuple[str, int]]:
    with pikepdf.open(path) as document, document.open_outline() as outline:
        places = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        return [(str(item.title), places[item.destination[0].objgen]) for item in outline.root]


def spoken(path: Path) -> list[str]:
    """The text of each tagged paragraph, heading and cell, without blanks. Nothing else of the PDF is left in it."""
    with pikepdf.open(path) as document:
        there = [each for each in document.objects if isinstance(each, pikepdf.Dictionary)]
        assert sum(each.get("/Type") == pikepdf.Name.Page for each in there) == len(document.pages)
        assert str(document.Root.Lang) == "zh-TW"
        assert document.Root.MarkInfo.Marked
        assert str(document.docinfo.Title)
    # Titles of parts stand in it as they are in the file, in UTF-16.
    output = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, check=True).stdout
    blocks = re.split(r"\n *[A-Z]\w* \(block\).*|\n *T[DH].*", output.decode("utf-8", "replace"))
    return ["".join("".join(re.findall(r'^ +"(.*)"$', block, re.MULTILINE)).split()) for block in blocks]


def supplement(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.run("supplement", "113-1", "--json").stdout)
    return found


def rows(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(page["how"], page["number"], page["replaces"]) for page in found["pages"]]


def attach(desk: Desk, name: str, lines: int, case: str = "討1") -> None:
    folder = desk.root / "inputs/113-1/附件"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.docx").write_bytes(text_document([f"{name}第{line}行。" for line in range(lines)]))
    path = desk.root / "inputs/113-1/會議.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["附件"]
    row = next(row for row in range(2, 99) if not sheet.cell(row, 1).value)
    for column, value in enumerate((case, name, f"檔案:{name}.docx"), start=1):
        sheet.cell(row, column, value)
    book.save(path)


def publish_one_more(desk: Desk) -> None:
    path = desk.root / "inputs/113-1/資料集.xlsx"
    book = openpyxl.load_workbook(path)
    book["預定開放"]["D5"] = "★"
    book.save(path)


def test_one_figure_and_one_attachment_give_their_pages_and_all_others_look_the_same(own_desk: Desk) -> None:
    first = released(own_desk, 1)
    publish_one_more(own_desk)
    attach(own_desk, "補充說明", 60)
    found = supplement(own_desk)
    assert rows(found) == [
        ("抽換", "18", "18"),
        ("抽換", "20", "20"),
        ("新增", "25", ""),
        ("新增", "26", ""),
    ]
    second = released(own_desk, 2)
    old, new = pictures(first / "會議資料.pdf"), pictures(second / "會議資料.pdf")
    assert (len(old), len(new)) == (24, 26)
    assert [number for number in range(1, 25) if old[number - 1] != new[number - 1]] == [18, 20]
    texts = pages(second / "會議資料.pdf")
    assert "抽換 113年4月19日 第 2 版" in texts[17]
    assert "第 18 頁，共 24 頁" in texts[17]
    assert "補充資料第25頁" in "".join(texts[24].split())
    replaced = pages(second / "抽換頁.pdf")
    assert [("一覽表" in replaced[0], len(replaced))] == [(True, 3)]
    assert pictures(second / "抽換頁.pdf")[1:] == [new[17], new[19]]
    assert pictures(second / "補充資料.pdf") == new[24:]
    # Who cannot see them hears of those pages alone, in their language, and gets to each by its bookmark.
    assert bookmarks(second / "抽換頁.pdf") == [
        ("一覽表", 0),
        ("討論事項第一案 第18頁", 1),
        ("討論事項第一案 附件1 預定開放清單 第20頁", 2),
    ]
    assert bookmarks(second / "補充資料.pdf") == [("討論事項第一案 附件4 補充說明 第25至26頁", 0)]
    for name in ("抽換頁.pdf", "補充資料.pdf"):
        heard, shown = spoken(second / name), set("".join("".join(pages(second / name)).split()))
        assert heard
        assert set("".join(heard)) <= shown
    assert any("計有5項已上架完成" in text for text in spoken(second / "抽換頁.pdf"))
    pdfua = pytest.importorskip("pdfua")
    assert [str(finding) for finding in pdfua.validate(str(second / "抽換頁.pdf")).findings] == []


def test_a_second_supplement_goes_on_from_the_first(own_desk: Desk) -> None:
    released(own_desk, 1)
    attach(own_desk, "補充說明", 3)
    second = released(own_desk, 2)
    attach(own_desk, "再補充", 3, "討2")
    path = own_desk.root / "inputs/113-1/附件/補充說明.docx"
    path.write_bytes(text_document(["改過的補充說明。"]))
    found = supplement(own_desk)
    numbers = {page["document"].partition(" ")[2]: (page["how"], page["number"]) for page in found["pages"]}
    assert numbers["討論事項第一案 附件4 補充說明"] == ("抽換", "25")
    assert numbers["討論事項第二案 附件2 再補充"] == ("新增", "26")
    third = released(own_desk, 3)
    changed = {int(page["number"]) for page in found["pages"]}
    old, new = pictures(second / "會議資料.pdf"), pictures(third / "會議資料.pdf")
    assert {number for number in range(1, 26) if old[number - 1] != new[number - 1]} == changed - {26}
    assert (len(old), len(new)) == (25, 26)


def long_case(points: int) -> str:
    lines = "".join(
        f"| 報1 | 1 | | 第{number}點說明，內容如下所述，請參閱相關資料辦理。 |\n" for number in range(points)
    )
    return EXPLANATIONS + lines


def test_where_a_page_grew_its_number_is_parted_and_the_rest_stays(desk: Desk) -> None:
    desk.meeting(說明=long_case(8))
    first = released(desk, 1)
    old = pictures(first / "會議資料.pdf")
    assert len(old) == 3
    desk.meeting(說明=long_case(24))
    assert rows(supplement(desk)) == [("抽換", "2之1", "2"), ("抽換", "2之2", "2")]
    second = released(desk, 2)
    texts, new = pages(second / "會議資料.pdf"), pictures(second / "會議資料.pdf")
    assert "第 2之1 頁，共 3 頁" in texts[1]
    assert "第 2之2 頁，共 3 頁" in texts[2]
    assert [new[0], new[3]] == [old[0], old[2]]
    desk.meeting(說明=long_case(9))
    assert rows(supplement(desk)) == [("抽換", "2", "2之1至2之2")]


def test_a_page_that_is_gone_is_told_by_the_one_before(desk: Desk) -> None:
    desk.meeting(說明=long_case(24))
    released(desk, 1)
    desk.meeting(說明=long_case(8))
    assert rows(supplement(desk)) == [("抽換", "2至3", "2至3")]
    second = released(desk, 2)
    assert "第 4 頁，共 4 頁" in pages(second / "會議資料.pdf")[2]


def test_the_mail_takes_the_pages_along_and_says_so(own_desk: Desk) -> None:
    path = own_desk.root / "inputs/機關.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["機關"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "電子郵件":
            row[1].value = "group@example.gov.tw"
    members = book["委員"]
    heading = next(row for row in members.iter_rows() if any(cell.value == "姓名" for cell in row))
    mail = next(cell.column for cell in heading if cell.value == "電子郵件")
    for number, row in enumerate(members.iter_rows(min_row=heading[0].row + 1)):
        if row[0].value:
            members.cell(row[0].row, mail, f"member{number}@example.gov.tw")
    book.save(path)
    released(own_desk, 1)
    publish_one_more(own_desk)
    attach(own_desk, "補充說明", 3)
    second = released(own_desk, 2)
    result = own_desk.run("mail", "113-1")
    assert result.exit_code == 0, result.output
    draft = message_from_bytes((own_desk.root / "output/113-1 信件/會議資料.eml").read_bytes(), policy=policy.default)
    assert str(draft["Subject"]).startswith("（更正／補充）")
    attached = {part.get_filename(): part.get_payload(decode=True) for part in draft.walk() if part.get_filename()}
    for name in ("抽換頁.pdf", "補充資料.pdf"):
        assert attached[name] == (second / name).read_bytes()
    table = next(name for name in attached if name.startswith("修正對照表"))
    assert table == "修正對照表（第1版至第2版）.docx"
    body = draft.get_body()
    assert body is not None
    assert "請以其中的「抽換頁.pdf」「補充資料.pdf」抽換及補充，其餘各頁不變。" in body.get_content()


def test_without_a_release_or_a_change_there_is_nothing_to_exchange(desk: Desk) -> None:
    desk.meeting()
    result = desk.run("supplement", "113-1")
    assert (result.exit_code, "還沒有含 會議資料.pdf 的版本" in result.output) == (2, True)
    released(desk, 1)
    result = desk.run("supplement", "113-1")
    assert (result.exit_code, "沒有要抽換的頁" in result.output) == (2, True)


def test_a_release_of_an_older_program_is_counted_by_its_documents(own_desk: Desk) -> None:
    from generator.build import report
    from generator.dispatch import releases

    folder = released(own_desk, 1).parent
    manifest = json.loads((folder / "版本.json").read_text("utf-8"))
    manifest.pop("pages")
    manifest["sha256"] = releases.seal(manifest)
    (folder / "版本.json").chmod(0o644)
    (folder / "版本.json").write_bytes(report.as_bytes(manifest))
    publish_one_more(own_desk)
    assert rows(supplement(own_desk)) == [("抽換", "18", "18"), ("抽換", "20", "20")]
