"""All texts of a finished file, which ``search`` then looks through.

Bodies, headers, properties, comments, deleted text, alternative texts, attributes, names of parts, files in files.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from generator.basic.package import Budget, Package
from generator.basic.patterns import compile_late

_BODIES = ("word/document.xml", "content.xml")
_PLAIN = (".csv", ".txt", ".json", ".xml", ".html", ".htm", ".ics", ".eml", ".svg")
# These tags end a paragraph or cell: the text after them is another text.
_ENDS = compile_late(r"</(?:\w+:p|\w+:h|\w+:tc|\w+:table-cell)>")


class Insides(Struct):
    """The texts of a file: ``body`` is its running text, ``spoken`` the text that a PDF gives to screen readers.

    ``rest`` is all other text: names of parts, properties, attributes, comments. ``binary`` is what cannot be read as
    text: pictures and the like.
    """

    body: str = ""
    spoken: str = ""
    rest: list[str] = field(default_factory=list)
    binary: list[bytes] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join([self.body, self.spoken, *self.rest])


class Unreadable(Exception):
    """A file that cannot be looked into; the text is for the user."""


def read(name: str, content: bytes, depth: int = 0, budget: Budget | None = None) -> Insides:
    """The contents of a file. Raises Unreadable if it is locked, damaged, nested too deep or unpacks too large."""
    insides = Insides(rest=[name])
    budget = budget or Budget()
    if depth > budget.deepest:
        raise Unreadable(f"「{name}」是壓縮檔裡的壓縮檔，層數太多，無法檢查。")
    try:
        if content.startswith(b"%PDF-"):
            _read_pdf(content, insides, depth, budget)
        elif content.startswith(b"PK\x03\x04"):
            _read_zip(content, insides, depth, budget)
        elif name.lower().endswith(_PLAIN):
            insides.body = _decoded(content)
        else:
            insides.binary.append(content)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"「{name}」無法讀取，不能檢查內容。請重新產生該檔。") from error
    return insides


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")


def _read_zip(content: bytes, insides: Insides, depth: int, budget: Budget) -> None:
    with Package(content, budget) as archive:
        insides.rest.append(_decoded(archive.comment))
        for entry in archive.infolist():
            insides.rest += [entry.filename, _decoded(entry.comment)]
            insides.binary.append(entry.extra)
            part = archive.read(entry)
            if entry.filename.lower().endswith((".xml", ".rels", ".rdf", ".svg")):
                _read_xml(entry.filename, _decoded(part), insides)
            else:
                inner = read(entry.filename, part, depth + 1, budget)
                insides.rest += [inner.body, inner.spoken, *inner.rest]
                insides.binary += inner.binary


def _read_xml(name: str, raw: str, insides: Insides) -> None:
    insides.rest += re.findall(r"<!--(.*?)-->", raw, flags=re.DOTALL)
    insides.rest += re.findall(r"<\?(.*?)\?>", raw, flags=re.DOTALL)
    attributes = re.findall(r"""=\s*(?:"([^"<>]*)"|'([^'<>]*)')""", raw)
    insides.rest.append(
        "\n".join(
            dict.fromkeys(html.unescape(double_quoted or single_quoted) for double_quoted, single_quoted in attributes)
        )
    )
    raw = re.sub(r"<!--.*?-->|<\?.*?\?>", "", raw, flags=re.DOTALL)
    raw = re.sub(r"<!\[CDATA\[(.*?)\]\]>", lambda found: html.escape(found[1]), raw, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]*>", "", _ENDS.sub("\n", raw)))
    if name in _BODIES:
        insides.body = text
    else:
        insides.rest.append(text)


def _read_pdf(content: bytes, insides: Insides, depth: int, budget: Budget) -> None:
    """The text of the pages, then the texts of every object: properties, tags, notes, attached files."""
    from pypdf import PdfReader
    from pypdf.generic import StreamObject

    from generator.pdf import reading

    insides.body = reading.all_text(content)
    reader = PdfReader(io.BytesIO(content))
    insides.rest += _strings(reader.trailer)
    for number in _numbers(reader):
        found: Any = reader.get_object(number)
        insides.rest += _strings(found)
        if isinstance(found, StreamObject):
            _read_stream(found, insides, depth, budget)


def _numbers(reader: Any) -> list[int]:
    """The numbers of all objects of a PDF, also of those that no page refers to."""
    direct = {number for generation in reader.xref.values() for number in generation}
    return sorted(direct | set(reader.xref_objStm))


def _strings(found: Any) -> Iterator[str]:
    """The texts in an object; objects that it refers to have their numbers and are read separately."""
    from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, NameObject, TextStringObject

    if isinstance(found, DictionaryObject):
        for name in found:
            yield str(name)
            yield from _strings(found.raw_get(name))
    elif isinstance(found, ArrayObject):
        for item in list.__iter__(found):
            yield from _strings(item)
    elif isinstance(found, TextStringObject | NameObject):
        yield str(found)
    elif isinstance(found, ByteStringObject):
        yield from (bytes(found).decode(encoding, "ignore") for encoding in ("utf-8", "utf-16-be"))


def _read_stream(stream: Any, insides: Insides, depth: int, budget: Budget) -> None:
    from generator.pdf import reading

    kind, subtype = str(stream.get("/Type", "")), str(stream.get("/Subtype", ""))
    if subtype == "/Image":
        insides.binary.append(bytes(stream._data))
        return
    if kind in ("/ObjStm", "/XRef") or "/Length1" in stream or subtype in ("/Type1C", "/CIDFontType0C", "/OpenType"):
        return
    data = bytes(stream.get_data())
    if kind == "/Metadata" or subtype == "/XML":
        insides.rest.append(_decoded(data))
    elif kind == "/EmbeddedFile":
        inner = read("附加檔案", data, depth + 1, budget)
        insides.rest += [inner.body, inner.spoken, *inner.rest]
        insides.binary += inner.binary
    else:
        insides.spoken += "".join(reading.actual_texts(data))
        insides.binary.append(data)
