"""Attachments made to fill the memory or to keep the program busy: each is an error at its row, and costs little."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pikepdf
import pytest
from conftest import REPO, Desk
from pikepdf import Array, Dictionary, Name
from test_package import letter, with_part, zipped

from generator.pdf import office, process
from generator.pdf.from_elsewhere import confined, files

MEGABYTE = 1_000_000
# The command, and then what it and all processes that it started took.
DRIVER = """
import json, os, re, resource, sys
sys.path.append("tests")
from effort import effort
ended = []

def usages():
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]

def command():
    from generator.cli.app import packet
    sys.argv[0] = "packet"
    try:
        packet()
    except SystemExit as end:
        ended.append(end.code or 0)
    from generator.pdf.from_elsewhere import confined
    confined._end()
    # What getrusage says of a process begins with what its parent had.
    ended.append(int(re.search(r"VmHWM:\\s*([0-9]+)", open("/proc/self/status").read())[1]))

used = effort(command, lambda: sum(usage.ru_utime + usage.ru_stime for usage in usages()))
code, peak = ended
found = {"megabytes": max(peak, usages()[1].ru_maxrss) / 1000, "code": code, "effort": used}
open(os.environ["USED"], "w").write(json.dumps(found))
"""


@dataclass(frozen=True)
class Used:
    """What a command answered, the most memory that it or a process it started had, and its effort."""

    output: str
    code: int
    megabytes: float
    effort: float

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        found = json.loads(self.output)["problems"]
        return [(one["code"], one["sheet"], one["cell"]) for one in found if one["severity"] == "error"]


def measured(desk: Desk, *arguments: str) -> Used:
    if sys.platform != "linux":
        pytest.skip("memory is measured on Linux")
    place = desk.root.parent / "used"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", DRIVER, "--workspace", str(desk.root), *arguments],
        capture_output=True,
        timeout=600,
        check=False,
        cwd=REPO,
        env={**os.environ, "USED": str(place)},
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Used(done.stdout.decode(), **json.loads(place.read_text()))


def attached(desk: Desk, **contents: bytes) -> None:
    """A meeting to whose second case the files go along, each in a row of 〔附件〕."""
    rows = "".join(f"\n| 討1 | 附件{number} | 檔案:{name} |" for number, name in enumerate(contents, 1))
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 |{rows}")
    folder = desk.root / "inputs/113-1/附件"
    folder.mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def saved(document: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer, compress_streams=False)
    return buffer.getvalue()


def drawn(content: bytes, *filters: pikepdf.Object, form: bool = False) -> bytes:
    """A PDF whose page draws what the packed content says, itself or by a form."""
    document = pikepdf.Pdf.new()
    page = document.add_blank_page().obj
    stream = document.make_stream(b"")
    stream.write(content, filter=Array(list(filters)) if len(filters) > 1 else filters[0])
    if form:
        stream.Type, stream.Subtype, stream.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
        page.Resources = Dictionary(XObject=Dictionary(F=stream))
        page.Contents = document.make_stream(b"/F Do")
    else:
        page.Contents = stream
    return saved(document)


def deflated(piece: bytes, count: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([*(packer.compress(piece) for _ in range(count)), packer.flush()])


def spread(rows: int, columns: int) -> bytes:
    book, buffer = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("表")
    for row in range(rows):
        sheet.append([f"{row}"] * columns)
    book.save(buffer)
    return buffer.getvalue()


def repeated(rows: int, columns: int) -> bytes:
    """An .ods of a few hundred bytes, whose one cell stands in many rows and columns."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    sheet = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0"'
        f' xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">'
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string"'
        f' table:number-columns-repeated="{columns}"><text:p>a</text:p></table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{names}:manifest:1.0"/>'
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": sheet.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def in_hex(content: bytes) -> bytes:
    return content.hex().encode() + b">"


# --- refused by a check, before anything is converted ------------------------------------------------------------

