"""docs/使用手冊.md says what the program says: each output quoted in it is printed anew and compared.

``pytest tests/test_manual.py --renew-goldens`` writes the help texts of the appendix, the ten slips, and every other
quoted output that leaves nothing out (no … in it) from the present program.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import click
import openpyxl
import pytest
import test_catalogue
import test_replies
import test_starting
from click.testing import CliRunner
from conftest import EXPLANATIONS, MEETING, REPO, Desk
from test_template_check import change

from generator.build import outputs
from generator.cli import options
from generator.cli.app import packet
from generator.meeting.sheets import index
from generator.pdf import office
from generator.workbook import values

MANUAL = REPO / "docs" / "使用手冊.md"
APPENDIX = "## 附錄：指令一覽\n"
SLIPS_BEGIN, SLIPS_END = "### 十種常見錯誤\n", "### 其他情形\n"
BLOCK = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = "…"


def manual() -> str:
    return MANUAL.read_text("utf-8")


def body() -> str:
    return manual().partition(APPENDIX)[0]


def between(begin: str, end: str) -> str:
    text = manual()
    assert text.count(begin) == text.count(end) == 1
    return text.partition(begin)[2].partition(end)[0]


def renew(old: str, new: str) -> None:
    text = manual()
    assert text.count(old) == 1, old
    MANUAL.write_text(text.replace(old, new), "utf-8")


# ----------------------------------------------------------------------------------------------------------------------
# The ten slips


LISTED = """
| 資料集項目名稱 | 開放年月 | 資料開放單位 | 已上架 |
| 潮位站清單     | 11303    | 資訊處       | ★      |
| 海堤統計年報   | 11306    | 企劃處       |        |
"""
QUALITY = """
| 單位   | 檢測範圍外 | 無標章 | 銅標章 | 銀標章 | 金標章 | 白金標章 | 總計 |
| 企劃處 | 2          | 0      | 0      | 0      | 14     | 9        | 25   |
| 資訊處 | 0          | 0      | 0      | 0      | 6      | 6        | 6    |
| 秘書處 | 1          | 0      | 0      | 0      | 0      | 0        | 1    |
"""
ATTACHED = """
| 案號 | 名稱         | 來源            |
| 討1  | 預定開放清單 | 工作表:預定開放 |
"""


def slip(desk: Desk, **changed: str) -> None:
    """A small meeting with its list of data sets in a workbook of its own; ``changed`` sheets hold the slip."""
    lists = {name: changed.pop(name) for name in ("預定開放", "預訂開放", "品質檢測") if name in changed}
    desk.meeting(**changed)
    desk.book("113-1/資料集.xlsx", **(lists or {"預定開放": LISTED}))


def saying(text: str) -> str:
    """〔說明〕 with this as the first point."""
    return EXPLANATIONS.replace("依本部規定辦理。", text)


SLIPS: dict[str, Callable[[Desk], None]] = {
    "年月寫錯": lambda desk: slip(desk, 預定開放=LISTED.replace("11303", "11313")),
    "日期與星期不符": lambda desk: slip(desk, 會議資訊=MEETING.replace("113-05-20", "113年5月20日（星期二）")),
    "單位名稱不一致": lambda desk: slip(desk, 預定開放=LISTED.replace("企劃處", "企畫處")),
    "標籤的名稱打錯": lambda desk: slip(desk, 說明=saying("預定開放{{ 預定開放.總項數 }}項。")),
    "標籤用了全形大括號": lambda desk: slip(desk, 說明=saying("預定開放｛｛ 預定開放.總數 ｝｝項。")),
    "工作表名稱打錯": lambda desk: slip(
        desk, 說明=saying('如{{ 附件("預定開放清單") }}。'), 附件=ATTACHED, 預訂開放=LISTED
    ),
    "欄位標題被改過": lambda desk: slip(desk, 預定開放=LISTED.replace("資料開放單位", "開放單位")),
    "案號對不起來": lambda desk: slip(desk, 說明=EXPLANATIONS.replace("討1", "討2", 1)),
    "合計不符": lambda desk: slip(desk, 品質檢測=QUALITY),
    "說明裡有手打的數字": lambda desk: slip(
        desk, 說明=saying("預定開放3項，已上架{{ 預定開放.已上架數 }}項。"), 預定開放=LISTED
    ),
}


def section(number: int, title: str) -> str:
    """The text of a slip in the manual, from its heading to the next."""
    found = re.search(
        rf"^#### {number}\. {title}\n(.*?)(?=^#)", between(SLIPS_BEGIN, SLIPS_END) + "#", re.MULTILINE | re.DOTALL
    )
    assert found, f"#### {number}. {title}"
    return found[0]


def test_the_manual_has_ten_slips_and_no_other() -> None:
    headings = re.findall(r"^#### (.+)$", between(SLIPS_BEGIN, SLIPS_END), re.MULTILINE)
    assert headings == [f"{number}. {title}" for number, title in enumerate(SLIPS, start=1)]
    assert len(headings) == 10


def test_the_meeting_of_the_slips_is_in_order_without_them(desk: Desk) -> None:
    slip(desk, 說明=saying("預定開放{{ 預定開放.總數 }}項。"))
    assert desk.run("check", "113-1").output == "沒有發現問題。\n"


@pytest.mark.parametrize(("number", "title"), list(enumerate(SLIPS, start=1)))
def test_a_slip_prints_what_the_manual_says(number: int, title: str, desk: Desk, pytestconfig: pytest.Config) -> None:
    SLIPS[title](desk)
    result = desk.run("check", "113-1")
    printed = "".join(result.output.splitlines(keepends=True)[:-1])
    assert printed
    assert result.exit_code == int(printed.startswith("錯誤"))
    text = section(number, title)
    if pytestconfig.getoption("--renew-goldens"):
        renew(text, BLOCK.sub(lambda _: f"```text\n{printed}```", text))
        text = section(number, title)
    assert BLOCK.findall(text) == [printed]


# ----------------------------------------------------------------------------------------------------------------------
# Every other output in the body: a block that begins with the command


def quoted() -> list[tuple[str, str]]:
    """Each command of the body with the output that stands under it."""
    found = [block.partition("\n") for block in BLOCK.findall(body())]
    return [(first[2:], output) for first, _, output in found if first.startswith("> ")]


def comparable(line: str) -> str:
    """A line for comparing: columns may be aligned otherwise, white space at its beginning counts."""
    indent = line[: len(line) - len(line.lstrip())]
    return indent + " ".join(line.split())


def told(output: str, printed: str) -> bool:
    """Whether ``printed`` is what the manual quotes, each line … of which stands for any number of lines."""
    parts = [re.escape(comparable(line)) + "\n" for line in output.splitlines()]
    pattern = "".join(r"(?:.*\n)*" if part == re.escape(LEFT_OUT) + "\n" else part for part in parts)
    return re.fullmatch(pattern, "".join(comparable(line) + "\n" for line in printed.splitlines())) is not None


def no_office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "find_office", lambda: None)


def two_faults(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.root / "inputs" / "113-1" / "資料集.xlsx"
    book = openpyxl.load_workbook(path)
    book["預定開放"]["B4"], book["預定開放"]["C6"] = 11313, "公務預算科"
    book.save(path)


def hand_edit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.run("build", "113-1", "--format", "docx")
    path = desk.output("02 報告事項第一案.docx")
    path.write_bytes(path.read_bytes() + b" ")
    saved = dt.datetime(2024, 4, 24, 15, 30, 12).timestamp()
    os.utime(path, (saved, saved))


def open_in_word(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(path)

    desk.run("build", "113-1", "--format", "docx")
    desk.output("01 議程.docx").write_bytes(b"open")
    monkeypatch.setattr(outputs, "_keep", refuse)


def wrong_tag(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    change(desk.root / "templates" / "議程.docx", lambda xml: xml.replace("會議.地點", "會議.地址"))


def in_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 4, 18))


def one_more_published(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    in_time(desk, monkeypatch)
    assert desk.run("release", "113-1").exit_code == 0
    path = desk.root / "inputs" / "113-1" / "資料集.xlsx"
    book = openpyxl.load_workbook(path)
    book["預定開放"]["D5"] = "★"
    book.save(path)


def held(status: str) -> Callable[[Desk, pytest.MonkeyPatch], None]:
    """The meeting took place; all came, all was decided."""

    def fill(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        assert desk.run("new", "113-1", "--minutes").exit_code == 0
        path = desk.root / "inputs" / "113-1" / "會議紀錄.xlsx"
        book = openpyxl.load_workbook(path)
        for row in book["紀錄資訊"].iter_rows(min_row=2):
            row[1].value = {"紀錄狀態": status, "散會": "16:10"}.get(row[0].value, row[1].value)
        for name, column, value in (("出席", "出席", "出席"), ("決議", "內容", "照案通過。")):
            heading = next(cell for cell in book[name][1] if cell.value == column)
            for row in book[name].iter_rows(min_row=2):
                if row[0].value:
                    reported = name == "決議" and row[0].value.startswith("報")
                    row[heading.column - 1].value = "洽悉。" if reported else value
        book.save(path)

    return fill


def replied(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The draft went out, and three members answered."""
    held("草稿")(desk, monkeypatch)
    assert desk.run("build", "113-1", "--only", "會議紀錄", "--format", "docx").exit_code == 0

    def change_draft(root: Any) -> None:
        place = test_replies.paragraph(root, "照案通過。")
        test_replies.rewrite(place, "決議：照案通過", test_replies.marked("ins", "範例委員壬", "並請儘速辦理"), "。")

    path = test_replies.returned(desk, "彙整稿.docx", change_draft)
    saved = dt.datetime(2024, 5, 14, 2, 0, tzinfo=dt.UTC).timestamp()
    os.utime(path, (saved, saved))
    name = "範例委員癸 <kuei@example.org>"
    test_replies.mail(
        desk, "委員癸回信.eml", name, "您好：\n\n報告事項第二案的「洽悉」請修正為「准予備查」。\n\n謝謝\n"
    )
    test_replies.mail(desk, "委員丑回信.eml", "範例委員丑 <chou@example.org>", "敬悉，無修正意見。\n")
    (desk.root / "回復").rename(desk.root.parent / "回復")


