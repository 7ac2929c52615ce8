"""The minutes: what each edition prints, and that a protected name is in no file that protects it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from conftest import AGENCY, CASES, MEETING, UNITS, Desk

ROSTER = """
| 姓名   | 職稱 | 服務機關 | 身分     | 性別 |
| 林召集 | 副首長 | 海風部 | 召集人   | 男 |
| 陳代表 | 處長 | 海風部   | 機關代表 | 女 |
| 李代表 | 處長 | 潮汐署   | 機關代表 | 男 |
| 張代表 | 組長 | 潮汐署   | 機關代表 | 女 |
| 王代表 | 組長 | 海岸署   | 機關代表 | 男 |
| 黃代表 | 組長 | 海岸署   | 機關代表 | 女 |
| 周民間 | 教授 | 甲大學   | 民間代表 | 男 |
| 吳民間 | 教授 | 乙大學   | 民間代表 | 女 |
| 鄭民間 | 理事 | 丙協會   | 民間代表 | 男 |
| 何民間 | 理事 | 丁協會   | 民間代表 | 女 |
| 高民間 | 會長 | 戊協會   | 民間代表 | 女 |
"""
ATTENDANCE = """
| 姓名   | 身分     | 出席 | 代理人 | 代理人職稱 |
| 林召集 | 召集人   | 出席 |        |            |
| 陳代表 | 機關代表 | 出席 |        |            |
| 李代表 | 機關代表 | 代理 | 孫代理 | 科長       |
| 張代表 | 機關代表 | 請假 |        |            |
| 王代表 | 機關代表 | 出席 |        |            |
| 黃代表 | 機關代表 | 出席 |        |            |
| 周民間 | 民間代表 | 出席 |        |            |
| 吳民間 | 民間代表 | 出席 |        |            |
| 鄭民間 | 民間代表 | 出席 |        |            |
| 何民間 | 民間代表 | 請假 |        |            |
| 高民間 | 民間代表 | 出席 |        |            |
"""
INFO = """
| 欄位     | 內容   |
| 紀錄狀態 | 定稿   |
| 實際開始 | 14:35  |
| 散會     | 16:10  |
| 主席致詞 | 請踴躍發言。 |
"""
OBSERVERS = """
| 單位   | 姓名   | 職稱 |
| 資訊處 | 趙列席 | 專員 |
| 資訊處 | 錢列席 | 科長 |
| 秘書處 |        |      |
"""
REMARKS = """
| 案號 | 順序 | 發言者 | 類型     | 記名方式 | 內容               |
| 報1  | 1    | 周民間 | 委員意見 | 記名     | 報告宜附圖表。     |
| 討1  | 3    | 資訊處 | 機關回應 | 記名     | 將研議期程與經費。 |
| 討1  | 1    | 吳民間 | 委員意見 | 不記名   | 建議縮短更新頻率。 |
| 討1  | 2    | 林召集 | 委員意見 | 記名     | 請資訊處說明作法。 |
| 討1  | 4    | 鄭民間 | 委員意見 | 不公開   | 此事尚涉訴訟中案件。 |
"""
DECISIONS = """
| 案號 | 項次 | 內容                   | 主辦單位       | 期限      | 列管     |
| 報1  | 1    | 洽悉。                 |                |           |          |
| 討1  | 1    | 照案通過。             |                |           |          |
| 討1  | 2    | 請資訊處提出更新期程。 | 資訊處、秘書處 | 113-06-28 | 持續列管 |
"""


@pytest.fixture
def met(desk: Desk) -> Desk:
    """A meeting that has taken place."""
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER)
    desk.meeting(會議資訊=MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |")
    minutes(desk)
    return desk


def minutes(desk: Desk, **changed: str) -> None:
    sheets = {"紀錄資訊": INFO, "出席": ATTENDANCE, "列席": OBSERVERS, "發言": REMARKS, "決議": DECISIONS} | changed
    desk.book("113-1/會議紀錄.xlsx", **sheets)


def built(desk: Desk, edition: str) -> list[str]:
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    return desk.texts()[f"會議紀錄（{edition}）"].splitlines()


@pytest.mark.slow
def test_the_minutes_follow_the_official_form(met: Desk) -> None:
    assert [line for line in built(met, "會議版") if line] == [
        "海風部",
        "「潮汐資料諮詢小組」113年第1次會議紀錄",
        "時間：113年5月20日（星期一）下午2時35分",
        "地點：第1會議室",
        "主席：林召集",
        "紀錄：孟紀錄",
        "出席委員：林召集、陳代表、李代表（孫代理科長代）、王代表、黃代表、周民間、吳民間、鄭民間、高民間",
        "請假委員：張代表、何民間",
        "列席單位及人員：資訊處趙列席專員、錢列席科長；秘書處",
        "出席人數：應出席11人，出席9人，其中民間代表4人",
        "壹、主席致詞",
        "請踴躍發言。",
        "貳、報告事項",
        "一、案由：本部辦理情形，報請鑒察。",
        "報告單位：資訊處",
        "委員意見：",
        "周民間委員：報告宜附圖表。",
        "決定：洽悉。",
        "參、討論事項",
        "一、案由：本部資料集開放一案，提請討論。",
        "提案單位：企劃處",
        "委員意見：",
        "（一）委員：建議縮短更新頻率。",
        "（二）主席：請資訊處說明作法。",
        "機關回應：",
        "（三）資訊處：將研議期程與經費。",
        "委員意見：",
        "（四）鄭民間委員（不公開）：此事尚涉訴訟中案件。",
        "決議：",
        "（一）照案通過。",
        "（二）請資訊處提出更新期程。",
        "肆、臨時動議",
        "無。",
        "伍、散會（下午4時10分）",
    ]


@pytest.mark.slow
def test_the_public_edition_leaves_closed_remarks_out(met: Desk) -> None:
    text = "\n".join(built(met, "公開版"))
    assert "訴訟" not in text
    assert "委員：建議縮短更新頻率。" in text
    assert text.count("鄭民間") == 1  # among those who attended


@pytest.mark.slow
def test_a_draft_says_so_and_until_when_corrections_are_taken(met: Desk) -> None:
    minutes(met, 紀錄資訊=INFO.replace("定稿", "草稿"))
    lines = built(met, "會議版")
    # The margin would cut （草稿） in two: it stands on a line of its own.
    assert "「潮汐資料諮詢小組」113年第1次會議紀錄 （草稿）" in lines
    assert any("如有修正意見，請於" in line and "前回復；未回復者，視同無意見。" in line for line in lines)


@pytest.mark.slow
def test_the_tasks_go_to_each_unit_as_document_and_workbook(met: Desk) -> None:
    built(met, "會議版")
    names = [f"決議分辦表{unit}" for unit in ("", "（資訊處）", "（秘書處）")]
    for name in names:
        assert "請資訊處提出更新期程。" in met.texts()[name]
        assert "照案通過" not in met.texts()[name]
        rows = list(openpyxl.load_workbook(met.output(f"{name}.xlsx")).worksheets[0].iter_rows(values_only=True))
        assert rows[0] == ("項次", "案由", "決定（議）", "主辦單位", "期限", "列管")
        assert rows[1][2:] == ("請資訊處提出更新期程。", "資訊處、秘書處", "113-06-28", "持續列管")


@pytest.mark.slow
def test_a_case_raised_at_the_meeting_stands_under_other_motions(met: Desk) -> None:
    minutes(
        met,
        案由="| 案號 | 類別 | 單位 | 案由 |\n| 臨1 | 臨時動議 | 秘書處 | 建請增列測站一案 |",
        決議=DECISIONS + "| 臨1 | 1 | 另案討論。 | | | |",
    )
    lines = built(met, "公開版")
    start = lines.index("肆、臨時動議")
    assert lines[start + 1 : start + 4] == ["一、案由：建請增列測站一案", "提案單位：秘書處", "決議：另案討論。"]
    assert "增列測站" not in met.texts()["01 議程"]


FIELDS = {
    "紀錄資訊": (INFO, "請踴躍發言。"),
    "發言": (REMARKS, "將研議期程與經費。"),
    "決議": (DECISIONS, "請資訊處提出更新期程。"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["吳民間", "吳 民間", "吳民　間"])
@pytest.mark.parametrize("sheet", FIELDS)
def test_a_protected_name_in_a_text_is_an_error_that_does_not_say_it(met: Desk, sheet: str, name: str) -> None:
    table, text = FIELDS[sheet]
    minutes(met, **{sheet: table.replace(text, f"依{name}委員意見辦理。")})
    found = [one for one in met.problems() if one["code"] == "protected-name"]
    assert [one["sheet"] for one in found] == [sheet]
    assert "民間" not in found[0]["text"] + found[0]["remedy"]
    assert met.run("build", "113-1", "--format", "docx").exit_code == 1
    assert not met.output().exists()


@pytest.mark.slow
def test_a_name_that_only_the_public_edition_protects_may_stand_in_its_own_closed_remark(met: Desk) -> None:
    minutes(met, 發言=REMARKS.replace("此事尚涉訴訟中案件。", "鄭民間曾參與此事之訴訟。"))
    assert not [one for one in met.problems() if one["code"] == "protected-name"]
    assert "訴訟" not in "\n".join(built(met, "公開版"))


def planted(template: Path, part: str, old: bytes, new: bytes) -> None:
    """Puts something into a part of a template, as a careless edit or a program's habit would."""
    with zipfile.ZipFile(template) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(template, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("word/document.xml", "列席單位及人員：", "列席單位及人員（吳民間）："),
        ("word/footer1.xml", "第 ", "吳民間 第 "),
    ],
)
def test_a_name_planted_in_any_part_of_a_file_stops_the_build(met: Desk, part: str, old: str, new: str) -> None:
    planted(met.root / "templates" / "會議紀錄.docx", part, old.encode(), new.encode())
    result = met.run("build", "113-1", "--format", "pdf")
    assert result.exit_code == 1
    assert "須保護的姓名" in result.output
    assert "吳民間" not in result.output
    assert not met.output().exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("docProps/app.xml", "<Application>", "<Company>吳民間</Company><Application>"),
        ("word/settings.xml", '<w:zoom w:percent="100"/>', '<w:zoom w:percent="100"/><!-- 吳民間 -->'),
    ],
)
def test_a_name_among_what_the_maker_of_a_template_left_goes_no_further(
    met: Desk, part: str, old: str, new: str
) -> None:
    planted(met.root / "templates" / "會議紀錄.docx", part, old.encode(), new.encode())
    assert met.run("build", "113-1", "--format", "docx").exit_code == 0
    with zipfile.ZipFile(met.output("會議紀錄（公開版）.docx")) as archive:
        assert "吳民間".encode() not in archive.read(part)


