"""Takes out of finished files what nobody meant to publish: who worked on them, with what, comments, hidden parts.

What is seen and read stays. With packet and foreign_pdf the only module that touches pikepdf.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from lxml import etree

from generator.basic import package

_NS = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "config": "urn:oasis:names:tc:opendocument:xmlns:config:1.0",
    "manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "rsid": "http://openoffice.org/2009/office",
}
MANIFEST = "META-INF/manifest.xml"
# What a document is made of; all else in the package (thumbnails, menus, macros, caches) is the program's own.
_PARTS = re.compile(
    r"(?:Object [^/]+/)?(?:content|styles)\.xml|meta\.xml|settings\.xml|mimetype|(?:Pictures|media)/[^/]+"
)
_NOTES = ("office:annotation", "office:annotation-end")
_CHANGES = ("text:tracked-changes", "text:change", "text:change-start", "text:change-end")
_RSIDS = ("rsid", "paragraph-rsid")
_FONTS = ("style:font-name", "style:font-name-asian", "style:font-name-complex")
_SETTINGS = re.compile(r"Printer|Rsid|CurrentDatabase|EmbeddedDatabase|RedlineProtection|ModifyPassword|\w+TableURL")
_HARMLESS = re.compile(r"^(?:https?:|#|\./|Object |Pictures/|media/|$)", re.IGNORECASE)


# --- ODF --------------------------------------------------------------------------------------------------------


def odf(content: bytes, title: str, author: str, created: date) -> bytes:
    """An .odt, .ods or .odp without comments, tracked changes, speaker's notes, thumbnails, settings of printers.

    Its properties are the ones given and no others. The same content gives the same bytes.
    """
    with package.Package(content) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if _PARTS.fullmatch(name)}
        listed = archive.read(MANIFEST)
    texts = {name: _parsed(parts[name]) for name in parts if name.endswith(("content.xml", "styles.xml"))}
    for root in texts.values():
        _clean_text(root)
    _name_fonts(list(texts.values()))
    for name in parts:
        if name in texts:
            parts[name] = _written(texts[name])
        elif name == "settings.xml":
            parts[name] = _clean_settings(parts[name])
        elif name == "meta.xml":
            parts[name] = _properties(parts[name], title, author, created)
        elif name != "mimetype":
            parts[name] = image(parts[name])
    parts[MANIFEST] = _manifest(listed, parts)
    return package.written((name, parts[name]) for name in package.in_order(parts))


def _name(short: str) -> str:
    prefix, _, local = short.partition(":")
    return f"{{{_NS[prefix]}}}{local}"


def _parsed(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _written(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _clean_text(root: Any) -> None:
    for tag in (*_NOTES, *_CHANGES):
        for element in list(root.iter(_name(tag))):
            _remove(element)
    for page in root.iter(_name("draw:page")):
        # What a speaker means to say is not on the slide.
        for notes in page.findall(_name("presentation:notes")):
            page.remove(notes)
    for comment in list(root.iter(etree.Comment, etree.ProcessingInstruction)):
        _remove(comment)
    for element in root.iter(etree.Element):
        for name in _RSIDS:
            element.attrib.pop(f"{{{_NS['rsid']}}}{name}", None)
    fields = root.iter(_name("text:user-field-get"), _name("text:user-field-input"))
    shown = {field.get(_name("text:name")) for field in fields}
    for declared in list(root.iter(_name("text:user-field-decl"))):
        # LibreOffice 25.2 keeps the variables of a Word document, also those that stand nowhere in its text.
        if declared.get(_name("text:name")) not in shown:
            _remove(declared)
    href = _name("xlink:href")
    for element in list(root.iter(etree.Element)):
        # A path on someone's disk, or an address to write to.
        if not _HARMLESS.match(element.get(href, "").strip()):
            if element.tag in (_name("text:a"), _name("draw:a")):
                _unwrap(element)
            else:
                del element.attrib[href]


def _name_fonts(roots: list[Any]) -> None:
    """Names the fonts of a document after what they are, and drops those that nothing refers to.

    LibreOffice numbers fonts of one family (DejaVu Sans, DejaVu Sans1) as they lie in its memory: another way each
    time.
    """
    attributes = [_name(one) for one in _FONTS]
    used: dict[tuple[Any, ...], str] = {}
    strange: set[str] = set()
    found = []
    for root in roots:
        lists = list(root.iter(_name("office:font-face-decls")))
        faces = {face.get(_name("style:name")): face for one in lists for face in one.iter(_name("style:font-face"))}
        places = [
            (element, attribute)
            for element in root.iter(etree.Element)
            for attribute in attributes
            if attribute in element.attrib
        ]
        names = {element.get(attribute) for element, attribute in places}
        kinds = {name: _kind_of_font(face) for name, face in faces.items() if name in names}
        strange |= names - kinds.keys()
        used |= dict.fromkeys(kinds.values(), "")
        found.append((lists, faces, places, kinds))
    for kind in sorted(used):
        # Not a name by which something is meant that is not listed.
        choice = (f"{kind[0]}{number or ''}" for number in range(len(used) + len(strange) + 1))
        used[kind] = next(name for name in choice if name not in strange and name not in used.values())
    for lists, faces, places, kinds in found:
        for element, attribute in places:
            if element.get(attribute) in kinds:
                element.set(attribute, used[kinds[element.get(attribute)]])
        kept = {used[kind]: faces[name] for name, kind in sorted(kinds.items())}
        for one in lists:
            for face in list(one):
                one.remove(face)
        for name in sorted(kept):
            kept[name].set(_name("style:name"), name)
            lists[0].append(kept[name])


def _kind_of_font(face: Any) -> tuple[Any, ...]:
    """What a font is but for its name in the document: its family first."""
    own = _name("style:name")
    about = tuple(sorted((key, value) for key, value in face.items() if key != own))
    inside = tuple(etree.tostring(one, with_tail=False) for one in face)
    family = face.get(_name("svg:font-family"), face.get(own)).strip("'\"")
    return family, about, inside


def _remove(element: Any) -> None:
    """Takes an element away; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _unwrap(element: Any) -> None:
    """Puts what is inside an element in its place."""
    parent = element.getparent()
    place = parent.index(element)
    children = list(element)
    if element.text:
        if place:
            parent[place - 1].tail = (parent[place - 1].tail or "") + element.text
        else:
            parent.text = (parent.text or "") + element.text
    for offset, child in enumerate(children):
        parent.insert(place + offset, child)
    _remove(element)


