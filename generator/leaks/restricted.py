"""Nothing of a case or an attachment in a file whose readers may not have it: no name, and no sentence of its own.

``check`` looks at the cells: a name of it that stands in an open text. ``inspect`` looks at finished files, where a
sentence of it may also come through a template; one that an open cell has too is no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, problem
from generator.documents.access import sees
from generator.documents.document import FOR_MEETING, FOR_PUBLIC, INTERNAL, PARTICIPANTS, PUBLIC
from generator.leaks import texts
from generator.leaks.names import key
from generator.leaks.search import Leak
from generator.meeting.model import Meeting
from generator.meeting.sheets import OPEN
from generator.meeting.sheets.lists import BY_SHEET, PastDecision
from generator.meeting.sheets.meeting import Attachment, Case
from generator.meeting.sheets.minutes import Decision, Remark
from generator.prose.vocabulary import Vocabulary
from generator.rules.prose import prose_of
from generator.workbook.record import Kind
from generator.workbook.values import folded


class RestrictedCode(Code):
    """The problems that this module finds."""

    RESTRICTED_NAMED = error(
        "{readers}看得到的內容，提到{access}的{what}", "請改寫，不要提到其名稱或案由；或將這一案也設為{access}。"
    )


_EDITIONS = {PUBLIC: FOR_PUBLIC, PARTICIPANTS: FOR_MEETING}
_READERS = {PUBLIC: "任何人", PARTICIPANTS: PARTICIPANTS}
# Shorter ones stand in many texts: 附件, 名單.
_SHORTEST_NAME, _SHORTEST_SENTENCE = 4, 8
_ASKS = compile_late(r"[，,](?:報請|提請|敬請)[^，,]{2,4}$")
_TAG = compile_late(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PAUSE = compile_late(r"[。；！？\n]")


class _Text(Struct, frozen=True):
    """A text in the workbooks, its cell, and the access of what it belongs to."""

    text: str
    at: Location
    access: str


def check(meeting: Meeting, vocabulary: Vocabulary) -> list[Problem]:
    """Names of restricted cases and attachments in texts of cells that more people may read."""
    found: dict[Location, Problem] = {}
    for audience in (PUBLIC, PARTICIPANTS) if _has_any(meeting) else ():
        edition = _EDITIONS[audience]
        names = list(_names(meeting, edition))
        for item in _texts(meeting, vocabulary):
            if not sees(edition, item.access):
                continue
            text = key(item.text)
            for name, what, access in names:
                if name in text:
                    about = {"readers": _READERS[audience], "access": access, "what": what}
                    found.setdefault(item.at, problem(RestrictedCode.RESTRICTED_NAMED, item.at, **about))
    return list(found.values())


def inspect(meeting: Meeting, audience: str, files: Mapping[str, bytes]) -> None:
    """Searches files for what readers of that audience may not have. Raises Leak; the text never says what."""
    if audience == INTERNAL or not _has_any(meeting):
        return
    edition = _EDITIONS[audience]
    secrets = [name for name, _, _ in _names(meeting, edition)] + _sentences(meeting, edition)
    for name, content in files.items():
        if not secrets:
            return
        try:
            inside = texts.read(name, content)
        except texts.Unreadable as unreadable:
            raise Leak(str(unreadable)) from None
        read = [key(inside.text), *(key(data.decode("utf-8", "ignore")) for data in inside.binary)]
        if any(secret in text for secret in secrets for text in read):
            raise Leak(
                f"「{name}」含有限閱或不公開的案由、附件或其內容，沒有產生任何文件。"
                "請檢查範本，以及〔案由〕〔附件〕的「公開」欄。"
            )


def _has_any(meeting: Meeting) -> bool:
    return any(case.access != OPEN or any(item.access != OPEN for item in case.attachments) for case in meeting.cases)


def _names(meeting: Meeting, edition: str) -> Iterator[tuple[str, str, str]]:
    """The names that an edition may not have, as keys, with what each is of and its access."""
    open_names = {
        key(name)
        for case in meeting.cases
        for item in case.attachments
        if sees(edition, item.access)
        for name in (item.name, item.heading)
    }
    for case in meeting.cases:
        hidden: list[tuple[str, str, str]] = []
        if not sees(edition, case.access):
            hidden.append((_core(case), case.title, case.access))
        for item in case.attachments:
            if not sees(edition, item.access):
                target = item.target.rpartition(".")[0] or item.target
                hidden += [
                    (name, f"{case.title}{item.label}", item.access) for name in (item.name, item.heading, target)
                ]
        for name, what, access in hidden:
            folded_name = key(_TAG.sub("", name))
            if len(folded_name) >= _SHORTEST_NAME and folded_name not in open_names:
                yield folded_name, what, access


def _core(case: Case) -> str:
    """What a subject is about: without 一案，提請審議。"""
    subject = _TAG.sub("", case.subject).strip()
    for ending in case.section.endings:
        subject = subject.removesuffix(ending)
    return re.sub("[一乙本]?案$", "", _ASKS.sub("", subject.removesuffix("。")))


def _sentences(meeting: Meeting, edition: str) -> list[str]:
    """The sentences of what an edition may not have, as keys; those that stand in an open cell too are left out."""
    found: dict[str, None] = {}
    open_texts = []
    for item in _texts(meeting, None):
        if sees(edition, item.access):
            open_texts.append(key(item.text))
            continue
        for part in _TAG.split(item.text):
            for sentence in _PAUSE.split(part):
                if len(folded_sentence := key(sentence)) >= _SHORTEST_SENTENCE:
                    found[folded_sentence] = None
    open_text = "\n".join(open_texts)
    return [sentence for sentence in found if sentence not in open_text]


def _texts(meeting: Meeting, vocabulary: Vocabulary | None) -> Iterator[_Text]:
    """Every text that documents print, with its access; prose as it is printed where there is a vocabulary."""
    by_cell = dict(_accesses(meeting))
    deck = meeting.deck_case
    slides = next((item.access for item in deck.attachments if item.is_deck), OPEN) if deck else OPEN
    for source, case, at in prose_of(meeting):
        access = by_cell.get(at, slides if at.sheet == "簡報" else case.access)
        yield _Text(vocabulary.render(source, case, at, []) if vocabulary else source, at, access)
    for case in meeting.cases:
        for field in ("unit", "proposers", "cosigners", "seconders"):
            yield _Text(getattr(case, field), case.at(field), case.access)
        for item in case.attachments:
            yield _Text(item.name, item.at("name"), item.access)
            yield from _listed(meeting, item)
    for past in meeting.list_of(PastDecision):
        yield from (_Text(getattr(past, name), past.at(name), OPEN) for name in ("subject", "decision", "progress"))
    for name in ("place", "notice_remarks", "title"):
        yield _Text(getattr(meeting.info, name), meeting.info.at(name), OPEN)
    for name in ("full_name", "group"):
        yield _Text(getattr(meeting.agency, name), meeting.agency.at(name), OPEN)
    minutes = meeting.minutes
    if minutes is None:
        return
    cases = {folded(case.key): case for case in meeting.cases}
    yield _Text(minutes.info.opening, minutes.info.at("opening"), OPEN)
    entries: list[Remark | Decision] = [*minutes.remarks, *minutes.decisions]
    for entry in entries:
        owner = cases.get(folded(entry.case))
        yield _Text(entry.text, entry.at("text"), owner.access if owner else OPEN)


def _accesses(meeting: Meeting) -> Iterator[tuple[Location, str]]:
    """The access of the cells of attachments, which may be narrower than that of their case."""
    for case in meeting.cases:
        for item in case.attachments:
            for name in (item.heading_field, "subheading"):
                yield item.at(name), item.access
            for note in item.notes:
                yield note.at("text"), item.access


def _listed(meeting: Meeting, item: Attachment) -> Iterator[_Text]:
    """The texts of the table that an attachment prints."""
    if item.target in BY_SHEET:
        record = BY_SHEET[item.target]
        fields = [name for name, column in record.sheet.by_field.items() if column.kind in (Kind.TEXT, Kind.PROSE)]
        for row in record.rows(meeting):
            yield from (_Text(str(getattr(row, name)), row.at(name), item.access) for name in fields)
    elif (table := meeting.tables.get(item.target)) is not None:
        for cells, place in zip(table.rows, table.places, strict=True):
            for column, text in enumerate(cells):
                yield _Text(text, place.cell(column), item.access)
