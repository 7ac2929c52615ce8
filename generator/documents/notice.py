"""The documents that call a meeting together: 開會通知單, 簽到單 and 桌牌, from the roster and 會議資訊.

The notice is the agency's, since the group sends no documents of its own (設置要點十五).
"""

from __future__ import annotations

import math
from typing import Any

from generator.basic.problem import Problem, problem
from generator.documents.document import INTERNAL, PARTICIPANTS, Document
from generator.documents.numbering import label
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import AGENCY_MEMBER, CHAIR, CIVIL_MEMBER
from generator.meeting.sheets.agency import Member
from generator.prose.language import Vocabulary
from generator.workbook.record import Record
from generator.workbook.values import folded

NOTICE, SIGN_IN, NAME_CARDS = "開會通知單", "簽到單", "桌牌"
OBSERVING = "列席"
_MEMBER = "委員"
# Half-width letters in Times New Roman, as parts of a full-width character; capitals are wider.
_LETTER, _CAPITAL = 0.45, 0.8


def compose(meeting: Meeting, vocabulary: Vocabulary, problems: list[Problem]) -> list[Document]:
    """The notice, the sign-in sheet and the name cards; none without a roster.

    What the notice leaves blank for want of an input is one note for all of it.
    """
    if not meeting.members:
        return []
    problems += _blanks(meeting)
    common = vocabulary.context(None)

    def document(name: str, values: dict[str, Any], audience: str) -> Document:
        title = f"{meeting.name}{name}"
        return Document(name, name, {**common, **values}, title, name, 1, joined=False, audience=audience)

    return [
        document(NOTICE, {"通知": _notice(meeting)}, PARTICIPANTS),
        document(SIGN_IN, {"簽到": {"主席": chair(meeting), "組": _groups(meeting)}}, INTERNAL),
        document(NAME_CARDS, {"桌牌": {"牌": _cards(meeting)}}, INTERNAL),
    ]


def _notice(meeting: Meeting) -> dict[str, Any]:
    agency = meeting.agency
    units = observing_units(meeting)
    remarks = notice_remarks(meeting.info.notice_remarks)
    several = len(remarks) > 1
    own = f"{agency.self_name}{agency.secretariat}"
    return {
        "機關地址": agency.address,
        "發文日期": meeting.info.sent,
        "發文字號": meeting.info.dispatch_number,
        "速別": meeting.info.urgency,
        "主持人": chair(meeting),
        "出席者": "、".join(titled(one) for one in _attending(meeting)),
        "有機關代表": any(one.role == AGENCY_MEMBER for one in meeting.members),
        "列席者": _observers(meeting),
        # Who sits in has the notice already.
        "副本": "" if {folded(own), folded(agency.secretariat)} & {folded(unit) for unit in units} else own,
        "備註文": "" if several else "".join(remarks),
        "備註列": [{"標號": label(1, number), "內容": text} for number, text in enumerate(remarks, start=1) if several],
    }


def chair(meeting: Meeting) -> str:
    """Who chairs, with the title that the roster gives: 林小明副首長（召集人）; the bare name of someone else."""
    found = next((one for one in meeting.members if folded(one.name) == folded(meeting.info.chair)), None)
    if found is None:
        return meeting.info.chair
    return f"{found.name}{found.title}（{CHAIR}）" if found.role == CHAIR else titled(found)


def titled(member: Member) -> str:
    """A name as notices write it, the title after it."""
    return f"{member.name}{member.title or _MEMBER}"


def _attending(meeting: Meeting) -> list[Member]:
    """The members but for the chair, who is named as such; the convener first, the others as in the roster."""
    others = [one for one in meeting.members if folded(one.name) != folded(meeting.info.chair)]
    return sorted(others, key=lambda one: one.role != CHAIR)


