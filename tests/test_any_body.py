"""Meetings of other bodies, by workbook alone, from the blank forms to the next meeting: a committee, an assembly."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import openpyxl
import pypdf
import pytest

from tests.conftest import REPO, Desk
from tests.test_openness import everything, folder_texts, plain
from tests.test_starting import fields, fill, rows

COMMITTEE = REPO / "docs" / "sample" / "港區計畫委員會" / "inputs"
CLOSED = ("漁業補償", "牡蠣", "連署人", "定置網", "18,500")


def errors(desk: Desk, meeting: str) -> list[dict[str, str]]:
    return [fault for fault in desk.problems(meeting) if fault["severity"] == "error"]


def pdf_text(path: Path) -> str:
    return plain("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages))


@pytest.fixture
def committee(desk: Desk) -> Desk:
    """The sample workspace of the manual."""
    shutil.rmtree(desk.root / "inputs")
    shutil.copytree(COMMITTEE, desk.root / "inputs")
    return desk


def test_the_sample_committee_has_nothing_to_correct(committee: Desk) -> None:
    assert [fault for fault in committee.problems("28") if fault["severity"] != "note"] == []


@pytest.mark.office
@pytest.mark.slow
def test_a_committee_meets_publishes_and_meets_again(committee: Desk) -> None:
    assert committee.run("build", "28").exit_code == 0
    texts = committee.texts("28")
    assert texts["01 議程"].splitlines() == [
        "海風部",
        "港區計畫委員會第28次會議　議程",
        "時間：113年5月20日（星期一）下午2時至下午4時30分",
        "地點：海風部第1會議室",
        "壹、主席報告",
        "貳、確認上次會議紀錄",
        "參、報告案",
        "一、上次會議決定（議）事項辦理情形，報請公鑒。",
        "二、外港疏浚工程進度，報請備查。",
        "肆、審議案",
        "一、東防波堤延伸計畫一案，提請審議。",
        "二、漁業補償基準一案，提請審議。",
        "伍、臨時動議",
    ]
    assert "提案人：沈青山\n連署人：江海、葉秋\n案由：漁業補償基準一案" in texts["06 審議案第二案"]
    minutes = texts["會議紀錄（會議版）"]
    assert "貳、確認上次會議紀錄\n決定：紀錄確定。" in minutes
    assert "民間代表" not in "".join(texts.values())
    assert committee.run("publish", "28").exit_code == 0
    public = folder_texts(committee.root / "output" / "28 公開")
    assert [(name, word) for name, text in public.items() for word in CLOSED if word in plain(text)] == []
    assert "本案不公開" in plain(public["會議資料.pdf"])
    assert committee.run("release", "28", "--reason", "補辦").exit_code == 0
    assert committee.run("mail", "28", "--kind", "會議紀錄定稿").exit_code == 0
    mail = "".join(path.read_bytes().decode("utf-8") for path in (committee.root / "output" / "28 信件").glob("*.eml"))
    assert "lin@example.gov.tw" in mail
    assert committee.run("new", "29", "--from", "28").exit_code == 0
    past = rows(committee.root / "inputs" / "29" / "上次決定.xlsx", "上次會議決定")
    assert [row[1] for row in past] == [
        "上次會議決定（議）事項辦理情形，報請公鑒。",
        "外港疏浚工程進度，報請備查。",
        "東防波堤延伸計畫一案，提請審議。",
        "審議案第二案（不公開）",
        "西碼頭後線用地調整一案，提請審議。",
    ]
    assert "補償" not in "".join(str(row) for row in past)
    form = committee.root / "inputs" / "29" / "會議.xlsx"
    headings = [cell.value for cell in openpyxl.load_workbook(form)["案由"][1]]
    assert headings == ["案號", "類別", "單位", "提案人", "連署人", "案由", "範本", "公開"]


ASSEMBLY = {
    "機關": """
| 欄位     | 內容              |
| 機關全銜 | 海風大學          |
| 機關簡稱 | 海風大學          |
| 自稱     | 本校              |
| 小組名稱 | 校務會議          |
| 幕僚單位 | 秘書室            |
| 電子郵件 | sec@example.edu.tw |
| 會議類型 | 一般會議          |
""",
    "單位": "| 單位 |\n| 秘書室 |\n| 教務處 |\n| 人事室 |\n| 總務處 |",
    "規則": """
