"""Long tables: a row is laid out once, and the texts of the other rows are put into its XML.

The XML of a row is fifty times as long as its text, and docxtpl, lxml and python-docx each parse all of it. So a loop
``{%tr for … %}`` over a long list renders one hollow row, which goes through everything with the rest of the
document; the rows themselves are written straight into the package. The bytes are those of the plain way: a text of a
kind not met before (line breaks, tabs, a label at its head) is made into XML the plain way, once for its kind, and a
loop with anything in it that this module does not know is left to the plain way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from jinja2 import Environment
from lxml import etree
from markupsafe import Markup
from msgspec import Struct, field

from generator.basic.patterns import compile_late
from generator.documents.passages import Source
from generator.meeting import figures
from generator.prose.recording import Placed, Printed, recording
from generator.prose.text import Text
from generator.word import labels, tables
from generator.word.ooxml import Styles, W, text_of, xml_of

Origins = Callable[[], Iterator[Source]]
"""The sources of what a {{ }} prints, row by row; computed when asked for, since a long list has many."""

# A list of more rows than this is long: about a page.
MANY = 30
# The processing instruction that keeps the place of the rows in the document.
PLACE = "rows"
# A noncharacter where the text of a {{ }} goes.
_HOLE = "\ufdd2"
_TAG = compile_late(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_BLOCK = compile_late(r"\{%[-+]?\s*(\w+).*?%\}", re.DOTALL)
_LOOP = compile_late(r"\{%\s*for\s+(\w+)\s+in\s+(\w+(?:\.\w+)*)\s*%\}")
# What stands outside of any text, is numbered through the document, or could be taken for a sign of ours.
_STRANGE = compile_late(r"<w:(?:tbl|sdt|tblHeader)\b|wp:docPr|txbxContent|xmlns:|<[?!]|[{}\ufdd0-\ufdef]")
# What no cell holds (values.text): unknown to XML, or a sign of docxtpl's or of ours.
_ODD = compile_late(r"[\x00-\x08\x0b-\x1f\ufdd0-\ufdd6\ufdd8-\ufdef\ufffe\uffff\ud800-\udfff]")
# A text that goes into its cell as it is.
_is_ordinary = re.compile(rf"(?!{labels.LABEL.pattern})[^\n\t&<>]+").fullmatch
_KEPT_WHOLE = compile_late(r"<w:trPr><w:cantSplit\b[^>]*/></w:trPr>|<w:cantSplit\b[^>]*/>")
_AT_ONCE, _MOST_KINDS = 500, 2000


class PlainWay(Struct, frozen=True):
    """What docxtpl and layout make of a cell: ``finalize`` is Jinja's (a value → XML), ``listing`` docxtpl's."""

    finalize: Callable[[Any], Any]
    listing: Callable[[str], str]
    styles: Styles

    def cell(self, xml: str, texts: Iterable[str], fate: str, namespaces: Mapping[str, str]) -> str:
        """The XML of a cell with the texts in its holes."""
        rest = iter(texts)
        filled = re.sub(_HOLE, lambda _: str(self.finalize(next(rest))), xml)
        names = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in namespaces.items())
        holder = etree.fromstring(f"<w:body {names}>{self.listing(filled)}</w:body>")
        if fate:
            tables.become(holder[0], fate)
        labels.hang_labels(holder, self.styles)
        return _inside(holder)


class _Cell(Struct):
    """A cell of the hollow row. ``hole_texts``: for each of its holes the texts, one for each row.

    ``around`` is the text around the holes, ``paragraphs`` the same for each paragraph; ``kinds`` has the XML around
    the holes for each kind of texts that were put into them.
    """

    hole_texts: list[list[str]]
    origins: list[Origins]
    around: list[str]
    paragraphs: list[list[str]]
    namespaces: Mapping[str, str]
    xml: str = ""
    kinds: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        """Whether the cell holds the text of one hole and nothing else."""
        return self.around == ["", ""]

    def written(self, start: int, stop: int, fates: Mapping[int, str], plain: PlainWay) -> Iterable[str]:
        """The XML of the cell in the rows from ``start`` to before ``stop``."""
        hole_texts = [texts[start:stop] for texts in self.hole_texts]
        if not hole_texts and not fates:
            return repeat(self._row((), "", plain))
        if self.alone and not fates:
            before, after = self._pieces((_HOLE,), "", plain)
            texts = hole_texts[0]
            special = {text: self._row((text,), "", plain) for text in set(texts) if not _is_ordinary(text)}
            return [special.get(text, f"{before}{text}{after}") for text in texts]
        rows = zip(*hole_texts, strict=True) if hole_texts else repeat((), stop - start)
        return [self._row(texts, fates.get(number, ""), plain) for number, texts in enumerate(rows, start)]

    def _row(self, texts: tuple[str, ...], fate: str, plain: PlainWay) -> str:
        """The XML of the cell in a row with these texts."""
        parts: Sequence[str] = ()
        kind = texts
        if self.alone:
            shape, parts = _shape(texts[0], len(self.paragraphs) == 1)
            kind = (shape,)
        elif all(map(_is_ordinary, texts)) and not self._has_label(texts):
            kind, parts = (_HOLE,) * len(texts), texts
        pieces = self._pieces(kind, fate, plain)
        # A cell that is swallowed by the one above, or says 同上, has no holes left.
        return _filled(pieces, map(_escaped, parts)) if len(pieces) > 1 else pieces[0]

    def _pieces(self, kind: tuple[str, ...], fate: str, plain: PlainWay) -> list[str]:
        key = (fate, *kind)
        if key not in self.kinds:
            if len(self.kinds) == _MOST_KINDS:
                self.kinds.clear()
            self.kinds[key] = plain.cell(self.xml, kind, fate, self.namespaces).split(_HOLE)
        return self.kinds[key]

    def _has_label(self, texts: Sequence[str]) -> bool:
        rest = iter(texts)
        return any(
            labels.LABEL.match(_filled(around, rest)) or labels.LABEL.match(_HOLE.join(around))
            for around in self.paragraphs
        )


class Rows(Struct):
    """The rows of a loop that are not in the document's tree, for tables.Repeated; ``row`` is the hollow one."""

    hole_texts: list[list[str]]
    origins: list[Origins]
    plain: PlainWay
    row: Any = None
    fates: dict[int, dict[int, str]] = field(default_factory=dict)
    split: set[int] = field(default_factory=set)
    _cells: list[_Cell] = field(default_factory=list)
    _frame: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.hole_texts[0])

    def take(self, row: Any) -> None:
        """Takes the hollow row in the tree."""
        self.row = row
        rest = iter(zip(self.hole_texts, self.origins, strict=True))
        namespaces = {prefix: address for prefix, address in row.nsmap.items() if prefix}
        for cell in row.iterchildren(f"{W}tc"):
            around = text_of(cell).split(_HOLE)
            paragraphs = [text_of(paragraph).split(_HOLE) for paragraph in cell.iter(f"{W}p")]
            holes = [next(rest) for _ in around[1:]]
            hole_texts, origins = [texts for texts, _ in holes], [sources for _, sources in holes]
            self._cells.append(_Cell(hole_texts, origins, around, paragraphs, namespaces))

    def texts(self, place: int, *, breaks: bool = False) -> list[str]:
        cell = self._cells[place]
        # A line break begins a paragraph, and the text of a cell is that of its paragraphs.
        hole_texts = [texts if breaks else [text.replace("\n", "") for text in texts] for texts in cell.hole_texts]
        if cell.alone:
            return hole_texts[0]
        return [
            _filled(cell.around, texts)
            for texts in (zip(*hole_texts, strict=True) if hole_texts else repeat((), self.count))
        ]

    def sources(self, place: int) -> Iterator[Source]:
        """The sources of the cell in that place, row by row."""
        origins = [sources_by_row() for sources_by_row in self._cells[place].origins]
        if len(origins) == 1:
            return origins[0]
        return map(_united, zip(*origins, strict=True)) if origins else repeat(Source(), self.count)

    def take_out(self) -> None:
        self.row.getparent().remove(self.row)
        holder = etree.Element(f"{W}body", nsmap=self.row.nsmap)
        for cell, element in zip(self._cells, self.row.findall(f"{W}tc"), strict=True):
            element.addprevious(etree.ProcessingInstruction(PLACE, "cell"))
            holder.append(element)
            cell.xml = _inside(holder)
            holder.remove(element)
        holder.append(self.row)
        self._frame = _inside(holder).split(f"<?{PLACE} cell?>")

    def written(self) -> Iterator[bytes]:
        """The XML of all rows, in pieces. Only after ``take_out``."""
        for start in range(0, self.count, _AT_ONCE):
            stop = min(start + _AT_ONCE, self.count)
            begin, *frames = self._frame
            begins: Iterable[str] = repeat(begin)
            if self.split:
                may_split = _KEPT_WHOLE.sub("", begin)
                begins = [may_split if number in self.split else begin for number in range(start, stop)]
            columns: list[Iterable[str]] = []
            for place, (frame, cell) in enumerate(zip([begins, *map(repeat, frames)], self._cells, strict=False)):
                columns += [frame, cell.written(start, stop, self.fates.get(place, {}), self.plain)]
            rows = zip(range(start, stop), *columns, repeat(self._frame[-1]), strict=False)
            yield "".join(chain.from_iterable(row[1:] for row in rows)).encode()


