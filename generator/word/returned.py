"""What someone did to a document that was sent out and came back: tracked changes by author, moves, comments.

Read from .docx (ECMA-376 part 1, 17.13.5) and .odt (ODF 1.3 part 3, 5.5), within a budget: such a file may come from
anyone. Nothing is accepted, rejected or written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lxml import etree
from msgspec import Struct, field

from generator.basic.package import DAMAGED, Budget, Package
from generator.basic.patterns import compile_late

MOST_UNPACKED = 40_000_000
_MOST_DEEP = 200
_OTHER_PARTS = compile_late(r"word/(header|footer|footnotes|endnotes)\d*\.xml")
_INSERTED, _DELETED, _FROM, _TO = "ins", "del", "moveFrom", "moveTo"
_CHANGES = (_INSERTED, _DELETED, _FROM, _TO)


class Unreadable(Exception):
    """The file is damaged, locked, or too large to be read."""


class Edit(Struct, frozen=True):
    """A change that one author made to the paragraph with that number: the lines before and after it.

    ``moved_after``: of a paragraph that was moved, the text after which it now stands; None where it was not moved.
    """

    paragraph: int
    author: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    moved_after: str | None = None


class Comment(Struct, frozen=True):
    """A comment with the text that it is on; ``paragraph`` is where that begins."""

    paragraph: int
    author: str
    text: str
    anchor: str


class Returned(Struct):
    """The paragraphs as they were before all tracked changes, in the order of the text, and what was done to them.

    ``body``: how many of them stand in the text itself; the rest in headers, footers and notes. ``tables`` are the
    texts of cells by row. ``formats``: how many changes are of looks alone.
    """

    paragraphs: list[str] = field(default_factory=list)
    body: int = 0
    edits: list[Edit] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    author: str = ""
    formats: int = 0


class _Mark(Struct, frozen=True):
    """A tracked change around a piece of text: what, by whom, and of a move its name."""

    what: str
    author: str
    move: str = ""


class _Run(Struct):
    text: str
    marks: tuple[_Mark, ...]
    comments: frozenset[str]


class _Paragraph(Struct):
    runs: list[_Run] = field(default_factory=list)
    end: tuple[_Mark, ...] = ()


def read(content: bytes, ending: str) -> Returned:
    """What is in a returned .docx or .odt. Raises Unreadable."""
    try:
        with Package(content, Budget(MOST_UNPACKED)) as archive:
            source: _Word | _OpenText = _Word(archive) if ending == "docx" else _OpenText(archive)
    except (*DAMAGED, OSError, KeyError, etree.XMLSyntaxError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    return _told_apart(source)


def _parsed(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


# --- Word -------------------------------------------------------------------------------------------------------


def _name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _value(element: Any, name: str) -> str:
    """An attribute, whatever the prefix of its namespace."""
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


class _Word:
    """The paragraphs and comments of a .docx."""

    def __init__(self, archive: Package) -> None:
        self.paragraphs: list[_Paragraph] = []
        self.comments: dict[str, tuple[str, str]] = {}
        self.tables: list[list[list[str]]] = []
        self.formats = 0
        self._active: set[str] = set()
        self._moves: dict[str, str] = {}
        names = archive.namelist()
        if "word/comments.xml" in names:
            for comment in _parsed(archive.read("word/comments.xml")):
                if _name(comment) == "comment":
                    lines = ["".join(_plain_texts(line)) for line in comment.iter("{*}p")]
                    text = "\n".join(line for line in lines if line.strip())
                    self.comments[_value(comment, "id")] = (_value(comment, "author"), text)
        body = _parsed(archive.read("word/document.xml"))
        self.author = _last_author(archive)
        self._walk(body, (), 0)
        self.body = len(self.paragraphs)
        for table in body.iter("{*}tbl"):
            self.tables.append(
                [["".join(_plain_texts(cell)) for cell in row.iter("{*}tc")] for row in table.iterchildren("{*}tr")]
            )
        for name in sorted(filter(_OTHER_PARTS.fullmatch, names)):
            self._walk(_parsed(archive.read(name)), (), 0)

    def _walk(self, element: Any, marks: tuple[_Mark, ...], depth: int) -> None:
        if depth > _MOST_DEEP:
            raise RecursionError
        for child in element:
            name = _name(child)
            if name == "p":
                paragraph = _Paragraph(end=(*marks, *self._end(child)))
                self.paragraphs.append(paragraph)
                self._walk(child, marks, depth + 1)
            elif name in _CHANGES:
                self._walk(child, (*marks, self._mark(child)), depth + 1)
            elif name == "tr":
                of_row = [self._mark(mark) for mark in child.iterfind("{*}trPr/*") if _name(mark) in _CHANGES]
                self._walk(child, (*marks, *of_row), depth + 1)
            elif name in ("t", "delText"):
                self._text(child.text or "", marks)
            elif name in ("tab", "br", "cr"):
                self._text(" ", marks)
            elif name == "noBreakHyphen":
                self._text("-", marks)
            elif name in ("commentRangeStart", "commentRangeEnd"):
                (self._active.add if name.endswith("Start") else self._active.discard)(_value(child, "id"))
            elif name == "commentReference" and self.paragraphs:
                # A comment on a place has no range: it belongs to the paragraph.
                self.paragraphs[-1].runs.append(_Run("", marks, frozenset({_value(child, "id")})))
            elif name in ("moveFromRangeStart", "moveToRangeStart"):
                self._moves[name[:-10]] = _value(child, "name")
            elif name.endswith("Change"):
                self.formats += 1
            elif name not in ("pPr", "rPr", "trPr", "tcPr", "tblPr", "sectPr", "Fallback", "instrText", "delInstrText"):
                self._walk(child, marks, depth + 1)
            elif name in ("pPr", "rPr"):
                self.formats += sum(_name(below).endswith("Change") for below in child.iter(etree.Element))

    def _mark(self, element: Any) -> _Mark:
        name = _name(element)
        return _Mark(name, _value(element, "author"), self._moves.get(name, ""))

    def _end(self, paragraph: Any) -> list[_Mark]:
        return [self._mark(mark) for mark in paragraph.iterfind("{*}pPr/{*}rPr/*") if _name(mark) in _CHANGES]

    def _text(self, text: str, marks: tuple[_Mark, ...]) -> None:
        if self.paragraphs and text:
            self.paragraphs[-1].runs.append(_Run(text, marks, frozenset(self._active)))


def _plain_texts(element: Any) -> Iterator[str]:
    for node in element.iter("{*}t"):
        yield node.text or ""


def _last_author(archive: Package) -> str:
    """Who saved the file last, as its properties say."""
    for name in ("docProps/core.xml", "meta.xml"):
        if name in archive.namelist():
            root = _parsed(archive.read(name))
            for wanted in ("lastModifiedBy", "creator"):
                for element in root.iter(f"{{*}}{wanted}"):
                    if (element.text or "").strip():
                        return str(element.text).strip()
    return ""


# --- OpenDocument -----------------------------------------------------------------------------------------------


class _OpenText:
    """The paragraphs and comments of an .odt. A deletion is a point in the text; its content stands apart."""

    def __init__(self, archive: Package) -> None:
        self.paragraphs: list[_Paragraph] = []
        self.comments: dict[str, tuple[str, str]] = {}
        self.tables: list[list[list[str]]] = []
        self.formats = 0
        self._regions: dict[str, tuple[_Mark, Any]] = {}
        self._inside: dict[str, _Mark] = {}
        self._active: set[str] = set()
        root = _parsed(archive.read("content.xml"))
        self.author = _last_author(archive)
        for region in root.iter("{*}changed-region"):
            for change in region:
                author = "".join(text for node in change.iter("{*}creator") for text in node.itertext())
                what = {"insertion": _INSERTED, "deletion": _DELETED}.get(_name(change), "")
                self.formats += not what
                if what:
                    self._regions[_value(region, "id")] = (_Mark(what, author), change)
        for body in root.iter("{*}text"):
            if _name(body.getparent()) == "body":
                self._walk(body, 0)
        self.body = len(self.paragraphs)
        for table in root.iter("{*}table"):
            rows = ([_shown(cell) for cell in row.iterchildren("{*}table-cell")] for row in table.iter("{*}table-row"))
            self.tables.append(list(rows))

    def _walk(self, element: Any, depth: int) -> None:
        if depth > _MOST_DEEP:
            raise RecursionError
        for child in element:
            name = _name(child)
            if name in ("tracked-changes", "annotation-end") or not name:
                self._active.discard(_value(child, "name") if name == "annotation-end" else "")
            elif name in ("p", "h"):
                self.paragraphs.append(_Paragraph())
                self._text(child.text)
                self._walk(child, depth + 1)
                self.paragraphs[-1].end = tuple(self._inside.values())
            elif name in ("change-start", "change-end", "change"):
                self._change(name, _value(child, "change-id"))
            elif name == "annotation":
                self._annotation(child)
            elif name in ("s", "tab", "line-break"):
                self._text(" ")
            else:
                self._text(child.text if self.paragraphs and _in_paragraph(child) else "")
                self._walk(child, depth + 1)
            if _in_paragraph(child):
                self._text(child.tail)

    def _change(self, name: str, region: str) -> None:
        if region not in self._regions:
            return
        mark, content = self._regions[region]
        if name == "change-start":
            self._inside[region] = mark
        elif name == "change-end":
            self._inside.pop(region, None)
        elif mark.what == _DELETED and self.paragraphs:
            lines = [line for line in content if _name(line) in ("p", "h")]
            for number, line in enumerate(lines):
                if number:
                    self.paragraphs[-1].end = (*self._inside.values(), mark)
                    self.paragraphs.append(_Paragraph())
                text = _shown(line)
                self.paragraphs[-1].runs.append(_Run(text, (*self._inside.values(), mark), frozenset(self._active)))

    def _annotation(self, element: Any) -> None:
        name = _value(element, "name") or f"_{len(self.comments)}"
        author = "".join(text for node in element.iter("{*}creator") for text in node.itertext())
        lines = [_shown(line) for line in element.iter("{*}p")]
        self.comments[name] = (author, "\n".join(line for line in lines if line.strip()))
        if self.paragraphs:
            self.paragraphs[-1].runs.append(_Run("", (), frozenset({name})))
        if _value(element, "name"):
            self._active.add(name)

    def _text(self, text: str | None) -> None:
        if text and self.paragraphs:
            run = _Run(text, tuple(self._inside.values()), frozenset(self._active))
            self.paragraphs[-1].runs.append(run)


def _in_paragraph(element: Any) -> bool:
    return any(_name(above) in ("p", "h") for above in element.iterancestors())


def _shown(element: Any) -> str:
    """The text of a paragraph or cell without the comments in it."""
    parts: list[str] = [element.text or ""]
    for child in element:
        if _name(child) != "annotation":
            parts.append(" " if _name(child) in ("s", "tab", "line-break") else _shown(child))
        parts.append(child.tail or "")
    return "".join(parts)


# --- both -------------------------------------------------------------------------------------------------------


def _told_apart(source: _Word | _OpenText) -> Returned:
    found = Returned(tables=source.tables, author=source.author, formats=source.formats)
    moves = _moves(source.paragraphs)
    places: dict[int, int] = {}
    for group in _groups(source.paragraphs, moves):
        if source.body and group.start >= source.body and not found.body:
            found.body = len(found.paragraphs)
        paragraphs = source.paragraphs[group.start : group.stop]
        first = len(found.paragraphs)
        lines = _view(paragraphs, frozenset(), moves)
        found.paragraphs += lines
        last = max(first, len(found.paragraphs) - 1)
        for offset in range(group.start, group.stop):
            places[offset] = min(first + offset - group.start, last)
        authors = dict.fromkeys(mark.author for mark in _marks(paragraphs, moves))
        for author in authors:
            # Who changes what another inserted, changes that other's proposal.
            under = frozenset(other for other in authors if other != author and _changes(author, other, paragraphs))
            old, new = (_view(paragraphs, seen, moves) for seen in (under, under | {author}))
            if old != new:
                same = _leading(old, new)
                number = min(first + same, last)
                behind = _leading(old[same:][::-1], new[same:][::-1])
                old, new = old[same : len(old) - behind], new[same : len(new) - behind]
                if not old and found.paragraphs[first:]:
                    # A new paragraph is told by the one that it follows.
                    number = min(max(first, first + same - 1), last)
                    old, new = [found.paragraphs[number]], [found.paragraphs[number], *new]
                found.edits.append(Edit(number, author, tuple(old), tuple(new)))
    found.body = found.body or len(found.paragraphs)
    found.edits += _moved(source.paragraphs, moves, places, found.paragraphs)
    found.comments = _comments(source, places)
    return found


def _leading(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines are the same at the beginning."""
    count = 0
    while count < min(len(old), len(new)) and old[count] == new[count]:
        count += 1
    return count


