"""All rules that a meeting must keep before its packet goes out, and ``check``, which applies them.

Each rule is a plain function that returns problems. Its source is named beside it: 設置要點, 運作指引, 文書處理手冊, or
the practice of past packets.
"""

from __future__ import annotations

from collections.abc import Callable

from generator.basic.problem import Location, Problem
from generator.meeting import schedule
from generator.meeting.minutes import Minutes
from generator.meeting.model import Meeting
from generator.prose.vocabulary import Vocabulary
from generator.rules import agenda, attachments, attendance, dates, decisions, lists, printing, prose, roster

MEETING_RULES: tuple[Callable[[Meeting], list[Problem]], ...] = (
    agenda.there_are_cases,
    agenda.subjects_end_properly,
    agenda.subjects_are_one_line,
    agenda.numbers_are_the_programs,
    agenda.discussions_ask,
    agenda.levels_never_skip,
    agenda.units_are_known,
    attachments.attachment_names_stand_once,
    attachments.attachments_are_mentioned,
    attachments.attachment_sheets_are_there,
    attachments.the_deck_is_attached,
    lists.quality_adds_up,
    lists.ranking_falls,
    lists.views_stand_once,
    lists.names_stand_once,
    lists.withdrawals_are_there,
    lists.planned_items_are_on_time,
    lists.totals_cover_the_top,
    dates.period_follows,
    dates.dates_agree,
    dates.lists_keep_to_the_cutoff,
    roster.roster_is_lawful,
    roster.terms_are_lawful,
    roster.addresses_are_mailboxes,
    schedule.check,
    printing.attachments_can_be_printed,
    printing.slides_are_complete,
    printing.notice_is_filled_in,
)

# Each takes the text as it was typed, the text as it is printed, its cell, and the vocabulary.
PROSE_RULES: tuple[Callable[[str, str, Location, Vocabulary], list[Problem]], ...] = (
    prose.numbers_are_figures,
    prose.figures_have_rows,
    prose.weekdays_agree,
    prose.labels_exist,
    prose.words_are_official,
    prose.brackets_are_paired,
    prose.as_of_the_cutoff,
)

MINUTES_RULES: tuple[Callable[[Meeting, Minutes], list[Problem]], ...] = (
    attendance.attendance_is_noted,
    attendance.attendance_follows_the_roster,
    attendance.there_is_a_quorum,
    attendance.deputies_are_lawful,
    attendance.the_chair_attends,
    decisions.members_speak_who_attend,
    decisions.remarks_are_in_order,
    decisions.members_alone_are_protected,
    decisions.decisions_stand_once,
    decisions.decisions_use_the_phrases,
    decisions.every_case_is_decided,
    decisions.tasks_are_complete,
    decisions.task_units_are_known,
    dates.times_run_forward,
    dates.last_year_had_enough_meetings,
)


def check(meeting: Meeting, vocabulary: Vocabulary) -> list[Problem]:
    """Everything that the rules find in a meeting and its minutes, in no particular order.

    Every prose text is rendered, once.
    """
    problems = [problem for rule in MEETING_RULES for problem in rule(meeting)]
    for source, case, at in prose.prose_of(meeting):
        text = vocabulary.render(source, case, at, problems)
        for prose_rule in PROSE_RULES:
            problems += prose_rule(source, text, at, vocabulary)
    if meeting.minutes is not None:
        problems += [problem for rule in MINUTES_RULES for problem in rule(meeting, meeting.minutes)]
    return problems
