"""All rules that a meeting must keep before its packet goes out, and ``check``, which applies them.

Each rule is a plain function that returns problems, listed at the end of its module. Its source is named beside it:
設置要點, 運作指引, 文書處理手冊, or the practice of past packets.
"""

from __future__ import annotations

from collections.abc import Callable

from generator.basic.problem import Location, Problem
from generator.meeting import schedule
from generator.meeting.minutes import Minutes
from generator.meeting.model import Meeting
from generator.prose.vocabulary import Vocabulary
from generator.rules import (
    agenda,
    attachments,
    attendance,
    dates,
    decisions,
    lists,
    openness,
    printing,
    prose,
    replies,
    roster,
)

MEETING_RULES: tuple[Callable[[Meeting], list[Problem]], ...] = (
    *agenda.RULES,
    *attachments.RULES,
    *openness.RULES,
    *lists.RULES,
    *dates.RULES,
    *roster.RULES,
    *printing.RULES,
    schedule.check,
)
# Each takes the text as it was typed, the text as it is printed, its cell, and the vocabulary.
PROSE_RULES: tuple[Callable[[str, str, Location, Vocabulary], list[Problem]], ...] = prose.RULES
MINUTES_RULES: tuple[Callable[[Meeting, Minutes], list[Problem]], ...] = (
    *attendance.RULES,
    *decisions.RULES,
    *dates.MINUTES_RULES,
    *replies.RULES,
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
