"""Jinja, sandboxed and strict: the language of 說明, and of the Word templates' tags.

The prose of the cells is template; the data never are. A name that nobody knows is a Problem at its cell.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from generator.basic import roc
from generator.basic.problem import Location, Problem, nearest, perhaps, problem
from generator.meeting import figures
from generator.meeting.figures import Figure
from generator.meeting.model import Meeting
from generator.meeting.sheets.meeting import Attachment, Case

ATTACHMENT = "附件"
# A pair of braces of which one at least is full-width: no tag, though it was meant as one.
FULL_WIDTH = re.compile(r"｛[｛{%％]|\{[｛％]|[｝}%％]｝|[｝％]\}")


class _Sandbox(SandboxedEnvironment):
    """No power or product, which a few characters could make run for ever."""

    intercepted_binops = frozenset(["**", "*", "%"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise jinja2.TemplateRuntimeError(f"不可使用「{operator}」")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        # Texts have methods that blow up as a product does: "".ljust(10**9), "{:>999999999}".format(1).
        return not isinstance(obj, str) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Jinja would make str.format safe, but not small; unwrapped it is an attribute like any other."""


class _Unknown(jinja2.StrictUndefined):
    """An unknown name: an error, in Chinese, with the nearest name that stands in its place."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        known = self._undefined_obj if isinstance(self._undefined_obj, Mapping) else ()
        near = nearest(str(self._undefined_name), known)
        return f"沒有「{self._undefined_name}」這個名稱{f'（是否為「{near}」）' if near else ''}"


# What Jinja's parser says, and what it is to the user; the first that fits.
_EXPLAINED = (
    (r"unexpected char '\\", "標籤內有看不見的字元"),
    (r"unexpected char '(.)'", "標籤內不能有「{0}」，請確認不是全形符號"),
    (r"Expected an expression, got|unexpected 'end of|expected token 'name', got 'end of", "少了名稱或內容"),
    (r"expected name or number", "「.」之後少了名稱"),
    (r"expected token 'in', got '(.+?)'", "要寫成 for 名稱 in 清單"),
    (r"expected token 'end of .+?', got '(.+?)'", "不該有「{0}」，或前面少了「.」或「|」"),
    (r"unexpected '(.+?)', expected '(.+?)'", "少了「{1}」"),
    (r"unexpected end of template", "標籤沒有結尾"),
    (r"Missing end of comment tag", "註解標籤 {{# 沒有結尾"),
    (r"unexpected '(.+?)'", "不該有「{0}」"),
    (r"[Tt]ag name expected", "標籤是空的"),
    (r"The innermost block that needs to be closed is '(\w+)'", "「{0}」沒有對應的「end{0}」"),
    (r"Encountered unknown tag '(\w+)'", "不認得「{0}」，或它前面沒有對應的開始標籤"),
    (r"No (?:filter|test) named '(.+?)'", "沒有「{0}」這種寫法"),
)


def explained(error: BaseException) -> str:
    """What an error of Jinja's, or of a value in a tag, means to someone who wrote the tag."""
    if isinstance(error, SecurityError):
        return "這種寫法不能使用"
    if isinstance(error, jinja2.TemplateSyntaxError):
        said = str(error.message)
        for pattern, meaning in _EXPLAINED:
            if found := re.search(pattern, said):
                return meaning.format(*found.groups())
        return "這種寫法不能使用"
    if isinstance(error, jinja2.TemplateError):
        return str(error.message)
    return "這個值不能這樣用"


@functools.cache
def environment(autoescape: bool) -> SandboxedEnvironment:
    """The Jinja environment of prose (``autoescape`` False: plain text) and of Word templates (True: XML)."""
    made = _Sandbox(undefined=_Unknown, finalize=_xml if autoescape else figures.shown, autoescape=autoescape)
    made.globals.clear()
    made.filters.clear()
    filters: dict[str, Callable[..., Any]] = {
        "年月日": roc.long_date,
        "年月日0": roc.padded_date,
        "月日": roc.month_day,
        "星期": roc.weekday,
        "前一日": lambda day: day - dt.timedelta(days=1),
        "萬": roc.ten_thousands,
        "國字": roc.numeral,
        "正文": in_prose,
    }
    made.filters.update(filters)
    return made


def _xml(value: Any) -> Any:
    """Printed text for XML. docxtpl takes ``{_{`` for an escaped ``{{`` of its own, so data must not show it one.

    A line break in a cell becomes a paragraph of its own (\\a for docxtpl): its points may hang by labels.
    """
    if isinstance(value, Markup):
        return value
    safe = str(escape(figures.shown(value)))
    return Markup(safe.replace("{_", "{&#95;").replace("_}", "&#95;}").replace("\n", "\a"))


def in_prose(value: Any) -> str:
    """A name as running text spells it: — for -, full-width parentheses. Lists are joined by 、."""
    text = figures.shown(value)
    return text.replace("(", "（").replace(")", "）").replace("-", "—")


