"""`packet open`, without a browser: who may ask, what is answered, and that nothing else ever is."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import openpyxl
import pytest

from generator.basic import temporary
from generator.basic.workspace import MeetingId, Workspace
from generator.build import outputs, unchanged
from tests.conftest import AGENCY, REPO, Desk
from tests.page import Served, links

pytestmark = pytest.mark.slow

Serve = Callable[..., Served]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts servers that end with the test; without LibreOffice, which only the pictures need."""
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")
    begun: list[Served] = []

    def begin(desk: Desk, **given: Any) -> Served:
        begun.append(Served(desk.root, given))
        return begun[-1].enter()

    yield begin
    for served in begun:
        served.end()


def test_it_listens_to_this_computer_alone_and_two_servers_stand_side_by_side(desk: Desk, serve: Serve) -> None:
    desk.meeting()
    first, second = serve(desk), serve(desk)
    assert first.running.listener.getsockname()[0] == second.running.listener.getsockname()[0] == "127.0.0.1"
    assert first.port != second.port
    assert first.cookie.partition("=")[0] != second.cookie.partition("=")[0]
    # A browser sends the cookies of both to both.
    both = f"{first.cookie}; {second.cookie}"
    assert all(served.ask("/", headers={"Cookie": both}).status == 200 for served in (first, second))


def test_a_foreign_host_is_misdirected(desk: Desk, serve: Serve) -> None:
    served = serve(desk)
    for host in ("evil.example", "127.0.0.1", f"evil.example:{served.port}", f"127.0.0.1:{served.port}.evil.example"):
        assert served.ask("/", headers={"Host": host}).status == 421
    assert served.ask("/", headers={"Host": f"localhost:{served.port}"}).status == 200


def test_without_the_cookie_nothing_is_shown(desk: Desk, serve: Serve) -> None:
    desk.meeting()
    served = serve(desk)
    name = served.cookie.partition("=")[0]
    for path in ("/", "/m/113-1", "/static/page.js", "/events", "/m/113-1/packets/x"):
        for cookie in (None, f"{name}=", f"{name}=wrong", f"x{served.cookie}"):
            answer = served.ask(path, headers={"Cookie": cookie})
            assert answer.status == 403
            assert "海風部" not in answer.text


