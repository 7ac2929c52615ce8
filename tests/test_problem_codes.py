"""Every code of a problem is one, is raised by the program, and occurs in a test."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import REPO

import generator
from generator.basic.problem import Code, Message

TESTS = "\n".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*.py") if path != Path(__file__))
# A piece of a message that is long enough to be known again.
PIECE = re.compile(r"[^，。；：、（）「」〔〕\s{}]{4,}")


def kinds(of: type[Code]) -> Iterator[type[Code]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def every_kind() -> list[type[Code]]:
    for module in pkgutil.walk_packages(generator.__path__, "generator."):
        importlib.import_module(module.name)
    return [kind for kind in kinds(Code) if kind.__module__.startswith("generator.")]


def every_code() -> list[Code]:
    return [code for kind in every_kind() for code in kind]


def raised() -> set[str]:
    """Every member that the program names, outside its declaration: BookCode.WORKBOOK_LOCKED."""
    found = set()
    for path in (REPO / "generator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                found.add(f"{node.value.id}.{node.attr}")
    return found


def pieces(code: Code) -> set[str]:
    """The pieces of a message that the program itself writes."""
    return set(PIECE.findall(re.sub(r"(?<!\{)\{\w[^}]*\}", "，", code.message.text)))


def test_no_two_problems_have_the_same_code_and_no_two_enumerations_the_same_name() -> None:
    codes = Counter(code.code for code in every_code())
    assert len(codes) > 200
    assert [code for code, count in codes.items() if count > 1] == []
    assert [name for name, count in Counter(kind.__name__ for kind in every_kind()).items() if count > 1] == []
    for kind in every_kind():
        assert list(kind.__members__) == [code.name for code in kind], kind


@pytest.mark.slow
def test_every_code_is_raised_by_the_program() -> None:
    named = raised()
    assert [code.code for code in every_code() if f"{type(code).__name__}.{code.name}" not in named] == []


@pytest.mark.slow
def test_every_code_occurs_in_a_test() -> None:
    """By its code, or by a piece of its message that no other message has."""
    shared = Counter(piece for code in every_code() for piece in pieces(code))

    def occurs(code: Code) -> bool:
        # Both of a pair of codes, of a draft and of what is final, may be written as one: f"no-chair{yet}".
        spelt = [rf"{re.escape(code.code)}(?![\w-])", re.escape(code.code.removesuffix("-yet")) + r"\{"]
        if re.search(rf"(?<![\w-])(?:{'|'.join(spelt)})|\.{code.name}\b", TESTS):
            return True
        return any(shared[piece] == 1 and piece in TESTS for piece in pieces(code))

    assert [code.code for code in every_code() if not occurs(code)] == []


def test_a_code_equals_its_text_and_no_other() -> None:
    class Sample(Code):
        IT_RAINS = Message("note", "下雨", "請帶傘。")
        IT_POURS = Message("note", "下雨", "請帶傘。")

    assert Sample.IT_RAINS == "it-rains"
    assert Sample.IT_RAINS in {"it-rains"}
    assert "it-rains" in {Sample.IT_RAINS}
    assert str(Sample.IT_RAINS) == "it-rains"
    assert list(Sample) == [Sample.IT_RAINS, Sample.IT_POURS]
    assert Sample.IT_RAINS != Sample.IT_POURS
    assert Sample.IT_RAINS != "IT_RAINS"
