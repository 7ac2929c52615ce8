"""Fields of a .docx: each becomes the result that was saved with it (ECMA-376 part 1, 17.16)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree
from msgspec import Struct, field

from generator.basic.patterns import compile_late
from generator.pdf.from_elsewhere.saved.about import PATH, About

SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
# Those that count pages, lead to a place, or have no result that could be kept.
_LIVE_WORDS = """
PAGE NUMPAGES SECTIONPAGES SECTION HYPERLINK STYLEREF FORMCHECKBOX FORMDROPDOWN EQ SYMBOL LISTNUM AUTONUM
AUTONUMLGL AUTONUMOUT ADVANCE XE TC TA RD PRIVATE MACROBUTTON GOTOBUTTON CONTROL EMBED SHAPE
"""
_LIVE = frozenset(_LIVE_WORDS.split())
# Without a saved result these would show what they find on this machine or today.
_OF_THE_MACHINE_WORDS = """
FILENAME DATE TIME SAVEDATE CREATEDATE PRINTDATE EDITTIME AUTHOR LASTSAVEDBY USERNAME USERINITIALS USERADDRESS
TEMPLATE INFO FILESIZE DOCPROPERTY
"""
_OF_THE_MACHINE = frozenset(_OF_THE_MACHINE_WORDS.split())
_FILE_NAME = "FILENAME"
_STORIES = ("txbxContent", "footnote", "endnote", "comment")
_CONTENT_WORDS = """
t tab br cr sym drawing pict object ptab noBreakHyphen softHyphen footnoteReference endnoteReference instrText
delInstrText fldChar delText ruby
"""
_CONTENT = frozenset(_CONTENT_WORDS.split())
_KIND = compile_late(r"\s*([A-Za-z=]+)")


class _Field(Struct):
    """A field that is read: its instruction, and the elements that stand before and after its separator."""

    begin: Any
    instruction: str = ""
    marks: list[Any] = field(default_factory=list)
    before: list[Any] = field(default_factory=list)
    result: list[Any] = field(default_factory=list)
    separated: bool = False

    @property
    def kind(self) -> str:
        match = _KIND.match(self.instruction)
        return match[1].upper() if match else ""


def freeze(root: Any, about: About) -> bool:
    """Takes the fields of a part away and leaves their results; returns whether there were any."""
    changed = False
    for element in list(root.iter(*(f"{{{space}}}fldSimple" for space in SPACES))):
        kind = _KIND.match(_attribute(element, "instr"))
        if kind is None or kind[1].upper() in _LIVE:
            continue
        texts = [text for text in element.iter(etree.Element) if _word(text) == "t"]
        if kind[1].upper() == _FILE_NAME:
            _show_name(texts, about, element, element)
        _unwrap(element)
        changed = True
    for found in list(_fields(root)):
        changed = _freeze(found, about) or changed
    for binding in list(root.iter("{*}dataBinding")):
        # What is bound to a property or to data would be filled in from there.
        binding.getparent().remove(binding)
        changed = True
    return changed


def saved_results(root: Any) -> Iterator[tuple[str, str]]:
    """Each field of a part that is frozen: its kind, and the text that was saved."""
    for element in root.iter(*(f"{{{space}}}fldSimple" for space in SPACES)):
        kind = _KIND.match(_attribute(element, "instr"))
        if kind is not None and kind[1].upper() not in _LIVE:
            yield (
                kind[1].upper(),
                "".join(text.text or "" for text in element.iter(etree.Element) if _word(text) == "t"),
            )
    for found in _fields(root):
        if found.kind not in _LIVE:
            yield found.kind, "".join(text.text or "" for text in found.result if _word(text) == "t")


def _fields(root: Any) -> Iterator[_Field]:
    """The fields of a part as they end: inner ones before those around them."""
    open_fields: dict[Any, list[_Field]] = {}
    for element in root.iter(etree.Element):
        word = _word(element)
        if word not in _CONTENT:
            continue
        stack = open_fields.setdefault(_story(element), [])
        if word == "fldChar":
            how = _attribute(element, "fldCharType")
            if how == "begin":
                stack.append(_Field(element))
            if not stack:
                continue
            stack[-1].marks.append(element)
            if how == "separate":
                stack[-1].separated = True
            for around in stack[:-1]:
                (around.result if around.separated else around.before).append(element)
            if how == "end":
                yield stack.pop()
            continue
        for around in stack:
            (around.result if around.separated else around.before).append(element)
        if stack and not stack[-1].separated and word in ("instrText", "delInstrText"):
            stack[-1].instruction += "".join(element.itertext())


def _story(element: Any) -> Any:
    """What a field cannot reach out of: a text box, a note, or the part (None)."""
    return next((above for above in element.iterancestors() if _word(above) in _STORIES), None)


def _freeze(found: _Field, about: About) -> bool:
    kind = found.kind
    if not kind or kind in _LIVE or (not found.separated and kind not in _OF_THE_MACHINE):
        return False
    if kind == _FILE_NAME:
        texts = [element for element in found.result if _word(element) == "t" and element.getparent() is not None]
        run = found.begin.getparent()
        _show_name(texts, about, run, run)
    for element in (*found.marks, *found.before):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return True


def _show_name(texts: list[Any], about: About, holder: Any, place: Any) -> None:
    """The name of the file in place of what was saved, unless that is the name; never a folder."""
    shown = "".join(text.text or "" for text in texts)
    if PATH.sub("", shown) in (about.name, about.stem) and PATH.search(shown) is None:
        return
    if not texts:
        space = etree.QName(holder).namespace
        run = holder if _word(holder) == "r" else etree.SubElement(place, f"{{{space}}}r")
        texts = [etree.SubElement(run, f"{{{space}}}t")]
    texts[0].text = about.name
    for text in texts[1:]:
        text.text = ""


def _word(element: Any) -> str:
    """The name of an element of a text document, empty for any other."""
    if not isinstance(element.tag, str):
        return ""
    name = etree.QName(element)
    return name.localname if name.namespace in SPACES else ""


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def _unwrap(element: Any) -> None:
    parent = element.getparent()
    place = parent.index(element)
    for offset, child in enumerate(list(element)):
        if _word(child) != "fldData":
            parent.insert(place + offset, child)
    parent.remove(element)
