"""`packet mail`: what the drafts hold, as two parsers that know nothing of each other read them."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import json
import random
import re
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import fast_mail_parser
import pytest
from conftest import AGENCY, CASES, EXPLANATIONS, MEETING, UNITS, Desk
from PIL import Image

from generator.build import making, outputs
from generator.cli import options
from generator.dispatch.mail import eml

PDF, ODT = "application/pdf", "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SENDER = f"{AGENCY}| 電子郵件 | tide@example.gov.tw |"
ROSTER = """
| 姓名   | 職稱   | 服務機關 | 身分     | 性別 | 電子郵件           |
| 林召集 | 副首長 | 海風部 | 召集人   | 男 | lin@example.gov.tw |
| 陳代表 | 處長   | 海風部 | 機關代表 | 女 | chen@example.gov.tw |
| 李代表 | 處長   | 潮汐署 | 機關代表 | 男 | li@example.gov.tw |
| 張代表 | 組長   | 潮汐署 | 機關代表 | 女 | chang@example.gov.tw |
| 王代表 | 組長   | 海岸署 | 機關代表 | 男 | wang@example.gov.tw |
| 黃代表 | 組長   | 海岸署 | 機關代表 | 女 | huang@example.gov.tw |
| 周民間 | 教授   | 甲大學 | 民間代表 | 男 | chou@example.edu.tw |
| 吳民間 | 教授   | 乙大學 | 民間代表 | 女 | wu@example.com |
| 鄭民間 | 理事   | 丙協會 | 民間代表 | 男 | cheng@example.org |
| 何民間 | 理事   | 丁協會 | 民間代表 | 女 | ho@example.org |
| 高民間 | 會長   | 戊協會 | 民間代表 | 女 | kao@example.net |
"""
OBSERVERS = """
| 單位   | 姓名   | 職稱 | 電子郵件            |
| 資訊處 | 趙列席 | 專員 | chao@example.gov.tw |
| 秘書處 |        |      | office@example.gov.tw |
"""
MEMBERS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in ROSTER.strip().splitlines()[1:]]
ATTENDANCE = "\n".join(["| 姓名 | 身分 | 出席 |", *(f"| {one[0]} | {one[3]} | 出席 |" for one in MEMBERS)])
REMARKS = """
| 案號 | 順序 | 發言者 | 類型     | 記名方式 | 內容               |
| 討1  | 1    | 吳民間 | 委員意見 | 不記名   | 建議縮短更新頻率。 |
| 討1  | 2    | 鄭民間 | 委員意見 | 不公開   | 此事尚涉訴訟中案件。 |
"""
DECISIONS = """
| 案號 | 項次 | 內容       |
| 報1  | 1    | 洽悉。     |
| 討1  | 1    | 照案通過。 |
"""
# Of Word files, which need no LibreOffice.
PLAIN = """收件者：召集人、機關代表
副本：列席
密件副本：民間代表
主旨：檢送{{ 會議.名稱 }}議程
附件：議程.docx、附錄.docx（如有）

各位委員：

