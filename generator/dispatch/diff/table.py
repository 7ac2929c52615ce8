"""修正對照表: what changed since a release as a document in three columns: 修正後／修正前／說明."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from generator.basic.package import Properties
from generator.basic.problem import Location, Problem
from generator.basic.workspace import Workspace
from generator.build import outputs
from generator.dispatch.diff.causes import Change, Piece
from generator.dispatch.diff.cells import ADDED, CHANGED, MOVED, REMOVED
from generator.dispatch.diff.compare import FORMAT, PROPERTIES, RENAMED, REPLACED, DocumentChange, Revisions
from generator.dispatch.diff.withheld import NOT_LISTED
from generator.documents import access
from generator.documents.document import EDITIONS, FOR_MEETING, FOR_PUBLIC, INTERNAL, PARTICIPANTS, PUBLIC, Document
from generator.leaks import names, restricted, search
from generator.meeting import figures
from generator.meeting.model import Meeting
from generator.prose.vocabulary import Vocabulary
from generator.word import page_marks
from generator.word import render as templates
from generator.word.templates import available, missing

NAME = "修正對照表"
UNTIL_NOW = "至今"
MOST_CHANGES = 200
_WORDS = {ADDED: "新增", REMOVED: "刪除", MOVED: "移動位置，內容不變", CHANGED: ""}
_WHOLE = {
    ADDED: "新增這份文件。",
    REMOVED: "刪除這份文件。",
    RENAMED: "只改編號，內容不變。",
    FORMAT: "只有格式變動，文字不變。",
    CHANGED: "只有編號變動。",
    REPLACED: "換了檔案，內容未比較。",
}
_NOTHING = {True: "（刪除）", False: "（無）"}


def file_name(old: int, new: int | None) -> str:
    """修正對照表（第1版至今）.docx, 修正對照表（第1版至第2版）.docx."""
    until = UNTIL_NOW if new is None else f"至第{new}版"
    return f"{NAME}（第{old}版{until}）.docx"


def render(
    workspace: Workspace,
    meeting: Meeting,
    known: Mapping[str, figures.Figure],
    found: Revisions,
    problems: list[Problem],
) -> bytes | None:
    """The document as a .docx file; None, with a problem, where the template is missing or cannot be filled.

    Raises search.Leak for a protected name: none is in ``found``, so the template has it.
    """
    if fault := missing(NAME, available(workspace.templates), Location(f"{NAME}.docx")):
        problems.append(fault)
        return None
    vocabulary = Vocabulary(meeting, known)
    filled = document(meeting, vocabulary, found)
    properties = Properties(filled.title, meeting.agency.full_name, meeting.date)
    context, _ = vocabulary.for_template(filled.context)
    content = templates.render(workspace.templates / filled.template_file, context, properties, problems)
    if content is not None:
        if mark := access.mark(access.narrowest(meeting, filled.audience)):
            content = page_marks.marked(content, mark)
        edition = FOR_PUBLIC if filled.audience == PUBLIC else FOR_MEETING
        search.inspect_apart(meeting, filled.file, content, edition)
        restricted.inspect(meeting, filled.audience, {filled.file: content})
    return content


def write(folder: Path, name: str, content: bytes) -> list[outputs.Outcome]:
    """Writes the document beside the releases; a new 至今 document replaces that of an earlier release."""
    earlier = [file for file in outputs.read_record(folder) if UNTIL_NOW in file and file != name]
    stale = dict.fromkeys(earlier, outputs.OUTDATED) if UNTIL_NOW in name else {}
    return outputs.write_all(folder, {name: content}, stale, {})


def document(meeting: Meeting, vocabulary: Vocabulary, found: Revisions) -> Document:
    """The document with its context: 對照.組 has the documents, each with its rows."""
    groups = [_group(document_change) for document_change in found.documents if document_change.how != PROPERTIES]
    audience = _audience(meeting, found)
    only = "" if audience == PUBLIC else f"本表含非公開內容，僅供{audience}參閱。"
    context = {
        **vocabulary.context(None),
        "對照": {"範圍": f"{found.old}至{found.new}", "提示": only, "備註": found.remarks, "組": groups},
    }
    title = f"{meeting.name}{NAME}"
    return Document(NAME, NAME, context, title, NAME, 1, joined=False, audience=audience)


def for_members(meeting: Meeting, found: Revisions) -> Revisions | None:
    """The changes as those may read them who take part in the meeting: without the agency's own documents, cells, names
    of figures and remarks on the program. None where a text is left out, or has a name that is protected from them."""
    hidden = names.Sought.of(names.protected(meeting, FOR_MEETING))
    shown = Revisions(found.old, found.new)
    for document_change in found.documents:
        if document_change.audience == INTERNAL or document_change.how == PROPERTIES:
            continue
        changes = tuple(replace(change, figures=(), cells=()) for change in document_change.changes)
        texts = [
            *(change.title for change in changes),
            *(piece.old + piece.new for change in changes for piece in change.pieces),
        ]
        if any(NOT_LISTED in text or hidden.places(names.key(text)) for text in texts):
            return None
        shown.documents.append(replace(document_change, changes=changes, template=""))
    return shown


def _audience(meeting: Meeting, found: Revisions) -> str:
    """The narrowest audience of the documents; the agency alone where a text is left out, or has a protected name.

    Where a text is left out, the other columns still tell of the remark.
    """
    protected = {name for edition in EDITIONS for name in names.protected(meeting, edition)}
    hidden = names.Sought.of(sorted(protected))
    texts = (
        piece.old + piece.new
        for document_change in found.documents
        for change in document_change.changes
        for piece in change.pieces
    )
    if any(NOT_LISTED in text or hidden.places(names.key(text)) for text in texts):
        return INTERNAL
    audiences = {document_change.audience for document_change in found.documents}
    return next((audience for audience in (INTERNAL, PARTICIPANTS) if audience in audiences), PUBLIC)


def _group(document_change: DocumentChange) -> dict[str, Any]:
    rows = [_row(change) for change in document_change.changes[:MOST_CHANGES]]
    more = len(document_change.changes) - MOST_CHANGES
    notes = [f"另有 {more} 處修正，未逐一列出。"] if more > 0 else []
    if document_change.renumbered:
        notes.append(renumbered(document_change.renumbered))
    if document_change.template:
        notes.append(f"範本「{document_change.template}」有變動。")
    if not rows and document_change.how in _WHOLE:
        notes.insert(0, _WHOLE[document_change.how])
    if notes:
        blank = [{"欄": "", "段": [{"文字": "—", "異": False}]}]
        rows.append({"修正後": blank, "修正前": blank, "說明": notes})
    was = f"（原為「{_bare(document_change.was)}」）" if document_change.was else ""
    shown = "" if document_change.audience in (PUBLIC, "") else f"〔{document_change.audience}〕"
    return {"名稱": f"{_bare(document_change.name)}{was}{shown}", "列": rows}


def _bare(file: str) -> str:
    return file.removesuffix(".docx").removesuffix(".pptx")


def renumbered(labels: Sequence[tuple[str, str]]) -> str:
    """A sentence on labels that changed while their text did not: 編號變動：三、→四、等 5 處。"""
    old, new = labels[0]
    rest = f"等 {len(labels)} 處" if len(labels) > 1 else ""
    return f"編號變動：{old or '（無）'}→{new or '（無）'}{rest}。"


def _row(change: Change) -> dict[str, Any]:
    place_and_kind = "，".join(part for part in (change.where, _WORDS[change.how]) if part)
    notes = [f"{place_and_kind}。"] if place_and_kind else []
    notes += [f"{figure}。" for figure in change.figures]
    notes += [f"依據：{'、'.join(change.cells)}。"] if change.cells else []
    return {
        "修正後": list(_lines(change, 1)),
        "修正前": list(_lines(change, 0)),
        "說明": notes or ["文字修正。"],
    }


def _lines(change: Change, side: int) -> Iterator[dict[str, Any]]:
    """A line for each sentence or cell: the heading of its column, and its pieces of text, changed ones marked."""
    if change.how == MOVED:
        yield {"欄": "", "段": [{"文字": change.title or change.pieces[0].new, "異": False}]}
        return
    if (change.how == ADDED and side == 0) or (change.how == REMOVED and side == 1):
        yield {"欄": "", "段": [{"文字": _NOTHING[change.how == REMOVED], "異": False}]}
        return
    if change.title and change.how == CHANGED:
        yield {"欄": "", "段": [{"文字": change.title, "異": False}]}
    for piece in change.pieces:
        yield {"欄": f"{piece.name}：" if piece.name else "", "段": _pieces(piece, side)}


def _pieces(piece: Piece, side: int) -> list[dict[str, Any]]:
    whole = (piece.old, piece.new)[side]
    if not whole:
        return [{"文字": "（空白）", "異": False}]
    return [{"文字": words[side], "異": words[0] != words[1]} for words in piece.words if words[side]]


def sample(meeting: Meeting, vocabulary: Vocabulary, count: int) -> Document:
    """A made-up table with ``count`` documents and changes in each, on which the template is tried."""
    words = Piece("範例欄", "範例舊文字", "範例新文字")
    change = Change(
        CHANGED, "說明一", "範例資料集", (words,) * max(count, 1), ("範例.數字 1 → 2",), ("範例.xlsx〔範例〕A1",)
    )
    documents = [DocumentChange("範例.docx", CHANGED, PUBLIC, "", (change,) * count) for _ in range(count)]
    return document(meeting, vocabulary, Revisions("第1版", "目前的資料", documents, [], [], ["範例備註。"] * count))
