"""The pages of a packet that follows one which went out: what did not change keeps its number and its looks.

A page that changed keeps its number and is marked; where a page grew, 17 becomes 17之1 and 17之2; where pages shrank,
the last bears the numbers of those that are gone (17至18). New documents follow at the end, with numbers that go on.
Whether a page changed is seen, not guessed: it is stamped as the old one was, and both are drawn.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from generator.basic import roc
from generator.basic.patterns import compile_late
from generator.build import outputs
from generator.build.convert import PACKET, PacketPart
from generator.build.converter import Converter
from generator.build.making import Built
from generator.dispatch.diff import document_pairs
from generator.dispatch.diff.versions import Version
from generator.pdf import looks, office

# The signs of the feet and marks besides those of plain numbers.
SIGNS = "之至（）補充資料抽換版年月日"
_PAPER = compile_late(r"\d{2,} ")


class Page(Struct, frozen=True):
    """A page of a packet: its document, its number as printed (17, 17之1), the text at its foot, its mark if any."""

    document: str
    number: str
    foot: str
    mark: str = ""

    @property
    def last(self) -> int:
        """The last of the numbers in its own: 18 of 17至18."""
        return int(_root(self.number.split("至")[-1]))


class Before(Struct, frozen=True):
    """The packet that went out: its pages in order, and the bytes of its file."""

    version: Version
    pages: tuple[Page, ...]
    content: bytes
    total: int


class Changed(Struct, frozen=True):
    """What a member does with a page: ``how`` is 抽換, 新增 or 抽除; ``place`` is that in the new packet, or None."""

    how: str
    document: str
    number: str
    replaces: str
    place: int | None


class After(Struct):
    """The packet that follows: its pages and file, and what changed, in the order of its pages."""

    pages: list[Page] = field(default_factory=list)
    content: bytes = b""
    changed: list[Changed] = field(default_factory=list)
    total: int = 0


REPLACED, ADDED, REMOVED = "抽換", "新增", "抽除"


class NoPages(Exception):
    """The pages cannot be kept; the text says why."""


def before(version: Version, manifest: Mapping[str, Any], content: bytes, singles: Mapping[str, bytes]) -> Before:
    """The packet of a release. ``singles``: the PDFs of its documents, by name. Raises NoPages.

    A release of an older program did not record its pages: they are counted by its documents.
    """
    if "pages" in manifest:
        pages = tuple(Page(*entry) for entry in manifest["pages"]["listed"])
        return Before(version, pages, content, int(manifest["pages"]["total"]))
    total = len(looks.pages(content))
    found: list[Page] = []
    for document in manifest["documents"]:
        name = str(document["name"])
        if not (_PAPER.match(name) and name in singles):
            continue
        for _ in looks.pages(singles[name]):
            number = len(found) + 1
            found.append(Page(name, str(number), f"第 {number} 頁，共 {total} 頁"))
    if len(found) != total:
        raise NoPages(f"前一版的 {PACKET} 與各份文件的頁數對不起來，頁碼無法沿用，已重新編碼。")
    return Before(version, tuple(found), content, total)


def mark_of(day: dt.date, number: int) -> str:
    """抽換 113年4月25日 第2版."""
    return f"{REPLACED} {roc.long_date(day)} 第 {number} 版"


def arrange(built: Built, folder: Path, present: Version, old: Before, day: dt.date, number: int) -> After:
    """The packet of a build as it follows the old one. ``folder``: the meeting's output.

    ``day`` and ``number`` are those of the new release.

    Raises pdf's UnusablePdf, pdfium.Unreadable, and NoPages where the signs cannot be had.
    """
    stamp = _stamp(folder, SIGNS + "".join(part.mark for part in built.parts))
    # Read now: what is kept of conversions may be tidied away meanwhile.
    parts = {part.document.name: replace(part, pages=_bytes(part.pages)) for part in built.parts}
    of_old: dict[str, list[Page]] = {}
    for page in old.pages:
        of_old.setdefault(page.document, []).append(page)
    partner = _partners(old.version, present, of_old, parts)
    counts = {name: len(looks.pages(_bytes(part.pages))) for name, part in parts.items()}
    pictures = _by_document(old, looks.pictures(old.content))
    kept = [name for name in of_old if name in partner]
    # As the old pages were stamped, counted from the front, and from the back.
    trials = [
        _trial(
            built, parts, stamp, {name: _stamps(of_old[name], counts[partner[name]], back) for name in kept}, partner
        )
        for back in (False, True)
    ]
    mark = mark_of(day, number)
    after = After(total=old.total)
    joined: list[tuple[PacketPart, list[Page]]] = []
    places: list[Changed] = []
    for name, pages in of_old.items():
        if name not in partner:
            numbers = _range([page.number for page in pages])
            places.append(Changed(REMOVED, name, "", numbers, None))
            continue
        new = partner[name]
        count = counts[new]
        front = _same(trials[0][name], pictures[name], False)
        if count == len(pages):
            equal = [a == b for a, b in zip(trials[0][name], pictures[name], strict=True)]
            pages_now = [page if same else _marked(page, mark) for page, same in zip(pages, equal, strict=True)]
            replaced = [page.number for page in pages]
        else:
            tail = min(_same(trials[1][name], pictures[name], True), min(count, len(pages)) - front)
            block = pages[front : len(pages) - tail]
            inner, replaced_inner = _renumbered(block, pages, front, count - front - tail, mark, old.total)
            pages_now = [*pages[:front], *inner, *pages[len(pages) - tail :]]
            replaced = [*(page.number for page in pages[:front]), *replaced_inner]
            replaced += [page.number for page in pages[len(pages) - tail :]]
            equal = [True] * front + [False] * len(inner) + [True] * tail
        pages_now = [Page(new, page.number, page.foot, page.mark) for page in pages_now]
        for place, (page, same, was) in enumerate(zip(pages_now, equal, replaced, strict=True), start=len(after.pages)):
            if not same:
                places.append(Changed(REPLACED, new, page.number, was, place))
        after.pages += pages_now
        joined.append((parts[new], pages_now))
    following = max((page.last for page in old.pages), default=0)
    taken = set(partner.values())
    for name, part in parts.items():
        if name in taken:
            continue
        pages_now = []
        for _ in range(counts[name]):
            following += 1
            pages_now.append(Page(name, str(following), f"補充資料 第 {following} 頁"))
        first = len(after.pages)
        places += [Changed(ADDED, name, page.number, "", place) for place, page in enumerate(pages_now, start=first)]
        after.pages += pages_now
        joined.append((part, pages_now))
    after.changed = places
    after.content = _join(built, joined, stamp, {part.document.name for part, _ in joined} - taken)
    return after


def _bytes(pages: Any) -> bytes:
    return pages if isinstance(pages, bytes) else bytes(pages.read_bytes())


def _marked(page: Page, mark: str) -> Page:
    return Page(page.document, page.number, page.foot, mark)


def _renumbered(
    block: Sequence[Page], pages: Sequence[Page], front: int, count: int, mark: str, total: int
) -> tuple[list[Page], list[str]]:
    """The pages of a block that has another number of pages now, and which old ones each of them replaces."""
    name = pages[0].document

    def page(number: str) -> Page:
        return Page(name, number, f"第 {number} 頁，共 {total} 頁", mark)

    if count == 0:
        return [], []
    if not block:
        # Pages were put in between: they hang on the page before.
        base = pages[front - 1].number if front else pages[0].number
        numbers = _free(base, pages, count)
        return [page(number) for number in numbers], [""] * count
    numbers = [entry.number for entry in block]
    if count <= len(block):
        found = [page(number) for number in numbers[: count - 1]]
        rest = numbers[count - 1 :]
        return [*found, page(_joined_number(rest, pages))], [*numbers[: count - 1], _range(rest)]
    found = [page(number) for number in numbers[:-1]]
    more = _free(numbers[-1], [entry for entry in pages if entry not in block], count - len(block) + 1)
    return [*found, *(page(number) for number in more)], [*numbers[:-1], *[numbers[-1]] * len(more)]


def _free(base: str, pages: Sequence[Page], count: int) -> list[str]:
    """17之1, 17之2 …, without those that other pages have."""
    root = _root(base.split("至")[0])
    taken = {page.number for page in pages}
    found: list[str] = []
    step = 0
    while len(found) < count:
        step += 1
        if (number := f"{root}之{step}") not in taken:
            found.append(number)
    return found


def _range(numbers: Sequence[str]) -> str:
    """17至18 of 17 and 18."""
    first, last = numbers[0].split("至")[0], numbers[-1].split("至")[-1]
    return first if first == last else f"{first}至{last}"


def _root(number: str) -> str:
    """17 of 17之2."""
    return number.split("之")[0]


def _joined_number(numbers: Sequence[str], pages: Sequence[Page]) -> str:
    """The number of a page that stands for several: 17 for all parts of 17, else 17至18."""
    root = _root(numbers[0])
    parts = {page.number for page in pages if _root(page.number) == root}
    return root if len(parts) > 1 and parts == set(numbers) else _range(numbers)


def _same(new: Sequence[str], old: Sequence[str], back: bool) -> int:
    """How many pages look the same, counted from the front or from the back."""
    pairs = zip(reversed(new), reversed(old), strict=False) if back else zip(new, old, strict=False)
    count = 0
    for ours, theirs in pairs:
        if ours != theirs:
            break
        count += 1
    return count


def _by_document(old: Before, pictures: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for page, picture in zip(old.pages, pictures, strict=True):
        found.setdefault(page.document, []).append(picture)
    return found


def _partners(
    old: Version, new: Version, of_old: Mapping[str, object], parts: Mapping[str, PacketPart]
) -> dict[str, str]:
    """Which document of the new packet each one of the old packet is."""
    found = {}
    for was, now in document_pairs.pairs(old, new):
        names = was.rpartition(".")[0], now.rpartition(".")[0]
        if names[0] in of_old and names[1] in parts:
            found[names[0]] = names[1]
    attached = {document_pairs.without_number(name): name for name in new.attached if name in parts}
    for name in old.attached:
        plain = document_pairs.without_number(name)
        if name in of_old and plain in attached:
            found.setdefault(name, attached[plain])
    return found


def _stamps(pages: Sequence[Page], count: int, back: bool) -> list[Page]:
    """The stamps of the old pages for so many new ones, the first ones or the last ones."""
    listed = list(pages)
    if back:
        return [*[listed[0]] * (count - len(listed)), *listed[max(len(listed) - count, 0) :]]
    return [*listed[:count], *[listed[-1]] * (count - len(listed))]


def _trial(
    built: Built,
    parts: Mapping[str, PacketPart],
    stamp: Any,
    stamps: Mapping[str, Sequence[Page]],
    partner: Mapping[str, str],
) -> dict[str, list[str]]:
    """The pictures of the new pages, by old document, as they would look with these stamps."""
    content = _join(built, [(parts[partner[name]], list(pages)) for name, pages in stamps.items()], stamp, set())
    pictures = looks.pictures(content)
    found, start = {}, 0
    for name, pages in stamps.items():
        found[name] = pictures[start : start + len(pages)]
        start += len(pages)
    return found


def _join(built: Built, joined: Sequence[tuple[PacketPart, Sequence[Page]]], stamp: Any, added: set[str]) -> bytes:
    from generator.pdf import join

    meeting = built.examined.meeting
    assert meeting is not None
    parts = []
    for part, pages in joined:
        document = part.document
        title, level = document.bookmark, document.level
        if document.name in added:
            # Away from its case, it says which that is.
            case = document.case.title if document.case and document.attachment else ""
            title, level = f"補充資料：{case}{document.bookmark}", 1
        feet, marks = [page.foot for page in pages], [page.mark for page in pages]
        parts.append(join.Part(part.pages, title, level, part.label, part.mark, feet, marks))
    return join.join(parts, stamp, f"{meeting.name}會議資料", meeting.agency.full_name, meeting.date)


def _stamp(folder: Path, signs: str) -> Any:
    """What writes the numbers and marks: a page of their signs, converted once and kept. Raises NoPages."""
    from generator.pdf.glyphs import glyph_document
    from generator.pdf.numbers import Stamp

    name = "抽換頁碼"
    return Stamp.from_pdf(converted(folder, {name: ("docx", glyph_document(signs))})[name], signs)


def converted(folder: Path, files: Mapping[str, tuple[str, bytes]]) -> dict[str, Path]:
    """Files that are of no document, as PDF. ``folder``: the meeting's output. Raises NoPages where they cannot be."""
    failures: list[str] = []
    with contextlib.closing(office.Office()) as program:
        pdfs = Converter(outputs.cache(folder), program).convert(files, "pdf", failures)
    if len(pdfs) < len(files):
        raise NoPages("；".join(failures) or f"找不到 LibreOffice。{office.HOW_TO_GET}。")
    return pdfs


def counted(built: Built) -> list[list[str]]:
    """The pages of a packet numbered from 1, as a release records them."""
    counts = [(part.document.name, len(looks.pages(_bytes(part.pages)))) for part in built.parts]
    names = [name for name, count in counts for _ in range(count)]
    total = len(names)
    return [[name, str(number), f"第 {number} 頁，共 {total} 頁", ""] for number, name in enumerate(names, start=1)]
