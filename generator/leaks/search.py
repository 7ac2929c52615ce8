"""No protected name in an edition that protects it: checked in the inputs, and in every finished file.

Who attended stands in the head of the minutes, and who speaks 記名 stands beside the remark: there a name may appear,
and nowhere else (運作指引肆三: 委員不記名或不公開者於發言前事先聲明).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.basic.failure import PROBLEMS, UserError
from generator.basic.formats import CONVERTED, PUBLIC, chosen
from generator.basic.package import Package
from generator.basic.problem import Code, Location, Problem, error, problem
from generator.basic.steps import step
from generator.documents import minutes as after_meeting
from generator.documents.document import Document
from generator.documents.minutes import FOR_MEETING, FOR_PUBLIC
from generator.leaks import texts
from generator.leaks.texts import Insides
from generator.meeting.minutes import SOMEONE
from generator.meeting.model import Meeting
from generator.meeting.sheets import OPINION


class LeakCode(Code):
    """The problems that this module finds."""

    PROTECTED_NAME = error("內容出現須保護的姓名（該委員聲明不記名或不公開）", "請改為「委員」或其他不指名的寫法。")


# Characters of names that are written in more than one way.
_PAIRS = (
    "台臺 黄黃 温溫 恒恆 峯峰 羣群 啓啟 叶葉 裡裏 真眞 清淸 青靑 教敎 "
    "柏栢 鉄鐵 鋭銳 徳德 慎愼 寧甯 晋晉 强強 韵韻 綉繡 凈淨"
)
_VARIANTS = {pair[0]: pair[1] for pair in _PAIRS.split()}
_HEADER = ("主席", "出席", "請假", "列席")
MEETING_JSON = "會議.json"
CLOSED_REMARK = "含有不公開的發言"
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp950")
_ADDRESS = re.compile(r"[A-Za-z0-9][\w.+%-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}", re.ASCII)
# In binary data only longer addresses count: short ones occur there by chance.
_ADDRESS_IN_BINARY = re.compile(
    rb"[A-Za-z0-9._+-]{3,}@[A-Za-z0-9-]{2,}(?:\.[A-Za-z0-9-]{2,})*\.(?:tw|com|net|org|edu|gov)"
)
_MOBILE = re.compile(r"(?<!\d)(?<!\d[-,.])09\d{2}[- ]?\d{3}[- ]?\d{3}(?![-,.]?\d)")


class Leak(UserError):
    """A protected name in a finished file; the text names the file, never the name."""

    exit_code = PROBLEMS


def protected(meeting: Meeting, edition: str) -> list[str]:
    """The names that an edition protects: of 不記名 speakers in both, of 不公開 ones in the public edition.

    A speaker written with a title (範例委員教授) protects the member's bare name as well.
    """
    if meeting.minutes is None:
        return []
    names = []
    for remark in meeting.minutes.remarks:
        if remark.nameless or (remark.closed and edition == FOR_PUBLIC):
            names.append(remark.speaker)
            names += [member.name for member in meeting.members if key(member.name) in key(remark.speaker)]
    # A speaker written only as 委員 has no name to protect.
    return list(dict.fromkeys(name for name in names if len(key(name)) > 1 and key(name) != SOMEONE))


def key(text: str) -> str:
    """A text for finding names in it: width, case, blanks, dots, invisible and variant characters do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_VARIANTS.get(character, character) for character in plain if not _is_ignored(character))


def _is_ignored(character: str) -> bool:
    return character in "·‧•・．." or unicodedata.category(character) in ("Cf", "Mn", "Cc", "Zs", "Zl", "Zp")


def check(meeting: Meeting) -> list[Problem]:
    """Protected names in the texts of the minutes: an error at the cell, without the name."""
    if meeting.minutes is None:
        return []
    found = []
    names = {edition: [key(name) for name in protected(meeting, edition)] for edition in after_meeting.EDITIONS}
    for text, at, public in _texts(meeting):
        editions = [edition for edition in after_meeting.EDITIONS if public or edition == FOR_MEETING]
        if any(name in key(text) for edition in editions for name in names[edition]):
            found.append(problem(LeakCode.PROTECTED_NAME, at))
    return found


def _texts(meeting: Meeting) -> Iterator[tuple[str, Location, bool]]:
    """Every text that the minutes and the tasks print, its cell, and whether the public edition has it."""
    minutes = meeting.minutes
    assert minutes is not None
    yield minutes.info.opening, minutes.info.at("opening"), True
    for remark in minutes.remarks:
        yield remark.text, remark.at("text"), not remark.closed
        if not remark.nameless and remark.kind != OPINION:
            yield remark.speaker, remark.at("speaker"), not remark.closed
    for observer in meeting.observers:
        yield observer.unit, observer.at("unit"), True
        yield observer.title, observer.at("title"), True
    for attendance in minutes.attendance:
        yield attendance.deputy_title, attendance.at("deputy_title"), True
    for decision in minutes.decisions:
        yield decision.text, decision.at("text"), True
        yield decision.unit, decision.at("unit"), True
    for case in meeting.cases:
        yield case.subject, case.at("subject"), True
        yield case.unit, case.at("unit"), True
    yield meeting.info.place, meeting.info.at("place"), True


def inspect(meeting: Meeting, document: Document, files: Mapping[str, bytes]) -> None:
    """Searches every file of an edition: text, properties, all parts, file names. Raises Leak."""
    if not document.edition:
        return
    sought = _Sought.of(meeting, document.edition)
    for name, content in files.items():
        if fault := _fault(_read(name, content), sought, _allowed(meeting, document)):
            template = f"請檢查範本「{document.template_file}」"
            advice = f"{template}。" if fault == CLOSED_REMARK else f"{template}與〔會議資訊〕。"
            raise Leak(f"「{name}」{fault}，沒有產生任何文件。{advice}")


