"""`packet mail --attachments`: the files of a mail as document systems of agencies take them (公文附件).

PDF and ODF alone, names of at most so many columns (a Chinese sign counts two) without full-width letters or signs and
without blanks, at most so many MB in sum. A list ties each to its title, and 開會通知單 lies there as texts to paste.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from generator.basic.formats import FORMATS
from generator.basic.patterns import compile_late
from generator.basic.workspace import Workspace
from generator.build import outputs
from generator.build.convert import PACKET
from generator.build.examine import Examined
from generator.dispatch.mail.parcels import MEGABYTE, in_megabytes
from generator.dispatch.mail.story import Report
from generator.documents import notice
from generator.documents.document import Document
from generator.pdf.from_elsewhere import files as enclosures

LIST, NOTICE = "附件清單.txt", "開會通知單.txt"
TAKEN = (".pdf", ".odt", ".ods", ".odp")
_END = "\r\n"
# What a name keeps: Chinese characters, and letters, digits, - and _ of ASCII.
_KEPT = compile_late(r"[0-9A-Za-z_\-\u3400-\u9fff\U00020000-\U0003134f]")


class Folder(Struct):
    """The files by their new names, the list, and what was left out and why."""

    files: dict[str, bytes] = field(default_factory=dict)
    listed: list[tuple[str, str, int]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    outcomes: list[outputs.Outcome] = field(default_factory=list)


def folder(files: Mapping[str, bytes], titles: Mapping[str, str], columns: int, most: int) -> Folder:
    """The attachments of a mail. ``titles`` by file name; ``columns`` and ``most`` (MB) are settings of the agency."""
    found = Folder()
    size = 0
    for name, content in files.items():
        title = titles.get(name, name.rpartition(".")[0])
        ending = f".{name.rpartition('.')[2].lower()}"
        if ending not in TAKEN:
            found.left_out.append(f"「{name}」不是 PDF 或 ODF")
        elif size + len(content) > most * MEGABYTE:
            found.left_out.append(f"「{name}」（{in_megabytes(len(content))}）放入後合計超過 {most} MB，請另行提供")
        else:
            size += len(content)
            short = _name(name.removesuffix(ending), ending, columns, found.files)
            found.files[short] = content
            found.listed.append((short, title, len(content)))
    return found


def write(workspace: Workspace, report: Report) -> Folder:
    """Writes the attachments of the mail into a folder of their own, and beside the mail the list and the notice.

    Our own Word files become PDF; of others only PDF and ODF go along. Raises NoPages where they cannot be converted,
    search.Leak and OSError.
    """
    from generator.dispatch.supplement import paging

    examined = report.examined
    assert examined is not None
    meeting = examined.meeting
    assert meeting is not None
    files = {name: content for name, content in report.files.items() if not name.endswith(".ics")}
    ours = {name: content for name, content in files.items() if name.endswith(".docx") and _is_ours(name, examined)}
    lacking = {name: content for name, content in ours.items() if f"{name[:-5]}.pdf" not in files}
    sources = {name[:-5]: ("docx", content) for name, content in lacking.items()}
    pdfs = paging.converted(workspace.output(meeting.id), sources) if sources else {}
    files = {
        (f"{name[:-5]}.pdf" if name in lacking else name): (
            pdfs[name[:-5]].read_bytes() if name in lacking else content
        )
        for name, content in files.items()
        if name not in ours or name in lacking
    }
    titles = {name: document.title for document in examined.documents for name in document.file_names(FORMATS)}
    titles[PACKET] = f"{meeting.name}會議資料"
    found = folder(files, titles, meeting.agency.attachment_columns, meeting.agency.most_attachments)
    place = workspace.beside(meeting.id, "公文附件")
    stale = {name: outputs.GONE for name in outputs.read_record(place) if name not in found.files}
    found.outcomes = [
        replace(outcome, name=f"{place.name}/{outcome.name}")
        for outcome in outputs.write_all(place, found.files, stale, {})
    ]
    notes = {LIST: list_of(found)}
    if fields := notice_fields(examined.documents):
        notes[NOTICE] = fields
    found.outcomes += outputs.write_all(report.folder, notes, {}, {})
    return found


def _is_ours(name: str, examined: Examined) -> bool:
    """Whether the program made it: a file from elsewhere is not opened here."""
    return not any(
        document.enclosure and name == enclosures.original_name(document.name, document.enclosure)
        for document in examined.documents
    )


def _name(text: str, ending: str, columns: int, taken: Mapping[str, bytes]) -> str:
    """A name that the system takes, and that no other file has."""
    # The dash says where brackets and blanks stood between words.
    plain = re.sub(r"[\s　（）()【】〔〕「」、，,.]+", "-", unicodedata.normalize("NFKC", text))
    plain = re.sub("-{2,}", "-", "".join(sign for sign in plain if _KEPT.fullmatch(sign))).strip("-") or "附件"
    number = 1
    while True:
        mark = f"-{number}" if number > 1 else ""
        short = _cut(plain, columns - len(ending) - len(mark)).rstrip("-") + mark + ending
        if short not in taken:
            return short
        number += 1


def _cut(text: str, columns: int) -> str:
    width, kept = 0, ""
    for sign in text:
        width += 1 if sign.isascii() else 2
        if width > columns:
            break
        kept += sign
    return kept or "1"


def list_of(found: Folder) -> bytes:
    """The list of the attachments with their titles, and of what was left out."""
    lines = [f"{name}\t{title}\t{in_megabytes(size)}" for name, title, size in found.listed]
    lines = ["檔名\t標題\t大小", *lines, *(f"未放入：{text}" for text in found.left_out)]
    return (_END.join(lines) + _END).encode("utf-8-sig")


def notice_fields(documents: tuple[Document, ...]) -> bytes | None:
    """開會通知單 as texts to paste, a field to a line; empty fields are left out. None where there is no notice."""
    document = next((document for document in documents if document.template == notice.NOTICE), None)
    if document is None:
        return None
    return (_END.join(_fields(document)) + _END).encode("utf-8-sig")


def _fields(document: Document) -> Iterator[str]:
    about = document.context.get("會議", {})
    notice = next((part for part in document.context.values() if isinstance(part, dict) and "受文者" in part), {})
    subject = f"召開{about.get('名稱', '')}" if about else document.title
    remarks = notice.get("備註文") or "；".join(f"{row['標號']}{row['內容']}" for row in notice.get("備註列", ()))
    agency = document.context.get("機關", {})
    contact = " ".join(str(agency.get(name, "") or "") for name in ("聯絡人", "聯絡電話")).strip()
    for name, text in (
        ("受文者", notice.get("受文者")),
        ("開會事由", subject),
        ("開會時間", about.get("時間")),
        ("開會地點", about.get("地點")),
        ("主持人", notice.get("主持人")),
        ("聯絡人及電話", contact),
        ("傳真", notice.get("傳真")),
        ("出席者", notice.get("出席者")),
        ("列席者", notice.get("列席者")),
        ("副本", notice.get("副本")),
        ("備註", remarks),
    ):
        if text:
            yield f"{name}\t{' '.join(str(text).split())}"
