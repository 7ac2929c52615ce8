"""Personal data is found in the workbooks before the meeting and published never, however it is written."""

from __future__ import annotations

from pathlib import Path

import docx
import pikepdf
import pptx
import pytest
from conftest import AGENCY, EXPLANATIONS, UNITS, Desk
from effort import effort
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm
from test_minutes import REMARKS, ROSTER, minutes

OFFICIAL = (
    AGENCY
    + """
| 聯絡人   | 孟聯絡               |
| 聯絡電話 | 02-2380-1234         |
| 電子郵件 | tide@example.gov.tw  |
| 機關地址 | 臺北市中正區廣州街2號 |
"""
)
KINDS = {
    "身分證或居留證號碼": [
        "A123456789",
        "a123456789",
        "Ａ１２３４５６７８９",
        "A 123456789",
        "A-123-456-789",
        "A12345\\n6789",
        "AC01234567",
        "A800000014",
        "A.123.456.789",
        "A（123456789）",
        "A_123456789",
        "ID：A123456789",
        "IDA123456789",
    ],
    "聯絡電話或行動電話": [
        "0912345678",
        "0912-345-678",
        "0912–345–678",
        "0912－345－678",
        "0912.345.678",
        "0912 345 678",
        "(0912)345-678",
        "（0912）345678",
        "0912-3456-78",
        "0912-34-5678",
        "09-1234-5678",
        "+886912345678",
        "+886-912-345-678",
        "+886 (0)912 345 678",
        "886-912-345678",
        "0912-345\\n-678",
        "0912\\n345678",
        "02-2345-6789轉123",
        "(02)2345-6789分機123",
        "02-23456789#123",
        "2345-6789 分機 123",
        "03-3456789 ext. 12",
        "(049)234-5678",
        "02.2345.6789",
        "02/2345/6789",
        "0223456789",
        "(886-2)2345-6789",
        "+886(2)2345-6789",
        "2345-6789轉分機12",
        "037-123456",
        "0836-12345",
        "089-123456",
        "電話：2345-6789",
        "傳真 02 2345-6789",
        "02-2345-\\n6789",
        "0912_345_678",
        "0912~345~678",
        "0912,345,678",
        "0912、345、678",
        "0912\\n345\\n678",
        "零九一二三四五六七八",
        "〇九一二-三四五-六七八",
        "O912345678",
        "002-886-912345678",
        "0 9 1 2 3 4 5 6 7 8",
        "٠٩١٢٣٤٥٦٧٨",
        "02 2345 6789",
        "市話2345-6789",
    ],
    "車牌號碼": [
        "ABC-1234",
        "1234-AB",
        "AB-1234",
        "車號：ABC-123",
        "車牌 123-MAB",
        "機車 ABC-123",
        "車牌：abc1234",
        "abc-1234",
    ],
    "電子郵件地址": [
        "someone@example.org",
        "someone＠example.org",
        "someone@exam\\nple.org",
        "someone@\\nexample.org",
        "someone\\n@example.org",
        "someone@example.\\ngov.tw",
        "someone(at)example.org",
        "someone @ example.org",
        "someone@example。org",
        "someone@example .org",
        "someone(at)example(dot)org",
        "someone { at } example.org",
        "someone#example.org",
        "someone小老鼠example.org",
        "someone at example dot org",
        "someone%40example.org",
        "someone@例子.tw",
        "someone(a)example.org",
        "someone AT example.org",
        "someone_at_example.org",
    ],
    "地址": [
        "臺北市大安區和平東路二段106號3樓",
        "新北市板橋區文化路2段100巷5弄6之1號",
        "花蓮縣吉安鄉中山路三段二百號",
        "台北市○○區○○路○號",
        "苗栗縣頭屋鄉北坑村3鄰12號",
        "苗栗縣三灣鄉內灣村5鄰內灣20號",
        "花蓮縣秀林鄉富世村富世291號",
        "和平東路二段106號3樓",
        "臺北巿大安區和平東路二段106號",
        "No. 106, Sec. 2, Heping E. Rd., Taipei",
    ],
    "證件或個人編號": [
        "護照號碼 312345678",
        "Passport No: K1234567",
        "台胞證 12345678",
        "健保卡號 000012345678",
        "病歷號 1234567",
    ],
    "出生日期": [
        "生日：民國70年5月20日",
        "出生年月日：0700520",
        "生於1981年5月20日",
        "民國七十年五月二十日生",
        "(70.5.20生)",
    ],
    "帳戶或卡片號碼": [
        "帳號 012-345-678901",
        "局號0001234帳號0123456",
        "銀行帳戶：808-0123456789012",
        "4111-1111-1111-1111",
    ],
    "通訊軟體帳號": ["LINE ID：someone123", "微信：some_one"],
}
WRITTEN = [(what, text) for what, texts in KINDS.items() for text in texts]
NONE = [
    "主資字第0930001234號函",
    "院授主資 字第 0912345678 號",
    "A123456780",
    "10912345678",
    "109-12-345-678",
    "1,091,234,567",
    "洽 tide@example.gov.tw 辦理",
    "洽 tide@exam\\nple.gov.tw 辦理",
    "臺北市中正區廣州街2號",
    "ISO-9001",
    "GIS-2024",
    "113年5月20日至6月1日",
    "訴願決定第1號",
    "0800-000-123",
    "第3條第1項",
    "識別碼 8246、40661",
    "2024-04-29",
    "文號：0930001234",
    "標案案號0912345678",
    "資料集編號 0912345678",
    "https://data.gov.tw/dataset/0912345678",
    "電話 0800-123-456",
    "4128888轉2",
    "會議室B1-1234",
    "台1線臺北市路段3號橋",
    "提升電話服務1,234,567通",
    "02 2024-2025",
    "洽 tide @ example.gov.tw 辦理",
    "資料#1.3版",
    "系統帳號 12345678 個",
    "113年5月20日生效",
    "113年5月20日出生登記",
    "出生數 137413",
    "4111 1111 1111 1112",
    "02 2024 2025",
    "9 0 9 1 2 3 4 5 6 7 8",
    "available at data.gov.tw",
    "匯入資料 20240520",
    "No. 12, Sec 3 of the Act",
]


