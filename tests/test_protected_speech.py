"""Who speaks 不記名 or 不公開 is not told: by title, by another spelling, by a reply, by a comparison of versions."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest
from conftest import AGENCY, EXPLANATIONS, MEETING, UNITS, Desk
from test_minutes import ATTENDANCE, DECISIONS, REMARKS, ROSTER, minutes

PRESIDED = MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |"
REPLY = "將研議期程與經費。"


def meeting_with(desk: Desk, name: str, reply: str = REPLY, others: str = "", **changed: str) -> Desk:
    """The meeting of test_minutes, in which ``name`` speaks 不記名 on 討1 and an agency replies."""
    roster = ROSTER.replace("吳民間", name).replace("高民間", others or "高民間")
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=roster)
    desk.meeting(會議資訊=PRESIDED)
    attendance = ATTENDANCE.replace("吳民間", name).replace("高民間", others or "高民間")
    remarks = REMARKS.replace("吳民間", name).replace(REPLY, reply)
    minutes(desk, **{"出席": attendance, "發言": remarks, **changed})
    return desk


def found(desk: Desk, *codes: str) -> list[tuple[str, str, str]]:
    """The problems of these codes: severity, place, text."""
    return [
        (one["severity"], f"{one['sheet']}{one['cell']}", one["text"])
        for one in desk.problems()
        if one["code"] in codes
    ]


def places(desk: Desk, *codes: str) -> list[str]:
    return [place for _, place, _ in found(desk, *codes)]


# --- by title ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        "感謝鐘委員意見",
        "依鐘教授意見",
        "鍾主任所提",
        "鐘理事長",
        "鐘副召集人",
        "鐘○委員",
        "鐘姓委員",
        "鐘 委 員",
        "钟委员",
        "鐘老師",
        "鐘講座教授",
        "鐘前副理事長",
        "鐘、李委員",
        "鐘、周兩位委員",
        "鐘李二委員",
        "鐘（委員）",
        "「鐘」委員",
        "鐘_委員",
        "鐘姓學者",
        "鐘總幹事",
        "Prof. 鐘",
        "鐘主委",
        "依鐘委意見",
        "鐘老所提",
        "老鐘建議",
        "姓鐘的委員",
        "鐘○○",
        "鐘－委員",
    ],
)
def test_a_nameless_speaker_is_not_named_by_title(desk: Desk, words: str) -> None:
    meeting_with(desk, "鐘明", f"{words}，將研議期程。")
    [(severity, place, text)] = found(desk, "protected-title")
    assert (severity, place) == ("error", "發言F3")
    assert "鐘" not in text
    assert "○" in text
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 1


@pytest.mark.slow
def test_the_own_title_of_a_nameless_speaker_names_them_too(desk: Desk) -> None:
    meeting_with(desk, "鐘明", "依鐘潮汐觀測員意見辦理。")
    assert found(desk, "protected-title") == []
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER.replace("吳民間 | 教授", "鐘明 | 潮汐觀測員"))
    assert places(desk, "protected-title") == ["發言F3"]


@pytest.mark.slow
def test_a_given_name_with_a_title_names_the_member(desk: Desk) -> None:
    meeting_with(desk, "鐘大明", "依大明委員意見辦理。")
    assert places(desk, "protected-title") == ["發言F3"]
    meeting_with(desk, "鐘大明", "依民間委員意見辦理，並擴大明年度範圍。")
    assert places(desk, "protected-title") == []


SIGNED = """
| 案號 | 類別     | 單位   | 案由                     | 提案人         |
| 報1  | 報告事項 | 資訊處 | 辦理情形，報請鑒察。     |                |
| 討1  | 討論事項 | 企劃處 | 開放一案，提請討論。     | 鐘大明、周民間 |
"""


@pytest.mark.slow
def test_who_proposed_a_case_may_stand_there_by_name_and_nowhere_else(desk: Desk) -> None:
    spoken = REMARKS.replace("周民間", "鐘大明").replace("吳民間", "鐘大明")
    meeting_with(desk, "鐘大明", 發言=spoken)
    desk.meeting(會議資訊=PRESIDED, 案由=SIGNED)
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    text = desk.texts()["會議紀錄（公開版）"]
    assert "提案人：鐘大明、周民間" in text
    # By name in one case, without in the other.
    assert "鐘大明委員：報告宜附圖表。" in text
    assert "委員：建議縮短更新頻率。" in text
    with_template_text(desk, "會議紀錄", "感謝鐘大明、周民間。")
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "含有須保護的姓名" in result.output


@pytest.mark.slow
@pytest.mark.parametrize("words", ["提升鐘聲學者參與", "鐘，委員另有意見", "鐘。委員", "分鐘專家"])
def test_what_only_begins_like_a_title_names_nobody(desk: Desk, words: str) -> None:
    meeting_with(desk, "鐘明", f"{words}，將研議期程。")
    assert places(desk, "protected-title") == []


HINTS = """
乙大學教授意見
乙大學的代表
潮汐觀測員所提
第3席委員
Prof. Kao
Kao Ta-li
GAO DALI
ㄍㄠ ㄉㄚˋ ㄌㄧˋ
"""
NO_HINTS = """
甲大學教授
海風部代表
委員意見
Open Data
He Said
第3號文件
"""


def test_what_may_point_at_a_nameless_speaker_is_a_warning(desk: Desk) -> None:
    words = [*HINTS.splitlines()[1:], *NO_HINTS.splitlines()[1:]]
    replies = "".join(
        f"| 討1 | {row} | 資訊處 | 機關回應 | 記名 | 依{text}辦理。 |\n" for row, text in enumerate(words, 5)
    )
    spoken = REMARKS.replace("吳民間", "高大力").replace("不公開", "記名  ")
    meeting_with(desk, "高大力", others="柯民間", 發言=f"{spoken}{replies}")
    roster = ROSTER.replace("吳民間 | 教授", "高大力 | 潮汐觀測員").replace("高民間", "柯民間")
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=roster)
    expected = [("warning", f"發言F{row}") for row in range(7, 6 + len(HINTS.splitlines()))]
    assert [(severity, place) for severity, place, _ in found(desk, "hinted")] == expected


@pytest.mark.slow
def test_a_surname_of_two_characters_is_one(desk: Desk) -> None:
    meeting_with(desk, "歐陽明", "依歐陽委員意見辦理。")
    assert places(desk, "protected-title") == ["發言F3"]
    meeting_with(desk, "歐陽明", "依歐委員意見辦理。")
    assert places(desk, "protected-title") == []


def test_where_another_of_the_surname_attended_a_title_is_a_warning(desk: Desk) -> None:
    meeting_with(desk, "鐘明", "感謝鐘委員意見。", others="鐘民間")
    assert found(desk, "protected-title") == []
    [(severity, place, _)] = found(desk, "shared-title")
    assert (severity, place) == ("warning", "發言F3")


def test_where_a_member_speaks_by_name_only_the_title_may_stand(desk: Desk) -> None:
    decisions = DECISIONS.replace("洽悉。 ", "洽悉，並請參考鐘委員意見。 ")
    meeting_with(desk, "鐘明", 決議=decisions)
    assert places(desk, "protected-title") == ["決議C2"]
    spoken = REMARKS.replace("吳民間", "鐘明").replace("周民間", "鐘明")
    meeting_with(desk, "鐘明", 決議=decisions, 發言=spoken)
    assert places(desk, "protected-title") == []


def test_a_closed_speaker_is_named_by_title_only_where_the_public_does_not_read_it(desk: Desk) -> None:
    closed = REMARKS.replace("訴訟中案件。", "訴訟中案件，如鄭委員前函。")
    meeting_with(desk, "鐘明", 發言=closed)
    assert places(desk, "protected-title") == []
    meeting_with(desk, "鐘明", 發言=REMARKS.replace(REPLY, "依鄭委員意見研議。"))
    assert places(desk, "protected-title") == ["發言F3"]


def with_template_text(desk: Desk, name: str, text: str) -> None:
    path = desk.root / "templates" / f"{name}.docx"
    document = docx.Document(str(path))
    document.add_paragraph(text)
    document.save(str(path))


@pytest.mark.slow
def test_a_title_that_a_template_says_is_found_in_the_finished_minutes(desk: Desk) -> None:
    meeting_with(desk, "鐘明")
    with_template_text(desk, "會議紀錄", "本次會議感謝鐘委員指教。")
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "以姓氏加稱謂指出須保護的委員" in result.output
    assert "請檢查範本「會議紀錄.docx」" in result.output
    assert "鐘" not in result.output


@pytest.mark.slow
def test_where_the_title_may_stand_the_finished_minutes_may_have_it(desk: Desk) -> None:
    spoken = REMARKS.replace("吳民間", "鐘明").replace("周民間", "鐘明").replace("報告宜附", "鐘委員前次報告宜附")
    meeting_with(
        desk,
        "鐘明",
        發言=spoken,
        決議=DECISIONS.replace("洽悉。 ", "洽悉，請參考鐘委員意見，時間為十二點鐘。\\n委員無其他意見。 "),
    )
    with_template_text(desk, "會議紀錄", "時間為十二點鐘")
    with_template_text(desk, "會議紀錄", "委員意見請於三日內提出。")
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output


@pytest.mark.slow
def test_a_title_in_what_will_be_published_is_a_warning_and_can_be_cleared(desk: Desk) -> None:
    meeting_with(desk, "鐘明")
    said = EXPLANATIONS.replace("依本部規定辦理。", "依鐘委員前次建議辦理。")
    desk.meeting(會議資訊=PRESIDED, 說明=said)
    assert [(severity, place) for severity, place, _ in found(desk, "title-in-papers")] == [("warning", "說明D2")]
    meeting_with(desk, "鐘明", 非姓名=CLEARED.replace("提高明確性", "鐘委員前次建議"))
    desk.meeting(會議資訊=PRESIDED, 說明=said)
    assert found(desk, "title-in-papers", "clears-a-name") == []
    meeting_with(desk, "鐘明", 非姓名=CLEARED.replace("提高明確性", "鐘委員"))
    assert places(desk, "clears-a-name") == ["非姓名A2"]


REGULATION = "| 層級 | 條號 | 內容 |\n| 名稱 | | 鐘大明要點 |\n| 1 | 一、 | 依鐘大明意見辦理。 |"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("access", "expected"), [("公開", ["紀錄附件A2", "紀錄附件B2", "條文C3"]), ("限閱", ["紀錄附件A2"])]
)
def test_attachments_of_the_minutes_are_looked_through_as_far_as_the_public_gets_them(
    desk: Desk, access: str, expected: list[str]
) -> None:
    attached = f"| 名稱 | 來源 | 公開 |\n| 鐘大明簡報 | 共用:要點 | {access} |"
    desk.book("共用/要點.xlsx", 條文=REGULATION)
    meeting_with(desk, "鐘大明", 紀錄附件=attached)
    assert set(places(desk, "protected-name", "protected-in-papers")) == set(expected)


@pytest.mark.parametrize(("access", "expected"), [("公開", ["附件B2", "說明D2"]), ("不公開", [])])
def test_what_the_public_does_not_get_is_no_matter_of_the_public_edition(
    desk: Desk, access: str, expected: list[str]
) -> None:
    meeting_with(desk, "鐘大明")
    cases = f"""
    | 案號 | 類別     | 單位   | 案由                     | 公開     |
    | 討1  | 討論事項 | 企劃處 | 開放一案，提請討論。     | {access} |
    """
    minutes(
        desk,
        出席=ATTENDANCE.replace("吳民間", "鐘大明"),
        決議="| 案號 | 項次 | 內容 |\n| 討1 | 1 | 照案通過。 |",
        發言=REMARKS.replace("吳民間", "鐘大明").replace(
            "| 報1  | 1    | 周民間 | 委員意見 | 記名     | 報告宜附圖表。     |\n", ""
        ),
    )
    said = EXPLANATIONS.replace("依本部規定辦理。", "依鐘大明前次建議辦理。")
    desk.meeting(會議資訊=PRESIDED, 案由=cases, 說明=said, 附件="| 案號 | 名稱 | 來源 |\n| 討1 | 鐘大明資料 | 另附 |")
    assert set(places(desk, "protected-in-papers")) == set(expected)


@pytest.mark.office
def test_a_title_in_an_attachment_is_not_published(desk: Desk) -> None:
    meeting_with(desk, "鐘明", 非姓名=CLEARED)
    desk.meeting(會議資訊=PRESIDED, 附件="| 案號 | 名稱 | 來源 |\n| 討1 | 文件 | 檔案:說明.docx |")
    letter = docx.Document()
    letter.add_paragraph("依鐘委員建議辦理。")
    (desk.root / "inputs/113-1/附件").mkdir()
    letter.save(str(desk.root / "inputs/113-1/附件/說明.docx"))
    assert places(desk, "title-in-papers") == ["附件C2"]
    result = desk.run("publish", "113-1")
    assert result.exit_code == 1
    assert "會議資料.pdf」以姓氏加稱謂指出須保護的委員" in result.output
    assert "會議.xlsx〔附件〕C2" in result.output
    assert "鐘" not in result.output


# --- in any spelling -----------------------------------------------------------------------------------------------

SPELLINGS = [
    ("王為明", "王爲明"),
    ("吳彥祕", "呉彦秘"),
    ("顏青真", "顔靑眞"),
    ("陳國華", "陈国华"),
    ("陳國華", "陳○華"),
    ("陳國華", "陳Ｏ華"),
    ("陳國華", "陳O華"),
    ("陳國華", "陳*華"),
    ("陳國華", "陳〇華"),
    ("陳國華", "陳Ｘ華"),
    ("陳國華", "陳國○"),
    ("陳國華", "陳-國-華"),
    ("陳國華", "陳／國／華"),
    ("陳國華", "陳.國.華"),
    ("陳國華", "陳　國　華"),
    ("陳國華", "陳國\\n華"),
    ("陳國華", "陳、國華"),
    ("陳國華", "陳【國】華"),
    ("陳國華", "陳「國」「華」"),
    ("陳國華", "陳_國_華"),
    ("陳國華", "陳；國＝華"),
    ("陳國華", "陳…華"),
    ("陳國華", "陳某華"),
    ("陳國華", "陳國Ｏ"),
    ("陳國華", "陳\u3164國\u2800華"),
    ("李力行", "李カ行"),
    ("謝一心", "謝ㄧ心"),
    ("游台生", "遊臺生"),
    ("黃國棟", "黄囻棟"),
    ("陳國龍", "陳國⻰"),
    ("廖一平", "廖㇐平"),
    ("廖一平", "廖—平"),
    ("廖一平", "廖－平"),
    ("陳國華", "陳ー國ー華"),
    ("陳國華", "陳1國1華"),
    ("陳國華", "ㄔㄣˊ國華"),
    ("陳國華", "陳國ㄏㄨㄚˊ"),
    ("陳國華", "華國陳"),
    ("歐陽國華", "歐陽○華"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "written"), SPELLINGS)
def test_a_protected_name_slips_through_in_no_spelling(desk: Desk, name: str, written: str) -> None:
    meeting_with(desk, name, f"依{written}意見辦理。")
    [(severity, place, text)] = found(desk, "protected-name")
    assert (severity, place) == ("error", "發言F3")
    assert "「依○" in text
    assert name not in text


@pytest.mark.slow
@pytest.mark.parametrize("written", ["陳○○代表", "陳代用品", "王國華", "陳述國家", "陳x", "國華－陳列"])
def test_what_only_looks_alike_is_no_name(desk: Desk, written: str) -> None:
    meeting_with(desk, "陳國華", f"依{written}說明。")
    assert places(desk, "protected-name") == []


# --- ordinary words ------------------------------------------------------------------------------------------------

CLEARED = """
| 文字       | 說明     |
| 提高明確性 | 一般用語 |
"""


@pytest.mark.slow
def test_an_ordinary_word_is_quoted_without_the_name_and_can_be_cleared(desk: Desk) -> None:
    meeting_with(desk, "高明", "可提高明確性。")
    [(severity, place, text)] = found(desk, "protected-name")
    assert (severity, place) == ("error", "發言F3")
    assert "「可提○○確性。」" in text
    [remedy] = [one["remedy"] for one in desk.problems() if one["code"] == "protected-name"]
    assert "〔非姓名〕" in remedy
    meeting_with(desk, "高明", "可提高明確性。", 非姓名=CLEARED)
    assert places(desk, "protected-name") == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert "資訊處：可提高明確性。" in desk.texts()["會議紀錄（公開版）"]


@pytest.mark.slow
@pytest.mark.parametrize("reply", ["可提高明確性，如高明所言。", "可提高明白程度。", "高明確性"])
def test_only_the_listed_wording_is_cleared(desk: Desk, reply: str) -> None:
    meeting_with(desk, "高明", reply, 非姓名=CLEARED)
    assert places(desk, "protected-name") == ["發言F3"]


@pytest.mark.slow
@pytest.mark.parametrize("wording", ["高明", "高 明", "高明委員", "高明教授、"])
def test_a_row_cannot_clear_the_name_itself(desk: Desk, wording: str) -> None:
    meeting_with(desk, "高明", 非姓名=CLEARED.replace("提高明確性", wording))
    assert [(severity, place) for severity, place, _ in found(desk, "clears-a-name")] == [("error", "非姓名A2")]


DATASETS = """
| 資料集項目名稱   | 開放年月 | 資料開放單位 | 已上架 |
| 提高明確性統計   | 11301    | 企劃處       | ★      |
"""


def papers(desk: Desk, cleared: str = "") -> None:
    """A meeting before it is held: a member's name stands in the name of a data set and in a 說明."""
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER.replace("吳民間", "高明"))
    said = EXPLANATIONS.replace("依本部規定辦理。", '為提高明確性，如{{ 附件("清單") }}。')
    attached = "| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:預定開放 |"
    desk.meeting(會議資訊=PRESIDED, 說明=said, 附件=attached, **({"非姓名": cleared} if cleared else {}))
    desk.book("113-1/資料集.xlsx", 預定開放=DATASETS)


