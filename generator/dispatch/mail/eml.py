"""A mail as the bytes of an .eml file that Outlook and Thunderbird open as a draft. Nothing here can send.

``X-Unsent: 1`` makes it a draft in both. There is no Date and no Message-ID: the program that sends it gives them, and
so the same mail is the same bytes. Chinese is written as RFC 2047 and RFC 2231 say; the name of an attachment stands
twice, because Outlook does not read RFC 2231: as an encoded word in Content-Type, where the standards know of none but
Outlook, Gmail and Thunderbird write and read it, and as RFC 2231 has it in Content-Disposition, which others go by.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from email.charset import BASE64, Charset
from email.header import Header
from urllib.parse import quote

from msgspec import Struct, field

from generator.basic.formats import media_type

END = "\r\n"
# RFC 5322: a line should not be longer (and must not have more than 998). Very long addresses are not folded.
_LINE = 78
# Characters besides letters and digits that RFC 2231 allows unencoded.
_PLAIN = "!#$&+-.^_`|~"
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = BASE64


class Address(Struct, frozen=True):
    """Someone's name as shown, and the mailbox (ASCII, valid)."""

    name: str
    mailbox: str


class Draft(Struct, frozen=True):
    """What a mail is to hold; attachments by file name."""

    sender: Address
    to: Sequence[Address]
    cc: Sequence[Address]
    bcc: Sequence[Address]
    subject: str
    body: str
    attachments: Mapping[str, bytes] = field(default_factory=dict)


def is_one_line(text: str) -> bool:
    """Whether a text can be written in a head line: it has no line end and no control character."""
    return not any(unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") for character in text)


def compose(draft: Draft) -> bytes:
    """The .eml file. Raises ValueError where a text for a head line has a line end or control character."""
    head_texts = [draft.subject, *draft.attachments]
    head_texts += [
        part for person in (draft.sender, *draft.to, *draft.cc, *draft.bcc) for part in (person.name, person.mailbox)
    ]
    if not all(map(is_one_line, head_texts)):
        raise ValueError("a line end or control character in a head line")
    parts = [_text(draft.body), *(_attachment(name, content) for name, content in draft.attachments.items())]
    boundary = f"=_packet_{hashlib.sha256(END.join([draft.subject, *parts]).encode()).hexdigest()[:32]}"
    head = ["MIME-Version: 1.0", "X-Unsent: 1", _people("From", [draft.sender])]
    head += [
        _people(name, people) for name, people in (("To", draft.to), ("Cc", draft.cc), ("Bcc", draft.bcc)) if people
    ]
    head += [f"Subject: {_words(draft.subject, 'Subject: ')}", "Content-Language: zh-TW"]
    head += ["Content-Type: multipart/mixed;", f' boundary="{boundary}"', ""]
    body = [line for part in parts for line in (f"--{boundary}", part)]
    return END.join([*head, *body, f"--{boundary}--", ""]).encode("ascii")


def _people(name: str, people: Sequence[Address]) -> str:
    lines, before = [], f"{name}: "
    for person in people:
        shown = _words(person.name, before) if person.name else ""
        last = before + shown if END not in shown else shown.rpartition(END)[2]
        gap = f"{END} " if shown and len(last) + len(person.mailbox) + 4 > _LINE else " " if shown else ""
        lines.append(f"{shown}{gap}<{person.mailbox}>")
        before = " "
    return f"{name}: " + f",{END} ".join(lines)


def _words(text: str, before: str) -> str:
    """A text as encoded words (RFC 2047) after ``before`` in its first line; more lines begin with a space."""
    header = Header(text, _UTF8, maxlinelen=_LINE - 2, header_name="x" * max(len(before) - 2, 0))
    return header.encode(linesep=END)


def _text(body: str) -> str:
    lines = "\n".join([*body.splitlines(), ""]).replace("\n", END)
    head = ['Content-Type: text/plain; charset="utf-8"', "Content-Transfer-Encoding: base64", ""]
    return END.join([*head, _base64(lines.encode())])


def _attachment(name: str, content: bytes) -> str:
    lead = ' name="'
    head = [
        f"Content-Type: {media_type(name)};",
        f'{lead}{_words(name, lead)}"',
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment;",
        *_parameter("filename", name),
        "",
    ]
    return END.join([*head, _base64(content)])


def _parameter(parameter: str, value: str) -> list[str]:
    """The lines of a parameter with a text that is not ASCII (RFC 2231), in pieces where it is long."""
    pieces, room = [""], _LINE - len(f" {parameter}*10*=UTF-8'';")
    for character in value:
        encoded = quote(character, safe=_PLAIN)
        if len(pieces[-1]) + len(encoded) > room:
            pieces.append("")
        pieces[-1] += encoded
    if len(pieces) == 1:
        return [f" {parameter}*=UTF-8''{pieces[0]}"]
    lines = [f" {parameter}*{number}*={piece};" for number, piece in enumerate(pieces)]
    lines[0] = lines[0].replace("=", "=UTF-8''", 1)
    return [*lines[:-1], lines[-1].rstrip(";")]


def _base64(content: bytes) -> str:
    return base64.encodebytes(content).decode("ascii").rstrip("\n").replace("\n", END)
