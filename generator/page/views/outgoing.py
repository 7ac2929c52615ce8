"""What leaves the house: drafts of mails, and the public edition with its checks. Read from the folders as they are."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from generator.basic.workspace import MAILS, PUBLIC_EDITION
from generator.build import outputs
from generator.dispatch.publish.story import SUMS
from generator.page import ids
from generator.page.views.documents import picture_of
from generator.page.views.files import chosen, download, written
from generator.page.views.frame import context, meeting_of, missing, render
from generator.pdf import drawn, pdfium
from generator.pdf.drawn import Size

_LARGEST = 60_000_000


class Draft(Struct, frozen=True):
    """A draft as it lies in its folder: to whom, what, and how large."""

    id: str
    name: str
    subject: str
    people: Mapping[str, tuple[str, ...]]
    body: str
    attachments: tuple[tuple[str, int], ...]
    size: int
    edited: bool


class PublicFile(Struct, frozen=True):
    """A file of the public edition; ``state`` says whether it is as it was checked."""

    id: str
    name: str
    size: int
    state: str
    pages: tuple[Size, ...] = ()


def _folder(request: Request, kind: str) -> Path:
    return context(request).workspace.beside(meeting_of(request), kind)


def mails(request: Request) -> Response:
    """The drafts: whom, what, how large."""
    folder = _folder(request, MAILS)
    edited = set(outputs.edited(folder))
    return render(request, "mails.html", drafts=[_draft(path, path.name in edited) for path in written(folder)])


def _draft(path: Path, edited: bool) -> Draft:
    size = path.stat().st_size
    content = path.read_bytes() if size <= _LARGEST else b""
    mail = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
    people = {
        title: tuple(f"{each.display_name or each.addr_spec}" for each in mail[head].addresses)
        for head, title in (("to", "收件者"), ("cc", "副本"), ("bcc", "密件副本"))
        if mail[head] is not None
    }
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body is not None else ""
    attached = tuple(
        (part.get_filename() or "附件", len(part.get_payload(decode=True) or b"")) for part in mail.iter_attachments()
    )
    return Draft(ids.of(path.name), path.name, str(mail["subject"] or ""), people, text, attached, size, edited)


def mail(request: Request) -> Response:
    """A draft to open in the mail program."""
    found = chosen(request, written(_folder(request, MAILS)), "沒有這封信件草稿。")
    return download(context(request).workspace.root, found)


def public(request: Request) -> Response:
    """The public edition: each file with its check, and the zip."""
    folder = _folder(request, PUBLIC_EDITION)
    sums = _sums(folder)
    listed, archive = [], None
    for path in written(folder):
        if path.parent.name == "..":
            archive = path
            continue
        pages: tuple[Size, ...] = ()
        if path.suffix == ".pdf":
            try:
                pages = tuple(drawn.sizes(path.read_bytes()))
            except pdfium.Unreadable:
                pages = ()
        listed.append(PublicFile(ids.of(path.name), path.name, path.stat().st_size, _state(path, sums), pages))
    strange = []
    if folder.is_dir():
        known = {file.name for file in listed}
        strange = sorted(path.name for path in folder.iterdir() if path.name not in known)
    return render(request, "public.html", files=listed, archive=archive, strange=strange)


def _sums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    return {name: digest for line in lines for digest, _, name in [line.partition("  ")]}


def _state(path: Path, sums: Mapping[str, str]) -> str:
    if path.name == SUMS:
        return "檢查碼"
    if path.name not in sums:
        return "沒有檢查碼"
    return "與檢查時相同" if outputs.digest(path.read_bytes()) == sums[path.name] else "檢查後被改過"


def _public_file(request: Request) -> Path:
    return chosen(request, written(_folder(request, PUBLIC_EDITION)), "沒有這個公開的檔案。")


def public_file(request: Request) -> Response:
    """A file of the public edition to keep."""
    found = _public_file(request)
    return download(context(request).workspace.root, found.parent.resolve() / found.name)


def public_pages(request: Request) -> Response:
    """A PDF of the public edition as pages."""
    found = _public_file(request)
    try:
        sizes = drawn.sizes(found.read_bytes())
    except (OSError, pdfium.Unreadable):
        raise missing("這個檔案不能顯示為頁面。") from None
    return render(request, "public_pages.html", file=ids.of(found.name), name=found.name, sizes=sizes)


def public_picture(request: Request) -> Response:
    """A page of a PDF of the public edition."""
    return picture_of(_public_file(request), request.path_params["number"], drawn.WIDTH)
