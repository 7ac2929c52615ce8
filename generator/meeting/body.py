"""What a body sets for itself: its rules with their sources, and what it calls its members.

Without 〔規則〕 and 〔身分〕 these are the rules of 政府資料開放諮詢小組 (設置要點, 運作指引): DATA_GROUP_RULES.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct, field
from msgspec.structs import replace

from generator.basic.problem import Code, Location, Problem, error, perhaps, problem, warning
from generator.meeting.measures import Measure, count, measure
from generator.meeting.sheets import AGENCY_MEMBER, ANY_BODY, CHAIR, CIVIL_MEMBER, DATA_GROUP, OFFICIAL_NAMES
from generator.meeting.sheets import rules as names
from generator.meeting.sheets.agency import Agency, Member
from generator.meeting.sheets.rules import Role, RuleRow
from generator.workbook import books, typed_rows, values
from generator.workbook.raw import RawSheet
from generator.workbook.values import folded


class BodyCode(Code):
    """The problems that this module finds."""

    RULE_VALUE = error("「{value}」不能當作「{name}」的數值", "請填{wanted}；不適用的規則請留空白。")
    RULE_TWICE = error("規則「{name}」重複，{first} 已經有了", "請只留一列。")
    RULE_ROLE = error("〔身分〕沒有「{value}」", "{perhaps}請改為〔身分〕已有的身分，以「、」隔開。")
    ROLE_TWICE = error("身分「{name}」重複，{first} 已經有了", "請只留一列。")
    SETTING_TWICE = warning(
        "〔機關〕的「{name}」填 {setting}，與〔規則〕的 {rule} 不同，依〔規則〕計算", "請刪去〔機關〕的這一列。"
    )


_WANTED = {
    **dict.fromkeys(names.MEASURES, "比例或人數，例如 1/2 以上、過半數、三分之二以上、40%、12人"),
    **dict.fromkeys(names.COUNTS, "整數，例如 11"),
    **dict.fromkeys(names.DAYS, "1 以上的整數，例如 5"),
    **dict.fromkeys(names.FLAGS, "「是」"),
}
# The names that prose of the data groups had before 〔規則〕: {{ 規則.公開工作日 }}.
_OLDER_NAMES = {
    "會議資料工作日": names.PAPERS_DAYS,
    "紀錄草稿工作日上限": names.DRAFT_LIMIT_DAYS,
    "公開工作日": names.PUBLICATION_DAYS,
    "每年開會次數": names.MEETINGS_A_YEAR,
    "民間代表出席人數": names.CIVIL_QUORUM,
}
# 規則, 數值, 依據 of every central agency's group. The second 出席門檻 is a stricter reading of the same rule.
DATA_GROUP_RULES = (
    (names.LEAST_MEMBERS, "11", "設置要點三"),
    (names.CONVENERS, "1", "設置要點三"),
    (names.CIVIL_SHARE, "1/3 以上", "設置要點三"),
    (names.SEX_SHARE, "1/3 以上", "設置要點三"),
    (names.TERM_YEARS, "2", "設置要點六"),
    (names.MOST_RENEWALS, "1", "設置要點六"),
    (names.MEETINGS_A_YEAR, "2", "設置要點四(一)"),
    (names.CHAIR_IS_MEMBER, "是", "設置要點四(二)"),
    (names.QUORUM, "1/2 以上", "設置要點四(三)"),
    (names.QUORUM, "過半數", "運作指引肆一(二)"),
    (names.CIVIL_QUORUM, "3", "設置要點四(三)"),
    (names.DEPUTIES, AGENCY_MEMBER, "設置要點七"),
    (names.DECIDED, "是", "設置要點十二"),
    (names.PROTECTED_SPEECH, "是", "運作指引肆三"),
    (names.PAPERS_DAYS, "5", "運作指引肆二"),
    (names.DRAFT_DAYS, "8", "議事規則簡報"),
    (names.DRAFT_LIMIT_DAYS, "10", "運作指引陸一"),
    (names.CORRECTION_DAYS, "5", "實務慣例，法規未定"),
    (names.PUBLICATION_DAYS, "14", "運作指引陸一"),
)
_ROLE = Member.heading_of("role")
# The fields of 〔機關〕 that say the same.
SETTINGS = {names.DRAFT_DAYS: "draft_days", names.CORRECTION_DAYS: "correction_days"}
_NOBODY = ("無", "不得代理", "均不得代理")
_YES = Measure(Fraction(1))


class Rule(Struct, frozen=True):
    """A rule of the body, and where it stands. ``at`` is its cell; None for one that no workbook says.

    ``stricter``: another reading of the same rule, which is only worth a warning.
    """

    name: str
    value: Measure = _YES
    source: str = ""
    at: Location | None = None
    roles: tuple[str, ...] = ()
    stricter: Rule | None = None

    @property
    def number(self) -> int:
        """The rule as a whole number: people, times, years, working days."""
        return int(self.value.number)

    @property
    def cells(self) -> tuple[Location, ...]:
        return (self.at,) if self.at else ()


class Body(Struct, frozen=True):
    """The rules by name, only those that hold, and the sorts of members in their order.

    ``kind`` is DATA_GROUP or ANY_BODY. ``sources``: what is cited, also by a rule whose number stands elsewhere.
    ``has_rules``, ``has_roles``: whether a sheet says them. ``official_names``: 王委員小明, not 王小明委員.
    """

    kind: str
    rules: Mapping[str, Rule]
    roles: tuple[str, ...]
    groups: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)
    has_rules: bool = False
    has_roles: bool = False
    official_names: bool = False

    def rule(self, name: str) -> Rule | None:
        """The rule of that name; None where the body has none."""
        return self.rules.get(name)

    def source(self, name: str) -> str:
        """The words a rule is cited by; empty where it has none."""
        return self.sources.get(name, "")

    def group(self, role: str) -> str:
        """召集人, 機關代表, 民間代表 or 其他 for a word of the body's own; empty for an unknown one."""
        return self.groups.get(role, "")

    def place(self, role: str) -> int:
        """Where members of that sort stand in sign-in sheet and minutes."""
        return self.roles.index(role) if role in self.roles else len(self.roles)

    def of_group(self, group: str) -> tuple[str, ...]:
        """The body's own words for members of a group."""
        return tuple(role for role in self.roles if self.groups[role] == group)

    def called(self, group: str) -> str:
        """What the body calls members of a group: 外聘委員; the group's name where it has no word for them."""
        return "、".join(self.of_group(group)) or group

    def may_send_deputy(self, role: str) -> bool:
        """Whether a member of that sort may send a deputy; where no rule says who may, everyone may."""
        rule = self.rule(names.DEPUTIES)
        return rule is None or role in rule.roles

    def figures(self) -> list[tuple[str, object, tuple[Location, ...]]]:
        """規則.… as prose takes them: the value, and its cell or, where no workbook says it, its source."""
        found: dict[str, tuple[object, tuple[Location, ...]]] = {}
        for older, name in _OLDER_NAMES.items():
            if (rule := self.rule(name)) is not None:
                found[older] = (_shown(rule), rule.cells or (Location(rule.source),))
        for rule in self.rules.values() if self.has_rules else ():
            if rule.name not in names.FLAGS:
                found.setdefault(rule.name, (_shown(rule), rule.cells))
        return [(name, value, cells) for name, (value, cells) in found.items()]