def test_before_the_meeting_the_check_finds_names_in_what_will_be_published(desk: Desk) -> None:
    papers(desk)
    listed = found(desk, "name-in-papers")
    assert [(severity, place) for severity, place, _ in listed] == [("warning", "說明D2"), ("warning", "預定開放A2")]
    assert not any("高明" in text for _, _, text in listed)
    papers(desk, CLEARED)
    assert found(desk, "name-in-papers") == []
    result = desk.run("new", "113-1", "--minutes")
    assert result.exit_code == 0, result.output


def test_after_the_meeting_the_check_says_what_publish_will_refuse(desk: Desk) -> None:
    papers(desk)
    spoken = {"出席": ATTENDANCE.replace("吳民間", "高明"), "發言": REMARKS.replace("吳民間", "高明")}
    minutes(desk, **spoken)
    assert places(desk, "protected-in-papers") == ["說明D2", "預定開放A2"]
    minutes(desk, 非姓名=CLEARED, **spoken)
    assert places(desk, "protected-in-papers") == []


@pytest.mark.office
def test_what_is_cleared_is_published_and_what_is_not_is_refused_with_its_cell(desk: Desk) -> None:
    papers(desk)
    spoken = {"出席": ATTENDANCE.replace("吳民間", "高明"), "發言": REMARKS.replace("吳民間", "高明")}
    minutes(desk, **spoken)
    result = desk.run("publish", "113-1")
    assert result.exit_code == 1
    assert "資料集.xlsx〔預定開放〕A2" in result.output
    assert "提○○確性" in result.output
    assert "高明" not in result.output
    minutes(desk, 非姓名=CLEARED, **spoken)
    result = desk.run("publish", "113-1")
    assert result.exit_code == 0, result.output


