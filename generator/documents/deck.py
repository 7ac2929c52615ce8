"""What a slide deck (簡報) says, slide by slide, from the sheet 簡報; slides.py puts it through the template."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from generator.basic import roc
from generator.basic.problem import Location
from generator.documents.passages import Contents, Passage, parts_of
from generator.meeting.model import Meeting
from generator.meeting.sheets import CHAIR, CHART, CLOSING, COVER, OUTLINE, TABS
from generator.meeting.sheets.meeting import Case, Slide
from generator.prose.text import Text, field, join, typed
from generator.prose.vocabulary import Vocabulary
from generator.workbook.record import spans

_SECRETARIAT = "幕僚單位"


class Line(Struct, frozen=True):
    """A paragraph. ``level`` 0 is plain, 1 numbered, 2 marked; ``lead`` is bold, and so is all of a ``strong`` one.

    A ``label`` that ends with a tab stands at a distance of the template's.
    """

    text: str
    at: Location
    level: int = 0
    label: str = ""
    lead: str = ""
    strong: bool = False

    @property
    def whole(self) -> str:
        return self.label + self.lead + self.text


class Box(Struct, frozen=True):
    """A box of the chart: a name, and what stands below it."""

    name: str
    detail: str
    at: Location


class Page(Struct, frozen=True):
    """A slide. ``tabs`` are all of its bar, ``tab`` the present one; ``tiers`` are the rows of boxes of a chart."""

    layout: str
    title: Line
    lines: tuple[Line, ...] = ()
    tabs: tuple[str, ...] = ()
    tab: Line | None = None
    tiers: tuple[tuple[Box, ...], ...] = ()


class Deck(Struct, frozen=True):
    """The slides in order, and what stands at the foot of each: the motto (may be empty) and the agency's names."""

    pages: tuple[Page, ...]
    motto: Line
    agency: Line


def contents_of(deck: Deck) -> Contents:
    """What the slides say, each line with its sources."""
    contents = Contents()
    for number, page in enumerate(deck.pages, start=1):
        where = f"第{number}頁"
        lines = [page.title, *([page.tab] if page.tab else []), *page.lines]
        lines += [
            Line(join("：", [part for part in (box.name, box.detail) if part]), box.at)
            for tier in page.tiers
            for box in tier
        ]
        for line in lines:
            text = join("", (line.lead, line.text))
            if text:
                contents.passages.append(Passage(str(text), where, line.label.rstrip("\t"), parts_of(text.spans)))
    return contents


def slide_number(passage: Passage) -> int:
    """The slide on which a passage of a deck stands, from 1."""
    return int(passage.where[1:-1])


def compose(meeting: Meeting, case: Case, vocabulary: Vocabulary) -> Deck:
    """The deck with its figures in place; what cannot be rendered is a problem at its cell."""
    titles = [Line(vocabulary.written(slide, "title", case), slide.at("title")) for slide in meeting.slides]
    pages = []
    for number, (slide, title) in enumerate(zip(meeting.slides, titles, strict=True)):
        lines = _lines(slide, case, vocabulary)
        if slide.layout == OUTLINE:
            pages.append(Page(slide.layout, title, _numbered(lines or _topics(meeting.slides, titles, number))))
        elif slide.layout == CHART:
            pages.append(Page(slide.layout, title, tiers=_tiers(lines) or _roster(meeting)))
        elif slide.layout == TABS:
            tab = Line(field(slide, "tab"), slide.at("tab"))
            pages.append(Page(slide.layout, title, lines, _bar(meeting.slides, titles, number), tab))
        else:
            pages.append(Page(slide.layout, title, lines))
    agency = meeting.agency
    names = "　".join(filter(None, (agency.full_name, agency.english_name)))
    return Deck(
        tuple(pages),
        Line(field(agency, "motto"), agency.at("motto")),
        Line(names, agency.at("english_name" if agency.english_name else "full_name")),
    )


def _lines(slide: Slide, case: Case, vocabulary: Vocabulary) -> tuple[Line, ...]:
    """The points of a slide; those on level 1 are numbered 一、二、 unless there is only one, as in 說明."""
    points = slide.points
    count = sum(point.level == 1 for point in points)
    lines, number = [], 0
    for index, point in enumerate(points):
        lead = vocabulary.written(point, "title", case) if point.lead else ""
        text = vocabulary.written(point, "text", case)
        number += point.level == 1
        below = index + 1 < len(points) and points[index + 1].level == 2
        lines.append(
            Line(
                text="：" + text.lstrip("：") if lead and text else text,
                at=point.at("text" if point.text else "title"),
                level=point.level,
                label=f"{roc.numeral(number)}、" if point.level == 1 and count > 1 else "",
                lead=lead,
                strong=point.level == 1 and below,
            )
        )
    return tuple(lines)


def _numbered(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The outline: 01, 02, 03."""
    return tuple(
        Line(line.text, line.at, label=f"{number:02d}\t", lead=line.lead) for number, line in enumerate(lines, start=1)
    )


def _topics(slides: Sequence[Slide], titles: Sequence[Line], outline: int) -> list[Line]:
    """What follows an outline that lists nothing itself: each topic once, without （一）; cover and close are none."""
    topics: dict[str, Line] = {}
    for slide, title in list(zip(slides, titles, strict=True))[outline + 1 :]:
        if slide.layout not in (COVER, OUTLINE, CLOSING):
            topics.setdefault(topic(title.text), Line(topic(title.text), title.at))
    return list(topics.values())


def topic(title: str) -> str:
    """The title without its number: 議事規則（一） → 議事規則."""
    number = re.search(r"\s*[（(][一二三四五六七八九十\d]+[）)]\s*$", title)
    if number is None:
        return title
    return title.part(0, number.start()) if isinstance(title, Text) else title[: number.start()]


def _bar(slides: Sequence[Slide], titles: Sequence[Line], number: int) -> tuple[str, ...]:
    """The tabs of all slides of one topic that follow one another."""
    same = topic(titles[number].text)
    first = last = number
    while first and slides[first - 1].layout == TABS and topic(titles[first - 1].text) == same:
        first -= 1
    while last + 1 < len(slides) and slides[last + 1].layout == TABS and topic(titles[last + 1].text) == same:
        last += 1
    return tuple(dict.fromkeys(slide.tab for slide in slides[first : last + 1] if slide.tab))


def _tiers(lines: Sequence[Line]) -> tuple[tuple[Box, ...], ...]:
    """A chart of its own: each line a box, its level the tier from above; a lead is the name of its box."""
    levels = sorted({line.level for line in lines})
    return tuple(
        tuple(
            Box(line.lead or line.text, line.text.lstrip("：") if line.lead else "", line.at)
            for line in lines
            if line.level == level
        )
        for level in levels
    )


def _roster(meeting: Meeting) -> tuple[tuple[Box, ...], ...]:
    """The convener, below the other sorts of members and how many there are, below the unit that serves the body."""
    agency = meeting.agency
    at = meeting.members[0].at("role") if meeting.members else agency.at("group")
    roles = spans(meeting.members, "role")
    counts = {
        role: sum(member.role == role for member in meeting.members)
        for role in meeting.body.roles
        if meeting.body.group(role) != CHAIR
    }
    return (
        (Box(meeting.body.called(CHAIR), "", at),),
        tuple(Box(role, typed(f"{count}人", *roles) if count else "", at) for role, count in counts.items()),
        (Box(_SECRETARIAT, field(agency, "secretariat"), agency.at("secretariat")),),
    )