def _shown(rule: Rule) -> object:
    if rule.name == names.DEPUTIES:
        return list(rule.roles)
    return str(rule.value) if rule.value.part else rule.number


def read(raw: Sequence[RawSheet], agency: Agency | None, problems: list[Problem]) -> Body:
    """The body as 機關.xlsx describes it; what is wrong with 〔規則〕 and 〔身分〕 is a problem at its cell."""
    has_rules = any(books.named(raw, RuleRow.sheet.name))
    role_rows = _once(typed_rows.records(Role, raw, problems), problems)
    groups = {row.name: row.group for row in role_rows}
    groups = groups or {role: role for role in (CHAIR, AGENCY_MEMBER, CIVIL_MEMBER)}
    given: list[tuple[str, str, str, Location | None]] = [(*entry, None) for entry in DATA_GROUP_RULES]
    if has_rules:
        rows = typed_rows.records(RuleRow, raw, problems)
        given = [(row.name, row.value, row.source, row.at("value")) for row in rows]
    rules: dict[str, Rule] = {}
    sources: dict[str, str] = {}
    for name, text, source, at in given:
        sources.setdefault(name, source)
        rule = _rule(name, text, source, at, groups, problems)
        first = rules.get(name)
        if rule is None:
            continue
        if first is None:
            rules[name] = rule
        elif name == names.QUORUM and first.stricter is None:
            rules[name] = replace(first, stricter=rule)
        elif at is not None and first.at is not None:
            problems.append(problem(BodyCode.RULE_TWICE, at, name=name, first=first.at.cell))
    if starred := [row for row in role_rows if row.deputy]:
        known = rules.get(names.DEPUTIES) if has_rules else None
        listed = dict.fromkeys((*(row.name for row in starred), *(known.roles if known else ())))
        source, at = sources.get(names.DEPUTIES, ""), starred[0].at("deputy")
        rules[names.DEPUTIES] = Rule(names.DEPUTIES, source=source, at=at, roles=tuple(listed))
    if agency is not None:
        _settings(agency, rules, sources, has_rules, problems)
    kind = agency.kind if agency is not None and agency.kind else ANY_BODY if has_rules else DATA_GROUP
    form = agency.name_form if agency is not None else ""
    official = form == OFFICIAL_NAMES if form else kind == ANY_BODY
    return Body(kind, rules, tuple(groups), groups, sources, has_rules, bool(role_rows), official)