def set_apart(
    source: str, names: Mapping[str, Any], environment: Environment, plain: PlainWay
) -> tuple[str, dict[str, Any], list[Rows]]:
    """Takes the long loops out of the source of a document's body, as docxtpl hands it to Jinja.

    Returns the source that renders hollow rows in their stead, the names that it needs besides, and the rows.
    """
    parts: list[str] = []
    more: dict[str, Any] = {}
    apart: list[Rows] = []
    done = 0
    for begin, inner, outer, end in _loops(source):
        loop, body = _LOOP.fullmatch(source, begin, inner), source[inner:outer]
        many = _named(loop[2], names, environment) if loop else None
        if not loop or not isinstance(many, list | tuple) or len(many) <= MANY:
            continue
        nested = source.count("<w:tbl>", 0, begin) - source.count("</w:tbl>", 0, begin) != 1
        strips = re.search(r"\{[{%][-+]|[-+][}%]\}", source[begin:end])
        known = not nested and not strips and _is_known(body, plain.styles)
        found = _hole_texts(source[begin:outer], names, environment, many) if known else None
        if found is None:
            continue
        number, name = len(apart), f"_rows{len(apart)}"
        more[name] = many[:1]
        parts += [source[done:begin], f"<?{PLACE} {number}?>{{% for {loop[1]} in {name} %}}"]
        parts += [_hollow(body), "{% endfor %}"]
        apart.append(Rows(*found, plain))
        done = end
    return "".join([*parts, source[done:]]), more, apart


