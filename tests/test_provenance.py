"""Where each part of a document came from is recorded when it is made: packet.json has the figures and cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import test_minutes
from conftest import CASES, MEETING, UNITS, Desk

from generator.documents import papers
from generator.prose.vocabulary import Vocabulary

TABLE = """
| 案號 | 名稱     | 來源          | 標題     |
| 討1  | 測站一覽 | 工作表:潮位站 | 潮位站   |
"""


@pytest.fixture(autouse=True)
def _without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKET_SOFFICE", "no-such-program")


def contents(desk: Desk, document: str) -> dict[str, Any]:
    """What the document whose name ends so says, as packet.json has it."""
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    (found,) = [entry for entry in desk.manifest()["documents"] if entry["name"].endswith(document)]
    answer: dict[str, Any] = found["contents"]
    return answer


def parts(desk: Desk, document: str, where: str) -> list[tuple[str, list[str], list[str]]]:
    """The parts of the passages in that place: what each says, its figures, its cells."""
    passages = [passage for passage in contents(desk, document)["passages"] if passage["where"] == where]
    return [
        (passage["text"][start:end], figures, cells)
        for passage in passages
        for start, end, figures, cells in passage["parts"]
    ]


def points(*texts: str) -> str:
    rows = "\n".join(f"| 討1 | 1 | | {text} |" for text in (*texts, "以上所擬是否妥適，提請討論。"))
    return f"| 案號 | 層級 | 標題 | 內容 |\n{rows}"


def stations(count: int) -> str:
    rows = "\n".join(f"| 第{number}站 | {number * 10} |" for number in range(1, count + 1))
    return f"| 站名 | 筆數 |\n{rows}"


def test_a_sentence_knows_its_cell_and_each_figure_in_it_with_its_cells(desk: Desk) -> None:
    text = '迄{{ 會議.資料基準日\\|月日 }}共{{ 潮位站.總數 }}站（如{{ 附件("測站一覽") }}）。'
    desk.meeting(附件=TABLE, 潮位站=stations(3), 說明=points(text))
    assert parts(desk, "討論事項第一案", "說明一")[:4] == [
        ("迄5月1日共3站（如附件）。", [], ["會議.xlsx〔說明〕D2"]),
        ("5月1日", ["會議.資料基準日"], ["會議.xlsx〔會議資訊〕B5"]),
        ("3", ["潮位站.總數"], ["會議.xlsx〔潮位站〕A2:A4"]),
        ("附件", ['附件("測站一覽")'], ["會議.xlsx〔附件〕B2"]),
    ]


def test_what_a_template_prints_by_name_is_recorded_as_well(desk: Desk) -> None:
    desk.meeting()
    assert parts(desk, "議程", "地點") == [("第1會議室", ["會議.地點"], ["會議.xlsx〔會議資訊〕B4"])]


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 29, 31, 45])
def test_each_cell_of_a_table_knows_its_cell_however_long_the_table_is(desk: Desk, count: int) -> None:
    desk.meeting(附件=TABLE, 潮位站=stations(count), 說明=points('如{{ 附件("測站一覽") }}。'))
    (table,) = contents(desk, "測站一覽")["tables"]
    assert table["headings"] == ["站名", "筆數"]
    assert table["rows"] == [
        [f"第{number}站\t{number * 10}", f"會議.xlsx〔潮位站〕{number + 1}:A,B"] for number in range(1, count + 1)
    ]


@pytest.mark.slow
def test_a_computed_cell_of_a_table_names_all_that_it_is_computed_of(own_desk: Desk) -> None:
    (table,) = contents(own_desk, "品質統計表")["tables"]
    place = "資料集.xlsx〔品質檢測〕"
    assert table["rows"][0][1][-1] == [f"{place}{column}2" for column in "BCDEF"]
    assert table["rows"][-1][1][-1][0] == "=品質檢測.總計"


def test_a_value_of_several_lines_is_recorded_line_by_line(desk: Desk) -> None:
    book = "| 站名 | 說明 |\n| 北港 | 甲\\n乙 |\n| 南港 | 丙 |"
    desk.meeting(附件=TABLE, 潮位站=book, 說明=points('如{{ 附件("測站一覽") }}。'))
    (table,) = contents(desk, "測站一覽")["tables"]
    assert table["rows"][0] == ["北港\t甲 乙", "會議.xlsx〔潮位站〕2:A,B"]


@pytest.mark.slow
def test_the_minutes_know_the_cells_of_attendance_remarks_and_decisions(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=test_minutes.AGENCY, 單位=UNITS, 委員=test_minutes.ROSTER)
    desk.meeting(會議資訊=MEETING + "| 主席 | 林召集 |\n| 紀錄 | 孟紀錄 |")
    test_minutes.minutes(desk)
    found = contents(desk, "會議紀錄（會議版）")["passages"]
    cells = {cell for passage in found for part in passage["parts"] for cell in part[3]}
    for sheet, column in (("出席", "A"), ("發言", "C"), ("發言", "F"), ("決議", "C")):
        assert any(re.fullmatch(rf"會議紀錄\.xlsx〔{sheet}〕{column}\d+", cell) for cell in cells), (sheet, column)


def passages_with_figures(desk: Desk) -> Iterator[tuple[str, int, int, str]]:
    for document in desk.manifest()["documents"]:
        for passage in document["contents"]["passages"]:
            for start, end, figures, _ in passage["parts"]:
                for name in figures:
                    yield passage["text"], start, end, name


@pytest.mark.slow
def test_every_recorded_number_of_113_1_stands_where_the_record_says(own_desk: Desk) -> None:
    assert own_desk.run("build", "113-1", "--format", "docx").exit_code == 0
    values = {figure["name"]: figure["value"] for figure in own_desk.manifest()["figures"]}
    seen = 0
    for text, start, end, name in passages_with_figures(own_desk):
        value = values[name]
        if isinstance(value, int):
            assert text[start:end] in (f"{value:,}", str(value), f"{value // 10_000}萬", f"{value // 10_000:,}"), name
            seen += 1
        elif name in ("機關.自稱", "會議.地點", "會議.報告期間"):
            assert text[start:end] == value
            seen += 1
    assert seen > 40


@pytest.mark.slow
def test_prose_is_rendered_once_for_each_cell(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[tuple[str, str]] = []
    plain = Vocabulary._rendered

    def count(self: Vocabulary, source: str, case: Any, at: Any) -> Any:
        rendered.append((source, str(at)))
        return plain(self, source, case, at)

    monkeypatch.setattr(Vocabulary, "_rendered", count)
    assert own_desk.run("build", "113-1", "--format", "docx").exit_code == 0
    of_this_meeting = [entry for entry in rendered if entry[0]]
    assert len(of_this_meeting) == len(set(of_this_meeting)) > 50


@pytest.mark.slow
def test_a_check_composes_no_document(own_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a check composes nothing")

    monkeypatch.setattr(papers, "compose_all", refuse)
    assert own_desk.run("check", "113-1").exit_code == 0


# --- diff reads the records ------------------------------------------------------------------------------------------


def changes(desk: Desk) -> dict[str, tuple[list[str], list[str]]]:
    """For each changed sentence, by its new text: the figures and the cells behind it."""
    answer = json.loads(desk.run("diff", "113-1", "--json").stdout)
    return {
        change["pieces"][0]["new"]: (change["figures"], change["cells"])
        for document in answer["documents"]
        for change in document["changes"]
        if not change["title"]
    }


@pytest.mark.slow
def test_of_many_cells_changed_at_once_each_sentence_names_exactly_its_own(desk: Desk) -> None:
    both = "第一處有{{ 潮位站.總數 }}站。第二處有{{ 統計數字.浮標 }}個。文字甲。"
    totals = "| 名稱 | 數值 | 出處 |\n| 浮標 | 5 | 平臺 |"
    see = '如{{ 附件("測站一覽") }}。'
    book = {"附件": TABLE, "潮位站": stations(3), "統計數字": totals, "說明": points(both, see)}
    desk.meeting(**book)
    assert desk.run("release", "113-1", "--reason", "測試").exit_code == 0
    desk.meeting(
        **book
        | {
            "潮位站": stations(4),
            "統計數字": totals.replace("| 5 |", "| 6 |"),
            "說明": points(both.replace("文字甲", "文字乙"), see),
            "會議資訊": MEETING.replace("第1會議室", "第2會議室"),
            "案由": CASES.replace("辦理情形，", "辦理概況，"),
        }
    )
    found = changes(desk)
    assert found["第一處有4站。"] == (["潮位站.總數 3 → 4"], ["會議.xlsx〔潮位站〕第5列"])
    assert found["第二處有6個。"] == (["統計數字.浮標 5 → 6"], ["會議.xlsx〔統計數字〕B2"])
    assert found["文字乙。"] == ([], ["會議.xlsx〔說明〕D2"])
    assert found["地點：第2會議室"] == (["會議.地點 第1會議室 → 第2會議室"], ["會議.xlsx〔會議資訊〕B4"])
    assert found["本部辦理概況，報請鑒察。"] == ([], ["會議.xlsx〔案由〕D2"])


def test_a_figure_put_into_another_sentence_is_no_cause_of_its_neighbour(desk: Desk) -> None:
    text = "海面上升{{ 統計數字.浮標 }}公分。{{ 機關.自稱 }}持續觀測。"
    totals = "| 名稱 | 數值 | 出處 |\n| 浮標 | 5 | 平臺 |"
    desk.meeting(統計數字=totals, 說明=points(text))
    assert desk.run("release", "113-1", "--reason", "測試").exit_code == 0
    desk.meeting(統計數字=totals.replace("| 5 |", "| 55 |"), 說明=points(text))
    assert changes(desk) == {"海面上升55公分。": (["統計數字.浮標 5 → 55"], ["會議.xlsx〔統計數字〕B2"])}


def test_a_release_of_an_older_program_is_refused_in_plain_words(desk: Desk) -> None:
    desk.meeting()
    assert desk.run("release", "113-1", "--reason", "測試").exit_code == 0
    from generator.dispatch import releases

    path = desk.root / "output" / "113-1 版本" / "第1版" / "版本.json"
    manifest = json.loads(path.read_text("utf-8"))
    for document in manifest["documents"]:
        document.pop("contents")
    manifest["sha256"] = releases.seal(manifest)
    path.chmod(0o644)
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2), "utf-8")
    result = desk.run("diff", "113-1")
    assert result.exit_code == 1
    assert "第1版是較早的程式凍結的，沒有記下文字的來源，不能比較" in result.output
