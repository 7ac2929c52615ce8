"""The first meeting of 113, built from the repo's own workbooks: the packet that really went out, line by line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from conftest import REPO, Desk

GOLDEN = Path(__file__).with_name("golden") / "會議資料.txt"

FOOT = (
    "熱誠 · 公正 · 效率 · 精確行政院主計總處"
    "Directorate-General of Budget, Accounting and Statistics, Executive Yuan, R.O.C. (Taiwan)"
)
CHART = "召集人機關代表7人民間代表5人幕僚單位主計資訊處"

# What the packet prints more than the text of the one that went out: before which line, what, and why.
DIFFERENCES = [
    ("大綱", "附件1", "label of 附件, on the cover of the deck"),
    ("運作架構", f"{FOOT}2", "foot and number of a slide, which the source gives for the first two only"),
    ("議事規則（一）", f"{CHART}{FOOT}3", "the chart, of which the source has no text"),
    ("議事規則（二）", f"{FOOT}4", "foot of a slide"),
    ("議事規則（三）", f"{FOOT}5", "foot of a slide"),
    ("簡報完畢", f"{FOOT}6", "foot of a slide"),
    ("政府資料開放諮詢小組設置要點", f"{FOOT}7附件2", "foot of a slide; label of 附件"),
    ("行政院所屬二級機關政府資料開放諮詢小組運作指引", "附件3", "label of 附件"),
    ("主計總處 113 年預定開放資料集清單", "附件1", "label of 附件"),
    ("主計總處開放資料集累計下載次數前 10 名", "附件2", "label of 附件"),
    ("主計總處開放資料集品質檢測統計表", "附件3", "label of 附件"),
    ("品質檢測範圍內係依據", "一、", "notes are numbered, where the source lost its labels"),
    ("銅、銀、金、白金標章係依", "二、", "notes are numbered"),
    ("主計資訊處資料集抽查數", "三、", "notes are numbered"),
    ("下架資料集項目清單", "附件", "label of 附件"),
]


def folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = tmp_path_factory.mktemp("113") / "工作區"
    root.mkdir()
    for part in ("inputs", "templates"):
        shutil.copytree(REPO / part, root / part)
    desk = Desk(root)
    result = desk.run("build", "113-1")
    assert result.exit_code == 0, result.output
    return desk


def pdf_text(path: Path) -> str:
    """The text in the order in which it is written, white space and width folded, page numbers left out."""
    raw = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True).stdout.decode("utf-8")
    # The marks of lists on slides are none of the text.
    pages = (folded(page).replace("•", "") for page in raw.split("\f"))
    return "".join(re.sub(r"第\d+頁,共\d+頁$", "", page) for page in pages)


@pytest.mark.office
def test_the_packet_holds_every_line_of_the_real_one_in_order(built: Desk, request: pytest.FixtureRequest) -> None:
    text = pdf_text(built.output("會議資料.pdf"))
    lines = GOLDEN.read_text("utf-8").splitlines()
    place, more = 0, []
    for line in filter(None, lines):
        found = text.find(folded(line), place)
        assert found >= 0, f"missing after 「{text[max(place - 20, 0) : place]}」: {line}"
        if found > place:
            more.append((line, text[place:found]))
        place = found + len(folded(line))
    assert place == len(text), text[place:]
    assert [extra for _, extra in more] == [folded(extra) for _, extra, _ in DIFFERENCES]
    for (line, _), (start, _, _) in zip(more, DIFFERENCES, strict=True):
        assert line.startswith(start)


@pytest.mark.office
def test_every_character_of_each_word_file_is_in_its_pdf(built: Desk) -> None:
    for name, text in built.texts().items():
        missing = [line for line in text.splitlines() if folded(line) not in pdf_text(built.output(f"{name}.pdf"))]
        assert not missing, (name, missing)


@pytest.mark.office
def test_the_packet_has_a_bookmark_for_each_case_and_attachment(built: Desk) -> None:
    with pikepdf.open(built.output("會議資料.pdf")) as packet, packet.open_outline() as outline:
        tree = [(case.title, [part.title for part in case.children]) for case in outline.root]
    assert tree == [
        ("議程", []),
        (
            "報告事項第一案",
            [
                "附件1 簡報",
                "附件2 政府資料開放諮詢小組設置要點",
                "附件3 行政院所屬二級機關政府資料開放諮詢小組運作指引",
            ],
        ),
        ("報告事項第二案", []),
        (
            "討論事項第一案",
            [
                "附件1 主計總處113年預定開放資料集清單",
                "附件2 主計總處開放資料集累計下載次數前10名",
                "附件3 主計總處開放資料集品質檢測統計表",
            ],
        ),
        ("討論事項第二案", ["附件 下架資料集項目清單"]),
    ]


@pytest.mark.office
def test_page_numbers_run_through_the_packet(built: Desk) -> None:
    path = built.output("會議資料.pdf")
    raw = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True).stdout.decode("utf-8")
    pages = raw.split("\f")[:-1]
    numbers = [re.findall(r"第(\d+)頁,共(\d+)頁", folded(page)) for page in pages]
    assert numbers == [[(str(number), str(len(pages)))] for number in range(1, len(pages) + 1)]


@pytest.mark.office
def test_only_kai_and_liberation_are_embedded(built: Desk) -> None:
    for path in built.output().glob("*.pdf"):
        lines = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True).stdout.splitlines()[
            2:
        ]
        assert lines
        for line in lines:
            assert re.search(r"\+(TW-Kai|LiberationSerif)", line), (path.name, line)
            assert re.search(r"\s+yes\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+\s*$", line), (path.name, line)


@pytest.mark.office
def test_the_packet_is_tagged_and_names_its_language_and_title(built: Desk) -> None:
    with pikepdf.open(built.output("會議資料.pdf")) as packet:
        assert packet.Root.Lang == "zh-TW"
        assert packet.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in packet.Root
        assert packet.docinfo["/Title"] == "「政府資料開放諮詢小組」113年第1次會議會議資料"
        assert packet.docinfo["/Author"] == "行政院主計總處"


@pytest.mark.office
def test_word_files_pass_the_open_xml_audit(built: Desk) -> None:
    for path in sorted(built.output().glob("*.docx")):
        done = subprocess.run(
            [sys.executable, "-m", "openxml_audit", str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (path.name, done.stdout)


@pytest.mark.office
def test_a_second_build_changes_nothing_and_a_fresh_one_gives_the_same_bytes(built: Desk, own_desk: Desk) -> None:
    result = built.run("build", "113-1")
    assert "更新" not in result.output
    assert own_desk.run("build", "113-1", "--format", "docx").exit_code == 0
    for path in own_desk.output().glob("*.docx"):
        assert path.read_bytes() == built.output(path.name).read_bytes(), path.name


@pytest.mark.slow
def test_publishing_one_more_item_changes_the_prose_the_star_and_the_manifest_and_nothing_else(own_desk: Desk) -> None:
    assert own_desk.run("build", "113-1", "--format", "docx").exit_code == 0
    texts, manifest = own_desk.texts(), own_desk.manifest()
    path = own_desk.root / "inputs" / "113-1" / "資料集.xlsx"
    book = openpyxl.load_workbook(path)
    assert book["預定開放"]["B18"].value == "112年度中央政府總決算表" or book["預定開放"]["A18"].value
    column = [cell.value for cell in book["預定開放"][1]].index("已上架") + 1
    assert book["預定開放"].cell(18, column).value is None
    book["預定開放"].cell(18, column).value = "★"
    book.save(path)

    result = own_desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0
    changed = {name for name, text in own_desk.texts().items() if text != texts[name]}
    assert changed == {"07 討論事項第一案", "08 討論事項第一案 附件1 預定開放清單"}
    assert texts["07 討論事項第一案"].replace("計有4項已上架", "計有5項已上架") == own_desk.texts()["07 討論事項第一案"]
    before, after = (text["08 討論事項第一案 附件1 預定開放清單"] for text in (texts, own_desk.texts()))
    assert (before.count("★"), after.count("★")) == (4, 5)
    assert after.replace("★", "") == before.replace("★", "")

    now = own_desk.manifest()
    figures = {one["name"]: one["value"] for one in manifest["figures"]}
    different = {one["name"]: one["value"] for one in now["figures"] if one["value"] != figures[one["name"]]}
    assert different == {"預定開放.已上架數": 5, "預定開放.未上架數": 21}
    files = [one["name"] for one, old in zip(now["documents"], manifest["documents"], strict=True) if one != old]
    assert set(files) == changed
    inputs = [one["path"] for one, old in zip(now["inputs"], manifest["inputs"], strict=True) if one != old]
    assert inputs == ["inputs/113-1/資料集.xlsx"]
    assert now["problems"] == manifest["problems"]


def test_no_figure_is_typed_into_the_prose(own_desk: Desk) -> None:
    from generator.prose.language import literal_text

    book = openpyxl.load_workbook(own_desk.root / "inputs" / "113-1" / "會議.xlsx")
    for sheet, heading in (("案由", "案由"), ("說明", "內容"), ("附件", "標題")):
        rows = list(book[sheet].iter_rows(values_only=True))
        column = rows[0].index(heading)
        for row in rows[1:]:
            assert not re.search(r"\d", literal_text(str(row[column] or ""))), row[column]


@pytest.mark.slow
def test_the_figures_are_those_of_the_real_packet(own_desk: Desk) -> None:
    import json

    found = json.loads(own_desk.run("figures", "113-1", "--json").stdout)["figures"]
    values = {one["name"]: one["value"] for one in found}
    expected = {
        "預定開放.總數": 26,
        "預定開放.已上架數": 4,
        "預定開放.公務預算處": 10,
        "預定開放.基金預算處": 6,
        "預定開放.會計決算處": 6,
        "預定開放.綜合統計處": 4,
        "品質檢測.檢測範圍外": 102,
        "品質檢測.金標章": 1794,
        "品質檢測.白金標章": 1508,
        "品質檢測.總計": 1896,
        "品質檢測.抽查數": 47,
        "下架清單.總數": 24,
        "下架清單.下架後總計": 1872,
        "下架清單.下架後地方統計推展中心": 93,
        "下載統計.瀏覽次數": 214016,
        "下載統計.下載次數": 48455,
    }
    assert {name: values[name] for name in expected} == expected


@pytest.mark.slow
def test_the_only_warnings_are_those_that_the_real_packet_earns(own_desk: Desk) -> None:
    assert [(one["code"], one["cell"]) for one in own_desk.problems()] == [("period-gap", "B8"), ("same-count", "F8")]
