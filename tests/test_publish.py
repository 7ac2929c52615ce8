"""The public edition: what is in it, that programs can read it, and that it tells nothing it must not."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import docx
import pikepdf
import pytest
from conftest import AGENCY, EXPLANATIONS, MEETING, REPO, UNITS, Desk
from test_minutes import DECISIONS, INFO, OBSERVERS, ROSTER, minutes, planted

from generator.basic.workspace import MeetingId, Workspace
from generator.build import outputs
from generator.dispatch.publish import data_files, story
from generator.leaks import search
from generator.leaks import texts as leak_texts
from generator.pdf import clean as scrub
from generator.pdf import office as pdf
from generator.pdf.clean.open_documents import NAMESPACES
from generator.workbook import ods

NAMELESS, CLOSED, REMARK = "吳民間", "鄭民間", "此事尚涉訴訟中案件"
CONTACT = AGENCY + "| 聯絡人 | 孟聯絡 |\n| 聯絡電話 | 02-2380-1234 |\n| 電子郵件 | tide@example.gov.tw |\n"
ADDRESSES = ["someone@example.org", "guest@example.edu.tw"]
PLACE = MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |"
ATTACHED = """
| 案號 | 名稱     | 來源            |
| 討1  | 開放清單 | 工作表:預定開放 |
| 討1  | 下載     | 工作表:下載統計 |
| 討1  | 品質     | 工作表:品質檢測 |
| 討1  | 下架     | 工作表:下架清單 |
| 討1  | 測站     | 工作表:測站     |
"""
MENTIONS = EXPLANATIONS.replace("依本部規定辦理。", '如{{ 附件("開放清單", "下載", "品質", "下架", "測站") }}。')
SHEETS = {
    "預定開放": """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 潮位, 逐時     | 11301    | 企劃處       | ★      |
| 波高「年報」   | 11304    | 資訊處       |        |
""",
    "下載統計": """
| 資料集識別碼 | 上架時間  | 更新頻率 | 資料更新時間 | 資料集名稱 | 累計瀏覽次數 | 累計下載次數 |
| 00123        | 103-06-19 | 每月     | 113-03-07    | 潮位       | 40,661       | 9,231        |
| 456          | 104-07-01 | 每年     | 113-04-30    | 波高       | 1,024        | 87           |
""",
    "品質檢測": """
| 單位   | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 |
| 企劃處 | 1          | 0      | 0      | 0      | 1,200  | 900      |
| 資訊處 | 2          | 0      | 0      | 1      | 5      | 3        |
| 秘書處 | 0          | 0      | 0      | 0      | 4      | 0        |
""",
    "下架清單": """
| 下架資料集名稱 | 提供單位 | 下架原因       | 備註           |
| 舊潮位         | 企劃處   | 已不再公告     | 第一行\\n第二行 |
| 舊波高         | 資訊處   | 併入其他資料集 |                |
""",
    "測站": """
| 測站 | 代碼 | 水位  | 說明 |
| 北港 | K007 | 1234  | 1.5  |
| 南港 | 12   | 56    |      |
""",
}
TABLES = {
    "開放清單": (
        ("序號", "資料集項目名稱", "開放年月", "資料開放單位", "已上架"),
        (1, "潮位, 逐時", "2024-01", "企劃處", "已上架"),
        (2, "波高「年報」", "2024-04", "資訊處", "未上架"),
    ),
    "下載": (
        (
            "下載排名",
            "資料集識別碼",
            "上架時間",
            "更新頻率",
            "資料更新時間",
            "資料集名稱",
            "累計瀏覽次數",
            "累計下載次數",
        ),
        (1, "123", dt.date(2014, 6, 19), "每月", dt.date(2024, 3, 7), "潮位", 40661, 9231),
        (2, "456", dt.date(2015, 7, 1), "每年", dt.date(2024, 4, 30), "波高", 1024, 87),
    ),
    "品質": (
        ("單位", "檢測範圍外", "無標章", "銅標章", "銀標章", "金標章", "白金標章", "總計"),
        ("企劃處", 1, 0, 0, 0, 1200, 900, 1201),
        ("資訊處", 2, 0, 0, 1, 5, 3, 8),
        ("秘書處", 0, 0, 0, 0, 4, 0, 4),
    ),
    "下架": (
        ("項次", "下架資料集名稱", "提供單位", "下架原因", "備註"),
        (1, "舊潮位", "企劃處", "已不再公告", "第一行\n第二行"),
        (2, "舊波高", "資訊處", "併入其他資料集", None),
    ),
    "測站": (
        ("測站", "代碼", "水位", "說明"),
        ("北港", "K007", 1234, "1.5"),
        ("南港", "12", 56, None),
    ),
}


def told(desk: Desk) -> Desk:
    """A meeting that has taken place, its roster with addresses, its attachments from sheets."""
    roster = ROSTER.replace("| 性別 |", "| 性別 | 電子郵件 |")
    roster = re.sub(r"( [男女] \|)\n", rf"\1 {ADDRESSES[0]} |\n", roster)
    desk.book("機關.xlsx", 機關=CONTACT, 單位=UNITS, 委員=roster)
    desk.meeting(會議資訊=PLACE, 說明=MENTIONS, 附件=ATTACHED)
    desk.book("113-1/資料集.xlsx", **SHEETS)
    observers = OBSERVERS.replace("| 職稱 |", "| 職稱 | 電子郵件 |").replace("| 專員 |", f"| 專員 | {ADDRESSES[1]} |")
    minutes(desk, 列席=observers)
    return desk


def folder(desk: Desk) -> Path:
    return desk.root / "output" / "113-1 公開"


def archive(desk: Desk) -> Path:
    return desk.root / "output" / "113-1 公開.zip"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A meeting whose public edition is there; the tests only look at it."""
    root = tmp_path_factory.mktemp("公開") / "工作區"
    (root / "inputs").mkdir(parents=True)
    shutil.copytree(REPO / "templates", root / "templates")
    desk = told(Desk(root))
    result = desk.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    return desk