| 規則         | 數值   | 依據           |
| 出席門檻     | 過半數 | 組織規程第20條 |
| 主席須為委員 | 是     | 組織規程第19條 |
""",
    "身分": "| 身分 | 屬於 |\n| 校長 | 召集人 |\n| 教師代表 | 其他 |\n| 學生代表 | 其他 |",
    "議程": """
| 段名         | 內容 | 案由結尾               | 結語 | 單位稱謂 | 結語用語                     |
| 主席致詞     | 文字 |                        |      |          |                              |
| 確認會議紀錄 | 文字 |                        | 決定 |          |                              |
| 工作報告     | 案   |                        | 空白 | 報告單位 |                              |
| 提案討論     | 案   | ，提請討論。／，請討論。 | 決議 | 提案單位 | 贊成／照案通過／修正通過     |
| 臨時動議     | 動議 |                        | 決議 | 提案人   |                              |
""",
}
TERM = "海風大學114學年度第1學期第2次校務會議"
ASSEMBLED = {
    "會議資訊": f"""
| 欄位     | 內容                |
| 會議名稱 | {TERM}              |
| 會議日期 | 115年1月7日（星期三） |
| 開始時間 | 9:00                |
| 續會日期 | 115年1月14日（星期三） |
| 地點     | 行政大樓第一會議室  |
| 主席     | 教師01              |
""",
    "案由": """
| 案號 | 類別     | 單位           | 案由                                 | 提案人 | 附議人         | 公開   | 密等 |
| 工1  | 工作報告 | 教務處         | 教務處工作報告                       |        |                |        |      |
| 提1  | 提案討論 | 教務處、人事室 | 學則第三條修正草案，請討論。         |        |                |        |      |
| 提2  | 提案討論 | 人事室         | 教師停聘審議案，提請討論。           |        |                | 不公開 | 密   |
| 提3  | 提案討論 |                | 校園機車停放管理辦法草案，請討論。   | 教師05 | 教師06、學生02 |        |      |
""",
    "說明": """
| 案號 | 層級 | 部分 | 內容                                         |
| 工1  | 1    |      | 書面報告。                                   |
| 提1  | 1    | 說明 | 修正理由：                                   |
| 提1  | 2    | 說明 | 配合學位授予法：                             |
| 提1  | 3    | 說明 | 學分規定：                                   |
| 提1  | 4    | 說明 | 畢業學分下限。                               |
| 提1  | 4    | 說明 | 抵免學分上限。                               |
| 提1  | 1    | 辦法 | 通過後報部備查，對照如{{ 附件("條文對照") }}。 |
| 提2  | 1    |      | 當事人涉及不當行為之調查報告另冊呈閱。       |
| 提3  | 1    | 現況 | 機車占用人行道。                             |
| 提3  | 1    | 擬辦 | 劃設停車區。                                 |
""",
    "附件": "| 案號 | 名稱 | 來源 |\n| 提1 | 條文對照 | 工作表:條文對照 |",
    "條文對照": "| 修正條文 | 現行條文 | 說明 |\n| 第三條　學分為一百二十八。 | 第三條　學分為一百三十。 | 降低。 |",
}
DECIDED = {
    "紀錄資訊": "| 欄位 | 內容 |\n| 紀錄狀態 | 定稿 |\n| 散會 | 11:50 |\n| 主席致詞 | 感謝各位代表。 |",
    "決議": """
