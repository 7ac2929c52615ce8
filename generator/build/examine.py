"""The story of a check: read → figures → rules → compose. A build begins with it, and so does all that goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.basic.problem import Location, Problem, in_order
from generator.basic.workspace import MeetingId, Workspace
from generator.documents import minutes, notice, papers
from generator.documents.document import Document
from generator.leaks import search
from generator.meeting import figures, load
from generator.meeting.figures import Figure
from generator.meeting.model import Meeting
from generator.prose.language import Vocabulary
from generator.rules import carried, checks
from generator.rules import minutes as minutes_checks
from generator.slides import render
from generator.word import render as templates


@dataclass(frozen=True, slots=True)
class Examined:
    """A meeting read and checked: what there is to build, and every problem in order.

    ``decks`` are the slides, by document: only their making tells whether all fits.
    """

    meeting: Meeting | None
    figures: Mapping[str, Figure]
    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    decks: Mapping[str, bytes] = field(default_factory=dict)


def examine(workspace: Workspace, meeting_id: MeetingId) -> Examined:
    """Reads and checks everything, builds nothing."""
    meeting, problems = load.load(workspace, meeting_id)
    if meeting is None:
        return Examined(None, {}, (), tuple(in_order(problems)))
    known = figures.compute(meeting)
    problems += checks.check(meeting, known)
    problems += minutes_checks.check(meeting)
    made = papers.compose(meeting, known, problems)
    vocabulary = Vocabulary(meeting, known)
    made += notice.compose(meeting, vocabulary, problems)
    made += minutes.compose(meeting, vocabulary, problems)
    problems += search.check(meeting)
    problems += carried.examine(workspace, meeting)
    for case in meeting.cases:
        places = [(case.template, case.at("template"), "docx")] + [
            (item.template, item.at("template"), "pptx" if item.is_deck else "docx")
            for item in case.attachments
            if item.template
        ]
        missing = [templates.missing(name, workspace.templates, at, ending) for name, at, ending in places]
        problems += [fault for fault in missing if fault]
    for one in {one.template_file: one for one in made}.values():
        if fault := templates.missing(one.template, workspace.templates, Location(one.template_file), one.ending):
            problems.append(fault)
    decks: dict[str, bytes] = {}
    for one in made:
        if one.ending == "pptx" and one.template in templates.available(workspace.templates, "pptx"):
            content = render.render(workspace.templates / one.template_file, one.context, about(meeting, one), problems)
            decks |= {one.name: content} if content is not None else {}
    return Examined(meeting, known, tuple(made), tuple(in_order(problems)), decks)


def about(meeting: Meeting, document: Document) -> templates.Properties:
    """The properties of a document's file, all from the model."""
    return templates.Properties(document.title, meeting.agency.full_name, meeting.date)
