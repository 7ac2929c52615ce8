"""How often Python looks for objects that only hold each other."""

from __future__ import annotations

import gc

_SELDOM = 200_000
_AS_USUAL = gc.get_threshold()[0]


def seldom() -> None:
    """For a command that ends soon: nearly all that it makes is needed to the end."""
    gc.set_threshold(_SELDOM)


def as_usual() -> None:
    """For one that goes on: the trees of XML that a build leaves behind must not pile up."""
    gc.set_threshold(_AS_USUAL)


def never_again() -> None:
    """At the end of the program, which Python would else look through once more."""
    gc.freeze()
