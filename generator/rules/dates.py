"""The rules of dates: the meeting, its cut-off date and period, the end of the meeting, deadlines of decisions.

The deadlines that are counted from the meeting, and what is wrong with them, are in meeting/schedule.
"""

from __future__ import annotations

from generator.basic import roc
from generator.basic.problem import Code, Problem, error, problem, warning
from generator.basic.roc import Period, YearMonth
from generator.meeting.minutes import Minutes
from generator.meeting.model import Meeting
from generator.meeting.sheets import rules as names
from generator.meeting.sheets.lists import LISTS
from generator.rules.drafts import unfinished
from generator.workbook import values
from generator.workbook.record import Kind


class DatesCode(Code):
    """The problems that this module finds."""

    TITLE_MISSING = error("會議編號「{id}」不是 民國年-次，不知會議名稱", "請在〔會議資訊〕填會議名稱。")
    TITLE_LEFT_OUT = warning(
        "前一次會議（{previous}）有會議名稱，這一次沒有，各文件印成「{name}」", "請在〔會議資訊〕填會議名稱。"
    )
    ENDS_EARLY = error("結束時間 {end} 早於開始時間 {start}", "請改正其中一個。")
    FURTHER_DAY = error("續會日期 {day} 不在會議日期之後", "只填第一天以後的各日。")
    WRONG_YEAR = error("會議日期不在 {year} 年，與會議編號 {id} 不符", "請改正日期，或改資料夾名稱。")
    CUTOFF_LATE = warning("資料基準日在會議日期之後", "請核對兩個日期。")
    LIST_LATE = warning("{name} {date} 在資料基準日 {cutoff} 之後", "請核對日期，或改資料基準日。")
    PERIOD_LATE = warning("報告期間 {period} 超過資料基準日", "請核對期間與基準日。")
    PERIOD_GAP = warning("上次報告到 {last}，本次之前缺 {missing}（見 {other}）", "請確認是否要補報這段期間。")
    PERIOD_OVERLAP = warning("與上次報告的 {last} 重疊（見 {other}）", "請核對期間。")
    MEETINGS_FEW = warning(
        "{year} 年只有 {count} 次常會的資料夾，每年以召開{least}次為原則",
        "請確認前一年的開會次數。",
    )
    NOT_ADJOURNED = error("沒有散會時間，不能定稿", "請填散會時間。")
    NOT_ADJOURNED_YET = warning("沒有散會時間", "定稿前請填散會時間。")
    ADJOURNED_EARLY = error("散會時間{end}早於開始時間{start}", "請核對兩個時間。")
    DUE_EARLY = error("期限{due}在會議日期{date}之前", "請核對期限。")


def period_follows(meeting: Meeting) -> list[Problem]:
    """The reported period follows the one that the last meeting dealt with; months between are mentioned."""
    reported = meeting.info.period
    if reported is None:
        return []
    past = [(values.find_period(decision.subject), decision) for decision in meeting.past_decisions]
    periods = [(period, decision) for period, decision in past if period is not None]
    if not periods:
        return []
    last, decision = max(periods, key=lambda entry: entry[0].end)
    gap = reported.start - last.end
    at = meeting.info.at("period")
    if gap > 1:
        start = last.end.next()
        missing = Period(start, YearMonth(*_before(reported.start)))
        return [problem(DatesCode.PERIOD_GAP, at, last=last, missing=missing, other=decision.at("subject"))]
    if gap < 1:
        return [problem(DatesCode.PERIOD_OVERLAP, at, last=last, other=decision.at("subject"))]
    return []


def _before(month: YearMonth) -> tuple[int, int]:
    return (month.year - 1, 12) if month.month == 1 else (month.year, month.month - 1)


def dates_agree(meeting: Meeting) -> list[Problem]:
    """The meeting's date lies in the year of its id; figures are not later than the meeting."""
    problems = []
    if not meeting.info.title and meeting.id.year not in (None, YearMonth.of(meeting.date).year):
        problems.append(problem(DatesCode.WRONG_YEAR, meeting.info.at("date"), id=meeting.id, year=meeting.id.year))
    info = meeting.info
    if meeting.id.name and not info.title:
        problems.append(problem(DatesCode.TITLE_MISSING, info.at("title"), id=meeting.id))
    elif not info.title and str(meeting.previous) in meeting.titles:
        at, previous = info.at("title"), meeting.previous
        problems.append(problem(DatesCode.TITLE_LEFT_OUT, at, previous=previous, name=meeting.name))
    if info.end is not None and info.end < info.start:
        about = {"end": roc.clock(info.end), "start": roc.clock(info.start)}
        problems.append(problem(DatesCode.ENDS_EARLY, info.at("end"), **about))
    problems += [
        problem(DatesCode.FURTHER_DAY, info.at("more_days"), day=roc.long_date(day))
        for day in info.more_days or ()
        if day <= meeting.date
    ]
    if meeting.info.cutoff > meeting.info.last_day:
        problems.append(problem(DatesCode.CUTOFF_LATE, meeting.info.at("cutoff")))
    period = meeting.info.period
    if period is not None and period.end > YearMonth.of(meeting.info.cutoff):
        problems.append(problem(DatesCode.PERIOD_LATE, meeting.info.at("period"), period=period))
    return problems


def lists_keep_to_the_cutoff(meeting: Meeting) -> list[Problem]:
    """What a list says as of 資料基準日 did not happen after it."""
    cutoff = meeting.info.cutoff
    return [
        problem(DatesCode.LIST_LATE, row.at(name), name=column.name, date=date, cutoff=roc.short_date(cutoff))
        for record in LISTS
        for name, column in record.sheet.by_field.items()
        if column.kind is Kind.DATE
        for row in record.rows(meeting)
        if (day := getattr(row, name)) and day > cutoff and (date := roc.short_date(day))
    ]


def times_run_forward(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """The meeting ends after it began, its decisions are due after it, and final minutes have 散會時間."""
    problems = []
    info = minutes.info
    at, start = info.at("adjourned"), info.started or meeting.info.start
    if info.adjourned is None and at not in minutes.faults:
        problems.append(unfinished(minutes, DatesCode.NOT_ADJOURNED, DatesCode.NOT_ADJOURNED_YET, at))
    elif info.adjourned is not None and info.adjourned < start and not meeting.info.more_days:
        problems.append(problem(DatesCode.ADJOURNED_EARLY, at, end=roc.clock(info.adjourned), start=roc.clock(start)))
    for decision in minutes.decisions:
        if decision.due and decision.due < meeting.date:
            due, date = roc.long_date(decision.due), roc.long_date(meeting.date)
            problems.append(problem(DatesCode.DUE_EARLY, decision.at("due"), due=due, date=date))
    return problems


def last_year_had_enough_meetings(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """The year before had enough regular meetings, as a principle, by the rule of the body."""
    rule = meeting.body.rule(names.MEETINGS_A_YEAR)
    if rule is None:
        return []
    year = meeting.year - 1
    before = [other for other in meeting.others if other.year == year]
    count = sum(not other.extraordinary for other in before)
    if not before or count >= rule.number:
        return []
    at, least = meeting.info.at("date"), roc.numeral(rule.number)
    return [problem(DatesCode.MEETINGS_FEW, at, year=year, count=count, least=least, source=rule.source)]


RULES = (
    period_follows,
    dates_agree,
    lists_keep_to_the_cutoff,
)
MINUTES_RULES = (
    times_run_forward,
    last_year_had_enough_meetings,
)
