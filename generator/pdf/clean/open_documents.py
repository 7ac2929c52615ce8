"""The texts, workbooks and slides of ODF without what nobody meant to publish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from lxml import etree

from generator.basic import package
from generator.basic.patterns import compile_late
from generator.pdf.clean.pictures import image

NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
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
_PARTS = compile_late(
    r"(?:Object [^/]+/)?(?:content|styles)\.xml|meta\.xml|settings\.xml|mimetype|(?:Pictures|media)/[^/]+"
)
_NOTES = ("office:annotation", "office:annotation-end")
_CHANGES = ("text:tracked-changes", "text:change", "text:change-start", "text:change-end", "table:tracked-changes")
_RSIDS = ("rsid", "paragraph-rsid")
_FONTS = ("style:font-name", "style:font-name-asian", "style:font-name-complex")
_SETTINGS = compile_late(r"Printer|Rsid|CurrentDatabase|EmbeddedDatabase|RedlineProtection|ModifyPassword|\w+TableURL")
_HARMLESS = compile_late(
    r"^(?:https?://[^\\/\s]|#|(?:\./)?(?:Object \d|ObjectReplacements/|Pictures/|media/)|$)", re.IGNORECASE
)


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


def is_odf(content: bytes) -> bool:
    """Whether a package says that it is ODF. Raises what Package raises."""
    with package.Package(content) as archive:
        return MANIFEST in archive.namelist()


def accepted(content: bytes) -> bytes:
    """The document with its tracked changes accepted and without comments; the same bytes where there are none.

    In ODF what was deleted stands apart from the text, which is as it reads with all changes accepted. Raises what
    Package and lxml raise.
    """
    tags = [_name(tag) for tag in (*_NOTES, *_CHANGES)]
    changed = False
    parts: dict[str, bytes] = {}
    with package.Package(content) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
            if not name.endswith(("content.xml", "styles.xml")):
                continue
            root = _parsed(parts[name])
            found = list(root.iter(*tags))
            for element in found:
                _remove(element)
            if found:
                changed, parts[name] = True, _written(root)
    return package.written((name, parts[name]) for name in package.in_order(parts)) if changed else content


def _name(short: str) -> str:
    prefix, _, local = short.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _parsed(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _written(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _clean_text(root: Any) -> None:
    for tag in (*_NOTES, *_CHANGES):
        for element in list(root.iter(_name(tag))):
            _remove(element)
    for page in root.iter(_name("draw:page")):
        # The speaker's notes are not on the slide.
        for notes in page.findall(_name("presentation:notes")):
            page.remove(notes)
    for comment in list(root.iter(etree.Comment, etree.ProcessingInstruction)):
        _remove(comment)
    for element in root.iter(etree.Element):
        for name in _RSIDS:
            element.attrib.pop(f"{{{NAMESPACES['rsid']}}}{name}", None)
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
    attributes = [_name(attribute) for attribute in _FONTS]
    used: dict[tuple[Any, ...], str] = {}
    strange: set[str] = set()
    found = []
    for root in roots:
        lists = list(root.iter(_name("office:font-face-decls")))
        faces = {
            face.get(_name("style:name")): face for listed in lists for face in listed.iter(_name("style:font-face"))
        }
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
        # A name that is used without being listed may mean another font.
        choice = (f"{kind[0]}{number or ''}" for number in range(len(used) + len(strange) + 1))
        used[kind] = next(name for name in choice if name not in strange and name not in used.values())
    for lists, faces, places, kinds in found:
        for element, attribute in places:
            if element.get(attribute) in kinds:
                element.set(attribute, used[kinds[element.get(attribute)]])
        kept = {used[kind]: faces[name] for name, kind in sorted(kinds.items())}
        for fonts in lists:
            for face in list(fonts):
                fonts.remove(face)
        for name in sorted(kept):
            kept[name].set(_name("style:name"), name)
            lists[0].append(kept[name])


def _kind_of_font(face: Any) -> tuple[Any, ...]:
    """All that describes a font except its name in the document; its family comes first."""
    name_attribute = _name("style:name")
    about = tuple(sorted((key, value) for key, value in face.items() if key != name_attribute))
    inside = tuple(etree.tostring(element, with_tail=False) for element in face)
    family = face.get(_name("svg:font-family"), face.get(name_attribute)).strip("'\"")
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
    """Title, author, language and date; of the earlier properties only the name of the program and the counts stay."""
    root = _parsed(part)
    about = root.find(_name("office:meta"))
    kept = [element for element in about if element.tag in (_name("meta:generator"), _name("meta:document-statistic"))]
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
        inside = any(part_name.startswith(name) for part_name in parts) if name.startswith("Object ") else name in parts
        if name != "/" and not inside:
            root.remove(entry)
    return _written(root)
