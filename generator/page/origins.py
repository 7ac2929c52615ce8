"""A figure in words, and where it is printed: from a figure or a cell to every sentence, table and slide, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from generator.basic.workspace import MeetingId
from generator.build.figure_map import Spot
from generator.meeting.figures import DEADLINES, RULES, shown
from generator.page import sheets as pieces
from generator.page.live import Paper, State
from generator.page.sheets import Sheets, Span

_MOST = 400


class Print(Struct, frozen=True):
    """A place where something is printed: the document, where in it, the text around it, and its first page."""

    paper: Paper
    where: str
    before: str
    text: str
    after: str
    page: int | None


def value_of(figure: Mapping[str, Any]) -> str:
    """The value as documents print it."""
    return shown(figure["value"])


def formula(figure: Mapping[str, Any], sheets: Sheets, meeting: MeetingId) -> str:
    """How the value comes from its cells, in words; only what is true of the cells as they stand now."""
    name, value, cells = str(figure["name"]), figure["value"], [str(cell) for cell in figure["cells"]]
    spans = [found for cell in cells if (found := pieces.span(cell))]
    places = "、".join(cells)
    printed = shown(value)
    if name.startswith(f"{RULES}."):
        return f"{printed} = 法規所定的數（{places}）"
    if name.startswith(f"{DEADLINES}."):
        return f"{printed} = 由會議日期依辦公日曆推算（{places}）"
    if not spans or len(spans) < len(cells):
        return f"{printed}，由 {places} 而來"
    held = [
        (sheet, cells_of)
        for cells_of in spans
        if (sheet := sheets.get(meeting, cells_of.workbook, cells_of.sheet)) is not None
    ]
    numbers = [number for sheet, cells_of in held for number in pieces.numbers(sheet, cells_of)]
    filled = [number for number in numbers if number not in (None, "")]
    texts = [pieces.shown(sheet, cells_of.top, cells_of.left) for sheet, cells_of in held]
    if len(numbers) == 1:
        return f"{printed} = {places} 的內容" if printed == texts[0] else f"{printed} = 由 {places}（{texts[0]}）而來"
    plain = [number for number in filled if isinstance(number, int | float) and not isinstance(number, bool)]
    if isinstance(value, int):
        if plain and len(plain) == len(filled) and sum(plain) == value:
            return f"{printed} = {places} 的合計"
        if sum(cells_of.rows for cells_of in spans) == value:
            return f"{printed} = {places} 的列數"
        if len(filled) == value:
            return f"{printed} = {places} 有填的格數"
        if len({str(number) for number in filled}) == value:
            return f"{printed} = {places} 不同的內容有幾種"
        if (marks := sum(str(number).strip() == "★" for number in filled)) == value:
            return f"{printed} = {places} 標 ★ 的列數（{marks} 列）"
    return f"{printed} = 由 {places} 算出"


def prints(state: State, *, figure: str = "", cell: Span | None = None) -> Iterator[Print]:
    """Every place where a figure is printed, or anything that comes from a cell; at most a few hundred."""
    count = 0
    for paper in state.papers:
        pages = {(spot.passage, spot.table, spot.text): spot for spot in reversed(paper.spots)}
        for found in _of_paper(paper, figure, cell, pages):
            count += 1
            if count > _MOST:
                return
            yield found


def _of_paper(
    paper: Paper, figure: str, cell: Span | None, spots: Mapping[tuple[Any, Any, str], Spot]
) -> Iterator[Print]:
    if paper.contents is None:
        return
    first_of = {spot.passage: spot for spot in reversed(list(spots.values())) if spot.passage is not None}
    for number, passage in enumerate(paper.contents.passages):
        seen: set[tuple[int, int]] = set()
        for part in passage.parts:
            if not _touches(part.figures, part.cells, figure, cell) or (part.start, part.end) in seen:
                continue
            seen.add((part.start, part.end))
            text = passage.text[part.start : part.end]
            spot = spots.get((number, None, text)) or first_of.get(number)
            before, after = passage.text[: part.start], passage.text[part.end :]
            yield Print(paper, passage.where, before[-60:], text, after[:60], _page(spot))
    for number, table in enumerate(paper.contents.tables):
        for row, (texts, sources) in enumerate(zip(table.rows, table.sources, strict=False)):
            for column, source in enumerate(sources):
                if _touches(source.figures, source.cells, figure, cell):
                    heading = table.headings[column] if column < len(table.headings) else ""
                    where = f"表第 {row + 1} 列{f'「{heading}」' if heading else ''}"
                    spot = next((kept for key, kept in spots.items() if key[1] == (number, row, column)), None)
                    yield Print(paper, where, "", texts[column], "", _page(spot))


def _page(spot: Spot | None) -> int | None:
    return spot.boxes[0].page if spot and spot.boxes else None


def _touches(figures: Sequence[str], cells: Sequence[str], figure: str, cell: Span | None) -> bool:
    if figure:
        return figure in figures
    return cell is not None and any((found := pieces.span(place)) is not None and found.meets(cell) for place in cells)
