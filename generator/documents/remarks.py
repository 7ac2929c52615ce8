"""Who said what in the minutes, by edition: 不記名 prints 「委員」 in both, 不公開 is left out of the public one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from generator.basic import roc
from generator.basic.patterns import compile_late
from generator.documents.document import FOR_PUBLIC
from generator.documents.numbering import numbered
from generator.meeting.minutes import SOMEONE, Minutes
from generator.meeting.model import Meeting
from generator.meeting.sheets import BY_DEPUTY, OPINION, WRITTEN
from generator.meeting.sheets.agenda import Section
from generator.meeting.sheets.minutes import Remark
from generator.prose.text import Text, field, typed
from generator.workbook.values import folded

_NUMERALS = "[一二三四五六七八九]?十?[一二三四五六七八九]|[一二三四五六七八九]?十"
# The numbers that people type before points, each sort by itself.
_SORTS = tuple(
    compile_late(rf"\s*({form})\s*")
    for form in (
        rf"(?:{_NUMERALS})、",
        rf"[（(](?:{_NUMERALS})[）)]",
        r"\d{1,2}[.．、](?!\d)",
        r"[（(]\d{1,2}[）)]",
        r"[甲乙丙丁戊己庚辛壬癸]、",
        r"[①-⑳]",
    )
)
# Of these: the one that remarks have themselves, and those that points can have instead.
_OF_REMARKS, _STEPS = 1, (2, 3, 4)
_NUMBERS = {roc.numeral(number): number for number in range(1, 100)}
_DEEPEST = 3
_STEMS = "甲乙丙丁戊己庚辛壬癸"


def is_printed(remark: Remark, edition: str) -> bool:
    """Whether a remark stands in an edition at all."""
    return not (remark.closed and edition == FOR_PUBLIC)


def speaker(remark: Remark, meeting: Meeting) -> str:
    """How the minutes name who spoke: 王委員小明, 主席, a unit; 委員, or 代表, where the name is protected.

    A member who sent a deputy did not speak, the deputy did, who is called by the deputy's own title: 李次長午隆; where
    no title is given 王委員小明（李午隆代）, as in the head.
    """
    if remark.nameless:
        return meeting.member_word or SOMEONE
    if remark.kind == OPINION:
        name = folded(remark.speaker)
        for entry in meeting.minutes.attendance if meeting.minutes else ():
            if entry.how == BY_DEPUTY and entry.deputy and name in (folded(entry.name), folded(entry.deputy)):
                if entry.deputy_title:
                    return meeting.titled(entry.deputy, entry.deputy_title)
                return f"{listed(meeting, entry.name)}（{entry.deputy}代）"
        return "主席" if remark.speaker == meeting.info.chair else meeting.called(remark.speaker)
    return remark.speaker


def listed(meeting: Meeting, name: str) -> str:
    """A member in a list of names: 王委員小明; the bare name where the body writes 王小明委員."""
    return meeting.called(name) if meeting.body.official_names else name


def printed(minutes: Minutes, key: str, edition: str) -> list[Remark]:
    """The remarks on a case, or in a section without cases, that stand in an edition."""
    return [remark for remark in minutes.remarks if folded(remark.case) == folded(key) and is_printed(remark, edition)]


def _speaker(remark: Remark, meeting: Meeting) -> Text:
    notes = [name for name, there in (("書面意見", remark.form == WRITTEN), ("不公開", remark.closed)) if there]
    note = f"（{'，'.join(notes)}）" if notes else ""
    return typed(speaker(remark, meeting) + note, remark.at("speaker"), remark.at("openness"))


def sections(meeting: Meeting, section: Section, remarks: Sequence[Remark]) -> list[dict[str, Any]]:
    """The remarks in their order: by 委員意見 and 機關回應 in turn, or all under the title that the section has.

    They are numbered （一） through the case, so that 意見（三） is one remark.
    """
    rows = []
    marks = numbered(len(remarks), level=2)
    for mark, remark in zip(marks, remarks, strict=True):
        text, points = _parted(remark, bool(mark))
        rows.append({"標號": mark, "發言者": _speaker(remark, meeting), "內容": text, "點": points})
    groups = groupby(zip(remarks, rows, strict=True), key=lambda pair: section.remarks_title or pair[0].kind)
    return [{"標題": title, "列": [row for _, row in group]} for title, group in groups]


def _parted(remark: Remark, is_numbered: bool) -> tuple[Text, list[dict[str, Any]]]:
    """What a remark says, and its points with their numbers, by level from 1: those in the cell, then rows of its own.

    ``is_numbered``: remarks have （一）, （二） before them, so that no point may.
    """
    text = field(remark, "text")
    found = _points_in(text)
    points: list[dict[str, Any]] = []
    path: list[int] = []
    taken = {sort for _, _, sort, _ in found}
    # What stands for numbers that only a remark may have: 1. （1） or 甲、, whichever the remark has not.
    other = next((step for step, sort in enumerate(_STEPS) if sort not in taken), len(_STEPS))
    ends = [*(start for start, _, _, _ in found[1:]), len(text)]
    for (_, start, sort, mark), end in zip(found, ends, strict=False):
        if sort in path:
            del path[path.index(sort) + 1 :]
        else:
            path.append(sort)
        shown = _mark(other, _NUMBERS[mark[1:-1]]) if is_numbered and sort == _OF_REMARKS else mark
        points.append({"標號": shown, "內容": _without_end(text.part(start, end)), "層": min(len(path), _DEEPEST)})
    counts = [0] * _DEEPEST
    for point in remark.points:
        counts[point.level - 1 :] = [counts[point.level - 1] + 1, *[0] * (_DEEPEST - point.level)]
        mark = _mark(point.level - 1, counts[point.level - 1])
        points.append({"標號": mark, "內容": field(point, "text"), "層": point.level})
    return (_without_end(text.part(0, found[0][0])) if found else text), points


def pieces(remark: Remark) -> list[str]:
    """What is printed of a remark, each paragraph by itself, without numbers."""
    text, points = _parted(remark, is_numbered=False)
    return [text, *(point["內容"] for point in points)]


def _points_in(text: str) -> list[tuple[int, int, int, str]]:
    """The points of a text that is cut into lines: where each begins, where its words do, its sort and its number.

    One number alone begins no list.
    """
    found: list[tuple[int, int, int, str]] = []
    start = 0
    for line in text.split("\n"):
        for sort, form in enumerate(_SORTS):
            if match := form.match(line):
                found.append((start, start + match.end(), sort, match[1]))
                break
        start += len(line) + 1
    return found if len(found) > 1 else []


def _without_end(text: Text) -> Text:
    """The text without the line end before what follows."""
    return text.part(0, len(text.rstrip()))


def _mark(step: int, number: int) -> str:
    """The number of a point, step by step: 1. （1） 甲、 （甲）."""
    if step < 2:
        return f"（{number}）" if step else f"{number}."
    stem = _STEMS[number - 1] if number <= len(_STEMS) else roc.numeral(number)
    return f"{stem}、" if step == 2 else f"（{stem}）"
