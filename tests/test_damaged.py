"""What is damaged, odd, or changes under the program's hands ends in a sentence that names the file and what to do."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest
from conftest import AGENCY, CASES, EXPLANATIONS, REPO, UNITS, Desk
from test_minutes import met, minutes
from test_slides import ATTACHED, SMALL

from generator.build import examine, unchanged
from generator.slides import render as slides

__all__ = ["met"]

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")


def run(desk: Desk, *arguments: str, before: str = "", flags: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; ``before`` is run in it first."""
    program = f"{before}\nfrom generator.cli.app import main\nmain()"
    command = [sys.executable, "-X", "utf8", *flags, "-c", program, "--workspace", str(desk.root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False, cwd=REPO)


def changed(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


# --- templates -----------------------------------------------------------------------------------------------------


def without(part: str) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.__delitem__(part)


def replaced(part: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new, 1)

    return change


DAMAGE = {
    "no styles": without("word/styles.xml"),
    "no relations": without("word/_rels/document.xml.rels"),
    "no content types": without("[Content_Types].xml"),
    "empty document": lambda parts: parts.update({"word/document.xml": b""}),
    "a size that is none": replaced("word/styles.xml", b"<w:sz w:val=", b'<w:sz w:val="x" w:other='),
    "an unknown entity": replaced("word/document.xml", b"<w:body>", b"<w:body>&bad;"),
    "a tag that fails and an empty theme": lambda parts: parts.update(
        {
            "word/document.xml": parts["word/document.xml"].replace(b"{{", b"{{ 1 // 0 }}{{", 1),
            "word/theme/theme1.xml": b"",
        }
    ),
    "deep": replaced("word/document.xml", b"<w:body>", b"<w:body>" + b"<w:p>" * 5000 + b"</w:p>" * 5000),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_template_is_named_and_not_a_traceback(desk: Desk, how: str) -> None:
    desk.meeting()
    changed(desk.root / "templates" / "案.docx", DAMAGE[how])
    checked = desk.run("template", "check")
    built = desk.run("build", "113-1", "--format", "docx")
    for result in (checked, built):
        assert result.exit_code in (0, 1), result.output
        assert result.exit_code == 0 or "案.docx" in result.output
        assert "沒有預料到" not in result.output


@pytest.mark.slow
@pytest.mark.office
@pytest.mark.parametrize(
    "gone", [("word/_rels/document.xml.rels",), ("word/_rels/document.xml.rels", "word/styles.xml")]
)
def test_a_template_that_lacks_what_others_have_ends_in_a_sentence(desk: Desk, gone: tuple[str, ...]) -> None:
    desk.meeting()
    for part in gone:
        changed(desk.root / "templates" / "議程.docx", without(part))
    result = desk.run("build", "113-1", "--format", "docx,pdf")
    assert result.exit_code in (0, 1, 3)
    assert "沒有預料到" not in result.output
    assert result.exit_code == 0 or "議程.docx" in result.output


@pytest.mark.slow
def test_a_template_with_broken_bytes_is_named(desk: Desk) -> None:
    desk.meeting()
    path = desk.root / "templates" / "案.docx"
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        spot = archive.getinfo("word/document.xml").header_offset + 60
    content[spot : spot + 200] = b"\xff" * 200
    path.write_bytes(content)
    for command in (("template", "check"), ("build", "113-1", "--format", "docx")):
        result = desk.run(*command)
        assert result.exit_code == 1
        assert "案.docx" in result.output


@pytest.mark.slow
def test_a_deck_without_its_layout_is_named(desk: Desk) -> None:
    changed(
        desk.root / "templates" / "簡報.pptx",
        lambda parts: [parts.pop(name) for name in list(parts) if "/slideLayouts/" in name] and None,
    )
    desk.meeting(附件=ATTACHED, 簡報=SMALL)
    for command in (("template", "check"), ("build", "113-1", "--format", "docx")):
        result = desk.run(*command)
        assert result.exit_code == 1
        assert "簡報.pptx" in result.output


@pytest.mark.slow
def test_what_would_not_be_well_formed_is_not_written(desk: Desk) -> None:
    """A part that is copied as it is, and that no library parses."""
    desk.meeting()

    def change(parts: dict[str, bytes]) -> None:
        parts["customXml/item9.xml"] = b"<open>"
        parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
            b"</Relationships>",
            b'<Relationship Id="rId99" Target="../customXml/item9.xml" '
            b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"/></Relationships>',
        )

    changed(desk.root / "templates" / "案.docx", change)
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "案.docx" in result.output
    assert not desk.output().exists()
    found = json.loads(desk.run("template", "check", "--json").stdout)["problems"]
    assert ("案.docx", "template-damaged") in {(problem["workbook"], problem["code"]) for problem in found}


# --- attached files ------------------------------------------------------------------------------------------------


@pytest.mark.office
def test_a_pdf_with_contents_of_a_kind_that_cannot_be_unpacked_is_named(desk: Desk) -> None:
    pdf = pikepdf.Pdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    stream = pdf.make_stream(b"")
    stream.write(b"\x97JB2\r\n\x1a\n", filter=pikepdf.Name("/JBIG2Decode"))
    page.obj.Contents = stream
    (desk.root / "inputs" / "113-1" / "附件").mkdir(parents=True)
    pdf.save(desk.root / "inputs" / "113-1" / "附件" / "掃描.pdf")
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 掃描 | 檔案:掃描.pdf |")
    result = desk.run("build", "113-1")
    assert result.exit_code == 1
    assert "〔附件〕C2" in result.output
    assert "掃描.pdf" in result.output


@pytest.mark.slow
@posix
@pytest.mark.parametrize(
    "place",
    [
        "inputs/說明.xlsx",
        "inputs/113-1/別的.xlsx",
        "inputs/113-1/附件/圖.pdf",
        "inputs/113-1/附件/管",
        "inputs/共用/要點.xlsx",
        "inputs/共用/辦公日曆表.csv",
        "templates/管.docx",
        "templates/管.pptx",
        "templates/案.docx",
        "templates/信件 會議資料.txt",
    ],
)
def test_a_pipe_among_the_files_holds_nothing_up(desk: Desk, place: str) -> None:
    attached = "| 討1 | 圖 | 檔案:圖.pdf |\n| 討1 | 要點 | 共用:要點 |"
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 |\n{attached}")
    path = desk.root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    for command in (("build", "113-1", "--format", "docx"), ("template", "check")):
        # A process of its own: one that hangs is ended by its time limit.
        assert run(desk, *command).returncode in (0, 1)


MEETING_INFO = """
| 欄位       | 內容      |
| 會議日期   | 113-05-20 |
| 開始時間   | 14:30     |
| 地點       | 第1會議室 |
| 資料基準日 | 113-05-01 |
| 主席       | 林召集    |
| 紀錄       | 孟紀錄    |
"""


# --- names of the staff's own --------------------------------------------------------------------------------------

TABLE = """
| 項目 | 列 | 數量 |
| 甲   | 3  | 5    |
| 乙   | 4  | 6    |
"""


TEMPLATE_NAMES = ["表", "本案", "簡報內容", "本附件", "紀錄", "分辦", "條文表", "通知", "簽到", "桌牌"]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*TEMPLATE_NAMES, "上次決定", "會議", "列"])
def test_a_sheet_of_the_staff_may_be_called_as_templates_call_things(met: Desk, name: str) -> None:
    met.meeting(
        會議資訊=MEETING_INFO,
        說明=EXPLANATIONS + f"| 討1 | 1 | | 共{{{{ {name}.總數 }}}}項，{{{{ {name}.數量 }}}}筆，如附件。 |",
        附件=f"| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:{name} |",
        **{name: TABLE},
    )
    minutes(met)
    built = met.run("build", "113-1", "--format", "docx")
    assert built.exit_code == 0, built.output
    texts = met.texts()
    assert "共2項，11筆，如附件。" in texts["03 討論事項第一案"]
    assert "貳、報告事項" in texts["01 議程"]
    assert "甲" in texts["04 討論事項第一案 附件 清單"]
    checked = met.run("template", "check", "113-1")
    assert checked.exit_code == 0, checked.output


