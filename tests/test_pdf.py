"""Conversion by LibreOffice: with programs that pretend to be it and fail in its ways, and (marked office) with it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from generator.pdf import glyphs, join
from generator.pdf import office as pdf
from generator.pdf import process as soffice

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a first line")
FakeOffice = Callable[[str], Path]

_ODF = "urn:oasis:names:tc:opendocument"
SLIDES = {
    "mimetype": "application/vnd.oasis.opendocument.presentation",
    "content.xml": f"""<office:document-content xmlns:office="{_ODF}:xmlns:office:1.0" office:version="1.3"
        xmlns:draw="{_ODF}:xmlns:drawing:1.0" xmlns:text="{_ODF}:xmlns:text:1.0"><office:body><office:presentation>
        <draw:page draw:name="第一張"><draw:frame><draw:text-box><text:p>海風部</text:p></draw:text-box></draw:frame>
        </draw:page></office:presentation></office:body></office:document-content>""",
    "META-INF/manifest.xml": f"""<manifest:manifest xmlns:manifest="{_ODF}:xmlns:manifest:1.0">
        <manifest:file-entry manifest:full-path="/"
        manifest:media-type="application/vnd.oasis.opendocument.presentation"/>
        <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>""",
}
# How long a test waits for what must come; on a busy machine it comes late.
LONGEST = 60.0
PRELUDE = """
import os, pathlib, subprocess, sys, time
arguments = sys.argv[1:]
here = pathlib.Path(__file__).parent
if "--outdir" not in arguments:
    idle = pathlib.Path(arguments[-1])
    with (here / "ahead").open("a") as file:
        file.write(f"{os.getpid()}\\n")
    if not (here / "never ready").exists():
        (idle.parent / f".~lock.{idle.name}#").touch()
    time.sleep(3600)
    sys.exit()
out = pathlib.Path(arguments[arguments.index("--outdir") + 1])
sources = [pathlib.Path(name) for name in arguments[arguments.index("--outdir") + 2:]]
profile = pathlib.Path(next(a for a in arguments if a.startswith("-env:")).partition("file://")[2])
(here / "starts").open("a").write("x")
with (here / "calls").open("a") as file:
    file.write(" 夾 ".join([arguments[arguments.index("--convert-to") + 1], *(s.read_text() for s in sources)]) + "\\n")
def make(source, content=None):
    ending = arguments[arguments.index("--convert-to") + 1].partition(":")[0]
    content = content or b"%PDF-1.6 " + source.read_bytes() + b" %%EOF"
    if ending != "pdf":
        content = b"PK\\5\\6" + bytes(18)
    (out / f"{source.stem}.{ending}").write_bytes(content)
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


def calls(office: Path) -> list[list[str]]:
    """Of each call what it was to make, and the sources (each says its own name)."""
    return [line.split(" 夾 ") for line in (office.parent / "calls").read_text(encoding="utf-8").splitlines()]


def ahead(office: Path, count: int = 1) -> int:
    """The process of the one that was started ahead, the ``count``-th such."""
    limit = time.monotonic() + LONGEST
    while time.monotonic() < limit:
        started = office.parent / "ahead"
        pids = started.read_text().splitlines() if started.exists() else []
        if len(pids) >= count:
            return int(pids[count - 1])
        time.sleep(0.02)
    raise AssertionError("it was not started")


def is_running(pid: int) -> bool:
    """Whether the process lives; one that is dead but not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def cpu_of_children() -> float:
    """The processor time of all programs that were started and have ended, in seconds."""
    times = os.times()
    return times.children_user + times.children_system


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it becomes true in the time that a busy machine may need."""
    limit = time.monotonic() + LONGEST
    while not holds() and time.monotonic() < limit:
        time.sleep(0.02)
    return holds()


