"""Files that can be read by ear: real headings, header rows, a language, a title, bookmarks, texts for pictures."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import AGENCY, MEETING, REPO, UNITS, Desk
from lxml import etree
from test_minutes import ROSTER, minutes

pytestmark = pytest.mark.office

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two meetings as they are built: the repo's own, and one with minutes."""
    own = Desk(tmp_path_factory.mktemp("113") / "工作區")
    own.root.mkdir()
    for part in ("inputs", "templates"):
        shutil.copytree(REPO / part, own.root / part)
    met = Desk(tmp_path_factory.mktemp("會後") / "工作區")
    (met.root / "inputs").mkdir(parents=True)
    shutil.copytree(REPO / "templates", met.root / "templates")
    met.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER)
    met.meeting(會議資訊=MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |")
    minutes(met)
    for desk in (own, met):
        result = desk.run("build", "113-1", "--format", "docx,pdf,odt")
        assert result.exit_code == 0, result.output
    return [own.output(), met.output()]


@pytest.fixture(scope="module")
def pdfs(folders: list[Path]) -> list[Path]:
    found = [path for folder in folders for path in sorted(folder.glob("*.pdf"))]
    assert {"01 議程.pdf", "會議資料.pdf", "會議紀錄（公開版）.pdf", "決議分辦表.pdf"} <= {path.name for path in found}
    return found


def elements(thing: Any) -> Iterator[Any]:
    """The elements of a tag tree in reading order."""
    if isinstance(thing, pikepdf.Array):
        for one in thing:  # type: ignore[attr-defined]
            yield from elements(one)
    elif isinstance(thing, pikepdf.Dictionary):
        if "/S" in thing:
            yield thing
        if "/K" in thing:
            yield from elements(thing.K)


def tags(document: pikepdf.Pdf) -> list[tuple[str, Any]]:
    """(what an element is, by the standard's own names; the element)."""
    root = document.Root.StructTreeRoot
    roles = {str(name): str(role) for name, role in root.get("/RoleMap", pikepdf.Dictionary()).items()}
    found = []
    for one in elements(root):
        name = str(one.S)
        while name in roles:
            name = roles[name]
        found.append((name.removeprefix("/"), one))
    return found


def test_no_checker_finds_a_fault(pdfs: list[Path]) -> None:
    pdfua = pytest.importorskip("pdfua")
    for path in pdfs:
        assert [str(finding) for finding in pdfua.validate(str(path)).findings] == [], path.name


def test_each_pdf_has_title_language_and_bookmarks_and_says_that_it_is_tagged(pdfs: list[Path]) -> None:
    titles = set()
    for path in pdfs:
        with pikepdf.open(path) as document:
            with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
                assert metadata["dc:title"] == str(document.docinfo.Title)
            titles.add((path.parent, str(document.docinfo.Title)))
            if path.name != "會議資料.pdf":
                # The packet claims it where all its parts do: a page that was made smaller does not.
                assert b"<pdfuaid:part>1<" in document.Root.Metadata.read_bytes(), path.name
            assert str(document.Root.Lang) == "zh-TW"
            assert document.Root.MarkInfo.Marked
            assert document.Root.ViewerPreferences.DisplayDocTitle
            with document.open_outline() as outline:
                assert outline.root, path.name
    assert len(titles) == len(pdfs)


def test_headings_are_headings_and_no_level_is_skipped(pdfs: list[Path]) -> None:
    for path in pdfs:
        with pikepdf.open(path) as document:
            # The titles of slides are H, without a level.
            levels = [int(name[1:] or 1) for name, _ in tags(document) if re.fullmatch(r"H[1-6]?", name)]
        assert levels, path.name
        assert levels[0] == 1, path.name
        assert all(after <= before + 1 for before, after in pairwise(levels)), (path.name, levels)


def test_the_packet_has_the_headings_of_all_its_parts(folders: list[Path]) -> None:
    for folder in folders:
        counts = {}
        for path in folder.glob("*.pdf"):
            with pikepdf.open(path) as document:
                counts[path.name] = sum(name == "H1" for name, _ in tags(document))
        parts = [number for name, number in counts.items() if re.match(r"\d\d ", name)]
        assert counts["會議資料.pdf"] == sum(parts)


def test_every_table_begins_with_header_cells_that_say_of_what_they_are_the_head(pdfs: list[Path]) -> None:
    tables = 0
    for path in pdfs:
        with pikepdf.open(path) as document:
            for name, table in tags(document):
                if name != "Table":
                    continue
                tables += 1
                rows = [one for one in elements(table.K) if str(one.S) == "/TR"]
                heads = [one for one in elements(rows[0].K) if str(one.S) in ("/TH", "/TD")]
                assert {str(one.S) for one in heads} == {"/TH"}, path.name
                assert len(rows) > 1, path.name
                body = [str(one.S) for one in elements(rows[-1].K)]
                assert "/TD" in body, path.name
    assert tables >= 5


def test_every_picture_has_a_text_for_those_who_cannot_see_it(pdfs: list[Path]) -> None:
    for path in pdfs:
        with pikepdf.open(path) as document:
            for name, one in tags(document):
                if name in ("Figure", "Formula"):
                    assert str(one.get("/Alt", "")).strip(), path.name


def test_no_page_shows_anything_that_is_neither_tagged_nor_decoration(pdfs: list[Path]) -> None:
    shown = {"Tj", "TJ", "'", '"', "Do", "sh", "INLINE IMAGE"}
    for path in pdfs:
        with pikepdf.open(path) as document:
            for number, page in enumerate(document.pages, 1):
                depth = 0
                for operands, operator in pikepdf.parse_content_stream(page):
                    if str(operator) in ("BDC", "BMC"):
                        depth += 1
                    elif str(operator) == "EMC":
                        depth -= 1
                    assert depth or str(operator) not in shown, (path.name, number, operator, operands)


def test_word_files_name_headings_header_rows_and_the_language(folders: list[Path]) -> None:
    for path in [path for folder in folders for path in folder.glob("*.docx")]:
        with zipfile.ZipFile(path) as package:
            body = etree.fromstring(package.read("word/document.xml"))
            styles = etree.fromstring(package.read("word/styles.xml"))
        named = {
            one.get(f"{W}styleId"): one.find(f"{W}name").get(f"{W}val").lower() for one in styles.iter(f"{W}style")
        }
        used = [named.get(one.get(f"{W}val"), "") for one in body.iter(f"{W}pStyle")]
        assert "heading 1" in used, path.name
        assert styles.find(f"{W}docDefaults//{W}lang").get(f"{W}eastAsia") == "zh-TW"
        for table in body.iter(f"{W}tbl"):
            assert table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None, path.name


def test_open_documents_keep_headings_and_header_rows(folders: list[Path]) -> None:
    found = [path for folder in folders for path in folder.glob("*.odt")]
    assert found
    for path in found:
        with zipfile.ZipFile(path) as package:
            body = etree.fromstring(package.read("content.xml"))
        assert [one for one in body.iter(f"{TEXT}h") if one.get(f"{TEXT}outline-level") == "1"], path.name
        for table in body.iter(f"{TABLE}table"):
            assert table.find(f"{TABLE}table-header-rows") is not None, path.name


def test_word_files_pass_the_audit(folders: list[Path]) -> None:
    pytest.importorskip("openxml_audit")
    for path in [path for folder in folders for path in folder.glob("*.docx")]:
        audit = subprocess.run(
            [sys.executable, "-m", "openxml_audit", str(path)], capture_output=True, text=True, check=False
        )
        assert audit.returncode == 0, (path.name, audit.stdout)
