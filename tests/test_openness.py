"""公開, 限閱 and 不公開: who gets a case or an attachment, and that nobody else gets a word of it."""

from __future__ import annotations

import email
import email.policy
import html
import io
import json
import zipfile
from pathlib import Path

import pypdf
import pytest
from conftest import AGENCY, MEETING, UNITS, Desk

MEMBERS = """
| 姓名   | 職稱 | 服務機關 | 身分     | 性別 | 電子郵件              |
| 王小明 | 次長 | 海風部   | 召集人   | 男   | wang@example.gov.tw   |
| 李大華 | 處長 | 海風部   | 機關代表 | 女   | li@example.gov.tw     |
"""
PUT = """
| 案號 | 類別     | 單位   | 案由                           | 公開   | 密等 |
| 討1  | 討論事項 | 企劃處 | 潮位站增設一案，提請討論。     |        |      |
| 討2  | 討論事項 | 秘書處 | 外港疏浚底價一案，提請討論。   | 限閱   |      |
| 討3  | 討論事項 | 秘書處 | 人員懲處名冊一案，提請討論。   | 不公開 | 密   |
| 討4  | 討論事項 | 資訊處 | 浮標汰換一案，提請討論。       |        |      |
"""
POINTS = """
| 案號 | 層級 | 內容                                               |
| 討1  | 1    | 測站清單如{{ 附件("測站清單") }}。                 |
| 討1  | 1    | 廠商名單如{{ 附件("投標廠商名單") }}。             |
| 討1  | 1    | 以上所擬是否妥適，提請討論。                       |
| 討2  | 1    | 底價訂為三千七百萬元整。                           |
| 討2  | 1    | 以上所擬是否妥適，提請討論。                       |
| 討3  | 1    | 違失情節重大者記過一次。                           |
| 討3  | 1    | 以上所擬是否妥適，提請討論。                       |
| 討4  | 1    | 以上所擬是否妥適，提請討論。                       |
"""
ATTACHED = """
| 案號 | 名稱         | 來源            | 公開   |
| 討1  | 測站清單     | 工作表:測站     |        |
| 討1  | 投標廠商名單 | 工作表:廠商     | 不公開 |
| 討2  | 底價分析表   | 工作表:底價     |        |
"""
LISTS = {
    "測站": "| 站名 | 備註 |\n| 北港 | 每小時一次 |\n| 南港 | 每日一次 |",
    "廠商": "| 廠商 | 備註 |\n| 順風疏浚股份有限公司 | 資格符合 |\n| 逆浪工程股份有限公司 | 資格不符 |",
    "底價": "| 項目 | 金額 |\n| 抽砂船租用費用 | 3700 |",
}
HELD = {
    "紀錄資訊": "| 欄位 | 內容 |\n| 紀錄狀態 | 定稿 |\n| 散會 | 16:30 |",
    "出席": "| 姓名 | 身分 | 出席 |\n| 王小明 | 召集人 | 出席 |\n| 李大華 | 機關代表 | 出席 |",
    "發言": """
| 案號 | 順序 | 發言者 | 類型     | 記名方式 | 內容                       |
| 討2  | 1    | 李大華 | 委員意見 | 記名     | 砂石行情上漲宜酌予提高。   |
| 討3  | 1    | 李大華 | 委員意見 | 記名     | 當事人已自行坦承疏失。     |
""",
    "決議": """
| 案號 | 項次 | 內容                         |
| 討1  | 1    | 照案通過。                   |
| 討2  | 1    | 修正通過，底價調為四千萬元。 |
| 討3  | 1    | 照案通過，另函銓敘機關備查。 |
| 討4  | 1    | 照案通過。                   |
""",
}
RESTRICTED = ("外港疏浚", "三千七百萬", "底價分析", "抽砂船", "砂石行情", "調為四千萬")
WITHHELD = ("懲處名冊", "違失情節", "坦承疏失", "銓敘機關", "投標廠商", "順風疏浚", "逆浪工程")
MINUTES_DAY = MEETING.rstrip() + "\n| 主席 | 王小明 |\n"


def put(desk: Desk, **changed: str) -> None:
    desk.book("機關.xlsx", 機關=f"{AGENCY.rstrip()}\n| 電子郵件 | group@example.gov.tw |", 單位=UNITS, 委員=MEMBERS)
    given = {"會議資訊": MINUTES_DAY, "案由": PUT, "說明": POINTS, "附件": ATTACHED, **LISTS}
    desk.meeting(**(given | changed))


