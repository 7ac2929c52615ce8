"""Long tables: what is written as text is, byte for byte, what docxtpl and the layout would have made of it."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import REPO, Desk

from generator.basic.problem import Problem
from generator.word import long_tables, tables
from generator.word import render as templates

PROPERTIES = templates.Properties("清單", "海風部", dt.date(2024, 5, 20))
NEVER = 10**9
# Everything that a cell could say and that something on the way could take amiss.
SAID = [
    "", None, "企劃處", "企劃處", "資訊處", "A & B", "a<b>c", "\"引\" 與 'x'", "  前有空白", "後有空白  ", "甲\n乙",
    "\n前", "後\n", "中\n\n間", "\n", "甲\t乙", "\t甲", "甲\t", "\t", "一、某事\n二、別事", "（一）甲\n（二）乙",
    "1. 甲\n2. 乙\n3.5%", "(3)甲", "(3)  甲", "（12）", "註：某事", "一、", "1.", "12.", "1.\t甲", "1. \t甲", "１．甲",
    "一、\t甲", " 一、甲", "3.14", "1,896", "-5%", 0, 1896, -1234567, 10**16, True, False, dt.date(2024, 4, 2),
    dt.time(14, 30), ["甲", "乙"], "{{ 甲 }}", "{% if %}", "{_{", "_}", "{", "<?rows 0?>", "&amp;", "]]>",
    "很長的名稱" * 15, "x" * 60, "★", "é", "𠀀", "\u3000", "\u00a0",
]  # fmt: skip
NAME = "{{ 列.資料集項目名稱 }}"
MERGED, FITTED = "{{ 合併相同 }}", "{{ 欄寬依內容 }}"
RUN = "</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>"
PARAGRAPH = '</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr><w:r><w:t>'
WIDE = '<w:tcW w:w="1640" w:type="dxa"/>'
LISTS = ["預定開放清單", "下載排名", "品質統計表", "下架清單"]


def context(template: str, count: int, chosen: random.Random, width: int = 4) -> dict[str, Any]:
    """What a template needs, with rows of anything at all; about as many of them have equal neighbours as not."""

    def anything() -> Any:
        return chosen.choice(SAID if chosen.random() < 0.6 else ["企劃處", "已整併 & 停用\n詳見附註", 12])

    if template == "一般表格":
        texts = [[str(anything() or "") for _ in range(width)] for _ in range(count)]
        table: dict[str, Any] = {"欄位": [f"第{number}欄" for number in range(width)], "列": texts}
    else:
        table = {"列": [{name: anything() for name in columns(template)} for _ in range(count)]}
    figures = {name: 7 for name in columns("品質統計表")}
    note = {"標號": "註：", "內容": "一、某事。"}
    own = {"標號": "附件1", "標題": "清單", "副標題": "（單位：筆）", "附註標題": "", "附註": [note]}
    return {"本附件": own, "表": table, "品質檢測": figures, "機關": {"品質檢測起日": dt.date(2024, 4, 2)}}


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many loops of each document were written as text."""
    seen: list[int] = []
    real = long_tables.set_apart

    def spied(*given: Any) -> Any:
        made = real(*given)
        seen.append(len(made[2]))
        return made

    monkeypatch.setattr(long_tables, "set_apart", spied)
    return seen


Both = Callable[..., tuple[bytes | None, list[Problem]]]


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch, apart: list[int]) -> Both:
    """Renders a template the plain way and as text, and finds them the same; ``loops`` of it are written as text."""

    def render(path: Path, given: dict[str, Any], loops: int = 1) -> tuple[bytes | None, list[Problem]]:
        made = []
        for many in (NEVER, 0):
            monkeypatch.setattr(long_tables, "MANY", many)
            problems: list[Problem] = []
            made.append((templates.render(path, given, PROPERTIES, problems), problems))
        assert apart[-2:] == [0, loops]
        plain, fast = made
        assert fast[1] == plain[1]
        assert document(fast[0]) == document(plain[0])
        assert fast[0] == plain[0]
        return fast

    return render


def document(package: bytes | None) -> str:
    if package is None:
        return ""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.read("word/document.xml").decode("utf-8")


def edited(folder: Path, template: str, *edits: tuple[str, str]) -> Path:
    """A standard template with texts of its document replaced, each of which it has."""
    path = folder / f"{template}.docx"
    with zipfile.ZipFile(REPO / "templates" / path.name) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = parts["word/document.xml"].decode("utf-8")
    for old, new in edits:
        assert old in xml, old
        xml = xml.replace(old, new)
    parts["word/document.xml"] = xml.encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def found(pattern: str) -> str:
    """A piece of the XML of 預定開放清單.docx."""
    piece = re.search(pattern, document((REPO / "templates" / "預定開放清單.docx").read_bytes()), re.DOTALL)
    assert piece is not None
    return piece[0]


