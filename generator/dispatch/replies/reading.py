"""A returned file of any kind → what its sender wants changed, still without its place in the draft.

Every kind is read within limits: .docx and .odt by word.returned, .doc and .rtf as LibreOffice opens them, .pdf and
.msg in the child process, mails by ``mails``, workbooks by the room workbook. What cannot be read is told, never left
out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from generator.basic.failure import UserError
from generator.basic.patterns import compile_late
from generator.dispatch.replies import mails, old_word
from generator.dispatch.replies.draft import Draft
from generator.dispatch.replies.mails import Statement
from generator.meeting.sheets.replies import MOVE, OPINION_ON, REVISION
from generator.pdf.from_elsewhere import notes, outlook
from generator.pdf.from_elsewhere.problems import Unfit
from generator.pdf.office import ConversionFailed
from generator.word import returned
from generator.word.record import label_of
from generator.workbook import books
from generator.workbook.values import folded

_MOST_INSIDE = 4
_OTHER_WAYS = {
    ".doc": "請在 Word 開啟，另存為 .docx 後再匯入",
    ".xls": "請在 Excel 開啟，另存為 .xlsx 後再匯入",
}
# The headings of a form that was filled in: the text as it was, and as it is to be.
_OLD, _NEW = (
    ("原文", "原內容", "原記載", "草稿文字"),
    ("建議文字", "建議修正文字", "修正文字", "修正後", "建議內容", "修正意見"),
)
_WHO, _CASE, _WHERE = ("委員", "委員姓名", "姓名", "提出委員"), ("案號", "案", "案次", "案由"), ("處所", "頁次", "位置")


class Wish(Struct, frozen=True):
    """What someone wants. ``near``: the paragraph of the draft, where known; ``quote``: the text that it is about,
    ``line`` the line of that. ``fallback``: what else may tell its case; ``place``: where it is, as its sender says.

    ``old`` and ``new`` are whole paragraphs for REVISION, and for OPINION_ON ``new`` is the opinion.
    """

    author: str
    kind: str
    old: str
    new: str
    near: int | None
    quote: str
    where: str
    case: str = ""
    fallback: str = ""
    line: str = ""
    place: str = ""


class Returned(Struct):
    """A file that came in, with what is wished in it. ``remark`` says why there may be more than was found."""

    source: str
    sender: str
    mailbox: str
    received: dt.datetime
    wishes: list[Wish] = field(default_factory=list)
    draft: Draft | None = None
    remark: str = ""
    unread: bool = False


class NoFolder(UserError):
    """There is no such folder, or nothing in it."""

    exit_code = 2


def files(path: Path) -> list[Path]:
    """The files of a folder and of those below it, without what programs leave there; none where there is no folder."""
    return [
        file
        for file in (sorted(path.rglob("*")) if path.is_dir() and not path.is_symlink() else ())
        if file.is_file()
        and not file.name.startswith(("~$", "."))
        and file.name.lower() not in ("thumbs.db", "desktop.ini")
    ]


def folder(path: Path, drafts: Sequence[Draft], place: Path) -> list[Returned]:
    """Everything in a folder and in the folders below it. ``place`` is a temporary folder. Raises NoFolder, OSError."""
    if not path.is_dir() or path.is_symlink():
        raise NoFolder(f"找不到資料夾「{path.name}」。請把委員回復的檔案放進去，或指定放檔案的資料夾。")
    came_in = files(path)
    if not came_in:
        raise NoFolder(f"資料夾「{path.name}」內沒有檔案。請把委員回復的檔案放進去。")
    found = []
    for file in came_in:
        name = file.relative_to(path).as_posix()
        came = Returned(name, "", "", dt.datetime.fromtimestamp(file.stat().st_mtime, mails.TAIPEI))
        if any(part.is_symlink() for part in (file, *file.parents) if part != path and path in part.parents):
            found.append(replace(came, remark="是連結，沒有讀取。請將檔案本身放進來", unread=True))
        elif file.stat().st_size > mails.LARGEST:
            found.append(replace(came, remark="檔案過大，沒有讀取。請人工閱讀", unread=True))
        else:
            found += _file(came, name, file.read_bytes(), drafts, place, 0)
    return found


def _file(
    came: Returned, name: str, content: bytes, drafts: Sequence[Draft], place: Path, depth: int
) -> Iterator[Returned]:
    """A file with the files in it, each as a reply of its own."""
    ending = Path(name).suffix.lower()
    came = replace(came, wishes=[])
    if depth > _MOST_INSIDE:
        yield replace(came, remark="信件內有太多層附件，沒有讀取。請人工閱讀", unread=True)
        return
    try:
        if ending == ".eml":
            yield from _mail(came, content, drafts, place, depth)
            return
        if ending == ".msg":
            path = place / "reply.msg"
            path.write_bytes(content)
            yield from _mail(came, outlook.read(path), drafts, place, depth)
            return
        if ending in (".docx", ".odt"):
            _word(came, content, ending[1:], drafts)
        elif ending in old_word.ENDINGS:
            _word(came, old_word.as_odt(ending, content, place), "odt", drafts)
        elif ending == ".pdf":
            _pdf(came, content, place)
        elif ending in (".xlsx", ".ods"):
            _workbook(came, content, ending, place)
        elif ending == ".txt":
            _text(came, content)
        else:
            came.remark, came.unread = _OTHER_WAYS.get(ending, "讀不到意見，請人工閱讀"), True
    except (returned.Unreadable, mails.Unreadable, Unfit):
        came.remark, came.unread = "檔案損壞、有密碼，或內容過大，沒有讀取。請人工閱讀", True
    except ConversionFailed:
        came.remark, came.unread = _OTHER_WAYS[".doc"], True
    yield came


def _mail(came: Returned, content: bytes, drafts: Sequence[Draft], place: Path, depth: int) -> Iterator[Returned]:
    mail = mails.read(content)
    came.sender, came.mailbox = mail.name, mail.mailbox
    came.received = mail.received or came.received
    came.wishes = [wish for statement in mail.statements for wish in _stated(statement, mail.name, "信件內文")]
    if mail.nothing and not came.wishes:
        came.remark = "無修正意見"
    yield came
    for name, inner in mail.files:
        # What is attached came when the mail came, from who sent it.
        attached = replace(came, source=f"{came.source} 附件 {name}", remark="", unread=False, draft=None)
        yield from _file(attached, name, inner, drafts, place, depth + 1)


def _word(came: Returned, content: bytes, ending: str, drafts: Sequence[Draft]) -> None:
    document = returned.read(content, ending)
    came.sender = came.sender or document.author
    body = document.paragraphs[: document.body]
    came.draft = max(drafts, key=lambda draft: draft.share(body), default=None)
    if came.draft is None or not came.draft.is_of(body):
        _other_text(came, document)
        return
    draft = came.draft
    places = draft.places(document.paragraphs)
    for edit in document.edits:
        near, old, new = _near(places, edit.paragraph), "\n".join(edit.old), "\n".join(edit.new)
        kind = REVISION
        if edit.moved_after is not None:
            kind = MOVE
            new = f"（移到「{_short(_bare(edit.moved_after))}」之後）" + (new if folded(new) != folded(old) else "")
        came.wishes.append(Wish(edit.author, kind, old, new, near, "", "追蹤修訂"))
    for comment in document.comments:
        near = _near(places, comment.paragraph)
        came.wishes.append(Wish(comment.author, OPINION_ON, "", comment.text, near, comment.anchor, "註解"))
    came.wishes += _untracked(draft, body, places, document.edits)
    if document.formats:
        came.remark = f"另有 {document.formats} 處格式修訂，沒有列出"


def _untracked(
    draft: Draft, body: Sequence[str], places: Sequence[int | None], edits: Sequence[returned.Edit]
) -> Iterator[Wish]:
    """What was changed without being tracked: the paragraphs in which the returned text is not that of the draft."""
    known = {number for number in places if number is not None}
    previous: int | None = None
    for text, number in zip(body, places, strict=False):
        if number is None:
            if len(folded(text)) > 1 and previous is not None:
                before = draft.paragraphs[previous].whole
                yield Wish("", REVISION, before, f"{before}\n{text}", previous, "", "未追蹤的修改")
            continue
        previous, ours = number, draft.paragraphs[number]
        if folded(text) not in (folded(ours.whole), folded(ours.text)):
            yield Wish("", REVISION, ours.whole, text, number, "", "未追蹤的修改")
    counted = [number for number, entry in enumerate(draft.paragraphs) if len(folded(entry.text)) > 5 and entry.where]
    gone = [number for number in counted if number not in known and draft.paragraphs[number].where not in _AROUND]
    # A member may send back a page alone.
    if len(gone) * 2 < len(counted):
        for number in gone:
            yield Wish("", REVISION, draft.paragraphs[number].whole, "", number, "", "未追蹤的修改")


_AROUND = ("頁首", "頁尾", "註腳", "章節附註")


def _other_text(came: Returned, document: returned.Returned) -> None:
    """A document that is not the draft: a form that was filled in, else a letter."""
    rows = [wish for table in document.tables for wish in _form(table, came.sender, "表單")]
    if rows:
        came.wishes += rows
        return
    lines = [line for line in document.paragraphs[: document.body] if line.strip()]
    for edit in document.edits:
        came.wishes.append(
            Wish(edit.author, OPINION_ON, "", "\n".join(edit.new), None, "\n".join(edit.old), "追蹤修訂")
        )
    for comment in document.comments:
        came.wishes.append(Wish(comment.author, OPINION_ON, "", comment.text, None, comment.anchor, "註解"))
    for statement in mails.statements("\n\n".join(lines), came.sender):
        came.wishes += _stated(statement, came.sender, "來文")


def _pdf(came: Returned, content: bytes, place: Path) -> None:
    path = place / "reply.pdf"
    path.write_bytes(content)
    noted = notes.read(path)
    for note in noted.notes:
        where = f"第 {note.page} 頁註記" + (f"（{note.document}）" if note.document else "")
        quote, about = note.quote or note.line, {"line": note.line, "place": f"{note.document}第 {note.page} 頁"}
        if note.struck:
            came.wishes.append(Wish(note.author, REVISION, note.quote, note.text, None, note.quote, where, **about))
        else:
            text = note.text or "（標示，沒有文字）"
            came.wishes.append(Wish(note.author, OPINION_ON, "", text, None, quote, where, **about))
    for name, value in noted.filled:
        came.wishes.append(Wish("", OPINION_ON, "", value, None, "", f"表單欄位 {name}"))
    if not came.wishes:
        came.remark = "PDF 沒有註記" + ("" if noted.words else "，可能是掃描的，") + "，請人工閱讀"
        came.remark = came.remark.replace("，，", "，")
        came.unread = True


def _workbook(came: Returned, content: bytes, ending: str, place: Path) -> None:
    path = place / f"reply{ending}"
    path.write_bytes(content)
    faults: list[object] = []
    sheets = books.read_workbook(path, faults)  # type: ignore[arg-type]
    path.unlink()
    for sheet in sheets:
        rows = [["" if value is None else str(value) for value in row] for row in sheet.cells]
        came.wishes += _form(rows, came.sender, f"〔{sheet.name}〕")
    if not came.wishes:
        came.remark, came.unread = "活頁簿沒有「原文」與「建議文字」兩欄的意見，請人工閱讀", True


def _text(came: Returned, content: bytes) -> None:
    for encoding in ("utf-8-sig", "cp950", "utf-16"):
        try:
            text = content[: mails.LARGEST_TEXT].decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise mails.Unreadable
    statements = list(mails.statements(text, came.sender))
    came.wishes = [wish for statement in statements for wish in _stated(statement, came.sender, "文字檔")]
    if not came.wishes:
        came.remark = "無修正意見" if mails.says_nothing(text) else "沒有讀到意見，請人工閱讀"


def _form(rows: Sequence[Sequence[str]], sender: str, where: str) -> Iterator[Wish]:
    """The rows of a form: below a row that has the headings 原文 and 建議文字."""

    def column(cells: Sequence[str], names: Sequence[str]) -> int | None:
        return next((place for place, cell in enumerate(cells) if folded(cell) in names), None)

    for top, cells in enumerate(rows[:15]):
        old, new = column(cells, _OLD), column(cells, _NEW)
        if old is None or new is None:
            continue
        who, case, place = column(cells, _WHO), column(cells, _CASE), column(cells, _WHERE)

        def at(row: Sequence[str], number: int | None) -> str:
            return row[number].strip() if number is not None and number < len(row) else ""

        for number, row in enumerate(rows[top + 1 :], start=top + 2):
            before, after = at(row, old), at(row, new)
            if before or after:
                kind = REVISION if before and after else OPINION_ON
                author = at(row, who) or sender
                hint = f"{where}第 {number} 列"
                yield Wish(author, kind, before, after, None, before, hint, at(row, case), place=at(row, place))
        return


_QUOTE = r"[「『“\"]([^「」『』“”\"]{2,}?)[」』”\"]"
# What stands before a quote in its clause says where it is.
_CLAUSE = r"[^「」『』“”。；！？\n]{0,24}"
_REPLACED = compile_late(
    rf"{_CLAUSE}{_QUOTE}[^「」『』“”]{{0,12}}?(?:修正|更正|改|修改|調整|變更)(?:為|成|寫為)\s*[：:]?\s*[「『“\"]([^」』”\"]+)[」』”\"]"
)
_DELETED = compile_late(
    rf"{_CLAUSE}(?:刪除|刪去|刪掉)\s*{_QUOTE}(?:[^「」]{{0,6}})|{_CLAUSE}{_QUOTE}[^「」]{{0,8}}?(?:刪除|刪去|刪掉)"
)


def _stated(statement: Statement, sender: str, where: str) -> Iterator[Wish]:
    """What a paragraph of a mail wants: 「…」修正為「…」 and 刪除「…」 as revisions, anything else as an opinion."""
    text = statement.text
    revisions = [(found[1], found[2]) for found in _REPLACED.finditer(text)]
    rest = _REPLACED.sub("", text)
    revisions += [(found[1] or found[2], "") for found in _DELETED.finditer(rest)]
    rest = _DELETED.sub("", rest)
    for old, new in revisions:
        yield Wish(sender, REVISION, old, new, None, old, where, fallback=f"{statement.quoted}\n{text}".strip())
    # What is left may say more than the revisions do.
    left = re.sub(r"[\s，。、；：:,.;]|建議|請|將|並|第.{1,3}[行段頁句點項案]|的?文字|\d+", "", rest)
    if not revisions or len(left) > 6:
        quoted = re.search(_QUOTE, text)
        quote = quoted[1] if quoted else statement.quoted.split("\n")[-1]
        yield Wish(sender, OPINION_ON, "", text, None, quote, where, fallback=f"{statement.quoted}\n{text}".strip())


def _near(places: Sequence[int | None], number: int) -> int | None:
    """The paragraph of the draft that a returned one is, or the last one before it."""
    for back in range(min(number, len(places) - 1), -1, -1):
        if places[back] is not None:
            return places[back]
    return next((place for place in places if place is not None), None)


def _bare(text: str) -> str:
    """A paragraph without its number."""
    return text.removeprefix(label_of(text)).lstrip()


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
