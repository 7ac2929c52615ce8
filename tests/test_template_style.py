"""One style sheet for all templates, whoever saved them."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from conftest import Desk
from test_template_check import change

from generator.basic.failure import UserError
from generator.basic.workspace import Workspace
from generator.pdf import office
from generator.setup import template_style


def styles(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("word/styles.xml").decode("utf-8")


def larger(xml: str) -> str:
    """The style 層次一 in 15 points."""
    size = '<w:rPr><w:sz w:val="30"/><w:szCs w:val="30"/></w:rPr></w:style>'
    changed, count = re.subn(r'(styleId="LevelTwo">.*?)</w:style>', rf"\1{size}", xml, count=1, flags=re.DOTALL)
    assert count == 1
    return changed


@pytest.mark.slow
def test_a_size_changed_in_one_template_is_taken_over_by_all(desk: Desk) -> None:
    templates = desk.root / "templates"
    before = (templates / "條文.docx").read_bytes()
    change(templates / "案.docx", larger, "word/styles.xml")
    # Other ids than in the template that gives the styles, and a style of its own.
    change(templates / "條文.docx", lambda xml: xml.replace('"LevelTwo"', '"a7"'), "word/styles.xml")
    own = '<w:style w:type="paragraph" w:customStyle="1" w:styleId="Own"><w:name w:val="自訂"/></w:style></w:styles>'
    change(templates / "條文.docx", lambda xml: xml.replace("</w:styles>", own), "word/styles.xml")
    result = desk.run("template", "style", "案")
    assert result.exit_code == 0, result.output
    assert "案.docx" not in [line.split("　")[-1] for line in result.output.splitlines() if "更新" in line]
    found = styles(templates / "條文.docx")
    assert re.search(r'styleId="a7"><w:name w:val="層次一"/>.*?<w:sz w:val="30"/>', found, re.DOTALL)
    assert 'w:val="自訂"' in found
    assert desk.run("template", "check").exit_code == 0
    (kept,) = [path for path in templates.iterdir() if path.is_dir()]
    assert f"原來的範本在 templates/{kept.name}" in result.output
    assert styles(kept / "議程.docx") == styles_of(before)
    # Once more changes nothing.
    again = desk.run("template", "style", "案.docx")
    assert again.exit_code == 0
    assert "原來的範本" not in again.output


def styles_of(package: bytes) -> str:
    import io

    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.read("word/styles.xml").decode("utf-8")


def test_an_unknown_template_is_named_with_the_nearest_one(desk: Desk) -> None:
    with pytest.raises(UserError, match=r"templates 內沒有範本「議成.docx」。是否為「議程」？"):
        template_style.take_over(Workspace(desk.root), "議成", dt.datetime(2024, 5, 20))


@pytest.mark.slow
def test_a_template_that_is_none_is_named_and_the_others_are_changed(desk: Desk) -> None:
    templates = desk.root / "templates"
    (templates / "壞.docx").write_bytes(b"no zip")
    change(templates / "案.docx", larger, "word/styles.xml")
    result = desk.run("template", "style", "案")
    assert result.exit_code == 3
    assert "「壞.docx」不是可讀的 .docx" in result.output
    assert '<w:sz w:val="30"/>' in styles(templates / "議程.docx").split("層次一")[1].split("</w:style>")[0]


@pytest.mark.office
def test_a_template_that_libreoffice_has_saved_looks_the_same(desk: Desk, tmp_path: Path) -> None:
    program = office.find_office()
    assert program is not None
    path = desk.root / "templates" / "案.docx"
    command = [str(program), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    path.write_bytes((tmp_path / path.name).read_bytes())
    assert styles(path).count("w:style ") > 0
    result = desk.run("template", "check")
    assert "錯誤" not in result.output, result.output
