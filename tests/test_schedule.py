"""`packet schedule`: working days from three sources, the deadlines of a meeting, and the calendar file."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import icalendar
import pytest
from conftest import AGENCY, CASES, EXPLANATIONS, MEETING, UNITS, Desk

from generator.cli import options
from generator.meeting import workdays
from generator.meeting.workdays import Calendar

DAY = dt.timedelta(days=1)


def meeting_on(desk: Desk, date: str, meeting: str = "113-1") -> None:
    desk.meeting(meeting, 會議資訊=MEETING.replace("113-05-20", date).replace("113-05-01", date))


def schedule(desk: Desk, code: int = 0, meeting: str = "113-1") -> dict[str, Any]:
    result = desk.run("schedule", meeting, "--json")
    answer: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == code, answer
    return answer


def dates(desk: Desk, meeting: str = "113-1") -> dict[str, str]:
    return {one["name"]: one["date"] for one in schedule(desk, 0, meeting)["deadlines"]}


def problems(desk: Desk, meeting: str = "113-1") -> list[tuple[str, str]]:
    """The code and the place of each problem that stops the schedule."""
    found = schedule(desk, 1, meeting)["problems"]
    return [(one["code"], " ".join(filter(None, (one["workbook"], one["sheet"], one["cell"])))) for one in found]


def official(
    desk: Desk, year: int, *lines: str, name: str = "", encoding: str = "utf-8-sig", changed: str = ""
) -> Path:
    """The official calendar of a year in inputs/共用: weekdays work, but for the days ``changed`` (MMDD=0 …)."""
    marks = dict(one.split("=") for one in changed.split())
    rows, day = [], dt.date(year, 1, 1)
    while day.year == year and not lines:
        flag = marks.get(f"{day:%m%d}", "2" if day.weekday() > 4 else "0")
        rows.append(f"{day:%Y%m%d},{'一二三四五六日'[day.weekday()]},{flag},{'補行上班' if flag == '2' else ''}")
        day += DAY
    path = desk.root / "inputs" / "共用" / (name or f"{year - 1911}年中華民國政府行政機關辦公日曆表.csv")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("\r\n".join(["西元日期,星期,是否放假,備註", *(lines or rows), ""]).encode(encoding))
    return path


def closures(desk: Desk, *rows: str) -> None:
    table = "\n".join(["| 日期 | 停班 | 說明 |", *(f"| {row} |" for row in rows)])
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 停班日=table)


# --- the deadlines ------------------------------------------------------------------------------------------------


def test_the_deadlines_of_the_first_meeting_of_113(own_desk: Desk) -> None:
    assert dates(own_desk) == {
        "會議資料": "2024-04-22",
        "紀錄草稿": "2024-05-09",
        "紀錄草稿上限": "2024-05-13",
        "修正意見": "2024-05-16",
        "公開": "2024-05-17",
    }


def test_the_table_gives_weekday_count_and_rule_of_each(own_desk: Desk) -> None:
    result = own_desk.run("schedule", "113-1")
    lines = result.output.splitlines()
    assert lines[0] == "「政府資料開放諮詢小組」113年第1次會議的期限"
    row = "113年4月22日（星期一）|會議資料|送達議程、會議資料草案及資料盤點表|會前 5 個工作日|運作指引肆二"
    assert lines[1].split("\t") == row.split("|")
    assert lines[2].split("\t")[0] == "113年5月9日（星期四）"
    assert lines[4].split("\t")[-1] == "實務慣例，法規未定（設定：修正意見工作日）"
    assert lines[-1] == "完成：output/113-1"


def test_a_make_up_saturday_counts(desk: Desk) -> None:
    # 113-02-17 (Saturday) was worked for 02-08; before it lie the holidays of the new year.
    meeting_on(desk, "113-02-19")
    assert dates(desk)["會議資料"] == "2024-02-06"
    assert Calendar().works(dt.date(2024, 2, 17))
    assert not Calendar().works(dt.date(2024, 2, 8))


def test_labour_day_of_113_is_worked_in_agencies_and_that_of_115_is_not() -> None:
    assert Calendar().works(dt.date(2024, 5, 1))
    assert not Calendar().works(dt.date(2026, 5, 1))


def test_the_days_written_down_are_those_of_the_package() -> None:
    written = Path(workdays.__file__).with_name("workdays.txt").read_text("ascii")
    assert written.splitlines() == workdays.table().splitlines()[: len(written.splitlines())]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2014-12-27", True),  # made up for a day of the next year
        ("2019-01-19", True),
        ("2021-12-31", False),  # for the new year's day that fell on a Saturday
        ("2023-06-17", True),
        ("2025-02-08", True),
        ("2025-09-29", False),
        ("2025-10-31", True),
        ("2026-02-20", False),
        ("2027-02-04", False),
        ("2027-12-31", False),
    ],
)
def test_days_as_they_were_announced(day: str, works: bool) -> None:
    assert Calendar().works(dt.date.fromisoformat(day)) is works


def test_days_after_and_days_before_are_each_others_reverse() -> None:
    calendar, day = Calendar(), dt.date(2024, 1, 2)
    while day < dt.date(2024, 12, 1):
        if calendar.works(day):
            for number in (1, 5, 14):
                assert calendar.before(calendar.after(day, number), number) == day
        day += DAY


# --- what the inputs say ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp950"])
def test_the_official_calendar_overrides_in_each_encoding(desk: Desk, encoding: str) -> None:
    meeting_on(desk, "113-04-29")
    official(desk, 2024, encoding=encoding, changed="0430=2 0504=0 0506=2")
    # The note says 補行上班 of each day off: notes are not read for meaning.
    assert dates(desk)["紀錄草稿"] == "2024-05-10"
    assert dates(desk)["會議資料"] == "2024-04-22"


def test_the_official_calendar_gives_a_year_that_is_unknown_otherwise(desk: Desk) -> None:
    year = workdays.last_year() + 3
    name = f"{year - 1911}-1"
    meeting_on(desk, f"{year - 1911}-06-15", name)
    assert {code for code, _ in problems(desk, name)} == {"calendar-missing"}
    official(desk, year)
    assert len(dates(desk, name)) == 5


def test_a_revised_calendar_replaces_the_one_before(desk: Desk) -> None:
    meeting_on(desk, "113-04-29")
    official(desk, 2024, changed="0430=2")
    official(desk, 2024, name="113年政府行政機關辦公日曆表(修正版).csv", changed="0430=0")
    assert dates(desk)["紀錄草稿"] == "2024-05-09"


def test_two_calendars_that_differ_are_an_error(desk: Desk) -> None:
    meeting_on(desk, "113-04-29")
    official(desk, 2024, changed="0430=2 0502=2")
    official(desk, 2024, name="辦公日曆表113.csv")
    assert problems(desk) == [("calendar-twice", "辦公日曆表113.csv 第 122 行")]


def test_bad_rows_are_named_with_file_and_line(desk: Desk) -> None:
    meeting_on(desk, "113-04-29")
    name = "辦公日曆表.csv"
    rows = ("20240101,一,2,元旦", "113/1/2,二,0,", "", "20240230,五,0,", "20240104,五,0,", "20240105,五,是,", '"2024')
    official(desk, 2024, *rows, name=name)
    assert problems(desk) == [
        ("calendar-date", f"{name} 第 3 行"),
        ("calendar-date", f"{name} 第 5 行"),
        ("wrong-weekday", f"{name} 第 6 行"),
        ("calendar-flag", f"{name} 第 7 行"),
        ("calendar-date", f"{name} 第 8 行"),
        ("calendar-flag", f"{name} 第 8 行"),
    ]


@pytest.mark.parametrize("content", [b"", b"Subject,Start Date\n1,2\n", b"\x00\xff\xfe", "西元日期\n".encode("utf-16")])
def test_a_file_that_is_no_calendar_is_an_error(desk: Desk, content: bytes) -> None:
    meeting_on(desk, "113-04-29")
    official(desk, 2024).write_bytes(content)
    assert [code for code, _ in problems(desk)] == ["calendar-headings"]
    assert "Google行事曆專用" in desk.run("schedule", "113-1").output


def test_other_csv_files_are_left_alone(desk: Desk) -> None:
    meeting_on(desk, "113-04-29")
    official(desk, 2024, name="名單.csv").write_text("a,b", encoding="utf-8")
    assert dates(desk)["紀錄草稿"] == "2024-05-09"


def test_a_typhoon_day_puts_off_what_comes_after(desk: Desk) -> None:
    meeting_on(desk, "113-07-22")
    assert dates(desk)["紀錄草稿"] == "2024-08-01"
    closures(desk, "113-07-24 | 停班 | 颱風", "113/7/25 | 停班 |")
    assert dates(desk)["紀錄草稿"] == "2024-08-05"
    assert dates(desk)["會議資料"] == "2024-07-15"
    cells = next(one["cells"] for one in schedule(desk)["deadlines"] if one["name"] == "紀錄草稿")
    assert cells[-2:] == ["機關.xlsx〔停班日〕A2", "機關.xlsx〔停班日〕A3"]


def test_what_staff_enter_overrides_the_official_calendar(desk: Desk) -> None:
    meeting_on(desk, "113-04-29")
    official(desk, 2024, changed="0430=2")
    closures(desk, "113-04-30 | 上班 |")
    assert dates(desk)["紀錄草稿"] == "2024-05-09"


def test_bad_rows_of_staff_are_errors_and_no_date_is_given(desk: Desk) -> None:
    meeting_on(desk, "113-07-22")
    closures(desk, "113-07-24 | 放假 |", "7月25日 | 停班 |", "113-07-26 | 停班 |", "113-07-26 | 上班 |")
    assert problems(desk) == [
        ("bad-choice", "機關.xlsx 停班日 B2"),
        ("bad-date", "機關.xlsx 停班日 A3"),
        ("closure-twice", "機關.xlsx 停班日 A5"),
    ]
    assert schedule(desk, 1)["deadlines"] == []
    assert not desk.output("期限.ics").exists()


# --- years without a calendar -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_year_that_no_source_covers_is_an_error_and_no_guess(desk: Desk) -> None:
    last = workdays.last_year() - 1911
    meeting_on(desk, f"{last}-12-24", f"{last}-1")
    answer = schedule(desk, 1, f"{last}-1")
    assert [one["name"] for one in answer["deadlines"]] == ["會議資料"]
    assert problems(desk, f"{last}-1") == [("calendar-missing", "會議.xlsx 會議資訊 B2")]
    output = desk.run("schedule", f"{last}-1").output
    assert f"沒有民國 {last + 1} 年的辦公日曆，無法計算期限：紀錄草稿、紀錄草稿上限、公開" in output
    assert "inputs/共用" in output
    assert not desk.output("期限.ics", f"{last}-1").exists()


def test_it_does_not_stop_a_build_but_is_said(desk: Desk) -> None:
    last = workdays.last_year() - 1911
    meeting_on(desk, f"{last}-12-24", f"{last}-1")
    assert desk.run("build", f"{last}-1", "--format", "docx").exit_code == 0
    found = [one for one in desk.problems(f"{last}-1") if one["code"] == "calendar-missing"]
    assert [one["severity"] for one in found] == ["warning"]
    names = [one["name"] for one in json.loads(desk.run("figures", f"{last}-1", "--json").stdout)["figures"]]
    assert "期限.會議資料" in names
    assert "期限.公開" not in names


# --- settings and figures -----------------------------------------------------------------------------------------


def test_the_settings_of_the_agency(desk: Desk) -> None:
    meeting_on(desk, "113-04-29")
    desk.book("機關.xlsx", 機關=f"{AGENCY}| 紀錄草稿工作日 | 10 |\n| 修正意見工作日 | 3 |", 單位=UNITS)
    found = dates(desk)
    assert (found["紀錄草稿"], found["修正意見"]) == ("2024-05-13", "2024-05-16")


@pytest.mark.parametrize(
    ("draft", "corrections", "code", "severity"),
    [
        ("11", "3", "draft-days", "error"),
        ("0", "3", "draft-days", "error"),
        ("8", "0", "correction-days", "error"),
        ("8", "7", "correction-late", "warning"),
    ],
)
def test_settings_beyond_the_rule(desk: Desk, draft: str, corrections: str, code: str, severity: str) -> None:
    meeting_on(desk, "113-04-29")
    table = f"{AGENCY}| 紀錄草稿工作日 | {draft} |\n| 修正意見工作日 | {corrections} |"
    desk.book("機關.xlsx", 機關=table, 單位=UNITS)
    found = [one for one in desk.problems() if one["code"] == code]
    assert [one["severity"] for one in found] == [severity]
    schedule(desk, 1 if severity == "error" else 0)


def test_prose_can_name_a_deadline(desk: Desk) -> None:
    rows = f"{EXPLANATIONS}| 報1 | 1 | | 意見請於{{{{ 期限.修正意見\\|月日 }}}}前回復（{{{{ 期限.公開 }}}}公開）。 |"
    desk.meeting(說明=rows)
    assert desk.run("build", "113-1", "--format", "docx").exit_code == 0
    assert any("請於6月6日前回復（113-06-07公開）。" in text for text in desk.texts().values())
    figures = json.loads(desk.run("figures", "113-1", "--json").stdout)["figures"]
    cells = {one["name"]: one["cells"] for one in figures}
    assert cells["期限.會議資料"] == ["會議.xlsx〔會議資訊〕B2"]
    assert "機關.紀錄草稿工作日" in cells


def test_a_deadline_makes_no_typed_number_known(desk: Desk) -> None:
    rows = f"{EXPLANATIONS}| 報1 | 1 | | 共8項，於6月7日完成。 |"
    desk.meeting(說明=rows)
    loose = [one["text"] for one in desk.problems() if one["code"] == "loose-number"]
    assert loose == ["未對應數字：6", "未對應數字：7", "未對應數字：8"]


def test_errors_of_the_cases_do_not_stop_the_schedule(desk: Desk) -> None:
    desk.meeting(案由=CASES.replace("資訊處", "資訊室"))
    assert desk.run("check", "113-1").exit_code == 1
    assert len(dates(desk)) == 5


def test_a_date_outside_of_the_meetings_year_stops_it(desk: Desk) -> None:
    meeting_on(desk, "112-04-28")
    assert [code for code, _ in problems(desk)] == ["wrong-year"]


def test_a_meeting_that_cannot_be_read_tells_why(desk: Desk) -> None:
    meeting_on(desk, "某日")
    assert ("bad-date", "會議.xlsx 會議資訊 B2") in problems(desk)


# --- the calendar file --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_calendar_file_reads_back(own_desk: Desk) -> None:
    schedule(own_desk)
    content = own_desk.output("期限.ics").read_bytes()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    read = icalendar.Calendar.from_ical(content)
    events = read.walk("VEVENT")
    assert [event.decoded("DTSTART") for event in events] == [
        dt.date(2024, 4, 22),
        dt.date(2024, 5, 9),
        dt.date(2024, 5, 13),
        dt.date(2024, 5, 16),
        dt.date(2024, 5, 17),
    ]
    assert all(event.decoded("DTEND") - event.decoded("DTSTART") == DAY for event in events)
    assert str(events[1]["SUMMARY"]) == "送出會議紀錄草稿（113-1 會議）"
    assert str(events[4]["DESCRIPTION"]).endswith("會後 14 個工作日\n依據：運作指引陸一")
    assert len({str(event["UID"]) for event in events}) == 5


@pytest.mark.slow
def test_the_same_deadlines_give_the_same_file_and_a_hand_edit_is_kept(own_desk: Desk) -> None:
    schedule(own_desk)
    path = own_desk.output("期限.ics")
    first = path.read_bytes()
    assert schedule(own_desk)["outcomes"] == [{"name": "期限.ics", "outcome": "same", "kept_as": ""}]
    path.write_bytes(first.replace(b"VERSION:2.0", b"VERSION:2.0\r\nX-OWN:1"))
    assert schedule(own_desk)["outcomes"][0]["outcome"] == "kept"
    assert path.read_bytes() == first
    assert len(list(path.parent.glob("期限（手改*.ics"))) == 1


def test_a_build_leaves_it_and_keeps_it_true(desk: Desk) -> None:
    meeting_on(desk, "113-04-29")
    schedule(desk)
    before = desk.output("期限.ics").read_bytes()
    desk.run("build", "113-1", "--format", "docx")
    assert desk.output("期限.ics").read_bytes() == before
    meeting_on(desk, "113-05-20")
    desk.run("build", "113-1", "--format", "docx")
    assert b"20240607" in desk.output("期限.ics").read_bytes()


def test_a_build_writes_none_that_nobody_asked_for(desk: Desk) -> None:
    desk.meeting()
    desk.run("build", "113-1", "--format", "docx")
    assert not desk.output("期限.ics").exists()


# --- the next deadline --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2024-04-01", "下一個期限：113年4月22日（星期一）送達議程、會議資料草案及資料盤點表（會前 5 個工作日"),
        ("2024-04-22", "下一個期限：113年4月22日（星期一）"),
        ("2024-04-23", "下一個期限：113年5月9日（星期四）送出會議紀錄草稿（會後 8 個工作日"),
        ("2024-05-17", "下一個期限：113年5月17日（星期五）"),
        ("2024-05-18", "各期限都已過"),
    ],
)
def test_a_build_says_which_deadline_comes_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, today: str, said: str
) -> None:
    monkeypatch.setattr(options, "today", lambda: dt.date.fromisoformat(today))
    meeting_on(desk, "113-04-29")
    output = desk.run("build", "113-1", "--format", "docx").output
    assert said in output
    assert ("下一個期限" in output) is ("下一個期限" in said)
    manifest = desk.output("packet.json").read_bytes()
    monkeypatch.setattr(options, "today", lambda: dt.date(2031, 1, 1))
    desk.run("build", "113-1", "--format", "docx")
    assert desk.output("packet.json").read_bytes() == manifest


def test_the_manifest_names_the_calendar_among_the_inputs(desk: Desk) -> None:
    meeting_on(desk, "113-04-29")
    path = official(desk, 2024)
    desk.run("build", "113-1", "--format", "docx")
    assert f"inputs/共用/{path.name}" in [one["path"] for one in desk.manifest()["inputs"]]


def test_a_body_without_any_deadline_is_told_so(desk: Desk) -> None:
    desk.book("機關.xlsx", 機關=AGENCY, 單位=UNITS, 規則="| 規則 | 數值 | 依據 |\n| 各案須有決定 | 是 | |")
    desk.meeting()
    result = desk.run("schedule", "113-1")
    assert result.exit_code == 0
    assert "〔規則〕沒有填任何期限" in result.output
