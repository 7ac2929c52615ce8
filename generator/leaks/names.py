"""Protected names, and where a text has one: in any spelling, cut into pieces, or with one character masked.

Width, case, blanks, hyphens, dots, slashes, line ends, invisible and variant characters do not count (為 and 爲), nor
do up to two signs, digits or kana between the characters of a longer name. 王○明, 王ㄒㄧㄠˇ明 and 明小王 are 王小明;
廖—平 is 廖一平. A place that lies within a wording of the sheet 〔非姓名〕 does not count.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.documents.document import FOR_PUBLIC
from generator.leaks import variants
from generator.meeting.minutes import SOMEONE
from generator.meeting.model import Meeting
from generator.meeting.people import addressed as with_title
from generator.meeting.sheets import BY_DEPUTY
from generator.meeting.sheets.agency import Member
from generator.meeting.sheets.minutes import Attendance, Remark
from generator.rules.protected_names import is_person

_DROPPED = "·‧•・．./\\|∕⁄"
_DROPPED_KINDS = ("Cf", "Mn", "Cc", "Zs", "Zl", "Zp", "Pd")
# Blank to the eye, though letters or signs to Unicode.
_BLANK = "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"
# What people put for a character of a name. Letters only between two characters or at the end, 某 only between two.
MASK = "○"
_MASKS, _LETTERS = f"{MASK}〇◯●□■◎△*?_×", "ox0"
_ELLIPSES = "…⋯‥"
# Shown from right to left, whatever the characters are.
_TURNED = compile_late("\u202e([^\u202c\u2069\n]*)")
# What may stand between the characters of a longer name, nothing that could be a word. U+E000 stands between two texts.
_SIGNS = r"(?:[^\w\ue000]|[_0-9a-z\u3040-\u30ff]){0,2}"
# Between two ideographs a dash may be 一, as text recognition has it; what it is not then counts as a sign. That they
# are ideographs is looked at afterwards: a set of them all takes long to compile.
_DASH = compile_late(r"(?<=[^\x00-\x7f])[-‐‑‒–—―−─━－﹣](?=[^\x00-\x7f])")
# A character written by its sound; variants stand for some of these letters.
_SOUNDS = "ㄅ-ㄯㆠ-ㆿ"
_BY_SOUND = rf"(?=[ー丫厶力]{{0,3}}[{_SOUNDS}])[{_SOUNDS}ー丫厶力ˊˇˋ˙]{{1,6}}"
_BEFORE, _AFTER = 8, 8
# No character of a name takes more in a text: two masks or six sounds, and two signs after it.
_REACH = 8

Place = tuple[int, int]
"""From and to, in the key of a text."""


class _Fold(dict[int, str]):
    """What stands for a character in a key; looked up once for each character."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        ignored = character in _DROPPED + _BLANK or unicodedata.category(character) in _DROPPED_KINDS
        self[code] = "" if ignored else variants.table().get(character, character)
        return self[code]


_FOLD = _Fold()


def key(text: str) -> str:
    """A text for finding names in it."""
    if "\u202e" in text:
        text = _TURNED.sub(lambda found: found[1][::-1], text)
    if any(sign in text for sign in _ELLIPSES):
        text = text.translate(dict.fromkeys(map(ord, _ELLIPSES), MASK))
    text = _DASH.sub(_stroke, text)
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLD)


def _stroke(found: re.Match[str]) -> str:
    beside = found.string[found.start() - 1], found.string[found.end()]
    return "一" if all("\u2e80" <= sign <= "\u9fff" for sign in beside) else found[0]