@pytest.mark.slow
def test_a_thousand_rows_of_the_deck_make_one_deck(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "\n".join(f"| 討1 | 簡報{number} | 工作表:簡報 |" for number in range(1000))
    desk.meeting(附件=f"| 案號 | 名稱 | 來源 |\n{rows}", 簡報=SMALL)
    made = []
    real = slides.render
    monkeypatch.setattr(slides, "render", lambda *given: (made.append(1), real(*given))[1])
    assert [found["code"] for found in desk.problems() if found["code"] == "slides-attached-twice"]
    assert len(made) == 1


@pytest.mark.parametrize("field", ["機關全銜", "機關簡稱", "自稱", "小組名稱"])
def test_a_name_over_two_lines_is_an_error_at_its_cell(desk: Desk, field: str) -> None:
    lines = [f"{line[:-2]}\\n二 |" if field in line else line for line in AGENCY.strip().splitlines()]
    desk.book("機關.xlsx", 機關="\n".join(lines), 單位=UNITS)
    desk.meeting()
    found = [problem for problem in desk.problems() if problem["code"] == "line-end"]
    assert [(problem["workbook"], problem["sheet"]) for problem in found] == [("機關.xlsx", "機關")]
    result = desk.run("schedule", "113-1")
    assert result.exit_code == 1
    assert "換行" in result.output


@posix
def test_a_file_with_a_line_end_in_its_name_is_reported_in_one_line(desk: Desk) -> None:
    desk.meeting()
    (desk.root / "inputs" / "113-1" / "甲\n乙.xlsx").write_bytes(b"no workbook")
    lines = desk.run("check", "113-1").output.splitlines()
    assert sum("乙.xlsx" in line for line in lines) == 1
    assert any("甲 乙.xlsx" in line for line in lines)


# --- the machine ---------------------------------------------------------------------------------------------------

NO_HOME = """
import os, pwd
for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
    os.environ.pop(name, None)
def nobody(*arguments):
    raise KeyError(arguments)
pwd.getpwuid = nobody
"""


@posix
@pytest.mark.slow
@pytest.mark.office
def test_a_user_without_a_home_builds(desk: Desk) -> None:
    desk.meeting()
    done = run(desk, "build", "113-1", before=NO_HOME)
    assert done.returncode == 0, done.stdout + done.stderr
    assert desk.output("會議資料.pdf").is_file()


@pytest.mark.slow
def test_a_python_that_drops_descriptions_and_assertions_builds_the_same(desk: Desk) -> None:
    desk.meeting()
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    usual = {path.name: path.read_bytes() for path in desk.output().iterdir()}
    for path in desk.output().iterdir():
        path.unlink()
    done = run(desk, "build", "113-1", "--format", "docx", flags=("-OO",))
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name: path.read_bytes() for path in desk.output().iterdir()} == usual


