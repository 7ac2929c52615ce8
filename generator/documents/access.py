"""What of a case or an attachment each reader gets: it, or a page that says 「本案不公開」 in its place.

公開 is for anyone. 限閱 is for those who take part in the meeting: marked on each page, and left out of the public
edition. 不公開 stays inside the agency. Numbers stay what they are in every edition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from generator.documents.document import (
    FOR_AGENCY,
    FOR_MEETING,
    FOR_PUBLIC,
    INTERNAL,
    PARTICIPANTS,
    PUBLIC,
    Document,
)
from generator.meeting.model import Meeting
from generator.meeting.sheets import ACCESS, OPEN, RESTRICTED, WITHHELD
from generator.meeting.sheets.meeting import Attachment, Case

NO_CASE, NO_ATTACHMENT = "本案不公開", "本附件不公開"
AUDIENCES = {OPEN: PUBLIC, RESTRICTED: PARTICIPANTS, WITHHELD: INTERNAL}
# The narrowest access that an edition has.
_REACH = {FOR_PUBLIC: OPEN, FOR_MEETING: RESTRICTED, FOR_AGENCY: WITHHELD}


def sees(edition: str, access: str) -> bool:
    """Whether who reads the edition gets what has that access."""
    return ACCESS.index(access) <= ACCESS.index(_REACH[edition])


def narrowest_of(accesses: Iterable[str]) -> str:
    """The narrowest of these; OPEN where there are none."""
    return max(accesses, key=ACCESS.index, default=OPEN)


def goes_to(unit: str, own_units: Collection[str], access: str) -> bool:
    """Whether a unit may have what has that access: 不公開 stays with the agency's own units, where these are known."""
    return access != WITHHELD or not own_units or unit in own_units


def narrowest(meeting: Meeting, audience: str = INTERNAL) -> str:
    """The narrowest access of what those of the audience may read of the meeting's cases and attachments."""
    found = [case.access for case in meeting.cases]
    found += [item.access for case in meeting.cases for item in case.attachments]
    reach = next(access for access, reader in AUDIENCES.items() if reader == audience)
    return narrowest_of(access for access in found if ACCESS.index(access) <= ACCESS.index(reach))


def editions(meeting: Meeting) -> list[str]:
    """The editions that differ by what they leave out; FOR_MEETING alone where all is for anyone."""
    narrow = narrowest_of(case.access for case in meeting.cases)
    found = [FOR_MEETING]
    if any(case.access == RESTRICTED for case in meeting.cases):
        found.append(FOR_PUBLIC)
    if narrow == WITHHELD:
        found.append(FOR_AGENCY)
    return found


def mark(access: str, secrecy: str = "") -> str:
    """What stands on each page: 密 限閱; nothing on what is for anyone."""
    return " ".join(filter(None, (secrecy, "" if access == OPEN else access)))


def of_case(document: Document, case: Case) -> list[Document]:
    """The document of a case, and what stands in its place where it may not be read."""
    if case.access == OPEN:
        return [document]
    hidden = {**blank(document.context["本案"]), "案由": NO_CASE}
    for name in ("類別", "案次"):
        hidden[name] = document.context["本案"][name]
    stand_in = replace(
        document,
        name=f"{document.name}（{FOR_PUBLIC}）",
        template="案",
        context={**document.context, "本案": hidden, "上次決定": []},
        packet=FOR_PUBLIC if case.access == RESTRICTED else "",
        stands_in=True,
    )
    return [_narrowed(document, case.access, case.secrecy), stand_in]


def of_attachment(document: Document, case: Case, item: Attachment) -> list[Document]:
    """The document of an attachment, and what stands in its place in the editions that have its case."""
    if item.access == OPEN:
        return [document]
    found = [_narrowed(document, item.access, case.secrecy)]
    lacking = [edition for edition in (FOR_PUBLIC, FOR_MEETING) if not sees(edition, item.access)]
    replaced_for = [edition for edition in lacking if sees(edition, case.access)]
    if replaced_for:
        context = {
            **blank(document.context["本附件"]),
            "標號": item.label,
            "標題": NO_ATTACHMENT,
            "名稱": NO_ATTACHMENT,
        }
        title = document.title.partition(f"{item.label} ")[0]
        stand_in = replace(
            document,
            name=f"{case.title} {item.label}（{FOR_PUBLIC if replaced_for == [FOR_PUBLIC] else '不公開'}）",
            template="另附",
            context={name: value for name, value in document.context.items() if name not in ("表", "條文", "簡報")}
            | {"本附件": context},
            title=f"{title}{item.label} {NO_ATTACHMENT}",
            bookmark=f"{item.label} {NO_ATTACHMENT}",
            enclosure=None,
            label="",
            unfit=False,
            separate=False,
            ending="docx",
            attachment=None,
            deck=None,
            audience=PUBLIC if FOR_PUBLIC in replaced_for else PARTICIPANTS,
            packet="" if len(replaced_for) == 2 else replaced_for[0],
            stands_in=True,
        )
        found.append(stand_in)
    return found


def blank(values: Mapping[str, Any]) -> dict[str, Any]:
    """The names of a context with nothing in them."""
    return {name: [] if isinstance(value, list | tuple) else "" for name, value in values.items()}


def _narrowed(document: Document, access: str, secrecy: str) -> Document:
    return replace(
        document,
        audience=AUDIENCES[access],
        packet=FOR_MEETING if access == RESTRICTED else FOR_AGENCY,
        mark=mark(access, secrecy),
    )
