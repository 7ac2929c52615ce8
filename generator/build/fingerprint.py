"""A hash of values as they are handed to a template: what prints the same, from the same cells, has the same one."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from generator.prose.text import Text

_PLAIN = (str, int, float, bool, bytes, type(None), dt.date, dt.time)


class NotComparable(Exception):
    """A value of which two cannot be compared by what they hold: a function, for instance."""


class Fingerprints:
    """Hashes values. What is in several of them is looked at once; so all must stay as they are meanwhile."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, bytes]] = {}

    def of(self, value: Any) -> bytes:
        """The hash of a value and of all that it holds. Raises NotComparable."""
        kind = type(value)
        if kind in _PLAIN_TYPES:
            return f"{kind.__name__} {value!r}\0".encode("utf-8", "surrogatepass")
        if id(value) not in self._known:
            # Kept along, so that no other object takes its number.
            self._known[id(value)] = value, self._look(value, kind)
        return self._known[id(value)][1]

    def _look(self, value: Any, kind: type) -> bytes:
        sort, names = _about(kind)
        found = hashlib.blake2b(f"{kind.__module__}.{kind.__qualname__}".encode(), digest_size=16)
        add, of = found.update, self.of
        if sort is Enum:
            add(value.name.encode())
            return found.digest()
        if sort is Text:
            add(str(value).encode("utf-8", "surrogatepass"))
            add(of(value.spans))
            return found.digest()
        if sort is Mapping:
            for key, held in value.items():
                add(of(key))
                add(of(held))
        elif sort is list:
            for held in value:
                add(of(held))
        elif sort is set:
            for digest in sorted(map(of, value)):
                add(digest)
        elif sort is str:
            add(repr(value).encode("utf-8", "surrogatepass"))
        elif callable(value):
            raise NotComparable(kind.__qualname__)
        own = sorted(vars(value)) if hasattr(value, "__dict__") else ()
        if sort is object and not names and not own:
            raise NotComparable(kind.__qualname__)
        for name in names:
            if hasattr(value, name):
                add(name.encode())
                add(of(getattr(value, name)))
        for name in own:
            add(name.encode())
            add(of(getattr(value, name)))
        return found.digest()


_PLAIN_TYPES = frozenset(_PLAIN)


@cache
def _about(kind: type) -> tuple[type, tuple[str, ...]]:
    """How a kind of value is looked at (object: by its fields alone), and the names of its slots."""
    listed = [name for part in kind.__mro__ for name in _listed(part.__dict__.get("__slots__", ()))]
    slots = tuple(name for name in listed if name not in ("__dict__", "__weakref__"))
    sorts: tuple[tuple[type, type | tuple[type, ...]], ...] = (
        (Enum, Enum),
        (Text, Text),
        (Mapping, Mapping),
        (list, (list, tuple)),
        (set, (set, frozenset)),
        (str, _PLAIN),
    )
    return next((sort for sort, kinds in sorts if issubclass(kind, kinds)), object), slots


def _listed(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)
