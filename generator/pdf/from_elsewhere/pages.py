"""PDFs that come from elsewhere: what may not come along is taken out, and every page is brought to A4.

Import it late: pikepdf takes a while to load.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Matrix, Name, Pdf, Stream, String

from generator.basic.patterns import compile_late
from generator.pdf.clean import layers, unseen
from generator.pdf.from_elsewhere import long_pages, overlays
from generator.pdf.from_elsewhere.paper import A4, ABOVE, BELOW, placed
from generator.pdf.from_elsewhere.problems import FileCode, Unfit
from generator.pdf.from_elsewhere.remarks import Remark
from generator.pdf.numbers import inherited

MOST_PAGES = 1000
MOST_CONTENT, MOST_CONTENT_OF_ALL = 50_000_000, 300_000_000  # bytes of drawing on one page, and of all but pictures
_WEB = compile_late(r"https?://[^\\/\s]|mailto:", re.IGNORECASE)
# What a page is made of; all else (scripts, transitions, attached files, notes of other programs) stays away.
_OF_PAGE = {"/Type", "/Parent", "/Resources", "/Contents", "/Annots", "/Group", "/StructParents"}
_OF_DOCUMENT = {"/Type", "/Pages", "/StructTreeRoot", "/MarkInfo", "/Lang", "/OCProperties"}
# The first three say that the data of a stream stand in another file.
_NOT_OF_STREAM = ("/F", "/FFilter", "/FDecodeParms", "/Ref", "/OPI", "/AF", "/PieceInfo")
# What pikepdf raises for damaged files: a number where a list should stand, a page that is none.
# DependencyError: contents of a kind that it cannot unpack (JBIG2).
_DAMAGED = (
    pikepdf.PdfError,
    pikepdf.DependencyError,
    zlib.error,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
)
_NO_MEMORY = "bad_alloc"


def examine(source: Path | bytes) -> int:
    """How many pages the PDF has. Raises Unfit when it cannot be joined, OSError when it cannot be read."""
    with _open(source) as pdf:
        return len(pdf.pages)


def annotated(source: Path) -> tuple[list[Remark], set[str]]:
    """What is to be said of forms and notes of a PDF, and the letters that are wanted to print what they hold.

    Raises Unfit when it cannot be joined, OSError when it cannot be read.
    """
    letters = overlays.Letters()
    with _open(source) as pdf:
        try:
            layers.take_out(pdf)
            return overlays.prepare(pdf, letters), letters.wanted
        except _DAMAGED as error:
            raise _damaged(error) from error


def fitted(content: bytes, ours: bool = False, letters: bytes | None = None, above: float = 0.0) -> bytes:
    """The PDF on A4: each page scaled evenly into the free area, upright as it is seen, a wide one on wide paper.

    Tags and links come along, and what shows of forms that are filled in, of stamps and of notes. Scripts, forms,
    attached files, and whatever a page or a link could start do not; nor does a claim to be PDF/UA, which nobody has
    verified. What nobody sees is taken out, of a PDF that is not ``ours`` (made here from what we wrote). ``letters``
    are the PDF of overlays.document with the letters that annotated wants. ``above`` is left free at the top of the
    first page, in points. Raises Unfit when it cannot be joined.
    """
    with _open(content) as pdf:
        try:
            _refuse_bombs(pdf)
            named = dict(_named_destinations(pdf))
            if not ours:
                layers.take_out(pdf)
                _draw_overlays(pdf, overlays.Letters(letters))
                unseen.take_out(pdf, unused=True)
            _flatten(pdf)
            _strip(pdf)
            pieces = {} if ours else long_pages.split(pdf, content)
            moved = {
                page.obj.objgen: _place(pdf, page, 0.0 if number else above, pieces.get(page.obj.objgen))
                for number, page in enumerate(pdf.pages)
            }
            for page in pdf.pages:
                _take_links(page, moved, named)
            _strip_catalogue(pdf)
            _refuse_odd_tags(pdf)
            return _saved(pdf)
        except _DAMAGED as error:
            raise _damaged(error) from error


def as_figures(content: bytes, title: str) -> bytes:
    """A PDF of pictures, a page each, with tags: a page is a figure that is called by the title."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array()))
        numbers: list[Any] = []
        for number, page in enumerate(pdf.pages):
            called = title if len(pdf.pages) == 1 else f"{title}（第 {number + 1} 頁）"
            page.contents_add(b"/Figure <</MCID 0>> BDC\n", prepend=True)
            page.contents_add(b"\nEMC")
            page.obj.StructParents = number
            figure = Dictionary(Type=Name.StructElem, S=Name.Figure, P=document, Pg=page.obj, K=0, Alt=String(called))
            document.K.append(pdf.make_indirect(figure))
            numbers += [number, Array([document.K[-1]])]
        root.K, root.ParentTree = document, Dictionary(Nums=Array(numbers))
        pdf.Root.StructTreeRoot, pdf.Root.MarkInfo = root, Dictionary(Marked=True)
        pdf.Root.Metadata = pdf.make_stream(b"<pdfuaid:part>1</pdfuaid:part>")  # packet writes the whole of it
        return _saved(pdf)