| 案號         | 項次 | 內容                                             | 主辦單位 | 期限      | 列管     |
| 確認會議紀錄 | 1    | 確定。                                           |          |           |          |
| 提1          | 1    | 贊成四十一票，反對三票，廢票一票，照案通過。     | 教務處   | 115-03-31 | 持續列管 |
| 提2          | 1    | 贊成三十八票，同意停聘處分。                     | 人事室   | 115-01-31 | 持續列管 |
| 提3          | 1    | 修正通過。                                       |          |           |          |
""",
}
SECRET = ("停聘", "不當行為", "三十八票")


def roster(attended: bool = False) -> str:
    people = [(f"教師{number:02d}", "校長" if number == 1 else "教師代表") for number in range(1, 41)]
    people += [(f"學生{number:02d}", "學生代表") for number in range(1, 9)]
    if attended:
        ways = ["請假" if place in (7, 21, 44) else "出席" for place in range(len(people))]
        lines = [f"| {name} | {role} | {how} |" for (name, role), how in zip(people, ways, strict=True)]
        return "\n".join(["| 姓名 | 身分 | 出席 |", *lines])
    lines = [
        f"| {name} | {role} | 教授 | 海風大學 | 女 | m{place}@example.edu.tw |"
        for place, (name, role) in enumerate(people)
    ]
    return "\n".join(["| 姓名 | 身分 | 職稱 | 服務機關 | 性別 | 電子郵件 |", *lines])


@pytest.mark.office
@pytest.mark.slow
def test_an_assembly_of_48_meets_on_two_days_with_a_secret_case(desk: Desk) -> None:
    meeting = "114學年-1-2"
    desk.book("機關.xlsx", 委員=roster(), **ASSEMBLY)
    assert desk.run("new", meeting, "--with", "部分,提案人,附議人,公開,密等,續會日期").exit_code == 0
    form = desk.root / "inputs" / meeting / "會議.xlsx"
    fill(form, "會議資訊", {"會議名稱": TERM, "續會日期": "115-01-14"})
    assert fields(form)["會議名稱"] == TERM
    desk.book(f"{meeting}/會議.xlsx", **ASSEMBLED)
    assert errors(desk, meeting) == []
    assert desk.run("release", meeting, "--reason", "補辦").exit_code == 0
    assert desk.run("build", meeting).exit_code == 0
    texts = desk.texts(meeting)
    assert "時間：115年1月7日（星期三）上午9時；續會：115年1月14日（星期三）" in texts["01 議程"]
    assert f"{TERM}　議程" in texts["01 議程"]
    assert "三、校園機車停放管理辦法草案，請討論。" in texts["01 議程"]
    assert "（1）畢業學分下限。" in texts["03 提案討論第一案"]
    assert "辦法：\n" in texts["03 提案討論第一案"]
    assert "提案人：教師05\n附議人：教師06、學生02" in texts["06 提案討論第三案"]
    packet = pdf_text(desk.output("會議資料.pdf", meeting))
    assert [word for word in SECRET if word in packet] == []
    assert "二、本案不公開" in packet
    desk.book(f"{meeting}/會議紀錄.xlsx", 出席=roster(attended=True), **DECIDED)
    assert errors(desk, meeting) == []
    assert desk.run("build", meeting, "--format", "docx").exit_code == 0
    minutes = desk.texts(meeting)["會議紀錄（會議版）"]
    assert "應出席48人，出席45人" in minutes
    assert "決議：贊成四十一票，反對三票，廢票一票，照案通過。" in minutes
    assert [word for word in SECRET if word in minutes] == []
    assert "同意停聘處分" in desk.texts(meeting)["會議紀錄（機關版）"]
    assert desk.run("mail", meeting, "--kind", "會議紀錄定稿").exit_code == 0
    result = desk.run("release", meeting, "--reason", "補辦")
    assert result.exit_code == 0, result.output
    assert "沒有變動" in desk.run("release", meeting, "--reason", "補辦").output
    assert json.loads(desk.run("diff", meeting, "--json").stdout)["inputs"] == []
    assert desk.run("publish", meeting).exit_code == 0
    public = folder_texts(desk.root / "output" / f"{meeting} 公開")
    assert [(name, word) for name, text in public.items() for word in SECRET if word in plain(text)] == []
    about = json.loads(public["會議.json"].removeprefix("會議.json"))
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(about, json.loads((REPO / "docs" / "meeting.schema.json").read_text("utf-8")))
    assert about["續會日期"] == ["2026-01-14"]
    assert [case.get("公開", "公開") for case in about["案由"]] == ["公開", "公開", "不公開", "公開"]
    assert [part["名稱"] for part in about["案由"][1]["其他部分"]] == ["辦法"]
    assert desk.run("mail", meeting, "--kind", "會議資料").exit_code == 0
    for path in (desk.root / "output" / f"{meeting} 信件").glob("*.eml"):
        assert [word for word in SECRET if word in plain(everything(path.read_bytes(), path.name))] == []
    assert desk.run("new", "114學年-2-1", "--from", meeting).exit_code == 0
    past = rows(desk.root / "inputs" / "114學年-2-1" / "上次決定.xlsx", "上次會議決定")
    assert [row[1] for row in past][-2:] == ["提案討論第二案（不公開）", "校園機車停放管理辦法草案，請討論。"]
    assert {row[5] for row in past} == {meeting}