def of(
    remarks: Iterable[Remark], members: Iterable[Member], attendance: Iterable[Attendance], edition: str
) -> list[str]:
    """The names that an edition protects: of 不記名 speakers in both, of 不公開 ones in the public edition.

    A speaker written with a title (範例委員教授) protects the member's bare name as well; a deputy and the member who
    sent the deputy protect each other.
    """
    members, sent = list(members), list(attendance)
    listed = [*(member.name for member in members), *(entry.name for entry in sent)]
    names: list[str] = []
    for remark in remarks:
        if not (remark.nameless or (remark.hidden and edition == FOR_PUBLIC)) or not is_person(remark.speaker):
            continue
        speaker = key(remark.speaker)
        found = [remark.speaker, *(name for name in listed if key(name) and key(name) in speaker)]
        for entry in sent:
            if entry.how == BY_DEPUTY and entry.deputy and {key(entry.name), key(entry.deputy)} & set(map(key, found)):
                found += [entry.name, entry.deputy]
        names += found
    # A speaker written only as 委員 has no name to protect.
    return list(dict.fromkeys(name for name in names if len(key(name)) > 1 and key(name) != key(SOMEONE)))


def addressed(names: Sequence[str], members: Iterable[Member], sent: Iterable[Attendance]) -> Iterator[str]:
    """The names with a title between surname and given name, as minutes print them: 王委員小明, 李次長午隆."""
    titles = [(member.name, title) for member in members for title in (member.address, member.title)]
    titles += [(entry.deputy, entry.deputy_title) for entry in sent]
    wanted = set(map(key, names))
    for name, title in titles:
        if title and key(name) in wanted and (written := with_title(name, title)) != f"{name}{title}":
            yield written


def protected(meeting: Meeting, edition: str) -> list[str]:
    """The names that an edition of the minutes of a meeting protects. A unit is no name."""
    if meeting.minutes is None:
        return []
    units = {key(unit) for unit in (*meeting.units, *(case.unit for case in meeting.cases))}
    people = meeting.members, meeting.minutes.attendance
    names = of(meeting.minutes.remarks, *people, edition)
    names += addressed(names, *people)
    return [name for name in names if key(name) not in units]


@lru_cache(maxsize=4096)
def pattern(name: str) -> str:
    """The pattern of a name in a key: also with some characters masked or by their sound, with signs between, reversed.

    Of three characters one may be masked, of four one or two.
    """
    parts = list(key(name))
    between = _SIGNS if len(parts) > 2 else "ー?"
    forms = [between.join(map(re.escape, parts))]
    if len(parts) > 2 and not key(name).isascii():
        for width in range(1, len(parts) - 1):
            for first in range(len(parts) - width + 1):
                inside = 0 < first < len(parts) - width
                if width > 1 and not inside:
                    # 王○○ is any Wang.
                    continue
                masks = _MASKS + (_LETTERS + key("某") if inside else "")
                masked = [*map(re.escape, parts)]
                masked[first : first + width] = [f"[{re.escape(masks)}]{{1,2}}"]
                forms.append(between.join(masked))
        forms.append(between.join([*map(re.escape, parts[:-1]), f"[{_LETTERS}](?![a-z0-9])"]))
        for place in range(len(parts)):
            sounded = [*map(re.escape, parts)]
            sounded[place] = _BY_SOUND
            forms.append(between.join(sounded))
        # From right to left, as old signs are written and some PDFs are read.
        forms.append(between.join(map(re.escape, reversed(parts))))
    return "|".join(forms)


def _stands_near(folded: str, name: str) -> bool:
    """Whether in a key one of the outer characters of a name (its key) stands near enough of its others."""
    reach = _REACH * len(name)
    for outer in {name[0], name[-1]}:
        at = folded.find(outer)
        while at >= 0:
            if _are_in(frozenset(folded[max(0, at - reach) : at + reach]), name):
                return True
            at = folded.find(outer, at + 1)
    return False


def _are_in(characters: frozenset[str], name: str) -> bool:
    """Whether these characters can make a name: ``pattern`` masks the first, the last, or some between the two."""
    return characters.issuperset(name[1:]) or characters.issuperset(name[:-1]) or characters >= {*name[:1], *name[-1:]}


