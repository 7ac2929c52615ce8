"""The rules that a meeting must keep before its packet goes out. Each check is a plain function that returns problems.

Sources are named at each rule: 設置要點, 運作指引, 文書處理手冊, or the practice of past packets.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from jinja2 import TemplateSyntaxError

from generator.basic.problem import Code, Location, Problem, error, perhaps, problem, warning
from generator.basic.roc import Period, YearMonth
from generator.meeting import figures, schedule
from generator.meeting.load import MeetingCode
from generator.meeting.model import Meeting
from generator.meeting.sheets import CHAIR, CIVIL_MEMBER, DISCUSSION, REPORT, SHEET
from generator.meeting.sheets.lists import (
    BADGES,
    BY_SHEET,
    LISTS,
    Download,
    PlannedDataset,
    Quality,
    Total,
    Withdrawal,
)
from generator.meeting.sheets.meeting import Case, Slide
from generator.prose.language import literal_text, names_used
from generator.prose.vocabulary import Vocabulary
from generator.rules import printing
from generator.workbook import values
from generator.workbook.record import Kind, Record
from generator.workbook.typed_rows import RowCode


class RuleCode(Code):
    """The problems that this module finds."""

    # What refers to what
    UNKNOWN_UNIT = error("「{value}」不在 機關.xlsx〔單位〕內", "請改正，或在〔單位〕增列。{perhaps}")
    # Files that are attached (檔案:…, 共用:…). Where 可另附 is set file-separate says the same as a warning.
    ATTACHMENT_TWICE = error("附件名稱「{value}」重複", "請改用不同的名稱，說明才能引用。")
    ATTACHMENT_UNMENTIONED = warning(
        "{case}的說明沒有提到附件「{name}」", '請在說明加上「如{{{{ 附件("{name}") }}}}」。'
    )
    # The deck (sheet 簡報, and templates/簡報.pptx with its sample slides)
    SLIDES_UNUSED = warning(
        "有投影片，〔附件〕卻沒有用到", "請在〔附件〕增加一列，來源寫「工作表:簡報」；不做簡報時請刪除這個工作表。"
    )
    SLIDES_ATTACHED_TWICE = error("簡報只能附在一案，{first} 已經用過", "請刪除其中一個附件；說明可引用另一案的附件。")
    # Prose
    LOOSE_NUMBER = warning("未對應數字：{number}", "請改用 {{{{ }}}} 帶入；確為固定數字時寫成 {{{{ {tag} }}}}。")
    NO_ROWS = warning("〔{sheet}〕還沒有資料列，「{name}」印成「{value}」", "請填入資料；確實沒有時可不理會。")
    TYPED_LABEL = warning("「{label}」是手打的附件編號", '請改為 {{{{ 附件("名稱") }}}}，順序變動時編號才會跟著改。')
    WRONG_WORD = warning("「{word}」應作「{right}」", "請改正用字。")
    # Cases (practice of official packets; 文書處理手冊)
    NO_CASES = error("〔案由〕還沒有任何案", "請填入報告案或討論案。")
    SUBJECT_ENDING = error("{kind}的案由應以「{ending}」結尾", "請改正案由。")
    NO_REQUEST = warning("{case}的說明最後一點不是「{request}」", "請補上。")
    LEVEL_SKIPPED = error("層級由{before}跳到{level}", "層級須逐級往下，請改正層級或補上中間一級。")
    # Lists
    PLATINUM_ABOVE_GOLD = error("白金標章 {platinum} 大於金標章 {gold}", "白金含於金標章內，請核對兩數。")
    UNIT_TWICE = error("單位「{unit}」重複，{first} 已有一列", "請併為一列。")
    UNIT_MISSING = warning("品質檢測沒有「{unit}」這一列", "請補上；沒有資料集時填 0。")
    RANKING_RISES = error("下載次數 {value:,} 大於前一列的 {above:,}", "請依下載次數由多到少排列。")
    SAME_COUNT = warning("{value:,} 與 {other} 的數字相同", "請核對是否誤植。")
    NAME_TWICE = warning("「{value}」重複，{first} 已有一列", "請核對是否重複列入。")
    WITHDRAWN_TOO_MANY = error("「{unit}」擬下架 {going} 項，多於其資料集 {have} 項", "請核對下架清單與品質檢測。")
    OVERDUE = warning("「{name}」預定 {due} 開放，尚未標示已上架", "請確認；已上架請填 ★。")
    TOTAL_TOO_SMALL = error("{name}比排名各項的合計 {least:,} 還小", "請核對總數與出處。")
    # Dates and periods
    WRONG_YEAR = error("會議日期不在 {year} 年，與會議編號 {id} 不符", "請改正日期，或改資料夾名稱。")
    CUTOFF_LATE = warning("資料基準日在會議日期之後", "請核對兩個日期。")
    PERIOD_LATE = warning("報告期間 {period} 超過資料基準日", "請核對期間與基準日。")
    PERIOD_GAP = warning("上次報告到 {last}，本次之前缺 {missing}（見 {other}）", "請確認是否要補報這段期間。")
    PERIOD_OVERLAP = warning("與上次報告的 {last} 重疊（見 {other}）", "請核對期間。")
    # The roster (設置要點三、四(二))
    ROSTER_SMALL = error("委員 {count} 人，少於 11 人", "請核對名冊。", source="設置要點三")
    ROSTER_CIVIL = error("民間代表 {civil} 人，不足委員 {count} 人的三分之一", "請核對名冊。", source="設置要點三")
    ROSTER_SEX = warning("{sex}性委員 {number} 人，不足委員 {count} 人的三分之一", "請核對名冊。", source="設置要點三")
    TERM_BACKWARDS = error("「{name}」的任期迄日在起日之前", "請核對任期。")
    TERM_LONG = error("民間代表「{name}」的任期超過 2 年", "請核對任期。", source="設置要點六")
    TERM_AGAIN = error("民間代表「{name}」第 {times} 次聘任，期滿只得續聘一次", "請核對聘任次數。", source="設置要點六")
    TERM_OVER = warning("「{name}」的任期在會議日期前已屆滿", "請核對任期，或更新名冊。")
    ROSTER_CHAIR = error("召集人有 {count} 人，應為 1 人", "請核對身分。", source="設置要點三")
    CHAIR_NOT_MEMBER = error(
        "主席「{name}」不在委員名冊內", "主席由召集人或其指定的委員擔任。{perhaps}", source="設置要點四(二)"
    )


ENDINGS = {REPORT: "，報請鑒察。", DISCUSSION: "，提請討論。"}
REQUEST = "以上所擬是否妥適，提請討論。"


def check(meeting: Meeting, vocabulary: Vocabulary) -> list[Problem]:
    """Everything that the rules find in a meeting, in no particular order. Every prose text is rendered, once."""
    found = [fault for rule in MEETING_RULES for fault in rule(meeting)]
    for source, case, at in prose_of(meeting):
        problems: list[Problem] = []
        text = vocabulary.render(source, case, at, problems)
        found += problems
        for prose_rule in PROSE_RULES:
            found += prose_rule(source, text, at, vocabulary)
    return found


def prose_of(meeting: Meeting) -> Iterator[tuple[str, Case, Location]]:
    """Every prose text of the meeting with the case it belongs to and its cell."""
    for case in meeting.cases:
        yield case.subject, case, case.at("subject")
        for point in case.explanations:
            if point.lead:
                yield point.lead, case, point.at("lead")
            yield point.text, case, point.at("text")
        for attachment in case.attachments:
            yield attachment.heading, case, attachment.at(attachment.heading_field)
            if attachment.subheading:
                yield attachment.subheading, case, attachment.at("subheading")
            for note in attachment.notes:
                yield note.text, case, note.at("text")
    owner = meeting.deck_case
    for slide in meeting.slides if owner else ():
        assert owner is not None
        yield slide.title, owner, slide.at("title")
        for shown in slide.points:
            yield shown.lead, owner, shown.at("title")
            yield shown.text, owner, shown.at("text")


def there_are_cases(meeting: Meeting) -> list[Problem]:
    """A meeting without a case has no packet."""
    return [] if meeting.cases else [problem(RuleCode.NO_CASES, meeting.info.at())]


def subjects_end_properly(meeting: Meeting) -> list[Problem]:
    """A report ends with 「，報請鑒察。」, a discussion with 「，提請討論。」 (practice)."""
    return [
        problem(RuleCode.SUBJECT_ENDING, case.at("subject"), kind=case.kind, ending=ENDINGS[case.kind])
        for case in meeting.cases
        if case.kind in ENDINGS and not case.subject.endswith(ENDINGS[case.kind])
    ]


def discussions_ask(meeting: Meeting) -> list[Problem]:
    """The last point of a discussion case asks for the group's opinion (practice)."""
    found = []
    for case in meeting.of_kind(DISCUSSION):
        last = case.explanations[-1] if case.explanations else None
        if last is None or values.folded(last.text) != values.folded(REQUEST):
            at = last.at("text") if last else case.at("key")
            found.append(problem(RuleCode.NO_REQUEST, at, case=case.title, request=REQUEST))
    return found