def observing_units(meeting: Meeting) -> list[str]:
    """The units that sit in, each once: those of 列席; where no one is entered, those that report or propose."""
    if meeting.observers:
        return list(dict.fromkeys(one.unit for one in meeting.observers))
    cases = [case for case in meeting.cases if not case.raised_at_meeting]
    units = dict.fromkeys(unit for case in cases for unit in units_of(case.unit))
    return [f"{meeting.agency.self_name}{unit}" if unit in meeting.units else unit for unit in units]


def _observers(meeting: Meeting) -> str:
    """資訊處趙小華專員、錢大同科長；秘書處."""
    shown = []
    for unit in observing_units(meeting):
        names = [f"{one.name}{one.title}" for one in meeting.observers if one.unit == unit and one.name]
        shown.append(f"{unit}{'、'.join(names)}")
    return ("；" if any(one.name for one in meeting.observers) else "、").join(shown)


def notice_remarks(text: str) -> list[str]:
    """The remarks, one to a line; numbers that someone typed before all of them go, the program puts its own."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        return lines
    for form in ("{0}", "{1}.", "{1}、"):
        marks = [form.format(label(1, number), number) for number in range(1, len(lines) + 1)]
        if all(line.startswith(mark) for line, mark in zip(lines, marks, strict=True)):
            return [line.removeprefix(mark).strip() for line, mark in zip(lines, marks, strict=True)]
    return lines


def _groups(meeting: Meeting) -> list[dict[str, Any]]:
    """Who signs, by group. Only members who represent an agency may send a deputy (設置要點七)."""
    groups = [
        {
            "名稱": role,
            "列": [
                {"服務機關": one.organisation, "職稱": one.title, "姓名": one.name, "得代理": role == AGENCY_MEMBER}
                for one in meeting.members
                if one.role == role
            ],
        }
        for role in (CHAIR, AGENCY_MEMBER, CIVIL_MEMBER)
    ]
    people = [(one.unit, one.title, one.name) for one in meeting.observers]
    people = people or [(unit, "", "") for unit in observing_units(meeting)]
    rows = [{"服務機關": unit, "職稱": title, "姓名": name, "得代理": False} for unit, title, name in people]
    return [group for group in [*groups, {"名稱": OBSERVING, "列": rows}] if group["列"]]


def _cards(meeting: Meeting) -> list[dict[str, Any]]:
    """A card for each member, the convener first, and for each of those who sit in and are known by name."""
    members = sorted(meeting.members, key=lambda one: one.role != CHAIR)
    people = [(one.organisation, one.title, one.name) for one in members]
    people += [(one.unit, one.title, one.name) for one in meeting.observers if one.name]
    return [
        {
            "服務機關": unit,
            "職稱": title,
            "姓名": spaced(name),
            "字寬": width(spaced(name)),
            "職稱字寬": width(f"{unit}{title}"),
        }
        for unit, title, name in people
    ]


def spaced(name: str) -> str:
    """A name of two characters is set wide: 王　明."""
    return "　".join(name) if len(name) == 2 and not name.isascii() else name


def width(text: str) -> int:
    """How many full-width characters a text is wide, rounded up."""
    return math.ceil(sum(_wide(character) for character in text))


def _wide(character: str) -> float:
    if not character.isascii():
        return 1
    return _CAPITAL if character.isupper() else _LETTER


def _blanks(meeting: Meeting) -> list[Problem]:
    """One note that names what the notice leaves blank; 發文日期 and 發文字號 are the document system's to fill in.

    None after the meeting.
    """
    if meeting.minutes is not None:
        return []
    agency, info = meeting.agency, meeting.info
    given: list[tuple[Record, str]] = [(agency, name) for name in ("contact", "phone", "email", "address")]
    given.append((info, "chair"))
    blank = [(record, name) for record, name in given if not getattr(record, name)]
    if not blank:
        return []
    first, name = blank[0]
    # A field that its sheet has no row for has no cell.
    fields = "、".join(f"{one.heading_of(field)}（{first.beside(one, field)}）" for one, field in blank).replace(
        "（）", ""
    )
    return [problem("notice-blank", first.at(name), fields=fields)]