def find(body: Any, apart: Sequence[Rows]) -> list[Rows]:
    """The long rows whose hollow rows are in the rendered document, which a condition may leave out."""
    for mark in body.iter(etree.ProcessingInstruction) if apart else ():
        if mark.target == PLACE:
            apart[int(mark.text)].take(mark.getnext())
    return [rows for rows in apart if rows.row is not None]


def _loops(source: str) -> Iterator[tuple[int, int, int, int]]:
    """The loops that stand in no other: begin and end of the first tag, begin and end of the last one."""
    begun: list[re.Match[str]] = []
    for tag in _BLOCK.finditer(source) if "{#" not in source else ():
        if tag[1] in ("for", "if"):
            begun.append(tag)
        elif tag[1] in ("endfor", "endif") and begun:
            first = begun.pop()
            if first[1] == "for" and all(outer[1] == "if" for outer in begun):
                yield first.start(), first.end(), tag.start(), tag.end()
        elif tag[1] not in ("else", "elif"):
            # A block that ends otherwise, or a name that changes its meaning.
            return


def _named(path: str, names: Mapping[str, Any], environment: Environment) -> Any:
    first, *rest = path.split(".")
    value = names.get(first)
    for name in rest:
        value = environment.getattr(value, name)
    return value


def _hollow(body: str) -> str:
    return re.sub(r"\{\{.*?\}\}", _HOLE, body, flags=re.DOTALL)


def _is_known(body: str, styles: Styles) -> bool:
    """Whether the body of a loop is one row, in which tags only print texts and repeat cells."""
    loops = [tag for tag in _TAG.findall(body) if tag.startswith("{%")]
    if len(loops) > 2 or not all(re.match(r"\{%\s*(?:for|endfor)\b", tag) for tag in loops):
        return False
    if loops and "{{" not in body[body.index(loops[0]) : body.index(loops[1])]:
        return False
    xml = re.sub(r"\{%.*?%\}", "", _hollow(body), flags=re.DOTALL)
    within = "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml))
    if not re.fullmatch(r"<w:tr[ >](?:(?!<w:tr[ >]).)*</w:tr>", xml, re.DOTALL):
        return False
    if _STRANGE.search(xml.replace(_HOLE, "")) or xml.count(_HOLE) != within.count(_HOLE) or _HOLE not in xml:
        return False
    # A paragraph that hangs hands its indent on to the next of its style.
    used = [*re.findall(r'<w:pStyle w:val="([^"]*)"', xml), *map(styles.id_of, tables.FITTED_STYLES)]
    return not any(styles.indent(style)[1] for style in used)


