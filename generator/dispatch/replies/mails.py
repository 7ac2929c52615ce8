"""A mail that came in (.eml): who sent it and when, what it says by itself and under which quoted text, its files.

What the sender did not write is left out: the draft that is quoted as a whole, the heads of forwarded mails, the
signature. A text that stands below a quoted line is on that line.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from msgspec import Struct, field

from generator.basic.patterns import compile_late

LARGEST = 60_000_000
_MOST_PARTS, _MOST_DEEP, LARGEST_TEXT = 300, 6, 2_000_000
TAIPEI = dt.timezone(dt.timedelta(hours=8))
# Below these lines stands the mail that is answered; nothing of it is the sender's own.
_BELOW = compile_late(
    r"-{2,}\s*(?:原始郵件|原始信件|原始訊息|轉寄郵件|轉寄的郵件|Original Message|Forwarded message).*"
    r"|_{10,}"
    r"|(?:寄件者|寄件人|From|發件人)\s*[:：].*@?.*"
)
_WROTE = compile_late(r".*(?:寫道|來信寫道|wrote)\s*[:：]\s*$", re.DOTALL)
_BEGINS = compile_late(r"(?:On|於|在)\s?.*\d")
_COURTESY = compile_late(
    r"(?:各位|敬啟者|敬愛的|親愛的)?\S{0,12}(?:您好|你好|大家好|早安|午安|好|惠鑒|鈞鑒|勛鑒|先進好)[，,。!！：:]*"
    r"|(?:敬啟者|敬啟|謝謝|感謝|多謝|非常感謝|順頌|敬祝|順祝|祝好|敬上|謹啟|以上|如附件|詳如附件|請參閱附件|請查收附件)"
    r"[您你]*[，,。!！：:]*"
    r"|(?:敬祝|順頌|順祝|祝)\S{0,8}|(?:此致|時祺|勛祺|鈞安|公綏|平安|順心)[，,。!！]*"
)
NOTHING = compile_late(
    r"(?:敬悉[，,。]?)?(?:本人|我|本會|本部|本單位)?(?:對[^，。]{0,16})?(?:並?無|沒有)(?:其他|任何)?(?:修正|修改|補充|特別)?(?:之)?意見"
    r"[，,。!！]?(?:謝謝[。!！]?)?"
)


class Unreadable(Exception):
    """It is no mail, or more than a mail holds."""


class Statement(Struct, frozen=True):
    """A paragraph of the sender's own, and the quoted text above it, empty where it answers none."""

    text: str
    quoted: str = ""


class Mail(Struct):
    """A mail. ``files`` are what is attached: name and content; mails inside it are files as well."""

    name: str
    mailbox: str
    received: dt.datetime | None
    subject: str
    statements: list[Statement] = field(default_factory=list)
    nothing: bool = False
    files: list[tuple[str, bytes]] = field(default_factory=list)


def read(content: bytes) -> Mail:
    """The mail. Raises Unreadable."""
    if len(content) > LARGEST:
        raise Unreadable("too large")
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        name, mailbox = parseaddr(str(message.get("From", "")))
        mail = Mail(name, mailbox, _received(message), str(message.get("Subject", "")))
        text = _taken_apart(message, mail)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError) as error:
        raise Unreadable(str(error)) from error
    if not mailbox and not mail.files and not text.strip():
        raise Unreadable("no mail")
    mail.statements = list(statements(text, mail.name))
    mail.nothing = says_nothing(text)
    return mail


def statements(text: str, sender: str) -> Iterator[Statement]:
    """The paragraphs of a text that say something on the draft: no greetings, no 無意見."""
    for found in _paragraphs(text):
        if not _is_courtesy(found.text, sender) and not NOTHING.fullmatch(re.sub(r"\s+", "", found.text)):
            yield found


def says_nothing(text: str) -> bool:
    """Whether a text says that there is nothing to be changed."""
    return any(NOTHING.fullmatch(re.sub(r"\s+", "", found.text)) for found in _paragraphs(text))


def _received(message: EmailMessage) -> dt.datetime | None:
    """When it came in, by the last server that took it, else when it was sent; in the time of Taipei."""
    stamps = [str(head).rpartition(";")[2] for head in message.get_all("Received", [])[:1]]
    for stamp in [*stamps, str(message.get("Date", ""))]:
        try:
            found = parsedate_to_datetime(stamp.strip())
        except (ValueError, TypeError):
            continue
        return found.astimezone(TAIPEI) if found.tzinfo else found.replace(tzinfo=TAIPEI)
    return None


def _taken_apart(message: EmailMessage, mail: Mail) -> str:
    """The text of the mail; the files go into ``mail``."""
    texts: dict[str, list[str]] = {"plain": [], "html": []}
    parts = 0

    def take(part: Any, depth: int) -> None:
        nonlocal parts
        parts += 1
        if parts > _MOST_PARTS or depth > _MOST_DEEP:
            raise ValueError("too many parts")
        kind, name = part.get_content_type(), part.get_filename()
        if kind == "message/rfc822":
            inner = part.get_payload()
            for number, message in enumerate(inner if isinstance(inner, list) else [inner], start=1):
                mail.files.append((f"{name or f'轉寄信件{number}'}".removesuffix(".eml") + ".eml", message.as_bytes()))
        elif part.is_multipart():
            for below in part.iter_parts():
                take(below, depth + 1)
        elif name or part.get_content_disposition() == "attachment":
            content = part.get_payload(decode=True) or b""
            if part.get_content_maintype() != "image" or part.get_content_disposition() == "attachment":
                mail.files.append((name or "附件", content))
        elif kind in ("text/plain", "text/html"):
            texts[kind[5:]].append(_text(part))

    take(message, 0)
    plain = "\n".join(texts["plain"])
    return plain if plain.strip() else "\n".join(map(_of_html, texts["html"]))


