"""Jinja, sandboxed and strict: the language of 說明, and of the Word templates' tags.

The prose of the cells is template; the data never are. A name that nobody knows is a Problem at its cell. What may be
written at all is listed in prose/allowed.py.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.lexer import TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from generator.basic import roc
from generator.basic.patterns import compile_late
from generator.basic.problem import nearest
from generator.meeting import figures
from generator.prose import allowed, recording
from generator.prose.allowed import ATTACHMENT, Refused
from generator.prose.quotes import straight
from generator.prose.recording import Printed

# The name of a filter that nobody can write.
_NOTED = " noted"
_MOST_COMPILED = 300
_LARGEST_NUMBER = 10**15
# A pair of braces of which one at least is full-width: no tag, though it was meant as one.
FULL_WIDTH = compile_late(r"｛[｛{%％]|\{[｛％]|[｝}%％]｝|[｝％]\}")


class _Sandbox(ImmutableSandboxedEnvironment):
    """Names, fields and the few filters; no power or product, which a few characters could make run for ever."""

    intercepted_binops = frozenset(["**", "*", "%", "+", "-"])
    # Word templates may have loops.
    in_cell = False

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = all(isinstance(side, int | float) and abs(side) < _LARGEST_NUMBER for side in (left, right))
        if operator in "+-" and numbers:
            return super().call_binop(context, operator, left, right)
        raise jinja2.TemplateRuntimeError(f"不可使用「{operator}」")

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field by its name: what a mapping holds comes before what Python can do with it."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        # Texts have methods that blow up as a product does, and lists such as would change a figure.
        return not callable(value) and not isinstance(obj, str) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Jinja would make str.format safe, but not small; unwrapped it is an attribute like any other."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """The parsed text. Raises Refused for what may not be written, before anything of it is compiled."""
        # One that was parsed for its names; to compile it changes it, so that it serves once.
        tree: nodes.Template | None = self.__dict__.setdefault("_parsed", {}).pop(source, None)
        if tree is None:
            tree = super()._parse(source, name, filename)
            allowed.look_at_tree(tree, self.in_cell)
        return tree

    def keep(self, source: str, tree: nodes.Template) -> None:
        """Keeps a parsed text for whoever compiles it next."""
        parsed: dict[str, nodes.Template] = self.__dict__.setdefault("_parsed", {})
        if len(parsed) >= _MOST_COMPILED:
            parsed.clear()
        parsed[source] = tree

    def _tokenize(self, source: str, name: str | None, filename: str | None = None, state: str | None = None) -> Any:
        """As Jinja's, but all tokens are looked at before the parser sees any. Jinja has no extensions here."""
        tokens = list(self.lexer.tokeniter(self.preprocess(source, name, filename), name, filename, state))
        allowed.look_at_tokens(tokens, self.in_cell)
        return TokenStream(self.lexer.wrap(tokens, name, filename), name, filename)

    def from_string(self, source: Any, *arguments: Any, **more: Any) -> jinja2.Template:
        """The compiled template; of the last few hundred texts each is compiled once."""
        # An overlay prints otherwise, and shares what is kept here.
        if not isinstance(source, str) or arguments or more or self.overlayed:
            return super().from_string(source, *arguments, **more)
        known: dict[str, jinja2.Template] = self.__dict__.setdefault("_compiled", {})
        if source not in known:
            if len(known) >= _MOST_COMPILED:
                known.clear()
            known[source] = super().from_string(source)
        return known[source]

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        return straight(super().preprocess(source, name, filename))

    def lex(self, source: str, *arguments: Any, **more: Any) -> Iterator[tuple[int, str, str]]:
        return super().lex(straight(source), *arguments, **more)

    def _generate(self, source: nodes.Template, *arguments: Any, **more: Any) -> str:
        """Every {{ }} tells where its value came from, and every loop what it will cost."""
        allowed.bound_loops(source, self)
        for output in _outputs(source):
            output.nodes = [
                part if isinstance(part, nodes.TemplateData | nodes.Const) else self._noted(part)
                for part in output.nodes
            ]
        return super()._generate(source, *arguments, **more)

    def _noted(self, expression: nodes.Expr) -> nodes.Expr:
        """The expression handed through recording.noted, with the names in it and what it takes values from."""
        names: list[str] = []
        holders: list[tuple[nodes.Expr, Any]] = []
        _look(expression, names, holders)
        if not names:
            return expression
        about = nodes.Const((tuple(names), tuple(key for _, key in holders)), environment=self)
        objects = [holder for holder, _ in holders]
        line = expression.lineno
        return nodes.Filter(expression, _NOTED, [about, *objects], [], None, None, lineno=line, environment=self)


