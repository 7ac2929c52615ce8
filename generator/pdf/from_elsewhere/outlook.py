"""A mail as Outlook saves it (.msg) → the same as a mail of the internet (.eml), which `packet replies` reads.

A .msg is a compound file with a stream for each property ([MS-OXMSG], [MS-OXPROPS]). The work is done in the child
process of ``confined``: the file may come from anyone.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import struct
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.pdf.from_elsewhere import confined

_SUBJECT, _BODY, _HTML, _RTF = 0x0037, 0x1000, 0x1013, 0x1009
_SENDER, _SENDER_ADDRESS, _SENDER_MAILBOX = 0x0C1A, 0x0C1F, 0x5D01
_DELIVERED, _SUBMITTED = 0x0E06, 0x0039
_CODE_PAGE, _HTML_CODE_PAGE = 0x3FFD, 0x3FDE
_DATA, _LONG_NAME, _SHORT_NAME, _SHOWN_NAME = 0x3701, 0x3707, 0x3704, 0x3001
_CONTENT_ID, _HIDDEN = 0x3712, 0x7FFE
_TEXT, _BYTES, _OLD_TEXT, _STORAGE = 0x001F, 0x0102, 0x001E, 0x000D
# How long the head of the list of properties is: in the mail, in one within it, in an attachment.
_HEAD, _HEAD_WITHIN, _HEAD_ATTACHED = 32, 24, 8
_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)
_MOST_DEEP, _MOST_ATTACHED = 4, 300


class NoMail(ValueError):
    """It is no mail, or its text is there in a form that is not read."""


def read(path: Path) -> bytes:
    """The mail as .eml. Raises problems.Unfit and OSError."""
    return confined.run("read outlook", content=os.fsencode(path))[1]


def as_eml(content: bytes) -> bytes:
    """The mail as .eml. Raises NoMail, struct.error, and what olefile raises for a damaged one."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(content)) as file:
        return _message(_Storage(file, (), _HEAD), 0).as_bytes()


class _Storage(Struct, frozen=True):
    """A folder of the compound file with properties of its own: the mail, an attachment, or a mail within."""

    file: Any
    path: tuple[str, ...]
    head: int

    def _stream(self, number: int, kind: int) -> bytes | None:
        path = [*self.path, f"__substg1.0_{number:04X}{kind:04X}"]
        return self.file.openstream(path).read() if self.file.exists(path) else None

    def text(self, number: int) -> str:
        """A text; empty where there is none."""
        if (found := self._stream(number, _TEXT)) is not None:
            return found.decode("utf-16-le", "replace").rstrip("\0")
        found = self._stream(number, _OLD_TEXT)
        return _decoded(found, self.number(_CODE_PAGE)).rstrip("\0") if found is not None else ""

    def content(self, number: int) -> bytes | None:
        return self._stream(number, _BYTES)

    def number(self, number: int) -> int:
        """A property of fixed length; 0 where there is none."""
        path = [*self.path, "__properties_version1.0"]
        listed = self.file.openstream(path).read()[self.head :] if self.file.exists(path) else b""
        for place in range(0, len(listed) - 15, 16):
            _, found = struct.unpack_from("<HH", listed, place)
            if found == number:
                return int(struct.unpack_from("<Q", listed, place + 8)[0])
        return 0

    def attached(self) -> Iterator[_Storage]:
        names = {path[len(self.path)] for path in self.file.listdir() if tuple(path[: len(self.path)]) == self.path}
        for name in sorted(each for each in names if each.startswith("__attach_version1.0_"))[:_MOST_ATTACHED]:
            yield _Storage(self.file, (*self.path, name), _HEAD_ATTACHED)

    def within(self) -> _Storage | None:
        """The mail that is attached as such."""
        path = (*self.path, f"__substg1.0_{_DATA:04X}{_STORAGE:04X}")
        return _Storage(self.file, path, _HEAD_WITHIN) if self.file.exists([*path, "__properties_version1.0"]) else None


def _message(mail: _Storage, depth: int) -> EmailMessage:
    """The mail with its texts and all that is attached."""
    if not mail.file.exists([*mail.path, "__properties_version1.0"]) or depth > _MOST_DEEP:
        raise NoMail("no mail")
    body, page = mail.text(_BODY), mail.content(_HTML)
    html = mail.text(_HTML) or (_decoded(page, mail.number(_HTML_CODE_PAGE)) if page is not None else "")
    if not body.strip() and not html.strip() and mail.content(_RTF):
        raise NoMail("only rich text")
    found = EmailMessage()
    mailbox = next((text for number in (_SENDER_MAILBOX, _SENDER_ADDRESS) if "@" in (text := mail.text(number))), "")
    found["From"] = formataddr((_line(mail.text(_SENDER)), _line(mailbox).replace(" ", "")))
    found["Subject"] = _line(mail.text(_SUBJECT))
    if sent := mail.number(_DELIVERED) or mail.number(_SUBMITTED):
        found["Date"] = format_datetime(_EPOCH + dt.timedelta(microseconds=sent // 10))
    found.set_content(body)
    if html:
        found.add_alternative(html, subtype="html")
    for each in mail.attached():
        names = map(each.text, (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME))
        name = next(filter(None, map(_line, names)), "附件")
        if (inner := each.within()) is not None:
            found.add_attachment(_message(inner, depth + 1), filename=f"{name}.eml")
        elif (content := each.content(_DATA)) is not None and not (each.number(_HIDDEN) or each.text(_CONTENT_ID)):
            found.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return found


def _decoded(content: bytes, code_page: int) -> str:
    for encoding in ("utf-8" if code_page == 65001 else f"cp{code_page & 0xFFFF}", "utf-8", "cp950"):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


def _line(text: str) -> str:
    """A text as a head of a mail may have it."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
