"""Conversion by LibreOffice: with programs that pretend to be it and fail in its ways, and (marked office) with it."""

from __future__ import annotations

import io
import os
import sys
import textwrap
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from generator import packet, pdf

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a first line")
FakeOffice = Callable[[str], Path]

PRELUDE = """
import os, pathlib, subprocess, sys, time
arguments = sys.argv[1:]
out = pathlib.Path(arguments[arguments.index("--outdir") + 1])
sources = [pathlib.Path(name) for name in arguments[arguments.index("--outdir") + 2:]]
profile = pathlib.Path(next(a for a in arguments if a.startswith("-env:")).partition("file://")[2])
here = pathlib.Path(__file__).parent
(here / "starts").open("a").write("x")
def make(source, content=None):
    content = content or b"%PDF-1.6 " + source.read_bytes() + b" %%EOF"
    (out / (source.stem + ".pdf")).write_bytes(content)
"""


@pytest.fixture
def fake_office(tmp_path: Path) -> FakeOffice:
    """Makes a program out of a few lines of Python, which know ``sources``, ``out`` and ``make``."""

    def build(body: str) -> Path:
        program = tmp_path / "office" / "soffice"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!{sys.executable}\n{PRELUDE}{textwrap.dedent(body)}", encoding="utf-8")
        program.chmod(0o755)
        return program

    return build


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "文件 夾"
    folder.mkdir()
    names = ["01 議程.docx", "02 報告事項第一案 附件1.docx", "03 討論事項第一案.docx"]
    for name in names:
        (folder / name).write_text(name, encoding="utf-8")
    return [folder / name for name in names]


def starts(office: Path) -> int:
    counted = office.parent / "starts"
    return len(counted.read_text()) if counted.exists() else 0


