"""Lines and pages break in the PDF as they do in Word."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from conftest import EXPLANATIONS, REPO, Desk

# A little less than the width of a page; a point has room for 25 of them.
FULL_LINE = "一二三四五六七八九十" * 2 + "一二三四五六"


def lines(pdf: Path) -> list[str]:
    read = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    return [line.strip() for line in read.stdout.decode("utf-8").splitlines() if line.strip()]


def xml(path: Path, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(part).decode("utf-8")


@pytest.mark.parametrize("template", sorted(path.name for path in (REPO / "templates").glob("*.docx")))
def test_punctuation_does_not_hang_and_what_keeps_with_the_next_keeps_its_lines(template: str) -> None:
    styles, text = xml(REPO / "templates" / template, "word/styles.xml"), xml(REPO / "templates" / template)
    assert re.findall(r"<w:overflowPunct[^>]*>", styles) == ['<w:overflowPunct w:val="0"/>']
    assert not re.findall(r"<w:keepNext/>(?!<w:keepLines/>)", styles + text)


@pytest.mark.office
def test_a_comma_that_has_no_room_takes_the_sign_before_it_to_the_next_line(desk: Desk) -> None:
    desk.meeting(說明=EXPLANATIONS.replace("依本部規定辦理。", f"{FULL_LINE[:25]}，七八九十。"))
    assert desk.run("build", "113-1", "--format", "docx,pdf").exit_code == 0
    assert "五，七八九十。" in lines(desk.output("03 討論事項第一案.pdf"))


@pytest.mark.office
def test_so_it_does_in_a_document_from_elsewhere_that_says_so(desk: Desk, tmp_path: Path) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 報1 | 說明書 | 檔案:說明書.docx |")
    attached = desk.root / "inputs" / "113-1" / "附件" / "說明書.docx"
    attached.parent.mkdir(parents=True)
    for flag, last in (('<w:overflowPunct w:val="0"/>', "八，七八九十。"), ("<w:overflowPunct/>", "七八九十。")):
        paragraph = f"<w:p><w:pPr>{flag}</w:pPr><w:r><w:t>{FULL_LINE}七八，七八九十。</w:t></w:r></w:p>"
        with zipfile.ZipFile(REPO / "templates" / "另附.docx") as model, zipfile.ZipFile(attached, "w") as made:
            for name in model.namelist():
                part = model.read(name).decode("utf-8")
                if name == "word/document.xml":
                    part = re.sub(r"(<w:body>).*?(<w:sectPr)", rf"\1{paragraph}\2", part, flags=re.DOTALL)
                made.writestr(name, part)
        assert desk.run("build", "113-1", "--format", "docx,pdf").exit_code == 0
        assert last in lines(desk.output("03 報告事項第一案 附件 說明書.pdf"))