def _clean_settings(part: bytes) -> bytes:
    root = _parsed(part)
    for group in list(root.iter(_name("config:config-item-set"))):
        if group.get(_name("config:name")) == "ooo:view-settings":
            _remove(group)
    for item in list(root.iter(_name("config:config-item"))):
        if _SETTINGS.match(item.get(_name("config:name"), "")):
            _remove(item)
    return _written(root)


def _properties(part: bytes, title: str, author: str, created: date) -> bytes:
    """Title, author, language and date; of what was there only the name of the program and the counts."""
    root = _parsed(part)
    about = root.find(_name("office:meta"))
    kept = [one for one in about if one.tag in (_name("meta:generator"), _name("meta:document-statistic"))]
    for element in list(about):
        about.remove(element)
    moment = f"{created.isoformat()}T00:00:00"
    for name, text in (
        ("dc:title", title),
        ("dc:language", "zh-TW"),
        ("meta:initial-creator", author),
        ("dc:creator", author),
        ("meta:creation-date", moment),
        ("dc:date", moment),
    ):
        etree.SubElement(about, _name(name)).text = text
    about.extend(kept)
    return _written(root)


def _manifest(part: bytes, parts: Mapping[str, bytes]) -> bytes:
    root = _parsed(part)
    path = _name("manifest:full-path")
    for entry in list(root):
        name = entry.get(path, "") if isinstance(entry.tag, str) else ""
        inside = any(one.startswith(name) for one in parts) if name.startswith("Object ") else name in parts
        if name != "/" and not inside:
            root.remove(entry)
    return _written(root)


# --- pictures ---------------------------------------------------------------------------------------------------

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_SEEN = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD")


def image(content: bytes) -> bytes:
    """A PNG or JPEG without who made it, where and with what; any other content as it is."""
    try:
        if content.startswith(_PNG):
            return _PNG + b"".join(chunk for kind, chunk in _chunks(content) if kind in _PNG_SEEN)
        if content.startswith(b"\xff\xd8\xff"):
            return b"".join(_segments(content))
    except (struct.error, IndexError):
        # Not what it says it is: the leak check looks at all of it.
        return content
    return content


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        yield kind, content[place : place + 12 + length]
        if kind == b"IEND":
            return
        place += 12 + length


