"""The formats that documents are made in: one table, which every command and every room reads.

A new format costs a row of FORMATS (with its FileType) and, where it is converted, its maker in build/convert.py.

The records are tuples and not msgspec's: `packet --help` reads this table, and would load msgspec for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

RENDERED, CONVERTED = "rendered", "converted"


class FileType(NamedTuple):
    """A type of file. ``convert_to`` is what LibreOffice is told in order to make one; None: LibreOffice makes none.

    ``marks`` are what a whole file begins with and what stands near its end; None where it is a zip.
    """

    ending: str
    media_type: str
    convert_to: str | None = None
    marks: tuple[bytes, bytes] | None = None


_OFFICE_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
FILE_TYPES: Mapping[str, FileType] = {
    file_type.ending: file_type
    for file_type in (
        FileType("docx", f"{_OFFICE_XML}.wordprocessingml.document"),
        FileType("pptx", f"{_OFFICE_XML}.presentationml.presentation"),
        FileType("xlsx", f"{_OFFICE_XML}.spreadsheetml.sheet"),
        # LibreOffice finds the PDF filter by the kind of the document; the profile holds what the filters are told.
        FileType("pdf", "application/pdf", "pdf", (b"%PDF-", b"%%EOF")),
        FileType("odt", f"{_OPEN_DOCUMENT}.text", "odt:writer8"),
        FileType("ods", f"{_OPEN_DOCUMENT}.spreadsheet", "ods:calc8"),
        FileType("odp", f"{_OPEN_DOCUMENT}.presentation", "odp:impress8"),
        FileType("csv", "text/csv"),
        FileType("ics", "text/calendar"),
        FileType("zip", "application/zip"),
    )
}
# Of files that come from elsewhere and are only handed on.
_OTHER_MEDIA_TYPES = {
    **{"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "bmp": "image/bmp"},
    **{"tif": "image/tiff", "tiff": "image/tiff", "webp": "image/webp", "svg": "image/svg+xml"},
    **{"jp2": "image/jp2", "heic": "image/heic", "emf": "image/emf", "wmf": "image/wmf"},
    **{"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint"},
    **{"rtf": "application/rtf", "odg": f"{_OPEN_DOCUMENT}.graphics"},
    **{"txt": "text/plain", "htm": "text/html", "html": "text/html", "json": "application/json"},
}


class Format(NamedTuple):
    """A format by the name that ``--format`` takes.

    ``endings``: the ending of its file by the ending of the rendered file; of what is not named there none is made.
    ``step``: RENDERED or CONVERTED. ``usual``: made where no format is asked for. ``public``: its files go into the
    public edition. ``of_enclosures``: a file from elsewhere becomes one as well.
    """

    name: str
    endings: Mapping[str, str]
    step: str = CONVERTED
    usual: bool = False
    public: bool = False
    of_enclosures: bool = False


FORMATS = (
    Format("docx", {"docx": "docx", "pptx": "pptx"}, RENDERED, usual=True),
    Format("pdf", {"docx": "pdf", "pptx": "pdf"}, usual=True, public=True, of_enclosures=True),
    Format("odt", {"docx": "odt", "pptx": "odp"}, public=True),
)
NAMES = tuple(output_format.name for output_format in FORMATS)
USUAL = tuple(output_format.name for output_format in FORMATS if output_format.usual)
PUBLIC = tuple(output_format.name for output_format in FORMATS if output_format.public)
_BY_ENDING = {ending: output_format for output_format in FORMATS for ending in output_format.endings.values()}


def chosen(names: Iterable[str], step: str) -> list[Format]:
    """Those of the named formats that are made in this step, in the order of the table."""
    wanted = set(names)
    return [output_format for output_format in FORMATS if output_format.name in wanted and output_format.step == step]


def of_file(name: str) -> Format | None:
    """The format of a file, by the ending of its name; None for a file that is in no format of the table."""
    return _BY_ENDING.get(name.rpartition(".")[2])


def is_converted(name: str) -> bool:
    """Whether a file of this name was converted from a rendered one."""
    found = of_file(name)
    return found is not None and found.step == CONVERTED


def media_type(name: str) -> str:
    """The media type of a file, by the ending of its name."""
    ending = name.rpartition(".")[2].lower()
    found = FILE_TYPES.get(ending)
    return found.media_type if found else _OTHER_MEDIA_TYPES.get(ending, "application/octet-stream")
