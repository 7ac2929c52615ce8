"""Documents are shared out over several LibreOffices: the same bytes, one failure stops no other, none stays."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.documents.document import Document
from generator.leaks import search
from generator.pdf import glyphs, sharing
from generator.pdf import office as pdf
from generator.pdf.sharing import Offices, best, time_of
from tests.conftest import Desk
from tests.test_enclosures import attached, pdf_of
from tests.test_pdf import PRELUDE, eventually


@pytest.mark.parametrize("rendered", [False, True])
@pytest.mark.parametrize("cores", [1, 2, 4, 16])
def test_a_few_documents_are_worth_one_process(cores: int, rendered: bool) -> None:
    assert best(1, cores, rendered=rendered) == best(4, cores, rendered=rendered) == 1


def test_a_packet_is_worth_more_where_there_are_cores_besides_that_of_the_program() -> None:
    assert [best(16, cores) for cores in (1, 2, 4)] == [1, 1, 3]
    assert best(100, 2) == 1


def test_what_is_left_when_all_is_rendered_is_worth_the_core_of_the_program_too() -> None:
    assert [best(10, cores, rendered=True) for cores in (1, 2, 4)] == [1, 2, 2]
    assert best(2, 4, running=3, rendered=True) == 3


@pytest.mark.parametrize("rendered", [False, True])
@pytest.mark.parametrize("cores", [1, 2, 3, 4, 8])
def test_never_more_than_cores_and_never_slower(cores: int, rendered: bool) -> None:
    for documents in range(1, 200):
        count = best(documents, cores, rendered=rendered)
        assert 1 <= count <= cores
        slowest = time_of(1, documents, cores, rendered=rendered)
        assert time_of(count, documents, cores, rendered=rendered) <= slowest


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """A LibreOffice that notes its calls, and crashes at what is called broken."""
    program = tmp_path / "office" / "soffice"
    program.parent.mkdir()
    body = """
        for source in sources:
            if source.read_text() == "broken":
                os._exit(77)
            make(source)
    """
    program.write_text(f"#!{sys.executable}\n{PRELUDE}{textwrap.dedent(body)}", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def documents(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.docx" for number in range(12)]
    for path in paths:
        path.write_text(f"document {path.stem}", encoding="utf-8")
    return paths


def shared(fake: Path, documents: list[Path], monkeypatch: pytest.MonkeyPatch, into: Path) -> sharing.Converted:
    monkeypatch.setattr(sharing, "best", lambda *_: 3)
    offices = Offices(pdf.Office(fake), most=3)
    try:
        return offices.convert(documents, "pdf", into, timeout=60)
    finally:
        offices.close()
        offices.first.close()


@pytest.mark.slow
def test_each_document_is_converted_once(
    fake: Path, documents: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = shared(fake, documents, monkeypatch, tmp_path / "out")
    assert {source.stem: result.stem for source, result in done.items()} == {path.stem: path.stem for path in documents}
    said = (fake.parent / "calls").read_text(encoding="utf-8").splitlines()
    converted = [name for line in said for name in line.split(" 夾 ")[1:]]
    assert sorted(converted) == sorted(path.read_text(encoding="utf-8") for path in documents)
    assert len((fake.parent / "ahead").read_text().splitlines()) == 3


@pytest.mark.slow
def test_what_fails_in_one_share_stops_none_of_the_others(
    fake: Path, documents: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    documents[5].write_text("broken", encoding="utf-8")
    with pytest.raises(pdf.ConversionFailed, match=r"「5\.docx」") as caught:
        shared(fake, documents, monkeypatch, tmp_path / "out")
    assert caught.value.failed == (documents[5],)
    assert caught.value.culprits == (documents[5],)
    assert sorted(caught.value.done) == sorted({*documents} - {documents[5]})


@pytest.fixture
def offices(fake: Path) -> Iterator[Offices]:
    """One LibreOffice that runs, on two cores."""
    with pdf.Office(fake) as first:
        offices = Offices(first, most=2)
        yield offices
        offices.close()


def calls(fake: Path) -> list[list[str]]:
    """The documents of each call."""
    return [line.split(" 夾 ")[1:] for line in (fake.parent / "calls").read_text(encoding="utf-8").splitlines()]


def test_what_is_handed_over_is_converted_before_anyone_waits_for_it(
    fake: Path, offices: Offices, documents: list[Path], tmp_path: Path
) -> None:
    offices.hand_over(documents[0], "pdf", tmp_path / "out", timeout=60)
    assert eventually((tmp_path / "out" / "0.pdf").exists)
    for path in documents[1:]:
        offices.hand_over(path, "pdf", tmp_path / "out", timeout=60)
    done = {source: result for arrived in offices.settle() for source, result in arrived.items()}
    assert done == {path: tmp_path / "out" / f"{path.stem}.pdf" for path in documents}
    assert sorted(text for call in calls(fake) for text in call) == sorted(
        f"document {path.stem}" for path in documents
    )
    assert list(offices.settle()) == []


@pytest.mark.slow
def test_what_fails_early_is_left_out_and_said_by_whoever_converts_it(
    offices: Offices, documents: list[Path], tmp_path: Path
) -> None:
    documents[1].write_text("broken", encoding="utf-8")
    for path in documents[:3]:
        offices.hand_over(path, "pdf", tmp_path / "out", timeout=60)
    done = {source for arrived in offices.settle() for source in arrived}
    assert done == {documents[0], documents[2]}
    with pytest.raises(pdf.ConversionFailed, match=r"「1\.docx」"):
        offices.convert(documents[1:2], "pdf", tmp_path / "out", timeout=60)


def test_nothing_may_be_handed_over_without_a_core_or_a_libreoffice_that_runs(fake: Path) -> None:
    with pdf.Office(fake) as first:
        assert Offices(first, most=2).may_hand_over
        assert not Offices(first, most=1).may_hand_over
    assert not Offices(pdf.Office(fake), most=2).may_hand_over


def test_what_nobody_wants_any_more_ends_also_where_libreoffice_hangs(
    fake: Path, documents: list[Path], tmp_path: Path
) -> None:
    program = fake.read_text(encoding="utf-8").replace("for source in sources:", "time.sleep(3600)\nfor source in []:")
    fake.write_text(program, encoding="utf-8")
    with pdf.Office(fake) as first:
        offices = Offices(first, most=2)
        for path in documents[:3]:
            offices.hand_over(path, "pdf", tmp_path / "out", timeout=3600)
        assert eventually((fake.parent / "calls").exists)
        session = first._session
        assert session is not None
        offices.close()
        assert not session.runs
        assert len(calls(fake)) == 1


@pytest.mark.office
def test_no_pages_are_kept_where_a_later_document_has_a_protected_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "usable_cores", lambda: 2)
    handed_over: list[Path] = []
    hand_over = Offices.hand_over

    def counted(offices: Offices, source: Path, target: str, into: Path, *, timeout: float) -> None:
        handed_over.append(source)
        hand_over(offices, source, target, into, timeout=timeout)

    def leak(meeting: object, document: Document, files: object) -> None:
        if document.case is not None:
            assert eventually(
                lambda: any((source.parent / "out" / f"{source.stem}.pdf").exists() for source in handed_over)
            )
            raise search.Leak("「報告事項第一案.docx」有應保密的姓名，沒有產生任何文件。")

    monkeypatch.setattr(Offices, "hand_over", counted)
    monkeypatch.setattr(search, "inspect", leak)
    desk.meeting()
    result = desk.run("build", "113-1")
    assert result.exit_code == 1
    assert "應保密的姓名" in result.output
    assert not list((desk.root / "output").rglob("*.pdf"))
    assert not any(source.parent.exists() for source in handed_over)


@pytest.mark.office
@pytest.mark.slow
def test_attached_files_look_as_where_nothing_is_converted_early(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "| 討1 | 圖說 | 檔案:圖.pdf | ★ | |\n| 討1 | 說明 | 檔案:文.docx | ★ | ★ |"
    attached(desk, rows, **{"圖.pdf": pdf_of((595, 842), (842, 595)), "文.docx": glyphs.text_document(["說明"])})

    def built(cores: int) -> dict[str, bytes]:
        monkeypatch.setattr(sharing, "usable_cores", lambda: cores)
        shutil.rmtree(desk.root / "output", ignore_errors=True)
        assert desk.run("build", "113-1").exit_code == 0
        return {path.name: path.read_bytes() for path in desk.output().iterdir() if path.is_file()}

    early, late = built(2), built(1)
    assert early.keys() == late.keys()
    assert [name for name in late if early[name] != late[name]] == []


@pytest.mark.office
@pytest.mark.slow
def test_the_bytes_are_those_of_a_single_process_cold_and_warm(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[pdf.Session] = []
    start = pdf.Session.start

    def counted(session: pdf.Session) -> None:
        started.append(session)
        start(session)

    monkeypatch.setattr(pdf.Session, "start", counted)
    desk.meeting()

    def built(count: int) -> dict[str, bytes]:
        monkeypatch.setattr(sharing, "usable_cores", lambda: count)
        monkeypatch.setattr(sharing, "best", lambda *_: count)
        shutil.rmtree(desk.root / "output", ignore_errors=True)
        before = len(started)
        assert desk.run("build", "113-1", "--format", "docx,pdf,odt").exit_code == 0
        assert len(started) == before + count
        assert not [session for session in started if session.runs or session.work.exists()]
        return {path.name: path.read_bytes() for path in desk.output().iterdir() if path.is_file()}

    alone = built(1)
    assert built(3) == alone
    with pdf.Office() as warm, warm.lent(desk.root / "output" / ".packet"):
        first = len(started)
        for path in (*desk.output().iterdir(), *(desk.root / "output" / ".packet" / "pdf").iterdir()):
            path.unlink()
        assert desk.run("build", "113-1", "--format", "docx,pdf,odt").exit_code == 0
        assert len(started) == first
    assert {path.name: path.read_bytes() for path in desk.output().iterdir() if path.is_file()} == alone