@pytest.mark.office
def test_pdf_and_odt_of_both_editions_are_looked_into(met: Desk) -> None:
    assert met.run("build", "113-1", "--format", "docx,pdf,odt").exit_code == 0
    assert met.output("會議紀錄（公開版）.pdf").exists()
    assert met.output("會議紀錄（公開版）.odt").exists()
    manifest = met.output("packet.json").read_text("utf-8")
    for name in ("吳民間", "鄭民間", "訴訟"):
        assert name not in manifest


@pytest.mark.office
def test_a_name_in_the_text_of_a_pdf_is_found() -> None:
    from generator.leaks import texts
    from generator.pdf import glyphs

    found = texts.read("a.pdf", _a_pdf(glyphs.glyph_document()))
    assert "第" in found.body
    assert "吳民間" in "".join(found.rest)


def _a_pdf(document: bytes) -> bytes:
    import datetime as dt
    import tempfile

    from generator.pdf import join, office

    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "a.docx"
        source.write_bytes(document)
        made = office.convert([source], "pdf", Path(name) / "out", timeout=120)[source]
        return join.normalise(made.read_bytes(), "標題", "吳民間", dt.date(2024, 5, 20))


@pytest.mark.slow
def test_a_speaker_written_as_a_member_protects_no_word(met: Desk) -> None:
    minutes(met, 發言=REMARKS.replace("吳民間", "委員"), 決議=DECISIONS.replace("請資訊處", "請依委員意見由資訊處"))
    assert not [one for one in met.problems() if one["code"] == "protected-name"]
    assert "（一）委員：建議縮短更新頻率。" in built(met, "公開版")