def rules_off(desk: Desk) -> None:
    """Without the rules of groups on open data: this body has two members."""
    desk.book(
        "機關.xlsx",
        機關=f"{AGENCY.rstrip()}\n| 電子郵件 | group@example.gov.tw |",
        單位=UNITS,
        委員=MEMBERS,
        規則="| 規則 | 數值 | 依據 |\n| 單一性別最低比例 | | |",
    )


def everything(content: bytes, name: str) -> str:
    """Every text of a file, and its name."""
    if content.startswith(b"%PDF-"):
        return name + "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return name + "".join(everything(archive.read(part), part) for part in archive.namelist())
    if name.endswith(".eml"):
        parts = [part for part in email.message_from_bytes(content, policy=email.policy.default).walk()]
        return name + "".join(
            everything(part.get_payload(decode=True) or b"", part.get_filename() or "") for part in parts
        )
    return name + html.unescape(content.decode("utf-8", "replace"))


def folder_texts(folder: Path) -> dict[str, str]:
    return {path.name: everything(path.read_bytes(), path.name) for path in sorted(folder.iterdir()) if path.is_file()}


def plain(text: str) -> str:
    return "".join(text.split())


@pytest.mark.slow
def test_numbers_do_not_shift_and_every_reader_has_an_edition(desk: Desk) -> None:
    put(desk)
    rules_off(desk)
    assert [fault for fault in desk.problems() if fault["severity"] == "error"] == []
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    texts = desk.texts()
    papers = sorted(name for name in texts if name[0].isdigit())
    assert papers == [
        "01 議程",
        "01 議程（公開版）",
        "01 議程（機關版）",
        "02 討論事項第一案",
        "03 討論事項第一案 附件1 測站清單",
        "04 討論事項第一案 附件2 投標廠商名單",
        "04 討論事項第一案 附件2（不公開）",
        "05 討論事項第二案",
        "05 討論事項第二案（公開版）",
        "06 討論事項第二案 附件 底價分析表",
        "07 討論事項第三案",
        "07 討論事項第三案（公開版）",
        "08 討論事項第四案",
    ]
    assert texts["01 議程（公開版）"].count("本案不公開") == 2
    assert texts["01 議程"].count("本案不公開") == 1
    assert "外港疏浚" in texts["01 議程"]
    assert "二、本案不公開" in texts["01 議程（公開版）"]
    assert "四、浮標汰換一案" in texts["01 議程（公開版）"]
    assert texts["05 討論事項第二案（公開版）"].splitlines() == ["討論事項　第二案", "案由：本案不公開"]
    assert texts["04 討論事項第一案 附件2（不公開）"].splitlines() == ["附件2", "本附件不公開"]
    assert "密等：密" in texts["07 討論事項第三案"]
    with zipfile.ZipFile(desk.output("05 討論事項第二案.docx")) as archive:
        assert "限閱" in archive.read("word/header90.xml").decode()


@pytest.mark.office
@pytest.mark.slow
def test_nothing_restricted_is_in_the_public_edition_nor_anything_closed_with_the_committee(desk: Desk) -> None:
    put(desk, **HELD)
    rules_off(desk)
    assert [fault for fault in desk.problems() if fault["severity"] == "error"] == []
    assert desk.run("build", "113-1").exit_code == 0
    committee = plain(everything(desk.output("會議資料.pdf").read_bytes(), ""))
    assert [word for word in WITHHELD if word in committee] == []
    assert [word for word in RESTRICTED[:4] if word not in committee] == []
    pages = [plain(page.extract_text()) for page in pypdf.PdfReader(desk.output("會議資料.pdf")).pages]
    assert [("限閱" in page) for page in pages] == [any(word in page for word in RESTRICTED) for page in pages]
    minutes = desk.texts()["會議紀錄（會議版）"]
    assert "砂石行情" in minutes
    assert [word for word in WITHHELD if word in minutes] == []
    assert "坦承疏失" in desk.texts()["會議紀錄（機關版）"]
    result = desk.run("publish", "113-1")
    assert result.exit_code == 0, result.output
    public = folder_texts(desk.root / "output" / "113-1 公開")
    public["zip"] = everything((desk.root / "output" / "113-1 公開.zip").read_bytes(), "")
    leaked = [(name, word) for name, text in public.items() for word in RESTRICTED + WITHHELD if word in plain(text)]
    assert leaked == []
    about = json.loads((desk.root / "output" / "113-1 公開" / "會議.json").read_text("utf-8"))
    assert [case["案由"] for case in about["案由"]][1:3] == ["本案不公開", "本案不公開"]
    assert [(item["標號"], item["名稱"]) for item in about["附件"]] == [
        ("附件1", "測站清單"),
        ("附件2", "本附件不公開"),
    ]
    assert [case["案由"] for case in about["會議紀錄"]["案"]][1] == "本案不公開"
    assert desk.run("mail", "113-1", "--kind", "會議資料").exit_code == 0
    mails = folder_texts(desk.root / "output" / "113-1 信件")
    sent = plain("".join(text for name, text in mails.items() if name.endswith(".eml")))
    assert "三千七百萬" in sent
    assert [word for word in WITHHELD if word in sent] == []


