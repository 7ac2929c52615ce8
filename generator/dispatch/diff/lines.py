"""What changed, as lines for the terminal: changed words stand in 【】, so that they show without colour as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.dispatch.diff import cells
from generator.dispatch.diff.causes import Change, Piece, shown
from generator.dispatch.diff.cells import ADDED, CHANGED, MOVED, REMOVED, InputChange
from generator.dispatch.diff.compare import FORMAT, PROPERTIES, RENAMED, REPLACED, DocumentChange, Revisions
from generator.dispatch.diff.table import renumbered

Line = list[tuple[str, str]]
"""Pieces of text with their style (of rich), which may be empty."""

MOST_SHOWN = 50
_SHORT = 24
_HOW = {
    ADDED: "新增",
    REMOVED: "刪除",
    CHANGED: "修正",
    MOVED: "移動位置",
    FORMAT: "只有格式變動",
    RENAMED: "改編號",
    REPLACED: "換了檔案",
}
_COLOURS = {
    ADDED: "green",
    REMOVED: "red",
    CHANGED: "yellow",
    MOVED: "dim",
    FORMAT: "dim",
    RENAMED: "dim",
    REPLACED: "yellow",
}
_WHAT = {
    cells.FILE: "檔案",
    cells.SHEET: "工作表",
    cells.COLUMN: "欄",
    cells.ROW: "列",
    cells.CELL: "",
}


def of(found: Revisions) -> Iterator[Line]:
    """The lines: each document with its changes, then figures, then cells."""
    yield [(f"{found.old} → {found.new}", "bold")]
    for text in found.remarks:
        yield [(text, "yellow")]
    if found.none:
        yield [("沒有差異。", "")]
    for document in found.documents:
        if document.how != PROPERTIES:
            yield from _document(document)
    if only := [document.name for document in found.documents if document.how == PROPERTIES]:
        yield [("■ 只有檔案屬性（標題、日期）變動", "bold"), (f"　{'、'.join(only)}", "dim")]
    if found.figures:
        yield [("■ 數字", "bold")]
    for figure in found.figures:
        yield [("  ", ""), (str(figure), "yellow"), (f"　{'、'.join(figure.cells)}", "dim")]
    if found.inputs:
        yield [("■ 活頁簿", "bold")]
    for change in found.inputs[:MOST_SHOWN]:
        yield _input(change)
    yield from _more(found.inputs, "  ")


def _more(listed: Sequence[object], margin: str) -> Iterator[Line]:
    if len(listed) > MOST_SHOWN:
        yield [(f"{margin}另有 {len(listed) - MOST_SHOWN} 處，未逐一列出（--json 有全部）。", "dim")]


def _document(document: DocumentChange) -> Iterator[Line]:
    was = f"（原為 {document.was}）" if document.was else ""
    yield [(f"■ {document.name}{was}", "bold"), (f"　{_HOW[document.how]}", _COLOURS[document.how])]
    for change in document.changes[:MOST_SHOWN]:
        yield from _change(change)
    yield from _more(document.changes, "  ")
    if document.renumbered:
        yield [(f"  {renumbered(document.renumbered)}", "dim")]
    if document.template:
        yield [(f"  範本 {document.template} 有變動。", "dim")]


def _change(change: Change) -> Iterator[Line]:
    title = change.title if len(change.title) <= MOST_SHOWN else f"{change.title[: MOST_SHOWN - 1]}…"
    where = change.where + (f"「{title}」" if title else "")
    yield [(f"  {where}　" if where else "  ", ""), (f"{_HOW[change.how]}", _COLOURS[change.how])]
    for piece in change.pieces:
        if change.how == MOVED:
            continue
        if piece.name and len(piece.old) <= _SHORT and len(piece.new) <= _SHORT:
            yield [(f"    {piece.name}：", ""), *_short(piece, change.how)]
            continue
        name = f"{piece.name}：" if piece.name else ""
        if change.how != ADDED:
            yield [(f"    －{name}", "red"), *_words(piece, 0, change.how)]
        if change.how != REMOVED:
            yield [(f"    ＋{name}", "green"), *_words(piece, 1, change.how)]
    behind = [*change.figures, *change.cells]
    if behind:
        yield [(f"    ← {'、'.join(behind)}", "dim")]


def _short(piece: Piece, how: str) -> Line:
    if how == CHANGED:
        return [(shown(piece.old), "red"), (" → ", ""), (shown(piece.new), "green")]
    return [(piece.old or piece.new, _COLOURS[how])]


def _words(piece: Piece, side: int, how: str) -> Line:
    colour = "green" if side else "red"
    if how != CHANGED:
        return [((piece.old, piece.new)[side], colour)]
    if not (piece.old, piece.new)[side]:
        return [("（空白）", colour)]
    changed = f"bold {colour}"
    return [
        (f"【{words[side]}】", changed) if words[0] != words[1] else (words[side], "")
        for words in piece.words
        if words[side]
    ]


def _input(change: InputChange) -> Line:
    place = cells.place(change)
    was = f"（原 {change.was_at.cell}）" if change.was_at and change.what == cells.CELL else ""
    if change.what == cells.CELL:
        return [(f"  {place}{was}：", ""), (shown(change.old), "red"), (" → ", ""), (shown(change.new), "green")]
    text = f"：{change.new or change.old}" if change.new or change.old else ""
    return [(f"  {place}", ""), (f"　{_HOW[change.how]}{_WHAT[change.what]}", _COLOURS[change.how]), (text, "")]