@pytest.mark.slow
@pytest.mark.parametrize("speaker", ["主席", "民間代表", "資訊處", "召集人"])
def test_an_office_or_a_unit_cannot_speak_without_a_name(desk: Desk, speaker: str) -> None:
    meeting_with(desk, "吳民間", 發言=REMARKS.replace("吳民間", speaker))
    [(severity, place, text)] = found(desk, "speaker-no-person")
    assert (severity, place) == ("error", "發言C4")
    assert speaker in text


@pytest.mark.slow
def test_the_head_of_the_minutes_may_name_a_chair_who_spoke_without_a_name(desk: Desk) -> None:
    spoken = REMARKS.replace("林召集 | 委員意見 | 記名  ", "林召集 | 委員意見 | 不記名")
    meeting_with(desk, "吳民間", 發言=spoken)
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    assert "主席：林召集" in desk.texts()["會議紀錄（公開版）"]


# --- replies to closed remarks -------------------------------------------------------------------------------------

CLOSED = """
| 案號 | 順序 | 發言者 | 類型     | 記名方式 | 內容                 |
| 討1  | 1    | 鄭民間 | 委員意見 | 不公開   | 此事尚涉訴訟中案件。 |
| 討1  | 2    | 資訊處 | 機關回應 | {}       | 訴訟中案件將另行處理。 |
| 討1  | 3    | 資訊處 | 機關回應 | 記名     | 期程將於下次說明。   |
| 討1  | 4    | 企劃處 | 機關回應 | 記名     | 經費將於下次說明。   |
"""


