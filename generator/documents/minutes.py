"""The minutes of a meeting in their editions, and what is attached to them.

不記名 prints 「委員」 in both editions; 不公開 is left out of the public one (運作指引肆三).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from generator.basic import roc
from generator.basic.problem import Location
from generator.documents import access, attachment
from generator.documents import remarks as spoken
from generator.documents.case import point_tree, signatures
from generator.documents.document import (
    EDITIONS,
    FOR_AGENCY,
    FOR_MEETING,
    FOR_PUBLIC,
    INTERNAL,
    PARTICIPANTS,
    PUBLIC,
    Document,
    DocumentType,
)
from generator.documents.numbering import numbered
from generator.meeting import agenda
from generator.meeting.minutes import Minutes
from generator.meeting.model import Meeting
from generator.meeting.sheets import (
    ABRIDGED,
    ABSENT,
    BY_DEPUTY,
    BY_VIDEO,
    CIVIL_MEMBER,
    IN_FULL,
    NOT_PRINTED,
    WITHHELD,
)
from generator.meeting.sheets import rules as names
from generator.meeting.sheets.agenda import Section
from generator.meeting.sheets.meeting import Attachment, Case
from generator.meeting.sheets.minutes import Attendance, Decision, Observer
from generator.prose.text import Span, Text, field, fill, join, typed
from generator.prose.vocabulary import Vocabulary
from generator.workbook.record import spans

MINUTES = "會議紀錄"
# What the minutes say of a section that has no more than its words and its cases.
NOTHING_SAID: dict[str, Any] = {
    "發言": [],
    "結語": "",
    "決議文": "",
    "決議列": [],
    "附帶決議文": "",
    "附帶決議列": [],
}


def _minutes(meeting: Meeting, minutes: Minutes, edition: str, vocabulary: Vocabulary) -> Document:
    entries: list[dict[str, Any]] = []
    for section in meeting.sections:
        if not section.has_cases:
            entries.append(_text_section(meeting, minutes, section, edition))
            continue
        cases = meeting.of_kind(section.name)
        marks = numbered(len(cases), always=True)
        entries.append(
            {
                "名稱": section.name,
                "內文": "" if cases else "無。",
                **NOTHING_SAID,
                "案": [
                    _case(meeting, minutes, case, mark, edition, vocabulary)
                    for case, mark in zip(cases, marks, strict=True)
                ],
            }
        )
    ended = fill("散會（{}）", field(minutes.info, "adjourned")) if minutes.info.adjourned else "散會"
    entries.append({"名稱": ended, "內文": "", **NOTHING_SAID, "案": []})
    for number, entry in enumerate(entries, start=1):
        entry["標號"] = f"{roc.formal_numeral(number)}、"
    context = {
        **vocabulary.context(None),
        "紀錄": {**header(meeting, minutes, vocabulary), "項目": entries, "附件": _listed(meeting, minutes, edition)},
    }
    draft = "（草稿）" if minutes.draft else ""
    title = f"{meeting.name}紀錄{draft}（{edition}）"
    audience = {FOR_PUBLIC: PUBLIC, FOR_MEETING: PARTICIPANTS, FOR_AGENCY: INTERNAL}[edition]
    read = [case for case in meeting.cases if access.sees(edition, case.access)]
    narrow = access.narrowest_of(case.access for case in read)
    return Document(
        f"{MINUTES}（{edition}）",
        MINUTES,
        context,
        title,
        MINUTES,
        1,
        joined=False,
        edition=edition,
        audience=audience,
        mark=access.mark(narrow, next((case.secrecy for case in read if case.secrecy), "")),
    )


def _text_section(meeting: Meeting, minutes: Minutes, section: Section, edition: str) -> dict[str, Any]:
    """A section without cases: its words, who spoke, and what was decided where the section has a word for it.

    The words of the first that nothing closes are 〔紀錄資訊〕主席致詞; others have theirs in 〔決議〕, under their
    name instead of a 案號.
    """
    decided = minutes.decisions_of(section.name)
    remarks = spoken.printed(minutes, section.name, edition)
    words: list[Text] = [] if section.closing else [field(decision, "text") for decision in decided]
    if section is agenda.opening(meeting.sections) and minutes.info.opening:
        words.insert(0, field(minutes.info, "opening"))
    silent = not words and not remarks and not section.closing
    return {
        "名稱": f"{section.name}（略）" if silent else section.name,
        "內文": join("\n", words),
        "發言": spoken.sections(meeting, section, remarks),
        **(_decided(section, decided) if section.closing else _decided(section, ())),
        "案": [],
    }


def _listed(meeting: Meeting, minutes: Minutes, edition: str) -> list[dict[str, Any]]:
    """The attachments of the minutes, as listed at their end, then those of motions raised at the meeting.

    An edition that has not all of them says so.
    """
    found: list[tuple[str, str, str]] = []
    for item in minutes.attachments:
        note = "" if _may_see(minutes, item, edition) else typed("（不公開）", item.at("name"))
        found.append((item.label, field(item, "name"), note))
    for case, item in _of_motions(meeting):
        if access.sees(edition, case.access):
            name = field(item, "name") if access.sees(edition, item.access) else access.NO_ATTACHMENT
            found.append((f"{case.title}{item.label}", name, ""))
    return [{"標號": label, "名稱": name, "備註": note} for label, name, note in found]


def _of_motions(meeting: Meeting) -> list[tuple[Case, Attachment]]:
    """What is attached to the motions that were raised at the meeting: no paper has it."""
    return [(case, item) for case in meeting.cases if case.is_minuted for item in case.attachments]


def _may_see(minutes: Minutes, item: Attachment, edition: str) -> bool:
    return edition != FOR_PUBLIC or item.name in minutes.public_attachments


def header(meeting: Meeting, minutes: Minutes, vocabulary: Vocabulary) -> dict[str, str]:
    """The head of the minutes: times, names and the count of those who attended."""
    total = len(meeting.members) or len(minutes.attendance)
    attending = minutes.attending
    civil = sum(member.group == CIVIL_MEMBER for member in attending)
    status = minutes.info.at("status")
    day = typed(f"{roc.long_date(meeting.date)}（{roc.weekday(meeting.date)}）", meeting.info.at("date"))
    start = field(minutes.info, "started") if minutes.info.started else field(meeting.info, "start")
    more = typed(meeting.went_on, meeting.info.at("more_days"))
    roster = spans(meeting.members, "name") or spans(minutes.attendance, "name")
    came = spans(minutes.attendance, "how")
    counted = fill("應出席{}人，出席{}人", typed(total, *roster), typed(len(attending), *came))
    if meeting.body.rule(names.CIVIL_QUORUM) is not None:
        cells = (*came, *spans(minutes.attendance, "role"))
        counted += fill(f"，其中{meeting.body.called(CIVIL_MEMBER)}{{}}人", typed(civil, *cells))
    return {
        "狀態標示": typed("（草稿）" if minutes.draft else "", status),
        "草稿註": _draft_note(vocabulary, status) if minutes.draft else "",
        "時間": day + start + more,
        "主席": _chair(meeting),
        "成員": meeting.member_word or "人員",
        "出席": join("、", [_attendance(meeting, entry) for entry in attending]),
        "請假": join("、", [_attendance(meeting, entry) for entry in minutes.absent]) or "無",
        "列席": _observers(meeting),
        "人數": counted,
    }


def _draft_note(vocabulary: Vocabulary, status: Location) -> Text:
    """Until when to answer; without a deadline that can be known, soon; nothing where no rule asks for answers."""
    if vocabulary.meeting.body.rule(names.CORRECTION_DAYS) is None:
        return typed("")
    until = vocabulary.figures.get("期限.修正意見")
    by = typed("儘速", status)
    if until is not None:
        by = fill("於{}前", Text(roc.month_day(until.value), [Span(0, 99, (until.name,), until.cells)]))
    return typed("如有修正意見，請", status) + by + typed("回復；未回復者，視同無意見。", status)


def _chair(meeting: Meeting) -> Text:
    """林次長大年 where the body writes names so; else, and of no member, the bare name."""
    at, member = meeting.info.at("chair"), meeting.member(meeting.info.chair)
    if member is None or not meeting.body.official_names:
        return field(meeting.info, "chair")
    return typed(meeting.titled(member.name, member.title or member.address), at, member.at("title"))


def _attendance(meeting: Meeting, entry: Attendance) -> Text:
    """王委員小明, 王委員小明（李次長午隆代）, 王委員小明（視訊）."""
    notes = []
    if entry.how == BY_DEPUTY:
        deputy = meeting.titled(entry.deputy, entry.deputy_title)
        notes.append(typed(f"{deputy}代", entry.at("deputy"), *spans([entry], "deputy_title")))
    if entry.counts and entry.way == BY_VIDEO:
        notes.append(typed(entry.way, entry.at("way")))
    name = typed(spoken.listed(meeting, entry.name), entry.at("name"), entry.at("how"))
    return fill("{}（{}）", name, join("，", notes)) if notes else name


def _observers(meeting: Meeting) -> str:
    """Who sat in, by unit: 資訊處陳科長小華、林專員小美（請假）."""
    groups = []
    for unit, people in groupby(meeting.came, key=lambda person: person.unit):
        listed = list(people)
        names = [_observer(meeting, person) for person in listed if person.name]
        absent = all(person.how == ABSENT for person in listed) and not names
        groups.append(typed(f"{unit}（請假）" if absent else unit, *spans(listed, "unit")) + join("、", names))
    return join("；", groups) or "無"


def _observer(meeting: Meeting, person: Observer) -> Text:
    name = field(person, "name") + field(person, "title")
    if meeting.body.official_names and person.title:
        name = typed(meeting.titled(person.name, person.title), person.at("name"), person.at("title"))
    return name + typed("（請假）", person.at("how")) if person.how == ABSENT else name


def _case(
    meeting: Meeting,
    minutes: Minutes,
    case: Case,
    mark: str,
    edition: str,
    vocabulary: Vocabulary,
) -> dict[str, Any]:
    remarks = spoken.printed(minutes, case.key, edition)
    entry = {
        "標號": mark,
        "案由": vocabulary.written(case, "subject", case),
        "單位稱謂": case.section.unit_word,
        "單位": field(case, "unit"),
        "署名": signatures(case),
        "說明": _explained(meeting, case, vocabulary),
        "發言": spoken.sections(meeting, case.section, remarks),
        **_decided(case.section, minutes.decisions_of(case.key)),
    }
    if access.sees(edition, case.access):
        return entry
    return {**access.blank(entry), "標號": mark, "案由": access.NO_CASE}


def _decided(section: Section, decided: Sequence[Decision]) -> dict[str, Any]:
    """The decisions: a lone one follows the word that closes the case, several are numbered below it.

    附帶決議 stand apart, in the same way.
    """
    resolutions = [decision for decision in decided if not decision.is_rider]
    riders = [decision for decision in decided if decision.is_rider]
    alone = len(resolutions) == 1 and section.closing
    return {
        "結語": section.closing,
        "決議文": field(resolutions[0], "text") if alone else "",
        "決議列": [] if alone else _numbered(resolutions),
        "附帶決議文": field(riders[0], "text") if len(riders) == 1 else "",
        "附帶決議列": _numbered(riders) if len(riders) > 1 else [],
    }


def _numbered(decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    return [
        {"標號": mark, "內容": field(decision, "text")}
        for mark, decision in zip(numbered(len(decisions), level=2), decisions, strict=True)
    ]


def _explained(meeting: Meeting, case: Case, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """The parts of a case (說明, 擬辦 …) as the body has them in its minutes: 略, in full, or none.

    Those of a case that was raised at the meeting stand nowhere else, and are in full.
    """
    way = IN_FULL if case.is_minuted else meeting.agency.minuted_points
    if way == NOT_PRINTED:
        return []
    if way == ABRIDGED:
        return [{"名稱": name, "略": True, "點": []} for name in case.parts]
    return [
        {"名稱": name, "略": False, "點": list(_flat(point_tree(case, listed, vocabulary)))}
        for name, listed in case.parts.items()
    ]


def _flat(tree: Sequence[dict[str, Any]], level: int = 1) -> Iterator[dict[str, Any]]:
    """The points of a tree one after the other, each with its level."""
    for point in tree:
        yield {**point, "層": level}
        yield from _flat(point["下層"], level + 1)


def _compose_minutes(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """The minutes for the meeting and for the public; for the agency where a case is for it alone."""
    noted = meeting.minutes
    return [_minutes(meeting, noted, edition, vocabulary) for edition in _editions(meeting)] if noted else []


def _editions(meeting: Meeting) -> list[str]:
    withheld = any(case.access == WITHHELD for case in meeting.cases)
    return [*EDITIONS, FOR_AGENCY] if withheld else [*EDITIONS]


def _compose_attachments(meeting: Meeting, vocabulary: Vocabulary) -> list[Document]:
    """The attachments of the minutes and of motions raised at the meeting, each a file of its own."""
    noted = meeting.minutes
    if noted is None:
        return []
    found = [
        attachment.of_minutes(meeting, item, vocabulary, PUBLIC if _may_see(noted, item, FOR_PUBLIC) else PARTICIPANTS)
        for item in noted.attachments
    ]
    found += [
        replace(document, joined=False, of_minutes=True, level=1)
        for case, item in _of_motions(meeting)
        for document in access.of_attachment(attachment.compose(meeting, case, item, vocabulary), case, item)
        if not document.stands_in
    ]
    return found


DOCUMENT_TYPES = (
    DocumentType(lambda meeting: [f"{MINUTES}.docx"] if meeting.minutes else [], _compose_minutes),
    DocumentType(
        lambda meeting: [
            f"{attachment.template_of(meeting, item)}.{'pptx' if item.is_deck else 'docx'}"
            for item in (
                (*meeting.minutes.attachments, *(item for _, item in _of_motions(meeting))) if meeting.minutes else ()
            )
        ],
        _compose_attachments,
    ),
)
