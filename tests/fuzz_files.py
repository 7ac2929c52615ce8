"""What can be wrong inside of a file: parts of packages, their XML, and bytes. Used by fuzz.py."""

from __future__ import annotations

import html
import io
import random
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import openpyxl
import pikepdf
import pptx
from PIL import Image

Parts = dict[str, bytes]
_NS = "urn:oasis:names:tc:opendocument:xmlns"
_SAMPLE = re.compile(rb"<[A-Za-z][^<>]*>")
_ATTRIBUTE = re.compile(rb'([\w:.-]+)="([^"<]*)"')
_TEXT = re.compile(rb">([^<>]+)<")
VALUES = [
    b"", b"0", b"-1", b"1", b"9999", b"4294967296", b"99999999999999999999", b"1e999", b"NaN", b"inf", b"-0", b"0x10",
    b"ZZZ99999999", b"A0", b"A1:XFD1048576", b"rId999", b"../../x", b"/etc/passwd", b"true", b"false", b"_xD800_",
    b"_x0000_", b"\xf0\x9f\x98\x80", b"&#x9;", b"&#xD;", b"&#x1F600;", b" ", b"\xe3\x80\x80", b"x" * 5000,
    b"2024-13-45", b"0000-00-00T99:99:99", b"-999999999", b"1899-12-30", b"10000-01-01", b"#REF!", b"{{", b"%}",
]  # fmt: skip
TYPES = [b"s", b"n", b"b", b"e", b"d", b"str", b"inlineStr", b"z", b""]


# --- files to begin with ------------------------------------------------------------------------------------------


