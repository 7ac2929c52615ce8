"""Two bodies by workbook alone, from the first form to the next meeting: officials only, and with external members."""

from __future__ import annotations

import json
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import Desk, cells

Rows = list[dict[str, Any]]
pytestmark = [pytest.mark.office, pytest.mark.slow]


def fill(path: Path, sheet: str, table: str) -> None:
    """Fills a form as a secretary does, from a Markdown table: of 〔欄位〕 the rows named, of a list all below it."""
    book = openpyxl.load_workbook(path)
    target = book[sheet]
    headings, *rows = cells(table)
    if headings == ["欄位", "內容"]:
        fields = {row[0].value: row[1] for row in target.iter_rows(min_row=2)}
        for name, value in rows:
            fields[name].value = value
    else:
        places = {cell.value: cell.column for cell in target[1]}
        for line in target.iter_rows(min_row=2):
            for cell in line:
                cell.value = None
        for number, row in enumerate(rows, start=2):
            for heading, value in zip(headings, row, strict=True):
                target.cell(number, places[heading]).value = value
    book.save(path)


def read(path: Path, sheet: str) -> Rows:
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:] if any(row)]


def start(desk: Desk, tmp_path: Path, **sheets: str) -> Desk:
    root = tmp_path / "新的"
    assert desk.run("init", str(root), "--kind", "一般會議").exit_code == 0
    for name, table in sheets.items():
        fill(root / "inputs" / "機關.xlsx", name, table)
    return Desk(root)


def warned(desk: Desk) -> list[tuple[str, str, str]]:
    found = [item for item in desk.problems("114-1") if item["severity"] != "note"]
    return [(item["code"], f"{item['workbook']}〔{item['sheet']}〕{item['cell']}", item["text"]) for item in found]


def done(desk: Desk, *arguments: str) -> str:
    result = desk.run(*arguments)
    assert result.exit_code == 0, (arguments, result.output)
    return result.output


def mail(desk: Desk, kind: str) -> dict[str, str]:
    done(desk, "mail", "114-1")
    content = (desk.root / "output" / "114-1 信件" / f"{kind}.eml").read_bytes()
    message = BytesParser(policy=policy.default).parsebytes(content)
    body = message.get_body(("plain",))
    assert body is not None
    return {name: str(message[name] or "") for name in ("To", "Bcc", "Subject")} | {"text": body.get_content()}


INFO = """
| 欄位     | 內容      |
| 會議日期 | 114-03-12 |
| 開始時間 | 14:00     |
| 地點     | 第2會議室 |
| 主席     | 林大年    |
| 紀錄     | 錢小美    |
"""
STATUS = "| 欄位 | 內容 |\n| 紀錄狀態 | {} |\n| 散會 | 16:20 |"