@pytest.fixture
def meant(desk: Desk) -> Desk:
    """The same meeting with fewer documents; it is not published yet."""
    told(desk)
    (desk.root / "inputs" / "113-1" / "資料集.xlsx").unlink()
    desk.meeting(會議資訊=PLACE)
    return desk


def everything(name: str, content: bytes) -> Iterator[str]:
    """Every text in a file by means of its own: archives unpacked, tags taken off, all strings of a PDF."""
    yield name
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            yield package.comment.decode("utf-8", "replace")
            for entry in package.infolist():
                yield (entry.comment + entry.extra).decode("utf-8", "replace")
                yield from everything(entry.filename, package.read(entry))
        return
    if content.startswith(b"%PDF"):
        yield subprocess.run(
            ["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True
        ).stdout.decode()
        with pikepdf.open(io.BytesIO(content)) as document:
            yield str(dict(document.docinfo.items()))
            for one in document.objects:
                if isinstance(one, pikepdf.Stream):
                    yield str(one.stream_dict.unparse(resolved=False), "latin-1")
                    yield one.read_raw_bytes().decode("utf-8", "ignore")
                    if "/Subtype" not in one or one.Subtype not in ("/Image", "/CIDFontType0C", "/Type1C"):
                        yield one.read_bytes().decode("utf-8", "ignore")
                yield from strings(one)
        return
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "big5"):
        text = content.decode(encoding, "ignore")
        yield text
        yield re.sub(r"<[^>]*>", "", text)


def strings(thing: object) -> Iterator[str]:
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for key, value in thing.items():
            yield str(key)
            if not getattr(value, "is_indirect", False):
                yield from strings(value)
    elif isinstance(thing, pikepdf.Array):
        for value in thing:  # type: ignore[attr-defined]
            if not getattr(value, "is_indirect", False):
                yield from strings(value)
    elif isinstance(thing, pikepdf.String | pikepdf.Name):
        yield str(thing)


def public_texts(desk: Desk) -> dict[str, str]:
    """All that each public file says, white space taken out; the zip like any other."""
    paths = [*folder(desk).iterdir(), archive(desk)]
    return {path.name: re.sub(r"\s+", "", "\n".join(everything(path.name, path.read_bytes()))) for path in paths}


# --- what is in it ----------------------------------------------------------------------------------------------


@pytest.mark.office
def test_each_public_document_is_there_as_pdf_and_odf_and_each_table_as_data(published: Desk) -> None:
    documents = [
        "01 議程",
        "02 報告事項第一案",
        "03 討論事項第一案",
        *(f"0{number} 討論事項第一案 附件{number - 3} {name}" for number, name in enumerate(TABLES, start=4)),
        "會議紀錄（公開版）",
    ]
    expected = {f"{name}.{ending}" for name in documents for ending in ("pdf", "odt")}
    expected |= {f"{name}.{ending}" for name in documents if "附件" in name for ending in ("ods", "csv")}
    assert {path.name for path in folder(published).iterdir()} == expected | {
        "委員名單.csv",
        "委員名單.ods",
        "會議資料.pdf",
        "會議.json",
        "SHA256SUMS.txt",
    }


@pytest.mark.office
def test_the_summary_says_what_was_left_out_and_for_whom_it_is(meant: Desk) -> None:
    result = meant.run("publish", "113-1")
    assert "未公開：會議紀錄（會議版）（只供委員及列席人員）" in result.output
    assert "未公開：決議分辦表（只供機關內部）" in result.output
    assert result.output.rstrip().endswith("完成：output/113-1 公開")


@pytest.mark.office
def test_the_zip_holds_the_same_files_under_names_that_survive(published: Desk) -> None:
    with zipfile.ZipFile(archive(published)) as package:
        assert package.testzip() is None
        assert {name: package.read(name) for name in package.namelist()} == {
            path.name: path.read_bytes() for path in folder(published).iterdir()
        }
        assert all(entry.flag_bits & 0x800 for entry in package.infolist() if not entry.filename.isascii())
        assert {entry.date_time for entry in package.infolist()} == {(2024, 5, 20, 0, 0, 0)}
        assert not any(entry.extra or entry.comment for entry in package.infolist())


@pytest.mark.office
def test_the_checksums_are_those_that_sha256sum_takes(published: Desk) -> None:
    listed = (folder(published) / "SHA256SUMS.txt").read_bytes()
    assert b"\r" not in listed
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS.txt"], cwd=folder(published), capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert len(listed.splitlines()) == len(list(folder(published).iterdir())) - 1


@pytest.mark.office
def test_another_run_changes_nothing_and_another_machine_would_give_the_same(published: Desk, desk: Desk) -> None:
    assert told(desk).run("publish", "113-1").exit_code == 0
    assert archive(desk).read_bytes() == archive(published).read_bytes()
    again = desk.run("publish", "113-1", "--json")
    assert {one["outcome"] for one in json.loads(again.stdout)["outcomes"]} == {"same"}


@pytest.mark.office
def test_what_is_no_longer_public_is_taken_away_from_both(meant: Desk) -> None:
    assert meant.run("publish", "113-1").exit_code == 0
    (meant.root / "inputs" / "113-1" / "會議紀錄.xlsx").unlink()
    result = meant.run("publish", "113-1")
    assert result.exit_code == 0
    assert "移除（已不需要）　會議紀錄（公開版）.pdf" in result.output
    assert "還沒有會議紀錄，只公開會議資料" in result.output
    with zipfile.ZipFile(archive(meant)) as package:
        assert not [name for name in package.namelist() if "會議紀錄" in name]
    assert not list(folder(meant).glob("會議紀錄*"))
    assert json.loads((folder(meant) / "會議.json").read_text("utf-8"))["會議紀錄"] is None