def _moves(paragraphs: Iterable[_Paragraph]) -> frozenset[str]:
    """The names of moves of which both ends are there; any other is a deletion or an insertion."""
    ends: dict[str, set[str]] = {_FROM: set(), _TO: set()}
    for paragraph in paragraphs:
        for run in paragraph.runs:
            for mark in run.marks:
                if mark.what in ends and mark.move and run.text.strip():
                    ends[mark.what].add(mark.move)
    return frozenset(ends[_FROM] & ends[_TO])


def _adds(mark: _Mark) -> bool:
    return mark.what in (_INSERTED, _TO)


def _is_move(mark: _Mark, moves: frozenset[str]) -> bool:
    return mark.what in (_FROM, _TO) and mark.move in moves


def _is_there(marks: Iterable[_Mark], accepted: frozenset[str], moves: frozenset[str]) -> bool:
    """Whether a piece of text is there once the changes of these authors are accepted; moved text stays in place."""
    for mark in marks:
        if _is_move(mark, moves):
            if mark.what == _TO:
                return False
        elif _adds(mark) != (mark.author in accepted):
            return False
    return True


def _view(paragraphs: Sequence[_Paragraph], accepted: frozenset[str], moves: frozenset[str]) -> list[str]:
    """The lines of paragraphs once the changes of these authors are accepted and all others refused."""
    lines, line = list[str](), ""
    for paragraph in paragraphs:
        line += "".join(run.text for run in paragraph.runs if _is_there(run.marks, accepted, moves))
        if _is_there(paragraph.end, accepted, moves):
            lines.append(line.strip())
            line = ""
    if line.strip():
        lines.append(line.strip())
    return [text for text in lines if text]


