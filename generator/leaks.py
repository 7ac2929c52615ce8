"""No protected name in an edition that protects it: checked in the inputs, and in every finished file.

Who attended stands in the head of the minutes, and who speaks 記名 stands beside the remark: there a name may appear,
and nowhere else (運作指引肆三: 委員不記名或不公開者於發言前事先聲明).
"""

from __future__ import annotations

import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from generator import after_meeting
from generator.after_meeting import FOR_MEETING, FOR_PUBLIC, SOMEONE
from generator.columns import OPINION
from generator.documents import Document
from generator.model import Meeting
from generator.problems import Location, Problem, problem

# Characters of names that are written in more than one way.
_PAIRS = (
    "台臺 黄黃 温溫 恒恆 峯峰 羣群 啓啟 叶葉 裡裏 真眞 清淸 青靑 教敎 "
    "柏栢 鉄鐵 鋭銳 徳德 慎愼 寧甯 晋晉 强強 韵韻 綉繡 凈淨"
)
_VARIANTS = {pair[0]: pair[1] for pair in _PAIRS.split()}
_HEADER = ("主席", "出席", "請假", "列席")


class Leak(Exception):
    """A protected name in a finished file; the text names the file, never the name."""


def protected(meeting: Meeting, edition: str) -> list[str]:
    """The names that an edition protects: of 不記名 speakers in both, of 不公開 ones in the public edition.

    A speaker written with a title (範例委員教授) protects the member's bare name as well.
    """
    if meeting.minutes is None:
        return []
    names = []
    for one in meeting.minutes.remarks:
        if one.nameless or (one.closed and edition == FOR_PUBLIC):
            names.append(one.speaker)
            names += [member.name for member in meeting.members if key(member.name) in key(one.speaker)]
    # Who leaves the name out and writes 委員 protects it already.
    return list(dict.fromkeys(name for name in names if len(key(name)) > 1 and key(name) != SOMEONE))


def key(text: str) -> str:
    """A text for finding names in it: width, case, blanks, dots, invisible and variant characters do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_VARIANTS.get(one, one) for one in plain if not _is_ignored(one))


def _is_ignored(character: str) -> bool:
    return character in "·‧•・．." or unicodedata.category(character) in ("Cf", "Mn", "Cc", "Zs", "Zl", "Zp")


def check(meeting: Meeting) -> list[Problem]:
    """Protected names in the texts of the minutes: an error at the cell, which does not say the name."""
    if meeting.minutes is None:
        return []
    found = []
    names = {edition: [key(name) for name in protected(meeting, edition)] for edition in after_meeting.EDITIONS}
    for text, at, public in _texts(meeting):
        editions = [edition for edition in after_meeting.EDITIONS if public or edition == FOR_MEETING]
        if any(name in key(text) for edition in editions for name in names[edition]):
            found.append(problem("protected-name", at))
    return found


def _texts(meeting: Meeting) -> Iterator[tuple[str, Location, bool]]:
    """Every text that the minutes and the tasks print, its cell, and whether the public edition has it."""
    minutes = meeting.minutes
    assert minutes is not None
    yield minutes.opening, minutes.row.at("主席致詞"), True
    for remark in minutes.remarks:
        yield remark.text, remark.row.at("內容"), not remark.closed
        if not remark.nameless and remark.kind != OPINION:
            yield remark.speaker, remark.row.at("發言者"), not remark.closed
    for observer in meeting.observers:
        yield observer.unit, observer.row.at("單位"), True
        yield observer.title, observer.row.at("職稱"), True
    for attendance in minutes.attendance:
        yield attendance.deputy_title, attendance.row.at("代理人職稱"), True
    for decision in minutes.decisions:
        yield decision.text, decision.row.at("內容"), True
        yield decision.unit, decision.row.at("主辦單位"), True
    for case in meeting.cases:
        yield case.subject, case.row.at("案由"), True
        yield case.unit, case.row.at("單位"), True
    yield meeting.place, meeting.row.at("地點"), True


def inspect(meeting: Meeting, document: Document, files: Mapping[str, bytes]) -> None:
    """Looks into every file of one edition: text, properties, all parts, the file names. Raises Leak."""
    if not document.edition:
        return
    allowed = _allowed(meeting, document)
    names = [key(one) for one in protected(meeting, document.edition)]
    closed = [
        key(one.text)
        for one in (meeting.minutes.remarks if meeting.minutes else ())
        if one.closed and document.edition == FOR_PUBLIC
    ]
    for name, content in files.items():
        body, rest = _read(name, content)
        where = "內文" if any(body.count(person) > allowed.count(person) for person in names) else ""
        where = where or ("頁首、頁尾、屬性或檔名" if any(person in rest for person in names) else "")
        if where:
            raise Leak(
                f"「{name}」的{where}含有須保護的姓名，沒有產生任何文件。請檢查範本「{document.template}.docx」與〔會議資訊〕。"
            )
        if any(len(text) > 5 and text in body + rest for text in closed):
            raise Leak(f"「{name}」含有不公開的發言，沒有產生任何文件。請檢查範本「{document.template}.docx」。")


def _allowed(meeting: Meeting, document: Document) -> str:
    """Every place where a name may stand, as one text: the head, and the names of those who speak by name."""
    minutes = meeting.minutes
    assert minutes is not None
    head = document.context["紀錄"]
    told = [one for one in minutes.remarks if after_meeting.told(one, document.edition) and not one.nameless]
    parts = [*(head[name] for name in _HEADER), meeting.recorder]
    parts += [after_meeting.speaker(one, meeting) for one in told]
    return "\n".join(key(part) for part in parts)


def _read(name: str, content: bytes) -> tuple[str, str]:
    """(the text of the document, everything else in the file: names, properties, attributes, other parts)."""
    if name.endswith(".pdf"):
        body, rest = _read_pdf(content)
        return key(body), key(f"{name} {rest}")
    body, others = "", [name]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.namelist():
            raw = archive.read(entry).decode("utf-8", "replace")
            text = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<!--.*?-->", "", raw, flags=re.DOTALL)))
            others += [entry, *re.findall(r"<!--(.*?)-->", raw, flags=re.DOTALL)]
            others += [html.unescape(value) for value in re.findall(r'"([^"<>]*)"', raw)]
            if entry in ("word/document.xml", "content.xml"):
                body = text
            else:
                others.append(text)
    return key(body), " ".join(key(one) for one in others)


def _read_pdf(content: bytes) -> tuple[str, str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    body = "".join(page.extract_text() for page in reader.pages)
    about = [str(value) for value in (reader.metadata or {}).values()]
    xmp: Any = reader.root_object.get("/Metadata")
    if xmp is not None:
        about.append(xmp.get_object().get_data().decode("utf-8", "replace"))
    about += [str(item.title) for item in reader.outline if not isinstance(item, list)]
    return body, " ".join(about)
