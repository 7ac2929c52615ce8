"""Every number of the rules that all groups are under, each with the rule it stands in."""

from __future__ import annotations

from typing import NamedTuple

from generator.basic import roc


class Rule(NamedTuple):
    """A number of a rule, and where the rule stands."""

    number: int
    source: str


class Share(NamedTuple):
    """The least part of all members, as one of so many parts (3: a third), and where the rule stands."""

    parts: int
    source: str

    def __str__(self) -> str:
        """``三分之一``."""
        return f"{roc.numeral(self.parts)}分之一"

    def is_reached(self, part: int, whole: int) -> bool:
        """Whether ``part`` is at least this share of ``whole``."""
        return part * self.parts >= whole

    def is_exact(self, part: int, whole: int) -> bool:
        """Whether ``part`` is this share of ``whole`` and no more."""
        return part * self.parts == whole


# The roster
LEAST_MEMBERS = Rule(11, "設置要點三")
CONVENERS = Rule(1, "設置要點三")
CIVIL_SHARE = Share(3, "設置要點三")
# As a principle.
SEX_SHARE = Share(3, "設置要點三")
TERM_YEARS = Rule(2, "設置要點六")
MOST_RENEWALS = Rule(1, "設置要點六")
# The meetings
MEETINGS_A_YEAR = Rule(2, "設置要點四(一)")
QUORUM = Share(2, "設置要點四(三)")
CIVIL_QUORUM = Rule(3, "設置要點四(三)")
# Deadlines, in working days
PAPERS_DAYS = Rule(5, "運作指引肆二")
DRAFT_LIMIT_DAYS = Rule(10, "運作指引陸一")
PUBLICATION_DAYS = Rule(14, "運作指引陸一")
# What an agency may set otherwise (機關.xlsx)
USUAL_DRAFT_DAYS = Rule(8, "議事規則簡報")
USUAL_CORRECTION_DAYS = Rule(5, "實務慣例，法規未定")

# As prose takes them: {{ 規則.公開工作日 }}.
BY_NAME = {
    "會議資料工作日": PAPERS_DAYS,
    "紀錄草稿工作日上限": DRAFT_LIMIT_DAYS,
    "公開工作日": PUBLICATION_DAYS,
    "每年開會次數": MEETINGS_A_YEAR,
    "民間代表出席人數": CIVIL_QUORUM,
}
