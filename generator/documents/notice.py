"""The documents that call a meeting together: 開會通知單, 簽到單 and 桌牌, from the roster and 會議資訊.

The notice is the agency's, since the group sends no documents of its own (設置要點十五).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from generator.basic.problem import Location
from generator.documents.document import INTERNAL, PARTICIPANTS, Document, DocumentType
from generator.documents.numbering import label
from generator.meeting.model import Meeting, units_of
from generator.meeting.sheets import CHAIR, DATA_GROUP
from generator.meeting.sheets import rules as names
from generator.meeting.sheets.agency import Member
from generator.meeting.sheets.minutes import Observer
from generator.prose.text import field, join, typed
from generator.prose.vocabulary import Vocabulary
from generator.workbook.record import spans
from generator.workbook.values import folded

NOTICE, SIGN_IN, NAME_CARDS = "開會通知單", "簽到單", "桌牌"
OBSERVING = "列席"
# As 設置要點七 says it.
_DEPUTIES_RULE = "設置要點七"
_DATA_GROUP_DEPUTIES = "代表政府機關出任之委員因故未能親自出席時，得指派代表出席（政府資料開放諮詢小組設置要點第七點）"
# Half-width letters in Times New Roman, as parts of a full-width character; capitals are wider.
_LETTER, _CAPITAL = 0.45, 0.8


def _notice(meeting: Meeting) -> dict[str, Any]:
    agency = meeting.agency
    units = observing_units(meeting)
    remarks = [typed(text, meeting.info.at("notice_remarks")) for text in notice_remarks(meeting.info.notice_remarks)]
    if deputies := _deputies(meeting):
        remarks.insert(0, typed(f"委員應親自出席；{deputies}。"))
    several = len(remarks) > 1
    sender = f"{agency.self_name}{agency.secretariat}"
    # Who sits in has the notice already.
    copied = bool({folded(sender), folded(agency.secretariat)} & {folded(unit) for unit in units})
    copy = typed("" if copied else sender, agency.at("self_name"), agency.at("secretariat"))
    return {
        "機關地址": field(agency, "address"),
        "傳真": field(agency, "fax"),
        "受文者": _recipients(observers=bool(units), copy=bool(copy)),
        "發文日期": meeting.info.sent,
        "發文字號": field(meeting.info, "dispatch_number"),
        "速別": field(meeting.info, "urgency"),
        "主持人": typed(chair(meeting), meeting.info.at("chair")),
        "出席者": join("、", [_titled(meeting, member) for member in _attending(meeting)]),
        "列席者": _observers(meeting),
        "副本": copy,
        "備註文": "" if several else join("", remarks),
        "備註列": [{"標號": label(1, number), "內容": text} for number, text in enumerate(remarks, 1) if several],
    }


def _recipients(observers: bool, copy: bool) -> str:
    """Who gets it, by the fields below that name them all: 如出席者、列席者及副本 (文書處理手冊: none is left out)."""
    named = ["出席者", *(["列席者"] if observers else []), *(["副本"] if copy else [])]
    return "如" + ("及".join(["、".join(named[:-1]), named[-1]]) if len(named) > 1 else named[0])


def chair(meeting: Meeting) -> str:
    """Who chairs, with the title that the roster gives: 林次長大年（召集人）; the bare name of someone else."""
    member = meeting.member(meeting.info.chair)
    if member is None:
        return meeting.info.chair
    if member.group != CHAIR:
        return titled(meeting, member)
    return f"{meeting.titled(member.name, member.title)}（{member.role}）"


def _rank(meeting: Meeting, member: Member) -> int:
    """The convener first, the others as in the roster; by the order of 〔身分〕 where the body has that sheet."""
    return meeting.body.place(member.role) if meeting.body.has_roles else int(member.group != CHAIR)


def _deputies(meeting: Meeting) -> str:
    """Which members may send a deputy, and by which rule; empty where none may, or no rule says it."""
    body = meeting.body
    rule = body.rule(names.DEPUTIES)
    if rule is None or not any(member.role in rule.roles for member in meeting.members):
        return ""
    if body.kind == DATA_GROUP and rule.source == _DEPUTIES_RULE:
        return _DATA_GROUP_DEPUTIES
    everyone = all(member.role in rule.roles for member in meeting.members)
    source = f"（{rule.source}）" if rule.source else ""
    return f"{'' if everyone else '、'.join(rule.roles)}因故未能親自出席時，得指派代表出席{source}"


def _deputies_note(meeting: Meeting) -> str:
    """The note below the sign-in sheet; empty where no rule says who may send a deputy."""
    rule, text = meeting.body.rule(names.DEPUTIES), _deputies(meeting)
    if rule is None:
        return ""
    if not text:
        return "委員應親自出席，代理人欄以「—」表示。"
    if text == _DATA_GROUP_DEPUTIES:
        text = text.replace("之委員因故", "之委員，因故")
    others = "其他委員及" if any(member.role not in rule.roles for member in meeting.members) else ""
    return (
        f"只有{text}；{others}列席人員的代理人欄以「—」表示。"
        if others
        else f"委員{text}；列席人員的代理人欄以「—」表示。"
    )


def titled(meeting: Meeting, member: Member) -> str:
    """A name as notices write it, with its title: 何處長小雨, or 何小雨處長."""
    return meeting.titled(member.name, member.title or member.address)


def _titled(meeting: Meeting, member: Member) -> str:
    return typed(titled(meeting, member), member.at("name"), member.at("title"))


def _attending(meeting: Meeting) -> list[Member]:
    """The members but for the chair, who is named as such; the convener first, the others as in the roster."""
    others = [member for member in meeting.members if folded(member.name) != folded(meeting.info.chair)]
    return sorted(others, key=lambda member: _rank(meeting, member))


def observing_units(meeting: Meeting) -> list[str]:
    """The units that sit in, each once: those of 列席; where no one is entered, those that report or propose."""
    if meeting.observers:
        return list(dict.fromkeys(observer.unit for observer in meeting.observers))
    cases = [case for case in meeting.cases if not case.raised_at_meeting]
    units = dict.fromkeys(unit for case in cases for unit in units_of(case.unit))
    return [f"{meeting.agency.self_name}{unit}" if unit in meeting.units else unit for unit in units]


def _observers(meeting: Meeting) -> str:
    """資訊處趙小華專員、錢大同科長；秘書處."""
    shown = []
    for unit in observing_units(meeting):
        people = [person for person in meeting.observers if person.unit == unit]
        names = [_observer(meeting, person) for person in people if person.name]
        shown.append(typed(unit, *_unit_cells(meeting, people)) + join("、", names))
    return join("；" if any(person.name for person in meeting.observers) else "、", shown)


def _observer(meeting: Meeting, person: Observer) -> str:
    """趙專員小華, or 趙小華專員."""
    if meeting.body.official_names and person.title:
        return typed(meeting.titled(person.name, person.title), person.at("name"), person.at("title"))
    return field(person, "name") + field(person, "title")


def _unit_cells(meeting: Meeting, people: Sequence[Observer]) -> tuple[Location, ...]:
    """The cells behind a unit that sits in: those of 列席, or else of the cases."""
    return spans(people, "unit") or spans([case for case in meeting.cases if not case.raised_at_meeting], "unit")


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
    """Who signs, by 身分 in its order, and who may send a deputy by the rules of the body."""
    groups = [
        {
            "名稱": role,
            "列": [
                {
                    "服務機關": field(member, "organisation"),
                    "職稱": field(member, "title"),
                    "姓名": field(member, "name"),
                    "得代理": meeting.body.may_send_deputy(role),
                }
                for member in meeting.members
                if member.role == role
            ],
        }
        for role in meeting.body.roles
    ]
    people: list[tuple[str, str, str]] = [
        (field(person, "unit"), field(person, "title"), field(person, "name")) for person in meeting.observers
    ]
    people = people or [(typed(unit, *_unit_cells(meeting, [])), "", "") for unit in observing_units(meeting)]
    rows = [{"服務機關": unit, "職稱": title, "姓名": name, "得代理": False} for unit, title, name in people]
    return [group for group in [*groups, {"名稱": OBSERVING, "列": rows}] if group["列"]]


def _sign_in(meeting: Meeting) -> dict[str, Any]:
    return {"主席": chair(meeting), "組": _groups(meeting), "代理註": _deputies_note(meeting)}


def _cards(meeting: Meeting) -> list[dict[str, Any]]:
    """A card for each member, the convener first, and for each of those who sit in and are known by name."""
    members = sorted(meeting.members, key=lambda member: _rank(meeting, member))
    people = [(member.organisation, member.title, member.name) for member in members]
    people += [(observer.unit, observer.title, observer.name) for observer in meeting.observers if observer.name]
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


def _type(name: str, audience: str, values: Callable[[Meeting], dict[str, Any]]) -> DocumentType:
    """A document of that name, as is its template's; ``values`` gives what the template gets. None without a roster."""

    def compose(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
        if not meeting.members:
            return []
        context = {**vocabulary.context(None), **values(meeting)}
        return [Document(name, name, context, f"{meeting.name}{name}", name, 1, joined=False, audience=audience)]

    return DocumentType(lambda meeting: [f"{name}.docx"] if meeting.members else [], compose)


DOCUMENT_TYPES = (
    _type(NOTICE, PARTICIPANTS, lambda meeting: {"通知": _notice(meeting)}),
    _type(SIGN_IN, INTERNAL, lambda meeting: {"簽到": _sign_in(meeting)}),
    _type(NAME_CARDS, INTERNAL, lambda meeting: {"桌牌": {"牌": _cards(meeting)}}),
)