def three_meetings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread of docs/sample: from a decision of 113-1 over 113-2 to its closure at 114-1."""
    monkeypatch.setattr(options, "today", lambda: dt.date(2025, 5, 1))
    for folder in sorted((REPO / "docs" / "sample").glob("11*")):
        shutil.copytree(folder, desk.root / "inputs" / folder.name, dirs_exist_ok=True)


def saved_then(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workbooks were saved on a day before the meeting."""
    in_time(desk, monkeypatch)
    saved = dt.datetime(2024, 4, 17, 9, 30).timestamp()
    for path in (desk.root / "inputs" / "113-1").iterdir():
        os.utime(path, (saved, saved))


def catalogue(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform knows three of the planned data sets, one under another name."""
    rows = [
        ("170001", "113年度中央政府總預算—人工表", "行政院主計總處公務預算處", "2024-04-01"),
        ("170002", "113年度中央政府總預算-分析表(XML)", "行政院主計總處公務預算處", "2024-04-01"),
        ("6053", "進口物價基本分類指數", "行政院主計總處綜合統計處", "2024-03-15"),
    ]
    test_catalogue.export(desk, rows)


# What happened before a command, where it is not the first meeting of 113 as it lies there.
BEFORE: dict[str, Callable[[Desk, pytest.MonkeyPatch], None]] = {
    "packet doctor": no_office,
    "packet check 113-1 --mark": two_faults,
    "packet build 113-1 --only 報告事項第一案 --format docx": hand_edit,
    "packet build 113-1 --only 議程 --format docx": open_in_word,
    "packet build 113-1 --only 議程": no_office,
    "packet template check": wrong_tag,
    "packet mail 113-1 --kind 會議紀錄草稿": held("草稿"),
    "packet release 113-1": in_time,
    "packet diff 113-1": one_more_published,
    "packet publish 113-1": held("定稿"),
    "packet catalogue 113-1": catalogue,
    "packet figures 113-1 預定開放.已上架數 --history": one_more_published,
    "packet publish 113-1 --roster": in_time,
    "packet status 113-1": saved_then,
    "packet year 113": three_meetings,
    "packet supplement 113-1": one_more_published,
    "packet replies 113-1 回復": replied,
    "packet decisions 應用程式介面 --unit 綜合統計處": three_meetings,
    "packet decisions --promises 應用程式介面": three_meetings,
}


def params() -> Iterator[Any]:
    for command, _ in quoted():
        starts = command == "packet build 113-1" or command.split()[1] in (
            "mail",
            "release",
            "diff",
            "publish",
            "supplement",
        )
        marks = [pytest.mark.office] if starts else []
        yield pytest.param(command, marks=marks)


def test_no_command_is_quoted_twice_and_each_story_is_told() -> None:
    shown = [command for command, _ in quoted()]
    assert len(shown) == len(set(shown))
    assert set(BEFORE) <= set(shown)


@pytest.mark.slow
@pytest.mark.parametrize("command", list(params()))
def test_a_command_prints_what_the_manual_says(
    command: str, own_desk: Desk, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    BEFORE.get(command, lambda desk, patch: None)(own_desk, monkeypatch)
    monkeypatch.chdir(own_desk.root.parent)
    arguments = shlex.split(command)
    assert arguments.pop(0) == "packet"
    printed = own_desk.run(*arguments).output
    output = dict(quoted())[command]
    if pytestconfig.getoption("--renew-goldens") and LEFT_OUT not in output.splitlines():
        renew(f"```text\n> {command}\n{output}```", f"```text\n> {command}\n{printed}```")
        output = dict(quoted())[command]
    assert told(output, printed), printed


MISUSES = {
    ("--workspace", ".", "check", "113-1"): "不是工作區（要有 inputs 與 templates 資料夾）",
    ("check", "113"): "不是會議編號",
    ("check", "113-9"): "沒有 inputs/113-9 這個資料夾",
    ("new", "113-1"): "已經有檔案，沒有更動任何檔案",
}


@pytest.mark.parametrize("arguments", list(MISUSES))
def test_a_wrong_use_says_what_the_manual_quotes(
    arguments: tuple[str, ...], own_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own_desk.root.parent)
    result = own_desk.run(*arguments)
    assert result.exit_code == 2
    assert MISUSES[arguments] in result.output
    assert f"| {MISUSES[arguments]} |" in manual()


# ----------------------------------------------------------------------------------------------------------------------
# What the manual promises about cells


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under this row of headings."""
    lines = manual().partition(f"{heading}\n")[2].splitlines()[1:]
    table = lines[: next(number for number, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table]


@pytest.mark.slow
def test_what_the_first_page_shows_is_a_meeting_that_builds(desk: Desk, tmp_path: Path) -> None:
    new = Desk(tmp_path / "新機關")
    assert desk.run("init", str(new.root)).exit_code == 0
    agency = new.root / "inputs" / "機關.xlsx"
    test_starting.fill(agency, "機關", test_starting.AGENCY)
    test_starting.fill(agency, "單位", {"單位": "資訊處"})
    assert new.run("new", "114-1").exit_code == 0
    meeting, data = (new.root / "inputs" / "114-1" / name for name in ("會議.xlsx", "資料集.xlsx"))
    facts = {"會議日期": "114-04-29", "開始時間": "14:30", "地點": "第1會議室", "資料基準日": "114-04-01"}
    test_starting.fill(meeting, "會議資訊", facts)
    for sheet, headings in (("案由", "| 案號 | 類別 | 單位 | 案由 |"), ("說明", "| 案號 | 層級 | 標題 | 內容 |")):
        for row in rows(headings):
            names = [name.strip() for name in headings.strip("| ").split("|")]
            test_starting.fill(meeting, sheet, {name: value for name, value in zip(names, row, strict=True) if value})
    listed = {"資料集項目名稱": "潮位站清單", "開放年月": "11403", "資料開放單位": "資訊處", "已上架": "★"}
    test_starting.fill(data, "預定開放", listed)
    assert new.problems("114-1") == []
    assert new.run("build", "114-1", "--format", "docx").exit_code == 0
    assert "計1項，已上架1項。" in "".join(new.texts("114-1").values())


PARSERS: dict[str, Callable[[object], Any]] = {
    "日期": values.date,
    "年月": values.year_month,
    "起訖年月": values.period,
    "時間": values.time,
    "數字": values.count,
    "是": values.flag,
}


def test_every_way_of_writing_in_the_manual_is_read_alike() -> None:
    table = {kind: re.findall(r"`(.+?)`", spellings) for kind, spellings in rows("| 種類 | 可以寫成 |")}
    assert list(table) == list(PARSERS)
    for kind, spellings in table.items():
        assert len(spellings) > 1
        assert len({PARSERS[kind](spelling) for spelling in spellings}) == 1, spellings


@pytest.mark.slow
def test_every_placeholder_in_the_manual_prints_what_it_says(own_desk: Desk) -> None:
    examples = [(tag.strip("`"), shown) for tag, shown in rows("| 寫法 | 印出 |")]
    assert len(examples) > 5
    path = own_desk.root / "inputs" / "113-1" / "會議.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["說明"]
    case = next(row for row in range(2, 99) if sheet.cell(row, 1).value == "討1")
    sheet.cell(case, 4).value = "".join(f"【{tag}】" for tag, _ in examples)
    book.save(path)
    result = own_desk.run("build", "113-1", "--only", "討論事項第一案", "--format", "docx")
    assert result.exit_code == 0, result.output
    text = "".join(own_desk.texts()["07 討論事項第一案"].split())
    assert "".join(f"【{shown}】" for _, shown in examples) in text


def test_the_table_of_workbooks_is_that_of_the_program() -> None:
    table: dict[str, list[str]] = {}
    for book, sheet, _ in rows("| 活頁簿 | 工作表 | 填什麼 |"):
        table.setdefault(book or list(table)[-1], []).append(sheet)
    table.pop("機關.xlsx")
    assert table == {f"{book}.xlsx": [record.sheet.name for record in records] for book, records in index.BOOKS.items()}


def test_the_page_of_all_columns_is_that_of_the_program() -> None:
    page = (REPO / "docs" / "工作表.md").read_text(encoding="utf-8")
    assert page == index.manual(), "python -m generator.meeting.sheets.index > docs/工作表.md"


# ----------------------------------------------------------------------------------------------------------------------
# Commands and pictures


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, group
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name), command


def appendix() -> str:
    """What the appendix must hold: the help text of each command under its name."""
    parts = []
    for path, _ in every_command(packet):
        result = CliRunner().invoke(packet, [*path, "--help"], prog_name="packet")
        assert result.exit_code == 0
        parts.append(f"### {' '.join(['packet', *path])}\n\n```text\n{result.output}```\n")
    return "\n".join(parts)


def test_the_appendix_holds_the_help_of_every_command(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text, wanted = manual(), appendix()
    start = text.index(APPENDIX)
    first = text.find("### ", start)
    if pytestconfig.getoption("--renew-goldens"):
        renew(text[start:], f"{text[start : first if first > 0 else None].rstrip()}\n\n{wanted}")
        text = manual()
        first = text.find("### ", start)
    assert text[first:] == wanted


def test_every_command_and_option_is_told_of_before_the_appendix() -> None:
    text = body() + manual().partition(APPENDIX)[2].partition("\n### ")[0]
    for path, command in every_command(packet):
        if not isinstance(command, click.Group):
            assert " ".join(["packet", *path]) in text, path
        with click.Context(command, info_name="packet") as context:
            for param in command.get_params(context):
                for option in param.opts if isinstance(param, click.Option) else []:
                    assert re.search(rf"{option}(?![\w-])", text), (path, option)


def test_every_picture_is_there_and_small_and_every_one_is_shown() -> None:
    linked = [MANUAL.parent / unquote(target) for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", manual())]
    assert len(linked) > 2
    for path in linked:
        assert path.read_bytes().startswith(b"\x89PNG"), path.name
        assert path.stat().st_size <= 120 * 1024, path.name
    assert sorted((MANUAL.parent / "images").iterdir()) == sorted(linked)