def is_running(pid: int) -> bool:
    """Whether the process lives; one that is dead but not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def gone(pid: int) -> bool:
    limit = time.monotonic() + 3
    while is_running(pid) and time.monotonic() < limit:
        time.sleep(0.02)
    return not is_running(pid)


# --- finding it -------------------------------------------------------------------------------------------------


def test_the_environment_names_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fake_office: FakeOffice
) -> None:
    office = fake_office("")
    monkeypatch.setenv("PACKET_SOFFICE", str(office))
    assert pdf.find_office() == office
    monkeypatch.setenv("PACKET_SOFFICE", str(tmp_path / "nothing"))
    assert pdf.find_office() is None


@posix_only
def test_the_search_path_is_looked_through(monkeypatch: pytest.MonkeyPatch, fake_office: FakeOffice) -> None:
    office = fake_office("")
    monkeypatch.delenv("PACKET_SOFFICE", raising=False)
    monkeypatch.setenv("PATH", str(office.parent))
    assert pdf.find_office() == office


def test_a_fingerprint_starts_nothing_and_changes_with_the_program(fake_office: FakeOffice) -> None:
    office = fake_office("")
    before = pdf.office_fingerprint(office)
    assert pdf.office_fingerprint(office) == before
    (office.parent / "versionrc").write_text("buildid=2", encoding="utf-8")
    assert pdf.office_fingerprint(office) != before
    assert starts(office) == 0


def test_a_fingerprint_changes_with_the_font_map(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fake_office: FakeOffice
) -> None:
    office = fake_office("")
    before = pdf.office_fingerprint(office)
    other = tmp_path / "fonts.conf"
    other.write_text("<fontconfig/>", encoding="utf-8")
    monkeypatch.setattr(pdf, "FONT_MAP", other)
    assert pdf.office_fingerprint(office) != before


# --- a program that does its work -------------------------------------------------------------------------------


@posix_only
def test_all_documents_are_converted_in_one_start(fake_office: FakeOffice, sources: list[Path], tmp_path: Path) -> None:
    office = fake_office("for source in sources: make(source)")
    seen: list[Path] = []
    done = pdf.convert(sources, "pdf", tmp_path / "出", timeout=20, progress=seen.append, office=office)
    assert starts(office) == 1
    assert seen == sources
    assert {made.name for made in done.values()} == {f"{source.stem}.pdf" for source in sources}
    for source, made in done.items():
        assert made.parent == tmp_path / "出"
        assert source.name.encode() in made.read_bytes()
    assert len(list((tmp_path / "出").iterdir())) == len(sources)


@posix_only
def test_the_profile_is_private_and_runs_no_macro(fake_office: FakeOffice, sources: list[Path], tmp_path: Path) -> None:
    office = fake_office("""
        settings = (profile / "user" / "registrymodifications.xcu").read_text(encoding="utf-8")
        (here / "seen").write_text(f"{profile}\\n{os.environ.get('FONTCONFIG_FILE')}\\n{settings}", encoding="utf-8")
        for source in sources: make(source)
    """)
    pdf.convert(sources[:1], "pdf", tmp_path, timeout=20, office=office)
    profile, font_map, settings = (office.parent / "seen").read_text(encoding="utf-8").split("\n", 2)
    assert not Path(profile).exists()
    assert '"DisableMacrosExecution" oor:op="fuse"><value>true' in settings
    assert 'Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2' in settings
    if sys.platform != "darwin":
        assert font_map == str(pdf.FONT_MAP)


def test_nothing_to_do_starts_nothing(fake_office: FakeOffice, tmp_path: Path) -> None:
    office = fake_office("")
    assert pdf.convert([], "pdf", tmp_path, timeout=1, office=office) == {}
    assert starts(office) == 0


# --- and programs that do not -----------------------------------------------------------------------------------


@posix_only
def test_an_end_with_0_and_no_result_is_a_failure(fake_office: FakeOffice, sources: list[Path], tmp_path: Path) -> None:
    office = fake_office("print('Error: source file could not be loaded', file=sys.stderr)")
    with pytest.raises(pdf.ConversionFailed, match=r"沒有轉出下列文件：「01 議程\.docx」、「02 ") as caught:
        pdf.convert(sources, "pdf", tmp_path, timeout=20, office=office)
    assert caught.value.failed == tuple(sources)
    assert "could not be loaded" in caught.value.detail


@posix_only
@pytest.mark.parametrize("content", [b"<html>", b"%PDF-1.6 cut off"], ids=["another kind", "cut off"])
def test_the_good_results_are_delivered_all_the_same(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path, content: bytes
) -> None:
    office = fake_office(f"make(sources[0]); make(sources[1], {content!r}); make(sources[2])")
    (tmp_path / f"{sources[1].stem}.pdf").write_bytes(b"from the day before")
    with pytest.raises(pdf.ConversionFailed) as caught:
        pdf.convert(sources, "pdf", tmp_path, timeout=20, office=office)
    assert caught.value.failed == (sources[1],)
    assert str(caught.value).count("「") == 1
    assert list(caught.value.done) == [sources[0], sources[2]]
    assert all(made.is_file() for made in caught.value.done.values())
    assert (tmp_path / f"{sources[1].stem}.pdf").read_bytes() == b"from the day before"


@posix_only
def test_a_program_that_hangs_is_stopped_with_its_children(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path
) -> None:
    office = fake_office("""
        make(sources[0])
        child = subprocess.Popen(["sleep", "60"])
        (here / "pids").write_text(f"{os.getpid()} {child.pid}")
        time.sleep(60)
    """)
    begun = time.monotonic()
    with pytest.raises(pdf.ConversionFailed, match=r"超過 1\.5 秒") as caught:
        pdf.convert(sources, "pdf", tmp_path, timeout=1.5, office=office)
    assert time.monotonic() - begun < 10
    assert caught.value.failed == tuple(sources[1:])
    for pid in (office.parent / "pids").read_text().split():
        assert gone(int(pid))


@posix_only
def test_ctrl_c_stops_the_program_too(fake_office: FakeOffice, sources: list[Path], tmp_path: Path) -> None:
    office = fake_office("""
        (here / "pids").write_text(str(os.getpid()))
        make(sources[0])
        time.sleep(60)
    """)

    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pdf.convert(sources, "pdf", tmp_path, timeout=20, progress=interrupted, office=office)
    assert gone(int((office.parent / "pids").read_text()))


@posix_only
def test_a_crash_is_a_failure(fake_office: FakeOffice, sources: list[Path], tmp_path: Path) -> None:
    office = fake_office("make(sources[0]); sys.stdout.flush(); os.kill(os.getpid(), 11)")
    with pytest.raises(pdf.ConversionFailed, match="異常結束（代碼 -11）") as caught:
        pdf.convert(sources, "pdf", tmp_path, timeout=20, office=office)
    assert list(caught.value.done) == sources[:1]


def test_two_documents_of_one_name_are_refused(fake_office: FakeOffice, tmp_path: Path) -> None:
    office = fake_office("")
    for same in ("Minutes.docx", "minutes.odt"):
        (tmp_path / same).write_bytes(b"")
    with pytest.raises(pdf.ConversionFailed, match=r"「Minutes\.docx」與「minutes\.odt」轉檔後會同名"):
        pdf.convert([tmp_path / "Minutes.docx", tmp_path / "minutes.odt"], "pdf", tmp_path, timeout=1, office=office)
    assert starts(office) == 0


def test_a_missing_document_is_named(fake_office: FakeOffice, tmp_path: Path) -> None:
    office = fake_office("")
    with pytest.raises(pdf.ConversionFailed, match=r"無法讀取「沒有 這份\.docx」"):
        pdf.convert([tmp_path / "沒有 這份.docx"], "pdf", tmp_path, timeout=1, office=office)
    assert starts(office) == 0


def test_without_a_program_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, sources: list[Path], tmp_path: Path
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", str(tmp_path / "nothing"))
    with pytest.raises(pdf.ConversionFailed, match="找不到 LibreOffice。請安裝"):
        pdf.convert(sources, "pdf", tmp_path, timeout=1)


@posix_only
def test_a_program_that_does_not_start_is_a_failure(sources: list[Path], tmp_path: Path) -> None:
    office = tmp_path / "soffice"
    office.write_bytes(b"\x00not a program")
    office.chmod(0o755)
    with pytest.raises(pdf.ConversionFailed, match="無法啟動 LibreOffice"):
        pdf.convert(sources, "pdf", tmp_path, timeout=1, office=office)


# --- LibreOffice itself -----------------------------------------------------------------------------------------


@pytest.fixture
def office() -> Path:
    found = pdf.find_office()
    if found is None:
        pytest.skip("LibreOffice is not installed")
    return found


def document(path: Path, text: str) -> Path:
    """A .docx that shows the text in 標楷體 and Times New Roman."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packet.glyph_document())) as model, zipfile.ZipFile(made, "w") as archive:
        for name in model.namelist():
            archive.writestr(name, model.read(name).decode().replace("第頁，共", text))
    path.write_bytes(made.getvalue())
    return path


