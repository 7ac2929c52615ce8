"""What lies on the pages of a PDF from elsewhere: forms that are filled in, notes, marks, stamps, signatures.

Each gets an appearance that shows what it holds, so that it can be made part of its page; what has none is remarked.
ISO 32000-1, 12.5 and 12.7. Import it late: pikepdf takes a while to load.
"""

from __future__ import annotations

from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, PdfError

from generator.pdf.from_elsewhere.overlays import fields, notes
from generator.pdf.from_elsewhere.overlays.letters import Letters, document
from generator.pdf.from_elsewhere.overlays.look import HIDDEN, NO_VIEW, PRINTED, has_look, text_of
from generator.pdf.from_elsewhere.remarks import Remark, RemarkCode

__all__ = ["Letters", "document", "prepare"]

_BROKEN = (PdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)


def prepare(pdf: Pdf, letters: Letters) -> list[Remark]:
    """Gives everything on the pages that is to be printed an appearance of its own, and the mark that it is printed.

    Everything else is taken away. Returns what is to be said of it. With Letters that have no source the appearances
    are good for nothing, and the remarks and the letters that are wanted are what it is for.
    """
    remarks = _of_document(pdf)
    lying = [
        (number, page, note)
        for number, page in enumerate(pdf.pages, 1)
        for note in page.obj.get("/Annots", Array())
        if isinstance(note, Dictionary) and note.get("/Subtype") != Name.Link
    ]
    shown = fields.Shown(pdf, [note for _, _, note in lying if note.get("/Subtype") == Name.Widget])
    for number, _, note in lying:
        letters.private.clear()
        try:
            found = _prepare(pdf, note, letters, shown)
        except _BROKEN:
            note.F = HIDDEN
            found = [(RemarkCode.PDF_UNDRAWN, notes.called(note))]
        found += [(RemarkCode.PDF_LETTERS, f"U+{ord(sign):04X}") for sign in sorted(letters.private)]
        remarks += [Remark(code, number, what) for code, what in found]
    return remarks


def _prepare(pdf: Pdf, note: Any, letters: Letters, shown: fields.Shown) -> list[tuple[RemarkCode, str]]:
    """One of them; returns what is to be said of it: codes, and what each is said of."""
    flags = int(note.get("/F", PRINTED))
    subtype = note.get("/Subtype")
    if subtype == Name.Popup:
        # It shows the text of another one while someone points at it.
        note.F = HIDDEN
        return []
    if flags & HIDDEN or not flags & PRINTED:
        seen = not flags & (HIDDEN | NO_VIEW)
        note.F = HIDDEN
        holds = fields.holds_value(note) if subtype == Name.Widget else seen or bool(notes.text(note))
        return [(RemarkCode.PDF_HIDDEN, notes.called(note))] if holds and "/StateModel" not in note else []
    # What was not marked at all is seen on the screen.
    note.F = PRINTED
    found = fields.prepare(pdf, note, letters, shown) if subtype == Name.Widget else notes.prepare(pdf, note, letters)
    if not has_look(note):
        note.F = HIDDEN
    return found


def _of_document(pdf: Pdf) -> list[Remark]:
    """What is to be said of the whole: an XFA form, and files that it carries."""
    remarks = []
    if "/XFA" in pdf.Root.get("/AcroForm", Dictionary()):
        remarks.append(Remark(RemarkCode.PDF_XFA))
    try:
        remarks += [Remark(RemarkCode.PDF_CARRIES, what=text_of(name)) for name in pdf.attachments]
    except _BROKEN:
        remarks.append(Remark(RemarkCode.PDF_CARRIES, what="無法讀取"))
    return remarks