# Compiling costs a millisecond for each name, and few texts have any.
_compiled = lru_cache(maxsize=4096)(re.compile)


class Sought(Struct, frozen=True):
    """What is looked for in texts: patterns of names, without the places that lie within ``cleared`` wordings.

    ``keys``: of the names that the patterns are made of, in their order; none for patterns of anything else.
    """

    patterns: tuple[str, ...]
    cleared: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Sequence[str], cleared: Iterable[str] = ()) -> Sought:
        """For these names; ``cleared`` are the wordings of 〔非姓名〕 as typed."""
        return cls(tuple(map(pattern, names)), tuple(filter(None, map(key, cleared))), tuple(map(key, names)))

    def with_patterns(self, more: Iterable[str]) -> Sought:
        """With other patterns in place of its own."""
        return Sought(tuple(more), self.cleared)

    def clears(self, text: str, place: Place) -> bool:
        """Whether a place of a text, not of its key, lies within a cleared wording."""
        start, end = len(key(text[: place[0]])), len(key(text[: place[1]]))
        return is_within((start, end), wordings(key(text), self.cleared))

    def may_be_in(self, folded: str) -> bool:
        """Whether a key has a name, cleared or not; quick."""
        if not self.keys:
            return bool(self.patterns and _compiled("|".join(self.patterns)).search(folded))
        characters = frozenset(folded)
        return any(
            _compiled(own).search(folded)
            for own, name in zip(self.patterns, self.keys, strict=True)
            if _are_in(characters, name) and _stands_near(folded, name)
        )

    def places(self, folded: str, own: str | None = None) -> list[Place]:
        """The places of names (of one pattern) in a key that are not cleared."""
        if not self.may_be_in(folded):
            return []
        looked_for = (own,) if own else self.patterns
        found = {match.span() for name in looked_for for match in _compiled(name).finditer(folded)}
        return [place for place in sorted(found) if not is_within(place, wordings(folded, self.cleared))]


def wordings(folded: str, cleared: Iterable[str]) -> list[Place]:
    """The places of cleared wordings in a text, both folded in the same way."""
    return [
        (match.start(), match.start() + len(word))
        for word in cleared
        for match in re.finditer(f"(?={re.escape(word)})", folded)
    ]


def is_within(place: Place, outer: Iterable[Place]) -> bool:
    """Whether a place lies wholly within one of others."""
    return any(start <= place[0] and place[1] <= end for start, end in outer)


def surroundings(text: str, shown: Place, hidden: Iterable[Place]) -> str:
    """The text around a place as a message quotes it, the names in it masked: 「…以提○○確性為…」.

    Places are those of the key; empty where they cannot be told in the text.
    """
    at = list(_positions(text))
    if "".join(piece for piece, _ in at) != key(text):
        return ""
    characters = [index for piece, index in at for _ in piece]
    letters = list(text)
    for start, end in hidden:
        for index in range(characters[start], characters[end - 1] + 1):
            letters[index] = MASK
    first, last = characters[shown[0]], characters[shown[1] - 1] + 1
    return quoted(letters, first, last)


def quoted(letters: Sequence[str], first: int, last: int) -> str:
    """A few letters before and after a place, on one line, in quotation marks."""
    start, end = max(0, first - _BEFORE), min(len(letters), last + _AFTER)
    words = " ".join("".join(letters[start:end]).split())
    return f"「{'…' if start else ''}{words}{'…' if end < len(letters) else ''}」"


def _positions(text: str) -> Iterator[tuple[str, int]]:
    for index, character in enumerate(_DASH.sub(_stroke, text)):
        yield key(character), index


def spelt(name: str) -> list[str]:
    """A name in the characters that it may be written with, itself first; not more than are worth looking for."""
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    ways = itertools.product(*(variants.spellings(character) for character in plain))
    return list(dict.fromkeys([name, plain, *("".join(way) for way in itertools.islice(ways, 256))]))
