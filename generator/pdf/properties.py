"""Opening and writing PDFs, and their properties. Import it late: pikepdf takes a while to load."""

from __future__ import annotations

import io
import sys
from datetime import date
from html import escape
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name, Pdf, Stream, String

from generator.basic.failure import UserError

LANGUAGE = "zh-TW"
# Everything is dated by the meeting, so that the same inputs give the same bytes.
_CLOCK = "T00:00:00+08:00"


class UnusablePdf(UserError):
    """A PDF that cannot be read, joined or taken fonts from; the text is for the user."""


def opened(source: bytes | Path) -> Pdf:
    """The PDF. Raises UnusablePdf when it cannot be read.

    ``source``: its bytes, or a file of this program's own, which nobody writes into while it is open.
    """
    name = f"「{source.name}」" if isinstance(source, Path) else "PDF "
    try:
        if isinstance(source, Path) and sys.platform != "win32":
            # Mapped: three times as fast as bytes.
            return Pdf.open(source)
        # Read as a whole: an open file could not be removed on Windows.
        return Pdf.open(io.BytesIO(source.read_bytes() if isinstance(source, Path) else source))
    except pikepdf.PasswordError as error:
        raise UnusablePdf(f"{name}有密碼保護，無法讀取。請改用沒有密碼的檔案。") from error
    except (pikepdf.PdfError, OSError) as error:
        raise UnusablePdf(f"{name}無法讀取，可能不是 PDF 或已損壞。請重新產生該檔案。") from error


def producer(pdf: Pdf) -> str:
    """The program that made the PDF, by its properties."""
    return str(pdf.docinfo.get("/Producer", ""))


def is_universal(pdf: Pdf) -> bool:
    """Whether the PDF claims to be PDF/UA."""
    return "/Metadata" in pdf.Root and b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()


def describe(pdf: Pdf, title: str, author: str, created: date, producer: str, universal: bool) -> None:
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


def saved(pdf: Pdf) -> bytes:
    """The same bytes for the same contents."""
    stream = io.BytesIO()
    pdf.save(
        stream,
        min_version="1.7",
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
    )
    return stream.getvalue()