@pytest.mark.slow
def test_the_next_meeting_does_not_tell_what_was_restricted(desk: Desk) -> None:
    put(desk, **HELD)
    rules_off(desk)
    assert desk.run("new", "113-2", "--from", "113-1").exit_code == 0
    text = everything((desk.root / "inputs" / "113-2" / "上次決定.xlsx").read_bytes(), "")
    assert [word for word in RESTRICTED + WITHHELD if word in text] == []
    assert "討論事項第二案（不公開）" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sheet", "old", "new", "code"),
    [
        (
            "附件",
            "| 底價分析表   | 工作表:底價     |        |",
            "| 底價分析表 | 工作表:底價 | 公開 |",
            "wider-than-case",
        ),
        ("案由", "| 不公開 | 密   |", "|        | 密   |", "secret-but-open"),
        ("附件", "| 討2  | 底價分析表   | 工作表:底價", "| 討2  | 底價分析表   | 工作表:測站", "source-open-elsewhere"),
        ("說明", "| 測站清單如", "| 配合外港疏浚底價，測站清單如", "restricted-named"),
        (
            "說明",
            "| 討4  | 1    | 以上所擬",
            "| 討4  | 1    | 投標廠商名單另附。 |\n| 討4  | 1    | 以上所擬",
            "restricted-named",
        ),
        ("決議", "| 照案通過。                   |", "| 照人員懲處名冊辦理。 |", "restricted-named"),
    ],
)
def test_a_wrong_setting_shows_before_anything_goes_out(desk: Desk, sheet: str, old: str, new: str, code: str) -> None:
    given = {"案由": PUT, "說明": POINTS, "附件": ATTACHED, **HELD}
    assert old in given[sheet]
    put(desk, **HELD | {sheet: given[sheet].replace(old, new, 1)})
    rules_off(desk)
    assert code in [fault["code"] for fault in desk.problems() if fault["severity"] == "error"]
    assert all(word not in str(fault) for fault in desk.problems() for word in ("疏浚底價一案", "三千七百萬"))


def test_a_template_that_prints_a_closed_case_is_found(desk: Desk) -> None:
    put(desk)
    rules_off(desk)
    import docx

    path = desk.root / "templates" / "議程.docx"
    template = docx.Document(str(path))
    template.add_paragraph("人員懲處名冊")
    template.save(str(path))
    result = desk.run("build", "113-1", "--format", "docx")
    assert result.exit_code == 1
    assert "含有限閱或不公開的案由" in result.output
    assert "人員懲處" not in result.output


def test_without_anything_restricted_there_is_one_edition(desk: Desk) -> None:
    desk.meeting()
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert not [path.name for path in desk.output().iterdir() if "版" in path.name]


@pytest.mark.slow
def test_personal_data_of_a_closed_case_hinder_no_publication(desk: Desk) -> None:
    closed = HELD["發言"].replace("當事人已自行坦承疏失。", "當事人電話0912-345678已通知。")
    lists = LISTS["廠商"].replace("資格符合", "聯絡0933-222111")
    points = POINTS.replace("違失情節重大者記過一次。", "當事人手機0922-333444，違失情節重大者記過一次。")
    put(desk, **HELD | {"發言": closed, "廠商": lists, "說明": points})
    rules_off(desk)
    assert "personal-data" not in [fault["code"] for fault in desk.problems()]
    put(desk, **HELD | {"說明": POINTS.replace("測站清單如", "電洽0922-333444，測站清單如")})
    rules_off(desk)
    assert "personal-data" in [fault["code"] for fault in desk.problems()]


def test_an_original_that_goes_along_without_a_mark_is_mentioned(desk: Desk) -> None:
    attached = "| 案號 | 名稱 | 來源 | 附原檔 |\n| 討2 | 底價分析表 | 檔案:底價.csv | ★ |"
    points = "\n".join(line for line in POINTS.strip().splitlines() if "附件(" not in line)
    put(desk, 附件=attached, 說明=points)
    rules_off(desk)
    [found] = [fault for fault in desk.problems() if fault["code"] == "original-unmarked"]
    assert (found["severity"], found["cell"]) == ("note", "D2")
