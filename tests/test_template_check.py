"""`packet template check`: templates broken in the test, one fault each and all at once."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import REPO, Desk, docx_text

RUN = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
Edit = Callable[[str], str]


def change(path: Path, edit: Edit, part: str = "word/document.xml") -> None:
    """Rewrites one part of a .docx; the edit must change something."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    before = content[part].decode("utf-8")
    after = edit(before)
    assert after != before
    content[part] = after.encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)


def text(old: str, new: str) -> Edit:
    return lambda xml: xml.replace(old, new, 1)


def added(*paragraphs: str) -> Edit:
    """Paragraphs at the head of the body; what is not XML becomes a run."""
    runs = [one if one.startswith("<w:") else RUN.format(one) for one in paragraphs]
    xml = "".join(f"<w:p>{run}</w:p>" for run in runs)
    return lambda body: body.replace("<w:body>", f"<w:body>{xml}", 1)


def found(desk: Desk, *arguments: str) -> list[dict[str, Any]]:
    result = desk.run("template", "check", *arguments, "--json")
    problems: list[dict[str, Any]] = json.loads(result.stdout)["problems"]
    assert result.exit_code == (1 if any(one["severity"] == "error" for one in problems) else 0)
    return problems


def codes(desk: Desk) -> list[str]:
    return [one["code"] for one in found(desk)]


def case(desk: Desk) -> Path:
    return desk.root / "templates" / "案.docx"


def number(path: Path, words: str) -> int:
    """The first paragraph, from 1, that holds the words."""
    lines = docx_text(path).split("\n")
    return next(at for at, line in enumerate(lines, start=1) if words in line)


# --- the standard templates -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("meeting", [(), ("113-1",)])
def test_the_repos_own_templates_are_without_fault(own_desk: Desk, meeting: tuple[str, ...]) -> None:
    result = own_desk.run("template", "check", *meeting)
    assert result.exit_code == 0
    assert result.output.startswith("沒有發現問題。\n")


def test_all_templates_share_one_set_of_styles() -> None:
    from generator.word import looks
    from generator.word.lint.texts import Package

    sets = {
        path.name: looks.definitions(Package(path).styles.root) for path in sorted((REPO / "templates").glob("*.docx"))
    }
    assert len(sets) >= 10
    first = next(iter(sets.values()))
    assert {"層次一", "表頭", "（預設格式）"} <= set(first)
    assert all(one == first for one in sets.values())


@pytest.mark.slow
def test_the_names_of_each_template_are_listed(own_desk: Desk) -> None:
    listed = "案：本案.類別、本案.案次、本案.密等、本案.單位、本案.單位稱謂、"
    assert listed in own_desk.run("template", "check", "--names").output
    assert listed not in own_desk.run("template", "check").output
    answer = json.loads(own_desk.run("template", "check", "--json").stdout)
    assert answer["meeting"] == "113-1"
    assert answer["names"]["議程"][:3] == ["機關.全銜", "會議.名稱", "會議.時間"]
    assert "列.累計下載次數" in answer["names"]["下載排名"]


@pytest.mark.slow
def test_a_workspace_without_meetings_is_checked_on_sample_data(desk: Desk) -> None:
    assert found(desk) == []
    change(case(desk), text("{{ 本案.案由 }}", "{{ 本案.安由 }}"))
    assert codes(desk) == ["unknown-name"]


@pytest.mark.slow
def test_a_meeting_that_cannot_be_read_is_mentioned_and_sample_data_remain(desk: Desk) -> None:
    desk.meeting(會議資訊="| 欄位 | 內容 |\n| 地點 | 某處 |")
    assert [(one["code"], one["severity"]) for one in found(desk)] == [("trial-without-meeting", "note")]


def test_an_unknown_meeting_is_wrong_usage(desk: Desk) -> None:
    assert desk.run("template", "check", "113-9").exit_code == 2
    assert desk.run("template", "check", "../x").exit_code == 2


# --- each kind of fault -----------------------------------------------------------------------------------------