class _CellSandbox(_Sandbox):
    in_cell = True


def _outputs(node: nodes.Node) -> Iterator[nodes.Output]:
    """The {{ }} and texts of a template, in the blocks of its statements."""
    for block in ("body", "elif_", "else_"):
        for statement in getattr(node, block, ()):
            if isinstance(statement, nodes.Output):
                yield statement
            else:
                yield from _outputs(statement)


def _look(node: Any, names: list[str], holders: list[tuple[nodes.Expr, Any]]) -> None:
    """Adds the dotted names in an expression and, for each object.key, the object and the key."""
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        parts: list[str] = []
        step: Any = node
        while isinstance(step, nodes.Getattr) or (
            isinstance(step, nodes.Getitem) and isinstance(step.arg, nodes.Const)
        ):
            key = step.attr if isinstance(step, nodes.Getattr) else step.arg.value  # type: ignore[attr-defined]
            if step is node:
                holders.append((step.node, key))
            parts.insert(0, str(key))
            step = step.node
        if isinstance(step, nodes.Name):
            names.append(".".join([step.name, *parts]))
        else:
            # Also an index that is itself looked up: list[number].
            _look_below(step, names, holders)
    elif isinstance(node, nodes.Name):
        names.append(node.name)
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == ATTACHMENT:
        names.extend(figures.attachment_name(str(part.value)) for part in node.args if isinstance(part, nodes.Const))
    else:
        _look_below(node, names, holders)


def _look_below(node: Any, names: list[str], holders: list[tuple[nodes.Expr, Any]]) -> None:
    for child in node.iter_child_nodes():
        _look(child, names, holders)


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
    if isinstance(error, Refused):
        return str(error.message)
    if isinstance(error, SecurityError):
        return "這種寫法不能使用"
    if isinstance(error, jinja2.TemplateSyntaxError):
        message = str(error.message)
        for pattern, meaning in _EXPLAINED:
            if match := re.search(pattern, message):
                return meaning.format(*match.groups())
        return "這種寫法不能使用"
    if isinstance(error, jinja2.TemplateError):
        return str(error.message)
    return "這個值不能這樣用"


@functools.cache
def environment(autoescape: bool) -> _Sandbox:
    """The Jinja environment of prose (``autoescape`` False: plain text) and of Word templates (True: XML)."""
    kind = _Sandbox if autoescape else _CellSandbox
    jinja_environment = kind(undefined=_Unknown, finalize=_xml if autoescape else _plain, autoescape=autoescape)
    jinja_environment.globals.clear()
    jinja_environment.filters.clear()
    filters: dict[str, Callable[..., Any]] = {
        "年月日": roc.long_date,
        "年月日0": roc.padded_date,
        "月日": roc.month_day,
        "星期": roc.weekday,
        "前一日": lambda day: day - dt.timedelta(days=1),
        "萬": roc.ten_thousands,
        "國字": roc.numeral,
        "正文": in_prose,
        _NOTED: recording.noted,
        allowed.BOUNDED: allowed.bounded,
    }
    jinja_environment.filters.update(filters)
    jinja_environment.tests = {name: jinja_environment.tests[name] for name in allowed.TESTS}
    return jinja_environment


def _plain(value: Any) -> str:
    if not isinstance(value, Printed):
        return figures.shown(value)
    now = recording.present()
    text = figures.shown(value.value)
    return now.marked(text, value) if now is not None else text


