"""A PDF opened with PDFium (pypdfium2), which is imported late. PDFium is not thread-safe: one lock for the program."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

_LOCK = threading.Lock()


class Unreadable(Exception):
    """A PDF that PDFium cannot open or read."""


@contextlib.contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """The document, a pypdfium2.PdfDocument; nobody else uses PDFium meanwhile. Raises Unreadable."""
    import pypdfium2

    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise Unreadable(str(error)) from error
        try:
            yield document
        except pypdfium2.PdfiumError as error:
            raise Unreadable(str(error)) from error
        finally:
            document.close()