FAULTS: dict[str, tuple[Edit, str]] = {
    "tag-syntax": (
        added("{{ 本案.案由 本案.單位 }}"),
        "案.docx 第 1 段「{{ 本案.案由 本案.單位 }}」：標籤 {{ 本案.案由 本案.單位 }} 寫法有誤："
        "不該有「本案」，或前面少了「.」或「|」。請改正後重新輸入整個標籤。",
    ),
    "unknown-name": (
        text("{{ 點.內容 }}", "{{ 點.內客 }}"),
        "沒有「點.內客」這個名稱。是否為「點.內容」？",
    ),
    "unknown-filter": (added("{{ 會議.日期|年月曰 }}"), "沒有「|年月曰」這種寫法。是否為「年月日」？"),
    "full-width-braces": (text("{{ 本案.單位 }}", "｛｛ 本案.單位 ｝｝"), "標籤用了全形大括號。請改為半形"),
    "tag-open": (text("{{ 本案.單位 }}", "{{ 本案.單位 }"), "標籤沒有寫完整：{{ 本案.單位 }"),
    "two-block-tags": (
        text("{%p endfor %}", "{%p endfor %}{%p if 本案.單位 %}{%p endif %}"),
        "同一段有兩個以上的區塊標籤，只有一個有效。請一段只放一個標籤。",
    ),
    "text-beside-tag": (text("{%p endfor %}", "以上{%p endfor %}"), "{%p endfor %} 所在的段還有其他內容，套用後會消失"),
    "block-characters": (
        added("{%p if 本案.單位 == '100%' %}", "甲", "{%p endif %}"),
        "內有 % 或 }。區塊標籤內不能有這兩個字元",
    ),
    "block-prefix": (
        text("{%p for 點 in", "{% p for 點 in"),
        "標籤 {% p for 點 in 部.點 %} 的 p 寫錯位置。p 要緊接在 {% 之後，後面空一個半形空白：{%p …%}。",
    ),
    "tag-merges": (added("{% vm %}"), "不可使用 {% vm %}，內容不同時會遺失資料"),
    "tag-of-subdocument": (added("{{p 本案.案由 }}"), "不可使用 {{p 本案.案由 }}。{{ 之後請空一格"),
    "tag-unknown": (added("{% fro 點 in 本案.說明 %}"), "範本不能用標籤 {% fro 點 in 本案.說明 %}。是否為「for」？"),
    "block-unclosed": (
        text("{%p endfor %}", "尾"),
        " 段「{%p for 署 in 本案.署名 %}」：{%p for 署 in 本案.署名 %} 沒有對應的 {%p endfor %}",
    ),
    "block-unopened": (added("{%p endif %}"), "{%p endif %} 之前沒有對應的開始標籤"),
    "outside-table": (
        added("{%tr for 點 in 本案.說明 %}", "{%tr endfor %}"),
        "{%tr for 點 in 本案.說明 %} 不在它要重複的列、格或段落內",
    ),
    "not-a-list": (
        added("{%p for 字 in 本案.案由 %}", "甲", "{%p endfor %}"),
        "「本案.案由」不是清單，不能用 for 逐項列出",
    ),
    "font-in-text": (
        added('<w:r><w:rPr><w:rFonts w:eastAsia="新細明體"/></w:rPr><w:t>甲</w:t></w:r>'),
        "案.docx 第 1 段「甲」：文字用了「新細明體」。",
    ),
    "style-missing": (text('w:val="Field"', 'w:val="Feld"'), "樣式「Feld」在這個範本裡沒有定義"),
    "template-failed": (
        added("{{ 本案.案由|月日 }}"),
        "案.docx 第 1 段「{{ 本案.案由|月日 }}」：範本無法套用：這個值不能這樣用",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_named_with_place_text_and_remedy(desk: Desk, code: str) -> None:
    edit, message = FAULTS[code]
    desk.meeting()
    change(case(desk), edit)
    result = desk.run("template", "check")
    assert result.exit_code == 1
    assert message in result.output
    assert "錯誤 案.docx 第 " in result.output
    assert set(codes(desk)) == {code}


@pytest.mark.slow
def test_what_other_programs_and_people_leave_is_a_warning_at_its_paragraph(desk: Desk) -> None:
    words = ["«年度»", "${年度}", "[[年度]]", "#REF!", "C:\\Users\\甲", "○○處", "{年度}", "Lorem ipsum"]
    change(case(desk), added(*words))
    listed = [one for one in found(desk) if one["code"] == "template-leftover"]
    assert [(one["severity"], one["cell"]) for one in listed] == [
        ("warning", f"第 {place} 段") for place in range(1, len(words) + 1)
    ]


@pytest.mark.slow
def test_every_fault_of_every_template_comes_at_once_and_in_order(desk: Desk) -> None:
    desk.meeting()
    for code in ("tag-syntax", "unknown-filter", "tag-merges", "full-width-braces", "font-in-text"):
        change(case(desk), FAULTS[code][0])
    change(desk.root / "templates" / "議程.docx", text("{{ 會議.地點 }}", "{{ 會義.地點 }}"))
    change(desk.root / "templates" / "下載排名.docx", text("{{ 列.資料集名稱 }}", "{{ 列.資料及名稱 }}"))
    problems = found(desk)
    assert [one["code"] for one in problems if one["workbook"] == "案.docx"] == [
        "font-in-text", "tag-merges", "unknown-filter", "tag-syntax", "full-width-braces",
    ]  # fmt: skip
    assert {one["remedy"].partition("？")[0] for one in problems if one["code"] == "unknown-name"} == {
        "是否為「會議.地點」",
        "是否為「列.資料集名稱」",
    }
    assert all(one["paragraph"] for one in problems)


@pytest.mark.slow
def test_names_of_the_loop_are_known_inside_it_only(desk: Desk) -> None:
    change(
        case(desk),
        added("{%p for 甲 in 本案.說明 %}", "{{ 甲.標號 }}{{ loop.index }}", "{%p endfor %}", "{{ 甲.標號 }}"),
    )
    assert [(one["code"], one["cell"]) for one in found(desk)] == [("unknown-name", "第 4 段")]


@pytest.mark.slow
def test_blocks_that_close_elsewhere_are_named(desk: Desk) -> None:
    path = desk.root / "templates" / "下架清單.docx"
    change(path, text("{%tr endfor %}", "{%p endfor %}"))
    assert [one["code"] for one in found(desk)] == ["block-crossed"]


@pytest.mark.slow
def test_a_cell_that_would_be_left_without_paragraph_is_found_by_trial(desk: Desk) -> None:
    path = desk.root / "templates" / "下架清單.docx"
    loop = "".join(
        f"<w:p>{RUN.format(one)}</w:p>" for one in ("{%p for 註 in 本附件.附註 %}", "{{ 註.內容 }}", "{%p endfor %}")
    )

    def edit(xml: str) -> str:
        return re.sub(r"<w:p>(?:(?!<w:p>).)*?\{\{ 列\.備註 \}\}.*?</w:p>", loop, xml, count=1)

    change(path, edit)
    problems = found(desk)
    assert [one["code"] for one in problems] == ["cell-emptied"]
    assert problems[0]["text"].endswith("（試印：範例資料，清單 1 筆、下層 0 筆）")


@pytest.mark.slow
def test_footers_and_descriptions_of_tables_are_looked_at(desk: Desk) -> None:
    change(case(desk), text("第 ", "{{ 會議.名偁 }}第 "), "word/footer1.xml")
    change(desk.root / "templates" / "一般表格.docx", text('w:val="{{ 本附件.標題 }}"', 'w:val="{{ 本附件.票題 }}"'))
    assert [(one["workbook"], one["sheet"], one["cell"]) for one in found(desk)] == [
        ("一般表格.docx", "", "第 6 段"),
        ("案.docx", "頁尾", "第 1 段"),
    ]


# --- what Word does to tags -------------------------------------------------------------------------------------

BOLD = "<w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r>"
HARMLESS = {
    "two runs": RUN.format("{{ 本案.") + BOLD.format("案由 }}"),
    "braces apart": RUN.format("{")
    + '<w:proofErr w:type="spellStart"/>'
    + BOLD.format("{ 本案.案由 }")
    + RUN.format("}"),
    "bookmark": RUN.format("{{ 本案") + '<w:bookmarkStart w:id="0" w:name="甲"/>' + RUN.format(".案由 }}"),
    "tab": "<w:r><w:t>{{ 本案</w:t><w:tab/><w:t>.案由 }}</w:t></w:r>",
    "typographic quotes": RUN.format("{{ 附件(“某表”) }}"),
    "full-width space": RUN.format("{{　本案.案由　}}"),
    "comparison": RUN.format("{{ 本案.") + BOLD.format("案由 if 會議.年度 &lt; 200 else 本案.單位 }}"),
}
TORN = {
    "half a link": RUN.format("{{ 本案") + '<w:hyperlink w:anchor="甲">' + RUN.format(".案由 }}甲") + "</w:hyperlink>",
    "brace in a field": RUN.format("{") + "<w:r><w:instrText>x</w:instrText></w:r>" + RUN.format("{ 本案.案由 }}"),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", HARMLESS)
def test_a_tag_over_several_runs_that_is_put_together_again_is_no_fault(desk: Desk, how: str) -> None:
    change(case(desk), added(HARMLESS[how]))
    assert found(desk) == []


@pytest.mark.slow
@pytest.mark.parametrize("how", TORN)
def test_a_tag_that_stays_torn_is_named(desk: Desk, how: str) -> None:
    change(case(desk), added(TORN[how]))
    assert codes(desk) == ["tag-split"]


# --- styles, and files that are no templates --------------------------------------------------------------------


@pytest.mark.slow
def test_a_style_that_differs_from_the_other_templates_is_named(desk: Desk) -> None:
    change(case(desk), text('w:left="960" w:hanging="960"', 'w:left="900" w:hanging="900"'), "word/styles.xml")
    result = desk.run("template", "check")
    assert "錯誤 案.docx〔樣式〕欄位：樣式「欄位」與其他範本（如 一般表格.docx）不同。" in result.output


@pytest.mark.slow
def test_new_ids_and_another_order_of_styles_make_no_difference(desk: Desk) -> None:
    for part in ("word/styles.xml", "word/document.xml", "word/footer1.xml"):
        change(
            case(desk),
            lambda xml: re.sub(r'(styleId|pStyle w:val|basedOn w:val|next w:val)="(\w+)"', r'\1="a\2"', xml),
            part,
        )

    def turned(xml: str) -> str:
        styles = re.findall(r"<w:style .*?</w:style>", xml)
        return re.sub(r"<w:style .*</w:style>", "".join(reversed(styles)), xml, flags=re.DOTALL)

    change(case(desk), turned, "word/styles.xml")
    assert found(desk) == []


@pytest.mark.slow
def test_styles_outside_the_shared_set_and_those_lacking_are_named(desk: Desk) -> None:
    change(case(desk), text('<w:name w:val="欄位"/>', '<w:name w:val="攔位"/>'), "word/styles.xml")
    problems = found(desk)
    assert {one["code"] for one in problems} == {"style-absent", "style-not-shared"}
    assert any("是否為「欄位」？" in one["remedy"] for one in problems)


@pytest.mark.slow
def test_a_typeface_in_a_used_style_is_named(desk: Desk) -> None:
    font = '<w:rPr><w:rFonts w:asciiTheme="minorHAnsi" w:eastAsia="微軟正黑體"/></w:rPr></w:style>'
    change(
        case(desk),
        lambda xml: re.sub(r'(styleId="Field">.*?</w:pPr>)</w:style>', rf"\1{font}", xml, count=1),
        "word/styles.xml",
    )
    change(case(desk), lambda xml: xml.replace("Times New Roman", "Calibri"), "word/theme/theme1.xml")
    faces = [one["text"] for one in found(desk) if one["code"] == "font-in-style"]
    assert faces == ["樣式「欄位」用了「Calibri」", "樣式「欄位」用了「微軟正黑體」"]


@pytest.mark.slow
def test_files_that_are_no_templates_are_named_and_lock_files_passed_over(desk: Desk) -> None:
    folder = desk.root / "templates"
    (folder / "壞.docx").write_bytes(b"PK\x03\x04 half")
    (folder / "舊.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "~$案.docx").write_bytes(b"lock")
    with zipfile.ZipFile(folder / "空.docx", "w") as archive:
        archive.writestr("x.txt", "x")
    assert [(one["workbook"], one["code"]) for one in found(desk)] == [
        ("壞.docx", "template-unreadable"),
        ("空.docx", "template-unreadable"),
        ("舊.doc", "template-other-format"),
    ]


@pytest.mark.slow
def test_a_template_of_ones_own_is_read_as_what_it_looks_like(desk: Desk) -> None:
    own = desk.root / "templates" / "我的案.docx"
    own.write_bytes(case(desk).read_bytes())
    assert found(desk) == []
    change(own, text("{{ 本案.案由 }}", "{{ 本案.安由 }}"))
    assert [(one["workbook"], one["code"]) for one in found(desk)] == [("我的案.docx", "unknown-name")]


@pytest.mark.slow
def test_a_name_that_only_the_present_meeting_has_is_known(own_desk: Desk) -> None:
    change(case(own_desk), added("{{ 統計數字.總下載次數 }}{{ 預定開放.公務預算處 }}"))
    assert found(own_desk) == []


def test_a_build_names_paragraph_and_nearest_name_as_well(desk: Desk) -> None:
    desk.meeting()
    change(case(desk), text("{{ 點.內容 }}", "{{ 點.內客 }}"))
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    quoted = "「{{ 點.標號 }}{{ 點.標題 }}{{ 點.內客 }}」"
    assert f"錯誤 案.docx 第 {number(case(desk), '點.內客')} 段{quoted}：範本無法套用：" in result.output
    assert "沒有「內客」這個名稱（是否為「內容」）。請在 Word 修正這個範本的標籤。" in result.output
    assert not desk.output().exists() or not list(desk.output().glob("*.docx"))


def test_a_build_says_in_chinese_what_is_wrong_with_a_block(desk: Desk) -> None:
    desk.meeting()
    change(case(desk), text("{%p for 部 in 本案.各部 %}", "{%p for 部 of 本案.各部 %}"))
    output = desk.run("build", "113-1", "--format", "docx").output
    at = number(case(desk), "部 of")
    assert f"案.docx 第 {at} 段" in output
    assert "段「{%p for 部 of 本案.各部 %}」：範本無法套用：要寫成 for 名稱 in 清單。" in output
    change(case(desk), text("{%p for 部 of 本案.各部 %}", "{%p for 部 in 本按.各部 %}"))
    output = desk.run("build", "113-1", "--format", "docx").output
    assert f"第 {at} 段" in output
    assert "段「{%p for 部 in 本按.各部 %}」：範本無法套用：沒有「本按」這個名稱（是否為「本案」）。" in output


@pytest.mark.slow
def test_a_fault_in_a_template_of_a_mail_is_found_with_its_line(desk: Desk) -> None:
    path = desk.root / "templates" / "信件 會議資料.txt"
    path.write_text(path.read_text("utf-8").replace("{{ 會議.時間 }}", "{{ 會議.時閒 }}"), "utf-8")
    (fault,) = found(desk)
    assert (fault["workbook"], fault["cell"]) == ("信件 會議資料.txt", "第 11 行")
    assert "會議.時間" in fault["text"] + fault["remedy"]


@pytest.mark.slow
def test_a_missing_template_of_a_mail_is_found(desk: Desk) -> None:
    (desk.root / "templates" / "信件 會議紀錄草稿.txt").unlink()
    assert [one["workbook"] for one in found(desk)] == ["信件 會議紀錄草稿.txt"]
