"""PDFs without what nobody meant to publish. pikepdf takes a while to load: it is imported where it is needed."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

from generator.pdf.clean import unseen

_OF_CATALOGUE = ("/AcroForm", "/OpenAction", "/Collection", "/Requirements", "/Perms", "/SpiderInfo")


def pdf(content: bytes, title: str, author: str, created: date) -> bytes:
    """A PDF without notes, attached files, scripts, forms and programs' own data; its properties are those given.

    Of what lies on its pages only links stay: what shows of stamps and forms in a PDF from elsewhere is part of the
    page by then (from_elsewhere). Raises UnusablePdf.
    """
    import pikepdf

    from generator.pdf.join import normalise
    from generator.pdf.properties import UnusablePdf

    try:
        found = pikepdf.open(io.BytesIO(content))
    except pikepdf.PdfError as error:
        raise UnusablePdf("PDF 無法讀取，可能有密碼或已損壞。請重新產生該檔案。") from error
    with found as document:
        _clean_notes(document)
        unseen.take_out(document)
        _clean_catalogue(document.Root)
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
                _clean_object(thing)
        cleaned = io.BytesIO()
        document.save(cleaned)
    return normalise(cleaned.getvalue(), title, author, created)


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


def _clean_catalogue(root: Any) -> None:
    """Keeps the page at which the PDF opens, unless that is an action, and of the names those of places."""
    from pikepdf import Array

    for key in _OF_CATALOGUE:
        if key in root and not (key == "/OpenAction" and isinstance(root[key], Array)):
            del root[key]
    for key in list(root.get("/Names", {}).keys()):
        if key != "/Dests":
            del root.Names[key]


def _clean_object(thing: Any) -> None:
    """Cleans an object and the objects written inside it; objects that it refers to are cleaned by themselves."""
    import pikepdf

    if isinstance(thing, pikepdf.Array):
        for entry in thing.as_list():
            if isinstance(entry, pikepdf.Dictionary | pikepdf.Array) and not entry.is_indirect:
                _clean_object(entry)
        return
    if thing.get("/Subtype") == pikepdf.Name.Link:
        for key in ("/T", "/NM", "/M", "/CreationDate", "/Subj", "/RC"):
            if key in thing:
                del thing[key]
    action = thing.get("/A")
    if isinstance(action, pikepdf.Dictionary) and "/S" in action:
        if not _is_harmless(action):
            del thing["/A"]
        elif "/Next" in action:
            del action["/Next"]
    for _, entry in thing.items():
        if isinstance(entry, pikepdf.Dictionary | pikepdf.Array) and not entry.is_indirect:
            _clean_object(entry)


def _is_harmless(action: Any) -> bool:
    """Whether a link leads within the document or to the web: not to someone's disk or mailbox, and starts nothing."""
    kind = str(action.get("/S", ""))
    if kind == "/URI":
        return bool(re.match(r"https?://[^\\/\s]", str(action.get("/URI", "")), re.IGNORECASE))
    return kind == "/GoTo"