def test_minutes_without_their_status_are_mentioned(met: Desk) -> None:
    met.book("113-1/會議紀錄.xlsx", 出席=ATTENDANCE)
    found = [one for one in met.problems() if one["code"] == "minutes-without-status"]
    assert [one["sheet"] for one in found] == ["出席"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["吳\u200b民間", "吳\u00ad民間", "吳民\ufe00間", "吳‧民間", "吳民\U000e0100間"])
def test_a_protected_name_is_found_in_any_spelling(met: Desk, name: str) -> None:
    minutes(met, 發言=REMARKS.replace("將研議期程與經費。", f"依{name}委員意見辦理。"))
    assert [one["cell"] for one in met.problems() if one["code"] == "protected-name"] == ["F3"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("roster", "written"), [("黃文臺", "黄文台"), ("Mary Smith", "MARY SMITH"), ("吳民間", "吳 民 間")]
)
def test_variants_of_a_name_are_the_same_name(met: Desk, roster: str, written: str) -> None:
    met.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER.replace("吳民間", roster))
    changed = REMARKS.replace("吳民間", roster).replace("將研議期程與經費。", f"依{written}委員意見辦理。")
    minutes(met, 出席=ATTENDANCE.replace("吳民間", roster), 發言=changed)
    assert [one["cell"] for one in met.problems() if one["code"] == "protected-name"] == ["F3"]