@pytest.mark.office
def test_a_file_that_someone_put_into_the_folder_is_mentioned_and_not_in_the_zip(meant: Desk) -> None:
    folder(meant).mkdir(parents=True)
    (folder(meant) / "名冊.txt").write_text("someone", "utf-8")
    result = meant.run("publish", "113-1")
    assert "不是程式產生的檔案，沒有檢查，也不在 zip 內：名冊.txt" in result.output
    with zipfile.ZipFile(archive(meant)) as package:
        assert "名冊.txt" not in package.namelist()


# --- data -------------------------------------------------------------------------------------------------------


def table_file(desk: Desk, name: str, ending: str) -> bytes:
    (found,) = folder(desk).glob(f"* {name}.{ending}")
    return found.read_bytes()


@pytest.mark.office
@pytest.mark.parametrize("name", TABLES)
def test_a_table_reads_back_equal_from_csv(published: Desk, name: str) -> None:
    raw = table_file(published, name, "csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    # RFC 4180: every record ends with CR LF; a line break inside a cell stays what it was.
    assert raw.replace(b"\r\n", b"").count(b"\r") == 0
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
    assert rows == [["" if value is None else str(value) for value in row] for row in TABLES[name]]


@pytest.mark.office
@pytest.mark.parametrize("name", TABLES)
def test_a_table_reads_back_equal_from_ods_numbers_and_dates_as_such(published: Desk, name: str) -> None:
    odfdo = pytest.importorskip("odfdo")
    book = odfdo.Document(io.BytesIO(table_file(published, name, "ods")))
    (sheet,) = book.body.tables
    wide = len(TABLES[name][0])
    rows = [tuple(row) + (None,) * (wide - len(row)) for row in sheet.iter_values()]
    assert rows == list(TABLES[name])
    kinds = [type(value) for value in rows[1]]
    assert kinds == [type(value) for value in TABLES[name][1]]


@pytest.mark.office
def test_the_program_reads_its_own_ods_as_the_input_it_came_from(published: Desk, tmp_path: Path) -> None:
    path = tmp_path / "下載.ods"
    path.write_bytes(table_file(published, "下載", "ods"))
    with zipfile.ZipFile(path) as package:
        (sheet,) = ods.sheets(path.name, package)
    assert [sheet.value(1, column) for column in (0, 1, 6, 7)] == [1, "123", 40661, 9231]
    assert sheet.value(1, 2) == dt.datetime(2014, 6, 19)


@pytest.mark.office
def test_what_the_print_marks_with_a_star_is_spelt_out(published: Desk) -> None:
    data = table_file(published, "開放清單", "csv").decode("utf-8-sig")
    assert "★" not in data
    assert data.count("已上架") == 2  # the heading and one row
    assert data.count("未上架") == 1


def test_white_space_in_a_cell_of_an_ods_is_kept() -> None:
    odfdo = pytest.importorskip("odfdo")
    table = data_files.Table("表", ("甲",), ((" a  b\tc \n<d>&",),))
    book = odfdo.Document(io.BytesIO(data_files.as_ods(table, "表", "機關", dt.date(2024, 5, 20))))
    assert list(book.body.tables[0].iter_values())[1] == [" a  b\tc \n<d>&"]


# --- the meeting as JSON ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def meeting(published: Desk) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder(published) / "會議.json").read_text("utf-8"))
    return found


@pytest.mark.office
def test_the_json_follows_its_schema(published: Desk, meeting: dict[str, object]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((REPO / "docs" / "meeting.schema.json").read_text("utf-8"))
    checker = jsonschema.Draft202012Validator
    checker.check_schema(schema)
    assert [error.message for error in checker(schema).iter_errors(meeting)] == []
    assert list(checker(schema).iter_errors(meeting | {"委員信箱": []}))


@pytest.mark.office
def test_the_json_has_the_keys_of_the_executive_yuan(meeting: dict[str, object]) -> None:
    assert {"會議名稱", "時間", "地點", "主席", "出席委員", "會議紀錄", "簡報", "附件"} <= meeting.keys()
    assert meeting["時間"] == "113年5月20日（星期一）下午2時35分"
    assert meeting["開始時間"] == "2024-05-20T14:35:00+08:00"
    assert {"姓名": "李代表", "身分": "機關代表", "代理人": "孫代理", "代理人職稱": "科長"} in meeting["出席委員"]  # type: ignore[operator]


@pytest.mark.office
def test_the_json_tells_the_minutes_of_the_public_edition(meeting: dict[str, object]) -> None:
    told = meeting["會議紀錄"]["案"]  # type: ignore[index]
    assert told[1]["發言"] == [
        {"類型": "委員意見", "發言者": "委員", "內容": "建議縮短更新頻率。"},
        {"類型": "委員意見", "發言者": "主席", "內容": "請資訊處說明作法。"},
        {"類型": "機關回應", "發言者": "資訊處", "內容": "將研議期程與經費。"},
    ]
    assert told[1]["決定（議）"] == ["照案通過。", "請資訊處提出更新期程。"]


@pytest.mark.office
def test_every_file_that_the_json_names_is_there(published: Desk, meeting: dict[str, object]) -> None:
    there = {path.name for path in folder(published).iterdir()}
    there -= {"會議.json", "SHA256SUMS.txt", "委員名單.csv", "委員名單.ods"}
    named = re.findall(r'"([^"/]+\.(?:pdf|odt|ods|csv))"', json.dumps(meeting, ensure_ascii=False))
    assert set(named) == there - {"01 議程.pdf", "01 議程.odt"}


@pytest.mark.office
def test_the_meeting_of_the_repo_before_it_took_place_with_its_deck(own_desk: Desk) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    result = own_desk.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    found = json.loads((folder(own_desk) / "會議.json").read_text("utf-8"))
    schema = json.loads((REPO / "docs" / "meeting.schema.json").read_text("utf-8"))
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(found)] == []
    deck = "03 報告事項第一案 附件1 簡報"
    assert found["簡報"] == [f"{deck}.pdf", f"{deck}.odp"]
    assert found["會議紀錄"] is None
    assert found["出席委員"] == []
    with zipfile.ZipFile(folder(own_desk) / f"{deck}.odp") as package:
        assert package.read("mimetype") == b"application/vnd.oasis.opendocument.presentation"
    planned = table_file(own_desk, "預定開放清單", "csv").decode("utf-8-sig").splitlines()
    assert len(planned) == 27
    assert sum(line.endswith(",已上架") for line in planned[1:]) == 4


# --- what stands in the way -------------------------------------------------------------------------------------


def refused(desk: Desk) -> str:
    result = desk.run("publish", "113-1")
    assert result.exit_code == 1
    assert not folder(desk).exists()
    assert not archive(desk).exists()
    return result.output


@pytest.mark.office
def test_a_draft_is_not_published_and_the_cell_is_named(meant: Desk) -> None:
    minutes(meant, 紀錄資訊=INFO.replace("定稿", "草稿"))
    assert "會議紀錄.xlsx〔紀錄資訊〕B2：會議紀錄還是草稿，只公開定稿" in refused(meant)


def test_with_errors_nothing_is_published(meant: Desk) -> None:
    minutes(meant, 決議=DECISIONS.replace("洽悉。", "依吳民間委員意見辦理。"))
    assert "有錯誤，沒有公開任何檔案" in refused(meant)


@pytest.mark.office
def test_a_document_changed_by_hand_is_named_and_nothing_is_published(meant: Desk) -> None:
    assert meant.run("build", "113-1", "--format", "docx").exit_code == 0
    with meant.output("01 議程.docx").open("ab") as file:
        file.write(b"changed")
    output = refused(meant)
    assert "output/113-1/01 議程.docx：這份文件產生後有人手改過" in output
    meant.run("build", "113-1", "--format", "docx")
    assert meant.run("publish", "113-1").exit_code == 0


@pytest.mark.office
def test_a_hand_edit_of_what_is_not_public_does_not_matter(meant: Desk) -> None:
    assert meant.run("build", "113-1", "--format", "docx").exit_code == 0
    with meant.output("決議分辦表.docx").open("ab") as file:
        file.write(b"changed")
    assert meant.run("publish", "113-1").exit_code == 0


@pytest.mark.slow
def test_without_libreoffice_nothing_is_published(meant: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "/no/such/program")
    result = meant.run("publish", "113-1")
    assert result.exit_code == 3
    assert "找不到 LibreOffice" in result.output
    assert "沒有公開任何檔案。" in result.output
    assert not folder(meant).exists()


@pytest.mark.slow
@pytest.mark.parametrize("what", ["folder", "link"])
def test_where_the_zip_cannot_lie_nothing_is_written(
    meant: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "/no/such/program")
    archive(meant).parent.mkdir()
    if what == "folder":
        archive(meant).mkdir()
    else:
        archive(meant).symlink_to(tmp_path / "elsewhere.zip")
    with pytest.raises(outputs.BadFolder, match=r"「113-1 公開\.zip」不是一般的檔案（是資料夾或連結），不寫入"):
        story.publish(Workspace(meant.root), MeetingId(113, 1))
    assert not folder(meant).exists()
    started = [sys.executable, "-m", "generator.cli.app", "--workspace", str(meant.root), "publish", "113-1"]
    ended = subprocess.run(started, cwd=REPO, capture_output=True, text=True, check=False)
    assert ended.returncode == 3
    assert "不是一般的檔案" in ended.stderr
    assert "完成" not in ended.stdout


@pytest.mark.office
def test_where_one_file_cannot_lie_none_is_written(meant: Desk) -> None:
    (folder(meant) / "會議.json").mkdir(parents=True)
    with pytest.raises(outputs.BadFolder, match=r"「會議\.json」不是一般的檔案"):
        story.publish(Workspace(meant.root), MeetingId(113, 1))
    assert [path.name for path in folder(meant).iterdir()] == ["會議.json"]
    assert not archive(meant).exists()


@pytest.mark.office
def test_with_the_zip_open_in_a_program_the_edition_is_not_complete(
    meant: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = outputs.replace

    def locked(path: Path, content: bytes, aside_in: Path) -> None:
        if path.name.endswith(".zip"):
            raise PermissionError(13, "Permission denied", str(path))
        replace(path, content, aside_in)

    monkeypatch.setattr(outputs, "replace", locked)
    done = story.publish(Workspace(meant.root), MeetingId(113, 1))
    assert not done.complete
    assert {one.name: one.how for one in done.outcomes}["113-1 公開.zip"] == outputs.LOCKED
    monkeypatch.undo()
    done = story.publish(Workspace(meant.root), MeetingId(113, 1))
    assert done.complete
    assert story.as_json(done)["complete"]


@pytest.mark.slow
def test_what_was_not_begun_is_not_complete(meant: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "/no/such/program")
    assert not story.publish(Workspace(meant.root), MeetingId(113, 1)).complete
    minutes(meant, 決議=DECISIONS.replace("洽悉。", "依吳民間委員意見辦理。"))
    assert not story.publish(Workspace(meant.root), MeetingId(113, 1)).complete


# --- what must not be told --------------------------------------------------------------------------------------


@pytest.mark.office
def test_a_protected_name_stands_only_among_those_who_attended(published: Desk) -> None:
    texts = public_texts(published)
    for name in (NAMELESS, CLOSED):
        own = {place for place, text in texts.items() if name in text}
        listed = {"委員名單.csv", "委員名單.ods"}
        assert own - listed == {
            "會議紀錄（公開版）.pdf",
            "會議紀錄（公開版）.odt",
            "會議.json",
            archive(published).name,
        }
    for ending in ("pdf", "odt"):
        path = folder(published) / f"會議紀錄（公開版）.{ending}"
        assert leak_texts.read(path.name, path.read_bytes()).body.count(NAMELESS) == 1


@pytest.mark.office
@pytest.mark.parametrize(
    "secret",
    [REMARK, *ADDRESSES, "tide@example", "2380-1234", "23801234", "孟聯絡", "會議版", "分辦表", "/tmp/", "file:///"],
)
def test_nothing_personal_or_internal_is_in_any_file(published: Desk, secret: str) -> None:
    assert [name for name, text in public_texts(published).items() if secret in text] == []


@pytest.mark.office
def test_the_properties_name_the_agency_and_nobody_else(published: Desk) -> None:
    for path in folder(published).iterdir():
        if path.suffix in (".odt", ".ods"):
            with zipfile.ZipFile(path) as package:
                assert [
                    entry.split("/")[0] for entry in package.namelist() if "Thumb" in entry or "Conf" in entry
                ] == []
                about = package.read("meta.xml").decode()
            assert re.findall(r"creator>([^<]+)<", about) == ["海風部", "海風部"]
            assert set(re.findall(r"date>([^<]+)<", about)) == {"2024-05-20T00:00:00"}
            assert "user-defined" not in about
        elif path.suffix == ".pdf":
            with pikepdf.open(path) as document:
                assert str(document.docinfo.Author) == "海風部"


@pytest.mark.office
def test_the_open_documents_pass_the_audit(published: Desk) -> None:
    pytest.importorskip("openxml_audit")
    for path in [*folder(published).glob("*.odt"), *folder(published).glob("*.ods")]:
        audit = subprocess.run(
            [sys.executable, "-m", "openxml_audit", str(path)], capture_output=True, text=True, check=False
        )
        assert audit.returncode == 0, (path.name, audit.stdout)


AGENDA = "01 議程"


def plant(desk: Desk, part: str, old: str, new: str) -> None:
    planted(desk.root / "templates" / "議程.docx", part, old.encode(), new.encode())


def plant_picture(desk: Desk, metadata: str, alternative: str) -> None:
    """A picture in the template of the agenda, with what it says to those who cannot see it."""
    path = desk.root / "templates" / "議程.docx"
    document = docx.Document(str(path))
    run = document.add_paragraph().add_run()
    run.add_picture(io.BytesIO(png(metadata)))
    (properties,) = run._r.xpath(".//wp:docPr")
    properties.set("descr", alternative)
    document.save(str(path))


@pytest.mark.office
def test_what_nobody_sees_of_a_template_is_gone_in_public(meant: Desk) -> None:
    secret = f"{NAMELESS} {ADDRESSES[0]}"
    plant_picture(meant, secret, "圖")
    for part, end, new in (
        ("docProps/core.xml", "</cp:coreProperties>", f"<cp:keywords>{secret}</cp:keywords>"),
        ("docProps/app.xml", "</Properties>", f"<Manager>{secret}</Manager>"),
        ("word/settings.xml", "</w:settings>", f'<w:docVars><w:docVar w:name="a" w:val="{secret}"/></w:docVars>'),
        ("word/document.xml", "</w:p>", f"<!-- {secret} -->"),
    ):
        plant(meant, part, end, new + end)
    result = meant.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    for name, text in public_texts(meant).items():
        assert ADDRESSES[0] not in text
        assert NAMELESS not in text or "會議紀錄" in name or name in ("會議.json", archive(meant).name, *search.ROSTER)
    with zipfile.ZipFile(folder(meant) / f"{AGENDA}.odt") as package:
        assert [entry for entry in package.namelist() if entry.startswith("Pictures/")]


HIDDEN = f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>{NAMELESS}</w:t></w:r>"


@pytest.mark.office
def test_hidden_text_of_a_template_does_not_come_out(meant: Desk) -> None:
    plant(meant, "word/document.xml", "議程</w:t></w:r></w:p>", f"議程</w:t></w:r>{HIDDEN}</w:p>")
    assert meant.run("publish", "113-1").exit_code == 0
    assert NAMELESS not in public_texts(meant)[f"{AGENDA}.odt"]


@pytest.mark.office
def test_a_name_in_a_picture_of_a_template_stops_the_publication(meant: Desk) -> None:
    plant_picture(meant, "", NAMELESS)
    output = refused(meant)
    assert f"「{AGENDA}.odt」" in output
    assert NAMELESS not in output


@pytest.mark.office
@pytest.mark.parametrize(
    ("sheet", "old", "new", "file"),
    [
        ("附件", "測站", "吳民間站", "附件 吳民間站.csv"),
        ("測站", "北港", "吳 民 間港", "附件 測站.csv"),
        ("說明", "以上所擬", "洽 0912-345-678；以上所擬", "會議資料.pdf"),
    ],
)
def test_what_is_planted_in_a_cell_is_found_in_the_file_it_reaches(
    meant: Desk, sheet: str, old: str, new: str, file: str
) -> None:
    sheets = {
        "附件": "| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:測站 |",
        "說明": EXPLANATIONS.replace("依本部規定辦理。", '如{{ 附件("測站") }}。'),
        "測站": SHEETS["測站"],
    }
    if sheet == "附件":
        sheets["附件"] = sheets["附件"].replace(old, new, 1)
        sheets["說明"] = sheets["說明"].replace(old, new)
    else:
        sheets[sheet] = sheets[sheet].replace(old, new)
    meant.meeting(會議資訊=PLACE, **sheets)
    output = refused(meant)
    assert f"{file}」" in output
    assert new not in output.replace(f"附件 {new}.", "")


@pytest.mark.office
def test_the_mailbox_of_the_group_may_stand_in_public(meant: Desk) -> None:
    told_so = EXPLANATIONS.replace("以上所擬", "意見請寄 {{ 機關.電子郵件 }}。以上所擬")
    meant.meeting(會議資訊=PLACE, 說明=told_so)
    assert meant.run("publish", "113-1").exit_code == 0


def photograph(text: str) -> bytes:
    """A JPEG that opens, with EXIF and a comment."""
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "JPEG")
    head = jpeg(text)
    return head[: head.index(b"\xff\xda")] + made.getvalue()[2:]


@pytest.mark.office
def test_of_a_file_from_elsewhere_only_its_pages_are_published(meant: Desk) -> None:
    secret = f"{NAMELESS} {ADDRESSES[0]}"
    files = meant.root / "inputs" / "113-1" / "附件"
    files.mkdir()
    (files / "照片.jpg").write_bytes(photograph(secret))
    for name, make in (("甲文", with_note), ("乙文", with_attached_file), ("丙文", with_metadata_of_a_page)):
        (files / f"{name}.pdf").write_bytes(make(secret))
    paper_of_word = docx.Document()
    paper_of_word.add_heading("研究報告")
    paper_of_word.core_properties.author = paper_of_word.core_properties.comments = secret
    paper_of_word.save(str(files / "研究.docx"))
    names = ["照片.jpg", "甲文.pdf", "乙文.pdf", "丙文.pdf", "研究.docx"]
    rows = "".join(f"| 討1 | 第{name[:2]} | 檔案:{name} |\n" for name in names)
    mentioned = "、".join(f'{{{{ 附件("第{name[:2]}") }}}}' for name in names)
    meant.meeting(
        會議資訊=PLACE,
        附件=f"| 案號 | 名稱 | 來源 |\n{rows}",
        說明=EXPLANATIONS.replace("依本部規定辦理。", f"如{mentioned}。"),
    )
    result = meant.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    public = {path.name for path in folder(meant).iterdir() if "附件" in path.name}
    assert public == {
        f"{number:02d} 討論事項第一案 附件{number - 3} 第{name[:2]}.pdf" for number, name in enumerate(names, 4)
    }
    assert "未公開：08 討論事項第一案 附件5 第研究 的原檔（可能含有看不見的個人資料，只公開 PDF）" in result.output
    for name, text in public_texts(meant).items():
        assert ADDRESSES[0] not in text, name
        assert NAMELESS not in text or "會議紀錄" in name or name in ("會議.json", archive(meant).name, *search.ROSTER)


# --- the leak check by itself, on hidden places -----------------------------------------------------------------


@pytest.fixture
def known(meant: Desk) -> object:
    """The meeting, as it is read from its workbooks."""
    from generator.basic import workspace
    from generator.meeting import load

    found, _ = load.load(workspace.Workspace(meant.root), workspace.MeetingId.parse("113-1"))
    return found


def zipped(entries: dict[str, bytes], comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, content in entries.items():
            package.writestr(name, content)
        package.comment = comment
    return made.getvalue()


def paper(**information: str) -> pikepdf.Pdf:
    made = pikepdf.new()
    made.add_blank_page()
    for key, value in information.items():
        made.docinfo[f"/{key}"] = value
    return made


def saved(document: pikepdf.Pdf) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def with_alternative_text(text: str) -> bytes:
    made = paper()
    made.Root.StructTreeRoot = made.make_indirect(pikepdf.Dictionary(Alt=pikepdf.String(text)))
    return saved(made)


def with_note(text: str) -> bytes:
    made = paper()
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, T=pikepdf.String(text))
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(note)])
    return saved(made)


