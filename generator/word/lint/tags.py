"""The tags of a Word template read one by one, so that a fault in one hides none in another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from msgspec import Struct

from generator.basic.patterns import compile_late
from generator.basic.problem import Code, Location, Problem, error, perhaps, problem
from generator.meeting import figures
from generator.prose import language
from generator.prose.allowed import ATTACHMENT
from generator.prose.vocabulary import VocabularyCode
from generator.word import ooxml, render
from generator.word.lint import texts
from generator.word.lint.texts import Fragment


class TagCode(Code):
    """The problems that this module finds."""

    # Templates (packet template check); the place holds paragraph and text
    TAG_OPEN = error("標籤沒有寫完整：{tag}", "標籤要成對，且在同一段內：{{{{ 名稱 }}}} 或 {{% … %}}。")
    TAG_SYNTAX = error("標籤 {tag} 寫法有誤：{detail}", "請改正後重新輸入整個標籤。")
    TAG_SPLIT = error("標籤 {tag} 被 Word 的超連結或方塊切開", "請移除超連結，再重新輸入整個標籤。")
    TAG_UNKNOWN = error("範本不能用標籤 {tag}", "{perhaps}可用：for、if、elif、else、set 及其結尾。")
    TAG_MERGES = error("不可使用 {tag}，內容不同時會遺失資料", "請刪除，改在標題列該欄寫 {{{{ 合併相同 }}}}。")
    TAG_OF_SUBDOCUMENT = error("不可使用 {tag}", "{{{{ 之後請空一格，不加 p、r、tr、tc。")
    BLOCK_PREFIX = error(
        "標籤 {tag} 的 {layer} 寫錯位置", "{layer} 要緊接在 {{% 之後，後面空一個半形空白：{{%{layer} …%}}。"
    )
    BLOCK_CHARACTERS = error("標籤 {tag} 內有 % 或 }}", "區塊標籤內不能有這兩個字元，請改用其他寫法。")
    TWO_BLOCK_TAGS = error("同一{where}有兩個以上的區塊標籤，只有一個有效", "請一{where}只放一個標籤。")
    TEXT_BESIDE_TAG = error("{tag} 所在的{where}還有其他內容，套用後會消失", "請把標籤獨自放在一{where}。")
    OUTSIDE_TABLE = error(
        "{tag} 不在它要重複的列、格或段落內", "{{%tr、{{%tc 只能用在表格的列與儲存格，{{%p 只能用在段落。"
    )
    BLOCK_UNCLOSED = error("{tag} 沒有對應的 {end}", "請補上結尾標籤。")
    BLOCK_UNOPENED = error("{tag} 之前沒有對應的開始標籤", "請補上開始標籤，或刪除這個標籤。")
    BLOCK_CROSSED = error(
        "{tag} 與第 {number} 段的 {other} 不在同一層",
        "開始與結束要同為 {{%p、{{%tr 或 {{%tc，並在同一個表格或儲存格內。",
    )
    NOT_A_LIST = error("「{name}」不是清單，不能用 for 逐項列出", "請改用清單的名稱，或刪除 for。")


TAG = compile_late(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_LAYERS = {"p": "段", "tr": "列", "tc": "格"}
_HALF_WIDTH = str.maketrans("｛｝％", "{}%")
# Word makes “ ” of typed quotes; docxtpl, and so this module, takes them for straight ones.
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_WORDS = {
    "for": "{}{{% endfor %}}",
    "if": "{}{{% endif %}}",
    "elif": "{{% if 1 %}}{}{{% endif %}}",
    "else": "{{% if 1 %}}{}{{% endif %}}",
    "endfor": "{{% for x in [] %}}{}",
    "endif": "{{% if 1 %}}{}",
    "set": "{}",
}

# What a template does wrong whatever is filled in; what Jinja cannot read shows when it is filled in.
_BROKEN = {*TagCode, VocabularyCode.FULL_WIDTH_BRACES} - {TagCode.NOT_A_LIST, TagCode.TAG_SYNTAX}

Values = list[Any] | None
"""What an expression may be, over all known contexts; None where that is unknown."""


class _Tag(Struct, frozen=True):
    """A tag as it stands in the template, and without the layer (p, tr, tc) that docxtpl takes off."""

    at: Location
    fragment: Fragment
    text: str
    kind: str
    layer: str
    word: str
    source: str

    @property
    def container(self) -> Any:
        """The element within which a block that opens with this tag must close."""
        around = self.fragment.around(self.layer or "p")
        return around.getparent() if around is not None else None


def place(template: str, part: str, fragment: Fragment) -> Location:
    return Location(template, part, f"第 {fragment.number} 段", fragment.text.strip())


def broken(path: Path) -> list[Problem]:
    """The faults of a template that need no data to be seen; none where it is no .docx, which is another's to say."""
    try:
        package = texts.Package(path)
    except (texts.NotADocument, OSError):
        return []
    reader = Reader(path.name, [])
    for part, root in package.parts:
        reader.read(part, root)
    codes = {code.code for code in _BROKEN}
    return [fault for fault in reader.problems if fault.code in codes]