def test_nine_officials_meet_on_integrity(desk: Desk, tmp_path: Path) -> None:
    names = ("林大年", "何小雨", "周明", "陳建國", "張美玲", "黃志強", "吳淑芬", "劉家豪", "歐陽雪")
    units = ("局本部", "秘書室", "人事室", "主計室", "政風室", "企劃科", "資訊科", "業務科", "工務科")
    members = "| 姓名 | 職稱 | 服務機關 | 身分 | 電子郵件 |\n" + "\n".join(
        f"| {name} | {'主任' if number else '局長'} | {unit} | {'委員' if number else '召集人'} | m{number}@a.tw |"
        for number, (name, unit) in enumerate(zip(names, units, strict=True))
    )
    agency = """
    | 欄位     | 內容                |
    | 機關全銜 | 海風市政府港務局    |
    | 機關簡稱 | 港務局              |
    | 自稱     | 本局                |
    | 小組名稱 | 廉政會報            |
    | 幕僚單位 | 政風室              |
    | 電子郵件 | ethics@example.org  |
    """
    listed = "| 單位 |\n" + "\n".join(f"| {unit} |" for unit in units)
    body = start(desk, tmp_path, 機關=agency, 單位=listed, 委員=members)
    done(body, "new", "114-1")
    folder = body.root / "inputs" / "114-1"
    assert not (folder / "資料集.xlsx").exists()
    fill(folder / "會議.xlsx", "會議資訊", INFO)
    cases = """
    | 案號 | 類別     | 單位   | 案由                                     |
    | 報1  | 報告事項 | 政風室 | 廉政工作執行情形，報請鑒察。             |
    | 討1  | 討論事項 | 政風室 | 訂定廉政風險評估作業規定一案，提請討論。 |
    """
    fill(folder / "會議.xlsx", "案由", cases)
    points = "| 案號 | 層級 | 內容 |\n| 討1 | 1 | 擬訂定作業規定。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |"
    fill(folder / "會議.xlsx", "說明", points)
    assert warned(body) == []
    done(body, "build", "114-1")
    assert body.output("會議資料.pdf", "114-1").is_file()
    texts = body.texts("114-1")
    assert "主持人：林局長大年（召集人）" in texts["開會通知單"]
    for name, text in texts.items():
        for word in ("民間代表", "設置要點", "資料開放", "指派代表"):
            assert word not in text, (name, word)
    assert mail(body, "會議資料")["To"].count("@") == 9
    done(body, "new", "114-1", "--minutes")
    book = folder / "會議紀錄.xlsx"
    fill(book, "紀錄資訊", STATUS.format("草稿"))
    attendance = "| 姓名 | 身分 | 出席 | 代理人 | 代理人職稱 |\n" + "\n".join(
        f"| {name} | {'委員' if number else '召集人'} | " + ("代理 | 李午隆 | 股長 |" if number == 8 else "出席 | | |")
        for number, name in enumerate(names)
    )
    fill(book, "出席", attendance)
    remarks = r"""
    | 案號 | 順序 | 發言者 | 類型     | 記名方式 | 內容                                 |
    | 討1  | 1    | 陳建國 | 委員意見 | 記名     | 建議：\n1. 分年辦理。\n2. 先行試辦。 |
    | 討1  | 2    | 歐陽雪 | 委員意見 | 記名     | 贊成先行試辦。                       |
    """
    fill(book, "發言", remarks)
    decisions = """
    | 案號 | 項次 | 內容       | 主辦單位 | 期限      | 列管     |
    | 報1  | 1    | 洽悉。     |          |           |          |
    | 討1  | 1    | 照案通過。 | 政風室   | 114-06-30 | 持續列管 |
    """
    fill(book, "決議", decisions)
    assert warned(body) == []
    done(body, "build", "114-1")
    lines = body.texts("114-1")["會議紀錄（會議版）"].splitlines()
    for line in ("主席：林局長大年", "出席人數：應出席9人，出席9人", "（二）李股長午隆：贊成先行試辦。"):
        assert line in lines
    assert not any("修正意見" in line for line in lines)
    draft = mail(body, "會議紀錄草稿")
    assert "前回復" not in draft["Subject"] + draft["text"]
    assert "公開版將另" not in draft["text"]
    fill(book, "紀錄資訊", STATUS.format("定稿"))
    assert warned(body) == []
    done(body, "release", "114-1", "--reason", "定稿")
    assert json.loads(done(body, "diff", "114-1", "--json"))["same"] is True
    assert mail(body, "會議紀錄定稿")["To"].count("@") == 9
    done(body, "publish", "114-1")
    data = json.loads(next((body.root / "output").rglob("會議.json")).read_text("utf-8"))
    assert data["出席委員"][-1]["代理人職稱"] == "股長"
    done(body, "new", "114-2", "--from", "114-1")
    past = read(body.root / "inputs" / "114-2" / "上次決定.xlsx", "上次會議決定")
    assert [(row["決定（議）"], row["列管"]) for row in past] == [("洽悉。", None), ("照案通過。", "持續列管")]