檢送{{ 信件.附件 }}，請查照。
"""


def office(desk: Desk, **changed: str) -> None:
    """A meeting of a group whose members all have a mailbox; 會議資料 goes out by the plain template."""
    desk.book("機關.xlsx", 機關=SENDER, 單位=UNITS, 委員=changed.pop("委員", ROSTER))
    desk.meeting(**{"列席": OBSERVERS} | changed)
    template(desk, PLAIN)


def minutes(desk: Desk, status: str = "草稿", **changed: str) -> None:
    info = f"| 欄位 | 內容 |\n| 紀錄狀態 | {status} |\n| 散會 | 16:10 |"
    sheets = {"紀錄資訊": info, "出席": ATTENDANCE, "發言": REMARKS, "決議": DECISIONS} | changed
    office(desk, 會議資訊=f"{MEETING}| 主席 | 林召集 |")
    desk.book("113-1/會議紀錄.xlsx", **sheets)
    for kind in ("會議紀錄草稿", "會議紀錄定稿"):
        path = template_path(desk, kind)
        path.write_text(re.sub(r"附件：.*", "附件：會議紀錄（會議版）.docx", path.read_text("utf-8")), "utf-8")


def template_path(desk: Desk, kind: str = "會議資料") -> Path:
    return desk.root / "templates" / f"信件 {kind}.txt"


def template(desk: Desk, text: str, kind: str = "會議資料") -> None:
    template_path(desk, kind).write_text(text, "utf-8")


def mail(desk: Desk, *more: str, exit_code: int = 0) -> dict[str, Any]:
    """What the command says as JSON."""
    result = desk.run("mail", "113-1", "--json", *more)
    assert result.exit_code == exit_code, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def refused(desk: Desk, *more: str) -> list[tuple[str, str]]:
    """The code and the place of each error that stands in the way of a mail; nothing may have been written."""
    found = mail(desk, *more, exit_code=1)
    assert found["mails"] == []
    assert drafts(desk) == {}
    errors = [one for one in found["problems"] if one["severity"] == "error"]
    return [(one["code"], " ".join(filter(None, (one["workbook"], one["sheet"], one["cell"])))) for one in errors]


def drafts(desk: Desk) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((desk.root / "output" / "113-1 信件").glob("*.eml"))}


def read(content: bytes) -> EmailMessage:
    """The mail as the standard library reads it, without a defect anywhere."""
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    assert [part.defects for part in found.walk() if part.defects] == []
    return found


def text(content: bytes) -> str:
    body = read(content).get_body()
    assert body is not None
    made: str = body.get_content()
    return made.replace("\r\n", "\n")


def attached(content: bytes) -> dict[str, tuple[str, bytes]]:
    """Type and content of each attachment by name: both parsers must give the same, and the other no warning."""
    ours = {
        str(part.get_filename()): (part.get_content_type(), part.get_payload(decode=True))
        for part in read(content).iter_attachments()
    }
    other = fast_mail_parser.parse_email(content)
    assert other.warnings == []
    assert {one.filename: (one.mimetype, bytes(one.content)) for one in other.attachments} == ours
    return {name: (kind, body) for name, (kind, body) in ours.items() if isinstance(body, bytes)}


def mailboxes(content: bytes, head: str) -> list[str]:
    """The addresses of a head; both parsers must give the same, and the same names."""
    value = read(content)[head]
    ours = [(one.display_name, one.addr_spec) for one in value.addresses] if value is not None else []
    other = getattr(fast_mail_parser.parse_email(content), head.lower())
    assert [(one.display_name or "", one.address) for one in other] == ours
    return [address for _, address in ours]


def long_lines(content: bytes) -> list[bytes]:
    """The lines above 78 characters, which RFC 5322 advises against; the bare name of a type cannot be shorter."""
    types = re.compile(rb"Content-Type: application/vnd\.[a-z.-]+;")
    return [line for line in content.split(b"\r\n") if len(line) > 78 and not types.fullmatch(line)]


# --- the file ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_draft_has_heads_text_and_attachment_as_two_parsers_read_them(desk: Desk) -> None:
    office(desk)
    answer = mail(desk)
    content = drafts(desk)["會議資料.eml"]
    found, other = read(content), fast_mail_parser.parse_email(content)
    subject = "檢送「潮汐資料諮詢小組」113年第1次會議議程"
    assert found["Subject"] == other.subject == answer["mails"][0]["subject"] == subject
    assert found["X-Unsent"] == "1"
    assert found["MIME-Version"] == "1.0"
    assert found["Content-Language"] == "zh-TW"
    assert found["From"].addresses[0].display_name == other.from_.display_name == "海風部潮汐資料諮詢小組"
    assert found["From"].addresses[0].addr_spec == other.from_.address == "tide@example.gov.tw"
    assert found["To"].addresses[0].display_name == "林召集 副首長"
    assert text(content) == "各位委員：\n\n檢送01 議程.docx，請查照。\n"
    assert [part.replace("\r\n", "\n") for part in other.text_plain] == [text(content)]
    assert [part.get_content_type() for part in found.walk()] == ["multipart/mixed", "text/plain", DOCX]
    desk.run("build", "113-1", "--format", "docx")
    assert attached(content) == {"01 議程.docx": (DOCX, desk.output("01 議程.docx").read_bytes())}
    assert answer["mails"][0]["size"] == len(content)


def test_no_line_is_too_long_and_none_ends_bare(desk: Desk) -> None:
    long = "檢送本次會議全部資料請各位委員詳閱並於會議前回復意見" * 4
    office(desk)
    template(desk, PLAIN.replace("議程\n附件", f"{long}\n附件"))
    mail(desk)
    content = drafts(desk)["會議資料.eml"]
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert content.endswith(b"--\r\n")
    assert long_lines(content) == []
    assert content.isascii()
    assert str(read(content)["Subject"]).endswith(long)


def test_an_encoded_word_is_no_longer_than_the_standard_lets_it(desk: Desk) -> None:
    office(desk, 委員=ROSTER.replace("副首長", "副首長兼資訊長暨政府資料開放推動小組執行秘書長代理人選"))
    mail(desk)
    content = drafts(desk)["會議資料.eml"]
    words = re.findall(rb"=\?utf-8\?b\?[^?]*\?=", content)
    assert len(words) > 15
    assert max(map(len, words)) <= 75
    for word in words:
        # Whole characters in each, or some program shows half of one.
        email.header.decode_header(word.decode())[0][0].decode("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "會議紀錄（會議版）.pdf",
        "03 討論事項第一案 附件12 各潮位站近十年資料筆數與更新頻率統計表（含離島及外海浮標，截至五月一日）.odt",
        "budget 113.xlsx",
        "100% 完成；最終版'1'.pdf",
        "𠮷田.docx",
    ],
)
def test_the_name_of_an_attachment_survives_in_both_forms(name: str) -> None:
    one = eml.Address("海風部", "tide@example.gov.tw")
    content = eml.compose(eml.Draft(one, [one], [], [], "主旨", "內文", {name: b"1"}))
    assert list(attached(content)) == [name]
    part = next(iter(read(content).iter_attachments()))
    # What Outlook reads: the encoded word in Content-Type; what the standards know: Content-Disposition.
    raw = content.decode("ascii")
    word = re.search(r'Content-Type: application/[^\r]+\r\n name="(.*?)"', raw, re.DOTALL)
    assert word is not None
    assert str(email.header.make_header(email.header.decode_header(word[1]))) == name
    assert part.get_param("filename", header="content-disposition") is not None
    assert "filename*" in raw
    assert long_lines(content) == []


def test_the_same_inputs_give_the_same_bytes(desk: Desk) -> None:
    office(desk)
    mail(desk)
    first = drafts(desk)
    assert [one["outcome"] for one in mail(desk)["outcomes"]] == ["same"]
    assert drafts(desk) == first
    assert read(first["會議資料.eml"])["Date"] is None
    assert read(first["會議資料.eml"])["Message-ID"] is None


@pytest.mark.parametrize("fault", ["主旨\r\nBcc: evil@example.com", "主旨\n", "主\x0b旨", "主\x00旨", "主\u2028旨"])
def test_no_head_line_can_be_smuggled_in(fault: str) -> None:
    one = eml.Address("海風部", "tide@example.gov.tw")
    for draft in (
        eml.Draft(one, [one], [], [], fault, "內文"),
        eml.Draft(eml.Address(fault, one.mailbox), [one], [], [], "主旨", "內文"),
        eml.Draft(one, [one], [eml.Address("名", f"{fault}@x.tw")], [], "主旨", "內文"),
        eml.Draft(one, [one], [], [], "主旨", "內文", {f"{fault}.pdf": b""}),
    ):
        with pytest.raises(ValueError, match="head line"):
            eml.compose(draft)


# --- who gets it --------------------------------------------------------------------------------------------------


def test_recipients_go_by_role_and_private_mailboxes_are_seen_by_nobody(desk: Desk) -> None:
    office(desk)
    mail(desk)
    content = drafts(desk)["會議資料.eml"]
    assert mailboxes(content, "To") == [
        f"{name}@example.gov.tw" for name in ("lin", "chen", "li", "chang", "wang", "huang")
    ]
    assert mailboxes(content, "Cc") == ["chao@example.gov.tw", "office@example.gov.tw"]
    assert mailboxes(content, "Bcc") == [
        "chou@example.edu.tw",
        "wu@example.com",
        "cheng@example.org",
        "ho@example.org",
        "kao@example.net",
    ]
    assert [one.display_name for one in read(content)["Cc"].addresses] == ["資訊處 趙列席 專員", "秘書處"]


def test_the_standard_templates_hide_the_mailboxes_of_civil_members(desk: Desk) -> None:
    for kind in ("會議資料", "會議紀錄草稿", "會議紀錄定稿"):
        head = template_path(desk, kind).read_text("utf-8").splitlines()[:3]
        assert head == ["收件者：召集人、機關代表、其他", "副本：列席", "密件副本：民間代表"]


def test_a_missing_address_is_a_problem_with_its_cell(desk: Desk) -> None:
    office(desk, 委員=ROSTER.replace("wu@example.com", ""))
    assert refused(desk) == [("mail-address-missing", "機關.xlsx 委員 F9")]
    said = desk.run("mail", "113-1").output
    assert "機關.xlsx〔委員〕F9：「吳民間 教授」沒有電子郵件，無法寄給民間代表。" in said
    assert "不寄給民間代表時，請在 信件 會議資料.txt 第 3 行刪去「民間代表」" in said


def test_a_unit_without_an_address_is_left_out_with_a_warning(desk: Desk) -> None:
    office(desk, 列席=OBSERVERS.replace("office@example.gov.tw", ""))
    found = mail(desk)
    warned = [(one["code"], one["cell"]) for one in found["problems"] if one["code"].startswith("mail-")]
    assert warned == [("mail-unit-without-address", "D3")]
    (content,) = drafts(desk).values()
    assert mailboxes(content, "Cc") == ["chao@example.gov.tw"]


def test_an_observer_without_an_address_is_left_out_with_a_warning(desk: Desk) -> None:
    office(desk, 列席=OBSERVERS.replace("chao@example.gov.tw", ""))
    found = mail(desk)
    warned = [(one["code"], one["cell"]) for one in found["problems"] if one["code"].startswith("mail-")]
    assert warned == [("mail-observer-without-address", "D2")]
    (content,) = drafts(desk).values()
    assert mailboxes(content, "Cc") == ["office@example.gov.tw"]


def test_a_roster_without_the_column_is_a_problem_of_each_row_in_it(desk: Desk) -> None:
    roster = "\n".join(re.sub(r"\|[^|]*\|$", "|", line) for line in ROSTER.strip().splitlines())
    office(desk, 委員=roster)
    assert refused(desk)[0] == ("mail-address-missing", "機關.xlsx 委員 A2")
    assert len(refused(desk)) == 11


def test_who_gets_nothing_needs_no_address(desk: Desk) -> None:
    office(desk, 列席=OBSERVERS.replace("chao@example.gov.tw", ""))
    template(desk, PLAIN.replace("副本：列席\n", "", 1))
    assert mail(desk)["mails"][0]["cc"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "bad",
    [
        "wu",
        "wu@example",
        "wu＠example.com",
        "wu@example..com",
        "wu@example.com；ho@example.org",
        "wu@example.com, ho@example.org",
        "吳民間 <wu@example.com>",
        "吳@example.com",
        "wu@example.com\\nBcc: evil@example.com",
        "wu@[10.0.0.1]",
    ],
)
def test_an_address_that_is_none_is_a_problem_with_its_cell(desk: Desk, bad: str) -> None:
    office(desk, 委員=ROSTER.replace("wu@example.com", bad))
    assert refused(desk) == [("mail-address-bad", "機關.xlsx 委員 F9")]


def test_a_chinese_domain_is_written_in_the_form_that_mail_knows(desk: Desk) -> None:
    office(desk, 委員=ROSTER.replace("wu@example.com", "wu@海風.tw"))
    assert mail(desk)["mails"][0]["bcc"][1]["address"] == "wu@xn--90w843g.tw"


def test_an_agency_without_a_mailbox_cannot_be_the_sender(desk: Desk) -> None:
    office(desk)
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 委員=ROSTER)
    assert refused(desk) == [("mail-sender-missing", "機關.xlsx 機關")]
    desk.book("機關.xlsx", 機關=f"{AGENCY}| 電子郵件 | |", 單位=UNITS, 委員=ROSTER)
    assert refused(desk) == [("mail-sender-missing", "機關.xlsx 機關 B7")]
    desk.book("機關.xlsx", 機關=f"{AGENCY}| 電子郵件 | tide |", 單位=UNITS, 委員=ROSTER)
    assert refused(desk) == [("mail-address-bad", "機關.xlsx 機關 B7")]


def test_a_title_over_two_lines_is_a_problem_with_its_cell(desk: Desk) -> None:
    office(desk, 委員=ROSTER.replace("副首長", "副首長\\nBcc: evil@example.com"))
    assert refused(desk) == [("mail-name-lines", "機關.xlsx 委員 B2")]


def test_a_mailbox_that_two_share_gets_one_mail_and_a_warning(desk: Desk) -> None:
    office(desk, 委員=ROSTER.replace("ho@example.org", "Cheng@example.org"))
    answer = mail(desk)
    assert len(answer["mails"][0]["bcc"]) == 4
    warnings = [one for one in answer["problems"] if one["code"] == "mail-address-twice"]
    assert [one["cell"] for one in warnings] == ["F11"]
    assert "「何民間 理事」與「鄭民間 理事」（F10）的電子郵件相同" in warnings[0]["text"]


def test_a_role_in_two_heads_gets_one_mail(desk: Desk) -> None:
    office(desk)
    template(desk, PLAIN.replace("副本：列席", "副本：列席、召集人", 1))
    answer = mail(desk)["mails"][0]
    assert [one["address"] for one in answer["to"]].count("lin@example.gov.tw") == 1
    assert "lin@example.gov.tw" not in [one["address"] for one in answer["cc"]]


def test_nobody_to_send_to_is_a_problem(desk: Desk) -> None:
    office(desk)
    desk.book("機關.xlsx", 機關=SENDER, 單位=UNITS)
    desk.meeting()
    assert refused(desk) == [("mail-no-recipients", "信件 會議資料.txt 第 1 行")]


# --- which mail ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_mail_fits_the_state_of_the_minutes(desk: Desk) -> None:
    office(desk)
    assert mail(desk)["kind"] == "會議資料"
    minutes(desk, "草稿")
    assert mail(desk)["kind"] == "會議紀錄草稿"
    minutes(desk, "定稿")
    assert mail(desk)["kind"] == "會議紀錄定稿"
    assert list(drafts(desk)) == ["會議紀錄定稿.eml", "會議紀錄草稿.eml", "會議資料.eml"]
    for name, content in drafts(desk).items():
        assert list(attached(content)) == (["01 議程.docx"] if name == "會議資料.eml" else ["會議紀錄（會議版）.docx"])


@pytest.mark.slow
def test_a_draft_asks_for_corrections_by_the_day_that_is_counted(desk: Desk) -> None:
    minutes(desk)
    mail(desk)
    said = text(drafts(desk)["會議紀錄草稿.eml"])
    assert "如有修正意見，請於6月6日前回復；未回復者，視同無意見。" in said
    figures = json.loads(desk.run("figures", "113-1", "--json").stdout)["figures"]
    assert {one["name"]: one["value"] for one in figures}["期限.修正意見"] == "113-06-06"


def test_another_kind_can_be_asked_for_where_it_fits(desk: Desk) -> None:
    minutes(desk, "定稿")
    assert mail(desk, "--kind", "會議資料")["kind"] == "會議資料"
    assert list(drafts(desk)) == ["會議資料.eml"]


@pytest.mark.parametrize(
    ("status", "kind", "code", "place"),
    [
        ("定稿", "會議紀錄草稿", "mail-other-status", "會議紀錄.xlsx 紀錄資訊 B2"),
        ("草稿", "會議紀錄定稿", "mail-other-status", "會議紀錄.xlsx 紀錄資訊 B2"),
        ("", "會議紀錄草稿", "mail-no-minutes", "inputs/113-1"),
        ("", "會議紀錄定稿", "mail-no-minutes", "inputs/113-1"),
    ],
)
def test_a_kind_that_does_not_fit_is_refused(desk: Desk, status: str, kind: str, code: str, place: str) -> None:
    minutes(desk, status) if status else office(desk)
    assert refused(desk, "--kind", kind) == [(code, place)]


def test_a_kind_that_there_is_not_is_wrong_usage(desk: Desk) -> None:
    office(desk)
    result = desk.run("mail", "113-1", "--kind", "通知")
    assert result.exit_code == 2
    assert "會議紀錄草稿" in result.output


def test_errors_of_the_workbooks_stop_a_mail(desk: Desk) -> None:
    office(desk, 案由=CASES.replace("資訊處", "資訊室"))
    assert refused(desk) == [("unknown-unit", "會議.xlsx 案由 C2")]
    assert "有錯誤，沒有產生信件草稿" in desk.run("mail", "113-1").output


@pytest.mark.slow
def test_what_has_gone_out_of_date_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes(desk)
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 6, 7))
    assert "信中寫的期限「修正意見」（113年6月6日）已經過了，請確認。" in mail(desk)["remarks"]
    monkeypatch.setattr(options, "today", lambda: dt.date(2024, 6, 6))
    assert not any("已經過了" in one for one in mail(desk)["remarks"])


def test_a_deadline_without_a_calendar_says_which_calendar_is_missing(desk: Desk) -> None:
    minutes(desk)
    year = 199
    info = f"{MEETING}| 主席 | 林召集 |".replace("113-05-20", f"{year}-05-20").replace("113-05-01", f"{year}-05-01")
    inputs = desk.root / "inputs"
    (inputs / "113-1").rename(inputs / f"{year}-1")
    desk.meeting(f"{year}-1", 會議資訊=info, 列席=OBSERVERS)
    found = json.loads(desk.run("mail", f"{year}-1", "--json").stdout)["problems"]
    codes = [one["code"] for one in found if one["severity"] == "error"]
    assert codes == ["calendar-missing"]


# --- what is attached ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_attached_fits_the_workbooks_as_they_are_now(desk: Desk) -> None:
    office(desk)
    desk.run("build", "113-1", "--format", "docx")
    built = desk.output("01 議程.docx").read_bytes()
    office(desk, 案由=CASES.replace("資料集開放一案", "資料集下架一案"))
    mail(desk)
    now = attached(drafts(desk)["會議資料.eml"])["01 議程.docx"][1]
    assert now != built
    assert desk.output("01 議程.docx").read_bytes() == built
    with zipfile.ZipFile(io.BytesIO(now)) as opened:
        assert "資料集下架一案" in opened.read("word/document.xml").decode()


@pytest.mark.slow
def test_a_hand_edited_document_is_refused_by_name(desk: Desk) -> None:
    office(desk)
    desk.run("build", "113-1", "--format", "docx")
    desk.output("03 討論事項第一案.docx").write_bytes(b"an hour of work")
    assert mail(desk)["mails"]
    desk.output("01 議程.docx").write_bytes(b"an hour of work")
    for path in (desk.root / "output" / "113-1 信件").iterdir():
        path.unlink()
    assert refused(desk) == [("mail-edited", "output/113-1/01 議程.docx")]
    assert "寫回 Excel 或範本" in desk.run("mail", "113-1").output
    desk.run("build", "113-1", "--format", "docx")
    assert mail(desk)["mails"]


def test_the_packet_is_refused_when_a_document_in_it_was_edited(desk: Desk) -> None:
    office(desk)
    template(desk, PLAIN.replace("議程.docx", "會議資料.pdf"))
    desk.run("build", "113-1", "--format", "docx")
    desk.output("03 討論事項第一案.docx").write_bytes(b"an hour of work")
    assert refused(desk) == [("mail-edited", "output/113-1/03 討論事項第一案.docx")]


@pytest.mark.parametrize("name", ["決議分辦表.docx", "決議分辦表（資訊處）.docx", "決議分辦表.xlsx"])
def test_what_is_for_the_agency_alone_is_refused(desk: Desk, name: str) -> None:
    decisions = f"{DECISIONS}| 討1 | 2 | 請資訊處辦理。 | 資訊處 | 113-06-30 |".replace(
        "| 內容       |", "| 內容 | 主辦單位 | 期限 |"
    )
    minutes(desk, "草稿", 決議=decisions)
    path = template_path(desk, "會議紀錄草稿")
    path.write_text(re.sub("附件：.*", f"附件：{name}", path.read_text("utf-8")), "utf-8")
    assert refused(desk) == [("mail-attachment-internal", "信件 會議紀錄草稿.txt 第 5 行")]


def test_files_from_elsewhere_go_along_as_they_came_under_the_numbers_that_the_sheet_gives(desk: Desk) -> None:
    rows = ["| 討1 | 乙圖 | 檔案:b.png | ★ |", "| 討1 | 甲圖 | 檔案:a.png | ★ |"]
    for order, expected in ((rows, ("附件1 乙圖", "附件2 甲圖")), (rows[::-1], ("附件1 甲圖", "附件2 乙圖"))):
        office(desk, 附件="\n".join(["| 案號 | 名稱 | 來源 | 附原檔 |", *order]))
        for name, colour in (("a", "red"), ("b", "blue")):
            path = desk.root / "inputs" / "113-1" / "附件" / f"{name}.png"
            path.parent.mkdir(exist_ok=True)
            Image.new("RGB", (40, 30), colour).save(path)
        template(desk, PLAIN.replace("附錄.docx（如有）", "附件原檔（如有）"))
        mail(desk)
        (draft,) = drafts(desk).values()
        found = attached(draft)
        names = [f"{number:02d} 討論事項第一案 {name}.png" for number, name in enumerate(expected, start=4)]
        assert [name for name in found if name.endswith(".png")] == names
        original = "b" if "乙" in names[0] else "a"
        assert "可能含有看不見的個人資料" in desk.run("mail", "113-1").output
        assert found[names[0]][1] == (desk.root / "inputs" / "113-1" / "附件" / f"{original}.png").read_bytes()


def test_a_tag_is_refused_with_its_own_line(desk: Desk) -> None:
    office(desk)
    template(desk, PLAIN + "\n第二段。\n{{ ().__class__ }}\n")
    assert refused(desk)[0][1] == "信件 會議資料.txt 第 12 行"


def test_a_mail_without_attachments_says_so(desk: Desk) -> None:
    office(desk)
    template(desk, re.sub("附件：.*\n", "", PLAIN))
    assert "信件沒有附件：信件 會議資料.txt 沒有寫「附件：」。" in desk.run("mail", "113-1").output


def test_a_file_that_there_is_not_is_a_problem_with_the_nearest_name(desk: Desk) -> None:
    office(desk)
    template(desk, PLAIN.replace("議程.docx、", "議呈.docx、"))
    assert refused(desk) == [("mail-attachment-unknown", "信件 會議資料.txt 第 5 行")]
    assert "是否為「議程.docx」？" in desk.run("mail", "113-1").output
    template(desk, PLAIN.replace("附錄.docx（如有）", "附錄.docx"))
    assert refused(desk) == [("mail-attachment-unknown", "信件 會議資料.txt 第 5 行")]


@pytest.mark.parametrize("mark", ["（如有）", "(如有)", "？", "?"])
def test_an_optional_file_is_left_out_where_there_is_none(desk: Desk, mark: str) -> None:
    office(desk)
    template(desk, PLAIN.replace("、附錄.docx（如有）", f"、沒有的文件.pdf{mark}"))
    assert [one["name"] for one in mail(desk)["mails"][0]["attachments"]] == ["01 議程.docx"]


def test_the_minutes_need_not_be_named_with_their_edition(desk: Desk) -> None:
    minutes(desk)
    path = template_path(desk, "會議紀錄草稿")
    path.write_text(re.sub("附件：.*", "附件：會議紀錄.docx", path.read_text("utf-8")), "utf-8")
    assert [one["name"] for one in mail(desk)["mails"][0]["attachments"]] == ["會議紀錄（會議版）.docx"]


def test_without_libreoffice_no_mail_lacks_its_pdf(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.pdf import office as pdf

    monkeypatch.setattr(pdf, "find_office", lambda: None)
    office(desk)
    for files in ("會議資料.pdf", "議程.docx、議程.pdf（如有）"):
        template(desk, re.sub("附件：.*", f"附件：{files}", PLAIN))
        result = desk.run("mail", "113-1")
        assert result.exit_code == 3
        assert drafts(desk) == {}


# --- what may be told ---------------------------------------------------------------------------------------------


def test_no_mail_names_a_protected_speaker(desk: Desk) -> None:
    minutes(desk)
    mail(desk)
    content = drafts(desk)["會議紀錄草稿.eml"]
    for name in ("吳民間", "鄭民間"):
        assert name not in text(content)
        assert name not in str(read(content)["Subject"])
    assert "訴訟" not in text(content)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["內文", "主旨"])
def test_a_template_that_names_one_is_refused_without_saying_the_name(desk: Desk, where: str) -> None:
    minutes(desk)
    path = template_path(desk, "會議紀錄草稿")
    before = path.read_text("utf-8")
    changed = f"{before}謝謝吳　民間委員。\n" if where == "內文" else before.replace("紀錄（草稿）", "鄭民間紀錄", 1)
    path.write_text(changed, "utf-8")
    (code, place), *rest = refused(desk)
    assert (code, rest) == ("protected-name", [])
    line = 4 if where == "主旨" else len(changed.splitlines())
    assert place == f"信件 會議紀錄草稿.txt 第 {line} 行"
    assert "民間委員" not in desk.run("mail", "113-1").output


@pytest.mark.parametrize("words", ["謝謝吳委員。", "依吳委意見修正。"])
def test_a_template_that_names_one_by_title_is_refused(desk: Desk, words: str) -> None:
    minutes(desk)
    path = template_path(desk, "會議紀錄草稿")
    changed = f"{path.read_text('utf-8')}{words}\n"
    path.write_text(changed, "utf-8")
    assert ("protected-title", f"信件 會議紀錄草稿.txt 第 {len(changed.splitlines())} 行") in refused(desk)


# --- the template -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_encoding_of_notepad_is_read(desk: Desk, encoding: str, end: str) -> None:
    office(desk)
    template_path(desk).write_bytes(PLAIN.replace("\n", end).encode(encoding))
    mail(desk)
    assert text(drafts(desk)["會議資料.eml"]) == "各位委員：\n\n檢送01 議程.docx，請查照。\n"


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"PK\x03\x04\x00\x00", b"\x80\x81\xff", "收件".encode("shift_jis")]
)
def test_what_is_no_text_is_refused(desk: Desk, content: bytes) -> None:
    office(desk)
    template_path(desk).write_bytes(content)
    assert refused(desk) == [("mail-template-encoding", "信件 會議資料.txt")]


def test_a_template_that_is_not_there_is_named(desk: Desk) -> None:
    office(desk)
    template_path(desk).unlink()
    assert refused(desk) == [("mail-template-missing", "信件 會議資料.txt")]


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("收件者：", "收信者：", "mail-template-head", 1),
        ("副本：列席", "列席也寄", "mail-template-head", 2),
        ("密件副本：", "副本：", "mail-template-twice", 3),
        ("機關代表", "機關委員", "mail-template-role", 1),
        ("會議.名稱", "會議.名字", "unknown-name", 4),
        ("信件.附件", "信件.附檔", "unknown-name", 9),
        ("信件.附件 }}", "信件.附件|年月 }}", "unknown-filter", 9),
        ("信件.附件 }}", "信件.附件", "prose-syntax", 9),
        ("{{ 信件.附件 }}", "｛{ 信件.附件 }}", "full-width-braces", 9),
        ("各位委員：", "{% if 信件.第幾封 %}", "prose-syntax", 7),
        ("{{ 信件.附件 }}", "{{ 會議.地點|年月日 }}", "prose-failed", 9),
    ],
)
def test_a_fault_in_a_template_is_named_with_its_line(
    desk: Desk, before: str, after: str, code: str, line: int
) -> None:
    office(desk)
    template(desk, PLAIN.replace(before, after, 1))
    assert refused(desk) == [(code, f"信件 會議資料.txt 第 {line} 行")]


def test_a_template_without_subject_text_or_recipients_is_refused(desk: Desk) -> None:
    office(desk)
    template(desk, "附件：議程.docx\n")
    assert refused(desk) == [("mail-template-lacks", "信件 會議資料.txt")] * 3
    template(desk, PLAIN.replace("檢送{{ 會議.名稱 }}議程", ""))
    assert refused(desk) == [("mail-template-lacks", "信件 會議資料.txt 第 4 行")]


def test_a_subject_that_becomes_two_lines_is_refused(desk: Desk) -> None:
    office(desk, 會議資訊=MEETING.replace("第1會議室", "第1會議室\\nBcc: evil@example.com"))
    template(desk, PLAIN.replace("會議.名稱", "會議.地點"))
    assert refused(desk) == [("mail-subject-lines", "信件 會議資料.txt 第 4 行")]


# --- how large it may be ------------------------------------------------------------------------------------------

FILES = "附件：議程.docx、報告事項第一案.docx、討論事項第一案.docx"
NOISE = {size: random.Random(size).randbytes(size) for size in (300_000, 500_000, 600_000, 900_000)}
NAMES = ("01 議程.docx", "02 報告事項第一案.docx", "03 討論事項第一案.docx")


def sized(desk: Desk, monkeypatch: pytest.MonkeyPatch, *contents: bytes, most: int = 1) -> None:
    """A mail of three files that are as large as is said; at most ``most`` MB."""
    office(desk)
    desk.book("機關.xlsx", 機關=f"{SENDER}\n| 郵件大小上限 | {most} |", 單位=UNITS, 委員=ROSTER)
    template(desk, re.sub("附件：.*", FILES, PLAIN))
    real = making.make

    def make(*arguments: Any, **named: Any) -> making.Built:
        made = real(*arguments, **named)
        made.files |= dict(zip(NAMES, contents, strict=False))
        return made

    monkeypatch.setattr(making, "make", make)


@pytest.mark.slow
def test_what_is_too_large_goes_in_one_archive(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sized(desk, monkeypatch, b"a" * 2_000_000, NOISE[300_000])
    mail(desk)
    content = drafts(desk)["會議資料.eml"]
    assert len(content) <= 1_000_000
    ((name, (kind, packed)),) = attached(content).items()
    assert (name, kind) == ("113-1 會議資料.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == list(NAMES)
        assert opened.read(NAMES[0]) == b"a" * 2_000_000
        assert all(entry.flag_bits & 0x800 for entry in opened.infolist())
    assert "113-1 會議資料.zip（內含01 議程.docx、02 報告事項第一案.docx、03 討論事項第一案.docx）" in text(content)
    assert [one["outcome"] for one in mail(desk)["outcomes"]] == ["same"]


@pytest.mark.slow
def test_what_is_still_too_large_goes_over_several_mails(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sized(desk, monkeypatch, NOISE[500_000], NOISE[600_000], NOISE[300_000])
    template_path(desk).write_text(template_path(desk).read_text("utf-8") + "共{{ 信件.共幾封 }}封\n", "utf-8")
    answer = mail(desk)
    made = drafts(desk)
    assert list(made) == ["會議資料 1-3.eml", "會議資料 2-3.eml", "會議資料 3-3.eml"]
    assert all(len(content) <= 1_000_000 for content in made.values())
    assert [list(attached(content)) for content in made.values()] == [[name] for name in NAMES]
    assert [str(read(content)["Subject"])[-5:] for content in made.values()] == ["（1／3）", "（2／3）", "（3／3）"]
    assert [one["size"] for one in answer["mails"]] == [len(content) for content in made.values()]
    assert "共3封" in text(made["會議資料 1-3.eml"])
    assert all(len(mailboxes(content, "To")) == 6 for content in made.values())


@pytest.mark.slow
def test_mails_are_as_few_as_the_order_allows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sized(desk, monkeypatch, NOISE[300_000], b"a" * 1_000_000, NOISE[600_000])
    mail(desk)
    first, second = drafts(desk).values()
    assert list(attached(first)) == ["113-1 會議資料 1-2.zip"]
    assert list(attached(second)) == [NAMES[2]]


@pytest.mark.slow
def test_a_file_that_no_mail_can_hold_is_a_problem_that_says_what_to_do(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sized(desk, monkeypatch, NOISE[900_000])
    assert refused(desk) == [("mail-too-large", "機關.xlsx 機關 B8")]
    said = desk.run("mail", "113-1").output
    assert "「01 議程.docx」（0.9 MB）壓縮後仍超過一封信的上限 1 MB" in said
    assert "下載連結" in said


def test_a_limit_of_nothing_is_a_problem(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sized(desk, monkeypatch, most=0)
    assert refused(desk) == [("mail-limit", "機關.xlsx 機關 B8")]


@pytest.mark.slow
def test_mails_of_an_earlier_split_go_unless_someone_edited_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        sized(desk, patched, NOISE[500_000], NOISE[600_000])
        mail(desk)
    assert len(drafts(desk)) == 2
    folder = desk.root / "output" / "113-1 信件"
    (folder / "會議資料 2-2.eml").write_bytes(b"an hour of work")
    office(desk)
    outcomes = {one["name"]: one["outcome"] for one in mail(desk)["outcomes"]}
    assert outcomes == {"會議資料.eml": outputs.NEW, "會議資料 1-2.eml": outputs.GONE, "會議資料 2-2.eml": outputs.LEFT}
    assert b"an hour of work" in drafts(desk).values()


def test_a_draft_that_someone_worked_in_is_kept(desk: Desk) -> None:
    office(desk)
    mail(desk)
    path = desk.root / "output" / "113-1 信件" / "會議資料.eml"
    path.write_bytes(b"an hour of work")
    assert mail(desk)["outcomes"][0]["outcome"] == outputs.KEPT
    assert b"an hour of work" in drafts(desk).values()


# --- what is said -------------------------------------------------------------------------------------------------


def test_the_summary_tells_who_gets_what_and_that_nothing_was_sent(desk: Desk) -> None:
    office(desk)
    lines = desk.run("mail", "113-1").output.splitlines()
    assert "會議資料.eml　檢送「潮汐資料諮詢小組」113年第1次會議議程" in lines
    assert "  收件者 6 人、副本 2 人、密件副本 5 人" in lines
    assert "  附件：01 議程.docx（0.1 MB）" in lines
    assert "  全信 0.1 MB（上限 10.0 MB）" in lines
    assert "寄出前請確認「密件副本」欄有 5 個信箱，其他收件者看不到。" in lines
    assert "程式不會寄出任何信件；請開啟後確認再寄。" in lines
    assert lines[-1] == "完成：output/113-1 信件"


def test_nothing_else_is_written(desk: Desk) -> None:
    office(desk, 說明=EXPLANATIONS)
    mail(desk)
    assert sorted(path.name for path in (desk.root / "output").iterdir()) == [".packet", "113-1 信件"]


# --- with LibreOffice: the standard templates ---------------------------------------------------------------------


@pytest.mark.office
def test_the_packet_and_the_minutes_go_out_in_the_formats_of_the_standard_templates(desk: Desk) -> None:
    standard = {
        kind: template_path(desk, kind).read_text("utf-8") for kind in ("會議資料", "會議紀錄草稿", "會議紀錄定稿")
    }
    office(desk)
    template(desk, standard["會議資料"])
    mail(desk)
    papers = attached(drafts(desk)["會議資料.eml"])
    assert papers["會議資料.pdf"][0] == PDF
    assert papers["會議資料.pdf"][1].startswith(b"%PDF-")
    for status, kind in (("草稿", "會議紀錄草稿"), ("定稿", "會議紀錄定稿")):
        minutes(desk, status)
        template(desk, standard[kind], kind)
        mail(desk)
    draft = attached(drafts(desk)["會議紀錄草稿.eml"])
    assert {name: kind for name, (kind, _) in draft.items()} == {
        "會議紀錄（會議版）.pdf": PDF,
        "會議紀錄（會議版）.odt": ODT,
    }
    with zipfile.ZipFile(io.BytesIO(draft["會議紀錄（會議版）.odt"][1])) as opened:
        assert opened.read("mimetype").decode() == ODT
    assert list(attached(drafts(desk)["會議紀錄定稿.eml"])) == ["會議紀錄（會議版）.pdf"]
    first = drafts(desk)
    assert [one["outcome"] for one in mail(desk)["outcomes"]] == ["same"]
    assert drafts(desk) == first
