"""Cuts what an RTF file would fetch when it is opened: field instructions, linked objects and pictures, templates.

What is seen without them stays: the result that was saved with a field or an object, and pictures in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct, field

from generator.basic.patterns import compile_late

TOKEN = compile_late(
    rb"\\(?P<word>[A-Za-z]+)(?P<number>-?\d+)? ?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])|(?P<brace>[{}])"
    rb"|(?P<text>[^\\{}]+)|\\",
    re.DOTALL,
)
# Groups that name another file, or hold an object whose content another program would read.
_CUT = frozenset(
    b"objdata objalias objsect objclass linkval template filetbl file nextfile import subdocument subdoc mailmerge"
    b" datafield mmconnectstr mmconnectstrdata mmdatasource mmheadersource mmquery htmltag datastore oleclsid"
    b" wgrffmtfilter urtf htmlbase background objname".split()
)
_INSTRUCTION, _PICTURE, _SHAPE_NAME, _SHAPE_VALUE = b"fldinst", b"pict", b"sn", b"sv"
_ADDRESS = compile_late(rb"[A-Za-z][A-Za-z0-9+.\-]+:|[/\\]{2}|\.\.[/\\]|^\s*[/\\]")
# Instructions that fetch nothing; every other one goes, and its result stays. The name of the file is put in by
# from_elsewhere/saved.
_HARMLESS = compile_late(
    rb'\s*(PAGE|NUMPAGES|SECTIONPAGES|FILENAME)\b[^"]*|\s*HYPERLINK\s+"?(https?://[A-Za-z0-9\-._~:/?#\[\]@!$&()*+,;=%]+)"?\s*',
    re.IGNORECASE,
)
_DEEPEST = 1000


class _Group(Struct):
    start: int
    kind: bytes = b""
    cut: bool = False
    text: bytearray = field(default_factory=bytearray)


def cut(content: bytes, is_harmless_picture: Callable[[bytes], bool]) -> bytes:
    """The file without what it would fetch; the same bytes where there is nothing.

    ``is_harmless_picture`` is asked of the bytes of each picture. Raises ValueError for a file that is no such tree of
    groups.
    """
    result = bytearray()
    groups: list[_Group] = []
    place, end = 0, len(content)
    while place < end:
        match = TOKEN.match(content, place)
        assert match is not None
        place = match.end()
        word, brace = match["word"], match["brace"]
        if brace == b"{":
            if len(groups) >= _DEEPEST:
                raise ValueError("groups too deep")
            groups.append(_Group(len(result)))
            result += b"{"
            continue
        if not groups:
            if match[0].strip(b"\0\r\n\t "):
                raise ValueError("text outside of all groups")
            continue
        group = groups[-1]
        if brace == b"}":
            groups.pop()
            result += b"}"
            _close(group, groups[-1] if groups else None, result, is_harmless_picture)
            continue
        result += match[0]
        if word == b"bin":
            count = int(match["number"] or 0)
            if not 0 <= count <= end - place:
                raise ValueError("data that are not there")
            piece = content[place : place + count]
            place += count
            result += piece
            group.text += piece.hex().encode()
        elif word is not None:
            _control(word.lower(), match["number"], group, groups)
        elif match["hex"] is not None:
            group.text.append(int(match["hex"], 16))
        elif match["sign"] is not None:
            group.text += match["sign"] if match["sign"] in b"\\{}" else b""
        elif match["text"] is not None:
            group.text += match["text"]
    if groups:
        raise ValueError("groups that do not end")
    return bytes(result) if len(result) != len(content) else content


def _control(word: bytes, number: bytes | None, group: _Group, groups: list[_Group]) -> None:
    if word in _CUT:
        if len(groups) == 1:
            raise ValueError("the whole file would be cut")
        group.cut = True
    elif word in (_INSTRUCTION, _PICTURE, _SHAPE_NAME, _SHAPE_VALUE):
        if len(groups) == 1:
            raise ValueError("no group of its own")
        group.kind = word
    elif word == b"u" and number is not None:
        # A character by its number; those outside of ASCII are in no keyword.
        group.text += chr(int(number)).encode() if 0 < int(number) < 128 else b"?"


def _close(
    group: _Group, around: _Group | None, result: bytearray, is_harmless_picture: Callable[[bytes], bool]
) -> None:
    """Takes a group that ends away again, or lets the one around it know its text."""
    text = bytes(group.text)
    instead: bytes | None = b"" if group.cut else None
    if group.kind == _INSTRUCTION:
        match = _HARMLESS.fullmatch(text)
        if match is None:
            instead = b""
        elif match[2] is None:
            instead = b"{\\*\\fldinst " + match[1].upper() + b"}"
        else:
            instead = b'{\\*\\fldinst HYPERLINK "' + match[2] + b'"}'
    elif group.kind == _PICTURE:
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", text)
        if not is_harmless_picture(bytes.fromhex(digits[: len(digits) // 2 * 2].decode())):
            instead = b""
    elif group.kind == _SHAPE_VALUE and _ADDRESS.search(text):
        instead = b""
    if instead is not None and (instead or around is not None):
        del result[group.start :]
        result += instead
    elif around is not None and group.kind != _PICTURE:
        around.text += text