def test_a_committee_with_external_members_keeps_its_own_rules(desk: Desk, tmp_path: Path) -> None:
    body = start(
        desk,
        tmp_path,
        機關="""
        | 欄位     | 內容               |
        | 機關全銜 | 海風市政府         |
        | 機關簡稱 | 市府               |
        | 自稱     | 本府               |
        | 小組名稱 | 都市設計審議委員會 |
        | 幕僚單位 | 都市發展局         |
        | 電子郵件 | board@example.org  |
        """,
        單位="| 單位 |\n| 都市發展局 |\n| 交通局 |",
        規則="""
        | 規則               | 數值         | 依據            |
        | 委員最少人數       | 7人          | 設置要點第3點   |
        | 民間代表最低比例   | 1/2 以上     | 設置要點第3點   |
        | 出席門檻           | 三分之二以上 | 設置要點第6點   |
        | 民間代表最少出席   | 2            | 設置要點第6點   |
        | 會議資料會前工作日 | 7            | 作業須知第2點   |
        | 紀錄草稿工作日     | 5            | 作業須知第5點   |
        | 修正意見工作日     | 3            | 作業須知第5點   |
        | 公開工作日         | 20           | 作業須知第6點   |
        """,
        身分="""
        | 身分     | 屬於     | 得代理 |
        | 主任委員 | 召集人   |        |
        | 當然委員 | 機關代表 | ★      |
        | 外聘委員 | 民間代表 |        |
        """,
        委員="""
        | 姓名   | 職稱   | 服務機關       | 身分     | 電子郵件       |
        | 林大年 | 副市長 | 海風市政府     | 主任委員 | m0@example.org |
        | 沈青山 | 教授   | 海風大學       | 外聘委員 | m1@example.org |
        | 何小雨 | 局長   | 都市發展局     | 當然委員 | m2@example.org |
        | 江海   | 建築師 | 海風建築師公會 | 外聘委員 | m3@example.org |
        | 張簡文 | 局長   | 交通局         | 當然委員 | m4@example.org |
        | 司馬青 | 副教授 | 潮汐大學       | 外聘委員 | m5@example.org |
        | 方圓   | 理事長 | 潮汐協會       | 外聘委員 | m6@example.org |
        """,
    )
    done(body, "new", "114-1", "--with", "編號,主辦機關")
    folder = body.root / "inputs" / "114-1"
    fill(folder / "會議.xlsx", "會議資訊", INFO)
    cases = """
    | 案號 | 類別     | 單位       | 案由                               | 範本                 |
    | 報1  | 報告事項 | 都市發展局 | 列管事項辦理情形，報請鑒察。       | 上次會議決定辦理情形 |
    | 討1  | 討論事項 | 都市發展局 | 港濱廣場都市設計審議案，提請討論。 |                      |
    """
    fill(folder / "會議.xlsx", "案由", cases)
    points = "| 案號 | 層級 | 內容 |\n| 討1 | 1 | 業依前次意見修正。 |\n| 討1 | 1 | 以上所擬是否妥適，提請討論。 |"
    fill(folder / "會議.xlsx", "說明", points)
    fill(folder / "會議.xlsx", "列席", "| 單位 | 姓名 | 職稱 |\n| 都市發展局 | 錢小美 | 科長 |")
    past = """
    | 編號   | 類別     | 案由                       | 決定（議） | 主辦機關 | 辦理情形       | 列管     | 會議  |
    | 113-07 | 討論事項 | 人行空間改善案，提請討論。 | 修正通過。 | 交通局   | 業已完成設計。 | 持續列管 | 113-4 |
    """
    fill(folder / "上次決定.xlsx", "上次會議決定", past)
    assert warned(body) == []
    output = done(body, "schedule", "114-1")
    assert "作業須知第2點" in output
    assert "於機關網站公開會議資料與紀錄" in output
    done(body, "build", "114-1")
    texts = body.texts("114-1")
    assert "當然委員因故未能親自出席時，得指派代表出席" in texts["簽到單"]
    assert "列管建議" in next(text for name, text in texts.items() if "報告事項第一案" in name)
    notice = texts["開會通知單"]
    done(body, "new", "114-1", "--minutes", "--with", "出席方式,形式,層級,類別")
    book = folder / "會議紀錄.xlsx"
    fill(book, "紀錄資訊", STATUS.format("草稿"))
    attendance = """
    | 姓名   | 身分     | 出席 | 出席方式 | 代理人 | 代理人職稱 |
    | 林大年 | 主任委員 | 出席 |          |        |            |
    | 沈青山 | 外聘委員 | 出席 |          |        |            |
    | 何小雨 | 當然委員 | 代理 |          | 李午隆 | 副局長     |
    | 江海   | 外聘委員 | 出席 | 視訊     |        |            |
    | 張簡文 | 當然委員 | 出席 |          |        |            |
    | 司馬青 | 外聘委員 | 出席 |          |        |            |
    | 方圓   | 外聘委員 | 請假 |          |        |            |
    """
    fill(book, "出席", attendance)
    fill(book, "列席", "| 單位 | 姓名 | 職稱 | 出席 |\n| 交通局 | 孫立 | 股長 | 請假 |")
    remarks = """
    | 案號 | 順序 | 發言者 | 類型     | 記名方式 | 內容               | 形式     | 層級 |
    | 討1  | 1    | 司馬青 | 委員意見 | 記名     | 請補充下列資料：   |          |      |
    |      |      |        |          |          | 夜間照明計畫。     |          | 1    |
    |      |      |        |          |          | 無障礙動線：       |          | 1    |
    |      |      |        |          |          | 含輪椅迴轉空間。   |          | 2    |
    | 討1  | 2    | 何小雨 | 委員意見 | 記名     | 將請申請人補充。   |          |      |
    | 討1  | 3    | 方圓   | 委員意見 | 記名     | 建議保留既有喬木。 | 書面意見 |      |
    """
    fill(book, "發言", remarks)
    decisions = """
    | 案號 | 項次 | 內容                       | 類別     | 主辦單位   | 期限      | 列管     |
    | 報1  | 1    | 洽悉。                     |          |            |           |          |
    | 討1  | 1    | 修正通過。                 | 決議     |            |           |          |
    | 討1  | 1    | 請於三個月內補正照明計畫。 | 附帶決議 | 都市發展局 | 114-06-30 | 持續列管 |
    | 臨1  | 1    | 照案通過。                 |          |            |           |          |
    """
    fill(book, "決議", decisions)
    fill(book, "案由", "| 案號 | 類別 | 單位 | 案由 |\n| 臨1 | 臨時動議 | 交通局 | 建議每季現勘一次案 |")
    workbook = openpyxl.load_workbook(book)
    own = workbook.create_sheet("說明")
    for row in (("案號", "層級", "內容"), ("臨1", 1, "現勘可及早發現問題。")):
        own.append(row)
    workbook.save(book)
    assert warned(body) == []
    done(body, "build", "114-1")
    texts = body.texts("114-1")
    assert texts["開會通知單"] == notice
    lines = texts["會議紀錄（會議版）"].splitlines()
    for line in (
        "主席：林副市長大年",
        "請假委員：方委員圓",
        "列席單位及人員：交通局孫股長立（請假）",
        "出席人數：應出席7人，出席6人，其中外聘委員3人",
        "（一）司馬委員青：請補充下列資料：",
        "（二）李副局長午隆：將請申請人補充。",
        "（三）方委員圓（書面意見）：建議保留既有喬木。",
        "附帶決議：請於三個月內補正照明計畫。",
        "現勘可及早發現問題。",
    ):
        assert line in lines, (line, lines)
    assert "江委員海（視訊）" in "".join(lines)
    draft = mail(body, "會議紀錄草稿")
    assert "公開版將另於機關網站公開" in draft["text"]
    assert (draft["To"].count("@"), draft["Bcc"].count("@")) == (3, 4)
    fill(book, "紀錄資訊", STATUS.format("定稿"))
    done(body, "publish", "114-1")
    done(body, "release", "114-1", "--reason", "定稿")
    fill(body.root / "inputs" / "機關.xlsx", "單位", "| 單位 |\n| 都市設計局 |\n| 交通局 |")
    assert warned(body) == []
    done(body, "new", "114-2", "--from", "114-1")
    carried = read(body.root / "inputs" / "114-2" / "上次決定.xlsx", "上次會議決定")
    kept = next(row for row in carried if row["編號"] == "113-07")
    assert (kept["主辦機關"], kept["會議"]) == ("交通局", "113-4")
    rider = next(row for row in carried if "附帶決議" in str(row["決定（議）"]))
    assert rider["主辦機關"] == "都市發展局"
    assert read(body.root / "inputs" / "114-2" / "會議.xlsx", "列席")[0]["姓名"] == "錢小美"
