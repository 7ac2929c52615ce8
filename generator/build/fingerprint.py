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
        found = hashlib.blake2b(f"{kind.__module__}.{kind.__qualname__}".encode(), digest_size=16)
        add = found.update
        if isinstance(value, Enum):
            add(value.name.encode())
            return found.digest()
        if isinstance(value, Text):
            add(str(value).encode("utf-8", "surrogatepass"))
            add(self.of(value.spans))
            return found.digest()
        if isinstance(value, Mapping):
            for key, held in value.items():
                add(self.of(key))
                add(self.of(held))
        elif isinstance(value, (list, tuple)):
            for held in value:
                add(self.of(held))
        elif isinstance(value, (set, frozenset)):
            for digest in sorted(map(self.of, value)):
                add(digest)
        elif isinstance(value, _PLAIN):
            add(repr(value).encode("utf-8", "surrogatepass"))
        elif callable(value):
            raise NotComparable(kind.__qualname__)
        for name in _fields(kind, value):
            add(name.encode())
            add(self.of(getattr(value, name)))
        return found.digest()


_PLAIN_TYPES = frozenset(_PLAIN)


def _fields(kind: type, value: Any) -> list[str]:
    """The names of what an object holds, be it in slots or not."""
    slots = _slots(kind)
    own = sorted(vars(value)) if hasattr(value, "__dict__") else []
    if not slots and not own and not isinstance(value, (Mapping, list, tuple, set, frozenset, *_PLAIN)):
        raise NotComparable(kind.__qualname__)
    return [*(name for name in slots if hasattr(value, name)), *own]


@cache
def _slots(kind: type) -> tuple[str, ...]:
    names = [name for part in kind.__mro__ for name in _listed(part.__dict__.get("__slots__", ()))]
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def _listed(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)