def levels_never_skip(meeting: Meeting) -> list[Problem]:
    """壹、 一、 （一） 1.: no level is skipped (文書處理手冊)."""
    found = []
    for case in meeting.cases:
        before = 0
        for point in case.explanations:
            if point.level > before + 1:
                found.append(
                    problem(RuleCode.LEVEL_SKIPPED, point.at("level"), level=point.level, before=before or "無")
                )
            before = point.level
    return found


def units_are_known(meeting: Meeting) -> list[Problem]:
    """Every unit named stands in 〔單位〕."""
    if not meeting.units:
        return []
    listed = [row for record in LISTS for row in record.rows(meeting)]
    return [
        problem(RuleCode.UNKNOWN_UNIT, record.at(name), value=unit, perhaps=perhaps(unit, meeting.units))
        for record in (*meeting.cases, *listed, meeting.agency)
        for name, column in record.sheet.by_field.items()
        if column.kind is Kind.UNIT and (unit := getattr(record, name)) and unit not in meeting.units
    ]


def quality_adds_up(meeting: Meeting) -> list[Problem]:
    """Stated totals equal the sums; 白金 is part of 金; each unit stands once, none is left out."""
    found = []
    rows, stated = Quality.rows(meeting), Quality.sums(meeting)
    seen: dict[str, Quality] = {}
    for item in rows:
        if item.platinum > item.gold:
            at = item.at("platinum")
            found.append(problem(RuleCode.PLATINUM_ABOVE_GOLD, at, platinum=item.platinum, gold=item.gold))
        if item.stated_total is not None and item.stated_total != item.total:
            found.append(
                problem(RowCode.WRONG_TOTAL, item.at("stated_total"), stated=item.stated_total, computed=item.total)
            )
        if item.unit in seen:
            first = seen[item.unit].at("unit").cell
            found.append(problem(RuleCode.UNIT_TWICE, item.at("unit"), unit=item.unit, first=first))
        seen.setdefault(item.unit, item)
    if rows:
        for unit in meeting.units:
            if unit not in seen:
                found.append(problem(RuleCode.UNIT_MISSING, rows[0].at("unit"), unit=unit))
    if stated is not None:
        for name in BADGES:
            number, computed = getattr(stated, name), sum(getattr(item, name) for item in rows)
            if number != computed:
                found.append(problem(RowCode.WRONG_TOTAL, stated.at(name), stated=number, computed=computed))
        whole = sum(item.total for item in rows)
        if stated.stated_total is not None and stated.stated_total != whole:
            found.append(
                problem(RowCode.WRONG_TOTAL, stated.at("stated_total"), stated=stated.stated_total, computed=whole)
            )
    return found


