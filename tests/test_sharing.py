"""Documents are shared out over several LibreOffices: the same bytes, one failure stops no other, none stays."""

from __future__ import annotations

import shutil
import sys
import textwrap
from pathlib import Path

import pytest

from generator.pdf import office as pdf
from generator.pdf import sharing
from generator.pdf.sharing import Offices, best, time_of
from tests.conftest import Desk
from tests.test_pdf import PRELUDE


@pytest.mark.parametrize("cores", [1, 2, 4, 16])
def test_a_few_documents_are_worth_one_process(cores: int) -> None:
    assert best(1, cores) == best(4, cores) == 1


def test_a_packet_is_worth_more() -> None:
    assert [best(16, cores) for cores in (1, 2, 4)] == [1, 1, 3]
    assert best(40, 2) == 2


def test_one_that_is_warm_does_a_few_documents_itself() -> None:
    assert best(3, 2, running=1) == 1


@pytest.mark.parametrize("cores", [1, 2, 3, 4, 8])
def test_never_more_than_cores_and_never_slower(cores: int) -> None:
    for documents in range(1, 200):
        count = best(documents, cores)
        assert 1 <= count <= cores
        assert time_of(count, documents, cores) <= time_of(1, documents, cores)


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


def test_each_document_is_converted_once(
    fake: Path, documents: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = shared(fake, documents, monkeypatch, tmp_path / "out")
    assert {source.stem: result.stem for source, result in done.items()} == {path.stem: path.stem for path in documents}
    said = (fake.parent / "calls").read_text(encoding="utf-8").splitlines()
    converted = [name for line in said for name in line.split(" 夾 ")[1:]]
    assert sorted(converted) == sorted(path.read_text(encoding="utf-8") for path in documents)
    assert len((fake.parent / "ahead").read_text().splitlines()) == 3


def test_what_fails_in_one_share_stops_none_of_the_others(
    fake: Path, documents: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    documents[5].write_text("broken", encoding="utf-8")
    with pytest.raises(pdf.ConversionFailed, match=r"「5\.docx」") as caught:
        shared(fake, documents, monkeypatch, tmp_path / "out")
    assert caught.value.failed == (documents[5],)
    assert caught.value.culprits == (documents[5],)
    assert sorted(caught.value.done) == sorted({*documents} - {documents[5]})


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
