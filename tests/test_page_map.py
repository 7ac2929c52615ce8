"""Every recorded figure has its rectangle on the word that prints it, in the PDF that goes out."""

from __future__ import annotations

import io
import itertools

import pikepdf
import pytest

from generator.build import figure_map, outputs
from generator.build.converter import Converter
from generator.build.figure_map import Source, Spot
from generator.documents.passages import from_json
from generator.pdf import office as pdf
from generator.pdf.drawn import Reader
from generator.word import figure_links
from generator.word.for_office import copy_for_office
from tests.conftest import Desk

pytestmark = [pytest.mark.office, pytest.mark.slow]


def sources(desk: Desk) -> dict[str, Source]:
    """The documents of 113-1 as a build leaves them."""
    found = {}
    for entry in desk.manifest()["documents"]:
        ending = next(ending for ending in entry["files"] if ending != "pdf")
        name = entry["name"]
        rendered, page = (desk.output(f"{name}.{each}").read_bytes() for each in (ending, "pdf"))
        found[name] = Source(ending, rendered, page, from_json(entry["contents"]))
    return found


def mapped(desk: Desk, documents: dict[str, Source]) -> dict[str, list[Spot]]:
    with pdf.Office() as office:
        return figure_map.spots(documents, Converter(outputs.cache(desk.output()), office))


def plain(text: str) -> str:
    return "".join(text.split())


def test_each_recorded_span_of_113_1_has_its_rectangle_on_the_right_word(own_desk: Desk) -> None:
    assert own_desk.run("build", "113-1").exit_code == 0
    documents = sources(own_desk)
    spots = mapped(own_desk, documents)
    parts = figures = 0
    for name, source in documents.items():
        reader = Reader(source.pdf)
        for spot in spots[name]:
            # What the page that goes out shows under the rectangles, read anew.
            assert plain(reader.under(spot.boxes)[0]) == plain(spot.text), (name, spot)
        for number, passage in enumerate(source.contents.passages):
            here = [spot for spot in spots[name] if spot.passage == number]
            for part in passage.parts:
                parts += 1
                figures += bool(part.figures)
                wanted = plain(passage.text[part.start : part.end])
                # A part is covered by one spot, or by several that lie side by side.
                runs = itertools.combinations(range(len(here) + 1), 2)
                texts = {plain("".join(spot.text for spot in here[first:last])) for first, last in runs}
                known = {figure for spot in here for figure in spot.figures}
                assert wanted in texts, (name, passage.text, wanted)
                assert set(part.figures) <= known
        for number, table in enumerate(source.contents.tables):
            cells = {spot.table for spot in spots[name]}
            for row, (texts, origins) in enumerate(zip(table.rows, table.sources, strict=True)):
                for column, (text, origin) in enumerate(zip(texts, origins, strict=False)):
                    if text and origin.figures:
                        assert (number, row, column) in cells, (name, row, column, text)
    # 113-1 has so many; fewer would mean that provenance was lost on the way.
    assert parts >= 250
    assert figures >= 80


def test_the_map_moves_nothing_and_nothing_of_it_goes_out(own_desk: Desk) -> None:
    assert own_desk.run("build", "113-1").exit_code == 0
    source = sources(own_desk)["07 討論事項第一案"]
    linked, stretches = figure_links.linked(source.rendered, source.contents)
    assert len(stretches) > 30
    with pdf.Office() as office:
        converter = Converter(outputs.cache(own_desk.output()), office)
        both = {
            "plain": ("docx", copy_for_office(source.rendered)),
            "linked": ("docx", copy_for_office(linked)),
        }
        found = {name: path.read_bytes() for name, path in converter.convert(both, "pdf", []).items()}
    pages = [[place for page in Reader(found[name]).pages for place in page] for name in ("plain", "linked")]
    assert [character for character, _ in pages[0]] == [character for character, _ in pages[1]]
    # In a justified line LibreOffice rounds each run by itself: by about half a point, and never to another line.
    for (_, before), (_, after) in zip(*pages, strict=True):
        assert (before.page, before.top) == (after.page, after.top)
        assert abs(before.left - after.left) < 0.75
    assert figure_links.ADDRESS.encode() not in source.rendered
    for path in own_desk.output().glob("*.pdf"):
        with pikepdf.open(io.BytesIO(path.read_bytes())) as document:
            assert not [page for page in document.pages if "/Annots" in page.obj]