def ranking_falls(meeting: Meeting) -> list[Problem]:
    """Downloads fall from row to row (the table prints ranks); equal ones are worth a look."""
    found = []
    for above, below in pairwise(Download.rows(meeting)):
        at = below.at("downloads")
        if below.downloads > above.downloads:
            found.append(problem(RuleCode.RANKING_RISES, at, value=below.downloads, above=above.downloads))
        elif below.downloads == above.downloads:
            other = below.beside(above, "downloads")
            found.append(problem(RuleCode.SAME_COUNT, at, value=below.downloads, other=other))
    return found


def views_stand_once(meeting: Meeting) -> list[Problem]:
    """The same count of views twice is usually a slip of copying."""
    first: dict[int, Download] = {}
    found = []
    for item in Download.rows(meeting):
        if item.views in first and item.views:
            other = item.beside(first[item.views], "views")
            found.append(problem(RuleCode.SAME_COUNT, item.at("views"), value=item.views, other=other))
        first.setdefault(item.views, item)
    return found


def names_stand_once(meeting: Meeting) -> list[Problem]:
    """No data set stands twice in one list; names are compared with width and dashes folded."""
    found = []
    lists: Sequence[Sequence[PlannedDataset | Download | Withdrawal | Total]] = (
        PlannedDataset.rows(meeting),
        Download.rows(meeting),
        Withdrawal.rows(meeting),
        Total.rows(meeting),
    )
    for rows in lists:
        first: dict[str, PlannedDataset | Download | Withdrawal | Total] = {}
        for item in rows:
            key = values.same_name(item.name)
            if key in first:
                other = item.beside(first[key], "name")
                found.append(problem(RuleCode.NAME_TWICE, item.at("name"), value=item.name, first=other))
            first.setdefault(key, item)
    for attachment, count in Counter(item.name for case in meeting.cases for item in case.attachments).items():
        if count > 1:
            own = next(item for case in meeting.cases for item in case.attachments if item.name == attachment)
            found.append(problem(RuleCode.ATTACHMENT_TWICE, own.at("name"), value=attachment))
    return found


