"""What may be written in a cell is listed: everything else is refused at the cell, quickly and with no damage done."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import docx
import pytest
from conftest import Desk
from hypothesis import given, settings
from hypothesis import strategies as st
from test_prose import faults, printed

from generator.basic.package import Properties
from generator.basic.problem import Location, Problem
from generator.meeting import figures
from generator.prose.vocabulary import Vocabulary
from generator.setup import sample
from generator.word import render

RANKING = """
| 資料集識別碼 | 上架時間 | 更新頻率 | 資料更新時間 | 資料集名稱 | 累計瀏覽次數 | 累計下載次數 |
| 1 | 103-06-19 | 每月 | 113-03-07 | 潮位年報 | 9 | 8 |
"""
TOO_MUCH, FAILED = [("prose-too-much", "說明D2")], [("prose-failed", "說明D2")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{{{{ {'(' * 70}1{')' * 70} }}}}", TOO_MUCH),
        (f"{{{{ {'9' * 4400} }}}}", TOO_MUCH),
        (f"{{{{ {'not ' * 400}1 }}}}", TOO_MUCH),
        (f"{{{{ 會議.地點{'|正文' * 200} }}}}", TOO_MUCH),
        ("{% if 1 %}" * 40 + "甲" + "{% endif %}" * 40, TOO_MUCH),
        ("{{ 1 }}" * 400, TOO_MUCH),
        ("{% set a = 'x' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}", FAILED),
        ("{% for a in 下載統計.名稱 %}{% for b in 下載統計.名稱 %}甲{% endfor %}{% endfor %}", FAILED),
        ("{% set l = [] %}{% for a in 下載統計.名稱 %}{{ l.append(l) }}{% endfor %}", FAILED),
        ("{{ (1).to_bytes(999999999, 'big') }}", FAILED),
        ("{{ 下載統計.名稱.clear() }}", FAILED),
        ("{% set x = 下載統計.名稱 %}{{ x.clear() }}", FAILED),
        ("{{ '甲' ~ '乙' }}", FAILED),
        ("{{ '甲' + '乙' }}", FAILED),
        ("{{ [下載統計.名稱, 下載統計.名稱] }}", FAILED),
        ("{{ 會議.地點|正文(1) }}", FAILED),
        ("{{ 附件(名稱='甲') }}", FAILED),
        ("{% raw %}{{ 甲 }}{% endraw %}", FAILED),
        ("{% macro 甲() %}乙{% endmacro %}", FAILED),
        ("{% block 甲 %}乙{% endblock %}", FAILED),
        ("{% filter 正文 %}乙{% endfilter %}", FAILED),
        ("{% extends '案' %}", FAILED),
        ("{{ 1e999 }}", TOO_MUCH),
        ("{{ '\\ud800' }}", FAILED),
        ("{{ '甲\\x00' }}", FAILED),
        ("{{ '\\u202e甲' }}", FAILED),
        ("{{ 附件('\\ufffe') }}", FAILED),
    ],
)
def test_what_would_hang_or_fill_the_memory_is_refused_at_its_cell(
    desk: Desk, text: str, expected: list[tuple[str, str]]
) -> None:
    assert faults(desk, text, 下載統計=RANKING) == expected


@pytest.mark.parametrize("text", ["9" * 5000, "第" + "0" * 5000 + "號", "1" + ",000" * 2000, "9" * 400 + ".5"])
def test_more_digits_than_any_number_has_are_a_text_like_any_other(desk: Desk, text: str) -> None:
    found = [one for one in desk_with(desk, text).problems() if one["sheet"] == "說明"]
    assert {one["code"] for one in found} <= {"loose-number"}
    assert all(len(one["text"]) < 200 for one in found)


def desk_with(desk: Desk, text: str) -> Desk:
    desk.meeting(
        說明=f"| 案號 | 層級 | 標題 | 內容 |\n| 討1 | 1 | | {text}字。 |\n| 討1 | 1 | | 以上所擬是否妥適，提請討論。 |"
    )
    ranked = RANKING.replace("| 9 | 8 |", f"| {'1' + ',000' * 2000} | 8 |")
    desk.book("113-1/下載.xlsx", 下載統計=ranked)
    return desk


@pytest.mark.slow
def test_a_cell_that_would_print_more_than_anyone_reads_is_refused(desk: Desk) -> None:
    long = "潮" * 30_000
    rows = "".join(f"| {n} | 103-06-19 | 每月 | 113-03-07 | {long}{n} | 9 | {8 - n} |\n" for n in range(2, 7))
    assert TOO_MUCH[0] in faults(desk, "{{ 下載統計.名稱 }}", 下載統計=RANKING + rows)


def test_a_figure_cannot_be_changed_by_a_text_that_prints_it(desk: Desk) -> None:
    """Printed after a cell that tried to empty it, the figure is still whole."""
    assert "一、潮位年報與潮位年報。" in printed(desk, "{{ 下載統計.名稱 }}與{{ 下載統計.名稱 }}。", 下載統計=RANKING)


def test_conditions_sums_and_the_listed_filters_still_work(desk: Desk) -> None:
    text = "{% if 下載統計.名次數 > 1 %}甲{% elif 會議.年度 is defined %}乙{% else %}丙{% endif %}"
    assert "一、乙，計4項、1,130。" in printed(
        desk, text + "，計{{ 下載統計.名次數 + 3 }}項、{{ 會議.年度 + 1017 }}。", 下載統計=RANKING
    )


# --- Word templates keep their loops, within bounds ---------------------------------------------------------------


def rendered(folder: Path, text: str) -> list[Problem]:
    path = folder / "試.docx"
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    document.save(str(path))
    found: list[Problem] = []
    context = {"清單": [{"名": "甲"}] * 2000, "附件": lambda *names: "附件"}
    render.render(path, context, Properties("試", "試", dt.date(2024, 1, 1)), found)
    return found


@pytest.mark.slow
def test_loops_within_loops_end_in_a_problem_and_not_in_a_full_memory(tmp_path: Path) -> None:
    body = "{%p for 甲 in 清單 %}\n{%p for 乙 in 清單 %}\n{{ 乙.名 }}\n{%p endfor %}\n{%p endfor %}"
    [problem] = rendered(tmp_path, body)
    assert problem.code == "template-failed"
    assert "迴圈重複太多次" in problem.text


@pytest.mark.parametrize("text", ["{{ 清單.clear() }}", "{{ 清單[0].update(清單[0]) }}", "{% set 甲 = '乙' ~ '丙' %}"])
def test_a_template_calls_nothing_and_changes_nothing(tmp_path: Path, text: str) -> None:
    [problem] = rendered(tmp_path, text)
    assert problem.code == "template-failed"


# --- Anything at all ------------------------------------------------------------------------------------------------

MEETING = sample.meeting(3, 3)
WORDS = Vocabulary(MEETING, figures.compute(MEETING))
PIECES = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "{",
            "}",
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "|",
            "~",
            "+",
            "-",
            "*",
            "**",
            "//",
        ),
        *("if", "elif", "else", "endif", "for", "in", "endfor", "set", "=", "not", "is", "defined", "raw", "endraw"),
        *(
            "會議",
            ".地點",
            ".日期",
            "下載統計.名稱",
            "附件",
            "('甲')",
            "|正文",
            "|年月日",
            "|萬",
            "|前一日",
            "x",
            "self",
        ),
        *(
            "__class__",
            ".items()",
            ".clear()",
            "'甲'",
            '"',
            "9" * 20,
            "1e400",
            "0x" + "f" * 5000,
            "\n",
            "　",
            "甲",
            "｛",
        ),
    ]
)
NESTED = st.builds(
    lambda many, sign: f"{{{{ {sign[0] * many}1{sign[1] * many} }}}}",
    st.integers(1, 400),
    st.sampled_from(["()", "[]"]),
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=40).map(" ".join),
    st.lists(PIECES, max_size=20).map(lambda pieces: f"{{{{ {' '.join(pieces)} }}}}"),
    NESTED,
    st.text(max_size=60).map(lambda text: f"{{{{ {text} }}}}"),
)


@pytest.mark.slow
@given(TEXTS)
@settings(max_examples=300)
def test_any_text_prints_or_is_a_problem_and_leaves_the_figures_alone(text: str) -> None:
    before = {name: str(figure.value) for name, figure in WORDS.figures.items()}
    problems: list[Problem] = []
    shown = WORDS.render(text, None, Location("會議.xlsx", "說明", "D2"), problems)
    assert len(shown) <= 200_000
    assert {problem.at.cell for problem in problems} <= {"D2"}
    assert {name: str(figure.value) for name, figure in WORDS.figures.items()} == before