def _saved(pdf: Pdf) -> bytes:
    stream = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.generate
    pdf.save(stream, deterministic_id=True, object_stream_mode=mode, fix_metadata_version=False)
    return stream.getvalue()


def _open(source: Path | bytes) -> Pdf:
    try:
        pdf = Pdf.open(io.BytesIO(source) if isinstance(source, bytes) else source)
    except pikepdf.PasswordError as error:
        raise Unfit(FileCode.FILE_LOCKED) from error
    except _DAMAGED as error:
        raise Unfit(FileCode.FILE_LOCKED) if "encrypt" in str(error).lower() else _damaged(error) from error
    try:
        _refuse(pdf, source)
    except Unfit:
        pdf.close()
        raise
    except _DAMAGED as error:
        pdf.close()
        raise _damaged(error) from error
    return pdf


def _damaged(error: Exception) -> Unfit:
    """qpdf says of memory that is used up what it says of damaged files."""
    if _NO_MEMORY in str(error):
        return Unfit(FileCode.FILE_TOO_LARGE, what="解開後的內容太多")
    return Unfit(FileCode.FILE_DAMAGED)


def _refuse(pdf: Pdf, source: Path | bytes) -> None:
    """Raises Unfit for a PDF that is damaged, has too many pages, or whose pages lack what a reader sees."""
    count = len(pdf.pages)
    if count == 0 or (pdf.get_warnings() and (not _has_end(source) or count < int(pdf.Root.Pages.get("/Count", 0)))):
        # In a file that was cut off pikepdf finds the pages that are left, without an error.
        raise Unfit(FileCode.FILE_DAMAGED)
    if count > MOST_PAGES:
        raise Unfit(FileCode.FILE_TOO_MANY_PAGES, count=count, most=MOST_PAGES)
    if "/Collection" in pdf.Root:
        raise Unfit(FileCode.FILE_NOT_PAGES, what="PDF 作品集")
    form = pdf.Root.get("/AcroForm", Dictionary())
    if "/XFA" in form and (pdf.Root.get("/NeedsRendering", False) is True or not form.get("/Fields", Array())):
        raise Unfit(FileCode.FILE_NOT_PAGES, what="動態表單")


def _has_end(source: Path | bytes) -> bool:
    if isinstance(source, bytes):
        return b"%%EOF" in source[-2048:]
    with source.open("rb") as file:
        file.seek(max(0, source.stat().st_size - 2048))
        return b"%%EOF" in file.read()


# --- what may not come along ------------------------------------------------------------------------------------


def _flatten(pdf: Pdf) -> None:
    """Forms, stamps and notes become part of their page; nothing is left of them where tags still lead to them."""
    lying = [
        note
        for page in pdf.pages
        for note in page.obj.get("/Annots", Array())
        if isinstance(note, Dictionary) and note.get("/Subtype") != Name.Link
    ]
    pdf.flatten_annotations("print")
    for note in lying:
        for key in list(note.keys()):
            del note[key]


