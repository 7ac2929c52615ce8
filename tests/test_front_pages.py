"""〔機關〕封面 and 目次: a cover and a table of contents before the papers, with the pages on which they begin."""

from __future__ import annotations

import re

import pypdf
import pytest
from conftest import AGENCY, EXPLANATIONS, UNITS, Desk

from generator.build.converter import Converter
from generator.documents.document import Document
from generator.leaks import search
from tests.test_openness import ATTACHED, LISTS, MEMBERS, POINTS, PUT, plain, rules_off

FRONT = f"{AGENCY.rstrip()}\n| 封面 | ★ |\n| 目次 | ★ |"


def entries(page: str) -> dict[str, int]:
    """The pages of the table by the beginning of each entry."""
    found = {}
    for line in page.splitlines():
        if match := re.match(r"(\S+?)(?:　.*?)?[.．…\s]*(\d+)\s*$", line.strip()):
            found[match[1].rstrip(".")] = int(match[2])
    return found


@pytest.mark.office
@pytest.mark.slow
def test_the_table_of_contents_has_the_pages_on_which_the_papers_begin(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=FRONT, 單位=UNITS)
    long = "".join(f"| 報1 | 1 | | {one}港{other}段說明。 |\n" for one in "東西南北中" for other in "甲乙丙丁戊己庚辛")
    desk.meeting(說明=f"{EXPLANATIONS.rstrip()}\n{long}")
    result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    pages = [page.extract_text() for page in pypdf.PdfReader(desk.output("會議資料.pdf")).pages]
    assert "會議資料" in plain(pages[0])
    assert "第1頁" not in plain(pages[0])
    listed = entries(pages[1])
    assert list(listed) == ["議程", "報告事項第一案", "討論事項第一案"]
    for title, heading in (("報告事項第一案", "報告事項第一案"), ("討論事項第一案", "討論事項第一案")):
        assert heading in plain(pages[listed[title] - 1])[:20]
    assert listed["討論事項第一案"] > listed["報告事項第一案"] + 1
    assert "第2頁，共" in plain(pages[1])


@pytest.mark.office
@pytest.mark.slow
def test_the_public_table_of_contents_tells_nothing_restricted(desk: Desk) -> None:
    desk.meeting(案由=PUT, 說明=POINTS, 附件=ATTACHED, **LISTS)
    rules_off(desk)
    path = desk.root / "inputs" / "機關.xlsx"
    path.unlink()
    desk.book("機關.xlsx", 機關=FRONT, 單位=UNITS, 委員=MEMBERS, 規則="| 規則 | 數值 | 依據 |\n| 出席門檻 | 過半數 | |")
    result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    committee = plain(pypdf.PdfReader(desk.output("會議資料.pdf")).pages[1].extract_text())
    public = plain(pypdf.PdfReader(desk.output("會議資料（公開版）.pdf")).pages[1].extract_text())
    assert "外港疏浚底價" in committee
    assert "外港疏浚" not in public
    assert public.count("本案不公開") == 2
    assert "懲處" not in committee + public


def test_without_the_settings_there_is_neither(desk: Desk) -> None:
    desk.meeting()
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert not list(desk.output().glob("00*"))


@pytest.mark.slow
def test_no_paper_with_a_protected_name_is_converted_to_count_its_pages(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its PDF would lie in the cache though the build is refused."""
    desk.book("機關.xlsx", 機關=FRONT, 單位=UNITS)
    desk.meeting()
    converted: list[object] = []

    def leak(meeting: object, document: Document, files: object) -> None:
        if document.case is not None:
            raise search.Leak("「報告事項第一案.docx」有應保密的姓名，沒有產生任何文件。")

    monkeypatch.setattr(search, "inspect", leak)
    monkeypatch.setattr(Converter, "convert", lambda *given: converted.append(given) or {})
    result = desk.run("build", "113-1")
    assert result.exit_code == 1
    assert "應保密的姓名" in result.output
    assert converted == []