def _xml(value: Any) -> Any:
    """Printed text for XML. docxtpl takes ``{_{`` for an escaped ``{{`` of its own, so data must not show it one.

    A line break in a cell becomes a paragraph of its own (\\a for docxtpl): its points may hang by labels.
    """
    if isinstance(value, Printed):
        now = recording.present()
        if now is None or isinstance(value.value, Markup):
            return _xml(value.value)
        before = 0
        lines = []
        for line in figures.shown(value.value).split("\n"):
            lines.append(now.marked(_escaped(line), value, before))
            before += len(line) + 1
        return Markup("\a".join(lines))
    if isinstance(value, Markup):
        return value
    return Markup(_escaped(figures.shown(value)).replace("\n", "\a"))


def _escaped(text: str) -> str:
    return str(escape(text)).replace("{_", "{&#95;").replace("_}", "&#95;}")


def in_prose(value: Any) -> str:
    """A name as running text spells it: — for -, full-width parentheses. Lists are joined by 、."""
    text = figures.shown(value)
    return text.replace("(", "（").replace(")", "）").replace("-", "—")


def names_used(source: str) -> tuple[str, ...]:
    """The dotted names that a prose text takes from the vocabulary, and ``附件("…")``, in order.

    Raises jinja2.TemplateSyntaxError, of which Refused is one.
    """
    return _names(source).used


def names_asked(source: str) -> frozenset[str]:
    """The names that a text asks about (`{% if 期限.公開 is defined %}`): it may use them where there are none."""
    return _names(source).asked


def filters_used(source: str) -> tuple[str, ...]:
    """The names after ``|`` in a prose text, whether there are such filters or not."""
    return _names(source).filters


class _Names(NamedTuple):
    used: tuple[str, ...] = ()
    asked: frozenset[str] = frozenset()
    filters: tuple[str, ...] = ()


@functools.lru_cache(_MOST_COMPILED)
def _names(source: str) -> _Names:
    """The names of all kinds in a text, which is read once."""
    if "{" not in source:
        return _Names()
    tree = environment(False).parse(source)
    asked = [test for test in tree.find_all(nodes.Test) if test.name in ("defined", "undefined")]
    found = _Names(
        tuple(names_in(tree)),
        frozenset(name for test in asked for name in names_in(test)),
        tuple(node.name for node in tree.find_all(nodes.Filter)),
    )
    environment(False).keep(source, tree)
    return found


def names_in(tree: nodes.Node) -> list[str]:
    """The dotted names in a parsed text, as names_used gives them."""
    assigned = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    names: list[str] = []
    inner: set[int] = set()
    for node in tree.find_all((nodes.Call, nodes.Getattr, nodes.Getitem, nodes.Name)):
        if id(node) in inner:
            continue
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == ATTACHMENT:
            inner.add(id(node.node))
            names += [figures.attachment_name(str(part.value)) for part in node.args if isinstance(part, nodes.Const)]
            continue
        parts: list[str] = []
        step: Any = node
        while isinstance(step, nodes.Getattr | nodes.Getitem):
            if isinstance(step, nodes.Getitem) and not isinstance(step.arg, nodes.Const):
                break
            parts.insert(0, step.attr if isinstance(step, nodes.Getattr) else str(step.arg.value))  # type: ignore[attr-defined]
            inner.add(id(step.node))
            step = step.node
        if isinstance(step, nodes.Name) and step.name not in assigned:
            names.append(".".join([step.name, *parts]))
    return names


@functools.lru_cache(_MOST_COMPILED)
def literal_text(source: str) -> str:
    """The typed part of a prose text: all tags cut out (a tag leaves a space). The text itself when it is no Jinja."""
    if "{" not in source:
        return source
    try:
        return "".join(
            value if kind == "data" else " "
            for _, kind, value in environment(False).lex(source)
            if kind != "whitespace"
        )
    except jinja2.TemplateSyntaxError:
        return source
