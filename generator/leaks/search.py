"""No protected name in a finished file that protects it, and no personal data in what is published.

Who attended stands in the head of the minutes, and who speaks 記名 stands beside the remark: there a name may appear,
and nowhere else (運作指引肆三: 委員不記名或不公開者於發言前事先聲明).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from generator.basic.failure import PROBLEMS, UserError
from generator.basic.formats import CONVERTED, PUBLIC, chosen
from generator.basic.package import Package
from generator.basic.patterns import compile_late
from generator.basic.steps import step
from generator.documents import remarks as spoken
from generator.documents.document import FOR_PUBLIC, Document
from generator.leaks import names, personal, texts, titles
from generator.leaks.names import Place, key
from generator.leaks.texts import Insides
from generator.meeting.model import Meeting
from generator.rules.prose import prose_of
from generator.workbook.values import folded

_HEADER = ("主席", "出席", "請假", "列席")
MEETING_JSON = "會議.json"
# The list of members is public (設置要點九): it names all of them, whoever spoke, and tells of no remark.
ROSTER = tuple(f"委員名單.{ending}" for ending in ("csv", "ods", "pdf", "odt"))
CLOSED_REMARK = "含有不公開的發言"
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp950")
# In binary data only longer addresses count: short ones occur there by chance.
_ADDRESS_IN_BINARY = compile_late(
    rb"[A-Za-z0-9._+-]{3,}@[A-Za-z0-9-]{2,}(?:\.[A-Za-z0-9-]{2,})*\.(?:tw|com|net|org|edu|gov)"
)


# Runs of Chinese characters in binary data, with what may stand between them or mask one.
_RUN = compile_late(rb"(?:(?:[\xe2-\xef][\x80-\xbf]{2}|\xc2\xb7|\xc3\x97)[ .\-/*?ox0OX]?){2,}")
_SHORTEST_REMARK, _SHORTEST_SENTENCE = 5, 9
_PAUSE = compile_late(r"[。！？；!?;\n]")
# Stands by itself above remarks in the minutes.
_HEADING = "委員意見"
_CLEARING = "不是姓名或可以公開時，請在〔非姓名〕的「文字」填入整個詞。"


class Leak(UserError):
    """A protected name in a finished file; the text names the file, never the name."""

    exit_code = PROBLEMS


def inspect(meeting: Meeting, document: Document, files: Mapping[str, bytes]) -> None:
    """Searches every file of an edition: text, properties, all parts, file names. Raises Leak."""
    if document.protects:
        for name, content in files.items():
            inspect_apart(meeting, name, content, document.protects)
    if not document.edition:
        return
    forbidden = _Forbidden.of(meeting, document.edition)
    for name, content in files.items():
        if fault := _fault(_read(name, content), forbidden, _allowed(meeting, document)):
            template = f"請檢查範本「{document.template_file}」"
            advice = f"{template}。" if fault.what == CLOSED_REMARK else f"{template}與〔會議資訊〕。"
            raise Leak(f"「{name}」{fault.what}，沒有產生任何文件。{fault.place}{advice}")


def inspect_apart(meeting: Meeting, name: str, content: bytes, edition: str) -> None:
    """Searches a file that is no edition of the minutes as strictly as that edition. Raises Leak."""
    if fault := _fault(_read(name, content), _Forbidden.of(meeting, edition), ""):
        raise Leak(f"「{name}」{fault.what}，沒有產生。{fault.place}")


@step("leaks", "檢查公開的檔案")
def inspect_folder(meeting: Meeting, files: Mapping[str, bytes], minutes: Document | None = None) -> None:
    """Searches everything that is to be published, also the files in archives. Raises Leak.

    Protected names and closed remarks are forbidden; only the files of ``minutes`` (the public edition) and 會議.json
    may name who attended and who speaks 記名. The only e-mail address allowed is that of the group (機關.電子郵件). The
    telephone number of the contact (聯絡電話), who is a person, and all mobile numbers are forbidden.
    """
    forbidden = _Forbidden.of(meeting, FOR_PUBLIC)
    found = [f"「{name}」{fault.what}。{fault.place}" for name, fault in _faults(meeting, files, minutes, forbidden)]
    if found:
        remedy = f"請改正活頁簿、範本或附件的內容後，再執行一次。{_CLEARING}"
        raise Leak("\n".join(["沒有公開任何檔案：", *found, remedy]))


class _Fault(Struct, frozen=True):
    """Forbidden content: ``what`` ends the sentence about the file, ``place`` is a sentence on where it stands."""

    what: str
    place: str = ""

    @classmethod
    def at(cls, what: str, around: str) -> _Fault:
        return cls(what, f"該處為{around}。" if around else "")


def _faults(
    meeting: Meeting, files: Mapping[str, bytes], minutes: Document | None, forbidden: _Forbidden
) -> Iterator[tuple[str, _Fault]]:
    for name, content in files.items():
        is_minutes_file = minutes is not None and name in (MEETING_JSON, *minutes.file_names(chosen(PUBLIC, CONVERTED)))
        if name.endswith(".zip"):
            with Package(content) as archive:
                # Files that also lie beside the archive are checked there.
                entries = {
                    entry: inner for entry in archive.namelist() if (inner := archive.read(entry)) != files.get(entry)
                }
                about = [
                    *(entry.encode() for entry in archive.namelist()),
                    archive.comment,
                    *(entry.comment + entry.extra for entry in archive.infolist()),
                ]
            yield from ((f"{name}/{entry}", fault) for entry, fault in _faults(meeting, entries, minutes, forbidden))
            inside = Insides(rest=[name, *(comment.decode("utf-8", "replace") for comment in about)])
        else:
            inside = _read(name, content)
        allowed = _allowed(meeting, minutes) if minutes is not None and is_minutes_file else ""
        leak = None if name in ROSTER else _fault(inside, forbidden, allowed)
        if fault := leak or _personal(inside, forbidden):
            yield name, fault


class _Title(Struct, frozen=True):
    """A member named by surname and title: the pattern, and what the cases say in which that is allowed, as a key."""

    sought: names.Sought
    permitted: str

    @classmethod
    def of(cls, meeting: Meeting, bearer: titles.Bearer) -> _Title:
        assert meeting.minutes is not None
        texts_by_case = [(remark.case, text) for remark in meeting.minutes.remarks for text in remark.texts]
        texts_by_case += [(decision.case, decision.text) for decision in meeting.minutes.decisions]
        texts_by_case += [(case.key, source) for source, case, _ in prose_of(meeting)]
        open_texts = "\n".join(key(text) for case, text in texts_by_case if folded(case) not in bearer.cases)
        cleared = [entry.text for entry in meeting.cleared]
        return cls(names.Sought.of((), cleared).with_patterns([bearer.pattern]), open_texts)

    def strange(self, line: str, allowed: str) -> list[Place]:
        """The places in the key of a line that no cell and no head of the minutes has, with what stands beside."""
        known = f"\n{self.permitted}\n{allowed}\n"

        def is_known(start: int, end: int) -> bool:
            beside = {line[start : end + 3], line[max(0, start - 3) : end]} - {line[start:end]}
            return any(words in known for words in beside) or f"\n{line}\n" in known

        return [place for place in self.sought.places(line) if not is_known(*place)]


class _Forbidden(Struct, frozen=True):
    """What is searched for: names, titles, closed remarks as keys, names as bytes, addresses, telephone numbers."""

    names: names.Sought
    titles: tuple[_Title, ...]
    spelt: tuple[bytes, ...]
    closed: tuple[str, ...]
    addresses: tuple[str, ...]
    phones: tuple[re.Pattern[str], ...]
    allowed: personal.Allowed
    signed: tuple[re.Pattern[str], ...]

    @classmethod
    def of(cls, meeting: Meeting, edition: str) -> _Forbidden:
        protected = names.protected(meeting, edition)
        group_address = meeting.agency.email.strip().casefold()
        people = [person.email for person in meeting.members] + [
            person.email for person in (*meeting.observers, *meeting.came)
        ]
        addresses = [
            key(address) for address in people if "@" in address and address.strip().casefold() != group_address
        ]
        return cls(
            names=names.Sought.of(protected, [entry.text for entry in meeting.cleared]),
            titles=tuple(
                _Title.of(meeting, bearer) for bearer in titles.bearers(meeting, edition) if not bearer.shared
            ),
            spelt=tuple(dict.fromkeys(data for name in protected for data in _as_bytes(name))),
            closed=tuple(_closed(meeting)) if edition == FOR_PUBLIC else (),
            addresses=tuple(addresses),
            phones=tuple(_phone(meeting.agency.phone)),
            allowed=personal.Allowed.of(meeting),
            signed=tuple(_signed(meeting)),
        )

    def people(self, text: str, own: str | None = None) -> list[Place]:
        """The places of names (of one) in a key, but where it says who proposed a case."""
        places = self.names.places(text, own)
        if not places or not self.signed:
            return places
        outer = [match.span() for pattern in self.signed for match in pattern.finditer(text)]
        return [place for place in places if not names.is_within(place, outer)]


def _signed(meeting: Meeting) -> Iterator[re.Pattern[str]]:
    """Who proposed, signed and seconded a case stands there by name, whatever they said: 提案人：王小明."""
    for case in meeting.cases:
        for heading, name in case.signed:
            if value := key(getattr(case, name)):
                yield re.compile(rf"{re.escape(key(heading))}[^\w\s]{{0,5}}{re.escape(value)}")


def _closed(meeting: Meeting) -> Iterator[str]:
    """Closed remarks as keys, whole and by sentence; a sentence of an open cell, or of 〔非姓名〕, is none."""
    if meeting.minutes is None:
        return
    remarks = meeting.minutes.remarks
    texts = [text for remark in remarks if not remark.closed for text in remark.texts]
    texts += [meeting.minutes.info.opening, *(decision.text for decision in meeting.minutes.decisions)]
    texts += [source for source, _, _ in prose_of(meeting)] + [entry.text for entry in meeting.cleared]
    open_texts = "\n".join(map(key, texts))
    for remark in remarks:
        for text in remark.texts if remark.closed else ():
            yield from (whole for whole in [key(text)] if len(whole) > _SHORTEST_REMARK)
            for sentence in map(key, _PAUSE.split(text)):
                if len(sentence) >= _SHORTEST_SENTENCE and sentence not in open_texts:
                    yield sentence


def _as_bytes(name: str) -> Iterator[bytes]:
    """A name in its spellings and encodings; shorter byte sequences occur by chance in pictures."""
    for written in names.spelt(name):
        for encoding in _ENCODINGS:
            try:
                data = written.encode(encoding)
            except UnicodeEncodeError:
                continue
            if len(data) >= 6:
                yield data


def _phone(written: str) -> Iterator[re.Pattern[str]]:
    """A number as anyone may write it, with its area code and without: 02-2380-0000, (02)23800000."""
    plain = re.split("[轉#]|ext", personal.plain(written), flags=re.IGNORECASE)[0]
    area = re.match(r"\s*\(?(0\d{1,2})[-\s)]", plain)
    digits = re.findall(r"\d", plain)
    for start in {0, len(area[1]) if area else 0}:
        if len(digits) - start >= 7:
            yield re.compile(r"(?<!\d)" + r"[-\s().]*".join(digits[start:]) + r"(?!\d)")


def _fault(inside: Insides, forbidden: _Forbidden, allowed: str) -> _Fault | None:
    """The forbidden content of a file."""
    sought, rest_text = forbidden.names, "\n".join(inside.rest)
    body, spoken, rest = key(inside.body), key(inside.spoken), key(rest_text)
    for raw, text in ((inside.body, body), (inside.spoken, spoken)):
        if not sought.may_be_in(text):
            continue
        for person in sought.patterns:
            places = forbidden.people(text, person)
            if len(places) > len(re.findall(person, allowed)):
                strange = [place for place in places if text[max(0, place[0] - 3) : place[1] + 3] not in allowed]
                around = names.surroundings(raw, strange[0], sought.places(text)) if strange else ""
                return _Fault.at("的內文含有須保護的姓名", around)
    if places := forbidden.people(rest):
        around = names.surroundings(rest_text, places[0], places)
        return _Fault.at("的頁首、頁尾、屬性或檔名含有須保護的姓名", around)
    for raw in (inside.body, inside.spoken, rest_text) if forbidden.titles else ():
        if fault := _title(raw, forbidden.titles, allowed):
            return fault
    for data in inside.binary:
        runs = (run[0].decode("utf-8", "ignore") for run in _RUN.finditer(data)) if sought.patterns else ()
        if any(spelt in data for spelt in forbidden.spelt) or any(sought.places(key(run)) for run in runs):
            return _Fault("的圖片或附加內容含有須保護的姓名")
    if any(text in body + spoken + rest for text in forbidden.closed):
        return _Fault(CLOSED_REMARK)
    return None


def _title(text: str, sought: Iterable[_Title], allowed: str) -> _Fault | None:
    """A protected member by title, in a line: what one paragraph ends with and the next begins with is no title."""
    whole = key(text)
    for title in sought:
        if not title.sought.may_be_in(whole):
            continue
        for line, seam in _lines(text):
            places = title.strange(key(line), allowed)
            # Where two lines meet, only what lies on both counts: each was looked at by itself.
            if places := [place for place in places if not seam or place[0] < seam < place[1]]:
                around = names.surroundings(line, places[0], places)
                return _Fault.at("以姓氏加稱謂指出須保護的委員", around)
    return None


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """The lines, and where one seems to go on in the next the end of it with the beginning of that.

    With where they meet, in characters of the key; 0 for a whole line.
    """
    before = ""
    for line in text.splitlines():
        yield line, 0
        if before and before[-1] not in "。；：！？」）" and not line.startswith(_HEADING):
            yield before[-4:] + line[:8], len(key(before[-4:]))
        before = line


_WHAT = {
    personal.MAIL: "含有電子郵件地址（只有〔機關〕的電子郵件可以公開）",
    personal.PHONE: "含有聯絡電話或行動電話",
}


def _personal(inside: Insides, forbidden: _Forbidden) -> _Fault | None:
    """Personal data in a file."""
    allowed = forbidden.allowed
    for raw, printed in ((f"{inside.body}\n{inside.spoken}", True), ("\n".join(inside.rest), False)):
        text = personal.plain(raw)
        hits = list(personal.find(text, allowed, printed))
        if hits:
            what, place = hits[0]
            around = personal.surroundings(text, place, [other for _, other in hits])
            return _Fault.at(_WHAT.get(what, f"含有{what}"), "" if forbidden.names.places(key(around)) else around)
        if any(phone.search(text) for phone in forbidden.phones):
            return _Fault(_WHAT[personal.PHONE])
        if any(address in key(text) for address in forbidden.addresses):
            return _Fault(_WHAT[personal.MAIL])
    found = {found.decode("ascii") for data in inside.binary for found in _ADDRESS_IN_BINARY.findall(data)}
    if any(True for address in found for _ in personal.find(address, allowed)):
        return _Fault(_WHAT[personal.MAIL])
    return None


def _read(name: str, content: bytes) -> Insides:
    try:
        return texts.read(name, content)
    except texts.Unreadable as unreadable:
        raise Leak(str(unreadable)) from None


def _allowed(meeting: Meeting, document: Document) -> str:
    """Every place where a name may stand, as one text: the head, and the names of those who speak by name."""
    minutes = meeting.minutes
    assert minutes is not None
    head = document.context["紀錄"]
    named_remarks = [
        remark for remark in minutes.remarks if spoken.is_printed(remark, document.edition) and not remark.nameless
    ]
    parts = [*(head[name] for name in _HEADER), meeting.info.recorder]
    parts += [spoken.speaker(remark, meeting) for remark in named_remarks]
    return "\n".join(key(part) for part in parts)
