"""What is to be said of Word, Excel, PowerPoint and ODF files: changes, comments, fields that show an error.

Only those of 2007 and later can be looked into here, RTF, and of the older ones what their records tell (see
old_remarks).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from generator.basic.package import DAMAGED, Package
from generator.basic.patterns import compile_late
from generator.pdf.clean import open_documents
from generator.pdf.from_elsewhere.remarks import Remark, RemarkCode
from generator.pdf.from_elsewhere.saved import excel, parsed, word

_OFFICE, _TEXT, _TABLE = (open_documents.NAMESPACES[name] for name in ("office", "text", "table"))
_CHANGES = {
    **dict.fromkeys(("ins", "cellIns", "insertion", "inserted-"), "插入"),
    **dict.fromkeys(("del", "cellDel", "deletion"), "刪除"),
    **dict.fromkeys(("moveFrom", "moveTo", "movement"), "移動"),
    **dict.fromkeys(("format-change", "cellMerge"), "格式"),
    **dict.fromkeys(("cell-content-change",), "內容"),
}
_COMMENTS = ("comment", "threadedComment", "cm")
# What Word and LibreOffice show where what is referred to is missing.
_ERRORS = compile_late(r"錯誤[!！:：] ?找不到|Error[!:] |找不到參照來源")
_MOST_CELLS = 5


def examine(content: bytes) -> list[Remark]:
    """The remarks of a package; none of one that cannot be read, or of any other file."""
    if not content.startswith(b"PK\3\4"):
        return []
    try:
        with Package(content) as archive:
            return list(_package(archive))
    except (*DAMAGED, etree.XMLSyntaxError, ValueError, LookupError):
        return []


def _package(archive: Package) -> Iterator[Remark]:
    changes: Counter[str] = Counter()
    comments: Counter[str] = Counter()
    names = archive.namelist()
    is_odf = open_documents.MANIFEST in names
    for name in names:
        if not name.endswith(".xml") or (is_odf and not name.endswith(("content.xml", "styles.xml"))):
            continue
        root = parsed(archive.read(name))
        if root is None:
            continue
        if is_odf:
            changes.update(_open_changes(root))
            comments["annotation"] += sum(1 for _ in root.iter(f"{{{_OFFICE}}}annotation"))
            yield from _broken_open(root)
            continue
        space = etree.QName(root).namespace or ""
        if space in word.SPACES:
            changes.update(_word_changes(root))
            yield from _broken_fields(root)
        elif space in excel.SPACES and etree.QName(root).localname == "headers":
            changes["共用活頁簿的變更記錄"] += 1
        for kind in _COMMENTS:
            comments[kind] += sum(1 for found in root.iter(f"{{*}}{kind}") if _is_comment(found))
    # Excel keeps a note beside each thread, for older programs.
    count = max(comments["comment"], comments["threadedComment"]) + comments["cm"] + comments["annotation"]
    if changes:
        yield Remark(RemarkCode.FILE_CHANGES, what="、".join(f"{what} {number} 處" for what, number in changes.items()))
    if count:
        yield Remark(RemarkCode.FILE_COMMENTS, what=f"{count} 則")
    if not is_odf:
        yield from _workbook(archive)


def _is_comment(element: Any) -> bool:
    around = element.getparent()
    return around is not None and etree.QName(around).localname in (
        "comments", "commentList", "ThreadedComments", "cmLst", "reply", "replyLst",
    )  # fmt: skip


def _word_changes(root: Any) -> Iterator[str]:
    """One for each mark of a change: what is inside of a deletion or a move is no change of its own."""
    for element in root.iter(etree.Element):
        if etree.QName(element).namespace not in word.SPACES or _is_fallback(element):
            continue
        name = etree.QName(element).localname
        if name.endswith("Change") and name not in ("numberingChange",):
            yield "格式"
        elif name in ("ins", "del", "cellIns", "cellDel", "cellMerge", "moveTo"):
            yield _CHANGES[name]


def _is_fallback(element: Any) -> bool:
    """Whether it is what older programs show of a drawing: the same once more."""
    return any(etree.QName(above).localname == "Fallback" for above in element.iterancestors())


def _open_changes(root: Any) -> Iterator[str]:
    for region in root.iter(f"{{{_TEXT}}}changed-region"):
        for kind in region:
            if isinstance(kind.tag, str):
                yield _CHANGES.get(etree.QName(kind).localname, "變更")
    for tracked in root.iter(f"{{{_TABLE}}}tracked-changes"):
        for kind in tracked:
            if isinstance(kind.tag, str):
                yield _CHANGES.get(etree.QName(kind).localname, "變更")


def _broken_fields(root: Any) -> Iterator[Remark]:
    for kind, text in word.saved_results(root):
        if _ERRORS.search(text):
            yield Remark(RemarkCode.FILE_BROKEN, what=f"{kind} 欄位「{text.strip()[:20]}」")


def _broken_open(root: Any) -> Iterator[Remark]:
    """The same of ODF, in a text and on a sheet."""
    for kind in ("bookmark-ref", "reference-ref", "note-ref", "sequence-ref"):
        for found in root.iter(f"{{{_TEXT}}}{kind}"):
            text = "".join(found.itertext())
            if _ERRORS.search(text):
                yield Remark(RemarkCode.FILE_BROKEN, what=f"參照欄位「{text.strip()[:20]}」")
    for sheet in root.iter(f"{{{_TABLE}}}table"):
        name = sheet.get(f"{{{_TABLE}}}name", "")
        cells = sheet.iter(f"{{{_TABLE}}}table-cell")
        if any("#REF!" in "".join(cell.itertext()) for cell in cells if cell.get(f"{{{_TABLE}}}formula")):
            yield Remark(RemarkCode.FILE_BROKEN, what=f"〔{name}〕#REF!")


def _workbook(archive: Package) -> Iterator[Remark]:
    """Cells that show that what they refer to is missing, and formulas for which no value was saved."""
    names = _sheet_names(archive)
    for part, sheet in names.items():
        root = parsed(archive.read(part))
        if root is None:
            continue
        missing = [cell.get("r", "") for cell in root.iter("{*}c")
                   if cell.get("t") == "e" and "#REF!" in "".join(cell.itertext())]  # fmt: skip
        if missing:
            yield Remark(RemarkCode.FILE_BROKEN, what=f"〔{sheet}〕{_some(missing)} #REF!")
        if unsaved := list(excel.unsaved(root)):
            yield Remark(RemarkCode.FILE_UNSAVED, what=f"〔{sheet}〕{_some(unsaved)}")


def _some(cells: list[str]) -> str:
    return "、".join(cells[:_MOST_CELLS]) + (f" 等 {len(cells)} 格" if len(cells) > _MOST_CELLS else "")


def _sheet_names(archive: Package) -> dict[str, str]:
    """The parts of a workbook's sheets, with the names of these."""
    listed = "xl/workbook.xml"
    links = "xl/_rels/workbook.xml.rels"
    if listed not in archive.namelist() or links not in archive.namelist():
        return {}
    book, related = parsed(archive.read(listed)), parsed(archive.read(links))
    if book is None or related is None:
        return {}
    targets = {link.get("Id"): link.get("Target", "").removeprefix("/xl/") for link in related}
    found = {}
    for sheet in book.iter("{*}sheet"):
        key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        part = f"xl/{targets.get(key, '')}"
        if part in archive.namelist():
            found[part] = sheet.get("name", "")
    return found