def withdrawals_are_there(meeting: Meeting) -> list[Problem]:
    """No unit withdraws more data sets than it has."""
    have = {item.unit: item.total for item in Quality.rows(meeting)}
    found = []
    for unit, going in figures.grouped(Withdrawal.rows(meeting), lambda item: item.unit).items():
        if unit in have and len(going) > have[unit]:
            at = going[0].at("unit")
            found.append(problem(RuleCode.WITHDRAWN_TOO_MANY, at, unit=unit, going=len(going), have=have[unit]))
    return found


def planned_items_are_on_time(meeting: Meeting) -> list[Problem]:
    """An item whose 開放年月 has passed on the cut-off date without ★ is overdue."""
    now = YearMonth.of(meeting.info.cutoff)
    return [
        problem(RuleCode.OVERDUE, item.at("published"), name=item.name, due=item.due)
        for item in PlannedDataset.rows(meeting)
        if item.due < now and not item.published
    ]


def period_follows(meeting: Meeting) -> list[Problem]:
    """The reported period follows the one that the last meeting dealt with; months between are mentioned."""
    reported = meeting.info.period
    if reported is None:
        return []
    past = [(values.find_period(item.subject), item) for item in meeting.past_decisions]
    periods = [(period, item) for period, item in past if period is not None]
    if not periods:
        return []
    last, item = max(periods, key=lambda entry: entry[0].end)
    gap = reported.start - last.end
    at = meeting.info.at("period")
    if gap > 1:
        start = last.end.next()
        missing = Period(start, YearMonth(*_before(reported.start)))
        return [problem(RuleCode.PERIOD_GAP, at, last=last, missing=missing, other=item.at("subject"))]
    if gap < 1:
        return [problem(RuleCode.PERIOD_OVERLAP, at, last=last, other=item.at("subject"))]
    return []


def _before(month: YearMonth) -> tuple[int, int]:
    return (month.year - 1, 12) if month.month == 1 else (month.year, month.month - 1)


def dates_agree(meeting: Meeting) -> list[Problem]:
    """The meeting's date lies in the year of its id; figures are not later than the meeting."""
    found = []
    if YearMonth.of(meeting.date).year != meeting.id.year:
        found.append(problem(RuleCode.WRONG_YEAR, meeting.info.at("date"), id=meeting.id, year=meeting.id.year))
    if meeting.info.cutoff > meeting.date:
        found.append(problem(RuleCode.CUTOFF_LATE, meeting.info.at("cutoff")))
    period = meeting.info.period
    if period is not None and period.end > YearMonth.of(meeting.info.cutoff):
        found.append(problem(RuleCode.PERIOD_LATE, meeting.info.at("period"), period=period))
    return found


