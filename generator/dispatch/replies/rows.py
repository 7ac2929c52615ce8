"""Wishes of members → rows of 〔修正意見〕: each at its case and sentence, by its member, none twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from generator.basic import roc
from generator.dispatch.replies.draft import Draft, Paragraph, narrowed, sentences, sentences_with
from generator.dispatch.replies.reading import Returned, Wish
from generator.meeting.model import Meeting
from generator.meeting.sheets.replies import MOVE, OPINION_ON, REVISION, Proposal, Reply
from generator.workbook.values import folded

UNKNOWN = "（不明）"


class Row(Struct):
    """A row to be written: what a Proposal has before anyone decided on it."""

    author: str
    member: str
    case: str
    place: str
    kind: str
    old: str
    new: str
    received: dt.datetime
    source: str
    cell: str
    identifier: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return _key(self.member, self.kind, self.old, self.new, self.place)


class Gathered(Struct):
    """The rows and replies that are new. ``known``: how many came again that are in the workbook already."""

    rows: list[Row] = field(default_factory=list)
    replies: list[tuple[Returned, str, str, int]] = field(default_factory=list)
    known: int = 0


def _key(member: str, kind: str, old: str, new: str, place: str) -> tuple[str, ...]:
    return tuple(folded(text) for text in (member, kind, old, new, place))


def gather(meeting: Meeting, came: Iterable[Returned], drafts: Sequence[Draft], titles: dict[str, str]) -> Gathered:
    """The rows of what came that are not in the workbook yet. ``titles``: the 案號 by what a case may be called."""
    found = Gathered()
    known = Counter(_key(row.member, row.kind, row.old, row.new, row.place) for row in meeting.proposals)
    identifiers = {row.identifier for row in meeting.proposals}
    replies = {reply.identifier for reply in meeting.replies}
    for reply in came:
        counted: Counter[tuple[str, ...]] = Counter()
        draft = reply.draft or (drafts[-1] if drafts else Draft("", ()))
        rows = [_row(meeting, reply, wish, draft, titles) for wish in reply.wishes]
        new = 0
        for row in rows:
            counted[row.key] += 1
            row.identifier = _identifier(
                row.author, row.kind, folded(row.old), folded(row.new), row.place, str(counted[row.key])
            )
            if row.identifier in identifiers or counted[row.key] <= known[row.key]:
                found.known += 1
                continue
            identifiers.add(row.identifier)
            found.rows.append(row)
            new += 1
        known |= counted
        members = Counter(row.member for row in rows) or Counter({who(meeting, "", reply): 0})
        for member, count in members.items():
            wanted = [row.identifier for row in rows if row.member == member]
            identifier = _identifier(member, reply.received.isoformat(), *wanted, reply.remark)
            if identifier not in replies:
                replies.add(identifier)
                found.replies.append((reply, member, identifier, count))
    return found


def _identifier(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]


def who(meeting: Meeting, author: str, reply: Returned) -> str:
    """The member whose wish it is: by the author of the change, else by who sent the file, else by its name."""
    names = [member.name for member in meeting.members]
    deputies = (
        {entry.deputy: entry.name for entry in meeting.minutes.attendance if entry.deputy} if meeting.minutes else {}
    )

    def named(text: str) -> str:
        plain = folded(text)
        found = [name for name in names if folded(name) and folded(name) in plain]
        found += [name for deputy, name in deputies.items() if folded(deputy) in plain]
        return max(found, key=len, default="")

    by_mail = {member.email.strip().casefold(): member.name for member in meeting.members if member.email}
    # What the program itself wrote as the author of the draft.
    sender = "" if folded(reply.sender) == folded(meeting.agency.full_name) else reply.sender
    mailbox = by_mail.get(reply.mailbox.strip().casefold(), "") if reply.mailbox else ""
    return named(author) or mailbox or named(sender) or named(reply.source) or author or sender or UNKNOWN


def _row(meeting: Meeting, reply: Returned, wish: Wish, draft: Draft, titles: dict[str, str]) -> Row:
    member = who(meeting, wish.author, reply)
    number = wish.near
    named_case = _case(titles, f"{wish.case} {wish.fallback}")
    if number is None:
        number = _found(draft, wish, named_case)
    paragraph = draft.paragraphs[number] if number is not None and number < len(draft.paragraphs) else None
    old, new, place, cell = _placed(wish, paragraph)
    case = paragraph.case if paragraph is not None else ""
    case = case or named_case
    author = (
        f"（{wish.author}）"
        if wish.author and folded(wish.author) not in (folded(member), folded(reply.sender))
        else ""
    )
    source = f"{reply.source} {wish.where}{author}"
    place = place or wish.place
    return Row(wish.author or member, member, case, place, wish.kind, old, new, reply.received, source, cell)


def _found(draft: Draft, wish: Wish, case: str) -> int | None:
    """The paragraph that a wish is on; of the case that it names, where it names one."""
    for text in (wish.quote, wish.old, *reversed(wish.fallback.split("\n"))):
        if text.strip() and (number := draft.find(text, wish.line, case)) is not None:
            return number
    return None


def _case(titles: dict[str, str], text: str) -> str:
    plain = folded(text)
    return next((key for title, key in titles.items() if title and title in plain), "")


def _placed(wish: Wish, paragraph: Paragraph | None) -> tuple[str, str, str, str]:
    """Old text, new text, place and cell of a wish."""
    if paragraph is None:
        quote = f"（「{wish.quote}」）" if wish.quote and wish.kind == OPINION_ON and not wish.old else ""
        return wish.old, f"{quote}{wish.new}", "", ""
    if wish.kind == MOVE:
        return wish.old, wish.new, paragraph.where, paragraph.cell_of("")
    if wish.kind == REVISION and wish.near is not None:
        old, new, number = narrowed(wish.old, wish.new)
    else:
        # Quoted by hand or by a mark: a part of a sentence.
        quote = wish.quote or wish.old
        sentence, number = sentences_with(paragraph.whole, quote)
        exact = _within(sentence, quote)
        if wish.kind == REVISION:
            if exact:
                old, new = sentence, sentence.replace(exact, wish.new, 1)
                if not wish.new:
                    new = _tidied(new)
            else:
                old, new = quote, wish.new
        else:
            bare = sentence.removeprefix(paragraph.label).lstrip() if not number else sentence
            short = exact and len(folded(exact)) < len(folded(bare))
            old, new = bare, f"（「{exact}」）{wish.new}" if short else wish.new
    label = paragraph.label
    if label and not number and old.startswith(label) and (new.startswith(label) or not new):
        old, new = old.removeprefix(label).lstrip(), new.removeprefix(label).lstrip()
    count = len(sentences(paragraph.whole))
    place = paragraph.where + (f"第{number + 1}句" if count > 1 else "")
    return old, new, place, paragraph.cell_of(old)


def _within(sentence: str, quote: str) -> str:
    """The quote as it stands in the sentence, whatever its blanks; empty where it does not."""
    letters = [re.escape(letter) for letter in re.sub(r"\s+", "", quote)]
    found = re.search(r"\s*".join(letters), sentence) if letters else None
    return found[0] if found else ""


def _tidied(text: str) -> str:
    """A sentence without the stop that a deletion left at its beginning."""
    return re.sub(r"^[，、；]+|(?<=[，、；：])[，、；]+", "", text).strip()


def written(row: Row) -> dict[str, object]:
    """The row for the workbook."""
    return Proposal.filled(
        identifier=row.identifier,
        member=row.member,
        case=row.case,
        place=row.place,
        kind=row.kind,
        old=row.old,
        new=row.new,
        received=moment(row.received),
        source=row.source,
        cell=row.cell,
    )


def written_reply(reply: Returned, member: str, identifier: str, count: int) -> dict[str, object]:
    """The row of 〔回復情形〕."""
    return Reply.filled(
        identifier=identifier,
        member=member,
        received=moment(reply.received),
        source=reply.source,
        count=count,
        remark=reply.remark,
    )


def moment(when: dt.datetime) -> str:
    """113-05-10 14:20."""
    return f"{roc.short_date(when.date())} {when:%H:%M}"