@pytest.mark.slow
@posix
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o027])
def test_no_file_is_open_to_more_people_than_the_umask_says(met: Desk, mask: int) -> None:
    before = os.umask(mask)
    try:
        for command in (("build", "113-1", "--format", "docx"), ("schedule", "113-1"), ("check", "113-1", "--mark")):
            assert met.run(*command).exit_code in (0, 1)
    finally:
        os.umask(before)
    written = [path for path in (met.root / "output").rglob("*")]
    assert len(written) > 10
    for path in written:
        assert not stat.S_IMODE(path.stat().st_mode) & mask, path


@posix
@pytest.mark.office
def test_a_release_is_open_to_no_more_people_than_the_umask_says(met: Desk) -> None:
    before = os.umask(0o077)
    try:
        assert met.run("release", "113-1", "--reason", "測試").exit_code == 0
    finally:
        os.umask(before)
    frozen = [path for path in (met.root / "output" / "113-1 版本").rglob("*") if path.is_file()]
    assert len(frozen) > 10
    assert {stat.S_IMODE(path.stat().st_mode) for path in frozen if path.name != "請勿刪除.txt"} == {0o400}
    assert "請勿刪除" in (met.root / "output" / "113-1 版本" / "請勿刪除.txt").read_text("utf-8-sig")


@pytest.mark.slow
@posix
@pytest.mark.parametrize("below", [".packet", ".packet/pdf"])
def test_the_programs_notes_are_written_through_no_link(met: Desk, tmp_path: Path, below: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = met.root / "output" / below
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)
    for command in (
        ("build", "113-1", "--format", "docx"),
        ("release", "113-1", "--reason", "測試"),
        ("publish", "113-1"),
        ("schedule", "113-1"),
    ):
        result = run(met, *command)
        assert result.returncode == 3, result.stdout
        assert f"「{Path(below).name}」" in result.stderr
    assert list(elsewhere.iterdir()) == []


@pytest.mark.office
def test_a_damaged_file_in_the_cache_of_pdfs_is_made_anew(desk: Desk) -> None:
    desk.meeting()
    assert desk.run("build", "113-1").exit_code == 0
    good = desk.output("會議資料.pdf").read_bytes()
    kept = list((desk.root / "output" / ".packet" / "pdf").glob("*.pdf"))
    assert len(kept) == 4
    for path, content in zip(kept, (b"", b"%PDF-1.7 half", kept[0].read_bytes()[:-100], b"x"), strict=True):
        path.write_bytes(content)
    desk.output("會議資料.pdf").unlink()
    again = desk.run("build", "113-1")
    assert again.exit_code == 0, again.output
    with pikepdf.Pdf.open(io.BytesIO(good)) as old, pikepdf.Pdf.open(desk.output("會議資料.pdf")) as new:
        assert len(old.pages) == len(new.pages)


@posix
def test_an_edited_file_dated_beyond_every_calendar_is_kept(desk: Desk) -> None:
    desk.meeting()
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    path = desk.output("01 議程.docx")
    path.write_bytes(b"an hour of work")
    far = 300_000_000_000
    os.utime(path, (far, far))
    if path.stat().st_mtime < far:
        pytest.skip("this disk has no such dates")
    with pytest.raises(ValueError, match="year"):
        dt.datetime.fromtimestamp(path.stat().st_mtime)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert b"an hour of work" in [file.read_bytes() for file in desk.output().iterdir()]


