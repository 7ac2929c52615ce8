"""No finished document holds a tag that nobody filled in; and no template with a broken tag is filled in at all.

A template is read tag by tag once; that it is in order is remembered by its hash beside the outputs.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from lxml import etree

from generator import __version__
from generator.basic.leftover import SIGNS, leftover
from generator.basic.package import Package
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, problem
from generator.basic.steps import step
from generator.basic.workspace import standard_files
from generator.build import outputs
from generator.documents.document import Document
from generator.documents.passages import Contents


class LeftoverCode(Code):
    """The problems that this module finds."""

    LEFTOVER_IN_CELL = error("「{document}」會照印「{tag}」，這個標籤沒有套用", "請改正這一格的大括號，或不要寫標籤。")
    LEFTOVER_IN_TEMPLATE = error("「{document}」會照印「{tag}」，這個標籤沒有套用", "請在範本改正這個標籤。")


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PARTS = compile_late(
    r"word/(?:document|(?:header|footer|footnotes|endnotes|comments)\d*)\.xml"
    r"|ppt/(?:slides/slide|notesSlides/notesSlide|charts/chart|diagrams/data)\d*\.xml"
)
_SIGNS = tuple(html.escape(sign, quote=False).encode() for sign in SIGNS)
_SIGN_IN_TEXT = compile_late(b">[^<]*?(?:%s)" % b"|".join(map(re.escape, _SIGNS)))
_PLACE = compile_late(r"(.+?)(?:〔(.+)〕(\w*))?", re.DOTALL)
_STATE = "templates.json"
# Of a part so many bytes are looked at at once.
_PIECE = 1 << 16


def search(document: Document, content: bytes, contents: Contents) -> list[Problem]:
    """What is left of tags in a finished document, each at the cell that it came from, else at the template."""
    found: dict[Location, Problem] = {}
    for paragraph in _paragraphs(content):
        tag = leftover(paragraph)
        if not tag:
            continue
        cells = list(_cells(contents, tag))
        for at in cells or [Location(document.template_file, quote=paragraph.strip())]:
            code = LeftoverCode.LEFTOVER_IN_CELL if cells else LeftoverCode.LEFTOVER_IN_TEMPLATE
            found.setdefault(at, problem(code, at, document=document.file, tag=tag))
    return list(found.values())


def _paragraphs(content: bytes) -> Iterator[str]:
    """The text of each paragraph of parts that have a sign of a tag in a text, in every part that shows."""
    with Package(content) as archive:
        for name in archive.namelist():
            if not _PARTS.fullmatch(name):
                continue
            with archive.open(name) as part:
                if not _has_sign(part):
                    continue
            root = etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, huge_tree=True))
            for space in (_W, _A):
                for paragraph in root.iter(f"{space}p"):
                    yield "".join(_text(node) for node in paragraph.iter(f"{space}t", f"{space}tab", f"{space}br"))


def _has_sign(part: IO[bytes]) -> bool:
    """Whether a text of the part holds a sign of a tag: ids of styles and extensions are in braces, within tags.

    A long table has more text than should be in memory at once.
    """
    rest = b""
    while piece := part.read(_PIECE):
        whole, _, rest = (rest + piece).rpartition(b">")
        if _in_text(whole):
            return True
    return _in_text(rest)


def _in_text(xml: bytes) -> bool:
    """Whether a sign of a tag stands in a text of a stretch of XML that begins outside of tags."""
    return any(sign in xml for sign in _SIGNS) and _SIGN_IN_TEXT.search(b">" + xml) is not None


def _text(node: Any) -> str:
    return (node.text or "") if node.tag.endswith("}t") else " "


def _cells(contents: Contents, tag: str) -> Iterator[Location]:
    for passage in contents.passages:
        start = passage.text.find(tag)
        if start >= 0:
            for part in passage.parts:
                if part.start < start + len(tag) and part.end > start:
                    yield from map(location, part.cells)
    for table in contents.tables:
        for texts, sources in zip(table.rows, table.sources, strict=True):
            for text, source in zip(texts, sources, strict=False):
                if tag in text:
                    yield from map(location, source.cells)


def location(place: str) -> Location:
    """The place that a text such as 會議.xlsx〔說明〕D2 names."""
    found = _PLACE.fullmatch(place)
    return Location(*(part or "" for part in found.groups())) if found else Location(place)


def _is_as_shipped(path: Path, content: bytes) -> bool:
    """Whether it is a template of the program as it came; the tests have looked at those. In a checkout, where the
    workspace's own file is the program's, no."""
    shipped = standard_files() / "templates" / path.name
    try:
        return shipped.read_bytes() == content and not shipped.samefile(path)
    except OSError:
        return False


@step("word", "檢查範本的標籤")
def broken(folder: Path, templates: Iterable[Path]) -> list[Problem]:
    """The tags of Word templates that are broken, whatever is filled in. ``folder``: the outputs of the meeting."""
    state = outputs.state(folder) / _STATE
    try:
        known = set(json.loads(state.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        known = set()
    in_order, found = set[str](), list[Problem]()
    for path in dict.fromkeys(templates):
        try:
            content = path.read_bytes()
        except OSError:
            # Filling it in says why it cannot be read.
            continue
        if _is_as_shipped(path, content):
            continue
        key = f"{__version__} {path.name} {outputs.digest(content)}"
        if key not in known:
            from generator.word.lint import tags

            faults = tags.broken(path)
            found += faults
            if faults:
                continue
        in_order.add(key)
    if in_order - known:
        text = json.dumps(sorted(in_order | known)[-200:], ensure_ascii=False, indent=1)
        with outputs.aside(folder) as place:
            outputs.replace(state, text.encode("utf-8"), place)
    return found