def test_the_link_works_once_and_its_cookie_is_for_this_page_alone(desk: Desk, serve: Serve) -> None:
    served = serve(desk)
    assert served.ask(urlsplit(served.link).path).status == 403
    assert served.ask("/enter/guess").status == 403
    fresh = Served(desk.root)
    try:
        about = fresh.ask(urlsplit(fresh.link).path).headers["set-cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in about.split(";")}
    finally:
        fresh.end()


def test_only_the_page_itself_may_write(desk: Desk, serve: Serve) -> None:
    desk.meeting()
    served = serve(desk)
    path = "/m/113-1/do/check"
    refused: list[dict[str, str | None]] = [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Origin": f"http://localhost:{served.port}"},
        {"X-Packet": None},
        {"Cookie": None},
    ]
    for headers in refused:
        assert served.ask(path, "POST", headers, b"{}").status == 403
    assert served.running.context.jobs.current is None
    assert served.ask(path, "PUT", body=b"{}").status == 405
    assert not (desk.root / "output" / "113-1 檢查").exists()
    assert served.job(served.post(path)).exit_code == 0


def test_every_answer_forbids_what_no_page_of_ours_needs(desk: Desk, serve: Serve) -> None:
    desk.meeting()
    served = serve(desk)
    for path in ("/", "/m/113-1", "/static/page.css", "/nowhere", "/m/113-1/documents"):
        headers = served.ask(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
    assert served.ask("/static/page.js").headers["content-type"].startswith("text/javascript")


def test_no_page_has_styles_or_scripts_of_its_own_or_an_address_elsewhere(own_desk: Desk, serve: Serve) -> None:
    served = serve(own_desk)
    served.state()
    paths, seen = ["/m/113-1", "/"], set[str]()
    while paths:
        path = paths.pop()
        if path in seen or len(seen) > 120:
            continue
        seen.add(path)
        answer = served.ask(path)
        assert answer.status == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src)", answer.text), path
        for link in links(answer.text):
            assert link.startswith(("/", "#", "?")), (path, link)
            if link.startswith("/") and "/cells/" not in link:
                paths.append(link.partition("#")[0])
    assert len(seen) > 80
    for file in (REPO / "generator" / "page" / "static").iterdir():
        outside = re.findall(r"https?://[^\"')\s]+", file.read_text("utf-8"))
        assert set(outside) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(
    "path",
    [
        "/m/113-1/documents/../../../etc/passwd",
        "/m/..%2F..%2Fetc/problems",
        "/m/113-1%2F..%2F機關.xlsx",
        "/m/113-1/files/..%2F..%2F..%2Finputs%2F機關/xlsx",
        "/m/113-1/files/01 議程/docx",
        "/m/113-1/public/..%2F..%2Finputs%2F機關.xlsx/file",
        "/m/113-1/mails/..%2f113-1%2fpacket.json",
        "/m/113-1/supplement/..%2f113-1%2fpacket.json",
        "/m/113-1/cells/機關.xlsx〔機關〕/A1",
        "/m/113-1/cells/000000000000/A1",
        "/m/113-1/versions/1/..%2F..%2Fx",
        "/m/共用",
        "/m/113-2",
        "/static/../server.py",
        "/static/..%2Fserver.py",
        "/static/%2e%2e/server.py",
    ],
)
def test_nothing_that_the_browser_sends_becomes_a_path(desk: Desk, serve: Serve, path: str) -> None:
    desk.meeting()
    served = serve(desk)
    served.state()
    answer = served.ask(path)
    assert answer.status == 404
    assert "海風部" not in answer.text


def test_a_link_in_the_output_folder_leads_nowhere(desk: Desk, serve: Serve, tmp_path: Path) -> None:
    desk.meeting()
    served = serve(desk)
    state = served.state()
    secret = tmp_path / "secret.docx"
    secret.write_text("外面的祕密")
    paper = state.papers[0]
    assert served.ask(f"/m/113-1/files/{paper.id}/docx").status == 200
    paper.files["docx"].unlink()
    paper.files["docx"].symlink_to(secret)
    answer = served.ask(f"/m/113-1/files/{paper.id}/docx")
    assert answer.status == 404
    assert "祕密" not in answer.text


def test_ten_thousand_quick_requests_are_answered_or_refused(desk: Desk, serve: Serve) -> None:
    desk.meeting()
    served = serve(desk)
    served.state()
    statuses: list[int] = []

    def knock(cookie: str) -> None:
        """A thousand requests, sent without waiting for an answer."""
        with socket.create_connection(("127.0.0.1", served.port), timeout=60) as sending:
            for number in range(1000):
                path = "/" if number % 50 == 0 else "/static/icon.svg" if number % 5 == 0 else "/nowhere"
                last = "Connection: close\r\n" if number == 999 else ""
                head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nCookie: {cookie}\r\n{last}\r\n"
                sending.sendall(head.encode())
            rest = b""
            while more := sending.recv(1 << 16):
                *whole, rest = (rest + more).split(b"\r\n")
                # An answer may follow the body before it on the same line.
                statuses.extend(int(found) for line in whole for found in re.findall(rb"HTTP/1.1 (\d{3}) ", line))

    threads = [threading.Thread(target=knock, args=(served.cookie,)) for _ in range(10)]
    before = memory()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 10_000
    assert set(statuses) <= {200, 404, 503}
    assert memory() - before < 60_000
    assert served.ask("/").status == 200


def memory() -> int:
    """The most memory that this process has had, in kilobytes."""
    resource = pytest.importorskip("resource")
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def test_a_large_body_is_refused_unread(desk: Desk, serve: Serve) -> None:
    desk.meeting()
    served = serve(desk)
    length = 200_000_000
    answer = served.ask("/m/113-1/do/check", "POST", {"Content-Length": str(length)}, b"x" * 1000)
    assert answer.status == 413
    # And one that does not say how long it is, sent as fast as it is taken.
    before = memory()
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as sending:
        head = (
            f"POST /m/113-1/do/check HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nCookie: {served.cookie}\r\n"
            f"Origin: {served.address}\r\nX-Packet: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        sending.sendall(head.encode())
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        sent = 0
        try:
            while sent < length:
                sending.sendall(chunk)
                sent += 0x10000
        except OSError:
            pass
    assert sent < length
    assert memory() - before < 60_000
    assert served.running.context.jobs.current is None
    assert served.ask("/").status == 200


def test_a_problem_mended_in_the_workbook_goes_from_the_page(desk: Desk, serve: Serve) -> None:
    from tests.conftest import CASES

    desk.meeting(案由=CASES.replace("資訊處", "資訊室"))
    served = serve(desk)
    state = served.state()
    assert "「資訊室」不在 機關.xlsx〔單位〕內" in served.ask("/m/113-1/problems").text
    assert "1 錯誤" in served.ask("/m/113-1").text
    path = desk.root / "inputs" / "113-1" / "會議.xlsx"
    book = openpyxl.load_workbook(path)
    book["案由"]["C2"] = "資訊處"
    book.save(path)
    served.state(after=state.turn)
    text = served.ask("/m/113-1/problems").text
    assert "資訊室" not in text
    assert "沒有發現問題" in text


def test_a_figure_says_how_it_comes_from_its_cells_and_where_it_is_printed(own_desk: Desk, serve: Serve) -> None:
    served = serve(own_desk)
    state = served.state()
    names = {str(figure["name"]): figure for figure in state.figures}
    link = next(link for link in links(served.ask("/m/113-1/figures").text) if "figures/" in link)
    assert served.ask(link).status == 200
    from generator.page import ids

    page = served.ask(f"/m/113-1/figures/{ids.of('預定開放.總數')}").text
    assert "26 = 資料集.xlsx〔預定開放〕A2:A27 的列數" in page
    assert "07 討論事項第一案" in page
    assert names["預定開放.總數"]["value"] == 26
    history = served.ask(f"/m/113-1/figures/{ids.of('預定開放.總數')}/history").text
    assert "113-1 目前" in history
    assert "資料集.xlsx〔預定開放〕A2:A27" in history


def test_a_workbook_that_is_just_being_saved_is_shown_as_it_was(desk: Desk, serve: Serve) -> None:
    from generator.page import ids

    desk.meeting()
    served = serve(desk)
    path = desk.root / "inputs/113-1/會議.xlsx"
    address = f"/m/113-1/cells/{ids.of('會議.xlsx〔案由〕')}/D2"
    whole = served.ask(address).text
    saved = path.read_bytes()
    path.write_bytes(saved[: len(saved) // 2])
    assert served.ask(address).text == whole
    edit = openpyxl.load_workbook(io.BytesIO(saved))
    edit["案由"]["D2"] = "另一個案由，報請鑒察。"
    edit.save(path)
    assert "另一個案由" in served.ask(address).text


def test_a_cell_leads_to_every_place_that_prints_it(own_desk: Desk, serve: Serve) -> None:
    from generator.page import ids

    served = serve(own_desk)
    served.state()
    page = served.ask(f"/m/113-1/cells/{ids.of('資料集.xlsx〔預定開放〕')}/D24").text
    # The ★ is printed in the list, and counted in a sentence and by a figure.
    assert "預定開放.已上架數" in page
    assert "08 討論事項第一案 附件1 預定開放清單" in page
    assert "07 討論事項第一案" in page


def test_what_if_shows_what_would_change_and_saves_nothing(own_desk: Desk, serve: Serve) -> None:
    from generator.page import ids

    served = serve(own_desk)
    served.state()
    before = {path: path.read_bytes() for path in own_desk.root.rglob("*") if path.is_file() and "inputs" in path.parts}
    path = f"/m/113-1/cells/{ids.of('資料集.xlsx〔預定開放〕')}/D24/suppose"
    text = served.post(path, typed="").text
    assert "預定開放.已上架數" in text
    assert re.search(r"<del>4</del>\s*<ins>3</ins>", text)
    assert "尚未標示已上架" in text
    assert {each: each.read_bytes() for each in before} == before
    assert "沒有差異" in served.post(path, typed="★").text
    # A date that is none is an error, which the page says before anybody saves it.
    wrong = f"/m/113-1/cells/{ids.of('資料集.xlsx〔預定開放〕')}/B3/suppose"
    assert "會有錯誤，文件產生不出來" in served.post(wrong, typed="11399").text


def test_the_first_page_of_a_new_workspace_leads_to_the_agency_and_to_the_first_meeting(
    desk: Desk, tmp_path: Path, serve: Serve
) -> None:
    new = Desk(tmp_path / "新")
    assert desk.run("init", str(new.root)).exit_code == 0
    served = serve(new)
    page = served.ask("/").text
    assert "先做這三件事" in page
    assert "〔機關〕的機關全銜" in page
    assert "〔單位〕、〔委員〕" in page
    assert served.post("/show/agency").status == 200
    assert served.opened == [("機關.xlsx", "", "")]
    assert served.post("/show/templates").status == 404
    shutil.copyfile(REPO / "inputs" / "機關.xlsx", new.root / "inputs" / "機關.xlsx")
    assert "✓ 機關的資料已經填好" in served.ask("/").text
    assert served.job(served.post("/new", new="114-1")).exit_code == 0
    assert "先做這三件事" not in served.ask("/").text


def test_drop_downs_are_renewed_by_a_button(desk: Desk, serve: Serve) -> None:
    assert desk.run("new", "113-1").exit_code == 0
    desk.book("機關.xlsx", 機關=AGENCY, 單位="| 單位 |\n| 法務處 |")
    served = serve(desk)
    assert "更新下拉清單" in served.ask("/m/113-1/sheets").text
    assert served.job(served.post("/m/113-1/do/refresh")).exit_code == 0
    assert served.post("/m/113-1/show/folder/refresh/-").status == 200
    assert served.opened == [("113-1 更新選單", "", "")]


def test_buttons_do_what_the_commands_do(own_desk: Desk, serve: Serve) -> None:
    served = serve(own_desk)
    served.state()
    job = served.job(served.post("/m/113-1/do/build"))
    assert job.exit_code == 0
    assert "完成" in served.ask(f"/jobs/{job.id}").text
    assert served.job(served.post("/m/113-1/do/new", new="113-2")).exit_code == 0
    assert (own_desk.root / "inputs" / "113-2").is_dir()
    job = served.job(served.post("/m/113-1/do/new", new="--help"))
    assert job.exit_code == 2
    assert served.post("/m/113-1/do/rm").status == 404
    assert served.job(served.post("/new", new="114-1")).exit_code == 0
    assert (own_desk.root / "inputs" / "114-1" / "會議.xlsx").is_file()
    assert "114-1" in served.ask("/").text
    assert served.job(served.post("/new", new="../x")).exit_code == 2
    assert not (own_desk.root / "x").exists()


def test_a_job_can_be_stopped_and_another_waits_for_it(own_desk: Desk, serve: Serve, tmp_path: Path) -> None:
    waiting = tmp_path / "waiting.py"
    waiting.write_text(
        "import time, sys\nprint('generator.build　等待中', file=sys.stderr, flush=True)\ntime.sleep(300)\n"
    )
    served = serve(own_desk, command=[sys.executable, str(waiting)])
    job = served.running.context.jobs.get(served.post("/m/113-1/do/build").json["job"])
    assert job is not None
    served.wait(lambda: job.steps)
    assert "等待中" in served.ask(f"/jobs/{job.id}").text
    assert served.post("/m/113-1/do/check").status == 409
    assert served.post(f"/jobs/{job.id}/stop").status == 200
    served.wait(lambda: not job.running)
    assert "已停止" in served.ask(f"/jobs/{job.id}").text


def test_files_are_opened_in_their_programs_by_id(own_desk: Desk, serve: Serve) -> None:
    from generator.page import ids

    served = serve(own_desk)
    state = served.state()
    sheet = ids.of("資料集.xlsx〔預定開放〕")
    answer = served.post(f"/m/113-1/show/cell/{sheet}/D24")
    assert answer.json["copy"] == "'預定開放'!D24"
    served.post(f"/m/113-1/show/docx/{state.papers[0].id}/-")
    served.post("/m/113-1/show/folder/inputs/-")
    assert served.opened == [("資料集.xlsx", "預定開放", "D24"), ("01 議程.docx", "", ""), ("113-1", "", "")]
    for path in ("/m/113-1/show/folder/../-", "/m/113-1/show/book/機關.xlsx/-", "/m/113-1/show/exe/x/-"):
        assert served.post(path).status == 404
    assert len(served.opened) == 3


def test_decisions_of_all_meetings_are_searched_on_the_page_with_overdue_ones_first(desk: Desk, serve: Serve) -> None:
    from tests.conftest import MEETING

    info = "| 欄位 | 內容 |\n| 紀錄狀態 | 定稿 |\n| 散會 | 16:10 |\n"
    decided = """
| 案號 | 項次 | 內容           | 主辦單位 | 期限      | 列管     |
| 報1  | 1    | 洽悉。         |          |           |          |
| 討1  | 1    | 請企劃處公告。 | 企劃處   | 113-12-31 | 持續列管 |
| 討1  | 2    | 請秘書處編列。 | 秘書處   | 113-03-31 | 持續列管 |
"""
    restricted = """
| 案號 | 類別     | 單位   | 案由                                       | 公開 |
| 報1  | 報告事項 | 資訊處 | {{ 機關.自稱 }}辦理情形，報請鑒察。        | 限閱 |
| 討1  | 討論事項 | 企劃處 | {{ 機關.自稱 }}資料集開放一案，提請討論。  |      |
"""
    earlier = MEETING.replace("113-05-20", "112-11-20").replace("113-05-01", "112-11-01")
    desk.meeting("112-2", 會議資訊=earlier, 案由=restricted)
    desk.book("112-2/會議紀錄.xlsx", 紀錄資訊=info, 決議=decided)
    past = """
| 類別     | 案由                           | 決定（議）                            | 辦理情形   | 列管     | 會議  |
| 討論事項 | 本部資料集開放一案，提請討論。 | 1. 請企劃處公告。\\n2. 請秘書處編列。 | 已擬稿     | 持續列管 | 112-2 |
"""
    desk.meeting()
    desk.book("113-1/上次決定.xlsx", 上次會議決定=past)
    served = serve(desk)
    page = served.ask("/decisions").text
    assert page.index("請秘書處編列。") < page.index("請企劃處公告。") < page.index("洽悉。")
    assert "持續列管（逾期）" in page
    assert "已擬稿" in page
    assert '<span class="tag internal">限閱</span>' in page
    # Each cell is that of the workbook of its own meeting.
    places = {link.split("/cells/")[0] for link in links(page) if "/cells/" in link}
    assert places == {"/m/112-2", "/m/113-1"}
    assert all(served.ask(link).status == 200 for link in links(page) if "/cells/" in link)
    for query, shown, hidden in (
        ("q=公告", "請企劃處公告。", "請秘書處編列。"),
        ("unit=秘書處", "請秘書處編列。", "請企劃處公告。"),
        ("state=不列管", "洽悉。", "請秘書處編列。"),
        ("overdue=1", "請秘書處編列。", "洽悉。"),
    ):
        text = served.ask(f"/decisions?{query}").text
        assert (shown in text, hidden in text) == (True, False), query
    promised = served.ask("/promises").text
    assert promised.index("112-2-討1-2") < promised.index("112-2-討1-1")
    assert "逾期未完成" in promised
    assert "112-2-討1-1" not in served.ask("/promises?unit=秘書處").text
    # A workbook that is saved later counts at once.
    desk.book("112-2/會議紀錄.xlsx", 紀錄資訊=info, 決議=decided.replace("請企劃處公告。", "請企劃處公布。"))
    assert "請企劃處公布。" in served.ask("/decisions").text
    job = served.job(served.post("/decisions/write"))
    assert job.exit_code == 0
    assert "決議追蹤（企劃處）.docx" in served.ask(f"/jobs/{job.id}").text
    served.post("/decisions/folder")
    assert served.opened == [("決議追蹤", "", "")]


def test_what_units_owe_is_on_the_page_and_reminders_are_written(desk: Desk, serve: Serve) -> None:
    from tests.conftest import AGENCY, UNITS

    desk.book("機關.xlsx", 機關=f"{AGENCY}| 電子郵件 | tide@example.gov.tw |\n", 單位=UNITS)
    desk.meeting()
    duties = """
| 單位   | 項目            | 期限      | 電子郵件          |
| 資訊處 | 工作表:下載統計 | 113-04-10 | it@example.gov.tw |
| 企劃處 | 活頁簿:會議     |           |                   |
"""
    desk.book("113-1/分工.xlsx", 分工=duties)
    served = serve(desk)
    page = served.ask("/m/113-1/deliveries").text
    assert "共 2 項，未交 <strong>1</strong> 項：資訊處。" in page
    assert '<span class="word urgent">未交</span>' in page
    assert served.job(served.post("/m/113-1/do/remind")).exit_code == 0
    assert "看催辦信（1 封）" in served.ask("/m/113-1/deliveries").text
    assert "催辦 資訊處.eml" in served.ask("/m/113-1/mails").text


def test_replies_are_taken_in_from_their_folder_and_shown_with_what_was_decided(desk: Desk, serve: Serve) -> None:
    from tests.test_replies import met

    met(desk)
    served = serve(desk)
    assert "資料夾內還沒有檔案" in served.ask("/m/113-1/replies").text
    served.post("/m/113-1/show/folder/replies/-")
    assert served.opened == [("113-1 回復", "", "")]
    folder = desk.root / "output" / "113-1 回復"
    (folder / "周民間.txt").write_text("「報告宜附圖表」修正為「報告宜附圖」。", "utf-8")
    assert "還沒有匯入" in served.ask("/m/113-1/replies").text
    job = served.job(served.post("/m/113-1/do/replies"))
    assert job.exit_code == 0
    assert "新的修正意見 1 項" in served.ask(f"/jobs/{job.id}").text
    page = served.ask("/m/113-1/replies").text
    assert "還沒有匯入" not in page
    assert "1 項還沒有填「採納」" in page
    assert re.search("<ins>[^<]*報告宜附圖。</ins>", page)
    # The command reads the same folder.
    assert "先前已匯入" in desk.run("replies", "113-1").output


def test_internal_documents_are_marked_as_such(own_desk: Desk, serve: Serve) -> None:
    served = serve(own_desk)
    state = served.state()
    paper = next(paper for paper in state.papers if paper.name == "簽到單")
    assert "這份文件只供機關內部使用，不寄出、不公開。" in served.ask(f"/m/113-1/documents/{paper.id}").text


def test_public_shows_the_public_edition_and_nothing_else(own_desk: Desk, serve: Serve) -> None:
    served = serve(own_desk, public=True)
    assert "還沒有公開的檔案" in served.ask("/").text
    for path in (
        "/m/113-1",
        "/m/113-1/problems",
        "/m/113-1/documents",
        "/m/113-1/figures",
        "/tools/doctor",
        "/jobs/1",
        "/decisions",
    ):
        assert served.ask(path).status == 404
    assert served.post("/m/113-1/do/build").status in (404, 405)
    assert served.ask("/m/113-1/public").status == 200
    assert not (own_desk.root / "output").exists()


def test_it_ends_at_once_with_streams_open_and_by_itself_when_nobody_looks(desk: Desk, serve: Serve) -> None:
    desk.meeting()
    served = Served(desk.root).enter()
    served.state()
    streams = [socket.create_connection(("127.0.0.1", served.port), timeout=60) for _ in range(8)]
    for stream in streams:
        head = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nCookie: {served.cookie}\r\n\r\n"
        stream.sendall(head.encode())
        assert b"200" in stream.recv(100)
    served.wait(lambda: served.running.context.hub.streams == 8)
    served.running.server.should_exit = True
    served.thread.join(60)
    assert not served.thread.is_alive()
    for stream in streams:
        while stream.recv(10_000):
            pass
        stream.close()
    idle = Served(desk.root, {"idle": 0.2})
    idle.thread.join(60)
    assert not idle.thread.is_alive()


def test_streams_are_bounded(desk: Desk, serve: Serve) -> None:
    from generator.page.hub import MOST_STREAMS

    served = serve(desk)
    streams = []
    for _ in range(MOST_STREAMS):
        stream = socket.create_connection(("127.0.0.1", served.port), timeout=60)
        head = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nCookie: {served.cookie}\r\n\r\n"
        stream.sendall(head.encode())
        assert b"200" in stream.recv(100)
        streams.append(stream)
    served.wait(lambda: served.running.context.hub.streams == MOST_STREAMS)
    assert served.ask("/events").status == 503
    assert served.ask("/").status == 200
    for stream in streams:
        stream.close()


def test_a_taken_port_is_said_and_help_loads_no_server(desk: Desk, serve: Serve) -> None:
    import subprocess

    served = serve(desk)
    command = [sys.executable, "-m", "generator.cli.app", "--workspace", str(desk.root), "open", "--no-browser"]
    taken = subprocess.run([*command, "--port", str(served.port)], capture_output=True, text=True, encoding="utf-8")
    assert taken.returncode == 3
    assert f"埠號 {served.port} 不能使用" in taken.stderr
    heavy = ("starlette", "uvicorn", "pypdfium2", "lxml", "openpyxl", "msgspec")
    code = f"import sys; from generator.cli.app import packet; print([m for m in {heavy} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.stdout.strip() == "[]"


def resident() -> int:
    """The memory that this process has now, in megabytes."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("memory is measured on Linux")
    return int(statm.read_text().split()[1]) * 4096 // 1_000_000


def test_a_hundred_saves_are_a_hundred_right_states_and_memory_stays(own_desk: Desk, serve: Serve) -> None:
    served = serve(own_desk)
    served.state()
    path = own_desk.root / "inputs" / "113-1" / "資料集.xlsx"
    before = 0

    def files() -> str:
        return unchanged.digest(unchanged.contents(Workspace(own_desk.root), MeetingId(113, 1)))

    for number in range(100):
        published = number % 20 + 1
        book = openpyxl.load_workbook(path)
        for row in range(2, 28):
            book["預定開放"][f"D{row}"] = "★" if row - 2 < published else None
        book.save(path)
        # A state says of which files it is: it is right where those are the ones that lie there now.
        state = served.wait(lambda: (found := served.live().state).inputs == files() and found)
        figure = next(figure for figure in state.figures if figure["name"] == "預定開放.已上架數")
        assert figure["value"] == published
        case = next(paper for paper in state.papers if paper.name == "07 討論事項第一案")
        assert f"計有{published}項" in "".join(passage.text for passage in case.contents.passages)
        assert served.ask(f"/m/113-1/documents/{case.id}").status == 200
        if number == 9:
            before = resident()
    assert resident() - before < 50


def test_who_writes_waits_for_who_is_writing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.meeting()
    state = desk.root / "output" / ".packet"
    state.mkdir(parents=True)
    handle = os.open(state / "lock", os.O_RDWR | os.O_CREAT)
    assert temporary.hold(handle)
    waits, sleep = threading.Event(), time.sleep

    def slept(seconds: float) -> None:
        waits.set()
        sleep(seconds)

    monkeypatch.setattr(outputs.time, "sleep", slept)
    writer = threading.Thread(target=desk.run, args=("build", "113-1", "--format", "docx"))
    writer.start()
    assert waits.wait(60)
    assert not desk.output("packet.json").exists()
    os.close(handle)
    writer.join(60)
    assert desk.output("packet.json").exists()


def test_two_servers_in_one_workspace_take_no_file_of_the_other_for_a_hand_edit(desk: Desk, serve: Serve) -> None:
    desk.meeting()
    servers = [serve(desk), serve(desk)]
    turns = [served.state().turn for served in servers]
    path = desk.root / "inputs" / "113-1" / "會議.xlsx"
    for number in range(12):
        book = openpyxl.load_workbook(path)
        book["會議資訊"]["B4"] = f"第{number}號會議室"
        book.save(path)
        # Some saves come while both still build the one before.
        if number % 3 == 2:
            turns = [served.state(after=turn).turn for served, turn in zip(servers, turns, strict=True)]
    for served in servers:
        served.wait(lambda served=served: "第11號會議室" in str(served.live().state.papers))
    assert not [each.name for each in desk.output().iterdir() if "手改" in each.name]


def test_a_manifest_that_is_none_of_ours_leads_nowhere(desk: Desk, serve: Serve, tmp_path: Path) -> None:
    from tests.conftest import CASES

    # With errors the pages are those of the last manifest, which anybody can write.
    desk.meeting(案由=CASES.replace("資訊處", "資訊室"))
    outside = tmp_path / "外.docx"
    outside.write_text("外面的祕密")
    entry = {"name": "../../../外", "title": "", "audience": "公開", "template": "", "files": {"docx": "0"}}
    desk.output().mkdir(parents=True)
    desk.output("packet.json").write_text(json.dumps({"documents": [entry], "figures": [{"name": "x"}]}), "utf-8")
    served = serve(desk)
    assert served.state().papers == ()
    for view in ("", "/documents", "/figures", "/problems"):
        answer = served.ask(f"/m/113-1{view}")
        assert answer.status == 200
        assert "外面的祕密" not in answer.text


def test_what_reads_workbooks_in_several_threads_leaves_the_output_alone(desk: Desk) -> None:
    from generator.workbook.quiet import quiet

    before, stop = sys.stdout, threading.Event()

    def read() -> None:
        while not stop.is_set():
            with quiet():
                pass

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    stop.wait(1.0)
    stop.set()
    for thread in threads:
        thread.join()
    assert sys.stdout is before