@step("leaks", "檢查公開的檔案")
def inspect_folder(meeting: Meeting, files: Mapping[str, bytes], minutes: Document | None = None) -> None:
    """Searches everything that is to be published, also the files in archives. Raises Leak.

    Protected names and closed remarks are forbidden; only the files of ``minutes`` (the public edition) and 會議.json
    may name who attended and who speaks 記名. The only e-mail address allowed is that of the group (機關.電子郵件). The
    telephone number of the contact (聯絡電話), who is a person, and all mobile numbers are forbidden.
    """
    sought = _Sought.of(meeting, FOR_PUBLIC)
    found = [f"「{name}」{fault}。" for name, fault in _faults(meeting, files, minutes, sought)]
    if found:
        raise Leak("\n".join(["沒有公開任何檔案：", *found, "請改正活頁簿、範本或附件的內容後，再執行一次。"]))


def _faults(
    meeting: Meeting, files: Mapping[str, bytes], minutes: Document | None, sought: _Sought
) -> Iterator[tuple[str, str]]:
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
            yield from ((f"{name}/{entry}", fault) for entry, fault in _faults(meeting, entries, minutes, sought))
            inside = Insides(rest=[name, *(comment.decode("utf-8", "replace") for comment in about)])
        else:
            inside = _read(name, content)
        allowed = _allowed(meeting, minutes) if minutes is not None and is_minutes_file else ""
        if fault := _fault(inside, sought, allowed) or _personal(inside, sought):
            yield name, fault


@dataclass(frozen=True, slots=True)
class _Sought:
    """What is searched for: names and closed remarks as keys, names as bytes, addresses, telephone numbers."""

    names: tuple[str, ...]
    spelt: tuple[bytes, ...]
    closed: tuple[str, ...]
    addresses: tuple[str, ...]
    phones: tuple[re.Pattern[str], ...]
    group_address: str

    @classmethod
    def of(cls, meeting: Meeting, edition: str) -> _Sought:
        names = protected(meeting, edition)
        remarks = meeting.minutes.remarks if meeting.minutes is not None and edition == FOR_PUBLIC else ()
        closed = [key(remark.text) for remark in remarks if remark.closed]
        group_address = meeting.agency.email.strip().casefold()
        people = [person.email for person in meeting.members] + [person.email for person in meeting.observers]
        addresses = [
            key(address) for address in people if "@" in address and address.strip().casefold() != group_address
        ]
        return cls(
            names=tuple(key(name) for name in names),
            # Shorter byte sequences occur by chance in pictures.
            spelt=tuple(data for name in names for code in _ENCODINGS if len(data := name.encode(code, "ignore")) >= 6),
            closed=tuple(text for text in closed if len(text) > 5),
            addresses=tuple(addresses),
            phones=tuple(_phone(meeting.agency.phone)),
            group_address=group_address,
        )


def _phone(written: str) -> Iterator[re.Pattern[str]]:
    """A number as anyone may write it, with its area code and without: 02-2380-0000, (02)23800000."""
    plain = re.split("[轉#]|ext", unicodedata.normalize("NFKC", written), flags=re.IGNORECASE)[0]
    area = re.match(r"\s*\(?(0\d{1,2})[-\s)]", plain)
    digits = re.findall(r"\d", plain)
    for start in {0, len(area[1]) if area else 0}:
        if len(digits) - start >= 7:
            yield re.compile(r"(?<!\d)" + r"[-\s()]*".join(digits[start:]) + r"(?!\d)")


def _fault(inside: Insides, sought: _Sought, allowed: str) -> str:
    """The forbidden content of a file, as the end of a sentence; "" if there is none."""
    body, spoken, rest = key(inside.body), key(inside.spoken), key("\n".join(inside.rest))
    if any(text.count(person) > allowed.count(person) for text in (body, spoken) for person in sought.names):
        return "的內文含有須保護的姓名"
    if any(person in rest for person in sought.names):
        return "的頁首、頁尾、屬性或檔名含有須保護的姓名"
    if any(spelt in data for data in inside.binary for spelt in sought.spelt):
        return "的圖片或附加內容含有須保護的姓名"
    if any(text in body + spoken + rest for text in sought.closed):
        return CLOSED_REMARK
    return ""


def _personal(inside: Insides, sought: _Sought) -> str:
    """An e-mail address or telephone number in a file, as the end of a sentence; "" if there is none."""
    text = unicodedata.normalize("NFKC", inside.text)
    found = {address.casefold().rstrip(".") for address in _ADDRESS.findall(text)}
    found |= {
        address.decode("ascii").casefold() for data in inside.binary for address in _ADDRESS_IN_BINARY.findall(data)
    }
    if found - {sought.group_address} or any(address in key(text) for address in sought.addresses):
        return "含有電子郵件地址（只有〔機關〕的電子郵件可以公開）"
    if any(phone.search(text) for phone in (*sought.phones, _MOBILE)):
        return "含有聯絡電話或行動電話"
    return ""


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
        remark
        for remark in minutes.remarks
        if after_meeting.is_printed(remark, document.edition) and not remark.nameless
    ]
    parts = [*(head[name] for name in _HEADER), meeting.info.recorder]
    parts += [after_meeting.speaker(remark, meeting) for remark in named_remarks]
    return "\n".join(key(part) for part in parts)
