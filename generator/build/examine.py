"""The story of a check: read → figures → rules → compose. A build begins with it, and so does all that goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from generator.basic.package import Properties
from generator.basic.problem import Location, Problem, in_order
from generator.basic.steps import step
from generator.basic.workspace import MeetingId, Workspace
from generator.documents import minutes, notice, papers
from generator.documents.document import Document
from generator.leaks import search
from generator.meeting import figures, load
from generator.meeting.figures import Figure
from generator.meeting.model import Meeting
from generator.pdf.from_elsewhere import files
from generator.prose.vocabulary import Vocabulary
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
    with step("meeting", "讀取活頁簿，組成會議"):
        loaded = load.read(workspace, meeting_id)
    problems = loaded.problems
    with step("pdf", "辨識附件檔案"):
        enclosures = files.identified(loaded.files, problems)
    if loaded.meeting is None:
        return Examined(None, {}, (), tuple(in_order(problems)))
    meeting = replace(loaded.meeting, files=enclosures)
    with step("meeting", "計算數字"):
        known = figures.compute(meeting)
    with step("rules", "檢查議程、清單與紀錄"):
        problems += checks.check(meeting, known)
        problems += minutes_checks.check(meeting)
    with step("documents", "撰寫各份文件"):
        made = papers.compose(meeting, known, problems)
        vocabulary = Vocabulary(meeting, known)
        made += notice.compose(meeting, vocabulary, problems)
        made += minutes.compose(meeting, vocabulary, problems)
    with step("leaks", "檢查應保密的姓名"):
        problems += search.check(meeting)
    with step("rules", "核對上次會議的決定"):
        problems += carried.examine(workspace, meeting)
    for case in meeting.cases:
        places = [(case.template, case.row.at("範本"), "docx")] + [
            (item.template, item.row.at("範本"), "pptx" if item.is_deck else "docx")
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
            with step("slides", f"製作 {one.name}"):
                template, properties = workspace.templates / one.template_file, about(meeting, one)
                content = render.render(template, one.context, properties, problems)
            decks |= {one.name: content} if content is not None else {}
    return Examined(meeting, known, tuple(made), tuple(in_order(problems)), decks)


def about(meeting: Meeting, document: Document) -> Properties:
    """The properties of a document's file, all from the model."""
    return Properties(document.title, meeting.agency.full_name, meeting.date)
