"""What a file of the formats before 2007 is, or a newer one that is locked: olefile and msoffcrypto read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generator.pdf import compound
from generator.pdf.from_elsewhere import not_taken
from generator.pdf.from_elsewhere.problems import FileCode, Unfit

MOST_CELLS = 200_000
# The stream that tells of each kind.
STREAMS = ("EncryptedPackage", "WordDocument", "Workbook", "Book", "PowerPoint Document")


def examine(path: Path) -> str:
    """The one of STREAMS that is in it. Raises Unfit."""
    import msoffcrypto
    import olefile

    try:
        with path.open("rb") as file:
            with olefile.OleFileIO(file) as parts:
                inside = next((name for name in STREAMS if parts.exists(name)), "")
                other = next((name for name in not_taken.STREAMS if parts.exists(name)), "")
                cells = compound.cells(parts.openstream(inside).read()) if inside in ("Workbook", "Book") else 0
            if not inside:
                raise not_taken.unfit(b"", path.suffix, stream=other)
            file.seek(0)
            if inside != "Book" and _needs_password(msoffcrypto.OfficeFile(file)):
                raise Unfit(FileCode.FILE_LOCKED)
            if cells > MOST_CELLS:
                raise Unfit(FileCode.FILE_TOO_LARGE, what=f"{cells:,} 個儲存格")
            return inside
    except (Unfit, MemoryError):
        raise
    except Exception as error:
        # These two raise any kind of error for a damaged file, olefile an OSError for one that ends too early.
        raise Unfit(FileCode.FILE_DAMAGED) from error


def deciphered(content: bytes) -> bytes:
    """Any file without the password that Excel itself puts on one. Raises Unfit."""
    if not content.startswith(compound.SIGN):
        return content
    try:
        return compound.deciphered(content) or content
    except (OSError, ValueError) as error:
        raise Unfit(FileCode.FILE_DAMAGED) from error


def _needs_password(office: Any) -> bool:
    if not office.is_encrypted():
        return False
    if office.format in ("doc97", "ppt97"):
        # Only Excel has a password of its own.
        return True
    try:
        if office.format == "xls97":
            # It checks the password in any case, and takes no argument that says so.
            office.load_key(password=compound.NO_PASSWORD)
        else:
            office.load_key(password=compound.NO_PASSWORD, verify_password=True)
    except Exception:
        return True
    return False