def with_attached_file(text: str) -> bytes:
    made = paper()
    made.attachments["a.txt"] = text.encode()
    return saved(made)


def with_bookmark(text: str) -> bytes:
    made = paper()
    with made.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("壹"))
        outline.root[0].children.append(pikepdf.OutlineItem(text, 0))
    return saved(made)


def with_spoken_text(text: str) -> bytes:
    made = paper()
    spoken = b"\xfe\xff" + text.encode("utf-16-be")
    made.pages[0].Contents = made.make_stream(b"/Span <</ActualText <" + spoken.hex().encode() + b">>> BDC EMC")
    return saved(made)


def with_metadata_of_a_page(text: str) -> bytes:
    made = paper()
    made.pages[0].obj.Metadata = made.make_stream(
        f"<x>{text}</x>".encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
    )
    return saved(made)


PICTURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(text: str) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    about = chunk(b"iTXt", b"Author\0\0\0\0\0" + text.encode())
    return PICTURE + head + about + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def jpeg(text: str) -> bytes:
    def segment(marker: int, content: bytes) -> bytes:
        return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content

    exif = segment(0xE1, b"Exif\0\0" + text.encode("utf-16-le"))
    return b"\xff\xd8" + exif + segment(0xFE, text.encode()) + segment(0xDA, b"\x01\x01\0\0\x3f\0") + b"xy\xff\xd9"