def attachments_are_mentioned(meeting: Meeting) -> list[Problem]:
    """Every attachment is named in the text of its case."""
    found = []
    for case in meeting.cases:
        text = " ".join(point.text for point in case.explanations)
        for item in case.attachments:
            if f'"{item.name}"' not in text and f"'{item.name}'" not in text:
                found.append(problem(RuleCode.ATTACHMENT_UNMENTIONED, item.at("name"), name=item.name, case=case.title))
    return found


def attachment_sheets_are_there(meeting: Meeting) -> list[Problem]:
    """A list that an attachment prints has rows."""
    lists: dict[str, Sequence[Record]] = {name: record.rows(meeting) for name, record in BY_SHEET.items()}
    lists[Slide.sheet.name] = meeting.slides
    return [
        problem(MeetingCode.EMPTY_SHEET, item.at("origin"), sheet=item.target)
        for case in meeting.cases
        for item in case.attachments
        if item.source == SHEET and item.target in meeting.present and item.target in lists and not lists[item.target]
    ]


def the_deck_is_attached(meeting: Meeting) -> list[Problem]:
    """Slides are of use only as an attachment, and there is one deck."""
    decks = [item for case in meeting.cases for item in case.attachments if item.is_deck]
    if not decks:
        return [problem(RuleCode.SLIDES_UNUSED, meeting.slides[0].at("layout"))] if meeting.slides else []
    return [
        problem(RuleCode.SLIDES_ATTACHED_TWICE, deck.at("origin"), first=deck.beside(decks[0], "origin"))
        for deck in decks[1:]
    ]


def totals_cover_the_top(meeting: Meeting) -> list[Problem]:
    """The totals over all data sets are no smaller than the sums of the ranking."""
    found = []
    sums = {
        "總瀏覽次數": sum(item.views for item in Download.rows(meeting)),
        "總下載次數": sum(item.downloads for item in Download.rows(meeting)),
    }
    for total in Total.rows(meeting):
        if total.value < sums.get(total.name, 0):
            found.append(problem(RuleCode.TOTAL_TOO_SMALL, total.at("value"), name=total.name, least=sums[total.name]))
    return found


def roster_is_lawful(meeting: Meeting) -> list[Problem]:
    """At least 11 members, 民間代表 and (as a principle) either sex at least a third (設置要點三), one 召集人."""
    if not meeting.members:
        return []
    count = len(meeting.members)
    at = meeting.members[0].at("role")
    civil = sum(member.role == CIVIL_MEMBER for member in meeting.members)
    chairs = sum(member.role == CHAIR for member in meeting.members)
    found = []
    if count < 11:
        found.append(problem(RuleCode.ROSTER_SMALL, at, count=count))
    if civil * 3 < count:
        found.append(problem(RuleCode.ROSTER_CIVIL, at, civil=civil, count=count))
    if chairs != 1:
        found.append(problem(RuleCode.ROSTER_CHAIR, at, count=chairs))
    for sex in ("男", "女"):
        number = sum(member.sex == sex for member in meeting.members)
        if number * 3 < count:
            found.append(
                problem(RuleCode.ROSTER_SEX, meeting.members[0].at("sex"), sex=sex, number=number, count=count)
            )
    names = [member.name for member in meeting.members]
    chair = meeting.info.chair
    if chair and chair not in names:
        guess = perhaps(chair, names)
        found.append(problem(RuleCode.CHAIR_NOT_MEMBER, meeting.info.at("chair"), name=chair, perhaps=guess))
    return found


def terms_are_lawful(meeting: Meeting) -> list[Problem]:
    """A 民間代表 serves one or two years and is renewed at most once; a replacement serves less (設置要點六)."""
    found = []
    for member in meeting.members:
        start, end = member.term_start, member.term_end
        if start and end and end < start:
            found.append(problem(RuleCode.TERM_BACKWARDS, member.at("term_end"), name=member.name))
        elif member.role == CIVIL_MEMBER and start and end and end > _years_after(start, 2):
            found.append(problem(RuleCode.TERM_LONG, member.at("term_end"), name=member.name))
        if member.role == CIVIL_MEMBER and (member.appointments or 0) > 2:
            at = member.at("appointments")
            found.append(problem(RuleCode.TERM_AGAIN, at, name=member.name, times=member.appointments))
        if end and end < meeting.date:
            found.append(problem(RuleCode.TERM_OVER, member.at("term_end"), name=member.name))
    return found