def test_a_reply_to_a_closed_remark_is_mentioned_unless_it_is_left_out_too(desk: Desk) -> None:
    meeting_with(desk, "吳民間", 發言=CLOSED.format("記名"))
    assert places(desk, "reply-to-closed") == ["發言E3", "發言E4", "發言E5"]
    meeting_with(desk, "吳民間", 發言=CLOSED.format("併同不公開"))
    assert places(desk, "reply-to-closed") == ["發言E4", "發言E5"]


@pytest.mark.slow
def test_the_public_edition_leaves_the_reply_out_and_numbers_the_others_anew(desk: Desk) -> None:
    meeting_with(desk, "吳民間", 發言=CLOSED.format("併同不公開"))
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 0, result.output
    texts = desk.texts()
    assert "訴訟" not in texts["會議紀錄（公開版）"]
    public = texts["會議紀錄（公開版）"].splitlines()
    assert [line for line in public if "下次說明" in line] == [
        "（一）資訊處：期程將於下次說明。",
        "（二）企劃處：經費將於下次說明。",
    ]
    assert "（二）資訊處（不公開）：訴訟中案件將另行處理。" in texts["會議紀錄（會議版）"]


def test_a_closed_reply_protects_no_unit(desk: Desk) -> None:
    meeting_with(desk, "吳民間", 發言=CLOSED.format("併同不公開"))
    assert found(desk, "protected-name", "openness-unfit", "protected-title") == []


