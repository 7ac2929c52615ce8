"""PDFs made one: page numbers, bookmarks, tags and properties. With foreign_pdf and scrub the only one with pikepdf.

Import it late: pikepdf takes a while to load.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from generator.basic.failure import UserError
from generator.basic.package import written

LANGUAGE = "zh-TW"
NUMBER_SIZE = 12.0
NUMBER_BASELINE = 1.4 / 2.54 * 72  # from the lower edge of the page
LABEL_SIZE = 14.0
LABEL_BASELINE = 1.4 / 2.54 * 72  # from the upper edge
LABEL_MARGIN = 2.5 / 2.54 * 72  # from the right edge, as in the templates
_CHINESE = "第頁，共附件"
_LATIN = "0123456789 "
# Everything is dated by the meeting, so that the same inputs give the same bytes.
_CLOCK = "T00:00:00+08:00"


class UnusablePdf(UserError):
    """A PDF that cannot be read, joined or taken fonts from; the text is for the user."""


@dataclass(frozen=True, slots=True)
class Part:
    """One PDF of the packet and its bookmark; level 1 is a document, 2 an attachment of the one before.

    ``label`` (附件1) is written at the top right of its first page, where the PDF does not carry it itself.
    """

    pages: Path | bytes
    title: str
    level: int = 1
    label: str = ""


# --- page numbers -----------------------------------------------------------------------------------------------


def page_number(number: int, total: int) -> str:
    """「第 1 頁，共 2 頁」"""
    return f"第 {number} 頁，共 {total} 頁"


def glyph_document() -> bytes:
    """A .docx with every sign of a page number and a label. Its PDF holds the typefaces that Stamp.from_pdf takes."""

    def run(text: str) -> str:
        fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="標楷體"/>'
        return f'<w:r><w:rPr>{fonts}<w:sz w:val="24"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'

    # The space stands between digits, where it is of their typeface.
    latin = _LATIN.strip()
    body = f"<w:p>{run(f'{latin} {latin}')}</w:p><w:p>{run(_CHINESE)}</w:p>"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1"'
        f' Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>",
    }
    declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return written((name, f"{declared}{text}".encode()) for name, text in files.items())


@dataclass(frozen=True, slots=True)
class _Typeface:
    """An embedded font with one byte for a sign: its name among a page's resources, codes and widths (in 1/1000)."""

    name: str
    font: pikepdf.Object
    codes: Mapping[str, int]
    widths: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Writes page numbers and labels with typefaces taken from a PDF, so that no font file is needed."""

    source: Pdf  # kept open: the fonts are copied out of it when a target is saved
    of_sign: Mapping[str, _Typeface]

    @classmethod
    def from_pdf(cls, source: bytes | Path) -> Stamp:
        """The stamp from the PDF of glyph_document. Raises UnusablePdf when it lacks a sign."""
        pdf = _open(source)
        faces = [face for page in pdf.pages for face in _typefaces(pdf, page)]
        # Both typefaces have a space: that of the digits is wanted.
        faces.sort(key=lambda face: "0" not in face.codes)
        of_sign: dict[str, _Typeface] = {}
        for sign in _LATIN + _CHINESE:
            face = next((face for face in faces if sign in face.codes), None)
            if face is None:
                raise UnusablePdf(f"頁碼用的字型缺少「{sign}」，無法加上頁碼。請確認已安裝標楷體或全字庫正楷體。")
            of_sign[sign] = face
        return cls(pdf, of_sign)

    def width(self, text: str, size: float = NUMBER_SIZE) -> float:
        """How wide the text is, in points."""
        return sum(self.of_sign[sign].widths[sign] for sign in text) * size / 1000

    def operators(self, text: str, x: float, y: float, size: float = NUMBER_SIZE) -> str:
        """The text object that shows the text from there on."""
        shown = []
        for face, signs in _runs(text, self.of_sign):
            codes = "".join(f"{face.codes[sign]:02X}" for sign in signs)
            shown.append(f"{face.name} {size:g} Tf <{codes}> Tj")
        return f"BT 0 g {x:.3f} {y:.3f} Td {' '.join(shown)} ET"

    def applier(self, target: Pdf) -> Callable[[pikepdf.Page, str, str], None]:
        """A function that writes a text at the foot of a page of ``target`` and a label (or none) at its top right.

        The fonts are copied once.
        """
        faces = {face.name: face.font for face in self.of_sign.values()}
        fonts = {name: target.copy_foreign(font) for name, font in faces.items()}

        def apply(page: pikepdf.Page, text: str, label: str) -> None:
            if "/Font" not in page.resources:
                page.resources["/Font"] = Dictionary()
            page.resources["/Font"].update(fonts)
            matrix, width, height = _as_seen(page)
            drawn = self.operators(text, (width - self.width(text)) / 2, NUMBER_BASELINE)
            written = _artifact("Footer", matrix, drawn)
            if label:
                x = width - LABEL_MARGIN - self.width(label, LABEL_SIZE)
                drawn = self.operators(label, x, height - LABEL_BASELINE, LABEL_SIZE)
                written = _artifact("Header", matrix, drawn) + written
            # What the page does to the coordinates must not move the number: put its content between q and Q.
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(f"\nQ\n{written}".encode("ascii"))

        return apply


def _artifact(kind: str, matrix: str, drawn: str) -> str:
    return f"/Artifact <</Type /Pagination /Subtype /{kind}>> BDC\nq {matrix} cm {drawn} Q\nEMC\n"


def _runs(text: str, of_sign: Mapping[str, _Typeface]) -> Iterator[tuple[_Typeface, str]]:
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or of_sign[text[end]] is not of_sign[text[start]]:
            yield of_sign[text[start]], text[start:end]
            start = end


def _as_seen(page: pikepdf.Page) -> tuple[str, float, float]:
    """The matrix from the page as the reader sees it (origin at its lower left) to its own space; width and height."""
    left, low, right, high = (float(edge) for edge in page.cropbox.as_list())
    left, right, low, high = min(left, right), max(left, right), min(low, high), max(low, high)
    turn = int(inherited(page.obj, "/Rotate", 0)) % 360
    linear, x, y = {
        90: ("0 1 -1 0", right, low),
        180: ("-1 0 0 -1", right, high),
        270: ("0 -1 1 0", left, high),
    }.get(turn, ("1 0 0 1", left, low))
    width, height = (high - low, right - left) if turn in (90, 270) else (right - left, high - low)
    return f"{linear} {x:.3f} {y:.3f}", width, height


def inherited(page: Any, key: str, default: Any) -> Any:
    """The entry of a page, or of the nearest node above it in the tree of pages."""
    while page is not None:
        if key in page:
            return page[key]
        page = page.get("/Parent")
    return default


def _typefaces(pdf: Pdf, page: pikepdf.Page) -> Iterator[_Typeface]:
    for _, font in sorted(page.resources.get("/Font", Dictionary()).items()):
        if "/ToUnicode" not in font or "/Widths" not in font:
            continue
        first, widths = int(font.FirstChar), [float(width) for width in font.Widths.as_list()]
        codes = {
            sign: code
            for code, sign in _to_unicode(font.ToUnicode.read_bytes().decode("ascii", "replace"))
            if 0 <= code - first < len(widths)
        }
        known = hashlib.sha256(font.ToUnicode.read_bytes() + str(font.get("/BaseFont", "")).encode()).hexdigest()[:8]
        yield _Typeface(
            f"/PageNumber-{known}",
            font if font.is_indirect else pdf.make_indirect(font),
            codes,
            {sign: widths[code - first] for sign, code in codes.items()},
        )


def _to_unicode(cmap: str) -> Iterator[tuple[int, str]]:
    """The (code, sign) pairs of a ToUnicode map."""

    def signs(digits: str) -> str:
        return bytes.fromhex(digits).decode("utf-16-be", "replace")

    one = r"<\s*([0-9A-Fa-f]+)\s*>\s*"
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, sign in re.findall(one + one, block):
            yield int(code, 16), signs(sign)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, sign in re.findall(one * 3, block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                yield int(first, 16) + step, chr(int(sign, 16) + step) if len(sign) == 4 else signs(sign)


# --- one document -----------------------------------------------------------------------------------------------


def normalise(pdf: bytes, title: str, author: str, created: date) -> bytes:
    """The same PDF with these properties, dated ``created``, and nothing in it that differs from run to run.

    Raises UnusablePdf when it cannot be read.
    """
    return stamp_single(pdf, None, title, author, created)


def stamp_single(
    pdf_in: bytes | Path, stamp: Stamp | None, title: str, author: str, created: date, label: str = ""
) -> bytes:
    """What normalise does, and page numbers of its own and a label on the first page (none without a stamp)."""
    with _open(pdf_in) as pdf:
        if stamp is not None:
            _number_pages(pdf, stamp, {1: label})
        _describe(pdf, title, author, created, _producer(pdf), _is_universal(pdf))
        return _saved(pdf)


def _number_pages(pdf: Pdf, stamp: Stamp, labels: Mapping[int, str]) -> None:
    """``labels`` are those of the pages that get one, by page number."""
    apply = stamp.applier(pdf)
    total = len(pdf.pages)
    for number, page in enumerate(pdf.pages, 1):
        apply(page, page_number(number, total), labels.get(number, ""))


def describe_figures(pdf_in: bytes | Path, texts: Sequence[str]) -> bytes:
    """Gives the figures of a tagged PDF that have no alternative text these, in their order; too few leave the rest."""
    with _open(pdf_in) as pdf:
        waiting = list(reversed(texts))
        elements = [pdf.Root.StructTreeRoot] if "/StructTreeRoot" in pdf.Root else []
        while elements and waiting:
            element = elements.pop()
            if element.get("/S") == Name.Figure and "/Alt" not in element and "/ActualText" not in element:
                element.Alt = String(waiting.pop())
            elements += reversed(_kids(element))
        return _saved(pdf)


# --- the packet -------------------------------------------------------------------------------------------------


def join(parts: Sequence[Part], stamp: Stamp | None, title: str, author: str, created: date) -> bytes:
    """All parts as one tagged PDF with running page numbers and a bookmark for each part.

    The parts are PDFs without page numbers of their own. Raises UnusablePdf, naming the part, when one cannot be read.
    """
    joined = Pdf.new()
    tags = _Tags(joined)
    sources = [_open(part.pages) for part in parts]  # open until saved: streams are copied then
    first_pages: list[int] = []
    universal = True
    for part, source in zip(parts, sources, strict=True):
        first_pages.append(len(joined.pages))
        universal &= _is_universal(source)
        tags.renumber(source)
        joined.pages.extend(source.pages)
        # Only now: references from the tags to pages lead to the copies.
        universal &= tags.take(source, part.title)
    tags.finish()
    _join_layers(joined, sources)
    if stamp is not None:
        labels = {first + 1: part.label for first, part in zip(first_pages, parts, strict=True)}
        _number_pages(joined, stamp, labels)
    _add_bookmarks(joined, parts, first_pages)
    joined.Root.PageMode = Name.UseOutlines
    _describe(joined, title, author, created, _producer(sources[0]) if sources else "", universal and bool(parts))
    return _saved(joined)


def _add_bookmarks(pdf: Pdf, parts: Sequence[Part], first_pages: Sequence[int]) -> None:
    with pdf.open_outline() as outline:
        case: pikepdf.OutlineItem | None = None
        for part, first in zip(parts, first_pages, strict=True):
            top = float(pdf.pages[first].cropbox.as_list()[3])
            item = pikepdf.OutlineItem(part.title, first, pikepdf.PageLocation.XYZ, left=0, top=top, zoom=0)
            if part.level > 1 and case is not None:
                case.children.append(item)
            else:
                outline.root.append(item)
                case = item


def _join_layers(joined: Pdf, sources: Sequence[Pdf]) -> None:
    """What is hidden in a part stays hidden: foreign leaves no other layers."""
    hidden = [layer for one in sources for layer in one.Root.get("/OCProperties", Dictionary()).get("/OCGs", Array())]
    if hidden:
        # One that a page has brought along already is that copy, not another one.
        layers = Array([joined.copy_foreign(layer) for layer in hidden])
        joined.Root.OCProperties = Dictionary(OCGs=layers, D=Dictionary(Name=String("Layers"), OFF=layers))


class _Tags:
    """The tag trees of several PDFs as one: a Document with a Part for each.

    Pages, annotations and drawings refer to the tree by number; the numbers of each PDF are moved past those before.
    """

    def __init__(self, joined: Pdf) -> None:
        self.joined = joined
        self.root = joined.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self.document = joined.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=self.root))
        self.parts: list[pikepdf.Object] = []
        self.parents: list[Any] = []
        self.roles: dict[str, pikepdf.Object] = {}
        self.classes: dict[str, pikepdf.Object] = {}
        self.offset = 0
        self.next = 0

    def renumber(self, source: Pdf) -> None:
        """Move the numbers by which things of ``source`` refer to its tags; drop them when it has none."""
        tagged = "/StructTreeRoot" in source.Root
        self.offset = self.next

        def move(thing: pikepdf.Object) -> None:
            for key in ("/StructParents", "/StructParent"):
                if key in thing:
                    number = int(thing[key]) + self.offset
                    del thing[key]
                    if tagged:
                        thing[key] = number
                        self.next = max(self.next, number + 1)

        for thing in source.objects:
            if isinstance(thing, (Dictionary, Stream)):
                move(thing)
        for page in source.pages:
            for note in page.get("/Annots", Array()):
                if not note.is_indirect:
                    move(note)

    def take(self, source: Pdf, title: str) -> bool:
        """Take over the tags of ``source``, whose pages are copied already. False when it has none."""
        if "/StructTreeRoot" not in source.Root:
            return False
        if not source.Root.StructTreeRoot.is_indirect:
            source.Root.StructTreeRoot = source.make_indirect(source.Root.StructTreeRoot)
        copied = self.joined.copy_foreign(source.Root.StructTreeRoot)
        kids = _kids(copied)
        self._take_roles(dict(copied.get("/RoleMap", Dictionary()).items()), kids)
        for name, attributes in copied.get("/ClassMap", Dictionary()).items():
            self.classes.setdefault(name, attributes)
        if "/ParentTree" in copied:
            for number, elements in pikepdf.NumberTree(copied.ParentTree).items():
                self.parents += [number + self.offset, elements]
                self.next = max(self.next, number + self.offset + 1)
        if len(kids) == 1 and kids[0].get("/S") == Name.Document:
            part = kids[0]
            part.S = Name.Part
        else:
            part = self.joined.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Part, K=Array(kids)))
            for kid in kids:
                kid.P = part
        part.P = self.document
        part.T = String(title)
        self.parts.append(part)
        return True

    def _take_roles(self, roles: Mapping[str, pikepdf.Object], kids: Sequence[pikepdf.Object]) -> None:
        """Add what the part's own tag names stand for; a name that others use in another sense gets a new one."""
        renamed: dict[str, str] = {}
        for name, standard in sorted(roles.items()):
            free, count = name, 1
            while self.roles.get(free, standard) != standard:
                count += 1
                free = f"{name}-{count}"
            self.roles[free] = standard
            if free != name:
                renamed[name] = free
        below = list(kids) if renamed else []
        while below:
            element = below.pop()
            if (name := str(element.get("/S", ""))) in renamed:
                element.S = Name(renamed[name])
            below += _kids(element)

    def finish(self) -> None:
        """Give the joined PDF the tree, unless there is nothing in it."""
        if not self.parts:
            return
        self.document.K = Array(self.parts)
        self.root.K = Array([self.document])
        self.root.ParentTree = self.joined.make_indirect(Dictionary(Nums=Array(self.parents)))
        self.root.ParentTreeNextKey = self.next
        if self.roles:
            self.root.RoleMap = Dictionary(self.roles)
        if self.classes:
            self.root.ClassMap = Dictionary(self.classes)
        self.joined.Root.StructTreeRoot = self.root
        self.joined.Root.MarkInfo = Dictionary(Marked=True)


