"""Long tables become PDF in parts, page by page as LibreOffice makes them in one piece."""

from __future__ import annotations

import io
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Dictionary, Name

from generator.build import long_documents
from generator.word.cut import LongTable, NotCuttable
from tests.conftest import EXPLANATIONS, Desk

ATTACHED = "| 案號 | 名稱 | 來源 |\n| 討1 | 大表 | 工作表:大表 |"
POINTS = EXPLANATIONS.replace("依本部規定辦理。", '依本部規定辦理，如{{ 附件("大表") }}。')


def table(rows: int, *, alike: bool, long_row: int = -1) -> list[list[str]]:
    """Rows of one line each, or of one to five lines; one may be longer than a page."""
    chosen = random.Random(1)
    found = []
    for number in range(1, rows + 1):
        more = 0 if alike else chosen.choice([0, 0, 1, 3])
        more = 90 if number == long_row else more
        found.append([str(number), f"第{number}號資料集{'及其歷年統計與附表說明' * more}", f"機關{number // 5}"])
    return found


def built(desk: Desk, rows: list[list[str]]) -> Path:
    lines = ["| 編號 | 名稱 | 機關 |", *(f"| {' | '.join(row)} |" for row in rows)]
    desk.meeting(說明=POINTS, 附件=ATTACHED, 大表="\n".join(lines))
    result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    return next(desk.output().glob("*大表.pdf"))


def pages(path: Path) -> list[str]:
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path)]


def elements(parent: Any) -> list[Any]:
    kids = parent.get("/K", [])
    kids = [kids] if isinstance(kids, (Dictionary, int)) else kids
    return [kid for kid in kids if isinstance(kid, Dictionary) and "/S" in kid]


def all_elements(parent: Any) -> list[Any]:
    return [found for kid in elements(parent) for found in (kid, *all_elements(kid))]


@pytest.fixture
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of a few pages are long already."""
    monkeypatch.setattr(long_documents, "LONG", 40)
    monkeypatch.setattr(long_documents, "_ROWS", 40)


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.usefixtures("short_parts")
@pytest.mark.parametrize(
    ("rows", "kind"), [(200, "alike"), (130, "of different heights"), (90, "with one longer than a page")]
)
def test_the_pages_are_those_of_one_piece(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rows: int, kind: str
) -> None:
    given = table(rows, alike=kind == "alike", long_row=50 if "longer" in kind else -1)
    parts: list[tuple[int, int]] = []
    part = LongTable.part

    def counted(whole: LongTable, first: int, last: int) -> bytes:
        parts.append((first, last))
        return part(whole, first, last)

    monkeypatch.setattr(LongTable, "part", counted)
    in_parts = built(desk, given)
    kept = tmp_path / "in parts.pdf"
    kept.write_bytes(in_parts.read_bytes())
    assert len(parts) > 2
    monkeypatch.setattr(long_documents, "LONG", 10_000)
    for path in (desk.output().parent / ".packet" / "pdf").iterdir():
        path.unlink()
    in_parts.unlink()
    whole = built(desk, given)
    assert pages(kept) == pages(whole)


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.usefixtures("short_parts")
def test_the_tags_are_one_table_that_knows_its_content(desk: Desk) -> None:
    given = table(130, alike=False)
    with pikepdf.open(built(desk, given)) as pdf:
        root = pdf.Root.StructTreeRoot
        found = all_elements(root)
        assert Counter(str(element.S) for element in found)["/Table"] == 1
        rows = [element for element in found if element.S == Name.TR]
        assert len(rows) == len(given) + 1
        assert [str(element.S) for element in elements(rows[0])] == ["/TH"] * 3
        known = {element.objgen for element in found}
        owners = dict(pikepdf.NumberTree(root.ParentTree).items())
        for page in pdf.pages:
            content = owners[int(page.obj.StructParents)]
            marked = [
                int(instruction.operands[1].MCID)
                for instruction in pikepdf.parse_content_stream(page)
                if str(instruction.operator) == "BDC" and "/MCID" in instruction.operands[1]
            ]
            assert marked
            assert all(content[number].objgen in known for number in marked)
        assert all(element.P.objgen in known | {root.objgen} for element in found)


@pytest.mark.office
@pytest.mark.slow
@pytest.mark.usefixtures("short_parts")
def test_every_cell_of_the_sheet_stands_in_the_pdf_and_in_the_packet(desk: Desk) -> None:
    given = table(130, alike=True)
    for path in (built(desk, given), desk.output("會議資料.pdf")):
        text = "".join("".join(pages(path)).split())
        at = 0
        for number, name, _ in given:
            at = text.find(f"{number}{name}", at)
            assert at >= 0, (path.name, name)


def docx(body: str) -> bytes:
    import docx as python_docx

    document = python_docx.Document()
    document.element.body.clear()
    from lxml import etree

    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    for child in etree.fromstring(f"<body {names}>{body}</body>"):
        document.element.body.append(child)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


ROW = "<w:tr><w:tc><w:p/></w:tc></w:tr>"


@pytest.mark.parametrize(
    "body",
    [
        "<w:p/><w:sectPr/>",
        f"<w:tbl><w:tr><w:tc><w:tbl>{ROW}</w:tbl></w:tc></w:tr></w:tbl><w:sectPr/>",
        f"<w:p><w:pPr><w:sectPr/></w:pPr></w:p><w:tbl>{ROW}{ROW}</w:tbl><w:sectPr/>",
    ],
)
def test_what_cannot_be_cut_is_left_in_one_piece(body: str) -> None:
    with pytest.raises(NotCuttable):
        LongTable.of(docx(body))


def test_a_cell_that_goes_on_from_the_row_above_begins_anew_in_a_part() -> None:
    merged = '<w:tr><w:tc><w:tcPr><w:vMerge w:val="{}"/></w:tcPr><w:p/></w:tc></w:tr>'
    whole = LongTable.of(docx(f"<w:tbl>{merged.format('restart')}{merged.format('continue')}</w:tbl><w:p/><w:sectPr/>"))
    second = LongTable.of(whole.part(1, 2))
    assert b'w:val="restart"' in second.rows[0]