def gone(pid: int) -> bool:
    return eventually(lambda: not is_running(pid))


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
    done = pdf.convert(sources, "pdf", tmp_path / "出", timeout=120, progress=seen.append, office=office)
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
    pdf.convert(sources[:1], "pdf", tmp_path, timeout=120, office=office)
    profile, font_map, settings = (office.parent / "seen").read_text(encoding="utf-8").split("\n", 2)
    assert not Path(profile).exists()
    assert '"DisableMacrosExecution" oor:op="fuse"><value>true' in settings
    # In Writer 0 is "never", in Calc 1.
    assert 'Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0<' in settings
    assert 'Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>1<' in settings
    assert 'Filter/PDF/Export"><prop oor:name="PDFUACompliance" oor:op="fuse"><value>true<' in settings
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
        pdf.convert(sources, "pdf", tmp_path, timeout=120, office=office)
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
        pdf.convert(sources, "pdf", tmp_path, timeout=120, office=office)
    assert caught.value.failed == (sources[1],)
    assert str(caught.value).count("「") == 1
    assert list(caught.value.done) == [sources[0], sources[2]]
    assert all(made.is_file() for made in caught.value.done.values())
    assert (tmp_path / f"{sources[1].stem}.pdf").read_bytes() == b"from the day before"


@pytest.mark.slow
@posix_only
def test_a_program_that_hangs_is_stopped_with_its_children(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path
) -> None:
    office = fake_office("""
        make(sources[0])
        child = subprocess.Popen(["sleep", "3600"])
        (here / "pids").write_text(f"{os.getpid()} {child.pid}")
        time.sleep(3600)
    """)
    with pytest.raises(pdf.ConversionFailed, match=r"超過 3\.5 秒") as caught:
        pdf.convert(sources, "pdf", tmp_path, timeout=3.5, office=office)
    assert caught.value.failed == (sources[1],)
    for pid in (office.parent / "pids").read_text().split():
        assert gone(int(pid))


@posix_only
def test_ctrl_c_stops_the_program_too(fake_office: FakeOffice, sources: list[Path], tmp_path: Path) -> None:
    office = fake_office("""
        (here / "pids").write_text(str(os.getpid()))
        make(sources[0])
        time.sleep(3600)
    """)

    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pdf.convert(sources, "pdf", tmp_path, timeout=120, progress=interrupted, office=office)
    assert gone(int((office.parent / "pids").read_text()))


@posix_only
def test_a_crash_is_a_failure(fake_office: FakeOffice, sources: list[Path], tmp_path: Path) -> None:
    office = fake_office("make(sources[0]); sys.stdout.flush(); os.kill(os.getpid(), 11)")
    with pytest.raises(pdf.ConversionFailed, match="異常結束（代碼 -11）") as caught:
        pdf.convert(sources, "pdf", tmp_path, timeout=120, office=office)
    assert list(caught.value.done) == [sources[0], sources[2]]


@pytest.mark.slow
@posix_only
@pytest.mark.parametrize("fault", ["time.sleep(3600)", "os.kill(os.getpid(), 9)"], ids=["hangs", "crashes"])
def test_what_comes_after_a_document_that_stops_it_is_converted_in_a_new_call(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path, fault: str
) -> None:
    office = fake_office(f"""
        for source in sources:
            if source.read_text().startswith("01"): continue
            if source.read_text().startswith("02"): {fault}
            make(source)
    """)
    with pytest.raises(pdf.ConversionFailed) as caught:
        pdf.convert(sources, "pdf", tmp_path, timeout=3, office=office)
    # The first was given up in the round in which it came before the one that stopped it.
    names = [source.name for source in sources]
    assert calls(office) == [["pdf", *names], ["pdf", *names[1:]], ["pdf", names[2]]]
    assert caught.value.failed == tuple(sources[:2])
    assert list(caught.value.done) == [sources[2]]


@posix_only
def test_three_calls_are_enough_for_a_program_that_always_stops(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path
) -> None:
    more = [tmp_path / f"{number}.docx" for number in range(4)]
    for source in more:
        source.write_text(source.name)
    office = fake_office("os.kill(os.getpid(), 9)")
    with pytest.raises(pdf.ConversionFailed, match="異常結束（代碼 -9）") as caught:
        pdf.convert([*sources, *more], "pdf", tmp_path, timeout=120, office=office)
    assert starts(office) == 3
    assert caught.value.failed == (*sources, *more)