def _years_after(day: dt.date, years: int) -> dt.date:
    """The last day of a term of so many years that begins on a day."""
    try:
        same = day.replace(year=day.year + years)
    except ValueError:
        same = dt.date(day.year + years, 3, 1)
    return same - dt.timedelta(days=1)


def numbers_are_figures(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """A number typed into prose that equals no figure: 未對應數字. Citations (…字第…號) keep their own numbers."""
    typed = _without_citations(literal_text(source))
    known = vocabulary.numbers
    loose = [number for number in figures.written_numbers(typed) if figures.digits(number)[0] not in known]
    return [problem(RuleCode.LOOSE_NUMBER, at, number=number, tag=_as_typed(number)) for number in dict.fromkeys(loose)]


def _as_typed(number: str) -> str:
    """What to write in a tag so that it prints this number as it was typed: 7, but "1,896", "2024" and "09"."""
    return number if figures.shown(int(number.replace(",", ""))) == number and "," not in number else f'"{number}"'


def _without_citations(text: str) -> str:
    """Dates and numbers of official letters, and article numbers, belong to what is cited."""
    day = r"(?:中華民國)?\s*\d+\s*年\s*\d+\s*月\s*\d+\s*日"
    text = re.sub(rf"(?:{day})?[^\d，。；]{{0,12}}字第\s*[\dA-Za-z]+\s*號", " ", text)
    return re.sub(r"第\s*\d+\s*(?:條|點|項|款|目)(?:之\s*\d+)?", " ", text)


def figures_have_rows(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """A figure of a list in which nothing stands yet prints as 0 or as nothing, which is seldom meant."""
    try:
        used = dict.fromkeys(names_used(source))
    except TemplateSyntaxError:
        return []
    known = vocabulary.figures
    return [
        problem(RuleCode.NO_ROWS, at, sheet=name.partition(".")[0], name=name, value=figures.shown(known[name].value))
        for name in used
        if name in known and not known[name].cells
    ]


def weekdays_agree(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """A date with a weekday beside it: both must be the same day."""
    found = []
    for written in re.findall(r"(?<!\d)\d{2,4}\s*年\s*\d+\s*月\s*\d+\s*日\s*[（(]星期.[)）]", text):
        try:
            values.date(written)
        except values.BadValue as bad:
            found.append(problem(bad.code, at, name="日期", example="", **bad.values))
    return found


def labels_exist(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """「附件3」 typed by hand: prose names attachments by placeholder, so that numbers follow the order."""
    typed = re.findall(r"附件\s*\d+(?:\s*[至、]\s*\d+)?", literal_text(source))
    return [problem(RuleCode.TYPED_LABEL, at, label=label) for label in typed]


def words_are_official(source: str, text: str, at: Location, vocabulary: Vocabulary) -> list[Problem]:
    """紀錄, never 記錄, for the record of a meeting (法律統一用字表)."""
    return [problem(RuleCode.WRONG_WORD, at, word="會議記錄", right="會議紀錄")] if "會議記錄" in text else []


MEETING_RULES: tuple[Callable[[Meeting], list[Problem]], ...] = (
    there_are_cases,
    subjects_end_properly,
    discussions_ask,
    levels_never_skip,
    units_are_known,
    quality_adds_up,
    ranking_falls,
    views_stand_once,
    names_stand_once,
    withdrawals_are_there,
    planned_items_are_on_time,
    period_follows,
    dates_agree,
    attachments_are_mentioned,
    attachment_sheets_are_there,
    the_deck_is_attached,
    totals_cover_the_top,
    roster_is_lawful,
    terms_are_lawful,
    schedule.check,
    printing.attachments_can_be_printed,
    printing.slides_are_complete,
    printing.notice_is_filled_in,
)

PROSE_RULES: tuple[Callable[[str, str, Location, Vocabulary], list[Problem]], ...] = (
    numbers_are_figures,
    figures_have_rows,
    weekdays_agree,
    labels_exist,
    words_are_official,
)
