"""The rules of remarks, decisions and tasks in the minutes (文書處理手冊, practice)."""

from __future__ import annotations

from collections.abc import Sequence

from generator.basic.problem import Code, Problem, error, perhaps, problem, warning
from generator.meeting.minutes import SOMEONE, Minutes
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import ABSENT, CLOSED_TOO, CONTINUED, NAMED, OPINION, RESPONSE, WRITTEN
from generator.meeting.sheets import rules as names
from generator.meeting.sheets.meeting import Case
from generator.meeting.sheets.minutes import Attendance, Decision, Remark
from generator.rules.drafts import is_complete, unfinished
from generator.rules.protected_names import is_person, nearest_name, quoted
from generator.workbook.values import folded


class DecisionCode(Code):
    """The problems that this module finds."""

    SPEAKER_UNKNOWN = warning(
        "委員意見的發言者{name}不是出席的委員或其代理人", "請核對發言者、類型與〔出席〕。{perhaps}"
    )
    REMARK_TWICE = warning("{case}的順序 {number} 重複，{first} 已經用過", "請依發言先後重編順序。")
    OPENNESS_UNFIT = warning("「{openness}」只適用於委員意見，這一列是{kind}", "請改為「記名」，或改正類型。")
    CLOSED_TOO_UNFIT = warning(
        "「併同不公開」只適用於回應不公開發言的機關回應，這一列是{kind}", "請改為「不公開」，或改正類型。"
    )
    REPLY_TO_CLOSED = warning(
        "這一列回應前面不公開的發言，公開版仍會印出，可能透露該發言的內容",
        "請將記名方式改為「併同不公開」；只回應其他發言時可不理會。",
    )
    SPEAKER_NO_PERSON = error(
        "記名方式是「{openness}」，發言者「{speaker}」卻不是委員的姓名",
        "請填發言委員的姓名，或只填「委員」；單位或主席的發言請將記名方式改為「記名」。",
    )
    DECISION_TWICE = error("{case}的項次 {number} 重複，{first} 已經用過", "請改編項次。")
    DECISION_PHRASE = warning("{case}的{closing}不是以{phrases}開頭", "請確認用語。", source="實務用語")
    NO_DECISION = error("{case}還沒有{closing}，不能定稿", "請在〔決議〕填入。")
    NO_DECISION_YET = warning("{case}還沒有{closing}", "定稿前請在〔決議〕填入。")
    TASK_LACKS = error("{case}第 {number} 項是後續辦理事項，卻沒有{what}，不能定稿", "請填{what}。")
    TASK_LACKS_YET = warning("{case}第 {number} 項是後續辦理事項，卻沒有{what}", "定稿前請填{what}。")
    TASK_UNIT_UNKNOWN = warning(
        "主辦單位「{value}」不在 機關.xlsx〔單位〕內", "是其他機關時可不理會，否則請改正。{perhaps}"
    )