def as_ods(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A workbook of plain values as .ods."""
    tables = []
    for name, rows in sheets.items():
        lines = []
        for row in rows:
            cells = []
            for value in row:
                if value is None:
                    cells.append("<table:table-cell/>")
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    cells.append(
                        f'<table:table-cell office:value-type="float" office:value="{value}">'
                        f"<text:p>{value}</text:p></table:table-cell>"
                    )
                else:
                    shown = html.escape(re.sub(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]", "?", str(value)))
                    cells.append(
                        f'<table:table-cell office:value-type="string"><text:p>{shown}</text:p></table:table-cell>'
                    )
            lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
        tables.append(f'<table:table table:name="{html.escape(name)}">{"".join(lines)}</table:table>')
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{_NS}:office:1.0"'
        f' xmlns:table="{_NS}:table:1.0" xmlns:text="{_NS}:text:1.0"><office:body><office:spreadsheet>'
        f"{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{_NS}:manifest:1.0"/>'
    mark = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": mark, "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()})


def attachments() -> dict[str, bytes]:
    """A small sound file of each kind that is made quickly, by name."""
    found = {}
    word, book, slides, buffer = docx.Document(), openpyxl.Workbook(), pptx.Presentation(), io.BytesIO()
    word.add_paragraph("內文")
    word.add_table(2, 2)
    word.save(buffer)
    found["a.docx"] = buffer.getvalue()
    assert book.active is not None
    book.active.append(["站", 1, "=A1"])
    book.save(buffer := io.BytesIO())
    found["b.xlsx"] = buffer.getvalue()
    slides.slides.add_slide(slides.slide_layouts[5])
    slides.save(buffer := io.BytesIO())
    found["c.pptx"] = buffer.getvalue()
    found["d.ods"] = as_ods({"表": [["站", 1], ["甲", 2.5]]})
    found["e.rtf"] = rb"{\rtf1\ansi{\fonttbl{\f0 A;}}\f0 text {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}"
    for ending, kind in (("png", "PNG"), ("jpg", "JPEG"), ("tif", "TIFF"), ("gif", "GIF"), ("webp", "WEBP")):
        Image.new("RGB", (30, 20), (0, 90, 0)).save(buffer := io.BytesIO(), kind)
        found[f"f.{ending}"] = buffer.getvalue()
    made = pikepdf.Pdf.new()
    page = made.add_blank_page(page_size=(300, 200)).obj
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    page.Contents = made.make_stream(b"q BT /F 20 Tf 20 40 Td (page) Tj ET Q")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=pikepdf.Array([0, 0, 9, 9]))
    page.Annots = pikepdf.Array([made.make_indirect(link)])
    made.save(buffer := io.BytesIO(), compress_streams=False)
    found["g.pdf"] = buffer.getvalue()
    return found


def packed(parts: Parts) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


# --- what can be wrong --------------------------------------------------------------------------------------------


def damaged(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    """The file with something wrong in it, and what."""
    if not content.startswith(b"PK\3\4") or rng.random() < 0.08:
        return _bytes_changed(content, rng)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    told = []
    for _ in range(rng.randint(1, 3)):
        kind = rng.choice(list(_CHANGES))
        try:
            told.append(f"{kind} {_CHANGES[kind](parts, rng)}")
        except (IndexError, ValueError, StopIteration):
            told.append(f"{kind}: nothing to change")
    return packed(parts), "; ".join(told)


def _bytes_changed(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    changed = bytearray(content)
    kind = rng.choice(("cut", "flip", "flip", "insert", "repeat", "number"))
    place = rng.randrange(len(changed))
    if kind == "cut":
        del changed[place:]
    elif kind == "flip":
        for _ in range(rng.randint(1, 8)):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    elif kind == "insert":
        changed[place:place] = rng.choice(VALUES)
    elif kind == "repeat":
        changed[place:place] = changed[place : place + rng.randint(1, 200)] * rng.randint(1, 50)
    elif numbers := list(re.finditer(rb"\d+", content)):
        found = rng.choice(numbers)
        changed[found.start() : found.end()] = rng.choice(VALUES)
    return bytes(changed), f"{kind} at byte {place}"


def _chosen(parts: Parts, rng: random.Random) -> str:
    return rng.choice(sorted(name for name in parts if name.endswith((".xml", ".rels"))))


def _dropped(parts: Parts, rng: random.Random) -> str:
    name = rng.choice(sorted(parts))
    del parts[name]
    return name


def _emptied(parts: Parts, rng: random.Random) -> str:
    name = rng.choice(sorted(parts))
    parts[name] = rng.choice((b"", b"<", b"<a/>", parts[name][: len(parts[name]) // 2]))
    return name


def _swapped_parts(parts: Parts, rng: random.Random) -> str:
    first, second = rng.sample(sorted(parts), 2)
    parts[first], parts[second] = parts[second], parts[first]
    return f"{first} {second}"


def _renamed(parts: Parts, rng: random.Random) -> str:
    name = rng.choice(sorted(parts))
    parts[rng.choice((name.upper(), f"/{name}", name.replace("/", "\\"), f"x/{name}"))] = parts.pop(name)
    return name


def _encoded(parts: Parts, rng: random.Random) -> str:
    name, encoding = _chosen(parts, rng), rng.choice(("utf-16", "utf-16-be", "big5", "latin-1", "utf-32"))
    text = re.sub(r"^<\?xml[^>]*\?>", "", parts[name].decode("utf-8", "replace"))
    parts[name] = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding, "xmlcharrefreplace")
    return f"{name} {encoding}"


def _elements(parts: Parts, rng: random.Random) -> str:
    """An element's tag is dropped, repeated or moved; the XML may be no XML then."""
    name = _chosen(parts, rng)
    found = list(_SAMPLE.finditer(parts[name]))
    one, other = rng.choice(found), rng.choice(found)
    how = rng.choice(("drop", "repeat", "swap"))
    new = {"drop": b"", "repeat": one[0] * 2, "swap": other[0]}[how]
    parts[name] = parts[name][: one.start()] + new + parts[name][one.end() :]
    return f"{how} in {name}"


def _whole_elements(parts: Parts, rng: random.Random) -> str:
    """A whole element is dropped, repeated, emptied or put elsewhere; the XML stays well-formed."""
    from lxml import etree

    name = _chosen(parts, rng)
    try:
        root = etree.fromstring(parts[name])
    except etree.XMLSyntaxError:
        return "no XML"
    every = [element for element in root.iter(etree.Element) if element.getparent() is not None]
    element, other = rng.choice(every), rng.choice(every)
    how = rng.choice(("drop", "repeat", "empty", "move", "rename"))
    parent = element.getparent()
    if how == "drop":
        parent.remove(element)
    elif how == "repeat":
        parent.append(etree.fromstring(etree.tostring(element)))
    elif how == "empty":
        for below in list(element):
            element.remove(below)
        element.text = None
        element.attrib.clear()
    elif how == "move" and element not in [other, *other.iterancestors()]:
        other.append(element)
    elif how == "rename":
        element.tag = other.tag
    parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return f"{how} {etree.QName(element).localname} in {name}"


def _attributes(parts: Parts, rng: random.Random) -> str:
    name = _chosen(parts, rng)
    found = rng.choice(list(_ATTRIBUTE.finditer(parts[name])))
    new = found[1] + b'="' + rng.choice(VALUES) + b'"' if rng.random() < 0.8 else b""
    parts[name] = parts[name][: found.start()] + new + parts[name][found.end() :]
    return f"{found[0].decode('utf-8', 'replace')[:60]} in {name}"


def _texts(parts: Parts, rng: random.Random) -> str:
    name = _chosen(parts, rng)
    found = rng.choice(list(_TEXT.finditer(parts[name])))
    new = rng.choice((*VALUES, b"<![CDATA[" + found[1] + b"]]>", b"<!-- -->" + found[1], b"<?x y?>" + found[1]))
    parts[name] = parts[name][: found.start(1)] + new + parts[name][found.end(1) :]
    return f"text in {name}"


def _sheet(parts: Parts, rng: random.Random) -> str:
    return rng.choice(sorted(name for name in parts if re.search(r"worksheets/[^/]+\.xml$|^content\.xml$", name)))


def _cells(parts: Parts, rng: random.Random) -> str:
    """Types of cells, indices of texts and styles."""
    name = _sheet(parts, rng)
    cells = list(re.finditer(rb"<c ([^>]*)>", parts[name]))
    found = rng.choice(cells)
    how = rng.choice(("type", "style", "place"))
    inside = re.sub({"type": rb't="[^"]*"', "style": rb's="[^"]*"', "place": rb'r="[^"]*"'}[how], b"", found[1])
    value = rng.choice(TYPES) if how == "type" else rng.choice(VALUES)
    inside += {"type": b' t="', "style": b' s="', "place": b' r="'}[how] + value + b'"'
    parts[name] = parts[name][: found.start(1)] + inside + parts[name][found.end(1) :]
    return f"{how} {value[:20]!r} in {name}"


def _rows(parts: Parts, rng: random.Random) -> str:
    """Rows out of order, or with numbers of their own."""
    name = _sheet(parts, rng)
    rows = list(re.finditer(rb"<(?:table:table-)?row.*?</(?:table:table-)?row>", parts[name], re.DOTALL))
    one, other = rng.choice(rows), rng.choice(rows)
    number = rng.choice(VALUES)
    new = rng.choice((other[0], other[0] + one[0], re.sub(rb' r="\d+"', b' r="' + number + b'"', one[0], count=1)))
    parts[name] = parts[name][: one.start()] + new + parts[name][one.end() :]
    return name


def _strings(parts: Parts, rng: random.Random) -> str:
    """Shared strings swapped, dropped, or with what Excel escapes."""
    name = next(name for name in sorted(parts) if name.endswith(("sharedStrings.xml", "content.xml")))
    items = list(re.finditer(rb"<si>.*?</si>|<text:p>.*?</text:p>", parts[name], re.DOTALL))
    one, other = rng.choice(items), rng.choice(items)
    odd = re.sub(rb"(>)([^<>]+)(<)", rb"\g<1>_xD800_\g<2>_x0000_\g<3>", one[0])
    new = rng.choice(
        (b"", other[0], odd, one[0] * 3, one[0].replace(b"<t>", b"<t><![CDATA[").replace(b"</t>", b"]]></t>"))
    )
    parts[name] = parts[name][: one.start()] + new + parts[name][one.end() :]
    return name


def _calendar(parts: Parts, rng: random.Random) -> str:
    name = next(name for name in sorted(parts) if name.endswith("workbook.xml"))
    parts[name] = re.sub(rb"<workbookPr[^>]*/?>", b"", parts[name]).replace(
        b"<sheets", b'<workbookPr date1904="1"/><sheets'
    )
    return "1904"


def _repeated_cells(parts: Parts, rng: random.Random) -> str:
    if "content.xml" not in parts:
        raise ValueError
    number = rng.choice((b"0", b"-1", b"3", b"1000", b"1048576", b"99999999999"))
    what = rng.choice((b"<table:table-cell", b"<table:table-row"))
    kind = b"columns" if what.endswith(b"cell") else b"rows"
    found = rng.choice(list(re.finditer(what, parts["content.xml"])))
    new = what + b" table:number-" + kind + b'-repeated="' + number + b'"'
    parts["content.xml"] = parts["content.xml"][: found.start()] + new + parts["content.xml"][found.end() :]
    return f"{kind.decode()} {number.decode()}"


_CHANGES: dict[str, Callable[[Parts, random.Random], str]] = {
    "drop": _dropped,
    "empty": _emptied,
    "swap": _swapped_parts,
    "rename": _renamed,
    "encode": _encoded,
    "tag": _elements,
    "element": _whole_elements,
    "element again": _whole_elements,
    "attribute": _attributes,
    "attribute again": _attributes,
    "text": _texts,
    "cell": _cells,
    "row": _rows,
    "string": _strings,
    "1904": _calendar,
    "repeat": _repeated_cells,
}