def _kids(element: pikepdf.Object) -> list[pikepdf.Object]:
    """The elements right below one; marked content is left out."""
    kids: Any = element.get("/K", Array())
    if isinstance(kids, Dictionary):
        kids = [kids]
    return [kid for kid in kids if isinstance(kid, Dictionary)] if not isinstance(kids, int) else []


# --- properties and writing -------------------------------------------------------------------------------------


def _open(source: bytes | Path) -> Pdf:
    name = f"「{source.name}」" if isinstance(source, Path) else "PDF "
    try:
        # Read as a whole: an open file could not be removed on Windows.
        return Pdf.open(io.BytesIO(source.read_bytes() if isinstance(source, Path) else source))
    except pikepdf.PasswordError as error:
        raise UnusablePdf(f"{name}有密碼保護，無法讀取。請改用沒有密碼的檔案。") from error
    except (pikepdf.PdfError, OSError) as error:
        raise UnusablePdf(f"{name}無法讀取，可能不是 PDF 或已損壞。請重新產生該檔案。") from error


def _producer(pdf: Pdf) -> str:
    return str(pdf.docinfo.get("/Producer", ""))


def _is_universal(pdf: Pdf) -> bool:
    """Whether it says of itself that it is PDF/UA."""
    return "/Metadata" in pdf.Root and b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()


