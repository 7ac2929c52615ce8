"""Tags that nobody filled in: how they look in a text that is meant to be printed."""

from __future__ import annotations

import re

_BRACE = re.compile(r"[{}｛｝]")
# Two braces, of any width and with blanks between them, are never text; one alone is. A tag that lost a brace still has
# two at its other end.
_OPEN, _CLOSE = r"[{｛]\s*[{｛]", r"[}｝]\s*[}｝]"
_TAG = re.compile(
    rf"{_OPEN}.*?{_CLOSE}|[{{｛]\s*[%％].*?[%％]\s*[}}｝]|[{{｛]\s*[#＃].*?[#＃]\s*[}}｝]"
    rf"|{_OPEN}[^{{}}｛｝]*[}}｝]?|[{{｛]?[^{{}}｛｝]*{_CLOSE}"
    r"|[{｛]\s?[%％][^{}｛｝]*[}｝]?|[{｛][^{}｛｝]*\s[%％]\s?[}｝]",
    re.DOTALL,
)


def leftover(text: str) -> str:
    """The first tag, or what is left of one, in a text that should have none; empty where there is none."""
    if not _BRACE.search(text):
        return ""
    found = _TAG.search(text)
    return found[0].strip() if found else ""