@lru_cache(maxsize=2048)
def _tree(source: str) -> nodes.Template:
    """What Jinja reads in a tag; most tags stand in several templates, or several times in one."""
    return language.environment(True).parse(source)


class Reader:
    """Reads the tags of a template against the contexts it may be given; ``problems`` and ``names`` are the result."""

    def __init__(self, template: str, contexts: Sequence[Mapping[str, Any]]) -> None:
        self.template = template
        self.problems: list[Problem] = []
        self.names: list[str] = []
        self._environment = language.environment(True)
        self._roots: dict[str, Values] = {name: None for name in render.MARKS}
        for context in contexts:
            for name, value in context.items():
                self._roots[name] = [*(self._roots.get(name) or []), value]
        self._scopes: list[dict[str, Values]] = []
        self._at = Location(template)

    def read(self, part: str, root: Any) -> None:
        """One part of the template: its body, a header, a footer."""
        blocks: list[_Tag] = []
        self._scopes = [{}]
        for tag in self._tags(part, root):
            self._at = tag.at
            tree = self._parsed(tag)
            if tag.kind == "{" and tree is not None:
                self._look(tree)
            elif tag.word in ("for", "if"):
                blocks.append(tag)
                self._scopes.append({})
                self._enter(tree)
            elif tag.word in ("else", "elif", "endfor", "endif"):
                self._close(tag, blocks)
                if tag.word == "elif" and tree is not None:
                    self._look(tree)
            elif tag.word == "set" and isinstance(tree, nodes.Template):
                for node in tree.find_all(nodes.Assign):
                    self._bind(node.target, self._values(node.node))
        for tag in blocks:
            self._report(TagCode.BLOCK_UNCLOSED, tag.at, tag=tag.text, end=f"{{%{tag.layer} end{tag.word} %}}")

    def _report(self, code: Code, at: Location, **values: object) -> None:
        self.problems.append(problem(code, at, **values))

    def _tags(self, part: str, root: Any) -> Iterator[_Tag]:
        for fragment in texts.fragments(root):
            at = place(self.template, part, fragment)
            text = fragment.text
            full_width = language.FULL_WIDTH.search(text)
            if full_width:
                self._report(VocabularyCode.FULL_WIDTH_BRACES, at)
                text = text.translate(_HALF_WIDTH)
            found = TAG.findall(text)
            found = self._complete(text, found, at)
            if not full_width and len(fragment.runs()) > 1:
                self._split(fragment, found, at)
            for tag_text in found:
                if not tag_text.startswith("{#") and (tag := self._tag(tag_text, fragment, at)) is not None:
                    yield tag

    def _complete(self, text: str, found: Sequence[str], at: Location) -> list[str]:
        """The tags that are whole; what is left of others is reported."""
        # A tag with two beginnings: the end of the first is missing.
        doubled = [tag for tag in found if re.search(r"\{[{%]", tag[2:])]
        rest = TAG.sub("\0", text)
        parts = re.finditer(r"\{[{%#][^\0]*|[^\0]*?(?:\}\}|%\}|#\})", rest)
        for tag in [*(part.group() for part in parts), *doubled]:
            self._report(TagCode.TAG_OPEN, at, tag=tag.strip())
        return [tag for tag in found if tag not in doubled]

    def _split(self, fragment: Fragment, found: Sequence[str], at: Location) -> None:
        """Tags that docxtpl itself does not put together from their runs; those that it does are in order."""
        whole = "\n".join(fragment.runs())
        for tag in render.torn(fragment.node, [tag for tag in found if tag not in whole]):
            self._report(TagCode.TAG_SPLIT, at, tag=tag)

    def _tag(self, text: str, fragment: Fragment, at: Location) -> _Tag | None:
        """The tag; None for a text that docxtpl cannot handle as a tag, which is reported."""
        inner = text[2:-2].removeprefix("-").removesuffix("-")
        layer, rest = "", inner
        if parts := re.match(r"(p|tr|tc|r)(?=\s)", inner):
            layer, rest = parts[1], inner[parts.end() :]
        word = rest.split()[0] if rest.split() else ""
        if text[1] == "{":
            if layer:
                self._report(TagCode.TAG_OF_SUBDOCUMENT, at, tag=text)
            return _Tag(at, fragment, text, "{", "", "", f"{{{{{rest}}}}}".translate(_QUOTES))
        slipped = re.match(r"\s*(p|tr|tc)(?:\s+|(?=for|if|el|end))(\S+)", inner)
        if slipped and (not layer or not rest.startswith(" ")):
            self._report(TagCode.BLOCK_PREFIX, at, tag=text, layer=slipped[1])
            layer, word, rest = slipped[1], slipped[2], inner[slipped.end(1) :]
        if word in ("vm", "hm"):
            self._report(TagCode.TAG_MERGES, at, tag=text)
            return None
        if word in ("colspan", "cellbg"):
            return _Tag(at, fragment, text, "{", "", word, f"{{{{{rest.strip()[len(word) :]}}}}}")
        if word not in _WORDS:
            self._report(TagCode.TAG_UNKNOWN, at, tag=text, perhaps=perhaps(word, _WORDS))
            return None
        if layer in _LAYERS:
            self._alone(text, inner, layer, fragment, at)
        return _Tag(at, fragment, text, "%", layer, word, f"{{%{rest}%}}".translate(_QUOTES))

    def _alone(self, text: str, inner: str, layer: str, fragment: Fragment, at: Location) -> None:
        """docxtpl replaces the whole paragraph, row or cell by its tag."""
        if "%" in inner or "}" in inner:
            self._report(TagCode.BLOCK_CHARACTERS, at, tag=text)
        around = fragment.around(layer)
        if around is None:
            self._report(TagCode.OUTSIDE_TABLE, at, tag=text)
            return
        whole = re.sub(r"[\t\n]", "", ooxml.text_of(around))
        rest = whole.translate(_HALF_WIDTH).replace(text, "", 1)
        if any(tag_text.startswith(f"{{%{layer}") for tag_text in TAG.findall(rest)):
            self._report(TagCode.TWO_BLOCK_TAGS, at, where=_LAYERS[layer])
        elif rest.strip() or fragment.goes_with_it:
            self._report(TagCode.TEXT_BESIDE_TAG, at, tag=text, where=_LAYERS[layer])

    def _parsed(self, tag: _Tag) -> nodes.Template | None:
        source = _WORDS[tag.word].format(tag.source) if tag.kind == "%" else tag.source
        try:
            return _tree(source)
        except jinja2.TemplateSyntaxError as error:
            self._report(TagCode.TAG_SYNTAX, tag.at, tag=tag.text, detail=language.explained(error))
            return None

    def _enter(self, tree: nodes.Template | None) -> None:
        for node in tree.body if tree is not None else ():
            if isinstance(node, nodes.For):
                self._bind(node.target, self._elements(node.iter))
                self._scopes[-1]["loop"] = None
                if node.test is not None:
                    self._values(node.test)
            elif isinstance(node, nodes.If):
                self._values(node.test)
        if tree is None:
            # Nothing is known of the names that a broken tag would have made.
            self._scopes[-1]["*"] = None

    def _close(self, tag: _Tag, blocks: list[_Tag]) -> None:
        wanted = {"endfor": ("for",), "endif": ("if",), "elif": ("if",), "else": ("for", "if")}[tag.word]
        depth = next((back for back in range(1, len(blocks) + 1) if blocks[-back].word in wanted), 0)
        if not depth:
            self._report(TagCode.BLOCK_UNOPENED, tag.at, tag=tag.text)
            return
        for _ in range(depth - 1):
            left = blocks.pop()
            self._scopes.pop()
            self._report(TagCode.BLOCK_UNCLOSED, left.at, tag=left.text, end=f"{{%{left.layer} end{left.word} %}}")
        opened = blocks[-1]
        if opened.layer != tag.layer or opened.container is not tag.container:
            number = opened.fragment.number
            self._report(TagCode.BLOCK_CROSSED, tag.at, tag=tag.text, number=number, other=opened.text)
        if tag.word.startswith("end"):
            blocks.pop()
            self._scopes.pop()

    def _look(self, tree: nodes.Template) -> None:
        for node in tree.body:
            self._values(node)

    def _bind(self, target: nodes.Node, found: Values) -> None:
        if isinstance(target, nodes.Name):
            self._scopes[-1][target.name] = found
        else:
            self._scopes[-1].update({name.name: None for name in target.find_all(nodes.Name)})

    def _elements(self, node: nodes.Node) -> Values:
        found = self._values(node)
        if found is None:
            return None
        lists = [value for value in found if isinstance(value, list | tuple)]
        if not lists and not any(isinstance(value, Mapping) for value in found):
            self._report(TagCode.NOT_A_LIST, self._at, name=_path(node))
        return [element for values in lists for element in values] or None

    def _values(self, node: nodes.Node, inner: bool = False) -> Values:
        """What an expression may be; unknown names and filters in it are reported, known ones noted."""
        path = _path(node)
        if path and not inner and path not in self.names:
            self.names.append(path)
        if isinstance(node, nodes.Name):
            return self._root(node.name, path)
        if isinstance(node, nodes.Getattr | nodes.Getitem) and path:
            root = path.split(".")[0]
            if not self._known(root):
                return self._root(root, path)
            below = self._values(node.node, inner=True)
            name = path.rpartition(".")[2]
            found = [value[name] for value in below or () if isinstance(value, Mapping) and name in value]
            if below and not found and not any(not isinstance(value, str) and hasattr(value, name) for value in below):
                before = path[: -len(name)]
                known = [f"{before}{key}" for value in below if isinstance(value, Mapping) for key in value]
                self._report(
                    VocabularyCode.UNKNOWN_NAME, self._at, name=path, perhaps=perhaps(path, dict.fromkeys(known))
                )
            return found or None
        if isinstance(node, nodes.Call) and _path(node.node) == ATTACHMENT:
            given = [
                figures.attachment_name(str(argument.value))
                for argument in node.args
                if isinstance(argument, nodes.Const)
            ]
            self.names += [name for name in given if name not in self.names]
            return None
        if isinstance(node, nodes.Test) and node.name in ("defined", "undefined"):
            return None
        if isinstance(node, nodes.Filter) and node.name not in self._environment.filters:
            guess = perhaps(node.name, self._environment.filters)
            self._report(VocabularyCode.UNKNOWN_FILTER, self._at, name=node.name, perhaps=guess)
        for child in node.iter_child_nodes():
            self._values(child)
        return None

    def _known(self, name: str) -> bool:
        return name in self._roots or any(name in scope or "*" in scope for scope in self._scopes)

    def _root(self, name: str, path: str) -> Values:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        if not self._known(name):
            self._report(VocabularyCode.UNKNOWN_NAME, self._at, name=path, perhaps=perhaps(path, self._vocabulary()))
        return self._roots.get(name)

    def _vocabulary(self) -> list[str]:
        """Every name that may stand here, and the names below it."""
        found = []
        known = dict(self._roots)
        for scope in self._scopes:
            known |= scope
        for name, values in known.items():
            below = dict.fromkeys(key for value in values or () if isinstance(value, Mapping) for key in value)
            found += [name, *(f"{name}.{key}" for key in below)]
        return found


def _path(node: nodes.Node) -> str:
    """A dotted name as written, 附件("…") included; empty for any other expression."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        before = _path(node.node)
        return f"{before}.{node.attr}" if before else ""
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        before = _path(node.node)
        return f"{before}.{node.arg.value}" if before else ""
    return ""
