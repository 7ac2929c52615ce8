"""The draft that went out, as its release recorded it: where a returned text stands in it, of which case and cell."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.dispatch.diff.sentence_changes import SENTENCE_END
from generator.documents.passages import Contents, Passage
from generator.workbook.values import folded

# Below this likeness (0 to 1) two paragraphs are not the same one with a text altered.
_LIKENESS = 0.55
# A document of which less is of the draft is another text.
_SHARE = 0.3
_LABEL = compile_late(r"^[\s0-9０-９一二三四五六七八九十壹貳參肆伍陸柒捌玖拾()（）.、．]{1,8}")


class Paragraph(Struct, frozen=True):
    """A passage of the draft, or a row of a table in it; ``case`` is the 案號 of the case that it belongs to."""

    text: str
    label: str
    where: str
    case: str
    cells: tuple[tuple[int, int, str], ...] = ()

    @property
    def whole(self) -> str:
        return f"{self.label}{self.text}"

    def cell_of(self, text: str) -> str:
        """The cell from which a part of the passage came: that of the longest overlap."""
        start = max(self.text.find(text), 0) if text else 0
        end = start + len(text) if text and text in self.text else len(self.text)
        overlaps = [(min(stop, end) - max(begin, start), cell) for begin, stop, cell in self.cells]
        best = max(overlaps, default=(0, ""), key=lambda overlap: overlap[0])
        return best[1] if best[0] > 0 else ""


class Draft(Struct, frozen=True):
    """The paragraphs of one version of the draft; ``title`` says which."""

    title: str
    paragraphs: tuple[Paragraph, ...]

    @classmethod
    def of(cls, title: str, contents: Iterable[Contents], subjects: Mapping[str, str]) -> Draft:
        """``subjects``: the 案號 by the 案由 as printed, folded."""
        found: list[Paragraph] = []
        for document in contents:
            case = ""
            for passage in document.passages:
                case = _case(passage, subjects, case)
                parts = tuple((part.start, part.end, part.cells[0]) for part in passage.parts if part.cells)
                found.append(Paragraph(passage.text, passage.label, passage.where, case, parts))
            for table in document.tables:
                found += [Paragraph(" ".join(row), "", "", "") for row in table.rows]
        return cls(title, tuple(found))

    def share(self, texts: Sequence[str]) -> float:
        """How much of a text is of this draft, 0 to 1."""
        known = {folded(form) for paragraph in self.paragraphs for form in (paragraph.text, paragraph.whole)}
        counted = [text for text in map(folded, texts) if len(text) > 3]
        return sum(text in known for text in counted) / len(counted) if counted else 0.0

    def is_of(self, texts: Sequence[str]) -> bool:
        return self.share(texts) >= _SHARE

    def places(self, texts: Sequence[str]) -> list[int | None]:
        """For each paragraph of a returned document the one of the draft that it is, in the same order."""
        ours, theirs = [folded(entry.whole) for entry in self.paragraphs], [folded(text) for text in texts]
        found: list[int | None] = [None] * len(texts)
        for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
            if tag == "equal":
                found[c:d] = range(a, b)
            elif tag == "replace":
                taken: set[int] = set()
                for number in range(c, d):
                    likest = max(
                        (
                            (_likeness(ours[entry], theirs[number]), -entry)
                            for entry in range(a, b)
                            if entry not in taken
                        ),
                        default=(0.0, 0),
                    )
                    if likest[0] >= _LIKENESS:
                        found[number] = -likest[1]
                        taken.add(-likest[1])
        for number, text in enumerate(theirs):
            if found[number] is None and len(text) > 5:
                # A paragraph may stand at another place.
                found[number] = next((entry for entry, known in enumerate(ours) if known == text), None)
        return found

    def find(self, text: str, line: str = "", case: str = "") -> int | None:
        """The paragraph in which a quoted text stands; the likest one where it stands nowhere as it is.

        ``line`` is the line of the quote, ``case`` the case that is meant: they tell where it stands in several.
        """
        wanted = folded(_LABEL.sub("", text)) or folded(text)
        if len(wanted) < 2:
            return None
        having = [number for number, entry in enumerate(self.paragraphs) if wanted in folded(entry.whole)]
        if having:
            having = [number for number in having if case and self.paragraphs[number].case == case] or having
            around = folded(line)
            return max(
                having, key=lambda number: (_part_likeness(around, folded(self.paragraphs[number].whole)), -number)
            )
        likest = max(
            ((_part_likeness(wanted, folded(entry.text)), -number) for number, entry in enumerate(self.paragraphs)),
            default=(0.0, 0),
        )
        return -likest[1] if likest[0] >= 0.7 else None


def _case(passage: Passage, subjects: Mapping[str, str], before: str) -> str:
    """The case of a passage: a new one begins where its 案由 is printed; a heading of the whole begins none."""
    text = folded(passage.text)
    for subject, case in subjects.items():
        if subject and subject in text:
            return case
    return "" if passage.label and passage.label[0] in "壹貳參肆伍陸柒捌玖拾" else before


def _likeness(ours: str, theirs: str) -> float:
    if not ours or not theirs:
        return 0.0
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _LIKENESS else 0.0


def _part_likeness(wanted: str, text: str) -> float:
    """How much of a quoted text stands in a paragraph, 0 to 1."""
    if not text or len(wanted) < 6:
        return 0.0
    blocks = SequenceMatcher(None, wanted, text, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size > 1) / len(wanted)


def narrowed(old: str, new: str) -> tuple[str, str, int]:
    """The sentences in which two texts differ, and the number of the first, from 0.

    Where nothing is left of the old text its neighbour stands for it, so that it can be found again.
    """
    left, right = sentences(old), sentences(new)
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    if start == len(left) - end and start:
        start -= 1
    elif start == len(left) - end and end:
        end -= 1
    before, after = "".join(left[start : len(left) - end]), "".join(right[start : len(right) - end])
    return before.strip(), after.strip(), start


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, nothing lost."""
    edges = [0, *(mark.end() for mark in SENTENCE_END.finditer(text)), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges) if text[start:end]]


def sentences_with(text: str, quote: str) -> tuple[str, int]:
    """The sentences of a paragraph that a quote covers, and the number of the first, from 0; else all."""
    wanted = folded(quote)
    start = folded(text).find(wanted) if wanted else -1
    if start < 0:
        return text.strip(), 0
    done, covered = 0, list[tuple[int, str]]()
    for number, sentence in enumerate(sentences(text)):
        length = len(folded(sentence))
        if done < start + len(wanted) and done + length > start:
            covered.append((number, sentence))
        done += length
    return "".join(sentence for _, sentence in covered).strip(), covered[0][0] if covered else 0
