"""Tags that nobody filled in: how they look in a text that is meant to be printed.

Tags of our templates, of other programs' (``${年度}``, ``<<年度>>``, ``[[年度]]``) and merge fields of Word («年度»).
"""

from __future__ import annotations

import re

from generator.basic.patterns import compile_late

_LEFT, _RIGHT, _PERCENT, _HASH, _OTHER = "[{｛﹛❴]", "[}｝﹜❵]", "[%％﹪]", "[#＃﹟]", "[^{}｛｝﹛﹜❴❵]"
# Bounded, so that a long text takes a moment: no tag is longer.
_ANY, _BLANK = ".{0,400}?", r"\s{0,60}"
_REST = f"{_OTHER}{{0,400}}"
# Two braces, of any width and with blanks between them, are never text; one alone is, but not around a name of a
# template (會議.年度) or a field of Word. A tag that lost a brace still has two at its other end.
_OPEN, _CLOSE = f"{_LEFT}{_BLANK}{_LEFT}", f"{_RIGHT}{_BLANK}{_RIGHT}"
_FIELDS = (
    "MERGEFIELD|PAGE|NUMPAGES|PAGEREF|REF|DATE|TIME|TOC|SEQ|IF|HYPERLINK|INCLUDE[A-Z]+|DOCPROPERTY|FORM[A-Z]+|DDE[A-Z]*"
)
_INSIDE = r"[^\W_][\w.:（）()\- ]{0,40}"
_TAG = compile_late(
    rf"{_OPEN}{_ANY}{_CLOSE}|{_LEFT}{_BLANK}{_PERCENT}{_ANY}{_PERCENT}{_BLANK}{_RIGHT}"
    rf"|{_LEFT}{_BLANK}{_HASH}{_ANY}{_HASH}{_BLANK}{_RIGHT}"
    rf"|{_OPEN}{_REST}{_RIGHT}?|{_LEFT}?{_REST}{_CLOSE}"
    rf"|{_LEFT}\s?{_PERCENT}{_REST}{_RIGHT}?|{_LEFT}{_REST}\s{_PERCENT}\s?{_RIGHT}|(?:^|\s){_PERCENT}\s?{_RIGHT}"
    rf"|{_LEFT}{_HASH}\s|\s{_HASH}{_RIGHT}"
    rf"|{_LEFT}{_BLANK}[^\W\d]\w{{0,80}}(?:\.\w{{1,80}}){{1,8}}(?:\s*\|\s*\w{{1,40}}){{0,4}}{_BLANK}{_RIGHT}"
    rf"|{_LEFT}\s?(?:{_FIELDS})(?![A-Za-z]){_REST}{_RIGHT}|(?<![A-Za-z])MERGEFIELD(?![A-Za-z])|\\\* ?MERGEFORMAT"
    rf"|[$＄]\s?{_LEFT}{_REST}{_RIGHT}|%\(\w{{1,40}}\)[sd]"
    rf"|«{_INSIDE}»|<<\s?{_INSIDE}>>|＜＜{_INSIDE}＞＞|<%.{{1,200}}?%>|\[\[\s?{_INSIDE}\]\]|［［{_INSIDE}］］|〔〔{_INSIDE}〕〕"
    rf"|@@{_INSIDE}@@|##{_INSIDE}##",
    re.DOTALL,
)
SIGNS = (*"{}｛｝﹛﹜❴❵«", "<<", "＜＜", "<%", "[[", "［［", "〔〔", "@@", "##", "%(", "MERGEF")
"""One of these stands in every text that has a tag."""
_SIGN = compile_late("|".join(map(re.escape, SIGNS)))


def leftover(text: str) -> str:
    """The first tag, or what is left of one, in a text that should have none; empty where there is none."""
    if not _SIGN.search(text):
        return ""
    found = _TAG.search(text)
    return found[0].strip() if found else ""