@posix_only
def test_documents_that_are_only_refused_are_not_tried_again(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path
) -> None:
    office = fake_office("make(sources[0])")
    with pytest.raises(pdf.ConversionFailed) as caught:
        pdf.convert(sources, "pdf", tmp_path, timeout=120, office=office)
    assert starts(office) == 1
    assert caught.value.failed == tuple(sources[1:])


@posix_only
def test_a_document_that_cannot_be_read_does_not_keep_the_others(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path
) -> None:
    office = fake_office("for source in sources: make(source)")
    sources[0].unlink()
    sources[1].write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(pdf.ConversionFailed) as caught:
        pdf.convert(sources, "pdf", tmp_path, timeout=120, office=office)
    assert list(caught.value.done) == [sources[2]]
    assert "無法讀取「01 議程.docx」" in str(caught.value)
    assert "「02 報告事項第一案 附件1.docx」已損壞" in str(caught.value)


@posix_only
def test_each_kind_becomes_its_own_kind_of_open_document(fake_office: FakeOffice, tmp_path: Path) -> None:
    office = fake_office("for source in sources: make(source)")
    sources = [tmp_path / name for name in ("a.docx", "b.xlsx", "c.PPTX", "d.rtf", "b.docx")]
    for source in sources:
        source.write_text(source.name)
    done = pdf.convert(sources, "odf", tmp_path / "出", timeout=120, office=office)
    assert [made.name for made in done.values()] == ["a.odt", "b.ods", "c.odp", "d.odt", "b.odt"]
    assert calls(office) == [
        ["odt:writer8", "a.docx", "d.rtf", "b.docx"],
        ["ods:calc8", "b.xlsx"],
        ["odp:impress8", "c.PPTX"],
    ]
    with pytest.raises(pdf.ConversionFailed, match=r"「e\.png」不是文書、試算表或簡報"):
        pdf.convert([tmp_path / "e.png"], "odf", tmp_path, timeout=120, office=office)


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


# --- one that is started ahead ----------------------------------------------------------------------------------


@posix_only
def test_it_is_started_ahead_and_ends_with_the_block(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path
) -> None:
    program = fake_office("for source in sources: make(source)")
    with pdf.Office(program) as office:
        process = ahead(program)
        for folder in ("甲", "乙"):
            done = pdf.convert(sources, "pdf", tmp_path / folder, timeout=120, office=office)
            assert len(done) == len(sources)
        assert is_running(process)
    assert gone(process)
    assert (program.parent / "ahead").read_text().split() == [str(process)]
    assert starts(program) == 2


@posix_only
@pytest.mark.parametrize("kind", [KeyboardInterrupt, ValueError])
def test_it_ends_however_the_block_is_left(fake_office: FakeOffice, kind: type[BaseException]) -> None:
    program = fake_office("")
    processes = []

    def leave() -> None:
        with pdf.Office(program):
            processes.append(ahead(program))
            raise kind

    with pytest.raises(kind):
        leave()
    assert gone(processes[0])


@posix_only
def test_it_ends_when_the_program_that_started_it_is_killed(fake_office: FakeOffice) -> None:
    program = fake_office("")
    script = """
import pathlib, sys, time
from generator.pdf import office as pdf
with pdf.Office(pathlib.Path(sys.argv[1])):
    time.sleep(3600)
"""
    with subprocess.Popen([sys.executable, "-c", script, str(program)]) as parent:
        process = ahead(program)
        assert is_running(process)
        parent.kill()
    assert gone(process)


@posix_only
def test_a_new_one_is_started_when_it_has_died(fake_office: FakeOffice, sources: list[Path], tmp_path: Path) -> None:
    program = fake_office("for source in sources: make(source)")
    with pdf.Office(program) as office:
        session = office._session
        assert session is not None
        os.kill(ahead(program), 9)
        assert eventually(lambda: not session.runs)
        assert len(office.convert(sources, "pdf", tmp_path, timeout=120)) == len(sources)
        second = ahead(program, 2)
        assert is_running(second)
    assert gone(second)


