"""By what a review copy (審閱本) is known again: it has comments that are for nobody outside."""

from __future__ import annotations

from generator.basic.package import Package

# In the property 類別 of each review copy: by it one that was copied elsewhere is known again.
MARK = "審閱本"
AUTHOR, INITIALS = "packet", "p"
_PROPERTIES = "docProps/core.xml"


def is_review_copy(package: bytes) -> bool:
    """Whether the .docx or .pptx says of itself that it is one. Raises what Package raises for no zip."""
    with Package(package) as archive:
        return _PROPERTIES in archive.namelist() and f"category>{MARK}<" in archive.read(_PROPERTIES).decode(
            "utf-8", "replace"
        )
