"""The only module that holds raw WordprocessingML: what docxtpl cannot do, done on the rendered document.

Labels get hanging indents as wide as they are, equal neighbours of marked columns are merged, tables of unknown
columns get widths, and the package is written so that the same content gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Noncharacters, which no cell may hold (values.text) and no typeface has.
MERGE_MARK = "\ufdd0"
FIT_MARK = "\ufdd1"
FIELD_STYLES, DECISION_STYLE, LEVEL_STYLES = ("欄位", "紀錄欄位"), "決定欄", "層次"
DITTO = "同上"
TEXT_STYLE, NUMBER_STYLE, SMALL_STYLE, SMALL_NUMBER_STYLE = "表格文字", "表格數字", "表格小字", "表格小字數字"
_ROWS_OF_A_PAGE, _ROWS_OF_A_RUN = 28, 12
_CELL_MARGINS, _SHORT_NAME = 180, 5
_AFTER_IND = (
    "contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId"
    " cnfStyle rPr sectPr pPrChange"
)
# What a style has besides its looks; Word fills these in and out as it likes.
_NOT_LOOKS = "name aliases next link rsid uiPriority qFormat semiHidden unhideWhenUsed locked lang noProof"
_PARTS = {"document": "", "header": "頁首", "footer": "頁尾", "footnotes": "註腳"}
_LARGEST_PACKAGE = 200_000_000
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_NUMERAL = "〇零一二三四五六七八九十百壹貳參肆伍陸柒捌玖拾佰"
_LABEL = re.compile(rf"[{_NUMERAL}]+、|（[{_NUMERAL}]+）|（\d+）|\([{_NUMERAL}]+\)\t?|\(\d+\)\t?|\d+\.(?!\d)\t?|註：")
_NUMBER_TEXT = re.compile(r"[-+]?[\d,]+(?:\.\d+)?%?")


def finish(body: Any, styles: Any) -> None:
    """Everything done to a rendered document: labels, merged neighbours, fitted columns. Changes ``body`` in place."""
    known = Styles(styles)
    for table in body.iter(f"{W}tbl"):
        _fit_columns(table, known)
        _merge_equal(table, known)
    _hang_labels(body, known)
    _keep_together(body, known)


class Styles:
    """The paragraph styles of a document, as far as indents and size go; basedOn is followed."""

    def __init__(self, root: Any) -> None:
        self._by_id = {style.get(f"{W}styleId"): style for style in root.iter(f"{W}style")}
        self._default = root.find(f"{W}docDefaults")

    def name(self, style_id: str | None) -> str:
        """The name of a style; Word gives styles new ids when staff save a template, names stay."""
        name = self._by_id[style_id].find(f"{W}name") if style_id in self._by_id else None
        return name.get(f"{W}val") or "" if name is not None else ""

    def id_of(self, name: str) -> str | None:
        """The id of the style of that name."""
        return next((key for key in self._by_id if self.name(key) == name), None)

    def definitions(self) -> dict[str, str]:
        """Each style's definition by name, spelt so that what Word changes of itself on saving makes no difference."""
        found = {self.name(key): self._spelt(style) for key, style in self._by_id.items()}
        if self._default is not None:
            found["（預設格式）"] = self._spelt(self._default)
        return found

    def _spelt(self, element: Any) -> str:
        tag = str(element.tag).removeprefix(W)
        if tag in _NOT_LOOKS.split() or tag.startswith("{"):
            return ""
        own = {str(key).removeprefix(W): value for key, value in element.attrib.items() if str(key).startswith(W)}
        if tag == "style":
            own = {}
        elif tag == "basedOn":
            own = {"val": self.name(own.get("val"))}
        below = "".join(sorted(self._spelt(child) for child in element if isinstance(child.tag, str)))
        return f"<{tag} {sorted(own.items())}{below}>" if own or below or tag not in ("pPr", "rPr") else ""

    def fonts(self, style_id: str | None, theme: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """(style name, typeface) for each typeface that a style or one it is based on names; None: the defaults."""
        for style in self._chain(style_id) if style_id else [self._default] if self._default is not None else []:
            for face in _faces(style, theme):
                yield self.name(style.get(f"{W}styleId")) or "（預設格式）", face

    def _chain(self, style_id: str | None) -> Iterator[Any]:
        seen: set[str] = set()
        while style_id and style_id in self._by_id and style_id not in seen:
            seen.add(style_id)
            style = self._by_id[style_id]
            yield style
            base = style.find(f"{W}basedOn")
            style_id = base.get(f"{W}val") if base is not None else None

    def indent(self, style_id: str | None) -> tuple[int, int]:
        """(left, hanging) in twips."""
        for style in self._chain(style_id):
            ind = style.find(f"{W}pPr/{W}ind")
            if ind is not None:
                return int(ind.get(f"{W}left") or ind.get(f"{W}start") or 0), int(ind.get(f"{W}hanging") or 0)
        return 0, 0

    def size(self, style_id: str | None) -> int:
        """The type size in twips (a full-width character is as wide)."""
        for style in self._chain(style_id):
            size = style.find(f"{W}rPr/{W}sz")
            if size is not None:
                return int(size.get(f"{W}val")) * 10
        size = self._default.find(f"{W}rPrDefault/{W}rPr/{W}sz") if self._default is not None else None
        return int(size.get(f"{W}val")) * 10 if size is not None else 240


def _hang_labels(body: Any, styles: Styles) -> None:
    """Text lines up with text: a paragraph of a hanging style hangs by its own label; without label it does not."""
    cells = {paragraph for cell in body.iter(f"{W}tc") for paragraph in cell.iter(f"{W}p")}
    edges: dict[str | None, int] = {}
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        style_id = style.get(f"{W}val") if style is not None else None
        left, hanging = styles.indent(style_id)
        in_cell = paragraph in cells
        if not hanging and not in_cell:
            continue
        text = text_of(paragraph)
        found = _LABEL.match(text)
        if in_cell and not hanging:
            alone = len(paragraph.getparent().findall(f"{W}p")) == 1
            if not found or (alone and found[0][0].isdigit()):
                continue
            width = label_width(found[0], styles.size(style_id))
            _set_indent(paragraph, left + width, width)
        elif not found:
            if styles.name(style_id) not in FIELD_STYLES:
                _set_indent(paragraph, edges.get(style_id, left), 0)
        else:
            width = label_width(found[0], styles.size(style_id))
            edges[style_id] = left - hanging + width
            if width != hanging:
                _set_indent(paragraph, left - hanging + width, width)
        if found and found[0][-1] != "\t" and any(character.isascii() for character in found[0]):
            _tab_after(paragraph, len(found[0]))


def _keep_together(body: Any, styles: Styles) -> None:
    """A point stays with the first point below it, and the last one with the room for the decision."""
    for above, below in pairwise(body.iterchildren(f"{W}p", f"{W}tbl")):
        if above.tag != f"{W}p" or below.tag != f"{W}p":
            continue
        ids = [
            style.get(f"{W}val") if (style := one.find(f"{W}pPr/{W}pStyle")) is not None else None
            for one in (above, below)
        ]
        names = [styles.name(one) for one in ids]
        deeper = all(name.startswith(LEVEL_STYLES) for name in names) and styles.indent(ids[1]) > styles.indent(ids[0])
        if deeper or names[1] == DECISION_STYLE:
            keep = etree.Element(f"{W}keepNext")
            style = above.find(f"{W}pPr/{W}pStyle")
            if style is not None and above.find(f"{W}pPr/{W}keepNext") is None:
                style.addnext(keep)


def label_width(label: str, size: int) -> int:
    """How wide a label hangs, in twips: full-width characters count whole; half-width labels up to the next half."""
    plain = label.rstrip("\t")
    if not any(character.isascii() for character in plain):
        return len(plain) * size
    halves = sum(1 if character.isascii() else 2 for character in plain)
    return max(halves + (1 if plain.endswith(".") and halves < 4 else 0), 3) * size // 2


def _tab_after(paragraph: Any, length: int) -> None:
    """Puts a tab between a label in half-width characters and its text, where the text ran on."""
    for node in paragraph.iter(f"{W}t"):
        text = node.text or ""
        if len(text) < length:
            return
        run = node.getparent()
        rest = text[length:].lstrip(" ")
        node.text = text[:length]
        tab = etree.Element(f"{W}tab")
        node.addnext(tab)
        tail = etree.Element(f"{W}t")
        tail.text = rest
        tail.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        tab.addnext(tail)
        assert run is not None
        return


def _set_indent(paragraph: Any, left: int, hanging: int) -> None:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    ind = properties.find(f"{W}ind")
    if ind is None:
        ind = etree.Element(f"{W}ind")
        after = {f"{W}{name}" for name in _AFTER_IND.split()}
        later = next((child for child in properties if child.tag in after), None)
        if later is not None:
            later.addprevious(ind)
        else:
            properties.append(ind)
    ind.attrib.clear()
    ind.set(f"{W}left", str(left))
    if hanging:
        ind.set(f"{W}hanging", str(hanging))
    else:
        ind.set(f"{W}firstLine", "0")


def text_of(element: Any) -> str:
    """The text of a paragraph or cell; tabs and breaks as \\t and \\n."""
    parts = []
    for node in element.iter(f"{W}t", f"{W}tab", f"{W}br"):
        if node.tag == f"{W}t":
            parts.append(node.text or "")
        elif node.getparent().tag == f"{W}r":
            parts.append("\t" if node.tag == f"{W}tab" else "\n")
    return "".join(parts)


def _strip_mark(cell: Any, mark: str) -> bool:
    found = False
    for node in cell.iter(f"{W}t"):
        if node.text and mark in node.text:
            node.text = node.text.replace(mark, "")
            found = True
    return found


def _cells(row: Any) -> Iterator[tuple[int, Any]]:
    """The cells of a row with their grid column; spans are counted."""
    column = 0
    for cell in row.iterchildren(f"{W}tc"):
        yield column, cell
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        column += int(span.get(f"{W}val")) if span is not None else 1


def _is_header(row: Any) -> bool:
    return row.find(f"{W}trPr/{W}tblHeader") is not None


def _merge_equal(table: Any, styles: Styles) -> None:
    """Equal neighbours below a heading with 合併相同 become one cell.

    A list too long for a page repeats its texts every few rows, and says 同上 for those of several lines instead of
    merging: a merged cell that crosses a page loses the lines that do not fit on the first one.
    """
    rows = list(table.iterchildren(f"{W}tr"))
    marked = {column for row in rows for column, cell in _cells(row) if _strip_mark(cell, MERGE_MARK)}
    body = [row for row in rows if not _is_header(row)]
    paged = len(body) > _ROWS_OF_A_PAGE
    for column in sorted(marked):
        above: Any = None
        run = 0
        for row in body:
            cell = next((found for at, found in _cells(row) if at == column), None)
            text = text_of(cell) if cell is not None else ""
            if above is not None and text and text == text_of(above) and (not paged or run < _ROWS_OF_A_RUN):
                if paged and not _is_one_line(cell, styles):
                    _say_ditto(cell)
                else:
                    if run == 1:
                        _set_merge(above, restart=True)
                    _set_merge(cell, restart=False)
                run += 1
            else:
                above, run = (cell, 1) if text else (None, 0)


def _say_ditto(cell: Any) -> None:
    first, *rest = list(cell.iter(f"{W}t"))
    first.text = DITTO
    for node in rest:
        node.text = ""


def _is_one_line(cell: Any, styles: Styles) -> bool:
    width = cell.find(f"{W}tcPr/{W}tcW")
    style = next(cell.iter(f"{W}pStyle"), None)
    size = styles.size(style.get(f"{W}val") if style is not None else None)
    room = int(width.get(f"{W}w") or 0) - 160 if width is not None else 0
    return _ems(text_of(cell)) * size <= room and "\n" not in text_of(cell)


def _set_merge(cell: Any, restart: bool) -> None:
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        properties = etree.Element(f"{W}tcPr")
        cell.insert(0, properties)
    merge = etree.Element(f"{W}vMerge")
    if restart:
        merge.set(f"{W}val", "restart")
    early = [f"{W}{name}" for name in ("cnfStyle", "tcW", "gridSpan", "hMerge")]
    before = [child for child in properties if child.tag in early]
    properties.insert(len(before), merge)
    if not restart:
        paragraphs = cell.findall(f"{W}p")
        for extra in paragraphs[1:]:
            cell.remove(extra)
        for child in list(paragraphs[0]):
            if child.tag != f"{W}pPr":
                paragraphs[0].remove(child)


def _fit_columns(table: Any, styles: Styles) -> None:
    """A table marked 欄寬依內容 gets a grid by its longest texts, and its columns of numbers stand to the right.

    Columns that would break a number or a short name on an upright page turn the page; the type gets smaller last.
    """
    rows = list(table.iterchildren(f"{W}tr"))
    if not any([_strip_mark(cell, FIT_MARK) for row in rows for _, cell in _cells(row)]):
        return
    grid = table.find(f"{W}tblGrid")
    whole = sum(int(column.get(f"{W}w") or 0) for column in grid)
    texts = [[text_of(cell) for _, cell in _cells(row)] for row in rows]
    body = [found for row, found in zip(rows, texts, strict=True) if not _is_header(row)]
    count = max(len(row) for row in texts)
    columns = [[row[index] for row in texts if index < len(row)] for index in range(count)]
    size = float(styles.size(styles.id_of(TEXT_STYLE)))
    least = [max(_unbroken(text) for text in column) * size + _CELL_MARGINS for column in columns]
    ideal = [max(min(max(_ems(text) for text in column), 22) * size + _CELL_MARGINS, low)
             for column, low in zip(columns, least, strict=True)]  # fmt: skip
    if sum(least) > whole or sum(ideal) > whole * 1.5:
        whole = _turn_page(table, whole)
    spare = whole - sum(least)
    small = spare < 0
    wish = [best - low for best, low in zip(ideal, least, strict=True)]
    if spare >= 0 and sum(wish) > 0:
        widths = [int(low + spare * want / sum(wish)) for low, want in zip(least, wish, strict=True)]
    else:
        widths = [int(whole * low / sum(least)) for low in least]
    widths[-1] += whole - sum(widths)
    for child in list(grid):
        grid.remove(child)
    for width in widths:
        etree.SubElement(grid, f"{W}gridCol").set(f"{W}w", str(width))
    for row in rows:
        for index, (_, cell) in enumerate(_cells(row)):
            measure = cell.find(f"{W}tcPr/{W}tcW")
            if measure is not None:
                measure.set(f"{W}w", str(widths[index]))
                measure.set(f"{W}type", "dxa")
            if _is_header(row):
                continue
            name = (SMALL_NUMBER_STYLE if small else NUMBER_STYLE) if _is_numeric(body, index) else SMALL_STYLE
            wanted = styles.id_of(name) if name != SMALL_STYLE or small else None
            for style in cell.iter(f"{W}pStyle") if wanted else ():
                style.set(f"{W}val", wanted)


def _is_numeric(body: list[list[str]], index: int) -> bool:
    given = [row[index] for row in body if index < len(row) and row[index]]
    return bool(given) and all(_NUMBER_TEXT.fullmatch(text) for text in given)


def _unbroken(text: str) -> float:
    """How many em the longest piece is wide that should not be broken: a number or word, or a short Chinese name."""
    pieces = [_ems(piece) for piece in re.findall(r"[!-~]+", text)]
    short = _ems(text) if _ems(text) <= _SHORT_NAME else 2
    return max([*pieces, short])


def _turn_page(table: Any, whole: int) -> int:
    """Turns the page of the table's section on its side; returns the new width between the margins."""
    body = next(table.iterancestors(f"{W}body"), None)
    size = body.find(f"{W}sectPr/{W}pgSz") if body is not None else None
    if size is None or size.get(f"{W}orient") == "landscape":
        return whole
    width, height = size.get(f"{W}w"), size.get(f"{W}h")
    size.set(f"{W}w", height)
    size.set(f"{W}h", width)
    size.set(f"{W}orient", "landscape")
    wide = whole + int(height) - int(width)
    measure = table.find(f"{W}tblPr/{W}tblW")
    if measure is not None and measure.get(f"{W}type") == "dxa":
        measure.set(f"{W}w", str(wide))
    return wide


def _ems(text: str) -> float:
    return max((sum(0.5 if character.isascii() else 1 for character in line) for line in text.split("\n")), default=0)


def packed(package: bytes) -> bytes:
    """The same package with sorted entries and a fixed time, so that equal content is equal bytes."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda entry: (entry != "[Content_Types].xml", entry)):
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return result.getvalue()


def without_page_numbers(package: bytes) -> bytes:
    """A copy whose footers leave the line with the page number empty: the packet stamps running numbers itself."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if re.fullmatch(r"word/footer\d*\.xml", name):
                root = etree.fromstring(content)
                for paragraph in root.iter(f"{W}p"):
                    codes = "".join(node.text or "" for node in paragraph.iter(f"{W}instrText"))
                    codes += "".join(node.get(f"{W}instr") or "" for node in paragraph.iter(f"{W}fldSimple"))
                    if "PAGE" in codes:
                        for child in list(paragraph):
                            if child.tag != f"{W}pPr":
                                paragraph.remove(child)
                content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(zipfile.ZipInfo(name, _FIXED_TIME), content)
    return result.getvalue()


class NotADocument(Exception):
    """The file is no .docx that can be read."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A text of a template that may hold tags: a paragraph, or an attribute (the description of a table or picture).

    ``number`` counts the paragraphs of the part from 1; an attribute has that of the next paragraph. ``text`` is that
    of the runs without tabs and breaks, as docxtpl reads it. ``node`` is None for an attribute.
    """

    number: int
    text: str
    node: Any

    def around(self, name: str) -> Any:
        """The row (tr) or cell (tc) in which the paragraph stands, itself for p; None where there is none."""
        if self.node is None or name == "p":
            return self.node
        return next(self.node.iterancestors(f"{W}{name}"), None)

    def runs(self) -> list[str]:
        return [node.text or "" for node in _own_texts(self.node)] if self.node is not None else [self.text]

    @property
    def goes_with_it(self) -> bool:
        """Whether there is more than text: a picture, a page break or the end of a section."""
        if self.node is None:
            return False
        kinds = ("drawing", "pict", "object", "sectPr")
        breaks = self.node.iter(f"{W}br")
        return any(next(self.node.iter(f"{W}{kind}"), None) is not None for kind in kinds) or any(
            one.get(f"{W}type") in ("page", "column") for one in breaks
        )


class Package:
    """The XML of a .docx, to look at. Raises NotADocument, and OSError where the file cannot be opened."""

    def __init__(self, path: Path) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_PACKAGE:
                    raise NotADocument(path.name)
                wanted = re.compile(rf"word/(?:({'|'.join(_PARTS)})\d*|styles|theme/theme1)\.xml")
                read = {
                    name: etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False))
                    for name in sorted(archive.namelist())
                    if wanted.fullmatch(name)
                }
        except (zipfile.BadZipFile, etree.XMLSyntaxError, NotImplementedError, RuntimeError, EOFError) as error:
            raise NotADocument(path.name) from error
        if "word/document.xml" not in read:
            raise NotADocument(path.name)
        self.parts = [
            (_PARTS[found[1]], root) for name, root in read.items() if (found := wanted.fullmatch(name)) and found[1]
        ]
        self.styles = Styles(read.get("word/styles.xml", etree.Element(f"{W}styles")))
        self.theme = _theme(read.get("word/theme/theme1.xml"))

    def styles_used(self) -> Iterator[tuple[str, int, str, str]]:
        """(part, paragraph, its text, style id) for each style that a paragraph, run or table names."""
        for part, root in self.parts:
            for fragment, element in _within_paragraphs(root, "pStyle", "rStyle", "tblStyle"):
                yield part, fragment.number, fragment.text, element.get(f"{W}val") or ""

    def fonts_used(self) -> Iterator[tuple[str, int, str, str]]:
        """(part, paragraph, its text, typeface) for each typeface that a run with text names itself."""
        for part, root in self.parts:
            for fragment, run in _within_paragraphs(root, "r"):
                if any((node.text or "").strip() for node in run.iterchildren(f"{W}t")):
                    for face in _faces(run, self.theme):
                        yield part, fragment.number, fragment.text, face


