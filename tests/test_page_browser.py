"""`packet open` in a real browser, from the first look to what leaves the house."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import Desk
from tests.page import LONGEST, Served

pytestmark = [pytest.mark.office, pytest.mark.slow]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Milliseconds.
expect.set_options(timeout=LONGEST * 1000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: `bash .ci/setup tests` installs it")
    with sync_playwright() as playwright:
        # Tests run as root, where Chromium has no sandbox.
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def visit(own_desk: Desk, browser: Browser) -> Iterator[Callable[..., tuple[Page, Served]]]:
    """Opens 113-1 in a window; whatever the browser complains of fails the test at its end."""
    begun: list[Served] = []
    complaints: list[str] = []
    windows: list[Any] = []

    def begin(**given: Any) -> tuple[Page, Served]:
        served = Served(own_desk.root, given)
        begun.append(served)
        window = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-TW")
        window.set_default_timeout(LONGEST * 1000)
        windows.append(window)
        page = window.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(served.link)
        page.wait_for_url(f"{served.address}/")
        return page, served

    yield begin
    for window in windows:
        window.close()
    for served in begun:
        served.end()
    assert complaints == []


def change(desk: Desk, book: str, sheet: str, cell: str, value: object) -> None:
    """Saves a workbook of 113-1 with another value in a cell."""
    path = desk.root / "inputs" / "113-1" / book
    workbook = openpyxl.load_workbook(path)
    workbook[sheet][cell] = value
    workbook.save(path)


def opened(page: Page, served: Served, view: str = "") -> None:
    """The view, once the meeting is built and its figures have their places."""
    served.state()
    page.goto(f"{served.address}/m/113-1{view}")


def test_a_problem_that_is_mended_in_the_workbook_goes_from_the_open_page(
    own_desk: Desk, visit: Callable[..., tuple[Page, Served]]
) -> None:
    change(own_desk, "資料集.xlsx", "預定開放", "B4", 11313)
    page, served = visit()
    page.get_by_role("link", name="「政府資料開放諮詢小組」113年第1次會議").click()
    expect(page.get_by_role("link", name="問題 1 錯誤")).to_be_visible()
    page.get_by_role("link", name="問題 1 錯誤").click()
    problem = page.get_by_text("「11313」不是民國年月（例：11304）。")
    expect(problem).to_be_visible()
    # The row as it stands in the sheet, with the cell marked.
    expect(page.locator("td.marked", has_text="11313")).to_be_visible()
    change(own_desk, "資料集.xlsx", "預定開放", "B4", 11304)
    expect(problem).to_have_count(0)
    expect(page.get_by_role("link", name="問題 1 錯誤")).to_have_count(0)
    served.wait(lambda: served.live().state.stopped is False)


def test_a_figure_is_clicked_and_its_cells_and_places_are_shown_and_back(
    visit: Callable[..., tuple[Page, Served]],
) -> None:
    page, served = visit()
    opened(page, served, "/documents")
    page.get_by_role("link", name="07 討論事項第一案").click()
    figure = page.locator('svg a.figure[aria-label="4：預定開放.已上架數"]')
    expect(figure).to_have_count(1)
    figure.locator("rect").click()
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", name="預定開放.已上架數")).to_be_visible()
    expect(panel.locator(".figure-value")).to_have_text("4")
    expect(panel.locator("td.marked").first).to_be_visible()
    expect(panel.get_by_role("link", name="07 討論事項第一案")).to_be_visible()
    # From the cell back to everything that it feeds.
    panel.locator("td a", has_text="★").first.click()
    expect(panel.get_by_role("heading", name=re.compile(r"資料集.xlsx〔預定開放〕D\d+"))).to_be_visible()
    expect(panel.get_by_role("link", name="08 討論事項第一案 附件1 預定開放清單").first).to_be_visible()
    expect(panel.get_by_role("link", name="預定開放.已上架數")).to_be_visible()
    # What if, without saving.
    panel.get_by_label("這一格的內容").fill("")
    panel.get_by_role("button", name="試算").click()
    answer = panel.locator(".answer")
    expect(answer.get_by_role("heading", name="07 討論事項第一案")).to_be_visible()
    expect(answer.locator("del", has_text="4").first).to_be_visible()
    expect(answer.locator("ins", has_text="3").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_whoever_comes_back_to_the_list_of_meetings_sees_it_as_it_is_now(
    own_desk: Desk, visit: Callable[..., tuple[Page, Served]]
) -> None:
    page, _ = visit()
    first = page.get_by_role("heading", name="先做這三件事")
    expect(page.get_by_role("heading", name="會議", exact=True)).to_be_visible()
    expect(first).to_have_count(0)
    book = own_desk.root / "inputs" / "機關.xlsx"
    workbook = openpyxl.load_workbook(book)
    workbook["機關"]["B2"] = None
    workbook.save(book)
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(first).to_be_visible()
    expect(page.get_by_text("〔機關〕的機關全銜")).to_be_visible()


def test_an_answer_that_comes_late_does_not_replace_what_was_clicked_after_it(
    own_desk: Desk, visit: Callable[..., tuple[Page, Served]]
) -> None:
    page, served = visit()
    opened(page, served, "/documents")
    page.get_by_role("link", name="07 討論事項第一案").click()
    page.locator('svg a.figure[aria-label="4：預定開放.已上架數"] rect').click()
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", name="預定開放.已上架數")).to_be_visible()
    # Something is saved; the page asks for the figure anew, and the answer stays on the way.
    held: list[Any] = []
    page.route("**/figures/**", lambda route: held.append(route))
    with page.expect_request("**/figures/**"):
        change(own_desk, "資料集.xlsx", "預定開放", "D3", "★")
    panel.locator("td a", has_text="★").first.click()
    cell = panel.get_by_role("heading", name=re.compile(r"資料集.xlsx〔預定開放〕D\d+"))
    expect(cell).to_be_visible()
    for route in held:
        with page.expect_request_finished(lambda request: "/figures/" in request.url):
            route.continue_()
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    expect(cell).to_be_visible()
    page.unroute("**/figures/**")
    # A job that ends before its first answer has come is shown as done, then and afterwards.
    page.goto(f"{served.address}/m/113-1/problems")
    begun: list[tuple[Any, Any]] = []

    def hold_what_runs(route: Any) -> None:
        answer = route.fetch()
        if 'data-running="yes"' in answer.text():
            begun.append((route, answer))
        else:
            route.fulfill(response=answer)

    page.route("**/jobs/*", hold_what_runs)
    page.get_by_role("button", name="另存標示問題的活頁簿與問題清單").click()
    done = page.get_by_role("heading", name="檢查並標示：完成")
    expect(done).to_be_visible()
    for route, answer in begun:
        with page.expect_request_finished(lambda request: "/jobs/" in request.url):
            route.fulfill(response=answer)
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    expect(done).to_be_visible()


def test_a_saved_cell_redraws_only_the_pages_that_changed(
    own_desk: Desk, visit: Callable[..., tuple[Page, Served]]
) -> None:
    page, served = visit()
    opened(page, served, "/documents")
    page.get_by_role("link", name="07 討論事項第一案").click()
    pages = page.locator("figure.page")
    expect(pages).to_have_count(2)
    before = [pages.nth(at).get_attribute("data-version") for at in range(2)]
    drawn: list[str] = []
    page.on("request", lambda request: drawn.append(request.url) if "/pages/" in request.url else None)
    change(own_desk, "資料集.xlsx", "預定開放", "D3", "★")
    expect(page.locator('svg a.figure[aria-label="5：預定開放.已上架數"]')).to_have_count(1)
    after = [pages.nth(at).get_attribute("data-version") for at in range(2)]
    assert before[0] != after[0]
    assert before[1] == after[1]
    # A page that had not come into view before is loaded when it does, in the version that it has had.
    fresh = [url for url in drawn if not any(str(version) in url for version in before)]
    assert len(fresh) == 1
    assert str(after[0]) in fresh[0]


def test_it_is_worked_by_keyboard(visit: Callable[..., tuple[Page, Served]]) -> None:
    page, served = visit()
    opened(page, served, "/figures")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到主要內容")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    expect(page.get_by_label("篩選")).to_be_focused()
    page.keyboard.type("已上架數")
    link = page.get_by_role("link", name="預定開放.已上架數")
    expect(link).to_be_visible()
    expect(page.get_by_role("link", name="預定開放.總數")).to_be_hidden()
    link.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    expect(panel).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()


def test_a_release_asks_why_it_is_late_then_mails_and_the_public_edition_follow(
    own_desk: Desk, visit: Callable[..., tuple[Page, Served]]
) -> None:
    late = dt.date.today()
    page, served = visit(today=lambda: late)
    opened(page, served)
    page.get_by_role("button", name="凍結版本").click()
    dialog = page.get_by_role("dialog", name="為什麼在期限之後送出？")
    expect(dialog).to_be_visible()
    dialog.get_by_label("原因（記在版本內）").fill("主席出國，延後送出")
    dialog.get_by_role("button", name="確定").click()
    job = page.get_by_role("region", name="進行中的工作")
    expect(job.get_by_text("已凍結第1版（會議資料")).to_be_visible()
    job.get_by_role("button", name="關閉").click()
    page.get_by_role("link", name="版本", exact=True).click()
    expect(page.get_by_text("原因：主席出國，延後送出")).to_be_visible()
    # What changed since, in words and as pages.
    turn = served.live().state.turn
    change(own_desk, "資料集.xlsx", "預定開放", "D3", "★")
    served.state(after=turn)
    page.get_by_role("link", name="之後的變動").click()
    expect(page.get_by_text("預定開放.已上架數 4 → 5").first).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="產生抽換頁與補充資料").click()
    job = page.get_by_role("region", name="進行中的工作")
    expect(job.get_by_text("第1版之後變動的頁")).to_be_visible()
    job.get_by_role("button", name="關閉").click()
    expect(page.get_by_role("link", name="抽換頁.pdf")).to_be_visible()
    page.get_by_role("link", name="之後的變動").click()
    page.get_by_role("link", name="左右對照頁面").first.click()
    expect(page.locator("rect.was").first).to_be_attached()
    expect(page.locator("rect.now").first).to_be_attached()
    turn = served.live().state.turn
    change(own_desk, "資料集.xlsx", "預定開放", "D3", None)
    served.state(after=turn)
    page.goto(f"{served.address}/m/113-1/mails")
    page.get_by_role("button", name="產生信件草稿").click()
    expect(page.get_by_text("密件副本（5 人）")).to_be_visible()
    page.goto(f"{served.address}/m/113-1/public")
    page.get_by_role("button", name="產生公開的檔案").click()
    expect(page.get_by_role("link", name="01 議程.pdf", exact=True)).to_be_visible()
    assert (own_desk.root / "output" / "113-1 信件" / "會議資料.eml").is_file()
    assert (own_desk.root / "output" / "113-1 公開.zip").is_file()
    assert not list((own_desk.root / "output" / "113-1 公開").glob("*簽到單*"))


VIEWS = (
    *("", "/problems", "/documents", "/figures", "/sheets"),
    *("/deliveries", "/versions", "/mails", "/replies", "/public"),
)


def test_axe_finds_nothing_in_any_view_at_any_zoom(visit: Callable[..., tuple[Page, Served]], tmp_path: Path) -> None:
    page, served = visit()
    state = served.state()
    paper = next(paper for paper in state.papers if paper.name == "07 討論事項第一案")
    addresses = [f"/m/113-1{view}" for view in VIEWS]
    addresses += [
        "/",
        "/tools/doctor",
        "/tools/templates",
        "/decisions",
        "/promises?q=統計",
        "/m/113-1/figures/8059cc1c83fd/history",
        f"/m/113-1/documents/{paper.id}?q=26",
        "/m/113-1/figures/8059cc1c83fd",
    ]
    found = []
    for width in (1280, 1920, 640):
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(served.address + address)
            expect(page.locator("main")).to_be_visible()
            result = Axe().run(page)
            found += [
                (width, address, each["id"], each["nodes"][0]["html"][:200]) for each in result.response["violations"]
            ]
            # Nothing sticks out at the side, also where 1280 is zoomed to 200 %.
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (width, address)
    assert found == []
    page.goto(f"{served.address}/m/113-1/documents/{paper.id}")
    page.locator("svg a.figure rect").first.click()
    expect(page.locator("#panel")).to_be_visible()
    assert Axe().run(page).response["violations"] == []


def test_eight_windows_hear_of_a_save(own_desk: Desk, visit: Callable[..., tuple[Page, Served]]) -> None:
    page, served = visit()
    opened(page, served, "/problems")
    others = [page.context.new_page() for _ in range(7)]
    for other in others:
        other.goto(f"{served.address}/m/113-1/problems")
    change(own_desk, "資料集.xlsx", "預定開放", "B4", 11313)
    for each in (page, *others):
        expect(each.get_by_text("「11313」不是民國年月（例：11304）。")).to_be_visible()
    # A browser opens six connections to a server; one window listens for all.
    assert served.running.context.hub.streams == 1
    # Nobody hears of what is saved between the end of that window and the stream of the next.
    held: list[Any] = []
    page.context.route("**/events", lambda route: held.append(route))
    with page.context.expect_event("request", lambda request: request.url.endswith("/events")):
        page.close()
    turn = served.live().state.turn
    change(own_desk, "資料集.xlsx", "預定開放", "B4", 11304)
    served.state(after=turn)
    page.context.unroute("**/events")
    for route in held:
        route.continue_()
    for each in others:
        expect(each.get_by_text("「11313」不是民國年月（例：11304）。")).to_have_count(0)
