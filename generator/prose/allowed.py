"""What prose and templates may write at all, and how much of it: everything else is refused before it is compiled.

A cell has names, the listed filters, 附件("…") and conditions. A Word template has loops and set as well; what its
loops cost is counted while it is filled in.
"""

from __future__ import annotations

import contextlib
import math
import unicodedata
from collections.abc import Iterable, Iterator, Sized
from contextvars import ContextVar
from typing import Any

import jinja2
from jinja2 import nodes
from msgspec import Struct

ATTACHMENT = "附件"
# The name of a filter that nobody can write.
BOUNDED = " bounded"
TESTS = ("defined", "undefined", "none")

# Of one text in a cell: its characters (Excel has room for no more), its tags, the characters that it may become.
MOST_CHARACTERS, MOST_TAGS, MOST_PRINTED = 32_767, 300, 100_000
# Of one tag: its words and signs, the parentheses in one another, the digits of a number; blocks in one another.
_MOST_TOKENS, _MOST_PARENTHESES, _MOST_DIGITS, _MOST_BLOCKS = 100, 8, 15, 12
_DEEPEST = 60
# Of one part of a Word document: how often its loops may go round, and the characters of what they repeat.
_MOST_ROUNDS, _MOST_REPEATED = 500_000, 100_000_000

_TEXTS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If)
_EXPRESSIONS = (
    *(nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Call, nodes.Filter, nodes.Test, nodes.CondExpr),
    *(nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.List, nodes.Tuple, nodes.Neg, nodes.Pos),
    # Of these only + and - come through when they are reckoned: language.py.
    *(nodes.Add, nodes.Sub, nodes.Div, nodes.FloorDiv, nodes.Mul, nodes.Mod, nodes.Pow),
)
_IN_CELLS = frozenset((*_TEXTS, *_EXPRESSIONS))
_IN_TEMPLATES = _IN_CELLS | {nodes.For, nodes.Assign}
_CALLED: dict[type[nodes.Node], str] = {
    nodes.For: "for",
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.Include: "include",
}
_OPENS = {"variable_begin", "block_begin"}
_CLOSES = {"variable_end", "block_end"}


