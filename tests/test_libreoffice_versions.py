"""Every version of LibreOffice shows the same slides: those named in PACKET_OTHER_OFFICES beside the one that is found.

CONTRIBUTING says how to have another version on a Debian machine. Without one these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from conftest import REPO, Desk

from generator.pdf import office

OTHERS = [path for path in os.environ.get("PACKET_OTHER_OFFICES", "").split(os.pathsep) if path]
DECK = "03 報告事項第一案 附件1 簡報.pdf"
# Of 255: what smoothing of edges makes is less. And how many of a thousand dots may differ: letters move a little.
_SAME, _MOST = 96, 25

pytestmark = [
    pytest.mark.office,
    pytest.mark.slow,
    pytest.mark.skipif(not OTHERS, reason="PACKET_OTHER_OFFICES names no other LibreOffice"),
]


def pictures(pdf: Path) -> list[tuple[int, int, bytes]]:
    """Each page in grey, 400 dots wide."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        bitmap = page.render(scale=400 / page.get_width(), grayscale=True)
        lines = [bytes(bitmap.buffer)[row * bitmap.stride :][: bitmap.width] for row in range(bitmap.height)]
        found.append((bitmap.width, bitmap.height, b"".join(lines)))
    return found


def built(root: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for part in ("inputs", "templates"):
        shutil.copytree(REPO / part, root / part)
    monkeypatch.setenv(office.OVERRIDE, program)
    desk = Desk(root)
    result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    return desk


@pytest.mark.parametrize("other", OTHERS)
def test_slides_look_alike_and_no_frame_of_a_layout_shows(
    other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = office.find_office()
    assert usual is not None
    first = built(tmp_path / "usual", str(usual), monkeypatch)
    second = built(tmp_path / "other", other, monkeypatch)
    pages = list(zip(pictures(first.output(DECK)), pictures(second.output(DECK)), strict=True))
    assert len(pages) == 8
    for number, ((width, height, one), (*size, two)) in enumerate(pages, start=1):
        assert [width, height] == size
        differing = sum(abs(a - b) > _SAME for a, b in zip(one, two, strict=True))
        assert differing * 1000 <= _MOST * width * height, f"slide {number}: {differing} dots differ"


@pytest.mark.parametrize("other", OTHERS)
def test_documents_have_as_many_pages(other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = office.find_office()
    assert usual is not None
    counts = []
    for name, program in (("usual", str(usual)), ("other", other)):
        desk = built(tmp_path / name, program, monkeypatch)
        counts.append({path.name: len(pypdfium2.PdfDocument(path)) for path in desk.output("").glob("*.pdf")})
    assert counts[0] == counts[1]
    assert len(counts[0]) > 10


def test_a_frame_that_a_layout_leaves_behind_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure itself: the same deck with a box as large as that of the layout differs by more."""
    usual = office.find_office()
    assert usual is not None
    desk = built(tmp_path / "usual", str(usual), monkeypatch)
    deck = desk.output(DECK).with_suffix(".pptx")
    box = (
        '<p:sp><p:nvSpPr><p:cNvPr id="900" name="box"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm>'
        '<a:off x="1000000" y="1300000"/><a:ext cx="9500000" cy="4300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        '</a:prstGeom><a:solidFill><a:srgbClr val="808080"/></a:solidFill></p:spPr></p:sp>'
    )
    spoilt = tmp_path / "spoilt.pptx"
    with zipfile.ZipFile(deck) as old, zipfile.ZipFile(spoilt, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "ppt/slides/slide4.xml":
                part = part.replace(b"</p:grpSpPr>", b"</p:grpSpPr>" + box.encode(), 1)
            new.writestr(name, part)
    command = [str(usual), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
    subprocess.run([*command, "pdf", "--outdir", str(tmp_path), str(spoilt)], check=True, capture_output=True)
    (width, height, one), (_, _, two) = pictures(desk.output(DECK))[3], pictures(tmp_path / "spoilt.pdf")[3]
    assert sum(abs(a - b) > _SAME for a, b in zip(one, two, strict=True)) * 1000 > _MOST * width * height