def told(desk: Desk, text: str, cleared: str = "") -> Desk:
    desk.book("機關.xlsx", 機關=OFFICIAL, 單位=UNITS, 委員=ROSTER)
    sheet = f"| 文字 | 說明 |\n| {cleared} | 服務窗口 |" if cleared else ""
    said = EXPLANATIONS.replace("依本部規定辦理。", f"依說明「{text}」辦理。")
    desk.meeting(說明=said, **({"非姓名": sheet} if sheet else {}))
    return desk


def found(desk: Desk) -> list[tuple[str, str, str, str]]:
    return [
        (one["severity"], one["sheet"], one["cell"], one["text"])
        for one in desk.problems()
        if one["code"] == "personal-data"
    ]


@pytest.mark.parametrize(("what", "text"), WRITTEN)
def test_personal_data_is_a_warning_at_its_cell(desk: Desk, what: str, text: str) -> None:
    [(severity, sheet, cell, message)] = found(told(desk, text))
    assert (severity, sheet, cell) == ("warning", "說明", "D2")
    assert f"有{what}" in message
    # A word before the number stands between: 「…照號碼 31○○○○○○○」.
    assert "依說明「" in message or "「…" in message
    assert text not in message


@pytest.mark.parametrize("text", NONE)
def test_numbers_of_letters_the_groups_own_and_codes_are_none(desk: Desk, text: str) -> None:
    assert found(told(desk, text)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "cleared"),
    [
        ("洽 service@example.com 辦理", "service@example.com"),
        ("洽 service@exam\\nple.com 辦理", "service@example.com"),
        ("服務專線(02)2345-6789", "服務專線(02)2345-6789"),
        ("臺北市大安區和平東路二段106號", "臺北市大安區和平東路二段106號"),
    ],
)
def test_a_public_service_is_cleared_by_a_row(desk: Desk, text: str, cleared: str) -> None:
    assert found(told(desk, text)) != []
    assert found(told(desk, text, cleared)) == []
    assert found(told(desk, f"{text}，或 0912-345-678", cleared)) != []


