"""The templates of mails: text files in templates/ with a few head lines, an empty line, and the text in Jinja.

收件者：召集人、機關代表 / 副本：列席 / 密件副本：民間代表 / 主旨：… / 附件：會議資料.pdf、開會通知單.pdf（如有）
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, nearest, perhaps, problem
from generator.dispatch.mail import eml
from generator.leaks import inputs
from generator.meeting import schedule, sheets
from generator.meeting.body import Body
from generator.meeting.figures import DEADLINES, Figure
from generator.meeting.model import Meeting
from generator.meeting.sheets.minutes import Observer
from generator.prose.language import names_used
from generator.prose.vocabulary import Vocabulary
from generator.workbook.books import BookCode
from generator.workbook.values import folded


class MailTemplateCode(Code):
    """The problems that this module finds."""

    MAIL_TEMPLATE_MISSING = error("templates 內沒有這個信件範本", "請放回標準範本（packet init 會產生一份）。")
    MAIL_TEMPLATE_ENCODING = error("不是可讀的文字檔", "請用記事本開啟，另存新檔，編碼選 UTF-8。")
    MAIL_TEMPLATE_LACKS = error("信件範本缺少{name}", "請補上；開頭各行寫「收件者：」「主旨：」等，空一行後是內文。")
    MAIL_TEMPLATE_HEAD = error(
        "不認得這一行", "{perhaps}開頭可寫：收件者、副本、密件副本、主旨、附件，其後接「：」；空一行後才是內文。"
    )
    MAIL_TEMPLATE_TWICE = error("「{name}」重複，第 {first} 行已經寫過", "請併成一行。")
    MAIL_TEMPLATE_ROLE = error("「{value}」不是收件的身分", "{perhaps}可寫：{known}，以「、」隔開。")
    MAIL_SUBJECT_LINES = error("主旨帶入內容後不只一行", "請改用只有一行的內容。")


TO, CC, BCC, SUBJECT, ATTACHMENTS = "收件者", "副本", "密件副本", "主旨", "附件"
HEADS = (TO, CC, BCC, SUBJECT, ATTACHMENTS)
OBSERVER = Observer.sheet.name
# Names that only the templates of mails can use.
NAMES, NUMBER, TOTAL, PUBLISHED = "信件.附件", "信件.第幾封", "信件.共幾封", "信件.公開處所"
MEMBERS = "信件.成員"
_OPTIONAL = compile_late(r"[？?]$|[（(]如有[）)]$")
_LARGEST = 1_000_000


class Wanted(Struct, frozen=True):
    """A file that a template attaches. ``optional``: left out where the meeting has no such document."""

    name: str
    optional: bool
    at: Location


class MailTemplate(Struct):
    """A template as read: the roles of each head (收件者 …), the files, subject and text; ``lines`` by head."""

    file: str
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    wanted: list[Wanted] = field(default_factory=list)
    subject: str = ""
    body: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    body_line: int = 1

    def at(self, line: int, quote: str = "") -> Location:
        return Location(self.file, "", f"第 {line} 行", quote)


def file_name(kind: str) -> str:
    return f"信件 {kind}.txt"


def roles(body: Body) -> tuple[str, ...]:
    """Who can get a mail: the four sorts of members, the words of the body for them, and who sits in."""
    return tuple(dict.fromkeys((*sheets.MEMBER_GROUPS, *body.roles, OBSERVER)))


def read(path: Path, body: Body, problems: list[Problem]) -> MailTemplate | None:
    """The template, and what is wrong with its head; None where there is no text to read."""
    text = _text(path, problems)
    if text is None:
        return None
    found = MailTemplate(path.name)
    lines = re.split(r"\r\n|\r|\n", text)
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    blank = next((number for number, line in enumerate(lines) if number > first and not line.strip()), len(lines))
    for number, line in enumerate(lines[first:blank], start=first + 1):
        _head(found, number, line, roles(body), problems)
    while blank < len(lines) and not lines[blank].strip():
        blank += 1
    found.body, found.body_line = "\n".join(lines[blank:]).rstrip(), blank + 1
    lacking = [SUBJECT] if not found.subject else []
    lacking += ["內文"] if not found.body else []
    lacking += [TO] if not {TO, CC, BCC} & set(found.lines) else []
    for name in lacking:
        at = found.at(found.lines[name]) if name in found.lines else Location(path.name)
        problems.append(problem(MailTemplateCode.MAIL_TEMPLATE_LACKS, at, name=name))
    return found


def _text(path: Path, problems: list[Problem]) -> str | None:
    """The text of the file in the encodings of Notepad: UTF-8 with or without a mark, UTF-16, Big5."""
    at = Location(path.name)
    if not path.is_file() or path.is_symlink():
        problems.append(problem(MailTemplateCode.MAIL_TEMPLATE_MISSING, at))
        return None
    try:
        content = path.read_bytes()
    except OSError:
        problems.append(problem(BookCode.WORKBOOK_LOCKED, at))
        return None
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp950"):
        try:
            text = content[:_LARGEST].decode(encoding)
        except UnicodeDecodeError:
            continue
        # Almost any bytes can be read as Big5, so a Big5 text must have the line 主旨.
        if "\0" not in text and (encoding != "cp950" or SUBJECT in text):
            return text
    problems.append(problem(MailTemplateCode.MAIL_TEMPLATE_ENCODING, at))
    return None


def _head(found: MailTemplate, number: int, line: str, known: Sequence[str], problems: list[Problem]) -> None:
    name, _, value = line.replace("：", ":", 1).partition(":")
    name, value, at = folded(name), value.strip(), found.at(number, line.strip())
    if name not in HEADS:
        near = nearest(name, HEADS)
        problems.append(
            problem(MailTemplateCode.MAIL_TEMPLATE_HEAD, at, perhaps=f"是否為「{near}：」？" if near else "")
        )
        return
    if name in found.lines:
        problems.append(problem(MailTemplateCode.MAIL_TEMPLATE_TWICE, at, name=name, first=found.lines[name]))
        return
    found.lines[name] = number
    parts = [part.strip() for part in re.split(r"[、，,;；]", value) if part.strip()]
    if name == SUBJECT:
        found.subject = value
    elif name == ATTACHMENTS:
        for part in parts:
            plain = _OPTIONAL.sub("", part).strip()
            found.wanted.append(Wanted(plain, plain != part, found.at(number, plain)))
    else:
        unknown = [part for part in parts if part not in known]
        problems += [
            problem(
                MailTemplateCode.MAIL_TEMPLATE_ROLE,
                at,
                value=part,
                perhaps=perhaps(part, known),
                known="、".join(known),
            )
            for part in unknown
        ]
        found.roles[name] = tuple(part for part in parts if part in known)


def vocabulary(
    meeting: Meeting, known: Mapping[str, Figure], names: Sequence[str], number: int, total: int
) -> Vocabulary:
    """The names that a mail can use: those of prose, and 信件.附件, 第幾封, 共幾封, 公開處所, 成員."""
    published = schedule.published_at(meeting)
    mail_values: dict[str, Any] = {NAMES: list(names), NUMBER: number, TOTAL: total, PUBLISHED: published}
    mail_values[MEMBERS] = meeting.member_word or "出席人員"
    return Vocabulary(meeting, {**known, **{name: Figure(name, value, ()) for name, value in mail_values.items()}})


def faults(found: MailTemplate, words: Vocabulary) -> list[Problem]:
    """What is wrong with subject and text: tags, unknown names, and protected names of people."""
    subject_line, result = found.lines.get(SUBJECT, 1), list[Problem]()
    for source, start in ((found.subject, subject_line), (found.body, found.body_line)):
        lines = source.split("\n")
        whole = {(fault.code, fault.text): fault for fault in words.faults(source, found.at(start))}
        # A fault is reported at its line; one that needs several lines is reported at the first line of the text.
        for number, line in enumerate(lines, start=start):
            for fault in words.faults(line, found.at(number, line.strip())):
                if (fault.code, fault.text) in whole:
                    result.append(fault)
        reported = {(fault.code, fault.text) for fault in result}
        result += [fault for key, fault in whole.items() if key not in reported]
    lacking = schedule.of(words.meeting).problems
    # A text with a fault may be none that can be parsed.
    named = deadlines_named(found) if not result else []
    needed = [name.partition(".")[2] for name in named if name not in words.figures]
    # 修正意見 is counted from 紀錄草稿, and is not tried where that is not known.
    counted_from = {schedule.CORRECTIONS: schedule.DRAFT}
    unknown = [name for name in needed if any(counted_from.get(name, name) in fault.text for fault in lacking)]
    if lacking and (unknown or any(f"「{DEADLINES}." in fault.text for fault in result)):
        # A deadline is unknown where a calendar is missing: the missing calendar is the problem to report.
        result = [fault for fault in result if f"「{DEADLINES}." not in fault.text] + lacking
    written = [(subject_line, found.subject), *enumerate(found.body.split("\n"), start=found.body_line)]
    return result + inputs.of_texts(words.meeting, [(line, found.at(number)) for number, line in written])


def deadlines_named(found: MailTemplate) -> list[str]:
    """The deadlines that subject and text name, such as 期限.修正意見."""
    used = [*names_used(found.subject), *names_used(found.body)]
    return [name for name in dict.fromkeys(used) if name.startswith(f"{DEADLINES}.")]


def render(found: MailTemplate, words: Vocabulary, problems: list[Problem]) -> tuple[str, str]:
    """Subject and text with everything in place; what cannot be filled in is a problem."""
    subject_at = found.at(found.lines.get(SUBJECT, 1), found.subject)
    subject = words.render(found.subject, None, subject_at, problems)
    failed = list[Problem]()
    body = words.render(found.body, None, found.at(found.body_line), failed)
    problems += [_narrowed(found, words, fault) for fault in failed]
    total = words.figures[TOTAL].value
    if total > 1 and NUMBER not in names_used(found.subject):
        subject += f"（{words.figures[NUMBER].value}／{total}）"
    if not eml.is_one_line(subject):
        problems.append(problem(MailTemplateCode.MAIL_SUBJECT_LINES, subject_at))
    return subject, body


def _narrowed(found: MailTemplate, words: Vocabulary, fault: Problem) -> Problem:
    """A fault of the text with the place of the first line that has it by itself."""
    for number, line in enumerate(found.body.split("\n"), start=found.body_line):
        line_faults = list[Problem]()
        words.render(line, None, found.at(number, line.strip()), line_faults)
        if any(line_fault.code == fault.code for line_fault in line_faults):
            return replace(fault, at=found.at(number, line.strip()))
    return fault