def _groups(paragraphs: Sequence[_Paragraph], moves: frozenset[str]) -> Iterator[range]:
    """Paragraphs that hang together because the end of one was inserted or deleted."""
    start = 0
    for number, paragraph in enumerate(paragraphs, start=1):
        linked = any(not (_is_move(mark, moves) and mark.what == _FROM) for mark in paragraph.end)
        if not linked or number == len(paragraphs):
            yield range(start, number)
            start = number


def _marks(paragraphs: Iterable[_Paragraph], moves: frozenset[str]) -> Iterator[_Mark]:
    for paragraph in paragraphs:
        for marks in (*(run.marks for run in paragraph.runs), paragraph.end):
            yield from (mark for mark in marks if not _is_move(mark, moves))


def _changes(author: str, other: str, paragraphs: Iterable[_Paragraph]) -> bool:
    """Whether the author deleted what the other inserted."""
    return any(
        any(mark.what == _DELETED and mark.author == author for mark in marks)
        and any(mark.what == _INSERTED and mark.author == other for mark in marks)
        for paragraph in paragraphs
        for marks in (*(run.marks for run in paragraph.runs), paragraph.end)
    )


def _moved(
    paragraphs: Sequence[_Paragraph], moves: frozenset[str], places: dict[int, int], before: Sequence[str]
) -> Iterator[Edit]:
    """One edit for each move: what was moved, as it was and as it is, and after which text it stands."""
    for name in sorted(moves):
        old, new, authors = list[str](), list[str](), list[str]()
        start, after = 0, ""
        for number, paragraph in enumerate(paragraphs):
            gone, come = "", ""
            for run in paragraph.runs:
                inside = [mark for mark in run.marks if mark.move == name and mark.what in (_FROM, _TO)]
                rest = [mark for mark in run.marks if mark not in inside]
                if any(mark.what == _FROM for mark in inside) and _is_there(rest, frozenset(), moves):
                    gone += run.text
                    start = start if old else places[number]
                if any(mark.what == _TO for mark in inside):
                    everyone = frozenset(mark.author for mark in rest)
                    come += run.text if _is_there(rest, everyone, moves) else ""
                authors += [mark.author for mark in inside]
            old += [gone.strip()] if gone.strip() else []
            if come.strip():
                if not new:
                    at = places[number]
                    kept = "".join(run.text for run in paragraph.runs if _is_there(run.marks, frozenset(), moves))
                    above = at if kept.strip() else at - 1
                    # The group of what was moved here is told by its first line, which follows it.
                    after = before[above] if 0 <= above < len(before) else ""
                new.append(come.strip())
        if old and authors:
            yield Edit(start, authors[0], tuple(old), tuple(new), after)


def _comments(source: _Word | _OpenText, places: dict[int, int]) -> list[Comment]:
    anchors: dict[str, list[str]] = {}
    starts: dict[str, int] = {}
    for number, paragraph in enumerate(source.paragraphs):
        seen: set[str] = set()
        for run in paragraph.runs:
            gone = any(mark.what in (_DELETED, _FROM) for mark in run.marks)
            for name in run.comments:
                starts.setdefault(name, places.get(number, 0))
                lines = anchors.setdefault(name, [])
                if name not in seen:
                    lines.append("")
                    seen.add(name)
                if not gone:
                    lines[-1] += run.text
    found = []
    for name, (author, text) in source.comments.items():
        anchor = "\n".join(line.strip() for line in anchors.get(name, ()) if line.strip())
        found.append(Comment(starts.get(name, 0), author, text, anchor))
    return found
