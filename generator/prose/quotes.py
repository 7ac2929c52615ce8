"""Quotation marks in tags: input methods and Word make “x” and 「x」 of "x", which Jinja does not know."""

from __future__ import annotations

import re

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile(
    r"""("[^"]*"|'[^']*')|[“”„‟＂]([^“”„‟＂"]*)[“”„‟＂]|[‘’‚‛＇]([^‘’‚‛＇"]*)[‘’‚‛＇]|「([^「」"]*)」|『([^『』"]*)』"""
)


def straight(source: str) -> str:
    """The text with straight quotation marks in its tags; what stands between straight ones stays as it is."""
    if source.isascii() or "{" not in source:
        return source
    return _TAG.sub(lambda tag: _QUOTED.sub(_straightened, tag[0]), source)


def _straightened(match: re.Match[str]) -> str:
    return match[1] or f'"{next((inside for inside in match.groups()[1:] if inside is not None), "")}"'