def members_speak_who_attend(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """委員意見 is of a member who attends, or of the deputy, who may speak in their place.

    A protected speaker may be entered as 「委員」, without the name.
    """
    if not minutes.attendance or not is_complete(minutes, Attendance):
        return []
    speakers = [
        name
        for attendee in minutes.attendance
        if attendee.how != ABSENT
        for name in (attendee.name, attendee.deputy)
        if name
    ]
    known = {folded(name) for name in speakers}
    return [
        problem(
            DecisionCode.SPEAKER_UNKNOWN,
            remark.at("speaker"),
            name=quoted(minutes, remark.speaker),
            perhaps=nearest_name(minutes, remark.speaker, speakers),
            source=meeting.body.source(names.DEPUTIES),
        )
        for remark in minutes.remarks
        if remark.kind == OPINION and remark.speaker and folded(remark.speaker) not in known
        # Who stays away may send in a written opinion.
        if remark.form != WRITTEN or meeting.member(remark.speaker) is None
        if remark.openness == NAMED or folded(remark.speaker) != SOMEONE
    ]


def remarks_are_in_order(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Within a case each remark has its own place (practice)."""
    return _numbered_twice(DecisionCode.REMARK_TWICE, minutes.remarks)


def members_alone_are_protected(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Only members may speak 不記名 or 不公開, and only a reply goes with a closed remark.

    Who is no person has no name to protect: an office, a unit.
    """
    of_cases = (unit for case in meeting.cases for unit in units_of(case.unit))
    units = {folded(unit) for unit in (*meeting.units, *of_cases)}
    problems, source = [], meeting.body.source(names.PROTECTED_SPEECH)
    for remark in minutes.remarks:
        about = {"openness": remark.openness, "kind": remark.kind}
        is_protected = remark.nameless or remark.hidden
        if remark.kind and remark.kind != OPINION and is_protected:
            problems.append(problem(DecisionCode.OPENNESS_UNFIT, remark.at("openness"), source=source, **about))
        elif remark.kind == OPINION and remark.openness == CLOSED_TOO:
            problems.append(problem(DecisionCode.CLOSED_TOO_UNFIT, remark.at("openness"), **about))
        speaker = folded(remark.speaker)
        no_name = speaker != SOMEONE and (not is_person(speaker) or speaker in units)
        if remark.kind == OPINION and is_protected and no_name:
            about = {"openness": remark.openness, "speaker": remark.speaker}
            problems.append(problem(DecisionCode.SPEAKER_NO_PERSON, remark.at("speaker"), source=source, **about))
    return problems


def replies_go_with_closed_remarks(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """A reply quotes what it answers: after a closed remark it is closed too, or someone has looked."""
    problems = []
    for case in meeting.cases:
        follows_closed, before = False, RESPONSE
        for remark in minutes.remarks:
            if folded(remark.case) != folded(case.key):
                continue
            if remark.kind == OPINION:
                follows_closed = remark.closed or (follows_closed and before == OPINION)
            elif follows_closed and not remark.closed:
                source = meeting.body.source(names.PROTECTED_SPEECH)
                problems.append(problem(DecisionCode.REPLY_TO_CLOSED, remark.at("openness"), source=source))
            before = remark.kind
    return problems


def decisions_stand_once(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Within a case each decision has its own number, by which it is carried over (practice)."""
    return _numbered_twice(DecisionCode.DECISION_TWICE, minutes.decisions)


def decisions_use_the_phrases(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """決定 begins with 洽悉 or 准予備查, 決議 with 照案通過, 修正通過 and the like (practice of official minutes)."""
    problems = []
    for case in meeting.cases:
        decided, phrases = minutes.resolutions_of(case.key), case.section.decisions
        if decided and phrases and not folded(decided[0].text).startswith(phrases):
            known, at = "、".join(f"「{phrase}」" for phrase in phrases), decided[0].at("text")
            problems.append(
                problem(DecisionCode.DECISION_PHRASE, at, case=case.title, closing=_closing(case), phrases=known)
            )
    return problems


def every_case_is_decided(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Every case has a decision, where its section has a word for one: 決定, 決議 (practice).

    So has a section without cases, as 確認上次會議紀錄.
    """
    if not is_complete(minutes, Decision):
        return []
    sections = [section for section in meeting.sections if not section.has_cases and section.closing]
    return [
        unfinished(
            minutes,
            DecisionCode.NO_DECISION,
            DecisionCode.NO_DECISION_YET,
            section.at("name"),
            case=section.name,
            closing=section.closing,
            source=meeting.body.source(names.DECIDED),
        )
        for section in sections
        if not minutes.resolutions_of(section.name)
    ] + [
        unfinished(
            minutes,
            DecisionCode.NO_DECISION,
            DecisionCode.NO_DECISION_YET,
            case.at("key"),
            case=case.title,
            closing=_closing(case),
            source=meeting.body.source(names.DECIDED),
        )
        for case in meeting.cases
        if case.section.closing and not minutes.resolutions_of(case.key)
    ]


def tasks_are_complete(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """A task has both a unit and a deadline. Tasks are decisions 持續列管 or with either of these (practice)."""
    problems = []
    for decision in minutes.decisions:
        if decision.tracking != CONTINUED and not decision.unit and not decision.due:
            continue
        for name in ("unit", "due"):
            at, what = decision.at(name), decision.heading_of(name)
            if not getattr(decision, name) and at not in minutes.faults:
                problems.append(
                    unfinished(
                        minutes,
                        DecisionCode.TASK_LACKS,
                        DecisionCode.TASK_LACKS_YET,
                        at,
                        case=decision.case,
                        number=decision.number,
                        what=what,
                    )
                )
    return problems


def task_units_are_known(meeting: Meeting, minutes: Minutes) -> list[Problem]:
    """Units that carry out a decision stand in 〔單位〕 (practice). A warning: it may be another agency."""
    return [
        problem(DecisionCode.TASK_UNIT_UNKNOWN, decision.at("unit"), value=unit, perhaps=perhaps(unit, meeting.units))
        for decision in minutes.decisions
        for unit in units_of(decision.unit)
        if meeting.units and unit not in meeting.units
    ]


def _numbered_twice(code: Code, entries: Sequence[Remark | Decision]) -> list[Problem]:
    """A problem for each entry with the same case and number as one above it."""
    first: dict[tuple[str, int, bool], Remark | Decision] = {}
    problems = []
    for entry in entries:
        # 附帶決議 have numbers of their own.
        key = (folded(entry.case), entry.number, isinstance(entry, Decision) and entry.is_rider)
        if key in first:
            other = entry.beside(first[key], "number")
            problems.append(problem(code, entry.at("number"), case=entry.case, number=entry.number, first=other))
        first.setdefault(key, entry)
    return problems


def _closing(case: Case) -> str:
    """決定 for a report, 決議 for any other case, as its section says."""
    return case.section.closing


RULES = (
    members_speak_who_attend,
    remarks_are_in_order,
    members_alone_are_protected,
    replies_go_with_closed_remarks,
    decisions_stand_once,
    decisions_use_the_phrases,
    every_case_is_decided,
    tasks_are_complete,
    task_units_are_known,
)
