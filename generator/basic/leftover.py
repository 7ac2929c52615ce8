"""Tags that nobody filled in: how they look in a text that is meant to be printed."""

from __future__ import annotations

import re

_BRACE = re.compile(r"[{}｛｝﹛﹜]")
_LEFT, _RIGHT, _PERCENT, _HASH, _OTHER = "[{｛﹛]", "[}｝﹜]", "[%％﹪]", "[#＃﹟]", "[^{}｛｝﹛﹜]"
# Two braces, of any width and with blanks between them, are never text; one alone is, but not around a name of a
# template (會議.年度). A tag that lost a brace still has two at its other end.
_OPEN, _CLOSE = rf"{_LEFT}\s*{_LEFT}", rf"{_RIGHT}\s*{_RIGHT}"
_TAG = re.compile(
    rf"{_OPEN}.*?{_CLOSE}|{_LEFT}\s*{_PERCENT}.*?{_PERCENT}\s*{_RIGHT}|{_LEFT}\s*{_HASH}.*?{_HASH}\s*{_RIGHT}"
    rf"|{_OPEN}{_OTHER}*{_RIGHT}?|{_LEFT}?{_OTHER}*{_CLOSE}"
    rf"|{_LEFT}\s?{_PERCENT}{_OTHER}*{_RIGHT}?|{_LEFT}{_OTHER}*\s{_PERCENT}\s?{_RIGHT}|(?:^|\s){_PERCENT}\s?{_RIGHT}"
    rf"|{_LEFT}\s*[^\W\d]\w*(?:\.\w+)+(?:\s*\|\s*\w+)*\s*{_RIGHT}",
    re.DOTALL,
)


def leftover(text: str) -> str:
    """The first tag, or what is left of one, in a text that should have none; empty where there is none."""
    if not _BRACE.search(text):
        return ""
    found = _TAG.search(text)
    return found[0].strip() if found else ""
