"""The names that prose and templates can use, and the texts of the cells with their figures in place."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

import jinja2

from generator.basic.leftover import leftover
from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, perhaps, problem
from generator.meeting import figures
from generator.meeting.figures import Figure
from generator.meeting.model import Meeting
from generator.meeting.sheets.lists import COUNTED
from generator.meeting.sheets.meeting import Attachment, Case
from generator.prose.allowed import ATTACHMENT, MOST_PRINTED, Refused, TooMuch
from generator.prose.language import (
    FULL_WIDTH,
    environment,
    explained,
    filters_used,
    literal_text,
    names_asked,
    names_used,
)
from generator.prose.recording import recording
from generator.prose.text import Text, typed
from generator.workbook import values
from generator.workbook.record import Record

_BRACES = compile_late(r"[{}｛｝]")
# The sheets whose figures a text may name.
_COUNTED_SHEETS = frozenset(values.folded(record.sheet.name) for record in COUNTED)


class VocabularyCode(Code):
    """The problems that this module finds."""

    PROSE_SYNTAX = error("標籤寫法有誤（{detail}）", "標籤要成對：{{{{ 名稱 }}}}。")
    FULL_WIDTH_BRACES = error("標籤用了全形大括號", "請改為半形：{{{{ 名稱 }}}}。")
    NO_SHEET_OF_NAME = error("這裡用到工作表〔{sheet}〕的資料，會議資料夾沒有這個工作表", "請增加此工作表。{perhaps}")
    UNKNOWN_NAME = error("沒有「{name}」這個名稱", "{perhaps}可用的名稱請見 packet figures。")
    NAME_INCOMPLETE = error("「{name}」之後要接名稱", "例如：{examples}。")
    UNKNOWN_FILTER = error("沒有「|{name}」這種寫法", "{perhaps}可用：年月日、月日、星期、萬、國字、正文、前一日。")
    PROSE_FAILED = error("標籤無法套用：{detail}", "請核對名稱與寫法。")
    PROSE_TOO_MUCH = error("標籤太長或太複雜：{detail}", "請簡化這一格的標籤。")


class Vocabulary:
    """The figures of a meeting as names that prose and templates can use."""

    def __init__(self, meeting: Meeting, known: Mapping[str, Figure]) -> None:
        self.meeting = meeting
        self.figures = known
        self._environment = environment(False)
        self._spaces: dict[str, dict[str, Any]] = {}
        # The figures of the staff's own sheets, whose names may be any: apart from ours.
        self.sheets: dict[str, dict[str, Any]] = {}
        self._texts: dict[tuple[Location, str, str], tuple[Text, list[Problem]]] = {}
        for figure in known.values():
            space, dot, name = figure.name.partition(".")
            if dot and not space.startswith(f"{ATTACHMENT}("):
                spaces = self.sheets if figure.sheet else self._spaces
                _put(spaces.setdefault(space, {}), name, figure.value)
        for space in (figures.DEADLINES, figures.RULES):
            # A body may have none; a text may still ask whether there is one.
            self._spaces.setdefault(space, {})
        # In prose, where a document has no names of its own, both are there; a name of ours stays what it is.
        self._in_prose = {
            space: {**self.sheets.get(space, {}), **self._spaces.get(space, {})}
            for space in {**self._spaces, **self.sheets}
        }

    @functools.cached_property
    def numbers(self) -> set[float]:
        """Every number that some figure is or shows."""
        return figures.numbers_in(self.figures)

    def context(self, case: Case | None) -> dict[str, Any]:
        """The names of ours for a document of ``case``; 附件() counts from that case."""
        return {**self._spaces, ATTACHMENT: lambda *names: self._label(case, names)}

    def for_template(self, context: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Figure]]:
        """The names for a template with this context, and the figures among them.

        The staff's own sheets are there too, but for those that bear a name of ours.
        """
        known = {name: figure for name, figure in self.figures.items() if figure.name.partition(".")[0] not in context}
        ours = {name: figure for name, figure in self.figures.items() if not figure.sheet}
        return {**self.sheets, **context}, {**known, **ours}

    def _label(self, case: Case | None, names: tuple[str, ...]) -> str:
        attachments = [self._attachment(case, name) for name in names]
        if not attachments:
            raise jinja2.TemplateRuntimeError("附件() 要寫出附件名稱")
        owner = case or next(other for other in self.meeting.cases if attachments[0] in other.attachments)
        return figures.label_in(owner, attachments, self.meeting.cases)

    def _attachment(self, case: Case | None, name: str) -> Attachment:
        for owner in [case, *self.meeting.cases] if case else self.meeting.cases:
            for attachment in owner.attachments if owner else ():
                if attachment.name == name:
                    return attachment
        raise jinja2.UndefinedError(f"沒有附件「{name}」")

    def faults(self, source: str, at: Location) -> list[Problem]:
        """What is wrong with a prose text before it is rendered: syntax, unknown names and filters."""
        if FULL_WIDTH.search(source):
            return [problem(VocabularyCode.FULL_WIDTH_BRACES, at)]
        try:
            used = names_used(source)
        except Refused as refused:
            return [problem(_code(refused), at, detail=explained(refused))]
        except jinja2.TemplateSyntaxError:
            return [problem(VocabularyCode.PROSE_SYNTAX, at, detail=self._broken_tag(source))]
        if tag := leftover(literal_text(source)):
            return [problem(VocabularyCode.PROSE_SYNTAX, at, detail=tag)]
        filters = self._environment.filters
        problems = [
            problem(VocabularyCode.UNKNOWN_FILTER, at, name=name, perhaps=perhaps(name, filters))
            for name in filters_used(source)
            if name not in filters
        ]
        asked = names_asked(source)
        for name in used:
            if name in self.figures or name in asked or self.meeting.waits_for(name):
                continue
            known, sheet = list(self.figures), name.partition(".")[0]
            if values.folded(sheet) in _COUNTED_SHEETS and values.folded(sheet) not in self.meeting.present:
                likely = self.meeting.likely_in(sheet)
                problems.append(problem(VocabularyCode.NO_SHEET_OF_NAME, at, sheet=sheet, perhaps=likely))
            elif name in self._in_prose:
                examples = "、".join(other for other in known if other.startswith(f"{name}."))[:60]
                problems.append(problem(VocabularyCode.NAME_INCOMPLETE, at, name=name, examples=examples))
            else:
                likely = self.meeting.likely_in(sheet) or perhaps(name, known)
                problems.append(problem(VocabularyCode.UNKNOWN_NAME, at, name=name, perhaps=likely))
        return problems

    def _broken_tag(self, source: str) -> str:
        """The first tag that Jinja cannot read by itself; the first of all where it is their order that is wrong."""
        tags: list[str] = re.findall(r"\{\{.*?(?:\}\}|$)|\{%.*?(?:%\}|$)", source, flags=re.DOTALL) or [source]
        for tag in tags:
            try:
                self._environment.parse(tag)
            except jinja2.TemplateSyntaxError:
                return tag
        return tags[0]

    def written(self, record: Record, name: str, case: Case | None) -> Text:
        """The prose in a record's field, with its figures in place. Its problems are reported by the check."""
        return self.render(getattr(record, name), case, record.at(name), [])

    def render(self, source: str, case: Case | None, at: Location, problems: list[Problem]) -> Text:
        """A prose text with its figures in place, and where each part came from.

        What cannot be rendered is a problem and prints as it stands. A cell is rendered once, however often it is asked
        for.
        """
        key = (at, case.key if case else "", source)
        if key not in self._texts:
            self._texts[key] = self._rendered(source, case, at)
        text, faults = self._texts[key]
        problems.extend(faults)
        return text

    def _rendered(self, source: str, case: Case | None, at: Location) -> tuple[Text, list[Problem]]:
        if not _BRACES.search(source):
            return typed(source, at), []
        faults = self.faults(source, at)
        if not faults and any(self.meeting.waits_for(name) for name in names_used(source)):
            # The figure is missing because its cells cannot be read, which is a problem there.
            return typed(source, at), []
        if not faults:
            try:
                with recording() as printed:
                    names = {**self._in_prose, ATTACHMENT: self.context(case)[ATTACHMENT]}
                    marked = _bounded(self._environment.from_string(source).generate(names))
            except Exception as error:
                faults = [problem(_code(error), at, detail=explained(error))]
            else:
                text = printed.read(marked, self.figures)
                return Text(text, [*typed(text, at).spans, *text.spans]), []
        return typed(source, at), faults


def _code(error: Exception) -> VocabularyCode:
    return VocabularyCode.PROSE_TOO_MUCH if isinstance(error, TooMuch) else VocabularyCode.PROSE_FAILED


def _bounded(pieces: Iterable[str]) -> str:
    """The pieces as one text. Raises TooMuch where a cell would become longer than anyone prints."""
    found, length = [], 0
    for piece in pieces:
        length += len(piece)
        if length > MOST_PRINTED:
            raise TooMuch(f"印出來超過 {MOST_PRINTED:,} 字")
        found.append(piece)
    return "".join(found)


def _put(space: dict[str, Any], name: str, value: Any) -> None:
    """Puts a value under its name, and for 男性.到考人數 also below 男性, where no figure has that name."""
    space[name] = value
    *groups, last = name.split(".")
    below: Any = space
    for group in groups:
        below = below.setdefault(group, {}) if isinstance(below, dict) else None
    if isinstance(below, dict):
        below.setdefault(last, value)