def role_choices(raw: Sequence[RawSheet]) -> dict[str, Sequence[str]]:
    """The texts that the columns 身分 of roster and 〔出席〕 allow, as typed_rows takes them."""
    return {_ROLE: read(raw, None, []).roles}


def _once(rows: Sequence[Role], problems: list[Problem]) -> list[Role]:
    """The rows of 〔身分〕; one whose name stands twice is a problem and left out."""
    first: dict[str, Role] = {}
    for row in rows:
        if row.name in first:
            other = row.beside(first[row.name], "name")
            problems.append(problem(BodyCode.ROLE_TWICE, row.at("name"), name=row.name, first=other))
        first.setdefault(row.name, row)
    return list(first.values())


def _rule(
    name: str, text: str, source: str, at: Location | None, groups: Mapping[str, str], problems: list[Problem]
) -> Rule | None:
    """The rule of a row; None where there is none to keep, or (a problem) where its value cannot be read."""
    if not text:
        return None
    try:
        if name in names.FLAGS:
            return Rule(name, source=source, at=at) if values.flag(text) else None
        if name == names.DEPUTIES:
            return Rule(name, source=source, at=at, roles=_deputies(text, at, groups, problems))
        if name in names.MEASURES:
            return Rule(name, measure(text), source, at)
        number = count(text)
        if not number and name != names.MOST_RENEWALS:
            raise ValueError(text)
        return Rule(name, Measure(Fraction(number)), source, at)
    except ValueError:
        assert at is not None
        problems.append(problem(BodyCode.RULE_VALUE, at, value=text, name=name, wanted=_WANTED[name]))
        return None


def _deputies(text: str, at: Location | None, groups: Mapping[str, str], problems: list[Problem]) -> tuple[str, ...]:
    """The sorts of members who may send a deputy, by the body's own words or by the group they belong to."""
    roles: dict[str, None] = {}
    for word in filter(None, map(str.strip, re.split("[、，,；;]", text))):
        found = [role for role in groups if folded(role) == folded(word)]
        found = found or [role for role, group in groups.items() if group == word]
        if not found and word not in _NOBODY and at is not None:
            problems.append(problem(BodyCode.RULE_ROLE, at, value=word, perhaps=perhaps(word, groups)))
        roles |= dict.fromkeys(found)
    return tuple(roles)


def _settings(
    agency: Agency, rules: dict[str, Rule], sources: Mapping[str, str], has_rules: bool, problems: list[Problem]
) -> None:
    """What 〔機關〕 itself says of deadlines counts where 〔規則〕 does not."""
    for name, setting in SETTINGS.items():
        value, known, at = getattr(agency, setting), rules.get(name), agency.at(setting)
        if known is not None and not has_rules:
            rules[name] = replace(known, value=known.value if value is None else Measure(Fraction(value)), at=at)
        elif value is not None and known is None:
            rules[name] = Rule(name, Measure(Fraction(value)), sources.get(name, ""), at)
        elif value is not None and known is not None and known.number != value:
            problems.append(problem(BodyCode.SETTING_TWICE, at, name=name, setting=value, rule=known.number))