def test_a_speaker_with_a_title_protects_the_bare_name(met: Desk) -> None:
    changed = REMARKS.replace("吳民間", "吳民間教授").replace("將研議期程與經費。", "依吳民間委員意見辦理。")
    minutes(met, 發言=changed)
    assert [one["cell"] for one in met.problems() if one["code"] == "protected-name"] == ["F3"]


@pytest.mark.slow
def test_a_name_split_over_runs_of_a_template_stops_the_build(met: Desk) -> None:
    split = "列席單位及人員：</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>吳民</w:t></w:r><w:r><w:t>間"
    planted(met.root / "templates" / "會議紀錄.docx", "word/document.xml", "列席單位及人員：".encode(), split.encode())
    result = met.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "內文含有須保護的姓名" in result.output


def test_a_protected_name_as_the_title_of_an_observer_is_an_error(met: Desk) -> None:
    minutes(met, 列席=OBSERVERS.replace("專員", "吳民間助理"))
    assert [one["sheet"] for one in met.problems() if one["code"] == "protected-name"] == ["列席"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sheet", "field"),
    [
        ("會議資訊", "地點"),
        ("案由", "案由"),
        ("紀錄資訊", "主席致詞"),
        ("發言", "內容"),
        ("決議", "內容"),
        ("決議", "主辦單位"),
    ],
)
def test_a_name_planted_in_any_field_is_named_by_its_sheet_and_reaches_no_edition(
    met: Desk, sheet: str, field: str
) -> None:
    given = MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |"
    changed = {
        ("會議資訊", "地點"): {"會議資訊": given.replace("第1會議室", "吳民間紀念室")},
        ("案由", "案由"): {"會議資訊": given, "案由": CASES.replace("資料集開放一案", "依吳民間建議開放一案")},
    }
    if (sheet, field) in changed:
        met.meeting(**changed[sheet, field])
    else:
        old = {
            ("紀錄資訊", "主席致詞"): "請踴躍發言。",
            ("發言", "內容"): "報告宜附圖表。",
            ("決議", "內容"): "洽悉。",
            ("決議", "主辦單位"): "資訊處、秘書處",
        }[sheet, field]
        table = {"紀錄資訊": INFO, "發言": REMARKS, "決議": DECISIONS}[sheet]
        minutes(met, **{sheet: table.replace(old, f"{old}吳民間")})
    assert sheet in [one["sheet"] for one in met.problems() if one["code"] == "protected-name"]
    assert met.run("build", "113-1", "--format", "docx").exit_code == 1
    assert not met.output().exists()


@pytest.mark.slow
def test_a_heading_of_the_minutes_stays_with_what_stands_below_it(met: Desk) -> None:
    result = met.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(met.output("會議紀錄（會議版）.docx")) as archive:
        xml = archive.read("word/document.xml").decode("utf-8")
    paragraphs = re.findall(r"<w:p>.*?</w:p>", xml)
    kept = [re.sub(r"<[^>]+>", "", text) for text in paragraphs if "<w:keepNext/><w:keepLines/>" in text]
    assert kept == [
        "一、案由：本部辦理情形，報請鑒察。",
        "報告單位：資訊處",
        "委員意見：",
        "一、案由：本部資料集開放一案，提請討論。",
        "提案單位：企劃處",
        "委員意見：",
        "機關回應：",
        "委員意見：",
        "決議：",
    ]