def names_used(source: str) -> list[str]:
    """The dotted names that a prose text takes from the vocabulary, and ``附件("…")``, in order.

    Raises jinja2.TemplateSyntaxError.
    """
    tree = environment(False).parse(source)
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    found: list[str] = []
    inner: set[int] = set()
    for node in tree.find_all((nodes.Call, nodes.Getattr, nodes.Getitem, nodes.Name)):
        if id(node) in inner:
            continue
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == ATTACHMENT:
            inner.add(id(node.node))
            found += [figures.attachment_name(str(part.value)) for part in node.args if isinstance(part, nodes.Const)]
            continue
        parts: list[str] = []
        step: Any = node
        while isinstance(step, nodes.Getattr | nodes.Getitem):
            if isinstance(step, nodes.Getitem) and not isinstance(step.arg, nodes.Const):
                break
            parts.insert(0, step.attr if isinstance(step, nodes.Getattr) else str(step.arg.value))  # type: ignore[attr-defined]
            inner.add(id(step.node))
            step = step.node
        if isinstance(step, nodes.Name) and step.name not in own:
            found.append(".".join([step.name, *parts]))
    return found


class Vocabulary:
    """The figures of a meeting as names that prose and templates can use."""

    def __init__(self, meeting: Meeting, known: Mapping[str, Figure]) -> None:
        self.meeting = meeting
        self.figures = known
        self._environment = environment(False)
        self._spaces: dict[str, dict[str, Any]] = {}
        for figure in known.values():
            space, dot, name = figure.name.partition(".")
            if dot and not space.startswith(f"{ATTACHMENT}("):
                self._spaces.setdefault(space, {})[name] = figure.value

    @functools.cached_property
    def numbers(self) -> set[int]:
        """Every whole number that some figure is or shows."""
        return figures.numbers_in(self.figures)

    def context(self, case: Case | None) -> dict[str, Any]:
        """The names for a template or a text of ``case``; 附件() counts from that case."""
        return {**self._spaces, ATTACHMENT: lambda *names: self._label(case, names)}

    def _label(self, case: Case | None, names: tuple[str, ...]) -> str:
        found = [self._attachment(case, name) for name in names]
        if not found:
            raise jinja2.TemplateRuntimeError("附件() 要寫出附件名稱")
        owner = case or next(one for one in self.meeting.cases if found[0] in one.attachments)
        return figures.label_in(owner, found, self.meeting.cases)

    def _attachment(self, case: Case | None, name: str) -> Attachment:
        for owner in [case, *self.meeting.cases] if case else self.meeting.cases:
            for attachment in owner.attachments if owner else ():
                if attachment.name == name:
                    return attachment
        raise jinja2.UndefinedError(f"沒有附件「{name}」")

    def faults(self, source: str, at: Location) -> list[Problem]:
        """What is wrong with a prose text before it is rendered: syntax, unknown names and filters."""
        if FULL_WIDTH.search(source):
            return [problem("full-width-braces", at)]
        try:
            used = names_used(source)
        except jinja2.TemplateSyntaxError:
            return [problem("prose-syntax", at, detail=self._broken_tag(source))]
        filters = self._environment.filters
        found = [
            problem("unknown-filter", at, name=node.name, perhaps=perhaps(node.name, filters))
            for node in self._environment.parse(source).find_all(nodes.Filter)
            if node.name not in filters
        ]
        for name in used:
            if name in self.figures:
                continue
            known = list(self.figures)
            if name in self._spaces:
                examples = "、".join(other for other in known if other.startswith(f"{name}."))[:60]
                found.append(problem("name-incomplete", at, name=name, examples=examples))
            else:
                found.append(problem("unknown-name", at, name=name, perhaps=perhaps(name, known)))
        return found

    def _broken_tag(self, source: str) -> str:
        """The first tag that Jinja cannot read by itself; the first of all where it is their order that is wrong."""
        tags: list[str] = re.findall(r"\{\{.*?(?:\}\}|$)|\{%.*?(?:%\}|$)", source, flags=re.DOTALL) or [source]
        for tag in tags:
            try:
                self._environment.parse(tag)
            except jinja2.TemplateSyntaxError:
                return tag
        return tags[0]

    def render(self, source: str, case: Case | None, at: Location, problems: list[Problem]) -> str:
        """A prose text with its figures in place; what cannot be rendered is a problem and prints as it stands."""
        if "{" not in source and not FULL_WIDTH.search(source):
            return source
        faults = self.faults(source, at)
        if not faults:
            try:
                return self._environment.from_string(source).render(self.context(case))
            except Exception as error:
                faults = [problem("prose-failed", at, detail=explained(error))]
        problems.extend(faults)
        return source


def literal_text(source: str) -> str:
    """The typed part of a prose text: all tags cut out (a tag leaves a space). The text itself when it is no Jinja."""
    try:
        return "".join(
            value if kind == "data" else " "
            for _, kind, value in environment(False).lex(source)
            if kind != "whitespace"
        )
    except jinja2.TemplateSyntaxError:
        return source