def _draw_overlays(pdf: Pdf, letters: overlays.Letters) -> None:
    """What is to be seen of forms, stamps and notes on paper is drawn in their appearances."""
    overlays.prepare(pdf, letters)
    if letters.are_needed or letters.lacking:
        lacking = f"（字型沒有「{''.join(sorted(letters.lacking))}」）" if letters.lacking else ""
        raise Unfit(FileCode.FILE_NOT_PAGES, what=f"填寫的表單欄位{lacking}")
    if "/NeedAppearances" in pdf.Root.get("/AcroForm", Dictionary()):
        del pdf.Root.AcroForm.NeedAppearances


def _strip(pdf: Pdf) -> None:
    """Take out what a thing of a page could lead to or carry."""
    for thing in pdf.objects:
        if isinstance(thing, Stream):
            for key in _NOT_OF_STREAM:
                if key in thing:
                    del thing[key]
        elif isinstance(thing, Dictionary) and "/AF" in thing and "/S" in thing:
            del thing["/AF"]


def _strip_catalogue(pdf: Pdf) -> None:
    hidden = layers.off(pdf.Root)
    for key in list(pdf.Root.keys()):
        if key not in _OF_DOCUMENT:
            del pdf.Root[key]
    if hidden:
        pdf.Root.OCProperties = Dictionary(OCGs=Array(hidden), D=Dictionary(Name=String("Layers"), OFF=Array(hidden)))
    elif "/OCProperties" in pdf.Root:
        del pdf.Root.OCProperties


def _refuse_odd_tags(pdf: Pdf) -> None:
    """Take out tags that lead in a circle or nowhere: packet joins the trees, and would not come to an end."""
    seen = set()
    try:
        root: Any = pdf.Root.get("/StructTreeRoot", Dictionary())
        below = [root]
        while below:
            kids = below.pop().get("/K", Array())
            for kid in kids if isinstance(kids, Array) else [kids]:
                if isinstance(kid, Dictionary) and "/S" in kid:
                    if kid.objgen in seen:
                        raise ValueError
                    if kid.is_indirect:
                        seen.add(kid.objgen)
                    below.append(kid)
        parents = dict(pikepdf.NumberTree(root.ParentTree).items()) if "/ParentTree" in root else {}
        sound = all(isinstance(parent, (Array, Dictionary)) for parent in parents.values())
    except _DAMAGED:
        sound = False
    if not sound:
        del pdf.Root.StructTreeRoot
        for page in pdf.pages:
            if "/StructParents" in page.obj:
                del page.obj.StructParents


# --- A4 ---------------------------------------------------------------------------------------------------------


def _place(pdf: Pdf, page: pikepdf.Page, above: float, on_side: bool | None) -> Matrix:
    """Bring a page to A4, with room ``above``, ``on_side`` as placed has it; returns the way to its new coordinates."""
    left, low, right, high = _visible(page)
    wide, tall = right - left, high - low
    unit = float(page.obj.get("/UserUnit", 1))
    turn = round(float(inherited(page.obj, "/Rotate", 0))) % 360
    if turn in (90, 270):
        wide, tall = tall, wide
    if wide <= 0 or tall <= 0 or unit <= 0:
        raise Unfit(FileCode.FILE_DAMAGED)
    paper, scale = placed(wide, tall, unit, ABOVE + above, on_side)
    rest = paper[1] - ABOVE - above - BELOW - tall * scale
    # In the middle; the pieces of a long page begin at the top.
    rest = rest if on_side is False else rest / 2
    upright = {
        90: Matrix(0, -1, 1, 0, -low, right),
        180: Matrix(-1, 0, 0, -1, right, high),
        270: Matrix(0, 1, -1, 0, high, -left),
    }.get(turn, Matrix(1, 0, 0, 1, -left, -low))
    x, y = (paper[0] - wide * scale) / 2, BELOW + rest
    way = upright @ Matrix(scale, 0, 0, scale, x, y)
    _draw_moved(pdf, page, way, f"{left:.4f} {low:.4f} {right - left:.4f} {high - low:.4f} re W n")
    for key in list(page.obj.keys()):
        if key not in _OF_PAGE:
            del page.obj[key]
    # Also where the tree of pages says otherwise for all of them.
    page.obj.MediaBox = page.obj.CropBox = Array([0, 0, *paper])
    page.obj.Rotate = 0
    return way


