"""The story of a check: read → figures → rules. A build begins with it, and so does all that goes out."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from generator.basic.package import Properties
from generator.basic.problem import Code, Location, Problem, in_order, problem, warning
from generator.basic.steps import step
from generator.basic.workspace import MeetingId, Workspace
from generator.build import unchanged
from generator.build.renderings import Renderings
from generator.documents import attachment, papers
from generator.documents.document import Document
from generator.leaks import inputs, restricted
from generator.meeting import figures, load
from generator.meeting.figures import Figure
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import PastDecision
from generator.pdf.from_elsewhere import files
from generator.prose.vocabulary import Vocabulary
from generator.rules import carried, check
from generator.word import ooxml, templates


class ExamineCode(Code):
    """The problems that this module finds."""

    DECISIONS_UNPRINTED = warning(
        "〔{sheet}〕有資料，卻沒有任何案會印出來",
        "請在報告上次決定（議）辦理情形的案，範本填「上次會議決定辦理情形」。",
    )


# The name by which templates print past decisions.
_PAST = "上次決定"


class Examined(Struct, frozen=True, dict=True):
    """A meeting read and checked: every problem in order, and what there is to build.

    ``decks`` are the slides as .pptx by the row of their attachment: whether all fits shows only when they are made.
    None where that is still to be done (with_decks).
    ``renderings`` has what earlier builds rendered; whoever may write lets it keep what is new. ``stamps`` are those of
    the files just before they were read (unchanged.stamps).
    """

    meeting: Meeting | None
    vocabulary: Vocabulary | None
    problems: tuple[Problem, ...]
    decks: Mapping[Location, bytes] | None = None
    renderings: Renderings | None = None
    stamps: str = ""

    @property
    def figures(self) -> Mapping[str, Figure]:
        """The figures by name; none without a meeting."""
        return self.vocabulary.figures if self.vocabulary else {}

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The documents of the meeting, composed when they are first asked for; a check composes none."""
        if self.meeting is None or self.vocabulary is None:
            return ()
        with step("documents", "撰寫各份文件"):
            return tuple(papers.compose_all(self.meeting, self.vocabulary))


def examine_all(workspace: Workspace, meeting_id: MeetingId) -> Examined:
    """Reads and checks everything, builds nothing but the slides."""
    return with_decks(workspace, examine(workspace, meeting_id))


def examine(workspace: Workspace, meeting_id: MeetingId) -> Examined:
    """Reads and checks everything but the slides, which a build makes when LibreOffice has other papers already."""
    stamps = unchanged.stamps(workspace)
    with step("meeting", "讀取活頁簿，組成會議"):
        loaded = load.read(workspace, meeting_id)
    problems = loaded.problems
    with step("meeting", "辨識附件檔案"):
        enclosures = files.identified(loaded.files, problems)
    if loaded.meeting is None:
        return Examined(None, None, tuple(in_order(problems)), stamps=stamps)
    meeting = replace(loaded.meeting, files=enclosures)
    with step("meeting", "計算數字"):
        vocabulary = Vocabulary(meeting, figures.compute(meeting))
    with step("rules", "檢查議程、清單與紀錄"):
        problems += check.check(meeting, vocabulary)
        problems += carried.examine(workspace, meeting)
    with step("leaks", "檢查應保密的姓名與個人資料"):
        problems += inputs.check(meeting, vocabulary)
        problems += restricted.check(meeting, vocabulary)
    problems += _missing_templates(workspace, meeting)
    problems += _unprinted_decisions(workspace, meeting)
    renderings = Renderings(workspace.output(meeting_id))
    return Examined(meeting, vocabulary, tuple(in_order(problems)), None, renderings, stamps)


def with_decks(workspace: Workspace, examined: Examined) -> Examined:
    """The same with the slides made, and what was found of them among the problems."""
    meeting, vocabulary, renderings = examined.meeting, examined.vocabulary, examined.renderings
    if examined.decks is not None or meeting is None or vocabulary is None or renderings is None:
        return examined
    problems = [*examined.problems]
    decks = _decks(workspace, meeting, vocabulary, renderings, problems)
    return replace(examined, decks=decks, problems=tuple(in_order(problems)))


def _missing_templates(workspace: Workspace, meeting: Meeting) -> list[Problem]:
    """Missing templates: one that a row names is reported at its cell, every other one at its file."""
    found = []
    have = {ending: templates.available(workspace.templates, ending) for ending in ("docx", "pptx")}
    for case in meeting.cases:
        named = []
        if case.template != load.CASE_TEMPLATE:
            named.append((case.template, case.at("template"), "docx"))
        for item in case.attachments:
            if item.template:
                named.append((item.template, item.at("template"), "pptx" if item.is_deck else "docx"))
        found += [templates.missing(name, have[ending], at, ending) for name, at, ending in named]
    for file in papers.template_files(meeting):
        name, _, ending = file.rpartition(".")
        found.append(templates.missing(name, have.get(ending, ()), Location(file), ending))
    return [fault for fault in found if fault]


def _unprinted_decisions(workspace: Workspace, meeting: Meeting) -> list[Problem]:
    """Past decisions that no case prints: none has a template with them, nor are they an attachment."""
    rows, sheet = meeting.past_decisions, PastDecision.sheet.name
    if not rows:
        return []
    names = {case.template for case in meeting.cases} - {load.CASE_TEMPLATE}
    files = [path for name in names if (path := workspace.templates / f"{name}.docx").is_file()]
    printed = any(item.target == sheet for case in meeting.cases for item in case.attachments)
    if printed or any(ooxml.mentions(path, _PAST) for path in files):
        return []
    return [problem(ExamineCode.DECISIONS_UNPRINTED, rows[0].at(), sheet=sheet)]


def _decks(
    workspace: Workspace, meeting: Meeting, vocabulary: Vocabulary, renderings: Renderings, problems: list[Problem]
) -> dict[Location, bytes]:
    """The deck, where there is one. Further rows that name it are errors, and nothing is made for them."""
    attached = ((case, item) for case in meeting.cases for item in case.attachments if item.is_deck)
    for case, item in itertools.islice(attached, 1):
        if attachment.template_of(meeting, item) not in templates.available(workspace.templates, "pptx"):
            continue
        with step("slides", f"製作{case.title}{item.label}"):
            document = attachment.compose(meeting, case, item, vocabulary)
            template, properties = workspace.templates / document.template_file, about(meeting, document)
            # A template of slides has samples instead of tags: what is shown depends on the deck alone.
            key = renderings.key(template, {attachment.DECK: document.context[attachment.DECK]}, properties)
            content = renderings.deck(key)
            if content is None:
                from generator.slides import render as slides

                before = len(problems)
                content = slides.render(template, document.context, properties, problems)
                if content is not None and len(problems) == before:
                    renderings.add_deck(key, content)
        if content is not None:
            return {item.at("origin"): content}
    return {}


def about(meeting: Meeting, document: Document) -> Properties:
    """The properties of a document's file, all from the model."""
    return Properties(document.title, meeting.agency.full_name, meeting.date)
