"""What did not change is not rendered again, and what is taken from the last build is what would be rendered."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from generator.word import render
from tests.conftest import REPO, Desk

NOTE = "| 案號 | 層級 | 內容 |\n| 討1 | 1 | {text} |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |"


@pytest.fixture(autouse=True)
def _without_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of the template, each time that one is filled."""
    names: list[str] = []
    fill = render.render_recorded

    def counted(template: Path, *given: object) -> render.Rendered | None:
        names.append(template.stem)
        return fill(template, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(render, "render_recorded", counted)
    return names


def test_only_the_document_of_a_changed_cell_is_rendered_again(desk: Desk, rendered: list[str]) -> None:
    desk.meeting(說明=NOTE.format(text="山林資料開放。"))
    desk.run("build", "113-1")
    assert len(rendered) > 1
    rendered.clear()
    desk.meeting(說明=NOTE.format(text="山林與河川資料開放。"))
    assert desk.run("build", "113-1").exit_code == 0
    assert rendered == ["案"]
    assert "山林與河川資料開放" in "".join(desk.texts().values())


@pytest.mark.slow
def test_a_build_without_slides_loads_no_library_of_slides_of_the_network_or_of_terminals(desk: Desk) -> None:
    desk.meeting()
    unwanted = "{'pptx', 'pikepdf', 'http.client', 'rich'} & set(sys.modules)"
    code = (
        f"import atexit, sys\natexit.register(lambda: print('loaded', {unwanted}))\n"
        f"from generator.cli.app import packet\npacket(['--workspace', {str(desk.root)!r}, 'build', '113-1'])\n"
    )
    command = [sys.executable, "-X", "utf8", "-c", code]
    done = subprocess.run(command, capture_output=True, cwd=REPO, encoding="utf-8", timeout=300, check=False)
    assert done.stdout.splitlines()[-1] == "loaded set()", done.stderr


def test_a_changed_template_is_filled_again_and_no_other(desk: Desk, rendered: list[str]) -> None:
    desk.meeting()
    desk.run("build", "113-1")
    rendered.clear()
    shutil.copy(desk.root / "templates" / "案.docx", desk.root / "templates" / "議程.docx")
    desk.run("build", "113-1")
    assert "議程" in rendered
    assert "簽到單" not in rendered


def test_a_kept_document_that_was_damaged_is_rendered_again(desk: Desk, rendered: list[str]) -> None:
    desk.meeting()
    desk.run("build", "113-1")
    before = {path.name: path.read_bytes() for path in desk.output().glob("*.docx")}
    for path in (desk.output().parent / ".packet" / "rendered").iterdir():
        path.write_bytes(b"PK damaged")
    rendered.clear()
    desk.output("01 議程.docx").unlink()
    assert desk.run("build", "113-1").exit_code == 0
    assert len(rendered) == len(before)
    assert {path.name: path.read_bytes() for path in desk.output().glob("*.docx")} == before


def test_a_document_with_a_tag_left_in_it_is_reported_each_time(desk: Desk) -> None:
    desk.meeting(會議資訊="| 欄位 | 內容 |\n| 會議日期 | 113-05-20 |\n| 開始時間 | 14:00 |\n| 地點 | {{ 第一會議室 |"
                 "\n| 主席 | 林明 |\n| 寄送日期 | 113-05-01 |\n| 資料基準日 | 113-04-30 |")  # fmt: skip
    first, second = (desk.run("build", "113-1", "--json") for _ in range(2))
    assert first.exit_code == second.exit_code == 1
    assert first.stdout == second.stdout


def _place_starred(book: openpyxl.Workbook) -> None:
    sheet = book["預定開放"]
    column = [cell.value for cell in sheet[1]].index("已上架") + 1
    next(sheet.cell(row, column) for row in range(2, 99) if not sheet.cell(row, column).value).value = "★"


def _rows_moved_down(book: openpyxl.Workbook) -> None:
    """Every figure keeps its value, and has other cells."""
    book["預定開放"].insert_rows(2)


def _sentence_changed(book: openpyxl.Workbook) -> None:
    sheet = book["說明"]
    column = [cell.value for cell in sheet[1]].index("內容") + 1
    sheet.cell(3, column).value = f"{sheet.cell(3, column).value}（更新）"


def _attachment_moved_up(book: openpyxl.Workbook) -> None:
    """Numbers of attachments change, and so does every 附件() in a text."""
    sheet = book["附件"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    cases = [row[0] for row in rows]
    first = next(at for at, case in enumerate(cases) if cases.count(case) > 1)
    for column, (one, other) in enumerate(zip(rows[first], rows[first + 1], strict=True), start=1):
        sheet.cell(first + 2, column).value, sheet.cell(first + 3, column).value = other, one


def _agency_renamed(book: openpyxl.Workbook) -> None:
    sheet = book["機關"]
    next(row for row in sheet.iter_rows() if row[0].value == "自稱")[1].value = "本總處"


CHANGES = {
    "★": ("113-1/資料集.xlsx", _place_starred),
    "rows": ("113-1/資料集.xlsx", _rows_moved_down),
    "sentence": ("113-1/會議.xlsx", _sentence_changed),
    "attachments": ("113-1/會議.xlsx", _attachment_moved_up),
    "agency": ("機關.xlsx", _agency_renamed),
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_a_build_after_a_change_gives_the_bytes_of_a_first_build(tmp_path: Path, change: str) -> None:
    warm, cold = tmp_path / "warm", tmp_path / "cold"
    shutil.copytree(REPO / "inputs", warm / "inputs")
    shutil.copytree(REPO / "templates", warm / "templates")
    Desk(warm).run("build", "113-1")
    name, edit = CHANGES[change]
    book = openpyxl.load_workbook(warm / "inputs" / name)
    edit(book)
    book.save(warm / "inputs" / name)
    shutil.copytree(warm / "inputs", cold / "inputs")
    shutil.copytree(warm / "templates", cold / "templates")
    files = []
    for root in (warm, cold):
        assert Desk(root).run("build", "113-1").exit_code == 0
        files.append({path.name: path.read_bytes() for path in (root / "output" / "113-1").iterdir()})
    assert files[0] == files[1]