def _visible(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """What the reader sees of the page, in its own coordinates: the crop box within the sheet."""
    boxes = []
    for box in (page.mediabox, page.cropbox):
        x1, y1, x2, y2 = (float(edge) for edge in box.as_list())
        boxes.append((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
    sheet, crop = boxes
    seen = (max(sheet[0], crop[0]), max(sheet[1], crop[1]), min(sheet[2], crop[2]), min(sheet[3], crop[3]))
    return seen if seen[0] < seen[2] and seen[1] < seen[3] else sheet


def _draw_moved(pdf: Pdf, page: pikepdf.Page, way: Matrix, clip: str) -> None:
    """Put what the page draws where it belongs on the new sheet; marked content stays in the page's own stream."""
    depth = deepest = 0
    for instruction in pikepdf.parse_content_stream(page, "q Q") if "/Contents" in page.obj else []:
        depth += 1 if str(instruction.operator) == "q" else -1
        deepest = min(deepest, depth)
    if deepest < 0:
        page.obj.Contents = pdf.make_stream(_balanced(page))
        depth = 0
    resources = dict(page.resources.items())
    if "/Pattern" in resources:
        # Patterns stand on the sheet and do not move with what is drawn.
        patterns = {name: _moved_pattern(pdf, pattern, way) for name, pattern in resources["/Pattern"].items()}
        resources["/Pattern"] = Dictionary(patterns)
        page.obj.Resources = Dictionary(resources)
    page.contents_add(b"q " + _shown(way).encode() + b" cm " + clip.encode() + b"\n", prepend=True)
    page.contents_add(b"\n" + b"Q " * (1 + max(depth, 0)))


def _refuse_bombs(pdf: Pdf) -> None:
    """What is drawn, with all that it uses but pictures, is as large as what comes out of its streams."""
    total = 0
    sizes: dict[Any, int] = {}
    for thing in pdf.objects:
        if isinstance(thing, Stream) and thing.get("/Subtype") != Name.Image:
            sizes[thing.objgen] = size = _unpacked(thing)
            total += size
            if size > MOST_CONTENT or total > MOST_CONTENT_OF_ALL:
                raise Unfit(FileCode.FILE_TOO_LARGE, what=f"圖文內容 {max(size, total) // 1_000_000:,} MB")
    for page in pdf.pages:
        contents: Any = page.obj.get("/Contents", Array())
        # The streams of a page may all be the same one.
        streams = contents if isinstance(contents, Array) else [contents]
        size = sum(sizes.get(stream.objgen, 0) for stream in streams if isinstance(stream, Stream))
        if size > MOST_CONTENT:
            raise Unfit(FileCode.FILE_TOO_LARGE, what=f"一頁的內容 {size // 1_000_000:,} MB")


def _unpacked(stream: Stream) -> int:
    """How many bytes come out of a stream; not much more than a page may have is unpacked where that can be helped."""
    given: Any = stream.get("/Filter", Array())
    filters = list(given) if isinstance(given, Array) else [given]
    if not filters:
        return len(stream.read_raw_bytes())
    if filters == [Name.FlateDecode]:
        try:
            return len(zlib.decompressobj().decompress(stream.read_raw_bytes(), MOST_CONTENT + 1))
        except zlib.error:
            return len(stream.read_bytes())
    if filters.count(Name.FlateDecode) > 1:
        raise Unfit(FileCode.FILE_DAMAGED)
    try:
        return len(stream.read_bytes())
    except pikepdf.PdfError as error:
        if _NO_MEMORY in str(error):
            raise
        # A filter of pictures, or one that nobody knows.
        return len(stream.read_raw_bytes())


def _balanced(page: pikepdf.Page) -> bytes:
    """What the page draws, without a Q too many: it would undo what places the page."""
    kept, depth = [], 0
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator == "Q" and depth == 0:
            continue
        depth += {"q": 1, "Q": -1}.get(operator, 0)
        kept.append(instruction)
    return pikepdf.unparse_content_stream(kept) + b"\n" + b"Q " * depth


def _moved_pattern(pdf: Pdf, pattern: Any, way: Matrix) -> pikepdf.Object:
    pattern_matrix = Matrix(*(float(number) for number in pattern.Matrix)) if "/Matrix" in pattern else Matrix()
    matrix = Array([round(number, 6) for number in (pattern_matrix @ way).shorthand])
    entries = {key: value for key, value in pattern.items() if key not in ("/Matrix", "/Length")}
    if isinstance(pattern, Stream):
        return pdf.make_indirect(Stream(pdf, pattern.read_raw_bytes(), Dictionary({**entries, "/Matrix": matrix})))
    return pdf.make_indirect(Dictionary({**entries, "/Matrix": matrix}))


def _shown(way: Matrix) -> str:
    return " ".join(f"{number:.6f}" for number in way.shorthand)


# --- links ------------------------------------------------------------------------------------------------------


def _take_links(page: pikepdf.Page, moved: Mapping[Any, Matrix], named: Mapping[str, Any]) -> None:
    """Keep the links that lead to the web or to a page, moved with their page, and no other annotation."""
    way = moved[page.obj.objgen]
    kept = Array()
    for note in page.obj.get("/Annots", Array()):
        if not isinstance(note, Dictionary):
            continue
        key, target = _target(note, moved, named) if note.get("/Subtype") == Name.Link else ("", None)
        entries = {"/Type": Name.Annot, "/Subtype": Name.Link, "/Border": Array([0, 0, 0])}
        entries |= {name: note[name] for name in ("/StructParent", "/Contents", "/F") if name in note}
        if target is not None:
            entries |= {key: target, "/Rect": _moved_box(note.Rect, way)}
            if "/QuadPoints" in note:
                entries["/QuadPoints"] = Array(_moved_points(note.QuadPoints, way))
            kept.append(note)
        # Emptied even when dropped: the tags may still refer to it.
        for name in list(note.keys()):
            del note[name]
        if target is not None:
            for name, value in entries.items():
                note[name] = value
    if "/Annots" in page.obj:
        del page.obj["/Annots"]
    if len(kept):
        page.obj.Annots = kept


def _target(note: Any, moved: Mapping[Any, Matrix], named: Mapping[str, Any]) -> tuple[str, pikepdf.Object | None]:
    """Where a link leads, as an entry of the annotation; None where it may not lead."""
    action = note.get("/A", Dictionary())
    if action.get("/S") == Name.URI:
        address = str(action.get("/URI", ""))
        if not _WEB.match(address):
            return "", None
        return "/A", Dictionary(S=Name.URI, URI=String(address))
    place = note.get("/Dest", action.get("/D") if action.get("/S") == Name.GoTo else None)
    if isinstance(place, (String, Name)):
        place = named.get(str(place))
    if isinstance(place, Dictionary):
        place = place.get("/D")
    if not isinstance(place, Array) or len(place) < 2 or not isinstance(place[0], Dictionary):
        return "", None
    if place[0].objgen not in moved:
        return "", None
    x, y = _point(place)
    left, top = 0.0, max(A4)
    if y is not None:
        left, top = moved[place[0].objgen].transform((x or 0.0, y))
    return "/Dest", Array([place[0], Name.XYZ, round(left, 3), round(top, 3), 0])


def _point(place: Any) -> tuple[float | None, float | None]:
    """The upper left point that a destination names, in the old coordinates of its page."""
    numbers = [
        None if isinstance(coordinate, (Name, String, Dictionary)) or coordinate is None else float(coordinate)
        for coordinate in place[2:]
    ]
    kind = str(place[1])
    if kind == "/XYZ" and len(numbers) >= 2:
        return numbers[0], numbers[1]
    if kind in ("/FitH", "/FitBH") and numbers:
        return None, numbers[0]
    if kind == "/FitR" and len(numbers) == 4:
        return numbers[0], numbers[3]
    return None, None


def _named_destinations(pdf: Pdf) -> Iterator[tuple[str, Any]]:
    yield from pdf.Root.get("/Dests", Dictionary()).items()
    names: Any = pdf.Root.get("/Names", Dictionary())
    if "/Dests" in names:
        yield from pikepdf.NameTree(names.Dests).items()


def _moved_points(points: Any, way: Matrix) -> list[float]:
    numbers = [float(number) for number in points]
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    return [round(number, 3) for pair in pairs for number in way.transform(pair)]


def _moved_box(box: Any, way: Matrix) -> Array:
    x1, y1, x2, y2 = _moved_points(box, way)
    return Array([min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)])