def test_a_sentence_of_a_closed_remark_that_stands_elsewhere_is_mentioned(desk: Desk) -> None:
    closed = CLOSED.format("併同不公開").replace("此事尚涉訴訟中案件。", "此事尚涉訴訟，和解金額為一千萬元；請勿外傳。")
    decided = DECISIONS.replace("照案通過。 ", "因和解金額為一千萬元，照案通過。 ")
    meeting_with(desk, "吳民間", 發言=closed, 決議=decided)
    assert places(desk, "quotes-closed") == []
    meeting_with(desk, "吳民間", 發言=closed.replace("訴訟，和", "訴訟。和"), 決議=decided)
    assert places(desk, "quotes-closed") == ["決議C3"]


@pytest.mark.slow
def test_a_sentence_of_a_closed_remark_in_a_template_stops_the_public_edition(desk: Desk) -> None:
    closed = CLOSED.format("併同不公開").replace("此事尚涉訴訟中案件。", "此事尚涉訴訟。和解金額為一千萬元；請勿外傳。")
    meeting_with(desk, "吳民間", 發言=closed)
    with_template_text(desk, "會議紀錄", "參考：和解金額為一千萬元。")
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "「會議紀錄（公開版）.docx」含有不公開的發言" in result.output
    meeting_with(desk, "吳民間", 發言=closed, 非姓名=CLEARED.replace("提高明確性", "和解金額為一千萬元"))
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0