def tag(text: str) -> str:
    return f"<w:p><w:r><w:t>{{%p {text} %}}</w:t></w:r></w:p>"


def columns(template: str) -> list[str]:
    """What the rows of a standard template say."""
    return re.findall(r"\{\{ 列\.(\w+) \}\}", document((REPO / "templates" / f"{template}.docx").read_bytes()))


TABLE = found("<w:tbl>.*</w:tbl>")
LOOP = found(r'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="9071".*</w:tr>(?=</w:tbl>)')
ROW = found(r"<w:tr>(?:(?!<w:tr>).)*列\.序號.*?</w:tr>")


# --- the same bytes -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 27, 28, 29, 140])
@pytest.mark.parametrize("template", [*LISTS, "一般表格"])
def test_a_standard_table_written_as_text_is_the_same_byte_for_byte(both: Both, template: str, count: int) -> None:
    made, problems = both(REPO / "templates" / f"{template}.docx", context(template, count, random.Random(count)))
    assert made is not None
    assert problems == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, len(SAID), 9))
def test_any_text_is_merged_and_fitted_as_in_the_plain_way(both: Both, first: int) -> None:
    given = context("下架清單", 1, random.Random(1))
    given["表"]["列"] = [
        {"項次": said, "下架資料集名稱": "甲", "下架原因": said, "備註": said if at else "企劃處"}
        for said in SAID[first : first + 9]
        for at in range(3)
    ]
    both(REPO / "templates" / "下架清單.docx", given)
    given["表"] = {"欄位": ["甲"] * 9, "列": [[str(said or "") for said in SAID[first : first + 9]]] * 3}
    both(REPO / "templates" / "一般表格.docx", given)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edits", "loops"),
    [
        ([(NAME, f"第{{{{ 列.序號 }}}}號：{NAME}")], 1),
        ([(NAME, f"（{{{{ 列.序號 }}}}）{NAME}")], 1),
        ([(NAME, f"{{{{ 列.序號 }}}}{RUN}{NAME}")], 1),
        ([(NAME, f"{NAME}{PARAGRAPH}{{{{ 列.已上架 }}}}{PARAGRAPH}一、固定的字")], 1),
        ([(NAME, f"{NAME}{PARAGRAPH}")], 1),
        ([(NAME, "固定 &amp; 文字"), ("{{ 列.開放年月 }}", "（一）固定的字")], 1),
        ([(NAME, "{{ loop.index }}.{{ loop.last }}{{ 本附件.標題 }}")], 1),
        ([(f">{name}<", f">{name}{MERGED}<") for name in ("資料集項目名稱", "開放年月", "資料開放單位")], 1),
        ([(">資料集項目名稱<", f">資料集項目名稱{MERGED}{FITTED}<"), (">已上架<", f">已上架{MERGED}<")], 1),
        ([(NAME, f"{NAME}{PARAGRAPH}{{{{ 列.已上架 }}}}"), (">資料集項目名稱<", f">甲{MERGED}{FITTED}<")], 1),
        ([("</w:tbl>", f"</w:tbl><w:p><w:r><w:t>一、{{{{ 表.列[0].序號 }}}}</w:t></w:r></w:p>{TABLE}")], 2),
        ([(LOOP, LOOP * 2 + ROW.replace("{{ 列.", "{{ 表.列[0].")), (">資料開放單位<", f">甲{MERGED}<")], 2),
        ([(WIDE, f'{WIDE}<w:gridSpan w:val="2"/>'), (">已上架<", f">已上架{MERGED}<")], 1),
        ([(ROW, ROW.replace('<w:pPr><w:pStyle w:val="TableSmall"/></w:pPr>', ""))], 1),
        ([(TABLE, f"{tag('if 表.列')}{TABLE}{tag('else')}{TABLE}{tag('endif')}")], 2),
    ],
)
def test_a_table_of_an_agencys_own_is_the_same_as_well(
    tmp_path: Path, both: Both, edits: list[tuple[str, str]], loops: int
) -> None:
    path = edited(tmp_path, "預定開放清單", *edits)
    for count in (3, 45):
        made, problems = both(path, context("預定開放清單", count, random.Random(count)), loops)
        assert made is not None
        assert problems == []


