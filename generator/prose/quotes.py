"""Quotation marks in tags: input methods and Word make “x” and 「x」 of "x", which Jinja does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.basic.patterns import compile_late

_QUOTED = compile_late(
    r"""("[^"]*"|'[^']*')|[“”„‟＂]([^“”„‟＂"]*)[“”„‟＂]|[‘’‚‛＇]([^‘’‚‛＇"]*)[‘’‚‛＇]|「([^「」"]*)」|『([^『』"]*)』"""
)


def straight(source: str) -> str:
    """The text with straight quotation marks in its tags; what stands between straight ones stays as it is."""
    if source.isascii() or "{" not in source:
        return source
    return "".join(_QUOTED.sub(_straightened, part) if is_tag else part for part, is_tag in _parts(source))


def _parts(source: str) -> Iterator[tuple[str, bool]]:
    """The tags and what is between them. By hand: a pattern would go to the end anew from each of 30,000 braces."""
    ends = {"{{": "}}", "{%": "%}"}
    done = start = 0
    while ends and (start := source.find("{", start)) >= 0:
        opening = source[start : start + 2]
        end = source.find(ends[opening], start + 2) if opening in ends else -1
        if end < 0:
            ends.pop(opening, None)
            start += 1
            continue
        yield source[done:start], False
        yield source[start : end + 2], True
        done = start = end + 2
    yield source[done:], False


def _straightened(match: re.Match[str]) -> str:
    return match[1] or f'"{next((inside for inside in match.groups()[1:] if inside is not None), "")}"'