def test_only_a_reply_goes_with_a_closed_remark(desk: Desk) -> None:
    meeting_with(desk, "吳民間", 發言=REMARKS.replace("委員意見 | 不公開", "委員意見 | 併同不公開"))
    assert places(desk, "closed-too-unfit") == ["發言E6"]


# --- deputies ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("speaker", ["李代表", "孫代理"])
def test_a_remark_of_a_member_who_sent_a_deputy_is_the_deputys(desk: Desk, speaker: str) -> None:
    meeting_with(desk, "吳民間", 發言=REMARKS.replace("周民間", speaker))
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    for edition in ("會議版", "公開版"):
        assert "孫代理科長：報告宜附圖表。" in desk.texts()[f"會議紀錄（{edition}）"]


@pytest.mark.slow
@pytest.mark.parametrize("speaker", ["李代表", "孫代理"])
@pytest.mark.parametrize("written", ["李代表", "孫代理"])
def test_a_nameless_deputy_is_not_told_by_the_members_name_nor_the_other_way(
    desk: Desk, speaker: str, written: str
) -> None:
    spoken = REMARKS.replace("吳民間", speaker).replace(REPLY, f"依{written}意見辦理。")
    meeting_with(desk, "吳民間", 發言=spoken)
    assert places(desk, "protected-name") == ["發言F3"]