@posix_only
def test_a_new_one_is_started_when_libreoffice_was_updated(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path
) -> None:
    program = fake_office("for source in sources: make(source)")
    with pdf.Office(program) as office:
        first = ahead(program)
        (program.parent / "versionrc").write_text("buildid=2", encoding="utf-8")
        office.convert(sources, "pdf", tmp_path, timeout=120)
        assert gone(first)
        assert is_running(ahead(program, 2))


@pytest.mark.slow
@posix_only
def test_one_that_never_gets_ready_is_done_without(
    monkeypatch: pytest.MonkeyPatch, fake_office: FakeOffice, sources: list[Path], tmp_path: Path
) -> None:
    monkeypatch.setattr(soffice, "_LONGEST_START", 0.5)
    program = fake_office("for source in sources: make(source)")
    (program.parent / "never ready").touch()
    with pdf.Office(program) as office:
        first = ahead(program)
        for folder in ("甲", "乙"):
            assert len(office.convert(sources, "pdf", tmp_path / folder, timeout=120)) == len(sources)
        assert gone(first)
    assert (program.parent / "ahead").read_text().split() == [str(first)]


@pytest.mark.slow
@posix_only
def test_after_a_time_out_neither_it_nor_the_call_lives(
    fake_office: FakeOffice, sources: list[Path], tmp_path: Path
) -> None:
    program = fake_office("""
        (here / "pids").open("a").write(f"{os.getpid()} ")
        time.sleep(3600)
    """)
    with pdf.Office(program) as office:
        process = ahead(program)
        with pytest.raises(pdf.ConversionFailed, match="超過 3 秒"):
            office.convert(sources[:1], "pdf", tmp_path, timeout=3)
        for pid in (process, *map(int, (program.parent / "pids").read_text().split())):
            assert gone(pid)


