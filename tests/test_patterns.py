"""Regular expressions wait until they are used, and a cheap look before one never misses what it would find."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable

import pytest
from conftest import REPO
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.basic.patterns import compile_late
from generator.leaks import personal
from generator.rules import agenda

MODULES = sorted((REPO / "generator").rglob("*.py"))


def _calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == name]


@pytest.mark.slow
def test_no_module_compiles_while_it_is_imported() -> None:
    at_once = []
    for module in MODULES:
        tree = ast.parse(module.read_text(encoding="utf-8"))
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
        later = {call for function in functions for call in _calls(function, "re.compile")}
        # Its method is taken where a loop is long.
        taken = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        at_once += [f"{module.name}:{call.lineno}" for call in _calls(tree, "re.compile") if call not in later | taken]
    assert at_once == []


def test_every_late_pattern_can_be_compiled() -> None:
    found = 0
    for module in MODULES:
        name = ".".join(module.relative_to(REPO).with_suffix("").parts).removesuffix(".__init__")
        for value in vars(importlib.import_module(name)).values():
            for late in value if isinstance(value, (list, tuple)) else (value,):
                if type(late) is type(compile_late("")):
                    assert late.groups >= 0
                    found += 1
    assert found > 200


def test_a_late_pattern_is_as_one_compiled_at_once() -> None:
    late = compile_late(r"(a)|b", re.IGNORECASE)
    assert late.sub("x", "cAb") == "cxx"
    assert late.flags & re.IGNORECASE
    assert late.sub == late.sub
    assert [match[1] for match in compile_late(rb"(\d)").finditer(b"1 2")] == [b"1", b"2"]


def _has(words: tuple[str, ...]) -> Callable[[str], bool]:
    return lambda text: personal._has(personal._small(text), words)


LOOKS: dict[str, tuple[re.Pattern[str], Callable[[str], object]]] = {
    "papers": (personal._PAPERS, _has(personal._PAPER_WORDS)),
    "accounts": (personal._ACCOUNTS, _has(personal._ACCOUNT_WORDS)),
    "chat": (personal._CHAT, _has(personal._CHAT_WORDS)),
    "plates": (personal._PLATE_NAMED, _has(personal._PLATE_WORDS)),
    "births": (personal._BIRTHS, personal._MAY_HAVE_BIRTHS.search),
    "homes": (personal._HOME, personal._MAY_HAVE_HOMES.search),
    "homes in English": (personal._HOME_IN_ENGLISH, personal._MAY_HAVE_ENGLISH_HOMES.search),
    "telephones": (personal._TELEPHONE, personal._MAY_HAVE_TELEPHONES.search),
    **{
        f"mobiles {number}": (pattern, _has(personal._MOBILE_STARTS))
        for number, pattern in enumerate((*personal._MOBILES, personal._IN_THREES, personal._ONE_BY_ONE))
    },
    "numbers of one's own": (agenda._OWN_NUMBER, agenda._MAY_BE_NUMBERED.search),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", LOOKS)
def test_a_cheap_look_passes_whatever_the_pattern_finds(what: str) -> None:
    late, look = LOOKS[what]
    pattern = re.compile(late.pattern, late.flags)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern))
    def passes(text: str) -> None:
        assert not pattern.search(text) or look(text)

    passes()


@pytest.mark.parametrize("text", ["İBAN 號碼 12345678", "paſſport 12345678", "帳戶 號碼 1234567", "bırthday 1990/1/2"])
def test_letters_that_are_i_and_s_to_a_pattern_are_so_to_the_look(text: str) -> None:
    found = [what for what, _ in personal.find(text, personal.Allowed())]
    assert len(found) == 1
