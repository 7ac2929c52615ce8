"""Marks planted in every field of every sheet and in every kind of attachment: none comes out where it is protected.

The fields are those that the sheets declare, so that a new column is tried without a change here. What became of each
mark stands in docs/leak-test.md (``pytest tests/test_leaks_planted.py --renew-goldens`` writes it).
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docx
import odfdo
import openpyxl
import PIL.Image
import PIL.PngImagePlugin
import pptx
import pytest
import test_publish
from conftest import REPO, UNITS, Desk, cells, docx_text
from test_minutes import ATTENDANCE, DECISIONS, INFO, REMARKS, ROSTER
from test_publish import everything

from generator.meeting.sheets.index import AGENCY_SHEETS, ALL_SHEETS
from generator.meeting.sheets.shared import Article
from generator.workbook.record import Kind, Record

TABLE = REPO / "docs" / "leak-test.md"
NAME = "吳民間"
SPELLINGS = ("吳民間", "呉民間", "吴民间", "吳○間", "吳Ｏ間", "吳 民 間", "吳-民-間", "吳／民／間", "吳.民.間", "吳*間")
MARKS: dict[str, tuple[str, ...]] = {
    "不記名的姓名": SPELLINGS,
    "身分證號碼": ("A123456789", "Ａ１２３４５６７８９", "a123456789", "A-123456789"),
    "行動電話": ("0912-345-678", "0912–345–678", "+886 912 345 678", "(0912)345678", "0912.345.678", "0912-3456-78"),
}
# What each mark looks like once width, signs and spaces are taken off.
BARE = {"不記名的姓名": "[吳呉吴](?:[○Oo*]|民)[間间]", "身分證號碼": "[Aa]123456789", "行動電話": "(?:0|886)912345678"}
REFUSED, NAMED, LEFT_OUT = "不能產生（錯誤）", "指出（警告）", "不印在受保護的文件"
# There the name of who attended, or of who speaks, may stand: the mark is no leak.
HEAD = "可載明出席或發言的姓名"
HEADS = {
    ("出席", "姓名"),
    ("出席", "代理人"),
    ("列席", "姓名"),
    ("會議資訊", "主席"),
    ("會議資訊", "紀錄"),
    ("委員", "姓名"),
    *(("案由", heading) for heading in ("提案人", "連署人", "附議人")),
}
SIGNED = re.compile("(?:提案人|連署人|附議人)[：:](?:<[^>]*>)*")
OF_REPLIES = {("修正意見", "委員"), ("回復情形", "委員")}
TEXTS = (Kind.TEXT, Kind.PROSE, Kind.UNIT)
SMALL = {
    "停班日": "| 日期 | 停班 |\n| 113-07-24 | 停班 |",
    "附註": "| 附件 | 內容 |\n| 開放清單 | 統計至今。 |",
    "統計數字": "| 名稱 | 數值 | 出處 |\n| 總瀏覽次數 | 99,999,999 | 平臺 |",
    "上次會議決定": "| 類別 | 案由 | 決定（議） | 辦理情形 |\n| 報告事項 | 某案 | 洽悉。 | 已辦。 |",
    "簡報": "| 版面 | 標題 | 層級 | 內容 |\n| 封面 | 潮汐資料 | | |\n| 條列 | 依據 | 1 | 依規定辦理。 |",
    "條文": "| 層級 | 條號 | 內容 |\n| 名稱 | | 設置要點 |\n| 1 | 一、 | 為推動資料開放。 |",
    "非姓名": "| 文字 | 說明 |\n| 提高明確性 | 用語 |",
    "紀錄附件": "| 名稱 | 來源 | 公開 |\n| 測站資料 | 工作表:測站 | 公開 |",
    "規則": "| 規則 | 數值 | 依據 |\n| 出席門檻 | 過半數 | 設置要點四 |",
    "身分": "| 身分 | 屬於 | 得代理 |\n| 召集人 | 召集人 | |\n| 機關代表 | 機關代表 | ★ |\n| 民間代表 | 民間代表 | |",
    "議程": """
    | 段名     | 內容 | 結語 | 單位稱謂 | 發言標題 |
    | 主席致詞 | 文字 |      |          |          |
    | 報告事項 | 案   | 決定 | 報告單位 | 發言紀要 |
    | 討論事項 | 案   | 決議 | 提案單位 |          |
    | 臨時動議 | 動議 | 決議 | 提案單位 |          |
    """,
    "修正意見": "| 編號 | 委員 | 案號 | 種類 | 收件時間 | 來源 | 採納 | 理由 |\n"
    "| a1b2c3d4 | 何民間 | 討1 | 意見 | 113-05-28 | 回信.eml | 不採納 | 已載明。 |",
    "回復情形": "| 編號 | 委員 | 收件時間 | 來源 | 件數 |\n| a1b2c3d4 | 何民間 | 113-05-28 | 回信.eml | 1 |",
}
ATTACHED = test_publish.ATTACHED + "| 報1 | 簡報 | 工作表:簡報 |\n| 報1 | 要點 | 共用:要點 |\n"
EXPLAINED = test_publish.MENTIONS + '| 報1 | 1 | | 如{{ 附件("簡報", "要點") }}。 |'
CASES = """
| 案號 | 類別     | 單位   | 案由                     | 範本                 |
| 報1  | 報告事項 | 資訊處 | 辦理情形，報請鑒察。     |                      |
| 報2  | 報告事項 | 資訊處 | 上次決定，報請鑒察。     | 上次會議決定辦理情形 |
| 討1  | 討論事項 | 企劃處 | 開放一案，提請討論。     |                      |
"""
SHEETS = {
    "機關": test_publish.CONTACT,
    "單位": UNITS,
    "委員": ROSTER,
    "會議資訊": test_publish.PLACE,
    "案由": CASES,
    "說明": EXPLAINED,
    "附件": ATTACHED,
    **{name: table for name, table in test_publish.SHEETS.items()},
    "紀錄資訊": INFO,
    "出席": ATTENDANCE,
    "列席": test_publish.OBSERVERS,
    "發言": REMARKS,
    "決議": DECISIONS + "| 報2 | 1 | 洽悉。 | | | |",
    **SMALL,
}


# A sheet that nobody wrote one of has a row of the examples that its declaration gives.
for _record in ALL_SHEETS:
    _columns = _record.sheet.columns
    _rows = ([column.name for column in _columns], [str(column.example) for column in _columns])
    SHEETS.setdefault(_record.sheet.name, "\n".join(f"| {' | '.join(row)} |" for row in _rows))


def grid(table: str) -> list[list[object]]:
    return [list(row) for row in cells(table)]


def planted(record: type[Record], name: str, mark: str) -> list[list[object]]:
    """The sheet with the mark behind what stands in the first row of a column; a missing column is added."""
    rows = grid(SHEETS[record.sheet.name])
    if record.sheet.fields:
        row = next((row for row in rows if row[0] == name), None)
        if row is None:
            rows.append(row := [name, None])
        row[1] = f"{row[1] or ''}{mark}"
        return rows
    if name not in rows[0]:
        rows[0].append(name)
        for row in rows[1:]:
            row.append(None)
    column = rows[0].index(name)
    # Whose reply it is: another member's, not two members'.
    there = "" if (record.sheet.name, name) in OF_REPLIES else str(rows[1][column] or "")
    # A letter in the midst of digits begins no id.
    between = " " if there and there[-1].isascii() and there[-1].isalnum() else ""
    rows[1][column] = f"{there}{between}{mark}"
    return rows


def written(desk: Desk, changed: dict[str, list[list[object]]]) -> Desk:
    """The whole workspace, with the changed sheets in place of their own."""
    books: dict[str, dict[str, list[list[object]]]] = {}
    for record in ALL_SHEETS:
        name = record.sheet.name
        if record in AGENCY_SHEETS:
            book = "機關.xlsx"
        else:
            book = "共用/要點.xlsx" if record is Article else f"113-1/{record.sheet.book}.xlsx"
        books.setdefault(book, {})[name] = changed.get(name) or grid(SHEETS[name])
    books.setdefault("113-1/其他.xlsx", {})["測站"] = changed.get("測站") or grid(SHEETS["測站"])
    for book, sheets in books.items():
        made = openpyxl.Workbook()
        made.remove(made.worksheets[0])
        for name, rows in sheets.items():
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = desk.root / "inputs" / book
        path.parent.mkdir(parents=True, exist_ok=True)
        made.save(path)
    return desk


def outcome(desk: Desk, record: type[Record], before: set[tuple[str, ...]]) -> str:
    """What the check makes of a mark: an error, a warning at its sheet that publish refuses, or nothing."""
    found = [one for one in desk.problems() if (one["code"], one["sheet"], one["cell"]) not in before]
    if any(one["severity"] == "error" for one in found):
        return REFUSED
    # Of the name of a regulation only the row of 〔附件〕 is known.
    sheets = (record.sheet.name, "附件") if record is Article else (record.sheet.name,)
    stopping = ("protected-in-papers", "personal-data")
    return NAMED if any(one["code"] in stopping and one["sheet"] in sheets for one in found) else ""


def bare(texts: Iterator[str]) -> str:
    import unicodedata

    return re.sub(r"[\s\-–./()+]", "", unicodedata.normalize("NFKC", "\n".join(texts)))


def outside(desk: Desk) -> dict[str, str]:
    """The documents that protect the mark: both editions of the minutes, and what is public."""
    public = {one["name"] for one in desk.manifest()["documents"] if one["audience"] == "公開"}
    kept = public | {f"會議紀錄（{edition}）" for edition in ("會議版", "公開版")}
    paths = [
        path for path in sorted(desk.output().iterdir()) if path.stem in kept and path.suffix in (".docx", ".pptx")
    ]
    assert len(paths) > 5
    return {path.name: bare(everything(path.name, path.read_bytes())) for path in paths}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, str]]:
    """What became of each kind of mark, by sheet and column."""
    root = tmp_path_factory.mktemp("洩漏") / "工作區"
    (root / "inputs").mkdir(parents=True)
    shutil.copytree(REPO / "templates", root / "templates")
    desk = Desk(root)
    problems = written(desk, {}).problems()
    assert [one for one in problems if one["severity"] == "error"] == []
    before = {(one["code"], one["sheet"], one["cell"]) for one in problems}
    result: dict[tuple[str, str], dict[str, str]] = {}
    silent: dict[str, dict[str, list[tuple[type[Record], str, str]]]] = {kind: {} for kind in MARKS}
    count = 0
    for record in ALL_SHEETS:
        for column in record.sheet.columns:
            place = (record.sheet.name, column.name)
            result[place] = {}
            for kind, marks in MARKS.items():
                count += 1
                if column.kind not in TEXTS and REFUSED in result[place].values():
                    # A text is refused in a column of dates or numbers, whatever it says.
                    result[place][kind] = REFUSED
                    continue
                mark = NAME if place in HEADS | OF_REPLIES and kind == "不記名的姓名" else marks[count % len(marks)]
                written(desk, {record.sheet.name: planted(record, column.name, mark)})
                became = outcome(desk, record, before)
                if not became:
                    silent[kind].setdefault(record.sheet.name, []).append((record, column.name, mark))
                result[place][kind] = became
    # What the check lets pass is built, all of it at once for each kind.
    for kind, sheets in silent.items():
        changed: dict[str, list[list[object]]] = {}
        kept = dict(SHEETS)
        for name, fields in sheets.items():
            for record, column_name, mark in fields:
                rows = planted(record, column_name, mark)
                changed[name] = rows
                SHEETS[name] = "\n".join("| " + " | ".join(_cell(value) for value in row) + " |" for row in rows)
        SHEETS.update(kept)
        written(desk, changed)
        built = desk.run("build", "113-1", "--format", "docx")
        assert built.exit_code == 0, built.output
        for name, text in outside(desk).items():
            left = re.sub(SIGNED.pattern + NAME, "", text)
            if kind == "不記名的姓名" and name.startswith("會議紀錄（"):
                # The head says who attended; the body has the name nowhere.
                left = bare(iter([docx_text(desk.output(name)).partition("壹、")[2]]))
                left = re.sub(SIGNED.pattern + NAME, "", left)
                assert left
            assert re.findall(BARE[kind], left) == [], (kind, name)
        for name, fields in sheets.items():
            for _, column_name, _ in fields:
                is_head = kind == "不記名的姓名" and (name, column_name) in HEADS
                result[name, column_name][kind] = HEAD if is_head else LEFT_OUT
    return result


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("\n", "\\n").replace("|", "\\|")


@pytest.mark.slow
def test_a_mark_in_any_field_is_refused_named_or_left_out(
    tried: dict[tuple[str, str], dict[str, str]], pytestconfig: pytest.Config
) -> None:
    lines = [
        "# 洩漏測試：種了什麼，結果如何",
        "",
        "依工作表的宣告，在每一欄各種下一個記號，由 tests/test_leaks_planted.py 產生並核對。",
        f"姓名的寫法：{'、'.join(SPELLINGS)}。",
        "",
        f"「{REFUSED}」：check 列為錯誤。「{NAMED}」：check 在該格警告，publish 拒絕公開。"
        f"「{LEFT_OUT}」：產生後逐檔搜尋，會議紀錄兩版與公開的文件都沒有。",
        "",
        f"| 工作表 | 欄位 | {' | '.join(MARKS)} |",
        f"| --- | --- |{' --- |' * len(MARKS)}",
    ]
    lines += [
        f"| {sheet} | {column} | {' | '.join(became[kind] for kind in MARKS)} |"
        for (sheet, column), became in tried.items()
    ]
    lines += ["", "## 附件", "", "| 種類 | 內文 | 屬性 |", "| --- | --- | --- |"]
    lines += [f"| {ending} | {body} | {about} |" for ending, (body, about) in ATTACHMENTS.items()]
    text = "\n".join(lines) + "\n"
    if pytestconfig.getoption("--renew-goldens"):
        TABLE.write_text(text, "utf-8")
    assert TABLE.read_text("utf-8") == text


# --- attachments ---------------------------------------------------------------------------------------------------

SEEN, CLEANED, NO_TEXT = "指出（警告）", "公開前清除", "（無文字）"
ATTACHMENTS = {ending: (SEEN, CLEANED) for ending in ("docx", "xlsx", "pptx", "odt", "ods", "odp", "pdf", "rtf")} | {
    "png": (NO_TEXT, CLEANED),
    "jpg": (NO_TEXT, CLEANED),
}


def attached(ending: str, body: str, about: str) -> bytes:
    """A file with one text in its body and another in its properties."""
    result = io.BytesIO()
    if ending == "docx":
        letter = docx.Document()
        letter.add_paragraph(body)
        letter.core_properties.author = about
        letter.save(result)
    elif ending == "xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append([body])
        book.properties.creator = about
        book.save(result)
    elif ending == "pptx":
        deck = pptx.Presentation()
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = body
        deck.core_properties.author = about
        deck.save(result)
    elif ending in ("odt", "ods", "odp"):
        kinds = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
        document = odfdo.Document(kinds[ending])
        document.meta.creator = about
        if ending == "odt":
            document.body.append(odfdo.Paragraph(body))
        elif ending == "ods":
            document.body.clear()
            table = odfdo.Table("表")
            table.append_row(odfdo.Row())
            table.set_value("A1", body)
            document.body.append(table)
        else:
            page = odfdo.DrawPage("page1", name="一")
            page.append(odfdo.Frame.text_frame(body, size=("10cm", "3cm"), position=("1cm", "1cm")))
            document.body.append(page)
        document.save(result)
    elif ending == "pdf":
        made = test_publish.paper(Author=about)
        if body != "潮位":
            spoken = b"\xfe\xff" + body.encode("utf-16-be")
            made.pages[0].Contents = made.make_stream(b"/Span <</ActualText <" + spoken.hex().encode() + b">>> BDC EMC")
        made.save(result)
    elif ending == "rtf":
        spelt = "".join(rf"\u{ord(sign)}?" for sign in body)
        author = "".join(rf"\u{ord(sign)}?" for sign in about)
        result.write(rf"{{\rtf1\ansi\ansicpg950{{\info{{\author {author}}}}}\uc1 {spelt}\par}}".encode("ascii"))
    elif ending == "png":
        note = PIL.PngImagePlugin.PngInfo()
        note.add_itxt("Author", about)
        PIL.Image.new("L", (60, 60), 255).save(result, "PNG", pnginfo=note)
    else:
        exif = PIL.Image.Exif()
        exif[0x013B] = about
        PIL.Image.new("L", (60, 60), 255).save(result, "JPEG", exif=exif, comment=about.encode())
    return result.getvalue()


def with_attachments(desk: Desk, files: dict[str, bytes]) -> Desk:
    rows = "".join(f"| 討1 | 文件{number} | 檔案:{name} |\n" for number, name in enumerate(files, 1))
    named = ", ".join(f'"文件{number}"' for number in range(1, len(files) + 1))
    test_publish.told(desk)
    (desk.root / "inputs" / "113-1" / "資料集.xlsx").unlink()
    said = test_publish.EXPLANATIONS.replace("依本部規定辦理。", f"如{{{{ 附件({named}) }}}}。")
    desk.meeting(會議資訊=test_publish.PLACE, 說明=said, 附件=f"| 案號 | 名稱 | 來源 |\n{rows}")
    folder = desk.root / "inputs" / "113-1" / "附件"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return desk


@pytest.mark.slow
@pytest.mark.parametrize("ending", [ending for ending, (body, _) in ATTACHMENTS.items() if body == SEEN])
@pytest.mark.parametrize("kind", MARKS)
def test_a_mark_in_the_text_of_an_attachment_is_named(desk: Desk, ending: str, kind: str) -> None:
    code = "protected-in-papers" if kind == "不記名的姓名" else "personal-data"
    for mark in MARKS[kind]:
        with_attachments(desk, {f"文件.{ending}": attached(ending, f"依{mark}意見", "某人")})
        found = [(one["sheet"], one["cell"]) for one in desk.problems() if one["code"] == code]
        assert found == [("附件", "C2")], mark


def of_before_2007(folder: Path, body: str) -> dict[str, bytes]:
    """The same text as .doc, .rtf, .xls and .ppt, as LibreOffice writes them."""
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to"]
    found = {}
    for ending, new in {"doc": "docx", "rtf": "docx", "xls": "xlsx", "ppt": "pptx"}.items():
        source = folder / f"文件.{new}"
        source.write_bytes(attached(new, body, "某人"))
        subprocess.run([*command, ending, "--outdir", str(folder), str(source)], check=True, capture_output=True)
        found[f"文件.{ending}"] = source.with_suffix(f".{ending}").read_bytes()
    return found


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
@pytest.mark.office
def test_a_mark_in_a_file_of_before_2007_is_named_and_not_published(desk: Desk, tmp_path: Path) -> None:
    body = " ".join(f"依{mark}意見" for marks in MARKS.values() for mark in marks)
    with_attachments(desk, files := of_before_2007(tmp_path, body))
    cells = [("附件", f"C{row}") for row in range(2, 2 + len(files))]
    for code in ("protected-in-papers", "personal-data"):
        assert {(one["sheet"], one["cell"]) for one in desk.problems() if one["code"] == code} == set(cells)
    result = desk.run("publish", "113-1")
    assert result.exit_code == 1
    for number in range(1, 1 + len(files)):
        assert f"文件{number}.pdf」的內文含有須保護的姓名" in result.output


@pytest.mark.slow
def test_what_an_old_file_does_not_print_is_not_looked_for(desk: Desk) -> None:
    plain = rb"{\rtf1\ansi\ansicpg950{\fonttbl{\f0\fcharset136 \'a7\'64;}}"
    hidden = rb"{\*\fldinst HYPERLINK mailto:a@example.org}{\deleted A123456789}{\info{\title 0912-345-678}}\par}"
    found = with_attachments(desk, {"文件.rtf": plain + hidden}).problems()
    assert [one["code"] for one in found if one["sheet"] == "附件"] == ["file-changes"]
    # In the character set of the font, in bytes.
    named = plain + "\\f0 依吳民間意見".encode("cp950").replace(b"\\\\f0", b"\\f0") + rb"\par}"
    problems = with_attachments(desk, {"文件.rtf": named}).problems()
    assert [one["code"] for one in problems if one["sheet"] == "附件"] == ["protected-in-papers"]


@pytest.mark.office
def test_a_mark_in_the_properties_of_an_attachment_does_not_come_out(desk: Desk) -> None:
    about = f"{NAME} A123456789 0912-345-678"
    files = {f"文件{ending}.{ending}": attached(ending, "潮位", about) for ending in ATTACHMENTS}
    result = with_attachments(desk, files).run("publish", "113-1")
    assert result.exit_code == 0, result.output
    for path in [*test_publish.folder(desk).iterdir(), test_publish.archive(desk)]:
        if "會議紀錄" in path.name or path.stem in ("會議", "113-1 公開", "委員名單"):
            continue
        text = bare(everything(path.name, path.read_bytes()))
        assert [mark for mark in BARE.values() if re.search(mark, text)] == [], path.name


@pytest.mark.slow
@pytest.mark.parametrize("column", ["處所", "原文", "建議文字"])
def test_a_reply_with_a_name_in_another_spelling_is_an_error_at_its_cell(desk: Desk, column: str) -> None:
    record = next(record for record in ALL_SHEETS if record.sheet.name == "修正意見")
    written(desk, {"修正意見": planted(record, column, "吴民间")})
    assert [one["sheet"] for one in desk.problems() if one["code"] == "protected-name"] == ["修正意見"]
