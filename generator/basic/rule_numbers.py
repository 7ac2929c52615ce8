"""The numbers of the rules that every group is under, each with the rule it stands in: one home for all that count."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """A number of a rule, and where the rule stands."""

    number: int
    source: str


PAPERS_DAYS = Rule(5, "運作指引肆二")
DRAFT_LIMIT_DAYS = Rule(10, "運作指引陸一")
PUBLICATION_DAYS = Rule(14, "運作指引陸一")
MEETINGS_A_YEAR = Rule(2, "設置要點四(一)")
CIVIL_QUORUM = Rule(3, "設置要點四(三)")

# As prose takes them: {{ 規則.公開工作日 }}.
BY_NAME = {
    "會議資料工作日": PAPERS_DAYS,
    "紀錄草稿工作日上限": DRAFT_LIMIT_DAYS,
    "公開工作日": PUBLICATION_DAYS,
    "每年開會次數": MEETINGS_A_YEAR,
    "民間代表出席人數": CIVIL_QUORUM,
}