HIDING = {
    "the name of a file": lambda text: (f"{text}.csv", b"a"),
    "a text file": lambda text: ("a.csv", text.encode("utf-8-sig")),
    "a text file in UTF-16": lambda text: ("a.csv", text.encode("utf-16")),
    "the comment of a zip": lambda text: ("a.zip", zipped({"a": b""}, text.encode())),
    "a name in a zip": lambda text: ("a.zip", zipped({f"{text}.txt": b""})),
    "a zip in a zip": lambda text: ("a.zip", zipped({"b.zip": zipped({"c.docx": zipped({"x.xml": text.encode()})})})),
    "an attribute": lambda text: ("a.odt", zipped({"content.xml": f"<a b='{text}'/>".encode()})),
    "a comment of XML": lambda text: ("a.odt", zipped({"styles.xml": f"<a><!-- {text} --></a>".encode()})),
    "character data": lambda text: ("a.odt", zipped({"content.xml": f"<a><![CDATA[<{text}>]]></a>".encode()})),
    "character references": lambda text: (
        "a.odt",
        zipped({"content.xml": "".join(f"&#{ord(one)};" for one in text).join(["<a>", "</a>"]).encode()}),
    ),
    "runs of a text": lambda text: ("a.odt", zipped({"content.xml": "<b/>".join(text).join(["<a>", "</a>"]).encode()})),
    "a picture": lambda text: ("a.odp", zipped({"Pictures/1.png": png(text)})),
    "a photograph": lambda text: ("a.odp", zipped({"Pictures/1.jpg": jpeg(text)})),
    "the properties of a PDF": lambda text: ("a.pdf", saved(paper(Author=text))),
    "an own property of a PDF": lambda text: ("a.pdf", saved(paper(Editor=text))),
    "a tag of a PDF": lambda text: ("a.pdf", with_alternative_text(text)),
    "a note in a PDF": lambda text: ("a.pdf", with_note(text)),
    "a file in a PDF": lambda text: ("a.pdf", with_attached_file(text)),
    "a bookmark below another": lambda text: ("a.pdf", with_bookmark(text)),
    "a text read aloud": lambda text: ("a.pdf", with_spoken_text(text)),
    "metadata of a page": lambda text: ("a.pdf", with_metadata_of_a_page(text)),
}


