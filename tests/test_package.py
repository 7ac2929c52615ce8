"""Zips made to fill the memory or to keep the program busy: what comes out of them is counted."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping

import docx
import pytest
from conftest import Desk
from test_hostile import SHEET, measured, replaced
from test_reading import PLANNED

from generator.basic import package
from generator.basic.package import Budget, Package, TooManyParts, TooMuch
from generator.pdf import links

MEGABYTE = 1_000_000


def zipped(parts: Mapping[str, bytes]) -> bytes:
    return package.written(parts.items())


def lying(content: bytes, name: str, claimed: int) -> bytes:
    """The zip whose headers say that the part is as long as ``claimed``."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = struct.pack("<I", archive.getinfo(name).file_size)
    assert content.count(size) == 2
    return content.replace(size, struct.pack("<I", claimed))


# --- the reader by itself ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_comes_out_is_counted_and_not_what_is_declared() -> None:
    content = lying(zipped({"a": b" " * 50 * MEGABYTE}), "a", 400)
    with Package(content, Budget(MEGABYTE)) as archive, pytest.raises(zipfile.BadZipFile):
        archive.read("a")
    with Package(zipped({"a": b" " * 2 * MEGABYTE}), Budget(MEGABYTE)) as archive, pytest.raises(TooMuch):
        archive.read("a")


def test_a_part_that_is_read_again_counts_again() -> None:
    with Package(zipped({"a": bytes(600)}), Budget(1000)) as archive:
        archive.read("a")
        with pytest.raises(TooMuch):
            archive.read("a")


def test_a_library_gets_only_a_package_whose_parts_are_as_long_as_they_say() -> None:
    good = zipped({"a": b"text"})
    assert package.proved(good).getvalue() == good
    with pytest.raises(zipfile.BadZipFile):
        package.proved(lying(zipped({"a": bytes(70_000)}), "a", 400))
    with pytest.raises(TooMuch):
        package.proved(zipped({"a": bytes(2000)}), Budget(1000))


@pytest.mark.parametrize("kind", ["plain", "zip64"])
def test_a_directory_that_is_too_long_is_not_taken_in(kind: str) -> None:
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 6 * MEGABYTE if kind == "plain" else 46, 0, 0)
    before = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 6 * MEGABYTE, 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
    with pytest.raises(TooManyParts):
        Package(bytes(100) + (before + locator if kind == "zip64" else b"") + last)


def test_what_gzip_packs_is_counted_too() -> None:
    assert package.gunzipped(gzip.compress(b"<svg/>"), Budget(10)) == b"<svg/>"
    with pytest.raises(TooMuch):
        package.gunzipped(gzip.compress(bytes(2 * MEGABYTE)), Budget(MEGABYTE))


def test_the_same_parts_give_the_same_bytes() -> None:
    assert package.written([("a", b"text")]) == package.written([("a", iter([b"te", b"xt"]))])
    with zipfile.ZipFile(io.BytesIO(zipped({"mimetype": b"kind", "a": b"text"}))) as archive:
        assert [entry.compress_type for entry in archive.infolist()] == [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# --- links are looked for in files of all kinds -----------------------------------------------------------------


@pytest.mark.slow
def test_links_are_not_looked_for_in_what_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "_MOST_UNPACKED", 5 * MEGABYTE)
    picture = gzip.compress(b"<svg>" + b" " * 3 * MEGABYTE)
    inside = zipped({"a.svg": b"<svg>" + b" " * 3 * MEGABYTE})
    for bomb in (gzip.compress(bytes(6 * MEGABYTE)), zipped({"a.svgz": picture, "b.svgz": picture})):
        with pytest.raises(links.Unreadable):
            links.cut(bomb)
    with pytest.raises(links.Unreadable):
        links.cut(zipped({"a.docx": inside, "b.docx": inside}))


# --- through the command line -----------------------------------------------------------------------------------


def letter() -> bytes:
    made = io.BytesIO()
    docx.Document().save(made)
    return made.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zipped({one: archive.read(one) for one in archive.namelist()} | {name: part})


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a part that is longer than it says": (
        lambda: lying(with_part(letter(), "[Content_Types].xml", b" " * 400 * MEGABYTE), "[Content_Types].xml", 900),
        "file-damaged",
    ),
    "xml under another ending": (
        lambda: with_part(letter(), "word/more.dat", b"<x>" + b" " * 101 * MEGABYTE),
        "file-too-large",
    ),
    "more than any document holds": (
        lambda: with_part(letter(), "word/media/a.bmp", bytes(501 * MEGABYTE)),
        "file-too-large",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", BOMBS)
def test_an_attachment_made_to_fill_the_memory_is_an_error_at_its_row(desk: Desk, kind: str) -> None:
    make, code = BOMBS[kind]
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 信 | 檔案:信.docx |")
    folder = desk.root / "inputs/113-1/附件"
    folder.mkdir(exist_ok=True)
    (folder / "信.docx").write_bytes(make())
    assert (folder / "信.docx").stat().st_size < MEGABYTE
    found = measured(desk, "check", "113-1", "--json")
    [error] = [one for one in found.problems() if one["severity"] == "error"]
    assert (error["code"], error["sheet"], error["cell"]) == (code, "附件", "C2")
    assert found.megabytes < 200, found


@pytest.mark.slow
def test_thousands_of_sheets_that_are_one_part(desk: Desk) -> None:
    desk.meeting()
    path = desk.book("113-1/資料.xlsx", 預定開放=PLANNED)
    with zipfile.ZipFile(path) as archive:
        book, sheet = archive.read("xl/workbook.xml").decode(), archive.read(SHEET).decode()
    [first] = re.findall("<sheet .*?/>", book)
    more = [re.sub(r'name="[^"]*" sheetId="\d+"', f'name="表{at}" sheetId="{at}"', first) for at in range(2, 3000)]
    assert len(set(more)) == len(more)
    sheet = sheet.replace("</sheetData>", " " * MEGABYTE + "</sheetData>")
    replaced(path, workbook=book.replace(first, "".join([first, *more])).encode(), sheet1=sheet.encode())
    assert path.stat().st_size < MEGABYTE / 10
    found = measured(desk, "check", "113-1", "--json")
    assert [(one["code"], one["workbook"]) for one in found.problems()] == [("workbook-too-large", "資料.xlsx")]
    assert found.megabytes < 200, found


@pytest.mark.slow
def test_shared_texts_under_another_ending(desk: Desk) -> None:
    desk.meeting()
    path = desk.book("113-1/資料.xlsx", 預定開放=PLANNED)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    other = f'<Override PartName="/xl/texts.dat" ContentType="{kind}"/></Types>'
    types = re.sub(rb"<Override [^>]*sharedStrings[^>]*/>", b"", parts["[Content_Types].xml"])
    parts["[Content_Types].xml"] = types.replace(b"</Types>", other.encode())
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/texts.dat"] = b'<sst xmlns="' + main + b'">' + b"<si><t>a</t></si>" * (5 * MEGABYTE // 2) + b"</sst>"
    path.write_bytes(zipped(parts))
    assert path.stat().st_size < MEGABYTE
    found = measured(desk, "check", "113-1", "--json")
    assert [(one["code"], one["workbook"]) for one in found.problems()] == [("workbook-too-large", "資料.xlsx")]