def fragments(root: Any) -> list[Fragment]:
    """The paragraphs of a part in their order, and before each the attributes with braces that stand before it."""
    found: list[Fragment] = []
    number = 0
    for element in root.iter(etree.Element):
        if element.tag == f"{W}p":
            number += 1
            text = "".join(node.text or "" for node in _own_texts(element))
            found.append(Fragment(number, text.replace("\n", " "), element))
        for value in element.attrib.values():
            if "{{" in value or "{%" in value:
                # A tag that stands in an attribute is rendered as the file spells it.
                inside = next(element.iterancestors(f"{W}p"), None) is not None
                found.append(Fragment(number if inside else number + 1, value.replace('"', "&quot;"), None))
    return found


def xml_of(element: Any) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)


def breaks_xml(text: str) -> bool:
    """Whether a text that ought to be an XML element is not well-formed."""
    try:
        etree.fromstring(text.encode("utf-8"), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        return True
    return False


def empty_cell(package: bytes) -> bool:
    """Whether a cell of a document is without a paragraph, which Word takes for a damaged file."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return any(cell.find(f"{W}p") is None and cell.find(f"{W}tbl") is None for cell in root.iter(f"{W}tc"))


def _own_texts(paragraph: Any) -> list[Any]:
    """The text nodes of a paragraph without those of the text boxes in it."""
    return [node for node in paragraph.iter(f"{W}t") if next(node.iterancestors(f"{W}p"), None) is paragraph]


def _within_paragraphs(root: Any, *names: str) -> Iterator[tuple[Fragment, Any]]:
    """The elements of these names, each with its paragraph; the style of a table with the table's first."""
    own = [fragment for fragment in fragments(root) if fragment.node is not None]
    by_node = {fragment.node: fragment for fragment in own}
    for element in root.iter(*(f"{W}{name}" for name in names)):
        holder = next(element.iterancestors(f"{W}p"), None)
        if holder is None and (table := next(element.iterancestors(f"{W}tbl"), None)) is not None:
            holder = next(table.iter(f"{W}p"), None)
        if holder is not None:
            yield by_node[holder], element


def _faces(element: Any, theme: Mapping[str, str]) -> list[str]:
    """The typefaces that the properties of a run or style name, for Latin and Chinese text."""
    found = element.find(f"{W}rPr/{W}rFonts")
    if found is None:
        found = element.find(f"{W}rPrDefault/{W}rPr/{W}rFonts")
    if found is None:
        return []
    faces = []
    for name in ("ascii", "hAnsi", "eastAsia"):
        by_theme = found.get(f"{W}{name}Theme")
        # Where both are given, Word goes by the theme.
        faces.append(theme.get(by_theme, "") if by_theme else found.get(f"{W}{name}") or "")
    return list(dict.fromkeys(face for face in faces if face))


def _theme(root: Any) -> dict[str, str]:
    """The typefaces behind minorHAnsi, majorEastAsia …."""
    faces: dict[str, str] = {}
    if root is None:
        return faces
    for size in ("major", "minor"):
        fonts = root.find(f".//{_A}{size}Font")
        if fonts is None:
            continue
        latin, east = fonts.find(f"{_A}latin"), fonts.find(f"{_A}ea")
        hant = next((one.get("typeface") for one in fonts.iter(f"{_A}font") if one.get("script") == "Hant"), "")
        faces[f"{size}Ascii"] = faces[f"{size}HAnsi"] = latin.get("typeface") if latin is not None else ""
        faces[f"{size}EastAsia"] = (east.get("typeface") if east is not None else "") or hant or ""
    return faces