@pytest.mark.slow
def test_every_place_that_is_published_is_looked_at(desk: Desk) -> None:
    told(desk, "規定")
    spoken = REMARKS.replace("將研議期程與經費。", "請電 0912-345-678。").replace(
        "訴訟中案件", "訴訟中 A123456789 案件"
    )
    minutes(desk, 發言=spoken)
    # What is closed is not published.
    assert [(sheet, cell) for _, sheet, cell, _ in found(desk)] == [("發言", "F3")]
    attached = "| 案號 | 名稱 | 來源 |\n| 討1 | 清單 | 工作表:下架清單 |\n| 討1 | 文件 | 檔案:說明.docx |"
    desk.meeting(附件=attached)
    desk.book(
        "113-1/下架清單.xlsx",
        下架清單="| 下架資料集名稱 | 提供單位 | 下架原因 | 備註 |\n| 名冊 | 企劃處 | 已停 | someone@example.org |",
    )
    folder = desk.root / "inputs" / "113-1" / "附件"
    folder.mkdir(parents=True)
    letter = docx.Document()
    letter.add_paragraph("車號：ABC-123")
    letter.save(str(folder / "說明.docx"))
    assert sorted((sheet, cell) for _, sheet, cell, _ in found(desk)) == [
        ("下架清單", "D2"),
        ("發言", "F3"),
        ("附件", "C3"),
    ]


def test_what_a_chart_in_an_attachment_says_is_read(desk: Desk) -> None:
    told(desk, "規定")
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 簡報 | 檔案:說明.pptx |")
    folder = desk.root / "inputs" / "113-1" / "附件"
    folder.mkdir(parents=True)
    deck, data = pptx.Presentation(), CategoryChartData()
    data.categories = ["潮位", "洽 0912-345-678"]
    data.add_series("筆數", (1, 2))
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    slide.shapes.add_chart(XL_CHART_TYPE.PIE, 0, 0, Cm(9), Cm(9), data)
    deck.save(str(folder / "說明.pptx"))
    assert [(sheet, cell) for _, sheet, cell, _ in found(desk)] == [("附件", "C2")]


def test_an_attachment_that_cannot_be_read_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.pdf.from_elsewhere import confined
    from generator.pdf.from_elsewhere.problems import FileCode, Unfit

    plain = confined.run

    def unreadable(task: str, *arguments: str, content: bytes = b"") -> tuple[str, bytes]:
        if task == "read pdf":
            raise Unfit(FileCode.FILE_DAMAGED)
        return plain(task, *arguments, content=content)

    told(desk, "規定")
    desk.meeting(附件="| 案號 | 名稱 | 來源 |\n| 討1 | 文件 | 檔案:說明.pdf |")
    folder = desk.root / "inputs" / "113-1" / "附件"
    folder.mkdir(parents=True)
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(folder / "說明.pdf")
    assert "attachment-unread" not in [one["code"] for one in desk.problems()]
    monkeypatch.setattr(confined, "run", unreadable)
    assert "attachment-unread" in [one["code"] for one in desk.problems()]


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["x", "x.", "0", "A1 ", "路", "中路1號", "區中村", "02-", "a@", "王、", "1年", "No. 1, a ", "帳號1", "{", "{%"],
)
def test_a_long_text_is_looked_through_in_a_straight_line(desk: Desk, piece: str) -> None:
    """A pattern that begins anew at each character would take minutes."""
    told(desk, (piece * 30_000)[:30_000] + " at @")
    assert effort(desk.problems) < 80


@pytest.mark.office
@pytest.mark.parametrize("text", ["A123456789", "0912–345–678", "臺北市大安區和平東路二段106號3樓", "ABC-1234"])
def test_personal_data_is_not_published(desk: Desk, text: str) -> None:
    result = told(desk, text).run("publish", "113-1")
    assert result.exit_code == 1
    assert "沒有公開任何檔案" in result.output
    assert "會議.xlsx〔說明〕D2" in result.output
    assert text not in result.output
    assert not list(Path(desk.root / "output").glob("*公開*"))