def _segments(content: bytes) -> Iterator[bytes]:
    """The parts of a JPEG but its comments and applications' own: kept are JFIF, ICC profile and Adobe's colours."""
    yield content[:2]
    place = 2
    while content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xDA:
            end = content.rfind(b"\xff\xd9")
            yield content[place : end + 2 if end > place else len(content)]
            return
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        segment = content[place : place + 2 + length]
        colours = (marker == 0xE2 and segment[4:15] == b"ICC_PROFILE") or marker == 0xEE
        if not (0xE1 <= marker <= 0xEF or marker == 0xFE) or colours:
            yield segment
        place += 2 + length
    raise IndexError


# --- PDF --------------------------------------------------------------------------------------------------------

_OF_PROGRAMS = ("/PieceInfo", "/LastModified", "/AA", "/Thumb", "/AF")


def pdf(content: bytes, title: str, author: str, created: date) -> bytes:
    """A PDF without notes, attached files, scripts, forms and programs' own data; its properties are those given.

    Of what lies on its pages only links stay: what shows of stamps and forms in a PDF from elsewhere is part of the
    page by then (foreign). Raises packet.UnusablePdf.
    """
    import pikepdf

    from generator.pdf import join

    try:
        found = pikepdf.open(io.BytesIO(content))
    except pikepdf.PdfError as error:
        raise join.UnusablePdf("PDF 無法讀取，可能有密碼或已損壞。請重新產生該檔案。") from error
    with found as document:
        _clean_notes(document)
        root = document.Root
        for key in ("/Names", "/AcroForm", "/OpenAction", "/Collection", "/Requirements", "/Perms", *_OF_PROGRAMS):
            if key == "/Names":
                _clean_names(root)
            elif key in root and not (key == "/OpenAction" and isinstance(root[key], pikepdf.Array)):
                del root[key]
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
                _clean_object(thing)
        cleaned = io.BytesIO()
        document.save(cleaned)
    return join.normalise(cleaned.getvalue(), title, author, created)


def _clean_notes(document: Any) -> None:
    """Keeps the links of the pages. The other notes are emptied as well, for tags may still lead to them."""
    from pikepdf import Array, Name

    for page in document.pages:
        if "/Annots" not in page:
            continue
        notes = list(page.Annots)
        page.Annots = Array([note for note in notes if note.get("/Subtype") == Name.Link])
        if len(page.Annots) < len(notes):
            for note in notes:
                if note.get("/Subtype") != Name.Link:
                    _empty(note)


def _empty(thing: Any) -> None:
    for key in list(thing.keys()):
        del thing[key]


def _clean_names(root: Any) -> None:
    for key in ("/EmbeddedFiles", "/JavaScript", "/AlternatePresentations", "/Renditions"):
        if "/Names" in root and key in root.Names:
            del root.Names[key]


def _clean_object(thing: Any) -> None:
    """One object, and what is written inside it; what it refers to is an object of its own."""
    import pikepdf

    if isinstance(thing, pikepdf.Array):
        for one in thing.as_list():
            if isinstance(one, pikepdf.Dictionary | pikepdf.Array) and not one.is_indirect:
                _clean_object(one)
        return
    for key in _OF_PROGRAMS:
        if key in thing:
            del thing[key]
    if "/Metadata" in thing and thing.get("/Type") != pikepdf.Name.Catalog:
        del thing["/Metadata"]
    if thing.get("/Subtype") == pikepdf.Name.Link:
        for key in ("/T", "/NM", "/M", "/CreationDate", "/Subj", "/RC"):
            if key in thing:
                del thing[key]
    action = thing.get("/A")
    if isinstance(action, pikepdf.Dictionary) and "/S" in action and not _is_harmless(action):
        del thing["/A"]
    if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == pikepdf.Name.Image:
        _clean_image(thing)
    for _, one in thing.items():
        if isinstance(one, pikepdf.Dictionary | pikepdf.Array) and not one.is_indirect:
            _clean_object(one)


def _clean_image(stream: Any) -> None:
    """A JPEG is in a PDF as it was in its file."""
    from pikepdf import Array, Name

    filters = stream.get("/Filter")
    if isinstance(filters, Array) and len(filters) == 1:
        filters = filters[0]
    if filters == Name.DCTDecode:
        before = stream.read_raw_bytes()
        if (after := image(before)) != before:
            stream.write(after, filter=Name.DCTDecode, decode_parms=stream.get("/DecodeParms"))


def _is_harmless(action: Any) -> bool:
    """Whether a link leads within the document or to the web: not to someone's disk or mailbox, and starts nothing."""
    kind = str(action.get("/S", ""))
    if kind == "/URI":
        return bool(re.match(r"https?:", str(action.get("/URI", "")), re.IGNORECASE))
    return kind == "/GoTo"
