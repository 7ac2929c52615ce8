"""The rules of the agenda: cases, the endings of their subjects, levels of points, units (文書處理手冊, practice)."""

from __future__ import annotations

import re

from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Problem, error, perhaps, problem, warning
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets.lists import LISTS
from generator.workbook import values
from generator.workbook.record import Kind, Record


class AgendaCode(Code):
    """The problems that this module finds."""

    NO_CASES = error("〔案由〕還沒有任何案", "請填入提到會議的案。")
    SUBJECT_ENDING = error("{kind}的案由應以「{ending}」結尾", "請改正案由{elsewhere}。")
    SUBJECT_LINES = warning("案由有換行", "案由只寫一段，請刪除換行。")
    OWN_NUMBER = warning("{name}開頭自己寫了編號「{number}」，會與程式的編號重複", "請刪除，編號由程式產生。")
    NO_REQUEST = warning("{case}的說明最後一點不是「{request}」", "請補上。")
    LEVEL_SKIPPED = error("層級由{before}跳到{level}", "層級須逐級往下，請改正層級或補上中間一級。")
    NOBODY_PROPOSES = error("{case}沒有單位，也沒有提案人", "請填單位；由個人提案時，請增加「提案人」欄。")
    UNKNOWN_UNIT = error("「{value}」不在 機關.xlsx〔單位〕內", "請改正，或在〔單位〕增列。{perhaps}")


# How few texts begin: the pattern after this has many sets, which take long to compile.
_MAY_BE_NUMBERED = compile_late(
    r"\s*(?:[第註①-⒛㈠-㈩㊀-㊉]|[\dA-Za-z（(一二三四五六七八九十壹貳參肆伍陸柒捌玖拾甲乙丙丁戊己庚辛].{0,3}[、．.)）])",
    re.DOTALL,
)
# 一、 (一) 1. (1) 甲、 壹、 ① ㈠ a) 註1：, but no decimal (1.5) and no list of numbers (一、二級).
_OWN_NUMBER = compile_late(
    r"\s*((?:第\s*)?[一二三四五六七八九十]{1,3}\s?[、．.](?![一二三四五六七八九十](?!、))|[壹貳參肆伍陸柒捌玖拾]{1,3}[、．.]|[甲乙丙丁戊己庚辛][、．.]"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．](?!\d)|\d{1,2}[)）]|\d{1,2}\s?、(?!\d)|[①-⒛㈠-㈩㊀-㊉]"
    r"|[A-Za-z](?:[)）]|[.．](?![A-Za-z]))|註\s*\d*\s*[：:])"
)


def there_are_cases(meeting: Meeting) -> list[Problem]:
    """A meeting without a case has no packet."""
    return [] if meeting.cases else [problem(AgendaCode.NO_CASES, meeting.info.at())]


def subjects_end_properly(meeting: Meeting) -> list[Problem]:
    """The subject of a case ends with a phrase of its section: 「，報請鑒察。」, 「，提請討論。」 (practice)."""
    problems = []
    for case in meeting.cases:
        section = case.section
        if not section.ends_properly(case.subject):
            own = section.at("allowed_endings") if section.row.workbook else None
            problems.append(
                problem(
                    AgendaCode.SUBJECT_ENDING,
                    case.at("subject"),
                    kind=case.kind,
                    ending="」或「".join(section.endings),
                    elsewhere=f"，或把本會的結尾加在 {own}" if own else "",
                )
            )
    return problems


def subjects_are_one_line(meeting: Meeting) -> list[Problem]:
    """A subject is one sentence; a line break in it breaks the agenda (practice)."""
    return [
        problem(AgendaCode.SUBJECT_LINES, case.at("subject")) for case in meeting.cases if "\n" in case.subject.strip()
    ]


def numbers_are_the_programs(meeting: Meeting) -> list[Problem]:
    """Labels are computed; one that is typed as well prints 「一、一、」."""
    problems = []
    for case in meeting.cases:
        fields: list[tuple[Record, str]] = [(case, "subject")]
        fields += [(point, "lead" if point.lead else "text") for point in case.explanations]
        fields += [(note, "text") for item in case.attachments for note in item.notes]
        for record, name in fields:
            text = getattr(record, name)
            match = _MAY_BE_NUMBERED.match(text) and _OWN_NUMBER.match(text)
            if match:
                heading = record.heading_of(name)
                problems.append(problem(AgendaCode.OWN_NUMBER, record.at(name), name=heading, number=match[1]))
    return problems


def discussions_ask(meeting: Meeting) -> list[Problem]:
    """The last point of a case is the one that its section requires: it asks for the group's opinion (practice).

    Where 擬辦 or 辦法 follow 說明, either may end with it.
    """
    problems = []
    for case in meeting.cases:
        ends, request = [points[-1] for points in case.parts.values()], case.section.last_point
        if request and all(values.folded(last.text) != values.folded(request) for last in ends):
            at = ends[-1].at("text") if ends else case.at("key")
            problems.append(problem(AgendaCode.NO_REQUEST, at, case=case.title, request=request))
    return problems


def levels_never_skip(meeting: Meeting) -> list[Problem]:
    """壹、 一、 （一） 1. （1）: no level is skipped within a part of a case (文書處理手冊)."""
    problems = []
    for part in (part for case in meeting.cases for part in case.parts.values()):
        before = 0
        for point in part:
            if point.level > before + 1:
                problems.append(
                    problem(AgendaCode.LEVEL_SKIPPED, point.at("level"), level=point.level, before=before or "無")
                )
            before = point.level
    return problems


def somebody_proposes(meeting: Meeting) -> list[Problem]:
    """A case names the unit that reports or proposes it, or who proposed it (practice)."""
    return [
        problem(AgendaCode.NOBODY_PROPOSES, case.at("unit"), case=case.title)
        for case in meeting.cases
        if not case.unit and not case.proposers
    ]


def units_are_known(meeting: Meeting) -> list[Problem]:
    """Every unit named stands in 〔單位〕."""
    if not meeting.units:
        return []
    listed = [row for record in LISTS for row in record.rows(meeting)]
    return [
        problem(AgendaCode.UNKNOWN_UNIT, record.at(name), value=unit, perhaps=perhaps(unit, meeting.units))
        for record in (*meeting.cases, *listed, meeting.agency)
        for name, column in record.sheet.by_field.items()
        if column.kind is Kind.UNIT and (given := getattr(record, name)) and given not in meeting.units
        for unit in (units_of(given) if record in meeting.cases else [given])
        if unit not in meeting.units
    ]


RULES = (
    there_are_cases,
    subjects_end_properly,
    subjects_are_one_line,
    numbers_are_the_programs,
    discussions_ask,
    levels_never_skip,
    somebody_proposes,
    units_are_known,
)
