"""Compound files ([MS-CFB]) as Outlook makes them, written here since no library of ours writes new ones."""

from __future__ import annotations

import struct

_SECTOR, _SMALL = 512, 64
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(files: dict[str, bytes]) -> bytes:
    """A compound file with these streams, each below 4096 bytes, by path with / between its folders."""
    names: list[tuple[str, ...]] = [()]
    for path in files:
        parts = tuple(path.split("/"))
        names += [parts[:end] for end in range(1, len(parts) + 1) if parts[:end] not in names]
    contents = {tuple(path.split("/")): content for path, content in files.items()}
    small, starts = b"", {}
    small_table: list[int] = []
    for path, content in contents.items():
        assert len(content) < 4096
        starts[path] = len(small) // _SMALL if content else _END
        count = -(-len(content) // _SMALL)
        small_table += [*range(len(small_table) + 1, len(small_table) + count), _END][: count or 0]
        small += content.ljust(count * _SMALL, b"\0")
    streams = [
        b"".join(_entry(names, path, contents, starts, len(small)) for path in names),
        b"".join(struct.pack("<I", number) for number in small_table),
        small,
    ]
    table: list[int] = []
    firsts = []
    for stream in streams:
        count = -(-len(stream) // _SECTOR)
        firsts.append(len(table))
        table += [*range(len(table) + 1, len(table) + count), _END]
    at = len(table)
    table.append(_TABLE)
    assert len(table) <= _SECTOR // 4
    # The entry of the root says where the small streams lie.
    streams[0] = streams[0][:116] + struct.pack("<I", firsts[2]) + streams[0][120:]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, firsts[0], 0, 4096, firsts[1], 1, _END, 0) + struct.pack("<I", at)
    pads = (b"\0", b"\xff", b"\0")
    body = [stream.ljust(-(-len(stream) // _SECTOR) * _SECTOR, pad) for stream, pad in zip(streams, pads, strict=True)]
    fat = b"".join(struct.pack("<I", number) for number in table).ljust(_SECTOR, b"\xff")
    return head.ljust(_SECTOR, b"\xff") + b"".join(body) + fat


def _entry(
    names: list[tuple[str, ...]],
    path: tuple[str, ...],
    contents: dict[tuple[str, ...], bytes],
    starts: dict[tuple[str, ...], int],
    small: int,
) -> bytes:
    name = (path[-1] if path else "Root Entry").encode("utf-16-le") + b"\0\0"
    beside = [other for other in names if other and other[:-1] == path[:-1] and path]
    after = beside[beside.index(path) + 1 :] if path else []
    below = [other for other in names if other and other[:-1] == path and other != path]
    kind = 5 if not path else 2 if path in contents else 1
    right, child = (names.index(found[0]) if found else _FREE for found in (after, below))
    size = small if not path else len(contents.get(path, b""))
    entry = name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name), kind, 1, _FREE, right, child)
    entry += bytes(36) + struct.pack("<IQ", starts.get(path, 0 if kind != 2 else _END), size)
    assert len(entry) == 128
    return entry


def properties(head: int, **numbers: int) -> bytes:
    """The list of properties of fixed length; ``numbers``: the value by tag, as ``p0E060040``."""
    listed = b"".join(
        struct.pack("<IIQ", int(tag[5:], 16) | int(tag[1:5], 16) << 16, 6, value) for tag, value in numbers.items()
    )
    return bytes(head) + listed
