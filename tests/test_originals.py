"""Originals of attached files tell of their authors: they are kept, mailed and frozen only where a row asks for it."""

from __future__ import annotations

import io

import docx
import pytest
from conftest import Desk
from test_enclosures import pdf_of, picture, put
from test_mail import PLAIN, attached, drafts, mail, office, template

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = "| 案號 | 名稱 | 來源 | 附原檔 |\n"


def staged(desk: Desk, *marks: str) -> None:
    """A meeting with a picture and a PDF, each with a mark in 附原檔 or without."""
    rows = (f"| 討1 | 圖{name} | 檔案:{name} | {mark} |" for name, mark in zip(("a.png", "b.pdf"), marks, strict=True))
    office(desk, 附件=HEAD + "\n".join(rows))
    put(desk.root / "inputs/113-1/附件", "a.png", picture("PNG"))
    put(desk.root / "inputs/113-1/附件", "b.pdf", pdf_of((595, 842)))


def originals(names: list[str]) -> list[str]:
    return sorted(name.split(" ")[-1] for name in names if name.endswith((".png", "（原檔）.pdf")))


def made(desk: Desk) -> list[str]:
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    return originals([path.name for path in desk.output().glob("*")])


@pytest.mark.slow
def test_an_original_lies_beside_its_document_only_where_the_row_asks_for_it(desk: Desk) -> None:
    staged(desk, "", "")
    assert made(desk) == []
    staged(desk, "★", "")
    assert made(desk) == ["圖a.png.png"]
    staged(desk, "", "★")
    assert made(desk) == ["圖b.pdf（原檔）.pdf"]


@pytest.mark.slow
def test_an_original_is_mailed_only_where_the_row_asks_for_it(desk: Desk) -> None:
    for marks, expected in ((("", ""), []), (("★", ""), ["圖a.png.png"])):
        staged(desk, *marks)
        template(desk, PLAIN.replace("附錄.docx（如有）", "附件原檔（如有）"))
        mail(desk)
        [draft] = drafts(desk).values()
        assert originals(list(attached(draft))) == expected
        assert ("可能含有看不見的個人資料" in desk.run("mail", "113-1").output) is bool(expected)


@pytest.mark.slow
@pytest.mark.parametrize("path", [r"file:///C:\Users\someone\Normal.dotm", r"\\server\share\a.docx", r"D:\a.docx"])
@pytest.mark.parametrize("mark", ["★", ""])
def test_an_original_that_leads_to_a_machine_is_mentioned(desk: Desk, path: str, mark: str) -> None:
    letter = docx.Document()
    letter.add_paragraph("潮位")
    letter.part.relate_to("https://example.org/a", f"{OFFICE}/hyperlink", is_external=True)
    letter.part.relate_to(path, f"{OFFICE}/hyperlink", is_external=True)
    office(desk, 附件=f"{HEAD}| 討1 | 文 | 檔案:a.docx | {mark} |")
    buffer = io.BytesIO()
    letter.save(buffer)
    put(desk.root / "inputs/113-1/附件", "a.docx", buffer.getvalue())
    found = [(one["cell"], path in one["text"]) for one in desk.problems() if one["code"] == "original-paths"]
    assert found == ([("C2", True)] if mark else [])


@pytest.mark.office
def test_a_release_keeps_an_original_only_where_the_row_asks_for_it(desk: Desk) -> None:
    staged(desk, "★", "")
    result = desk.run("release", "113-1", "--reason", "測試")
    assert result.exit_code == 0, result.output
    folder = desk.root / "output" / "113-1 版本" / "第1版"
    assert originals([path.name for path in folder.rglob("*")]) == ["a.png", "圖a.png.png"]
    assert not list(folder.rglob("b.pdf"))
    # Which file it was made of is known all the same: nothing changed, then another file.
    assert "沒有變動" in desk.run("release", "113-1", "--reason", "測試").output
    put(desk.root / "inputs/113-1/附件", "b.pdf", pdf_of((842, 595)))
    lines = desk.run("diff", "113-1").output.splitlines()
    assert lines[1:] == ["■ 05 討論事項第一案 附件2 圖b.pdf　換了檔案"]
    assert "已凍結第2版" in desk.run("release", "113-1", "--reason", "測試").output
    assert desk.run("diff", "113-1", "--from", "1", "--to", "2").exit_code == 0