@pytest.mark.parametrize("secret", [NAMELESS, CLOSED, ADDRESSES[1], "nobody@example.com.tw"])
@pytest.mark.parametrize("place", HIDING)
def test_a_secret_is_found_wherever_a_file_can_hide_it(known: object, place: str, secret: str) -> None:
    name, content = HIDING[place](secret)
    with pytest.raises(search.Leak) as found:
        search.inspect_folder(known, {name: content})  # type: ignore[arg-type]
    # A file can only be named by its name.
    assert secret not in str(found.value).replace(name, "").replace(f"{secret}.txt", "")


@pytest.mark.parametrize(
    "text",
    [
        "洽 02-2380-1234",
        "洽（02）２３８０－１２３４分機5",
        "電話23801234",
        "手機 0912-345-678",
        "手機0912345678",
        "此事尚涉訴訟\n中案件。",
        "someone @ example.org",
        "ＳＯＭＥＯＮＥ＠example.org",
    ],
)
def test_telephone_numbers_closed_remarks_and_spelt_out_addresses_are_found(known: object, text: str) -> None:
    with pytest.raises(search.Leak):
        search.inspect_folder(known, {"a.csv": text.encode()})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["123801234", "2,380,1234", "40,661 9,231", "109-12-345-678", "10912345678", "a@b", "@中"]
)
def test_figures_and_codes_are_no_telephone_numbers(known: object, text: str) -> None:
    search.inspect_folder(known, {"a.csv": text.encode()})  # type: ignore[arg-type]