def _hole_texts(
    loop: str, names: Mapping[str, Any], environment: Environment, many: Sequence[Any]
) -> tuple[list[list[str]], list[Origins]] | None:
    """What each {{ }} of the loop prints, row by row, and where it came from; None where the rows are not alike or a
    value is unknown."""
    values: list[Any] = []
    end = object()
    firsts: list[Any] = []

    def take(value: Any) -> None:
        # Of the first row it is kept how its values came about: the others are alike.
        bare = value.value if isinstance(value, Printed) else value
        if len(firsts) == len(values) and not (values and values[-1] is end):
            firsts.append(value)
        values.append(bare)

    reader = environment.overlay(finalize=take, autoescape=False)
    source = f"{''.join(_TAG.findall(loop))}{{{{ _end }}}}{{% endfor %}}"
    try:
        with recording():
            for _ in reader.from_string(source).generate({**names, "_end": end}):
                pass
        size = values.index(end) + 1
        if len(values) % size or any(value is not end for value in values[size - 1 :: size]):
            return None
        hole_texts = [[_text(value) for value in values[at::size]] for at in range(size - 1)]
    except Exception:
        # The plain way fails in the same place, and reports it.
        return None
    if not hole_texts or any(any(map(_ODD.search, texts)) for texts in hole_texts):
        return None
    return hole_texts, [_origins(firsts[at], values[at::size], many, at) for at in range(size - 1)]


def _origins(first: Any, printed: Sequence[Any], many: Sequence[Any], place: int) -> Origins:
    """Where the values of one {{ }} came from: ``first`` is what it printed in the first row."""
    values = printed if any(isinstance(value, Text) for value in printed) else None
    holders = first.holders if isinstance(first, Printed) else ()
    # In each row the same key of the row; of a row that is a list of texts, the text in that place.
    keys = [key for holder, key in holders if holder is many[0]] or [place] * isinstance(many[0], list)

    def sources_by_row() -> Iterator[Source]:
        # Asked of each kind of row once: asking a protocol takes longer than all else here.
        placed = {kind for kind in set(map(type, many)) if issubclass(kind, Placed)}
        for value, row in zip(values or repeat(None), many, strict=False):
            if isinstance(value, Text):
                cells = dict.fromkeys(str(cell) for span in value.spans for cell in span.cells)
            else:
                places = [row.cells_of(key) for key in keys] if type(row) in placed else []
                cells = dict.fromkeys(str(cell) for found in places for cell in found)
            yield Source((), tuple(cells))

    return sources_by_row


def _united(sources: Iterable[Source]) -> Source:
    return Source((), tuple(dict.fromkeys(cell for source in sources for cell in source.cells)))


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if isinstance(value, Markup):
        raise TypeError("XML is not text")
    return figures.shown(value)


def _shape(text: str, alone: bool) -> tuple[str, list[str]]:
    """The text with holes for its words, which decides how it is laid out; and the words."""
    words: list[str] = []
    lines = []
    for line in text.split("\n"):
        label = re.match(rf"(?:{labels.LABEL.pattern}) *", line)
        # A number alone in its cell is no label.
        head = label[0] if label and not (alone and line == text and label[0][0].isdigit()) else ""
        rest = line[len(head) :].split("\t")
        words += filter(None, rest)
        lines.append(head + "\t".join(_HOLE if word else "" for word in rest))
    return "\n".join(lines), words


def _filled(pieces: Sequence[str], texts: Iterable[str]) -> str:
    rest = iter(texts)
    return "".join(chain.from_iterable((next(rest), piece) if at else (piece,) for at, piece in enumerate(pieces)))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _inside(holder: Any) -> str:
    xml = xml_of(holder)
    return xml[xml.index(">") + 1 : xml.rindex("<")]