def _text(part: Any) -> str:
    content = (part.get_payload(decode=True) or b"")[:LARGEST_TEXT]
    declared = part.get_content_charset() or "utf-8"
    for encoding in (declared, "utf-8", "cp950"):
        try:
            return str(content.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            continue
    return str(content.decode("utf-8", "replace"))


def _of_html(source: str) -> str:
    """The text of an HTML mail: a line for each block, what is quoted with ``> `` before it."""
    from lxml import html

    if not source.strip():
        return ""
    root = html.fromstring(source.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    lines: list[str] = [""]
    blocks = {"p", "div", "br", "li", "tr", "blockquote", "h1", "h2", "h3", "h4", "table", "hr", "ul", "ol"}

    def walk(element: Any, quoted: bool) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in ("style", "script", "head", "title", "") and element is not root:
            return
        marks = f"{element.get('id', '')} {element.get('class', '')}"
        if re.search(r"divRplyFwdMsg|appendonsend|gmail_attr|OLK_SRC_BODY_SECTION|moz-cite-prefix", marks):
            lines.append("---- 原始郵件 ----" if "divRplyFwdMsg" in marks or "appendonsend" in marks else "")
        inside = quoted or tag == "blockquote" or "gmail_quote" in marks.split()
        if tag in blocks:
            lines.append("> " if inside else "")
        add(element.text, inside)
        for child in element:
            walk(child, inside)
            add(child.tail, inside)
        if tag in blocks:
            lines.append("> " if quoted else "")

    def add(text: str | None, quoted: bool) -> None:
        if text and (words := re.sub(r"\s+", " ", text)).strip():
            if quoted and not lines[-1].startswith(">"):
                lines.append("> ")
            lines[-1] += words

    walk(root, False)
    # A blank line between blocks, as between the paragraphs of a text.
    return "\n\n".join(line.strip() for line in lines if line.strip() not in ("", ">"))


def _paragraphs(text: str) -> Iterator[Statement]:
    """The paragraphs of the sender's own, each with the quoted paragraph right above it."""
    own: list[str] = []
    quoted: list[str] = []
    last_quote = ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ends = next((number for number, line in enumerate(lines) if line.rstrip("\n") in ("-- ", "--")), len(lines))
    done = False
    for number, line in enumerate([*lines[:ends], ""]):
        plain = line.strip().replace("\u200b", "").replace("\xa0", " ")
        is_quoted = plain.startswith((">", "＞"))
        if not is_quoted and _BELOW.fullmatch(plain) and _is_head(lines, number):
            done = True
        if is_quoted:
            if own:
                yield Statement("\n".join(own), last_quote)
                own = []
            words = plain.lstrip(">＞ ").strip()
            if words:
                quoted.append(words)
            continue
        if quoted:
            last_quote, quoted = "\n".join(quoted), []
        is_item = bool(re.match(r"(?:\d+[.、)]|[（(]?[一二三四五六七八九十]+[）)、]|[-•·＊*]\s)", plain))
        if (not plain or is_item or done) and own:
            yield Statement("\n".join(own), last_quote)
            own, last_quote = [], last_quote if is_item else ""
        if done:
            return
        if plain and not (_WROTE.fullmatch(plain) or (_BEGINS.match(plain) and _wrote_below(lines, number))):
            own.append(plain)


def _is_head(lines: list[str], number: int) -> bool:
    """Whether a line begins the head of another mail: 寄件者 alone may be a word of the sender's."""
    text = lines[number].strip()
    if text.startswith(("-", "_")):
        return True
    below = " ".join(line.strip() for line in lines[number + 1 : number + 5])
    return bool(re.search(r"(?:寄件日期|日期|傳送時間|收件者|收件人|主旨|Sent|Date|To|Subject)\s*[:：]", below))


def _wrote_below(lines: list[str], number: int) -> bool:
    """Whether 「於 … 寫道：」 goes on in the next lines."""
    return bool(_WROTE.fullmatch(" ".join(line.strip() for line in lines[number : number + 3])[:300]))


def _is_courtesy(text: str, sender: str) -> bool:
    """Whether a paragraph says nothing on the draft: a greeting, thanks, a name."""
    lines = [re.sub(r"\s+", "", line) for line in text.split("\n")]
    name = re.sub(r"\s+", "", sender)
    return all(
        not line
        or _COURTESY.fullmatch(line)
        or (name and (line == name or line in (f"{name}敬上", f"{name}謹啟", f"{name}上")))
        or re.fullmatch(r"\S{2,8}(?:敬上|謹啟|拜上)", line)
        for line in lines
    )