def test_what_hides_nothing_passes(known: object) -> None:
    files = dict(make("潮位 tide@example.gov.tw 民間委員 9,231") for make in HIDING.values())
    search.inspect_folder(known, files)  # type: ignore[arg-type]


def test_a_file_that_cannot_be_looked_into_is_not_let_through(known: object) -> None:
    locked = io.BytesIO()
    paper().save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    for name, content in (("a.pdf", locked.getvalue()), ("a.odt", b"PK\x03\x04 broken")):
        with pytest.raises(search.Leak, match="無法讀取"):
            search.inspect_folder(known, {name: content})  # type: ignore[arg-type]


# --- cleaning ---------------------------------------------------------------------------------------------------

DAY = dt.date(2024, 5, 20)


@pytest.mark.parametrize("picture", [png, jpeg])
def test_a_picture_keeps_what_is_seen_and_loses_who_made_it(picture: object) -> None:
    cleaned = scrub.image(picture(NAMELESS))  # type: ignore[operator]
    assert cleaned == scrub.image(picture("x"))  # type: ignore[operator]
    assert b"IDAT" in cleaned or b"xy\xff\xd9" in cleaned
    assert NAMELESS not in "".join(everything("a", cleaned))


@pytest.mark.parametrize("make", [with_note, with_attached_file, with_metadata_of_a_page])
def test_a_pdf_loses_notes_attached_files_and_metadata(make: object) -> None:
    cleaned = scrub.pdf(make(NAMELESS), "標題", "海風部", DAY)  # type: ignore[operator]
    assert NAMELESS not in "".join(everything("a.pdf", cleaned))
    with pikepdf.open(io.BytesIO(cleaned)) as document:
        assert len(document.pages) == 1
        assert str(document.docinfo.Title) == "標題"


def test_a_link_of_a_pdf_to_the_web_stays_and_one_to_a_disk_or_mailbox_goes() -> None:
    made = paper()
    notes = []
    for address in ("https://data.gov.tw", "file:///C:/Users/someone/a.doc", "mailto:someone@example.org"):
        action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address))
        notes.append(
            pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
        )
    made.pages[0].Annots = pikepdf.Array(notes)
    text = "".join(everything("a.pdf", scrub.pdf(saved(made), "標題", "海風部", DAY)))
    assert "https://data.gov.tw" in text
    assert "someone" not in text


def test_what_a_link_does_after_it_has_led_somewhere_goes() -> None:
    made = paper()
    after = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("C:/someone/a.exe"))
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://data.gov.tw"), Next=after)
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(link)])
    made.Root.SpiderInfo = pikepdf.Dictionary(V=1, IDS=pikepdf.String("https://someone.example.org"))
    text = "".join(everything("a.pdf", scrub.pdf(saved(made), "標題", "海風部", DAY)))
    assert "https://data.gov.tw" in text
    assert "someone" not in text


ODT = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "META-INF/manifest.xml": (
        b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" m:version="1.3">'
        b'<m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.text"/>'
        b'<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/>'
        b'<m:file-entry m:full-path="Thumbnails/thumbnail.png" m:media-type="image/png"/></m:manifest>'
    ),
    "Thumbnails/thumbnail.png": b"picture",
    "Basic/script.xml": b"<x/>",
    "content.xml": (
        '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:x="http://www.w3.org/1999/xlink"'
        ' xmlns:r="http://openoffice.org/2009/office" xmlns:dc="http://purl.org/dc/elements/1.1/"><o:body><o:text>'
        "<t:tracked-changes><t:changed-region><dc:creator>{0}</dc:creator></t:changed-region></t:tracked-changes>"
        '<t:p r:rsid="1">一<o:annotation><dc:creator>{0}</dc:creator></o:annotation>二'
        '<t:change-start/>三<t:change-end/>四<t:a x:href="file:///C:/{0}">五<t:span>六</t:span>七</t:a>八'
        '<t:a x:href="https://data.gov.tw">九</t:a></t:p></o:text></o:body></o:document-content>'
    ).encode(),
}