def _describe(pdf: Pdf, title: str, author: str, created: date, producer: str, universal: bool) -> None:
    """Set the properties, in both places where readers look. ``universal``: the PDF claims to be PDF/UA."""
    for key in ("/ID", "/DocChecksum", "/Info"):
        if key in pdf.trailer:
            del pdf.trailer[key]
    day = f"D:{created:%Y%m%d}000000+08'00'"
    info = {"/Title": title, "/Author": author, "/Creator": "packet", "/Producer": producer}
    info |= {"/CreationDate": day, "/ModDate": day}
    pdf.trailer.Info = pdf.make_indirect(Dictionary({key: String(text) for key, text in info.items() if text}))
    metadata = Stream(pdf, _xmp(title, author, created, producer, universal))
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    pdf.Root.Metadata = pdf.make_indirect(metadata)
    pdf.Root.Lang = String(LANGUAGE)
    if "/ViewerPreferences" not in pdf.Root:
        pdf.Root.ViewerPreferences = Dictionary()
    pdf.Root.ViewerPreferences.DisplayDocTitle = True
    for page in pdf.pages:
        if "/Annots" in page:
            page.Tabs = Name.S  # links are reached in the order of the tags


def _xmp(title: str, author: str, created: date, producer: str, universal: bool) -> bytes:
    title, author, producer = escape(title), escape(author), escape(producer)
    claim = "\n   <pdfuaid:part>1</pdfuaid:part>" if universal else ""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">{claim}
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
   <dc:language><rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag></dc:language>
   <pdf:Producer>{producer}</pdf:Producer>
   <xmp:CreatorTool>packet</xmp:CreatorTool>
   <xmp:CreateDate>{created.isoformat()}{_CLOCK}</xmp:CreateDate>
   <xmp:ModifyDate>{created.isoformat()}{_CLOCK}</xmp:ModifyDate>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()


def _saved(pdf: Pdf) -> bytes:
    made = io.BytesIO()
    pdf.save(
        made,
        min_version="1.7",
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
    )
    return made.getvalue()