def test_cells_of_dynamic_columns_may_say_more_than_their_value(tmp_path: Path, both: Both) -> None:
    path = edited(tmp_path, "一般表格", ("{{ 值 }}", "（{{ loop.index }}）{{ 值 }}"))
    both(path, context("一般表格", 30, random.Random(3)))


# --- what is left to the plain way --------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "edits",
    [
        [(NAME, f"{{% if 列.已上架 %}}甲{{% endif %}}{NAME}")],
        [(ROW, ROW * 2)],
        [(NAME, "{{- 列.資料集項目名稱 -}}")],
        [(NAME, f"{{# 說明 #}}{NAME}")],
        [(TABLE, f"{tag('for 次 in [1, 2]')}{TABLE}{tag('endfor')}")],
        [('"TableSmall"/>', '"LevelTwo"/>')],
        [(ROW, ROW.replace("<w:tr>", '<w:tr xmlns:甲="urn:x">'))],
    ],
)
def test_rows_that_hold_more_than_texts_are_left_to_the_plain_way(
    tmp_path: Path, both: Both, edits: list[tuple[str, str]]
) -> None:
    made, _ = both(edited(tmp_path, "預定開放清單", *edits), context("預定開放清單", 30, random.Random(4)), loops=0)
    assert made is not None


def test_rows_of_unequal_length_are_left_to_the_plain_way(both: Both) -> None:
    given = context("一般表格", 30, random.Random(5))
    given["表"]["列"][20].append("多一格")
    both(REPO / "templates" / "一般表格.docx", given, loops=0)


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["\x07", "\x0c", "\r", tables.MERGE_MARK, "\ufdd2"])
def test_signs_that_no_cell_holds_are_left_to_the_plain_way(both: Both, sign: str) -> None:
    given = context("預定開放清單", 30, random.Random(6))
    given["表"]["列"][20]["資料開放單位"] = f"甲{sign}乙"
    both(REPO / "templates" / "預定開放清單.docx", given, loops=0)


def test_a_short_list_goes_the_plain_way(apart: list[int]) -> None:
    path = REPO / "templates" / "預定開放清單.docx"
    for count in (long_tables.MANY, long_tables.MANY + 1):
        templates.render(path, context("預定開放清單", count, random.Random(7)), PROPERTIES, [])
    assert apart == [0, 1]


def test_a_value_that_is_missing_far_below_is_a_problem_with_its_paragraph(both: Both) -> None:
    given = context("預定開放清單", 300, random.Random(8))
    del given["表"]["列"][250]["開放年月"]
    made, (problem,) = both(REPO / "templates" / "預定開放清單.docx", given, loops=0)
    assert made is None
    assert problem.code == "template-failed"
    assert "第 14 段「{{ 列.開放年月 }}」" in str(problem.at)
    assert "沒有「開放年月」這個名稱" in problem.text


# --- long ones ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_long_table_takes_less_memory_than_its_document() -> None:
    """docxtpl alone takes several times as much."""
    given = context("預定開放清單", 8000, random.Random(9))
    path = REPO / "templates" / "預定開放清單.docx"
    templates.render(path, context("預定開放清單", 3, random.Random(9)), PROPERTIES, [])
    tracemalloc.start()
    made = templates.render(path, given, PROPERTIES, [])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < len(document(made).encode())


@pytest.mark.slow
def test_a_build_with_a_long_table_is_the_same_either_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 測站 | 工作表:潮位站 |")
    lines = "".join(f"| 北港{at} | {at} | 一、每日\\n二、每月 | R&D |\n" for at in range(300))
    desk.book("113-1/測站.xlsx", 潮位站=f"| 站名 | 筆數 | 頻率 | 備註 |\n{lines}")
    made = []
    for many in (NEVER, long_tables.MANY):
        monkeypatch.setattr(long_tables, "MANY", many)
        assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
        path = next(path for path in desk.output().glob("*.docx") if "測站" in path.name)
        made.append(path.read_bytes())
        path.unlink()
    assert made[0] == made[1]
    assert document(made[0]).count("<w:tr>") == 301


def test_what_repeats_over_pages_is_said_again_in_a_long_list_too(both: Both) -> None:
    given = context("下架清單", 1, random.Random(10))
    given["表"]["列"] = [
        {"項次": at, "下架資料集名稱": f"第{at}號", "下架原因": "已整併", "備註": "已併入其他資料集，" * 9}
        for at in range(60)
    ]
    made, _ = both(REPO / "templates" / "下架清單.docx", given)
    xml = document(made)
    assert xml.count('<w:vMerge w:val="restart"/>') == 5
    assert xml.count(f">{tables.DITTO}<") == 55