def test_without_libreoffice_it_is_said_when_there_is_work(
    monkeypatch: pytest.MonkeyPatch, sources: list[Path], tmp_path: Path
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", str(tmp_path / "nothing"))
    with pdf.Office() as office, pytest.raises(pdf.ConversionFailed, match="找不到 LibreOffice。請安裝"):
        office.convert(sources, "pdf", tmp_path, timeout=1)


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
    with zipfile.ZipFile(io.BytesIO(glyphs.glyph_document())) as model, zipfile.ZipFile(made, "w") as archive:
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
        runs.append(join.normalise(done[source].read_bytes(), "議程", "海風部", date(2024, 4, 29)))
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


def facts(path: Path) -> tuple[bool, bool, bool]:
    """Whether a PDF is tagged, says that it keeps to PDF/UA, and has bookmarks."""
    with pikepdf.open(path) as opened, opened.open_outline() as outline:
        ua = b"pdfuaid:part" in opened.Root.Metadata.read_bytes()
        return "/StructTreeRoot" in opened.Root and bool(opened.Root.MarkInfo.Marked), ua, bool(outline.root)


@pytest.fixture
def mixed(tmp_path: Path) -> list[Path]:
    """A document of each of the three kinds, and a plain table."""
    word = document(tmp_path / "議程.docx", "海風部")
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "海風部"
    book.save(tmp_path / "名單.xlsx")
    with zipfile.ZipFile(tmp_path / "簡報.odp", "w") as archive:
        for name, content in SLIDES.items():
            archive.writestr(name, content)
    (tmp_path / "資料.csv").write_text("海風部,3\n", encoding="utf-8")
    return [word, tmp_path / "名單.xlsx", tmp_path / "簡報.odp", tmp_path / "資料.csv"]


@pytest.mark.office
def test_documents_of_all_kinds_become_pdfs_for_everyone_in_one_call(
    office: Path, mixed: list[Path], tmp_path: Path
) -> None:
    done = pdf.convert(mixed, "pdf", tmp_path / "出", timeout=120, office=office)
    # This Word document has no headings; sheets and slides have names. Cells have no tags in LibreOffice 7.4.
    assert facts(done[mixed[0]]) == (True, True, False)
    assert facts(done[mixed[1]])[1:] == (True, True)
    assert facts(done[mixed[2]]) == (True, True, True)
    assert len(done) == len(mixed)


@pytest.mark.office
def test_open_documents_have_the_kind_of_their_source(office: Path, mixed: list[Path], tmp_path: Path) -> None:
    with pdf.Office(office) as running:
        done = running.convert(mixed[:3], "odf", tmp_path / "出", timeout=120)
    for source, kind in zip(mixed, ("text", "spreadsheet", "presentation"), strict=False):
        with zipfile.ZipFile(done[source]) as archive:
            assert archive.read("mimetype") == f"application/vnd.oasis.opendocument.{kind}".encode()


@pytest.mark.office
@posix_only
def test_the_running_one_does_the_work_and_gives_the_same_pdf(office: Path, tmp_path: Path) -> None:
    source = document(tmp_path / "01 議程.docx", "壹、主席致詞")
    started = cpu_of_children()
    plain = pdf.convert([source], "pdf", tmp_path / "甲", timeout=120, office=office)
    whole = cpu_of_children() - started
    handed_over = []
    with pdf.Office(office) as running:
        for _ in range(3):
            started = cpu_of_children()
            done = running.convert([source], "pdf", tmp_path / "乙", timeout=120)
            handed_over.append(cpu_of_children() - started)
        assert running._session is not None
        pipes = [pipe for pipe in running._session.pipes() if pipe.exists()]
        assert running._session.runs
    # What hands the work over needs a fraction of the processor time of a LibreOffice that starts for it.
    assert max(handed_over) < whole / 2
    assert pipes
    assert not any(pipe.exists() for pipe in pipes)
    same = [join.normalise(made[source].read_bytes(), "議程", "海風部", date(2024, 4, 29)) for made in (plain, done)]
    assert same[0] == same[1]


@pytest.mark.office
@posix_only
def test_it_draws_no_pictures_to_try_the_graphics_before_it_starts(office: Path, tmp_path: Path) -> None:
    with pdf.Office(office) as running:
        running.convert([document(tmp_path / "01 議程.docx", "壹、主席致詞")], "pdf", tmp_path / "出", timeout=120)
        assert running._session is not None
        written = {path.name for path in (running._session.work / "profile" / "user").iterdir()}
    assert "registrymodifications.xcu" in written
    # Where LibreOffice writes down what it found by drawing.
    assert "GraphicsRenderTests.log" not in written


@pytest.mark.office
def test_documents_with_a_password_fail_at_once(office: Path, mixed: list[Path], tmp_path: Path) -> None:
    ooxml = pytest.importorskip("msoffcrypto.format.ooxml")
    locked = []
    for source in mixed[:2]:
        locked.append(tmp_path / f"密碼 {source.name}")
        with source.open("rb") as plain, locked[-1].open("wb") as made:
            ooxml.OOXMLFile(plain).encrypt("geheim", made)
    with pytest.raises(
        pdf.ConversionFailed, match=r"沒有轉出下列文件：「密碼 議程\.docx」、「密碼 名單\.xlsx」"
    ) as caught:
        pdf.convert([*locked, mixed[0]], "pdf", tmp_path / "出", timeout=120, office=office)
    assert list(caught.value.done) == [mixed[0]]


@pytest.mark.office
def test_documents_become_open_document_text(office: Path, tmp_path: Path) -> None:
    source = document(tmp_path / "01 議程.docx", "壹、主席致詞")
    done = pdf.convert([source], "odt", tmp_path / "出", timeout=120, office=office)
    with zipfile.ZipFile(done[source]) as archive:
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        assert "壹、主席致詞" in archive.read("content.xml").decode()