class Refused(jinja2.TemplateSyntaxError):
    """Something that may not be written; the message is for the user."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message, line)


class TooMuch(Refused):
    """What would be allowed if it were less."""


def look_at_tokens(tokens: Iterable[tuple[int, str, str]], in_cell: bool) -> None:
    """Raises TooMuch for what a parser could choke on: too long, too deep, too many digits; Refused for raw blocks."""
    count = depth = tags = blocks = characters = 0
    begun = False
    for line, kind, text in tokens:
        characters += len(text)
        if kind == "raw_begin" and in_cell:
            raise Refused("儲存格內不能用 raw", line)
        if kind in _OPENS:
            count = depth = 0
            tags += 1
            begun = kind == "block_begin"
        elif kind == "operator":
            depth += (text in "([{") - (text in ")]}")
        elif kind in ("integer", "float") and len(text) > _MOST_DIGITS:
            raise TooMuch(f"數字超過 {_MOST_DIGITS} 位", line)
        elif kind == "name" and begun:
            blocks += (text in ("if", "for")) - (text in ("endif", "endfor"))
            begun = False
        count += kind != "whitespace" and kind not in _CLOSES
        if kind not in ("data", "comment") and count > _MOST_TOKENS:
            raise TooMuch("一個標籤寫得太長", line)
        if depth > _MOST_PARENTHESES:
            raise TooMuch(f"括號超過 {_MOST_PARENTHESES} 層", line)
        if blocks > _MOST_BLOCKS:
            raise TooMuch(f"if、for 超過 {_MOST_BLOCKS} 層", line)
        if in_cell and tags > MOST_TAGS:
            raise TooMuch(f"一格內的標籤超過 {MOST_TAGS} 個", line)
        if in_cell and characters > MOST_CHARACTERS:
            raise TooMuch(f"一格超過 {MOST_CHARACTERS:,} 字", line)


def look_at_tree(tree: nodes.Template, in_cell: bool) -> None:
    """Raises Refused for each kind of statement or expression that is not listed above, and what nests too deep."""
    known = _IN_CELLS if in_cell else _IN_TEMPLATES
    waiting: list[tuple[nodes.Node, int, nodes.Node]] = [(tree, 0, tree)]
    while waiting:
        node, depth, parent = waiting.pop()
        line = node.lineno or 1
        if type(node) not in known:
            name = _CALLED.get(type(node))
            raise Refused(f"{'儲存格' if in_cell else '範本'}內不能用 {name}" if name else "這種寫法不能使用", line)
        if depth > _DEEPEST:
            raise TooMuch("標籤的層次太多", line)
        if isinstance(node, nodes.Call) and not _is_attachment(node):
            raise Refused(f'只有 {ATTACHMENT}("…") 可以加括號使用', line)
        if isinstance(node, nodes.Getitem) and not isinstance(node.arg, nodes.Const) and in_cell:
            raise Refused("中括號內只能寫名稱或數字", line)
        if isinstance(node, nodes.Const):
            _look_at_value(node.value, line)
        # A list of lists of itself would print without end.
        listed = isinstance(node, nodes.List | nodes.Tuple) and not isinstance(parent, nodes.For)
        if listed and any(not isinstance(item, nodes.Const) for item in node.iter_child_nodes()):
            raise Refused("清單內只能寫文字或數字", line)
        if isinstance(node, nodes.Filter) and (node.node is None or node.args or node.kwargs):
            raise Refused(f"「|{node.name}」之後不能加括號", line)
        waiting += [(child, depth + 1, node) for child in node.iter_child_nodes()]


def _look_at_value(value: object, line: int) -> None:
    """Raises Refused for what a backslash hides in a text (no XML holds it, or nobody sees it), and for 1e999."""
    if isinstance(value, str) and any(
        unicodedata.category(sign) in ("Cc", "Cf", "Cn", "Cs") and sign not in "\n\t" for sign in value
    ):
        raise Refused("文字內有看不見的字元", line)
    if isinstance(value, float) and not math.isfinite(value):
        raise TooMuch("數字太大", line)


def _is_attachment(call: nodes.Call) -> bool:
    named = isinstance(call.node, nodes.Name) and call.node.name == ATTACHMENT
    return named and not (call.kwargs or call.dyn_args or call.dyn_kwargs)


class _Spent(Struct):
    """What the loops of one part of a document have cost until now."""

    rounds: int = 0
    characters: int = 0


_spent: ContextVar[_Spent | None] = ContextVar("_spent", default=None)


@contextlib.contextmanager
def budget() -> Iterator[None]:
    """Within it the loops of a template share one budget."""
    token = _spent.set(_Spent())
    try:
        yield
    finally:
        _spent.reset(token)


def bound_loops(tree: nodes.Template, environment: jinja2.Environment) -> None:
    """Each list that a loop goes through is handed through ``bounded``, with the size of what the loop repeats."""
    for loop in list(_loops(tree)):
        size = nodes.Const(_size(loop.body), environment=environment)
        loop.iter = nodes.Filter(
            loop.iter, BOUNDED, [size], [], None, None, lineno=loop.lineno, environment=environment
        )


def _loops(node: nodes.Node) -> Iterator[nodes.For]:
    """The loops of a template, in the blocks of its statements."""
    for block in ("body", "elif_", "else_"):
        for statement in getattr(node, block, ()):
            if isinstance(statement, nodes.For):
                yield statement
            yield from _loops(statement)


def _size(body: Iterable[nodes.Node]) -> int:
    """The characters that a loop repeats itself; a loop in it counts its own."""
    size = 0
    for node in body:
        if isinstance(node, nodes.TemplateData):
            size += len(node.data)
        elif not isinstance(node, nodes.For):
            size += _size(node.iter_child_nodes())
    return size


def bounded(values: Any, size: int) -> Any:
    """The list itself, with its length taken from the budget. Raises TemplateRuntimeError where that is used up."""
    spent = _spent.get()
    if spent is not None and isinstance(values, Sized):
        spent.rounds += len(values)
        spent.characters += len(values) * size
        if spent.rounds > _MOST_ROUNDS or spent.characters > _MOST_REPEATED:
            raise jinja2.TemplateRuntimeError("迴圈重複太多次，文件會大得打不開，請檢查 for 是否一層套一層")
    return values