def test_what_is_delivered_is_on_the_disk_before_it_takes_its_name(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    synced: set[int] = set()
    named: dict[str, bool] = {}
    plain_sync, plain_replace = os.fsync, os.replace

    def sync(handle: int) -> None:
        synced.add(os.fstat(handle).st_ino)
        plain_sync(handle)

    def replace(source: Any, target: Any) -> None:
        named[Path(target).name] = os.stat(source).st_ino in synced
        plain_replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    delivered = [path.name for path in desk.output().iterdir()]
    assert {name for name in delivered if not named.get(name)} == set()
    # So is the folder that holds the names.
    assert desk.output().stat().st_ino in synced


@pytest.mark.office
def test_a_usual_build_leaves_nothing_in_the_temporary_folder(desk: Desk, tmp_path: Path) -> None:
    desk.meeting()
    empty = tmp_path / "暫存"
    empty.mkdir()
    result = run(
        desk,
        "build",
        "113-1",
        before=f"import os, tempfile; os.environ['TMPDIR'] = tempfile.tempdir = {str(empty)!r}\n",
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert (desk.output("會議資料.pdf")).is_file()
    assert [path.name for path in empty.rglob("*")] == []


# --- two at once ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_releases_at_once_give_one_and_the_other_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.build import outputs

    desk.meeting()
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    there, plain = desk.root / "output/113-1 版本/第1版", outputs.sync_tree

    def meanwhile(folder: Path) -> None:
        plain(folder)
        there.mkdir(parents=True)
        (there / "版本.json").write_text("the other's")

    monkeypatch.setattr(outputs, "sync_tree", meanwhile)
    result = desk.run("release", "113-1", "--reason", "寄送")
    assert result.exit_code == 1
    assert "第1版剛才已經由別的程式凍結，沒有更動任何檔案" in result.output
    assert [path.name for path in there.iterdir()] == ["版本.json"]
    assert sorted(path.name for path in there.parent.iterdir()) == ["第1版", "請勿刪除.txt"]


@pytest.mark.slow
def test_two_runs_that_make_the_minutes_at_once_make_them_once(desk: Desk) -> None:
    desk.meeting()
    # Both have looked before either writes.
    wait = "import generator.setup.placing as start, os, sys, time\n"
    wait += f"ready, mine = {str(desk.root.parent)!r}, str(os.getpid())\n"
    wait += """
real = start.move
def move(moves):
    open(os.path.join(ready, "ready-" + mine), "w").close()
    while sum(name.startswith("ready-") for name in os.listdir(ready)) < 2:
        time.sleep(0.01)
    real(moves)
start.move = move
"""
    results: list[subprocess.CompletedProcess[str]] = []
    threads = [
        threading.Thread(target=lambda: results.append(run(desk, "new", "113-1", "--minutes", before=wait)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.returncode for result in results) == [0, 2]
    assert any("沒有更動任何檔案" in result.stderr for result in results)
    openpyxl.load_workbook(desk.root / "inputs" / "113-1" / "會議紀錄.xlsx")
    assert [path.name for path in (desk.root / "inputs" / "113-1").glob(".*")] == []


def test_a_workbook_saved_while_it_is_being_read_is_no_proof_of_no_change(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.meeting()
    real, asked = unchanged.contents, []

    def saved_meanwhile(*given: object) -> dict[str, bytes]:
        """The first time it is looked whether all is as it was; the second time what is read is hashed."""
        found = real(*given)  # type: ignore[arg-type]
        asked.append(given)
        if len(asked) == 2:
            desk.meeting(案由=CASES.replace("開放一案", "停放一案"))
        return found

    monkeypatch.setattr(unchanged, "contents", saved_meanwhile)
    first = desk.run("build", "113-1", "--format", "docx")
    assert "再執行一次" in first.output
    # Someone takes the change back: what was built then is not what is there now.
    desk.meeting()
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert "開放一案" in desk.texts()["03 討論事項第一案"]


@pytest.mark.office
def test_nothing_is_frozen_mailed_or_published_of_a_workbook_saved_meanwhile(
    met: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = examine.load.read

    def saved_meanwhile(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]
        met.meeting(會議資訊=MEETING_INFO, 案由=CASES.replace("開放一案", "停放一案"))
        return found

    monkeypatch.setattr(examine.load, "read", saved_meanwhile)
    for command in (("release", "113-1", "--reason", "測試"), ("publish", "113-1")):
        result = met.run(*command)
        assert result.exit_code != 0, result.output
        assert "再執行一次" in result.output
    assert not list((met.root / "output").glob("113-1 版本/第*"))
    assert not (met.root / "output" / "113-1 公開.zip").exists()