REFUSED: dict[str, Callable[[], bytes]] = {
    "a.xlsx": lambda: spread(60_000, 4),
    "b.ods": lambda: repeated(1_000_000, 9),
    "c.ods": lambda: repeated(9, 100_000),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_of_more_cells_than_anybody_prints_is_refused_by_the_check(desk: Desk, name: str) -> None:
    attached(desk, **{name: REFUSED[name]()})
    used = measured(desk, "check", "113-1", "--json")
    assert used.errors == [("file-too-large", "附件", "C2")]
    assert used.megabytes < 300, used
    assert "個儲存格" in used.output


def test_a_usual_workbook_is_not_refused(desk: Desk) -> None:
    attached(desk, **{"a.xlsx": spread(500, 8), "b.ods": repeated(20, 9)})
    assert [one for one in desk.problems() if one["severity"] == "error"] == []


@pytest.mark.slow
def test_all_attachments_of_a_meeting_have_one_budget(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_FOLDER", 50_000)
    attached(desk, **{f"{number}.docx": letter() for number in range(1, 4)})
    errors = [one for one in desk.problems() if one["severity"] == "error"]
    assert [(one["code"], one["cell"]) for one in errors] == [("file-too-large", "C3"), ("file-too-large", "C4")]
    assert "附件合計" in errors[0]["text"]


# --- refused when the packet is made ------------------------------------------------------------------------------

BOMBS: dict[str, Callable[[], bytes]] = {
    "contents in hex.pdf": lambda: drawn(
        in_hex(deflated(b" " * MEGABYTE, 3000)), Name.ASCIIHexDecode, Name.FlateDecode
    ),
    "saved and restored.pdf": lambda: drawn(deflated(b"q Q\n" * 250_000, 190), Name.FlateDecode),
    "saved and restored a little.pdf": lambda: drawn(deflated(b"q Q\n" * 250_000, 45), Name.FlateDecode),
    "a form.pdf": lambda: drawn(deflated(b" " * MEGABYTE, 400), Name.FlateDecode, form=True),
    "a drawing.docx": lambda: with_part(
        letter(), "word/media/a.svgz", gzip.compress(b"<svg>" + b" " * 900 * MEGABYTE + b"</svg>")
    ),
    "a tree.docx": lambda: with_part(
        letter(), "word/a.xml", b"<a>" + b'<b instr=""/>' * (50 * MEGABYTE // 13) + b"</a>"
    ),
}


@pytest.mark.slow
@pytest.mark.office
@pytest.mark.parametrize("name", BOMBS)
def test_an_attachment_that_unpacks_to_too_much_is_an_error_at_its_row(desk: Desk, name: str) -> None:
    attached(desk, **{name: BOMBS[name]()})
    used = measured(desk, "build", "113-1")
    assert used.code == 1
    assert f"「{name}」過大" in used.output
    assert "〔附件〕C2" in used.output
    assert used.megabytes < 1100, used
    assert used.effort < 1200, used
    assert desk.output("01 議程.pdf").is_file()


@pytest.mark.slow
@pytest.mark.office
def test_a_file_at_which_libreoffice_takes_too_long_is_not_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "MOST_SECONDS", 3.0)
    made, buffer = docx.Document(), io.BytesIO()
    table = made.add_table(1, 8)
    (row,) = table._tbl.tr_lst
    xml = row.xml.partition("?>")[2] or row.xml
    made.save(buffer)
    rows = "".join([xml] * 3000)
    content = buffer.getvalue()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = archive.read("word/document.xml").decode()
    before, _, after = document.partition("</w:tr>")
    content = with_part(content, "word/document.xml", f"{before}</w:tr>{rows}{after}".encode())
    attached(desk, **{"長.docx": content, "短.docx": letter()})
    asked: list[Any] = []
    convert_all = office.Office.convert

    def listed(self: office.Office, sources: Any, *arguments: Any, **options: Any) -> dict[Path, Path]:
        asked.append(sources)
        return convert_all(self, sources, *arguments, **options)

    monkeypatch.setattr(office.Office, "convert", listed)
    counts = []
    for _ in range(2):
        result = desk.run("build", "113-1")
        assert result.exit_code == 1
        assert "〔附件〕C2：「長.docx」無法轉換成 PDF" in result.output
        assert "短.docx」無法" not in result.output
        counts.append(len(asked))
    assert counts[0] == counts[1] > 0


@pytest.mark.slow
def test_the_child_process_ends_what_takes_too_much_and_a_new_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = tmp_path / "a.pdf"
    good.write_bytes(drawn(deflated(b"q Q\n", 1), Name.FlateDecode))
    assert files.examine(good) == files.KINDS[0]
    assert confined._running is not None
    confined._running.process.kill()
    found = files.examine(good)
    assert isinstance(found, files.Fault)
    assert found.code.code == "file-too-large"
    assert files.examine(good) == files.KINDS[0]


def test_a_check_without_attached_files_starts_no_child(desk: Desk) -> None:
    desk.meeting()
    confined._end()
    desk.run("check", "113-1")
    assert confined._running is None


def test_libreoffice_has_a_limit_of_memory() -> None:
    assert f"ulimit -v {process.MOST_MEMORY}" in process._GUARD
