"""What ARCHITECTURE.md and README.md say of the layout is there."""

from __future__ import annotations

import re

import pytest
from conftest import REPO

_NAME = re.compile(r"`([^`]+)`")
_ROW = re.compile(r"^\| `[a-z]+/`.*$", re.MULTILINE)
ROWS = _ROW.findall((REPO / "ARCHITECTURE.md").read_text("utf-8"))


def rooms(row: str) -> list[str]:
    return [name.rstrip("/") for name in _NAME.findall(row.split("|")[1])]


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip() for row in ROWS])
def test_each_module_that_the_table_of_rooms_names_is_there(row: str) -> None:
    generator = REPO / "generator"
    inside = {path.name for room in rooms(row) for path in (generator / room).rglob("*")}
    text = "\n".join(path.read_text("utf-8") for room in rooms(row) for path in (generator / room).rglob("*.py"))
    for name in _NAME.findall(row.split("|")[3]):
        path, last = name.rstrip("/"), name.rstrip("/").rpartition("/")[2]
        files = (
            {last, f"{last}.py"} & inside
            or (generator / f"{path}.py").exists()
            or (generator / path).exists()
            or (REPO / path).exists()
        )
        # What is no file is a word of the room's own code, or of the users: 信件 ….txt, packet init.
        assert files or " " in name or re.search(rf"\b{last}\b", text), name


def test_each_room_has_its_line_in_both_documents() -> None:
    folders = {path.parent.name for path in (REPO / "generator").glob("*/__init__.py")}
    assert folders == {room for row in ROWS for room in rooms(row)}
    layout = (REPO / "README.md").read_text("utf-8")
    assert folders - {name for name in folders if f"      {name}/" in layout or f" {name}/ " in layout} == set()