def test_an_open_document_loses_comments_changes_and_paths_and_keeps_its_text() -> None:
    parts = {name: content.replace(b"{0}", NAMELESS.encode()) for name, content in ODT.items()}
    cleaned = scrub.odf(zipped(parts), "標題", "海風部", DAY)
    with zipfile.ZipFile(io.BytesIO(cleaned)) as package:
        assert package.namelist() == ["mimetype", "META-INF/manifest.xml", "content.xml"]
        text = package.read("content.xml").decode()
        assert "thumbnail" not in package.read("META-INF/manifest.xml").decode()
    assert re.sub(r"<[^>]*>", "", text).strip() == "一二三四五六七八九"
    assert "https://data.gov.tw" in text
    assert NAMELESS not in text
    assert "rsid=" not in text


def test_a_variable_of_a_document_that_stands_nowhere_in_its_text_is_gone() -> None:
    declared = "".join(
        f'<t:user-field-decl o:value-type="string" o:string-value="{value}" t:name="{name}"/>'
        for name, value in (("shown", "第一會議室"), ("hidden", NAMELESS))
    )
    shown = '<t:p><t:user-field-get t:name="shown">第一會議室</t:user-field-get></t:p>'
    content = ODT["content.xml"].replace(
        b"<o:text>", f"<o:text><t:user-field-decls>{declared}</t:user-field-decls>{shown}".encode()
    )
    cleaned = scrub.odf(zipped({**ODT, "content.xml": content}), "標題", "海風部", DAY)
    with zipfile.ZipFile(io.BytesIO(cleaned)) as package:
        text = package.read("content.xml").decode()
    assert NAMELESS not in text
    assert text.count("第一會議室") == 2


FACES = "office:font-face-decls"
SPACES = " ".join(f'xmlns:{name}="{NAMESPACES[name]}"' for name in ("office", "style", "svg"))


def fonts(content: list[tuple[str, str, str]], styles: list[tuple[str, str, str]], used: str, asian: str) -> bytes:
    """A document with fonts (name, family, kind), the same in content and styles but for their order."""

    def part(root: str, faces: list[tuple[str, str, str]]) -> bytes:
        listed = "".join(
            f'<style:font-face style:name="{name}" svg:font-family="{family}" style:font-family-generic="{kind}"/>'
            for name, family, kind in faces
        )
        said = f'style:font-name="{used}" style:font-name-asian="{asian}" style:font-name-complex="Elsewhere"'
        inside = f"<{FACES}>{listed}</{FACES}><style:text-properties {said}/>"
        return f"<office:{root} {SPACES}>{inside}</office:{root}>".encode()

    changed = {"content.xml": part("document-content", content), "styles.xml": part("document-styles", styles)}
    return zipped({**ODT, **changed})


def test_fonts_are_named_after_what_they_are_whatever_their_numbers() -> None:
    swiss, system = ("'DejaVu Sans'", "swiss"), ("'DejaVu Sans'", "system")
    first = [("DejaVu Sans", *swiss), ("DejaVu Sans1", *system), ("Unused", "Unused", "roman")]
    second = [("DejaVu Sans", *system), ("DejaVu Sans2", *system), ("DejaVu Sans1", *swiss)]
    one = scrub.odf(fonts(first, first, "DejaVu Sans1", "DejaVu Sans"), "標題", "海風部", DAY)
    other = scrub.odf(fonts(second, second[::-1], "DejaVu Sans2", "DejaVu Sans1"), "標題", "海風部", DAY)
    assert one == other
    assert scrub.odf(one, "標題", "海風部", DAY) == one
    with zipfile.ZipFile(io.BytesIO(one)) as package:
        texts = [package.read(name).decode() for name in ("content.xml", "styles.xml")]
    for text in texts:
        named = re.findall(r'style:name="([^"]+)" [^>]*generic="([^"]+)"', text)
        assert named == [("DejaVu Sans", "swiss"), ("DejaVu Sans1", "system")]
        # Each text keeps the font it had; a name that is not in the list stays.
        assert re.findall(r'font-name[a-z-]*="([^"]+)"', text) == ["DejaVu Sans1", "DejaVu Sans", "Elsewhere"]


def test_a_font_never_takes_a_name_that_means_another() -> None:
    listed = [("a", "Elsewhere", "roman"), ("b", "'Two'", "roman"), ("c", "'Unused'", "roman")]
    with zipfile.ZipFile(io.BytesIO(scrub.odf(fonts(listed, listed, "a", "b"), "標題", "海風部", DAY))) as package:
        text = package.read("content.xml").decode()
    assert re.findall(r'style:name="([^"]+)"', text) == ["Elsewhere1", "Two"]
    assert 'font-name="Elsewhere1" style:font-name-asian="Two" style:font-name-complex="Elsewhere"' in text


@pytest.mark.office
def test_a_deck_converted_anew_is_the_same_file_and_still_opens(own_desk: Desk, tmp_path: Path) -> None:
    assert own_desk.run("build", "113-1", "--format", "docx").exit_code == 0
    papers = sorted(own_desk.output().glob("0*.docx"))[:3]
    (deck,) = own_desk.output().glob("*.pptx")
    made = []
    for number in range(3):
        # LibreOffice numbers the fonts another way after other documents.
        with pdf.Office() as office:
            for kind, sources in (("odt", papers[: number + 1]), ("pdf", [deck]), ("odp", [deck])):
                done = office.convert(sources, kind, tmp_path / str(number), timeout=120)
        made.append(scrub.odf(done[deck].read_bytes(), "標題", "海風部", DAY))
    assert made[0] == made[1] == made[2]
    clean = tmp_path / "簡報.odp"
    clean.write_bytes(made[0])
    opened = pdf.convert([clean], "pdf", tmp_path, timeout=120)[clean]
    with pikepdf.open(opened) as after, pikepdf.open(tmp_path / "0" / f"{deck.stem}.pdf") as before:
        assert len(after.pages) == len(before.pages)
    pytest.importorskip("openxml_audit")
    audit = [sys.executable, "-m", "openxml_audit", str(clean)]
    assert subprocess.run(audit, capture_output=True, check=False).returncode == 0