def fonts(path: Path) -> dict[str, bool]:
    """The fonts of a PDF (without the letters of the subset) → whether they are embedded."""
    with pikepdf.open(path) as opened:
        return {
            str(font.BaseFont).rpartition("+")[2]: "/FontFile2" in font.FontDescriptor
            for page in opened.pages
            for _, font in page.resources.Font.items()
        }


@pytest.mark.office
def test_the_free_typefaces_stand_in(office: Path, tmp_path: Path) -> None:
    if not list(Path("/usr/share/fonts").rglob("TW-Kai*")):
        pytest.skip("fonts-cns11643-kai is not installed")
    source = document(tmp_path / "字 型.docx", "第1頁，ABC★☑✓⚑→≧①Ωя𠀋堃…—“”·±×÷€℃◎▲")
    done = pdf.convert([source], "pdf", tmp_path / "出", timeout=120, office=office)
    used = fonts(done[source])
    assert all(used.values())
    assert {name.split("-98")[0] for name in used} == {"TW-Kai", "TW-Kai-Ext-B", "LiberationSerif"}


@pytest.mark.office
def test_a_second_run_gives_the_same_pdf_once_normalised(office: Path, tmp_path: Path) -> None:
    source = document(tmp_path / "01 議程.docx", "壹、主席致詞")
    runs = []
    for run in ("甲", "乙"):
        done = pdf.convert([source], "pdf", tmp_path / run, timeout=120, office=office)
        runs.append(packet.normalise(done[source].read_bytes(), "議程", "海風部", date(2024, 4, 29)))
    assert runs[0] == runs[1]


@pytest.mark.office
def test_one_broken_document_does_not_stop_the_others(office: Path, tmp_path: Path) -> None:
    good = document(tmp_path / "01 議程.docx", "壹、主席致詞")
    broken = tmp_path / "02 壞檔.docx"
    broken.write_bytes(good.read_bytes()[:200])
    with pytest.raises(pdf.ConversionFailed, match=r"「02 壞檔\.docx」") as caught:
        pdf.convert([broken, good], "pdf", tmp_path / "出", timeout=120, office=office)
    assert caught.value.failed == (broken,)
    assert list(caught.value.done) == [good]


@pytest.mark.office
def test_documents_become_open_document_text(office: Path, tmp_path: Path) -> None:
    source = document(tmp_path / "01 議程.docx", "壹、主席致詞")
    done = pdf.convert([source], "odt", tmp_path / "出", timeout=120, office=office)
    with zipfile.ZipFile(done[source]) as archive:
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        assert "壹、主席致詞" in archive.read("content.xml").decode()