# --- comparisons ---------------------------------------------------------------------------------------------------


def compared(desk: Desk, *options: str) -> tuple[str, str, str]:
    """What the comparison says on the terminal, as JSON, and in the table of changes."""
    result = desk.run("diff", "113-1", "--docx", *options)
    assert result.exit_code == 0, result.output
    until = "至第2版" if options else "至今"
    [table] = (desk.root / "output" / "113-1 版本").glob(f"修正對照表*{until}*.docx")
    document = docx.Document(str(table))
    cells = [cell.text for one in document.tables for row in one.rows for cell in row.cells]
    data = json.loads(desk.run("diff", "113-1", "--json", *options).stdout)
    return result.output, json.dumps(data, ensure_ascii=False), "\n".join(cells)


def released(desk: Desk) -> None:
    result = desk.run("release", "113-1", "--reason", "寄送")
    assert result.exit_code == 0, result.output


@pytest.mark.slow
def test_a_comparison_does_not_name_who_now_speaks_without_a_name(desk: Desk) -> None:
    meeting_with(desk, "吳民間")
    released(desk)
    meeting_with(desk, "吳民間", 發言=REMARKS.replace("周民間 | 委員意見 | 記名 ", "周民間 | 委員意見 | 不記名"))
    for text in compared(desk):
        assert "周民間" not in text
        assert "（涉及不記名發言，不列）" in text
    released(desk)
    for text in compared(desk, "--from", "1", "--to", "2"):
        assert "周民間" not in text


@pytest.mark.slow
def test_a_comparison_does_not_name_who_spoke_without_a_name_before(desk: Desk) -> None:
    meeting_with(desk, "吳民間")
    released(desk)
    meeting_with(desk, "吳民間", 發言=REMARKS.replace("吳民間 | 委員意見 | 不記名", "吳民間 | 委員意見 | 記名"))
    for text in compared(desk):
        assert "吳民間" not in text


def test_the_data_of_variants_names_its_licence() -> None:
    from generator.leaks import variants

    head = Path(variants.FILE).read_text("utf-8")[:3000]
    assert "Unicode, Inc." in head
    assert "MODIFIED" in head
    assert "permission notice" in head
